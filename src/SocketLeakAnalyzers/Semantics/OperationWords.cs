using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>Small questions about operations that several parts ask.</summary>
internal static class OperationWords
{
    /// <summary>The operation inside parentheses and conversions that keep the object.</summary>
    public static IOperation WithoutConversions(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>The operation that all of the body is in.</summary>
    public static IOperation RootOf(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    /// <summary>The lambda or local function that an operation stands in; null directly in the body.</summary>
    public static IMethodSymbol? EnclosingFunction(IOperation operation)
    {
        for (var current = operation.Parent; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case IAnonymousFunctionOperation lambda:
                    return lambda.Symbol;
                case ILocalFunctionOperation local:
                    return local.Symbol;
            }
        }

        return null;
    }

    /// <summary>The value of the argument for the parameter with this ordinal; null when there is none.</summary>
    public static IArgumentOperation? ArgumentAt(System.Collections.Immutable.ImmutableArray<IArgumentOperation> arguments, int ordinal)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Ordinal == ordinal)
            {
                return argument;
            }
        }

        return null;
    }

    /// <summary>Whether the operation refers to a member of the object whose code this is, or to a static member.</summary>
    public static bool IsOfThisOrStatic(IOperation? instance) =>
        instance is null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    /// <summary>Whether an argument is a token that can be cancelled, as far as its text tells: not <c>default</c>, not <c>CancellationToken.None</c>.</summary>
    public static bool IsLiveToken(IOperation value, ITypeSymbol? cancellationToken)
    {
        value = value.WithoutConversions();
        return cancellationToken is not null
            && SymbolEqualityComparer.Default.Equals(value.Type, cancellationToken)
            && value is not (IDefaultValueOperation or IObjectCreationOperation)
            && value is not IPropertyReferenceOperation { Property: { Name: "None", IsStatic: true } };
    }
}
