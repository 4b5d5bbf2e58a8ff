using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2004: a blocking read, write or TLS handshake on a socket that the code made or accepted, and on which no timeout is ever set.
/// <para>
/// The defaults are infinite: a peer that goes silent without closing (a pulled cable, a frozen process, a firewall that drops) keeps the thread,
/// and the socket with it, for ever. A poller that starts a thread per peer runs out of both.
/// </para>
/// <example><c>using var client = new TcpClient(host, 25); client.GetStream().Read(buffer);</c></example>
/// <para>
/// What is given to the code (a parameter, a field that others fill) is not reported, as others may have set its timeouts; nor is what goes to code
/// that cannot be read, as that may. A write counts only where no timeout is set in either direction: who bounds the reads has thought of it.
/// </para>
/// <para>
/// Known gaps: datagrams (a server waits for them by design), pipes (they have no timeouts), objects that another type makes and hands out.
/// </para>
/// </summary>
internal static class SLA2004BlockingWithoutTimeout
{
    public const string Id = "SLA2004";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Blocking socket call without a timeout",
        messageFormat: "{0} waits for ever when the peer goes silent: {1} has no {2} timeout",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A blocking call on a socket without a timeout keeps its thread and its socket for as long as the peer stays silent.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        HashSet<IOperation>? reported = null;
        foreach (var networkObject in context.Uses.Objects)
        {
            if (networkObject.Origin is not (ObjectOrigin.Made or ObjectOrigin.Accepted)
                || networkObject.Facts is not { Network: NetworkSort.Connection, Kind: ResourceKind.Socket or ResourceKind.Stream })
            {
                continue;
            }

            var methods = new List<(ISymbol Method, List<NetworkCall> Calls)>();
            foreach (var call in networkObject.Calls)
            {
                if (call is { Style: UseStyle.Blocking, Verb: UseVerb.Reads or UseVerb.Writes or UseVerb.Handshakes, Function.Root.IsInherited: false }
                    && !context.Replaced.Contains(call)
                    && IsUnbounded(call, networkObject, context))
                {
                    Add(methods, call);
                }
            }

            foreach (var (_, calls) in methods)
            {
                if ((reported ??= new HashSet<IOperation>()).Add(calls[0].Operation))
                {
                    report(Create(networkObject, calls));
                }
            }
        }
    }

    private static bool IsUnbounded(NetworkCall call, NetworkObject networkObject, TimeoutContext context)
    {
        var facts = context.FactsOf(networkObject);
        return !facts.MayBeSetElsewhere
            && !facts.Sets(BoundVerb.Reads)
            && (call.Verb != UseVerb.Writes || !facts.Sets(BoundVerb.Writes))
            && !context.IsClosedBySignal(networkObject)
            && !context.IsEndedFromOutside(call, networkObject);
    }

    private static void Add(List<(ISymbol Method, List<NetworkCall> Calls)> methods, NetworkCall call)
    {
        foreach (var (method, calls) in methods)
        {
            if (SymbolEqualityComparer.Default.Equals(method, call.Function.Root.Symbol))
            {
                calls.Add(call);
                return;
            }
        }

        methods.Add((call.Function.Root.Symbol, new List<NetworkCall> { call }));
    }

    private static Diagnostic Create(NetworkObject networkObject, List<NetworkCall> calls)
    {
        var others = new List<Location> { networkObject.Site!.Syntax.GetLocation() };
        for (var i = 1; i < calls.Count; i++)
        {
            others.Add(UseWords.Place(calls[i]));
        }

        return Diagnostic.Create(
            Descriptor,
            UseWords.Place(calls[0]),
            others,
            UseWords.Call(calls[0]),
            UseWords.Subject(networkObject),
            calls[0].Verb == UseVerb.Writes ? "send" : "receive");
    }
}
