using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>A method, or a constructor under the name of its type, that has parameters. Kept with its tree.</summary>
internal sealed class Taker
{
    private static readonly ConditionalWeakTable<SyntaxTree, Taker[]> s_ofFiles = new();

    private readonly SyntaxNode _declaration;
    private readonly ImmutableArray<string> _mentions;
    private SyntaxNode? _codeBehind;
    private UsedNames? _namesBehind;

    private Taker(SyntaxNode declaration, string name, ParameterListSyntax parameters)
    {
        _declaration = declaration;
        _mentions = DeclaredNames.Identifiers(parameters, default);
        Counts = UsedNames.CountsOf(parameters);
        Name = name;
        Call = name + "/" + Counts;
    }

    /// <summary>What a file declares of the kind, in the order of the text.</summary>
    public static Taker[] Of(SyntaxTree file) => s_ofFiles.GetValue(file, static file =>
    {
        var takers = new List<Taker>();
        foreach (var node in DeclaredNames.DeclarationsOf(file))
        {
            if (SignatureOf(node) is { Parameters: { } parameters, Name: var name })
            {
                takers.Add(new Taker(node, name.ValueText, parameters));
            }
        }

        return takers.ToArray();
    });

    /// <summary>The parameters of a declaration that has any, and the name by which it is called.</summary>
    public static (SyntaxToken Name, ParameterListSyntax? Parameters) SignatureOf(SyntaxNode declaration) => declaration switch
    {
        MethodDeclarationSyntax { ParameterList: { Parameters.Count: > 0 } parameters } method => (method.Identifier, parameters),
        ConstructorDeclarationSyntax { ParameterList: { Parameters.Count: > 0 } parameters } constructor => (constructor.Identifier, parameters),
        TypeDeclarationSyntax { ParameterList: { Parameters.Count: > 0 } parameters } type => (type.Identifier, parameters),
        _ => default,
    };

    public string Name { get; }

    /// <summary>The numbers of arguments that it takes.</summary>
    public int Counts { get; }

    /// <summary>The name with these numbers: calls of two that have it the same look the same.</summary>
    public string Call { get; }

    /// <summary>Whether it has a parameter of a type with such a name.</summary>
    public bool Takes(HashSet<string> typeNames) => DeclaredNames.MentionsAny(_mentions, typeNames);

    /// <summary>The code that what it is given may come to: its own body, or its file where it puts something aside.</summary>
    public SyntaxNode CodeBehind => _codeBehind ??= MayKeep(_declaration) ? _declaration.SyntaxTree.GetRoot() : _declaration;

    /// <summary>The names in that code.</summary>
    public UsedNames NamesBehind => _namesBehind ??= CodeBehind == _declaration ? new UsedNames(_declaration) : UsedNames.Of(_declaration.SyntaxTree);

    /// <summary>Whether this is what is declared there; of a type, its constructors.</summary>
    public bool IsDeclaredBy(SyntaxReference reference) => reference.SyntaxTree == _declaration.SyntaxTree && reference.Span.Contains(_declaration.Span);

    /// <summary>Whether code that uses these names may call it.</summary>
    public bool MayBeCalledWith(UsedNames names) => _declaration is MethodDeclarationSyntax ? names.MayCall(Name, Counts) : names.MayMake(Name, Counts);

    /// <summary>Whether a constructor, or a method that assigns to more than its own variables.</summary>
    private static bool MayKeep(SyntaxNode declaration)
    {
        if (declaration is not MethodDeclarationSyntax)
        {
            return true;
        }

        var own = new HashSet<string>(StringComparer.Ordinal);
        var assigned = new List<ExpressionSyntax>();
        foreach (var node in declaration.DescendantNodes())
        {
            switch (node)
            {
                case ParameterSyntax parameter:
                    own.Add(parameter.Identifier.ValueText);
                    break;
                case VariableDeclaratorSyntax variable:
                    own.Add(variable.Identifier.ValueText);
                    break;
                case SingleVariableDesignationSyntax designation:
                    own.Add(designation.Identifier.ValueText);
                    break;
                case AssignmentExpressionSyntax { Right: not LiteralExpressionSyntax } assignment:
                    assigned.Add(assignment.Left);
                    break;
            }
        }

        foreach (var target in assigned)
        {
            if (target is not (IdentifierNameSyntax or DeclarationExpressionSyntax) || (target is IdentifierNameSyntax variable && !own.Contains(variable.Identifier.ValueText)))
            {
                return true;
            }
        }

        return false;
    }
}
