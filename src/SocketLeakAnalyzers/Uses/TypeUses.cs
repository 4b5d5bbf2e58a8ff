using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>What the code of one type does over the network, and with what bounds.</summary>
internal sealed class TypeUses
{
    /// <summary>Nothing, or too much to be read: no rule has anything to say.</summary>
    public static readonly TypeUses None = new(ImmutableArray<NetworkObject>.Empty, ImmutableArray<NetworkCall>.Empty, new Dictionary<ISymbol, CodeFunction>(SymbolEqualityComparer.Default), new Dictionary<ISymbol, List<CallSite>>(SymbolEqualityComparer.Default), isKnown: true);

    /// <summary>Too much to be read.</summary>
    public static readonly TypeUses Unknown = new(ImmutableArray<NetworkObject>.Empty, ImmutableArray<NetworkCall>.Empty, new Dictionary<ISymbol, CodeFunction>(SymbolEqualityComparer.Default), new Dictionary<ISymbol, List<CallSite>>(SymbolEqualityComparer.Default), isKnown: false);

    private readonly Dictionary<ISymbol, CodeFunction> _functions;

    private readonly Dictionary<ISymbol, List<CallSite>> _outsideCalls;

    private List<CodeFunction>? _functionsInOrder;

    public TypeUses(
        ImmutableArray<NetworkObject> objects,
        ImmutableArray<NetworkCall> calls,
        Dictionary<ISymbol, CodeFunction> functions,
        Dictionary<ISymbol, List<CallSite>> outsideCalls,
        bool isKnown)
    {
        _outsideCalls = outsideCalls;
        Objects = objects;
        Calls = calls;
        _functions = functions;
        IsKnown = isKnown;
        foreach (var function in functions.Values)
        {
            function.Home = this;
        }
    }

    /// <summary>False: the code is too large, and nothing is known of it.</summary>
    public bool IsKnown { get; }

    /// <summary>The network objects, those with a site in source order before the others.</summary>
    public ImmutableArray<NetworkObject> Objects { get; }

    /// <summary>The calls in source order, those of base types behind those of the type.</summary>
    public ImmutableArray<NetworkCall> Calls { get; }

    /// <summary>All functions with code.</summary>
    public IEnumerable<CodeFunction> Functions => _functions.Values;

    /// <summary>The functions by the place of their declarations.</summary>
    public IReadOnlyList<CodeFunction> FunctionsInOrder => _functionsInOrder ??= Sorted(_functions.Values);

    private static List<CodeFunction> Sorted(IEnumerable<CodeFunction> functions)
    {
        var sorted = new List<CodeFunction>(functions);
        sorted.Sort(static (left, right) => SymbolWords.CompareByPlace(left.Symbol, right.Symbol));
        return sorted;
    }

    public CodeFunction? FunctionOf(ISymbol symbol) => _functions.TryGetValue(symbol, out var function) ? function : null;

    /// <summary>Where the code calls a method, of the type or of another type of the compilation.</summary>
    public IEnumerable<CallSite> CallsOf(ISymbol method)
    {
        if (_functions.TryGetValue(method, out var function))
        {
            foreach (var site in function.CallSites)
            {
                yield return site;
            }
        }

        if (_outsideCalls.TryGetValue(method, out var sites))
        {
            foreach (var site in sites)
            {
                yield return site;
            }
        }
    }

    /// <summary>The object that stands for a parameter; null where nothing is done with it.</summary>
    public NetworkObject? ObjectOf(ISymbol symbol)
    {
        foreach (var networkObject in Objects)
        {
            if (SymbolEqualityComparer.Default.Equals(networkObject.Symbol, symbol))
            {
                return networkObject;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether something is done at the cancellation of a token, or by a timer, that may close what is not followed here: an object that holds the
    /// socket. A callback that cannot be read counts for the method that hands it over, the others for the type.
    /// </summary>
    public bool HasUnknownSignal(CodeFunction function)
    {
        if (function.Root.HasUnknownSignal)
        {
            return true;
        }

        foreach (var other in _functions.Values)
        {
            if (other.ClosesOther && MayRunOn(other, RunPlace.Cancellation, RunPlace.Timer))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether code of the function may run at one of these places: it was handed to a thread, a task…, or what was calls it.</summary>
    public bool MayRunOn(CodeFunction function, params RunPlace[] places) =>
        IsCalledBy(function, static _ => true, current => Array.Exists(places, current.RunsOn.Contains));

    /// <summary>Whether code outside the type may run the function while its threads and tasks do something else: it is visible, or what calls it is, on no thread of the type's own.</summary>
    public static bool MayBeCalledFromOutside(CodeFunction function) =>
        IsCalledBy(function, static current => !current.RunsOn.Contains(RunPlace.Thread) && !current.RunsOn.Contains(RunPlace.Pool), static current => current.IsVisibleOutside);

    /// <summary>Whether the function, or one that calls it through others, is what is looked for, of those that count.</summary>
    private static bool IsCalledBy(CodeFunction function, Func<CodeFunction, bool> counts, Func<CodeFunction, bool> isFound)
    {
        var seen = new HashSet<CodeFunction>();
        var queue = new Queue<CodeFunction>();
        queue.Enqueue(function);
        while (queue.Count > 0)
        {
            var current = queue.Dequeue();
            if (!seen.Add(current) || !counts(current))
            {
                continue;
            }

            if (isFound(current))
            {
                return true;
            }

            foreach (var site in current.CallSites)
            {
                queue.Enqueue(site.Caller);
            }
        }

        return false;
    }
}
