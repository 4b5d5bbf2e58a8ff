using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.BuildLogPage;

/// <summary>The log breaks off in the middle: the engine answers the second request for it with an error.</summary>
internal abstract class BrokenLogScenario(string name) : SocketScenario("BuildLogPage", name)
{
    protected const string Ended = "the page came to its end";
    protected const string Spinning = "the page never came to its end";
    protected const string Broken = "the connection broke";
    protected const string Served = "200 for another page";
    protected const string BadGateway = "502 for another page";

    private const int VisitorsPerRound = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    /// <summary>The descriptors of the program may be used up: then it does not even accept, or ends when it wants another thread.</summary>
    private static readonly TimeSpan PatienceOfProxy = TimeSpan.FromSeconds(5);

    public override string Round => "two visitors open the page of a build whose log breaks off, and leave after a while";

    protected override int Rounds => 12;

    protected override int LostPerRound => VisitorsPerRound;

    public override void Judge(Recording before, Recording after)
    {
        base.Judge(before, after);
        Assert.True(after.CountOf(Ended) > after.CountOf(Spinning), $"{this}: {Figures(after)}");
        Assert.Equal(0, after.CountOf(BadGateway));
        if (!IsSilent)
        {
            Assert.Equal(0, before.CountOf(Ended));
        }
    }

    /// <summary>What a visitor reads last of a page that is over.</summary>
    protected virtual string EndOfPage => "0\r\n\r\n";

    /// <summary>What a visitor says when it has connected.</summary>
    protected abstract string RequestFor(string build);

    protected override async Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken)
    {
        await using var engine = TalkingServer.Http(path => path.EndsWith("start=0", StringComparison.Ordinal) ? (200, "building\n") : path.Contains("broken", StringComparison.Ordinal) ? (500, "") : (200, ""));
        await using var child = Child.Start(assembly, $"http://127.0.0.1:{engine.Port}");
        var port = new Uri(await child.UntilSaidAsync("ready", 1, cancellationToken)).Port;
        return await PlayAsync(child, isRepaired, RoundAsync, cancellationToken);

        async Task<bool> RoundAsync(Recording recording, int round)
        {
            var visitors = Enumerable.Range(0, VisitorsPerRound).Select(_ => VisitBrokenAsync(recording, round)).ToArray();
            await Task.WhenAll(visitors);
            using var visitor = new TcpClient();
            var page = ReadAsync(visitor, "good");
            var isServed = await Task.WhenAny(page, Task.Delay(isRepaired ? TimeSpan.FromSeconds(30) : PatienceOfProxy, cancellationToken)) == page && (await page).Contains("building", StringComparison.Ordinal);
            recording.Note(isServed ? Served : BadGateway);
            return isServed;
        }

        async Task VisitBrokenAsync(Recording recording, int round)
        {
            using var visitor = new TcpClient();
            var page = ReadAsync(visitor, "broken");
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(isRepaired ? TimeSpan.FromSeconds(30) : PatienceOfProxy);
            try
            {
                await child.UntilSaidAsync("log of", round * VisitorsPerRound, patience.Token);
            }
            catch (Exception withoutDescriptors) when (!isRepaired && withoutDescriptors is OperationCanceledException or ProgramEndedException && !cancellationToken.IsCancellationRequested)
            {
            }

            var isOver = await Task.WhenAny(page, Task.Delay(Patience, cancellationToken)) == page;
            recording.Note(!isOver ? Spinning : (await page).EndsWith(EndOfPage, StringComparison.Ordinal) ? Ended : Broken);
        }

        async Task<string> ReadAsync(TcpClient visitor, string build)
        {
            try
            {
                await visitor.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                await visitor.GetStream().WriteAsync(Encoding.ASCII.GetBytes(RequestFor("/builds/" + build)), cancellationToken);
                using var reader = new StreamReader(visitor.GetStream(), leaveOpen: true);
                return await reader.ReadToEndAsync(cancellationToken);
            }
            catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
            {
                return "";
            }
        }
    }
}

internal sealed class HttpListenerResponseScenario() : BrokenLogScenario("HttpListenerResponse")
{
    public override string Title => "HttpListenerResponse closed in the success branch";

    public override string[] Steps => ["SLA3001 Close 'response' in a finally"];

    protected override (int AfterRound, int More)? Limit => (3, 14);

    public override void Judge(Recording before, Recording after)
    {
        base.Judge(before, after);
        Assert.Equal(1, before.CountOf(BadGateway));
    }

    protected override string RequestFor(string build) => $"GET {build} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
}

internal sealed class PipeWriterScenario() : BrokenLogScenario("PipeWriter")
{
    public override string Title => "PipeWriter completed in the success branch";

    public override string[] Steps => ["SLA3001 Close 'log' in a finally"];

    protected override string EndOfPage => "building\n";

    protected override string RequestFor(string build) => build + "\n";
}

internal sealed class FrameworkClosesScenario() : BrokenLogScenario("FrameworkCloses")
{
    private int requests;

    public override string Title => "ASP.NET Core closes the response itself";

    public override string[] Steps => [];

    protected override string RequestFor(string build) =>
        $"GET {build}{(Interlocked.Increment(ref requests) % 2 == 0 ? "/raw" : "")} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
}

/// <summary>
/// The engine has said one line, and says no more for hours. The visitor has seen it, and leaves. ASP.NET Core closes the connection of the visitor; what stays
/// is the handler, and its connection to the engine.
/// </summary>
internal sealed class AspNetCoreScenario() : SocketScenario("BuildLogPage", "AspNetCore")
{
    public override string Title => "ASP.NET Core handler without RequestAborted";

    public override string Round => "a visitor opens the page of a build that is silent for now, reads its first line, and leaves";

    public override string[] Steps => ["SLA3002 Pass 'context.RequestAborted'"];

    protected override async Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken)
    {
        await using var engine = new TalkingServer(async stream =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\nbuilding\n"u8.ToArray());
            await TalkingServer.Forever;
        });
        await using var child = Child.Start(assembly, $"http://127.0.0.1:{engine.Port}");
        var port = new Uri(await child.UntilSaidAsync("ready", 1, cancellationToken)).Port;
        return await PlayAsync(
            child,
            isRepaired,
            async (recording, _) =>
            {
                using var visitor = new TcpClient();
                await visitor.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                await visitor.GetStream().WriteAsync("GET /builds/silent HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray(), cancellationToken);
                using var reader = new StreamReader(visitor.GetStream());
                while (await reader.ReadLineAsync(cancellationToken) is not (null or "building"))
                {
                }

                // The end of the chunk too: with something unread, the connection would be reset instead of closed.
                await reader.ReadLineAsync(cancellationToken);
                recording.Note("the first line of the log");
                return true;
            },
            cancellationToken);
    }
}
