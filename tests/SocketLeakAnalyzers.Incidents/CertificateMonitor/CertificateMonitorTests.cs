using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.CertificateMonitor;

public sealed class CertificateMonitorTests
{
    [Theory]
    [InlineData("SslStream")]
    [InlineData("UnreadBody")]
    [InlineData("UnreadErrorPage")]
    public Task Just_what_is_due_is_reported_and_the_fixes_repair_it(string form) => Trial.RepairsAsync(nameof(CertificateMonitor), form);

    [Theory]
    [InlineData("SslStream")]
    [InlineData("UnreadBody")]
    [InlineData("UnreadErrorPage")]
    public Task What_grows_before_the_fixes_is_flat_after_them(string form) => Trial.RunsAsync(nameof(CertificateMonitor), form);
}
