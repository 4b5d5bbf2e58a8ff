using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Rules.Streaming;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Looks at the handlers of ASP.NET Core; a compilation that does not reference it costs nothing.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StreamingAnalyzer : DiagnosticAnalyzer
{
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
                start.RegisterOperationBlockAction(block => Analyze(block, types));
            }
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, AspNetTypes types)
    {
        foreach (var block in context.OperationBlocks)
        {
            if (block.Parent is null or Microsoft.CodeAnalysis.Operations.IMethodBodyOperation or Microsoft.CodeAnalysis.Operations.IConstructorBodyOperation && MayStream(block.Syntax, context.OwningSymbol, types))
            {
                foreach (var wait in ResponseLoops.Find(types, context.OwningSymbol, block, context.CancellationToken))
                {
                    context.ReportDiagnostic(SLA3002ClientGoneUnseen.Report(wait));
                }
            }
        }
    }

    /// <summary>Whether the text has to do with a response at all: it names one, gives events, or yields to the client of a hub or controller.</summary>
    private static bool MayStream(SyntaxNode body, ISymbol owner, AspNetTypes types)
    {
        var mayYield = types.IsServing(owner.ContainingType) || owner is IMethodSymbol { ReturnType.Name: "IAsyncEnumerable" };
        foreach (var token in body.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText is "Response" or "response" or "HttpResponse" or "ServerSentEvents" or "HttpContext" or "SendFileAsync"
                || (token.IsKind(SyntaxKind.AwaitKeyword) && mayYield)
                || token.IsKind(SyntaxKind.YieldKeyword))
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

        return false;
    }
}
