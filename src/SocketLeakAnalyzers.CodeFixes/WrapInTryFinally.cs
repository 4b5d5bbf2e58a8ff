using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
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
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1001", "SLA1002");

    internal override FixPlan? Plan(FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        if (site.Expression is not { } acquisition
            || ResourceValue.Of(acquisition, site) is not { } value
            || TypeWords.IsTaskLike(value.Type)
            || Holder.Of(value, site) is not { Symbol: ILocalSymbol local } holder
            || s_using.Plan(site) is not null
            || (site.DiagnosticId == "SLA1002" && Paths.SomeHandsOver(site)))
        {
            return null;
        }

        if (InFinally(holder, local, site) is { } plan)
        {
            return plan;
        }

        if (site.DiagnosticId != "SLA1002"
            || Releases.FindEndOfScope(local, holder.Scope, anyClose: true, model, cancellationToken) is not { IsMovable: true } release
            || Lifetime.LocalOutlives(local, OutermostScopeOf(local, holder), model, cancellationToken))
        {
            return null;
        }

        var layout = Layout.Of(site.Text, holder.Statement);
        var statements = holder.Scope.Statements!;
        var first = holder.Scope.Index + 1;
        var last = release.Index - 1;
        if (release.Index <= first)
        {
            return null;
        }

        // What is declared on the way is needed behind it: the rest goes into the try too, if it cannot tell; else it is declared ahead.
        if (holder.Scope.IsDeclaredAndUsedOutside(first, last, model, cancellationToken)
            && !release.MustStayInPlace
            && !holder.Scope.IsDeclaredAndUsedOutside(first, statements.Count - 1, model, cancellationToken))
        {
            last = statements.Count - 1;
        }

        if (!TryWriter.CanWrap(holder.Scope, first, last, withCatch: false, layout, site.Text, model, cancellationToken, out var hoist))
        {
            return null;
        }

        var edit = new EditBuilder();
        edit.Delete(layout.WithLine(release.Statement));
        TryWriter.Wrap(statements[first], statements[last], "finally", new[] { release.Statement.ToString() }, null, hoist, site.Text, edit);
        return edit.ToChanges() is { } changes ? new FixPlan("Release '" + local.Name + "' in a finally", changes) : null;
    }

    /// <summary><c>T x = null; try { x = …; … } finally { … }</c>: the <c>finally</c> is there already.</summary>
    private static FixPlan? InFinally(Holder holder, ILocalSymbol local, FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        TryStatementSyntax? found = null;
        for (var node = holder.Statement.Parent; node is not null && found is null; node = node.Parent)
        {
            switch (node)
            {
                case TryStatementSyntax { Finally: not null } @try when @try.Block.Span.Contains(holder.Statement.Span):
                    found = @try;
                    break;
                case AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax:
                case LocalFunctionStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax:
                    return null;
            }
        }

        var scope = OutermostScopeOf(local, holder);
        if (found is not { Finally.Block: { } block }
            || block.Statements.Count == 0
            || found.Span.Contains(local.DeclaringSyntaxReferences[0].Span)
            || !scope.Span.Contains(found.Span)
            || Lifetime.LocalOutlives(local, scope, model, cancellationToken))
        {
            return null;
        }

        foreach (var use in Lifetime.UsesOf(local, scope, model, cancellationToken))
        {
            if (use.SpanStart > found.Span.End || block.Span.Contains(use.Span))
            {
                return null;
            }
        }

        // Nothing but this acquisition may be in it at the end.
        var edit = new EditBuilder();
        var last = block.Statements[block.Statements.Count - 1];
        var layout = Layout.Of(site.Text, last);
        if (Provenance.MayBeForeign(local, site.Expression, null, model.Compilation, cancellationToken)
            || !DefiniteAssignment.TryEnsure(local, found, site, edit, out _)
            || ReleaseCall.For(local.Name, local.Type, mayBeNull: true, last, model, layout) is not { } release)
        {
            return null;
        }

        foreach (var write in Provenance.WritesOf(local, scope, model, cancellationToken))
        {
            if (write.Parent is not AssignmentExpressionSyntax assignment
                || !(assignment.Parent == holder.Statement || assignment.Right.IsKind(SyntaxKind.NullLiteralExpression)))
            {
                return null;
            }
        }

        edit.Insert(
            layout.IsFirstOnLine ? layout.EndWithComments(last) : last.Span.End,
            layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent + string.Join(layout.EndOfLine + layout.Indent, release) : " " + Layout.InOneLine(release));
        return edit.ToChanges() is { } changes ? new FixPlan("Release '" + local.Name + "' in the finally", changes) : null;
    }

    private static SyntaxNode OutermostScopeOf(ILocalSymbol local, Holder holder)
    {
        var declaration = local.DeclaringSyntaxReferences.IsEmpty ? null : local.DeclaringSyntaxReferences[0].GetSyntax();
        return declaration?.FirstAncestorOrSelf<StatementSyntax>() is { } statement && StatementScope.Of(statement) is { } scope ? scope.Container : holder.Scope.Container;
    }
}
