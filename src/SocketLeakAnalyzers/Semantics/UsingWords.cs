using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>Whether a <c>using</c> holds what an expression gives, from the moment on when it is given.</summary>
internal static class UsingWords
{
    /// <summary>
    /// Whether nothing comes between an expression and the <c>using</c> that releases its value on every way out. An object initializer does: what throws
    /// in it loses the object.
    /// </summary>
    /// <param name="expression">The creation or call.</param>
    public static bool IsHeld(SyntaxNode expression)
    {
        if (expression is BaseObjectCreationExpressionSyntax { Initializer: not null })
        {
            return false;
        }

        for (var node = expression; ; node = node.Parent)
        {
            switch (node.Parent)
            {
                case AwaitExpressionSyntax:
                case ParenthesizedExpressionSyntax:
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }:
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression }:
                case ConditionalExpressionSyntax conditional when conditional.Condition != node:
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax }:
                case InvocationExpressionSyntax configured when configured.Expression == node:
                    break;
                case EqualsValueClauseSyntax { Parent.Parent.Parent: var declaration }:
                    return declaration is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword };
                case UsingStatementSyntax statement:
                    return statement.Expression == node;
                default:
                    return false;
            }
        }
    }
}
