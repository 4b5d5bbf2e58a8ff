using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3002: a response is written in a loop, and a client that has gone is never noticed.</summary>
public sealed class SLA3002ClientGoneUnseenTests
{
    private static Task Silent(string code) => Verify<StreamingAnalyzer>.Silent(code);

    private static Task Reports(string code) => Verify<StreamingAnalyzer>.Reports(code);

    // Due: middleware and handlers with a context.
    [Fact]
    public Task Log_page_that_waits_for_the_next_line_is_reported() => Reports("""
        public sealed class LogPage
        {
            private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

            public async Task InvokeAsync(HttpContext context)
            {
                while (true)
                {
                    var line = {|SLA3002:await _lines.Reader.ReadAsync()|};
                    await context.Response.WriteAsync(line + "\n");
                }
            }
        }
        """);

    [Fact]
    public Task Minimal_api_lambda_that_ticks_is_reported() => Reports("""
        var app = WebApplication.Create();
        app.MapGet("/ticks", async (HttpContext context) =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
            while ({|SLA3002:await timer.WaitForNextTickAsync()|})
                await context.Response.WriteAsync("data: tick\n\n");
        });
        app.Run();
        """);

    [Fact]
    public Task Delay_of_seconds_without_any_token_is_reported() => Reports("""
        var app = WebApplication.Create();
        app.MapGet("/clock", async (HttpResponse response) =>
        {
            for (;;)
            {
                await response.WriteAsync(DateTime.UtcNow.ToString("O"));
                await response.Body.FlushAsync();
                {|SLA3002:await Task.Delay(TimeSpan.FromSeconds(1))|};
            }
        });
        app.Run();
        """);

    [Fact]
    public Task Middleware_lambda_with_an_inferred_context_is_reported() => Reports("""
        var app = WebApplication.Create();
        var feed = Channel.CreateUnbounded<byte[]>();
        app.Run(async context =>
        {
            {|SLA3002:await|} foreach (var block in feed.Reader.ReadAllAsync())
                await context.Response.Body.WriteAsync(block);
        });
        app.Run();
        """.Replace("{|SLA3002:await|} foreach (var block in feed.Reader.ReadAllAsync())", "await foreach (var block in {|SLA3002:feed.Reader.ReadAllAsync()|})", System.StringComparison.Ordinal));

    [Fact]
    public Task Interface_call_that_offers_a_token_is_reported() => Reports("""
        public interface IFeed { Task<string> NextAsync(CancellationToken token = default); }

        public static class Events
        {
            public static async Task StreamAsync(HttpContext context, IFeed feed)
            {
                context.Response.ContentType = "text/event-stream";
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    var item = {|SLA3002:await feed.NextAsync()|};
                    await context.Response.WriteAsync($"data: {item}\n\n", context.RequestAborted);
                }
            }
        }
        """);

    [Fact]
    public Task Application_stopping_is_another_token() => Reports("""
        public sealed class Tail(IHostApplicationLifetime lifetime, Channel<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                while (await lines.Reader.WaitToReadAsync(lifetime.ApplicationStopping).ConfigureAwait(false))
                {
                    while (lines.Reader.TryRead(out var line))
                        await context.Response.WriteAsync(line, context.RequestAborted);
                }
            }
        }
        """.Replace("await lines.Reader.WaitToReadAsync(lifetime.ApplicationStopping).ConfigureAwait(false)", "{|SLA3002:await lines.Reader.WaitToReadAsync(lifetime.ApplicationStopping).ConfigureAwait(false)|}", System.StringComparison.Ordinal));

    [Fact]
    public Task None_is_no_token() => Reports("""
        public sealed class Tail(ChannelReader<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync({|SLA3002:await lines.ReadAsync(CancellationToken.None)|});
            }
        }
        """);

    [Fact]
    public Task Output_of_a_process_is_reported() => Reports("""
        public static class Builds
        {
            public static async Task LogAsync(HttpContext context, System.Diagnostics.Process build)
            {
                using var writer = new StreamWriter(context.Response.Body);
                while ({|SLA3002:await build.StandardOutput.ReadLineAsync()|} is { } line)
                {
                    await writer.WriteLineAsync(line);
                    await writer.FlushAsync();
                }
            }
        }
        """);

    [Fact]
    public Task Read_from_a_socket_is_reported() => Reports("""
        public static class Bridge
        {
            public static async Task RelayAsync(HttpContext context, NetworkStream upstream)
            {
                var buffer = new byte[4096];
                int read;
                while ((read = {|SLA3002:await upstream.ReadAsync(buffer)|}) > 0)
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            }
        }
        """);

    [Fact]
    public Task Request_to_another_service_in_the_loop_is_reported() => Reports("""
        public sealed class Poller(HttpClient http)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    var state = {|SLA3002:await http.GetStringAsync("http://builds/state")|};
                    await context.Response.WriteAsync(state, context.RequestAborted);
                    await Task.Delay(2000, context.RequestAborted);
                }
            }
        }
        """);

    // Due: copies.
    [Fact]
    public Task Copy_of_a_stream_into_the_response_is_reported() => Reports("""
        public static class Files
        {
            public static async Task SendAsync(HttpContext context, Stream file)
            {
                {|SLA3002:await file.CopyToAsync(context.Response.Body)|};
            }
        }
        """);

    [Fact]
    public Task Send_file_with_none_is_reported() => Reports("""
        public static class Files
        {
            public static Task SendAsync(HttpResponse response, string path) =>
                {|SLA3002:response.SendFileAsync(path, 0, null, CancellationToken.None)|};
        }
        """);

    [Fact]
    public Task Content_of_an_upstream_response_copied_without_a_token_is_reported() => Reports("""
        public sealed class Proxy(HttpClient http)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                using var upstream = await http.GetAsync("http://upstream/", HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                {|SLA3002:await upstream.Content.CopyToAsync(context.Response.Body)|};
            }
        }
        """);

    // Due: controllers and hubs.
    [Fact]
    public Task Controller_action_that_streams_is_reported() => Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class EventsController(Channel<string> events) : ControllerBase
        {
            [HttpGet("/events")]
            public async Task Get()
            {
                Response.ContentType = "text/event-stream";
                while ({|SLA3002:await events.Reader.WaitToReadAsync()|})
                {
                    while (events.Reader.TryRead(out var item))
                        await Response.WriteAsync("data: " + item + "\n\n");
                    await Response.Body.FlushAsync();
                }
            }
        }
        """);

    [Fact]
    public Task Iterator_action_without_a_token_is_reported() => Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class PricesController(ChannelReader<decimal> prices) : ControllerBase
        {
            [HttpGet("/prices")]
            public async IAsyncEnumerable<decimal> Get()
            {
                while ({|SLA3002:await prices.WaitToReadAsync()|})
                {
                    while (prices.TryRead(out var price))
                        yield return price;
                }
            }
        }
        """);

    [Fact]
    public Task Hub_iterator_without_its_token_is_reported() => Reports("""
        using Microsoft.AspNetCore.SignalR;

        public sealed class CounterHub : Hub
        {
            public async IAsyncEnumerable<int> Counter(int count)
            {
                for (var i = 0; i < count; i++)
                {
                    yield return i;
                    {|SLA3002:await Task.Delay(1000)|};
                }
            }
        }
        """);

    [Fact]
    public Task Hub_channel_writer_without_its_token_is_reported() => Reports("""
        using Microsoft.AspNetCore.SignalR;

        public sealed class TicksHub : Hub
        {
            public ChannelReader<int> Ticks(CancellationToken token)
            {
                var channel = Channel.CreateUnbounded<int>();
                _ = WriteAsync(channel.Writer);
                return channel.Reader;
            }

            private static async Task WriteAsync(ChannelWriter<int> writer)
            {
                try
                {
                    for (var i = 0; ; i++)
                    {
                        await writer.WriteAsync(i);
                        {|SLA3002:await Task.Delay(5000)|};
                    }
                }
                finally
                {
                    writer.TryComplete();
                }
            }
        }
        """);

    [Fact]
    public Task Iterator_endpoint_of_a_minimal_api_is_reported() => Reports("""
        var app = WebApplication.Create();
        app.MapGet("/numbers", Numbers);
        app.Run();

        static async IAsyncEnumerable<int> Numbers()
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                {|SLA3002:await Task.Delay(3000)|};
            }
        }
        """);

    // Due: server-sent events.
    [Fact]
    public Task Server_sent_events_over_a_generator_without_a_token_is_reported_at_the_argument() => Reports("""
        using System.Runtime.CompilerServices;

        public static class Events
        {
            public static IResult Get() => TypedResults.ServerSentEvents({|SLA3002:Numbers()|});

            private static async IAsyncEnumerable<int> Numbers([EnumeratorCancellation] CancellationToken token = default)
            {
                for (var i = 0; ; i++)
                {
                    yield return i;
                    await Task.Delay(1000, token);
                }
            }
        }
        """);

    [Fact]
    public Task Server_sent_events_over_a_channel_without_a_token_is_reported() => Reports("""
        var app = WebApplication.Create();
        var channel = Channel.CreateUnbounded<string>();
        app.MapGet("/events", () => TypedResults.ServerSentEvents({|SLA3002:channel.Reader.ReadAllAsync()|}));
        app.Run();
        """);

    // Clean.
    [Fact]
    public Task Server_sent_events_with_the_token_of_the_handler_is_silent() => Silent("""
        var app = WebApplication.Create();
        var channel = Channel.CreateUnbounded<string>();
        app.MapGet("/events", (CancellationToken token) => TypedResults.ServerSentEvents(channel.Reader.ReadAllAsync(token)));
        app.Run();
        """);

    [Fact]
    public Task Server_sent_events_of_items_get_the_token_from_the_framework() => Silent("""
        using System.Net.ServerSentEvents;
        using System.Runtime.CompilerServices;

        public static class Events
        {
            public static IResult Get() => TypedResults.ServerSentEvents(Items());

            private static async IAsyncEnumerable<SseItem<int>> Items([EnumeratorCancellation] CancellationToken token = default)
            {
                for (var i = 0; ; i++)
                {
                    yield return new SseItem<int>(i);
                    await Task.Delay(1000, token);
                }
            }
        }
        """);

    [Fact]
    public Task Request_aborted_everywhere_is_silent() => Silent("""
        public sealed class LogPage(Channel<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                await foreach (var line in lines.Reader.ReadAllAsync(context.RequestAborted))
                    await context.Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Token_that_the_framework_binds_is_the_abort_token() => Silent("""
        var app = WebApplication.Create();
        app.MapGet("/ticks", async (HttpResponse response, CancellationToken token) =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
            while (await timer.WaitForNextTickAsync(token))
                await response.WriteAsync("tick");
        });
        app.Run();
        """);

    [Fact]
    public Task Linked_source_that_includes_it_is_silent() => Silent("""
        public sealed class Tail(IHostApplicationLifetime lifetime, ChannelReader<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, context.RequestAborted);
                var token = linked.Token;
                while (true)
                    await context.Response.WriteAsync(await lines.ReadAsync(token));
            }
        }
        """);

    [Fact]
    public Task Wait_async_with_the_abort_token_is_silent() => Silent("""
        public static class Bridge
        {
            public static async Task RelayAsync(HttpContext context, ChannelReader<byte[]> blocks)
            {
                while (true)
                    await context.Response.Body.WriteAsync(await blocks.ReadAsync().AsTask().WaitAsync(context.RequestAborted));
            }
        }
        """);

    [Fact]
    public Task When_any_with_a_task_that_carries_it_is_silent() => Silent("""
        public static class Bridge
        {
            public static async Task RelayAsync(HttpContext context, ChannelReader<byte[]> blocks)
            {
                var gone = Task.Delay(Timeout.Infinite, context.RequestAborted);
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    var next = blocks.ReadAsync(context.RequestAborted).AsTask();
                    await Task.WhenAny(next, gone);
                    if (next.IsCompletedSuccessfully)
                        await context.Response.Body.WriteAsync(await next);
                }
            }
        }
        """);

    [Fact]
    public Task Registration_that_ends_the_wait_is_silent() => Silent("""
        public static class Bridge
        {
            public static async Task RelayAsync(HttpContext context, NetworkStream upstream)
            {
                using var registration = context.RequestAborted.Register(() => upstream.Dispose());
                var buffer = new byte[4096];
                int read;
                while ((read = await upstream.ReadAsync(buffer)) > 0)
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        """);

    [Fact]
    public Task Delay_in_a_loop_that_looks_at_the_abort_token_is_silent() => Silent("""
        public static class Clock
        {
            public static async Task TickAsync(HttpContext context)
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync("tick");
                    await Task.Delay(1000);
                }
            }
        }
        """);

    [Fact]
    public Task Short_delay_is_silent() => Silent("""
        public static class Clock
        {
            public static async Task TickAsync(HttpContext context)
            {
                for (var i = 0; i < 10; i++)
                {
                    await context.Response.WriteAsync("tick");
                    await Task.Delay(50);
                }
            }
        }
        """);

    [Fact]
    public Task Wait_ahead_of_a_single_write_is_silent() => Silent("""
        public static class Results
        {
            public static async Task GetAsync(HttpContext context, ChannelReader<string> results)
            {
                var result = await results.ReadAsync();
                await context.Response.WriteAsync(result);
            }
        }
        """);

    [Fact]
    public Task Loop_that_writes_nothing_is_silent() => Silent("""
        public static class Uploads
        {
            public static async Task PutAsync(HttpContext context, Stream target)
            {
                var buffer = new byte[4096];
                int read;
                while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
                    target.Write(buffer, 0, read);
            }
        }
        """);

    [Fact]
    public Task Loop_over_a_file_is_not_long() => Silent("""
        public static class Files
        {
            public static async Task SendAsync(HttpContext context)
            {
                using var reader = new StreamReader("big.csv");
                while (await reader.ReadLineAsync() is { } line)
                    await context.Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Worker_without_a_request_is_silent() => Silent("""
        public sealed class Worker(ChannelReader<string> lines) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                while (true)
                    Console.WriteLine(await lines.ReadAsync());
            }
        }
        """);

    [Fact]
    public Task Hub_iterator_with_its_token_is_silent() => Silent("""
        using System.Runtime.CompilerServices;
        using Microsoft.AspNetCore.SignalR;

        public sealed class CounterHub : Hub
        {
            public async IAsyncEnumerable<int> Counter(int count, [EnumeratorCancellation] CancellationToken token)
            {
                for (var i = 0; i < count; i++)
                {
                    yield return i;
                    await Task.Delay(1000, token);
                }
            }
        }
        """);

    [Fact]
    public Task Hub_that_uses_the_token_of_its_connection_is_silent() => Silent("""
        using Microsoft.AspNetCore.SignalR;

        public sealed class CounterHub : Hub
        {
            public async IAsyncEnumerable<int> Counter(int count)
            {
                for (var i = 0; i < count; i++)
                {
                    yield return i;
                    await Task.Delay(1000, Context.ConnectionAborted);
                }
            }
        }
        """);

    [Fact]
    public Task Iterator_that_is_no_endpoint_is_silent() => Silent("""
        public static class Numbers
        {
            public static async IAsyncEnumerable<int> Count()
            {
                for (var i = 0; ; i++)
                {
                    yield return i;
                    await Task.Delay(1000);
                }
            }
        }
        """);

    [Fact]
    public Task Copy_with_the_abort_token_is_silent() => Silent("""
        public static class Files
        {
            public static Task SendAsync(HttpContext context, Stream file) => file.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        """);

    [Fact]
    public Task Token_that_a_helper_is_given_is_taken_to_be_the_requests() => Silent("""
        public static class Sse
        {
            private static async Task PumpAsync(HttpResponse response, ChannelReader<string> items, CancellationToken token)
            {
                while (await items.WaitToReadAsync(token))
                    while (items.TryRead(out var item))
                        await response.WriteAsync(item);
            }
        }
        """);

    [Fact]
    public Task Copy_of_the_request_into_a_file_is_silent() => Silent("""
        public static class Uploads
        {
            public static async Task PutAsync(HttpContext context)
            {
                await using var file = File.Create("upload");
                await context.Request.Body.CopyToAsync(file);
            }
        }
        """);

    // Real-service shapes.
    [Fact]
    public Task Local_function_of_a_route_group_is_a_handler() => Reports("""
        var app = WebApplication.Create();
        var jobs = app.MapGroup("/jobs");
        jobs.MapGet("/{id}/log", StreamLog);
        app.Run();

        static async Task StreamLog(string id, HttpResponse response, JobLogs logs)
        {
            await foreach (var line in {|SLA3002:logs.Follow(id)|})
                await response.WriteAsync($"data: {line}\n\n");
        }

        public sealed class JobLogs
        {
            private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

            public async IAsyncEnumerable<string> Follow(string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
            {
                await foreach (var line in _lines.Reader.ReadAllAsync(token))
                    yield return id + line;
            }
        }
        """);

    [Fact]
    public Task Injected_middleware_that_waits_to_read_is_reported() => Reports("""
        public sealed class EventStream(Channel<string> events) : IMiddleware
        {
            public async Task InvokeAsync(HttpContext context, RequestDelegate next)
            {
                if (context.Request.Path != "/events")
                {
                    await next(context);
                    return;
                }

                while ({|SLA3002:await events.Reader.WaitToReadAsync()|})
                {
                    while (events.Reader.TryRead(out var line))
                        await context.Response.WriteAsync(line);
                    await context.Response.Body.FlushAsync();
                }
            }
        }
        """);

    [Fact]
    public Task Local_function_that_feeds_the_channel_of_a_hub_is_reported() => Reports("""
        public interface IStockFeed
        {
            Task<decimal> NextAsync(string symbol, CancellationToken token = default);
        }

        public sealed class StockHub(IStockFeed feed) : Microsoft.AspNetCore.SignalR.Hub
        {
            public ChannelReader<decimal> Prices(string symbol)
            {
                var channel = Channel.CreateBounded<decimal>(10);
                _ = PumpAsync();
                return channel.Reader;

                async Task PumpAsync()
                {
                    try
                    {
                        while (true)
                        {
                            var price = {|SLA3002:await feed.NextAsync(symbol)|};
                            await channel.Writer.WriteAsync(price);
                        }
                    }
                    finally
                    {
                        channel.Writer.Complete();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Controller_that_tails_a_process_is_reported() => Reports("""
        public sealed class LogsController : Microsoft.AspNetCore.Mvc.ControllerBase
        {
            public async Task Tail(string unit)
            {
                using var journal = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("journalctl", "-f -u " + unit) { RedirectStandardOutput = true })!;
                Response.ContentType = "text/plain";
                string? line;
                while ((line = {|SLA3002:await journal.StandardOutput.ReadLineAsync()|}) is not null)
                    await Response.WriteAsync(line + "\n", HttpContext.RequestAborted);
            }
        }
        """);

    [Fact]
    public Task Iterator_that_an_endpoint_lambda_calls_is_reported() => Reports("""
        var app = WebApplication.Create();
        app.MapGet("/numbers", () => Numbers());
        app.Run();

        static async IAsyncEnumerable<int> Numbers()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
            var number = 0;
            while ({|SLA3002:await timer.WaitForNextTickAsync()|})
                yield return number++;
        }
        """);

    [Fact]
    public Task Request_delegate_that_relays_an_upstream_is_reported_at_the_read() => Reports("""
        public static class Relay
        {
            public static void Map(WebApplication app) => app.Run(RelayAsync);

            private static async Task RelayAsync(HttpContext context)
            {
                var http = context.RequestServices.GetRequiredService<HttpClient>();
                await using var upstream = await http.GetStreamAsync("http://camera/stream", context.RequestAborted);
                var buffer = new byte[8192];
                int read;
                while ((read = {|SLA3002:await upstream.ReadAsync(buffer)|}) > 0)
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            }
        }
        """);

    [Fact]
    public Task Body_writer_in_a_loop_is_the_response() => Reports("""
        public static class Ticker
        {
            public static async Task Run(HttpContext context, Channel<byte[]> frames)
            {
                var output = context.Response.BodyWriter;
                for (;;)
                {
                    var frame = {|SLA3002:await frames.Reader.ReadAsync().ConfigureAwait(false)|};
                    await output.WriteAsync(frame);
                }
            }
        }
        """);

    [Fact]
    public Task File_copied_into_the_response_without_a_token_is_reported() => Reports("""
        var app = WebApplication.Create();
        app.Use(async (context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/download"))
            {
                await next(context);
                return;
            }

            await using var file = File.OpenRead("big.iso");
            {|SLA3002:await file.CopyToAsync(context.Response.Body)|};
        });
        app.Run();
        """);

    [Fact]
    public Task Linked_source_with_a_limit_is_silent() => Silent("""
        public sealed class Stream(Channel<string> lines, IHostApplicationLifetime lifetime)
        {
            public async Task Invoke(HttpContext context)
            {
                using var source = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, context.RequestAborted);
                source.CancelAfter(TimeSpan.FromMinutes(30));
                var (stop, response) = (source.Token, context.Response);
                while (await lines.Reader.WaitToReadAsync(stop))
                {
                    while (lines.Reader.TryRead(out var line))
                        await response.WriteAsync(line, stop);
                }
            }
        }
        """);

    [Fact]
    public Task Feature_of_the_request_that_gives_the_token_is_silent() => Silent("""
        public static class Events
        {
            public static async Task Run(HttpContext context, Channel<string> lines)
            {
                var aborted = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestLifetimeFeature>()!.RequestAborted;
                await foreach (var line in lines.Reader.ReadAllAsync(aborted))
                    await context.Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Registration_that_completes_the_channel_is_silent() => Silent("""
        public static class Events
        {
            public static async Task Run(HttpContext context, IObservable<string> source, IObserver<string> sink, Channel<string> lines)
            {
                await using var registration = context.RequestAborted.Register(() => lines.Writer.TryComplete());
                using var subscription = source.Subscribe(sink);
                await foreach (var line in lines.Reader.ReadAllAsync())
                    await context.Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Race_with_an_endless_delay_on_the_abort_token_is_silent() => Silent("""
        public sealed class Notifications(Channel<string> lines) : IMiddleware
        {
            public async Task InvokeAsync(HttpContext context, RequestDelegate next)
            {
                var gone = Task.Delay(Timeout.Infinite, context.RequestAborted);
                while (true)
                {
                    var more = lines.Reader.WaitToReadAsync().AsTask();
                    if (await Task.WhenAny(more, gone) == gone)
                        return;
                    while (lines.Reader.TryRead(out var line))
                        await context.Response.WriteAsync(line);
                }
            }
        }
        """);

    [Fact]
    public Task Sequence_with_the_abort_token_is_silent() => Silent("""
        public interface IFeed
        {
            IAsyncEnumerable<string> Lines(CancellationToken token = default);
        }

        public sealed class FeedController(IFeed feed) : Microsoft.AspNetCore.Mvc.ControllerBase
        {
            public async Task Get()
            {
                await foreach (var line in feed.Lines().WithCancellation(HttpContext.RequestAborted).ConfigureAwait(false))
                    await Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Loop_that_stores_and_answers_once_is_silent() => Silent("""
        public interface IStore
        {
            Task SaveAsync(string line, CancellationToken token = default);
        }

        public static class Import
        {
            public static async Task Run(HttpContext context, IStore store)
            {
                var lines = await File.ReadAllLinesAsync("import.csv");
                foreach (var line in lines)
                    await store.SaveAsync(line);
                await context.Response.WriteAsync(lines.Length + " lines");
            }
        }
        """);

    [Fact]
    public Task Worker_fed_by_a_channel_that_a_controller_fills_is_silent() => Silent("""
        public sealed class Mailer(Channel<string> mails, ILogger<Mailer> logger) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                await foreach (var mail in mails.Reader.ReadAllAsync(stoppingToken))
                {
                    logger.LogInformation("mail {Mail}", mail);
                    await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
                }
            }
        }

        public sealed class MailController(Channel<string> mails) : Microsoft.AspNetCore.Mvc.ControllerBase
        {
            public async Task<int> Post(string[] list)
            {
                foreach (var mail in list)
                    await mails.Writer.WriteAsync(mail);
                return list.Length;
            }
        }
        """);
}
