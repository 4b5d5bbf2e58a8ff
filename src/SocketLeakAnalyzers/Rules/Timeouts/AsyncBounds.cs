using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>What SLA2006 and SLA2007 have in common: asynchronous calls that nothing ends.</summary>
internal static class AsyncBounds
{
    /// <summary>Whether the call reads, writes or shakes hands asynchronously, without a token and without a bounded wait around it.</summary>
    public static bool IsUnbounded(NetworkCall call, NetworkObject networkObject, TimeoutContext context) =>
        call is { Verb: UseVerb.Reads or UseVerb.Writes or UseVerb.Handshakes, IsWithin: false, Function.Root.IsInherited: false }
        && call.Style is UseStyle.Awaitable or UseStyle.Begun
        && call.Token != TokenUse.Given
        && !context.IsClosedBySignal(call, networkObject)
        && !context.IsBoundedOutside(call);

    /// <summary>A setter that hands its value on sets nothing until somebody calls it.</summary>
    private static bool IsForwarded(BoundSetting setting) =>
        setting is { Value: BoundValue.Unknown, Function.Symbol: IMethodSymbol { MethodKind: MethodKind.PropertySet } };

    /// <summary>What bounds the blocking calls that do the same.</summary>
    public static BoundVerb BoundOf(NetworkCall call) => call.Verb == UseVerb.Writes ? BoundVerb.Writes : BoundVerb.Reads;

    /// <summary>Whether the type sets a finite timeout for what the call does, or one that is no constant.</summary>
    public static BoundSetting? TimeoutFor(NetworkCall call, ObjectFacts facts)
    {
        foreach (var setting in facts.Settings)
        {
            if (setting.Verb == BoundOf(call) && setting.Value != BoundValue.Infinite && !IsForwarded(setting))
            {
                return setting;
            }
        }

        return null;
    }
}
