using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>
/// The members of an extension block (<c>extension(Stream stream) { … }</c>, C# 14). A call of one looks like a call on an object of the block, and its
/// receiver is what the block's parameter is given. The oldest compiler that is supported has no names for it.
/// </summary>
internal static class ExtensionBlocks
{
    /// <summary><c>TypeKind.Extension</c>, since Roslyn 5.0.</summary>
    private const TypeKind Extension = (TypeKind)14;

    /// <summary>Whether the member is one that is called on what its block extends.</summary>
    public static bool Extends(ISymbol member) => member is { IsStatic: false, ContainingType.TypeKind: Extension };

    /// <summary>The parameter by which the code of such a method names what it is called on; null where that is no code of the compilation.</summary>
    public static IParameterSymbol? ReceiverOf(IMethodSymbol method, Func<SyntaxTree, SemanticModel> models, CancellationToken cancellationToken)
    {
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(cancellationToken);
            if (declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { ParameterList.Parameters: { Count: 1 } parameters })
            {
                return models(declaration.SyntaxTree).GetDeclaredSymbol(parameters[0], cancellationToken);
            }
        }

        return null;
    }
}
