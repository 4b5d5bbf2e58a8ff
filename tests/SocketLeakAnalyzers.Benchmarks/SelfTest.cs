using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary><c>selftest</c>: runs every command on a few lines of code and looks at what it prints, in a few seconds.</summary>
internal static class SelfTest
{
    private const string Leaky = """
        using System.Net.Sockets;

        public class Probe
        {
            public bool Answers(string host, byte[] buffer)
            {
                var client = new TcpClient();
                client.Connect(host, 443);
                return client.Connected;
            }
        }
        """;

    private const string Tidy = """
        using System.Net.Sockets;

        public class Probe
        {
            public bool Answers(string host, byte[] buffer)
            {
                using var client = new TcpClient();
                client.Connect(host, 443);
                return client.Connected;
            }
        }
        """;

    private const string Cases = """
        {"id": "probe-1", "repo": "nobody/probe", "fix_commit": "b", "parent_commit": "a", "path": "src/Probe.cs", "kind": "D-all", "lines": [8], "fixed_lines": [7], "due": ["SLA1001"], "silent_after": true, "symbols": []}
        """;

    private const string ProjectFile = """
        <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>
        """;

    public static async Task<int> RunAsync(TextWriter output)
    {
        var root = Directory.CreateTempSubdirectory("slabench").FullName;
        try
        {
            Write(root, "cases.jsonl", Cases);
            Write(root, "laid/probe-1/before/src/Probe.cs", Leaky);
            Write(root, "laid/probe-1/after/src/Probe.cs", Tidy);
            Write(root, "code/Lib/Lib.csproj", ProjectFile);
            Write(root, "code/Lib/Probe.cs", Leaky);
            Write(root, "code/Lib.Tests/Lib.Tests.csproj", ProjectFile);
            Write(root, "code/Lib.Tests/ProbeTests.cs", Leaky.Replace("Probe", "ProbeTests"));
            Write(root, "code/Lib/obj/Generated.cs", Leaky);
            foreach (var part in new[] { "A", "B", "C", "D" })
            {
                Write(root, $"growing/{part}.cs", "namespace Growing." + part + ";\n" + Leaky);
            }

            var code = Path.Combine(root, "code");

            var wrong = new List<string>();
            Expect(wrong, "findings", await Capture(FindingsCommand.RunAsync, code, "--context", "1").ConfigureAwait(false), 0,
                "Lib/Probe.cs(7,", "Lib.Tests/ProbeTests.cs(7,", "4 findings in ");
            Expect(wrong, "findings --no-tests", await Capture(FindingsCommand.RunAsync, code, "--no-tests").ConfigureAwait(false), 0, "Lib/Probe.cs(7,", "2 findings in ");
            Expect(wrong, "findings --sample", await Capture(FindingsCommand.RunAsync, code, "--sample", "1", "--seed", "7").ConfigureAwait(false), 0, "1 drawn with seed 7");
            Expect(wrong, "findings --each", await Capture(FindingsCommand.RunAsync, code, "--each", "--limit", "600").ConfigureAwait(false), 0,
                "Lib.Tests/ProbeTests.cs(7,", "4 findings in ", "      0          0  2 repositories");
            Expect(wrong, "findings --peer", await Capture(FindingsCommand.RunAsync, code, "--peer", "IDisposableAnalyzers", "--as-one").ConfigureAwait(false), 0, "IDISP001 2");
            Expect(wrong, "leaks", await Capture(LeaksCommand.RunAsync, Path.Combine(root, "cases.jsonl"), Path.Combine(root, "laid"), "--peers").ConfigureAwait(false), 0,
                "found  silent D-all   probe-1", "=== CA2000+CA2213+CA1001", "=== IDisposableAnalyzers");
            Expect(wrong, "compare", await Capture(CompareCommand.RunAsync, code, "--rounds", "1", "--warmup", "0", "--only", "ours").ConfigureAwait(false), 0, "allocated, MB", "ours: 4 findings");
            Expect(wrong, "shapes", await Capture(ShapesCommand.RunAsync, "--short", "--shape", "nested try").ConfigureAwait(false), 0, "nested try/finally", "0 shape(s) over the limit");
            Expect(wrong, "edit", await Capture(EditCommand.RunAsync, code, "--edits", "2", "--repeats", "1").ConfigureAwait(false), null, "2 edits, one method each", "p95 of the marginal time");
            Expect(wrong, "edit --session", await Capture(EditCommand.RunAsync, code, "--session", "--edits", "60").ConfigureAwait(false), 0, "60 edits in 3 files");
            Expect(wrong, "stable", await Capture(StableCommand.RunAsync, code, "--rounds", "1").ConfigureAwait(false), 0, "4 findings in 4 files", "10 further runs, 0 of them different");
            Expect(wrong, "cancel", await Capture(CancelCommand.RunAsync, code, "--rounds", "1").ConfigureAwait(false), 0, "longest call of the compiler", "0 runs with other findings");
            Expect(wrong, "cancel --shapes", await Capture(CancelCommand.RunAsync, "--shapes", "--short", "--shape", "nested try/catch", "--rounds", "1").ConfigureAwait(false), 0, "30 nested try/catch/rethrow");
            Expect(wrong, "micro --once", await Capture(MicroCommand.OnceAsync, "--once").ConfigureAwait(false), 0, "14 hot parts ran once");
            Expect(wrong, "growth", await Capture(GrowthCommand.RunAsync, Path.Combine(root, "growing"), "--rounds", "1").ConfigureAwait(false), null, "twice the work is");
            Expect(wrong, "fixes", await Capture(FixesCommand.RunAsync, code, "--sample", "9", "--not-offered").ConfigureAwait(false), 0, " 0 failures", "APPLIED Lib/Probe.cs(7,", "  + ", "Fix All of a project");

            wrong.ForEach(output.WriteLine);
            output.WriteLine(wrong.Count == 0 ? "selftest: all well" : $"selftest: {wrong.Count} wrong");
            return wrong.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <param name="wrong">Where what is wrong is told.</param>
    /// <param name="what">The command.</param>
    /// <param name="run">What it has done.</param>
    /// <param name="exit">Its exit code; null where that tells how fast a few lines were analysed, which says nothing.</param>
    /// <param name="parts">What it prints.</param>
    private static void Expect(List<string> wrong, string what, (int Exit, string Output) run, int? exit, params string[] parts)
    {
        var missing = parts.Where(part => !run.Output.Contains(part, StringComparison.Ordinal)).ToList();
        if ((exit is not null && run.Exit != exit) || missing.Count > 0)
        {
            wrong.Add($"{what}: exit code {run.Exit}, not in the output: {string.Join(" | ", missing)}\n{run.Output}");
        }
    }

    private static async Task<(int Exit, string Output)> Capture(Func<CommandLine, TextWriter, TextWriter, Task<int>> command, params string[] args)
    {
        using var output = new StringWriter();
        var exit = await command(new CommandLine(args, Program.Flags), output, TextWriter.Null).ConfigureAwait(false);
        return (exit, output.ToString());
    }

    private static void Write(string root, string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
