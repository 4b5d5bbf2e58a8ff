using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.AbandonedWork;

/// <summary>Whether work that is left behind is stopped where it was started or waited for.</summary>
internal static class StopWords
{
    private const int MaxCallers = 200;

    public static int BySource(IOperation left, IOperation right)
    {
        var byFile = string.CompareOrdinal(left.Syntax.SyntaxTree.FilePath, right.Syntax.SyntaxTree.FilePath);
        return byFile != 0 ? byFile : left.Syntax.SpanStart.CompareTo(right.Syntax.SpanStart);
    }

    /// <summary>Whether the method that starts the work, or waits for it, closes the object on the way on which the work is left behind.</summary>
    public static bool IsStoppedAround(IOperation place, NetworkObject networkObject, CodeFunction work, TimeoutContext context)
    {
        var path = new TimedOutPath(place);
        foreach (var stop in ClosingsBeside(place, networkObject, work, context))
        {
            if (path.Reaches(stop))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The closings of an object in the member that the place is in, outside of the work itself; for a closing in another method of the type its calls
    /// there.
    /// </summary>
    public static IEnumerable<IOperation> ClosingsBeside(IOperation place, NetworkObject networkObject, CodeFunction? work, TimeoutContext context)
    {
        var own = work is null ? null : WorkReach.FunctionsOf(work);
        foreach (var (closing, _) in context.FactsOf(networkObject).Endings)
        {
            // What the work closes itself when it ends does not end it.
            if (IsWithin(closing.Function, work) || (own is not null && IsCalledBy(closing.Function, own)))
            {
                continue;
            }

            if (IsSameMember(closing.Operation, place))
            {
                yield return closing.Operation;
            }

            // A local function is called where it counts, as is the method that it stands in.
            for (var function = closing.Function; function is not null; function = function.Parent)
            {
                foreach (var site in function.CallSites)
                {
                    if (IsSameMember(site.Operation, place) && !IsWithin(site.Caller, work) && own?.Contains(site.Caller) != true)
                    {
                        yield return site.Operation;
                    }
                }
            }
        }
    }

    /// <summary>
    /// Whether a caller of the function that waits closes the object when the call is over: what is left behind there is ended a step further out.
    /// </summary>
    public static bool IsClosedByCallers(IOperation place, NetworkObject networkObject, CodeFunction? work, TimedOutPath timedOut, TimeoutContext context)
    {
        if (FunctionAt(place, context) is not { } function)
        {
            return false;
        }

        var seen = new HashSet<CodeFunction> { function };
        var queue = new Queue<(CodeFunction Function, bool Throws)>();
        queue.Enqueue((function, timedOut.LeavesByException));
        while (queue.Count > 0 && seen.Count < MaxCallers)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var (called, throws) = queue.Dequeue();
            foreach (var site in CallsOf(called, context))
            {
                var path = new TimedOutPath(site.Operation, throws: throws);
                foreach (var (closing, _) in context.FactsOf(networkObject).Endings)
                {
                    if (!IsWithin(closing.Function, work) && IsSameMember(closing.Operation, site.Operation) && path.Reaches(closing.Operation))
                    {
                        return true;
                    }
                }

                if (KeptIn(site.Operation) is { } kept && IsClosedWhereTaskIsKnown(networkObject, work, kept, context))
                {
                    return true;
                }

                if (seen.Add(site.Caller))
                {
                    queue.Enqueue((site.Caller, throws && path.LeavesByException));
                }
            }
        }

        return false;
    }

    /// <summary>Whether a caller of the function that waits ends the object before it calls: <c>_listener.Stop(); WaitFor(_loop);</c></summary>
    public static bool IsClosedAheadOfCalls(IOperation place, NetworkObject networkObject, CodeFunction? work, IOperation? start, TimeoutContext context)
    {
        if (FunctionAt(place, context) is not { } function)
        {
            return false;
        }

        foreach (var site in CallsOf(function, context))
        {
            foreach (var stop in ClosingsBeside(site.Operation, networkObject, work, context))
            {
                if (IsBetween(start, stop, site.Operation))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether the work was ended before the wait for it begins, on every way that comes to the wait: the wait is for what is left of it.</summary>
    public static bool IsBetween(IOperation? start, IOperation stop, IOperation wait)
    {
        if (stop is not IInvocationOperation
            || !IsSameMember(stop, wait)
            || stop.Syntax.Span.End > wait.Syntax.SpanStart
            || (start is not null && IsSameMember(start, stop) && stop.Syntax.SpanStart < start.Syntax.Span.End))
        {
            return false;
        }

        for (var current = stop.Syntax.Parent; current is not null && !current.Span.Contains(wait.Syntax.Span); current = current.Parent)
        {
            // A loop over a collection ends each of its elements; who asks whether there is something to end ends it where there is.
            if ((current is IfStatementSyntax guarded && !AsksFor(guarded, stop)) || current is ElseClauseSyntax or SwitchSectionSyntax or CatchClauseSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or ForStatementSyntax
                || (current is WhileStatementSyntax { Condition: var condition } && !Takes(condition)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a condition is about what is ended: <c>if (_listener != null) _listener.Stop();</c></summary>
    private static bool AsksFor(IfStatementSyntax guarded, IOperation stop) =>
        stop is IInvocationOperation { Instance: { } ended } && MemberOf(ended) is { } member && UsedNames.IsUsedIn(guarded.Condition, member.Name);

    /// <summary>Whether a loop goes on as long as it takes something out of a collection.</summary>
    private static bool Takes(ExpressionSyntax condition) =>
        condition is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TryTake" or "TryDequeue" or "TryPop" or "TryRead" } };

    /// <summary>The calls of a function, in its type and, where it can be called from there, in others.</summary>
    private static IEnumerable<CallSite> CallsOf(CodeFunction function, TimeoutContext context)
    {
        foreach (var site in function.CallSites)
        {
            yield return site;
        }

        if (!function.IsVisibleOutside || function.Symbol is not IMethodSymbol method)
        {
            yield break;
        }

        foreach (var type in context.Store.TypesUsing(method, context.CancellationToken))
        {
            var others = context.Store.Get(type, context.CancellationToken);
            if (others == function.Home)
            {
                continue;
            }

            foreach (var symbol in MemberSymbols.Of(method))
            {
                foreach (var site in others.CallsOf(symbol))
                {
                    yield return site;
                }
            }
        }
    }

    /// <summary>The field or property that the task of a call goes into, also when it runs on the pool.</summary>
    private static ISymbol? KeptIn(IOperation call)
    {
        for (var current = call.Parent; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case IAssignmentOperation { Target: IFieldReferenceOperation field }:
                    return field.Field;
                case IAssignmentOperation { Target: IPropertyReferenceOperation property }:
                    return property.Property;
                case IAwaitOperation or IVariableDeclaratorOperation:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Whether a member of the type that looks at the task closes the object: a stop that waits for its loop, and then closes.</summary>
    private static bool IsClosedWhereTaskIsKnown(NetworkObject networkObject, CodeFunction? work, ISymbol kept, TimeoutContext context)
    {
        foreach (var (closing, _) in context.FactsOf(networkObject).Endings)
        {
            if (IsWithin(closing.Function, work))
            {
                continue;
            }

            var root = OperationWords.RootOf(closing.Operation);

            foreach (var operation in root.Descendants())
            {
                if (operation is IMemberReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Member, kept))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The innermost function of the type that an operation stands in.</summary>
    private static CodeFunction? FunctionAt(IOperation operation, TimeoutContext context)
    {
        CodeFunction? found = null;
        var length = int.MaxValue;
        foreach (var function in context.Uses.Functions)
        {
            foreach (var reference in function.Symbol.DeclaringSyntaxReferences)
            {
                if (reference.SyntaxTree == operation.Syntax.SyntaxTree && reference.Span.Contains(operation.Syntax.Span) && reference.Span.Length < length)
                {
                    found = function;
                    length = reference.Span.Length;
                }
            }
        }

        return found;
    }

    /// <summary>Whether the functions are all that call a function of the type.</summary>
    private static bool IsCalledBy(CodeFunction function, HashSet<CodeFunction> callers)
    {
        if (!callers.Contains(function))
        {
            return false;
        }

        foreach (var site in function.CallSites)
        {
            if (!callers.Contains(site.Caller))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a function is the work, or stands in it.</summary>
    public static bool IsWithin(CodeFunction function, CodeFunction? work)
    {
        for (var current = function; current is not null && work is not null; current = current.Parent)
        {
            if (current == work)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The variable, field or property that a value is read from; for a token its source.</summary>
    public static ISymbol? MemberOf(IOperation operation) => operation.WithoutConversions() switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation { Property: { Name: not "Token" } property } => property,
        IPropertyReferenceOperation { Instance: { } source } => MemberOf(source),
        _ => null,
    };

    public static bool IsSameMember(IOperation left, IOperation right) =>
        left.Syntax.SyntaxTree == right.Syntax.SyntaxTree && DeclarationOf(left.Syntax) == DeclarationOf(right.Syntax);

    private static SyntaxNode? DeclarationOf(SyntaxNode node)
    {
        for (var current = node; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case GlobalStatementSyntax:
                    return current.Parent;
                case MemberDeclarationSyntax or AccessorDeclarationSyntax:
                    return current;
            }
        }

        return null;
    }
}
