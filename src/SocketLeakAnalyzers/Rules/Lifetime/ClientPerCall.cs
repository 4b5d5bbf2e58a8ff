using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>Answers for other rules whether SLA1006 reports a client, or the handler that is made for it: then that stands for them.</summary>
internal static class ClientPerCall
{
    /// <param name="creation">The <c>new</c> of a client or invoker, as the semantic model has it.</param>
    /// <param name="owner">The method, or the field or property that it initializes.</param>
    /// <param name="context">What the compilation is analysed with.</param>
    /// <param name="cancellationToken">Cancels the analysis of the body.</param>
    public static bool IsReported(IOperation creation, ISymbol owner, ObligationContext context, CancellationToken cancellationToken)
    {
        var root = OperationWords.RootOf(creation);

        if (GraphOf(root, cancellationToken) is not { } graph)
        {
            return false;
        }

        var analysis = new BodyAnalysis(context);
        foreach (var result in analysis.Analyze(Body.Create(owner, graph, cancellationToken), out _, out _, cancellationToken))
        {
            if (creation.Syntax.Span.Contains(result.Site.Syntax.Span) && SLA1006HttpClientPerCall.Check(result, context, cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static ControlFlowGraph? GraphOf(IOperation root, CancellationToken cancellationToken) => root switch
    {
        IMethodBodyOperation { BlockBody: null, ExpressionBody: null } => null,
        IMethodBodyOperation method => ControlFlowGraph.Create(method, cancellationToken),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor, cancellationToken),
        IFieldInitializerOperation field => ControlFlowGraph.Create(field, cancellationToken),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property, cancellationToken),
        IBlockOperation block => ControlFlowGraph.Create(block, cancellationToken),
        _ => null,
    };
}
