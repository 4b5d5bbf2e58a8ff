using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>How long a callback still ran for after its token was cancelled.</summary>
/// <param name="Milliseconds">Processor time, or the time by the clock where that is shorter, without the pauses of the garbage collector.</param>
/// <param name="Callback">The analyzer and what it was looking at.</param>
/// <param name="LeftAt">The innermost frames when it noticed; empty where it came to its end instead.</param>
internal sealed record CancelledCall(double Milliseconds, string Callback, string LeftAt);

/// <summary>
/// Runs another analyzer, and cancels each of its callbacks at a moment drawn at random. A callback that was cancelled is called again and cancelled later, until it
/// comes to its end: one run gives many measurements, and must give the findings of a run that nobody cancelled. It measures on one thread only.
/// </summary>
#pragma warning disable RS1001, RS1012, RS1025, RS1026, RS1036, RS1038, RS1041 // A measuring stick, never shipped: it is given to a run by hand.
#pragma warning disable CS0618 // Only a context that is made here has a token of its own.
internal sealed class CancelledAnalyzer : DiagnosticAnalyzer
{
    /// <summary>What is kept of a stack: enough to tell who asked for what.</summary>
    private const int Frames = 24;

    private readonly DiagnosticAnalyzer _analyzer;
    private readonly SplitMix64 _random;
    private readonly ConcurrentQueue<CancelledCall> _calls = new();
    private readonly ConcurrentQueue<string> _failures = new();

    public CancelledAnalyzer(DiagnosticAnalyzer analyzer, ulong seed) => (_analyzer, _random) = (analyzer, new SplitMix64(seed));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => _analyzer.SupportedDiagnostics;

    /// <summary>One for each callback that was cancelled while it ran.</summary>
    public IEnumerable<CancelledCall> Calls => _calls;

    /// <summary>What came out of a callback and was no cancellation that was asked for.</summary>
    public IEnumerable<string> Failures => _failures;

    public override void Initialize(AnalysisContext context) => _analyzer.Initialize(new Registrations(this, context));

    private void Run(string what, CancellationToken outer, Action<CancellationToken> callback)
    {
        // Later and later, so that the callback comes to its end.
        for (var within = 2.0; ; within *= 1.25)
        {
            outer.ThrowIfCancellationRequested();
            using var source = CancellationTokenSource.CreateLinkedTokenSource(outer);
            Moment? cancelled = null;
            var registration = source.Token.Register(() => cancelled = Moment.Now);
            source.CancelAfter(TimeSpan.FromMilliseconds(_random.Below((int)Math.Min(within, 1e8))));
            OperationCanceledException? left = null;
            try
            {
                callback(source.Token);
            }
            catch (OperationCanceledException exception) when (source.IsCancellationRequested)
            {
                left = exception;
            }
            catch (Exception exception)
            {
                _failures.Enqueue($"{_analyzer.GetType().Name}, {what}: {exception}");
                throw;
            }

            var ended = Moment.Now;

            // Waits for what is under way.
            registration.Dispose();
            if (cancelled is { } moment)
            {
                _calls.Enqueue(new CancelledCall(ended.Since(moment), $"{_analyzer.GetType().Name}, {what}", left is null ? "" : Innermost(left)));
            }

            if (left is null)
            {
                return;
            }
        }
    }

    private static string Innermost(OperationCanceledException exception) => string.Join(
        "\n", new StackTrace(exception, fNeedFileInfo: false).GetFrames().Select(frame => frame.GetMethod()).Where(method => method?.DeclaringType != typeof(CancellationToken)).Take(Frames)
            .Select(method => $"{method?.DeclaringType?.FullName}.{method?.Name}"));

    private readonly record struct Moment(long Clock, TimeSpan Processor, TimeSpan Pauses)
    {
        public static Moment Now => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalPauseDuration());

        public double Since(Moment start)
        {
            var byTheClock = Stopwatch.GetElapsedTime(start.Clock, Clock);
            var processor = Processor - start.Processor;
            return Math.Max(0, ((byTheClock < processor ? byTheClock : processor) - (Pauses - start.Pauses)).TotalMilliseconds);
        }
    }

    /// <summary>What the analyzer registers. What ours do not use is not there: an analyzer that comes to use it ends here, and is not measured in silence.</summary>
    private sealed class Registrations(CancelledAnalyzer owner, AnalysisContext context) : AnalysisContext
    {
        public override void ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags analysisMode) => context.ConfigureGeneratedCodeAnalysis(analysisMode);

        /// <summary>One callback after the other: the processor time of the process is that of the callback.</summary>
        public override void EnableConcurrentExecution()
        {
        }

        public override void RegisterCompilationStartAction(Action<CompilationStartAnalysisContext> action) => context.RegisterCompilationStartAction(start =>
        {
            StartRegistrations? registered = null;
            owner.Run("the start of the compilation", start.CancellationToken, token => action(registered = new StartRegistrations(owner, start, token)));
            registered!.Forward();
        });

        public override void RegisterCompilationAction(Action<CompilationAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSemanticModelAction(Action<SemanticModelAnalysisContext> action) => context.RegisterSemanticModelAction(file => Look(owner, file, action));

        public override void RegisterSymbolAction(Action<SymbolAnalysisContext> action, ImmutableArray<SymbolKind> symbolKinds) => throw new NotSupportedException();

        public override void RegisterCodeBlockStartAction<TLanguageKindEnum>(Action<CodeBlockStartAnalysisContext<TLanguageKindEnum>> action) => throw new NotSupportedException();

        public override void RegisterCodeBlockAction(Action<CodeBlockAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSyntaxTreeAction(Action<SyntaxTreeAnalysisContext> action) => context.RegisterSyntaxTreeAction(file => Look(owner, file, action));

        public override void RegisterSyntaxNodeAction<TLanguageKindEnum>(Action<SyntaxNodeAnalysisContext> action, ImmutableArray<TLanguageKindEnum> syntaxKinds) => throw new NotSupportedException();
    }

    private sealed class StartRegistrations(CancelledAnalyzer owner, CompilationStartAnalysisContext start, CancellationToken token)
        : CompilationStartAnalysisContext(start.Compilation, start.Options, token)
    {
        private readonly List<Action> _registered = [];

        /// <summary>Only what a start has registered that came to its end counts.</summary>
        public void Forward() => _registered.ForEach(register => register());

        public override void RegisterCompilationEndAction(Action<CompilationAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSemanticModelAction(Action<SemanticModelAnalysisContext> action) =>
            _registered.Add(() => start.RegisterSemanticModelAction(file => Look(owner, file, action)));

        public override void RegisterSymbolAction(Action<SymbolAnalysisContext> action, ImmutableArray<SymbolKind> symbolKinds) => throw new NotSupportedException();

        public override void RegisterCodeBlockStartAction<TLanguageKindEnum>(Action<CodeBlockStartAnalysisContext<TLanguageKindEnum>> action) => throw new NotSupportedException();

        public override void RegisterCodeBlockAction(Action<CodeBlockAnalysisContext> action) => throw new NotSupportedException();

        public override void RegisterSyntaxTreeAction(Action<SyntaxTreeAnalysisContext> action) =>
            _registered.Add(() => start.RegisterSyntaxTreeAction(file => Look(owner, file, action)));

        /// <summary>The rows of the user, which no run here has.</summary>
        public override void RegisterAdditionalFileAction(Action<AdditionalFileAnalysisContext> action) => _registered.Add(() => start.RegisterAdditionalFileAction(action));

        public override void RegisterSyntaxNodeAction<TLanguageKindEnum>(Action<SyntaxNodeAnalysisContext> action, ImmutableArray<TLanguageKindEnum> syntaxKinds) => throw new NotSupportedException();
    }

    private static void Look(CancelledAnalyzer owner, SemanticModelAnalysisContext file, Action<SemanticModelAnalysisContext> action)
    {
        var found = new List<Diagnostic>();
        owner.Run(file.SemanticModel.SyntaxTree.FilePath, file.CancellationToken, token =>
        {
            found.Clear();
            action(new SemanticModelAnalysisContext(file.SemanticModel, file.Options, found.Add, static _ => true, token));
        });
        found.ForEach(file.ReportDiagnostic);
    }

    private static void Look(CancelledAnalyzer owner, SyntaxTreeAnalysisContext file, Action<SyntaxTreeAnalysisContext> action)
    {
        var found = new List<Diagnostic>();
        owner.Run(file.Tree.FilePath, file.CancellationToken, token =>
        {
            found.Clear();
            action(new SyntaxTreeAnalysisContext(file.Tree, file.Options, found.Add, static _ => true, token));
        });
        found.ForEach(file.ReportDiagnostic);
    }
}
