using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Finds the types of the compilation whose code refers to a member. Files and places are chosen by the text, and what is left is bound: many things
/// are called <c>Read</c>, and a type that means another one need not be read.
/// </summary>
internal static class MemberUsers
{
    private const int MinBuffer = 16 * 1024;

    /// <summary>The outermost types that refer to one of the members, in the order of the files; at most <paramref name="limit"/> and one more.</summary>
    /// <param name="members">Definitions of methods, constructors, fields, properties. A type that names the class counts as calling its constructors.</param>
    /// <param name="store">The uses of the compilation.</param>
    /// <param name="limit">Where the search may end.</param>
    /// <param name="cancellationToken">Looked at for each file and each name that is bound.</param>
    public static List<INamedTypeSymbol> Find(IEnumerable<ISymbol> members, UseStore store, int limit, CancellationToken cancellationToken)
    {
        var wanted = new Dictionary<string, Wanted>(StringComparer.Ordinal);
        var longest = 0;
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
                wanted.Add(name, same = new Wanted());
            }

            same.Add(member);
            longest = Math.Max(longest, name.Length);
        }

        var users = new List<INamedTypeSymbol>();
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var names = new List<string>();
        var buffer = new char[MinBuffer + (2 * longest)];
        foreach (var tree in store.Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            names.Clear();
            AddNames(UsedNames.Of(tree), wanted, names);
            if (names.Count > 0)
            {
                AddUsers(tree, FindPlaces(tree.GetText(cancellationToken), names, longest, buffer), wanted, store, users, seen, cancellationToken);
                if (users.Count > limit)
                {
                    break;
                }
            }
        }

        return users;
    }

    /// <summary>The names by which a file may refer to a member.</summary>
    private static void AddNames(UsedNames used, Dictionary<string, Wanted> wanted, List<string> names)
    {
        foreach (var same in wanted)
        {
            if (used.MayCall(same.Key, same.Value.Counts))
            {
                names.Add(same.Key);
            }
        }
    }

    /// <summary>The places where one of the names stands in a text, in their order. The text is read in pieces: as one string, that of a large file outlives many others.</summary>
    private static List<int> FindPlaces(SourceText text, List<string> names, int longest, char[] buffer)
    {
        var places = new List<int>();

        // What begins in the last part of a piece is found in the next one.
        var step = buffer.Length - longest;
        for (var start = 0; start < text.Length; start += step)
        {
            var count = Math.Min(buffer.Length, text.Length - start);
            text.CopyTo(start, buffer, 0, count);
            foreach (var name in names)
            {
                for (var at = Array.IndexOf(buffer, name[0], 0, Math.Min(step, count)); at >= 0; at = Array.IndexOf(buffer, name[0], at + 1, Math.Min(step, count) - at - 1))
                {
                    if (StandsAt(at, name, buffer, count))
                    {
                        places.Add(start + at);
                    }
                }
            }
        }

        places.Sort();
        return places;
    }

    private static bool StandsAt(int at, string name, char[] buffer, int count)
    {
        if (at + name.Length > count)
        {
            return false;
        }

        for (var i = 1; i < name.Length; i++)
        {
            if (buffer[at + i] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void AddUsers(SyntaxTree tree, List<int> places, Dictionary<string, Wanted> wanted, UseStore store, List<INamedTypeSymbol> users, HashSet<INamedTypeSymbol> seen, CancellationToken cancellationToken)
    {
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
                && wanted.TryGetValue(name.Identifier.ValueText, out var same)
                && Outermost(name) is { } outermost
                && outermost != found
                && UsedNames.MayBeCall(name, same.Counts)
                && RefersTo(name, same.Members, model, cancellationToken))
            {
                found = outermost;
                if (TypeOf(outermost, model, cancellationToken) is { } user && seen.Add(user))
                {
                    users.Add(user);
                }
            }
        }
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

    /// <summary>The members of one name.</summary>
    private sealed class Wanted
    {
        public List<ISymbol> Members { get; } = new();

        /// <summary>The numbers of arguments that they are called with: a call with another is one of another method, and is not bound.</summary>
        public int Counts { get; private set; }

        public void Add(ISymbol member)
        {
            Members.Add(member);
            Counts |= member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method ? UsedNames.CountsOf(method) : UsedNames.AnyCount;
        }
    }
}
