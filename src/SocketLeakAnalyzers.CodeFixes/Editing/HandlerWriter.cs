using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Releases a local in the handlers of a <c>try</c> that stands between its acquisition and its hand-over: a handler that swallows the
/// exception and leaves would lose it, and a <c>catch</c> around would not see it.
/// </summary>
internal static class HandlerWriter
{
    /// <summary>The <c>try</c> that the leaving place is in, where all its handlers leave the scope of the local, and nothing else can lose it.</summary>
    public static TryStatementSyntax? Find(Holder holder, FixSite site)
    {
        if (site.OtherPlaces.IsEmpty || holder.Symbol is not ILocalSymbol local || holder.Scope.Statements is not { } statements || !site.Root.FullSpan.Contains(site.OtherPlaces[0]))
        {
            return null;
        }

        TryStatementSyntax? found = null;
        for (var i = holder.Scope.Index + 1; i < statements.Count; i++)
        {
            if (statements[i] is TryStatementSyntax { Catches.Count: > 0 } candidate && candidate.Span.Contains(site.OtherPlaces[0]))
            {
                found = candidate;
                break;
            }

            // What comes before the try must not be able to lose it.
            if (!CannotLose(statements[i], local, site))
            {
                return null;
            }
        }

        if (found is null || found.Finally?.Span.Contains(site.OtherPlaces[0]) == true || IsInInnerTry(found, site.OtherPlaces[0], site.Root))
        {
            return null;
        }

        foreach (var write in Provenance.WritesOf(local, found, site.Model, site.CancellationToken))
        {
            return null;
        }

        foreach (var escape in Lifetime.EscapesOf(local, holder.Scope.Container, site.Model, site.CancellationToken))
        {
            if (!IsLastInTry(escape, found, site))
            {
                return null;
            }
        }

        return found;
    }

    /// <summary>Writes the release as the first statement of every handler, and a handler for what none of them catches. False where one of them uses the local.</summary>
    public static bool TryWrite(TryStatementSyntax @try, Holder holder, string[] release, FixSite site, EditBuilder edit)
    {
        var swallows = false;
        var isGeneral = false;
        var needsRelease = new List<CatchClauseSyntax>();
        foreach (var clause in @try.Catches)
        {
            isGeneral |= clause.Filter is null && IsGeneral(clause, site.Model);
            var isUsed = false;
            var isReleased = false;
            foreach (var statement in clause.Block.Statements)
            {
                isReleased |= Releases.IsReleaseOf(holder.Symbol, statement, anyClose: true, site.Model, site.CancellationToken);
            }

            foreach (var _ in Lifetime.UsesOf(holder.Symbol, clause, site.Model, site.CancellationToken))
            {
                isUsed = true;
            }

            if (isReleased)
            {
                continue;
            }

            if (isUsed || !LeavesScope(clause.Block, @try, holder, site.Model))
            {
                return false;
            }

            swallows |= clause.Block.Statements.LastOrDefault() is not ThrowStatementSyntax { Expression: null };
            needsRelease.Add(clause);
        }

        // Where all of them release it, what none of them catches is still to come.
        if (!swallows && (isGeneral || needsRelease.Count > 0))
        {
            return false;
        }

        foreach (var clause in needsRelease)
        {
            if (clause.Block.Statements.FirstOrDefault() is { } first
                ? !BlockWriter.TryInsertBefore(first, release, site.Text, Layout.Of(site.Text, first), edit)
                : !TryFill(clause.Block, release, Layout.Of(site.Text, @try), site.Text, edit))
            {
                return false;
            }
        }

        if (!isGeneral)
        {
            var layout = Layout.Of(site.Text, @try);
            var last = @try.Catches[@try.Catches.Count - 1];
            var lines = new List<string>(release) { "throw;" };
            if (layout.IsFirstOnLine && !layout.IsOnOneLine(last.Span))
            {
                var inner = layout.EndOfLine + layout.Indent + layout.Unit;
                edit.Insert(
                    last.Span.End,
                    (layout.BracesOnOwnLine ? layout.EndOfLine + layout.Indent : " ") + "catch" + layout.OpenBrace(layout.Indent) + inner + string.Join(inner, lines) + layout.EndOfLine + layout.Indent + "}");
            }
            else
            {
                edit.Insert(last.Span.End, " catch { " + Layout.InOneLine(lines.ToArray()) + " }");
            }
        }

        return true;
    }

    /// <summary>Writes the release behind the comments of a handler that does nothing. False where it stands on the line of its brace.</summary>
    private static bool TryFill(BlockSyntax block, string[] release, Layout layout, SourceText text, EditBuilder edit)
    {
        var close = text.Lines.GetLineFromPosition(block.CloseBraceToken.SpanStart);
        var indent = Layout.IndentAt(text, block.CloseBraceToken.SpanStart);
        if (close.Start + indent.Length != block.CloseBraceToken.SpanStart || block.OpenBraceToken.SpanStart >= close.Start)
        {
            return false;
        }

        var inner = indent + layout.Unit;
        edit.Insert(close.Start, inner + string.Join(layout.EndOfLine + inner, release) + layout.EndOfLine);
        return true;
    }

    private static bool IsGeneral(CatchClauseSyntax clause, SemanticModel model) =>
        clause.Declaration is not { } declaration
        || model.GetTypeInfo(declaration.Type).Type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static bool CannotLose(StatementSyntax statement, ILocalSymbol local, FixSite site)
    {
        switch (statement)
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration:
                foreach (var variable in declaration.Declaration.Variables)
                {
                    if (variable.Initializer is { } initializer && !EvaluationOrder.IsHarmless(initializer.Value))
                    {
                        return false;
                    }
                }

                return true;
            case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment }:
                return EvaluationOrder.IsHarmless(assignment.Left) && EvaluationOrder.IsHarmless(assignment.Right)
                    && !SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(assignment.Right, site.CancellationToken).Symbol, local)
                    && !SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(assignment.Left, site.CancellationToken).Symbol, local);
            default:
                return false;
        }
    }

    /// <summary>Another <c>try</c> inside may catch first, and not throw on.</summary>
    private static bool IsInInnerTry(TryStatementSyntax @try, TextSpan place, SyntaxNode root)
    {
        for (var node = root.FindNode(place, getInnermostNodeForTie: true); node is not null && node != @try; node = node.Parent)
        {
            if (node is TryStatementSyntax inner && !ThrowsOnAll(inner))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether every handler does nothing but throw: what reaches it, or another exception for it.</summary>
    private static bool ThrowsOnAll(TryStatementSyntax @try)
    {
        foreach (var clause in @try.Catches)
        {
            if (clause.Block.Statements is not { Count: 1 } only || only[0] is not ThrowStatementSyntax)
            {
                return false;
            }
        }

        return @try.Finally is null;
    }

    /// <summary>Whether the local is given away by the last thing that the <c>try</c> does, which cannot throw any more, or behind it.</summary>
    private static bool IsLastInTry(SyntaxNode escape, TryStatementSyntax @try, FixSite site)
    {
        if (escape.SpanStart >= @try.Span.End)
        {
            return true;
        }

        var statement = escape.FirstAncestorOrSelf<StatementSyntax>();
        return @try.Block.Span.Contains(escape.Span) && statement switch
        {
            ReturnStatementSyntax { Expression: { } returned } => EvaluationOrder.IsHarmless(returned) || IsBareWrapper(returned, escape, site),
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment } =>
                @try.Block.Statements[@try.Block.Statements.Count - 1] == statement && EvaluationOrder.IsHarmless(assignment.Left) && EvaluationOrder.IsHarmless(assignment.Right),
            _ => false,
        };
    }

    /// <summary><c>return new NetworkStream(socket, ownsSocket: true);</c>: what owns it from then on is made last.</summary>
    private static bool IsBareWrapper(ExpressionSyntax returned, SyntaxNode escape, FixSite site)
    {
        if (returned is not BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList.Arguments: var arguments } creation || Rows.ThrowsCredibly(creation, site.Model, site.CancellationToken))
        {
            return false;
        }

        var isGiven = false;
        foreach (var argument in arguments)
        {
            if (argument.Expression is not (IdentifierNameSyntax or LiteralExpressionSyntax))
            {
                return false;
            }

            isGiven |= argument.Expression == escape && Wrappers.Owns(creation, argument, site.Model, site.CancellationToken);
        }

        return isGiven;
    }

    /// <summary>Whether every way out of a handler leaves the scope of the local: its end too, where that is the end of the scope.</summary>
    private static bool LeavesScope(BlockSyntax block, TryStatementSyntax @try, Holder holder, SemanticModel model)
    {
        var statements = holder.Scope.Statements!;
        var isLast = statements[statements.Count - 1] == @try && @try.Finally is null && holder.Statement is LocalDeclarationStatementSyntax;
        if (block.Statements.Count == 0)
        {
            return isLast;
        }

        if (model.AnalyzeControlFlow(block) is not { Succeeded: true } flow || (flow.EndPointIsReachable && !isLast))
        {
            return false;
        }

        foreach (var exit in flow.ExitPoints)
        {
            switch (exit)
            {
                case ReturnStatementSyntax:
                    continue;
                case BreakStatementSyntax or ContinueStatementSyntax when holder.Statement is LocalDeclarationStatementSyntax && TargetOf(exit)?.Span.Contains(holder.Statement.Span) == true:
                    continue;
                default:
                    return false;
            }
        }

        return true;
    }

    private static SyntaxNode? TargetOf(SyntaxNode jump)
    {
        for (var node = jump.Parent; node is not null; node = node.Parent)
        {
            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax || (node is SwitchStatementSyntax && jump is BreakStatementSyntax))
            {
                return node;
            }
        }

        return null;
    }
}
