using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using Values = SocketLeakAnalyzers.Semantics.ValueSet;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// What is begun with a callback is often waited for by an event: the callback sets it, and who began the call waits for it with a limit. That is a
/// bounded wait for the call. An event is known by the variable, field or property that holds it; whose field that is, is not asked.
/// </summary>
internal sealed partial class UseReader
{
    private const int MaxCallbackCalls = 4;

    private readonly Dictionary<NetworkCall, HashSet<CodeFunction>> _callbacks = new();
    private readonly Dictionary<CodeFunction, HashSet<ISymbol>> _signals = new();
    private readonly Dictionary<ISymbol, Dictionary<IOperation, CodeFunction>> _signalWaits = new(SymbolEqualityComparer.Default);

    /// <summary>Records an event that is set here, or a wait for one with a limit.</summary>
    private void NoteEvent(IOperation operation, IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, IOperation instance)
    {
        if (method.Name is not ("Set" or "Release" or "Signal" or "Wait" or "WaitOne" or "WaitAsync") || !IsEvent(method.ContainingType) || PlaceOf(instance) is not { } place)
        {
            return;
        }

        if (method.Name is "Set" or "Release" or "Signal")
        {
            if (!_signals.TryGetValue(Function, out var signals))
            {
                _signals.Add(Function, signals = new HashSet<ISymbol>(SymbolEqualityComparer.Default));
            }

            signals.Add(place);
        }
        else if (HasLimit(arguments))
        {
            if (!_signalWaits.TryGetValue(place, out var waits))
            {
                _signalWaits.Add(place, waits = new Dictionary<IOperation, CodeFunction>());
            }

            waits[operation] = Function;
        }
    }

    private void NoteCallbacks(NetworkCall call, Values[] values)
    {
        foreach (var given in values)
        {
            foreach (var value in given)
            {
                if (value is CodeFunction function)
                {
                    if (!_callbacks.TryGetValue(call, out var callbacks))
                    {
                        _callbacks.Add(call, callbacks = new HashSet<CodeFunction>());
                    }

                    callbacks.Add(function);
                }
            }
        }
    }

    private void ConcludeEvents()
    {
        if (_signalWaits.Count == 0)
        {
            return;
        }

        foreach (var begun in _callbacks)
        {
            foreach (var callback in begun.Value)
            {
                AddSignalWaits(begun.Key, callback, depth: 0);
            }
        }
    }

    private void AddSignalWaits(NetworkCall call, CodeFunction function, int depth)
    {
        if (_signals.TryGetValue(function, out var signals))
        {
            foreach (var signal in signals)
            {
                if (_signalWaits.TryGetValue(signal, out var waits))
                {
                    foreach (var wait in waits)
                    {
                        if (IsWaitOfBeginner(wait.Value.Root, call.Function.Root))
                        {
                            call.BoundedWaits.Add(wait.Key);
                        }
                    }
                }
            }
        }

        if (depth < MaxCallbackCalls)
        {
            foreach (var called in function.Calls)
            {
                AddSignalWaits(call, called, depth + 1);
            }
        }
    }

    /// <summary>The wait stands where the call is begun, or in a method that has it begun.</summary>
    private static bool IsWaitOfBeginner(CodeFunction waiter, CodeFunction beginner)
    {
        if (waiter == beginner)
        {
            return true;
        }

        foreach (var site in beginner.CallSites)
        {
            if (site.Caller.Root == waiter)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasLimit(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            var isLimit = argument.Parameter?.Type switch
            {
                { SpecialType: SpecialType.System_Int32 } or { Name: "TimeSpan" } => BoundValues.Of(argument.Value, isZeroInfinite: false, _context, _cancellationToken) != BoundValue.Infinite,
                { Name: "CancellationToken" } => argument.ArgumentKind != ArgumentKind.DefaultValue && !Tokens.IsNone(argument.Value),
                _ => false,
            };
            if (isLimit)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEvent(INamedTypeSymbol type) =>
        type is
        {
            Name: "WaitHandle" or "EventWaitHandle" or "ManualResetEvent" or "AutoResetEvent" or "ManualResetEventSlim" or "Semaphore" or "SemaphoreSlim" or "CountdownEvent",
            ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } },
        };
}
