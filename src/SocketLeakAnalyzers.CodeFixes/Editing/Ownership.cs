using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>What the ownership rows say of the arguments of a call.</summary>
internal static class Ownership
{
    /// <summary>The effect of a call on one of its arguments; unstated where its result only carries the argument on, or the row's condition does not hold.</summary>
    public static ParameterEffect EffectOn(ArgumentSyntax argument, InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetOperation(call, cancellationToken) is not IInvocationOperation operation)
        {
            return ParameterEffect.Unstated;
        }

        var facts = Rows.Of(operation.TargetMethod, model.Compilation);
        if (facts.Returns is ReturnEffect.Wrapper or ReturnEffect.Argument)
        {
            return ParameterEffect.Unstated;
        }

        foreach (var given in operation.Arguments)
        {
            if (given.Syntax == argument && given.Parameter is { } parameter)
            {
                var fact = facts.Parameter(parameter.Ordinal);
                return CallModel.Holds(fact.Condition, operation.Arguments) == false ? ParameterEffect.Unstated : fact.Effect;
            }
        }

        return ParameterEffect.Unstated;
    }

    /// <summary>Whether a condition is a call that takes an argument only if it answers true (<c>TryAdd</c>), as it is or negated.</summary>
    public static bool IsTaking(ExpressionSyntax condition, SemanticModel model, CancellationToken cancellationToken, out bool isNegated)
    {
        isNegated = false;
        while (true)
        {
            switch (condition)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    condition = parenthesized.Expression;
                    continue;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                    isNegated = !isNegated;
                    condition = not.Operand;
                    continue;
                case InvocationExpressionSyntax call:
                    foreach (var argument in call.ArgumentList.Arguments)
                    {
                        if (EffectOn(argument, call, model, cancellationToken) == ParameterEffect.TakesOnTrue)
                        {
                            return true;
                        }
                    }

                    return false;
                default:
                    return false;
            }
        }
    }
}
