using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What every body of one compilation is analysed with.</summary>
internal sealed class ObligationContext
{
    public ObligationContext(Compilation compilation, OwnershipModel model, KnownTypes known)
    {
        Compilation = compilation;
        Model = model;
        Known = known;
    }

    public Compilation Compilation { get; }

    public OwnershipModel Model { get; }

    public KnownTypes Known { get; }
}
