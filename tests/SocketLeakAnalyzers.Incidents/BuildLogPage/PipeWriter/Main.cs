public static class Program
{
    public static async Task Main(string[] engine)
    {
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = new BuildLogRelay(listener, new Uri(engine[0])).RunAsync(stop.Token);
        Stage.Say("ready http://" + listener.LocalEndpoint);
        while (await Stage.NextAsync() is not null)
        {
        }

        stop.Cancel();
    }
}
