using System.Collections.Concurrent;

/// <summary>Asks every upstream for its latest slot, each on the pool: the round does not wait for an answer, and what has not come by the deadline is shown as stale.</summary>
public sealed class UpstreamPoller(TimeSpan patience)
{
    private readonly ConcurrentDictionary<string, string> _slots = new();

    public async Task<string> PollAsync(string name, string host, int port)
    {
        var client = await ConnectAsync(host, port);
        _slots.TryRemove(name, out _);
        _ = {|SLA4003:Task.Run(() => FetchSlot(name, client))|};
        await Task.Delay(patience);
        return _slots.TryGetValue(name, out var slot) ? $"{name} at slot {slot}" : $"{name} is stale";
    }

    private static async Task<TcpClient> ConnectAsync(string host, int port)
    {
        var client = {|SLA1003:new TcpClient()|};
        await {|SLA2005:client.ConnectAsync(host, port)|};
        return client;
    }

    private void FetchSlot(string name, TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream());
                _slots[name] = reader.ReadLine() ?? "?";
            }
            catch (IOException failure)
            {
                Console.WriteLine($"{name}: {failure.Message}");
            }
        }
    }
}
