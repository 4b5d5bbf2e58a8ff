using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

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

    public void Add(Leak leak) => _leaks.Add(leak);

    public void Clear()
    {
        _leaks.Clear();
        IsReleased = IsTransferred = IsUnknown = false;
    }
}
