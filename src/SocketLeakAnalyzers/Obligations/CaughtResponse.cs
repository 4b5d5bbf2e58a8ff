using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The response that a <c>WebException</c> brings along: whoever catches the exception and looks at the response has to close it. The exception
/// holds it, so it goes wherever the exception goes.
/// </summary>
internal static class CaughtResponse
{
    /// <summary>Whether a property is <c>WebException.Response</c>.</summary>
    public static bool Is(IPropertySymbol property) =>
        property is { Name: "Response", ContainingType: { Name: "WebException", ContainingNamespace: { Name: "Net", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } };

    /// <summary>The variable of the handler whose response an operation reads; null for any other operation.</summary>
    public static ILocalSymbol? ExceptionOf(IOperation? operation) =>
        operation is IPropertyReferenceOperation { Instance: { } instance } property
        && Is(property.Property)
        && instance.WithoutConversions() is ILocalReferenceOperation { Local: { } local }
        && HandlerOf(local) is not null
            ? local
            : null;

    /// <summary>Whether an operation is the first in the text of its handler that reads the response: it stands for them all.</summary>
    public static bool IsFirst(IOperation operation)
    {
        if (ExceptionOf(operation) is not { } local || HandlerOf(local) is not { } handler)
        {
            return false;
        }

        foreach (var node in handler.DescendantNodes())
        {
            if (node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Response", Expression: IdentifierNameSyntax name } access && name.Identifier.ValueText == local.Name)
            {
                return access == operation.Syntax;
            }
        }

        return false;
    }

    private static CatchClauseSyntax? HandlerOf(ILocalSymbol local)
    {
        foreach (var reference in local.DeclaringSyntaxReferences)
        {
            return reference.GetSyntax() switch
            {
                CatchDeclarationSyntax declaration => declaration.Parent as CatchClauseSyntax,
                SingleVariableDesignationSyntax { Parent: DeclarationPatternSyntax or RecursivePatternSyntax } designation => designation.FirstAncestorOrSelf<CatchClauseSyntax>(),
                _ => null,
            };
        }

        return null;
    }
}
