using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

[assembly: AssemblyFixture(typeof(SocketLeakAnalyzers.Package.Tests.PackedProduct))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SocketLeakAnalyzers.Package.Tests;

/// <summary>
/// The package, packed once for all tests from a copy of the sources, in a version that no cache has seen, and a folder
/// in which projects restore from it. The copy is a repository of its own with one commit of a fixed date: so the tests neither
/// build into the folders of the build that runs them, nor depend on what is committed.
/// </summary>
public sealed class PackedProduct : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> NoVariables = new();

    private readonly string root = Path.Combine(Path.GetTempPath(), "socketleak-" + Guid.NewGuid().ToString("N")[..12]);

    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    public string Version { get; } = "0.1.0-test." + "v" + Guid.NewGuid().ToString("N")[..12];

    public string PackageFile => Path.Combine(Feed, $"SocketLeakAnalyzers.{Version}.nupkg");

    /// <summary>A copy of the sources in which the package has been built.</summary>
    public string Sources => Path.Combine(root, "sources");

    private string Feed => Path.Combine(root, "feed");

    private string Consumers => Path.Combine(root, "consumers");

    public async ValueTask InitializeAsync()
    {
        await CopySources(Sources);
        await Pack(Sources, Feed, NoVariables);

        // The machine's own sources stay: the feed of the package is added to them.
        Write(Path.Combine(Consumers, "NuGet.config"), $"""
            <configuration>
              <packageSources>
                <add key="the-packed-product" value="{Feed}" />
              </packageSources>
            </configuration>
            """);
        Write(Path.Combine(Consumers, ".editorconfig"), "root = true" + Environment.NewLine);
        File.Copy(Path.Combine(RepositoryRoot, "global.json"), Path.Combine(Consumers, "global.json"));
        foreach (var stop in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            Write(Path.Combine(Consumers, stop), "<Project />");
        }
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            // The files of a git repository are read-only, which Windows minds.
            foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            {
                File.SetAttributes(file, FileAttributes.Normal);
            }

            Directory.Delete(root, recursive: true);
        }
        catch (Exception leftover) when (leftover is IOException or UnauthorizedAccessException)
        {
            // What the system's clean-up of temporary files is for.
        }

        return default;
    }

    /// <summary>Packs the same sources again, elsewhere, as a build server does.</summary>
    public async Task<string> PackAgainElsewhere()
    {
        var sources = Path.Combine(root, "elsewhere", "the-same-sources");
        var output = Path.Combine(root, "elsewhere", "output");
        await CopySources(sources);
        await Pack(sources, output, new Dictionary<string, string?> { ["CI"] = "true" });
        return Path.Combine(output, Path.GetFileName(PackageFile));
    }

    internal Consumer NewConsumer(string name) => new(Path.Combine(Consumers, name), Version, Path.Combine(root, "packages"));

    internal static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SocketLeakAnalyzers.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from outside the repository: SocketLeakAnalyzers.sln is in no folder above " + AppContext.BaseDirectory);
    }

    private static async Task CopySources(string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in new DirectoryInfo(RepositoryRoot).EnumerateFiles().Where(file => file.Name != ".git"))
        {
            file.CopyTo(Path.Combine(target, file.Name));
        }

        CopyFolder("src");
        CopyFolder(Path.Combine("docs", "samples"));

        // One commit of a fixed author and date has one id, wherever it is made.
        var author = new Dictionary<string, string?>
        {
            ["GIT_AUTHOR_NAME"] = "test", ["GIT_AUTHOR_EMAIL"] = "test@example.org", ["GIT_AUTHOR_DATE"] = "2026-01-02T03:04:06Z",
            ["GIT_COMMITTER_NAME"] = "test", ["GIT_COMMITTER_EMAIL"] = "test@example.org", ["GIT_COMMITTER_DATE"] = "2026-01-02T03:04:06Z",
            ["GIT_CONFIG_GLOBAL"] = Path.Combine(target, "no-such-file"), ["GIT_CONFIG_NOSYSTEM"] = "1",
        };
        foreach (var arguments in new[] { "init --quiet", "add --all", "commit --quiet --message=sources" })
        {
            (await CommandLine.Run(target, author, "git", arguments.Split(' '))).MustSucceed();
        }

        void CopyFolder(string name)
        {
            var source = Path.Combine(RepositoryRoot, name);
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var path = Path.GetRelativePath(source, file);
                var folders = path.Split(Path.DirectorySeparatorChar);
                if (!folders.Contains("bin") && !folders.Contains("obj"))
                {
                    var copy = Path.Combine(target, name, path);
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    File.Copy(file, copy);
                }
            }
        }
    }

    private async Task Pack(string sources, string output, Dictionary<string, string?> environment)
    {
        var result = await CommandLine.Run(
            sources, environment, CommandLine.Dotnet, "pack", Path.Combine("src", "SocketLeakAnalyzers.Package"), "-o", output, $"-p:Version={Version}");
        result.MustSucceed();
        Assert.DoesNotContain("warning", result.Output, StringComparison.OrdinalIgnoreCase);
    }
}
