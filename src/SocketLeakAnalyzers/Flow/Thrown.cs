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

    /// <summary>Nothing is known of the exception's type: every handler may catch it, only a catch-all surely does.</summary>
    Any = 1 << 10,
}

/// <summary>What is in flight on an exceptional edge: families of exceptions, or the one type of a <c>throw</c>.</summary>
internal readonly struct Thrown : IEquatable<Thrown>
{
    private Thrown(ThrownKinds kinds, ITypeSymbol? type)
    {
        Kinds = kinds;
        Type = type;
    }

    public ThrownKinds Kinds { get; }

    /// <summary>The static type of a thrown expression; null when <see cref="Kinds"/> says what is thrown.</summary>
    public ITypeSymbol? Type { get; }

    public bool IsNothing => Kinds == ThrownKinds.None && Type is null;

    public static Thrown Of(ThrownKinds kinds) => new(kinds, null);

    public static Thrown OfType(ITypeSymbol? type) => type is null ? Of(ThrownKinds.Any) : new(ThrownKinds.None, type);

    /// <summary>
    /// Splits by a handler for <paramref name="caughtType"/>: whether the handler may run, and what goes on to the handlers after it.
    /// </summary>
    public bool MayEnter(ITypeSymbol? caughtType, bool hasFilter, KnownTypes known, out Thrown remaining)
    {
        remaining = this;
        if (caughtType is null || caughtType.SpecialType == SpecialType.System_Object || known.IsSystemException(caughtType))
        {
            if (!hasFilter)
            {
                remaining = default;
            }

            return true;
        }

        if (Type is not null)
        {
            if (SymbolWords.DerivesFrom(Type, caughtType))
            {
                if (!hasFilter)
                {
                    remaining = default;
                }

                return true;
            }

            return SymbolWords.DerivesFrom(caughtType, Type);
        }

        var entered = (Kinds & ThrownKinds.Any) != 0;
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
                if (!hasFilter)
                {
                    left &= ~kind;
                }
            }
            else if (SymbolWords.DerivesFrom(caughtType, type))
            {
                entered = true;
            }
        }

        remaining = Of(left);
        return entered;
    }

    public bool Equals(Thrown other) => Kinds == other.Kinds && SymbolEqualityComparer.Default.Equals(Type, other.Type);

    public override bool Equals(object? obj) => obj is Thrown other && Equals(other);

    public override int GetHashCode() => ((int)Kinds * 397) ^ (Type is null ? 0 : SymbolEqualityComparer.Default.GetHashCode(Type));
}
