using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Writes a condition the other way round, as one would: <c>n &gt; 0</c> as <c>n &lt;= 0</c>.</summary>
internal static class Negation
{
    /// <summary>What to put around the text of <paramref name="span"/>, in which <paramref name="edit"/> may change more; null where a comment is in the way.</summary>
    public static (string Before, string After)? Of(ExpressionSyntax condition, FixSite site, EditBuilder edit, out TextSpan span)
    {
        while (condition is ParenthesizedExpressionSyntax parenthesized)
        {
            condition = parenthesized.Expression;
        }

        span = condition.Span;
        foreach (var trivia in condition.DescendantTrivia())
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia || trivia.IsDirective)
            {
                return null;
            }
        }

        switch (condition)
        {
            case PrefixUnaryExpressionSyntax not when not.IsKind(SyntaxKind.LogicalNotExpression):
                span = not.Operand.Span;
                return (string.Empty, string.Empty);
            case BinaryExpressionSyntax binary when Opposite(binary, site) is { } @operator:
                edit.Replace(binary.OperatorToken.Span, @operator);
                return (string.Empty, string.Empty);
            case IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax } pattern }:
                edit.Delete(TextSpan.FromBounds(pattern.OperatorToken.SpanStart, pattern.Pattern.SpanStart));
                return (string.Empty, string.Empty);
            case AwaitExpressionSyntax or InvocationExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax:
                return ("!", string.Empty);
            default:
                return ("!(", ")");
        }
    }

    private static string? Opposite(BinaryExpressionSyntax binary, FixSite site)
    {
        switch (binary.Kind())
        {
            case SyntaxKind.EqualsExpression:
                return IsBuiltIn() ? "!=" : null;
            case SyntaxKind.NotEqualsExpression:
                return IsBuiltIn() ? "==" : null;
            case SyntaxKind.GreaterThanExpression:
                return IsWhole() ? "<=" : null;
            case SyntaxKind.GreaterThanOrEqualExpression:
                return IsWhole() ? "<" : null;
            case SyntaxKind.LessThanExpression:
                return IsWhole() ? ">=" : null;
            case SyntaxKind.LessThanOrEqualExpression:
                return IsWhole() ? ">" : null;
            default:
                return null;
        }

        bool IsBuiltIn() => site.Model.GetSymbolInfo(binary, site.CancellationToken).Symbol is not IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator } || IsString();

        bool IsString() => site.Model.GetTypeInfo(binary.Left, site.CancellationToken).Type is { SpecialType: SpecialType.System_String };

        // Not for numbers that can be neither, such as NaN and null.
        bool IsWhole() =>
            site.Model.GetTypeInfo(binary.Left, site.CancellationToken).ConvertedType is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 }
            && site.Model.GetTypeInfo(binary.Right, site.CancellationToken).ConvertedType is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 };
    }
}
