using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Robustness;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// <c>shapes</c>: our own processor time on code of hostile shapes. It is the processor time of a run less that of a run with one analyzer that builds the control flow
/// graphs of the same bodies, which any analyzer that follows paths must pay for.
/// </summary>
internal static class ShapesCommand
{
    private const double Limit = 2;

    /// <summary>A run that takes longer is over the limit, however much; it is ended, so that the others are seen.</summary>
    private static readonly TimeSpan s_giveUp = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter log)
    {
        var only = line.Value("--shape");
        var isShort = line.Flag("--short");
        var analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours);
        line.RejectTheRest(positional: 0);

        // What is compiled and loaded on the first use is nobody's.
        await MeasureAsync(analysis, HostileShape.All[0].Write(20), AnalyzerSet.Ours).ConfigureAwait(false);
        await MeasureAsync(analysis, HostileShape.All[0].Write(20), AnalyzerSet.Graphs).ConfigureAwait(false);

        output.WriteLine("    size  lines   floor s  with graphs s   ours s  own s (less graphs)  findings  shape");
        var exceptions = new List<string>();
        var slow = 0;
        foreach (var shape in HostileShape.All.Where(shape => only is null || shape.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var size = isShort ? shape.Short : shape.Size;
            await log.WriteLineAsync($"{size} {shape.Name}").ConfigureAwait(false);
            var files = shape.Write(size);
            var floor = await MeasureAsync(analysis, files, AnalyzerSet.Floor).ConfigureAwait(false);
            var graphs = await MeasureAsync(analysis, files, AnalyzerSet.Graphs).ConfigureAwait(false);
            var ours = await MeasureAsync(analysis, files, AnalyzerSet.Ours).ConfigureAwait(false);
            var own = ours.Seconds - graphs.Seconds;
            if (own > Limit && ours.Seconds < 20)
            {
                // One slow moment of the machine is not ours.
                own = Math.Min(own, (await MeasureAsync(analysis, files, AnalyzerSet.Ours).ConfigureAwait(false)).Seconds - (await MeasureAsync(analysis, files, AnalyzerSet.Graphs).ConfigureAwait(false)).Seconds);
            }

            var isSlow = own > Limit;
            slow += isSlow ? 1 : 0;
            exceptions.AddRange(ours.Result.Exceptions);
            output.WriteLine(FormattableString.Invariant(
                $"{size,8} {files.Sum(file => file.Count(c => c == '\n')),6}  {floor.Seconds,8:0.00}  {graphs.Seconds,13:0.00}  {ours.Seconds,7:0.00}  {own,19:0.00}  {ours.Result.Findings.Length,8}  {shape.Name}{(isSlow ? "  OVER THE LIMIT" : "")}"));
        }

        output.WriteLine(FormattableString.Invariant($"{slow} shape(s) over the limit of {Limit} s"));
        return Math.Max(FindingsCommand.Report(exceptions, output), slow == 0 ? 0 : 1);
    }

    private static async Task<(double Seconds, AnalysisResult Result)> MeasureAsync(Analysis analysis, IReadOnlyList<string> files, AnalyzerSet set)
    {
        var trees = analysis.Parse(files.Select((text, i) => new SourceFile($"File{i}.cs", Microsoft.CodeAnalysis.Text.SourceText.From(text))), [], []);
        var compilation = analysis.Compile("Shape", trees);
        GC.Collect();
        using var tooLong = new CancellationTokenSource(s_giveUp);
        var before = Environment.CpuUsage.TotalTime;
        try
        {
            var result = await analysis.RunAsync(compilation, set, cancellation: tooLong.Token).ConfigureAwait(false);
            return ((Environment.CpuUsage.TotalTime - before).TotalSeconds, result);
        }
        catch (OperationCanceledException)
        {
            return ((Environment.CpuUsage.TotalTime - before).TotalSeconds, new([], []));
        }
    }
}
