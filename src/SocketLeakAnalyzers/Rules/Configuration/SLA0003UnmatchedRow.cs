using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Rules.Configuration;

/// <summary>
/// SLA0003: a row of a <c>SocketLeak.*.txt</c> file that names no type or member of the compilation, or a parameter that no overload has.
/// <para>The name is misspelt, the API has changed, or the file serves several projects and this one does not use it.</para>
/// <example><c>M:Ours.Pool.Retrun(*): releases connection</c></example>
/// </summary>
internal static class SLA0003UnmatchedRow
{
    public const string Id = "SLA0003";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Ownership row that names nothing",
        messageFormat: "this row has no effect: neither the project nor what it references has '{0}'{1}",
        RuleCategory.Configuration,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A row of a SocketLeak.*.txt file names no type or member that the project can use.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static Diagnostic Create(OwnershipRow row) =>
        Diagnostic.Create(Descriptor, row.Path is null ? Location.None : Location.Create(row.Path, row.Span, row.Lines), row.Id, row.Id.StartsWith("M:", System.StringComparison.Ordinal) ? " with the parameters that the row names" : "");
}
