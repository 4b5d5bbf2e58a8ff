using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Questions about types that several fixes ask.</summary>
internal static class TypeWords
{
    public static bool IsTaskLike(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" or "TaskAwaiter" or "ValueTaskAwaiter" or "ConfiguredTaskAwaiter" or "ConfiguredValueTaskAwaiter" } named
        && IsInSystem(named.ContainingNamespace);

    /// <summary>Whether a value of this type stands for work that may not be done yet.</summary>
    public static bool IsUnfinished(ITypeSymbol? type) => IsTaskLike(type) || (type is { Name: "IAsyncResult", TypeKind: TypeKind.Interface } && IsInSystem(type.ContainingNamespace));

    /// <summary>Whether a value of this type, got from a resource, can still use the resource later.</summary>
    public static bool MayBeView(ITypeSymbol? type, Compilation compilation)
    {
        switch (type)
        {
            case null or IErrorTypeSymbol or IDynamicTypeSymbol:
                return true;
            case IArrayTypeSymbol array:
                return MayBeView(array.ElementType, compilation);
            case IPointerTypeSymbol or IFunctionPointerTypeSymbol:
                return true;
            case INamedTypeSymbol named:
                if (named.SpecialType is not SpecialType.None and not SpecialType.System_Collections_IEnumerable and not SpecialType.System_Collections_IEnumerator
                    and not SpecialType.System_Collections_Generic_IEnumerable_T and not SpecialType.System_Collections_Generic_IEnumerator_T
                    and not SpecialType.System_IDisposable and not SpecialType.System_Delegate and not SpecialType.System_MulticastDelegate
                    and not SpecialType.System_Nullable_T)
                {
                    return false;
                }

                if (named.TypeKind == TypeKind.Enum)
                {
                    return false;
                }

                if (named.TypeKind == TypeKind.Delegate || named.IsRefLikeType || IsLazySequence(named))
                {
                    return true;
                }

                // Documents read to their end: they are released, and rest on nothing.
                if (named.Name is "JsonDocument" or "X509Certificate" or "X509Certificate2")
                {
                    return false;
                }

                if (Disposability.IsDisposable(named, compilation) || named.Name is "WebSocketContext" or "HttpListenerWebSocketContext" or "PipeWriter" or "PipeReader" or "ChannelWriter")
                {
                    return true;
                }

                foreach (var argument in named.TypeArguments)
                {
                    if (argument is not ITypeParameterSymbol && MayBeView(argument, compilation))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    private static bool IsLazySequence(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Interface
        && type.OriginalDefinition.Name is "IEnumerable" or "IEnumerator" or "IAsyncEnumerable" or "IAsyncEnumerator" or "IQueryable" or "IOrderedEnumerable" or "IObservable"
        && IsInSystem(type.ContainingNamespace);

    private static bool IsInSystem(INamespaceSymbol? space)
    {
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space is { Name: "System" };
    }
}
