/// <summary>A server of one-line requests. When it is told to stop, it finishes what it has begun.</summary>
public sealed class Server(Func<string, Task<string>> work)
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private int _inFlight;

    public int Start()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync(_stopping.Token);
        return ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public async Task StopAsync()
    {
        _stopping.Cancel();
        while (Volatile.Read(ref _inFlight) > 0)
        {
            await {|SLA5002:Task.Delay(20)|};
        }

        _listener.Close();
    }

    private async Task AcceptAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var client = await _listener.AcceptAsync(stopping);
            Interlocked.Increment(ref _inFlight);
            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream);
            if (await reader.ReadLineAsync(deadline.Token) is { } request)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(await work(request) + "\n"), deadline.Token);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
