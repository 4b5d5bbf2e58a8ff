using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>Folders that the build recorded in this assembly: the peers' packages and the reference assemblies.</summary>
internal static class Locations
{
    public static string Get(string key)
    {
        var value = typeof(Locations).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
        return Directory.Exists(value)
            ? value
            : throw new CommandLineException($"the folder of {key} is gone: {value}. Build this project again.");
    }

    /// <summary>The folder of a targeting pack's newest version for a target framework, for example <c>net10.0</c>.</summary>
    public static string TargetingPack(string pack, string framework)
    {
        var versions = Path.Combine(Get("References.Packs"), pack);
        return Directory.GetDirectories(versions)
            .Select(folder => Path.Combine(folder, "ref", framework))
            .Where(Directory.Exists)
            .OrderBy(folder => Version.Parse(Path.GetFileName(Path.GetFullPath(Path.Combine(folder, "..", ".."))).Split('-')[0]))
            .LastOrDefault() ?? throw new CommandLineException($"no {framework} in {versions}");
    }
}
