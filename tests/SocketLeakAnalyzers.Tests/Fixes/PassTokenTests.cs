using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public sealed class PassTokenTests
{
    private const string WithToken = "public async Task M(NetworkStream stream, byte[] buffer, CancellationToken token)";
    private const string Without = "public async Task M(NetworkStream stream, byte[] buffer)";
    private const string Source = "using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n";

    private static Task Fixes(
        string before,
        string after,
        string signature = Without,
        string members = "",
        string? afterMembers = null,
        ReferenceAssemblies? references = null,
        LanguageVersion languageVersion = LanguageVersion.Default,
        string? editorconfig = null) =>
        Verify<PlainSLA2007, PassTokenCodeFixProvider>.Fixes(
            Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, afterMembers ?? members), references: references, languageVersion: languageVersion, editorconfig: editorconfig);

    private static Task Whole(string before, string after, ReferenceAssemblies? references = null) =>
        Verify<PlainSLA2007, PassTokenCodeFixProvider>.Fixes(before, after, references: references);

    private static Task NoFix(string code, string signature = Without, string members = "", ReferenceAssemblies? references = null, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<PlainSLA2007, PassTokenCodeFixProvider>.NoFix(Verify.InMethod(code, signature, members), references: references, languageVersion: languageVersion);

    // The token in scope.

    [Theory]
    [InlineData("await [|stream.ReadAsync(buffer)|];", "await stream.ReadAsync(buffer, token);")]
    [InlineData("await [|stream.ReadAsync(buffer, 0, 9)|];", "await stream.ReadAsync(buffer, 0, 9, token);")]
    [InlineData("var n = await [|stream.ReadAsync(buffer.AsMemory())|].ConfigureAwait(false);", "var n = await stream.ReadAsync(buffer.AsMemory(), token).ConfigureAwait(false);")]
    [InlineData("await [|stream.ReadAsync(buffer, CancellationToken.None)|];", "await stream.ReadAsync(buffer, token);")]
    [InlineData("await [|stream.ReadAsync(buffer, default)|];", "await stream.ReadAsync(buffer, token);")]
    [InlineData("await [|stream.ReadAsync(buffer, cancellationToken: default(CancellationToken))|];", "await stream.ReadAsync(buffer, cancellationToken: token);")]
    [InlineData("await [|stream.ReadAsync(offset: 0, count: 9, buffer: buffer)|];", "await stream.ReadAsync(offset: 0, count: 9, buffer: buffer, cancellationToken: token);")]
    [InlineData("await [|stream.FlushAsync()|]; // all of it", "await stream.FlushAsync(token); // all of it")]
    [InlineData("await [|stream.WriteAsync(buffer /* hello */)|];", "await stream.WriteAsync(buffer /* hello */, token);")]
    [InlineData("Task task = [|stream.WriteAsync(buffer, 0, 9)|];\nawait task;", "Task task = stream.WriteAsync(buffer, 0, 9, token);\nawait task;")]
    [InlineData("await Task.WhenAll([|stream.WriteAsync(buffer, 0, 9)|], Task.Delay(1));", "await Task.WhenAll(stream.WriteAsync(buffer, 0, 9, token), Task.Delay(1));")]
    [InlineData("while (await [|stream.ReadAsync(buffer)|] > 0) { }", "while (await stream.ReadAsync(buffer, token) > 0) { }")]
    public Task The_parameter_is_passed(string before, string after) => Fixes(before, after, WithToken);

    [Fact]
    public Task An_argument_of_its_own_line_is_followed_by_one_on_the_next() => Fixes(
        """
        var read = await [|stream.ReadAsync(
            buffer, // ours
            0,
            buffer.Length)|];
        """,
        """
        var read = await stream.ReadAsync(
            buffer, // ours
            0,
            buffer.Length,
            token);
        """,
        WithToken);

    [Fact]
    public Task Every_call_of_a_finding_is_given_the_token() => Fixes(
        """
        await [|stream.WriteAsync(buffer)|];
        do
        {
            await stream.FlushAsync();
        }
        while (await stream.ReadAsync(buffer) > 0);
        """,
        """
        await stream.WriteAsync(buffer, token);
        do
        {
            await stream.FlushAsync(token);
        }
        while (await stream.ReadAsync(buffer, token) > 0);
        """,
        WithToken);

    [Fact]
    public Task A_token_of_a_service_is_passed() => Whole(
        """
        public class Pump : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using var udp = new UdpClient(80);
                while (!stoppingToken.IsCancellationRequested)
                {
                    var packet = await [|udp.ReceiveAsync()|];
                }
            }
        }
        """,
        """
        public class Pump : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using var udp = new UdpClient(80);
                while (!stoppingToken.IsCancellationRequested)
                {
                    var packet = await udp.ReceiveAsync(stoppingToken);
                }
            }
        }
        """);

    [Theory]
    [InlineData("HttpContext context", "context.RequestAborted")]
    [InlineData("HttpRequest request", "request.HttpContext.RequestAborted")]
    [InlineData("HttpContext context, CancellationToken token", "token")]
    public Task The_abort_token_of_a_request_is_passed(string parameter, string token) => Fixes(
        "await [|stream.ReadAsync(buffer)|];",
        $"await stream.ReadAsync(buffer, {token});",
        $"public async Task M(NetworkStream stream, byte[] buffer, {parameter})");

    [Fact]
    public Task The_abort_token_of_a_controller_is_passed() => Whole(
        "public class Logs : Microsoft.AspNetCore.Mvc.ControllerBase\n{\n    public async Task Get(NetworkStream stream, byte[] buffer) => await [|stream.ReadAsync(buffer)|];\n}",
        "public class Logs : Microsoft.AspNetCore.Mvc.ControllerBase\n{\n    public async Task Get(NetworkStream stream, byte[] buffer) => await stream.ReadAsync(buffer, HttpContext.RequestAborted);\n}");

    [Theory]
    [InlineData("private readonly CancellationToken _stop;", "_stop")]
    [InlineData("private CancellationToken Stop { get; }", "Stop")]
    [InlineData("private readonly CancellationTokenSource _stop = new();", "_stop.Token")]
    [InlineData("protected static CancellationToken Stop => CancellationToken.None;", "Stop")]
    public Task The_one_token_of_the_object_is_passed(string member, string token) => Fixes(
        "await [|stream.ReadAsync(buffer)|];", $"await stream.ReadAsync(buffer, {token});", members: member);

    [Fact]
    public Task Of_two_tokens_of_the_object_none_is_taken() => Fixes(
        "await [|stream.ReadAsync(buffer)|];", Source + "await stream.ReadAsync(buffer, cts.Token);", members: "CancellationToken _a, _b;");

    [Fact]
    public Task A_source_of_the_object_that_comes_and_goes_is_not_taken() => Fixes(
        "await [|stream.ReadAsync(buffer)|];", Source + "await stream.ReadAsync(buffer, cts.Token);", members: "CancellationTokenSource _stop = new();");

    [Fact]
    public Task A_token_of_the_object_is_no_token_for_its_end() => Fixes(
        "await [|stream.WriteAsync(buffer)|];", Source + "await stream.WriteAsync(buffer, cts.Token);", "public async Task StopAsync(NetworkStream stream, byte[] buffer)", "CancellationToken _stop;");

    [Fact]
    public Task A_static_method_takes_no_token_of_an_object() => Fixes(
        "await [|stream.ReadAsync(buffer)|];", Source + "await stream.ReadAsync(buffer, cts.Token);", "public static async Task M(NetworkStream stream, byte[] buffer)", "CancellationToken _stop;");

    [Theory]
    [InlineData("using var stop = new CancellationTokenSource();", "stop.Token")]
    [InlineData("using var stop = new CancellationTokenSource(500);", "stop.Token")]
    [InlineData("using var source = CancellationTokenSource.CreateLinkedTokenSource(default(CancellationToken)); var both = source.Token;", "both")]
    [InlineData("var none = CancellationToken.None; var stop = Environment.TickCount > 0 ? new CancellationToken(true) : none;", "stop")]
    public Task A_local_token_or_source_is_passed(string declaration, string token) => Fixes(
        declaration + "\nawait [|stream.ReadAsync(buffer)|];", declaration + "\nawait stream.ReadAsync(buffer, " + token + ");");

    [Fact]
    public Task A_local_name_for_no_token_is_replaced() => Fixes(
        "var none = CancellationToken.None;\nawait [|stream.ReadAsync(buffer, CancellationToken.None)|];",
        "var none = CancellationToken.None;\nawait stream.ReadAsync(buffer, token);",
        WithToken);

    [Fact]
    public Task A_source_that_was_cancelled_is_not_passed() => Fixes(
        "var stop = new CancellationTokenSource();\nstop.Cancel();\nawait [|stream.WriteAsync(buffer)|];",
        "var stop = new CancellationTokenSource();\nstop.Cancel();\n" + Source + "await stream.WriteAsync(buffer, cts.Token);");

    [Fact]
    public Task The_deadline_of_something_else_is_not_passed() => Fixes(
        """
        using var cts = new CancellationTokenSource(500);
        await Task.Delay(1, cts.Token);
        await Work();
        await [|stream.ReadAsync(buffer)|];
        """,
        """
        using var cts = new CancellationTokenSource(500);
        await Task.Delay(1, cts.Token);
        await Work();
        using var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.ReadAsync(buffer, cts2.Token);
        """,
        members: "Task Work() => Task.CompletedTask;");

    [Fact]
    public Task A_deadline_from_before_a_loop_is_not_one_for_its_rounds() => Fixes(
        """
        using var connecting = new CancellationTokenSource(500);
        while (true)
        {
            await [|stream.ReadAsync(buffer)|];
        }
        """,
        """
        using var connecting = new CancellationTokenSource(500);
        while (true)
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await stream.ReadAsync(buffer, cts.Token);
        }
        """);

    [Fact]
    public Task A_lambda_takes_the_token_around_it() => Fixes(
        "_ = Task.Run(async () => await [|stream.ReadAsync(buffer)|]);",
        "_ = Task.Run(async () => await stream.ReadAsync(buffer, token));",
        WithToken);

    [Fact]
    public Task A_lambda_takes_its_own_token_first() => Fixes(
        "Func<CancellationToken, Task> read = async stop => await [|stream.ReadAsync(buffer)|];",
        "Func<CancellationToken, Task> read = async stop => await stream.ReadAsync(buffer, stop);",
        WithToken);

    [Fact]
    public Task A_static_local_function_takes_no_token_around_it() => Fixes(
        "await Read(stream, buffer);\nstatic async Task Read(Stream from, byte[] to)\n{\n    await [|from.ReadAsync(to)|];\n}",
        "await Read(stream, buffer);\nstatic async Task Read(Stream from, byte[] to)\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await from.ReadAsync(to, cts.Token);\n}",
        WithToken);

    [Fact]
    public Task A_parameter_that_is_hidden_is_not_taken() => Fixes(
        "Func<string, Task> read = async token => await [|stream.ReadAsync(buffer)|];",
        "Func<string, Task> read = async token =>\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await stream.ReadAsync(buffer, cts.Token);\n};",
        WithToken);

    [Theory]
    [InlineData("try { await Task.Delay(1); }\nfinally\n{\n    ", "\n}")]
    [InlineData("try { await Task.Delay(1); }\ncatch (OperationCanceledException)\n{\n    ", "\n}")]
    [InlineData("if (token.IsCancellationRequested)\n{\n    ", "\n}")]
    [InlineData("while (!token.IsCancellationRequested)\n{\n    await Task.Delay(1);\n}\n\n{\n    ", "\n}")]
    public Task What_runs_after_a_cancellation_is_not_given_the_token(string ahead, string behind) => Fixes(
        ahead + "await [|stream.WriteAsync(buffer)|];" + behind,
        ahead + "using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await stream.WriteAsync(buffer, cts.Token);" + behind,
        WithToken);

    [Fact]
    public Task A_task_that_is_returned_is_given_the_token() => Fixes(
        "return [|stream.ReadAsync(buffer, 0, 9)|];",
        "return stream.ReadAsync(buffer, 0, 9, token);",
        "public Task<int> M(NetworkStream stream, byte[] buffer, CancellationToken token)");

    // Overloads.

    [Theory]
    [InlineData("await [|ssl.AuthenticateAsClientAsync(host)|];", "await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, token);")]
    [InlineData(
        "await [|ssl.AuthenticateAsClientAsync(host, null, System.Security.Authentication.SslProtocols.Tls12, true)|].ConfigureAwait(false);",
        "await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12, CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.Online }, token).ConfigureAwait(false);")]
    [InlineData(
        "await [|ssl.AuthenticateAsClientAsync(host, certificates, host == null)|];",
        "await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, ClientCertificates = certificates, CertificateRevocationCheckMode = (host == null) ? System.Security.Cryptography.X509Certificates.X509RevocationMode.Online : System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck }, token);")]
    [InlineData(
        "await [|ssl.AuthenticateAsServerAsync(certificates[0], false, false)|];",
        "await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificates[0] }, token);")]
    [InlineData("await [|ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions())|];", "await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions(), token);")]
    public Task A_handshake_is_given_a_token_by_the_overload_with_options(string before, string after) => Fixes(
        before, after, "public async Task M(SslStream ssl, string host, System.Security.Cryptography.X509Certificates.X509CertificateCollection certificates, CancellationToken token)");

    [Fact]
    public Task A_line_that_is_read_comes_as_a_value_task() => Fixes(
        "Task<string> line = [|reader.ReadLineAsync()|];\nawait line;",
        "Task<string> line = reader.ReadLineAsync(token).AsTask();\nawait line;",
        "public async Task M(StreamReader reader, CancellationToken token)");

    [Fact]
    public Task A_line_that_is_awaited_may_come_as_a_value_task() => Fixes(
        "while ((line = await [|reader.ReadLineAsync()|].ConfigureAwait(false)) != null) Console.WriteLine(line);",
        "while ((line = await reader.ReadLineAsync(token).ConfigureAwait(false)) != null) Console.WriteLine(line);",
        "public async Task M(StreamReader reader, string line, CancellationToken token)");

    [Theory]
    [InlineData("await [|socket.ReceiveAsync(new ArraySegment<byte>(buffer), SocketFlags.None)|];", "await socket.ReceiveAsync(new ArraySegment<byte>(buffer), SocketFlags.None, token);")]
    [InlineData("int n = await [|socket.SendAsync(buffer, SocketFlags.None)|];", "int n = await socket.SendAsync(buffer, SocketFlags.None, token);")]
    [InlineData("Task<int> n = [|socket.SendAsync(new ArraySegment<byte>(buffer), SocketFlags.None)|];", "Task<int> n = socket.SendAsync(new ArraySegment<byte>(buffer), SocketFlags.None, token).AsTask();")]
    public Task A_socket_takes_a_token_with_memory(string before, string after) => Fixes(before, after, "public async Task M(Socket socket, byte[] buffer, CancellationToken token)");

    [Theory]
    [InlineData("await [|writer.WriteLineAsync(line)|];", "await writer.WriteLineAsync(line.AsMemory(), token);")]
    [InlineData("await [|writer.WriteAsync(line + \"!\")|];", "await writer.WriteAsync((line + \"!\").AsMemory(), token);")]
    [InlineData("await [|writer.FlushAsync()|];", "await writer.FlushAsync(token);")]
    [InlineData("await [|writer.WriteAsync(line.ToCharArray(), 1, 2)|];", "await writer.WriteAsync(line.ToCharArray().AsMemory(1, 2), token);")]
    public Task Text_is_written_with_a_token_as_memory(string before, string after) => Fixes(before, after, "public async Task M(StreamWriter writer, string line, CancellationToken token)");

    [Theory]
    [InlineData("await [|web.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None)|];", "await web.ReceiveAsync(new ArraySegment<byte>(buffer), token);")]
    [InlineData("await [|web.SendAsync(buffer, WebSocketMessageType.Text, true, default)|];", "await web.SendAsync(buffer, WebSocketMessageType.Text, true, token);")]
    public Task No_token_is_replaced_on_a_web_socket(string before, string after) => Fixes(before, after, "public async Task M(WebSocket web, byte[] buffer, CancellationToken token)");

    [Theory]
    [InlineData("return await [|response.Content.ReadAsStringAsync()|];", "return await response.Content.ReadAsStringAsync(token);")]
    [InlineData("return await [|System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<string>(response.Content)|];", "return await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<string>(response.Content, token);")]
    [InlineData(
        "return await [|System.Text.Json.JsonSerializer.DeserializeAsync<string>(response.Content.ReadAsStream())|];",
        "return await System.Text.Json.JsonSerializer.DeserializeAsync<string>(response.Content.ReadAsStream(), cancellationToken: token);")]
    [InlineData("return [|response.Content.ReadAsStringAsync()|].GetAwaiter().GetResult();", "return response.Content.ReadAsStringAsync(token).GetAwaiter().GetResult();")]
    public Task A_body_is_read_with_the_token(string before, string after) => Fixes(before, after, "public async Task<string> M(HttpResponseMessage response, CancellationToken token)");

    [Fact]
    public Task A_stream_of_values_is_given_the_token() => Fixes(
        "await foreach (var item in [|System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsAsyncEnumerable<int>(http, \"/\")|])\n{\n}",
        "await foreach (var item in System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsAsyncEnumerable<int>(http, \"/\", token))\n{\n}",
        "public async Task M(HttpClient http, CancellationToken token)");

    [Fact]
    public Task Copying_takes_the_token() => Fixes(
        "await [|stream.CopyToAsync(to)|];", "await stream.CopyToAsync(to, token);", "public async Task M(Stream stream, Stream to, CancellationToken token)");

    // A source where there is no token.

    [Fact]
    public Task Without_a_token_a_source_with_a_timeout_is_made() => Fixes(
        """
        // Waits for the answer.
        var n = await [|stream.ReadAsync(buffer)|]; // all of it

        Console.WriteLine(n);
        """,
        """
        // Waits for the answer.
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var n = await stream.ReadAsync(buffer, cts.Token); // all of it

        Console.WriteLine(n);
        """);

    [Fact]
    public Task The_option_says_how_many_seconds() => Fixes(
        "await [|stream.ReadAsync(buffer)|];",
        "using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(0.25));\nawait stream.ReadAsync(buffer, cts.Token);",
        editorconfig: "socket_leak.default_timeout_seconds = 0.25");

    [Fact]
    public Task One_deadline_covers_calls_that_follow_each_other() => Fixes(
        """
        await [|stream.WriteAsync(buffer)|];
        Console.WriteLine("sent");
        if (buffer.Length > 1)
        {
            await stream.ReadAsync(buffer);
        }
        """,
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.WriteAsync(buffer, cts.Token);
        Console.WriteLine("sent");
        if (buffer.Length > 1)
        {
            await stream.ReadAsync(buffer, cts.Token);
        }
        """);

    [Fact]
    public Task Something_else_that_takes_time_ends_a_deadline() => Fixes(
        """
        await [|stream.WriteAsync(buffer)|];
        await Task.Delay(1);
        await stream.ReadAsync(buffer);
        """,
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.WriteAsync(buffer, cts.Token);
        await Task.Delay(1);
        using var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.ReadAsync(buffer, cts2.Token);
        """);

    [Fact]
    public Task Every_round_of_a_loop_has_the_whole_time() => Fixes(
        """
        await [|stream.WriteAsync(buffer)|];
        for (var i = 0; i < 9; i++)
        {
            await stream.ReadAsync(buffer);
        }
        """,
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.WriteAsync(buffer, cts.Token);
        for (var i = 0; i < 9; i++)
        {
            using var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await stream.ReadAsync(buffer, cts2.Token);
        }
        """);

    [Theory]
    [InlineData("(n = await [|stream.ReadAsync(buffer, 0, 9)|]) > 0", "(n = await stream.ReadAsync(buffer, 0, 9, cts.Token)) <= 0")]
    [InlineData("(n = await [|stream.ReadAsync(buffer, 0, 9)|]) != 0", "(n = await stream.ReadAsync(buffer, 0, 9, cts.Token)) == 0")]
    [InlineData("await [|stream.ReadAsync(buffer, 0, 9)|] is > 0 and var m", "!(await stream.ReadAsync(buffer, 0, 9, cts.Token) is > 0 and var m)")]
    [InlineData("!(await [|stream.ReadAsync(buffer, 0, 9)|] == 0)", "(await stream.ReadAsync(buffer, 0, 9, cts.Token) == 0)")]
    [InlineData("n < 9 && await [|stream.ReadAsync(buffer, 0, 9)|] > 0", "!(n < 9 && await stream.ReadAsync(buffer, 0, 9, cts.Token) > 0)")]
    public Task A_read_in_the_condition_of_a_loop_moves_into_the_loop(string before, string after) => Fixes(
        $$"""
        var n = 0;
        while ({{before}}) // all of it
        {
            // Says what came.
            Console.WriteLine(n);
        }
        """,
        $$"""
        var n = 0;
        while (true) // all of it
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            if ({{after}})
            {
                break;
            }

            // Says what came.
            Console.WriteLine(n);
        }
        """);

    [Fact]
    public Task A_loop_without_braces_gets_them() => Fixes(
        "string line;\nwhile ((line = await [|reader.ReadLineAsync()|]) is not null)\n    Console.WriteLine(line);",
        """
        string line;
        while (true)
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            if ((line = await reader.ReadLineAsync(cts.Token)) is null)
            {
                break;
            }
            Console.WriteLine(line);
        }
        """,
        "public async Task M(StreamReader reader)");

    [Fact]
    public Task Braces_stay_where_the_file_has_them() => Whole(
        "class C {\n  async Task M(Stream s, byte[] b) {\n    while (await [|s.ReadAsync(b)|] > 0) {\n      Console.WriteLine();\n    }\n  }\n}\n",
        "class C {\n  async Task M(Stream s, byte[] b) {\n    while (true) {\n      using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n      if (await s.ReadAsync(b, cts.Token) <= 0) {\n        break;\n      }\n\n      Console.WriteLine();\n    }\n  }\n}\n");

    [Fact]
    public Task A_statement_without_braces_gets_them() => Fixes(
        "if (buffer.Length > 0)\n    await [|stream.WriteAsync(buffer)|];\nelse\n    Console.WriteLine();",
        "if (buffer.Length > 0)\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await stream.WriteAsync(buffer, cts.Token);\n}\nelse\n    Console.WriteLine();");

    [Fact]
    public Task An_expression_body_becomes_a_block() => Fixes(
        "",
        "",
        members: "public async Task<int> N(Stream stream, byte[] buffer) => await [|stream.ReadAsync(buffer)|]; // one",
        afterMembers: "public async Task<int> N(Stream stream, byte[] buffer)\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    return await stream.ReadAsync(buffer, cts.Token);\n} // one");

    [Fact]
    public Task A_lambda_in_a_field_gets_a_block() => Fixes(
        "",
        "",
        members: "private readonly Func<Stream, byte[], Task> _read = async (stream, buffer) => await [|stream.ReadAsync(buffer)|];",
        afterMembers: "private readonly Func<Stream, byte[], Task> _read = async (stream, buffer) =>\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await stream.ReadAsync(buffer, cts.Token);\n};");

    [Fact]
    public Task A_switch_section_gets_a_using_statement() => Fixes(
        """
        switch (buffer.Length)
        {
            case 1:
                var n = await [|stream.ReadAsync(buffer)|];
                Console.WriteLine(n);
                break;
        }
        """,
        """
        switch (buffer.Length)
        {
            case 1:
                int n;
                using (var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
                {
                    n = await stream.ReadAsync(buffer, cts.Token);
                }
                Console.WriteLine(n);
                break;
        }
        """);

    [Fact]
    public Task Top_level_statements_are_served() => Whole(
        "using var client = new TcpClient();\nvar buffer = new byte[9];\nwhile (true)\n{\n    await [|client.GetStream().ReadAsync(buffer)|];\n}\n",
        "using var client = new TcpClient();\nvar buffer = new byte[9];\nwhile (true)\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await client.GetStream().ReadAsync(buffer, cts.Token);\n}\n");

    [Fact]
    public Task The_arguments_of_a_program_are_no_tokens() => Whole(
        "using var client = new TcpClient();\nConsole.WriteLine(await [|client.GetStream().ReadAsync(new byte[9])|]);\n",
        "using var client = new TcpClient();\nusing var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\nConsole.WriteLine(await client.GetStream().ReadAsync(new byte[9], cts.Token));\n");

    [Fact]
    public Task A_name_that_is_taken_is_not_used() => Fixes(
        "var cts = 1;\nawait [|stream.ReadAsync(buffer)|];\nConsole.WriteLine(cts);",
        "var cts = 1;\nusing var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));\nawait stream.ReadAsync(buffer, cts2.Token);\nConsole.WriteLine(cts);");

    [Fact]
    public Task A_type_that_is_not_imported_is_named_in_full() => Verify<PlainSLA2007, PassTokenCodeFixProvider>.Fixes(
        "namespace Shop { class CancellationTokenSource { } class C { async System.Threading.Tasks.Task M(System.IO.Stream s, byte[] b) { await [|s.ReadAsync(b)|]; } } }",
        "namespace Shop { class CancellationTokenSource { } class C { async System.Threading.Tasks.Task M(System.IO.Stream s, byte[] b) { using var cts = new System.Threading.CancellationTokenSource(TimeSpan.FromSeconds(30)); await s.ReadAsync(b, cts.Token); } } }");

    [Fact]
    public Task Waiting_for_the_task_is_the_end_of_it() => Fixes(
        "return [|stream.ReadAsync(buffer, 0, 9)|].Result;",
        Source + "return stream.ReadAsync(buffer, 0, 9, cts.Token).Result;",
        "public int M(NetworkStream stream, byte[] buffer)");

    [Fact]
    public Task A_line_that_is_waited_for_stays_a_task() => Fixes(
        "return [|reader.ReadLineAsync()|].GetAwaiter().GetResult();",
        Source + "return reader.ReadLineAsync(cts.Token).AsTask().GetAwaiter().GetResult();",
        "public string M(StreamReader reader)");

    [Fact]
    public Task Two_streams_of_one_method_are_given_tokens_in_one_pass() => Fixes(
        """
        await [|left.WriteAsync(buffer)|];
        while (true)
        {
            await [|right.ReadAsync(buffer)|];
        }
        """,
        """
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await left.WriteAsync(buffer, cts.Token);
        while (true)
        {
            using var cts2 = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await right.ReadAsync(buffer, cts2.Token);
        }
        """,
        "public async Task M(Stream left, Stream right, byte[] buffer)");

    [Fact]
    public Task Methods_of_a_file_are_given_tokens_in_one_pass() => Fixes(
        "await [|stream.ReadAsync(buffer)|];",
        "await stream.ReadAsync(buffer, token);",
        WithToken,
        members: "async Task N(Stream a, byte[] b)\n{\n    await [|a.WriteAsync(b)|];\n}\nTask O(Stream a, CancellationToken stop) => [|a.FlushAsync()|];",
        afterMembers: "async Task N(Stream a, byte[] b)\n{\n    using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n    await a.WriteAsync(b, cts.Token);\n}\nTask O(Stream a, CancellationToken stop) => a.FlushAsync(stop);");

    // Older frameworks and languages.

    [Theory]
    [InlineData("await [|stream.ReadAsync(buffer, 0, 9)|];", "await stream.ReadAsync(buffer, 0, 9, token);")]
    [InlineData("await [|stream.CopyToAsync(stream)|];", "await stream.CopyToAsync(stream, 81920, token);")]
    [InlineData("await [|stream.FlushAsync()|];", "await stream.FlushAsync(token);")]
    public async Task Old_frameworks_are_given_what_they_have(string before, string after)
    {
        foreach (var references in new[] { TargetFrameworks.NetStandard20, TargetFrameworks.Net472 })
        {
            await Fixes(before, after, WithToken, references: references, languageVersion: LanguageVersion.CSharp7_3);
        }
    }

    [Theory]
    [InlineData("await [|reader.ReadLineAsync()|];")]
    [InlineData("await [|reader.ReadToEndAsync()|];")]
    [InlineData("await [|ssl.AuthenticateAsClientAsync(\"h\")|];")]
    [InlineData("await [|udp.ReceiveAsync()|];")]
    [InlineData("await [|content.ReadAsStringAsync()|];")]
    [InlineData("await [|writer.WriteLineAsync(\"h\")|];")]
    public Task What_an_old_framework_has_no_overload_for_is_left(string code) => NoFix(
        code,
        "public async Task M(StreamReader reader, StreamWriter writer, SslStream ssl, UdpClient udp, HttpContent content, CancellationToken token)",
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task Before_using_declarations_there_is_a_statement() => Fixes(
        "var n = await [|stream.ReadAsync(buffer, 0, 9)|]; // here\nConsole.WriteLine(n);",
        "int n;\nusing (var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30)))\n{\n    n = await stream.ReadAsync(buffer, 0, 9, cts.Token); // here\n}\nConsole.WriteLine(n);",
        references: TargetFrameworks.Net472,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task Before_using_declarations_an_expression_body_holds_a_statement() => Fixes(
        "",
        "",
        members: "async Task<int> N(Stream stream, byte[] buffer) => await [|stream.ReadAsync(buffer, 0, 9)|];",
        afterMembers: "async Task<int> N(Stream stream, byte[] buffer)\n{\n    using (var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30)))\n    {\n        return await stream.ReadAsync(buffer, 0, 9, cts.Token);\n    }\n}",
        references: TargetFrameworks.Net472,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task An_older_runtime_awaits_what_it_has() => Fixes(
        "await [|reader.ReadLineAsync()|];", "await reader.ReadLineAsync(token);", "public async Task M(StreamReader reader, CancellationToken token)", references: TargetFrameworks.Net80);

    // Where no edit is right.

    [Theory]
    [InlineData("return [|stream.ReadAsync(buffer, 0, 9)|];", "public Task<int> M(NetworkStream stream, byte[] buffer)")]
    [InlineData("_ = [|stream.ReadAsync(buffer, 0, 9)|];", "public void M(NetworkStream stream, byte[] buffer)")]
    [InlineData("var task = [|stream.ReadAsync(buffer, 0, 9)|];\nawait Task.WhenAny(task, Task.Delay(1));", Without)]
    [InlineData("do { } while (await [|stream.ReadAsync(buffer)|] > 0);", Without)]
    [InlineData("for (; await [|stream.ReadAsync(buffer)|] > 0; ) { }", Without)]
    [InlineData("Func<Task<int>> read = () => [|stream.ReadAsync(buffer, 0, 9)|];", Without)]
    public Task Without_a_token_what_outlives_its_statement_is_left(string code, string signature) => NoFix(code, signature);

    [Theory]
    [InlineData("await [|socket.ReceiveAsync(new List<ArraySegment<byte>>(), SocketFlags.None)|];")]
    [InlineData("await [|pack.ReadAsync(1)|];")]
    public Task What_has_no_overload_with_a_token_is_left(string code) => NoFix(
        code, "public async Task M(Socket socket, Pack pack, CancellationToken token)", "public class Pack { public Task<int> ReadAsync(int n) => Task.FromResult(n); }");

    [Fact]
    public Task An_overload_that_gives_something_else_is_not_taken() => NoFix(
        "int n = await [|pack.ReadAsync(1)|];",
        "public async Task M(Pack pack, CancellationToken token)",
        "public class Pack { public Task<int> ReadAsync(int n) => Task.FromResult(n); public Task<long> ReadAsync(int n, CancellationToken token) => Task.FromResult(1L); }");

    [Fact]
    public Task A_finding_with_a_call_that_takes_no_token_is_left() => NoFix(
        "await [|writer.FlushAsync()|];\nawait writer.WriteAsync('a');", "public async Task M(StreamWriter writer, CancellationToken token)");

    [Fact]
    public Task Characters_are_read_as_memory() => Fixes(
        "await [|reader.ReadLineAsync()|];\nint n = await reader.ReadAsync(new char[9], 0, 9).ConfigureAwait(false);",
        "await reader.ReadLineAsync(token);\nint n = await reader.ReadAsync((new char[9]).AsMemory(0, 9), token).ConfigureAwait(false);",
        "public async Task M(StreamReader reader, CancellationToken token)");

    [Fact]
    public Task A_call_that_may_not_be_made_is_given_a_token_but_no_source()
    {
        return Task.WhenAll(
            Fixes("await (stream?{|SLA2007:.WriteAsync(buffer, 0, 9)|} ?? Task.CompletedTask);", "await (stream?.WriteAsync(buffer, 0, 9, token) ?? Task.CompletedTask);", WithToken),
            NoFix("await (stream?{|SLA2007:.WriteAsync(buffer, 0, 9)|} ?? Task.CompletedTask);"));
    }

    [Fact]
    public Task A_jump_over_the_source_is_not_made() => NoFix("if (buffer.Length == 0) goto end;\nawait [|stream.ReadAsync(buffer)|];\nend: Console.WriteLine();");

    [Fact]
    public Task A_title_says_what_is_passed_or_that_a_success_may_fail()
    {
        return Task.WhenAll(Titled(WithToken, "Pass 'token'"), Titled(Without, "Cancel after 30 s (a slower success will fail)"));

        static async Task Titled(string signature, string title)
        {
            var test = new FixTest<PlainSLA2007, PassTokenCodeFixProvider>
            {
                TestCode = "using System.IO; using System.Net.Sockets; using System.Threading; using System.Threading.Tasks;\n" + Verify.InMethod("await [|stream.FlushAsync()|];", signature),
                FixedCode = "using System.IO; using System.Net.Sockets; using System.Threading; using System.Threading.Tasks;\n" + Verify.InMethod(
                    signature == WithToken ? "await stream.FlushAsync(token);" : Source.Replace("TimeSpan", "System.TimeSpan") + "await stream.FlushAsync(cts.Token);", signature),
                CodeActionVerifier = (action, verify) => verify.Equal(title, action.Title),
                ReferenceAssemblies = TargetFrameworks.Net100,
            };
            await test.RunAsync();
        }
    }
}
