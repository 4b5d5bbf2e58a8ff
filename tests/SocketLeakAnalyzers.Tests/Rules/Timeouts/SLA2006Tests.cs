using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

/// <summary>When an asynchronous call ignores a timeout: each name says the outcome.</summary>
public sealed class SLA2006Tests
{
    private const string Only2006 = """
        root = true
        [*.cs]
        dotnet_diagnostic.SLA2004.severity = none
        dotnet_diagnostic.SLA4002.severity = none
        dotnet_diagnostic.SLA2005.severity = none
        dotnet_diagnostic.SLA2007.severity = none

        """;

    private static Task Due(string code) => Verify<UseAnalyzer>.Reports(code.Replace("[|", "{|SLA2006:").Replace("|]", "|}"), editorconfig: Only2006);

    private static Task Clean(string code) => Verify<UseAnalyzer>.Silent(code, editorconfig: Only2006);

    [Fact]
    public Task A_read_that_ignores_the_receive_timeout_is_reported_by_name() => Verify<UseAnalyzer>.Reports(
        """
        class Probe
        {
            public async Task<int> Read(IPEndPoint at, Memory<byte> buffer, CancellationToken token)
            {
                using var client = new TcpClient { ReceiveTimeout = 500 };
                await client.ConnectAsync(at, token);
                var stream = client.GetStream();
                var first = await {|#0:stream.ReadAsync(buffer)|};
                return first + await {|#1:stream.ReadAsync(buffer)|};
            }
        }
        """,
        [
            Verify<UseAnalyzer>.Diagnostic("SLA2006").WithLocation(0).WithLocation(1)
                .WithMessage("'ReadAsync' ignores the ReceiveTimeout of 'client' (TcpClient), which limits blocking calls only, and has no cancellation token"),
        ]);

    [Theory]
    [InlineData("c.ReceiveTimeout = 500; await [|c.GetStream().ReadAsync(b)|];")]
    [InlineData("c.Client.ReceiveTimeout = 500; await [|c.Client.ReceiveAsync(b, SocketFlags.None)|];")]
    [InlineData("c.GetStream().ReadTimeout = 500; await [|c.GetStream().ReadAsync(b)|];")]
    [InlineData("var s = c.GetStream(); s.ReadTimeout = 500; await [|s.ReadAsync(b, CancellationToken.None)|];")]
    [InlineData("c.ReceiveTimeout = ms; await [|c.GetStream().ReadAsync(b)|];")]
    [InlineData("c.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 500); await [|c.GetStream().ReadAsync(b)|];")]
    [InlineData("c.ReceiveTimeout = 500; using var r = new StreamReader(c.GetStream()); await [|r.ReadLineAsync()|];")]
    [InlineData("c.ReceiveTimeout = 500; using var r = new StreamReader(c.GetStream()); await [|r.ReadToEndAsync()|];")]
    [InlineData("c.ReceiveTimeout = 500; using var t = new SslStream(c.GetStream()); await [|t.AuthenticateAsClientAsync(\"h\")|]; await t.ReadAsync(b);")]
    [InlineData("c.SendTimeout = 500; await [|c.GetStream().WriteAsync(b)|];")]
    [InlineData("c.SendTimeout = 500; using var w = new StreamWriter(c.GetStream()); await [|w.WriteLineAsync(\"x\")|]; await w.FlushAsync();")]
    [InlineData("c.ReceiveTimeout = 500; var n = [|c.GetStream().ReadAsync(b)|].Result;")]
    [InlineData("c.ReceiveTimeout = 500; [|c.GetStream().ReadAsync(b)|].AsTask().Wait();")]
    [InlineData("c.ReceiveTimeout = 500; var n = await [|c.GetStream().ReadAsync(b)|].ConfigureAwait(false);")]
    [InlineData("c.ReceiveTimeout = 500; await [|c.GetStream().CopyToAsync(Stream.Null)|];")]
    [InlineData("c.ReceiveTimeout = 500; await [|c.GetStream().ReadExactlyAsync(b)|];")]
    [InlineData("Set(c); await [|c.GetStream().ReadAsync(b)|];")]
    [InlineData("Limits.Set(c); await [|c.GetStream().ReadAsync(b)|];")]
    [InlineData("c.ReceiveTimeout = (int)TimeSpan.FromSeconds(5).TotalMilliseconds; await [|c.GetStream().ReadAsync(b)|];")]
    public Task A_call_that_ignores_the_timeout_is_reported(string body) => Due(Body(body));

    [Theory]
    [InlineData("c.ReceiveTimeout = 500; await c.GetStream().ReadAsync(b, token);")]
    [InlineData("c.ReceiveTimeout = 500; using var limit = CancellationTokenSource.CreateLinkedTokenSource(token); limit.CancelAfter(500); await c.GetStream().ReadAsync(b, limit.Token);")]
    [InlineData("c.ReceiveTimeout = 500; await c.GetStream().ReadAsync(b).AsTask().WaitAsync(TimeSpan.FromSeconds(1));")]
    [InlineData("c.ReceiveTimeout = 500; var t = c.GetStream().ReadAsync(b).AsTask(); if (await Task.WhenAny(t, Task.Delay(500)) != t) return;")]
    [InlineData("c.ReceiveTimeout = 0; await c.GetStream().ReadAsync(b);")]
    [InlineData("c.ReceiveTimeout = Timeout.Infinite; await c.GetStream().ReadAsync(b);")]
    [InlineData("c.GetStream().ReadTimeout = -1; await c.GetStream().ReadAsync(b);")]
    [InlineData("c.SendTimeout = 500; await c.GetStream().ReadAsync(b);")]
    [InlineData("c.ReceiveTimeout = 500; await c.GetStream().WriteAsync(b);")]
    [InlineData("c.ReceiveTimeout = 500; c.GetStream().Read(b.Span);")]
    [InlineData("c.ReceiveTimeout = 500; using var r = token.Register(() => c.Close()); await c.GetStream().ReadAsync(b);")]
    [InlineData("c.ReceiveTimeout = 500; using var file = File.OpenRead(\"x\"); await file.ReadAsync(b);")]
    [InlineData("await c.GetStream().ReadAsync(b);")]
    [InlineData("using var other = new TcpClient { ReceiveTimeout = 500 }; other.GetStream().ReadByte(); await c.GetStream().ReadAsync(b);")]
    [InlineData("c.ReceiveTimeout = 500; await Watchdog.Guard(c.GetStream().ReadAsync(b).AsTask(), c);")]
    public Task A_call_that_something_else_bounds_is_not_reported(string body) => Clean(Body(body));

    private static string Body(string body) => Verify.InMethod(
        "using var c = new TcpClient();\nawait c.ConnectAsync(\"h\", 1, token);\n" + body,
        "public async Task M(Memory<byte> b, int ms, CancellationToken token)",
        "static void Set(TcpClient c) => c.ReceiveTimeout = 100;")
        + """
        static class Limits { public static void Set(TcpClient c) { c.GetStream().ReadTimeout = 100; } }
        static class Watchdog { public static async Task<T> Guard<T>(Task<T> work, IDisposable owner) { using (owner) { return await work.WaitAsync(TimeSpan.FromSeconds(1)); } } }
        """;

    [Fact]
    public Task A_timeout_of_the_constructor_is_ignored_in_another_method() => Due(
        """
        sealed class Session : IAsyncDisposable
        {
            private readonly TcpClient _client;
            private readonly NetworkStream _stream;

            public Session(TcpClient client, TimeSpan timeout)
            {
                _client = client;
                _client.ReceiveTimeout = (int)timeout.TotalMilliseconds;
                _stream = _client.GetStream();
            }

            public async Task<int> Next(byte[] buffer) => await [|_stream.ReadAsync(buffer, 0, buffer.Length)|];

            public ValueTask DisposeAsync() { _client.Dispose(); return default; }
        }
        """);

    [Fact]
    public Task A_timeout_that_the_caller_sets_is_ignored_in_the_handler() => Due(
        """
        class Server
        {
            private readonly TcpListener _listener = new TcpListener(IPAddress.Any, 0);

            public async Task Run(CancellationToken stop)
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync(stop);
                    client.ReceiveTimeout = 30_000;
                    _ = new Handler(client).Run();
                }
            }
        }

        class Handler
        {
            private readonly TcpClient _client;

            public Handler(TcpClient client) => _client = client;

            public async Task Run()
            {
                using (_client) { await [|_client.GetStream().ReadAsync(new byte[10])|]; }
            }
        }
        """);

    [Fact]
    public Task A_timeout_in_a_base_class_is_ignored_in_the_derived_one() => Due(
        """
        abstract class Link { protected readonly Socket Socket = new Socket(SocketType.Stream, ProtocolType.Tcp); protected Link() => Socket.ReceiveTimeout = 1000; }
        class Reader : Link { public ValueTask<int> Next(Memory<byte> b) => [|Socket.ReceiveAsync(b)|]; }
        """);

    [Fact]
    public Task Datagrams_have_timeouts_too() => Due(
        """
        class Dns
        {
            public async Task<byte[]> Ask(byte[] question, IPEndPoint server)
            {
                using var udp = new UdpClient();
                udp.Client.ReceiveTimeout = 2000;
                udp.Send(question, question.Length, server);
                return (await [|udp.ReceiveAsync()|]).Buffer;
            }
        }
        """);

    [Fact]
    public Task A_begun_receive_ignores_the_timeout() => Due(
        """
        class Old { readonly Socket _s = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 100 }; public void Go(byte[] b) => [|_s.BeginReceive(b, 0, 1, SocketFlags.None, null, null)|]; }
        """);

    /// <summary>The signature is the platform's, and who calls it waits.</summary>
    [Fact]
    public Task A_receive_that_is_begun_for_the_caller_of_a_stream_is_not_reported() => Clean(Socketed(
        "public override IAsyncResult BeginRead(byte[] b, int o, int n, AsyncCallback done, object state) => _s.BeginReceive(b, o, n, SocketFlags.None, done, state);"));

    [Theory]
    [InlineData("public IAsyncResult Begin(byte[] b, AsyncCallback done) => [|_s.BeginReceive(b, 0, 1, SocketFlags.None, done, null)|];")]
    [InlineData("public override async Task<int> ReadAsync(byte[] b, int o, int n, CancellationToken t) => await [|_s.ReceiveAsync(new ArraySegment<byte>(b, o, n), SocketFlags.None)|];")]
    public Task Another_receive_of_a_stream_is_reported(string member) => Due(Socketed(member));

    [Fact]
    public Task A_begun_receive_whose_event_is_waited_for_with_a_limit_is_not_reported() => Clean(
        """
        class Old
        {
            readonly Socket _s = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 100 };
            readonly ManualResetEvent _received = new ManualResetEvent(false);
            public bool Go(byte[] b)
            {
                _received.Reset();
                _s.BeginReceive(b, 0, 1, SocketFlags.None, Received, null);
                return _received.WaitOne(_s.ReceiveTimeout);
            }
            void Received(IAsyncResult ar) { _s.EndReceive(ar); _received.Set(); }
        }
        """);

    private static string Socketed(string member) =>
        $$"""
        class Over : MemoryStream
        {
            readonly Socket _s = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 100 };
            {{member}}
        }
        """;

    [Fact]
    public Task A_setter_that_hands_its_value_on_has_set_nothing() => Clean(
        """
        class Wrapped { readonly Socket _s = new Socket(SocketType.Stream, ProtocolType.Tcp); public int Timeout { set => _s.SendTimeout = value; } public ValueTask<int> Send(Memory<byte> b) => _s.SendAsync(b); }
        """);

    [Fact]
    public Task Socket_event_arguments_are_not_looked_at() => Clean(
        "class Pump { readonly Socket _s; public Pump(Socket s) { _s = s; _s.ReceiveTimeout = 100; } public bool Go(SocketAsyncEventArgs e) => _s.ReceiveAsync(e); }");

    // HttpWebRequest: its Timeout is for GetResponse alone on .NET Framework.

    [Theory]
    [InlineData("request.Timeout = 5000; using (var response = await [|request.GetResponseAsync()|]) { Use(response); }")]
    [InlineData("request.Timeout = ms; using (var response = (HttpWebResponse)await [|request.GetResponseAsync()|].ConfigureAwait(false)) { Use(response); }")]
    [InlineData("request.Method = \"POST\"; request.Timeout = 5000; using (var body = await [|request.GetRequestStreamAsync()|]) { } using (var response = await request.GetResponseAsync()) { Use(response); }")]
    [InlineData("request.Timeout = 5000; [|request.BeginGetResponse(OnResponse, request)|];")]
    [InlineData("request.Timeout = 5000; [|request.BeginGetResponse(ar => { using (var response = request.EndGetResponse(ar)) { Use(response); } }, null)|];")]
    [InlineData("Prepare(request); using (var response = await [|request.GetResponseAsync()|]) { Use(response); }")]
    public Task The_timeout_of_a_web_request_is_ignored_by_its_asynchronous_calls_on_net_framework(string code) => DueOnFramework(WebRequestIn(code));

    [Theory]
    [InlineData("request.Timeout = 5000; using (var response = request.GetResponse()) { Use(response); }")]
    [InlineData("using (var response = await request.GetResponseAsync()) { Use(response); }")]
    [InlineData("request.ReadWriteTimeout = 5000; using (var response = await request.GetResponseAsync()) { Use(response); }")]
    [InlineData("request.Timeout = 5000; using (token.Register(request.Abort)) using (var response = await request.GetResponseAsync()) { Use(response); }")]
    [InlineData("request.Timeout = 5000; using (new Timer(_ => request.Abort(), null, 5000, Timeout.Infinite)) using (var response = await request.GetResponseAsync()) { Use(response); }")]
    [InlineData("request.Timeout = 5000; var work = request.GetResponseAsync(); if (await Task.WhenAny(work, Task.Delay(5000)) != work) { request.Abort(); throw new TimeoutException(); } using (var response = await work) { Use(response); }")]
    [InlineData("request.Timeout = 5000; var result = request.BeginGetResponse(OnResponse, request); ThreadPool.RegisterWaitForSingleObject(result.AsyncWaitHandle, (state, late) => { if (late) ((HttpWebRequest)state).Abort(); }, request, 5000, true);")]
    [InlineData("request.Timeout = 5000; var result = request.BeginGetResponse(null, null); if (!result.AsyncWaitHandle.WaitOne(5000)) { request.Abort(); throw new TimeoutException(); } using (var response = request.EndGetResponse(result)) { Use(response); }")]
    [InlineData("request.Timeout = 5000; Customize(request); using (var response = await request.GetResponseAsync()) { Use(response); }")]
    public Task A_web_request_that_something_else_bounds_is_not_reported(string code) =>
        Verify<UseAnalyzer>.Silent(WebRequestIn(code), references: TargetFrameworks.Net472, editorconfig: Only2006);

    [Theory]
    [InlineData("request.Timeout = 5000; using (var response = await request.GetResponseAsync()) { Use(response); }")]
    [InlineData("request.Timeout = 5000; request.BeginGetResponse(OnResponse, request);")]
    public Task The_timeout_of_a_web_request_bounds_its_asynchronous_calls_elsewhere(string code) => Clean("#pragma warning disable SYSLIB0014\n" + WebRequestIn(code));

    private static Task DueOnFramework(string code) =>
        Verify<UseAnalyzer>.Reports(code.Replace("[|", "{|SLA2006:").Replace("|]", "|}"), references: TargetFrameworks.Net472, editorconfig: Only2006);

    private static string WebRequestIn(string code) => Verify.InMethod(
        "var request = (HttpWebRequest)WebRequest.Create(url);\n" + code,
        "public async Task M(string url, int ms, Action<HttpWebRequest> Customize, CancellationToken token)",
        """
        static void Use(WebResponse response) { }
        static void Prepare(HttpWebRequest request) { request.Accept = "text/html"; request.Timeout = 3000; }
        static void OnResponse(IAsyncResult result) { var request = (HttpWebRequest)result.AsyncState; using (var response = request.EndGetResponse(result)) { Use(response); } }
        """);

    [Fact]
    public Task A_finding_of_this_rule_is_no_suggestion_besides() => Verify<UseAnalyzer>.Reports(
        "class C { public async Task M(TcpClient c, byte[] b) { c.ReceiveTimeout = 5; await {|SLA2006:c.GetStream().ReadAsync(b)|}; } }");

    [Fact]
    public Task A_timeout_in_a_tuple_of_assignments_is_ignored_too() => Due(
        """
        class Server
        {
            public async Task<int> One(TcpListener listener, byte[] buffer)
            {
                using var client = await listener.AcceptTcpClientAsync();
                (client.ReceiveTimeout, client.SendTimeout) = (5000, 5000);
                return await [|client.GetStream().ReadAsync(buffer)|];
            }
        }
        """);
}
