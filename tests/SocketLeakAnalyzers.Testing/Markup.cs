using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>A text without its markup, and what the markup said. Names are null for <c>[|…|]</c>, <c>#n</c> for a numbered span.</summary>
internal sealed class Markup
{
    private Markup(string text, ImmutableArray<(string? Name, TextSpan Span)> spans, ImmutableArray<int> positions)
    {
        Text = text;
        Spans = spans;
        Positions = positions;
    }

    public string Text { get; }

    public ImmutableArray<(string? Name, TextSpan Span)> Spans { get; }

    public ImmutableArray<int> Positions { get; }

    public static Markup None(string text) => new(text, [], []);

    public static Markup Parse(string source, MarkupOptions options)
    {
        if (!source.Contains("[|", StringComparison.Ordinal)
            && !source.Contains("{|", StringComparison.Ordinal)
            && !source.Contains("$$", StringComparison.Ordinal)
            && !source.Contains("|]", StringComparison.Ordinal)
            && !source.Contains("|}", StringComparison.Ordinal))
        {
            return None(source);
        }

        var text = new StringBuilder(source.Length);
        var spans = ImmutableArray.CreateBuilder<(string? Name, TextSpan Span)>();
        var positions = ImmutableArray.CreateBuilder<int>();
        var open = new Stack<(string? Name, int Start, int Index)>();
        var i = 0;
        while (i < source.Length)
        {
            if (StartsWith("[|"))
            {
                open.Push((null, text.Length, i));
                i += 2;
            }
            else if (StartsWith("{|") && NameAt(i + 2) is { } name)
            {
                open.Push((name, text.Length, i));
                i += 3 + name.Length;
            }
            else if (StartsWith("|]"))
            {
                Close("|]", named: false);
            }
            else if (StartsWith("|}"))
            {
                Close("|}", named: true);
            }
            else if ((options & MarkupOptions.TreatPositionIndicatorsAsCode) == 0 && StartsWith("$$"))
            {
                positions.Add(text.Length);
                i += 2;
            }
            else
            {
                text.Append(source[i++]);
            }
        }

        if (open.Count > 0)
            throw Malformed("is never closed", open.Peek().Index);
        spans.Sort((left, right) => (left.Span.Start, -left.Span.Length).CompareTo((right.Span.Start, -right.Span.Length)));
        return new Markup(text.ToString(), spans.ToImmutable(), positions.ToImmutable());

        bool StartsWith(string mark) => string.CompareOrdinal(source, i, mark, 0, mark.Length) == 0;

        string? NameAt(int start)
        {
            var end = start;
            while (end < source.Length && (char.IsLetterOrDigit(source[end]) || source[end] is '#' or '_' or '-' or '.'))
                end++;
            return end > start && end < source.Length && source[end] == ':' ? source[start..end] : null;
        }

        void Close(string mark, bool named)
        {
            if (open.Count == 0)
                throw Malformed("closes nothing", i);
            var (name, start, index) = open.Pop();
            if ((name is not null) != named)
                throw Malformed($"is closed by '{mark}'", index);
            spans.Add((name, TextSpan.FromBounds(start, text.Length)));
            i += mark.Length;
        }

        ArgumentException Malformed(string what, int index)
        {
            var line = 1;
            for (var k = 0; k < index; k++)
            {
                if (source[k] == '\n')
                    line++;
            }

            return new ArgumentException($"The markup '{source.Substring(index, Math.Min(12, source.Length - index)).ReplaceLineEndings(" ")}' on line {line} {what}.");
        }
    }
}
