using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// Runs a peer in a process of its own: IDisposableAnalyzers 4.0.8 overflows the stack on some code (npgsql, for one), which nothing can catch.
/// </summary>
internal static class PeerProcess
{
    /// <summary>The command of the child; not in the usage text.</summary>
    public const string Command = "peer-of-leaks";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>The findings before and after the fix, by line; null when the peer crashed or never ended.</summary>
    public static async Task<List<(string Id, int Line)>[]?> RunAsync(string peer, string leakId, IEnumerable<string> arguments)
    {
        var executable = Environment.ProcessPath!;
        List<string> all = [Command, .. arguments, "--case", leakId, "--peer", peer];
        if (Path.GetFileNameWithoutExtension(executable) == "dotnet")
        {
            all.Insert(0, typeof(PeerProcess).Assembly.Location);
        }

        using var child = Process.Start(new ProcessStartInfo(executable, all) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var errors = child.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        List<(string, int)>[] found = [[], []];
        try
        {
            while (await child.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false) is { } line)
            {
                var parts = line.Split(' ');
                found[int.Parse(parts[0], CultureInfo.InvariantCulture)].Add((parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture)));
            }

            await child.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            return null;
        }

        await errors.ConfigureAwait(false);
        return child.ExitCode == 0 ? found : null;
    }
}
