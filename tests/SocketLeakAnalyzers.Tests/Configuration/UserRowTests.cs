using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Configuration;

public sealed class UserRowTests
{
    private const string Pool = """

        public class Lease : IDisposable { public void Dispose() { } }

        public interface IPool
        {
            Lease Rent(int size);
            void Keep(TcpClient client);
        }
        """;

    [Fact]
    public Task A_row_makes_a_type_a_resource() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("var lease = {|SLA1001:pool.Rent(1)|};", "public void M(IPool pool)") + Pool,
        additionalFiles: [("SocketLeak.Ours.txt", "# ours\nT:Lease: resource socket\n\nM:IPool.Rent(*): returns owned\n")]);

    [Fact]
    public Task Rows_of_several_files_hold() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("var lease = {|SLA1001:pool.Rent(1)|};", "public void M(IPool pool)") + Pool,
        additionalFiles: [("/a/SocketLeak.Types.txt", "T:Lease: resource socket"), ("C:\\b\\socketleak.calls.TXT", "M:IPool.Rent(*): returns owned")]);

    [Fact]
    public Task A_row_that_cannot_be_read_leaves_the_others() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("var lease = {|SLA1001:new Lease()|};") + Pool,
        additionalFiles: [("SocketLeak.Ours.txt", "M:IPool.Rent(*): gives away\nT:Lease: resource socket\n")]);

    [Theory]
    [InlineData("Leaks.Ours.txt")]
    [InlineData("SocketLeak.Ours.md")]
    [InlineData("SocketLeak.txt")]
    [InlineData("MySocketLeak.Ours.txt")]
    [InlineData("/SocketLeak.Ours.txt/readme")]
    public Task Another_file_is_not_read(string name)
    {
        (string, string)[] files = [(name, "T:Lease: resource socket\nnonsense")];
        return Task.WhenAll(
            Verify<ResourceAnalyzer>.Silent(Verify.InMethod("var lease = new Lease();") + Pool, additionalFiles: files),
            Verify<ConfigurationAnalyzer>.Silent(Verify.InMethod("var lease = new Lease();") + Pool, additionalFiles: files));
    }

    [Fact]
    public Task A_row_that_cannot_be_read_is_reported_on_the_row() => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }" + Pool,
        additionalFiles: [("SocketLeak.Ours.txt", "# ours\n{|SLA0002:M:IPool.Rent(*): gives away|}\nM:IPool.Keep(*): takes client # all is well\n{|SLA0002:nonsense|}")]);

    [Fact]
    public Task A_second_row_is_reported() => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }" + Pool,
        additionalFiles: [("SocketLeak.Ours.txt", "T:Lease: resource socket\n{|SLA0002:T:Lease: resource stream|}")]);

    [Fact]
    public Task The_message_says_what_is_wrong() => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }" + Pool,
        [Verify<ConfigurationAnalyzer>.Diagnostic("SLA0002").WithSpan("SocketLeak.Ours.txt", 2, 1, 2, 25).WithArguments("a second row for 'T:Lease'; the first one holds")],
        additionalFiles: [("SocketLeak.Ours.txt", "T:Lease: resource socket\nT:Lease: resource stream\n")]);

    [Fact]
    public Task A_row_is_not_reported_where_a_global_configuration_says_so() => Verify<ConfigurationAnalyzer>.Silent(
        "class C { }" + Pool,
        globalconfig: "dotnet_diagnostic.SLA0002.severity = none\ndotnet_diagnostic.SLA0003.severity = none",
        additionalFiles: [("SocketLeak.Ours.txt", "nonsense\nT:Nobody.Knows: resource socket")]);

    /// <summary>The compiler looks for sections by the path of a source file, and the row stands in none.</summary>
    [Fact]
    public Task A_row_is_reported_whatever_a_section_for_sources_says() => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }" + Pool,
        editorconfig: "dotnet_diagnostic.SLA0002.severity = none",
        additionalFiles: [("SocketLeak.Ours.txt", "{|SLA0002:nonsense|}")]);

    [Theory]
    [InlineData("T:Nobody.Knows: resource socket")]
    [InlineData("M:IPool.Rant(*): returns owned")]
    [InlineData("M:IPool.Keep(*): takes socket")]
    [InlineData("M:IPool.Rent(System.String): returns owned")]
    [InlineData("M:IPool.Rent: returns owned")]
    [InlineData("P:Lease.Stream: returns view")]
    [InlineData("T:System.Net.Sockets.TcpClinet: resource socket")]
    public Task A_row_that_names_nothing_is_a_suggestion(string row) => Verify<ConfigurationAnalyzer>.Reports(
        "class C { }" + Pool,
        additionalFiles: [("SocketLeak.Ours.txt", "{|SLA0003:" + row + "|}\nT:Lease: resource socket")]);

    [Theory]
    [InlineData("M:IPool.Rent(System.Int32): returns owned")]
    [InlineData("M:System.Net.Sockets.TcpClient.GetStream: returns view")]
    [InlineData("T:System.Collections.Generic.List`1: memory")]
    public Task A_row_that_names_something_is_not_reported(string row) =>
        Verify<ConfigurationAnalyzer>.Silent("class C { }" + Pool, additionalFiles: [("SocketLeak.Ours.txt", row)]);

    [Theory]
    [InlineData("\0\0\0")]
    [InlineData("T:\ud800: resource socket")]
    [InlineData("M:{}{0}(*): takes {1}")]
    [InlineData("M:(((((((((((((((((((: x")]
    [InlineData("T:A{B{C{D{E{F{{{{{{{{: resource socket")]
    [InlineData("M:A.B(``0,`9999999999999[0:,0:]@*): returns owned")]
    [InlineData("T:: resource socket")]
    [InlineData("T:....: resource socket")]
    [InlineData("T:A`99999999999999: resource socket")]
    public async Task Whatever_stands_in_the_file_nothing_fails(string text)
    {
        var test = new RuleTest<ConfigurationAnalyzer>
        {
            TestState = { Sources = { "class C { }" }, AdditionalFiles = { ("SocketLeak.Ours.txt", text) } },
        };

        // One of both is reported; AD0001, an analyzer that threw, would be neither.
        var message = (await Assert.ThrowsAsync<System.InvalidOperationException>(() => test.RunAsync(TestContext.Current.CancellationToken))).Message;
        Assert.Matches("SLA000[23]", message);
        Assert.DoesNotContain("AD0001", message, System.StringComparison.Ordinal);
    }
}
