using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

public sealed class SLA1006HttpClientPerCallTests
{
    [Theory]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url);")]
    [InlineData("using (var client = {|SLA1006:new HttpClient()|}) { return await client.GetStringAsync(url); }")]
    [InlineData("using (var client = {|SLA1006:new HttpClient()|}) return await client.GetStringAsync(url);")]
    [InlineData("var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url);")]
    [InlineData("var client = {|SLA1006:new HttpClient()|}; var text = await client.GetStringAsync(url); client.Dispose(); return text;")]
    [InlineData("var client = {|SLA1006:new HttpClient()|}; try { return await client.GetStringAsync(url); } finally { client.Dispose(); }")]
    [InlineData("HttpClient client = {|SLA1006:new()|}; return await client.GetStringAsync(url);")]
    [InlineData("return await {|SLA1006:new HttpClient()|}.GetStringAsync(url);")]
    [InlineData("return await ({|SLA1006:new HttpClient()|}).GetStringAsync(url).ConfigureAwait(false);")]
    [InlineData("using HttpMessageInvoker client = {|SLA1006:new HttpClient()|}; return client.ToString();")]
    [InlineData("using var client = {|SLA1006:new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) }|}; return await client.GetStringAsync(\"a\");")]
    [InlineData("HttpClient client; client = {|SLA1006:new HttpClient()|}; using (client) { return await client.GetStringAsync(url); }")]
    [InlineData("HttpClient client = null; try { client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url); } finally { client?.Dispose(); }")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; client.DefaultRequestHeaders.Add(\"Accept\", \"text/html\"); return await client.GetStringAsync(url);")]
    [InlineData("if (url.Length > 3) { using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url); } return null;")]
    [InlineData("foreach (var one in url.Split(';')) { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(one); } return null;")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; foreach (var one in url.Split(';')) { await client.GetStringAsync(one); } return null;")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; while (true) { try { return await client.GetStringAsync(url); } catch (HttpRequestException) { await Task.Delay(1000); } }")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; while (true) { var page = await client.GetStringAsync(url); if (page.Length == 0) break; } return url;")]
    [InlineData("return await Task.Run(async () => { using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url); });")]
    [InlineData("return await Inner(); async Task<string> Inner() { using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url); }")]
    [InlineData("return string.Concat(await Task.WhenAll(url.Split(';').Select(async one => { using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(one); })));")]
    public Task A_client_made_for_one_call_is_reported(string body) => Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, "public async Task<string> Fetch(string url)"));

    [Theory]
    [InlineData("using var client = {|SLA1006:new HttpClient(new HttpClientHandler())|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }, disposeHandler: true)|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new SocketsHttpHandler(), false)|}; return await client.GetStringAsync(url);")]
    [InlineData("var handler = new HttpClientHandler(); using var client = {|SLA1006:new HttpClient(handler)|}; return await client.GetStringAsync(url);")]
    [InlineData("using var handler = new HttpClientHandler(); using var client = {|SLA1006:new HttpClient(handler, disposeHandler: false)|}; return await client.GetStringAsync(url);")]
    [InlineData("var handler = new SocketsHttpHandler(); handler.UseProxy = false; var client = {|SLA1006:new HttpClient(handler)|}; return await client.GetStringAsync(url);")]
    [InlineData("HttpMessageHandler handler; if (url == null) handler = new SocketsHttpHandler(); else handler = new HttpClientHandler(); using var client = {|SLA1006:new HttpClient(handler)|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(url == null ? new SocketsHttpHandler() : new HttpClientHandler())|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(MakeHandler())|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new Logging(new HttpClientHandler()))|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new Logging { InnerHandler = new HttpClientHandler() })|}; return await client.GetStringAsync(url);")]
    [InlineData("var logging = new Logging(); logging.InnerHandler = MakeHandler(); using var client = {|SLA1006:new HttpClient(logging)|}; return await client.GetStringAsync(url);")]
    [InlineData("using var invoker = new HttpMessageInvoker({|SLA1006:new SocketsHttpHandler()|}); using var response = await invoker.SendAsync(new HttpRequestMessage(), default); return null;")]
    public Task A_client_with_its_handler_is_reported_once(string body) => Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, "public async Task<string> Fetch(string url)", Handlers));

    [Theory]
    [InlineData("using var client = new HttpClient(_shared, disposeHandler: false); return await client.GetStringAsync(url);")]
    [InlineData("var client = new HttpClient(_shared, false); return await client.GetStringAsync(url);")]
    [InlineData("var handler = _shared; var client = new HttpClient(handler, false); return await client.GetStringAsync(url);")]
    [InlineData("var handler = _shared ?? new SocketsHttpHandler(); var client = new HttpClient(handler, false); return await client.GetStringAsync(url);")]
    [InlineData("using var client = new HttpClient(new Logging(_shared), false); return await client.GetStringAsync(url);")]
    [InlineData("using var client = new HttpClient(new Stub()); return await client.GetStringAsync(url);")]
    [InlineData("using var client = new HttpClient(new StubOverReal()); return await client.GetStringAsync(url);")]
    [InlineData("var stub = new Stub(); using var client = new HttpClient(stub); return await client.GetStringAsync(url);")]
    [InlineData("using var client = new HttpClient(new Logging(new Stub())); return await client.GetStringAsync(url);")]
    public Task A_client_without_connections_of_its_own_is_not_reported(string body) => Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, "public async Task<string> Fetch(string url)", Handlers));

    private const string Handlers = """
        private static readonly SocketsHttpHandler _shared = new SocketsHttpHandler();

        private static HttpMessageHandler MakeHandler()
        {
            var handler = new HttpClientHandler();
            handler.UseCookies = false;
            return handler;
        }

        private sealed class Logging : DelegatingHandler
        {
            public Logging() { }
            public Logging(HttpMessageHandler inner) : base(inner) { }
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) => base.SendAsync(request, token);
        }

        private sealed class Stub : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) => Task.FromResult(new HttpResponseMessage());
        }

        private sealed class StubOverReal : HttpClientHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) => Task.FromResult(new HttpResponseMessage());
        }
        """;

    [Theory]
    [InlineData("public HttpClient Make() => new HttpClient();")]
    [InlineData("public HttpClient Make() { var client = new HttpClient(); client.Timeout = TimeSpan.FromSeconds(3); return client; }")]
    [InlineData("public HttpClient Make() { var handler = new HttpClientHandler(); return new HttpClient(handler); }")]
    [InlineData("public Task<HttpClient> Make() => Task.FromResult(new HttpClient());")]
    [InlineData("public async Task<HttpClient> Make() { var client = new HttpClient(); await client.GetStringAsync(\"u\"); return client; }")]
    [InlineData("public (HttpClient, string) Make() => (new HttpClient(), \"a\");")]
    [InlineData("public void Make(out HttpClient client) => client = new HttpClient();")]
    [InlineData("public HttpMessageHandler Make() => new SocketsHttpHandler();")]
    [InlineData("public HttpClient Client => new HttpClient();")]
    [InlineData("public HttpClient Make() { try { return new HttpClient(new HttpClientHandler { UseCookies = false }); } catch (Exception e) { Console.WriteLine(e); return new HttpClient(); } }")]
    [InlineData("public Func<HttpClient> Factory { get; set; } = () => { try { return new HttpClient(new HttpClientHandler { UseCookies = false }); } catch (Exception e) { Console.WriteLine(e); return new HttpClient(); } };")]
    [InlineData("private HttpClient _client; public void Set() { _client = new HttpClient(); }")]
    [InlineData("private HttpClient _client; public HttpClient Client => _client ??= new HttpClient();")]
    [InlineData("private HttpClient _client; public C() { var client = new HttpClient(); client.Timeout = TimeSpan.FromSeconds(1); _client = client; }")]
    [InlineData("private HttpClient _client; public C(HttpClient client) { _client = client; } public C() : this(new HttpClient()) { }")]
    [InlineData("private readonly HttpClient _client = new HttpClient();")]
    [InlineData("private static readonly HttpClient Client = new HttpClient(new SocketsHttpHandler());")]
    [InlineData("public HttpClient Client { get; } = new();")]
    [InlineData("private static readonly Lazy<HttpClient> Client = new Lazy<HttpClient>(() => new HttpClient());")]
    [InlineData("private static readonly Lazy<string> Text = new Lazy<string>(() => { using var client = new HttpClient(); return client.GetStringAsync(\"u\").Result; });")]
    [InlineData("private static string Text; static C() { using var client = new HttpClient(); Text = client.GetStringAsync(\"u\").Result; }")]
    [InlineData("private static string Text = new HttpClient().GetStringAsync(\"u\").Result;")]
    [InlineData("private static string Text; [System.Runtime.CompilerServices.ModuleInitializer] internal static void Init() { using var client = new HttpClient(); Text = client.GetStringAsync(\"u\").Result; }")]
    [InlineData("private string _keys; public async Task Initialize() { using var client = new HttpClient(); _keys = await client.GetStringAsync(\"u\"); }")]
    [InlineData("[GlobalSetup] public async Task SetUp() { using var client = new HttpClient(); await client.GetStringAsync(\"u\"); } public class GlobalSetupAttribute : Attribute { }")]
    [InlineData("private static HttpClient _client; public void Set() { Interlocked.CompareExchange(ref _client, new HttpClient(), null); }")]
    [InlineData("private static readonly Dictionary<string, HttpClient> All = new(); public void Add(string name) { var client = new HttpClient(); All[name] = client; }")]
    [InlineData("private readonly System.Collections.Concurrent.ConcurrentDictionary<string, HttpClient> _all = new(); public HttpClient Get(string name) => _all.GetOrAdd(name, _ => new HttpClient());")]
    [InlineData("public Api Make() { var client = new HttpClient(); return new Api(client); }")]
    [InlineData("private Api _api; public void Set() { _api = new Api(new HttpClient { Timeout = TimeSpan.FromSeconds(4) }); }")]
    [InlineData("private IKeeper _keeper; public void Set() { var client = new HttpClient(); _keeper.Keep(client); }")]
    [InlineData("public async Task<string> Get(IHttpClientFactory factory) { using var client = factory.CreateClient(); return await client.GetStringAsync(\"u\"); }")]
    [InlineData("public async Task<string> Get(HttpClient client) => await client.GetStringAsync(\"u\");")]
    public Task A_client_that_is_handed_over_or_made_once_is_not_reported(string member) => Verify<ResourceAnalyzer>.Silent($$"""
        public class C
        {
            {{member}}
        }

        public class Api
        {
            private readonly HttpClient _client;
            public Api(HttpClient client) => _client = client;
        }

        public interface IKeeper { void Keep(HttpClient client); }
        """);

    [Theory]
    [InlineData("services.AddSingleton(new HttpClient());")]
    [InlineData("services.AddSingleton(_ => new HttpClient());")]
    [InlineData("services.AddSingleton(_ => { var client = new HttpClient(); client.Timeout = TimeSpan.FromSeconds(1); return client; });")]
    [InlineData("services.AddSingleton<object>(_ => { using var client = new HttpClient(); return client.GetStringAsync(\"u\").Result; });")]
    [InlineData("services.AddHttpClient(\"a\").ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { UseCookies = false });")]
    [InlineData("services.AddHttpClient(\"a\").ConfigurePrimaryHttpMessageHandler(() => { var handler = new SocketsHttpHandler(); handler.UseProxy = false; return handler; });")]
    public Task A_registration_is_not_reported(string statement) => Task.WhenAll(
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod(statement, "public static void Register(IServiceCollection services)")),
        Verify<ResourceAnalyzer>.Silent("var builder = WebApplication.CreateBuilder(args); var services = builder.Services; " + statement));

    [Theory]
    [InlineData("public static async Task Main() { using var client = new HttpClient(); Console.WriteLine(await client.GetStringAsync(\"u\")); }")]
    [InlineData("static int Main(string[] args) { var client = new HttpClient(); return client.GetStringAsync(args[0]).Result.Length; }")]
    [InlineData("public static async Task Main() { using var client = new HttpClient(); while (true) { await client.GetStringAsync(\"u\"); } }")]
    [InlineData("public static Task Main() => Run(); static async Task Run() { using var client = new HttpClient(); await client.GetStringAsync(\"u\"); }")]
    [InlineData("public static Task Main() { return Outer(1); } static Task Outer(int n) { return Inner(); } static async Task Inner() { using var client = new HttpClient(); await client.GetStringAsync(\"u\"); }")]
    [InlineData("public static void Main() { Task.Run(async () => { using var client = new HttpClient(); await client.GetStringAsync(\"u\"); }).Wait(); }")]
    [InlineData("public static void Main() { new Thread(Run).Start(); } static void Run() { using var client = new HttpClient(); client.GetStringAsync(\"u\").Wait(); }")]
    [InlineData("public static void Main() { Run(); void Run() { using var client = new HttpClient(); client.GetStringAsync(\"u\").Wait(); } }")]
    [InlineData("private static readonly string Text = Load(); static string Load() { using var client = new HttpClient(); return client.GetStringAsync(\"u\").Result; }")]
    public Task An_entry_point_is_not_reported(string members) => Verify<ResourceAnalyzer>.Silent("public class Program { " + members + " }");

    [Theory]
    [InlineData("public static async Task Main(string[] args) { foreach (var url in args) { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(url); } }")]
    [InlineData("public static async Task Main() { while (true) { await Poll(); } } static async Task Poll() { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); }")]
    [InlineData("public static Task Main() => Run(); public static async Task Run() { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); }")]
    [InlineData("public static Task Main() => Run(); public Task Other() => Run(); static async Task Run() { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); }")]
    [InlineData("public static void Main(string[] args) { Parallel.ForEach(args, Run); } static void Run(string url) { using var client = {|SLA1006:new HttpClient()|}; client.GetStringAsync(url).Wait(); }")]
    [InlineData("public static void Main() { var timer = new Timer(_ => { using var client = {|SLA1006:new HttpClient()|}; client.GetStringAsync(\"u\").Wait(); }); GC.KeepAlive(timer); }")]
    [InlineData("public static void Main() { Run(3); } static void Run(int n) { using var client = {|SLA1006:new HttpClient()|}; client.GetStringAsync(\"u\").Wait(); if (n > 0) Run(n - 1); }")]
    [InlineData("static async Task Unused() { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); } public static void Main() { }")]
    [InlineData("public async Task Main() { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); }")]
    public Task What_an_entry_point_does_again_and_again_is_reported(string members) => Verify<ResourceAnalyzer>.Reports("public class Program { " + members + " }");

    [Theory]
    [InlineData("using var client = new HttpClient(); Console.WriteLine(await client.GetStringAsync(args[0]));")]
    [InlineData("var client = new HttpClient(); while (true) { await client.GetStringAsync(args[0]); }")]
    [InlineData("await Run(); async Task Run() { using var client = new HttpClient(); await client.GetStringAsync(args[0]); }")]
    [InlineData("var fetch = async (string url) => { using var client = new HttpClient(); return await client.GetStringAsync(url); }; await fetch(args[0]);")]
    public Task Top_level_statements_are_not_reported(string code) => Verify<ResourceAnalyzer>.Silent(code);

    [Theory]
    [InlineData("foreach (var url in args) { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(url); }")]
    [InlineData("foreach (var url in args) { await Run(url); } async Task Run(string url) { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(url); }")]
    [InlineData("var app = WebApplication.Create(args); app.MapGet(\"/\", async () => { using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(\"u\"); }); app.Run();")]
    [InlineData("var app = WebApplication.Create(args); app.MapPost(\"/\", Handle); app.Run(); static async Task<string> Handle() { using var client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(\"u\"); }")]
    [InlineData("var app = WebApplication.Create(args); app.MapGroup(\"/a\").MapGet(\"/\", () => {|SLA1006:new HttpClient()|}.GetStringAsync(\"u\")); app.Run();")]
    [InlineData("var app = WebApplication.Create(args); app.Use(async (context, next) => { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); await next(context); }); app.Run();")]
    public Task What_top_level_statements_do_at_every_request_is_reported(string code) => Verify<ResourceAnalyzer>.Reports(code);

    [Fact]
    public Task An_event_handler_in_a_program_is_reported() => Verify<ResourceAnalyzer>.Reports(
        "Console.CancelKeyPress += (sender, e) => { using var other = {|SLA1006:new HttpClient()|}; other.GetStringAsync(\"u\").Wait(); };",
        outputKind: OutputKind.ConsoleApplication);

    [Theory]
    [InlineData("using var client = new HttpClient(); while (!token.IsCancellationRequested) { await client.GetStringAsync(\"u\"); await Task.Delay(1000, token); }")]
    [InlineData("using var client = new HttpClient(); while (true) { token.ThrowIfCancellationRequested(); await client.GetStringAsync(\"u\"); }")]
    [InlineData("using var client = new HttpClient(); for (;;) { if (token.IsCancellationRequested) break; await client.GetStringAsync(\"u\"); }")]
    [InlineData("using var client = new HttpClient(); while (_running) { await client.GetStringAsync(\"u\"); }")]
    [InlineData("using var client = new HttpClient(); using var timer = new PeriodicTimer(TimeSpan.FromSeconds(9)); while (await timer.WaitForNextTickAsync(token)) { await client.GetStringAsync(\"u\"); }")]
    [InlineData("using var client = new HttpClient(); while (true) { try { await client.GetStringAsync(\"u\"); await Task.Delay(1000, token); } catch (OperationCanceledException) { break; } }")]
    [InlineData("var client = new HttpClient(); try { while (!token.IsCancellationRequested) { switch (await client.GetStringAsync(\"u\")) { case \"a\": break; } } } finally { client.Dispose(); }")]
    public Task A_client_made_ahead_of_the_loop_of_a_service_is_not_reported(string body) =>
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, "public async Task Run(CancellationToken token)", "private volatile bool _running = true;"));

    [Theory]
    [InlineData("while (!token.IsCancellationRequested) { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); await Task.Delay(1000, token); }")]
    [InlineData("while (!token.IsCancellationRequested) { await Poll(); } async Task Poll() { var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); }")]
    public Task A_client_made_in_the_loop_of_a_service_is_reported(string body) => Verify<ResourceAnalyzer>.Reports(
        "public class Poller : BackgroundService { protected override async Task ExecuteAsync(CancellationToken token) { " + body + " } }");

    [Fact]
    public Task A_background_service_runs_once() => Verify<ResourceAnalyzer>.Silent(
        "public class Warmer : BackgroundService { protected override async Task ExecuteAsync(CancellationToken token) { using var client = new HttpClient(); await client.GetStringAsync(\"u\", token); } }");

    [Theory]
    [InlineData("namespace Xunit { public class FactAttribute : Attribute { } }", "[Xunit.Fact]", "")]
    [InlineData("namespace NUnit.Framework { public class TestAttribute : Attribute { } }", "[NUnit.Framework.Test]", "")]
    [InlineData("namespace NUnit.Framework { public class TestFixtureAttribute : Attribute { } }", "", "[NUnit.Framework.TestFixture]")]
    [InlineData("namespace Microsoft.VisualStudio.TestTools.UnitTesting { public class TestClassAttribute : Attribute { } }", "", "[Microsoft.VisualStudio.TestTools.UnitTesting.TestClass]")]
    public Task Test_code_is_not_reported(string framework, string onMethod, string onType) => Verify<ResourceAnalyzer>.Silent($$"""
        {{framework}}
        {{onType}}
        public class Tests
        {
            {{onMethod}} public async Task Answers() { using var client = new HttpClient(); await client.GetStringAsync("u"); await Help(); }
            private async Task Help() { using var client = new HttpClient(); await client.GetStringAsync("u"); }
        }
        """);

    [Fact]
    public Task An_attribute_of_that_name_from_elsewhere_makes_no_test() => Verify<ResourceAnalyzer>.Reports("""
        public class TestAttribute : Attribute { }
        public class C
        {
            [Test] public async Task Answers() { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync("u"); }
        }
        """);

    [Fact]
    public Task A_derived_client_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public class OurClient : HttpClient { }
        public class C
        {
            public async Task Get() { using var client = {|SLA1006:new OurClient()|}; await client.GetStringAsync("u"); }
        }
        """);

    [Fact]
    public Task A_client_that_a_method_of_the_project_only_uses_is_reported() => Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
        "using var client = {|SLA1006:new HttpClient()|}; await Use(client);",
        "public async Task Get()",
        "private static async Task Use(HttpClient client) { await client.GetStringAsync(\"u\"); }"));

    [Fact]
    public Task The_message_names_client_and_method() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("using var client = {|#0:new HttpClient()|}; await client.GetStringAsync(\"u\"); Action again = () => {|#1:new HttpClient()|}.GetStringAsync(\"u\").Wait(); again();", "public async Task Fetch()"),
        [
            Verify<ResourceAnalyzer>.Diagnostic("SLA1006").WithLocation(0).WithArguments("'client' (HttpClient)", "at every call of 'Fetch'"),
            Verify<ResourceAnalyzer>.Diagnostic("SLA1006").WithLocation(1).WithArguments("the HttpClient", "at every call of the lambda"),
        ]);

    [Fact]
    public Task The_message_names_the_loop_of_the_program() => Verify<ResourceAnalyzer>.Reports(
        "while (true) { using var client = {|#0:new HttpClient()|}; await client.GetStringAsync(\"u\"); }",
        [Verify<ResourceAnalyzer>.Diagnostic("SLA1006").WithLocation(0).WithArguments("'client' (HttpClient)", "in every round of the loop")]);

    [Fact]
    public Task A_client_of_an_excluded_type_is_not_reported() => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("using var client = new HttpClient(); await client.GetStringAsync(\"u\");"),
        editorconfig: "socket_leak.excluded_resource_types = System.Net.Http.HttpClient");

    [Fact]
    public Task Another_type_of_that_name_is_not_reported() => Verify<ResourceAnalyzer>.Silent("""
        namespace Ours { public class HttpClient : IDisposable { public void Dispose() { } } }
        public class C { public void M() { using var client = new Ours.HttpClient(); } }
        """);

    [Fact]
    public Task It_is_reported_on_older_frameworks_too() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("using (var client = {|SLA1006:new HttpClient()|}) { await client.GetStringAsync(\"u\"); }"),
        references: TargetFrameworks.NetStandard20,
        languageVersion: Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp7_3);

    [Fact]
    public Task KnownGap_A_client_from_a_factory_method_is_not_reported_at_its_caller() => Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
        "using var client = Make(); await client.GetStringAsync(\"u\");", "public async Task Get()", "private static HttpClient Make() => new HttpClient();"));
}
