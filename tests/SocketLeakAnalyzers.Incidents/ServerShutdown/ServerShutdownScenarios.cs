using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.ServerShutdown;

/// <summary>A router in front of two instances: it sends a request to the second where the first refuses the connection, and cannot where that was accepted.</summary>
internal abstract class ShutdownScenario(string name) : Scenario("ServerShutdown", name)
{
    private const int Requests = 10;
    private const string Elsewhere = "answered by the other instance";
    private const string Lost = "H13: accepted, and closed without an answer";
    private const string Finished = "what was in flight was finished";

    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    public override string Unit => "lost";

    public override string Round => "the router sends a request while the instance drains";

    public override void Judge(Recording before, Recording after)
    {
        Assert.Equal(Requests, before.Growth);
        Assert.Equal(Requests, before.CountOf(Lost));
        Assert.Equal(0, after.Growth);
        Assert.Equal(Requests, after.CountOf(Elsewhere));
        Assert.Equal(1, before.CountOf(Finished));
        Assert.Equal(1, after.CountOf(Finished));
    }

    /// <summary>What the router says to an instance.</summary>
    protected abstract string RequestFor(string what);

    /// <summary>Whether the slow request was finished, though the server was told to stop.</summary>
    protected abstract bool IsFinished(string answer, Child child);

    protected override async Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken)
    {
        await using var other = new TalkingServer(async stream =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            await reader.ReadLineAsync();
            await stream.WriteAsync("done elsewhere\n"u8.ToArray());
        });
        await using var child = Child.Start(assembly);
        var port = int.Parse(await child.UntilSaidAsync("ready", 1, cancellationToken));
        var inFlight = AskAsync(port, "slow");
        await child.UntilSaidAsync("working", 1, cancellationToken);

        // One after the other is accepted: when the second is answered, the first is among what is waited for.
        await AskAsync(port, "quick").WaitAsync(AtMost, cancellationToken);
        await child.PlayAsync("stop", cancellationToken);

        // Every request has its connection, or knows that there is none, before the instance finishes what it has begun.
        var routed = new List<Task<string>>();
        for (var request = 0; request < Requests; request++)
        {
            var isConnected = new TaskCompletionSource();
            routed.Add(RouteAsync("request " + request, isConnected));
            await isConnected.Task.WaitAsync(AtMost, cancellationToken);
        }

        await child.TellAsync("finish");
        var recording = new Recording();
        recording.Samples.Add(new Sample(0, 0, 0));
        await child.UntilEndedAsync(cancellationToken);
        foreach (var (request, outcome) in (await Task.WhenAll(routed).WaitAsync(AtMost, cancellationToken)).Index())
        {
            recording.Note(outcome);
            recording.Samples.Add(new Sample(request + 1, recording.Last.Value + (outcome == Lost ? 1 : 0), 0));
        }

        if (IsFinished(await inFlight.WaitAsync(AtMost, cancellationToken), child))
        {
            recording.Note(Finished);
        }

        return recording;

        async Task<string> RouteAsync(string what, TaskCompletionSource isConnected)
        {
            try
            {
                return await AskAsync(port, what, isConnected) == "" ? Lost : "answered by the instance that drains";
            }
            catch (SocketException)
            {
                isConnected.TrySetResult();
                return (await AskAsync(other.Port, what)).StartsWith("done", StringComparison.Ordinal) ? Elsewhere : "no answer at all";
            }
        }

        // A connection that is refused throws; one that is closed without an answer gives none.
        async Task<string> AskAsync(int instance, string what, TaskCompletionSource? isConnected = null)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, instance, cancellationToken);
            try
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(RequestFor(what)), cancellationToken);
                isConnected?.TrySetResult();
                using var reader = new StreamReader(client.GetStream());
                return await reader.ReadLineAsync(cancellationToken) ?? "";
            }
            catch (IOException)
            {
                isConnected?.TrySetResult();
                return "";
            }
        }
    }
}

internal abstract class LineServerScenario(string name) : ShutdownScenario(name)
{
    public override string[] Steps => ["SLA5002 Stop listening before the wait"];

    protected override string RequestFor(string what) => what + "\n";

    protected override bool IsFinished(string answer, Child child) => answer == "done: slow";
}

internal sealed class TcpListenerScenario() : LineServerScenario("TcpListener")
{
    public override string Title => "TcpListener stopped after the drain";
}

internal sealed class SocketListenerScenario() : LineServerScenario("Socket")
{
    public override string Title => "Listening Socket closed after the drain";
}

internal sealed class HttpListenerScenario() : ShutdownScenario("HttpListener")
{
    public override string Title => "HttpListener not stopped on shutdown";

    public override string[] Steps => ["SLA5001 Stop 'listener' in a finally"];

    protected override string RequestFor(string what) => $"POST /{what.Replace(' ', '-')} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n";

    protected override bool IsFinished(string answer, Child child) => answer.Contains("202", StringComparison.Ordinal) && child.Lines.Contains("finished /slow");
}
