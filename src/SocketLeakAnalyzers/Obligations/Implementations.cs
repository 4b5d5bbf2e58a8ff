using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The methods that a call of an interface, abstract or virtual member can run, where all of them stand in the compilation: the member is
/// not visible outside of it, so nobody else can implement or override it. What others may add to is left open, and so is a member with
/// many implementations.
/// </summary>
internal sealed class Implementations
{
    private const int MaxImplementations = 16;

    private readonly ObligationContext _context;
    private readonly Lazy<bool> _hasFriends;
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> _known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> _seen = new(SymbolEqualityComparer.Default);

    public Implementations(ObligationContext context)
    {
        _context = context;
        _hasFriends = new Lazy<bool>(FindFriends);
    }

    /// <summary>Whether a call of the method may run another one that overrides or implements it.</summary>
    public static bool MayBeReplaced(IMethodSymbol method) =>
        method.IsAbstract || ((method.IsVirtual || method.IsOverride) && !method.IsSealed && !method.ContainingType.IsSealed);

    /// <summary>Whether a call of the method runs its own code and no other: nothing in the compilation overrides it, and nobody else can.</summary>
    public bool RunsItself(IMethodSymbol method, CancellationToken cancellationToken) =>
        !MayBeReplaced(method) || (Of(method, cancellationToken) is { Length: 1 } only && SymbolEqualityComparer.Default.Equals(only[0], method.OriginalDefinition));

    /// <summary>What a call of the method can run; empty where that is not known.</summary>
    public ImmutableArray<IMethodSymbol> Of(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (definition.IsStatic || !(definition.IsAbstract || definition.IsVirtual || definition.IsOverride) || definition.MethodKind != MethodKind.Ordinary || !IsHidden(definition))
        {
            return ImmutableArray<IMethodSymbol>.Empty;
        }

        return _known.TryGetValue(definition, out var known) ? known : _known.GetOrAdd(definition, Find(definition, cancellationToken));
    }

    /// <summary>
    /// The bodies in the compilation that a call of an overridable member can run, its own among them, whether or not others may add to them: what one of them
    /// does with an argument is what the author expects of the call.
    /// </summary>
    public ImmutableArray<IMethodSymbol> Seen(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        return definition.IsStatic || definition.MethodKind != MethodKind.Ordinary || !MayBeReplaced(definition) ? ImmutableArray<IMethodSymbol>.Empty
            : _seen.TryGetValue(definition, out var seen) ? seen
            : _seen.GetOrAdd(definition, FindSeen(definition, cancellationToken));
    }

    private ImmutableArray<IMethodSymbol> FindSeen(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        if (!method.IsAbstract && _context.HasCode(method))
        {
            found.Add(method);
        }

        foreach (var type in ClassesNamedAfter(method.ContainingType, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (found.Count < MaxImplementations && Target(type, method)?.OriginalDefinition is { IsAbstract: false } target && _context.HasCode(target) && !found.Contains(target))
            {
                found.Add(target);
            }
        }

        return found.ToImmutable();
    }

    private ImmutableArray<IMethodSymbol> Find(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        foreach (var type in ClassesNamedAfter(method.ContainingType, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (type.IsAbstract || Target(type, method) is not { } target)
            {
                continue;
            }

            target = target.OriginalDefinition;
            if (target.IsAbstract || target.DeclaringSyntaxReferences.IsEmpty || IsOverriddenOutside(target, method) || found.Count == MaxImplementations)
            {
                return ImmutableArray<IMethodSymbol>.Empty;
            }

            if (!found.Contains(target))
            {
                found.Add(target);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>What the call runs on an object of just this type; null where the type has nothing to do with the member.</summary>
    private static IMethodSymbol? Target(INamedTypeSymbol type, IMethodSymbol method)
    {
        var member = method;
        if (method.ContainingType.TypeKind == TypeKind.Interface)
        {
            if (Implemented(type, method) is not { } implemented)
            {
                return null;
            }

            member = type.FindImplementationForInterfaceMember(implemented) as IMethodSymbol;
            if (member is null || member.ContainingType.TypeKind == TypeKind.Interface)
            {
                return member;
            }
        }
        else if (!DerivesFromDefinition(type, method.ContainingType))
        {
            return null;
        }

        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var candidate in current.GetMembers(member.Name))
            {
                if (candidate is IMethodSymbol own && IsOrOverrides(own, member))
                {
                    return own;
                }
            }
        }

        return member;
    }

    private static ISymbol? Implemented(INamedTypeSymbol type, IMethodSymbol method)
    {
        foreach (var candidate in type.AllInterfaces)
        {
            if (!SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, method.ContainingType.OriginalDefinition))
            {
                continue;
            }

            foreach (var member in candidate.GetMembers(method.Name))
            {
                if (SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method))
                {
                    return member;
                }
            }
        }

        return null;
    }

    private static bool DerivesFromDefinition(INamedTypeSymbol type, INamedTypeSymbol ancestor)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, ancestor.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOrOverrides(IMethodSymbol method, IMethodSymbol member)
    {
        for (var current = method; current is not null; current = current.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, member.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A hidden interface may be implemented by a class that others derive from.</summary>
    private bool IsOverriddenOutside(IMethodSymbol target, IMethodSymbol method) =>
        MayBeReplaced(target)
        && !SymbolEqualityComparer.Default.Equals(target, method)
        && !IsHidden(target);

    /// <summary>Whether the member cannot be seen, and so not implemented, outside of the compilation.</summary>
    private bool IsHidden(ISymbol member)
    {
        for (var symbol = member; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            switch (symbol.DeclaredAccessibility)
            {
                case Accessibility.Private:
                case Accessibility.Internal or Accessibility.ProtectedAndInternal when !_hasFriends.Value:
                    return true;
            }

            if (symbol is INamedTypeSymbol { IsFileLocal: true })
            {
                return true;
            }
        }

        return false;
    }

    private bool FindFriends()
    {
        foreach (var attribute in _context.Compilation.Assembly.GetAttributes())
        {
            if (attribute.AttributeClass is { Name: "InternalsVisibleToAttribute" })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The type itself and all that may derive from it, by the order of their places: what bears another name in its base list is not even bound.</summary>
    private List<INamedTypeSymbol> ClassesNamedAfter(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { type.Name };
        _context.NamesFor(cancellationToken).AddDerived(names);
        var classes = new List<INamedTypeSymbol>();
        foreach (var symbol in _context.Compilation.GetSymbolsWithName(names.Contains, SymbolFilter.Type, cancellationToken))
        {
            if (symbol is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named)
            {
                classes.Add(named);
            }
        }

        classes.Sort(SymbolWords.CompareByPlace);
        return classes;
    }
}
