using System;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

public sealed class SLA1002NotDisposedOnAllPathsTests
{
    private static DiagnosticResult Lost(string subject, string path) => Verify<ResourceAnalyzer>.Diagnostic("SLA1002").WithLocation(0).WithLocation(1).WithArguments(subject, path, "disposed");

    // Due: a plain way out.
    [Fact]
    public async Task Early_return_of_a_status_page_is_reported_at_the_return() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            if (host.Length == 0)
                {|#1:return null;|}

            client.Dispose();
            return "x";
            """,
            "public string Status(string host)"),
            [Lost("'client' (TcpClient)", "when 'Status' returns on line {#1}")]);

    [Fact]
    public async Task Error_branch_of_a_download_is_reported_with_its_place() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            HttpResponseMessage response;
            try
            {
                response = await {|#0:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token)|};
            }
            catch (HttpRequestException)
            {
                return false;
            }

            if (!response.IsSuccessStatusCode)
            {
                {|#1:return false;|}
            }

            response.Dispose();
            return true;
            """,
            "public async Task<bool> Exists(HttpClient http, string url, CancellationToken token)"),
            [Lost("'response' (HttpResponseMessage)", "when 'Exists' returns on line {#1}")]);

    [Fact]
    public async Task Branch_without_release_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:new TcpClient()|};
            if (close)
                client.Close();
            """,
            "public void M(bool close)"));

    [Fact]
    public async Task Switch_section_without_release_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:listener.AcceptTcpClient()|};
            switch (mode)
            {
                case 0:
                    client.Dispose();
                    break;
                case 1:
                    Queue.Enqueue(client);
                    break;
                default:
                    Console.WriteLine("refused");
                    break;
            }
            """,
            "public void M(TcpListener listener, int mode)",
            "private readonly Queue<TcpClient> Queue = new();"));

    [Fact]
    public async Task Skipped_round_of_an_accept_loop_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            while (!token.IsCancellationRequested)
            {
                var client = await {|SLA1002:listener.AcceptTcpClientAsync(token)|};
                if (banned.Contains(((IPEndPoint)client.Client.RemoteEndPoint).Address))
                    continue;
                _ = Handle(client);
            }
            """,
            "public async Task Serve(TcpListener listener, HashSet<IPAddress> banned, CancellationToken token)",
            """
            private static async Task Handle(TcpClient client)
            {
                using (client)
                    await client.GetStream().WriteAsync(new byte[1]);
            }
            """));

    [Fact]
    public async Task Release_under_a_test_of_connected_is_partial() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1002:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            try
            {
                socket.Connect(server);
                socket.Send(new byte[1]);
            }
            finally
            {
                if (socket.Connected)
                    socket.Close();
            }
            """,
            "public void M(EndPoint server)"));

    [Fact]
    public async Task Release_under_a_test_of_the_state_is_partial() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var ws = {|SLA1002:new ClientWebSocket()|};
            await ws.ConnectAsync(new Uri("ws://h"), token);
            if (ws.State == WebSocketState.Open)
                ws.Dispose();
            """));

    [Fact]
    public async Task Break_out_of_a_read_loop_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            foreach (var path in paths)
            {
                var file = {|SLA1002:File.OpenRead(path)|};
                if (file.Length == 0)
                    break;
                file.Dispose();
            }
            """,
            "public void M(string[] paths)"));

    [Fact]
    public async Task Refused_item_of_a_full_queue_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:listener.AcceptTcpClient()|};
            if (!pending.TryAdd(client))
                Console.WriteLine("busy");
            """,
            "public void M(TcpListener listener, System.Collections.Concurrent.BlockingCollection<TcpClient> pending)"));

    [Fact]
    public async Task Refused_item_of_a_channel_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = await {|SLA1002:listener.AcceptTcpClientAsync(token)|};
            if (!writer.TryWrite(client))
                return;
            Console.WriteLine("queued");
            """,
            "public async Task M(TcpListener listener, ChannelWriter<TcpClient> writer, CancellationToken token)"));

    [Fact]
    public async Task Catch_that_swallows_and_goes_on_is_reported_with_what_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            try
            {
                {|#1:client.Connect("h", 1)|};
                client.Close();
            }
            catch (SocketException)
            {
                Console.WriteLine("down");
            }
            """,
            "public void M()"),
            [Lost("'client' (TcpClient)", "if 'Connect' on line {#1} throws")]);

    [Fact]
    public async Task Goto_past_the_release_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1002:File.OpenRead("a")|};
            if (skip)
                goto done;
            file.Dispose();
            done:
            Console.WriteLine("done");
            """,
            "public void M(bool skip)"));

    [Fact]
    public async Task Response_released_only_when_all_is_well_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|SLA1002:http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)|};
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadAsStringAsync(token);
            return null;
            """,
            "public async Task<string> M(HttpClient http, HttpRequestMessage request, CancellationToken token)"));

    // Due: a credible exception.
    [Fact]
    public async Task Refused_connect_before_dispose_is_reported_with_what_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            {|#1:client.Connect("h", 1)|};
            client.Dispose();
            """,
            "public void M()"),
            [Lost("'client' (TcpClient)", "if 'Connect' on line {#1} throws")]);

    [Fact]
    public async Task Failed_status_before_dispose_is_reported_with_what_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|#0:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
            {|#1:response.EnsureSuccessStatusCode()|};
            response.Dispose();
            """,
            "public async Task Ping(HttpClient http, string url)"),
            [Lost("'response' (HttpResponseMessage)", "if 'EnsureSuccessStatusCode' on line {#1} throws")]);

    [Fact]
    public async Task Failed_status_on_net_framework_has_released_the_response() =>
        await Verify<ResourceAnalyzer>.Silent(
            Verify.InMethod(
                """
                var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
                response.EnsureSuccessStatusCode();
                response.Dispose();
                """,
                "public async Task Ping(HttpClient http, string url)"),
            references: TargetFrameworks.Net472,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Failed_status_in_a_netstandard_library_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            Verify.InMethod(
                """
                var response = await {|SLA1002:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
                response.EnsureSuccessStatusCode();
                response.Dispose();
                """,
                "public async Task Ping(HttpClient http, string url)"),
            references: TargetFrameworks.NetStandard20,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Using_that_begins_after_the_check_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|SLA1002:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
            response.EnsureSuccessStatusCode();
            using (response)
            {
                return await response.Content.ReadAsByteArrayAsync();
            }
            """,
            "public async Task<byte[]> M(HttpClient http, string url)"));

    [Fact]
    public async Task Body_that_breaks_off_before_its_end_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var response = await {|SLA1002:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|};
            return await response.Content.ReadAsStringAsync();
            """,
            "public async Task<string> M(HttpClient http, string url)"));

    [Fact]
    public async Task Json_that_does_not_parse_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var stream = await {|SLA1002:http.GetStreamAsync("u")|};
            var document = await System.Text.Json.JsonDocument.ParseAsync(stream);
            stream.Dispose();
            return document;
            """,
            "public async Task<System.Text.Json.JsonDocument> M(HttpClient http)"));

    [Fact]
    public async Task Number_that_does_not_parse_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var reader = {|#0:File.OpenText(path)|};
            var port = {|#1:int.Parse(reader.ReadLine())|};
            reader.Close();
            return port;
            """,
            "public int Port(string path)"),
            [Lost("'reader' (StreamReader)", "if 'Parse' on line {#1} throws")]);

    [Fact]
    public async Task Explicit_throw_is_reported_with_the_throw() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|#0:File.OpenRead(path)|};
            if (file.Length > 1024)
                throw {|#1:new InvalidDataException("too long")|};
            file.Dispose();
            """,
            "public void M(string path)"),
            [Lost("'file' (FileStream)", "when 'InvalidDataException' is thrown on line {#1}")]);

    [Fact]
    public async Task Guard_in_the_same_body_is_credible() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1002:File.OpenRead(path)|};
            if (mode < 0)
                throw new ArgumentOutOfRangeException(nameof(mode));
            file.Dispose();
            """,
            "public void M(string path, int mode)"));

    [Fact]
    public async Task Guard_in_a_helper_is_not_credible() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = File.OpenRead(path);
            Check(mode);
            file.Dispose();
            """,
            "public void M(string path, int mode)",
            """
            private static void Check(int mode)
            {
                if (mode < 0)
                    throw new ArgumentOutOfRangeException(nameof(mode));
            }
            """));

    [Fact]
    public async Task Cancelled_copy_is_reported_with_what_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var from = {|SLA1002:File.OpenRead(source)|};
            var to = {|SLA1002:File.Create(target)|};
            await from.CopyToAsync(to, token);
            to.Dispose();
            from.Dispose();
            """,
            "public async Task Copy(string source, string target, CancellationToken token)"));

    [Fact]
    public async Task Thrown_cancellation_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            {|#1:token.ThrowIfCancellationRequested()|};
            client.Dispose();
            """,
            "public void M(CancellationToken token)"),
            [Lost("'client' (TcpClient)", "if 'ThrowIfCancellationRequested' on line {#1} throws")]);

    [Fact]
    public async Task Cancelled_delay_between_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:new TcpClient()|};
            await Task.Delay(100, token);
            client.Dispose();
            """));

    [Fact]
    public async Task Network_call_of_a_helper_is_reported_with_the_helper() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|#0:new TcpClient()|};
            {|#1:Greet(client)|};
            client.Close();
            """,
            "public void M()",
            "private static void Greet(TcpClient client) => client.GetStream().WriteByte(1);"),
            [Lost("'client' (TcpClient)", "if 'Greet' on line {#1} throws")]);

    [Fact]
    public async Task Handshake_that_fails_is_reported_at_the_client() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:new TcpClient("h", 443)|};
            var tls = new SslStream(client.GetStream(), false);
            tls.AuthenticateAsClient("h");
            tls.Dispose();
            """,
            "public void M()"));

    [Fact]
    public async Task Catch_for_another_exception_does_not_release_for_this_one() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:new TcpClient()|};
            try
            {
                client.Connect("h", 1);
            }
            catch (IOException)
            {
                client.Dispose();
                throw;
            }

            client.Dispose();
            """,
            "public void M()"));

    [Fact]
    public async Task Try_that_begins_too_late_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            {|#1:socket.Connect(server)|};
            try
            {
                socket.Send(new byte[1]);
            }
            finally
            {
                socket.Dispose();
            }
            """,
            "public void M(EndPoint server)"),
            [Lost("'socket' (Socket)", "if 'Connect' on line {#1} throws")]);

    [Fact]
    public async Task Second_resource_that_fails_loses_the_first() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var from = {|#0:File.OpenRead("a")|};
            var to = {|#1:File.Create("b")|};
            try
            {
                from.CopyTo(to);
            }
            finally
            {
                to.Dispose();
                from.Dispose();
            }
            """,
            "public void M()"),
            [Lost("'from' (FileStream)", "if 'Create' on line {#1} throws")]);

    [Fact]
    public async Task Process_whose_wait_is_cancelled_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var process = {|SLA1002:new System.Diagnostics.Process()|};
            process.StartInfo = new System.Diagnostics.ProcessStartInfo("ls") { RedirectStandardOutput = true };
            process.Start();
            await process.WaitForExitAsync(token);
            process.Dispose();
            """));

    [Fact]
    public async Task Query_that_fails_loses_the_connection() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var connection = {|SLA1002:factory.CreateConnection()|};
            connection.Open();
            var command = connection.CreateCommand();
            var answer = command.ExecuteScalar();
            connection.Close();
            return answer;
            """,
            "public object M(System.Data.Common.DbProviderFactory factory)"));

    [Fact]
    public async Task Zip_entry_that_fails_loses_the_archive() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var zip = {|SLA1002:ZipFile.OpenRead(path)|};
            foreach (var entry in zip.Entries)
                entry.ExtractToFile(Path.Combine(folder, entry.Name));
            zip.Dispose();
            """,
            "public void M(string path, string folder)"));

    [Fact]
    public async Task Release_inside_the_loop_body_only_is_reported_when_the_loop_throws() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            foreach (var host in hosts)
            {
                var client = {|SLA1002:new TcpClient()|};
                await client.ConnectAsync(host, 443, token);
                client.Dispose();
            }
            """,
            "public async Task M(string[] hosts, CancellationToken token)"));

    [Fact]
    public async Task Iterator_that_yields_before_it_releases_is_not_reported_for_the_yield() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            yield return client.Available;
            client.Dispose();
            """,
            "public IEnumerable<int> M()"));

    [Fact]
    public async Task Failure_in_the_catch_block_itself_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1002:new TcpClient()|};
            try
            {
                client.Connect("h", 1);
            }
            catch (SocketException)
            {
                client.Connect("h", 2);
            }

            client.Dispose();
            """,
            "public void M()"));

    [Fact]
    public async Task Throw_expression_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var reader = {|SLA1002:File.OpenText("a")|};
            var name = environment ?? throw new InvalidOperationException("no name");
            reader.Dispose();
            return name;
            """,
            "public string M(string environment)"));

    [Theory]
    [InlineData("all", true)]
    [InlineData("credible", false)]
    [InlineData("none", false)]
    public async Task Option_all_counts_any_call(string option, bool isDue)
    {
        var code = Verify.InMethod(
            $"""
            var client = {(isDue ? "{|SLA1002:" : "")}new TcpClient(){(isDue ? "|}" : "")};
            Console.WriteLine("made");
            client.Dispose();
            """,
            "public void M()");
        var config = "socket_leak.exception_paths = " + option;

        await (isDue ? Verify<ResourceAnalyzer>.Reports(code, editorconfig: config) : Verify<ResourceAnalyzer>.Silent(code, editorconfig: config));
    }

    [Fact]
    public async Task Option_none_counts_no_exception() =>
        await Verify<ResourceAnalyzer>.Silent(
            Verify.InMethod("var client = new TcpClient();\nclient.Connect(\"h\", 1);\nclient.Dispose();", "public void M()"),
            editorconfig: "socket_leak.exception_paths = none");

    // Clean.
    [Theory]
    [InlineData("using var client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token);")]
    [InlineData("using (var client = new TcpClient()) { await client.ConnectAsync(\"h\", 1, token); }")]
    [InlineData("var client = new TcpClient(); using (client) { await client.ConnectAsync(\"h\", 1, token); }")]
    [InlineData("var client = new TcpClient(); using var _ = client; await client.ConnectAsync(\"h\", 1, token);")]
    [InlineData("TcpClient client; using (client = new TcpClient()) { await client.ConnectAsync(\"h\", 1, token); }")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } finally { client.Dispose(); }")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } finally { client.Close(); }")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } finally { ((IDisposable)client).Dispose(); }")]
    [InlineData("TcpClient client = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); } finally { client?.Dispose(); }")]
    [InlineData("TcpClient client = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); } finally { if (client != null) client.Dispose(); }")]
    [InlineData("TcpClient client = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); } finally { if (client is not null) { client.Close(); } }")]
    [InlineData("TcpClient client = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); } finally { if (client is { } open) open.Dispose(); }")]
    [InlineData("TcpClient client = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); } finally { (client as IDisposable)?.Dispose(); }")]
    [InlineData("TcpClient client = null; try { client = new TcpClient(); await client.ConnectAsync(\"h\", 1, token); } finally { if (client is IDisposable d) d.Dispose(); }")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch (Exception e) { Console.WriteLine(e); } client.Dispose();")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch { client.Dispose(); throw; } client.Dispose();")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1, token); } catch (Exception) when (Log()) { } finally { client.Dispose(); } bool Log() => false;")]
    [InlineData("await using var file = File.OpenRead(\"a\"); await file.FlushAsync(token);")]
    [InlineData("await using (var file = File.OpenRead(\"a\")) { await file.FlushAsync(token); }")]
    [InlineData("var file = File.OpenRead(\"a\"); await using (file.ConfigureAwait(false)) { await file.FlushAsync(token); }")]
    [InlineData("var file = File.OpenRead(\"a\"); await using var _ = file.ConfigureAwait(false); await file.FlushAsync(token);")]
    [InlineData("var file = File.OpenRead(\"a\"); try { await file.FlushAsync(token); } finally { await file.DisposeAsync().ConfigureAwait(false); }")]
    [InlineData("using Stream file = File.OpenRead(\"a\"), other = File.OpenRead(\"b\"); await file.CopyToAsync(other, token);")]
    [InlineData("using (var file = File.OpenRead(\"a\")) using (var reader = new StreamReader(file)) { await reader.ReadToEndAsync(token); }")]
    [InlineData("using var reader = new StreamReader(new GZipStream(File.OpenRead(\"a\"), CompressionMode.Decompress)); await reader.ReadToEndAsync(token);")]
    [InlineData("using var client = new TcpClient(\"h\", 1); using var tls = new SslStream(client.GetStream()); await tls.AuthenticateAsClientAsync(\"h\");")]
    public async Task Released_on_every_path_is_not_reported(string body) => await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body));

    [Fact]
    public async Task What_cannot_credibly_throw_between_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            client.NoDelay = true;
            client.ReceiveTimeout = 1000;
            client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            names.Add(nameof(client));
            log.LogInformation("made {Name} {Connected}", string.Join(",", names), client.Connected);
            var text = new StringBuilder().Append(names.Count).ToString();
            client.Dispose();
            """,
            "public void M(List<string> names, ILogger log)"));

    [Fact]
    public async Task Options_set_before_the_using_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var udp = new UdpClient(AddressFamily.InterNetwork);
            udp.EnableBroadcast = true;
            udp.Client.Ttl = 2;
            udp.Connect("h", 1);
            using (udp)
                udp.Send(new byte[1], 1);
            """,
            "public void M()"));

    [Fact]
    public async Task Response_released_through_any_of_its_parts_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var first = await http.GetAsync("u", HttpCompletionOption.ResponseHeadersRead, token);
            using (first.Content)
                Console.WriteLine(first.StatusCode);
            var second = await http.GetAsync("u", HttpCompletionOption.ResponseHeadersRead, token);
            second.Content.Dispose();
            var third = await http.GetAsync("u", HttpCompletionOption.ResponseHeadersRead, token);
            third.Content.ReadAsStream().Dispose();
            var fourth = await http.GetAsync("u", HttpCompletionOption.ResponseHeadersRead, token);
            new StreamReader(fourth.Content.ReadAsStream()).Dispose();
            """,
            "public async Task M(HttpClient http, CancellationToken token)"));

    [Fact]
    public async Task Web_response_released_through_its_stream_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            Verify.InMethod(
                """
                try
                {
                    using (var stream = request.GetResponse().GetResponseStream())
                    using (var reader = new StreamReader(stream))
                        return reader.ReadToEnd();
                }
                catch (WebException)
                {
                    return null;
                }
                """,
                "public string M(HttpWebRequest request)"),
            references: TargetFrameworks.Net472,
            languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public async Task Flag_that_says_who_owns_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            var handedOver = false;
            try
            {
                client.Connect("h", 1);
                if (client.Available > 0)
                {
                    queue.Enqueue(client);
                    handedOver = true;
                }
            }
            finally
            {
                if (!handedOver)
                    client.Dispose();
            }
            """,
            "public void M(Queue<TcpClient> queue)"));

    [Fact]
    public async Task Refused_item_that_is_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(token);
                if (!channel.Writer.TryWrite(client))
                    client.Dispose();
                var other = await listener.AcceptTcpClientAsync(token);
                var added = clients.TryAdd(other.GetHashCode(), other);
                if (!added)
                    other.Close();
            }
            """,
            "public async Task M(TcpListener listener, Channel<TcpClient> channel, System.Collections.Concurrent.ConcurrentDictionary<int, TcpClient> clients, CancellationToken token)"));

    // Read to its end by another method: as when it is read here, only what throws ahead of the end keeps the connection.
    [Theory]
    [InlineData("return await ReadAsync(response, token);")]
    [InlineData("return await ReadIfFoundAsync(response, token);")]
    [InlineData("return await ReadContentAsync(response.Content, token);")]
    [InlineData("return await Local(); async Task<string> Local() => await response.Content.ReadAsStringAsync(token);")]
    [InlineData("if (!response.IsSuccessStatusCode) return null; return await ReadAsync(response, token);")]
    public async Task A_body_that_a_method_reads_to_its_end_is_released_by_it(string end) =>
        await Verify<ResourceAnalyzer>.Reports(Draining("{|SLA1002:client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token)|}", end));

    [Theory]
    [InlineData("return response.IsSuccessStatusCode ? \"good\" : await ReadAsync(response, token);")]
    [InlineData("var text = NameOf(response); return text;")]
    public async Task A_body_that_a_method_only_looks_at_or_that_is_read_elsewhere_is_reported(string end) =>
        await Verify<ResourceAnalyzer>.Reports(Draining("{|" + (end.Contains("ReadAsync", StringComparison.Ordinal) ? "SLA1002" : "SLA1001") + ":client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token)|}", end));

    [Fact]
    public async Task A_file_that_a_method_reads_to_its_end_is_as_open_as_before() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1001:File.OpenRead(path)|};
            Send(file, to);
            Func<string> all = () => new StreamReader(file).ReadToEnd();
            return all().Length;
            """,
            "public int M(string path, Stream to)",
            "private static void Send(Stream from, Stream to) => from.CopyTo(to);"));

    [Theory]
    [InlineData("return file.Length > limit ? null : file;")]
    [InlineData("return file.Length switch { 0 => null, 1 => new BufferedStream(file), _ => file };")]
    [InlineData("return file.Length > limit ? Stream.Null : new BufferedStream(file);")]
    public async Task A_branch_of_what_is_returned_that_leaves_it_behind_is_reported(string end) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod("var file = {|SLA1002:File.OpenRead(path)|};\n" + end, "public Stream M(string path, long limit)"));

    [Theory]
    [InlineData("return file.Length > limit ? new BufferedStream(file) : file;")]
    [InlineData("return file.Length > limit ? Refuse(file) : file;")]
    [InlineData("var ok = false; try { ok = file.Length < limit; return ok ? file : null; } finally { if (!ok) file.Dispose(); }")]
    [InlineData("return files.TryAdd(path, file) ? null : file;")]
    public async Task Branches_of_what_is_returned_that_all_see_to_it_are_not_reported(string end) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var file = File.OpenRead(path);\n" + end,
            "public Stream M(string path, long limit, System.Collections.Concurrent.ConcurrentDictionary<string, Stream> files)",
            "private static Stream Refuse(Stream stream) { stream.Dispose(); return null; }"));

    [Theory]
    [InlineData("mode switch { 0 => 1, 1 => 2, _ => 3 }")]
    [InlineData("mode switch { 0 => 1, var other => other }")]
    [InlineData("mode switch { > 0 => 1, <= 0 => 2 }")]
    [InlineData("mode switch { 0 => 1, 1 => 2 }")]
    [InlineData("Doubled(mode)")]
    public async Task A_switch_expression_between_is_no_throw_that_somebody_wrote(string value) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = new UdpClient();\nvar size = " + value + ";\nclient.Dispose();\nreturn size;",
            "public int M(int mode)",
            "private static int Doubled(int mode) => mode switch { 0 => 0, _ => 2 * mode };"));

    [Theory]
    [InlineData("mode switch { 0 => 1, _ => throw new ArgumentOutOfRangeException(nameof(mode)) }")]
    [InlineData("mode switch { 0 => 1, 1 => int.Parse(File.ReadAllText(path)), _ => 3 }")]
    public async Task An_arm_of_a_switch_expression_that_throws_is_reported(string value) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            "var client = {|SLA1002:new UdpClient()|};\nvar size = " + value + ";\nclient.Dispose();\nreturn size;",
            "public int M(int mode, string path)"));

    [Fact]
    public async Task A_switch_expression_is_no_throw_on_references_without_its_exception() =>
        await Verify<ResourceAnalyzer>.Silent(
            Verify.InMethod("var client = new UdpClient();\nvar size = mode switch { 0 => 1, _ => 3 };\nclient.Close();\nreturn size;", "public int M(int mode)"),
            references: TargetFrameworks.Net472);

    [Theory]
    [InlineData("static void Close(params Stream[] all) { foreach (var each in all) each.Dispose(); }")]
    [InlineData("static void Close(params Stream[] all) { foreach (var each in all) { each?.Close(); } }")]
    [InlineData("static void Close(params Stream[] all) { foreach (var each in all) { if (each != null) each.Dispose(); } }")]
    [InlineData("static void Close(params Stream[] all) { foreach (var each in all) { try { each.Dispose(); } catch (IOException) { } } }")]
    [InlineData("static void Close(params Stream[] all) { foreach (var each in all) using (each) each.Flush(); }")]
    [InlineData("static void Close(params Stream[] all) { for (var i = 0; i < all.Length; i++) all[i].Dispose(); }")]
    [InlineData("static void Close(params Stream[] all) => Array.ForEach(all, each => each.Dispose());")]
    [InlineData("static void Close(params Stream[] all) { lock (all) { foreach (var each in all) { each.Dispose(); } } }")]
    public async Task A_helper_that_releases_what_it_is_given_in_an_array_is_a_release(string helper)
    {
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod("var file = {|SLA1002:File.OpenRead(path)|}; if (file.Length == 0) return; Close(file, null);", "public void M(string path)", helper));
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod("var file = {|SLA1002:File.OpenRead(path)|}; if (file.Length == 0) return; Close(new Stream[] { file, null });", "public void M(string path)", helper));
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod("var file = File.OpenRead(path); try { file.ReadByte(); } finally { Close(file); }", "public void M(string path)", helper));
    }

    [Theory]
    [InlineData("static void Close(params Stream[] all) { foreach (var each in all) if (each.CanSeek) each.Dispose(); }")]
    [InlineData("static void Close(params Stream[] all) { if (all.Length > 2) return; foreach (var each in all) each.Dispose(); }")]
    [InlineData("static void Close(params Stream[] all) { s_all.AddRange(all); } static readonly List<Stream> s_all = new();")]
    public async Task What_a_helper_does_not_surely_release_is_unknown_behind_it(string helper) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod("var file = File.OpenRead(path); Close(file, null);", "public void M(string path)", helper));

    [Fact]
    public async Task What_a_platform_method_makes_a_collection_of_is_kept() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var file = File.OpenRead(path); return System.Collections.Immutable.ImmutableArray.Create<Stream>(file, null, null, null, null);",
            "public IEnumerable<Stream> M(string path)"));

    private static string Draining(string opening, string end) => Verify.InMethod(
        "var response = await " + opening + ";\n" + end,
        "public async Task<string> M(HttpClient client, string url, CancellationToken token)",
        """
        private static Task<string> ReadAsync(HttpResponseMessage response, CancellationToken token) => ReadContentAsync(response.Content, token);

        private static async Task<string> ReadContentAsync(HttpContent content, CancellationToken token) => (await content.ReadAsStringAsync(token)).Trim();

        private static async Task<string> ReadIfFoundAsync(HttpResponseMessage response, CancellationToken token)
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            return await response.Content.ReadAsStringAsync(token);
        }

        private static string NameOf(HttpResponseMessage response) => response.Content.Headers.ContentDisposition?.FileName;
        """);
}
