using System;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>How the code around a node is laid out: line ends, indentation, place of braces. New code follows it.</summary>
internal sealed class Layout
{
    private readonly SourceText _text;
    private readonly SyntaxNode _root;

    private Layout(SourceText text, SyntaxNode root, string endOfLine, string indent, string unit, bool isFirstOnLine, bool bracesOnOwnLine)
    {
        _text = text;
        _root = root;
        EndOfLine = endOfLine;
        Indent = indent;
        Unit = unit;
        IsFirstOnLine = isFirstOnLine;
        BracesOnOwnLine = bracesOnOwnLine;
    }

    public string EndOfLine { get; }

    /// <summary>The white space that starts the node's line.</summary>
    public string Indent { get; }

    /// <summary>One step of indentation.</summary>
    public string Unit { get; }

    /// <summary>Whether no other code stands before the node on its line.</summary>
    public bool IsFirstOnLine { get; }

    public bool BracesOnOwnLine { get; }

    public static Layout Of(SourceText text, SyntaxNode node)
    {
        var root = node.SyntaxTree.GetRoot();
        var indent = IndentAt(text, node.SpanStart);
        var isFirst = text.Lines.GetLineFromPosition(node.SpanStart).Start + indent.Length == node.SpanStart;
        return new Layout(text, root, FindEndOfLine(text, node.SpanStart), indent, FindUnit(text, node, indent), isFirst, HasBracesOnOwnLine(text, node));
    }

    /// <summary>The white space that starts the line of a position.</summary>
    public static string IndentAt(SourceText text, int position)
    {
        var line = text.Lines.GetLineFromPosition(position);
        var end = line.Start;
        while (end < line.End && text[end] is ' ' or '\t')
        {
            end++;
        }

        return text.ToString(TextSpan.FromBounds(line.Start, end));
    }

    /// <summary>The lines of a statement, one behind the other.</summary>
    public static string InOneLine(string[] lines) => string.Join(" ", Array.ConvertAll(lines, static line => line.Trim()));

    /// <summary>An opening brace after a header whose line has this indentation.</summary>
    public string OpenBrace(string indent) => BracesOnOwnLine ? EndOfLine + indent + "{" : " {";

    public bool IsOnOneLine(TextSpan span) =>
        _text.Lines.GetLineFromPosition(span.Start).LineNumber == _text.Lines.GetLineFromPosition(span.End).LineNumber;

    public bool IsOnSameLine(int a, int b) => _text.Lines.GetLineFromPosition(a).LineNumber == _text.Lines.GetLineFromPosition(b).LineNumber;

    /// <summary>The end of a node with the comments behind it on its last line, without the line end.</summary>
    public int EndWithComments(SyntaxNode node)
    {
        var end = node.Span.End;
        foreach (var trivia in node.GetTrailingTrivia())
        {
            if (trivia.IsKind(SyntaxKind.EndOfLineTrivia))
            {
                break;
            }

            if (!trivia.IsKind(SyntaxKind.WhitespaceTrivia))
            {
                end = trivia.FullSpan.End;
            }
        }

        return end;
    }

    /// <summary>Indents by one step every line that starts in the span, but for the inside of literals, directives other than regions, and inactive code.</summary>
    public void IndentLines(TextSpan span, EditBuilder edit)
    {
        var first = _text.Lines.GetLineFromPosition(span.Start).LineNumber;
        var last = _text.Lines.GetLineFromPosition(span.End).LineNumber;
        for (var i = first; i <= last; i++)
        {
            var line = _text.Lines[i];
            if (line.Start >= span.Start && line.Start < span.End && !IsBlank(line) && !IsFixed(line.Start))
            {
                edit.Insert(line.Start, Unit);
            }
        }
    }

    /// <summary>Whether an <c>#if</c> or its like stands in the span: braces put around part of it could break the other configurations.</summary>
    public bool HasConditionalDirective(TextSpan span)
    {
        if (!_root.ContainsDirectives)
        {
            return false;
        }

        foreach (var trivia in _root.DescendantTrivia(span))
        {
            if (span.IntersectsWith(trivia.Span)
                && trivia.Kind() is SyntaxKind.IfDirectiveTrivia or SyntaxKind.ElifDirectiveTrivia or SyntaxKind.ElseDirectiveTrivia or SyntaxKind.EndIfDirectiveTrivia)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// As <see cref="WithLine"/>; where the statement is the last of its block, with the blank lines ahead of it; where it is the first, or stands between
    /// blank lines, with those behind it.
    /// </summary>
    /// <param name="statement">What is removed.</param>
    /// <param name="isFirst">Whether all that stands ahead of it in its block is removed too.</param>
    public TextSpan WithLineAndGap(SyntaxNode statement, bool isFirst = false)
    {
        var span = WithLine(statement);
        var next = span.End;
        while (next < _text.Length && char.IsWhiteSpace(_text[next]))
        {
            next++;
        }

        if (next >= _text.Length || _text[next] != '}')
        {
            return isFirst || IsBehindBlankLine(span) || (statement.GetFirstToken().GetPreviousToken().Span is { Length: 1 } before && _text[before.Start] == '{')
                ? WithBlankLinesBehind(span)
                : span;
        }

        var line = _text.Lines.GetLineFromPosition(span.Start).LineNumber;
        var start = span.Start;
        while (start == _text.Lines[line].Start && line > 0 && IsBlank(_text.Lines[line - 1]))
        {
            start = _text.Lines[--line].Start;
        }

        return TextSpan.FromBounds(start, span.End);
    }

    private bool IsBehindBlankLine(TextSpan span) =>
        _text.Lines.GetLineFromPosition(span.Start) is { LineNumber: > 0 and var number } line && line.Start == span.Start && IsBlank(_text.Lines[number - 1]);

    private TextSpan WithBlankLinesBehind(TextSpan span)
    {
        var end = span.End;
        var line = _text.Lines.GetLineFromPosition(end);
        while (line.Start == end && line.EndIncludingLineBreak > end && IsBlank(line))
        {
            end = line.EndIncludingLineBreak;
            line = _text.Lines.GetLineFromPosition(end);
        }

        return TextSpan.FromBounds(span.Start, end);
    }

    /// <summary>The span of a statement with its line, if nothing else is on it; for its removal.</summary>
    public TextSpan WithLine(SyntaxNode statement)
    {
        var firstLine = _text.Lines.GetLineFromPosition(statement.SpanStart);
        var lastLine = _text.Lines.GetLineFromPosition(statement.Span.End);
        var ownsStart = IsWhite(TextSpan.FromBounds(firstLine.Start, statement.SpanStart));
        var ownsEnd = IsWhite(TextSpan.FromBounds(statement.Span.End, lastLine.End));
        if (ownsStart && ownsEnd)
        {
            return TextSpan.FromBounds(firstLine.Start, lastLine.EndIncludingLineBreak);
        }

        var start = statement.SpanStart;
        var end = statement.Span.End;
        if (ownsEnd)
        {
            // The last of several on its line: the white space before it goes with it.
            while (start > firstLine.Start && _text[start - 1] is ' ' or '\t')
            {
                start--;
            }
        }
        else
        {
            while (end < lastLine.End && _text[end] is ' ' or '\t')
            {
                end++;
            }
        }

        return TextSpan.FromBounds(start, end);
    }

    private bool IsWhite(TextSpan span)
    {
        for (var i = span.Start; i < span.End; i++)
        {
            if (!char.IsWhiteSpace(_text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsBlank(TextLine line) => IsWhite(line.Span);

    private bool IsFixed(int lineStart)
    {
        var token = _root.FindToken(lineStart);
        if (token.SpanStart < lineStart && lineStart < token.Span.End)
        {
            return true;
        }

        for (var node = token.Parent; node is not null and not StatementSyntax; node = node.Parent)
        {
            if (node is InterpolatedStringExpressionSyntax && node.SpanStart < lineStart && lineStart < node.Span.End)
            {
                return true;
            }
        }

        var position = lineStart;
        while (position < _text.Length && _text[position] is ' ' or '\t')
        {
            position++;
        }

        // A region goes with the code that it is about.
        var trivia = _root.FindTrivia(position);
        return trivia.Kind() is SyntaxKind.RegionDirectiveTrivia or SyntaxKind.EndRegionDirectiveTrivia
            ? position == lineStart
            : trivia.IsDirective || trivia.IsKind(SyntaxKind.DisabledTextTrivia);
    }

    private static string FindEndOfLine(SourceText text, int position)
    {
        var number = text.Lines.GetLineFromPosition(position).LineNumber;
        for (var i = number; i < text.Lines.Count; i++)
        {
            var line = text.Lines[i];
            if (line.EndIncludingLineBreak > line.End)
            {
                return text.ToString(TextSpan.FromBounds(line.End, line.EndIncludingLineBreak));
            }
        }

        for (var i = number - 1; i >= 0; i--)
        {
            var line = text.Lines[i];
            if (line.EndIncludingLineBreak > line.End)
            {
                return text.ToString(TextSpan.FromBounds(line.End, line.EndIncludingLineBreak));
            }
        }

        return "\n";
    }

    private static string FindUnit(SourceText text, SyntaxNode node, string indent)
    {
        for (var ancestor = node.Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            var outer = IndentAt(text, ancestor.SpanStart);
            if (ancestor is BlockSyntax or MemberDeclarationSyntax && outer.Length < indent.Length && indent.StartsWith(outer, StringComparison.Ordinal))
            {
                var step = indent.Substring(outer.Length);
                if (step is "\t" or "  " or "   " or "    " or "        ")
                {
                    return step;
                }
            }
        }

        if (indent.Length > 0 && indent[0] == '\t')
        {
            return "\t";
        }

        // Nothing around tells, as in top-level statements: the first indented line does.
        foreach (var line in text.Lines)
        {
            if (line.Span.Length > 0 && text[line.Start] is ' ' or '\t')
            {
                var first = IndentAt(text, line.Start);
                if (first.Length < line.Span.Length && first is "\t" or "  " or "   " or "    ")
                {
                    return first;
                }
            }
        }

        return "    ";
    }

    /// <summary>
    /// Where the braces of statements stand: as in a statement around, else as in one of the same member, else of the file; where no statement has
    /// any, and for a member, as those of the members and types around. A house may put the braces of members on their own line and those of statements not.
    /// </summary>
    private static bool HasBracesOnOwnLine(SourceText text, SyntaxNode node)
    {
        for (var ancestor = node.Parent; ancestor is not null and not MemberDeclarationSyntax; ancestor = ancestor.Parent)
        {
            if (BraceOfStatement(ancestor, text) is { } around)
            {
                return IsOnOwnLine(around);
            }
        }

        var scopes = node is MemberDeclarationSyntax and not GlobalStatementSyntax ? Array.Empty<SyntaxNode>() : new[] { LocalNames.MemberOf(node), node.SyntaxTree.GetRoot() };
        foreach (var scope in scopes)
        {
            SyntaxToken? nearest = null;
            foreach (var other in scope.DescendantNodes())
            {
                if (BraceOfStatement(other, text) is { } brace)
                {
                    nearest = brace;
                    if (brace.SpanStart > node.SpanStart)
                    {
                        break;
                    }
                }
            }

            if (nearest is { } found)
            {
                return IsOnOwnLine(found);
            }
        }

        for (var ancestor = node.Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            var brace = ancestor switch
            {
                BlockSyntax block => block.OpenBraceToken,
                BaseTypeDeclarationSyntax type => type.OpenBraceToken,
                NamespaceDeclarationSyntax space => space.OpenBraceToken,
                _ => default,
            };
            if (IsOverLines(brace, ancestor, text))
            {
                return IsOnOwnLine(brace);
            }
        }

        return true;

        bool IsOnOwnLine(SyntaxToken brace) =>
            IndentAt(text, brace.SpanStart).Length == brace.SpanStart - text.Lines.GetLineFromPosition(brace.SpanStart).Start;
    }

    /// <summary>The brace that a statement opens behind its header, where its block is not on one line.</summary>
    private static SyntaxToken? BraceOfStatement(SyntaxNode node, SourceText text)
    {
        var brace = node switch
        {
            BlockSyntax { Parent: StatementSyntax and not BlockSyntax and not LocalFunctionStatementSyntax or ElseClauseSyntax or CatchClauseSyntax or FinallyClauseSyntax } block => block.OpenBraceToken,
            SwitchStatementSyntax @switch => @switch.OpenBraceToken,
            _ => default,
        };
        return IsOverLines(brace, node, text) ? brace : null;
    }

    private static bool IsOverLines(SyntaxToken brace, SyntaxNode node, SourceText text) =>
        !brace.IsKind(SyntaxKind.None) && !brace.IsMissing
        && text.Lines.GetLineFromPosition(brace.SpanStart).LineNumber != text.Lines.GetLineFromPosition(node.Span.End).LineNumber;
}
