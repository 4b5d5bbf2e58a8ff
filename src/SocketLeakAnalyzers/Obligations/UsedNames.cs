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

    /// <summary>The names that the code of a file uses, in the order of the text: those that it declares are none.</summary>
    public static IEnumerable<SyntaxToken> Tokens(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodesAndSelf())
        {
            if (node is SimpleNameSyntax name)
            {
                yield return name.Identifier;
            }
        }
    }

    private static HashSet<string> Read(SyntaxTree tree)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Tokens(tree.GetRoot()))
        {
            names.Add(name.ValueText);
        }

        return names;
    }
}
