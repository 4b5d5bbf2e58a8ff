using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1002: a resource that some path releases or hands over, and that another path leaves behind.
/// <para>
/// The test run takes the path that closes; production takes the one that does not: the peer that resets, the page that is not found.
/// </para>
/// <example><c>var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead); response.EnsureSuccessStatusCode(); … response.Dispose();</c></example>
/// <para>
/// Known gaps: an exception counts where it is credible (network and file I/O, awaits of it, explicit throws); see <c>socket_leak.exception_paths</c>.
/// </para>
/// </summary>
internal static class SLA1002NotDisposedOnAllPaths
{
    public const string Id = "SLA1002";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Not disposed on all paths",
        messageFormat: "{0} is not {2} {1}",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Some paths dispose the resource or hand it over, and another leaves without: an early return, a branch, or an exception that the network really throws.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic for a site whose finding falls under this rule.</summary>
    public static Diagnostic Report(SiteResult result, Leak leak) => Diagnostic.Create(
        Descriptor,
        result.Site.Syntax.GetLocation(),
        new[] { LeakWords.Place(leak, result.Body) },
        LeakWords.Owed(result.Site),
        LeakWords.Path(leak, result.Body, result.Site.Syntax.GetLocation()),
        LeakWords.ReleasedWord(Acquisitions.TypeOf(result.Site)));
}
