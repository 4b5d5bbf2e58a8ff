using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>How a <c>using</c> can release a type.</summary>
internal enum UsingKind
{
    None,
    Using,
    AwaitUsing,
}

/// <summary>Tells by their interfaces, not by their names, what releases a value.</summary>
internal static class Disposability
{
    public static UsingKind KindOf(ITypeSymbol? type, SyntaxNode at, SemanticModel model)
    {
        if (type is null or IErrorTypeSymbol or IDynamicTypeSymbol)
        {
            return UsingKind.None;
        }

        var compilation = model.Compilation;
        if (Converts(type, compilation.GetSpecialType(SpecialType.System_IDisposable), compilation))
        {
            return UsingKind.Using;
        }

        return CanAwaitUsing(type, at, model) ? UsingKind.AwaitUsing : UsingKind.None;
    }

    public static bool CanAwaitUsing(ITypeSymbol type, SyntaxNode at, SemanticModel model) =>
        model.Compilation.GetTypeByMetadataName("System.IAsyncDisposable") is { } asyncDisposable
        && Converts(type, asyncDisposable, model.Compilation)
        && LanguageOf(at) >= LanguageVersion.CSharp8
        && CanAwait(at);

    public static bool IsDisposable(ITypeSymbol type, Compilation compilation) =>
        Converts(type, compilation.GetSpecialType(SpecialType.System_IDisposable), compilation)
        || (compilation.GetTypeByMetadataName("System.IAsyncDisposable") is { } asyncDisposable && Converts(type, asyncDisposable, compilation));

    public static LanguageVersion LanguageOf(SyntaxNode node) => ((CSharpParseOptions)node.SyntaxTree.Options).LanguageVersion;

    /// <summary>Whether an <c>await</c> can stand here: in an async function or a top-level statement, and not in a <c>lock</c>.</summary>
    public static bool CanAwait(SyntaxNode node)
    {
        for (var current = node; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case LockStatementSyntax @lock when @lock.Statement.Span.Contains(node.SpanStart):
                case UnsafeStatementSyntax:
                    return false;
                case AnonymousFunctionExpressionSyntax lambda:
                    return lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword);
                case LocalFunctionStatementSyntax function:
                    return function.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case MethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax:
                    return true;
                case MemberDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }

    private static bool Converts(ITypeSymbol type, INamedTypeSymbol target, Compilation compilation)
    {
        if (target.TypeKind == TypeKind.Error)
        {
            return false;
        }

        var conversion = compilation.ClassifyConversion(type, target);
        return conversion.IsImplicit && (conversion.IsIdentity || conversion.IsReference || conversion.IsBoxing) && !conversion.IsUserDefined;
    }
}
