using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The global configuration files of the package, made from the descriptors.</summary>
internal static class Presets
{
    private static readonly string[] MinimalRules = { "SLA1001", "SLA1002", "SLA4002" };

    /// <summary>Those that ship a file; <c>Default</c> does not.</summary>
    public static readonly string[] Modes = { "Strict", "Errors", "Minimal", "None" };

    /// <summary>The severity that a rule has in a mode.</summary>
    public static string SeverityIn(string mode, DiagnosticDescriptor rule) => Change(mode, rule) ?? Word(rule.DefaultSeverity);

    /// <summary>The text of the file.</summary>
    public static string TextOf(string mode)
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
            if (Change(mode, rule) is { } severity && severity != Word(rule.DefaultSeverity))
            {
                text.Append("dotnet_diagnostic.").Append(rule.Id).Append(".severity = ").Append(severity).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>What a preset makes of a rule; null: it leaves it alone.</summary>
    private static string? Change(string mode, DiagnosticDescriptor rule) => mode switch
    {
        "Strict" => "warning",
        "Errors" => rule.DefaultSeverity == DiagnosticSeverity.Warning ? "error" : null,
        "Minimal" => MinimalRules.Contains(rule.Id) ? null : "none",
        _ => "none",
    };

    /// <summary>A severity, as the configuration files call it.</summary>
    public static string Word(DiagnosticSeverity severity) => severity == DiagnosticSeverity.Info ? "suggestion" : "warning";
}
