using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Ownership inside tuples, tasks, leases, containers and arguments that keep.</summary>
public sealed class CarrierTests
{
    [Fact]
    public async Task Tuple_that_is_returned_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient("h", 1);
            return (client, 1);
            """,
            "public (TcpClient, int) M()"));

    [Fact]
    public async Task Tuple_parts_that_are_disposed_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var (client, stream) = Open();
            using (client)
            using (stream)
                stream.WriteByte(1);
            """,
            "public void M()",
            """
            private static (TcpClient Client, Stream Stream) Open()
            {
                var client = new TcpClient("h", 1);
                return (client, client.GetStream());
            }
            """));

    private const string AsyncOpen =
        """
        private static async Task<(TcpClient Client, Stream Stream)> OpenAsync(CancellationToken token)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync("h", 1, token);
                return (client, client.GetStream());
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
        """;

    [Theory]
    [InlineData("var (client, stream) = await {|SLA1001:OpenAsync(token)|}; client.NoDelay = true;")]
    [InlineData("var opened = await {|SLA1001:OpenAsync(token)|}; opened.Client.NoDelay = true;")]
    [InlineData("var (client, stream) = await {|SLA1002:OpenAsync(token).ConfigureAwait(false)|}; await stream.WriteAsync(new byte[1], token); client.Close();", "OpenAsync(token)")]
    public async Task Tuple_in_a_task_carries_it(string use, string? site = null) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(site is null ? use : use.Replace("{|SLA1002:" + site + ".ConfigureAwait(false)|}", "{|SLA1002:" + site + "|}.ConfigureAwait(false)", System.StringComparison.Ordinal), "public async Task M(CancellationToken token)", AsyncOpen));

    [Theory]
    [InlineData("var (client, stream) = await OpenAsync(token); using (client) await stream.WriteAsync(new byte[1], token);")]
    [InlineData("var (_, stream) = await OpenAsync(token); await using var owned = stream; await stream.WriteAsync(new byte[1], token);")]
    [InlineData("var opened = await OpenAsync(token); try { opened.Stream.WriteByte(1); } finally { opened.Stream.Dispose(); }")]
    public async Task Either_part_of_a_tuple_that_rests_on_one_resource_releases_it(string use) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(use, "public async Task M(CancellationToken token)", AsyncOpen));

    [Fact]
    public async Task The_view_in_a_tuple_may_be_all_that_is_returned() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod("var (_, stream) = await OpenAsync(token); return stream;", "public async Task<Stream> M(CancellationToken token)", AsyncOpen));

    [Fact]
    public async Task Named_tuple_element_that_is_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var connection = Open();
            try
            {
                connection.Client.GetStream().WriteByte(1);
            }
            finally
            {
                connection.Client.Dispose();
            }
            """,
            "public void M()",
            """
            private static (TcpClient Client, int Attempts) Open() => (new TcpClient("h", 1), 1);
            """));

    [Fact]
    public async Task Completed_task_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient("h", 1);
            return Task.FromResult(client);
            """,
            "public Task<TcpClient> M()"));

    [Fact]
    public async Task Value_task_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return new ValueTask<TcpClient>(new TcpClient("h", 1));
            """,
            "public ValueTask<TcpClient> M()"));

    [Fact]
    public async Task Lease_struct_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return new Lease(new TcpClient("h", 1));
            """,
            "public Lease M()",
            """
            public readonly struct Lease(TcpClient client) : IDisposable
            {
                public TcpClient Client => client;
                public void Dispose() => client.Dispose();
            }
            """));

    [Fact]
    public async Task Record_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return new Session(new TcpClient("h", 1), "x");
            """,
            "public Session M()",
            """
            public sealed record Session(TcpClient Client, string Name) : IDisposable { public void Dispose() => Client.Dispose(); }
            """));

    [Fact]
    public async Task Object_initializer_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return new Session { Client = new TcpClient("h", 1), Log = File.CreateText("log") };
            """,
            "public Session M()",
            """
            public sealed class Session : IDisposable
            {
                public TcpClient Client { get; set; }
                public StreamWriter Log { get; set; }

                public void Dispose()
                {
                    Client?.Dispose();
                    Log?.Dispose();
                }
            }
            """));

    [Fact]
    public async Task Collection_expression_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return [new TcpClient(), new TcpClient()];
            """,
            "public List<TcpClient> M()"));

    [Fact]
    public async Task Array_and_dictionary_that_are_returned_carry_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var byName = new Dictionary<string, Stream> { ["a"] = File.OpenRead("a") };
            var more = new Dictionary<string, Stream> { { "b", byName["a"] } };
            var all = new[] { File.OpenRead("c") };
            byName["c"] = all[0];
            return byName;
            """,
            "public Dictionary<string, Stream> M()"));

    [Fact]
    public async Task Composite_of_disposables_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            disposables.Add(client);
            client.Connect("h", 1);
            """,
            "public void M(Composite disposables)",
            """
            public sealed class Composite : IDisposable
            {
                private readonly List<IDisposable> _all = new();
                public void Add(IDisposable one) => _all.Add(one);
                public void Dispose() => _all.ForEach(one => one.Dispose());
            }
            """));

    [Fact]
    public async Task Extension_that_registers_and_returns_this_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient().AddTo(disposables);
            client.Connect("h", 1);
            """,
            "public void M(List<IDisposable> disposables)") + Extensions);

    [Fact]
    public async Task Registered_for_disposal_of_the_request_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            context.Response.RegisterForDispose(client);
            await client.ConnectAsync("h", 1, context.RequestAborted);
            var file = File.OpenRead("a");
            context.Response.RegisterForDisposeAsync(file);
            await file.CopyToAsync(context.Response.Body, context.RequestAborted);
            """,
            "public async Task M(HttpContext context)"));

    [Fact]
    public async Task Results_of_endpoints_take_the_stream() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            if (kind == 0)
                return Results.Stream(File.OpenRead("a"));
            if (kind == 1)
                return Results.File(File.OpenRead("a"), "text/plain");
            return TypedResults.Stream(File.OpenRead("a"), "text/plain");
            """,
            "public IResult M(int kind)"));

    [Fact]
    public async Task Action_results_take_the_stream() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public class FilesController : Microsoft.AspNetCore.Mvc.ControllerBase
            {
                public Microsoft.AspNetCore.Mvc.IActionResult Get(string path) => File(System.IO.File.OpenRead(path), "text/plain");
                public Microsoft.AspNetCore.Mvc.IActionResult GetRaw(string path) => new Microsoft.AspNetCore.Mvc.FileStreamResult(System.IO.File.OpenRead(path), "text/plain");
            }
            """);

    [Fact]
    public async Task Content_of_a_request_takes_the_stream() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var stream = File.OpenRead("a");
            using var request = new HttpRequestMessage(HttpMethod.Post, "u") { Content = new StreamContent(stream) };
            using var response = await http.SendAsync(request, token);
            """,
            "public async Task M(HttpClient http, CancellationToken token)"));

    [Fact]
    public async Task Multipart_content_takes_the_stream() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var form = new MultipartFormDataContent();
            form.Add(new StreamContent(File.OpenRead("a")), "file", "a");
            using var response = await http.PostAsync("u", form, token);
            """,
            "public async Task M(HttpClient http, CancellationToken token)"));

    [Fact]
    public async Task Response_with_stream_content_takes_the_stream() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return new HttpResponseMessage { Content = new StreamContent(File.OpenRead("a")) };
            """,
            "public HttpResponseMessage M()"));

    [Fact]
    public async Task Completion_source_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = listener.AcceptTcpClient();
            source.SetResult(client);
            """,
            "public void M(TcpListener listener, TaskCompletionSource<TcpClient> source)"));

    [Fact]
    public async Task Service_collection_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            services.AddSingleton(new TcpClient());
            services.AddSingleton(_ => new TcpClient("h", 1));
            services.AddScoped<Stream>(_ => File.OpenRead("a"));
            """,
            "public void M(IServiceCollection services)"));

    [Fact]
    public async Task Async_local_and_items_take_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            _current.Value = new TcpClient();
            context.Items["client"] = new TcpClient();
            """,
            "public void M(HttpContext context)",
            """
            private static readonly AsyncLocal<TcpClient> _current = new();
            """));

    [Fact]
    public async Task Ref_parameter_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            client = new TcpClient();
            client.Connect("h", 1);
            """,
            "public void M(ref TcpClient client)"));

    [Fact]
    public async Task Static_field_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            s_shared = new TcpClient();
            s_shared.Connect("h", 1);
            """,
            "public static void M()",
            """
            private static TcpClient s_shared;
            """));

    [Fact]
    public async Task Field_of_another_object_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            session.Client = new TcpClient();
            session.Client.Connect("h", 1);
            """,
            "public void M(Session session)",
            """
            public sealed class Session { public TcpClient Client; }
            """));

    [Fact]
    public async Task State_of_an_asynchronous_call_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.BeginConnect("h", 1, Done, client);
            }
            catch (SocketException)
            {
                client.Dispose();
            }
            """,
            "public void M()",
            """
            private static void Done(IAsyncResult result)
            {
                using var client = (TcpClient)result.AsyncState;
                client.EndConnect(result);
            }
            """));

    [Theory]
    [InlineData("client.BeginConnect(\"h\", 1, Done, client);")]
    [InlineData("token.Register(static state => ((TcpClient)state!).Dispose(), client);")]
    [InlineData("_ = token.UnsafeRegister(Close, client);")]
    [InlineData("http.Response.OnCompleted(static state => { ((TcpClient)state).Close(); return Task.CompletedTask; }, client);")]
    [InlineData("return client.ConnectAsync(\"h\", 1).ContinueWith(_ => client.Dispose(), TaskScheduler.Default);")]
    [InlineData("return client.ConnectAsync(\"h\", 1, token).AsTask().ContinueWith(done => Close(client), TaskScheduler.Default);")]
    public async Task Callback_is_told_of_what_fails_and_takes_it(string given) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            $$"""
            var client = new TcpClient();
            {{given}}
            return Task.CompletedTask;
            """,
            "public Task M(CancellationToken token, HttpContext http)",
            """
            private static void Close(object? state) => ((TcpClient)state!).Close();
            private static void Done(IAsyncResult result)
            {
                using var client = (TcpClient)result.AsyncState!;
                client.EndConnect(result);
            }
            """));

    [Theory]
    [InlineData("using var registration = token.Register(static state => ((TcpClient)state!).Dispose(), client);", "SLA1001")]
    [InlineData("var work = client.ConnectAsync(\"h\", 1); await work.ContinueWith(_ => { });", "SLA1001")]
    public async Task Callback_that_is_taken_back_or_releases_nothing_takes_nothing(string given, string id) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            $$"""
            var client = {|{{id}}:new TcpClient()|};
            {{given}}
            await client.GetStream().WriteAsync(new byte[1], token);
            """,
            "public async Task M(CancellationToken token)"));

    [Fact]
    public async Task Member_of_an_unknown_interface_takes_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            sessions.Start(client);
            dynamic anything = sessions;
            anything.Start(new TcpClient());
            """,
            "public void M(ISessions sessions)",
            """
            public interface ISessions { void Start(TcpClient client); }
            """));

    [Fact]
    public async Task Stream_given_to_an_unknown_interface_is_borrowed() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1001:File.OpenRead("a")|};
            await store.SaveAsync("a", file, token);
            """,
            "public async Task M(IStore store, CancellationToken token)",
            """
            public interface IStore { Task SaveAsync(string name, Stream content, CancellationToken token); }
            """));

    [Fact]
    public async Task Stream_given_to_an_unknown_interface_that_stores_is_taken() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = File.OpenRead("a");
            store.AddFile("a", file);
            store.UseStream(File.OpenRead("b"));
            return store.Wrap(File.OpenRead("c"));
            """,
            "public Stream M(IStore store)",
            """
            public interface IStore { void AddFile(string name, Stream content); void UseStream(Stream content); Stream Wrap(Stream content); }
            """));

    private const string Extensions =
        """
        public static class Extensions
        {
            public static T AddTo<T>(this T one, ICollection<IDisposable> all)
                where T : IDisposable
            {
                all.Add(one);
                return one;
            }

            public static void SafeDispose(this IDisposable one)
            {
                try
                {
                    one?.Dispose();
                }
                catch (Exception)
                {
                }
            }

            public static TcpClient Tuned(this TcpClient client)
            {
                client.NoDelay = true;
                return client;
            }
        }
        """;
}
