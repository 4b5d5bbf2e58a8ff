using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;
using SocketLeakAnalyzers.Rules.Listeners;
using SocketLeakAnalyzers.Rules.Streaming;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>
/// Follows every tracked resource of a body along its paths, and reports the ones that are lost.
/// <para>
/// A file is looked at when the compiler has bound it: the bodies that are looked into are not bound a second time, and the others cost a look at
/// their text.
/// </para>
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ResourceAnalyzer : DiagnosticAnalyzer
{
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
        context.RegisterCompilationStartAction(static start =>
        {
            var analyses = AnalysisByOptions.Of(start.Compilation, start.Options, start.CancellationToken);
            start.RegisterSemanticModelAction(file => Analyze(file, analyses));
        });
    }

    private static void Analyze(SemanticModelAnalysisContext context, AnalysisByOptions analyses)
    {
        if (context.SemanticModel.SyntaxTree.GetRoot(context.CancellationToken) is not CompilationUnitSyntax file)
        {
            return;
        }

        var analysis = analyses.For(file.SyntaxTree, context.Options);
        foreach (var body in BodySyntax.Of(file))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (context.FilterSpan?.IntersectsWith(body.Code.Span) != false
                && analysis.Find(body, context.SemanticModel, context.CancellationToken) is { } found)
            {
                Analyze(found, analysis, context.ReportDiagnostic, context.CancellationToken);
            }
        }
    }

    /// <summary>What the rules say of one body.</summary>
    internal static void Analyze(Body body, BodyAnalysis analysis, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        HashSet<IOperation>? overwriting = null;
        var results = analysis.Analyze(body, out var overwrites, out var handedOut, cancellationToken);
        foreach (var result in results)
        {
            var finding = LifetimeFinding.Of(result);
            if (finding.Case == LifetimeCase.Overwritten && !(overwriting ??= new HashSet<IOperation>()).Add(finding.Leak.Operation!))
            {
                // One assignment can lose what came from several acquisitions: the first stands for all.
                continue;
            }

            if ((SLA5001ListenerNotStopped.Check(result) ?? SLA3001NotClosedOnError.Check(result) ?? Report(result, finding) ?? SLA1006HttpClientPerCall.Check(result, analysis.Context, cancellationToken)) is { } diagnostic)
            {
                report(diagnostic);
            }
        }

        foreach (var result in handedOut)
        {
            if (SLA3001NotClosedOnError.Check(result, analysis.Context, cancellationToken) is { } diagnostic)
            {
                report(diagnostic);
            }
        }

        foreach (var overwrite in overwrites)
        {
            if ((overwriting ??= new HashSet<IOperation>()).Add(overwrite.Leak.Operation!))
            {
                report(SLA1004OverwrittenWhileOwed.Report(overwrite));
            }
        }
    }

    private static Diagnostic? Report(SiteResult result, LifetimeFinding finding) => finding.Case switch
    {
        LifetimeCase.NeverReleased => SLA1001UndisposedResource.Report(result, finding.Leak),
        LifetimeCase.SomePath => SLA1002NotDisposedOnAllPaths.Report(result, finding.Leak),
        LifetimeCase.HandOver => SLA1003LostBeforeHandOver.Report(result, finding.Leak),
        LifetimeCase.Overwritten => SLA1004OverwrittenWhileOwed.Report(result, finding.Leak),
        _ => result.Loss is { } loss && !LifetimeFinding.IsLeftToOthers(result.Kind) ? SLA1003LostBeforeHandOver.Report(result, loss) : null,
    };
}
