namespace SocketLeakAnalyzers.Obligations;

/// <summary>How the obligation of one acquisition site stands on one path.</summary>
internal enum ObligationStatus
{
    /// <summary>The site has not run on this path, or what it threw left nothing behind.</summary>
    NotAcquired,

    /// <summary>The value exists and holds nothing yet: an unconnected <c>ClientWebSocket</c>, a task not yet awaited.</summary>
    Dormant,

    /// <summary>Somebody here must release it.</summary>
    Owed,

    Released,

    /// <summary>Handed to another owner.</summary>
    Transferred,

    /// <summary>Handed over if the value that a call returned is true; owed if it is false (<c>TryAdd</c>).</summary>
    InTheBalance,

    /// <summary>It went where it cannot be followed: nothing is claimed any more.</summary>
    Unknown,

    /// <summary>Lost on the way and already recorded as a leak; nothing more is said of it.</summary>
    Lost,
}
