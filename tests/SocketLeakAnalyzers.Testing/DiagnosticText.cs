using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>The words of a failure: diagnostics with the line they stand on, and the differences of two texts.</summary>
internal static class DiagnosticText
{
    public static string Describe(DiagnosticResult expected)
    {
        var text = new StringBuilder();
        text.Append(expected.HasLocation ? Describe(expected.Spans[0]) : "(no location)");
        text.Append(": ").Append(Severity(expected.Severity)).Append(' ').Append(expected.Id);
        if (expected.Message is { } message)
            text.Append(": ").Append(message);
        if (expected.MessageFormat is null && expected.MessageArguments is { } arguments)
            text.Append(" with arguments: ").AppendJoin(", ", arguments.Select(argument => "'" + argument + "'"));
        if (expected.Spans.Length > 1)
            text.Append(" [also at ").AppendJoin("; ", expected.Spans.Skip(1).Select(Describe)).Append(']');
        return text.ToString();
    }

    public static string Describe(Diagnostic actual)
    {
        var text = new StringBuilder();
        text.Append(Describe(actual.Location));
        text.Append(": ").Append(Severity(actual.Severity)).Append(' ').Append(actual.Id);
        text.Append(": ").Append(actual.GetMessage(CultureInfo.InvariantCulture));
        if (actual.AdditionalLocations.Count > 0)
            text.Append(" [also at ").AppendJoin("; ", actual.AdditionalLocations.Select(Describe)).Append(']');
        return text.ToString();
    }

    public static string Describe(Location location) =>
        location.Kind == LocationKind.None ? "(no location)" : Describe(location.GetLineSpan());

    public static string Describe(FileLinePositionSpan span) =>
        $"{span.Path}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1})-({span.EndLinePosition.Line + 1},{span.EndLinePosition.Character + 1})";

    /// <summary>The line the span starts on, with the span underlined.</summary>
    public static string Snippet(FileLinePositionSpan span, IReadOnlyDictionary<string, SourceText> files)
    {
        if (!files.TryGetValue(span.Path, out var text) || span.StartLinePosition.Line >= text.Lines.Count)
            return string.Empty;
        var line = text.Lines[span.StartLinePosition.Line].ToString();
        var start = Math.Min(span.StartLinePosition.Character, line.Length);
        var end = span.EndLinePosition.Line == span.StartLinePosition.Line ? Math.Min(span.EndLinePosition.Character, line.Length) : line.Length;
        var indent = new string(line.Take(start).Select(c => c == '\t' ? '\t' : ' ').ToArray());
        return $"      | {line}{Environment.NewLine}      | {indent}{new string('^', Math.Max(1, end - start))}{Environment.NewLine}";
    }

    /// <summary>The file with what was reported in it as markup, to be pasted into the test if it is right.</summary>
    public static string MarkUp(string path, SourceText text, IEnumerable<Diagnostic> diagnostics)
    {
        var marks = new List<(int Position, int Order, string Mark)>();
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.Location.Kind == LocationKind.None || diagnostic.Location.GetLineSpan().Path != path)
                continue;
            var span = diagnostic.Location.SourceSpan;
            marks.Add((span.Start, span.IsEmpty ? 1 : 2, span.IsEmpty ? "{|" + diagnostic.Id + ":|}" : "{|" + diagnostic.Id + ":"));
            if (!span.IsEmpty)
                marks.Add((span.End, 0, "|}"));
        }

        var result = text.ToString();
        foreach (var (position, _, mark) in marks.OrderByDescending(mark => mark.Position).ThenByDescending(mark => mark.Order))
        {
            if (position <= result.Length)
                result = result.Insert(position, mark);
        }

        return result;
    }

    /// <summary>The lines in which two texts differ, with their line ends where these differ too; empty when the texts are the same.</summary>
    public static string Difference(string expected, string actual)
    {
        if (expected == actual)
            return string.Empty;
        var left = Lines(expected);
        var right = Lines(actual);
        var showEnds = expected.ReplaceLineEndings("\n") == actual.ReplaceLineEndings("\n") || left.Concat(right).Select(End).Distinct().Count(end => end.Length > 0) > 1;
        var lengths = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
        {
            for (var j = right.Count - 1; j >= 0; j--)
                lengths[i, j] = left[i] == right[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        var text = new StringBuilder();
        int l = 0, r = 0;
        while (l < left.Count || r < right.Count)
        {
            if (l < left.Count && r < right.Count && left[l] == right[r])
            {
                Append("  ", left[l++]);
                r++;
            }
            else if (r == right.Count || (l < left.Count && lengths[l + 1, r] >= lengths[l, r + 1]))
            {
                Append("- ", left[l++]);
            }
            else
            {
                Append("+ ", right[r++]);
            }
        }

        return text.ToString();

        void Append(string mark, string line)
        {
            var end = End(line);
            text.Append(mark).Append(line, 0, line.Length - end.Length);
            if (showEnds)
                text.Append(end switch { "\r\n" => "<CR><LF>", "\n" => "<LF>", "" => "<end>", _ => "<CR>" });
            text.AppendLine();
        }
    }

    private static List<string> Lines(string text)
    {
        var source = SourceText.From(text);
        return source.Lines.Select(line => source.ToString(line.SpanIncludingLineBreak)).ToList();
    }

    private static string End(string line) =>
        line.EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : line.Length > 0 && line[^1] is '\n' or '\r' ? line[^1..] : string.Empty;

    private static string Describe(DiagnosticLocation location)
    {
        if ((location.Options & DiagnosticLocationOptions.InterpretAsMarkupKey) != 0)
            return "{|#" + location.Span.StartLinePosition.Line + ":…|}";
        return (location.Options & DiagnosticLocationOptions.IgnoreLength) != 0
            ? $"{location.Span.Path}({location.Span.StartLinePosition.Line + 1},{location.Span.StartLinePosition.Character + 1})"
            : Describe(location.Span);
    }

    private static string Severity(DiagnosticSeverity severity) => severity.ToString().ToLowerInvariant();
}
