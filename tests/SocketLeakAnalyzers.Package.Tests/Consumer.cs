using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

/// <summary>A diagnostic as a build prints it. A diagnostic of the whole project has no file.</summary>
internal sealed record BuildDiagnostic(string Severity, string Id, string File, int Line, int Column, string Framework)
{
    public override string ToString() => $"{File}({Line},{Column}): {Severity} {Id} [{Framework}]";
}

/// <summary>A finding as the compiler's SARIF log has it, with its whole span.</summary>
internal sealed record LoggedFinding(string Id, string Level, string File, int StartLine, int StartColumn, int EndLine, int EndColumn);

/// <summary>A small project of a user that references the package.</summary>
internal sealed class Consumer
{
    private static readonly Regex DiagnosticLine = new(
        @"^\s*(?<origin>.*?)(\((?<line>\d+),(?<column>\d+)\))?\s*: (?<severity>warning|error) (?<id>[A-Za-z]+\d+): .*?( \[(?<project>[^\[\]]+)\])?\s*$",
        RegexOptions.CultureInvariant);

    private readonly string folder;
    private readonly string version;
    private readonly Dictionary<string, string?> environment;
    private readonly List<LoggedFinding> expected = new();

    public Consumer(string folder, string version, string packagesFolder)
    {
        this.folder = folder;
        this.version = version;
        environment = new() { ["NUGET_PACKAGES"] = packagesFolder };
        Directory.CreateDirectory(folder);
    }

    public string Reference => $"""<PackageReference Include="SocketLeakAnalyzers" Version="{version}" PrivateAssets="all" />""";

    public string Version => version;

    private string Name => Path.GetFileName(folder);

    /// <summary>Writes the project file: what a user would write, and what keeps its build quiet and its restore exact.</summary>
    public Consumer Project(string frameworks, string items, string properties = "")
    {
        var target = frameworks.Contains(';', StringComparison.Ordinal) ? "TargetFrameworks" : "TargetFramework";
        PackedProduct.Write(Path.Combine(folder, Name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <{target}>{frameworks}</{target}>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {items}
              </ItemGroup>
              <PropertyGroup>
                <ErrorLog>$(MSBuildProjectDirectory)/$(TargetFramework).sarif,version=2.1</ErrorLog>
                <NuGetAudit>false</NuGetAudit>
                <CheckEolTargetFramework>false</CheckEolTargetFramework>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
              </PropertyGroup>
              <!-- One patch of the reference assemblies, whichever SDK builds. -->
              <ItemGroup Condition="'$(TargetFramework)' == 'net8.0'">
                <KnownFrameworkReference Update="Microsoft.NETCore.App" TargetingPackVersion="8.0.28" />
              </ItemGroup>
            </Project>
            """);
        return this;
    }

    /// <summary>Writes a file of the project. In C#, <c>[|…|]</c> marks what SLA1001 is expected to stand on.</summary>
    public Consumer File(string name, string text)
    {
        if (!name.EndsWith(".cs", StringComparison.Ordinal))
        {
            PackedProduct.Write(Path.Combine(folder, name), text);
            return this;
        }

        var plain = "";
        var rest = text;
        while (rest.IndexOf("[|", StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = rest.IndexOf("|]", open, StringComparison.Ordinal);
            plain += rest[..open];
            var (startLine, startColumn) = EndOf(plain);
            plain += rest[(open + 2)..close];
            var (endLine, endColumn) = EndOf(plain);
            expected.Add(new LoggedFinding("SLA1001", "warning", name, startLine, startColumn, endLine, endColumn));
            rest = rest[(close + 2)..];
        }

        PackedProduct.Write(Path.Combine(folder, name), plain + rest);
        return this;

        static (int Line, int Column) EndOf(string start) => (start.Count(c => c == '\n') + 1, start.Length - start.LastIndexOf('\n'));
    }

    public string Read(string name) => System.IO.File.ReadAllText(Path.Combine(folder, name));

    public IEnumerable<string> OutputFiles() => Directory.EnumerateFiles(Path.Combine(folder, "bin"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)!);

    public Task<CommandResult> Dotnet(params string[] arguments) => CommandLine.Run(folder, environment, CommandLine.Dotnet, arguments);

    /// <summary>Builds with a restore, and expects the build to end as it should.</summary>
    public Task<ConsumerBuild> Build(bool succeeds = true) => Run(succeeds);

    /// <summary>Builds everything anew, with further arguments.</summary>
    public Task<ConsumerBuild> Rebuild(bool succeeds, params string[] arguments) => Run(succeeds, ["--no-incremental", .. arguments]);

    private async Task<ConsumerBuild> Run(bool succeeds, params string[] arguments)
    {
        var result = await Dotnet(["build", "-nodeReuse:false", "-p:UseSharedCompilation=false", .. arguments]);
        Assert.True((result.ExitCode == 0) == succeeds, $"{Name}: the build ended with {result.ExitCode}:{Environment.NewLine}{result.Output}");
        return new ConsumerBuild(this, result.Output);
    }

    /// <summary>What one build said.</summary>
    internal sealed class ConsumerBuild(Consumer consumer, string output)
    {
        /// <summary>Expects exactly the marked findings, once for each framework, and nothing else of any kind.</summary>
        public void HasTheMarkedFindings(string severity, params string[] frameworks)
        {
            Assert.NotEmpty(consumer.expected);
            Agree(frameworks, consumer.expected, severity);
        }

        /// <summary>Expects a build without a warning of any kind.</summary>
        public void IsClean(params string[] frameworks) => Agree(frameworks, Array.Empty<LoggedFinding>(), "warning");

        /// <summary>What the build prints, each once.</summary>
        public IReadOnlyList<BuildDiagnostic> Diagnostics => [.. Printed()];

        /// <summary>Expects these severities and ids, in the order of ids, each once, wherever they stand.</summary>
        public void Says(params string[] diagnostics)
        {
            var printed = Printed().Where(diagnostic => diagnostic.Id.StartsWith("SLA", StringComparison.Ordinal)).OrderBy(diagnostic => diagnostic.Id, StringComparer.Ordinal).Select(diagnostic => $"{diagnostic.Severity} {diagnostic.Id}");
            Assert.True(
                diagnostics.SequenceEqual(printed),
                $"{consumer.Name}: expected {string.Join(", ", diagnostics)}{Environment.NewLine}in{Environment.NewLine}{output}");
        }

        public void Mentions(string text) => Assert.Contains(text, output, StringComparison.Ordinal);

        private void Agree(string[] frameworks, IReadOnlyList<LoggedFinding> findings, string severity)
        {
            var single = frameworks.Length == 1;
            var expectedLines =
                from framework in frameworks
                from finding in findings
                select new BuildDiagnostic(severity, finding.Id, finding.File, finding.StartLine, finding.StartColumn, single ? "" : framework).ToString();
            var printed = Printed().Select(diagnostic => diagnostic.ToString());
            Assert.True(
                expectedLines.Order(StringComparer.Ordinal).SequenceEqual(printed.Order(StringComparer.Ordinal)),
                $"{consumer.Name}: expected{Environment.NewLine}{string.Join(Environment.NewLine, expectedLines)}{Environment.NewLine}in{Environment.NewLine}{output}");

            foreach (var framework in frameworks)
            {
                Assert.Equal(findings.Select(finding => finding with { Level = severity }), Logged(framework));
            }
        }

        private IEnumerable<BuildDiagnostic> Printed()
        {
            // After its verdict, a build says everything once more.
            foreach (var line in output.Split('\n').TakeWhile(line => !line.StartsWith("Build succeeded.", StringComparison.Ordinal) && !line.StartsWith("Build FAILED.", StringComparison.Ordinal)))
            {
                var match = DiagnosticLine.Match(line);
                if (!match.Success)
                {
                    continue;
                }

                var placed = match.Groups["line"].Success;
                var project = match.Groups["project"].Value;
                var framework = project.LastIndexOf("::TargetFramework=", StringComparison.Ordinal) is >= 0 and var at ? project[(at + "::TargetFramework=".Length)..] : "";
                yield return new BuildDiagnostic(
                    match.Groups["severity"].Value,
                    match.Groups["id"].Value,
                    placed ? Path.GetFileName(match.Groups["origin"].Value) : "",
                    placed ? int.Parse(match.Groups["line"].Value) : 0,
                    placed ? int.Parse(match.Groups["column"].Value) : 0,
                    framework);
            }
        }

        private IReadOnlyList<LoggedFinding> Logged(string framework)
        {
            using var log = JsonDocument.Parse(consumer.Read(framework + ".sarif"));
            var findings =
                from run in log.RootElement.GetProperty("runs").EnumerateArray()
                from result in run.GetProperty("results").EnumerateArray()
                where !result.TryGetProperty("suppressions", out _)
                let level = result.TryGetProperty("level", out var stated) ? stated.GetString()! : "warning"
                where level is "warning" or "error"
                let place = result.GetProperty("locations")[0].GetProperty("physicalLocation")
                let region = place.GetProperty("region")
                let file = place.GetProperty("artifactLocation").GetProperty("uri").GetString()!
                let finding = new LoggedFinding(
                    result.GetProperty("ruleId").GetString()!,
                    level,
                    file[(file.LastIndexOf('/') + 1)..],
                    region.GetProperty("startLine").GetInt32(),
                    region.GetProperty("startColumn").GetInt32(),
                    region.TryGetProperty("endLine", out var endLine) ? endLine.GetInt32() : region.GetProperty("startLine").GetInt32(),
                    region.GetProperty("endColumn").GetInt32())
                orderby finding.File, finding.StartLine, finding.StartColumn
                select finding;
            return findings.ToList();
        }
    }
}
