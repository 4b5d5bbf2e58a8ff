using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;
using SocketLeakAnalyzers.Rules.Listeners;
using SocketLeakAnalyzers.Rules.Streaming;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Follows every tracked resource of a body along its paths, and reports the ones that are lost.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ResourceAnalyzer : DiagnosticAnalyzer
{
    private readonly SyntaxTreeValueProvider<DeclaredNames> _declaredNames = new(static tree => DeclaredNames.Read(tree, CancellationToken.None));

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        SLA1001UndisposedResource.Descriptor,
        SLA1002NotDisposedOnAllPaths.Descriptor,
        SLA1003LostBeforeHandOver.Descriptor,
        SLA1004OverwrittenWhileOwed.Descriptor,
        SLA1006HttpClientPerCall.Descriptor,
        SLA3001NotClosedOnError.Descriptor,
        SLA5001ListenerNotStopped.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var analyses = new AnalysisByOptions(start.Compilation, start.Options, NamesOf, start.CancellationToken);

            // Kept by the host for as long as the file is the same, also when other files change.
            DeclaredNames NamesOf(SyntaxTree tree) =>
                start.TryGetValue(tree, _declaredNames, out var names) ? names : DeclaredNames.Read(tree, CancellationToken.None);

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
            if (!(seen ??= new HashSet<IOperation>()).Add(root) || (!HandedOut.HasParameter(context.OwningSymbol, analysis.Context.Model) && !analysis.HasAcquisitions(root, context.CancellationToken)))
            {
                continue;
            }

            var body = Body.Create(context.OwningSymbol, context.GetControlFlowGraph(block), context.CancellationToken);
            HashSet<IOperation>? overwriting = null;
            IReadOnlyList<MemberOverwrite> overwrites;
            IReadOnlyList<HandedOutResult> handedOut;
            foreach (var result in analysis.Analyze(body, out overwrites, out handedOut, context.CancellationToken))
            {
                var finding = LifetimeFinding.Of(result);
                if (finding.Case == LifetimeCase.Overwritten && !(overwriting ??= new HashSet<IOperation>()).Add(finding.Leak.Operation!))
                {
                    // One assignment can lose what came from several acquisitions: the first stands for all.
                    continue;
                }

                if ((SLA5001ListenerNotStopped.Check(result) ?? SLA3001NotClosedOnError.Check(result) ?? Report(result, finding) ?? SLA1006HttpClientPerCall.Check(result, analysis.Context, context.CancellationToken)) is { } diagnostic)
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }

            foreach (var result in handedOut)
            {
                if (SLA3001NotClosedOnError.Check(result, analysis.Context, context.CancellationToken) is { } diagnostic)
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }

            foreach (var overwrite in overwrites)
            {
                if ((overwriting ??= new HashSet<IOperation>()).Add(overwrite.Leak.Operation!))
                {
                    context.ReportDiagnostic(SLA1004OverwrittenWhileOwed.Report(overwrite));
                }
            }
        }
    }

    private static Diagnostic? Report(SiteResult result, LifetimeFinding finding) => finding.Case switch
    {
        LifetimeCase.NeverReleased => SLA1001UndisposedResource.Report(result, finding.Leak),
        LifetimeCase.SomePath => SLA1002NotDisposedOnAllPaths.Report(result, finding.Leak),
        LifetimeCase.HandOver => SLA1003LostBeforeHandOver.Report(result, finding.Leak),
        LifetimeCase.Overwritten => SLA1004OverwrittenWhileOwed.Report(result, finding.Leak),
        _ => null,
    };

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
