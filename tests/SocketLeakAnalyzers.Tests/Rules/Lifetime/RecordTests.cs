using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>Records that own a resource, hold it, or are taken apart: each name says the outcome.</summary>
public sealed class RecordTests
{
    private const string Line = "public sealed record Line(TcpClient Client, string Name) : IDisposable { public void Dispose() => Client.Dispose(); }\n";

    private static string In(string body, string records = Line) => records + "class Users { public static object M(string name) { " + body + " } }";

    [Theory]
    [InlineData("public sealed record Line(TcpClient Client, string Name) : IDisposable { public void Dispose() => Client.Dispose(); }")]
    [InlineData("public sealed record Line(TcpClient Client, string Name) : IDisposable { public TcpClient Client { get; init; } = Client; public void Dispose() => Client.Dispose(); }")]
    [InlineData("public sealed record Line(TcpClient Client, string Name);")]
    [InlineData("public abstract record Owner(TcpClient Client) : IDisposable { public virtual void Dispose() => Client.Dispose(); } public sealed record Line(TcpClient Client, string Name) : Owner(Client);")]
    public Task A_record_that_holds_what_it_is_given_and_is_dropped_is_reported(string records) => Verify<ResourceAnalyzer>.Reports(
        In("var line = new Line({|SLA1001:new TcpClient(AddressFamily.InterNetwork)|}, name); return line.Name;", records));

    [Fact]
    public Task A_record_that_opens_its_own_is_an_owner() => Verify<ResourceAnalyzer>.Reports(
        In("var feed = {|SLA1001:new Feed(name)|}; return feed.Next();", "public sealed record Feed(string Path) : IDisposable { private readonly FileStream _file = File.OpenRead(Path); public int Next() => _file.ReadByte(); public void Dispose() => _file.Dispose(); }\n"));

    [Theory]
    [InlineData("using var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); return line.Name;")]
    [InlineData("var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); line.Client.Dispose(); return 1;")]
    [InlineData("var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); return line with { Name = \"other\" };")]
    [InlineData("var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); var other = line with { Name = \"other\" }; other.Dispose(); return 1;")]
    [InlineData("var (client, title) = new Line(new TcpClient(AddressFamily.InterNetwork), name); using (client) return title;")]
    [InlineData("var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); var (client, _) = line; client.Close(); return 1;")]
    [InlineData("if (new Line(new TcpClient(AddressFamily.InterNetwork), name) is (var client, \"x\")) client.Dispose(); return 1;")]
    [InlineData("var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); if (line is { Client: { } client }) client.Dispose(); return 1;")]
    [InlineData("var line = new Line(new TcpClient(AddressFamily.InterNetwork), name); if (line is Line { Client: var client, Name: _ }) { client.Dispose(); } return 1;")]
    [InlineData("return new Line(new TcpClient(AddressFamily.InterNetwork), name);")]
    public Task A_record_whose_resource_is_released_or_goes_on_is_not_reported(string body) => Verify<ResourceAnalyzer>.Silent(In(body));

    [Fact]
    public Task A_copy_that_is_dropped_is_reported() => Verify<ResourceAnalyzer>.Reports(
        In("var line = new Line({|SLA1001:new TcpClient(AddressFamily.InterNetwork)|}, name); var other = line with { Name = \"other\" }; return other.Name;"));

    [Theory]
    [InlineData("if (Open() is (var client, > 0)) { client.Dispose(); } return 1;", false)]
    [InlineData("if (Open() is (var client, _)) { client.Dispose(); } return 1;", true)]
    [InlineData("if (Open() is { Item1: var client }) { client.Dispose(); } return 1;", true)]
    [InlineData("if (Open() is (_, var size)) { return size; } return 1;", false)]
    public Task A_tuple_is_taken_apart_by_a_pattern(string body, bool isReleased)
    {
        var code = "class Users { private static (TcpClient, int) Open() => (new TcpClient(AddressFamily.InterNetwork), 1); public static object M() { " + body + " } }";
        return isReleased ? Verify<ResourceAnalyzer>.Silent(code)
            : Verify<ResourceAnalyzer>.Reports(code.Replace("if (Open()", body.Contains("client", System.StringComparison.Ordinal) ? "if ({|SLA1002:Open()|}" : "if ({|SLA1001:Open()|}", System.StringComparison.Ordinal));
    }
}
