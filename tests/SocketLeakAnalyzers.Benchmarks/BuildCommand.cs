using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>build</c>: what the analyzers add to the compiler process of a real build. The project is restored, the command line that its build gives to the
/// compiler is asked for, and the compiler is run on it again and again, with our analyzers and without, in turn. Whatever else the build has in it, the
/// SDK's own analyzers for one, is in both.
/// </summary>
internal static partial class BuildCommand
{
    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var project = Path.GetFullPath(line.Positional(0, "project file"));
        var sources = Path.GetDirectoryName(project)!;
        var pairs = line.Number("--pairs", 10);
        var framework = line.Value("--framework");
        var assembly = Path.GetFullPath(line.Value("--assembly") ?? Assembly.Load("SocketLeakAnalyzers").Location);
        line.RejectTheRest(positional: 1);
        if (pairs == 0)
        {
            throw new CommandLineException("--pairs is at least 1");
        }

        if (!File.Exists(assembly))
        {
            throw new CommandLineException($"there is no file {assembly}");
        }

        List<string> properties = framework is null ? [] : [$"-p:TargetFramework={framework}"];
        var restored = await DotnetAsync(sources, ["build", project, "-nologo", "-v:q", "-nodeReuse:false", .. properties]).ConfigureAwait(false);
        if (restored.ExitCode != 0)
        {
            throw new CommandLineException("the project does not build:" + Environment.NewLine + restored.Output);
        }

        var asked = await DotnetAsync(
            sources,
            ["build", project, "-nologo", "-nodeReuse:false", "-t:Rebuild", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-p:BuildProjectReferences=false", "-p:CopyBuildOutputToOutputDirectory=false", "-getItem:CscCommandLineArgs", .. properties]).ConfigureAwait(false);
        var plain = Arguments(asked.Output);
        var folder = Directory.CreateTempSubdirectory("build-cost").FullName;
        try
        {
            var without = Path.Combine(folder, "without.rsp");
            var with = Path.Combine(folder, "with.rsp");
            await File.WriteAllLinesAsync(without, Redirected(plain, folder)).ConfigureAwait(false);
            await File.WriteAllLinesAsync(with, [.. Redirected(plain, folder), $"/analyzer:\"{assembly}\""]).ConfigureAwait(false);

            await CompileAsync(sources, with).ConfigureAwait(false);
            List<(double Without, double With)> costs = [];
            for (var i = 0; i < pairs; i++)
            {
                // Neither is always the first of its pair.
                var (first, second) = i % 2 == 0 ? (without, with) : (with, without);
                var (one, other) = (await CompileAsync(sources, first).ConfigureAwait(false), await CompileAsync(sources, second).ConfigureAwait(false));
                costs.Add(i % 2 == 0 ? (one, other) : (other, one));
                await log.WriteLineAsync(FormattableString.Invariant($"pair {i}: {costs[^1].Without:0.00} s without, {costs[^1].With:0.00} s with")).ConfigureAwait(false);
            }

            Print(project, plain, costs, output);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(string project, IReadOnlyList<string> arguments, List<(double Without, double With)> costs, TextWriter output)
    {
        var ratios = costs.Select(pair => 100 * ((pair.With / pair.Without) - 1)).Order().ToArray();
        var (low, high) = Interval(ratios.Length);
        output.WriteLine($"{Path.GetFileName(project)}: {arguments.Count(a => a.EndsWith(".cs", StringComparison.OrdinalIgnoreCase))} files, {arguments.Count(IsAnalyzer)} other analyzer assemblies, {costs.Count} pairs");
        output.WriteLine(FormattableString.Invariant($"CPU of the compiler process: {Median(costs.Select(p => p.Without)):0.00} s without, {Median(costs.Select(p => p.With)):0.00} s with (medians)"));
        output.WriteLine(FormattableString.Invariant($"added, by pairs: median {Median(ratios):0.0} %, interval {ratios[low]:0.0} to {ratios[high]:0.0} % (95 % for the median), {ratios[0]:0.0} to {ratios[^1]:0.0} % in all"));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The ranks between which the median of the population lies with 95 % or more, by the binomial distribution; all where there are too few.</summary>
    private static (int Low, int High) Interval(int count)
    {
        var below = 0.0;
        var term = Math.Pow(0.5, count);
        var rank = 0;
        while (below + term <= 0.025)
        {
            below += term;
            term = term * (count - rank) / (rank + 1);
            rank++;
        }

        return (Math.Max(rank - 1, 0), Math.Min(count - rank, count - 1));
    }

    private static bool IsAnalyzer(string argument) => argument.StartsWith("/analyzer:", StringComparison.OrdinalIgnoreCase) || argument.StartsWith("/a:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The arguments, with the outputs in a folder of their own.</summary>
    private static IEnumerable<string> Redirected(IReadOnlyList<string> arguments, string folder)
    {
        foreach (var argument in arguments)
        {
            var name = argument.StartsWith('/') && argument.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? argument[1..colon] : "";
            yield return name switch
            {
                "out" or "pdb" or "doc" or "refout" or "errorlog" => $"/{name}:\"{Path.Combine(folder, name + ".output")}\"",
                "generatedfilesout" => $"/{name}:\"{folder}\"",
                _ => !argument.Contains(' ', StringComparison.Ordinal) || argument.Contains('"', StringComparison.Ordinal) ? argument
                    : name.Length > 0 ? $"/{name}:\"{argument[(name.Length + 2)..]}\"" : $"\"{argument}\"",
            };
        }
    }

    private static List<string> Arguments(string output)
    {
        try
        {
            using var json = JsonDocument.Parse(output[Math.Max(output.IndexOf('{', StringComparison.Ordinal), 0)..]);
            return [.. json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new CommandLineException("the build does not tell the compiler's arguments:" + Environment.NewLine + output);
        }
    }

    private static async Task<double> CompileAsync(string folder, string responseFile)
    {
        string[] compile = ["exec", Path.Combine(Locations.Get("Compiler"), "csc.dll"), "/noconfig", "@" + responseFile];

        // Elsewhere than on Windows nothing tells the time of a process that has ended, but a shell that waited for it.
        using var child = OperatingSystem.IsWindows() ? Start(folder, "dotnet", compile) : Start(folder, "/bin/sh", ["-c", "dotnet \"$@\"; code=$?; times; exit $code", "sh", .. compile]);
        var output = await OutputAsync(child).ConfigureAwait(false);
        return child.ExitCode != 0 ? throw new CommandLineException("the compiler fails:" + Environment.NewLine + output)
            : OperatingSystem.IsWindows() ? child.TotalProcessorTime.TotalSeconds
            : ChildTime().Match(output) is { Success: true } time ? Seconds(time, 1) + Seconds(time, 3)
            : throw new CommandLineException("the shell does not tell the time:" + Environment.NewLine + output);

        static double Seconds(Match time, int group) =>
            (60 * int.Parse(time.Groups[group].Value, CultureInfo.InvariantCulture)) + double.Parse(time.Groups[group + 1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The last line of <c>times</c>: what the children took in user and in system mode.</summary>
    [GeneratedRegex(@"(\d+)m([\d.]+)s\s+(\d+)m([\d.]+)s\s*$")]
    private static partial Regex ChildTime();

    private static async Task<(int ExitCode, string Output)> DotnetAsync(string folder, IEnumerable<string> arguments)
    {
        using var child = Start(folder, "dotnet", arguments);
        var output = await OutputAsync(child).ConfigureAwait(false);
        return (child.ExitCode, output);
    }

    private static Process Start(string folder, string file, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    private static async Task<string> OutputAsync(Process child)
    {
        var errors = child.StandardError.ReadToEndAsync();
        var text = await child.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        text = await errors.ConfigureAwait(false) + text;
        await child.WaitForExitAsync().ConfigureAwait(false);
        return text;
    }
}
