namespace SocketLeakAnalyzers.Knowledge;

/// <summary>What a resource of a type holds; the words are those of the ownership rows.</summary>
internal enum ResourceKind
{
    /// <summary>Not a resource, as far as the rows know.</summary>
    None,
    Socket,
    Listener,
    Http,
    Response,
    Stream,
    Reader,
    WebSocket,
    Process,
    Database,
    Writer,

    /// <summary>One request of a listener, with the response that has to be closed.</summary>
    Exchange,
    Other,
}

/// <summary>Over what a value of a type speaks with a peer.</summary>
internal enum NetworkSort
{
    /// <summary>With nobody, or nothing is known.</summary>
    None,

    /// <summary>A connection over a network.</summary>
    Connection,

    /// <summary>Datagrams: there is no peer that could be gone.</summary>
    Datagrams,

    /// <summary>A pipe to another process, which has no timeouts.</summary>
    Pipe,

    /// <summary>No peer yet: it waits for them.</summary>
    Listener,

    /// <summary>A socket of this machine alone (Unix domain).</summary>
    Local,
}

/// <summary>What the ownership rows say of a type, its base types included.</summary>
internal sealed class TypeFacts
{
    public static readonly TypeFacts None = new(ResourceKind.None, isMemoryOnly: false, isDormantWhenMade: false, isAbstraction: false, membersThrow: false);

    public TypeFacts(ResourceKind kind, bool isMemoryOnly, bool isDormantWhenMade, bool isAbstraction, bool membersThrow, NetworkSort network = NetworkSort.None)
    {
        Network = network;
        Kind = kind;
        IsMemoryOnly = isMemoryOnly;
        IsDormantWhenMade = isDormantWhenMade;
        IsAbstraction = isAbstraction;
        MembersThrow = membersThrow;
    }

    public ResourceKind Kind { get; }

    /// <summary>Memory only (<c>MemoryStream</c>): never tracked, nor is a wrapper over one.</summary>
    public bool IsMemoryOnly { get; }

    /// <summary>The constructor opens nothing; a member marked <c>begins</c> starts the obligation (<c>ClientWebSocket.ConnectAsync</c>).</summary>
    public bool IsDormantWhenMade { get; }

    /// <summary>
    /// Only the static type of a value (<c>Stream</c>, <c>HttpResponseMessage</c>): a member that returns an owned value of it
    /// gives a resource, while making an instance of it, or of a derived type without a row of its own, does not.
    /// </summary>
    public bool IsAbstraction { get; }

    /// <summary>Its methods do I/O: each throws credibly, unless a row of its own says otherwise.</summary>
    public bool MembersThrow { get; }

    /// <summary>Over what a value of this type speaks with a peer.</summary>
    public NetworkSort Network { get; }

    /// <summary>A value of this type speaks over a network, or over a pipe to another process.</summary>
    public bool IsNetwork => Network != NetworkSort.None;

    /// <summary>A value of this type can be a resource.</summary>
    public bool IsResource => Kind != ResourceKind.None && !IsMemoryOnly;
}
