/// <summary>Asks every upstream for its latest slot. A round starts at every tick, whether or not the one before has come to its end.</summary>
public sealed class UpstreamPoller
{
    public async Task<string> PollAsync(string name, string host, int port)
    {
        using var client = new TcpClient();
        await {|SLA2005:client.ConnectAsync(host, port)|};
        using var reader = new StreamReader(client.GetStream());
        var slot = {|SLA2004:reader.ReadLine()|};
        return $"{name} at slot {slot ?? "?"}";
    }
}
