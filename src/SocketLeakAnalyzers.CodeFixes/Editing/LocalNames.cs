using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Chooses names for new locals.</summary>
internal static class LocalNames
{
    /// <summary>
    /// A name for a local of this type that nothing in its scope uses or has: the last word of the type
    /// (<c>client</c>), the whole of it (<c>tcpClient</c>), else the last word with a number.
    /// </summary>
    public static string Choose(ITypeSymbol type, SemanticModel model, int position, SyntaxNode scope)
    {
        var used = NamesIn(scope);
        var (last, whole) = WordsOf(type);
        if (IsFree(last))
        {
            return last;
        }

        if (IsFree(whole))
        {
            return whole;
        }

        for (var i = 2; ; i++)
        {
            var numbered = last + i.ToString(CultureInfo.InvariantCulture);
            if (IsFree(numbered))
            {
                return numbered;
            }
        }

        bool IsFree(string name) => LocalNames.IsFree(name, used, model, position);
    }

    /// <summary>This name for a new local, or this name with a number, that nothing in its scope uses or has and none of <paramref name="taken"/> is.</summary>
    public static string Choose(string name, SemanticModel model, int position, SyntaxNode scope, ICollection<string> taken)
    {
        var used = NamesIn(scope);
        used.UnionWith(taken);
        var candidate = name;
        for (var i = 2; !IsFree(candidate, used, model, position); i++)
        {
            candidate = name + i.ToString(CultureInfo.InvariantCulture);
        }

        return candidate;
    }

    private static HashSet<string> NamesIn(SyntaxNode scope)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in scope.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken))
            {
                used.Add(token.ValueText);
            }
        }

        return used;
    }

    private static bool IsFree(string name, HashSet<string> used, SemanticModel model, int position) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None
        && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
        && !used.Contains(name)
        && model.LookupSymbols(position, name: name).IsEmpty;

    private static (string Last, string Whole) WordsOf(ITypeSymbol type)
    {
        var name = type.Name;
        if (name.Length == 0)
        {
            return ("resource", "resource");
        }

        if (type.TypeKind == TypeKind.Interface && name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]))
        {
            name = name.Substring(1);
        }

        var whole = char.ToLowerInvariant(name[0]) + name.Substring(1);
        if (name == "HttpResponseMessage")
        {
            return ("response", whole);
        }

        var start = name.Length - 1;
        while (start > 0 && !(char.IsUpper(name[start]) && !char.IsUpper(name[start - 1])))
        {
            start--;
        }

        return (char.ToLowerInvariant(name[start]) + name.Substring(start + 1), whole);
    }

    /// <summary>The member, or the top-level program, that a node stands in.</summary>
    public static SyntaxNode MemberOf(SyntaxNode node)
    {
        for (var current = node; ; current = current.Parent)
        {
            if (current is MemberDeclarationSyntax and not GlobalStatementSyntax || current.Parent is null)
            {
                return current;
            }
        }
    }
}
