using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>
/// The types of ASP.NET Core that say which code serves a request. They are told by their names: to look them up in every assembly that a compilation
/// references costs more than all other work on a file that serves none.
/// </summary>
internal sealed class AspNetTypes
{
    private static readonly AspNetTypes s_instance = new();

    private AspNetTypes()
    {
    }

    /// <summary>Null where the compilation does not reference ASP.NET Core.</summary>
    public static AspNetTypes? Of(Compilation compilation)
    {
        foreach (var name in compilation.ReferencedAssemblyNames)
        {
            if (name.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal))
            {
                return s_instance;
            }
        }

        return null;
    }

    public bool IsContext(ITypeSymbol? type) => Is(type, "HttpContext", "Http");

    /// <summary>Whether the type carries the context of its request: an action's, a page's, a filter's, a formatter's.</summary>
    public bool HoldsContext(ITypeSymbol? type)
    {
        for (; type is INamedTypeSymbol { TypeKind: TypeKind.Class }; type = type.BaseType)
        {
            foreach (var member in type.GetMembers("HttpContext"))
            {
                if (member is IPropertySymbol { IsStatic: false, DeclaredAccessibility: Accessibility.Public } property && IsContext(property.Type))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether an object of the type keeps the context or response of one request: it is made for that.</summary>
    public bool KeepsRequest(INamedTypeSymbol? type)
    {
        if (type is not { TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false })
        {
            return false;
        }

        foreach (var member in type.GetMembers())
        {
            switch (member)
            {
                case IFieldSymbol { IsStatic: false } field when IsContext(field.Type) || IsResponse(field.Type):
                    return true;
                case IMethodSymbol { MethodKind: MethodKind.Constructor, IsStatic: false, Parameters: { IsEmpty: false } parameters }:
                    foreach (var parameter in parameters)
                    {
                        if (IsContext(parameter.Type) || IsResponse(parameter.Type))
                        {
                            return true;
                        }
                    }

                    break;
            }
        }

        return false;
    }

    public bool IsResponse(ITypeSymbol? type) => Is(type, "HttpResponse", "Http");

    public bool IsCancellationToken(ITypeSymbol? type) => type is { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };

    /// <summary>Whether the methods of the type serve requests by the type's own context: controllers and pages.</summary>
    public bool IsServing(INamedTypeSymbol? type) => IsController(type) || Is(type, "PageModel", "RazorPages") || IsHub(type);

    /// <summary>Whether a hub has a method that gives its caller the reader of a channel.</summary>
    public bool HandsOutChannel(INamedTypeSymbol? type)
    {
        if (!IsHub(type))
        {
            return false;
        }

        foreach (var member in type!.GetMembers())
        {
            if (member is IMethodSymbol { DeclaredAccessibility: Accessibility.Public, ReturnType: INamedTypeSymbol returned }
                && (returned.Name == "ChannelReader" || (returned.TypeArguments.Length == 1 && returned.TypeArguments[0].Name == "ChannelReader")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The extension methods that write to the response, which take a token and do not wait for anybody but the client.</summary>
    public bool IsResponseWriting(IMethodSymbol method)
    {
        var definition = method.ReducedFrom ?? method;
        return definition.Parameters.Length > 0 && definition.IsExtensionMethod && IsResponse(definition.Parameters[0].Type);
    }

    /// <summary>
    /// Whether what an asynchronous iterator yields goes to a client: a public method of a hub or controller, or one that a
    /// <c>Map…</c> call names.
    /// </summary>
    public bool IsStreamingEndpoint(IMethodSymbol function, IOperation root, CancellationToken cancellationToken)
    {
        if (function.ReturnType is not { Name: "IAsyncEnumerable" or "IAsyncEnumerator" })
        {
            return false;
        }

        if (function is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public } && (IsHub(function.ContainingType) || IsController(function.ContainingType)))
        {
            return true;
        }

        if (function.MethodKind == MethodKind.LocalFunction)
        {
            return IsMapped(root.Syntax, function.Name);
        }

        if (IsServing(function.ContainingType) && IsGivenOn(function, cancellationToken))
        {
            return true;
        }

        foreach (var reference in function.ContainingType?.DeclaringSyntaxReferences ?? default)
        {
            if (IsMapped(reference.GetSyntax(cancellationToken), function.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a public method of the type returns what the iterator gives.</summary>
    private static bool IsGivenOn(IMethodSymbol function, CancellationToken cancellationToken)
    {
        foreach (var reference in function.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(cancellationToken).DescendantNodes())
            {
                if (node is InvocationExpressionSyntax { Expression: SimpleNameSyntax name, Parent: ArrowExpressionClauseSyntax or ReturnStatementSyntax } call
                    && name.Identifier.ValueText == function.Name
                    && call.FirstAncestorOrSelf<MemberDeclarationSyntax>() is MethodDeclarationSyntax { Identifier.ValueText: var caller } method
                    && caller != function.Name
                    && HasPublic(method.Modifiers))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasPublic(SyntaxTokenList modifiers)
    {
        foreach (var modifier in modifiers)
        {
            if (modifier.ValueText == "public")
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMapped(SyntaxNode code, string name)
    {
        foreach (var node in code.DescendantNodes())
        {
            if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var called } } invocation
                && called.StartsWith("Map", StringComparison.Ordinal)
                && Names(invocation.ArgumentList, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Names(ArgumentListSyntax arguments, string name)
    {
        foreach (var node in arguments.DescendantNodes())
        {
            // The events of a result are judged at its argument.
            if (node is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name && !IsInEvents(identifier, arguments))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInEvents(SyntaxNode node, SyntaxNode end)
    {
        for (var current = node.Parent; current is not null && current != end; current = current.Parent)
        {
            if (current is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ServerSentEvents" } })
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsController(ITypeSymbol? type) => Is(type, "ControllerBase", "Mvc");

    private static bool IsHub(ITypeSymbol? type) => Is(type, "Hub", "SignalR");

    /// <summary>Whether the type is a class of this name, or derives from it; of a name within <c>Microsoft.AspNetCore</c>.</summary>
    private static bool Is(ITypeSymbol? type, string name, string space)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name == name && current is INamedTypeSymbol { Arity: 0, ContainingType: null } && IsWithin(current.ContainingNamespace, space))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWithin(INamespaceSymbol? space, string name)
    {
        if (space?.Name != name)
        {
            return false;
        }

        for (space = space.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (space is { Name: "AspNetCore", ContainingNamespace: { Name: "Microsoft", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return true;
            }
        }

        return false;
    }
}
