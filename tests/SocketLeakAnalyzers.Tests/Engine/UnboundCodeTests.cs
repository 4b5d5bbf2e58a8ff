using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Code that does not compile, or whose references are missing.</summary>
public sealed class UnboundCodeTests
{
    [Fact]
    public async Task Argument_of_an_unknown_method_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Missing.Take(client);
            """,
            "public void M()"),
            allowErrors: true);

    [Fact]
    public async Task Unknown_wrapper_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var reader = new Missing.Reader(File.OpenRead("a"));
            return reader.Read();
            """,
            "public string M()"),
            allowErrors: true);

    [Fact]
    public async Task Unknown_argument_of_a_known_member_is_a_use_all_the_same() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            using var client = new TcpClient();
            client.Connect(missing, 1);
            var other = {|SLA1002:new TcpClient()|};
            other.Connect(missing, 1);
            other.Close();
            """,
            "public void M()"),
            allowErrors: true);

    [Fact]
    public async Task Half_a_statement_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient()
            client.
            """,
            "public void M()"),
            allowErrors: true);

    [Fact]
    public async Task Unknown_base_class_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Session : Missing
            {
                public Session() : base(new TcpClient("h", 1))
                {
                }
            }
            """,
            allowErrors: true);

    [Fact]
    public async Task Forgotten_client_among_unknown_calls_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1001:new TcpClient()|};
            Missing.Log("made");
            client.Connect("h", 1);
            """,
            "public void M()"),
            allowErrors: true);

    [Fact]
    public async Task Return_of_an_unknown_type_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            return new Missing(client);
            """,
            "public Missing M()"),
            allowErrors: true);

    [Theory]
    [InlineData("class C", "public HttpClient => new HttpClient { Timeout = TimeSpan.FromSeconds(100) };")]
    [InlineData("class C", "internal HttpClient { get; } = new HttpClient { Timeout = TimeSpan.FromSeconds(100) };")]
    [InlineData("class C", "public object public() => new HttpClient { Timeout = TimeSpan.FromSeconds(100) };")]
    [InlineData("class", "public static HttpClient Made() => new HttpClient { Timeout = TimeSpan.FromSeconds(100) };")]
    [InlineData("class", "private readonly HttpClient _web; public (HttpClient web) { _web = web; } public C(HttpClient web) { _web = web; }")]
    [InlineData("struct", "public HttpClient Web; public (HttpClient web) => Web = web;")]
    public async Task Name_that_is_still_to_be_typed_ends_no_analysis(string declaration, string member) =>
        await Verify<UseAnalyzer>.Silent(
            $$"""
            public {{declaration}}
            {
                {{member}}

                public async Task M(HttpClient web, object o)
                {
                    await web.GetStringAsync("u");
                    new
                    o.
                }
            }
            """,
            allowErrors: true);
}
