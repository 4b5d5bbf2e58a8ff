using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>A state whose markup has been read: plain files, and every expected diagnostic with its real place.</summary>
internal sealed class EvaluatedState
{
    private EvaluatedState(
        ImmutableArray<(string Path, SourceText Text)> sources,
        ImmutableArray<(string Path, SourceText Text)> additionalFiles,
        ImmutableArray<(string Path, SourceText Text)> analyzerConfigFiles,
        ImmutableArray<MetadataReference> additionalReferences,
        ReferenceAssemblies referenceAssemblies,
        OutputKind? outputKind,
        ImmutableArray<DiagnosticResult> expected)
    {
        Sources = sources;
        AdditionalFiles = additionalFiles;
        AnalyzerConfigFiles = analyzerConfigFiles;
        AdditionalReferences = additionalReferences;
        ReferenceAssemblies = referenceAssemblies;
        OutputKind = outputKind;
        Expected = expected;
    }

    public ImmutableArray<(string Path, SourceText Text)> Sources { get; }

    public ImmutableArray<(string Path, SourceText Text)> AdditionalFiles { get; }

    public ImmutableArray<(string Path, SourceText Text)> AnalyzerConfigFiles { get; }

    public ImmutableArray<MetadataReference> AdditionalReferences { get; }

    public ReferenceAssemblies ReferenceAssemblies { get; }

    public OutputKind? OutputKind { get; }

    public ImmutableArray<DiagnosticResult> Expected { get; }

    public Dictionary<string, SourceText> Files()
    {
        var files = new Dictionary<string, SourceText>(StringComparer.Ordinal);
        foreach (var (path, text) in Sources.Concat(AdditionalFiles).Concat(AnalyzerConfigFiles))
            files[path] = text;
        return files;
    }

    public bool HasSameFilesAs(EvaluatedState other) =>
        Same(Sources, other.Sources) && Same(AdditionalFiles, other.AdditionalFiles) && Same(AnalyzerConfigFiles, other.AnalyzerConfigFiles);

    /// <summary>
    /// Reads the markup of a state. What a fixed state leaves out it takes from the state before the fix; without sources of its own
    /// it is that state, with the same diagnostics.
    /// </summary>
    public static EvaluatedState Of(
        SolutionState state, EvaluatedState? before, ReferenceAssemblies referenceAssemblies, MarkupReader reader, MarkupOptions markupOptions)
    {
        var expected = new List<DiagnosticResult>();
        var keys = new Dictionary<int, FileLinePositionSpan>();
        var mode = state.MarkupHandling ?? MarkupMode.Allow;
        var sources = Read(state.Sources);
        var additionalFiles = Read(state.AdditionalFiles);
        var configFiles = Read(state.AnalyzerConfigFiles.Select(file => (file.filename.StartsWith('/') ? file.filename : "/" + file.filename, file.content)));
        if (before is not null)
        {
            if (sources.IsEmpty)
            {
                sources = before.Sources;
                if (state.ExpectedDiagnostics.Count == 0)
                    expected.AddRange(before.Expected);
            }

            additionalFiles = additionalFiles.IsEmpty ? before.AdditionalFiles : additionalFiles;
            configFiles = configFiles.IsEmpty ? before.AnalyzerConfigFiles : configFiles;
        }

        var defaultPath = sources.IsEmpty ? string.Empty : sources[0].Path;
        foreach (var result in state.ExpectedDiagnostics)
            expected.Add(Resolve(result.WithDefaultPath(defaultPath)));
        return new EvaluatedState(
            sources,
            additionalFiles,
            configFiles,
            state.AdditionalReferences.Count == 0 && before is not null ? before.AdditionalReferences : [.. state.AdditionalReferences],
            state.ReferenceAssemblies ?? before?.ReferenceAssemblies ?? referenceAssemblies,
            state.OutputKind ?? before?.OutputKind,
            [.. expected]);

        ImmutableArray<(string Path, SourceText Text)> Read(IEnumerable<(string Path, SourceText Text)> files)
        {
            var builder = ImmutableArray.CreateBuilder<(string, SourceText)>();
            foreach (var (path, content) in files)
            {
                if (mode == MarkupMode.None)
                {
                    builder.Add((path, content));
                    continue;
                }

                var source = content.ToString();
                var markup = Markup.Parse(source, markupOptions);
                var text = ReferenceEquals(markup.Text, source) ? content : SourceText.From(markup.Text, content.Encoding ?? Encoding.UTF8);
                builder.Add((path, text));
                foreach (var (name, span) in markup.Spans)
                {
                    var place = new FileLinePositionSpan(path, text.Lines.GetLinePositionSpan(span));
                    if (name is not null && name.StartsWith('#'))
                    {
                        if (!int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var key) || !keys.TryAdd(key, place))
                            throw new ArgumentException($"The markup key '{name}' is used twice, or is not a number.");
                    }
                    else if (mode != MarkupMode.Ignore)
                    {
                        Expect(reader.Read(name), place, DiagnosticLocationOptions.None);
                    }
                }

                if (mode == MarkupMode.Ignore)
                    continue;
                foreach (var position in markup.Positions)
                {
                    var place = text.Lines.GetLinePosition(position);
                    Expect(reader.Read(null), new FileLinePositionSpan(path, place, place), DiagnosticLocationOptions.IgnoreLength);
                }
            }

            return builder.ToImmutable();
        }

        void Expect(DiagnosticResult result, FileLinePositionSpan place, DiagnosticLocationOptions options)
        {
            if (mode != MarkupMode.IgnoreFixable || !reader.IsFixable(result.Id))
                expected.Add(result.WithSpan(place, options));
        }

        DiagnosticResult Resolve(DiagnosticResult result)
        {
            var locations = ImmutableArray.CreateBuilder<DiagnosticLocation>(result.Spans.Length);
            foreach (var location in result.Spans)
            {
                if ((location.Options & DiagnosticLocationOptions.InterpretAsMarkupKey) == 0)
                {
                    locations.Add(location);
                    continue;
                }

                var key = location.Span.StartLinePosition.Line;
                if (!keys.TryGetValue(key, out var place))
                    throw new ArgumentException($"The markup key #{key} of an expected {result.Id} is not in the code.");
                locations.Add(new DiagnosticLocation(place, location.Options & ~DiagnosticLocationOptions.InterpretAsMarkupKey));
            }

            return result.WithSpans(locations.MoveToImmutable());
        }
    }

    private static bool Same(ImmutableArray<(string Path, SourceText Text)> left, ImmutableArray<(string Path, SourceText Text)> right) =>
        left.Length == right.Length && left.Zip(right).All(pair => pair.First.Path == pair.Second.Path && pair.First.Text.ToString() == pair.Second.Text.ToString());
}

/// <summary>Turns the name of a span into the diagnostic it stands for.</summary>
internal sealed class MarkupReader(ImmutableArray<DiagnosticDescriptor> descriptors, Func<DiagnosticDescriptor?> defaultDescriptor, ImmutableArray<string> fixableIds)
{
    public bool IsFixable(string id) => fixableIds.Contains(id);

    public DiagnosticResult Read(string? name)
    {
        if (name is null)
        {
            return Loose(new DiagnosticResult(
                defaultDescriptor()
                ?? throw new ArgumentException(
                    $"[|…|] is ambiguous: the analyzer reports {(descriptors.IsEmpty ? "nothing" : string.Join(", ", descriptors.Select(descriptor => descriptor.Id)))}. Write {{|ID:…|}}.")));
        }

        foreach (var descriptor in descriptors)
        {
            if (descriptor.Id == name)
                return Loose(new DiagnosticResult(descriptor));
        }

        if (name.Length > 2 && name.StartsWith("CS", StringComparison.Ordinal) && name.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0)
            return Loose(DiagnosticResult.CompilerError(name));
        throw new ArgumentException($"The markup {{|{name}:…|}} names no diagnostic of the analyzer or the compiler.");
    }

    private static DiagnosticResult Loose(DiagnosticResult result) =>
        result.WithMessage(null).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations | DiagnosticOptions.IgnoreSeverity);
}
