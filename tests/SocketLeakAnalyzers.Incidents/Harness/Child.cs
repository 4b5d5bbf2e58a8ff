using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>A program that runs in a process of its own, told what to do by lines, and looked at from outside. It is killed when it is disposed.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly Task reading;
    private readonly Task<string> errors;
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(Process process)
    {
        this.process = process;
        reading = ReadAsync();
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether the processes of this system can be looked at.</summary>
    public static bool CanBeSeen => OperatingSystem.IsLinux();

    /// <summary>Whether the program has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>How many sockets the process holds.</summary>
    public int Sockets => Descriptors().Count(target => target?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>How many threads it has.</summary>
    public int Threads =>
        int.Parse(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("Threads:", StringComparison.Ordinal))["Threads:".Length..], CultureInfo.InvariantCulture);

    /// <summary>What it has said.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    /// <summary>
    /// Starts a program. The garbage collector is told to take its time, so that no finalizer hides what was lost while somebody counts; and the pool has
    /// threads enough, so that what blocks them does not hold up the rounds.
    /// </summary>
    public static Child Start(string assembly, params string[] arguments)
    {
        var configuration = Path.ChangeExtension(assembly, ".runtimeconfig.json");
        File.WriteAllText(configuration, """
            {
              "runtimeOptions": {
                "frameworks": [
                  { "name": "Microsoft.NETCore.App", "version": "10.0.0" },
                  { "name": "Microsoft.AspNetCore.App", "version": "10.0.0" }
                ],
                "configProperties": { "System.GC.Concurrent": false, "System.Threading.ThreadPool.MinThreads": 64 }
              }
            }
            """);
        var start = new ProcessStartInfo(Host())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_GCgen0size"] = "0x10000000", ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_TieredPGO"] = "0" },
        };
        foreach (var argument in (string[])["exec", "--runtimeconfig", configuration, assembly, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new Child(Process.Start(start)!);
    }

    /// <summary>Lets the process open no more than this many descriptors beyond those that it has.</summary>
    public void LimitDescriptors(int more)
    {
        var most = (ulong)(Descriptors().Count + more);
        const int OpenFiles = 7;
        if (SetLimit(process.Id, OpenFiles, [most, most], IntPtr.Zero) != 0)
        {
            throw new InvalidOperationException("The limit of descriptors cannot be lowered: " + Marshal.GetLastPInvokeErrorMessage());
        }
    }

    /// <summary>Says a line to the program.</summary>
    public async Task TellAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Says a line to the program, and waits until it says that this is done.</summary>
    public async Task PlayAsync(string round, CancellationToken cancellationToken)
    {
        await TellAsync(round);
        await UntilSaidAsync("done " + round, 1, cancellationToken);
    }

    /// <summary>The line in which the program says something for the so-many-th time.</summary>
    public async Task<string> UntilSaidAsync(string start, int times, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Task more;
            lock (lines)
            {
                var found = lines.Where(line => line.StartsWith(start, StringComparison.Ordinal)).Skip(times - 1).FirstOrDefault();
                if (found is not null)
                {
                    return found[start.Length..].Trim();
                }

                more = news.Task;
            }

            if (reading.IsCompleted && reading == await Task.WhenAny(reading, more))
            {
                throw new ProgramEndedException($"The program has ended before it said '{start}':\n{string.Join('\n', Lines)}\n{await errors}");
            }

            if (clock.Elapsed > AtMost)
            {
                throw new TimeoutException($"The program does not say '{start}':\n{string.Join('\n', Lines)}");
            }

            await Task.WhenAny(more, reading, Task.Delay(AtMost - clock.Elapsed + TimeSpan.FromSeconds(1), cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits until as many sockets are open as that, at most a minute, and answers how many are.</summary>
    public async Task<int> UntilSocketsAsync(Func<int, bool> isEnough, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var sockets = Sockets;
        while (!isEnough(sockets) && clock.Elapsed < AtMost)
        {
            await Task.Delay(20, cancellationToken);
            sockets = Sockets;
        }

        return sockets;
    }

    /// <summary>How many sockets are open when things have come to rest: three looks in a row that see the same, or half a second.</summary>
    public async Task<int> SocketsAtRestAsync(CancellationToken cancellationToken)
    {
        var sockets = Sockets;
        for (int same = 1, looks = 0; same < 3 && looks < 33; looks++)
        {
            await Task.Delay(15, cancellationToken);
            var now = Sockets;
            same = now == sockets ? same + 1 : 1;
            sockets = now;
        }

        return sockets;
    }

    /// <summary>Waits until the program has ended by itself.</summary>
    public Task UntilEndedAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken).WaitAsync(AtMost, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }

    private static string Host()
    {
        var installed = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(installed) ? installed : "dotnet";
    }

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static extern int SetLimit(int process, int resource, ulong[] limit, IntPtr old);

    private List<string?> Descriptors()
    {
        var targets = new List<string?>();
        foreach (var descriptor in Directory.GetFileSystemEntries($"/proc/{process.Id}/fd"))
        {
            try
            {
                targets.Add(new FileInfo(descriptor).LinkTarget);
            }
            catch (IOException)
            {
                // It has been closed meanwhile.
            }
        }

        return targets;
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            TaskCompletionSource told;
            lock (lines)
            {
                lines.Add(line);
                told = news;
                news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            told.SetResult();
        }
    }
}

/// <summary>The program has ended though something was still expected of it.</summary>
internal sealed class ProgramEndedException(string message) : Exception(message);
