using System.Collections.Immutable;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>What a member does over the network with the object it is called on or given.</summary>
internal enum UseVerb
{
    Connects,
    Reads,
    Writes,

    /// <summary>A handshake of TLS or of a closing WebSocket: both ends speak.</summary>
    Handshakes,

    /// <summary>Waits for a client.</summary>
    Accepts,

    /// <summary>Sends a request and waits for its response.</summary>
    Requests,
}

/// <summary>How a member that uses the network lets its caller wait.</summary>
internal enum UseStyle
{
    /// <summary>The thread waits in it.</summary>
    Blocking,

    /// <summary>It returns a task, or a sequence to be awaited.</summary>
    Awaitable,

    /// <summary>It returns an <c>IAsyncResult</c>.</summary>
    Begun,

    /// <summary>It raises an event, as <c>SocketAsyncEventArgs</c> do.</summary>
    Event,
}

/// <summary>What a timeout or an option has an effect on.</summary>
internal enum BoundVerb
{
    Connects,
    Reads,
    Writes,
    Requests,

    /// <summary>A keep-alive: a peer that has gone is noticed.</summary>
    Alive,

    /// <summary>Whether the calls of a socket wait at all.</summary>
    Blocking,
}

/// <summary>Where the platform runs a callback.</summary>
internal enum RunPlace
{
    Thread,

    /// <summary>A task or a work item of the pool.</summary>
    Pool,
    Timer,

    /// <summary>When a token is cancelled.</summary>
    Cancellation,
}

/// <summary>One thing that a member does over the network.</summary>
internal sealed class UseFact
{
    public UseFact(UseVerb verb, int target, int within, ArgumentCondition? condition)
    {
        Verb = verb;
        Target = target;
        Within = within;
        Condition = condition;
    }

    public UseVerb Verb { get; }

    /// <summary>The ordinal of the argument that it is done with; -1: the receiver, for a constructor the new object.</summary>
    public int Target { get; }

    /// <summary>The ordinal of the argument that bounds the call; -1: none does.</summary>
    public int Within { get; }

    /// <summary>When it holds; null: always.</summary>
    public ArgumentCondition? Condition { get; }
}

/// <summary>A timeout or option that a member sets on its receiver.</summary>
internal sealed class BoundFact
{
    public BoundFact(BoundVerb verb, int by, bool isZeroInfinite, ArgumentCondition? condition)
    {
        Verb = verb;
        By = by;
        IsZeroInfinite = isZeroInfinite;
        Condition = condition;
    }

    public BoundVerb Verb { get; }

    /// <summary>The ordinal of the argument with the value; -1: none. The value that a property is given comes after the parameters of an indexer.</summary>
    public int By { get; }

    /// <summary>0 is no bound; -1 never is one.</summary>
    public bool IsZeroInfinite { get; }

    public ArgumentCondition? Condition { get; }
}

/// <summary>A wait for what is under way: a task, an asynchronous result.</summary>
internal sealed class WaitFact
{
    public WaitFact(int target, int within, bool isRace)
    {
        Target = target;
        Within = within;
        IsRace = isRace;
    }

    /// <summary>The ordinal of the argument that is waited for; -1: the receiver.</summary>
    public int Target { get; }

    /// <summary>The ordinal of the argument that bounds the wait; -1: none does.</summary>
    public int Within { get; }

    /// <summary>It ends with the first of its arguments; <see cref="Target"/> does not matter.</summary>
    public bool IsRace { get; }
}

/// <summary>A callback that a member has run.</summary>
internal sealed class RunFact
{
    public RunFact(int callback, RunPlace place)
    {
        Callback = callback;
        Place = place;
    }

    /// <summary>The ordinal of the delegate.</summary>
    public int Callback { get; }

    public RunPlace Place { get; }
}

/// <summary>What the rows say of how one method, constructor or property uses the network, waits, and sets bounds.</summary>
internal sealed class UseFacts
{
    public static readonly UseFacts None = new();

    public ImmutableArray<UseFact> Uses { get; set; } = ImmutableArray<UseFact>.Empty;

    public ImmutableArray<BoundFact> Bounds { get; set; } = ImmutableArray<BoundFact>.Empty;

    public WaitFact? Wait { get; set; }

    public RunFact? Run { get; set; }

    /// <summary>It tells without waiting whether something can be read.</summary>
    public bool Peeks { get; set; }

    /// <summary>Over what the new object, or the one that the method uses, speaks.</summary>
    public ImmutableArray<(NetworkSort Sort, ArgumentCondition? Condition)> Speaks { get; set; } = ImmutableArray<(NetworkSort, ArgumentCondition?)>.Empty;

    /// <summary>How <see cref="Uses"/> wait, which the member's signature tells.</summary>
    public UseStyle Style { get; set; }

    /// <summary>The ordinal of the parameter for a <c>CancellationToken</c>; -1: it has none.</summary>
    public int Token { get; set; } = -1;
}
