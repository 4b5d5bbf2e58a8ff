using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using SocketLeakAnalyzers.Tests.Loopback;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.UpstreamPoller;

/// <summary>Two upstreams: one that answers, and one that accepts and never says anything.</summary>
internal abstract class PollerScenario(string name) : SocketScenario("UpstreamPoller", name)
{
    protected const string Answer = "/healthy at slot 42";

    public override string Round => "the poller asks an upstream that answers and one that accepts and never answers";

    protected override TimeSpan Interval => TimeSpan.FromMilliseconds(150);

    public override void Judge(Recording before, Recording after)
    {
        base.Judge(before, after);
        Assert.True(after.CountOf(Answer) > 0, $"{this}: {Figures(after)}");
    }

    protected override async Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken)
    {
        await using var silent = SilentServer.Mute();
        await using var healthy = new TalkingServer(async stream => await stream.WriteAsync("42\n"u8.ToArray()));
        await using var child = Child.Start(assembly, $"http://127.0.0.1:{healthy.Port}/healthy", $"http://127.0.0.1:{silent.Addresses[0]}/silent");
        await child.UntilSaidAsync("ready", 1, cancellationToken);
        var recording = await PlayAsync(
            child,
            isRepaired,
            async (_, round) =>
            {
                await child.PlayAsync(round.ToString(), cancellationToken);
                return true;
            },
            cancellationToken);
        foreach (var line in child.Lines.Where(line => line.StartsWith("saw ", StringComparison.Ordinal)))
        {
            recording.Note(line["saw ".Length..].Replace(',', ';'));
        }

        return recording;
    }
}

internal sealed class ThreadJoinScenario() : PollerScenario("ThreadJoin")
{
    public override string Title => "Thread with Join(timeout)";

    public override string[] Steps =>
    [
        "SLA4001 Set the socket's timeouts to 0.5 s (a slower success will fail)",
        "SLA1003 Dispose 'client' if an exception is thrown before it is handed over",
        "SLA2005 Give up connecting after 0.5 s (a slower success will fail)",
    ];

    public override void Judge(Recording before, Recording after)
    {
        base.Judge(before, after);
        Assert.True(before.Last.Threads > after.Last.Threads + (before.Growth / 2), $"{before.Last.Threads} threads before, {after.Last.Threads} after");
    }
}

internal sealed class WhenAnyScenario() : PollerScenario("WhenAny")
{
    public override string Title => "Task.WhenAny(work, Task.Delay(…))";

    public override string[] Steps => ["SLA4002 Cancel the work at the deadline"];
}

internal sealed class TaskRunScenario() : PollerScenario("TaskRun")
{
    public override string Title => "Task.Run around a blocking read";

    public override string[] Steps =>
    [
        "SLA4003 Set the socket's timeouts to 0.5 s (a slower success will fail)",
        "SLA1003 Dispose 'client' if an exception is thrown before it is handed over",
        "SLA2005 Give up connecting after 0.5 s (a slower success will fail)",
    ];
}

internal sealed class BlockingReadScenario() : PollerScenario("BlockingRead")
{
    public override string Title => "Blocking read without a timeout";

    public override string[] Steps =>
    [
        "SLA2005 Give up connecting after 0.5 s (a slower success will fail)",
        "SLA2004 Set the socket's timeouts to 0.5 s (a slower success will fail)",
    ];
}
