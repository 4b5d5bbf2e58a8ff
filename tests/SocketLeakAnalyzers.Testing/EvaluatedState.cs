using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>A project whose markup has been read: plain files, and what the markup said.</summary>
internal sealed record EvaluatedProject(
    string Name,
    ImmutableArray<(string Path, SourceText Text)> Sources,
    ImmutableArray<(string Path, SourceText Text)> AdditionalFiles,
    ImmutableArray<(string Path, SourceText Text)> AnalyzerConfigFiles,
    ImmutableArray<MetadataReference> AdditionalReferences,
    ImmutableArray<string> ProjectReferences,
    ReferenceAssemblies ReferenceAssemblies,
    OutputKind? OutputKind,
    ImmutableArray<DiagnosticResult> Marked,
    ImmutableDictionary<int, FileLinePositionSpan> Keys)
{
    /// <summary>What the project leaves out it takes from the one before the fix; without sources it has that one's marks as well.</summary>
    public static EvaluatedProject Of(
        ProjectState state, EvaluatedProject? before, ReferenceAssemblies referenceAssemblies, MarkupReader reader, MarkupMode mode, MarkupOptions markupOptions)
    {
        var marked = ImmutableArray.CreateBuilder<DiagnosticResult>();
        var keys = ImmutableDictionary.CreateBuilder<int, FileLinePositionSpan>();
        var sources = Read(state.Sources);
        var additionalFiles = Read(state.AdditionalFiles);
        var configFiles = Read(state.AnalyzerConfigFiles.Select(file => (file.filename.StartsWith('/') ? file.filename : "/" + file.filename, file.content)));
        if (before is not null)
        {
            if (sources.IsEmpty)
            {
                sources = before.Sources;
                marked.AddRange(before.Marked);
                foreach (var key in before.Keys)
                    keys[key.Key] = key.Value;
            }

            additionalFiles = additionalFiles.IsEmpty ? before.AdditionalFiles : additionalFiles;
            configFiles = configFiles.IsEmpty ? before.AnalyzerConfigFiles : configFiles;
        }

        return new EvaluatedProject(
            state.Name,
            sources,
            additionalFiles,
            configFiles,
            state.AdditionalReferences.Count == 0 && before is not null ? before.AdditionalReferences : [.. state.AdditionalReferences],
            state.AdditionalProjectReferences.Count == 0 && before is not null ? before.ProjectReferences : [.. state.AdditionalProjectReferences],
            state.ReferenceAssemblies ?? before?.ReferenceAssemblies ?? referenceAssemblies,
            state.OutputKind ?? before?.OutputKind,
            marked.ToImmutable(),
            keys.ToImmutable());

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
                var text = ReferenceEquals(markup.Text, source) ? content : SourceText.From(markup.Text, content.Encoding, content.ChecksumAlgorithm);
                builder.Add((path, text));
                foreach (var (name, span) in markup.Spans)
                {
                    var place = new FileLinePositionSpan(path, text.Lines.GetLinePositionSpan(span));
                    if (name is not null && name.StartsWith('#'))
                        Number(name, place);
                    else if (mode != MarkupMode.Ignore)
                        Expect(reader.Read(name), place, DiagnosticLocationOptions.None);
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

        void Number(string name, FileLinePositionSpan place)
        {
            if (!int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var key))
                throw new ArgumentException($"The markup key '{name}' is not a number.");
            if (keys.ContainsKey(key))
                throw new ArgumentException($"The markup key '{name}' is used twice.");
            keys.Add(key, place);
        }

        void Expect(DiagnosticResult result, FileLinePositionSpan place, DiagnosticLocationOptions options)
        {
            if (mode != MarkupMode.IgnoreFixable || !reader.IsFixable(result.Id))
                marked.Add(result.WithSpan(place, options));
        }
    }

    public bool HasSameFilesAs(EvaluatedProject other) =>
        Name == other.Name && Same(Sources, other.Sources) && Same(AdditionalFiles, other.AdditionalFiles) && Same(AnalyzerConfigFiles, other.AnalyzerConfigFiles);

    private static bool Same(ImmutableArray<(string Path, SourceText Text)> left, ImmutableArray<(string Path, SourceText Text)> right) =>
        left.Length == right.Length && left.Zip(right).All(pair => pair.First.Path == pair.Second.Path && pair.First.Text.ContentEquals(pair.Second.Text));
}

/// <summary>A state whose markup has been read, and every expected diagnostic with its real place. The project under test is the first.</summary>
internal sealed record EvaluatedState(ImmutableArray<EvaluatedProject> Projects, ImmutableArray<DiagnosticResult> Stated, ImmutableArray<DiagnosticResult> Expected)
{
    public static EvaluatedState Of(
        SolutionState state, EvaluatedState? before, ReferenceAssemblies referenceAssemblies, MarkupReader reader, MarkupOptions markupOptions)
    {
        var mode = state.MarkupHandling ?? MarkupMode.Allow;
        var projects = ImmutableArray.CreateBuilder<EvaluatedProject>();
        projects.Add(EvaluatedProject.Of(state, before?.Projects[0], referenceAssemblies, reader, mode, markupOptions));
        foreach (var (name, project) in state.AdditionalProjects)
        {
            var same = before?.Projects.FirstOrDefault(other => other.Name == name);
            projects.Add(EvaluatedProject.Of(project, same, referenceAssemblies, reader, mode, markupOptions));
        }

        if (before is not null)
            projects.AddRange(before.Projects.Skip(1).Where(project => !state.AdditionalProjects.ContainsKey(project.Name)));

        var keys = new Dictionary<int, FileLinePositionSpan>();
        foreach (var (key, place) in projects.SelectMany(project => project.Keys))
        {
            if (!keys.TryAdd(key, place))
                throw new ArgumentException($"The markup key '#{key}' is used in two projects.");
        }

        var defaultPath = projects[0].Sources.IsEmpty ? string.Empty : projects[0].Sources[0].Path;
        var inherits = before is not null && state.ExpectedDiagnostics.Count == 0 && !state.StatesFiles && state.AdditionalProjects.Count == 0;
        var stated = inherits ? before!.Stated : state.ExpectedDiagnostics.Select(result => Resolve(result.WithDefaultPath(defaultPath))).ToImmutableArray();
        return new EvaluatedState(projects.ToImmutable(), stated, [.. projects.SelectMany(project => project.Marked), .. stated]);

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

    public Dictionary<string, SourceText> Files()
    {
        var files = new Dictionary<string, SourceText>(StringComparer.Ordinal);
        foreach (var project in Projects)
        {
            foreach (var (path, text) in project.Sources.Concat(project.AdditionalFiles).Concat(project.AnalyzerConfigFiles))
                files[path] = text;
        }

        return files;
    }

    public bool HasSameFilesAs(EvaluatedState other) =>
        Projects.Length == other.Projects.Length && Projects.Zip(other.Projects).All(pair => pair.First.HasSameFilesAs(pair.Second));
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
