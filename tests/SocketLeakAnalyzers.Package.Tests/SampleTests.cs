using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

public sealed class SampleTests(PackedProduct product)
{
    /// <summary>The sample marks each line that leaks with a comment that names the rule.</summary>
    [Fact]
    public async Task First_command_of_the_readme_shows_a_warning_for_every_leak_of_the_sample()
    {
        var sample = Path.Combine(product.Sources, "docs", "samples", "LeakyMonitor");
        var expected =
            from file in Directory.EnumerateFiles(sample, "*.cs")
            from line in File.ReadAllLines(file).Select((text, index) => (Text: text, Number: index + 1))
            let comment = Regex.Match(line.Text, @"// (SLA\d{4})")
            where comment.Success
            select $"{Path.GetFileName(file)}({line.Number}) {comment.Groups[1].Value}";

        var build = await CommandLine.Run(product.Sources, new Dictionary<string, string?>(), CommandLine.Dotnet, "build", "docs/samples/LeakyMonitor");

        var warnings =
            from Match warning in Regex.Matches(build.MustSucceed().Output, @"([^\\/\n]+)\((\d+),\d+\): warning (SLA\d{4}): ")
            select $"{warning.Groups[1].Value}({warning.Groups[2].Value}) {warning.Groups[3].Value}";
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Order(StringComparer.Ordinal), warnings.Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("dotnet build docs/samples/LeakyMonitor", File.ReadAllText(Path.Combine(PackedProduct.RepositoryRoot, "README.md")), StringComparison.Ordinal);
    }
}
