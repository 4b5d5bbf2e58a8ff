using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>How code is bound and analysed, the same for every command.</summary>
internal sealed class Analysis
{
    private const string GlobalUsingsPath = "GlobalUsings.g.cs";

    /// <summary>What the SDK defines for net10.0.</summary>
    private static readonly string[] s_sdkSymbols =
    [
        "NET", "NET10_0", "NETCOREAPP", "TRACE",
        .. new[] { 5, 6, 7, 8, 9, 10 }.Select(v => $"NET{v}_0_OR_GREATER"),
        .. new[] { "1_0", "1_1", "2_0", "2_1", "2_2", "3_0", "3_1" }.Select(v => $"NETCOREAPP{v}_OR_GREATER"),
    ];

    private Analysis()
    {
    }

    public required string References { get; init; }

    /// <summary>Preprocessor symbols besides the SDK's.</summary>
    public IReadOnlyList<string> Define { get; init; } = [];

    public bool SdkSymbols { get; init; } = true;

    public bool Concurrent { get; init; }

    /// <summary>Configuration as an .editorconfig would give it, the same for every file.</summary>
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableDictionary<string, ReportDiagnostic> Severities { get; init; } = ImmutableDictionary<string, ReportDiagnostic>.Empty;

    /// <summary>Reads the options that every command has.</summary>
    public static Analysis FromCommandLine(CommandLine line, bool sdkSymbols = true) => new()
    {
        References = line.Value("--references") ?? "net10.0",
        Define = line.Values("--define"),
        SdkSymbols = sdkSymbols,
        Concurrent = line.Flag("--concurrent"),
        Options = line.Values("--option").Select(pair => pair.Split('=', 2)).ToImmutableDictionary(
            pair => pair[0].Trim(),
            pair => pair.Length == 2 ? pair[1].Trim() : throw new CommandLineException("--option is key=value")),
    };

    /// <summary>The same, with the rules of these sets switched on whatever their defaults are.</summary>
    public Analysis With(params ImmutableArray<AnalyzerSet> sets) => new()
    {
        References = References,
        Define = Define,
        SdkSymbols = SdkSymbols,
        Concurrent = Concurrent,
        Options = Options,
        Severities = AnalyzerSet.Enable(sets),
    };

    /// <summary>The same, on one thread or on all.</summary>
    public Analysis OnThreads(bool concurrent) => new()
    {
        References = References,
        Define = Define,
        SdkSymbols = SdkSymbols,
        Concurrent = concurrent,
        Options = Options,
        Severities = Severities,
    };

    public CSharpParseOptions ParseOptions(IEnumerable<string> symbols) => CSharpParseOptions.Default
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithPreprocessorSymbols((SdkSymbols && References == "net10.0" ? s_sdkSymbols : []).Concat(Define).Concat(symbols).Distinct(StringComparer.Ordinal).ToImmutableArray());

    public IReadOnlyList<SyntaxTree> Parse(IEnumerable<SourceFile> files, IEnumerable<string> symbols, IReadOnlyCollection<string> globalUsings)
    {
        var options = ParseOptions(symbols);
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(file.Text, options, file.Path)).ToList();
        if (globalUsings.Count > 0)
        {
            trees.Add(CSharpSyntaxTree.ParseText(string.Concat(globalUsings.Select(name => $"global using {name};\n")), options, GlobalUsingsPath));
        }

        return trees;
    }

    public CSharpCompilation Compile(string name, IReadOnlyList<SyntaxTree> trees, IEnumerable<MetadataReference>? more = null) => CSharpCompilation.Create(
        name,
        trees,
        [.. Benchmarks.References.Get(References), .. more ?? []],
        CompilationOptions(trees));

    public CSharpCompilationOptions CompilationOptions(IReadOnlyList<SyntaxTree> trees) => new(
        trees.Any(HasTopLevelStatements) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        metadataImportOptions: MetadataImportOptions.Public,
        concurrentBuild: Concurrent,
        specificDiagnosticOptions: Severities);

    public AnalyzerOptions AnalyzerOptions() => new([], new Configuration(Options));

    /// <summary>Runs a set over a compilation, or over one of its files as an IDE does, and gives its diagnostics by place; what the analyzers threw is kept apart.</summary>
    /// <param name="compilation">What is analysed.</param>
    /// <param name="set">The analyzers.</param>
    /// <param name="only">The file that is asked for; null: all of it.</param>
    /// <param name="includeSuppressed">Whether what a pragma or attribute suppresses counts too.</param>
    /// <param name="timed">Whether the time inside the analyzers is taken, which costs a little itself.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<AnalysisResult> RunAsync(Compilation compilation, AnalyzerSet set, SyntaxTree? only = null, bool includeSuppressed = false, bool timed = false, CancellationToken cancellation = default)
    {
        var thrown = new ConcurrentQueue<string>();
        var run = new CompilationWithAnalyzers(compilation, set.Analyzers, new CompilationWithAnalyzersOptions(
            AnalyzerOptions(),
            onAnalyzerException: (exception, analyzer, diagnostic) => thrown.Enqueue($"{Where(diagnostic)}: {analyzer.GetType().FullName}: {exception}"),
            concurrentAnalysis: Concurrent,
            logAnalyzerExecutionTime: timed,
            reportSuppressedDiagnostics: includeSuppressed));
        var diagnostics = only is null
            ? await run.GetAnalyzerDiagnosticsAsync(cancellation).ConfigureAwait(false)
            : (await run.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(only), filterSpan: null, cancellation).ConfigureAwait(false))
                .AddRange(await run.GetAnalyzerSyntaxDiagnosticsAsync(only, cancellation).ConfigureAwait(false));
        var inside = TimeSpan.Zero;
        foreach (var analyzer in timed ? set.Analyzers : [])
        {
            inside += (await run.GetAnalyzerTelemetryInfoAsync(analyzer, cancellation).ConfigureAwait(false)).ExecutionTime;
        }

        return new(
            [.. diagnostics.Where(d => set.Ids.Contains(d.Id) && (includeSuppressed || !d.IsSuppressed)).Order(DiagnosticOrder.Instance)],
            [.. thrown.Order(StringComparer.Ordinal)],
            inside);
    }

    /// <summary>The driver writes the place only into the message of its own AD0001.</summary>
    private static string Where(Diagnostic diagnostic) => string.Join(", ", diagnostic.GetMessage(CultureInfo.InvariantCulture).Split('\n')
        .Where(line => line.StartsWith("ISymbol:", StringComparison.Ordinal) || line.StartsWith("SyntaxTree:", StringComparison.Ordinal) || line.StartsWith("SyntaxNode:", StringComparison.Ordinal))
        .Select(line => line.TrimEnd()).DefaultIfEmpty("somewhere").Select(line => line.Length > 200 ? line[..200] : line)).Replace(": ", " ");

    private static bool HasTopLevelStatements(SyntaxTree tree) => ((CompilationUnitSyntax)tree.GetRoot()).Members.Any(SyntaxKind.GlobalStatement);

    private sealed class Configuration(ImmutableDictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
        {
            private readonly ImmutableDictionary<string, string> _values = values.WithComparers(AnalyzerConfigOptions.KeyComparer);

            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => _values.TryGetValue(key, out value);

            public override IEnumerable<string> Keys => _values.Keys;
        }
    }
}

/// <param name="Findings">Diagnostics of the set's ids.</param>
/// <param name="Exceptions">What the analyzers threw; never empty without a reason to worry.</param>
/// <param name="Inside">The time inside the analyzers, with what they have the compiler do; nothing in a run that is not timed.</param>
internal sealed record AnalysisResult(ImmutableArray<Diagnostic> Findings, ImmutableArray<string> Exceptions, TimeSpan Inside = default);

/// <summary>By path, place, id and message, so that two runs can be compared as text.</summary>
internal sealed class DiagnosticOrder : IComparer<Diagnostic>
{
    public static readonly DiagnosticOrder Instance = new();

    public int Compare(Diagnostic? x, Diagnostic? y)
    {
        var byPath = string.CompareOrdinal(x!.Location.SourceTree?.FilePath, y!.Location.SourceTree?.FilePath);
        if (byPath != 0)
        {
            return byPath;
        }

        var byPlace = x.Location.SourceSpan.CompareTo(y.Location.SourceSpan);
        if (byPlace != 0)
        {
            return byPlace;
        }

        var byId = string.CompareOrdinal(x.Id, y.Id);
        return byId != 0 ? byId : string.CompareOrdinal(x.GetMessage(CultureInfo.InvariantCulture), y.GetMessage(CultureInfo.InvariantCulture));
    }
}
