using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Follows an object to the code that reaches it from outside of its type: a field, property or method that is not private and holds or returns it, as
/// a derived class or another class of the compilation uses it. Other objects of the same member are not told apart, as its type does not either. Over
/// budget the search gives up, and anything may be done there.
/// </summary>
internal static class OutsideReach
{
    private const int MaxTypes = 48;

    /// <summary>Finds what stands for the object in the types that reach it.</summary>
    /// <param name="networkObject">The object.</param>
    /// <param name="type">The type whose object it is.</param>
    /// <param name="store">The uses of the compilation.</param>
    /// <param name="found">Takes what is found, each with its type.</param>
    /// <param name="cancellationToken">Looked at for each file.</param>
    /// <returns>False: there is too much, or something that cannot be read.</returns>
    public static bool TryFind(NetworkObject networkObject, INamedTypeSymbol type, UseStore store, List<(NetworkObject, INamedTypeSymbol)> found, CancellationToken cancellationToken)
    {
        HashSet<ISymbol>? members = null;
        foreach (var place in networkObject.Places)
        {
            var member = place is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } ? property : place;
            if (member is IFieldSymbol or IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary }
                && (member.DeclaredAccessibility != Accessibility.Private || !IsWithin(member.ContainingType, type)))
            {
                // By what it overrides or implements it is reached as well.
                (members ??= new HashSet<ISymbol>(SymbolEqualityComparer.Default)).UnionWith(MemberSymbols.Of(member));
            }
        }

        if (networkObject is { Origin: not ObjectOrigin.Parameter, Symbol: IFieldSymbol or IPropertySymbol } && !IsWithin(networkObject.Symbol.ContainingType, type))
        {
            (members ??= new HashSet<ISymbol>(SymbolEqualityComparer.Default)).UnionWith(MemberSymbols.Of(networkObject.Symbol));
        }

        if (members is null)
        {
            return true;
        }

        var types = MemberUsers.Find(members, store, MaxTypes, cancellationToken);
        if (types.Count > MaxTypes)
        {
            return false;
        }

        // A property that is written out is not named in its own type, and gives what that has.
        foreach (var member in members)
        {
            var home = SymbolWords.OutermostOf(member.ContainingType);
            if (member is IPropertySymbol && store.Context.HasCode(home) && !types.Contains(home))
            {
                types.Add(home);
            }
        }

        var own = SymbolWords.OutermostOf(type);
        foreach (var other in types)
        {
            var isOwn = SymbolEqualityComparer.Default.Equals(other, own);
            var uses = store.Get(other, cancellationToken);
            if (!uses.IsKnown)
            {
                return false;
            }

            foreach (var candidate in uses.Objects)
            {
                if (isOwn)
                {
                    // The type's own members are one object with what they hold; those of another type are not.
                    if (!ReferenceEquals(candidate, networkObject) && IsPutInto(candidate, members))
                    {
                        found.Add((candidate, other));
                    }
                }
                else if ((candidate.Symbol is { } symbol && members.Contains(symbol.OriginalDefinition))
                    || IsPutInto(candidate, members)
                    || (candidate.Site is { } site && (site.Syntax == networkObject.Site?.Syntax || IsCallOf(site, members))))
                {
                    found.Add((candidate, other));
                }
            }
        }

        return true;
    }

    /// <summary>Whether the type puts it into one of the members: a stream that a constructor takes off the client that it is given.</summary>
    private static bool IsPutInto(NetworkObject candidate, HashSet<ISymbol> members)
    {
        foreach (var place in candidate.Places)
        {
            if (members.Contains(place.OriginalDefinition) || (place is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } && members.Contains(property.OriginalDefinition)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCallOf(IOperation site, HashSet<ISymbol> members) =>
        site is Microsoft.CodeAnalysis.Operations.IInvocationOperation { TargetMethod: { } method } && members.Contains((method.ReducedFrom ?? method).OriginalDefinition);

    private static bool IsWithin(INamedTypeSymbol? inner, INamedTypeSymbol type)
    {
        for (; inner is not null; inner = inner.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(inner.OriginalDefinition, type.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }
}
