using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.Streaming;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2003: the body of a response that is not buffered is read without a cancellation token.
/// <para>
/// <c>HttpClient.Timeout</c>, and a token that was given to the request, end with the headers. A server that sends headers and falls silent holds the
/// reader and its connection for as long as TCP does, which for a connection that only receives is for ever.
/// </para>
/// <example><c>using var r = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token); return await r.Content.ReadAsStringAsync();</c></example>
/// <para>Known gaps: a stream that is given to another package, and a body that a constructor hands to its base class, are not followed.</para>
/// </summary>
internal static class SLA2003UnboundedBodyRead
{
    public const string Id = "SLA2003";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Streamed body read without a cancellation token",
        messageFormat: "{0} reads {1} without a cancellation token: HttpClient.Timeout does not cover a streamed body",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The body of a response that is not buffered comes after HttpClient.Timeout has ended: only a token that is given to the read bounds it.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        HashSet<IOperation>? reported = null;
        foreach (var response in context.Uses.Objects)
        {
            if (ByMethod(response) is not { Count: > 0 } methods || !IsUnbuffered(response, context) || context.IsClosedBySignal(response))
            {
                continue;
            }

            foreach (var reads in methods)
            {
                Report(reads, Subject(response), context, ref reported, report);
            }
        }

        foreach (var call in context.Uses.Calls)
        {
            // The sequence reads a body that nobody else sees.
            if (call is { Verb: UseVerb.Requests, IsSequence: true, Function.Root.IsInherited: false } && HttpWords.IsRequestWithoutToken(call))
            {
                Report(new List<NetworkCall> { call }, "a streamed body", context, ref reported, report);
            }
        }
    }

    /// <summary>"the body of 'response' (HttpResponseMessage)", "the response body 'stream' (Stream)", or "the response body" where it has no name.</summary>
    private static string Subject(NetworkObject response)
    {
        var subject = UseWords.Subject(response);
        return !LeakWords.TypeName(response.Type).EndsWith("Stream", StringComparison.Ordinal) ? "the body of " + subject
            : subject.StartsWith("'", StringComparison.Ordinal) ? "the response body " + subject
            : "the response body";
    }

    /// <summary>A response of this type, or one that another type gives to a method of this one.</summary>
    private static bool IsUnbuffered(NetworkObject response, TimeoutContext context) =>
        response is { Origin: ObjectOrigin.Parameter, Symbol: IParameterSymbol parameter }
            ? context.Store.GivenResponses.Contains(parameter, context.CancellationToken)
            : HttpResponses.IsUnbuffered(response, context.Store, context.CancellationToken);

    private static void Report(List<NetworkCall> reads, string subject, TimeoutContext context, ref HashSet<IOperation>? reported, Action<Diagnostic> report)
    {
        reads.RemoveAll(read => SLA3002ClientGoneUnseen.IsWaitOfHandler(read, context));
        if (reads.Count == 0 || !(reported ??= new HashSet<IOperation>()).Add(FirstOf(reads).Operation))
        {
            return;
        }

        var first = FirstOf(reads);
        var others = new List<Location>();
        foreach (var read in reads)
        {
            if (read != first)
            {
                others.Add(UseWords.Place(read));
            }
        }

        report(Diagnostic.Create(Descriptor, UseWords.Place(first), others, UseWords.Call(first), subject));
    }

    /// <summary>A test for the end reads ahead, but the read behind it is where a token can be given.</summary>
    private static NetworkCall FirstOf(List<NetworkCall> reads)
    {
        foreach (var read in reads)
        {
            if (read.Member is IMethodSymbol)
            {
                return read;
            }
        }

        return reads[0];
    }

    private static List<List<NetworkCall>> ByMethod(NetworkObject response)
    {
        var methods = new List<List<NetworkCall>>();
        foreach (var call in response.Calls)
        {
            if (!IsUnbounded(call) || IsFromBuffer(call, response))
            {
                continue;
            }

            var isAdded = false;
            foreach (var reads in methods)
            {
                if (reads[0].Function.Root == call.Function.Root)
                {
                    reads.Add(call);
                    isAdded = true;
                    break;
                }
            }

            if (!isAdded)
            {
                methods.Add(new List<NetworkCall> { call });
            }
        }

        return methods;
    }

    private static bool IsUnbounded(NetworkCall call) =>
        call is { Verb: UseVerb.Reads, Token: not TokenUse.Given, MayBeBoundedElsewhere: false, Function.Root.IsInherited: false }
        && call.BoundedWaits.Count == 0
        && (!call.IsSequence || call.IsEnumerated)
        && !IsBoundedByCallers(call.Function)
        && !AsyncBounds.ForwardsForStream(call.Function.Root.Symbol);

    /// <summary>Every caller waits for the function with a deadline.</summary>
    private static bool IsBoundedByCallers(CodeFunction function)
    {
        if (function.IsVisibleOutside || function.CallSites.Count == 0)
        {
            return false;
        }

        foreach (var site in function.CallSites)
        {
            if (site.BoundedWaits.Count == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the body has been read into memory, with a token, by a read ahead of this one.</summary>
    private static bool IsFromBuffer(NetworkCall read, NetworkObject response)
    {
        foreach (var call in response.Calls)
        {
            if (call is { Token: TokenUse.Given, Member: { Name: "LoadIntoBufferAsync" or "ReadAsStringAsync" or "ReadAsByteArrayAsync", ContainingType.Name: "HttpContent" } }
                && call.Function == read.Function
                && call.Operation.Syntax.Span.End < read.Operation.Syntax.SpanStart
                && IsAheadOf(call.Operation, read.Operation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAheadOf(IOperation earlier, IOperation later)
    {
        var child = earlier;
        for (var block = earlier.Parent; block is not null; child = block, block = block.Parent)
        {
            switch (block)
            {
                case IBlockOperation:
                    return block.Syntax.Span.Contains(later.Syntax.Span);

                // A branch without braces.
                case IConditionalOperation conditional when child != conditional.Condition:
                case ISwitchExpressionArmOperation:
                    return child.Syntax.Span.Contains(later.Syntax.Span);
            }
        }

        return false;
    }
}
