using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>No link of the documents leads nowhere: neither to a file that is not there, nor to a heading that a page has not got.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] Folders = { ".github", "docs", "src", "tests" };

    public static TheoryData<string> Documents => new(
        Directory.EnumerateFiles(Product.RepositoryRoot, "*.md")
            .Concat(Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Product.RepositoryRoot, folder), "*.md", SearchOption.AllDirectories)))
            .Select(file => Path.GetRelativePath(Product.RepositoryRoot, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_of_a_document_lead_somewhere(string document) => Assert.Empty(Broken(document, Product.Read(document)));

    [Fact]
    public void Documents_are_found() => Assert.Superset(new HashSet<string> { "README.md", "CHANGELOG.md", ".github/CONTRIBUTING.md", "docs/configuration.md", "docs/rules/SLA1001.md" }, Documents.Select(row => row.Data).ToHashSet());

    [Theory]
    [InlineData("[x](docs/nowhere.md)", "docs/nowhere.md")]
    [InlineData("[x](docs/configuration.md#nothing)", "docs/configuration.md#nothing")]
    [InlineData("[x](#nothing)", "#nothing")]
    [InlineData("[![x](docs/incidents/nowhere.svg)](docs/faq.md)", "docs/incidents/nowhere.svg")]
    [InlineData("[x](../outside.md)", "../outside.md")]
    [InlineData("[x](docs/FAQ.md)", "docs/FAQ.md")]
    public void Link_that_leads_nowhere_is_known_as_such(string text, string link) => Assert.Equal([link], Broken("README.md", text));

    [Theory]
    [InlineData("[x](docs/configuration.md#modes)")]
    [InlineData("[x](docs/comparison.md#side-by-side-without-double-reports)")]
    [InlineData("[x](docs/rules), [y](LICENSE), [z](https://example.org/nowhere.md)")]
    [InlineData("`[x](nowhere.md)`")]
    [InlineData("```\n[x](nowhere.md)\n```\n")]
    [InlineData("## Here and there\n\n[x](#here-and-there)")]
    public void Link_that_leads_somewhere_is_known_as_such(string text) => Assert.Empty(Broken("README.md", text));

    /// <summary>A package manager shows the page of the package on a site of its own.</summary>
    [Fact]
    public void Page_of_the_package_has_no_relative_link() =>
        Assert.DoesNotContain(LinksOf(Product.Read("src/SocketLeakAnalyzers.Package/README.md")), link => !link.Contains("://", StringComparison.Ordinal));

    private static List<string> Broken(string document, string text) => [.. LinksOf(text).Where(link => !link.Contains(':', StringComparison.Ordinal) && !LeadsSomewhere(document, text, link))];

    private static IEnumerable<string> LinksOf(string text) => Link().Matches(Code().Replace(text, "")).Select(match => match.Groups[1].Value);

    private static bool LeadsSomewhere(string document, string text, string link)
    {
        var parts = link.Split('#', 2);
        var target = document;
        if (parts[0].Length > 0)
        {
            var full = Path.GetFullPath(Path.Combine(Product.RepositoryRoot, Path.GetDirectoryName(document)!, Uri.UnescapeDataString(parts[0])));
            target = Path.GetRelativePath(Product.RepositoryRoot, full).Replace('\\', '/');
            if (target.StartsWith("..", StringComparison.Ordinal) || !Exists(target))
            {
                return false;
            }
        }

        return parts.Length == 1 || Anchors(target == document ? text : Product.Read(target)).Contains(parts[1]);
    }

    /// <summary>Whether there is a file or folder of just that name: on some systems upper and lower case are one, on the server they are not.</summary>
    private static bool Exists(string path)
    {
        var folder = Product.RepositoryRoot;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "."))
        {
            if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry) == name))
            {
                return false;
            }

            folder = Path.Combine(folder, name);
        }

        return true;
    }

    /// <summary>What the headings of a page can be reached by.</summary>
    private static HashSet<string> Anchors(string text) =>
        [.. Heading().Matches(Fence().Replace(text, "")).Select(match => NotOfAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^ *```.*?^ *```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotOfAnchor();
}
