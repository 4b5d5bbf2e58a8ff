using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Why a path holds a resource that others have let go: the exception it took.</summary>
internal sealed class PathCause
{
    public PathCause(IOperation operation) => Operation = operation;

    /// <summary>The operation that throws.</summary>
    public IOperation Operation { get; }
}

/// <summary>
/// One disjunct: how the obligation stands, what the places of the body hold when it stands so, and the exception that
/// all paths to here took (null when a path without one leads here as well). Immutable.
/// </summary>
internal sealed class PathState
{
    private PathStates? _alone;

    public PathState(ObligationStatus status, ImmutableArray<AbstractValue> values, PathCause? cause)
    {
        Status = status;
        Values = values;
        Cause = cause;
    }

    public ObligationStatus Status { get; }

    /// <summary>By place number (<see cref="PlaceTable"/>); a place beyond the end is unknown.</summary>
    public ImmutableArray<AbstractValue> Values { get; }

    public PathCause? Cause { get; }

    /// <summary>The state of a point that this disjunct alone reaches.</summary>
    public PathStates Alone => _alone ??= PathStates.Of(this);

    public AbstractValue ValueAt(int place) => place < Values.Length ? Values[place] : AbstractValue.Unknown;

    /// <summary>The join of two disjuncts of one status; <paramref name="left"/> itself when nothing changes.</summary>
    public static PathState Join(PathState left, PathState right)
    {
        if (left.Values == right.Values && left.Cause == right.Cause)
        {
            return left;
        }

        var length = left.Values.Length < right.Values.Length ? left.Values.Length : right.Values.Length;
        ImmutableArray<AbstractValue>.Builder? builder = null;
        for (var i = 0; i < length; i++)
        {
            var joined = AbstractValue.Join(left.Values[i], right.Values[i]);
            if (builder is null && !ReferenceEquals(joined, left.Values[i]))
            {
                builder = ImmutableArray.CreateBuilder<AbstractValue>(length);
                builder.AddRange(left.Values, i);
            }

            builder?.Add(joined);
        }

        // A place that one side has never seen may be an alias on the other: keep that as a doubt, not as an absence.
        for (var i = length; i < left.Values.Length; i++)
        {
            var joined = AbstractValue.Join(left.Values[i], AbstractValue.Unknown);
            if (builder is null && !ReferenceEquals(joined, left.Values[i]))
            {
                builder = ImmutableArray.CreateBuilder<AbstractValue>(left.Values.Length);
                builder.AddRange(left.Values, i);
            }

            builder?.Add(joined);
        }

        for (var i = length; i < right.Values.Length; i++)
        {
            var joined = AbstractValue.Join(AbstractValue.Unknown, right.Values[i]);
            if (builder is null && !ReferenceEquals(joined, AbstractValue.Unknown))
            {
                builder = ImmutableArray.CreateBuilder<AbstractValue>(right.Values.Length);
                builder.AddRange(left.Values);
                while (builder.Count < i)
                {
                    builder.Add(AbstractValue.Unknown);
                }
            }

            builder?.Add(joined);
        }

        var cause = JoinCause(left.Cause, right.Cause);
        return builder is null && ReferenceEquals(cause, left.Cause)
            ? left
            : new PathState(left.Status, builder is null ? left.Values : builder.ToImmutable(), cause);
    }

    // The first in the source stands for all, so that the answer does not depend on the order of visits.
    private static PathCause? JoinCause(PathCause? left, PathCause? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        var (first, second) = (left.Operation.Syntax.Span, right.Operation.Syntax.Span);
        return second.CompareTo(first) < 0 ? right : left;
    }
}

/// <summary>The disjuncts that reach a point, at most one for each status. Immutable.</summary>
internal sealed class PathStates
{
    private const int StatusCount = (int)ObligationStatus.Lost + 1;

    private readonly PathState?[] _byStatus;

    private PathStates(PathState?[] byStatus) => _byStatus = byStatus;

    public static PathStates Of(PathState state)
    {
        var byStatus = new PathState?[StatusCount];
        byStatus[(int)state.Status] = state;
        return new PathStates(byStatus);
    }

    public IEnumerable<PathState> Disjuncts
    {
        get
        {
            foreach (var state in _byStatus)
            {
                if (state is not null)
                {
                    yield return state;
                }
            }
        }
    }

    public PathState? this[ObligationStatus status] => _byStatus[(int)status];

    /// <summary>The least upper bound; <paramref name="left"/> itself when <paramref name="right"/> adds nothing.</summary>
    public static PathStates Join(PathStates left, PathStates right)
    {
        if (ReferenceEquals(left, right))
        {
            return left;
        }

        PathState?[]? result = null;
        for (var i = 0; i < StatusCount; i++)
        {
            if (right._byStatus[i] is not { } added)
            {
                continue;
            }

            var joined = left._byStatus[i] is { } present ? PathState.Join(present, added) : added;
            if (!ReferenceEquals(joined, left._byStatus[i]))
            {
                result ??= (PathState?[])left._byStatus.Clone();
                result[i] = joined;
            }
        }

        return result is null ? left : new PathStates(result);
    }
}
