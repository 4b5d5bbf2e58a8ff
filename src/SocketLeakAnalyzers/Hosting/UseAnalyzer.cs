using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.AbandonedWork;
using SocketLeakAnalyzers.Rules.Listeners;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
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
        SLA2005UnboundedConnect.Descriptor,
        SLA2006TimeoutIgnoredByAsync.Descriptor,
        SLA2007AsyncWithoutBound.Descriptor,
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
        context.RegisterCompilationStartAction(static start =>
        {
            var analyses = AnalysisByOptions.Of(start.Compilation, start.Options, start.CancellationToken);
            var stores = new ConcurrentDictionary<ObligationContext, UseStore>();
            var found = new ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<Diagnostic>>(SymbolEqualityComparer.Default);
            start.RegisterSemanticModelAction(file => Analyze(file, analyses, stores, found));
        });
    }

    private static void Analyze(
        SemanticModelAnalysisContext context,
        AnalysisByOptions analyses,
        ConcurrentDictionary<ObligationContext, UseStore> stores,
        ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<Diagnostic>> found)
    {
        var file = context.SemanticModel.SyntaxTree;
        foreach (var type in FileTypes.Of(context.SemanticModel, context.FilterSpan, context.CancellationToken))
        {
            // A nested type is read with the type that it stands in. Whichever of its files is looked at first, one of them gives the options.
            var store = stores.GetOrAdd(analyses.For(type.DeclaringSyntaxReferences[0].SyntaxTree, context.Options).Context, static context => new UseStore(context));
            if (type.ContainingType is not null || (!store.MayUse(type, context.CancellationToken) && !store.GivenResponses.AnyOf(type, context.CancellationToken)))
            {
                continue;
            }

            // Each file of a type reports what stands in it.
            if (!found.TryGetValue(type, out var diagnostics))
            {
                diagnostics = found.GetOrAdd(type, Check(type, store, context.CancellationToken));
            }

            foreach (var diagnostic in diagnostics)
            {
                if (FileTypes.Reports(file, type, diagnostic))
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }
        }
    }

    private static ImmutableArray<Diagnostic> Check(INamedTypeSymbol type, UseStore store, CancellationToken cancellationToken)
    {
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        Check(new TimeoutContext(type, store.Get(type, cancellationToken), store, cancellationToken), diagnostics.Add);
        return diagnostics.ToImmutable();
    }

    private static void Check(TimeoutContext timeouts, Action<Diagnostic> report)
    {
        SLA2001HttpClientWithoutTimeout.Check(timeouts, report);
        SLA2002InfiniteTimeout.Check(timeouts, report);
        SLA2003UnboundedBodyRead.Check(timeouts, report);
        SLA4001AbandonedThread.Check(timeouts, report);
        SLA4002AbandonedTask.Check(timeouts, report);
        SLA4003ForgottenPoolWork.Check(timeouts, report);
        SLA5001ListenerNotStopped.Check(timeouts, report);
        SLA5002StoppedAfterDrain.Check(timeouts, report);
        SLA2004BlockingWithoutTimeout.Check(timeouts, report);
        SLA2005UnboundedConnect.Check(timeouts, report);

        // One call has one of the two.
        var reported = new HashSet<IOperation>();
        foreach (var call in timeouts.Replaced)
        {
            if (timeouts.IsReportedAtItsWait(call))
            {
                reported.Add(call.Operation);
            }
        }

        SLA2006TimeoutIgnoredByAsync.Check(timeouts, reported, report);
        SLA2007AsyncWithoutBound.Check(timeouts, reported, report);
    }
}
