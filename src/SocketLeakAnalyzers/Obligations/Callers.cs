using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What the callers of a private method or local function do with what they give it.</summary>
internal static class Callers
{
    private const int MaxBodies = 500;

    /// <summary>
    /// Whether every caller closes what it gives for the parameter. Only a method that nobody outside of its type can call has callers that
    /// are all known; one that is also made a delegate of has others.
    /// </summary>
    public static bool Release(IParameterSymbol parameter, ObligationContext context, CancellationToken cancellationToken)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method
            || (method.MethodKind == MethodKind.Ordinary && method.DeclaredAccessibility != Accessibility.Private && method.ContainingType?.DeclaredAccessibility != Accessibility.Private)
            || method.ContainingType is not { } type
            || TypeBodies.Read(OutermostFor(method, type), context, MaxBodies, cancellationToken) is not { } bodies)
        {
            return false;
        }

        var callers = 0;
        foreach (var body in bodies)
        {
            foreach (var operation in body.Root.DescendantsAndSelf())
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (operation)
                {
                    case IInvocationOperation invocation when SymbolEqualityComparer.Default.Equals(invocation.TargetMethod.OriginalDefinition, method.OriginalDefinition):
                        callers++;
                        if (OperationWords.ArgumentAt(invocation.Arguments, parameter.Ordinal) is not { } argument
                            || HandedOut.RootOf(null, argument.Value) is not { } root
                            || !Releases(body.Root, root))
                        {
                            return false;
                        }

                        break;
                    case IMethodReferenceOperation reference when SymbolEqualityComparer.Default.Equals(reference.Method.OriginalDefinition, method.OriginalDefinition):
                        return false;
                }
            }
        }

        return callers > 0;
    }

    private static INamedTypeSymbol OutermostFor(IMethodSymbol method, INamedTypeSymbol type)
    {
        // A private nested type's methods can be called from the types around it.
        while (method.DeclaredAccessibility != Accessibility.Private && type.DeclaredAccessibility == Accessibility.Private && type.ContainingType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static bool Releases(IOperation body, ISymbol variable)
    {
        foreach (var operation in body.DescendantsAndSelf())
        {
            var released = operation switch
            {
                IInvocationOperation { Instance: { } receiver } invocation when CallModel.IsRelease(invocation.TargetMethod) => receiver,
                IUsingOperation { Resources: { } resources } and not { Resources: IVariableDeclarationGroupOperation } => resources,
                IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Parent: IVariableDeclarationOperation { Parent: IVariableDeclarationGroupOperation { Parent: IUsingOperation or IUsingDeclarationOperation } } } } initializer => initializer.Value,
                _ => null,
            };
            if (released is IConditionalAccessInstanceOperation && operation.Parent is IConditionalAccessOperation access)
            {
                released = access.Operation;
            }

            if (released is not null && SymbolEqualityComparer.Default.Equals(HandedOut.RootOf(null, released), variable))
            {
                return true;
            }
        }

        return false;
    }
}
