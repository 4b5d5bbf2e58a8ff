using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>Tells a token that can be cancelled from one that never is.</summary>
internal static class Tokens
{
    /// <summary>
    /// Whether a value is no token: <c>default</c>, <c>CancellationToken.None</c>, a local that is only ever given one of these, the token of a
    /// local source that nothing cancels.
    /// </summary>
    public static bool IsNone(IOperation value) => IsNone(value, depth: 0);

    private static bool IsNone(IOperation value, int depth)
    {
        value = value.WithoutConversions();
        switch (value)
        {
            case IDefaultValueOperation:
            case ILiteralOperation { ConstantValue: { HasValue: true, Value: null } }:
                return true;
            case IPropertyReferenceOperation { Property: { Name: "None", IsStatic: true, ContainingType.Name: "CancellationToken" } }:
                return true;
            case IObjectCreationOperation { Type.Name: "CancellationToken" } creation:
                return creation.Arguments.IsEmpty || creation.Arguments[0].Value.ConstantValue is { HasValue: true, Value: false };
            case IPropertyReferenceOperation { Property: { Name: "Token", ContainingType.Name: "CancellationTokenSource" }, Instance: { } source }:
                return IsIdleSource(source.WithoutConversions());
            case ILocalReferenceOperation local when depth < 4:
                return IsNoneLocal(local, depth);
            case IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } when depth < 4:
                return IsNoneField(field, value.SemanticModel, depth);
            case IConditionalOperation { WhenFalse: { } whenFalse } conditional:
                return IsNone(conditional.WhenTrue, depth) && IsNone(whenFalse, depth);
            default:
                return false;
        }
    }

    /// <summary>A static field that its declaration, in the same file, fills for good.</summary>
    private static bool IsNoneField(IFieldSymbol field, SemanticModel? model, int depth)
    {
        foreach (var reference in field.OriginalDefinition.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == model?.SyntaxTree
                && reference.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } initial }
                && model.GetOperation(initial) is { } given)
            {
                return IsNone(given, depth + 1);
            }
        }

        return false;
    }

    private static bool IsNoneLocal(ILocalReferenceOperation reference, int depth)
    {
        var isGiven = false;
        foreach (var operation in Root(reference).Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Initializer.Value: { } value } declarator when Is(declarator.Symbol):
                    isGiven = true;
                    if (!IsNone(value, depth + 1))
                    {
                        return false;
                    }

                    break;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when Is(target.Local):
                    isGiven = true;
                    if (!IsNone(assignment.Value, depth + 1))
                    {
                        return false;
                    }

                    break;

                // Given by a pattern, a deconstruction, an argument, a loop…
                case ILocalReferenceOperation { IsDeclaration: true } declared when Is(declared.Local):
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Value: ILocalReferenceOperation passed } when Is(passed.Local):
                    return false;
            }
        }

        return isGiven;

        bool Is(ILocalSymbol local) => SymbolEqualityComparer.Default.Equals(local, reference.Local);
    }

    /// <summary>A local <c>new CancellationTokenSource()</c> whose token is asked for and with which nothing else is done but its disposal.</summary>
    private static bool IsIdleSource(IOperation source)
    {
        if (source is IObjectCreationOperation { Arguments.IsEmpty: true })
        {
            return true;
        }

        if (source is not ILocalReferenceOperation { Local: var local } reference)
        {
            return false;
        }

        var isIdle = false;
        foreach (var operation in Root(reference).Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Initializer.Value: { } value } declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, local):
                    if (value.WithoutConversions() is not IObjectCreationOperation { Arguments.IsEmpty: true, Initializer: null, Type.Name: "CancellationTokenSource" })
                    {
                        return false;
                    }

                    isIdle = true;
                    break;
                case ILocalReferenceOperation use when SymbolEqualityComparer.Default.Equals(use.Local, local) && !IsHarmless(use.Parent):
                    return false;
            }
        }

        return isIdle;

        static bool IsHarmless(IOperation? use) =>
            use is IPropertyReferenceOperation { Property.Name: "Token" or "IsCancellationRequested" } or IInvocationOperation { TargetMethod.Name: "Dispose" } or IUsingOperation;
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
