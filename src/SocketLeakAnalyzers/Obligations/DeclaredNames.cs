using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The names under which one file declares what may be a resource or give one: its classes with the names of their bases and
/// attributes, its methods with the names in the types of what they give and in their attributes. Read off the syntax alone and kept with the
/// tree, so that a file that has not changed is never read again. They hold nothing of the tree themselves.
/// </summary>
internal sealed class DeclaredNames : IEquatable<DeclaredNames>
{
    private static readonly ConditionalWeakTable<SyntaxTree, DeclaredNames> s_ofFiles = new();

    private readonly List<Declared> _types = new();
    private readonly List<Declared> _methods = new();
    private readonly List<Declared> _aliases = new();
    private readonly List<string> _takers = new();

    private DeclaredNames(SyntaxTree tree)
    {
        foreach (var node in DeclarationsOf(tree))
        {
            switch (node)
            {
                case UsingDirectiveSyntax { Alias: { } alias } directive:
                    _aliases.Add(new Declared(alias.Name.Identifier.ValueText, Identifiers(directive.NamespaceOrType, default)));
                    break;
                case TypeDeclarationSyntax type:
                    _types.Add(new Declared(type.Identifier.ValueText, Identifiers(type.BaseList, type.AttributeLists), isInterface: type is InterfaceDeclarationSyntax));
                    break;
                case MethodDeclarationSyntax method:
                    AddMethod(method);
                    break;
            }

            if (Taker.SignatureOf(node) is { Parameters: not null, Name: var taker })
            {
                _takers.Add(taker.ValueText);
            }
        }
    }

    public static DeclaredNames Of(SyntaxTree tree) => s_ofFiles.GetValue(tree, static file => new DeclaredNames(file));

    /// <summary>The types of a file and their members, with its directives.</summary>
    public static IEnumerable<SyntaxNode> DeclarationsOf(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax);

    /// <summary>The classes, structures and interfaces, with the names of their bases and attributes.</summary>
    public IReadOnlyList<Declared> Types => _types;

    /// <summary>The methods, with the names in what they give; those that give nothing are left out.</summary>
    public IReadOnlyList<Declared> Methods => _methods;

    /// <summary>The aliases, with what they stand for.</summary>
    public IReadOnlyList<Declared> Aliases => _aliases;

    /// <summary>The names of the methods and constructors that have parameters: see <see cref="Taker"/>.</summary>
    public IReadOnlyList<string> Takers => _takers;

    public bool Equals(DeclaredNames? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _types.SequenceEqual(other._types) && _methods.SequenceEqual(other._methods) && _aliases.SequenceEqual(other._aliases) && _takers.SequenceEqual(other._takers));

    public override bool Equals(object? obj) => Equals(obj as DeclaredNames);

    public override int GetHashCode() => (_types.Count * 31 + _methods.Count) * 31 + _takers.Count;

    private void AddMethod(MethodDeclarationSyntax method)
    {
        if (!IsPlain(method.ReturnType))
        {
            _methods.Add(new Declared(method.Identifier.ValueText, Identifiers(method.ReturnType, method.AttributeLists), UsedNames.CountsOf(method.ParameterList)));
        }

        foreach (var parameter in method.ParameterList.Parameters)
        {
            // What an `out` parameter gives is given by the method.
            if (parameter.Type is { } type && !IsPlain(type) && (parameter.Modifiers.Any(SyntaxKind.OutKeyword) || parameter.Modifiers.Any(SyntaxKind.RefKeyword)))
            {
                _methods.Add(new Declared(method.Identifier.ValueText, Identifiers(type, default), UsedNames.CountsOf(method.ParameterList)));
            }
        }
    }

    /// <summary>Whether one of the names is among those given.</summary>
    public static bool MentionsAny(ImmutableArray<string> mentions, HashSet<string> names)
    {
        foreach (var mention in mentions)
        {
            if (names.Contains(mention))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlain(TypeSyntax type) => type is PredefinedTypeSyntax or IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" };

    /// <summary>The names in a part of a declaration and in its attributes.</summary>
    public static ImmutableArray<string> Identifiers(SyntaxNode? node, SyntaxList<AttributeListSyntax> attributes)
    {
        if (node is null && attributes.Count == 0)
        {
            return ImmutableArray<string>.Empty;
        }

        var names = ImmutableArray.CreateBuilder<string>();
        Add(node, names);
        foreach (var list in attributes)
        {
            Add(list, names);
        }

        return names.ToImmutable();
    }

    private static void Add(SyntaxNode? node, ImmutableArray<string>.Builder names)
    {
        if (node is not null)
        {
            foreach (var token in node.DescendantTokens())
            {
                if (token.IsKind(SyntaxKind.IdentifierToken))
                {
                    names.Add(token.ValueText);
                }
            }
        }
    }

    /// <summary>A name that the file declares, with the names in its types and attributes.</summary>
    public sealed class Declared : IEquatable<Declared>
    {
        public Declared(string name, ImmutableArray<string> mentions, int counts = 0, bool isInterface = false)
        {
            Name = name;
            Mentions = mentions;
            Counts = counts;
            IsInterface = isInterface;
        }

        public string Name { get; }

        public ImmutableArray<string> Mentions { get; }

        /// <summary>For a method: the numbers of arguments that it takes.</summary>
        public int Counts { get; }

        public bool IsInterface { get; }

        public bool Equals(Declared? other) =>
            other is not null && Name == other.Name && Counts == other.Counts && IsInterface == other.IsInterface && Mentions.SequenceEqual(other.Mentions);

        public override bool Equals(object? obj) => Equals(obj as Declared);

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
    }
}
