using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Releases a resource on the branch of an <c>if</c> that does not hand it over, where the code then runs out of its scope:
/// <c>if (accepted) keep.Add(x); else x.Dispose();</c>.
/// </summary>
internal static class OtherBranch
{
    /// <summary>False where not one <c>if</c> alone hands over, or the resource is used behind it.</summary>
    public static bool TryRelease(Holder holder, List<SyntaxNode> escapes, FixSite site, EditBuilder edit)
    {
        if (Find(holder, escapes, site) is not { } branch || BranchOf(branch, escapes, site) is not { } isElse)
        {
            return false;
        }

        var layout = Layout.Of(site.Text, branch);
        if (ReleaseCall.For(holder.Name, holder.Type, holder.MayBeNull, branch, site.Model, layout) is not { } release)
        {
            return false;
        }

        var target = isElse ? branch.Else?.Statement : branch.Statement;
        return target is null ? TryAddElse(branch, release, layout, edit) : TryWrite(target, holder, release, site, edit);
    }

    /// <summary>Whether the code does not come out at the end of a statement.</summary>
    public static bool Leaves(StatementSyntax statement) =>
        (statement is BlockSyntax block ? block.Statements.LastOrDefault() : statement)
            is ReturnStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or ThrowStatementSyntax or GotoStatementSyntax;

    private static IfStatementSyntax? Find(Holder holder, List<SyntaxNode> escapes, FixSite site)
    {
        IfStatementSyntax? found = null;
        var statements = holder.Scope.Statements!;
        for (var i = holder.Scope.Index + 1; i < statements.Count; i++)
        {
            var statement = statements[i];
            if (escapes.Exists(escape => statement.Span.Contains(escape.Span)))
            {
                if (found is not null || statement is not IfStatementSyntax { Else: null or { Statement: not IfStatementSyntax } } branch)
                {
                    return null;
                }

                found = branch;
            }
            else if (found is not null && Lifetime.UsesOf(holder.Symbol, statement, site.Model, site.CancellationToken).Any())
            {
                return null;
            }
        }

        return found;
    }

    /// <summary>True: the resource is still owed on the <c>else</c> branch; false: on the other; null: neither hands over for certain.</summary>
    private static bool? BranchOf(IfStatementSyntax branch, List<SyntaxNode> escapes, FixSite site)
    {
        bool? isElse = null;
        foreach (var escape in escapes)
        {
            bool here;
            if (branch.Condition.Span.Contains(escape.Span))
            {
                if (!Ownership.IsTaking(branch.Condition, site.Model, site.CancellationToken, out var isNegated))
                {
                    return null;
                }

                here = !isNegated;
            }
            else
            {
                here = branch.Statement.Span.Contains(escape.Span);
            }

            if (isElse is { } known && known != here)
            {
                return null;
            }

            isElse = here;
        }

        return isElse;
    }

    private static bool TryAddElse(IfStatementSyntax branch, string[] release, Layout layout, EditBuilder edit)
    {
        if (layout.HasConditionalDirective(branch.FullSpan))
        {
            return false;
        }

        var end = branch.Statement.Span.End;
        if (branch.Statement is not BlockSyntax && release.Length == 1)
        {
            var isBelow = !layout.IsOnSameLine(branch.Statement.SpanStart, branch.Statement.GetFirstToken().GetPreviousToken().Span.End);
            edit.Insert(
                layout.IsFirstOnLine ? layout.EndWithComments(branch.Statement) : end,
                (layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent : " ") + "else" + (isBelow ? layout.EndOfLine + layout.Indent + layout.Unit : " ") + release[0]);
            return true;
        }

        if (!layout.IsFirstOnLine)
        {
            edit.Insert(end, " else { " + Layout.InOneLine(release) + " }");
            return true;
        }

        var inner = layout.EndOfLine + layout.Indent + layout.Unit;
        edit.Insert(
            layout.BracesOnOwnLine ? layout.EndWithComments(branch.Statement) : end,
            (layout.BracesOnOwnLine || branch.Statement is not BlockSyntax ? layout.EndOfLine + layout.Indent : " ") + "else" + layout.OpenBrace(layout.Indent)
            + inner + string.Join(inner, release) + layout.EndOfLine + layout.Indent + "}");
        return true;
    }

    private static bool TryWrite(StatementSyntax target, Holder holder, string[] release, FixSite site, EditBuilder edit)
    {
        if (target is BlockSyntax { Statements: { Count: > 0 } statements } && !Leaves(target))
        {
            return BlockWriter.TryInsertAfter(statements[statements.Count - 1], release, site.Text, edit);
        }

        return !Lifetime.UsesOf(holder.Symbol, target, site.Model, site.CancellationToken).Any()
            && BlockWriter.TryInsertInside(target, release, site.Text, edit);
    }
}
