using System.Collections.Concurrent;

/// <summary>A server of one-line requests. When it is told to stop, it finishes what it has begun.</summary>
public sealed class Server(Func<string, Task<string>> work)
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _handlers = new();

    public int Start()
    {
        _listener.Start();
        _ = AcceptAsync(_stopping.Token);
        return ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public async Task StopAsync()
    {
        _stopping.Cancel();
        await {|SLA5002:Task.WhenAll(_handlers)|};
        _listener.Stop();
    }

    private async Task AcceptAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(stopping);
            _handlers.Add(AnswerAsync(client));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using (client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream);
            if (await reader.ReadLineAsync(deadline.Token) is { } request)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(await work(request) + "\n"), deadline.Token);
            }
        }
    }
}
