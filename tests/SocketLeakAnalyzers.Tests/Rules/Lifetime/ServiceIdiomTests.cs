using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>The unusual but careful idioms of real services: nothing of them is reported.</summary>
public class ServiceIdiomTests
{
    private static async Task Silent(string code)
    {
        await Verify<ResourceAnalyzer>.Silent(code);
        await Verify<TypeAnalyzer>.Silent(code);
    }

    [Fact]
    public Task Response_moves_into_the_stream_that_is_returned() => Silent(
        """
        public sealed class Downloads(HttpClient http)
        {
            public async Task<Stream> OpenAsync(Uri uri, CancellationToken token)
            {
                HttpResponseMessage? response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
                try
                {
                    response.EnsureSuccessStatusCode();
                    var body = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
                    var owned = new ResponseStream(response, body);
                    response = null;
                    return owned;
                }
                finally
                {
                    response?.Dispose();
                }
            }

            private sealed class ResponseStream(HttpResponseMessage response, Stream inner) : Stream
            {
                public override bool CanRead => true;
                public override bool CanSeek => false;
                public override bool CanWrite => false;
                public override long Length => throw new NotSupportedException();
                public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
                public override void Flush() { }
                public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
                public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
                public override void SetLength(long value) => throw new NotSupportedException();
                public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
                protected override void Dispose(bool disposing)
                {
                    if (disposing)
                    {
                        response.Dispose();
                    }

                    base.Dispose(disposing);
                }
            }
        }
        """);

    [Fact]
    public Task Lease_structs_of_a_pool() => Silent(
        """
        public sealed class SocketPool : IDisposable
        {
            private readonly System.Collections.Concurrent.ConcurrentBag<Socket> _idle = new();
            private readonly EndPoint _server;
            private bool _disposed;

            public SocketPool(EndPoint server) => _server = server;

            public async ValueTask<Lease> RentAsync(CancellationToken token)
            {
                if (!_idle.TryTake(out var socket))
                {
                    socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    try
                    {
                        await socket.ConnectAsync(_server, token);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                }

                return new Lease(this, socket);
            }

            private void Return(Socket socket)
            {
                if (_disposed || !socket.Connected)
                {
                    socket.Dispose();
                    return;
                }

                _idle.Add(socket);
            }

            public void Dispose()
            {
                _disposed = true;
                while (_idle.TryTake(out var socket))
                {
                    socket.Dispose();
                }
            }

            public readonly struct Lease : IDisposable
            {
                private readonly SocketPool _pool;
                public Lease(SocketPool pool, Socket socket) { _pool = pool; Socket = socket; }
                public Socket Socket { get; }
                public void Dispose() => _pool.Return(Socket);
            }
        }

        public sealed class Pinger(SocketPool pool)
        {
            public async Task<int> PingAsync(byte[] buffer, CancellationToken token)
            {
                using var lease = await pool.RentAsync(token);
                await lease.Socket.SendAsync(buffer, SocketFlags.None, token);
                return await lease.Socket.ReceiveAsync(buffer, SocketFlags.None, token);
            }
        }
        """);

    [Fact]
    public Task What_a_full_pool_does_not_take_is_disposed() => Silent(
        """
        public sealed class Connections
        {
            private readonly Channel<TcpClient> _idle = Channel.CreateBounded<TcpClient>(16);

            public async Task WarmAsync(string host, int count, CancellationToken token)
            {
                for (var i = 0; i < count; i++)
                {
                    var client = new TcpClient();
                    try
                    {
                        await client.ConnectAsync(host, 5432, token);
                    }
                    catch (Exception e) when (e is SocketException or OperationCanceledException)
                    {
                        client.Dispose();
                        break;
                    }
                    catch
                    {
                        client.Dispose();
                        throw;
                    }

                    if (!_idle.Writer.TryWrite(client))
                    {
                        client.Dispose();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Factory_delegates() => Silent(
        """
        public sealed class Transports
        {
            private readonly Dictionary<string, Func<string, CancellationToken, Task<Stream>>> _open = new()
            {
                ["tcp"] = async (host, token) =>
                {
                    var client = new TcpClient();
                    try
                    {
                        await client.ConnectAsync(host, 80, token);
                        return client.GetStream();
                    }
                    catch
                    {
                        client.Dispose();
                        throw;
                    }
                },
                ["file"] = (path, _) => Task.FromResult<Stream>(File.OpenRead(path)),
                ["none"] = (_, _) => Task.FromResult(Stream.Null),
            };

            public Task<Stream> OpenAsync(string scheme, string rest, CancellationToken token) => _open[scheme](rest, token);
        }
        """);

    [Fact]
    public Task Async_iterators() => Silent(
        """
        public static class Lines
        {
            public static async IAsyncEnumerable<string> ReadAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, useAsync: true);
                using var reader = new StreamReader(file, Encoding.UTF8, true, 1024, leaveOpen: true);
                while (await reader.ReadLineAsync(token) is { } line)
                {
                    yield return line;
                }
            }

            public static IEnumerable<Stream> OpenAll(IEnumerable<string> paths)
            {
                foreach (var path in paths)
                {
                    yield return File.OpenRead(path);
                }
            }
        }
        """);

    [Fact]
    public Task Switch_expressions() => Silent(
        """
        public static class Sources
        {
            public static async Task<string> ReadAsync(string kind, string path)
            {
                using Stream source = kind switch
                {
                    "file" => File.OpenRead(path),
                    "gzip" => new GZipStream(File.OpenRead(path), CompressionMode.Decompress),
                    _ => throw new ArgumentOutOfRangeException(nameof(kind)),
                };
                using var reader = new StreamReader(source);
                return await reader.ReadToEndAsync();
            }

            public static Stream Open(string kind, string path) => kind switch
            {
                "file" => File.OpenRead(path),
                "gzip" => new GZipStream(File.OpenRead(path), CompressionMode.Decompress, leaveOpen: false),
                "empty" => new MemoryStream(),
                _ => Stream.Null,
            };
        }
        """);

    [Fact]
    public Task Local_functions_that_clean_up() => Silent(
        """
        public sealed class Probe
        {
            public async Task<bool> IsOpenAsync(string host, CancellationToken token)
            {
                TcpClient? client = null;
                SslStream? tls = null;
                try
                {
                    client = new TcpClient();
                    await client.ConnectAsync(host, 443, token);
                    tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
                    await tls.AuthenticateAsClientAsync(host);
                    return tls.IsAuthenticated;
                }
                finally
                {
                    CleanUp();
                }

                void CleanUp()
                {
                    tls?.Dispose();
                    client?.Dispose();
                }
            }
        }
        """);

    [Fact]
    public Task Records_that_own() => Silent(
        """
        public sealed record Connection(Socket Socket, EndPoint Peer) : IDisposable
        {
            public static async Task<Connection> OpenAsync(EndPoint peer, CancellationToken token)
            {
                var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(peer, token);
                    return new Connection(socket, peer);
                }
                catch (Exception)
                {
                    socket.Dispose();
                    throw;
                }
            }

            public void Dispose() => Socket.Dispose();
        }

        public static class Use
        {
            public static async Task<int> AskAsync(EndPoint peer, byte[] data, CancellationToken token)
            {
                using var connection = await Connection.OpenAsync(peer, token);
                return await connection.Socket.SendAsync(data, SocketFlags.None, token);
            }
        }
        """);

    [Fact]
    public Task Primary_constructors() => Silent(
        """
        public sealed class Journal(string path) : IAsyncDisposable
        {
            private readonly FileStream _file = new(path, FileMode.Append);

            public ValueTask WriteAsync(ReadOnlyMemory<byte> entry, CancellationToken token) => _file.WriteAsync(entry, token);

            public ValueTask DisposeAsync() => _file.DisposeAsync();
        }

        public sealed class Session(TcpClient client) : IDisposable
        {
            public NetworkStream Stream { get; } = client.GetStream();

            public static Session Open(string host) => new(new TcpClient(host, 25));

            public void Dispose() => client.Dispose();
        }
        """);

    [Fact]
    public Task Using_declarations_in_odd_places() => Silent(
        """
        public static class Odd
        {
            public static int Read(string kind, string path)
            {
                switch (kind)
                {
                    case "a":
                    {
                        using var file = File.OpenRead(path);
                        return file.ReadByte();
                    }

                    case "b":
                        using (var file = File.OpenRead(path))
                        using (var reader = new BinaryReader(file))
                        {
                            return reader.ReadInt32();
                        }

                    default:
                        using (var walker = Walk(path).GetEnumerator())
                        while (walker.MoveNext())
                        {
                            if (walker.Current > 0)
                            {
                                return walker.Current;
                            }
                        }

                        return 0;
                }
            }

            private static IEnumerable<int> Walk(string path)
            {
                using var file = File.OpenRead(path);
                for (var b = file.ReadByte(); b >= 0; b = file.ReadByte())
                {
                    yield return b;
                }
            }
        }
        """);

    [Fact]
    public Task Exchange_of_a_connection() => Silent(
        """
        public sealed class Uplink : IDisposable
        {
            private TcpClient? _client;

            public async Task ReconnectAsync(string host, CancellationToken token)
            {
                var next = new TcpClient();
                try
                {
                    await next.ConnectAsync(host, 9000, token);
                }
                catch
                {
                    next.Dispose();
                    throw;
                }

                Interlocked.Exchange(ref _client, next)?.Dispose();
            }

            public void Dispose() => Interlocked.Exchange(ref _client, null)?.Dispose();
        }
        """);

    [Fact]
    public Task Lazy_connections() => Silent(
        """
        public sealed class Mailer : IDisposable
        {
            private readonly Lazy<TcpClient> _client;

            public Mailer(string host) => _client = new Lazy<TcpClient>(() => new TcpClient(host, 25));

            public NetworkStream Stream => _client.Value.GetStream();

            public void Dispose()
            {
                if (_client.IsValueCreated)
                {
                    _client.Value.Dispose();
                }
            }
        }
        """);

    [Fact]
    public Task The_loser_of_a_race_for_a_key_is_disposed() => Silent(
        """
        public sealed class Hub
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> _clients = new();

            public async Task<TcpClient> GetAsync(string host, CancellationToken token)
            {
                while (true)
                {
                    if (_clients.TryGetValue(host, out var existing))
                    {
                        return existing;
                    }

                    var fresh = new TcpClient();
                    var added = false;
                    try
                    {
                        await fresh.ConnectAsync(host, 6379, token);
                        added = _clients.TryAdd(host, fresh);
                        if (added)
                        {
                            return fresh;
                        }
                    }
                    finally
                    {
                        if (!added)
                        {
                            fresh.Dispose();
                        }
                    }
                }
            }
        }
        """);

    [Fact]
    public Task A_channel_takes_it_or_it_is_disposed() => Silent(
        """
        public sealed class Acceptor(TcpListener listener, ChannelWriter<TcpClient> accepted)
        {
            public async Task RunAsync(CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    var client = await listener.AcceptTcpClientAsync(token);
                    try
                    {
                        await accepted.WriteAsync(client, token);
                    }
                    catch
                    {
                        client.Dispose();
                        throw;
                    }
                }
            }
        }
        """);

    [Fact]
    public Task The_request_disposes_it_at_its_end() => Silent(
        """
        public static class Endpoints
        {
            public static void Map(WebApplication app)
            {
                app.MapGet("/export", (HttpContext context) =>
                {
                    var file = File.OpenRead("export.csv");
                    context.Response.RegisterForDispose(file);
                    return file.CopyToAsync(context.Response.Body, context.RequestAborted);
                });
                app.MapGet("/raw", () => Results.Stream(File.OpenRead("raw.bin"), "application/octet-stream"));
                app.MapGet("/tail", async (HttpContext context) =>
                {
                    await using var file = new FileStream("tail.log", FileMode.Open);
                    await file.CopyToAsync(context.Response.Body, context.RequestAborted);
                });
            }
        }
        """);

    [Fact]
    public Task Conditional_access_chains() => Silent(
        """
        public sealed class Reader
        {
            public async Task<string?> FirstLineAsync(string path)
            {
                var reader = Exists(path) ? new StreamReader(path) : null;
                var line = reader?.CurrentEncoding.EncodingName;
                await Task.Yield();
                reader?.Dispose();
                return line;
            }

            public void Touch(string path) => Open(path)?.Dispose();

            public long Size(string path)
            {
                var file = Open(path);
                var size = file?.Length ?? 0;
                file?.Close();
                return size;
            }

            private static bool Exists(string path) => File.Exists(path);

            private static FileStream? Open(string path) => File.Exists(path) ? File.OpenRead(path) : null;
        }
        """);

    [Fact]
    public Task Nested_tasks() => Silent(
        """
        public static class Work
        {
            public static async Task<int> RunAsync(string host, CancellationToken token)
            {
                var inner = await Task.Factory.StartNew(async () =>
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(host, 80, token);
                    return client.Available;
                }, token, TaskCreationOptions.None, TaskScheduler.Default);
                return await inner;
            }

            public static Task<TcpClient> OpenAsync(string host) => Task.Run(() => new TcpClient(host, 80));

            public static async Task<int> UseAsync(string host)
            {
                using var client = await OpenAsync(host).ConfigureAwait(false);
                return client.Available;
            }
        }
        """);

    [Fact]
    public Task Value_tasks_of_a_cached_connection() => Silent(
        """
        public sealed class Cached : IDisposable
        {
            private Socket? _socket;
            private readonly EndPoint _end;

            public Cached(EndPoint end) => _end = end;

            public ValueTask<Socket> GetAsync(CancellationToken token) =>
                _socket is { Connected: true } socket ? new ValueTask<Socket>(socket) : new ValueTask<Socket>(OpenAsync(token));

            private async Task<Socket> OpenAsync(CancellationToken token)
            {
                _socket?.Dispose();
                _socket = null;
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(_end, token).ConfigureAwait(false);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }

                return _socket = socket;
            }

            public async Task<int> SendAsync(byte[] data, CancellationToken token)
            {
                var socket = await GetAsync(token).ConfigureAwait(false);
                return await socket.SendAsync(data, SocketFlags.None, token).ConfigureAwait(false);
            }

            public void Dispose() => _socket?.Dispose();
        }
        """);

    [Fact]
    public Task Property_patterns() => Silent(
        """
        public static class Settings
        {
            public static string? Load(string path)
            {
                if (TryOpen(path) is { } file)
                {
                    using (file)
                    {
                        return new StreamReader(file).ReadLine();
                    }
                }

                if (TryOpen(path + ".default") is not { } fallback)
                {
                    return null;
                }

                using var reader = new StreamReader(fallback);
                return reader.ReadToEnd();
            }

            private static FileStream? TryOpen(string path)
            {
                try
                {
                    return File.OpenRead(path);
                }
                catch (FileNotFoundException)
                {
                    return null;
                }
            }
        }
        """);

    [Fact]
    public Task Generic_owners() => Silent(
        """
        public sealed class Owned<T> : IDisposable where T : class, IDisposable
        {
            private T? _value;
            public Owned(T value) => _value = value;
            public T Value => _value ?? throw new ObjectDisposedException(nameof(Owned<T>));
            public T Release() { var value = Value; _value = null; return value; }
            public void Dispose() => _value?.Dispose();
        }

        public static class Dial
        {
            public static async Task<TcpClient> ConnectAsync(string host, CancellationToken token)
            {
                using var owned = new Owned<TcpClient>(new TcpClient());
                await owned.Value.ConnectAsync(host, 80, token);
                return owned.Release();
            }
        }
        """);

    [Fact]
    public Task Extension_methods_that_keep() => Silent(
        """
        public static class Disposing
        {
            public static T DisposeWith<T>(this T value, ICollection<IDisposable> all) where T : IDisposable
            {
                all.Add(value);
                return value;
            }

            public static void SafeDispose(this IDisposable? value)
            {
                try
                {
                    value?.Dispose();
                }
                catch (IOException)
                {
                }
            }
        }

        public sealed class Bundle : IDisposable
        {
            private readonly List<IDisposable> _all = new();
            private readonly TcpClient _client;
            private readonly NetworkStream _stream;

            public Bundle(string host)
            {
                _client = new TcpClient(host, 1).DisposeWith(_all);
                _stream = _client.GetStream().DisposeWith(_all);
            }

            public int Read() => _stream.ReadByte();

            public void Dispose() => _all.ForEach(d => d.Dispose());
        }

        public static class Quick
        {
            public static int First(string path)
            {
                var file = File.OpenRead(path);
                try
                {
                    return file.ReadByte();
                }
                finally
                {
                    file.SafeDispose();
                }
            }
        }
        """);

    [Fact]
    public Task Named_pipe_servers() => Silent(
        """
        public sealed class PipeHost
        {
            public async Task RunAsync(CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    var pipe = new NamedPipeServerStream("host", PipeDirection.InOut, 4, PipeTransmissionMode.Byte, System.IO.Pipes.PipeOptions.Asynchronous);
                    try
                    {
                        await pipe.WaitForConnectionAsync(token);
                    }
                    catch
                    {
                        await pipe.DisposeAsync();
                        throw;
                    }

                    _ = Task.Run(() => ServeAsync(pipe, token), CancellationToken.None);
                }
            }

            private static async Task ServeAsync(NamedPipeServerStream pipe, CancellationToken token)
            {
                await using (pipe)
                {
                    var buffer = new byte[512];
                    int read;
                    while ((read = await pipe.ReadAsync(buffer, token)) > 0)
                    {
                        await pipe.WriteAsync(buffer.AsMemory(0, read), token);
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Quic_connections() => Silent(
        """
        #pragma warning disable CA1416
        using System.Net.Quic;
        public static class Quic
        {
            public static async Task<int> AskAsync(QuicClientConnectionOptions options, ReadOnlyMemory<byte> question, byte[] answer, CancellationToken token)
            {
                await using var connection = await QuicConnection.ConnectAsync(options, token);
                await using var stream = await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, token);
                await stream.WriteAsync(question, completeWrites: true, token);
                return await stream.ReadAsync(answer, token);
            }

            public static async Task<QuicConnection> OpenAsync(QuicClientConnectionOptions options, ReadOnlyMemory<byte> hello, CancellationToken token)
            {
                var connection = await QuicConnection.ConnectAsync(options, token);
                try
                {
                    await using var control = await connection.OpenOutboundStreamAsync(QuicStreamType.Unidirectional, token);
                    await control.WriteAsync(hello, token);
                    return connection;
                }
                catch
                {
                    await connection.DisposeAsync();
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task Processes() => Silent(
        """
        using System.Diagnostics;
        public static class Git
        {
            public static async Task<string> RunAsync(string arguments, CancellationToken token)
            {
                using var process = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("git");
                var output = await process.StandardOutput.ReadToEndAsync(token);
                await process.WaitForExitAsync(token);
                return output;
            }

            public static void Detach(string file)
            {
                var process = new Process { StartInfo = new ProcessStartInfo(file) { RedirectStandardError = true }, EnableRaisingEvents = true };
                process.Exited += (s, _) => (s as Process)?.Dispose();
                process.Start();
                process.BeginErrorReadLine();
            }

            public static void Forget(string file) => Process.Start(file);
        }
        """);

    [Fact]
    public Task Databases() => Silent(
        """
        using System.Data.Common;
        public sealed class Orders(DbDataSource source, DbProviderFactory factory)
        {
            public async Task<object?> CountAsync(CancellationToken token)
            {
                await using var connection = await source.OpenConnectionAsync(token);
                await using var command = connection.CreateCommand();
                command.CommandText = "select count(*) from orders";
                return await command.ExecuteScalarAsync(token);
            }

            public async Task<int> CleanAsync(string connectionString, CancellationToken token)
            {
                var connection = factory.CreateConnection()!;
                connection.ConnectionString = connectionString;
                await connection.OpenAsync(token);
                try
                {
                    using var command = connection.CreateCommand();
                    command.CommandText = "delete from orders";
                    return await command.ExecuteNonQueryAsync(token);
                }
                finally
                {
                    await connection.CloseAsync();
                }
            }

            public async Task<DbDataReader> ReadAsync(string connectionString, CancellationToken token)
            {
                var connection = factory.CreateConnection()!;
                connection.ConnectionString = connectionString;
                try
                {
                    await connection.OpenAsync(token);
                    var command = connection.CreateCommand();
                    command.CommandText = "select * from orders";
                    return await command.ExecuteReaderAsync(System.Data.CommandBehavior.CloseConnection, token);
                }
                catch
                {
                    await connection.DisposeAsync();
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task Http_listeners() => Silent(
        """
        public sealed class Status : IDisposable
        {
            private readonly HttpListener _listener = new();

            public async Task RunAsync(CancellationToken token)
            {
                _listener.Prefixes.Add("http://localhost:9100/");
                _listener.Start();
                using var stop = token.Register(_listener.Close);
                try
                {
                    while (true)
                    {
                        var context = await _listener.GetContextAsync();
                        _ = AnswerAsync(context);
                    }
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                }
                finally
                {
                    _listener.Close();
                }
            }

            private static async Task AnswerAsync(HttpListenerContext context)
            {
                try
                {
                    await context.Response.OutputStream.WriteAsync("ok"u8.ToArray());
                }
                finally
                {
                    context.Response.Close();
                }
            }

            public void Dispose() => _listener.Close();
        }
        """);

    [Fact]
    public Task Web_sockets() => Silent(
        """
        public static class Sockets
        {
            public static async Task HandleAsync(HttpContext context)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[1024];
                while (socket.State == WebSocketState.Open)
                {
                    var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
                    await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
                }
            }

            public static async Task<ClientWebSocket> DialAsync(Uri uri, CancellationToken token)
            {
                var socket = new ClientWebSocket();
                socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
                await socket.ConnectAsync(uri, token);
                return socket;
            }
        }
        """);

    [Fact]
    public Task The_first_of_several_addresses_wins() => Silent(
        """
        public static class HappyEyeballs
        {
            public static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken token)
            {
                var tasks = new List<Task<Socket>>();
                foreach (var address in addresses)
                {
                    tasks.Add(OneAsync(address, port, token));
                }

                while (tasks.Count > 0)
                {
                    var done = await Task.WhenAny(tasks);
                    tasks.Remove(done);
                    if (done.IsCompletedSuccessfully)
                    {
                        foreach (var late in tasks)
                        {
                            _ = late.ContinueWith(t => { if (t.IsCompletedSuccessfully) t.Result.Dispose(); }, TaskScheduler.Default);
                        }

                        return await done;
                    }
                }

                throw new SocketException((int)SocketError.HostUnreachable);
            }

            private static async Task<Socket> OneAsync(IPAddress address, int port, CancellationToken token)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(address, port, token);
                    return socket;
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task A_token_that_disposes_on_cancel() => Silent(
        """
        public static class Legacy
        {
            public static async Task<string> AskAsync(string host, string question, CancellationToken token)
            {
                var client = new TcpClient();
                using (token.Register(static c => ((TcpClient)c!).Dispose(), client))
                {
                    try
                    {
                        await client.ConnectAsync(host, 23);
                        await using var writer = new StreamWriter(client.GetStream(), leaveOpen: true) { AutoFlush = true };
                        using var reader = new StreamReader(client.GetStream());
                        await writer.WriteLineAsync(question);
                        return await reader.ReadLineAsync(CancellationToken.None) ?? string.Empty;
                    }
                    finally
                    {
                        client.Dispose();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Await_using_with_configured_awaits() => Silent(
        """
        public static class Copies
        {
            public static async Task CopyAsync(string from, string to, CancellationToken token)
            {
                var source = File.OpenRead(from);
                await using (source.ConfigureAwait(false))
                {
                    var target = File.Create(to);
                    await using var _ = target.ConfigureAwait(false);
                    await source.CopyToAsync(target, token).ConfigureAwait(false);
                }
            }
        }
        """);

    [Fact]
    public Task Tuples_of_what_belongs_together() => Silent(
        """
        public static class Tls
        {
            public static async Task<(TcpClient Client, SslStream Stream)> OpenAsync(string host, CancellationToken token)
            {
                var client = new TcpClient();
                SslStream? tls = null;
                try
                {
                    await client.ConnectAsync(host, 443, token);
                    tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, token);
                    return (client, tls);
                }
                catch
                {
                    if (tls is not null)
                    {
                        await tls.DisposeAsync();
                    }

                    client.Dispose();
                    throw;
                }
            }

            public static async Task<bool> CheckAsync(string host, CancellationToken token)
            {
                var (client, stream) = await OpenAsync(host, token);
                using (client)
                await using (stream)
                {
                    return stream.IsEncrypted;
                }
            }
        }
        """);

    [Fact]
    public Task A_retrying_handler_disposes_what_it_does_not_return() => Silent(
        """
        public sealed class Retry : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
            {
                for (var attempt = 0; ; attempt++)
                {
                    HttpResponseMessage response;
                    try
                    {
                        response = await base.SendAsync(request, token).ConfigureAwait(false);
                    }
                    catch (HttpRequestException) when (attempt < 3)
                    {
                        continue;
                    }

                    if ((int)response.StatusCode < 500 || attempt == 3)
                    {
                        return response;
                    }

                    response.Dispose();
                    await Task.Delay(TimeSpan.FromSeconds(1 << attempt), token).ConfigureAwait(false);
                }
            }
        }
        """);

    [Fact]
    public Task Base_constructors_take_it() => Silent(
        """
        public abstract class Connection : IDisposable
        {
            private readonly Stream _stream;
            protected Connection(Stream stream) => _stream = stream;
            public int Next() => _stream.ReadByte();
            public void Dispose() => _stream.Dispose();
        }

        public sealed class TcpConnection : Connection
        {
            public TcpConnection(Socket socket) : base(new NetworkStream(socket, ownsSocket: true)) { }
            public TcpConnection(string path) : base(File.OpenRead(path)) { }
        }

        public static class Use
        {
            public static int One(string path)
            {
                using var connection = new TcpConnection(path);
                return connection.Next();
            }
        }
        """);

    [Fact]
    public Task One_client_for_all() => Silent(
        """
        public sealed class Weather
        {
            private static readonly HttpClient s_http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(10) };

            public async Task<string> TodayAsync(CancellationToken token)
            {
                using var response = await s_http.GetAsync("https://weather/today", HttpCompletionOption.ResponseHeadersRead, token);
                return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(token) : "unknown";
            }
        }
        """);

    [Fact]
    public Task Bundles_that_are_disposed_in_reverse() => Silent(
        """
        public sealed class Host : IAsyncDisposable
        {
            private readonly Stack<IAsyncDisposable> _parts = new();

            public async Task StartAsync(string path, CancellationToken token)
            {
                var journal = new FileStream(path, FileMode.Append);
                _parts.Push(journal);
                var pipe = new NamedPipeServerStream("host");
                _parts.Push(pipe);
                await pipe.WaitForConnectionAsync(token);
            }

            public async ValueTask DisposeAsync()
            {
                while (_parts.TryPop(out var part))
                {
                    await part.DisposeAsync();
                }
            }
        }
        """);

    [Fact]
    public Task A_loop_with_continue() => Silent(
        """
        public static class Finder
        {
            public static Stream? Find(IEnumerable<string> paths, byte magic)
            {
                foreach (var path in paths)
                {
                    FileStream file;
                    try
                    {
                        file = File.OpenRead(path);
                    }
                    catch (IOException)
                    {
                        continue;
                    }

                    try
                    {
                        if (file.ReadByte() != magic)
                        {
                            file.Dispose();
                            continue;
                        }

                        file.Position = 0;
                        return file;
                    }
                    catch (IOException)
                    {
                        file.Dispose();
                    }
                }

                return null;
            }
        }
        """);

    [Fact]
    public Task A_scope_that_is_opened_on_a_condition() => Silent(
        """
        public static class Scoped
        {
            public static void Run(string? log, Action<TextWriter> work)
            {
                TextWriter writer = Console.Out;
                IDisposable? scope = null;
                try
                {
                    if (log is not null)
                    {
                        var file = new StreamWriter(log);
                        writer = file;
                        scope = file;
                    }

                    work(writer);
                }
                finally
                {
                    scope?.Dispose();
                }
            }
        }
        """);

    [Fact]
    public Task Streams_over_streams() => Silent(
        """
        public static class Layers
        {
            public static Stream OpenEncrypted(string path, System.Security.Cryptography.ICryptoTransform transform)
            {
                var file = File.OpenRead(path);
                try
                {
                    var header = new byte[16];
                    file.ReadExactly(header);
                    var buffered = new BufferedStream(file, 1 << 16);
                    return new System.Security.Cryptography.CryptoStream(buffered, transform, System.Security.Cryptography.CryptoStreamMode.Read);
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }

            public static byte[] Zip(byte[] data)
            {
                var target = new MemoryStream();
                using (var zip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
                {
                    zip.Write(data);
                }

                return target.ToArray();
            }
        }
        """);

    [Fact]
    public Task Duplex_pipes_over_a_socket() => Silent(
        """
        public sealed class Duplex : IAsyncDisposable
        {
            private readonly NetworkStream _stream;
            private readonly PipeReader _reader;
            private readonly PipeWriter _writer;

            public Duplex(Socket socket)
            {
                _stream = new NetworkStream(socket, ownsSocket: true);
                _reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
                _writer = PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true));
            }

            public async Task<long> CountAsync(CancellationToken token)
            {
                var result = await _reader.ReadAsync(token);
                var length = result.Buffer.Length;
                _reader.AdvanceTo(result.Buffer.End);
                await _writer.FlushAsync(token);
                return length;
            }

            public async ValueTask DisposeAsync()
            {
                await _reader.CompleteAsync();
                await _writer.CompleteAsync();
                await _stream.DisposeAsync();
            }
        }
        """);

    [Fact]
    public Task A_builder_that_gives_up_its_parts() => Silent(
        """
        public sealed class ClientBuilder : IDisposable
        {
            private Socket? _socket;

            public ClientBuilder WithSocket()
            {
                _socket ??= new Socket(SocketType.Stream, ProtocolType.Tcp);
                return this;
            }

            public NetworkStream Build()
            {
                var socket = Interlocked.Exchange(ref _socket, null) ?? throw new InvalidOperationException();
                return new NetworkStream(socket, ownsSocket: true);
            }

            public void Dispose() => _socket?.Dispose();
        }
        """);

    [Fact]
    public Task Work_that_is_handed_its_client_and_closes_it() => Silent(
        """
        public sealed class Server(TcpListener listener, ILogger<Server> log)
        {
            public async Task RunAsync(CancellationToken token)
            {
                var running = new List<Task>();
                try
                {
                    while (!token.IsCancellationRequested)
                    {
                        var client = await listener.AcceptTcpClientAsync(token).ConfigureAwait(false);
                        running.Add(HandleAsync(client, token));
                        running.RemoveAll(t => t.IsCompleted);
                    }
                }
                catch (OperationCanceledException)
                {
                    log.LogInformation("stopping");
                }

                await Task.WhenAll(running).ConfigureAwait(false);
            }

            private async Task HandleAsync(TcpClient client, CancellationToken token)
            {
                using var _ = client;
                try
                {
                    await using var stream = client.GetStream();
                    await stream.WriteAsync("220 ready"u8.ToArray(), token).ConfigureAwait(false);
                }
                catch (IOException e)
                {
                    log.LogWarning(e, "client gone");
                }
            }
        }
        """);

    [Fact]
    public Task Local_functions_that_give_what_is_kept() => Silent(
        """
        public sealed class Many : IDisposable
        {
            private readonly List<Stream> _all = new();
            private FileStream? _shared;

            public void Dispose()
            {
                _shared?.Dispose();
                _all.ForEach(s => s.Dispose());
            }

            public int Sum(string[] names, int depth)
            {
                var sum = 0;
                FileStream? last = null;
                foreach (var name in names)
                {
                    sum += Kept(name).ReadByte() + Shared().ReadByte() + Last(name).ReadByte();
                }

                last?.Dispose();
                using var deep = Deep(depth);
                return sum + deep.ReadByte();

                FileStream Kept(string name)
                {
                    var file = File.OpenRead(name);
                    _all.Add(file);
                    return file;
                }

                FileStream Shared() => _shared ??= File.OpenRead("shared");

                FileStream Last(string name)
                {
                    last?.Dispose();
                    return last = File.OpenRead(name);
                }

                FileStream Deep(int level) => level == 0 ? File.OpenRead("deep") : Deep(level - 1);
            }
        }
        """);
}
