using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1004: a variable, field or property that still holds an unreleased resource is overwritten.
/// <para>
/// Each reconnect, or each round of a retry loop, loses the connection before it.
/// </para>
/// <example><c>for (…) { socket = new Socket(…); try { socket.Connect(end); break; } catch (SocketException) { } }</c></example>
/// <para>
/// Known gaps: elements of arrays and dictionaries are not followed.
/// </para>
/// </summary>
internal static class SLA1004OverwrittenWhileOwed
{
    public const string Id = "SLA1004";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Overwritten while it holds an undisposed resource",
        messageFormat: "{0} is overwritten while the {1} that it holds has not been {2}",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A variable, field or property that still holds an undisposed resource is given another value: a reconnect or a retry loses one connection each time.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic for a site whose finding falls under this rule.</summary>
    public static Diagnostic Report(SiteResult result, Leak leak) => Diagnostic.Create(
        Descriptor,
        leak.Operation!.Syntax.GetLocation(),
        PlacesOf(result, leak),
        LeakWords.OverwrittenPlace(leak),
        LeakWords.TypeName(Acquisitions.TypeOf(result.Site)),
        LeakWords.ReleasedWord(Acquisitions.TypeOf(result.Site)));

    /// <summary>The diagnostic for a field or property that is filled again.</summary>
    public static Diagnostic Report(MemberOverwrite overwrite) => Diagnostic.Create(
        Descriptor,
        overwrite.Leak.Operation!.Syntax.GetLocation(),
        new[] { overwrite.Acquisition.GetLocation() },
        LeakWords.OverwrittenPlace(overwrite.Leak),
        LeakWords.TypeName(overwrite.Type),
        LeakWords.ReleasedWord(overwrite.Type));

    /// <summary>Where it was acquired, and then where else it is lost: this finding stands for all of it.</summary>
    private static IEnumerable<Location> PlacesOf(SiteResult result, Leak shown)
    {
        yield return result.Site.Syntax.GetLocation();
        foreach (var leak in result.Outcome.Leaks)
        {
            // What throws while the new value is made comes before the old one is overwritten, and a release ahead of the assignment is for it too.
            if (leak.Kind != LeakKind.Overwritten && !(leak.Operation is { } operation && shown.Operation!.Syntax.Contains(operation.Syntax)))
            {
                yield return LeakWords.WayOut(leak, result.Body);
            }
        }
    }
}
