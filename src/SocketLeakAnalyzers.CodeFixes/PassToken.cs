using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Passes the token in scope to the calls of a finding, or that of a new source with a time-out for each. Refuses where a call has no
/// overload with a token, or where its task leaves the function before it is done and there is no token to pass.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PassTokenCodeFixProvider))]
[Shared]
public sealed class PassTokenCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA2003", "SLA2006", "SLA2007");

    internal override FixPlan? Plan(FixSite site) => PlanFor(site) is { } plan ? Unmasked.ByCancellation(plan, site) : null;

    private static FixPlan? PlanFor(FixSite site)
    {
        if (CallAt(site.Expression) is not { } first)
        {
            return null;
        }

        // The other calls of the finding would be reported in its stead.
        var calls = new SortedList<int, InvocationExpressionSyntax> { { first.Span.End, first } };
        var tests = new List<MemberAccessExpressionSyntax>();
        foreach (var place in site.OtherPlaces)
        {
            var expression = site.ExpressionAt(place);
            if (CallAt(expression) is { } other)
            {
                if (!TokenArgument.HasToken(other, site) || IdleSource.IsGivenTo(other, site))
                {
                    calls[other.Span.End] = other;
                }
            }
            else if (expression is MemberAccessExpressionSyntax { Parent: not AssignmentExpressionSyntax } test)
            {
                tests.Add(test);
            }
        }

        return TokenPassing.Plan(
            calls.Values,
            mayAwait: site.DiagnosticId == "SLA2003",
            alwaysTimed: false,
            "Cancel after",
            edit => tests.TrueForAll(test => EndOfStreamLoop.TryReplace(test, site, edit)),
            site);
    }

    private static InvocationExpressionSyntax? CallAt(ExpressionSyntax? expression) => (expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression) as InvocationExpressionSyntax;
}
