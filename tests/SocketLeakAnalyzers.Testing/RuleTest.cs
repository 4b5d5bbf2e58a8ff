using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Testing;

namespace SocketLeakAnalyzers.Testing;

/// <summary>A test of an analyzer, on .NET 10 unless said otherwise.</summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
public class RuleTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>Makes a test without code. That a pragma suppresses is the compiler's work, the same for every rule.</summary>
    public RuleTest()
    {
        ReferenceAssemblies = TargetFrameworks.Net100;
        MarkupOptions = MarkupOptions.UseFirstDescriptor;
        TestBehaviors = TestBehaviors.SkipSuppressionCheck;
    }

    /// <summary>The version of C#.</summary>
    public LanguageVersion LanguageVersion { get; set; }

    /// <inheritdoc/>
    protected override Task RunImplAsync(CancellationToken cancellationToken)
    {
        MarkedLines.PutInto(TestState);
        return base.RunImplAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override ParseOptions CreateParseOptions() => ((CSharpParseOptions)base.CreateParseOptions()).WithLanguageVersion(LanguageVersion);

    /// <inheritdoc/>
    protected override Task<Workspace> CreateWorkspaceImplAsync() => Task.FromResult<Workspace>(new AdhocWorkspace(MefHostServices.DefaultHost));
}

/// <summary>A test of a code fix, on .NET 10 unless said otherwise.</summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
/// <typeparam name="TCodeFix">The code fix.</typeparam>
public class FixTest<TAnalyzer, TCodeFix> : CSharpCodeFixTest<TAnalyzer, TCodeFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    /// <summary>Makes a test without code.</summary>
    public FixTest()
    {
        ReferenceAssemblies = TargetFrameworks.Net100;
        MarkupOptions = MarkupOptions.UseFirstDescriptor;
        TestBehaviors = TestBehaviors.SkipSuppressionCheck;
        FixedState.MarkupHandling = MarkupMode.Allow;
        BatchFixedState.MarkupHandling = MarkupMode.Allow;
    }

    /// <summary>The version of C#.</summary>
    public LanguageVersion LanguageVersion { get; set; }

    /// <inheritdoc/>
    protected override Task RunImplAsync(CancellationToken cancellationToken)
    {
        MarkedLines.PutInto(TestState);
        MarkedLines.PutInto(FixedState);
        MarkedLines.PutInto(BatchFixedState);
        return base.RunImplAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override ParseOptions CreateParseOptions() => ((CSharpParseOptions)base.CreateParseOptions()).WithLanguageVersion(LanguageVersion);

    /// <inheritdoc/>
    protected override Task<Workspace> CreateWorkspaceImplAsync() => Task.FromResult<Workspace>(new AdhocWorkspace(MefHostServices.DefaultHost));
}
