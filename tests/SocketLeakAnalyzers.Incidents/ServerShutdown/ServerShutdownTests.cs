using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.ServerShutdown;

public sealed class ServerShutdownTests
{
    [Theory]
    [InlineData("TcpListener")]
    [InlineData("Socket")]
    [InlineData("HttpListener")]
    public Task Just_what_is_due_is_reported_and_the_fixes_repair_it(string form) => Trial.RepairsAsync(nameof(ServerShutdown), form);

    [Theory]
    [InlineData("TcpListener")]
    [InlineData("Socket")]
    [InlineData("HttpListener")]
    public Task What_grows_before_the_fixes_is_flat_after_them(string form) => Trial.RunsAsync(nameof(ServerShutdown), form);
}
