using System.Threading.Tasks;
using Microsoft.CodeAnalysis.Testing;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules;

/// <summary>What a finding says to somebody who has only the line of the build log: what is lost, where, and what would have been done about it.</summary>
public sealed class MessageTests
{
    private static DiagnosticResult Resource(string id, string message) => Verify<ResourceAnalyzer>.Diagnostic(id).WithLocation(0).WithLocation(1).WithMessage(message);

    private static DiagnosticResult Use(string id, string message) => Verify<UseAnalyzer>.Diagnostic(id).WithLocation(0).WithLocation(1).WithMessage(message);

    [Fact]
    public Task Way_out_on_another_line_is_told_with_its_line() =>
        Verify<ResourceAnalyzer>.Reports(
            """
            class Probe
            {
                bool IsUp(string host)
                {
                    var client = {|#0:new TcpClient()|};
                    if (host.Length == 0)
                    {
                        {|#1:return false;|}
                    }

                    client.Dispose();
                    return true;
                }
            }
            """,
            [Resource("SLA1002", "'client' (TcpClient) is not disposed when 'IsUp' returns on line {#1}")]);

    [Fact]
    public Task Way_out_on_the_line_of_the_finding_is_told_without_one() =>
        Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod("{|#1:return {|#0:File.OpenRead(path)|}.ReadByte();|}", "public int M(string path)"),
            [Resource("SLA1001", "the FileStream is not disposed on any path; it is lost when 'M' returns here")]);

    [Theory]
    [InlineData("path.Length == 0 ? null : {|#0:File.OpenRead(path)|}")]
    [InlineData("path switch { \"\" => null, _ => {|#0:File.OpenRead(path)|} }")]
    [InlineData("(path.Length == 0 ? throw new IOException() : {|#0:File.OpenRead(path)|})")]
    public Task Resource_of_a_choice_has_the_name_of_the_variable(string made) =>
        Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod("Stream stream = " + made + ";\n{|#1:return stream?.ReadByte() ?? 0;|}", "public int M(string path)"),
            [Resource("SLA1001", "'stream' (FileStream) is not disposed on any path; it is lost when 'M' returns on line {#1}")]);

    [Theory]
    [InlineData("File.Exists({|#0:File.OpenRead(path)|}.Name) ? 1 : 2")]
    [InlineData("{|#0:File.OpenRead(path)|}.Length switch { 0 => 1, _ => 2 }")]
    public Task Resource_in_the_condition_of_a_choice_has_no_name(string made) =>
        Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod("var n = " + made + ";\n{|#1:return n;|}", "public int M(string path)"),
            [Resource("SLA1001", "the FileStream is not disposed on any path; it is lost when 'M' returns on line {#1}")]);

    [Fact]
    public Task Call_in_a_chain_over_several_lines_is_told_with_the_line_of_its_name() =>
        Verify<ResourceAnalyzer>.Reports(
            """
            class Probe
            {
                async Task<TcpClient> Dial(string host)
                {
                    var client = {|#0:new TcpClient()|};
                    await {|#1:client
                        .ConnectAsync(host, 80)|}
                        .ConfigureAwait(false);
                    return client;
                }
            }
            """,
            [Resource("SLA1003", "'client' (TcpClient) is not disposed if 'ConnectAsync' on line 7 throws before it is returned, stored or passed on")]);

    [Fact]
    public Task Request_of_a_listener_is_told_as_the_response_to_close() =>
        Verify<ResourceAnalyzer>.Reports(
            """
            class Server
            {
                void Serve(HttpListener listener)
                {
                    var context = {|#0:listener.GetContext()|};
                    context.Response.StatusCode = 204;
                {|#1:}|}
            }
            """,
            [Resource("SLA1001", "the response of 'context' (HttpListenerContext) is not closed on any path; it is lost when 'Serve' ends")]);

    [Fact]
    public Task Listening_socket_is_told_as_one_to_close() =>
        Verify<ResourceAnalyzer>.Reports(
            """
            class Server
            {
                void Serve(EndPoint end)
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(end);
                    {|#0:socket.Listen(5)|};
                {|#1:}|}
            }
            """,
            [Resource("SLA5001", "'socket' (Socket) is not closed when 'Serve' ends")]);

    [Fact]
    public Task Overwritten_client_is_told_with_what_has_not_been_done() =>
        Verify<ResourceAnalyzer>.Reports(
            """
            class Link
            {
                void Open(HttpClient client)
                {
                    HttpResponseMessage response = {|#1:client.Send(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead)|};
                    {|#0:response = null|};
                }
            }
            """,
            [Resource("SLA1004", "'response' is overwritten while the HttpResponseMessage that it holds has not been disposed")]);

    [Fact]
    public Task Object_whose_constructor_throws_is_told_as_lost() =>
        Verify<ResourceAnalyzer>.Reports(
            """
            class Link : IDisposable
            {
                private readonly Socket _socket;
                public Link(EndPoint end)
                {
                    _socket = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                    {|#1:_socket.Connect(end)|};
                }
                public void Dispose() => _socket.Dispose();
            }
            """,
            [Resource("SLA1003", "'_socket' (Socket) is not disposed if 'Connect' on line {#1} throws: nobody gets an object whose constructor throws")]);

    [Fact]
    public Task Reader_that_reads_a_body_in_its_constructor_is_told_by_its_name() =>
        Verify<UseAnalyzer>.Reports(
            """
            class Feed
            {
                static readonly HttpClient Client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
                async Task Read(string url)
                {
                    using var stream = await Client.GetStreamAsync(url);
                    using var zip = {|#0:new System.IO.Compression.ZipArchive(stream)|};
                }
            }
            """,
            [Verify<UseAnalyzer>.Diagnostic("SLA2003").WithLocation(0).WithMessage("'new ZipArchive' reads the response body 'stream' (Stream) without a cancellation token: HttpClient.Timeout does not cover a streamed body")]);

    [Fact]
    public Task Option_that_makes_a_timeout_infinite_is_told_as_the_timeout() =>
        Verify<UseAnalyzer>.Reports(
            """
            class Feed
            {
                void Read(EndPoint end, byte[] buffer)
                {
                    using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    {|#0:socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 0)|};
                    {|#1:socket.Receive(buffer)|};
                }
            }
            """,
            [Use("SLA2002", "'ReceiveTimeout' of 'socket' (Socket) is infinite, and nothing else limits how long 'Receive' on line {#1} waits")]);

    [Fact]
    public Task Thread_that_is_left_behind_is_told_with_the_line_it_hangs_on() =>
        Verify<UseAnalyzer>.Reports(
            """
            class Poller
            {
                void Poll(string host)
                {
                    var thread = new Thread(() =>
                    {
                        using var client = new TcpClient();
                        {|SLA2005:client.Connect(host, 80)|};
                        {|#1:client.GetStream().ReadByte()|};
                    });
                    thread.Start();
                    {|#0:thread.Join(1000)|};
                }
            }
            """,
            [Use("SLA4001", "the thread goes on when 'Join' gives up: 'ReadByte' on line {#1} has no timeout on 'client' (TcpClient), and nothing ends it").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)]);

    [Fact]
    public Task Wait_that_is_over_ahead_of_its_work_is_told_with_the_line_of_the_work() =>
        Verify<UseAnalyzer>.Reports(
            """
            class Poller
            {
                async Task<bool> Poll(Socket socket, byte[] buffer)
                {
                    var read = {|#1:socket.ReceiveAsync(buffer)|};
                    return await {|#0:Task.WhenAny(read, Task.Delay(1000))|} == read;
                }
            }
            """,
            [Use("SLA4002", "'ReceiveAsync' on line {#1} goes on when the time of 'WhenAny' is over: nothing cancels it or closes 'socket' (Socket)")]);

    [Fact]
    public Task Place_in_another_file_is_told_with_its_name() =>
        new RuleTest<UseAnalyzer>
        {
            TestState =
            {
                Sources =
                {
                    "partial class Feed { private readonly System.Net.Http.HttpClient _client = {|#0:new System.Net.Http.HttpClient()|}; }",
                    "partial class Feed { System.Threading.Tasks.Task<string> Read(string url) => {|#1:_client.GetStringAsync(url)|}; }",
                },
                ExpectedDiagnostics =
                {
                    Use("SLA2001", "'_client' (HttpClient) is given no timeout and 'GetStringAsync' on line {#1} of Test1.cs no cancellation token: a server that never answers holds the request for 100 seconds"),
                },
            },
        }.RunAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("using var stream = client.GetStreamAsync(url).Result; return {|#0:stream.Read(bytes, 0, 1)|};", "the response body 'stream' (Stream)")]
    [InlineData("using var stream = client.GetStreamAsync(url).GetAwaiter().GetResult(); return {|#0:stream.Read(bytes, 0, 1)|};", "the response body 'stream' (Stream)")]
    [InlineData("using var response = client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead).Result; return {|#0:response.Content.ReadAsByteArrayAsync()|}.Result.Length;", "the body of 'response' (HttpResponseMessage)")]
    [InlineData("return {|#0:client.GetStreamAsync(url).Result.Read(bytes, 0, 1)|};", "the response body")]
    public async Task A_body_that_is_waited_for_is_named_by_its_variable(string body, string subject) =>
        await Verify<UseAnalyzer>.Reports(Verify.InMethod(body, "public int M(HttpClient client, string url, byte[] bytes)"), [
            Verify<UseAnalyzer>.Diagnostic("SLA2003").WithLocation(0).WithArguments(body.Contains("ReadAs", System.StringComparison.Ordinal) ? "'ReadAsByteArrayAsync'" : "'Read'", subject)]);

    [Theory]
    [InlineData("var client = {|#0:Open()|}.Result; return client.Available;")]
    [InlineData("var client = {|#0:Open()|}.GetAwaiter().GetResult(); return client.Available;")]
    [InlineData("var client = {|#0:Open()|}.WaitAsync(TimeSpan.FromSeconds(3)).Result; return client.Available;")]
    public async Task A_resource_that_is_waited_for_is_named_by_its_variable(string body) =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(body, "public int M()", "private static async Task<TcpClient> Open() { await Task.Yield(); return new TcpClient(); }"),
            [Verify<ResourceAnalyzer>.Diagnostic("SLA1001").WithLocation(0).WithArguments("'client' (TcpClient)", "when 'M' returns here", "disposed").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)]);
}
