using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using SocketLeakAnalyzers.Tests.Loopback;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.RevocationList;

/// <summary>Two lists that a certificate may name: that of a server which accepts and never answers, and a second one that is no better.</summary>
internal abstract class ListScenario(string name) : SocketScenario("RevocationList", name)
{
    private const string GivenUp = "the page, without the list";
    private const string Nothing = "nothing";

    public override string Round => "a visitor opens the page about a certificate";

    protected override TimeSpan Interval => TimeSpan.FromMilliseconds(150);

    public override void Judge(Recording before, Recording after)
    {
        base.Judge(before, after);
        Assert.Equal(Rounds, before.CountOf(Nothing));
        Assert.Equal(Rounds, after.CountOf(GivenUp));
    }

    /// <summary>The server of the second list.</summary>
    protected abstract Task<Peer> SecondServerAsync(CancellationToken cancellationToken);

    protected override async Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken)
    {
        await using var mute = SilentServer.Mute();
        await using var second = await SecondServerAsync(cancellationToken);
        await using var child = Child.Start(assembly, $"http://127.0.0.1:{mute.Addresses[0]}/mute.crl", $"http://127.0.0.1:{second.Addresses[0]}/second.crl");
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
        if (isRepaired)
        {
            await child.UntilSaidAsync("saw", Rounds, cancellationToken);
        }

        var pages = child.Lines.Count(line => line.StartsWith("saw", StringComparison.Ordinal) && line.EndsWith("the revocation list cannot be had", StringComparison.Ordinal));
        for (var visitor = 0; visitor < Rounds; visitor++)
        {
            recording.Note(visitor < pages ? GivenUp : Nothing);
        }

        return recording;
    }
}

internal sealed class HttpClientScenario() : ListScenario("HttpClient")
{
    public override string Title => "HttpClient without a timeout";

    public override string[] Steps => ["SLA2001 Set Timeout to 0.5 s (a slower success will fail)", "SLA2003 Cancel after 0.5 s (a slower success will fail)"];

    protected override Task<Peer> SecondServerAsync(CancellationToken cancellationToken) => Task.FromResult(SilentServer.HeadersOnly());
}

internal sealed class TcpClientScenario() : ListScenario("TcpClient")
{
    public override string Title => "TcpClient without a time limit";

    public override string[] Steps => ["SLA2005 Give up connecting after 0.5 s (a slower success will fail)", "SLA2007 Cancel after 0.5 s (a slower success will fail)"];

    protected override Task<Peer> SecondServerAsync(CancellationToken cancellationToken) => FullServer.StartAsync(cancellationToken);
}
