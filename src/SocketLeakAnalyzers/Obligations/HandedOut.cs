using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Something that a body closes or completes and has not acquired itself, and what became of it.</summary>
internal sealed class HandedOutResult
{
    public HandedOutResult(Body body, ISymbol? variable, SyntaxNode? place, ITypeSymbol type, ResourceKind kind, SiteOutcome outcome)
    {
        Body = body;
        Variable = variable;
        Place = place;
        Type = type;
        Kind = kind;
        Outcome = outcome;
    }

    /// <summary>The method, lambda or local function that closes it.</summary>
    public Body Body { get; }

    /// <summary>The parameter or local that holds it; null where a property is read into one.</summary>
    public ISymbol? Variable { get; }

    /// <summary>The acquisition, or the property that hands it out; null: the parameter itself.</summary>
    public SyntaxNode? Place { get; }

    public ITypeSymbol Type { get; }

    public ResourceKind Kind { get; }

    public SiteOutcome Outcome { get; }

    /// <summary>Whether the place is itself the name that the code has for it: <c>pipe.Writer</c>.</summary>
    public bool IsNamedByPlace { get; set; }
}

/// <summary>
/// Finds what a body is given and may close: responses, pipes, channel writers, web sockets that a parameter or property hands out, or that a
/// lambda shares with the method around it. Each is followed from the entry of the body as an acquisition is from its site. What the framework
/// owns is left out by its rows, and what an unknown caller may close too is the caller's.
/// </summary>
internal static class HandedOut
{
    private const int MaxChain = 8;

    /// <summary>Whether a value of the type is closed by who uses it, wherever it came from.</summary>
    public static bool IsClosable(ITypeSymbol? type, OwnershipModel model, out ResourceKind kind)
    {
        kind = model.GetTypeFacts(type).Kind;
        return kind switch
        {
            ResourceKind.Writer or ResourceKind.Exchange or ResourceKind.WebSocket => true,
            ResourceKind.Response => type is not null && IsWebResponse(type),
            _ => false,
        };
    }

    /// <summary>Whether a method has a parameter that it may have to close; asked ahead of the graph.</summary>
    public static bool HasParameter(ISymbol? owner, OwnershipModel model)
    {
        if (owner is IMethodSymbol method)
        {
            foreach (var parameter in method.Parameters)
            {
                if (IsClosable(parameter.Type, model, out _) || HoldsWebSocket(parameter.Type))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>What an upgrade gives: its property hands out the web socket.</summary>
    private static bool HoldsWebSocket(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current is { Name: "WebSocketContext", ContainingNamespace: { Name: "WebSockets", ContainingNamespace.Name: "Net" } })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an operation completes a pipe or channel, or reads the state of a callback as an exchange.</summary>
    public static bool IsHint(IOperation operation, OwnershipModel model) => operation switch
    {
        IInvocationOperation { TargetMethod.Name: "Complete" or "CompleteAsync" or "TryComplete", Instance.Type: { } receiver } => model.GetTypeFacts(receiver).Kind == ResourceKind.Writer,
        IConversionOperation { Operand: IParameterReferenceOperation, Type: { } type } => model.GetTypeFacts(type).Kind == ResourceKind.Exchange,
        _ => false,
    };

    /// <summary>Follows what the body and the functions within it are given.</summary>
    public static void Find(Body body, ObligationEngine engine, List<HandedOutResult> results, CancellationToken cancellationToken)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (body.Owner is IMethodSymbol { IsImplicitlyDeclared: false } method)
        {
            foreach (var parameter in method.Parameters)
            {
                if (parameter.RefKind == RefKind.None && IsClosable(parameter.Type, engine.Context.Model, out var kind) && seen.Add(parameter))
                {
                    AddVariable(body, parameter, parameter.Type, kind, engine, results, cancellationToken);
                }
            }
        }

        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IConversionOperation { Operand: IParameterReferenceOperation { Parameter: { RefKind: RefKind.None } state }, Type: { } type }
                    when body.Declares(state) && IsClosable(type, engine.Context.Model, out var kind) && seen.Add(state):
                    AddVariable(body, state, type, kind, engine, results, cancellationToken);
                    break;
                case IPropertyReferenceOperation { Instance: { } instance } property
                    when IsStored(property)
                        && IsClosable(property.Type, engine.Context.Model, out var kind)
                        && engine.Context.Model.GetMemberFacts(property.Property).Returns == ReturnEffect.Unstated
                        && !OperationWords.IsOfThisOrStatic(instance)
                        && instance.WithoutConversions() is not IFieldReferenceOperation
                        && !IsOfBorrowed(instance, engine.Context.Model)
                        && engine.Follow(body, Subject.Of(property), cancellationToken) is { } outcome:
                    Add(new HandedOutResult(body, null, property.Syntax, property.Type!, kind, outcome), results);
                    break;
                case IInvocationOperation invocation
                    when body.Outer is null
                        && engine.Context.Model.GetTypeFacts(invocation.Type).Kind == ResourceKind.Writer
                        && engine.Context.Model.GetMemberFacts(invocation.TargetMethod).Returns is ReturnEffect.Owned or ReturnEffect.Wrapper
                        && !RestsOnOwn(body, invocation, engine)
                        && engine.Follow(body, Subject.OfMade(invocation), cancellationToken) is { } made:
                    Add(new HandedOutResult(body, null, invocation.Syntax, invocation.Type!, ResourceKind.Writer, made), results);
                    break;
            }
        }

        HeldOpen.Find(body, engine, results, cancellationToken);
        foreach (var nested in body.Nested)
        {
            FindShared(body, nested, engine, results, cancellationToken);
            Find(nested, engine, results, cancellationToken);
        }
    }

    /// <summary>
    /// Whether a pipe is made over a stream that the body acquires as well: the two are one chain, whose finding is the stream's, and disposing the stream
    /// leaves nothing to complete. Over memory there is nothing to lose at all.
    /// </summary>
    private static bool RestsOnOwn(Body body, IInvocationOperation pipe, ObligationEngine engine)
    {
        IOperation? inner = engine.Context.Model.GetMemberFacts(pipe.TargetMethod).Returns == ReturnEffect.Wrapper ? pipe : null;
        for (var depth = 0; inner is not null && depth < MaxChain; depth++)
        {
            inner = inner switch
            {
                IAwaitOperation wait => wait.Operation,
                ILocalReferenceOperation { Local: { } local } => body.Declares(local) ? ValueOf(body, local) : null,
                IInvocationOperation { Instance: { } receiver } => receiver,
                IInvocationOperation { Arguments: { IsEmpty: false } arguments } => arguments[0].Value,
                IPropertyReferenceOperation property => property.Instance,
                IObjectCreationOperation { Arguments: { IsEmpty: false } arguments } => arguments[0].Value,
                _ => null,
            };
            inner = inner?.WithoutConversions();
            if (inner is not null
                && (engine.Acquisitions.IsAcquisition(inner, out _)
                    || (inner is IObjectCreationOperation && engine.Context.Model.GetTypeFacts(inner.Type).IsMemoryOnly)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A function that uses a variable of the body around it may be the one that closes it.</summary>
    private static void FindShared(Body body, Body function, ObligationEngine engine, List<HandedOutResult> results, CancellationToken cancellationToken)
    {
        foreach (var variable in function.OuterVariables)
        {
            var type = variable switch { ILocalSymbol local => local.Type, IParameterSymbol parameter => parameter.Type, _ => null };
            if (type is null
                || !IsClosable(type, engine.Context.Model, out var kind)
                || !body.Declares(variable)
                || ReleasesItself(body, variable, engine.Context.Model)
                || engine.Follow(function, Subject.Of(variable), cancellationToken) is not { } outcome)
            {
                continue;
            }

            var place = variable is IParameterSymbol ? ResponseOf(function, variable) : AcquisitionOf(body, variable, engine);
            if (place is not null || variable is IParameterSymbol)
            {
                Add(new HandedOutResult(function, variable, place, type, kind, outcome), results);
            }
        }
    }

    /// <summary>Whether the object is one that somebody else owns with all that it holds: the transport of a connection of the server.</summary>
    private static bool IsOfBorrowed(IOperation instance, OwnershipModel model)
    {
        for (var operation = instance.WithoutConversions(); operation is IPropertyReferenceOperation property; operation = property.Instance.WithoutConversions())
        {
            if (model.GetMemberFacts(property.Property).Returns == ReturnEffect.Borrowed)
            {
                return true;
            }

            if (property.Instance is null)
            {
                break;
            }
        }

        return false;
    }

    private static void AddVariable(Body body, IParameterSymbol parameter, ITypeSymbol type, ResourceKind kind, ObligationEngine engine, List<HandedOutResult> results, CancellationToken cancellationToken)
    {
        if (engine.Follow(body, Subject.Of(parameter), cancellationToken) is { } outcome)
        {
            Add(new HandedOutResult(body, parameter, ResponseOf(body, parameter), type, kind, outcome), results);
        }
    }

    private static void Add(HandedOutResult result, List<HandedOutResult> results)
    {
        if (result.Outcome is { IsReleased: true, Leaks.Count: > 0 })
        {
            results.Add(result);
        }
    }

    /// <summary>The first read of the response of a request that came in by a parameter; null where it is the parameter that is closed.</summary>
    private static SyntaxNode? ResponseOf(Body body, ISymbol parameter)
    {
        SyntaxNode? first = null;
        foreach (var operation in body.AllOperations())
        {
            if (operation is IPropertyReferenceOperation { Property.Name: "Response", Instance: { } instance } property
                && IsOrHolds(body, instance, parameter)
                && (first is null || property.Syntax.SpanStart < first.SpanStart))
            {
                first = property.Syntax;
            }
        }

        return first;
    }

    private static bool IsOrHolds(Body body, IOperation instance, ISymbol parameter)
    {
        instance = instance.WithoutConversions();
        if (instance is IParameterReferenceOperation reference)
        {
            return SymbolEqualityComparer.Default.Equals(reference.Parameter, parameter);
        }

        return instance is ILocalReferenceOperation local
            && body.Declares(local.Local)
            && ValueOf(body, local.Local)?.WithoutConversions() is IParameterReferenceOperation given
            && SymbolEqualityComparer.Default.Equals(given.Parameter, parameter);
    }

    /// <summary>What a variable of the body is given, where it is given one thing only.</summary>
    private static IOperation? ValueOf(Body body, ISymbol variable)
    {
        IOperation? value = null;
        foreach (var operation in body.AllOperations())
        {
            if (operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment && SymbolEqualityComparer.Default.Equals(target.Local, variable))
            {
                if (value is not null)
                {
                    return null;
                }

                value = assignment.Value;
            }
        }

        return value;
    }

    private static SyntaxNode? AcquisitionOf(Body body, ISymbol variable, ObligationEngine engine)
    {
        var value = ValueOf(body, variable)?.WithoutConversions();
        while (value is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            value = (value is IAwaitOperation wait ? wait.Operation : ((IInvocationOperation)value).Instance)?.WithoutConversions();
        }

        return value switch
        {
            IInvocationOperation invocation when engine.Context.Model.GetMemberFacts(invocation.TargetMethod).Returns is ReturnEffect.Owned or ReturnEffect.Wrapper => invocation.Syntax,
            IPropertyReferenceOperation property when engine.Context.Model.GetMemberFacts(property.Property).Returns is ReturnEffect.Unstated or ReturnEffect.View => property.Syntax,
            _ => null,
        };
    }

    /// <summary>Whether a call of the method closes or completes what it is called on.</summary>
    public static bool IsClosing(IMethodSymbol method, OwnershipModel model) => CallModel.IsRelease(method) || model.GetMemberFacts(method).Releases;

    /// <summary>Whether the body itself closes the variable, beside what the function does.</summary>
    private static bool ReleasesItself(Body body, ISymbol variable, OwnershipModel model)
    {
        foreach (var operation in body.AllOperations())
        {
            if (operation is IInvocationOperation { Instance: { } receiver } invocation && IsClosing(invocation.TargetMethod, model) && RootOf(body, receiver) is { } root
                && SymbolEqualityComparer.Default.Equals(root, variable))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The variable at the start of a chain of members: the context of <c>context.Response.OutputStream</c>.</summary>
    public static ISymbol? RootOf(Body? body, IOperation operation)
    {
        for (var depth = 0; depth < 16; depth++)
        {
            operation = operation.WithoutConversions();
            switch (operation)
            {
                case ILocalReferenceOperation local:
                    return local.Local;
                case IParameterReferenceOperation parameter:
                    return parameter.Parameter;
                case IPropertyReferenceOperation { Instance: { } instance }:
                    operation = instance;
                    continue;
                case IInvocationOperation { TargetMethod.Name: "GetEnumerator" or "GetAsyncEnumerator" }:
                    // What ends the enumeration closes no channel.
                    return null;
                case IInvocationOperation { Instance: { } receiver }:
                    operation = receiver;
                    continue;
                case IConditionalAccessInstanceOperation:
                    return null;
                case IFlowCaptureReferenceOperation capture when body?.CapturedBy(capture.Id) is { } captured:
                    operation = captured;
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Whether the value of the property goes into a variable, which stands for it from there on.</summary>
    public static bool IsStored(IPropertyReferenceOperation property)
    {
        var parent = property.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent is ISimpleAssignmentOperation { Target: ILocalReferenceOperation } or IFlowCaptureOperation;
    }

    private static bool IsWebResponse(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current is { Name: "WebResponse", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } })
            {
                return true;
            }
        }

        return false;
    }
}
