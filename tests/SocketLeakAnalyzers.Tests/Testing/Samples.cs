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

#pragma warning disable RS1001, RS1025, RS1026, RS1036, RS1038, RS1041, RS2008 // Analyzers for tests of the verifier.

/// <summary>Reports every local whose name starts with "bad", at its name, with the method's name as additional location.</summary>
internal class BadNameAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("BAD1", "Bad name", "'{0}' in '{1}' is bad", "Test", DiagnosticSeverity.Warning, true);

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
                        Descriptor, declarator.Identifier.GetLocation(), [method.Identifier.GetLocation()], declarator.Identifier.ValueText, method.Identifier.ValueText));
                }
            },
            SyntaxKind.VariableDeclarator);
    }
}

/// <summary>Reports every bad name twice at one place.</summary>
internal sealed class TwiceAnalyzer : BadNameAnalyzer
{
    public override void Initialize(AnalysisContext context)
    {
        base.Initialize(context);
        context.RegisterSyntaxNodeAction(
            node => node.ReportDiagnostic(Diagnostic.Create(Descriptor, ((VariableDeclaratorSyntax)node.Node).Identifier.GetLocation(), "again", "again")),
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

/// <summary>Reports every line "bad" of an additional file, in that file.</summary>
internal sealed class AdditionalFileAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("ADD1", "Line", "bad line {0}", "Test", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterAdditionalFileAction(file =>
        {
            var text = file.AdditionalFile.GetText(file.CancellationToken)!;
            foreach (var line in text.Lines.Where(line => line.ToString() == "bad"))
            {
                var place = Location.Create(file.AdditionalFile.Path, line.Span, text.Lines.GetLinePositionSpan(line.Span));
                file.ReportDiagnostic(Diagnostic.Create(Descriptor, place, line.LineNumber + 1));
            }
        });
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

/// <summary>Reports every class in its first run, and nothing or something else in the next.</summary>
internal sealed class UnstableAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("UNS1", "Unstable", "run {0}", "Test", DiagnosticSeverity.Warning, true);

    private int runs;

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var run = Interlocked.Increment(ref runs);
            start.RegisterSyntaxNodeAction(
                node => node.ReportDiagnostic(Diagnostic.Create(Descriptor, ((ClassDeclarationSyntax)node.Node).Identifier.GetLocation(), run)),
                SyntaxKind.ClassDeclaration);
        });
    }
}

/// <summary>Reports the compilation as a whole.</summary>
internal sealed class NowhereAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Descriptor = new("NOW1", "Nowhere", "nowhere", "Test", DiagnosticSeverity.Warning, true, customTags: WellKnownDiagnosticTags.CompilationEnd);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(compilation => compilation.ReportDiagnostic(Diagnostic.Create(Descriptor, Location.None)));
    }
}

/// <summary>Has two ids, of which the second is off by default.</summary>
internal sealed class TwoIdsAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor OnClass = new("TWO1", "Class", "class", "Test", DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor OnMethod = new("TWO2", "Method", "method", "Test", DiagnosticSeverity.Info, false);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [OnClass, OnMethod];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(
            node => node.ReportDiagnostic(Diagnostic.Create(OnClass, ((ClassDeclarationSyntax)node.Node).Identifier.GetLocation())),
            SyntaxKind.ClassDeclaration);
        context.RegisterSyntaxNodeAction(
            node => node.ReportDiagnostic(Diagnostic.Create(OnMethod, ((MethodDeclarationSyntax)node.Node).Identifier.GetLocation())),
            SyntaxKind.MethodDeclaration);
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

internal sealed class CommentDroppingFix : GoodNameFix
{
    protected override SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator)
    {
        var renamed = base.Fix(root, declarator);
        return renamed.ReplaceTrivia(renamed.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)), (_, _) => default);
    }
}

internal sealed class LineEndChangingFix : GoodNameFix
{
    protected override SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator)
    {
        var renamed = base.Fix(root, declarator);
        return renamed.ReplaceTrivia(renamed.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)), (_, _) => SyntaxFactory.LineFeed);
    }
}

internal sealed class BreakingFix : GoodNameFix
{
    protected override SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator)
    {
        var type = ((VariableDeclarationSyntax)declarator.Parent!).Type;
        var renamed = base.Fix(root, declarator);
        return renamed.ReplaceNode(renamed.FindNode(type.Span), SyntaxFactory.IdentifierName("Missing").WithTriviaFrom(type));
    }
}

internal sealed class LeavingFix : GoodNameFix
{
    protected override SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator) =>
        root.ReplaceToken(declarator.Identifier, SyntaxFactory.Identifier("badStill").WithTriviaFrom(declarator.Identifier));
}

internal sealed class IdleFix : GoodNameFix
{
    protected override SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator) => root;
}

internal sealed class FixWithoutFixAll : GoodNameFix
{
    public override FixAllProvider? GetFixAllProvider() => null;
}

/// <summary>Its Fix All forgets all but the first diagnostic of each document.</summary>
internal sealed class ForgetfulFixAllFix : GoodNameFix
{
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(async (context, document, diagnostics) =>
    {
        var root = await document.GetSyntaxRootAsync(context.CancellationToken) ?? throw new InvalidOperationException();
        return document.WithSyntaxRoot(Fix(root, root.FindNode(diagnostics[0].Location.SourceSpan).FirstAncestorOrSelf<VariableDeclaratorSyntax>()!));
    });
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

/// <summary>Adds a document next to the one it fixes.</summary>
internal sealed class DocumentAddingFix : GoodNameFix
{
    public override FixAllProvider? GetFixAllProvider() => null;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken) ?? throw new InvalidOperationException();
        var declarator = root.FindNode(context.Span).FirstAncestorOrSelf<VariableDeclaratorSyntax>()!;
        context.RegisterCodeFix(
            CodeAction.Create(
                "Rename",
                _ => Task.FromResult(context.Document.WithSyntaxRoot(Fix(root, declarator)).Project.AddDocument("Added.cs", "class Added { }\n", filePath: "/0/Added.cs").Project.Solution),
                "rename"),
            context.Diagnostics);
    }
}

/// <summary>Adds a statement the way fixes do: built without trivia, and left to the formatter.</summary>
internal sealed class StatementAddingFix : GoodNameFix
{
    protected override SyntaxNode Fix(SyntaxNode root, VariableDeclaratorSyntax declarator)
    {
        var renamed = base.Fix(root, declarator);
        var statement = renamed.FindNode(declarator.Span).FirstAncestorOrSelf<LocalDeclarationStatementSyntax>()!;
        var added = SyntaxFactory.ParseStatement("if (true) { }").WithAdditionalAnnotations(Microsoft.CodeAnalysis.Formatting.Formatter.Annotation);
        return renamed.InsertNodesAfter(statement, [added]);
    }
}

internal sealed class EncodingChangingFix : GoodNameFix
{
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var text = await context.Document.GetTextAsync(context.CancellationToken);
        var changed = context.Document.WithText(SourceText.From(text.Replace(context.Span, "good").ToString(), System.Text.Encoding.Unicode));
        context.RegisterCodeFix(CodeAction.Create("Rename", _ => Task.FromResult(changed), "rename"), context.Diagnostics);
    }
}
