using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Configuration;

/// <summary>The user's own ownership rows: the additional files that are named <c>SocketLeak.*.txt</c>.</summary>
internal static class UserRows
{
    private const string Prefix = "SocketLeak.";
    private const string Suffix = ".txt";

    /// <summary>Whether the file is one of rows, by its name.</summary>
    public static bool IsRowFile(string? path)
    {
        if (path is null)
        {
            return false;
        }

        var start = path.LastIndexOfAny(new[] { '/', '\\' }) + 1;
        return path.Length - start > Prefix.Length + Suffix.Length
            && string.Compare(path, start, Prefix, 0, Prefix.Length, StringComparison.OrdinalIgnoreCase) == 0
            && path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The rows of every such file, in the order of their paths; a row that cannot be read is left out.</summary>
    public static ImmutableArray<OwnershipRow> Read(AnalyzerOptions options, CancellationToken cancellationToken)
    {
        List<AdditionalText>? files = null;
        foreach (var file in options.AdditionalFiles)
        {
            if (IsRowFile(file.Path))
            {
                (files ??= new List<AdditionalText>()).Add(file);
            }
        }

        if (files is null)
        {
            return ImmutableArray<OwnershipRow>.Empty;
        }

        files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        var rows = ImmutableArray.CreateBuilder<OwnershipRow>();
        foreach (var file in files)
        {
            rows.AddRange(Read(file, cancellationToken).Rows);
        }

        return rows.ToImmutable();
    }

    /// <summary>The rows and errors of one file.</summary>
    public static OwnershipRows Read(AdditionalText file, CancellationToken cancellationToken) =>
        file.GetText(cancellationToken) is { } text
            ? OwnershipRowParser.Parse(text, file.Path, cancellationToken)
            : new OwnershipRows(ImmutableArray<OwnershipRow>.Empty, ImmutableArray<OwnershipRowError>.Empty);
}
