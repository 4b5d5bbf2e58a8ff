using Microsoft.CodeAnalysis.FlowAnalysis;

namespace SocketLeakAnalyzers.Flow;

/// <summary>A forward data-flow problem over a control flow graph, as <see cref="ForwardSolver{TState}"/> solves it.</summary>
/// <typeparam name="TState">An immutable lattice element of finite height.</typeparam>
internal interface IFlowProblem<TState>
    where TState : class
{
    /// <summary>The state in which the body is entered.</summary>
    TState Entry { get; }

    /// <summary>The least upper bound; <paramref name="left"/> itself when <paramref name="right"/> adds nothing to it.</summary>
    TState Join(TState left, TState right);

    /// <summary>
    /// Runs the operations of a block from <paramref name="input"/>: gives <paramref name="step"/> the state on each way out,
    /// by exception or by branch.
    /// </summary>
    /// <returns>What it took, in plain visits: a large state, or a block of many operations, is as much work as many small ones.</returns>
    int Visit(BasicBlock block, TState input, FlowStep<TState> step);

    /// <summary>The fixed point is reached: each block is visited once more, in its final state, and the ways out are told.</summary>
    void BeginRecording();

    /// <summary>The body is left by a return or its end, from <paramref name="source"/>; every finally on the way has run.</summary>
    void OnReturn(BasicBlock source, TState state);

    /// <summary>The body is left by an exception that no handler surely catches.</summary>
    void OnUnhandled(TState state, Thrown thrown);
}

/// <summary>The ways out of the block that is being visited.</summary>
internal abstract class FlowStep<TState>
    where TState : class
{
    /// <summary>An operation of the block throws in this state.</summary>
    public abstract void Throw(TState state, Thrown thrown);

    /// <summary>The block is left by this branch in this state.</summary>
    public abstract void Take(ControlFlowBranch? branch, TState state);
}
