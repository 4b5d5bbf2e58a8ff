using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.Rules.Listeners;

/// <summary>
/// SLA5001: a listener that is started and not stopped on every way out of the method that runs it.
/// <para>
/// The port stays bound: the kernel goes on completing handshakes for clients that nobody will ever serve, and the next start fails with
/// "address already in use".
/// </para>
/// <example><c>listener.Start(); while (!token.IsCancellationRequested) { using var client = await listener.AcceptTcpClientAsync(token); … } listener.Stop();</c></example>
/// <para>
/// Known gaps: a listener that a helper starts; one that is restarted after it was stopped.
/// </para>
/// </summary>
internal static class SLA5001ListenerNotStopped
{
    public const string Id = "SLA5001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Listener not stopped on every way out",
        messageFormat: "{0} is not stopped {1}",
        RuleCategory.Listeners,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The code starts to listen, and leaves by a return, a branch or an exception with the port still bound.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic for a listener that its own method starts; null when none is due, or when the success path hands it over (SLA1003).</summary>
    public static Diagnostic? Check(SiteResult result)
    {
        var listening = result.Listening;
        var start = listening?.StartedAt;
        if (start is null && result is { Kind: ResourceKind.Listener, Site.Type: { } type } && !HasToBeStarted(type))
        {
            listening = result.Outcome;
            start = result.Site;
        }

        if (listening is null || start is null)
        {
            return null;
        }

        var finding = LifetimeFinding.Of(listening);
        return finding.Case is LifetimeCase.NeverReleased or LifetimeCase.SomePath
            ? Diagnostic.Create(
                Descriptor,
                start.Syntax.GetLocation(),
                new[] { LeakWords.Place(finding.Leak, result.Body) },
                LeakWords.Subject(result.Site),
                LeakWords.Path(finding.Leak, result.Body))
            : null;
    }

    /// <summary>Whether making one is not yet listening; what a factory gives (<c>QuicListener.ListenAsync</c>) listens at once.</summary>
    private static bool HasToBeStarted(ITypeSymbol type)
    {
        for (var current = ListenerType(type); current is not null; current = current.BaseType)
        {
            if (!current.GetMembers("Start").IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private static ITypeSymbol? ListenerType(ITypeSymbol type) =>
        Semantics.SymbolWords.IsTaskLike(type) && type is INamedTypeSymbol { TypeArguments: { Length: 1 } arguments } ? arguments[0] : type;
}
