using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// The expression whose value is the resource that an acquisition gives: the acquisition itself, awaited, converted or wrapped in an
/// object that owns it.
/// </summary>
internal sealed class ResourceValue
{
    private ResourceValue(ExpressionSyntax expression, ExpressionSyntax outer, ITypeSymbol? type)
    {
        Expression = expression;
        Outer = outer;
        Type = type;
    }

    /// <summary>The value without parentheses around it.</summary>
    public ExpressionSyntax Expression { get; }

    /// <summary>The value with the parentheses around it.</summary>
    public ExpressionSyntax Outer { get; }

    public ITypeSymbol? Type { get; }

    /// <summary>Follows the value of an acquisition outwards; null where the value may be something that this code does not own.</summary>
    public static ResourceValue? Of(ExpressionSyntax acquisition, FixSite site) =>
        // Where the wrapper's own constructor loses it, the wrapper cannot release it.
        Of(acquisition, intoWrappers: site.OtherPlaces.IsEmpty || !site.OtherPlaces[0].Contains(acquisition.Span) || site.OtherPlaces[0] == acquisition.Span, site);

    /// <summary>The same; a wrapper that owns the value stands for it only with <paramref name="intoWrappers"/>.</summary>
    public static ResourceValue? Of(ExpressionSyntax acquisition, bool intoWrappers, FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        var value = acquisition;
        var current = acquisition;
        while (current.Parent is { } parent)
        {
            switch (parent)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    current = parenthesized;
                    continue;
                case AwaitExpressionSyntax awaited:
                    value = current = awaited;
                    continue;
                case CastExpressionSyntax cast when model.GetTypeInfo(cast, cancellationToken).Type is { TypeKind: not TypeKind.Error }:
                    value = current = cast;
                    continue;
                case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.AsExpression) && binary.Left == current:
                    value = current = binary;
                    continue;
                case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression):
                    if (!(binary.Left == current ? GivesNothingForeign(binary.Right, model, cancellationToken) : GivesNothingForeign(binary.Left, model, cancellationToken)))
                    {
                        return null;
                    }

                    value = current = binary;
                    continue;
                case ConditionalExpressionSyntax conditional when conditional.Condition != current:
                    if (!GivesNothingForeign(conditional.WhenTrue == current ? conditional.WhenFalse : conditional.WhenTrue, model, cancellationToken))
                    {
                        return null;
                    }

                    value = current = conditional;
                    continue;
                case SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax @switch } arm when arm.Expression == current:
                    foreach (var other in @switch.Arms)
                    {
                        if (other != arm && !GivesNothingForeign(other.Expression, model, cancellationToken))
                        {
                            return null;
                        }
                    }

                    value = current = @switch;
                    continue;
                case PostfixUnaryExpressionSyntax suppression when suppression.IsKind(SyntaxKind.SuppressNullableWarningExpression):
                    value = current = suppression;
                    continue;
                case MemberAccessExpressionSyntax member when member.Expression == current && TaskStep(member, model, cancellationToken) is { } step:
                    value = current = step;
                    continue;
                case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: BaseObjectCreationExpressionSyntax creation } } argument
                    when intoWrappers && Wrappers.Owns(creation, argument, model, cancellationToken):
                    value = current = creation;
                    continue;
            }

            break;
        }

        return new ResourceValue(value, current, TypeOf(value, model, cancellationToken));
    }

    private static ITypeSymbol? TypeOf(ExpressionSyntax value, SemanticModel model, CancellationToken cancellationToken)
    {
        var info = model.GetTypeInfo(value, cancellationToken);
        return info.Type ?? info.ConvertedType;
    }

    /// <summary>The whole of <c>task.ConfigureAwait(false)</c>, <c>task.Result</c>, <c>task.GetAwaiter().GetResult()</c> and the like.</summary>
    private static ExpressionSyntax? TaskStep(MemberAccessExpressionSyntax member, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!TypeWords.IsTaskLike(model.GetTypeInfo(member.Expression, cancellationToken).Type))
        {
            return null;
        }

        return member.Name.Identifier.ValueText switch
        {
            "Result" => member,
            "ConfigureAwait" or "GetAwaiter" or "GetResult" or "AsTask" or "WaitAsync" or "Unwrap" => member.Parent as InvocationExpressionSyntax,
            _ => member.Parent is InvocationExpressionSyntax call && PassesOn(model.GetSymbolInfo(call, cancellationToken).Symbol) ? call : null,
        };
    }

    /// <summary>
    /// An extension that gives a task of what the task that it is called on gives, whatever that is (<c>task.TimeoutAfter(limit)</c>): that the resource comes
    /// through it is the finding.
    /// </summary>
    private static bool PassesOn(ISymbol? member) =>
        member is IMethodSymbol { ReducedFrom: { ReturnType: INamedTypeSymbol { TypeArguments: { Length: 1 } given } returned, Parameters: { Length: > 0 } parameters } }
        && parameters[0].Type is INamedTypeSymbol { TypeArguments: { Length: 1 } taken }
        && taken[0] is ITypeParameterSymbol
        && SymbolEqualityComparer.Default.Equals(taken[0], given[0])
        && TypeWords.IsTaskLike(returned);

    /// <summary>Whether the other branch of a choice gives nothing that belongs to somebody else.</summary>
    private static bool GivesNothingForeign(ExpressionSyntax branch, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (branch)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return GivesNothingForeign(parenthesized.Expression, model, cancellationToken);
            case CastExpressionSyntax cast:
                return GivesNothingForeign(cast.Expression, model, cancellationToken);
            case AwaitExpressionSyntax awaited:
                return GivesNothingForeign(awaited.Expression, model, cancellationToken);
            case ConditionalExpressionSyntax conditional:
                return GivesNothingForeign(conditional.WhenTrue, model, cancellationToken) && GivesNothingForeign(conditional.WhenFalse, model, cancellationToken);
            case ThrowExpressionSyntax or BaseObjectCreationExpressionSyntax:
                return true;
            case LiteralExpressionSyntax literal:
                return literal.IsKind(SyntaxKind.NullLiteralExpression) || literal.IsKind(SyntaxKind.DefaultLiteralExpression);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call:
                return TaskStep(member, model, cancellationToken) == call
                    ? GivesNothingForeign(member.Expression, model, cancellationToken)
                    : Rows.Of(model.GetSymbolInfo(call, cancellationToken).Symbol, model.Compilation).Returns == ReturnEffect.Owned;
            default:
                return false;
        }
    }
}
