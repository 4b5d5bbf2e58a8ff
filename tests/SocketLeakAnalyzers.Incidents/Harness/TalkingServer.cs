using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Tests.Loopback;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>A server on 127.0.0.1 that talks with all its clients at once, as it is told, and closes what is left when it is disposed.</summary>
internal sealed class TalkingServer : Peer
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<Task> conversations = [];
    private readonly List<TcpClient> clients = [];
    private readonly Func<NetworkStream, Task> talk;
    private readonly Task accepting;

    /// <summary>Starts the server. A connection is closed at the end of the talk, unless that never ends.</summary>
    public TalkingServer(Func<NetworkStream, Task> talk)
    {
        this.talk = talk;
        listener.Start(512);
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public override object[] Addresses => [Port];

    /// <summary>A talk that the server never ends.</summary>
    public static Task Forever { get; } = new TaskCompletionSource().Task;

    /// <summary>Answers the requests for HTTP by their paths, one for each connection.</summary>
    public static TalkingServer Http(Func<string, (int Status, string Body)> answer) => new(async stream =>
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var path = (await reader.ReadLineAsync())?.Split(' ')[1] ?? "/";
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        var (status, body) = answer(path);
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status} Status\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    });

    public override async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
        lock (clients)
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                lock (clients)
                {
                    clients.Add(client);
                }

                conversations.Add(TalkAsync(client));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            await Task.Yield();
            await talk(client.GetStream());
            client.Dispose();
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException or System.Security.Authentication.AuthenticationException)
        {
            client.Dispose();
        }
    }
}
