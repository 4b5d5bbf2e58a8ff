using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>The fix on what the rules themselves report, in the forms of real services; and that nothing is reported of its result.</summary>
public sealed class SetTimeoutOnFindingsTests
{
    private static Task Fixes(string before, string after, ReferenceAssemblies? references = null, string? editorconfig = null) =>
        Verify<UseAnalyzer, SetTimeoutCodeFixProvider>.Fixes(before, after, references: references, editorconfig: "dotnet_diagnostic.SLA2005.severity = none\n" + editorconfig);

    [Fact]
    public Task A_client_in_a_static_field_of_a_service() => Fixes(
        """
        public sealed class RateService(ILogger<RateService> logger)
        {
            private static readonly HttpClient Client = {|SLA2001:new HttpClient
            {
                BaseAddress = new Uri("https://rates.example"),
            }|};

            public async Task<decimal> Get(string currency)
            {
                var text = await Client.GetStringAsync("/" + currency);
                logger.LogInformation("{Currency}: {Text}", currency, text);
                return decimal.Parse(text);
            }
        }
        """,
        """
        public sealed class RateService(ILogger<RateService> logger)
        {
            private static readonly HttpClient Client = new HttpClient
            {
                BaseAddress = new Uri("https://rates.example"),
                Timeout = TimeSpan.FromSeconds(100),
            };

            public async Task<decimal> Get(string currency)
            {
                var text = await Client.GetStringAsync("/" + currency);
                logger.LogInformation("{Currency}: {Text}", currency, text);
                return decimal.Parse(text);
            }
        }
        """);

    [Fact]
    public Task A_client_that_a_constructor_configures() => Fixes(
        """
        public sealed class Api : IDisposable
        {
            private readonly HttpClient _client;

            public Api(Uri address)
            {
                _client = {|SLA2001:new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })|};
                _client.BaseAddress = address;
                _client.DefaultRequestHeaders.Add("X-Api", "1");
            }

            public Task<HttpResponseMessage> Post(HttpContent content) => _client.PostAsync("/items", content);

            public void Dispose() => _client.Dispose();
        }
        """,
        """
        public sealed class Api : IDisposable
        {
            private readonly HttpClient _client;

            public Api(Uri address)
            {
                _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(20) };
                _client.BaseAddress = address;
                _client.DefaultRequestHeaders.Add("X-Api", "1");
            }

            public Task<HttpResponseMessage> Post(HttpContent content) => _client.PostAsync("/items", content);

            public void Dispose() => _client.Dispose();
        }
        """,
        editorconfig: "socket_leak.default_timeout_seconds = 20");

    [Fact]
    public Task An_infinite_timeout_of_a_client_and_of_a_socket() => Fixes(
        """
        public sealed class Mixed : IDisposable
        {
            private readonly HttpClient _http = new() { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} };
            private readonly TcpClient _tcp = new("feed", 9000);

            public Mixed() => {|SLA2002:_tcp.ReceiveTimeout = Timeout.Infinite|};

            public Task<string> Get() => _http.GetStringAsync("http://feed/");

            public int Next(byte[] buffer) => _tcp.GetStream().Read(buffer, 0, buffer.Length);

            public void Dispose()
            {
                _http.Dispose();
                _tcp.Dispose();
            }
        }
        """,
        """
        public sealed class Mixed : IDisposable
        {
            private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
            private readonly TcpClient _tcp = new("feed", 9000);

            public Mixed() => _tcp.ReceiveTimeout = 30000;

            public Task<string> Get() => _http.GetStringAsync("http://feed/");

            public int Next(byte[] buffer) => _tcp.GetStream().Read(buffer, 0, buffer.Length);

            public void Dispose()
            {
                _http.Dispose();
                _tcp.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_legacy_request_without_an_end() => Fixes(
        """
        public class Legacy
        {
            public string Get(string url)
            {
                var request = (HttpWebRequest)WebRequest.Create(url);
                {|SLA2002:request.Timeout = -1|};
                using (var response = request.GetResponse())
                using (var reader = new StreamReader(response.GetResponseStream()))
                    return reader.ReadToEnd();
            }
        }
        """,
        """
        public class Legacy
        {
            public string Get(string url)
            {
                var request = (HttpWebRequest)WebRequest.Create(url);
                request.Timeout = 30000;
                using (var response = request.GetResponse())
                using (var reader = new StreamReader(response.GetResponseStream()))
                    return reader.ReadToEnd();
            }
        }
        """,
        TargetFrameworks.Net472);

    [Fact]
    public Task A_monitor_that_reads_a_banner() => Fixes(
        """
        public static class Monitor
        {
            public static string Banner(string host)
            {
                using (var client = new TcpClient(host, 25))
                using (var stream = client.GetStream())
                using (var reader = new StreamReader(stream))
                {
                    var first = {|SLA2004:reader.ReadLine()|};
                    var second = reader.ReadLine();
                    return first + second;
                }
            }
        }
        """,
        """
        public static class Monitor
        {
            public static string Banner(string host)
            {
                using (var client = new TcpClient(host, 25) { ReceiveTimeout = 30000, SendTimeout = 30000 })
                using (var stream = client.GetStream())
                using (var reader = new StreamReader(stream))
                {
                    var first = reader.ReadLine();
                    var second = reader.ReadLine();
                    return first + second;
                }
            }
        }
        """);

    [Fact]
    public Task A_server_that_reads_what_it_accepts() => Fixes(
        """
        public class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 9000);

            public void Run()
            {
                _listener.Start();
                try
                {
                    while (true)
                    {
                        using var client = _listener.AcceptTcpClient();
                        var stream = client.GetStream();
                        var length = {|SLA2004:stream.ReadByte()|};
                        var payload = new byte[length];
                        stream.ReadExactly(payload);
                        stream.Write(payload);
                    }
                }
                finally
                {
                    _listener.Stop();
                }
            }
        }
        """,
        """
        public class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 9000);

            public void Run()
            {
                _listener.Start();
                try
                {
                    while (true)
                    {
                        using var client = _listener.AcceptTcpClient();
                        client.ReceiveTimeout = 30000;
                        client.SendTimeout = 30000;
                        var stream = client.GetStream();
                        var length = stream.ReadByte();
                        var payload = new byte[length];
                        stream.ReadExactly(payload);
                        stream.Write(payload);
                    }
                }
                finally
                {
                    _listener.Stop();
                }
            }
        }
        """);

    [Fact]
    public Task A_socket_of_a_protocol_class_that_several_methods_read() => Fixes(
        """
        public sealed class Protocol : IDisposable
        {
            private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

            public void Open(EndPoint server) => _socket.Connect(server);

            public int Read(byte[] buffer) => {|SLA2004:_socket.Receive(buffer)|};

            public void Send(byte[] buffer) => {|SLA2004:_socket.Send(buffer)|};

            public void Dispose() => _socket.Dispose();
        }
        """,
        """
        public sealed class Protocol : IDisposable
        {
            private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30000, SendTimeout = 30000 };

            public void Open(EndPoint server) => _socket.Connect(server);

            public int Read(byte[] buffer) => _socket.Receive(buffer);

            public void Send(byte[] buffer) => _socket.Send(buffer);

            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task Both_sockets_that_one_field_may_hold() => Fixes(
        """
        public sealed class Uplink : IDisposable
        {
            private TcpClient? _client;

            public void Open(string host, IPEndPoint? local)
            {
                if (local is null)
                {
                    _client = new TcpClient();
                }
                else
                {
                    _client = new TcpClient(local);
                }
            }

            public int Ask(byte[] question, byte[] answer)
            {
                var stream = _client!.GetStream();
                {|SLA2004:stream.Write(question)|};
                return stream.Read(answer);
            }

            public void Dispose() => _client?.Dispose();
        }
        """,
        """
        public sealed class Uplink : IDisposable
        {
            private TcpClient? _client;

            public void Open(string host, IPEndPoint? local)
            {
                if (local is null)
                {
                    _client = new TcpClient { ReceiveTimeout = 30000, SendTimeout = 30000 };
                }
                else
                {
                    _client = new TcpClient(local) { ReceiveTimeout = 30000, SendTimeout = 30000 };
                }
            }

            public int Ask(byte[] question, byte[] answer)
            {
                var stream = _client!.GetStream();
                stream.Write(question);
                return stream.Read(answer);
            }

            public void Dispose() => _client?.Dispose();
        }
        """);

    [Fact]
    public Task A_variable_that_is_filled_again_by_an_accept() => Fixes(
        """
        public static class Relay
        {
            public static int First(TcpListener listener, bool isServer, byte[] buffer)
            {
                Socket? socket = null;
                try
                {
                    if (isServer)
                    {
                        socket = listener.AcceptSocket();
                    }
                    else
                    {
                        socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    }

                    return {|SLA2004:socket.Receive(buffer)|};
                }
                finally
                {
                    socket?.Dispose();
                }
            }
        }
        """,
        """
        public static class Relay
        {
            public static int First(TcpListener listener, bool isServer, byte[] buffer)
            {
                Socket? socket = null;
                try
                {
                    if (isServer)
                    {
                        socket = listener.AcceptSocket();
                        socket.ReceiveTimeout = 30000;
                        socket.SendTimeout = 30000;
                    }
                    else
                    {
                        socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30000, SendTimeout = 30000 };
                    }

                    return socket.Receive(buffer);
                }
                finally
                {
                    socket?.Dispose();
                }
            }
        }
        """);

    private const string WithoutSuggestions = "dotnet_diagnostic.SLA2007.severity = none";

    private static Task NoFix(string code) =>
        Verify<UseAnalyzer, SetTimeoutCodeFixProvider>.NoFix(code, editorconfig: "dotnet_diagnostic.SLA2005.severity = none\n" + WithoutSuggestions);

    /// <summary>It would be said next that they ignore it (SLA2006).</summary>
    [Fact]
    public Task A_timeout_that_asynchronous_reads_would_ignore_is_left_out() => Fixes(
        """
        public sealed class ChatLine
        {
            private readonly TcpClient _client = new TcpClient();

            public async Task<int> Listen(byte[] buffer) => await _client.GetStream().ReadAsync(buffer);

            public void Say(byte[] text) => {|SLA2004:_client.GetStream().Write(text, 0, text.Length)|};

            public void Close() => _client.Dispose();
        }
        """,
        """
        public sealed class ChatLine
        {
            private readonly TcpClient _client = new TcpClient { SendTimeout = 30000 };

            public async Task<int> Listen(byte[] buffer) => await _client.GetStream().ReadAsync(buffer);

            public void Say(byte[] text) => _client.GetStream().Write(text, 0, text.Length);

            public void Close() => _client.Dispose();
        }
        """,
        editorconfig: WithoutSuggestions);

    [Fact]
    public Task A_timeout_that_asynchronous_writes_would_ignore_is_left_out_behind_an_accept() => Fixes(
        """
        public static class Gate
        {
            public static async Task Serve(TcpListener listener, byte[] greeting, byte[] answer)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                await stream.WriteAsync(greeting);
                {|SLA2004:stream.Read(answer, 0, answer.Length)|};
            }
        }
        """,
        """
        public static class Gate
        {
            public static async Task Serve(TcpListener listener, byte[] greeting, byte[] answer)
            {
                using var client = await listener.AcceptTcpClientAsync();
                client.ReceiveTimeout = 30000;
                var stream = client.GetStream();
                await stream.WriteAsync(greeting);
                stream.Read(answer, 0, answer.Length);
            }
        }
        """,
        editorconfig: WithoutSuggestions);

    [Fact]
    public Task Asynchronous_calls_with_a_token_keep_both() => Fixes(
        """
        public static class Gate
        {
            public static async Task Serve(TcpListener listener, byte[] greeting, byte[] answer, CancellationToken stop)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                await stream.WriteAsync(greeting, stop);
                {|SLA2004:stream.Read(answer, 0, answer.Length)|};
            }
        }
        """,
        """
        public static class Gate
        {
            public static async Task Serve(TcpListener listener, byte[] greeting, byte[] answer, CancellationToken stop)
            {
                using var client = await listener.AcceptTcpClientAsync();
                client.ReceiveTimeout = 30000;
                client.SendTimeout = 30000;
                var stream = client.GetStream();
                await stream.WriteAsync(greeting, stop);
                stream.Read(answer, 0, answer.Length);
            }
        }
        """,
        editorconfig: WithoutSuggestions);

    [Fact]
    public Task A_read_beside_asynchronous_reads_without_a_token_has_no_fix_until_they_have_one() => NoFix(
        """
        public sealed class Proxy
        {
            public async Task Run(Socket socket, Stream to) => await Pump(socket, to);

            private static async Task Pump(Socket from, Stream to)
            {
                using var stream = new NetworkStream(from, ownsSocket: true);
                Console.WriteLine(stream.ReadByte());
                await stream.CopyToAsync(to);
            }

            public async Task Serve(TcpListener listener, Stream to)
            {
                using var socket = await listener.AcceptSocketAsync();
                Console.WriteLine({|SLA2004:socket.Receive(new byte[9])|});
                await socket.ReceiveAsync(new byte[9]);
            }
        }
        """);

    [Fact]
    public Task An_infinite_timeout_beside_asynchronous_reads_without_a_token_has_no_fix_until_they_have_one() => NoFix(
        """
        public static class Gate
        {
            public static async Task Serve(TcpListener listener, byte[] answer)
            {
                using var client = await listener.AcceptTcpClientAsync();
                {|SLA2002:client.ReceiveTimeout = 0|};
                var stream = client.GetStream();
                stream.Read(answer, 0, answer.Length);
                await stream.ReadAsync(answer);
            }
        }
        """);

    [Fact]
    public Task A_thread_that_blocks_beside_asynchronous_reads_without_a_token_has_no_fix_until_they_have_one() => NoFix(
        """
        public sealed class Feed
        {
            private readonly TcpClient _client = new TcpClient();

            public void Start() => {|SLA4001:new Thread(Run).Start()|};

            private void Run() => Console.WriteLine(_client.GetStream().ReadByte());

            public async Task<int> Next(byte[] buffer) => await _client.GetStream().ReadAsync(buffer);
        }
        """);
}
