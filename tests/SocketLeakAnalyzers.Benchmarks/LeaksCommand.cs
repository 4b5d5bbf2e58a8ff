using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary><c>leaks</c>: how many leaks of public projects are found before their fix, and whether there is silence after it.</summary>
internal static class LeaksCommand
{
    /// <summary>A finding this many lines off is still the finding.</summary>
    private const int Near = 2;

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var cases = LeakCase.Read(line.Positional(0, "leaks.jsonl"));
        var laidOut = line.Value("--laid-out");
        var clones = laidOut is null ? line.Positional(1, "folder of clones (or --laid-out FOLDER)") : line.OptionalPositional(1);
        var kinds = line.Values("--kinds");
        var ids = line.Values("--case");
        var family = line.Values("--family");
        var analysis = Analysis.FromCommandLine(line, sdkSymbols: false);
        IReadOnlyList<AnalyzerSet> sets = line.Flag("--peers") ? [AnalyzerSet.Ours, .. Peers.ThatFindLeaks()] : [AnalyzerSet.Ours];
        line.RejectTheRest(positional: 2);
        string[] forPeer = [line.Positional(0, ""), .. clones is null ? Array.Empty<string>() : [clones], .. laidOut is null ? Array.Empty<string>() : ["--laid-out", laidOut],
            "--references", analysis.References, .. analysis.Define.SelectMany(symbol => new[] { "--define", symbol })];

        analysis = analysis.With([.. sets]);
        var outcomes = new List<Outcome>();
        var exceptions = new List<string>();
        var absent = new List<string>();
        foreach (var leak in cases.Where(c => Chosen(c, kinds, ids)))
        {
            if (Sources(leak, laidOut, clones) is not { } sources)
            {
                absent.Add(leak.Id);
                continue;
            }

            CSharpCompilation[] sides = [Compile(leak, sources.Before, analysis), Compile(leak, sources.After, analysis)];
            var inactive = Inactive(sides[0], leak.Path, leak.Lines);
            foreach (var set in sets)
            {
                var isOurs = ReferenceEquals(set, AnalyzerSet.Ours);
                if (isOurs)
                {
                    List<(string, int)>[] found = [[], []];
                    for (var side = 0; side < 2; side++)
                    {
                        var result = await analysis.RunAsync(sides[side], set).ConfigureAwait(false);
                        exceptions.AddRange(result.Exceptions.Select(e => $"{leak.Id}: {e}"));
                        found[side] = [.. InFile(result, leak.Path).Where(f => InFamily(f.Id, family))];
                    }

                    outcomes.Add(Judge(leak, set, isOurs, family, found[0], found[1], inactive));
                }
                else if (await PeerProcess.RunAsync(Peers.ShortName(set), leak.Id, forPeer).ConfigureAwait(false) is { } found)
                {
                    outcomes.Add(Judge(leak, set, isOurs, family, found[0], found[1], inactive));
                }
                else
                {
                    outcomes.Add(Judge(leak, set, isOurs, family, [], [], inactive) with { Crashed = true });
                }
            }

            await log.WriteLineAsync(leak.ToString()).ConfigureAwait(false);
        }

        foreach (var set in sets)
        {
            Print(set, [.. outcomes.Where(o => o.Set == set.Name)], output);
        }

        foreach (var id in absent)
        {
            output.WriteLine("no source of " + id);
        }

        return FindingsCommand.Report(exceptions, output);
    }

    /// <summary>What a child process does: one peer's findings in one case's file, a line each: side, id, line.</summary>
    public static async Task<int> PeerAsync(CommandLine line, TextWriter output)
    {
        var cases = LeakCase.Read(line.Positional(0, "leaks.jsonl"));
        var id = line.Value("--case");
        var set = Peers.Named(line.Value("--peer")!);
        var analysis = Analysis.FromCommandLine(line, sdkSymbols: false).With(set);
        var leak = cases.Single(c => c.Id == id);
        var sources = Sources(leak, line.Value("--laid-out"), line.OptionalPositional(1)) ?? throw new CommandLineException("no source of " + id);
        List<SourceFile>[] sides = [sources.Before, sources.After];
        for (var side = 0; side < 2; side++)
        {
            var compilation = Compile(leak, sides[side], analysis);

            // Peers are slow, and only this file of theirs counts. A leak that the authors suppressed in the source was found all the same.
            if (compilation.SyntaxTrees.FirstOrDefault(tree => tree.FilePath == leak.Path) is { } file)
            {
                var result = await analysis.RunAsync(compilation, set, file, includeSuppressed: true).ConfigureAwait(false);
                foreach (var finding in InFile(result, leak.Path))
                {
                    output.WriteLine(FormattableString.Invariant($"{side} {finding.Id} {finding.Line}"));
                }
            }
        }

        return 0;
    }

    private static IEnumerable<(string Id, int Line)> InFile(AnalysisResult result, string path) => result.Findings
        .Where(f => f.Location.SourceTree?.FilePath == path)
        .Select(f => (f.Id, f.Location.GetLineSpan().StartLinePosition.Line + 1));

    private static (List<SourceFile> Before, List<SourceFile> After)? Sources(LeakCase leak, string? laidOut, string? clones)
    {
        return Side("before", leak.ParentCommit) is { } before && Side("after", leak.FixCommit) is { } after ? (before, after) : null;

        List<SourceFile>? Side(string name, string commit)
        {
            var folder = new[] { laidOut, clones }.OfType<string>().Select(root => Path.Combine(root, leak.Id, name)).FirstOrDefault(Directory.Exists);
            return folder is not null ? [.. SourceFolder.FindAll(folder, ".cs").Select(file => SourceFolder.Read(folder, file))]
                : clones is not null ? GitClone.Find(clones, leak.Repository)?.NearestProject(commit, leak.Path)
                : null;
        }
    }

    private static bool Chosen(LeakCase leak, IReadOnlyList<string> kinds, IReadOnlyList<string> ids) =>
        (kinds.Count == 0 || kinds.Any(kind => leak.Kind == kind || leak.Kind.StartsWith(kind + "-", StringComparison.Ordinal)))
        && (ids.Count == 0 || ids.Any(id => leak.Id.Contains(id, StringComparison.Ordinal)));

    private static bool InFamily(string id, IReadOnlyList<string> family) => family.Count == 0 || family.Any(prefix => id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static CSharpCompilation Compile(LeakCase leak, List<SourceFile> sources, Analysis analysis) =>
        analysis.Compile(leak.Id, analysis.Parse(sources, leak.Symbols.Where(symbol => !symbol.StartsWith('!')), []));

    /// <summary>Lines that the preprocessor leaves out: nothing can be found there.</summary>
    private static bool Inactive(CSharpCompilation compilation, string path, IReadOnlyList<int> lines)
    {
        var tree = compilation.SyntaxTrees.FirstOrDefault(t => t.FilePath == path);
        if (tree is null)
        {
            return true;
        }

        var text = tree.GetText();
        return lines.All(line => line > text.Lines.Count
            || tree.GetRoot().FindTrivia(text.Lines[line - 1].Span.Start + (text.Lines[line - 1].Span.Length / 2)).IsKind(SyntaxKind.DisabledTextTrivia));
    }

    private static Outcome Judge(LeakCase leak, AnalyzerSet set, bool isOurs, IReadOnlyList<string> family, List<(string Id, int Line)> before, List<(string Id, int Line)> after, bool inactive)
    {
        var due = leak.Due.Where(id => InFamily(id, family)).ToList();
        bool Counts((string Id, int Line) finding, IReadOnlyList<string> ids) => !isOurs || ids.Contains(finding.Id);
        static bool IsNear((string Id, int Line) finding, IReadOnlyList<int> lines) => lines.Any(line => Math.Abs(line - finding.Line) <= Near);

        var found = leak.Due.Count > 0 && before.Exists(f => Counts(f, due) && IsNear(f, leak.Lines));
        bool? silent = found && leak is { SilentAfter: true, FixedLines: not null } ? !after.Exists(f => Counts(f, due) && IsNear(f, leak.FixedLines)) : null;
        bool? stillDue = leak is { AfterDue.Count: > 0, FixedLines: not null } ? after.Exists(f => Counts(f, leak.AfterDue) && IsNear(f, leak.FixedLines)) : null;
        return new(leak, set.Name, found, silent, stillDue, before.Count, after.Count,
            Tell(before.Where(f => IsNear(f, leak.Lines))),
            Tell(after.Where(f => leak.FixedLines is { } lines && IsNear(f, lines))),
            Tell(before.Where(f => !IsNear(f, leak.Lines))),
            inactive);
    }

    private static string Tell(IEnumerable<(string Id, int Line)> findings) => string.Join(' ', findings.Distinct().OrderBy(f => f.Line).ThenBy(f => f.Id, StringComparer.Ordinal).Select(f => $"{f.Id}@{f.Line}"));

    private static void Print(AnalyzerSet set, List<Outcome> outcomes, TextWriter output)
    {
        output.WriteLine($"=== {set.Name}");
        foreach (var outcome in outcomes.Where(o => o.Leak.Due.Count > 0))
        {
            var verdict = (outcome.Found ? "found " : "MISSED") + " " + outcome.Silent switch { true => "silent", false => "NOISY ", null => "-     " };
            output.WriteLine($"{verdict} {outcome.Leak.Kind,-7} {outcome.Leak.Id}");
            output.WriteLine($"       {outcome.Leak.Path}: due {string.Join('/', outcome.Leak.Due)} at {string.Join(',', outcome.Leak.Lines)}"
                + Part("found", outcome.NearBefore) + Part("elsewhere", outcome.Elsewhere) + Part("after", outcome.NearAfter)
                + (outcome.StillDue is { } still ? $"; due after the fix {string.Join('/', outcome.Leak.AfterDue)}: {(still ? "found" : "missed")}" : "")
                + (outcome.Inactive ? "; NOT COMPILED with these symbols" : "") + (outcome.Crashed ? "; THE ANALYZER CRASHED" : ""));
        }

        var aside = outcomes.Where(o => o.Leak.Due.Count == 0 && (o.NearBefore.Length > 0 || o.NearAfter.Length > 0)).ToList();
        if (aside.Count > 0)
        {
            output.WriteLine("--- findings where no rule is due");
            foreach (var outcome in aside)
            {
                output.WriteLine($"       {outcome.Leak.Kind,-7} {outcome.Leak.Id}: {outcome.Leak.Path}{Part("before", outcome.NearBefore)}{Part("after", outcome.NearAfter)}");
            }
        }

        output.WriteLine($"--- totals, {set.Name}" + (outcomes.Count(o => o.Crashed) is > 0 and var crashed ? $" (crashed on {crashed} cases)" : ""));
        output.WriteLine("kind      cases  found       silent after  still due    per file before  after");
        var kinds = outcomes.Select(o => o.Leak.Kind).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var kind in kinds)
        {
            Total(kind, [.. outcomes.Where(o => o.Leak.Kind == kind)], output);
        }

        Total("D (all)", [.. outcomes.Where(o => o.Leak.Kind.StartsWith('D'))], output);
        Total("others", [.. outcomes.Where(o => !o.Leak.Kind.StartsWith('D'))], output);
        Total("all", outcomes, output);
        output.WriteLine();
    }

    private static void Total(string name, List<Outcome> outcomes, TextWriter output)
    {
        var due = outcomes.Where(o => o.Leak.Due.Count > 0).ToList();
        var silent = due.Where(o => o.Silent is not null).ToList();
        var still = due.Where(o => o.StillDue is not null).ToList();
        var files = outcomes.Where(o => !o.Crashed).DistinctBy(o => (o.Leak.Repository, o.Leak.ParentCommit, o.Leak.Path)).ToList();
        output.WriteLine(FormattableString.Invariant(
            $"{name,-8} {due.Count,6}  {Share(due.Count(o => o.Found), due.Count),-11} {Share(silent.Count(o => o.Silent == true), silent.Count),-13} {Share(still.Count(o => o.StillDue == true), still.Count),-12} {Mean(files, o => o.CountBefore),7:0.00}          {Mean(files, o => o.CountAfter):0.00}"));
    }

    private static double Mean(List<Outcome> outcomes, Func<Outcome, int> count) => outcomes.Count == 0 ? 0 : outcomes.Average(count);

    private static string Share(int part, int whole) => whole == 0 ? "-" : FormattableString.Invariant($"{part}/{whole} {100.0 * part / whole:0}%");

    private static string Part(string name, string text) => text.Length == 0 ? "" : $"; {name} {text}";

    private sealed record Outcome(
        LeakCase Leak, string Set, bool Found, bool? Silent, bool? StillDue, int CountBefore, int CountAfter, string NearBefore, string NearAfter, string Elsewhere, bool Inactive, bool Crashed = false);
}
