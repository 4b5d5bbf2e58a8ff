using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>cancel</c>: cancels the callbacks of our analyzers at moments drawn at random, and measures what they still run for, and that nothing but the cancellation comes
/// out of them. Beside it stands the longest single call of the compiler, into which nobody can look: the binding of a body, and the building of its graph.
/// </summary>
internal static class CancelCommand
{
    private const double Limit = 100;

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var isOfShapes = line.Flag("--shapes");
        var only = line.Value("--shape");
        var isShort = line.Flag("--short");
        var rounds = line.Number("--rounds", 3);
        var seed = line.Number("--seed", 1);
        var show = line.Number("--show", 3);
        var noTests = line.Flag("--no-tests");
        var analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours).OnThreads(false);
        var root = isOfShapes ? null : line.Positional(0, "folder, or --shapes");
        line.RejectTheRest(positional: isOfShapes ? 0 : 1);

        var random = new SplitMix64((ulong)seed);
        var exceptions = new List<string>();
        var wrong = new List<string>();
        var slow = 0;

        // What is compiled and loaded on the first use is nobody's.
        await LookAsync("to warm up", Of(analysis, HostileShape.All[0].Write(200))).ConfigureAwait(false);
        output.WriteLine("cancelled   p50 ms   p95 ms   max ms  longest call of the compiler, ms: binding, graph   code");
        if (isOfShapes)
        {
            foreach (var shape in HostileShape.All.Where(shape => only is null || shape.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
            {
                var size = isShort ? shape.Short : shape.Size;
                await log.WriteLineAsync($"{size} {shape.Name}").ConfigureAwait(false);
                Print($"{size} {shape.Name}", await LookAsync(shape.Name, Of(analysis, shape.Write(size))).ConfigureAwait(false));
            }
        }
        else
        {
            var all = new Measured();
            await foreach (var (project, compilation) in Code.CompilationsAsync(root!, analysis, asOne: true, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
            {
                await LookAsync("to warm up", compilation.Clone(), once: true).ConfigureAwait(false);
                all.Add(await LookAsync(project.Name, compilation).ConfigureAwait(false));
            }

            Print(root!, all);
        }

        wrong.ForEach(output.WriteLine);
        output.WriteLine(FormattableString.Invariant($"{slow} over the limit of {Limit} ms more than the compiler's longest call; {wrong.Count} runs with other findings"));
        return Math.Max(FindingsCommand.Report(exceptions, output), slow + wrong.Count == 0 ? 0 : 1);

        async Task<Measured> LookAsync(string name, CSharpCompilation compilation, bool once = false)
        {
            var measured = new Measured();
            var expected = await analysis.RunAsync(compilation.Clone(), AnalyzerSet.Ours).ConfigureAwait(false);
            exceptions.AddRange(expected.Exceptions);
            for (var round = 0; round < (once ? 0 : rounds); round++)
            {
                var cancelled = AnalyzerSet.Ours.Analyzers.Select(analyzer => new CancelledAnalyzer(analyzer, random.Next())).ToList();
                GC.Collect();
                var result = await analysis.RunAsync(compilation.Clone(), new("cancelled", AnalyzerSet.Ours.Ids, [.. cancelled])).ConfigureAwait(false);
                exceptions.AddRange(result.Exceptions);
                measured.Calls.AddRange(cancelled.SelectMany(analyzer => analyzer.Calls));
                if (FindingText.Difference(FindingText.Of(expected.Findings), FindingText.Of(result.Findings)) is { Count: > 0 } different)
                {
                    wrong.Add($"{name}: other findings than without a cancellation:\n" + string.Concat(different.Select(text => $"    {text}\n")));
                }
            }

            if (!once)
            {
                MeasureCompiler(compilation.Clone(), measured);
            }

            return measured;
        }

        void Print(string name, Measured measured)
        {
            var sorted = measured.Calls.OrderBy(call => call.Milliseconds).ToList();
            double At(double share) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))].Milliseconds;
            var isSlow = At(1) > Limit + measured.Binding + measured.Graph;
            slow += isSlow ? 1 : 0;
            output.WriteLine(FormattableString.Invariant(
                $"{sorted.Count,9} {At(0.5),8:0.0} {At(0.95),8:0.0} {At(1),8:0.0}  {measured.Binding,38:0}, {measured.Graph,5:0}   {name}{(isSlow ? "  OVER THE LIMIT" : "")}"));
            foreach (var call in sorted.AsEnumerable().Reverse().Where(call => call.Milliseconds > Limit / 10).Take(show))
            {
                output.WriteLine(FormattableString.Invariant($"    {call.Milliseconds:0} ms: {call.Callback}"));
                output.WriteLine(call.LeftAt.Length == 0 ? "        came to its end" : "        " + call.LeftAt.Replace("\n", "\n        "));
            }
        }
    }

    /// <summary>The longest that one body takes to be bound, and its graph to be built.</summary>
    private static void MeasureCompiler(CSharpCompilation compilation, Measured measured)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var body in BodySyntax.Of((CompilationUnitSyntax)tree.GetRoot()))
            {
                IOperation? root = null;
                measured.Binding = Math.Max(measured.Binding, Time(() => root = body.Root(model, default)));
                if (root is not null)
                {
                    measured.Graph = Math.Max(measured.Graph, Time(() => Body.GraphOf(root, default)));
                }
            }
        }
    }

    private static double Time(Action act)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        act();
        return (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
    }

    private static CSharpCompilation Of(Analysis analysis, IReadOnlyList<string> files) => analysis.Compile(
        "Shape", analysis.Parse(files.Select((text, i) => new SourceFile($"File{i}.cs", Microsoft.CodeAnalysis.Text.SourceText.From(text))), [], []));

    private sealed class Measured
    {
        public List<CancelledCall> Calls { get; } = [];

        public double Binding { get; set; }

        public double Graph { get; set; }

        public void Add(Measured other)
        {
            Calls.AddRange(other.Calls);
            Binding = Math.Max(Binding, other.Binding);
            Graph = Math.Max(Graph, other.Graph);
        }
    }
}
