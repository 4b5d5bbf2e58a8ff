using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>Who types on wants the run ended, soon, and what it had found out so far to be right.</summary>
[Collection(nameof(Alone))]
public sealed class CancellationTests
{
    [Theory]
    [InlineData("lines in one method", 4)]
    [InlineData("nested usings", 2)]
    [InlineData("constructors that chain with a flag", 4)]
    [InlineData("methods of a chain over files", 4)]
    [InlineData("mutually recursive factories", 4)]
    [InlineData("responses read", 3)]
    [InlineData("waits with a deadline", 3)]
    [InlineData("fields that are not released", 8)]
    [InlineData("implementations of an interface", 3)]
    [InlineData("files of one partial class", 3)]
    [InlineData("loops that stream in one method", 8)]
    public async Task Run_that_is_cancelled_ends_soon_and_leaves_nothing_wrong_behind(string name, int times)
    {
        var shape = HostileShape.All.Single(shape => shape.Name == name);
        var files = shape.Write(times * shape.Short);
        var expected = await Subject.FindAsync(Subject.Compile(files), cancellation: TestContext.Current.CancellationToken);
        var compilation = Subject.Compile(files);
        var watch = Stopwatch.StartNew();
        await Subject.FindAsync(Subject.Compile(files), cancellation: TestContext.Current.CancellationToken);
        var all = watch.Elapsed;

        // The same compilation each time: what a run has found out before it was cancelled is there for the next.
        for (var part = 1; part <= 4; part++)
        {
            var thrown = new ConcurrentQueue<string>();
            using var cancellation = new CancellationTokenSource(all * part / 5);
            var run = Subject.Run(compilation, thrown);
            watch.Restart();
            try
            {
                await run.GetAnalyzerDiagnosticsAsync(cancellation.Token);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                Assert.True(watch.Elapsed < (all * part / 5) + TimeSpan.FromSeconds(2), $"{name}: ended {watch.Elapsed - (all * part / 5)} after it was cancelled");
            }

            Assert.Empty(thrown);
        }

        Assert.Empty(FindingText.Difference(expected, await Subject.FindAsync(compilation, cancellation: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Token_that_is_cancelled_already_ends_a_run_before_it_begins()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Subject.FindAsync(Subject.Compile("class C { }"), cancellation: cancellation.Token));
    }
}
