using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Asks the compiler whether an edit leaves a member as sound as it was: for edits that resolve another overload, add an <c>await</c> or
/// a declaration. It answers for the configuration and the framework that the document is compiled for.
/// </summary>
internal static class CompilerCheck
{
    public static bool AddsNoError(ImmutableArray<TextChange> changes, SyntaxNode member, FixSite site)
    {
        var tree = site.Root.SyntaxTree;
        if (EditBuilder.Track(member.FullSpan, changes) is not { } span)
        {
            return false;
        }

        var changed = tree.WithChangedText(site.Text.WithChanges(changes));
        var compilation = site.Model.Compilation.ReplaceSyntaxTree(tree, changed);
        return CountErrors(compilation.GetSemanticModel(changed), span, site.CancellationToken) <= CountErrors(site.Model, member.FullSpan, site.CancellationToken);
    }

    private static int CountErrors(SemanticModel model, TextSpan span, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var diagnostic in model.GetDiagnostics(span, cancellationToken))
        {
            if (diagnostic.Severity == DiagnosticSeverity.Error && !diagnostic.IsWarningAsError)
            {
                count++;
            }
        }

        return count;
    }
}
