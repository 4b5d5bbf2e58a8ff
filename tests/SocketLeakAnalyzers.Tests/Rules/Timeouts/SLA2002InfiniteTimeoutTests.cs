using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

public sealed class SLA2002InfiniteTimeoutTests
{
    [Theory]
    [InlineData("Timeout.InfiniteTimeSpan")]
    [InlineData("System.Threading.Timeout.InfiniteTimeSpan")]
    [InlineData("TimeSpan.FromMilliseconds(-1)")]
    [InlineData("TimeSpan.FromMilliseconds(Timeout.Infinite)")]
    [InlineData("new TimeSpan(0, 0, 0, 0, -1)")]
    [InlineData("new TimeSpan(-10000)")]
    [InlineData("new TimeSpan(-TimeSpan.TicksPerMillisecond)")]
    [InlineData("TimeSpan.FromTicks(-10000)")]
    [InlineData("Never")]
    [InlineData("NeverLocal.Value")]
    public Task An_infinite_timeout_of_a_client_is_reported(string value) => Verify<UseAnalyzer>.Reports($$"""
        public class C
        {
            private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
            private static readonly HttpClient Client = new HttpClient { {|SLA2002:Timeout = {{value}}|} };
            public Task<string> Get(string url) => Client.GetStringAsync(url);
        }

        internal static class NeverLocal { public static readonly TimeSpan Value = TimeSpan.FromMilliseconds(-1); }
        """);

    [Theory]
    [InlineData("private readonly HttpClient _client; public C() { _client = new HttpClient(); {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|}; }")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public C() => {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|};")]
    [InlineData("private readonly HttpClient _client; public C() { var client = new HttpClient(); {|SLA2002:client.Timeout = Timeout.InfiniteTimeSpan|}; _client = client; }")]
    [InlineData("private readonly HttpClient _client; public C(HttpClient client) { _client = client; {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|}; }")]
    [InlineData("private readonly HttpClient _client; public C(IHttpClientFactory factory) { _client = factory.CreateClient(\"a\"); {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|}; }")]
    [InlineData("private readonly HttpClient _client = Make(); private static HttpClient Make() { var client = new HttpClient(); {|SLA2002:client.Timeout = Timeout.InfiniteTimeSpan|}; return client; }")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public C() { Open(_client); } private static void Open(HttpClient client) { {|SLA2002:client.Timeout = Timeout.InfiniteTimeSpan|}; }")]
    [InlineData("private readonly HttpClient _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3) }) { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} };")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public C(bool streaming) { if (streaming) { {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|}; } }")]
    public Task It_is_reported_where_it_is_assigned(string members) => Verify<UseAnalyzer>.Reports($$"""
        public class C
        {
            {{members}}
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }
        """);

    [Theory]
    [InlineData("TimeSpan.FromSeconds(30)")]
    [InlineData("TimeSpan.FromMinutes(10)")]
    [InlineData("TimeSpan.FromMilliseconds(int.MaxValue)")]
    [InlineData("timeout")]
    [InlineData("timeout ?? Timeout.InfiniteTimeSpan")]
    [InlineData("seconds > 0 ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan")]
    [InlineData("seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(1)")]
    [InlineData("TimeSpan.FromMilliseconds(seconds)")]
    [InlineData("_settings.Timeout")]
    [InlineData("TimeSpan.Zero")]
    public Task A_finite_or_configured_timeout_is_not_reported(string value) => Verify<UseAnalyzer>.Silent($$"""
        public class C
        {
            private readonly HttpClient _client;
            private readonly Settings _settings = new();
            public C({{(value.StartsWith("timeout ??") ? "TimeSpan?" : "TimeSpan")}} timeout, int seconds) { _client = new HttpClient(); _client.Timeout = {{value}}; }
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        public class Settings { public TimeSpan Timeout { get; set; } }
        """);

    [Theory]
    [InlineData("public Task<string> Get(string url, CancellationToken token) => _client.GetStringAsync(url, token);")]
    [InlineData("public async Task<int> Get(string url, CancellationToken token) { using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token); return (int)response.StatusCode; }")]
    [InlineData("public async Task<string> Get(string url) { using var source = new CancellationTokenSource(TimeSpan.FromSeconds(4)); return await _client.GetStringAsync(url, source.Token); }")]
    [InlineData("public async Task<string> Get(string url) { using var source = new CancellationTokenSource(); source.CancelAfter(4000); return await _client.GetStringAsync(url, source.Token); }")]
    [InlineData("private readonly CancellationTokenSource _stopping = new(); public Task<string> Get(string url) => _client.GetStringAsync(url, _stopping.Token); public void Stop() => _stopping.Cancel();")]
    [InlineData("public HttpClient Client => _client;")]
    [InlineData("")]
    public Task A_client_whose_every_request_carries_a_token_may_wait_for_ever(string members) => Verify<UseAnalyzer>.Silent($$"""
        public class C
        {
            private readonly HttpClient _client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            {{members}}
        }
        """);

    [Theory]
    [InlineData("public static HttpClient Make() { var c = new HttpClient(); c.Timeout = System.Threading.Timeout.InfiniteTimeSpan; return c; }")]
    [InlineData("public static HttpClient Make() => new HttpClient { Timeout = Timeout.InfiniteTimeSpan };")]
    [InlineData("public static void Register(IServiceCollection services) => services.AddHttpClient(\"feed\", client => client.Timeout = Timeout.InfiniteTimeSpan);")]
    [InlineData("public static void Register(IServiceCollection services) { services.AddHttpClient(\"feed\", client => { client.BaseAddress = new Uri(\"http://a\"); client.Timeout = Timeout.InfiniteTimeSpan; }); }")]
    [InlineData("public static void Register(IServiceCollection services) => services.AddSingleton(new HttpClient { Timeout = Timeout.InfiniteTimeSpan });")]
    [InlineData("public static void Open(HttpClient client) { client.Timeout = Timeout.InfiniteTimeSpan; }")]
    public Task A_client_that_is_handed_out_with_no_request_is_not_reported(string member) => Verify<UseAnalyzer>.Silent("public class C { " + member + " }");

    [Fact]
    public Task A_handler_with_a_deadline_bounds_the_requests() => Verify<UseAnalyzer>.Silent("""
        public class C
        {
            private readonly HttpClient _client = new HttpClient(new Deadline { InnerHandler = new HttpClientHandler() }) { Timeout = Timeout.InfiniteTimeSpan };
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        internal sealed class Deadline : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                source.CancelAfter(TimeSpan.FromSeconds(5));
                return await base.SendAsync(request, source.Token);
            }
        }
        """);

    [Fact]
    public Task The_message_names_the_client_and_the_call_stands_beside_it() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _client = new HttpClient { {|#0:Timeout = Timeout.InfiniteTimeSpan|} };
            public Task<string> Get(string url) => {|#1:_client.GetStringAsync(url)|};
        }
        """,
        [Verify<UseAnalyzer>.Diagnostic("SLA2002").WithLocation(0).WithLocation(1).WithArguments("Timeout", "'_client' (HttpClient)", "'GetStringAsync' on line {#1}")]);

    [Fact]
    public Task It_stands_beside_SLA1006() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            public async Task<string> Get(string url)
            {
                using var client = new HttpClient { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} };
                return await client.GetStringAsync(url);
            }
        }
        """);

    [Theory]
    [InlineData("{|SLA2002:socket.ReceiveTimeout = 0|};")]
    [InlineData("{|SLA2002:socket.ReceiveTimeout = -1|};")]
    [InlineData("{|SLA2002:socket.ReceiveTimeout = Timeout.Infinite|};")]
    [InlineData("const int none = 0; {|SLA2002:socket.ReceiveTimeout = none|};")]
    [InlineData("{|SLA2002:socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 0)|};")]
    public Task A_zero_timeout_of_a_socket_is_reported(string setting) => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        $$"""
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        {{setting}}
        await socket.ConnectAsync("h", 1, token);
        return socket.Receive(buffer);
        """,
        "public async Task<int> Read(byte[] buffer, CancellationToken token)"));

    [Fact]
    public Task A_zero_timeout_of_a_TcpClient_is_reported() => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        """
        using var client = new TcpClient { {|SLA2002:ReceiveTimeout = 0|} };
        await client.ConnectAsync("h", 1, token);
        return client.GetStream().Read(buffer, 0, buffer.Length);
        """,
        "public async Task<int> Read(byte[] buffer, CancellationToken token)"));

    [Fact]
    public Task A_zero_timeout_set_through_the_socket_of_a_client_is_reported() => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        """
        using var client = new TcpClient();
        {|SLA2002:client.Client.ReceiveTimeout = 0|};
        await client.ConnectAsync("h", 1, token);
        using var reader = new StreamReader(client.GetStream());
        return reader.ReadLine();
        """,
        "public async Task<string> Read(CancellationToken token)"));

    [Theory]
    [InlineData("stream.ReadTimeout = Timeout.Infinite")]
    [InlineData("stream.ReadTimeout = -1")]
    public Task An_infinite_timeout_of_a_stream_is_reported(string setting) => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        $$"""
        using var client = new TcpClient();
        await client.ConnectAsync("h", 1, token);
        using var stream = client.GetStream();
        {|SLA2002:{{setting}}|};
        return stream.ReadByte();
        """,
        "public async Task<int> Read(CancellationToken token)"));

    [Fact]
    public Task An_infinite_timeout_of_a_TLS_stream_is_reported() => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        """
        using var client = new TcpClient();
        await client.ConnectAsync("h", 1, token);
        using var tls = new SslStream(client.GetStream(), false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "h" }, token);
        {|SLA2002:tls.ReadTimeout = Timeout.Infinite|};
        return tls.Read(buffer, 0, buffer.Length);
        """,
        "public async Task<int> Read(byte[] buffer, CancellationToken token)"));

    [Theory]
    [InlineData("client.ReceiveTimeout = 5000;")]
    [InlineData("client.ReceiveTimeout = milliseconds;")]
    [InlineData("client.ReceiveTimeout = milliseconds > 0 ? milliseconds : 0;")]
    [InlineData("client.ReceiveTimeout = 0; client.ReceiveTimeout = 4000;")]
    [InlineData("client.ReceiveBufferSize = 0; client.ReceiveTimeout = 4000;")]
    public Task A_finite_timeout_of_a_socket_is_not_reported(string settings) => Verify<UseAnalyzer>.Silent(Verify.InMethod(
        $$"""
        using var client = new TcpClient();
        {{settings}}
        await client.ConnectAsync("h", 1, token);
        return client.GetStream().Read(buffer, 0, buffer.Length);
        """,
        "public async Task<int> Read(byte[] buffer, int milliseconds, CancellationToken token)"));

    [Theory]
    [InlineData("return await client.GetStream().ReadAsync(buffer, token);")]
    [InlineData("return await client.Client.ReceiveAsync(buffer, SocketFlags.None, token);")]
    [InlineData("return client.Available;")]
    public Task A_zero_timeout_of_a_socket_that_reads_with_a_token_is_not_reported(string read) => Verify<UseAnalyzer>.Silent(Verify.InMethod(
        "using var client = new TcpClient { ReceiveTimeout = 0 };\nawait client.ConnectAsync(\"h\", 1, token);\n" + read,
        "public async Task<int> Read(Memory<byte> buffer, CancellationToken token)"));

    [Fact]
    public Task A_timeout_taken_away_after_the_handshake_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class LineClient : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();
            private StreamReader _reader;

            public async Task OpenAsync(string host, CancellationToken token)
            {
                await _client.ConnectAsync(host, 6667, token);
                _client.ReceiveTimeout = 10000;
                _reader = new StreamReader(_client.GetStream());
                _reader.ReadLine();
                {|SLA2002:_client.ReceiveTimeout = 0|};
            }

            public string Next() => _reader.ReadLine();

            public void Dispose() { _reader?.Dispose(); _client.Dispose(); }
        }
        """);

    [Theory]
    [InlineData("{|SLA2002:request.Timeout = Timeout.Infinite|}; using var response = request.GetResponse();")]
    [InlineData("{|SLA2002:request.Timeout = -1|}; using var response = (HttpWebResponse)request.GetResponse();")]
    [InlineData("{|SLA2002:request.ReadWriteTimeout = -1|}; using var response = request.GetResponse();")]
    [InlineData("request.Timeout = 4000; {|SLA2002:request.ReadWriteTimeout = Timeout.Infinite|}; using var response = request.GetResponse();")]
    [InlineData("{|SLA2002:request.Timeout = Timeout.Infinite|}; using var response = await request.GetResponseAsync();")]
    [InlineData("{|SLA2002:request.Timeout = Timeout.Infinite|}; using (var body = request.GetRequestStream()) { body.WriteByte(1); }")]
    public Task An_infinite_timeout_of_a_web_request_is_reported(string code) => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        "#pragma warning disable SYSLIB0014\nvar request = (HttpWebRequest)WebRequest.Create(url);\n" + code,
        "public async Task Fetch(string url)"));

    [Theory]
    [InlineData("request.Timeout = 4000; using var response = request.GetResponse();")]
    [InlineData("request.ContinueTimeout = -1; using var response = request.GetResponse();")]
    [InlineData("request.Timeout = Timeout.Infinite; await Send(request);")]
    [InlineData("request.Timeout = Timeout.Infinite; using var limit = new Timer(_ => request.Abort(), null, 500, -1); using var response = request.GetResponse();")]
    [InlineData("request.Timeout = Timeout.Infinite;")]
    public Task A_web_request_that_is_bounded_or_not_seen_sent_is_not_reported(string code) => Verify<UseAnalyzer>.Silent(Verify.InMethod(
        "#pragma warning disable SYSLIB0014\nvar request = (HttpWebRequest)WebRequest.Create(url);\n" + code,
        "public async Task Fetch(string url)",
        "protected virtual Task Send(HttpWebRequest request) => Task.CompletedTask;"));

    [Fact]
    public Task A_web_request_that_a_helper_makes_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SYSLIB0014
        public class LegacyApi
        {
            private WebRequest Make(string path)
            {
                var request = WebRequest.Create("http://a/" + path);
                {|SLA2002:request.Timeout = Timeout.Infinite|};
                return request;
            }

            public string Get(string path)
            {
                using (var response = Make(path).GetResponse())
                using (var reader = new StreamReader(response.GetResponseStream()))
                {
                    return reader.ReadToEnd();
                }
            }
        }
        """);

    [Fact]
    public Task A_handler_timeout_of_another_kind_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public class C
        {
            private readonly HttpClient _client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = Timeout.InfiniteTimeSpan, KeepAlivePingDelay = Timeout.InfiniteTimeSpan, ConnectTimeout = Timeout.InfiniteTimeSpan }) { Timeout = TimeSpan.FromSeconds(9) };
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_property_of_that_name_on_another_type_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public class Job { public TimeSpan Timeout { get; set; } public Task<string> GetStringAsync(string url) => Task.FromResult(url); }
        public class C
        {
            private readonly Job _job = new Job { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
            public Task<string> Get(string url) => _job.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task It_is_reported_on_older_frameworks_too() => Verify<UseAnalyzer>.Reports(
        "public class C { private readonly HttpClient _client = new HttpClient { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} }; public Task<string> Get(string url) { return _client.GetStringAsync(url); } }",
        references: TargetFrameworks.NetStandard20,
        languageVersion: Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp7_3);

    [Fact]
    public Task One_assignment_is_reported_once_for_two_requests() => Verify<UseAnalyzer>.Reports("""
        public sealed class ReportApi
        {
            private readonly HttpClient _client;

            public ReportApi(Uri root)
            {
                _client = new HttpClient { BaseAddress = root };
                // Reports take long.
                {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|};
            }

            public Task<string> DailyAsync() => _client.GetStringAsync("daily");

            public async Task<byte[]> ExportAsync(string id)
            {
                using var response = await _client.GetAsync("export/" + id);
                return await response.Content.ReadAsByteArrayAsync();
            }
        }
        """);

    [Theory]
    [InlineData("if (System.Diagnostics.Debugger.IsAttached) { _client.Timeout = Timeout.InfiniteTimeSpan; }")]
    [InlineData("if (System.Diagnostics.Debugger.IsAttached) _client.Timeout = Timeout.InfiniteTimeSpan;")]
    [InlineData("if (!System.Diagnostics.Debugger.IsAttached) { return; } _client.BaseAddress = null;")]
    public Task A_timeout_that_only_a_debugger_takes_away_is_not_reported(string statement) => Verify<UseAnalyzer>.Silent($$"""
        public class C
        {
            private readonly HttpClient _client;
            public C(HttpClient client)
            {
                _client = client;
                {{statement}}
            }

            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task An_infinite_timeout_of_a_shared_client_that_another_class_uses_is_reported() => Verify<UseAnalyzer>.Reports("""
        internal static class Shared
        {
            public static readonly HttpClient Http = new HttpClient { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} };
        }

        public class C
        {
            public Task<string> Get(string url) => Shared.Http.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_client_class_that_takes_its_own_timeout_away_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class StreamingClient : HttpClient
        {
            public StreamingClient() { {|SLA2002:Timeout = System.Threading.Timeout.InfiniteTimeSpan|}; }
            public Task<string> PingAsync() => GetStringAsync("ping");
        }
        """);

    [Fact]
    public Task A_timeout_that_is_taken_away_when_all_has_been_read_is_not_reported() => Verify<UseAnalyzer>.Silent(Verify.InMethod(
        """
        var client = new TcpClient();
        await client.ConnectAsync("h", 1, token);
        client.ReceiveTimeout = 5000;
        client.GetStream().ReadByte();
        client.ReceiveTimeout = 0;
        return client;
        """,
        "public async Task<TcpClient> Greet(CancellationToken token)"));

    [Fact]
    public Task A_timeout_that_is_taken_away_in_the_loop_that_reads_is_reported() => Verify<UseAnalyzer>.Reports(Verify.InMethod(
        """
        using var client = new TcpClient();
        await client.ConnectAsync("h", 1, token);
        while (!token.IsCancellationRequested)
        {
            client.GetStream().ReadByte();
            {|SLA2002:client.ReceiveTimeout = 0|};
        }
        """,
        "public async Task Pump(CancellationToken token)"));

    private static string TwoClientsOf(string factory, string setting) => $$"""
        public sealed class Backup
        {
            private readonly HttpClient _client;
            public Backup() { _client = Clients.Make(); {{setting}}; }
            public Task<string> ListAsync(CancellationToken token) => _client.GetStringAsync("list", token);
        }

        public sealed class Notice
        {
            public async Task SendAsync(string url)
            {
                using var client = Clients.Make();
                await client.GetStringAsync(url);
            }
        }

        public static class Clients { {{factory}} }
        """;

    /// <summary>The call without a token is one of another client, which the factory made for somebody else.</summary>
    [Theory]
    [InlineData("public static HttpClient Make() => new HttpClient();")]
    [InlineData("private static readonly IHttpClientFactory s_factory; public static HttpClient Make() => s_factory.CreateClient(\"a\");")]
    [InlineData("public static IHttpClientFactory Factory { get; set; } public static HttpClient Make() => Factory?.CreateClient() ?? new HttpClient();")]
    public Task A_call_of_another_client_of_the_same_factory_is_not_bounded_by_it(string factory) => Verify<UseAnalyzer>.Silent(
        "#pragma warning disable SLA2001\n" + TwoClientsOf(factory, "_client.Timeout = Timeout.InfiniteTimeSpan"));

    [Fact]
    public Task A_call_of_the_one_client_that_a_factory_keeps_is() => Verify<UseAnalyzer>.Reports(
        "#pragma warning disable SLA2001\n" + TwoClientsOf("private static readonly HttpClient s_client = new(); public static HttpClient Make() => s_client;", "{|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|}"));

    private static string TwoHandlersOf(string factory) => $$"""
        #pragma warning disable SLA2001
        public class C
        {
            private readonly HttpClient _client;
            public C()
            {
                var handler = new HttpClientHandler();
                _client = Clients.Make(handler);
                {|SLA2002:_client.Timeout = Timeout.InfiniteTimeSpan|};
            }

            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        public class D
        {
            public Task<string> Get(string url, HttpMessageHandler handler, Action<HttpMessageHandler> configure)
            {
                configure(handler);
                return Clients.Make(handler).GetStringAsync(url);
            }
        }

        public static class Clients { {{factory}} }
        """;

    /// <summary>The handler that unknown code is given is another caller's.</summary>
    [Theory]
    [InlineData("public static HttpClient Make(HttpMessageHandler handler) => new HttpClient(handler);")]
    [InlineData("public static HttpClient Make(HttpMessageHandler handler) { var client = new HttpClient(handler, true); client.DefaultRequestHeaders.Add(\"a\", \"b\"); return client; }")]
    public Task A_client_is_made_over_the_handler_of_its_own_caller(string factory) => Verify<UseAnalyzer>.Reports(TwoHandlersOf(factory));

    [Fact]
    public Task What_its_own_caller_does_with_the_handler_counts() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2001
        public class C
        {
            private readonly HttpClient _client;
            public C(HttpMessageHandler handler, Action<HttpMessageHandler> configure)
            {
                configure(handler);
                _client = Clients.Make(handler);
                _client.Timeout = Timeout.InfiniteTimeSpan;
            }

            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        public static class Clients { public static HttpClient Make(HttpMessageHandler handler) => new HttpClient(handler); }
        """);

    [Fact]
    public Task An_infinite_timeout_in_a_tuple_of_assignments_is_reported_where_it_stands() => Verify<UseAnalyzer>.Reports("""
        public sealed class Probe
        {
            public int Read(TcpListener listener)
            {
                using var client = listener.AcceptTcpClient();
                ({|SLA2002:client.ReceiveTimeout|}, client.SendTimeout) = (0, 5000);
                return client.GetStream().ReadByte();
            }
        }
        """);
}
