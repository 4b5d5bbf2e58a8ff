using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Loopback;

/// <summary>
/// What the rules about streaming responses, abandoned work and listeners promise, seen to happen: what the program of a finding leaves behind, and that
/// the program which its fix makes of it leaves nothing.
/// </summary>
public sealed class AbandonedWorkProgramsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    private const string Options = "socket_leak.default_timeout_seconds = 0.4\ndotnet_diagnostic.SLA2005.severity = none";

    // SLA4001, SLA4003: the thread and the work item end once the socket has its timeouts.
    [Fact]
    public Task A_thread_that_is_left_behind_ends_when_its_socket_has_timeouts() => IsLeftBehind("SLA4001", """
        public static class Program
        {
            public static void Run(int port, Action ended)
            {
                var client = new TcpClient("127.0.0.1", port);
                var thread = new Thread(() =>
                {
                    try
                    {
                        client.GetStream().ReadByte();
                    }
                    catch (IOException)
                    {
                    }
                    finally
                    {
                        ended();
                    }
                });
                thread.Start();
                thread.Join(50);
            }
        }
        """);

    [Fact]
    public Task Work_that_is_forgotten_on_the_pool_ends_when_its_socket_has_timeouts() => IsLeftBehind("SLA4003", """
        public static class Program
        {
            public static void Run(int port, Action ended)
            {
                var client = new TcpClient("127.0.0.1", port);
                _ = Task.Run(() =>
                {
                    try
                    {
                        client.GetStream().ReadByte();
                    }
                    catch (IOException)
                    {
                    }
                    finally
                    {
                        ended();
                    }
                });
            }
        }
        """);

    // SLA4002: the read ends at the deadline of its wait.
    [Fact]
    public Task A_read_that_a_deadline_abandons_is_cancelled_by_it() => IsLeftBehind("SLA4002", """
        public static class Program
        {
            public static async Task Run(int port, Action ended)
            {
                var client = new TcpClient("127.0.0.1", port);
                var read = ReadAsync(client.GetStream(), ended);
                if (await Task.WhenAny(read, Task.Delay(300)) != read)
                    Console.WriteLine("gave up");
            }

            private static async Task ReadAsync(NetworkStream stream, Action ended, CancellationToken token = default)
            {
                try
                {
                    await stream.ReadAsync(new byte[16], token);
                }
                catch (OperationCanceledException)
                {
                }
                finally
                {
                    ended();
                }
            }
        }
        """);

    // SLA5001: the port is free again.
    [Fact]
    public async Task A_listener_that_an_exception_leaves_open_gives_its_port_back_after_the_fix()
    {
        var program = await RepairedProgram.OfAsync("SLA5001", """
            public static class Program
            {
                public static async Task Run(Action<int> opened)
                {
                    var listener = new TcpListener(IPAddress.Loopback, 0);
                    listener.Start();
                    opened(((IPEndPoint)listener.LocalEndpoint).Port);
                    using var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, 1);
                    listener.Stop();
                }
            }
            """, Options, TestContext.Current.CancellationToken);

        Assert.False(await IsFreeAfter(program.RunBefore), "The port is free although nothing has stopped the listener.");
        Assert.True(await IsFreeAfter(program.RunAfter), "The repaired program keeps the port:\n" + program.Text);

        static async Task<bool> IsFreeAfter(Func<object[], Task> run)
        {
            var port = 0;
            await Assert.ThrowsAnyAsync<SocketException>(() => run([(Action<int>)(opened => port = opened)]));
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    // SLA5002: who connects during the drain is refused at once instead of accepted and dropped.
    [Fact]
    public async Task A_client_that_connects_during_the_drain_is_refused_after_the_fix()
    {
        var program = await RepairedProgram.OfAsync("SLA5002", """
            public sealed class Server
            {
                private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
                private readonly List<Task> _handlers = new();

                public int Start(Task work)
                {
                    _listener.Start();
                    _handlers.Add(work);
                    return ((IPEndPoint)_listener.LocalEndpoint).Port;
                }

                public async Task StopAsync()
                {
                    await Task.WhenAll(_handlers);
                    _listener.Stop();
                }
            }

            public static class Program
            {
                public static async Task Run(Task work, Action<int> draining)
                {
                    var server = new Server();
                    var port = server.Start(work);
                    var stopping = server.StopAsync();
                    draining(port);
                    await stopping;
                }
            }
            """, Options, TestContext.Current.CancellationToken);

        Assert.True(await IsAcceptedDuringTheDrain(program.RunBefore), "The listener is closed during the drain although it is stopped after it.");
        Assert.False(await IsAcceptedDuringTheDrain(program.RunAfter), "The repaired program accepts during the drain:\n" + program.Text);

        static async Task<bool> IsAcceptedDuringTheDrain(Func<object[], Task> run)
        {
            var work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var draining = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            var running = run([work.Task, (Action<int>)(port => draining.SetResult(port))]);
            var isAccepted = true;
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, await draining.Task.WaitAsync(AtMost), TestContext.Current.CancellationToken);
            }
            catch (SocketException)
            {
                isAccepted = false;
            }

            work.SetResult();
            await running.WaitAsync(AtMost);
            return isAccepted;
        }
    }

    // SLA3001: the client of a failed page gets its end.
    [Fact]
    public async Task A_client_whose_page_fails_is_let_go_after_the_fix()
    {
        var program = await RepairedProgram.OfAsync("SLA3001", """
            public static class Program
            {
                public static async Task Run(HttpListener listener)
                {
                    var context = await listener.GetContextAsync();
                    var page = await File.ReadAllBytesAsync("/no/such/page");
                    await context.Response.OutputStream.WriteAsync(page);
                    context.Response.Close();
                }
            }
            """, Options, TestContext.Current.CancellationToken);

        Assert.False(await IsAnswered(program.RunBefore), "The client is answered although nothing has closed its response.");
        Assert.True(await IsAnswered(program.RunAfter), "The client of the repaired program waits on:\n" + program.Text);

        static async Task<bool> IsAnswered(Func<object[], Task> run)
        {
            using var listener = Listening(out var prefix);
            using var client = new HttpClient();
            var request = client.GetAsync(prefix, TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<IOException>(() => run([listener]));
            var isAnswered = await Task.WhenAny(request, Task.Delay(Patience)) == request;
            listener.Abort();
            await Task.WhenAny(request, Task.Delay(AtMost));
            _ = request.Exception;
            return isAnswered;
        }

        static HttpListener Listening(out string prefix)
        {
            // A listener for HTTP cannot choose its port: another process may take the one that was free a moment ago.
            for (var attempt = 0; ; attempt++)
            {
                using var probe = new TcpListener(IPAddress.Loopback, 0);
                probe.Start();
                var port = ((IPEndPoint)probe.LocalEndpoint).Port;
                probe.Stop();
                prefix = $"http://127.0.0.1:{port}/";
                var listener = new HttpListener { Prefixes = { prefix } };
                try
                {
                    listener.Start();
                    return listener;
                }
                catch (HttpListenerException) when (attempt < 9)
                {
                }
            }
        }
    }

    // SLA3002: the handler learns that its client has gone.
    [Fact]
    public async Task A_handler_whose_client_has_gone_ends_after_the_fix()
    {
        var program = await RepairedProgram.OfAsync("SLA3002", """
            using System.Threading.Channels;
            using Microsoft.AspNetCore.Builder;
            using Microsoft.AspNetCore.Hosting;
            using Microsoft.AspNetCore.Http;
            using Microsoft.Extensions.Logging;

            public static class Program
            {
                public static async Task Run(Action<string> listening, Action ended, Task stop)
                {
                    var lines = Channel.CreateUnbounded<string>();
                    lines.Writer.TryWrite("first\n");
                    var builder = WebApplication.CreateSlimBuilder();
                    builder.Logging.ClearProviders();
                    builder.WebHost.UseUrls("http://127.0.0.1:0");
                    await using var app = builder.Build();
                    app.Run(async context =>
                    {
                        try
                        {
                            while (true)
                            {
                                await context.Response.WriteAsync(await lines.Reader.ReadAsync());
                                await context.Response.Body.FlushAsync();
                            }
                        }
                        finally
                        {
                            ended();
                        }
                    });
                    await app.StartAsync();
                    foreach (var address in app.Urls)
                        listening(address);
                    await stop;
                    lines.Writer.Complete();
                }
            }
            """, Options, TestContext.Current.CancellationToken);

        Assert.False(await EndsWithItsClient(program.RunBefore, Patience), "The handler ends although it waits without the token.");
        Assert.True(await EndsWithItsClient(program.RunAfter, AtMost), "The handler of the repaired program waits on:\n" + program.Text);

        static async Task<bool> EndsWithItsClient(Func<object[], Task> run, TimeSpan patience)
        {
            var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var running = run([(Action<string>)(address => listening.TrySetResult(address)), (Action)(() => ended.TrySetResult()), stop.Task]);
            using (var client = new TcpClient())
            {
                // A client of its own, as HttpClient would hold the connection for a while.
                await client.ConnectAsync(IPAddress.Loopback, new Uri(await listening.Task.WaitAsync(AtMost)).Port, TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
                using var reader = new StreamReader(client.GetStream());
                while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) != "first")
                {
                }
            }

            var isEnded = await Task.WhenAny(ended.Task, Task.Delay(patience)) == ended.Task;
            stop.SetResult();
            await running.WaitAsync(AtMost);
            return isEnded;
        }
    }

    /// <summary>The program of the finding returns and leaves its work behind; that of the repaired program ends by itself.</summary>
    private static async Task IsLeftBehind(string rule, string code)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var program = await RepairedProgram.OfAsync(rule, code, Options, cancellationToken);
        var before = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var after = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var peer = SilentServer.Mute())
        {
            await program.RunBefore([.. peer.Addresses, (Action)(() => before.TrySetResult())]).WaitAsync(AtMost, cancellationToken);
            await program.RunAfter([.. peer.Addresses, (Action)(() => after.TrySetResult())]).WaitAsync(AtMost, cancellationToken);
            var isPatient = Task.Delay(Patience, cancellationToken);
            Assert.True(await Task.WhenAny(after.Task, Task.Delay(AtMost, cancellationToken)) == after.Task, "The work of the repaired program goes on:\n" + program.Text);
            await Task.WhenAny(before.Task, isPatient);
            Assert.False(before.Task.IsCompleted, "The work ends by itself.");
        }

        await before.Task.WaitAsync(AtMost, cancellationToken);
    }
}
