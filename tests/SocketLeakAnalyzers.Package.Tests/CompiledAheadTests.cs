using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

/// <summary>
/// The analyzer as it is compiled ahead of time: a build takes it where it fits the runtime that runs the compiler, and the one for all elsewhere.
/// That it finds the same is what all the other builds of these tests show, which take it where it fits.
/// </summary>
public sealed class CompiledAheadTests(PackedProduct product)
{
    private const string ForAll = "analyzers/dotnet/cs/SocketLeakAnalyzers.dll";
    private const string ForLinux = "tools/net10.0/linux-x64/SocketLeakAnalyzers.dll";

    // The fixture's SDK is 10 or newer (global.json).
    private static string ForThis => OperatingSystem.IsLinux() && RuntimeInformation.RuntimeIdentifier == "linux-x64" ? ForLinux : ForAll;

    [Fact]
    public async Task A_build_takes_the_one_for_its_runtime() => Assert.Equal([ForThis], await Taken("Ahead"));

    [Theory]
    [InlineData("SocketLeakAnalyzersCompiledAhead", "false")]
    [InlineData("DesignTimeBuild", "true")]
    [InlineData("NETCoreSdkPortableRuntimeIdentifier", "haiku-x64")]
    [InlineData("NETCoreSdkPortableRuntimeIdentifier", "")]
    [InlineData("BundledNETCoreAppTargetFrameworkVersion", "9.0")]
    [InlineData("BundledNETCoreAppTargetFrameworkVersion", "")]
    public async Task Any_other_takes_the_one_for_all(string property, string value) =>
        Assert.Equal([ForAll], await Taken("ForAll" + property + value.Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), $"{property}={value}"));

    [Fact]
    public async Task A_project_that_takes_the_analyzer_out_gets_none() => Assert.Empty(await Taken("TakenOut", targets: """
        <Project>
          <Target Name="TakeOut" AfterTargets="ResolveLockFileAnalyzers">
            <ItemGroup>
              <Analyzer Remove="@(Analyzer)" Condition="'%(Filename)' == 'SocketLeakAnalyzers'" />
            </ItemGroup>
          </Target>
        </Project>
        """));

    [Fact]
    public void It_is_the_same_assembly_with_code_for_one_processor()
    {
        using var package = ZipFile.OpenRead(product.PackageFile);
        var (plainModule, plainHasCode, _) = Read(package.GetEntry(ForAll)!);
        var (module, hasCode, size) = Read(package.GetEntry(ForLinux)!);

        Assert.Equal(plainModule, module);
        Assert.False(plainHasCode);
        Assert.True(hasCode);

        // As many instructions as there are methods, not a few stubs: what the compiler ahead of time cannot resolve it leaves out in silence.
        Assert.True(size > 2 * package.GetEntry(ForAll)!.Length, $"{size} bytes");
    }

    private static (Guid Module, bool HasCode, long Size) Read(ZipArchiveEntry entry)
    {
        using var stream = new MemoryStream();
        using (var packed = entry.Open())
        {
            packed.CopyTo(stream);
        }

        stream.Position = 0;
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, entry.Length);
    }

    /// <summary>The analyzers of ours, without their fixes, that a build gives to the compiler, as paths in the package.</summary>
    private async Task<IReadOnlyList<string>> Taken(string name, string? property = null, string targets = "<Project />")
    {
        var consumer = product.NewConsumer(name);
        consumer.Project("net8.0", consumer.Reference).File("Empty.cs", "namespace Users { }" + Environment.NewLine).File("Directory.Build.targets", targets);

        var result = await consumer.Dotnet(["build", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-t:Build", "-getItem:Analyzer", property is null ? "" : "-p:" + property]);
        result.MustSucceed();
        using var items = JsonDocument.Parse(result.Output[result.Output.IndexOf('{', StringComparison.Ordinal)..]);
        return
        [
            .. items.RootElement.GetProperty("Items").GetProperty("Analyzer").EnumerateArray()
                .Select(item => item.GetProperty("FullPath").GetString()!.Replace('\\', '/'))
                .Where(path => path.EndsWith("/SocketLeakAnalyzers.dll", StringComparison.Ordinal))
                .Select(path => path[(path.IndexOf('/' + product.Version + '/', StringComparison.Ordinal) + product.Version.Length + 2)..]),
        ];
    }
}
