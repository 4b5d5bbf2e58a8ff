using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>
/// Reports SLA1001 on every expression with a comment <c>/*leak*/</c> ahead of it, whatever becomes of it: so that a fix is seen to refuse by itself what the engine
/// would not even report.
/// </summary>
#pragma warning disable RS1001 // Only tests use it.
internal sealed class MarkedAcquisitions : DiagnosticAnalyzer
#pragma warning restore RS1001
{
    private const string Marker = "/*leak*/";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(SLA1001UndisposedResource.Descriptor);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(
            operation =>
            {
                var syntax = operation.Operation.Syntax;
                var text = syntax.SyntaxTree.GetText(operation.CancellationToken);
                if (syntax.SpanStart >= Marker.Length
                    && text.ToString(new TextSpan(syntax.SpanStart - Marker.Length, Marker.Length)) == Marker
                    && syntax is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax } })
                {
                    operation.ReportDiagnostic(Diagnostic.Create(SLA1001UndisposedResource.Descriptor, syntax.GetLocation(), "x"));
                }
            },
            OperationKind.ObjectCreation,
            OperationKind.Invocation);
    }
}
