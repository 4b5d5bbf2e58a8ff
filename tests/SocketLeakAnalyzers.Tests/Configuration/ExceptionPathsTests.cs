using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Configuration;

public sealed class ExceptionPathsTests
{
    // The way out by an exception is the only one that loses it.
    private const string LostWhenConnectThrows = """
        var client = {|SLA1001:new TcpClient()|};
        client.Connect("localhost", 80);
        while (true)
        {
            Thread.Sleep(1);
        }
        """;

    private const string LostWhenAnythingThrows = """
        var client = {|SLA1001:new TcpClient()|};
        Console.WriteLine("made");
        while (true)
        {
        }
        """;

    [Fact]
    public Task A_credible_exception_counts_by_default() => Verify<ResourceAnalyzer>.Reports(InMethod(LostWhenConnectThrows));

    [Theory]
    [InlineData("credible")]
    [InlineData("Credible")]
    [InlineData("all")]
    [InlineData(" ALL ")]
    [InlineData("unset")]
    public Task A_credible_exception_counts_with(string value) =>
        Verify<ResourceAnalyzer>.Reports(InMethod(LostWhenConnectThrows), editorconfig: "socket_leak.exception_paths = " + value);

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public Task No_exception_counts_with(string value) =>
        Verify<ResourceAnalyzer>.Silent(InMethod(Clean(LostWhenConnectThrows)), editorconfig: "socket_leak.exception_paths = " + value);

    [Fact]
    public Task A_throw_statement_does_not_count_with_none() => Verify<ResourceAnalyzer>.Silent(
        InMethod("""
            var client = new TcpClient();
            throw new InvalidOperationException(client.ToString());
            """),
        editorconfig: "socket_leak.exception_paths = none");

    [Fact]
    public Task A_leak_on_return_counts_with_none() => Verify<ResourceAnalyzer>.Reports(
        InMethod("var client = {|SLA1001:new TcpClient()|};"),
        editorconfig: "socket_leak.exception_paths = none");

    [Fact]
    public Task Any_call_counts_with_all() =>
        Verify<ResourceAnalyzer>.Reports(InMethod(LostWhenAnythingThrows), editorconfig: "socket_leak.exception_paths = all");

    [Fact]
    public Task Any_construction_counts_with_all() => Verify<ResourceAnalyzer>.Reports(
        InMethod("""
            var client = {|SLA1001:new TcpClient()|};
            var log = new object();
            while (true)
            {
            }
            """),
        editorconfig: "socket_leak.exception_paths = all");

    [Fact]
    public Task Not_any_call_counts_by_default() => Verify<ResourceAnalyzer>.Silent(InMethod(Clean(LostWhenAnythingThrows)));

    [Fact]
    public Task A_release_does_not_throw_with_all() => Verify<ResourceAnalyzer>.Silent(
        InMethod("""
            var client = new TcpClient();
            client.Dispose();
            """),
        editorconfig: "socket_leak.exception_paths = all");

    [Fact]
    public Task A_global_configuration_sets_it_for_every_file() =>
        Verify<ResourceAnalyzer>.Silent(InMethod(Clean(LostWhenConnectThrows)), globalconfig: "socket_leak.exception_paths = none");

    [Fact]
    public Task Folders_of_one_project_differ() => new RuleTest<ResourceAnalyzer>
    {
        TestState =
        {
            Sources =
            {
                ("/0/plain/A.cs", Usings + InMethod(LostWhenConnectThrows).Replace("class C", "class A")),
                ("/0/silent/B.cs", Usings + InMethod(Clean(LostWhenConnectThrows)).Replace("class C", "class B")),
                ("/0/wide/C.cs", Usings + InMethod(LostWhenAnythingThrows)),
                ("/0/narrow/D.cs", Usings + InMethod(Clean(LostWhenAnythingThrows)).Replace("class C", "class D")),
            },
            AnalyzerConfigFiles =
            {
                ("/0/.editorconfig", "root = true\n[silent/*.cs]\nsocket_leak.exception_paths = none\n[wide/*.cs]\nsocket_leak.exception_paths = all\n"),
            },
        },
    }.RunAsync(TestContext.Current.CancellationToken);

    // The helper's summary is asked for by both files: each sees it with its own options, whichever asks first.
    [Fact]
    public Task A_summary_is_made_with_the_options_of_who_asks() => new RuleTest<ResourceAnalyzer>
    {
        TestState =
        {
            Sources =
            {
                ("/0/Helper.cs", Usings + "static class Helper { public static void Greet(TcpClient client) { client.Connect(\"localhost\", 80); } }"),
                ("/0/none/A.cs", Usings + "class A { void M() { var client = new TcpClient(); Helper.Greet(client); while (true) { } } }"),
                ("/0/some/B.cs", Usings + "class B { void M() { var client = {|SLA1001:new TcpClient()|}; Helper.Greet(client); while (true) { } } }"),
            },
            AnalyzerConfigFiles = { ("/0/none/.editorconfig", "root = true\n[*.cs]\nsocket_leak.exception_paths = none\n") },
        },
    }.RunAsync(TestContext.Current.CancellationToken);

    private const string Usings = "using System; using System.Net.Sockets; using System.Threading;\n";

    private static string InMethod(string body) => Verify.InMethod(body, "public void M()");

    private static string Clean(string code) => code.Replace("{|SLA1001:", string.Empty).Replace("|}", string.Empty);
}
