using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>SLA1004 for fields and properties that a method fills again.</summary>
public class SLA1004FieldTests
{
    private static string Link(string members) =>
        $$"""
        public sealed class Link : IDisposable
        {
            private TcpClient _client;
            private NetworkStream _stream;
            private bool _isOpen;
            private bool _isDisposed;

            {{members}}

            public void Dispose()
            {
                _stream?.Dispose();
                _client?.Dispose();
            }
        }
        """;

    [Fact]
    public async Task The_only_method_that_fills_the_field_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link("public void Open() { _client = new TcpClient(); }"));

    [Theory]
    [InlineData("new TcpClient { NoDelay = true }")]
    [InlineData("_isOpen ? new TcpClient() : new TcpClient(AddressFamily.InterNetworkV6)")]
    public async Task A_refill_with_an_initializer_or_a_choice_is_reported(string made) =>
        await Verify<ResourceAnalyzer>.Reports(Link($"public void Ensure() {{ if (_client is null || !_client.Connected) {{ {{|SLA1004:_client = {made}|}}; }} }}"));

    [Fact]
    public async Task A_property_that_makes_another_where_the_one_it_has_is_dead_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link("private TcpClient Client { get { if (_client == null || !_client.Connected) { {|SLA1004:_client = new TcpClient()|}; } return _client; } } public int M() => Client.Available;"));

    [Theory]
    [InlineData("if (_client == null) { _client = new TcpClient(); } return _client;")]
    [InlineData("return _client ??= new TcpClient();")]
    [InlineData("if (_client == null || !_client.Connected) { _client?.Dispose(); _client = new TcpClient(); } return _client;")]
    public async Task A_property_that_fills_an_empty_field_or_releases_first_is_not_reported(string getter) =>
        await Verify<ResourceAnalyzer>.Silent(Link($"private TcpClient Client {{ get {{ {getter} }} }} public int M() => Client.Available;"));

    [Fact]
    public async Task An_empty_field_that_is_filled_with_an_initializer_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link("public void Ensure() { if (_client is null) { _client = new TcpClient { NoDelay = true }; } _client ??= new TcpClient { NoDelay = false }; }"));

    [Theory]
    [InlineData("{|SLA1004:Interlocked.Exchange(ref _client, new TcpClient())|};")]
    [InlineData("_ = {|SLA1004:Interlocked.Exchange(ref _client, new TcpClient { NoDelay = true })|};")]
    [InlineData("var next = new TcpClient(); if (next.NoDelay) { {|SLA1004:Interlocked.Exchange(ref this._client, next)|}; } else { next.Dispose(); }")]
    public async Task An_exchange_whose_result_nobody_takes_overwrites(string refill) =>
        await Verify<ResourceAnalyzer>.Reports(Link($"public Link() {{ _client = new TcpClient(); }} public void Reset() {{ {refill} }}"));

    [Fact]
    public async Task The_message_of_an_exchange_names_the_field() =>
        await Verify<ResourceAnalyzer>.Reports(
            Link("public Link() { _client = new TcpClient(); } public void Reset() => {|#0:Interlocked.Exchange(ref _client, new TcpClient())|};"),
            [Verify<ResourceAnalyzer>.Diagnostic("SLA1004").WithLocation(0).WithArguments("'_client'", "TcpClient", "disposed").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)]);

    [Theory]
    [InlineData("var old = Interlocked.Exchange(ref _client, new TcpClient()); old?.Dispose();")]
    [InlineData("using (Interlocked.Exchange(ref _client, new TcpClient())) { }")]
    [InlineData("Release(Interlocked.Exchange(ref _client, new TcpClient()));")]
    [InlineData("_client?.Dispose(); Interlocked.Exchange(ref _client, new TcpClient());")]
    [InlineData("var old = _client; Interlocked.Exchange(ref _client, null); old?.Dispose();")]
    [InlineData("if (_client == null) { Interlocked.Exchange(ref _client, new TcpClient()); }")]
    public async Task An_exchange_whose_result_is_released_or_empty_is_not_reported(string refill) =>
        await Verify<ResourceAnalyzer>.Silent(Link($"public Link() {{ _client = new TcpClient(); }} public void Reset() {{ {refill} }} private static void Release(IDisposable held) => held?.Dispose();"));

    [Fact]
    public async Task KnownGap_A_static_field_that_a_loop_fills_again_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Link
            {
                private static TcpClient _client;

                public static void Open()
                {
                    for (var i = 0; i < 3; i++)
                    {
                        _client = new TcpClient();
                        if (_client.Connected)
                        {
                            return;
                        }
                    }
                }
            }
            """);

    [Theory]
    [InlineData("private TcpClient Direct() => new TcpClient();")]
    [InlineData("private TcpClient Direct() { var made = new TcpClient(); made.NoDelay = true; return made; }")]
    [InlineData("private static TcpClient Direct() => Plain(); private static TcpClient Plain() => new TcpClient();")]
    public async Task What_only_the_filler_calls_to_make_one_is_no_second_filler(string direct) =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            $$"""
            public void Open(string host) { Console.WriteLine(host); Make(host.Length > 3); }

            public void Open(Uri place) { Console.WriteLine(place); Make(true); }

            private void Make(bool plain)
            {
                if (plain)
                {
                    _client = new TcpClient(AddressFamily.InterNetworkV6);
                    return;
                }

                _client = Direct();
            }

            {{direct}}
            """));

    [Fact]
    public async Task What_another_method_puts_there_is_lost() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public void Open(string host) { Console.WriteLine(host); Make(); }

            public void Open(Uri place) { Console.WriteLine(place); Make(); }

            private void Make() => {|SLA1004:_client = new TcpClient(AddressFamily.InterNetworkV6)|};

            public void Again() => {|SLA1004:_client = Direct()|};

            private TcpClient Direct() => new TcpClient();
            """));

    [Theory]
    [InlineData("_client.Dispose(); Make();")]
    [InlineData("_client?.Close(); Console.WriteLine(1); Make();")]
    [InlineData("End(); Make();")]
    [InlineData("this.End(); if (_isOpen) { Make(); }")]
    [InlineData("try { End(); } catch (SocketException) { } Make();")]
    [InlineData("if (_client != null) { _client.Dispose(); } Make();")]
    public async Task Filler_whose_callers_release_what_is_there_first_is_silent(string again) =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            $$"""
            public Link() => _client = new TcpClient();

            public void Again() { {{again}} }

            private void Make() => _client = new TcpClient(AddressFamily.InterNetworkV6);

            private void End() { _client.Dispose(); }
            """));

    [Theory]
    [InlineData("Make(); _stream.Dispose();")]
    [InlineData("_stream.Dispose(); Make();")]
    [InlineData("Other(); Make();")]
    [InlineData("if (_isOpen) { _client.Dispose(); return; } Make();")]
    [InlineData("_client.Dispose(); Make(); } public void Third() { Make();")]
    public async Task Filler_some_of_whose_callers_leave_it_is_reported(string again) =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            $$"""
            public Link() => _client = new TcpClient();

            public void Again() { {{again}} }

            private void Make() => {|SLA1004:_client = new TcpClient(AddressFamily.InterNetworkV6)|};

            private void Other() { _stream.Dispose(); }
            """));

    [Fact]
    public async Task The_asynchronous_twin_of_the_filler_is_no_second_filler() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public void Open() { _client = new TcpClient(); }
            public async Task OpenAsync() { _client = new TcpClient(); await Task.Yield(); }
            """));

    [Fact]
    public async Task A_second_method_that_fills_the_field_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { {|SLA1004:_client = new TcpClient()|}; }
            """));

    [Fact]
    public async Task The_message_names_the_field_and_the_earlier_acquisition() =>
        await Verify<ResourceAnalyzer>.Reports(
            Link(
                """
                public Link() { _client = {|#1:new TcpClient()|}; }
                public void Reset() { {|#0:_client = new TcpClient()|}; }
                """),
            [Verify<ResourceAnalyzer>.Diagnostic("SLA1004").WithLocation(0).WithLocation(1).WithArguments("'_client'", "TcpClient", "disposed")]);

    [Fact]
    public async Task A_method_that_a_retry_loop_calls_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            private void Open() { {|SLA1004:_client = new TcpClient()|}; }
            public void Run() { while (!_isOpen) Open(); }
            """));

    [Theory]
    [InlineData("private readonly Timer _timer; public Link() { _timer = new Timer(_ => Open(), null, 0, 60_000); }")]
    [InlineData("private readonly Timer _timer; public Link() { _timer = new Timer(_ => { Console.WriteLine(); Open(); }, null, TimeSpan.Zero, TimeSpan.FromMinutes(1)); }")]
    [InlineData("private readonly System.Timers.Timer _timer = new(1000); public Link() { _timer.Elapsed += (_, _) => Open(); _timer.Start(); }")]
    public async Task A_method_that_a_timer_calls_is_reported(string timer) =>
        await Verify<ResourceAnalyzer>.Reports(Link("private void Open() { {|SLA1004:_client = new TcpClient()|}; } " + timer));

    [Fact]
    public async Task A_method_that_is_itself_what_a_timer_calls_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            private readonly Timer _timer;
            public Link() { _timer = new Timer(Renew, null, 0, 60_000); }
            private void Renew(object state) { {|SLA1004:_client = new TcpClient()|}; }
            """));

    [Theory]
    [InlineData("private readonly Timer _timer; public Link() { _timer = new Timer(_ => Open(), null, 1000, Timeout.Infinite); }")]
    [InlineData("private readonly Timer _timer; public Link() { _timer = new Timer(_ => Open(), null, 1000, 0); }")]
    [InlineData("private readonly Timer _timer; public Link() { _timer = new Timer(_ => { Dispose(); Open(); }, null, 0, 60_000); }")]
    [InlineData("private readonly Timer _timer; public Link() { _timer = new Timer(_ => { if (_client == null) Open(); }, null, 0, 60_000); }")]
    [InlineData("private readonly System.Timers.Timer _timer = new(1000) { AutoReset = false }; public Link() { _timer.Elapsed += (_, _) => Open(); _timer.Start(); }")]
    public async Task A_method_that_a_timer_calls_once_or_where_nothing_is_held_is_not_reported(string timer) =>
        await Verify<ResourceAnalyzer>.Silent(Link("private void Open() { _client = new TcpClient(); } " + timer));

    [Theory]
    [InlineData("public void Send() { try { _client.GetStream().WriteByte(1); } catch (System.IO.IOException) { _client.Dispose(); Open(); } }")]
    [InlineData("public void Send() { try { _client.GetStream().WriteByte(1); } catch (System.IO.IOException) { Dispose(); Open(); _client.GetStream().WriteByte(1); } }")]
    [InlineData("public void Send() { try { _client.GetStream().WriteByte(1); } catch (System.IO.IOException) { _client!.Dispose(); Open(); } }")]
    [InlineData("public async Task Send() { try { _client.GetStream().WriteByte(1); } catch (System.IO.IOException) { await ShutAsync().ConfigureAwait(false); Open(); } } private async Task ShutAsync() { await Task.Yield(); _client.Dispose(); }")]
    [InlineData("public void Run() { while (true) { Open(); _client.GetStream().ReadByte(); _client.Close(); } }")]
    [InlineData("public void Run() { while (true) { try { Open(); _client.GetStream().ReadByte(); } finally { Dispose(); } } }")]
    [InlineData("public void Run() { while (true) { try { Open(); _client.GetStream().ReadByte(); } catch (System.IO.IOException) { Dispose(); } } }")]
    [InlineData("public void Run() { while (true) { if (_client == null) { Open(); continue; } _client.GetStream().ReadByte(); } }")]
    [InlineData("public void Run() { while (true) { if (_client is not null) continue; Open(); } }")]
    [InlineData("public void Reconnect() { for (var i = 0; i < 3; i++) { Dispose(); try { Open(); return; } catch (SocketException) { Thread.Sleep(100); } } }")]
    public async Task A_method_that_is_called_again_when_the_last_one_is_released_is_not_reported(string caller)
    {
        await Verify<ResourceAnalyzer>.Silent(Link("private void Open() { _client = new TcpClient(\"h\", 1); _client.GetStream().WriteByte(0); } " + caller));
        await Verify<ResourceAnalyzer>.Silent(Link("public void Open() { _client = new TcpClient(\"h\", 1); _client.GetStream().WriteByte(0); } " + caller));
    }

    [Fact]
    public async Task A_retry_that_is_left_once_it_has_succeeded_is_reported_only_where_a_failure_leaves_something() =>
        await Verify<ResourceAnalyzer>.Reports(
            Link("public void Open() { _client = new TcpClient(\"h\", 1); } public void Run() { while (true) { try { Open(); return; } catch (SocketException) { Thread.Sleep(100); } } }")
            + """

            public sealed class Late : IDisposable
            {
                private TcpClient _client;
                public void Open() { {|SLA1004:_client = new TcpClient()|}; _client.Connect("h", 1); }
                public void Run() { while (true) { try { Open(); return; } catch (SocketException) { Thread.Sleep(100); } } }
                public void Dispose() => _client?.Dispose();
            }
            """);

    [Fact]
    public async Task A_method_that_answers_that_it_has_failed_and_released_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public bool TryOpen(string host)
            {
                _client = new TcpClient();
                try { _client.Connect(host, 1); return true; }
                catch (SocketException) { _client.Dispose(); _client = null; return false; }
            }
            public void OpenAny(string[] hosts) { foreach (var host in hosts) if (TryOpen(host)) return; }
            """));

    [Fact]
    public async Task A_connection_that_is_aborted_ahead_of_the_next_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Link(Uri address) : IDisposable
            {
                private System.Net.WebSockets.WebSocket _socket;
                public async Task OpenAsync(CancellationToken token)
                {
                    var socket = new System.Net.WebSockets.ClientWebSocket();
                    await socket.ConnectAsync(address, token);
                    _socket = socket;
                }
                public async Task SendAsync(byte[] bytes, CancellationToken token)
                {
                    try { await _socket.SendAsync(bytes, System.Net.WebSockets.WebSocketMessageType.Binary, true, token); }
                    catch (System.Net.WebSockets.WebSocketException) { _socket.Abort(); await OpenAsync(token); }
                }
                public void Dispose() => _socket?.Dispose();
            }
            """);

    [Fact]
    public async Task A_call_of_the_same_name_on_another_type_is_no_call_of_the_filler() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Link : IDisposable
            {
                private Stream _stream;
                public void Set(int mode, string path)
                {
                    Dispose();
                    switch (mode) { case 0: OpenRead(path); break; case 1: OpenWrite(path); break; }
                }
                private void OpenRead(string path) => _stream = File.OpenRead(path);
                private void OpenWrite(string path) => _stream = File.OpenWrite(path);
                public void Dispose() => _stream?.Dispose();
            }
            """);

    [Fact]
    public async Task A_guard_in_a_helper_that_throws_where_something_is_held_counts() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public void Open() { EnsureClosed(); _client = new TcpClient(); }
            public void OpenLate() { EnsureClosed(); _client = new TcpClient(AddressFamily.InterNetworkV6); }
            private void EnsureClosed() { if (_client != null) throw new InvalidOperationException("open"); }
            """));

    [Fact]
    public async Task A_helper_that_only_looks_at_what_is_held_is_no_guard() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { Look(); {|SLA1004:_client = new TcpClient()|}; }
            private void Look() { if (_client != null) Console.WriteLine("open"); }
            """));

    [Fact]
    public async Task A_method_that_opens_is_not_lost_by_one_that_replaces_and_releases_first() =>
        await Verify<ResourceAnalyzer>.Reports(
            Link("public void Open() { _client = new TcpClient(); } public void Reopen() { Dispose(); _client = new TcpClient(); }")
            + """

            public sealed class Swapped : IDisposable
            {
                private TcpClient _client;
                public void Open() { _client?.Dispose(); _client = new TcpClient(); }
                public void Reset() { {|SLA1004:_client = new TcpClient()|}; }
                public void Dispose() => _client?.Dispose();
            }
            """);

    [Fact]
    public async Task A_method_that_a_handler_calls_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            private void Open() { {|SLA1004:_client = new TcpClient()|}; }
            public int Read()
            {
                try { return _client.GetStream().ReadByte(); }
                catch (System.IO.IOException) { Open(); return -1; }
            }
            """));

    [Fact]
    public async Task A_field_that_is_disposed_first_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { _client?.Dispose(); _client = new TcpClient(); }
            """));

    [Fact]
    public async Task A_field_that_a_method_of_the_type_disposes_first_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { Close(); _client = new TcpClient(); }
            private void Close() { _client?.Close(); _client = null; }
            """));

    [Fact]
    public async Task A_field_whose_old_value_is_disposed_afterwards_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { var old = _client; _client = new TcpClient(); old.Dispose(); }
            """));

    [Fact]
    public async Task A_field_that_is_filled_only_when_null_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Ensure() { if (_client == null) { _client = new TcpClient(); } }
            public TcpClient Client => _client ??= new TcpClient();
            """));

    [Fact]
    public async Task A_field_that_is_filled_behind_a_null_guard_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Ensure() { if (_client is not null) return; _client = new TcpClient(); }
            """));

    [Fact]
    public async Task A_field_behind_a_guard_on_the_state_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); _isOpen = true; }
            public void Open() { if (_isOpen) return; _client = new TcpClient(); _isOpen = true; }
            """));

    [Fact]
    public async Task A_guard_against_use_after_disposal_says_nothing_of_the_field() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset()
            {
                if (_isDisposed) throw new ObjectDisposedException(nameof(Link));
                {|SLA1004:_client = new TcpClient()|};
            }
            """));

    [Fact]
    public async Task A_field_whose_view_in_another_field_is_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link(string host) { _client = new TcpClient(); }
            public void Reset()
            {
                _stream?.Dispose();
                _client = new TcpClient();
            }
            """));

    [Fact]
    public async Task An_exchange_of_the_field_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { Interlocked.Exchange(ref _client, new TcpClient())?.Dispose(); }
            """));

    [Fact]
    public async Task A_retry_loop_that_fills_the_field_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public void Open(EndPoint end)
            {
                for (var i = 0; i < 3; i++)
                {
                    {|SLA1004:_client = new TcpClient()|};
                    try { _client.Client.Connect(end); return; }
                    catch (SocketException) { }
                }
            }
            """));

    [Theory]
    [InlineData("if (_client is null || !_client.Connected) {", "}")]
    [InlineData("if (_client?.Connected != true) {", "}")]
    [InlineData("if (_client is not { Connected: true }) {", "}")]
    [InlineData("if (_client is null or { Connected: false }) {", "}")]
    [InlineData("if (this._client is not { Client.Connected: true }) {", "}")]
    [InlineData("if (!IsAlive) {", "}")]
    [InlineData("if (_client is { Connected: true }) return _client;", "")]
    [InlineData("if (_client != null && _client.Connected) { return _client; }", "")]
    [InlineData("if (_client?.Connected is true) return _client;", "")]
    [InlineData("if (Answers()) return _client;", "")]
    public async Task A_refill_under_a_test_of_health_is_reported(string test, string end) =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            $$"""
            private bool IsAlive => _client is { Connected: true };
            private bool Answers() => _client?.Connected ?? false;

            public async Task<TcpClient> GetAsync(string host, CancellationToken token)
            {
                {{test}}
                {|SLA1004:_client = new TcpClient()|};
                await _client.ConnectAsync(host, 7000, token);
                {{end}}
                return _client;
            }
            """));

    [Theory]
    [InlineData("if (_client is null || !_client.Connected) Open(end);")]
    [InlineData("if (_client is not { Connected: true }) { Console.WriteLine(end); this.Open(end); }")]
    [InlineData("if (IsAlive) return; Open(end);")]
    [InlineData("if (!IsAlive) Reopen(end);")]
    [InlineData("Open(end); Console.WriteLine(_client.Available); Open(end);")]
    [InlineData("Open(end); if (_client.Available > 0) { Open(end); }")]
    public async Task A_filler_that_callers_call_where_it_is_dead_or_twice_is_reported(string use) =>
        await Verify<ResourceAnalyzer>.Reports(Link(Refilled(use, filler: "{|SLA1004:_client = new TcpClient()|};")));

    [Theory]
    [InlineData("if (_client is null) Open(end);")]
    [InlineData("if (_client is null || !_client.Connected) { _client?.Dispose(); Open(end); }")]
    [InlineData("if (_client is null || !_client.Connected) { Dispose(); Open(end); }")]
    [InlineData("if (!IsAlive) Renew(end);")]
    [InlineData("if (!other.IsAlive) other.Open(end);")]
    [InlineData("Open(end); Dispose(); Open(end);")]
    [InlineData("Open(end); _client.Close(); _client = null; Open(end);")]
    [InlineData("if (end is IPEndPoint) { Open(end); return; } Open(end);")]
    [InlineData("if (end is IPEndPoint) Open(end); else Open(new IPEndPoint(IPAddress.Any, 0));")]
    [InlineData("switch (end.AddressFamily) { case AddressFamily.InterNetwork: Open(end); break; default: Open(end); break; }")]
    public async Task A_filler_that_callers_call_once_or_behind_a_release_is_not_reported(string use) =>
        await Verify<ResourceAnalyzer>.Silent(Link(Refilled(use, filler: "_client = new TcpClient();")));

    [Fact]
    public async Task A_filler_that_fills_by_its_argument_may_be_called_twice() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Pair : IDisposable
            {
                private TcpClient _first, _second;

                public Pair()
                {
                    Fill(true);
                    Fill(false);
                }

                private void Fill(bool isFirst)
                {
                    if (isFirst) _first = new TcpClient(AddressFamily.InterNetwork);
                    else _second = new TcpClient(AddressFamily.InterNetwork);
                }

                public void Dispose() { _first?.Dispose(); _second?.Dispose(); }
            }
            """);

    [Fact]
    public async Task A_test_for_disposal_is_no_test_of_health() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Session : IDisposable
            {
                private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
                public bool IsDisposed { get; private set; }
                public void Dispose() { _socket.Dispose(); IsDisposed = true; }
            }

            public sealed class Pool : IDisposable
            {
                private Session _session;
                public Session Get()
                {
                    if (_session is null || _session.IsDisposed) _session = new Session();
                    return _session;
                }

                public void Dispose() => _session?.Dispose();
            }
            """);

    [Theory]
    [InlineData("public void Send(byte[] data, CancellationToken token) { try { _client.Client.Send(data); } catch { Drop(); throw; } }")]
    [InlineData("public void Send(byte[] data, CancellationToken token) { try { _client.Client.Send(data); } catch (SocketException) { Drop(); } }")]
    [InlineData("public async Task SendAsync(byte[] data, CancellationToken token) { using var client = await GetAsync(\"host\", token); await client.GetStream().WriteAsync(data, token); }")]
    public async Task A_refill_of_what_is_released_as_soon_as_it_fails_is_not_reported(string use) =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            $$"""
            public async Task<TcpClient> GetAsync(string host, CancellationToken token)
            {
                if (_client is { Connected: true }) return _client;
                _client = new TcpClient();
                await _client.ConnectAsync(host, 7000, token);
                return _client;
            }

            private void Drop() => _client.Dispose();
            {{use}}
            """));

    [Theory]
    [InlineData("using var client = await link.GetAsync(token); await client.GetStream().WriteAsync(data, token);")]
    [InlineData("using var stream = (await link.GetAsync(token)).GetStream(); await stream.WriteAsync(data, token);")]
    [InlineData("var client = await link.GetAsync(token); try { await client.GetStream().WriteAsync(data, token); } finally { client.Close(); }")]
    [InlineData("var client = await link.GetAsync(token); Done(client);")]
    public async Task A_field_that_a_caller_may_dispose_is_not_reported(string use) =>
        await Verify<ResourceAnalyzer>.Silent(WithCaller(use));

    [Theory]
    [InlineData("var client = await link.GetAsync(token); await client.GetStream().WriteAsync(data, token);")]
    [InlineData("await (await link.GetAsync(token).ConfigureAwait(false)).GetStream().WriteAsync(data, token);")]
    public async Task A_field_that_callers_only_use_is_reported(string use) =>
        await Verify<ResourceAnalyzer>.Reports(WithCaller(use).Replace("_client = new TcpClient();", "{|SLA1004:_client = new TcpClient()|};", System.StringComparison.Ordinal));

    [Fact]
    public async Task A_channel_that_is_made_anew_for_each_round_is_not_reported() => await Verify<ResourceAnalyzer>.Silent("""
        public sealed class Rounds
        {
            private Channel<int> _done = null!;

            public async Task RunAsync(CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    await RoundAsync(token);
                }
            }

            private async Task RoundAsync(CancellationToken token)
            {
                _done = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
                var reading = Task.Run(() => ReadAsync(token), token);
                await Task.Delay(100, token);
                _done.Writer.Complete();
                await reading;
            }

            private async Task ReadAsync(CancellationToken token)
            {
                await foreach (var item in _done.Reader.ReadAllAsync(token))
                {
                    Console.WriteLine(item);
                }
            }
        }
        """);

    [Theory]
    [InlineData("_db.State != System.Data.ConnectionState.Open")]
    [InlineData("_db is not { State: System.Data.ConnectionState.Open }")]
    [InlineData("_db?.State is not System.Data.ConnectionState.Open")]
    public async Task A_database_connection_that_is_not_open_holds_nothing(string isClosed) =>
        await Verify<ResourceAnalyzer>.Silent(Store("_db == null || " + isClosed));

    [Fact]
    public async Task A_database_connection_that_is_made_anew_however_it_is_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Store("_db == null || _db.ConnectionTimeout > 3").Replace("_db = factory.CreateConnection()!;", "{|SLA1004:_db = factory.CreateConnection()!|};", System.StringComparison.Ordinal));

    private static string Store(string test) => $$"""
        public sealed class Store(System.Data.Common.DbProviderFactory factory) : IDisposable
        {
            private System.Data.Common.DbConnection? _db;

            public int Count(string text)
            {
                if ({{test}})
                {
                    _db = factory.CreateConnection()!;
                    _db.Open();
                }

                using var command = _db.CreateCommand();
                return text.Length;
            }

            public void Dispose() => _db?.Dispose();
        }
        """;

    private static string Refilled(string use, string filler) =>
        $$"""
        public bool IsAlive => _client is { Connected: true };

        public void Use(EndPoint end, Link other)
        {
            {{use}}
        }

        private void Reopen(EndPoint end) => Open(end);

        private void Renew(EndPoint end)
        {
            {{(use.Contains("Renew", System.StringComparison.Ordinal) ? "if (_client != null) _client.Dispose();" : "Console.WriteLine(end);")}}
            Open(end);
        }

        private void Open(EndPoint end)
        {
            {{filler}}
            _client.Client.Bind(end);
        }
        """;

    private static string WithCaller(string use) =>
        Link(
            """
            public async Task<TcpClient> GetAsync(CancellationToken token)
            {
                if (_client == null || !_client.Connected)
                {
                    _client = new TcpClient();
                    await _client.ConnectAsync("host", 7000, token);
                }

                return _client;
            }
            """)
        + $$"""

        public static class Sender
        {
            public static async Task SendAsync(Link link, byte[] data, CancellationToken token) { {{use}} }
            private static void Done(TcpClient client) => client.Dispose();
        }
        """;
}
