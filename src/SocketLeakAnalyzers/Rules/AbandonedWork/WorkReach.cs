using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.AbandonedWork;

/// <summary>A call over the network that a piece of work does, with the object that it is done with.</summary>
internal readonly struct WorkCall
{
    public WorkCall(NetworkCall call, NetworkObject networkObject, TimeoutContext context)
    {
        Call = call;
        Object = networkObject;
        Context = context;
    }

    public NetworkCall Call { get; }

    public NetworkObject Object { get; }

    /// <summary>The type whose code does the call: a helper's can be another than the work's.</summary>
    public TimeoutContext Context { get; }
}

/// <summary>
/// What a function does over the network, itself and through the functions that it calls: in its own type, and in helpers of the compilation that it
/// calls or gives its objects to. Functions that it only starts elsewhere (another thread, another task) are not its own work.
/// </summary>
internal static class WorkReach
{
    private const int MaxFunctions = 200;

    /// <summary>The calls, in source order.</summary>
    /// <param name="work">The function.</param>
    /// <param name="context">The type that starts it.</param>
    /// <param name="starter">The function whose start of it is meant, as that is where it stands or whose call is asked about; null for any.</param>
    public static List<WorkCall> Of(CodeFunction work, TimeoutContext context, CodeFunction? starter = null)
    {
        var found = new List<WorkCall>();
        var seen = new HashSet<CodeFunction>();
        var queue = new Queue<(CodeFunction Function, TimeoutContext Context)>();
        queue.Enqueue((work, context));
        while (queue.Count > 0 && seen.Count < MaxFunctions)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var (function, home) = queue.Dequeue();
            if (!seen.Add(function))
            {
                continue;
            }

            AddCalls(function, home, context, found);
            AddGiven(function, home, isHelper: !ReferenceEquals(home.Uses, context.Uses), found);
            foreach (var callee in function.Calls)
            {
                if (callee.RunsOn.Count == 0)
                {
                    queue.Enqueue((callee, home));
                }
            }

            foreach (var called in function.OtherCalls)
            {
                foreach (var method in home.Store.Helpers.ReachedFrom(called, context.CancellationToken))
                {
                    var uses = home.Store.Get(method.ContainingType, context.CancellationToken);
                    if (uses.FunctionOf(method.OriginalDefinition) is { } other)
                    {
                        queue.Enqueue((other, home.Of(method.ContainingType, uses)));
                    }
                }
            }
        }

        if (starter is not null)
        {
            RemoveWhatOthersBring(found, work, seen, starter, context);
        }

        return found;
    }

    /// <summary>
    /// Drops the calls with objects that never get to this work: a helper that it calls is called by others of the type as well, with connections of
    /// their own that they keep in variables, or by other types with theirs.
    /// </summary>
    private static void RemoveWhatOthersBring(List<WorkCall> found, CodeFunction work, HashSet<CodeFunction> reached, CodeFunction starter, TimeoutContext context)
    {
        HashSet<CodeFunction>? leading = null;
        var isComplete = false;
        for (var i = found.Count - 1; i >= 0; i--)
        {
            var networkObject = found[i].Object;
            if (!ReferenceEquals(found[i].Context.Uses, context.Uses))
            {
                continue;
            }

            leading ??= LeadingTo(starter, context, out isComplete);
            if (networkObject.Origin == ObjectOrigin.Parameter
                ? IsGivenByOthers(networkObject, work, reached, leading, context)
                : isComplete && networkObject is { IsOwn: true, Function: { } maker } && !IsHeldBy(function => reached.Contains(function) || leading.Contains(function), networkObject, maker, context))
            {
                found.RemoveAt(i);
            }
        }
    }

    /// <summary>Whether what a parameter holds is what other types give there: the work itself calls the method with something else.</summary>
    private static bool IsGivenByOthers(NetworkObject given, CodeFunction work, HashSet<CodeFunction> reached, HashSet<CodeFunction> leading, TimeoutContext context) =>
        given.Symbol is IParameterSymbol { ContainingSymbol: { } method }
        && context.Uses.FunctionOf(method) is { } helper
        && helper != work
        && reached.Contains(helper)
        && !leading.Contains(helper);

    /// <summary>
    /// The functions that lead to the start of work. Not complete where one of them is run by a thread or the pool and uses what it is given: who gives it is
    /// not known.
    /// </summary>
    private static HashSet<CodeFunction> LeadingTo(CodeFunction starter, TimeoutContext context, out bool isComplete)
    {
        isComplete = true;
        var leading = new HashSet<CodeFunction>();
        var queue = new Queue<CodeFunction>();
        queue.Enqueue(starter);
        while (queue.Count > 0)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var function = queue.Dequeue();
            if (!leading.Add(function))
            {
                continue;
            }

            isComplete &= (function.RunsOn.Count == 0 && function.RunBy.Count == 0) || !UsesGiven(function, context);
            if (function.Parent is { } parent)
            {
                queue.Enqueue(parent);
            }

            foreach (var caller in context.Uses.FunctionsInOrder)
            {
                if (caller.Calls.Contains(function))
                {
                    queue.Enqueue(caller);
                }
            }
        }

        return leading;
    }

    /// <summary>Whether a function uses what it is given: the state of a work item is often there only because the delegate asks for it.</summary>
    private static bool UsesGiven(CodeFunction function, TimeoutContext context)
    {
        if (function.Symbol is not IMethodSymbol method)
        {
            return true;
        }

        foreach (var parameter in method.Parameters)
        {
            foreach (var reference in method.DeclaringSyntaxReferences)
            {
                if (UsedNames.IsUsedIn(reference.GetSyntax(context.CancellationToken), parameter.Name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether one of the functions makes an object, has it in a variable, or can find it in a field or as the result of a method.</summary>
    private static bool IsHeldBy(Predicate<CodeFunction> isNear, NetworkObject networkObject, CodeFunction maker, TimeoutContext context)
    {
        if (isNear(maker))
        {
            return true;
        }

        foreach (var place in networkObject.Places)
        {
            switch (place)
            {
                case IParameterSymbol:
                    break;
                case ILocalSymbol when context.Uses.FunctionOf(place.ContainingSymbol) is { } holder && !isNear(holder):
                    break;
                default:
                    return true;
            }
        }

        return false;
    }

    /// <summary>The function and those of its type that it calls on its own thread.</summary>
    public static HashSet<CodeFunction> FunctionsOf(CodeFunction work)
    {
        var seen = new HashSet<CodeFunction>();
        var queue = new Queue<CodeFunction>();
        queue.Enqueue(work);
        while (queue.Count > 0)
        {
            var function = queue.Dequeue();
            if (seen.Add(function))
            {
                foreach (var callee in function.Calls)
                {
                    if (callee.RunsOn.Count == 0)
                    {
                        queue.Enqueue(callee);
                    }
                }
            }
        }

        return seen;
    }

    /// <summary>Whether the code of the work runs only as this work: nobody calls it, or what it calls, from elsewhere.</summary>
    public static bool IsCalledByNobodyElse(CodeFunction work)
    {
        var functions = FunctionsOf(work);
        foreach (var function in functions)
        {
            if (function != work && (function.IsVisibleOutside || function.RunsOn.Count > 0))
            {
                return false;
            }

            foreach (var site in function.CallSites)
            {
                if (!functions.Contains(site.Caller))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static void AddCalls(CodeFunction function, TimeoutContext home, TimeoutContext context, List<WorkCall> found)
    {
        var isHelper = !ReferenceEquals(home.Uses, context.Uses);
        foreach (var call in home.Uses.Calls)
        {
            if (call.Function != function)
            {
                continue;
            }

            foreach (var networkObject in call.Objects)
            {
                if (!isHelper || networkObject.Origin != ObjectOrigin.Parameter)
                {
                    found.Add(new WorkCall(call, networkObject, home));
                }
                else if (networkObject.Symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } })
                {
                    AddKept(call, networkObject, home, context, found);
                }
            }
        }
    }

    /// <summary>What a helper was given when it was made, and does its work with later: the objects that the work's own type gave it.</summary>
    private static void AddKept(NetworkCall call, NetworkObject kept, TimeoutContext home, TimeoutContext context, List<WorkCall> found)
    {
        foreach (var source in home.FactsOf(kept).Sources)
        {
            if (context.Uses.Objects.Contains(source))
            {
                found.Add(new WorkCall(call, source, context));
            }
        }
    }

    /// <summary>
    /// What helpers of other types do with the objects that the function gives them. What a helper itself is given is somebody's whose timeouts are not
    /// seen there: it counts as what the work gives.
    /// </summary>
    private static void AddGiven(CodeFunction function, TimeoutContext home, bool isHelper, List<WorkCall> found)
    {
        foreach (var networkObject in home.Uses.Objects)
        {
            if (isHelper && networkObject.Origin == ObjectOrigin.Parameter)
            {
                continue;
            }

            foreach (var (giver, parameter) in networkObject.Gifts)
            {
                if (giver == function)
                {
                    AddGiven(networkObject, parameter, home, new HashSet<IParameterSymbol>(SymbolEqualityComparer.Default), found);
                }
            }
        }
    }

    /// <summary>The calls that a method does with what it is given; others of its type that get at the same object are not called by that.</summary>
    private static void AddGiven(NetworkObject networkObject, IParameterSymbol parameter, TimeoutContext home, HashSet<IParameterSymbol> seen, List<WorkCall> found)
    {
        home.CancellationToken.ThrowIfCancellationRequested();
        var uses = home.Store.Get(parameter.ContainingType, home.CancellationToken);
        if (!seen.Add(parameter)
            || uses.ObjectOf(parameter) is not { } given
            || uses.FunctionOf(parameter.ContainingSymbol) is not { } method)
        {
            return;
        }

        var functions = FunctionsOf(method);
        foreach (var call in given.Calls)
        {
            if (functions.Contains(call.Function))
            {
                found.Add(new WorkCall(call, networkObject, home));
            }
        }

        foreach (var (giver, next) in given.Gifts)
        {
            if (functions.Contains(giver))
            {
                AddGiven(networkObject, next, home, seen, found);
            }
        }
    }

    /// <summary>The places of a finding: its first call, then where each of the objects that it blocks on is made, or the parameter that gives it.</summary>
    public static List<Location> PlacesOf(List<WorkCall> calls)
    {
        var places = new List<Location> { UseWords.Place(calls[0].Call) };
        var seen = new HashSet<NetworkObject>();
        foreach (var work in calls)
        {
            if (seen.Add(work.Object))
            {
                if (work.Object.Site is { } site)
                {
                    places.Add(site.Syntax.GetLocation());
                }
                else if (work.Object.Symbol is IParameterSymbol { Locations: { IsDefaultOrEmpty: false } declared })
                {
                    places.Add(declared[0]);
                }
            }
        }

        return places;
    }

    /// <summary>What tells the fix which timeouts to set, if it may not set them all on each of the objects.</summary>
    public static ImmutableDictionary<string, string?> PropertiesFor(List<WorkCall> works)
    {
        var all = ImmutableDictionary<string, string?>.Empty;
        foreach (var work in works)
        {
            var one = AsyncBounds.PropertiesFor(new[] { work.Call }, work.Object, work.Context);
            if (one.IsEmpty)
            {
                continue;
            }

            if (!all.IsEmpty && all[AsyncBounds.SettableTimeouts] != one[AsyncBounds.SettableTimeouts])
            {
                return all.SetItem(AsyncBounds.SettableTimeouts, AsyncBounds.OfNothing);
            }

            all = one;
        }

        return all;
    }

    /// <summary>
    /// Whether a call can keep its thread for ever: a blocking read, write or handshake on a connection on which no timeout is set, and which nothing
    /// outside of the work closes to end it. A datagram is sent without waiting for anybody; a client that only receives them waits for whoever comes.
    /// </summary>
    public static bool BlocksWithoutBound(WorkCall work)
    {
        var call = work.Call;
        var networkObject = work.Object;
        if (call is not { Style: UseStyle.Blocking, Verb: UseVerb.Reads or UseVerb.Writes or UseVerb.Handshakes, IsWithin: false }
            || networkObject.Origin is not (ObjectOrigin.Made or ObjectOrigin.Accepted or ObjectOrigin.Parameter)
            || networkObject.Facts is not { Network: NetworkSort.Connection or NetworkSort.Datagrams, Kind: ResourceKind.Socket or ResourceKind.Stream }
            || (networkObject.Facts.Network == NetworkSort.Datagrams && !DatagramWords.IsWaitForAnswer(call, networkObject))
            || (call.Verb == UseVerb.Writes && networkObject.Sort == NetworkSort.Datagrams))
        {
            return false;
        }

        var facts = work.Context.FactsOf(networkObject);
        return !(call.Verb == UseVerb.Reads && Readiness.IsAskedAhead(call.Operation))
            && !facts.MayBeSet(BoundVerb.Reads)
            && (call.Verb != UseVerb.Writes || !facts.MayBeSet(BoundVerb.Writes))
            && !facts.MayBeMadeElsewhere
            && !facts.MayBeNonBlocking
            && !work.Context.IsClosedBySignal(networkObject)
            && !work.Context.IsEndedFromOutside(call, networkObject);
    }
}
