using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using SocketLeakAnalyzers.Incidents.BuildLogPage;
using SocketLeakAnalyzers.Incidents.CertificateMonitor;
using SocketLeakAnalyzers.Incidents.RevocationList;
using SocketLeakAnalyzers.Incidents.ServerShutdown;
using SocketLeakAnalyzers.Incidents.UpstreamPoller;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>The incidents, in the order of the pages, and their forms.</summary>
internal static class Scenarios
{
    public static ImmutableArray<Scenario> All { get; } =
    [
        new HttpListenerResponseScenario(), new PipeWriterScenario(), new AspNetCoreScenario(), new FrameworkClosesScenario(),
        new SslStreamScenario(), new UnreadBodyScenario(), new UnreadErrorPageScenario(),
        new HttpClientScenario(), new TcpClientScenario(),
        new ThreadJoinScenario(), new WhenAnyScenario(), new TaskRunScenario(), new BlockingReadScenario(),
        new TcpListenerScenario(), new SocketListenerScenario(), new HttpListenerScenario(),
    ];

    public static IEnumerable<IGrouping<string, Scenario>> ByIncident => All.GroupBy(scenario => scenario.Incident);
}
