using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>What the pages of the rules say of settings and of the outages is so.</summary>
public sealed partial class PageConfigurationTests
{
    /// <summary>Whatever the examples of the pages are about.</summary>
    private const string EveryType =
        "System.Net.Sockets.Socket, System.Net.Sockets.TcpClient, System.Net.Sockets.TcpListener, System.Net.HttpListenerContext, System.Net.Http.HttpClient, System.Net.Http.HttpResponseMessage, System.IO.Stream";

    public static TheoryData<string> RuleIds => new(Product.Rules.Select(rule => rule.Id));

    public static TheoryData<string> RuleIdsWithExamples => PageExampleTests.RuleIds;

    public static TheoryData<string> Incidents => new(
        Directory.EnumerateFiles(Path.Combine(Product.RepositoryRoot, "docs/incidents"), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Configuration_of_the_page_is_that_of_the_rule(string id)
    {
        var rule = Product.Rules.Single(rule => rule.Id == id);

        Product.Agrees($"docs/rules/{id}.md", page => Regex.Replace(page, @"(?<=\n## Configuration\n\n).*\z", PageConfiguration.Of(rule).Replace("$", "$$"), RegexOptions.Singleline));
    }

    [Theory]
    [MemberData(nameof(RuleIdsWithExamples))]
    public async Task Excluded_types_silence_the_rules_whose_pages_say_so(string id) =>
        Assert.Equal(PageConfiguration.OptionsOf(id).Contains(PageConfiguration.ExcludedTypes), await IsSilent(id, $"{PageConfiguration.ExcludedTypes} = {EveryType}"));

    [Theory]
    [MemberData(nameof(RuleIdsWithExamples))]
    public async Task Exceptions_that_do_not_count_silence_the_rules_whose_pages_say_so(string id) =>
        Assert.Equal(PageConfiguration.OptionsOf(id).Contains(PageConfiguration.ExceptionPaths), await IsSilent(id, $"{PageConfiguration.ExceptionPaths} = none"));

    [Fact]
    public void Every_option_is_on_a_page_and_on_the_page_about_configuration()
    {
        var options = Product.Rules.SelectMany(rule => PageConfiguration.OptionsOf(rule.Id)).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(OptionRow().Matches(Product.Read("docs/configuration.md")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal), options);
    }

    /// <summary>The rules that a page on an outage says it was found by lead back to one of the outages, and show how it went.</summary>
    [Theory]
    [MemberData(nameof(Incidents))]
    public void Rules_that_find_an_outage_show_its_picture(string incident)
    {
        var found = FoundBy().Matches(Product.Read($"docs/incidents/{incident}.md")).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(found);
        foreach (var id in found)
        {
            var why = Product.Read($"docs/rules/{id}.md").Split("\n## Why it matters\n")[1].Split("\n## ")[0];
            var pictures = Picture().Matches(why);
            Assert.NotEmpty(pictures);
            Assert.All(pictures, picture => Assert.Equal(picture.Groups[1].Value, picture.Groups[2].Value));
        }
    }

    private static async Task<bool> IsSilent(string id, string option) => (await PageExampleTests.Lines(id, PageExampleTests.Leak(id), option)).Count == 0;

    [GeneratedRegex(@"^\| `(socket_leak\.\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"^- line .*\]\(\.\./rules/(SLA\d{4})\.md\)", RegexOptions.Multiline)]
    private static partial Regex FoundBy();

    [GeneratedRegex(@"^\[!\[[^\]]+\]\(\.\./incidents/([\w-]+)\.svg\)\]\(\.\./incidents/([\w-]+)\.md\)$", RegexOptions.Multiline)]
    private static partial Regex Picture();
}
