namespace SocketLeakAnalyzers.Obligations;

/// <summary>How the obligation of one acquisition site stands on one path.</summary>
internal enum ObligationStatus
{
    /// <summary>The site has not run on this path, or what it threw left nothing behind.</summary>
    NotAcquired,

    /// <summary>The value exists and holds nothing yet: an unconnected <c>ClientWebSocket</c>, a task not yet awaited.</summary>
    Dormant,

    /// <summary>Owed if the call that gave it through an <c>out</c> parameter answered true, or if it is not null; else there is none.</summary>
    Offered,

    /// <summary>Somebody here must release it.</summary>
    Owed,

    Released,

    /// <summary>Handed to another owner.</summary>
    Transferred,

    /// <summary>
    /// In a field of the object whose code runs: handed over when the body returns. When a constructor throws it is lost, as nobody
    /// gets the object then; in any body it is lost when the field is overwritten at once.
    /// </summary>
    Stored,

    /// <summary>In such a field, and holding nothing yet: <see cref="Stored"/> from the call on that makes it hold something.</summary>
    StoredDormant,

    /// <summary>Returned to the caller, who has it from here on.</summary>
    Returned,

    /// <summary>Handed over if the value that a call returned is true; owed if it is false (<c>TryAdd</c>).</summary>
    InTheBalance,

    /// <summary>It went where it cannot be followed: nothing is claimed any more.</summary>
    Unknown,

    /// <summary>Lost on the way and already recorded as a leak; nothing more is said of it.</summary>
    Lost,
}

/// <summary>A set of statuses.</summary>
internal readonly struct StatusSet
{
    private readonly int _bits;

    private StatusSet(int bits) => _bits = bits;

    public bool IsEmpty => _bits == 0;

    public bool Contains(ObligationStatus status) => (_bits & Bit(status)) != 0;

    /// <summary>Not empty, and nothing but these.</summary>
    public bool IsWithin(ObligationStatus first, ObligationStatus? second = null, ObligationStatus? third = null)
    {
        var allowed = Bit(first) | (second is { } other ? Bit(other) : 0) | (third is { } another ? Bit(another) : 0);
        return _bits != 0 && (_bits & ~allowed) == 0;
    }

    public StatusSet With(ObligationStatus status) => new(_bits | Bit(status));

    private static int Bit(ObligationStatus status) => 1 << (int)status;
}
