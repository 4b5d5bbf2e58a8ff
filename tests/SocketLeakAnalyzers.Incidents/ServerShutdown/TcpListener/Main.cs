public static class Program
{
    private static readonly TaskCompletionSource Slow = new();

    public static async Task Main()
    {
        var server = new Server(WorkAsync);
        Stage.Say("ready " + server.Start());
        await Stage.NextAsync();
        var stopping = server.StopAsync();
        Stage.Say("done stop");
        await Stage.NextAsync();
        Slow.SetResult();
        await stopping;
    }

    private static async Task<string> WorkAsync(string request)
    {
        if (request == "slow")
        {
            Stage.Say("working");
            await Slow.Task;
        }

        return "done: " + request;
    }
}
