using System;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>What is a leaked field and what is not: each name says the outcome.</summary>
public sealed class SLA1005Tests
{
    private static Task Due(string code) => Verify<TypeAnalyzer>.Reports(code);

    private static Task Clean(string code) => Verify<TypeAnalyzer>.Silent(code);

    [Fact]
    public Task A_field_of_a_type_without_a_release_is_reported_with_its_acquisition() => Verify<TypeAnalyzer>.Reports(
        """
        class Monitor
        {
            private TcpClient {|#0:_client|};

            public void Connect(string host)
            {
                _client = {|#1:new TcpClient(host, 443)|};
            }

            public bool IsUp => _client.Connected;
        }
        """,
        [
            Verify<TypeAnalyzer>.Diagnostic("SLA1005").WithLocation(0).WithLocation(1)
                .WithMessage("'_client' (TcpClient) is never disposed: 'Monitor' acquires it in 'Connect' and releases it nowhere"),
        ]);

    [Fact]
    public Task A_field_that_Dispose_forgets_is_reported_by_the_name_of_Dispose() => Verify<TypeAnalyzer>.Reports(
        """
        sealed class Monitor : IDisposable
        {
            private readonly UdpClient _beacon = new UdpClient(0);
            private readonly Socket {|#0:_raw|};

            public Monitor() => _raw = {|#1:new Socket(SocketType.Dgram, ProtocolType.Udp)|};

            public int Waiting => _raw.Available + _beacon.Available;

            public void Dispose() => _beacon.Dispose();
        }
        """,
        [
            Verify<TypeAnalyzer>.Diagnostic("SLA1005").WithLocation(0).WithLocation(1)
                .WithMessage("'_raw' (Socket) is never disposed: 'Monitor' acquires it in its constructor, and 'Dispose' does not release it"),
        ]);

    [Fact]
    public Task A_field_initializer_is_an_acquisition() => Due("class C { readonly TcpClient [|_c|] = new TcpClient(); public int P => _c.Available; }");

    [Fact]
    public Task An_auto_property_that_is_never_released_is_reported_at_its_name() => Due(
        "class C { public TcpClient [|Client|] { get; private set; } public void Open() { Client = new TcpClient(\"h\", 1); } }");

    [Fact]
    public Task An_auto_property_with_an_initializer_is_reported() => Due("class C { private Socket [|S|] { get; } = new Socket(SocketType.Stream, ProtocolType.Tcp); public bool B => S.Connected; }");

    [Fact]
    public Task An_accepted_client_kept_in_a_field_is_reported() => Due(
        "class C { TcpClient [|_c|]; public void Init(TcpListener l) { _c = l.AcceptTcpClient(); } public int P => _c.Available; }");

    [Fact]
    public Task A_response_stream_kept_in_a_field_is_reported() => Due(
        "sealed class C : IDisposable { Stream [|_s|]; public async Task Init(HttpClient h) { _s = await h.GetStreamAsync(\"u\"); } public void Dispose() { } }");

    [Fact]
    public Task A_value_that_comes_through_a_local_is_reported() => Due(
        """
        class C
        {
            private Stream [|_log|];

            public void Open(string path)
            {
                var log = File.OpenWrite(path);
                log.WriteByte(1);
                _log = log;
            }

            public void Write(byte b) => _log.WriteByte(b);
        }
        """);

    [Fact]
    public Task A_value_from_a_factory_of_the_type_is_reported() => Due(
        """
        class C
        {
            private Socket [|_s|];

            public void Open() => _s = Make();

            private static Socket Make()
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.NoDelay = true;
                return socket;
            }

            public int P => _s.Available;
        }
        """);

    [Fact]
    public Task A_value_from_a_factory_elsewhere_in_the_compilation_is_reported() => Due(
        """
        static class Sockets
        {
            public static async Task<Socket> OpenAsync(EndPoint end)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(end);
                return socket;
            }
        }

        class C
        {
            private Socket [|_s|];

            public async Task Open(EndPoint end) => _s = await Sockets.OpenAsync(end);

            public int P => _s.Available;
        }
        """);

    [Fact]
    public Task Lazy_acquisition_without_release_is_reported() => Due(
        "class C { private TcpClient [|_c|]; private TcpClient Client => _c ??= new TcpClient(\"h\", 1); public int P => Client.Available; }");

    [Fact]
    public Task Acquisition_through_Interlocked_Exchange_without_release_is_reported() => Due(
        "class C { private TcpClient [|_c|]; public void Open() { Interlocked.Exchange(ref _c, new TcpClient(\"h\", 1)); } public int P => _c.Available; }");

    [Fact]
    public Task One_chain_is_reported_once_at_the_field_of_its_first_acquisition() => Due(
        """
        class C
        {
            private readonly NetworkStream _stream;
            private readonly StreamReader _reader;
            private readonly TcpClient [|_client|];

            public C(string host)
            {
                _client = new TcpClient(host, 80);
                _stream = _client.GetStream();
                _reader = new StreamReader(_stream);
            }

            public string Next() => _reader.ReadLine();
        }
        """);

    [Fact]
    public Task Of_two_fields_only_the_forgotten_one_is_reported() => Due(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private readonly TcpClient [|_down|] = new TcpClient();

            public int P => _up.Available + _down.Available;

            public void Dispose() => _up.Dispose();
        }
        """);

    [Fact]
    public Task A_field_of_the_user_s_own_owner_is_reported() => Due(
        """
        sealed class Conn : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();

            public int P => _client.Available;

            public void Dispose() => _client.Dispose();
        }

        class Monitor
        {
            private readonly Conn [|_conn|] = new Conn();

            public int P => _conn.P;
        }
        """);

    [Fact]
    public Task A_field_with_a_wrapper_of_the_user_s_own_over_a_fresh_client_is_reported() => Due(
        """
        sealed class Conn : IDisposable
        {
            private readonly TcpClient _client;

            public Conn(TcpClient client) => _client = client;

            public int P => _client.Available;

            public void Dispose() => _client.Dispose();
        }

        class Monitor
        {
            private readonly Conn [|_conn|] = new Conn(new TcpClient("h", 1));

            public int P => _conn.P;
        }
        """);

    [Fact]
    public Task A_holder_of_a_type_that_releases_nothing_is_not_reported_that_type_is() => Due(
        """
        class Conn
        {
            private readonly TcpClient [|_client|] = new TcpClient();

            public int P => _client.Available;
        }

        class Monitor
        {
            private readonly Conn _conn = new Conn();

            public int P => _conn.P;
        }
        """);

    [Fact]
    public Task A_client_given_to_something_that_keeps_it_and_never_releases_is_reported_at_its_own_field() => Due(
        """
        class Parser
        {
            private readonly Stream _input;

            public Parser(Stream input) => _input = input;

            public int Next() => _input.ReadByte();
        }

        sealed class C : IDisposable
        {
            private readonly TcpClient [|_client|];
            private readonly Parser _parser;

            public C()
            {
                _client = new TcpClient("h", 1);
                _parser = new Parser(_client.GetStream());
            }

            public int Next() => _parser.Next();

            public void Dispose()
            {
            }
        }
        """);

    [Fact]
    public Task A_catch_that_disposes_when_the_constructor_fails_is_no_release_of_the_field() => Due(
        """
        class C
        {
            private readonly Socket [|_s|];

            public C(EndPoint end)
            {
                _s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    _s.Connect(end);
                }
                catch
                {
                    _s.Dispose();
                    throw;
                }
            }

            public int P => _s.Available;
        }
        """);

    [Fact]
    public Task A_websocket_that_the_type_connects_is_reported() => Due(
        """
        class C
        {
            private readonly ClientWebSocket [|_ws|] = new ClientWebSocket();

            public Task Open(Uri uri, CancellationToken token) => _ws.ConnectAsync(uri, token);

            public WebSocketState State => _ws.State;
        }
        """);

    [Fact]
    public Task A_websocket_that_the_type_never_connects_is_not_reported() => Clean(
        "class C { private readonly ClientWebSocket _ws = new ClientWebSocket(); public WebSocketState State => _ws.State; }");

    [Fact]
    public Task A_pipe_client_is_due_when_the_type_connects_it() => Due(
        "class C { readonly NamedPipeClientStream [|_p|] = new NamedPipeClientStream(\"p\"); public void Open() => _p.Connect(100); public int Read() => _p.ReadByte(); }");

    [Fact]
    public Task A_pipe_client_that_is_never_connected_is_not_reported() => Clean(
        "class C { readonly NamedPipeClientStream _p = new NamedPipeClientStream(\"p\"); public bool B => _p.IsConnected; }");

    [Fact]
    public Task A_pipe_server_is_due_from_its_constructor() => Due(
        "class C { readonly NamedPipeServerStream [|_p|] = new NamedPipeServerStream(\"p\"); public bool B => _p.IsConnected; }");

    [Fact]
    public Task A_struct_that_acquires_and_never_releases_is_reported() => Due(
        "struct S { private TcpClient [|_c|]; public void Open() { _c = new TcpClient(\"h\", 1); } public int P => _c.Available; }");

    [Fact]
    public Task A_record_that_acquires_and_never_releases_is_reported() => Due(
        "record R(string Host) { private TcpClient [|_c|]; public void Open() { _c = new TcpClient(Host, 1); } public int P => _c.Available; }");

    [Fact]
    public Task Test_code_is_not_exempt() => Due(
        "class WireTests { private readonly TcpClient [|_c|] = new TcpClient(); public void Connects() => _c.Connect(\"h\", 1); }");

    [Fact]
    public Task A_field_disposed_in_Dispose_is_not_reported() => Clean(
        "sealed class C : IDisposable { readonly TcpClient _c = new TcpClient(); public int P => _c.Available; public void Dispose() => _c.Dispose(); }");

    [Fact]
    public Task A_field_released_in_StopAsync_is_not_reported() => Clean(
        """
        class C
        {
            private TcpClient _c;

            public void Start() => _c = new TcpClient("h", 1);

            public Task StopAsync(CancellationToken token)
            {
                _c?.Close();
                return Task.CompletedTask;
            }
        }
        """);

    [Fact]
    public Task A_field_released_through_an_old_local_is_not_reported() => Clean(
        """
        class C
        {
            private TcpClient _c = new TcpClient();

            public void OnDisconnected()
            {
                var old = _c;
                _c = null;
                old?.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_field_released_by_Interlocked_Exchange_is_not_reported() => Clean(
        "sealed class C : IDisposable { TcpClient _c; public void Re() { Interlocked.Exchange(ref _c, new TcpClient())?.Dispose(); } public void Dispose() { Interlocked.Exchange(ref _c, null)?.Dispose(); } }");

    [Fact]
    public Task A_field_released_by_using_is_not_reported() => Clean(
        """
        class C
        {
            private TcpClient _c;

            public void Run()
            {
                _c = new TcpClient("h", 1);
                using (_c)
                {
                    _c.GetStream().WriteByte(1);
                }
            }
        }
        """);

    [Fact]
    public Task A_field_released_by_a_using_local_is_not_reported() => Clean(
        "class C { private TcpClient _c = new TcpClient(); public void Stop() { using var last = _c; _c = null; } }");

    [Fact]
    public Task A_field_released_by_a_pattern_local_is_not_reported() => Clean(
        "class C { private TcpClient _c = new TcpClient(); public void Stop() { if (_c is { } client) { client.Close(); } } }");

    [Fact]
    public Task A_field_released_through_a_cast_is_not_reported() => Clean(
        "class C { private readonly Stream _s = File.OpenRead(\"f\"); public void Stop() { (_s as IDisposable)?.Dispose(); } }");

    [Fact]
    public Task A_field_released_by_await_using_is_not_reported() => Clean(
        "class C { private readonly Stream _s = File.OpenRead(\"f\"); public async Task Stop() { await using (_s) { } } }");

    [Fact]
    public Task A_field_released_by_a_helper_of_the_type_is_not_reported() => Clean(
        """
        sealed class C : IDisposable
        {
            private TcpClient _c = new TcpClient();

            public void Dispose() => Quietly(ref _c);

            private static void Quietly(ref TcpClient client)
            {
                client?.Dispose();
                client = null;
            }
        }
        """);

    [Fact]
    public Task A_field_released_by_a_helper_elsewhere_is_not_reported() => Clean(
        """
        static class Helpers
        {
            public static void Quietly(this IDisposable disposable)
            {
                try
                {
                    disposable?.Dispose();
                }
                catch (IOException)
                {
                }
            }
        }

        sealed class C : IDisposable
        {
            private readonly TcpClient _c = new TcpClient();

            public void Dispose() => _c.Quietly();
        }
        """);

    [Fact]
    public Task Fields_released_in_a_loop_over_an_array_are_not_reported() => Clean(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _a = new TcpClient();
            private readonly UdpClient _b = new UdpClient(0);

            public void Dispose()
            {
                foreach (var resource in new IDisposable[] { _a, _b })
                {
                    resource.Dispose();
                }
            }
        }
        """);

    [Theory]
    [InlineData("Array.ForEach(new IDisposable[] { _a, _b }, resource => resource.Dispose());")]
    [InlineData("Array.ForEach(new IDisposable?[] { _a, _b }, static resource => { try { resource?.Dispose(); } catch (SocketException) { } });")]
    [InlineData("Array.ForEach(new IDisposable[] { _a, _b }, Release); void Release(IDisposable one) => one.Dispose();")]
    [InlineData("Parallel.ForEach(new IDisposable[] { _a, _b }, (resource, state) => resource.Dispose());")]
    [InlineData("foreach (var resource in new IDisposable[] { _a, _b }.Where(one => one != null).Reverse().ToList()) resource.Dispose();")]
    [InlineData("var all = new IDisposable[] { _a, _b }; Array.ForEach(all, resource => { using (resource) { } });")]
    [InlineData("Task.WhenAll(new IDisposable[] { _a, _b }.Select(resource => Task.Run(() => resource.Dispose()))).Wait();")]
    [InlineData("Array.ForEach(new IDisposable[] { _a }, resource => resource.Dispose()); _b.Close();")]
    public Task Fields_released_by_a_function_that_is_given_each_are_not_reported(string release) => Clean(
        "sealed class C : IDisposable { private readonly TcpClient _a = new TcpClient(); private readonly UdpClient _b = new UdpClient(); public void Dispose() { " + release + " } }");

    [Theory]
    [InlineData("Array.ForEach(new[] { _a, _b }, client => client.NoDelay = true);")]
    [InlineData("var open = new[] { _a, _b }.Where(client => client.Connected).Count();")]
    [InlineData("foreach (var address in new[] { _a, _b }.Select(client => client.Client.RemoteEndPoint)) Console.WriteLine(address);")]
    public Task Fields_that_a_function_only_looks_at_are_reported(string look) => Verify<TypeAnalyzer>.Reports(
        "sealed class C : IDisposable { private readonly TcpClient {|SLA1005:_a|} = new TcpClient(); private readonly TcpClient {|SLA1005:_b|} = new TcpClient(); public void Dispose() { " + look + " } }");

    [Fact]
    public Task A_client_released_through_its_view_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(\"h\", 1); public void Stop() => _c.GetStream().Dispose(); }");

    [Fact]
    public Task A_client_released_through_its_socket_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(\"h\", 1); public void Stop() => _c.Client.Close(); }");

    [Fact]
    public Task A_client_released_by_the_field_that_wraps_it_is_not_reported() => Clean(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _client;
            private readonly SslStream _tls;

            public C(string host)
            {
                _client = new TcpClient(host, 443);
                _tls = new SslStream(_client.GetStream(), leaveInnerStreamOpen: false);
            }

            public void Dispose() => _tls.Dispose();
        }
        """);

    [Fact]
    public Task A_client_under_a_wrapper_that_leaves_it_open_is_reported() => Due(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient [|_client|];
            private readonly StreamReader _reader;

            public C(string host)
            {
                _client = new TcpClient(host, 443);
                _reader = new StreamReader(_client.GetStream(), leaveOpen: true);
            }

            public void Dispose() => _reader.Dispose();
        }
        """);

    [Fact]
    public Task A_client_released_by_the_wrapper_of_the_user_s_own_is_not_reported() => Clean(
        """
        sealed class Conn : IDisposable
        {
            private readonly TcpClient _client;

            public Conn(TcpClient client) => _client = client;

            public void Dispose() => _client.Dispose();
        }

        sealed class Monitor : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();
            private readonly Conn _conn;

            public Monitor() => _conn = new Conn(_client);

            public void Dispose() => _conn.Dispose();
        }
        """);

    [Fact]
    public Task A_field_released_in_a_lambda_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(); public C(CancellationToken token) { token.Register(() => _c.Dispose()); } }");

    [Fact]
    public Task A_field_released_by_a_method_group_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(); public C(CancellationToken token) { token.Register(_c.Dispose); } }");

    [Fact]
    public Task A_field_released_by_a_finalizer_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(); ~C() { _c.Close(); } }");

    [Fact]
    public Task A_field_released_in_another_part_is_not_reported() => Clean(
        "partial class C { private readonly TcpClient _c = new TcpClient(); } partial class C : IDisposable { public void Dispose() { _c.Dispose(); } }");

    [Fact]
    public Task A_field_released_by_a_nested_type_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(); class Guard : IDisposable { public C Owner; public void Dispose() { Owner._c.Dispose(); } } }");

    [Fact]
    public Task A_field_that_is_returned_by_a_method_is_not_reported() => Clean(
        "class C { private readonly TcpClient _c = new TcpClient(); public TcpClient Take() => _c; }");

    [Fact]
    public Task A_field_put_in_a_list_that_is_disposed_is_not_reported() => Clean(
        """
        sealed class C : IDisposable
        {
            private readonly List<IDisposable> _all = new List<IDisposable>();
            private readonly TcpClient _c = new TcpClient();

            public C() => _all.Add(_c);

            public void Dispose() => _all.ForEach(one => one.Dispose());
        }
        """);

    [Fact]
    public Task A_field_given_to_something_unknown_is_not_reported() => Clean(
        "interface IPool { void Keep(TcpClient client); } class C { private readonly TcpClient _c = new TcpClient(); public C(IPool pool) => pool.Keep(_c); }");

    [Fact]
    public Task An_injected_field_is_not_reported() => Clean("class C { private readonly TcpClient _c; public C(TcpClient c) { _c = c ?? throw new ArgumentNullException(nameof(c)); } public int P => _c.Available; }");

    [Fact]
    public Task A_static_field_is_not_reported() => Clean("class C { static readonly TcpClient s_c = new TcpClient(); static Socket S { get; } = new Socket(SocketType.Stream, ProtocolType.Tcp); public int P => s_c.Available + S.Available; }");

    [Fact]
    public Task A_listener_field_is_not_reported() => Clean("class C { readonly TcpListener _l = new TcpListener(IPAddress.Any, 1); public void Run() { _l.Start(); } }");

    [Fact]
    public Task An_HttpClient_of_a_type_that_is_not_disposable_is_not_reported() => Clean(
        "class C { readonly HttpClient _h = new HttpClient(); public Task<string> G() => _h.GetStringAsync(\"u\"); }");

    [Fact]
    public Task An_HttpClient_that_Dispose_forgets_is_reported() => Due(
        "sealed class C : IDisposable { readonly HttpClient [|_h|] = new HttpClient(); public Task<string> G() => _h.GetStringAsync(\"u\"); public void Dispose() { } }");

    [Fact]
    public Task A_handler_that_its_client_owns_is_not_reported_when_the_client_is_disposed() => Clean(
        """
        sealed class C : IDisposable
        {
            private readonly SocketsHttpHandler _handler = new SocketsHttpHandler();
            private readonly HttpClient _http;

            public C() => _http = new HttpClient(_handler);

            public void Dispose() => _http.Dispose();
        }
        """);

    [Fact]
    public Task A_stream_over_memory_is_not_reported() => Clean("class C { readonly MemoryStream _m = new MemoryStream(); readonly StreamWriter _w; public C() { _w = new StreamWriter(_m); } public long P => _m.Length; }");

    [Fact]
    public Task A_buffered_response_is_not_reported() => Clean("class C { HttpResponseMessage _r; public async Task G(HttpClient h) { _r = await h.GetAsync(\"u\"); } public HttpStatusCode S => _r.StatusCode; }");

    [Fact]
    public Task A_protected_field_that_a_derived_class_releases_is_not_reported() => Clean(
        "abstract class B { protected TcpClient Client; protected void Open() { Client = new TcpClient(\"h\", 1); } } sealed class D : B, IDisposable { public void Dispose() => Client?.Dispose(); }");

    [Fact]
    public Task A_property_that_others_release_is_not_reported() => Clean(
        "class Session { public TcpClient Client { get; } = new TcpClient(\"h\", 1); } class Server { public void End(Session s) { s.Client.Close(); } }");

    [Fact]
    public Task A_property_that_others_only_read_is_reported() => Due(
        "class Session { public TcpClient [|Client|] { get; } = new TcpClient(\"h\", 1); } class Server { public bool Is(Session s) => s.Client.Connected; }");

    [Fact]
    public Task A_property_that_shows_the_field_is_no_release() => Due(
        "class Session { private readonly TcpClient [|_c|] = new TcpClient(\"h\", 1); public TcpClient Client => _c; }");

    [Fact]
    public Task Generated_code_is_read_for_the_release() => new AnalyzerPair().Run(
        "partial class C : IDisposable { private readonly TcpClient _c = new TcpClient(); public int P => _c.Available; }",
        "// <auto-generated/>\npartial class C { public void Dispose() { _c.Dispose(); } }");

    [Fact]
    public Task Broken_code_is_no_crash() => Verify<TypeAnalyzer>.Silent(
        "class C : C { readonly TcpClient _c = new TcpClient(); Missing _m = new Missing(_c2); void M( { _c = ; foreach (var x in ) { } } int P => _c.Available; ",
        allowErrors: true);

    [Fact]
    public Task A_call_that_does_not_bind_is_a_use_of_what_it_is_called_on() => Verify<TypeAnalyzer>.Reports(
        "class C { readonly TcpClient [|_c|] = new TcpClient(); public void M() { _c.Connect(Missing.Host, 1); } }",
        allowErrors: true);

    [Fact]
    public Task A_call_that_does_not_bind_may_keep_what_it_is_given() => Verify<TypeAnalyzer>.Silent(
        "class C { readonly TcpClient _c = new TcpClient(); public void M() { Missing.Keep(_c); } }",
        allowErrors: true);

    [Fact]
    public Task A_release_that_does_not_bind_is_a_release() => Verify<TypeAnalyzer>.Silent(
        "class C { readonly TcpClient _c = new TcpClient(); public void M() { _c.Close(Missing.Grace); } }",
        allowErrors: true);

    [Fact]
    public Task A_process_with_redirected_streams_is_reported() => Due(
        """
        sealed class Runner : IDisposable
        {
            private readonly Process [|_tool|] = new Process();

            public void Start()
            {
                _tool.StartInfo = new ProcessStartInfo("tool") { RedirectStandardOutput = true };
                _tool.Start();
            }

            public void Dispose() => _tool.Kill();
        }
        """.Replace("Process", "System.Diagnostics.Process", StringComparison.Ordinal));

    [Fact]
    public Task A_started_process_with_redirected_streams_is_reported() => Due(
        """
        class Runner
        {
            private System.Diagnostics.Process [|_process|];

            public void Start()
            {
                var info = new System.Diagnostics.ProcessStartInfo("tool");
                info.RedirectStandardError = true;
                _process = System.Diagnostics.Process.Start(info);
            }

            public bool IsDone => _process.HasExited;
        }
        """);

    [Fact]
    public Task A_process_whose_streams_are_not_redirected_is_not_reported_beside_one_whose_are() => Clean(
        """
        class Runner
        {
            private System.Diagnostics.Process _process;

            public void Start() => _process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("tool"));

            public static string Ask()
            {
                var info = new System.Diagnostics.ProcessStartInfo("tool");
                info.RedirectStandardOutput = true;
                using var process = System.Diagnostics.Process.Start(info);
                return process.StandardOutput.ReadToEnd();
            }

            public bool IsDone => _process.HasExited;
        }
        """);

    [Fact]
    public Task A_stream_given_to_a_base_class_that_is_not_known_is_not_reported() => Verify<TypeAnalyzer>.Silent(
        """
        class Reader : Missing
        {
            private readonly Stream _stream;

            public Reader(Stream stream) : base(stream) => _stream = stream;

            public int Next() => _stream.ReadByte();
        }

        sealed class C : IDisposable
        {
            private Stream _stream;
            private Reader _reader;

            public void Open()
            {
                _stream = File.OpenRead("f");
                _reader = new Reader(_stream);
            }

            public void Dispose() => _reader.Dispose();
        }
        """,
        allowErrors: true);

    [Fact]
    public Task A_stream_given_to_a_base_class_of_the_framework_is_not_reported() => Clean(
        """
        class Reader : StreamReader
        {
            private readonly Stream _stream;

            public Reader(Stream stream) : base(stream) => _stream = stream;

            public int Next() => _stream.ReadByte();
        }

        sealed class C : IDisposable
        {
            private Stream _stream;
            private Reader _reader;

            public void Open()
            {
                _stream = File.OpenRead("f");
                _reader = new Reader(_stream);
            }

            public void Dispose() => _reader.Dispose();
        }
        """);

    [Fact]
    public Task A_connection_to_a_database_is_due_when_the_type_opens_it() => Due(
        "class C { readonly System.Data.Common.DbConnection [|_c|]; public C(System.Data.Common.DbProviderFactory f) { _c = f.CreateConnection(); } public void Open() => _c.Open(); }");

    [Fact]
    public Task A_connection_to_a_database_that_the_type_closes_is_not_reported() => Clean(
        "class C { readonly System.Data.Common.DbConnection _c; public C(System.Data.Common.DbProviderFactory f) { _c = f.CreateConnection(); } public void Open() => _c.Open(); public void Stop() => _c.Close(); }");

    [Fact]
    public Task KnownGap_A_list_of_clients_that_is_never_emptied_is_not_reported() => Clean(
        "class C { readonly List<TcpClient> _all = new List<TcpClient>(); public void Add() => _all.Add(new TcpClient()); }");

    [Theory]
    [InlineData("class C { readonly FileStream [|_f|] = File.OpenRead(\"f\"); public void Copy(Stream to) => _f.CopyTo(to); }")]
    [InlineData("class C { readonly StreamReader [|_f|] = new StreamReader(\"f\"); public string All() => _f.ReadToEnd(); }")]
    [InlineData("class C { readonly FileStream [|_f|] = File.OpenRead(\"f\"); public byte[] Sum() => SumOf(_f); static byte[] SumOf(Stream s) => System.Security.Cryptography.SHA256.HashData(s); }")]
    [InlineData("class C { readonly FileStream [|_f|] = File.OpenRead(\"f\"); public byte[] Sum() => Sums.Of(_f); } static class Sums { public static byte[] Of(Stream s) => System.Security.Cryptography.SHA256.HashData(s); }")]
    public Task A_file_that_is_read_to_its_end_is_as_open_as_before(string code) => Due(code);

    [Theory]
    [InlineData("class C { Stream _s; public async Task Open(HttpClient h) => _s = await h.GetStreamAsync(\"u\"); public Task Copy(Stream to) => _s.CopyToAsync(to); }")]
    [InlineData("class C { StreamReader _r; public async Task Open(HttpClient h) => _r = new StreamReader(await h.GetStreamAsync(\"u\")); public Task<string> All() => _r.ReadToEndAsync(); }")]
    [InlineData("class C { HttpResponseMessage _r; public async Task Open(HttpClient h) => _r = await h.GetAsync(\"u\", HttpCompletionOption.ResponseHeadersRead); public Task<string> All() => Bodies.TextOf(_r); } static class Bodies { public static Task<string> TextOf(HttpResponseMessage r) => r.Content.ReadAsStringAsync(); }")]
    public Task A_body_that_is_read_to_its_end_is_not_reported(string code) => Clean(code);

    private sealed class AnalyzerPair
    {
        public Task Run(params string[] files)
        {
            var test = new RuleTest<TypeAnalyzer>();
            for (var i = 0; i < files.Length; i++)
            {
                test.TestState.Sources.Add((i == 0 ? "/0/C.cs" : "/0/C.g.cs", "using System; using System.Net.Sockets;\n" + files[i]));
            }

            return test.RunAsync(TestContext.Current.CancellationToken);
        }
    }
}
