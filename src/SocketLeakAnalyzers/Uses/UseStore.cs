using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
    private readonly ConcurrentDictionary<string, ImmutableArray<INamedTypeSymbol>> _naming = new(StringComparer.Ordinal);
    private readonly Lazy<HashSet<string>> _names;
    private HashSet<IParameterSymbol>? _givenResponses;

    public UseStore(ObligationContext context)
    {
        Context = context;

        // A thread may do its work in a helper of another type, and a wait with a limit may be for one.
        _names = new Lazy<HashSet<string>>(() => new HashSet<string>(context.Model.NetworkNames, StringComparer.Ordinal) { "Thread", "QueueUserWorkItem", "Wait", "WaitAny", "WhenAny", "WaitAsync" });
    }

    public ObligationContext Context { get; }

    /// <summary>Whether the text of a file bears any name of the network.</summary>
    private bool MayUse(SyntaxTree file) => _mentions.TryGetValue(file, out var mentions) ? mentions : _mentions.GetOrAdd(file, MentionsAny(UsedNames.Of(file)));

    /// <summary>Whether the text of a type bears any name of the network: else it uses none, and costs nothing further.</summary>
    public bool MayUse(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (MayUse(reference.SyntaxTree) && Mentions(reference.GetSyntax(cancellationToken)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The parameters of the compilation's methods that are given a response whose body is still on the wire, or the stream of one.</summary>
    public HashSet<IParameterSymbol> GivenResponses(CancellationToken cancellationToken) => _givenResponses ??= HttpResponses.FindGiven(this, cancellationToken);

    /// <summary>Whether a method of the type is given a response by another type: it may read its body, and name nothing of the network.</summary>
    public bool IsGivenResponse(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var parameter in GivenResponses(cancellationToken))
        {
            for (var owner = parameter.ContainingType; owner is not null; owner = owner.ContainingType)
            {
                if (SymbolEqualityComparer.Default.Equals(owner.OriginalDefinition, type))
                {
                    return true;
                }
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

    /// <summary>The types whose code bears a name, outermost ones only, in the order of the files.</summary>
    public ImmutableArray<INamedTypeSymbol> TypesNaming(string name, CancellationToken cancellationToken) =>
        _naming.TryGetValue(name, out var types) ? types : _naming.GetOrAdd(name, FindTypesNaming(name, cancellationToken));

    private ImmutableArray<INamedTypeSymbol> FindTypesNaming(string name, CancellationToken cancellationToken)
    {
        var types = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var tree in Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!UsedNames.Of(tree).Contains(name))
            {
                continue;
            }

            SyntaxNode? last = null;
            foreach (var node in tree.GetRoot(cancellationToken).DescendantNodes())
            {
                if (node is SimpleNameSyntax identifier && identifier.Identifier.ValueText == name && Outermost(node) is { } outer && outer != last)
                {
                    last = outer;
                    var model = Context.Summaries.ModelOf(tree, Context.Compilation);
                    var type = outer is TypeDeclarationSyntax declaration
                        ? (INamedTypeSymbol?)model.GetDeclaredSymbol(declaration, cancellationToken)
                        : model.GetDeclaredSymbol((CompilationUnitSyntax)outer, cancellationToken)?.ContainingType;
                    if (type is not null && seen.Add(type))
                    {
                        types.Add(type);
                    }
                }
            }
        }

        return types.ToImmutable();
    }

    /// <summary>The outermost type declaration around a node, else the file with its top-level statements.</summary>
    private static SyntaxNode? Outermost(SyntaxNode node)
    {
        SyntaxNode? outer = null;
        for (SyntaxNode? current = node; current is not null; current = current.Parent)
        {
            if (current is TypeDeclarationSyntax || (current is CompilationUnitSyntax && outer is null))
            {
                outer = current;
            }
        }

        return outer;
    }

    private bool Mentions(SyntaxNode node)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && _names.Value.Contains(token.ValueText))
            {
                return true;
            }
        }

        return false;
    }

    private bool MentionsAny(HashSet<string> used)
    {
        foreach (var name in used)
        {
            if (_names.Value.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
