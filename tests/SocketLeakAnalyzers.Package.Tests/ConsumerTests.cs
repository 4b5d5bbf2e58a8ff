using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

public sealed class ConsumerTests(PackedProduct product)
{
    // C# 7.3, the default of .NET Framework and .NET Standard, must be able to read it.
    private const string Leak = """
        using System.Net.Sockets;

        namespace Users
        {
            public static class Greeter
            {
                public static void Greet(string host)
                {
                    var client = [|new TcpClient()|];
                    client.NoDelay = host.Length > 0;
                    client.SendBufferSize = 1024;
                }
            }
        }

        """;

    private const string TwoLeaks = """
        using System.Net.Sockets;

        namespace Users
        {
            public static class Prober
            {
                public static bool Probe(string host)
                {
                    var client = [|new TcpClient()|]; // trailing words stay
                    client.NoDelay = host.Length > 0;
                    return client.Connected;
                }

                public static void Shout(byte[] words)
                {
                    /* leading words stay */
                    Socket socket = [|new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)|];
                    socket.NoDelay = true;
                    socket.SendBufferSize = words.Length;
                }
            }
        }

        """;

    private const string NoLeak = """
        using System.Net.Sockets;

        namespace Users
        {
            public static class Greeter
            {
                public static void Greet(string host)
                {
                    using (var client = new TcpClient())
                    {
                        client.NoDelay = host.Length > 0;
                        client.SendBufferSize = 1024;
                    }
                }
            }
        }

        """;

    [Fact]
    public async Task Leak_is_a_warning_of_the_build_at_its_acquisition()
    {
        var consumer = product.NewConsumer("Single");
        consumer.Project("net8.0", consumer.Reference).File("Greeter.cs", Leak).File("Prober.cs", TwoLeaks);

        (await consumer.Build()).HasTheMarkedFindings("warning", "net8.0");
    }

    [Fact]
    public async Task Project_without_a_leak_builds_without_a_warning_and_ships_nothing_of_the_package()
    {
        var consumer = product.NewConsumer("Clean");
        consumer.Project("net8.0", consumer.Reference).File("Greeter.cs", NoLeak);

        (await consumer.Build()).IsClean("net8.0");
        Assert.DoesNotContain(consumer.OutputFiles(), file => file.StartsWith("SocketLeakAnalyzers", System.StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leak_is_found_for_every_target_framework()
    {
        var consumer = product.NewConsumer("Multi");
        consumer.Project("net8.0;netstandard2.0;net472", consumer.Reference).File("Greeter.cs", Leak);

        (await consumer.Build()).HasTheMarkedFindings("warning", "net8.0", "netstandard2.0", "net472");
    }

    [Fact]
    public async Task Leak_is_found_under_central_package_management()
    {
        var consumer = product.NewConsumer("Central");
        consumer
            .File("Directory.Packages.props", $"""
                <Project>
                  <PropertyGroup>
                    <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
                  </PropertyGroup>
                  <ItemGroup>
                    <GlobalPackageReference Include="SocketLeakAnalyzers" Version="{consumer.Version}" />
                  </ItemGroup>
                </Project>
                """)
            // NU1507 asks for source mapping as soon as a machine has two sources.
            .Project("net8.0", "", "<NoWarn>$(NoWarn);NU1507</NoWarn>")
            .File("Greeter.cs", Leak);

        (await consumer.Build()).HasTheMarkedFindings("warning", "net8.0");
    }

    [Fact]
    public async Task Leak_fails_the_build_where_warnings_are_errors()
    {
        var consumer = product.NewConsumer("Strict");
        consumer.Project("net8.0", consumer.Reference, "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>").File("Greeter.cs", Leak);

        (await consumer.Build(succeeds: false)).HasTheMarkedFindings("error", "net8.0");
    }

    [Fact]
    public async Task Leak_fails_the_build_where_editorconfig_makes_it_an_error()
    {
        var consumer = product.NewConsumer("Configured");
        consumer.Project("net8.0", consumer.Reference).File("Greeter.cs", Leak).File(".editorconfig", """
            [*.cs]
            dotnet_diagnostic.SLA1001.severity = error

            """);

        (await consumer.Build(succeeds: false)).HasTheMarkedFindings("error", "net8.0");
    }

    [Fact]
    public async Task NoWarn_silences_the_rule()
    {
        var consumer = product.NewConsumer("Silenced");
        consumer.Project("net8.0", consumer.Reference, "<NoWarn>$(NoWarn);SLA1001</NoWarn>").File("Greeter.cs", Leak);

        (await consumer.Build()).IsClean("net8.0");
    }

    [Fact]
    public async Task Dotnet_format_repairs_every_leak_and_the_next_build_is_clean()
    {
        var windowsLines = TwoLeaks.Replace("\n", "\r\n");
        var consumer = product.NewConsumer("Repaired");
        consumer.Project("net8.0", consumer.Reference).File("Greeter.cs", Leak).File("Prober.cs", windowsLines);
        (await consumer.Build()).HasTheMarkedFindings("warning", "net8.0");

        (await consumer.Dotnet("format", "analyzers", "--diagnostics", "SLA1001", "--no-restore", "--verbosity", "normal")).MustSucceed();

        Assert.Equal(Repaired(Leak), consumer.Read("Greeter.cs"));
        Assert.Equal(Repaired(windowsLines), consumer.Read("Prober.cs"));
        (await consumer.Build()).IsClean("net8.0");

        static string Repaired(string marked) => marked
            .Replace("[|", "").Replace("|]", "")
            .Replace("var client", "using var client").Replace("Socket socket", "using Socket socket");
    }
}
