using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>The short form of the benchmark's <c>shapes</c>.</summary>
[Collection(nameof(Alone))]
public sealed class HostileShapeTests
{
    public static TheoryData<string> Shapes => new(HostileShape.All.Select(shape => shape.Name));

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Code_of_a_hostile_shape_is_analysed_in_bounded_time(string name)
    {
        var shape = HostileShape.All.Single(shape => shape.Name == name);
        var compilation = Subject.Compile(shape.Write(shape.Short));
        var thrown = new ConcurrentQueue<string>();
        var before = Environment.CpuUsage.TotalTime;

        await Subject.Run(compilation, thrown).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Empty(thrown);
        Assert.True(Environment.CpuUsage.TotalTime - before < TimeSpan.FromSeconds(10), $"{shape.Short} {name}: {Environment.CpuUsage.TotalTime - before}");
    }

    [Theory]
    [InlineData("lines in one method")]
    [InlineData("nested try/catch/rethrow")]
    [InlineData("nested usings")]
    [InlineData("resources in one method")]
    [InlineData("calls of one helper")]
    [InlineData("files of one partial class")]
    [InlineData("methods of a chain over files")]
    public async Task Twice_the_code_costs_no_more_than_a_few_times_as_much(string name)
    {
        var shape = HostileShape.All.Single(shape => shape.Name == name);
        await TimeAsync(shape, shape.Short);

        var once = Math.Min(await TimeAsync(shape, shape.Short), await TimeAsync(shape, shape.Short));
        var twice = Math.Min(await TimeAsync(shape, 2 * shape.Short), await TimeAsync(shape, 2 * shape.Short));

        // A cubic algorithm has eight times.
        Assert.True(twice < (6 * once) + 0.5, $"{name}: {once:0.00} s, then {twice:0.00} s");
    }

    private static async Task<double> TimeAsync(HostileShape shape, int size)
    {
        var compilation = Subject.Compile(shape.Write(size));
        var before = Environment.CpuUsage.TotalTime;
        await Subject.FindAsync(compilation, cancellation: TestContext.Current.CancellationToken);
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
