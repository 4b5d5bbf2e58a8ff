using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>capabilities</c>: what our analyzers and their peers say of small pieces of code, one for each thing that somebody may expect of them, as the table of
/// the comparison. The first line of a piece is its name. On the line marked <c>// here</c> something is due; on the one marked <c>// silent</c> nothing.
/// </summary>
internal static class CapabilitiesCommand
{
    private const string Due = "// here";
    private const string Silent = "// silent";

    public static async Task<int> RunAsync(CommandLine line, TextWriter output)
    {
        var folder = line.OptionalPositional(0) ?? Locations.Get("Capabilities");
        IReadOnlyList<(string Name, AnalyzerSet Set)> sets = [("SocketLeakAnalyzers", AnalyzerSet.Ours), .. Peers.OfTheComparison()];
        var analysis = Analysis.FromCommandLine(line).With([.. sets.Select(set => set.Set)]);
        line.RejectTheRest(positional: 1);

        output.WriteLine($"| | {string.Join(" | ", sets.Select(set => set.Name))} |");
        output.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" --- |", sets.Count))}");
        List<string> broken = [];
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs").Order(StringComparer.Ordinal))
        {
            var text = await File.ReadAllTextAsync(file).ConfigureAwait(false);
            var lines = text.ReplaceLineEndings("\n").Split('\n');
            var isDue = lines.Any(l => l.EndsWith(Due, StringComparison.Ordinal));
            var at = Array.FindIndex(lines, l => l.EndsWith(isDue ? Due : Silent, StringComparison.Ordinal));
            if (at < 0)
            {
                throw new CommandLineException($"{file}: no line ends with {Due} or {Silent}");
            }

            var compilation = analysis.Compile(Path.GetFileNameWithoutExtension(file), analysis.Parse([new SourceFile(file, SourceText.From(text))], [], []));
            broken.AddRange(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
            List<string> cells = [];
            foreach (var (_, set) in sets)
            {
                var result = await analysis.RunAsync(compilation, set).ConfigureAwait(false);
                var ids = result.Findings.Where(d => d.Location.GetLineSpan().StartLinePosition.Line == at && set.Ids.Contains(d.Id)).Select(d => d.Id).Distinct().Order(StringComparer.Ordinal).ToList();
                cells.Add((isDue, ids.Count > 0) switch
                {
                    (true, true) => string.Join(", ", ids),
                    (true, false) => "-",
                    (false, true) => "false: " + string.Join(", ", ids),
                    (false, false) => "silent",
                });
            }

            output.WriteLine($"| {lines[0][2..].Trim()} | {string.Join(" | ", cells)} |");
        }

        foreach (var error in broken)
        {
            output.WriteLine("!!! " + error);
        }

        return broken.Count == 0 ? 0 : 1;
    }
}
