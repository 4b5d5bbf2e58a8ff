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
/// SLA4001: a thread that blocks on the network without a timeout, and that nothing waits for or can stop.
/// <para>
/// Whoever started it goes on; the thread sits in its read until the peer says something, which can be never. A poller that starts one per round
/// collects threads and sockets until there are no more of either, and no garbage collection takes them back.
/// </para>
/// <example><c>var thread = new Thread(() =&gt; client.GetStream().Read(buffer)); thread.Start(); thread.Join(1000);</c></example>
/// <para>
/// Known gaps: a blocking accept does not count, as the stop of its listener ends it; threads of a type that derives from a thread's wrapper.
/// </para>
/// </summary>
internal static class SLA4001AbandonedThread
{
    public const string Id = "SLA4001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Thread left behind in blocking network I/O",
        messageFormat: "{0}: {1} has no timeout on {2}, and nothing ends it",
        RuleCategory.AbandonedWork,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The thread reads or writes a socket without a timeout, and nobody joins it to its end or closes the socket: it stays until the peer speaks.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        HashSet<IOperation>? reported = null;
        foreach (var function in context.Uses.FunctionsInOrder)
        {
            if (!function.RunsOn.Contains(RunPlace.Thread) || function.Root.IsInherited || function.Starts.Count == 0)
            {
                continue;
            }

            if (IsJoinedToItsEnd(function))
            {
                NoteEndedAhead(function, context);
                continue;
            }

            var calls = WorkReach.Of(function, context, function.Parent).FindAll(WorkReach.BlocksWithoutBound);
            var places = PlacesOf(function);
            NoteEnded(function, places, calls, context);
            foreach (var place in places)
            {
                var left = calls.FindAll(work => !StopWords.IsStoppedAround(place, work.Object, function, context));
                if (left.Count > 0 && !IsAskedUntilItsEnd(place))
                {
                    context.Replace(left);

                    // One join can be that of several threads.
                    if (!(reported ??= new HashSet<IOperation>()).Add(place))
                    {
                        break;
                    }

                    report(Diagnostic.Create(
                        Descriptor,
                        place.Syntax.GetLocation(),
                        WorkReach.PlacesOf(left),
                        WorkReach.PropertiesFor(left),
                        function.Joins.ContainsKey(place) ? "the thread goes on when 'Join' gives up" : "nothing waits for this thread",
                        UseWords.CallOnLine(left[0].Call, place.Syntax.GetLocation()),
                        UseWords.Subject(left[0].Object)));
                    break;
                }
            }
        }
    }

    /// <summary>Where each of the places ends the work by closing what it waits on, its calls do not wait for ever.</summary>
    private static void NoteEnded(CodeFunction function, List<IOperation> places, List<WorkCall> calls, TimeoutContext context)
    {
        foreach (var work in calls)
        {
            if (places.TrueForAll(place => StopWords.IsStoppedAround(place, work.Object, function, context)) && WorkReach.IsCalledByNobodyElse(function))
            {
                context.Ended.Add(work.Call);
            }
        }
    }

    /// <summary>The same where a join with a limit gives up first, closes, and only then waits to the end.</summary>
    private static void NoteEndedAhead(CodeFunction function, TimeoutContext context)
    {
        foreach (var first in function.Joins)
        {
            if (!first.Value)
            {
                continue;
            }

            foreach (var work in WorkReach.Of(function, context, function.Parent).FindAll(WorkReach.BlocksWithoutBound))
            {
                foreach (var stop in StopWords.ClosingsBeside(first.Key, work.Object, function, context))
                {
                    if (stop.Syntax.SpanStart > first.Key.Syntax.Span.End
                        && IsAheadOfFullJoins(stop, function)
                        && new TimedOutPath(first.Key).Reaches(stop)
                        && WorkReach.IsCalledByNobodyElse(function))
                    {
                        context.Ended.Add(work.Call);
                    }
                }
            }
        }
    }

    private static bool IsAheadOfFullJoins(IOperation stop, CodeFunction function)
    {
        foreach (var join in function.Joins)
        {
            if (!join.Value && (!StopWords.IsSameMember(join.Key, stop) || join.Key.Syntax.SpanStart < stop.Syntax.SpanStart))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsJoinedToItsEnd(CodeFunction function)
    {
        foreach (var join in function.Joins)
        {
            if (!join.Value || JoinsUntilTheEnd(join.Key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a join with a limit is the condition of a loop that nothing else ends: <c>while (!thread.Join(1000)) Report();</c>.</summary>
    private static bool JoinsUntilTheEnd(IOperation join) =>
        join.Parent is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Parent: IWhileLoopOperation loop } && !CanBeLeft(loop);

    /// <summary>Whether the method that starts the thread, or gives up its join, goes round a loop while the thread is alive.</summary>
    private static bool IsAskedUntilItsEnd(IOperation place)
    {
        var root = OperationWords.RootOf(place);

        foreach (var operation in root.Descendants())
        {
            if (operation is IPropertyReferenceOperation { Property: { Name: "IsAlive", ContainingType.Name: "Thread" }, Parent: IWhileLoopOperation loop }
                && loop.Syntax.SpanStart >= place.Syntax.Span.End
                && !CanBeLeft(loop))
            {
                return true;
            }
        }

        return false;
    }

    private static bool CanBeLeft(IWhileLoopOperation loop)
    {
        foreach (var operation in loop.Body.DescendantsAndSelf())
        {
            if (operation is IReturnOperation or IThrowOperation or IBranchOperation { BranchKind: BranchKind.Break or BranchKind.GoTo })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The joins that give up; where there is none, the start.</summary>
    private static List<IOperation> PlacesOf(CodeFunction function)
    {
        var places = new List<IOperation>(function.Joins.Count > 0 ? function.Joins.Keys : (IEnumerable<IOperation>)function.Starts);
        places.Sort(StopWords.BySource);
        return places;
    }
}
