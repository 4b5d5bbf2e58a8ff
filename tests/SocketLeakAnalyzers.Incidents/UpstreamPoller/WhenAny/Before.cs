/// <summary>Asks every upstream for its latest slot: one that does not answer by the deadline is skipped, so that it does not hold up the others.</summary>
public sealed class UpstreamPoller(TimeSpan patience)
{
    public async Task<string> PollAsync(string name, string host, int port)
    {
        var work = FetchSlotAsync(host, port);
        if (await {|SLA4002:Task.WhenAny(work, Task.Delay(patience))|} != work)
        {
            return $"{name} timed out";
        }

        return $"{name} at slot {await work ?? "?"}";
    }

    private static async Task<string?> FetchSlotAsync(string host, int port, CancellationToken cancellationToken = default)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancellationToken);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync(cancellationToken);
    }
}
