using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Whose obligation one run over a body follows.</summary>
internal readonly struct Subject
{
    private Subject(IOperation? site, ISymbol? variable)
    {
        Site = site;
        Variable = variable;
    }

    /// <summary>No resource at all: the run is for what the body returns.</summary>
    public static Subject None => default;

    /// <summary>The operation that gives the resource.</summary>
    public IOperation? Site { get; }

    /// <summary>A parameter or captured variable that holds an owed resource when the body is entered.</summary>
    public ISymbol? Variable { get; }

    public static Subject Of(IOperation site) => new(site, null);

    public static Subject Of(ISymbol variable) => new(null, variable);
}
