using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// What a call does with the resources given to it, what it gives back, and whether it can credibly throw: from the ownership
/// rows, from the origin of the member where no row speaks.
/// </summary>
internal sealed class CallModel
{
    private readonly ObligationContext _context;
    private readonly SummarySession _session;
    private readonly ConstantArguments _constants;

    /// <param name="context">What the compilation is analysed with.</param>
    /// <param name="session">The summaries as this analysis sees them.</param>
    /// <param name="constants">The flags that the method is given in whose body the calls stand.</param>
    public CallModel(ObligationContext context, SummarySession session, ConstantArguments constants = default)
    {
        _constants = constants;
        _context = context;
        _session = session;
    }

    /// <summary>Knows the local functions of the bodies that are followed; null where none is.</summary>
    public ObligationEngine? Functions { get; set; }

    private CancellationToken CancellationToken => Functions?.CancellationToken ?? CancellationToken.None;

    /// <summary>Whether the body that a call of the method runs, or each that it can run, is known and stands in this compilation.</summary>
    public bool HasSummary(IMethodSymbol method) =>
        _context.HasCode(method) && (IsItself(method) || !_context.Implementations.Of(method, CancellationToken).IsEmpty);

    /// <summary>Whether a call of the method runs its own body and no other.</summary>
    private static bool IsItself(IMethodSymbol method) =>
        method is { IsAbstract: false, IsExtern: false, MethodKind: MethodKind.Ordinary or MethodKind.Constructor or MethodKind.ExplicitInterfaceImplementation or MethodKind.ReducedExtension or MethodKind.PropertyGet }
        && !Implementations.MayBeReplaced(method);

    private MethodSummary SummaryOf(IMethodSymbol method, SummaryAspect aspect, ConstantArguments constants = default)
    {
        if (IsItself(method))
        {
            return _session.Get(method, aspect, constants: constants);
        }

        MethodSummary? agreed = null;
        foreach (var implementation in _context.Implementations.Of(method, CancellationToken))
        {
            var summary = _session.Get(implementation, aspect, constants: constants);
            agreed = agreed is null ? summary : agreed.Agreed(summary);
        }

        return agreed ?? MethodSummary.Unknown;
    }

    /// <summary>
    /// The flags that a call gives as constants, or passes on from the method that it stands in; asked for where the summary for all flags says nothing,
    /// so that a method is read once more only where that may help.
    /// </summary>
    private ConstantArguments ConstantsOf(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        if (arguments.IsDefaultOrEmpty)
        {
            return ConstantArguments.None;
        }

        ImmutableArray<ConstantArgument>.Builder? constants = null;
        foreach (var parameter in method.Parameters)
        {
            if (ConstantArguments.IsFlag(parameter)
                && OperationWords.ArgumentAt(arguments, parameter.Ordinal) is { } argument
                && ConstantOf(argument.Value) is { HasValue: true, Value: { } value })
            {
                (constants ??= ImmutableArray.CreateBuilder<ConstantArgument>()).Add(new ConstantArgument(parameter.Ordinal, value));
            }
        }

        return constants is null ? ConstantArguments.None : new ConstantArguments(constants.ToImmutable());
    }

    /// <summary>The constant value of an expression: of its own, or of the flag that the method was given.</summary>
    private Optional<object?> ConstantOf(IOperation value) =>
        value.ConstantValue.HasValue ? value.ConstantValue
        : value.WithoutConversions() is IParameterReferenceOperation { Parameter: { } parameter } && ConstantFor(parameter) is { } given ? new Optional<object?>(given)
        : default;

    /// <summary>The flag that the method was given whose body is followed; null for any other parameter.</summary>
    public object? ConstantFor(IParameterSymbol parameter) =>
        !_constants.IsEmpty && parameter.ContainingSymbol is IMethodSymbol { MethodKind: not (MethodKind.LambdaMethod or MethodKind.LocalFunction) } ? _constants[parameter.Ordinal] : null;

    /// <summary>Whether a condition on an argument holds for a call in this body; null when the argument is not known.</summary>
    public bool? HoldsHere(ArgumentCondition? condition, ImmutableArray<IArgumentOperation> arguments)
    {
        if (condition is null || _constants.IsEmpty || OperationWords.ArgumentAt(arguments, condition.Ordinal) is not { } argument)
        {
            return Holds(condition, arguments);
        }

        var constant = ConstantOf(argument.Value);
        return constant.HasValue ? Equals(constant.Value, condition.Value) != condition.Negated : null;
    }

    /// <summary>What happens to the argument for <paramref name="parameter"/>.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="parameter">Its parameter.</param>
    /// <param name="argument">The type of what is given.</param>
    /// <param name="arguments">All arguments of the call, for conditions on constants.</param>
    /// <param name="isLeftToIt">Nobody else has what is given: the call's task is thrown away, or it was made for the call. No convention says that it is only borrowed then.</param>
    public CallFate FateOf(IMethodSymbol method, IParameterSymbol parameter, ITypeSymbol? argument, ImmutableArray<IArgumentOperation> arguments, bool isLeftToIt = false)
    {
        var fact = _context.Model.GetMemberFacts(method).Parameter(parameter.Ordinal);
        if (fact.Effect != ParameterEffect.Unstated)
        {
            // Where the row's effect does not hold, or the call throws, nothing has moved; what is released is released all the same.
            return HoldsHere(fact.Condition, arguments) switch
            {
                true => fact.Effect switch
                {
                    ParameterEffect.Takes => new CallFate(ArgumentFate.Taken, ArgumentFate.Borrowed),
                    ParameterEffect.TakesOnTrue => new CallFate(ArgumentFate.TakenOnTrue, ArgumentFate.Borrowed),
                    ParameterEffect.Releases => new CallFate(ArgumentFate.Released, ArgumentFate.Released),
                    ParameterEffect.Drains => new CallFate(ArgumentFate.Drained, ArgumentFate.Borrowed),
                    _ => CallFate.Borrowed,
                },
                false => CallFate.Borrowed,
                null => CallFate.Unknown,
            };
        }

        if (parameter.RefKind is RefKind.Ref or RefKind.Out)
        {
            return CallFate.Unknown;
        }

        if (HasSummary(method))
        {
            var summary = SummaryOf(method, SummaryAspect.Arguments);
            var fate = summary.Argument(parameter.Ordinal);
            return fate.OnReturn == ArgumentFate.Unknown && !ReferenceEquals(summary, MethodSummary.Pending) && ConstantsOf(method, arguments) is { IsEmpty: false } constants
                ? SummaryOf(method, SummaryAspect.Arguments, constants).Argument(parameter.Ordinal)
                : fate;
        }

        if (_context.Model.IsPlatformMember(method))
        {
            // What a generic member of the platform does with any T is mostly to keep it: a container, a queue, a lazy value.
            return IsAnything(parameter.OriginalDefinition) ? CallFate.Unknown : CallFate.Borrowed;
        }

        return !isLeftToIt && Conventions.Borrows(method, _context.Model.GetTypeFacts(argument).Kind) && !IsKeptByABodyHere(method, parameter) ? CallFate.Borrowed : CallFate.Unknown;
    }

    /// <summary>Any T, or several of them: <c>params T[]</c>, <c>params ReadOnlySpan&lt;T&gt;</c>.</summary>
    private static bool IsAnything(IParameterSymbol parameter) => parameter.Type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => parameter.IsParams && array.ElementType is ITypeParameterSymbol,
        INamedTypeSymbol { IsRefLikeType: true, TypeArguments: { Length: 1 } elements } => parameter.IsParams && elements[0] is ITypeParameterSymbol,
        _ => false,
    };

    /// <summary>
    /// Whether a body in this compilation that the call of an overridable member may run does more with the argument than use it: it speaks for the call, and no
    /// convention does. A body that calls itself in a circle (a decorator) says nothing.
    /// </summary>
    private bool IsKeptByABodyHere(IMethodSymbol method, IParameterSymbol parameter)
    {
        foreach (var body in _context.Implementations.Seen(method, CancellationToken))
        {
            var summary = _session.Get(body, SummaryAspect.Arguments);
            if (!ReferenceEquals(summary, MethodSummary.Unknown)
                && !ReferenceEquals(summary, MethodSummary.Pending)
                && summary.Argument(parameter.Ordinal).OnReturn is not (ArgumentFate.Borrowed or ArgumentFate.Drained))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a call of a method of the same object does to what a field or property of the object holds.</summary>
    /// <param name="method">The method; a virtual one stands for its own body.</param>
    /// <param name="member">The field or auto-property.</param>
    public CallFate FateOfMember(IMethodSymbol method, ISymbol member)
    {
        // A base constructor does not know the fields of the derived class.
        if (!_context.HasCode(method) || (method.MethodKind == MethodKind.Constructor && !SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, member.ContainingType?.OriginalDefinition)))
        {
            return CallFate.Borrowed;
        }

        return method.IsAbstract || method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
            ? CallFate.Unknown
            : _session.Get(method, SummaryAspect.Member, member).Argument(0);
    }

    /// <summary>What a type of the compilation does with the resources in its fields.</summary>
    public TypeOwnership OwnershipOf(INamedTypeSymbol type) => _session.OwnershipOf(type);

    /// <summary>Whether what the constructor makes holds a resource that it acquired itself and that its own release frees.</summary>
    public bool OwnsFromConstruction(IMethodSymbol constructor) => _session.OwnershipOf(constructor.ContainingType).OwnsFromConstruction(constructor);

    /// <summary>
    /// Whether what a constructor of the compilation makes owns the argument: it is stored in a field that the type releases, unless a flag
    /// among the arguments tells it not to. Null where that flag is not known.
    /// </summary>
    public bool? TakesIntoOwnedField(IMethodSymbol constructor, IParameterSymbol parameter, ImmutableArray<IArgumentOperation> arguments, out bool isLeftOpen)
    {
        isLeftOpen = false;
        if (!_context.OwningTypes.MayOwn(constructor.ContainingType) || !_session.OwnershipOf(constructor.ContainingType).Takes(parameter))
        {
            return false;
        }

        var owns = HoldsHere(_context.ConstructorFlags.ConditionOf(parameter, CancellationToken), arguments);
        isLeftOpen = owns == false;
        return owns;
    }

    /// <summary>
    /// Whether what the constructor makes only holds the argument: its type is not disposable, and nothing of it releases the argument or gives it
    /// away, so who has the object has no more than a way to what it is over.
    /// </summary>
    public bool Keeps(IMethodSymbol constructor, IParameterSymbol parameter) =>
        constructor.MethodKind == MethodKind.Constructor
        && _context.OwningTypes.HasCode(constructor.ContainingType)
        && !OwningTypes.IsDisposable(constructor.ContainingType)
        && _session.OwnershipOf(constructor.ContainingType).Keeps(parameter);

    /// <summary>Whether a field or property of an object of the compilation gives out a resource that the object holds.</summary>
    public bool Exposes(ISymbol member) =>
        !member.IsStatic
        && member.ContainingType is { } type
        && _context.OwningTypes.HasCode(type)
        && TypeOf(member) is { } value
        && _context.OwningTypes.CanHoldResource(value)
        && _session.OwnershipOf(type).Gives(member);

    /// <summary>Whether a method of an object of the compilation returns a resource that the object holds, and releases with itself.</summary>
    public bool Lends(IMethodSymbol method) =>
        method is { IsStatic: false, ReturnsVoid: false, MethodKind: MethodKind.Ordinary, ContainingType: { } type }
        && _context.OwningTypes.HasCode(type)
        && _session.OwnershipOf(type).Gives(method);

    private static ITypeSymbol? TypeOf(ISymbol member) => (member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type;

    /// <summary>What the base class of what a constructor of the compilation makes does with the argument.</summary>
    public BaseWrap WrapOf(IMethodSymbol constructor, IParameterSymbol parameter) =>
        _context.OwningTypes.MayWrap(constructor.ContainingType) ? _session.OwnershipOf(constructor.ContainingType).WrapOf(parameter) : BaseWrap.None;

    /// <summary>
    /// Whether a constructor of the compilation makes a wrapper over an argument: its class derives from a reader or stream that is made over one.
    /// Such a wrapper holds what it is over and nothing besides.
    /// </summary>
    public bool IsDerivedWrapper(IMethodSymbol constructor)
    {
        if (!_context.OwningTypes.MayWrap(constructor.ContainingType))
        {
            return false;
        }

        var ownership = _session.OwnershipOf(constructor.ContainingType);
        foreach (var parameter in constructor.Parameters)
        {
            if (ownership.WrapOf(parameter) != BaseWrap.None)
            {
                return !ownership.OwnsFromConstruction(constructor);
            }
        }

        return false;
    }

    /// <summary>Whether a method of the compilation that throws may have released the object that it was called on.</summary>
    public bool ReleasesReceiverOnThrow(IMethodSymbol method) =>
        ExtensionBlocks.Extends(method) ? FateOfExtended(method).OnThrow != ArgumentFate.Borrowed
        : !method.IsStatic
        && method.ContainingType is { } type
        && _context.HasCode(type)
        && _session.OwnershipOf(type) is var ownership
        && (ownership.ReleasesOnThrow(method) || ownership.EffectOf(method) == OwnerEffect.Releases);

    /// <summary>What the call does to the object of the compilation that it is called on.</summary>
    public OwnerEffect EffectOnReceiver(IMethodSymbol method)
    {
        if (ExtensionBlocks.Extends(method))
        {
            return FateOfExtended(method).OnReturn switch
            {
                ArgumentFate.Released => OwnerEffect.Releases,
                ArgumentFate.Borrowed => OwnerEffect.None,
                _ => OwnerEffect.Escapes,
            };
        }

        var type = method.ContainingType;
        if (type is null || method.IsStatic || !_context.HasCode(type))
        {
            return OwnerEffect.None;
        }

        // Which code runs is not known: a name that promises a beginning or an end is taken to hand the object on.
        if (type.TypeKind == TypeKind.Interface || method.IsAbstract)
        {
            return Conventions.MayRelease(method.Name) ? OwnerEffect.Escapes : OwnerEffect.None;
        }

        return _session.OwnershipOf(type).EffectOf(method);
    }

    /// <summary>What a member of an extension block does with what it is called on.</summary>
    private CallFate FateOfExtended(IMethodSymbol method) =>
        _context.HasCode(method) && ExtensionBlocks.ReceiverOf(method, tree => _context.Summaries.ModelOf(tree, _context.Compilation), CancellationToken) is { } receiver
            ? _session.Get(method.OriginalDefinition, SummaryAspect.Member, receiver).Argument(0)
            : CallFate.Unknown;

    /// <summary>The value that a method of the compilation returns, fresh resources in it marked; unknown for any other.</summary>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments of the call, where flags among them may decide whether it gives a resource; else none.</param>
    public AbstractValue ShapeOf(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            return Functions?.ResultOfFunction(method) ?? AbstractValue.Unknown;
        }

        if (!HasSummary(method) || _context.Model.GetMemberFacts(method).Returns != ReturnEffect.Unstated)
        {
            return AbstractValue.Unknown;
        }

        var summary = SummaryOf(method, SummaryAspect.Result);
        return summary.Result is { IsOtherFresh: false, Parts.IsDefault: true } && !ReferenceEquals(summary, MethodSummary.Pending) && ConstantsOf(method, arguments) is { IsEmpty: false } constants
            ? SummaryOf(method, SummaryAspect.Result, constants).Result
            : summary.Result;
    }

    /// <summary>What a method of the compilation leaves in the variable that is given for an <c>out</c> or <c>ref</c> parameter.</summary>
    public OutputFate OutputOf(IArgumentOperation argument)
    {
        if (argument is not { Parameter: { RefKind: RefKind.Out or RefKind.Ref } parameter, Parent: IInvocationOperation { TargetMethod: { } method } invocation })
        {
            return OutputFate.Unknown;
        }

        if (!HasSummary(method))
        {
            return method.MethodKind == MethodKind.LocalFunction ? Functions?.OutputOfFunction(method, parameter.Ordinal) ?? OutputFate.Unknown : OutputFate.Unknown;
        }

        var summary = SummaryOf(method, SummaryAspect.Outputs);
        var fate = summary.Output(parameter.Ordinal);
        return fate == OutputFate.Unknown && !ReferenceEquals(summary, MethodSummary.Pending) && ConstantsOf(method, invocation.Arguments) is { IsEmpty: false } constants
            ? SummaryOf(method, SummaryAspect.Outputs, constants).Output(parameter.Ordinal)
            : fate;
    }

    /// <summary>Whether the constructor, or the method that makes a wrapper, can take over one of its arguments, whatever this call says.</summary>
    public bool IsWrapper(IMethodSymbol method)
    {
        foreach (var fact in _context.Model.GetMemberFacts(method).Parameters)
        {
            if (fact.Effect is ParameterEffect.Takes or ParameterEffect.TakesOnTrue)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the argument says something: it has its name, or it was not needed for the sake of one behind it.</summary>
    private static bool IsStated(IArgumentOperation stated, ImmutableArray<IArgumentOperation> arguments)
    {
        if (stated.Syntax is ArgumentSyntax { NameColon: not null })
        {
            return true;
        }

        foreach (var argument in arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.Explicit && argument.Parameter?.Ordinal > stated.Parameter?.Ordinal)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether this call states in so many words that the new object owns an argument: <c>leaveOpen: false</c>, <c>ownsSocket: true</c>.</summary>
    public bool StatesTakeOver(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        var parameters = _context.Model.GetMemberFacts(method).Parameters;
        for (var ordinal = 0; ordinal < parameters.Length; ordinal++)
        {
            if (parameters[ordinal] is { Effect: ParameterEffect.Takes, Condition: { } condition }
                && OperationWords.ArgumentAt(arguments, condition.Ordinal) is { ArgumentKind: ArgumentKind.Explicit } stated
                && IsStated(stated, arguments)
                && HoldsHere(condition, arguments) == true
                && !(OperationWords.ArgumentAt(arguments, ordinal) is { } taken && (IsKeptInMember(taken.Value) || IsUsedOn(taken))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The arguments that the constructor of a wrapper takes over.</summary>
    public IEnumerable<IOperation> TakenByStatement(IObjectCreationOperation wrapper)
    {
        if (wrapper.Constructor is not { } constructor)
        {
            yield break;
        }

        var parameters = _context.Model.GetMemberFacts(constructor).Parameters;
        for (var ordinal = 0; ordinal < parameters.Length; ordinal++)
        {
            if (parameters[ordinal].Effect == ParameterEffect.Takes && OperationWords.ArgumentAt(wrapper.Arguments, ordinal) is { } taken)
            {
                yield return taken.Value.WithoutConversions();
            }
        }
    }

    /// <summary>The arguments that the result of a method of the compilation is a wrapper over.</summary>
    public IEnumerable<IOperation> WrappedBy(IInvocationOperation call)
    {
        if (!HasSummary(call.TargetMethod))
        {
            yield break;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: { RefKind: RefKind.None } parameter }
                && _context.Model.GetTypeFacts(parameter.Type).IsResource
                && FateOf(call.TargetMethod, parameter, argument.Value.WithoutConversions().Type, call.Arguments).OnReturn == ArgumentFate.Flows)
            {
                yield return argument.Value.WithoutConversions();
            }
        }
    }

    /// <summary>What a value is a view of: the client of <c>client.GetStream()</c>; null for any other.</summary>
    public IOperation? ViewedBy(IOperation value) => value switch
    {
        IPropertyReferenceOperation { Instance: { } instance } property when _context.Model.GetMemberFacts(property.Property).Returns == ReturnEffect.View => instance,
        IInvocationOperation { Instance: { } instance } invocation when _context.Model.GetMemberFacts(invocation.TargetMethod).Returns == ReturnEffect.View => instance,
        _ => null,
    };

    /// <summary>Whether a value is in a field, or is a view of one: the object that has the field goes on to own it, whatever a wrapper states.</summary>
    private bool IsKeptInMember(IOperation value)
    {
        value = value.WithoutConversions();
        while (ViewedBy(value) is { } owner)
        {
            value = owner.WithoutConversions();
        }

        return value is IFieldReferenceOperation || (value is IPropertyReferenceOperation property && SymbolWords.IsAutoProperty(property.Property));
    }

    /// <summary>
    /// Whether what a parameter brought in is used on when it has been given away, or is given away once a round: then it was lent to a reader for
    /// a while, whatever the flag says, and its owner goes on to release it.
    /// </summary>
    private static bool IsUsedOn(IArgumentOperation given)
    {
        if (given.Value.WithoutConversions() is not IParameterReferenceOperation { Parameter: { } parameter })
        {
            return false;
        }

        SyntaxNode? body = null;
        for (var node = given.Syntax.Parent; node is not null && body is null; node = node.Parent)
        {
            switch (node)
            {
                case WhileStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or DoStatementSyntax:
                    return true;
                case BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax:
                    body = node;
                    break;
            }
        }

        foreach (var node in body?.DescendantNodes() ?? System.Linq.Enumerable.Empty<SyntaxNode>())
        {
            if (node is IdentifierNameSyntax name
                && name.SpanStart > given.Syntax.Span.End
                && name.Identifier.ValueText == parameter.Name
                && IsUse(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a name stands where its value is used, rather than released or where a failure is handled.</summary>
    private static bool IsUse(IdentifierNameSyntax name)
    {
        if (name.Parent is not (MemberAccessExpressionSyntax { Name.Identifier.ValueText: not ("Dispose" or "DisposeAsync" or "Close" or "Abort") } or ArgumentSyntax)
            || name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
        {
            return false;
        }

        for (SyntaxNode? node = name; node is not null and not MemberDeclarationSyntax; node = node.Parent)
        {
            if (node is CatchClauseSyntax or FinallyClauseSyntax || (node is InvocationExpressionSyntax call && Conventions.HasReleasingName(call.Expression.ToString())))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the new object is known not to own the argument that it could own: <c>leaveOpen: true</c>, no <c>ownsSocket</c>.</summary>
    public bool LeavesOpen(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var fact in _context.Model.GetMemberFacts(method).Parameters)
        {
            if (fact.Effect == ParameterEffect.Takes && HoldsHere(fact.Condition, arguments) == false)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the call gives back by its row; <see cref="ReturnEffect.Unstated"/> where the row's condition is not known to hold.</summary>
    public ReturnEffect ResultOf(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        var facts = _context.Model.GetMemberFacts(method);
        return facts.Returns != ReturnEffect.Unstated && HoldsHere(facts.ReturnsCondition, arguments) == true && !HeadRequest.IsSentBy(arguments)
            ? facts.Returns
            : ReturnEffect.Unstated;
    }

    /// <summary>
    /// What an invocation can throw: nothing, on what a property gives that the model calls quiet (<c>Console.Error.WriteLine</c>), nor on a
    /// <c>TextWriter</c> that comes from outside: that is where a program logs to.
    /// </summary>
    /// <param name="invocation">The invocation.</param>
    /// <param name="level">The depth, as for a method.</param>
    public ThrownSet ThrownBy(IInvocationOperation invocation, int level)
    {
        var receiver = invocation.Instance?.WithoutConversions();
        var isLog = receiver switch
        {
            IPropertyReferenceOperation { Property: { } property } => IsTextWriter(property.Type) || _context.Model.GetMemberFacts(property).Throws == false,
            IParameterReferenceOperation or IFieldReferenceOperation => IsTextWriter(receiver.Type),
            _ => false,
        };
        return isLog
            ? ThrownSet.Nothing
            : ThrownBy(invocation.TargetMethod, receiver?.Type, invocation.Arguments, level);
    }

    /// <summary>What the call can credibly throw, looking <paramref name="level"/> calls down into the compilation's own methods.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="receiver">The static type of what it is called on.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="level">The depth; 0: the compilation's own methods are taken not to throw.</param>
    public ThrownSet ThrownBy(IMethodSymbol method, ITypeSymbol? receiver, ImmutableArray<IArgumentOperation> arguments, int level)
    {
        if (HasSummary(method) && _context.Model.GetMemberFacts(method).Throws is null)
        {
            return level switch
            {
                0 => ThrownSet.Nothing,
                1 => SummaryOf(method, SummaryAspect.ThrownDirectly).ThrownByCall,
                _ => SummaryOf(method, SummaryAspect.ThrownByCallees).ThrownByCall,
            };
        }

        var writesElsewhere = receiver is not null && _context.Model.GetTypeFacts(receiver).IsMemoryOnly && MemoryOnly.GivesToStream(arguments, _context.Model);
        if (!writesElsewhere && (!_context.Model.ThrowsCredibly(method, receiver) || HoldsHere(_context.Model.GetMemberFacts(method).ThrowsCondition, arguments) != true))
        {
            return ThrownKinds.None;
        }

        var kinds = FamilyOf(method);
        if ((kinds == ThrownKinds.Format || IsParserOfText(method)) && !(arguments.Length > 0 && MayBeReadData(arguments[0].Value)))
        {
            return ThrownKinds.None;
        }

        foreach (var argument in arguments)
        {
            if (OperationWords.IsLiveToken(argument.Value, _context.Known.CancellationToken))
            {
                return kinds | ThrownKinds.Canceled;
            }
        }

        return kinds;
    }

    /// <summary>What going over the result of an iterator of this compilation can credibly throw.</summary>
    public ThrownSet ThrownByNext(IMethodSymbol iterator, int level) => level switch
    {
        0 => ThrownSet.Nothing,
        1 => SummaryOf(iterator, SummaryAspect.ThrownDirectly).ThrownByNext,
        _ => SummaryOf(iterator, SummaryAspect.ThrownByCallees).ThrownByNext,
    };

    private static bool IsTextWriter(ITypeSymbol? type) => type is { Name: "TextWriter", ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" } };

    /// <summary>Whether the method makes objects of a text that is all there, and not of a stream or reader.</summary>
    private static bool IsParserOfText(IMethodSymbol method) =>
        method is { Name: "Deserialize" or "DeserializeObject", Parameters: { Length: > 0 } parameters }
        && parameters[0].Type is { SpecialType: SpecialType.System_String } or IArrayTypeSymbol or { Name: "ReadOnlySpan" };

    /// <summary>Whether a text may be data that was read: not a constant, nor what a parameter or a member of an object says.</summary>
    private static bool MayBeReadData(IOperation text)
    {
        for (var root = text.WithoutConversions(); ;)
        {
            if (root.ConstantValue.HasValue)
            {
                return false;
            }

            IOperation? inner = root switch
            {
                IInvocationOperation invocation => invocation.Instance,
                IPropertyReferenceOperation property => property.Instance,
                IArrayElementReferenceOperation element => element.ArrayReference,
                _ => null,
            };
            if (inner is null or IInstanceReferenceOperation)
            {
                return root is not (IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation);
            }

            root = inner.WithoutConversions();
        }
    }

    /// <summary>
    /// What of an exception that leaves a method counts for its callers: not the guards against misuse, which a caller is
    /// written not to trip.
    /// </summary>
    public static ThrownSet CredibleToCallers(Thrown thrown)
    {
        for (var type = thrown.Type; type is not null; type = type.BaseType)
        {
            if (type is { Name: "ArgumentException" or "InvalidOperationException" or "NotSupportedException" or "NotImplementedException" or "ObjectDisposedException", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return ThrownKinds.None;
            }
        }

        return ThrownSet.Nothing.With(thrown);
    }

    /// <summary>A method that releases its receiver by name: whoever declares it, nobody gives these names to anything else.</summary>
    public static bool IsRelease(IMethodSymbol method) => method.Name switch
    {
        "Dispose" or "System.IDisposable.Dispose" or "DisposeAsync" or "Abort" => method.Parameters.IsEmpty,
        "Close" => true,
        _ => false,
    };

    /// <summary>Whether a condition on a constant argument holds; null when the argument is not a constant.</summary>
    public static bool? Holds(ArgumentCondition? condition, ImmutableArray<IArgumentOperation> arguments)
    {
        if (condition is null)
        {
            return true;
        }

        if (OperationWords.ArgumentAt(arguments, condition.Ordinal) is not { } argument)
        {
            return condition.Negated;
        }

        var constant = argument.Value.ConstantValue;
        return constant.HasValue ? Equals(constant.Value, condition.Value) != condition.Negated : null;
    }

    private static ThrownKinds FamilyOf(IMethodSymbol method)
    {
        if (method.Name.StartsWith("AuthenticateAs", System.StringComparison.Ordinal))
        {
            return ThrownKinds.IO | ThrownKinds.Authentication;
        }

        var space = method.ContainingNamespace;
        return space switch
        {
            { Name: "IO", ContainingNamespace.Name: "System" } => ThrownKinds.IO,
            { Name: "Compression" or "Pipes", ContainingNamespace.Name: "IO" } => ThrownKinds.Any,
            { Name: "Sockets", ContainingNamespace.Name: "Net" } => method.ContainingType.Name == "NetworkStream" ? ThrownKinds.IO : ThrownKinds.Socket,
            { Name: "Security", ContainingNamespace.Name: "Net" } => ThrownKinds.IO,
            { Name: "Http", ContainingNamespace.Name: "Net" } => ThrownKinds.Http | ThrownKinds.Canceled,
            { Name: "WebSockets", ContainingNamespace.Name: "Net" } => ThrownKinds.WebSocket,
            { Name: "Net", ContainingNamespace.Name: "System" } => method.Name == "Parse" ? ThrownKinds.Format : ThrownKinds.Web,
            { Name: "Threading", ContainingNamespace.Name: "System" } when method.Name == "ThrowIfCancellationRequested" => ThrownKinds.Canceled,
            _ when method.Name is "Parse" or "ParseExact" || method.ContainingType is { Name: "Convert", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => ThrownKinds.Format,
            _ => ThrownKinds.Any,
        };
    }
}
