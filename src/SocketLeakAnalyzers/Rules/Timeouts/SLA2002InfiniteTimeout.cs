using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2002: a timeout that is set to infinite, on something whose calls carry no cancellation token.
/// <para>
/// It is often set for one slow call, and then holds for every other: a peer that is gone without a word keeps the thread or task, and the
/// connection with it, for ever.
/// </para>
/// <example><c>client.Timeout = Timeout.InfiniteTimeSpan; … await client.GetStringAsync(url);</c></example>
/// <para>Known gaps: a timeout that a configuration makes infinite is not seen, nor is a choice between infinite and finite.</para>
/// </summary>
internal static class SLA2002InfiniteTimeout
{
    public const string Id = "SLA2002";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Timeout set to infinite",
        messageFormat: "'{0}' of {1} is infinite, and nothing else limits how long {2} waits",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Without a timeout, and without a cancellation token, a call waits for as long as the peer is silent.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        HashSet<IOperation>? reported = null;
        foreach (var networkObject in context.Uses.Objects)
        {
            foreach (var setting in networkObject.Settings)
            {
                if (setting.Value == BoundValue.Infinite
                    && !setting.Function.Root.IsInherited
                    && reported?.Contains(setting.Operation) != true
                    && !IsSetOtherwise(setting, networkObject)
                    && !IsForDebugger(setting.Operation)
                    && FirstUnbounded(setting, networkObject, context) is { } call)
                {
                    (reported ??= new HashSet<IOperation>()).Add(setting.Operation);
                    report(Diagnostic.Create(Descriptor, setting.Operation.Syntax.GetLocation(), new[] { UseWords.Place(call) }, AsyncBounds.PropertiesFor(setting.Verb, networkObject, context), NameOf(setting), UseWords.Subject(networkObject), UseWords.CallOnLine(call, setting.Operation.Syntax.GetLocation())));
                }
            }
        }
    }

    /// <summary>A call that the timeout would have bounded, and that nothing else does.</summary>
    private static NetworkCall? FirstUnbounded(BoundSetting infinite, NetworkObject networkObject, TimeoutContext context)
    {
        if ((networkObject.Site is { } site && HttpHandlerChain.MayEndRequests(site, context.Store.Context, context.CancellationToken))
            || context.FactsOf(networkObject) is not { MayBeSetElsewhere: false } facts
            || context.IsClosedBySignal(networkObject))
        {
            return null;
        }

        foreach (var call in facts.Calls)
        {
            if (call is { Token: not TokenUse.Given, IsWithin: false } && IsBoundBy(infinite.Verb, call) && !IsBefore(call, infinite) && !context.IsEndedFromOutside(call, networkObject))
            {
                return call;
            }
        }

        return null;
    }

    /// <summary>A call that has ended when the function comes to set the timeout, and does not come round again.</summary>
    private static bool IsBefore(NetworkCall call, BoundSetting infinite)
    {
        if (call.Function != infinite.Function || call.Operation.Syntax.Span.End > infinite.Operation.Syntax.SpanStart)
        {
            return false;
        }

        for (var operation = infinite.Operation.Parent; operation is not null; operation = operation.Parent)
        {
            if (operation is ILoopOperation && operation.Syntax.Span.Contains(call.Operation.Syntax.Span))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBoundBy(BoundVerb verb, NetworkCall call) => verb switch
    {
        BoundVerb.Requests => call.Style != UseStyle.Begun && HttpWords.IsRequestWithoutToken(call),

        // The timeouts of sockets and streams are for the blocking calls.
        BoundVerb.Reads => call is { Style: UseStyle.Blocking, Verb: UseVerb.Reads or UseVerb.Handshakes },
        BoundVerb.Writes => call is { Style: UseStyle.Blocking, Verb: UseVerb.Writes },
        _ => false,
    };

    /// <summary>
    /// Whether the value does not stay: the same function sets another behind it. A request's timeout may also be set by other code before the first
    /// request; of a socket's the last one in the function is taken to hold.
    /// </summary>
    private static bool IsSetOtherwise(BoundSetting infinite, NetworkObject networkObject)
    {
        var isBehind = false;
        foreach (var setting in networkObject.Settings)
        {
            if (setting == infinite)
            {
                isBehind = true;
            }
            else if (setting.Verb == infinite.Verb && setting.Value != BoundValue.Infinite)
            {
                if (setting.Function == infinite.Function ? isBehind && Covers(setting.Operation, infinite.Operation) : infinite.Verb == BoundVerb.Requests)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whoever steps through the code does not want it to time out.</summary>
    private static bool IsForDebugger(IOperation setting)
    {
        for (var operation = setting.Parent; operation is not null; operation = operation.Parent)
        {
            if (operation is IConditionalOperation { Condition: var condition })
            {
                foreach (var part in condition.DescendantsAndSelf())
                {
                    if (part is IPropertyReferenceOperation { Property: { Name: "IsAttached", ContainingType.Name: "Debugger" } })
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Whether a later statement runs whenever an earlier one has: no branch stands around it that does not stand around both.</summary>
    private static bool Covers(IOperation later, IOperation earlier)
    {
        for (var block = later.Parent; block is not null; block = block.Parent)
        {
            if (block is IBlockOperation or IObjectOrCollectionInitializerOperation)
            {
                return block.Syntax.Span.Contains(earlier.Syntax.Span);
            }
        }

        return false;
    }

    private static string NameOf(BoundSetting setting) => setting.Operation switch
    {
        IAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: var name } } => name,
        IPropertyReferenceOperation { Property.Name: var name } => name,
        IInvocationOperation { TargetMethod.Name: "SetSocketOption" } => setting.Verb == BoundVerb.Writes ? "SendTimeout" : "ReceiveTimeout",
        IInvocationOperation { TargetMethod.Name: var name } => name,
        _ => "Timeout",
    };
}
