using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>Questions about clients, requests and responses that the rules on HTTP share.</summary>
internal static class HttpWords
{
    private const int MaxHelpers = 6;

    /// <summary>An <c>HttpClient</c> or an <c>HttpMessageInvoker</c>.</summary>
    public static bool IsClient(NetworkObject networkObject, KnownTypes known) =>
        known.HttpMessageInvoker is { } invoker && SymbolWords.DerivesFrom(networkObject.Type, invoker);

    /// <summary>A request to which no token is given; a sequence that is only handed on may yet be given one.</summary>
    public static bool IsRequestWithoutToken(NetworkCall call) =>
        call is { Verb: UseVerb.Requests, Token: not TokenUse.Given } && (!call.IsSequence || (call.IsEnumerated && call.BoundedWaits.Count == 0));

    /// <summary>A response whose body is still on the wire, or the stream of one; also from a method of another type of the compilation.</summary>
    public static bool IsUnbuffered(NetworkObject networkObject, UseStore store, CancellationToken cancellationToken) =>
        IsUnbuffered(networkObject, store, MaxHelpers, cancellationToken);

    private static bool IsUnbuffered(NetworkObject networkObject, UseStore store, int depth, CancellationToken cancellationToken)
    {
        if (networkObject.Site is not IInvocationOperation { TargetMethod: { } method })
        {
            return false;
        }

        switch (networkObject.Origin)
        {
            case ObjectOrigin.Opened:
                return IsSending(method, store.Context.Known) && !MayBufferAfterAll(networkObject.Site, method, networkObject, store.Context.Known);
            case ObjectOrigin.Returned when depth > 0 && store.Context.HasCode(method):
                return IsReturnedUnbuffered((method.ReducedFrom ?? method).OriginalDefinition, store, depth - 1, cancellationToken);
            default:
                return false;
        }
    }

    private static bool IsReturnedUnbuffered(IMethodSymbol helper, UseStore store, int depth, CancellationToken cancellationToken)
    {
        if (helper.IsAbstract || helper.IsVirtual || helper.IsOverride || helper.ContainingType is not { } type)
        {
            return false;
        }

        var isUnbuffered = false;
        foreach (var returned in store.Get(type, cancellationToken).Objects)
        {
            if (!returned.Places.Contains(helper))
            {
                continue;
            }

            if (!IsUnbuffered(returned, store, depth, cancellationToken))
            {
                return false;
            }

            isUnbuffered = true;
        }

        return isUnbuffered;
    }

    private static bool IsSending(IMethodSymbol method, KnownTypes known) =>
        method.ContainingType is { } type
        && ((known.HttpMessageInvoker is { } invoker && SymbolWords.DerivesFrom(type, invoker)) || known.IsHttpHandler(type));

    /// <summary>What is declared as an invoker can be a client, and that buffers.</summary>
    private static bool MayBufferAfterAll(IOperation site, IMethodSymbol method, NetworkObject response, KnownTypes known)
    {
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingType, known.HttpMessageInvoker))
        {
            return false;
        }

        foreach (var sender in response.SentBy)
        {
            if (known.IsHttpClient(sender.Type))
            {
                return true;
            }
        }

        return false;
    }
}
