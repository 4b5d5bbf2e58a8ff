using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
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
/// Known gaps: a variable that a lambda or local function shares, and an argument to a method of the same compilation, are not
/// followed; such a resource is not reported.
/// </para>
/// </summary>
internal static class SLA1001UndisposedResource
{
    public const string Id = "SLA1001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Undisposed socket, stream or response",
        messageFormat: "{0} is not disposed on any path; it is lost {1}",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A socket, stream or unbuffered response that is never disposed keeps its connection and its file descriptor until the garbage collector happens to run.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic that is due for a site; null when none is.</summary>
    public static Diagnostic? Check(SiteResult result)
    {
        var outcome = result.Outcome;
        if (outcome.IsReleased || outcome.IsTransferred || outcome.IsUnknown || !IsInScope(result.Kind) || FirstLeak(outcome) is not { } leak)
        {
            return null;
        }

        return Diagnostic.Create(
            Descriptor,
            result.Site.Syntax.GetLocation(),
            new[] { LeakWords.Place(leak, result.Body) },
            LeakWords.Subject(result.Site),
            LeakWords.Path(leak, result.Body));
    }

    private static bool IsInScope(ResourceKind kind) => kind is not (ResourceKind.Http or ResourceKind.Listener or ResourceKind.Writer);

    /// <summary>The plain way out says most; an exception only where there is no other.</summary>
    private static Leak? FirstLeak(SiteOutcome outcome)
    {
        Leak? first = null;
        foreach (var leak in outcome.Leaks)
        {
            if (leak.Kind == LeakKind.Overwritten)
            {
                return null;
            }

            if (first is null || (first.Kind == LeakKind.Exception && leak.Kind != LeakKind.Exception))
            {
                first = leak;
            }
        }

        return first;
    }
}
