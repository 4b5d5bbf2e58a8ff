using System.Collections.Immutable;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>What a member gives its caller.</summary>
internal enum ReturnEffect
{
    /// <summary>The row says nothing.</summary>
    Unstated,

    /// <summary>A fresh resource that the caller owns (also inside a task).</summary>
    Owned,

    /// <summary>A part of the receiver: releasing it releases the receiver, and it is owed by the receiver alone.</summary>
    View,

    /// <summary>The receiver itself (<c>EnsureSuccessStatusCode</c>); for an extension method its first argument.</summary>
    Self,

    /// <summary>A new object that owns the arguments that the row says are taken (<c>Stream.Synchronized</c>), as a constructor does.</summary>
    Wrapper,

    /// <summary>Something that its owner releases, not the caller (<c>IHttpClientFactory.CreateClient</c>).</summary>
    Borrowed,
}

/// <summary>What a member does with an argument.</summary>
internal enum ParameterEffect
{
    /// <summary>The row says nothing: the default for the member's origin holds.</summary>
    Unstated,

    /// <summary>Uses it during the call only, or keeps it without ever releasing it.</summary>
    Borrows,

    /// <summary>Becomes its owner; for a constructor or a <see cref="ReturnEffect.Wrapper"/>, the result does.</summary>
    Takes,

    /// <summary>Becomes its owner only when the member returns true (<c>TryAdd</c>).</summary>
    TakesOnTrue,

    /// <summary>Releases it.</summary>
    Releases,
}

/// <summary>A condition on a constant argument, such as <c>unless leaveOpen</c> or <c>if completionOption=1</c>.</summary>
internal sealed class ArgumentCondition
{
    public ArgumentCondition(int ordinal, object value, bool negated)
    {
        Ordinal = ordinal;
        Value = value;
        Negated = negated;
    }

    /// <summary>Ordinal of the parameter; -1 where this overload lacks the parameter, which then counts as not having the value.</summary>
    public int Ordinal { get; }

    /// <summary>A boxed <see cref="bool"/> or <see cref="int"/> (enumeration members by their value).</summary>
    public object Value { get; }

    /// <summary><c>unless</c> rather than <c>if</c>.</summary>
    public bool Negated { get; }
}

/// <summary>An effect on one parameter, and what it depends on.</summary>
internal readonly struct ParameterFact
{
    public ParameterFact(ParameterEffect effect, ArgumentCondition? condition)
    {
        Effect = effect;
        Condition = condition;
    }

    public ParameterEffect Effect { get; }

    /// <summary>Null: the effect always holds. Where it does not hold, the argument is borrowed.</summary>
    public ArgumentCondition? Condition { get; }
}

/// <summary>What the ownership rows say of one method, constructor or property of the base class library, a package or the user.</summary>
internal sealed class MemberFacts
{
    public static readonly MemberFacts None = new();

    public ReturnEffect Returns { get; set; }

    /// <summary>When <see cref="Returns"/> holds; where it does not, the result is no resource.</summary>
    public ArgumentCondition? ReturnsCondition { get; set; }

    /// <summary>By ordinal; default (empty) when no clause names a parameter.</summary>
    public ImmutableArray<ParameterFact> Parameters { get; set; } = ImmutableArray<ParameterFact>.Empty;

    /// <summary>Releases the receiver.</summary>
    public bool Releases { get; set; }

    /// <summary>Releases the receiver when it returns normally, as it reads the body to its end.</summary>
    public bool Drains { get; set; }

    /// <summary>Starts the obligation of a receiver that is dormant when made.</summary>
    public bool Begins { get; set; }

    /// <summary>True: throws credibly; false: does not; null: the row says nothing and the type's default holds.</summary>
    public bool? Throws { get; set; }

    /// <summary>The effect on the parameter with this ordinal.</summary>
    public ParameterFact Parameter(int ordinal) => ordinal >= 0 && ordinal < Parameters.Length ? Parameters[ordinal] : default;
}
