using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

// The value of each kind of expression, and what evaluating it does to the obligation. Operations come in evaluation order.
internal sealed partial class ObligationProblem
{
    private const int MaxDepth = 256;

    /// <summary>The walk met an expression nested more deeply than it follows: nothing is claimed of the body.</summary>
    public bool IsTooDeep { get; private set; }

    /// <summary>The path ends within the block: the process is terminated.</summary>
    private bool _ends;

    private AbstractValue Evaluate(IOperation? operation)
    {
        if (operation is null || _ends)
        {
            return AbstractValue.Unknown;
        }

        if (_depth >= MaxDepth)
        {
            IsTooDeep = true;
            return AbstractValue.Unknown;
        }

        _evaluated++;
        _cancellationToken.ThrowIfCancellationRequested();
        _depth++;
        var value = EvaluateCore(operation);
        _depth--;
        return value;
    }

    private AbstractValue EvaluateCore(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true } constant)
        {
            return AbstractValue.OfConstant(constant.Value);
        }

        switch (operation)
        {
            case IExpressionStatementOperation statement:
                var result = Evaluate(statement.Operation);
                if (result.IsVerdict)
                {
                    Settle(taken: true);
                }

                return AbstractValue.Unknown;

            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IFlowCaptureReferenceOperation:
                return EvaluateReference(operation);

            case IFlowCaptureOperation capture:
                var captured = Evaluate(capture.Value);
                Assign(_places.Of(capture.Id), captured);
                if (captured.Alias == Alias.Must && _status == ObligationStatus.Owed && _body.IsReturned(capture.Id))
                {
                    // The other branch gives back something else: behind it the two could not be told apart.
                    HandOver(captured, ObligationStatus.Returned);
                }

                return AbstractValue.Unknown;

            case ISimpleAssignmentOperation assignment:
                return EvaluateAssignment(assignment);

            case IDeconstructionAssignmentOperation deconstruction:
                var parts = Evaluate(deconstruction.Value);
                _beingAssigned = parts;
                Deconstruct(deconstruction.Target, parts, deconstruction);
                _beingAssigned = AbstractValue.Unknown;
                return parts;

            case ICompoundAssignmentOperation compound:
                EvaluateTarget(compound.Target);
                Forget(Evaluate(compound.Value));
                Store(compound.Target, AbstractValue.Unknown, compound);
                return AbstractValue.Unknown;

            case IIncrementOrDecrementOperation increment:
                EvaluateTarget(increment.Target);
                Store(increment.Target, AbstractValue.Unknown, increment);
                return AbstractValue.Unknown;

            case IInvocationOperation invocation:
                return EvaluateInvocation(invocation);

            case IObjectCreationOperation creation:
                return EvaluateCreation(creation);

            case IAwaitOperation wait:
                return EvaluateAwait(wait);

            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand);

            case IConversionOperation conversion:
                return EvaluateConversion(conversion);

            case ITupleOperation tuple:
                var elements = ImmutableArray.CreateBuilder<AbstractValue>(tuple.Elements.Length);
                foreach (var element in tuple.Elements)
                {
                    elements.Add(Evaluate(element));
                }

                return AbstractValue.OfParts(elements.MoveToImmutable());

            case IArrayCreationOperation array:
                foreach (var size in array.DimensionSizes)
                {
                    Evaluate(size);
                }

                // It holds none of them before all of them are made.
                HandOver(EvaluateElements(array));
                return AbstractValue.NotNull;

            case { Kind: CollectionExpression }:
                HandOver(EvaluateElements(operation));
                return AbstractValue.NotNull;

            case IReturnOperation { Kind: OperationKind.YieldReturn } yielded:
                HandOver(Evaluate(yielded.ReturnedValue));
                return AbstractValue.Unknown;

            case IIsNullOperation isNull:
                return NullTest(Evaluate(isNull.Operand), whenNull: true, isNull.Operand);

            case IBinaryOperation binary:
                return EvaluateBinary(binary);

            case IIsPatternOperation isPattern:
                return EvaluatePattern(isPattern);

            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Evaluate(not.Operand).Constant is bool truth
                    ? AbstractValue.OfConstant(!truth)
                    : AbstractValue.Unknown;

            case IInstanceReferenceOperation:
                return AbstractValue.NotNull;

            case IFlowAnonymousFunctionOperation lambda:
                Capture(_body.FindFunction(lambda.Symbol), IsKept(lambda), IsTakenBack(lambda));
                return AbstractValue.NotNull;

            case IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction } reference:
                Capture(_body.FindFunction(reference.Method), IsKept(reference), IsTakenBack(reference));
                return AbstractValue.NotNull;

            case IMethodReferenceOperation { Instance: { } instance } reference when IsTakenBack(reference):
                Evaluate(instance);
                return AbstractValue.NotNull;

            case IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation subscribed } subscription:
                Subscribe(Evaluate(subscribed.Instance), subscription.HandlerValue);
                return AbstractValue.Unknown;

            case IDelegateCreationOperation creation:
                Evaluate(creation.Target);
                return AbstractValue.NotNull;

            case IDefaultValueOperation { Type.IsReferenceType: true }:
                return AbstractValue.Null;

            case IDeclarationExpressionOperation declaration:
                return Evaluate(declaration.Expression);

            case IArgumentOperation argument:
                return Evaluate(argument.Value);

            // These look at their operands, and keep none of them.
            case IUnaryOperation or IIsTypeOperation or IInterpolatedStringOperation or IInterpolatedStringContentOperation
                or IArrayElementReferenceOperation or IEventReferenceOperation or IThrowOperation:
                EvaluateChildren(operation, ChildFate.Keep);
                return AbstractValue.Unknown;

            case IInvalidOperation { Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } } invalid:
                EvaluateUnboundCall(invalid, member);
                return AbstractValue.Unknown;

            default:
                EvaluateChildren(operation, ChildFate.Forget);
                return AbstractValue.Unknown;
        }
    }

    private enum ChildFate
    {
        Keep,
        HandOver,
        Forget,
    }

    private void EvaluateChildren(IOperation operation, ChildFate fate)
    {
        foreach (var child in operation.ChildOperations)
        {
            // The initializer of an array holds the elements as its own children.
            if (child is IArrayInitializerOperation initializer)
            {
                EvaluateChildren(initializer, fate);
                continue;
            }

            var value = Evaluate(child);
            switch (fate)
            {
                case ChildFate.HandOver:
                    HandOver(value);
                    break;
                case ChildFate.Forget:
                    Forget(value);
                    break;
            }
        }
    }

    /// <summary>
    /// A call whose arguments do not bind, in code without all of its references: what it is called on is still known, and
    /// a member call on a resource is a use of it, or its release.
    /// </summary>
    private void EvaluateUnboundCall(IInvalidOperation call, MemberAccessExpressionSyntax member)
    {
        foreach (var child in call.ChildOperations)
        {
            var value = Evaluate(child);
            var name = member.Name.Identifier.ValueText;
            if (child.Syntax != member.Expression)
            {
                Forget(value);
            }
            else if (name is "Dispose" or "DisposeAsync" or "Close" or "Abort")
            {
                Release(value);
            }
            else if (!SymbolWords.HasMember(child.Type, name))
            {
                // An extension method of a package that is not there: it may make something that keeps it.
                Forget(value);
            }
            else if (value.Alias != Alias.No && _context.Model.GetTypeFacts(child.Type).MembersThrow)
            {
                Throw(call, Thrown.Of(ThrownKinds.Any));
            }
        }
    }

    private AbstractValue EvaluateReference(IOperation reference)
    {
        switch (reference)
        {
            case IFieldReferenceOperation { Field: { ContainingType.IsTupleType: true } element, Instance: { } tuple }:
                return PartOf(Evaluate(tuple), element);

            case IPropertyReferenceOperation property when PlaceOf(property) is null:
                return EvaluateProperty(property);

            case IFieldReferenceOperation { Instance: { } instance } when PlaceOf(reference) is null:
                var holder = Evaluate(instance);
                return holder.Alias != Alias.No && _calls.Exposes(((IFieldReferenceOperation)reference).Field) ? holder : AbstractValue.Unknown;

            default:
                return PlaceOf(reference) is { } place ? ValueAt(place) : AbstractValue.Unknown;
        }
    }

    private static AbstractValue PartOf(AbstractValue tuple, IFieldSymbol element)
    {
        var underlying = element.CorrespondingTupleField ?? element;
        if (tuple.Parts.IsDefault)
        {
            return tuple.Alias == Alias.No ? AbstractValue.Unknown : tuple;
        }

        for (var i = 0; i < tuple.Parts.Length; i++)
        {
            if (underlying.Name == "Item" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                return tuple.Parts[i];
            }
        }

        return AbstractValue.Unknown;
    }

    private AbstractValue EvaluateProperty(IPropertyReferenceOperation property)
    {
        if (IsEnd(property))
        {
            return EvaluateEnd(_subject.End!);
        }

        var receiver = Dereferenced(Evaluate(property.Instance));
        foreach (var argument in property.Arguments)
        {
            Evaluate(argument);
        }

        if (property.Property.Name == "Result" && SymbolWords.IsTaskLike(property.Property.ContainingType))
        {
            Begin(receiver);
            return receiver;
        }

        if (receiver.Alias != Alias.No && ExtensionBlocks.Extends(property.Property) && (property.Property.GetMethod is not { } getter || _calls.EffectOnReceiver(getter) != OwnerEffect.None))
        {
            Forget(receiver);
            return AbstractValue.Unknown;
        }

        if (receiver.Alias != Alias.No && CaughtResponse.Is(property.Property))
        {
            return receiver.With(_status == ObligationStatus.Offered ? Nullness.Unknown : receiver.Nullness);
        }

        if (ReferenceEquals(property, _subject.Site))
        {
            return CaughtResponse.ExceptionOf(property) is { } exception ? AcquireCaught(property, exception) : Acquire(property);
        }

        var facts = _context.Model.GetMemberFacts(property.Property);
        return facts.Returns is ReturnEffect.View or ReturnEffect.Self || (receiver.Alias != Alias.No && _calls.Exposes(property.Property)) ? receiver : AbstractValue.Unknown;
    }

    /// <summary>Whether the property reads the end of the pipe that is followed.</summary>
    private bool IsEnd(IPropertyReferenceOperation property) =>
        _subject.End is { } end
        && SymbolEqualityComparer.Default.Equals(property.Property.OriginalDefinition, end)
        && property.Instance is { } pipe
        && OwnerOfFlags(pipe) is { } owner
        && SymbolEqualityComparer.Default.Equals(owner, _subject.Variable);

    /// <summary>The end is owed from the first time on that somebody asks for it: nobody has written to it before.</summary>
    private AbstractValue EvaluateEnd(IPropertySymbol end)
    {
        var place = _places.Of(end);
        if (_status == ObligationStatus.NotAcquired)
        {
            _status = ObligationStatus.Owed;
            _cause = null;
            SetValue(place, AbstractValue.Site);
        }

        return ValueAt(place);
    }

    private AbstractValue EvaluateAssignment(ISimpleAssignmentOperation assignment)
    {
        EvaluateTarget(assignment.Target);
        var value = Evaluate(assignment.Value);
        if (assignment.IsRef)
        {
            Forget(value);
            value = AbstractValue.Unknown;
        }

        Store(assignment.Target, value, assignment);
        return value;
    }

    /// <summary>Evaluates what a target is reached through: the object of a member, the index of an element.</summary>
    private void EvaluateTarget(IOperation target)
    {
        if (target is not (ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation or IDiscardOperation or IDeclarationExpressionOperation or ITupleOperation))
        {
            EvaluateChildren(target, ChildFate.Keep);
        }
    }

    private void Deconstruct(IOperation target, AbstractValue value, IOperation assignment)
    {
        if (target is IDeclarationExpressionOperation declaration)
        {
            target = declaration.Expression;
        }

        if (target.WithoutConversions() is not ITupleOperation tuple)
        {
            Store(target, value, assignment);
            return;
        }

        var fits = !value.Parts.IsDefault && value.Parts.Length == tuple.Elements.Length;
        if (!fits)
        {
            Forget(value);
        }

        for (var i = 0; i < tuple.Elements.Length; i++)
        {
            Deconstruct(tuple.Elements[i], fits ? value.Parts[i] : AbstractValue.Unknown, assignment);
        }
    }

    /// <summary>Puts a value into a target: a place of this body keeps it, anything else becomes its owner.</summary>
    private void Store(IOperation target, AbstractValue value, IOperation assignment)
    {
        target = target.WithoutConversions();
        if (target is IFlowCaptureReferenceOperation captured && _body.CapturedBy(captured.Id)?.WithoutConversions() is { } reached)
        {
            // It stands for the target, which was evaluated ahead of a value that branches (`client = new TcpClient { NoDelay = true }`), and holds nothing itself.
            Assign(_places.Of(captured.Id), AbstractValue.Unknown);
            target = reached;
        }

        if (target is IDeclarationExpressionOperation declaration)
        {
            target = declaration.Expression;
        }

        if (target is IDiscardOperation)
        {
            return;
        }

        ForgetFlags(target, isReplaced: true);
        if (_subject.End is not null && OwnerOfFlags(target) is { } pipe && SymbolEqualityComparer.Default.Equals(pipe, _subject.Variable))
        {
            // Another pipe from here on.
            Rename(Alias.Must, Alias.No);
            Rename(Alias.Maybe, Alias.No);
            _status = ObligationStatus.NotAcquired;
        }

        if (PlaceOf(target) is { } place)
        {
            Overwrite(place, value, assignment);
            Assign(place, value);
        }

        var variable = VariableOf(target);
        if (target is IFlowCaptureReferenceOperation || (variable is not null && IsOwnVariable(variable)))
        {
            if (variable is not null && Matters(value) && IsCapturedBefore(variable, assignment))
            {
                Forget(value);
            }

            return;
        }

        var isOwnMember = variable is null && PlaceOf(target) is not null && !IsStatic(target);
        if (isOwnMember && value.Alias == Alias.Must)
        {
            Outcome.StoredIn.Add(((target as IFieldReferenceOperation)?.Field ?? (ISymbol)((IPropertyReferenceOperation)target).Property).OriginalDefinition);
        }

        var isKept = Outcome.FreshIsKept;
        HandOver(value, isOwnMember ? ObligationStatus.Stored : ObligationStatus.Transferred);
        if (variable is IParameterSymbol && _body.Declares(variable))
        {
            // What goes into an `out` parameter is the caller's.
            Outcome.FreshIsKept = isKept;
        }
    }

    private static ISymbol? VariableOf(IOperation target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private bool IsOwnVariable(ISymbol variable) =>
        _body.Declares(variable) && variable is ILocalSymbol { RefKind: RefKind.None } or IParameterSymbol { RefKind: RefKind.None };

    private static bool IsStatic(IOperation target) =>
        target is IFieldReferenceOperation { Field.IsStatic: true } or IPropertyReferenceOperation { Property.IsStatic: true };

    /// <summary>The place that a reference denotes; null for what is reached through another object.</summary>
    private int? PlaceOf(IOperation reference) => reference switch
    {
        ILocalReferenceOperation local => _places.Of(local.Local),
        IParameterReferenceOperation parameter => _places.Of(parameter.Parameter),
        IFlowCaptureReferenceOperation capture => _places.Of(capture.Id),
        IFieldReferenceOperation field when OperationWords.IsOfThisOrStatic(field.Instance) => _places.Of(field.Field),
        IPropertyReferenceOperation { Arguments.IsEmpty: true } property when OperationWords.IsOfThisOrStatic(property.Instance) && SymbolWords.IsAutoProperty(property.Property) => _places.Of(property.Property),
        IMemberReferenceOperation { Instance: { } instance } member when IsFlag(member.Member) && OwnerOfFlags(instance) is { } owner => _places.Of(owner, member.Member),
        _ => null,
    };

    /// <summary>A boolean that stays what it is until somebody sets it: a field, an auto-property, or a property of a value.</summary>
    private static bool IsFlag(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type.SpecialType == SpecialType.System_Boolean && !field.IsVolatile,
        IPropertySymbol { Parameters.IsEmpty: true, Type.SpecialType: SpecialType.System_Boolean } property =>
            SymbolWords.IsAutoProperty(property) || (property.ContainingType.IsValueType && property.Name != "IsCancellationRequested"),
        _ => false,
    };

    private static ISymbol? OwnerOfFlags(IOperation instance) => instance.WithoutConversions() switch
    {
        IFieldReferenceOperation field when OperationWords.IsOfThisOrStatic(field.Instance) => field.Field,
        { } operation => VariableOf(operation),
    };

    /// <summary>What holds the flags may have changed them, or is another object now.</summary>
    private void ForgetFlags(IOperation? holder, bool isReplaced)
    {
        if (holder is not null && OwnerOfFlags(holder) is { } owner)
        {
            ForgetFlags(owner, isReplaced);
        }
    }

    private void ForgetFlags(ISymbol owner, bool isReplaced)
    {
        foreach (var (flag, place) in _places.FlagsOf(owner))
        {
            if (isReplaced || flag is IFieldSymbol { IsReadOnly: false } or IPropertySymbol { SetMethod.IsInitOnly: false, ContainingType.IsValueType: false })
            {
                SetValue(place, AbstractValue.Unknown);
            }
        }
    }

    private AbstractValue EvaluateAwait(IAwaitOperation wait)
    {
        var value = Evaluate(wait.Operation);
        if (MindsExceptions && TaskLater(wait.Operation) is { } later && ThrownByTask(later, depth: 0) is { IsEmpty: false } thrown)
        {
            ThrowAll(later is IInvocationOperation ? later : wait, thrown);
        }

        if (_status == ObligationStatus.Dormant && IsOrHasSite(value) && _subject.Site is { } site && SymbolWords.IsTaskLike(wait.Operation.Type))
        {
            // What throws here has given nothing.
            var before = Snapshot();
            _status = ObligationStatus.NotAcquired;
            Rename(Alias.Must, Alias.No);
            Throw(wait, Thrown.Of(ThrownKinds.Any));
            Load(before);
            if (!_acquisitions.IsDormantWhenMade(site))
            {
                Begin(value);
            }
        }

        return value;
    }

    /// <summary>Whether the value is the resource, or a tuple with it.</summary>
    private static bool IsOrHasSite(AbstractValue value)
    {
        if (!value.Parts.IsDefault)
        {
            foreach (var part in value.Parts)
            {
                if (IsOrHasSite(part))
                {
                    return true;
                }
            }
        }

        return value.Alias == Alias.Must;
    }

    private AbstractValue EvaluateConversion(IConversionOperation conversion)
    {
        var value = Evaluate(conversion.Operand);
        if (conversion.OperatorMethod is not null)
        {
            Forget(value);
            return AbstractValue.Unknown;
        }

        return value;
    }

    private AbstractValue EvaluateBinary(IBinaryOperation binary)
    {
        var left = Evaluate(binary.LeftOperand);
        var right = Evaluate(binary.RightOperand);
        if (binary.OperatorKind is not (BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals))
        {
            return AbstractValue.Unknown;
        }

        var whenEqual = binary.OperatorKind == BinaryOperatorKind.Equals;
        if (right.Nullness == Nullness.Null)
        {
            return NullTest(left, whenEqual, binary.LeftOperand);
        }

        if (left.Nullness == Nullness.Null)
        {
            return NullTest(right, whenEqual, binary.RightOperand);
        }

        return left.Constant is not null && right.Constant is not null
            ? AbstractValue.OfConstant(Equals(left.Constant, right.Constant) == whenEqual)
            : AbstractValue.Unknown;
    }

    private AbstractValue NullTest(AbstractValue value, bool whenNull, IOperation operand) => value.Nullness switch
    {
        Nullness.Null => AbstractValue.OfConstant(whenNull),
        Nullness.NotNull => AbstractValue.OfConstant(!whenNull),
        _ => PlaceOf(operand.WithoutConversions()) is { } place ? AbstractValue.OfTest(place, whenNull) : AbstractValue.Unknown,
    };

    private AbstractValue EvaluatePattern(IIsPatternOperation isPattern)
    {
        var value = Evaluate(isPattern.Value);
        BindPattern(isPattern.Pattern, value);
        return NullPattern(isPattern.Pattern) is { } whenNull ? NullTest(value, whenNull, isPattern.Value)
            : value.Alias == Alias.Must && _subject.Site is { } site ? TypeTest(Acquisitions.TypeOf(site), MatchedType(isPattern.Pattern))
            : AbstractValue.Unknown;
    }

    private static ITypeSymbol? MatchedType(IPatternOperation pattern) => pattern switch
    {
        IDeclarationPatternOperation declaration => declaration.MatchedType,
        ITypePatternOperation type => type.MatchedType,
        _ => null,
    };

    /// <summary>Whether the resource, or a wrapper over it, is of a type: what it is by its own type it is; plain data it is not.</summary>
    private AbstractValue TypeTest(ITypeSymbol? resource, ITypeSymbol? matched)
    {
        if (resource is null || matched is null || SymbolWords.IsTaskLike(resource))
        {
            return AbstractValue.Unknown;
        }

        if (SymbolWords.DerivesFrom(resource, matched) || Implements(resource, matched))
        {
            return AbstractValue.True;
        }

        var isOther = matched is IArrayTypeSymbol or { IsValueType: true } or { SpecialType: SpecialType.System_String }
            || _context.Model.GetTypeFacts(matched).IsMemoryOnly
            || (matched.TypeKind == TypeKind.Class && !SymbolWords.DerivesFrom(matched, resource) && !_context.Model.GetTypeFacts(matched).IsResource);
        return isOther ? AbstractValue.False : AbstractValue.Unknown;
    }

    private static bool Implements(ITypeSymbol type, ITypeSymbol matched) =>
        System.Linq.ImmutableArrayExtensions.Any(type.AllInterfaces, implemented => SymbolEqualityComparer.Default.Equals(implemented, matched));

    /// <summary>True for <c>null</c>, false for what any value but null matches, null for any other pattern.</summary>
    private static bool? NullPattern(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: null } } => true,
        INegatedPatternOperation negated => NullPattern(negated.Pattern) is { } inner ? !inner : null,
        IDeclarationPatternOperation declaration when MatchesAll(declaration.MatchedType, declaration.InputType) => false,
        ITypePatternOperation type when MatchesAll(type.MatchedType, type.InputType) => false,
        IRecursivePatternOperation { DeconstructionSubpatterns.IsEmpty: true, PropertySubpatterns.IsEmpty: true } recursive when MatchesAll(recursive.MatchedType, recursive.InputType) => false,
        _ => null,
    };

    private static bool MatchesAll(ITypeSymbol? matched, ITypeSymbol input) =>
        matched is not null && (SymbolWords.DerivesFrom(input, matched) || Implements(input, matched));

    private void BindPattern(IPatternOperation pattern, AbstractValue value)
    {
        var declared = pattern switch
        {
            IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
            IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
            _ => null,
        };
        if (declared is not null)
        {
            Assign(_places.Of(declared), value);
            if (IsCapturedBefore(declared, pattern))
            {
                Forget(value);
            }
        }

        if (pattern is IRecursivePatternOperation parts)
        {
            BindParts(parts, value);
            return;
        }

        foreach (var child in pattern.ChildOperations)
        {
            if (child is IPatternOperation inner)
            {
                BindPattern(inner, pattern is INegatedPatternOperation or IBinaryPatternOperation ? value : AbstractValue.Unknown);
            }
        }
    }

    private void BindParts(IRecursivePatternOperation pattern, AbstractValue value)
    {
        var elements = pattern.DeconstructionSubpatterns;
        var fits = !value.Parts.IsDefault && value.Parts.Length == elements.Length;
        if (!fits && !elements.IsEmpty)
        {
            // A record or other object gives its parts out by a method.
            Forget(value);
        }

        for (var i = 0; i < elements.Length; i++)
        {
            BindPattern(elements[i], fits ? value.Parts[i] : AbstractValue.Unknown);
        }

        foreach (var part in pattern.PropertySubpatterns)
        {
            BindPattern(part.Pattern, MemberOf(part.Member, value));
        }
    }

    /// <summary>Whether there is no value for which the pattern does not match: it only takes the value apart (<c>is (var client, _)</c>).</summary>
    private bool AlwaysMatches(IPatternOperation pattern, AbstractValue value)
    {
        switch (pattern)
        {
            case IDiscardPatternOperation or IDeclarationPatternOperation { MatchesNull: true }:
                return true;
            case IRecursivePatternOperation recursive:
                if ((value.Nullness != Nullness.NotNull && recursive.InputType is not { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T })
                    || !MatchesAll(recursive.MatchedType, recursive.InputType))
                {
                    return false;
                }

                var elements = recursive.DeconstructionSubpatterns;
                for (var i = 0; i < elements.Length; i++)
                {
                    if (!AlwaysMatches(elements[i], !value.Parts.IsDefault && i < value.Parts.Length ? value.Parts[i] : AbstractValue.Unknown))
                    {
                        return false;
                    }
                }

                foreach (var part in recursive.PropertySubpatterns)
                {
                    if (!AlwaysMatches(part.Pattern, MemberOf(part.Member, value)))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>What a property pattern looks at: the resource, where the member is a view of it or gives it out.</summary>
    private AbstractValue MemberOf(IOperation member, AbstractValue value) => member switch
    {
        IFieldReferenceOperation { Field: { ContainingType.IsTupleType: true } element } => PartOf(value, element),
        IMemberReferenceOperation { Member: var named } when value.Alias != Alias.No && (_context.Model.GetMemberFacts(named).Returns is ReturnEffect.View or ReturnEffect.Self || _calls.Exposes(named)) => value,
        _ => AbstractValue.Unknown,
    };

    /// <summary>Learns from the way a condition went; false when it cannot have gone that way.</summary>
    private bool Refine(IOperation condition, bool outcome)
    {
        condition = condition.WithoutConversions();
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Refine(not.Operand, !outcome);

            case IIsNullOperation isNull:
                return RefineNull(isNull.Operand, outcome);

            case IIsPatternOperation isPattern when outcome && _subject.AsksWhatIsThrown && IsSpecialCase(isPattern.Value, MatchedType(isPattern.Pattern)):
            case IIsTypeOperation { IsNegated: false } isType when outcome && _subject.AsksWhatIsThrown && IsSpecialCase(isType.ValueOperand, isType.TypeOperand):
                return false;

            case IIsPatternOperation isPattern:
                if (NullPattern(isPattern.Pattern) is { } whenNull)
                {
                    return RefineNull(isPattern.Value, whenNull == outcome);
                }

                return outcome
                    ? isPattern.Pattern is INegatedPatternOperation || RefineNull(isPattern.Value, isNull: false)
                    : !AlwaysMatches(isPattern.Pattern, PlaceOf(isPattern.Value.WithoutConversions()) is { } tested ? ValueAt(tested) : AbstractValue.Unknown);

            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison:
                var equal = outcome == (comparison.OperatorKind == BinaryOperatorKind.Equals);
                return RefineEquality(comparison.LeftOperand, comparison.RightOperand, equal)
                    && RefineEquality(comparison.RightOperand, comparison.LeftOperand, equal);

            default:
                if (PlaceOf(condition) is { } place && condition.Type?.SpecialType == SpecialType.System_Boolean)
                {
                    var value = ValueAt(place);
                    if (value.IsVerdict)
                    {
                        Settle(outcome);
                    }

                    if (value.Constant is bool known && known != outcome)
                    {
                        return false;
                    }

                    if (value.TestedPlace >= 0 && !RefineNullAt(value.TestedPlace, value.IsTrueForNull == outcome))
                    {
                        return false;
                    }

                    SetValue(place, value.Decided(outcome));
                }

                return true;
        }
    }

    /// <summary>
    /// Whether a test asks if a stream that was given is of one class of the compilation: what is thrown for that class alone is not thrown at the
    /// callers that give something else, and which those are is not told apart.
    /// </summary>
    private bool IsSpecialCase(IOperation value, ITypeSymbol? matched) =>
        value.WithoutConversions() is IParameterReferenceOperation { Parameter.Type: { } given }
        && matched is INamedTypeSymbol { TypeKind: TypeKind.Class } named
        && !SymbolEqualityComparer.Default.Equals(given, matched)
        && _context.HasCode(named)
        && _context.Model.GetTypeFacts(given).IsAbstraction;

    private bool RefineEquality(IOperation operand, IOperation other, bool equal)
    {
        if (other.ConstantValue is not { HasValue: true } constant)
        {
            return true;
        }

        if (constant.Value is null)
        {
            return RefineNull(operand, equal);
        }

        operand = operand.WithoutConversions();
        if (constant.Value is bool truth && operand.Type?.SpecialType == SpecialType.System_Boolean)
        {
            return Refine(operand, equal == truth);
        }

        if (equal && PlaceOf(operand) is { } place && ValueAt(place).Alias == Alias.No)
        {
            SetValue(place, AbstractValue.OfConstant(constant.Value));
        }

        return true;
    }

    private bool RefineNull(IOperation operand, bool isNull)
    {
        operand = operand.WithoutConversions();
        if (isNull && IsSubscribedDelegate(operand))
        {
            return false;
        }

        if (operand is IFlowCaptureReferenceOperation capture && _body.CapturedBy(capture.Id)?.WithoutConversions() is { } captured
            && captured is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation
            && PlaceOf(captured) is { } behind
            && ValueAt(behind).Equals(ValueAt(_places.Of(capture.Id)))
            && !RefineNullAt(behind, isNull))
        {
            return false;
        }

        if (operand is ISimpleAssignmentOperation assignment)
        {
            operand = assignment.Target.WithoutConversions();
        }

        if (CaughtResponse.ExceptionOf(operand) is { } exception && _places.TryFind(exception, out var caught))
        {
            return RefineCaught(ValueAt(caught), isNull);
        }

        return PlaceOf(operand) is not { } place || RefineNullAt(place, isNull);
    }

    /// <summary>The response of a caught exception is asked for null.</summary>
    private bool RefineCaught(AbstractValue exception, bool isNull)
    {
        if (exception.Alias != Alias.Must)
        {
            return isNull || exception.Nullness != Nullness.Null;
        }

        if (_status == ObligationStatus.Offered)
        {
            SettleOffer(!isNull);
            return true;
        }

        return !isNull || _status != ObligationStatus.Owed;
    }

    /// <summary>An event or delegate of the object that is called with <c>?.</c>: somebody is taken to have subscribed to it.</summary>
    private bool IsSubscribedDelegate(IOperation operand) =>
        operand is IFlowCaptureReferenceOperation capture
        && operand.Type?.TypeKind == TypeKind.Delegate
        && _body.CapturedBy(capture.Id)?.WithoutConversions() is IMemberReferenceOperation;

    private bool RefineNullAt(int place, bool isNull)
    {
        var value = ValueAt(place);
        if (value.Nullness == (isNull ? Nullness.NotNull : Nullness.Null))
        {
            return false;
        }

        if (value is { Alias: Alias.Must, Nullness: Nullness.Unknown } && _status == ObligationStatus.Offered)
        {
            SettleOffer(!isNull);
            value = ValueAt(place);
        }

        SetValue(place, isNull ? AbstractValue.Null : value.With(Nullness.NotNull));
        for (var i = 0; i < _values.Count; i++)
        {
            if (_values[i].TestedPlace == place && _values[i].Constant is null)
            {
                _values[i] = _values[i].Decided(_values[i].IsTrueForNull == isNull);
            }
        }

        return true;
    }
}
