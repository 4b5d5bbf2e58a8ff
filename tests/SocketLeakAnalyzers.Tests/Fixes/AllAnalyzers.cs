using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Hosting;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>The rules about bodies, types and uses in one: a fix for a finding of one must not make a finding of another.</summary>
#pragma warning disable RS1001, RS1036, RS1038, RS1041, RS2008 // Only tests use it.
internal sealed class AllAnalyzers : DiagnosticAnalyzer
{
    private readonly DiagnosticAnalyzer[] _all = [new TypeAnalyzer(), new ResourceAnalyzer(), new UseAnalyzer(), new StreamingAnalyzer()];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. _all.SelectMany(analyzer => analyzer.SupportedDiagnostics)];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        foreach (var analyzer in _all)
        {
            analyzer.Initialize(context);
        }
    }
}
#pragma warning restore RS1001, RS1036, RS1038, RS1041, RS2008
