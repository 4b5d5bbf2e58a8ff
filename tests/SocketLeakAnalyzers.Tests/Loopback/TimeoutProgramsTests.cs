using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Loopback;

/// <summary>
/// What the timeout rules promise, seen to happen: the program of a finding hangs on a peer that has fallen silent, and the program that its fix makes
/// of it ends with a time-out.
/// </summary>
public sealed class TimeoutProgramsTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(0.4);

    /// <summary>Long behind the bound, and long ahead of what .NET or the kernel would do by themselves.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    // SLA2001

    [Fact]
    public Task A_request_ends_when_its_client_has_a_timeout() => Ends("SLA2001", SilentServer.Mute(), """
        public static class Program
        {
            private static readonly HttpClient Client = new HttpClient();

            public static async Task Run(int port, Action started)
            {
                started();
                Console.WriteLine(await Client.GetStringAsync("http://127.0.0.1:" + port));
            }
        }
        """);

    [Fact]
    public Task A_request_of_a_client_with_a_handler_ends() => Ends("SLA2001", SilentServer.Mute(), """
        public sealed class Api : IDisposable
        {
            private readonly HttpClient _client;

            public Api(int port) => _client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri("http://127.0.0.1:" + port) };

            public Task<HttpResponseMessage> GetAsync() => _client.GetAsync("/");

            public void Dispose() => _client.Dispose();
        }

        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var api = new Api(port);
                started();
                using var response = await api.GetAsync();
                Console.WriteLine(response.StatusCode);
            }
        }
        """);

    // SLA2002

    [Fact]
    public Task A_request_ends_when_its_timeout_is_finite() => Ends("SLA2002", SilentServer.Mute(), """
        public static class Program
        {
            private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

            public static async Task Run(int port, Action started)
            {
                started();
                using var response = await Client.PostAsync("http://127.0.0.1:" + port, new StringContent("hello"));
                Console.WriteLine(response.StatusCode);
            }
        }
        """);

    [Fact]
    public Task A_receive_ends_when_its_timeout_is_finite() => Ends("SLA2002", SilentServer.Mute(), """
        public static class Program
        {
            public static void Run(int port, Action started)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.ReceiveTimeout = 0;
                socket.Connect(IPAddress.Loopback, port);
                started();
                socket.Receive(new byte[9]);
            }
        }
        """);

    // SLA2003

    [Fact]
    public Task A_body_that_stops_coming_ends_its_read_though_the_timeout_of_the_client_does_not() => Ends("SLA2003", SilentServer.HeadersOnly(), """
        public static class Program
        {
            private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(3) };

            public static async Task Run(int port, Action started)
            {
                using var response = await Client.GetAsync("http://127.0.0.1:" + port, HttpCompletionOption.ResponseHeadersRead);
                started();
                Console.WriteLine(await response.Content.ReadAsStringAsync());
            }
        }
        """, patience: TimeSpan.FromSeconds(4));

    [Fact]
    public Task A_copy_of_a_body_that_stops_coming_ends() => Ends("SLA2003", SilentServer.HeadersOnly(), """
        public static class Program
        {
            private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromMinutes(1) };

            public static async Task Run(int port, Action started)
            {
                await using var body = await Client.GetStreamAsync("http://127.0.0.1:" + port);
                started();
                await body.CopyToAsync(Stream.Null);
            }
        }
        """);

    [Fact]
    public Task A_loop_over_a_body_ends_at_the_round_that_gets_nothing() => Ends("SLA2003", SilentServer.HeadersOnly(), """
        public static class Program
        {
            private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromMinutes(1) };

            public static async Task Run(int port, Action started)
            {
                using var response = await Client.GetAsync("http://127.0.0.1:" + port, HttpCompletionOption.ResponseHeadersRead);
                using var body = await response.Content.ReadAsStreamAsync();
                var buffer = new byte[4096];
                int read;
                started();
                while ((read = await body.ReadAsync(buffer, 0, buffer.Length)) > 0)
                {
                    Console.Write(Encoding.ASCII.GetString(buffer, 0, 0));
                }
            }
        }
        """);

    // SLA2004

    [Fact]
    public Task A_blocking_read_ends_with_the_timeout_of_its_client() => Ends("SLA2004", SilentServer.Mute(), """
        public static class Program
        {
            public static void Run(int port, Action started)
            {
                using var client = new TcpClient("127.0.0.1", port);
                using var reader = new StreamReader(client.GetStream());
                started();
                Console.WriteLine(reader.ReadLine());
            }
        }
        """);

    [Fact]
    public Task A_blocking_handshake_ends_with_the_timeout_of_its_client() => Ends("SLA2004", SilentServer.Mute(), """
        public static class Program
        {
            public static void Run(int port, Action started)
            {
                using (var client = new TcpClient())
                {
                    client.Connect("127.0.0.1", port);
                    using (var tls = new SslStream(client.GetStream()))
                    {
                        started();
                        tls.AuthenticateAsClient("localhost");
                    }
                }
            }
        }
        """);

    [Fact]
    public Task A_read_from_an_accepted_client_ends() => Ends("SLA2004", new SilentClients(), """
        public static class Program
        {
            public static void Run(TcpListener listener, Action started)
            {
                using var client = listener.AcceptTcpClient();
                started();
                client.GetStream().Read(new byte[9], 0, 9);
            }
        }
        """);

    // SLA2005

    [Fact]
    public async Task A_connecting_constructor_ends() => await Ends("SLA2005", await FullServer.StartAsync(TestContext.Current.CancellationToken), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                await Task.Yield();
                started();
                using var client = new TcpClient("127.0.0.1", port);
            }
        }
        """);

    [Fact]
    public async Task A_blocking_connect_of_an_async_method_ends() => await Ends("SLA2005", await FullServer.StartAsync(TestContext.Current.CancellationToken), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                await Task.Yield();
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                started();
                socket.Connect(IPAddress.Loopback, port);
            }
        }
        """);

    [Fact]
    public async Task A_connect_ends_though_its_caller_does_not_cancel() => await Ends("SLA2005", await FullServer.StartAsync(TestContext.Current.CancellationToken), """
        public static class Program
        {
            public static Task Run(int port, Action started) => ConnectAsync(port, started, new CancellationTokenSource().Token);

            private static async Task ConnectAsync(int port, Action started, CancellationToken stop)
            {
                using var client = new TcpClient();
                started();
                await client.ConnectAsync(IPAddress.Loopback, port);
            }
        }
        """);

    [Fact]
    public Task A_web_socket_that_is_not_opened_ends() => Ends("SLA2005", SilentServer.Mute(), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var socket = new ClientWebSocket();
                started();
                await socket.ConnectAsync(new Uri("ws://127.0.0.1:" + port), CancellationToken.None);
            }
        }
        """);

    [Fact]
    public Task A_pipe_that_nobody_serves_ends() => Ends("SLA2005", new AbsentPipe(), """
        public static class Program
        {
            public static void Run(string name, Action started)
            {
                using var pipe = new NamedPipeClientStream(name);
                started();
                pipe.Connect();
            }
        }
        """);

    // SLA2006

    [Fact]
    public Task An_asynchronous_read_that_no_receive_timeout_bounds_ends() => Ends("SLA2006", SilentServer.Mute(), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 300 };
                started();
                await client.GetStream().ReadAsync(new byte[9], 0, 9);
            }
        }
        """);

    // SLA2007

    [Fact]
    public Task An_asynchronous_receive_ends() => Ends("SLA2007", SilentServer.Mute(), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                started();
                await socket.ReceiveAsync(new ArraySegment<byte>(new byte[9]), SocketFlags.None);
            }
        }
        """);

    [Fact]
    public Task A_handshake_ends() => Ends("SLA2007", SilentServer.Mute(), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var client = new TcpClient("127.0.0.1", port);
                using var tls = new SslStream(client.GetStream());
                started();
                await tls.AuthenticateAsClientAsync("localhost");
            }
        }
        """);

    [Fact]
    public Task A_line_that_never_comes_ends_its_read() => Ends("SLA2007", SilentServer.Mute(), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var client = new TcpClient("127.0.0.1", port);
                using var reader = new StreamReader(client.GetStream());
                string line;
                started();
                while ((line = await reader.ReadLineAsync()) != null)
                {
                    Console.WriteLine(line);
                }
            }
        }
        """);

    [Fact]
    public Task A_web_socket_that_says_nothing_ends() => Ends("SLA2007", SilentServer.WebSocketOnly(), """
        public static class Program
        {
            public static async Task Run(int port, Action started)
            {
                using var socket = new ClientWebSocket();
                await socket.ConnectAsync(new Uri("ws://127.0.0.1:" + port), CancellationToken.None);
                started();
                await socket.ReceiveAsync(new ArraySegment<byte>(new byte[9]), CancellationToken.None);
            }
        }
        """);

    /// <summary>Fails unless the program hangs as long as the peer is silent, and the repaired one ends by itself.</summary>
    private static async Task Ends(string rule, Peer peer, string code, TimeSpan? patience = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var options = FormattableString.Invariant($"socket_leak.default_timeout_seconds = {Bound.TotalSeconds}");
        var program = await RepairedProgram.OfAsync(rule, code, options, cancellationToken);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        await using (peer)
        {
            before = program.RunBefore([.. peer.Addresses, (Action)started.SetResult]);
            await Task.WhenAny(Task.WhenAll(started.Task, peer.Silent), before).WaitAsync(AtMost, cancellationToken);
            Assert.False(before.IsCompleted, $"The program ends ahead of its call: {before.Exception}");
            var isPatient = Task.Delay(patience ?? Patience, cancellationToken);
            await EndsByTimeout(program, peer, cancellationToken);
            await Task.WhenAny(before, isPatient);
            Assert.False(before.IsCompleted, $"The program ends by itself: {before.Exception}");
        }

        // The peer has gone: now the program ends too, and leaves no thread behind.
        await Task.WhenAny(before, Task.Delay(AtMost, cancellationToken));
        Assert.True(before.IsCompleted, "The program does not even end when its peer has gone.");
    }

    private static async Task EndsByTimeout(RepairedProgram program, Peer peer, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var after = program.RunAfter([.. peer.Addresses, (Action)(() => { })]);
        await Task.WhenAny(after, Task.Delay(AtMost, cancellationToken));
        Assert.True(after.IsCompleted, "The repaired program hangs:\n" + program.Text);
        Assert.True(after.Exception?.InnerException is { } thrown ? IsTimeout(thrown) : after.IsCanceled, $"The repaired program ends otherwise: {after.Exception}\n{program.Text}");
        Assert.True(clock.Elapsed > Bound * 0.9, "The repaired program ends before its time.");
    }

    private static bool IsTimeout(Exception exception) => exception switch
    {
        OperationCanceledException or TimeoutException => true,
        SocketException socket => socket.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock,
        IOException { InnerException: { } inner } => IsTimeout(inner),
        _ => false,
    };
}
