using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>The section on configuration of a rule's page, made from its descriptor, the presets and what is known of the options that bear on it.</summary>
internal static class PageConfiguration
{
    public const string ExceptionPaths = "socket_leak.exception_paths";
    public const string AdditionalTypes = "socket_leak.additional_resource_types";
    public const string ExcludedTypes = "socket_leak.excluded_resource_types";
    public const string Seconds = "socket_leak.default_timeout_seconds";

    /// <summary>Along the ways out of a method.</summary>
    private static readonly string[] FollowsPaths = { "SLA1002", "SLA1003", "SLA1004", "SLA3001", "SLA5001" };

    /// <summary>Resources of any kind.</summary>
    private static readonly string[] FollowsResources = { "SLA1001", "SLA1002", "SLA1003", "SLA1004", "SLA1005" };

    /// <summary>Asks what kind of resource a type is, or follows resources of some kinds.</summary>
    private static readonly string[] AsksForKinds = { "SLA1006", "SLA2001", "SLA2004", "SLA2006", "SLA2007", "SLA3001", "SLA4001", "SLA4003", "SLA5001", "SLA5002" };

    /// <summary>The fix inserts a number of seconds.</summary>
    private static readonly string[] InsertsSeconds = { "SLA1006", "SLA2001", "SLA2002", "SLA2003", "SLA2004", "SLA2005", "SLA2006", "SLA2007", "SLA4001", "SLA4003" };

    /// <summary>The options that change what the rule reports, or what its fix writes.</summary>
    public static IEnumerable<string> OptionsOf(string id)
    {
        if (FollowsPaths.Contains(id))
        {
            yield return ExceptionPaths;
        }

        if (FollowsResources.Contains(id))
        {
            yield return AdditionalTypes;
        }

        if (FollowsResources.Contains(id) || AsksForKinds.Contains(id))
        {
            yield return ExcludedTypes;
        }

        if (InsertsSeconds.Contains(id))
        {
            yield return Seconds;
        }
    }

    public static string Of(DiagnosticDescriptor rule)
    {
        var severity = Presets.Word(rule.DefaultSeverity);
        var text = new StringBuilder("| setting | default | |\n| --- | --- | --- |\n");
        Row($"dotnet_diagnostic.{rule.Id}.severity", $"`{severity}`", "`error`, `warning`, `suggestion`, `silent` or `none`" + (rule.Id is "SLA0002" or "SLA0003" ? ", in a `.globalconfig`: the finding stands in a text file, for which no section of an `.editorconfig` holds" : ", for a folder, a project or everything"));
        Row("SocketLeakAnalyzersMode", "`Default`", string.Join(", ", Presets.Modes.Select(mode => $"`{mode}`: {Presets.SeverityIn(mode, rule)}")));
        foreach (var option in OptionsOf(rule.Id))
        {
            switch (option)
            {
                case ExceptionPaths:
                    Row(option, "`credible`", "which exceptions make a way out on which something can be lost: `none`, `credible` or `all`");
                    break;
                case AdditionalTypes:
                    Row(option, "none", "types of yours, or of a package, that are followed too");
                    break;
                case ExcludedTypes:
                    Row(option, "none", "types that are not followed");
                    break;
                case Seconds:
                    Row(option, rule.Id is "SLA1006" or "SLA2001" ? "100" : "30", "the number of seconds that the fix writes");
                    break;
            }
        }

        text.Append("\n[Configuration](../configuration.md) tells where these are set");
        text.Append(FollowsResources.Contains(rule.Id) ? "; [rows of your own](../ownership-model.md) say what your methods do with a resource.\n" : ".\n");
        return text.ToString();

        void Row(string key, string @default, string effect) => text.Append($"| `{key}` | {@default} | {effect} |\n");
    }
}
