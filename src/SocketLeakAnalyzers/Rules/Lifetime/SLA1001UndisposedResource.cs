using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1001: a resource that no path releases or hands over.
/// <para>
/// Its connection and its descriptor stay until the garbage collector happens to run: a process that does not allocate much
/// runs out of descriptors first, and a peer's <c>CLOSE-WAIT</c> grows.
/// </para>
/// <example><c>var client = new TcpClient(host, port); client.GetStream().Write(bytes);</c></example>
/// <para>
/// Known gaps: what an unknown member is given is not followed; such a resource is not reported.
/// </para>
/// </summary>
internal static class SLA1001UndisposedResource
{
    public const string Id = "SLA1001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Undisposed socket, stream or response",
        messageFormat: "{0} is not {2} on any path; it is lost {1}",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A socket, stream or unbuffered response that is never disposed keeps its connection and its file descriptor until the garbage collector happens to run.",
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
