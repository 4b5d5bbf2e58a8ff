using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>What <c>.editorconfig</c> and <c>.globalconfig</c> files say about each file, worked out as the command line compiler does.</summary>
internal sealed class ConfigOptions : AnalyzerConfigOptionsProvider
{
    private static readonly Options None = new(ImmutableDictionary.Create<string, string>(AnalyzerConfigOptions.KeyComparer));

    private readonly Dictionary<string, AnalyzerConfigOptionsResult> byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Options> optionsByPath = new(StringComparer.Ordinal);
    private readonly AnalyzerConfigOptionsResult global;
    private readonly bool empty;

    public ConfigOptions(IEnumerable<(string Path, SourceText Text)> configFiles, IEnumerable<string> paths)
    {
        var configs = configFiles.Select(file => AnalyzerConfig.Parse(file.Text, file.Path)).ToList();
        empty = configs.Count == 0;
        GlobalOptions = None;
        if (empty)
            return;
        var set = AnalyzerConfigSet.Create(configs, out var diagnostics);
        if (diagnostics.Length > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, diagnostics));
        global = set.GlobalConfigOptions;
        GlobalOptions = new Options(global.AnalyzerOptions);
        foreach (var path in paths)
        {
            var result = set.GetOptionsForSourcePath(path);
            byPath[path] = result;
            optionsByPath[path] = new Options(result.AnalyzerOptions);
        }
    }

    public override AnalyzerConfigOptions GlobalOptions { get; }

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => For(tree.FilePath);

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => For(textFile.Path);

    /// <summary>The severities that the files set; a rule that is off by default is on, as a test of it needs it to be.</summary>
    public SyntaxTreeOptionsProvider Severities(IEnumerable<DiagnosticDescriptor> descriptors) => new SeverityProvider(this, descriptors);

    private AnalyzerConfigOptions For(string path) => optionsByPath.GetValueOrDefault(path, None);

    private sealed class Options(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        private readonly ImmutableDictionary<string, string> values = values.WithComparers(KeyComparer);

        public override IEnumerable<string> Keys => values.Keys;

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }

    private sealed class SeverityProvider(ConfigOptions options, IEnumerable<DiagnosticDescriptor> descriptors) : SyntaxTreeOptionsProvider
    {
        private readonly Dictionary<string, ReportDiagnostic> offByDefault = descriptors
            .Where(descriptor => !descriptor.IsEnabledByDefault)
            .GroupBy(descriptor => descriptor.Id)
            .ToDictionary(group => group.Key, group => ToReport(group.First().DefaultSeverity));

        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) =>
            options.For(tree.FilePath).TryGetValue("generated_code", out var value) && bool.TryParse(value, out var generated)
                ? generated ? GeneratedKind.MarkedGenerated : GeneratedKind.NotGenerated
                : GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return !options.empty
                && options.byPath.TryGetValue(tree.FilePath, out var result)
                && result.TreeOptions.TryGetValue(diagnosticId, out severity);
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return (!options.empty && options.global.TreeOptions.TryGetValue(diagnosticId, out severity))
                || offByDefault.TryGetValue(diagnosticId, out severity);
        }

        private static ReportDiagnostic ToReport(DiagnosticSeverity severity) => severity switch
        {
            DiagnosticSeverity.Error => ReportDiagnostic.Error,
            DiagnosticSeverity.Warning => ReportDiagnostic.Warn,
            DiagnosticSeverity.Info => ReportDiagnostic.Info,
            _ => ReportDiagnostic.Hidden,
        };
    }
}

/// <summary>An additional file that is text only.</summary>
internal sealed class TextFile(string path, SourceText text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => text;
}
