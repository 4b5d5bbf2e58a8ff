using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>The rows of one type and its members.</summary>
internal sealed class TypeRows
{
    private readonly Dictionary<string, ImmutableArray<OwnershipRow>> _members = new(StringComparer.Ordinal);

    public TypeRows(string typeName) => TypeName = typeName;

    public string TypeName { get; }

    public OwnershipRow? Type { get; private set; }

    /// <summary>The rows for members of this name; empty when there are none.</summary>
    public ImmutableArray<OwnershipRow> Members(string name) => _members.TryGetValue(name, out var rows) ? rows : ImmutableArray<OwnershipRow>.Empty;

    internal void Add(OwnershipRow row)
    {
        if (row.IsType)
        {
            Type ??= row;
        }
        else
        {
            _members[row.MemberName] = Members(row.MemberName).Add(row);
        }
    }
}

/// <summary>
/// Rows by the type they speak of. A type symbol is found by its metadata name and then by walking its containing types and
/// namespaces, so that no symbol is resolved when a compilation starts and no name is put together for a type without rows.
/// Not changed once built.
/// </summary>
internal sealed class OwnershipRowIndex
{
    public static readonly OwnershipRowIndex Empty = new(ImmutableArray<OwnershipRow>.Empty);

    private static readonly Lazy<OwnershipRowIndex> s_embedded = new(static () => new OwnershipRowIndex(EmbeddedModels.Rows));

    private readonly Dictionary<string, ImmutableArray<TypeRows>> _byMetadataName = new(StringComparer.Ordinal);

    public OwnershipRowIndex(ImmutableArray<OwnershipRow> rows)
    {
        var resourceTypeNames = ImmutableArray.CreateBuilder<string>();
        var acquiringMemberNames = ImmutableArray.CreateBuilder<string>();
        var clientTypeNames = ImmutableArray.CreateBuilder<string>();
        var bodyTypeNames = ImmutableArray.CreateBuilder<string>();
        var readingMemberNames = ImmutableArray.CreateBuilder<string>();
        var networkNames = ImmutableArray.CreateBuilder<string>();
        var byTypeName = new Dictionary<string, TypeRows>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!byTypeName.TryGetValue(row.TypeName, out var typeRows))
            {
                typeRows = new TypeRows(row.TypeName);
                byTypeName.Add(row.TypeName, typeRows);
                var metadataName = row.TypeName.Substring(row.TypeName.LastIndexOf('.') + 1);
                _byMetadataName[metadataName] = _byMetadataName.TryGetValue(metadataName, out var others) ? others.Add(typeRows) : ImmutableArray.Create(typeRows);
            }

            typeRows.Add(row);
            if (row.IsType && (row.TypeFacts.IsResource || ReferenceEquals(row.TypeFacts, TypeFacts.None)))
            {
                resourceTypeNames.Add(SimpleNameOf(row.TypeName));
            }
            else if (row.Returns is ReturnEffect.Owned or ReturnEffect.Wrapper)
            {
                acquiringMemberNames.Add(row.MemberName);
            }

            foreach (var clause in row.Uses)
            {
                if (clause is { Kind: RowUseKind.Use, Verb: UseVerb.Reads })
                {
                    readingMemberNames.Add(row.MemberName);
                }
            }

            if (row is { IsType: true, TypeFacts.Kind: ResourceKind.Http })
            {
                clientTypeNames.Add(SimpleNameOf(row.TypeName));
            }

            if (row.IsType && (row.TypeFacts.Kind is ResourceKind.Response or ResourceKind.Stream or ResourceKind.Reader || row.TypeFacts is { Kind: ResourceKind.None, IsNetwork: true }))
            {
                bodyTypeNames.Add(SimpleNameOf(row.TypeName));
            }

            if (row is { IsType: true, TypeFacts.IsNetwork: true })
            {
                networkNames.Add(SimpleNameOf(row.TypeName));
            }
        }

        foreach (var row in rows)
        {
            // What a general stream does is said of it by the type it is made from.
            if (!row.IsType && row.MemberName != "#ctor" && IsNetworkMember(row, byTypeName[row.TypeName]))
            {
                networkNames.Add(row.MemberName);
            }
        }

        ReadingMemberNames = readingMemberNames.ToImmutable();
        NetworkNames = networkNames.ToImmutable();
        ClientTypeNames = clientTypeNames.ToImmutable();
        BodyTypeNames = bodyTypeNames.ToImmutable();
        ResourceTypeNames = resourceTypeNames.ToImmutable();
        AcquiringMemberNames = acquiringMemberNames.ToImmutable();
    }

    /// <summary>The simple names of the types that the rows, or an option that only names them, make resources.</summary>
    public ImmutableArray<string> ResourceTypeNames { get; }

    /// <summary>The names of the members whose rows say that they give a resource.</summary>
    public ImmutableArray<string> AcquiringMemberNames { get; }

    /// <summary>The simple names of the types that are HTTP clients or their handlers.</summary>
    public ImmutableArray<string> ClientTypeNames { get; }

    /// <summary>See <see cref="OwnershipModel.BodyTypeNames"/>.</summary>
    public ImmutableArray<string> BodyTypeNames { get; }

    /// <summary>See <see cref="OwnershipModel.ReadingMemberNames"/>.</summary>
    public ImmutableArray<string> ReadingMemberNames { get; }

    /// <summary>See <see cref="OwnershipModel.NetworkNames"/>.</summary>
    public ImmutableArray<string> NetworkNames { get; }

    private static bool IsNetworkMember(OwnershipRow row, TypeRows type)
    {
        if (row.Returns == ReturnEffect.Owned || type.Type is { TypeFacts.IsNetwork: true })
        {
            foreach (var clause in row.Uses)
            {
                if (clause.Kind == RowUseKind.Use)
                {
                    return true;
                }
            }

            return row.Returns == ReturnEffect.View && type.Type is { TypeFacts.IsNetwork: true };
        }

        return false;
    }

    private static string SimpleNameOf(string typeName)
    {
        var name = typeName.Substring(typeName.LastIndexOf('.') + 1);
        var arity = name.IndexOf('`');
        return arity < 0 ? name : name.Substring(0, arity);
    }

    /// <summary>The rows that ship with the product.</summary>
    public static OwnershipRowIndex Embedded => s_embedded.Value;

    /// <summary>The rows of a type's definition.</summary>
    public TypeRows? Find(INamedTypeSymbol definition)
    {
        if (_byMetadataName.TryGetValue(definition.MetadataName, out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (IsNameOf(candidate.TypeName, definition))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    private static bool IsNameOf(string name, INamedTypeSymbol type)
    {
        var end = name.Length;
        for (ISymbol? symbol = type; symbol is not null; symbol = (ISymbol?)symbol.ContainingType ?? symbol.ContainingNamespace)
        {
            if (symbol is INamespaceSymbol { IsGlobalNamespace: true })
            {
                break;
            }

            var part = symbol.MetadataName;
            var start = end - part.Length;
            if (start < 0 || string.CompareOrdinal(name, start, part, 0, part.Length) != 0)
            {
                return false;
            }

            if (start == 0)
            {
                end = -1;
                continue;
            }

            if (name[start - 1] != '.')
            {
                return false;
            }

            end = start - 1;
        }

        return end == -1;
    }
}

/// <summary>The rows that are compiled into the assembly as <c>SocketLeak.*.txt</c>.</summary>
internal static class EmbeddedModels
{
    private static readonly Lazy<ImmutableArray<OwnershipRow>> s_rows = new(ReadRows);

    public static ImmutableArray<OwnershipRow> Rows => s_rows.Value;

    /// <summary>The names of the files, in ordinal order.</summary>
    public static ImmutableArray<string> FileNames
    {
        get
        {
            var names = typeof(EmbeddedModels).Assembly.GetManifestResourceNames();
            Array.Sort(names, StringComparer.Ordinal);
            return names.ToImmutableArray().RemoveAll(static name => !name.StartsWith("SocketLeak.", StringComparison.Ordinal) || !name.EndsWith(".txt", StringComparison.Ordinal));
        }
    }

    public static OwnershipRows Read(string fileName)
    {
        using var stream = typeof(EmbeddedModels).Assembly.GetManifestResourceStream(fileName);
        return stream is null
            ? new OwnershipRows(ImmutableArray<OwnershipRow>.Empty, ImmutableArray<OwnershipRowError>.Empty)
            : OwnershipRowParser.Parse(SourceText.From(stream));
    }

    private static ImmutableArray<OwnershipRow> ReadRows()
    {
        var rows = ImmutableArray.CreateBuilder<OwnershipRow>();
        foreach (var fileName in FileNames)
        {
            // A test holds that no embedded row has an error.
            rows.AddRange(Read(fileName).Rows);
        }

        return rows.ToImmutable();
    }
}
