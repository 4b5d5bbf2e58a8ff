using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Adds members to the object initializer of a <c>new</c>, in its layout, or gives it one.</summary>
internal static class InitializerMembers
{
    /// <summary>Whether the initializer sets the member already.</summary>
    public static bool Has(BaseObjectCreationExpressionSyntax creation, string name)
    {
        if (creation.Initializer is { } initializer)
        {
            foreach (var expression in initializer.Expressions)
            {
                if (expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax set } && set.Identifier.ValueText == name)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Adds members (<c>Timeout = …</c>). False where the initializer is one of a collection.</summary>
    public static bool TryAdd(BaseObjectCreationExpressionSyntax creation, IReadOnlyList<string> members, SourceText text, EditBuilder edit)
    {
        if (creation.Initializer is not { } initializer)
        {
            Start(creation, members, edit);
            return true;
        }

        if (initializer.IsKind(SyntaxKind.CollectionInitializerExpression) && initializer.Expressions.Count > 0)
        {
            return false;
        }

        if (initializer.Expressions.Count == 0)
        {
            var inside = TextSpan.FromBounds(initializer.OpenBraceToken.Span.End, initializer.CloseBraceToken.SpanStart);
            if (text.ToString(inside).Trim().Length == 0)
            {
                edit.Replace(inside, " " + string.Join(", ", members) + " ");
            }
            else
            {
                edit.Insert(inside.Start, " " + string.Join(", ", members));
            }

            return true;
        }

        Continue(initializer, members, text, edit);
        return true;
    }

    private static void Start(BaseObjectCreationExpressionSyntax creation, IReadOnlyList<string> members, EditBuilder edit)
    {
        var added = " { " + string.Join(", ", members) + " }";
        if (creation is ObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: 0 } empty } named && empty.Span.Length == 2 && named.Type.Span.End == empty.SpanStart)
        {
            edit.Replace(empty.Span, added);
        }
        else
        {
            edit.Insert(creation.Span.End, added);
        }
    }

    private static void Continue(InitializerExpressionSyntax initializer, IReadOnlyList<string> members, SourceText text, EditBuilder edit)
    {
        var expressions = initializer.Expressions;
        var last = expressions[expressions.Count - 1];
        var hasComma = expressions.SeparatorCount == expressions.Count;
        var end = hasComma ? expressions.GetSeparator(expressions.Count - 1).Span.End : last.Span.End;
        var layout = Layout.Of(text, last);
        var between = layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent : " ";
        var added = between + string.Join("," + between, members) + (hasComma ? "," : string.Empty);
        if (!hasComma)
        {
            edit.Insert(end, ",");
        }

        // A comment behind the last member stays behind it.
        edit.Insert(layout.IsFirstOnLine ? EndWithComments(initializer, end) : end, added);
    }

    private static int EndWithComments(InitializerExpressionSyntax initializer, int end)
    {
        var token = initializer.FindToken(end - 1);
        foreach (var trivia in token.TrailingTrivia)
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
}
