using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>
/// What a version says of its rules, made from the descriptors and from the rules of the versions before it: the rows of <c>AnalyzerReleases.Unshipped.md</c>,
/// the table of the changelog, and the text that a package manager shows.
/// </summary>
internal sealed class ReleaseNotes
{
    private readonly string _version;
    private readonly IReadOnlyList<DiagnosticDescriptor> _rules;
    private readonly List<Shipped> _shipped;

    /// <param name="version">The version that the sources are of.</param>
    /// <param name="rules">The rules that there are.</param>
    /// <param name="shippedText">The text of <c>AnalyzerReleases.Shipped.md</c>.</param>
    public ReleaseNotes(string version, IEnumerable<DiagnosticDescriptor> rules, string shippedText)
    {
        _version = version;
        _rules = [.. rules];
        _shipped = Read(shippedText);
    }

    /// <summary>The rules that no version before this one has.</summary>
    public IEnumerable<DiagnosticDescriptor> New => _rules.Where(rule => Before(rule.Id) is null);

    /// <summary>The rules whose severity or category was another in the version before.</summary>
    public IEnumerable<(DiagnosticDescriptor Rule, string Category, string Severity)> Changed =>
        from rule in _rules
        let before = Before(rule.Id)
        where before is not null && (before.Category, before.Severity) != (rule.Category, SeverityOf(rule))
        select (rule, before.Category, before.Severity);

    /// <summary>The rules of the version before that are no more.</summary>
    public IEnumerable<(string Id, string Category, string Severity)> Removed =>
        from id in _shipped.Where(row => row.Release != _version).Select(row => row.Id).Distinct().Order(StringComparer.Ordinal)
        let before = Before(id)
        where before is not null && _rules.All(rule => rule.Id != id)
        select (id, before.Category, before.Severity);

    /// <summary>The rows that no version has shipped yet, in the format of the analyzers that track releases.</summary>
    public string Unshipped()
    {
        var text = new StringBuilder("; Unshipped analyzer release\n; https://github.com/dotnet/roslyn-analyzers/blob/main/src/Microsoft.CodeAnalysis.Analyzers/ReleaseTrackingAnalyzers.Help.md\n");
        var isShipped = _shipped.Exists(row => row.Release == _version);
        Table("New Rules", "Rule ID | Category | Severity | Notes", isShipped ? [] : New.Select(rule => $"{rule.Id} | {rule.Category} | {SeverityOf(rule)} | {rule.Title}"));
        Table("Removed Rules", "Rule ID | Category | Severity | Notes", isShipped ? [] : Removed.Select(rule => $"{rule.Id} | {rule.Category} | {rule.Severity} | Removed"));
        Table(
            "Changed Rules",
            "Rule ID | New Category | New Severity | Old Category | Old Severity | Notes",
            isShipped ? [] : Changed.Select(change => $"{change.Rule.Id} | {change.Rule.Category} | {SeverityOf(change.Rule)} | {change.Category} | {change.Severity} | {change.Rule.Title}"));
        return text.ToString();

        void Table(string heading, string head, IEnumerable<string> rows)
        {
            var lines = rows.ToList();
            if (lines.Count > 0)
            {
                text.Append("\n### ").Append(heading).Append("\n\n").Append(head).Append('\n').Append(string.Join('|', head.Split('|').Select(cell => new string('-', cell.Length)))).Append("-\n");
                lines.ForEach(line => text.Append(line).Append('\n'));
            }
        }
    }

    /// <summary>The list of the changelog: each rule leads to its page.</summary>
    public string Changelog() => Lines("- [{0}](docs/rules/{0}.md), {1}{2}\n");

    /// <summary>What the package says of its version.</summary>
    public string Package(string repositoryUrl) =>
        $"{_version}\n\n" + (Lines("- {0}, {1}{2}\n") is { Length: > 0 } lines ? lines + "\n" : "") + $"All changes: {repositoryUrl}/blob/main/CHANGELOG.md\n";

    private string Lines(string format)
    {
        var text = new StringBuilder();
        Section("New rules", New.Select(rule => string.Format(format, rule.Id, rule.Title, Suffix(SeverityOf(rule)))));
        Section("Changed rules", Changed.Select(change => string.Format(format, change.Rule.Id, change.Rule.Title, $": {Word(change.Severity)}, now {Word(SeverityOf(change.Rule))}")));
        Section("Removed rules", Removed.Select(rule => $"- {rule.Id}\n"));
        return text.ToString();

        void Section(string heading, IEnumerable<string> rows)
        {
            var lines = rows.ToList();
            if (lines.Count > 0)
            {
                text.Append(text.Length == 0 ? "" : "\n").Append(heading).Append(":\n\n");
                lines.ForEach(line => text.Append(line));
            }
        }
    }

    private static string Suffix(string severity) => severity == "Warning" ? "" : $" ({Word(severity)})";

    private static string Word(string severity) => severity switch
    {
        "Info" => "suggestion",
        "Disabled" => "off",
        _ => severity.ToLowerInvariant(),
    };

    private static string SeverityOf(DiagnosticDescriptor rule) => rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString() : "Disabled";

    /// <summary>The rule as the versions before this one have it: the last word on it counts.</summary>
    private Shipped? Before(string id) => _shipped.LastOrDefault(row => row.Id == id && row.Release != _version) is { IsRemoved: false } row ? row : null;

    private static List<Shipped> Read(string text)
    {
        var rows = new List<Shipped>();
        var release = "";
        var isRemoved = false;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("## Release ", StringComparison.Ordinal))
            {
                release = line["## Release ".Length..];
            }
            else if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                isRemoved = line == "### Removed Rules";
            }
            else if (line.Split('|', StringSplitOptions.TrimEntries) is [['S', 'L', 'A', ..], _, _, ..] cells)
            {
                rows.Add(new Shipped(release, cells[0], cells[1], cells[2], isRemoved));
            }
        }

        return rows;
    }

    private sealed record Shipped(string Release, string Id, string Category, string Severity, bool IsRemoved);
}
