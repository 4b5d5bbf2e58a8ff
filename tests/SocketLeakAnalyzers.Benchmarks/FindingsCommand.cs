using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary><c>findings</c>: lists what the analyzers say about a folder of C#, all of it or a sample to judge by hand.</summary>
internal static class FindingsCommand
{
    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var repositories = Repository.FromCommandLine(line);
        var rules = line.Values("--rule");
        var sample = line.Number("--sample", 0);
        var seed = line.Number("--seed", 1);
        var context = line.Number("--context", 0);
        var noTests = line.Flag("--no-tests");
        var asOne = line.Flag("--as-one") && !line.Flag("--by-project");
        var limit = line.Number("--limit", 0);
        var set = line.Value("--peer") is { } peer ? Peers.Named(peer) : AnalyzerSet.Ours;
        var analysis = Analysis.FromCommandLine(line).With(set);
        line.RejectTheRest(positional: repositories.Arguments);

        var findings = new List<(Repository Repository, Diagnostic Finding)>();
        var exceptions = new List<string>();
        var rows = new List<Row>();
        foreach (var repository in repositories.All)
        {
            var row = new Row(repository.Name);
            rows.Add(row);
            var watch = Stopwatch.StartNew();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var found = new List<Diagnostic>();
            await foreach (var (project, compilation) in Code.CompilationsAsync(repository.Folder, analysis, asOne, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
            {
                foreach (var tree in compilation.SyntaxTrees.Where(tree => seen.Add(tree.FilePath)))
                {
                    row.Files++;
                    row.Lines += (await tree.GetTextAsync().ConfigureAwait(false)).Lines.Count;
                }

                using var deadline = new CancellationTokenSource();
                deadline.CancelAfter(limit == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(limit));
                try
                {
                    var result = await analysis.RunAsync(compilation, set, cancellation: deadline.Token).ConfigureAwait(false);
                    exceptions.AddRange(result.Exceptions);
                    row.Exceptions += result.Exceptions.Length;
                    found.AddRange(result.Findings.Where(f => (rules.Count == 0 || rules.Any(rule => f.Id.StartsWith(rule, StringComparison.OrdinalIgnoreCase)))
                        && f.Location.SourceTree is { } tree && !(noTests && SourceFolder.IsTest(tree.FilePath))));
                }
                catch (OperationCanceledException) when (deadline.IsCancellationRequested)
                {
                    row.NotEnded++;
                    await log.WriteLineAsync($"{repository.Path(project.Name)}: not ended after {limit} s").ConfigureAwait(false);
                }
            }

            // A file that two projects link gives the same finding twice.
            found.Sort(DiagnosticOrder.Instance);
            findings.AddRange(found.DistinctBy(f => (f.Location.SourceTree!.FilePath, f.Location.SourceSpan, f.Id, f.GetMessage(CultureInfo.InvariantCulture))).Select(f => (repository, f)));
            row.Seconds = watch.Elapsed.TotalSeconds;
        }

        var total = findings.Count;
        var byRule = findings.CountBy(f => f.Finding.Id).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        foreach (var row in rows)
        {
            row.Findings = findings.Count(f => f.Repository.Name == row.Name);
        }

        var shown = sample == 0 ? findings : [.. new SplitMix64((ulong)seed).Shuffled(findings).Take(sample)];
        foreach (var ((repository, finding), index) in shown.Select((finding, index) => (finding, index)))
        {
            if (context > 0)
            {
                output.WriteLine($"#{index + 1}");
            }

            Print(repository, finding, context, output);
        }

        output.WriteLine();
        output.WriteLine($"{total} findings in {rows.Sum(row => row.Files)} files, {rows.Sum(row => row.Lines)} lines" + (sample == 0 ? "" : $"; {shown.Count} drawn with seed {seed}"));
        foreach (var (rule, count) in byRule)
        {
            output.WriteLine($"  {rule} {count}");
        }

        if (repositories.Each)
        {
            PrintTable(rows, output);
        }

        return Math.Max(Report(exceptions, output), rows.Any(row => row.NotEnded > 0) ? 1 : 0);
    }

    private static void PrintTable(List<Row> rows, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("  files      lines  findings        s  threw  not ended");
        foreach (var row in rows.Append(new Row($"{rows.Count} repositories")
        {
            Files = rows.Sum(row => row.Files),
            Lines = rows.Sum(row => row.Lines),
            Findings = rows.Sum(row => row.Findings),
            Seconds = rows.Sum(row => row.Seconds),
            Exceptions = rows.Sum(row => row.Exceptions),
            NotEnded = rows.Sum(row => row.NotEnded),
        }))
        {
            output.WriteLine(FormattableString.Invariant($"{row.Files,7} {row.Lines,10} {row.Findings,9} {row.Seconds,8:0.0} {row.Exceptions,6} {row.NotEnded,10}  {row.Name}"));
        }
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

    private static void Print(Repository repository, Diagnostic finding, int context, TextWriter output)
    {
        var place = finding.Location.GetLineSpan().StartLinePosition;
        output.WriteLine($"{repository.Path(finding.Location.SourceTree!.FilePath)}({place.Line + 1},{place.Character + 1}): {finding.Id}: {finding.GetMessage(CultureInfo.InvariantCulture)}");
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

    /// <summary>What was looked at in one repository. A file of two projects counts once.</summary>
    private sealed class Row(string name)
    {
        public string Name => name;

        public int Files { get; set; }

        public long Lines { get; set; }

        public int Findings { get; set; }

        public double Seconds { get; set; }

        public int Exceptions { get; set; }

        /// <summary>Projects that took longer than the limit.</summary>
        public int NotEnded { get; set; }
    }
}
