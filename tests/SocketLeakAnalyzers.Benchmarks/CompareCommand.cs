using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>compare</c>: what our analyzers cost on a folder of C#, beside what the peers cost. Rounds are interleaved, so that a slow minute of the machine
/// meets all sets; every run gets a compilation of its own over the same syntax trees, so that each pays for binding.
/// </summary>
internal static class CompareCommand
{
    private static readonly string[] s_bySelf = ["CA2000", "IDisposableAnalyzers"];

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var root = Path.GetFullPath(line.Positional(0, "folder"));
        var rounds = line.Number("--rounds", 7);
        var warmups = line.Number("--warmup", 1);
        var peers = line.Values("--only") is { Count: > 0 } only ? only.Where(name => name != "ours").Select(Peers.Named)
            : line.Flag("--peers") ? [AnalyzerSet.CA2000, .. Peers.All()]
            : s_bySelf.Select(Peers.Named);
        var byProject = line.Flag("--by-project");
        var noTests = line.Flag("--no-tests");
        IReadOnlyList<AnalyzerSet> sets = [AnalyzerSet.Floor, AnalyzerSet.Ours, .. peers, .. line.Flag("--by-analyzer") ? AnalyzerSet.EachOfOurs : []];
        var analysis = Analysis.FromCommandLine(line).With([.. sets]);
        line.RejectTheRest(positional: 1);
        if (rounds == 0)
        {
            throw new CommandLineException("--rounds is at least 1");
        }

        var templates = new List<CSharpCompilation>();
        await foreach (var (_, compilation) in Code.CompilationsAsync(root, analysis, asOne: !byProject, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
        {
            templates.Add(compilation);
        }

        var lines = templates.Sum(t => t.SyntaxTrees.Sum(tree => (long)tree.GetText().Lines.Count));
        output.WriteLine($"{templates.Sum(t => t.SyntaxTrees.Length)} files, {lines} lines, {templates.Count} compilation(s), references {analysis.References}, {(analysis.Concurrent ? "concurrent" : "one thread")}");
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, Roslyn {typeof(CSharpCompilation).Assembly.GetName().Version}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        output.WriteLine($"{warmups} round(s) to warm up, {rounds} measured, interleaved");

        var costs = sets.ToDictionary(set => set, _ => new List<Cost>());
        var counts = new Dictionary<AnalyzerSet, int>();
        var exceptions = new List<string>();
        for (var round = -warmups; round < rounds; round++)
        {
            for (var i = 0; i < sets.Count; i++)
            {
                // A set's place in the round moves on, so that none always follows the same neighbour.
                var set = sets[(i + Math.Max(round, 0)) % sets.Count];
                var (cost, findings, thrown) = await MeasureAsync(templates, analysis, set).ConfigureAwait(false);
                await log.WriteLineAsync(FormattableString.Invariant($"round {round}: {set.Name} {cost.Cpu:0.00} s")).ConfigureAwait(false);
                if (round < 0)
                {
                    continue;
                }

                costs[set].Add(cost);
                if (counts.TryGetValue(set, out var before) && before != findings)
                {
                    exceptions.Add($"{set.Name}: {findings} findings in one run, {before} in another");
                }

                counts[set] = findings;
                if (ReferenceEquals(set, AnalyzerSet.Ours))
                {
                    exceptions.AddRange(thrown);
                }
            }
        }

        Print(sets, costs, counts, lines, output);
        return FindingsCommand.Report([.. exceptions.Distinct()], output);
    }

    private static async Task<(Cost Cost, int Findings, IEnumerable<string> Exceptions)> MeasureAsync(List<CSharpCompilation> templates, Analysis analysis, AnalyzerSet set)
    {
        var fresh = templates.Select(Code.Fresh).ToList();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var findings = 0;
        var exceptions = new List<string>();
        foreach (var compilation in fresh)
        {
            var result = await analysis.RunAsync(compilation, set).ConfigureAwait(false);
            findings += result.Findings.Length;
            exceptions.AddRange(result.Exceptions);
        }

        var cost = new Cost(
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            watch.Elapsed.TotalSeconds,
            (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (1024.0 * 1024.0));
        return (cost, findings, exceptions);
    }

    private static void Print(IReadOnlyList<AnalyzerSet> sets, Dictionary<AnalyzerSet, List<Cost>> costs, Dictionary<AnalyzerSet, int> counts, long lines, TextWriter output)
    {
        var floor = costs[AnalyzerSet.Floor];
        (string Name, Func<Cost, double> Of, string Unit)[] measures = [("CPU", c => c.Cpu, "s"), ("wall", c => c.Wall, "s"), ("allocated", c => c.Allocated, "MB")];
        foreach (var (name, of, unit) in measures)
        {
            output.WriteLine();
            output.WriteLine($"{name + ", " + unit,-28}   median      min      max   marginal: median      min      max   of the floor   ours/it");
            var ours = Spread.Of(costs[AnalyzerSet.Ours].Zip(floor, (a, b) => of(a) - of(b)));
            var base_ = Spread.Of(floor.Select(of));
            foreach (var set in sets)
            {
                var all = Spread.Of(costs[set].Select(of));
                var marginal = Spread.Of(costs[set].Zip(floor, (a, b) => of(a) - of(b)));
                var isFloor = ReferenceEquals(set, AnalyzerSet.Floor);
                var share = isFloor ? "" : FormattableString.Invariant($"{100 * marginal.Median / base_.Median:0.0}%");
                var ratio = isFloor || ReferenceEquals(set, AnalyzerSet.Ours) || marginal.Median <= 0 ? "" : ours.Median <= 0 ? "<= 0" : FormattableString.Invariant($"1/{marginal.Median / ours.Median:0.0}");
                output.WriteLine($"{set.Name,-28} {all}           {(isFloor ? new string(' ', 26) : marginal)}   {share,12}   {ratio,7}");
            }
        }

        output.WriteLine();
        foreach (var set in sets.Where(set => !ReferenceEquals(set, AnalyzerSet.Floor)))
        {
            output.WriteLine(FormattableString.Invariant($"{set.Name}: {counts[set]} findings, {1e6 * Spread.Of(costs[set].Zip(floor, (a, b) => a.Cpu - b.Cpu)).Median / lines:0.0} us of marginal CPU a line"));
        }
    }

    private readonly record struct Cost(double Cpu, double Wall, double Allocated);

    private readonly record struct Spread(double Median, double Min, double Max)
    {
        public static Spread Of(IEnumerable<double> values)
        {
            var sorted = values.Order().ToArray();
            var middle = sorted.Length / 2;
            return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
        }

        public override string ToString() => FormattableString.Invariant($"{Median,8:0.00} {Min,8:0.00} {Max,8:0.00}");
    }
}
