using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Writes new statements and blocks around statements that stay where they are.</summary>
internal static class BlockWriter
{
    /// <summary>Writes a statement ahead of another one of the same list.</summary>
    public static void InsertBefore(StatementSyntax statement, string newStatement, Layout layout, EditBuilder edit) =>
        edit.Insert(statement.SpanStart, newStatement + (layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent : " "));

    /// <summary>Writes a statement of some lines ahead of one in a list, behind a label, or alone under an <c>if</c> or a loop. False where it cannot stand there.</summary>
    public static bool TryInsertBefore(StatementSyntax statement, string[] lines, SourceText text, Layout layout, EditBuilder edit)
    {
        var inList = statement;
        while (inList.Parent is LabeledStatementSyntax labeled)
        {
            inList = labeled;
        }

        if (StatementScope.Of(inList) is not { } scope)
        {
            return false;
        }

        if (scope.Statements is null)
        {
            return inList == statement
                && !layout.HasConditionalDirective(TextSpan.FromBounds(statement.FullSpan.Start, statement.Span.End))
                && TryWrapEmbedded(statement, lines, text, layout, edit);
        }

        InsertBefore(statement, layout.IsFirstOnLine ? string.Join(layout.EndOfLine + layout.Indent, lines) : Layout.InOneLine(lines), layout, edit);
        return true;
    }

    /// <summary>Writes statements behind one in a list. False where it stands alone.</summary>
    public static bool TryInsertAfter(StatementSyntax statement, string[] lines, SourceText text, EditBuilder edit)
    {
        if (StatementScope.Of(statement) is not { Statements: not null })
        {
            return false;
        }

        var layout = Layout.Of(text, statement);
        edit.Insert(
            layout.IsFirstOnLine ? layout.EndWithComments(statement) : statement.Span.End,
            layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent + string.Join(layout.EndOfLine + layout.Indent, lines) : " " + Layout.InOneLine(lines));
        return true;
    }

    /// <summary>Writes statements as the first of the body of a <c>using</c> statement or the like. False where it does nothing.</summary>
    public static bool TryInsertInside(StatementSyntax body, string[] lines, SourceText text, EditBuilder edit)
    {
        switch (body)
        {
            case BlockSyntax { Statements.Count: > 0 } block:
                return TryInsertBefore(block.Statements[0], lines, text, Layout.Of(text, block.Statements[0]), edit);
            case BlockSyntax or EmptyStatementSyntax:
                return false;
            default:
                return TryInsertBefore(body, lines, text, Layout.Of(text, body), edit);
        }
    }

    /// <summary>
    /// Opens a block behind a header (ending at <paramref name="headerEnd"/>, on the last line of <paramref name="headerStatement"/>)
    /// and closes it behind the last of the statements that follow.
    /// </summary>
    public static void WrapFollowing(SyntaxNode headerStatement, int headerEnd, SyntaxNode? first, SyntaxNode? last, Layout layout, EditBuilder edit)
    {
        if (first is null || last is null)
        {
            edit.Insert(
                layout.IsFirstOnLine ? layout.EndWithComments(headerStatement) : headerEnd,
                layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent + "{" + layout.EndOfLine + layout.Indent + "}" : " { }");
            return;
        }

        if (!layout.IsFirstOnLine || layout.IsOnSameLine(headerEnd, first.SpanStart))
        {
            edit.Insert(headerEnd, " {");
            layout.IndentLines(TextSpan.FromBounds(headerEnd, last.Span.End), edit);
            edit.Insert(last.Span.End, " }");
            return;
        }

        edit.Insert(layout.BracesOnOwnLine ? layout.EndWithComments(headerStatement) : headerEnd, layout.OpenBrace(layout.Indent));
        layout.IndentLines(TextSpan.FromBounds(headerEnd, last.Span.End), edit);
        edit.Insert(layout.EndWithComments(last), layout.EndOfLine + layout.Indent + "}");
    }

    /// <summary>Puts a block with a header of its own around statements of a list, or around one that stands alone.</summary>
    public static void WrapWithHeader(string header, SyntaxNode first, SyntaxNode last, Layout layout, EditBuilder edit)
    {
        if (!layout.IsFirstOnLine)
        {
            edit.Insert(first.SpanStart, header + " { ");
            layout.IndentLines(TextSpan.FromBounds(first.SpanStart, last.Span.End), edit);
            edit.Insert(last.Span.End, " }");
            return;
        }

        edit.Insert(first.SpanStart, header + layout.OpenBrace(layout.Indent) + layout.EndOfLine + layout.Indent + layout.Unit);
        layout.IndentLines(TextSpan.FromBounds(first.SpanStart, last.Span.End), edit);
        edit.Insert(layout.EndWithComments(last), layout.EndOfLine + layout.Indent + "}");
    }

    /// <summary>
    /// Puts braces around a statement that stands alone under an <c>if</c> or a loop, with a new statement ahead of it if there is
    /// one. False where a comment is in the way.
    /// </summary>
    public static bool TryWrapEmbedded(StatementSyntax statement, string[]? newStatement, SourceText text, Layout layout, EditBuilder edit)
    {
        var previous = statement.GetFirstToken().GetPreviousToken();
        var next = statement.GetLastToken().GetNextToken();
        var ownerIndent = Layout.IndentAt(text, previous.SpanStart);
        SyntaxNode outermost = statement;
        while (outermost.Parent is StatementSyntax and not BlockSyntax or ElseClauseSyntax)
        {
            outermost = outermost.Parent;
        }

        ownerIndent = OwnerIndent(statement, text) ?? ownerIndent;
        var eol = layout.EndOfLine;
        if (layout.IsFirstOnLine)
        {
            if (layout.BracesOnOwnLine)
            {
                // Ahead of the comments that lead the statement, behind those that trail the header.
                var line = text.Lines.GetLineFromPosition(previous.Span.End);
                edit.Insert(line.End, eol + ownerIndent + "{");
            }
            else
            {
                edit.Insert(previous.Span.End, " {");
            }

            // What stands under its owner without a step of its own, such as one using under another, gets one.
            var step = layout.Indent == ownerIndent ? layout.Unit : string.Empty;
            var indent = layout.Indent + step;
            edit.Insert(statement.SpanStart, step + (newStatement is null ? string.Empty : string.Join(eol + indent, newStatement) + eol + indent));
            if (step.Length > 0)
            {
                layout.IndentLines(TextSpan.FromBounds(statement.SpanStart, statement.Span.End), edit);
            }

            edit.Insert(layout.EndWithComments(statement), eol + ownerIndent + "}");
            return true;
        }

        var gap = TextSpan.FromBounds(previous.Span.End, statement.SpanStart);
        if (text.ToString(gap).Trim().Length > 0)
        {
            return false;
        }

        var isInline = text.Lines.GetLineFromPosition(outermost.SpanStart).Start + Layout.IndentAt(text, outermost.SpanStart).Length != outermost.SpanStart;
        if (isInline)
        {
            edit.Replace(gap, newStatement is null ? " { " : " { " + Layout.InOneLine(newStatement) + " ");
            edit.Insert(statement.Span.End, " }");
            return true;
        }

        var inner = ownerIndent + layout.Unit;
        edit.Replace(gap, layout.OpenBrace(ownerIndent) + eol + inner + (newStatement is null ? string.Empty : string.Join(eol + inner, newStatement) + eol + inner));
        layout.IndentLines(TextSpan.FromBounds(statement.SpanStart, statement.Span.End), edit);
        if (!next.IsMissing && next.Span.Length > 0 && layout.IsOnSameLine(statement.Span.End, next.SpanStart)
            && text.ToString(TextSpan.FromBounds(statement.Span.End, next.SpanStart)).Trim().Length == 0)
        {
            edit.Replace(TextSpan.FromBounds(statement.Span.End, next.SpanStart), eol + ownerIndent + "}" + eol + ownerIndent);
        }
        else
        {
            edit.Insert(layout.EndWithComments(statement), eol + ownerIndent + "}");
        }

        return true;
    }

    private static string? OwnerIndent(StatementSyntax statement, SourceText text) =>
        statement.Parent is { } owner ? Layout.IndentAt(text, owner.SpanStart) : null;
}
