using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using SocketLeakAnalyzers.Flow;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>How a resource is lost.</summary>
internal enum LeakKind
{
    /// <summary>The body is left by a return or its end.</summary>
    Return,

    /// <summary>An operation throws, and no handler or finally on the way releases.</summary>
    Exception,

    /// <summary>A loop acquires the next one while this one is owed.</summary>
    NextRound,

    /// <summary>The last place that held it is overwritten.</summary>
    Overwritten,
}

/// <summary>One way in which a site's resource is lost.</summary>
internal sealed class Leak
{
    public Leak(LeakKind kind, IOperation? operation, BasicBlock? source)
    {
        Kind = kind;
        Operation = operation;
        Source = source;
    }

    public LeakKind Kind { get; }

    /// <summary>The operation that throws or overwrites; for a return its value, when it has one.</summary>
    public IOperation? Operation { get; }

    /// <summary>For a return: the block that is left.</summary>
    public BasicBlock? Source { get; }
}

/// <summary>What became of one site's resource over all paths.</summary>
internal sealed class SiteOutcome
{
    private readonly List<Leak> _leaks = new();

    public IReadOnlyList<Leak> Leaks => _leaks;

    /// <summary>Some path releases it.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Some path hands it over.</summary>
    public bool IsTransferred { get; set; }

    /// <summary>Some path lets it go where it cannot be followed.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>Some path reads it to its end, which would release the body of a response.</summary>
    public bool IsDrained { get; set; }

    /// <summary>Some path returns it before it holds anything.</summary>
    public bool IsReturnedDormant { get; set; }

    /// <summary>A listener was started, or lent to what may have started it.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The first call that made it listen; looked for only where the subject is the listening.</summary>
    public IOperation? StartedAt { get; set; }

    /// <summary>How the obligation stands where the body returns.</summary>
    public StatusSet StatusesOnReturn { get; set; }

    /// <summary>How the obligation stands where an exception leaves the body.</summary>
    public StatusSet StatusesOnThrow { get; set; }

    /// <summary>What can credibly leave the body as an exception, in the eyes of a caller.</summary>
    public ThrownSet Thrown { get; set; }

    /// <summary>The join of what the body returns; null when it returns nothing.</summary>
    public AbstractValue? Returned { get; set; }

    /// <summary>The tuples among what the body returns, each by itself: which element answers for which.</summary>
    public List<AbstractValue> ReturnedTuples { get; } = new();

    /// <summary>A fresh resource of the body went to another owner than the caller.</summary>
    public bool FreshIsKept { get; set; }

    /// <summary>What is in the <c>out</c> and <c>ref</c> parameters where the body returns, with what it returns.</summary>
    public List<ReturnedOutputs> Outputs { get; } = new();

    /// <summary>The fields and auto-properties of the object that it was put into.</summary>
    public HashSet<ISymbol> StoredIn { get; } = new(SymbolEqualityComparer.Default);

    public void Add(Leak leak) => _leaks.Add(leak);

    public void Clear()
    {
        _leaks.Clear();
        StoredIn.Clear();
        Outputs.Clear();
        ReturnedTuples.Clear();
        IsReleased = IsTransferred = IsUnknown = IsDrained = IsStarted = FreshIsKept = false;
        StatusesOnReturn = StatusesOnThrow = default;
        Returned = null;
        StartedAt = null;
        Thrown = ThrownSet.Nothing;
    }
}

/// <summary>One way in which a body with <c>out</c> parameters returns.</summary>
internal readonly struct ReturnedOutputs
{
    public ReturnedOutputs(AbstractValue result, AbstractValue[] values, int[] places, bool freshIsReleased)
    {
        Result = result;
        Values = values;
        Places = places;
        FreshIsReleased = freshIsReleased;
    }

    public AbstractValue Result { get; }

    /// <summary>By the ordinal of the parameter; unknown for one that only comes in.</summary>
    public AbstractValue[] Values { get; }

    /// <summary>A fresh resource may have been released on the way.</summary>
    public bool FreshIsReleased { get; }

    /// <summary>The numbers of their places, which a null test that is returned refers to.</summary>
    public int[] Places { get; }
}
