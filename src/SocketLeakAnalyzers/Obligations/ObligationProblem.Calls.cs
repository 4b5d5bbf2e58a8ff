using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

// What calls and constructors do to the obligation.
internal sealed partial class ObligationProblem
{
    private AbstractValue EvaluateInvocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (IsExchange(method))
        {
            return EvaluateExchange(invocation);
        }

        var receiver = Evaluate(invocation.Instance);
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

        Throw(invocation, Thrown.Of(ThrownByCall(invocation)));
        var facts = _context.Model.GetMemberFacts(method);
        var isVerdict = Give(method, invocation.Arguments, arguments, isWrapper: facts.Returns == ReturnEffect.Wrapper, out var taken);
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            foreach (var argument in arguments)
            {
                Forget(argument);
            }
        }

        if (receiver.Alias != Alias.No)
        {
            if (facts.Releases || facts.Drains || CallModel.IsRelease(method))
            {
                Release(receiver);
            }
            else if (facts.Begins)
            {
                Begin(receiver);
            }
        }

        if (ReferenceEquals(invocation, _site))
        {
            return taken.Alias != Alias.No || taken.IsOtherFresh || taken.IsMemory ? taken : Acquire(invocation);
        }

        switch (facts.Returns)
        {
            case ReturnEffect.View:
                return receiver.With(Nullness.NotNull);
            case ReturnEffect.Self:
                return invocation.Instance is null && arguments.Length > 0 ? arguments[0] : receiver;
            case ReturnEffect.Wrapper:
                return taken.With(Nullness.NotNull);
        }

        return isVerdict ? AbstractValue.Verdict
            : _acquisitions.IsAcquisition(invocation, out _) ? AbstractValue.OtherFresh
            : AbstractValue.Unknown;
    }

    private AbstractValue EvaluateCreation(IObjectCreationOperation creation)
    {
        var arguments = EvaluateArguments(creation.Arguments);
        if (_ends || creation.Constructor is not { } constructor)
        {
            return AbstractValue.Unknown;
        }

        // What throws here has made nothing, and has not taken its arguments.
        Throw(creation, Thrown.Of(_calls.ThrownBy(constructor, creation.Arguments)));
        Give(constructor, creation.Arguments, arguments, isWrapper: true, out var taken);
        if (taken.Alias != Alias.No || taken.IsOtherFresh || taken.IsMemory)
        {
            return taken;
        }

        if (ReferenceEquals(creation, _site))
        {
            return Acquire(creation);
        }

        return _context.Model.GetTypeFacts(creation.Type).IsMemoryOnly ? AbstractValue.Memory
            : _acquisitions.IsAcquisition(creation, out _) ? AbstractValue.OtherFresh
            : AbstractValue.NotNull;
    }

    private ImmutableArray<AbstractValue> EvaluateArguments(ImmutableArray<IArgumentOperation> arguments)
    {
        var values = ImmutableArray.CreateBuilder<AbstractValue>(arguments.Length);
        foreach (var argument in arguments)
        {
            values.Add(argument.ArgumentKind == ArgumentKind.ParamArray ? EvaluateParameterArray(argument.Value) : Evaluate(argument.Value));
        }

        return values.MoveToImmutable();
    }

    /// <summary>The array that the compiler makes for <c>params</c> stands for its elements.</summary>
    private AbstractValue EvaluateParameterArray(IOperation array)
    {
        if (array is not IArrayCreationOperation { Initializer: { } initializer })
        {
            return Evaluate(array);
        }

        var elements = ImmutableArray.CreateBuilder<AbstractValue>(initializer.ElementValues.Length);
        foreach (var element in initializer.ElementValues)
        {
            elements.Add(Evaluate(element));
        }

        return AbstractValue.OfParts(elements.MoveToImmutable());
    }

    /// <summary>Hands the arguments to the call.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="operations">The arguments, in evaluation order.</param>
    /// <param name="values">Their values, in the same order.</param>
    /// <param name="isWrapper">The result owns what is taken: a constructor, or a method that makes a wrapper.</param>
    /// <param name="taken">What the result owns then.</param>
    /// <returns>Whether the call's answer decides who owns.</returns>
    private bool Give(IMethodSymbol method, ImmutableArray<IArgumentOperation> operations, ImmutableArray<AbstractValue> values, bool isWrapper, out AbstractValue taken)
    {
        taken = AbstractValue.Unknown;
        var isVerdict = false;
        for (var i = 0; i < operations.Length; i++)
        {
            var value = values[i];
            if (operations[i].Parameter is not { } parameter)
            {
                Forget(value);
                continue;
            }

            if (parameter.RefKind is RefKind.Out or RefKind.Ref)
            {
                Forget(value);
                Store(operations[i].Value, AbstractValue.Unknown, operations[i]);
                continue;
            }

            if (!Matters(value))
            {
                continue;
            }

            switch (_calls.FateOf(method, parameter, operations))
            {
                case ArgumentFate.Taken when isWrapper:
                    taken = value.With(Nullness.NotNull);
                    break;
                case ArgumentFate.Taken:
                    HandOver(value);
                    break;
                case ArgumentFate.TakenOnTrue when value.Alias == Alias.Must && _status == ObligationStatus.Owed:
                    _status = ObligationStatus.InTheBalance;
                    isVerdict = true;
                    break;
                case ArgumentFate.Released:
                    Release(value);
                    break;
                case ArgumentFate.Borrowed:
                    break;
                default:
                    Forget(value);
                    break;
            }
        }

        return isVerdict;
    }

    private static bool Matters(AbstractValue value) =>
        value.Alias != Alias.No || value.IsOtherFresh || value.IsMemory || !value.Parts.IsDefault;

    private ThrownKinds ThrownByCall(IInvocationOperation invocation)
    {
        var thrown = _calls.ThrownBy(invocation.TargetMethod, invocation.Arguments);
        if (thrown != ThrownKinds.None || !IsAwaited(invocation))
        {
            return thrown;
        }

        foreach (var argument in invocation.Arguments)
        {
            if (OperationWords.IsLiveToken(argument.Value, _context.Known.CancellationToken))
            {
                return ThrownKinds.Canceled;
            }
        }

        return ThrownKinds.None;
    }

    private static bool IsAwaited(IInvocationOperation invocation) =>
        invocation.Parent is IAwaitOperation
        || (invocation.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Parent: IAwaitOperation });

    /// <summary>What gives back the task, or what is in it, that it was called on.</summary>
    private static bool IsPassThrough(IMethodSymbol method) =>
        method.Name is "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult" or "Preserve"
        && SymbolWords.IsTaskLike(method.ContainingType);

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
        if (PlaceOf(target.WithoutConversions()) is { } place)
        {
            // The old value goes on as the result, so nothing is overwritten.
            SetValue(place, AbstractValue.Unknown);
        }

        Store(target, value, exchange);
        return old;
    }
}
