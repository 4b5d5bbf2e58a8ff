using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Package.Tests;

/// <summary>What a build of a user does with the findings: suppress them, log them, have them repaired.</summary>
public sealed class BuildTests(PackedProduct product)
{
    private const string Leaks = """
        using System;
        using System.IO;
        using System.Net;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Users;

        public static class Leaks
        {
            public static void Never(string host)
            {
                var client = new TcpClient();
                client.NoDelay = host.Length > 0;
            }

            public static int OnSomePath(string path)
            {
                var file = File.OpenRead(path);
                var first = file.ReadByte();
                file.Dispose();
                return first;
            }

            public static Socket BeforeHandOver(EndPoint end)
            {
                var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(end);
                return socket;
            }

            public static FileStream InALoop(string path)
            {
                FileStream file = null;
                for (var i = 0; i < 3; i++)
                {
                    file = File.OpenRead(path + i);
                    if (file.Length > 0)
                    {
                        return file;
                    }
                }

                return file;
            }

            public static async Task Serve(CancellationToken token)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                while (!token.IsCancellationRequested)
                {
                    using var client = await listener.AcceptTcpClientAsync(token);
                }

                listener.Stop();
            }
        }

        """;

    private static readonly string[] Rules = { "SLA1001", "SLA1002", "SLA1003", "SLA1004", "SLA5001" };

    [Fact]
    public async Task Dotnet_format_repairs_what_is_safe_in_batch_and_the_next_build_is_clean()
    {
        var consumer = product.NewConsumer("Batch");
        consumer.Project("net8.0", consumer.Reference).File("Leaks.cs", Leaks);
        (await consumer.Build()).Says(Rules.Select(rule => "warning " + rule).ToArray());

        (await consumer.Dotnet(["format", "analyzers", "--diagnostics", .. Rules, "--no-restore", "--verbosity", "normal"])).MustSucceed();

        (await consumer.Rebuild(succeeds: true)).Says();
    }

    [Fact]
    public async Task Log_of_the_compiler_has_the_place_on_the_path_and_the_page_of_the_rule()
    {
        var consumer = product.NewConsumer("Logged");
        consumer.Project("net8.0", consumer.Reference).File("Leaks.cs", Leaks);
        await consumer.Build();

        using var log = JsonDocument.Parse(consumer.Read("net8.0.sarif"));
        Assert.Equal("2.1.0", log.RootElement.GetProperty("version").GetString());
        var run = log.RootElement.GetProperty("runs")[0];
        var result = run.GetProperty("results").EnumerateArray().Single(result => result.GetProperty("ruleId").GetString() == "SLA1002");
        var line = 1 + Leaks.Split('\n').ToList().FindIndex(text => text.Contains("file.ReadByte()", System.StringComparison.Ordinal));

        Assert.Contains("'ReadByte'", result.GetProperty("message").GetProperty("text").GetString(), System.StringComparison.Ordinal);
        Assert.Equal(line, result.GetProperty("relatedLocations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32());
        var rule = run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Single(rule => rule.GetProperty("id").GetString() == "SLA1002");
        Assert.EndsWith("/docs/rules/SLA1002.md", rule.GetProperty("helpUri").GetString(), System.StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_is_suppressed_by_a_pragma_an_attribute_a_suppression_file_and_a_folder()
    {
        var consumer = product.NewConsumer("Suppressed");
        consumer
            .Project("net8.0", consumer.Reference)
            .File("Leaks.cs", """
                using System.Diagnostics.CodeAnalysis;
                using System.Net.Sockets;

                [assembly: SuppressMessage("Lifetime", "SLA1001", Justification = "goes with the old server", Scope = "member", Target = "~M:Users.Leaks.InAFile")]

                namespace Users;

                public static class Leaks
                {
                    public static void Plain() => new TcpClient().NoDelay = true;

                    public static void InAFile() => new TcpClient().NoDelay = true;

                    [SuppressMessage("Lifetime", "SLA1001", Justification = "goes with the old server")]
                    public static void ByAttribute() => new TcpClient().NoDelay = true;

                    public static void ByPragma()
                    {
                #pragma warning disable SLA1001 // goes with the old server
                        new TcpClient().NoDelay = true;
                #pragma warning restore SLA1001
                    }
                }

                """)
            .File("Old/Server.cs", """
                using System.Net.Sockets;

                namespace Users;

                public static class Server
                {
                    public static void Run() => new TcpClient().NoDelay = true;
                }

                """)
            .File("Old/.editorconfig", """
                [*.cs]
                dotnet_diagnostic.SLA1001.severity = none

                """);

        (await consumer.Build()).Says("warning SLA1001");
    }
}
