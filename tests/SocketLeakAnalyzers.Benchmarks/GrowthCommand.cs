using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>growth</c>: our time on a quarter of a folder's files, on half of them, on all, and on all of them twice, the second time in a namespace of their own.
/// Twice the work is at most 2.2 times the time inside our analyzers. The marginal time, the difference of two runs that are ten times as long, scatters too
/// much to have a ratio; it is printed beside.
/// </summary>
internal static class GrowthCommand
{
    private const double Limit = 2.2;

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var root = Path.GetFullPath(line.Positional(0, "folder"));
        var rounds = line.Number("--rounds", 5);
        var noTests = line.Flag("--no-tests");
        var analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours, AnalyzerSet.Floor);
        line.RejectTheRest(positional: 1);

        CSharpCompilation? whole = null;
        await foreach (var (_, compilation) in Code.CompilationsAsync(root, analysis, asOne: true, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
        {
            whole = compilation;
        }

        if (whole is null || whole.SyntaxTrees.Length < 4)
        {
            throw new CommandLineException("fewer than four files");
        }

        // Every fourth file: each part has its share of every folder.
        var trees = whole.SyntaxTrees;
        (string Name, double Work, CSharpCompilation Compilation)[] parts =
        [
            ("1/4", 0.25, With(trees.Where((_, i) => i % 4 == 0))),
            ("1/2", 0.5, With(trees.Where((_, i) => i % 2 == 0))),
            ("1", 1, With(trees)),
            ("2", 2, With(trees.Concat(Copies(trees)))),
        ];

        var measured = parts.ToDictionary(part => part.Name, _ => new List<(double Floor, double Ours, double Inside)>());
        var findings = new Dictionary<string, int>();
        var exceptions = new List<string>();
        for (var round = -1; round < rounds; round++)
        {
            foreach (var part in parts)
            {
                var (floor, _) = await MeasureAsync(part.Compilation, AnalyzerSet.Floor).ConfigureAwait(false);
                var (ours, result) = await MeasureAsync(part.Compilation, AnalyzerSet.Ours).ConfigureAwait(false);
                await log.WriteLineAsync(FormattableString.Invariant($"round {round}: {part.Name} floor {floor:0.00} s, ours {ours:0.00} s, inside {result.Inside.TotalSeconds:0.00} s")).ConfigureAwait(false);
                exceptions.AddRange(result.Exceptions);
                findings[part.Name] = result.Findings.Length;
                if (round >= 0)
                {
                    measured[part.Name].Add((floor, ours, result.Inside.TotalSeconds));
                }
            }
        }

        output.WriteLine(" work   files    lines  findings   floor s   ours s  marginal s: median    min    max  inside s: median    min    max   x the half   with ours: x the half");
        double? before = null;
        double? wholeBefore = null;
        var worst = 0.0;
        var worstWhole = 0.0;
        var first = 0.0;
        foreach (var part in parts)
        {
            var marginal = measured[part.Name].Select(m => m.Ours - m.Floor).Order().ToList();
            var inside = measured[part.Name].Select(m => m.Inside).Order().ToList();
            var median = inside[inside.Count / 2];
            var withOurs = Median(measured[part.Name].Select(m => m.Ours));
            var ratio = median / before;
            var wholeRatio = withOurs / wholeBefore;
            worst = part.Work > 1 && ratio is { } last ? last : worst;
            worstWhole = part.Work > 1 && wholeRatio is { } lastWhole ? lastWhole : worstWhole;
            first = part.Work < 0.5 ? median : first;
            output.WriteLine(FormattableString.Invariant(
                $"{part.Name,5} {part.Compilation.SyntaxTrees.Length,7} {Lines(part.Compilation),8} {findings[part.Name],9}  {Median(measured[part.Name].Select(m => m.Floor)),8:0.00} {withOurs,8:0.00}  {marginal[marginal.Count / 2],18:0.00} {marginal[0],6:0.00} {marginal[^1],6:0.00}  {median,16:0.00} {inside[0],6:0.00} {inside[^1],6:0.00}   {ratio,10:0.00} {wholeRatio,24:0.00}"));
            before = median;
            wholeBefore = withOurs;
        }

        var isOver = worst > Limit;
        output.WriteLine(FormattableString.Invariant($"exponent from a quarter to twice: {Math.Log2(before!.Value / first) / 3:0.00}; twice the work is {worst:0.00} times the time inside our analyzers{(isOver ? $", OVER THE LIMIT of {Limit}" : "")}, and {worstWhole:0.00} times that of the whole run"));
        return Math.Max(FindingsCommand.Report([.. exceptions.Distinct()], output), isOver ? 1 : 0);

        CSharpCompilation With(IEnumerable<SyntaxTree> some) => whole.RemoveAllSyntaxTrees().AddSyntaxTrees(some);

        async Task<(double Seconds, AnalysisResult Result)> MeasureAsync(CSharpCompilation compilation, AnalyzerSet set)
        {
            var fresh = Code.Fresh(compilation);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            var cpu = Environment.CpuUsage.TotalTime;
            var result = await analysis.RunAsync(fresh, set, timed: set == AnalyzerSet.Ours).ConfigureAwait(false);
            return ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, result);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static long Lines(CSharpCompilation compilation) => compilation.SyntaxTrees.Sum(tree => (long)tree.GetText().Lines.Count);

    /// <summary>Every file once more, all of it in a namespace around: what it names is found there before it is found in the first copy.</summary>
    private static IEnumerable<SyntaxTree> Copies(IEnumerable<SyntaxTree> trees)
    {
        var all = trees.ToList();
        var declared = all.SelectMany(tree => tree.GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax).OfType<BaseNamespaceDeclarationSyntax>())
            .SelectMany(declaration => Prefixes(declaration.Name.ToString())).ToHashSet(StringComparer.Ordinal);
        var own = string.Concat(all.SelectMany(tree => ((CompilationUnitSyntax)tree.GetRoot()).Usings)
            .Where(directive => !directive.GlobalKeyword.IsKind(SyntaxKind.None) && directive.Alias is null && directive.Name is { } name && declared.Contains(name.ToString()))
            .Select(directive => $"using {directive.Name}; ").Distinct());
        foreach (var tree in all)
        {
            var unit = (CompilationUnitSyntax)tree.GetRoot();
            if (unit.AttributeLists.Count > 0 || unit.Externs.Count > 0 || unit.Members.Count == 0 || unit.Members.Any(SyntaxKind.GlobalStatement) || unit.Usings.Any(directive => !directive.GlobalKeyword.IsKind(SyntaxKind.None)))
            {
                continue;
            }

            var text = unit.ToFullString();
            var end = "\n}\n";
            if (unit.Members[0] is FileScopedNamespaceDeclarationSyntax scoped)
            {
                text = string.Concat(text.AsSpan(0, scoped.SemicolonToken.SpanStart), "\n{", text.AsSpan(scoped.SemicolonToken.Span.End));
                end += "}\n";
            }

            yield return tree.WithChangedText(SourceText.From("namespace SecondCopy {\n" + own + text + end)).WithFilePath("SecondCopy/" + tree.FilePath);
        }
    }

    private static IEnumerable<string> Prefixes(string name)
    {
        for (var dot = name.Length; dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            yield return name[..dot];
        }
    }
}
