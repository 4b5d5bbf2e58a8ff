using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>One body of a type: of a method, a constructor or an accessor, or the initializer of a field or property.</summary>
internal readonly struct TypeBody
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
    /// <param name="cancellationToken">Looked at for each member.</param>
    public static IReadOnlyList<TypeBody>? Read(INamedTypeSymbol type, ObligationContext context, int limit, CancellationToken cancellationToken)
    {
        var bodies = new List<TypeBody>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration)
            {
                Read(type, declaration, context.Summaries.ModelOf(declaration.SyntaxTree, context.Compilation), limit, bodies, cancellationToken);
            }
            else if (reference.GetSyntax(cancellationToken) is CompilationUnitSyntax program)
            {
                // Top-level statements.
                var model = context.Summaries.ModelOf(program.SyntaxTree, context.Compilation);
                Add(model.GetDeclaredSymbol(program, cancellationToken), model.GetOperation(program, cancellationToken), bodies);
            }
        }

        return bodies.Count > limit ? null : bodies;
    }

    private static void Read(INamedTypeSymbol? type, TypeDeclarationSyntax declaration, SemanticModel model, int limit, List<TypeBody> bodies, CancellationToken cancellationToken)
    {
        // Of a nested type, what its own construction gives its base class is its own business.
        if (type is not null && declaration.BaseList is { } bases)
        {
            foreach (var baseType in bases.Types)
            {
                if (baseType is PrimaryConstructorBaseTypeSyntax && PrimaryConstructor(type, declaration) is { } constructor)
                {
                    Add(constructor, model.GetOperation(baseType, cancellationToken), bodies);
                }
            }
        }

        foreach (var member in declaration.Members)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (bodies.Count > limit)
            {
                return;
            }

            switch (member)
            {
                case BaseMethodDeclarationSyntax method:
                    Add(model.GetDeclaredSymbol(method, cancellationToken), model.GetOperation(method, cancellationToken), bodies);
                    break;
                case FieldDeclarationSyntax field:
                    foreach (var variable in field.Declaration.Variables)
                    {
                        if (variable.Initializer is { } initializer)
                        {
                            Add(model.GetDeclaredSymbol(variable, cancellationToken), model.GetOperation(initializer, cancellationToken), bodies);
                        }
                    }

                    break;
                case BasePropertyDeclarationSyntax property:
                    Read(property, model, bodies, cancellationToken);
                    break;
                case TypeDeclarationSyntax nested:
                    Read(null, nested, model, limit, bodies, cancellationToken);
                    break;
            }
        }
    }

    private static void Read(BasePropertyDeclarationSyntax declaration, SemanticModel model, List<TypeBody> bodies, CancellationToken cancellationToken)
    {
        var symbol = model.GetDeclaredSymbol(declaration, cancellationToken);
        if (declaration.AccessorList is { } accessors)
        {
            foreach (var accessor in accessors.Accessors)
            {
                Add(model.GetDeclaredSymbol(accessor, cancellationToken), model.GetOperation(accessor, cancellationToken), bodies);
            }
        }

        var expressionBody = (declaration as PropertyDeclarationSyntax)?.ExpressionBody ?? (declaration as IndexerDeclarationSyntax)?.ExpressionBody;
        if (expressionBody is not null && symbol is IPropertySymbol { GetMethod: { } getter })
        {
            Add(getter, model.GetOperation(expressionBody, cancellationToken), bodies);
        }

        if (declaration is PropertyDeclarationSyntax { Initializer: { } initializer })
        {
            Add(symbol, model.GetOperation(initializer, cancellationToken), bodies);
        }
    }

    private static void Add(ISymbol? owner, IOperation? root, List<TypeBody> bodies)
    {
        if (owner is not null && root is not null)
        {
            bodies.Add(new TypeBody(owner, root));
        }
    }

    private static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol type, TypeDeclarationSyntax declaration)
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

        return null;
    }
}
