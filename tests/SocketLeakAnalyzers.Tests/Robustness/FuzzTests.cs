using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>The short form of the benchmark's <c>fuzz</c>: analyzers and fixes on code that nobody would write, and on code that is being typed.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_throws_on_mutated_code(int part)
    {
        const int Cases = 40;
        using var fuzzer = new Fuzzer(Subject.SnippetsOfTheRepository, Subject.References, Subject.Analyzers, Subject.Fixes);
        var wrong = new List<string>();
        for (var i = part * Cases; i < (part + 1) * Cases; i++)
        {
            wrong.AddRange((await fuzzer.RunAsync((ulong)i)).Select(text => $"case {i}: {text}"));
        }

        Assert.Empty(wrong);
        Assert.True(fuzzer.Findings > 0, "the mutations leave nothing to find");
    }

    [Fact]
    public void Snippets_of_the_repository_are_many() => Assert.True(Subject.SnippetsOfTheRepository.Count > 1_000);
}
