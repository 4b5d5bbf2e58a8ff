public static class Program
{
    public static async Task Main(string[] upstreams)
    {
        var poller = new UpstreamPoller(TimeSpan.FromMilliseconds(100));
        Stage.Say("ready");
        while (await Stage.NextAsync() is { } round)
        {
            foreach (var upstream in upstreams)
            {
                var address = new Uri(upstream);
                try
                {
                    Stage.Say("saw " + await poller.PollAsync(address.AbsolutePath, address.Host, address.Port));
                }
                catch (Exception failure) when (failure is SocketException or OperationCanceledException)
                {
                    Stage.Say($"saw {address.AbsolutePath} failed: {failure.Message}");
                }
            }

            Stage.Say("done " + round);
        }
    }
}
