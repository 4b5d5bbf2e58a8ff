using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Tests.Contract;
using SocketLeakAnalyzers.Tests.Loopback;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>
/// One form of an incident: the program as it was, with what is due in it marked; what the fixes make of it; and what the marks and the fixes say.
/// </summary>
internal sealed class Form
{
    /// <summary>How long the fixes of a time-out wait here. They would insert 30 s, and a test that waits for that is no test.</summary>
    public const double TimeoutSeconds = 0.5;

    private const int MostSteps = 50;

    private static readonly ConcurrentDictionary<string, Lazy<Task<Form>>> Forms = new();

    private Form(string incident, string name, string before, string after, ImmutableArray<Mark> marks, ImmutableArray<string> steps, string beforePath, string afterPath)
    {
        Incident = incident;
        Name = name;
        Before = before;
        After = after;
        Marks = marks;
        Steps = steps;
        BeforePath = beforePath;
        AfterPath = afterPath;
    }

    /// <summary>The folder of the incident.</summary>
    public string Incident { get; }

    /// <summary>The folder of the form.</summary>
    public string Name { get; }

    /// <summary>The program as it was, without its marks.</summary>
    public string Before { get; }

    /// <summary>What the fixes have made of it.</summary>
    public string After { get; }

    /// <summary>What is due in the program as it was.</summary>
    public ImmutableArray<Mark> Marks { get; }

    /// <summary>The fixes in the order in which they were applied: id and title.</summary>
    public ImmutableArray<string> Steps { get; }

    /// <summary>The assembly of the program as it was.</summary>
    public string BeforePath { get; }

    /// <summary>The assembly of the repaired program.</summary>
    public string AfterPath { get; }

    /// <summary>Where the sources are in the repository.</summary>
    public static string SourceOf(string incident, string name) => $"tests/SocketLeakAnalyzers.Incidents/{incident}/{name}/Before.cs";

    /// <summary>
    /// Analyzes the program, fails unless just what is marked is reported, applies the fixes as an editor would, and compiles both programs: the first
    /// finding by path and span, its first action, and again until there is none.
    /// </summary>
    public static Task<Form> OfAsync(string incident, string name) =>
        Forms.GetOrAdd(incident + "/" + name, _ => new Lazy<Task<Form>>(() => Task.Run(() => MakeAsync(incident, name, CancellationToken.None)))).Value;

    private static async Task<Form> MakeAsync(string incident, string name, CancellationToken cancellationToken)
    {
        var folder = $"tests/SocketLeakAnalyzers.Incidents/{incident}/{name}/";
        TestFileMarkupParser.GetSpans(Product.Read(folder + "Before.cs"), treatPositionIndicatorsAsCode: true, out var code, out ImmutableDictionary<string, ImmutableArray<TextSpan>> spans);
        var options = string.Create(CultureInfo.InvariantCulture, $"socket_leak.default_timeout_seconds = {TimeoutSeconds}");
        using var program = await ProgramUnderRepair.OfAsync(
            [("Before.cs", code), ("Main.cs", Product.Read(folder + "Main.cs")), ("Stage.cs", Product.Read("tests/SocketLeakAnalyzers.Incidents/Stage.cs"))],
            options,
            OutputKind.ConsoleApplication,
            cancellationToken);
        var output = Path.Combine(AppContext.BaseDirectory, "incidents", incident, name);
        var before = await WriteAsync(program, Path.Combine(output, "before"), cancellationToken);

        var findings = await program.FindingsAsync(cancellationToken);
        var due = spans
            .SelectMany(marked => marked.Value.Select(span => (Id: marked.Key, Span: span)))
            .OrderBy(marked => marked.Span.Start)
            .Select(marked => $"Before.cs {LineOf(code, marked.Span.Start)}: {marked.Id} {code.Substring(marked.Span.Start, marked.Span.Length)}");
        Assert.Equal(due, findings.Select(finding => Describe(finding)));
        var marks = findings.Select(finding => new Mark(finding.Id, LineOf(code, finding.Location.SourceSpan.Start), finding.GetMessage(CultureInfo.InvariantCulture))).ToImmutableArray();

        var steps = ImmutableArray.CreateBuilder<string>();
        while (findings.Length > 0)
        {
            var text = await program.TextAsync("Before.cs", cancellationToken);
            Assert.True(steps.Count < MostSteps, "The fixes never come to an end:\n" + text);
            var title = await program.RepairAsync(findings[0], cancellationToken);
            Assert.True(title is not null, $"No fix is offered for {Describe(findings[0])}:\n{text}");
            steps.Add(findings[0].Id + " " + title);
            findings = await program.FindingsAsync(cancellationToken);
        }

        var after = await WriteAsync(program, Path.Combine(output, "after"), cancellationToken);
        return new Form(incident, name, code, await program.TextAsync("Before.cs", cancellationToken), marks, steps.ToImmutable(), before, after);
    }

    private static string Describe(Diagnostic finding)
    {
        var text = finding.Location.SourceTree!.ToString();
        var span = finding.Location.SourceSpan;
        return $"{Path.GetFileName(finding.Location.SourceTree!.FilePath)} {LineOf(text, span.Start)}: {finding.Id} {text.Substring(span.Start, span.Length)}";
    }

    private static int LineOf(string text, int position) => text.AsSpan(0, position).Count('\n') + 1;

    private static async Task<string> WriteAsync(ProgramUnderRepair program, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "Program.dll");
        using var image = await program.CompileAsync(cancellationToken);
        await File.WriteAllBytesAsync(path, image.ToArray(), cancellationToken);
        return path;
    }
}

/// <summary>A diagnostic that is due: its id, the line where it stands, and its message.</summary>
internal sealed record Mark(string Id, int Line, string Message);
