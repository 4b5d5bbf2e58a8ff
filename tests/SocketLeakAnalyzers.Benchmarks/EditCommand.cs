using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>edit</c>: edits one method of one file, and asks for the diagnostics of that file alone, as an IDE does while somebody types: the compilation is new, so all
/// that is kept for a compilation is made again. Our marginal time stands beside the compiler's own semantic diagnostics for the file. With <c>--session</c> the edits
/// follow each other without a measurement of time, and the memory in use is looked at.
/// </summary>
internal static class EditCommand
{
    private const double Limit = 0.1;

    /// <summary>How many of the slowest edits are named.</summary>
    private const int Slowest = 10;

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var root = Path.GetFullPath(line.Positional(0, "folder"));
        var isSession = line.Flag("--session");
        var edits = line.Number("--edits", isSession ? 10_000 : 200);
        var repeats = line.Number("--repeats", 3);
        var seed = line.Number("--seed", 1);
        var noTests = line.Flag("--no-tests");
        var analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours, AnalyzerSet.Floor);
        line.RejectTheRest(positional: 1);

        CSharpCompilation? whole = null;
        await foreach (var (_, compilation) in Code.CompilationsAsync(root, analysis, asOne: true, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
        {
            whole = compilation;
        }

        if (whole is null || !whole.SyntaxTrees.Any(tree => MethodsOf(tree).Count > 0))
        {
            throw new CommandLineException("no method to edit");
        }

        var session = new Session(whole, analysis, new SplitMix64((ulong)seed));
        return isSession
            ? await MemoryAsync(session, edits, output, log).ConfigureAwait(false)
            : await TimesAsync(session, edits, repeats, output).ConfigureAwait(false);
    }

    private static async Task<int> TimesAsync(Session session, int edits, int repeats, TextWriter output)
    {
        var times = new List<(double Compiler, double Floor, double Ours, string File)>();
        for (var i = -20; i < edits; i++)
        {
            session.Edit();
            var (compiler, floor, ours) = (double.MaxValue, double.MaxValue, double.MaxValue);
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                // Each in a compilation of its own, in which nothing is bound; the shortest of some, as nothing makes a run faster than it is.
                compiler = Math.Min(compiler, Time(session.Fresh(), (compilation, tree) => compilation.GetSemanticModel(tree).GetDiagnostics()));
                floor = Math.Min(floor, await session.TimeAsync(AnalyzerSet.Floor).ConfigureAwait(false));
                ours = Math.Min(ours, await session.TimeAsync(AnalyzerSet.Ours).ConfigureAwait(false));
            }

            if (i >= 0)
            {
                times.Add((compiler, floor, ours, session.File));
            }
        }

        output.WriteLine($"{edits} edits, one method each, in {session.Files} files of {session.Lines} lines; the shortest of {repeats}, processor time in ms");
        output.WriteLine("                                          p50      p95      max");
        Print("compiler's diagnostics of the file", times.Select(t => t.Compiler));
        Print("run with the floor", times.Select(t => t.Floor));
        Print("run with ours", times.Select(t => t.Ours));
        Print("marginal: ours less the floor", times.Select(t => t.Ours - t.Floor));
        var shares = times.Select(t => 100 * (t.Ours - t.Floor) / t.Compiler).Order().ToList();
        Print("marginal / compiler, %", shares);
        output.WriteLine($"the {Slowest} slowest: marginal, compiler, file");
        foreach (var slow in times.OrderByDescending(t => t.Ours - t.Floor).Take(Slowest))
        {
            output.WriteLine(FormattableString.Invariant($"{slow.Ours - slow.Floor,8:0.00} {slow.Compiler,8:0.00}  {slow.File}"));
        }

        var ofAll = At(times.Select(t => t.Ours - t.Floor).Order().ToList(), 0.95) / At(times.Select(t => t.Compiler).Order().ToList(), 0.95);
        var isOver = At(shares, 0.95) > 100 * Limit;
        output.WriteLine(FormattableString.Invariant($"p95 of the marginal time is {100 * ofAll:0.0} % of the compiler's p95; edit by edit, the p95 is {At(shares, 0.95):0.0} %{(isOver ? $", OVER THE LIMIT of {100 * Limit} %" : "")}"));
        return Math.Max(FindingsCommand.Report(session.Exceptions, output), isOver ? 1 : 0);

        void Print(string what, IEnumerable<double> values)
        {
            var sorted = values.Order().ToList();
            output.WriteLine(FormattableString.Invariant($"{what,-36} {At(sorted, 0.5),8:0.00} {At(sorted, 0.95),8:0.00} {sorted[^1],8:0.00}"));
        }
    }

    private static async Task<int> MemoryAsync(Session session, int edits, TextWriter output, TextWriter log)
    {
        // Ten looks: the first after a tenth of the edits, when all that is made once has been made.
        var sizes = new List<double>();
        for (var i = 1; i <= edits; i++)
        {
            session.Edit();
            await session.RunAsync(AnalyzerSet.Ours).ConfigureAwait(false);
            if (i % Math.Max(1, edits / 10) == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();
                sizes.Add(GC.GetTotalMemory(forceFullCollection: true) / (1024.0 * 1024.0));
                await log.WriteLineAsync(FormattableString.Invariant($"{i} edits: {sizes[^1]:0.0} MB")).ConfigureAwait(false);
            }
        }

        // The texts themselves grow by what is typed.
        var isGrowing = sizes[^1] > sizes[0] * 1.05 + 5;
        output.WriteLine(FormattableString.Invariant($"{edits} edits in {session.Files} files of {session.Lines} lines; memory in use after each tenth, MB: {string.Join(" ", sizes.Select(size => FormattableString.Invariant($"{size:0.0}")))}{(isGrowing ? ", IT GROWS" : "")}"));
        return Math.Max(FindingsCommand.Report(session.Exceptions, output), isGrowing ? 1 : 0);
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    private static double Time((CSharpCompilation Compilation, SyntaxTree Tree) edited, Action<CSharpCompilation, SyntaxTree> act)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        act(edited.Compilation, edited.Tree);
        return (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
    }

    private static List<BlockSyntax> MethodsOf(SyntaxTree tree) => [.. tree.GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>().Select(method => method.Body).OfType<BlockSyntax>()];

    /// <summary>Somebody who types: one edit after the other, each in a compilation made of the one before it.</summary>
    private sealed class Session
    {
        private readonly Analysis _analysis;
        private readonly SplitMix64 _random;
        private readonly List<int> _files = [];
        private CSharpCompilation _before;
        private SyntaxTree _original;
        private SyntaxTree _edited;
        private int _count;

        public Session(CSharpCompilation compilation, Analysis analysis, SplitMix64 random)
        {
            (_before, _analysis, _random) = (compilation, analysis, random);
            for (var i = 0; i < compilation.SyntaxTrees.Length; i++)
            {
                if (MethodsOf(compilation.SyntaxTrees[i]).Count > 0)
                {
                    _files.Add(i);
                }
            }

            _original = _edited = compilation.SyntaxTrees[_files[0]];
        }

        public HashSet<string> Exceptions { get; } = [];

        public string File => _edited.FilePath;

        public int Files => _before.SyntaxTrees.Length;

        public long Lines => _before.SyntaxTrees.Sum(tree => (long)tree.GetText().Lines.Count);

        /// <summary>A statement is typed at the start of some method, or one that was typed before is changed.</summary>
        public void Edit()
        {
            _before = _before.ReplaceSyntaxTree(_original, _edited);
            _original = _before.SyntaxTrees[_files[_random.Below(_files.Count)]];
            var methods = MethodsOf(_original);
            var body = methods[_random.Below(methods.Count)];
            var statement = $" _ = \"edit {_count++ % 1000:000}\";";
            var at = new TextSpan(body.OpenBraceToken.Span.End, 0);
            var text = _original.GetText();
            if (text.Length >= at.Start + statement.Length && text.ToString(new TextSpan(at.Start, 9)) == statement[..9])
            {
                at = new TextSpan(at.Start, statement.Length);
            }

            _edited = _original.WithChangedText(text.WithChanges(new TextChange(at, statement)));
        }

        public (CSharpCompilation Compilation, SyntaxTree Tree) Fresh() => (_before.ReplaceSyntaxTree(_original, _edited), _edited);

        public async Task<double> TimeAsync(AnalyzerSet set)
        {
            var (compilation, tree) = Fresh();
            var cpu = Environment.CpuUsage.TotalTime;
            var result = await _analysis.RunAsync(compilation, set, tree, cancellation: CancellationToken.None).ConfigureAwait(false);
            var time = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
            Exceptions.UnionWith(result.Exceptions);
            return time;
        }

        public async Task RunAsync(AnalyzerSet set) => await TimeAsync(set).ConfigureAwait(false);
    }
}
