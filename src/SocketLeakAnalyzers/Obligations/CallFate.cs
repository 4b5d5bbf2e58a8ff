namespace SocketLeakAnalyzers.Obligations;

/// <summary>What happens to a resource that is given to a call.</summary>
internal enum ArgumentFate
{
    /// <summary>Used during the call; its owner is who it was.</summary>
    Borrowed,

    /// <summary>Released on every way through the call.</summary>
    Released,

    /// <summary>Read to its end, at least on some path, which releases the body of a response and nothing else.</summary>
    Drained,

    /// <summary>The call, or something that outlives it, is the owner now.</summary>
    Taken,

    /// <summary>Taken if the call returns true.</summary>
    TakenOnTrue,

    /// <summary>The call's result holds it: the same object, or a wrapper that owns it.</summary>
    Flows,

    /// <summary>Not known; the analysis is silent from here on.</summary>
    Unknown,
}

/// <summary>The fate of an argument when the call returns, and when it throws.</summary>
internal readonly struct CallFate
{
    public static readonly CallFate Unknown = new(ArgumentFate.Unknown, ArgumentFate.Unknown);
    public static readonly CallFate Borrowed = new(ArgumentFate.Borrowed, ArgumentFate.Borrowed);

    public CallFate(ArgumentFate onReturn, ArgumentFate onThrow)
    {
        OnReturn = onReturn;
        OnThrow = onThrow;
    }

    public ArgumentFate OnReturn { get; }

    public ArgumentFate OnThrow { get; }
}
