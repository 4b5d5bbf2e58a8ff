using System;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>What a release says of its rules is made from the descriptors; see <see cref="Product"/>.</summary>
public sealed class ReleaseNotesTests
{
    private const string ShippedFile = "src/SocketLeakAnalyzers/AnalyzerReleases.Shipped.md";

    private const string OneRelease = """
        ; Shipped analyzer releases

        ## Release 1.0.0

        ### New Rules

        Rule ID | Category | Severity | Notes
        --------|----------|----------|-------
        SLA9001 | Lifetime | Warning | Stays
        SLA9002 | Timeouts | Info | Becomes a warning
        SLA9003 | Timeouts | Warning | Goes
        """;

    private static string Version { get; } = XDocument.Parse(Product.Read("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    private static ReleaseNotes OfProduct => new(Version, Product.Rules, Product.Read(ShippedFile));

    private static ReleaseNotes OfExample(string version) => new(version, [Rule("SLA9001"), Rule("SLA9002"), Rule("SLA9004", DiagnosticSeverity.Info)], OneRelease);

    [Fact]
    public void Rows_that_no_release_has_shipped_are_those_of_the_descriptors() => Product.Agrees("src/SocketLeakAnalyzers/AnalyzerReleases.Unshipped.md", OfProduct.Unshipped());

    [Fact]
    public void Notes_of_the_package_are_those_of_the_descriptors() => Product.Agrees("src/SocketLeakAnalyzers.Package/ReleaseNotes.txt", OfProduct.Package(Product.RepositoryUrl));

    [Fact]
    public void Rules_of_the_changelog_are_those_of_the_descriptors()
    {
        var pattern = $@"(?<=^## \[{Regex.Escape(Version)}\][^\n]*\n\n<!-- rules:start -->\n).*?(?=<!-- rules:end -->)";

        Assert.True(Regex.IsMatch(Product.Read("CHANGELOG.md"), pattern, RegexOptions.Singleline | RegexOptions.Multiline), $"the section [{Version}] of CHANGELOG.md begins with the markers rules:start and rules:end");
        Product.Agrees("CHANGELOG.md", changelog => Regex.Replace(changelog, pattern, OfProduct.Changelog().Replace("$", "$$"), RegexOptions.Singleline | RegexOptions.Multiline));
    }

    [Fact]
    public void New_changed_and_removed_rules_are_told_apart()
    {
        var unshipped = OfExample("1.1.0").Unshipped();

        Assert.Contains("### New Rules\n\nRule ID | Category | Severity | Notes\n--------|----------|----------|-------\nSLA9004 | Lifetime | Info | Title of SLA9004\n", unshipped, StringComparison.Ordinal);
        Assert.Contains("### Removed Rules\n\nRule ID | Category | Severity | Notes\n--------|----------|----------|-------\nSLA9003 | Timeouts | Warning | Removed\n", unshipped, StringComparison.Ordinal);
        Assert.EndsWith("SLA9002 | Lifetime | Warning | Timeouts | Info | Title of SLA9002\n", unshipped, StringComparison.Ordinal);
        Assert.DoesNotContain("SLA9001", unshipped, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_of_a_package_tell_what_its_version_changes() => Assert.Equal(
        """
        1.1.0

        New rules:

        - SLA9004, Title of SLA9004 (suggestion)

        Changed rules:

        - SLA9002, Title of SLA9002: suggestion, now warning

        Removed rules:

        - SLA9003

        All changes: https://example.org/blob/main/CHANGELOG.md

        """.ReplaceLineEndings("\n"),
        OfExample("1.1.0").Package("https://example.org"));

    [Fact]
    public void Rules_of_the_version_that_is_being_released_are_still_its_new_ones()
    {
        var notes = new ReleaseNotes("1.0.0", [Rule("SLA9001")], OneRelease);

        Assert.Contains("- SLA9001, Title of SLA9001\n", notes.Package("https://example.org"), StringComparison.Ordinal);
        Assert.DoesNotContain("SLA9001", notes.Unshipped(), StringComparison.Ordinal);
    }

    [Fact]
    public void Version_without_a_change_of_rules_tells_of_none() => Assert.Equal(
        "2.0.0\n\nAll changes: https://example.org/blob/main/CHANGELOG.md\n",
        new ReleaseNotes("2.0.0", [Rule("SLA9001"), Rule("SLA9002", DiagnosticSeverity.Info, "Timeouts"), Rule("SLA9003", category: "Timeouts")], OneRelease).Package("https://example.org"));

    private static DiagnosticDescriptor Rule(string id, DiagnosticSeverity severity = DiagnosticSeverity.Warning, string category = "Lifetime") =>
        new(id, "Title of " + id, "{0}", category, severity, isEnabledByDefault: true);
}
