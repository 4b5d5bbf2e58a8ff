using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.AbandonedWork;

/// <summary>
/// SLA4002: network I/O that is left behind when a deadline passes.
/// <para>
/// A wait that gives up ends the waiting, not the work: the read or connect goes on, holds its socket, and not even the garbage collector takes it
/// back while it is under way. An abandoned accept swallows the next client.
/// </para>
/// <example><c>if (await Task.WhenAny(read, Task.Delay(1000)) != read) return null;</c></example>
/// <para>
/// Known gaps: work that comes in by a parameter; a race with anything but <c>Task.Delay</c>.
/// </para>
/// </summary>
internal static class SLA4002AbandonedTask
{
    public const string Id = "SLA4002";

    /// <summary>The property of a finding whose work has calls that take no token where they stand.</summary>
    public const string Deaf = "deaf";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Network I/O left behind at a deadline",
        messageFormat: "{0} goes on when the time of {1} is over: nothing cancels it or closes {2}",
        RuleCategory.AbandonedWork,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The wait has a deadline, the work has none: when the deadline passes the work is neither cancelled nor its socket closed.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        var reported = new HashSet<IOperation>();
        foreach (var call in context.Uses.Calls)
        {
            foreach (var wait in Ordered(call.BoundedWaits))
            {
                if (call is { Style: UseStyle.Awaitable, MayBeBoundedElsewhere: false, Function.Root.IsInherited: false }
                    && Left(call, wait, context) is { } left)
                {
                    Report(wait, left, context, reported, report);
                }
            }
        }

        foreach (var function in context.Uses.FunctionsInOrder)
        {
            if (function.Root.IsInherited)
            {
                continue;
            }

            foreach (var wait in Ordered(function.BoundedWaits))
            {
                CheckWork(function, wait, null, context, reported, report);
            }

            foreach (var site in function.CallSites)
            {
                if (!site.MayBeBoundedElsewhere)
                {
                    foreach (var wait in Ordered(site.BoundedWaits))
                    {
                        CheckWork(function, wait, site, context, reported, report);
                    }
                }
            }
        }
    }

    /// <summary>The wait is for a function's own task: what the function does over the network is what is left behind.</summary>
    private static void CheckWork(CodeFunction function, IOperation wait, CallSite? site, TimeoutContext context, HashSet<IOperation> reported, Action<Diagnostic> report)
    {
        if (!IsDeadline(wait))
        {
            return;
        }

        // What the work does may stand in many types, so that is asked last.
        var start = site is null ? RunOf(function) : site.Operation;
        var path = PathOf(wait, start, context);
        var isStopped = IsStopped(wait, start, path);
        var endsIt = site is null && function.BoundedWaits.Count == 1 && WorkReach.IsCalledByNobodyElse(function);
        if (isStopped && !endsIt)
        {
            return;
        }

        var left = new List<WorkCall>();
        foreach (var work in WorkReach.Of(function, context, site?.Caller))
        {
            var isLeft = work.Call.Style == UseStyle.Blocking ? WorkReach.BlocksWithoutBound(work) : IsUnboundedAsync(work, start, wait);
            if (!isLeft)
            {
                continue;
            }

            if (!isStopped && !IsClosed(wait, work.Object, function, start, path, context))
            {
                left.Add(work);
            }
            else if (endsIt && work.Call.Style == UseStyle.Blocking)
            {
                context.Ended.Add(work.Call);
            }
        }

        if (left.Count > 0)
        {
            Report(wait, left, context, reported, report);
        }
    }

    private static TimedOutPath PathOf(IOperation wait, IOperation? start, TimeoutContext context) =>
        new(wait, VariableOf(start), throws: HelperOf(wait, context) is { Throws: true });

    private static DeadlineHelper? HelperOf(IOperation wait, TimeoutContext context) =>
        wait is IInvocationOperation { TargetMethod: var method } && context.Store.Context.HasCode(method) ? DeadlineHelper.Of(method.OriginalDefinition, context.CancellationToken) : null;

    private static IOperation? RunOf(CodeFunction function)
    {
        foreach (var run in function.RunBy)
        {
            return run;
        }

        return null;
    }

    private static List<WorkCall>? Left(NetworkCall call, IOperation wait, TimeoutContext context)
    {
        // The token of a helper that gives the task of its call back is the caller's, who is asked as the one that starts the work.
        if (!IsDeadline(wait) || (!StopWords.IsSameMember(call.Operation, wait) && TokenOf(call.Operation) is IParameterReferenceOperation))
        {
            return null;
        }

        var path = PathOf(wait, call.Operation, context);
        if (IsStopped(wait, call.Operation, path))
        {
            return null;
        }

        var left = new List<WorkCall>();
        foreach (var networkObject in call.Objects)
        {
            var work = new WorkCall(call, networkObject, context);
            if (IsUnboundedAsync(work, call.Operation, wait))
            {
                if (IsClosed(wait, networkObject, null, call.Operation, path, context))
                {
                    return null;
                }

                left.Add(work);
            }
        }

        return left.Count > 0 ? left : null;
    }

    private static bool IsUnboundedAsync(WorkCall work, IOperation? start, IOperation wait)
    {
        var call = work.Call;
        var networkObject = work.Object;
        if (call.Style != UseStyle.Awaitable || call.IsWithin || networkObject.IsGivenToUnknown || !IsOnTheWire(networkObject, work.Context))
        {
            return false;
        }

        if (call.Verb == UseVerb.Requests && work.Context.FactsOf(networkObject).Bounds(BoundVerb.Requests))
        {
            return false;
        }

        if (work.Context.IsClosedBySignal(networkObject))
        {
            return false;
        }

        if (call.Token != TokenUse.Given)
        {
            return start is null || !HasOwnDeadline(start, wait);
        }

        // A token that is given here may end with the wait; of one that a helper makes for itself nothing is known.
        return start is not null
            && (ReferenceEquals(start, call.Operation) || StartTokenOf(start) is not null || IsLeftToTheCaller(call, start))
            && !HasOwnDeadline(start, wait)
            && !LinksTokens(start, work.Context);
    }

    /// <summary>Whether the method that the work starts with links the token that it is given to others: what ends those is not known.</summary>
    private static bool LinksTokens(IOperation start, TimeoutContext context)
    {
        if (start is not IInvocationOperation { TargetMethod: var method })
        {
            return false;
        }

        foreach (var reference in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            if (UsedNames.IsUsedIn(reference.GetSyntax(context.CancellationToken), "CreateLinkedTokenSource"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether what is done with an object goes over the network: a body may be in memory, that of a request is where the code put it, and a stream may be one of a response.</summary>
    private static bool IsOnTheWire(NetworkObject networkObject, TimeoutContext context) =>
        networkObject.IsNetwork && !context.Store.Context.Known.IsHttpBody(networkObject.Type)
        || HttpResponses.IsUnbuffered(networkObject, context.Store, context.CancellationToken);

    /// <summary>Whether the token is a parameter of the method that the work starts with, and the start gives none for it.</summary>
    private static bool IsLeftToTheCaller(NetworkCall call, IOperation start) =>
        start is IInvocationOperation invocation
        && TokenOf(call.Operation) is IParameterReferenceOperation { Parameter: var token }
        && SymbolEqualityComparer.Default.Equals(token.ContainingSymbol.OriginalDefinition, invocation.TargetMethod.OriginalDefinition);

    /// <summary>Whether the object that the work waits with is closed when the wait gives up.</summary>
    private static bool IsClosed(IOperation wait, NetworkObject networkObject, CodeFunction? work, IOperation? start, TimedOutPath path, TimeoutContext context)
    {
        foreach (var stop in StopWords.ClosingsBeside(wait, networkObject, work, context))
        {
            if (path.Reaches(stop) || StopWords.IsBetween(start, stop, wait))
            {
                return true;
            }
        }

        return StopWords.IsClosedByCallers(wait, networkObject, work, path, context) || StopWords.IsClosedAheadOfCalls(wait, networkObject, work, start, context);
    }

    /// <summary>Whether the work is cancelled when the wait gives up, or waited for again, whatever it waits with.</summary>
    private static bool IsStopped(IOperation wait, IOperation? start, TimedOutPath path)
    {
        if (path.ComesBack || IsKeptForLater(start, wait) || HasEndedWithItsLoop(start, wait))
        {
            return true;
        }

        var variable = VariableOf(start);
        var root = OperationWords.RootOf(wait);
        var source = start is null ? null : SourceOf(StartTokenOf(start));
        foreach (var operation in root.DescendantsAndSelf())
        {
            var stops = operation switch
            {
                IInvocationOperation { TargetMethod.Name: "Cancel" or "CancelAsync", Instance: { } cancelled } => source is not null && SymbolEqualityComparer.Default.Equals(StopWords.MemberOf(cancelled), source),
                IAwaitOperation { Operation: { } awaited } => !ReferenceEquals(operation, AwaitOf(wait)) && Awaits(awaited, variable),
                IInvocationOperation { TargetMethod: { Name: "Wait" or "GetAwaiter", Parameters.IsEmpty: true }, Instance: { } waited } => variable is not null && Names(waited, variable),
                IPropertyReferenceOperation { Property.Name: "Result", Instance: { } waited } => variable is not null && Names(waited, variable),
                IWhileLoopOperation { Condition: IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var ended } } => variable is not null && AsksForItsEnd(ended, variable),
                _ => false,
            };
            if (stops && (path.Reaches(operation) || (operation is IInvocationOperation { TargetMethod.Name: "Cancel" or "CancelAsync" } && StopWords.IsBetween(start, operation, wait))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the member that waits has put the task into a field or a collection: the next round finds it there and goes on with it.</summary>
    private static bool IsKeptForLater(IOperation? start, IOperation wait)
    {
        if (start is null || !StopWords.IsSameMember(start, wait))
        {
            return false;
        }

        for (var current = start.Parent; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case IAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation }:
                    return true;
                case IInvocationOperation call when IsStoring(call) && call.Instance?.WithoutConversions() is IFieldReferenceOperation or IPropertyReferenceOperation:
                    return true;
                case IInvocationOperation { TargetMethod.Name: not ("ConfigureAwait" or "AsTask"), IsImplicit: false } or IAwaitOperation:
                    return false;
                case IBlockOperation:
                    return VariableOf(start) is { } variable && IsStored(variable, OperationWords.RootOf(start));
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the work was started, with a token, in a loop that runs until that token is cancelled, and the wait stands behind the loop: the work was told
    /// to end by then.
    /// </summary>
    private static bool HasEndedWithItsLoop(IOperation? start, IOperation wait)
    {
        if (start is null || StartTokenOf(start) is not { } token || StopWords.MemberOf(token) is not { } given || !StopWords.IsSameMember(start, wait))
        {
            return false;
        }

        for (var current = start.Parent; current is not null and not IAnonymousFunctionOperation; current = current.Parent)
        {
            if (current is IWhileLoopOperation loop && loop.Syntax.Span.End <= wait.Syntax.SpanStart)
            {
                foreach (var operation in loop.Descendants())
                {
                    if (!ReferenceEquals(operation, start) && operation switch
                        {
                            IPropertyReferenceOperation { Property.Name: "IsCancellationRequested", Instance: { } asked } => SymbolEqualityComparer.Default.Equals(StopWords.MemberOf(asked), given),
                            IInvocationOperation { TargetMethod.Name: "ThrowIfCancellationRequested", Instance: { } asked } => SymbolEqualityComparer.Default.Equals(StopWords.MemberOf(asked), given),
                            IAwaitOperation { Operation: IInvocationOperation awaited } => TokenOf(awaited) is { } other && SymbolEqualityComparer.Default.Equals(StopWords.MemberOf(other), given),
                            _ => false,
                        })
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool IsStored(ISymbol variable, IOperation root)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation or IArrayElementReferenceOperation, Value: var value } when Names(value, variable):
                case IArgumentOperation { Value: var given, Parent: IInvocationOperation { Instance: { } container } call } when IsStoring(call) && container.WithoutConversions() is not ILocalReferenceOperation && Names(given, variable):
                    return true;
            }
        }

        return false;
    }

    private static bool IsStoring(IInvocationOperation call) => call.TargetMethod.Name is "Add" or "TryAdd" or "AddOrUpdate" or "GetOrAdd" or "Enqueue" or "Push" or "Set";

    /// <summary>Whether an await waits for the work to its end: itself, or together with others, and without a deadline.</summary>
    private static bool Awaits(IOperation awaited, ISymbol? variable)
    {
        awaited = awaited.WithoutConversions();
        while (awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner })
        {
            awaited = inner.WithoutConversions();
        }

        if (variable is null || awaited is IInvocationOperation { TargetMethod.Name: "WhenAny" or "WaitAsync" })
        {
            return false;
        }

        foreach (var operation in awaited.DescendantsAndSelf())
        {
            if (Names(operation, variable))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a loop's condition is that the work has ended: <c>while (!task.Wait(100))</c>, <c>while (!task.IsCompleted)</c>.</summary>
    private static bool AsksForItsEnd(IOperation condition, ISymbol variable) => condition.WithoutConversions() switch
    {
        IInvocationOperation { TargetMethod.Name: "Wait", Instance: { } waited } => Names(waited, variable),
        IPropertyReferenceOperation { Property.Name: "IsCompleted", Instance: { } asked } => Names(asked, variable),
        _ => false,
    };

    private static bool Names(IOperation operation, ISymbol variable) =>
        operation.WithoutConversions() is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, variable);

    private static IOperation? AwaitOf(IOperation wait)
    {
        var current = wait.Parent;
        while (current is IConversionOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            current = current.Parent;
        }

        return current as IAwaitOperation;
    }

    /// <summary>The variable that the work's task goes into: itself, or a list or array of tasks.</summary>
    private static ISymbol? VariableOf(IOperation? start)
    {
        for (var current = start?.Parent; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case IVariableDeclaratorOperation declarator:
                    return ListOf(declarator.Symbol, current) ?? declarator.Symbol;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation local }:
                    return local.Local;
                case ICoalesceAssignmentOperation { Target: ILocalReferenceOperation { Local: var kept } }:
                    return kept;
                case IInvocationOperation { TargetMethod.Name: "Add", IsImplicit: false, Instance: ILocalReferenceOperation { Local: var list } }:
                    return list;
                case IInvocationOperation { TargetMethod.Name: "Add", IsImplicit: true }:
                    break;
                case IInvocationOperation { TargetMethod.Name: not ("ConfigureAwait" or "AsTask" or "WaitAsync") } or IBlockOperation or IAwaitOperation:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The list in a variable that a task is added to; null where it is added to none.</summary>
    private static ISymbol? ListOf(ISymbol task, IOperation declaration)
    {
        foreach (var operation in OperationWords.RootOf(declaration).Descendants())
        {
            if (operation is IInvocationOperation { TargetMethod.Name: "Add", Instance: ILocalReferenceOperation { Local: var list }, Arguments: { Length: 1 } added } && Names(added[0].Value, task))
            {
                return list;
            }
        }

        return null;
    }

    /// <summary>Whether the wait can give up before the work has ended: it has a time, a token, or a delay to race.</summary>
    private static bool IsDeadline(IOperation wait)
    {
        if (wait is not IInvocationOperation invocation)
        {
            return false;
        }

        var method = invocation.TargetMethod;
        switch (method.Name)
        {
            case "Wait" or "WaitAsync":
                return method.ContainingType.Name == "Task" && !method.Parameters.IsEmpty;
            case "WaitAll":
                return method.ContainingType.Name == "Task" && method.Parameters.Length > 1;
            case "WaitAny":
                return method.ContainingType.Name == "Task" && (method.Parameters.Length > 1 || RacesDelay(invocation));
            case "WhenAny":
                return RacesDelay(invocation);
            default:
                // Of the methods of the compilation only those that are given a limit are noted as waits.
                return !method.DeclaringSyntaxReferences.IsEmpty;
        }
    }

    private static bool RacesDelay(IInvocationOperation race)
    {
        var root = OperationWords.RootOf(race);
        foreach (var argument in race.Arguments)
        {
            foreach (var operation in argument.Value.DescendantsAndSelf())
            {
                if (IsDelay(operation) || (operation is ILocalReferenceOperation local && IsDelayLocal(local.Local, root)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsDelayLocal(ISymbol variable, IOperation root)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            var value = operation switch
            {
                IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, variable) => declarator.GetVariableInitializer()?.Value,
                ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when SymbolEqualityComparer.Default.Equals(target.Local, variable) => assignment.Value,
                IInvocationOperation { TargetMethod.Name: "Add", Instance: ILocalReferenceOperation list, Arguments: { Length: 1 } added } when SymbolEqualityComparer.Default.Equals(list.Local, variable) => added[0].Value,
                _ => null,
            };
            if (value is not null && HoldsDelay(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a value is a delay, or an array or list with one.</summary>
    private static bool HoldsDelay(IOperation value)
    {
        if (IsDelay(value))
        {
            return true;
        }

        if (value is IAnonymousFunctionOperation or IAwaitOperation or IInvocationOperation { IsImplicit: false })
        {
            return false;
        }

        foreach (var part in value.ChildOperations)
        {
            if (HoldsDelay(part))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A delay that ends; one without end is only there for its token.</summary>
    private static bool IsDelay(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType: { Name: "Task", ContainingNamespace.Name: "Tasks" } } } delay
        && (!IsWithoutEnd(delay) || TokenOf(delay) is not null);

    private static bool IsWithoutEnd(IInvocationOperation delay) =>
        OperationWords.ArgumentAt(delay.Arguments, 0)?.Value.WithoutConversions() is { ConstantValue: { HasValue: true, Value: -1 } } or IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan", ContainingType.Name: "Timeout" } };

    /// <summary>The token by which alone a wait gives up: its own, or that of a delay without end that it races.</summary>
    private static IOperation? LimitTokenOf(IOperation wait)
    {
        if (wait is not IInvocationOperation { TargetMethod: var method } race)
        {
            return null;
        }

        if (method.Name is not ("WhenAny" or "WaitAny"))
        {
            return method.Parameters.Length == (method.IsStatic ? 2 : 1) ? TokenOf(wait) : null;
        }

        IOperation? limit = null;
        foreach (var argument in race.Arguments)
        {
            foreach (var operation in argument.Value.DescendantsAndSelf())
            {
                if ((operation is ILocalReferenceOperation local ? InitialOf(local) : operation) is not IInvocationOperation delay || !IsDelay(delay))
                {
                    continue;
                }

                if (limit is not null || !IsWithoutEnd(delay))
                {
                    return null;
                }

                limit = TokenOf(delay);
            }
        }

        return limit;
    }

    private static IOperation? InitialOf(ILocalReferenceOperation local)
    {
        foreach (var operation in OperationWords.RootOf(local).DescendantsAndSelf())
        {
            if (operation is IVariableDeclaratorOperation declarator && SymbolEqualityComparer.Default.Equals(declarator.Symbol, local.Local))
            {
                return declarator.GetVariableInitializer()?.Value.WithoutConversions();
            }
        }

        return null;
    }

    /// <summary>Whether the token that the work is given ends it by then: a source with a time of its own, or the token that the wait gives up by.</summary>
    private static bool HasOwnDeadline(IOperation start, IOperation wait)
    {
        if (StartTokenOf(start) is not { } token)
        {
            return false;
        }

        if (LimitTokenOf(wait) is { } limit && SymbolEqualityComparer.Default.Equals(StopWords.MemberOf(limit), StopWords.MemberOf(token)) && StopWords.MemberOf(token) is not null)
        {
            return true;
        }

        if (SourceOf(token) is not { } source)
        {
            return token.WithoutConversions() is not (IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or ILocalReferenceOperation);
        }

        foreach (var operation in OperationWords.RootOf(start).DescendantsAndSelf())
        {
            switch (operation)
            {
                case IInvocationOperation { TargetMethod.Name: "CancelAfter", Instance: { } instance } when SymbolEqualityComparer.Default.Equals(StopWords.MemberOf(instance), source):
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, source)
                    && declarator.GetVariableInitializer()?.Value.WithoutConversions() is not (IObjectCreationOperation { Arguments.IsEmpty: true } or IInvocationOperation { TargetMethod.Name: "CreateLinkedTokenSource" }):
                    return true;
            }
        }

        return false;
    }

    /// <summary>The token that a start gives to the work. The one that <c>Task.Run</c> takes keeps work from starting, and ends none that has.</summary>
    private static IOperation? StartTokenOf(IOperation start) =>
        start is IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew", ContainingType.Name: "Task" or "TaskFactory" } } ? null : TokenOf(start);

    private static IOperation? TokenOf(IOperation call)
    {
        if (call is IInvocationOperation invocation)
        {
            foreach (var argument in invocation.Arguments)
            {
                if (argument is { ArgumentKind: ArgumentKind.Explicit, Value: { Type.Name: "CancellationToken" } value } && !Tokens.IsNone(value))
                {
                    return value.WithoutConversions();
                }
            }
        }

        return null;
    }

    /// <summary>The source behind <c>source.Token</c>, or behind a variable that holds that.</summary>
    private static ISymbol? SourceOf(IOperation? token) => token switch
    {
        IPropertyReferenceOperation { Property.Name: "Token", Instance: { } source } => StopWords.MemberOf(source),
        ILocalReferenceOperation local when InitialOf(local) is IPropertyReferenceOperation { Property.Name: "Token", Instance: { } source } => StopWords.MemberOf(source),
        _ => null,
    };

    private static List<IOperation> Ordered(HashSet<IOperation> operations)
    {
        var list = new List<IOperation>(operations);
        list.Sort(StopWords.BySource);
        return list;
    }

    private static void Report(IOperation wait, List<WorkCall> left, TimeoutContext context, HashSet<IOperation> reported, Action<Diagnostic> report)
    {
        context.Replace(left);
        if (reported.Add(wait))
        {
            report(Diagnostic.Create(
                Descriptor,
                wait.Syntax.GetLocation(),
                new[] { UseWords.Place(left[0].Call) },
                left.Exists(work => IsDeaf(work.Call, wait)) ? ImmutableDictionary<string, string?>.Empty.Add(Deaf, null) : ImmutableDictionary<string, string?>.Empty,
                UseWords.CallOnLine(left[0].Call, wait.Syntax.GetLocation()),
                "'" + ((IInvocationOperation)wait).TargetMethod.Name + "'",
                UseWords.Subject(left[0].Object)));
        }
    }

    /// <summary>Whether the call stands in a function that the work calls, and takes no token there: one that the work is given does not end it.</summary>
    private static bool IsDeaf(NetworkCall call, IOperation wait)
    {
        var node = call.Operation.Syntax;
        while (node is not (null or MemberDeclarationSyntax or LocalFunctionStatementSyntax))
        {
            node = node.Parent;
        }

        return call.TokenValue is null && node is not (null or GlobalStatementSyntax) && !(node.SyntaxTree == wait.Syntax.SyntaxTree && node.Span.Contains(wait.Syntax.Span));
    }
}
