using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// A code fix that plans changes to the text of one document, or refuses. All its shapes share one equivalence key, as <c>dotnet
/// format</c> applies only what has the key of the first finding.
/// </summary>
public abstract class EditCodeFixProvider : CodeFixProvider
{
    internal EditCodeFixProvider()
    {
    }

    internal string EquivalenceKey => GetType().Name;

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => DocumentFixAll.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
        {
            return;
        }

        var text = await document.GetTextAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Location.IsInSource)
            {
                continue;
            }

            var site = new FixSite(diagnostic.Id, diagnostic.Properties, diagnostic.Location.SourceSpan, OtherPlacesOf(diagnostic), root, text, model, document.Project.AnalyzerOptions, context.CancellationToken);
            if (Plan(site) is { } plan)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(plan.Title, _ => Task.FromResult(document.WithText(text.WithChanges(plan.Changes))), EquivalenceKey),
                    diagnostic);
            }
        }
    }

    /// <summary>What the fix does about a finding; null where it would be wrong.</summary>
    internal abstract FixPlan? Plan(FixSite site);

    /// <summary>The part of the document that a fix for a finding may look at and change; findings of one part are fixed one after the other.</summary>
    internal virtual SyntaxNode EditedPart(SyntaxNode node) => LocalNames.MemberOf(node);

    internal static ImmutableArray<TextSpan> OtherPlacesOf(Diagnostic diagnostic)
    {
        var places = ImmutableArray.CreateBuilder<TextSpan>(diagnostic.AdditionalLocations.Count);
        foreach (var location in diagnostic.AdditionalLocations)
        {
            if (location.SourceTree == diagnostic.Location.SourceTree)
            {
                places.Add(location.SourceSpan);
            }
        }

        return places.ToImmutable();
    }
}
