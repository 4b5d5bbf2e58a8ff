using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The rule, the fix and the tests that the page on adding a rule shows compile against the product as it is.</summary>
public sealed partial class NewRuleExampleTests
{
    [Fact]
    public void Example_of_the_page_compiles() => Assert.Empty(Errors(Blocks()));

    [Fact]
    public void Example_has_a_test_a_rule_and_a_fix()
    {
        var blocks = Blocks();

        Assert.Equal(3, blocks.Count);
        Assert.Contains("[Fact]", blocks[0], StringComparison.Ordinal);
        Assert.Contains(": EditCodeFixProvider", blocks[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Example_that_is_out_of_date_is_known_as_such() =>
        Assert.NotEmpty(Errors(Blocks().Select(block => block.Replace("networkObject.Settings", "networkObject.Timeouts", StringComparison.Ordinal))));

    private static List<string> Blocks() => [.. Block().Matches(Product.Read("docs/adding-a-rule.md")).Select(match => match.Groups[1].Value)];

    private static IEnumerable<Diagnostic> Errors(IEnumerable<string> files)
    {
        // Under the name of the assembly of these tests, which the product lets look inside.
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Concat([typeof(UseAnalyzer).Assembly.Location, typeof(WrapInUsingCodeFixProvider).Assembly.Location])
            .Where(file => Path.GetFileNameWithoutExtension(file) != typeof(NewRuleExampleTests).Assembly.GetName().Name)
            .DistinctBy(Path.GetFileName);
        return CSharpCompilation.Create(
                typeof(NewRuleExampleTests).Assembly.GetName().Name,
                files.Select(file => CSharpSyntaxTree.ParseText(file)),
                assemblies.Select(file => MetadataReference.CreateFromFile(file)),
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    [GeneratedRegex("^   ```csharp\n(.*?)^   ```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
