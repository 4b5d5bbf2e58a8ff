using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Rules.AbandonedWork;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Listeners;

/// <summary>
/// SLA5002: a shutdown that waits for the work in flight first, and stops the listener only then.
/// <para>
/// While it waits, the kernel goes on accepting: clients and load balancers that connect get a connection that is dropped when the listener stops.
/// </para>
/// <example><c>await Task.WhenAll(_handlers); _listener.Stop();</c></example>
/// <para>
/// Known gaps: a wait in another type; not for <c>HttpListener</c>, whose stop breaks the requests in flight.
/// </para>
/// </summary>
internal static class SLA5002StoppedAfterDrain
{
    public const string Id = "SLA5002";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Listener stopped after the work in flight",
        messageFormat: "{0} is still accepting while this waits for the work in flight: stop it first, or clients that connect meanwhile are dropped",
        RuleCategory.Listeners,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The shutdown waits for its handlers with the listener open, and stops it afterwards: it should stop accepting first.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        HashSet<IOperation>? reported = null;
        foreach (var listener in context.Uses.Objects)
        {
            if (!IsListener(listener))
            {
                continue;
            }

            foreach (var (stop, function) in StopsOf(listener, context))
            {
                if (FirstDrain(stop, function, listener, context) is { } drain && (reported ??= new HashSet<IOperation>()).Add(drain))
                {
                    report(Diagnostic.Create(Descriptor, drain.Syntax.GetLocation(), new[] { stop.Syntax.GetLocation() }, UseWords.Subject(listener)));
                }
            }
        }
    }

    private static bool IsListener(NetworkObject listener) =>
        listener.Origin is ObjectOrigin.Made or ObjectOrigin.Opened
        && listener.Type.Name != "HttpListener"
        && (listener.Facts.Kind == ResourceKind.Listener || (listener.Facts.Kind == ResourceKind.Socket && listener.Starts.Count > 0));

    /// <summary>The closings of the listener and the calls of the type's methods that close it, where they are called.</summary>
    private static IEnumerable<(IOperation Stop, CodeFunction Function)> StopsOf(NetworkObject listener, TimeoutContext context)
    {
        foreach (var closing in listener.Closings)
        {
            yield return (closing.Operation, closing.Function);
            foreach (var site in closing.Function.CallSites)
            {
                yield return (site.Operation, site.Caller);
            }
        }
    }

    /// <summary>The first wait for the work in flight ahead of the stop in its function, with the listener still open.</summary>
    private static IOperation? FirstDrain(IOperation stop, CodeFunction function, NetworkObject listener, TimeoutContext context)
    {
        if (function.IsInherited || IsStoppedByItsLoop(listener, stop))
        {
            return null;
        }

        var root = OperationWords.RootOf(stop);

        foreach (var operation in root.Descendants())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (FunctionOf(operation) != FunctionOf(stop) || !IsAhead(operation, stop))
            {
                continue;
            }

            if (IsStop(operation, listener, stop) || IsCancelThatStops(operation, listener, context))
            {
                return null;
            }

            if ((IsDrain(operation) || IsSignalOfTheLast(operation, context)) && !IsInAcceptLoop(operation, listener) && !AcceptLoops.AreWaitedFor(operation, listener, context))
            {
                return operation;
            }

            if (operation is IInvocationOperation call && DrainsIn(call, listener, context))
            {
                return operation;
            }
        }

        return null;
    }

    /// <summary>Whether the loop that accepts closes the listener itself when it ends: the order here does not decide then.</summary>
    private static bool IsStoppedByItsLoop(NetworkObject listener, IOperation stop)
    {
        foreach (var closing in listener.Closings)
        {
            foreach (var call in listener.Calls)
            {
                if (call.Verb == UseVerb.Accepts && call.Function.Root == closing.Function.Root && !StopWords.IsSameMember(closing.Operation, stop))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A wait stands ahead of a stop in the text; a <c>using</c> stops at the end of its scope.</summary>
    private static bool IsAhead(IOperation operation, IOperation stop) => stop switch
    {
        IUsingOperation => stop.Syntax.Span.Contains(operation.Syntax.Span),
        IUsingDeclarationOperation => operation.Syntax.SpanStart > stop.Syntax.Span.End && (stop.Syntax.Parent is GlobalStatementSyntax || stop.Syntax.Parent?.Span.Contains(operation.Syntax.Span) == true),
        _ => operation.Syntax.Span.End <= stop.Syntax.SpanStart && !AreBranches(operation.Syntax, stop.Syntax),
    };

    /// <summary>Whether they stand in two branches of one choice, or the first in a handler that the other is not in.</summary>
    private static bool AreBranches(SyntaxNode first, SyntaxNode second)
    {
        for (var current = first.Parent; current is not null and not MemberDeclarationSyntax; current = current.Parent)
        {
            if (current is IfStatementSyntax or SwitchStatementSyntax && current.Span.Contains(second.Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStop(IOperation operation, NetworkObject listener, IOperation stop)
    {
        if (ReferenceEquals(operation, stop))
        {
            return false;
        }

        foreach (var closing in listener.Closings)
        {
            if (ReferenceEquals(closing.Operation, operation) && operation is not (IUsingOperation or IUsingDeclarationOperation))
            {
                return true;
            }

            foreach (var site in closing.Function.Root.CallSites)
            {
                if (ReferenceEquals(site.Operation, operation))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a source is cancelled where a registration of a token closes the listener.</summary>
    private static bool IsCancelThatStops(IOperation operation, NetworkObject listener, TimeoutContext context)
    {
        if (operation is not IInvocationOperation { TargetMethod: { Name: "Cancel" or "CancelAsync", ContainingType.Name: "CancellationTokenSource" } })
        {
            return false;
        }

        foreach (var closing in listener.Closings)
        {
            if (context.Uses.MayRunOn(closing.Function, RunPlace.Cancellation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInAcceptLoop(IOperation operation, NetworkObject listener)
    {
        for (var current = operation.Parent; current is not null; current = current.Parent)
        {
            if (current is ILoopOperation)
            {
                foreach (var call in listener.Calls)
                {
                    if (call.Verb == UseVerb.Accepts && current.Syntax.SyntaxTree == call.Operation.Syntax.SyntaxTree && current.Syntax.Span.Contains(call.Operation.Syntax.Span))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Whether a method of the type that is called here waits for the work, and leaves the listener alone.</summary>
    private static bool DrainsIn(IInvocationOperation call, NetworkObject listener, TimeoutContext context)
    {
        foreach (var function in context.Uses.Functions)
        {
            foreach (var site in function.CallSites)
            {
                if (ReferenceEquals(site.Operation, call) && !Touches(function, listener) && context.BodyOf(function) is { } body)
                {
                    foreach (var operation in body.Descendants())
                    {
                        if (IsDrain(operation) || IsSignalOfTheLast(operation, context))
                        {
                            return true;
                        }
                    }
                }
            }
        }

        return false;
    }

    private static bool Touches(CodeFunction function, NetworkObject listener)
    {
        foreach (var closing in listener.Closings)
        {
            if (closing.Function.Root == function.Root)
            {
                return true;
            }
        }

        foreach (var call in listener.Calls)
        {
            if (call.Function.Root == function.Root)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A wait for handlers: all tasks of a collection, each of them in turn, a countdown, a loop until none is left.</summary>
    public static bool IsDrain(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "WhenAll" or "WaitAll", ContainingType.Name: "Task" }, Arguments: { Length: > 0 } arguments } => arguments[0].ArgumentKind == ArgumentKind.Explicit && IsCollection(arguments[0].Value),
        IInvocationOperation { TargetMethod: { Name: "Wait", ContainingType.Name: "CountdownEvent" } } => true,
        IInvocationOperation { TargetMethod: { Name: "Wait" or "WaitAsync", ContainingType.Name: "SemaphoreSlim" }, Instance: { } slots } => TakesAllSlots(operation, slots),
        IInvocationOperation { TargetMethod: { Name: "SpinUntil", ContainingType.Name: "SpinWait" }, Arguments: { Length: > 0 } arguments } => AsksForNone(arguments[0].Value),
        IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType.Name: "Task" } or { Name: "Sleep", ContainingType.Name: "Thread" } } => IsPolling(operation),
        IAwaitOperation { Operation: { } awaited } => IsElement(awaited),
        IInvocationOperation { TargetMethod.Name: "Wait" or "Join", Instance: { } waited } => IsElement(waited),
        _ => false,
    };

    /// <summary>Whether a counted loop takes one slot of a semaphore after the other, and gives none back: it has them all when no handler holds one.</summary>
    private static bool TakesAllSlots(IOperation wait, IOperation slots)
    {
        for (var current = wait.Parent; current is not null and not IAnonymousFunctionOperation; current = current.Parent)
        {
            if (current is not IForLoopOperation loop)
            {
                continue;
            }

            foreach (var operation in loop.Body.DescendantsAndSelf())
            {
                if (operation is IInvocationOperation { TargetMethod: { Name: "Release", ContainingType.Name: "SemaphoreSlim" } })
                {
                    return false;
                }
            }

            return FieldOf(slots) is not null;
        }

        return false;
    }

    /// <summary>A wait for a signal that the last handler gives: a completion source or an event that the type sets when its count has come down.</summary>
    private static bool IsSignalOfTheLast(IOperation operation, TimeoutContext context)
    {
        var signal = operation switch
        {
            IPropertyReferenceOperation { Property: { Name: "Task", ContainingType.Name: "TaskCompletionSource" }, Instance: { } source } when IsAwaited(operation) => FieldOf(source),
            IInvocationOperation { TargetMethod: { Name: "Wait", ContainingType.Name: "ManualResetEventSlim" } or { Name: "WaitOne", ContainingType.Name: "WaitHandle" }, Instance: { } handle } => FieldOf(handle),
            _ => null,
        };
        if (signal is null)
        {
            return false;
        }

        foreach (var function in context.Uses.Functions)
        {
            if (context.BodyOf(function) is not { } body)
            {
                continue;
            }

            foreach (var candidate in body.Descendants())
            {
                if (candidate is IInvocationOperation { TargetMethod.Name: "Set" or "SetResult" or "TrySetResult", Instance: { } receiver }
                    && SymbolEqualityComparer.Default.Equals(FieldOf(receiver), signal)
                    && IsUnderCountOfNone(candidate))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsAwaited(IOperation task)
    {
        var current = task.Parent;
        while (current is IConversionOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WaitAsync" })
        {
            current = current.Parent;
        }

        return current is IAwaitOperation;
    }

    /// <summary><c>if (Interlocked.Decrement(ref _active) == 0) …</c></summary>
    private static bool IsUnderCountOfNone(IOperation operation)
    {
        for (var current = operation.Parent; current is not null; current = current.Parent)
        {
            if (current is IConditionalOperation { Condition: { } condition } && !condition.Syntax.Span.Contains(operation.Syntax.Span))
            {
                foreach (var part in condition.DescendantsAndSelf())
                {
                    if (part is IInvocationOperation { TargetMethod: { Name: "Decrement", ContainingType.Name: "Interlocked" } } or IIncrementOrDecrementOperation { Kind: OperationKind.Decrement } or IPropertyReferenceOperation { Property.Name: "IsEmpty" })
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static ISymbol? FieldOf(IOperation operation) => (operation.WithoutConversions() as IFieldReferenceOperation)?.Field;

    private static bool IsCollection(IOperation tasks)
    {
        tasks = tasks.WithoutConversions();

        // One by one they may be the accept loop; a collection is of handlers.
        if (tasks is IArrayCreationOperation || (tasks.Syntax is CollectionExpressionSyntax { Elements: var elements } && !elements.Any(SyntaxKind.SpreadElement)))
        {
            return false;
        }

        // `sessions.Values` of a dictionary has its arguments in the type around it.
        for (var type = tasks.Type as INamedTypeSymbol; type is not null; type = type.ContainingType)
        {
            if (!type.TypeArguments.IsEmpty)
            {
                return true;
            }
        }

        return tasks.Type is IArrayTypeSymbol;
    }

    /// <summary>Whether the variable of a loop over tasks or threads is waited for.</summary>
    private static bool IsElement(IOperation waited)
    {
        waited = waited.WithoutConversions();
        if (waited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task })
        {
            waited = task.WithoutConversions();
        }

        if (waited is IArrayElementReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true })
        {
            return IsInFor(waited);
        }

        // The task or thread of each entry: `pair.Value`, `session.Completion`.
        if (waited is IMemberReferenceOperation { Instance: { } entry } and (IFieldReferenceOperation or IPropertyReferenceOperation)
            && (SymbolWords.IsTaskLike(waited.Type) || waited.Type?.Name == "Thread"))
        {
            waited = entry.WithoutConversions();
        }

        if (waited is not ILocalReferenceOperation local)
        {
            return false;
        }

        for (IOperation? current = waited.Parent; current is not null; current = current.Parent)
        {
            if (current is IForEachLoopOperation each && each.Locals.Contains(local.Local))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInFor(IOperation operation)
    {
        for (var current = operation.Parent; current is not null and not IAnonymousFunctionOperation; current = current.Parent)
        {
            if (current is IForLoopOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A loop that sleeps until a count is down.</summary>
    private static bool IsPolling(IOperation sleep)
    {
        for (var current = sleep.Parent; current is not null; current = current.Parent)
        {
            if (current is IWhileLoopOperation { Condition: { } condition })
            {
                return AsksForNone(condition);
            }

            if (current is ILoopOperation or IAnonymousFunctionOperation)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Whether a condition is about how many there are.</summary>
    private static bool AsksForNone(IOperation condition)
    {
        foreach (var operation in condition.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThanOrEqual } comparison
                    when IsNumber(comparison.RightOperand) || IsNumber(comparison.LeftOperand):
                case IPropertyReferenceOperation { Property.Name: "IsEmpty" }:
                case IInvocationOperation { TargetMethod.Name: "Any" }:
                    return true;
            }
        }

        return false;
    }

    private static bool IsNumber(IOperation operand) => operand.WithoutConversions().ConstantValue is { HasValue: true, Value: int or long };

    private static SyntaxNode? FunctionOf(IOperation operation) => operation.Syntax.FirstAncestorOrSelf<SyntaxNode>(static node =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);
}
