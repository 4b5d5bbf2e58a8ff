using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

public sealed class SLA1003LostBeforeHandOverTests
{
    private static DiagnosticResult LostObject(string subject, string path) =>
        Verify<ResourceAnalyzer>.Diagnostic("SLA1003").WithLocation(0).WithLocation(1).WithArguments(subject, path, ": nobody gets an object whose constructor throws", "disposed");

    private static DiagnosticResult Lost(string subject, string path) => Verify<ResourceAnalyzer>.Diagnostic("SLA1003").WithLocation(0).WithLocation(1).WithArguments(subject, path, " before it is returned, stored or passed on", "disposed");

    // Due.
    [Fact]
    public async Task Socket_returned_after_connect_is_reported_with_what_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            {|#1:socket.Connect(server)|};
            return socket;
            """,
            "public Socket Open(EndPoint server)"),
            [Lost("'socket' (Socket)", "if 'Connect' on line {#1} throws")]);

    [Fact]
    public async Task Client_returned_after_an_awaited_connect_is_reported_with_what_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            await {|#1:client.ConnectAsync(host, port, token)|}.ConfigureAwait(false);
            return client;
            """,
            "public async Task<TcpClient> DialAsync(string host, int port, CancellationToken token)"),
            [Lost("'client' (TcpClient)", "if 'ConnectAsync' on line {#1} throws")]);

    [Fact]
    public async Task Handshake_before_the_hand_over_is_reported_at_the_client() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient("h", 443)|};
            var tls = new SslStream(client.GetStream(), false);
            {|#1:tls.AuthenticateAsClient("h")|};
            return tls;
            """,
            "public SslStream M()"),
            [Lost("'client' (TcpClient)", "if 'AuthenticateAsClient' on line {#1} throws")]);

    [Fact]
    public async Task Handshake_of_a_server_is_reported_at_the_accept() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = await {|SLA1003:listener.AcceptTcpClientAsync(token)|};
            var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
            await tls.AuthenticateAsServerAsync(certificate);
            sessions.Add(tls);
            """,
            "public async Task M(TcpListener listener, System.Security.Cryptography.X509Certificates.X509Certificate certificate, List<Stream> sessions, CancellationToken token)"));

    [Fact]
    public async Task Stream_over_a_stated_take_over_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var tls = {|SLA1003:new SslStream(client.GetStream(), false)|};
            tls.AuthenticateAsClient("h");
            return tls;
            """,
            "public SslStream M(TcpClient client)"));

    [Fact]
    public async Task Response_whose_content_stream_is_returned_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|#0:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token)|};
            {|#1:response.EnsureSuccessStatusCode()|};
            return await response.Content.ReadAsStreamAsync(token);
            """,
            "public async Task<Stream> OpenAsync(HttpClient http, string url, CancellationToken token)"),
            [Lost("'response' (HttpResponseMessage)", "if 'EnsureSuccessStatusCode' on line {#1} throws")]);

    [Fact]
    public async Task Response_kept_in_a_result_object_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Download(HttpResponseMessage response, Stream body) : IDisposable
            {
                public Stream Body => body;
                public void Dispose() => response.Dispose();

                public static async Task<Download> StartAsync(HttpClient http, string url)
                {
                    var response = await {|SLA1003:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
                    if (!response.IsSuccessStatusCode)
                        throw new IOException(response.ReasonPhrase);
                    return new Download(response, await response.Content.ReadAsStreamAsync());
                }
            }
            """);

    [Fact]
    public async Task Socket_stored_in_a_field_after_connect_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Client : IDisposable
            {
                private Socket _socket;

                public void Open(EndPoint server)
                {
                    var socket = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                    socket.NoDelay = true;
                    {|#1:socket.Connect(server)|};
                    _socket = socket;
                }

                public void Dispose() => _socket?.Dispose();
            }
            """,
            [Lost("'socket' (Socket)", "if 'Connect' on line {#1} throws")]);

    [Fact]
    public async Task Socket_returned_in_a_tuple_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1003:new TcpClient()|};
            await client.ConnectAsync("h", 1);
            return (client, client.GetStream());
            """,
            "public async Task<(TcpClient Client, Stream Stream)> M()"));

    [Fact]
    public async Task Socket_returned_by_an_out_parameter_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            s.Connect(server);
            socket = s;
            """,
            "public void Open(EndPoint server, out Socket socket)"));

    [Fact]
    public async Task Constructor_that_throws_after_it_stored_the_socket_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Connection : IDisposable
            {
                private readonly Socket _socket;

                public Connection(EndPoint server)
                {
                    _socket = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                    {|#1:_socket.Connect(server)|};
                }

                public void Dispose() => _socket.Dispose();
            }
            """,
            [LostObject("'_socket' (Socket)", "if 'Connect' on line {#1} throws")]);

    [Fact]
    public async Task Constructor_that_stores_a_client_and_reads_a_greeting_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Pop3 : IDisposable
            {
                private readonly TcpClient _client;
                private readonly StreamReader _reader;

                public Pop3(string host)
                {
                    _client = {|SLA1003:new TcpClient(host, 110)|};
                    _reader = new StreamReader(_client.GetStream());
                    if (!_reader.ReadLine().StartsWith("+OK"))
                        throw new IOException("refused");
                }

                public void Dispose()
                {
                    _reader.Dispose();
                    _client.Dispose();
                }
            }
            """);

    [Fact]
    public async Task Second_file_of_a_constructor_that_fails_loses_the_first() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Journal : IDisposable
            {
                private readonly FileStream _data;
                private readonly FileStream _index;

                public Journal(string folder)
                {
                    _data = {|#0:File.OpenRead(Path.Combine(folder, "data"))|};
                    _index = {|#1:File.OpenRead(Path.Combine(folder, "index"))|};
                }

                public void Dispose()
                {
                    _data.Dispose();
                    _index.Dispose();
                }
            }
            """,
            [LostObject("'_data' (FileStream)", "if 'OpenRead' on line {#1} throws")]);

    [Fact]
    public async Task Retry_that_gives_up_returns_null_and_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            try
            {
                socket.Connect(server);
                return socket;
            }
            catch (SocketException)
            {
                return null;
            }
            """,
            "public Socket TryOpen(EndPoint server)"));

    [Fact]
    public async Task File_returned_in_a_reader_after_a_check_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var reader = new BinaryReader({|SLA1003:File.OpenRead(path)|});
            if (reader.ReadInt32() != 0x04034b50)
                throw new InvalidDataException();
            return reader;
            """,
            "public BinaryReader Open(string path)"));

    [Fact]
    public async Task Throw_of_a_refused_upgrade_is_reported_with_the_throw() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1003:new TcpClient("proxy", 3128)|};
            if (client.Available == 0)
                throw new ProtocolViolationException("closed");
            return client;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Web_socket_returned_after_its_hello_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var ws = {|#0:new ClientWebSocket()|};
            await ws.ConnectAsync(uri, token);
            await {|#1:ws.SendAsync(new byte[2], WebSocketMessageType.Text, true, token)|};
            return ws;
            """,
            "public async Task<WebSocket> M(Uri uri, CancellationToken token)"),
            [Lost("'ws' (ClientWebSocket)", "if 'SendAsync' on line {#1} throws")]);

    [Fact]
    public async Task Pipe_returned_after_its_hello_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var pipe = {|SLA1003:new NamedPipeClientStream("agent")|};
            pipe.Connect(1000);
            pipe.WriteByte(1);
            return pipe;
            """,
            "public Stream M()"));

    [Fact]
    public async Task Pipe_server_is_lost_when_nobody_connects() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var pipe = {|SLA1003:new NamedPipeServerStream("agent")|};
            await pipe.WaitForConnectionAsync(token);
            return pipe;
            """,
            "public async Task<Stream> M(CancellationToken token)"));

    [Fact]
    public async Task Database_connection_returned_after_a_pragma_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var connection = {|SLA1003:factory.CreateConnection()|};
            await connection.OpenAsync(token);
            using var command = connection.CreateCommand();
            command.CommandText = "SET x = 1";
            await command.ExecuteNonQueryAsync(token);
            return connection;
            """,
            "public async Task<System.Data.Common.DbConnection> M(System.Data.Common.DbProviderFactory factory, CancellationToken token)"));

    [Fact]
    public async Task Database_connection_whose_open_fails_has_nothing_to_lose() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var connection = factory.CreateConnection();
            await connection.OpenAsync(token);
            return connection;
            """,
            "public async Task<System.Data.Common.DbConnection> M(System.Data.Common.DbProviderFactory factory, CancellationToken token)"));

    [Fact]
    public async Task Listener_that_is_handed_over_after_start_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var listener = {|SLA1003:new TcpListener(IPAddress.Any, port)|};
            listener.Start();
            return listener;
            """,
            "public TcpListener Open(int port)"));

    [Fact]
    public async Task Listener_that_is_put_into_a_list_after_its_start_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Bindings
            {
                private TcpListener[] _listeners = [];

                public void Start(IPAddress[] addresses, int port)
                {
                    var listeners = new List<TcpListener>();
                    foreach (var address in addresses)
                    {
                        var listener = {|SLA1003:new TcpListener(address, port)|};
                        listener.Start();
                        listeners.Add(listener);
                    }

                    _listeners = listeners.ToArray();
                }

                public void Stop() => Array.ForEach(_listeners, static listener => listener.Stop());
            }
            """);

    [Fact]
    public async Task Listener_that_is_in_the_list_ahead_of_its_start_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Bindings
            {
                private readonly List<TcpListener> _listeners = new();

                public void Start(IPAddress[] addresses, int port)
                {
                    foreach (var address in addresses)
                    {
                        var listener = new TcpListener(address, port);
                        _listeners.Add(listener);
                        listener.Start();
                    }
                }

                public void Stop() => _listeners.ForEach(static listener => listener.Stop());
            }
            """);

    [Fact]
    public async Task Bound_socket_that_is_returned_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|#0:new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)|};
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            {|#1:socket.Bind(new IPEndPoint(IPAddress.Any, port))|};
            return socket;
            """,
            "public Socket Open(int port)"),
            [Lost("'socket' (Socket)", "if 'Bind' on line {#1} throws")]);

    [Fact]
    public async Task Pool_that_dials_before_it_keeps_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Pool : IDisposable
            {
                private readonly System.Collections.Concurrent.ConcurrentBag<TcpClient> _idle = new();

                public async Task GrowAsync(string host, CancellationToken token)
                {
                    var client = {|SLA1003:new TcpClient()|};
                    await client.ConnectAsync(host, 6379, token);
                    _idle.Add(client);
                }

                public void Dispose()
                {
                    foreach (var client in _idle)
                        client.Dispose();
                }
            }
            """);

    [Fact]
    public async Task Hand_over_to_something_unknown_does_not_silence_what_throws_before_it() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1003:new TcpClient()|};
            client.Connect("h", 1);
            sink.Accept(client);
            """,
            "public void M(ISink sink)",
            "public interface ISink { void Accept(TcpClient client); }"));

    [Fact]
    public async Task What_comes_after_a_hand_over_to_something_unknown_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            sink.Accept(client);
            client.Connect("h", 1);
            """,
            "public void M(ISink sink)",
            "public interface ISink { void Accept(TcpClient client); }"));

    [Fact]
    public async Task Item_that_a_full_channel_cannot_take_before_cancellation_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = await {|#0:listener.AcceptTcpClientAsync(token)|};
            await {|#1:writer.WriteAsync(client, token)|};
            """,
            "public async Task M(TcpListener listener, ChannelWriter<TcpClient> writer, CancellationToken token)"),
            [Lost("'client' (TcpClient)", "if 'WriteAsync' on line {#1} throws")]);

    [Fact]
    public async Task Constructor_of_this_compilation_that_throws_before_it_keeps_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Session : IDisposable
            {
                private readonly Stream _stream;

                public Session(Stream stream)
                {
                    if (stream.ReadByte() != 1)
                        throw new IOException("version");
                    _stream = stream;
                }

                public void Dispose() => _stream.Dispose();

                public static Session Open(string path) => new Session({|SLA1003:File.OpenRead(path)|});
            }
            """);

    [Fact]
    public async Task Helper_that_does_the_network_work_is_named() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            await {|#1:GreetAsync(client)|};
            return client;
            """,
            "public async Task<TcpClient> M()",
            "private static async Task GreetAsync(TcpClient client) => await client.ConnectAsync(\"h\", 1);"),
            [Lost("'client' (TcpClient)", "if 'GreetAsync' on line {#1} throws")]);

    [Fact]
    public async Task Catch_that_wraps_and_throws_without_release_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1003:new TcpClient()|};
            try
            {
                client.Connect("h", 1);
            }
            catch (SocketException e)
            {
                throw new IOException("no way", e);
            }

            return client;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Catch_with_a_filter_that_may_refuse_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1003:new TcpClient()|};
            try
            {
                client.Connect("h", 1);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
            {
                client.Dispose();
                throw;
            }

            return client;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Class_library_for_net_framework_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                var request = WebRequest.Create(url);
                var response = {|SLA1003:request.GetResponse()|};
                var stream = response.GetResponseStream();
                var first = stream.ReadByte();
                if (first < 0)
                    throw new EndOfStreamException();
                return stream;
                """,
                "public Stream Open(string url)"),
            references: TargetFrameworks.Net472,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Class_library_for_netstandard_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                var client = {|SLA1003:new TcpClient()|};
                await client.ConnectAsync(host, 1).ConfigureAwait(false);
                return client;
                """,
                "public async Task<TcpClient> M(string host)"),
            references: TargetFrameworks.NetStandard20,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Connect_in_an_object_lambda_factory_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            return () =>
            {
                var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                socket.Connect(server);
                return socket;
            };
            """,
            "public Func<Socket> M(EndPoint server)"));

    [Fact]
    public async Task Connect_callback_of_a_handler_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Clients
            {
                public static readonly HttpClient Http = new(new SocketsHttpHandler
                {
                    ConnectCallback = async (context, token) =>
                    {
                        var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                        await socket.ConnectAsync(context.DnsEndPoint, token);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                });
            }
            """);

    // Clean.
    [Theory]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); return client; } catch { client.Dispose(); throw; }")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch (Exception) { client.Dispose(); throw; } return client;")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch (Exception e) { client.Close(); throw new IOException(\"x\", e); } return client;")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch (Exception) { client.Dispose(); return null; } return client;")]
    [InlineData("var client = new TcpClient(); var ok = false; try { await client.ConnectAsync(\"h\", 1, token); ok = true; return client; } finally { if (!ok) client.Dispose(); }")]
    [InlineData("var client = new TcpClient(); var ok = false; try { await client.ConnectAsync(\"h\", 1, token); ok = true; } finally { if (!ok) { client.Dispose(); } } return client;")]
    [InlineData("TcpClient client = null; TcpClient result = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); result = client; client = null; } finally { client?.Dispose(); } return result;")]
    [InlineData("TcpClient client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); var result = client; client = null; return result; } finally { client?.Dispose(); }")]
    [InlineData("TcpClient client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); return Interlocked.Exchange(ref client, null); } finally { client?.Dispose(); }")]
    [InlineData("var client = new TcpClient(\"h\", 1); return client;")]
    [InlineData("await Task.Delay(1, token); return new TcpClient();")]
    [InlineData("var client = new TcpClient { NoDelay = true, SendTimeout = 5 }; client.LingerState = new LingerOption(true, 1); return client;")]
    [InlineData("var success = true; var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch { success = false; throw; } finally { if (!success) client.Dispose(); } return client;")]
    [InlineData("var client = new TcpClient(); Exception failure = null; try { await client.ConnectAsync(\"h\", 1, token); } catch (Exception e) { failure = e; } if (failure != null) { client.Dispose(); throw failure; } return client;")]
    public async Task Factory_that_releases_on_failure_is_not_reported(string body) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, "public async Task<TcpClient> M(CancellationToken token)"));

    [Theory]
    [InlineData("try { client.Connect(\"h\", 1); } catch (Exception) when (Release()) { }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch when (Release()) { throw; }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (IOException) { } catch (SocketException e) when (e.ErrorCode == 1 | Release()) { return null; }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (SocketException e) when (e.ErrorCode == 1) { Release(); return null; } catch (Exception) when (Release()) { }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (SocketException e) when (e.ErrorCode == 1) { Release(); return null; } catch { client.Dispose(); throw; }")]
    [InlineData("try { try { client.Connect(\"h\", 1); } catch (SocketException) when (client.Available == 3) { } } catch { client.Dispose(); throw; }")]
    [InlineData("try { try { client.Connect(\"h\", 1); } finally { Console.WriteLine(); } } catch when (Release()) { }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (Exception e) when (e is SocketException or IOException) { client.Dispose(); return null; } catch (Exception) { client.Dispose(); throw; }")]
    public async Task Release_inside_or_behind_an_exception_filter_is_seen(string body) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = new TcpClient(); " + body + " return client; bool Release() { client.Dispose(); return false; }",
            "public TcpClient M()"));

    [Theory]
    [InlineData("try { client.Connect(\"h\", 1); } catch (Exception) when (Log()) { client.Dispose(); return null; }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (SocketException e) when (e.ErrorCode == 1) { client.Dispose(); return null; }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (SocketException e) when (e.ErrorCode == 1) { return null; } catch { client.Dispose(); throw; }")]
    [InlineData("try { client.Connect(\"h\", 1); } catch (IOException) when (Log(client.Dispose)) { }")]
    [InlineData("try { try { client.Connect(\"h\", 1); } catch (SocketException) when (client.Available == 3) { } } catch (IOException) { client.Dispose(); throw; }")]
    public async Task What_a_filter_lets_pass_is_reported(string body) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            "var client = {|SLA1003:new TcpClient()|}; " + body + " return client; bool Log(Action a = null) => false;",
            "public TcpClient M()"));

    [Theory]
    [InlineData("catch (Exception e) when (e is not OutOfMemoryException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is not OutOfMemoryException and not StackOverflowException) { client.Dispose(); return null; }")]
    [InlineData("catch (Exception e) when (!(e is OutOfMemoryException || e is ThreadAbortException)) { client.Dispose(); throw new IOException(\"h\", e); }")]
    [InlineData("catch (Exception e) when (e is SocketException) { client.Dispose(); return null; } catch (Exception e) when (e is OperationCanceledException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is SocketException or OperationCanceledException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is OperationCanceledException || e is System.Runtime.InteropServices.ExternalException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is SocketException { SocketErrorCode: not SocketError.Success } or OperationCanceledException) { client.Dispose(); throw; } catch (SocketException) { client.Dispose(); return null; }")]
    [InlineData("catch (Exception e) when (e is IOException) { return null; } catch (Exception e) when (e is not InvalidCastException) { client.Dispose(); throw; }")]
    [InlineData("catch (OutOfMemoryException) { throw; } catch (Exception) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is { }) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is SocketException socket && Log(socket) || e is not SocketException) { client.Dispose(); return null; } catch (SocketException) { client.Dispose(); throw; }")]
    [InlineData("catch (SystemException e) when (e is not IOException) { client.Dispose(); throw; }")]
    public async Task Filter_on_the_type_of_the_exception_that_takes_all_that_is_thrown_is_not_reported(string handlers) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } " + handlers + " return client; bool Log(Exception e) => true;",
            "public async Task<TcpClient> M(CancellationToken token)"));

    [Theory]
    [InlineData("catch (Exception e) when (e is not OperationCanceledException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is SocketException) { client.Dispose(); return null; }")]
    [InlineData("catch (Exception e) when (!(e is OperationCanceledException || e is OutOfMemoryException)) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.TimedOut } or OperationCanceledException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is OperationCanceledException && attempts < 3) { client.Dispose(); throw; } catch (SocketException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is TaskCanceledException or SocketException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e.InnerException is not OutOfMemoryException) { client.Dispose(); throw; }")]
    [InlineData("catch (Exception e) when (e is SocketException) { return null; } catch { client.Dispose(); throw; }")]
    public async Task Filter_on_the_type_of_the_exception_that_lets_one_pass_is_reported(string handlers) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            "var client = {|SLA1003:new TcpClient()|}; try { await client.ConnectAsync(\"h\", 1, token); } " + handlers + " return client;",
            "public async Task<TcpClient> M(CancellationToken token, int attempts)"));

    [Fact]
    public async Task Exception_of_unknown_type_is_told_by_a_filter_as_far_as_it_looks()
    {
        const string Members = "private sealed class ProtocolException : Exception { } private static void Handshake(TcpClient c) { if (!c.Connected) throw new ProtocolException(); }";
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = new TcpClient(\"h\", 1); try { Handshake(client); return client; } catch (Exception e) when (e is ProtocolException) { client.Dispose(); throw; }",
            "public TcpClient M()",
            Members));
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            "var client = {|SLA1003:new TcpClient(\"h\", 1)|}; try { Handshake(client); return client; } catch (Exception e) when (e is IOException or SocketException) { client.Dispose(); throw; }",
            "public TcpClient M()",
            Members));
    }

    [Fact]
    public async Task Constructor_that_releases_on_failure_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Connection : IDisposable
            {
                private readonly Socket _socket;
                private readonly NetworkStream _stream;

                public Connection(EndPoint server)
                {
                    _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    try
                    {
                        _socket.Connect(server);
                        _stream = new NetworkStream(_socket);
                    }
                    catch
                    {
                        _socket.Dispose();
                        throw;
                    }
                }

                public void Dispose()
                {
                    _stream.Dispose();
                    _socket.Dispose();
                }
            }
            """);

    [Fact]
    public async Task Constructor_that_disposes_itself_on_failure_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Connection : IDisposable
            {
                private readonly Socket _socket;

                public Connection(EndPoint server)
                {
                    _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    try
                    {
                        _socket.Connect(server);
                    }
                    catch
                    {
                        Dispose();
                        throw;
                    }
                }

                public void Dispose() => _socket.Dispose();
            }
            """);

    [Fact]
    public async Task Guard_before_the_acquisition_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Connection : IDisposable
            {
                private readonly Socket _socket;

                public Connection(EndPoint server)
                {
                    ArgumentNullException.ThrowIfNull(server);
                    _ = server ?? throw new ArgumentNullException(nameof(server));
                    _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                }

                public void Dispose() => _socket.Dispose();
            }
            """);

    [Fact]
    public async Task Method_that_fills_a_field_before_it_connects_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Connection : IDisposable
            {
                private TcpClient _client;

                public async Task OpenAsync(string host)
                {
                    _client = new TcpClient();
                    await _client.ConnectAsync(host, 1);
                }

                public void Dispose() => _client?.Dispose();
            }
            """);

    [Fact]
    public async Task Content_stream_returned_with_release_on_failure_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            try
            {
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadAsStreamAsync();
            }
            catch
            {
                response.Dispose();
                throw;
            }
            """,
            "public async Task<Stream> M(HttpClient http, string url)"));

    [Fact]
    public async Task Owning_stream_of_an_accepted_socket_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "return new NetworkStream(listener.Accept(), ownsSocket: true);", "public Stream M(Socket listener)"));

    [Fact]
    public async Task Owning_stream_of_a_datagram_socket_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var udp = new UdpClient();
            udp.Connect("h", 1);
            udp.Client.ReceiveBufferSize = 65536;
            return udp;
            """,
            "public UdpClient M()"));

    [Theory]
    [InlineData("return new[] { {|SLA1003:File.OpenRead(a)|}, File.OpenRead(b) };")]
    [InlineData("var both = new Stream[] { {|SLA1003:File.OpenRead(a)|}, new BufferedStream(File.OpenRead(b)) }; return both;")]
    [InlineData("return new Stream[] { new NetworkStream({|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}, true), File.OpenRead(b) };")]
    public async Task An_element_of_an_array_is_lost_when_a_later_one_throws(string body) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, "public Stream[] M(string a, string b)"));

    [Theory]
    [InlineData("return new[] { File.OpenRead(a), Stream.Null };")]
    [InlineData("return new Stream[b.Length] { File.OpenRead(a) };")]
    [InlineData("var first = File.OpenRead(a); return new Stream[] { first, null };")]
    public async Task An_element_that_nothing_throws_behind_is_not_reported(string body) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body.Replace("b.Length", "1", System.StringComparison.Ordinal), "public Stream[] M(string a, string b)"));
}
