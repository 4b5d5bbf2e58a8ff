using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3001: what is closed or completed on the success path only.</summary>
public sealed class SLA3001NotClosedOnErrorTests
{
    private static Task Silent(string members) => Verify<ResourceAnalyzer>.Silent(InType(members));

    private static Task Reports(string members) => Verify<ResourceAnalyzer>.Reports(InType(members));

    private static string InType(string members) => "public sealed class Server\n{\n" + members + "\n}\n";

    // Listener responses.
    [Theory]
    [InlineData("using var file = File.OpenRead(path); var reader = PipeReader.Create(file);")]
    [InlineData("await using var file = File.OpenRead(path); var reader = PipeReader.Create(new BufferedStream(file));")]
    [InlineData("using var client = new TcpClient(path, 1); var reader = PipeReader.Create(client.GetStream());")]
    [InlineData("using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead); var body = await response.Content.ReadAsStreamAsync(); var reader = PipeReader.Create(body);")]
    [InlineData("var reader = PipeReader.Create(new MemoryStream(new byte[8]));")]
    public async Task Pipe_reader_over_a_stream_that_is_disposed_here_is_not_reported(string made) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            made + " var result = await reader.ReadAsync(); var length = result.Buffer.Length; await reader.CompleteAsync(); return length;",
            "public async Task<long> M(HttpClient http, string path)"));

    [Theory]
    [InlineData("var writer = PipeWriter.Create({|SLA1002:File.Create(path)|});")]
    [InlineData("var file = {|SLA1002:File.Create(path)|}; var writer = PipeWriter.Create(file);")]
    [InlineData("var client = {|SLA1002:new TcpClient(path, 1)|}; var writer = PipeWriter.Create(new BufferedStream(client.GetStream()));")]
    [InlineData("var writer = {|SLA3001:PipeWriter.Create(given)|};")]
    public async Task Pipe_and_the_stream_under_it_are_one_finding(string made) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            made + " await writer.WriteAsync(new byte[4]); await writer.CompleteAsync();",
            "public async Task M(Stream given, string path)"));

    [Fact]
    public Task Response_closed_after_a_write_that_throws_is_reported_at_the_request() => Reports("""
        public async Task ServeAsync(HttpListener listener, byte[] page)
        {
            var context = await {|SLA3001:listener.GetContextAsync()|};
            await context.Response.OutputStream.WriteAsync(page);
            context.Response.Close();
        }
        """);

    [Fact]
    public Task Error_branch_of_a_log_page_leaves_the_stream_open() => Reports("""
        public async Task LogAsync(HttpListenerContext context, string path)
        {
            var response = {|SLA3001:context.Response|};
            if (!File.Exists(path))
            {
                response.StatusCode = 404;
                return;
            }

            using var log = File.OpenRead(path);
            await log.CopyToAsync(response.OutputStream);
            response.Close();
        }
        """);

    [Fact]
    public Task Handler_that_closes_its_parameter_on_success_only_is_reported_at_the_first_read_of_the_response() => Reports("""
        private static readonly HttpClient Upstream = new();

        public async Task ProxyAsync(HttpListenerContext context)
        {
            var body = await Upstream.GetByteArrayAsync("http://upstream" + context.Request.RawUrl);
            {|SLA3001:context.Response|}.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.OutputStream.Close();
        }
        """);

    [Fact]
    public Task Response_parameter_is_reported_at_the_parameter() => Reports("""
        public void Send(HttpListenerResponse {|SLA3001:response|}, Stream file)
        {
            file.CopyTo(response.OutputStream);
            response.Close();
        }
        """);

    [Fact]
    public Task Catch_that_logs_and_does_not_close_is_reported() => Reports("""
        public async Task HandleAsync(HttpListenerContext context)
        {
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
        }
        """);

    [Fact]
    public Task Context_captured_by_background_work_is_reported_where_it_was_acquired() => Reports("""
        public async Task RunAsync(HttpListener listener)
        {
            while (true)
            {
                var context = await {|SLA3001:listener.GetContextAsync()|};
                _ = Task.Run(async () =>
                {
                    var page = await File.ReadAllBytesAsync("page.html");
                    await context.Response.OutputStream.WriteAsync(page);
                    context.Response.Close();
                });
            }
        }
        """);

    [Fact]
    public Task State_of_a_callback_is_its_response() => Reports("""
        public void Run(HttpListener listener)
        {
            while (listener.IsListening)
                ThreadPool.QueueUserWorkItem(Handle, listener.GetContext());
        }

        private void Handle(object? state)
        {
            var context = (HttpListenerContext)state!;
            var page = File.ReadAllBytes("page.html");
            {|SLA3001:context.Response|}.OutputStream.Write(page);
            context.Response.Close();
        }
        """);

    [Fact]
    public Task Writer_over_the_output_stream_made_after_a_read_that_throws_is_reported() => Reports("""
        public void Render(HttpListenerContext context)
        {
            var rows = File.ReadAllLines("rows.csv");
            using var writer = new StreamWriter({|SLA3001:context.Response|}.OutputStream);
            foreach (var row in rows)
                writer.WriteLine(row);
        }
        """);

    [Fact]
    public Task Response_of_a_callback_based_listener_is_reported() => Reports("""
        private HttpListener _listener = new();

        private void OnContext(IAsyncResult result)
        {
            var context = {|SLA3001:_listener.EndGetContext(result)|};
            _listener.BeginGetContext(OnContext, null);
            var bytes = File.ReadAllBytes("index.html");
            context.Response.OutputStream.Write(bytes);
            context.Response.Close();
        }

        public void Stop() => _listener.Close();
        """);

    [Fact]
    public Task Try_finally_is_silent() => Silent("""
        public async Task ServeAsync(HttpListener listener, byte[] page)
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
        """);

    [Fact]
    public Task Abort_in_the_catch_and_close_on_success_is_silent() => Silent("""
        public async Task HandleAsync(HttpListenerContext context)
        {
            try
            {
                await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync("x"));
                context.Response.Close();
            }
            catch (Exception)
            {
                context.Response.Abort();
            }
        }
        """);

    [Fact]
    public Task Using_of_the_response_is_silent() => Silent("""
        public async Task HandleAsync(HttpListenerContext context)
        {
            using var response = context.Response;
            await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync("x"));
        }
        """);

    [Fact]
    public Task Handler_whose_caller_closes_is_silent() => Silent("""
        public async Task RunAsync(HttpListener listener)
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                try
                {
                    await HandleAsync(context);
                }
                finally
                {
                    context.Response.Close();
                }
            }
        }

        private async Task HandleAsync(HttpListenerContext context)
        {
            await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync("x"));
            context.Response.Close();
        }
        """);

    [Fact]
    public Task Handler_that_never_closes_is_the_business_of_its_caller() => Silent("""
        public async Task HandleAsync(HttpListenerContext context)
        {
            await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync("x"));
        }
        """);

    [Fact]
    public Task Response_that_is_closed_on_no_path_stays_with_the_lifetime_rule() => Reports("""
        public async Task ServeAsync(HttpListener listener)
        {
            var context = await {|SLA1001:listener.GetContextAsync()|};
            context.Response.StatusCode = 204;
        }
        """);

    // Pipes.
    [Fact]
    public Task Pipe_writer_completed_after_the_loop_is_reported_at_the_parameter() => Reports("""
        public async Task FillAsync(Socket socket, PipeWriter {|SLA3001:writer|})
        {
            while (true)
            {
                var memory = writer.GetMemory(512);
                var read = await socket.ReceiveAsync(memory, SocketFlags.None);
                if (read == 0)
                    break;
                writer.Advance(read);
                await writer.FlushAsync();
            }

            await writer.CompleteAsync();
        }
        """);

    [Fact]
    public Task Pipe_reader_completed_after_the_loop_is_reported() => Reports("""
        public async Task ReadAsync(PipeReader {|SLA3001:reader|}, CancellationToken token)
        {
            while (true)
            {
                var result = await reader.ReadAsync(token);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    break;
            }

            await reader.CompleteAsync();
        }
        """);

    [Fact]
    public Task Writer_of_a_pipe_that_the_method_made_is_reported_at_its_read() => Reports("""
        public async Task<PipeReader> OpenAsync(Stream source)
        {
            var pipe = new Pipe();
            var writer = {|SLA3001:pipe.Writer|};
            await source.CopyToAsync(writer);
            writer.Complete();
            return pipe.Reader;
        }
        """);

    [Fact]
    public Task Complete_with_the_exception_in_the_catch_is_silent() => Silent("""
        public async Task FillAsync(Stream source, PipeWriter writer)
        {
            Exception? error = null;
            try
            {
                await source.CopyToAsync(writer);
            }
            catch (Exception thrown)
            {
                error = thrown;
            }

            await writer.CompleteAsync(error);
        }
        """);

    [Fact]
    public Task Body_writer_of_a_response_is_the_frameworks() => Silent("""
        public async Task WriteAsync(HttpContext context)
        {
            var writer = context.Response.BodyWriter;
            await writer.WriteAsync(new byte[8]);
            await writer.CompleteAsync();
        }
        """);

    [Fact]
    public Task Pipe_writer_that_is_flushed_and_never_completed_is_borrowed() => Silent("""
        public async Task WriteAsync(PipeWriter writer, CancellationToken token)
        {
            await writer.WriteAsync(new byte[8], token);
            await writer.FlushAsync(token);
        }
        """);

    // Channels.
    [Fact]
    public Task Channel_of_a_hub_method_completed_on_success_only_is_reported_at_the_parameter() => Reports("""
        public ChannelReader<int> Counter(int count, CancellationToken token)
        {
            var channel = Channel.CreateUnbounded<int>();
            _ = WriteAsync(channel.Writer, count, token);
            return channel.Reader;
        }

        private async Task WriteAsync(ChannelWriter<int> {|SLA3001:writer|}, int count, CancellationToken token)
        {
            for (var i = 0; i < count; i++)
            {
                await writer.WriteAsync(i, token);
                await Task.Delay(1000, token);
            }

            writer.Complete();
        }
        """);

    [Fact]
    public Task Channel_completed_in_background_work_on_success_only_is_reported_where_it_is_made() => Reports("""
        public ChannelReader<string> Lines(string host)
        {
            var channel = {|SLA3001:Channel.CreateBounded<string>(16)|};
            _ = Task.Run(async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(host, 7000);
                using var reader = new StreamReader(client.GetStream());
                while (await reader.ReadLineAsync() is { } line)
                    await channel.Writer.WriteAsync(line);
                channel.Writer.Complete();
            });
            return channel.Reader;
        }
        """);

    [Fact]
    public Task Channel_with_try_catch_finally_is_silent() => Silent("""
        private async Task WriteAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            Exception? error = null;
            try
            {
                await writer.WriteAsync(1, token);
            }
            catch (Exception thrown)
            {
                error = thrown;
            }
            finally
            {
                writer.Complete(error);
            }
        }
        """);

    [Fact]
    public Task Channel_completed_in_background_work_in_a_finally_is_silent() => Silent("""
        public ChannelReader<string> Lines(StreamReader reader)
        {
            var channel = Channel.CreateUnbounded<string>();
            _ = Task.Run(async () =>
            {
                try
                {
                    while (await reader.ReadLineAsync() is { } line)
                        await channel.Writer.WriteAsync(line);
                }
                finally
                {
                    channel.Writer.TryComplete();
                }
            });
            return channel.Reader;
        }
        """);

    [Fact]
    public Task Channel_for_the_life_of_the_process_is_never_completed_on_purpose() => Silent("""
        private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();

        public async Task EnqueueAsync(string item, CancellationToken token) => await _queue.Writer.WriteAsync(item, token);
        """);

    [Fact]
    public Task Writer_that_a_sentinel_completes_is_no_success_path() => Silent("""
        public async Task ForwardAsync(ChannelWriter<string> writer, string? item, CancellationToken token)
        {
            if (item is null)
            {
                writer.Complete();
                return;
            }

            await writer.WriteAsync(item, token);
        }
        """);

    [Fact]
    public Task Writer_that_the_last_call_of_a_callback_completes_is_no_success_path() => Silent("""
        public async Task InstallAsync(Func<Func<int, int>, int> install)
        {
            var progress = Channel.CreateUnbounded<int>();
            int OnProgress(int percent)
            {
                progress.Writer.TryWrite(percent);
                if (percent >= 100)
                {
                    progress.Writer.Complete();
                }

                return 0;
            }

            if (install(OnProgress) == 0)
            {
                await foreach (var percent in progress.Reader.ReadAllAsync())
                    Console.WriteLine(percent);
            }
        }
        """);

    [Fact]
    public Task Response_that_is_left_to_who_asks_for_its_type_is_not_reported() => Silent("""
        public void DisposeUnlessAskedFor<TResponse>(HttpWebResponse response)
        {
            if (typeof(TResponse) == typeof(HttpWebResponse))
                return;
            if (typeof(TResponse) == typeof(Stream))
                return;
            Console.WriteLine(response.StatusCode);
            response.Close();
        }
        """);

    [Fact]
    public Task Response_that_another_condition_leaves_open_in_a_generic_method_is_reported() => Reports("""
        public T? Read<T>(HttpWebResponse {|SLA3001:response|}, Func<Stream, T> read)
        {
            if (response.StatusCode != HttpStatusCode.OK)
                return default;
            var result = read(response.GetResponseStream());
            response.Close();
            return result;
        }
        """);

    // Handed out by properties and parameters.
    [Fact]
    public Task Web_socket_that_a_property_hands_out_is_reported_at_its_read() => Reports("""
        public async Task UpgradeAsync(HttpListenerContext context, CancellationToken token)
        {
            var upgraded = await context.AcceptWebSocketAsync(null);
            var socket = {|SLA3001:upgraded.WebSocket|};
            var buffer = new byte[1024];
            while (socket.State == WebSocketState.Open)
                await socket.ReceiveAsync(buffer, token);
            socket.Dispose();
        }
        """);

    [Fact]
    public Task Web_socket_of_an_upgrade_that_is_given_is_reported_at_its_read() => Reports("""
        public async Task TalkAsync(System.Net.WebSockets.HttpListenerWebSocketContext upgraded, CancellationToken token)
        {
            var socket = {|SLA3001:upgraded.WebSocket|};
            var buffer = new byte[1024];
            while (socket.State == WebSocketState.Open)
                await socket.ReceiveAsync(buffer, token);
            socket.Dispose();
        }

        public async Task GreetAsync(System.Net.WebSockets.HttpListenerWebSocketContext upgraded, CancellationToken token)
        {
            using var socket = upgraded.WebSocket;
            await socket.SendAsync(new byte[1], WebSocketMessageType.Text, true, token);
        }
        """);

    [Fact]
    public Task Web_response_parameter_closed_on_success_only_is_reported() => Reports("""
        public string Read(HttpWebResponse {|SLA3001:response|})
        {
            var reader = new StreamReader(response.GetResponseStream(), leaveOpen: true);
            var text = reader.ReadToEnd();
            response.Close();
            return text;
        }
        """);

    [Fact]
    public Task Web_socket_in_a_using_is_silent() => Silent("""
        public async Task UpgradeAsync(HttpListenerContext context, CancellationToken token)
        {
            var upgraded = await context.AcceptWebSocketAsync(null);
            using var socket = upgraded.WebSocket;
            await socket.ReceiveAsync(new byte[1024], token);
        }
        """);

    [Fact]
    public Task Message_names_the_response_and_the_place() => Verify<ResourceAnalyzer>.Reports(
        InType("""
            public async Task ServeAsync(HttpListener listener, byte[] page)
            {
                var context = await {|#0:listener.GetContextAsync()|};
                await {|#1:context.Response.OutputStream.WriteAsync(page)|};
                context.Response.Close();
            }
            """),
        [Verify<ResourceAnalyzer>.Diagnostic("SLA3001").WithLocation(0).WithLocation(1)
            .WithMessage("the response of 'context' (HttpListenerContext) is not closed if 'WriteAsync' on line {#1} throws")]);

    [Fact]
    public Task Message_names_the_writer_and_the_place() => Verify<ResourceAnalyzer>.Reports(
        InType("""
            public async Task FillAsync(Stream source, PipeWriter {|#0:writer|})
            {
                await {|#1:source.CopyToAsync(writer)|};
                await writer.CompleteAsync();
            }
            """),
        [Verify<ResourceAnalyzer>.Diagnostic("SLA3001").WithLocation(0).WithLocation(1)
            .WithMessage("'writer' (PipeWriter) is not completed if 'CopyToAsync' on line {#1} throws")]);

    // Real-service shapes.
    [Fact]
    public Task Health_endpoint_of_a_background_service_that_logs_and_does_not_close_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class HealthEndpoint(ILogger<HealthEndpoint> logger) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using var listener = new HttpListener();
                listener.Prefixes.Add("http://localhost:9000/");
                listener.Start();
                using var registration = stoppingToken.Register(listener.Stop);
                while (!stoppingToken.IsCancellationRequested)
                {
                    var context = await listener.GetContextAsync();
                    _ = Task.Run(() => AnswerAsync(context), stoppingToken);
                }
            }

            private async Task AnswerAsync(HttpListenerContext context)
            {
                var response = {|SLA3001:context.Response|};
                try
                {
                    var body = Encoding.UTF8.GetBytes("ok");
                    response.ContentLength64 = body.Length;
                    await response.OutputStream.WriteAsync(body);
                    response.Close();
                }
                catch (Exception e)
                {
                    logger.LogError(e, "could not answer");
                }
            }
        }
        """);

    [Fact]
    public Task Switch_whose_default_does_not_close_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public static class Router
        {
            public static void Route(HttpListenerContext context)
            {
                switch (context.Request.Url?.AbsolutePath)
                {
                    case "/ready":
                        {|SLA3001:context.Response|}.StatusCode = 200;
                        context.Response.Close();
                        break;
                    case "/live":
                        context.Response.Close(Encoding.UTF8.GetBytes("alive"), willBlock: false);
                        break;
                    default:
                        context.Response.StatusCode = 404;
                        break;
                }
            }
        }
        """);

    [Fact]
    public Task Filling_half_of_a_pipe_is_reported_at_its_parameter() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class LineServer
        {
            public static async Task ProcessAsync(Socket socket, CancellationToken token)
            {
                var pipe = new Pipe();
                var filling = FillAsync(socket, pipe.Writer, token);
                var reading = ReadAsync(pipe.Reader, token);
                await Task.WhenAll(filling, reading);
            }

            private static async Task FillAsync(Socket socket, PipeWriter {|SLA3001:writer|}, CancellationToken token)
            {
                while (true)
                {
                    var memory = writer.GetMemory(512);
                    var read = await socket.ReceiveAsync(memory, SocketFlags.None, token);
                    if (read == 0)
                        break;
                    writer.Advance(read);
                    if ((await writer.FlushAsync(token)).IsCompleted)
                        break;
                }

                await writer.CompleteAsync();
            }

            private static async Task ReadAsync(PipeReader reader, CancellationToken token)
            {
                try
                {
                    while (!(await reader.ReadAsync(token)).IsCompleted)
                        continue;
                }
                finally
                {
                    await reader.CompleteAsync();
                }
            }
        }
        """);

    [Fact]
    public Task Local_function_that_fills_the_channel_is_reported_at_its_parameter() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class Crawler(HttpClient http)
        {
            public ChannelReader<string> Titles(IReadOnlyList<Uri> pages, CancellationToken token)
            {
                var channel = Channel.CreateBounded<string>(16);
                _ = FillAsync(channel.Writer);
                return channel.Reader;

                async Task FillAsync(ChannelWriter<string> {|SLA3001:writer|})
                {
                    foreach (var page in pages)
                        await writer.WriteAsync(await http.GetStringAsync(page, token), token);
                    writer.Complete();
                }
            }
        }
        """);

    [Fact]
    public Task Parallel_producers_that_fail_leave_the_channel_open() => Verify<ResourceAnalyzer>.Reports("""
        public static class Producer
        {
            public static async Task ProduceAsync(IEnumerable<Uri> pages, HttpClient http, ChannelWriter<int> {|SLA3001:writer|}, CancellationToken token)
            {
                await Parallel.ForEachAsync(pages, token, async (page, stop) =>
                {
                    var text = await http.GetStringAsync(page, stop);
                    await writer.WriteAsync(text.Length, stop);
                });
                writer.Complete();
            }
        }
        """);

    [Fact]
    public Task Extension_that_sends_and_closes_is_reported_at_the_parameter() => Verify<ResourceAnalyzer>.Reports("""
        public static class Responses
        {
            public static async Task SendJsonAsync<T>(this HttpListenerResponse {|SLA3001:response|}, T value, int status = 200)
            {
                response.StatusCode = status;
                response.ContentType = "application/json";
                await System.Text.Json.JsonSerializer.SerializeAsync(response.OutputStream, value);
                response.Close();
            }
        }
        """);

    [Fact]
    public Task Reader_that_returns_on_a_bad_frame_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public static class Frames
        {
            public static async Task<int> CountAsync(PipeReader {|SLA3001:reader|}, CancellationToken token)
            {
                var frames = 0;
                while (true)
                {
                    var result = await reader.ReadAsync(token).ConfigureAwait(false);
                    if (result.Buffer.Length > 65536)
                        return -1;
                    frames++;
                    reader.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted)
                        break;
                }

                await reader.CompleteAsync().ConfigureAwait(false);
                return frames;
            }
        }
        """);

    [Fact]
    public Task Closer_in_a_using_closes_the_response() => Verify<ResourceAnalyzer>.Silent("""
        public readonly record struct Closer(HttpListenerResponse Response) : IDisposable
        {
            public void Dispose() => Response.Close();
        }

        public static class Pages
        {
            public static async Task ServeAsync(HttpListenerContext context)
            {
                using var closer = new Closer(context.Response);
                await using var file = File.OpenRead("index.html");
                await file.CopyToAsync(context.Response.OutputStream);
            }
        }
        """);

    [Fact]
    public Task Continuation_that_completes_the_channel_is_enough() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Exporter(HttpClient http)
        {
            public ChannelReader<string> Run(Uri[] pages)
            {
                var channel = Channel.CreateUnbounded<string>();
                _ = ProduceAsync(channel.Writer, pages).ContinueWith(done => channel.Writer.TryComplete(done.Exception), TaskScheduler.Default);
                return channel.Reader;
            }

            private async Task ProduceAsync(ChannelWriter<string> writer, Uri[] pages)
            {
                foreach (var page in pages)
                    await writer.WriteAsync(await http.GetStringAsync(page));
            }
        }
        """);

    [Fact]
    public Task Error_kept_for_the_completion_is_silent() => Verify<ResourceAnalyzer>.Silent("""
        public static class Pump
        {
            public static async Task CopyAsync(Stream source, PipeWriter writer, CancellationToken token)
            {
                Exception? error = null;
                try
                {
                    while (true)
                    {
                        var read = await source.ReadAsync(writer.GetMemory(), token);
                        if (read == 0)
                            break;
                        writer.Advance(read);
                        await writer.FlushAsync(token);
                    }
                }
                catch (Exception e)
                {
                    error = e;
                }

                await writer.CompleteAsync(error);
            }
        }
        """);

    [Fact]
    public Task Stream_over_a_reader_completes_it() => Verify<ResourceAnalyzer>.Silent("""
        public static class Text
        {
            public static async Task<string> ReadAsync(PipeReader reader, CancellationToken token)
            {
                using var text = new StreamReader(reader.AsStream(leaveOpen: false));
                return await text.ReadToEndAsync(token);
            }
        }
        """);

    [Fact]
    public Task Switch_over_handlers_with_the_close_around_it_is_silent() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Site
        {
            public async Task HandleAsync(HttpListenerContext context)
            {
                try
                {
                    await (context.Request.HttpMethod switch
                    {
                        "GET" => PageAsync(context.Response),
                        "POST" => SaveAsync(context),
                        _ => Task.CompletedTask,
                    });
                }
                finally
                {
                    Finish(context.Response);
                }
            }

            private static void Finish(HttpListenerResponse response)
            {
                try
                {
                    response.Close();
                }
                catch (HttpListenerException)
                {
                    response.Abort();
                }
            }

            private static async Task PageAsync(HttpListenerResponse response)
            {
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("page"));
                response.OutputStream.Close();
            }

            private static async Task SaveAsync(HttpListenerContext context)
            {
                await using var file = File.Create("upload.bin");
                await context.Request.InputStream.CopyToAsync(file);
            }
        }
        """);

    [Fact]
    public Task Writer_over_the_response_in_a_using_closes_it() => Verify<ResourceAnalyzer>.Silent("""
        public static class Metrics
        {
            public static void Serve(HttpListener listener)
            {
                while (listener.IsListening)
                {
                    var context = listener.GetContext();
                    using var writer = new StreamWriter(context.Response.OutputStream);
                    writer.Write(File.ReadAllText("metrics.txt"));
                }
            }
        }
        """);

    [Fact]
    public Task Every_arm_of_a_switch_expression_closes() => Silent("""
        public Task DispatchAsync(HttpListenerContext context) => context.Request.HttpMethod switch
        {
            "GET" => TextAsync(context.Response, 200, "ok"),
            "POST" => TextAsync(context.Response, 202, "queued"),
            _ => TextAsync(context.Response, 405, "no"),
        };

        private static async Task TextAsync(HttpListenerResponse response, int status, string text)
        {
            using (response)
            {
                response.StatusCode = status;
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            }
        }
        """);

    [Theory]
    [InlineData("catch (WebSocketException)")]
    [InlineData("catch (Exception e) when (e is OperationCanceledException)")]
    public Task Web_socket_that_is_aborted_where_a_read_fails_and_else_stays_its_owner_s_is_silent(string handler) => Silent($$"""
        public static async Task<int> NextAsync(WebSocket socket, byte[] buffer, CancellationToken token)
        {
            try
            {
                return (await socket.ReceiveAsync(buffer, token)).Count;
            }
            {{handler}}
            {
                socket.Abort();
                return 0;
            }
        }
        """);

    [Fact]
    public Task Web_socket_that_is_left_on_an_early_return_within_a_try_is_reported() => Reports("""
        public static async Task ServeAsync(WebSocket {|SLA3001:socket|}, byte[] buffer, CancellationToken token)
        {
            try
            {
                if (buffer.Length == 0)
                    return;
                await socket.ReceiveAsync(buffer, token);
            }
            catch (WebSocketException)
            {
                Console.WriteLine("gone");
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, token);
        }
        """);
}
