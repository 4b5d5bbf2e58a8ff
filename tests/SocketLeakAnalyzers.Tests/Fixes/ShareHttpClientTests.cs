using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public sealed class ShareHttpClientTests
{
    private const string Value = "new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(15) }) { Timeout = TimeSpan.FromSeconds(100) };";
    private const string Field = "private static readonly HttpClient SharedHttpClient = " + Value;

    private static Task Fixes(string before, string after, string signature = "public async Task<string> Fetch(string url)", string members = "") =>
        Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), WithField(Verify.InMethod(after, signature, members)));

    private const string Constants = "private const int Limit = 3;\nprivate const string Version = \"2\";";

    private static string WithField(string code) => code.Replace("public class C\n{\n", "public class C\n{\n    " + Field + "\n\n");

    [Theory]
    [InlineData("using var client = {|SLA1006:new HttpClient()|};\n")]
    [InlineData("var client = {|SLA1006:new HttpClient()|};\n")]
    [InlineData("HttpClient client = {|SLA1006:new()|};\n")]
    [InlineData("using HttpClient client = {|SLA1006:new HttpClient { }|};\n")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new HttpClientHandler())|};\n")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new SocketsHttpHandler(), true)|};\n")]
    public Task A_local_becomes_a_field(string declaration) => Fixes(
        declaration + "return await client.GetStringAsync(url);",
        "return await SharedHttpClient.GetStringAsync(url);");

    [Fact]
    public Task A_temporary_becomes_a_field() => Fixes(
        "return await {|SLA1006:new HttpClient()|}.GetStringAsync(url);",
        "return await SharedHttpClient.GetStringAsync(url);");

    [Fact]
    public Task A_temporary_in_parentheses_becomes_a_field() => Fixes(
        "return await ({|SLA1006:new HttpClient()|}).GetStringAsync(url);",
        "return await SharedHttpClient.GetStringAsync(url);");

    [Fact]
    public Task Comments_stay() => Fixes(
        """
        // Asks the site.
        using var client = {|SLA1006:new HttpClient()|}; // one more

        // Reads all of it.
        var text = await client.GetStringAsync(url); // here
        return text;
        """,
        """
        // Asks the site.
        // one more

        // Reads all of it.
        var text = await SharedHttpClient.GetStringAsync(url); // here
        return text;
        """);

    [Fact]
    public Task A_using_block_is_unwrapped() => Fixes(
        """
        using (var client = {|SLA1006:new HttpClient()|})
        {
            // Reads all of it.
            var text = await client.GetStringAsync(url);

            return text + @"
                text";
        }
        """,
        """
        // Reads all of it.
        var text = await SharedHttpClient.GetStringAsync(url);

        return text + @"
                text";
        """);

    [Fact]
    public Task A_using_block_whose_names_are_in_use_stays_a_block() => Fixes(
        """
        using (var client = {|SLA1006:new HttpClient()|})
        {
            var text = await client.GetStringAsync(url);
            Console.WriteLine(text);
        }

        foreach (var text in url.Split(','))
        {
            Console.WriteLine(text);
        }

        return url;
        """,
        """
        {
            var text = await SharedHttpClient.GetStringAsync(url);
            Console.WriteLine(text);
        }

        foreach (var text in url.Split(','))
        {
            Console.WriteLine(text);
        }

        return url;
        """);

    [Fact]
    public Task A_using_block_that_ends_a_using_declaration_stays_a_block() => Fixes(
        """
        using (var client = {|SLA1006:new HttpClient()|})
        {
            using var response = await client.GetAsync(url);
        }

        return url;
        """,
        """
        {
            using var response = await SharedHttpClient.GetAsync(url);
        }

        return url;
        """);

    [Fact]
    public Task Of_stacked_usings_the_others_stay() => Fixes(
        """
        using (var client = {|SLA1006:new HttpClient()|})
        using (var response = await client.GetAsync(url))
        {
            return await response.Content.ReadAsStringAsync();
        }
        """,
        """
        using (var response = await SharedHttpClient.GetAsync(url))
        {
            return await response.Content.ReadAsStringAsync();
        }
        """);

    [Fact]
    public Task The_inner_of_stacked_usings_goes() => Fixes(
        """
        using (var request = new HttpRequestMessage(HttpMethod.Get, url))
        using (var client = {|SLA1006:new HttpClient()|})
        {
            using var response = await client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
        """,
        """
        using (var request = new HttpRequestMessage(HttpMethod.Get, url))
        {
            using var response = await SharedHttpClient.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
        """);

    [Fact]
    public Task A_using_over_one_statement_leaves_the_statement() => Fixes(
        """
        using (var client = {|SLA1006:new HttpClient()|})
            return await client.GetStringAsync(url);
        """,
        "return await SharedHttpClient.GetStringAsync(url);");

    [Fact]
    public Task A_dispose_goes() => Fixes(
        """
        var client = {|SLA1006:new HttpClient()|};
        var text = await client.GetStringAsync(url);
        client.Dispose();
        return text;
        """,
        """
        var text = await SharedHttpClient.GetStringAsync(url);
        return text;
        """);

    [Fact]
    public Task A_finally_that_only_disposes_goes() => Fixes(
        """
        var client = {|SLA1006:new HttpClient()|};
        try
        {
            return await client.GetStringAsync(url);
        }
        finally
        {
            client.Dispose();
        }
        """,
        "return await SharedHttpClient.GetStringAsync(url);");

    [Fact]
    public Task A_finally_behind_a_catch_goes_alone() => Fixes(
        """
        var client = {|SLA1006:new HttpClient()|};
        try
        {
            return await client.GetStringAsync(url);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        finally
        {
            client?.Dispose();
        }
        """,
        """
        try
        {
            return await SharedHttpClient.GetStringAsync(url);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        """);

    [Fact]
    public Task Lambdas_use_the_field() => Fixes(
        """
        using var client = {|SLA1006:new HttpClient()|};
        var texts = await Task.WhenAll(url.Split(',').Select(async one => await client.GetStringAsync(one)));
        return texts[0];
        """,
        """
        var texts = await Task.WhenAll(url.Split(',').Select(async one => await SharedHttpClient.GetStringAsync(one)));
        return texts[0];
        """);

    [Fact]
    public Task A_helper_that_only_sends_is_given_the_field() => Fixes(
        "using var client = {|SLA1006:new HttpClient()|};\nreturn await Get(client, url);",
        "return await Get(SharedHttpClient, url);",
        members: "private static Task<string> Get(HttpClient client, string url) => client.GetStringAsync(url);");

    [Fact]
    public Task Several_clients_of_a_type_share_one_field() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        """
        public class C
        {
            public async Task<string> Fetch(string url)
            {
                using var client = {|SLA1006:new HttpClient()|};
                var other = {|SLA1006:new HttpClient()|};
                return await client.GetStringAsync(url) + await other.GetStringAsync(url);
            }

            public Task<string> FetchAgain(string url) => {|SLA1006:new HttpClient()|}.GetStringAsync(url);
        }

        public class D
        {
            public Task<string> Fetch(string url) => {|SLA1006:new HttpClient()|}.GetStringAsync(url);
        }
        """,
        $$"""
        public class C
        {
            {{Field}}

            public async Task<string> Fetch(string url)
            {
                return await SharedHttpClient.GetStringAsync(url) + await SharedHttpClient.GetStringAsync(url);
            }

            public Task<string> FetchAgain(string url) => SharedHttpClient.GetStringAsync(url);
        }

        public class D
        {
            {{Field}}

            public Task<string> Fetch(string url) => SharedHttpClient.GetStringAsync(url);
        }
        """);

    [Theory]
    [InlineData("private static readonly object s_lock = new();", "s_sharedHttpClient")]
    [InlineData("private readonly object _lock = new();", "_sharedHttpClient")]
    [InlineData("private static readonly object Lock = new();", "SharedHttpClient")]
    [InlineData("private static readonly object SharedHttpClient = new();", "SharedHttpClient_2")]
    [InlineData("private static readonly object Lock = new(); private int SharedHttpClient() => 1;", "SharedHttpClient_2")]
    public Task The_name_follows_the_other_fields_and_is_free(string member, string name) => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        $$"""
        public class C
        {
            {{member}}

            public Task<string> Fetch(string url) => {|SLA1006:new HttpClient()|}.GetStringAsync(url);
        }
        """,
        $$"""
        public class C
        {
            private static readonly HttpClient {{name}} = {{Value}}
            {{member}}

            public Task<string> Fetch(string url) => {{name}}.GetStringAsync(url);
        }
        """);

    [Fact]
    public Task An_equal_field_is_used() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        $$"""
        public class C
        {
            private static readonly HttpClient Http = {{Value.Replace("new(new", "new HttpClient(new")}}

            public Task<string> Fetch(string url) => {|SLA1006:new HttpClient()|}.GetStringAsync(url);
        }
        """,
        $$"""
        public class C
        {
            private static readonly HttpClient Http = {{Value.Replace("new(new", "new HttpClient(new")}}

            public Task<string> Fetch(string url) => Http.GetStringAsync(url);
        }
        """);

    [Theory]
    [InlineData("20", "20")]
    [InlineData("0.5", "0.5")]
    [InlineData("100.0", "100")]
    [InlineData("nonsense", "100")]
    public Task The_option_sets_the_time_out(string option, string seconds) => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        Verify.InMethod("return {|SLA1006:new HttpClient()|}.GetStringAsync(url);", "public Task<string> Fetch(string url)"),
        WithField(Verify.InMethod("return SharedHttpClient.GetStringAsync(url);", "public Task<string> Fetch(string url)")).Replace("FromSeconds(100)", "FromSeconds(" + seconds + ")"),
        editorconfig: "socket_leak.default_timeout_seconds = " + option);

    [Fact]
    public Task An_older_language_names_the_type() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        """
        class C
        {
            public void M(string url)
            {
                using (var client = {|SLA1006:new HttpClient()|})
                {
                    client.GetStringAsync(url).Wait();
                }
            }
        }
        """,
        $$"""
        class C
        {
            {{Field.Replace("= new(new", "= new HttpClient(new")}}

            public void M(string url)
            {
                SharedHttpClient.GetStringAsync(url).Wait();
            }
        }
        """,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task Names_are_qualified_where_nothing_imports_them() => new FixTest<ResourceAnalyzer, ShareHttpClientCodeFixProvider>
    {
        TestCode = "class C\n{\n    void M() => {|SLA1006:new System.Net.Http.HttpClient()|}.GetStringAsync(\"u\");\n}\n",
        FixedCode = "class C\n{\n    private static readonly System.Net.Http.HttpClient SharedHttpClient = new(new System.Net.Http.SocketsHttpHandler { PooledConnectionLifetime = System.TimeSpan.FromMinutes(15) }) { Timeout = System.TimeSpan.FromSeconds(100) };\n\n    void M() => SharedHttpClient.GetStringAsync(\"u\");\n}\n",
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Line_ends_of_windows_and_tabs_are_kept() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        "class C\r\n{\r\n\tvoid M()\r\n\t{\r\n\t\tusing (var client = {|SLA1006:new HttpClient()|})\r\n\t\t{\r\n\t\t\tclient.GetStringAsync(\"u\").Wait();\r\n\t\t}\r\n\t}\r\n}\r\n",
        "class C\r\n{\r\n\t" + Field + "\r\n\r\n\tvoid M()\r\n\t{\r\n\t\tSharedHttpClient.GetStringAsync(\"u\").Wait();\r\n\t}\r\n}\r\n");

    [Fact]
    public Task A_type_on_one_line_stays_on_it() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        "struct S<T> { static void M() => {|SLA1006:new HttpClient()|}.GetStringAsync(\"u\"); }",
        "struct S<T> { " + Field + " static void M() => SharedHttpClient.GetStringAsync(\"u\"); }");

    [Fact]
    public Task A_documented_member_keeps_its_comment() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        """
        public record R(string Url) { // a record
            /// <summary>Asks.</summary>
            public Task<string> Fetch() => {|SLA1006:new HttpClient()|}.GetStringAsync(Url);
        }
        """,
        $$"""
        public record R(string Url) { // a record
            {{Field}}

            /// <summary>Asks.</summary>
            public Task<string> Fetch() => SharedHttpClient.GetStringAsync(Url);
        }
        """);

    [Fact]
    public Task The_nearest_class_gets_the_field() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        """
        public interface IOuter
        {
            public class Inner
            {
                public Task<string> Fetch(string url) => {|SLA1006:new HttpClient()|}.GetStringAsync(url);
            }
        }
        """,
        $$"""
        public interface IOuter
        {
            public class Inner
            {
                {{Field}}

                public Task<string> Fetch(string url) => SharedHttpClient.GetStringAsync(url);
            }
        }
        """);

    [Fact]
    public Task Parts_of_a_type_in_several_files_do_not_collide()
    {
        const string A = "using System; using System.Net.Http;\npartial class C\n{\n    void A() => {|SLA1006:new HttpClient()|}.GetStringAsync(\"a\");\n}\n";
        const string B = "using System; using System.Net.Http;\npartial class C\n{\n    void B() => {|SLA1006:new HttpClient()|}.GetStringAsync(\"b\");\n}\n";
        const string FixedA = "using System; using System.Net.Http;\npartial class C\n{\n    " + Field + "\n\n    void A() => SharedHttpClient.GetStringAsync(\"a\");\n}\n";
        return new FixTest<ResourceAnalyzer, ShareHttpClientCodeFixProvider>
        {
            TestState = { Sources = { ("/0/A.cs", A), ("/0/B.cs", B) } },
            FixedState = { Sources = { ("/0/A.cs", FixedA), ("/0/B.cs", "using System; using System.Net.Http;\npartial class C\n{\n    void B() => SharedHttpClient.GetStringAsync(\"b\");\n}\n") } },
            BatchFixedState =
            {
                Sources =
                {
                    ("/0/A.cs", FixedA),
                    ("/0/B.cs", "using System; using System.Net.Http;\npartial class C\n{\n    " + Field.Replace("SharedHttpClient =", "SharedHttpClient2 =") + "\n\n    void B() => SharedHttpClient2.GetStringAsync(\"b\");\n}\n"),
                },
            },
            // In a document alone the second part finds the field of the first.
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInDocumentCheck,
        }.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("using var client = {|SLA1006:new HttpClient { BaseAddress = new Uri(url) }|}; return await client.GetStringAsync(\"a\");")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; client.BaseAddress = new Uri(url); return await client.GetStringAsync(\"a\");")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; client.DefaultRequestHeaders.Add(\"Authorization\", url); return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; client.CancelPendingRequests(); return await client.GetStringAsync(url);")]
    [InlineData("var handler = new HttpClientHandler(); handler.Proxy = new WebProxy(url); using var client = {|SLA1006:new HttpClient(handler)|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; Configure(client); return await client.GetStringAsync(url);")]
    [InlineData("var client = {|SLA1006:new HttpClient()|}; var text = await client.GetStringAsync(url); Close(client); return text;")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; var alias = client; return await alias.GetStringAsync(url);")]
    [InlineData("using HttpMessageInvoker client = {|SLA1006:new HttpClient()|}; return client.ToString();")]
    [InlineData("HttpClient client; client = {|SLA1006:new HttpClient()|}; using (client) return await client.GetStringAsync(url);")]
    [InlineData("HttpClient client = null; try { client = {|SLA1006:new HttpClient()|}; return await client.GetStringAsync(url); } finally { client?.Dispose(); }")]
    [InlineData("using var client = {|SLA1006:new OurClient()|}; return await client.GetStringAsync(url);")]
    [InlineData("var client = {|SLA1006:new HttpClient()|}; var text = await client.GetStringAsync(url); if (text != null) client.Dispose(); return text;")]
    [InlineData("using (/* mine */ var client = {|SLA1006:new HttpClient()|}) { return await client.GetStringAsync(url); }")]
    [InlineData("using var invoker = new HttpMessageInvoker({|SLA1006:new SocketsHttpHandler()|}); using var response = await invoker.SendAsync(new HttpRequestMessage(), default); return null;")]
    [InlineData("const int three = 3; using var client = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromSeconds(three) }|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromSeconds(url.Length) }|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient { Timeout = Seconds }|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient { Timeout = Timeout.InfiniteTimeSpan }|}; return await client.GetStringAsync(url, Stop);")]
    [InlineData("using var client = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromMilliseconds(-1) }|}; return await client.GetStringAsync(url, Stop);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; if (url.Length > 9) client.Timeout = TimeSpan.FromSeconds(3); return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; if (url.Length > 9) { client.DefaultRequestHeaders.Add(\"Accept\", \"text/plain\"); } return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; var text = await client.GetStringAsync(url); client.DefaultRequestHeaders.Add(\"Accept\", \"text/plain\"); return text + await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromSeconds(3) }|}; client.Timeout = TimeSpan.FromSeconds(4); return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; client.DefaultRequestHeaders.Add(\"Accept\", \"text/plain\"); client.DefaultRequestHeaders.Clear(); return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; client.DefaultRequestHeaders.Add(\"Accept\", new[] { \"text/plain\" }); return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|}; if (client.DefaultRequestHeaders.TryAddWithoutValidation(\"Accept\", \"x\")) return null; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new HttpClientHandler { Proxy = new WebProxy(url) })|}; return await client.GetStringAsync(url);")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new HttpClientHandler { CheckCertificateRevocationList = true })|}; return await client.GetStringAsync(url);")]
    public Task A_client_of_its_own_kind_stays(string body) => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.NoFix(Verify.InMethod(
        body,
        "public async Task<string> Fetch(string url)",
        """
        private static void Configure(HttpClient client) => client.Timeout = TimeSpan.FromSeconds(1);
        private static void Close(HttpClient client) => client.Dispose();
        private sealed class OurClient : HttpClient { }
        private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(3);
        private CancellationToken Stop { get; }
        """));

    [Theory]
    [InlineData("using var client = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromSeconds(3) }|};", "", "Timeout = TimeSpan.FromSeconds(3)")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|};\nclient.Timeout = new TimeSpan(0, 0, 3);", "", "Timeout = new TimeSpan(0, 0, 3)")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|};\nclient.Timeout = TimeSpan.FromSeconds(Limit);\nclient.MaxResponseContentBufferSize = 1 << 20;", "", "Timeout = TimeSpan.FromSeconds(Limit), MaxResponseContentBufferSize = 1 << 20")]
    [InlineData("using var client = {|SLA1006:new HttpClient { BaseAddress = new Uri(\"https://api.example/\") }|};", "", "Timeout = TimeSpan.FromSeconds(100), BaseAddress = new Uri(\"https://api.example/\")")]
    [InlineData("using var client = {|SLA1006:new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultRequestHeaders = { { \"Accept\", \"text/plain\" } } }|};", "", "Timeout = TimeSpan.FromSeconds(100), DefaultRequestVersion = HttpVersion.Version20, DefaultRequestHeaders = { { \"Accept\", \"text/plain\" } }")]
    [InlineData("var client = {|SLA1006:new HttpClient()|};\nclient.DefaultRequestHeaders.Accept.Clear();\nclient.DefaultRequestHeaders.Add(\"X-Version\", Version);\nclient.DefaultRequestHeaders.UserAgent.ParseAdd(\"monitor/1.0\");", "", "Timeout = TimeSpan.FromSeconds(100), DefaultRequestHeaders = { { \"X-Version\", Version }, { \"User-Agent\", \"monitor/1.0\" } }")]
    [InlineData("using var client = {|SLA1006:new HttpClient()|};\nclient.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(\"application/json\"));", "", "Timeout = TimeSpan.FromSeconds(100), DefaultRequestHeaders = { { \"Accept\", \"application/json\" } }")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new HttpClientHandler { UseCookies = false, AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate })|};", ", UseCookies = false, AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate", "Timeout = TimeSpan.FromSeconds(100)")]
    [InlineData("using var client = {|SLA1006:new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })|};", ", ConnectTimeout = TimeSpan.FromSeconds(2)", "Timeout = TimeSpan.FromSeconds(100)")]
    public Task What_is_the_same_at_every_call_is_set_on_the_shared_one(string made, string ofHandler, string ofClient) => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        "using System.Net.Http.Headers;\n\n" + Verify.InMethod(made + "\nreturn await client.GetStringAsync(url);", "public async Task<string> Fetch(string url)", Constants),
        "using System.Net.Http.Headers;\n\n" + Verify.InMethod("return await SharedHttpClient.GetStringAsync(url);", "public async Task<string> Fetch(string url)", Constants)
            .Replace("public class C\n{\n", "public class C\n{\n    private static readonly HttpClient SharedHttpClient = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(15)" + ofHandler + " }) { " + ofClient + " };\n\n"));

    [Fact]
    public Task A_lifetime_of_its_own_is_kept() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        Verify.InMethod("using var client = {|SLA1006:new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) })|};\nreturn await client.GetStringAsync(url);", "public async Task<string> Fetch(string url)"),
        Verify.InMethod("return await SharedHttpClient.GetStringAsync(url);", "public async Task<string> Fetch(string url)")
            .Replace("public class C\n{\n", "public class C\n{\n    " + Field.Replace("FromMinutes(15)", "FromMinutes(2)") + "\n\n"));

    [Fact]
    public Task Each_way_to_set_it_up_has_a_client() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        """
        public class Site
        {
            public async Task<string> Quick(string url)
            {
                using (var client = {|SLA1006:new HttpClient()|})
                {
                    client.Timeout = TimeSpan.FromSeconds(2);
                    return await client.GetStringAsync(url);
                }
            }

            public async Task<string> Slow(string url)
            {
                using var client = {|SLA1006:new HttpClient()|};
                return await client.GetStringAsync(url);
            }

            public async Task<string> QuickToo(string url)
            {
                using var client = {|SLA1006:new HttpClient { Timeout = TimeSpan.FromSeconds(2) }|};
                return await client.GetStringAsync(url);
            }
        }
        """,
        """
        public class Site
        {
            private static readonly HttpClient SharedHttpClient_2 = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(15) }) { Timeout = TimeSpan.FromSeconds(100) };
            private static readonly HttpClient SharedHttpClient = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(15) }) { Timeout = TimeSpan.FromSeconds(2) };

            public async Task<string> Quick(string url)
            {
                return await SharedHttpClient.GetStringAsync(url);
            }

            public async Task<string> Slow(string url)
            {
                return await SharedHttpClient_2.GetStringAsync(url);
            }

            public async Task<string> QuickToo(string url)
            {
                return await SharedHttpClient.GetStringAsync(url);
            }
        }
        """);

    [Fact]
    public Task Top_level_statements_have_no_field() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.NoFix(
        "while (true) { using var client = {|SLA1006:new HttpClient()|}; await client.GetStringAsync(\"u\"); }");

    [Fact]
    public Task An_interface_has_no_field() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.NoFix(
        "interface I { Task<string> Get() { return {|SLA1006:new HttpClient()|}.GetStringAsync(\"u\"); } }");

    [Fact]
    public Task Nothing_is_offered_where_the_handler_is_missing() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.NoFix(
        Verify.InMethod("using (var client = {|SLA1006:new HttpClient()|}) { return await client.GetStringAsync(url); }", "public async Task<string> Fetch(string url)"),
        references: TargetFrameworks.NetStandard20,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task A_field_with_a_comment_is_set_apart_and_no_block_begins_with_a_blank_line() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.Fixes(
        """
        public sealed class LicenseChecker
        {
            /// <summary>Where licenses are asked for.</summary>
            private static readonly Uri Server = new("https://licenses.example");

            public async Task<bool> IsLicensed(string key, CancellationToken stop)
            {
                using var client = {|SLA1006:new HttpClient()|};

                try
                {
                    return (await client.GetStringAsync(Server + key, stop)).Length > 0;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }
        }
        """,
        """
        public sealed class LicenseChecker
        {
            private static readonly HttpClient SharedHttpClient = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(15) }) { Timeout = TimeSpan.FromSeconds(100) };

            /// <summary>Where licenses are asked for.</summary>
            private static readonly Uri Server = new("https://licenses.example");

            public async Task<bool> IsLicensed(string key, CancellationToken stop)
            {
                try
                {
                    return (await SharedHttpClient.GetStringAsync(Server + key, stop)).Length > 0;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }
        }
        """);

    [Fact]
    public Task What_is_set_first_leaves_no_blank_line_at_the_start() => Fixes(
        """
        using var client = {|SLA1006:new HttpClient()|};
        client.Timeout = TimeSpan.FromSeconds(100);
        client.DefaultRequestHeaders.Clear();

        return await client.GetStringAsync(url);
        """,
        "return await SharedHttpClient.GetStringAsync(url);");

    [Fact]
    public Task A_line_between_blank_lines_leaves_one_of_them() => Fixes(
        """
        var builder = new UriBuilder(url);

        using var client = {|SLA1006:new HttpClient()|};

        using var request = new HttpRequestMessage(HttpMethod.Get, builder.Uri);

        using var response = await client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
        """,
        """
        var builder = new UriBuilder(url);

        using var request = new HttpRequestMessage(HttpMethod.Get, builder.Uri);

        using var response = await SharedHttpClient.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
        """);

    [Fact]
    public Task A_client_that_another_build_uses_stays() => Verify<ResourceAnalyzer, ShareHttpClientCodeFixProvider>.NoFix(Verify.InMethod(
        """
        using (var client = {|SLA1006:new HttpClient()|})
        {
        #if !OLD_FRAMEWORK
            return await client.GetByteArrayAsync(url, token);
        #else
            return await client.GetByteArrayAsync(url);
        #endif
        }
        """,
        "public async Task<byte[]> Fetch(string url, CancellationToken token)"));
}
