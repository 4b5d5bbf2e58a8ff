using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Streaming;

/// <summary>
/// SLA3001: a response, pipe or channel writer that is closed or completed on the success path only.
/// <para>
/// The peer at the other end waits for an end that never comes: the browser of a response, the reader of a pipe or channel. The connection stays
/// in CLOSE-WAIT when it gives up.
/// </para>
/// <example><c>var context = await listener.GetContextAsync(); await context.Response.OutputStream.WriteAsync(page); context.Response.Close();</c></example>
/// <para>
/// Known gaps: of fields only pipes and channels that the type made are followed; a web socket of a property that is never put into a variable.
/// </para>
/// </summary>
internal static class SLA3001NotClosedOnError
{
    public const string Id = "SLA3001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Closed on the success path only",
        messageFormat: "{0} is not {1} {2}",
        RuleCategory.Streaming,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "One path closes the response or completes the writer, and an error branch or an exception skips that: whoever reads at the other end waits on.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic for a request that the body accepts itself; null when none is due, or when no path closes it (SLA1001).</summary>
    public static Diagnostic? Check(SiteResult result)
    {
        if (result.Kind != ResourceKind.Exchange)
        {
            return null;
        }

        var finding = LifetimeFinding.Of(result.Outcome);
        return finding.Case is LifetimeCase.SomePath or LifetimeCase.HandOver or LifetimeCase.Overwritten
            ? Create(result.Site.Syntax.GetLocation(), LeakWords.Place(finding.Leak, result.Body), Words(LeakWords.Subject(result.Site), result.Site.Type), result.Kind, LeakWords.Path(finding.Leak, result.Body, result.Site.Syntax.GetLocation()))
            : null;
    }

    /// <summary>The diagnostic for what a body is given and closes.</summary>
    public static Diagnostic? Check(HandedOutResult result, ObligationContext context, CancellationToken cancellationToken)
    {
        var finding = LifetimeFinding.Of(result.Outcome);
        if (finding.Case is not (LifetimeCase.SomePath or LifetimeCase.HandOver)
            || ((result.Kind == ResourceKind.Writer || (result.Kind == ResourceKind.WebSocket && result.Variable is IParameterSymbol)) && EndsOpen(result))
            || IsKeptByType(result)
            || IsLostByClosingAlone(result, context)
            || (result.Variable is IParameterSymbol parameter && Callers.Release(parameter, context, cancellationToken)))
        {
            return null;
        }

        var place = result.Place?.GetLocation() ?? (result.Variable is { Locations: { Length: > 0 } locations } ? locations[0] : null);
        return place is null ? null : Create(place, LeakWords.Place(finding.Leak, result.Body), Words(Name(result), result.Type), result.Kind, LeakWords.Path(finding.Leak, result.Body, place));
    }

    private static Diagnostic Create(Location place, Location leaving, string subject, ResourceKind kind, string path) =>
        Diagnostic.Create(Descriptor, place, new[] { leaving }, subject, kind == ResourceKind.Writer ? "completed" : "closed", path);

    private static string Words(string subject, ITypeSymbol? type) =>
        LeakWords.TypeName(type) switch
        {
            "HttpListenerContext" => "the response of " + subject,
            "Channel" => "the writer of " + subject,
            _ => subject,
        };

    private static string Name(HandedOutResult result) =>
        result.IsNamedByPlace ? "'" + LeakWords.Text(result.Place!) + "' (" + LeakWords.TypeName(result.Type) + ")"
        : result.Variable is { } variable ? "'" + variable.Name + "' (" + LeakWords.TypeName(result.Type) + ")" : LeakWords.Subject(result.Place!, result.Type);

    /// <summary>
    /// Its plain end leaves the writer or socket open: completing it is the special case there, for a sentinel or a last item; or for a message that ends
    /// the conversation, of a socket that its owner goes on to read.
    /// </summary>
    private static bool EndsOpen(HandedOutResult result)
    {
        // What is done with the socket there may leave it open as well.
        if (result.Kind == ResourceKind.WebSocket && (result.Outcome.StatusesOnReturn.Contains(ObligationStatus.Unknown) || result.Outcome.StatusesOnReturn.Contains(ObligationStatus.Transferred)))
        {
            return true;
        }

        foreach (var leak in result.Outcome.Leaks)
        {
            if (leak.Kind == LeakKind.Return && (LeakWords.IsEnd(leak, result.Body) || IsLast(LeakWords.ReturnStatement(leak, result.Body))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing but its close may throw: what has failed to close it has tried.</summary>
    private static bool IsLostByClosingAlone(HandedOutResult result, ObligationContext context)
    {
        foreach (var leak in result.Outcome.Leaks)
        {
            var operation = (leak.Operation is IAwaitOperation wait ? wait.Operation : leak.Operation)?.WithoutConversions();
            if (operation is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } awaited })
            {
                operation = awaited.WithoutConversions();
            }

            if (leak.Kind != LeakKind.Exception
                || operation is not IInvocationOperation { Instance: { } receiver } call
                || !HandedOut.IsClosing(call.TargetMethod, context.Model)
                || !SymbolEqualityComparer.Default.Equals(HandedOut.RootOf(result.Body, receiver), result.Variable))
            {
                return false;
            }
        }

        return result.Variable is not null;
    }

    /// <summary>
    /// Whether a <c>return</c> is the end of its function: <c>return 0;</c> of a callback; or that of a last <c>try</c>, whose handlers close what has failed.
    /// </summary>
    private static bool IsLast(ReturnStatementSyntax? statement)
    {
        for (StatementSyntax? current = statement; current is { Parent: BlockSyntax block } && block.Statements[block.Statements.Count - 1] == current; current = block.Parent as TryStatementSyntax)
        {
            if (block.Parent is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or AccessorDeclarationSyntax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A generic method leaves it open for some of the types that it is called with: those who ask for the response itself go on with it.</summary>
    private static bool IsKeptByType(HandedOutResult result)
    {
        foreach (var leak in result.Outcome.Leaks)
        {
            if (leak.Kind != LeakKind.Return
                || LeakWords.ReturnStatement(leak, result.Body)?.FirstAncestorOrSelf<IfStatementSyntax>() is not { Condition: var condition }
                || result.Body.Owner is not IMethodSymbol { TypeParameters: { IsEmpty: false } parameters })
            {
                continue;
            }

            foreach (var node in condition.DescendantNodesAndSelf())
            {
                if (node is TypeOfExpressionSyntax { Type: IdentifierNameSyntax { Identifier.ValueText: var name } })
                {
                    foreach (var parameter in parameters)
                    {
                        if (parameter.Name == name)
                        {
                            return true;
                        }
                    }
                }
            }
        }

        return false;
    }
}
