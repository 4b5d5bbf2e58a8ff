using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class CloseInFinallyTests
{
    private static Task Fixes(string before, string after, string signature = "public async Task M(CancellationToken token)", string members = "") =>
        Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, members));

    [Fact]
    public Task A_request_that_nothing_closes_gets_its_close() => Fixes(
        """
        while (listener.IsListening)
        {
            // One at a time.
            var context = await {|SLA1001:listener.GetContextAsync()|}.ConfigureAwait(false);
            if (context.Request.HttpMethod != "GET")
            {
                context.Response.StatusCode = 405; // not here
                continue;
            }

            await context.Response.OutputStream.WriteAsync(page, token);
        }
        """,
        """
        while (listener.IsListening)
        {
            // One at a time.
            var context = await listener.GetContextAsync().ConfigureAwait(false);
            try
            {
                if (context.Request.HttpMethod != "GET")
                {
                    context.Response.StatusCode = 405; // not here
                    continue;
                }

                await context.Response.OutputStream.WriteAsync(page, token);
            }
            finally
            {
                context.Response.Close();
            }
        }
        """,
        "public async Task M(HttpListener listener, byte[] page, CancellationToken token)");

    [Fact]
    public async Task An_undisposed_client_is_not_the_business_of_the_finally() =>
        await Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.NoFix(Verify.InMethod(
            "var client = {|SLA1001:new TcpClient(\"h\", 1)|};\nclient.NoDelay = true;",
            "public void M()"));

    [Fact]
    public Task Stop_at_the_end_moves_into_a_finally_and_the_start_into_the_try() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        // Opens the port.
        {|SLA5001:listener.Start()|};
        while (!token.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }

        listener.Stop(); // done
        Console.WriteLine("stopped");
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            // Opens the port.
            listener.Start();
            while (!token.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(token);
            }
        }
        finally
        {
            listener.Stop();
        }

        // done
        Console.WriteLine("stopped");
        """);

    [Fact]
    public Task Listener_that_nothing_stops_gets_its_stop() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        {|SLA5001:listener.Start()|};
        using var client = await listener.AcceptTcpClientAsync(token);
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            listener.Start();
            using var client = await listener.AcceptTcpClientAsync(token);
        }
        finally
        {
            listener.Stop();
        }
        """);

    [Fact]
    public Task Http_listener_gets_its_close_alone() => Fixes(
        """
        var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:8080/");
        {|SLA5001:listener.Start()|};
        var context = await listener.GetContextAsync();
        context.Response.Close();
        """,
        """
        var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:8080/");
        try
        {
            listener.Start();
            var context = await listener.GetContextAsync();
            context.Response.Close();
        }
        finally
        {
            listener.Close();
        }
        """);

    [Fact]
    public Task Counter_that_is_returned_stays_ahead_of_the_try() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        """
        public static class Lines
        {
            public static async Task<int> CountAsync(PipeReader {|SLA3001:reader|}, CancellationToken token)
            {
                var lines = 0;
                ReadResult result;
                do
                {
                    result = await reader.ReadAsync(token);
                    lines++;
                    reader.AdvanceTo(result.Buffer.End);
                }
                while (!result.IsCompleted);
                await reader.CompleteAsync();
                return lines;
            }
        }
        """,
        """
        public static class Lines
        {
            public static async Task<int> CountAsync(PipeReader reader, CancellationToken token)
            {
                var lines = 0;
                ReadResult result;
                try
                {
                    do
                    {
                        result = await reader.ReadAsync(token);
                        lines++;
                        reader.AdvanceTo(result.Buffer.End);
                    }
                    while (!result.IsCompleted);
                }
                catch (Exception exception)
                {
                    await reader.CompleteAsync(exception);
                    throw;
                }
                await reader.CompleteAsync();
                return lines;
            }
        }
        """);

    [Fact]
    public Task Stop_of_an_http_listener_gives_way_to_its_close() => Fixes(
        """
        var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:8080/");
        {|SLA5001:listener.Start()|};
        var context = await listener.GetContextAsync();
        context.Response.Close();
        listener.Stop();
        """,
        """
        var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:8080/");
        try
        {
            listener.Start();
            var context = await listener.GetContextAsync();
            context.Response.Close();
        }
        finally
        {
            listener.Close();
        }
        """);

    [Fact]
    public Task Stop_of_an_http_listener_that_is_looked_at_again_stays_a_stop() => Fixes(
        """
        var listener = new HttpListener();
        {|SLA5001:listener.Start()|};
        var context = await listener.GetContextAsync();
        context.Response.Close();
        listener.Stop();
        Console.WriteLine(listener.Prefixes.Count);
        """,
        """
        var listener = new HttpListener();
        try
        {
            listener.Start();
            var context = await listener.GetContextAsync();
            context.Response.Close();
        }
        finally
        {
            listener.Stop();
        }
        Console.WriteLine(listener.Prefixes.Count);
        """);

    [Fact]
    public Task Listening_socket_is_closed() => Fixes(
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        {|SLA5001:socket.Listen(16)|};
        using var peer = await socket.AcceptAsync(token);
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Listen(16);
            using var peer = await socket.AcceptAsync(token);
        }
        finally
        {
            socket.Close();
        }
        """);

    [Fact]
    public Task Bind_ahead_of_the_listen_is_covered_too() => Fixes(
        """
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, 7000));
        {|SLA5001:socket.Listen(16)|};
        using var peer = await socket.AcceptAsync(token);
        """,
        """
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, 7000));
            socket.Listen(16);
            using var peer = await socket.AcceptAsync(token);
        }
        finally
        {
            socket.Close();
        }
        """);

    [Fact]
    public Task Bind_that_is_closed_at_the_end_is_covered_too() => Fixes(
        """
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), "agent.sock");
        server.Bind(new UnixDomainSocketEndPoint(path));
        {|SLA5001:server.Listen(5)|};
        for (var i = 0; i < 3; i++)
        {
            using var peer = await server.AcceptAsync(token);
            await peer.SendAsync(new byte[] { 1 }, SocketFlags.None, token);
        }

        server.Close();
        Console.WriteLine(path);
        """,
        """
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path;
        try
        {
            path = Path.Combine(Path.GetTempPath(), "agent.sock");
            server.Bind(new UnixDomainSocketEndPoint(path));
            server.Listen(5);
            for (var i = 0; i < 3; i++)
            {
                using var peer = await server.AcceptAsync(token);
                await peer.SendAsync(new byte[] { 1 }, SocketFlags.None, token);
            }
        }
        finally
        {
            server.Close();
        }

        Console.WriteLine(path);
        """);

    [Fact]
    public Task What_may_fail_between_the_making_and_the_start_is_covered_too() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        var banner = await File.ReadAllTextAsync("banner.txt", token);
        {|SLA5001:listener.Start()|};
        using var client = await listener.AcceptTcpClientAsync(token);
        Console.WriteLine(banner);
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            var banner = await File.ReadAllTextAsync("banner.txt", token);
            listener.Start();
            using var client = await listener.AcceptTcpClientAsync(token);
            Console.WriteLine(banner);
        }
        finally
        {
            listener.Stop();
        }
        """);

    [Fact]
    public Task Http_listener_holds_nothing_before_its_start() => Fixes(
        """
        var listener = new HttpListener();
        listener.Prefixes.Add(await File.ReadAllTextAsync("prefix.txt"));
        {|SLA5001:listener.Start()|};
        var context = await listener.GetContextAsync();
        context.Response.Close();
        """,
        """
        var listener = new HttpListener();
        listener.Prefixes.Add(await File.ReadAllTextAsync("prefix.txt"));
        try
        {
            listener.Start();
            var context = await listener.GetContextAsync();
            context.Response.Close();
        }
        finally
        {
            listener.Close();
        }
        """);

    [Fact]
    public Task What_cannot_fail_ahead_of_the_listen_stays_where_it_is() => Fixes(
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        var buffer = new byte[16];
        {|SLA5001:socket.Listen(16)|};
        using var peer = await socket.AcceptAsync(token);
        await peer.ReceiveAsync(buffer, SocketFlags.None, token);
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        var buffer = new byte[16];
        try
        {
            socket.Listen(16);
            using var peer = await socket.AcceptAsync(token);
            await peer.ReceiveAsync(buffer, SocketFlags.None, token);
        }
        finally
        {
            socket.Close();
        }
        """);

    [Fact]
    public Task Listen_in_a_handler_of_the_bind_is_covered_from_the_making_on() => Fixes(
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, 7000));
            {|SLA5001:socket.Listen(16)|};
            using var peer = await socket.AcceptAsync(token);
        }
        catch (SocketException e)
        {
            Console.WriteLine(e.Message);
        }
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, 7000));
            socket.Listen(16);
            using var peer = await socket.AcceptAsync(token);
        }
        catch (SocketException e)
        {
            Console.WriteLine(e.Message);
        }
        finally
        {
            socket.Close();
        }
        """);

    [Fact]
    public Task Start_in_a_block_of_its_own_is_covered_there_when_nothing_fails_ahead_of_it() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        if (enabled)
        {
            {|SLA5001:listener.Start()|};
            using var client = listener.AcceptTcpClient();
            client.Client.Send(new byte[] { 1 });
        }
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        if (enabled)
        {
            try
            {
                listener.Start();
                using var client = listener.AcceptTcpClient();
                client.Client.Send(new byte[] { 1 });
            }
            finally
            {
                listener.Stop();
            }
        }
        """,
        "public void M(bool enabled)");

    [Fact]
    public Task Value_that_is_needed_behind_the_stop_is_declared_ahead() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 0);
        {|SLA5001:listener.Start()|};
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = await listener.AcceptTcpClientAsync(token);
        listener.Stop();
        Console.WriteLine(port);
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 0);
        int port;
        try
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
            using var client = await listener.AcceptTcpClientAsync(token);
        }
        finally
        {
            listener.Stop();
        }
        Console.WriteLine(port);
        """);

    [Fact]
    public Task Top_level_statements_are_wrapped() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        """
        var listener = new TcpListener(IPAddress.Any, 7);
        {|SLA5001:listener.Start()|};
        while (true)
        {
            using var client = listener.AcceptTcpClient();
        }
        """,
        """
        var listener = new TcpListener(IPAddress.Any, 7);
        try
        {
            listener.Start();
            while (true)
            {
                using var client = listener.AcceptTcpClient();
            }
        }
        finally
        {
            listener.Stop();
        }
        """);

    [Fact]
    public Task Response_of_an_accepted_request_is_closed_in_a_finally() => Fixes(
        """
        while (true)
        {
            var context = await {|SLA3001:listener.GetContextAsync()|};
            await context.Response.OutputStream.WriteAsync(page);
            context.Response.Close();
        }
        """,
        """
        while (true)
        {
            var context = await listener.GetContextAsync();
            try
            {
                await context.Response.OutputStream.WriteAsync(page);
            }
            finally
            {
                context.Response.Close();
            }
        }
        """,
        "public async Task M(HttpListener listener, byte[] page)");

    [Fact]
    public Task Response_of_a_parameter_is_closed_around_the_whole_body() => Fixes(
        """
        var page = await File.ReadAllBytesAsync("page.html");
        {|SLA3001:context.Response|}.ContentLength64 = page.Length;
        await context.Response.OutputStream.WriteAsync(page);
        context.Response.Close();
        """,
        """
        try
        {
            var page = await File.ReadAllBytesAsync("page.html");
            context.Response.ContentLength64 = page.Length;
            await context.Response.OutputStream.WriteAsync(page);
        }
        finally
        {
            context.Response.Close();
        }
        """,
        "public async Task M(HttpListenerContext context)");

    [Fact]
    public Task Error_branch_of_a_log_page_is_covered() => Fixes(
        """
        var response = {|SLA3001:context.Response|};
        if (!File.Exists(path))
        {
            response.StatusCode = 404;
            return;
        }

        using var log = File.OpenRead(path);
        await log.CopyToAsync(response.OutputStream);
        response.Close();
        """,
        """
        var response = context.Response;
        try
        {
            if (!File.Exists(path))
            {
                response.StatusCode = 404;
                return;
            }

            using var log = File.OpenRead(path);
            await log.CopyToAsync(response.OutputStream);
        }
        finally
        {
            response.Close();
        }
        """,
        "public async Task M(HttpListenerContext context, string path)");

    [Fact]
    public Task Response_parameter_is_covered() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            file.CopyTo(response.OutputStream);
            response.Close();
            """,
            "public void M(HttpListenerResponse {|SLA3001:response|}, Stream file)"),
        Verify.InMethod(
            """
            try
            {
                file.CopyTo(response.OutputStream);
            }
            finally
            {
                response.Close();
            }
            """,
            "public void M(HttpListenerResponse response, Stream file)"));

    [Fact]
    public Task Pipe_writer_is_completed_with_the_exception() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            await source.CopyToAsync(writer);
            await writer.CompleteAsync();
            """,
            "public async Task M(Stream source, PipeWriter {|SLA3001:writer|})"),
        Verify.InMethod(
            """
            try
            {
                await source.CopyToAsync(writer);
            }
            catch (Exception exception)
            {
                await writer.CompleteAsync(exception);
                throw;
            }
            await writer.CompleteAsync();
            """,
            "public async Task M(Stream source, PipeWriter writer)"));

    [Fact]
    public Task Channel_writer_is_completed_with_the_exception() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            for (var i = 0; i < 10; i++)
                await writer.WriteAsync(i, token);

            writer.Complete();
            """,
            "private async Task M(ChannelWriter<int> {|SLA3001:writer|}, CancellationToken token)"),
        Verify.InMethod(
            """
            try
            {
                for (var i = 0; i < 10; i++)
                    await writer.WriteAsync(i, token);
            }
            catch (Exception exception)
            {
                writer.TryComplete(exception);
                throw;
            }

            writer.Complete();
            """,
            "private async Task M(ChannelWriter<int> writer, CancellationToken token)"));

    [Fact]
    public Task Channel_with_an_early_return_is_completed_in_a_finally() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            while (true)
            {
                if (await source.ReadLineAsync(token) is not { } line)
                    return;
                if (line.Length == 0)
                    break;
                await writer.WriteAsync(line, token);
            }

            writer.Complete();
            """,
            "private async Task M(ChannelWriter<string> {|SLA3001:writer|}, StreamReader source, CancellationToken token)"),
        Verify.InMethod(
            """
            try
            {
                while (true)
                {
                    if (await source.ReadLineAsync(token) is not { } line)
                        return;
                    if (line.Length == 0)
                        break;
                    await writer.WriteAsync(line, token);
                }
            }
            finally
            {
                writer.Complete();
            }
            """,
            "private async Task M(ChannelWriter<string> writer, StreamReader source, CancellationToken token)"));

    [Fact]
    public Task Channel_of_background_work_is_completed_in_the_lambda() => Fixes(
        """
        var channel = {|SLA3001:Channel.CreateUnbounded<string>()|};
        _ = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
                await channel.Writer.WriteAsync(line);
            channel.Writer.Complete();
        });
        return channel.Reader;
        """,
        """
        var channel = Channel.CreateUnbounded<string>();
        _ = Task.Run(async () =>
        {
            try
            {
                while (await reader.ReadLineAsync() is { } line)
                    await channel.Writer.WriteAsync(line);
            }
            catch (Exception exception)
            {
                channel.Writer.TryComplete(exception);
                throw;
            }
            channel.Writer.Complete();
        });
        return channel.Reader;
        """,
        "public ChannelReader<string> M(StreamReader reader)");

    [Fact]
    public Task Request_of_background_work_is_closed_in_the_lambda() => Fixes(
        """
        var context = {|SLA3001:listener.GetContext()|};
        ThreadPool.QueueUserWorkItem(_ =>
        {
            var page = File.ReadAllBytes("page.html");
            context.Response.OutputStream.Write(page);
            context.Response.Close();
        });
        """,
        """
        var context = listener.GetContext();
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                var page = File.ReadAllBytes("page.html");
                context.Response.OutputStream.Write(page);
            }
            finally
            {
                context.Response.Close();
            }
        });
        """,
        "public void M(HttpListener listener)");

    [Fact]
    public Task Catch_that_swallows_is_covered_by_a_finally() => Fixes(
        """
        try
        {
            var text = await File.ReadAllTextAsync("page.html");
            {|SLA3001:context.Response|}.OutputStream.Write(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
        catch (IOException error)
        {
            Console.WriteLine(error.Message);
        }
        """,
        """
        try
        {
            var text = await File.ReadAllTextAsync("page.html");
            context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
        catch (IOException error)
        {
            Console.WriteLine(error.Message);
        }
        finally
        {
            context.Response.Close();
        }
        """,
        "public async Task M(HttpListenerContext context)");

    [Fact]
    public Task Web_socket_of_a_property_is_disposed() => Fixes(
        """
        var upgraded = await context.AcceptWebSocketAsync(null);
        var socket = {|SLA3001:upgraded.WebSocket|};
        await socket.ReceiveAsync(new byte[1024], token);
        socket.Dispose();
        """,
        """
        var upgraded = await context.AcceptWebSocketAsync(null);
        var socket = upgraded.WebSocket;
        try
        {
            await socket.ReceiveAsync(new byte[1024], token);
        }
        finally
        {
            socket.Dispose();
        }
        """,
        "public async Task M(HttpListenerContext context, CancellationToken token)");

    [Fact]
    public Task Listener_in_a_field_that_the_method_only_opens_is_left_alone() => Verify<UseAnalyzer, CloseInFinallyCodeFixProvider>.NoFix("""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 7000);

            public void Start()
            {
                {|SLA5001:_listener.Start()|};
            }
        }
        """);

    [Fact]
    public Task Listener_in_a_field_is_stopped_where_the_method_runs_it() => Verify<UseAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        """
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 7000);

            public async Task RunAsync(CancellationToken token)
            {
                {|SLA5001:_listener.Start()|};
                while (!token.IsCancellationRequested)
                {
                    using var client = await _listener.AcceptTcpClientAsync(token);
                }
            }
        }
        """,
        """
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 7000);

            public async Task RunAsync(CancellationToken token)
            {
                try
                {
                    _listener.Start();
                    while (!token.IsCancellationRequested)
                    {
                        using var client = await _listener.AcceptTcpClientAsync(token);
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
    public Task End_of_a_pipe_is_completed_with_the_exception() => Fixes(
        """
        var pipe = new Pipe();
        var reading = pipe.Reader.CopyToAsync(target, token);
        await source.CopyToAsync({|SLA3001:pipe.Writer|}, token);
        await pipe.Writer.CompleteAsync();
        await reading;
        """,
        """
        var pipe = new Pipe();
        Task reading;
        try
        {
            reading = pipe.Reader.CopyToAsync(target, token);
            await source.CopyToAsync(pipe.Writer, token);
        }
        catch (Exception exception)
        {
            await pipe.Writer.CompleteAsync(exception);
            throw;
        }
        await pipe.Writer.CompleteAsync();
        await reading;
        """,
        "public async Task M(Stream source, Stream target, CancellationToken token)");

    [Fact]
    public Task End_of_a_pipe_in_background_work_is_completed_in_the_lambda() => Fixes(
        """
        var pipe = new Pipe();
        _ = Task.Run(async () =>
        {
            using var file = File.OpenRead(path);
            await file.CopyToAsync({|SLA3001:pipe.Writer|});
            await pipe.Writer.CompleteAsync();
        });
        return pipe.Reader;
        """,
        """
        var pipe = new Pipe();
        _ = Task.Run(async () =>
        {
            try
            {
                using var file = File.OpenRead(path);
                await file.CopyToAsync(pipe.Writer);
            }
            catch (Exception exception)
            {
                await pipe.Writer.CompleteAsync(exception);
                throw;
            }
            await pipe.Writer.CompleteAsync();
        });
        return pipe.Reader;
        """,
        "public PipeReader M(string path)");

    [Fact]
    public Task Channel_of_a_field_is_completed_with_the_exception() => Fixes(
        """
        using var reader = new StreamReader(path);
        while (await reader.ReadLineAsync(token) is { } line)
            await {|SLA3001:_lines.Writer|}.WriteAsync(line, token);
        _lines.Writer.Complete();
        """,
        """
        try
        {
            using var reader = new StreamReader(path);
            while (await reader.ReadLineAsync(token) is { } line)
                await _lines.Writer.WriteAsync(line, token);
        }
        catch (Exception exception)
        {
            _lines.Writer.TryComplete(exception);
            throw;
        }
        _lines.Writer.Complete();
        """,
        "public async Task M(string path, CancellationToken token)",
        "private readonly Channel<string> _lines = Channel.CreateBounded<string>(100);\n\npublic ChannelReader<string> Lines => _lines.Reader;");

    [Fact]
    public Task Channel_of_a_field_with_an_early_return_is_completed_in_a_finally() => Fixes(
        """
        foreach (var path in paths)
        {
            if (path.Length == 0)
                return;
            await {|SLA3001:_pages.Writer|}.WriteAsync(await File.ReadAllTextAsync(path, token), token);
        }

        _pages.Writer.Complete();
        """,
        """
        try
        {
            foreach (var path in paths)
            {
                if (path.Length == 0)
                    return;
                await _pages.Writer.WriteAsync(await File.ReadAllTextAsync(path, token), token);
            }
        }
        finally
        {
            _pages.Writer.Complete();
        }
        """,
        "public async Task M(string[] paths, CancellationToken token)",
        "private readonly Channel<string> _pages = Channel.CreateUnbounded<string>();\n\npublic ChannelReader<string> Pages => _pages.Reader;");

    [Fact]
    public Task Response_that_there_may_not_be_is_closed_behind_the_test_for_it() => Fixes(
        """
        try
        {
            using var answer = (HttpWebResponse)request.GetResponse();
            return (int)answer.StatusCode;
        }
        catch (WebException e)
        {
            var response = {|SLA3001:e.Response|} as HttpWebResponse;
            if (response == null)
                return 0;
            if (response.StatusCode == HttpStatusCode.NotFound)
                return 404;
            var code = (int)response.StatusCode;
            response.Close();
            return code;
        }
        """,
        """
        try
        {
            using var answer = (HttpWebResponse)request.GetResponse();
            return (int)answer.StatusCode;
        }
        catch (WebException e)
        {
            var response = e.Response as HttpWebResponse;
            if (response == null)
                return 0;
            int code;
            try
            {
                if (response.StatusCode == HttpStatusCode.NotFound)
                    return 404;
                code = (int)response.StatusCode;
            }
            finally
            {
                response.Close();
            }
            return code;
        }
        """,
        "public int M(HttpWebRequest request)");

    [Fact]
    public Task Response_that_is_asked_for_on_the_way_is_closed_if_there_is_one() => Fixes(
        """
        try
        {
            using var answer = (HttpWebResponse)request.GetResponse();
            return (int)answer.StatusCode;
        }
        catch (WebException e)
        {
            var response = {|SLA3001:e.Response|} as HttpWebResponse;
            if (response != null)
            {
                if (response.StatusCode == HttpStatusCode.NotFound)
                    return 404;
                response.Close();
            }

            throw;
        }
        """,
        """
        try
        {
            using var answer = (HttpWebResponse)request.GetResponse();
            return (int)answer.StatusCode;
        }
        catch (WebException e)
        {
            var response = e.Response as HttpWebResponse;
            try
            {
                if (response != null)
                {
                    if (response.StatusCode == HttpStatusCode.NotFound)
                        return 404;
                    response.Close();
                }

                throw;
            }
            finally
            {
                response?.Close();
            }
        }
        """,
        "public int M(HttpWebRequest request)");

    [Fact]
    public Task Request_that_a_try_accepts_is_closed_beside_the_handlers_that_follow() => Fixes(
        """
        while (true)
        {
            HttpListenerContext context;
            try { context = await {|SLA3001:listener.GetContextAsync()|}; }
            catch (HttpListenerException) { break; }

            try
            {
                var text = await File.ReadAllTextAsync("page.html");
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
            catch (FileNotFoundException)
            {
                context.Response.StatusCode = 404;
                context.Response.Close();
            }
            catch (Exception e)
            {
                Console.WriteLine(e);
            }
        }
        """,
        """
        while (true)
        {
            HttpListenerContext context;
            try { context = await listener.GetContextAsync(); }
            catch (HttpListenerException) { break; }

            try
            {
                var text = await File.ReadAllTextAsync("page.html");
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
            catch (FileNotFoundException)
            {
                context.Response.StatusCode = 404;
                context.Response.Close();
            }
            catch (Exception e)
            {
                Console.WriteLine(e);
            }
            finally
            {
                context.Response.Close();
            }
        }
        """,
        "public async Task M(HttpListener listener)");

    [Fact]
    public Task Request_of_a_program_without_a_method_is_closed() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.Fixes(
        """
        using var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:7000/");
        listener.Start();
        while (true)
        {
            var context = await {|SLA3001:listener.GetContextAsync()|};
            if (!File.Exists("page.html"))
            {
                context.Response.StatusCode = 404;
                continue;
            }

            context.Response.OutputStream.Write(File.ReadAllBytes("page.html"));
            context.Response.Close();
        }
        """,
        """
        using var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:7000/");
        listener.Start();
        while (true)
        {
            var context = await listener.GetContextAsync();
            try
            {
                if (!File.Exists("page.html"))
                {
                    context.Response.StatusCode = 404;
                    continue;
                }

                context.Response.OutputStream.Write(File.ReadAllBytes("page.html"));
            }
            finally
            {
                context.Response.Close();
            }
        }
        """,
        outputKind: OutputKind.ConsoleApplication);

    [Fact]
    public Task Listener_that_some_path_hands_over_is_not_stopped_on_all() => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.NoFix(Verify.InMethod(
        """
        var listener = new TcpListener(IPAddress.Loopback, 0);
        {|SLA5001:listener.Start()|};
        if (name.Length == 0)
            return;

        forwards.Add(name, listener);
        """,
        "public void M(Dictionary<string, TcpListener> forwards, string name)"));

    [Fact]
    public Task Start_that_has_a_try_to_itself_takes_the_uses_behind_it_along() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            {|SLA5001:listener.Start()|};
        }
        catch (SocketException)
        {
            Console.WriteLine("in use");
            return;
        }

        while (!token.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }

        listener.Stop();
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            try
            {
                listener.Start();
            }
            catch (SocketException)
            {
                Console.WriteLine("in use");
                return;
            }

            while (!token.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(token);
            }
        }
        finally
        {
            listener.Stop();
        }
        """);

    [Fact]
    public Task Start_that_is_tried_again_takes_its_loop_and_the_uses_behind_it_along() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        for (var i = 0; ; i++)
        {
            try
            {
                {|SLA5001:listener.Start()|};
                break;
            }
            catch (SocketException) when (i < 3)
            {
                await Task.Delay(100, token);
            }
        }

        using var client = await listener.AcceptTcpClientAsync(token);
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    listener.Start();
                    break;
                }
                catch (SocketException) when (i < 3)
                {
                    await Task.Delay(100, token);
                }
            }

            using var client = await listener.AcceptTcpClientAsync(token);
        }
        finally
        {
            listener.Stop();
        }
        """);

    [Fact]
    public Task Start_in_a_loop_that_comes_round_with_the_listener_open_takes_the_loop_along() => Fixes(
        """
        var http = new HttpListener();
        http.Prefixes.Add("http://localhost:7000/");
        while (!token.IsCancellationRequested)
        {
            if (!http.IsListening)
            {
                {|SLA5001:http.Start()|};
            }

            var context = await http.GetContextAsync();
            context.Response.Close();
        }
        """,
        """
        var http = new HttpListener();
        http.Prefixes.Add("http://localhost:7000/");
        try
        {
            while (!token.IsCancellationRequested)
            {
                if (!http.IsListening)
                {
                    http.Start();
                }

                var context = await http.GetContextAsync();
                context.Response.Close();
            }
        }
        finally
        {
            http.Close();
        }
        """);

    [Theory]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => Handle(context));")]
    [InlineData("_ = HandleAsync(context);")]
    [InlineData("Task.Run(() => Handle(context));")]
    [InlineData("context.Response.OutputStream.WriteAsync(page, 0, page.Length).ContinueWith(_ => context.Response.Close());")]
    [InlineData("context.Response.Close(page, false);")]
    [InlineData("context.Response.Close(page, willBlock: page.Length < 100);")]
    public Task An_answer_that_goes_on_elsewhere_is_closed_on_failure_only(string answer) => Fixes(
        $$"""
        var context = await {|SLA3001:listener.GetContextAsync()|};
        context.Response.ContentLength64 = int.Parse(await new StreamReader(context.Request.InputStream).ReadToEndAsync());
        {{answer}}
        """,
        $$"""
        var context = await listener.GetContextAsync();
        try
        {
            context.Response.ContentLength64 = int.Parse(await new StreamReader(context.Request.InputStream).ReadToEndAsync());
            {{answer}}
        }
        catch
        {
            context.Response.Close();
            throw;
        }
        """,
        "public async Task M(HttpListener listener, byte[] page)",
        """
        private void Handle(HttpListenerContext context) => context.Response.Close();
        private async Task HandleAsync(HttpListenerContext context)
        {
            await Task.Yield();
            context.Response.Close();
        }
        """);

    [Fact]
    public Task An_answer_that_has_been_sent_when_it_closes_gets_a_finally() => Fixes(
        """
        var context = await {|SLA3001:listener.GetContextAsync()|};
        context.Response.ContentLength64 = int.Parse(await new StreamReader(context.Request.InputStream).ReadToEndAsync());
        await Task.Run(() => context.Response.OutputStream.Write(page, 0, page.Length));
        context.Response.Close(page, true);
        """,
        """
        var context = await listener.GetContextAsync();
        try
        {
            context.Response.ContentLength64 = int.Parse(await new StreamReader(context.Request.InputStream).ReadToEndAsync());
            await Task.Run(() => context.Response.OutputStream.Write(page, 0, page.Length));
            context.Response.Close(page, true);
        }
        finally
        {
            context.Response.Close();
        }
        """,
        "public async Task M(HttpListener listener, byte[] page)");

    [Fact]
    public Task A_socket_that_the_answer_became_is_left_to_who_serves_it() => Fixes(
        """
        var context = await {|SLA3001:listener.GetContextAsync()|};
        if (context.Request.IsWebSocketRequest)
        {
            var accepted = await context.AcceptWebSocketAsync(null);
            _ = Serve(accepted.WebSocket);
            return;
        }

        context.Response.StatusCode = 400;
        context.Response.Close();
        """,
        """
        var context = await listener.GetContextAsync();
        try
        {
            if (context.Request.IsWebSocketRequest)
            {
                var accepted = await context.AcceptWebSocketAsync(null);
                _ = Serve(accepted.WebSocket);
                return;
            }
        }
        catch
        {
            context.Response.Close();
            throw;
        }

        context.Response.StatusCode = 400;
        context.Response.Close();
        """,
        "public async Task M(HttpListener listener)",
        """
        private async Task Serve(WebSocket socket)
        {
            using (socket)
            {
                await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task A_writer_that_a_task_goes_on_with_is_completed_on_failure_only() => Fixes(
        """
        var channel = {|SLA3001:Channel.CreateUnbounded<int>()|};
        await stream.ReadExactlyAsync(new byte[4]);
        _ = Produce(stream, channel.Writer);
        return channel.Reader;
        """,
        """
        var channel = Channel.CreateUnbounded<int>();
        try
        {
            await stream.ReadExactlyAsync(new byte[4]);
            _ = Produce(stream, channel.Writer);
        }
        catch (Exception exception)
        {
            channel.Writer.TryComplete(exception);
            throw;
        }
        return channel.Reader;
        """,
        "public async Task<ChannelReader<int>> M(Stream stream)",
        """
        private async Task Produce(Stream stream, ChannelWriter<int> writer)
        {
            try
            {
                await writer.WriteAsync(stream.ReadByte());
            }
            finally
            {
                writer.Complete();
            }
        }
        """);

    [Theory]
    [InlineData("Task.Run(() => Loop(listener));")]
    [InlineData("var loop = Task.Run(() => Loop(listener));")]
    [InlineData("var _ = Task.Run(() => { while (true) { listener.AcceptTcpClient().Dispose(); } });")]
    [InlineData("var loop = Task.Run(() => Loop(listener));\n_ = loop;")]
    [InlineData("new Thread(() => Loop(listener)).Start();")]
    [InlineData("listener.BeginAcceptTcpClient(result => listener.EndAcceptTcpClient(result).Dispose(), null);")]
    public Task A_listener_that_something_goes_on_with_is_not_stopped_under_it(string start) => Verify<ResourceAnalyzer, CloseInFinallyCodeFixProvider>.NoFix(Verify.InMethod(
        $$"""
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        {|SLA5001:listener.Start()|};
        {{start}}
        """,
        "public void M()",
        """
        private void Loop(TcpListener listener)
        {
            while (true)
            {
                listener.AcceptTcpClient().Dispose();
            }
        }
        """));

    [Fact]
    public Task A_listener_whose_client_lives_on_is_stopped() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        {|SLA5001:listener.Start()|};
        var accepting = Task.Run(() => listener.AcceptSocket());
        Console.WriteLine(listener.LocalEndpoint);
        _accepted = accepting.GetAwaiter().GetResult();
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        try
        {
            listener.Start();
            var accepting = Task.Run(() => listener.AcceptSocket());
            Console.WriteLine(listener.LocalEndpoint);
            _accepted = accepting.GetAwaiter().GetResult();
        }
        finally
        {
            listener.Stop();
        }
        """,
        "public void M()",
        "public Socket _accepted;");
}
