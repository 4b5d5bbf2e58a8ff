using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Stops the listener ahead of the wait for the work in flight. The stop moves where it stands in the same list of statements as the wait; one in a
/// <c>finally</c>, and a <c>using</c>, stay for the other ways out, as stopping twice does no harm.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MoveStopBeforeDrainCodeFixProvider))]
[Shared]
public sealed class MoveStopBeforeDrainCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA5002");

    internal override FixPlan? Plan(FixSite site)
    {
        if (site.OtherPlaces.IsEmpty
            || !site.Root.FullSpan.Contains(site.OtherPlaces[0])
            || WaitingStatement(site.Root.FindNode(site.Span, getInnermostNodeForTie: true), site.OtherPlaces[0]) is not { } wait)
        {
            return null;
        }

        var edit = new EditBuilder();
        var place = site.Root.FindNode(site.OtherPlaces[0], getInnermostNodeForTie: true);
        var stop = place.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { } statement && IsTheStop(statement, site) ? statement : null;
        if (stop is not null)
        {
            wait = AheadOf(stop, wait);
        }

        var layout = Layout.Of(site.Text, wait);
        if (stop is not null)
        {
            var text = stop.ToString();
            if (StatementScope.Of(stop) is { Statements: not null } scope && scope.Container == StatementScope.Of(wait)?.Container)
            {
                edit.Delete(Layout.Of(site.Text, stop).WithLineAndGap(stop));
            }
            else if (stop.FirstAncestorOrSelf<FinallyClauseSyntax>() is not { Parent: TryStatementSyntax guarded } || !guarded.Block.Span.Contains(wait.Span))
            {
                return null;
            }

            return BlockWriter.TryInsertBefore(wait, new[] { text }, site.Text, layout, edit) && edit.ToChanges() is { } moved
                ? new FixPlan("Stop listening before the wait", moved)
                : null;
        }

        if (UsedListener(place, site) is { } listener && BlockWriter.TryInsertBefore(wait, new[] { listener }, site.Text, layout, edit))
        {
            TakeAway(listener, wait, site, edit);
            return edit.ToChanges() is { } added ? new FixPlan("Stop listening before the wait", added) : null;
        }

        return null;
    }

    /// <summary>The same stop behind the wait, in the same list: it has nothing left to do.</summary>
    private static void TakeAway(string stop, StatementSyntax wait, FixSite site, EditBuilder edit)
    {
        if (StatementScope.Of(wait) is { Statements: { } statements } scope)
        {
            for (var i = scope.Index + 1; i < statements.Count; i++)
            {
                if (statements[i] is ExpressionStatementSyntax statement && statement.ToString() == stop)
                {
                    edit.Delete(Layout.Of(site.Text, statement).WithLineAndGap(statement));
                    break;
                }
            }
        }
    }

    /// <summary>The statement that waits; for one in a loop over the work, or until none is left, the loop.</summary>
    private static StatementSyntax? WaitingStatement(SyntaxNode wait, TextSpan stop)
    {
        var statement = wait.FirstAncestorOrSelf<StatementSyntax>();
        for (var node = statement?.Parent; node is not null and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            switch (node)
            {
                case WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax:
                    statement = (StatementSyntax)node;
                    break;
                case TryStatementSyntax guarded when LoopAround(guarded) is not { } loop || loop.Span.Contains(stop):
                    return statement;
            }
        }

        return statement;
    }

    /// <summary>The loop of which a <c>try</c> is all that each round does first: what one handler throws does not end the wait for the others.</summary>
    private static StatementSyntax? LoopAround(TryStatementSyntax guarded)
    {
        var outer = guarded.Parent is BlockSyntax { Statements: var statements } && statements[0] == guarded ? guarded.Parent.Parent : guarded.Parent;
        return outer is WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax ? (StatementSyntax)outer : null;
    }

    /// <summary>The test that the wait stands under, or the <c>try</c> that begins with it, where the stop follows that in any case.</summary>
    private static StatementSyntax AheadOf(StatementSyntax stop, StatementSyntax wait)
    {
        var container = StatementScope.Of(stop)?.Container;
        if (wait.Parent is BlockSyntax { Parent: TryStatementSyntax guarded } block
            && guarded.Block == block
            && block.Statements[0] == wait
            && StatementScope.Of(guarded)?.Container == container)
        {
            return guarded;
        }

        for (SyntaxNode? node = wait; node is StatementSyntax or ElseClauseSyntax; node = node.Parent)
        {
            if (node is IfStatementSyntax test && StatementScope.Of(test)?.Container == container)
            {
                foreach (var inner in test.DescendantNodes())
                {
                    if (inner is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax)
                    {
                        return wait;
                    }
                }

                return test;
            }

            if (node is not (IfStatementSyntax or BlockSyntax or ElseClauseSyntax) && node != wait)
            {
                break;
            }
        }

        return wait;
    }

    private static bool IsTheStop(ExpressionStatementSyntax statement, FixSite site)
    {
        var expression = statement.Expression is AwaitExpressionSyntax wait ? wait.Expression : statement.Expression;
        return expression.Span.IntersectsWith(site.OtherPlaces[0]) && expression is InvocationExpressionSyntax or ConditionalAccessExpressionSyntax;
    }

    /// <summary>The statement that stops the listener of a <c>using</c>.</summary>
    private static string? UsedListener(SyntaxNode place, FixSite site)
    {
        var declaration = place switch
        {
            LocalDeclarationStatementSyntax local => local.Declaration,
            UsingStatementSyntax { Declaration: { } declared } => declared,
            _ => place.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>()?.Declaration,
        };
        if (declaration is not { Variables: { Count: 1 } variables } || site.Model.GetDeclaredSymbol(variables[0], site.CancellationToken) is not ILocalSymbol listener)
        {
            return null;
        }

        return listener.Type.Name switch
        {
            "TcpListener" => listener.Name + ".Stop();",
            "Socket" => listener.Name + ".Close();",
            "QuicListener" => "await " + listener.Name + ".DisposeAsync()" + Awaits.Configuration(declaration) + ";",
            _ => null,
        };
    }
}
