using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis.Testing;

namespace SocketLeakAnalyzers.Testing;

/// <summary>
/// What the code under test is compiled against. The packages are restored with this project, whose file states their versions: a test finds them on the
/// machine and downloads nothing.
/// </summary>
public static class TargetFrameworks
{
    /// <summary>.NET 10 with ASP.NET Core 10.</summary>
    public static ReferenceAssemblies Net100 { get; } = Net("net10.0", Recorded("Net100ReferencesVersion"));

    /// <summary>.NET 8 with ASP.NET Core 8.</summary>
    public static ReferenceAssemblies Net80 { get; } = Net("net8.0", Recorded("Net80ReferencesVersion"));

    /// <summary>.NET Standard 2.0.</summary>
    public static ReferenceAssemblies NetStandard20 { get; } = ReferenceAssemblies.NetStandard.NetStandard20;

    /// <summary>.NET Framework 4.7.2: what a class library references, with System.Net.Http, System.IO.Compression, System.Web and the facades.</summary>
    public static ReferenceAssemblies Net472 { get; } = ReferenceAssemblies.NetFramework.Net472.Default.AddAssemblies(
        ["System.IO.Compression", "System.IO.Compression.FileSystem", "System.Net.Http", "System.Net.Http.WebRequest", "System.Numerics", "System.Runtime.Serialization", "System.ServiceModel", "System.Transactions", "System.Web"]);

    private static ReferenceAssemblies Net(string targetFramework, string version) =>
        new ReferenceAssemblies(targetFramework, new PackageIdentity("Microsoft.NETCore.App.Ref", version), Path.Combine("ref", targetFramework))
            .AddPackages([new PackageIdentity("Microsoft.AspNetCore.App.Ref", version)]);

    private static string Recorded(string name) =>
        typeof(TargetFrameworks).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == name)?.Value
        ?? throw new InvalidOperationException($"'{name}' was not recorded when {typeof(TargetFrameworks).Assembly.GetName().Name} was built.");
}
