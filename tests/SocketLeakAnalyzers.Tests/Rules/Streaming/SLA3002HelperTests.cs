using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3002 where a helper writes the response or does the waiting, and where the wait is for a completion source.</summary>
public sealed class SLA3002HelperTests
{
    private const string Sse = """

        public abstract class SseController : ControllerBase
        {
            protected async Task SendAsync(string text)
            {
                await Response.WriteAsync("data: " + text + "\n\n");
                await Response.Body.FlushAsync();
            }

            protected Task CountAsync(string text) => Task.FromResult(text.Length);
        }

        public static class SseExtensions
        {
            public static async Task EventAsync(this HttpResponse response, string text) => await response.WriteAsync(text);

            public static Task Put(HttpContext context, string text) => context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text)).AsTask();
        }

        public sealed class SseWriter(HttpResponse target)
        {
            public Task SendAsync(string text) => target.WriteAsync(text);
        }
        """;

    [Fact]
    public Task Helper_that_writes_the_response_makes_the_loop_one_that_writes() => Verify<StreamingAnalyzer>.Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class News(Channel<string> lines) : SseController
        {
            [HttpGet("own")]
            public async Task Own()
            {
                while (true)
                    await PushAsync({|SLA3002:await lines.Reader.ReadAsync()|});
            }

            [HttpGet("base")]
            public async Task Base()
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await SendAsync(line);
            }

            [HttpGet("extension")]
            public async Task Extension()
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await Response.EventAsync(line);
            }

            [HttpGet("static")]
            public async Task Static()
            {
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await SseExtensions.Put(HttpContext, line);
            }

            [HttpGet("writer")]
            public async Task Writer()
            {
                var writer = new SseWriter(Response);
                await foreach (var line in {|SLA3002:lines.Reader.ReadAllAsync()|})
                    await writer.SendAsync(line);
            }

            private async Task PushAsync(string text) => await Response.WriteAsync(text);
        }
        """ + Sse);

    [Fact]
    public Task Local_function_that_writes_makes_the_loop_of_an_endpoint_one_that_writes() => Verify<StreamingAnalyzer>.Reports("""
        public static class Pages
        {
            public static void Map(WebApplication app, Channel<string> lines) => app.MapGet("/news", async (HttpContext context) =>
            {
                while (true)
                    await Emit({|SLA3002:await lines.Reader.ReadAsync()|});

                Task Emit(string text) => context.Response.WriteAsync(text);
            });
        }
        """);

    [Fact]
    public Task Helper_that_writes_nothing_is_no_write() => Verify<StreamingAnalyzer>.Silent("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class News(Channel<string> lines) : SseController
        {
            [HttpPost]
            public async Task Gather()
            {
                await foreach (var line in lines.Reader.ReadAllAsync())
                    await CountAsync(line);
                await SendAsync("done");
            }

            [HttpGet]
            public async Task Base()
            {
                await foreach (var line in lines.Reader.ReadAllAsync(HttpContext.RequestAborted))
                    await SendAsync(line);
            }
        }

        public sealed class Worker(Channel<string> lines, SseWriter target)
        {
            public async Task RunAsync()
            {
                await foreach (var line in lines.Reader.ReadAllAsync())
                    await target.SendAsync(line);
            }
        }
        """ + Sse);

    [Fact]
    public Task Completion_source_waits_as_long_as_nobody_sets_it() => Verify<StreamingAnalyzer>.Reports("""
        public sealed class Notifier
        {
            private TaskCompletionSource<string> _next = new();

            public async Task ServeAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync({|SLA3002:await _next.Task|});
            }

            public async Task ServeWithTokenAsync(HttpContext context)
            {
                while (true)
                    await context.Response.WriteAsync(await _next.Task.WaitAsync(context.RequestAborted));
            }

            public async Task ServeWithRegistrationAsync(HttpContext context)
            {
                using var gone = context.RequestAborted.Register(() => _next.TrySetCanceled());
                while (true)
                    await context.Response.WriteAsync(await _next.Task);
            }

            public async Task ServeOnceAsync(HttpContext context) => await context.Response.WriteAsync(await _next.Task);

            public void Publish(string text) => Interlocked.Exchange(ref _next, new()).SetResult(text);
        }
        """);

    [Fact]
    public Task Helper_of_another_type_that_cannot_be_given_a_token_waits_for_what_it_awaits() => Verify<StreamingAnalyzer>.Reports("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class Tail(Channel<string> lines, CancellationToken stopping)
        {
            public async Task<string> NextAsync() => await lines.Reader.ReadAsync();

            public async Task<string> UntilStopAsync() => await lines.Reader.ReadAsync(stopping);

            public async Task<string> LoadAsync() => await File.ReadAllTextAsync("page.html");
        }

        public class Feed
        {
            public virtual async Task<string> NextAsync() => await Task.FromResult("");
        }

        public sealed class News(Tail tail, Feed feed) : ControllerBase
        {
            [HttpGet]
            public async Task Get()
            {
                while (true)
                {
                    await Response.WriteAsync({|SLA3002:await tail.NextAsync()|});
                    await Response.WriteAsync(await tail.UntilStopAsync());
                    await Response.WriteAsync(await tail.LoadAsync());
                    await Response.WriteAsync(await feed.NextAsync());
                }
            }
        }
        """);
}
