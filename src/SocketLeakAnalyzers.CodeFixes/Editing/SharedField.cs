using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>The static field for a client that all calls share: the one that the type has already, or a new one.</summary>
internal sealed class SharedField
{
    private readonly TypeDeclarationSyntax _type;
    private readonly FixSite _site;
    private readonly string? _declaration;

    private SharedField(string name, TypeDeclarationSyntax type, FixSite site, string? declaration)
    {
        Name = name;
        _type = type;
        _site = site;
        _declaration = declaration;
    }

    public string Name { get; }

    /// <summary>The class or struct that a node stands in; null in an interface, and in a program without types.</summary>
    public static TypeDeclarationSyntax? TypeAround(SyntaxNode node)
    {
        for (var current = node; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case InterfaceDeclarationSyntax:
                    return null;
                case ClassDeclarationSyntax or StructDeclarationSyntax or RecordDeclarationSyntax:
                    return (TypeDeclarationSyntax)current;
            }
        }

        return null;
    }

    public static SharedField? Of(TypeDeclarationSyntax type, INamedTypeSymbol client, INamedTypeSymbol handler, INamedTypeSymbol timeSpan, ClientSettings settings, double seconds, FixSite site)
    {
        if (site.Model.GetDeclaredSymbol(type, site.CancellationToken) is not { } symbol || type.OpenBraceToken.IsMissing || type.OpenBraceToken.IsKind(SyntaxKind.None))
        {
            return null;
        }

        var position = type.OpenBraceToken.Span.End;
        var clientName = client.ToMinimalDisplayString(site.Model, position);
        var created = Disposability.LanguageOf(type) >= LanguageVersion.CSharp9 ? "new" : "new " + clientName;
        var value = created
            + settings.Write(handler.ToMinimalDisplayString(site.Model, position), timeSpan.ToMinimalDisplayString(site.Model, position), seconds.ToString("R", CultureInfo.InvariantCulture));
        foreach (var member in symbol.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: true, IsReadOnly: true } field
                && SymbolEqualityComparer.Default.Equals(field.Type, client)
                && field.DeclaringSyntaxReferences.Length == 1
                && field.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } initializer }
                && ValueOf(initializer.ToString()) == ValueOf(value))
            {
                return new SharedField(field.Name, type, site, null);
            }
        }

        var name = ChooseName(type, symbol, site);
        return new SharedField(name, type, site, "private static readonly " + clientName + " " + name + " = " + value + ";");
    }

    /// <summary>Writes the declaration as the first member of the type, unless the type has it.</summary>
    public bool TryDeclare(EditBuilder edit)
    {
        if (_declaration is null)
        {
            return true;
        }

        var text = _site.Text;
        var brace = _type.OpenBraceToken;
        var line = text.Lines.GetLineFromPosition(brace.SpanStart);
        var first = _type.Members.Count > 0 ? _type.Members[0] : null;
        if (first is null || text.Lines.GetLineFromPosition(first.SpanStart).LineNumber == line.LineNumber)
        {
            // The whole type on one line.
            edit.Insert(brace.Span.End, " " + _declaration);
            return true;
        }

        foreach (var trivia in brace.TrailingTrivia)
        {
            // A comment of several lines behind the brace.
            if (trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) && trivia.FullSpan.End > line.End)
            {
                return false;
            }
        }

        var layout = Layout.Of(text, first);
        var separator = (first is FieldDeclarationSyntax && string.IsNullOrWhiteSpace(first.GetLeadingTrivia().ToFullString())) || StartsWithBlankLine(first) ? string.Empty : layout.EndOfLine;
        edit.Insert(line.End, layout.EndOfLine + layout.Indent + _declaration + separator);
        return true;
    }

    private static bool StartsWithBlankLine(SyntaxNode member)
    {
        foreach (var trivia in member.GetLeadingTrivia())
        {
            switch (trivia.Kind())
            {
                case SyntaxKind.EndOfLineTrivia:
                    return true;
                case SyntaxKind.WhitespaceTrivia:
                    continue;
                default:
                    return false;
            }
        }

        return false;
    }

    /// <summary>As the type's other static fields are written; in no part of it is the name in use.</summary>
    private static string ChooseName(TypeDeclarationSyntax type, INamedTypeSymbol symbol, FixSite site)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var trees = new List<SyntaxTree>();
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            foreach (var token in reference.GetSyntax(site.CancellationToken).DescendantTokens())
            {
                if (token.IsKind(SyntaxKind.IdentifierToken))
                {
                    used.Add(token.ValueText);
                }
            }

            if (!trees.Contains(reference.SyntaxTree))
            {
                trees.Add(reference.SyntaxTree);
            }
        }

        // The parts of a type in several files are fixed at the same time: each has a name of its own.
        trees.Sort(static (left, right) => string.CompareOrdinal(left.FilePath, right.FilePath));
        var part = trees.IndexOf(type.SyntaxTree);
        var name = Prefixed(symbol) + (part > 0 ? (part + 1).ToString(CultureInfo.InvariantCulture) : string.Empty);
        var chosen = name;
        for (var i = 2; used.Contains(chosen) || !site.Model.LookupSymbols(type.OpenBraceToken.Span.End, name: chosen).IsEmpty; i++)
        {
            chosen = name + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return chosen;
    }

    private static string Prefixed(INamedTypeSymbol type)
    {
        string? style = null;
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsImplicitlyDeclared: false, DeclaredAccessibility: Accessibility.Private } field && (field.IsStatic || field.IsReadOnly))
            {
                if (field is { IsStatic: true, IsConst: false })
                {
                    style = field.Name;
                    break;
                }

                style ??= field.Name.StartsWith("_", StringComparison.Ordinal) && !field.IsConst ? field.Name : null;
            }
        }

        return style switch
        {
            null => "SharedHttpClient",
            _ when style.StartsWith("s_", StringComparison.Ordinal) => "s_sharedHttpClient",
            _ when style.StartsWith("_", StringComparison.Ordinal) => "_sharedHttpClient",
            _ when char.IsLower(style[0]) => "sharedHttpClient",
            _ => "SharedHttpClient",
        };
    }

    /// <summary>The arguments and the initializer of a creation, however it is laid out.</summary>
    private static string ValueOf(string creation)
    {
        var value = new StringBuilder();
        for (var i = Math.Max(0, creation.IndexOf('(')); i < creation.Length; i++)
        {
            if (!char.IsWhiteSpace(creation[i]))
            {
                value.Append(creation[i]);
            }
        }

        return value.ToString();
    }
}
