using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The presets of the package are made from the descriptors: each lists the rows that differ from the defaults, and no other.</summary>
public sealed class PresetTests
{
    private const string Folder = "src/SocketLeakAnalyzers.Package/presets";

    private static readonly string[] MinimalRules = { "SLA1001", "SLA1002", "SLA4002" };

    public static TheoryData<string> Modes => new() { "Strict", "Errors", "Minimal", "None" };

    [Theory]
    [MemberData(nameof(Modes))]
    public void Preset_is_that_of_the_descriptors(string mode) => Product.Agrees($"{Folder}/SocketLeakAnalyzers.{mode}.globalconfig", Preset(mode));

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

    private static string Preset(string mode)
    {
        var text = new StringBuilder();
        text.Append("# <SocketLeakAnalyzersMode>").Append(mode).Append("</SocketLeakAnalyzersMode>: the rows that differ from the defaults. A row of yours for the same id wins.\n");
        text.Append("is_global = true\nglobal_level = -1\n\n");
        if (mode == "Strict")
        {
            text.Append("socket_leak.exception_paths = all\n");
        }

        foreach (var rule in Product.Rules)
        {
            if (Severity(mode, rule) is { } severity && severity != Word(rule.DefaultSeverity))
            {
                text.Append("dotnet_diagnostic.").Append(rule.Id).Append(".severity = ").Append(severity).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string? Severity(string mode, DiagnosticDescriptor rule) => mode switch
    {
        "Strict" => "warning",
        "Errors" => rule.DefaultSeverity == DiagnosticSeverity.Warning ? "error" : null,
        "Minimal" => MinimalRules.Contains(rule.Id) ? null : "none",
        _ => "none",
    };

    private static string Word(DiagnosticSeverity severity) => severity == DiagnosticSeverity.Info ? "suggestion" : "warning";
}
