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

    /// <summary>
    /// An argument, or something that only carries it (<c>Task.FromResult</c>): see <see cref="MemberFacts.ReturnsArgument"/>.
    /// That parameter is also marked <see cref="ParameterEffect.Takes"/>, for who does not follow the value into the result.
    /// </summary>
    Argument,
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

    /// <summary>A normal return has read it to its end: that releases a body, and nothing else.</summary>
    Drains,
}

/// <summary>A condition on a constant argument, such as <c>unless leaveOpen</c> or <c>if completionOption=1</c>.</summary>
internal sealed class ArgumentCondition
{
    public ArgumentCondition(int ordinal, object? value, bool negated)
    {
        Ordinal = ordinal;
        Value = value;
        Negated = negated;
    }

    /// <summary>Ordinal of the parameter; -1 where this overload lacks the parameter, which then counts as not having the value.</summary>
    public int Ordinal { get; }

    /// <summary>A boxed <see cref="bool"/> or <see cref="int"/> (enumeration members by their value), or null for <c>=null</c>.</summary>
    public object? Value { get; }

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

    /// <summary>For <see cref="ReturnEffect.Argument"/>: the ordinal of the parameter.</summary>
    public int ReturnsArgument { get; set; }

    /// <summary>The owned result is a body (<c>GetStreamAsync</c>): reading it to its end releases it, as it does a value of kind response.</summary>
    public bool ReturnsBody { get; set; }

    /// <summary>The owned result is made but opens nothing yet (<c>DbProviderFactory.CreateConnection</c>): a member marked <c>begins</c> starts its obligation.</summary>
    public bool ReturnsDormant { get; set; }

    /// <summary>
    /// By ordinal; empty when no clause names a parameter. An extension method counts its <c>this</c> parameter, also when
    /// it is called in reduced form. For a property the value that is assigned comes after the parameters of an indexer,
    /// so it is ordinal 0 of an ordinary property.
    /// </summary>
    public ImmutableArray<ParameterFact> Parameters { get; set; } = ImmutableArray<ParameterFact>.Empty;

    /// <summary>Releases the receiver.</summary>
    public bool Releases { get; set; }

    /// <summary>Releases the receiver when it leaves by an exception (<c>EnsureSuccessStatusCode</c> of .NET Framework).</summary>
    public bool ReleasesOnThrow { get; set; }

    /// <summary>
    /// The result becomes the owner of what the receiver works with (<c>DbCommand.ExecuteReader(CloseConnection)</c>: the
    /// reader closes the command's connection).
    /// </summary>
    public bool TakesReceiver { get; set; }

    /// <summary>When <see cref="TakesReceiver"/> holds; null: always.</summary>
    public ArgumentCondition? TakesReceiverCondition { get; set; }

    /// <summary>A normal return has read the receiver to its end (or shut its connection down): that releases a body, and nothing else.</summary>
    public bool Drains { get; set; }

    /// <summary>Starts the obligation of a receiver that is dormant when made; on a constructor: this one opens at once.</summary>
    public bool Begins { get; set; }

    /// <summary>True: throws credibly; false: does not; null: the row says nothing and the type's default holds.</summary>
    public bool? Throws { get; set; }

    /// <summary>When <see cref="Throws"/> is true and holds; null: always.</summary>
    public ArgumentCondition? ThrowsCondition { get; set; }

    /// <summary>The effect on the parameter with this ordinal.</summary>
    public ParameterFact Parameter(int ordinal) => ordinal >= 0 && ordinal < Parameters.Length ? Parameters[ordinal] : default;
}
