using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>A compilation with the options and analyzers to run on it. Each run starts from a compilation that has bound nothing yet.</summary>
internal sealed class Analysis
{
    private readonly CSharpCompilation compilation;
    private readonly AnalyzerOptions options;
    private readonly ImmutableArray<DiagnosticAnalyzer> analyzers;
    private readonly IVerifier verifier;

    private Analysis(
        CSharpCompilation compilation,
        ImmutableArray<(string Path, SourceText Text)> additionalFiles,
        ImmutableArray<(string Path, SourceText Text)> configFiles,
        ImmutableArray<DiagnosticAnalyzer> analyzers,
        IVerifier verifier)
    {
        var config = new ConfigOptions(configFiles, compilation.SyntaxTrees.Select(tree => tree.FilePath).Concat(additionalFiles.Select(file => file.Path)));
        var compilationOptions = compilation.Options.WithSyntaxTreeOptionsProvider(config.Severities(analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics)));
        this.compilation = compilation.WithOptions(compilationOptions);
        this.analyzers = analyzers;
        this.verifier = verifier;
        options = new AnalyzerOptions(additionalFiles.Select(AdditionalText (file) => new TextFile(file.Path, file.Text)).ToImmutableArray(), config);
    }

    /// <summary>Compiles the files themselves: no workspace is needed to look for diagnostics.</summary>
    public static Analysis Of(
        EvaluatedProject state,
        CSharpCompilationOptions compilationOptions,
        CSharpParseOptions parseOptions,
        ImmutableArray<DiagnosticAnalyzer> analyzers,
        IVerifier verifier)
    {
        var compilation = state.ReferenceAssemblies.EmptyCompilation.WithOptions(compilationOptions);
        if (!state.AdditionalReferences.IsEmpty)
            compilation = compilation.AddReferences(state.AdditionalReferences);
        compilation = compilation.AddSyntaxTrees(state.Sources.Select(file => CSharpSyntaxTree.ParseText(file.Text, parseOptions, file.Path)));
        return new Analysis(compilation, state.AdditionalFiles, state.AnalyzerConfigFiles, analyzers, verifier);
    }

    /// <summary>Takes the trees of the project's documents, so that a code fix finds its document by the tree of a diagnostic.</summary>
    public static async Task<Analysis> OfAsync(Project project, ImmutableArray<DiagnosticAnalyzer> analyzers, IVerifier verifier, CancellationToken cancellationToken)
    {
        var compilation = (CSharpCompilation)(await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false))!;
        return new Analysis(
            compilation,
            await TextsAsync(project.AdditionalDocuments, cancellationToken).ConfigureAwait(false),
            await TextsAsync(project.AnalyzerConfigDocuments, cancellationToken).ConfigureAwait(false),
            analyzers,
            verifier);
    }

    public static async Task<ImmutableArray<(string Path, SourceText Text)>> TextsAsync(IEnumerable<TextDocument> documents, CancellationToken cancellationToken)
    {
        var texts = ImmutableArray.CreateBuilder<(string, SourceText)>();
        foreach (var document in documents)
            texts.Add((document.FilePath ?? document.Name, await document.GetTextAsync(cancellationToken).ConfigureAwait(false)));
        return texts.ToImmutable();
    }

    /// <summary>The diagnostics of the compiler and the analyzers; it fails the test if an analyzer throws.</summary>
    public Task<ImmutableArray<Diagnostic>> RunAsync(CancellationToken cancellationToken) => RunAsync(concurrent: true, withCompiler: true, cancellationToken);

    /// <summary>The same, and it fails the test if a second run, on one thread, reports anything else.</summary>
    public async Task<ImmutableArray<Diagnostic>> RunTwiceAsync(CancellationToken cancellationToken)
    {
        var first = await RunAsync(concurrent: true, withCompiler: true, cancellationToken).ConfigureAwait(false);
        if (analyzers.All(analyzer => analyzer.SupportedDiagnostics.IsEmpty))
            return first;
        var second = await RunAsync(concurrent: false, withCompiler: false, cancellationToken).ConfigureAwait(false);
        var before = first.Where(diagnostic => !IsCompiler(diagnostic)).Select(Key).Order(StringComparer.Ordinal).ToList();
        var after = second.Where(diagnostic => !IsCompiler(diagnostic)).Select(Key).Order(StringComparer.Ordinal).ToList();
        if (!before.SequenceEqual(after, StringComparer.Ordinal))
        {
            verifier.Fail(
                "Two runs of the analyzer on the same code disagree." + Environment.NewLine
                + "Concurrent run:" + Environment.NewLine + string.Concat(before.Select(line => "  " + line + Environment.NewLine))
                + "Run on one thread:" + Environment.NewLine + string.Concat(after.Select(line => "  " + line + Environment.NewLine)));
        }

        return first;
    }

    public static bool IsCompiler(Diagnostic diagnostic)
    {
        foreach (var tag in diagnostic.Descriptor.CustomTags)
        {
            if (tag == WellKnownDiagnosticTags.Compiler)
                return true;
        }

        return false;
    }

    private static string Key(Diagnostic diagnostic) =>
        DiagnosticText.Describe(diagnostic) + string.Concat(diagnostic.Properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $" {pair.Key}={pair.Value}"));

    private async Task<ImmutableArray<Diagnostic>> RunAsync(bool concurrent, bool withCompiler, CancellationToken cancellationToken)
    {
        if (analyzers.IsEmpty)
            return Sort(compilation.GetDiagnostics(cancellationToken));
        var exceptions = new ConcurrentQueue<(DiagnosticAnalyzer Analyzer, Exception Exception)>();
        var subject = concurrent ? compilation : compilation.WithOptions(compilation.Options.WithConcurrentBuild(false));
        var driver = new CompilationWithAnalyzers(
            subject,
            analyzers,
            new CompilationWithAnalyzersOptions(
                options,
                onAnalyzerException: (exception, analyzer, _) => exceptions.Enqueue((analyzer, exception)),
                concurrentAnalysis: concurrent,
                logAnalyzerExecutionTime: false,
                reportSuppressedDiagnostics: false));
        var diagnostics = withCompiler
            ? await driver.GetAllDiagnosticsAsync(cancellationToken).ConfigureAwait(false)
            : await driver.GetAnalyzerDiagnosticsAsync(cancellationToken).ConfigureAwait(false);
        if (exceptions.TryPeek(out var thrown))
            verifier.Fail($"The analyzer {thrown.Analyzer.GetType().Name} threw an exception (AD0001):{Environment.NewLine}{thrown.Exception}");
        return Sort(diagnostics);
    }

    private static ImmutableArray<Diagnostic> Sort(ImmutableArray<Diagnostic> diagnostics) =>
        diagnostics.Length < 2
            ? diagnostics
            : diagnostics
                .OrderBy(diagnostic => diagnostic.Location.GetLineSpan().Path, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.End)
                .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparer.Ordinal)
                .ToImmutableArray();
}
