using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.Streaming;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2007: asynchronous network I/O with no bound at all: no token, no keep-alive, no bounded wait.
/// <para>
/// A pending receive keeps its socket alive: the garbage collector does not close it, and a peer that has vanished never completes it. No thread hangs,
/// so nobody notices before the descriptors run out.
/// </para>
/// <example><c>var read = await stream.ReadAsync(buffer);</c></example>
/// <para>
/// It is a suggestion, as a peer that waits for long may be meant. What is given to the code counts when its type is one of the network (a
/// <c>NetworkStream</c>, a <c>Socket</c>, a <c>WebSocket</c>): the call is unbounded whoever made the socket, and who sets a keep-alive commonly does so
/// where it is made, so callers in the compilation are looked at, and what comes from or goes to code that cannot be read only where the bound could
/// not be a keep-alive's is passed over. Accepts wait by design, and datagrams but for the answer to a question that the same function has sent; a <c>Stream</c> may be anything.
/// </para>
/// <para>
/// Known gaps: <c>BeginRead</c> and <c>SocketAsyncEventArgs</c> take no token, so nothing is suggested there.
/// </para>
/// </summary>
internal static class SLA2007AsyncWithoutBound
{
    public const string Id = "SLA2007";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Asynchronous network call without a bound",
        messageFormat: "{0} on {1} has no cancellation token, time limit or keep-alive: it waits for ever if the peer is gone",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A pending asynchronous call keeps its socket open for as long as the peer stays silent.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, HashSet<IOperation> reported, Action<Diagnostic> report)
    {
        foreach (var networkObject in context.Uses.Objects)
        {
            if (networkObject.Sort is not (NetworkSort.Connection or NetworkSort.Datagrams) || networkObject.Facts.Kind is not (ResourceKind.Socket or ResourceKind.Stream or ResourceKind.WebSocket))
            {
                continue;
            }

            var groups = new CallGroups();
            foreach (var call in networkObject.Calls)
            {
                if (call.Style == UseStyle.Awaitable
                    && (networkObject.Sort != NetworkSort.Datagrams || DatagramWords.IsWaitForAnswer(call, networkObject))
                    && AsyncBounds.IsUnbounded(call, networkObject, context)
                    && !IsKept(call, networkObject, context)
                    && !SLA3002ClientGoneUnseen.IsWaitOfHandler(call, context))
                {
                    groups.Add(call);
                }
            }

            foreach (var group in groups.All)
            {
                // What SLA2006 says of a call is not said twice.
                if (reported.Add(group[0].Operation))
                {
                    var others = new List<Location>();
                    CallGroups.AddOthers(group, others);
                    report(Diagnostic.Create(Descriptor, UseWords.Place(group[0]), others, UseWords.Call(group[0]), UseWords.Subject(networkObject)));
                }
            }
        }
    }

    private static bool IsKept(NetworkCall call, NetworkObject networkObject, TimeoutContext context)
    {
        var facts = context.FactsOf(networkObject);
        return facts.Bounds(BoundVerb.Alive)
            || facts.MayBeSetElsewhere
            || facts.MayBeMadeElsewhere
            || facts.Bounds(AsyncBounds.BoundOf(call))
            || context.IsEndedFromOutside(call, networkObject);
    }
}
