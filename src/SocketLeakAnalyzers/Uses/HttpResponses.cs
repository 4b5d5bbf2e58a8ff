using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Tells the responses whose body is still on the wire: what a client opens for the headers alone, what an invoker or a handler sends, and what methods
/// of the compilation return of these. A response that may also be buffered is taken to be.
/// </summary>
internal static class HttpResponses
{
    private const int MaxHelpers = 6;

    /// <summary><c>HttpCompletionOption.ResponseHeadersRead</c>.</summary>
    private const int HeadersOnly = 1;

    /// <summary>A response whose body is still on the wire, or the stream of one; also from a method of another type of the compilation.</summary>
    public static bool IsUnbuffered(NetworkObject networkObject, UseStore store, CancellationToken cancellationToken) =>
        IsUnbuffered(networkObject, store, MaxHelpers, cancellationToken);

    private static bool IsUnbuffered(NetworkObject networkObject, UseStore store, int depth, CancellationToken cancellationToken)
    {
        if (networkObject.Site is not IInvocationOperation { TargetMethod: { } method } call)
        {
            return false;
        }

        switch (networkObject.Origin)
        {
            case ObjectOrigin.Opened:
                return IsSending(method, store.Context.Known) && !MayBufferAfterAll(networkObject.Site, method, networkObject, store.Context.Known);
            case ObjectOrigin.Returned when depth > 0 && store.Context.HasCode(method):
                return IsReturnedUnbuffered((method.ReducedFrom ?? method).OriginalDefinition, call, store, depth - 1, cancellationToken);
            case ObjectOrigin.Returned when OptionOf(networkObject, store) is { } option:
                return IsAlwaysForHeaders(option, networkObject);
            default:
                return false;
        }
    }

    /// <summary>The parameter of a method around a request by which the caller says whether its response is buffered; null where the request says it itself.</summary>
    private static IParameterSymbol? OptionOf(NetworkObject response, UseStore store) =>
        response.Site is IInvocationOperation { TargetMethod: { } method } call
        && IsSending(method, store.Context.Known)
        && store.Context.Model.GetMemberFacts(method).ReturnsCondition is { } condition
        && OperationWords.ArgumentAt(call.Arguments, condition.Ordinal)?.Value.WithoutConversions() is IParameterReferenceOperation { Parameter: var option }
            ? option
            : null;

    /// <summary>Whether every call of a function that only its type can call asks for the headers alone.</summary>
    private static bool IsAlwaysForHeaders(IParameterSymbol option, NetworkObject response)
    {
        var function = response.Function;
        while (function is not null && !SymbolEqualityComparer.Default.Equals(function.Symbol, option.ContainingSymbol.OriginalDefinition))
        {
            function = function.Parent;
        }

        if (function is null or { IsVisibleOutside: true } or { IsGivenToUnknown: true } or { CallSites.Count: 0 })
        {
            return false;
        }

        foreach (var site in function.CallSites)
        {
            if (site.Operation is not IInvocationOperation call || !IsForHeaders(call, option))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsForHeaders(IInvocationOperation call, IParameterSymbol option) =>
        OperationWords.ArgumentAt(call.Arguments, option.Ordinal)?.Value.WithoutConversions().ConstantValue is { HasValue: true, Value: HeadersOnly };

    private static bool IsReturnedUnbuffered(IMethodSymbol helper, IInvocationOperation call, UseStore store, int depth, CancellationToken cancellationToken)
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

            // Where the helper leaves it to its caller, this call says it.
            var isForHeaders = OptionOf(returned, store) is { } option && SymbolEqualityComparer.Default.Equals(option.ContainingSymbol.OriginalDefinition, helper)
                ? IsForHeaders(call, option)
                : IsUnbuffered(returned, store, depth, cancellationToken);
            if (!isForHeaders)
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
