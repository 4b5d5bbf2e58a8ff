using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis.FlowAnalysis;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Flow;

/// <summary>
/// Solves a forward problem to its least fixed point over Roslyn's control flow graph, to which it adds the edges of exceptions:
/// from the operation that throws to each handler that may catch it, through every finally on the way, else out of the body.
/// A finally is solved once per way in which it goes on (each branch that runs it, and the exceptional one), so that what it
/// releases is released on that way only. A filter is solved once per exception that it may see, its tests of the exception's type tell what it takes, and
/// what it lets pass goes on from its end.
/// A budget bounds the steps: beyond it nothing is claimed of the body, and the caller stays silent.
/// </summary>
internal sealed class ForwardSolver<TState> : FlowStep<TState>
    where TState : class
{
    private readonly ControlFlowGraph _graph;
    private readonly IFlowProblem<TState> _problem;
    private readonly KnownTypes _known;
    private readonly CancellationToken _cancellationToken;
    private readonly List<Node> _nodes = new();

    // By block: the node that nothing is pending at, and the others by what is.
    private readonly Node?[] _plain;
    private readonly Dictionary<Pending, Node>?[] _running;
    private readonly Dictionary<PendingKey, Pending> _pendings = new();
    private readonly SortedSet<Node> _work = new(NodeOrder.Instance);
    private Node _current = null!;
    private bool _isRecording;

    private ForwardSolver(ControlFlowGraph graph, IFlowProblem<TState> problem, KnownTypes known, CancellationToken cancellationToken)
    {
        _graph = graph;
        _plain = new Node?[graph.Blocks.Length];
        _running = new Dictionary<Pending, Node>?[graph.Blocks.Length];
        _problem = problem;
        _known = known;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Runs the problem to its fixed point.</summary>
    /// <returns>False when <paramref name="budget"/>, in block visits, was used up before.</returns>
    public static bool TrySolve(ControlFlowGraph graph, IFlowProblem<TState> problem, KnownTypes known, ref int budget, CancellationToken cancellationToken)
    {
        var solver = new ForwardSolver<TState>(graph, problem, known, cancellationToken);
        solver.Flow(graph.Blocks[0].Ordinal, null, problem.Entry);
        while (solver._work.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var node = solver._work.Min!;
            solver._work.Remove(node);
            solver._current = node;
            budget -= problem.Visit(graph.Blocks[node.Block], node.State, solver);
            if (budget < 0)
            {
                return false;
            }
        }

        solver.Record();
        return true;
    }

    /// <summary>One more look at every node in its final state, so that what the problem records is true of the fixed point.</summary>
    private void Record()
    {
        _isRecording = true;
        _problem.BeginRecording();
        var nodes = new List<Node>(_nodes);
        nodes.Sort(NodeOrder.Instance);
        foreach (var node in nodes)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _current = node;
            _problem.Visit(_graph.Blocks[node.Block], node.State, this);
        }
    }

    public override void Throw(TState state, Thrown thrown) =>
        ThrowFrom(_graph.Blocks[_current.Block].EnclosingRegion, _current.Pending, state, thrown);

    public override void Take(ControlFlowBranch? branch, TState state)
    {
        if (branch is null)
        {
            return;
        }

        var pending = _current.Pending;
        if (pending is not null && FilterTests.Learned(branch, pending.Thrown, _known) is { } learned)
        {
            if (learned.IsNothing)
            {
                return;
            }

            pending = Intern(pending.With(learned));
        }

        switch (branch.Semantics)
        {
            case ControlFlowBranchSemantics.Regular:
            case ControlFlowBranchSemantics.Return:
                Resume(branch, 0, BehindFilters(branch, pending), state);
                break;
            case ControlFlowBranchSemantics.StructuredExceptionHandling:
                EndFinally(branch.Source.EnclosingRegion, pending, state);
                break;
        }
    }

    /// <summary>What is pending where a branch leads: a filter that takes the exception is left by its branch to the handler.</summary>
    private static Pending? BehindFilters(ControlFlowBranch branch, Pending? pending)
    {
        foreach (var region in branch.LeavingRegions)
        {
            if (region.Kind == ControlFlowRegionKind.Filter)
            {
                pending = pending?.Outer;
            }
        }

        return pending;
    }

    /// <summary>The end of a finally: goes on where the way that entered it leads. At the end of a filter that lets the exception pass, the next handler is asked.</summary>
    private void EndFinally(ControlFlowRegion? region, Pending? pending, TState state)
    {
        while (region is not null && region.Kind is not (ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter))
        {
            region = region.EnclosingRegion;
        }

        if (region is null || pending is null)
        {
            return;
        }

        if (region.Kind == ControlFlowRegionKind.Filter)
        {
            if (region.EnclosingRegion?.EnclosingRegion is { } owner)
            {
                var thrown = pending.Thrown;
                if (Offer(owner, pending.Index + 1, pending.Outer, state, ref thrown))
                {
                    ThrowFrom(owner.EnclosingRegion, pending.Outer, state, thrown);
                }
            }

            return;
        }

        if (pending.Resume is { } branch)
        {
            Resume(branch, pending.Index + 1, pending.Outer, state);
        }
        else
        {
            ThrowFrom(region.EnclosingRegion?.EnclosingRegion, pending.Outer, state, pending.Thrown);
        }
    }

    private void Resume(ControlFlowBranch branch, int index, Pending? outer, TState state)
    {
        if (index < branch.FinallyRegions.Length)
        {
            var region = branch.FinallyRegions[index];
            Flow(region.FirstBlockOrdinal, Intern(new PendingKey(region, branch, index, default, outer)), state);
            return;
        }

        if (branch.Destination is not { } destination)
        {
            return;
        }

        if (destination.Kind == BasicBlockKind.Exit)
        {
            if (_isRecording)
            {
                _problem.OnReturn(branch.Source, state);
            }
        }
        else
        {
            Flow(destination.Ordinal, outer, state);
        }
    }

    private void ThrowFrom(ControlFlowRegion? region, Pending? pending, TState state, Thrown thrown)
    {
        // The root of a lambda's graph lies in a region of the graph around it, whose handlers are not the lambda's.
        for (; region is not null && region.Kind != ControlFlowRegionKind.Root; region = region.EnclosingRegion)
        {
            if (region.Kind is ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter)
            {
                pending = pending?.Outer;
            }

            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } owner)
            {
                continue;
            }

            if (owner.Kind == ControlFlowRegionKind.TryAndFinally)
            {
                var handler = owner.NestedRegions[1];
                Flow(handler.FirstBlockOrdinal, Intern(new PendingKey(handler, null, 0, thrown, pending)), state);
                return;
            }

            if (!Offer(owner, 0, pending, state, ref thrown))
            {
                return;
            }
        }

        if (_isRecording)
        {
            _problem.OnUnhandled(state, thrown);
        }
    }

    /// <summary>Offers an exception to the handlers of a <c>try</c>, from one on.</summary>
    /// <returns>Whether something of it is left for the handlers around.</returns>
    private bool Offer(ControlFlowRegion owner, int from, Pending? pending, TState state, ref Thrown thrown)
    {
        for (var i = from; i < owner.NestedRegions.Length; i++)
        {
            var handler = owner.NestedRegions[i];
            if (handler.Kind is not (ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                || !thrown.MayEnter(handler.ExceptionType, _known, out var rest))
            {
                continue;
            }

            var entered = handler.Kind == ControlFlowRegionKind.Catch ? pending : Intern(new PendingKey(handler.NestedRegions[0], null, i, thrown, pending));
            Flow(handler.FirstBlockOrdinal, entered, state);
            thrown = rest;
            if (thrown.IsNothing)
            {
                return false;
            }
        }

        return true;
    }

    private void Flow(int block, Pending? pending, TState state)
    {
        if (_isRecording)
        {
            return;
        }

        if (Find(block, pending) is not { } node)
        {
            Add(new Node(block, pending, _nodes.Count, state));
            return;
        }

        var joined = _problem.Join(node.State, state);
        if (!ReferenceEquals(joined, node.State))
        {
            node.State = joined;
            _work.Add(node);
        }
    }

    private Node? Find(int block, Pending? pending) =>
        pending is null ? _plain[block]
        : _running[block] is { } running && running.TryGetValue(pending, out var node) ? node
        : null;

    private void Add(Node node)
    {
        if (node.Pending is null)
        {
            _plain[node.Block] = node;
        }
        else
        {
            (_running[node.Block] ??= new Dictionary<Pending, Node>()).Add(node.Pending, node);
        }

        _nodes.Add(node);
        _work.Add(node);
    }

    private Pending Intern(PendingKey key)
    {
        if (!_pendings.TryGetValue(key, out var pending))
        {
            pending = new Pending(key);
            _pendings.Add(key, pending);
        }

        return pending;
    }

    /// <summary>Why a finally is running, and so where its end leads; interned, so that equal ones are one object.</summary>
    private sealed class Pending
    {
        private readonly PendingKey _key;

        public Pending(PendingKey key) => _key = key;

        /// <summary>The branch that runs the finally; null when an exception does.</summary>
        public ControlFlowBranch? Resume => _key.Resume;

        public int Index => _key.Index;

        public Thrown Thrown => _key.Thrown;

        /// <summary>What was pending where the branch or exception arose (a try inside a finally).</summary>
        public Pending? Outer => _key.Outer;

        /// <summary>The same way, of which more is known of the exception.</summary>
        public PendingKey With(Thrown thrown) => new(_key.Region, _key.Resume, _key.Index, thrown, _key.Outer);
    }

    private sealed class PendingKey : IEquatable<PendingKey>
    {
        public PendingKey(ControlFlowRegion region, ControlFlowBranch? resume, int index, Thrown thrown, Pending? outer)
        {
            Region = region;
            Resume = resume;
            Index = index;
            Thrown = thrown;
            Outer = outer;
        }

        public ControlFlowRegion Region { get; }

        public ControlFlowBranch? Resume { get; }

        public int Index { get; }

        public Thrown Thrown { get; }

        public Pending? Outer { get; }

        public bool Equals(PendingKey? other) =>
            other is not null
            && ReferenceEquals(Region, other.Region)
            && ReferenceEquals(Resume, other.Resume)
            && Index == other.Index
            && Thrown.Equals(other.Thrown)
            && ReferenceEquals(Outer, other.Outer);

        public override bool Equals(object? obj) => Equals(obj as PendingKey);

        public override int GetHashCode() =>
            ((((Region.FirstBlockOrdinal * 31) + (Resume?.Source.Ordinal ?? -1)) * 31) + Index) * 31 + Thrown.GetHashCode();
    }

    private sealed class Node
    {
        public Node(int block, Pending? pending, int number, TState state)
        {
            Block = block;
            Pending = pending;
            Number = number;
            State = state;
        }

        public int Block { get; }

        public Pending? Pending { get; }

        public int Number { get; }

        public TState State { get; set; }
    }

    /// <summary>Source order first: a block is visited after what flows into it, loops apart; always the same order.</summary>
    private sealed class NodeOrder : IComparer<Node>
    {
        public static readonly NodeOrder Instance = new();

        public int Compare(Node? x, Node? y)
        {
            var byBlock = x!.Block.CompareTo(y!.Block);
            return byBlock != 0 ? byBlock : x.Number.CompareTo(y.Number);
        }
    }
}
