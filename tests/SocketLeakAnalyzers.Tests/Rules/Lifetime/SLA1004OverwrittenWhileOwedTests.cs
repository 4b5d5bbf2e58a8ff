using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

public sealed class SLA1004OverwrittenWhileOwedTests
{
    private static DiagnosticResult Lost(string place, string type) => Verify<ResourceAnalyzer>.Diagnostic("SLA1004").WithLocation(0).WithLocation(1).WithArguments(place, type, "disposed");

    // Due.
    [Fact]
    public async Task Retry_loop_is_reported_at_the_assignment() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            Socket socket = null;
            for (var attempt = 0; attempt < 3; attempt++)
            {
                {|#0:socket = {|#1:new Socket(SocketType.Stream, ProtocolType.Tcp)|}|};
                try
                {
                    socket.Connect(server);
                    break;
                }
                catch (SocketException)
                {
                    Thread.Sleep(100);
                }
            }

            return socket;
            """,
            "public Socket Open(EndPoint server)"),
            [Lost("'socket'", "Socket")]);

    [Fact]
    public async Task Retry_of_an_awaited_connect_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            TcpClient client;
            while (true)
            {
                {|SLA1004:client = new TcpClient()|};
                try
                {
                    await client.ConnectAsync(host, port, token);
                    return client;
                }
                catch (SocketException) when (!token.IsCancellationRequested)
                {
                    Console.WriteLine("again");
                }
            }
            """,
            "public async Task<TcpClient> Dial(string host, int port, CancellationToken token)"));

    [Theory]
    [InlineData("new TcpClient { NoDelay = true }")]
    [InlineData("new TcpClient(six ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)")]
    [InlineData("new TcpClient(local ?? new IPEndPoint(IPAddress.Any, 0))")]
    public async Task A_value_that_branches_or_has_an_initializer_overwrites_too(string made) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            $$"""
            TcpClient client;
            while (true)
            {
                {|SLA1004:client = {{made}}|};
                try
                {
                    await client.ConnectAsync(host, port, token);
                    return client;
                }
                catch (SocketException) when (!token.IsCancellationRequested)
                {
                    Console.WriteLine("again");
                }
            }
            """,
            "public async Task<TcpClient> Dial(string host, int port, bool six, IPEndPoint local, CancellationToken token)"));

    [Theory]
    [InlineData("client?.Dispose(); client = new TcpClient { NoDelay = true };")]
    [InlineData("client ??= new TcpClient { NoDelay = true };")]
    [InlineData("client = client ?? new TcpClient { NoDelay = true };")]
    [InlineData("client = client is null ? new TcpClient { NoDelay = true } : client;")]
    [InlineData("if (client == null) client = six ? new TcpClient(AddressFamily.InterNetworkV6) : new TcpClient();")]
    [InlineData("var old = client; client = new TcpClient { NoDelay = true }; old?.Dispose();")]
    public async Task A_value_that_branches_over_nothing_owed_is_not_reported(string filled) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            $$"""
            TcpClient client = null;
            try
            {
                while (!token.IsCancellationRequested)
                {
                    {{filled}}
                    await Task.Delay(10, token);
                }
            }
            finally
            {
                client?.Dispose();
            }
            """,
            "public async Task Watch(bool six, CancellationToken token)"));

    [Fact]
    public async Task Reused_variable_is_reported_with_the_first_acquisition() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|#1:http.GetAsync("a", HttpCompletionOption.ResponseHeadersRead, token)|};
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                {|#0:response = await http.GetAsync("b", HttpCompletionOption.ResponseHeadersRead, token)|};
            response.Dispose();
            """,
            "public async Task M(HttpClient http, CancellationToken token)"),
            [Lost("'response'", "HttpResponseMessage")]);

    [Fact]
    public async Task Handler_that_sends_again_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Retry : DelegatingHandler
            {
                protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
                {
                    var response = await base.SendAsync(request, token);
                    if ((int)response.StatusCode == 503)
                    {
                        {|SLA1004:response = await base.SendAsync(request, token)|};
                    }

                    return response;
                }
            }
            """);

    [Fact]
    public async Task Next_file_of_a_rolling_log_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var log = new StreamWriter("0.log");
            for (var i = 1; i < lines.Length; i++)
            {
                if (i % 1000 == 0)
                    {|SLA1004:log = new StreamWriter(i + ".log")|};
                Console.WriteLine(lines[i]);
            }

            log.Dispose();
            """,
            "public void M(string[] lines)"));

    [Fact]
    public async Task Nulled_variable_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#1:new TcpClient()|};
            {|#0:client = null|};
            """,
            "public void M()"),
            [Lost("'client'", "TcpClient")]);

    [Fact]
    public async Task Field_that_is_filled_twice_in_one_method_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Client : IDisposable
            {
                private TcpClient _client;

                public void Open(string first, string second)
                {
                    _client = {|#1:new TcpClient()|};
                    try
                    {
                        _client.Connect(first, 1);
                    }
                    catch (SocketException)
                    {
                        {|#0:_client = new TcpClient()|};
                        _client.Connect(second, 1);
                    }
                }

                public void Dispose() => _client?.Dispose();
            }
            """,
            [Lost("'_client'", "TcpClient")]);

    [Fact]
    public async Task Field_that_is_filled_in_a_loop_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Feed : IDisposable
            {
                private TcpClient _client;

                public async Task RunAsync(string host, CancellationToken token)
                {
                    while (!token.IsCancellationRequested)
                    {
                        {|SLA1004:_client = new TcpClient()|};
                        try
                        {
                            await _client.ConnectAsync(host, 1, token);
                            await _client.GetStream().CopyToAsync(Stream.Null, token);
                        }
                        catch (IOException)
                        {
                            await Task.Delay(1000, token);
                        }
                    }
                }

                public void Dispose() => _client?.Dispose();
            }
            """);

    [Fact]
    public async Task Out_argument_that_replaces_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var stream = File.OpenRead("a");
            if (stream.Length == 0)
                TryOpen({|SLA1004:out stream|});
            stream.Dispose();
            """,
            "public void M()",
            "private static bool TryOpen(out FileStream stream) { stream = File.OpenRead(\"b\"); return true; }"));

    [Fact]
    public async Task File_that_is_replaced_by_the_next_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var stream = File.OpenRead("a");
            {|SLA1004:stream = File.OpenRead("b")|};
            stream.Dispose();
            """,
            "public void M()"));

    [Fact]
    public async Task Reconnect_under_a_health_test_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Link : IDisposable
            {
                private TcpClient _client = new TcpClient();

                public void Ensure()
                {
                    if (_client is null || !_client.Connected)
                        {|SLA1004:_client = new TcpClient("h", 1)|};
                }

                public void Dispose() => _client?.Dispose();
            }
            """);

    [Fact]
    public async Task Reconnect_of_a_field_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Link : IDisposable
            {
                private TcpClient _client = new TcpClient();

                public void Reconnect()
                {
                    {|SLA1004:_client = new TcpClient()|};
                }

                public void Dispose() => _client.Dispose();
            }
            """);

    [Fact]
    public async Task Tuple_assignment_over_an_open_client_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = new TcpClient();
            var port = 1;
            {|SLA1004:(client, port) = (new TcpClient(), 2)|};
            client.Dispose();
            return port;
            """,
            "public int M()"));

    [Fact]
    public async Task Overwritten_in_old_csharp_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                Stream stream = null;
                foreach (var path in paths)
                {
                    {|SLA1004:stream = File.OpenRead(path)|};
                    if (stream.Length > 0)
                        break;
                }

                return stream;
                """,
                "public Stream FirstFilled(string[] paths)"),
            references: TargetFrameworks.Net472,
            languageVersion: LanguageVersion.CSharp7_3);

    // Clean.
    [Theory]
    [InlineData("Socket socket = null; for (;;) { socket?.Dispose(); socket = new Socket(SocketType.Stream, ProtocolType.Tcp); try { socket.Connect(server); return socket; } catch (SocketException) { } }")]
    [InlineData("Socket socket = null; for (;;) { socket = new Socket(SocketType.Stream, ProtocolType.Tcp); try { socket.Connect(server); return socket; } catch (SocketException) { socket.Dispose(); } }")]
    [InlineData("Socket socket = null; for (var i = 0; i < 3 && socket == null; i++) { var next = new Socket(SocketType.Stream, ProtocolType.Tcp); try { next.Connect(server); socket = next; } catch (SocketException) { next.Dispose(); } } return socket;")]
    [InlineData("Socket socket = null; while (true) { try { socket = new Socket(SocketType.Stream, ProtocolType.Tcp); socket.Connect(server); return socket; } catch (SocketException) { socket?.Close(); socket = null; } }")]
    [InlineData("var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); var kept = socket; socket = new Socket(SocketType.Dgram, ProtocolType.Udp); kept.Dispose(); return socket;")]
    [InlineData("var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); (socket, var old) = (new Socket(SocketType.Dgram, ProtocolType.Udp), socket); old.Dispose(); return socket;")]
    [InlineData("var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); var old = Interlocked.Exchange(ref socket, new Socket(SocketType.Dgram, ProtocolType.Udp)); old.Dispose(); return socket;")]
    [InlineData("var all = new List<Socket>(); Socket socket; for (var i = 0; i < 3; i++) { socket = new Socket(SocketType.Stream, ProtocolType.Tcp); all.Add(socket); } return all[0];")]
    [InlineData("Socket socket = null; socket ??= new Socket(SocketType.Stream, ProtocolType.Tcp); socket ??= new Socket(SocketType.Dgram, ProtocolType.Udp); return socket;")]
    [InlineData("Socket socket = null; if (socket == null) socket = new Socket(SocketType.Stream, ProtocolType.Tcp); return socket;")]
    public async Task Variable_that_holds_nothing_when_it_is_overwritten_is_not_reported(string body) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, "public Socket M(EndPoint server)"));

    [Fact]
    public async Task Stream_that_is_wrapped_in_place_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Stream stream = File.OpenRead(path);
            if (path.EndsWith(".gz"))
                stream = new GZipStream(stream, CompressionMode.Decompress);
            stream = new BufferedStream(stream);
            return stream;
            """,
            "public Stream Open(string path)"));

    [Fact]
    public async Task Connection_that_is_upgraded_in_place_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Mail : IDisposable
            {
                private Stream _stream;

                public void Open(string host)
                {
                    var client = new TcpClient(host, 25);
                    _stream = client.GetStream();
                }

                public void StartTls(string host)
                {
                    var tls = new SslStream(_stream);
                    tls.AuthenticateAsClient(host);
                    _stream = tls;
                }

                public void Dispose() => _stream?.Dispose();
            }
            """);

    [Fact]
    public async Task Field_that_is_released_before_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Link : IDisposable
            {
                private TcpClient _client;

                public void Reconnect()
                {
                    _client?.Dispose();
                    _client = new TcpClient();
                }

                public void Swap()
                {
                    var old = _client;
                    _client = new TcpClient();
                    old?.Dispose();
                }

                public void Exchange() => Interlocked.Exchange(ref _client, new TcpClient())?.Dispose();

                public void Refresh()
                {
                    Close();
                    _client = new TcpClient();
                }

                private void Close()
                {
                    _client?.Close();
                    _client = null;
                }

                public void Dispose() => Close();
            }
            """);

    [Fact]
    public async Task Lazy_field_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Link : IDisposable
            {
                private TcpClient _client;
                private TcpClient Client => _client ??= new TcpClient();

                public int Available
                {
                    get
                    {
                        if (_client == null)
                            _client = new TcpClient();
                        return Client.Available;
                    }
                }

                public void Dispose() => _client?.Dispose();
            }
            """);

    [Fact]
    public async Task Elements_of_arrays_and_dictionaries_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Links : IDisposable
            {
                private readonly TcpClient[] _all = new TcpClient[4];
                private readonly Dictionary<string, TcpClient> _byName = new();

                public void Reset(int i, string name)
                {
                    _all[i] = new TcpClient();
                    _byName[name] = new TcpClient();
                }

                public void Dispose()
                {
                    foreach (var client in _all)
                        client?.Dispose();
                    foreach (var client in _byName.Values)
                        client.Dispose();
                }
            }
            """);

    [Fact]
    public async Task Released_response_that_is_sent_again_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Retry : DelegatingHandler
            {
                protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
                {
                    HttpResponseMessage response = null;
                    for (var i = 0; i < 3; i++)
                    {
                        response?.Dispose();
                        response = await base.SendAsync(request, token);
                        if (response.IsSuccessStatusCode)
                            break;
                    }

                    return response;
                }
            }
            """);
}
