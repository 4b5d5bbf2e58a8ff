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
    private static readonly Dictionary<string, string?> NoVariables = new();

    /// <summary>The sample marks each line that leaks with a comment that names the rule.</summary>
    [Fact]
    public async Task First_command_of_the_readme_shows_every_leak_of_the_sample_and_dotnet_format_repairs_them()
    {
        var sample = Path.Combine(product.Sources, "docs", "samples", "LeakyMonitor");
        var marked = (
            from file in Directory.EnumerateFiles(sample, "*.cs")
            from line in File.ReadAllLines(file).Select((text, index) => (Text: text, Number: index + 1))
            let comment = Regex.Match(line.Text, @"// (SLA\d{4})")
            where comment.Success
            select $"{Path.GetFileName(file)}({line.Number}) {comment.Groups[1].Value}").ToList();
        Assert.NotEmpty(marked);
        Assert.Contains("\ndotnet build docs/samples/LeakyMonitor\n", File.ReadAllText(Path.Combine(PackedProduct.RepositoryRoot, "README.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);

        var first = await Dotnet("build docs/samples/LeakyMonitor");
        await Dotnet("format analyzers docs/samples/LeakyMonitor --diagnostics SLA1001");
        var second = await Dotnet("build docs/samples/LeakyMonitor");

        Assert.Equal(marked.Order(StringComparer.Ordinal), Warnings(first));
        Assert.Empty(Warnings(second));
    }

    private static IEnumerable<string> Warnings(CommandResult build) => Regex.Matches(build.Output, @"([^\\/\n]+)\((\d+),\d+\): warning ([A-Z]+\d+): ")
        .Select(warning => $"{warning.Groups[1].Value}({warning.Groups[2].Value}) {warning.Groups[3].Value}")
        .Distinct()
        .Order(StringComparer.Ordinal);

    private async Task<CommandResult> Dotnet(string arguments) =>
        (await CommandLine.Run(product.Sources, NoVariables, CommandLine.Dotnet, arguments.Split(' '))).MustSucceed();
}
