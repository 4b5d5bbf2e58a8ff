using System;
using System.Linq;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Tests.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Who uses a member is looked for in the text of other files, which is read in pieces.</summary>
public sealed class MemberUsersTests
{
    private const string Link = """
        public sealed class Link : IDisposable
        {
            internal readonly TcpClient Client = new TcpClient();
            public int Read() => Client.GetStream().ReadByte();
            public void Dispose() => Client.Dispose();
        }
        """;

    private const string Setter = "internal static class Setter { public static void Set(Link link) => link.Client.ReceiveTimeout = 5000; }";

    [Fact]
    public async Task A_member_that_nobody_else_uses_has_its_finding() => Assert.Contains("SLA2004", await IdsAsync(Link, "internal static class Other { }"), StringComparer.Ordinal);

    /// <summary>A piece has 16,384 characters and a few more: the name is moved over its end.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(16_384)]
    [InlineData(2 * 16_384)]
    public async Task A_use_is_found_wherever_it_stands_in_the_text(int around)
    {
        var name = Setter.IndexOf("Client", StringComparison.Ordinal);
        for (var shift = -2; shift <= 30; shift++)
        {
            var blanks = Math.Max(0, around - name + shift);
            Assert.DoesNotContain("SLA2004", await IdsAsync(Link, new string(' ', blanks) + Setter), StringComparer.Ordinal);
        }
    }

    private static async Task<string[]> IdsAsync(params string[] files) =>
        [.. (await Subject.Run(Subject.Compile(files), new()).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)).Select(finding => finding.Id)];
}
