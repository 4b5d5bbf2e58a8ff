using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Tests.Testing;

#pragma warning disable RS1001, RS1025, RS1026, RS1036, RS1038, RS1041, RS2008 // Analyzers for tests of the helpers.

/// <summary>Reports every local whose name starts with "bad", at its name, with the method's name as additional location.</summary>
internal class BadNameAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("BAD1", "Bad name", "'{0}' in '{1}' is bad since line {2}", "Test", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(
            node =>
            {
                var declarator = (VariableDeclaratorSyntax)node.Node;
                if (!declarator.Identifier.ValueText.StartsWith("bad", StringComparison.Ordinal))
                    return;
                var method = declarator.FirstAncestorOrSelf<MethodDeclarationSyntax>();
                if (method is not null)
                {
                    node.ReportDiagnostic(Diagnostic.Create(
                        Descriptor, declarator.Identifier.GetLocation(), [method.Identifier.GetLocation()], declarator.Identifier.ValueText, method.Identifier.ValueText,
                        method.Identifier.GetLocation().GetLineSpan().StartLinePosition.Line + 1));
                }
            },
            SyntaxKind.VariableDeclarator);
    }
}

/// <summary>Reports every class where the option <c>bad_names</c> is set for the file, or <c>bad_names_everywhere</c> for everything.</summary>
internal sealed class OptionAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("OPT1", "Option", "the option is '{0}'", "Test", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(
            node =>
            {
                var provider = node.Options.AnalyzerConfigOptionsProvider;
                if (provider.GetOptions(node.Node.SyntaxTree).TryGetValue("bad_names", out var value) || provider.GlobalOptions.TryGetValue("bad_names_everywhere", out value))
                    node.ReportDiagnostic(Diagnostic.Create(Descriptor, ((ClassDeclarationSyntax)node.Node).Identifier.GetLocation(), value));
            },
            SyntaxKind.ClassDeclaration);
    }
}

internal sealed class ThrowingAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("THR1", "Throws", "throws", "Test", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(_ => throw new FormatException("the analyzer is broken"), SyntaxKind.ClassDeclaration);
    }
}

/// <summary>Renames a bad declaration by putting "good" in the place of "bad"; what is not as it should be, subclasses say.</summary>
internal class GoodNameFix : CodeFixProvider
{
    public sealed override ImmutableArray<string> FixableDiagnosticIds => [BadNameAnalyzer.Descriptor.Id];

    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken) ?? throw new InvalidOperationException();
        var declarator = root.FindNode(context.Span).FirstAncestorOrSelf<VariableDeclaratorSyntax>()!;
        if (declarator.Identifier.ValueText == "badForever")
            return;
        context.RegisterCodeFix(
            CodeAction.Create("Rename", _ => Task.FromResult(context.Document.WithSyntaxRoot(Fix(root, declarator))), "rename"),
            context.Diagnostics);
    }

    protected virtual SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator)
    {
        var name = "good" + declarator.Identifier.ValueText.Substring(3);
        return root.ReplaceToken(declarator.Identifier, SyntaxFactory.Identifier(name).WithTriviaFrom(declarator.Identifier));
    }
}

/// <summary>Offers two actions.</summary>
internal sealed class TwoActionsFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [BadNameAnalyzer.Descriptor.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var text = await context.Document.GetTextAsync(context.CancellationToken);
        foreach (var name in new[] { "good", "better" })
        {
            var changed = context.Document.WithText(text.Replace(context.Span, name));
            context.RegisterCodeFix(CodeAction.Create("To " + name, _ => Task.FromResult(changed), "to-" + name), context.Diagnostics);
        }
    }
}
