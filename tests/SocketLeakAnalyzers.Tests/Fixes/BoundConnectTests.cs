using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public sealed class BoundConnectTests
{
    private const string Async = "public async Task M(TcpClient client, Socket socket, string host)";
    private const string WithToken = "public async Task M(TcpClient client, Socket socket, string host, CancellationToken token)";
    private const string Sync = "public void M(TcpClient client, Socket socket, string host)";
    private const string Source = "using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n";
    private const string Linked = "using var cts = CancellationTokenSource.CreateLinkedTokenSource(token);\ncts.CancelAfter(TimeSpan.FromSeconds(30));\n";

    private static Task Fixes(
        string before,
        string after,
        string signature = Async,
        string members = "",
        string? afterMembers = null,
        ReferenceAssemblies? references = null,
        LanguageVersion languageVersion = LanguageVersion.Default,
        string? editorconfig = null) =>
        Verify<PlainSLA2005, BoundConnectCodeFixProvider>.Fixes(
            Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, afterMembers ?? members), references: references, languageVersion: languageVersion, editorconfig: editorconfig);

    private static Task NoFix(string code, string signature = Sync, string members = "", ReferenceAssemblies? references = null, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<PlainSLA2005, BoundConnectCodeFixProvider>.NoFix(Verify.InMethod(code, signature, members), references: references, languageVersion: languageVersion);

    // A connect that can be awaited.

    [Theory]
    [InlineData("await [|client.ConnectAsync(host, 80)|];", "await client.ConnectAsync(host, 80, cts.Token);")]
    [InlineData("await [|client.ConnectAsync(host, 80)|].ConfigureAwait(false);", "await client.ConnectAsync(host, 80, cts.Token).ConfigureAwait(false);")]
    [InlineData("await [|client.ConnectAsync(host, 80, CancellationToken.None)|];", "await client.ConnectAsync(host, 80, cts.Token);")]
    [InlineData("await [|client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 80))|];", "await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 80), cts.Token);")]
    [InlineData("await [|socket.ConnectAsync(host, 80)|];", "await socket.ConnectAsync(host, 80, cts.Token);")]
    [InlineData("await [|socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 80))|]; // the server", "await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 80), cts.Token); // the server")]
    [InlineData("await [|new ClientWebSocket().ConnectAsync(new Uri(host), CancellationToken.None)|];", "await new ClientWebSocket().ConnectAsync(new Uri(host), cts.Token);")]
    public Task A_connect_is_given_a_token_that_times_out(string before, string after) => Fixes(before, Source + after);

    [Theory]
    [InlineData("[|client.Connect(host, 80)|];", "await client.ConnectAsync(host, 80, cts.Token);")]
    [InlineData("[|client.Connect(IPAddress.Loopback, 80)|];", "await client.ConnectAsync(IPAddress.Loopback, 80, cts.Token);")]
    [InlineData("[|client.Client.Connect(host, 80)|];", "await client.Client.ConnectAsync(host, 80, cts.Token);")]
    [InlineData("[|socket.Connect(new IPEndPoint(IPAddress.Loopback, 80))|]; // the server", "await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 80), cts.Token); // the server")]
    [InlineData("[|socket.Connect(port: 80, host: host)|];", "await socket.ConnectAsync(port: 80, host: host, cancellationToken: cts.Token);")]
    public Task A_blocking_connect_of_an_async_method_is_awaited(string before, string after) => Fixes(before, Source + after);

    [Fact]
    public Task A_token_in_scope_is_linked_to_the_timeout() => Fixes(
        "await [|client.ConnectAsync(host, 80)|];", Linked + "await client.ConnectAsync(host, 80, cts.Token);", WithToken);

    [Fact]
    public Task A_blocking_connect_is_cancelled_by_the_token_in_scope_too() => Fixes(
        "// Up.\n[|socket.Connect(host, 80)|];", "// Up.\n" + Linked + "await socket.ConnectAsync(host, 80, cts.Token);", WithToken);

    [Fact]
    public Task A_deadline_in_scope_is_the_one() => Fixes(
        "using var deadline = new CancellationTokenSource(500);\nawait [|client.ConnectAsync(host, 80)|];",
        "using var deadline = new CancellationTokenSource(500);\nawait client.ConnectAsync(host, 80, deadline.Token);",
        WithToken);

    [Fact]
    public Task The_habit_of_a_library_is_kept() => Fixes(
        "await Task.Delay(1).ConfigureAwait(false);\n[|client.Connect(host, 80)|];",
        "await Task.Delay(1).ConfigureAwait(false);\n" + Source + "await client.ConnectAsync(host, 80, cts.Token).ConfigureAwait(false);");

    [Fact]
    public Task Every_attempt_of_a_loop_has_the_whole_time() => Fixes(
        """
        while (!client.Connected)
        {
            try
            {
                [|client.Connect(host, 80)|];
            }
            catch (SocketException)
            {
            }
        }
        """,
        """
        while (!client.Connected)
        {
            try
            {
                using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                try
                {
                    await client.ConnectAsync(host, 80, cts.Token);
                }
                catch (OperationCanceledException)
                {
                    throw new SocketException((int)SocketError.TimedOut);
                }
            }
            catch (SocketException)
            {
            }
        }
        """);

    [Fact]
    public Task A_task_that_is_returned_is_given_the_token_in_scope() => Fixes(
        "return [|client.ConnectAsync(host, 80)|];",
        "return client.ConnectAsync(host, 80, token).AsTask();",
        "public Task M(TcpClient client, string host, CancellationToken token)");

    [Fact]
    public Task A_task_that_is_waited_for_is_given_a_source() => Fixes(
        "[|client.ConnectAsync(host, 80)|].Wait();",
        Source + "client.ConnectAsync(host, 80, cts.Token).AsTask().Wait();",
        Sync);

    [Fact]
    public Task An_async_lambda_gets_a_block() => Fixes(
        "Func<Task> connect = async () => [|client.Connect(host, 80)|];",
        "Func<Task> connect = async () =>\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await client.ConnectAsync(host, 80, cts.Token);\n};");

    [Fact]
    public Task The_option_says_how_many_seconds() => Fixes(
        "await [|client.ConnectAsync(host, 80)|];",
        Source.Replace("30", "5") + "await client.ConnectAsync(host, 80, cts.Token);",
        editorconfig: "socket_leak.default_timeout_seconds = 5");

    [Fact]
    public Task A_method_of_the_project_with_a_token_is_a_connect_too() => Fixes(
        "await [|ConnectToHostAsync(host)|];",
        Source + "await ConnectToHostAsync(host, cts.Token);",
        members: "Task ConnectToHostAsync(string host, CancellationToken token = default) => Task.CompletedTask;");

    // The connecting constructor.

    [Fact]
    public Task A_connecting_constructor_becomes_a_connect() => Fixes(
        """
        // Talks to the shop.
        using var shop = [|new TcpClient(host, 80)|]; // the shop

        shop.NoDelay = true;
        """,
        """
        // Talks to the shop.
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var shop = new TcpClient(); // the shop
        await shop.ConnectAsync(host, 80, cts.Token);

        shop.NoDelay = true;
        """);

    [Fact]
    public Task What_nothing_disposes_is_disposed_when_the_connect_fails() => Fixes(
        "var shop = [|new TcpClient(host, 80)|];\nshop.Close();",
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var shop = new TcpClient();
        try
        {
            await shop.ConnectAsync(host, 80, cts.Token);
        }
        catch
        {
            shop.Dispose();
            throw;
        }
        shop.Close();
        """);

    [Fact]
    public Task Braces_stay_where_the_file_has_them() => Verify<PlainSLA2005, BoundConnectCodeFixProvider>.Fixes(
        "class C {\n\tasync Task M(string host) {\n\t\tTcpClient shop = [|new(host, 80)|];\n\t\tshop.Close();\n\t}\n}\n",
        "class C {\n\tasync Task M(string host) {\n\t\tusing var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n\t\tTcpClient shop = new();\n\t\ttry {\n\t\t\tawait shop.ConnectAsync(host, 80, cts.Token);\n\t\t} catch {\n\t\t\tshop.Dispose();\n\t\t\tthrow;\n\t\t}\n\t\tshop.Close();\n\t}\n}\n");

    [Fact]
    public Task A_constructor_with_an_initializer_keeps_it() => Fixes(
        "using var shop = [|new TcpClient(hostname: host, port: 80) { NoDelay = true }|];",
        Linked + "using var shop = new TcpClient() { NoDelay = true };\nawait shop.ConnectAsync(host, 80, cts.Token);",
        WithToken);

    [Fact]
    public Task In_a_using_statement_the_connect_comes_first() => Fixes(
        "using (var shop = [|new TcpClient(host, 80)|])\n{\n    shop.NoDelay = true;\n}",
        "using (var shop = new TcpClient())\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await shop.ConnectAsync(host, 80, cts.Token);\n    shop.NoDelay = true;\n}");

    [Fact]
    public Task Of_stacked_usings_the_next_waits_for_the_connect() => Fixes(
        """
        using (var shop = [|new TcpClient(host, 80)|])
        using (var stream = shop.GetStream())
        {
            stream.WriteByte(1);
        }
        """,
        """
        using (var shop = new TcpClient())
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await shop.ConnectAsync(host, 80, cts.Token);
            using (var stream = shop.GetStream())
            {
                stream.WriteByte(1);
            }
        }
        """);

    [Fact]
    public Task A_field_gets_a_client_that_is_connected() => Fixes(
        "_shop = [|new TcpClient(host, 80)|];",
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var tcpClient = new TcpClient();
        try
        {
            await tcpClient.ConnectAsync(host, 80, cts.Token);
        }
        catch
        {
            tcpClient.Dispose();
            throw;
        }
        _shop = tcpClient;
        """,
        members: "private TcpClient _shop;");

    [Fact]
    public Task What_is_returned_is_connected_first() => Fixes(
        "await Task.Yield();\nreturn [|new TcpClient(host, 80)|];",
        """
        await Task.Yield();
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 80, cts.Token);
        }
        catch
        {
            client.Dispose();
            throw;
        }
        return client;
        """,
        "public async Task<TcpClient> M(string host)");

    [Fact]
    public Task A_client_without_a_name_gets_one() => Fixes(
        "using var stream = [|new TcpClient(host, 80)|].GetStream();",
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 80, cts.Token);
        }
        catch
        {
            client.Dispose();
            throw;
        }
        using var stream = client.GetStream();
        """,
        "public async Task M(string host)");

    [Fact]
    public Task A_program_connects_with_a_bound() => Verify<PlainSLA2005, BoundConnectCodeFixProvider>.Fixes(
        "using var client = [|new TcpClient(\"localhost\", 80)|];\nConsole.WriteLine(client.Connected);\n",
        "using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\nusing var client = new TcpClient();\nawait client.ConnectAsync(\"localhost\", 80, cts.Token);\nConsole.WriteLine(client.Connected);\n");

    [Fact]
    public Task Two_connects_of_one_method_are_bounded_in_one_pass() => Fixes(
        """
        using var left = [|new TcpClient(host, 80)|];
        await Task.Delay(1);
        [|socket.Connect(host, 81)|];
        """,
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var left = new TcpClient();
        await left.ConnectAsync(host, 80, cts.Token);
        await Task.Delay(1);
        using var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.ConnectAsync(host, 81, cts2.Token);
        """);

    // Pipes.

    [Theory]
    [InlineData("[|pipe.Connect()|];", "pipe.Connect(30000);")]
    [InlineData("[|pipe.Connect(Timeout.Infinite)|];", "pipe.Connect(30000);")]
    [InlineData("[|pipe.Connect(-1)|];", "pipe.Connect(30000);")]
    public Task A_pipe_has_a_timeout_of_its_own(string before, string after) => Fixes(before, after, "public void M(NamedPipeClientStream pipe)");

    [Theory]
    [InlineData("await [|pipe.ConnectAsync()|];", "await pipe.ConnectAsync(30000, token);")]
    [InlineData("await [|pipe.ConnectAsync(CancellationToken.None)|];", "await pipe.ConnectAsync(30000, token);")]
    [InlineData("await [|pipe.ConnectAsync(Timeout.Infinite)|];", "await pipe.ConnectAsync(30000);")]
    [InlineData("[|pipe.Connect()|];", "pipe.Connect(30000);")]
    public Task A_pipe_is_awaited_with_its_timeout_and_the_token(string before, string after) => Fixes(before, after, "public async Task M(NamedPipeClientStream pipe, CancellationToken token)");

    [Fact]
    public async Task A_pipe_has_its_timeout_on_every_framework()
    {
        foreach (var references in new[] { TargetFrameworks.NetStandard20, TargetFrameworks.Net472, TargetFrameworks.Net80 })
        {
            await Fixes("return [|pipe.ConnectAsync()|];", "return pipe.ConnectAsync(30000);", "public Task M(NamedPipeClientStream pipe)", references: references, languageVersion: LanguageVersion.CSharp7_3);
        }
    }

    // Where no edit is right.

    [Theory]
    [InlineData("[|client.Connect(host, 80)|];")]
    [InlineData("[|socket.Connect(host, 80)|];")]
    [InlineData("using var shop = [|new TcpClient(host, 80)|];")]
    [InlineData("_ = [|client.ConnectAsync(host, 80)|];")]
    [InlineData("Action connect = () => [|client.Connect(host, 80)|];")]
    public Task What_may_not_be_awaited_is_left(string code) => NoFix(code);

    [Theory]
    [InlineData("await [|client.ConnectAsync(host, 80)|];")]
    [InlineData("[|socket.Connect(host, 80)|];")]
    [InlineData("using var shop = [|new TcpClient(host, 80)|];")]
    public async Task An_old_framework_has_no_connect_with_a_token(string code)
    {
        foreach (var references in new[] { TargetFrameworks.NetStandard20, TargetFrameworks.Net472 })
        {
            await NoFix(code, WithToken, references: references);
        }
    }

    [Theory]
    [InlineData("lock (host) [|client.Connect(host, 80)|];")]
    [InlineData("unsafe { [|client.Connect(host, 80)|]; }")]
    [InlineData("try { }\ncatch (Exception) when (Test([|new TcpClient(host, 80)|])) { }")]
    public Task What_an_await_may_not_stand_in_is_left(string code) => NoFix(code, "public async Task M(TcpClient client, Socket socket, string host)", "static bool Test(TcpClient client) => client.Connected;");

    [Fact]
    public Task A_client_that_is_made_in_a_condition_is_left() => NoFix("var shop = host == null ? null : [|new TcpClient(host, 80)|];", Async);

    [Fact]
    public Task A_connect_whose_address_list_has_no_other_overload_is_left() => NoFix("[|pack.Connect(host)|];", "public async Task M(Pack pack, string host)", "public class Pack { public void Connect(string host) { } public Task<int> ConnectAsync(string host, CancellationToken token) => Task.FromResult(1); }");

    /// <summary>When it is cancelled it throws what the handler is not for.</summary>
    [Fact]
    public Task What_a_handler_of_socket_errors_disposes_is_disposed_when_the_connect_is_cancelled() => Verify<AllAnalyzers, BoundConnectCodeFixProvider>.Fixes(
        """
        public static class Dialer
        {
            public static async Task<TcpClient> Dial(string host, int port, CancellationToken token)
            {
                while (true)
                {
                    var client = new TcpClient();
                    try
                    {
                        await {|SLA2005:client.ConnectAsync(host, port)|};
                        return client;
                    }
                    catch (SocketException)
                    {
                        client.Dispose();
                        await Task.Delay(20);
                    }
                }
            }
        }
        """,
        """
        public static class Dialer
        {
            public static async Task<TcpClient> Dial(string host, int port, CancellationToken token)
            {
                while (true)
                {
                    var client = new TcpClient();
                    try
                    {
                        using var cts = CancellationTokenSource.CreateLinkedTokenSource(token);
                        cts.CancelAfter(TimeSpan.FromSeconds(30));
                        try
                        {
                            await client.ConnectAsync(host, port, cts.Token);
                        }
                        catch (OperationCanceledException) when (!token.IsCancellationRequested)
                        {
                            throw new SocketException((int)SocketError.TimedOut);
                        }
                        return client;
                    }
                    catch (SocketException)
                    {
                        client.Dispose();
                        await Task.Delay(20);
                    }
                    catch
                    {
                        client.Dispose();
                        throw;
                    }
                }
            }
        }
        """);

    // A timeout is a failed connect, for the handlers around it that are for one.

    [Theory]
    [InlineData("catch (SocketException e) when (e.SocketErrorCode != SocketError.AccessDenied) { Console.WriteLine(e.Message); }")]
    [InlineData("catch (Exception e) when (e is SocketException or IOException) { Console.WriteLine(e.Message); }")]
    [InlineData("catch (OperationCanceledException) { throw; }\ncatch (SocketException) { }")]
    [InlineData("catch (SocketException) { }\ncatch (Exception) { throw; }")]
    public Task A_timeout_is_thrown_on_as_what_the_handler_is_for(string handlers) => Fixes(
        "try\n{\n    // The shop.\n    await [|client.ConnectAsync(host, 80)|].ConfigureAwait(false);\n    Console.WriteLine(1);\n}\n" + handlers,
        """
        try
        {
            // The shop.
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await client.ConnectAsync(host, 80, cts.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new SocketException((int)SocketError.TimedOut);
            }
            Console.WriteLine(1);
        }

        """.ReplaceLineEndings("\n") + handlers);

    [Theory]
    [InlineData("catch { }")]
    [InlineData("catch (Exception) { return; }")]
    [InlineData("catch (IOException) { }")]
    [InlineData("catch (Exception e) when (e is SocketException or OperationCanceledException) { }")]
    [InlineData("finally { Console.WriteLine(1); }")]
    public Task A_timeout_that_a_handler_takes_as_it_is_stays_so(string handlers) => Fixes(
        "try\n{\n    await [|client.ConnectAsync(host, 80)|];\n}\n" + handlers,
        "try\n{\n    " + Source + "    await client.ConnectAsync(host, 80, cts.Token);\n}\n" + handlers);

    [Fact]
    public Task A_handler_around_a_lambda_is_not_for_its_timeout() => Fixes(
        "try\n{\n    Func<Task> connect = async () => await [|client.ConnectAsync(host, 80)|];\n    await connect();\n}\ncatch (SocketException) { }",
        "try\n{\n    Func<Task> connect = async () =>\n    {\n        " + Source + "        await client.ConnectAsync(host, 80, cts.Token);\n    };\n    await connect();\n}\ncatch (SocketException) { }");

    [Fact]
    public Task A_blocking_connect_that_times_out_fails_as_before() => Fixes(
        """
        try
        {
            [|socket.Connect(host, 80)|];
        }
        catch (SocketException)
        {
            return;
        }
        """,
        """
        try
        {
            using var cts = CancellationTokenSource.CreateLinkedTokenSource(token);
            cts.CancelAfter(TimeSpan.FromSeconds(30));
            try
            {
                await socket.ConnectAsync(host, 80, cts.Token);
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                throw new SocketException((int)SocketError.TimedOut);
            }
        }
        catch (SocketException)
        {
            return;
        }
        """,
        WithToken);

    [Fact]
    public Task A_connecting_constructor_that_times_out_fails_as_before() => Fixes(
        """
        try
        {
            var shop = [|new TcpClient(host, 80)|];
            return shop;
        }
        catch (SocketException)
        {
            return null;
        }
        """,
        """
        try
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var shop = new TcpClient();
            try
            {
                await shop.ConnectAsync(host, 80, cts.Token);
            }
            catch (OperationCanceledException)
            {
                shop.Dispose();
                throw new SocketException((int)SocketError.TimedOut);
            }
            catch
            {
                shop.Dispose();
                throw;
            }
            return shop;
        }
        catch (SocketException)
        {
            return null;
        }
        """,
        "public async Task<TcpClient> M(string host)");

    [Fact]
    public Task A_web_socket_that_times_out_fails_as_one() => Fixes(
        """
        while (true)
        {
            using var feed = new ClientWebSocket();
            try
            {
                await [|feed.ConnectAsync(new Uri(host), CancellationToken.None)|];
                break;
            }
            catch (WebSocketException)
            {
                await Task.Delay(500);
            }
        }
        """,
        """
        while (true)
        {
            using var feed = new ClientWebSocket();
            try
            {
                using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                try
                {
                    await feed.ConnectAsync(new Uri(host), cts.Token);
                }
                catch (OperationCanceledException)
                {
                    throw new WebSocketException("The connection attempt has timed out.");
                }
                break;
            }
            catch (WebSocketException)
            {
                await Task.Delay(500);
            }
        }
        """);
}
