using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Classes of the project that own resources are resources themselves; asked through the rules on locals.</summary>
public sealed class OwningTypesTests
{
    private const string Conn =
        """

        sealed class Conn : IDisposable
        {
            private readonly TcpClient _client;

            public Conn() => _client = new TcpClient();

            public Conn(string host) : this(new TcpClient(host, 1)) { }

            public Conn(TcpClient client) => _client = client;

            public int P => _client.Available;

            public void Stop() => _client.Close();

            public void Poke() => _client.Client.Send(new byte[1]);

            public void Dispose() => Stop();
        }
        """;

    private static Task Due(string body, string members = "") => Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body) + Conn + members);

    private static Task Clean(string body, string members = "") => Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body) + Conn + members);

    [Fact]
    public Task An_owner_that_is_never_disposed_is_reported() => Due("var conn = {|SLA1001:new Conn()|}; conn.Poke();");

    [Fact]
    public Task An_owner_that_chains_to_the_constructor_that_stores_is_reported() => Due("var conn = {|SLA1001:new Conn(\"h\")|}; conn.Poke();");

    private const string Log = "\npublic class Log : IDisposable { private readonly Stream _s; public Log(Stream s) => _s = s; public void Write() => _s.WriteByte(1); public void Dispose() => _s.Dispose(); }";

    [Theory]
    [InlineData("sealed class FileLog : Log { public FileLog(string p) : base(File.Create(p)) { } }")]
    [InlineData("sealed class FileLog(string p) : Log(File.Create(p));")]
    [InlineData("sealed class FileLog : Log { public FileLog(string p) : this(p, 1) { } private FileLog(string p, int n) : base(new BufferedStream(File.Create(p), n)) { } }")]
    public Task An_owner_whose_base_class_releases_what_it_is_given_is_reported(string type) => Due("var log = {|SLA1001:new FileLog(\"a\")|}; log.Write();", Log + "\n" + type);

    [Theory]
    [InlineData("sealed class FileLog : Log { public FileLog(string p) : base(new MemoryStream()) { } }")]
    [InlineData("sealed class FileLog : Log { public FileLog(string p) : base(p.Length == 0 ? File.Create(p) : Stream.Null) { } }")]
    [InlineData("sealed class FileLog : Log { private static readonly Stream s_all = File.Create(\"all\"); public FileLog(string p) : base(s_all) { } }")]
    [InlineData("sealed class FileLog : Log { private static readonly List<Log> s_all = new(); public FileLog(string p) : base(File.Create(p)) => s_all.Add(this); }")]
    public Task An_owner_whose_base_class_is_given_nothing_of_its_own_or_that_registers_itself_is_not_reported(string type) => Clean("var log = new FileLog(\"a\"); log.Write();", Log + "\n" + type);

    [Fact]
    public Task An_owner_whose_base_class_releases_is_released_by_it() => Clean("using var log = new FileLog(\"a\"); log.Write();", Log + "\nsealed class FileLog(string p) : Log(File.Create(p));");

    [Fact]
    public Task An_owner_in_a_using_is_not_reported() => Clean("using var conn = new Conn();");

    [Fact]
    public Task An_owner_stopped_by_its_own_method_is_not_reported() => Clean("var conn = new Conn(); conn.Stop();");

    [Fact]
    public Task An_owner_that_is_returned_is_not_reported() => Verify<ResourceAnalyzer>.Silent("class C { public Conn M() => new Conn(); }" + Conn);

    [Fact]
    public Task A_fresh_owner_from_a_method_is_the_caller_s_to_dispose() => Due(
        "var conn = {|SLA1001:Factory.Make()|}; conn.Poke();",
        "\nstatic class Factory { public static Conn Make() => new Conn(); }");

    [Fact]
    public Task A_wrapper_that_releases_what_it_stores_carries_the_obligation_on() => Due("var conn = new Conn({|SLA1001:new TcpClient()|}); conn.Poke();");

    [Fact]
    public Task A_wrapper_that_is_disposed_releases_what_it_stores() => Clean("var client = new TcpClient(); using var conn = new Conn(client); conn.Poke();");

    [Fact]
    public Task A_wrapper_stopped_by_its_own_method_releases_what_it_stores() => Clean("var conn = new Conn(new TcpClient()); conn.Stop();");

    [Fact]
    public Task A_client_disposed_behind_its_wrapper_is_not_reported() => Clean("using var client = new TcpClient(); var conn = new Conn(client); conn.Poke();");

    [Fact]
    public Task A_wrapper_that_never_releases_leaves_it_to_its_maker() => Due(
        "var keeper = new Keeper({|SLA1001:new TcpClient()|}); _ = keeper.P;",
        "\nclass Keeper { private readonly TcpClient _c; public Keeper(TcpClient c) => _c = c; public int P => _c.Available; }");

    [Fact]
    public Task A_wrapper_that_closes_itself_when_its_work_ends_is_not_reported() => Clean(
        "var session = new Session(new TcpClient()); session.Start();",
        """

        sealed class Session : IDisposable
        {
            private readonly TcpClient _client;

            public Session(TcpClient client) => _client = client;

            public void Start() => new Thread(Loop).Start();

            private void Loop()
            {
                try
                {
                    while (_client.GetStream().ReadByte() >= 0)
                    {
                    }
                }
                finally
                {
                    Dispose();
                }
            }

            public void Dispose() => _client.Dispose();
        }
        """);

    [Fact]
    public Task A_wrapper_that_registers_itself_is_not_reported() => Clean(
        "new Session(new TcpClient(), new List<Session>());",
        """

        sealed class Session : IDisposable
        {
            private readonly TcpClient _client;

            public Session(TcpClient client, List<Session> all)
            {
                _client = client;
                all.Add(this);
            }

            public void Dispose() => _client.Dispose();
        }
        """);

    [Fact]
    public Task A_wrapper_that_hands_itself_to_an_event_is_not_reported() => Clean(
        "var session = new Session(new TcpClient()); session.Fail();",
        """

        sealed class Session : IDisposable
        {
            private readonly TcpClient _client;

            public event EventHandler Failed;

            public Session(TcpClient client) => _client = client;

            public void Fail() => Failed?.Invoke(this, EventArgs.Empty);

            public void Dispose() => _client.Dispose();
        }
        """);

    private const string Lender =
        """

        sealed class Lender : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            private NetworkStream _stream;

            public async Task ConnectAsync(string host)
            {
                await _socket.ConnectAsync(host, 1);
                _stream = new NetworkStream(_socket, ownsSocket: true);
            }

            public Stream GetStream() => _stream;

            public void Dispose()
            {
                _stream?.Dispose();
                _socket.Dispose();
            }
        }
        """;

    [Theory]
    [InlineData("var lender = {|SLA1001:new Lender()|}; lender.GetStream().Flush();")]
    [InlineData("var lender = {|SLA1002:new Lender()|}; lender.GetStream().ReadByte(); lender.Dispose();")]
    public Task An_owner_with_a_method_that_returns_what_it_holds_is_reported(string body) => Due(body, Lender);

    [Fact]
    public Task An_owner_with_a_method_that_returns_what_it_holds_is_lost_when_its_connect_throws() => Verify<ResourceAnalyzer>.Reports(
        "class C { public async Task<Lender> M(string host) { var lender = {|SLA1003:new Lender()|}; await lender.ConnectAsync(host); return lender; } }" + Lender);

    [Theory]
    [InlineData("using var lender = new Lender(); lender.GetStream().ReadByte();")]
    [InlineData("using var stream = new Lender().GetStream(); stream.ReadByte();")]
    [InlineData("var lender = new Lender(); using (lender.GetStream()) { }")]
    [InlineData("var lender = new Lender(); Close(lender.GetStream()); static void Close(Stream stream) => stream.Dispose();")]
    public Task What_a_method_of_an_owner_returns_is_a_view_of_it(string body) => Clean(body, Lender);

    [Fact]
    public Task What_a_method_of_an_owner_returns_can_be_returned_or_kept_in_its_place() => Verify<ResourceAnalyzer>.Silent(
        """
        class C : IDisposable
        {
            private Stream _stream;
            private readonly Lender _lender = new Lender();

            public Stream M() => new Lender().GetStream();

            public void N() => _stream = new Lender().GetStream();

            public void Dispose()
            {
                _stream.Dispose();
                _lender.GetStream().Dispose();
            }
        }
        """ + Lender);

    [Fact]
    public Task An_owner_of_an_owner_is_reported() => Due(
        "var outer = {|SLA1001:new Outer()|}; _ = outer.P;",
        "\nsealed class Outer : IDisposable { private readonly Conn _conn = new Conn(); public int P => _conn.P; public void Dispose() => _conn.Dispose(); }");

    [Fact]
    public Task Types_that_own_each_other_are_not_claimed() => Clean(
        "var a = new A(); _ = a.B;",
        """

        sealed class A : IDisposable { private readonly B _b = new B(null); public B B => _b; public void Dispose() => _b.Dispose(); }
        sealed class B : IDisposable { private readonly A _a; private readonly TcpClient _c = new TcpClient(); public B(A a) => _a = a ?? new A(); public void Dispose() { _a.Dispose(); _c.Dispose(); } }
        """);

    [Fact]
    public Task A_type_that_holds_what_it_was_given_does_not_hide_the_one_that_gave_it() => Due(
        "using var hub = new Hub(); var link = {|SLA1001:new Link(hub)|}; link.Ping();",
        """

        sealed class Hub : IDisposable
        {
            private readonly TcpClient _c = new TcpClient();
            private Link _link;

            public void Attach() { _link = new Link(this); _link.Ping(); }

            public void Count() { }

            public void Dispose() { _c.Dispose(); _link?.Dispose(); }
        }

        sealed class Link : IDisposable
        {
            private readonly Hub _hub;
            private readonly UdpClient _u = new UdpClient(0);

            public Link(Hub hub) => _hub = hub;

            public void Ping() => _hub.Count();

            public void Dispose() => _u.Dispose();
        }
        """);

    [Fact]
    public Task An_owner_that_acquires_on_a_condition_is_not_claimed() => Clean(
        "var lazy = new Lazily(false); _ = lazy.P;",
        "\nsealed class Lazily : IDisposable { private readonly TcpClient _c; public Lazily(bool now) { if (now) { _c = new TcpClient(); } } public bool P => _c is null; public void Dispose() => _c?.Dispose(); }");

    [Fact]
    public Task An_owner_of_a_client_for_HTTP_is_not_claimed() => Clean(
        "var api = new Api(); await api.G();",
        "\nsealed class Api : IDisposable { private readonly HttpClient _h = new HttpClient(); public Task<string> G() => _h.GetStringAsync(\"u\"); public void Dispose() => _h.Dispose(); }");

    [Fact]
    public Task A_derived_owner_is_reported_as_its_base_owns() => Due(
        "var d = {|SLA1001:new Derived()|}; _ = d.P;",
        """

        class Basic : IDisposable { private readonly TcpClient _c = new TcpClient(); public int P => _c.Available; public void Dispose() => _c.Dispose(); }
        sealed class Derived : Basic { }
        """);

    [Fact]
    public Task A_constructor_that_disposes_itself_before_it_throws_loses_nothing() => Verify<ResourceAnalyzer>.Silent(
        """
        sealed class C : IDisposable
        {
            private readonly Socket _s;

            public C(EndPoint end)
            {
                _s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    _s.Connect(end);
                }
                catch
                {
                    Dispose();
                    throw;
                }
            }

            public void Dispose() => _s.Dispose();
        }
        """);

    [Fact]
    public Task A_constructor_that_throws_after_it_acquired_is_still_reported() => Verify<ResourceAnalyzer>.Reports(
        """
        sealed class C : IDisposable
        {
            private readonly Socket _s;

            public C(EndPoint end)
            {
                _s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                _s.Connect(end);
            }

            public void Dispose() => _s.Dispose();
        }
        """);

    [Fact]
    public Task An_owner_that_disposes_itself_when_its_connect_fails_is_not_reported() => Verify<ResourceAnalyzer>.Silent(
        """
        sealed class Conn : IAsyncDisposable
        {
            public Conn() => Socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public Socket Socket { get; }

            public async ValueTask ConnectAsync(EndPoint end, CancellationToken token)
            {
                try
                {
                    await Socket.ConnectAsync(end, token);
                }
                catch (Exception)
                {
                    await DisposeAsync();
                    throw;
                }
            }

            public ValueTask DisposeAsync()
            {
                Socket.Dispose();
                return default;
            }
        }

        sealed class Factory
        {
            public async ValueTask<Conn> ConnectAsync(EndPoint end, CancellationToken token)
            {
                var conn = new Conn();
                await conn.ConnectAsync(end, token);
                return conn;
            }
        }
        """);

    [Fact]
    public Task An_owner_whose_connect_fails_without_releasing_is_reported() => Verify<ResourceAnalyzer>.Reports(
        """
        sealed class Conn : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public async Task ConnectAsync(EndPoint end, CancellationToken token) => await _socket.ConnectAsync(end, token);

            public void Dispose() => _socket.Dispose();
        }

        sealed class Factory
        {
            public async Task<Conn> ConnectAsync(EndPoint end, CancellationToken token)
            {
                var conn = {|SLA1003:new Conn()|};
                await conn.ConnectAsync(end, token);
                return conn;
            }
        }
        """);

    private const string Bounded =
        """

        sealed class Bounded : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public async Task ConnectAsync(EndPoint end, CancellationToken token)
            {
                using (token.Register(() => _socket.Dispose()))
                {
                    await _socket.ConnectAsync(end);
                }
            }

            public async Task RunAsync(CancellationToken token)
            {
                using (token.Register(_socket.Dispose))
                {
                    while (true)
                    {
                        await _socket.ReceiveAsync(new byte[1]);
                    }
                }
            }

            public void Dispose() => _socket.Dispose();
        }
        """;

    [Fact]
    public Task An_owner_whose_connect_disposes_it_when_cancelled_is_reported() => Verify<ResourceAnalyzer>.Reports(
        "class C { public async Task<Bounded> M(EndPoint end, CancellationToken token) { var conn = {|SLA1003:new Bounded()|}; await conn.ConnectAsync(end, token); return conn; } }" + Bounded);

    [Theory]
    [InlineData("var conn = new Bounded(); try { await conn.ConnectAsync(end, token); return conn; } catch { conn.Dispose(); throw; }")]
    [InlineData("var conn = new Bounded(); await conn.RunAsync(token); return null;")]
    public Task An_owner_that_is_disposed_or_runs_until_cancelled_is_not_reported(string body) => Verify<ResourceAnalyzer>.Silent(
        "class C { public async Task<Bounded> M(EndPoint end, CancellationToken token) { " + body + " } }" + Bounded);

    [Fact]
    public Task A_task_of_a_local_function_that_nobody_awaits_throws_at_nobody() => Verify<ResourceAnalyzer>.Silent(
        """
        sealed class Server : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            private Task _accepting;

            public static Server Start()
            {
                var server = new Server();
                server.Accept();
                return server;
            }

            private void Accept()
            {
                _accepting = Loop();

                async Task Loop() => await _socket.ReceiveAsync(new byte[1]);
            }

            public void Dispose() => _socket.Dispose();
        }
        """);
}
