using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1006: an <c>HttpClient</c>, or the handler that it would have made, that a method makes anew for itself at every call.
/// <para>
/// Each client has a pool of connections of its own. Disposed, it closes them, and each stays in <c>TIME_WAIT</c> for minutes: a busy service runs
/// out of ports. Not disposed, they stay open until they have been idle for a minute. Either way every call pays for a new handshake.
/// </para>
/// <example><c>using var client = new HttpClient(); return await client.GetStringAsync(url);</c></example>
/// <para>
/// Known gaps: a client that goes where it cannot be followed, one over a handler that the analysis does not see made, and one that a factory
/// method of the compilation makes for a caller that throws it away, are not reported.
/// </para>
/// </summary>
internal static class SLA1006HttpClientPerCall
{
    public const string Id = "SLA1006";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "HttpClient made at every call",
        messageFormat: "{0} is made anew {1}, and leaves its connections behind, in TIME_WAIT or open: share one",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An HttpClient is made to be shared: one that is made for each call opens connections of its own, and leaves them in TIME_WAIT or open.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic that is due for a site; null when none is.</summary>
    public static Diagnostic? Check(SiteResult result, ObligationContext context, CancellationToken cancellationToken)
    {
        if (result.Kind != ResourceKind.Http
            || result.Outcome.IsTransferred
            || result.Outcome.IsUnknown
            || !(result.Outcome.IsReleased || result.Outcome.Leaks.Count > 0)
            || result.Site is not IObjectCreationOperation { Type: { } type }
            || !(context.Known.IsHttpClient(type) || context.Known.IsHttpHandler(type))
            || Original(result, cancellationToken) is not { } creation
            || TestCode.IsTest(result.Body.Owner)
            || context.IsTestAssembly)
        {
            return null;
        }

        SemanticModel Models(SyntaxTree tree) => tree == creation.Syntax.SyntaxTree && creation.SemanticModel is { } own
            ? own
            : context.Summaries.ModelOf(tree, context.Compilation);
        var isClient = context.Known.IsHttpClient(type);
        if (isClient ? !new HttpHandlerOrigin(context.Known, context.Compilation.Assembly, Models, cancellationToken).IsOwn(creation) : !IsSentByInvoker(creation, context.Known))
        {
            return null;
        }

        var recurrence = new RecurrenceFinder(Models, cancellationToken).Of(creation);
        if (recurrence == Recurrence.Once || RecurrenceFinder.IsAheadOfEndlessLoop(creation))
        {
            return null;
        }

        return Diagnostic.Create(
            Descriptor,
            result.Site.Syntax.GetLocation(),
            LeakWords.Subject(result.Site),
            recurrence == Recurrence.EveryRound ? "in every round of the loop" : "at every call of " + LeakWords.OwnerName(result.Body.Owner));
    }

    /// <summary>The operation as the semantic model has it, with what stands around it; that of the graph stands alone.</summary>
    private static IObjectCreationOperation? Original(SiteResult result, CancellationToken cancellationToken) =>
        result.Body.Graph.OriginalOperation.SemanticModel?.GetOperation(result.Site.Syntax, cancellationToken) as IObjectCreationOperation;

    /// <summary>A handler of its own is reported where no client is, and an invoker sends by it.</summary>
    private static bool IsSentByInvoker(IOperation handler, KnownTypes known)
    {
        var root = OperationWords.RootOf(handler);

        var sends = false;
        foreach (var operation in root.Descendants())
        {
            switch (operation)
            {
                case IObjectCreationOperation creation when known.IsHttpClient(creation.Type):
                    return false;
                case IInvocationOperation { TargetMethod: { Name: "Send" or "SendAsync" } method }
                    when SymbolEqualityComparer.Default.Equals(method.ContainingType, known.HttpMessageInvoker):
                    sends = true;
                    break;
            }
        }

        return sends;
    }
}
