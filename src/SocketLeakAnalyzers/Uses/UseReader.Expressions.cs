using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;
using Values = SocketLeakAnalyzers.Semantics.ValueSet;

namespace SocketLeakAnalyzers.Uses;

// What each expression can be.
internal sealed partial class UseReader
{
    private readonly Stack<CodeFunction> _stack = new();
    private readonly Stack<Values> _conditionalReceivers = new();
    private int _depth;

    private CodeFunction Function => _stack.Peek();

    private void Read(TypeBody body, bool isInherited)
    {
        _stack.Clear();
        _conditionalReceivers.Clear();
        var function = FunctionOf(Definition(body.Owner));
        function.IsInherited = isInherited;
        _stack.Push(function);
        switch (body.Root)
        {
            case IFieldInitializerOperation initializer:
                foreach (var field in initializer.InitializedFields)
                {
                    AddValues(field, Evaluate(initializer.Value));
                }

                break;
            case IPropertyInitializerOperation initializer:
                foreach (var property in initializer.InitializedProperties)
                {
                    AddValues(property, Evaluate(initializer.Value));
                }

                break;
            default:
                Evaluate(body.Root);
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
                return ReadPlace(parameter.Parameter.OriginalDefinition);

            case IFieldReferenceOperation field:
                var owner = Evaluate(field.Instance);
                return field.Field.ContainingType.IsTupleType ? owner : ReadPlace(field.Field.OriginalDefinition);

            case IPropertyReferenceOperation property:
                return EvaluateProperty(property);

            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand);

            case IConversionOperation conversion:
                return Evaluate(conversion.Operand);

            case IAwaitOperation wait:
                return WithoutCalls(Evaluate(wait.Operation));

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

            case IObjectOrCollectionInitializerOperation initializer:
                foreach (var child in initializer.Initializers)
                {
                    Evaluate(child);
                }

                return Values.Empty;

            case IMemberInitializerOperation member:
                // `new ClientWebSocket { Options = { … } }`
                _initialized.Push(Evaluate(member.InitializedMember));
                Evaluate(member.Initializer);
                _initialized.Pop();
                return Values.Empty;

            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }:
                return _initialized.Count > 0 ? _initialized.Peek() : Values.Empty;

            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: INamedTypeSymbol type }:
                return This(type);

            case IWithOperation with:
                var copied = Evaluate(with.Operand);
                _initialized.Push(copied);
                Evaluate(with.Initializer);
                _initialized.Pop();
                return copied;

            case IVariableDeclaratorOperation declarator:
                if (declarator.Initializer is { } initial)
                {
                    AddValues(declarator.Symbol, Evaluate(initial.Value));
                }

                return Values.Empty;

            case IUsingOperation use:
                EvaluateUsing(use.Resources, use);
                Evaluate(use.Body);
                return Values.Empty;

            case IUsingDeclarationOperation use:
                EvaluateUsing(use.DeclarationGroup, use);
                return Values.Empty;

            case IForEachLoopOperation loop:
                var collection = Evaluate(loop.Collection);
                foreach (var value in collection)
                {
                    if (value is NetworkCall { IsSequence: true } sequence)
                    {
                        sequence.IsEnumerated = true;
                    }
                }

                Store(loop.LoopControlVariable, WithoutCalls(collection));
                Evaluate(loop.Body);
                return Values.Empty;

            case IReturnOperation returned:
                var values = Evaluate(returned.ReturnedValue);
                AddValues(Function.Symbol, values);
                return Values.Empty;

            case IAnonymousFunctionOperation lambda:
                return EvaluateFunction(lambda.Symbol, lambda.Body);

            case ILocalFunctionOperation function:
                EvaluateFunction(function.Symbol, function.Body);
                return Values.Empty;

            case IMethodReferenceOperation reference:
                return EvaluateMethodReference(reference);

            case IDelegateCreationOperation creation:
                return Evaluate(creation.Target);

            case IEventAssignmentOperation assignment:
                EvaluateEvent(assignment);
                return Values.Empty;

            case IIsPatternOperation isPattern:
                Bind(isPattern.Pattern, Evaluate(isPattern.Value));
                return Values.Empty;

            case ISwitchOperation @switch:
                EvaluateSwitch(@switch);
                return Values.Empty;

            case ISwitchExpressionOperation @switch:
                return EvaluateSwitch(@switch);

            case IArrayElementReferenceOperation element:
                foreach (var index in element.Indices)
                {
                    Evaluate(index);
                }

                return Evaluate(element.ArrayReference);

            case IDeclarationExpressionOperation declaration:
                return Evaluate(declaration.Expression);

            case IArgumentOperation argument:
                return Evaluate(argument.Value);

            case IInvalidOperation invalid:
                // A call that does not bind: what is given to it is out of sight.
                foreach (var child in invalid.ChildOperations)
                {
                    GiveToUnknown(Evaluate(child));
                }

                return Values.Empty;

            case IDynamicInvocationOperation or IDynamicObjectCreationOperation or IDynamicIndexerAccessOperation:
                foreach (var child in operation.ChildOperations)
                {
                    GiveToUnknown(Evaluate(child));
                }

                return Values.Empty;

            case IArrayInitializerOperation initializer:
                return EvaluateAll(initializer);

            // These look at their operands and keep none of them.
            case IBinaryOperation or IUnaryOperation or IIsTypeOperation or IInterpolatedStringOperation or IInterpolatedStringContentOperation
                or INameOfOperation or IThrowOperation or IIncrementOrDecrementOperation or ITypeOfOperation or ISizeOfOperation or ICompoundAssignmentOperation:
                EvaluateAll(operation);
                return Values.Empty;

            default:
                // Tuples, arrays, anonymous objects, `yield`…: what carries its parts is its parts.
                var parts = EvaluateAll(operation);
                return operation.Type is null ? Values.Empty : parts;
        }
    }

    /// <summary>The object whose code this is, where that is a client or socket itself: a class that derives from one.</summary>
    private Values This(INamedTypeSymbol type)
    {
        if (!IsNetwork(type))
        {
            return Values.Empty;
        }

        type = type.OriginalDefinition;
        if (!_given.TryGetValue(type, out var networkObject))
        {
            networkObject = Make(ObjectOrigin.Member, type, type, null, null);
            _given.Add(type, networkObject);
        }

        return Values.Empty.Add(networkObject);
    }

    private readonly Stack<Values> _initialized = new();

    private Values EvaluateAll(IOperation operation)
    {
        var values = Values.Empty;
        foreach (var child in operation.ChildOperations)
        {
            values = values.Union(Evaluate(child));
        }

        return values;
    }

    /// <summary>What is awaited has ended: its result is left.</summary>
    private static Values WithoutCalls(Values values)
    {
        foreach (var value in values)
        {
            if (value is NetworkCall or CallSite)
            {
                values = values.Remove(value);
            }
        }

        return values;
    }

    private Values EvaluateProperty(IPropertyReferenceOperation reference)
    {
        var receiver = Evaluate(reference.Instance);
        foreach (var argument in reference.Arguments)
        {
            Evaluate(argument.Value);
        }

        var property = reference.Property.OriginalDefinition;
        if (ExtensionBlocks.Extends(property))
        {
            GiveToUnknown(receiver);
        }

        if (IsOwn(property))
        {
            if (property.GetMethod is { } getter && !SymbolWords.IsAutoProperty(property) && !property.IsAbstract)
            {
                Call(reference, FunctionOf(getter));
                return ResultOf(getter, reference).Union(ValuesOf(property));
            }

            return ReadPlace(property);
        }

        if (_context.HasCode(property))
        {
            return ReadPlace(property);
        }

        var facts = _model.GetUseFacts(property);
        if (!facts.Uses.IsEmpty && !IsAssigned(reference))
        {
            Use(reference, property, facts, ImmutableArray<IArgumentOperation>.Empty, receiver, reference.Instance?.WithoutConversions().Type);
        }

        if (facts.Peeks)
        {
            Peek(receiver);
        }

        // A view of the object, its options, the result of a task, an element of a collection.
        if (!receiver.IsEmpty)
        {
            return CanCarry(property.Type) ? WithResults(receiver) : Values.Empty;
        }

        return IsNetwork(property.Type) && !_model.IsPlatformMember(property) ? ReadPlace(property)
            : FromNowhere(reference);
    }

    private static bool IsAssigned(IPropertyReferenceOperation reference) => reference.Parent is IAssignmentOperation assignment && assignment.Target == reference;

    private Values EvaluateAssignment(ISimpleAssignmentOperation assignment)
    {
        var value = Evaluate(assignment.Value);
        if (!SetsBound(assignment, assignment.Target, assignment.Value))
        {
            Store(assignment.Target, value);
        }

        return value;
    }

    /// <summary>Whether a timeout or another option of a member of the platform is what is assigned to.</summary>
    private bool SetsBound(IOperation assignment, IOperation target, IOperation value)
    {
        if (target.WithoutConversions() is not IPropertyReferenceOperation property || IsOwn(property.Property))
        {
            return false;
        }

        if (_model.GetUseFacts(property.Property).Bounds.IsEmpty)
        {
            return false;
        }

        Set(assignment, property.Property, value, Evaluate(property.Instance));
        return true;
    }

    private void Set(IOperation assignment, IPropertySymbol property, IOperation value, Values receiver)
    {
        var bounds = _model.GetUseFacts(property).Bounds;
        for (var i = 0; i < bounds.Length; i++)
        {
            Set(assignment, i, bounds[i], value, receiver);
        }
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
            if (!SetsBound(target, target, value))
            {
                Store(target, all);
            }

            return;
        }

        foreach (var element in tuple.Elements)
        {
            // What stands for the element in a value that is no tuple is not known: the value as a whole is no constant either.
            if (!SetsBound(element, element, value) && CanCarry(element.Type))
            {
                Store(element, all);
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
                AddValues(parameter.Parameter.OriginalDefinition, values);
                break;
            case IFieldReferenceOperation field:
                Evaluate(field.Instance);
                AddValues(field.Field.OriginalDefinition, values);
                break;
            case IPropertyReferenceOperation property:
                StoreInProperty(property, values);
                break;
            case ITupleOperation tuple:
                foreach (var element in tuple.Elements)
                {
                    if (CanCarry(element.Type))
                    {
                        Store(element, values);
                    }
                }

                break;
            case IArrayElementReferenceOperation element:
                Store(element.ArrayReference, values);
                break;
            default:
                Evaluate(target);
                GiveToUnknown(values);
                break;
        }
    }

    private void StoreInProperty(IPropertyReferenceOperation reference, Values values)
    {
        var property = reference.Property.OriginalDefinition;
        Evaluate(reference.Instance);
        var keys = Values.Empty;
        foreach (var argument in reference.Arguments)
        {
            keys = keys.Union(Evaluate(argument.Value));
        }

        if (IsOwn(property) && property.SetMethod is { Parameters: { Length: > 0 } parameters } setter && !SymbolWords.IsAutoProperty(property))
        {
            Call(reference, FunctionOf(setter));
            AddValues(parameters[parameters.Length - 1].OriginalDefinition, values);
            return;
        }

        if (_context.HasCode(property))
        {
            AddValues(property, values);
            return;
        }

        // What is put into something of the platform (a collection, a client's socket) is found again in the variable of that.
        if (_model.IsPlatformMember(property) && reference.Instance is { } instance)
        {
            // The keys of a table are found there too: `_tasks[client] = ServeAsync(client)`.
            Contain(instance, values.Union(keys));
        }
        else
        {
            GiveToUnknown(values);
        }
    }

    /// <summary>Puts values where the object is that contains them.</summary>
    private void Contain(IOperation container, Values values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        container = container.WithoutConversions();
        switch (container)
        {
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation:
                Store(container, values);
                break;
            case IPropertyReferenceOperation property when _context.HasCode(property.Property):
                AddValues(property.Property.OriginalDefinition, values);
                break;
            case IPropertyReferenceOperation { Instance: { } outer }:
                Contain(outer, values);
                break;
            case IInvocationOperation { Instance: { } outer }:
                Contain(outer, values);
                break;
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } when _initialized.Count > 0:
                _initialized.Push(_initialized.Pop().Union(values));
                break;
        }
    }

    private void EvaluateUsing(IOperation resources, IOperation use)
    {
        if (resources is not IVariableDeclarationGroupOperation group)
        {
            Close(use, Evaluate(resources));
            return;
        }

        Evaluate(group);
        foreach (var declaration in group.Declarations)
        {
            foreach (var declarator in declaration.Declarators)
            {
                Close(use, ValuesOf(declarator.Symbol));
            }
        }
    }

    private Values EvaluateFunction(IMethodSymbol symbol, IOperation? body)
    {
        var function = FunctionOf(symbol);
        function.Parent ??= _stack.Peek();
        _stack.Push(function);
        Evaluate(body);
        _stack.Pop();
        return Values.Empty.Add(function);
    }

    private Values EvaluateMethodReference(IMethodReferenceOperation reference)
    {
        var receiver = Evaluate(reference.Instance);
        var method = (IMethodSymbol)Definition(reference.Method);
        if (IsOwn(method) || method.MethodKind == MethodKind.LocalFunction)
        {
            if (method.IsAbstract)
            {
                return Values.Empty;
            }

            var own = FunctionOf(method);
            _delegates.Add(own);
            return Values.Empty.Add(own);
        }

        // `new Thread(session.Run)`.
        if (_context.HasCode(method) && _context.Implementations.RunsItself(method, _cancellationToken))
        {
            return Values.Empty.Add(Foreign(method));
        }

        // `urls.Select(client.GetStringAsync)`: whoever calls it can give no token.
        if (!receiver.IsEmpty && _model.GetUseFacts(method) is { Uses.IsEmpty: false, Token: < 0 } facts)
        {
            Use(reference, method, facts, ImmutableArray<IArgumentOperation>.Empty, System.Array.Empty<Values>(), receiver, Values.Empty, reference.Instance);
        }

        // `token.Register(client.Close)`: a function that closes.
        if (!receiver.IsEmpty && IsClosing(method))
        {
            var function = FunctionOf(method.OriginalDefinition);
            _stack.Push(function);
            Close(reference, receiver);
            _stack.Pop();
            return Values.Empty.Add(function);
        }

        return Values.Empty;
    }

    private void EvaluateEvent(IEventAssignmentOperation assignment)
    {
        var reference = assignment.EventReference as IEventReferenceOperation;
        var receiver = Evaluate(reference?.Instance);
        var isTimer = reference?.Event.ContainingType.Name.EndsWith("Timer", System.StringComparison.Ordinal) == true;
        foreach (var value in Evaluate(assignment.HandlerValue))
        {
            if (value is CodeFunction function)
            {
                _ = isTimer ? function.RunsOn.Add(RunPlace.Timer) : SetUnknown(function);
                if (function.Symbol is IMethodSymbol { Parameters: { IsEmpty: false } parameters })
                {
                    AddValues(parameters[0].OriginalDefinition, receiver);
                }
            }
        }
    }

    private static bool SetUnknown(CodeFunction function)
    {
        var isNew = !function.IsGivenToUnknown;
        function.IsGivenToUnknown = true;
        return isNew;
    }

    private void EvaluateSwitch(ISwitchOperation @switch)
    {
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
    }

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
                Bind(property, values);
            }
        }
    }
}
