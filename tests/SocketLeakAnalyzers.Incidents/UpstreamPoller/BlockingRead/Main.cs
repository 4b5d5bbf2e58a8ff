public static class Program
{
    private static readonly UpstreamPoller Poller = new();

    public static async Task Main(string[] upstreams)
    {
        Stage.Say("ready");
        while (await Stage.NextAsync() is { } round)
        {
            foreach (var upstream in upstreams)
            {
                _ = PollAsync(new Uri(upstream));
            }

            Stage.Say("done " + round);
        }
    }

    private static async Task PollAsync(Uri upstream)
    {
        await Task.Yield();
        try
        {
            Stage.Say("saw " + await Poller.PollAsync(upstream.AbsolutePath, upstream.Host, upstream.Port));
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            Stage.Say($"saw {upstream.AbsolutePath} failed: {failure.Message}");
        }
    }
}
