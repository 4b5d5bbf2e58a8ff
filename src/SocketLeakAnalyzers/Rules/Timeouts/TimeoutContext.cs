using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Streaming;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>What the rules about timeouts ask of one type.</summary>
internal sealed class TimeoutContext
{
    private readonly Dictionary<NetworkObject, ObjectFacts> _facts = new();
    private readonly Dictionary<IOperation, IReadOnlyList<BlindWait>> _waitsOfHandlers = new();

    public TimeoutContext(INamedTypeSymbol type, TypeUses uses, UseStore store, CancellationToken cancellationToken)
    {
        Type = type;
        Uses = uses;
        Store = store;
        CancellationToken = cancellationToken;
    }

    /// <summary>The type, with those nested in it.</summary>
    public INamedTypeSymbol Type { get; }

    public TypeUses Uses { get; }

    public UseStore Store { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>The calls that a rule about abandoned work has reported: those about single calls leave them out.</summary>
    public HashSet<NetworkCall> Replaced { get; } = new();

    /// <summary>The blocking calls of work that somebody waits for with a limit, and ends by closing what it waits on: the limit is theirs as well.</summary>
    public HashSet<NetworkCall> Ended { get; } = new();

    /// <summary>Whether the wait for this very call is reported: that it goes on behind its deadline is the same mistake as that it has none.</summary>
    public bool IsReportedAtItsWait(NetworkCall call) => call.BoundedWaits.Count > 0 && Replaced.Contains(call);

    /// <summary>The same questions about another type.</summary>
    public TimeoutContext Of(INamedTypeSymbol type, TypeUses uses) =>
        ReferenceEquals(uses, Uses) ? this : new TimeoutContext(type, uses, Store, CancellationToken);

    /// <summary>The code of a function of the type; null where it stands elsewhere.</summary>
    public IOperation? BodyOf(CodeFunction function)
    {
        foreach (var body in TypeBodies.Read(Type, Store.Context, int.MaxValue, CancellationToken) ?? System.Array.Empty<TypeBody>())
        {
            if (SymbolEqualityComparer.Default.Equals(body.Owner, function.Root.Symbol))
            {
                return body.Root;
            }
        }

        return null;
    }

    public void Replace(List<AbandonedWork.WorkCall> works)
    {
        foreach (var work in works)
        {
            Replaced.Add(work.Call);
        }
    }

    /// <summary>The waits of the method around a call that the leaving of its client does not end, where it is a handler that streams to one.</summary>
    public IReadOnlyList<BlindWait> WaitsOfHandler(NetworkCall call)
    {
        var root = OperationWords.RootOf(call.Operation);
        if (!_waitsOfHandlers.TryGetValue(root, out var waits))
        {
            waits = AspNetTypes.Of(Store.Context.Compilation) is { } types ? ResponseLoops.Find(types, call.Function.Root.Symbol, root, CancellationToken) : System.Array.Empty<BlindWait>();
            _waitsOfHandlers.Add(root, waits);
        }

        return waits;
    }

    /// <summary>What is known of an object beyond the type.</summary>
    public ObjectFacts FactsOf(NetworkObject networkObject)
    {
        if (!_facts.TryGetValue(networkObject, out var facts))
        {
            _facts.Add(networkObject, facts = ObjectFacts.Of(networkObject, Type, Store, CancellationToken));
        }

        return facts;
    }

    /// <summary>Whether something else ends what waits with the object: a token's cancellation or a timer closes it.</summary>
    public bool IsClosedBySignal(NetworkObject networkObject) => IsClosedBySignal(networkObject, connect: null);

    private bool IsClosedBySignal(NetworkObject networkObject, NetworkCall? connect)
    {
        foreach (var (closing, uses) in FactsOf(networkObject).Endings)
        {
            if (uses.MayRunOn(closing.Function, RunPlace.Cancellation, RunPlace.Timer) && !(connect is not null && IsOfConnected(closing, connect)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The same, by a signal that the call does not itself run at; or something is set up around the call that may do so. What a constructor connects
    /// nobody can close before.
    /// </summary>
    public bool IsClosedBySignal(NetworkCall call, NetworkObject networkObject) =>
        !call.IsBirth
        && (Uses.HasUnknownSignal(call.Function)
            || (IsClosedBySignal(networkObject, call.Verb == UseVerb.Connects ? call : null) && !Uses.MayRunOn(call.Function, RunPlace.Cancellation, RunPlace.Timer)));

    /// <summary>Whether a stream or reader of the platform is closed, which a socket or client gives only when it has connected.</summary>
    private bool IsOfConnected(Closing closing, NetworkCall connect)
    {
        var receiver = closing.Operation switch
        {
            IInvocationOperation call => call.Instance,
            IMethodReferenceOperation reference => reference.Instance,
            _ => null,
        };

        var model = Store.Context.Model;
        return receiver?.WithoutConversions().Type is { } closed
            && model.IsPlatformMember(closed)
            && model.GetTypeFacts(closed).Kind is ResourceKind.Stream or ResourceKind.Reader
            && model.GetTypeFacts(connect.ReceiverType).Kind == ResourceKind.Socket;
    }

    /// <summary>Whether the wait for the call ends by itself: it is waited for with a limit here, or by everybody who calls the method.</summary>
    public bool IsBoundedOutside(NetworkCall call) =>
        call.BoundedWaits.Count > 0 || call.MayBeBoundedElsewhere || IsBoundedByCallers(call);

    /// <summary>Whether everybody in the compilation who calls the method, or runs the lambda, waits for it with a limit.</summary>
    public bool IsBoundedByCallers(NetworkCall call) => new CallerBounds(Store, call, CancellationToken).AllBound(call.Function, Uses);

    /// <summary>
    /// Whether the call runs on a thread or task that the code started, and something closes the object from outside of that to end it.
    /// </summary>
    public bool IsEndedFromOutside(NetworkCall call, NetworkObject networkObject)
    {
        foreach (var (closing, uses) in FactsOf(networkObject).Endings)
        {
            // What is closed where something fails is no end of what goes well.
            if ((uses.MayRunOn(closing.Function, RunPlace.Thread, RunPlace.Pool) && !TypeUses.MayBeCalledFromOutside(closing.Function))
                || SymbolEqualityComparer.Default.Equals(closing.Function.Root.Symbol, call.Function.Root.Symbol)
                || closing.Operation.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() is not null)
            {
                continue;
            }

            return Store.Threads.MayRunOnThread(call.Function, CancellationToken);
        }

        return false;
    }
}
