using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Whether a call sends a request for the headers alone (<c>HEAD</c>): the response has no body, whatever its headers say, and its connection is free
/// again when they have come. Only a request that is made in sight is seen; any other may ask for a body.
/// </summary>
internal static class HeadRequest
{
    public static bool IsSentBy(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            var request = argument.Value.WithoutConversions();
            if (request.Type?.Name == "HttpRequestMessage")
            {
                return request switch
                {
                    IObjectCreationOperation { Syntax: BaseObjectCreationExpressionSyntax creation } => IsHead(MethodOf(creation)),
                    ILocalReferenceOperation { Local: var local } => IsHead(local),
                    _ => false,
                };
            }
        }

        return false;
    }

    /// <summary>The same of a helper that sends the request, or is told which method to send it with.</summary>
    public static bool IsAskedBy(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.Value.WithoutConversions() is IPropertyReferenceOperation { Property: { Name: "Head", ContainingType: { Name: "HttpMethod", ContainingNamespace.Name: "Http" } } })
            {
                return true;
            }
        }

        return IsSentBy(arguments);
    }

    private static bool IsHead(ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences.Length != 1
            || local.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: var made and (BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax) } declarator)
        {
            return false;
        }

        // Set later, or another request by then: the last word is not known, so all of them must be the same.
        var isHead = made is InvocationExpressionSyntax call ? IsMadeForHead(call) : IsHead(MethodOf((BaseObjectCreationExpressionSyntax)made));
        var isOther = false;
        foreach (var node in declarator.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes() ?? declarator.SyntaxTree.GetRoot().DescendantNodes())
        {
            if (node is not AssignmentExpressionSyntax assignment)
            {
                continue;
            }

            if (assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name)
            {
                return false;
            }

            if (assignment.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Method", Expression: IdentifierNameSyntax owner } && owner.Identifier.ValueText == local.Name)
            {
                isHead |= IsHead(assignment.Right);
                isOther |= !IsHead(assignment.Right);
            }
        }

        return isHead && !isOther;
    }

    /// <summary>What the <c>new</c> of a request says about its method: the initializer, else the first argument.</summary>
    private static ExpressionSyntax? MethodOf(BaseObjectCreationExpressionSyntax creation)
    {
        foreach (var member in creation.Initializer?.Expressions ?? default)
        {
            if (member is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "Method" } } assignment)
            {
                return assignment.Right;
            }
        }

        return creation.ArgumentList?.Arguments.FirstOrDefault()?.Expression;
    }

    /// <summary>A helper that makes requests is told the method.</summary>
    private static bool IsMadeForHead(InvocationExpressionSyntax call)
    {
        foreach (var argument in call.ArgumentList.Arguments)
        {
            if (IsHead(argument.Expression))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHead(ExpressionSyntax? method) =>
        method is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Head", Expression: { } type }
        && (type is IdentifierNameSyntax { Identifier.ValueText: "HttpMethod" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "HttpMethod" });
}
