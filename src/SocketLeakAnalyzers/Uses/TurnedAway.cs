using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Tells the closings of what nobody has been given yet: <c>if (isFull) { client.Close(); continue; }</c> ahead of the start of the work, or on the branch
/// that starts none. They end no call, as none waits with that object. Whatever may have come ahead of such a closing makes it one that counts.
/// </summary>
internal static class TurnedAway
{
    public static bool Is(Closing closing, NetworkObject closed, OwnershipModel model)
    {
        if (closing.Operation is not IInvocationOperation { Instance: { } receiver }
            || VariableOf(receiver) is not { } variable
            || BirthOf(variable, closed, closing) is not { } birth
            || !IsInBranch(closing.Operation.Syntax, birth))
        {
            return false;
        }

        var isGivenOn = false;
        foreach (var operation in OperationWords.RootOf(closing.Operation).Descendants())
        {
            if (!SymbolEqualityComparer.Default.Equals(VariableOf(operation), variable) || closing.Operation.Syntax.Span.Contains(operation.Syntax.Span) || IsPlain(operation, model))
            {
                continue;
            }

            if (PlaceOf(operation.Syntax, closing.Operation.Syntax) is not { } place || MayComeAhead(place, closing.Operation.Syntax, birth))
            {
                return false;
            }

            isGivenOn = true;
        }

        return isGivenOn;
    }

    private static ISymbol? VariableOf(IOperation operation) => operation switch
    {
        IConditionalAccessInstanceOperation => operation.Parent is { } used ? AccessedBy(used) : null,
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static ISymbol? AccessedBy(IOperation used)
    {
        for (var current = used.Parent; current is not null; current = current.Parent)
        {
            if (current is IConditionalAccessOperation access)
            {
                return VariableOf(access.Operation.WithoutConversions());
            }
        }

        return null;
    }

    /// <summary>Where the variable gets the object, once and for its life: the declaration that makes it, or the method whose parameter it is.</summary>
    private static SyntaxNode? BirthOf(ISymbol variable, NetworkObject closed, Closing closing)
    {
        if (variable.DeclaringSyntaxReferences is not { Length: 1 } references)
        {
            return null;
        }

        var declaration = references[0].GetSyntax();
        return variable switch
        {
            ILocalSymbol when closed.Site is { } site && closed.Function == closing.Function && declaration.SyntaxTree == site.Syntax.SyntaxTree && declaration.Span.Contains(site.Syntax.Span) => declaration,
            IParameterSymbol when SymbolEqualityComparer.Default.Equals(variable, closed.Symbol) && SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, closing.Function.Symbol) => declaration,
            _ => null,
        };
    }

    /// <summary>Whether the closing may be passed over: nothing is turned away that is closed in any case.</summary>
    private static bool IsInBranch(SyntaxNode closing, SyntaxNode birth)
    {
        for (var current = closing.Parent; current is not null and not MemberDeclarationSyntax && !current.Span.Contains(birth.Span); current = current.Parent)
        {
            if (current is not (BlockSyntax or ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax or ExpressionStatementSyntax or UsingStatementSyntax or LockStatementSyntax or TryStatementSyntax or FinallyClauseSyntax)
                || current is ConditionalExpressionSyntax or BinaryExpressionSyntax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a reference asks or sets something of the object, and hands nothing on.</summary>
    private static bool IsPlain(IOperation reference, OwnershipModel model) => reference.Parent switch
    {
        IConditionalAccessOperation => true,
        IPropertyReferenceOperation property => property.Instance == reference && !IsResource(property.Type, model),
        // What gives a number or nothing is over when it comes back; a task goes on.
        IInvocationOperation call => call.Instance == reference && call.Type is { SpecialType: not SpecialType.None },
        IBinaryOperation or IIsPatternOperation => true,
        _ => false,
    };

    private static bool IsResource(ITypeSymbol? type, OwnershipModel model) => type is not null && model.GetTypeFacts(SymbolWords.WithoutTask(type)) is { IsResource: true } or { IsNetwork: true };

    /// <summary>Where a reference stands in the function that closes; that of a lambda is where the lambda is made. Null: a local function may run at any time.</summary>
    private static SyntaxNode? PlaceOf(SyntaxNode reference, SyntaxNode closing)
    {
        var place = reference;
        for (var current = reference.Parent; current is not null and not MemberDeclarationSyntax && !current.Span.Contains(closing.Span); current = current.Parent)
        {
            switch (current)
            {
                case LocalFunctionStatementSyntax:
                    return null;
                case AnonymousFunctionExpressionSyntax:
                    place = current;
                    break;
            }
        }

        return place;
    }

    private static bool MayComeAhead(SyntaxNode place, SyntaxNode closing, SyntaxNode birth)
    {
        var branch = closing;
        while (branch.Parent is { } parent && !parent.Span.Contains(place.Span))
        {
            branch = parent;
        }

        if (closing.Span.End > place.SpanStart && !AreApart(branch, place))
        {
            return true;
        }

        // The next round of a loop closes what the last one has given on, unless each has an object of its own.
        for (var current = branch.Parent; current is not null and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); current = current.Parent)
        {
            if (current is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                return !current.Span.Contains(birth.Span);
            }
        }

        return false;
    }

    /// <summary>Whether a branch of a test and a place are alternatives.</summary>
    private static bool AreApart(SyntaxNode branch, SyntaxNode place) => branch.Parent switch
    {
        IfStatementSyntax test => branch != test.Condition && !test.Condition.Span.Contains(place.Span),
        SwitchStatementSyntax choice => branch is SwitchSectionSyntax && !choice.Expression.Span.Contains(place.Span) && !HasJump(choice),
        _ => false,
    };

    private static bool HasJump(SwitchStatementSyntax choice)
    {
        foreach (var node in choice.DescendantNodes())
        {
            if (node is GotoStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }
}
