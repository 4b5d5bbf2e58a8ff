using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Disposes a resource that is handed over on success when something throws first: <c>try { … } catch { x.Dispose(); throw; }</c> around
/// the statements from the acquisition to the hand-over. The path of success stays as it was.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeOnFailureCodeFixProvider))]
[Shared]
public sealed class DisposeOnFailureCodeFixProvider : EditCodeFixProvider
{
    private static readonly WrapInUsingCodeFixProvider s_using = new();
    private static readonly WrapInTryFinallyCodeFixProvider s_tryFinally = new();

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1002", "SLA1003");

    internal override FixPlan? Plan(FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        if (site.Expression is not { } acquisition
            || ResourceValue.Of(acquisition, site) is not { } value
            || TypeWords.IsTaskLike(value.Type))
        {
            return null;
        }

        if (site.DiagnosticId == "SLA1002" && (s_using.Plan(site) is not null || s_tryFinally.Plan(site) is not null))
        {
            return null;
        }

        var holder = Holder.Of(value, site);
        if (holder is not null && IsCovered(holder, site))
        {
            return null;
        }

        if (holder is not null && InHandlers(holder, site) is { } plan)
        {
            return plan;
        }

        // A leaving place that is a statement is left on purpose, without an exception.
        if (site.DiagnosticId == "SLA1002" && LeavesByStatement(site))
        {
            return null;
        }

        return holder is not null ? Held(holder, site) : Temporary(value, site);
    }

    /// <summary>
    /// The same for a local that is released before it is overwritten, given where it is acquired and all places whose exceptions leave the
    /// method without it; null where one of the places is a statement that leaves.
    /// </summary>
    internal static FixPlan? PlanAround(FixSite site)
    {
        foreach (var place in site.OtherPlaces)
        {
            if (site.Root.FindNode(place, getInnermostNodeForTie: true) is StatementSyntax)
            {
                return null;
            }
        }

        return site.Expression is { } acquisition
            && ResourceValue.Of(acquisition, site) is { } value
            && !TypeWords.IsTaskLike(value.Type)
            && Holder.Of(value, site) is { Symbol: ILocalSymbol } holder
            ? Held(holder, site)
            : null;
    }

    /// <summary>Whether a <c>catch</c> around releases it already: the fix of another acquisition of the same variable has done so.</summary>
    private static bool IsCovered(Holder holder, FixSite site)
    {
        for (SyntaxNode? node = holder.Statement; node is not (null or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax); node = node.Parent)
        {
            if (node.Parent is TryStatementSyntax @try && @try.Block == node && ReleasesOnFailure(@try, holder, site))
            {
                return true;
            }
        }

        // The other branch of a choice: the try stands behind the declaration of both.
        for (var i = holder.Scope.Index + 1; i < holder.Scope.Statements!.Count; i++)
        {
            if (holder.Scope.Statements[i] is TryStatementSyntax behind
                && (site.OtherPlaces.IsEmpty || behind.Block.Span.Contains(site.OtherPlaces[0]))
                && ReleasesOnFailure(behind, holder, site))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ReleasesOnFailure(TryStatementSyntax @try, Holder holder, FixSite site)
    {
        foreach (var clause in @try.Catches)
        {
            foreach (var statement in clause.Block.Statements)
            {
                if (clause.Declaration is null && Releases.IsReleaseOf(holder.Symbol, statement, anyClose: true, site.Model, site.CancellationToken))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A handler on the way that swallows the exception and leaves is given the release.</summary>
    private static FixPlan? InHandlers(Holder holder, FixSite site)
    {
        if (HandlerWriter.Find(holder, site) is not { } @try
            || ReleaseCall.For(holder.Name, holder.Type, holder.MayBeNull, @try, site.Model, Layout.Of(site.Text, @try)) is not { } release)
        {
            return null;
        }

        var edit = new EditBuilder();
        return HandlerWriter.TryWrite(@try, holder, release, site, edit) ? Finish(holder.Name, edit) : null;
    }

    private static FixPlan? Held(Holder holder, FixSite site)
    {
        var model = site.Model;
        var statements = holder.Scope.Statements!;
        var first = holder.Scope.Index + 1;
        int last;
        if (holder.Symbol is ILocalSymbol local)
        {
            if (FromOutside(holder, local, site) is { } outside)
            {
                return outside;
            }

            var escapes = Lifetime.EscapesOf(local, holder.Scope.Container, model, site.CancellationToken);
            last = LastToCover(holder.Scope, first, escapes.Count > 0 ? escapes : GivenAway(local, holder.Scope, first, site), site);
            if (last >= first && ThrowsBehindHandOver(statements, first, last, escapes, site))
            {
                return null;
            }
        }
        else
        {
            // A constructor that throws gives its object, and the fields of it, to nobody.
            if (Lifetime.FunctionOf(holder.Statement) is not ConstructorDeclarationSyntax constructor || !EndsWith(constructor.Body, holder.Scope.Container))
            {
                return null;
            }

            last = statements.Count - 1;
            while (last >= first && IsPlainAssignment(statements[last]) && !holder.Scope.IsDeclaredAndUsedOutside(first, last - 1, model, site.CancellationToken))
            {
                last--;
            }
        }

        if (ReleaseCall.For(holder.Name, holder.Type, holder.MayBeNullIn(first, last), holder.Statement, model, Layout.Of(site.Text, holder.Statement)) is not { } release)
        {
            return null;
        }

        var edit = new EditBuilder();
        return TryCover(holder.Scope, first, last, release, null, site, edit) ? Finish(holder.Name, edit)
            : holder.Symbol is ILocalSymbol given ? AheadOfCall(holder, given, site)
            : null;
    }

    /// <summary>
    /// Whether the end of a block is the end of the constructor: it is its body, or the block of a <c>try</c> that stands last in it, as the fix of another
    /// field has written it.
    /// </summary>
    private static bool EndsWith(BlockSyntax? body, SyntaxNode block)
    {
        while (body is not null && body != block)
        {
            var last = body.Statements.Count - 1;
            while (last >= 0 && IsPlainAssignment(body.Statements[last]))
            {
                last--;
            }

            body = last >= 0 && body.Statements[last] is TryStatementSyntax { Finally: null } @try && RethrowAll(@try) ? @try.Block : null;
        }

        return body is not null;
    }

    private static bool RethrowAll(TryStatementSyntax @try)
    {
        foreach (var clause in @try.Catches)
        {
            if (clause.Block.Statements.LastOrDefault() is not ThrowStatementSyntax { Expression: null })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// <c>T x = null; if (…) { x = …; } … return x;</c>: what is acquired in a block and handed over behind it is covered from that
    /// block on.
    /// </summary>
    private static FixPlan? FromOutside(Holder holder, ILocalSymbol local, FixSite site)
    {
        var model = site.Model;
        if (local.DeclaringSyntaxReferences.Length != 1
            || local.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken).FirstAncestorOrSelf<StatementSyntax>() is not LocalDeclarationStatementSyntax declaration
            || StatementScope.Of(declaration) is not { Statements: { } list }
            || Lifetime.FunctionOf(declaration) != Lifetime.FunctionOf(holder.Statement))
        {
            return null;
        }

        // What is released before it is overwritten is the only one, whatever the round.
        var mayRepeat = site.DiagnosticId == "SLA1004";
        StatementSyntax first = holder.Statement;
        while (!Contains(list, first))
        {
            if ((!mayRepeat && MayRepeatOrHandle(first)) || first.Parent?.FirstAncestorOrSelf<StatementSyntax>() is not { } next)
            {
                return null;
            }

            first = next;
        }

        if (first == holder.Statement
            || (!mayRepeat && MayRepeatOrHandle(first))
            || StatementScope.Of(first) is not { } scope)
        {
            return null;
        }

        var escapes = Lifetime.EscapesOf(local, scope.Container, model, site.CancellationToken);
        foreach (var escape in escapes)
        {
            // Handed over before, or in the block itself: it may be in other hands where something throws.
            if (escape.SpanStart < first.Span.End && !(mayRepeat && escape.Parent is ReturnStatementSyntax))
            {
                return null;
            }
        }

        var edit = new EditBuilder();
        return escapes.Count > 0
            && !Provenance.MayBeForeign(local, site.Expression, null, model.Compilation, site.CancellationToken)
            && DefiniteAssignment.TryEnsure(local, first, site, edit, out _)
            && ReleaseCall.For(local.Name, local.Type, mayBeNull: true, first, model, Layout.Of(site.Text, first)) is { } release
            && TryCover(scope, scope.Index, LastToCover(scope, scope.Index, escapes, site), release, null, site, edit)
            ? Finish(local.Name, edit)
            : null;
    }

    /// <summary>A loop comes back with another one, a handler may go on with or without it; one that only throws on does neither.</summary>
    private static bool MayRepeatOrHandle(StatementSyntax statement) =>
        statement is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
        || (statement is TryStatementSyntax @try && (@try.Finally is not null || !RethrowAll(@try)));

    private static bool Contains(IReadOnlyList<StatementSyntax> list, StatementSyntax statement)
    {
        foreach (var member in list)
        {
            if (member == statement)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A resource that is handed over in the statement that acquires it gets a name first.</summary>
    private static FixPlan? Temporary(ResourceValue value, FixSite site)
    {
        var model = site.Model;
        if (EvaluationOrder.FindPlaceAhead(value.Outer, model, site.CancellationToken) is not StatementSyntax statement
            || StatementScope.Of(statement) is not { Statements: not null } scope
            || value.Type is not { } type)
        {
            return null;
        }

        var name = LocalNames.Choose(type, model, statement.SpanStart, scope.Container);
        if (ReleaseCall.For(name, type, mayBeNull: false, statement, model, Layout.Of(site.Text, statement)) is not { } release)
        {
            return null;
        }

        var escapes = Lifetime.EscapesOf(value.Outer, scope.Container, model, site.CancellationToken);
        var last = escapes.Count > 0 ? LastToCover(scope, scope.Index, escapes, site) : scope.Index;
        var typeText = value.Expression is ImplicitObjectCreationExpressionSyntax
            ? type.WithNullableAnnotation(NullableAnnotation.None).ToMinimalDisplayString(model, statement.SpanStart)
            : "var";
        var edit = new EditBuilder();
        edit.Replace(value.Outer.Span, name);
        return TryCover(scope, scope.Index, last, release, typeText + " " + name + " = " + value.Expression + ";", site, edit) ? Finish(name, edit) : null;
    }

    /// <summary>
    /// The first use behind the leaving place that gives the local to something: what takes it is known to the analyzer, which has
    /// looked into the method.
    /// </summary>
    private static List<SyntaxNode> GivenAway(ILocalSymbol local, StatementScope scope, int first, FixSite site)
    {
        var given = new List<SyntaxNode>();
        var from = site.OtherPlaces.IsEmpty ? 0 : site.OtherPlaces[0].Start;
        for (var i = first; i < scope.Statements!.Count && given.Count == 0; i++)
        {
            if (scope.Statements[i].Span.End <= from)
            {
                continue;
            }

            foreach (var use in Lifetime.UsesOf(local, scope.Statements[i], site.Model, site.CancellationToken))
            {
                if (use.Parent is ArgumentSyntax)
                {
                    given.Add(use);
                }
            }

            // What is used behind the call was only lent to it.
            for (var j = i + 1; j < scope.Statements.Count && given.Count > 0; j++)
            {
                foreach (var _ in Lifetime.UsesOf(local, scope.Statements[j], site.Model, site.CancellationToken))
                {
                    return new List<SyntaxNode>();
                }
            }
        }

        return given;
    }

    /// <summary>
    /// Where a constructor of this code or a member without a body is given the local, which then is its own or nobody knows whose: what throws ahead of
    /// that call, in the same list of statements or in that of a <c>try</c> behind the acquisition, finds it with us alone.
    /// </summary>
    private static FixPlan? AheadOfCall(Holder holder, ILocalSymbol local, FixSite site)
    {
        if (site.DiagnosticId != "SLA1003" || site.OtherPlaces.Length != 1)
        {
            return null;
        }

        var escapes = Lifetime.EscapesOf(local, holder.Scope.Container, site.Model, site.CancellationToken);
        var (scope, first) = (holder.Scope, holder.Scope.Index + 1);
        for (var i = first; i < scope.Statements!.Count; i++)
        {
            var statement = scope.Statements[i];
            if (statement is TryStatementSyntax { Block: { Statements: { Count: > 0 } inside } block } && block.Span.Contains(site.OtherPlaces[0]) && StatementScope.Of(inside[0]) is { } inner)
            {
                (scope, first, i) = (inner, 0, -1);
                continue;
            }

            foreach (var use in Lifetime.UsesOf(local, statement, site.Model, site.CancellationToken))
            {
                if (use.Parent is MemberAccessExpressionSyntax member && member.Expression == use)
                {
                    continue;
                }

                var edit = new EditBuilder();
                return i > first
                    && MayTake(use, site)
                    && !escapes.Exists(escape => escape.SpanStart < statement.SpanStart)
                    && ReleaseCall.For(holder.Name, holder.Type, holder.MayBeNull, scope.Statements[first], site.Model, Layout.Of(site.Text, scope.Statements[first])) is { } release
                    && TryCover(scope, first, i - 1, release, null, site, edit) ? Finish(holder.Name, edit) : null;
            }
        }

        return null;
    }

    private static bool MayTake(IdentifierNameSyntax use, FixSite site) =>
        use.Parent is ArgumentSyntax { Parent.Parent: { } call }
        && site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol is IMethodSymbol method
        && (call is BaseObjectCreationExpressionSyntax ? method.ContainingType.DeclaringSyntaxReferences.Length > 0 : method.IsAbstract);

    /// <summary>The last statement that the <c>try</c> has to cover; less than <paramref name="first"/> where there is none.</summary>
    private static int LastToCover(StatementScope scope, int first, List<SyntaxNode> escapes, FixSite site)
    {
        var statements = scope.Statements!;
        var handOver = -1;
        foreach (var escape in escapes)
        {
            for (var i = first; i < statements.Count; i++)
            {
                if (statements[i].Span.Contains(escape.Span) && (handOver < 0 || i < handOver))
                {
                    handOver = i;
                }
            }
        }

        if (handOver < 0)
        {
            return -1;
        }

        if (statements[handOver] is YieldStatementSyntax)
        {
            // No try with a catch may hold it.
            return handOver - 1;
        }

        // A statement that hands over on one branch only is not the end of it, if another follows that does, or that loses it.
        var furthest = FurthestOf(statements, handOver, escapes, site);
        while (handOver < furthest
            && statements[handOver] is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax)
            && !(statements[handOver] is UsingStatementSyntax @using && escapes.Exists(escape => @using.Span.Contains(escape.Span) && !@using.Statement.Span.Contains(escape.Span))))
        {
            handOver++;
        }

        if (!IsPlainAssignment(statements[handOver]))
        {
            return OrRest(handOver, ThroughLastReturn() ?? ThroughPlainAssignments(handOver));
        }

        return OrRest(handOver - 1, ThroughPlainAssignments(handOver));

        // The rest goes into the try too where that spares a declaration ahead of it.
        int OrRest(int last, int rest) => NeedsRest(last) && !NeedsRest(rest) ? rest : last;

        bool NeedsRest(int last) => last >= first && scope.IsDeclaredAndUsedOutside(first, last, site.Model, site.CancellationToken);

        // Where the method ends by returning it, nobody has it before.
        int? ThroughLastReturn()
        {
            var end = statements[statements.Count - 1];
            return end is ReturnStatementSyntax && escapes.Exists(escape => end.Span.Contains(escape.Span)) ? statements.Count - 1 : null;
        }

        // Storing in a field throws nothing that would find the resource in two hands.
        int ThroughPlainAssignments(int from)
        {
            var last = from;
            while (last + 1 < statements.Count && (IsPlainAssignment(statements[last + 1]) || statements[last + 1] is ReturnStatementSyntax { Expression: null or IdentifierNameSyntax }))
            {
                last++;
            }

            return last;
        }
    }

    /// <summary>The last statement that hands the resource over or loses it.</summary>
    private static int FurthestOf(IReadOnlyList<StatementSyntax> statements, int from, List<SyntaxNode> escapes, FixSite site)
    {
        var leaks = Paths.LeaksOf(site);
        for (var i = statements.Count - 1; i > from; i--)
        {
            var span = statements[i].Span;
            if (leaks is null || escapes.Exists(escape => span.Contains(escape.Span)) || leaks.Exists(leak => span.Contains(leak.Place)))
            {
                return i;
            }
        }

        return from;
    }

    /// <summary>Whether something may throw among the statements when one of them has handed the resource over: the new owner would be left with a disposed one.</summary>
    private static bool ThrowsBehindHandOver(IReadOnlyList<StatementSyntax> statements, int first, int last, List<SyntaxNode> escapes, FixSite site)
    {
        var covered = TextSpan.FromBounds(statements[first].SpanStart, statements[last].Span.End);
        foreach (var escape in escapes)
        {
            var statement = covered.Contains(escape.Span) ? escape.FirstAncestorOrSelf<StatementSyntax>() : null;
            while (statement is not null && covered.Contains(statement.Span) && !OtherBranch.Leaves(statement))
            {
                if (StatementScope.Of(statement) is { Statements: { } list } scope)
                {
                    for (var i = scope.Index + 1; i < list.Count && covered.Contains(list[i].Span); i++)
                    {
                        if (Rows.MayThrow(list[i], site.Model, site.CancellationToken))
                        {
                            return true;
                        }

                        if (OtherBranch.Leaves(list[i]))
                        {
                            statement = null;
                            break;
                        }
                    }
                }

                statement = statement?.Parent?.FirstAncestorOrSelf<StatementSyntax>();
            }
        }

        return false;
    }

    private static bool TryCover(StatementScope scope, int first, int last, string[] release, string? before, FixSite site, EditBuilder edit)
    {
        var statements = scope.Statements!;
        if (last < first || last >= statements.Count)
        {
            return false;
        }

        var layout = Layout.Of(site.Text, statements[first]);
        if (!TryWriter.CanWrap(scope, first, last, withCatch: true, layout, site.Text, site.Model, site.CancellationToken, out var hoist) || IsSwallowed(statements, first, last, site))
        {
            return false;
        }

        TryWriter.Wrap(statements[first], statements[last], "catch", ReleaseCall.Then(release, "throw;"), before, hoist, site.Text, edit);
        return true;
    }

    /// <summary>Whether the exception that loses the resource ends in a handler inside, where a <c>catch</c> around it would not see it.</summary>
    private static bool IsSwallowed(IReadOnlyList<StatementSyntax> statements, int first, int last, FixSite site)
    {
        if (site.OtherPlaces.IsEmpty)
        {
            return false;
        }

        var place = site.Root.FindNode(site.OtherPlaces[0], getInnermostNodeForTie: true);
        var covered = TextSpan.FromBounds(statements[first].SpanStart, statements[last].Span.End);
        foreach (var other in site.OtherPlaces)
        {
            if (!covered.Contains(other))
            {
                return true;
            }
        }

        if (site.DiagnosticId == "SLA1004")
        {
            // Its places are those whose exceptions leave the method.
            return false;
        }

        for (var node = place; node is not null && covered.Contains(node.Span); node = node.Parent)
        {
            if (node is CatchClauseSyntax && LeavesByStatement(site))
            {
                return true;
            }

            if (node.Parent is TryStatementSyntax @try && @try.Block == node)
            {
                foreach (var clause in @try.Catches)
                {
                    if (clause.Block.Statements.LastOrDefault() is not ThrowStatementSyntax)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool LeavesByStatement(FixSite site) =>
        !site.OtherPlaces.IsEmpty
        && site.Root.FullSpan.Contains(site.OtherPlaces[0])
        && site.Root.FindNode(site.OtherPlaces[0], getInnermostNodeForTie: true) is StatementSyntax statement
        && statement is not ThrowStatementSyntax;

    private static bool IsPlainAssignment(StatementSyntax statement) =>
        statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment }
        && EvaluationOrder.IsHarmless(assignment.Left)
        && EvaluationOrder.IsHarmless(assignment.Right);

    private static FixPlan? Finish(string name, EditBuilder edit) =>
        edit.ToChanges() is { } changes ? new FixPlan("Dispose '" + name + "' if an exception is thrown before it is handed over", changes) : null;
}
