using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>Runs analyzers on code and compares what they report with what is expected.</summary>
public abstract class AnalyzerTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    /// <summary>Makes a test without code.</summary>
    protected AnalyzerTest() => TestState = NewState();

    /// <summary>The language of the code.</summary>
    public abstract string Language { get; }

    /// <summary>Adds a source file to <see cref="TestState"/>.</summary>
    [DisallowNull]
    public string? TestCode
    {
        set
        {
            if (value is not null)
                TestState.Sources.Add(value);
        }
    }

    /// <summary>The code, and the diagnostics expected in it.</summary>
    public SolutionState TestState { get; }

    /// <summary>The diagnostics expected beyond those that markup states.</summary>
    public List<DiagnosticResult> ExpectedDiagnostics => TestState.ExpectedDiagnostics;

    /// <summary>What the code is compiled against.</summary>
    public ReferenceAssemblies ReferenceAssemblies { get; set; } = ReferenceAssemblies.Net.Net100;

    /// <summary>Which of the compiler's diagnostics have to be expected.</summary>
    public CompilerDiagnostics CompilerDiagnostics { get; set; } = CompilerDiagnostics.Errors;

    /// <summary>How spans become expected diagnostics.</summary>
    public MarkupOptions MarkupOptions { get; set; }

    /// <summary>Ids that are suppressed.</summary>
    public List<string> DisabledDiagnostics { get; } = new();

    /// <summary>Changes to the solution before it is analyzed, for instance to the parse options.</summary>
    public List<Func<Solution, ProjectId, Solution>> SolutionTransforms { get; } = new();

    /// <summary>Reports failures.</summary>
    protected TVerifier Verify { get; } = new();

    /// <summary>Runs the test; it throws if anything differs from what is expected.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default) => await RunImplAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the test.</summary>
    protected virtual async Task RunImplAsync(CancellationToken cancellationToken)
    {
        Verify.LanguageIsSupported(Language);
        Verify.NotEmpty("TestState.Sources", TestState.Sources);
        var analyzers = GetDiagnosticAnalyzers().ToImmutableArray();
        var state = Evaluate(TestState, null, analyzers, []);
        await VerifyStateAsync("the test code", state, analyzers, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The analyzers under test.</summary>
    protected abstract IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers();

    /// <summary>The options of the compilation.</summary>
    protected abstract CompilationOptions CreateCompilationOptions();

    /// <summary>The options of the parser.</summary>
    protected abstract ParseOptions CreateParseOptions();

    /// <summary>The diagnostic that <c>[|…|]</c> stands for, or null if that is ambiguous.</summary>
    protected internal virtual DiagnosticDescriptor? GetDefaultDiagnostic(DiagnosticAnalyzer[] analyzers)
    {
        var descriptors = analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).ToList();
        if (descriptors.Count == 0)
            return null;
        return (MarkupOptions & MarkupOptions.UseFirstDescriptor) != 0 || descriptors.Select(descriptor => descriptor.Id).Distinct().Count() == 1
            ? descriptors[0]
            : null;
    }

    /// <summary>A workspace for one test.</summary>
    protected virtual Workspace CreateWorkspace() => new AdhocWorkspace(MefHostServices.DefaultHost);

    private protected EvaluatedState Evaluate(
        SolutionState state, EvaluatedState? before, ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<string> fixableIds)
    {
        var descriptors = analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).ToImmutableArray();
        var reader = new MarkupReader(descriptors, () => GetDefaultDiagnostic([.. analyzers]), fixableIds);
        return EvaluatedState.Of(state, before, ReferenceAssemblies, reader, MarkupOptions);
    }

    private protected SolutionState NewState() => new("TestProject", LanguageNames.CSharp, "/0/Test", "cs");

    /// <summary>Compiles and analyzes a state. Only transforms of the solution and further projects make a workspace necessary.</summary>
    private protected async Task VerifyStateAsync(string what, EvaluatedState state, ImmutableArray<DiagnosticAnalyzer> analyzers, CancellationToken cancellationToken)
    {
        if (SolutionTransforms.Count > 0 || state.Projects.Length > 1)
        {
            using var workspace = CreateWorkspace();
            await VerifySolutionAsync(what, state, CreateSolution(workspace, state), analyzers, cancellationToken).ConfigureAwait(false);
            return;
        }

        var project = state.Projects[0];
        var analysis = Analysis.Of(project, CompilationOptionsOf(project), (CSharpParseOptions)CreateParseOptions(), analyzers, Verify);
        VerifyDiagnostics(what, state, await analysis.RunTwiceAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The same for a state that is a solution already; its diagnostics are in the trees of the solution's documents.</summary>
    private protected async Task<Findings> VerifySolutionAsync(
        string what, EvaluatedState state, Solution solution, ImmutableArray<DiagnosticAnalyzer> analyzers, CancellationToken cancellationToken)
    {
        var findings = await Findings.OfAsync(solution, analyzers, Verify, twice: true, cancellationToken).ConfigureAwait(false);
        VerifyDiagnostics(what, state, findings.All.ToImmutableArray());
        return findings;
    }

    private protected Solution CreateSolution(Workspace workspace, EvaluatedState state)
    {
        var ids = state.Projects.ToDictionary(project => project.Name, project => ProjectId.CreateNewId(project.Name));
        var solution = workspace.CurrentSolution;
        foreach (var project in state.Projects)
        {
            var id = ids[project.Name];
            var info = ProjectInfo.Create(
                    id,
                    VersionStamp.Default,
                    project.Name,
                    project.Name,
                    Language,
                    compilationOptions: CompilationOptionsOf(project),
                    parseOptions: CreateParseOptions(),
                    documents: project.Sources.Select(file => Document(id, file)),
                    metadataReferences: project.ReferenceAssemblies.References.AddRange(project.AdditionalReferences),
                    additionalDocuments: project.AdditionalFiles.Select(file => Document(id, file)))
                .WithAnalyzerConfigDocuments(project.AnalyzerConfigFiles.Select(file => Document(id, file)));
            solution = solution.AddProject(info);
        }

        foreach (var project in state.Projects)
            solution = solution.AddProjectReferences(ids[project.Name], project.ProjectReferences.Select(name => new ProjectReference(ids[name])));
        foreach (var transform in SolutionTransforms)
            solution = transform(solution, ids[state.Projects[0].Name]);
        return solution;

        static DocumentInfo Document(ProjectId id, (string Path, SourceText Text) file) => DocumentInfo.Create(
            DocumentId.CreateNewId(id, file.Path),
            System.IO.Path.GetFileName(file.Path),
            loader: TextLoader.From(TextAndVersion.Create(file.Text, VersionStamp.Default, file.Path)),
            filePath: file.Path);
    }

    private void VerifyDiagnostics(string what, EvaluatedState state, ImmutableArray<Diagnostic> all)
    {
        if (DiagnosticMatch.Explain(what, state.Expected, all.Where(IsCompared).ToImmutableArray(), state.Files()) is { } mismatch)
            Verify.Fail(mismatch);
    }

    private bool IsCompared(Diagnostic diagnostic) => !Analysis.IsCompiler(diagnostic) || CompilerDiagnostics switch
    {
        CompilerDiagnostics.None => false,
        CompilerDiagnostics.Errors => diagnostic.Severity >= DiagnosticSeverity.Error,
        CompilerDiagnostics.Warnings => diagnostic.Severity >= DiagnosticSeverity.Warning,
        CompilerDiagnostics.Suggestions => diagnostic.Severity >= DiagnosticSeverity.Info,
        _ => true,
    };

    private CSharpCompilationOptions CompilationOptionsOf(EvaluatedProject state)
    {
        var options = (CSharpCompilationOptions)CreateCompilationOptions();
        if (state.OutputKind is { } kind)
            options = options.WithOutputKind(kind);
        if (DisabledDiagnostics.Count > 0)
            options = options.WithSpecificDiagnosticOptions(options.SpecificDiagnosticOptions.SetItems(DisabledDiagnostics.Select(id => KeyValuePair.Create(id, ReportDiagnostic.Suppress))));
        return options;
    }
}

/// <summary>Tests an analyzer on C# code.</summary>
public class CSharpAnalyzerTest<TAnalyzer, TVerifier> : AnalyzerTest<TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TVerifier : IVerifier, new()
{
    /// <inheritdoc/>
    public override string Language => LanguageNames.CSharp;

    /// <inheritdoc/>
    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new TAnalyzer()];

    /// <inheritdoc/>
    protected override CompilationOptions CreateCompilationOptions() => new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);

    /// <inheritdoc/>
    protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(LanguageVersion.Default, DocumentationMode.Diagnose);
}

/// <summary>Tests an analyzer on C# code in one line.</summary>
public class CSharpAnalyzerVerifier<TAnalyzer, TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TVerifier : IVerifier, new()
{
    /// <summary>Expects a diagnostic of the analyzer's only descriptor.</summary>
    public static DiagnosticResult Diagnostic() => Descriptors.Diagnostic(new TAnalyzer(), null);

    /// <summary>Expects a diagnostic of the analyzer's descriptor with this id.</summary>
    public static DiagnosticResult Diagnostic(string diagnosticId) => Descriptors.Diagnostic(new TAnalyzer(), diagnosticId);

    /// <summary>Expects a diagnostic of this descriptor.</summary>
    public static DiagnosticResult Diagnostic(DiagnosticDescriptor descriptor) => new(descriptor);

    /// <summary>Fails unless the analyzer reports just what is expected.</summary>
    public static Task VerifyAnalyzerAsync(string source, params DiagnosticResult[] expected)
    {
        var test = new CSharpAnalyzerTest<TAnalyzer, TVerifier> { TestCode = source };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }
}

internal static class Descriptors
{
    public static DiagnosticResult Diagnostic(DiagnosticAnalyzer analyzer, string? id)
    {
        var descriptors = analyzer.SupportedDiagnostics.Where(descriptor => id is null || descriptor.Id == id).ToList();
        if (descriptors.Select(descriptor => descriptor.Id).Distinct().Count() != 1)
            throw new ArgumentException(id is null ? "The analyzer has more than one id, or none: name it." : $"The analyzer has no descriptor '{id}'.");
        // One id with several messages: the reported descriptor says which one.
        return descriptors.Count == 1 ? new DiagnosticResult(descriptors[0]) : new DiagnosticResult(descriptors[0].Id, descriptors[0].DefaultSeverity);
    }
}
