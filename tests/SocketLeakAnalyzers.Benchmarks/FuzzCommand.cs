using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary><c>fuzz</c>: runs analyzers and fixes on mutations of the snippets of the rule pages and tests; nothing may throw.</summary>
internal static class FuzzCommand
{
    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var repository = line.OptionalPositional(0) ?? Repository();
        var seconds = line.Number("--seconds", 60);
        var seed = line.Number("--seed", 1);
        var only = line.Value("--case");
        var analysis = Analysis.FromCommandLine(line);
        line.RejectTheRest(positional: 1);

        var snippets = Snippets.Read(repository);
        using var fuzzer = new Fuzzer(snippets, References.Get(analysis.References), AnalyzerSet.Ours.Analyzers, AnalyzerSet.OurFixes);
        if (only is not null)
        {
            var number = ulong.Parse(only, System.Globalization.CultureInfo.InvariantCulture);
            output.WriteLine(fuzzer.CodeOf(number));
            var found = await fuzzer.RunAsync(number).ConfigureAwait(false);
            found.ForEach(output.WriteLine);
            return found.Count == 0 ? 0 : 1;
        }

        var watch = Stopwatch.StartNew();
        var failures = new Dictionary<string, (int Count, ulong First)>(StringComparer.Ordinal);
        var (cases, slowest, slowestCase) = (0, TimeSpan.Zero, 0UL);
        for (var number = (ulong)seed * 1_000_000_000; watch.Elapsed.TotalSeconds < seconds; number++)
        {
            var started = watch.Elapsed;
            foreach (var text in await fuzzer.RunAsync(number).ConfigureAwait(false))
            {
                // The same place that throws is one failure, in whatever case.
                var key = string.Join('\n', text.Split('\n').Take(6));
                if (failures.TryGetValue(key, out var known))
                {
                    failures[key] = (known.Count + 1, known.First);
                }
                else
                {
                    failures[key] = (1, number);
                    await log.WriteLineAsync($"case {number}: {key}").ConfigureAwait(false);
                }
            }

            cases++;
            if (watch.Elapsed - started > slowest)
            {
                (slowest, slowestCase) = (watch.Elapsed - started, number);
            }
        }

        foreach (var (text, (count, first)) in failures.OrderBy(pair => pair.Value.First))
        {
            output.WriteLine($"case {first}, {count} times: {text}");
        }

        output.WriteLine(FormattableString.Invariant(
            $"{cases} mutations of {snippets.Count} snippets in {seconds} s, seed {seed}: {fuzzer.Findings} findings, {fuzzer.Fixed} fixes applied, {failures.Count} failures; slowest case {slowestCase}: {slowest.TotalSeconds:0.0} s"));
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>The repository that this program was built in.</summary>
    private static string Repository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "SocketLeakAnalyzers.sln")))
            {
                return folder;
            }
        }

        throw new CommandLineException("the repository is not above this program; name its folder");
    }
}
