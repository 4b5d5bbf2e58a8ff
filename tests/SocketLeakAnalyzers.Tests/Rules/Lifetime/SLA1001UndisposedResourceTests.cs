using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Testing;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

public sealed class SLA1001UndisposedResourceTests
{
    private static DiagnosticResult Lost(string subject, string path) => Verify<ResourceAnalyzer>.Diagnostic("SLA1001").WithLocation(0).WithLocation(1).WithArguments(subject, path, "disposed");

    // Due.
    [Fact]
    public async Task Client_of_a_certificate_check_is_reported_with_the_end_of_the_method() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class CertificateCheck
            {
                public static async Task Check(string host)
                {
                    var client = {|#0:new TcpClient()|};
                    await client.ConnectAsync(host, 443);
                    var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsClientAsync(host);
                    Console.WriteLine(tls.RemoteCertificate?.GetExpirationDateString());
                {|#1:}|}
            }
            """,
            [Lost("'client' (TcpClient)", "when 'Check' ends")]);

    [Fact]
    public async Task Socket_whose_value_is_returned_in_another_form_is_reported_at_the_return() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class Probe
            {
                public int Ask(EndPoint server, byte[] buffer)
                {
                    var socket = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                    socket.Connect(server);
                    socket.Send(buffer);
                    {|#1:return socket.Receive(buffer);|}
                }
            }
            """,
            [Lost("'socket' (Socket)", "when 'Ask' returns on line {#1}")]);

    [Fact]
    public async Task Client_that_the_accept_loop_forgets_is_reported_as_lost_in_the_next_round() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class Greeter
            {
                public void Serve(TcpListener listener, byte[] greeting)
                {
                    while (true)
                    {
                        var client = {|#0:{|#1:listener.AcceptTcpClient()|}|};
                        client.NoDelay = true;
                        client.GetStream().Write(greeting, 0, greeting.Length);
                    }
                }
            }
            """,
            [Lost("'client' (TcpClient)", "when the loop comes round again")]);

    [Fact]
    public async Task Datagram_client_of_a_heartbeat_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var udp = {|SLA1001:new UdpClient()|};
            udp.Send(beat, beat.Length, "collector", 8125);
            """,
            "public void Beat(byte[] beat)"));

    [Fact]
    public async Task Accepted_socket_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var peer = await {|SLA1001:listener.AcceptSocketAsync()|};
            peer.Send(new byte[] { 1 });
            """,
            "public async Task M(TcpListener listener)"));

    [Fact]
    public async Task Response_of_which_only_the_headers_are_read_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class HomePageCheck(HttpClient http)
            {
                public async Task<bool> IsUp(string url)
                {
                    var response = await {|#0:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
                    {|#1:return response.IsSuccessStatusCode;|}
                }
            }
            """,
            [Lost("'response' (HttpResponseMessage)", "when 'IsUp' returns on line {#1}")]);

    [Fact]
    public async Task Stream_of_a_download_that_is_read_in_part_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var body = await {|SLA1001:http.GetStreamAsync("http://mirror/image", token)|};
            return await body.ReadAsync(magic, token);
            """,
            "public async Task<int> Magic(HttpClient http, byte[] magic, CancellationToken token)"));

    [Fact]
    public async Task Discarded_unbuffered_response_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            "_ = await {|SLA1001:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};",
            "public async Task WarmUp(HttpClient http, string url)"));

    [Fact]
    public async Task Discarded_accept_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod("{|SLA1001:listener.AcceptTcpClient()|};", "public void Wake(TcpListener listener)"));

    [Fact]
    public async Task Connection_behind_a_stream_that_is_used_at_once_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """{|SLA1001:new TcpClient("logs", 514)|}.GetStream().Write(line, 0, line.Length);""",
            "public void Log(byte[] line)"));

    [Fact]
    public async Task Temporary_file_reader_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """return {|SLA1001:new StreamReader("/etc/hostname")|}.ReadLine();""", "public string HostName()"));

    [Fact]
    public async Task Reader_over_an_opened_file_is_one_finding_at_the_file() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var reader = new BinaryReader({|SLA1001:File.OpenRead(path)|});
            return reader.ReadInt32();
            """,
            "public int Version(string path)"));

    [Fact]
    public async Task Compressed_log_is_one_finding_at_the_first_acquisition() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1001:new FileStream(path, FileMode.Open)|};
            var unzip = new GZipStream(file, CompressionMode.Decompress);
            var reader = new StreamReader(unzip);
            while (reader.ReadLine() is { } line)
                Console.WriteLine(line);
            """,
            "public void Dump(string path)"));

    [Fact]
    public async Task Log_writer_that_is_only_flushed_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var log = {|SLA1001:new StreamWriter(path, append: true)|};
            log.WriteLine(line);
            log.Flush();
            """,
            "public void Append(string path, string line)"));

    [Fact]
    public async Task Socket_that_is_only_shut_down_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1001:listener.Accept()|};
            socket.Send(bye);
            socket.Shutdown(SocketShutdown.Both);
            socket.Disconnect(false);
            """,
            "public void Refuse(Socket listener, byte[] bye)"));

    [Fact]
    public async Task Socket_made_in_a_background_task_is_reported_there() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class Notifier
            {
                public Task Notify(string host) => Task.Run(() =>
                {
                    var client = {|#0:new TcpClient()|};
                    client.Connect(host, 9000);
                {|#1:}|});
            }
            """,
            [Lost("'client' (TcpClient)", "when the lambda ends")]);

    [Fact]
    public async Task Socket_made_in_a_local_function_is_reported_there() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            for (var port = 1; port < 1024; port++)
                Knock(port);

            void Knock(int port)
            {
                var socket = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                socket.Connect(host, port);
            }
            """,
            "public void Scan(string host)"));

    [Fact]
    public async Task Client_made_in_a_property_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class Health
            {
                public bool IsUp
                {
                    get
                    {
                        var client = {|#0:new TcpClient()|};
                        client.Connect("localhost", 80);
                        {|#1:return client.Connected;|}
                    }
                }
            }
            """,
            [Lost("'client' (TcpClient)", "when 'IsUp' returns on line {#1}")]);

    [Fact]
    public async Task Reader_in_a_field_initializer_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports("""public class Build { static readonly string Version = {|SLA1001:new StreamReader("VERSION")|}.ReadToEnd(); }""");

    [Fact]
    public async Task Client_made_in_a_constructor_for_one_question_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public class Clock
            {
                public Clock(string server)
                {
                    var udp = {|#0:new UdpClient()|};
                    udp.Connect(server, 123);
                    udp.Send(new byte[48], 48);
                {|#1:}|}
            }
            """,
            [Lost("'udp' (UdpClient)", "when the constructor ends")]);

    [Theory]
    [InlineData("class C { static readonly int s_size = {|#0:File.OpenRead(\"a\")|}.ReadByte(); }", "when the initializer of 's_size' ends")]
    [InlineData("class C { public int Size { get; } = {|#0:File.OpenRead(\"a\")|}.ReadByte(); }", "when the initializer of 'Size' ends")]
    [InlineData("class C { public int Size => {|#0:File.OpenRead(\"a\")|}.ReadByte(); }", "when 'Size' ends")]
    [InlineData("class C { public static C operator +(C c, string p) { {|#0:File.OpenRead(p)|}.ReadByte(); return c; } }", "when the operator returns here")]
    [InlineData("class C { public static implicit operator C(string p) { {|#0:File.OpenRead(p)|}.ReadByte(); return null; } }", "when the conversion returns here")]
    [InlineData("class C { ~C() { {|#0:File.OpenRead(\"a\")|}.ReadByte(); } }", "when the finalizer ends")]
    public async Task The_message_names_the_code_in_which_it_is_lost(string code, string path) =>
        await Verify<ResourceAnalyzer>.Reports(code, [Verify<ResourceAnalyzer>.Diagnostic("SLA1001").WithLocation(0).WithArguments("the FileStream", path, "disposed").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)]);

    [Fact]
    public async Task Reader_in_an_iterator_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var reader = {|SLA1001:File.OpenText(path)|};
            while (reader.ReadLine() is { } line)
                yield return line;
            """,
            "public IEnumerable<string> Lines(string path)"));

    [Fact]
    public async Task Client_in_an_async_iterator_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1001:new TcpClient("feed", 7000)|};
            var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync(token) is { } line)
                yield return line;
            """,
            "public async IAsyncEnumerable<string> Feed([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)"));

    [Fact]
    public async Task Client_that_comes_in_a_tuple_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var (client, number) = {|SLA1001:Dial("h")|};
            Console.WriteLine(client.Available + number);
            """,
            "public void M()",
            "static (TcpClient, int) Dial(string host) => (new TcpClient(host, 1), 1);"));

    [Fact]
    public async Task Result_of_a_factory_of_this_compilation_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var stream = {|SLA1001:Open("data.bin")|};
            return stream.ReadByte();
            """,
            "public int First()",
            "private static Stream Open(string name) => new BufferedStream(File.OpenRead(name));"));

    [Fact]
    public async Task Result_of_an_async_factory_of_this_compilation_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = await {|SLA1001:DialAsync("h", token)|}.ConfigureAwait(false);
            client.NoDelay = true;
            """,
            members: """
            private static async Task<TcpClient> DialAsync(string host, CancellationToken token)
            {
                var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(host, 1, token);
                    return client;
                }
                catch
                {
                    client.Dispose();
                    throw;
                }
            }
            """));

    [Fact]
    public async Task Socket_that_is_lent_to_helpers_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1001:new Socket(SocketType.Dgram, ProtocolType.Udp)|};
            Tune(socket);
            Send(socket, new byte[4]);
            """,
            "public void M()",
            """
            private static void Tune(Socket socket) => socket.SendBufferSize = 65536;
            private static void Send(Socket socket, byte[] bytes) => socket.Send(bytes);
            """));

    [Fact]
    public async Task Connected_web_socket_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var ws = {|SLA1001:new ClientWebSocket()|};
            await ws.ConnectAsync(new Uri("wss://feed"), token);
            await ws.SendAsync(new byte[1], WebSocketMessageType.Text, true, token);
            """));

    [Fact]
    public async Task Connected_named_pipe_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var pipe = {|SLA1001:new NamedPipeClientStream(".", "agent", PipeDirection.InOut)|};
            await pipe.ConnectAsync(1000, token);
            await pipe.WriteAsync(new byte[1], token);
            """));

    [Fact]
    public async Task Pipe_server_is_reported_from_its_constructor_on() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var pipe = {|SLA1001:new NamedPipeServerStream("agent")|};
            await pipe.WaitForConnectionAsync(token);
            """));

    [Fact]
    public async Task Process_with_redirected_output_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var info = new System.Diagnostics.ProcessStartInfo("git", "status") { RedirectStandardOutput = true };
            var git = {|SLA1001:System.Diagnostics.Process.Start(info)|};
            git.WaitForExit();
            return git.StandardOutput.ReadToEnd();
            """,
            "public string Status()"));

    [Fact]
    public async Task Opened_database_connection_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var connection = {|SLA1001:factory.CreateConnection()|};
            connection.Open();
            using var command = connection.CreateCommand();
            return command.ExecuteNonQuery();
            """,
            "public int Purge(System.Data.Common.DbProviderFactory factory)"));

    [Fact]
    public async Task Wrapper_that_states_that_it_takes_a_borrowed_stream_over_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var tls = {|SLA1001:new SslStream(inner, leaveInnerStreamOpen: false)|};
            tls.AuthenticateAsClient("h");
            """,
            "public void M(Stream inner)"));

    [Fact]
    public async Task Stream_that_owns_a_borrowed_socket_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var stream = {|SLA1001:new NetworkStream(socket, ownsSocket: true)|};
            stream.WriteByte(1);
            """,
            "public void M(Socket socket)"));

    [Fact]
    public async Task Disposing_a_stream_that_does_not_own_the_socket_does_not_release_it() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            socket.Connect(server);
            using var stream = new NetworkStream(socket);
            return stream.ReadByte();
            """,
            "public int M(EndPoint server)"));

    [Fact]
    public async Task Disposing_a_reader_that_leaves_the_file_open_does_not_release_it() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1001:File.OpenRead(path)|};
            using var reader = new StreamReader(file, Encoding.UTF8, true, 1024, leaveOpen: true);
            return reader.ReadToEnd();
            """,
            "public string M(string path)"));

    [Fact]
    public async Task Client_in_top_level_statements_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            var client = {|#0:new TcpClient("localhost", 25)|};
            client.Client.Send(new byte[] { 1 });
            Console.WriteLine("sent");
            """,
            [Verify<ResourceAnalyzer>.Diagnostic("SLA1001").WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations).WithArguments("'client' (TcpClient)", "when the program ends", "disposed")]);

    [Fact]
    public async Task Response_taken_from_a_task_result_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = {|SLA1001:http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)|}.Result;
            return (int)response.StatusCode;
            """,
            "public int M(HttpClient http, HttpRequestMessage request)"));

    [Fact]
    public async Task Response_taken_from_an_awaiter_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = {|SLA1001:http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)|}.GetAwaiter().GetResult();
            return (int)response.StatusCode;
            """,
            "public int M(HttpClient http, HttpRequestMessage request)"));

    [Fact]
    public async Task Response_through_an_invoker_is_never_buffered_and_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|SLA1001:invoker.SendAsync(request, token)|};
            return response.StatusCode;
            """,
            "public async Task<HttpStatusCode> M(HttpMessageInvoker invoker, HttpRequestMessage request, CancellationToken token)"));

    [Fact]
    public async Task Client_of_either_branch_of_a_switch_expression_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = family switch
            {
                AddressFamily.InterNetworkV6 => {|SLA1001:new TcpClient("six", 1)|},
                _ => {|SLA1001:new TcpClient("four", 1)|},
            };
            client.NoDelay = true;
            """,
            "public void M(AddressFamily family)"));

    [Fact]
    public async Task Cast_response_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                var request = (HttpWebRequest)WebRequest.Create(url);
                var response = (HttpWebResponse){|SLA1001:request.GetResponse()|};
                return response.ContentLength;
                """,
                "public long Length(string url)"),
            references: TargetFrameworks.Net472);

    [Fact]
    public async Task Response_tried_as_its_derived_type_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                HttpWebResponse response = {|SLA1001:request.GetResponse()|} as HttpWebResponse;
                if (response != null && response.StatusCode == HttpStatusCode.OK)
                    return true;
                return false;
                """,
                "public bool IsUp(HttpWebRequest request)"),
            references: TargetFrameworks.Net472,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Stream_of_a_web_client_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                using (var web = new WebClient())
                {
                    var stream = {|SLA1001:web.OpenRead(url)|};
                    return stream.ReadByte();
                }
                """,
                "public int M(string url)"),
            references: TargetFrameworks.Net472,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Socket_in_a_library_for_netstandard_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                var socket = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                socket.Connect(server);
                """,
                "public void M(EndPoint server)"),
            references: TargetFrameworks.NetStandard20,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Client_on_net_8_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod("var client = {|SLA1001:new TcpClient()|};\nawait client.ConnectAsync(\"h\", 1, token);"),
            references: TargetFrameworks.Net80);

    [Fact]
    public async Task Listener_that_is_never_started_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var listener = {|SLA1001:new TcpListener(IPAddress.Loopback, 0)|};
            return listener.LocalEndpoint;
            """,
            "public EndPoint Probe()"));

    [Fact]
    public async Task Two_sockets_of_a_relay_are_two_findings() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var left = await {|SLA1001:listener.AcceptTcpClientAsync(token)|};
            var right = {|SLA1001:new TcpClient()|};
            await right.ConnectAsync("upstream", 80, token);
            await left.GetStream().CopyToAsync(right.GetStream(), token);
            """,
            "public async Task Relay(TcpListener listener, CancellationToken token)"));

    // Clean.
    [Fact]
    public async Task Buffered_response_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var response = await http.GetAsync("u", token);
            var posted = await http.PostAsync("u", null, token);
            return response.IsSuccessStatusCode && posted.IsSuccessStatusCode;
            """,
            "public async Task<bool> M(HttpClient http, CancellationToken token)"));

    [Fact]
    public async Task Response_whose_completion_option_is_not_constant_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var response = await http.GetAsync(\"u\", option);\nreturn response.StatusCode;",
            "public async Task<HttpStatusCode> M(HttpClient http, HttpCompletionOption option)"));

    [Fact]
    public async Task Streams_over_memory_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var memory = new MemoryStream(bytes);
            var unzip = new GZipStream(memory, CompressionMode.Decompress);
            var reader = new StreamReader(unzip);
            var text = new StringReader(reader.ReadToEnd());
            var writer = new StreamWriter(new MemoryStream());
            var nothing = new BinaryWriter(Stream.Null);
            return text.ReadLine();
            """,
            "public string M(byte[] bytes)"));

    [Fact]
    public async Task Streams_of_the_console_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var output = Console.OpenStandardOutput();
            output.WriteByte(7);
            var reader = new StreamReader(Console.OpenStandardInput());
            return reader.ReadLine();
            """,
            "public string M()"));

    [Fact]
    public async Task Bodies_of_a_request_and_its_response_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var reader = new StreamReader(context.Request.Body);
            var writer = new StreamWriter(context.Response.Body);
            await writer.WriteAsync(await reader.ReadToEndAsync());
            await writer.FlushAsync();
            """,
            "public async Task Echo(HttpContext context)"));

    [Fact]
    public async Task Process_without_redirected_streams_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var browser = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(url) { UseShellExecute = true });\nConsole.WriteLine(browser.Id);",
            "public void M(string url)"));

    [Fact]
    public async Task Standard_output_of_a_disposed_process_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git") { RedirectStandardOutput = true });
            var output = git.StandardOutput;
            var text = await output.ReadToEndAsync(token);
            await git.WaitForExitAsync(token);
            return text;
            """,
            "public async Task<string> M(CancellationToken token)"));

    [Fact]
    public async Task Client_from_a_client_factory_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = clients.CreateClient(\"api\");\nreturn await client.GetStringAsync(\"u\");",
            "public async Task<string> M(IHttpClientFactory clients)"));

    [Fact]
    public async Task Parameter_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "client.NoDelay = true;\nreturn client.GetStream().ReadByte() + stream.ReadByte() + (int)response.StatusCode;",
            "public int M(TcpClient client, Stream stream, HttpResponseMessage response)"));

    [Fact]
    public async Task View_of_a_borrowed_client_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var stream = client.GetStream();
            var reader = new StreamReader(stream);
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync("h");
            return await reader.ReadLineAsync();
            """,
            "public async Task<string> M(TcpClient client)"));

    [Fact]
    public async Task Unconnected_web_socket_and_pipe_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var ws = new ClientWebSocket();
            var pipe = new NamedPipeClientStream("agent");
            return ws.State == WebSocketState.None && !pipe.IsConnected;
            """,
            "public bool M()"));

    [Fact]
    public async Task Unopened_database_connection_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var connection = factory.CreateConnection();\nconnection.ConnectionString = \"x\";\nreturn connection.DataSource;",
            "public string M(System.Data.Common.DbProviderFactory factory)"));

    [Fact]
    public async Task Unread_body_that_is_read_to_its_end_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            try
            {
                var response = await http.GetAsync("u", HttpCompletionOption.ResponseHeadersRead, token);
                Console.WriteLine(await response.Content.ReadAsStringAsync(token));
            }
            catch
            {
                Environment.FailFast("no connection");
            }
            """,
            "public async Task M(HttpClient http, CancellationToken token)"));

    [Fact]
    public async Task Response_made_by_hand_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(\"x\") };\nreturn response.ToString();",
            "public string M()"));

    [Fact]
    public async Task Generated_code_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent("// <auto-generated/>\n" + Verify.InMethod("var client = new TcpClient();\nclient.Connect(\"h\", 1);", "public void M()"));

    [Fact]
    public async Task Container_that_is_local_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var all = new List<TcpClient>();\nfor (var i = 0; i < 3; i++)\n    all.Add(new TcpClient());\nConsole.WriteLine(all.Count);",
            "public void M()"));

    [Fact]
    public async Task Program_that_ends_with_the_socket_open_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = new TcpClient();\nif (client.Available == 0)\n    Environment.Exit(1);\nclient.Dispose();",
            "public void M()"));
}
