using System;
using System.Collections.Immutable;
using System.Linq;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Configuration;

/// <summary>What the <c>socket_leak.*</c> options of one file say. Two with the same meaning are equal.</summary>
internal sealed class AnalysisOptions : IEquatable<AnalysisOptions>
{
    public static readonly AnalysisOptions Default =
        new(ExceptionPaths.Credible, ImmutableArray<string>.Empty, ImmutableArray<string>.Empty, defaultTimeoutSeconds: null);

    public AnalysisOptions(ExceptionPaths exceptionPaths, ImmutableArray<string> additionalTypes, ImmutableArray<string> excludedTypes, double? defaultTimeoutSeconds)
    {
        ExceptionPaths = exceptionPaths;
        AdditionalTypes = additionalTypes;
        ExcludedTypes = excludedTypes;
        DefaultTimeoutSeconds = defaultTimeoutSeconds;
    }

    public ExceptionPaths ExceptionPaths { get; }

    /// <summary>Types that are resources besides those of the rows: sorted, as documentation ids name them, without the prefix.</summary>
    public ImmutableArray<string> AdditionalTypes { get; }

    /// <summary>Types that are never tracked, nor what derives from them; named and sorted as <see cref="AdditionalTypes"/>.</summary>
    public ImmutableArray<string> ExcludedTypes { get; }

    /// <summary>The time-out that fixes insert; null: each has a default of its own.</summary>
    public double? DefaultTimeoutSeconds { get; }

    /// <summary>The options without what only fixes read: files that differ in nothing else are analysed with the same facts.</summary>
    public AnalysisOptions ForAnalysis() => DefaultTimeoutSeconds is null ? this : new(ExceptionPaths, AdditionalTypes, ExcludedTypes, null);

    public bool Equals(AnalysisOptions? other) =>
        other is not null
        && ExceptionPaths == other.ExceptionPaths
        && DefaultTimeoutSeconds == other.DefaultTimeoutSeconds
        && AdditionalTypes.SequenceEqual(other.AdditionalTypes, StringComparer.Ordinal)
        && ExcludedTypes.SequenceEqual(other.ExcludedTypes, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as AnalysisOptions);

    public override int GetHashCode()
    {
        var hash = (int)ExceptionPaths;
        foreach (var name in AdditionalTypes)
        {
            hash = (hash * 31) + StringComparer.Ordinal.GetHashCode(name);
        }

        foreach (var name in ExcludedTypes)
        {
            hash = (hash * 37) + StringComparer.Ordinal.GetHashCode(name);
        }

        return (hash * 31) + DefaultTimeoutSeconds.GetHashCode();
    }
}
