using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary><c>micro</c>: the engine's hot parts, each for itself, with BenchmarkDotNet. What it takes as arguments is BenchmarkDotNet's (<c>--filter *Join*</c>, <c>--list flat</c>).</summary>
internal static class MicroCommand
{
    public static int Run(string[] args)
    {
        // In this process: a project of its own per benchmark would have to be restored and built, and takes most of the time.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(StatisticColumn.Min)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"));
        var summaries = BenchmarkSwitcher.FromTypes([.. Classes()]).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
        return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
    }

    /// <summary>Each benchmark once, without a measurement: that they still run.</summary>
    public static async Task<int> OnceAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        _ = line.Flag("--once");
        line.RejectTheRest(positional: 0);
        var count = 0;
        foreach (var type in Classes())
        {
            var instance = Activator.CreateInstance(type)!;
            foreach (var setup in type.GetMethods().Where(method => method.GetCustomAttribute<GlobalSetupAttribute>() is not null))
            {
                setup.Invoke(instance, null);
            }

            foreach (var benchmark in type.GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null))
            {
                await log.WriteLineAsync($"{type.Name}.{benchmark.Name}").ConfigureAwait(false);
                if (benchmark.Invoke(instance, null) is Task task)
                {
                    await task.ConfigureAwait(false);
                }

                count++;
            }
        }

        output.WriteLine($"{count} hot parts ran once");
        return 0;
    }

    private static IEnumerable<Type> Classes() => typeof(MicroCommand).Assembly.GetTypes()
        .Where(type => type.GetMethods().Any(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null))
        .OrderBy(type => type.FullName, StringComparer.Ordinal);
}
