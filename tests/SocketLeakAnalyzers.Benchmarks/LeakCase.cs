using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>One leak that a public project had and repaired, as a line of a <c>leaks.jsonl</c> states it.</summary>
internal sealed record LeakCase
{
    public required string Id { get; init; }

    public required string Repository { get; init; }

    public required string ParentCommit { get; init; }

    public required string FixCommit { get; init; }

    public required string Path { get; init; }

    public required string Kind { get; init; }

    /// <summary>Where the finding is due at the parent.</summary>
    public required IReadOnlyList<int> Lines { get; init; }

    /// <summary>Where silence is due at the fix; null where the two are not comparable.</summary>
    public required IReadOnlyList<int>? FixedLines { get; init; }

    /// <summary>The rules of which any counts; empty where none is due.</summary>
    public required IReadOnlyList<string> Due { get; init; }

    /// <summary>What is still due at the fix.</summary>
    public required IReadOnlyList<string> AfterDue { get; init; }

    public required bool SilentAfter { get; init; }

    public required IReadOnlyList<string> Symbols { get; init; }

    public static IReadOnlyList<LeakCase> Read(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0).Select(Parse).OrderBy(c => c.Id, System.StringComparer.Ordinal)];

    private static LeakCase Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return new()
        {
            Id = json.GetProperty("id").GetString()!,
            Repository = json.GetProperty("repo").GetString()!,
            ParentCommit = json.GetProperty("parent_commit").GetString()!,
            FixCommit = json.GetProperty("fix_commit").GetString()!,
            Path = json.GetProperty("path").GetString()!,
            Kind = json.GetProperty("kind").GetString()!,
            Lines = Numbers(json, "lines_fixed") ?? Numbers(json, "lines") ?? [],
            FixedLines = Numbers(json, "fixed_lines"),
            Due = Strings(json, "due"),
            AfterDue = Strings(json, "after_due"),
            SilentAfter = json.TryGetProperty("silent_after", out var silent) && silent.ValueKind == JsonValueKind.True,
            Symbols = Strings(json, "symbols"),
        };
    }

    private static List<int>? Numbers(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetInt32())] : null;

    private static List<string> Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : [];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Id}");
}
