using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>The fixes of SLA2005, SLA2006 and SLA2007 on what the rules themselves report, in the forms of real services; and that nothing is reported of the result.</summary>
public sealed class TokenFixesOnFindingsTests
{
    private static Task Connects(string before, string after, ReferenceAssemblies? references = null) =>
        Verify<UseAnalyzer, BoundConnectCodeFixProvider>.Fixes(before, after, references: references);

    private static Task Passes(string before, string after, ReferenceAssemblies? references = null, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<UseAnalyzer, PassTokenCodeFixProvider>.Fixes(before, after, references: references, languageVersion: languageVersion);

    [Fact]
    public Task A_prober_that_connects_in_its_constructor() => Connects(
        """
        public static class Prober
        {
            public static async Task<bool> IsUp(string host, int port, CancellationToken token)
            {
                try
                {
                    using var client = {|SLA2005:new TcpClient(host, port)|};
                    await client.GetStream().WriteAsync(new byte[1], token);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            }
        }
        """,
        """
        public static class Prober
        {
            public static async Task<bool> IsUp(string host, int port, CancellationToken token)
            {
                try
                {
                    using var cts = CancellationTokenSource.CreateLinkedTokenSource(token);
                    cts.CancelAfter(TimeSpan.FromSeconds(30));
                    using var client = new TcpClient();
                    try
                    {
                        await client.ConnectAsync(host, port, cts.Token);
                    }
                    catch (OperationCanceledException) when (!token.IsCancellationRequested)
                    {
                        throw new SocketException((int)SocketError.TimedOut);
                    }
                    await client.GetStream().WriteAsync(new byte[1], token);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            }
        }
        """);

    [Fact]
    public Task A_client_that_tries_two_addresses() => Connects(
        """
        public sealed class Link
        {
            public async Task<Socket> Open(EndPoint first, EndPoint second)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    try
                    {
                        await {|SLA2005:socket.ConnectAsync(first)|};
                    }
                    catch (SocketException)
                    {
                        await socket.ConnectAsync(second);
                    }

                    return socket;
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        """,
        """
        public sealed class Link
        {
            public async Task<Socket> Open(EndPoint first, EndPoint second)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    try
                    {
                        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                        try
                        {
                            await socket.ConnectAsync(first, cts.Token);
                        }
                        catch (OperationCanceledException)
                        {
                            throw new SocketException((int)SocketError.TimedOut);
                        }
                    }
                    catch (SocketException)
                    {
                        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                        await socket.ConnectAsync(second, cts.Token);
                    }

                    return socket;
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task A_feed_over_a_web_socket() => Connects(
        """
        public class Feed : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                while (!stoppingToken.IsCancellationRequested)
                {
                    using var socket = new ClientWebSocket();
                    await {|SLA2005:socket.ConnectAsync(new Uri("wss://feed.example"), CancellationToken.None)|};
                    await socket.ReceiveAsync(new ArraySegment<byte>(new byte[4096]), stoppingToken);
                }
            }
        }
        """,
        """
        public class Feed : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                while (!stoppingToken.IsCancellationRequested)
                {
                    using var socket = new ClientWebSocket();
                    using var cts = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    cts.CancelAfter(TimeSpan.FromSeconds(30));
                    await socket.ConnectAsync(new Uri("wss://feed.example"), cts.Token);
                    await socket.ReceiveAsync(new ArraySegment<byte>(new byte[4096]), stoppingToken);
                }
            }
        }
        """);

    [Fact]
    public Task A_pipe_to_a_helper_process() => Connects(
        """
        public static class Helper
        {
            public static string Ask(string question)
            {
                using (var pipe = new NamedPipeClientStream(".", "helper", PipeDirection.InOut))
                {
                    {|SLA2005:pipe.Connect()|};
                    var writer = new StreamWriter(pipe);
                    writer.WriteLine(question);
                    writer.Flush();
                    return new StreamReader(pipe).ReadLine();
                }
            }
        }
        """,
        """
        public static class Helper
        {
            public static string Ask(string question)
            {
                using (var pipe = new NamedPipeClientStream(".", "helper", PipeDirection.InOut))
                {
                    pipe.Connect(30000);
                    var writer = new StreamWriter(pipe);
                    writer.WriteLine(question);
                    writer.Flush();
                    return new StreamReader(pipe).ReadLine();
                }
            }
        }
        """,
        TargetFrameworks.Net472);

    [Fact]
    public Task A_client_whose_timeouts_do_nothing() => Passes(
        """
        public sealed class Line : IDisposable
        {
            private readonly TcpClient _client = new() { ReceiveTimeout = 5000, SendTimeout = 5000 };

            public async Task<int> Ask(byte[] question, byte[] answer, CancellationToken token)
            {
                await _client.ConnectAsync("localhost", 9000, token);
                var stream = _client.GetStream();
                await {|SLA2006:stream.WriteAsync(question, 0, question.Length)|};
                return await stream.ReadAsync(answer, 0, answer.Length);
            }

            public void Dispose() => _client.Dispose();
        }
        """,
        """
        public sealed class Line : IDisposable
        {
            private readonly TcpClient _client = new() { ReceiveTimeout = 5000, SendTimeout = 5000 };

            public async Task<int> Ask(byte[] question, byte[] answer, CancellationToken token)
            {
                await _client.ConnectAsync("localhost", 9000, token);
                var stream = _client.GetStream();
                await stream.WriteAsync(question, 0, question.Length, token);
                return await stream.ReadAsync(answer, 0, answer.Length, token);
            }

            public void Dispose() => _client.Dispose();
        }
        """);

    [Fact]
    public Task A_library_for_old_frameworks_whose_timeout_does_nothing() => Passes(
        """
        public sealed class Line
        {
            public async Task<int> Read(TcpClient client, byte[] buffer)
            {
                client.ReceiveTimeout = 5000;
                var stream = client.GetStream();
                int total = 0;
                while (total < buffer.Length)
                {
                    int read = await {|SLA2006:stream.ReadAsync(buffer, total, buffer.Length - total)|}.ConfigureAwait(false);
                    if (read == 0) break;
                    total += read;
                }
                return total;
            }
        }
        """,
        """
        public sealed class Line
        {
            public async Task<int> Read(TcpClient client, byte[] buffer)
            {
                client.ReceiveTimeout = 5000;
                var stream = client.GetStream();
                int total = 0;
                while (total < buffer.Length)
                {
                    int read;
                    using (var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
                    {
                        read = await stream.ReadAsync(buffer, total, buffer.Length - total, cts.Token).ConfigureAwait(false);
                    }
                    if (read == 0) break;
                    total += read;
                }
                return total;
            }
        }
        """,
        TargetFrameworks.NetStandard20,
        LanguageVersion.CSharp7_3);

    [Fact]
    public Task An_echo_server_that_waits_for_each_line() => Passes(
        """
        public static class Echo
        {
            public static async Task Serve(TcpClient client)
            {
                using (client)
                {
                    using var reader = new StreamReader(client.GetStream());
                    using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
                    while (await {|SLA2007:reader.ReadLineAsync()|} is { } line)
                    {
                        await writer.WriteLineAsync(line);
                    }
                }
            }
        }
        """,
        """
        public static class Echo
        {
            public static async Task Serve(TcpClient client)
            {
                using (client)
                {
                    using var reader = new StreamReader(client.GetStream());
                    using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
                    while (true)
                    {
                        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                        if (!(await reader.ReadLineAsync(cts.Token) is { } line))
                        {
                            break;
                        }

                        using var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                        await writer.WriteLineAsync(line.AsMemory(), cts2.Token);
                    }
                }
            }
        }
        """);

    [Fact]
    public Task A_chat_endpoint() => Passes(
        """
        public static class ChatEndpoint
        {
            public static async Task Handle(HttpContext context)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[4096];
                var result = await {|SLA2007:socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None)|};
                while (!result.CloseStatus.HasValue)
                {
                    await socket.SendAsync(new ArraySegment<byte>(buffer, 0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
                    result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
                }

                await socket.CloseAsync(result.CloseStatus.Value, result.CloseStatusDescription, CancellationToken.None);
            }
        }
        """,
        """
        public static class ChatEndpoint
        {
            public static async Task Handle(HttpContext context)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[4096];
                var result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), context.RequestAborted);
                while (!result.CloseStatus.HasValue)
                {
                    await socket.SendAsync(new ArraySegment<byte>(buffer, 0, result.Count), result.MessageType, result.EndOfMessage, context.RequestAborted);
                    result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), context.RequestAborted);
                }

                await socket.CloseAsync(result.CloseStatus.Value, result.CloseStatusDescription, context.RequestAborted);
            }
        }
        """);

    [Fact]
    public Task A_tls_upgrade_of_an_accepted_client() => Passes(
        """
        public sealed class Gate(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
        {
            public async Task<SslStream> Upgrade(TcpClient client)
            {
                var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
                try
                {
                    await {|SLA2007:tls.AuthenticateAsServerAsync(certificate, clientCertificateRequired: false, checkCertificateRevocation: true)|};
                    return tls;
                }
                catch
                {
                    tls.Dispose();
                    throw;
                }
            }
        }
        """,
        """
        public sealed class Gate(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
        {
            public async Task<SslStream> Upgrade(TcpClient client)
            {
                var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
                try
                {
                    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.Online }, cts.Token);
                    return tls;
                }
                catch
                {
                    tls.Dispose();
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task A_proxy_that_copies_both_ways() => Passes(
        """
        public sealed class Proxy
        {
            public async Task Pump(NetworkStream left, NetworkStream right)
            {
                await Task.WhenAll({|SLA2007:left.CopyToAsync(right)|}, right.CopyToAsync(left));
            }
        }
        """,
        """
        public sealed class Proxy
        {
            public async Task Pump(NetworkStream left, NetworkStream right)
            {
                using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                await Task.WhenAll(left.CopyToAsync(right, cts.Token), right.CopyToAsync(left, cts.Token));
            }
        }
        """);

    [Fact]
    public Task An_echo_loop_of_one_statement_has_one_source_a_round() => Passes(
        """
        public static class Echo
        {
            public static async Task RunAsync(NetworkStream stream)
            {
                var buffer = new byte[1024];
                int n;
                while ((n = await {|SLA2007:stream.ReadAsync(buffer)|}) > 0)
                    await stream.WriteAsync(buffer.AsMemory(0, n));
            }
        }
        """,
        """
        public static class Echo
        {
            public static async Task RunAsync(NetworkStream stream)
            {
                var buffer = new byte[1024];
                int n;
                while (true)
                {
                    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                    if ((n = await stream.ReadAsync(buffer, cts.Token)) <= 0)
                    {
                        break;
                    }
                    await stream.WriteAsync(buffer.AsMemory(0, n), cts.Token);
                }
            }
        }
        """);

    [Fact]
    public Task An_echo_loop_under_a_test_has_one_source_a_round() => Passes(
        """
        public static class Echo
        {
            public static async Task RunAsync(NetworkStream stream, bool answers)
            {
                var buffer = new byte[1024];
                int n;
                while ((n = await {|SLA2007:stream.ReadAsync(buffer)|}) > 0)
                    if (answers)
                        await stream.WriteAsync(buffer.AsMemory(0, n));
            }
        }
        """,
        """
        public static class Echo
        {
            public static async Task RunAsync(NetworkStream stream, bool answers)
            {
                var buffer = new byte[1024];
                int n;
                while (true)
                {
                    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                    if ((n = await stream.ReadAsync(buffer, cts.Token)) <= 0)
                    {
                        break;
                    }
                    if (answers)
                        await stream.WriteAsync(buffer.AsMemory(0, n), cts.Token);
                }
            }
        }
        """);

    // A source that nothing cancels is given the deadline itself.

    [Fact]
    public Task A_source_that_nothing_cancels_gives_up_connecting() => Connects(
        """
        public static class Prober
        {
            public static async Task<bool> IsUp(string host)
            {
                using var cts = new CancellationTokenSource();
                using var client = new TcpClient();
                await {|SLA2005:client.ConnectAsync(host, 80, cts.Token)|};
                return client.Connected;
            }
        }
        """,
        """
        public static class Prober
        {
            public static async Task<bool> IsUp(string host)
            {
                using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                using var client = new TcpClient();
                await client.ConnectAsync(host, 80, cts.Token);
                return client.Connected;
            }
        }
        """);

    [Fact]
    public Task A_source_that_nothing_cancels_ends_reads_by_its_token_and_by_a_name_for_it() => Passes(
        """
        public class Pages
        {
            public async Task<string> Text(HttpClient http, string url)
            {
                CancellationTokenSource source = new();
                using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, source.Token);
                return await {|SLA2003:response.Content.ReadAsStringAsync(source.Token)|};
            }

            public async Task Save(HttpClient http, string url, Stream file)
            {
                var source = new CancellationTokenSource();
                var token = source.Token;
                await using var body = await http.GetStreamAsync(url, token);
                await {|SLA2003:body.CopyToAsync(file, token)|};
            }
        }
        """,
        """
        public class Pages
        {
            public async Task<string> Text(HttpClient http, string url)
            {
                CancellationTokenSource source = new(TimeSpan.FromSeconds(30));
                using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, source.Token);
                return await response.Content.ReadAsStringAsync(source.Token);
            }

            public async Task Save(HttpClient http, string url, Stream file)
            {
                var source = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                var token = source.Token;
                await using var body = await http.GetStreamAsync(url, token);
                await body.CopyToAsync(file, token);
            }
        }
        """);

    [Fact]
    public Task A_source_that_nothing_cancels_is_set_anew_for_each_round() => Passes(
        """
        public class Lines
        {
            public async Task Read(NetworkStream stream, byte[] buffer)
            {
                using var cts = new CancellationTokenSource();
                var token = cts.Token;
                while (!token.IsCancellationRequested)
                {
                    // Next.
                    var read = await {|SLA2007:stream.ReadAsync(buffer, token)|};
                    if (read == 0) break;
                    await stream.WriteAsync(buffer.AsMemory(0, read), token);
                }
            }
        }
        """,
        """
        public class Lines
        {
            public async Task Read(NetworkStream stream, byte[] buffer)
            {
                using var cts = new CancellationTokenSource();
                var token = cts.Token;
                while (!token.IsCancellationRequested)
                {
                    // Next.
                    cts.CancelAfter(TimeSpan.FromSeconds(30));
                    var read = await stream.ReadAsync(buffer, token);
                    if (read == 0) break;
                    cts.CancelAfter(TimeSpan.FromSeconds(30));
                    await stream.WriteAsync(buffer.AsMemory(0, read), token);
                }
            }
        }
        """);

    [Fact]
    public Task A_source_that_outlives_a_round_that_failed_is_left() => Verify<UseAnalyzer, BoundConnectCodeFixProvider>.NoFix(
        """
        public static class Prober
        {
            public static async Task Probe(string[] hosts)
            {
                using var cts = new CancellationTokenSource();
                foreach (var host in hosts)
                {
                    using var client = new TcpClient();
                    try
                    {
                        await {|SLA2005:client.ConnectAsync(host, 80, cts.Token)|};
                    }
                    catch (Exception e)
                    {
                        Console.WriteLine(e.Message);
                    }
                }
            }
        }
        """);
}
