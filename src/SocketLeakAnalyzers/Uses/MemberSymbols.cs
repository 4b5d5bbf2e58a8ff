using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Uses;

/// <summary>The symbols by which other code reaches a member.</summary>
internal static class MemberSymbols
{
    /// <summary>The member, what it overrides, and what it implements.</summary>
    public static List<ISymbol> Of(ISymbol member)
    {
        var symbols = new List<ISymbol> { member.OriginalDefinition };
        for (var overridden = Overridden(member); overridden is not null; overridden = Overridden(overridden))
        {
            symbols.Add(overridden.OriginalDefinition);
        }

        if (member.Kind is SymbolKind.Method or SymbolKind.Property && member.ContainingType is { } type)
        {
            foreach (var implemented in type.AllInterfaces)
            {
                foreach (var candidate in implemented.GetMembers(member.Name))
                {
                    if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(candidate), member))
                    {
                        symbols.Add(candidate.OriginalDefinition);
                    }
                }
            }
        }

        return symbols;
    }

    private static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        _ => null,
    };
}
