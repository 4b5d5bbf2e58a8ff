using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>What SLA2006 and SLA2007 have in common: asynchronous calls that nothing ends.</summary>
internal static class AsyncBounds
{
    /// <summary>The property of a finding that says which timeouts of the object its fix may set; it is not there where the fix may set them all.</summary>
    public const string SettableTimeouts = "timeouts";

    /// <summary>The value of <see cref="SettableTimeouts"/>: those of one direction, as asynchronous calls of the other would ignore them, or none.</summary>
    public const string OfReads = "reads";

    /// <inheritdoc cref="OfReads"/>
    public const string OfWrites = "writes";

    /// <inheritdoc cref="OfReads"/>
    public const string OfNothing = "none";

    /// <summary>Whether the call reads, writes or shakes hands asynchronously, without a token and without a bounded wait around it.</summary>
    public static bool IsUnbounded(NetworkCall call, NetworkObject networkObject, TimeoutContext context) =>
        IsWithoutToken(call)
        && !context.IsClosedBySignal(call, networkObject)
        && !context.IsBoundedOutside(call);

    /// <summary>Whether the call reads, writes or shakes hands asynchronously, without a token.</summary>
    public static bool IsWithoutToken(NetworkCall call) =>
        call is { Verb: UseVerb.Reads or UseVerb.Writes or UseVerb.Handshakes, IsWithin: false, Function.Root.IsInherited: false }
        && call.Style is UseStyle.Awaitable or UseStyle.Begun
        && call.Token != TokenUse.Given
        && !(call.Style == UseStyle.Begun && ForwardsForStream(call.Function.Root.Symbol));

    /// <summary>A stream or reader over another: what overrides a member of the platform's class does so for a caller of its own, who waits for it.</summary>
    public static bool ForwardsForStream(ISymbol function)
    {
        if (function is IMethodSymbol { IsOverride: true, ContainingType: { } type })
        {
            for (var current = type.BaseType; current is not null; current = current.BaseType)
            {
                if (current is { Name: "Stream" or "TextReader", ContainingNamespace: { Name: "IO", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } })
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A setter that hands its value on sets nothing until somebody calls it.</summary>
    private static bool IsForwarded(BoundSetting setting) =>
        setting is { Value: BoundValue.Unknown, Function.Symbol: IMethodSymbol { MethodKind: MethodKind.PropertySet } };

    /// <summary>What bounds the blocking calls that do the same.</summary>
    public static BoundVerb BoundOf(NetworkCall call) => call.Verb == UseVerb.Writes ? BoundVerb.Writes : BoundVerb.Reads;

    /// <summary>
    /// What tells the fix of some blocking calls which timeouts to set: one that an asynchronous call without a token ignores would be SLA2006's next finding.
    /// </summary>
    public static ImmutableDictionary<string, string?> PropertiesFor(IReadOnlyList<NetworkCall> calls, NetworkObject networkObject, TimeoutContext context)
    {
        var ignoresReads = IsIgnored(BoundVerb.Reads, networkObject, context);
        var ignoresWrites = IsIgnored(BoundVerb.Writes, networkObject, context);
        if (!ignoresReads && !ignoresWrites)
        {
            return ImmutableDictionary<string, string?>.Empty;
        }

        var needsReads = false;
        foreach (var call in calls)
        {
            needsReads |= call.Verb != UseVerb.Writes;
        }

        return ImmutableDictionary<string, string?>.Empty.Add(SettableTimeouts, ignoresReads ? (needsReads || ignoresWrites ? OfNothing : OfWrites) : OfReads);
    }

    /// <summary>The same for the fix that replaces one timeout.</summary>
    public static ImmutableDictionary<string, string?> PropertiesFor(BoundVerb verb, NetworkObject networkObject, TimeoutContext context) =>
        IsIgnored(verb, networkObject, context) ? ImmutableDictionary<string, string?>.Empty.Add(SettableTimeouts, OfNothing) : ImmutableDictionary<string, string?>.Empty;

    private static bool IsIgnored(BoundVerb verb, NetworkObject networkObject, TimeoutContext context)
    {
        foreach (var call in context.FactsOf(networkObject).Calls)
        {
            // What signals end the calls of another type is not asked.
            if (call is { Verb: UseVerb.Reads or UseVerb.Writes or UseVerb.Handshakes, Style: UseStyle.Awaitable or UseStyle.Begun, Token: not TokenUse.Given, IsWithin: false }
                && BoundOf(call) == verb
                && (call.Function.Home != context.Uses || IsUnbounded(call, networkObject, context)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the type sets a finite timeout for what the call does, or one that is no constant.</summary>
    public static BoundSetting? TimeoutFor(NetworkCall call, ObjectFacts facts) =>
        facts.FirstSetting(setting => setting.Verb == BoundOf(call) && setting.Value != BoundValue.Infinite && !IsForwarded(setting));
}
