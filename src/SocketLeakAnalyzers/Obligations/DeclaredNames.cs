using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The names under which one file declares what may be a resource or give one: its classes with the names of their bases and
/// attributes, its methods with the names in the types of what they give and in their attributes. Read off the syntax alone and kept with the
/// tree, so that a file that has not changed is never read again.
/// </summary>
internal sealed class DeclaredNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, DeclaredNames> s_ofFiles = new();

    private readonly List<Declared> _types = new();
    private readonly List<Declared> _methods = new();
    private readonly List<Declared> _aliases = new();

    private readonly Lazy<ImmutableArray<Taker>> _takers;

    private DeclaredNames(SyntaxTree tree)
    {
        _takers = new Lazy<ImmutableArray<Taker>>(() => ReadTakers(tree));
        foreach (var node in tree.GetRoot().DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
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
        }
    }

    public static DeclaredNames Of(SyntaxTree tree) => s_ofFiles.GetValue(tree, static file => new DeclaredNames(file));

    private static ImmutableArray<Taker> ReadTakers(SyntaxTree tree)
    {
        var takers = ImmutableArray.CreateBuilder<Taker>();
        foreach (var node in tree.GetRoot().DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        {
            var (name, parameters) = node switch
            {
                MethodDeclarationSyntax method => (method.Identifier, method.ParameterList),
                ConstructorDeclarationSyntax constructor => (constructor.Identifier, constructor.ParameterList),
                TypeDeclarationSyntax type => (type.Identifier, type.ParameterList),
                _ => default,
            };
            if (parameters is { Parameters.Count: > 0 })
            {
                takers.Add(new Taker(node, name.ValueText, parameters));
            }
        }

        return takers.ToImmutable();
    }

    /// <summary>Gives the methods and constructors that have a parameter of a type with such a name.</summary>
    public IEnumerable<Taker> Takers(HashSet<string> typeNames)
    {
        foreach (var taker in _takers.Value)
        {
            if (MentionsAny(taker.Mentions, typeNames))
            {
                yield return taker;
            }
        }
    }

    /// <summary>Adds the types under the names of their bases and attributes; an alias derives from what it stands for.</summary>
    public void AddDerived(Dictionary<string, List<string>> byBase)
    {
        foreach (var type in _types)
        {
            AddDerived(type, byBase);
        }

        foreach (var alias in _aliases)
        {
            AddDerived(alias, byBase);
        }
    }

    private static void AddDerived(Declared declared, Dictionary<string, List<string>> byBase)
    {
        foreach (var mention in declared.Mentions)
        {
            if (!byBase.TryGetValue(mention, out var derived))
            {
                byBase.Add(mention, derived = new List<string>());
            }

            derived.Add(declared.Name);
        }
    }

    /// <summary>Adds the names of all classes of the file.</summary>
    public void AddAllTypes(HashSet<string> names)
    {
        foreach (var type in _types)
        {
            names.Add(type.Name);
        }
    }

    /// <summary>Adds the classes, and no interfaces, that <paramref name="typeNames"/> names.</summary>
    public void AddClasses(HashSet<string> typeNames, HashSet<string> classNames)
    {
        foreach (var type in _types)
        {
            if (!type.IsInterface && typeNames.Contains(type.Name))
            {
                classNames.Add(type.Name);
            }
        }
    }

    /// <summary>Adds the methods that return a type named in <paramref name="typeNames"/>, with the numbers of arguments that they take.</summary>
    public void AddMethods(HashSet<string> typeNames, Dictionary<string, int> methods)
    {
        foreach (var method in _methods)
        {
            if (MentionsAny(method.Mentions, typeNames))
            {
                methods.TryGetValue(method.Name, out var others);
                methods[method.Name] = others | method.Counts;
            }
        }
    }

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

    private static bool MentionsAny(ImmutableArray<string> mentions, HashSet<string> names)
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

    private static ImmutableArray<string> Identifiers(SyntaxNode? node, SyntaxList<AttributeListSyntax> attributes)
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
    private sealed class Declared
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
    }

    /// <summary>A method, or a constructor under the name of its type, that has parameters.</summary>
    public sealed class Taker
    {
        private readonly SyntaxNode _declaration;
        private readonly int _counts;
        private SyntaxNode? _codeBehind;
        private UsedNames? _namesBehind;

        public Taker(SyntaxNode declaration, string name, ParameterListSyntax parameters)
        {
            _declaration = declaration;
            _counts = UsedNames.CountsOf(parameters);
            Name = name;
            Mentions = Identifiers(parameters, default);
        }

        public string Name { get; }

        /// <summary>The names in the types of the parameters.</summary>
        public ImmutableArray<string> Mentions { get; }

        /// <summary>The code that what it is given may come to: its own body, or its file where it puts something aside.</summary>
        public SyntaxNode CodeBehind => _codeBehind ??= MayKeep(_declaration) ? _declaration.SyntaxTree.GetRoot() : _declaration;

        /// <summary>The names in that code.</summary>
        public UsedNames NamesBehind => _namesBehind ??= CodeBehind == _declaration ? new UsedNames(_declaration) : UsedNames.Of(_declaration.SyntaxTree);

        /// <summary>Whether this is what is declared there; of a type, its constructors.</summary>
        public bool IsDeclaredBy(SyntaxReference reference) => reference.SyntaxTree == _declaration.SyntaxTree && reference.Span.Contains(_declaration.Span);

        /// <summary>Whether code that uses these names may call it.</summary>
        public bool MayBeCalledWith(UsedNames names) => _declaration is MethodDeclarationSyntax ? names.MayCall(Name, _counts) : names.MayMake(Name, _counts);

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
}
