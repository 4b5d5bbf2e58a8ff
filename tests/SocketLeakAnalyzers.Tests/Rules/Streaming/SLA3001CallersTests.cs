using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3001: a helper whose callers, or their callers, close what they give it is no finding.</summary>
public sealed class SLA3001CallersTests
{
    private static Task Silent(string code) => Verify<ResourceAnalyzer>.Silent(code);

    private static Task Reports(string code) => Verify<ResourceAnalyzer>.Reports(code);

    private const string Helpers = """

            private async Task HandleAsync(HttpListenerContext context)
            {
                if (context.Request.HttpMethod == "GET")
                    await PageAsync(context);
                else
                    {0}.StatusCode = 405;
            }

            private async Task PageAsync(HttpListenerContext context) =>
                await SendAsync({0}, await File.ReadAllBytesAsync("page.html"));

            private static async Task SendAsync(HttpListenerResponse {1}, byte[] body)
            {
                await response.OutputStream.WriteAsync(body);
                response.OutputStream.Close();
            }
        }
        """;

    [Fact]
    public Task Caller_of_the_caller_closes() => Silent("""
        public sealed class Pages(HttpListener listener)
        {
            public async Task RunAsync()
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    try { await HandleAsync(context); }
                    catch (Exception e) { Console.WriteLine(e); }
                    finally { context.Response.Close(); }
                }
            }
        """ + Helpers.Replace("{0}", "context.Response", System.StringComparison.Ordinal).Replace("{1}", "response", System.StringComparison.Ordinal));

    [Fact]
    public Task Caller_whose_handler_answers_by_a_helper_that_closes() => Silent("""
        public sealed class Pages(HttpListener listener)
        {
            public async Task RunAsync()
            {
                while (true)
                {
                    HttpListenerContext context;
                    try { context = await listener.GetContextAsync(); }
                    catch (Exception) { return; }
                    try { await HandleAsync(context); }
                    catch (Exception e)
                    {
                        Console.WriteLine(e);
                        Respond(context, 500);
                    }
                }
            }

            private async Task HandleAsync(HttpListenerContext context)
            {
                if (context.Request.HttpMethod == "GET")
                {
                    await context.Response.OutputStream.WriteAsync(new byte[10]);
                    context.Response.Close();
                    return;
                }

                Respond(context, 405);
            }

            private static void Respond(HttpListenerContext context, int status)
            {
                try
                {
                    context.Response.StatusCode = status;
                    context.Response.Close();
                }
                catch (Exception) { }
            }
        }
        """);

    [Fact]
    public Task Helper_that_does_nothing_but_close_is_silent() => Silent("""
        public sealed class Connections
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, ClientWebSocket> _open = new();
            private readonly CancellationTokenSource _cts = new();
            private bool _closed;

            public Task Drop(string id, ClientWebSocket client) => Close(id, client);

            private Task Close(string id, ClientWebSocket client)
            {
                if (!_closed)
                {
                    _open.TryRemove(id, out _);
                }

                return client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _cts.Token);
            }
        }
        """);

    [Fact]
    public Task Helper_that_sends_ahead_of_the_close_is_reported() => Reports("""
        public sealed class Connections
        {
            private readonly CancellationTokenSource _cts = new();

            public Task Drop(ClientWebSocket client) => Close(client);

            private async Task Close(ClientWebSocket {|SLA3001:client|})
            {
                await client.SendAsync(new byte[1], WebSocketMessageType.Text, true, _cts.Token);
                await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _cts.Token);
            }
        }
        """);

    [Fact]
    public Task Caller_whose_handler_calls_a_helper_that_only_sets_the_status_is_reported() => Reports("""
        public sealed class Pages(HttpListener listener)
        {
            public async Task RunAsync()
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    try { await HandleAsync(context); }
                    catch (Exception) { Note(context, 500); }
                }
            }

            private async Task HandleAsync(HttpListenerContext context)
            {
                var response = {|SLA3001:context.Response|};
                await response.OutputStream.WriteAsync(new byte[10]);
                response.Close();
            }

            private static void Note(HttpListenerContext context, int status) => context.Response.StatusCode = status;
        }
        """);

    [Fact]
    public Task Caller_of_the_caller_that_only_logs_is_reported() => Reports("""
        public sealed class Pages(HttpListener listener)
        {
            public async Task RunAsync()
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    try { await HandleAsync(context); }
                    catch (Exception e) { Console.WriteLine(e); }
                }
            }
        """ + Helpers.Replace("{0}", "{|SLA3001:context.Response|}", System.StringComparison.Ordinal).Replace("{1}", "{|SLA3001:response|}", System.StringComparison.Ordinal));

    [Fact]
    public Task Error_page_of_a_response_that_two_callers_up_use_in_a_using_is_silent() => Silent("""
        public static class Bucket
        {
            public static string Upload(HttpWebRequest request)
            {
                using (var response = (HttpWebResponse)request.GetResponse())
                    return Describe(response);
            }

            public static string Download(HttpWebRequest request)
            {
                using var response = (HttpWebResponse)request.GetResponse();
                return Describe(response);
            }

            private static string Describe(HttpWebResponse response) => response.StatusCode == HttpStatusCode.OK ? "ok" : Explain(response);

            private static string Explain(HttpWebResponse response)
            {
                if (response.ContentLength == 0)
                    return "";
                using var reader = new StreamReader(response.GetResponseStream());
                return reader.ReadToEnd();
            }
        }
        """);

    [Fact]
    public Task One_caller_that_does_not_close_is_enough() => Reports("""
        public static class Bucket
        {
            public static string Upload(HttpWebRequest request)
            {
                using (var response = (HttpWebResponse)request.GetResponse())
                    return Explain(response);
            }

            public static string Probe(HttpWebResponse answer) => Explain(answer);

            private static string Explain(HttpWebResponse {|SLA3001:response|})
            {
                if (response.ContentLength == 0)
                    return "";
                using var reader = new StreamReader(response.GetResponseStream());
                return reader.ReadToEnd();
            }
        }
        """);

    [Fact]
    public Task Socket_that_its_caller_declares_with_using_is_closed() => Silent("""
        public static class Echo
        {
            public static async Task RunAsync(HttpListenerContext context, CancellationToken token)
            {
                var upgraded = await context.AcceptWebSocketAsync(null);
                using var socket = upgraded.WebSocket;
                await TalkAsync(socket, token);
            }

            private static async Task TalkAsync(WebSocket socket, CancellationToken token)
            {
                var buffer = new byte[1024];
                var received = await socket.ReceiveAsync(buffer, token);
                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, true, token);
                socket.Dispose();
            }
        }
        """);

    [Fact]
    public Task Internal_extension_whose_caller_in_another_type_aborts_on_failure_is_silent() => Silent("""
        internal static class Replies
        {
            internal static async Task SendAsync(this HttpListenerResponse response, byte[] body)
            {
                await response.OutputStream.WriteAsync(body);
                response.Close();
            }
        }

        public sealed class Status
        {
            public async Task HandleAsync(HttpListenerContext context)
            {
                try
                {
                    await context.Response.SendAsync([1]);
                }
                catch (Exception)
                {
                    context.Response.Abort();
                }
            }
        }
        """);

    [Fact]
    public Task Internal_extension_that_one_type_calls_bare_is_reported() => Reports("""
        internal static class Replies
        {
            internal static async Task SendAsync(this HttpListenerResponse {|SLA3001:response|}, byte[] body)
            {
                await response.OutputStream.WriteAsync(body);
                response.Close();
            }
        }

        public sealed class Status
        {
            public async Task HandleAsync(HttpListenerContext context)
            {
                try { await context.Response.SendAsync([1]); }
                catch (Exception) { context.Response.Abort(); }
            }
        }

        public sealed class Health
        {
            public Task HandleAsync(HttpListenerContext context) => context.Response.SendAsync([2]);
        }
        """);

    [Fact]
    public Task Public_method_has_callers_that_nobody_knows() => Reports("""
        public static class Pump
        {
            public static async Task RunAsync(Stream source)
            {
                var pipe = new Pipe();
                try { await FillAsync(source, pipe.Writer); }
                finally { await pipe.Writer.CompleteAsync(); }
            }

            public static async Task FillAsync(Stream source, PipeWriter {|SLA3001:writer|})
            {
                await source.CopyToAsync(writer);
                await writer.CompleteAsync();
            }
        }
        """);

    [Fact]
    public Task Caller_that_completes_the_writer_in_its_finally_is_silent() => Silent("""
        public static class Pump
        {
            public static async Task RunAsync(Stream source)
            {
                var pipe = new Pipe();
                try { await FillAsync(source, pipe.Writer); }
                finally { await pipe.Writer.CompleteAsync(); }
            }

            private static async Task FillAsync(Stream source, PipeWriter writer)
            {
                await source.CopyToAsync(writer);
                await writer.CompleteAsync();
            }
        }
        """);

    [Fact]
    public Task Caller_that_completes_the_other_end_is_reported() => Reports("""
        public static class Pump
        {
            public static async Task RunAsync(Stream source)
            {
                var pipe = new Pipe();
                try { await FillAsync(source, pipe.Writer); }
                finally { await pipe.Reader.CompleteAsync(); }
            }

            private static async Task FillAsync(Stream source, PipeWriter {|SLA3001:writer|})
            {
                await source.CopyToAsync(writer);
                await writer.CompleteAsync();
            }
        }
        """);

    [Fact]
    public Task Response_in_a_variable_of_a_caller_that_closes_the_request_is_silent() => Silent("""
        public sealed class Files
        {
            public async Task HandleAsync(HttpListenerContext context)
            {
                var response = context.Response;
                try { await SendAsync(response, "a.txt"); }
                finally { context.Response.Close(); }
            }

            private static async Task SendAsync(HttpListenerResponse response, string path)
            {
                using var file = File.OpenRead(path);
                await file.CopyToAsync(response.OutputStream);
                response.Close();
            }
        }
        """);

    [Fact]
    public Task Helper_that_calls_itself_is_judged_by_its_other_callers() => Reports("""
        public sealed class Retry
        {
            public Task HandleAsync(HttpListenerContext context) => SendAsync(context.Response, 3);

            private static async Task SendAsync(HttpListenerResponse {|SLA3001:response|}, int rounds)
            {
                try
                {
                    await response.OutputStream.WriteAsync(new byte[1]);
                }
                catch (IOException) when (rounds > 0)
                {
                    await SendAsync(response, rounds - 1);
                    return;
                }

                response.Close();
            }
        }
        """);

    // What ends with something else.
    [Fact]
    public Task Listener_that_is_closed_in_the_finally_ends_its_requests() => Silent("""
        public static class Login
        {
            public static async Task<string> WaitAsync(string prefix, CancellationToken token)
            {
                var listener = new HttpListener { Prefixes = { prefix } };
                listener.Start();
                try
                {
                    while (true)
                    {
                        var context = await listener.GetContextAsync();
                        using var reader = new StreamReader(context.Request.InputStream);
                        var form = await reader.ReadToEndAsync(token);
                        if (form.Length == 0)
                        {
                            context.Response.Close();
                            continue;
                        }

                        await context.Response.OutputStream.WriteAsync(new byte[1], token);
                        context.Response.Close();
                        return form;
                    }
                }
                finally
                {
                    listener.Stop();
                    listener.Close();
                }
            }
        }
        """);

    [Fact]
    public Task Request_that_a_loop_survives_is_reported_though_the_listener_is_closed_at_the_end() => Reports("""
        public static class Login
        {
            public static async Task RunAsync(string prefix, CancellationToken token)
            {
                var listener = new HttpListener { Prefixes = { prefix } };
                listener.Start();
                try
                {
                    while (!token.IsCancellationRequested)
                    {
                        var context = await {|SLA3001:listener.GetContextAsync()|};
                        try
                        {
                            await context.Response.OutputStream.WriteAsync(new byte[1], token);
                            context.Response.Close();
                        }
                        catch (IOException e)
                        {
                            Console.WriteLine(e);
                        }
                    }
                }
                finally
                {
                    listener.Close();
                }
            }
        }
        """);

    [Fact]
    public Task Closing_another_listener_ends_nothing() => Reports("""
        public sealed class Gate(HttpListener admin)
        {
            public async Task RunAsync(HttpListener listener)
            {
                try
                {
                    var context = await {|SLA3001:listener.GetContextAsync()|};
                    await context.Response.OutputStream.WriteAsync(new byte[1]);
                    context.Response.Close();
                }
                finally
                {
                    admin.Close();
                }
            }
        }
        """);

    [Fact]
    public Task Transport_of_a_connection_is_the_servers() => Silent("""
        public sealed class Echo : Microsoft.AspNetCore.Connections.ConnectionHandler
        {
            public override async Task OnConnectedAsync(Microsoft.AspNetCore.Connections.ConnectionContext connection)
            {
                var input = connection.Transport.Input;
                while (true)
                {
                    var read = await input.ReadAsync();
                    if (read.IsCompleted)
                        break;
                    input.AdvanceTo(read.Buffer.End);
                }

                await input.CompleteAsync();
            }
        }
        """);

    [Fact]
    public Task Transport_that_is_nobodys_in_particular_is_reported() => Reports("""
        public static class Echo
        {
            public static async Task RunAsync(IDuplexPipe transport)
            {
                var input = {|SLA3001:transport.Input|};
                while (true)
                {
                    var read = await input.ReadAsync();
                    if (read.IsCompleted)
                        break;
                    input.AdvanceTo(read.Buffer.End);
                }

                await input.CompleteAsync();
            }
        }
        """);

    [Fact]
    public Task Message_that_ends_the_conversation_is_no_success_path() => Silent("""
        public sealed class Authenticator
        {
            public async Task HandleAsync(WebSocket socket, string message)
            {
                if (message.Length == 0)
                {
                    await ReplyAsync(socket, "empty", false);
                    return;
                }

                await ReplyAsync(socket, "welcome", true);
            }

            private static async Task ReplyAsync(WebSocket socket, string text, bool success)
            {
                if (!success)
                    await socket.CloseAsync((WebSocketCloseStatus)4401, text, CancellationToken.None);
                else
                    await socket.SendAsync(new byte[1], WebSocketMessageType.Text, true, CancellationToken.None);
            }
        }
        """);

    [Fact]
    public Task Socket_that_the_end_of_its_conversation_closes_is_reported() => Reports("""
        public sealed class Chat
        {
            public async Task RunAsync(WebSocket {|SLA3001:socket|}, CancellationToken token)
            {
                var buffer = new byte[1024];
                while (true)
                {
                    var received = await socket.ReceiveAsync(buffer, token);
                    if (received.MessageType == WebSocketMessageType.Close)
                        break;
                }

                socket.Dispose();
            }
        }
        """);

    [Fact]
    public Task Web_socket_that_a_refusal_closes_and_a_welcome_keeps_is_silent() => Silent("""
        public interface IConnections
        {
            Task AddAsync(WebSocket socket);
        }

        public sealed class Authenticator
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<WebSocket, DateTime> _waiting = new();
            private readonly IConnections _connections;

            public Authenticator(IConnections connections) => _connections = connections;

            public async Task HandleAsync(WebSocket socket, string message)
            {
                if (message.Length == 0)
                {
                    await ReplyAsync(socket, "empty", false);
                    return;
                }

                await ReplyAsync(socket, "welcome", true);
                await _connections.AddAsync(socket);
            }

            private async Task ReplyAsync(WebSocket socket, string text, bool success)
            {
                if (!success)
                    await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, text, CancellationToken.None);
                else
                    await socket.SendAsync(new ArraySegment<byte>(new byte[] { 1 }), WebSocketMessageType.Text, true, CancellationToken.None);

                _waiting.TryRemove(socket, out _);
            }
        }
        """);
}
