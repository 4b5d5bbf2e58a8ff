using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>What is tested of every form of every incident.</summary>
internal static class Trial
{
    /// <summary>Just what is marked is reported, and the fixes, applied as an editor would, are the expected ones and leave nothing to report.</summary>
    public static async Task RepairsAsync(string incident, string name)
    {
        var scenario = Of(incident, name);
        var form = await Form.OfAsync(incident, name);
        Assert.Equal(scenario.Steps, form.Steps);
        Assert.Equal(scenario.IsSilent, form.Before == form.After);
    }

    /// <summary>Both programs run, and do what the story says; what was seen is written beside the tests.</summary>
    public static async Task RunsAsync(string incident, string name)
    {
        Assert.SkipUnless(Child.CanBeSeen, "The open sockets of another process are counted in /proc, which this system does not have.");
        var scenario = Of(incident, name);
        var (before, after) = await scenario.RunAsync(TestContext.Current.CancellationToken);
        Recording.Write(Path.Combine(AppContext.BaseDirectory, "samples", incident, name + ".csv"), scenario.Unit, before, after);
        scenario.Judge(before, after);
    }

    private static Scenario Of(string incident, string name) => Scenarios.All.Single(scenario => scenario.Incident == incident && scenario.Name == name);
}
