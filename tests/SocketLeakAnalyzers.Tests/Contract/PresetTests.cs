using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The presets of the package are made from the descriptors: each lists the rows that differ from the defaults, and no other.</summary>
public sealed class PresetTests
{
    private const string Folder = "src/SocketLeakAnalyzers.Package/presets";

    public static TheoryData<string> Modes => new(Presets.Modes);

    [Theory]
    [MemberData(nameof(Modes))]
    public void Preset_is_that_of_the_descriptors(string mode) => Product.Agrees($"{Folder}/SocketLeakAnalyzers.{mode}.globalconfig", Presets.TextOf(mode));

    [Fact]
    public void Default_ships_no_file_and_no_other_preset_exists() => Assert.Equal(
        Modes.Select(mode => $"SocketLeakAnalyzers.{mode.Data}.globalconfig").Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Path.Combine(Product.RepositoryRoot, Folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Modes))]
    public void Targets_and_documentation_know_the_mode(string mode)
    {
        Assert.Contains($">{mode}</_SocketLeakAnalyzersPreset>", Product.Read("src/SocketLeakAnalyzers.Package/build/SocketLeakAnalyzers.targets"), StringComparison.Ordinal);
        Assert.Contains($"| `{mode}` |", Product.Read("docs/configuration.md"), StringComparison.Ordinal);
    }
}
