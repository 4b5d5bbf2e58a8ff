using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Puts statements of a list into a <c>try</c>.</summary>
internal static class TryWriter
{
    /// <summary>
    /// Whether the statements can go into a <c>try</c>: nothing jumps into them, no <c>yield</c> would meet a <c>catch</c>, and what is
    /// declared in them and needed behind them can be declared ahead of it.
    /// </summary>
    public static bool CanWrap(StatementScope scope, int first, int last, bool withCatch, Layout layout, SourceText text, SemanticModel model, CancellationToken cancellationToken, out Hoist? hoist)
    {
        hoist = null;
        return CanWrapAsItIs(scope, first, last, withCatch, layout, text)
            && (hoist = Hoist.Of(scope, first, last, text, model, cancellationToken)) is not null;
    }

    private static bool CanWrapAsItIs(StatementScope scope, int first, int last, bool withCatch, Layout layout, SourceText text)
    {
        if (first > last || scope.Statements is not { } statements || scope.HasLabel)
        {
            return false;
        }

        if (layout.HasConditionalDirective(TextSpan.FromBounds(StartWithComments(statements[first], text), statements[last].Span.End)))
        {
            return false;
        }

        for (var i = first; i <= last && withCatch; i++)
        {
            foreach (var node in statements[i].DescendantNodesAndSelf(static node => node is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax))
            {
                if (node is YieldStatementSyntax)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Writes <c>try { … }</c> around the statements and a <c>catch</c> or <c>finally</c> with these statements behind it.</summary>
    public static void Wrap(StatementSyntax first, StatementSyntax last, string clause, string[] handler, string? before, Hoist? hoist, SourceText text, EditBuilder edit)
    {
        var ahead = new List<string>();
        if (before is not null)
        {
            ahead.Add(before);
        }

        ahead.AddRange(hoist?.Write(edit) ?? Array.Empty<string>());
        var layout = Layout.Of(text, first);
        if (!layout.IsFirstOnLine)
        {
            edit.Insert(first.SpanStart, string.Concat(ahead.ConvertAll(static line => line + " ")) + "try { ");
            layout.IndentLines(TextSpan.FromBounds(first.SpanStart, last.Span.End), edit);
            edit.Insert(last.Span.End, " } " + clause + " { " + Layout.InOneLine(handler) + " }");
            return;
        }

        var eol = layout.EndOfLine;
        var indent = layout.Indent;
        var start = StartWithComments(first, text);
        edit.Insert(start, string.Concat(ahead.ConvertAll(line => line + eol + indent)) + "try" + layout.OpenBrace(indent) + eol + indent + layout.Unit);

        // The first line is indented with what is written ahead of it.
        layout.IndentLines(TextSpan.FromBounds(Math.Min(start + 1, last.Span.End), last.Span.End), edit);
        var body = eol + indent + layout.Unit + string.Join(eol + indent + layout.Unit, handler);
        edit.Insert(
            layout.EndWithComments(last),
            eol + indent + "}" + (layout.BracesOnOwnLine ? eol + indent : " ") + clause + layout.OpenBrace(indent) + body + eol + indent + "}");
    }

    /// <summary>Writes a <c>finally</c> behind the handlers of a <c>try</c>.</summary>
    public static void AddFinally(TryStatementSyntax guarded, string handler, Layout layout, EditBuilder edit)
    {
        var eol = layout.EndOfLine;
        var indent = layout.Indent;
        edit.Insert(
            layout.IsFirstOnLine ? layout.EndWithComments(guarded) : guarded.Span.End,
            layout.IsFirstOnLine
                ? (layout.BracesOnOwnLine ? eol + indent : " ") + "finally" + layout.OpenBrace(indent) + eol + indent + layout.Unit + handler + eol + indent + "}"
                : " finally { " + handler + " }");
    }

    /// <summary>Where the comments begin that stand right above a statement, without a blank line between; else the statement's own start.</summary>
    private static int StartWithComments(StatementSyntax statement, SourceText text)
    {
        var start = statement.SpanStart;
        var line = text.Lines.GetLineFromPosition(start).LineNumber;
        foreach (var trivia in statement.GetLeadingTrivia().Reverse())
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            {
                var first = text.Lines.GetLineFromPosition(trivia.SpanStart);
                var end = text.Lines.GetLineFromPosition(trivia.Span.End).LineNumber;
                if (end < line - 1 || Layout.IndentAt(text, trivia.SpanStart).Length != trivia.SpanStart - first.Start)
                {
                    break;
                }

                start = trivia.SpanStart;
                line = first.LineNumber;
            }
            else if (trivia.Kind() is not (SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia))
            {
                break;
            }
        }

        return start;
    }

}
