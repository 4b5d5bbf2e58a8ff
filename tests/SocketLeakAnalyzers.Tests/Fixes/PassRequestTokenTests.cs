using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class PassRequestTokenTests
{
    private static Task Fixes(string before, string after) => Verify<StreamingAnalyzer, PassRequestTokenCodeFixProvider>.Fixes(before, after);

    private static Task NoFix(string code) => Verify<StreamingAnalyzer, PassRequestTokenCodeFixProvider>.NoFix(code);

    [Fact]
    public Task Abort_token_of_the_context_is_passed() => Fixes(
        """
        public sealed class LogPage(Channel<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync({|SLA3002:await lines.Reader.ReadAsync()|}); // the next
            }
        }
        """,
        """
        public sealed class LogPage(Channel<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync(await lines.Reader.ReadAsync(context.RequestAborted)); // the next
            }
        }
        """);

    [Fact]
    public Task Abort_token_that_a_local_holds_is_passed() => Fixes(
        """
        public static class Feed
        {
            public static async Task RunAsync(HttpContext context, ChannelReader<string> lines)
            {
                var gone = context.RequestAborted;
                while (await lines.WaitToReadAsync(gone))
                    await context.Response.WriteAsync({|SLA3002:await lines.ReadAsync()|}, gone);
            }
        }
        """,
        """
        public static class Feed
        {
            public static async Task RunAsync(HttpContext context, ChannelReader<string> lines)
            {
                var gone = context.RequestAborted;
                while (await lines.WaitToReadAsync(gone))
                    await context.Response.WriteAsync(await lines.ReadAsync(gone), gone);
            }
        }
        """);

    [Fact]
    public Task Context_that_a_local_holds_gives_its_token() => Fixes(
        """
        public sealed class Feed(IHttpContextAccessor accessor, ChannelReader<string> lines)
        {
            public async Task RunAsync()
            {
                var context = accessor.HttpContext!;
                await foreach (var line in {|SLA3002:lines.ReadAllAsync()|})
                    await context.Response.WriteAsync(line);
            }
        }
        """,
        """
        public sealed class Feed(IHttpContextAccessor accessor, ChannelReader<string> lines)
        {
            public async Task RunAsync()
            {
                var context = accessor.HttpContext!;
                await foreach (var line in lines.ReadAllAsync(context.RequestAborted))
                    await context.Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task None_is_replaced() => Fixes(
        """
        public static class Files
        {
            public static Task SendAsync(HttpResponse response, string path) =>
                {|SLA3002:response.SendFileAsync(path, 0, null, CancellationToken.None)|};
        }
        """,
        """
        public static class Files
        {
            public static Task SendAsync(HttpResponse response, string path) =>
                response.SendFileAsync(path, 0, null, response.HttpContext.RequestAborted);
        }
        """);

    [Fact]
    public Task Await_foreach_gets_it_too() => Fixes(
        """
        var app = WebApplication.Create();
        var feed = Channel.CreateUnbounded<byte[]>();
        app.Run(async context =>
        {
            await foreach (var block in {|SLA3002:feed.Reader.ReadAllAsync()|})
                await context.Response.Body.WriteAsync(block);
        });
        app.Run();
        """,
        """
        var app = WebApplication.Create();
        var feed = Channel.CreateUnbounded<byte[]>();
        app.Run(async context =>
        {
            await foreach (var block in feed.Reader.ReadAllAsync(context.RequestAborted))
                await context.Response.Body.WriteAsync(block);
        });
        app.Run();
        """);

    [Fact]
    public Task Configured_await_keeps_its_configuration() => Fixes(
        """
        public static class Clock
        {
            public static async Task TickAsync(HttpContext context)
            {
                for (;;)
                {
                    await context.Response.WriteAsync("tick");
                    {|SLA3002:await Task.Delay(1000).ConfigureAwait(false)|};
                }
            }
        }
        """,
        """
        public static class Clock
        {
            public static async Task TickAsync(HttpContext context)
            {
                for (;;)
                {
                    await context.Response.WriteAsync("tick");
                    await Task.Delay(1000, context.RequestAborted).ConfigureAwait(false);
                }
            }
        }
        """);

    [Fact]
    public Task Controller_has_its_own_context() => Fixes(
        """
        using Microsoft.AspNetCore.Mvc;

        public sealed class EventsController(Channel<string> events) : ControllerBase
        {
            [HttpGet("/events")]
            public async Task Get()
            {
                while ({|SLA3002:await events.Reader.WaitToReadAsync()|})
                {
                    while (events.Reader.TryRead(out var item))
                        await Response.WriteAsync(item);
                }
            }
        }
        """,
        """
        using Microsoft.AspNetCore.Mvc;

        public sealed class EventsController(Channel<string> events) : ControllerBase
        {
            [HttpGet("/events")]
            public async Task Get()
            {
                while (await events.Reader.WaitToReadAsync(HttpContext.RequestAborted))
                {
                    while (events.Reader.TryRead(out var item))
                        await Response.WriteAsync(item);
                }
            }
        }
        """);

    [Fact]
    public Task Hub_iterator_gets_a_parameter_that_the_framework_binds() => Fixes(
        """
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
        """,
        """
        using Microsoft.AspNetCore.SignalR;

        public sealed class CounterHub : Hub
        {
            public async IAsyncEnumerable<int> Counter(int count, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
            {
                for (var i = 0; i < count; i++)
                {
                    yield return i;
                    await Task.Delay(1000, cancellationToken);
                }
            }
        }
        """);

    [Fact]
    public Task Events_of_a_lambda_get_a_parameter_that_the_framework_binds() => Fixes(
        """
        var app = WebApplication.Create();
        var channel = Channel.CreateUnbounded<string>();
        app.MapGet("/events", () => TypedResults.ServerSentEvents({|SLA3002:channel.Reader.ReadAllAsync()|}));
        app.Run();
        """,
        """
        var app = WebApplication.Create();
        var channel = Channel.CreateUnbounded<string>();
        app.MapGet("/events", (CancellationToken cancellationToken) => TypedResults.ServerSentEvents(channel.Reader.ReadAllAsync(cancellationToken)));
        app.Run();
        """);

    [Fact]
    public Task Mapped_iterator_gets_a_parameter() => Fixes(
        """
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
        """,
        """
        var app = WebApplication.Create();
        app.MapGet("/numbers", Numbers);
        app.Run();

        static async IAsyncEnumerable<int> Numbers([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                await Task.Delay(3000, cancellationToken);
            }
        }
        """);

    [Fact]
    public Task Two_waits_are_fixed_at_once() => Fixes(
        """
        public static class Bridge
        {
            public static async Task RelayAsync(HttpContext context, NetworkStream upstream, ChannelReader<byte[]> blocks)
            {
                while (true)
                {
                    await context.Response.Body.WriteAsync({|SLA3002:await blocks.ReadAsync()|});
                    var buffer = new byte[16];
                    {|SLA3002:await upstream.ReadAsync(buffer)|};
                }
            }
        }
        """,
        """
        public static class Bridge
        {
            public static async Task RelayAsync(HttpContext context, NetworkStream upstream, ChannelReader<byte[]> blocks)
            {
                while (true)
                {
                    await context.Response.Body.WriteAsync(await blocks.ReadAsync(context.RequestAborted));
                    var buffer = new byte[16];
                    await upstream.ReadAsync(buffer, context.RequestAborted);
                }
            }
        }
        """);

    [Fact]
    public Task Another_token_that_is_passed_is_left_to_the_author() => NoFix("""
        public sealed class Tail(IHostApplicationLifetime lifetime, ChannelReader<string> lines)
        {
            public async Task InvokeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync({|SLA3002:await lines.ReadAsync(lifetime.ApplicationStopping)|});
            }
        }
        """);

    [Fact]
    public Task Task_of_a_completion_source_is_waited_for_with_the_token() => Fixes(
        """
        public sealed class Notifier(TaskCompletionSource<string> next)
        {
            public async Task ServeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync({|SLA3002:await next.Task|});
            }
        }
        """,
        """
        public sealed class Notifier(TaskCompletionSource<string> next)
        {
            public async Task ServeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync(await next.Task.WaitAsync(context.RequestAborted));
            }
        }
        """);

    [Fact]
    public Task Request_of_an_action_context_gives_its_token() => Fixes(
        """
        using Microsoft.AspNetCore.Mvc;

        public sealed class TailResult(Channel<string> lines) : IActionResult
        {
            public async Task ExecuteResultAsync(ActionContext context)
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await context.HttpContext.Response.WriteAsync(line);
            }
        }
        """,
        """
        using Microsoft.AspNetCore.Mvc;

        public sealed class TailResult(Channel<string> lines) : IActionResult
        {
            public async Task ExecuteResultAsync(ActionContext context)
            {
                await foreach (var line in lines.Reader.ReadAllAsync(context.HttpContext.RequestAborted))
                    await context.HttpContext.Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Callback_of_a_stream_result_uses_the_token_of_its_endpoint() => Fixes(
        """
        public static class Pages
        {
            public static void Map(WebApplication app) => app.MapGet("/lines", (Channel<string> lines) => Results.Stream(async body =>
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line));
            }));
        }
        """,
        """
        public static class Pages
        {
            public static void Map(WebApplication app) => app.MapGet("/lines", (Channel<string> lines, CancellationToken cancellationToken) => Results.Stream(async body =>
            {
                await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
                    await body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line));
            }));
        }
        """);

    [Fact]
    public Task Token_of_the_application_s_stop_goes_on_to_count() => Fixes(
        """
        using Microsoft.AspNetCore.Mvc;

        public sealed class Logs(Microsoft.Extensions.Hosting.IHostApplicationLifetime lifetime, Channel<string> lines) : ControllerBase
        {
            [HttpGet]
            public async Task Tail()
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync(lifetime.ApplicationStopping)|})
                    await Response.WriteAsync(line);
            }
        }
        """,
        """
        using Microsoft.AspNetCore.Mvc;

        public sealed class Logs(Microsoft.Extensions.Hosting.IHostApplicationLifetime lifetime, Channel<string> lines) : ControllerBase
        {
            [HttpGet]
            public async Task Tail()
            {
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(HttpContext.RequestAborted, lifetime.ApplicationStopping);
                await foreach (var line in lines.Reader.ReadAllAsync(linked.Token))
                    await Response.WriteAsync(line);
            }
        }
        """);

    [Fact]
    public Task Abort_token_of_the_request_that_the_object_keeps_is_passed() => Fixes(
        """
        public sealed class SseWriter(HttpResponse response)
        {
            public async Task PumpAsync(ChannelReader<string> lines)
            {
                await foreach (var line in {|SLA3002:lines.ReadAllAsync()|})
                    await response.WriteAsync(line);
            }
        }

        public sealed class Session
        {
            private readonly HttpContext _http;

            public Session(HttpContext http) => _http = http;

            public async Task PumpAsync(ChannelReader<string> lines)
            {
                while (true)
                    await _http.Response.WriteAsync({|SLA3002:await lines.ReadAsync()|});
            }
        }
        """,
        """
        public sealed class SseWriter(HttpResponse response)
        {
            public async Task PumpAsync(ChannelReader<string> lines)
            {
                await foreach (var line in lines.ReadAllAsync(response.HttpContext.RequestAborted))
                    await response.WriteAsync(line);
            }
        }

        public sealed class Session
        {
            private readonly HttpContext _http;

            public Session(HttpContext http) => _http = http;

            public async Task PumpAsync(ChannelReader<string> lines)
            {
                while (true)
                    await _http.Response.WriteAsync(await lines.ReadAsync(_http.RequestAborted));
            }
        }
        """);

    [Fact]
    public Task Method_of_a_hub_that_does_not_stream_is_bound_no_token_and_asks_its_context() => Fixes(
        """
        using Microsoft.AspNetCore.SignalR;

        public sealed class Lines(ChannelReader<string> lines) : Hub
        {
            public async Task Follow()
            {
                await foreach (var line in {|SLA3002:lines.ReadAllAsync()|})
                    await Clients.Caller.SendAsync("line", line);
            }
        }
        """,
        """
        using Microsoft.AspNetCore.SignalR;

        public sealed class Lines(ChannelReader<string> lines) : Hub
        {
            public async Task Follow()
            {
                await foreach (var line in lines.ReadAllAsync(Context.ConnectionAborted))
                    await Clients.Caller.SendAsync("line", line);
            }
        }
        """);
}
