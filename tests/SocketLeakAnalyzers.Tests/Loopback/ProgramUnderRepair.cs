using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
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

/// <summary>The source files of a program: every rule looks at them, the shipped fixes change them as in an editor, and the compiler makes the program of them.</summary>
internal sealed class ProgramUnderRepair : IDisposable
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

    private readonly AdhocWorkspace workspace;
    private Project project;

    private ProgramUnderRepair(AdhocWorkspace workspace, Project project)
    {
        this.workspace = workspace;
        this.project = project;
    }

    /// <summary>Takes the files as a project, with the usual namespaces imported and these lines of <c>.editorconfig</c>.</summary>
    public static async Task<ProgramUnderRepair> OfAsync(IEnumerable<(string Name, string Text)> files, string options, OutputKind kind, CancellationToken cancellationToken)
    {
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        var references = await TargetFrameworks.Net100.ResolveAsync(LanguageNames.CSharp, cancellationToken);
        var solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Program", "Program", LanguageNames.CSharp, compilationOptions: new CSharpCompilationOptions(kind), metadataReferences: references))
            .AddDocument(DocumentId.CreateNewId(id), "Usings.cs", SourceText.From(Usings), filePath: "/Usings.cs")
            .AddAnalyzerConfigDocument(DocumentId.CreateNewId(id), ".editorconfig", SourceText.From("root = true\n[*.cs]\n" + options + "\n"), filePath: "/.editorconfig");
        foreach (var (name, text) in files)
        {
            solution = solution.AddDocument(DocumentId.CreateNewId(id), name, SourceText.From(text), filePath: "/" + name);
        }

        return new ProgramUnderRepair(workspace, solution.GetProject(id)!);
    }

    /// <summary>What the rules report now, by path and span.</summary>
    public async Task<ImmutableArray<Diagnostic>> FindingsAsync(CancellationToken cancellationToken)
    {
        var compilation = (await project.GetCompilationAsync(cancellationToken))!;
        var found = await compilation.WithAnalyzers(Analyzers, project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(cancellationToken);
        return found
            .OrderBy(finding => finding.Location.GetLineSpan().Path, StringComparer.Ordinal)
            .ThenBy(finding => finding.Location.SourceSpan)
            .ThenBy(finding => finding.Id, StringComparer.Ordinal)
            .ToImmutableArray();
    }

    /// <summary>Applies the first action that is offered for a finding, and answers its title; null where none is.</summary>
    public async Task<string?> RepairAsync(Diagnostic finding, CancellationToken cancellationToken)
    {
        CodeAction? offered = null;
        var document = project.GetDocument(finding.Location.SourceTree)!;
        foreach (var fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(finding.Id)))
        {
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => offered ??= action, cancellationToken));
        }

        if (offered is not null)
        {
            var operations = await offered.GetOperationsAsync(cancellationToken);
            project = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
        }

        return offered?.Title;
    }

    /// <summary>The text of a file as it is now.</summary>
    public async Task<string> TextAsync(string name, CancellationToken cancellationToken) =>
        (await project.Documents.Single(document => document.Name == name).GetTextAsync(cancellationToken)).ToString();

    /// <summary>Compiles the program; fails the test if it does not compile.</summary>
    public async Task<MemoryStream> CompileAsync(CancellationToken cancellationToken)
    {
        var compilation = (await project.GetCompilationAsync(cancellationToken))!;
        var image = new MemoryStream();
        var emitted = compilation.Emit(image, cancellationToken: cancellationToken);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics) + "\n" + string.Join("\n", compilation.SyntaxTrees));
        image.Position = 0;
        return image;
    }

    public void Dispose() => workspace.Dispose();

    private static ImmutableArray<T> Instances<T>(Assembly assembly) =>
        assembly.GetTypes().Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (T)Activator.CreateInstance(type)!).ToImmutableArray();
}
