public static class Program
{
    public static async Task Main(string[] engine)
    {
        using var listener = Listen(out var address);
        _ = new BuildLogPages(listener, new Uri(engine[0])).RunAsync();
        Stage.Say("ready " + address);
        while (await Stage.NextAsync() is not null)
        {
        }
    }

    /// <summary>A listener for HTTP cannot choose its port, and another process may take the one that was free a moment ago.</summary>
    private static HttpListener Listen(out string address)
    {
        for (var attempt = 0; ; attempt++)
        {
            address = $"http://127.0.0.1:{Random.Shared.Next(20000, 30000)}/";
            var listener = new HttpListener { Prefixes = { address } };
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }
}
