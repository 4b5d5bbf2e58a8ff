using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Keeps a connect that times out a failed connect. The system's own timeout ends it with a <c>SocketException</c>, which a retry loop or a probe
/// catches; a token ends it with an <c>OperationCanceledException</c>, which would go past that handler. Where there is one, the timeout is thrown on as what it is for.
/// </summary>
internal static class ConnectFailure
{
    private const string Cancelled = "System.OperationCanceledException";

    /// <summary>The plan that bounds connects, with what its timeouts are thrown on as.</summary>
    public static FixPlan Keep(FixPlan plan, FixSite site)
    {
        if (site.Root.FindNode(site.Span).FirstAncestorOrSelf<TryStatementSyntax>() is null)
        {
            return plan;
        }

        var after = site.After(plan.Changes, default, ImmutableArray<TextSpan>.Empty);
        var edit = new EditBuilder();
        var isChanged = false;
        foreach (var written in NewSpans(plan.Changes))
        {
            foreach (var node in after.Root.FindNode(written).DescendantNodesAndSelf())
            {
                if (node is IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Token" } token } source
                    && token.Expression == source
                    && written.Contains(token.Span)
                    && ConnectOf(token) is var (call, statement)
                    && FailureOf(call, after) is { } failure
                    && IsHandled(statement, failure, after)
                    && Thrown(failure, statement, after) is { } thrown
                    && after.Model.Compilation.GetTypeByMetadataName(Cancelled) is { } cancelled)
                {
                    var clause = "catch (" + cancelled.ToMinimalDisplayString(after.Model, statement.SpanStart) + ")"
                        + (LinkedTo(source, after) is { } outer ? " when (!" + outer + ".IsCancellationRequested)" : string.Empty);
                    isChanged |= TryWrite(statement, clause, thrown, after, edit);
                }
            }
        }

        return isChanged && edit.ToChanges() is { } changes && CompilerCheck.AddsNoError(changes, after.Root, after)
            ? new FixPlan(plan.Title, after.After(changes, default, ImmutableArray<TextSpan>.Empty).Text.GetTextChanges(site.Text).ToImmutableArray())
            : plan;
    }

    private static IEnumerable<TextSpan> NewSpans(ImmutableArray<TextChange> changes)
    {
        var shift = 0;
        foreach (var change in changes)
        {
            var length = change.NewText?.Length ?? 0;
            yield return new TextSpan(change.Span.Start + shift, length);
            shift += length - change.Span.Length;
        }
    }

    /// <summary>The awaited connect that is given the token, where it is a statement of a list.</summary>
    private static (InvocationExpressionSyntax Call, ExpressionStatementSyntax Statement)? ConnectOf(MemberAccessExpressionSyntax token) =>
        token is { Parent: ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } } }
        && call.FirstAncestorOrSelf<AwaitExpressionSyntax>() is { Parent: ExpressionStatementSyntax statement } awaited
        && (awaited.Expression == call || awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } member } && member.Expression == call)
        && StatementScope.Of(statement) is { Statements: not null, HasLabel: false }
            ? (call, statement)
            : null;

    /// <summary>What the connect throws when nobody answers it.</summary>
    private static INamedTypeSymbol? FailureOf(InvocationExpressionSyntax call, FixSite site) =>
        site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol is IMethodSymbol { Name: "ConnectAsync", ContainingType: { } type }
            ? site.Model.Compilation.GetTypeByMetadataName(type switch
            {
                { Name: "Socket" or "TcpClient" or "SocketTaskExtensions", ContainingNamespace: { Name: "Sockets", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } } } => "System.Net.Sockets.SocketException",
                { Name: "ClientWebSocket", ContainingNamespace: { Name: "WebSockets", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } } } => "System.Net.WebSockets.WebSocketException",
                _ => string.Empty,
            })
            : null;

    /// <summary>Whether a handler around the statement is for that failure. One for everything that does not throw it on takes the cancellation as well.</summary>
    private static bool IsHandled(StatementSyntax statement, INamedTypeSymbol failure, FixSite site)
    {
        for (SyntaxNode node = statement; node.Parent is { } parent and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = parent)
        {
            if (parent is not TryStatementSyntax @try || @try.Block != node)
            {
                continue;
            }

            var isForAll = false;
            foreach (var handler in @try.Catches)
            {
                if (handler.Declaration is { } declaration && SymbolEqualityComparer.Default.Equals(site.Model.GetTypeInfo(declaration.Type, site.CancellationToken).Type, failure))
                {
                    return true;
                }

                if (handler.Filter is { FilterExpression: var filter })
                {
                    var text = filter.ToString();
                    if (handler.Declaration is not null && text.Contains(failure.Name) && !text.Contains("Cancel"))
                    {
                        return true;
                    }
                }
                else
                {
                    isForAll |= handler.Declaration is null or { Type: IdentifierNameSyntax { Identifier.ValueText: "Exception" } } && !ThrowsOn(handler);
                }
            }

            if (isForAll)
            {
                return false;
            }
        }

        return false;
    }

    private static bool ThrowsOn(CatchClauseSyntax handler)
    {
        foreach (var node in handler.Block.DescendantNodes(static node => node is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax))
        {
            if (node is ThrowStatementSyntax { Expression: null })
            {
                return true;
            }
        }

        return false;
    }

    private static string? Thrown(INamedTypeSymbol failure, StatementSyntax statement, FixSite site)
    {
        var type = failure.ToMinimalDisplayString(site.Model, statement.SpanStart);
        return failure.Name == "WebSocketException"
            ? "throw new " + type + "(\"The connection attempt has timed out.\");"
            : site.Model.Compilation.GetTypeByMetadataName("System.Net.Sockets.SocketError") is { } error
                ? "throw new " + type + "((int)" + error.ToMinimalDisplayString(site.Model, statement.SpanStart) + ".TimedOut);"
                : null;
    }

    /// <summary>The token that cancels the source too: when that is cancelled, it is no timeout.</summary>
    private static string? LinkedTo(IdentifierNameSyntax source, FixSite site) =>
        site.Model.GetSymbolInfo(source, site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local
        && local.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax
        {
            Initializer.Value: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CreateLinkedTokenSource" }, ArgumentList.Arguments: { Count: 1 } tokens }
        }
            ? tokens[0].Expression.ToString()
            : null;

    private static bool TryWrite(ExpressionStatementSyntax statement, string clause, string thrown, FixSite site, EditBuilder edit)
    {
        // What releases on failure does so here as well.
        if (statement.Parent is BlockSyntax { Statements.Count: 1, Parent: TryStatementSyntax { Catches: { Count: > 0 } catches } @try } && catches[0] is { Declaration: null, Filter: null, Block.Statements: var release } first
            && release.Count > 0 && release.Last() is ThrowStatementSyntax { Expression: null })
        {
            var lines = new List<string>();
            for (var i = 0; i < release.Count - 1; i++)
            {
                lines.Add(release[i].ToString());
            }

            lines.Add(thrown);
            var layout = Layout.Of(site.Text, @try);
            var between = layout.BracesOnOwnLine ? layout.EndOfLine + layout.Indent : " ";
            var unit = layout.Indent + layout.Unit;
            edit.Insert(
                first.SpanStart,
                layout.IsOnOneLine(@try.Span)
                    ? clause + " { " + string.Join(" ", lines) + " } "
                    : clause + layout.OpenBrace(layout.Indent) + layout.EndOfLine + unit + string.Join(layout.EndOfLine + unit, lines) + layout.EndOfLine + layout.Indent + "}" + between);
            return true;
        }

        if (Layout.Of(site.Text, statement).HasConditionalDirective(statement.Span))
        {
            return false;
        }

        TryWriter.Wrap(statement, statement, clause, new[] { thrown }, before: null, hoist: null, site.Text, edit);
        return true;
    }
}
