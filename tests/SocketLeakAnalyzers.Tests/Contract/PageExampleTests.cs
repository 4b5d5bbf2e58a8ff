using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Tests.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>
/// What the pages show is true: the leak is reported by the rule of the page, on the line that says so, and the repair is not. The pages show a few lines; what stands around them, and the
/// methods that they call, is given here.
/// </summary>
public sealed partial class PageExampleTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Net;
        using System.Net.Http;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Http;

        """;

    /// <summary>The code of the page stands for <c>$</c>. A page that is not here shows members of a class.</summary>
    private static readonly Dictionary<string, string> Surroundings = new()
    {
        ["SLA1001"] = """
            static class Page
            {
                private static readonly byte[] Hello = new byte[8];
                private static byte[] Receive(TcpClient client) => new byte[client.Available];
                private static DateTime Parse(byte[] answer) => DateTime.UnixEpoch.AddDays(answer.Length);
                $
            }
            """,
        ["SLA1002"] = "static class Page { private static byte[] ReadFrame(Stream stream) => new byte[stream.ReadByte()]; $ }",
        ["SLA1005"] = "$",
        ["SLA2003"] = "class Page { static async Task<string> Run(HttpClient client, string url, CancellationToken token) { $ } }",
        ["SLA2004"] = "class Page { static void Run(IPAddress address, byte[] buffer) { $ } }",
        ["SLA2005"] = "class Page { static async Task Run(string host) { $ } }",
        ["SLA2006"] = "class Page { static async Task Run(string host, byte[] buffer, CancellationToken token) { using var client = new TcpClient(); await client.ConnectAsync(host, 7000, token); $ } }",
        ["SLA2007"] = "class Page { static async Task Run(string host, byte[] buffer, CancellationToken token) { using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); await socket.ConnectAsync(host, 7000, token); $ } }",
        ["SLA3001"] = "class Page { static async Task Run(HttpListener listener, Stream log) { $ } }",
        ["SLA3002"] = "class Page { static void Run(WebApplication app, ChannelReader<string> lines) { $ } }",
        ["SLA4001"] = "class Page { static void Log(string text) => Console.WriteLine(text); static void Ask(TcpClient client) => client.GetStream().ReadByte(); static void Run(string host) { $ } }",
        ["SLA4002"] = "class Page { static async Task<byte[]> Run(NetworkStream stream, byte[] buffer) { $ return buffer; } }",
        ["SLA4003"] = "class Page { static void Handle(TcpClient client) { using (client) { client.GetStream().ReadByte(); } } static void Run(TcpListener listener) { $ } }",
        ["SLA5001"] = "class Page { static async Task ServeAsync(TcpClient client, CancellationToken token) { using (client) { await Task.Delay(1, token); } } static async Task Run(CancellationToken token) { $ } }",
        ["SLA5002"] = """
            class Page
            {
                private readonly CancellationTokenSource _stopping = new CancellationTokenSource();
                private readonly List<Task> _handlers = new List<Task>();
                private readonly TcpListener _listener = new TcpListener(IPAddress.Any, 7000);
                public async Task StartAsync()
                {
                    _listener.Start();
                    while (!_stopping.IsCancellationRequested)
                    {
                        _handlers.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
                    }
                }
                private static async Task ServeAsync(TcpClient client) { using (client) { await Task.Yield(); } }
                $
            }
            """,
    };

    public static TheoryData<string> RuleIds => new(Product.Rules.Where(rule => rule.Category != "Configuration").Select(rule => rule.Id));

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task Leak_of_the_page_is_reported_and_its_repair_is_not(string id)
    {
        var blocks = Blocks(id);
        Assert.Equal(2, blocks.Count);

        var marked = Assert.Single(blocks[0].Split('\n'), line => line.Contains("// " + id, StringComparison.Ordinal));
        Assert.Equal(marked.Trim(), Assert.Single(await Lines(id, blocks[0])).Trim());
        Assert.Empty(await Lines(id, blocks[1]));
    }

    private static List<string> Blocks(string id) =>
        [.. CodeBlock().Matches(Product.Read($"docs/rules/{id}.md").Split("\n## A leak and its repair\n")[1].Split("\n## ")[0]).Select(match => match.Groups[1].Value)];

    /// <summary>The leak that the page of a rule shows.</summary>
    public static string Leak(string id) => Blocks(id)[0];

    /// <summary>The lines on which the rule reports.</summary>
    /// <param name="id">The rule.</param>
    /// <param name="code">What the page shows.</param>
    /// <param name="option">A line of a <c>.globalconfig</c>.</param>
    public static async Task<IReadOnlyList<string>> Lines(string id, string code, string option = "")
    {
        var compilation = Subject.Compile(Usings + Surroundings.GetValueOrDefault(id, "class Page { $ }").Replace("$", "\n" + code));
        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var thrown = new ConcurrentQueue<string>();
        var found = await Subject.Run(compilation, thrown, globalconfig: option).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(thrown);
        return found.Where(diagnostic => diagnostic.Id == id)
            .Select(diagnostic => diagnostic.Location.SourceTree!.GetText().Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start).ToString())
            .ToList();
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
