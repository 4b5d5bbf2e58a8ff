using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Rules.Configuration;

/// <summary>
/// SLA0002: a row of a <c>SocketLeak.*.txt</c> file that cannot be read.
/// <para>It says nothing to the analysis; the other rows of the file hold.</para>
/// <example><c>M:Ours.Pool.Return(*): release connection</c></example>
/// </summary>
internal static class SLA0002UnreadableRow
{
    public const string Id = "SLA0002";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Ownership row that cannot be read",
        messageFormat: "this row has no effect: {0}",
        RuleCategory.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A row of a SocketLeak.*.txt file cannot be read and has no effect; the other rows hold.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static Diagnostic Create(OwnershipRowError error) => Diagnostic.Create(Descriptor, error.ToLocation(), error.Message);
}
