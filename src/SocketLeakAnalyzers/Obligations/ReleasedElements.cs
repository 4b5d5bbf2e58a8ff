using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Tells by the text whether a method releases every element of a collection that it is given: <c>foreach (var each in all) each?.Dispose()</c>, a loop over its
/// indexes, or <c>Array.ForEach(all, each =&gt; each.Dispose())</c>, as a statement of its own that nothing skips.
/// </summary>
internal static class ReleasedElements
{
    /// <summary>Whether the method, by its declaration, releases the elements of the parameter.</summary>
    public static bool Of(SyntaxNode? declaration, IParameterSymbol parameter) => declaration switch
    {
        MethodDeclarationSyntax method => Of(method.Body, method.ExpressionBody, parameter.Name),
        LocalFunctionStatementSyntax function => Of(function.Body, function.ExpressionBody, parameter.Name),
        _ => false,
    };

    private static bool Of(BlockSyntax? body, ArrowExpressionClauseSyntax? expression, string all) =>
        body is not null ? Releases(body, all) : expression is not null && IsForEach(expression.Expression, all);

    private static bool Releases(StatementSyntax statement, string all)
    {
        switch (statement)
        {
            case BlockSyntax block:
                foreach (var inner in block.Statements)
                {
                    // What leaves ahead of the loop may leave them unreleased.
                    if (inner is IfStatementSyntax or ReturnStatementSyntax)
                    {
                        return false;
                    }

                    if (Releases(inner, all))
                    {
                        return true;
                    }
                }

                return false;
            case ForEachStatementSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var looped } } loop when looped == all:
                return ReleasesEach(loop.Statement, loop.Identifier.ValueText);
            case ForStatementSyntax { Statement: var each, Declaration.Variables: { Count: 1 } variables } when UsedNames.IsUsedIn(statement, all):
                return ReleasesEach(each, all + "[" + variables[0].Identifier.ValueText + "]");
            case TryStatementSyntax attempt:
                return Releases(attempt.Block, all);
            case LockStatementSyntax locked:
                return Releases(locked.Statement, all);
            case ExpressionStatementSyntax { Expression: var expression }:
                return IsForEach(expression, all);
            default:
                return false;
        }
    }

    /// <summary><c>Array.ForEach(all, each =&gt; …)</c> and <c>all.ForEach(each =&gt; …)</c>.</summary>
    private static bool IsForEach(ExpressionSyntax expression, string all) =>
        expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ForEach" } called, ArgumentList.Arguments: { Count: > 0 } arguments }
        && (IsNamed(called.Expression, all) || IsNamed(arguments[0].Expression, all))
        && arguments[arguments.Count - 1].Expression is SimpleLambdaExpressionSyntax { Parameter.Identifier.ValueText: var each } lambda
        && lambda.Body switch
        {
            BlockSyntax block => ReleasesEach(block, each),
            ExpressionSyntax value => IsRelease(value, each),
            _ => false,
        };

    private static bool IsNamed(ExpressionSyntax expression, string name) => expression is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name;

    private static bool ReleasesEach(StatementSyntax statement, string each)
    {
        switch (statement)
        {
            case BlockSyntax block:
                foreach (var inner in block.Statements)
                {
                    if (ReleasesEach(inner, each))
                    {
                        return true;
                    }
                }

                return false;
            case ExpressionStatementSyntax { Expression: var expression }:
                return IsRelease(expression, each);
            case TryStatementSyntax attempt:
                return ReleasesEach(attempt.Block, each);
            case UsingStatementSyntax { Expression: { } held }:
                return held.ToString() == each;
            case IfStatementSyntax { Else: null } test when IsNullTest(test.Condition, each):
                return ReleasesEach(test.Statement, each);
            default:
                return false;
        }
    }

    private static bool IsRelease(ExpressionSyntax expression, string each) =>
        FieldTexts.ReleasedBy(expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression)?.ToString() == each;

    /// <summary><c>each != null</c>, <c>each is not null</c>, <c>each is { }</c>.</summary>
    private static bool IsNullTest(ExpressionSyntax condition, string each) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression, Left: var left, Right.RawKind: (int)SyntaxKind.NullLiteralExpression } => left.ToString() == each,
        IsPatternExpressionSyntax { Expression: var tested, Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression.RawKind: (int)SyntaxKind.NullLiteralExpression } } or RecursivePatternSyntax { PropertyPatternClause.Subpatterns.Count: 0 } } => tested.ToString() == each,
        _ => false,
    };
}
