/// <summary>Asks every upstream for its latest slot, each on a thread of its own: one that does not answer by the deadline is skipped, so that it does not hold up the others.</summary>
public sealed class UpstreamPoller(TimeSpan patience)
{
    public async Task<string> PollAsync(string name, string host, int port)
    {
        var client = await ConnectAsync(host, port);
        string? slot = null;
        var thread = new Thread(() => slot = FetchSlot(client)) { IsBackground = true };
        thread.Start();
        if (!{|SLA4001:thread.Join(patience)|})
        {
            return $"{name} timed out, abandoning its thread";
        }

        return $"{name} at slot {slot ?? "?"}";
    }

    private static async Task<TcpClient> ConnectAsync(string host, int port)
    {
        var client = {|SLA1003:new TcpClient()|};
        await {|SLA2005:client.ConnectAsync(host, port)|};
        return client;
    }

    private static string? FetchSlot(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream());
                return reader.ReadLine();
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
