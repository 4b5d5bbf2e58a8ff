using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Streaming;

/// <summary>A wait of a streaming handler that the client's leaving does not end.</summary>
internal readonly struct BlindWait
{
    public BlindWait(IOperation place, string what)
    {
        Place = place;
        What = what;
    }

    /// <summary>The await, the call where it is not awaited here, or the argument of a result.</summary>
    public IOperation Place { get; }

    /// <summary>The name of what is waited for.</summary>
    public string What { get; }
}

/// <summary>
/// Finds the waits of ASP.NET Core handlers, hub methods and middleware that go on when the client has gone: within a loop that writes the
/// response, or a copy into it. It looks at one method with the lambdas in it, and follows variables that are assigned once. A token or a wait
/// that it cannot trace is taken to end with the request, so what it does not know costs findings and makes none.
/// </summary>
internal sealed class ResponseLoops
{
    private readonly AspNetTypes _types;
    private readonly ISymbol _owner;
    private readonly IOperation _root;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<ISymbol, IOperation?> _valueOf = new(SymbolEqualityComparer.Default);
    private readonly List<BlindWait> _found = new();

    // The tasks that a race waits for: who awaits one behind it takes its result.
    private readonly HashSet<ISymbol> _raced = new(SymbolEqualityComparer.Default);
    // Whether a helper writes the response.
    private readonly Dictionary<IMethodSymbol, bool> _writing = new(SymbolEqualityComparer.Default);

    // The helpers that are being looked into.
    private readonly HashSet<ISymbol> _entered = new(SymbolEqualityComparer.Default);
    private bool _endsByRegistration;

    // The request of the moment, by way of an accessor.
    private bool _readsAccessor;

    private ResponseLoops(AspNetTypes types, ISymbol owner, IOperation root, CancellationToken cancellationToken)
    {
        _types = types;
        _owner = owner;
        _root = root;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The waits of the body, in the order of the source.</summary>
    public static IReadOnlyList<BlindWait> Find(AspNetTypes types, ISymbol owner, IOperation root, CancellationToken cancellationToken)
    {
        var loops = new ResponseLoops(types, owner, root, cancellationToken);
        loops.ReadVariables();
        if (!loops._endsByRegistration)
        {
            loops.Visit();
        }

        return loops._found;
    }

    /// <summary>Which variables are assigned once, and whether the leaving of the client does something by itself.</summary>
    private void ReadVariables()
    {
        foreach (var operation in _root.DescendantsAndSelf())
        {
            _cancellationToken.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when declarator.GetVariableInitializer() is { } initializer:
                    Assign(declarator.Symbol, initializer.Value);
                    break;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment:
                    Assign(target.Local, assignment.Value);
                    break;
                case IPropertyReferenceOperation { Property: { Name: "HttpContext", ContainingType.Name: "IHttpContextAccessor" or "HttpContextAccessor" } }:
                    _readsAccessor = true;
                    break;
                case IInvocationOperation { TargetMethod: { Name: "WhenAny" or "WhenAll", ContainingType.Name: "Task" } } race:
                    foreach (var task in race.Descendants())
                    {
                        if (task is ILocalReferenceOperation raced)
                        {
                            _raced.Add(raced.Local);
                        }
                    }

                    break;
                case IInvocationOperation { TargetMethod.Name: "Register" or "UnsafeRegister", Instance: { } token }:
                    _endsByRegistration |= _types.IsCancellationToken(token.Type) && Ends(token);
                    break;
            }
        }
    }

    private void Assign(ISymbol variable, IOperation value) =>
        _valueOf[variable] = _valueOf.ContainsKey(variable) ? null : value;

    private void Visit()
    {
        foreach (var operation in _root.DescendantsAndSelf())
        {
            _cancellationToken.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IAwaitOperation wait when EnclosingLoop(wait) is { } loop:
                    Check(wait, wait.Operation, loop);
                    break;
                case IForEachLoopOperation { IsAsynchronous: true } each when EnclosingLoop(each.Body) is { } loop:
                    Check(each.Collection, each.Collection, loop);
                    break;
                case IInvocationOperation invocation when IsCopyIntoResponse(invocation) && IsHandler(invocation):
                    if (!HasEndingToken(invocation))
                    {
                        Add(new BlindWait(AwaitOf(invocation) ?? invocation, invocation.TargetMethod.Name));
                    }

                    break;
                case IInvocationOperation { TargetMethod.Name: "ServerSentEvents" } events:
                    CheckEvents(events);
                    break;
            }
        }
    }

    private void Add(BlindWait wait)
    {
        foreach (var other in _found)
        {
            if (ReferenceEquals(other.Place, wait.Place))
            {
                return;
            }
        }

        _found.Add(wait);
    }

    private void Check(IOperation place, IOperation awaited, ILoopOperation loop)
    {
        switch (WaitOf(awaited, out var what))
        {
            case Wait.Endless:
            case Wait.Bounded when !LooksAtTheClient(loop):
                Add(new BlindWait(place, what));
                break;
        }
    }

    // Which waits are long.
    private enum Wait
    {
        /// <summary>Short, unknown, or ended by the leaving of the client.</summary>
        Harmless,

        /// <summary>A second or more: the loop comes round again, and may look then.</summary>
        Bounded,

        /// <summary>As long as nothing comes.</summary>
        Endless,
    }

    private Wait WaitOf(IOperation awaited, out string what, int depth = 0)
    {
        what = "this";
        if (IsWinner(awaited))
        {
            return Wait.Harmless;
        }

        awaited = Unwrapped(awaited);
        if (awaited is ILocalReferenceOperation local)
        {
            if (depth == 0 && _raced.Contains(local.Local))
            {
                return Wait.Harmless;
            }

            return depth < 8 && _valueOf.TryGetValue(local.Local, out var value) && value is not null ? WaitOf(value, out what, depth + 1) : Wait.Harmless;
        }

        if (awaited is IPropertyReferenceOperation { Property: { Name: "Task", ContainingType.Name: "TaskCompletionSource" } } completion)
        {
            // Somebody sets it when something has come.
            what = completion.Syntax.ToString();
            return Wait.Endless;
        }

        if (awaited is not IInvocationOperation invocation)
        {
            return Wait.Harmless;
        }

        var method = invocation.TargetMethod;
        what = method.Name;
        switch (method.Name)
        {
            case "WhenAny" or "WhenAll" when method.ContainingType.Name == "Task":
                return WaitOfAll(invocation, isAny: method.Name == "WhenAny", ref what, depth);
            case "WaitAsync" when SymbolWords.IsTaskLike(method.ContainingType):
                return HasEndingToken(invocation) || HasTimeSpan(method) || invocation.Instance is null ? Wait.Harmless : WaitOf(invocation.Instance, out what, depth + 1);
            case "WithCancellation":
                return HasEndingToken(invocation) || Source(invocation) is not { } source ? Wait.Harmless : WaitOf(source, out what, depth + 1);
        }

        if (method.Name == "MoveNextAsync" && method.ContainingType.Name == "IAsyncEnumerator")
        {
            return WaitOfEnumerator(invocation.Instance, ref what, depth);
        }

        return HasEndingToken(invocation) ? Wait.Harmless : WaitOfCall(invocation);
    }

    /// <summary>The task that a race was waited for: it has ended, and <c>await await Task.WhenAny(…)</c> waits once.</summary>
    private static bool IsWinner(IOperation task)
    {
        task = task.WithoutConversions();
        while (task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } configured && Source(configured) is { } source)
        {
            task = source.WithoutConversions();
        }

        return task is IAwaitOperation race && Unwrapped(race.Operation) is IInvocationOperation { TargetMethod: { Name: "WhenAny", ContainingType.Name: "Task" } };
    }

    /// <summary>An enumerator by hand waits for what its sequence waits for, unless it was given the token.</summary>
    private Wait WaitOfEnumerator(IOperation? enumerator, ref string what, int depth)
    {
        enumerator = enumerator is null ? null : Unwrapped(enumerator);
        if (enumerator is ILocalReferenceOperation local)
        {
            enumerator = _valueOf.TryGetValue(local.Local, out var value) && value is not null ? Unwrapped(value) : null;
        }

        return enumerator is IInvocationOperation { TargetMethod.Name: "GetAsyncEnumerator" } made && !HasEndingToken(made) && Source(made) is { } source
            ? WaitOf(source, out what, depth + 1)
            : Wait.Harmless;
    }

    private static IOperation? Source(IInvocationOperation invocation) =>
        invocation.Instance ?? (invocation.Arguments.IsEmpty ? null : invocation.Arguments[0].Value);

    private Wait WaitOfAll(IInvocationOperation all, bool isAny, ref string what, int depth)
    {
        var result = isAny ? Wait.Endless : Wait.Harmless;
        var count = 0;
        foreach (var argument in all.Arguments)
        {
            if (argument.Value.WithoutConversions() is not IArrayCreationOperation { Initializer: { } initializer })
            {
                var wait = SymbolWords.IsTaskLike(argument.Value.Type) ? WaitOf(argument.Value, out what, depth + 1) : Wait.Harmless;
                result = Combine(result, wait, isAny);
                count++;
                continue;
            }

            foreach (var element in initializer.ElementValues)
            {
                result = Combine(result, WaitOf(element, out what, depth + 1), isAny);
                count++;
            }
        }

        what = all.TargetMethod.Name;
        return count == 0 ? Wait.Harmless : result;
    }

    private static Wait Combine(Wait left, Wait right, bool isAny) => (left < right) == isAny ? left : right;

    private Wait WaitOfCall(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        var type = method.ContainingType;
        switch (type.Name)
        {
            case "Task" when method.Name == "Delay":
                return OfDelay(invocation);
            case "PeriodicTimer" when method.Name == "WaitForNextTickAsync":
                return Wait.Bounded;
            case "ChannelReader" when method.Name is "ReadAsync" or "WaitToReadAsync" or "ReadAllAsync":
                return Wait.Endless;
            case "SemaphoreSlim" when method.Name == "WaitAsync":
                return HasTimeSpan(method) || HasInteger(method) || IsGivenBack(invocation) ? Wait.Harmless : Wait.Endless;
            case "HttpClient" or "HttpMessageInvoker" or "HttpClientJsonExtensions" when IsRequest(method.Name):
                return Wait.Endless;
        }

        if (IsRead(method.Name) && invocation.Instance is { } receiver && IsFarAway(receiver, 0))
        {
            return Wait.Endless;
        }

        return OffersToken(method) ? IsFeed(method) ? Wait.Endless : Wait.Harmless : WaitWithin(method);
    }

    /// <summary>Whether the handler releases the semaphore that it waits for: it takes turns at something then, and does not wait for news.</summary>
    private bool IsGivenBack(IInvocationOperation wait)
    {
        foreach (var operation in _root.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation { TargetMethod: { Name: "Release", ContainingType.Name: "SemaphoreSlim" } } release
                && SymbolOf(release.Instance) is { } semaphore
                && SymbolEqualityComparer.Default.Equals(semaphore, SymbolOf(wait.Instance)))
            {
                return true;
            }
        }

        return false;

        static ISymbol? SymbolOf(IOperation? instance) => instance?.WithoutConversions() switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IMemberReferenceOperation member => member.Member,
            _ => null,
        };
    }

    /// <summary>A helper in the file of the handler that cannot be given a token: it waits for what its own awaits wait for.</summary>
    private Wait WaitWithin(IMethodSymbol method)
    {
        method = method.ReducedFrom ?? method;
        if (method.IsVirtual || method.IsAbstract || method.IsOverride
            || method.DeclaringSyntaxReferences.Length != 1
            || method.DeclaringSyntaxReferences[0] is not { } reference
            || reference.SyntaxTree != _root.Syntax.SyntaxTree
            || !_entered.Add(method))
        {
            return Wait.Harmless;
        }

        var longest = Wait.Harmless;
        if (_root.SemanticModel?.GetOperation(reference.GetSyntax(_cancellationToken), _cancellationToken) is { } code && !MentionsRequest(code))
        {
            foreach (var operation in code.Descendants())
            {
                _cancellationToken.ThrowIfCancellationRequested();
                var awaited = operation switch
                {
                    IAwaitOperation wait => wait.Operation,
                    IForEachLoopOperation { IsAsynchronous: true } each => each.Collection,
                    _ => null,
                };
                if (awaited is not null && WaitOf(awaited, out _, depth: 1) is var found && found > longest)
                {
                    longest = found;
                }
            }
        }

        _entered.Remove(method);
        return longest;
    }

    /// <summary>Whether code can see by itself that the client has gone: it is given a token or the request, or asks for them.</summary>
    private bool MentionsRequest(IOperation code)
    {
        foreach (var operation in code.Descendants())
        {
            if (operation is IParameterReferenceOperation or IPropertyReferenceOperation && (_types.IsCancellationToken(operation.Type) || _types.IsContext(operation.Type) || _types.IsResponse(operation.Type))
                && operation is not IPropertyReferenceOperation { Property: { Name: "None", IsStatic: true } })
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRequest(string name) =>
        name is not "Dispose" && name.EndsWith("Async", StringComparison.Ordinal);

    private static bool IsRead(string name) =>
        name.StartsWith("Read", StringComparison.Ordinal) || name.StartsWith("Receive", StringComparison.Ordinal) || name.StartsWith("Accept", StringComparison.Ordinal);

    /// <summary>An interface call, an asynchronous sequence, or a method of this compilation that takes the next thing from somewhere.</summary>
    private bool IsFeed(IMethodSymbol method)
    {
        if (_types.IsResponseWriting(method) || method.ContainingType is { TypeKind: TypeKind.Interface, Name: "IClientProxy" or "ISingleClientProxy" })
        {
            return false;
        }

        if (method.ContainingType.TypeKind == TypeKind.Interface || method.IsAbstract || method.ReturnType is { Name: "IAsyncEnumerable" })
        {
            return !StartsWithAny(method.Name, "Write", "Flush", "Send", "Publish", "Log", "Save", "Dispose", "Invoke");
        }

        return !method.DeclaringSyntaxReferences.IsEmpty
            && StartsWithAny(method.Name, "Dequeue", "Receive", "Read", "Wait", "Next", "Take", "Consume", "Poll", "Subscribe", "Listen", "MoveNext");
    }

    private static bool StartsWithAny(string name, params string[] words)
    {
        foreach (var word in words)
        {
            if (name.StartsWith(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the method, or an overload of it, takes a token.</summary>
    private bool OffersToken(IMethodSymbol method)
    {
        method = method.ReducedFrom ?? method;
        if (TakesToken(method))
        {
            return true;
        }

        foreach (var member in method.ContainingType.GetMembers(method.Name))
        {
            if (member is IMethodSymbol overload && TakesToken(overload) && overload.Parameters.Length == method.Parameters.Length + 1)
            {
                return true;
            }
        }

        return false;
    }

    private bool TakesToken(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (_types.IsCancellationToken(parameter.Type))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasTimeSpan(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Type.Name == "TimeSpan")
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasInteger(IMethodSymbol method) => method.Parameters.Length > 0 && method.Parameters[0].Type.SpecialType == SpecialType.System_Int32;

    /// <summary>A second or more, or for ever; a time span that is not put together here is not known.</summary>
    private Wait OfDelay(IInvocationOperation delay)
    {
        var time = delay.Arguments.IsEmpty ? null : NamedValue(delay.Arguments[0].Value.WithoutConversions());
        double? milliseconds = time switch
        {
            { ConstantValue: { HasValue: true, Value: int value } } => value,
            IInvocationOperation { TargetMethod: { Name: var unit, ContainingType.Name: "TimeSpan" }, Arguments: { Length: > 0 } arguments } when Number(arguments[0].Value) is { } number => number * Milliseconds(unit),
            // A number of seconds that is not known is one second or more, unless it may be a fraction.
            IInvocationOperation { TargetMethod: { Name: var unit, ContainingType.Name: "TimeSpan" }, Arguments: { Length: > 0 } arguments } when IsWhole(arguments[0].Value) => Milliseconds(unit),
            IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan" } } => -1,
            _ => null,
        };
        return milliseconds switch
        {
            < 0 => Wait.Endless,
            >= 1000 => Wait.Bounded,
            _ => Wait.Harmless,
        };
    }

    /// <summary>What a variable that is assigned once, or a read-only field of this file, stands for.</summary>
    private IOperation NamedValue(IOperation value)
    {
        switch (value)
        {
            case ILocalReferenceOperation local when _valueOf.TryGetValue(local.Local, out var assigned) && assigned is not null:
                return assigned.WithoutConversions();
            case IFieldReferenceOperation { Field: { IsReadOnly: true, DeclaringSyntaxReferences: { Length: 1 } references } }
                when references[0].SyntaxTree == _root.Syntax.SyntaxTree
                    && references[0].GetSyntax(_cancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } initializer }
                    && _root.SemanticModel?.GetOperation(initializer, _cancellationToken) is { } operation:
                return operation.WithoutConversions();
            default:
                return value;
        }
    }

    private static double? Number(IOperation value) => value.ConstantValue is { HasValue: true, Value: { } constant }
        ? constant switch
        {
            int number => number,
            long number => number,
            double number => number,
            _ => null,
        }
        : value is IConversionOperation conversion ? Number(conversion.Operand) : null;

    private static bool IsWhole(IOperation value) =>
        value.WithoutConversions().Type?.SpecialType is SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64;

    private static double Milliseconds(string unit) => unit switch
    {
        "FromMilliseconds" => 1,
        "FromSeconds" => 1000,
        "FromMinutes" => 60_000,
        "FromHours" => 3_600_000,
        "FromDays" => 86_400_000,
        _ => 0,
    };

    /// <summary>Whether a reader or stream is one of a socket, a process or another service.</summary>
    private bool IsFarAway(IOperation reader, int depth)
    {
        reader = Unwrapped(reader);
        for (var type = reader.Type; type is not null; type = type.BaseType)
        {
            if (type.Name is "Socket" or "NetworkStream" or "SslStream" or "NegotiateStream" or "WebSocket" or "QuicStream" or "UdpClient" or "PipeStream")
            {
                return true;
            }
        }

        if (depth > 8)
        {
            return false;
        }

        return reader switch
        {
            ILocalReferenceOperation local => _valueOf.TryGetValue(local.Local, out var value) && value is not null && IsFarAway(value, depth + 1),
            IPropertyReferenceOperation { Property: { Name: "StandardOutput" or "StandardError", ContainingType.Name: "Process" } } => true,
            IInvocationOperation { TargetMethod: { Name: "GetStream", ContainingType.Name: "TcpClient" } } => true,
            IInvocationOperation { TargetMethod: { Name: "GetStreamAsync", ContainingType.Name: "HttpClient" } } => true,
            IInvocationOperation { TargetMethod: { Name: "ReadAsStreamAsync" or "ReadAsStream", ContainingType.Name: "HttpContent" } } => true,
            IObjectCreationOperation { Arguments: { Length: > 0 } arguments } => IsStreamLike(arguments[0].Value.Type) && IsFarAway(arguments[0].Value, depth + 1),
            IInvocationOperation call => AnswerOf(call.TargetMethod) is { } answer && IsFarAway(answer, depth + 1),
            _ => false,
        };
    }

    /// <summary>What a method of this file answers that is nothing but its answer, such as a client's call that opens a stream.</summary>
    private IOperation? AnswerOf(IMethodSymbol method)
    {
        if (method.IsVirtual || method.IsAbstract || method.IsOverride
            || method.DeclaringSyntaxReferences is not { Length: 1 } references
            || references[0].SyntaxTree != _root.Syntax.SyntaxTree)
        {
            return null;
        }

        var answer = references[0].GetSyntax(_cancellationToken) switch
        {
            BaseMethodDeclarationSyntax { ExpressionBody: { } arrow } => arrow.Expression,
            LocalFunctionStatementSyntax { ExpressionBody: { } arrow } => arrow.Expression,
            BaseMethodDeclarationSyntax { Body.Statements: { Count: 1 } statements } => (statements[0] as ReturnStatementSyntax)?.Expression,
            LocalFunctionStatementSyntax { Body.Statements: { Count: 1 } statements } => (statements[0] as ReturnStatementSyntax)?.Expression,
            _ => null,
        };
        return answer is null ? null : _root.SemanticModel?.GetOperation(answer, _cancellationToken);
    }

    private static bool IsStreamLike(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name is "Stream" or "TextReader")
            {
                return true;
            }
        }

        return false;
    }

    // Which tokens end with the request.
    private bool HasEndingToken(IInvocationOperation invocation)
    {
        foreach (var argument in invocation.Arguments)
        {
            if (_types.IsCancellationToken(argument.Value.Type) && argument.ArgumentKind == ArgumentKind.Explicit && Ends(argument.Value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a token ends with the request, or may: only one that is known not to does not.</summary>
    private bool Ends(IOperation token, int depth = 0)
    {
        token = token.WithoutConversions();
        switch (token)
        {
            case IDefaultValueOperation or IObjectCreationOperation:
            case IPropertyReferenceOperation { Property: { Name: "None", IsStatic: true } }:
            case IPropertyReferenceOperation { Property: { Name: "ApplicationStopping" or "ApplicationStopped" or "ApplicationStarted" } }:
                return false;
            case ILocalReferenceOperation local when depth < 8 && _valueOf.TryGetValue(local.Local, out var value) && value is not null:
                return Ends(value, depth + 1);
            case IPropertyReferenceOperation { Property: { Name: "Token", ContainingType.Name: "CancellationTokenSource" }, Instance: { } source }:
                return SourceEnds(source.WithoutConversions(), depth);
            default:
                return true;
        }
    }

    private bool SourceEnds(IOperation source, int depth)
    {
        switch (source)
        {
            case ILocalReferenceOperation local when depth < 8 && _valueOf.TryGetValue(local.Local, out var value) && value is not null:
                return SourceEnds(value.WithoutConversions(), depth + 1) || IsEndedHere(local.Local);
            case IObjectCreationOperation { Arguments.IsEmpty: true }:
                return false;
            case IInvocationOperation { TargetMethod.Name: "CreateLinkedTokenSource" } linked:
                return AnyEnds(linked, depth);
            case IFieldReferenceOperation { Field: { IsReadOnly: true, DeclaringSyntaxReferences: { Length: 1 } references } }:
                // A source that lives as long as the service is not the request's.
                return references[0].GetSyntax(_cancellationToken) is not VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } };
            default:
                return true;
        }
    }

    private bool AnyEnds(IInvocationOperation linked, int depth)
    {
        foreach (var argument in linked.Arguments)
        {
            if (argument.Value.WithoutConversions() is IArrayCreationOperation { Initializer: { } initializer })
            {
                foreach (var element in initializer.ElementValues)
                {
                    if (Ends(element, depth + 1))
                    {
                        return true;
                    }
                }
            }
            else if (Ends(argument.Value, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the source is cancelled in this method, or goes somewhere that may cancel it.</summary>
    private bool IsEndedHere(ISymbol source)
    {
        foreach (var operation in _root.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IInvocationOperation { TargetMethod.Name: "Cancel" or "CancelAsync" or "CancelAfter", Instance: ILocalReferenceOperation local } when SymbolEqualityComparer.Default.Equals(local.Local, source):
                case IArgumentOperation { Value: { } given } when given.WithoutConversions() is ILocalReferenceOperation passed && SymbolEqualityComparer.Default.Equals(passed.Local, source):
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether the loop would see, each time it comes round, that the client has gone.</summary>
    private bool LooksAtTheClient(ILoopOperation loop)
    {
        foreach (var operation in loop.DescendantsAndSelf())
        {
            var token = operation switch
            {
                IPropertyReferenceOperation { Property.Name: "IsCancellationRequested", Instance: { } instance } => instance,
                IInvocationOperation { TargetMethod.Name: "ThrowIfCancellationRequested", Instance: { } instance } => instance,
                _ => null,
            };
            if (token is not null ? Ends(token) : operation is IInvocationOperation write && IsWrite(write) && HasEndingToken(write))
            {
                return true;
            }
        }

        return false;
    }

    // Where the response is written.
    private ILoopOperation? EnclosingLoop(IOperation operation)
    {
        ILoopOperation? found = null;
        for (var current = operation.Parent; current is not null; current = current.Parent)
        {
            if (current is ILoopOperation loop && !IsSource(loop, operation) && IsHandler(loop) && Writes(loop))
            {
                found = loop;
                break;
            }

            if (current is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>What a <c>foreach</c> goes over is evaluated once, ahead of the loop.</summary>
    private static bool IsSource(ILoopOperation loop, IOperation operation) =>
        loop is IForEachLoopOperation each && each.Collection.Syntax.Span.Contains(operation.Syntax.Span);

    private bool Writes(ILoopOperation loop)
    {
        foreach (var operation in loop.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation invocation && (IsWrite(invocation) || WritesWithin(invocation.TargetMethod)))
            {
                return true;
            }

            if (operation is IReturnOperation { Kind: OperationKind.YieldReturn } && FunctionOf(loop) is { } function && _types.IsStreamingEndpoint(function, _root, _cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a method of the compilation writes the response: of the handler's own object, of a writer made over the response, or one that is given it. Its text
    /// tells, as it may stand in another file.
    /// </summary>
    private bool WritesWithin(IMethodSymbol method)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        if (_writing.TryGetValue(method, out var known))
        {
            return known;
        }

        var writes = false;
        if (method is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, IsAbstract: false, DeclaringSyntaxReferences: { Length: 1 } references }
            && NamesOfResponse(method) is { Count: > 0 } names)
        {
            foreach (var node in references[0].GetSyntax(_cancellationToken).DescendantNodes())
            {
                if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var receiver } } call
                    && StartsWithAny(name, "Write", "Flush", "Send", "Serialize", "Copy")
                    && (IsNamed(receiver, names) || call.ArgumentList.Arguments.Any(argument => IsNamed(argument.Expression, names))))
                {
                    writes = true;
                    break;
                }
            }
        }

        return _writing[method] = writes;
    }

    /// <summary>The names by which a method has the response: its parameters, what its object keeps, and a controller's own property.</summary>
    private HashSet<string> NamesOfResponse(IMethodSymbol method)
    {
        var names = new HashSet<string>();
        var isContext = false;
        for (var function = method; function is not null; function = function.ContainingSymbol as IMethodSymbol)
        {
            AddParameters(function);
        }

        if (method.MethodKind == MethodKind.LocalFunction)
        {
            foreach (var variable in _valueOf)
            {
                if (variable is { Key: ILocalSymbol local, Value: { } value } && IsResponse(value, 0))
                {
                    names.Add(local.Name);
                }
            }
        }

        if (method.ContainingType is { } type)
        {
            foreach (var member in type.GetMembers())
            {
                switch (member)
                {
                    case IFieldSymbol { IsImplicitlyDeclared: false } field:
                        Add(field.Name, field.Type);
                        break;
                    case IPropertySymbol property:
                        Add(property.Name, property.Type);
                        break;
                    case IMethodSymbol { MethodKind: MethodKind.Constructor } constructor:
                        AddParameters(constructor);
                        break;
                }
            }

            isContext |= _types.IsServing(type);
        }

        if (isContext)
        {
            names.Add("Response");
        }

        return names;

        void AddParameters(IMethodSymbol function)
        {
            foreach (var parameter in function.Parameters)
            {
                Add(parameter.Name, parameter.Type);
            }
        }

        void Add(string name, ITypeSymbol type)
        {
            if (_types.IsResponse(type))
            {
                names.Add(name);
            }

            isContext |= _types.IsContext(type) || _types.HoldsContext(type);
        }
    }

    /// <summary><c>response</c>, <c>context.Response</c>, <c>Response.Body</c>, <c>response.BodyWriter</c>.</summary>
    private static bool IsNamed(ExpressionSyntax expression, HashSet<string> names)
    {
        while (expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Body" or "BodyWriter", Expression: var owner })
        {
            expression = owner;
        }

        return expression switch
        {
            IdentifierNameSyntax name => names.Contains(name.Identifier.ValueText),
            MemberAccessExpressionSyntax member => names.Contains(member.Name.Identifier.ValueText),
            _ => false,
        };
    }

    private bool IsWrite(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (invocation.Instance is { } receiver)
        {
            if (StartsWithAny(method.Name, "Write", "Flush", "Send") && IsResponse(receiver, 0))
            {
                return true;
            }

            if (IsCaller(receiver))
            {
                return true;
            }

            if (method.Name is "WriteAsync" or "TryWrite" && method.ContainingType.Name == "ChannelWriter" && _types.HandsOutChannel(_owner.ContainingType))
            {
                return true;
            }
        }

        foreach (var argument in invocation.Arguments)
        {
            if (StartsWithAny(method.Name, "Write", "Flush", "Send", "Serialize", "Copy", "Push", "Emit", "Stream") && (IsResponse(argument.Value, 0) || IsCaller(argument.Value)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary><c>Clients.Caller</c> of a hub: what it is sent goes to the client that called.</summary>
    private static bool IsCaller(IOperation value) =>
        value.WithoutConversions() is IPropertyReferenceOperation { Property: { Name: "Caller", ContainingType: { Name: "IHubCallerClients", ContainingNamespace.Name: "SignalR" } } };

    /// <summary>Whether a value is the response, its body, or a writer over that; or the context, which a helper writes to.</summary>
    private bool IsResponse(IOperation value, int depth)
    {
        value = Unwrapped(value);
        if (_types.IsResponse(value.Type) || _types.IsContext(value.Type))
        {
            return true;
        }

        return depth < 8 && value switch
        {
            IParameterReferenceOperation parameter => IsOfStreamResult(parameter.Parameter),
            IPropertyReferenceOperation { Property.Name: "Body" or "BodyWriter", Instance: { } instance } => _types.IsResponse(instance.Type),
            ILocalReferenceOperation local => _valueOf.TryGetValue(local.Local, out var assigned) && assigned is not null && IsResponse(assigned, depth + 1),
            IObjectCreationOperation { Arguments: { Length: > 0 } arguments } => IsBody(arguments[0].Value, depth + 1),
            IInvocationOperation { TargetMethod.Name: "AsStream", Instance: { } writer } => IsResponse(writer, depth + 1),
            IInvocationOperation { TargetMethod.Name: "AsStream", Arguments: { Length: > 0 } given } => IsResponse(given[0].Value, depth + 1),
            _ => false,
        };
    }

    /// <summary>The stream that <c>Results.Stream</c> gives its callback is the body of the response.</summary>
    private bool IsOfStreamResult(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.LambdaMethod, DeclaringSyntaxReferences: { Length: 1 } references } || parameter.Type.Name != "Stream")
        {
            return false;
        }

        return references[0].GetSyntax(_cancellationToken).Parent is ArgumentSyntax
        {
            Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Stream", Expression: IdentifierNameSyntax { Identifier.ValueText: "Results" or "TypedResults" } } },
        };
    }

    private bool IsBody(IOperation value, int depth) => !_types.IsContext(value.Type) && !_types.IsResponse(value.Type) && IsResponse(value, depth);

    private bool IsCopyIntoResponse(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (method.Name == "SendFileAsync")
        {
            return invocation.Instance is { } instance ? _types.IsResponse(instance.Type) : invocation.Arguments.Length > 0 && _types.IsResponse(invocation.Arguments[0].Value.Type);
        }

        if (method.Name != "CopyToAsync")
        {
            return false;
        }

        var source = Source(invocation);
        if (source is not null && IsMemory(source, 0))
        {
            return false;
        }

        foreach (var argument in invocation.Arguments)
        {
            if (!ReferenceEquals(argument.Value, source) && IsBody(argument.Value, 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a stream is only memory: it is copied at once.</summary>
    private bool IsMemory(IOperation stream, int depth)
    {
        stream = Unwrapped(stream);
        return stream.Type?.Name == "MemoryStream"
            || (depth < 8 && stream is ILocalReferenceOperation local && _valueOf.TryGetValue(local.Local, out var value) && value is not null && IsMemory(value, depth + 1));
    }

    /// <summary>A result that drops the token of the request: an argument that was given none never hears of it.</summary>
    private void CheckEvents(IInvocationOperation events)
    {
        if (events.TargetMethod.ContainingType.Name is not ("TypedResults" or "Results")
            || events.Arguments.IsEmpty
            || events.Arguments[0].Value.Type is not INamedTypeSymbol { TypeArguments: { Length: 1 } elements }
            || elements[0].Name == "SseItem")
        {
            return;
        }

        var argument = events.Arguments[0].Value.WithoutConversions();
        var value = argument;
        if (value is ILocalReferenceOperation local && _valueOf.TryGetValue(local.Local, out var assigned) && assigned is not null)
        {
            value = assigned.WithoutConversions();
        }

        if (value is IInvocationOperation generator && !HasEndingToken(generator) && (OffersToken(generator.TargetMethod) || Awaits(generator.TargetMethod)))
        {
            Add(new BlindWait(argument, generator.TargetMethod.Name));
        }
    }

    private bool Awaits(IMethodSymbol method)
    {
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(_cancellationToken).DescendantNodes())
            {
                if (node is AwaitExpressionSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 })
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether the operation stands in code that serves one request: a function with the context or response, or one within it.</summary>
    private bool IsHandler(IOperation operation)
    {
        for (var function = FunctionOf(operation); function is not null; function = function.ContainingSymbol as IMethodSymbol)
        {
            foreach (var parameter in function.Parameters)
            {
                if (_types.IsContext(parameter.Type) || _types.IsResponse(parameter.Type) || _types.HoldsContext(parameter.Type))
                {
                    return true;
                }
            }

            if (_types.IsStreamingEndpoint(function, _root, _cancellationToken) || (function.Parameters.Length == 1 && IsOfStreamResult(function.Parameters[0])))
            {
                return true;
            }
        }

        return _types.IsServing(_owner.ContainingType) || _readsAccessor || _types.KeepsRequest(_owner.ContainingType);
    }

    private IMethodSymbol? FunctionOf(IOperation operation) => OperationWords.EnclosingFunction(operation) ?? _owner as IMethodSymbol;

    private static IOperation? AwaitOf(IOperation operation)
    {
        var current = operation.Parent;
        while (current is IConversionOperation or IArgumentOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            current = current.Parent;
        }

        return current as IAwaitOperation;
    }

    private static IOperation Unwrapped(IOperation operation)
    {
        while (true)
        {
            operation = operation.WithoutConversions();
            switch (operation)
            {
                case IAwaitOperation wait:
                    operation = wait.Operation;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "EnsureSuccessStatusCode" } invocation when Source(invocation) is { } source:
                    operation = source;
                    break;
                default:
                    return operation;
            }
        }
    }
}
