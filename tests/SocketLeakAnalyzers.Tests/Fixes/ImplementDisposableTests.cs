using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public sealed class ImplementDisposableTests
{
    private static Task Fixes(string before, string after, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<TypeAnalyzer, ImplementDisposableCodeFixProvider>.Fixes(before, after, languageVersion: languageVersion);

    private static Task NoFix(string code) => Verify<TypeAnalyzer, ImplementDisposableCodeFixProvider>.NoFix(code);

    [Fact]
    public Task A_type_without_disposal_implements_IDisposable() => Fixes(
        """
        // A monitor.
        class Monitor
        {
            private readonly TcpClient [|_client|] = new TcpClient(); // one peer

            public bool IsUp => _client.Connected; // now
        }
        """,
        """
        // A monitor.
        class Monitor : IDisposable
        {
            private readonly TcpClient _client = new TcpClient(); // one peer

            public bool IsUp => _client.Connected; // now

            public void Dispose()
            {
                _client.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_field_that_may_be_null_is_released_with_a_question() => Fixes(
        "class C<T> : List<T>, ICloneable where T : class\n{\n\tprivate TcpClient [|_c|];\n\n\tpublic void Open() { _c = new TcpClient(\"h\", 1); }\n\n\tpublic object Clone() => null;\n}\n",
        "class C<T> : List<T>, ICloneable, IDisposable where T : class\n{\n\tprivate TcpClient _c;\n\n\tpublic void Open() { _c = new TcpClient(\"h\", 1); }\n\n\tpublic object Clone() => null;\n\n\tpublic void Dispose()\n\t{\n\t\t_c?.Dispose();\n\t}\n}\n");

    [Fact]
    public Task A_field_that_every_constructor_fills_is_not_asked_for_null() => Fixes(
        """
        class C {
            private readonly Socket [|_s|];
            public C() : this(1) { }
            public C(int port) {
                _s = new Socket(SocketType.Dgram, ProtocolType.Udp);
            }
            public C(string name) => _s = new Socket(SocketType.Dgram, ProtocolType.Udp);
            public int P => _s.Available;
        }
        """,
        """
        class C : IDisposable {
            private readonly Socket _s;
            public C() : this(1) { }
            public C(int port) {
                _s = new Socket(SocketType.Dgram, ProtocolType.Udp);
            }
            public C(string name) => _s = new Socket(SocketType.Dgram, ProtocolType.Udp);
            public int P => _s.Available;

            public void Dispose() {
                _s.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_type_on_one_line_stays_on_one_line() => Fixes(
        "struct S { private TcpClient [|_c|]; public void Open() { _c = new TcpClient(\"h\", 1); } }",
        "struct S : IDisposable { private TcpClient _c; public void Open() { _c = new TcpClient(\"h\", 1); } public void Dispose() { _c?.Dispose(); } }");

    [Fact]
    public Task A_record_with_parameters_implements_IDisposable_behind_them() => Fixes(
        "sealed record R(string Host)\n{\n    private readonly TcpClient [|_c|] = new TcpClient();\n    public int P => _c.Available;\n}\n",
        "sealed record R(string Host) : IDisposable\n{\n    private readonly TcpClient _c = new TcpClient();\n    public int P => _c.Available;\n\n    public void Dispose()\n    {\n        _c.Dispose();\n    }\n}\n");

    [Fact]
    public Task Line_ends_of_Windows_are_kept() => Fixes(
        "class C\r\n{\r\n    private readonly TcpClient [|_c|] = new TcpClient();\r\n\r\n    public int P => _c.Available;\r\n}\r\n",
        "class C : IDisposable\r\n{\r\n    private readonly TcpClient _c = new TcpClient();\r\n\r\n    public int P => _c.Available;\r\n\r\n    public void Dispose()\r\n    {\r\n        _c.Dispose();\r\n    }\r\n}\r\n");

    [Fact]
    public Task The_interface_is_qualified_where_System_is_not_imported() =>
        new FixTest<TypeAnalyzer, ImplementDisposableCodeFixProvider>
        {
            TestCode = "class C\n{\n    readonly System.Net.Sockets.TcpClient [|_c|] = new();\n    public int P => _c.Available;\n}\n",
            FixedCode = "class C : System.IDisposable\n{\n    readonly System.Net.Sockets.TcpClient _c = new();\n    public int P => _c.Available;\n\n    public void Dispose()\n    {\n        _c.Dispose();\n    }\n}\n",
        }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task A_Dispose_that_lets_go_of_the_field_releases_it_ahead_of_that() => Fixes(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private TcpClient? [|_down|];

            public void Open() { if (_down is null) _down = new TcpClient(); }

            public void Dispose()
            {
                _up.Dispose();
                _down = null; // gone
                GC.SuppressFinalize(this);
            }
        }
        """,
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private TcpClient? _down;

            public void Open() { if (_down is null) _down = new TcpClient(); }

            public void Dispose()
            {
                _up.Dispose();
                _down?.Dispose();
                _down = null; // gone
                GC.SuppressFinalize(this);
            }
        }
        """);

    [Fact]
    public Task An_expression_that_lets_go_of_the_field_comes_behind_the_release() => Fixes(
        """
        sealed class C : IDisposable
        {
            private TcpClient? [|_down|];

            public void Open() { if (_down is null) _down = new TcpClient(); }

            public void Dispose() => _down = null;
        }
        """,
        """
        sealed class C : IDisposable
        {
            private TcpClient? _down;

            public void Open() { if (_down is null) _down = new TcpClient(); }

            public void Dispose()
            {
                _down?.Dispose();
                _down = null;
            }
        }
        """);

    [Fact]
    public Task A_Dispose_that_forgets_the_field_releases_it_last() => Fixes(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private readonly TcpClient [|_down|] = new TcpClient();

            public int P => _down.Available;

            public void Dispose()
            {
                _up.Dispose(); // first
            }
        }
        """,
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private readonly TcpClient _down = new TcpClient();

            public int P => _down.Available;

            public void Dispose()
            {
                _up.Dispose(); // first
                _down.Dispose();
            }
        }
        """);

    [Fact]
    public Task An_empty_Dispose_on_one_line_stays_on_one_line() => Fixes(
        "sealed class C : IDisposable { readonly TcpClient [|_c|] = new TcpClient(); public int P => _c.Available; public void Dispose() { } }",
        "sealed class C : IDisposable { readonly TcpClient _c = new TcpClient(); public int P => _c.Available; public void Dispose() { _c.Dispose(); } }");

    [Fact]
    public Task An_empty_Dispose_with_a_comment_keeps_it() => Fixes(
        "sealed class C : IDisposable\n{\n    readonly TcpClient [|_c|] = new TcpClient();\n\n    public void Dispose()\n    {\n        // nothing to do\n    }\n}\n",
        "sealed class C : IDisposable\n{\n    readonly TcpClient _c = new TcpClient();\n\n    public void Dispose()\n    {\n        _c.Dispose();\n        // nothing to do\n    }\n}\n");

    [Fact]
    public Task A_Dispose_with_an_expression_becomes_a_block() => Fixes(
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private readonly TcpClient [|_down|] = new TcpClient();

            public void Dispose() => _up.Dispose(); // all of it
        }
        """,
        """
        sealed class C : IDisposable
        {
            private readonly TcpClient _up = new TcpClient();
            private readonly TcpClient _down = new TcpClient();

            public void Dispose()
            {
                _up.Dispose();
                _down.Dispose();
            } // all of it
        }
        """);

    [Fact]
    public Task The_word_to_the_garbage_collector_and_the_base_stay_last() => Fixes(
        """
        class B : IDisposable
        {
            public virtual void Dispose() { }
        }

        class C : B
        {
            private readonly TcpClient [|_c|] = new TcpClient();

            public override void Dispose()
            {
                Console.WriteLine();
                base.Dispose();
                GC.SuppressFinalize(this);
            }
        }
        """,
        """
        class B : IDisposable
        {
            public virtual void Dispose() { }
        }

        class C : B
        {
            private readonly TcpClient _c = new TcpClient();

            public override void Dispose()
            {
                Console.WriteLine();
                _c.Dispose();
                base.Dispose();
                GC.SuppressFinalize(this);
            }
        }
        """);

    [Fact]
    public Task An_explicit_Dispose_is_used() => Fixes(
        "sealed class C : IDisposable\n{\n    readonly TcpClient [|_c|] = new TcpClient();\n\n    void IDisposable.Dispose()\n    {\n    }\n}\n",
        "sealed class C : IDisposable\n{\n    readonly TcpClient _c = new TcpClient();\n\n    void IDisposable.Dispose()\n    {\n        _c.Dispose();\n    }\n}\n");

    [Fact]
    public Task In_the_pattern_it_is_released_while_disposing() => Fixes(
        """
        class C : IDisposable
        {
            private readonly TcpClient [|_c|] = new TcpClient();
            private bool _disposed;

            protected virtual void Dispose(bool disposing)
            {
                if (!_disposed)
                {
                    if (disposing)
                    {
                        Console.WriteLine();
                    }

                    _disposed = true;
                }
            }

            public void Dispose()
            {
                Dispose(disposing: true);
                GC.SuppressFinalize(this);
            }
        }
        """,
        """
        class C : IDisposable
        {
            private readonly TcpClient _c = new TcpClient();
            private bool _disposed;

            protected virtual void Dispose(bool disposing)
            {
                if (!_disposed)
                {
                    if (disposing)
                    {
                        Console.WriteLine();
                        _c.Dispose();
                    }

                    _disposed = true;
                }
            }

            public void Dispose()
            {
                Dispose(disposing: true);
                GC.SuppressFinalize(this);
            }
        }
        """);

    [Fact]
    public Task A_pattern_that_asks_nothing_is_asked_whether_it_disposes() => Fixes(
        """
        sealed class C : MemoryStream
        {
            private readonly TcpClient [|_c|] = new TcpClient();

            protected override void Dispose(bool disposing)
            {
                base.Dispose(disposing);
            }
        }
        """,
        """
        sealed class C : MemoryStream
        {
            private readonly TcpClient _c = new TcpClient();

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    _c.Dispose();
                }
                base.Dispose(disposing);
            }
        }
        """.Replace("        {\n            _c", "        {\n            _c"));

    [Fact]
    public Task A_stream_without_an_override_gets_one() => Fixes(
        """
        sealed class C : MemoryStream
        {
            private readonly TcpClient [|_c|] = new TcpClient();
        }
        """,
        """
        sealed class C : MemoryStream
        {
            private readonly TcpClient _c = new TcpClient();

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    _c.Dispose();
                }

                base.Dispose(disposing);
            }
        }
        """);

    [Fact]
    public Task A_hosted_service_overrides_the_Dispose_of_its_base() => Fixes(
        """
        sealed class Poller : BackgroundService
        {
            private readonly UdpClient [|_udp|] = new UdpClient(0);

            protected override async Task ExecuteAsync(CancellationToken stoppingToken) => await _udp.ReceiveAsync(stoppingToken);
        }
        """,
        """
        sealed class Poller : BackgroundService
        {
            private readonly UdpClient _udp = new UdpClient(0);

            protected override async Task ExecuteAsync(CancellationToken stoppingToken) => await _udp.ReceiveAsync(stoppingToken);

            public override void Dispose()
            {
                _udp.Dispose();
                base.Dispose();
            }
        }
        """);

    [Fact]
    public Task An_asynchronous_disposal_releases_it() => Fixes(
        """
        sealed class C : IAsyncDisposable
        {
            private readonly TcpClient [|_c|] = new TcpClient();

            public async ValueTask DisposeAsync()
            {
                await Task.Yield();
            }
        }
        """,
        """
        sealed class C : IAsyncDisposable
        {
            private readonly TcpClient _c = new TcpClient();

            public async ValueTask DisposeAsync()
            {
                await Task.Yield();
                _c.Dispose();
            }
        }
        """);

    [Fact]
    public Task An_asynchronous_disposal_that_has_nothing_to_wait_for_releases_it_before_it_returns() => Fixes(
        """
        sealed class C : IAsyncDisposable
        {
            private readonly ClientWebSocket [|_ws|] = new ClientWebSocket();

            public Task Open(Uri uri, CancellationToken token) => _ws.ConnectAsync(uri, token);

            public ValueTask DisposeAsync() => default;
        }
        """,
        """
        sealed class C : IAsyncDisposable
        {
            private readonly ClientWebSocket _ws = new ClientWebSocket();

            public Task Open(Uri uri, CancellationToken token) => _ws.ConnectAsync(uri, token);

            public ValueTask DisposeAsync()
            {
                _ws.Dispose();
                return default;
            }
        }
        """);

    [Fact]
    public Task Both_disposals_release_it() => Fixes(
        """
        class C : IDisposable, IAsyncDisposable
        {
            private readonly TcpClient [|_c|] = new TcpClient();

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            public async ValueTask DisposeAsync()
            {
                await DisposeAsyncCore().ConfigureAwait(false);
                Dispose(false);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (disposing) { }
            }

            protected virtual async ValueTask DisposeAsyncCore()
            {
                await Task.Yield();
            }
        }
        """,
        """
        class C : IDisposable, IAsyncDisposable
        {
            private readonly TcpClient _c = new TcpClient();

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            public async ValueTask DisposeAsync()
            {
                await DisposeAsyncCore().ConfigureAwait(false);
                Dispose(false);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (disposing) { _c.Dispose(); }
            }

            protected virtual async ValueTask DisposeAsyncCore()
            {
                await Task.Yield();
                _c.Dispose();
            }
        }
        """);

    [Fact]
    public Task An_asynchronous_disposal_that_ends_in_Dispose_stays_as_it_is() => Fixes(
        """
        sealed class C : IDisposable, IAsyncDisposable
        {
            private readonly TcpClient [|_c|] = new TcpClient();

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
        """,
        """
        sealed class C : IDisposable, IAsyncDisposable
        {
            private readonly TcpClient _c = new TcpClient();

            public void Dispose()
            {
                _c.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
        """);

    [Fact]
    public Task A_type_that_can_only_be_released_asynchronously_makes_its_owner_so() => Fixes(
        """
        sealed class Conn : IAsyncDisposable
        {
            private readonly TcpClient _c = new TcpClient();

            public ValueTask DisposeAsync()
            {
                _c.Dispose();
                return default;
            }
        }

        class Owner
        {
            private readonly Conn [|_conn|] = new Conn();
        }
        """,
        """
        sealed class Conn : IAsyncDisposable
        {
            private readonly TcpClient _c = new TcpClient();

            public ValueTask DisposeAsync()
            {
                _c.Dispose();
                return default;
            }
        }

        class Owner : IAsyncDisposable
        {
            private readonly Conn _conn = new Conn();

            public async ValueTask DisposeAsync()
            {
                await _conn.DisposeAsync().ConfigureAwait(false);
            }
        }
        """);

    [Fact]
    public Task An_auto_property_is_released() => Fixes(
        "class C\n{\n    public TcpClient [|Client|] { get; private set; }\n\n    public void Open() => Client = new TcpClient(\"h\", 1);\n}\n",
        "class C : IDisposable\n{\n    public TcpClient Client { get; private set; }\n\n    public void Open() => Client = new TcpClient(\"h\", 1);\n\n    public void Dispose()\n    {\n        Client?.Dispose();\n    }\n}\n");

    [Fact]
    public Task A_client_for_HTTP_beside_the_field_is_released_with_it() => Fixes(
        "class C\n{\n    private readonly HttpClient _http = new HttpClient();\n    private readonly TcpClient [|_c|] = new TcpClient();\n\n    public Task<string> G() => _http.GetStringAsync(\"u\");\n}\n",
        "class C : IDisposable\n{\n    private readonly HttpClient _http = new HttpClient();\n    private readonly TcpClient _c = new TcpClient();\n\n    public Task<string> G() => _http.GetStringAsync(\"u\");\n\n    public void Dispose()\n    {\n        _c.Dispose();\n        _http.Dispose();\n    }\n}\n");

    [Fact]
    public Task Several_fields_of_one_type_go_into_one_Dispose() => Fixes(
        """
        class C
        {
            private readonly TcpClient [|_a|] = new TcpClient();
            private readonly UdpClient [|_b|] = new UdpClient(0);
            private Socket [|_s|];

            public void Open() => _s = new Socket(SocketType.Stream, ProtocolType.Tcp);
        }

        class D : IDisposable
        {
            private readonly TcpClient [|_a|] = new TcpClient();

            public void Dispose()
            {
            }
        }
        """,
        """
        class C : IDisposable
        {
            private readonly TcpClient _a = new TcpClient();
            private readonly UdpClient _b = new UdpClient(0);
            private Socket _s;

            public void Open() => _s = new Socket(SocketType.Stream, ProtocolType.Tcp);

            public void Dispose()
            {
                _a.Dispose();
                _b.Dispose();
                _s?.Dispose();
            }
        }

        class D : IDisposable
        {
            private readonly TcpClient _a = new TcpClient();

            public void Dispose()
            {
                _a.Dispose();
            }
        }
        """);

    [Fact]
    public Task Two_parts_of_one_type_share_one_Dispose() => Fixes(
        "partial class C\n{\n    private readonly TcpClient [|_a|] = new TcpClient();\n}\n\npartial class C\n{\n    private readonly TcpClient [|_b|] = new TcpClient();\n}\n",
        "partial class C : IDisposable\n{\n    private readonly TcpClient _a = new TcpClient();\n\n    public void Dispose()\n    {\n        _a.Dispose();\n        _b.Dispose();\n    }\n}\n\npartial class C\n{\n    private readonly TcpClient _b = new TcpClient();\n}\n");

    [Fact]
    public Task Old_CSharp_gets_old_CSharp() => Fixes(
        "class C\n{\n    private Socket [|_s|];\n\n    public void Open() { _s = new Socket(SocketType.Stream, ProtocolType.Tcp); }\n}\n",
        "class C : IDisposable\n{\n    private Socket _s;\n\n    public void Open() { _s = new Socket(SocketType.Stream, ProtocolType.Tcp); }\n\n    public void Dispose()\n    {\n        _s?.Dispose();\n    }\n}\n",
        LanguageVersion.CSharp7_3);

    [Fact]
    public Task An_end_of_a_region_stays_at_its_place() => Fixes(
        "class C\n{\n    #region fields\n    private readonly TcpClient [|_a|] = new TcpClient();\n    #endregion\n}\n",
        "class C : IDisposable\n{\n    #region fields\n    private readonly TcpClient _a = new TcpClient();\n    #endregion\n\n    public void Dispose()\n    {\n        _a.Dispose();\n    }\n}\n");

    [Fact]
    public Task A_base_class_that_cannot_be_overridden_is_refused() => NoFix(
        "class B : IDisposable { public void Dispose() { } } class C : B { readonly TcpClient [|_c|] = new TcpClient(); }");

    [Fact]
    public Task A_base_class_that_is_released_asynchronously_only_is_refused() => NoFix(
        "class B : IAsyncDisposable { public ValueTask DisposeAsync() => default; } class C : B { readonly TcpClient [|_c|] = new TcpClient(); }");

    [Fact]
    public Task A_derived_class_with_a_Dispose_of_its_own_is_refused() => NoFix(
        "class B { readonly TcpClient [|_c|] = new TcpClient(); } class D : B, IDisposable { public void Dispose() { } }");

    [Fact]
    public Task A_Dispose_that_is_no_method_is_refused() => NoFix(
        "class B { readonly TcpClient [|_c|] = new TcpClient(); public bool Dispose { get; set; } }");

    /// <summary>Somebody else's writer, perhaps that of the console, would be closed with it.</summary>
    [Theory]
    [InlineData("_log = given; if (file != null) { _log = File.CreateText(file); }")]
    [InlineData("if (file != null) _log = File.CreateText(file); else _log = given;")]
    [InlineData("_log = Console.Out; if (file != null) { _log = File.CreateText(file); }")]
    public Task A_field_that_may_hold_what_was_given_is_refused(string constructor) => NoFix(
        "sealed class C\n{\n    private TextWriter {|SLA1005:_log|};\n\n    public C(string file, TextWriter given)\n    {\n        " + constructor + "\n    }\n\n    public void W(string line) => _log.WriteLine(line);\n}\n");

    [Fact]
    public Task A_ref_struct_is_refused() => NoFix(
        "ref struct S { private TcpClient [|_c|]; public void Open() { _c = new TcpClient(\"h\", 1); } }");

    [Fact]
    public Task A_Dispose_that_only_throws_is_refused() => NoFix(
        "sealed class C : IDisposable { readonly TcpClient [|_c|] = new TcpClient(); public void Dispose() { throw new NotSupportedException(); } }");

    [Fact]
    public Task A_task_that_still_runs_is_refused() => NoFix(
        "sealed class C : IAsyncDisposable { readonly TcpClient [|_c|] = new TcpClient(); public ValueTask DisposeAsync() => new ValueTask(Task.Delay(1)); }");

    private static Task FixesAndRepairs(string before, string after) =>
        Verify<AllAnalyzers, ImplementDisposableCodeFixProvider>.Fixes(
            before.Replace("[|", "{|SLA1005:").Replace("|]", "|}"), after, editorconfig: "dotnet_diagnostic.SLA2004.severity = none\ndotnet_diagnostic.SLA2005.severity = none");

    /// <summary>While nothing released the field, the constructor that throws was not spoken of.</summary>
    [Fact]
    public Task A_constructor_that_throws_behind_the_acquisition_releases_what_it_has() => FixesAndRepairs(
        """
        public sealed class RateFeed
        {
            private readonly TcpClient [|_client|];

            public RateFeed(string host)
            {
                _client = new TcpClient();
                _client.Connect(host, 443);
            }

            public int Available => _client.Available;
        }
        """,
        """
        public sealed class RateFeed : IDisposable
        {
            private readonly TcpClient _client;

            public RateFeed(string host)
            {
                _client = new TcpClient();
                try
                {
                    _client.Connect(host, 443);
                }
                catch
                {
                    _client.Dispose();
                    throw;
                }
            }

            public int Available => _client.Available;

            public void Dispose()
            {
                _client.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_reconnect_that_overwrites_the_field_releases_it_first() => FixesAndRepairs(
        """
        public sealed class Uplink : IDisposable
        {
            private readonly string _host;
            private TcpClient? [|_client|];

            public Uplink(string host) => _host = host;

            public void Send(byte[] data)
            {
                if (_client is null || !_client.Connected)
                {
                    _client = new TcpClient(_host, 443);
                }

                _client.Client.Send(data);
            }

            public void Dispose()
            {
                Console.WriteLine("down");
            }
        }
        """,
        """
        public sealed class Uplink : IDisposable
        {
            private readonly string _host;
            private TcpClient? _client;

            public Uplink(string host) => _host = host;

            public void Send(byte[] data)
            {
                if (_client is null || !_client.Connected)
                {
                    _client?.Dispose();
                    _client = new TcpClient(_host, 443);
                }

                _client.Client.Send(data);
            }

            public void Dispose()
            {
                Console.WriteLine("down");
                _client?.Dispose();
            }
        }
        """);

    // Nothing can be caught around an initializer: what a later one loses needs a constructor.
    [Fact]
    public Task KnownGap_What_a_later_initializer_loses_shows_afterwards() => Verify<AllAnalyzers, ImplementDisposableCodeFixProvider>.Fixes(
        """
        public sealed class Journal : IDisposable
        {
            private readonly Socket {|SLA1005:_socket|} = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly FileStream _file = File.OpenRead("journal");

            public void Dispose()
            {
                _file.Dispose();
            }
        }
        """,
        """
        public sealed class Journal : IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new(SocketType.Stream, ProtocolType.Tcp)|};
            private readonly FileStream _file = File.OpenRead("journal");

            public void Dispose()
            {
                _file.Dispose();
                _socket.Dispose();
            }
        }
        """);

    // What stands between the directives and is not compiled may need what a try would hide.
    [Fact]
    public Task KnownGap_What_a_constructor_with_code_for_another_build_loses_shows_afterwards() => Verify<AllAnalyzers, ImplementDisposableCodeFixProvider>.Fixes(
        """
        public sealed class Journal
        {
            private readonly FileStream {|SLA1005:_file|};

            public Journal(string path)
            {
                _file = File.Create(path);
                _file.WriteByte(0);
        #if TRACED
                Console.WriteLine(path);
        #endif
                _file.WriteByte(1);
            }
        }
        """,
        """
        public sealed class Journal : IDisposable
        {
            private readonly FileStream _file;

            public Journal(string path)
            {
                _file = {|SLA1003:File.Create(path)|};
                _file.WriteByte(0);
        #if TRACED
                Console.WriteLine(path);
        #endif
                _file.WriteByte(1);
            }

            public void Dispose()
            {
                _file.Dispose();
            }
        }
        """);
}
