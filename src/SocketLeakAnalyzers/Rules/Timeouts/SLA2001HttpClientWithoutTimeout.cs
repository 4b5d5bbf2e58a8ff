using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.Lifetime;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// SLA2001: an <c>HttpClient</c> that the code makes and never gives a timeout, with a request that gives no token.
/// <para>
/// The default is 100 seconds for each request, and none at all for the body of a streamed response: behind a server that accepts and never answers,
/// requests pile up, each with its connection and whoever waits for it.
/// </para>
/// <example><c>static readonly HttpClient Client = new HttpClient(); … await Client.GetStringAsync(url);</c></example>
/// <para>
/// Known gaps: a client that goes to code that cannot be read is not reported, as that may configure it; nor is one over a handler of another
/// package, which may have a deadline.
/// </para>
/// </summary>
internal static class SLA2001HttpClientWithoutTimeout
{
    public const string Id = "SLA2001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "HttpClient without a timeout of its own",
        messageFormat: "{0} is given no timeout and {1} no cancellation token: a server that never answers holds the request {2}",
        RuleCategory.Timeouts,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The default timeout of an HttpClient is 100 seconds, and does not bound the body of a streamed response: set one where the client is made, or give every request a token.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        var obligations = context.Store.Context;
        foreach (var client in context.Uses.Objects)
        {
            if (client is not { Origin: ObjectOrigin.Made, Facts.Kind: ResourceKind.Http, Site: IObjectCreationOperation creation, Function: { } function }
                || function.Root.IsInherited
                || !HttpWords.IsClient(client, obligations.Known))
            {
                continue;
            }

            var facts = context.FactsOf(client);
            if (obligations.IsTestAssembly
                || TestCode.IsTest(function.Symbol)
                || facts.MayBeSet(BoundVerb.Requests)
                || FirstRequest(facts) is not { } request
                || HttpHandlerChain.MayEndRequests(creation, obligations, context.CancellationToken)
                || ClientPerCall.IsReported(creation, function.Root.Symbol, obligations, context.CancellationToken))
            {
                continue;
            }

            report(Diagnostic.Create(
                Descriptor,
                creation.Syntax.GetLocation(),
                new[] { UseWords.Place(request) },
                UseWords.Subject(client),
                UseWords.CallOnLine(request, creation.Syntax.GetLocation()),
                obligations.Known.IsHttpClient(client.Type) ? "for 100 seconds" : "for ever"));
        }
    }

    private static NetworkCall? FirstRequest(ObjectFacts facts)
    {
        foreach (var call in facts.Calls)
        {
            if (HttpWords.IsRequestWithoutToken(call))
            {
                return call;
            }
        }

        return null;
    }
}
