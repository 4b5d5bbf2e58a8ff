using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Streaming;

/// <summary>
/// SLA3002: a streaming handler that waits without the request's abort token.
/// <para>
/// A client that goes away while the handler waits for the next line is never noticed: the handler, what it reads from and the connection stay
/// until something comes, or for ever.
/// </para>
/// <example><c>while (true) { var line = await lines.ReadAsync(); await context.Response.WriteAsync(line); }</c></example>
/// <para>
/// Known gaps: a wait in a helper of another file; a stream or token whose origin is not in the method is taken to end with the request.
/// </para>
/// </summary>
internal static class SLA3002ClientGoneUnseen
{
    public const string Id = "SLA3002";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "A client that has gone is not noticed",
        messageFormat: "'{0}' waits without the cancellation token of the request: a client that has gone is not noticed",
        RuleCategory.Streaming,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The handler writes its response in a loop, or copies a stream into it, and waits without HttpContext.RequestAborted or the token that the framework binds.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    public static Diagnostic Report(BlindWait wait) => Diagnostic.Create(Descriptor, wait.Place.Syntax.GetLocation(), wait.What);

    /// <summary>Whether a call is what a handler that streams to its own client waits for: there the client's leaving is what has to end it, and no other rule repeats it.</summary>
    public static bool IsWaitOfHandler(NetworkCall call, TimeoutContext context)
    {
        foreach (var wait in context.WaitsOfHandler(call))
        {
            if (wait.Place.Syntax.SyntaxTree == call.Operation.Syntax.SyntaxTree && wait.Place.Syntax.Span.Contains(call.Operation.Syntax.Span))
            {
                return true;
            }
        }

        return false;
    }
}
