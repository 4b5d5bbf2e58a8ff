using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Tells which operations give a fresh resource: the acquisition sites.</summary>
internal sealed class Acquisitions
{
    private readonly ObligationContext _context;
    private readonly CallModel _calls;

    public Acquisitions(ObligationContext context, CallModel calls)
    {
        _context = context;
        _calls = calls;
    }

    /// <summary>Whether the operation gives a fresh resource, and what kind of resource.</summary>
    public bool IsAcquisition(IOperation operation, out ResourceKind kind)
    {
        switch (operation)
        {
            case IObjectCreationOperation { Constructor: { } constructor, Type: { } type } creation:
                var facts = _context.Model.GetTypeFacts(type);
                kind = facts.Kind;
                if (facts.IsResource && !facts.IsAbstraction)
                {
                    return _context.Model.GetMemberFacts(constructor).Returns != ReturnEffect.Borrowed
                        && (!_calls.IsWrapper(constructor) || _calls.StatesTakeOver(constructor, creation.Arguments))
                        && !_calls.IsDerivedWrapper(constructor);
                }

                kind = facts.IsResource ? facts.Kind : ResourceKind.Other;
                return _context.OwningTypes.MayAcquire(type) && _calls.OwnsFromConstruction(constructor);
            case IInvocationOperation invocation:
                kind = KindOfResult(invocation.Type);
                return kind != ResourceKind.None && _calls.ResultOf(invocation.TargetMethod, invocation.Arguments) switch
                {
                    ReturnEffect.Owned => true,
                    ReturnEffect.Wrapper => _calls.StatesTakeOver(invocation.TargetMethod, invocation.Arguments),
                    ReturnEffect.Unstated => _calls.ShapeOf(invocation.TargetMethod, invocation.Arguments).AnyFresh(static _ => true)
                        && !(kind == ResourceKind.Response && HeadRequest.IsAskedBy(invocation.Arguments)),
                    _ => false,
                };
            case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref } argument:
                kind = KindOfResult(argument.Parameter.Type);
                return kind != ResourceKind.None && _calls.OutputOf(argument) != OutputFate.Unknown;
            case IPropertyReferenceOperation:
                kind = ResourceKind.Response;
                return CaughtResponse.IsFirst(operation);
            default:
                kind = ResourceKind.None;
                return false;
        }
    }

    /// <summary>The type of what an acquisition gives: of a call's result, or of the variable that it fills.</summary>
    public static ITypeSymbol? TypeOf(IOperation acquisition) =>
        acquisition is IArgumentOperation { Parameter: { } parameter } ? parameter.Type : acquisition.Type;

    /// <summary>
    /// Whether <see cref="IsAcquisition"/> may say yes, told without a summary: a cheap test to pass over the bodies that
    /// have to do with no resource.
    /// </summary>
    public bool MayBeAcquisition(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation => CaughtResponse.ExceptionOf(operation) is not null,
        IObjectCreationOperation creation => _context.OwningTypes.MayAcquire(creation.Type) || IsAcquisition(operation, out _) || IsHttpClient(operation),
        IArgumentOperation { Parameter: { RefKind: RefKind.Out or RefKind.Ref } parameter, Parent: IInvocationOperation { TargetMethod: { } method } } =>
            KindOfResult(parameter.Type) != ResourceKind.None && (method.MethodKind == MethodKind.LocalFunction || _calls.HasSummary(method)),
        IInvocationOperation invocation => KindOfResult(invocation.Type) != ResourceKind.None
            && (invocation.TargetMethod.MethodKind == MethodKind.LocalFunction || _calls.HasSummary(invocation.TargetMethod) || IsAcquisition(invocation, out _)),
        _ => false,
    };

    /// <summary>
    /// Whether the operation makes an <c>HttpClient</c>. It is followed from there even where its handler is what owns the connections,
    /// as there is one finding for both, and it is about the client.
    /// </summary>
    public bool IsHttpClient(IOperation operation) =>
        operation is IObjectCreationOperation { Type: { } type }
        && _context.Model.GetTypeFacts(type).Kind == ResourceKind.Http
        && _context.Known.IsHttpClient(type);

    /// <summary>
    /// Whether a <c>using</c> holds what the operation gives, so that no path loses it and none need be followed. Clients are followed all the same: one that
    /// is made at every call and disposed is a finding.
    /// </summary>
    public bool IsHeldByUsing(IOperation operation) =>
        operation is IObjectCreationOperation or IInvocationOperation
        && UsingWords.IsHeld(operation.Syntax)
        && KindOfResult(operation.Type) != ResourceKind.Http;

    /// <summary>Whether the resource holds nothing yet when the operation returns: it is connected later, or comes in a task.</summary>
    public bool IsDormant(IOperation acquisition) =>
        SymbolWords.IsTaskLike(acquisition.Type) || IsDormantWhenMade(acquisition);

    /// <summary>Whether the constructor opens nothing: a later call does (<c>ClientWebSocket.ConnectAsync</c>).</summary>
    public bool IsDormantWhenMade(IOperation acquisition) =>
        acquisition switch
        {
            IObjectCreationOperation creation => _context.Model.GetTypeFacts(creation.Type).IsDormantWhenMade && !_context.Model.GetMemberFacts(creation.Constructor).Begins,
            IInvocationOperation invocation => _context.Model.GetMemberFacts(invocation.TargetMethod).ReturnsDormant
                || _calls.ShapeOf(invocation.TargetMethod, invocation.Arguments).AnyFresh(static value => value.IsDormant),
            _ => false,
        };

    /// <summary>Whether the resource is the body of a response: reading it to its end gives its connection back.</summary>
    public bool IsBody(IOperation acquisition) =>
        acquisition is IPropertyReferenceOperation
        || acquisition is IInvocationOperation invocation
        && (KindOfResult(invocation.Type) == ResourceKind.Response || _context.Model.GetMemberFacts(invocation.TargetMethod).ReturnsBody);

    /// <summary>Whether the result of a call can hold a resource, by its type.</summary>
    public bool CanGive(IInvocationOperation invocation) => KindOfResult(invocation.Type) != ResourceKind.None;

    private ResourceKind KindOfResult(ITypeSymbol? type)
    {
        type = SymbolWords.WithoutTask(type);
        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            foreach (var element in tuple.TupleElements)
            {
                var part = _context.Model.GetTypeFacts(element.Type);
                if (part.IsResource)
                {
                    return part.Kind;
                }
            }
        }

        var facts = _context.Model.GetTypeFacts(type);
        return facts.IsResource ? facts.Kind
            : _context.OwningTypes.MayOwn(type) ? ResourceKind.Other
            : ResourceKind.None;
    }
}
