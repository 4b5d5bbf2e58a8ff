using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3002 on handlers as services write them: what is waited for, and where the response comes from.</summary>
public sealed class SLA3002ServiceTests
{
    private static Task Silent(string code) => Verify<StreamingAnalyzer>.Silent(code);

    private static Task Reports(string code) => Verify<StreamingAnalyzer>.Reports(code);

    private const string Broker = """


        public interface IBroker
        {
            IAsyncEnumerable<string> SubscribeAsync(string topic, CancellationToken token = default);
            Task<string> NextAsync(CancellationToken token = default);
            Task<string?> TryGetAsync(string key);
        }
        """;

    // What is waited for.
    [Fact]
    public Task Delay_that_a_variable_names_is_reported() => Reports("""
        public static class Jobs
        {
            public static async Task WatchAsync(HttpContext context, IBroker broker)
            {
                var interval = TimeSpan.FromSeconds(2);
                while (true)
                {
                    await context.Response.WriteAsync(await broker.TryGetAsync("job") ?? "");
                    {|SLA3002:await Task.Delay(interval)|};
                }
            }
        }
        """ + Broker);

    [Fact]
    public Task Delay_that_a_field_names_is_reported() => Reports("""
        public static class Jobs
        {
            private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
            private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(50);

            public static async Task WatchAsync(HttpContext context)
            {
                while (true)
                {
                    await context.Response.WriteAsync("x");
                    {|SLA3002:await Task.Delay(Interval)|};
                    await Task.Delay(Blink);
                }
            }
        }
        """);

    [Theory]
    [InlineData("TimeSpan.FromSeconds(seconds)")]
    [InlineData("TimeSpan.FromMinutes(seconds)")]
    [InlineData("TimeSpan.FromSeconds(seconds + 1)")]
    public Task Delay_of_a_number_of_seconds_that_a_caller_gives_is_reported(string delay) => Reports("""
        public sealed class ClockHub : Microsoft.AspNetCore.SignalR.Hub
        {
            public async IAsyncEnumerable<DateTime> Clock(int seconds)
            {
                while (true)
                {
                    yield return DateTime.UtcNow;
                    {|SLA3002:await Task.Delay(DELAY)|};
                }
            }
        }
        """.Replace("DELAY", delay));

    [Theory]
    [InlineData("TimeSpan.FromMilliseconds(length)")]
    [InlineData("TimeSpan.FromSeconds(part)")]
    [InlineData("TimeSpan.FromTicks(length)")]
    [InlineData("length")]
    public Task Delay_that_may_be_short_is_silent(string delay) => Silent("""
        public sealed class ClockHub : Microsoft.AspNetCore.SignalR.Hub
        {
            public async IAsyncEnumerable<DateTime> Clock(int length, double part)
            {
                while (true)
                {
                    yield return DateTime.UtcNow;
                    await Task.Delay(DELAY);
                }
            }
        }
        """.Replace("DELAY", delay));

    [Fact]
    public Task Enumerator_by_hand_without_the_token_is_reported() => Reports("""
        public static class Feed
        {
            public static async Task RunAsync(HttpContext context, IBroker broker)
            {
                await using var e = broker.SubscribeAsync("x").GetAsyncEnumerator();
                while ({|SLA3002:await e.MoveNextAsync()|})
                    await context.Response.WriteAsync(e.Current);
            }
        }
        """ + Broker);

    [Fact]
    public Task Enumerator_by_hand_with_the_token_is_silent() => Silent("""
        public static class Feed
        {
            public static async Task RunAsync(HttpContext context, IBroker broker)
            {
                await using var e = broker.SubscribeAsync("x").GetAsyncEnumerator(context.RequestAborted);
                while (await e.MoveNextAsync())
                    await context.Response.WriteAsync(e.Current);
                await using var other = broker.SubscribeAsync("x", context.RequestAborted).GetAsyncEnumerator();
                while (await other.MoveNextAsync())
                    await context.Response.WriteAsync(other.Current);
            }
        }
        """ + Broker);

    [Fact]
    public Task Result_of_a_task_that_won_the_race_is_there() => Silent("""
        public static class Heartbeat
        {
            public static async Task RunAsync(HttpContext context, ChannelReader<string> reader)
            {
                var abort = context.RequestAborted;
                while (!abort.IsCancellationRequested)
                {
                    var read = reader.ReadAsync().AsTask();
                    if (await Task.WhenAny(read, Task.Delay(15000, abort)) != read)
                    {
                        await context.Response.WriteAsync(": ping\n\n");
                        continue;
                    }

                    await context.Response.WriteAsync(await read);
                }
            }
        }
        """);

    [Fact]
    public Task Winner_of_a_race_is_there_however_it_is_awaited() => Reports("""
        public static class Merged
        {
            public static async Task InVariableAsync(HttpContext context, ChannelReader<string> left, ChannelReader<string> right)
            {
                while (true)
                {
                    var first = {|SLA3002:await Task.WhenAny(left.WaitToReadAsync().AsTask(), right.WaitToReadAsync().AsTask())|};
                    if (!await first)
                    {
                        return;
                    }

                    await context.Response.WriteAsync("news");
                }
            }

            public static async Task AtOnceAsync(HttpContext context, ChannelReader<string> left, ChannelReader<string> right)
            {
                while (await ({|SLA3002:await Task.WhenAny(left.WaitToReadAsync().AsTask(), right.WaitToReadAsync().AsTask()).ConfigureAwait(false)|}).ConfigureAwait(false))
                {
                    await context.Response.WriteAsync("news");
                }
            }

            public static async Task NotWaitedForYetAsync(HttpContext context, ChannelReader<string> left, ChannelReader<string> right)
            {
                while (true)
                {
                    var race = Task.WhenAny(left.WaitToReadAsync().AsTask(), right.WaitToReadAsync().AsTask());
                    await context.Response.WriteAsync(".");
                    {|SLA3002:await race|};
                }
            }
        }
        """);

    [Fact]
    public Task Race_without_the_token_is_reported_once() => Reports("""
        public static class Heartbeat
        {
            public static async Task RunAsync(HttpContext context, ChannelReader<string> reader)
            {
                while (true)
                {
                    var read = reader.ReadAsync().AsTask();
                    if ({|SLA3002:await Task.WhenAny(read, Task.Delay(15000))|} != read)
                    {
                        await context.Response.WriteAsync(": ping\n\n");
                        continue;
                    }

                    await context.Response.WriteAsync(await read);
                }
            }
        }
        """);

    [Fact]
    public Task Memory_behind_a_variable_of_the_base_type_is_copied_at_once() => Silent("""
        public sealed class Gateway
        {
            public async Task InvokeAsync(HttpContext context, byte[] content)
            {
                await using Stream stream = new MemoryStream(content);
                if (context.Response.StatusCode != 304)
                    await stream.CopyToAsync(context.Response.Body);
            }
        }
        """);

    [Fact]
    public Task File_behind_a_variable_of_the_base_type_is_reported() => Reports("""
        public sealed class Gateway
        {
            public async Task InvokeAsync(HttpContext context, string path)
            {
                await using Stream stream = File.OpenRead(path);
                if (context.Response.StatusCode != 304)
                    {|SLA3002:await stream.CopyToAsync(context.Response.Body)|};
            }
        }
        """);

    [Fact]
    public Task Helper_beside_the_handler_that_waits_is_reported_at_its_await() => Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class LogsController(Channel<string> lines) : ControllerBase
        {
            [HttpGet("tail")]
            public async Task Tail()
            {
                while (true)
                {
                    var line = {|SLA3002:await NextLineAsync()|};
                    await Response.WriteAsync(line);
                }
            }

            private async Task<string> NextLineAsync() => await lines.Reader.ReadAsync();
        }
        """);

    [Fact]
    public Task Helper_that_asks_for_the_token_itself_is_silent() => Silent("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class LogsController(Channel<string> lines) : ControllerBase
        {
            [HttpGet("tail")]
            public async Task Tail()
            {
                while (true)
                    await Response.WriteAsync(await NextLineAsync());
            }

            private async Task<string> NextLineAsync() => await lines.Reader.ReadAsync(HttpContext.RequestAborted);
        }
        """);

    [Fact]
    public Task Helper_that_renders_is_silent() => Silent("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class PagesController : ControllerBase
        {
            [HttpGet("pages")]
            public async Task Get(string[] names)
            {
                foreach (var name in names)
                    await Response.WriteAsync(await RenderAsync(name));
            }

            private static async Task<string> RenderAsync(string name)
            {
                await Task.Yield();
                return await System.IO.File.ReadAllTextAsync(name);
            }
        }
        """);

    // Where the response comes from.
    [Fact]
    public Task Result_that_executes_itself_is_a_handler() => Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class TailResult(Channel<string> lines) : IResult
        {
            public async Task ExecuteAsync(HttpContext httpContext)
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await httpContext.Response.WriteAsync(line);
            }
        }

        public sealed class TailActionResult(Channel<string> lines) : ActionResult
        {
            public override async Task ExecuteResultAsync(ActionContext context)
            {
                var response = context.HttpContext.Response;
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Response_of_the_accessor_is_the_requests() => Reports("""
        public sealed class Tail(IHttpContextAccessor accessor, Channel<string> lines)
        {
            public async Task RunAsync()
            {
                var response = accessor.HttpContext!.Response;
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Worker_that_broadcasts_to_kept_responses_serves_no_request() => Silent("""
        public sealed class Broadcaster(List<HttpResponse> clients, Channel<string> lines) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                await foreach (var line in lines.Reader.ReadAllAsync())
                    foreach (var client in clients)
                        await client.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Callback_of_a_stream_result_writes_the_response() => Reports("""
        var app = WebApplication.Create();
        var feed = Channel.CreateUnbounded<byte[]>();
        app.MapGet("/a", () => Results.Stream(async stream =>
        {
            await foreach (var block in {|SLA3002:feed.Reader.ReadAllAsync()|})
                await stream.WriteAsync(block);
        }));
        app.MapGet("/b", (CancellationToken token) => TypedResults.Stream(async stream =>
        {
            await foreach (var block in feed.Reader.ReadAllAsync(token))
                await stream.WriteAsync(block);
        }));
        app.Run();
        """);

    [Fact]
    public Task Callback_of_something_else_writes_a_stream_of_its_own() => Silent("""
        var app = WebApplication.Create();
        var feed = Channel.CreateUnbounded<byte[]>();
        await Files.Stream(async stream =>
        {
            await foreach (var block in feed.Reader.ReadAllAsync())
                await stream.WriteAsync(block);
        });
        app.Run();

        public static class Files
        {
            public static async Task Stream(Func<Stream, Task> write)
            {
                await using var file = File.Create("x");
                await write(file);
            }
        }
        """);

    [Fact]
    public Task Private_iterator_that_an_action_returns_is_streamed() => Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class EventsController(IBroker broker) : ControllerBase
        {
            [HttpGet("events")]
            public IAsyncEnumerable<string> Get() => EventsAsync();

            private async IAsyncEnumerable<string> EventsAsync()
            {
                while (true)
                    yield return {|SLA3002:await broker.NextAsync()|};
            }
        }
        """ + Broker);

    [Fact]
    public Task Private_iterator_that_an_action_collects_is_not_streamed() => Silent("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class EventsController(IBroker broker) : ControllerBase
        {
            [HttpGet("events")]
            public async Task<List<string>> Get()
            {
                var all = new List<string>();
                await foreach (var one in EventsAsync())
                    all.Add(one);
                return all;
            }

            private async IAsyncEnumerable<string> EventsAsync()
            {
                for (var i = 0; i < 3; i++)
                    yield return await broker.NextAsync();
            }
        }
        """ + Broker);

    // Clean neighbours.
    [Fact]
    public Task Upload_that_reports_its_progress_reads_the_request() => Silent("""
        var app = WebApplication.Create();
        app.MapPost("/upload", async (HttpContext context) =>
        {
            var buffer = new byte[8192];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
                await context.Response.WriteAsync(read.ToString());
        });
        app.Run();
        """);

    [Fact]
    public Task Upload_stream_of_a_hub_ends_with_its_client() => Silent("""
        using Microsoft.AspNetCore.SignalR;

        public sealed class Uploads : Hub
        {
            public async Task Upload(IAsyncEnumerable<string> lines)
            {
                await foreach (var line in lines)
                    await Clients.All.SendAsync("line", line);
            }

            public async Task UploadByChannel(ChannelReader<string> lines)
            {
                while (await lines.WaitToReadAsync())
                    while (lines.TryRead(out var line))
                        await Clients.Others.SendAsync("line", line);
            }
        }
        """);

    [Fact]
    public Task Retry_around_the_next_middleware_writes_once() => Silent("""
        public sealed class Retry(RequestDelegate next)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                for (var i = 0; i < 3; i++)
                {
                    try { await next(context); return; }
                    catch (TimeoutException) { await Task.Delay(1000); }
                }

                await context.Response.WriteAsync("failed");
            }
        }
        """);

    [Fact]
    public Task Semaphore_that_the_handler_gives_back_is_a_turn_and_no_news() => Silent("""
        public sealed class Mux(ChannelReader<string> lines)
        {
            private readonly SemaphoreSlim _turn = new(1, 1);

            public async Task InvokeAsync(HttpContext context)
            {
                await foreach (var line in lines.ReadAllAsync(context.RequestAborted))
                {
                    await _turn.WaitAsync();
                    try
                    {
                        await context.Response.WriteAsync(line);
                    }
                    finally
                    {
                        _turn.Release();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Semaphore_that_others_release_is_news_and_a_local_function_writes_it() => Reports("""
        public sealed class Changes(SemaphoreSlim changed, SemaphoreSlim turn)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                var response = context.Response;
                while (true)
                {
                    {|SLA3002:await changed.WaitAsync()|};
                    await turn.WaitAsync(context.RequestAborted);
                    await SendAsync("changed");
                    turn.Release();
                }

                Task SendAsync(string name) => response.WriteAsync("event: " + name + "\n\n");
            }
        }
        """);

    [Fact]
    public Task Wait_of_a_handler_for_its_upstream_is_reported_once() => Verify<Fixes.AllAnalyzers>.Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class Tail(TcpClient upstream) : ControllerBase
        {
            [HttpGet]
            public async Task Get()
            {
                var stream = upstream.GetStream();
                var buffer = new byte[512];
                int n;
                while ((n = {|SLA3002:await stream.ReadAsync(buffer)|}) > 0)
                    await Response.Body.WriteAsync(buffer.AsMemory(0, n));
            }
        }

        public static class Raw
        {
            public static void Map(WebApplication app, TcpClient upstream)
            {
                upstream.ReceiveTimeout = 1000;
                app.MapGet("/raw", () => ReadAsync(upstream));
                app.MapGet("/one", async () => await ReadOneAsync(upstream));
            }

            private static async IAsyncEnumerable<int> ReadAsync(TcpClient upstream)
            {
                var one = new byte[1];
                while ({|SLA3002:await upstream.GetStream().ReadAsync(one)|} == 1)
                    yield return one[0];
            }

            private static async Task<int> ReadOneAsync(TcpClient upstream)
            {
                var one = new byte[1];
                await {|SLA2006:upstream.GetStream().ReadAsync(one)|};
                return one[0];
            }
        }
        """);

    [Fact]
    public Task Object_that_keeps_the_request_serves_it() => Reports("""
        public sealed class SseWriter(HttpResponse res)
        {
            public async Task PumpAsync(ChannelReader<string> lines)
            {
                await foreach (var line in {|SLA3002:lines.ReadAllAsync()|})
                    await res.WriteAsync(line);
            }

            public async Task PumpAsync(ChannelReader<string> lines, CancellationToken token)
            {
                await foreach (var line in lines.ReadAllAsync(token))
                    await res.WriteAsync(line);
            }
        }

        public sealed class Session
        {
            private readonly HttpContext _http;

            public Session(HttpContext http) => _http = http;

            public async Task PumpAsync(ChannelReader<string> lines)
            {
                while ({|SLA3002:await lines.WaitToReadAsync()|})
                    while (lines.TryRead(out var line))
                        await _http.Response.WriteAsync(line);
            }

            public async Task BeatAsync()
            {
                while (true)
                {
                    await Task.Delay(5000, _http.RequestAborted);
                    await _http.Response.WriteAsync(":\n\n");
                }
            }

            public static async Task LogAsync(ChannelReader<string> lines)
            {
                await foreach (var line in lines.ReadAllAsync())
                    Console.WriteLine(line);
            }
        }
        """);

    [Fact]
    public Task Hub_method_that_sends_to_its_caller_writes() => Reports("""
        using Microsoft.AspNetCore.SignalR;

        public interface IClock
        {
            Task Tick(int count);
        }

        public sealed class Clock : Hub<IClock>
        {
            public async Task Run()
            {
                for (var i = 0; ; i++)
                {
                    await Clients.Caller.Tick(i);
                    {|SLA3002:await Task.Delay(TimeSpan.FromSeconds(2))|};
                }
            }

            public async Task RunUntilGone()
            {
                for (var i = 0; ; i++)
                {
                    await Clients.Caller.Tick(i);
                    await Task.Delay(TimeSpan.FromSeconds(2), Context.ConnectionAborted);
                }
            }

            public async Task Tell(int times)
            {
                for (var i = 0; i < times; i++)
                {
                    await Clients.Others.Tick(i);
                    await Task.Delay(TimeSpan.FromSeconds(2));
                }
            }
        }

        public sealed class Lines(ChannelReader<string> lines) : Hub
        {
            public async Task Follow()
            {
                await foreach (var line in {|SLA3002:lines.ReadAllAsync()|})
                    await Clients.Caller.SendAsync("line", line);
            }
        }
        """);
}
