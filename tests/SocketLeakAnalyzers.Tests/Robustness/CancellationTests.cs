using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
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

    /// <summary>The short form of the benchmark's <c>cancel</c>, in processor time, with a limit that a machine that does other work keeps.</summary>
    [Theory]
    [InlineData("lines in one method", 3)]
    [InlineData("nested try/catch/rethrow", 5)]
    [InlineData("lambdas that share one resource", 6)]
    [InlineData("responses read", 8)]
    [InlineData("implementations of an interface", 3)]
    public async Task Callback_that_is_cancelled_looks_at_its_token_soon_and_throws_nothing_else(string name, int times)
    {
        const double Limit = 250;
        var shape = HostileShape.All.Single(shape => shape.Name == name);
        var compilation = Subject.Compile(shape.Write(times * shape.Short));
        var expected = await Subject.FindAsync(compilation.Clone(), cancellation: TestContext.Current.CancellationToken);

        // The moments are drawn, and on a machine that does much else all of them can come too late.
        var cancelled = 0;
        for (var attempt = 0; attempt < 5 && cancelled == 0; attempt++)
        {
            var analyzers = Subject.Analyzers.Select((analyzer, i) => new CancelledAnalyzer(analyzer, (ulong)(i + (100 * attempt)))).ToList();
            var thrown = new ConcurrentQueue<string>();

            var found = await Subject.Run(compilation.Clone(), thrown, analyzers: [.. analyzers]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

            Assert.Empty(thrown);
            Assert.Empty(analyzers.SelectMany(analyzer => analyzer.Failures));
            Assert.Empty(FindingText.Difference(expected, FindingText.Of(found)));
            Assert.DoesNotContain(analyzers.SelectMany(analyzer => analyzer.Calls), call => call.Milliseconds > Limit);
            cancelled = analyzers.Sum(analyzer => analyzer.Calls.Count());
        }

        Assert.True(cancelled > 0, "nothing was cancelled");
    }

    [Fact]
    public async Task Callback_that_does_not_look_at_its_token_is_seen()
    {
        var analyzer = new CancelledAnalyzer(new Deaf(_ => Spin(400)), seed: 1);

        await Subject.Run(Subject.Compile("class C { }"), [], analyzers: [analyzer]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Contains(analyzer.Calls, call => call.Milliseconds > 100);
    }

    [Fact]
    public async Task Callback_that_throws_something_else_when_it_is_cancelled_is_seen()
    {
        var thrown = new ConcurrentQueue<string>();
        var analyzer = new CancelledAnalyzer(new Deaf(cancellation => _ = cancellation.WaitHandle.WaitOne() ? throw new InvalidOperationException("broken off") : 0), seed: 1);

        await Subject.Run(Subject.Compile("class C { }"), thrown, analyzers: [analyzer]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Contains(analyzer.Failures, failure => failure.Contains("broken off", StringComparison.Ordinal));
        Assert.NotEmpty(thrown);
    }

    private static void Spin(int milliseconds)
    {
        for (var until = Environment.CpuUsage.TotalTime + TimeSpan.FromMilliseconds(milliseconds); Environment.CpuUsage.TotalTime < until;)
        {
        }
    }

    /// <summary>An analyzer that does something with its token, or nothing.</summary>
#pragma warning disable RS1001, RS1025, RS1026, RS1036, RS1038, RS1041, RS2008 // Given to a run by hand, never shipped.
    private sealed class Deaf(Action<CancellationToken> act) : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_never = new("DEAF", "Never reported", "Never reported", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_never];

        public override void Initialize(AnalysisContext context) => context.RegisterSemanticModelAction(file => act(file.CancellationToken));
    }
#pragma warning restore RS1001, RS1025, RS1026, RS1036, RS1038, RS1041, RS2008
}
