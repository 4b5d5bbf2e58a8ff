using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

/// <summary>A project that has other analyzers of leaks on as well, in real builds.</summary>
public sealed class SideBySideTests(PackedProduct product)
{
    /// <summary>One mistake a line: a local, a temporary, an early return, an exception, a client at every call, a streamed body, an overwritten field, two fields that nobody disposes.</summary>
    private const string Code = """
        using System;
        using System.IO;
        using System.Net.Http;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Users;

        public static class Leaks
        {
            public static bool Local(byte[] buffer)
            {
                var client = new TcpClient();
                return client.Connected;
            }

            public static int Temporary(string path) => File.OpenRead(path).ReadByte();

            public static void Early(string path, bool quick)
            {
                var file = File.OpenRead(path);
                if (quick)
                {
                    return;
                }

                file.ReadByte();
                file.Dispose();
            }

            public static void Throws(string path)
            {
                var file = File.OpenRead(path);
                file.ReadByte();
                file.Close();
            }

            public static async Task<string> PerCall(string url, CancellationToken token)
            {
                using var client = new HttpClient();
                return await client.GetStringAsync(url, token);
            }

            public static async Task<string> Body(HttpClient client, string url, CancellationToken token)
            {
                using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                return await response.Content.ReadAsStringAsync();
            }
        }

        public sealed class Log : IDisposable
        {
            private FileStream? _file;

            public void Turn(string path)
            {
                for (var i = 0; i < 5; i++)
                {
                    _file = File.OpenRead(path + i);
                }
            }

            public void Dispose() => _file?.Dispose();
        }

        public sealed class Holder : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();

            public bool IsUp => _client.Connected;

            public void Dispose()
            {
            }
        }

        public sealed class Keeper
        {
            private readonly TcpClient _client = new TcpClient();

            public bool IsUp => _client.Connected;
        }

        """;

    private const string Others = """
        root = true
        [*.cs]
        dotnet_diagnostic.CA1001.severity = warning
        dotnet_diagnostic.CA2000.severity = warning
        dotnet_diagnostic.CA2016.severity = warning
        dotnet_diagnostic.CA2213.severity = warning

        """;

    [Fact]
    public async Task Lines_of_the_documentation_leave_one_tool_to_speak_of_a_leak()
    {
        var section = File.ReadAllText(Path.Combine(PackedProduct.RepositoryRoot, "docs/comparison.md")).ReplaceLineEndings("\n").Split("\n## Side by side without double reports\n")[1];
        var lines = section.Split("```ini\n")[1].Split("```")[0];
        var consumer = product.NewConsumer("SideBySide");
        consumer
            .Project("net8.0", consumer.Reference + """<PackageReference Include="IDisposableAnalyzers" Version="4.0.8" PrivateAssets="all" />""", "<Nullable>enable</Nullable>")
            .File("Leaks.cs", Code)
            .File(".editorconfig", Others);

        var (ours, others) = Members(await consumer.Build());
        Assert.Equal(["Body", "Early", "Holder", "Keeper", "Local", "Log", "PerCall", "Temporary", "Throws"], ours);
        Assert.Equal(["Body", "Early", "Holder", "Keeper", "Local", "Log", "Temporary", "Throws"], others);

        consumer.File(".editorconfig", Others + lines);
        (ours, others) = Members(await consumer.Rebuild(true));
        Assert.Equal(["Body", "Early", "Local", "Log", "PerCall", "Temporary", "Throws"], ours);
        Assert.Equal(["Holder", "Keeper"], others);
    }

    /// <summary>The methods and classes in which this package and the others find something.</summary>
    private static (string[] Ours, string[] Others) Members(Consumer.ConsumerBuild build)
    {
        var found = build.Diagnostics.ToLookup(diagnostic => diagnostic.Id.StartsWith("SLA", StringComparison.Ordinal), diagnostic => MemberAt(diagnostic.Line));
        return (Sorted(found[true]), Sorted(found[false]));

        static string[] Sorted(System.Collections.Generic.IEnumerable<string> members) => [.. members.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The class, or the method of the first class, in whose lines a line is.</summary>
    private static string MemberAt(int line)
    {
        var before = Code.Split('\n').Take(line).ToList();
        var start = before.FindLastIndex(text => text.StartsWith("public sealed class ", StringComparison.Ordinal) || text.StartsWith("    public static ", StringComparison.Ordinal));
        return before[start].Split('(')[0].Split(':')[0].TrimEnd().Split(' ')[^1];
    }
}
