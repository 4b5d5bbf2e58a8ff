using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Configuration;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>A finding in the code as it is now, for a fix to plan on.</summary>
internal sealed class FixSite
{
    private readonly AnalyzerOptions _options;

    public FixSite(string diagnosticId, ImmutableDictionary<string, string?> properties, TextSpan span, ImmutableArray<TextSpan> otherPlaces, SyntaxNode root, SourceText text, SemanticModel model, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        DiagnosticId = diagnosticId;
        Properties = properties;
        Span = span;
        OtherPlaces = otherPlaces;
        Root = root;
        Text = text;
        Model = model;
        _options = options;
        CancellationToken = cancellationToken;
        Rows.Prepare(model.Compilation, options, root.SyntaxTree);
    }

    /// <summary>The document as it is when some changes have been made to it, for a second edit of the same fix.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="span">What the second edit starts from, in the changed text.</param>
    /// <param name="otherPlaces">The places that it has to do with, in the changed text.</param>
    public FixSite After(ImmutableArray<TextChange> changes, TextSpan span, ImmutableArray<TextSpan> otherPlaces)
    {
        var text = Text.WithChanges(changes);
        var tree = Root.SyntaxTree.WithChangedText(text);
        var model = Model.Compilation.ReplaceSyntaxTree(Root.SyntaxTree, tree).GetSemanticModel(tree);
        return new FixSite(DiagnosticId, Properties, span, otherPlaces, tree.GetRoot(CancellationToken), text, model, _options, CancellationToken);
    }

    /// <summary>Another finding in the same code.</summary>
    public FixSite For(Diagnostic finding) =>
        new(finding.Id, finding.Properties, finding.Location.SourceSpan, EditCodeFixProvider.OtherPlacesOf(finding), Root, Text, Model, _options, CancellationToken);

    /// <summary>The same finding with other places where it leaks.</summary>
    public FixSite At(ImmutableArray<TextSpan> otherPlaces) => new(DiagnosticId, Properties, Span, otherPlaces, Root, Text, Model, _options, CancellationToken);

    /// <summary>The same finding, looked at from another place in the code.</summary>
    public FixSite From(TextSpan span) => new(DiagnosticId, Properties, span, OtherPlaces, Root, Text, Model, _options, CancellationToken);

    /// <summary>What the project of the document is analysed with.</summary>
    public AnalyzerOptions AnalyzerOptions => _options;

    public string DiagnosticId { get; }

    /// <summary>What the rule tells its fix.</summary>
    public ImmutableDictionary<string, string?> Properties { get; }

    public TextSpan Span { get; }

    /// <summary>The additional locations of the diagnostic in this document.</summary>
    public ImmutableArray<TextSpan> OtherPlaces { get; }

    /// <summary>The expression at the first of them: what acquires the resource, where a rule names that.</summary>
    public ExpressionSyntax? OtherExpression => OtherPlaces.IsEmpty || !Root.FullSpan.Contains(OtherPlaces[0])
        ? null
        : Root.FindNode(OtherPlaces[0], getInnermostNodeForTie: true).FirstAncestorOrSelf<ExpressionSyntax>();

    public SyntaxNode Root { get; }

    public SourceText Text { get; }

    public SemanticModel Model { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>What the <c>socket_leak.*</c> options say for this document.</summary>
    public AnalysisOptions Options => OptionReader.Read(OptionTexts.Of(_options.AnalyzerConfigOptionsProvider.GetOptions(Root.SyntaxTree)));

    /// <summary>The expression that the finding stands on; null where it stands on something else.</summary>
    public ExpressionSyntax? Expression => ExpressionAt(Span);

    /// <summary>The expression of just this span; null where there is none.</summary>
    public ExpressionSyntax? ExpressionAt(TextSpan span)
    {
        if (!Root.FullSpan.Contains(span))
        {
            return null;
        }

        // The outermost expression of just this span: an argument's expression, not a part of it.
        ExpressionSyntax? found = null;
        for (var node = Root.FindNode(span, getInnermostNodeForTie: true); node is not null && node.Span == span; node = node.Parent!)
        {
            found ??= node as ExpressionSyntax;
        }

        return found;
    }
}

/// <summary>What a fix would do to a document.</summary>
internal sealed class FixPlan
{
    public FixPlan(string title, ImmutableArray<TextChange> changes)
    {
        Title = title;
        Changes = changes;
    }

    public string Title { get; }

    public ImmutableArray<TextChange> Changes { get; }
}
