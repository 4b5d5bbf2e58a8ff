using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Where a body stands: of a method, a constructor or an accessor, the initializer of a field or property, or the statements of a program. The
/// text tells it, so nothing is bound before the body is known to be worth it.
/// </summary>
internal sealed class BodySyntax
{
    private readonly SyntaxNode _declaration;

    private BodySyntax(SyntaxNode code, SyntaxNode declaration)
    {
        Code = code;
        _declaration = declaration;
    }

    /// <summary>The node whose operation is the body.</summary>
    public SyntaxNode Code { get; }

    /// <summary>Whether the body is that of a method, constructor or accessor that is written out.</summary>
    public bool IsOfMember => Code is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax;

    /// <summary>The bodies of a file, in the order of the text.</summary>
    public static List<BodySyntax> Of(CompilationUnitSyntax file)
    {
        var bodies = new List<BodySyntax>();
        AddStatements(file, bodies);
        AddMembers(file.Members, withBaseConstructions: true, int.MaxValue, bodies);
        return bodies;
    }

    /// <summary>
    /// Adds the bodies of one declaration of a type, with those of the types nested in it. Of a nested type, what its own construction gives its base
    /// class is left out: that is its own business.
    /// </summary>
    /// <param name="declaration">A declaration of the type; for the class of a program its file.</param>
    /// <param name="limit">No more are looked for when there are more than this.</param>
    /// <param name="bodies">Where they go.</param>
    public static void AddOfType(SyntaxNode declaration, int limit, List<BodySyntax> bodies)
    {
        switch (declaration)
        {
            case TypeDeclarationSyntax type:
                AddBaseConstruction(type, bodies);
                AddMembers(type.Members, withBaseConstructions: false, limit, bodies);
                break;
            case CompilationUnitSyntax program:
                AddStatements(program, bodies);
                break;
        }
    }

    /// <summary>Whether code outside gives the body a value of a type that is not a keyword's: a body without parameters is given none.</summary>
    public bool MayBeGiven => _declaration switch
    {
        BaseMethodDeclarationSyntax method => HasObject(method.ParameterList),
        AccessorDeclarationSyntax { Parent.Parent: BasePropertyDeclarationSyntax property } accessor =>
            (accessor.RawKind is not (int)SyntaxKind.GetAccessorDeclaration && property.Type is not PredefinedTypeSyntax) || HasObject((property as IndexerDeclarationSyntax)?.ParameterList),
        IndexerDeclarationSyntax indexer => HasObject(indexer.ParameterList),
        TypeDeclarationSyntax type => HasObject(type.ParameterList),
        _ => false,
    };

    private static bool HasObject(BaseParameterListSyntax? parameters)
    {
        if (parameters is not null)
        {
            foreach (var parameter in parameters.Parameters)
            {
                if (parameter.Type is not (null or PredefinedTypeSyntax or ArrayTypeSyntax or NullableTypeSyntax { ElementType: PredefinedTypeSyntax }))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>All the statements of a program are one body.</summary>
    private static void AddStatements(CompilationUnitSyntax file, List<BodySyntax> bodies)
    {
        foreach (var member in file.Members)
        {
            if (member is GlobalStatementSyntax)
            {
                bodies.Add(new BodySyntax(file, file));
                break;
            }
        }
    }

    /// <summary>The method, accessor or constructor; for an initializer the field or property.</summary>
    public ISymbol? Owner(SemanticModel model, CancellationToken cancellationToken) => _declaration switch
    {
        TypeDeclarationSyntax type => PrimaryConstructor(model.GetDeclaredSymbol(type, cancellationToken), type),
        CompilationUnitSyntax program => model.GetDeclaredSymbol(program, cancellationToken),
        BasePropertyDeclarationSyntax property when Code is ArrowExpressionClauseSyntax => (model.GetDeclaredSymbol(property, cancellationToken) as IPropertySymbol)?.GetMethod,
        var declaration => model.GetDeclaredSymbol(declaration, cancellationToken),
    };

    /// <summary>The operation that all of the body is in; null where the code does not say what it does.</summary>
    public IOperation? Root(SemanticModel model, CancellationToken cancellationToken)
    {
        var operation = model.GetOperation(Code, cancellationToken);
        while (operation?.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    private static void AddMembers(SyntaxList<MemberDeclarationSyntax> members, bool withBaseConstructions, int limit, List<BodySyntax> bodies)
    {
        foreach (var member in members)
        {
            if (bodies.Count > limit)
            {
                return;
            }

            Add(member, withBaseConstructions, limit, bodies);
        }
    }

    private static void Add(MemberDeclarationSyntax member, bool withBaseConstructions, int limit, List<BodySyntax> bodies)
    {
        switch (member)
        {
            case BaseMethodDeclarationSyntax { Body: not null } or BaseMethodDeclarationSyntax { ExpressionBody: not null } or ConstructorDeclarationSyntax { Initializer: not null }:
                bodies.Add(new BodySyntax(member, member));
                break;
            case BaseFieldDeclarationSyntax field:
                foreach (var variable in field.Declaration.Variables)
                {
                    if (variable.Initializer is { } initializer)
                    {
                        bodies.Add(new BodySyntax(initializer, variable));
                    }
                }

                break;
            case BasePropertyDeclarationSyntax property:
                AddProperty(property, bodies);
                break;
            case TypeDeclarationSyntax type:
                if (withBaseConstructions)
                {
                    AddBaseConstruction(type, bodies);
                }

                AddMembers(type.Members, withBaseConstructions, limit, bodies);
                break;
            case BaseNamespaceDeclarationSyntax space:
                AddMembers(space.Members, withBaseConstructions, limit, bodies);
                break;
        }
    }

    private static void AddProperty(BasePropertyDeclarationSyntax property, List<BodySyntax> bodies)
    {
        if (property.AccessorList is { } accessors)
        {
            foreach (var accessor in accessors.Accessors)
            {
                if (accessor.Body is not null || accessor.ExpressionBody is not null)
                {
                    bodies.Add(new BodySyntax(accessor, accessor));
                }
            }
        }

        if (((property as PropertyDeclarationSyntax)?.ExpressionBody ?? (property as IndexerDeclarationSyntax)?.ExpressionBody) is { } expression)
        {
            bodies.Add(new BodySyntax(expression, property));
        }

        if (property is PropertyDeclarationSyntax { Initializer: { } initializer })
        {
            bodies.Add(new BodySyntax(initializer, property));
        }
    }

    /// <summary>What a primary constructor gives the base class: <c>class Client(Uri uri) : Transport(new TcpClient())</c>.</summary>
    private static void AddBaseConstruction(TypeDeclarationSyntax type, List<BodySyntax> bodies)
    {
        if (type.BaseList is { } bases)
        {
            foreach (var baseType in bases.Types)
            {
                if (baseType is PrimaryConstructorBaseTypeSyntax)
                {
                    bodies.Add(new BodySyntax(baseType, type));
                }
            }
        }
    }

    private static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol? type, TypeDeclarationSyntax declaration)
    {
        if (type is not null)
        {
            foreach (var constructor in type.InstanceConstructors)
            {
                foreach (var reference in constructor.DeclaringSyntaxReferences)
                {
                    if (reference.Span == declaration.Span && reference.SyntaxTree == declaration.SyntaxTree)
                    {
                        return constructor;
                    }
                }
            }
        }

        return null;
    }
}
