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
        FixedState = NewState();
        BatchFixedState = NewState();
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
        var batchAfter = BatchFixedState.StatesContent ? Evaluate(BatchFixedState, after, analyzers, fixableIds) : after;

        using var workspace = CreateWorkspace();
        var found = await VerifySolutionAsync("the test code", before, CreateSolution(workspace, before), analyzers, cancellationToken).ConfigureAwait(false);
        if (!after.HasSameFilesAs(before))
            await VerifyStateAsync("the fixed code", after, analyzers, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(batchAfter, after) && !batchAfter.HasSameFilesAs(before))
            await VerifyStateAsync("the code fixed by Fix All", batchAfter, analyzers, cancellationToken).ConfigureAwait(false);

        var run = new FixRun(this, analyzers, fixes, fixableIds, found, [.. after.Expected.Concat(batchAfter.Expected).Select(result => result.Id)]);
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
        Findings start,
        ImmutableHashSet<string> expectedIds)
    {
        private readonly CodeFixTestBehaviors behaviors = test.CodeFixTestBehaviors;

        public async Task NothingOfferedAsync(CancellationToken cancellationToken)
        {
            if (await ChooseAsync(start, cancellationToken).ConfigureAwait(false) is { } choice)
                test.Verify.Fail($"No fix is expected, but {choice} is offered.");
        }

        public async Task OneByOneAsync(EvaluatedState expected, CancellationToken cancellationToken)
        {
            var fixOne = (behaviors & CodeFixTestBehaviors.FixOne) != 0;
            var atMost = fixOne ? 1 : Math.Abs(test.NumberOfIncrementalIterations ?? Fixable(start.All).Length);
            await RepeatAsync(
                "the code fix, applied one by one",
                expected,
                atMost,
                exact: !fixOne && test.NumberOfIncrementalIterations is > 0,
                stopAtLimit: fixOne,
                (choice, _) =>
                {
                    test.CodeActionVerifier?.Invoke(choice.Action, test.Verify);
                    return Task.FromResult(choice.Action);
                },
                cancellationToken).ConfigureAwait(false);
        }

        public async Task FixAllAsync(FixAllScope scope, EvaluatedState expected, int? iterations, CancellationToken cancellationToken)
        {
            var what = "Fix All in " + scope.ToString().ToLowerInvariant();
            var documents = Fixable(start.All).Select(diagnostic => start.Solution.GetDocument(diagnostic.Location.SourceTree)).OfType<Document>().ToList();
            var places = scope switch
            {
                FixAllScope.Document => documents.Distinct().Count(),
                FixAllScope.Project => documents.Select(document => document.Project.Id).Distinct().Count(),
                _ => 1,
            };
            await RepeatAsync(
                what,
                expected,
                iterations is { } stated ? Math.Abs(stated) : places,
                exact: iterations is > 0,
                stopAtLimit: false,
                async (choice, findings) =>
                {
                    var provider = choice.Fix.GetFixAllProvider();
                    if (provider is null || !provider.GetSupportedFixAllScopes().Contains(scope))
                        test.Verify.Fail($"{choice.Fix.GetType().Name} does not support {what}. If that is meant, set {nameof(CodeFixTestBehaviors)}.");
                    if (choice.Action.EquivalenceKey is null)
                        test.Verify.Fail($"The action '{choice.Action.Title}' has no equivalence key, so {what} cannot repeat it.");
                    var context = new FixAllContext(
                        choice.Document, choice.Fix, scope, choice.Action.EquivalenceKey, fixableIds, new Found(this, findings), cancellationToken);
                    var action = await provider.GetFixAsync(context).ConfigureAwait(false);
                    if (action is null)
                        test.Verify.Fail($"{what} offers no action.");
                    return action;
                },
                cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Applies actions until none is offered any more, then compares the code.</summary>
        private async Task RepeatAsync(
            string what,
            EvaluatedState expected,
            int atMost,
            bool exact,
            bool stopAtLimit,
            Func<Choice, Findings, Task<CodeAction>> actionFor,
            CancellationToken cancellationToken)
        {
            var findings = start;
            var solution = start.Solution;
            var done = 0;
            while (await ChooseAsync(findings, cancellationToken).ConfigureAwait(false) is { } choice)
            {
                if (done == atMost)
                {
                    if (stopAtLimit)
                        break;
                    test.Verify.Fail(
                        $"After {Times(done)} of {what}, {choice} is still offered.{Environment.NewLine}"
                        + (await DifferencesAsync(solution, expected, cancellationToken).ConfigureAwait(false) ?? "The code is what is expected in the end."));
                }

                done++;
                var action = await actionFor(choice, findings).ConfigureAwait(false);
                var next = await ApplyAsync(solution, action, cancellationToken).ConfigureAwait(false);
                if (ReferenceEquals(next, solution))
                    test.Verify.Fail($"{choice} changes nothing ({what}).");
                solution = next;
                if (await IsFinalAsync(solution, expected, cancellationToken).ConfigureAwait(false))
                    break;
                findings = await Findings.OfAsync(solution, analyzers, test.Verify, twice: false, cancellationToken).ConfigureAwait(false);
                await CheckErrorsAsync(choice, what, findings, expected, cancellationToken).ConfigureAwait(false);
            }

            if (await DifferencesAsync(solution, expected, cancellationToken).ConfigureAwait(false) is { } differences)
                test.Verify.Fail($"The code after {what} is not what is expected{(done == 0 ? ": no fix was offered" : string.Empty)}.{Environment.NewLine}{differences}");
            if (exact && done != atMost)
                test.Verify.Fail($"Expected {Times(atMost)} of {what}, but it took {Times(done)}.");
        }

        private static string Times(int count) => count == 1 ? "1 time" : count.ToString(CultureInfo.InvariantCulture) + " times";

        private ImmutableArray<Diagnostic> Fixable(IEnumerable<Diagnostic> diagnostics) =>
            diagnostics.Where(diagnostic => diagnostic.Location.IsInSource && fixableIds.Contains(diagnostic.Id)).ToImmutableArray();

        private async Task<Choice?> ChooseAsync(Findings findings, CancellationToken cancellationToken)
        {
            var diagnostics = Fixable(findings.All);
            if (test.DiagnosticSelector is { } selector && !diagnostics.IsEmpty)
                diagnostics = selector(diagnostics) is { } selected ? [selected] : [];
            foreach (var diagnostic in diagnostics)
            {
                if (findings.Solution.GetDocument(diagnostic.Location.SourceTree) is not { } document)
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

        /// <summary>The solution after the action, every changed file read anew from its text; the same solution when no text changes.</summary>
        private async Task<Solution> ApplyAsync(Solution before, CodeAction action, CancellationToken cancellationToken)
        {
            var operations = await action.GetOperationsAsync(cancellationToken).ConfigureAwait(false);
            var changes = operations.OfType<ApplyChangesOperation>().ToList();
            if (changes.Count != 1)
                test.Verify.Fail($"The action '{action.Title}' has {changes.Count} operations that change the solution, instead of one.");
            var solution = changes[0].ChangedSolution;
            var changed = false;
            foreach (var difference in solution.GetChanges(before).GetProjectChanges())
            {
                changed |= difference.GetAddedDocuments().Any() || difference.GetRemovedDocuments().Any()
                    || difference.GetChangedAdditionalDocuments().Any() || difference.GetAddedAdditionalDocuments().Any()
                    || difference.GetChangedAnalyzerConfigDocuments().Any() || difference.GetAddedAnalyzerConfigDocuments().Any();
                foreach (var id in difference.GetChangedDocuments())
                {
                    var text = await solution.GetDocument(id)!.GetTextAsync(cancellationToken).ConfigureAwait(false);
                    var old = await before.GetDocument(id)!.GetTextAsync(cancellationToken).ConfigureAwait(false);
                    if (!Equals(text.Encoding, old.Encoding))
                        test.Verify.Fail($"The action '{action.Title}' changes the encoding of {solution.GetDocument(id)!.FilePath}; make the new text with the encoding of the old.");
                    changed |= !text.ContentEquals(old);
                    solution = solution.WithDocumentText(id, SourceText.From(text.ToString(), text.Encoding, text.ChecksumAlgorithm));
                }
            }

            return changed ? solution : before;
        }

        /// <summary>Fails where a step leaves an error of the compiler that the code before and after does not have.</summary>
        private async Task CheckErrorsAsync(Choice choice, string what, Findings findings, EvaluatedState expected, CancellationToken cancellationToken)
        {
            if (test.CompilerDiagnostics == CompilerDiagnostics.None)
                return;
            var known = start.All.Where(IsError).Select(diagnostic => diagnostic.Id).ToHashSet();
            var added = findings.All.FirstOrDefault(diagnostic => IsError(diagnostic) && !known.Contains(diagnostic.Id) && !expectedIds.Contains(diagnostic.Id));
            if (added is not null)
            {
                test.Verify.Fail(
                    $"After {choice} ({what}) the code does not compile: {DiagnosticText.Describe(added)}{Environment.NewLine}"
                    + await DifferencesAsync(findings.Solution, expected, cancellationToken).ConfigureAwait(false));
            }

            static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error && Analysis.IsCompiler(diagnostic);
        }

        /// <summary>The expected text is reached, and it is known that nothing that could be fixed is left in it.</summary>
        private async Task<bool> IsFinalAsync(Solution solution, EvaluatedState expected, CancellationToken cancellationToken) =>
            !expected.Expected.Any(result => fixableIds.Contains(result.Id))
            && await DifferencesAsync(solution, expected, cancellationToken).ConfigureAwait(false) is null;

        private static async Task<string?> DifferencesAsync(Solution solution, EvaluatedState expected, CancellationToken cancellationToken)
        {
            var text = new StringBuilder();
            foreach (var wanted in expected.Projects)
            {
                var project = solution.Projects.First(project => project.Name == wanted.Name);
                Compare(wanted.Sources, await Analysis.TextsAsync(project.Documents, cancellationToken).ConfigureAwait(false));
                Compare(wanted.AdditionalFiles, await Analysis.TextsAsync(project.AdditionalDocuments, cancellationToken).ConfigureAwait(false));
                Compare(wanted.AnalyzerConfigFiles, await Analysis.TextsAsync(project.AnalyzerConfigDocuments, cancellationToken).ConfigureAwait(false));
            }

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

        private sealed record Choice(Document Document, Diagnostic Diagnostic, CodeFixProvider Fix, CodeAction Action)
        {
            public override string ToString() => $"'{Action.Title}' for {DiagnosticText.Describe(Diagnostic)}";
        }

        /// <summary>What Fix All may ask for. The solution it starts from was analyzed already.</summary>
        private sealed class Found(FixRun run, Findings known) : FixAllContext.DiagnosticProvider
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

            private async Task<ImmutableArray<Diagnostic>> AllAsync(Project project, CancellationToken cancellationToken)
            {
                var findings = ReferenceEquals(project.Solution, known.Solution)
                    ? known
                    : await Findings.OfAsync(project.Solution, run.Analyzers, run.Verifier, twice: false, cancellationToken).ConfigureAwait(false);
                return run.Fixable(findings.In(project));
            }
        }

        private ImmutableArray<DiagnosticAnalyzer> Analyzers => analyzers;

        private IVerifier Verifier => test.Verify;
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
