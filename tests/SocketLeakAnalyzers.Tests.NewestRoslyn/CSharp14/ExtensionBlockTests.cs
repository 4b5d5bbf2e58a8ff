using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.CSharp14;

/// <summary>Members of an extension block are called on what they extend.</summary>
public sealed class ExtensionBlockTests
{
    private const string Extensions = """

        public static class Extensions
        {
            extension(TcpClient client)
            {
                public void Shut() => client.Close();
                public void ShutAfter(byte[] last) { client.GetStream().Write(last); client.Close(); }
                public void Greet() => client.GetStream().WriteByte(1);
                public TcpClient Quiet() { client.NoDelay = true; return client; }
                public TcpClient Self => client;
                public int Rest => client.Available;
                public void Limit() { client.ReceiveTimeout = 1000; client.SendTimeout = 1000; }
            }

            extension(TcpClient)
            {
                public static TcpClient Dial(string host) => new TcpClient(host, 13);
            }

            extension<T>(T thing) where T : class, IDisposable
            {
                public void End() => thing.Dispose();
            }
        }
        """;

    [Theory]
    [InlineData("try { client.NoDelay = true; } finally { client.Shut(); }")]
    [InlineData("try { client.NoDelay = true; } finally { client?.Shut(); }")]
    [InlineData("try { client.GetStream().WriteByte(1); } finally { client.End(); }")]
    [InlineData("client.ShutAfter(new byte[1]);")]
    [InlineData("var same = client.Quiet(); same.Close();")]
    [InlineData("client.Self.Close();")]
    [InlineData("Action end = client.Shut; end();")]
    public Task What_a_member_releases_or_hands_on_is_not_reported(string use) =>
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod("var client = new TcpClient(host, 13);\n" + use, "public void M(string host)") + Extensions);

    [Theory]
    [InlineData("client.Greet();")]
    [InlineData("Console.WriteLine(client.Rest);")]
    public Task What_a_member_only_uses_is_reported(string use) =>
        Verify<ResourceAnalyzer>.Reports(Verify.InMethod("var client = {|SLA1001:new TcpClient(host, 13)|};\n" + use, "public void M(string host)") + Extensions);

    [Fact]
    public Task What_a_static_member_makes_is_its_callers() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("var client = {|SLA1001:TcpClient.Dial(host)|};\nclient.NoDelay = true;", "public void M(string host)") + Extensions);

    [Fact]
    public Task A_leak_in_a_member_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public static class Extensions
        {
            extension(string path)
            {
                public int FirstByte() { var stream = {|SLA1001:File.OpenRead(path)|}; return stream.ReadByte(); }
            }
        }
        """);

    [Fact]
    public Task A_field_that_a_member_releases_is_not_reported() => Verify<TypeAnalyzer>.Silent("""
        public sealed class C : IDisposable
        {
            private readonly TcpClient _client = new();
            public void Dispose() => _client.Shut();
        }
        """ + Extensions);

    [Fact]
    public Task A_field_that_a_member_only_uses_is_reported() => Verify<TypeAnalyzer>.Reports("""
        public sealed class C
        {
            private readonly TcpClient {|SLA1005:_client|} = new("host", 13);
            public void M() => _client.Greet();
        }
        """ + Extensions);

    [Fact]
    public Task A_timeout_that_a_member_may_set_counts() => Verify<UseAnalyzer>.Silent(
        Verify.InMethod("using var client = new TcpClient();\nclient.Limit();\nreturn client.GetStream().ReadByte();", "public int M()") + """

        public static class Limits
        {
            extension(TcpClient client)
            {
                public void Limit() { client.ReceiveTimeout = 1000; client.SendTimeout = 1000; }
            }
        }
        """);

    [Fact]
    public Task A_timeout_that_no_member_sets_is_reported() => Verify<UseAnalyzer>.Reports(
        Verify.InMethod("using var client = new TcpClient();\nreturn {|SLA2004:client.GetStream().ReadByte()|};", "public int M()"));
}
