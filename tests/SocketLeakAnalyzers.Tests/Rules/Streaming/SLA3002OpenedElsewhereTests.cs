using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3002 on a stream that a helper opens: what the helper answers says where it comes from, if the answer is all that it does.</summary>
public sealed class SLA3002OpenedElsewhereTests
{
    private const string Page = """
        public static class BuildLog
        {
            public static void Map(WebApplication app, BuildEngine engine) =>
                app.MapGet("/builds/{build}", async (HttpContext context, string build) =>
                {
                    using var log = await engine.FollowAsync(build, context.RequestAborted);
                    while (READ is { } line)
                        await context.Response.WriteAsync(line);
                });
        }

        """;

    [Fact]
    public Task Reader_over_a_stream_that_the_client_of_a_service_opens_is_one_of_another_service() => Verify<StreamingAnalyzer>.Reports(Page.Replace("READ", "{|SLA3002:await log.ReadLineAsync()|}") + """
        public sealed class BuildEngine(HttpClient http)
        {
            public async Task<StreamReader> FollowAsync(string build, CancellationToken token) => new(await OpenAsync(build, token));

            private Task<Stream> OpenAsync(string build, CancellationToken token)
            {
                return http.GetStreamAsync("http://engine/" + build, token);
            }
        }
        """);

    [Fact]
    public Task Stream_of_a_helper_that_does_more_than_open_it_may_end_with_the_request() => Verify<StreamingAnalyzer>.Silent(Page.Replace("READ", "await log.ReadLineAsync()") + """
        public sealed class BuildEngine(HttpClient http)
        {
            public async Task<StreamReader> FollowAsync(string build, CancellationToken token)
            {
                var log = await http.GetStreamAsync("http://engine/" + build, token);
                token.Register(log.Dispose);
                return new StreamReader(log);
            }
        }
        """);

    [Fact]
    public Task Reader_over_memory_that_a_helper_makes_is_not_far_away() => Verify<StreamingAnalyzer>.Silent(Page.Replace("READ", "await log.ReadLineAsync()") + """
        public sealed class BuildEngine
        {
            public Task<StringReader> FollowAsync(string build, CancellationToken token) => Task.FromResult(new StringReader(build));
        }
        """);
}
