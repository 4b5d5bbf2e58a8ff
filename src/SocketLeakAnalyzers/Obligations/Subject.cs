using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Whose obligation one run over a body follows.</summary>
internal readonly struct Subject
{
    private Subject(IOperation? site, ISymbol? variable, bool isListening = false, bool isMade = false, bool asksWhatIsThrown = false, IPropertySymbol? end = null, bool isBody = false)
    {
        End = end;
        AsksWhatIsThrown = asksWhatIsThrown;
        Site = site;
        Variable = variable;
        IsListening = isListening;
        IsMade = isMade;
        IsBody = isBody;
    }

    /// <summary>No resource at all: the run is for what the body returns.</summary>
    public static Subject None => default;

    /// <summary>No resource at all: the run is for what callers see the body throw.</summary>
    public static Subject Exceptions => new(null, null, asksWhatIsThrown: true);

    public bool AsksWhatIsThrown { get; }

    /// <summary>The operation that gives the resource.</summary>
    public IOperation? Site { get; }

    /// <summary>A parameter or captured variable that holds an owed resource when the body is entered.</summary>
    public ISymbol? Variable { get; }

    /// <summary>The property by which the variable hands out what is followed, time and again: one end of a pipe.</summary>
    public IPropertySymbol? End { get; }

    /// <summary>The port that a listener or socket holds once it listens: what it holds before is left out.</summary>
    public bool IsListening { get; }

    /// <summary>What the site makes is followed for itself, also where it is a wrapper that took over something.</summary>
    public bool IsMade { get; }

    /// <summary>What the variable holds is the body of a response: reading it to its end releases it.</summary>
    public bool IsBody { get; }

    public static Subject OfMade(IOperation site) => new(site, null, isMade: true);

    public static Subject Of(IOperation site) => new(site, null);

    public static Subject OfListening(IOperation site) => new(site, null, isListening: true);

    public static Subject OfEnd(ISymbol pipe, IPropertySymbol end) => new(null, pipe, end: end);

    public static Subject Of(ISymbol variable) => new(null, variable);

    public static Subject OfBody(ISymbol variable) => new(null, variable, isBody: true);
}
