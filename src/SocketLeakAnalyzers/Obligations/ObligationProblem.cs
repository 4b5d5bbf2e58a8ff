using System;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Follows the resource of one acquisition site along the paths of one body: which places refer to it, and how its obligation stands.
/// Paths on which it stands differently are kept apart, each with the constants and null tests that hold on it; so a flag that says who
/// owns is understood, while the paths of one standing are joined. What is not understood makes the obligation unknown, and unknown is silent.
/// </summary>
internal sealed partial class ObligationProblem : IFlowProblem<PathStates>
{
    /// <summary>So many operations, and places of states that are made, are one plain visit.</summary>
    private const int PlainSize = 64;

    /// <summary>What a statement holds, on average, at the most: an expression that holds more is charged for it.</summary>
    private const int PlainStatement = 16;

    /// <summary>To evaluate an operation takes longer than to copy a place.</summary>
    private const int CostOfEvaluation = 8;

    private readonly ObligationEngine _engine;
    private readonly ObligationContext _context;
    private readonly CallModel _calls;
    private readonly Acquisitions _acquisitions;
    private readonly Body _body;
    private readonly PlaceTable _places = new();
    private readonly Subject _subject;
    private readonly bool _isBody;
    private readonly bool _isDatabase;
    private readonly bool _isCaught;
    private bool _givesOut;
    private readonly CancellationToken _cancellationToken;

    // The disjunct that is being walked.
    private ObligationStatus _status;
    private readonly PathValues _values = new();
    private PathCause? _cause;
    private PathState? _kept;

    // Whether any value so far was the outcome of a null test: most bodies keep none.
    private bool _hasTests;
    private FlowStep<PathStates> _step = null!;
    private int _depth;
    private int _work;
    private int _evaluated;
    private bool _isInTry;

    // A call whose task is given back as it is: who awaits that task gets what the call throws.
    private IOperation? _forwarded;

    // The values on the right of the deconstruction that is run: they are all read before the first is stored.
    private AbstractValue _beingAssigned = AbstractValue.Unknown;

    public ObligationProblem(ObligationEngine engine, Body body, Subject subject, CancellationToken cancellationToken)
    {
        _engine = engine;
        _context = engine.Context;
        _calls = engine.Calls;
        _acquisitions = engine.Acquisitions;
        _body = body;
        _subject = subject;
        _cancellationToken = cancellationToken;
        _isBody = subject.IsBody;
        if (subject.Site is { } site)
        {
            _isCaught = CaughtResponse.ExceptionOf(site) is not null;
            _isBody = _acquisitions.IsBody(site);
            _isDatabase = _acquisitions.IsAcquisition(site, out var kind) && kind == ResourceKind.Database;
        }

        Entry = MakeEntry();
    }

    public PathStates Entry { get; }

    /// <summary>What became of the subject; valid when the solver has recorded.</summary>
    public SiteOutcome Outcome { get; } = new();

    public PathStates Join(PathStates left, PathStates right) => PathStates.Join(left, right);

    public void BeginRecording() => Outcome.Clear();

    public int Visit(BasicBlock block, PathStates input, FlowStep<PathStates> step)
    {
        _step = step;
        _work = block.Operations.Length;
        _evaluated = 0;
        var plain = 0;
        _isInTry = IsInTry(block);
        foreach (var disjunct in input.Disjuncts)
        {
            Load(disjunct);
            _ends = false;
            plain += PlainStatement * (1 + block.Operations.Length);
            if (EnteredHandler(block) is { } handler)
            {
                LeaveScopesWithin(handler.EnclosingRegion!.NestedRegions[0]);
            }

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

        // A list of thousands of elements is one operation of the block.
        _work += CostOfEvaluation * Math.Max(0, _evaluated - plain);
        return 1 + (_work / PlainSize);
    }

    private static bool IsInTry(BasicBlock block)
    {
        // The root of a lambda's graph lies in a region of the graph around it.
        for (var region = block.EnclosingRegion; region is not null && region.Kind != ControlFlowRegionKind.Root; region = region.EnclosingRegion)
        {
            if (region.Kind == ControlFlowRegionKind.Try)
            {
                return true;
            }
        }

        return false;
    }

    private PathStates MakeEntry()
    {
        _givesOut = _subject is { Site: null, Variable: null } && GivesOut(_body.Owner);
        if (_givesOut)
        {
            SetValue(PlaceOfNoRelease, AbstractValue.False);
        }

        SetConstants();
        if (_subject.Variable is not { } variable)
        {
            return Snapshot().Alone;
        }

        if (_subject.End is not { } end)
        {
            _status = ObligationStatus.Owed;
            SetValue(_places.Of(variable), AbstractValue.Site);
        }
        else if (variable is not ILocalSymbol || !_body.Declares(variable))
        {
            _status = ObligationStatus.Owed;
            SetValue(_places.Of(end), AbstractValue.Site);
        }

        return Snapshot().Alone;
    }

    /// <summary>The flags that the method is given are known from its entry on, in the functions within it too.</summary>
    private void SetConstants()
    {
        for (ISymbol? owner = _body.Owner; owner is not null; owner = owner.ContainingSymbol)
        {
            if (owner is IMethodSymbol { MethodKind: not (MethodKind.LambdaMethod or MethodKind.LocalFunction) } method)
            {
                foreach (var parameter in method.Parameters)
                {
                    if (_calls.ConstantFor(parameter) is { } constant)
                    {
                        SetValue(_places.Of(parameter), AbstractValue.OfConstant(constant));
                    }
                }

                return;
            }
        }
    }

    private static bool GivesOut(ISymbol owner)
    {
        if (owner is IMethodSymbol method)
        {
            foreach (var parameter in method.Parameters)
            {
                if (parameter.RefKind is RefKind.Out or RefKind.Ref)
                {
                    return true;
                }
            }
        }

        return false;
    }

    public void OnReturn(BasicBlock source, PathStates state)
    {
        if (_givesOut)
        {
            RecordOutputs((IMethodSymbol)_body.Owner, state);
        }

        foreach (var disjunct in state.Disjuncts)
        {
            Outcome.StatusesOnReturn = Outcome.StatusesOnReturn.With(IsInField(disjunct.Status) ? ObligationStatus.Transferred : disjunct.Status);
        }

        if (state[ObligationStatus.Owed] is { } owed)
        {
            Outcome.Add(owed.Cause is { } cause
                ? new Leak(LeakKind.Exception, cause.Operation, source)
                : new Leak(LeakKind.Return, source.BranchValue, source));
        }
    }

    public void OnUnhandled(PathStates state, Thrown thrown)
    {
        Outcome.Thrown = Outcome.Thrown.With(CallModel.CredibleToCallers(thrown));
        foreach (var disjunct in state.Disjuncts)
        {
            var status = !IsInField(disjunct.Status) ? disjunct.Status
                : _body.IsConstructor ? (disjunct.Status == ObligationStatus.Stored ? ObligationStatus.Owed : ObligationStatus.Dormant)
                : ObligationStatus.Transferred;
            Outcome.StatusesOnThrow = Outcome.StatusesOnThrow.With(status);
            if (disjunct.Status == ObligationStatus.Owed || (disjunct.Status == ObligationStatus.Stored && _body.IsConstructor))
            {
                Outcome.Add(new Leak(LeakKind.Exception, disjunct.Cause?.Operation, null));
            }
        }
    }

    /// <summary>The body of a method with <c>out</c> parameters returns.</summary>
    private void RecordOutputs(IMethodSymbol method, PathStates state)
    {
        foreach (var disjunct in state.Disjuncts)
        {
            var places = new int[method.Parameters.Length];
            var values = new AbstractValue[method.Parameters.Length];
            for (var i = 0; i < values.Length; i++)
            {
                places[i] = _places.Of(method.Parameters[i]);
                values[i] = method.Parameters[i].RefKind is RefKind.Out or RefKind.Ref ? disjunct.ValueAt(places[i]) : AbstractValue.Unknown;
            }

            Outcome.Outputs.Add(new ReturnedOutputs(disjunct.ValueAt(_places.Of(method)), values, places, freshIsReleased: disjunct.ValueAt(PlaceOfNoRelease).Constant is not false));
        }
    }

    private void Load(PathState state)
    {
        _status = state.Status;
        _cause = state.Cause;
        _kept = state;
        _values.Load(state.Values);
        _work += _values.Count;
    }

    private PathState Snapshot(ObligationStatus status, PathCause? cause)
    {
        _work += _values.Count;
        var values = _values.Keep();
        if (_kept is null || _kept.Status != status || _kept.Cause != cause || _kept.Values != values)
        {
            _kept = new PathState(status, values, cause);
        }

        return _kept;
    }

    private PathState Snapshot() => Snapshot(_status, _cause);

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
                _forwarded = _subject.AsksWhatIsThrown ? Unconfigured(result.WithoutConversions()) : null;
                Return(Evaluate(result));
                _forwarded = null;
                break;
            case ControlFlowBranchSemantics.Throw when block.BranchValue is IObjectCreationOperation { IsImplicit: true } or IInvalidOperation { IsImplicit: true }:
                // Behind the arms of every switch expression, also of one with a discard; nobody wrote it.
                return;
            case ControlFlowBranchSemantics.Throw when block.BranchValue is { } exception:
                HandOver(Evaluate(exception));
                while (exception is IConversionOperation { IsImplicit: true } conversion)
                {
                    exception = conversion.Operand;
                }

                Throw(exception, exception is IObjectCreationOperation ? Thrown.OfExactly(exception.Type) : Thrown.OfType(exception.Type));
                return;
            case ControlFlowBranchSemantics.Rethrow when _context.ExceptionPaths == ExceptionPaths.None:
                return;
            case ControlFlowBranchSemantics.Rethrow:
                LetGoCaught();
                _step.Throw(Snapshot().Alone, CaughtAround(block.EnclosingRegion));
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

    private static IOperation Unconfigured(IOperation task) =>
        task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask", Instance: { } inner } ? inner.WithoutConversions() : task;

    /// <summary>What <c>throw;</c> throws: what the handler that it stands in has caught.</summary>
    private Thrown CaughtAround(ControlFlowRegion? region)
    {
        while (region is not null && region.Kind != ControlFlowRegionKind.Catch)
        {
            region = region.EnclosingRegion;
        }

        return region?.ExceptionType is { SpecialType: not SpecialType.System_Object } caught && !_context.Known.IsSystemException(caught)
            ? Thrown.OfType(caught)
            : Thrown.Of(ThrownKinds.Any);
    }

    /// <summary>The exception goes on to other handlers, and its response with it.</summary>
    private void LetGoCaught()
    {
        if (_isCaught)
        {
            HandOver(AbstractValue.Site);
        }
    }

    private static bool IsInFilter(ControlFlowRegion? region)
    {
        while (region is not null && region.Kind is not (ControlFlowRegionKind.Filter or ControlFlowRegionKind.Finally))
        {
            region = region.EnclosingRegion;
        }

        return region?.Kind == ControlFlowRegionKind.Filter;
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

        if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling && IsInFilter(branch.Source.EnclosingRegion))
        {
            LetGoCaught();
        }

        // What goes out of scope refers to nothing any more. Where a finally runs on the way it still may.
        if (branch.FinallyRegions.IsEmpty)
        {
            foreach (var region in branch.LeavingRegions)
            {
                LeaveScope(region);
            }
        }

        _step.Take(branch, Snapshot().Alone);
    }

    /// <summary>The catch whose first block this is.</summary>
    private static ControlFlowRegion? EnteredHandler(BasicBlock block)
    {
        for (var region = block.EnclosingRegion; region is not null && region.FirstBlockOrdinal == block.Ordinal; region = region.EnclosingRegion)
        {
            if (region is { Kind: ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler, EnclosingRegion.Kind: ControlFlowRegionKind.TryAndCatch })
            {
                return region;
            }
        }

        return null;
    }

    private void LeaveScope(ControlFlowRegion region)
    {
        foreach (var local in region.Locals)
        {
            ForgetFlags(local, isReplaced: true);
            if (_places.TryFind(local, out var place))
            {
                Assign(place, AbstractValue.Unknown);
            }
        }

        foreach (var capture in region.CaptureIds)
        {
            if (_places.TryFind(capture, out var place))
            {
                Assign(place, AbstractValue.Unknown);
            }
        }
    }

    /// <summary>An exception has left the <c>try</c> for this handler, and with it the scopes within the <c>try</c>.</summary>
    private void LeaveScopesWithin(ControlFlowRegion region)
    {
        LeaveScope(region);
        foreach (var nested in region.NestedRegions)
        {
            LeaveScopesWithin(nested);
        }
    }

    /// <summary>An operation of this body throws, in the state that holds now.</summary>
    private void Throw(IOperation operation, Thrown thrown)
    {
        if (thrown.IsNothing || _context.ExceptionPaths == ExceptionPaths.None)
        {
            return;
        }

        // Where nothing refers to it any more, it is the exception before that has lost it.
        var cause = _status is not (ObligationStatus.Owed or ObligationStatus.Stored) ? null
            : _cause is not null && !AnyOtherPlaceIs(-1, Alias.Must) && !AnyOtherPlaceIs(-1, Alias.Maybe) ? _cause
            : new PathCause(operation);
        _step.Throw(Snapshot(_status, cause).Alone, thrown);
    }

    /// <summary>Somebody here still has a say in what becomes of the resource.</summary>
    private bool IsHeld =>
        _status is ObligationStatus.Owed or ObligationStatus.Offered or ObligationStatus.Dormant or ObligationStatus.InTheBalance or ObligationStatus.Stored or ObligationStatus.StoredDormant;

    private static bool IsInField(ObligationStatus status) => status is ObligationStatus.Stored or ObligationStatus.StoredDormant;

    private AbstractValue ValueAt(int place) => place < _values.Count ? _values[place] : AbstractValue.Unknown;

    private void SetValue(int place, AbstractValue value)
    {
        if (place >= _values.Count && ReferenceEquals(value, AbstractValue.Unknown))
        {
            return;
        }

        _values.Grow(place + 1);

        _values[place] = value;
        _hasTests |= value.TestedPlace >= 0;
    }

    /// <summary>A place gets another value than the one that tests of it were about.</summary>
    private void Assign(int place, AbstractValue value)
    {
        if (_hasTests)
        {
            for (var i = 0; i < _values.Count; i++)
            {
                if (_values[i].TestedPlace == place)
                {
                    _values[i] = _values[i].WithoutTest();
                }
            }
        }

        SetValue(place, value.TestedPlace == place ? value.WithoutTest() : value);
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
        var owesEarlier = _status is ObligationStatus.Owed or ObligationStatus.Stored;
        Rename(Alias.Earlier, Alias.No);
        Rename(Alias.Maybe, Alias.No);
        Rename(Alias.Must, owesEarlier ? Alias.Earlier : Alias.No);
        if (owesEarlier && !AnyOtherPlaceIs(-1, Alias.Earlier))
        {
            Outcome.Add(_cause is null ? new Leak(LeakKind.NextRound, operation, null) : new Leak(LeakKind.Exception, _cause.Operation, null));
        }

        _status = _subject.IsListening || _acquisitions.IsDormant(operation) ? ObligationStatus.Dormant : ObligationStatus.Owed;
        _cause = null;
        return AbstractValue.Site;
    }

    /// <summary>A call gives the resource through an argument: surely, or with an answer or a null test to tell.</summary>
    private AbstractValue AcquireOutput(IArgumentOperation argument)
    {
        var acquired = Acquire(argument);
        if (_calls.OutputOf(argument) == OutputFate.Fresh)
        {
            return acquired;
        }

        _status = ObligationStatus.Offered;
        return acquired.With(Nullness.Unknown);
    }

    /// <summary>The response of a caught exception is looked at for the first time: it may be null, and the exception holds it.</summary>
    private AbstractValue AcquireCaught(IPropertyReferenceOperation response, ILocalSymbol exception)
    {
        var acquired = Acquire(response);
        _status = ObligationStatus.Offered;
        SetValue(_places.Of(exception), acquired);
        return acquired.With(Nullness.Unknown);
    }

    /// <summary>The obligation starts: a connect, an open, the end of an await.</summary>
    private void Begin(AbstractValue value)
    {
        if (_status is ObligationStatus.Dormant or ObligationStatus.StoredDormant && IsOrHasSite(value))
        {
            _status = _status != ObligationStatus.Dormant ? ObligationStatus.Stored
                : IsMaybeMissing(value) ? ObligationStatus.Offered
                : ObligationStatus.Owed;
            _cause = null;
        }
    }

    /// <summary>Whether it is a tuple that the resource may not be in: a null test, or an answer beside it, tells.</summary>
    private static bool IsMaybeMissing(AbstractValue value)
    {
        if (!value.Parts.IsDefault)
        {
            foreach (var part in value.Parts)
            {
                if (part is { Alias: Alias.Must, Nullness: Nullness.Unknown } || IsMaybeMissing(part))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Some fresh resource of another site is released; which one is not known.</summary>
    private void ReleaseFresh()
    {
        if (_givesOut)
        {
            SetValue(PlaceOfNoRelease, AbstractValue.Unknown);
        }
    }

    /// <summary>The place of a flag of our own: false as long as no fresh resource has been released.</summary>
    private int PlaceOfNoRelease => _places.Of(_body.Owner.ContainingSymbol);

    private void Release(AbstractValue value)
    {
        if (value.IsOtherFresh)
        {
            ReleaseFresh();
        }

        switch (value.Alias)
        {
            case Alias.Must when IsHeld:
                Outcome.IsReleased |= _status is not (ObligationStatus.Dormant or ObligationStatus.StoredDormant);
                _status = ObligationStatus.Released;
                break;
            case Alias.Must when _status is ObligationStatus.Transferred or ObligationStatus.Unknown:
                // Whoever got it before had only borrowed it.
                Outcome.IsReleased = true;
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

    private void Return(AbstractValue value)
    {
        Outcome.Returned = Outcome.Returned is { } other ? AbstractValue.Join(other, value) : value;
        if (!value.Parts.IsDefault)
        {
            Outcome.ReturnedTuples.Add(value);
        }

        if (_givesOut)
        {
            // The method's own symbol is the place of what it returns, through every finally on the way.
            SetValue(_places.Of(_body.Owner), value);
        }

        HandOver(value, ObligationStatus.Returned);
    }

    /// <summary>Another owner has it from here on.</summary>
    private void HandOver(AbstractValue value, ObligationStatus status = ObligationStatus.Transferred)
    {
        Outcome.FreshIsKept |= value.IsOtherFresh && status != ObligationStatus.Returned;
        switch (value.Alias)
        {
            case Alias.Must when IsHeld:
                Outcome.IsTransferred = true;
                Outcome.IsReturnedDormant |= status == ObligationStatus.Returned && _status == ObligationStatus.Dormant;
                _status = status != ObligationStatus.Stored ? status : _status switch
                {
                    ObligationStatus.Offered => ObligationStatus.Transferred,
                    ObligationStatus.Dormant or ObligationStatus.StoredDormant => ObligationStatus.StoredDormant,
                    _ => status,
                };
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
                HandOver(part, status);
            }
        }
    }

    /// <summary>It goes where it cannot be followed.</summary>
    private void Forget(AbstractValue value)
    {
        Outcome.FreshIsKept |= value.IsOtherFresh;
        if (value.Alias is Alias.Must or Alias.Maybe
            && IsHeld)
        {
            Outcome.IsUnknown = true;
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

    /// <summary>The call that took it, or gave it, on true has answered.</summary>
    private void Settle(bool taken)
    {
        if (_status == ObligationStatus.Offered)
        {
            SettleOffer(taken);
        }

        if (_status == ObligationStatus.InTheBalance)
        {
            Outcome.IsTransferred |= taken;
            _status = taken ? ObligationStatus.Transferred : ObligationStatus.Owed;
        }
    }

    /// <summary>What a call may have given is there, or is not.</summary>
    private void SettleOffer(bool isGiven)
    {
        _status = isGiven ? ObligationStatus.Owed : ObligationStatus.NotAcquired;
        for (var i = 0; i < _values.Count; i++)
        {
            _values[i] = Settled(_values[i], isGiven);
        }
    }

    private static AbstractValue Settled(AbstractValue value, bool isGiven)
    {
        if (value.Alias == Alias.Must)
        {
            return isGiven ? value.With(Nullness.NotNull) : AbstractValue.Null;
        }

        if (!IsMaybeMissing(value))
        {
            return value;
        }

        var parts = ImmutableArray.CreateBuilder<AbstractValue>(value.Parts.Length);
        foreach (var part in value.Parts)
        {
            parts.Add(Settled(part, isGiven));
        }

        return AbstractValue.OfParts(parts.MoveToImmutable());
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
            Outcome.Add(new Leak(IsDeclaration(assignment) ? LeakKind.NextRound : LeakKind.Overwritten, assignment, null));
        }
        else if (old.Alias == Alias.Must
            && _status is ObligationStatus.Owed or ObligationStatus.Stored
            && !AnyOtherPlaceIs(place, Alias.Must)
            && !AnyOtherPlaceIs(place, Alias.Maybe)
            && !Holds(_beingAssigned))
        {
            Outcome.Add(new Leak(LeakKind.Overwritten, assignment, null));
            _status = ObligationStatus.Lost;
        }
    }

    private static bool Holds(AbstractValue value)
    {
        if (!value.Parts.IsDefault)
        {
            foreach (var part in value.Parts)
            {
                if (Holds(part))
                {
                    return true;
                }
            }
        }

        return value.Alias is Alias.Must or Alias.Maybe;
    }

    private static bool IsDeclaration(IOperation assignment) =>
        assignment is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { IsDeclaration: true } }
        || assignment.Syntax is ArgumentSyntax { Expression: DeclarationExpressionSyntax }
        || assignment.Syntax is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or DeclarationExpressionSyntax;
}
