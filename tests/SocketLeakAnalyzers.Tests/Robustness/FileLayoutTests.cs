using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>What is found does not depend on how the types are spread over files: most tests have theirs in one, most projects have each in its own.</summary>
public sealed class FileLayoutTests
{
    [Fact]
    public async Task Findings_are_the_same_with_each_type_in_a_file_of_its_own()
    {
        // A directive holds from the first type on.
        var together = Snippets.AsOneCodeBase(Subject.SnippetsOfTheRepository).Where(file => !file.Contains("#pragma", StringComparison.Ordinal)).ToList();

        var expected = await FindAsync(together);

        Assert.True(expected.Count > 500);
        Assert.Equal(expected, await FindAsync(together.SelectMany(Split)));
    }

    /// <summary>Each type of the namespace in a file.</summary>
    private static IEnumerable<string> Split(string file)
    {
        var root = CSharpSyntaxTree.ParseText(file).GetCompilationUnitRoot();
        var space = (NamespaceDeclarationSyntax)root.Members[0];
        return space.Members.Select(member => root.ReplaceNode(space, space.WithMembers(SyntaxFactory.SingletonList(member))).ToFullString());
    }

    private static async Task<List<string>> FindAsync(IEnumerable<string> files)
    {
        var thrown = new ConcurrentQueue<string>();
        var found = await Subject.Run(Subject.Compile(files), thrown).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(thrown);

        // SLA3002 follows a wait into a helper in the same file only, as its page says.
        return [.. found.Where(finding => finding.Id != "SLA3002").Select(Describe).Order(StringComparer.Ordinal)];
    }

    private static string Describe(Diagnostic finding)
    {
        var tree = finding.Location.SourceTree!;
        var space = tree.GetRoot().FindNode(finding.Location.SourceSpan).FirstAncestorOrSelf<NamespaceDeclarationSyntax>();
        return $"{space?.Name} {finding.Id} {tree.GetText().ToString(finding.Location.SourceSpan)}";
    }
}
