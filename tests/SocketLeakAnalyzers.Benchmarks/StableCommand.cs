using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>stable</c>: analyses each project of a folder several times, and compares all that is reported: on one thread and on all, with its files in their order,
/// reversed and shuffled, and file by file in an order drawn at random, as an IDE asks.
/// </summary>
internal static class StableCommand
{
    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var root = Path.GetFullPath(line.Positional(0, "folder"));
        var rounds = line.Number("--rounds", 2);
        var seed = line.Number("--seed", 1);
        var asOne = line.Flag("--as-one");
        var noTests = line.Flag("--no-tests");
        var one = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours);
        line.RejectTheRest(positional: 1);

        var exceptions = new List<string>();
        var differences = new List<string>();
        var (runs, findings, files, lines) = (0, 0, 0, 0L);
        await foreach (var (project, compilation) in Code.CompilationsAsync(root, one, asOne, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
        {
            files += compilation.SyntaxTrees.Length;
            lines += compilation.SyntaxTrees.Sum(tree => (long)tree.GetText().Lines.Count);
            var expected = await FindAsync(compilation, one).ConfigureAwait(false);
            findings += expected.Count;
            var random = new SplitMix64((ulong)seed);
            for (var round = 0; round < rounds; round++)
            {
                var shuffled = random.Shuffled(compilation.SyntaxTrees);
                await CheckAsync("all threads", compilation, one.OnThreads(true)).ConfigureAwait(false);
                await CheckAsync("one thread again", compilation, one).ConfigureAwait(false);
                await CheckAsync("files reversed", InOrder(compilation, compilation.SyntaxTrees.Reverse()), one.OnThreads(true)).ConfigureAwait(false);
                await CheckAsync("files shuffled", InOrder(compilation, shuffled), one).ConfigureAwait(false);
                Compare("file by file", await FileByFileAsync(compilation, random).ConfigureAwait(false));
            }

            async Task CheckAsync(string how, CSharpCompilation changed, Analysis analysis) => Compare(how, await FindAsync(changed, analysis).ConfigureAwait(false));

            void Compare(string how, List<string> actual)
            {
                runs++;
                if (FindingText.Difference(expected, actual) is { Count: > 0 } different)
                {
                    differences.Add($"{project.Name}, {how}:\n" + string.Concat(different.Select(text => $"    {text}\n")));
                }
            }
        }

        differences.ForEach(output.WriteLine);
        output.WriteLine($"{findings} findings in {files} files, {lines} lines; {runs} further runs, {differences.Count} of them different");
        return Math.Max(FindingsCommand.Report(exceptions, output), differences.Count == 0 ? 0 : 1);

        async Task<List<string>> FindAsync(CSharpCompilation compilation, Analysis analysis)
        {
            var result = await analysis.RunAsync(compilation.Clone().WithOptions(analysis.CompilationOptions(compilation.SyntaxTrees)), AnalyzerSet.Ours).ConfigureAwait(false);
            exceptions.AddRange(result.Exceptions);
            return FindingText.Of(result.Findings);
        }

        async Task<List<string>> FileByFileAsync(CSharpCompilation compilation, SplitMix64 random)
        {
            var fresh = compilation.Clone();
            var found = new List<Diagnostic>();
            foreach (var tree in random.Shuffled(fresh.SyntaxTrees))
            {
                var result = await one.RunAsync(fresh, AnalyzerSet.Ours, tree).ConfigureAwait(false);
                exceptions.AddRange(result.Exceptions);
                found.AddRange(result.Findings);
            }

            return FindingText.Of(found);
        }
    }

    private static CSharpCompilation InOrder(CSharpCompilation compilation, IEnumerable<SyntaxTree> trees) => compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees);
}
