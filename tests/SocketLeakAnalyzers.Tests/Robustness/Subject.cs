using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Robustness;
using SocketLeakAnalyzers.Testing;
using SocketLeakAnalyzers.Tests.Contract;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>Tests that measure run alone: what runs beside them would be measured too.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public static class Alone;

/// <summary>All analyzers and fixes over code as it comes, compiling or not.</summary>
internal static class Subject
{
    private static readonly Lazy<IReadOnlyList<string>> s_snippets = new(() => Snippets.Read(Product.RepositoryRoot));
    private static readonly Lazy<CSharpCompilation> s_empty = new(() => CSharpCompilation.Create(
        "Robustness",
        [],
        Task.Run(() => TargetFrameworks.Net100.ResolveAsync(LanguageNames.CSharp, CancellationToken.None)).GetAwaiter().GetResult(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, concurrentBuild: false)));

    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } = Instances<DiagnosticAnalyzer>(typeof(ResourceAnalyzer));

    public static ImmutableArray<CodeFixProvider> Fixes { get; } = Instances<CodeFixProvider>(typeof(WrapInUsingCodeFixProvider));

    public static IReadOnlyList<string> SnippetsOfTheRepository => s_snippets.Value;

    public static ImmutableArray<MetadataReference> References => [.. s_empty.Value.References];

    public static SyntaxTree Tree(string path, string code) => CSharpSyntaxTree.ParseText(code, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest), path);

    /// <summary>One compilation of these files, with the usual usings.</summary>
    public static CSharpCompilation Compile(params IEnumerable<string> files) =>
        s_empty.Value.AddSyntaxTrees(files.Select((code, i) => Tree($"File{i:0000}.cs", code)).Prepend(Tree("Usings.cs", Snippets.GlobalUsings)).ToList());

    public static CompilationWithAnalyzers Run(Compilation compilation, ConcurrentQueue<string> thrown, bool concurrent = false, string globalconfig = "", ImmutableArray<DiagnosticAnalyzer> analyzers = default) => new(
        compilation,
        analyzers.IsDefault ? Analyzers : analyzers,
        new CompilationWithAnalyzersOptions(
            globalconfig.Length == 0
                ? new AnalyzerOptions([])
                : new AnalyzerOptions([], new GlobalConfig(globalconfig)),
            onAnalyzerException: (exception, analyzer, _) => thrown.Enqueue($"{analyzer.GetType().Name}: {exception}"),
            concurrentAnalysis: concurrent,
            logAnalyzerExecutionTime: false));

    /// <summary>What is reported, all of it as text; an analyzer that throws fails the test.</summary>
    public static async Task<List<string>> FindAsync(Compilation compilation, bool concurrent = false, CancellationToken cancellation = default)
    {
        var thrown = new ConcurrentQueue<string>();
        var findings = await Run(compilation, thrown, concurrent).GetAnalyzerDiagnosticsAsync(cancellation);
        Assert.Empty(thrown);
        return FindingText.Of(findings);
    }

    private static ImmutableArray<T> Instances<T>(Type sibling) =>
    [
        .. sibling.Assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => (T)Activator.CreateInstance(type)!),
    ];

    /// <summary>The options of a global configuration file, the same for every file.</summary>
    private sealed class GlobalConfig(string text) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new Values(AnalyzerConfigSet.Create(new[] { AnalyzerConfig.Parse("is_global = true\n" + text, "/.globalconfig") }).GlobalConfigOptions.AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
        }
    }
}
