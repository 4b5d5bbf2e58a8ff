using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

public sealed class SLA2001HttpClientWithoutTimeoutTests
{
    [Theory]
    [InlineData("private readonly HttpClient _client = {|SLA2001:new HttpClient()|}; public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client = {|SLA2001:new()|}; public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private static readonly HttpClient Client = {|SLA2001:new HttpClient()|}; public static async Task<string> Get(string url) => await Client.GetStringAsync(url);")]
    [InlineData("private HttpClient Client { get; } = {|SLA2001:new HttpClient()|}; public async Task<byte[]> Get(string url) => await Client.GetByteArrayAsync(url).ConfigureAwait(false);")]
    [InlineData("protected static HttpClient Client { get; } = {|SLA2001:new()|}; public async Task Get(string url) { using var response = await Client.GetAsync(url); }")]
    [InlineData("private readonly HttpClient _client; public C() { _client = {|SLA2001:new HttpClient()|}; } public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client; public C(Uri root) { var client = {|SLA2001:new HttpClient { BaseAddress = root }|}; client.DefaultRequestHeaders.Add(\"Accept\", \"text/plain\"); _client = client; } public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private static HttpClient _client; static C() { _client = {|SLA2001:new HttpClient()|}; } public static string Get(string url) => _client.GetStringAsync(url).Result;")]
    [InlineData("private HttpClient _client; private HttpClient Client => _client ??= {|SLA2001:new HttpClient()|}; public Task<string> Get(string url) => Client.GetStringAsync(url);")]
    [InlineData("private HttpClient _client; private HttpClient Client { get { if (_client == null) { _client = {|SLA2001:new HttpClient()|}; } return _client; } } public Task<string> Get(string url) => Client.GetStringAsync(url);")]
    [InlineData("private HttpClient _client; public Task<string> Get(string url) { _client = _client ?? {|SLA2001:new HttpClient()|}; return _client.GetStringAsync(url); }")]
    [InlineData("private readonly Lazy<HttpClient> _client = new Lazy<HttpClient>(() => {|SLA2001:new HttpClient()|}); public Task<string> Get(string url) => _client.Value.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client = Make(); private static HttpClient Make() => {|SLA2001:new HttpClient()|}; public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client = Make(); private static HttpClient Make() { var client = {|SLA2001:new HttpClient()|}; client.BaseAddress = new Uri(\"http://a\"); return client; } public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client = {|SLA2001:new HttpClient()|}; public Task<string> Get(string url) { var client = _client; return client.GetStringAsync(url); }")]
    [InlineData("private readonly HttpClient _client; public C(HttpClient client = null) { _client = client ?? {|SLA2001:new HttpClient()|}; } public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client; public C(HttpClient client) { _client = client; } public C() : this({|SLA2001:new HttpClient()|}) { } public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpMessageInvoker _client = {|SLA2001:new HttpClient()|}; public Task<string> Get(string url) => ((HttpClient)_client).GetStringAsync(url);")]
    [InlineData("internal static readonly HttpClient Client = {|SLA2001:new HttpClient()|}; private sealed class Nested { public Task<string> Get(string url) => Client.GetStringAsync(url); }")]
    public Task A_client_with_the_default_timeout_is_reported_at_its_creation(string members) => Verify<UseAnalyzer>.Reports("public class C { " + members + " }");

    [Theory]
    [InlineData("_client.GetAsync(url)")]
    [InlineData("_client.GetAsync(new Uri(url))")]
    [InlineData("_client.GetAsync(url, HttpCompletionOption.ResponseContentRead)")]
    [InlineData("_client.GetAsync(url, CancellationToken.None)")]
    [InlineData("_client.GetAsync(url, default(CancellationToken))")]
    [InlineData("_client.GetAsync(url, new CancellationToken())")]
    [InlineData("_client.GetAsync(url, cancellationToken: CancellationToken.None)")]
    [InlineData("_client.GetStringAsync(url)")]
    [InlineData("_client.GetByteArrayAsync(url)")]
    [InlineData("_client.PostAsync(url, new StringContent(\"{}\"))")]
    [InlineData("_client.PutAsync(url, null)")]
    [InlineData("_client.PatchAsync(url, null)")]
    [InlineData("_client.DeleteAsync(url)")]
    [InlineData("_client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url))")]
    [InlineData("_client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), CancellationToken.None)")]
    [InlineData("_client.Send(new HttpRequestMessage(HttpMethod.Get, url))")]
    [InlineData("_client.GetFromJsonAsync<string>(url)")]
    [InlineData("_client.GetFromJsonAsync<string>(url, new JsonSerializerOptions())")]
    [InlineData("_client.PostAsJsonAsync(url, 1)")]
    [InlineData("_client.PutAsJsonAsync(url, 1)")]
    [InlineData("_client.PatchAsJsonAsync(url, 1)")]
    [InlineData("_client.DeleteFromJsonAsync<int>(url)")]
    [InlineData("HttpClientJsonExtensions.GetFromJsonAsync<int>(_client, url)")]
    [InlineData("_client?.GetAsync(url)")]
    [InlineData("this._client!.GetAsync(url)")]
    public Task Every_way_to_send_without_a_token_counts(string request) => Verify<UseAnalyzer>.Reports($$"""
        using System.Net.Http.Json;
        using System.Text.Json;
        public class C
        {
            private readonly HttpClient _client = {|SLA2001:new HttpClient()|};
            public object Get(string url) => {{request}};
        }
        """);

    [Theory]
    [InlineData("_client.GetAsync(url, token)")]
    [InlineData("_client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token)")]
    [InlineData("_client.GetStringAsync(url, token)")]
    [InlineData("_client.GetByteArrayAsync(new Uri(url), token)")]
    [InlineData("_client.PostAsync(url, null, token)")]
    [InlineData("_client.SendAsync(new HttpRequestMessage(), token)")]
    [InlineData("_client.SendAsync(cancellationToken: token, request: new HttpRequestMessage())")]
    [InlineData("_client.Send(new HttpRequestMessage(), token)")]
    [InlineData("_client.GetFromJsonAsync<string>(url, token)")]
    [InlineData("_client.PostAsJsonAsync(url, 1, cancellationToken: token)")]
    [InlineData("_client.GetStringAsync(url, new CancellationTokenSource(5000).Token)")]
    [InlineData("_client.GetStringAsync(url, CancellationTokenSource.CreateLinkedTokenSource(token).Token)")]
    public Task A_client_whose_every_request_carries_a_token_is_not_reported(string request) => Verify<UseAnalyzer>.Silent($$"""
        using System.Net.Http.Json;
        public class C
        {
            private readonly HttpClient _client = new HttpClient();
            public object Get(string url, CancellationToken token) => {{request}};
        }
        """);

    [Fact]
    public Task One_request_without_a_token_among_many_suffices() => Verify<UseAnalyzer>.Reports("""
        public sealed class InventoryApi
        {
            private readonly HttpClient _client = {|#0:new HttpClient()|};

            public Task<string> ListAsync(CancellationToken token) => _client.GetStringAsync("items", token);

            public async Task<bool> ExistsAsync(string id, CancellationToken token)
            {
                using var response = await {|#1:_client.GetAsync("items/" + id)|};
                return response.IsSuccessStatusCode;
            }

            public Task DeleteAsync(string id, CancellationToken token) => _client.DeleteAsync("items/" + id, token);
        }
        """,
        [Verify<UseAnalyzer>.Diagnostic("SLA2001").WithLocation(0).WithLocation(1).WithArguments("'_client' (HttpClient)", "'GetAsync' on line {#1}", "for 100 seconds")]);

    [Theory]
    [InlineData("private readonly HttpClient _client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };")]
    [InlineData("private readonly HttpClient _client = new() { BaseAddress = new Uri(\"http://a\"), Timeout = TimeSpan.FromSeconds(10) };")]
    [InlineData("private readonly HttpClient _client; public C() { _client = new HttpClient(); _client.Timeout = TimeSpan.FromSeconds(10); }")]
    [InlineData("private readonly HttpClient _client; public C(TimeSpan timeout) { var client = new HttpClient(); client.Timeout = timeout; _client = client; }")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public C(int seconds) => _client.Timeout = TimeSpan.FromSeconds(seconds);")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public TimeSpan Timeout { get => _client.Timeout; set => _client.Timeout = value; }")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public void Configure(TimeSpan? timeout) { if (timeout is { } t) { _client.Timeout = t; } }")]
    [InlineData("private readonly HttpClient _client = Make(); private static HttpClient Make() { var client = new HttpClient(); client.Timeout = TimeSpan.FromSeconds(3); return client; }")]
    [InlineData("private readonly HttpClient _client = Make(); private static HttpClient Make() => new HttpClient { Timeout = TimeSpan.FromSeconds(3) };")]
    [InlineData("private readonly HttpClient _client = Bounded(new HttpClient()); private static HttpClient Bounded(HttpClient client) { client.Timeout = TimeSpan.FromSeconds(3); return client; }")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public C() { Bound(_client); } private static void Bound(HttpClient client) { client.Timeout = TimeSpan.FromSeconds(3); }")]
    [InlineData("private static readonly HttpClient _client = new HttpClient(); static C() { _client.Timeout = TimeSpan.FromSeconds(3); }")]
    [InlineData("private HttpClient _client; private HttpClient Client => _client ??= new HttpClient { Timeout = TimeSpan.FromSeconds(3) }; public Task<string> Other(string url) => Client.GetStringAsync(url);")]
    [InlineData("private HttpClient _client { get; } = new HttpClient().WithTimeout(3);")]
    [InlineData("private readonly HttpClient _client = new HttpClient(); public C() { Settings.Apply(_client); }")]
    [InlineData("private readonly HttpClient _client; public C() : this(new HttpClient()) { } public C(HttpClient client) { client.Timeout = TimeSpan.FromSeconds(9); _client = client; }")]
    public Task A_client_with_a_timeout_is_not_reported(string members) => Verify<UseAnalyzer>.Silent($$"""
        public class C
        {
            {{members}}
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        internal static class Settings
        {
            public static HttpClient WithTimeout(this HttpClient client, int seconds) { client.Timeout = TimeSpan.FromSeconds(seconds); return client; }
            public static void Apply(HttpClient client) { client.DefaultRequestHeaders.ExpectContinue = false; client.Timeout = TimeSpan.FromSeconds(30); }
        }
        """);

    [Theory]
    [InlineData("public HttpClient Make() => new HttpClient();")]
    [InlineData("public HttpClient Make() { var client = new HttpClient(); client.BaseAddress = new Uri(\"http://a\"); return client; }")]
    [InlineData("public HttpClient Client { get; } = new HttpClient();")]
    [InlineData("public static readonly HttpClient Client = new HttpClient();")]
    [InlineData("public static void Register(IServiceCollection services) => services.AddSingleton(new HttpClient());")]
    [InlineData("public static void Register(IServiceCollection services) => services.AddSingleton(_ => new HttpClient());")]
    [InlineData("public static void Register(IServiceCollection services) => services.AddScoped(sp => new HttpClient { BaseAddress = new Uri(\"http://a\") });")]
    [InlineData("public Sdk Make() => new Sdk(new HttpClient());")]
    [InlineData("public void Give(IKeeper keeper) { keeper.Keep(new HttpClient()); }")]
    [InlineData("private readonly Dictionary<string, HttpClient> _all = new(); public void Add(string name) { _all[name] = new HttpClient(); }")]
    public Task A_client_that_is_handed_out_with_no_request_is_not_reported(string member) => Verify<UseAnalyzer>.Silent($$"""
        public class C
        {
            {{member}}
        }

        public class Sdk { public Sdk(HttpClient client) => Client = client; public HttpClient Client { get; } }
        public interface IKeeper { void Keep(HttpClient client); }
        """);

    [Theory]
    [InlineData("private readonly HttpClient _client; public C(HttpClient client) => _client = client; public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client; public C(IHttpClientFactory factory) => _client = factory.CreateClient(); public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly IHttpClientFactory _factory; public C(IHttpClientFactory factory) => _factory = factory; public async Task<string> Get(string url) { using var client = _factory.CreateClient(\"a\"); return await client.GetStringAsync(url); }")]
    [InlineData("public Task<string> Get(HttpClient client, string url) => client.GetStringAsync(url);")]
    [InlineData("public HttpClient Client { get; set; } public Task<string> Get(string url) => Client.GetStringAsync(url);")]
    [InlineData("private readonly HttpClient _client; public C(IServiceProvider services) => _client = services.GetRequiredService<HttpClient>(); public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    public Task A_client_that_somebody_else_made_is_not_reported(string members) => Verify<UseAnalyzer>.Silent("public class C { " + members + " }");

    [Fact]
    public Task A_primary_constructor_parameter_is_injected() => Verify<UseAnalyzer>.Silent(
        "public class Catalog(HttpClient client) { public Task<string> Get(string url) => client.GetStringAsync(url); }");

    [Theory]
    [InlineData("new HttpClient(new HttpClientHandler())")]
    [InlineData("new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }, disposeHandler: true)")]
    [InlineData("new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })")]
    [InlineData("new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })")]
    [InlineData("new HttpClient(new Logging { InnerHandler = new HttpClientHandler() })")]
    [InlineData("new HttpClient(new Logging(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }))")]
    [InlineData("new HttpClient(MakeHandler())")]
    [InlineData("new HttpClient(_handler)")]
    public Task The_handler_does_not_bound_the_request(string creation) => Verify<UseAnalyzer>.Reports($$"""
        public class C
        {
            private static readonly HttpClientHandler _handler = new HttpClientHandler { UseCookies = false };
            private static readonly HttpClient Client = {|SLA2001:{{creation}}|};
            public Task<string> Get(string url) => Client.GetStringAsync(url);
            private static HttpMessageHandler MakeHandler() { var handler = new SocketsHttpHandler(); handler.ConnectTimeout = TimeSpan.FromSeconds(1); return handler; }
        }

        internal sealed class Logging : DelegatingHandler
        {
            public Logging() { }
            public Logging(HttpMessageHandler inner) : base(inner) { }
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Console.WriteLine(request.RequestUri);
                return await base.SendAsync(request, cancellationToken);
            }
        }
        """);

    [Theory]
    [InlineData("using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken); source.CancelAfter(TimeSpan.FromSeconds(5)); return await base.SendAsync(request, source.Token);")]
    [InlineData("using var source = new CancellationTokenSource(_timeout); using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, source.Token); return await base.SendAsync(request, both.Token);")]
    [InlineData("using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5)); return await base.SendAsync(request, source.Token).ConfigureAwait(false);")]
    [InlineData("using var source = Linked(cancellationToken); try { return await base.SendAsync(request, source.Token); } catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { throw new TimeoutException(); }")]
    public Task A_handler_of_the_project_that_sets_a_deadline_bounds_the_request(string body) => Verify<UseAnalyzer>.Silent($$"""
        public class C
        {
            private readonly HttpClient _client = new HttpClient(new Deadline { InnerHandler = new HttpClientHandler() });
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        internal sealed class Deadline : DelegatingHandler
        {
            private readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                {{body}}
            }

            private CancellationTokenSource Linked(CancellationToken token)
            {
                var source = CancellationTokenSource.CreateLinkedTokenSource(token);
                source.CancelAfter(_timeout);
                return source;
            }
        }
        """);

    [Fact]
    public Task A_handler_with_a_deadline_anywhere_in_the_chain_bounds_the_request() => Verify<UseAnalyzer>.Silent("""
        public class C
        {
            private readonly HttpClient _client;
            public C()
            {
                var deadline = new Deadline();
                deadline.InnerHandler = new SocketsHttpHandler();
                var logging = new Logging(deadline);
                _client = new HttpClient(logging);
            }

            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        internal sealed class Deadline : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                source.CancelAfter(5000);
                return await base.SendAsync(request, source.Token);
            }
        }

        internal sealed class Logging(HttpMessageHandler inner) : DelegatingHandler(inner);
        """);

    [Fact]
    public Task A_client_over_a_test_double_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public class Samples
        {
            private readonly HttpClient _client = new HttpClient(new Canned());
            public Task<string> Get() => _client.GetStringAsync("u");

            private sealed class Canned : HttpMessageHandler
            {
                protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) => Task.FromResult(new HttpResponseMessage());
            }
        }
        """);

    [Fact]
    public Task Test_code_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        namespace Xunit { public class FactAttribute : Attribute { } }
        public class ApiTests
        {
            private static readonly HttpClient Client = new HttpClient { BaseAddress = new Uri("http://localhost") };
            [Xunit.Fact] public async Task Answers() { using var response = await Client.GetAsync("health"); response.EnsureSuccessStatusCode(); }
        }
        """);

    [Fact]
    public Task A_client_made_per_call_is_left_to_SLA1006() => Verify<UseAnalyzer>.Silent("""
        public class C
        {
            public async Task<string> First(string url) { using var client = new HttpClient(); return await client.GetStringAsync(url); }
            public async Task<string> Second(string url) { var client = new HttpClient(); return await client.GetStringAsync(url); }
            public async Task<string> Third(string url) { using (var client = new HttpClient(new HttpClientHandler())) { return await client.GetStringAsync(url); } }
            public Task<string> Fourth(string url) => new HttpClient().GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_client_of_a_program_is_reported() => Verify<UseAnalyzer>.Reports("""
        using var client = {|SLA2001:new HttpClient()|};
        foreach (var url in args)
        {
            Console.WriteLine(await client.GetStringAsync(url));
        }
        """);

    [Fact]
    public Task A_client_of_Main_is_reported() => Verify<UseAnalyzer>.Reports("""
        internal static class Program
        {
            private static async Task<int> Main(string[] args)
            {
                using var client = {|SLA2001:new HttpClient()|};
                client.DefaultRequestHeaders.UserAgent.ParseAdd("check/1.0");
                using var response = await client.GetAsync(args[0]);
                return response.IsSuccessStatusCode ? 0 : 1;
            }
        }
        """);

    [Fact]
    public Task A_client_ahead_of_the_loop_of_a_service_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Heartbeat : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using var client = {|SLA2001:new HttpClient()|};
                while (!stoppingToken.IsCancellationRequested)
                {
                    using var response = await client.PostAsync("http://monitor/beat", null);
                    await Task.Delay(1000, stoppingToken);
                }
            }
        }
        """);

    [Fact]
    public Task A_request_in_a_helper_of_the_same_type_counts() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _client = {|SLA2001:new HttpClient()|};
            public Task<string> Get(string url) => Fetch(_client, url);
            private static async Task<string> Fetch(HttpClient client, string url) => await client.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_request_in_a_helper_of_another_type_counts() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _client = {|SLA2001:new HttpClient()|};
            public Task<string> Get(string url) => _client.FetchAsync(url);
        }

        internal static class Fetching
        {
            public static async Task<string> FetchAsync(this HttpClient client, string url)
            {
                using var response = await client.GetAsync(url);
                return await response.Content.ReadAsStringAsync();
            }
        }
        """);

    [Fact]
    public Task A_helper_that_passes_its_token_on_does_not_count() => Verify<UseAnalyzer>.Silent("""
        public class C
        {
            private readonly HttpClient _client = new HttpClient();
            public Task<string> Get(string url, CancellationToken token) => _client.FetchAsync(url, token);
        }

        internal static class Fetching
        {
            public static async Task<string> FetchAsync(this HttpClient client, string url, CancellationToken token) => await client.GetStringAsync(url, token);
        }
        """);

    [Fact]
    public Task A_client_made_in_a_base_class_and_used_in_a_derived_one_is_reported() => Verify<UseAnalyzer>.Reports("""
        public abstract class ApiBase
        {
            protected HttpClient Client { get; } = {|SLA2001:new HttpClient()|};
        }

        public sealed class Orders : ApiBase
        {
            public Task<string> List() => Client.GetStringAsync("orders");
        }
        """);

    [Fact]
    public Task A_client_given_to_the_base_class_is_reported() => Verify<UseAnalyzer>.Reports("""
        public abstract class ApiBase
        {
            private readonly HttpClient _client;
            protected ApiBase(HttpClient client) => _client = client;
            protected Task<string> Get(string url) => _client.GetStringAsync(url);
        }

        public sealed class Orders : ApiBase
        {
            public Orders() : base({|SLA2001:new HttpClient()|}) { }
            public Task<string> List() => Get("orders");
        }
        """);

    [Fact]
    public Task A_timeout_set_in_the_base_class_is_one() => Verify<UseAnalyzer>.Silent("""
        public abstract class ApiBase
        {
            protected readonly HttpClient Client;
            protected ApiBase(HttpClient client) { Client = client; Client.Timeout = TimeSpan.FromSeconds(20); }
        }

        public sealed class Orders : ApiBase
        {
            public Orders() : base(new HttpClient()) { }
            public Task<string> List() => Client.GetStringAsync("orders");
        }
        """);

    [Fact]
    public Task A_timeout_set_in_a_derived_class_is_one() => Verify<UseAnalyzer>.Silent("""
        public abstract class ApiBase
        {
            protected readonly HttpClient Client = new HttpClient();
            protected Task<string> Get(string url) => Client.GetStringAsync(url);
        }

        public sealed class Orders : ApiBase
        {
            public Orders() { Client.Timeout = TimeSpan.FromSeconds(20); }
            public Task<string> List() => Get("orders");
        }
        """);

    [Fact]
    public Task A_class_derived_from_HttpClient_is_a_client() => Verify<UseAnalyzer>.Reports("""
        public sealed class GatewayClient : HttpClient
        {
            public GatewayClient() { DefaultRequestHeaders.Add("Accept", "application/json"); }
        }

        public class C
        {
            private readonly GatewayClient _gateway = {|SLA2001:new GatewayClient()|};
            public Task<string> Get(string url) => _gateway.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_class_derived_from_HttpClient_that_sets_its_timeout_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class GatewayClient : HttpClient
        {
            public GatewayClient() { Timeout = TimeSpan.FromSeconds(10); }
        }

        public class C
        {
            private readonly GatewayClient _gateway = new GatewayClient();
            public Task<string> Get(string url) => _gateway.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_client_in_a_static_class_that_another_class_uses_is_reported() => Verify<UseAnalyzer>.Reports("""
        internal static class Shared
        {
            public static readonly HttpClient Http = {|SLA2001:new HttpClient()|};
        }

        public class C
        {
            public Task<string> Get(string url) => Shared.Http.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_client_in_a_static_class_whose_timeout_another_class_sets_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        internal static class Shared
        {
            public static readonly HttpClient Http = new HttpClient();
            public static Task<string> Get(string url) => Http.GetStringAsync(url);
        }

        internal static class Startup
        {
            public static void Configure() { Shared.Http.Timeout = TimeSpan.FromSeconds(10); }
        }
        """);

    [Theory]
    [InlineData("public C(Action<HttpClient> configure) { configure(_client); }")]
    [InlineData("public C(Action<HttpClient> configure) { configure?.Invoke(_client); }")]
    [InlineData("public C(ISettings settings) { settings.Apply(_client); }")]
    [InlineData("public C() { Apply(_client); } protected virtual void Apply(HttpClient client) { }")]
    public Task A_client_that_something_unknown_may_configure_is_not_reported(string constructor) => Verify<UseAnalyzer>.Silent($$"""
        public interface ISettings { void Apply(HttpClient client); }
        public class C
        {
            private readonly HttpClient _client = new HttpClient();
            {{constructor}}
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task An_infinite_timeout_is_left_to_SLA2002() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _client = new HttpClient { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} };
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task An_invoker_that_sends_without_a_token_is_reported() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpMessageInvoker _invoker = {|SLA2001:new HttpMessageInvoker(new SocketsHttpHandler())|};
            public async Task<int> Get(HttpRequestMessage request) { using var response = await _invoker.SendAsync(request, CancellationToken.None); return (int)response.StatusCode; }
        }
        """);

    [Fact]
    public Task An_invoker_that_always_sends_with_a_token_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public class C
        {
            private readonly HttpMessageInvoker _invoker = new HttpMessageInvoker(new SocketsHttpHandler());
            public async Task<int> Get(HttpRequestMessage request, CancellationToken token) { using var response = await _invoker.SendAsync(request, token); return (int)response.StatusCode; }
        }
        """);

    [Fact]
    public Task Each_of_two_clients_is_judged_by_its_own_timeout() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _fast = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
            private readonly HttpClient _slow = {|SLA2001:new HttpClient()|};
            public async Task<string> Get(string url) => await _fast.GetStringAsync(url) + await _slow.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_deadline_that_abandons_the_request_is_no_token() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _client = {|SLA2001:new HttpClient()|};
            public async Task<string> Get(string url)
            {
                var request = _client.GetStringAsync(url);
                return await {|SLA4002:Task.WhenAny(request, Task.Delay(1000))|} == request ? await request : null;
            }
        }
        """);

    [Fact]
    public Task A_client_that_sends_nothing_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public class C : IDisposable
        {
            private readonly HttpClient _client = new HttpClient();
            public void Agent(string name) => _client.DefaultRequestHeaders.UserAgent.ParseAdd(name);
            public void Dispose() => _client.Dispose();
        }
        """);

    [Fact]
    public Task It_is_reported_on_older_frameworks_too() => Verify<UseAnalyzer>.Reports(
        "public class C { private readonly HttpClient _client = {|SLA2001:new HttpClient()|}; public Task<string> Get(string url) { return _client.GetStringAsync(url); } }",
        references: TargetFrameworks.NetStandard20,
        languageVersion: Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp7_3);

    [Fact]
    public Task Another_type_of_that_name_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        namespace Ours { public class HttpClient { public string GetStringAsync(string url) => url; } }
        public class C { private readonly Ours.HttpClient _client = new Ours.HttpClient(); public string Get(string url) => _client.GetStringAsync(url); }
        """);

    [Fact]
    public Task Generated_code_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        // <auto-generated/>
        public class C { private readonly HttpClient _client = new HttpClient(); public Task<string> Get(string url) => _client.GetStringAsync(url); }
        """);

    [Fact]
    public Task A_client_of_an_excluded_type_is_not_reported() => Verify<UseAnalyzer>.Silent(
        "public class C { private readonly HttpClient _client = new HttpClient(); public Task<string> Get(string url) => _client.GetStringAsync(url); }",
        editorconfig: "socket_leak.excluded_resource_types = System.Net.Http.HttpClient");

    [Theory]
    [InlineData("public Task<string> First() => Fetch(\"a\"); private Task<string> Fetch(string url, CancellationToken token = default) => _client.GetStringAsync(url, token);")]
    [InlineData("public Task<string> First() => Fetch(\"a\", CancellationToken.None); private async Task<string> Fetch(string url, CancellationToken token) => await _client.GetStringAsync(url, token);")]
    [InlineData("public Task<string> First() => Outer(\"a\"); private Task<string> Outer(string url, CancellationToken token = default) => Fetch(url, token); private Task<string> Fetch(string url, CancellationToken token) => _client.GetStringAsync(url, token);")]
    [InlineData("public async Task<string> First() { return await Fetch(\"a\"); Task<string> Fetch(string url, CancellationToken token = default) => _client.GetStringAsync(url, token); }")]
    public Task A_token_that_no_caller_gives_is_none(string members) => Verify<UseAnalyzer>.Reports(
        "public class C { private readonly HttpClient _client = {|SLA2001:new HttpClient()|}; " + members + " }");

    [Theory]
    [InlineData("public Task<string> First() => Fetch(\"a\"); public Task<string> Second(CancellationToken token) => Fetch(\"b\", token); private Task<string> Fetch(string url, CancellationToken token = default) => _client.GetStringAsync(url, token);")]
    [InlineData("public Task<string> First() => Fetch(\"a\"); internal Task<string> Fetch(string url, CancellationToken token = default) => _client.GetStringAsync(url, token);")]
    [InlineData("public Func<string, CancellationToken, Task<string>> First() => Fetch; private Task<string> Fetch(string url, CancellationToken token) => _client.GetStringAsync(url, token);")]
    [InlineData("public Task First(IEnumerable<string> urls, CancellationToken token) => Parallel.ForEachAsync(urls, token, async (url, stop) => await _client.GetStringAsync(url, stop));")]
    public Task A_token_that_some_caller_may_give_is_one(string members) => Verify<UseAnalyzer>.Silent(
        "public class C { private readonly HttpClient _client = new HttpClient(); " + members + " }");

    [Theory]
    [InlineData("private readonly Dictionary<string, HttpClient> _clients = new(); public Task<string> Get(string host) { if (!_clients.TryGetValue(host, out var client)) { client = {|SLA2001:new HttpClient()|}; _clients[host] = client; } return client.GetStringAsync(\"u\"); }")]
    [InlineData("private readonly Dictionary<string, HttpClient> _clients = new(); public void Add(string host) { _clients[host] = {|SLA2001:new HttpClient { BaseAddress = new Uri(host) }|}; } public Task<string> Get(string host) => _clients[host].GetStringAsync(\"u\");")]
    [InlineData("private readonly System.Collections.Concurrent.ConcurrentDictionary<string, HttpClient> _clients = new(); public Task<string> Get(string host) => _clients.GetOrAdd(host, _ => {|SLA2001:new HttpClient()|}).GetStringAsync(\"u\");")]
    [InlineData("private readonly HttpClient[] _clients = { {|SLA2001:new HttpClient()|} }; public Task<string> Get(int i) => _clients[i].GetStringAsync(\"u\");")]
    [InlineData("private readonly HttpClient _client = {|SLA2001:new HttpClient()|}; public Task<string[]> Get(string[] urls) => Task.WhenAll(urls.Select(_client.GetStringAsync));")]
    [InlineData("private readonly HttpClient _client = {|SLA2001:new HttpClient()|}; public Task<string[]> Get(string[] urls) => Task.WhenAll(urls.Select(url => _client.GetStringAsync(url)));")]
    [InlineData("private HttpClient _client; public void Reset() { Interlocked.Exchange(ref _client, {|SLA2001:new HttpClient()|})?.Dispose(); } public Task<string> Get(string url) => _client.GetStringAsync(url);")]
    [InlineData("private readonly (HttpClient Client, string Name) _pair = ({|SLA2001:new HttpClient()|}, \"a\"); public Task<string> Get(string url) => _pair.Client.GetStringAsync(url);")]
    public Task A_client_is_followed_through_what_holds_it(string members) => Verify<UseAnalyzer>.Reports("public class C { " + members + " }");

    [Fact]
    public Task A_client_over_a_handler_that_cannot_be_read_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public abstract class Mock { public abstract HttpMessageHandler Object { get; } }
        public class C
        {
            private readonly HttpClient _client;
            public C(IHttpMessageHandlerFactory handlers) => _client = new HttpClient(handlers.CreateHandler("a"));
            public Task<string> Get(string url) => _client.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task A_client_given_to_a_class_of_the_project_that_sends_with_it_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class OrdersApi
        {
            private readonly HttpClient _client;
            public OrdersApi(HttpClient client) => _client = client;
            public Task<string> ListAsync() => _client.GetStringAsync("orders");
        }

        public static class Program
        {
            public static async Task Main()
            {
                using var client = {|SLA2001:new HttpClient { BaseAddress = new Uri("http://orders") }|};
                var api = new OrdersApi(client);
                Console.WriteLine(await api.ListAsync());
            }
        }
        """);

    [Fact]
    public Task A_class_of_the_project_that_sets_the_timeout_of_what_it_is_given_bounds_it() => Verify<UseAnalyzer>.Silent("""
        public sealed class OrdersApi
        {
            private readonly HttpClient _client;
            public OrdersApi(HttpClient client) { _client = client; _client.Timeout = TimeSpan.FromSeconds(5); }
            public Task<string> ListAsync() => _client.GetStringAsync("orders");
        }

        public static class Program
        {
            public static async Task Main()
            {
                using var client = new HttpClient();
                Console.WriteLine(await new OrdersApi(client).ListAsync());
            }
        }
        """);

    [Fact]
    public Task Client_of_the_provider_that_is_used_where_the_caller_gives_none_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class PusherOptions
        {
            public Func<HttpClient>? ClientProvider { get; set; }

            public required Uri Target { get; set; }
        }

        public sealed class Pusher
        {
            private static readonly HttpClient Shared = {|SLA2001:new()|};
            private readonly Func<HttpClient> _provider;
            private readonly Uri _target;

            public Pusher(PusherOptions options)
            {
                _provider = options.ClientProvider ?? (() => Shared);
                _target = options.Target;
            }

            public async Task PushAsync(string metrics)
            {
                using var response = await _provider().PostAsync(_target, new StringContent(metrics));
                response.EnsureSuccessStatusCode();
            }
        }
        """);

    [Fact]
    public Task Client_of_a_default_provider_that_has_a_timeout_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class Pusher(Func<HttpClient>? provider, Uri target)
        {
            private static readonly HttpClient Shared = new() { Timeout = TimeSpan.FromSeconds(10) };
            private readonly Func<HttpClient> _provider = provider ?? (() => Shared);

            public async Task PushAsync(string metrics)
            {
                using var response = await _provider().PostAsync(target, new StringContent(metrics));
                response.EnsureSuccessStatusCode();
            }
        }
        """);

    [Fact]
    public Task A_timeout_in_a_tuple_of_assignments_is_one() => Verify<UseAnalyzer>.Silent("""
        public sealed class Search
        {
            private readonly HttpClient _client = new();

            public Search(Uri root, TimeSpan limit) => (_client.BaseAddress, _client.Timeout) = (root, limit);

            public Task<string> FindAsync(string text) => _client.GetStringAsync("?q=" + text);
        }
        """);

    [Theory]
    [InlineData("CancellationToken.None")]
    [InlineData("default")]
    [InlineData("new()")]
    public Task A_static_field_that_holds_no_token_is_none(string value) => Verify<UseAnalyzer>.Reports($$"""
        public static class Licence
        {
            private static readonly CancellationToken Never = {{value}};
            private static readonly HttpClient Client = {|SLA2001:new HttpClient()|};

            public static Task<HttpResponseMessage> TouchAsync(Uri address) => Client.DeleteAsync(address, Never);
        }
        """);

    [Theory]
    [InlineData("private static readonly CancellationToken Stopping = Host.Stopping;")]
    [InlineData("private static CancellationToken Stopping = CancellationToken.None; public static void Use(CancellationToken token) => Stopping = token;")]
    [InlineData("private static readonly CancellationToken Stopping; static Licence() => Stopping = Host.Stopping;")]
    public Task A_static_field_that_may_hold_a_token_is_one(string field) => Verify<UseAnalyzer>.Silent($$"""
        public static class Licence
        {
            {{field}}
            private static readonly HttpClient Client = new HttpClient();

            public static Task<HttpResponseMessage> TouchAsync(Uri address) => Client.DeleteAsync(address, Stopping);
        }

        public static class Host { public static CancellationToken Stopping { get; set; } }
        """);

    [Fact]
    public Task A_delegate_of_the_type_is_read_before_it_is_said_what_it_does() => Verify<UseAnalyzer>.Reports(Shop("private", "{|SLA2001:new HttpClient()|}", "client.BaseAddress = null"));

    [Theory]
    [InlineData("private", "client.Timeout = TimeSpan.FromSeconds(3)")]
    [InlineData("public", "client.BaseAddress = null")]
    public Task A_delegate_that_sets_the_timeout_or_that_others_may_give_is_silent(string visibility, string configure) => Verify<UseAnalyzer>.Silent(Shop(visibility, "new HttpClient()", configure));

    private static string Shop(string visibility, string made, string configure) => $$"""
        public static class Shop
        {
            {{visibility}} static HttpClient Make(Action<HttpClient> configure)
            {
                var client = {{made}};
                configure(client);
                return client;
            }

            private static readonly HttpClient Client = Make(client => {{configure}});

            public static Task<string> GetAsync(Uri address) => Client.GetStringAsync(address);
        }
        """;
}
