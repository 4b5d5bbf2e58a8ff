using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

/// <summary>What a project sets by <c>SocketLeakAnalyzersMode</c>, and what wins over it, in real builds.</summary>
public sealed class PresetTests(PackedProduct product)
{
    // By default: SLA1001, SLA2005, the suggestion SLA2007, and nothing of the last method, where only printing could throw.
    private const string Code = """
        using System;
        using System.Net.Sockets;
        using System.Threading.Tasks;

        namespace Users;

        public static class Calls
        {
            public static void Forget()
            {
                var client = new TcpClient();
                client.NoDelay = true;
            }

            public static void Connect(string host)
            {
                using var client = new TcpClient();
                client.Connect(host, 7000);
            }

            public static async Task<int> Receive(byte[] buffer)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                return await socket.ReceiveAsync(buffer);
            }

            public static void Print(string host)
            {
                var client = new TcpClient();
                Console.WriteLine(host);
                client.Dispose();
            }
        }

        """;

    [Fact]
    public async Task Mode_sets_the_severities()
    {
        var consumer = product.NewConsumer("Modes");
        consumer.Project("net8.0", consumer.Reference).File("Calls.cs", Code);

        (await consumer.Build()).Says("warning SLA1001", "warning SLA2005");
        (await consumer.Rebuild(true, "-p:SocketLeakAnalyzersMode=Default")).Says("warning SLA1001", "warning SLA2005");
        (await consumer.Rebuild(true, "-p:SocketLeakAnalyzersMode=Strict")).Says("warning SLA1001", "warning SLA1002", "warning SLA2005", "warning SLA2007");
        (await consumer.Rebuild(false, "-p:SocketLeakAnalyzersMode=errors")).Says("error SLA1001", "error SLA2005");
        (await consumer.Rebuild(true, "-p:SocketLeakAnalyzersMode=Minimal")).Says("warning SLA1001");
        (await consumer.Rebuild(true, "-p:SocketLeakAnalyzersMode=None")).Says();
    }

    [Fact]
    public async Task What_the_user_says_of_a_rule_wins_over_the_mode()
    {
        var consumer = product.NewConsumer("Chosen");
        consumer
            .Project("net8.0", consumer.Reference, "<SocketLeakAnalyzersMode>Errors</SocketLeakAnalyzersMode><NoWarn>$(NoWarn);SLA1001</NoWarn>")
            .File("Calls.cs", Code)
            .File(".editorconfig", """
                [*.cs]
                dotnet_diagnostic.SLA2005.severity = warning
                dotnet_diagnostic.SLA2007.severity = warning

                """);

        (await consumer.Build()).Says("warning SLA2005", "warning SLA2007");
        (await consumer.Rebuild(false, "-p:SocketLeakAnalyzersMode=Strict", "-p:WarningsAsErrors=SLA2005")).Says("warning SLA1002", "error SLA2005", "warning SLA2007");
    }

    [Fact]
    public async Task Mode_of_a_referenced_project_is_not_that_of_the_project()
    {
        var consumer = product.NewConsumer("Transitive");
        consumer
            .Project("net8.0", """<ProjectReference Include="Inner/Inner.csproj" />""", "<SocketLeakAnalyzersMode>Minimal</SocketLeakAnalyzersMode><DefaultItemExcludes>$(DefaultItemExcludes);Inner/**</DefaultItemExcludes>")
            .File("Calls.cs", Code)
            .File("Inner/Inner.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net8.0</TargetFramework>
                    <NuGetAudit>false</NuGetAudit>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="SocketLeakAnalyzers" Version="{consumer.Version}" PrivateAssets="none" IncludeAssets="all" />
                    <KnownFrameworkReference Update="Microsoft.NETCore.App" TargetingPackVersion="8.0.28" />
                  </ItemGroup>
                </Project>
                """);

        (await consumer.Build()).Says("warning SLA1001");
    }

    [Fact]
    public async Task Mode_that_does_not_exist_is_named_and_the_default_holds()
    {
        var consumer = product.NewConsumer("Misspelt");
        consumer.Project("net8.0", consumer.Reference, "<SocketLeakAnalyzersMode>Strickt</SocketLeakAnalyzersMode>").File("Calls.cs", Code);

        var build = await consumer.Build();

        build.Says("warning SLA1001", "warning SLA2005");
        build.Mentions("SocketLeakAnalyzersMode is 'Strickt'");
    }

    [Fact]
    public async Task Ownership_file_beside_the_project_is_read_once_unless_it_is_opted_out_of()
    {
        var consumer = product.NewConsumer("Rows");
        consumer
            .Project("net8.0", consumer.Reference)
            .File("SocketLeak.Ours.txt", """
                T:Users.Lease: resource socket
                M:Users.Lease.#ctor: hands over everything

                """)
            .File("Leases.cs", """
                using System;

                namespace Users;

                public sealed class Lease : IDisposable
                {
                    public bool IsOpen { get; set; }

                    public void Dispose() => IsOpen = false;
                }

                public static class Leases
                {
                    public static void Take()
                    {
                        var lease = new Lease();
                        lease.IsOpen = true;
                    }
                }

                """);

        (await consumer.Build()).Says("warning SLA0002", "warning SLA1001");
        (await consumer.Rebuild(true, "-p:SocketLeakAnalyzersIncludeOwnershipFiles=false")).Says();

        consumer.Project("net8.0", consumer.Reference + """<AdditionalFiles Include="SocketLeak.Ours.txt" />""");
        (await consumer.Rebuild(true)).Says("warning SLA0002", "warning SLA1001");
    }
}
