using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Follows a call of another type to the types that use the network. A type that names nothing of it, and is made with nothing that may be of it, is only
/// passed through: of its code the methods that are called are looked into, and not read with all that the type does. So is a static method that itself
/// names nothing of the network, in whatever type.
/// </summary>
internal sealed class HelperReach
{
    private const int MaxMethods = 200;

    private readonly UseStore _store;
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _mayUse = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> _reached = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Callees> _callees = new(SymbolEqualityComparer.Default);

    public HelperReach(UseStore store) => _store = store;

    /// <summary>The method, where its type may use the network, else the methods of such types that it calls, itself or through others.</summary>
    public ImmutableArray<IMethodSymbol> ReachedFrom(IMethodSymbol method, CancellationToken cancellationToken) =>
        _reached.TryGetValue(method, out var reached) ? reached : _reached.GetOrAdd(method, Find(method, cancellationToken));

    private ImmutableArray<IMethodSymbol> Find(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var reached = ImmutableArray.CreateBuilder<IMethodSymbol>();
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        var pending = new Queue<IMethodSymbol>(seen);
        while (pending.Count > 0 && seen.Count < MaxMethods)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = pending.Dequeue();
            if (MayUse(SymbolWords.OutermostOf(current.ContainingType), cancellationToken) && !OnlyPassesOn(current, cancellationToken))
            {
                reached.Add(current);
                continue;
            }

            foreach (var callee in CalleesOf(current, cancellationToken).Methods)
            {
                if (seen.Add(callee))
                {
                    pending.Enqueue(callee);
                }
            }
        }

        return reached.ToImmutable();
    }

    private bool MayUse(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        _mayUse.TryGetValue(type, out var mayUse) ? mayUse : _mayUse.GetOrAdd(type, _store.MayUseNetwork(type, cancellationToken) || IsMadeWithResource(type));

    /// <summary>Whether all that a method does over the network is done by what it calls: it has no object, is given nothing of the network, names nothing of it and makes no delegates.</summary>
    private bool OnlyPassesOn(IMethodSymbol method, CancellationToken cancellationToken) =>
        method is { IsStatic: true, MethodKind: MethodKind.Ordinary }
        && !_store.TakesResource(method)
        && !_store.MayUseNetwork(method, cancellationToken)
        && !CalleesOf(method, cancellationToken).MakesDelegates;

    /// <summary>Whether it, or a type nested in it, is made with a stream or the like: over what that leads to, its maker knows.</summary>
    private bool IsMadeWithResource(INamedTypeSymbol type)
    {
        foreach (var constructor in type.InstanceConstructors)
        {
            if (_store.TakesResource(constructor))
            {
                return true;
            }
        }

        foreach (var nested in type.GetTypeMembers())
        {
            if (IsMadeWithResource(nested))
            {
                return true;
            }
        }

        return false;
    }

    private Callees CalleesOf(IMethodSymbol method, CancellationToken cancellationToken) =>
        _callees.TryGetValue(method, out var callees) ? callees : _callees.GetOrAdd(method, FindCalleesOf(method, cancellationToken));

    private Callees FindCalleesOf(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var callees = ImmutableArray.CreateBuilder<IMethodSymbol>();
        var makesDelegates = false;
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            var model = _store.Context.Summaries.ModelOf(reference.SyntaxTree, _store.Context.Compilation);
            var pending = new Stack<IOperation>();
            if (model.GetOperation(reference.GetSyntax(cancellationToken), cancellationToken) is { } root)
            {
                pending.Push(root);
            }

            while (pending.Count > 0)
            {
                var operation = pending.Pop();
                var target = operation switch
                {
                    IInvocationOperation invocation => invocation.TargetMethod,
                    IObjectCreationOperation creation => creation.Constructor,
                    _ => null,
                };
                if (target is { IsAbstract: false } && _store.Context.HasCode(target))
                {
                    callees.Add(target.OriginalDefinition);
                }

                makesDelegates |= operation is IMethodReferenceOperation;
                foreach (var child in operation.ChildOperations)
                {
                    if (child is IAnonymousFunctionOperation or ILocalFunctionOperation)
                    {
                        makesDelegates = true;
                    }
                    else
                    {
                        pending.Push(child);
                    }
                }
            }
        }

        return new Callees(callees.ToImmutable(), makesDelegates);
    }

    private sealed class Callees
    {
        public Callees(ImmutableArray<IMethodSymbol> methods, bool makesDelegates)
        {
            Methods = methods;
            MakesDelegates = makesDelegates;
        }

        /// <summary>The methods with code that the body of a method calls itself; what its lambdas do may be done later.</summary>
        public ImmutableArray<IMethodSymbol> Methods { get; }

        /// <summary>Whether the body has lambdas and the like, which may be done there as well.</summary>
        public bool MakesDelegates { get; }
    }
}
