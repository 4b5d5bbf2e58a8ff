using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Listeners;

/// <summary>
/// Whether what a shutdown waits for are the loops that accept: a server can run several of them. They end without the listener being stopped, and
/// nobody is accepted once they have.
/// </summary>
internal static class AcceptLoops
{
    /// <summary>Whether the type puts an accept loop into the collection whose tasks or threads are waited for.</summary>
    public static bool AreWaitedFor(IOperation wait, NetworkObject listener, TimeoutContext context)
    {
        if (CollectionOf(wait) is not { } collection)
        {
            return false;
        }

        var loops = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var call in listener.Calls)
        {
            if (call.Verb == UseVerb.Accepts)
            {
                loops.Add(call.Function.Symbol);
            }
        }

        foreach (var body in TypeBodies.Read(context.Type, context.Store.Context, int.MaxValue, context.CancellationToken) ?? System.Array.Empty<TypeBody>())
        {
            if (SymbolEqualityComparer.Default.Equals(body.Owner, collection) && Runs(body.Root, loops, body.Root))
            {
                return true;
            }

            foreach (var operation in body.Root.DescendantsAndSelf())
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                if (PutInto(operation, collection) is { } value && Runs(value, loops, body.Root))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The field, property or variable that holds what is waited for.</summary>
    private static ISymbol? CollectionOf(IOperation wait)
    {
        var waited = wait switch
        {
            IInvocationOperation { TargetMethod.Name: "WhenAll" or "WaitAll", Arguments: { Length: > 0 } arguments } => arguments[0].Value,
            IAwaitOperation { Operation: var awaited } => awaited,
            IInvocationOperation { TargetMethod.Name: "Wait" or "Join", Instance: { } instance } => instance,
            _ => null,
        };
        if (waited?.WithoutConversions() is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task })
        {
            waited = task;
        }

        if (waited?.WithoutConversions() is ILocalReferenceOperation element)
        {
            for (IOperation? current = waited; current is not null; current = current.Parent)
            {
                if (current is IForEachLoopOperation each && each.Locals.Contains(element.Local))
                {
                    return SymbolOf(each.Collection);
                }
            }
        }

        return waited is null ? null : SymbolOf(waited);
    }

    /// <summary>The symbol at the start of a chain: the field of <c>_tasks.Values.ToArray()</c>.</summary>
    private static ISymbol? SymbolOf(IOperation operation)
    {
        for (var depth = 0; depth < 16; depth++)
        {
            operation = operation.WithoutConversions();
            switch (operation)
            {
                case ILocalReferenceOperation local:
                    return local.Local;
                case IFieldReferenceOperation field:
                    return field.Field;
                case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property: { IsIndexer: false } property }:
                    return property;
                case IPropertyReferenceOperation { Instance: { } instance }:
                    operation = instance;
                    continue;
                case IArrayElementReferenceOperation { ArrayReference: var array }:
                    operation = array;
                    continue;
                case IInvocationOperation { Instance: { } receiver }:
                    operation = receiver;
                    continue;
                case IInvocationOperation { Arguments: { Length: > 0 } arguments }:
                    operation = arguments[0].Value;
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>What an operation assigns to the collection or adds to it; null where it does neither.</summary>
    private static IOperation? PutInto(IOperation operation, ISymbol collection) => operation switch
    {
        IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, collection) => declarator.GetVariableInitializer()?.Value,
        ISimpleAssignmentOperation assignment when SymbolEqualityComparer.Default.Equals(SymbolOf(assignment.Target), collection) => assignment.Value,
        IInvocationOperation { Instance: { } receiver, TargetMethod.Name: "Add" or "TryAdd" or "AddRange" or "Enqueue" or "Push" or "Insert" } call
            when SymbolEqualityComparer.Default.Equals(SymbolOf(receiver), collection) => call,
        _ => null,
    };

    /// <summary>Whether a value is a call of an accept loop, or a thread or task over one.</summary>
    private static bool Runs(IOperation value, HashSet<ISymbol> loops, IOperation root, bool isInVariable = false)
    {
        foreach (var operation in value.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IInvocationOperation call when loops.Contains(call.TargetMethod.OriginalDefinition):
                case IMethodReferenceOperation reference when loops.Contains(reference.Method.OriginalDefinition):
                case IAnonymousFunctionOperation lambda when loops.Contains(lambda.Symbol):
                    return true;
                case ILocalReferenceOperation local when !isInVariable && InitializerOf(local.Local, root) is { } initializer && Runs(initializer, loops, root, isInVariable: true):
                    return true;
            }
        }

        return false;
    }

    private static IOperation? InitializerOf(ILocalSymbol variable, IOperation root)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            if (operation is IVariableDeclaratorOperation declarator && SymbolEqualityComparer.Default.Equals(declarator.Symbol, variable))
            {
                return declarator.GetVariableInitializer()?.Value;
            }
        }

        return null;
    }
}
