using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2005: connecting with nothing that ends the attempt.
/// <para>
/// A server that is down answers at once; one behind a firewall that drops, or that accepts and says nothing, does not. The operating system gives up a
/// TCP connect after one to several minutes, a pipe or the handshake of a WebSocket never. <c>SendTimeout</c> and <c>ReceiveTimeout</c> are not for it.
/// </para>
/// <example><c>using var client = new TcpClient(host, 443);</c></example>
/// <para>
/// What bounds it: a token, a time-out argument, a bounded wait around it whose time-out closes the client, a token registration or a timer that closes
/// it. Only where the time-out closes the client is the attempt over: else it goes on, and its descriptor with it. Nobody can close what a constructor
/// still connects, and the stream of a client is there only when it has connected.
/// </para>
/// <para>
/// Known gaps: <c>SocketAsyncEventArgs</c>, whose end is somewhere else; a socket that was given and of which nothing tells whether it speaks TCP.
/// </para>
/// </summary>
internal static class SLA2005UnboundedConnect
{
    public const string Id = "SLA2005";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Connecting without a time limit",
        messageFormat: "{0} has no time limit: {1} {2}",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Without a token or a timeout, connecting lasts for as long as the operating system tries, or for ever.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        HashSet<IOperation>? reported = null;
        foreach (var networkObject in context.Uses.Objects)
        {
            if (!networkObject.IsNetwork || networkObject.Sort is NetworkSort.Datagrams or NetworkSort.Local)
            {
                continue;
            }

            var groups = new CallGroups();
            foreach (var call in networkObject.Calls)
            {
                if (call is { Verb: UseVerb.Connects, Style: not UseStyle.Event, IsWithin: false, IsLocal: false, Function.Root.IsInherited: false }
                    && call.Token != TokenUse.Given
                    && IsUnbounded(call, networkObject, context))
                {
                    groups.Add(call);
                }
            }

            foreach (var group in groups.All)
            {
                if ((reported ??= new HashSet<IOperation>()).Add(group[0].Operation))
                {
                    var others = new List<Location>();
                    CallGroups.AddOthers(group, others);
                    report(Diagnostic.Create(Descriptor, UseWords.Place(group[0]), others, UseWords.Call(group[0]), UseWords.Subject(networkObject), Lasts(networkObject)));
                }
            }
        }
    }

    private static string Lasts(NetworkObject networkObject) => networkObject switch
    {
        { Sort: NetworkSort.Pipe } => "waits for ever where no server opens the pipe",
        { Facts.Kind: ResourceKind.WebSocket } => "waits for ever where the server accepts and does not answer",
        _ => "waits for minutes where nothing answers",
    };

    // A socket of which nobody here sees how it is made may be for datagrams, or of this machine, or non-blocking: a TcpClient is none of these.
    // A pipe that is disposed while it looks for its server looks on: there is nothing yet that could be closed.
    private static bool IsUnbounded(NetworkCall call, NetworkObject networkObject, TimeoutContext context)
    {
        // What is begun on a socket that was given is waited for where it was made.
        if ((call.Style == UseStyle.Begun && !networkObject.IsOwn)
            || call.MayBeBoundedElsewhere
            || (!call.IsBirth && context.FactsOf(networkObject).MayBeNonBlocking)
            || (networkObject is { Origin: ObjectOrigin.Returned, Type.Name: "Socket" } && context.FactsOf(networkObject).MayBeMadeElsewhere)
            || (networkObject.Sort != NetworkSort.Pipe && context.IsClosedBySignal(call, networkObject)))
        {
            return false;
        }

        return call.BoundedWaits.Count > 0 ? !IsClosedOnTimeout(call, networkObject, context) : !context.IsBoundedByCallers(call);
    }

    /// <summary>
    /// Whether somebody closes the client when the wait is over: here, or, of a client that is kept or was given, its owner wherever that is.
    /// </summary>
    private static bool IsClosedOnTimeout(NetworkCall call, NetworkObject networkObject, TimeoutContext context)
    {
        if (!networkObject.IsOwn || networkObject.IsGivenToUnknown)
        {
            return true;
        }

        return context.FactsOf(networkObject).Closings.Count > 0;
    }
}
