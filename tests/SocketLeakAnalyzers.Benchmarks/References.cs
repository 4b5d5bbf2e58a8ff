using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>The reference assemblies that code is bound against. Packages of the analysed code are not restored: their types stay unbound.</summary>
internal static class References
{
    private static readonly ConcurrentDictionary<string, ImmutableArray<MetadataReference>> s_sets = new(StringComparer.Ordinal);

    public static ImmutableArray<MetadataReference> Get(string set) => s_sets.GetOrAdd(set, static name => name switch
    {
        "net10.0" => [.. Load(Locations.TargetingPack("Microsoft.NETCore.App.Ref", name)), .. Load(Locations.TargetingPack("Microsoft.AspNetCore.App.Ref", name))],
        "net472" => [.. Load(Locations.Get("References.NetFramework")), .. Load(Path.Combine(Locations.Get("References.NetFramework"), "Facades"))],
        _ => throw new CommandLineException($"--references is net10.0 or net472, not '{name}'"),
    });

    private static ImmutableArray<MetadataReference> Load(string folder) =>
        [.. Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal).Where(IsManaged).Select(path => MetadataReference.CreateFromFile(path))];

    private static bool IsManaged(string path)
    {
        using var reader = new PEReader(File.OpenRead(path));
        return reader.HasMetadata && reader.GetMetadataReader().IsAssembly;
    }
}
