using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Uses;

/// <summary>Where a network object comes from, as far as the type that uses it shows.</summary>
internal enum ObjectOrigin
{
    /// <summary>A <c>new</c> here.</summary>
    Made,

    /// <summary>Accepted from a listener here.</summary>
    Accepted,

    /// <summary>Another member whose row says that it gives a fresh one: a response, a stream of one.</summary>
    Opened,

    /// <summary>A call of which nothing is known.</summary>
    Returned,

    /// <summary>A parameter that callers outside the type fill.</summary>
    Parameter,

    /// <summary>A field or property that is filled elsewhere.</summary>
    Member,
}

/// <summary>
/// One network object of a type: a socket, a client, a response, with its views and wrappers (<c>GetStream()</c>, an <c>SslStream</c> over it, a
/// reader over that), which are the same object here. What is told of it holds for the whole code of the type, in no order.
/// </summary>
internal sealed class NetworkObject
{
    public NetworkObject(ObjectOrigin origin, ITypeSymbol type, ISymbol? symbol, IOperation? site, CodeFunction? function, TypeFacts facts)
    {
        Origin = origin;
        Type = type;
        Symbol = symbol;
        Site = site;
        Function = function;
        Facts = facts;
        Sort = facts.Network;
    }

    public ObjectOrigin Origin { get; }

    /// <summary>Its type where it comes from; a task is unwrapped.</summary>
    public ITypeSymbol Type { get; }

    /// <summary>The parameter, field or property; null where a <see cref="Site"/> gives it.</summary>
    public ISymbol? Symbol { get; }

    /// <summary>The creation or call that gives it; null for a parameter or member.</summary>
    public IOperation? Site { get; }

    /// <summary>The function that <see cref="Site"/> is in.</summary>
    public CodeFunction? Function { get; }

    /// <summary>What the rows say of <see cref="Type"/>.</summary>
    public TypeFacts Facts { get; }

    /// <summary>Its type says that it speaks over a network; a stream that was given may be anything.</summary>
    public bool IsNetwork => Facts.IsNetwork;

    /// <summary>Over what it speaks: what its type says, unless the arguments of its constructor say otherwise.</summary>
    public NetworkSort Sort { get; set; }

    /// <summary>Made or accepted by this type.</summary>
    public bool IsOwn => Origin is ObjectOrigin.Made or ObjectOrigin.Accepted or ObjectOrigin.Opened;

    /// <summary>The timeouts and options that the type sets on it, in source order.</summary>
    public List<BoundSetting> Settings { get; } = new();

    /// <summary>What the type does with it over the network, in source order.</summary>
    public List<NetworkCall> Calls { get; } = new();

    /// <summary>The functions that ask whether something has come before they read.</summary>
    public HashSet<CodeFunction> PeekedIn { get; } = new();

    /// <summary>Where the type closes it.</summary>
    public List<Closing> Closings { get; } = new();

    /// <summary>Where the type shuts its receiving side down: that ends what waits with it, and keeps its descriptor.</summary>
    public List<Closing> Shutdowns { get; } = new();

    /// <summary>Where the type makes it listen.</summary>
    public List<Closing> Starts { get; } = new();

    /// <summary>The fields, properties, variables and methods that hold or return it.</summary>
    public HashSet<ISymbol> Places { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>What it was made over: the stream that was given, which is an object of its own.</summary>
    public HashSet<NetworkObject> Wraps { get; } = new();

    /// <summary>The parameters of methods of other types of the compilation that it is given to.</summary>
    public HashSet<IParameterSymbol> GivenTo { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>For what a request gives: the clients that the request may be sent by.</summary>
    public HashSet<NetworkObject> SentBy { get; } = new();

    /// <summary>The functions that give it to methods of other types, with the parameters they give it for.</summary>
    public HashSet<(CodeFunction Giver, IParameterSymbol Parameter)> Gifts { get; } = new(GiftComparer.Instance);

    /// <summary>It is given to code that cannot be read (a delegate, an interface, another package), which may set bounds and close it.</summary>
    public bool IsGivenToUnknown { get; set; }
}

/// <summary>Compares gifts by function and symbol.</summary>
internal sealed class GiftComparer : IEqualityComparer<(CodeFunction Giver, IParameterSymbol Parameter)>
{
    public static readonly GiftComparer Instance = new();

    public bool Equals((CodeFunction Giver, IParameterSymbol Parameter) left, (CodeFunction Giver, IParameterSymbol Parameter) right) =>
        ReferenceEquals(left.Giver, right.Giver) && SymbolEqualityComparer.Default.Equals(left.Parameter, right.Parameter);

    public int GetHashCode((CodeFunction Giver, IParameterSymbol Parameter) gift) => SymbolEqualityComparer.Default.GetHashCode(gift.Parameter);
}

/// <summary>What kind of value a timeout is given.</summary>
internal enum BoundValue
{
    /// <summary>A constant that bounds.</summary>
    Finite,

    /// <summary>A constant that means for ever.</summary>
    Infinite,

    /// <summary>No constant.</summary>
    Unknown,
}

/// <summary>A timeout or option that is set on an object.</summary>
internal sealed class BoundSetting
{
    public BoundSetting(BoundVerb verb, BoundValue value, IOperation operation, CodeFunction function)
    {
        Verb = verb;
        Value = value;
        Operation = operation;
        Function = function;
    }

    public BoundVerb Verb { get; }

    public BoundValue Value { get; }

    /// <summary>The assignment or call that sets it.</summary>
    public IOperation Operation { get; }

    public CodeFunction Function { get; }
}

/// <summary>A place where an object is closed.</summary>
internal sealed class Closing
{
    public Closing(IOperation operation, CodeFunction function)
    {
        Operation = operation;
        Function = function;
    }

    /// <summary>The call, or the <c>using</c>.</summary>
    public IOperation Operation { get; }

    public CodeFunction Function { get; }
}

/// <summary>What a call gives where a <c>CancellationToken</c> can be given.</summary>
internal enum TokenUse
{
    /// <summary>The overload takes none.</summary>
    NoParameter,

    /// <summary>None is given, or one that can never be cancelled.</summary>
    None,

    Given,
}

/// <summary>One use of the network: a call that connects, reads, writes…, with what bounds it.</summary>
internal sealed class NetworkCall
{
    public NetworkCall(IOperation operation, ISymbol member, UseFact fact, UseStyle style, TokenUse token, bool isWithin, ITypeSymbol? receiverType, CodeFunction function)
    {
        Operation = operation;
        Member = member;
        Fact = fact;
        Style = style;
        Token = token;
        IsWithin = isWithin;
        ReceiverType = receiverType;
        Function = function;
    }

    /// <summary>The invocation, creation or property reference.</summary>
    public IOperation Operation { get; }

    /// <summary>The method, constructor or property.</summary>
    public ISymbol Member { get; }

    public UseFact Fact { get; }

    public UseVerb Verb => Fact.Verb;

    public UseStyle Style { get; }

    public TokenUse Token { get; set; }

    /// <summary>The token that is given; null where none is.</summary>
    public IOperation? TokenValue { get; set; }

    /// <summary>A constructor that connects: before that is over nobody has the object, to close it or to set anything on it.</summary>
    public bool IsBirth => Fact is { Verb: UseVerb.Connects, Target: < 0 } && Member is IMethodSymbol { MethodKind: MethodKind.Constructor };

    /// <summary>An argument of the call bounds it (<c>Connect(timeout)</c>).</summary>
    public bool IsWithin { get; }

    /// <summary>The static type of what it is called on, or of the argument that it uses: the reader or TLS stream of a chain.</summary>
    public ITypeSymbol? ReceiverType { get; }

    public CodeFunction Function { get; }

    /// <summary>An argument is an address of this machine alone.</summary>
    public bool IsLocal { get; set; }

    /// <summary>The objects that it can be done with.</summary>
    public List<NetworkObject> Objects { get; } = new();

    /// <summary>Bounded waits for the result: <c>WaitAsync(t)</c>, <c>Wait(t)</c>, a race against something else.</summary>
    public HashSet<IOperation> BoundedWaits { get; } = new();

    /// <summary>The task went to code that cannot be read, and may bound it there.</summary>
    public bool MayBeBoundedElsewhere { get; set; }

    /// <summary>It gives an asynchronous sequence: nothing is read until that is enumerated.</summary>
    public bool IsSequence => Member is IMethodSymbol { ReturnType.Name: "IAsyncEnumerable" };

    /// <summary>The type enumerates the sequence.</summary>
    public bool IsEnumerated { get; set; }
}

/// <summary>A call of one function of the type by another.</summary>
internal sealed class CallSite
{
    public CallSite(IOperation operation, CodeFunction caller)
    {
        Operation = operation;
        Caller = caller;
    }

    public IOperation Operation { get; }

    public CodeFunction Caller { get; }

    /// <summary>As <see cref="NetworkCall.BoundedWaits"/>, for the task that the function returns.</summary>
    public HashSet<IOperation> BoundedWaits { get; } = new();

    public bool MayBeBoundedElsewhere { get; set; }
}

/// <summary>A method, accessor, lambda, local function or initializer of the type.</summary>
internal sealed class CodeFunction
{
    public CodeFunction(ISymbol symbol) => Symbol = symbol;

    /// <summary>The method; for an initializer the field or property.</summary>
    public ISymbol Symbol { get; }

    /// <summary>The uses of the type whose code it is; null while that is read.</summary>
    public TypeUses? Home { get; set; }

    /// <summary>For a lambda or local function: the function that it stands in.</summary>
    public CodeFunction? Parent { get; set; }

    /// <summary>The method that it stands in, or is.</summary>
    public CodeFunction Root => Parent is null ? this : Parent.Root;

    /// <summary>It is code of a base class, which is read along and reported with that class.</summary>
    public bool IsInherited { get; set; }

    /// <summary>Where the type calls it.</summary>
    public List<CallSite> CallSites { get; } = new();

    /// <summary>The functions of the type that it calls, or makes delegates of.</summary>
    public HashSet<CodeFunction> Calls { get; } = new();

    /// <summary>Where the platform runs it, by a thread, a task, a timer or a token's cancellation that the type set up.</summary>
    public HashSet<RunPlace> RunsOn { get; } = new();

    /// <summary>The methods of other types of the compilation that it calls.</summary>
    public HashSet<IMethodSymbol> OtherCalls { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The operations that hand it to a thread or the pool: <c>new Thread(…)</c>, <c>Task.Run(…)</c>.</summary>
    public HashSet<IOperation> RunBy { get; } = new();

    /// <summary>Where the threads that run it are started.</summary>
    public HashSet<IOperation> Starts { get; } = new();

    /// <summary>Where the tasks that run it are started: <c>new Task(…).Start()</c>.</summary>
    public HashSet<IOperation> TaskStarts { get; } = new();

    /// <summary>Where its threads are joined, and whether that wait has a limit.</summary>
    public Dictionary<IOperation, bool> Joins { get; } = new();

    /// <summary>As <see cref="NetworkCall.BoundedWaits"/>, for the task that runs it on the pool.</summary>
    public HashSet<IOperation> BoundedWaits { get; } = new();

    /// <summary>It has something done when a token is cancelled, or by a timer, that may close what cannot be followed.</summary>
    public bool HasUnknownSignal { get; set; }

    /// <summary>It closes or cancels something that is not followed.</summary>
    public bool ClosesOther { get; set; }

    /// <summary>It became a delegate that went to code that cannot be read.</summary>
    public bool IsGivenToUnknown { get; set; }

    /// <summary>Code outside the type may call it.</summary>
    public bool IsVisibleOutside => Symbol is IMethodSymbol { MethodKind: not (MethodKind.LambdaMethod or MethodKind.LocalFunction) } method
        && (method.DeclaredAccessibility != Accessibility.Private || method.IsOverride || !method.ExplicitInterfaceImplementations.IsEmpty);
}
