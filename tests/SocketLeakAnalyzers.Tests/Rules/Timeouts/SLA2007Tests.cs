using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

/// <summary>When an asynchronous call has no bound at all: each name says the outcome.</summary>
public sealed class SLA2007Tests
{
    private const string Only2007 = """
        root = true
        [*.cs]
        dotnet_diagnostic.SLA2004.severity = none
        dotnet_diagnostic.SLA4002.severity = none
        dotnet_diagnostic.SLA2005.severity = none
        dotnet_diagnostic.SLA2006.severity = none

        """;

    private static Task Due(string code) => Verify<UseAnalyzer>.Reports(code.Replace("[|", "{|SLA2007:").Replace("|]", "|}"), editorconfig: Only2007);

    private static Task Clean(string code) => Verify<UseAnalyzer>.Silent(code, editorconfig: Only2007);

    [Fact]
    public Task A_keep_alive_set_on_the_client_is_seen_through_a_property_of_the_class_that_holds_it() => Clean(
        """
        sealed class Peer
        {
            private NetworkStream _stream;

            internal Peer(TcpClient client) => NetworkStream = client.GetStream();

            internal NetworkStream NetworkStream
            {
                get { return _stream; }
                set { _stream = value; }
            }

            internal SslStream SslStream { get; set; }
        }

        class Server
        {
            public async Task Accept(TcpListener listener, System.Security.Cryptography.X509Certificates.X509Certificate certificate)
            {
                var client = await listener.AcceptTcpClientAsync();
                client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                var peer = new Peer(client);
                peer.SslStream = new SslStream(peer.NetworkStream, false);
                await peer.SslStream.AuthenticateAsServerAsync(certificate, true, System.Security.Authentication.SslProtocols.Tls12, false);
            }
        }
        """);

    [Fact]
    public Task A_keep_alive_set_on_the_client_is_seen_where_its_stream_is_used_directly() => Clean(
        """
        class Server
        {
            public async Task Accept(TcpListener listener, System.Security.Cryptography.X509Certificates.X509Certificate certificate)
            {
                var client = await listener.AcceptTcpClientAsync();
                client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                var tls = new SslStream(client.GetStream(), false);
                await tls.AuthenticateAsServerAsync(certificate, true, System.Security.Authentication.SslProtocols.Tls12, false);
            }
        }
        """);

    [Fact]
    public Task A_receive_with_no_token_is_suggested_about_with_the_others_of_its_method() => Verify<UseAnalyzer>.Reports(
        """
        class Chat
        {
            public async Task Pump(WebSocket socket, ArraySegment<byte> buffer)
            {
                await {|#0:socket.ReceiveAsync(buffer, CancellationToken.None)|};
                await {|#1:socket.SendAsync(buffer, WebSocketMessageType.Text, true, default)|};
            }
        }
        """,
        [
            Verify<UseAnalyzer>.Diagnostic("SLA2007").WithLocation(0).WithLocation(1)
                .WithMessage("'ReceiveAsync' on 'socket' (WebSocket) has no cancellation token, time limit or keep-alive: it waits for ever if the peer is gone"),
        ]);

    [Theory]
    [InlineData("NetworkStream s", "await [|s.ReadAsync(b)|];")]
    [InlineData("NetworkStream s", "await [|s.ReadAsync(b, 0, 1)|];")]
    [InlineData("NetworkStream s", "while (await [|s.ReadAsync(b)|] > 0) { }")]
    [InlineData("NetworkStream s", "await [|s.WriteAsync(b)|]; await s.ReadAsync(b);")]
    [InlineData("NetworkStream s", "using var r = new StreamReader(s); await [|r.ReadLineAsync()|];")]
    [InlineData("NetworkStream s", "await [|s.CopyToAsync(Stream.Null)|];")]
    [InlineData("Socket s", "await [|s.ReceiveAsync(b, SocketFlags.None)|];")]
    [InlineData("Socket s", "await [|s.ReceiveAsync(new ArraySegment<byte>(b), SocketFlags.None)|];")]
    [InlineData("Socket s", "using var n = new NetworkStream(s); await [|n.ReadAsync(b)|];")]
    [InlineData("TcpClient s", "await [|s.GetStream().ReadAsync(b)|];")]
    [InlineData("TcpClient s", "using var t = new SslStream(s.GetStream()); await [|t.AuthenticateAsServerAsync(new SslServerAuthenticationOptions())|]; await t.ReadAsync(b);")]
    [InlineData("Stream s", "using var t = new SslStream(s); await [|t.AuthenticateAsClientAsync(\"h\")|];")]
    [InlineData("SslStream s", "await [|s.ReadAsync(b)|];")]
    [InlineData("WebSocket s", "await [|s.ReceiveAsync(new ArraySegment<byte>(b), CancellationToken.None)|];")]
    [InlineData("WebSocket s", "await [|s.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None)|];")]
    [InlineData("TcpListener l", "using var s = await l.AcceptTcpClientAsync(token); await [|s.GetStream().ReadAsync(b)|];")]
    [InlineData("NetworkStream s", "var t = [|s.ReadAsync(b)|].AsTask(); await Task.WhenAll(t, Task.Delay(5));")]
    [InlineData("ClientWebSocket s", "s.Options.KeepAliveInterval = TimeSpan.Zero; await [|s.ReceiveAsync(new ArraySegment<byte>(b), default)|];")]
    [InlineData("UdpClient s", "await s.SendAsync(b, b.Length); var r = await [|s.ReceiveAsync()|];")]
    [InlineData("IPEndPoint e", "using var s = new Socket(SocketType.Dgram, ProtocolType.Udp); await s.SendToAsync(b, SocketFlags.None, e); await [|s.ReceiveFromAsync(b, SocketFlags.None, e)|];")]
    public Task A_call_without_any_bound_is_suggested_about(string parameter, string body) => Due(Body(parameter, body));

    [Theory]
    [InlineData("NetworkStream s", "await s.ReadAsync(b, token);")]
    [InlineData("NetworkStream s", "await s.ReadAsync(b).AsTask().WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("NetworkStream s", "await s.ReadAsync(b).AsTask().WaitAsync(token);")]
    [InlineData("NetworkStream s", "var t = s.ReadAsync(b).AsTask(); await Task.WhenAny(t, Task.Delay(5));")]
    [InlineData("NetworkStream s", "using var r = token.Register(s.Dispose); await s.ReadAsync(b);")]
    [InlineData("Stream s", "await s.ReadAsync(b);")]
    [InlineData("TcpListener l", "using var s = await l.AcceptTcpClientAsync();")]
    [InlineData("Socket s", "var c = await s.AcceptAsync();")]
    [InlineData("UdpClient s", "var r = await s.ReceiveAsync();")]
    [InlineData("UdpClient s", "await s.SendAsync(b, b.Length); while (true) { var r = await s.ReceiveAsync(); }")]
    [InlineData("UdpClient s", "await s.SendAsync(b, b.Length); var r = await s.ReceiveAsync(token);")]
    [InlineData("UdpClient s", "await s.SendAsync(b, b.Length); var r = await s.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("UdpClient s", "await s.SendAsync(b, b.Length);")]
    [InlineData("Socket s", "s.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true); await s.ReceiveAsync(b, SocketFlags.None);")]
    [InlineData("TcpClient s", "s.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, 1); await s.GetStream().ReadAsync(b);")]
    [InlineData("TcpClient s", "s.Client.IOControl(IOControlCode.KeepAliveValues, b, null); await s.GetStream().ReadAsync(b);")]
    [InlineData("ClientWebSocket s", "s.Options.KeepAliveInterval = TimeSpan.FromSeconds(20); await s.ReceiveAsync(new ArraySegment<byte>(b), default);")]
    [InlineData("NamedPipeServerStream s", "await s.ReadAsync(b);")]
    [InlineData("NetworkStream s", "await s.FlushAsync();")]
    [InlineData("NetworkStream s", "s.Read(b, 0, 1);")]
    [InlineData("NetworkStream s, Action<NetworkStream> configure", "configure(s); await s.ReadAsync(b);")]
    [InlineData("HttpContent s", "await s.ReadAsStringAsync();")]
    [InlineData("FileStream s", "await s.ReadAsync(b);")]
    public Task A_call_with_a_bound_or_by_design_is_not(string parameter, string body) => Clean(Body(parameter, body));

    private static string Body(string parameter, string body) => Verify.InMethod(body, $"public async Task M({parameter}, byte[] b, CancellationToken token)");

    [Fact]
    public Task A_keep_alive_that_the_caller_sets_counts() => Clean(
        """
        class Server
        {
            public async Task Run(TcpListener listener, CancellationToken stop)
            {
                var client = await listener.AcceptTcpClientAsync(stop);
                client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                await Handler.Handle(client);
            }
        }

        static class Handler { internal static async Task Handle(TcpClient client) { await client.GetStream().ReadAsync(new byte[1]); } }
        """);

    [Fact]
    public Task A_read_loop_that_Stop_ends_by_closing_is_not_suggested_about() => Clean(
        """
        class Reader
        {
            private readonly TcpClient _client = new TcpClient();
            private Task? _loop;

            public void Start() => _loop = Task.Run(Loop);

            private async Task Loop() { var b = new byte[9]; while (await _client.GetStream().ReadAsync(b) > 0) { } }

            public Task Stop() { _client.Close(); return _loop ?? Task.CompletedTask; }
        }
        """);

    [Fact]
    public Task A_read_loop_that_is_forgotten_is_suggested_about() => Due(
        """
        class C
        {
            public void Start(NetworkStream s) { _ = Loop(s); }
            static async Task Loop(NetworkStream s) { var b = new byte[1]; while (await [|s.ReadAsync(b)|] > 0) { } }
        }
        """);

    [Fact]
    public Task A_token_parameter_that_others_can_fill_is_a_token() => Clean(
        """
        class C
        {
            public Task All(NetworkStream s) => Loop(s);
            internal async Task Loop(NetworkStream s, CancellationToken token = default) { await s.ReadAsync(new byte[1], token); }
        }
        """);

    [Fact]
    public Task A_token_parameter_that_nobody_fills_is_none() => Due(
        """
        class C
        {
            public Task All(NetworkStream s) => Loop(s);
            private async Task Loop(NetworkStream s, CancellationToken token = default) { await [|s.ReadAsync(new byte[1], token)|]; }
        }
        """);

    [Fact]
    public Task A_web_socket_of_a_request_is_suggested_about() => Due(
        """
        class Endpoint
        {
            public async Task Invoke(HttpContext context)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await [|socket.ReceiveAsync(new ArraySegment<byte>(new byte[9]), CancellationToken.None)|];
            }
        }
        """);

    [Fact]
    public Task A_keep_alive_is_seen_through_a_property_that_is_written_out() => Clean(
        """
        internal sealed class Session : IDisposable
        {
            private readonly TcpClient _client;
            private readonly NetworkStream _stream;

            public Session(TcpClient client)
            {
                _client = client;
                _stream = client.GetStream();
            }

            internal NetworkStream Stream { get { return _stream; } }

            public void Dispose()
            {
                _stream.Dispose();
                _client.Dispose();
            }
        }

        public sealed class Server
        {
            private readonly List<Session> _sessions = new();

            public async Task RunAsync(TcpListener listener)
            {
                while (true)
                {
                    var tcp = await listener.AcceptTcpClientAsync();
                    tcp.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                    var session = new Session(tcp);
                    _sessions.Add(session);
                    _ = Task.Run(() => HandleAsync(session));
                }
            }

            private static async Task HandleAsync(Session session)
            {
                var buffer = new byte[16];
                _ = await session.Stream.ReadAsync(buffer);
            }
        }
        """);

    [Theory]
    [InlineData("_loop = LoopAsync();")]
    [InlineData("_loop ??= LoopAsync();")]
    [InlineData("_ = LoopAsync();")]
    [InlineData("LoopAsync();")]
    public Task A_read_loop_whose_task_goes_on_and_that_Stop_ends_is_not_suggested_about(string start) => Clean(Reader(start, "_client.Close();"));

    [Theory]
    [InlineData("await LoopAsync();")]
    [InlineData("var loop = LoopAsync(); await loop;")]
    public Task A_read_loop_that_its_caller_waits_for_is_suggested_about(string start) => Due(Reader(start, "_client.Close();").Replace("_client.GetStream().ReadAsync(b)", "[|_client.GetStream().ReadAsync(b)|]"));

    [Fact]
    public Task A_read_loop_whose_task_goes_on_and_that_nobody_ends_is_suggested_about() =>
        Due(Reader("_loop = LoopAsync();", "").Replace("_client.GetStream().ReadAsync(b)", "[|_client.GetStream().ReadAsync(b)|]"));

    private static string Reader(string start, string stop) => $$"""
        class Reader
        {
            private readonly TcpClient _client = new TcpClient();
            private Task? _loop;

            public async Task Start() { await Task.Yield(); {{start}} }

            private async Task LoopAsync() { var b = new byte[9]; while (await _client.GetStream().ReadAsync(b) > 0) { } }

            public Task Stop() { {{stop}} return _loop ?? Task.CompletedTask; }
        }
        """;

    [Theory]
    [InlineData("using var socket = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(20) });")]
    [InlineData("using var socket = WebSocket.CreateFromStream(client.GetStream(), new() { KeepAliveInterval = interval });")]
    [InlineData("using var socket = WebSocket.CreateFromStream(client.GetStream(), options);")]
    [InlineData("using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveTimeout = TimeSpan.FromSeconds(20) });")]
    public Task A_web_socket_whose_options_keep_it_alive_is_not_suggested_about(string made) => Clean(WebSocketOf(made, "socket.ReceiveAsync(buffer, CancellationToken.None)"));

    [Theory]
    [InlineData("using var socket = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions { IsServer = true });")]
    [InlineData("using var socket = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero });")]
    [InlineData("using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = \"chat\" });")]
    public Task A_web_socket_whose_options_say_nothing_of_keeping_alive_is_suggested_about(string made) => Due(WebSocketOf(made, "[|socket.ReceiveAsync(buffer, CancellationToken.None)|]"));

    private static string WebSocketOf(string made, string read) => $$"""
        class Endpoint
        {
            public async Task Invoke({{(made.Contains("context") ? "HttpContext context" : "TcpClient client, WebSocketCreationOptions options, TimeSpan interval")}})
            {
                {{made}}
                var buffer = new ArraySegment<byte>(new byte[9]);
                await {{read}};
            }
        }
        """;
}
