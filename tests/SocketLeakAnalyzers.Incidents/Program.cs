using System;
using System.Linq;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;

namespace SocketLeakAnalyzers.Incidents;

/// <summary>Runs the tests, or with the word <c>redraw</c> measures anew and writes the pages and pictures of docs/incidents.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["redraw"] or ["redraw", "--from-samples"])
        {
            await Pages.RedrawAsync(measures: args.Length == 1);
            return 0;
        }

        if (args.Any(arg => arg is "--server" or "--internal-msbuild-node"))
        {
            return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        }

        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
