using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.Streaming;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2006: an asynchronous call without a token on a socket or stream that is given a timeout.
/// <para>
/// <c>ReceiveTimeout</c>, <c>SendTimeout</c>, <c>ReadTimeout</c> and <c>WriteTimeout</c> are for blocking calls: the asynchronous ones ignore them. The
/// author wrote a bound, sees it in review, and it does nothing. That is how a library loses its timeouts when it is made asynchronous.
/// </para>
/// <example><c>client.ReceiveTimeout = 5000; await client.GetStream().ReadAsync(buffer);</c></example>
/// <para>
/// On .NET Framework the <c>Timeout</c> of an <c>HttpWebRequest</c> is such a one too: it is for <c>GetResponse</c>. What aborts the request anywhere is its bound.
/// </para>
/// <para>
/// A receive or read timeout speaks for reads and handshakes, a send or write timeout for writes. A timeout that is infinite is none.
/// </para>
/// </summary>
internal static class SLA2006TimeoutIgnoredByAsync
{
    public const string Id = "SLA2006";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Timeout that an asynchronous call ignores",
        messageFormat: "{0} ignores the {1} of {2}, which limits blocking calls only, and has no cancellation token",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The timeouts of sockets and streams bound their blocking calls only. An asynchronous call needs a token that is cancelled in time.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, HashSet<IOperation> reported, Action<Diagnostic> report)
    {
        foreach (var networkObject in context.Uses.Objects)
        {
            var isRequest = IsWebRequest(networkObject, context);
            if (!isRequest
                && (networkObject.Sort is not (NetworkSort.Connection or NetworkSort.Datagrams or NetworkSort.Local)
                    || networkObject.Facts.Kind is not (ResourceKind.Socket or ResourceKind.Stream)))
            {
                continue;
            }

            var groups = new CallGroups();
            foreach (var call in networkObject.Calls)
            {
                if ((isRequest
                        ? IsUnboundedRequest(call, networkObject, context)
                        : AsyncBounds.IsWithoutToken(call) && AsyncBounds.TimeoutFor(call, context.FactsOf(networkObject)) is not null && AsyncBounds.IsUnbounded(call, networkObject, context))
                    && !SLA3002ClientGoneUnseen.IsWaitOfHandler(call, context))
                {
                    groups.Add(call);
                }
            }

            foreach (var group in groups.All)
            {
                if (reported.Add(group[0].Operation))
                {
                    var others = new List<Location>();
                    CallGroups.AddOthers(group, others);
                    var facts = context.FactsOf(networkObject);
                    var setting = (isRequest ? TimeoutOfRequest(facts) : AsyncBounds.TimeoutFor(group[0], facts))!;
                    report(Diagnostic.Create(Descriptor, UseWords.Place(group[0]), others, UseWords.Call(group[0]), NameOf(setting), UseWords.Subject(networkObject)));
                }

                foreach (var call in group)
                {
                    reported.Add(call.Operation);
                }
            }
        }
    }

    /// <summary>An <c>HttpWebRequest</c> of .NET Framework, whose <c>Timeout</c> has no effect on its asynchronous calls; elsewhere it bounds them too.</summary>
    private static bool IsWebRequest(NetworkObject networkObject, TimeoutContext context) =>
        context.Store.Context.Model.IsNetFramework && networkObject.Type is { Name: "HttpWebRequest" or "WebRequest", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } };

    /// <summary>What aborts the request is its bound, wherever it stands; so may be what the request goes to.</summary>
    private static bool IsUnboundedRequest(NetworkCall call, NetworkObject networkObject, TimeoutContext context) =>
        call is { Verb: UseVerb.Requests, Style: UseStyle.Awaitable or UseStyle.Begun, Function.Root.IsInherited: false }
        && context.FactsOf(networkObject) is var facts
        && TimeoutOfRequest(facts) is not null
        && !facts.MayBeSetElsewhere
        && facts.Endings.Count == 0
        && !context.Uses.HasUnknownSignal(call.Function)
        && !context.IsBoundedOutside(call);

    private static BoundSetting? TimeoutOfRequest(ObjectFacts facts) => facts.FirstSetting(
        static setting => setting is { Verb: BoundVerb.Requests, Value: not BoundValue.Infinite } && NameOf(setting) == "Timeout");

    /// <summary>"ReceiveTimeout".</summary>
    private static string NameOf(BoundSetting setting) => setting.Operation switch
    {
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: var name } } => name,
        IPropertyReferenceOperation { Property.Name: var name } => name,
        _ => setting.Verb == BoundVerb.Writes ? "SendTimeout" : "ReceiveTimeout",
    };
}
