using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>The names that the code of a file uses, kept with its tree: a file that does not name a member does not use it.</summary>
internal static class UsedNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, HashSet<string>> s_names = new();

    public static HashSet<string> Of(SyntaxTree tree) => s_names.GetValue(tree, static file => Read(file));

    private static HashSet<string> Read(SyntaxTree tree)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in tree.GetRoot().DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is SimpleNameSyntax)
            {
                names.Add(token.ValueText);
            }
        }

        return names;
    }
}
