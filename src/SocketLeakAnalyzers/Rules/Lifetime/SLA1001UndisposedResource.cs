using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1001: a resource that no path releases or hands over.
/// </summary>
internal static class SLA1001UndisposedResource
{
    public const string Id = "SLA1001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Undisposed socket, stream or response",
        messageFormat: "'{0}' ({1}) is not disposed on any path",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A socket, stream or unbuffered response that is never disposed keeps its connection and its file descriptor until the garbage collector happens to run.",
        helpLinkUri: RuleHelp.LinkTo(Id));
}
