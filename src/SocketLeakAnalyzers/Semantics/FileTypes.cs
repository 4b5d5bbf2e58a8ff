using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>The classes and structs of a file, and which file reports what of a type that several declare.</summary>
internal static class FileTypes
{
    /// <summary>The classes and structs that the file declares, in the order of the text, each once; with the class that the statements of a program stand in.</summary>
    /// <param name="model">The model of the file.</param>
    /// <param name="span">The part of the file that is asked for; null: all of it.</param>
    /// <param name="cancellationToken">Looked at for each declaration.</param>
    public static IEnumerable<INamedTypeSymbol> Of(SemanticModel model, TextSpan? span, CancellationToken cancellationToken)
    {
        foreach (var node in model.SyntaxTree.GetRoot(cancellationToken).DescendantNodesAndSelf(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var type = node switch
            {
                ClassDeclarationSyntax or StructDeclarationSyntax or RecordDeclarationSyntax => model.GetDeclaredSymbol((TypeDeclarationSyntax)node, cancellationToken),
                CompilationUnitSyntax program when IsProgram(program) => model.GetDeclaredSymbol(program, cancellationToken)?.ContainingType,
                _ => null,
            };
            if (type is not null && span?.IntersectsWith(node.Span) != false && IsFirstOfFile(type, node))
            {
                yield return type;
            }
        }
    }

    /// <summary>
    /// Whether a file reports a diagnostic of a type that it declares: what stands in the file, so that it shows while the file is edited; the first
    /// file of the type also what stands in none of its files.
    /// </summary>
    public static bool Reports(SyntaxTree file, INamedTypeSymbol type, Diagnostic diagnostic)
    {
        var place = diagnostic.Location.SourceTree;
        if (place == file)
        {
            return true;
        }

        var references = type.DeclaringSyntaxReferences;
        foreach (var reference in references)
        {
            if (reference.SyntaxTree == place)
            {
                return false;
            }
        }

        return references[0].SyntaxTree == file;
    }

    private static bool IsProgram(CompilationUnitSyntax file)
    {
        foreach (var member in file.Members)
        {
            if (member is GlobalStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFirstOfFile(INamedTypeSymbol type, SyntaxNode declaration)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == declaration.SyntaxTree)
            {
                return reference.Span == declaration.Span;
            }
        }

        return false;
    }
}
