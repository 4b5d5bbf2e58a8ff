using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Turns <c>=&gt; expression</c> of a member, local function or lambda into a block.</summary>
internal static class ExpressionBody
{
    /// <summary>Whether the function gives no value back, so that its expression becomes a statement and not a <c>return</c>.</summary>
    public static bool ReturnsNothing(SyntaxNode owner, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (owner)
        {
            case ConstructorDeclarationSyntax or DestructorDeclarationSyntax:
                return true;
            case AccessorDeclarationSyntax accessor:
                return !accessor.IsKind(SyntaxKind.GetAccessorDeclaration);
            case BasePropertyDeclarationSyntax:
                return false;
        }

        var symbol = owner is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(owner, cancellationToken).Symbol : model.GetDeclaredSymbol(owner, cancellationToken);
        return symbol is not IMethodSymbol method
            || method.ReturnsVoid
            || (method.IsAsync && method.ReturnType is INamedTypeSymbol { TypeArguments.IsEmpty: true });
    }

    /// <summary>Whether the body can become a block; not in an expression tree.</summary>
    public static bool CanBecomeBlock(ExpressionSyntax body, SemanticModel model, CancellationToken cancellationToken)
    {
        if (body.Parent is AnonymousFunctionExpressionSyntax lambda)
        {
            return model.GetTypeInfo(lambda, cancellationToken).ConvertedType is not INamedTypeSymbol { Name: "Expression" } && !IsInQuery(lambda);
        }

        return body.Parent is ArrowExpressionClauseSyntax;
    }

    /// <summary>
    /// Writes the block around the expression: everything from the arrow to the expression is replaced, and what ends it.
    /// <paramref name="before"/> stands as the first lines of the block; with <paramref name="nested"/> the first of them opens a block of its own.
    /// </summary>
    public static void Write(ExpressionSyntax body, string[] before, bool nested, bool keepsExpression, SourceText text, SemanticModel model, EditBuilder edit, CancellationToken cancellationToken)
    {
        var owner = body.Parent is ArrowExpressionClauseSyntax arrow ? arrow.Parent! : body.Parent!;
        var layout = Layout.Of(text, owner);
        var eol = layout.EndOfLine;
        var indent = layout.Indent;
        var getter = owner is BasePropertyDeclarationSyntax;
        var header = new StringBuilder();
        int start;
        if (owner is AnonymousFunctionExpressionSyntax lambda)
        {
            // The arrow of a lambda stays.
            start = ArrowOf(lambda).Span.End;
        }
        else
        {
            start = ((ArrowExpressionClauseSyntax)body.Parent!).ArrowToken.GetPreviousToken().Span.End;
        }

        header.Append(layout.OpenBrace(indent)).Append(eol);
        var inner = indent + layout.Unit;
        if (getter)
        {
            header.Append(inner).Append("get").Append(layout.OpenBrace(inner)).Append(eol);
            inner += layout.Unit;
        }

        foreach (var trivia in body.Parent!.DescendantTrivia(TextSpan.FromBounds(start, body.SpanStart)))
        {
            if (trivia.SpanStart >= start && trivia.Span.End <= body.SpanStart && trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            {
                header.Append(inner).Append(trivia.ToString()).Append(eol);
            }
        }

        var footer = new StringBuilder();
        if (before.Length > 0)
        {
            header.Append(inner).Append(before[0]);
        }

        if (nested)
        {
            header.Append(layout.OpenBrace(inner));
            footer.Insert(0, eol + inner + "}");
            inner += keepsExpression ? layout.Unit : string.Empty;
        }

        for (var i = 1; i < before.Length; i++)
        {
            header.Append(eol).Append(inner).Append(before[i]);
        }

        if (keepsExpression)
        {
            header.Append(before.Length > 0 ? eol : string.Empty).Append(inner).Append(ReturnsNothing(owner, model, cancellationToken) ? string.Empty : "return ");
            footer.Insert(0, ";");
        }

        if (getter)
        {
            footer.Append(eol).Append(indent).Append(layout.Unit).Append('}');
        }

        footer.Append(eol).Append(indent).Append('}');
        edit.Replace(TextSpan.FromBounds(start, body.SpanStart), header.ToString());
        var semicolon = SemicolonOf(owner);
        var end = semicolon.IsKind(SyntaxKind.SemicolonToken) && !semicolon.IsMissing ? semicolon.Span : new TextSpan(body.Span.End, 0);
        if (!keepsExpression)
        {
            edit.Delete(body.Span);
        }

        // A comment between the expression and its semicolon stays where it is.
        edit.Replace(end, footer.ToString());
    }

    private static bool IsInQuery(SyntaxNode node)
    {
        for (var current = node.Parent; current is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax or QueryClauseSyntax or QueryBodySyntax; current = current.Parent)
        {
            if (current is QueryClauseSyntax)
            {
                return true;
            }
        }

        return false;
    }

    private static SyntaxToken ArrowOf(AnonymousFunctionExpressionSyntax lambda) => lambda switch
    {
        LambdaExpressionSyntax arrow => arrow.ArrowToken,
        _ => default,
    };

    private static SyntaxToken SemicolonOf(SyntaxNode owner) => owner switch
    {
        BaseMethodDeclarationSyntax method => method.SemicolonToken,
        PropertyDeclarationSyntax property => property.SemicolonToken,
        IndexerDeclarationSyntax indexer => indexer.SemicolonToken,
        AccessorDeclarationSyntax accessor => accessor.SemicolonToken,
        LocalFunctionStatementSyntax function => function.SemicolonToken,
        _ => default,
    };
}
