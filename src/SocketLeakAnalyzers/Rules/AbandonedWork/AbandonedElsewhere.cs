using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.AbandonedWork;

/// <summary>
/// Whether a call is part of work that another type leaves behind, and that is reported there: the one mistake then has its one warning. The types are
/// those whose code leads to the call; it is asked last, for what would be reported otherwise.
/// </summary>
internal static class AbandonedElsewhere
{
    private const int MaxFunctions = 200;

    public static bool Contains(NetworkCall call, TimeoutContext context)
    {
        var asked = new HashSet<TypeUses> { context.Uses };
        var seen = new HashSet<CodeFunction> { call.Function };
        var queue = new Queue<CodeFunction>();
        queue.Enqueue(call.Function);
        while (queue.Count > 0 && seen.Count < MaxFunctions)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var function = queue.Dequeue();
            foreach (var site in function.CallSites)
            {
                Add(site.Caller);
            }

            if (!function.IsVisibleOutside || function.Symbol is not IMethodSymbol method)
            {
                continue;
            }

            foreach (var type in TypesRunning(method, context))
            {
                var others = context.Store.Get(type, context.CancellationToken);
                foreach (var symbol in MemberSymbols.Of(function.Symbol))
                {
                    var there = others.FunctionOf(symbol);
                    var isCalled = there is { RunBy.Count: > 0 };
                    foreach (var site in others.CallsOf(symbol))
                    {
                        isCalled = true;
                        Add(site.Caller);
                    }

                    if (isCalled && asked.Add(others) && LeavesBehind(type, others, call, context))
                    {
                        return true;
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

    /// <summary>The types that name a method; what the pool runs of a work item is named by nobody, so those that make one.</summary>
    private static IEnumerable<INamedTypeSymbol> TypesRunning(IMethodSymbol method, TimeoutContext context)
    {
        foreach (var type in context.Store.TypesUsing(method, context.CancellationToken))
        {
            yield return type;
        }

        if (!method.Name.EndsWith("Execute", StringComparison.Ordinal) || !method.Parameters.IsEmpty || !IsWorkItem(method.ContainingType))
        {
            yield break;
        }

        foreach (var constructor in method.ContainingType.InstanceConstructors)
        {
            foreach (var type in context.Store.TypesUsing(constructor.OriginalDefinition, context.CancellationToken))
            {
                yield return type;
            }
        }
    }

    private static bool IsWorkItem(INamedTypeSymbol type)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented is { Name: "IThreadPoolWorkItem", ContainingNamespace.Name: "Threading" })
            {
                return true;
            }
        }

        return false;
    }

    private static bool LeavesBehind(INamedTypeSymbol type, TypeUses uses, NetworkCall call, TimeoutContext context)
    {
        var left = context.Store.LeftBehind.GetOrAdd(uses, _ => Find(context.Of(type, uses)));
        return left.Contains(call);
    }

    private static HashSet<NetworkCall> Find(TimeoutContext context)
    {
        Action<Diagnostic> nowhere = static _ => { };
        SLA4001AbandonedThread.Check(context, nowhere);
        SLA4002AbandonedTask.Check(context, nowhere);
        SLA4003ForgottenPoolWork.Check(context, nowhere);
        return context.Replaced;
    }
}
