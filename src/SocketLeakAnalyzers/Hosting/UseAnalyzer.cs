using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.AbandonedWork;
using SocketLeakAnalyzers.Rules.Listeners;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Looks at what each type does over the network, and whether anything bounds it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UseAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        SLA2001HttpClientWithoutTimeout.Descriptor,
        SLA2002InfiniteTimeout.Descriptor,
        SLA2003UnboundedBodyRead.Descriptor,
        SLA2004BlockingWithoutTimeout.Descriptor,
        SLA4001AbandonedThread.Descriptor,
        SLA4002AbandonedTask.Descriptor,
        SLA4003ForgottenPoolWork.Descriptor,
        SLA5001ListenerNotStopped.Descriptor,
        SLA5002StoppedAfterDrain.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var analyses = new AnalysisByOptions(start.Compilation, start.Options, static tree => DeclaredNames.Read(tree, CancellationToken.None), start.CancellationToken);
            var stores = new ConcurrentDictionary<ObligationContext, UseStore>();
            start.RegisterSymbolAction(symbol => Analyze(symbol, analyses, stores), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, AnalysisByOptions analyses, ConcurrentDictionary<ObligationContext, UseStore> stores)
    {
        // A nested type is read with the type that it stands in.
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.ContainingType is not null || type.DeclaringSyntaxReferences.IsEmpty)
        {
            return;
        }

        var store = stores.GetOrAdd(analyses.For(type.DeclaringSyntaxReferences[0].SyntaxTree, context.Options).Context, static context => new UseStore(context));
        if (!store.MayUse(type, context.CancellationToken))
        {
            return;
        }

        var timeouts = new TimeoutContext(type, store.Get(type, context.CancellationToken), store, context.CancellationToken);
        SLA2001HttpClientWithoutTimeout.Check(timeouts, context.ReportDiagnostic);
        SLA2002InfiniteTimeout.Check(timeouts, context.ReportDiagnostic);
        SLA2003UnboundedBodyRead.Check(timeouts, context.ReportDiagnostic);
        SLA4001AbandonedThread.Check(timeouts, context.ReportDiagnostic);
        SLA4002AbandonedTask.Check(timeouts, context.ReportDiagnostic);
        SLA4003ForgottenPoolWork.Check(timeouts, context.ReportDiagnostic);
        SLA5001ListenerNotStopped.Check(timeouts, context.ReportDiagnostic);
        SLA5002StoppedAfterDrain.Check(timeouts, context.ReportDiagnostic);
        SLA2004BlockingWithoutTimeout.Check(timeouts, context.ReportDiagnostic);
    }
}
