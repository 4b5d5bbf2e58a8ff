using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

/// <summary>When a blocking call on a socket is unbounded: each name says the outcome.</summary>
public sealed class SLA2004Tests
{
    private static Task Due(string code) => Verify<UseAnalyzer>.Reports(Marked(code));

    private static Task Clean(string code) => Verify<UseAnalyzer>.Silent(code);

    private static string Marked(string code) => code.Replace("[|", "{|SLA2004:").Replace("|]", "|}");

    [Fact]
    public Task A_read_of_a_client_without_timeouts_is_reported_with_where_it_is_made() => Verify<UseAnalyzer>.Reports(
        """
        class Probe
        {
            public string Banner(IPEndPoint smtp)
            {
                using var client = {|#1:new TcpClient()|};
                var stream = client.GetStream();
                var buffer = new byte[512];
                var read = {|#0:stream.Read(buffer, 0, buffer.Length)|};
                {|#2:stream.Write(buffer, 0, read)|};
                return Encoding.ASCII.GetString(buffer, 0, read);
            }
        }
        """,
        [
            Verify<UseAnalyzer>.Diagnostic("SLA2004").WithLocation(0).WithLocation(1).WithLocation(2)
                .WithMessage("'Read' waits for ever when the peer goes silent: 'client' (TcpClient) has no receive timeout"),
        ]);

    [Fact]
    public Task A_socket_that_receives_is_reported() => Due(
        """
        class C { public int M(byte[] b, EndPoint e) { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); return [|s.Receive(b)|]; } }
        """);

    [Fact]
    public Task A_reader_over_the_stream_of_an_accepted_client_is_reported() => Due(
        """
        class Server
        {
            private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);

            public string Next()
            {
                using var client = _listener.AcceptTcpClient();
                using var reader = new StreamReader(client.GetStream());
                return [|reader.ReadLine()|] ?? "";
            }
        }
        """);

    [Fact]
    public Task A_blocking_handshake_is_a_read() => Due(
        """
        class C
        {
            public void M(IPEndPoint to)
            {
                using var client = new TcpClient();
                using var tls = new SslStream(client.GetStream());
                [|tls.AuthenticateAsClient("h")|];
            }
        }
        """);

    [Theory]
    [InlineData("_client.ReceiveTimeout = 5000;")]
    [InlineData("_client.Client.ReceiveTimeout = 5000;")]
    [InlineData("_client.GetStream().ReadTimeout = _timeout;")]
    [InlineData("_client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 5000);")]
    [InlineData("Configure(_client);")]
    [InlineData("var stream = _client.GetStream(); if (stream.CanTimeout) stream.ReadTimeout = 1;")]
    [InlineData("Helper.Set(_client);")]
    [InlineData("new Holder(_client);")]
    [InlineData("_configure(_client);")]
    public Task A_timeout_that_is_set_in_another_method_counts(string setting) => Clean(
        $$"""
        class Session : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();
            private readonly int _timeout = 3;
            private readonly Action<TcpClient> _configure = c => { };

            public Session(Action<TcpClient> configure) { _configure = configure; }

            public void Start() { {{setting}} }

            public int Read(byte[] b) => _client.GetStream().Read(b, 0, b.Length);

            static void Configure(TcpClient c) => c.ReceiveTimeout = 5;

            public void Dispose() => _client.Dispose();
        }

        static class Helper { public static void Set(TcpClient c) { var s = c.GetStream(); Deeper(s); } static void Deeper(Stream s) { s.ReadTimeout = 100; } }
        class Holder { public Holder(TcpClient c) { _c = c; _c.ReceiveTimeout = 9; } readonly TcpClient _c; }
        """);

    [Fact]
    public Task An_initializer_that_sets_the_timeout_counts() => Clean(
        """class C { public int M() { using var c = new TcpClient { ReceiveTimeout = 5000, SendTimeout = 5000 }; return c.GetStream().ReadByte(); } }""");

    [Fact]
    public Task A_socket_that_was_given_is_not_reported() => Clean("class C { public int M(Socket s, byte[] b) => s.Receive(b); }");

    [Theory]
    [InlineData("[|c.GetStream().Read(b, 0, b.Length)|];")]
    [InlineData("[|c.GetStream().Read(b)|];")]
    [InlineData("[|c.GetStream().ReadByte()|];")]
    [InlineData("[|c.GetStream().ReadExactly(b)|];")]
    [InlineData("[|c.GetStream().Write(b, 0, b.Length)|];")]
    [InlineData("[|c.GetStream().CopyTo(Stream.Null)|];")]
    [InlineData("[|c.Client.Receive(b)|];")]
    [InlineData("[|c.Client.Send(b)|];")]
    [InlineData("using var r = new BinaryReader(c.GetStream()); var n = [|r.ReadInt32()|]; r.ReadBytes(n);")]
    [InlineData("using var r = new StreamReader(c.GetStream(), Encoding.ASCII, false, 512, leaveOpen: true); [|r.ReadToEnd()|];")]
    [InlineData("using var r = new StreamReader(c.GetStream()); while (![|r.EndOfStream|]) { }")]
    [InlineData("using var r = new StreamReader(new BufferedStream(c.GetStream())); [|r.ReadLine()|];")]
    [InlineData("using var t = new SslStream(c.GetStream()); [|t.AuthenticateAsServer(new SslServerAuthenticationOptions())|]; t.Read(b);")]
    [InlineData("using var w = new StreamWriter(c.GetStream()) { AutoFlush = true }; [|w.WriteLine(\"QUIT\")|];")]
    [InlineData("using var n = new NetworkStream(c.Client); [|n.Read(b)|];")]
    [InlineData("c.SendTimeout = 1000; [|c.GetStream().Read(b)|];")]
    [InlineData("c.NoDelay = true; c.ReceiveBufferSize = 9; [|c.GetStream().Read(b)|];")]
    [InlineData("Stream s = c.GetStream(); if (secure) { s = new SslStream(s); } [|s.Read(b)|];")]
    [InlineData("var read = Task.Run(() => [|c.GetStream().Read(b)|]); read.Wait();")]
    [InlineData("c.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true); [|c.GetStream().Read(b)|];")]
    [InlineData("token.ThrowIfCancellationRequested(); [|c.GetStream().Read(b)|];")]
    public Task A_blocking_call_on_a_client_without_timeouts_is_reported(string body) => Due(Body(body));

    [Theory]
    [InlineData("c.ReceiveTimeout = 1000; c.GetStream().Read(b); c.GetStream().Write(b);")]
    [InlineData("c.SendTimeout = 1000; c.GetStream().Write(b);")]
    [InlineData("c.ReceiveTimeout = timeout; c.GetStream().Read(b);")]
    [InlineData("c.GetStream().ReadTimeout = 5; using var r = new StreamReader(c.GetStream()); r.ReadLine();")]
    [InlineData("using var t = new SslStream(c.GetStream()) { ReadTimeout = 50 }; t.AuthenticateAsClient(\"h\");")]
    [InlineData("var s = c.Client; s.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, timeout); s.Receive(b);")]
    [InlineData("using var r = token.Register(() => c.Close()); c.GetStream().Read(b);")]
    [InlineData("using var r = token.Register(c.Dispose); c.GetStream().Read(b);")]
    [InlineData("using var r = token.Register(static o => ((TcpClient)o!).Close(), c); c.GetStream().Read(b);")]
    [InlineData("using var watchdog = new Timer(_ => c.Close(), null, 1000, -1); c.GetStream().Read(b);")]
    [InlineData("while (c.Available > 0) { c.GetStream().ReadByte(); }")]
    [InlineData("if (c.Client.Poll(1000, SelectMode.SelectRead)) { c.Client.Receive(b); }")]
    [InlineData("var s = c.GetStream(); if (s.DataAvailable) { s.Read(b); }")]
    [InlineData("c.Client.Blocking = false; c.Client.Receive(b);")]
    [InlineData("using var m = new MemoryStream(); m.Read(b);")]
    [InlineData("using var f = File.OpenRead(\"x\"); f.Read(b);")]
    [InlineData("using var u = new UdpClient(0); IPEndPoint? from = null; u.Receive(ref from);")]
    [InlineData("using var p = new NamedPipeClientStream(\"x\"); p.Read(b);")]
    [InlineData("await c.GetStream().ReadAsync(b, token);")]
    [InlineData("configure(c); c.GetStream().Read(b);")]
    [InlineData("var all = new List<TcpClient> { c }; foreach (var one in all) { one.ReceiveTimeout = 5; } c.GetStream().Read(b);")]
    [InlineData("(TcpClient Client, int Id) pair = (c, 1); pair.Client.ReceiveTimeout = 5; c.GetStream().Read(b);")]
    [InlineData("if (c is { } same) { same.ReceiveTimeout = 5; } c.GetStream().Read(b);")]
    [InlineData("var l = new TcpListener(IPAddress.Any, 0); using var a = l.AcceptTcpClient(); a.ReceiveTimeout = 5; a.GetStream().Read(b);")]
    public Task A_call_that_has_a_bound_is_not_reported(string body) => Clean(Body(body));

    private static string Body(string body) => Verify.InMethod(
        "using var c = new TcpClient();\nawait c.ConnectAsync(\"h\", 1, token);\n" + body,
        "public async Task M(byte[] b, int timeout, bool secure, Action<TcpClient> configure, CancellationToken token)");

    [Fact]
    public Task An_infinite_timeout_is_reported_in_its_own_place() => Verify<UseAnalyzer>.Reports(
        Body("{|SLA2002:c.ReceiveTimeout = 0|}; c.GetStream().Read(b);"));

    [Fact]
    public Task A_read_on_a_thread_that_Stop_ends_by_closing_is_not_reported() => Clean(
        """
        class Reader
        {
            private readonly TcpClient _client = new TcpClient();
            private Thread? _thread;

            public void Start() { _thread = new Thread(Loop) { IsBackground = true }; _thread.Start(); }

            private void Loop() { var b = new byte[9]; while (ReadOne(b) > 0) { } }

            private int ReadOne(byte[] b) => _client.GetStream().Read(b, 0, b.Length);

            public void Stop() { _client.Close(); _thread?.Join(); }
        }
        """);

    [Fact]
    public Task A_read_on_a_task_whose_type_is_disposed_by_closing_is_not_reported() => Clean(
        """
        sealed class Reader : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public void Start() => Task.Factory.StartNew(() => { while (_socket.Receive(new byte[1]) > 0) { } }, TaskCreationOptions.LongRunning);

            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task A_plain_Dispose_of_the_owner_ends_no_read() => Due(
        """
        sealed class Session : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Next(byte[] b) => [|_socket.Receive(b)|];

            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task A_read_on_a_thread_that_nothing_closes_from_outside_is_reported() => Verify<UseAnalyzer>.Reports(
        """
        class Reader
        {
            public Thread Start(IPEndPoint to)
            {
                var thread = new Thread(() =>
                {
                    using var client = new TcpClient();
                    {|SLA2004:client.GetStream().ReadByte()|};
                });
                return thread;
            }
        }
        """);

    [Fact]
    public Task A_server_that_handles_each_client_on_the_pool_and_closes_all_on_Stop_is_not_reported() => Clean(
        """
        class Server
        {
            private readonly TcpListener _listener = new TcpListener(IPAddress.Any, 0);
            private readonly List<TcpClient> _clients = new List<TcpClient>();

            public void Run()
            {
                while (true)
                {
                    var client = _listener.AcceptTcpClient();
                    lock (_clients) { _clients.Add(client); }
                    ThreadPool.QueueUserWorkItem(_ => Handle(client));
                }
            }

            private void Handle(TcpClient client)
            {
                using (client) { client.GetStream().Read(new byte[10], 0, 10); }
            }

            public void Stop()
            {
                _listener.Stop();
                lock (_clients) { foreach (var client in _clients) { client.Close(); } }
            }
        }
        """);

    [Fact]
    public Task A_blocking_method_called_in_a_state_callback_is_followed() => Verify<UseAnalyzer>.Reports(
        """
        class Server
        {
            private readonly TcpListener _listener = new TcpListener(IPAddress.Any, 0);

            public void Run()
            {
                var client = _listener.AcceptTcpClient();
                var thread = new Thread(Handle);
                thread.Start(client);
                thread.Join();
            }

            private static void Handle(object? state)
            {
                using var client = (TcpClient)state!;
                using var reader = new StreamReader(client.GetStream());
                {|SLA2004:reader.ReadLine()|};
            }
        }
        """);

    [Fact]
    public Task A_client_of_a_begun_accept_is_followed() => Due(
        """
        class Server
        {
            private readonly TcpListener _listener = new TcpListener(IPAddress.Any, 0);

            public void Start() => _listener.BeginAcceptTcpClient(OnAccept, _listener);

            private void OnAccept(IAsyncResult result)
            {
                var listener = (TcpListener)result.AsyncState!;
                using var client = listener.EndAcceptTcpClient(result);
                [|client.GetStream().Read(new byte[5], 0, 5)|];
            }
        }
        """);

    [Fact]
    public Task A_timeout_that_the_type_gives_through_a_helper_object_counts() => Clean(
        """
        interface ITune { void Apply(Socket socket); }
        class Session
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public Session(ITune tune) => tune.Apply(_socket);

            public int Next(byte[] b) => _socket.Receive(b);
        }
        """);

    [Fact]
    public Task A_timeout_that_a_derived_class_sets_counts() => Clean(
        """
        abstract class Link { protected TcpClient Client { get; } = new TcpClient(); public int Next(byte[] b) => Client.GetStream().Read(b, 0, 1); }
        class Slow : Link { public Slow() => Client.ReceiveTimeout = 60_000; }
        """);

    [Fact]
    public Task A_timeout_that_another_class_sets_through_a_property_counts() => Clean(
        """
        class Link { public TcpClient Client { get; } = new TcpClient(); public int Next(byte[] b) => Client.GetStream().Read(b, 0, 1); }
        class Owner { public void Tune(Link link) { var client = link.Client; client.ReceiveTimeout = 500; } }
        """);

    [Fact]
    public Task A_property_that_shows_the_client_is_no_timeout() => Due(
        """
        class Link { public TcpClient Client { get; } = new TcpClient(); public int Next(byte[] b) => [|Client.GetStream().Read(b, 0, 1)|]; }
        class Owner { public string Name(Link link) => link.Client.Client.RemoteEndPoint!.ToString()!; }
        """);

    [Fact]
    public Task A_timeout_of_another_client_of_the_type_is_its_own() => Due(
        """
        class Pair
        {
            private readonly TcpClient _control = new TcpClient { ReceiveTimeout = 5000 };
            private readonly TcpClient _data = new TcpClient();

            public int Both(byte[] b) => _control.GetStream().Read(b, 0, 1) + [|_data.GetStream().Read(b, 0, 1)|];
        }
        """);

    [Fact]
    public Task Each_method_has_its_own_finding() => Due(
        """
        class Link
        {
            private readonly TcpClient _c = new TcpClient();

            public int One(byte[] b) { var n = [|_c.GetStream().Read(b, 0, 1)|]; return n + _c.GetStream().ReadByte(); }
            public void Two(byte[] b) => [|_c.GetStream().Write(b, 0, 1)|];
        }
        """);

    [Fact]
    public Task A_socket_in_a_static_field_is_looked_at() => Due(
        """
        static class Syslog
        {
            private static readonly Socket s_socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            public static void Write(byte[] line) => [|s_socket.Send(line)|];
        }
        """);

    [Fact]
    public Task A_socket_for_datagrams_is_not_reported() => Clean(
        """
        static class Syslog
        {
            private static readonly Socket s_socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            public static void Write(byte[] line) => s_socket.Send(line);
        }
        """);

    [Theory]
    [InlineData("using var u = new UdpClient(); u.Send(question, question.Length, server); var answer = [|u.Receive(ref server)|];")]
    [InlineData("using (var u = new UdpClient(\"time\", 123)) { u.Send(question, question.Length); for (var i = 0; i < 3; i++) { u.Send(question, 1); [|u.Receive(ref server)|]; } }")]
    [InlineData("using var s = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); s.Connect(server); s.Send(question); [|s.Receive(question)|];")]
    [InlineData("using var s = new Socket(SocketType.Dgram, ProtocolType.Udp); EndPoint from = server; s.SendTo(question, from); var n = [|s.ReceiveFrom(question, ref from)|];")]
    [InlineData("using var u = new UdpClient(); u.SendAsync(question, 1, server).Wait(); [|u.Receive(ref server)|];")]
    [InlineData("using var u = new UdpClient(); while (true) { u.Send(question, 1, server); try { [|u.Receive(ref server)|]; break; } catch (SocketException) { } }")]
    public Task The_answer_to_a_datagram_that_may_never_come_is_reported(string body) => Due(Verify.InMethod(body, "public void Ask(byte[] question, IPEndPoint server)"));

    [Theory]
    [InlineData("using var u = new UdpClient(514); while (true) { var line = u.Receive(ref server); u.Send(line, line.Length, server); }")]
    [InlineData("using var u = new UdpClient(514); u.Send(question, 1, server); while (true) { u.Receive(ref server); }")]
    [InlineData("using var u = new UdpClient(514); u.Send(question, 1, server); Thread.Sleep(100); while (u.Available > 0) { u.Receive(ref server); }")]
    [InlineData("using var u = new UdpClient(); u.Client.ReceiveTimeout = 500; u.Send(question, 1, server); u.Receive(ref server);")]
    [InlineData("using var s = new Socket(SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 500 }; s.Connect(server); s.Send(question); s.Receive(question);")]
    [InlineData("using var u = new UdpClient(); using var end = new Timer(_ => u.Close(), null, 500, -1); u.Send(question, 1, server); u.Receive(ref server);")]
    [InlineData("using var u = new UdpClient(); u.Send(question, 1, server);")]
    [InlineData("using var u = new UdpClient(514); u.Receive(ref server); u.Send(question, 1, server);")]
    public Task A_datagram_that_a_server_waits_for_or_that_is_waited_for_with_a_bound_is_not_reported(string body) =>
        Clean(Verify.InMethod(body, "public void Ask(byte[] question, IPEndPoint server)"));

    [Fact]
    public Task What_another_function_sends_is_no_question_of_the_one_that_receives() => Clean(
        """
        sealed class Beacon
        {
            private readonly UdpClient _udp = new UdpClient(9999);
            public void Announce(byte[] hello, IPEndPoint all) => _udp.Send(hello, hello.Length, all);
            public void Listen(Action<byte[]> found) { IPEndPoint from = null; while (true) { found(_udp.Receive(ref from)); } }
            public void Close() => _udp.Close();
        }
        """);

    [Fact]
    public Task A_tls_stream_over_a_given_stream_is_bounded_by_who_gave_it() => Clean(
        """
        static class Tls { public static SslStream Upgrade(Stream inner) { var tls = new SslStream(inner); tls.AuthenticateAsClient("h"); return tls; } }
        class Owner { public void Go() { using var c = new TcpClient(); var s = c.GetStream(); s.ReadTimeout = 1000; using var t = Tls.Upgrade(s); } }
        """);

    [Fact]
    public Task A_tls_stream_over_a_stream_that_nobody_bounds_is_reported() => Due(
        """
        static class Tls { public static SslStream Upgrade(Stream inner) { var tls = new SslStream(inner); [|tls.AuthenticateAsClient("h")|]; return tls; } }
        """);

    /// <summary>Who calls a library's method may have bounded the stream; its TLS stream then waits no longer.</summary>
    [Theory]
    [InlineData("public static class Tls { public static SslStream Upgrade(Stream inner) { var tls = new SslStream(inner); tls.AuthenticateAsClient(\"h\"); return tls; } }")]
    [InlineData("public class Tls { readonly SslStream _tls; public Tls(Stream inner) { _tls = new SslStream(inner); } public void Go() => _tls.AuthenticateAsClient(\"h\"); }")]
    public Task A_tls_stream_over_a_stream_that_other_assemblies_give_is_not_reported(string code) => Clean(code);

    [Theory]
    [InlineData("public static class Tls { public static SslStream Upgrade(Stream inner) { var tls = new SslStream(inner); [|tls.AuthenticateAsClient(\"h\")|]; return tls; } } class Owner { public void Go(TcpListener l) { using var c = l.AcceptTcpClient(); using var t = Tls.Upgrade(c.GetStream()); } }")]
    [InlineData("internal static class Tls { public static SslStream Upgrade(Stream inner) { var tls = new SslStream(inner); [|tls.AuthenticateAsClient(\"h\")|]; return tls; } }")]
    [InlineData("public static class Tls { internal static SslStream Upgrade(Stream inner) { var tls = new SslStream(inner); [|tls.AuthenticateAsClient(\"h\")|]; return tls; } }")]
    public Task A_tls_stream_over_a_stream_that_the_code_makes_or_nobody_else_gives_is_reported(string code) => Due(code);

    [Fact]
    public Task A_tls_stream_over_something_unknown_is_not_reported() => Clean(
        """
        interface IFrames { Stream Open(); }
        class C { public void M(IFrames frames) { using var tls = new SslStream(frames.Open()); tls.AuthenticateAsClient("h"); } }
        """);

    [Fact]
    public Task A_class_of_the_project_that_is_a_tls_stream_is_followed_through() => Due(
        """
        class Tls : SslStream { public Tls(Stream inner) : base(inner) { } }
        class C { public void M() { using var c = new TcpClient(); using var t = new Tls(c.GetStream()); [|t.AuthenticateAsClient("h")|]; } }
        """);

    [Fact]
    public Task Code_for_netstandard_is_looked_at_alike() => Verify<UseAnalyzer>.Reports(
        "class C { public int M(TcpListener l, byte[] b) { using (var c = l.AcceptTcpClient()) { return {|SLA2004:c.GetStream().Read(b, 0, 1)|}; } } }",
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task A_handler_that_is_given_an_accepted_client_is_reported_with_the_accept() => Verify<UseAnalyzer>.Reports(
        """
        class Server
        {
            public void Run(TcpListener listener)
            {
                while (true) { new Handler({|#1:listener.AcceptTcpClient()|}).Serve(); }
            }
        }

        class Handler
        {
            private readonly TcpClient _client;

            public Handler(TcpClient client) => _client = client;

            public void Serve()
            {
                using (_client)
                {
                    using var reader = new StreamReader(_client.GetStream());
                    {|#0:reader.ReadLine()|};
                }
            }
        }
        """,
        [Verify<UseAnalyzer>.Diagnostic("SLA2004").WithLocation(0).WithLocation(1).WithMessage("'ReadLine' waits for ever when the peer goes silent: 'client' (TcpClient) has no receive timeout")]);

    [Fact]
    public Task A_handler_whose_server_sets_the_timeout_is_not_reported() => Clean(
        """
        class Server
        {
            public void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    client.ReceiveTimeout = 5000;
                    new Handler(client).Serve();
                }
            }
        }

        class Handler
        {
            private readonly TcpClient _client;
            public Handler(TcpClient client) => _client = client;
            public void Serve() { using (_client) { _client.GetStream().ReadByte(); } }
        }
        """);

    [Fact]
    public Task A_handler_on_a_thread_whose_server_closes_all_clients_on_Stop_is_not_reported() => Clean(
        """
        class Server
        {
            private readonly List<TcpClient> _clients = new();

            public void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    _clients.Add(client);
                    new Thread(() => new Handler(client).Serve()).Start();
                }
            }

            public void Stop() { foreach (var client in _clients) { client.Dispose(); } }
        }

        class Handler
        {
            private readonly TcpClient _client;
            public Handler(TcpClient client) => _client = client;
            public void Serve() { _client.GetStream().ReadByte(); }
        }
        """);

    [Fact]
    public Task A_client_that_a_factory_of_the_project_makes_is_reported_where_it_is_read() => Due(
        """
        static class Net { public static TcpClient Make() { var c = new TcpClient(); c.NoDelay = true; return c; } }
        class C { public int M() { using var c = Net.Make(); return [|c.GetStream().ReadByte()|]; } }
        """);

    [Fact]
    public Task A_client_of_a_factory_that_sets_timeouts_is_not_reported() => Clean(
        """
        static class Net { public static TcpClient Make() => new TcpClient { ReceiveTimeout = 500 }; }
        class C { public int M() { using var c = Net.Make(); return c.GetStream().ReadByte(); } }
        """);

    [Fact]
    public Task A_client_of_a_factory_behind_an_interface_is_not_reported() => Clean(
        """
        interface INet { TcpClient Make(); }
        class C { public int M(INet net) { using var c = net.Make(); return c.GetStream().ReadByte(); } }
        """);

    [Fact]
    public Task A_close_where_the_start_fails_ends_no_read() => Due(
        """
        class Reader
        {
            private readonly TcpClient _client = new TcpClient();

            public void Start(CancellationToken token)
            {
                try { new Thread(Loop).Start(); }
                catch (ThreadStateException) { _client.Close(); throw; }
            }

            private void Loop() { [|_client.GetStream().ReadByte()|]; }
        }
        """.Replace("new Thread(Loop).Start();", "var loop = new Thread(Loop); loop.Start(); loop.Join();"));

    private const string TwoCallers = """
        public sealed class Careful
        {
            public void Run(byte[] buffer)
            {
                using var socket = Lines.Open();
                socket.ReceiveTimeout = 5000;
                socket.Receive(buffer);
            }
        }

        public sealed class Careless
        {
            public void Run(byte[] buffer)
            {
                using var socket = Lines.Open();
                RECEIVE;
            }
        }

        """;

    /// <summary>Each caller of a factory has a socket of its own: what another one sets is not set on this.</summary>
    [Theory]
    [InlineData("public static Socket Open() => new Socket(SocketType.Stream, ProtocolType.Tcp);")]
    [InlineData("public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); socket.NoDelay = true; return socket; }")]
    public Task What_another_caller_of_a_factory_sets_does_not_count(string factory) => Verify<UseAnalyzer>.Reports(
        TwoCallers.Replace("RECEIVE", "{|SLA2004:socket.Receive(buffer)|}") + "internal static class Lines { " + factory + " }");

    [Theory]
    [InlineData("private static readonly Socket s_shared = new Socket(SocketType.Stream, ProtocolType.Tcp); public static Socket Open() => s_shared;")]
    [InlineData("private static Socket s_shared; public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); s_shared = socket; return socket; }")]
    [InlineData("private static Socket s_shared; public static Socket Open() => s_shared ??= new Socket(SocketType.Stream, ProtocolType.Tcp);")]
    [InlineData("public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); Set(socket); return socket; } private static void Set(Socket socket) => socket.ReceiveTimeout = 5000;")]
    [InlineData("private static readonly Dictionary<string, Socket> s_all = new(); public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); s_all[\"a\"] = socket; return socket; }")]
    [InlineData("private static readonly List<Socket> s_all = new(); public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); s_all.Add(socket); return socket; }")]
    [InlineData("private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Socket> s_all = new(); public static Socket Open() => s_all.GetOrAdd(\"a\", _ => new Socket(SocketType.Stream, ProtocolType.Tcp));")]
    [InlineData("private static readonly Lazy<Socket> s_one = new(() => new Socket(SocketType.Stream, ProtocolType.Tcp)); public static Socket Open() => s_one.Value;")]
    [InlineData("private static readonly Lazy<Socket> s_one = new(Make); public static Socket Open() => s_one.Value; private static Socket Make() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); return socket; }")]
    [InlineData("private static readonly Socket[] s_all = new Socket[1]; public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); s_all[0] = socket; return socket; }")]
    [InlineData("private static readonly ThreadLocal<Socket> s_one = new(() => new Socket(SocketType.Stream, ProtocolType.Tcp)); public static Socket Open() => s_one.Value!;")]
    [InlineData("private static readonly Func<Socket> s_one = Once(() => new Socket(SocketType.Stream, ProtocolType.Tcp)); public static Socket Open() => s_one(); private static Func<Socket> Once(Func<Socket> make) { Socket made = null; return () => made ??= make(); }")]
    [InlineData("private sealed class Holder { public Socket Socket; } private static readonly Holder s_holder = new(); public static Socket Open() { s_holder.Socket ??= new Socket(SocketType.Stream, ProtocolType.Tcp); return s_holder.Socket; }")]
    [InlineData("private sealed record Kept(Socket Socket); private static Kept s_kept; public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); s_kept = new Kept(socket); return socket; } public static Socket Again() => s_kept.Socket;")]
    [InlineData("private static (Socket Socket, int Uses) s_kept; public static Socket Open() { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); s_kept = (socket, 1); return socket; }")]
    public Task What_another_caller_sets_counts_where_they_share_the_socket_or_the_factory_sets_it(string factory) => Verify<UseAnalyzer>.Silent(
        TwoCallers.Replace("RECEIVE", "socket.Receive(buffer)") + "internal static class Lines { " + factory + " }");

    [Fact]
    public Task What_is_waited_for_with_a_limit_and_then_closed_has_that_limit() => Verify<UseAnalyzer>.Silent("""
        public static class Banner
        {
            public static string Read(TcpListener listener, int milliseconds)
            {
                var client = listener.AcceptTcpClient();
                var banner = "";
                try
                {
                    var thread = new Thread(() => banner = ReadLine(client));
                    thread.Start();
                    thread.Join(milliseconds);
                    return banner;
                }
                finally
                {
                    client.Close();
                }
            }

            public static bool Probe(TcpListener listener)
            {
                using var client = listener.AcceptTcpClient();
                var answer = Task.Run(() => client.GetStream().ReadByte());
                return answer.Wait(TimeSpan.FromSeconds(2)) && answer.Result == 1;
            }

            private static string ReadLine(TcpClient client)
            {
                var buffer = new byte[512];
                return Encoding.ASCII.GetString(buffer, 0, client.GetStream().Read(buffer, 0, buffer.Length));
            }
        }
        """);

    [Fact]
    public Task What_is_waited_for_without_a_limit_has_none() => Verify<UseAnalyzer>.Reports("""
        public static class Banner
        {
            public static void ReadToTheEnd(TcpListener listener)
            {
                using var client = listener.AcceptTcpClient();
                var thread = new Thread(() => {|SLA2004:client.GetStream().ReadByte()|});
                thread.Start();
                thread.Join();
            }
        }
        """);

    [Fact]
    public Task What_is_closed_when_a_first_join_gives_up_does_not_wait_for_ever() => Verify<UseAnalyzer>.Reports("""
        public static class Banner
        {
            public static void Read(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                var thread = new Thread(() => client.GetStream().ReadByte());
                thread.Start();
                if (!thread.Join(1000))
                {
                    client.Close();
                    thread.Join();
                }

                client.Dispose();
            }

            public static void ReadPatiently(TcpListener listener)
            {
                using var client = listener.AcceptTcpClient();
                var thread = new Thread(() => {|SLA2004:client.GetStream().ReadByte()|});
                thread.Start();
                if (!thread.Join(1000))
                    Console.WriteLine("still reading");
                thread.Join();
            }
        }
        """);

    [Fact]
    public Task Timeouts_in_a_tuple_of_assignments_are_timeouts() => Clean(
        """
        class Server(int patience)
        {
            private TcpClient Accept(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                (client.ReceiveTimeout, client.SendTimeout) = (patience, patience);
                return client;
            }

            public int One(TcpListener listener) { using var client = Accept(listener); return client.GetStream().ReadByte(); }
            public int Two(TcpListener listener) { using var client = listener.AcceptTcpClient(); (_, client.ReceiveTimeout) = Limits(); return client.GetStream().ReadByte(); }
            private (string Name, int Patience) Limits() => ("x", patience);
        }
        """);

    [Fact]
    public Task A_tuple_of_assignments_without_a_receive_timeout_sets_none() => Due(
        """
        class Server
        {
            public int One(TcpListener listener)
            {
                using var client = listener.AcceptTcpClient();
                (client.NoDelay, client.SendTimeout) = (true, 500);
                return [|client.GetStream().ReadByte()|];
            }
        }
        """);
}
