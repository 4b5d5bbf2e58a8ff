using System;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Flow;

/// <summary>Families of exceptions that an operation can credibly throw.</summary>
[Flags]
internal enum ThrownKinds
{
    None = 0,
    Socket = 1 << 0,
    IO = 1 << 1,
    Http = 1 << 2,
    Canceled = 1 << 3,
    WebSocket = 1 << 4,
    Web = 1 << 5,
    Format = 1 << 6,
    Json = 1 << 7,
    Xml = 1 << 8,
    Authentication = 1 << 9,
    Timeout = 1 << 10,

    /// <summary>Nothing is known of the exception's type: every handler may catch it, only a catch-all surely does.</summary>
    Any = 1 << 11,
}

/// <summary>What is in flight on an exceptional edge: families of exceptions, or the one type of a <c>throw</c>.</summary>
internal readonly struct Thrown : IEquatable<Thrown>
{
    private Thrown(ThrownKinds kinds, ITypeSymbol? type, bool isExact = false)
    {
        IsExact = isExact;
        Kinds = kinds;
        Type = type;
    }

    public ThrownKinds Kinds { get; }

    /// <summary>The static type of a thrown expression; null when <see cref="Kinds"/> says what is thrown.</summary>
    public ITypeSymbol? Type { get; }

    /// <summary>With <see cref="Type"/>: the exception is made where it is thrown, and so of no derived type.</summary>
    public bool IsExact { get; }

    public bool IsNothing => Kinds == ThrownKinds.None && Type is null;

    public static Thrown Of(ThrownKinds kinds) => new(kinds, null);

    public static Thrown OfType(ITypeSymbol? type) => type is null ? Of(ThrownKinds.Any) : new(ThrownKinds.None, type);

    /// <summary>A new exception of just this type.</summary>
    public static Thrown OfExactly(ITypeSymbol? type) => type is null ? Of(ThrownKinds.Any) : new(ThrownKinds.None, type, isExact: true);

    /// <summary>
    /// Splits by a handler for <paramref name="caughtType"/>: whether the handler may run, and what goes on to the handlers after it when it does.
    /// </summary>
    public bool MayEnter(ITypeSymbol? caughtType, KnownTypes known, out Thrown remaining)
    {
        remaining = this;
        if (caughtType is null || caughtType.SpecialType == SpecialType.System_Object || known.IsSystemException(caughtType))
        {
            remaining = default;
            return true;
        }

        if (Type is not null)
        {
            if (SymbolWords.DerivesFrom(Type, caughtType))
            {
                remaining = default;
                return true;
            }

            return !IsExact && SymbolWords.DerivesFrom(caughtType, Type);
        }

        var entered = (Kinds & ThrownKinds.Any) != 0 && !KnownTypes.IsRuntimeFailure(caughtType);
        var left = Kinds;
        for (var kind = ThrownKinds.Socket; kind < ThrownKinds.Any; kind = (ThrownKinds)((int)kind << 1))
        {
            if ((Kinds & kind) == 0)
            {
                continue;
            }

            var type = known.ExceptionOf(kind);
            if (type is null)
            {
                entered = true;
            }
            else if (SymbolWords.DerivesFrom(type, caughtType))
            {
                entered = true;
                left &= ~kind;
            }
            else if (SymbolWords.DerivesFrom(caughtType, type))
            {
                entered = true;
            }
        }

        remaining = Of(left);
        return entered;
    }

    /// <summary>What of it is left where it is known whether the exception is of a type.</summary>
    public Thrown Where(ITypeSymbol tested, bool isOfType, KnownTypes known)
    {
        if (tested.SpecialType == SpecialType.System_Object || known.IsSystemException(tested))
        {
            return isOfType ? this : default;
        }

        // An exception of any type may implement the interface, and may derive from what the compiler cannot find.
        if (tested.TypeKind is TypeKind.Interface or TypeKind.Error)
        {
            return this;
        }

        if (Type is not null)
        {
            if (SymbolWords.DerivesFrom(Type, tested))
            {
                return isOfType ? this : default;
            }

            var mayBe = !IsExact && SymbolWords.DerivesFrom(tested, Type);
            return !isOfType ? this : mayBe ? OfType(tested) : default;
        }

        var left = Kinds & ThrownKinds.Any;
        for (var kind = ThrownKinds.Socket; kind < ThrownKinds.Any; kind = (ThrownKinds)((int)kind << 1))
        {
            if ((Kinds & kind) == 0)
            {
                continue;
            }

            bool mayBe, mayNotBe;
            if (known.ExceptionOf(kind) is not { } type)
            {
                mayBe = mayNotBe = true;
            }
            else
            {
                mayNotBe = !SymbolWords.DerivesFrom(type, tested);
                mayBe = !mayNotBe || SymbolWords.DerivesFrom(tested, type);
            }

            if (isOfType ? mayBe : mayNotBe)
            {
                left |= kind;
            }
        }

        if (!isOfType || (left & ThrownKinds.Any) == 0)
        {
            return Of(left);
        }

        // Of an exception of which nothing is known, the test has now told the type.
        left &= ~ThrownKinds.Any;
        return KnownTypes.IsRuntimeFailure(tested) ? Of(left) : left == ThrownKinds.None ? OfType(tested) : Of(left | ThrownKinds.Any);
    }

    /// <summary>Either of the two; null where one value cannot say both.</summary>
    public static Thrown? Either(Thrown one, Thrown other) =>
        one.IsNothing || one.Equals(other) ? other
        : other.IsNothing ? one
        : one.Type is null && other.Type is null ? Of(one.Kinds | other.Kinds)
        : null;

    public bool Equals(Thrown other) => Kinds == other.Kinds && IsExact == other.IsExact && SymbolEqualityComparer.Default.Equals(Type, other.Type);

    public override bool Equals(object? obj) => obj is Thrown other && Equals(other);

    public override int GetHashCode() => ((int)Kinds * 397) ^ (Type is null ? 0 : SymbolEqualityComparer.Default.GetHashCode(Type));
}

/// <summary>What a method can throw: families of exceptions, and the types of the exceptions that it, or what it calls, throws itself. Immutable.</summary>
internal readonly struct ThrownSet
{
    /// <summary>More types than this are any exception at all.</summary>
    private const int MaxTypes = 8;

    private static readonly Thrown[] s_none = Array.Empty<Thrown>();

    public static readonly ThrownSet Nothing = default;

    // Null where there is none; never written to once it is kept.
    private readonly Thrown[]? _types;

    private ThrownSet(ThrownKinds kinds, Thrown[]? types)
    {
        Kinds = kinds;
        _types = types;
    }

    public ThrownKinds Kinds { get; }

    /// <summary>The types; nobody writes to the array.</summary>
    public Thrown[] Types => _types ?? s_none;

    public bool IsEmpty => Kinds == ThrownKinds.None && _types is null;

    public static implicit operator ThrownSet(ThrownKinds kinds) => new(kinds, default);

    public ThrownSet With(ThrownKinds kinds) => new(Kinds | kinds, _types);

    public ThrownSet With(Thrown thrown)
    {
        if (thrown.Type is null)
        {
            return With(thrown.Kinds);
        }

        if ((Kinds & ThrownKinds.Any) != 0 || Contains(thrown))
        {
            return this;
        }

        var before = Types;
        if (before.Length == MaxTypes)
        {
            return new ThrownSet(Kinds | ThrownKinds.Any, default);
        }

        var types = new Thrown[before.Length + 1];
        Array.Copy(before, types, before.Length);
        types[before.Length] = thrown;
        return new ThrownSet(Kinds, types);
    }

    private bool Contains(Thrown thrown)
    {
        foreach (var type in Types)
        {
            if (type.Equals(thrown))
            {
                return true;
            }
        }

        return false;
    }

    public ThrownSet With(ThrownSet other)
    {
        var all = With(other.Kinds);
        foreach (var type in other.Types)
        {
            all = all.With(type);
        }

        return (all.Kinds & ThrownKinds.Any) != 0 ? new ThrownSet(all.Kinds, default) : all;
    }
}
