using System.Linq;
using Microsoft.CodeAnalysis.CodeFixes;
using SocketLeakAnalyzers.Tests.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>What every fix has, whatever its edit.</summary>
public sealed class FixContractTests
{
    public static TheoryData<string> Fixes => new(Subject.Fixes.Select(fix => fix.GetType().Name));

    [Theory]
    [MemberData(nameof(Fixes))]
    public void Fix_can_be_applied_to_a_document_a_project_and_a_solution(string name)
    {
        var provider = Subject.Fixes.Single(fix => fix.GetType().Name == name).GetFixAllProvider();

        Assert.NotNull(provider);
        Assert.Superset(new[] { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution }.ToHashSet(), provider.GetSupportedFixAllScopes().ToHashSet());
    }
}
