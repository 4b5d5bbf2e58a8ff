using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Gives a connect a time-out: a pipe's own, or a token that times out, for which a blocking connect of an async method is awaited
/// and a connecting constructor becomes a plain one and a connect. Where nothing may be awaited, a socket has no connect with a bound.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BoundConnectCodeFixProvider))]
[Shared]
public sealed class BoundConnectCodeFixProvider : EditCodeFixProvider
{
    private const string Title = "Give up connecting after";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA2005");

    internal override FixPlan? Plan(FixSite site) => PlanFor(site) is { } plan ? Unmasked.ByCancellation(ConnectFailure.Keep(plan, site), site) : null;

    private static FixPlan? PlanFor(FixSite site)
    {
        if (site.Expression is BaseObjectCreationExpressionSyntax creation)
        {
            return site.OtherPlaces.IsEmpty ? ConnectingConstructor.Plan(creation, Title, site) : null;
        }

        // The other connects of the finding would be reported in its stead.
        var calls = new SortedList<int, InvocationExpressionSyntax>();
        var pipes = new EditBuilder();
        foreach (var place in site.OtherPlaces.Insert(0, site.Span))
        {
            if (site.ExpressionAt(place) is not InvocationExpressionSyntax call)
            {
                return null;
            }

            if (!IsOfPipe(call, site))
            {
                calls[call.Span.End] = call;
            }
            else if (!TryBoundPipe(call, site, pipes))
            {
                return null;
            }
        }

        if (calls.Count > 0)
        {
            return TokenPassing.Plan(calls.Values, mayAwait: true, alwaysTimed: true, Title, edit => pipes.ToChanges() is { } more && edit.TryAdd(more), site);
        }

        return pipes.ToChanges() is { } changes && CompilerCheck.AddsNoError(changes, LocalNames.MemberOf(site.Expression!), site)
            ? new FixPlan(Title + " " + Deadline.For(site).InWords + " (a slower success will fail)", changes)
            : null;
    }

    private static bool IsOfPipe(InvocationExpressionSyntax call, FixSite site) =>
        site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol
            is IMethodSymbol { Name: "Connect" or "ConnectAsync", ContainingType: { Name: "NamedPipeClientStream", ContainingNamespace.Name: "Pipes" } };

    /// <summary>A pipe's <c>Connect</c> and <c>ConnectAsync</c> take milliseconds, on every framework.</summary>
    private static bool TryBoundPipe(InvocationExpressionSyntax call, FixSite site, EditBuilder edit)
    {
        var deadline = Deadline.For(site);
        var arguments = call.ArgumentList.Arguments;
        var first = arguments.Count > 0 ? arguments[0].Expression : null;
        if (first is not null && site.Model.GetTypeInfo(first, site.CancellationToken).Type is { SpecialType: SpecialType.System_Int32 })
        {
            edit.Replace(first.Span, deadline.Milliseconds);
            return true;
        }

        if (arguments.Count > 1 || (first is not null && !TokensInScope.IsNone(first)))
        {
            return false;
        }

        var isAsync = call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConnectAsync" };
        var value = deadline.Milliseconds + (isAsync && TokensInScope.Find(call, site) is { } token ? ", " + token.Text : string.Empty);
        if (first is null)
        {
            edit.Insert(call.ArgumentList.OpenParenToken.Span.End, value);
        }
        else
        {
            edit.Replace(arguments[0].Span, value);
        }

        return true;
    }
}
