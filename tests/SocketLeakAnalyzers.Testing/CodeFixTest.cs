using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>Tests something that offers code actions.</summary>
public abstract class CodeActionTest<TVerifier> : AnalyzerTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    /// <summary>Which of the actions offered for a diagnostic is applied; the first, unless said otherwise.</summary>
    public int? CodeActionIndex { get; set; }

    /// <summary>The equivalence key of the action that is applied, or null for any.</summary>
    public string? CodeActionEquivalenceKey { get; set; }

    /// <summary>Looks at the action before it is applied.</summary>
    public Action<CodeAction, IVerifier>? CodeActionVerifier { get; set; }
}

/// <summary>
/// Tests a code fix: diagnostic by diagnostic, and by Fix All in document, project and solution. Texts are compared byte for byte, and
/// the fixed code is compiled and analyzed as the code before it is.
/// </summary>
public abstract class CodeFixTest<TVerifier> : CodeActionTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    /// <summary>Makes a test without code.</summary>
    protected CodeFixTest()
    {
        FixedState = new SolutionState("/0/Test", "cs");
        BatchFixedState = new SolutionState("/0/Test", "cs");
    }

    /// <summary>Adds a source file to <see cref="FixedState"/>. The same text as <see cref="AnalyzerTest{TVerifier}.TestCode"/> says that no fix is offered.</summary>
    [DisallowNull]
    public string? FixedCode
    {
        set
        {
            if (value is not null)
                FixedState.Sources.Add(value);
        }
    }

    /// <summary>Adds a source file to <see cref="BatchFixedState"/>.</summary>
    [DisallowNull]
    public string? BatchFixedCode
    {
        set
        {
            if (value is not null)
                BatchFixedState.Sources.Add(value);
        }
    }

    /// <summary>The code after every diagnostic was fixed one by one, and the diagnostics left in it; without content, no fix may be offered.</summary>
    public SolutionState FixedState { get; }

    /// <summary>The code after Fix All; without content, the same as <see cref="FixedState"/>.</summary>
    public SolutionState BatchFixedState { get; }

    /// <summary>What is skipped.</summary>
    public CodeFixTestBehaviors CodeFixTestBehaviors { get; set; }

    /// <summary>How many fixes are applied one by one; a negative number is an upper bound. By default at most one for each diagnostic.</summary>
    public int? NumberOfIncrementalIterations { get; set; }

    /// <summary>How often Fix All is applied; a negative number is an upper bound. By default once, and in documents at most once for each.</summary>
    public int? NumberOfFixAllIterations { get; set; }

    /// <summary>The same for Fix All in a document.</summary>
    public int? NumberOfFixAllInDocumentIterations { get; set; }

    /// <summary>The same for Fix All in a project.</summary>
    public int? NumberOfFixAllInProjectIterations { get; set; }

    /// <summary>Picks the diagnostic to fix next from those that are left, in the order of files and places.</summary>
    public Func<ImmutableArray<Diagnostic>, Diagnostic?>? DiagnosticSelector { get; set; }

    /// <summary>The code fixes under test.</summary>
    protected abstract IEnumerable<CodeFixProvider> GetCodeFixProviders();

    /// <inheritdoc/>
    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        Verify.LanguageIsSupported(Language);
        Verify.NotEmpty("TestState.Sources", TestState.Sources);
        var analyzers = GetDiagnosticAnalyzers().ToImmutableArray();
        var fixes = GetCodeFixProviders().ToImmutableArray();
        var fixableIds = fixes.SelectMany(fix => fix.FixableDiagnosticIds).ToImmutableArray();
        var before = Evaluate(TestState, null, analyzers, fixableIds);
        var after = Evaluate(FixedState, before, analyzers, fixableIds);
        var batchAfter = BatchFixedState.StatesContent ? Evaluate(BatchFixedState, before, analyzers, fixableIds) : after;

        using var workspace = CreateWorkspace();
        var project = CreateProject(workspace, before);
        var found = await VerifyAnalysisAsync(
            "the test code", before, await Analysis.OfAsync(project, analyzers, Verify, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (!after.HasSameFilesAs(before))
            await VerifyStateAsync("the fixed code", after, analyzers, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(batchAfter, after) && !batchAfter.HasSameFilesAs(before))
            await VerifyStateAsync("the code fixed by Fix All", batchAfter, analyzers, cancellationToken).ConfigureAwait(false);

        var run = new FixRun(this, analyzers, fixes, fixableIds, project, found);
        if (after.HasSameFilesAs(before) && batchAfter.HasSameFilesAs(before))
        {
            await run.NothingOfferedAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await run.OneByOneAsync(after, cancellationToken).ConfigureAwait(false);
        var skipped = CodeFixTestBehaviors;
        if ((skipped & CodeFixTestBehaviors.SkipFixAllInDocumentCheck) == 0)
            await run.FixAllAsync(FixAllScope.Document, batchAfter, NumberOfFixAllInDocumentIterations ?? NumberOfFixAllIterations, cancellationToken).ConfigureAwait(false);
        if ((skipped & CodeFixTestBehaviors.SkipFixAllInProjectCheck) == 0)
            await run.FixAllAsync(FixAllScope.Project, batchAfter, NumberOfFixAllInProjectIterations ?? NumberOfFixAllIterations, cancellationToken).ConfigureAwait(false);
        if ((skipped & CodeFixTestBehaviors.SkipFixAllInSolutionCheck) == 0)
            await run.FixAllAsync(FixAllScope.Solution, batchAfter, NumberOfFixAllIterations, cancellationToken).ConfigureAwait(false);
    }

    private sealed class FixRun(
        CodeFixTest<TVerifier> test,
        ImmutableArray<DiagnosticAnalyzer> analyzers,
        ImmutableArray<CodeFixProvider> fixes,
        ImmutableArray<string> fixableIds,
        Project start,
        ImmutableArray<Diagnostic> found)
    {
        private readonly CodeFixTestBehaviors behaviors = test.CodeFixTestBehaviors;

        public async Task NothingOfferedAsync(CancellationToken cancellationToken)
        {
            if (await ChooseAsync(start, Fixable(found), cancellationToken).ConfigureAwait(false) is { } choice)
                test.Verify.Fail($"No fix is expected, but '{choice.Action.Title}' is offered for {DiagnosticText.Describe(choice.Diagnostic)}.");
        }

        public async Task OneByOneAsync(EvaluatedState expected, CancellationToken cancellationToken)
        {
            var diagnostics = Fixable(found);
            var atMost = (behaviors & CodeFixTestBehaviors.FixOne) != 0 ? 1 : test.NumberOfIncrementalIterations ?? diagnostics.Length;
            var exact = test.NumberOfIncrementalIterations is > 0;
            atMost = Math.Abs(atMost);
            var project = start;
            var done = 0;
            while (await ChooseAsync(project, diagnostics, cancellationToken).ConfigureAwait(false) is { } choice)
            {
                if (done == atMost)
                    Fail($"The code fix still offers '{choice.Action.Title}' for {DiagnosticText.Describe(choice.Diagnostic)} after {done} of {Times(atMost)}.", project, expected, cancellationToken);
                done++;
                test.CodeActionVerifier?.Invoke(choice.Action, test.Verify);
                var next = await ApplyAsync(project, choice.Action, cancellationToken).ConfigureAwait(false);
                if (ReferenceEquals(next, project))
                    test.Verify.Fail($"The code fix offers '{choice.Action.Title}' for {DiagnosticText.Describe(choice.Diagnostic)}, which changes nothing.");
                project = next;
                if ((behaviors & CodeFixTestBehaviors.FixOne) != 0 || await IsFinalAsync(project, expected, cancellationToken).ConfigureAwait(false))
                    break;
                diagnostics = Fixable(await AnalyzeAsync(project, cancellationToken).ConfigureAwait(false));
            }

            await CompareAsync("the code fix, applied one by one", project, expected, done == 0, cancellationToken).ConfigureAwait(false);
            if (exact && done != atMost)
                test.Verify.Fail($"Expected the code fix to be applied {Times(atMost)}, but it was applied {Times(done)}.");
        }

        public async Task FixAllAsync(FixAllScope scope, EvaluatedState expected, int? iterations, CancellationToken cancellationToken)
        {
            var what = "Fix All in " + scope.ToString().ToLowerInvariant();
            var diagnostics = Fixable(found);
            var project = start;
            var done = 0;
            var documents = diagnostics.Select(diagnostic => diagnostic.Location.SourceTree).Distinct().Count();
            var atMost = Math.Abs(iterations ?? 1) * (scope == FixAllScope.Document && iterations is null ? documents : 1);
            while (await ChooseAsync(project, diagnostics, cancellationToken).ConfigureAwait(false) is { } choice)
            {
                if (done == atMost)
                    Fail($"The code fix still offers '{choice.Action.Title}' for {DiagnosticText.Describe(choice.Diagnostic)} after {Times(done)} of {what}.", project, expected, cancellationToken);
                var provider = choice.Fix.GetFixAllProvider();
                if (provider is null || !provider.GetSupportedFixAllScopes().Contains(scope))
                    test.Verify.Fail($"{choice.Fix.GetType().Name} does not support {what}. If that is meant, set {nameof(CodeFixTestBehaviors)}.");
                if (choice.Action.EquivalenceKey is null)
                    test.Verify.Fail($"The action '{choice.Action.Title}' has no equivalence key, so {what} cannot repeat it.");
                done++;
                var context = new FixAllContext(
                    choice.Document, choice.Fix, scope, choice.Action.EquivalenceKey, fixableIds, new Found(this, project, diagnostics), cancellationToken);
                var action = await provider.GetFixAsync(context).ConfigureAwait(false);
                if (action is null)
                    test.Verify.Fail($"{what} offers no action.");
                var next = await ApplyAsync(project, action, cancellationToken).ConfigureAwait(false);
                if (ReferenceEquals(next, project))
                    test.Verify.Fail($"{what} changes nothing.");
                project = next;
                if (await IsFinalAsync(project, expected, cancellationToken).ConfigureAwait(false))
                    break;
                diagnostics = Fixable(await AnalyzeAsync(project, cancellationToken).ConfigureAwait(false));
            }

            await CompareAsync(what, project, expected, done == 0, cancellationToken).ConfigureAwait(false);
            if (iterations is > 0 && done != atMost)
                test.Verify.Fail($"Expected {what} to be applied {Times(atMost)}, but it was applied {Times(done)}.");
        }

        private static string Times(int count) => count == 1 ? "1 time" : count.ToString(CultureInfo.InvariantCulture) + " times";

        private ImmutableArray<Diagnostic> Fixable(ImmutableArray<Diagnostic> diagnostics) =>
            diagnostics.Where(diagnostic => diagnostic.Location.IsInSource && fixableIds.Contains(diagnostic.Id)).ToImmutableArray();

        private async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Project project, CancellationToken cancellationToken)
        {
            var analysis = await Analysis.OfAsync(project, analyzers, test.Verify, cancellationToken).ConfigureAwait(false);
            return await analysis.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        private async Task<Choice?> ChooseAsync(Project project, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
        {
            if (test.DiagnosticSelector is { } selector && !diagnostics.IsEmpty)
                diagnostics = selector(diagnostics) is { } selected ? [selected] : [];
            foreach (var diagnostic in diagnostics)
            {
                if (project.GetDocument(diagnostic.Location.SourceTree) is not { } document)
                    continue;
                var offers = new List<(CodeFixProvider Fix, CodeAction Action)>();
                foreach (var fix in fixes)
                {
                    if (!fix.FixableDiagnosticIds.Contains(diagnostic.Id))
                        continue;
                    var context = new CodeFixContext(document, diagnostic, (action, _) => offers.Add((fix, action)), cancellationToken);
                    await fix.RegisterCodeFixesAsync(context).ConfigureAwait(false);
                }

                if (test.CodeActionEquivalenceKey is { } key)
                    offers.RemoveAll(offer => offer.Action.EquivalenceKey != key);
                var index = test.CodeActionIndex ?? 0;
                if (index < offers.Count)
                    return new Choice(document, diagnostic, offers[index].Fix, offers[index].Action);
            }

            return null;
        }

        /// <summary>The project after the action, every changed file read anew from its text; the same project when no text changes.</summary>
        private async Task<Project> ApplyAsync(Project project, CodeAction action, CancellationToken cancellationToken)
        {
            var operations = await action.GetOperationsAsync(cancellationToken).ConfigureAwait(false);
            var changes = operations.OfType<ApplyChangesOperation>().ToList();
            if (changes.Count != 1)
                test.Verify.Fail($"The action '{action.Title}' has {changes.Count} operations that change the solution, instead of one.");
            var solution = changes[0].ChangedSolution;
            var changed = false;
            foreach (var difference in solution.GetChanges(project.Solution).GetProjectChanges())
            {
                changed |= difference.GetAddedDocuments().Any() || difference.GetRemovedDocuments().Any()
                    || difference.GetChangedAdditionalDocuments().Any() || difference.GetAddedAdditionalDocuments().Any()
                    || difference.GetChangedAnalyzerConfigDocuments().Any() || difference.GetAddedAnalyzerConfigDocuments().Any();
                foreach (var id in difference.GetChangedDocuments())
                {
                    var text = await solution.GetDocument(id)!.GetTextAsync(cancellationToken).ConfigureAwait(false);
                    var old = await project.Solution.GetDocument(id)!.GetTextAsync(cancellationToken).ConfigureAwait(false);
                    changed |= !text.ContentEquals(old);
                    solution = solution.WithDocumentText(id, SourceText.From(text.ToString(), text.Encoding ?? Encoding.UTF8));
                }
            }

            return changed ? solution.GetProject(project.Id)! : project;
        }

        /// <summary>The expected text is reached, and it is known that nothing that could be fixed is left in it.</summary>
        private async Task<bool> IsFinalAsync(Project project, EvaluatedState expected, CancellationToken cancellationToken) =>
            !expected.Expected.Any(result => fixableIds.Contains(result.Id))
            && await DifferencesAsync(project, expected, cancellationToken).ConfigureAwait(false) is null;

        private void Fail(string message, Project project, EvaluatedState expected, CancellationToken cancellationToken)
        {
            var differences = DifferencesAsync(project, expected, cancellationToken).GetAwaiter().GetResult();
            test.Verify.Fail(message + Environment.NewLine + (differences ?? "The code is as it is expected to be in the end."));
        }

        private async Task CompareAsync(string what, Project project, EvaluatedState expected, bool nothingOffered, CancellationToken cancellationToken)
        {
            if (await DifferencesAsync(project, expected, cancellationToken).ConfigureAwait(false) is { } differences)
                test.Verify.Fail($"The code after {what} is not what is expected{(nothingOffered ? ": no fix was offered" : string.Empty)}.{Environment.NewLine}{differences}");
        }

        private static async Task<string?> DifferencesAsync(Project project, EvaluatedState expected, CancellationToken cancellationToken)
        {
            var text = new StringBuilder();
            Compare(expected.Sources, await Analysis.TextsAsync(project.Documents, cancellationToken).ConfigureAwait(false));
            Compare(expected.AdditionalFiles, await Analysis.TextsAsync(project.AdditionalDocuments, cancellationToken).ConfigureAwait(false));
            Compare(expected.AnalyzerConfigFiles, await Analysis.TextsAsync(project.AnalyzerConfigDocuments, cancellationToken).ConfigureAwait(false));
            return text.Length == 0 ? null : text.ToString();

            void Compare(ImmutableArray<(string Path, SourceText Text)> wanted, ImmutableArray<(string Path, SourceText Text)> actual)
            {
                foreach (var (path, content) in wanted)
                {
                    var match = actual.Where(file => file.Path == path).Select(file => file.Text).FirstOrDefault();
                    if (match is null)
                        text.AppendLine($"{path} is missing.");
                    else if (!match.ContentEquals(content))
                        text.AppendLine($"{path} (- expected, + actual):").Append(DiagnosticText.Difference(content.ToString(), match.ToString()));
                }

                foreach (var (path, content) in actual)
                {
                    if (!wanted.Any(file => file.Path == path))
                        text.AppendLine($"{path} is not expected:").Append(content).AppendLine();
                }
            }
        }

        private sealed record Choice(Document Document, Diagnostic Diagnostic, CodeFixProvider Fix, CodeAction Action);

        /// <summary>What Fix All may ask for. The project under test was analyzed already.</summary>
        private sealed class Found(FixRun run, Project project, ImmutableArray<Diagnostic> known) : FixAllContext.DiagnosticProvider
        {
            public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
                await AllAsync(project, cancellationToken).ConfigureAwait(false);

            public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
            {
                var tree = await document.GetSyntaxTreeAsync(cancellationToken).ConfigureAwait(false);
                return (await AllAsync(document.Project, cancellationToken).ConfigureAwait(false)).Where(diagnostic => diagnostic.Location.SourceTree == tree);
            }

            public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
                (await AllAsync(project, cancellationToken).ConfigureAwait(false)).Where(diagnostic => !diagnostic.Location.IsInSource);

            private async Task<ImmutableArray<Diagnostic>> AllAsync(Project other, CancellationToken cancellationToken) =>
                ReferenceEquals(other, project) ? known : run.Fixable(await run.AnalyzeAsync(other, cancellationToken).ConfigureAwait(false));
        }
    }
}

/// <summary>Tests an analyzer and a code fix on C# code.</summary>
public class CSharpCodeFixTest<TAnalyzer, TCodeFix, TVerifier> : CodeFixTest<TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
    where TVerifier : IVerifier, new()
{
    /// <inheritdoc/>
    public override string Language => LanguageNames.CSharp;

    /// <inheritdoc/>
    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new TAnalyzer()];

    /// <inheritdoc/>
    protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => [new TCodeFix()];

    /// <inheritdoc/>
    protected override CompilationOptions CreateCompilationOptions() => new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);

    /// <inheritdoc/>
    protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(LanguageVersion.Default, DocumentationMode.Diagnose);
}

/// <summary>Tests an analyzer and a code fix on C# code in one line.</summary>
public class CSharpCodeFixVerifier<TAnalyzer, TCodeFix, TVerifier> : CSharpAnalyzerVerifier<TAnalyzer, TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
    where TVerifier : IVerifier, new()
{
    /// <summary>Fails unless the diagnostics that markup states are fixed as stated.</summary>
    public static Task VerifyCodeFixAsync(string source, string fixedSource) => VerifyCodeFixAsync(source, DiagnosticResult.EmptyDiagnosticResults, fixedSource);

    /// <summary>Fails unless the expected diagnostic is fixed as stated.</summary>
    public static Task VerifyCodeFixAsync(string source, DiagnosticResult expected, string fixedSource) => VerifyCodeFixAsync(source, [expected], fixedSource);

    /// <summary>Fails unless the expected diagnostics are fixed as stated.</summary>
    public static Task VerifyCodeFixAsync(string source, DiagnosticResult[] expected, string fixedSource)
    {
        var test = new CSharpCodeFixTest<TAnalyzer, TCodeFix, TVerifier> { TestCode = source, FixedCode = fixedSource };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }
}
