using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>Questions about symbols that several parts ask.</summary>
internal static class SymbolWords
{
    /// <summary>The definition of the outermost type that a type stands in, or of the type itself.</summary>
    public static INamedTypeSymbol OutermostOf(INamedTypeSymbol type)
    {
        while (type.ContainingType is { } outer)
        {
            type = outer;
        }

        return type.OriginalDefinition;
    }

    /// <summary>The order of the places where two symbols are declared: by file and position.</summary>
    public static int CompareByPlace(ISymbol left, ISymbol right)
    {
        var first = left.Locations.IsEmpty ? null : left.Locations[0];
        var second = right.Locations.IsEmpty ? null : right.Locations[0];
        var byFile = string.CompareOrdinal(first?.SourceTree?.FilePath, second?.SourceTree?.FilePath);
        return byFile != 0 ? byFile : (first?.SourceSpan.Start ?? 0).CompareTo(second?.SourceSpan.Start ?? 0);
    }

    /// <summary>Whether <paramref name="type"/> is <paramref name="ancestor"/> or has it among its base types.</summary>
    public static bool DerivesFrom(ITypeSymbol type, ITypeSymbol ancestor)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current, ancestor))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a value of the type has a member of this name, itself or by inheritance; an extension method is none.</summary>
    public static bool HasMember(ITypeSymbol? type, string name)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (!current.GetMembers(name).IsEmpty)
            {
                return true;
            }
        }

        return type is not null && System.Linq.ImmutableArrayExtensions.Any(type.AllInterfaces, implemented => !implemented.GetMembers(name).IsEmpty);
    }

    /// <summary>Whether the property is stored in a field that the compiler makes, and no accessor has code (<c>field</c>, C# 14): reading it back gives what was stored.</summary>
    public static bool IsAutoProperty(IPropertySymbol property)
    {
        if (property.IsAbstract || property.DeclaringSyntaxReferences.IsEmpty)
        {
            return false;
        }

        // The compiler names the field after the property, and to ask for all members copies them.
        foreach (var member in property.ContainingType.GetMembers($"<{property.Name}>k__BackingField"))
        {
            if (member is IFieldSymbol { AssociatedSymbol: { } associated } && SymbolEqualityComparer.Default.Equals(associated, property))
            {
                return !HasAccessorWithCode(property);
            }
        }

        return false;
    }

    private static bool HasAccessorWithCode(IPropertySymbol property)
    {
        foreach (var reference in property.DeclaringSyntaxReferences)
        {
            // Of a partial property this may be the declaration that has no code.
            if (reference.GetSyntax() is PropertyDeclarationSyntax declaration
                && (declaration.ExpressionBody is not null
                    || declaration.Modifiers.Any(SyntaxKind.PartialKeyword)
                    || declaration.AccessorList?.Accessors.Any(static accessor => accessor.Body is not null || accessor.ExpressionBody is not null) == true))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The property that a record makes of a parameter of its primary constructor, and fills with it; null for any other parameter.</summary>
    public static IPropertySymbol? PositionalProperty(IParameterSymbol parameter)
    {
        if (parameter.ContainingType is { IsRecord: true } record)
        {
            foreach (var member in record.GetMembers(parameter.Name))
            {
                if (member is IPropertySymbol { DeclaringSyntaxReferences: { Length: 1 } references } property && references[0].GetSyntax() is ParameterSyntax)
                {
                    return property;
                }
            }
        }

        return null;
    }

    /// <summary>Whether a value of this type is awaited to get the value inside (<c>Task&lt;T&gt;</c>, <c>ValueTask&lt;T&gt;</c>, and what <c>ConfigureAwait</c> makes of them).</summary>
    public static bool IsTaskLike(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" or "TaskAwaiter" or "ValueTaskAwaiter" or "ConfiguredTaskAwaiter" or "ConfiguredValueTaskAwaiter" } named
        && IsInSystem(named.ContainingNamespace);

    /// <summary>The type of what a task gives; any other type as it is.</summary>
    public static ITypeSymbol? WithoutTask(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeArguments: { Length: 1 } results } && IsTaskLike(type) ? results[0] : type;

    private static bool IsInSystem(INamespaceSymbol? space)
    {
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space is { Name: "System" };
    }
}
