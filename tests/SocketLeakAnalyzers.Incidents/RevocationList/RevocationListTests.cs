using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.RevocationList;

public sealed class RevocationListTests
{
    [Theory]
    [InlineData("HttpClient")]
    [InlineData("TcpClient")]
    public Task Just_what_is_due_is_reported_and_the_fixes_repair_it(string form) => Trial.RepairsAsync(nameof(RevocationList), form);

    [Theory]
    [InlineData("HttpClient")]
    [InlineData("TcpClient")]
    public Task What_grows_before_the_fixes_is_flat_after_them(string form) => Trial.RunsAsync(nameof(RevocationList), form);
}
