using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Finds the types of the compilation whose code refers to a member. Files and places are chosen by the text, and what is left is bound: many things
/// are called <c>Read</c>, and a type that means another one need not be read.
/// </summary>
internal static class MemberUsers
{
    /// <summary>The outermost types that refer to one of the members, in the order of the files; at most <paramref name="limit"/> and one more.</summary>
    /// <param name="members">Definitions of methods, constructors, fields, properties. A type that names the class counts as calling its constructors.</param>
    /// <param name="store">The uses of the compilation.</param>
    /// <param name="limit">Where the search may end.</param>
    /// <param name="cancellationToken">Looked at for each file and each name that is bound.</param>
    public static List<INamedTypeSymbol> Find(IEnumerable<ISymbol> members, UseStore store, int limit, CancellationToken cancellationToken)
    {
        var wanted = new Dictionary<string, List<ISymbol>>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            var name = member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? member.ContainingType.Name : member.Name;
            if (name.Length == 0)
            {
                // It is still to be typed, and nothing can refer to it.
                continue;
            }

            if (!wanted.TryGetValue(name, out var same))
            {
                wanted.Add(name, same = new List<ISymbol>());
            }

            same.Add(member);
        }

        var names = wanted.Keys.ToArray();
        var users = new List<INamedTypeSymbol>();
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var tree in store.Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (store.IsNamedIn(tree, names))
            {
                AddUsers(tree, wanted, store, users, seen, cancellationToken);
                if (users.Count > limit)
                {
                    break;
                }
            }
        }

        return users;
    }

    private static void AddUsers(SyntaxTree tree, Dictionary<string, List<ISymbol>> wanted, UseStore store, List<INamedTypeSymbol> users, HashSet<INamedTypeSymbol> seen, CancellationToken cancellationToken)
    {
        var places = new List<int>();
        var text = tree.GetText(cancellationToken).ToString();
        foreach (var name in wanted.Keys)
        {
            for (var place = text.IndexOf(name, StringComparison.Ordinal); place >= 0; place = text.IndexOf(name, place + name.Length, StringComparison.Ordinal))
            {
                places.Add(place);
            }
        }

        places.Sort();
        var root = tree.GetRoot(cancellationToken);
        var model = store.Context.Summaries.ModelOf(tree, store.Context.Compilation);
        SyntaxNode? found = null;
        foreach (var place in places)
        {
            // A file with top-level statements holds its types as well, which are found on their own.
            if (found is TypeDeclarationSyntax && found.FullSpan.Contains(place))
            {
                continue;
            }

            if (root.FindToken(place).Parent is SimpleNameSyntax name
                && wanted.TryGetValue(name.Identifier.ValueText, out var members)
                && Outermost(name) is { } outermost
                && outermost != found
                && MayCall(name, members)
                && RefersTo(name, members, model, cancellationToken))
            {
                found = outermost;
                if (TypeOf(outermost, model, cancellationToken) is { } user && seen.Add(user))
                {
                    users.Add(user);
                }
            }
        }
    }

    /// <summary>A call with another number of arguments is one of another method, and is not bound.</summary>
    private static bool MayCall(SimpleNameSyntax name, List<ISymbol> members)
    {
        ExpressionSyntax callee = name.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Name == name => access,
            MemberBindingExpressionSyntax binding => binding,
            _ => name,
        };
        if (callee.Parent is not InvocationExpressionSyntax invocation || invocation.Expression != callee)
        {
            return true;
        }

        var given = invocation.ArgumentList.Arguments.Count;
        foreach (var member in members)
        {
            if (member is not IMethodSymbol method || Takes(method, given) || (method.IsExtensionMethod && Takes(method, given + 1)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Takes(IMethodSymbol method, int given)
    {
        var required = 0;
        var isOpen = false;
        foreach (var parameter in method.Parameters)
        {
            required += parameter.IsOptional || parameter.IsParams ? 0 : 1;
            isOpen |= parameter.IsParams;
        }

        return given >= required && (isOpen || given <= method.Parameters.Length);
    }

    private static bool RefersTo(SimpleNameSyntax name, List<ISymbol> members, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(name, cancellationToken).Symbol is not { } symbol)
        {
            return false;
        }

        var definition = UseReader.Definition(symbol);
        foreach (var member in members)
        {
            if (SymbolEqualityComparer.Default.Equals(member, definition)
                || (definition.Kind == SymbolKind.NamedType && member is IMethodSymbol { MethodKind: MethodKind.Constructor } && SymbolEqualityComparer.Default.Equals(member.ContainingType, definition)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The outermost type declaration around a node, else the file with its top-level statements.</summary>
    private static SyntaxNode? Outermost(SyntaxNode node)
    {
        SyntaxNode? outermost = null;
        for (SyntaxNode? current = node; current is not null; current = current.Parent)
        {
            if (current is TypeDeclarationSyntax || (current is GlobalStatementSyntax && outermost is null))
            {
                outermost = current is GlobalStatementSyntax ? current.Parent : current;
            }
        }

        return outermost;
    }

    private static INamedTypeSymbol? TypeOf(SyntaxNode outermost, SemanticModel model, CancellationToken cancellationToken) => outermost is TypeDeclarationSyntax declaration
        ? model.GetDeclaredSymbol(declaration, cancellationToken)
        : model.GetDeclaredSymbol((CompilationUnitSyntax)outermost, cancellationToken)?.ContainingType;
}
