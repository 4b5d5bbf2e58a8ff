using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>One body of a type: of a method, a constructor or an accessor, or the initializer of a field or property.</summary>
internal sealed class TypeBody
{
    public TypeBody(ISymbol owner, IOperation root)
    {
        Owner = owner;
        Root = root;
    }

    /// <summary>The method or accessor; for an initializer the field or property.</summary>
    public ISymbol Owner { get; }

    public IOperation Root { get; }
}

/// <summary>Finds the bodies of a type, in all its declarations, with those of the types nested in it.</summary>
internal static class TypeBodies
{
    /// <summary>The bodies, in the order of the declarations; null where there are more than <paramref name="limit"/>.</summary>
    /// <param name="type">A type with source in the compilation.</param>
    /// <param name="context">What the compilation is analysed with.</param>
    /// <param name="limit">How many bodies are read at most.</param>
    /// <param name="cancellationToken">Looked at for each body.</param>
    public static IReadOnlyList<TypeBody>? Read(INamedTypeSymbol type, ObligationContext context, int limit, CancellationToken cancellationToken)
    {
        var found = new List<BodySyntax>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            BodySyntax.AddOfType(reference.GetSyntax(cancellationToken), limit, found);
        }

        // Counted before any is bound.
        if (found.Count > limit)
        {
            return null;
        }

        return Bind(found, context, cancellationToken);
    }

    /// <summary>The bodies with their owners and operations, in the order given; one that does not bind is left out.</summary>
    public static List<TypeBody> Bind(IReadOnlyCollection<BodySyntax> found, ObligationContext context, CancellationToken cancellationToken)
    {
        var bodies = new List<TypeBody>(found.Count);
        foreach (var body in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var model = context.Summaries.ModelOf(body.Code.SyntaxTree, context.Compilation);
            if (body.Owner(model, cancellationToken) is { } owner && body.Root(model, cancellationToken) is { } root)
            {
                bodies.Add(new TypeBody(owner, root));
            }
        }

        return bodies;
    }
}
