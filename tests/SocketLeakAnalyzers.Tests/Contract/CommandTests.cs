using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The workflows, and the commands that the documents tell to type, name files of the repository that are there.</summary>
public sealed partial class CommandTests
{
    /// <summary>What a build or a newcomer makes.</summary>
    private static readonly string[] Made = { "artifacts" };

    public static TheoryData<string> Workflows => new(
        Directory.EnumerateFiles(Path.Combine(Product.RepositoryRoot, ".github/workflows"), "*.yml").Select(file => ".github/workflows/" + Path.GetFileName(file)).Order(StringComparer.Ordinal));

    public static TheoryData<string> Documents => new("README.md", ".github/CONTRIBUTING.md", "docs/adding-a-rule.md", "docs/comparison.md", "docs/performance.md", "docs/getting-started.md");

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Workflow_names_what_is_there(string workflow)
    {
        // A comment may show what stands in somebody else's repository.
        var text = string.Join('\n', Product.Read(workflow).Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

        Assert.DoesNotContain(PathsIn(text), IsMissing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Command_of_a_document_names_what_is_there(string document)
    {
        var commands = Command().Matches(Product.Read(document)).Select(match => match.Value).ToList();

        Assert.NotEmpty(commands);
        Assert.DoesNotContain(commands.SelectMany(PathsIn), IsMissing);
    }

    [Theory]
    [InlineData("run: dotnet test tests/Nowhere.Tests", "tests/Nowhere.Tests")]
    [InlineData("run: .ci/walk", ".ci/walk")]
    [InlineData("- dotnet build Nowhere.sln", "Nowhere.sln")]
    public void Path_that_is_not_there_is_known_as_such(string command, string path) => Assert.Equal([path], PathsIn(command).Where(IsMissing));

    private static IEnumerable<string> PathsIn(string text) => RepositoryPath().Matches(text).Select(match => match.Value.TrimEnd('.'));

    private static bool IsMissing(string path)
    {
        var full = Path.Combine(Product.RepositoryRoot, path);
        return !Made.Contains(path.Split('/')[0]) && !File.Exists(full) && !Directory.Exists(full);
    }

    [GeneratedRegex(@"(?<![\w/.$}-])(?:(?:src|tests|docs|artifacts|\.ci)/[\w./-]+|[\w.-]+\.sln\b|global\.json|Directory\.\w+\.(?:props|targets)|CHANGELOG\.md)")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"\bdotnet (?:build|test|run|pack|restore) [^`\n#]*")]
    private static partial Regex Command();
}
