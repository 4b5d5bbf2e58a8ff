using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What a call of one of its methods does to an object that owns resources.</summary>
internal enum OwnerEffect
{
    /// <summary>The object owns what it owned.</summary>
    None,

    /// <summary>The method, or one that it starts, releases a resource of the object.</summary>
    Releases,

    /// <summary>The method hands the object itself on: somebody else may release it.</summary>
    Escapes,
}

/// <summary>What a constructor's base class does with an argument that it is given.</summary>
internal enum BaseWrap
{
    /// <summary>It is not given to the base class, or the base class is no wrapper over it.</summary>
    None,

    /// <summary>The base class wraps it and releases it with itself.</summary>
    Takes,

    /// <summary>The base class wraps it and leaves it open.</summary>
    Leaves,

    /// <summary>The base class wraps it; whether it releases it is not known.</summary>
    Unknown,
}

/// <summary>One place of a type's code that puts a fresh resource into a field or property of the type.</summary>
internal sealed class HeldAcquisition
{
    public HeldAcquisition(SyntaxNode syntax, ISymbol owner, ResourceKind kind, bool isDormant)
    {
        Syntax = syntax;
        Owner = owner;
        Kind = kind;
        IsDormant = isDormant;
    }

    public SyntaxNode Syntax { get; }

    /// <summary>The method, accessor or constructor that acquires; the field or property itself where its initializer does.</summary>
    public ISymbol Owner { get; }

    public ResourceKind Kind { get; }

    /// <summary>It opens nothing when it is made: a connect does.</summary>
    public bool IsDormant { get; }
}

/// <summary>A field or auto-property of a type that can hold a resource, and what the type's code does with it.</summary>
internal sealed class HeldResource
{
    public HeldResource(ISymbol symbol, ImmutableArray<HeldAcquisition> acquisitions, bool isReleased, bool escapes, bool isBegun, bool isListening, bool isAssignedOtherwise, ImmutableArray<ISymbol> exposedBy, ImmutableArray<ISymbol> lentBy)
    {
        Symbol = symbol;
        Acquisitions = acquisitions;
        IsReleased = isReleased;
        Escapes = escapes || !lentBy.IsEmpty;
        IsOnlyLent = !escapes && !lentBy.IsEmpty;
        LentBy = lentBy;
        IsBegun = isBegun;
        IsListening = isListening;
        IsAssignedOtherwise = isAssignedOtherwise;
        ExposedBy = exposedBy;
    }

    /// <summary>The field, the auto-property, or the parameter of a primary constructor.</summary>
    public ISymbol Symbol { get; }

    /// <summary>In the order of the source; a resource that several fields share is listed at the one that holds it itself.</summary>
    public ImmutableArray<HeldAcquisition> Acquisitions { get; }

    /// <summary>Some code of the type releases what it holds.</summary>
    public bool IsReleased { get; }

    /// <summary>What it holds goes where another may release it, or where it cannot be followed.</summary>
    public bool Escapes { get; }

    /// <summary>It goes nowhere but to the callers of methods that return it: what a type keeps in a field and releases is not theirs.</summary>
    public bool IsOnlyLent { get; }

    /// <summary>The methods of the type that return it to callers outside.</summary>
    public ImmutableArray<ISymbol> LentBy { get; }

    /// <summary>Some code of the type connects or opens what it holds.</summary>
    public bool IsBegun { get; }

    /// <summary>Some code of the type lets what it holds listen: a socket that is a listener then.</summary>
    public bool IsListening { get; }

    /// <summary>It may also hold what a parameter brought in.</summary>
    public bool IsAssignedOtherwise { get; }

    /// <summary>The properties of the type that give it out.</summary>
    public ImmutableArray<ISymbol> ExposedBy { get; }

    /// <summary>Whether a member of the type gives it: the field or auto-property itself, or one that exposes or lends it.</summary>
    public bool IsGivenBy(ISymbol member) =>
        SymbolEqualityComparer.Default.Equals(Symbol, member) || IsAmong(ExposedBy, member) || IsAmong(LentBy, member);

    private static bool IsAmong(ImmutableArray<ISymbol> members, ISymbol member)
    {
        foreach (var other in members)
        {
            if (SymbolEqualityComparer.Default.Equals(other, member))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a type of the compilation does with the resources in its fields.</summary>
internal sealed class TypeOwnership
{
    /// <summary>Nothing is claimed of the type.</summary>
    public static readonly TypeOwnership Unknown = new(
        isKnown: false,
        ImmutableArray<HeldResource>.Empty,
        new HashSet<ISymbol>(SymbolEqualityComparer.Default),
        new HashSet<ISymbol>(SymbolEqualityComparer.Default),
        new HashSet<ISymbol>(SymbolEqualityComparer.Default),
        new Dictionary<ISymbol, BaseWrap>(SymbolEqualityComparer.Default),
        new Dictionary<ISymbol, OwnerEffect>(SymbolEqualityComparer.Default),
        new HashSet<ISymbol>(SymbolEqualityComparer.Default),
        new Dictionary<ISymbol, ISymbol[]>(SymbolEqualityComparer.Default));

    // None of these is changed once it is given.
    private readonly HashSet<ISymbol> _owningConstructors;
    private readonly HashSet<ISymbol> _taken;
    private readonly HashSet<ISymbol> _kept;
    private readonly Dictionary<ISymbol, BaseWrap> _wrapped;
    private readonly Dictionary<ISymbol, OwnerEffect> _effects;
    private readonly HashSet<ISymbol> _releasesOnThrow;
    private readonly Dictionary<ISymbol, ISymbol[]> _releasedBy;

    public TypeOwnership(
        bool isKnown,
        ImmutableArray<HeldResource> held,
        HashSet<ISymbol> owningConstructors,
        HashSet<ISymbol> taken,
        HashSet<ISymbol> kept,
        Dictionary<ISymbol, BaseWrap> wrapped,
        Dictionary<ISymbol, OwnerEffect> effects,
        HashSet<ISymbol> releasesOnThrow,
        Dictionary<ISymbol, ISymbol[]> releasedBy)
    {
        IsKnown = isKnown;
        Held = held;
        _owningConstructors = owningConstructors;
        _taken = taken;
        _kept = kept;
        _wrapped = wrapped;
        _effects = effects;
        _releasesOnThrow = releasesOnThrow;
        _releasedBy = releasedBy;
    }

    /// <summary>False where the type could not be read in full: too large, or on a circle of types that own each other.</summary>
    public bool IsKnown { get; }

    /// <summary>The fields and auto-properties that can hold a resource, in the order of their declarations.</summary>
    public ImmutableArray<HeldResource> Held { get; }

    /// <summary>What is known of one field or auto-property; null: it cannot hold a resource, or nothing is known of the type.</summary>
    public HeldResource? Find(ISymbol member)
    {
        foreach (var held in Held)
        {
            if (SymbolEqualityComparer.Default.Equals(held.Symbol, member.OriginalDefinition))
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>Whether a member of the type gives out a resource that the type holds.</summary>
    public bool Gives(ISymbol member)
    {
        foreach (var held in Held)
        {
            if (held.IsGivenBy(member.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some code of the type releases what the field or auto-property holds.</summary>
    public bool Releases(ISymbol member) => Find(member) is { IsReleased: true };

    /// <summary>Whether an object made by this constructor holds a resource that it acquired itself and that its own release frees.</summary>
    public bool OwnsFromConstruction(IMethodSymbol constructor) => _owningConstructors.Contains(constructor.OriginalDefinition);

    /// <summary>Whether the object that a constructor makes owns the argument for this parameter: it is stored in a field that the type releases.</summary>
    public bool Takes(IParameterSymbol parameter) => _taken.Contains(parameter.OriginalDefinition);

    /// <summary>Whether a constructor stores the argument in a field that nothing of the type releases or hands on.</summary>
    public bool Keeps(IParameterSymbol parameter) => _kept.Contains(parameter.OriginalDefinition);

    /// <summary>What the base class does with a constructor's argument: a class derived from a reader is a wrapper over what it gives to it.</summary>
    public BaseWrap WrapOf(IParameterSymbol parameter) => _wrapped.TryGetValue(parameter.OriginalDefinition, out var wrap) ? wrap : BaseWrap.None;

    /// <summary>What a call of a method of the type does to the object.</summary>
    public OwnerEffect EffectOf(IMethodSymbol method) => _effects.TryGetValue(method.OriginalDefinition, out var effect) ? effect : OwnerEffect.None;

    /// <summary>Whether a call of the method that throws has released something of the object: <c>catch { Dispose(); throw; }</c>.</summary>
    public bool ReleasesOnThrow(IMethodSymbol method) => _releasesOnThrow.Contains(method.OriginalDefinition);

    /// <summary>The fields and auto-properties that a call of the method releases, itself or through what it calls.</summary>
    public IReadOnlyList<ISymbol> ReleasedBy(IMethodSymbol method) =>
        _releasedBy.TryGetValue(method.OriginalDefinition, out var released) ? released : Array.Empty<ISymbol>();
}
