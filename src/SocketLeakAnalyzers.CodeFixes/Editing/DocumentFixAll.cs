using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Fixes all findings of a document in one pass. Edits of one member see each other, innermost finding first (the batch fixer of Roslyn
/// drops edits that overlap); findings of different members are edited together, so a document costs as many semantic models as its
/// richest member has findings.
/// </summary>
internal sealed class DocumentFixAll : DocumentBasedFixAllProvider
{
    public static readonly DocumentFixAll Instance = new();

    private DocumentFixAll()
    {
    }

    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        // `dotnet format` asks without a key where the first finding in sight is not one of the provider's.
        if (fixAllContext.CodeFixProvider is not EditCodeFixProvider provider || (fixAllContext.CodeActionEquivalenceKey is { } key && key != provider.EquivalenceKey))
        {
            return document;
        }

        var cancellationToken = fixAllContext.CancellationToken;
        var pending = new List<Finding>();
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.Location.IsInSource && provider.FixableDiagnosticIds.Contains(diagnostic.Id))
            {
                pending.Add(new Finding(diagnostic.Id, diagnostic.Properties, diagnostic.Location.SourceSpan, EditCodeFixProvider.OtherPlacesOf(diagnostic)));
            }
        }

        pending.Sort(static (a, b) =>
        {
            // In the order of the text, the inner before the outer.
            var order = a.Span.End.CompareTo(b.Span.End);
            return order != 0 ? order : b.Span.Start.CompareTo(a.Span.Start);
        });

        while (pending.Count > 0)
        {
            document = await FixOneOfEachMemberAsync(provider, document, pending, cancellationToken).ConfigureAwait(false);
        }

        return document;
    }

    private static async Task<Document> FixOneOfEachMemberAsync(EditCodeFixProvider provider, Document document, List<Finding> pending, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
        {
            pending.Clear();
            return document;
        }

        var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        var edited = new HashSet<SyntaxNode>();
        var changes = new EditBuilder();
        var rest = new List<Finding>();
        var refused = new List<(Finding Finding, SyntaxNode Member)>();
        foreach (var finding in pending)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!root.FullSpan.Contains(finding.Span))
            {
                continue;
            }

            var member = provider.EditedPart(root.FindNode(finding.Span));
            if (edited.Contains(member))
            {
                rest.Add(finding);
                continue;
            }

            var site = new FixSite(finding.Id, finding.Properties, finding.Span, finding.OtherPlaces, root, text, model, document.Project.AnalyzerOptions, cancellationToken);
            if (provider.Plan(site) is not { } plan)
            {
                refused.Add((finding, member));
                continue;
            }

            if (!changes.TryAdd(plan.Changes))
            {
                rest.Add(finding);
                continue;
            }

            edited.Add(member);
        }

        pending.Clear();
        if (changes.ToChanges() is not { IsEmpty: false } all)
        {
            return document;
        }

        // What stood in the way of one may be gone with the repair of another: a `Close` behind its own.
        foreach (var (finding, member) in refused)
        {
            if (edited.Contains(member))
            {
                rest.Add(finding);
            }
        }

        foreach (var finding in rest)
        {
            if (EditBuilder.Track(finding.Span, all) is { } span)
            {
                var places = ImmutableArray.CreateBuilder<TextSpan>();
                foreach (var place in finding.OtherPlaces)
                {
                    if (EditBuilder.Track(place, all) is { } moved)
                    {
                        places.Add(moved);
                    }
                }

                pending.Add(new Finding(finding.Id, finding.Properties, span, places.ToImmutable()));
            }
        }

        return document.WithText(text.WithChanges(all));
    }

    private sealed class Finding
    {
        public Finding(string id, ImmutableDictionary<string, string?> properties, TextSpan span, ImmutableArray<TextSpan> otherPlaces)
        {
            Id = id;
            Properties = properties;
            Span = span;
            OtherPlaces = otherPlaces;
        }

        public string Id { get; }

        public ImmutableDictionary<string, string?> Properties { get; }

        public TextSpan Span { get; }

        public ImmutableArray<TextSpan> OtherPlaces { get; }
    }
}
