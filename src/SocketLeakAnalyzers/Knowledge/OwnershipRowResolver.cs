using System;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>Which symbols a row speaks of, and what its names mean there.</summary>
internal static class OwnershipRowResolver
{
    /// <summary>
    /// The symbols of a compilation that a row speaks of: none when the type, the member or a parameter of the row is missing.
    /// The identifier of the type is resolved, and members are compared by their own ids, so that a parameter list that
    /// somebody made up is never parsed.
    /// </summary>
    public static ImmutableArray<ISymbol> Resolve(OwnershipRow row, Compilation compilation)
    {
        var found = ImmutableArray.CreateBuilder<ISymbol>();
        foreach (var symbol in DocumentationCommentId.GetSymbolsForDeclarationId("T:" + row.TypeName, compilation))
        {
            if (symbol is not INamedTypeSymbol type)
            {
                continue;
            }

            if (row.IsType)
            {
                found.Add(type);
                continue;
            }

            foreach (var member in type.GetMembers(row.MemberName == "#ctor" ? WellKnownMemberNames.InstanceConstructorName : row.MemberName))
            {
                AddIfNamed(member);
            }

            // Only an indexer's name in C# is not its name in metadata.
            if (row.IsProperty)
            {
                foreach (var member in type.GetMembers(WellKnownMemberNames.Indexer))
                {
                    AddIfNamed(member);
                }
            }
        }

        return found.ToImmutable();

        void AddIfNamed(ISymbol member)
        {
            string? id = null;
            if (member.Kind is SymbolKind.Method or SymbolKind.Property && OwnershipModel.RowName(member) == row.MemberName && IsRowOf(row, member, ref id) && HasNamedParameters(row, member))
            {
                found.Add(member);
            }
        }
    }

    /// <summary>Whether the row speaks of this overload. <paramref name="id"/> keeps the overload's id for the next row.</summary>
    public static bool IsRowOf(OwnershipRow row, ISymbol member, ref string? id)
    {
        if (row.IsProperty != (member.Kind == SymbolKind.Property))
        {
            return false;
        }

        if (row.Overloads == OverloadSelection.Exact)
        {
            id ??= member.GetDocumentationCommentId();
            return id == row.Id;
        }

        if (row.Arity >= 0 && (member is not IMethodSymbol method || method.Arity != row.Arity))
        {
            return false;
        }

        var parameters = OwnershipModel.Parameters(member);
        foreach (var name in row.OverloadParameters)
        {
            if (OrdinalOf(member, parameters, name) < 0)
            {
                return false;
            }
        }

        return HasNamedParameters(row, member);
    }

    /// <summary>Whether the member has each parameter that a clause of the row has an effect on.</summary>
    public static bool HasNamedParameters(OwnershipRow row, ISymbol member)
    {
        var parameters = OwnershipModel.Parameters(member);
        foreach (var clause in row.Parameters)
        {
            if (clause.IsEvery ? parameters.IsEmpty : OrdinalOf(member, parameters, clause.Parameter) < 0)
            {
                return false;
            }
        }

        foreach (var clause in row.Uses)
        {
            if ((clause.Parameter is { } target && OrdinalOf(member, parameters, target) < 0)
                || (clause.Limit is { } limit && OrdinalOf(member, parameters, limit) < 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The ordinal of a parameter; the value that a property is given counts as a last parameter named <c>value</c>.</summary>
    public static int OrdinalOf(ISymbol member, ImmutableArray<IParameterSymbol> parameters, string name)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Name == name)
            {
                return parameter.Ordinal;
            }
        }

        return member.Kind == SymbolKind.Property && name == "value" ? parameters.Length : -1;
    }

    /// <summary>The value of a condition for a parameter of this type.</summary>
    public static bool TryReadValue(string text, ITypeSymbol type, out object? value)
    {
        value = null;
        switch (text)
        {
            case "null":
                return !type.IsValueType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
            case "true" or "false":
                value = text == "true";
                return type.SpecialType == SpecialType.System_Boolean;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            value = number;
            return type.SpecialType != SpecialType.System_Boolean;
        }

        if (type.TypeKind == TypeKind.Enum)
        {
            foreach (var member in type.GetMembers(text))
            {
                if (member is IFieldSymbol { HasConstantValue: true, ConstantValue: { } constant })
                {
                    value = unchecked((int)Convert.ToInt64(constant, CultureInfo.InvariantCulture));
                    return true;
                }
            }
        }

        return false;
    }
}
