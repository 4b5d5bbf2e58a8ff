using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// A <c>using</c> block for a resource that a call leaves in an <c>out</c> variable, or gives as a part of a tuple: around what follows the call, or around the
/// branch that runs where the call has succeeded. A declaration cannot take the variable over, and a <c>using</c> of null does nothing.
/// </summary>
internal static class OutVariableUsing
{
    public static FixPlan? Plan(FixSite site)
    {
        if (ArgumentAt(site) is not { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword, Parent.Parent: InvocationExpressionSyntax call } argument
            || LocalOf(argument, site) is not { } local
            || call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || RangeBehind(call, statement) is not var (scope, first))
        {
            return null;
        }

        return Around(local, argument, statement, scope, first, site);
    }

    /// <summary><c>var (status, response) = await FetchAsync(…);</c>, of which one part can be disposed.</summary>
    public static FixPlan? PlanOfPart(ResourceValue value, FixSite site)
    {
        if (value.Outer.Parent is not AssignmentExpressionSyntax
            {
                Left: DeclarationExpressionSyntax { Designation: ParenthesizedVariableDesignationSyntax { Variables: var parts } },
                Parent: ExpressionStatementSyntax statement,
            }
            || StatementScope.Of(statement) is not { Statements: not null } scope)
        {
            return null;
        }

        ILocalSymbol? held = null;
        foreach (var part in parts)
        {
            if (part is not SingleVariableDesignationSyntax single || site.Model.GetDeclaredSymbol(single, site.CancellationToken) is not ILocalSymbol local)
            {
                if (part is not DiscardDesignationSyntax)
                {
                    return null;
                }
            }
            else if (Disposability.KindOf(local.Type, statement, site.Model) != UsingKind.None)
            {
                if (held is not null)
                {
                    return null;
                }

                held = local;
            }
        }

        return held is null ? null : Around(held, null, statement, scope, scope.Index + 1, site);
    }

    private static FixPlan? Around(ILocalSymbol local, ArgumentSyntax? argument, StatementSyntax statement, StatementScope scope, int first, FixSite site)
    {
        var model = site.Model;
        var statements = scope.Statements!;
        var last = statements.Count - 1;
        if (first > last
            || scope.HasLabel
            || Disposability.KindOf(local.Type, statement, model) is var kind && kind == UsingKind.None
            || scope.IsDeclaredAndUsedOutside(first, last, model, site.CancellationToken))
        {
            return null;
        }

        var covered = TextSpan.FromBounds(statements[first].SpanStart, statements[last].Span.End);
        foreach (var use in Lifetime.UsesOf(local, LocalNames.MemberOf(statement), model, site.CancellationToken))
        {
            if ((argument is null || use.Parent != argument)
                && (!covered.Contains(use.Span)
                    || Lifetime.FunctionOf(use) != Lifetime.FunctionOf(statement)
                    || Lifetime.ValueOutlives(use, scope.Container, model, site.CancellationToken)))
            {
                return null;
            }
        }

        foreach (var write in Provenance.WritesOf(local, LocalNames.MemberOf(statement), model, site.CancellationToken))
        {
            if (covered.Contains(write.Span))
            {
                return null;
            }
        }

        var layout = Layout.Of(site.Text, statements[first]);
        if (layout.HasConditionalDirective(covered))
        {
            return null;
        }

        var edit = new EditBuilder();
        var keyword = kind == UsingKind.AwaitUsing ? "await using" : "using";
        BlockWriter.WrapWithHeader(keyword + " (" + local.Name + ")", statements[first], statements[last], layout, edit);
        return edit.ToChanges() is { } changes ? new FixPlan("Dispose '" + local.Name + "' with " + (kind == UsingKind.AwaitUsing ? "an " : "a ") + keyword + " block", changes) : null;
    }

    private static ArgumentSyntax? ArgumentAt(FixSite site)
    {
        if (!site.Root.FullSpan.Contains(site.Span))
        {
            return null;
        }

        for (var node = site.Root.FindNode(site.Span, getInnermostNodeForTie: true); node is not null && site.Span.Contains(node.Span); node = node.Parent!)
        {
            if (node is ArgumentSyntax argument)
            {
                return argument;
            }
        }

        return null;
    }

    private static ILocalSymbol? LocalOf(ArgumentSyntax argument, FixSite site) => argument.Expression switch
    {
        DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } => site.Model.GetDeclaredSymbol(designation, site.CancellationToken) as ILocalSymbol,
        IdentifierNameSyntax name => site.Model.GetSymbolInfo(name, site.CancellationToken).Symbol as ILocalSymbol,
        _ => null,
    };

    /// <summary>The statements that run when the call has given the resource, up to the end of their list.</summary>
    private static (StatementScope Scope, int First)? RangeBehind(InvocationExpressionSyntax call, StatementSyntax statement)
    {
        switch (statement)
        {
            case ExpressionStatementSyntax { Expression: var expression } when expression == call || expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax, Right: var right } && right == call:
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Variables: { Count: 1 } variables } when variables[0].Initializer?.Value == call:
            case IfStatementSyntax { Else: null, Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } refused, Statement: var branch }
                when Inside(refused.Operand) == call && OtherBranch.Leaves(branch):
                return StatementScope.Of(statement) is { Statements: not null } scope ? (scope, scope.Index + 1) : null;
            case IfStatementSyntax { Condition: var condition, Statement: BlockSyntax { Statements: { Count: > 0 } inner } } when Inside(condition) == call:
                return StatementScope.Of(inner[0]) is { Statements: not null } taken ? (taken, 0) : null;
            default:
                return null;
        }
    }

    private static ExpressionSyntax Inside(ExpressionSyntax expression)
    {
        while (expression is ParenthesizedExpressionSyntax parenthesized)
        {
            expression = parenthesized.Expression;
        }

        return expression;
    }
}
