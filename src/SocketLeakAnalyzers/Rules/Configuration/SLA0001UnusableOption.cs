using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Configuration;

namespace SocketLeakAnalyzers.Rules.Configuration;

/// <summary>
/// SLA0001: an option with a value that cannot be read, or a key that is no option.
/// <para>Its default holds instead, so that the analysis does something else than its author believes.</para>
/// <example><c>socket_leak.exception_paths = everything</c></example>
/// <para>
/// Known gaps: the compiler gives no place in the .editorconfig, so that the warning stands at the start of the first file for which
/// the line holds. A line in a section that holds for no source file is not seen.
/// </para>
/// </summary>
internal static class SLA0001UnusableOption
{
    public const string Id = "SLA0001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Option that has no effect",
        messageFormat: "the option '{0}' {1}",
        RuleCategory.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An option of SocketLeakAnalyzers has a value that cannot be read, or is misspelt; its default is used.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static Diagnostic Create(SyntaxTree tree, OptionProblem problem) =>
        Diagnostic.Create(Descriptor, Location.Create(tree, new TextSpan(0, 0)), problem.Key, problem.Explanation);
}
