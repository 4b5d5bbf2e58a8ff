using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.UpstreamPoller;

public sealed class UpstreamPollerTests
{
    [Theory]
    [InlineData("ThreadJoin")]
    [InlineData("WhenAny")]
    [InlineData("TaskRun")]
    [InlineData("BlockingRead")]
    public Task Just_what_is_due_is_reported_and_the_fixes_repair_it(string form) => Trial.RepairsAsync(nameof(UpstreamPoller), form);

    [Theory]
    [InlineData("ThreadJoin")]
    [InlineData("WhenAny")]
    [InlineData("TaskRun")]
    [InlineData("BlockingRead")]
    public Task What_grows_before_the_fixes_is_flat_after_them(string form) => Trial.RunsAsync(nameof(UpstreamPoller), form);
}
