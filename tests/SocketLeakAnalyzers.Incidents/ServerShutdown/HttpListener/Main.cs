public static class Program
{
    private static readonly TaskCompletionSource Slow = new();
    private static readonly TaskCompletionSource Stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task Main()
    {
        var (server, running, port) = await StartAsync();
        Stage.Say("ready " + port);
        await Stage.NextAsync();
        Stop.SetResult();
        await running;
        Stage.Say("done stop");
        await Stage.NextAsync();
        Slow.SetResult();
        await server.DrainAsync();
    }

    /// <summary>A listener for HTTP cannot choose its port, and another process may take the one that was free a moment ago.</summary>
    private static async Task<(JobServer Server, Task Running, int Port)> StartAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            var port = Random.Shared.Next(20000, 30000);
            var server = new JobServer($"http://127.0.0.1:{port}/", WorkAsync);
            var isListening = new TaskCompletionSource();
            var running = server.RunAsync(Stop.Task, isListening.SetResult);
            if (await Task.WhenAny(isListening.Task, running) == isListening.Task || attempt > 20)
            {
                return (server, running, port);
            }
        }
    }

    private static async Task WorkAsync(string job)
    {
        if (job == "/slow")
        {
            Stage.Say("working");
            await Slow.Task;
        }

        Stage.Say("finished " + job);
    }
}
