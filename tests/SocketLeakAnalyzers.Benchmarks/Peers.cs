using System;
using System.Collections.Generic;
using System.Linq;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>The analyzers that people have today.</summary>
internal static class Peers
{
    private static readonly (string Name, Func<AnalyzerSet> Load)[] s_known =
    [
        ("CA2000", () => AnalyzerSet.CA2000),
        ("SDK", () => AnalyzerSet.DisposeRulesOfTheSdk),
        ("IDisposableAnalyzers", () => AnalyzerSet.IDisposableAnalyzers),
        ("Sonar", () => AnalyzerSet.SonarS2930),
        ("Meziantou", () => AnalyzerSet.Meziantou),
    ];

    public static AnalyzerSet Named(string name) => s_known.FirstOrDefault(peer => string.Equals(peer.Name, name, StringComparison.OrdinalIgnoreCase)).Load is { } load
        ? load()
        : throw new CommandLineException($"no peer '{name}'; there are {string.Join(", ", s_known.Select(peer => peer.Name))}");

    public static string ShortName(AnalyzerSet set) => set.Name switch { "CA2000+CA2213+CA1001" => "SDK", var name => name };

    /// <summary>Those of the table of capabilities, with the rules of each that could have to do with one.</summary>
    public static IReadOnlyList<(string Name, AnalyzerSet Set)> OfTheComparison() =>
    [
        ("CA2000, CA2213, CA1001, CA2016", AnalyzerSet.RulesOfTheSdk),
        ("IDisposableAnalyzers", AnalyzerSet.IDisposableAnalyzers),
        ("Sonar", AnalyzerSet.Sonar),
        ("Meziantou", AnalyzerSet.MeziantouOnTasks),
        ("AsyncFixer", AnalyzerSet.AsyncFixer),
        ("VSTHRD", AnalyzerSet.ThreadingAnalyzers),
    ];

    public static IReadOnlyList<AnalyzerSet> ThatFindLeaks() => [AnalyzerSet.DisposeRulesOfTheSdk, AnalyzerSet.IDisposableAnalyzers];

    public static IReadOnlyList<AnalyzerSet> All() => [.. s_known.Where(peer => peer.Name != "CA2000").Select(peer => peer.Load())];
}
