using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary><c>findings</c>: lists what the analyzers say about a folder of C#, all of it or a sample to judge by hand.</summary>
internal static class FindingsCommand
{
    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var root = Path.GetFullPath(line.Positional(0, "folder"));
        var rules = line.Values("--rule");
        var sample = line.Number("--sample", 0);
        var seed = line.Number("--seed", 1);
        var context = line.Number("--context", 0);
        var noTests = line.Flag("--no-tests");
        var asOne = line.Flag("--as-one") && !line.Flag("--by-project");
        var set = line.Value("--peer") is { } peer ? Peers.Named(peer) : AnalyzerSet.Ours;
        var analysis = Analysis.FromCommandLine(line).With(set);
        line.RejectTheRest(positional: 1);

        var findings = new List<Diagnostic>();
        var exceptions = new List<string>();
        var (files, lines) = (0, 0L);
        await foreach (var (_, compilation) in Code.CompilationsAsync(root, analysis, asOne, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
        {
            var result = await analysis.RunAsync(compilation, set).ConfigureAwait(false);
            exceptions.AddRange(result.Exceptions);
            findings.AddRange(result.Findings.Where(f => (rules.Count == 0 || rules.Any(rule => f.Id.StartsWith(rule, StringComparison.OrdinalIgnoreCase)))
                && f.Location.SourceTree is { } tree && !(noTests && SourceFolder.IsTest(tree.FilePath))));
            files += compilation.SyntaxTrees.Count();
            lines += compilation.SyntaxTrees.Sum(tree => (long)tree.GetText().Lines.Count);
        }

        findings.Sort(DiagnosticOrder.Instance);
        // A file that two projects link gives the same finding twice.
        findings = [.. findings.DistinctBy(f => (f.Location.SourceTree!.FilePath, f.Location.SourceSpan, f.Id, f.GetMessage(CultureInfo.InvariantCulture)))];
        var total = findings.Count;
        var byRule = findings.CountBy(f => f.Id).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        var shown = sample == 0 ? findings : Draw(findings, sample, seed);
        foreach (var (finding, index) in shown.Select((finding, index) => (finding, index)))
        {
            if (context > 0)
            {
                output.WriteLine($"#{index + 1}");
            }

            Print(finding, context, output);
        }

        output.WriteLine();
        output.WriteLine($"{total} findings in {files} files, {lines} lines" + (sample == 0 ? "" : $"; {shown.Count} drawn with seed {seed}"));
        foreach (var (rule, count) in byRule)
        {
            output.WriteLine($"  {rule} {count}");
        }

        return Report(exceptions, output);
    }

    /// <summary>Prints what analyzers threw; the exit code says whether they did.</summary>
    public static int Report(IReadOnlyCollection<string> exceptions, TextWriter output)
    {
        foreach (var group in exceptions.GroupBy(exception => exception[(exception.IndexOf(": ", StringComparison.Ordinal) + 2)..], StringComparer.Ordinal))
        {
            output.WriteLine($"!!! AD0001, an analyzer threw {group.Count()} times: {group.First()}");
        }

        return exceptions.Count == 0 ? 0 : 1;
    }

    private static List<Diagnostic> Draw(List<Diagnostic> findings, int count, int seed) => [.. new SplitMix64((ulong)seed).Shuffled(findings).Take(count)];

    private static void Print(Diagnostic finding, int context, TextWriter output)
    {
        var place = finding.Location.GetLineSpan().StartLinePosition;
        output.WriteLine($"{finding.Location.SourceTree!.FilePath}({place.Line + 1},{place.Character + 1}): {finding.Id}: {finding.GetMessage(CultureInfo.InvariantCulture)}");
        if (context == 0)
        {
            return;
        }

        PrintLines(finding.Location, context, output);
        foreach (var also in finding.AdditionalLocations.Where(location => location.IsInSource))
        {
            var line = also.GetLineSpan().StartLinePosition.Line;
            output.WriteLine($"   also {(also.SourceTree == finding.Location.SourceTree ? "" : also.SourceTree!.FilePath + " ")}line {line + 1}: {also.SourceTree!.GetText().Lines[line].ToString().Trim()}");
        }

        output.WriteLine();
    }

    private static void PrintLines(Location location, int context, TextWriter output)
    {
        var text = location.SourceTree!.GetText();
        var at = location.GetLineSpan().StartLinePosition.Line;
        for (var i = Math.Max(0, at - context); i <= Math.Min(text.Lines.Count - 1, at + context); i++)
        {
            output.WriteLine($"{(i == at ? " > " : "   ")}{i + 1,5} {text.Lines[i]}");
        }
    }
}
