using System;
using System.Collections.Immutable;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Whether a place refers to the resource of the site that is followed.</summary>
internal enum Alias
{
    No,

    /// <summary>On some of the paths that were joined.</summary>
    Maybe,

    /// <summary>It is the resource, a view of it, or a wrapper that owns it: releasing it releases the resource.</summary>
    Must,

    /// <summary>The resource that the site gave in an earlier round of a loop, and that is still owed.</summary>
    Earlier,
}

internal enum Nullness
{
    Unknown,
    Null,
    NotNull,
}

/// <summary>What is known of a value on one path. Immutable; <see cref="Unknown"/> is the top of the lattice.</summary>
internal sealed class AbstractValue : IEquatable<AbstractValue>
{
    public static readonly AbstractValue Unknown = new();
    public static readonly AbstractValue Null = new(nullness: Nullness.Null);
    public static readonly AbstractValue NotNull = new(nullness: Nullness.NotNull);
    public static readonly AbstractValue True = new(nullness: Nullness.NotNull, constant: true);
    public static readonly AbstractValue False = new(nullness: Nullness.NotNull, constant: false);

    /// <summary>The resource of the site that is followed.</summary>
    public static readonly AbstractValue Site = new(alias: Alias.Must, nullness: Nullness.NotNull);

    /// <summary>A fresh resource of another site of the body.</summary>
    public static readonly AbstractValue OtherFresh = new(nullness: Nullness.NotNull, isOtherFresh: true);

    /// <summary>Memory only, and so are the wrappers over it.</summary>
    public static readonly AbstractValue Memory = new(nullness: Nullness.NotNull, isMemory: true);

    /// <summary>The answer of a call that takes the resource on true.</summary>
    public static readonly AbstractValue Verdict = new(nullness: Nullness.NotNull, isVerdict: true);

    private AbstractValue(
        Alias alias = Alias.No,
        Nullness nullness = Nullness.Unknown,
        object? constant = null,
        bool isOtherFresh = false,
        bool isMemory = false,
        bool isVerdict = false,
        ImmutableArray<AbstractValue> parts = default,
        int testedPlace = -1,
        bool isTrueForNull = false,
        object? origin = null,
        bool isDormant = false)
    {
        IsDormant = isDormant;
        Origin = origin;
        Alias = alias;
        Nullness = nullness;
        Constant = constant;
        IsOtherFresh = isOtherFresh;
        IsMemory = isMemory;
        IsVerdict = isVerdict;
        Parts = parts;
        TestedPlace = testedPlace;
        IsTrueForNull = isTrueForNull;
    }

    public Alias Alias { get; }

    public Nullness Nullness { get; }

    /// <summary>The value of a constant (boolean, number, string, enumeration member by its number); null when not known.</summary>
    public object? Constant { get; }

    public bool IsOtherFresh { get; }

    /// <summary>Of a fresh resource that a method gives: on some path it holds nothing yet, as it is connected or opened later.</summary>
    public bool IsDormant { get; }

    /// <summary>Of a fresh resource of another site, or a view of one: which site; null where that is not kept, or it may be one or the other.</summary>
    public object? Origin { get; }

    public bool IsMemory { get; }

    public bool IsVerdict { get; }

    /// <summary>The elements of a tuple; default for anything else.</summary>
    public ImmutableArray<AbstractValue> Parts { get; }

    /// <summary>The place whose null test this boolean is the outcome of (<c>var owns = stream == null</c>); -1 for any other value.</summary>
    public int TestedPlace { get; }

    /// <summary>With <see cref="TestedPlace"/>: true means that the place was null.</summary>
    public bool IsTrueForNull { get; }

    public static AbstractValue OfTest(int place, bool isTrueForNull) => new(nullness: Nullness.NotNull, testedPlace: place, isTrueForNull: isTrueForNull);

    /// <summary>The same boolean, now that its value is known.</summary>
    public AbstractValue Decided(bool constant) => new(nullness: Nullness.NotNull, constant: constant, isVerdict: IsVerdict, testedPlace: TestedPlace, isTrueForNull: IsTrueForNull);

    /// <summary>The same boolean, when the place that it is a test of gets another value.</summary>
    public AbstractValue WithoutTest() => Constant is { } constant ? OfConstant(constant) : NotNull;

    public static AbstractValue OfConstant(object? constant) => constant switch
    {
        null => Null,
        true => True,
        false => False,
        _ => new AbstractValue(nullness: Nullness.NotNull, constant: constant),
    };

    public static AbstractValue OtherFreshFrom(object origin) => new(nullness: Nullness.NotNull, isOtherFresh: true, origin: origin);

    public static AbstractValue OfParts(ImmutableArray<AbstractValue> parts) => new(nullness: Nullness.NotNull, parts: parts);

    /// <summary>The same value under another relation to the site.</summary>
    public AbstractValue With(Alias alias) =>
        alias == Alias ? this : new AbstractValue(alias, Nullness, Constant, IsOtherFresh, IsMemory, IsVerdict, Parts, TestedPlace, IsTrueForNull, Origin, IsDormant);

    public AbstractValue With(Nullness nullness) =>
        nullness == Nullness ? this : new AbstractValue(Alias, nullness, nullness == Nullness.Null ? null : Constant, IsOtherFresh, IsMemory, IsVerdict, Parts, TestedPlace, IsTrueForNull, Origin, IsDormant);

    /// <summary>The same value, the fresh resources in it marked as dormant.</summary>
    public AbstractValue AsDormant()
    {
        var parts = Parts;
        if (!parts.IsDefault)
        {
            var builder = ImmutableArray.CreateBuilder<AbstractValue>(parts.Length);
            foreach (var part in parts)
            {
                builder.Add(part.AsDormant());
            }

            parts = builder.MoveToImmutable();
        }

        return IsOtherFresh || !parts.IsDefault
            ? new AbstractValue(Alias, Nullness, Constant, IsOtherFresh, IsMemory, IsVerdict, parts, TestedPlace, IsTrueForNull, Origin, IsOtherFresh)
            : this;
    }

    /// <summary>Whether it is a fresh resource, or a tuple with one, of which this holds.</summary>
    public bool AnyFresh(Func<AbstractValue, bool> holds)
    {
        if (IsOtherFresh && holds(this))
        {
            return true;
        }

        if (!Parts.IsDefault)
        {
            foreach (var part in Parts)
            {
                if (part.AnyFresh(holds))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public static AbstractValue Join(AbstractValue left, AbstractValue right)
    {
        if (ReferenceEquals(left, right) || left.Equals(right))
        {
            return left;
        }

        var parts = default(ImmutableArray<AbstractValue>);
        if (!left.Parts.IsDefault && !right.Parts.IsDefault && left.Parts.Length == right.Parts.Length)
        {
            var builder = ImmutableArray.CreateBuilder<AbstractValue>(left.Parts.Length);
            for (var i = 0; i < left.Parts.Length; i++)
            {
                builder.Add(Join(left.Parts[i], right.Parts[i]));
            }

            parts = builder.MoveToImmutable();
        }

        var isSameTest = left.TestedPlace == right.TestedPlace && left.IsTrueForNull == right.IsTrueForNull;
        var joined = new AbstractValue(
            JoinAlias(left.Alias, right.Alias),
            left.Nullness == right.Nullness ? left.Nullness : Nullness.Unknown,
            Equals(left.Constant, right.Constant) ? left.Constant : null,
            (left.IsOtherFresh || left.Nullness == Nullness.Null) && (right.IsOtherFresh || right.Nullness == Nullness.Null),
            (left.IsMemory || left.Nullness == Nullness.Null) && (right.IsMemory || right.Nullness == Nullness.Null),
            left.IsVerdict || right.IsVerdict,
            parts,
            isSameTest ? left.TestedPlace : -1,
            isSameTest && left.IsTrueForNull,
            JoinOrigin(left, right),
            left.IsDormant || right.IsDormant);
        return joined.Equals(left) ? left : joined.Equals(Unknown) ? Unknown : joined;
    }

    /// <summary>Null comes from nowhere.</summary>
    private static object? JoinOrigin(AbstractValue left, AbstractValue right) =>
        ReferenceEquals(left.Origin, right.Origin) ? left.Origin
        : (left.Nullness == Nullness.Null) == (right.Nullness == Nullness.Null) ? null
        : left.Nullness == Nullness.Null ? right.Origin : left.Origin;

    private static Alias JoinAlias(Alias left, Alias right) => left == right ? left : Alias.Maybe;

    public bool Equals(AbstractValue? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null
            || Alias != other.Alias
            || Nullness != other.Nullness
            || IsOtherFresh != other.IsOtherFresh
            || !ReferenceEquals(Origin, other.Origin)
            || IsDormant != other.IsDormant
            || IsMemory != other.IsMemory
            || IsVerdict != other.IsVerdict
            || TestedPlace != other.TestedPlace
            || IsTrueForNull != other.IsTrueForNull
            || !Equals(Constant, other.Constant)
            || Parts.IsDefault != other.Parts.IsDefault)
        {
            return false;
        }

        if (Parts.IsDefault)
        {
            return true;
        }

        if (Parts.Length != other.Parts.Length)
        {
            return false;
        }

        for (var i = 0; i < Parts.Length; i++)
        {
            if (!Parts[i].Equals(other.Parts[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as AbstractValue);

    public override int GetHashCode() => ((int)Alias * 31 + (int)Nullness) * 31 + (Constant?.GetHashCode() ?? 0);
}
