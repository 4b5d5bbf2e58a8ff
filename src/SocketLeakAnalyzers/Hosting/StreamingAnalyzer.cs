using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Streaming;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Looks at the handlers of ASP.NET Core; a compilation that does not reference it costs nothing.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StreamingAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_names = { "Response", "response", "HttpResponse", "ServerSentEvents", "HttpContext", "SendFileAsync", "IAsyncEnumerable", "IAsyncEnumerator" };

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(SLA3002ClientGoneUnseen.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (AspNetTypes.Of(start.Compilation) is { } types)
            {
                start.RegisterSemanticModelAction(file => Analyze(file, types));
            }
        });
    }

    private static void Analyze(SemanticModelAnalysisContext context, AspNetTypes types)
    {
        var model = context.SemanticModel;
        if (!MayStream(context, types) || model.SyntaxTree.GetRoot(context.CancellationToken) is not CompilationUnitSyntax file)
        {
            return;
        }

        foreach (var body in BodySyntax.Of(file))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (context.FilterSpan?.IntersectsWith(body.Code.Span) != false
                && body.Owner(model, context.CancellationToken) is { } owner
                && MayStream(body.Code, owner, types)
                && body.Root(model, context.CancellationToken) is { } root)
            {
                foreach (var wait in ResponseLoops.Find(types, owner, root, context.CancellationToken))
                {
                    context.ReportDiagnostic(SLA3002ClientGoneUnseen.Report(wait));
                }
            }
        }
    }

    /// <summary>Whether the file has to do with a response at all, told by the names in it and by the bases of its types.</summary>
    private static bool MayStream(SemanticModelAnalysisContext context, AspNetTypes types)
    {
        var names = UsedNames.Of(context.SemanticModel.SyntaxTree);
        if (names.ContainsAny(s_names) || (names.Contains("Stream") && (names.Contains("Results") || names.Contains("TypedResults"))))
        {
            return true;
        }

        foreach (var type in FileTypes.Of(context.SemanticModel, context.FilterSpan, context.CancellationToken))
        {
            if (types.IsServing(type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the text has to do with a response at all: it names one, gives events, or yields to the client of a hub or controller.</summary>
    private static bool MayStream(SyntaxNode body, ISymbol owner, AspNetTypes types)
    {
        var mayYield = types.IsServing(owner.ContainingType) || owner is IMethodSymbol { ReturnType.Name: "IAsyncEnumerable" };
        foreach (var token in body.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText is "Response" or "response" or "HttpResponse" or "ServerSentEvents" or "HttpContext" or "SendFileAsync"
                || (token.IsKind(SyntaxKind.AwaitKeyword) && mayYield)
                || token.IsKind(SyntaxKind.YieldKeyword)
                || (token.ValueText == "Stream" && token.Parent?.Parent is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Results" or "TypedResults" } }))
            {
                return true;
            }
        }

        return owner is IMethodSymbol method && HasResponse(method, types);
    }

    private static bool HasResponse(IMethodSymbol method, AspNetTypes types)
    {
        foreach (var parameter in method.Parameters)
        {
            if (types.IsContext(parameter.Type) || types.IsResponse(parameter.Type))
            {
                return true;
            }
        }

        return types.KeepsRequest(method.ContainingType);
    }
}
