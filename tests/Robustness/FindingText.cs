using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>All of a finding as text: id, place, severity, message, additional places and properties. Two runs that agree give the same texts.</summary>
internal static class FindingText
{
    public static List<string> Of(IEnumerable<Diagnostic> findings) => [.. findings.Select(Of).Order(StringComparer.Ordinal)];

    public static string Of(Diagnostic finding) =>
        $"{Place(finding.Location)}: {finding.Severity} {finding.Id}: {finding.GetMessage(CultureInfo.InvariantCulture)}"
        + string.Concat(finding.AdditionalLocations.Select(location => " also " + Place(location)))
        + string.Concat(finding.Properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $" {pair.Key}={pair.Value}"));

    /// <summary>What one of two runs reports and the other does not; empty where they agree.</summary>
    public static List<string> Difference(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in before)
        {
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        foreach (var text in after)
        {
            counts[text] = counts.GetValueOrDefault(text) - 1;
        }

        return [.. counts.Where(pair => pair.Value != 0).Select(pair => (pair.Value > 0 ? "- " : "+ ") + pair.Key).Order(StringComparer.Ordinal)];
    }

    private static string Place(Location location) => $"{location.SourceTree?.FilePath ?? "-"}[{location.SourceSpan.Start}..{location.SourceSpan.End}]";
}
