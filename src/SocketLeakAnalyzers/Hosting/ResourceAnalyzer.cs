using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Follows every tracked resource of a body along its paths, and reports the ones that are lost.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ResourceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        SLA1001UndisposedResource.Descriptor,
        SLA1002NotDisposedOnAllPaths.Descriptor,
        SLA1003LostBeforeHandOver.Descriptor,
        SLA1004OverwrittenWhileOwed.Descriptor,
        SLA1006HttpClientPerCall.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var analyses = new AnalysisByOptions(start.Compilation, start.Options, start.CancellationToken);
            start.RegisterOperationBlockAction(block => Analyze(block, analyses));
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, AnalysisByOptions analyses)
    {
        // A constructor's initializer and its body are two blocks of one graph.
        HashSet<IOperation>? seen = null;
        foreach (var block in context.OperationBlocks)
        {
            var root = Root(block);
            var analysis = analyses.For(root.Syntax.SyntaxTree, context.Options);
            if (!(seen ??= new HashSet<IOperation>()).Add(root) || !analysis.HasAcquisitions(root))
            {
                continue;
            }

            var body = Body.Create(context.OwningSymbol, context.GetControlFlowGraph(block), context.CancellationToken);
            foreach (var result in analysis.Analyze(body, context.CancellationToken))
            {
                if ((Check(result) ?? SLA1006HttpClientPerCall.Check(result, analysis.Context, context.CancellationToken)) is { } diagnostic)
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }
        }
    }

    private static Diagnostic? Check(SiteResult result)
    {
        var finding = LifetimeFinding.Of(result);
        return finding.Case switch
        {
            LifetimeCase.NeverReleased => SLA1001UndisposedResource.Report(result, finding.Leak),
            LifetimeCase.SomePath => SLA1002NotDisposedOnAllPaths.Report(result, finding.Leak),
            LifetimeCase.HandOver => SLA1003LostBeforeHandOver.Report(result, finding.Leak),
            LifetimeCase.Overwritten => SLA1004OverwrittenWhileOwed.Report(result, finding.Leak),
            _ => null,
        };
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
