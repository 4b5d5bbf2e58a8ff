using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;
using Values = SocketLeakAnalyzers.Semantics.ValueSet;

namespace SocketLeakAnalyzers.Obligations;

// What each expression can be, and what the code does to it.
internal sealed partial class TypeOwnershipReader
{
    private readonly Stack<ISymbol?> _functions = new();
    private readonly Stack<Values> _conditionalReceivers = new();
    private Part _part = null!;
    private bool _isFailing;

    /// <summary>In a callback that a <c>using</c> takes back.</summary>
    private bool _isCallback;

    private int _depth;

    private void Read(Part part)
    {
        _part = part;
        _functions.Clear();
        _conditionalReceivers.Clear();
        _isFailing = false;
        _isCallback = false;
        _functions.Push(part.Owner);
        switch (part.Root)
        {
            case IFieldInitializerOperation initializer:
                foreach (var field in initializer.InitializedFields)
                {
                    Assign(field, Evaluate(initializer.Value));
                }

                break;
            case IPropertyInitializerOperation initializer:
                foreach (var property in initializer.InitializedProperties)
                {
                    Assign(property, Evaluate(initializer.Value));
                }

                break;
            default:
                Evaluate(part.Root);
                break;
        }
    }

    private Values Evaluate(IOperation? operation)
    {
        if (operation is null || _isTooLarge)
        {
            return Values.Empty;
        }

        if (_depth >= MaxDepth || ++_steps > MaxSteps)
        {
            _isTooLarge = true;
            return Values.Empty;
        }

        _cancellationToken.ThrowIfCancellationRequested();
        _depth++;
        var values = EvaluateCore(operation);
        _depth--;
        return values;
    }

    private Values EvaluateCore(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return ValuesOf(local.Local);

            case IParameterReferenceOperation parameter:
                return ValuesOf(parameter.Parameter);

            case IFieldReferenceOperation field:
                return EvaluateField(field);

            case IPropertyReferenceOperation property:
                return EvaluateProperty(property);

            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } instance:
                return SymbolEqualityComparer.Default.Equals(instance.Type?.OriginalDefinition, _type) ? Values.Empty.Add(This) : Values.Empty;

            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand);

            case IConversionOperation conversion:
                var converted = Evaluate(conversion.Operand);
                if (conversion.OperatorMethod is not null)
                {
                    Escape(converted);
                    return Values.Empty;
                }

                return converted;

            case IAwaitOperation wait:
                return Evaluate(wait.Operation);

            case IConditionalOperation { Type: not null } conditional:
                Evaluate(conditional.Condition);
                return Evaluate(conditional.WhenTrue).Union(Evaluate(conditional.WhenFalse));

            case ICoalesceOperation coalesce:
                return Evaluate(coalesce.Value).Union(Evaluate(coalesce.WhenNull));

            case ICoalesceAssignmentOperation assignment:
                var added = Evaluate(assignment.Value);
                Store(assignment.Target, added);
                return Evaluate(assignment.Target).Union(added);

            case ISimpleAssignmentOperation assignment:
                return EvaluateAssignment(assignment);

            case ICompoundAssignmentOperation compound:
                Evaluate(compound.Target);
                Escape(Evaluate(compound.Value));
                return Values.Empty;

            case IDeconstructionAssignmentOperation deconstruction:
                Deconstruct(deconstruction.Target, deconstruction.Value);
                return Values.Empty;

            case IConditionalAccessOperation access:
                _conditionalReceivers.Push(Evaluate(access.Operation));
                var result = Evaluate(access.WhenNotNull);
                _conditionalReceivers.Pop();
                return result;

            case IConditionalAccessInstanceOperation:
                return _conditionalReceivers.Count > 0 ? _conditionalReceivers.Peek() : Values.Empty;

            case IInvocationOperation invocation:
                return EvaluateInvocation(invocation);

            case IObjectCreationOperation creation:
                return EvaluateCreation(creation);

            case IVariableDeclaratorOperation declarator:
                if (declarator.Initializer is { } initializer)
                {
                    AddValues(declarator.Symbol, Evaluate(initializer.Value));
                }

                return Values.Empty;

            case IUsingOperation use:
                EvaluateUsing(use.Resources);
                Evaluate(use.Body);
                return Values.Empty;

            case IUsingDeclarationOperation use:
                EvaluateUsing(use.DeclarationGroup);
                return Values.Empty;

            case IForEachLoopOperation loop:
                var elements = Evaluate(loop.Collection);
                Store(loop.LoopControlVariable, elements);
                Evaluate(loop.Body);
                return Values.Empty;

            case IReturnOperation returned:
                EvaluateReturn(returned);
                return Values.Empty;

            case ICatchClauseOperation clause:
                var wasFailing = _isFailing;
                _isFailing |= ThrowsOn(clause.Handler);
                Evaluate(clause.Filter);
                Evaluate(clause.Handler);
                _isFailing = wasFailing;
                return Values.Empty;

            case IAnonymousFunctionOperation lambda:
                EvaluateFunction(null, lambda.Body);
                return Values.Empty;

            case ILocalFunctionOperation function:
                EvaluateFunction(function.Symbol, function.Body);
                return Values.Empty;

            case IConstructorBodyOperation constructor:
                NoteChain(constructor);
                Evaluate(constructor.Initializer);
                Evaluate(constructor.BlockBody);
                Evaluate(constructor.ExpressionBody);
                return Values.Empty;

            case IMethodReferenceOperation reference:
                EvaluateMethodReference(reference);
                return Values.Empty;

            case IDelegateCreationOperation creation:
                Evaluate(creation.Target);
                return Values.Empty;

            case IIsPatternOperation isPattern:
                Bind(isPattern.Pattern, Evaluate(isPattern.Value));
                return Values.Empty;

            case ISwitchOperation @switch:
                var switched = Evaluate(@switch.Value);
                foreach (var section in @switch.Cases)
                {
                    foreach (var clause in section.Clauses)
                    {
                        if (clause is IPatternCaseClauseOperation { Pattern: { } pattern } patternClause)
                        {
                            Bind(pattern, switched);
                            Evaluate(patternClause.Guard);
                        }
                    }

                    foreach (var statement in section.Body)
                    {
                        Evaluate(statement);
                    }
                }

                return Values.Empty;

            case ISwitchExpressionOperation @switch:
                return EvaluateSwitch(@switch);

            case IArrayCreationOperation array:
                return Evaluate(array.Initializer);

            case IArrayInitializerOperation list:
                return EvaluateAll(list.ElementValues);

            case IArrayElementReferenceOperation element:
                return Evaluate(element.ArrayReference);

            case ITupleOperation tuple:
                return EvaluateAll(tuple.Elements);

            case IDeclarationExpressionOperation declaration:
                return Evaluate(declaration.Expression);

            case IArgumentOperation argument:
                return Evaluate(argument.Value);

            case IInvalidOperation invalid:
                EvaluateInvalid(invalid);
                return Values.Empty;

            // These look at their operands and keep none of them.
            case IBinaryOperation or IUnaryOperation or IIsTypeOperation or IInterpolatedStringOperation or IInterpolatedStringContentOperation
                or INameOfOperation or IEventReferenceOperation or IEventAssignmentOperation or IThrowOperation or IIncrementOrDecrementOperation or ITypeOfOperation or ISizeOfOperation:
                Visit(operation);
                return Values.Empty;

            default:
                foreach (var child in operation.ChildOperations)
                {
                    var value = Evaluate(child);
                    if (operation.Type is not null)
                    {
                        Escape(value);
                    }
                }

                return Values.Empty;
        }
    }

    private void Visit(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            Evaluate(child);
        }
    }

    private Values EvaluateAll(ImmutableArray<IOperation> operations)
    {
        var values = Values.Empty;
        foreach (var operation in operations)
        {
            values = values.Union(Evaluate(operation));
        }

        return values;
    }

    private Values EvaluateField(IFieldReferenceOperation reference)
    {
        var receiver = Evaluate(reference.Instance);
        var field = reference.Field;
        if (field.ContainingType.IsTupleType)
        {
            return receiver;
        }

        return HolderOf(field) is var holder && _isHolder.Contains(holder) ? ValuesOf(holder) : Values.Empty;
    }

    /// <summary>What stands for a field: the property that the compiler made it for, which an accessor calls <c>field</c>.</summary>
    private static ISymbol HolderOf(IFieldSymbol field) => field.AssociatedSymbol is IPropertySymbol property ? property.OriginalDefinition : field.OriginalDefinition;

    private Values EvaluateProperty(IPropertyReferenceOperation reference)
    {
        var receiver = Evaluate(reference.Instance);
        foreach (var argument in reference.Arguments)
        {
            Evaluate(argument.Value);
        }

        var property = reference.Property.OriginalDefinition;
        if (_isHolder.Contains(property))
        {
            return ValuesOf(property);
        }

        if (IsOwn(property))
        {
            if (property.GetMethod is { } getter)
            {
                _part.Calls.Add(getter);
                return ValuesOf(getter);
            }

            return Values.Empty;
        }

        if (property.Name == "Result" && SymbolWords.IsTaskLike(property.ContainingType))
        {
            return receiver;
        }

        return _context.Model.GetMemberFacts(property).Returns is ReturnEffect.View or ReturnEffect.Self ? receiver : Values.Empty;
    }

    private Values EvaluateAssignment(ISimpleAssignmentOperation assignment)
    {
        if (assignment is { Target: IPropertyReferenceOperation { Property.Name: "RedirectStandardInput" or "RedirectStandardOutput" or "RedirectStandardError" }, Value.ConstantValue: { HasValue: true, Value: true } })
        {
            _part.RedirectsProcess = true;
        }

        var value = Evaluate(assignment.Value);
        Store(assignment.Target, value);
        return value;
    }

    private void Deconstruct(IOperation target, IOperation value)
    {
        if (target is IDeclarationExpressionOperation declaration)
        {
            target = declaration.Expression;
        }

        if (target is ITupleOperation targets && value.WithoutConversions() is ITupleOperation values && targets.Elements.Length == values.Elements.Length)
        {
            for (var i = 0; i < targets.Elements.Length; i++)
            {
                Deconstruct(targets.Elements[i], values.Elements[i]);
            }

            return;
        }

        var all = Evaluate(value);
        if (target is not ITupleOperation tuple)
        {
            Store(target, all);
            return;
        }

        // A method that returns a tuple: its resource goes to the elements that can hold it.
        foreach (var element in tuple.Elements)
        {
            if (element is IDiscardOperation || element.Type is null || OwningTypes.CanHold(element.Type))
            {
                Store(element, all);
            }
            else
            {
                Evaluate(element);
            }
        }
    }

    private void Store(IOperation target, Values values)
    {
        target = target.WithoutConversions();
        if (target is IDeclarationExpressionOperation declaration)
        {
            target = declaration.Expression;
        }

        switch (target)
        {
            case IDiscardOperation:
                break;
            case ILocalReferenceOperation local:
                AddValues(local.Local, values);
                break;
            case IVariableDeclaratorOperation declarator:
                AddValues(declarator.Symbol, values);
                break;
            case IParameterReferenceOperation parameter:
                AddValues(parameter.Parameter, values);
                if (parameter.Parameter.RefKind is RefKind.Ref or RefKind.Out && !IsOwnMethod(parameter.Parameter.ContainingSymbol))
                {
                    Escape(values);
                }

                break;
            case IFieldReferenceOperation field:
                Evaluate(field.Instance);
                Assign(HolderOf(field.Field), values);
                break;
            case IPropertyReferenceOperation property:
                StoreInProperty(property, values);
                break;
            case ITupleOperation tuple:
                foreach (var element in tuple.Elements)
                {
                    Store(element, values);
                }

                break;
            default:
                Evaluate(target);
                Escape(values);
                break;
        }
    }

    private void StoreInProperty(IPropertyReferenceOperation reference, Values values)
    {
        var receiver = Evaluate(reference.Instance);
        var property = reference.Property.OriginalDefinition;
        if (!_isHolder.Contains(property) && IsOwn(property) && property.SetMethod is { Parameters: { Length: > 0 } parameters } setter)
        {
            _part.Calls.Add(setter);
            AddValues(parameters[parameters.Length - 1], values);
            return;
        }

        var fact = _context.Model.GetMemberFacts(property).Parameter(property.Parameters.Length);
        switch (fact.Effect)
        {
            case ParameterEffect.Borrows:
                return;
            case ParameterEffect.Takes when reference.Instance?.WithoutConversions() is { } owner && VariableOf(owner) is { } variable:
                // The object that got it releases it with itself.
                AddValues(variable, values);
                return;
            case ParameterEffect.Takes when !receiver.IsEmpty:
                Escape(values);
                return;
        }

        Assign(property, values);
    }

    private ISymbol? VariableOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field when _isHolder.Contains(HolderOf(field.Field)) => HolderOf(field.Field),
        IPropertyReferenceOperation property when _isHolder.Contains(property.Property.OriginalDefinition) => property.Property.OriginalDefinition,
        _ => null,
    };

    private void Assign(ISymbol member, Values values)
    {
        if (_isHolder.Contains(member))
        {
            if (values.Contains(This))
            {
                _part.LetsThisEscape = true;
            }

            AddValues(member, values.Remove(This));
        }
        else
        {
            Escape(values);
        }
    }

    private void EvaluateUsing(IOperation resources)
    {
        if (resources is not IVariableDeclarationGroupOperation group)
        {
            Release(Evaluate(resources));
            return;
        }

        Evaluate(group);
        foreach (var declaration in group.Declarations)
        {
            foreach (var declarator in declaration.Declarators)
            {
                Release(ValuesOf(declarator.Symbol));
            }
        }
    }

    private void EvaluateFunction(ISymbol? function, IOperation? body)
    {
        var wasFailing = _isFailing;
        _isFailing = false;
        _functions.Push(function);
        Evaluate(body);
        _functions.Pop();
        _isFailing = wasFailing;
    }

    /// <summary>A callback that is taken back before the method ends: the type releases something there, and a call of the method that returns has not.</summary>
    private void EvaluateCallback(IInvocationOperation registration)
    {
        var wasCallback = _isCallback;
        _isCallback = true;
        Evaluate(registration.Instance);
        Give(registration.TargetMethod, registration.Arguments, resultOwns: false, isBaseConstructor: false);
        _isCallback = wasCallback;
    }

    private void EvaluateReturn(IReturnOperation returned)
    {
        var values = Evaluate(returned.ReturnedValue);
        if (values.IsEmpty)
        {
            return;
        }

        var function = _functions.Peek();
        if (returned.Kind == OperationKind.Return && function is not null && GivesInside(function))
        {
            AddValues(function, values);
            if (values.Contains(This))
            {
                _part.LetsThisEscape = true;
            }

            return;
        }

        Escape(returned.Kind == OperationKind.Return && function is not null && IsSeenWhole(function) ? Lend(function, values) : values);
    }

    /// <summary>Notes that callers get what a field holds.</summary>
    /// <returns>What they get besides.</returns>
    private Values Lend(ISymbol method, Values values)
    {
        var others = values;
        var lent = Values.Empty;
        foreach (var value in values)
        {
            if (value != This && IsHeld(value))
            {
                lent = lent.Add(value);
                others = others.Remove(value);
            }
        }

        if (!lent.IsEmpty)
        {
            _lenders.Add(method);
            AddValues(method, lent);
        }

        return others;
    }

    /// <summary>A method that no other takes the place of.</summary>
    private bool IsSeenWhole(ISymbol function) =>
        function is IMethodSymbol { MethodKind: MethodKind.Ordinary, IsVirtual: false, IsOverride: false, IsAbstract: false } method && IsOwn(method);

    /// <summary>Whether what the function returns is seen here: its callers are in the type, or it is a property, which only shows what it returns.</summary>
    private bool GivesInside(ISymbol function) => function switch
    {
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => true,
        IMethodSymbol { MethodKind: MethodKind.PropertyGet } getter => IsOwn(getter) && !getter.IsOverride,
        IMethodSymbol { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private } method => IsOwn(method),
        _ => false,
    };

    private Values EvaluateSwitch(ISwitchExpressionOperation @switch)
    {
        var switched = Evaluate(@switch.Value);
        var values = Values.Empty;
        foreach (var arm in @switch.Arms)
        {
            Bind(arm.Pattern, switched);
            Evaluate(arm.Guard);
            values = values.Union(Evaluate(arm.Value));
        }

        return values;
    }

    private void Bind(IPatternOperation pattern, Values values)
    {
        var declared = pattern switch
        {
            IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
            IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
            _ => null,
        };
        if (declared is not null)
        {
            AddValues(declared, values);
        }

        foreach (var child in pattern.ChildOperations)
        {
            if (child is IPatternOperation inner)
            {
                Bind(inner, values);
            }
            else if (child is IPropertySubpatternOperation { Pattern: { } property })
            {
                // A part of a resource may be a view of it.
                Bind(property, values);
            }
        }
    }

    private void EvaluateMethodReference(IMethodReferenceOperation reference)
    {
        var receiver = Evaluate(reference.Instance);
        var method = Definition(reference.Method);
        if (IsOwn(method))
        {
            if (!_isCallback)
            {
                _part.Calls.Add(method);
            }
        }
        else if (reference.Instance is not null && method is IMethodSymbol called)
        {
            Call(called, receiver, isReference: true);
        }
    }

    private void NoteChain(IConstructorBodyOperation constructor)
    {
        foreach (var operation in constructor.Initializer?.DescendantsAndSelf() ?? System.Linq.Enumerable.Empty<IOperation>())
        {
            if (operation is IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } target })
            {
                _part.ChainsTo = target;
                return;
            }
        }
    }

    private Values EvaluateInvocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (IsInterlocked(method) && invocation.Arguments.Length >= 2)
        {
            return EvaluateExchange(invocation);
        }

        var receiver = invocation.Instance is IInstanceReferenceOperation ? Values.Empty : Evaluate(invocation.Instance);
        if (method.Name is "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult" or "Preserve" && invocation.Instance is not null)
        {
            return receiver;
        }

        var definition = (IMethodSymbol)Definition(method);
        if (IsOwn(definition) || definition.MethodKind == MethodKind.LocalFunction)
        {
            return CallOwn(invocation, definition);
        }

        if (invocation.Instance is IInstanceReferenceOperation && definition.MethodKind != MethodKind.Constructor)
        {
            NoteBaseCall(definition);
        }

        var isBaseConstructor = definition.MethodKind == MethodKind.Constructor;
        if (isBaseConstructor)
        {
            _part.ChainsTo ??= definition;
        }

        if (ScopedRegistration.Is(invocation, _context.Known))
        {
            EvaluateCallback(invocation);
            return Values.Empty;
        }

        var facts = _context.Model.GetMemberFacts(method);
        var flows = Give(method, invocation.Arguments, resultOwns: facts.Returns is ReturnEffect.Wrapper or ReturnEffect.Argument, isBaseConstructor);
        if (invocation.Instance is not null && !receiver.IsEmpty)
        {
            Call(method, receiver, isReference: false);
            if (_context.OwningTypes.HasCode(method.ContainingType) && HasOwn(receiver) && _calls.Lends(method))
            {
                flows = flows.Union(receiver);
            }
        }

        switch (facts.Returns)
        {
            case ReturnEffect.View:
                return flows.Union(receiver);
            case ReturnEffect.Self:
                return flows.Union(invocation.Instance is null && invocation.Arguments.Length > 0 ? ValuesOfArgument(invocation.Arguments[0]) : receiver);
        }

        return HasSite(flows) ? flows : flows.Union(Site(invocation));
    }

    /// <summary>What the call does to the object that it is called on.</summary>
    private void Call(IMethodSymbol method, Values receiver, bool isReference)
    {
        if (!Matters(receiver))
        {
            return;
        }

        var facts = _context.Model.GetMemberFacts(method);
        if (facts.Releases || CallModel.IsRelease(method) || (method.Name == "DisposeAsync" && method.Parameters.IsEmpty))
        {
            Release(receiver);
            return;
        }

        if (facts.Drains)
        {
            Drain(receiver);
            return;
        }

        if (facts.Begins && !isReference)
        {
            Note(_begun, receiver);
            Note(_part.Begun, receiver);
        }

        if (method is { Name: "Listen", ContainingType.Name: "Socket" } && !isReference)
        {
            Note(_listening, receiver);
        }

        if (_context.Model.IsPlatformMember(method) || facts != MemberFacts.None)
        {
            return;
        }

        var type = method.ContainingType;
        if (ExtensionBlocks.Extends(method))
        {
            Apply(_calls.EffectOnReceiver(method), receiver);
        }
        else if (!method.IsAbstract && type.TypeKind == TypeKind.Class && _context.OwningTypes.HasCode(type) && HasOwn(receiver))
        {
            Apply(SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, _type) ? OwnerEffect.Escapes : _session.OwnershipOf(type).EffectOf(method), receiver);
        }
        else if (Conventions.HasReleasingName(method.Name))
        {
            Release(receiver);
        }
    }

    private void Apply(OwnerEffect effect, Values receiver)
    {
        switch (effect)
        {
            case OwnerEffect.Releases:
                Release(receiver);
                break;
            case OwnerEffect.Escapes:
                Escape(receiver);
                break;
        }
    }

    private Values CallOwn(IInvocationOperation invocation, IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.LocalFunction)
        {
            if (!_isCallback)
            {
                (_isFailing ? _part.CallsOnFailure : _part.Calls).Add(method);
            }

            _part.CallsAbstract |= method.IsAbstract;
        }

        var mayBeReplaced = method.IsAbstract || (Implementations.MayBeReplaced(method) && !_type.IsSealed);
        foreach (var argument in invocation.Arguments)
        {
            var values = Evaluate(argument.Value);
            if (argument.Parameter is not { } constructed)
            {
                Escape(values);
                continue;
            }

            var parameter = constructed.Ordinal < method.Parameters.Length ? method.Parameters[constructed.Ordinal] : constructed;
            AddValues(parameter, values);
            if (parameter.RefKind is RefKind.Ref or RefKind.Out)
            {
                Store(argument.Value, ValuesOf(parameter).Remove(parameter));
            }

            if (mayBeReplaced && Matters(values) && FateOf(invocation.TargetMethod, argument, invocation.Arguments) is not (ArgumentFate.Borrowed or ArgumentFate.Drained))
            {
                Escape(values);
            }
        }

        if (invocation.Instance is not null and not IInstanceReferenceOperation)
        {
            // A method of the type called on another object of it.
            Evaluate(invocation.Instance);
        }

        return GivesInside(method) ? ValuesOf(method).Remove(This) : Site(invocation).Union(ValuesOf(method));
    }

    private void NoteBaseCall(IMethodSymbol method)
    {
        if (method.IsAbstract)
        {
            _part.CallsAbstract = true;
        }
        else if (_context.OwningTypes.HasCode(method.ContainingType) && !_isFailing)
        {
            _part.BaseCalls.Add(method);
        }
    }

    private Values EvaluateCreation(IObjectCreationOperation creation)
    {
        Values flows;
        if (creation.Constructor is not { } constructor)
        {
            foreach (var argument in creation.Arguments)
            {
                Escape(Evaluate(argument.Value));
            }

            flows = Values.Empty;
        }
        else if (IsOwn(constructor.OriginalDefinition))
        {
            foreach (var argument in creation.Arguments)
            {
                var values = Evaluate(argument.Value);
                if (argument.Parameter is { } parameter)
                {
                    AddValues(parameter.OriginalDefinition, values.Remove(This));
                }
            }

            flows = Values.Empty;
        }
        else
        {
            flows = Give(constructor, creation.Arguments, resultOwns: !_calls.HasSummary(constructor), isBaseConstructor: false);
        }

        Evaluate(creation.Initializer);
        return HasSite(flows) ? flows : flows.Union(Site(creation));
    }

    /// <summary>Hands the arguments to a call of another type's member.</summary>
    /// <returns>What the result holds.</returns>
    private Values Give(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, bool resultOwns, bool isBaseConstructor)
    {
        var flows = Values.Empty;
        foreach (var argument in arguments)
        {
            var values = Evaluate(argument.Value);
            if (argument.Parameter is not { } parameter)
            {
                Escape(values);
                continue;
            }

            if (parameter.RefKind is RefKind.Ref or RefKind.Out)
            {
                if (parameter.RefKind == RefKind.Ref)
                {
                    Escape(values);
                }

                continue;
            }

            if (values.Contains(This))
            {
                if (!_context.Model.IsPlatformMember(method) || FateOf(method, argument, arguments) != ArgumentFate.Borrowed)
                {
                    _part.LetsThisEscape = true;
                }

                values = values.Remove(This);
            }

            if (values.IsEmpty)
            {
                continue;
            }

            flows = flows.Union(Give(method, argument, arguments, values, resultOwns, isBaseConstructor));
        }

        return flows;
    }

    private Values Give(IMethodSymbol method, IArgumentOperation argument, ImmutableArray<IArgumentOperation> arguments, Values values, bool resultOwns, bool isBaseConstructor)
    {
        var parameter = argument.Parameter!;
        var matters = Matters(values);
        if (method.MethodKind == MethodKind.Constructor && _calls.HasSummary(method))
        {
            if (matters || (_context.OwningTypes.MayOwn(method.ContainingType) && (HasOwn(values) || _context.Model.GetTypeFacts(parameter.Type).IsResource)))
            {
                var ownership = _session.OwnershipOf(method.ContainingType);
                if (isBaseConstructor)
                {
                    NoteWrap(values, ownership.WrapOf(parameter));
                }

                if (ownership.Takes(parameter))
                {
                    if (isBaseConstructor)
                    {
                        Note(_givenToBase, values);
                        Escape(values);
                        return Values.Empty;
                    }

                    return values;
                }

                if (ownership.Keeps(parameter))
                {
                    return Values.Empty;
                }
            }
        }
        else if (isBaseConstructor)
        {
            var fact = _context.Model.GetMemberFacts(method).Parameter(parameter.Ordinal);
            if (fact.Effect == ParameterEffect.Takes)
            {
                var wrap = CallModel.Holds(fact.Condition, arguments) switch { true => BaseWrap.Takes, false => BaseWrap.Leaves, null => BaseWrap.Unknown };
                NoteWrap(values, wrap);
                if (wrap == BaseWrap.Leaves)
                {
                    return Values.Empty;
                }

                Note(_givenToBase, values);
            }

            Escape(values);
            return Values.Empty;
        }

        // What a row says costs nothing to ask; a summary is asked for only where a field's resource is given.
        if (!matters && _calls.HasSummary(method) && _context.Model.GetMemberFacts(method).Parameter(parameter.Ordinal).Effect == ParameterEffect.Unstated)
        {
            return Values.Empty;
        }

        switch (FateOf(method, argument, arguments))
        {
            case ArgumentFate.Borrowed:
                return GiveElements(method, argument, arguments, values);
            case ArgumentFate.Released:
                Release(values);
                return Values.Empty;
            case ArgumentFate.Drained:
                Drain(values);
                return Values.Empty;
            case ArgumentFate.Flows:
            case ArgumentFate.Taken when resultOwns:
                return values;
            default:
                Escape(values);
                return Values.Empty;
        }
    }

    /// <summary>
    /// The elements of a sequence go to the function that is given with it (<c>Array.ForEach(all, x => x.Dispose())</c>, <c>all.Select(x => x.DisposeAsync())</c>),
    /// and into the sequence of the same elements that the call returns.
    /// </summary>
    private Values GiveElements(IMethodSymbol method, IArgumentOperation sequence, ImmutableArray<IArgumentOperation> arguments, Values values)
    {
        if (!method.IsStatic || !method.IsGenericMethod || ElementOf(sequence.Value.WithoutConversions().Type) is null || ElementOf(sequence.Parameter!.Type) is not { } element)
        {
            return Values.Empty;
        }

        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Type.TypeKind != TypeKind.Delegate)
            {
                continue;
            }

            if (argument.Value.WithoutConversions() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation { Symbol: var function } })
            {
                foreach (var parameter in function.Parameters)
                {
                    if (SymbolEqualityComparer.Default.Equals(parameter.Type, element))
                    {
                        AddValues(parameter, values);
                    }
                }
            }
            else
            {
                Escape(values);
            }
        }

        return SymbolEqualityComparer.Default.Equals(ElementOf(method.ReturnType), element) ? values : Values.Empty;
    }

    private static ITypeSymbol? ElementOf(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol { TypeArguments: { Length: 1 } arguments } => arguments[0],
        _ => null,
    };

    private void NoteWrap(Values values, BaseWrap wrap)
    {
        foreach (var value in values)
        {
            if (wrap != BaseWrap.None && (!_wrappedByBase.TryGetValue(value, out var before) || before != wrap))
            {
                _wrappedByBase[value] = before == BaseWrap.None ? wrap : BaseWrap.Unknown;
            }
        }
    }

    private ArgumentFate FateOf(IMethodSymbol method, IArgumentOperation argument, ImmutableArray<IArgumentOperation> arguments)
    {
        if (method.MethodKind == MethodKind.DelegateInvoke || argument.Parameter is not { } parameter)
        {
            return ArgumentFate.Unknown;
        }

        var fate = _calls.FateOf(method, parameter, argument.Value.WithoutConversions().Type, arguments).OnReturn;
        return fate == ArgumentFate.Borrowed && !_calls.HasSummary(method) && !_context.Model.IsPlatformMember(method) && Conventions.HasReleasingName(method.Name)
            ? ArgumentFate.Unknown
            : fate;
    }

    private Values ValuesOfArgument(IArgumentOperation argument) => Evaluate(argument.Value);

    /// <summary>A call or a creation that may give a fresh resource; whether it does is asked only when a field holds it.</summary>
    private Values Site(IOperation operation)
    {
        if (operation.Type is null or { SpecialType: SpecialType.System_Void })
        {
            return Values.Empty;
        }

        _sites[operation] = _part;
        return Values.Empty.Add(operation);
    }

    /// <summary>
    /// Whether the type may have acquired the value itself. What other types do with what was only given to this one is not asked: two
    /// types that hold each other would never be told apart.
    /// </summary>
    private bool HasOwn(Values values)
    {
        foreach (var value in values)
        {
            if (value is IOperation site && _acquisitions.MayBeAcquisition(site))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasSite(Values values)
    {
        foreach (var value in values)
        {
            if (value is IOperation || value is IFieldSymbol or IPropertySymbol)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInterlocked(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "Exchange" or "CompareExchange" or "Read" or "Write", ContainingType: { Name: "Interlocked" or "Volatile", ContainingNamespace.Name: "Threading" } };

    private Values EvaluateExchange(IInvocationOperation exchange)
    {
        var target = OperationWords.ArgumentAt(exchange.Arguments, 0)?.Value.WithoutConversions();
        if (target is null)
        {
            return Values.Empty;
        }

        var old = Evaluate(target);
        if (OperationWords.ArgumentAt(exchange.Arguments, 1)?.Value is { } stored)
        {
            Store(target, Evaluate(stored));
        }

        if (OperationWords.ArgumentAt(exchange.Arguments, 2)?.Value is { } comparand)
        {
            Evaluate(comparand);
        }

        return old;
    }

    /// <summary>A call that does not bind is a use of what it is called on, or its release; what it is given is out of sight.</summary>
    private void EvaluateInvalid(IInvalidOperation invalid)
    {
        var member = (invalid.Syntax as InvocationExpressionSyntax)?.Expression as MemberAccessExpressionSyntax;
        foreach (var child in invalid.ChildOperations)
        {
            var values = Evaluate(child);
            if (member is null || child.Syntax != member.Expression)
            {
                Escape(values);
            }
            else if (Conventions.HasReleasingName(member.Name.Identifier.ValueText))
            {
                Release(values);
            }
            else if (!SymbolWords.HasMember(child.Type, member.Name.Identifier.ValueText))
            {
                Escape(values);
            }
        }
    }

    /// <summary>Reading to the end releases the body of a response, or what the constructor is given and may be one; a file that was opened here is as open as before.</summary>
    private void Drain(Values values)
    {
        foreach (var value in values)
        {
            if (value is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } || (value is IOperation site && _acquisitions.IsBody(site)))
            {
                Release(values);
                return;
            }
        }
    }

    private void Release(Values values)
    {
        foreach (var value in values)
        {
            if (value == This)
            {
                continue;
            }

            if (_isCallback)
            {
                _released.Add(value);
            }
            else if (_isFailing)
            {
                _part.ReleasedOnFailure.Add(value);
            }
            else
            {
                _released.Add(value);
                _part.Released.Add(value);
            }
        }
    }

    private void Escape(Values values)
    {
        if (values.Contains(This))
        {
            _part.LetsThisEscape = true;
            values = values.Remove(This);
        }

        Note(_escaped, values);
    }

    private void Note(HashSet<object> set, Values values)
    {
        foreach (var value in values)
        {
            set.Add(value);
        }
    }

    private static bool ThrowsOn(IBlockOperation handler) =>
        handler.Operations.Length > 0 && handler.Operations[handler.Operations.Length - 1] is IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation };

    private bool IsOwn(ISymbol member) => SymbolEqualityComparer.Default.Equals(member.ContainingType?.OriginalDefinition, _type);

    private bool IsOwnMethod(ISymbol? method) =>
        method is IMethodSymbol { MethodKind: MethodKind.LocalFunction } || (method is not null && IsOwn(method) && method.DeclaredAccessibility == Accessibility.Private);

    private static ISymbol Definition(ISymbol symbol)
    {
        if (symbol is IMethodSymbol method)
        {
            method = (method.ReducedFrom ?? method).OriginalDefinition;
            return method.PartialDefinitionPart ?? method;
        }

        return symbol.OriginalDefinition;
    }
}
