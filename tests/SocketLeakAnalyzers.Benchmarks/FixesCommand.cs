using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>fixes</c>: applies every fix that is offered for our findings, in memory: each alone, and as Fix All over its document. After it the code has no
/// compile error that it did not have, the finding is gone, none of ours is new, and applying it again changes nothing.
/// </summary>
internal sealed partial class FixesCommand(Analysis analysis, TextWriter output, int show)
{
    private readonly SortedDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private readonly List<string> _exceptions = [];
    private int _shown;

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var root = Path.GetFullPath(line.Positional(0, "folder"));
        var rules = line.Values("--rule");
        var show = line.Number("--show", 20);
        var asOne = line.Flag("--as-one");
        var noTests = line.Flag("--no-tests");
        var analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours);
        line.RejectTheRest(positional: 1);

        var command = new FixesCommand(analysis, output, show);
        await foreach (var (project, compilation) in Code.CompilationsAsync(root, analysis, asOne, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
        {
            await command.CheckAsync(project.Name, compilation, f => (rules.Count == 0 || rules.Any(rule => f.Id.StartsWith(rule, StringComparison.OrdinalIgnoreCase)))
                && !(noTests && SourceFolder.IsTest(f.Location.SourceTree!.FilePath))).ConfigureAwait(false);
        }

        return command.Print();
    }

    /// <summary>The number of checks that failed so far.</summary>
    public int Failures => _tallies.Values.Sum(t => t.Failures);

    /// <summary>The number of fixes applied so far.</summary>
    public int Applied => _tallies.Values.Sum(t => t.Applied);

    public async Task CheckAsync(string name, CSharpCompilation compilation, Predicate<Diagnostic> chosen)
    {
        var result = await analysis.RunAsync(compilation, AnalyzerSet.Ours).ConfigureAwait(false);
        _exceptions.AddRange(result.Exceptions);
        var findings = result.Findings.Where(f => f.Location.SourceTree is not null && chosen(f)).ToList();
        if (findings.Count == 0)
        {
            return;
        }

        using var workspace = new AdhocWorkspace();
        var (solution, documents) = Load(workspace, name, compilation);
        foreach (var group in findings.GroupBy(f => f.Location.SourceTree!))
        {
            var document = solution.GetDocument(documents[group.Key])!;
            var before = await StateOf(document).ConfigureAwait(false);
            var fixAll = new HashSet<(CodeFixProvider, string)>();
            foreach (var finding in before.Findings.Where(f => chosen(f)))
            {
                var providers = AnalyzerSet.OurFixes.Where(p => p.FixableDiagnosticIds.Contains(finding.Id)).ToList();
                var offered = false;
                foreach (var provider in providers)
                {
                    if (await OfferedAsync(provider, document, finding).ConfigureAwait(false) is not { } action)
                    {
                        continue;
                    }

                    offered = true;
                    var tally = TallyOf(finding.Id, provider, "alone");
                    tally.Applied++;
                    await GuardAsync(tally, $"{Place(finding)} {finding.Id} {provider.GetType().Name} '{action.Title}'", document, before, async () =>
                        [await ApplyAsync(action, document).ConfigureAwait(false)], [Key(finding)], again: null).ConfigureAwait(false);
                    if (action.EquivalenceKey is { } key)
                    {
                        fixAll.Add((provider, key));
                    }
                    else
                    {
                        Fail(tally, $"{Place(finding)} {finding.Id} {provider.GetType().Name}", "has no equivalence key, so there is no Fix All", null);
                    }
                }

                if (!offered)
                {
                    TallyOf(finding.Id, null, "no fix offered").Applied++;
                }
            }

            foreach (var (provider, key) in fixAll)
            {
                var tally = TallyOf("all", provider, "Fix All of a document, " + key);
                tally.Applied++;
                var fixedKeys = new List<string>();
                foreach (var finding in before.Findings.Where(f => provider.FixableDiagnosticIds.Contains(f.Id)))
                {
                    if (await OfferedAsync(provider, document, finding).ConfigureAwait(false) is { } action && action.EquivalenceKey == key)
                    {
                        fixedKeys.Add(Key(finding));
                    }
                }

                await GuardAsync(tally, $"{document.FilePath} Fix All {provider.GetType().Name} '{key}'", document, before, async () =>
                    [await FixAllAsync(provider, key, document, before.Findings).ConfigureAwait(false)], fixedKeys,
                    again: fixedDocument => AgainAsync(provider, key, fixedDocument)).ConfigureAwait(false);
            }
        }
    }

    public int Print()
    {
        output.WriteLine();
        output.WriteLine("applied  errors rose  not gone  new finding  not idempotent  threw/none  ");
        foreach (var (name, t) in _tallies)
        {
            output.WriteLine($"{t.Applied,7}  {t.ErrorsRose,11}  {t.NotGone,8}  {t.NewFinding,11}  {t.NotIdempotent,14}  {t.Other,10}  {name}");
        }

        output.WriteLine($"{Applied} applied or considered, {Failures} failures");
        return Math.Max(FindingsCommand.Report(_exceptions, output), Failures == 0 ? 0 : 1);
    }

    private async Task GuardAsync(Tally tally, string what, Document document, State before, Func<Task<Document?[]>> apply, IReadOnlyList<string> gone, Func<Document, Task<Document?>>? again)
    {
        try
        {
            if (await apply().ConfigureAwait(false) is not [{ } changed] || await SameTextAsync(document, changed).ConfigureAwait(false))
            {
                tally.Other++;
                Fail(tally, what, "changed nothing", null);
                return;
            }

            var after = await StateOf(changed).ConfigureAwait(false);
            var diff = await DiffAsync(document, changed).ConfigureAwait(false);
            var errors = More(before.Errors, after.Errors);
            if (after.Errors.Count > before.Errors.Count)
            {
                tally.ErrorsRose++;
                Fail(tally, what, "compile errors: " + string.Join("; ", errors), diff);
            }

            var still = gone.GroupBy(key => key, StringComparer.Ordinal)
                .Where(g => after.Keys.Count(key => key == g.Key) > before.Keys.Count(key => key == g.Key) - g.Count())
                .Select(g => g.Key).ToList();
            if (still.Count > 0)
            {
                tally.NotGone++;
                Fail(tally, what, "still found: " + string.Join("; ", still), diff);
            }

            if (More(before.Keys, after.Keys) is { Count: > 0 } fresh)
            {
                tally.NewFinding++;
                Fail(tally, what, "new: " + string.Join("; ", fresh), diff);
            }

            if (again is not null && await again(changed).ConfigureAwait(false) is { } twice && !await SameTextAsync(changed, twice).ConfigureAwait(false))
            {
                tally.NotIdempotent++;
                Fail(tally, what, "a second application changes the document again", await DiffAsync(changed, twice).ConfigureAwait(false));
            }
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            tally.Other++;
            Fail(tally, what, thrown.ToString(), null);
        }
    }

    private void Fail(Tally tally, string what, string why, string? diff)
    {
        tally.Failures++;
        if (_shown++ < show)
        {
            output.WriteLine($"FAILED {what}: {why}");
            if (diff is not null)
            {
                output.WriteLine(diff);
            }
        }
    }

    private Tally TallyOf(string id, CodeFixProvider? provider, string how)
    {
        var name = $"{id} {provider?.GetType().Name} {how}";
        return _tallies.TryGetValue(name, out var tally) ? tally : _tallies[name] = new();
    }

    private static async Task<CodeAction?> OfferedAsync(CodeFixProvider provider, Document document, Diagnostic finding)
    {
        CodeAction? first = null;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => first ??= Leaf(action), CancellationToken.None)).ConfigureAwait(false);
        return first;
    }

    private static CodeAction Leaf(CodeAction action) => action.NestedActions.IsDefaultOrEmpty ? action : Leaf(action.NestedActions[0]);

    private static async Task<Document?> ApplyAsync(CodeAction action, Document document)
    {
        var operations = await action.GetOperationsAsync(document.Project.Solution, new Progress<CodeAnalysisProgress>(), CancellationToken.None).ConfigureAwait(false);
        return operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution.GetDocument(document.Id);
    }

    private async Task<Document?> FixAllAsync(CodeFixProvider provider, string key, Document document, IEnumerable<Diagnostic> findings)
    {
        if (provider.GetFixAllProvider() is not { } fixAll)
        {
            return null;
        }

        var context = new FixAllContext(document, provider, FixAllScope.Document, key, provider.FixableDiagnosticIds,
            new Known([.. findings.Where(f => provider.FixableDiagnosticIds.Contains(f.Id))]), CancellationToken.None);
        return await fixAll.GetFixAsync(context).ConfigureAwait(false) is { } action ? await ApplyAsync(action, document).ConfigureAwait(false) : null;
    }

    private async Task<Document?> AgainAsync(CodeFixProvider provider, string key, Document document)
    {
        var state = await StateOf(document).ConfigureAwait(false);
        foreach (var finding in state.Findings.Where(f => provider.FixableDiagnosticIds.Contains(f.Id)))
        {
            if (await OfferedAsync(provider, document, finding).ConfigureAwait(false) is { } action && action.EquivalenceKey == key)
            {
                return await FixAllAsync(provider, key, document, state.Findings).ConfigureAwait(false);
            }
        }

        return null;
    }

    private (Solution Solution, Dictionary<SyntaxTree, DocumentId> Documents) Load(AdhocWorkspace workspace, string name, CSharpCompilation compilation)
    {
        var project = ProjectId.CreateNewId(name);
        var solution = workspace.CurrentSolution.AddProject(ProjectInfo.Create(project, VersionStamp.Default, name, compilation.AssemblyName!, LanguageNames.CSharp,
            compilationOptions: compilation.Options,
            parseOptions: compilation.SyntaxTrees.FirstOrDefault()?.Options,
            metadataReferences: compilation.References));
        var documents = new Dictionary<SyntaxTree, DocumentId>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var id = documents[tree] = DocumentId.CreateNewId(project, tree.FilePath);
            solution = solution.AddDocument(DocumentInfo.Create(id, Path.GetFileName(tree.FilePath), filePath: tree.FilePath,
                loader: TextLoader.From(TextAndVersion.Create(tree.GetText(), VersionStamp.Default))));
        }

        return (solution, documents);
    }

    private async Task<State> StateOf(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync().ConfigureAwait(false))!;
        var tree = (await document.GetSyntaxTreeAsync().ConfigureAwait(false))!;
        var errors = compilation.GetSemanticModel(tree).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d.Id} {d.GetMessage(CultureInfo.InvariantCulture)}").ToList();
        var result = await analysis.RunAsync(compilation, AnalyzerSet.Ours, tree).ConfigureAwait(false);
        _exceptions.AddRange(result.Exceptions);
        return new(result.Findings, [.. result.Findings.Select(Key)], errors);
    }

    private static string Place(Diagnostic finding)
    {
        var place = finding.Location.GetLineSpan().StartLinePosition;
        return $"{finding.Location.SourceTree!.FilePath}({place.Line + 1},{place.Character + 1})";
    }

    /// <summary>A finding without its numbers: an edit above moves the lines that a message names.</summary>
    private static string Key(Diagnostic finding) => finding.Id + " " + Number().Replace(finding.GetMessage(CultureInfo.InvariantCulture), "#");

    private static List<string> More(IReadOnlyCollection<string> before, IReadOnlyCollection<string> after)
    {
        var left = before.CountBy(key => key).ToDictionary(StringComparer.Ordinal);
        return [.. after.Where(key => !left.TryGetValue(key, out var count) || (left[key] = count - 1) < 0).Order(StringComparer.Ordinal)];
    }

    private static async Task<bool> SameTextAsync(Document a, Document b) =>
        (await a.GetTextAsync().ConfigureAwait(false)).ContentEquals(await b.GetTextAsync().ConfigureAwait(false));

    /// <summary>The changed lines, old and new, without a proper alignment: enough to see what a fix did.</summary>
    private static async Task<string> DiffAsync(Document before, Document after)
    {
        var a = (await before.GetTextAsync().ConfigureAwait(false)).Lines.Select(l => l.ToString()).ToList();
        var b = (await after.GetTextAsync().ConfigureAwait(false)).Lines.Select(l => l.ToString()).ToList();
        var start = 0;
        while (start < a.Count && start < b.Count && a[start] == b[start])
        {
            start++;
        }

        var end = 0;
        while (end < a.Count - start && end < b.Count - start && a[^(end + 1)] == b[^(end + 1)])
        {
            end++;
        }

        const int Most = 60;
        return string.Join('\n', a.Skip(start).Take(Math.Min(Most, a.Count - start - end)).Select(l => "  - " + l)
            .Concat(b.Skip(start).Take(Math.Min(Most, b.Count - start - end)).Select(l => "  + " + l)));
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    private sealed record State(ImmutableArray<Diagnostic> Findings, List<string> Keys, List<string> Errors);

    private sealed class Tally
    {
        public int Applied { get; set; }

        public int ErrorsRose { get; set; }

        public int NotGone { get; set; }

        public int NewFinding { get; set; }

        public int NotIdempotent { get; set; }

        public int Other { get; set; }

        public int Failures { get; set; }
    }

    private sealed class Known(ImmutableArray<Diagnostic> findings) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(findings);

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Microsoft.CodeAnalysis.Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(findings);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Microsoft.CodeAnalysis.Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
