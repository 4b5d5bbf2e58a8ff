using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>
/// The short way to test a rule. A snippet is a whole file; the usual namespaces are imported for it by a second file. Write a
/// reported span as <c>{|SLA1001:x|}</c>, or as <c>[|x|]</c> where the analyzer has one id.
/// </summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
public static class Verify<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>Expects a diagnostic with this id; null where the analyzer has one id only.</summary>
    public static DiagnosticResult Diagnostic(string? id = null) => Descriptors.Diagnostic(new TAnalyzer(), id);

    /// <summary>Fails if the analyzer reports anything.</summary>
    /// <param name="code">The snippet.</param>
    /// <param name="references">What it is compiled against; .NET 10 with ASP.NET Core, unless said otherwise.</param>
    /// <param name="editorconfig">The text of an .editorconfig file; without a section it is about every C# file.</param>
    /// <param name="globalconfig">The text of a .globalconfig file, without its first line.</param>
    /// <param name="languageVersion">The version of C#.</param>
    /// <param name="allowErrors">Whether the snippet may fail to compile.</param>
    /// <param name="additionalFiles">The additional files.</param>
    /// <param name="outputKind">The kind of assembly; a program for a snippet with top-level statements, else a library.</param>
    public static async Task Silent(
        string code,
        ReferenceAssemblies? references = null,
        string? editorconfig = null,
        string? globalconfig = null,
        LanguageVersion languageVersion = LanguageVersion.Default,
        bool allowErrors = false,
        (string Name, string Text)[]? additionalFiles = null,
        OutputKind? outputKind = null)
    {
        if (States(code))
            throw new ArgumentException("The snippet states a diagnostic of the analyzer, but is expected to be silent.");
        var snippet = new Snippet(references, editorconfig, globalconfig, languageVersion, allowErrors, additionalFiles, outputKind);
        var test = new RuleTest<TAnalyzer> { LanguageVersion = languageVersion };
        snippet.Configure(test, code);
        await test.RunAsync().ConfigureAwait(false);
    }

    /// <summary>Fails unless the analyzer reports just what the markup and <paramref name="expected"/> state.</summary>
    /// <param name="code">The snippet.</param>
    /// <param name="expected">What is expected with its message and additional locations; markup states id and place only.</param>
    /// <param name="references">What it is compiled against; .NET 10 with ASP.NET Core, unless said otherwise.</param>
    /// <param name="editorconfig">The text of an .editorconfig file; without a section it is about every C# file.</param>
    /// <param name="globalconfig">The text of a .globalconfig file, without its first line.</param>
    /// <param name="languageVersion">The version of C#.</param>
    /// <param name="allowErrors">Whether the snippet may fail to compile.</param>
    /// <param name="additionalFiles">The additional files; they may carry markup.</param>
    /// <param name="outputKind">The kind of assembly; a program for a snippet with top-level statements, else a library.</param>
    public static async Task Reports(
        string code,
        DiagnosticResult[]? expected = null,
        ReferenceAssemblies? references = null,
        string? editorconfig = null,
        string? globalconfig = null,
        LanguageVersion languageVersion = LanguageVersion.Default,
        bool allowErrors = false,
        (string Name, string Text)[]? additionalFiles = null,
        OutputKind? outputKind = null)
    {
        if (expected is not { Length: > 0 } && !States(code) && additionalFiles?.Any(file => States(file.Text)) != true)
            throw new ArgumentException("Nothing is expected: mark the span that is reported, or use Silent.");
        var snippet = new Snippet(references, editorconfig, globalconfig, languageVersion, allowErrors, additionalFiles, outputKind);
        var test = new RuleTest<TAnalyzer> { LanguageVersion = languageVersion };
        snippet.Configure(test, code);
        test.ExpectedDiagnostics.AddRange(expected ?? []);
        await test.RunAsync().ConfigureAwait(false);
    }

    private static bool States(string code)
    {
        TestFileMarkupParser.GetSpans(code, treatPositionIndicatorsAsCode: true, out _, out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
        return spans.Keys.Any(name => !(name.StartsWith('#') || name.StartsWith("CS", StringComparison.Ordinal)));
    }
}

/// <summary>The short way to test a code fix; see <see cref="Verify{TAnalyzer}"/> for the snippets.</summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
/// <typeparam name="TCodeFix">The code fix.</typeparam>
public static class Verify<TAnalyzer, TCodeFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    /// <summary>Expects a diagnostic with this id; null where the analyzer has one id only.</summary>
    public static DiagnosticResult Diagnostic(string? id = null) => Descriptors.Diagnostic(new TAnalyzer(), id);

    /// <summary>Fails unless the fix, one by one and in Fix All, makes <paramref name="after"/> of <paramref name="before"/>.</summary>
    /// <param name="before">The snippet, with its diagnostics marked.</param>
    /// <param name="after">The fixed snippet; a diagnostic left in it has to be marked.</param>
    /// <param name="batchAfter">The snippet after Fix All, where that differs.</param>
    /// <param name="expected">What is expected with its message and additional locations.</param>
    /// <param name="index">Which of the offered actions is applied.</param>
    /// <param name="equivalenceKey">The equivalence key of the action that is applied.</param>
    /// <param name="iterations">How many fixes are applied one by one; at most one for each diagnostic, unless said otherwise.</param>
    /// <param name="fixAllIterations">How often Fix All is applied; once, unless said otherwise.</param>
    /// <param name="behaviors">What is skipped.</param>
    /// <param name="references">What it is compiled against; .NET 10 with ASP.NET Core, unless said otherwise.</param>
    /// <param name="editorconfig">The text of an .editorconfig file; without a section it is about every C# file.</param>
    /// <param name="globalconfig">The text of a .globalconfig file, without its first line.</param>
    /// <param name="languageVersion">The version of C#.</param>
    /// <param name="allowErrors">Whether the snippet may fail to compile.</param>
    /// <param name="additionalFiles">The additional files.</param>
    /// <param name="outputKind">The kind of assembly; a program for a snippet with top-level statements, else a library.</param>
    public static async Task Fixes(
        string before,
        string after,
        string? batchAfter = null,
        DiagnosticResult[]? expected = null,
        int? index = null,
        string? equivalenceKey = null,
        int? iterations = null,
        int? fixAllIterations = null,
        CodeFixTestBehaviors behaviors = CodeFixTestBehaviors.None,
        ReferenceAssemblies? references = null,
        string? editorconfig = null,
        string? globalconfig = null,
        LanguageVersion languageVersion = LanguageVersion.Default,
        bool allowErrors = false,
        (string Name, string Text)[]? additionalFiles = null,
        OutputKind? outputKind = null)
    {
        if (before == after)
            throw new ArgumentException("Both snippets are the same: use NoFix.");
        var snippet = new Snippet(references, editorconfig, globalconfig, languageVersion, allowErrors, additionalFiles, outputKind);
        var test = new FixTest<TAnalyzer, TCodeFix>
        {
            LanguageVersion = languageVersion,
            CodeActionIndex = index,
            CodeActionEquivalenceKey = equivalenceKey,
            NumberOfIncrementalIterations = iterations,
            NumberOfFixAllIterations = fixAllIterations,
            CodeFixTestBehaviors = behaviors,
        };
        snippet.Configure(test, before);
        snippet.AddSources(test.FixedState, after);
        if (batchAfter is not null)
            snippet.AddSources(test.BatchFixedState, batchAfter);
        test.ExpectedDiagnostics.AddRange(expected ?? []);
        await test.RunAsync().ConfigureAwait(false);
    }

    /// <summary>Fails unless the marked diagnostics are reported and no fix is offered for any of them.</summary>
    /// <param name="code">The snippet, with its diagnostics marked.</param>
    /// <param name="expected">What is expected with its message and additional locations.</param>
    /// <param name="references">What it is compiled against; .NET 10 with ASP.NET Core, unless said otherwise.</param>
    /// <param name="editorconfig">The text of an .editorconfig file; without a section it is about every C# file.</param>
    /// <param name="globalconfig">The text of a .globalconfig file, without its first line.</param>
    /// <param name="languageVersion">The version of C#.</param>
    /// <param name="allowErrors">Whether the snippet may fail to compile.</param>
    /// <param name="additionalFiles">The additional files.</param>
    /// <param name="outputKind">The kind of assembly; a program for a snippet with top-level statements, else a library.</param>
    public static async Task NoFix(
        string code,
        DiagnosticResult[]? expected = null,
        ReferenceAssemblies? references = null,
        string? editorconfig = null,
        string? globalconfig = null,
        LanguageVersion languageVersion = LanguageVersion.Default,
        bool allowErrors = false,
        (string Name, string Text)[]? additionalFiles = null,
        OutputKind? outputKind = null)
    {
        var snippet = new Snippet(references, editorconfig, globalconfig, languageVersion, allowErrors, additionalFiles, outputKind);
        var test = new FixTest<TAnalyzer, TCodeFix> { LanguageVersion = languageVersion };
        snippet.Configure(test, code);
        // The same code after the fix: it says that none is offered, where no code would ask for none.
        snippet.AddSources(test.FixedState, code);
        test.ExpectedDiagnostics.AddRange(expected ?? []);
        await test.RunAsync().ConfigureAwait(false);
    }
}

/// <summary>Wraps the part of a snippet that matters in the parts that do not.</summary>
public static class Verify
{
    /// <summary>
    /// A class <c>C</c> with one method around these statements. The method is <c>async Task M(CancellationToken token)</c>
    /// unless said otherwise, and <paramref name="members"/> follow it.
    /// </summary>
    public static string InMethod(string body, string signature = "public async Task M(CancellationToken token)", string members = "", string? baseType = null)
    {
        var end = body.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var lines = new List<string> { baseType is null ? "public class C" : "public class C : " + baseType, "{", "    " + signature, "    {" };
        lines.AddRange(Indented(body, "        "));
        lines.Add("    }");
        if (members.Length > 0)
        {
            lines.Add(string.Empty);
            lines.AddRange(Indented(members, "    "));
        }

        lines.Add("}");
        return string.Join(end, lines) + end;
    }

    private static IEnumerable<string> Indented(string text, string indent) =>
        text.Split('\n').Select(line => line.TrimEnd('\r')).Select(line => line.Length == 0 ? line : indent + line);
}

/// <summary>What the short helpers add to a snippet.</summary>
internal sealed class Snippet(
    ReferenceAssemblies? references,
    string? editorconfig,
    string? globalconfig,
    LanguageVersion languageVersion,
    bool allowErrors,
    (string Name, string Text)[]? additionalFiles,
    OutputKind? outputKind)
{
    // After Test0.cs in path order, so that what is reported at the start of the first file is reported in the snippet.
    private const string UsingsPath = "/0/Usings.cs";

    private static readonly string[] Everywhere =
    [
        "System", "System.Collections.Generic", "System.IO", "System.IO.Compression", "System.IO.Pipes", "System.Linq", "System.Net", "System.Net.Http",
        "System.Net.Security", "System.Net.Sockets", "System.Net.WebSockets", "System.Text", "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly string[] WithAspNetCore =
    [
        .. Everywhere, "System.IO.Pipelines", "System.Threading.Channels", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly SourceText GlobalUsingsEverywhere = SourceText.From(string.Concat(Everywhere.Select(name => $"global using {name};\n")), System.Text.Encoding.UTF8);

    private static readonly SourceText GlobalUsingsWithAspNetCore = SourceText.From(string.Concat(WithAspNetCore.Select(name => $"global using {name};\n")), System.Text.Encoding.UTF8);

    private readonly ReferenceAssemblies references = references ?? TargetFrameworks.Net100;

    private bool HasAspNetCore => references == TargetFrameworks.Net100 || references == TargetFrameworks.Net80;

    public void Configure<TVerifier>(AnalyzerTest<TVerifier> test, string code)
        where TVerifier : IVerifier, new()
    {
        test.ReferenceAssemblies = references;
        test.MarkupOptions |= MarkupOptions.TreatPositionIndicatorsAsCode;
        if (allowErrors)
            test.CompilerDiagnostics = CompilerDiagnostics.None;
        if (editorconfig is not null)
            test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", editorconfig.Contains('[') ? editorconfig : "root = true\n[*.cs]\n" + editorconfig));
        if (globalconfig is not null)
            test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", "is_global = true\n" + globalconfig));
        foreach (var file in additionalFiles ?? [])
            test.TestState.AdditionalFiles.Add(file);
        test.TestState.OutputKind = outputKind ?? (HasTopLevelStatements(code) ? OutputKind.ConsoleApplication : null);
        AddSources(test.TestState, code);
    }

    /// <summary>Before C# 10 there are no global usings: there the snippet itself gets them.</summary>
    public void AddSources(SolutionState state, string code)
    {
        if (languageVersion.MapSpecifiedToEffectiveVersion() >= LanguageVersion.CSharp10)
        {
            state.Sources.Add(code);
            state.Sources.Add((UsingsPath, HasAspNetCore ? GlobalUsingsWithAspNetCore : GlobalUsingsEverywhere));
            return;
        }

        var end = code.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        state.Sources.Add(string.Concat((HasAspNetCore ? WithAspNetCore : Everywhere).Select(name => $"using {name};{end}")) + code);
    }

    private bool HasTopLevelStatements(string code)
    {
        if (languageVersion.MapSpecifiedToEffectiveVersion() < LanguageVersion.CSharp9)
            return false;
        TestFileMarkupParser.GetSpans(code, treatPositionIndicatorsAsCode: true, out var text, out ImmutableDictionary<string, ImmutableArray<TextSpan>> _);
        return CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(languageVersion)).GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);
    }
}

internal static class Descriptors
{
    public static DiagnosticResult Diagnostic(DiagnosticAnalyzer analyzer, string? id)
    {
        var descriptors = analyzer.SupportedDiagnostics.Where(descriptor => id is null || descriptor.Id == id).ToList();
        if (descriptors.Select(descriptor => descriptor.Id).Distinct().Count() != 1)
            throw new ArgumentException(id is null ? "The analyzer has more than one id, or none: name it." : $"The analyzer has no descriptor '{id}'.");
        // One id with several messages: the reported descriptor says which one.
        return descriptors.Count == 1 ? new DiagnosticResult(descriptors[0]) : new DiagnosticResult(descriptors[0].Id, descriptors[0].DefaultSeverity);
    }
}
