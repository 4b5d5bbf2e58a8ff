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
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>fixes</c>: applies every fix that is offered for our findings, in memory: each alone, and as Fix All over its document and over its project. After it the code has no
/// compile error that it did not have, the finding is gone, none of ours is new, and applying it again changes nothing.
/// </summary>
internal sealed partial class FixesCommand(Analysis analysis, TextWriter output, int show)
{
    private readonly SortedDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private readonly List<string> _exceptions = [];
    private readonly List<string> _applied = [];
    private readonly List<string> _notOffered = [];
    private int _shown;

    /// <summary>What the places begin with.</summary>
    private Repository _repository = new("", "");

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var repositories = Repository.FromCommandLine(line);
        var rules = line.Values("--rule");
        var show = line.Number("--show", 20);
        var asOne = line.Flag("--as-one");
        var noTests = line.Flag("--no-tests");
        var sample = line.Number("--sample", 0);
        var seed = line.Number("--seed", 1);
        var notOffered = line.Flag("--not-offered");
        var analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours);
        line.RejectTheRest(positional: repositories.Arguments);

        var command = new FixesCommand(analysis, output, show);
        foreach (var repository in repositories.All)
        {
            command._repository = repository;
            await foreach (var (project, compilation) in Code.CompilationsAsync(repository.Folder, analysis, asOne, path => noTests && SourceFolder.IsTest(path), log).ConfigureAwait(false))
            {
                await command.CheckAsync(project.Name, compilation, f => (rules.Count == 0 || rules.Any(rule => f.Id.StartsWith(rule, StringComparison.OrdinalIgnoreCase)))
                    && !(noTests && SourceFolder.IsTest(f.Location.SourceTree!.FilePath))).ConfigureAwait(false);
            }
        }

        foreach (var applied in new SplitMix64((ulong)seed).Shuffled(command._applied).Take(sample))
        {
            output.WriteLine(applied);
        }

        if (notOffered)
        {
            command._notOffered.ForEach(output.WriteLine);
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
        var states = new Dictionary<DocumentId, State>();
        var gone = new SortedDictionary<string, (CodeFixProvider Provider, string Key, Dictionary<DocumentId, List<string>> Gone)>(StringComparer.Ordinal);
        foreach (var group in findings.GroupBy(f => f.Location.SourceTree!))
        {
            var document = solution.GetDocument(documents[group.Key])!;
            var before = await StateOf(document).ConfigureAwait(false);
            states[document.Id] = before;
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
                    var what = $"{Place(finding)} {finding.Id} {provider.GetType().Name} '{action.Title}'";
                    var diff = await GuardAsync(tally, what, document, before, () => ApplyAsync(action, document), [Key(finding)], again: null).ConfigureAwait(false);
                    _applied.Add($"APPLIED {what}: {finding.GetMessage(CultureInfo.InvariantCulture)}\n{diff}");
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
                    _notOffered.Add($"no fix: {Place(finding)} {finding.Id} {finding.GetMessage(CultureInfo.InvariantCulture)}");
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

                await GuardAsync(tally, $"{_repository.Path(document.FilePath!)} Fix All {provider.GetType().Name} '{key}'", document, before,
                    () => FixAllAsync(provider, key, document, before.Findings), fixedKeys,
                    again: fixedDocument => AgainAsync(provider, key, fixedDocument)).ConfigureAwait(false);
                var which = provider.GetType().Name + key;
                if (!gone.TryGetValue(which, out var inProject))
                {
                    inProject = gone[which] = (provider, key, []);
                }

                inProject.Gone[document.Id] = fixedKeys;
            }
        }

        foreach (var (provider, key, inProject) in gone.Values)
        {
            await CheckProjectAsync(name, provider, key, solution.Projects.Single(), states, inProject).ConfigureAwait(false);
        }
    }

    /// <summary>Fix All of a project: each document is what Fix All of that document alone makes of it, and the project as a whole has no compile error more.</summary>
    private async Task CheckProjectAsync(string name, CodeFixProvider provider, string key, Microsoft.CodeAnalysis.Project project, Dictionary<DocumentId, State> states, Dictionary<DocumentId, List<string>> gone)
    {
        var tally = TallyOf("all", provider, "Fix All of a project, " + key);
        tally.Applied++;
        var what = $"{_repository.Path(name)} Fix All of the project {provider.GetType().Name} '{key}'";
        Solution? changed = null;
        try
        {
            var known = states.Where(pair => gone.ContainsKey(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value.Findings.Where(f => provider.FixableDiagnosticIds.Contains(f.Id)).ToImmutableArray());
            var context = new FixAllContext(project.GetDocument(known.Keys.First())!, provider, FixAllScope.Project, key, provider.FixableDiagnosticIds, new Known(known), CancellationToken.None);
            if (await provider.GetFixAllProvider()!.GetFixAsync(context).ConfigureAwait(false) is { } action)
            {
                var operations = await action.GetOperationsAsync(project.Solution, new Progress<CodeAnalysisProgress>(), CancellationToken.None).ConfigureAwait(false);
                changed = operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution;
            }
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            tally.Other++;
            Fail(tally, what, thrown.ToString(), null);
            return;
        }

        foreach (var (id, keys) in gone)
        {
            await GuardAsync(tally, $"{what}, {_repository.Path(project.GetDocument(id)!.FilePath!)}", project.GetDocument(id)!, states[id],
                () => Task.FromResult(changed?.GetDocument(id)), keys, again: null).ConfigureAwait(false);
        }
    }

    public int Print()
    {
        output.WriteLine();
        output.WriteLine("applied  errors rose  not gone  new finding  not idempotent  threw/none  moved  ");
        foreach (var (name, t) in _tallies)
        {
            output.WriteLine($"{t.Applied,7}  {t.ErrorsRose,11}  {t.NotGone,8}  {t.NewFinding,11}  {t.NotIdempotent,14}  {t.Other,10}  {t.Moved,5}  {name}");
        }

        output.WriteLine($"{Applied} applied or considered, {Failures} failures");
        return Math.Max(FindingsCommand.Report(_exceptions, output), Failures == 0 ? 0 : 1);
    }

    /// <summary>Applies and checks; what has changed.</summary>
    private async Task<string?> GuardAsync(Tally tally, string what, Document document, State before, Func<Task<Document?>> apply, IReadOnlyList<string> gone, Func<Document, Task<Document?>>? again)
    {
        try
        {
            if (await apply().ConfigureAwait(false) is not { } changed || await SameTextAsync(document, changed).ConfigureAwait(false))
            {
                tally.Other++;
                Fail(tally, what, "changed nothing", null);
                return null;
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

            // A fix that gives a resource a name renames it in what else is said of it.
            var fresh = More(before.Keys, after.Keys);
            var unnamed = More(after.Keys, before.Keys).ConvertAll(Unnamed);
            fresh.RemoveAll(key => unnamed.Remove(Unnamed(key)));
            var moved = Moved(More(after.Keys, before.Keys), fresh);
            tally.Moved += moved;
            if (fresh.Count > 0)
            {
                tally.NewFinding++;
                Fail(tally, what, "new: " + string.Join("; ", fresh), diff);
            }

            if (again is not null && await again(changed).ConfigureAwait(false) is { } twice && !await SameTextAsync(changed, twice).ConfigureAwait(false))
            {
                tally.NotIdempotent++;
                Fail(tally, what, "a second application changes the document again", await DiffAsync(changed, twice).ConfigureAwait(false));
            }

            return diff;
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            tally.Other++;
            Fail(tally, what, thrown.ToString(), null);
            return null;
        }
    }

    /// <summary>
    /// One leak has one of three ids, by what is done about it: a fix of another rule that adds a release moves it from one to the next. Those are taken
    /// from what is new, and counted. A wait that several calls go on behind names the first that is not bounded: when that one is, the next.
    /// </summary>
    private static int Moved(List<string> gone, List<string> fresh) => fresh.RemoveAll(key => Subject(key) is { } subject && gone.Remove(gone.Find(other => Subject(other) == subject)!));

    private static string? Subject(string key) =>
        Lifetime().Match(key) is { Success: true } match ? match.Groups[1].Value
        : FirstOfSeveral().Match(key) is { Success: true } wait ? wait.Groups[1].Value
        : null;

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
            new Known(new() { [document.Id] = [.. findings.Where(f => provider.FixableDiagnosticIds.Contains(f.Id))] }), CancellationToken.None);
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

    private string Place(Diagnostic finding)
    {
        var place = finding.Location.GetLineSpan().StartLinePosition;
        return $"{_repository.Path(finding.Location.SourceTree!.FilePath)}({place.Line + 1},{place.Character + 1})";
    }

    /// <summary>A finding without its numbers: an edit above moves the lines that a message names.</summary>
    private static string Key(Diagnostic finding) => finding.Id + " " + Number().Replace(finding.GetMessage(CultureInfo.InvariantCulture), "#");

    /// <summary>The words of a finding with "'socket' (Socket)" as "the Socket", which it is called as long as no variable holds it.</summary>
    private static string Unnamed(string key) => Named().Replace(key, "the $1");

    private static List<string> More(IReadOnlyCollection<string> before, IReadOnlyCollection<string> after)
    {
        var left = before.CountBy(key => key).ToDictionary(StringComparer.Ordinal);
        return [.. after.Where(key => !left.TryGetValue(key, out var count) || (left[key] = count - 1) < 0).Order(StringComparer.Ordinal)];
    }

    private static async Task<bool> SameTextAsync(Document a, Document b) =>
        (await a.GetTextAsync().ConfigureAwait(false)).ContentEquals(await b.GetTextAsync().ConfigureAwait(false));

    /// <summary>The lines that changed, old and new, with a few around them.</summary>
    private static async Task<string> DiffAsync(Document before, Document after)
    {
        const int Around = 6;
        var old = await before.GetTextAsync().ConfigureAwait(false);
        var changed = await after.GetTextAsync().ConfigureAwait(false);
        var lines = new List<string>();
        var shift = 0;
        var upTo = -1;
        foreach (var (first, last, more) in Hunks(old, changed.GetTextChanges(old)))
        {
            lines.Add($"  @@ line {first + 1}");
            lines.AddRange(old.Lines.Take(first).Skip(Math.Max(upTo + 1, first - Around)).Select(line => "    " + line));
            lines.AddRange(old.Lines.Take(last + 1).Skip(first).Select(line => "  - " + line));
            lines.AddRange(changed.Lines.Take(last + 1 + shift + more).Skip(first + shift).Select(line => "  + " + line));
            lines.AddRange(old.Lines.Take(last + 1 + Around).Skip(last + 1).Select(line => "    " + line));
            shift += more;
            upTo = last;
        }

        return string.Join('\n', lines);
    }

    /// <summary>The first and the last line that a change touches, and how many lines it adds; changes that are close are one.</summary>
    private static List<(int First, int Last, int More)> Hunks(SourceText text, IReadOnlyList<TextChange> changes)
    {
        var hunks = new List<(int First, int Last, int More)>();
        foreach (var change in changes)
        {
            var (first, last) = (text.Lines.IndexOf(change.Span.Start), text.Lines.IndexOf(change.Span.End));
            var more = change.NewText!.Count(c => c == '\n') - (last - first);
            if (hunks is [.., var before] && first <= before.Last + 3)
            {
                hunks[^1] = (before.First, Math.Max(before.Last, last), before.More + more);
            }
            else
            {
                hunks.Add((first, last, more));
            }
        }

        return hunks;
    }

    [GeneratedRegex(@"^SLA#?100[123] (.+?) (?:is|are) ")]
    private static partial Regex Lifetime();

    [GeneratedRegex(@"^SLA#?4002 .+? on line # (goes on when .+)$")]
    private static partial Regex FirstOfSeveral();

    [GeneratedRegex(@"'\w+' \((.+?)\)")]
    private static partial Regex Named();

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

        /// <summary>Leaks that another of the lifetime rules tells of now.</summary>
        public int Moved { get; set; }

        public int Failures { get; set; }
    }

    private sealed class Known(Dictionary<DocumentId, ImmutableArray<Diagnostic>> findings) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(findings.GetValueOrDefault(document.Id, []));

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Microsoft.CodeAnalysis.Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([.. findings.Where(pair => pair.Key.ProjectId == project.Id).SelectMany(pair => pair.Value)]);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Microsoft.CodeAnalysis.Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
