using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What the callers of a private method or local function do with what they give it.</summary>
internal static class Callers
{
    private const int MaxBodies = 500;
    private const int MaxDepth = 3;

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
                            || !Releases(body.Root, root, bodies, cancellationToken))
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

    /// <summary>Whether a method of the type that is called in a <c>finally</c> closes what it is given.</summary>
    private static bool ReleasesIn(IInvocationOperation helper, ISymbol variable, IReadOnlyList<TypeBody> bodies, CancellationToken cancellationToken, int depth)
    {
        if (!IsInFinally(helper))
        {
            return false;
        }

        foreach (var argument in helper.Arguments)
        {
            if (argument.Parameter is not { } given || !SymbolEqualityComparer.Default.Equals(HandedOut.RootOf(null, argument.Value), variable))
            {
                continue;
            }

            foreach (var body in bodies)
            {
                if (SymbolEqualityComparer.Default.Equals(body.Owner, helper.TargetMethod.OriginalDefinition))
                {
                    return Releases(body.Root, given.OriginalDefinition, bodies, cancellationToken, depth + 1);
                }
            }
        }

        return false;
    }

    private static bool IsInFinally(IOperation operation)
    {
        for (var current = operation; current.Parent is { } parent; current = parent)
        {
            if (parent is ITryOperation guarded && ReferenceEquals(guarded.Finally, current))
            {
                return true;
            }
        }

        return false;
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

    private static bool Releases(IOperation body, ISymbol variable, IReadOnlyList<TypeBody> bodies, CancellationToken cancellationToken, int depth = 0)
    {
        foreach (var operation in body.DescendantsAndSelf())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (depth < MaxDepth && operation is IInvocationOperation helper && ReleasesIn(helper, variable, bodies, cancellationToken, depth))
            {
                return true;
            }

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
