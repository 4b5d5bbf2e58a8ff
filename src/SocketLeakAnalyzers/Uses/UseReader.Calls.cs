using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;
using Values = SocketLeakAnalyzers.Semantics.ValueSet;

namespace SocketLeakAnalyzers.Uses;

// What calls do with what they are called on and given.
internal sealed partial class UseReader
{
    private Values EvaluateInvocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        var definition = (IMethodSymbol)Definition(method);
        var receiver = invocation.Instance is IInstanceReferenceOperation { ReferenceKind: not InstanceReferenceKind.ContainingTypeInstance } ? Values.Empty : Evaluate(invocation.Instance);
        if (ExtensionBlocks.Extends(method))
        {
            GiveToUnknown(receiver);
        }

        if (definition.MethodKind == MethodKind.LocalFunction || (IsOwn(definition) && definition.MethodKind != MethodKind.DelegateInvoke))
        {
            return CallOwn(invocation, definition, receiver);
        }

        if (definition.MethodKind == MethodKind.DelegateInvoke)
        {
            return Invoke(invocation, receiver);
        }

        NoteClosing(definition, receiver);
        var arguments = EvaluateArguments(invocation.Arguments);
        if (_context.HasCode(definition))
        {
            return CallOther(invocation, definition, invocation.Arguments, arguments, receiver);
        }

        var facts = _model.GetUseFacts(method);
        var ownership = _model.GetMemberFacts(method);
        if (!_model.IsPlatformMember(definition) && facts == UseFacts.None && ownership == MemberFacts.None)
        {
            return CallUnknown(invocation, arguments, receiver);
        }

        return CallPlatform(invocation, method, facts, ownership, invocation.Arguments, arguments, receiver, invocation.Instance);
    }

    private Values[] EvaluateArguments(ImmutableArray<IArgumentOperation> arguments)
    {
        var values = new Values[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = Evaluate(arguments[i].Value);
        }

        return values;
    }

    private Values EvaluateCreation(IObjectCreationOperation creation)
    {
        var arguments = EvaluateArguments(creation.Arguments);
        Values result;
        if (creation.Constructor is not { } constructor)
        {
            GiveAllToUnknown(arguments);
            result = Site(creation, ObjectOrigin.Made, creation.Type);
        }
        else if (IsOwn(constructor))
        {
            var own = FunctionOf(Definition(constructor));
            NoteCall(creation, own);
            AddArguments(constructor.OriginalDefinition, creation.Arguments, arguments);
            StoreInRecord(constructor.OriginalDefinition, creation.Arguments, arguments);
            result = Site(creation, ObjectOrigin.Made, creation.Type);
        }
        else if (_context.HasCode(constructor))
        {
            Give(constructor.OriginalDefinition, creation.Arguments, arguments);
            StoreInRecord(constructor.OriginalDefinition, creation.Arguments, arguments);
            result = Site(creation, ObjectOrigin.Made, creation.Type);
            if (!result.IsEmpty)
            {
                // A class that derives from one of the platform's wrappers gives it what it is given.
                var wrapped = Values.Empty;
                for (var i = 0; i < arguments.Length; i++)
                {
                    wrapped = wrapped.Union(WithoutFunctions(arguments[i]));
                    if (arguments[i].IsEmpty && creation.Arguments[i].Parameter is { Type: var given } && _model.GetTypeFacts(given).IsResource)
                    {
                        GiveToUnknown(result);
                    }
                }

                result = Wrap(wrapped, result);
            }
        }
        else
        {
            var facts = _model.GetUseFacts(constructor);
            var ownership = _model.GetMemberFacts(constructor);
            result = _model.IsPlatformMember(constructor) || facts != UseFacts.None || ownership != MemberFacts.None
                ? CallPlatform(creation, constructor, facts, ownership, creation.Arguments, arguments, Values.Empty, null)
                : CallUnknown(creation, arguments, Values.Empty);
        }

        if (creation.Initializer is { } initializer)
        {
            _initialized.Push(result);
            Evaluate(initializer);
            result = _initialized.Pop();
        }

        return result;
    }

    private Values CallPlatform(
        IOperation operation,
        IMethodSymbol method,
        UseFacts facts,
        MemberFacts ownership,
        ImmutableArray<IArgumentOperation> arguments,
        Values[] values,
        Values receiver,
        IOperation? instance)
    {
        var all = receiver;
        var hasFunction = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            all = all.Union(values[i]);
            foreach (var value in values[i])
            {
                hasFunction |= value is CodeFunction;
            }
        }

        if (hasFunction || facts.Run is not null || HasFunction(receiver))
        {
            Run(operation, method, facts, arguments, values, receiver);
        }

        if (facts.Run is { Place: RunPlace.Cancellation or RunPlace.Timer } signal)
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                if (arguments[i].Parameter?.Ordinal == signal.Callback && !HasOwnFunction(values[i]))
                {
                    Function.Root.HasUnknownSignal = true;
                }
            }
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i].Parameter?.RefKind)
            {
                case RefKind.Ref or RefKind.Out:
                    // `Interlocked.Exchange(ref _client, fresh)`, `_clients.TryRemove(key, out var client)`.
                    if (CanCarry(arguments[i].Parameter!.Type))
                    {
                        Store(arguments[i].Value, all);
                    }

                    break;
            }
        }

        for (var i = 0; i < facts.Bounds.Length; i++)
        {
            var bound = facts.Bounds[i];
            if (BoundValues.Holds(bound.Condition, arguments) != false)
            {
                Set(operation, i, bound, OperationWords.ArgumentAt(arguments, bound.By)?.Value, receiver);
            }
        }

        if (facts.Peeks)
        {
            Peek(all);
        }

        if (IsClosing(method))
        {
            Close(operation, receiver);
        }

        if (method is { Name: "Shutdown", ContainingType.Name: "Socket" } && EndsReceiving(arguments))
        {
            NoteShutdown(operation, receiver);
        }

        if (method.Name is "Start" or "Listen" && operation is IInvocationOperation)
        {
            NoteStart(operation, receiver);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is { } parameter && ownership.Parameter(parameter.Ordinal).Effect == ParameterEffect.Releases)
            {
                Close(operation, values[i]);
            }
        }

        if (facts.Wait is { } wait)
        {
            Wait(operation, wait, arguments, values, receiver);
        }

        if (instance is not null)
        {
            NoteEvent(operation, method, arguments, instance);
        }

        // What is put into a collection is found again in the variable of the collection.
        if (instance is not null && operation.Type is null or { SpecialType: SpecialType.System_Void or SpecialType.System_Boolean or SpecialType.System_Int32 })
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                if (arguments[i].Parameter is { RefKind: RefKind.None } parameter
                    && ownership.Parameter(parameter.Ordinal).Effect is ParameterEffect.Takes or ParameterEffect.TakesOnTrue
                    && !values[i].IsEmpty)
                {
                    Contain(instance!, values[i]);
                }
            }
        }

        var result = ResultOf(operation, method, facts, ownership, arguments, values, receiver, all);
        NoteOptions(operation, result, arguments);
        return facts.Uses.IsEmpty ? result : result.Union(Use(operation, method, facts, arguments, values, receiver, result, instance));
    }

    private Values ResultOf(
        IOperation operation,
        IMethodSymbol method,
        UseFacts facts,
        MemberFacts ownership,
        ImmutableArray<IArgumentOperation> arguments,
        Values[] values,
        Values receiver,
        Values all)
    {
        var isConstructor = method.MethodKind == MethodKind.Constructor;
        if (isConstructor || ownership.Returns == ReturnEffect.Wrapper)
        {
            var wrapped = Values.Empty;
            var wraps = false;
            for (var i = 0; i < arguments.Length; i++)
            {
                wraps |= arguments[i].Parameter is { } inner && ownership.Parameter(inner.Ordinal).Effect == ParameterEffect.Takes;
                if (arguments[i].Parameter is { } parameter && (ownership.Parameter(parameter.Ordinal).Effect == ParameterEffect.Takes || HasFunction(values[i])))
                {
                    wrapped = wrapped.Union(values[i]);
                }
            }

            if (_model.GetTypeFacts(operation.Type).Kind == ResourceKind.Http)
            {
                // A client and its handler are two: several clients may share one handler, and bounds are set on the client.
                var client = Site(operation, ObjectOrigin.Made, operation.Type);
                Wrap(wrapped, client);
                return client;
            }

            if (HasNetworkObject(wrapped))
            {
                return wrapped;
            }

            if (wraps && !IsSettled())
            {
                return wrapped;
            }

            // Over something else it is an object of its own: a TLS stream over a stream that was given.
            var made = Site(operation, ObjectOrigin.Made, operation.Type);
            foreach (var (sort, condition) in facts.Speaks)
            {
                if (BoundValues.Holds(condition, arguments) == true && _sites.TryGetValue(operation, out var speaker))
                {
                    speaker.Sort = sort;
                }
            }

            NoteUnknownInside(made, arguments, values, ownership);
            return Wrap(wrapped, made);
        }

        switch (ownership.Returns)
        {
            case ReturnEffect.View:
                return receiver.IsEmpty ? FromNowhere(operation) : receiver;
            case ReturnEffect.Self:
                return method.IsStatic || method.ReducedFrom is not null ? (values.Length > 0 ? values[0] : Values.Empty) : receiver;
            case ReturnEffect.Owned when BoundValues.Holds(ownership.ReturnsCondition, arguments) == true:
                var isAccepted = false;
                var isRequested = false;
                foreach (var use in facts.Uses)
                {
                    isAccepted |= use.Verb == UseVerb.Accepts;
                    isRequested |= use.Verb == UseVerb.Requests;
                }

                var opened = Site(operation, isAccepted ? ObjectOrigin.Accepted : ObjectOrigin.Opened, operation.Type, isNetwork: isRequested);
                NoteSenders(opened, receiver);
                return opened;
        }

        if (facts.Uses.IsEmpty && CanCarry(operation.Type) && !all.IsEmpty)
        {
            // `ConfigureAwait`, `Task.WhenAny`, `list.First()`, `new Lazy<T>(…).Value`: it gives what it has.
            all = WithResults(all);
            if (HasObject(all) || NetworkTypeIn(operation.Type) is null)
            {
                return all;
            }
        }

        return FromNowhere(operation);
    }

    /// <summary>
    /// The options that a WebSocket is made or accepted with: <c>CreateFromStream(stream, new WebSocketCreationOptions { KeepAliveInterval = … })</c>. Those that
    /// do not stand in the call may say anything.
    /// </summary>
    private void NoteOptions(IOperation operation, Values made, ImmutableArray<IArgumentOperation> arguments)
    {
        if (arguments.IsEmpty || !HasObject(made) || _model.GetTypeFacts(SymbolWords.WithoutTask(operation.Type)).Kind != ResourceKind.WebSocket)
        {
            return;
        }

        foreach (var argument in arguments)
        {
            if (!KeepsAlive(argument.Parameter?.Type))
            {
                continue;
            }

            if (argument.Value.WithoutConversions() is not IObjectCreationOperation creation)
            {
                GiveToUnknown(made);
                continue;
            }

            foreach (var member in creation.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty)
            {
                if (member is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation property } assignment)
                {
                    Set(assignment, property.Property, assignment.Value, made);
                }
            }
        }
    }

    /// <summary>Whether objects of a type of the platform carry an option that is a keep-alive.</summary>
    private bool KeepsAlive(ITypeSymbol? type)
    {
        if (type is { TypeKind: TypeKind.Class } && _model.IsPlatformMember(type))
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IPropertySymbol && _model.GetUseFacts(member).Bounds is { IsEmpty: false } bounds && bounds[0].Verb == BoundVerb.Alive)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A member of the platform gives something of which its receiver and arguments do not tell where it comes from.</summary>
    private Values FromNowhere(IOperation operation) => IsSettled() ? Returned(operation, operation.Type) : Values.Empty;

    /// <summary>What is made over a stream of which nothing is known may be bounded by that.</summary>
    private void NoteUnknownInside(Values made, ImmutableArray<IArgumentOperation> arguments, Values[] values, MemberFacts ownership)
    {
        if (!IsSettled())
        {
            return;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is not { } parameter
                || ownership.Parameter(parameter.Ordinal).Effect != ParameterEffect.Takes
                || arguments[i].Value.ConstantValue is { HasValue: true, Value: null })
            {
                continue;
            }

            var isGiven = false;
            foreach (var value in values[i])
            {
                isGiven |= value is NetworkObject { Origin: ObjectOrigin.Parameter };
            }

            if (!isGiven)
            {
                GiveToUnknown(made);
            }
        }
    }

    private Values Wrap(Values wrapped, Values made)
    {
        foreach (var value in made)
        {
            foreach (var inner in wrapped)
            {
                if (value is NetworkObject outer && inner is NetworkObject other && outer != other)
                {
                    outer.Wraps.Add(other);
                }
            }
        }

        return wrapped.Union(made);
    }

    /// <summary>Records what a member of the platform does over the network.</summary>
    /// <returns>The call, where it is under way when the member returns.</returns>
    private Values Use(
        IOperation operation,
        ISymbol member,
        UseFacts facts,
        ImmutableArray<IArgumentOperation> arguments,
        Values[] values,
        Values receiver,
        Values result,
        IOperation? instance)
    {
        var pending = Values.Empty;
        for (var i = 0; i < facts.Uses.Length; i++)
        {
            var fact = facts.Uses[i];
            if (BoundValues.Holds(fact.Condition, arguments) == false || (fact.Verb == UseVerb.Writes && WritesNothing(arguments)))
            {
                continue;
            }

            var target = member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? result : receiver;
            var type = instance?.WithoutConversions().Type ?? operation.Type;
            if (fact.Target >= 0)
            {
                target = Values.Empty;
                for (var j = 0; j < arguments.Length; j++)
                {
                    if (arguments[j].Parameter?.Ordinal == fact.Target)
                    {
                        target = values[j];
                        type = arguments[j].Value.WithoutConversions().Type;
                    }
                }
            }

            var call = Record(operation, i, member, facts, fact, arguments, type);
            Note(call, target);
            foreach (var value in target)
            {
                // `SendTo` on a socket of which it is not told what it is.
                if (value is NetworkObject { IsOwn: false } networkObject && !facts.Speaks.IsEmpty)
                {
                    networkObject.Sort = facts.Speaks[0].Sort;
                }
            }

            if (facts.Style != UseStyle.Blocking)
            {
                pending = pending.Add(call);
            }

            if (facts.Style == UseStyle.Begun)
            {
                NoteCallbacks(call, values);
            }
        }

        return pending;
    }

    /// <summary>A write of no bytes asks the system whether the connection stands, and waits for nobody.</summary>
    private static bool WritesNothing(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument is { Parameter: { Name: "size" or "count", Type.SpecialType: SpecialType.System_Int32 }, Value.ConstantValue: { HasValue: true, Value: 0 } })
            {
                return true;
            }
        }

        return false;
    }

    private void Use(IPropertyReferenceOperation reference, IPropertySymbol property, UseFacts facts, ImmutableArray<IArgumentOperation> arguments, Values receiver, ITypeSymbol? type)
    {
        for (var i = 0; i < facts.Uses.Length; i++)
        {
            Note(Record(reference, i, property, facts, facts.Uses[i], arguments, type), receiver);
        }
    }

    private NetworkCall Record(IOperation operation, int index, ISymbol member, UseFacts facts, UseFact fact, ImmutableArray<IArgumentOperation> arguments, ITypeSymbol? type)
    {
        if (_calls.Find(operation, index) is not { } call)
        {
            var limit = OperationWords.ArgumentAt(arguments, fact.Within);
            var isWithin = limit is not null && BoundValues.Of(limit.Value, isZeroInfinite: false, _context, _cancellationToken) != BoundValue.Infinite;
            call = new NetworkCall(operation, member, fact, facts.Style, TokenOf(facts, arguments), isWithin, type, Function);
            call.TokenValue = call.Token == TokenUse.Given ? OperationWords.ArgumentAt(arguments, facts.Token)?.Value.WithoutConversions() : null;
            foreach (var argument in arguments)
            {
                call.IsLocal |= IsLocal(argument.Value) || (fact.Verb == UseVerb.Connects && IsPlaceOfLocal(argument.Value.WithoutConversions()));
            }

            _calls.Add(operation, index, call);
        }

        return call;
    }

    private bool IsLocal(IOperation address) => _model.GetTypeFacts(address.WithoutConversions().Type).Network == NetworkSort.Local;

    /// <summary>Whether a variable, field or property of a general type is anywhere given the address of a socket of this machine: the two share one connect.</summary>
    private bool IsPlaceOfLocal(IOperation address)
    {
        // A host name and a port are no such address, and stand in most connects.
        if (address.Type is not { IsReferenceType: true, SpecialType: not SpecialType.System_String } || PlaceOf(address) is not { } place)
        {
            return false;
        }

        foreach (var body in _bodies)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            foreach (var operation in body.Root.DescendantsAndSelf())
            {
                var (target, value) = operation switch
                {
                    ISimpleAssignmentOperation assignment => (PlaceOf(assignment.Target), assignment.Value),
                    IVariableDeclaratorOperation { Initializer.Value: { } initial } declarator => (declarator.Symbol, initial),
                    IFieldInitializerOperation { InitializedFields: { Length: 1 } fields } field => (fields[0], field.Value),
                    IPropertyInitializerOperation { InitializedProperties: { Length: 1 } properties } property => (properties[0], property.Value),
                    _ => (null, null),
                };
                if (target is not null && IsLocal(value!) && SymbolEqualityComparer.Default.Equals(target, place))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ISymbol? PlaceOf(IOperation operation) => operation.WithoutConversions() switch
    {
        ILocalReferenceOperation local => local.Local,
        IFieldReferenceOperation field => Definition(field.Field),
        IPropertyReferenceOperation property => Definition(property.Property),
        _ => null,
    };

    private static TokenUse TokenOf(UseFacts facts, ImmutableArray<IArgumentOperation> arguments) =>
        facts.Token < 0 || OperationWords.ArgumentAt(arguments, facts.Token) is not { } token ? TokenUse.NoParameter
        : token.ArgumentKind == ArgumentKind.DefaultValue || Tokens.IsNone(token.Value) ? TokenUse.None
        : TokenUse.Given;

    private void Note(NetworkCall call, Values values)
    {
        foreach (var value in values)
        {
            if (value is NetworkObject networkObject && !call.Objects.Contains(networkObject))
            {
                call.Objects.Add(networkObject);
            }
        }
    }

    private void Set(IOperation operation, int index, BoundFact fact, IOperation? value, Values receiver)
    {
        if (_settings.Find(operation, index) is not { } setting)
        {
            setting = new BoundSetting(fact.Verb, fact.Verb == BoundVerb.Alive && value is null ? BoundValue.Finite : BoundValues.Of(value, fact.IsZeroInfinite, _context, _cancellationToken), operation, Function);
            _settings.Add(operation, index, setting);
        }

        foreach (var target in receiver)
        {
            if (target is NetworkObject networkObject && !networkObject.Settings.Contains(setting))
            {
                networkObject.Settings.Add(setting);
            }
        }
    }

    private void Peek(Values values)
    {
        foreach (var value in values)
        {
            if (value is NetworkObject networkObject)
            {
                networkObject.PeekedIn.Add(Function);
            }
        }
    }

    private void NoteClosing(IMethodSymbol method, Values receiver)
    {
        if (!HasObject(receiver) && Conventions.HasReleasingName(method.Name))
        {
            Function.ClosesOther = true;
        }
    }

    private bool IsClosing(IMethodSymbol method) => _model.GetMemberFacts(method).Releases || CallModel.IsRelease(method);

    private void Close(IOperation operation, Values values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        if (!_closings.TryGetValue(operation, out var closing))
        {
            closing = new Closing(operation, Function);
            _closings.Add(operation, closing);
        }

        foreach (var value in values)
        {
            if (value is NetworkObject networkObject && !networkObject.Closings.Contains(closing))
            {
                networkObject.Closings.Add(closing);
            }
        }
    }

    /// <summary>Whether it is not the sending side alone that is shut down.</summary>
    private static bool EndsReceiving(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.Length == 1 && arguments[0].Value.ConstantValue is { HasValue: true, Value: 0 or 2 };

    private void NoteShutdown(IOperation operation, Values receiver)
    {
        foreach (var value in receiver)
        {
            if (value is NetworkObject networkObject && !networkObject.Shutdowns.Exists(shutdown => ReferenceEquals(shutdown.Operation, operation)))
            {
                networkObject.Shutdowns.Add(new Closing(operation, Function));
            }
        }
    }

    private void NoteStart(IOperation operation, Values receiver)
    {
        foreach (var value in receiver)
        {
            if (value is NetworkObject { Facts.Kind: ResourceKind.Listener or ResourceKind.Socket } networkObject
                && !networkObject.Starts.Exists(start => ReferenceEquals(start.Operation, operation)))
            {
                networkObject.Starts.Add(new Closing(operation, Function));
            }
        }
    }

    private void Wait(IOperation operation, WaitFact wait, ImmutableArray<IArgumentOperation> arguments, Values[] values, Values receiver)
    {
        var isBounded = wait.IsRace;
        var waited = wait.Target < 0 && !wait.IsRace ? receiver : Values.Empty;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is not { } parameter)
            {
                continue;
            }

            if (wait.IsRace || parameter.Ordinal == wait.Target)
            {
                waited = waited.Union(values[i]);
            }

            if (parameter.Ordinal == wait.Within)
            {
                isBounded |= BoundValues.Of(arguments[i].Value, isZeroInfinite: false, _context, _cancellationToken) != BoundValue.Infinite;
            }
            else if (parameter.Type.Name == "CancellationToken" && arguments[i].ArgumentKind != ArgumentKind.DefaultValue)
            {
                isBounded |= !Tokens.IsNone(arguments[i].Value);
            }
        }

        if (isBounded)
        {
            foreach (var value in waited)
            {
                NoteWait(operation, value);
            }
        }
    }

    private static void NoteWait(IOperation operation, object value)
    {
        _ = value switch
        {
            NetworkCall call => call.BoundedWaits.Add(operation),
            CallSite site => site.BoundedWaits.Add(operation),
            CodeFunction function => function.BoundedWaits.Add(operation),
            _ => false,
        };
    }

    /// <summary>The task that a helper of another type waits for with a limit, of all that it is given; negative where it gives none, or the call leaves the limit out.</summary>
    private int WaitedBy(IMethodSymbol helper, ImmutableArray<IArgumentOperation> arguments)
    {
        if (DeadlineHelper.Of(helper, _cancellationToken) is not { } deadline)
        {
            return -1;
        }

        var task = -1;
        var hasLimit = helper.Parameters.Length == 1;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is not { } parameter)
            {
                return -1;
            }

            if (parameter.Ordinal == deadline.Task)
            {
                task = i;
            }
            else if (parameter.Type.Name == "CancellationToken")
            {
                hasLimit |= !Tokens.IsNone(arguments[i].Value);
            }
            else if (parameter.Type is { Name: "TimeSpan" } or { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Double })
            {
                hasLimit |= BoundValues.Of(arguments[i].Value, isZeroInfinite: false, _context, _cancellationToken) != BoundValue.Infinite;
            }
        }

        return hasLimit ? task : -1;
    }

    /// <summary>Functions that are given to the platform: where they run, and what they are given.</summary>
    private void Run(IOperation operation, IMethodSymbol method, UseFacts facts, ImmutableArray<IArgumentOperation> arguments, Values[] values, Values receiver)
    {
        var given = Values.Empty;
        for (var i = 0; i < arguments.Length; i++)
        {
            given = given.Union(values[i]);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (facts.Run is { } item && item.Callback == arguments[i].Parameter?.Ordinal && WorkItemOf(arguments[i]) is { } execute)
            {
                execute.RunsOn.Add(item.Place);
                execute.RunBy.Add(operation);
            }

            foreach (var value in values[i])
            {
                if (value is CodeFunction function)
                {
                    if (facts.Run is { } run && run.Callback == arguments[i].Parameter?.Ordinal)
                    {
                        function.RunsOn.Add(run.Place);
                        function.RunBy.Add(operation);
                    }
                    else
                    {
                        NoteCall(arguments[i], function);
                    }

                    // The state; for an operator over a collection or a task, the element.
                    AddParameters(function, given.Remove(function).Union(receiver));
                }
            }
        }

        foreach (var value in receiver)
        {
            // `new Thread(Handle).Start(client)`.
            if (value is CodeFunction function)
            {
                NoteThread(operation, method, function, arguments);
                AddParameters(function, given);
            }
        }
    }

    /// <summary>What the pool runs of an object that is a work item itself: its <c>Execute</c>.</summary>
    private CodeFunction? WorkItemOf(IArgumentOperation argument)
    {
        if (argument.Parameter?.Type is not INamedTypeSymbol { TypeKind: TypeKind.Interface, Name: "IThreadPoolWorkItem" } type
            || type.GetMembers("Execute") is not { Length: 1 } members
            || argument.Value.WithoutConversions().Type?.FindImplementationForInterfaceMember(members[0]) is not IMethodSymbol { IsAbstract: false } implementation)
        {
            return null;
        }

        var method = (IMethodSymbol)Definition(implementation);
        if (IsOwn(method))
        {
            return FunctionOf(method);
        }

        if (!_context.HasCode(method) || method.IsVirtual)
        {
            return null;
        }

        return Foreign(method);
    }

    /// <summary>The function of another type's method: what it does is looked up there when it matters.</summary>
    private CodeFunction Foreign(IMethodSymbol method)
    {
        var foreign = FunctionOf(method);
        foreign.OtherCalls.Add(method);
        return foreign;
    }

    private void NoteThread(IOperation operation, IMethodSymbol method, CodeFunction function, ImmutableArray<IArgumentOperation> arguments)
    {
        if (method is { Name: "Start", ContainingType: { Name: "Task", ContainingNamespace.Name: "Tasks" } })
        {
            function.TaskStarts.Add(operation);
        }

        if (method.ContainingType is not { Name: "Thread", ContainingNamespace.Name: "Threading" })
        {
            return;
        }

        switch (method.Name)
        {
            case "Start" or "UnsafeStart":
                function.Starts.Add(operation);
                break;
            case "Join":
                function.Joins[operation] = !arguments.IsEmpty && BoundValues.Of(arguments[0].Value, isZeroInfinite: false, _context, _cancellationToken) != BoundValue.Infinite;
                break;
        }
    }

    private void AddParameters(CodeFunction function, Values values)
    {
        if (function.Symbol is IMethodSymbol method && !values.IsEmpty)
        {
            foreach (var parameter in method.Parameters)
            {
                if (CanCarry(parameter.Type))
                {
                    if (IsForeign(function))
                    {
                        Give(parameter.OriginalDefinition, WithoutFunctions(values));
                        continue;
                    }

                    AddValues(parameter.OriginalDefinition, WithoutFunctions(values));
                }
            }
        }
    }

    /// <summary>The values, and what the functions among them return.</summary>
    private Values WithResults(Values values)
    {
        foreach (var value in values)
        {
            if (value is CodeFunction function)
            {
                values = values.Union(ValuesOf(function.Symbol));
            }
        }

        return values;
    }

    private static Values WithoutFunctions(Values values)
    {
        foreach (var value in values)
        {
            if (value is CodeFunction)
            {
                values = values.Remove(value);
            }
        }

        return values;
    }

    /// <summary>Whether a function whose code is read here is among the values.</summary>
    private static bool HasOwnFunction(Values values)
    {
        foreach (var value in values)
        {
            if (value is CodeFunction function && !IsForeign(function))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasFunction(Values values)
    {
        foreach (var value in values)
        {
            if (value is CodeFunction)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Without what other callers may have given for the parameter: a call by reference gives back what it was given itself.</summary>
    private static Values WithoutGiven(Values values, IParameterSymbol parameter)
    {
        var own = Values.Empty;
        foreach (var value in values)
        {
            if (value is not NetworkObject { Origin: ObjectOrigin.Parameter, Symbol: { } given } || !SymbolEqualityComparer.Default.Equals(given, parameter))
            {
                own = own.Add(value);
            }
        }

        return own;
    }

    private Values CallOwn(IInvocationOperation invocation, IMethodSymbol method, Values receiver)
    {
        var arguments = EvaluateArguments(invocation.Arguments);
        var function = FunctionOf(method);
        var site = Call(invocation, function);
        AddArguments(method, invocation.Arguments, arguments);
        for (var i = 0; i < invocation.Arguments.Length; i++)
        {
            if (invocation.Arguments[i].Parameter is { RefKind: RefKind.Ref or RefKind.Out } parameter && parameter.Ordinal < method.Parameters.Length)
            {
                Store(invocation.Arguments[i].Value, WithoutGiven(ValuesOf(method.Parameters[parameter.Ordinal]), method.Parameters[parameter.Ordinal]));
            }
        }

        if (method.IsAbstract || method.ContainingType.TypeKind == TypeKind.Interface)
        {
            GiveAllToUnknown(arguments);
            var unknown = Returned(invocation, invocation.Type);
            return SymbolWords.IsTaskLike(method.ReturnType) ? unknown.Add(site) : unknown;
        }

        if (!RunsItself(invocation, method))
        {
            GiveAllToUnknown(arguments);
        }

        var result = RunsItself(invocation, method) ? ValuesOf(method) : ResultOf(method, invocation);
        return SymbolWords.IsTaskLike(method.ReturnType) || method.ReturnType.Name == "IAsyncEnumerable" ? result.Add(site) : result;
    }

    /// <summary>
    /// What a call or a property of the type gives, by each override that it can run. Where another assembly may override it, that may make an object of its own, or
    /// set the timeouts of the one that it got from here.
    /// </summary>
    private Values ResultOf(IMethodSymbol method, IOperation operation)
    {
        var own = ValuesOf(method);
        if (!HasObject(own) || _context.Implementations.RunsItself(method, _cancellationToken))
        {
            return own;
        }

        var implementations = _context.Implementations.Of(method, _cancellationToken);
        if (implementations.IsEmpty)
        {
            return WithoutObjects(own).Union(Returned(operation, operation.Type));
        }

        var result = Values.Empty;
        foreach (var implementation in implementations)
        {
            var definition = (IMethodSymbol)Definition(implementation);
            result = result.Union(IsOwn(definition) ? ValuesOf(definition) : Returned(operation, operation.Type));
        }

        return result;
    }

    /// <summary>Whether the call runs this method and no override: nothing overrides it, or it is called on <c>base</c>.</summary>
    private bool RunsItself(IInvocationOperation invocation, IMethodSymbol method) =>
        (!invocation.IsVirtual && !method.IsStatic) || _context.Implementations.RunsItself(method, _cancellationToken);

    private static Values WithoutObjects(Values values)
    {
        foreach (var value in values)
        {
            if (value is NetworkObject)
            {
                values = values.Remove(value);
            }
        }

        return values;
    }

    private void AddArguments(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, Values[] values)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is { } parameter && parameter.Ordinal < method.Parameters.Length)
            {
                AddValues(method.Parameters[parameter.Ordinal].OriginalDefinition, values[i]);
            }
            else
            {
                GiveToUnknown(values[i]);
            }
        }
    }

    /// <summary>What a positional record is made with is found again in the properties that the compiler makes of its parameters.</summary>
    private void StoreInRecord(IMethodSymbol constructor, ImmutableArray<IArgumentOperation> arguments, Values[] values)
    {
        if (!constructor.ContainingType.IsRecord)
        {
            return;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (values[i].IsEmpty || arguments[i].Parameter is not { } parameter)
            {
                continue;
            }

            foreach (var member in constructor.ContainingType.GetMembers(parameter.Name))
            {
                if (member is IPropertySymbol { DeclaringSyntaxReferences: { Length: 1 } property }
                    && parameter.OriginalDefinition.DeclaringSyntaxReferences is { Length: 1 } declared
                    && property[0].SyntaxTree == declared[0].SyntaxTree
                    && property[0].Span == declared[0].Span)
                {
                    AddValues(member, values[i]);
                }
            }
        }
    }

    private CallSite Call(IOperation operation, CodeFunction function)
    {
        if (!_callSites.TryGetValue(function, out var sites))
        {
            _callSites.Add(function, sites = new Dictionary<IOperation, CallSite>());
        }

        if (!sites.TryGetValue(operation, out var site))
        {
            site = new CallSite(operation, Function);
            sites.Add(operation, site);
            function.CallSites.Add(site);
        }

        Function.Calls.Add(function);
        return site;
    }

    private void NoteCall(IOperation operation, CodeFunction function) => Call(operation, function);

    /// <summary>A delegate is called: the functions that it can be, else nobody knows what.</summary>
    private Values Invoke(IInvocationOperation invocation, Values receiver)
    {
        var arguments = EvaluateArguments(invocation.Arguments);
        var result = Values.Empty;
        var isKnown = false;
        foreach (var value in receiver)
        {
            if (value is CodeFunction { Symbol: IMethodSymbol method } function)
            {
                isKnown = true;
                var site = Call(invocation, function);
                if (IsForeign(function))
                {
                    Give(method, invocation.Arguments, arguments);
                    result = result.Union(Returned(invocation, invocation.Type));
                }
                else
                {
                    AddArguments(method, invocation.Arguments, arguments);
                    result = result.Union(ResultOf(method, invocation));
                }

                if (SymbolWords.IsTaskLike(method.ReturnType))
                {
                    result = result.Add(site);
                }
            }
        }

        if (!isKnown && !receiver.Contains(UnknownFunction) && !IsSettled())
        {
            // Whoever gives it has not been read yet.
            return Values.Empty;
        }

        if (!isKnown || receiver.Contains(UnknownFunction))
        {
            // A delegate that callers may replace: what their own gives is not known, what the one made here gives is.
            GiveAllToUnknown(arguments);
            return result.Union(Returned(invocation, invocation.Type));
        }

        return result;
    }

    /// <summary>A method of another type of the compilation: what it does with its parameters is read there.</summary>
    private Values CallOther(IInvocationOperation invocation, IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, Values[] values, Values receiver)
    {
        if (!RunsItself(invocation, method))
        {
            GiveAllToUnknown(values);
        }
        else
        {
            Function.OtherCalls.Add(method);
            var waited = WaitedBy(method, arguments);
            if (waited >= 0)
            {
                var objects = Values.Empty;
                foreach (var value in values[waited])
                {
                    NoteWait(invocation, value);
                    objects = value is NetworkObject ? objects.Add(value) : objects;
                }

                values[waited] = objects;
            }

            Give(method, arguments, values);
        }

        if (IsClosing(method))
        {
            Close(invocation, receiver);
        }

        foreach (var argument in arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.Out, Type: var type })
            {
                Store(argument.Value, Site(argument, ObjectOrigin.Returned, type));
            }
        }

        // The task of a method of another type: what that does is looked up when it matters.
        var result = NetworkTypeIn(invocation.Type) is null && CanCarry(invocation.Type) && SymbolWords.IsTaskLike(invocation.Type)
            ? Values.Empty
            : Returned(invocation, invocation.Type);
        if (!SymbolWords.IsTaskLike(invocation.Type))
        {
            CallOutside(invocation, method);
            return result;
        }

        if (method.IsAbstract)
        {
            return result.Add(CallOutside(invocation, method));
        }

        return result.Add(Call(invocation, Foreign(method)));
    }

    /// <summary>A call of a method that is not looked into from here, for who asks there about its callers.</summary>
    private CallSite CallOutside(IOperation operation, IMethodSymbol method)
    {
        if (!_outsideCalls.TryGetValue(method, out var sites))
        {
            _outsideCalls.Add(method, sites = new List<CallSite>());
        }

        foreach (var site in sites)
        {
            if (site.Operation == operation)
            {
                return site;
            }
        }

        var added = new CallSite(operation, Function);
        sites.Add(added);
        return added;
    }

    private void Give(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, Values[] values)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is not { } parameter || parameter.Ordinal >= method.Parameters.Length)
            {
                GiveToUnknown(values[i]);
                continue;
            }

            Give(method.Parameters[parameter.Ordinal].OriginalDefinition, values[i]);
        }
    }

    private void Give(IParameterSymbol parameter, Values values)
    {
        foreach (var value in values)
        {
            switch (value)
            {
                case NetworkObject networkObject:
                    networkObject.GivenTo.Add(parameter);
                    networkObject.Gifts.Add((Function, parameter));
                    break;
                default:
                    GiveToUnknown(Values.Empty.Add(value));
                    break;
            }
        }
    }

    private Values CallUnknown(IOperation operation, Values[] arguments, Values receiver)
    {
        GiveAllToUnknown(arguments);
        GiveToUnknown(receiver);
        return Returned(operation, operation.Type);
    }

    private void GiveAllToUnknown(Values[] values)
    {
        foreach (var value in values)
        {
            GiveToUnknown(value);
        }
    }

    private void GiveToUnknown(Values values)
    {
        foreach (var value in values)
        {
            switch (value)
            {
                case NetworkObject networkObject:
                    networkObject.IsGivenToUnknown = true;
                    break;
                case NetworkCall call:
                    call.MayBeBoundedElsewhere = true;
                    break;
                case CallSite site:
                    site.MayBeBoundedElsewhere = true;
                    break;
                case CodeFunction function when SetUnknown(function):
                    GiveToUnknown(ValuesOf(function.Symbol));
                    break;
            }
        }
    }

    private void NoteSenders(Values opened, Values senders)
    {
        foreach (var value in opened)
        {
            foreach (var sender in senders)
            {
                if (value is NetworkObject response && sender is NetworkObject client)
                {
                    response.SentBy.Add(client);
                }
            }
        }
    }

    /// <param name="operation">What gives the object.</param>
    /// <param name="origin">How it does.</param>
    /// <param name="type">Its type, perhaps inside a task.</param>
    /// <param name="isNetwork">It is a network object whatever its type: the stream of a response.</param>
    private Values Site(IOperation operation, ObjectOrigin origin, ITypeSymbol? type, bool isNetwork = false)
    {
        if ((NetworkTypeIn(type) ?? (isNetwork ? SymbolWords.WithoutTask(type) : null)) is not { } network)
        {
            return Values.Empty;
        }

        if (!_sites.TryGetValue(operation, out var networkObject))
        {
            networkObject = Make(origin, network, null, operation, Function);
            _sites.Add(operation, networkObject);
        }

        return Values.Empty.Add(networkObject);
    }

    private Values Returned(IOperation operation, ITypeSymbol? type) => Site(operation, ObjectOrigin.Returned, type);
}
