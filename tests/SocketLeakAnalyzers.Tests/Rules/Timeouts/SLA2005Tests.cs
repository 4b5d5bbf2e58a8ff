using System;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

/// <summary>When connecting has no limit: each name says the outcome.</summary>
public sealed class SLA2005Tests
{
    private static Task Due(string code, string? editorconfig = null) => Verify<UseAnalyzer>.Reports(code.Replace("[|", "{|SLA2005:").Replace("|]", "|}"), editorconfig: OnlyConnects + editorconfig);

    private static Task Clean(string code) => Verify<UseAnalyzer>.Silent(code, editorconfig: OnlyConnects);

    /// <summary>What the snippets do behind the connect is not the matter here.</summary>
    private const string OnlyConnects = """
        root = true
        [*.cs]
        dotnet_diagnostic.SLA2004.severity = none
        dotnet_diagnostic.SLA4002.severity = none
        dotnet_diagnostic.SLA2006.severity = none
        dotnet_diagnostic.SLA2007.severity = none

        """;

    [Fact]
    public Task A_connecting_constructor_is_reported_with_its_variable() => Verify<UseAnalyzer>.Reports(
        """
        class Probe
        {
            public bool IsUp(string host)
            {
                using var client = {|#0:new TcpClient(host, 443)|};
                return client.Connected;
            }
        }
        """,
        [Verify<UseAnalyzer>.Diagnostic("SLA2005").WithLocation(0).WithMessage("'new TcpClient' has no time limit: 'client' (TcpClient) waits for minutes where nothing answers")]);

    /// <summary>The callback of a begun connect sets an event that is waited for.</summary>
    [Theory]
    [InlineData("var done = new ManualResetEvent(false); s.BeginConnect(at, ar => { try { s.EndConnect(ar); } catch { } done.Set(); }, null); if (!done.WaitOne(5000)) using (s) throw new TimeoutException();")]
    [InlineData("_done.Reset(); s.BeginConnect(at, Connected, s); if (!_done.WaitOne(TimeSpan.FromSeconds(5))) { s.Close(); throw new TimeoutException(); }")]
    [InlineData("_done.Reset(); s.BeginConnect(at, new AsyncCallback(Connected), s); if (!_done.WaitOne(_limit)) { s.Close(); throw new TimeoutException(); }")]
    [InlineData("Begin(s, at); if (!_done.WaitOne(5000)) { s.Close(); throw new TimeoutException(); }")]
    [InlineData("using var done = new ManualResetEventSlim(); s.BeginConnect(at, _ => done.Set(), null); if (!done.Wait(5000)) { s.Dispose(); throw new TimeoutException(); }")]
    [InlineData("using var done = new SemaphoreSlim(0); s.BeginConnect(at, _ => done.Release(), null); if (!done.Wait(5000)) { s.Dispose(); throw new TimeoutException(); }")]
    public Task A_begun_connect_whose_callback_sets_an_event_is_bounded_by_the_wait_for_that(string body) => Clean(Dialing(body));

    [Theory]
    [InlineData("var done = new ManualResetEvent(false); [|s.BeginConnect(at, ar => { try { s.EndConnect(ar); } catch { } done.Set(); }, null)|]; done.WaitOne(); s.Close();")]
    [InlineData("var done = new ManualResetEvent(false); [|s.BeginConnect(at, ar => { try { s.EndConnect(ar); } catch { } done.Set(); }, null)|]; done.WaitOne(Timeout.Infinite); s.Close();")]
    [InlineData("var done = new ManualResetEvent(false); var other = new ManualResetEvent(false); [|s.BeginConnect(at, ar => { s.EndConnect(ar); done.Set(); }, null)|]; other.WaitOne(5000); s.Close();")]
    [InlineData("[|s.BeginConnect(at, Connected, s)|]; _done.WaitOne(); s.Close();")]
    [InlineData("[|s.BeginConnect(at, Ended, s)|]; _done.WaitOne(5000); s.Close();")]
    public Task A_begun_connect_whose_event_is_waited_for_without_a_limit_is_reported(string body) => Due(Dialing(body));

    [Fact]
    public Task A_wait_for_the_event_of_a_begun_connect_that_closes_nothing_bounds_nothing() => Due(
        """
        class C
        {
            public bool Probe(IPEndPoint at)
            {
                var done = new ManualResetEvent(false);
                var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                [|s.BeginConnect(at, ar => done.Set(), null)|];
                return done.WaitOne(5000);
            }
        }
        """);

    private static string Dialing(string body) =>
        $$"""
        class C
        {
            private readonly ManualResetEvent _done = new ManualResetEvent(false);
            private readonly int _limit;
            public C(int limit) => _limit = limit;
            public void M(IPEndPoint at)
            {
                var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                {{body}}
            }
            private void Begin(Socket s, IPEndPoint at) { _done.Reset(); {{(body.StartsWith("Begin", StringComparison.Ordinal) ? "s.BeginConnect(at, Connected, s);" : "")}} }
            private void Connected(IAsyncResult ar) { ((Socket)ar.AsyncState).EndConnect(ar); _done.Set(); }
            private void Ended(IAsyncResult ar) { ((Socket)ar.AsyncState).EndConnect(ar); }
        }
        """;

    [Fact]
    public Task The_further_connects_of_a_method_are_additional_locations() => Verify<UseAnalyzer>.Reports(
        """
        class Dialer
        {
            public Socket Dial(IPAddress first, IPAddress second)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { {|#0:socket.Connect(first, 25)|}; }
                catch (SocketException) { {|#1:socket.Connect(second, 25)|}; }
                return socket;
            }
        }
        """,
        [Verify<UseAnalyzer>.Diagnostic("SLA2005").WithLocation(0).WithLocation(1).WithMessage("'Connect' has no time limit: 'socket' (Socket) waits for minutes where nothing answers")]);

    [Theory]
    [InlineData("using var c = new TcpClient(); [|c.Connect(host, 80)|];")]
    [InlineData("using var c = new TcpClient(); await [|c.ConnectAsync(host, 80)|];")]
    [InlineData("using var c = new TcpClient(); await [|c.ConnectAsync(host, 80, CancellationToken.None)|];")]
    [InlineData("using var c = new TcpClient(); await [|c.ConnectAsync(host, 80, default)|].ConfigureAwait(false);")]
    [InlineData("using var c = new TcpClient(); [|c.ConnectAsync(host, 80)|].Wait();")]
    [InlineData("using var c = new TcpClient(); [|c.ConnectAsync(host, 80)|].GetAwaiter().GetResult();")]
    [InlineData("using var c = new TcpClient(); [|c.ConnectAsync(host, 80)|].Wait(Timeout.Infinite);")]
    [InlineData("using var c = new TcpClient { SendTimeout = 5000 }; [|c.Connect(host, 80)|];")]
    [InlineData("using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); [|s.Connect(host, 80)|];")]
    [InlineData("using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); await [|s.ConnectAsync(host, 80)|];")]
    [InlineData("using var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); s.EndConnect([|s.BeginConnect(host, 80, null, null)|]);")]
    [InlineData("using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); var ar = [|s.BeginConnect(host, 80, null, null)|]; ar.AsyncWaitHandle.WaitOne(); s.EndConnect(ar);")]
    [InlineData("using var p = new NamedPipeClientStream(host); [|p.Connect()|];")]
    [InlineData("using var p = new NamedPipeClientStream(host); [|p.Connect(Timeout.Infinite)|];")]
    [InlineData("using var p = new NamedPipeClientStream(host); await [|p.ConnectAsync()|];")]
    [InlineData("using var p = new NamedPipeClientStream(host); await [|p.ConnectAsync(-1)|];")]
    [InlineData("using var p = new NamedPipeClientStream(host); using var r = token.Register(() => p.Dispose()); [|p.Connect()|];")]
    [InlineData("using var w = new ClientWebSocket(); await [|w.ConnectAsync(new Uri(host), CancellationToken.None)|];")]
    [InlineData("using var w = new ClientWebSocket(); var none = CancellationToken.None; await [|w.ConnectAsync(new Uri(host), none)|];")]
    [InlineData("using var w = new ClientWebSocket(); using var idle = new CancellationTokenSource(); await [|w.ConnectAsync(new Uri(host), idle.Token)|];")]
    [InlineData("var c = new TcpClient(); await [|c.ConnectAsync(host, 80)|].WaitAsync(TimeSpan.FromSeconds(5));")]
    [InlineData("var c = new TcpClient(); var t = [|c.ConnectAsync(host, 80)|]; if (await Task.WhenAny(t, Task.Delay(100)) != t) throw new TimeoutException();")]
    public Task A_connect_without_a_limit_is_reported(string body) => Due(Verify.InMethod(body, "public async Task M(string host, CancellationToken token)"));

    [Theory]
    [InlineData("using var c = new TcpClient(); await c.ConnectAsync(host, 80, token);")]
    [InlineData("using var limit = new CancellationTokenSource(5000); using var c = new TcpClient(); await c.ConnectAsync(host, 80, limit.Token);")]
    [InlineData("using var limit = new CancellationTokenSource(); limit.CancelAfter(5000); using var c = new TcpClient(); await c.ConnectAsync(host, 80, limit.Token);")]
    [InlineData("using var c = new TcpClient(); await c.ConnectAsync(host, 80).WaitAsync(TimeSpan.FromSeconds(5));")]
    [InlineData("using var c = new TcpClient(); await c.ConnectAsync(host, 80).WaitAsync(token);")]
    [InlineData("using var c = new TcpClient(); if (!c.ConnectAsync(host, 80).Wait(5000)) throw new TimeoutException();")]
    [InlineData("using (var c = new TcpClient()) { var ar = c.BeginConnect(host, 80, null, null); if (!ar.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(3))) return; c.EndConnect(ar); }")]
    [InlineData("var c = new TcpClient(); var t = c.ConnectAsync(host, 80); if (await Task.WhenAny(t, Task.Delay(100)) != t) { c.Dispose(); throw new TimeoutException(); }")]
    [InlineData("var c = new TcpClient(); try { await c.ConnectAsync(host, 80).WaitAsync(TimeSpan.FromSeconds(5)); } catch { c.Dispose(); throw; }")]
    [InlineData("using var c = new TcpClient(); using var r = token.Register(() => c.Close()); c.Connect(host, 80);")]
    [InlineData("using var c = new TcpClient(); using var r = token.Register(c.Dispose); await c.ConnectAsync(host, 80);")]
    [InlineData("var c = new TcpClient(); using var timer = new Timer(_ => c.Close(), null, 5000, Timeout.Infinite); c.Connect(host, 80);")]
    [InlineData("using var c = new TcpClient(); if (!Task.Run(() => c.Connect(host, 80)).Wait(5000)) return;")]
    [InlineData("using var u = new UdpClient(); u.Connect(host, 53);")]
    [InlineData("using var s = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); s.Connect(host, 53);")]
    [InlineData("using var s = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified); s.Connect(new UnixDomainSocketEndPoint(host));")]
    [InlineData("var at = new UnixDomainSocketEndPoint(host); using var s = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.IP); await s.ConnectAsync(at);")]
    [InlineData("using var p = new NamedPipeClientStream(host); p.Connect(5000);")]
    [InlineData("using var p = new NamedPipeClientStream(host); await p.ConnectAsync(token);")]
    [InlineData("using var p = new NamedPipeClientStream(host); await p.ConnectAsync(TimeSpan.FromSeconds(1), token);")]
    [InlineData("using var w = new ClientWebSocket(); await w.ConnectAsync(new Uri(host), token);")]
    [InlineData("using var w = new ClientWebSocket(); var t = token; await w.ConnectAsync(new Uri(host), t);")]
    [InlineData("using var s = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false }; try { s.Connect(host, 80); } catch (SocketException) { }")]
    [InlineData("var s = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false }; KeepAlive(ref s); try { s.Connect(host, 80); } catch (SocketException) { } s.Dispose();")]
    [InlineData("using var c = new TcpClient(); await Give(c.ConnectAsync(host, 80), 5000);")]
    [InlineData("using var c = new TcpClient(new IPEndPoint(IPAddress.Any, 0));")]
    public Task A_connect_that_something_ends_is_not_reported(string body) => Clean(Verify.InMethod(
        body,
        "public async Task M(string host, CancellationToken token)",
        "static Task Give(Task task, int milliseconds) => task.WaitAsync(TimeSpan.FromMilliseconds(milliseconds)); public static void KeepAlive(ref Socket socket) => socket.NoDelay = true;"));

    [Fact]
    public Task A_socket_that_was_passed_by_reference_is_the_same_socket() => Due(
        """
        public static class Link
        {
            public static void KeepAlive(ref Socket socket) => socket.NoDelay = true;

            public static void Open(string host)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                KeepAlive(ref socket);
                [|socket.Connect(host, 80)|];
                socket.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_reconnect_loop_of_a_service_is_reported_once() => Due(
        """
        class Feed : BackgroundService
        {
            private TcpClient? _client;

            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                while (!stoppingToken.IsCancellationRequested)
                {
                    _client?.Dispose();
                    _client = new TcpClient();
                    try { await [|_client.ConnectAsync("feed.example", 7000)|]; }
                    catch (SocketException) { await Task.Delay(1000, stoppingToken); }
                }
            }
        }
        """);

    [Fact]
    public Task A_client_made_in_a_helper_is_followed_to_its_connect() => Due(
        """
        class Mail
        {
            public TcpClient Open(string host)
            {
                var client = Create();
                [|client.Connect(host, 25)|];
                return client;
            }

            private static TcpClient Create() => new TcpClient { NoDelay = true };
        }
        """);

    [Fact]
    public Task A_socket_that_was_given_is_connected_without_a_limit_all_the_same() => Due(
        "static class Net { public static void Open(Socket socket, IPEndPoint to) => [|socket.Connect(to)|]; }");

    [Fact]
    public Task A_given_socket_for_datagrams_is_not_reported() => Clean(
        "class Beacon { readonly Socket _s; public Beacon(Socket s) => _s = s; public void Open(IPEndPoint to, byte[] b) { _s.Connect(to); _s.SendTo(b, to); } }");

    [Fact]
    public Task A_method_that_every_caller_gives_up_in_time_is_not_reported() => Clean(
        """
        class Link : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();

            internal Task OpenAsync(string host) => _client.ConnectAsync(host, 80);

            public void Dispose() => _client.Dispose();
        }

        class Owner
        {
            public async Task Run()
            {
                using var link = new Link();
                await link.OpenAsync("h").WaitAsync(TimeSpan.FromSeconds(1));
            }
        }
        """);

    [Fact]
    public Task A_method_that_one_caller_waits_for_without_a_limit_is_reported() => Due(
        """
        class Link : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();

            internal Task OpenAsync(string host) => [|_client.ConnectAsync(host, 80)|];

            public void Dispose() => _client.Dispose();
        }

        class Owner
        {
            public async Task Run(Link link)
            {
                await link.OpenAsync("h").WaitAsync(TimeSpan.FromSeconds(1));
                await link.OpenAsync("h");
            }
        }
        """);

    [Fact]
    public Task A_private_method_that_its_type_gives_up_in_time_is_not_reported() => Clean(
        """
        class Link
        {
            private readonly TcpClient _client = new TcpClient();

            public async Task<bool> TryOpen(string host)
            {
                var open = OpenCore(host);
                if (await Task.WhenAny(open, Task.Delay(5000)) == open) { return true; }
                _client.Dispose();
                return false;
            }

            private async Task OpenCore(string host)
            {
                await _client.ConnectAsync(host, 80);
            }
        }
        """);

    [Fact]
    public Task A_call_through_the_interface_counts_as_a_call() => Clean(
        """
        interface ILink { Task OpenAsync(); }

        class Link : ILink
        {
            private readonly ClientWebSocket _socket = new ClientWebSocket();

            public Task OpenAsync() => _socket.ConnectAsync(new Uri("ws://h"), CancellationToken.None);
        }

        class Owner { public Task Run(ILink link) => link.OpenAsync().WaitAsync(TimeSpan.FromSeconds(1)); }
        """);

    [Fact]
    public Task A_lambda_that_a_policy_runs_is_not_reported_when_it_is_awaited() => Clean(
        """
        interface IPolicy { Task Execute(Func<Task> work); }
        class C { public async Task M(IPolicy policy) { using var c = new TcpClient(); await policy.Execute(() => c.ConnectAsync("h", 1)); } }
        """);

    [Fact]
    public Task A_factory_that_blocks_is_reported_wherever_it_goes() => Due(
        """
        interface ICache { void Use(Func<string, Socket> create); }
        class Sockets
        {
            public Sockets(ICache cache) => cache.Use(Create);

            private Socket Create(string host)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                [|socket.Connect(host, 1)|];
                return socket;
            }
        }
        """);

    [Fact]
    public Task A_connect_under_a_registration_that_closes_its_holder_is_not_reported() => Clean(
        """
        class Holder : IDisposable { public Socket Socket { get; } = new Socket(SocketType.Stream, ProtocolType.Tcp); public void Dispose() => Socket.Dispose(); }
        class C
        {
            public void M(Holder holder, IPEndPoint to, CancellationToken token)
            {
                using var registration = token.Register(holder.Dispose);
                holder.Socket.Connect(to);
            }
        }
        """);

    [Fact]
    public Task Top_level_statements_are_code() => Verify<UseAnalyzer>.Reports(
        """
        using var client = {|SLA2005:new TcpClient(args[0], 80)|};
        Console.WriteLine(client.Connected);
        """);

    [Fact]
    public Task A_record_a_struct_and_a_nested_class_are_looked_at() => Due(
        """
        record Target(string Host) { public void Open() { using var c = [|new TcpClient(Host, 1)|]; } }
        struct Point { public void Open() { using var c = [|new TcpClient("h", 1)|]; } }
        class Outer { class Inner { public void Open() { using var c = [|new TcpClient("h", 1)|]; } } }
        """);

    [Fact]
    public Task A_base_class_is_reported_with_itself_only() => Due(
        """
        abstract class Base { protected readonly TcpClient Client = new TcpClient(); protected void Open() => [|Client.Connect("h", 1)|]; }
        class Derived : Base { public void Go() => Open(); }
        """);

    [Fact]
    public Task A_class_that_derives_from_a_client_is_a_client() => Due(
        """
        class Ftp : TcpClient { }
        class C { public void M() { using var ftp = new Ftp(); [|ftp.Connect("h", 21)|]; } }
        """);

    [Fact]
    public Task A_client_in_a_primary_constructor_s_parameter_is_reported() => Due(
        "class Session(TcpClient client) { public Task Open() => [|client.ConnectAsync(\"h\", 1)|]; }");

    [Fact]
    public Task Handlers_of_a_request_client_are_given_their_token() => Clean(
        """
        class C
        {
            public SocketsHttpHandler Handler { get; } = new SocketsHttpHandler
            {
                ConnectCallback = async (context, token) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    try { await socket.ConnectAsync(context.DnsEndPoint, token); return new NetworkStream(socket, ownsSocket: true); }
                    catch { socket.Dispose(); throw; }
                },
            };
        }
        """);

    [Fact]
    public Task Generated_code_is_not_reported() => Clean(
        "// <auto-generated/>\nclass C { public void M() { using var c = new TcpClient(\"h\", 1); } }");

    [Fact]
    public Task A_socket_file_that_a_general_property_holds_is_none() => Clean(
        """
        public class Agent
        {
            private Socket _socket = null!;

            public Agent(string path) : this(new UnixDomainSocketEndPoint(path)) { }

            public Agent(UnixDomainSocketEndPoint at) => At = at;

            public EndPoint At { get; private set; }

            public void Connect()
            {
                _socket = new Socket(At.AddressFamily, SocketType.Stream, ProtocolType.IP);
                _socket.Connect(At);
            }

            public void Close() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task An_address_that_a_general_property_holds_is_one() => Due(
        """
        public class Agent
        {
            private Socket _socket = null!;

            public Agent(IPEndPoint at) => At = at;

            public EndPoint At { get; private set; }

            public void Connect()
            {
                _socket = new Socket(At.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                [|_socket.Connect(At)|];
            }

            public void Close() => _socket.Dispose();
        }
        """);

    [Theory]
    [InlineData("await [|new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp).ConnectAsync(at)|];")]
    [InlineData("await [|new Socket(SocketType.Stream, ProtocolType.Tcp).ConnectAsync(at)|];")]
    [InlineData("await [|new TcpClient().ConnectAsync(at)|];")]
    [InlineData("[|new TcpClient().Connect(at)|];")]
    [InlineData("using (var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp)) await [|socket.ConnectAsync(at)|];")]
    public Task A_connect_of_what_nobody_names_has_no_limit_either(string statement) => Due(
        $$"""
        public class Knock
        {
            public async Task OnceAsync(IPEndPoint at)
            {
                {{statement}}
                await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task A_timer_that_closes_the_stream_while_a_header_is_read_is_no_end_of_the_connect_before() => Due(
        """
        class Link
        {
            private TcpClient _client = null!;
            private Stream _stream = null!;

            public string Open(string host, int port)
            {
                _client = Create(host, port);
                _stream = _client.GetStream();
                return Header.Read(_stream, 90000);
            }

            private static TcpClient Create(string host, int port)
            {
                var client = [|new TcpClient(host, port)|];
                client.NoDelay = true;
                return client;
            }
        }

        static class Header
        {
            public static string Read(Stream stream, int milliseconds)
            {
                using var timer = new Timer(_ => stream.Close(), null, milliseconds, -1);
                return new StreamReader(stream).ReadLine()!;
            }
        }
        """);

    [Theory]
    [InlineData("using var c = [|new TcpClient(host, 80)|]; using var r = token.Register(() => c.Close());")]
    [InlineData("using var c = [|new TcpClient(host, 80)|]; using var r = token.Register(c.Dispose);")]
    [InlineData("TcpClient? c = null; using var r = token.Register(() => c?.Close()); c = [|new TcpClient(host, 80)|];")]
    [InlineData("using var c = [|new TcpClient(host, 80)|]; c.Client.Blocking = false;")]
    [InlineData("using var r = token.Register(callback); using var c = [|new TcpClient(host, 80)|];")]
    [InlineData("using var r = token.Register(() => other.Dispose()); using var c = [|new TcpClient(host, 80)|];")]
    public Task What_a_constructor_connects_can_be_closed_by_nobody_before_it_has_connected(string body) => Due(Verify.InMethod(
        body,
        "public void M(string host, CancellationToken token, Action callback, IDisposable other)"));

    [Fact]
    public Task A_signal_of_the_caller_ends_no_connecting_constructor_either() => Due(
        """
        class Holder : IDisposable { public TcpClient? Client { get; set; } public void Dispose() => Client?.Dispose(); }
        class C
        {
            public void M(Holder holder, string host, CancellationToken token)
            {
                using var registration = token.Register(holder.Dispose);
                holder.Client = Open(host);
            }

            private static TcpClient Open(string host) => [|new TcpClient(host, 80)|];
        }
        """);

    [Fact]
    public Task A_connecting_constructor_on_a_task_that_is_given_up_in_time_is_not_reported() => Clean(
        """
        class C
        {
            public async Task<TcpClient> M(string host) => await Task.Run(() => Open(host)).WaitAsync(TimeSpan.FromSeconds(5));

            private static TcpClient Open(string host) => new TcpClient(host, 80);
        }
        """);

    [Theory]
    [InlineData("stream.Close()")]
    [InlineData("stream?.Dispose()")]
    [InlineData("tls.Dispose()")]
    [InlineData("reader.Dispose()")]
    public Task A_timer_that_closes_what_only_a_connected_client_has_is_no_end_of_its_connect(string closing) => Due(Verify.InMethod(
        $"using var c = new TcpClient(); [|c.Connect(host, 80)|]; NetworkStream stream = c.GetStream(); var tls = new SslStream(stream); var reader = new StreamReader(tls); using var timer = new Timer(_ => {closing}, null, 5000, -1); reader.Read();",
        "public void M(string host)"));

    [Fact]
    public Task A_helper_that_closes_the_stream_that_it_was_given_is_no_end_of_the_connect() => Due(
        """
        class Link
        {
            public string Open(string host)
            {
                using var client = new TcpClient();
                [|client.Connect(host, 80)|];
                return Header.Read(client.GetStream(), 90000);
            }
        }

        static class Header
        {
            public static string Read(Stream stream, int milliseconds)
            {
                using var timer = new Timer(_ => stream.Close(), null, milliseconds, -1);
                return new StreamReader(stream).ReadLine()!;
            }
        }
        """);

    [Fact]
    public Task A_helper_that_closes_the_client_that_it_was_given_ends_the_connect() => Clean(
        """
        class Link
        {
            public void Open(string host)
            {
                using var client = new TcpClient();
                using var limit = Limit.Of(client, 90000);
                client.Connect(host, 80);
            }
        }

        static class Limit
        {
            public static Timer Of(TcpClient client, int milliseconds) => new Timer(_ => client.Close(), null, milliseconds, -1);
        }
        """);

    [Fact]
    public Task A_stream_of_the_code_over_a_client_may_be_closed_while_that_connects() => Clean(
        """
        class Line : Stream
        {
            private readonly TcpClient _client;

            public Line(TcpClient client) => _client = client;

            protected override void Dispose(bool disposing) => _client.Dispose();

            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => 0;
            public override long Position { get => 0; set { } }
            public override void Flush() { }
            public override int Read(byte[] buffer, int offset, int count) => 0;
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override void Write(byte[] buffer, int offset, int count) { }
        }

        class Link
        {
            public void Open(string host)
            {
                using var client = new TcpClient();
                Stream line = new Line(client);
                using var timer = new Timer(_ => line.Dispose(), null, 5000, -1);
                client.Connect(host, 80);
            }
        }
        """);

    [Theory]
    [InlineData("c.GetStream().Dispose(); c.Dispose();")]
    [InlineData("IDisposable all = c; all.Dispose();")]
    [InlineData("c.Client.Close();")]
    public Task A_timer_that_closes_the_client_ends_its_connect(string closing) => Clean(Verify.InMethod(
        $"using var c = new TcpClient(); using var timer = new Timer(_ => {{ {closing} }}, null, 5000, -1); c.Connect(host, 80);",
        "public void M(string host)"));

    [Fact]
    public Task A_web_socket_that_a_timer_closes_is_not_reported() => Clean(Verify.InMethod(
        "using var w = new ClientWebSocket(); using var timer = new Timer(_ => w.Abort(), null, 5000, -1); await w.ConnectAsync(new Uri(host), CancellationToken.None);",
        "public async Task M(string host)"));
}
