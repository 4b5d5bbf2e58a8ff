using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

// What calls and constructors do to the obligation.
internal sealed partial class ObligationProblem
{
    /// <summary><c>ArgumentKind.ParamCollection</c>, since Roslyn 4.12.</summary>
    private const ArgumentKind ParameterCollection = (ArgumentKind)4;

    /// <summary><c>OperationKind.CollectionExpression</c>, since Roslyn 4.9.</summary>
    private const OperationKind CollectionExpression = (OperationKind)127;

    /// <summary>From the await over a list of tasks and a variable to the call that starts one.</summary>
    private const int MaxTaskDepth = 5;

    private AbstractValue EvaluateInvocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (IsExchange(method))
        {
            return EvaluateExchange(invocation);
        }

        var receiver = Dereferenced(Evaluate(invocation.Instance));
        var arguments = EvaluateArguments(invocation.Arguments);
        if (_ends)
        {
            return AbstractValue.Unknown;
        }

        if (IsTermination(method))
        {
            _ends = true;
            return AbstractValue.Unknown;
        }

        if (IsPassThrough(method))
        {
            if (method.Name == "GetResult")
            {
                Begin(receiver);
            }

            return receiver;
        }

        var function = method.MethodKind == MethodKind.LocalFunction ? _body.FindFunction(method) : null;
        var fates = FatesOf(method, invocation.Arguments, arguments, function, isInvocation: true);
        var facts = _context.Model.GetMemberFacts(method);
        if (MindsExceptions && Widened(ThrownByCall(invocation, function), method) is { IsEmpty: false } thrown)
        {
            var isReleasedOnThrow = receiver.Alias != Alias.No && (facts.ReleasesOnThrow || _calls.ReleasesReceiverOnThrow(method));
            ThrowFromCall(invocation, thrown, isReleasedOnThrow ? receiver : AbstractValue.Unknown, arguments, fates, function);
        }

        if (MindsExceptions && IsNext(invocation))
        {
            ThrowFromNext(invocation);
        }

        if (function is not null)
        {
            RunFunction(function, throws: false);
        }

        ForgetFlags(invocation.Instance, isReplaced: false);
        foreach (var argument in invocation.Arguments)
        {
            ForgetFlags(argument.Value, isReplaced: false);
        }

        RunOnMembers(invocation, throws: false);

        var isVerdict = Give(invocation.Arguments, arguments, fates, resultOwns: facts.Returns is ReturnEffect.Wrapper or ReturnEffect.Argument, out var taken);
        if (receiver.Alias != Alias.No)
        {
            Outcome.IsStarted |= method.Name == "Start";
            if (_subject.IsListening && method.Name is "Start" or "Listen" && receiver.Alias == Alias.Must)
            {
                if (Outcome.StartedAt is not { } earlier || invocation.Syntax.SpanStart < earlier.Syntax.SpanStart)
                {
                    Outcome.StartedAt = invocation;
                }

                Begin(receiver);
            }
            else if (facts.Releases || (facts.Drains && _isBody) || CallModel.IsRelease(method))
            {
                Release(receiver);
            }
            else if (facts.Begins && IsForgottenTask(method, invocation))
            {
                // Whether it has connected when the method goes on, nobody knows.
                Forget(receiver);
            }
            else if (facts.Begins)
            {
                Begin(receiver);
            }
            else
            {
                Outcome.IsDrained |= facts.Drains;
                switch (_calls.EffectOnReceiver(method))
                {
                    case OwnerEffect.Releases:
                        Release(receiver);
                        break;
                    case OwnerEffect.Escapes:
                        Forget(receiver);
                        break;
                }
            }
        }
        else if (receiver.IsOtherFresh && (facts.Releases || CallModel.IsRelease(method)))
        {
            ReleaseFresh();
        }

        if (receiver.Alias == Alias.No && EndsItsListener(invocation))
        {
            _status = ObligationStatus.Released;
        }

        if (facts.TakesReceiver && _calls.HoldsHere(facts.TakesReceiverCondition, invocation.Arguments) != false)
        {
            if (receiver.Alias != Alias.No)
            {
                HandOver(receiver);
            }
            else if (_isDatabase)
            {
                // The reader closes the connection of the command; which connection that is, is not followed.
                Forget(AbstractValue.Site);
            }
        }

        if (IsSomething(taken) && !(_subject.IsMade && ReferenceEquals(invocation, _subject.Site)))
        {
            return taken;
        }

        // A method is read for what it returns only where that can be a resource.
        var shape = _acquisitions.CanGive(invocation) ? _calls.ShapeOf(method, invocation.Arguments) : AbstractValue.Unknown;
        if (ReferenceEquals(invocation, _subject.Site))
        {
            var acquired = Placed(Acquire(invocation), shape);
            ShareWithInner(_calls.WrappedBy(invocation));
            if (_status == ObligationStatus.Owed && IsMaybeMissing(acquired))
            {
                _status = ObligationStatus.Offered;
            }

            return acquired;
        }

        switch (facts.Returns)
        {
            case ReturnEffect.View:
                return receiver.With(Nullness.NotNull);
            case ReturnEffect.Self:
                return invocation.Instance is null && arguments.Length > 0 ? arguments[0] : receiver;
        }

        if (receiver.Alias != Alias.No && _calls.Lends(method))
        {
            return receiver.With(Nullness.NotNull);
        }

        return isVerdict ? AbstractValue.Verdict
            : _acquisitions.IsAcquisition(invocation, out _) ? Placed(FreshFrom(invocation), shape)
            : AbstractValue.Unknown;
    }

    /// <summary>A listener that stops or closes breaks off the requests that it has accepted.</summary>
    private bool EndsItsListener(IInvocationOperation invocation) =>
        IsHeld
        && _subject.Site is IInvocationOperation { Instance: { } accepting } site
        && (invocation.TargetMethod.Name == "Stop" || CallModel.IsRelease(invocation.TargetMethod))
        && invocation.Instance is { } stopped
        && _acquisitions.IsAcquisition(site, out var kind)
        && kind == ResourceKind.Exchange
        && ListenerOf(accepting) is { } listener
        && SymbolEqualityComparer.Default.Equals(ListenerOf(stopped), listener);

    private ISymbol? ListenerOf(IOperation operation)
    {
        operation = operation.WithoutConversions();
        if (operation is IFlowCaptureReferenceOperation capture)
        {
            operation = _body.CapturedBy(capture.Id)?.WithoutConversions() ?? operation;
        }

        return operation is IMemberReferenceOperation { Member: var member } reference
            ? OperationWords.IsOfThisOrStatic(reference.Instance) ? member : null
            : VariableOf(operation);
    }

    /// <summary>A fresh resource of a site that is not followed; which one it is matters only where several are given out.</summary>
    private AbstractValue FreshFrom(IOperation site) => _givesOut ? AbstractValue.OtherFreshFrom(site) : AbstractValue.OtherFresh;

    /// <summary>What something is called on is there: what a call may have given was given.</summary>
    private AbstractValue Dereferenced(AbstractValue receiver)
    {
        if (receiver.Alias != Alias.Must || receiver.Nullness == Nullness.NotNull || _status != ObligationStatus.Offered)
        {
            return receiver;
        }

        SettleOffer(isGiven: true);
        return receiver.With(Nullness.NotNull);
    }

    /// <summary>The resource at the place that the callee's result has for it: itself, or an element of a tuple.</summary>
    private static AbstractValue Placed(AbstractValue resource, AbstractValue shape)
    {
        if (shape.Parts.IsDefault)
        {
            return resource;
        }

        var parts = ImmutableArray.CreateBuilder<AbstractValue>(shape.Parts.Length);
        foreach (var part in shape.Parts)
        {
            // A second fresh part may be a view of the first, or a wrapper over it: they count as one, which is released with either.
            parts.Add(part.IsOtherFresh || !part.Parts.IsDefault ? Placed(part.Nullness == Nullness.NotNull ? resource : resource.With(Nullness.Unknown), part)
                : part.IsVerdict ? AbstractValue.Verdict
                : AbstractValue.Unknown);
        }

        return AbstractValue.OfParts(parts.MoveToImmutable());
    }

    private static bool IsSomething(AbstractValue value) => value.Alias != Alias.No || value.IsOtherFresh || value.IsMemory;

    private AbstractValue EvaluateCreation(IObjectCreationOperation creation)
    {
        var arguments = EvaluateArguments(creation.Arguments);
        if (_ends || creation.Constructor is not { } constructor)
        {
            return AbstractValue.Unknown;
        }

        // What throws here has made nothing.
        var fates = FatesOf(constructor, creation.Arguments, arguments, function: null, isInvocation: false);
        if (MindsExceptions && Widened(_calls.ThrownBy(constructor, creation.Type, creation.Arguments, ThrowLevel), constructor) is { IsEmpty: false } thrown)
        {
            ThrowFromCall(creation, thrown, AbstractValue.Unknown, arguments, fates, function: null);
        }

        Give(creation.Arguments, arguments, fates, resultOwns: !_calls.HasSummary(constructor) || _calls.IsWrapper(constructor), out var taken);
        var isSite = ReferenceEquals(creation, _subject.Site);
        if (IsSomething(taken) && !(isSite && _acquisitions.IsHttpClient(creation)))
        {
            return taken;
        }

        if (isSite)
        {
            var acquired = Acquire(creation);
            ShareWithInner(_calls.TakenByStatement(creation));
            return acquired;
        }

        // A wrapper that has not taken what it is over holds nothing itself.
        return _context.Model.GetTypeFacts(creation.Type).IsMemoryOnly || (_calls.IsWrapper(constructor) && _calls.LeavesOpen(constructor, creation.Arguments)) ? AbstractValue.Memory
            : _acquisitions.IsAcquisition(creation, out _) ? FreshFrom(creation)
            : AbstractValue.NotNull;
    }

    /// <summary>
    /// A wrapper that states that it takes over a borrowed value releases it; and whoever releases that value leaves the
    /// wrapper nothing to release. So the variable that holds it stands for the wrapper too.
    /// </summary>
    private void ShareWithInner(IEnumerable<IOperation> wrapped)
    {
        foreach (var argument in wrapped)
        {
            var inner = argument;
            while (_calls.ViewedBy(inner) is { } owner)
            {
                inner = owner.WithoutConversions();
            }

            if (VariableOf(inner) is not { } variable || _places.Of(variable) is var place && ValueAt(place).Alias != Alias.No)
            {
                continue;
            }

            SetValue(place, AbstractValue.Site);
            foreach (var (capture, copy) in _places.Captures)
            {
                // `using (inner)` works on a copy.
                if (_body.CapturedBy(capture)?.WithoutConversions() is { } captured
                    && SymbolEqualityComparer.Default.Equals(VariableOf(captured), variable)
                    && ValueAt(copy).Alias == Alias.No)
                {
                    SetValue(copy, AbstractValue.Site);
                }
            }
        }
    }

    private ImmutableArray<AbstractValue> EvaluateArguments(ImmutableArray<IArgumentOperation> arguments)
    {
        var values = ImmutableArray.CreateBuilder<AbstractValue>(arguments.Length);
        foreach (var argument in arguments)
        {
            values.Add(GivesElements(argument) ? EvaluateElements(argument.Value.WithoutConversions()) : Evaluate(argument.Value));
        }

        return values.MoveToImmutable();
    }

    /// <summary>
    /// Whether what is given stands for its elements: what the compiler makes for <c>params</c>, also of a collection that is no array (C# 13), and an array that is
    /// made for a method whose body is here.
    /// </summary>
    private bool GivesElements(IArgumentOperation argument) =>
        argument.ArgumentKind is ArgumentKind.ParamArray or ParameterCollection
        || (argument.Parent is IInvocationOperation { TargetMethod: { } method } && argument.Value.WithoutConversions() is IArrayCreationOperation && _calls.HasSummary(method));

    private AbstractValue EvaluateElements(IOperation collection)
    {
        IEnumerable<IOperation> given = collection is IArrayCreationOperation array ? array.Initializer?.ElementValues ?? ImmutableArray<IOperation>.Empty : collection.ChildOperations;
        var elements = ImmutableArray.CreateBuilder<AbstractValue>();
        foreach (var element in given)
        {
            elements.Add(Evaluate(element));
        }

        return AbstractValue.OfParts(elements.ToImmutable());
    }

    private ImmutableArray<CallFate> FatesOf(IMethodSymbol method, ImmutableArray<IArgumentOperation> operations, ImmutableArray<AbstractValue> values, Body? function, bool isInvocation)
    {
        // `: base(stream)`: a base class that asks for a resource keeps it.
        var isBaseConstructor = isInvocation && method.MethodKind == MethodKind.Constructor && !_calls.HasSummary(method);
        var fates = ImmutableArray.CreateBuilder<CallFate>(operations.Length);
        for (var i = 0; i < operations.Length; i++)
        {
            var fate = CallFate.Unknown;
            if (operations[i].Parameter is { RefKind: not (RefKind.Ref or RefKind.Out) } parameter && Matters(values[i]))
            {
                fate = function is not null ? _engine.FateOfCaptured(function, function.ParameterAt(parameter.Ordinal) ?? parameter, _cancellationToken)
                    : method.MethodKind is MethodKind.DelegateInvoke or MethodKind.LocalFunction ? CallFate.Unknown
                    : isBaseConstructor ? new CallFate(ArgumentFate.Taken, ArgumentFate.Unknown)
                    : IsForgottenRegistration(method, operations[i].Parent) ? CallFate.Unknown
                    : _calls.FateOf(method, parameter, operations[i].Value.WithoutConversions().Type, operations, IsForgottenTask(method, operations[i].Parent) || (method.IsStatic && IsMadeFor(operations[i])));
                if (_isCaught && _context.Known.IsException(parameter.Type))
                {
                    // An exception that is given away takes its response along; one that is written to a log does not.
                    fate = !isInvocation && _context.Known.IsException(method.ContainingType) ? new CallFate(ArgumentFate.Flows, ArgumentFate.Flows)
                        : _calls.HasSummary(method) || Conventions.Logs(method) ? fate
                        : CallFate.Unknown;
                }

                if (!isInvocation && _calls.HasSummary(method))
                {
                    // The new object owns it, and carries the obligation on; or it has been told not to.
                    var owns = _calls.TakesIntoOwnedField(method, parameter, operations, out var isLeftOpen);
                    var wrap = _calls.WrapOf(method, parameter);
                    fate = isLeftOpen || (wrap == BaseWrap.Leaves && owns == false) ? CallFate.Borrowed
                        : owns == true || wrap == BaseWrap.Takes ? new CallFate(ArgumentFate.Flows, fate.OnThrow)
                        : owns is null ? CallFate.Unknown
                        : _calls.Keeps(method, parameter) ? new CallFate(ArgumentFate.Flows, fate.OnThrow)
                        : fate;
                }
            }

            fates.Add(fate);
        }

        return fates.MoveToImmutable();
    }

    /// <summary><c>Compare(expected, File.OpenRead(path))</c>: a helper that keeps nothing is the last that can release it.</summary>
    private bool IsMadeFor(IArgumentOperation argument)
    {
        var value = argument.Value.WithoutConversions();
        return _subject.Site is { } site && (value == site || (value is IAwaitOperation awaited && awaited.Operation.WithoutConversions() == site));
    }

    private static bool IsForgottenTask(IMethodSymbol method, IOperation? call) =>
        SymbolWords.IsTaskLike(method.ReturnType) && IsDiscarded(call);

    /// <summary>A callback that nobody takes back any more may be the one that releases its state.</summary>
    private bool IsForgottenRegistration(IMethodSymbol method, IOperation? call) =>
        method.Name is "Register" or "UnsafeRegister"
        && SymbolEqualityComparer.Default.Equals(method.ContainingType, _context.Known.CancellationToken)
        && IsDiscarded(call);

    private static bool IsDiscarded(IOperation? call) =>
        call?.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation };

    /// <summary>A method of the same object runs: what it does to the fields and properties that hold the resource is done here.</summary>
    private void RunOnMembers(IInvocationOperation invocation, bool throws)
    {
        if (!IsHeld || invocation.Instance is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance })
        {
            return;
        }

        for (var i = 0; i < _places.Variables.Count; i++)
        {
            var (symbol, place) = _places.Variables[i];
            if (ValueAt(place).Alias != Alias.No && symbol is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false })
            {
                var fate = _calls.FateOfMember(invocation.TargetMethod, symbol);
                var applied = throws ? fate.OnThrow : fate.OnReturn;

                // Work that goes on by itself has taken over what it releases later.
                Apply(applied == ArgumentFate.Released && invocation.TargetMethod.IsAsync && IsForgottenTask(invocation.TargetMethod, invocation) ? ArgumentFate.Taken : applied, ValueAt(place));
            }
        }
    }

    /// <summary>The call throws: what it does to its arguments then is done, and the path goes to the handlers.</summary>
    private void ThrowFromCall(IOperation call, ThrownSet thrown, AbstractValue released, ImmutableArray<AbstractValue> values, ImmutableArray<CallFate> fates, Body? function)
    {
        var before = Snapshot();
        Release(released);
        for (var i = 0; i < values.Length; i++)
        {
            if (Matters(values[i]))
            {
                Apply(fates[i].OnThrow, values[i]);
            }
        }

        if (function is not null)
        {
            RunFunction(function, throws: true);
        }

        if (call is IInvocationOperation invocation)
        {
            RunOnMembers(invocation, throws: true);
        }

        ThrowAll(call, thrown);
        Load(before);
    }

    private void ThrowAll(IOperation operation, ThrownSet thrown)
    {
        Throw(operation, Thrown.Of(thrown.Kinds));
        foreach (var type in thrown.Types)
        {
            Throw(operation, type);
        }
    }

    /// <summary>Hands the arguments to the call, which returns.</summary>
    /// <param name="operations">The arguments, in evaluation order.</param>
    /// <param name="values">Their values, in the same order.</param>
    /// <param name="fates">What becomes of each.</param>
    /// <param name="resultOwns">What is taken is owned by the result: a constructor, or a method that makes a wrapper.</param>
    /// <param name="taken">What the result holds then.</param>
    /// <returns>Whether the call's answer decides who owns.</returns>
    private bool Give(ImmutableArray<IArgumentOperation> operations, ImmutableArray<AbstractValue> values, ImmutableArray<CallFate> fates, bool resultOwns, out AbstractValue taken)
    {
        taken = AbstractValue.Unknown;
        var isVerdict = false;
        for (var i = 0; i < operations.Length; i++)
        {
            var value = values[i];
            if (operations[i].Parameter?.RefKind is RefKind.Out or RefKind.Ref)
            {
                if (operations[i].Parameter is { RefKind: RefKind.Ref })
                {
                    Forget(value);
                }

                var given = AbstractValue.Unknown;
                if (ReferenceEquals(operations[i], _subject.Site))
                {
                    given = AcquireOutput((IArgumentOperation)_subject.Site);
                    isVerdict |= _status == ObligationStatus.Offered;
                }
                else if (_acquisitions.IsAcquisition(operations[i], out _))
                {
                    var fate = _calls.OutputOf(operations[i]);
                    given = FreshFrom(operations[i]).With(fate == OutputFate.Fresh ? Nullness.NotNull : Nullness.Unknown);
                    isVerdict |= fate == OutputFate.FreshOnTrue;
                }

                Store(operations[i].Value, given, operations[i]);
                continue;
            }

            if (!Matters(value))
            {
                continue;
            }

            Outcome.IsStarted |= value.Alias != Alias.No;
            switch (fates[i].OnReturn)
            {
                case ArgumentFate.Flows:
                case ArgumentFate.Taken when resultOwns:
                    // Of several things that the result holds, the resource that is followed is what counts.
                    taken = taken.Alias == Alias.No ? value.With(Nullness.NotNull) : taken;
                    break;
                case ArgumentFate.TakenOnTrue when value.Alias == Alias.Must && _status == ObligationStatus.Owed:
                    _status = ObligationStatus.InTheBalance;
                    isVerdict = true;
                    break;
                default:
                    Apply(fates[i].OnReturn, value);
                    break;
            }
        }

        return isVerdict;
    }

    private void Apply(ArgumentFate fate, AbstractValue value)
    {
        switch (fate)
        {
            case ArgumentFate.Borrowed:
                break;
            case ArgumentFate.Drained:
                Outcome.IsDrained = true;
                if (_isBody)
                {
                    Release(value);
                }

                break;
            case ArgumentFate.Released:
                Release(value);
                break;
            case ArgumentFate.Taken:
                HandOver(value);
                break;
            default:
                Forget(value);
                break;
        }
    }

    private static bool Matters(AbstractValue value) =>
        value.Alias != Alias.No || value.IsOtherFresh || value.IsMemory || !value.Parts.IsDefault;

    /// <summary>
    /// Whether an exception that is thrown now makes a difference: a handler or finally may run, something is lost by it, or it is what is asked for.
    /// Where it makes none, what is called need not be read for what it throws.
    /// </summary>
    private bool MindsExceptions =>
        _isInTry || _subject.AsksWhatIsThrown || _subject.Variable is not null || _status is ObligationStatus.Owed or ObligationStatus.Stored;

    /// <summary>How deep calls are looked into for what they throw: two calls down from a body that is reported on.</summary>
    private int ThrowLevel => _engine.ThrowLevel;

    /// <summary>Where the user asks for it, any call may throw anything; a release may not.</summary>
    private ThrownSet Widened(ThrownSet credible, IMethodSymbol method) =>
        _context.ExceptionPaths == ExceptionPaths.All && !_context.Model.GetMemberFacts(method).Releases && !CallModel.IsRelease(method)
            ? ThrownKinds.Any
            : credible;

    private ThrownSet ThrownByCall(IInvocationOperation invocation, Body? function)
    {
        var isAwaited = IsAwaited(invocation) || ReferenceEquals(invocation, _forwarded);
        var method = invocation.TargetMethod;
        if (function is not null)
        {
            return isAwaited || !method.IsAsync ? _engine.ThrownByFunction(function, _cancellationToken) : ThrownSet.Nothing;
        }

        // A task of this compilation's own that nobody awaits here throws at nobody here; one that has a continuation throws at that.
        var thrown = !isAwaited && SymbolWords.IsTaskLike(method.ReturnType) && (_calls.HasSummary(method) || IsContinued(invocation))
            ? ThrownSet.Nothing
            : ThrownBy(invocation);
        if (!thrown.IsEmpty || !isAwaited || (ThrowLevel > 0 && _calls.HasSummary(method)))
        {
            // What a method of the compilation makes of its token is in its body.
            return thrown;
        }

        // The wait gives up by its limit, or by its token.
        var ends = method is { Name: "WaitAsync", ContainingType: { Name: "Task", ContainingNamespace.Name: "Tasks" }, Parameters: { Length: > 0 } parameters } && parameters[0].Type.Name == "TimeSpan"
            ? ThrownKinds.Timeout
            : ThrownKinds.None;
        foreach (var argument in invocation.Arguments)
        {
            if (OperationWords.IsLiveToken(argument.Value, _context.Known.CancellationToken))
            {
                return ends | ThrownKinds.Canceled;
            }
        }

        return ends;
    }

    private ThrownSet ThrownBy(IInvocationOperation invocation)
    {
        var thrown = _calls.ThrownBy(invocation, ThrowLevel);
        return thrown.IsEmpty || !MemoryOnly.Stays(invocation, _body, _context.Model) ? thrown : ThrownSet.Nothing;
    }

    /// <summary>The call that <c>foreach</c> makes in each round.</summary>
    private static bool IsNext(IInvocationOperation invocation) => invocation is { IsImplicit: true, TargetMethod.Name: "MoveNext" or "MoveNextAsync" };

    /// <summary>
    /// The next round of a <c>foreach</c> can throw what the iterator does that it goes over; one of a sequence that is not known can be cancelled by
    /// the token that it was given.
    /// </summary>
    private void ThrowFromNext(IInvocationOperation next)
    {
        var isCancellable = false;
        var operation = next.Instance;
        for (var depth = 0; depth < MaxTaskDepth; depth++)
        {
            operation = operation?.WithoutConversions();
            if (operation is IFlowCaptureReferenceOperation capture)
            {
                operation = _body.CapturedBy(capture.Id)?.WithoutConversions();
            }

            if (operation is not IInvocationOperation step)
            {
                break;
            }

            var method = step.TargetMethod;
            var isStep = method.Name is "GetEnumerator" or "GetAsyncEnumerator" or "WithCancellation" or "ConfigureAwait";
            if (!isStep && method.MethodKind == MethodKind.LocalFunction)
            {
                if (_body.FindFunction(method) is { } function)
                {
                    ThrowAll(step, _engine.ThrownByNext(function, _cancellationToken));
                }

                return;
            }

            if (!isStep && _calls.HasSummary(method))
            {
                ThrowAll(step, _calls.ThrownByNext(method, ThrowLevel));
                return;
            }

            foreach (var argument in step.Arguments)
            {
                isCancellable |= argument.ArgumentKind == ArgumentKind.Explicit && OperationWords.IsLiveToken(argument.Value, _context.Known.CancellationToken);
            }

            if (!isStep)
            {
                break;
            }

            operation = step.Instance ?? OperationWords.ArgumentAt(step.Arguments, 0)?.Value;
        }

        if (isCancellable && operation is not null && next.TargetMethod.Name == "MoveNextAsync")
        {
            ThrowAll(operation, ThrownKinds.Canceled);
        }
    }

    private static bool IsAwaited(IInvocationOperation invocation) =>
        invocation.Parent is IAwaitOperation
        || (invocation.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Parent: IAwaitOperation })
        || (SymbolWords.IsTaskLike(invocation.Type) && invocation.Parent is IInvocationOperation { TargetMethod.Name: "Wait" or "GetAwaiter" } or IPropertyReferenceOperation { Property.Name: "Result" });

    /// <summary>Whether a task is given nowhere but to what goes on with it: <c>stream.WriteAsync(…).ContinueWith(…)</c>.</summary>
    private static bool IsContinued(IInvocationOperation invocation)
    {
        while (invocation.Parent is IInvocationOperation next && next.Instance == invocation && SymbolWords.IsTaskLike(next.TargetMethod.ContainingType))
        {
            if (next.TargetMethod.Name == "ContinueWith")
            {
                return true;
            }

            if (!IsPassThrough(next.TargetMethod))
            {
                return false;
            }

            invocation = next;
        }

        return false;
    }

    /// <summary>The task of an await that was started earlier, or is one of several: what it throws is thrown by the await, and not where it began.</summary>
    private static IOperation? TaskLater(IOperation awaited)
    {
        awaited = Unconfigured(awaited.WithoutConversions()).WithoutConversions();
        return awaited is ILocalReferenceOperation or IFlowCaptureReferenceOperation || (awaited is IInvocationOperation invocation && IsRunner(invocation.TargetMethod)) ? awaited : null;
    }

    /// <summary>Whether the task of a method fails when what it is given does: other tasks, or functions that it runs.</summary>
    private static bool IsRunner(IMethodSymbol method) => method switch
    {
        { Name: "WhenAll" or "Run" or "Unwrap", ContainingType.Name: "Task" or "TaskExtensions" } or { Name: "StartNew", ContainingType.Name: "TaskFactory" }
            or { Name: "ForEachAsync" or "ForAsync", ContainingType.Name: "Parallel" } => method.DeclaringSyntaxReferences.IsEmpty,
        _ => false,
    };

    /// <summary>What an await of a task can credibly throw that does not come from a call in the same expression.</summary>
    private ThrownSet ThrownByTask(IOperation task, int depth)
    {
        task = Unconfigured(task.WithoutConversions()).WithoutConversions();
        if (task is IDelegateCreationOperation { Target: var target })
        {
            task = target.WithoutConversions();
        }

        var thrown = ThrownSet.Nothing;
        switch (task)
        {
            case var _ when depth > MaxTaskDepth:
                break;
            case IInvocationOperation invocation when IsRunner(invocation.TargetMethod)
                || invocation.TargetMethod is { Name: "Select" or "ToArray" or "ToList", ContainingType.Name: "Enumerable" }:
                foreach (var argument in invocation.Arguments)
                {
                    thrown = thrown.With(ThrownByTask(argument.Value, depth + 1));
                }

                break;
            case IInvocationOperation { TargetMethod.MethodKind: MethodKind.LocalFunction } local when _body.FindFunction(local.TargetMethod) is { } function:
                return local.TargetMethod.IsAsync || SymbolWords.IsTaskLike(local.Type) ? _engine.ThrownByFunction(function, _cancellationToken) : thrown;
            case IInvocationOperation invocation when SymbolWords.IsTaskLike(invocation.Type):
                return ThrownBy(invocation);
            case IFlowAnonymousFunctionOperation lambda when _body.FindFunction(lambda.Symbol) is { } function:
                return _engine.ThrownByFunction(function, _cancellationToken);
            case IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } named } when _body.FindFunction(named) is { } function:
                return _engine.ThrownByFunction(function, _cancellationToken);
            case IMethodReferenceOperation { Method: var method } when _calls.HasSummary(method):
                return _calls.ThrownBy(method, null, ImmutableArray<IArgumentOperation>.Empty, ThrowLevel);
            case IArrayCreationOperation { Initializer: { } initializer }:
                foreach (var element in initializer.ElementValues)
                {
                    thrown = thrown.With(ThrownByTask(element, depth + 1));
                }

                break;
            case { IsImplicit: true } or { Syntax: CollectionExpressionSyntax }:
                // A list of arguments can be more than an array to newer compilers.
                foreach (var element in task.ChildOperations)
                {
                    thrown = thrown.With(ThrownByTask(element, depth + 1));
                }

                break;
            case IFlowCaptureReferenceOperation capture when _body.CapturedBy(capture.Id) is { } captured:
                return ThrownByTask(captured, depth + 1);
            case ILocalReferenceOperation local:
                foreach (var given in _body.ValuesOf(local.Local))
                {
                    thrown = thrown.With(ThrownByTask(given, depth + 1));
                }

                break;
        }

        return thrown;
    }

    /// <summary>What gives back the task, or what is in it, that it was called on; a copy of a record (<c>with</c>) holds what the record holds.</summary>
    private static bool IsPassThrough(IMethodSymbol method) =>
        (method.Name is "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult" or "Preserve" && SymbolWords.IsTaskLike(method.ContainingType))
        || method.Name == "<Clone>$";

    private static bool IsTermination(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "Exit" or "FailFast", ContainingType: { Name: "Environment", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };

    private static bool IsExchange(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "Exchange", Parameters.Length: 2, ContainingType: { Name: "Interlocked", ContainingNamespace.Name: "Threading" } };

    /// <summary><c>Interlocked.Exchange(ref place, value)</c>: the old value comes out, and the new one is stored.</summary>
    private AbstractValue EvaluateExchange(IInvocationOperation exchange)
    {
        var target = OperationWords.ArgumentAt(exchange.Arguments, 0)?.Value;
        var stored = OperationWords.ArgumentAt(exchange.Arguments, 1)?.Value;
        if (target is null || stored is null)
        {
            return AbstractValue.Unknown;
        }

        var old = EvaluateReference(target.WithoutConversions());
        var value = Evaluate(stored);
        if (exchange.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation })
        {
            // Nobody takes the old value: as good as an assignment.
            Store(target, value, exchange);
            return AbstractValue.Unknown;
        }

        if (PlaceOf(target.WithoutConversions()) is { } place)
        {
            // The old value goes on as the result, so nothing is overwritten.
            SetValue(place, AbstractValue.Unknown);
        }

        Store(target, value, exchange);
        return old;
    }
}
