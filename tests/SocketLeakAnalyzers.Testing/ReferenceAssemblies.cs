using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SocketLeakAnalyzers.Testing;

/// <summary>
/// What the code under test is compiled against. A set is read once for the process, when the first test needs it; the packages
/// and the SDK's reference packs it comes from are recorded in this assembly when it is built.
/// </summary>
public sealed class ReferenceAssemblies
{
    private readonly Lazy<ImmutableArray<MetadataReference>> references;
    private readonly Lazy<CSharpCompilation> compilation;

    private ReferenceAssemblies(string targetFramework, Func<IEnumerable<string>> files)
        : this(targetFramework, () => files().Select(ReadReference).ToImmutableArray())
    {
    }

    private ReferenceAssemblies(string targetFramework, Func<ImmutableArray<MetadataReference>> references)
    {
        TargetFramework = targetFramework;
        this.references = new(references);
        compilation = new(() =>
        {
            var empty = CSharpCompilation.Create("TestProject", [], this.references.Value, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
            // Binds the references, so that every compilation derived from this one starts with them bound.
            _ = empty.GetSpecialType(SpecialType.System_Object);
            return empty;
        });
    }

    /// <summary>The short name of the target framework.</summary>
    public string TargetFramework { get; }

    /// <summary>The references, read on first use.</summary>
    public Task<ImmutableArray<MetadataReference>> ResolveAsync(string? language, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(References);
    }

    /// <inheritdoc/>
    public override string ToString() => TargetFramework;

    internal ImmutableArray<MetadataReference> References => references.Value;

    /// <summary>A compilation without code whose references are bound already.</summary>
    internal CSharpCompilation EmptyCompilation => compilation.Value;

    private static MetadataReference ReadReference(string file) => MetadataReference.CreateFromFile(file);

    private static string Recorded(string name) =>
        typeof(ReferenceAssemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == name)?.Value
        ?? throw new InvalidOperationException($"'{name}' was not recorded when {typeof(ReferenceAssemblies).Assembly.GetName().Name} was built.");

    private static IEnumerable<string> Package(string id, string versionName, string folder, string pattern = "*.dll") =>
        Assemblies(Path.Combine(Recorded("PackageRoot"), id.ToLowerInvariant(), Recorded(versionName), Path.Combine(folder.Split('/'))), pattern);

    private static IEnumerable<string> Assemblies(string folder, string pattern = "*.dll")
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The reference assemblies are not in '{folder}'. Restore and build this project again.");
        var files = Directory.GetFiles(folder, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>The SDK's own pack; where the SDK has none, restore has downloaded it as a package.</summary>
    private static IEnumerable<string> TargetingPack(string id, int major, string targetFramework)
    {
        string[] roots = [Path.Combine(Recorded("TargetingPackRoot"), id), Path.Combine(Recorded("PackageRoot"), id.ToLowerInvariant())];
        foreach (var root in roots)
        {
            if (!Directory.Exists(root))
                continue;
            var newest = Directory.GetDirectories(root)
                .Select(folder => (Folder: folder, Version: Version.TryParse(Path.GetFileName(folder), out var version) ? version : null))
                .Where(pack => pack.Version?.Major == major)
                .MaxBy(pack => pack.Version);
            if (newest.Folder is not null)
                return Assemblies(Path.Combine(newest.Folder, "ref", targetFramework));
        }

        throw new DirectoryNotFoundException($"No {id} {major}.x in {string.Join(" or ", roots)}.");
    }

    /// <summary>.NET with ASP.NET Core.</summary>
    public static class Net
    {
        /// <summary>.NET 8 with ASP.NET Core 8.</summary>
        public static ReferenceAssemblies Net80 { get; } = new(
            "net8.0",
            () => Package("Microsoft.NETCore.App.Ref", "Net80ReferencesVersion", "ref/net8.0")
                .Concat(Package("Microsoft.AspNetCore.App.Ref", "Net80ReferencesVersion", "ref/net8.0")));

        /// <summary>.NET 10 with ASP.NET Core 10.</summary>
        public static ReferenceAssemblies Net100 { get; } = new(
            "net10.0",
            () => TargetingPack("Microsoft.NETCore.App.Ref", 10, "net10.0").Concat(TargetingPack("Microsoft.AspNetCore.App.Ref", 10, "net10.0")));
    }

    /// <summary>.NET Standard.</summary>
    public static class NetStandard
    {
        /// <summary>.NET Standard 2.0.</summary>
        public static ReferenceAssemblies NetStandard20 { get; } = new(
            "netstandard2.0",
            () => Package("NETStandard.Library", "NetStandard20ReferencesVersion", "build/netstandard2.0/ref"));
    }

    /// <summary>.NET Framework.</summary>
    public static class NetFramework
    {
        /// <summary>.NET Framework 4.7.2.</summary>
        public static class Net472
        {
            private const string Folder = "build/.NETFramework/v4.7.2";

            /// <summary>What a class library references, with System.Net.Http, System.IO.Compression, System.Web and the facades.</summary>
            public static ReferenceAssemblies Default { get; } = new(
                "net472",
                () => Names.SelectMany(name => Package("Microsoft.NETFramework.ReferenceAssemblies.net472", "Net472ReferencesVersion", Folder, name + ".dll"))
                    .Concat(Package("Microsoft.NETFramework.ReferenceAssemblies.net472", "Net472ReferencesVersion", Folder + "/Facades")));

            private static IEnumerable<string> Names =>
            [
                "mscorlib", "Microsoft.CSharp", "System", "System.Core", "System.Data", "System.IO.Compression", "System.IO.Compression.FileSystem",
                "System.Net.Http", "System.Net.Http.WebRequest", "System.Numerics", "System.Runtime.Serialization", "System.ServiceModel",
                "System.Transactions", "System.Web", "System.Xml", "System.Xml.Linq",
            ];
        }
    }
}
