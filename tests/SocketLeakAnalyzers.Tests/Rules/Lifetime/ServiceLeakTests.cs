using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>Services that look careful and lose a resource all the same.</summary>
public class ServiceLeakTests
{
    private static Task Reports(string code) => Verify<ResourceAnalyzer>.Reports(code);

    [Fact]
    public Task The_flag_of_success_is_set_too_early() => Reports(
        """
        public static class Dial
        {
            public static async Task<Socket> OpenAsync(EndPoint end, CancellationToken token)
            {
                var done = false;
                var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                try
                {
                    done = true;
                    await socket.ConnectAsync(end, token);
                    return socket;
                }
                finally
                {
                    if (!done)
                    {
                        socket.Dispose();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task It_is_closed_only_while_it_is_connected() => Reports(
        """
        public static class Ping
        {
            public static int Send(string host, byte[] data)
            {
                var client = {|SLA1002:new TcpClient()|};
                try
                {
                    client.Connect(host, 7);
                    client.GetStream().Write(data);
                    return client.GetStream().Read(data);
                }
                finally
                {
                    if (client.Connected)
                    {
                        client.Close();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task The_reader_leaves_open_what_nobody_closes() => Reports(
        """
        public static class Config
        {
            public static async Task<string> LoadAsync(string path)
            {
                var stream = {|SLA1001:new FileStream(path, FileMode.Open)|};
                using var reader = new StreamReader(stream, Encoding.UTF8, false, 1024, leaveOpen: true);
                return await reader.ReadToEndAsync();
            }
        }
        """);

    [Fact]
    public Task The_loser_of_a_race_for_a_key_is_forgotten() => Reports(
        """
        public sealed class Hub
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> _clients = new();

            public TcpClient Get(string host)
            {
                if (_clients.TryGetValue(host, out var existing))
                {
                    return existing;
                }

                var fresh = {|SLA1002:new TcpClient(host, 6379)|};
                if (_clients.TryAdd(host, fresh))
                {
                    return fresh;
                }

                return _clients[host];
            }
        }
        """);

    [Fact]
    public Task A_full_channel_drops_the_client() => Reports(
        """
        public sealed class Acceptor(TcpListener listener, ChannelWriter<TcpClient> queue, ILogger log)
        {
            public async Task RunAsync(CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    var client = await {|SLA1002:listener.AcceptTcpClientAsync(token)|};
                    if (!queue.TryWrite(client))
                    {
                        log.LogWarning("queue is full");
                    }
                }
            }
        }
        """);

    [Fact]
    public Task A_handler_for_one_kind_of_failure_only() => Reports(
        """
        public static class Tls
        {
            public static async Task<SslStream?> OpenAsync(string host, CancellationToken token)
            {
                var client = {|SLA1003:new TcpClient()|};
                try
                {
                    await client.ConnectAsync(host, 443, token);
                    var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, token);
                    return tls;
                }
                catch (SocketException)
                {
                    client.Dispose();
                    return null;
                }
            }
        }
        """);

    [Fact]
    public Task A_factory_delegate_loses_what_it_cannot_connect() => Reports(
        """
        public sealed class Options
        {
            public Func<EndPoint, CancellationToken, Task<Socket>> Open { get; set; } = async (end, token) =>
            {
                var socket = {|SLA1003:new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp)|};
                socket.NoDelay = true;
                await socket.ConnectAsync(end, token);
                return socket;
            };
        }
        """);

    [Fact]
    public Task An_async_iterator_that_closes_at_its_end_only() => Reports(
        """
        public static class Tail
        {
            public static async IAsyncEnumerable<string> LinesAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
            {
                var reader = {|SLA1002:File.OpenText(path)|};
                while (await reader.ReadLineAsync(token) is { } line)
                {
                    yield return line;
                }

                reader.Dispose();
            }
        }
        """);

    [Fact]
    public Task The_second_of_a_pair_fails() => Reports(
        """
        public static class Proxy
        {
            public static async Task<(TcpClient Upstream, TcpClient Mirror)> OpenAsync(string host, string mirror, CancellationToken token)
            {
                var upstream = {|SLA1003:new TcpClient()|};
                await upstream.ConnectAsync(host, 80, token);
                var second = {|SLA1003:new TcpClient()|};
                await second.ConnectAsync(mirror, 80, token);
                return (upstream, second);
            }
        }
        """);

    [Fact]
    public Task A_reconnect_loop_over_a_field() => Reports(
        """
        public sealed class Feed : IDisposable
        {
            private TcpClient? _client;

            public async Task RunAsync(string host, CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    try
                    {
                        {|SLA1004:_client = new TcpClient()|};
                        await _client.ConnectAsync(host, 9000, token);
                        await ReadAsync(_client.GetStream(), token);
                    }
                    catch (IOException)
                    {
                        await Task.Delay(1000, token);
                    }
                    catch (SocketException)
                    {
                        await Task.Delay(5000, token);
                    }
                }
            }

            private static async Task ReadAsync(NetworkStream stream, CancellationToken token)
            {
                var buffer = new byte[1024];
                while (await stream.ReadAsync(buffer, token) > 0)
                {
                }
            }

            public void Dispose() => _client?.Dispose();
        }
        """);

    [Fact]
    public Task A_constructor_that_connects() => Reports(
        """
        public sealed class Statsd : IDisposable
        {
            private readonly Socket _socket;
            private readonly NetworkStream _stream;

            public Statsd(EndPoint server)
            {
                _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                _socket.Connect(server);
                _stream = new NetworkStream(_socket, ownsSocket: true);
            }

            public void Count(string name) => _stream.Write(Encoding.ASCII.GetBytes(name + ":1|c"));

            public void Dispose()
            {
                _stream.Dispose();
                _socket.Dispose();
            }
        }
        """);

    [Fact]
    public Task An_early_return_for_a_status() => Reports(
        """
        public sealed class Blobs(HttpClient http)
        {
            public async Task<long?> SizeAsync(Uri uri, CancellationToken token)
            {
                var response = await {|SLA1002:http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, token)|};
                if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                {
                    return null;
                }

                using (response)
                {
                    return response.Content.Headers.ContentLength;
                }
            }
        }
        """);

    [Fact]
    public Task An_arm_of_a_switch_expression_throws() => Reports(
        """
        public static class Sources
        {
            public static Stream Open(string kind, string path)
            {
                var raw = {|SLA1003:File.OpenRead(path)|};
                return kind switch
                {
                    "gzip" => new GZipStream(raw, CompressionMode.Decompress),
                    "plain" => raw,
                    _ => throw new NotSupportedException(kind),
                };
            }
        }
        """);

    [Fact]
    public Task A_process_whose_output_is_read() => Reports(
        """
        using System.Diagnostics;
        public static class Tool
        {
            public static async Task<string> VersionAsync(CancellationToken token)
            {
                var process = {|SLA1001:Process.Start(new ProcessStartInfo("tool", "--version") { RedirectStandardOutput = true, UseShellExecute = false })|}!;
                var text = await process.StandardOutput.ReadToEndAsync(token);
                await process.WaitForExitAsync(token);
                return text.Trim();
            }
        }
        """);

    [Fact]
    public Task A_database_connection_that_only_its_command_is_disposed_of() => Reports(
        """
        using System.Data.Common;
        public sealed class Health(DbProviderFactory factory, string connectionString)
        {
            public async Task<bool> IsUpAsync(CancellationToken token)
            {
                var connection = {|SLA1001:factory.CreateConnection()|}!;
                connection.ConnectionString = connectionString;
                await connection.OpenAsync(token);
                await using var command = connection.CreateCommand();
                command.CommandText = "select 1";
                return await command.ExecuteScalarAsync(token) is 1;
            }
        }
        """);

    [Fact]
    public Task A_quic_connection_whose_first_stream_fails() => Reports(
        """
        #pragma warning disable CA1416
        using System.Net.Quic;
        public static class Quic
        {
            public static async Task<QuicConnection> OpenAsync(QuicClientConnectionOptions options, ReadOnlyMemory<byte> hello, CancellationToken token)
            {
                var connection = await {|SLA1003:QuicConnection.ConnectAsync(options, token)|};
                await using var control = await connection.OpenOutboundStreamAsync(QuicStreamType.Unidirectional, token);
                await control.WriteAsync(hello, token);
                return connection;
            }
        }
        """);

    [Fact]
    public Task A_web_socket_whose_greeting_fails() => Reports(
        """
        public static class Chat
        {
            public static async Task<WebSocket> JoinAsync(Uri uri, string name, CancellationToken token)
            {
                var socket = {|SLA1003:new ClientWebSocket()|};
                await socket.ConnectAsync(uri, token);
                await socket.SendAsync(Encoding.UTF8.GetBytes(name), WebSocketMessageType.Text, true, token);
                return socket;
            }
        }
        """);

    [Fact]
    public Task A_local_function_that_opens() => Reports(
        """
        public static class Check
        {
            public static bool Compare(string a, string b)
            {
                var left = {|SLA1001:Open(a)|};
                using var right = Open(b);
                return left.ReadByte() == right.ReadByte();

                FileStream Open(string name) => File.OpenRead(name + ".bin");
            }
        }
        """);

    [Fact]
    public Task Every_address_that_refuses_costs_a_socket() => Reports(
        """
        public static class Resolve
        {
            public static Socket Connect(IPAddress[] addresses, int port)
            {
                Exception? last = null;
                foreach (var address in addresses)
                {
                    var socket = {|SLA1003:new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)|};
                    try
                    {
                        socket.Connect(address, port);
                        return socket;
                    }
                    catch (SocketException e)
                    {
                        last = e;
                    }
                }

                throw last ?? new SocketException((int)SocketError.HostNotFound);
            }
        }
        """);

    [Fact]
    public Task A_service_that_forgets_its_file() => Verify<TypeAnalyzer>.Reports(
        """
        public sealed class Audit : BackgroundService
        {
            private readonly Channel<string> _entries = Channel.CreateUnbounded<string>();
            private StreamWriter? {|SLA1005:_log|};

            public override Task StartAsync(CancellationToken token)
            {
                _log = new StreamWriter("audit.log", append: true);
                return base.StartAsync(token);
            }

            protected override async Task ExecuteAsync(CancellationToken token)
            {
                await foreach (var entry in _entries.Reader.ReadAllAsync(token))
                {
                    await _log!.WriteLineAsync(entry);
                }
            }
        }
        """);

    [Fact]
    public Task A_client_for_each_item() => Reports(
        """
        public sealed class Notifier
        {
            public async Task NotifyAsync(IEnumerable<Uri> hooks, string text, CancellationToken token)
            {
                foreach (var hook in hooks)
                {
                    using var http = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromSeconds(5) }|};
                    using var content = new StringContent(text);
                    using var response = await http.PostAsync(hook, content, token);
                    response.EnsureSuccessStatusCode();
                }
            }
        }
        """);

    [Fact]
    public Task An_extension_method_that_opens_and_is_not_disposed() => Reports(
        """
        public static class Files
        {
            public static FileStream OpenShared(this FileInfo file) => new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

            public static byte First(this FileInfo file)
            {
                var stream = {|SLA1001:file.OpenShared()|};
                return (byte)stream.ReadByte();
            }
        }
        """);

    [Fact]
    public Task A_lease_that_is_taken_apart() => Reports(
        """
        public sealed class Lease(Socket socket) : IDisposable
        {
            public Socket Socket => socket;
            public void Dispose() => socket.Dispose();
            public static Lease Open() => new(new Socket(SocketType.Stream, ProtocolType.Tcp));
        }

        public static class Use
        {
            public static int Available()
            {
                var lease = {|SLA1001:Lease.Open()|};
                return lease.Socket.Available;
            }
        }
        """);

    [Fact]
    public Task A_value_task_that_gives_a_fresh_stream() => Reports(
        """
        public sealed class Cache
        {
            private static async ValueTask<Stream> OpenAsync(string path, CancellationToken token)
            {
                await Task.Delay(1, token);
                return new FileStream(path, FileMode.Open);
            }

            public async ValueTask<int> PeekAsync(string path, byte[] buffer, CancellationToken token)
            {
                var stream = await {|SLA1001:OpenAsync(path, token)|}.ConfigureAwait(false);
                return await stream.ReadAsync(buffer, token).ConfigureAwait(false);
            }
        }
        """);

    [Fact]
    public Task An_async_local_function_that_opens() => Reports(
        """
        public static class Check
        {
            public static async Task<bool> CompareAsync(string a, string b, CancellationToken token)
            {
                async Task<TcpClient> OpenAsync(string host)
                {
                    var client = new TcpClient();
                    try
                    {
                        await client.ConnectAsync(host, 80, token);
                        return client;
                    }
                    catch
                    {
                        client.Dispose();
                        throw;
                    }
                }

                using var left = await OpenAsync(a);
                var right = await {|SLA1001:OpenAsync(b)|};
                return left.Available == right.Available;
            }
        }
        """);

    [Fact]
    public Task A_local_function_that_hands_out() => Reports(
        """
        public static class Check
        {
            public static int First(string path)
            {
                if (!TryOpen({|SLA1001:out var file|}))
                {
                    return -1;
                }

                return file!.ReadByte();

                bool TryOpen(out FileStream? opened)
                {
                    opened = File.Exists(path) ? File.OpenRead(path) : null;
                    return opened is not null;
                }
            }
        }
        """);
}
