using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Questions about <c>await</c> that several fixes ask.</summary>
internal static class Awaits
{
    /// <summary>
    /// Whether an <c>await</c> can be added here. Where a local lives on the stack only, an <c>await</c> may not be crossed: the
    /// compiler says so too late to be asked.
    /// </summary>
    public static bool CanBeAdded(SyntaxNode at, FixSite site)
    {
        if (!Disposability.CanAwait(at))
        {
            return false;
        }

        var function = Lifetime.FunctionOf(at);
        for (var node = at; node is not null && node != function; node = node.Parent)
        {
            if (node is CatchFilterClauseSyntax or FixedStatementSyntax or QueryExpressionSyntax
                || (node is CatchClauseSyntax or FinallyClauseSyntax && Disposability.LanguageOf(at) < LanguageVersion.CSharp6))
            {
                return false;
            }
        }

        foreach (var node in function.DescendantNodes())
        {
            var local = node switch
            {
                VariableDeclaratorSyntax or SingleVariableDesignationSyntax or ForEachStatementSyntax => site.Model.GetDeclaredSymbol(node, site.CancellationToken) as ILocalSymbol,
                _ => null,
            };
            if (local is { IsRef: true } or { Type.IsRefLikeType: true }
                || (node is CommonForEachStatementSyntax forEach && site.Model.GetTypeInfo(forEach.Expression, site.CancellationToken).Type is { IsRefLikeType: true }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every <c>await</c> around is one with <c>ConfigureAwait(false)</c>: the habit of a library.</summary>
    public static bool AreConfigured(SyntaxNode at)
    {
        var any = false;
        foreach (var node in LocalNames.MemberOf(at).DescendantNodes())
        {
            if (node is AwaitExpressionSyntax awaited)
            {
                if (awaited.Expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } })
                {
                    return false;
                }

                any = true;
            }
        }

        return any;
    }

    /// <summary>What stands behind a call that is awaited here, after the habit of the code around.</summary>
    public static string Configuration(SyntaxNode at) => AreConfigured(at) ? ".ConfigureAwait(false)" : string.Empty;

    /// <summary>
    /// Whether between two places of a function nothing takes time but what is told: a deadline that starts at the first is then one
    /// for the second as well.
    /// </summary>
    public static bool NothingElseBetween(int start, int end, SyntaxNode function, Predicate<SyntaxNode> isTold)
    {
        var between = TextSpan.FromBounds(start, Math.Max(start, end));
        foreach (var node in function.DescendantNodes())
        {
            if (!between.Contains(node.SpanStart))
            {
                continue;
            }

            switch (node)
            {
                case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax when node.SpanStart < end && node.Span.End <= end:
                case AwaitExpressionSyntax when node.Span.End <= end && !isTold(node):
                    return false;
            }
        }

        return true;
    }

    public static bool IsLoop(SyntaxNode node) => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;
}
