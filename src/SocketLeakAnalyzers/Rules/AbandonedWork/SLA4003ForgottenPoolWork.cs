using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.AbandonedWork;

/// <summary>
/// SLA4003: blocking network I/O without a timeout that is thrown on the pool and forgotten.
/// <para>
/// Each peer that goes silent keeps a thread of the pool. The pool grows by one or two a second, everything that is queued behind waits, and the
/// sockets stay open.
/// </para>
/// <example><c>Task.Run(() =&gt; socket.Receive(buffer));</c></example>
/// <para>
/// Known gaps: a task that is kept in a variable and never looked at; callbacks of timers.
/// </para>
/// </summary>
internal static class SLA4003ForgottenPoolWork
{
    public const string Id = "SLA4003";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Blocking network I/O forgotten on the pool",
        messageFormat: "nothing waits for this work on the thread pool: {0} has no timeout on {1}, and nothing ends it",
        RuleCategory.AbandonedWork,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A work item reads or writes a socket without a timeout, and nobody waits for it or closes the socket: it keeps a pool thread until the peer speaks.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        foreach (var function in context.Uses.FunctionsInOrder)
        {
            if (!function.RunsOn.Contains(RunPlace.Pool) || function.Root.IsInherited)
            {
                continue;
            }

            List<WorkCall>? calls = null;
            foreach (var place in Ordered(function.RunBy, function.TaskStarts))
            {
                if (!(function.TaskStarts.Contains(place) ? IsStartedAlone(place) : IsForgotten(place)))
                {
                    continue;
                }

                calls ??= WorkReach.Of(function, context, function.Parent).FindAll(WorkReach.BlocksWithoutBound);
                var left = calls.FindAll(work => !StopWords.IsStoppedAround(place, work.Object, function, context));
                if (left.Count < calls.Count && function.RunBy.Count + function.TaskStarts.Count == 1 && WorkReach.IsCalledByNobodyElse(function))
                {
                    context.Ended.UnionWith(calls.FindAll(work => !left.Contains(work)).ConvertAll(static work => work.Call));
                }

                if (left.Count > 0)
                {
                    context.Replace(left);
                    report(Diagnostic.Create(
                        Descriptor,
                        place.Syntax.GetLocation(),
                        WorkReach.PlacesOf(left),
                        WorkReach.PropertiesFor(left),
                        UseWords.CallOnLine(left[0].Call, place.Syntax.GetLocation()),
                        UseWords.Subject(left[0].Object)));
                }
            }
        }
    }

    private static List<IOperation> Ordered(HashSet<IOperation> runs, HashSet<IOperation> starts)
    {
        var list = new List<IOperation>(runs);
        list.AddRange(starts);
        list.Sort(StopWords.BySource);
        return list;
    }

    /// <summary>Whether a task that is made and started is nowhere else: <c>new Task(…).Start()</c>, or a variable that is only started.</summary>
    private static bool IsStartedAlone(IOperation start)
    {
        if (start is not IInvocationOperation { Instance: { } task })
        {
            return false;
        }

        task = task.WithoutConversions();
        if (task is not ILocalReferenceOperation { Local: { DeclaringSyntaxReferences.IsEmpty: false } variable })
        {
            return task is IObjectCreationOperation;
        }

        var root = OperationWords.RootOf(start);

        foreach (var operation in root.Descendants())
        {
            if (operation is ILocalReferenceOperation reference
                && SymbolEqualityComparer.Default.Equals(reference.Local, variable)
                && reference.Parent is not IInvocationOperation { TargetMethod.Name: "Start" })
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsForgotten(IOperation run)
    {
        // A continuation that is dropped too waits for the work as little as the task itself.
        var last = run;
        while (last.Parent is IConversionOperation or IInvocationOperation { TargetMethod: { Name: "ContinueWith" or "ConfigureAwait" or "Unwrap" } } or IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Unwrap" } })
        {
            last = last.Parent;
        }

        return run is IInvocationOperation
            && last.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation };
    }
}
