using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.AbandonedWork;
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
/// What is given to the code (a parameter, a field that others fill) is reported only where code of the compilation makes it and gives it; else others
/// may have set its timeouts. What goes to code that cannot be read is not reported, as that may set them. A write counts only where no timeout is set in either direction: who bounds the reads has thought of it.
/// </para>
/// <para>
/// A datagram is waited for by design where a server does; it counts where the same function has sent the question to it.
/// </para>
/// <para>
/// Known gaps: pipes (they have no timeouts), objects that come through an interface or a delegate.
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
            if (networkObject.Sort is not (NetworkSort.Connection or NetworkSort.Local or NetworkSort.Datagrams)
                || networkObject.Facts.Kind is not (ResourceKind.Socket or ResourceKind.Stream))
            {
                continue;
            }

            var groups = new CallGroups();
            foreach (var call in networkObject.Calls)
            {
                if (call is { Style: UseStyle.Blocking, Verb: UseVerb.Reads or UseVerb.Writes or UseVerb.Handshakes, Function.Root.IsInherited: false }
                    && (networkObject.Sort != NetworkSort.Datagrams || DatagramWords.IsWaitForAnswer(call, networkObject))
                    && !context.Replaced.Contains(call)
                    && !context.Ended.Contains(call)
                    && IsUnbounded(call, networkObject, context))
                {
                    groups.Add(call);
                }
            }

            foreach (var group in groups.All)
            {
                if ((reported ??= new HashSet<IOperation>()).Add(group[0].Operation))
                {
                    report(Create(networkObject, MakerOf(networkObject, context.FactsOf(networkObject))!, group, context));
                }
            }
        }
    }

    /// <summary>The object where the code makes or accepts it: here, or where callers give it or a method returns it.</summary>
    private static NetworkObject? MakerOf(NetworkObject networkObject, ObjectFacts facts)
    {
        if (networkObject.Origin is ObjectOrigin.Made or ObjectOrigin.Accepted)
        {
            return networkObject;
        }

        foreach (var source in facts.Sources)
        {
            if (source.Origin is ObjectOrigin.Made or ObjectOrigin.Accepted)
            {
                return source;
            }
        }

        return null;
    }

    private static bool IsUnbounded(NetworkCall call, NetworkObject networkObject, TimeoutContext context)
    {
        var facts = context.FactsOf(networkObject);
        return MakerOf(networkObject, facts) is { } maker
            && !networkObject.PeekedIn.Contains(call.Function)
            && !facts.MayBeSet(BoundVerb.Reads)
            && (call.Verb != UseVerb.Writes || !facts.MayBeSet(BoundVerb.Writes))
            && !facts.MayBeMadeElsewhere
            && !facts.MayBeNonBlocking
            && !MayBeBoundedBelow(networkObject, context)
            && !context.IsClosedBySignal(call, networkObject)
            && !context.IsEndedFromOutside(call, networkObject)
            && !AbandonedElsewhere.Contains(call, context);
    }

    /// <summary>A TLS stream over a stream that other assemblies give: the timeouts of that are its own, and they may have set them.</summary>
    private static bool MayBeBoundedBelow(NetworkObject networkObject, TimeoutContext context)
    {
        foreach (var inner in networkObject.Wraps)
        {
            if (inner is { Origin: ObjectOrigin.Parameter, Symbol: IParameterSymbol { ContainingSymbol: IMethodSymbol method } }
                && IsCalledFromOutside(method)
                && MakerOf(inner, context.FactsOf(inner)) is null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCalledFromOutside(IMethodSymbol method)
    {
        for (ISymbol? symbol = method; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
            {
                return false;
            }
        }

        return true;
    }

    private static Diagnostic Create(NetworkObject networkObject, NetworkObject maker, IReadOnlyList<NetworkCall> calls, TimeoutContext context)
    {
        var others = new List<Location> { maker.Site!.Syntax.GetLocation() };
        CallGroups.AddOthers(calls, others);
        return Diagnostic.Create(
            Descriptor,
            UseWords.Place(calls[0]),
            others,
            AsyncBounds.PropertiesFor(calls, networkObject, context),
            UseWords.Call(calls[0]),
            UseWords.Subject(networkObject),
            calls[0].Verb == UseVerb.Writes ? "send" : "receive");
    }
}
