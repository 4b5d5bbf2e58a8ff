using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class DisposeOnFailureTests
{
    private static Task Fixes(string before, string after, string signature, string members = "") =>
        Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, members));

    private static Task Refuses(string body, string signature, string members = "") =>
        Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.NoFix(Verify.InMethod(body, signature, members));

    [Fact]
    public Task Both_branches_of_a_choice_get_one_catch() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            // Either of them.
            Stream source = other is null ? {|SLA1003:File.OpenRead(path)|} : (Stream){|SLA1003:new FileStream(other, FileMode.Open)|};
            if (source.ReadByte() == 0)
                throw new InvalidDataException(path);
            return source;
            """,
            "public Stream M(string path, string? other)"),
        Verify.InMethod(
            """
            // Either of them.
            Stream source = other is null ? File.OpenRead(path) : (Stream)new FileStream(other, FileMode.Open);
            try
            {
                if (source.ReadByte() == 0)
                    throw new InvalidDataException(path);
                return source;
            }
            catch
            {
                source.Dispose();
                throw;
            }
            """,
            "public Stream M(string path, string? other)"),
        iterations: 1);

    /// <summary>A handler that may meet null, as the code itself asks, does not throw over it.</summary>
    [Theory]
    [InlineData("if (s != null)\n{\n    s.Connect(end);\n}\nreturn s;", "s?.Dispose();")]
    [InlineData("if (s is not null)\n{\n    s.Connect(end);\n}\nreturn s;", "s?.Dispose();")]
    [InlineData("s?.Connect(end);\nreturn s;", "s?.Dispose();")]
    [InlineData("if (end != null)\n{\n    s.Connect(end);\n}\nreturn s;", "s.Dispose();")]
    public Task A_resource_that_the_code_tests_for_null_is_released_behind_such_a_test(string rest, string release) => Fixes(
        "var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\n" + rest,
        "var s = new Socket(SocketType.Stream, ProtocolType.Tcp);\ntry\n{\n    " + rest.Replace("\n", "\n    ") + "\n}\ncatch\n{\n    " + release + "\n    throw;\n}",
        "public Socket M(EndPoint end)");

    [Fact]
    public Task All_arms_of_a_switch_get_one_catch() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            Stream source = uri.Scheme switch
            {
                "file" => {|SLA1003:File.OpenRead(uri.LocalPath)|},
                "http" or "https" => await {|SLA1003:http.GetStreamAsync(uri)|}.ConfigureAwait(false),
                _ => throw new NotSupportedException(uri.Scheme),
            };
            await source.ReadExactlyAsync(head);
            return source;
            """,
            "public async Task<Stream> M(HttpClient http, Uri uri, byte[] head)"),
        Verify.InMethod(
            """
            Stream source = uri.Scheme switch
            {
                "file" => File.OpenRead(uri.LocalPath),
                "http" or "https" => await http.GetStreamAsync(uri).ConfigureAwait(false),
                _ => throw new NotSupportedException(uri.Scheme),
            };
            try
            {
                await source.ReadExactlyAsync(head);
                return source;
            }
            catch
            {
                source.Dispose();
                throw;
            }
            """,
            "public async Task<Stream> M(HttpClient http, Uri uri, byte[] head)"),
        iterations: 1);

    [Theory]
    [InlineData("var source = given ?? {|SLA1003:File.OpenRead(path)|};")]
    [InlineData("Stream source = given != null ? given : {|SLA1003:File.OpenRead(path)|};")]
    [InlineData("Stream source = path.Length == 0 ? Open(given) : {|SLA1003:File.OpenRead(path)|};")]
    public Task What_may_be_the_callers_is_left_alone(string chosen) => Refuses(
        chosen + " if (source.ReadByte() == 0) throw new InvalidDataException(path); return source;",
        "public Stream M(Stream? given, string path)",
        "private static Stream Open(Stream? stream) => stream!;");

    [Fact]
    public Task A_socket_that_is_returned_once_it_is_connected() => Fixes(
        """
        // The peer.
        var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; // not connected yet

        // Takes a while.
        await socket.ConnectAsync(end); // or throws
        return socket; // connected
        """,
        """
        // The peer.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); // not connected yet

        try
        {
            // Takes a while.
            await socket.ConnectAsync(end); // or throws
            return socket; // connected
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        """,
        "public async Task<Socket> M(EndPoint end)");

    [Fact]
    public Task A_client_that_is_stored_in_a_field() => Fixes(
        "var c = {|SLA1003:new TcpClient()|};\nc.Connect(host, 1);\nclient = c;",
        "var c = new TcpClient();\ntry\n{\n    c.Connect(host, 1);\n}\ncatch\n{\n    c.Dispose();\n    throw;\n}\nclient = c;",
        "public void M(string host)",
        "private TcpClient? client;\nprivate Stream? stream;\npublic void Dispose() { client?.Dispose(); stream?.Dispose(); }");

    [Fact]
    public Task What_throws_ahead_of_a_hand_over_inside_a_handler_that_answers() => Fixes(
        """
        var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};

        try
        {
            await socket.ConnectAsync(end);
            await register.AddAsync(socket);
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine(e.Message);
            return false;
        }
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        try
        {
            try
            {
                await socket.ConnectAsync(end);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            await register.AddAsync(socket);
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine(e.Message);
            return false;
        }
        """,
        "public async Task<bool> M(EndPoint end, IRegister register)",
        "public interface IRegister { Task AddAsync(Socket socket); }");

    [Fact]
    public Task What_throws_ahead_of_the_constructor_that_is_given_it() => Fixes(
        """
        var socket = {|SLA1003:new Socket(SocketType.Dgram, ProtocolType.Udp)|};

        // Any port.
        socket.Bind(end);
        var line = new Line(socket);
        Start(line);
        Receive(socket, line);
        """,
        """
        var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);

        try
        {
            // Any port.
            socket.Bind(end);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var line = new Line(socket);
        Start(line);
        Receive(socket, line);
        """,
        "public void M(EndPoint end)",
        "private Line? _line;\nprivate void Start(Line line) => _line = line;\nprivate static void Receive(Socket socket, Line line) => Console.WriteLine(socket.Available);\npublic void Dispose() => _line?.Dispose();\nprivate sealed class Line(Socket socket) : IDisposable { public void Dispose() => socket.Dispose(); }");

    [Fact]
    public Task Ahead_of_what_follows_a_condition_of_the_compiler() => Fixes(
        """
        #if OLD
        var client = listener.AcceptTcpClient();
        #else
        var client = await {|SLA1003:listener.AcceptTcpClientAsync()|};
        #endif
        client.NoDelay = true;
        client.Client.Send(new byte[1]);
        return client;
        """,
        """
        #if OLD
        var client = listener.AcceptTcpClient();
        #else
        var client = await listener.AcceptTcpClientAsync();
        #endif
        try
        {
            client.NoDelay = true;
            client.Client.Send(new byte[1]);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
        """,
        "public async Task<TcpClient> M(TcpListener listener)");

    [Fact]
    public Task A_region_keeps_to_the_code_that_it_is_about() => Fixes(
        """
        var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        await socket.ConnectAsync(end);

        #region Greeting
        var greeting = new byte[4];
        await socket.ReceiveAsync(greeting);
        #endregion

        return socket;
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(end);

            #region Greeting
            var greeting = new byte[4];
            await socket.ReceiveAsync(greeting);
            #endregion

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        """,
        "public async Task<Socket> M(EndPoint end)");

    [Fact]
    public Task Braces_stand_where_those_of_other_statements_do() => Fixes(
        """
        if (end is null) {
            throw new ArgumentNullException(nameof(end));
        }

        var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        socket.Connect(end);
        return socket;
        """,
        """
        if (end is null) {
            throw new ArgumentNullException(nameof(end));
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try {
            socket.Connect(end);
            return socket;
        } catch {
            socket.Dispose();
            throw;
        }
        """,
        "public Socket M(EndPoint end)");

    [Fact]
    public Task A_using_that_takes_it_over_is_the_end_of_it() => Fixes(
        """
        var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        socket.Connect(end);
        using (var stream = await transport.OpenAsync(socket))
        {
            stream.ReadByte();
        }

        File.WriteAllText("log", "done");
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(end);
            using (var stream = await transport.OpenAsync(socket))
            {
                stream.ReadByte();
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        File.WriteAllText("log", "done");
        """,
        "public async Task M(EndPoint end, ITransport transport)",
        "public interface ITransport { Task<Stream> OpenAsync(Socket socket); }");

    [Fact]
    public Task An_awaited_release_is_configured_as_the_awaits_around() => Fixes(
        """
        var connection = await {|SLA1003:listener.AcceptConnectionAsync(token)|}.ConfigureAwait(false);
        await File.WriteAllTextAsync("log", "accepted", token).ConfigureAwait(false);
        return (connection, 1);
        """,
        """
        var connection = await listener.AcceptConnectionAsync(token).ConfigureAwait(false);
        try
        {
            await File.WriteAllTextAsync("log", "accepted", token).ConfigureAwait(false);
            return (connection, 1);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        """,
        "public async Task<(System.Net.Quic.QuicConnection, int)> M(System.Net.Quic.QuicListener listener, CancellationToken token)");

    [Fact]
    public Task What_is_declared_on_the_way_stays_in_scope() => Fixes(
        "var c = {|SLA1003:new TcpClient()|};\nc.Connect(host, 1);\nvar s = c.GetStream();\nclient = c;\nstream = s;",
        "var c = new TcpClient();\ntry\n{\n    c.Connect(host, 1);\n    var s = c.GetStream();\n    client = c;\n    stream = s;\n}\ncatch\n{\n    c.Dispose();\n    throw;\n}",
        "public void M(string host)",
        "private TcpClient? client;\nprivate Stream? stream;\npublic void Dispose() { client?.Dispose(); stream?.Dispose(); }");

    [Fact]
    public Task Two_fields_of_a_constructor() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        """
        public sealed class Pair : IDisposable
        {
            private readonly TcpClient _in;
            private readonly TcpClient _out;
            private readonly string _name;

            public Pair(string host)
            {
                _in = {|SLA1003:new TcpClient(host, 1)|};
                _in.GetStream().ReadByte();
                _out = {|SLA1003:new TcpClient(host, 2)|};
                _out.GetStream().ReadByte();
                _name = host;
            }

            public void Dispose()
            {
                _in.Dispose();
                _out.Dispose();
            }
        }
        """,
        """
        public sealed class Pair : IDisposable
        {
            private readonly TcpClient _in;
            private readonly TcpClient _out;
            private readonly string _name;

            public Pair(string host)
            {
                _in = new TcpClient(host, 1);
                try
                {
                    _in.GetStream().ReadByte();
                    _out = new TcpClient(host, 2);
                    try
                    {
                        _out.GetStream().ReadByte();
                    }
                    catch
                    {
                        _out.Dispose();
                        throw;
                    }
                }
                catch
                {
                    _in.Dispose();
                    throw;
                }
                _name = host;
            }

            public void Dispose()
            {
                _in.Dispose();
                _out.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_block_in_one_line_stays_in_one_line() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        "class C { Socket M(EndPoint e) { var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(e); return s; } }\n",
        "class C { Socket M(EndPoint e) { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect(e); return s; } catch { s.Dispose(); throw; } } }\n");

    [Fact]
    public Task A_constructor_that_throws() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        """
        sealed class C : IDisposable
        {
            private readonly Socket socket;
            private readonly string name;

            public C(EndPoint end)
            {
                this.socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                socket.Connect(end);
                name = "n";
            }

            public string Name => name;

            public void Dispose() => socket.Dispose();
        }
        """,
        """
        sealed class C : IDisposable
        {
            private readonly Socket socket;
            private readonly string name;

            public C(EndPoint end)
            {
                this.socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    socket.Connect(end);
                }
                catch
                {
                    this.socket.Dispose();
                    throw;
                }
                name = "n";
            }

            public string Name => name;

            public void Dispose() => socket.Dispose();
        }
        """);

    [Fact]
    public Task Two_of_a_method_come_in_one_pass_one_in_the_other() => Fixes(
        """
        var first = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        first.Connect(end);
        var second = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        second.Connect(end);
        return (first, second);
        """,
        """
        var first = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            first.Connect(end);
            var second = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                second.Connect(end);
                return (first, second);
            }
            catch
            {
                second.Dispose();
                throw;
            }
        }
        catch
        {
            first.Dispose();
            throw;
        }
        """,
        "public (Socket, Socket) M(EndPoint end)");

    [Fact]
    public Task A_response_whose_stream_leaves_is_disposed_on_failure_only() => Fixes(
        """
        var response = await {|SLA1003:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync();
        """,
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
        "public async Task<Stream> M(HttpClient http, string url)");

    [Fact]
    public Task A_wrapper_over_a_temporary() => Fixes(
        "var ssl = new SslStream({|SLA1003:new TcpClient(host, 443)|}.GetStream());\nawait ssl.AuthenticateAsClientAsync(host);\nreturn ssl;",
        "var client = new TcpClient(host, 443);\ntry\n{\n    var ssl = new SslStream(client.GetStream());\n    await ssl.AuthenticateAsClientAsync(host);\n    return ssl;\n}\ncatch\n{\n    client.Dispose();\n    throw;\n}",
        "public async Task<Stream> M(string host)");

    [Fact]
    public Task Before_dotnet_8_a_listener_is_stopped() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod("var listener = {|SLA1003:new TcpListener(IPAddress.Any, 1)|};\nlistener.Start();\nreturn listener;", "public TcpListener M()"),
        Verify.InMethod("var listener = new TcpListener(IPAddress.Any, 1);\ntry\n{\n    listener.Start();\n    return listener;\n}\ncatch\n{\n    listener.Stop();\n    throw;\n}", "public TcpListener M()"),
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task A_handler_that_swallows_and_returns_releases_first() => Fixes(
        """
        var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        try
        {
            s.Connect(end);
            return s;
        }
        catch (SocketException)
        {
            // Nobody there.
            return null;
        }
        """,
        """
        var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            s.Connect(end);
            return s;
        }
        catch (SocketException)
        {
            // Nobody there.
            s.Dispose();
            return null;
        }
        catch
        {
            s.Dispose();
            throw;
        }
        """,
        "public Socket? M(EndPoint end)");

    [Fact]
    public Task A_handler_of_everything_needs_no_other() => Fixes(
        "var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\ns.NoDelay = true;\ntry { s.Connect(end); return s; } catch (Exception) { return null; }",
        "var s = new Socket(SocketType.Stream, ProtocolType.Tcp);\ns.NoDelay = true;\ntry { s.Connect(end); return s; } catch (Exception) { s.Dispose(); return null; }",
        "public Socket? M(EndPoint end)");

    [Fact]
    public Task A_handler_in_a_loop_that_goes_on_with_the_next() => Fixes(
        """
        foreach (var end in ends)
        {
            var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            try
            {
                s.Connect(end);
            }
            catch (Exception)
            {
                continue;
            }

            return s;
        }

        return null;
        """,
        """
        foreach (var end in ends)
        {
            var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                s.Connect(end);
            }
            catch (Exception)
            {
                s.Dispose();
                continue;
            }

            return s;
        }

        return null;
        """,
        "public Socket? M(EndPoint[] ends)");

    [Fact]
    public Task A_handler_that_uses_it_is_left_to_its_author() => Refuses(
        "var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\ntry\n{\n    s.Connect(end);\n    return s;\n}\ncatch (SocketException)\n{\n    Console.WriteLine(s.Blocking);\n    return null;\n}",
        "public Socket? M(EndPoint end)");

    [Fact]
    public Task What_is_needed_behind_the_try_is_declared_ahead_of_it() => Fixes(
        """
        var c = {|SLA1003:new TcpClient()|};
        c.Connect(host, 1);
        var (a, b) = (c.Available, 2);
        var name = c.Client.RemoteEndPoint!.ToString();
        client = c;
        Console.WriteLine(name);
        Console.WriteLine(host);
        """,
        """
        var c = new TcpClient();
        string name;
        try
        {
            c.Connect(host, 1);
            var (a, b) = (c.Available, 2);
            name = c.Client.RemoteEndPoint!.ToString();
        }
        catch
        {
            c.Dispose();
            throw;
        }
        client = c;
        Console.WriteLine(name);
        Console.WriteLine(host);
        """,
        "public void M(string host)",
        "private TcpClient? client;\npublic void Dispose() => client?.Dispose();");

    [Fact]
    public Task And_not_what_has_a_type_without_a_name() => Refuses(
        "var c = {|SLA1003:new TcpClient()|};\nc.Connect(host, 1);\nvar name = new { c.Available };\nclient = c;\nConsole.WriteLine(name);\nConsole.WriteLine(host);",
        "public void M(string host)",
        "private TcpClient? client;\npublic void Dispose() => client?.Dispose();");

    [Fact]
    public Task An_out_variable_is_declared_ahead_too() => Fixes(
        "var c = {|SLA1003:new TcpClient()|};\nc.Connect(host, 1);\nint.TryParse(host, out var port);\nclient = c;\nConsole.WriteLine(port);\nConsole.WriteLine(host);",
        "var c = new TcpClient();\nint port;\ntry\n{\n    c.Connect(host, 1);\n    int.TryParse(host, out port);\n}\ncatch\n{\n    c.Dispose();\n    throw;\n}\nclient = c;\nConsole.WriteLine(port);\nConsole.WriteLine(host);",
        "public void M(string host)",
        "private TcpClient? client;\npublic void Dispose() => client?.Dispose();");

    [Fact]
    public Task What_is_acquired_in_two_blocks_is_covered_once() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            Socket? s;
            if (dual)
            {
                s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            }
            else
            {
                s = {|SLA1003:new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)|};
                s.NoDelay = true;
            }

            s.Connect(end);
            return s;
            """,
            "public Socket M(EndPoint end, bool dual)"),
        Verify.InMethod(
            """
            Socket? s = null;
            try
            {
                if (dual)
                {
                    s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                }
                else
                {
                    s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    s.NoDelay = true;
                }

                s.Connect(end);
                return s;
            }
            catch
            {
                s?.Dispose();
                throw;
            }
            """,
            "public Socket M(EndPoint end, bool dual)"),
        iterations: 1);

    [Fact]
    public Task A_yield_cannot_stand_in_a_try_with_a_catch() => Refuses(
        "var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\nyield return null;\ns.Connect(end);\nyield return s;",
        "public IEnumerable<Socket?> M(EndPoint end)");

    [Fact]
    public Task A_try_ends_ahead_of_the_yield_that_hands_over() => Fixes(
        "var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\ns.Connect(end);\nyield return s;",
        "var s = new Socket(SocketType.Stream, ProtocolType.Tcp);\ntry\n{\n    s.Connect(end);\n}\ncatch\n{\n    s.Dispose();\n    throw;\n}\nyield return s;",
        "public IEnumerable<Socket> M(EndPoint end)");

    [Fact]
    public Task What_a_later_argument_can_lose_gets_a_name() => Fixes(
        "return new Pair({|SLA1003:File.OpenRead(a)|}, File.Create(b));",
        "var stream = File.OpenRead(a);\ntry\n{\n    return new Pair(stream, File.Create(b));\n}\ncatch\n{\n    stream.Dispose();\n    throw;\n}",
        "public Pair M(string a, string b)",
        "public sealed class Pair(Stream from, Stream to) : IDisposable\n{\n    private readonly Stream _from = from, _to = to;\n    public void Dispose() { _from.Dispose(); _to.Dispose(); }\n}");

    [Fact]
    public Task Two_that_are_handed_on_in_the_order_they_were_made_are_covered_one_around_the_other() => Fixes(
        "var reader = {|SLA1003:File.OpenRead(path)|};\nvar writer = {|SLA1003:File.Create(path + \".out\")|};\nreader.ReadByte();\nthis.reader = reader;\nwriter.WriteByte(1);\nthis.writer = writer;",
        "var reader = File.OpenRead(path);\nFileStream writer = null;\ntry\n{\n    try\n    {\n        writer = File.Create(path + \".out\");\n        reader.ReadByte();\n    }\n    catch\n    {\n        reader.Dispose();\n        throw;\n    }\n    this.reader = reader;\n    writer.WriteByte(1);\n}\ncatch\n{\n    writer?.Dispose();\n    throw;\n}\nthis.writer = writer;",
        "public void M(string path)",
        "private FileStream? reader, writer;\npublic void Dispose() { reader?.Dispose(); writer?.Dispose(); }");

    [Fact]
    public Task A_handler_that_goes_on_may_have_it_or_not() => Refuses(
        "FileStream writer = null;\ntry\n{\n    writer = {|SLA1003:File.Create(path)|};\n    Console.WriteLine(path);\n}\ncatch (ArgumentException)\n{\n    Console.WriteLine(1);\n}\nwriter.WriteByte(1);\nthis.writer = writer;",
        "public void M(string path)",
        "private FileStream? writer;\npublic void Dispose() => writer?.Dispose();");

    [Fact]
    public Task The_next_address_is_tried_where_one_does_not_answer() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            foreach (var address in addresses)
            {
                var socket = {|SLA1003:new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)|};
                try
                {
                    await socket.ConnectAsync(address, 80, token);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch (SocketException)
                {
                    // try the next
                }
            }

            throw new IOException("nobody answers");
            """,
            "public async Task<Stream> M(IPAddress[] addresses, CancellationToken token)"),
        Verify.InMethod(
            """
            foreach (var address in addresses)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(address, 80, token);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch (SocketException)
                {
                    // try the next
                    socket.Dispose();
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }

            throw new IOException("nobody answers");
            """,
            "public async Task<Stream> M(IPAddress[] addresses, CancellationToken token)"));

    [Fact]
    public Task A_round_of_retries_that_waits_and_goes_on() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            for (var i = 0; ; i++)
            {
                var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                try
                {
                    await socket.ConnectAsync(end, token);
                    return socket;
                }
                catch (SocketException) when (i < 5)
                {
                    await Task.Delay(100 * i, token);
                }
            }
            """,
            "public async Task<Socket> M(EndPoint end, CancellationToken token)"),
        Verify.InMethod(
            """
            for (var i = 0; ; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(end, token);
                    return socket;
                }
                catch (SocketException) when (i < 5)
                {
                    socket.Dispose();
                    await Task.Delay(100 * i, token);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
            """,
            "public async Task<Socket> M(EndPoint end, CancellationToken token)"));

    [Fact]
    public Task What_is_yielded_is_covered_up_to_there() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            foreach (var path in paths)
            {
                var stream = {|SLA1003:File.OpenRead(path)|};
                if (stream.ReadByte() != 0xEF)
                    stream.Position = 0;
                yield return stream;
            }
            """,
            "public IEnumerable<Stream> M(string[] paths)"),
        Verify.InMethod(
            """
            foreach (var path in paths)
            {
                var stream = File.OpenRead(path);
                try
                {
                    if (stream.ReadByte() != 0xEF)
                        stream.Position = 0;
                }
                catch
                {
                    stream.Dispose();
                    throw;
                }
                yield return stream;
            }
            """,
            "public IEnumerable<Stream> M(string[] paths)"));

    [Fact]
    public Task What_throws_when_both_branches_have_handed_over_is_not_covered() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            var client = {|SLA1003:listener.AcceptTcpClient()|};
            if (client.GetStream().ReadByte() == 1)
                clients.Add(client);
            else
                others.Add(client);
            count += int.Parse(File.ReadAllText("count"));
            """,
            "public void M(TcpListener listener)",
            Kept),
        Verify.InMethod(
            """
            var client = listener.AcceptTcpClient();
            try
            {
                if (client.GetStream().ReadByte() == 1)
                    clients.Add(client);
                else
                    others.Add(client);
            }
            catch
            {
                client.Dispose();
                throw;
            }
            count += int.Parse(File.ReadAllText("count"));
            """,
            "public void M(TcpListener listener)",
            Kept));

    [Fact]
    public Task What_throws_when_one_branch_has_handed_over_would_dispose_it_under_its_owner() => Verify<ResourceAnalyzer, DisposeOnFailureCodeFixProvider>.NoFix(Verify.InMethod(
        """
        var client = {|SLA1003:listener.AcceptTcpClient()|};
        if (client.GetStream().ReadByte() == 1)
        {
            clients.Add(client);
            count += int.Parse(File.ReadAllText("count"));
            return;
        }

        others.Add(client);
        """,
        "public void M(TcpListener listener)",
        Kept));

    private const string Kept = "private readonly List<TcpClient> clients = new();\nprivate readonly List<TcpClient> others = new();\nprivate int count;";
}
