using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>The same findings, with all that belongs to them, on every run; over the snippets of all tests, in one code base.</summary>
public sealed class DeterminismTests
{
    private static readonly Lazy<IReadOnlyList<string>> s_files = new(() => [.. Snippets.AsOneCodeBase(Subject.SnippetsOfTheRepository.Where((_, i) => i % 4 == 0))]);

    private static readonly Lazy<Task<List<string>>> s_expected = new(() => Subject.FindAsync(Subject.Compile(s_files.Value)));

    [Fact]
    public async Task Code_base_of_the_snippets_has_findings_of_most_rules()
    {
        var rules = (await s_expected.Value).Select(text => text.Split("Warning ", 2)[^1].Split("Info ", 2)[^1].Split(':')[0]).Distinct().Where(id => id.StartsWith("SLA", StringComparison.Ordinal)).ToList();

        Assert.True(rules.Count >= 18, string.Join(' ', rules));
    }

    [Fact]
    public async Task Findings_are_the_same_on_one_thread_and_on_all()
    {
        var expected = await s_expected.Value;

        Same(expected, await FindAsync(Subject.Compile(s_files.Value), concurrent: true));
        Same(expected, await FindAsync(Subject.Compile(s_files.Value), concurrent: false));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Findings_are_the_same_in_whatever_order_the_files_come(int seed)
    {
        var compilation = Subject.Compile(s_files.Value);
        var trees = seed == 0 ? compilation.SyntaxTrees.Reverse() : new SplitMix64((ulong)seed).Shuffled(compilation.SyntaxTrees);

        Same(await s_expected.Value, await FindAsync(compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees), concurrent: seed == 1));
    }

    [Fact]
    public async Task Findings_are_the_same_when_an_IDE_asks_file_by_file()
    {
        var compilation = Subject.Compile(s_files.Value);
        var found = new List<Diagnostic>();
        var run = Subject.Run(compilation, new());
        foreach (var tree in new SplitMix64(7).Shuffled(compilation.SyntaxTrees))
        {
            found.AddRange(await run.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), filterSpan: null, TestContext.Current.CancellationToken));
        }

        Same(await s_expected.Value, FindingText.Of(found));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Findings_of_code_that_calls_in_circles_over_files_are_the_same_in_whatever_order_the_files_come(int seed)
    {
        var files = CodeThatCalls.Write(new SplitMix64((ulong)seed), files: 12, methods: 6);
        var compilation = Subject.Compile(files);
        var expected = await FindAsync(compilation, concurrent: false);

        Assert.NotEmpty(expected);
        for (var order = 1; order <= 6; order++)
        {
            var trees = new SplitMix64((ulong)(seed * 100 + order)).Shuffled(compilation.SyntaxTrees);
            Same(expected, await FindAsync(compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees), concurrent: order % 2 == 0));
        }
    }

    [Fact]
    public async Task Long_chain_of_wrappers_in_one_method_is_understood_the_same_whoever_has_asked_before()
    {
        const int Length = 40;
        var chain = "class Chain { static void Open() { var s0 = System.IO.File.OpenRead(\"f\");\n"
            + string.Concat(Enumerable.Range(0, Length).Select(i => $"var s{i + 1} = Wrappers.W{i}(s{i});\n")) + $"s{Length}.ReadByte(); }} }}";
        var wrappers = "static class Wrappers {\n" + string.Concat(Enumerable.Range(0, Length).Select(i => $"public static Stream W{i}(Stream s) {{ return new BufferedStream(s); }}\n")) + "}";
        var users = "class Users {\n" + string.Concat(Enumerable.Range(0, Length).Select(i => $"static void U{i}() {{ using var s = Wrappers.W{i}(System.IO.File.OpenRead(\"f\")); s.ReadByte(); }}\n")) + "}";
        var chainTree = Subject.Tree("Chain.cs", chain);
        var usersTree = Subject.Tree("Users.cs", users);
        var first = Subject.Compile().AddSyntaxTrees(Subject.Tree("Wrappers.cs", wrappers), chainTree, usersTree);
        var second = Subject.Compile().AddSyntaxTrees(Subject.Tree("Wrappers.cs", wrappers), usersTree, chainTree);

        Same(await FindAsync(first, concurrent: false), await FindAsync(second, concurrent: false));
    }

    private static Task<List<string>> FindAsync(Compilation compilation, bool concurrent) => Subject.FindAsync(compilation, concurrent, TestContext.Current.CancellationToken);

    private static void Same(List<string> expected, List<string> actual) => Assert.Empty(FindingText.Difference(expected, actual));
}
