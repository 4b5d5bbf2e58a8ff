using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Disposes a resource that one path hands over where another leaves early: <c>x.Dispose();</c> ahead of the <c>return</c>, <c>continue</c> or
/// <c>break</c>, as no scope may end its life. What exceptions lose as well is disposed in a <c>catch</c>. The paths are looked at anew after each step:
/// it is offered only where nothing is lost behind it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeBeforeLeavingCodeFixProvider))]
[Shared]
public sealed class DisposeBeforeLeavingCodeFixProvider : EditCodeFixProvider
{
    private const int MaxSteps = 8;

    private static readonly WrapInUsingCodeFixProvider s_using = new();
    private static readonly WrapInTryFinallyCodeFixProvider s_tryFinally = new();
    private static readonly DisposeOnFailureCodeFixProvider s_onFailure = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1002", "SLA5001");

    internal override FixPlan? Plan(FixSite site)
    {
        if (site.DiagnosticId == "SLA5001")
        {
            // A listener that no path hands over is stopped in a finally.
            if (CloseInFinallyCodeFixProvider.MakingOf(site) is not { } making || !Paths.SomeHandsOver(site = site.From(making.Span)))
            {
                return null;
            }
        }

        if (HolderOf(site) is not { } holder
            || (site.DiagnosticId == "SLA1002" && (s_using.Plan(site) is not null || s_tryFinally.Plan(site) is not null || s_onFailure.Plan(site) is not null)))
        {
            return null;
        }

        var current = site;
        for (var step = 0; step < MaxSteps; step++)
        {
            if (Paths.LeaksOf(current) is not { } leaks)
            {
                return null;
            }

            if (leaks.Count == 0)
            {
                return step > 0 ? new FixPlan((site.DiagnosticId == "SLA5001" ? "Stop '" : "Dispose '") + holder.Name + "' where it is not handed over", current.Text.GetTextChanges(site.Text).ToImmutableArray()) : null;
            }

            if (Next(current, leaks) is not { } changes || EditBuilder.Track(current.Span, changes) is not { } span)
            {
                return null;
            }

            current = current.After(changes, span, ImmutableArray<TextSpan>.Empty);
        }

        return null;
    }

    private static Holder? HolderOf(FixSite site) =>
        site.Expression is { } acquisition
        && ResourceValue.Of(acquisition, site) is { } value
        && !TypeWords.IsTaskLike(value.Type)
        && Holder.Of(value, site) is { Symbol: ILocalSymbol, Statement: LocalDeclarationStatementSyntax } holder
            ? holder
            : null;

    private static ImmutableArray<TextChange>? Next(FixSite site, List<(Leak Leak, TextSpan Place)> leaks)
    {
        if (HolderOf(site) is not { } holder)
        {
            return null;
        }

        var local = (ILocalSymbol)holder.Symbol;
        var escapes = EscapesOf(local, holder, site);
        var statements = new List<StatementSyntax>();
        var isLostAtEnd = false;
        var failures = ImmutableArray.CreateBuilder<TextSpan>();
        foreach (var (leak, place) in leaks)
        {
            switch (leak.Kind)
            {
                case LeakKind.Return when site.Root.FindNode(place, getInnermostNodeForTie: true) is ReturnStatementSyntax statement && statement.Span == place:
                    statements.Add(statement);
                    break;
                case LeakKind.Return when site.Root.FindNode(place, getInnermostNodeForTie: true) is not StatementSyntax or BlockSyntax:
                    isLostAtEnd = true;
                    break;
                case LeakKind.NextRound:
                    var before = statements.Count;
                    statements.AddRange(NextRounds(holder, site));
                    isLostAtEnd |= statements.Count == before;
                    break;
                case LeakKind.Exception:
                    failures.Add(place);
                    break;
                default:
                    return null;
            }
        }

        if (statements.Count == 0 && !isLostAtEnd)
        {
            return DisposeOnFailureCodeFixProvider.PlanAround(site.At(failures.ToImmutable()))?.Changes;
        }

        foreach (var _ in Provenance.WritesOf(local, LocalNames.MemberOf(holder.Statement), site.Model, site.CancellationToken))
        {
            return null;
        }

        var edit = new EditBuilder();
        if (statements.Count == 0)
        {
            return OtherBranch.TryRelease(holder, escapes, site, edit) ? edit.ToChanges() : null;
        }

        var isReleased = new HashSet<StatementSyntax>();
        foreach (var statement in statements)
        {
            if (!isReleased.Add(statement))
            {
                continue;
            }

            var layout = Layout.Of(site.Text, statement);
            if (!IsOwedAt(statement, holder, escapes, site)
                || !CanComeAhead(statement, site)
                || ReleaseCall.For(holder.Name, holder.Type, holder.MayBeNull, statement, site.Model, layout) is not { } release
                || !BlockWriter.TryInsertBefore(statement, release, site.Text, layout, edit))
            {
                return null;
            }
        }

        return edit.ToChanges();
    }

    /// <summary>The statements that go on with the loop in whose body the resource is acquired, and do so without a release.</summary>
    private static IEnumerable<StatementSyntax> NextRounds(Holder holder, FixSite site)
    {
        foreach (var node in holder.Scope.Container.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            if (node is ContinueStatementSyntax jump
                && jump.SpanStart > holder.Statement.Span.End
                && LoopOf(jump)?.Span.Contains(holder.Statement.Span) == true
                && !IsReleasedAhead(jump, holder, site.Model, site.CancellationToken))
            {
                yield return jump;
            }
        }
    }

    private static SyntaxNode? LoopOf(SyntaxNode node)
    {
        while (node.Parent is { } parent)
        {
            if (parent is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                return parent;
            }

            node = parent;
        }

        return null;
    }

    private static bool IsReleasedAhead(StatementSyntax jump, Holder holder, SemanticModel model, CancellationToken cancellationToken)
    {
        for (SyntaxNode? node = jump; node is StatementSyntax statement && node != holder.Scope.Container; node = node.Parent)
        {
            if (StatementScope.Of(statement) is { Statements: { } list } scope)
            {
                for (var i = 0; i < scope.Index; i++)
                {
                    if (Releases.IsReleaseOf(holder.Symbol, list[i], anyClose: true, model, cancellationToken))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Whether nobody else can have the resource where the statement leaves: it is given away behind it only, and in no loop that both stand in.</summary>
    private static bool IsOwedAt(StatementSyntax statement, Holder holder, List<SyntaxNode> escapes, FixSite site)
    {
        if (Lifetime.FunctionOf(statement) != Lifetime.FunctionOf(holder.Statement))
        {
            return false;
        }

        var outermost = statement.Span;
        for (var node = statement.Parent; node is not null && node != holder.Scope.Container; node = node.Parent)
        {
            if (node is FinallyClauseSyntax)
            {
                return false;
            }

            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                outermost = node.Span;
            }
        }

        foreach (var escape in escapes)
        {
            // What is returned with it does not come to the statement any more.
            if (escape.SpanStart < outermost.End
                && !(escape.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax && Lifetime.FunctionOf(escape) == Lifetime.FunctionOf(statement))
                && !IsRefusedAhead(escape, outermost, site))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>if (pool.TryAdd(x)) return …;</c>: what comes behind it has not been taken.</summary>
    private static bool IsRefusedAhead(SyntaxNode escape, TextSpan statement, FixSite site)
    {
        if (escape.FirstAncestorOrSelf<StatementSyntax>() is not IfStatementSyntax { Else: null } branch
            || !branch.Condition.Span.Contains(escape.Span)
            || !Ownership.IsTaking(branch.Condition, site.Model, site.CancellationToken, out var isNegated))
        {
            return false;
        }

        return isNegated ? branch.Statement.Span.Contains(statement) : branch.Span.End <= statement.Start && OtherBranch.Leaves(branch.Statement);
    }

    /// <summary>
    /// The places where the local may get to where it outlives its scope. Where only the analyzer has seen it handed over, in the body of a method, these are
    /// all the calls that are given it.
    /// </summary>
    private static List<SyntaxNode> EscapesOf(ILocalSymbol local, Holder holder, FixSite site)
    {
        var escapes = Lifetime.EscapesOf(local, holder.Scope.Container, site.Model, site.CancellationToken);
        if (escapes.Count == 0)
        {
            foreach (var use in Lifetime.UsesOf(local, holder.Scope.Container, site.Model, site.CancellationToken))
            {
                if (use.Parent is ArgumentSyntax)
                {
                    escapes.Add(use);
                }
            }
        }

        return escapes;
    }

    /// <summary>Whether what a <c>return</c> gives back is the same when the resource is disposed ahead of it: nothing in it may rest on the resource.</summary>
    private static bool CanComeAhead(StatementSyntax statement, FixSite site)
    {
        if (statement is not ReturnStatementSyntax { Expression: { } result })
        {
            return true;
        }

        foreach (var node in result.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax or QueryExpressionSyntax:
                    return false;
                case IdentifierNameSyntax name when site.Model.GetSymbolInfo(name, site.CancellationToken).Symbol is ILocalSymbol { Type: var type } && !IsPlain(type):
                    return false;
                case InvocationExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } call
                    when site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol is IMethodSymbol { IsStatic: false }:
                case IdentifierNameSyntax or MemberAccessExpressionSyntax when site.Model.GetSymbolInfo(node, site.CancellationToken).Symbol is IMethodSymbol { MethodKind: MethodKind.LocalFunction }:
                    return false;
            }
        }

        return true;
    }

    private static bool IsPlain(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_String or (>= SpecialType.System_Boolean and <= SpecialType.System_Double)
        || type is { TypeKind: TypeKind.Enum } or IArrayTypeSymbol { ElementType.SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_Double };
}
