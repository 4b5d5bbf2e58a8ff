using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Loopback;

/// <summary>
/// A program with a finding, and what its fix makes of it, both ready to run: analyzed, repaired and compiled as an editor and the compiler would.
/// </summary>
internal sealed class RepairedProgram
{
    private const string Name = "Program.cs";

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
        using var program = await ProgramUnderRepair.OfAsync([(Name, code)], options, OutputKind.DynamicallyLinkedLibrary, cancellationToken);
        var before = await LoadAsync(program, cancellationToken);
        var findings = await FindingsAsync(program, rule, cancellationToken);
        Assert.NotEmpty(findings);
        for (var i = 0; findings.Count > 0; i++)
        {
            Assert.True(i < 9, "The fix never comes to an end:\n" + await program.TextAsync(Name, cancellationToken));
            Assert.True(
                await program.RepairAsync(findings[0], cancellationToken) is not null,
                $"No fix is offered for {findings[0]}:\n" + await program.TextAsync(Name, cancellationToken));
            findings = await FindingsAsync(program, rule, cancellationToken);
        }

        return new RepairedProgram(before, await LoadAsync(program, cancellationToken), await program.TextAsync(Name, cancellationToken));
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

    private static async Task<List<Diagnostic>> FindingsAsync(ProgramUnderRepair program, string rule, CancellationToken cancellationToken) =>
        (await program.FindingsAsync(cancellationToken)).Where(finding => finding.Id == rule).ToList();

    private static async Task<MethodInfo> LoadAsync(ProgramUnderRepair program, CancellationToken cancellationToken)
    {
        using var image = await program.CompileAsync(cancellationToken);
        return new AssemblyLoadContext("Program").LoadFromStream(image).GetType("Program")!.GetMethod("Run")!;
    }
}
