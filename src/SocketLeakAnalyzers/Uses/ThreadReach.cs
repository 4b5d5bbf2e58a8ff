using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Tells whether code may run on a thread or task that the compilation started: its function was handed to one, or what was calls it, in the type or in
/// others. The search ends at a number of functions, and then the answer is no.
/// </summary>
internal sealed class ThreadReach
{
    private const int MaxFunctions = 200;

    private readonly UseStore _store;
    private readonly ConcurrentDictionary<CodeFunction, bool> _mayRun = new();

    public ThreadReach(UseStore store) => _store = store;

    public bool MayRunOnThread(CodeFunction function, CancellationToken cancellationToken) =>
        _mayRun.TryGetValue(function, out var mayRun) ? mayRun : _mayRun.GetOrAdd(function, Find(function, cancellationToken));

    private bool Find(CodeFunction function, CancellationToken cancellationToken)
    {
        var seen = new HashSet<CodeFunction> { function };
        var queue = new Queue<CodeFunction>();
        queue.Enqueue(function);
        while (queue.Count > 0 && seen.Count < MaxFunctions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = queue.Dequeue();
            if (current.RunsOn.Contains(RunPlace.Thread) || current.RunsOn.Contains(RunPlace.Pool))
            {
                return true;
            }

            foreach (var site in current.CallSites)
            {
                if (GoesOn(site.Operation))
                {
                    return true;
                }

                Add(site.Caller);
            }

            if (!current.IsVisibleOutside || current.Symbol is not IMethodSymbol method)
            {
                continue;
            }

            foreach (var type in _store.TypesUsing(method, cancellationToken))
            {
                var others = _store.Get(type, cancellationToken);
                if (others == current.Home)
                {
                    continue;
                }

                foreach (var symbol in MemberSymbols.Of(current.Symbol))
                {
                    // `new Thread(session.Run)` in another type.
                    if (others.FunctionOf(symbol) is { } there && (there.RunsOn.Contains(RunPlace.Thread) || there.RunsOn.Contains(RunPlace.Pool)))
                    {
                        return true;
                    }

                    foreach (var site in others.CallsOf(symbol))
                    {
                        if (GoesOn(site.Operation))
                        {
                            return true;
                        }

                        Add(site.Caller);
                    }
                }
            }
        }

        return false;

        void Add(CodeFunction caller)
        {
            if (seen.Add(caller))
            {
                queue.Enqueue(caller);
            }
        }
    }

    /// <summary>Whether the task of a call is left, or kept by a field, while the caller goes on: <c>_loop = RunAsync();</c></summary>
    private static bool GoesOn(IOperation call)
    {
        if (!SymbolWords.IsTaskLike(call.Type))
        {
            return false;
        }

        var parent = call.Parent;
        while (parent is IConversionOperation)
        {
            parent = parent.Parent;
        }

        return parent is IExpressionStatementOperation or IAssignmentOperation { Target: IDiscardOperation or IFieldReferenceOperation or IPropertyReferenceOperation };
    }
}
