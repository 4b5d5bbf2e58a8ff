using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>
/// Reports SLA1004 on every assignment with a comment <c>/*lost*/</c> behind it, unless a release stands ahead of it: for the shapes of fields that take more than
/// one method to be found, and for a fix to be seen to refuse by itself.
/// </summary>
#pragma warning disable RS1001 // Only tests use it.
internal sealed class MarkedOverwrites : DiagnosticAnalyzer
#pragma warning restore RS1001
{
    private const string Marker = "/*lost*/";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(SLA1004OverwrittenWhileOwed.Descriptor);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(
            operation =>
            {
                var syntax = operation.Operation.Syntax;
                var text = syntax.SyntaxTree.GetText(operation.CancellationToken);
                if (syntax.Span.End + Marker.Length > text.Length || text.ToString(new TextSpan(syntax.Span.End, Marker.Length)) != Marker)
                {
                    return;
                }

                var statement = syntax.FirstAncestorOrSelf<StatementSyntax>();
                var isReleased = statement?.Parent is BlockSyntax block
                    && block.Statements.IndexOf(statement) is > 0 and var index
                    && block.Statements[index - 1].ToString() is var previous
                    && (previous.Contains("Dispose", System.StringComparison.Ordinal) || previous.Contains("Close", System.StringComparison.Ordinal));
                if (!isReleased)
                {
                    operation.ReportDiagnostic(Diagnostic.Create(SLA1004OverwrittenWhileOwed.Descriptor, syntax.GetLocation(), "'x'", "X"));
                }
            },
            OperationKind.SimpleAssignment,
            OperationKind.DeconstructionAssignment);
    }
}
