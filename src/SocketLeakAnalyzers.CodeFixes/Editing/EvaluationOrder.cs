using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Tells whether a part of a statement can be evaluated ahead of the statement: it is evaluated exactly once, and nothing with an
/// effect is evaluated before it.
/// </summary>
internal static class EvaluationOrder
{
    /// <summary>
    /// The statement, or the expression body, ahead of which the expression can be evaluated; null where it cannot. An expression body
    /// is answered by its expression.
    /// </summary>
    public static SyntaxNode? FindPlaceAhead(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode node = expression;
        var mustBeFirst = HasEffectOnLocals(expression);
        while (node.Parent is { } parent)
        {
            switch (parent)
            {
                case ParenthesizedExpressionSyntax or CastExpressionSyntax or AwaitExpressionSyntax or ArgumentSyntax or PostfixUnaryExpressionSyntax
                    or IsPatternExpressionSyntax or InterpolationSyntax:
                    if (parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 })
                    {
                        return null;
                    }

                    break;
                case PrefixUnaryExpressionSyntax prefix when !prefix.IsKind(SyntaxKind.PreIncrementExpression) && !prefix.IsKind(SyntaxKind.PreDecrementExpression):
                    break;
                case BaseArgumentListSyntax list:
                    foreach (var argument in list.Arguments)
                    {
                        if (argument == node)
                        {
                            break;
                        }

                        if (!IsHarmless(argument.Expression))
                        {
                            return null;
                        }
                    }

                    break;
                case InterpolatedStringExpressionSyntax interpolated:
                    foreach (var content in interpolated.Contents)
                    {
                        if (content == node)
                        {
                            break;
                        }

                        // A hole is formatted before the next one is evaluated.
                        if (content is InterpolationSyntax)
                        {
                            return null;
                        }
                    }

                    break;
                case MemberAccessExpressionSyntax member when member.Expression == node:
                    break;
                case InvocationExpressionSyntax invocation:
                    if (invocation.Expression != node && !IsHarmlessTarget(invocation.Expression))
                    {
                        return null;
                    }

                    break;
                case ElementAccessExpressionSyntax element:
                    if (element.Expression != node && !IsHarmless(element.Expression))
                    {
                        return null;
                    }

                    break;
                case BaseObjectCreationExpressionSyntax creation when creation.ArgumentList == node:
                    break;
                case AssignmentExpressionSyntax assignment when assignment.Right == node && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression):
                    if (!IsHarmless(assignment.Left))
                    {
                        return null;
                    }

                    break;
                case AssignmentExpressionSyntax assignment when assignment.Left == node && node != expression:
                case BinaryExpressionSyntax binary when binary.Left == node:
                    break;
                case BinaryExpressionSyntax binary when binary.Kind() is not (SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression):
                    if (!IsHarmless(binary.Left))
                    {
                        return null;
                    }

                    break;
                case ConditionalExpressionSyntax conditional when conditional.Condition == node:
                case ConditionalAccessExpressionSyntax access when access.Expression == node:
                case SwitchExpressionSyntax @switch when @switch.GoverningExpression == node:
                    break;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration } declarator }:
                    if (declaration.Parent is not (LocalDeclarationStatementSyntax or UsingStatementSyntax))
                    {
                        return null;
                    }

                    foreach (var other in declaration.Variables)
                    {
                        if (other == declarator)
                        {
                            break;
                        }

                        if (other.Initializer is { } initializer && !IsHarmless(initializer.Value))
                        {
                            return null;
                        }
                    }

                    return declaration.Parent;
                case ExpressionStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax or IfStatementSyntax or SwitchStatementSyntax or LockStatementSyntax
                    or YieldStatementSyntax or UsingStatementSyntax:
                case ForEachStatementSyntax forEach when forEach.Expression == node:
                    return parent;
                case ArrowExpressionClauseSyntax:
                case AnonymousFunctionExpressionSyntax:
                    return node;
                default:
                    return null;
            }

            if (mustBeFirst && !StartsAt(parent, expression))
            {
                return null;
            }

            cancellationToken.ThrowIfCancellationRequested();
            node = parent;
        }

        return null;
    }

    /// <summary>Whether evaluating this has no effect, and gives the same whether it is done before or after something is acquired.</summary>
    public static bool IsHarmless(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case LiteralExpressionSyntax or IdentifierNameSyntax or ThisExpressionSyntax or BaseExpressionSyntax or TypeSyntax or TypeOfExpressionSyntax
                or DefaultExpressionSyntax or SizeOfExpressionSyntax or AnonymousFunctionExpressionSyntax or DeclarationExpressionSyntax:
                return true;
            case MemberAccessExpressionSyntax member:
                return IsHarmless(member.Expression);
            case ParenthesizedExpressionSyntax parenthesized:
                return IsHarmless(parenthesized.Expression);
            case CastExpressionSyntax cast:
                return IsHarmless(cast.Expression);
            case PostfixUnaryExpressionSyntax suppression when suppression.IsKind(SyntaxKind.SuppressNullableWarningExpression):
                return IsHarmless(suppression.Operand);
            case PrefixUnaryExpressionSyntax prefix when !prefix.IsKind(SyntaxKind.PreIncrementExpression) && !prefix.IsKind(SyntaxKind.PreDecrementExpression):
                return IsHarmless(prefix.Operand);
            case BinaryExpressionSyntax binary:
                return IsHarmless(binary.Left) && IsHarmless(binary.Right);
            case ConditionalExpressionSyntax conditional:
                return IsHarmless(conditional.Condition) && IsHarmless(conditional.WhenTrue) && IsHarmless(conditional.WhenFalse);
            case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }:
                return true;
            case ElementAccessExpressionSyntax element:
                foreach (var argument in element.ArgumentList.Arguments)
                {
                    if (!IsHarmless(argument.Expression))
                    {
                        return false;
                    }
                }

                return IsHarmless(element.Expression);
            case ArrayCreationExpressionSyntax { Initializer: null } array:
                foreach (var rank in array.Type.RankSpecifiers)
                {
                    foreach (var size in rank.Sizes)
                    {
                        if (!IsHarmless(size))
                        {
                            return false;
                        }
                    }
                }

                return true;
            default:
                return false;
        }
    }

    private static bool IsHarmlessTarget(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax or GenericNameSyntax => true,
        MemberAccessExpressionSyntax member => IsHarmless(member.Expression),
        _ => false,
    };

    private static bool HasEffectOnLocals(ExpressionSyntax expression)
    {
        foreach (var node in expression.DescendantNodesAndSelf(static node => node is not AnonymousFunctionExpressionSyntax))
        {
            switch (node)
            {
                case AssignmentExpressionSyntax { Parent: not InitializerExpressionSyntax }:
                case ArgumentSyntax { RefKindKeyword.RawKind: not 0 }:
                case PrefixUnaryExpressionSyntax prefix when prefix.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression:
                case PostfixUnaryExpressionSyntax postfix when postfix.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression:
                    return true;
            }
        }

        return false;
    }

    private static bool StartsAt(SyntaxNode node, ExpressionSyntax expression) => node.SpanStart == expression.SpanStart || node is not ExpressionSyntax;
}
