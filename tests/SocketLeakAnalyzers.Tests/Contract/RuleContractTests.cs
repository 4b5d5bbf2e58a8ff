using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Hosting;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The documents agree with the code: each test reads what the assembly declares and what the repository says of it.</summary>
public sealed class RuleContractTests
{
    private static readonly string[] PageHeadings =
    {
        "## What it reports", "## Why it matters", "## A leak and its repair", "## Known gaps", "## When to suppress it", "## Configuration",
    };

    private static readonly string[] Categories = { "Lifetime", "Timeouts", "Streaming", "AbandonedWork", "Listeners", "Configuration" };

    public static TheoryData<string> RuleIds => new(Product.Rules.Select(rule => rule.Id));

    [Fact]
    public void Assembly_has_rules() => Assert.NotEmpty(Product.Rules);

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Id_and_category_are_of_the_product(string id)
    {
        var rule = Rule(id);

        Assert.Matches("^SLA[0-9]{4}$", id);
        Assert.Contains(rule.Category, Categories);
        Assert.True(rule.IsEnabledByDefault || rule.DefaultSeverity != DiagnosticSeverity.Warning, "a warning is on by default");
    }

    [Fact]
    public void Id_belongs_to_one_descriptor()
    {
        var descriptors =
            from type in typeof(ResourceAnalyzer).Assembly.GetTypes()
            where !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type)
            from rule in ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics
            select rule;

        Assert.All(descriptors.GroupBy(rule => rule.Id), same => Assert.Single(same.Distinct()));
    }

    [Fact]
    public void Analyzer_is_public_and_sealed_and_for_csharp()
    {
        foreach (var type in typeof(ResourceAnalyzer).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type)))
        {
            Assert.True(type is { IsPublic: true, IsSealed: true }, type.FullName);
            Assert.Equal(new[] { LanguageNames.CSharp }, type.GetCustomAttribute<DiagnosticAnalyzerAttribute>()!.Languages);
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Message_has_no_full_stop_and_no_line_break(string id)
    {
        var message = Rule(id).MessageFormat.ToString();

        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
        Assert.False(message.EndsWith('.'), message);
    }

    /// <summary>Words that only somebody who knows the engine understands.</summary>
    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Words_of_a_finding_are_none_of_the_engine(string id)
    {
        var rule = Rule(id);

        foreach (var text in new[] { rule.MessageFormat.ToString(), rule.Title.ToString(), rule.Description.ToString() })
        {
            Assert.DoesNotMatch(new Regex("obligation|transferred|witness|summary|site|lattice|disjunct|escapes|alias|flow|owed|compilation|symbol|operation ", RegexOptions.IgnoreCase), text);
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Help_link_is_the_page_in_the_repository(string id)
    {
        Assert.StartsWith(Product.RepositoryUrl, Rule(id).HelpLinkUri, StringComparison.Ordinal);
        Assert.EndsWith($"/docs/rules/{id}.md", Rule(id).HelpLinkUri, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Page_says_what_the_descriptor_says(string id)
    {
        var rule = Rule(id);
        var page = Product.Read($"docs/rules/{id}.md");

        Assert.StartsWith($"# {id}: {rule.Title}\n", page, StringComparison.Ordinal);
        Assert.Contains($"| {rule.Category} | {rule.DefaultSeverity} |", page, StringComparison.Ordinal);
        Assert.Equal(PageHeadings, page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)));
        var language = rule.Category == "Configuration" ? "(ini|text)" : "csharp";
        Assert.True(Regex.Count(page, $"^```{language}$", RegexOptions.Multiline) >= 2, "a page shows a leak and its repair");
        Assert.DoesNotContain("TODO", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_is_of_a_rule_that_exists()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Product.RepositoryRoot, "docs", "rules"), "SLA*.md").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(Product.Rules.Select(rule => rule.Id), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Release_tracking_lists_every_rule_with_its_category_and_severity()
    {
        var tracked = TrackedRules("AnalyzerReleases.Shipped.md").Concat(TrackedRules("AnalyzerReleases.Unshipped.md"));

        Assert.Equal(
            Product.Rules.Select(rule => (rule.Id, rule.Category, rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString() : "Disabled")),
            tracked.Order());

        static IEnumerable<(string, string, string)> TrackedRules(string file) =>
            from line in Product.Read("src/SocketLeakAnalyzers/" + file).Split('\n')
            let cells = line.Split('|', StringSplitOptions.TrimEntries)
            where cells.Length >= 4 && cells[0].StartsWith("SLA", StringComparison.Ordinal)
            select (cells[0], cells[1], cells[2]);
    }

    [Fact]
    public void Table_of_the_readme_is_that_of_the_descriptors()
    {
        var rows = Product.Rules.Select(rule => $"| [{rule.Id}](docs/rules/{rule.Id}.md) | {rule.Title} | {(rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString() : "Off")} |\n");
        var table = "| Rule | Title | Severity |\n| --- | --- | --- |\n" + string.Concat(rows);

        Product.Agrees("README.md", readme => Regex.Replace(readme, "(?<=<!-- rules:start -->\n).*?(?=<!-- rules:end -->)", table.Replace("$", "$$"), RegexOptions.Singleline));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Head_of_the_page_is_that_of_the_descriptor(string id)
    {
        var rule = Rule(id);

        Product.Agrees($"docs/rules/{id}.md", page => Regex.Replace(Regex.Replace(page.Length > 0 ? page : NewPage.Of(rule), @"\A# .*\n", $"# {id}: {rule.Title}\n".Replace("$", "$$")), @"(?<=\| Category \| Severity \| Fix \|\n\| --- \| --- \| --- \|\n)\| \w+ \| \w+ \|", $"| {rule.Category} | {rule.DefaultSeverity} |"));
    }

    private static DiagnosticDescriptor Rule(string id) => Product.Rules.Single(rule => rule.Id == id);
}
