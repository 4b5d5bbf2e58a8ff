using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Collects the changes that one fix makes to a text. A fix changes the text and not the tree: what it does not touch stays as it was
/// written, byte for byte, whatever version of Roslyn runs it.
/// </summary>
internal sealed class EditBuilder
{
    private readonly List<TextChange> _changes = new();

    /// <summary>Inserts text; of several insertions at one place the first call comes first.</summary>
    public void Insert(int position, string text)
    {
        if (text.Length > 0)
        {
            _changes.Add(new TextChange(new TextSpan(position, 0), text));
        }
    }

    public void Replace(TextSpan span, string text)
    {
        if (!span.IsEmpty || text.Length > 0)
        {
            _changes.Add(new TextChange(span, text));
        }
    }

    public void Delete(TextSpan span) => Replace(span, string.Empty);

    /// <summary>Adds the changes of another edit, unless one of them touches what is changed already.</summary>
    public bool TryAdd(ImmutableArray<TextChange> changes)
    {
        foreach (var change in changes)
        {
            foreach (var own in _changes)
            {
                if (own.Span.IntersectsWith(change.Span))
                {
                    return false;
                }
            }
        }

        _changes.AddRange(changes);
        return true;
    }

    /// <summary>The changes in the order of the text; insertions stand before a replacement that starts at the same place. Null if two overlap.</summary>
    public ImmutableArray<TextChange>? ToChanges()
    {
        var indexed = new List<(TextChange Change, int Index)>(_changes.Count);
        for (var i = 0; i < _changes.Count; i++)
        {
            indexed.Add((_changes[i], i));
        }

        indexed.Sort(static (a, b) =>
        {
            var order = a.Change.Span.Start.CompareTo(b.Change.Span.Start);
            if (order == 0)
            {
                order = (a.Change.Span.Length > 0).CompareTo(b.Change.Span.Length > 0);
            }

            return order != 0 ? order : a.Index.CompareTo(b.Index);
        });

        var result = ImmutableArray.CreateBuilder<TextChange>(indexed.Count);
        foreach (var (change, _) in indexed)
        {
            if (result.Count > 0)
            {
                var last = result[result.Count - 1];
                if (change.Span.Start < last.Span.End)
                {
                    return null;
                }

                if (last.Span.IsEmpty && change.Span.Start == last.Span.Start)
                {
                    if (change.Span.IsEmpty)
                    {
                        result[result.Count - 1] = new TextChange(last.Span, last.NewText + change.NewText);
                        continue;
                    }
                }
            }

            result.Add(change);
        }

        return result.ToImmutable();
    }

    /// <summary>Where a span of code that the changes leave alone has gone; null if a change took it away.</summary>
    public static TextSpan? Track(TextSpan span, ImmutableArray<TextChange> changes)
    {
        var start = span.Start;
        var end = span.End;
        foreach (var change in changes)
        {
            var delta = (change.NewText?.Length ?? 0) - change.Span.Length;
            if (change.Span.End <= span.Start)
            {
                start += delta;
                end += delta;
            }
            else if (change.Span.Start >= span.Start && change.Span.End <= span.End)
            {
                // An insertion at the very end stands behind the span.
                end += change.Span.IsEmpty && change.Span.Start == span.End ? 0 : delta;
            }
            else if (change.Span.Start < span.End)
            {
                return null;
            }
        }

        return TextSpan.FromBounds(start, end);
    }
}
