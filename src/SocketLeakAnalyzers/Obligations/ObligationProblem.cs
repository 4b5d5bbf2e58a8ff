using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Follows the resource of one acquisition site along the paths of one body: which places refer to it, and how its obligation stands.
/// Paths on which it stands differently are kept apart, each with the constants and null tests that hold on it; so a flag that says who
/// owns is understood, while the paths of one standing are joined. What is not understood makes the obligation unknown, and unknown is silent.
/// </summary>
internal sealed partial class ObligationProblem : IFlowProblem<PathStates>
{
    private readonly ObligationContext _context;
    private readonly CallModel _calls;
    private readonly Acquisitions _acquisitions;
    private readonly Body _body;
    private readonly PlaceTable _places;
    private readonly IOperation _site;
    private readonly SiteOutcome _outcome = new();
    private readonly CancellationToken _cancellationToken;

    // The disjunct that is being walked.
    private ObligationStatus _status;
    private ImmutableArray<AbstractValue>.Builder _values = ImmutableArray.CreateBuilder<AbstractValue>();
    private PathCause? _cause;
    private FlowStep<PathStates> _step = null!;
    private int _depth;

    private ObligationProblem(ObligationContext context, CallModel calls, Acquisitions acquisitions, Body body, PlaceTable places, IOperation site, CancellationToken cancellationToken)
    {
        _context = context;
        _calls = calls;
        _acquisitions = acquisitions;
        _body = body;
        _places = places;
        _site = site;
        _cancellationToken = cancellationToken;
    }

    public PathStates Entry { get; } = PathStates.Of(new PathState(ObligationStatus.NotAcquired, ImmutableArray<AbstractValue>.Empty, null));

    /// <summary>Follows the resource that <paramref name="site"/> gives.</summary>
    /// <returns>Null when the budget was used up, or the body is too deeply nested to walk.</returns>
    public static SiteOutcome? Follow(
        ObligationContext context,
        CallModel calls,
        Acquisitions acquisitions,
        Body body,
        PlaceTable places,
        IOperation site,
        ref int budget,
        CancellationToken cancellationToken)
    {
        var problem = new ObligationProblem(context, calls, acquisitions, body, places, site, cancellationToken);
        return ForwardSolver<PathStates>.TrySolve(body.Graph, problem, context.Known, ref budget, cancellationToken) && !problem._isTooDeep
            ? problem._outcome
            : null;
    }

    public PathStates Join(PathStates left, PathStates right) => PathStates.Join(left, right);

    public void BeginRecording() => _outcome.Clear();

    public void Visit(BasicBlock block, PathStates input, FlowStep<PathStates> step)
    {
        _step = step;
        foreach (var disjunct in input.Disjuncts)
        {
            Load(disjunct);
            _ends = false;
            foreach (var operation in block.Operations)
            {
                Evaluate(operation);
                if (_ends)
                {
                    break;
                }
            }

            if (!_ends)
            {
                Leave(block);
            }
        }
    }

    public void OnReturn(BasicBlock source, PathStates state)
    {
        if (state[ObligationStatus.Owed] is { } owed)
        {
            _outcome.Add(owed.Cause is { } cause
                ? new Leak(LeakKind.Exception, cause.Operation, source)
                : new Leak(LeakKind.Return, source.BranchValue, source));
        }
    }

    public void OnUnhandled(PathStates state)
    {
        if (state[ObligationStatus.Owed] is { } owed)
        {
            _outcome.Add(new Leak(LeakKind.Exception, owed.Cause?.Operation, null));
        }
    }

    private void Load(PathState state)
    {
        _status = state.Status;
        _cause = state.Cause;
        _values = ImmutableArray.CreateBuilder<AbstractValue>(state.Values.Length);
        _values.AddRange(state.Values);
    }

    private PathState Snapshot() => new(_status, _values.ToImmutable(), _cause);

    private void Leave(BasicBlock block)
    {
        if (block.ConditionKind != ControlFlowConditionKind.None && block.BranchValue is { } condition)
        {
            var value = Evaluate(condition);
            if (_ends)
            {
                return;
            }

            var before = Snapshot();
            var jumpsOn = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
            Branch(block.ConditionalSuccessor, condition, value, jumpsOn);
            Load(before);
            Branch(block.FallThroughSuccessor, condition, value, !jumpsOn);
            return;
        }

        var branch = block.FallThroughSuccessor;
        switch (branch?.Semantics)
        {
            case ControlFlowBranchSemantics.Return when block.BranchValue is { } result:
                HandOver(Evaluate(result));
                break;
            case ControlFlowBranchSemantics.Throw when block.BranchValue is { } exception:
                Evaluate(exception);
                Throw(exception, Thrown.OfType(exception.WithoutConversions().Type));
                return;
            case ControlFlowBranchSemantics.Rethrow:
                _step.Throw(PathStates.Of(Snapshot()), Thrown.Of(ThrownKinds.Any));
                return;
            default:
                if (block.BranchValue is { } value)
                {
                    Evaluate(value);
                }

                break;
        }

        if (!_ends)
        {
            Take(branch);
        }
    }

    private void Branch(ControlFlowBranch? branch, IOperation condition, AbstractValue value, bool outcome)
    {
        if (value.Constant is bool known && known != outcome)
        {
            return;
        }

        if (value.IsVerdict)
        {
            Settle(outcome);
        }

        if (Refine(condition, outcome))
        {
            Take(branch);
        }
    }

    private void Take(ControlFlowBranch? branch)
    {
        if (branch is null)
        {
            return;
        }

        // What goes out of scope refers to nothing any more. Where a finally runs on the way it still may.
        if (branch.FinallyRegions.IsEmpty)
        {
            foreach (var region in branch.LeavingRegions)
            {
                foreach (var local in region.Locals)
                {
                    if (_places.TryFind(local, out var place))
                    {
                        SetValue(place, AbstractValue.Unknown);
                    }
                }

                foreach (var capture in region.CaptureIds)
                {
                    if (_places.TryFind(capture, out var place))
                    {
                        SetValue(place, AbstractValue.Unknown);
                    }
                }
            }
        }

        _step.Take(branch, PathStates.Of(Snapshot()));
    }

    /// <summary>An operation of this body throws, in the state that holds now.</summary>
    private void Throw(IOperation operation, Thrown thrown)
    {
        if (thrown.IsNothing)
        {
            return;
        }

        var cause = _status == ObligationStatus.Owed ? new PathCause(operation) : null;
        _step.Throw(PathStates.Of(new PathState(_status, _values.ToImmutable(), cause)), thrown);
    }

    private AbstractValue ValueAt(int place) => place < _values.Count ? _values[place] : AbstractValue.Unknown;

    private void SetValue(int place, AbstractValue value)
    {
        while (_values.Count <= place)
        {
            _values.Add(AbstractValue.Unknown);
        }

        _values[place] = value;
    }

    private bool AnyOtherPlaceIs(int place, Alias alias)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            if (i != place && _values[i].Alias == alias)
            {
                return true;
            }
        }

        return false;
    }

    private void Rename(Alias from, Alias to)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            if (_values[i].Alias == from)
            {
                _values[i] = _values[i].With(to);
            }
        }
    }

    /// <summary>The site runs: what an earlier round of a loop left owed is kept apart, or lost where nothing refers to it any more.</summary>
    private AbstractValue Acquire(IOperation operation)
    {
        var owesEarlier = _status == ObligationStatus.Owed;
        Rename(Alias.Earlier, Alias.No);
        Rename(Alias.Maybe, Alias.No);
        Rename(Alias.Must, owesEarlier ? Alias.Earlier : Alias.No);
        if (owesEarlier && !AnyOtherPlaceIs(-1, Alias.Earlier))
        {
            _outcome.Add(new Leak(LeakKind.NextRound, operation, null));
        }

        _status = _acquisitions.IsDormant(operation) ? ObligationStatus.Dormant : ObligationStatus.Owed;
        _cause = null;
        return AbstractValue.Site;
    }

    /// <summary>The obligation starts: a connect, an open, the end of an await.</summary>
    private void Begin(AbstractValue value)
    {
        if (value.Alias == Alias.Must && _status == ObligationStatus.Dormant)
        {
            _status = ObligationStatus.Owed;
            _cause = null;
        }
    }

    private void Release(AbstractValue value)
    {
        switch (value.Alias)
        {
            case Alias.Must when _status is ObligationStatus.Owed or ObligationStatus.Dormant or ObligationStatus.InTheBalance:
                _outcome.IsReleased |= _status != ObligationStatus.Dormant;
                _status = ObligationStatus.Released;
                break;
            case Alias.Maybe:
                Forget(value);
                break;
            case Alias.Earlier:
                Rename(Alias.Earlier, Alias.No);
                break;
        }

        if (!value.Parts.IsDefault)
        {
            foreach (var part in value.Parts)
            {
                Release(part);
            }
        }
    }

    /// <summary>Another owner has it from here on.</summary>
    private void HandOver(AbstractValue value)
    {
        switch (value.Alias)
        {
            case Alias.Must when _status is ObligationStatus.Owed or ObligationStatus.Dormant or ObligationStatus.InTheBalance:
                _outcome.IsTransferred = true;
                _status = ObligationStatus.Transferred;
                break;
            case Alias.Maybe:
                Forget(value);
                break;
            case Alias.Earlier:
                Rename(Alias.Earlier, Alias.No);
                break;
        }

        if (!value.Parts.IsDefault)
        {
            foreach (var part in value.Parts)
            {
                HandOver(part);
            }
        }
    }

    /// <summary>It goes where it cannot be followed.</summary>
    private void Forget(AbstractValue value)
    {
        if (value.Alias is Alias.Must or Alias.Maybe
            && _status is ObligationStatus.Owed or ObligationStatus.Dormant or ObligationStatus.InTheBalance)
        {
            _outcome.IsUnknown = true;
            _status = ObligationStatus.Unknown;
        }
        else if (value.Alias == Alias.Earlier)
        {
            Rename(Alias.Earlier, Alias.No);
        }

        if (!value.Parts.IsDefault)
        {
            foreach (var part in value.Parts)
            {
                Forget(part);
            }
        }
    }

    /// <summary>The call that took it on true has answered.</summary>
    private void Settle(bool taken)
    {
        if (_status == ObligationStatus.InTheBalance)
        {
            _outcome.IsTransferred |= taken;
            _status = taken ? ObligationStatus.Transferred : ObligationStatus.Owed;
        }
    }

    /// <summary>A place gets another value: was it the last one that held the resource?</summary>
    private void Overwrite(int place, AbstractValue value, IOperation assignment)
    {
        var old = ValueAt(place);
        if (value.Alias is Alias.Must or Alias.Maybe && old.Alias != Alias.Earlier)
        {
            return;
        }

        if (old.Alias == Alias.Earlier && !AnyOtherPlaceIs(place, Alias.Earlier))
        {
            _outcome.Add(new Leak(IsDeclaration(assignment) ? LeakKind.NextRound : LeakKind.Overwritten, assignment, null));
        }
        else if (old.Alias == Alias.Must
            && _status == ObligationStatus.Owed
            && !AnyOtherPlaceIs(place, Alias.Must)
            && !AnyOtherPlaceIs(place, Alias.Maybe))
        {
            _outcome.Add(new Leak(LeakKind.Overwritten, assignment, null));
            _status = ObligationStatus.Lost;
        }
    }

    private static bool IsDeclaration(IOperation assignment) =>
        assignment is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { IsDeclaration: true } };
}
