using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Moves the release at the end of a scope into a <c>finally</c> around what comes before it, where a <c>using</c> cannot be:
/// the variable is assigned again, or what is declared on the way is needed behind the release.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WrapInTryFinallyCodeFixProvider))]
[Shared]
public sealed class WrapInTryFinallyCodeFixProvider : EditCodeFixProvider
{
    private static readonly WrapInUsingCodeFixProvider s_using = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1002");

    internal override FixPlan? Plan(FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        if (site.Expression is not { } acquisition
            || ResourceValue.Of(acquisition, site) is not { } value
            || TypeWords.IsTaskLike(value.Type)
            || Holder.Of(value, site) is not { Symbol: ILocalSymbol local } holder
            || Releases.FindEndOfScope(local, holder.Scope, anyClose: true, model, cancellationToken) is not { IsMovable: true } release
            || s_using.Plan(site) is not null
            || Lifetime.LocalOutlives(local, OutermostScopeOf(local, holder), model, cancellationToken))
        {
            return null;
        }

        var layout = Layout.Of(site.Text, holder.Statement);
        var statements = holder.Scope.Statements!;
        var first = holder.Scope.Index + 1;
        var last = release.Index - 1;
        if (!TryWriter.CanWrap(holder.Scope, first, last, withCatch: false, layout, model, cancellationToken))
        {
            // What is declared on the way is needed behind it: the rest goes into the try too, if it cannot tell.
            if (release.MustStayInPlace || !TryWriter.CanWrap(holder.Scope, first, statements.Count - 1, withCatch: false, layout, model, cancellationToken))
            {
                return null;
            }

            last = statements.Count - 1;
        }

        var edit = new EditBuilder();
        edit.Delete(layout.WithLine(release.Statement));
        TryWriter.Wrap(statements[first], statements[last], "finally", new[] { release.Statement.ToString() }, null, site.Text, edit);
        return edit.ToChanges() is { } changes ? new FixPlan("Release '" + local.Name + "' in a finally", changes) : null;
    }

    private static SyntaxNode OutermostScopeOf(ILocalSymbol local, Holder holder)
    {
        var declaration = local.DeclaringSyntaxReferences.IsEmpty ? null : local.DeclaringSyntaxReferences[0].GetSyntax();
        return declaration?.FirstAncestorOrSelf<StatementSyntax>() is { } statement && StatementScope.Of(statement) is { } scope ? scope.Container : holder.Scope.Container;
    }
}
