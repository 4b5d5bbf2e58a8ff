using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>Questions about clients, requests and responses that the rules on HTTP share.</summary>
internal static class HttpWords
{
    /// <summary>An <c>HttpClient</c> or an <c>HttpMessageInvoker</c>.</summary>
    public static bool IsClient(NetworkObject networkObject, KnownTypes known) =>
        known.HttpMessageInvoker is { } invoker && SymbolWords.DerivesFrom(networkObject.Type, invoker);

    /// <summary>A request to which no token is given; a sequence that is only handed on may yet be given one.</summary>
    public static bool IsRequestWithoutToken(NetworkCall call) =>
        call is { Verb: UseVerb.Requests, Token: not TokenUse.Given } && (!call.IsSequence || (call.IsEnumerated && call.BoundedWaits.Count == 0));
}
