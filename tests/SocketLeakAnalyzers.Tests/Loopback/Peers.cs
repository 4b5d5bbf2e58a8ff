using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Tests.Loopback;

/// <summary>Something on 127.0.0.1 that a program waits for in vain, until it is disposed.</summary>
internal abstract class Peer : IAsyncDisposable
{
    private readonly TaskCompletionSource silent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the peer has said all that it will ever say.</summary>
    public Task Silent => silent.Task;

    /// <summary>What a program can be given to reach it.</summary>
    public abstract object[] Addresses { get; }

    public abstract ValueTask DisposeAsync();

    protected void FallSilent() => silent.TrySetResult();
}

/// <summary>A server that accepts, may say something, and then never says anything again.</summary>
internal sealed class SilentServer : Peer
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> clients = [];
    private readonly Func<NetworkStream, Task> greet;
    private readonly Task accepting;

    private SilentServer(Func<NetworkStream, Task> greet)
    {
        this.greet = greet;
        listener.Start();
        accepting = AcceptAsync();
    }

    public override object[] Addresses => [((IPEndPoint)listener.LocalEndpoint).Port];

    /// <summary>Accepts and says nothing.</summary>
    public static Peer Mute() => new SilentServer(_ => Task.CompletedTask);

    /// <summary>Answers a request with headers and the start of a body.</summary>
    public static Peer HeadersOnly() => new SilentServer(async stream =>
    {
        await ReadRequestAsync(stream);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\nhello"u8.ToArray());
    });

    /// <summary>Opens a web socket.</summary>
    public static Peer WebSocketOnly() => new SilentServer(async stream =>
    {
        var request = await ReadRequestAsync(stream);
        var start = request.IndexOf("Sec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase) + "Sec-WebSocket-Key: ".Length;
        var key = request[start..request.IndexOf('\r', start)] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // The protocol says so.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
    });

    public override async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                throw new IOException("The client has gone.");
            }

            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return request.ToString();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                clients.Add(client);
                await greet(client.GetStream());
                FallSilent();
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
        }
    }
}

/// <summary>A server that never accepts, with a backlog that is full: who connects is not answered.</summary>
internal sealed class FullServer : Peer
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> waiting = [];

    private FullServer()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
    }

    public override object[] Addresses => [((IPEndPoint)listener.LocalEndPoint!).Port];

    public static async Task<Peer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new FullServer();
        var kept = new List<Task>();
        while (kept.Count(static task => !task.IsCompleted) < 3)
        {
            // Those that are kept waiting say that the backlog is full; one alone may only be slow on a busy machine.
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            server.waiting.Add(socket);
            var connected = socket.ConnectAsync(server.listener.LocalEndPoint!, cancellationToken).AsTask();
            await Task.WhenAny(connected, Task.Delay(200, cancellationToken));
            _ = connected.ContinueWith(static task => task.Exception, TaskScheduler.Default);
            kept.Add(connected);
        }

        server.FallSilent();
        return server;
    }

    public override ValueTask DisposeAsync()
    {
        listener.Dispose();
        waiting.ForEach(static socket => socket.Dispose());
        return default;
    }
}

/// <summary>Clients that connect to the program's listener and say nothing: one for each of its runs.</summary>
internal sealed class SilentClients : Peer
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient[] clients = [new(), new()];

    public SilentClients()
    {
        listener.Start();
        foreach (var client in clients)
        {
            client.Connect((IPEndPoint)listener.LocalEndpoint);
        }

        FallSilent();
    }

    public override object[] Addresses => [listener];

    public override ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }

        listener.Stop();
        return default;
    }
}

/// <summary>A pipe that nobody serves; it is served, and closed, when it is disposed.</summary>
internal sealed class AbsentPipe : Peer
{
    private readonly string name = "sla-" + Guid.NewGuid().ToString("N");

    public AbsentPipe() => FallSilent();

    public override object[] Addresses => [name];

    public override async ValueTask DisposeAsync()
    {
        using var server = new System.IO.Pipes.NamedPipeServerStream(name);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await server.WaitForConnectionAsync(deadline.Token);
    }
}
