using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>
/// Pairs expected with reported diagnostics, one to one. A diagnostic expected by markup says less than one expected by a
/// <see cref="DiagnosticResult"/>, so the pairing is a maximum matching: the order in which they stand decides nothing.
/// </summary>
internal static class DiagnosticMatch
{
    /// <summary>Null when they agree, else the failure's message.</summary>
    public static string? Explain(
        string what, ImmutableArray<DiagnosticResult> expected, ImmutableArray<Diagnostic> actual, IReadOnlyDictionary<string, SourceText> files)
    {
        var partner = new int[actual.Length];
        Array.Fill(partner, -1);
        var missing = new List<DiagnosticResult>();
        for (var i = 0; i < expected.Length; i++)
        {
            if (!Pair(i, new bool[actual.Length]))
                missing.Add(expected[i]);
        }

        var unexpected = actual.Where((_, index) => partner[index] < 0).ToList();
        if (missing.Count == 0 && unexpected.Count == 0)
            return null;

        var text = new StringBuilder();
        text.AppendLine($"Mismatch between expected and reported diagnostics in {what}: expected {expected.Length}, reported {actual.Length}.");
        foreach (var result in missing)
        {
            text.AppendLine().AppendLine("Expected but not reported:").Append("  ").AppendLine(DiagnosticText.Describe(result));
            if (result.HasLocation)
                text.Append(DiagnosticText.Snippet(result.Spans[0].Span, files));
            var near = unexpected.Where(diagnostic => diagnostic.Id == result.Id).MinBy(diagnostic => Differences(result, diagnostic).Count());
            if (near is not null)
            {
                text.Append("  The nearest that was reported differs in: ").AppendJoin("; ", Differences(result, near)).AppendLine();
            }
        }

        foreach (var diagnostic in unexpected)
        {
            text.AppendLine().AppendLine("Reported but not expected:").Append("  ").AppendLine(DiagnosticText.Describe(diagnostic));
            if (diagnostic.Location.Kind != LocationKind.None)
                text.Append(DiagnosticText.Snippet(diagnostic.Location.GetLineSpan(), files));
        }

        foreach (var path in Paths())
            text.AppendLine().AppendLine($"What was reported, as markup in {path}:").AppendLine(DiagnosticText.MarkUp(path, files[path], actual));
        return text.ToString();

        bool Pair(int index, bool[] seen)
        {
            for (var j = 0; j < actual.Length; j++)
            {
                if (seen[j] || Differences(expected[index], actual[j]).Any())
                    continue;
                seen[j] = true;
                if (partner[j] < 0 || Pair(partner[j], seen))
                {
                    partner[j] = index;
                    return true;
                }
            }

            return false;
        }

        IEnumerable<string> Paths() =>
            missing.Where(result => result.HasLocation).Select(result => result.Spans[0].Span.Path)
                .Concat(unexpected.Where(diagnostic => diagnostic.Location.Kind != LocationKind.None).Select(diagnostic => diagnostic.Location.GetLineSpan().Path))
                .Distinct()
                .Where(files.ContainsKey);
    }

    private static IEnumerable<string> Differences(DiagnosticResult expected, Diagnostic actual)
    {
        if (expected.Id != actual.Id)
        {
            yield return $"id '{actual.Id}'";
            yield break;
        }

        if (!expected.HasLocation)
        {
            if (actual.Location.Kind != LocationKind.None)
                yield return $"the place {DiagnosticText.Describe(actual.Location)}";
        }
        else if (!Same(expected.Spans[0], actual.Location))
        {
            yield return $"the place {DiagnosticText.Describe(actual.Location)}";
        }

        if ((expected.Options & DiagnosticOptions.IgnoreSeverity) == 0 && expected.Severity != actual.Severity)
            yield return $"the severity {actual.Severity}";

        var message = expected.MessageFormat is null && expected.Message is null && expected.MessageArguments is { } arguments
            ? DiagnosticResult.Format(actual.Descriptor.MessageFormat, arguments)
            : expected.Message;
        message = WithLines(message, expected);
        var actualMessage = actual.GetMessage(CultureInfo.InvariantCulture);
        if (message is not null && message != actualMessage)
            yield return $"the message '{actualMessage}' (expected '{message}')";

        if ((expected.Options & DiagnosticOptions.IgnoreAdditionalLocations) == 0)
        {
            var additional = expected.Spans.Skip(1).ToList();
            if (additional.Count != actual.AdditionalLocations.Count
                || additional.Where((location, index) => !Same(location, actual.AdditionalLocations[index])).Any())
            {
                var places = string.Join(", ", actual.AdditionalLocations.Select(DiagnosticText.Describe));
                yield return $"the additional locations, which are {(places.Length == 0 ? "none" : places)}";
            }
        }
    }

    /// <summary><c>{#1}</c> in an expected message stands for the line of the expected location 1, so that no test counts lines.</summary>
    private static string? WithLines(string? message, DiagnosticResult expected)
    {
        for (var index = 0; message is not null && index < expected.Spans.Length; index++)
            message = message.Replace($"{{#{index}}}", (expected.Spans[index].Span.StartLinePosition.Line + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return message;
    }

    private static bool Same(DiagnosticLocation expected, Location actual)
    {
        if (actual.Kind == LocationKind.None)
            return false;
        var span = actual.GetLineSpan();
        return span.Path == expected.Span.Path
            && span.StartLinePosition == expected.Span.StartLinePosition
            && ((expected.Options & DiagnosticLocationOptions.IgnoreLength) != 0 || span.EndLinePosition == expected.Span.EndLinePosition);
    }
}
