using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>What a <c>using</c> holds from its making is followed no further: what it does not hold is.</summary>
public class HeldByUsingTests
{
    private static Task Reports(string code) => Verify<ResourceAnalyzer>.Reports(Verify.InMethod(code));

    private static Task Silent(string code) => Verify<ResourceAnalyzer>.Silent(Verify.InMethod(code));

    [Theory]
    [InlineData("using var file = File.OpenRead(\"a\"); file.ReadByte();")]
    [InlineData("using (var file = File.OpenRead(\"a\")) { file.ReadByte(); }")]
    [InlineData("using (File.OpenRead(\"a\")) { throw new IOException(); }")]
    [InlineData("using var client = (new TcpClient(\"h\", 1)); client.GetStream().ReadByte();")]
    [InlineData("using TcpClient client = new(\"h\", 1); client.GetStream().ReadByte();")]
    [InlineData("using var file = Environment.Is64BitProcess ? File.OpenRead(\"a\") : File.OpenRead(\"b\"); file.ReadByte();")]
    [InlineData("Stream? given = null; using var file = given ?? File.OpenRead(\"a\"); file.ReadByte();")]
    [InlineData("await using var file = File.OpenRead(\"a\"); await file.FlushAsync();")]
    [InlineData("using var listener = new TcpListener(IPAddress.Loopback, 0); using var client = await listener.AcceptTcpClientAsync().ConfigureAwait(false); client.GetStream().ReadByte();")]
    public Task A_using_holds_it(string code) => Silent(code);

    [Fact]
    public Task An_initializer_that_throws_comes_ahead_of_the_using() => Reports(
        "var text = Console.ReadLine()!; using var socket = {|SLA1002:new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = Read(text) }|}; int Read(string from) => int.Parse(File.ReadAllText(from));");

    [Fact]
    public Task What_is_made_for_an_argument_is_followed() => Reports(
        "using var name = new StringReader({|SLA1001:new TcpClient(\"h\", 1)|}.GetStream().ToString()!); name.Read();");

    [Fact]
    public Task A_client_for_one_call_is_reported_though_a_using_holds_it() => Verify<ResourceAnalyzer>.Reports(
        """
        public static class Feed
        {
            public static async Task<string> ReadAsync(string url)
            {
                using var client = {|SLA1006:new HttpClient()|};
                return await client.GetStringAsync(url);
            }
        }
        """);

    [Fact]
    public Task A_variable_beside_the_using_is_followed() => Reports(
        "var other = {|SLA1001:File.OpenRead(\"b\")|}; using var file = File.OpenRead(\"a\"); file.CopyTo(Stream.Null); other.ReadByte();");
}
