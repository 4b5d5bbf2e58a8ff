using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Loopback;

/// <summary>
/// A program with a finding, and what its fix makes of it, both ready to run: analyzed, repaired and compiled as an editor and the compiler would.
/// </summary>
internal sealed class RepairedProgram
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.IO.Pipes;
        global using System.Net;
        global using System.Net.Http;
        global using System.Net.Security;
        global using System.Net.Sockets;
        global using System.Net.WebSockets;
        global using System.Text;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = Instances<DiagnosticAnalyzer>(typeof(ResourceAnalyzer).Assembly);

    private static readonly ImmutableArray<CodeFixProvider> Fixes = Instances<CodeFixProvider>(typeof(SetTimeoutCodeFixProvider).Assembly);

    private readonly MethodInfo before;
    private readonly MethodInfo after;

    private RepairedProgram(MethodInfo before, MethodInfo after, string text)
    {
        this.before = before;
        this.after = after;
        Text = text;
    }

    /// <summary>The program after the fix.</summary>
    public string Text { get; }

    /// <summary>Repairs every finding of a rule in the code of a class <c>Program</c> with a method <c>Run</c>.</summary>
    public static async Task<RepairedProgram> OfAsync(string rule, string code, string options, CancellationToken cancellationToken)
    {
        using var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        var program = DocumentId.CreateNewId(id);
        var references = await ReferenceAssemblies.Net.Net100.ResolveAsync(LanguageNames.CSharp, cancellationToken);
        var solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Program", "Program", LanguageNames.CSharp, compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary), metadataReferences: references))
            .AddDocument(program, "Program.cs", SourceText.From(code), filePath: "/Program.cs")
            .AddDocument(DocumentId.CreateNewId(id), "Usings.cs", SourceText.From(Usings), filePath: "/Usings.cs")
            .AddAnalyzerConfigDocument(DocumentId.CreateNewId(id), ".editorconfig", SourceText.From("root = true\n[*.cs]\n" + options + "\n"), filePath: "/.editorconfig");
        var before = Compile((await solution.GetProject(id)!.GetCompilationAsync(cancellationToken))!, code);

        var document = solution.GetDocument(program)!;
        var findings = await FindingsAsync(document, rule, cancellationToken);
        Assert.NotEmpty(findings);
        for (var i = 0; findings.Count > 0; i++)
        {
            Assert.True(i < 9, "The fix never comes to an end:\n" + await document.GetTextAsync(cancellationToken));
            document = await FixAsync(document, findings[0], cancellationToken);
            findings = await FindingsAsync(document, rule, cancellationToken);
        }

        var text = (await document.GetTextAsync(cancellationToken)).ToString();
        return new RepairedProgram(before, Compile((await document.Project.GetCompilationAsync(cancellationToken))!, text), text);
    }

    /// <summary>Runs the program as it was, on a thread of its own; its parameters are found by their types.</summary>
    public Task RunBefore(params object[] arguments) => Run(before, arguments);

    /// <summary>Runs the repaired program.</summary>
    public Task RunAfter(params object[] arguments) => Run(after, arguments);

    private static Task Run(MethodInfo method, object[] arguments)
    {
        var values = method.GetParameters().Select(parameter => arguments.First(parameter.ParameterType.IsInstanceOfType)).ToArray();
        return Task.Factory.StartNew(() => method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, values, null) as Task ?? Task.CompletedTask, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    private static async Task<List<Diagnostic>> FindingsAsync(Document document, string rule, CancellationToken cancellationToken)
    {
        var compilation = (await document.Project.GetCompilationAsync(cancellationToken))!;
        var tree = await document.GetSyntaxTreeAsync(cancellationToken);
        var found = await compilation.WithAnalyzers(Analyzers, document.Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(cancellationToken);
        return found.Where(finding => finding.Id == rule && finding.Location.SourceTree == tree).OrderBy(finding => finding.Location.SourceSpan.Start).ToList();
    }

    private static async Task<Document> FixAsync(Document document, Diagnostic finding, CancellationToken cancellationToken)
    {
        CodeAction? offered = null;
        foreach (var fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(finding.Id)))
        {
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => offered ??= action, cancellationToken));
        }

        Assert.True(offered is not null, $"No fix is offered for {finding}:\n" + await document.GetTextAsync(cancellationToken));
        var operations = await offered.GetOperationsAsync(cancellationToken);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
    }

    private static MethodInfo Compile(Compilation compilation, string code)
    {
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics) + "\n" + code);
        image.Position = 0;
        return new AssemblyLoadContext("Program").LoadFromStream(image).GetType("Program")!.GetMethod("Run")!;
    }

    private static ImmutableArray<T> Instances<T>(Assembly assembly) =>
        assembly.GetTypes().Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (T)Activator.CreateInstance(type)!).ToImmutableArray();
}
