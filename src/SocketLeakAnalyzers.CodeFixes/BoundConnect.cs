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

    internal override FixPlan? Plan(FixSite site) => site.Expression switch
    {
        BaseObjectCreationExpressionSyntax creation => ConnectingConstructor.Plan(creation, Title, site),
        InvocationExpressionSyntax call => OfPipe(call, site) ?? TokenPassing.Plan(new[] { call }, mayAwait: true, alwaysTimed: true, Title, static _ => true, site),
        _ => null,
    };

    /// <summary>A pipe's <c>Connect</c> and <c>ConnectAsync</c> take milliseconds, on every framework.</summary>
    private static FixPlan? OfPipe(InvocationExpressionSyntax call, FixSite site)
    {
        if (site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol is not IMethodSymbol { Name: "Connect" or "ConnectAsync", ContainingType: { Name: "NamedPipeClientStream", ContainingNamespace.Name: "Pipes" } })
        {
            return null;
        }

        var edit = new EditBuilder();
        var deadline = Deadline.For(site);
        var arguments = call.ArgumentList.Arguments;
        var token = TokensInScope.Find(call, site);
        var first = arguments.Count > 0 ? arguments[0].Expression : null;
        if (first is not null && site.Model.GetTypeInfo(first, site.CancellationToken).Type is { SpecialType: SpecialType.System_Int32 })
        {
            edit.Replace(first.Span, deadline.Milliseconds);
        }
        else if (arguments.Count > 1 || (first is not null && !TokensInScope.IsNone(first)))
        {
            return null;
        }
        else
        {
            var isAsync = call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConnectAsync" };
            var value = deadline.Milliseconds + (isAsync && token is not null ? ", " + token.Text : string.Empty);
            if (first is null)
            {
                edit.Insert(call.ArgumentList.OpenParenToken.Span.End, value);
            }
            else
            {
                edit.Replace(arguments[0].Span, value);
            }
        }

        return edit.ToChanges() is { } changes && CompilerCheck.AddsNoError(changes, LocalNames.MemberOf(call), site)
            ? new FixPlan(Title + " " + deadline.InWords + " (a slower success will fail)", changes)
            : null;
    }
}
