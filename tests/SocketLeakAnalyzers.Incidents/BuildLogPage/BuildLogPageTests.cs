using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.BuildLogPage;

public sealed class BuildLogPageTests
{
    [Theory]
    [InlineData("HttpListenerResponse")]
    [InlineData("PipeWriter")]
    [InlineData("AspNetCore")]
    [InlineData("FrameworkCloses")]
    public Task Just_what_is_due_is_reported_and_the_fixes_repair_it(string form) => Trial.RepairsAsync(nameof(BuildLogPage), form);

    [Theory]
    [InlineData("HttpListenerResponse")]
    [InlineData("PipeWriter")]
    [InlineData("AspNetCore")]
    [InlineData("FrameworkCloses")]
    public Task What_grows_before_the_fixes_is_flat_after_them(string form) => Trial.RunsAsync(nameof(BuildLogPage), form);

    // The trap of the story: the same code, where the framework closes the response itself.
    [Fact]
    public async Task What_the_framework_closes_is_not_reported() => Assert.Empty((await Form.OfAsync(nameof(BuildLogPage), "FrameworkCloses")).Marks);
}
