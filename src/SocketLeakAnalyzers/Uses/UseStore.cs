using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// The uses of the types of one compilation, each read once, when it is asked for. A type is read from its own code and that of its bases alone, so
/// the answers do not depend on who asks first; what other types do with an object is followed from answer to answer (<see cref="ObjectFacts"/>).
/// </summary>
internal sealed class UseStore
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, TypeUses> _types = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, bool> _mentions = new();
    private readonly ConcurrentDictionary<SyntaxTree, bool> _boundTrees = new();
    private readonly Lazy<HashSet<string>> _names;
    private readonly Lazy<HashSet<string>> _boundNames;

    public UseStore(ObligationContext context)
    {
        Context = context;
        _names = new Lazy<HashSet<string>>(() => new HashSet<string>(context.Model.NetworkNames, StringComparer.Ordinal));
        _boundNames = new Lazy<HashSet<string>>(() => new HashSet<string>(context.Model.BoundNames, StringComparer.Ordinal));
    }

    public ObligationContext Context { get; }

    /// <summary>Whether the text of a type bears any name of the network: else it uses none, and costs nothing further.</summary>
    public bool MayUse(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (_mentions.GetOrAdd(reference.SyntaxTree, tree => Mentions(tree.GetRoot(cancellationToken))) && Mentions(reference.GetSyntax(cancellationToken)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a type of the compilation, with the types nested in it, does over the network.</summary>
    public TypeUses Get(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        type = type.OriginalDefinition;
        while (type.ContainingType is { } outer)
        {
            type = outer;
        }

        return _types.TryGetValue(type, out var uses) ? uses : _types.GetOrAdd(type, UseReader.Read(type, Context, cancellationToken));
    }

    /// <summary>
    /// Whether code outside of the type may set a bound on the object: it is held by a member that is visible there, and a file names that member and
    /// a bound.
    /// </summary>
    public bool MayBeSetOutside(NetworkObject networkObject, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var place in networkObject.Places)
        {
            var member = place is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } ? property : place;
            if (member is IFieldSymbol or IPropertySymbol
                && (member.DeclaredAccessibility != Accessibility.Private || !IsWithin(member.ContainingType, type))
                && MayBeSetOutside(member.Name, type, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayBeSetOutside(string member, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var tree in Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_boundTrees.GetOrAdd(tree, file => MentionsAny(file.GetRoot(CancellationToken.None), _boundNames.Value)))
            {
                foreach (var token in tree.GetRoot(cancellationToken).DescendantTokens())
                {
                    if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == member && !IsWithin(token, type))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool IsWithin(SyntaxToken token, INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == token.SyntaxTree && reference.Span.Contains(token.Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWithin(INamedTypeSymbol? inner, INamedTypeSymbol type)
    {
        for (; inner is not null; inner = inner.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(inner.OriginalDefinition, type.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    private bool Mentions(SyntaxNode node) => MentionsAny(node, _names.Value);

    private static bool MentionsAny(SyntaxNode node, HashSet<string> names)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && names.Contains(token.ValueText))
            {
                return true;
            }
        }

        return false;
    }
}
