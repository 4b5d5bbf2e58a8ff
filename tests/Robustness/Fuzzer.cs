using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>
/// Runs every analyzer and every fix on mutated code. Nothing may throw, and nothing may take long. A case is named by its number: the same number is the same
/// code as long as the snippets are the same.
/// </summary>
internal sealed class Fuzzer : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly AdhocWorkspace _workspace = new();
    private readonly IReadOnlyList<string> _snippets;
    private readonly ImmutableArray<DiagnosticAnalyzer> _analyzers;
    private readonly ImmutableArray<CodeFixProvider> _fixes;
    private readonly Solution _solution;
    private readonly DocumentId _document;

    public Fuzzer(IReadOnlyList<string> snippets, IEnumerable<MetadataReference> references, ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<CodeFixProvider> fixes)
    {
        _snippets = snippets;
        _analyzers = analyzers;
        _fixes = fixes;
        var project = ProjectId.CreateNewId();
        _document = DocumentId.CreateNewId(project);
        _solution = _workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(project, VersionStamp.Default, "Fuzz", "Fuzz", LanguageNames.CSharp,
                compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, concurrentBuild: false),
                parseOptions: CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest),
                metadataReferences: references))
            .AddDocument(DocumentId.CreateNewId(project), "Usings.cs", SourceText.From(Snippets.GlobalUsings), filePath: "Usings.cs")
            .AddDocument(_document, "Case.cs", SourceText.From(""), filePath: "Case.cs");
    }

    /// <summary>How many findings there were, over all cases.</summary>
    public int Findings { get; private set; }

    /// <summary>How many fixes were made.</summary>
    public int Fixed { get; private set; }

    /// <summary>The code of a case.</summary>
    public string CodeOf(ulong number)
    {
        var random = new SplitMix64(number * 0x9E3779B97F4A7C15 + 1);
        var snippet = _snippets[random.Below(_snippets.Count)];
        var other = _snippets[random.Below(_snippets.Count)];
        return Mutation.Of(snippet, other, random);
    }

    /// <summary>What went wrong with a case; empty when nothing did.</summary>
    public async Task<List<string>> RunAsync(ulong number)
    {
        var wrong = new List<string>();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await RunAsync(CodeOf(number), wrong, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            wrong.Add("took longer than " + s_limit);
        }

        return wrong;
    }

    /// <summary>Runs analyzers and fixes on code, and the analyzers once more on what the fixes make of it.</summary>
    public async Task RunAsync(string code, List<string> wrong, CancellationToken cancellation)
    {
        var document = _solution.WithDocumentText(_document, SourceText.From(code)).GetDocument(_document)!;
        var findings = await FindAsync(document, wrong, cancellation).ConfigureAwait(false);
        Findings += findings.Length;
        foreach (var finding in findings)
        {
            foreach (var provider in _fixes.Where(provider => provider.FixableDiagnosticIds.Contains(finding.Id)))
            {
                await FixAsync(document, finding, provider, wrong, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task FixAsync(Document document, Diagnostic finding, CodeFixProvider provider, List<string> wrong, CancellationToken cancellation)
    {
        try
        {
            var actions = new List<CodeAction>();
            await provider.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => actions.Add(action), cancellation)).ConfigureAwait(false);
            foreach (var action in actions)
            {
                foreach (var operation in (await action.GetOperationsAsync(cancellation).ConfigureAwait(false)).OfType<ApplyChangesOperation>())
                {
                    Fixed++;
                    await FindAsync(operation.ChangedSolution.GetDocument(document.Id)!, wrong, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception thrown) when (!cancellation.IsCancellationRequested)
        {
            wrong.Add($"{provider.GetType().Name} on {finding.Id}: {thrown}");
        }
    }

    private async Task<ImmutableArray<Diagnostic>> FindAsync(Document document, List<string> wrong, CancellationToken cancellation)
    {
        var thrown = new ConcurrentQueue<string>();
        var compilation = (await document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false))!;
        var run = new CompilationWithAnalyzers(compilation, _analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: (exception, analyzer, _) => thrown.Enqueue($"{analyzer.GetType().Name}: {exception}"),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false));
        var findings = await run.GetAnalyzerDiagnosticsAsync(cancellation).ConfigureAwait(false);
        wrong.AddRange(thrown);
        return [.. findings.Where(finding => finding.Location.SourceTree?.FilePath == "Case.cs").OrderBy(finding => finding.Location.SourceSpan.Start).ThenBy(finding => finding.Id, StringComparer.Ordinal)];
    }

    public void Dispose() => _workspace.Dispose();
}
