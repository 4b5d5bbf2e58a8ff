using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Rules.Lifetime;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Looks at each type as a whole: what it acquires into its fields, and whether any of its code lets that go.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TypeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(SLA1005FieldNeverReleased.Descriptor);

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
        var file = context.SemanticModel.SyntaxTree;
        foreach (var type in FileTypes.Of(context.SemanticModel, context.FilterSpan, context.CancellationToken))
        {
            // Whichever of its files is looked at first, one of them gives the options.
            var obligations = analyses.For(type.DeclaringSyntaxReferences[0].SyntaxTree, context.Options).Context;
            if (!DeclaresField(type, file) || !obligations.OwningTypes.MayForget(type, context.CancellationToken))
            {
                continue;
            }

            foreach (var held in obligations.OwningTypes.Get(type, context.CancellationToken).Held)
            {
                if (!held.Symbol.Locations.IsEmpty
                    && held.Symbol.Locations[0].SourceTree == file
                    && SLA1005FieldNeverReleased.Check(type, held, obligations, context.CancellationToken) is { } diagnostic)
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }
        }
    }

    private static bool DeclaresField(INamedTypeSymbol type, SyntaxTree file)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: false, Locations: { IsEmpty: false } locations } && locations[0].SourceTree == file)
            {
                return true;
            }
        }

        return false;
    }
}
