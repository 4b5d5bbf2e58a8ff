using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class WrapInUsingTests
{
    private const string Sync = "public void M(string host, bool a)";

    private static Task Fixes(string before, string after, string signature = Sync, string members = "", LanguageVersion version = LanguageVersion.Default, ReferenceAssemblies? references = null) =>
        Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
            Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, members), languageVersion: version, references: references);

    [Theory]
    [InlineData(
        "var (status, response) = await {|SLA1001:FetchAsync(url)|}.ConfigureAwait(false);\nreturn status == HttpStatusCode.OK && response.Content.Headers.ContentLength > 0;",
        "var (status, response) = await FetchAsync(url).ConfigureAwait(false);\nusing (response)\n{\n    return status == HttpStatusCode.OK && response.Content.Headers.ContentLength > 0;\n}")]
    [InlineData(
        "var (_, response) = await {|SLA1001:FetchAsync(url)|}; // fetched\n\n// looked at\nif (response.IsSuccessStatusCode)\n    return true;\nreturn false;",
        "var (_, response) = await FetchAsync(url); // fetched\n\n// looked at\nusing (response)\n{\n    if (response.IsSuccessStatusCode)\n        return true;\n    return false;\n}")]
    public Task A_part_of_a_tuple_gets_a_using_block(string before, string after) => Fixes(
        before,
        after,
        "public async Task<bool> M(string url)",
        """
        private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(1) };

        private async Task<(HttpStatusCode, HttpResponseMessage)> FetchAsync(string url)
        {
            var r = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            return (r.StatusCode, r);
        }
        """);

    private const string Dial = """
        private static void Dial(string host, out Socket socket) => socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        private static bool TryDial(string host, out Socket? socket)
        {
            var candidate = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try { candidate.Connect(host, 1); socket = candidate; return true; }
            catch { candidate.Dispose(); socket = null; return false; }
        }
        """;

    [Theory]
    [InlineData(
        "Dial(host, {|SLA1001:out var socket|}); // now\n// speak\nsocket.Send(new byte[1]); // spoken\nConsole.WriteLine();",
        "Dial(host, out var socket); // now\n// speak\nusing (socket)\n{\n    socket.Send(new byte[1]); // spoken\n    Console.WriteLine();\n}")]
    [InlineData(
        "Socket socket;\nDial(host, {|SLA1001:out socket|});\nsocket.Send(new byte[1]);",
        "Socket socket;\nDial(host, out socket);\nusing (socket)\n{\n    socket.Send(new byte[1]);\n}")]
    [InlineData(
        "if (!TryDial(host, {|SLA1001:out var socket|}))\n    return;\n\nsocket!.Send(new byte[1]);",
        "if (!TryDial(host, out var socket))\n    return;\n\nusing (socket)\n{\n    socket!.Send(new byte[1]);\n}")]
    [InlineData(
        "if (TryDial(host, {|SLA1001:out var socket|}))\n{\n    socket!.Send(new byte[1]);\n}\nelse\n{\n    Console.WriteLine(host);\n}",
        "if (TryDial(host, out var socket))\n{\n    using (socket)\n    {\n        socket!.Send(new byte[1]);\n    }\n}\nelse\n{\n    Console.WriteLine(host);\n}")]
    [InlineData(
        "var ok = TryDial(host, {|SLA1001:out var socket|});\nConsole.WriteLine(ok ? socket!.RemoteEndPoint : null);",
        "var ok = TryDial(host, out var socket);\nusing (socket)\n{\n    Console.WriteLine(ok ? socket!.RemoteEndPoint : null);\n}")]
    public Task An_out_variable_gets_a_using_block(string before, string after) => Fixes(before, after, "public void M(string host)", Dial);

    [Fact]
    public Task Both_branches_of_a_choice_are_one_using() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        Verify.InMethod(
            """
            Stream source = zipped ? new GZipStream({|SLA1002:File.OpenRead(host)|}, CompressionMode.Decompress) : (Stream){|SLA1002:File.OpenRead(host)|};
            if (source.ReadByte() < 0)
                return; // empty
            source.Dispose();
            """,
            "public void M(string host, bool zipped)"),
        Verify.InMethod(
            """
            using Stream source = zipped ? new GZipStream(File.OpenRead(host), CompressionMode.Decompress) : (Stream)File.OpenRead(host);
            if (source.ReadByte() < 0)
                return; // empty
            """,
            "public void M(string host, bool zipped)"),
        iterations: 1);

    [Fact]
    public Task A_local_becomes_a_using_declaration() => Fixes(
        """
        // Asks for the time.
        var client = {|SLA1001:new TcpClient(host, 13)|}; // daytime

        client.Client.Send(new byte[1]);
        """,
        """
        // Asks for the time.
        using var client = new TcpClient(host, 13); // daytime

        client.Client.Send(new byte[1]);
        """);

    /// <summary>The first cannot be while the second is closed behind it.</summary>
    [Fact]
    public Task Two_that_are_closed_one_behind_the_other_both_become_using_declarations() => Fixes(
        """
        var first = {|SLA1002:new TcpClient(host, 13)|};
        var second = {|SLA1002:new TcpClient(host, 14)|};
        first.GetStream().CopyTo(second.GetStream());
        first.Close();
        second.Close();
        """,
        """
        using var first = new TcpClient(host, 13);
        using var second = new TcpClient(host, 14);
        first.GetStream().CopyTo(second.GetStream());
        """);

    [Fact]
    public Task The_type_stays_as_it_is_written() => Fixes(
        "System.Net.Sockets.TcpClient? client = {|SLA1001:new(host, 13)|};\nclient.NoDelay = true;",
        "using System.Net.Sockets.TcpClient? client = new(host, 13);\nclient.NoDelay = true;");

    [Fact]
    public Task What_comes_through_a_bounded_wait_of_the_house() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        """
        public static class Probe
        {
            private static async Task<T> Within<T>(this Task<T> task, TimeSpan limit)
            {
                if (await Task.WhenAny(task, Task.Delay(limit)) != task)
                {
                    throw new TimeoutException();
                }

                return await task;
            }

            public static async Task<bool> AcceptsAsync(TcpListener listener)
            {
                var accepted = await {|SLA1001:listener.AcceptSocketAsync()|}.Within(TimeSpan.FromSeconds(1));
                return accepted.Connected;
            }
        }
        """,
        """
        public static class Probe
        {
            private static async Task<T> Within<T>(this Task<T> task, TimeSpan limit)
            {
                if (await Task.WhenAny(task, Task.Delay(limit)) != task)
                {
                    throw new TimeoutException();
                }

                return await task;
            }

            public static async Task<bool> AcceptsAsync(TcpListener listener)
            {
                using var accepted = await listener.AcceptSocketAsync().Within(TimeSpan.FromSeconds(1));
                return accepted.Connected;
            }
        }
        """);

    [Fact]
    public Task An_awaited_local_becomes_a_using_declaration() => Fixes(
        """
        var response = await {|SLA1001:http.GetAsync("http://h", HttpCompletionOption.ResponseHeadersRead)|}.ConfigureAwait(false);
        Console.WriteLine(response.StatusCode);
        """,
        """
        using var response = await http.GetAsync("http://h", HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        Console.WriteLine(response.StatusCode);
        """,
        "public async Task M(HttpClient http)");

    [Fact]
    public Task A_check_that_throws_moves_behind_the_declaration() => Fixes(
        """
        var response = (await {|SLA1001:http.GetAsync("http://h", HttpCompletionOption.ResponseHeadersRead)|}).EnsureSuccessStatusCode();
        Console.WriteLine(response.StatusCode);
        """,
        """
        using var response = await http.GetAsync("http://h", HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        Console.WriteLine(response.StatusCode);
        """,
        "public async Task M(HttpClient http)");

    [Fact]
    public Task A_declaration_of_several_is_split() => Fixes(
        """
        TcpClient? first = null, second = {|SLA1001:new TcpClient(host, 13)|}, third = null;
        second.NoDelay = first == third;
        """,
        """
        TcpClient? first = null;
        using TcpClient? second = new TcpClient(host, 13);
        TcpClient? third = null;
        second.NoDelay = first == third;
        """);

    [Fact]
    public Task The_first_of_several_is_split_off() => Fixes(
        "Stream stream = {|SLA1001:File.OpenRead(host)|}, other = Stream.Null;\nstream.ReadByte();",
        "using Stream stream = File.OpenRead(host);\nStream other = Stream.Null;\nstream.ReadByte();");

    [Fact]
    public Task A_wrapper_that_owns_it_is_disposed_in_its_place() => Fixes(
        "var reader = new StreamReader({|SLA1001:File.OpenRead(host)|});\nConsole.WriteLine(reader.ReadLine());",
        "using var reader = new StreamReader(File.OpenRead(host));\nConsole.WriteLine(reader.ReadLine());");

    [Fact]
    public Task A_temporary_gets_a_name() => Fixes(
        """
        // Writes one byte.
        {|SLA1001:new TcpClient(host, 13)|}.GetStream().Write(new byte[1]); // sent
        """,
        """
        // Writes one byte.
        using var client = new TcpClient(host, 13);
        client.GetStream().Write(new byte[1]); // sent
        """);

    [Fact]
    public Task A_temporary_under_a_view_in_a_local_gets_a_name() => Fixes(
        "var stream = {|SLA1001:new TcpClient(host, 13)|}.GetStream();\nstream.WriteByte(1);",
        "using var client = new TcpClient(host, 13);\nvar stream = client.GetStream();\nstream.WriteByte(1);");

    [Fact]
    public Task A_temporary_of_a_target_type_gets_it_written() => Fixes(
        "Use({|SLA1001:new(host, 13)|});",
        "using TcpClient client = new(host, 13);\nUse(client);",
        members: "private static void Use(TcpClient c) => c.NoDelay = true;");

    [Fact]
    public Task A_name_that_is_taken_is_not_chosen() => Fixes(
        "{|SLA1001:new TcpClient(host, 13)|}.NoDelay = client;",
        "using var tcpClient = new TcpClient(host, 13);\ntcpClient.NoDelay = client;",
        members: "private bool client;");

    [Fact]
    public Task Several_temporaries_are_numbered() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        Verify.InMethod("{|SLA1001:new TcpClient(host, 13)|}.NoDelay = a;\n{|SLA1001:new TcpClient(host, 14)|}.NoDelay = a;\n{|SLA1001:new TcpClient(host, 15)|}.NoDelay = a;", Sync),
        Verify.InMethod(
            "using var client = new TcpClient(host, 13);\nclient.NoDelay = a;\nusing var tcpClient = new TcpClient(host, 14);\ntcpClient.NoDelay = a;\nusing var client2 = new TcpClient(host, 15);\nclient2.NoDelay = a;",
            Sync));

    [Fact]
    public Task A_discarded_result_gets_a_name() => Fixes(
        "_ = await {|SLA1001:http.GetAsync(\"http://h\", HttpCompletionOption.ResponseHeadersRead)|};",
        "using var response = await http.GetAsync(\"http://h\", HttpCompletionOption.ResponseHeadersRead);",
        "public async Task M(HttpClient http)");

    [Fact]
    public Task A_result_that_nobody_takes_gets_a_name() => Fixes(
        "{|SLA1001:new TcpClient(host, 13)|};",
        "using var client = new TcpClient(host, 13);");

    [Fact]
    public Task A_temporary_in_a_return_gets_a_name() => Fixes(
        "return await (await {|SLA1002:http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead)|}).Content.ReadAsStringAsync();",
        "using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);\nreturn await response.Content.ReadAsStringAsync();",
        "public async Task<string> M(HttpClient http, string url)");

    [Fact]
    public Task A_statement_alone_under_an_if_gets_a_block() => Fixes(
        """
        if (a)
            // once
            Use({|SLA1001:new TcpClient(host, 13)|}); // and done
        else
            Console.WriteLine();
        """,
        """
        if (a)
        {
            // once
            using var client = new TcpClient(host, 13);
            Use(client); // and done
        }
        else
            Console.WriteLine();
        """,
        members: "private static void Use(TcpClient c) => c.NoDelay = true;");

    [Fact]
    public Task A_statement_on_the_line_of_its_if_gets_a_block() => Fixes(
        """
        if (a) Use({|SLA1001:new TcpClient(host, 13)|}); else Console.WriteLine();
        foreach (var h in host) Use({|SLA1001:new TcpClient(h.ToString(), 13)|});
        """,
        """
        if (a)
        {
            using var client = new TcpClient(host, 13);
            Use(client);
        }
        else Console.WriteLine();
        foreach (var h in host)
        {
            using var client = new TcpClient(h.ToString(), 13);
            Use(client);
        }
        """,
        members: "private static void Use(TcpClient c) => c.NoDelay = true;");

    [Fact]
    public Task A_result_that_nobody_takes_under_an_if_gets_a_block() => Fixes(
        "if (a)\n    {|SLA1001:new TcpClient(host, 13)|};",
        "if (a)\n{\n    using var client = new TcpClient(host, 13);\n}");

    [Fact]
    public Task Braces_follow_the_style_around_them() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        "class C {\n\tvoid M(string host, bool a) {\n\t\tif (a)\n\t\t\t{|SLA1001:new TcpClient(host, 13)|}.NoDelay = a;\n\t}\n}\n",
        "class C {\n\tvoid M(string host, bool a) {\n\t\tif (a) {\n\t\t\tusing var client = new TcpClient(host, 13);\n\t\t\tclient.NoDelay = a;\n\t\t}\n\t}\n}\n");

    [Fact]
    public Task A_switch_section_gets_a_using_block() => Fixes(
        """
        switch (host)
        {
            case "a":
                var client = {|SLA1001:new TcpClient(host, 13)|};
                client.NoDelay = a;
                break;
            default:
                {|SLA1001:new TcpClient(host, 13)|}.NoDelay = a;
                break;
        }
        """,
        """
        switch (host)
        {
            case "a":
                using (var client = new TcpClient(host, 13))
                {
                    client.NoDelay = a;
                    break;
                }
            default:
                using (var client = new TcpClient(host, 13))
                {
                    client.NoDelay = a;
                }
                break;
        }
        """);

    [Fact]
    public Task Before_CSharp_8_the_rest_of_the_block_goes_into_a_using_block() => Fixes(
        """
        // Asks for the time.
        var client = {|SLA1001:new TcpClient(host, 13)|}; // daytime

        if (a)
        {
            client.NoDelay = true;
        }

        var text = @"one
        two";
        // the end
        """,
        """
        // Asks for the time.
        using (var client = new TcpClient(host, 13)) // daytime
        {

            if (a)
            {
                client.NoDelay = true;
            }

            var text = @"one
        two";
        }
        // the end
        """,
        version: LanguageVersion.CSharp7_3,
        references: TargetFrameworks.Net472);

    [Fact]
    public Task Before_CSharp_8_nested_blocks_come_in_one_pass() => Fixes(
        """
        var first = {|SLA1001:new TcpClient(host, 13)|};
        first.NoDelay = a;
        var second = {|SLA1001:new TcpClient(host, 14)|};
        second.NoDelay = first.NoDelay;
        """,
        """
        using (var first = new TcpClient(host, 13))
        {
            first.NoDelay = a;
            using (var second = new TcpClient(host, 14))
            {
                second.NoDelay = first.NoDelay;
            }
        }
        """,
        version: LanguageVersion.CSharp7_3,
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task Before_CSharp_8_a_temporary_and_a_discarded_result_get_blocks() => Fixes(
        """
        {|SLA1001:new TcpClient(host, 13)|}.NoDelay = a;
        _ = {|SLA1001:new TcpClient(host, 13)|};
        var stream = {|SLA1001:new TcpClient(host, 13)|}.GetStream();
        stream.WriteByte(1);
        """,
        """
        using (var client = new TcpClient(host, 13))
        {
            client.NoDelay = a;
        }
        using (new TcpClient(host, 13))
        {
        }
        using (var tcpClient = new TcpClient(host, 13))
        {
            var stream = tcpClient.GetStream();
            stream.WriteByte(1);
        }
        """,
        version: LanguageVersion.CSharp7_3,
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task A_block_in_one_line_stays_in_one_line() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        "class C { void M(string h) { var c = {|SLA1001:new TcpClient(h, 1)|}; c.NoDelay = true; } }\n",
        "class C { void M(string h) { using (var c = new TcpClient(h, 1)) { c.NoDelay = true; } } }\n",
        languageVersion: LanguageVersion.CSharp7_3,
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task Line_ends_survive() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        "class C\r\n{\r\n    string M(string path) => {|SLA1001:new StreamReader(path)|}.ReadToEnd();\r\n\r\n    void N(string host, bool a)\r\n    {\r\n        if (a) {|SLA1001:new TcpClient(host, 1)|}.NoDelay = a;\r\n    }\r\n}\r\n",
        "class C\r\n{\r\n    string M(string path)\r\n    {\r\n        using var reader = new StreamReader(path);\r\n        return reader.ReadToEnd();\r\n    }\r\n\r\n    void N(string host, bool a)\r\n    {\r\n        if (a)\r\n        {\r\n            using var client = new TcpClient(host, 1);\r\n            client.NoDelay = a;\r\n        }\r\n    }\r\n}\r\n");

    [Fact]
    public Task Expression_bodies_become_blocks() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        """
        class C
        {
            private readonly string path = "p";

            // Reads it.
            string M() => {|SLA1001:new StreamReader(path)|}.ReadToEnd(); // all of it

            void N() =>
                // Once.
                {|SLA1001:new TcpClient(path, 1)|}.NoDelay = true;

            async Task O() => await {|SLA1001:new StreamReader(path)|}.ReadToEndAsync();

            async Task<string> P() => await {|SLA1001:new StreamReader(path)|}.ReadToEndAsync();

            string Q => {|SLA1001:new StreamReader(path)|}.ReadToEnd();

            string R
            {
                get => {|SLA1001:new StreamReader(path)|}.ReadToEnd();
                set => {|SLA1001:new StreamWriter(value)|}.Write(1);
            }

            string S()
            {
                string Local() => {|SLA1001:new StreamReader(path)|}.ReadToEnd();
                return Local();
            }
        }
        """,
        """
        class C
        {
            private readonly string path = "p";

            // Reads it.
            string M()
            {
                using var reader = new StreamReader(path);
                return reader.ReadToEnd();
            } // all of it

            void N()
            {
                // Once.
                using var client = new TcpClient(path, 1);
                client.NoDelay = true;
            }

            async Task O()
            {
                using var reader = new StreamReader(path);
                await reader.ReadToEndAsync();
            }

            async Task<string> P()
            {
                using var reader = new StreamReader(path);
                return await reader.ReadToEndAsync();
            }

            string Q
            {
                get
                {
                    using var reader = new StreamReader(path);
                    return reader.ReadToEnd();
                }
            }

            string R
            {
                get
                {
                    using var reader = new StreamReader(path);
                    return reader.ReadToEnd();
                }
                set
                {
                    using var writer = new StreamWriter(value);
                    writer.Write(1);
                }
            }

            string S()
            {
                string Local()
                {
                    using var reader = new StreamReader(path);
                    return reader.ReadToEnd();
                }
                return Local();
            }
        }
        """);

    [Fact]
    public Task Lambdas_get_a_body() => Fixes(
        """
        Action<string> act = p => {|SLA1001:new TcpClient(p, 1)|}.NoDelay = a;
        Func<string, string> read = p => {|SLA1001:new StreamReader(p)|}.ReadToEnd();
        Func<string, Task<string>> readAsync = async p => await {|SLA1001:new StreamReader(p)|}.ReadToEndAsync();
        Func<string, Task> waste = async (p) =>
        {
            var reader = {|SLA1001:new StreamReader(p)|};
            await reader.ReadLineAsync();
        };
        """,
        """
        Action<string> act = p =>
        {
            using var client = new TcpClient(p, 1);
            client.NoDelay = a;
        };
        Func<string, string> read = p =>
        {
            using var reader = new StreamReader(p);
            return reader.ReadToEnd();
        };
        Func<string, Task<string>> readAsync = async p =>
        {
            using var reader = new StreamReader(p);
            return await reader.ReadToEndAsync();
        };
        Func<string, Task> waste = async (p) =>
        {
            using var reader = new StreamReader(p);
            await reader.ReadLineAsync();
        };
        """);

    [Fact]
    public Task Before_CSharp_8_an_expression_body_gets_a_using_block() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        "class C\n{\n    string M(string p) => {|SLA1001:new StreamReader(p)|}.ReadToEnd();\n}\n",
        "class C\n{\n    string M(string p)\n    {\n        using (var reader = new StreamReader(p))\n        {\n            return reader.ReadToEnd();\n        }\n    }\n}\n",
        languageVersion: LanguageVersion.CSharp7_3,
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task Top_level_statements() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        """
        var client = {|SLA1001:new TcpClient(args[0], 13)|};
        client.NoDelay = true;
        {|SLA1001:new StreamReader(args[1])|}.ReadLine();
        if (args.Length > 2)
            {|SLA1001:new StreamReader(args[2])|}.ReadLine();
        """,
        """
        using var client = new TcpClient(args[0], 13);
        client.NoDelay = true;
        using var reader = new StreamReader(args[1]);
        reader.ReadLine();
        if (args.Length > 2)
        {
            using var streamReader = new StreamReader(args[2]);
            streamReader.ReadLine();
        }
        """);

    [Fact]
    public Task A_declaration_moves_to_the_assignment() => Fixes(
        """
        TcpClient? client = null;
        Console.WriteLine();
        client = {|SLA1001:new TcpClient(host, 13)|};
        client.NoDelay = a;
        """,
        """
        Console.WriteLine();
        using TcpClient? client = new TcpClient(host, 13);
        client.NoDelay = a;
        """);

    [Fact]
    public Task A_declaration_moves_into_the_only_block_that_uses_it() => Fixes(
        """
        TcpClient client;
        if (a)
        {
            client = {|SLA1001:new TcpClient(host, 13)|};
            client.NoDelay = a;
        }
        """,
        """
        if (a)
        {
            using TcpClient client = new TcpClient(host, 13);
            client.NoDelay = a;
        }
        """);

    [Fact]
    public Task Await_using_is_for_what_is_async_disposable_only() => Fixes(
        "var connection = await {|SLA1001:System.Net.Quic.QuicConnection.ConnectAsync(options)|};\nConsole.WriteLine(connection.RemoteEndPoint);",
        "await using var connection = await System.Net.Quic.QuicConnection.ConnectAsync(options);\nConsole.WriteLine(connection.RemoteEndPoint);",
        "[System.Runtime.Versioning.SupportedOSPlatform(\"linux\")] public async Task M(System.Net.Quic.QuicClientConnectionOptions options)");

    [Fact]
    public Task An_iterator() => Fixes(
        "var reader = {|SLA1001:new StreamReader(path)|};\nwhile (reader.ReadLine() is { } line)\n    yield return line;",
        "using var reader = new StreamReader(path);\nwhile (reader.ReadLine() is { } line)\n    yield return line;",
        "public IEnumerable<string> M(string path)");

    [Fact]
    public Task A_type_parameter() => Fixes(
        "var reader = {|SLA1001:new StreamReader(path)|};\nreturn Parse<T>(reader.ReadToEnd());",
        "using var reader = new StreamReader(path);\nreturn Parse<T>(reader.ReadToEnd());",
        "public T M<T>(string path)",
        "private static T Parse<T>(string text) => default!;");

    [Fact]
    public Task A_task_kept_in_a_local_is_disposed_where_it_is_awaited() => Fixes(
        "var task = {|SLA1001:http.GetAsync(\"http://h\", HttpCompletionOption.ResponseHeadersRead)|};\nvar response = await task;\nConsole.WriteLine(response.StatusCode);",
        "var task = http.GetAsync(\"http://h\", HttpCompletionOption.ResponseHeadersRead);\nusing var response = await task;\nConsole.WriteLine(response.StatusCode);",
        "public async Task M(HttpClient http)");

    [Fact]
    public Task Both_branches_of_a_choice_are_disposed_once() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        Verify.InMethod("var client = a ? {|SLA1001:new TcpClient(host, 1)|} : {|SLA1001:new TcpClient(host, 2)|};\nclient.NoDelay = a;", Sync),
        Verify.InMethod("using var client = a ? new TcpClient(host, 1) : new TcpClient(host, 2);\nclient.NoDelay = a;", Sync));

    [Fact]
    public Task A_close_at_the_end_goes() => Fixes(
        """
        var client = {|SLA1002:new TcpClient(host, 13)|};
        client.GetStream().WriteByte(1);
        client.Close(); // done
        """,
        """
        using var client = new TcpClient(host, 13);
        client.GetStream().WriteByte(1);
        // done
        """);

    [Fact]
    public Task A_dispose_ahead_of_a_plain_return_goes() => Fixes(
        """
        var client = {|SLA1002:new TcpClient(host, 13)|};
        if (a)
            return null;
        var n = client.GetStream().ReadByte();
        client.Dispose();
        return n.ToString();
        """,
        """
        using var client = new TcpClient(host, 13);
        if (a)
            return null;
        var n = client.GetStream().ReadByte();
        return n.ToString();
        """,
        "public string? M(string host, bool a)");

    [Fact]
    public Task A_dispose_that_something_waits_for_ends_a_using_block() => Fixes(
        """
        var stream = {|SLA1002:File.Create(host)|};
        stream.WriteByte(1);
        stream.Dispose();
        File.Delete(host);
        """,
        """
        using (var stream = File.Create(host))
        {
            stream.WriteByte(1);
        }
        File.Delete(host);
        """);

    [Fact]
    public Task A_dispose_in_one_branch_stays() => Fixes(
        "var client = {|SLA1002:new TcpClient(host, 13)|};\nif (a)\n{\n    client.Dispose();\n}",
        "using var client = new TcpClient(host, 13);\nif (a)\n{\n    client.Dispose();\n}");

    [Fact]
    public Task Before_CSharp_8_the_close_at_the_end_is_the_end_of_the_block() => Fixes(
        """
        var client = {|SLA1002:new TcpClient(host, 13)|};
        client.GetStream().WriteByte(1);
        client.Close();
        """,
        """
        using (var client = new TcpClient(host, 13))
        {
            client.GetStream().WriteByte(1);
        }
        """,
        version: LanguageVersion.CSharp7_3,
        references: TargetFrameworks.NetStandard20);

    [Fact]
    public async Task Fix_all_skips_what_is_refused_and_goes_on()
    {
        var test = new FixTest<ResourceAnalyzer, WrapInUsingCodeFixProvider>
        {
            TestState =
            {
                Sources =
                {
                    "using System.Net.Sockets;\nclass A\n{\n    void Refused(string h, bool a)\n    {\n        while ({|SLA1001:new TcpClient(h, 1)|}.NoDelay) { }\n    }\n\n    void M(string h)\n    {\n        var c = {|SLA1001:new TcpClient(h, 1)|};\n        c.NoDelay = true;\n    }\n}\n",
                    "using System.Net.Sockets;\nclass B\n{\n    void M(string h)\n    {\n        Use({|SLA1001:new TcpClient(h, 1)|});\n        Use({|SLA1001:new TcpClient(h, 2)|});\n    }\n\n    void N(string h) => {|SLA1001:new TcpClient(h, 1)|}.NoDelay = true;\n\n    static void Use(TcpClient c) => c.NoDelay = true;\n}\n",
                },
            },
            FixedState =
            {
                Sources =
                {
                    "using System.Net.Sockets;\nclass A\n{\n    void Refused(string h, bool a)\n    {\n        while ({|SLA1001:new TcpClient(h, 1)|}.NoDelay) { }\n    }\n\n    void M(string h)\n    {\n        using var c = new TcpClient(h, 1);\n        c.NoDelay = true;\n    }\n}\n",
                    "using System.Net.Sockets;\nclass B\n{\n    void M(string h)\n    {\n        using var client = new TcpClient(h, 1);\n        Use(client);\n        using var tcpClient = new TcpClient(h, 2);\n        Use(tcpClient);\n    }\n\n    void N(string h)\n    {\n        using var client = new TcpClient(h, 1);\n        client.NoDelay = true;\n    }\n\n    static void Use(TcpClient c) => c.NoDelay = true;\n}\n",
                },
            },
        };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task The_checks_of_the_probes() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        """
        class C
        {
            static int NotOwning(EndPoint ep) { var s = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(ep); using var ns = new NetworkStream(s); return ns.ReadByte(); }
            static void Borrowed(EndPoint ep) { Use({|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|}); }
            static void Use(Socket s) { s.Send(new byte[1]); }
        }
        """,
        """
        class C
        {
            static int NotOwning(EndPoint ep) { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(ep); using var ns = new NetworkStream(s); return ns.ReadByte(); }
            static void Borrowed(EndPoint ep) { using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); Use(socket); }
            static void Use(Socket s) { s.Send(new byte[1]); }
        }
        """);

    [Fact]
    public Task What_a_constructor_of_a_disposed_wrapper_can_lose_gets_a_name() => Fixes(
        "using var zip = new ZipArchive({|SLA1002:File.OpenRead(host)|});\nusing (var other = new ZipArchive({|SLA1002:File.OpenRead(host)|}))\n    Console.WriteLine(zip.Entries.Count + other.Entries.Count);",
        "using var stream = File.OpenRead(host);\nusing var zip = new ZipArchive(stream);\nusing var fileStream = File.OpenRead(host);\nusing (var other = new ZipArchive(fileStream))\n    Console.WriteLine(zip.Entries.Count + other.Entries.Count);");

    [Fact]
    public Task An_event_that_is_subscribed_to_does_not_keep_it() => Fixes(
        "var process = {|SLA1001:new System.Diagnostics.Process { StartInfo = new(host) { RedirectStandardOutput = true } }|};\nprocess.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);\nprocess.Start();",
        "using var process = new System.Diagnostics.Process { StartInfo = new(host) { RedirectStandardOutput = true } };\nprocess.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);\nprocess.Start();");

    [Fact]
    public Task Content_that_owns_a_stream_is_disposed_for_it() => Fixes(
        "var content = new StreamContent({|SLA1001:File.OpenRead(host)|});\nConsole.WriteLine(content.Headers);",
        "using var content = new StreamContent(File.OpenRead(host));\nConsole.WriteLine(content.Headers);");

    [Fact]
    public Task A_wrapper_that_leaves_its_stream_open_is_not_disposed_for_it() => Fixes(
        "var zip = new ZipArchive({|SLA1001:File.OpenRead(host)|}, ZipArchiveMode.Read, true);\nConsole.WriteLine(zip.Entries.Count);",
        "using var stream = File.OpenRead(host);\nvar zip = new ZipArchive(stream, ZipArchiveMode.Read, true);\nConsole.WriteLine(zip.Entries.Count);");

    [Fact]
    public Task A_Close_that_may_do_more_than_Dispose_stays() => Fixes(
        "var session = {|SLA1002:new Session(host)|};\nsession.GetStream().WriteByte(1);\nsession.Close();",
        "using var session = new Session(host);\nsession.GetStream().WriteByte(1);\nsession.Close();",
        members: "private sealed class Session : TcpClient\n{\n    public Session(string host) : base(host, 1) { }\n    public new void Close() { Console.WriteLine(\"bye\"); base.Close(); }\n}");

    [Fact]
    public Task A_file_in_an_archive_whose_constructor_reads_it() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        Verify.InMethod("// Counts.\nvar archive = new System.IO.Compression.ZipArchive({|SLA1001:File.OpenRead(path)|}); // all\nreturn archive.Entries.Count;", "public int M(string path)"),
        Verify.InMethod("// Counts.\nusing var stream = File.OpenRead(path);\nusing var archive = new System.IO.Compression.ZipArchive(stream); // all\nreturn archive.Entries.Count;", "public int M(string path)"));

    [Fact]
    public Task What_the_code_disposes_asynchronously_stays_so() => Fixes(
        """
        var file = {|SLA1002:File.OpenRead(host)|};
        await file.CopyToAsync(sink);
        await file.DisposeAsync();
        """,
        """
        await using var file = File.OpenRead(host);
        await file.CopyToAsync(sink);
        """,
        "public async Task M(string host, Stream sink)");

    [Fact]
    public Task An_await_that_is_configured_is_left_to_a_finally() =>
        Verify<ResourceAnalyzer, WrapInTryFinallyCodeFixProvider>.Fixes(
            Verify.InMethod(
                """
                var file = {|SLA1002:File.OpenRead(path)|};
                await file.CopyToAsync(sink).ConfigureAwait(false);
                await file.DisposeAsync().ConfigureAwait(false);
                """,
                "public async Task M(string path, Stream sink)"),
            Verify.InMethod(
                """
                var file = File.OpenRead(path);
                try
                {
                    await file.CopyToAsync(sink).ConfigureAwait(false);
                }
                finally
                {
                    await file.DisposeAsync().ConfigureAwait(false);
                }
                """,
                "public async Task M(string path, Stream sink)"));

    [Fact]
    public Task A_declaration_that_needs_no_null_any_more_is_not_annotated() => Fixes(
        """
        #nullable enable
        TcpClient? client = null;
        try
        {
            client = {|SLA1002:new TcpClient(host, 873)|};
            client.GetStream().CopyTo(Stream.Null);
            client.Close();
        }
        catch (IOException)
        {
        }
        """,
        """
        #nullable enable
        try
        {
            using TcpClient client = new TcpClient(host, 873);
            client.GetStream().CopyTo(Stream.Null);
        }
        catch (IOException)
        {
        }
        """);

    [Fact]
    public Task The_content_of_a_request_that_is_posted() => Fixes(
        """
        var content = new StreamContent({|SLA1001:File.OpenRead(path)|});
        content.Headers.ContentLength = 5;

        using var response = await http.PostAsync("/upload", content, token);
        """,
        """
        using var content = new StreamContent(File.OpenRead(path));
        content.Headers.ContentLength = 5;

        using var response = await http.PostAsync("/upload", content, token);
        """,
        "public async Task M(HttpClient http, string path, CancellationToken token)");

    [Fact]
    public Task A_connection_that_is_opened_again_and_again() => Fixes(
        """
        var connection = {|SLA1002:factory.CreateConnection()|};
        connection.Open();
        using (var command = connection.CreateCommand())
        {
            var reader = command.ExecuteReader();
            reader.Read();
        }
        connection.Close();

        connection.Open();
        using (var command = connection.CreateCommand())
        {
            var reader = command.ExecuteReader();
            reader.Read();
        }
        connection.Close();

        connection.Open();
        using (var command = connection.CreateCommand())
        {
            var reader = command.ExecuteReader();
            reader.Read();
        }
        connection.Close();
        """,
        """
        using var connection = factory.CreateConnection();
        connection.Open();
        using (var command = connection.CreateCommand())
        {
            var reader = command.ExecuteReader();
            reader.Read();
        }
        connection.Close();

        connection.Open();
        using (var command = connection.CreateCommand())
        {
            var reader = command.ExecuteReader();
            reader.Read();
        }
        connection.Close();

        connection.Open();
        using (var command = connection.CreateCommand())
        {
            var reader = command.ExecuteReader();
            reader.Read();
        }
        """,
        "public void M(System.Data.Common.DbProviderFactory factory)");

    [Fact]
    public Task A_process_whose_output_is_awaited() => Fixes(
        """
        var process = {|SLA1001:new System.Diagnostics.Process()|};
        process.StartInfo = new("tool") { RedirectStandardOutput = true };
        process.Exited += (_, _) => Console.WriteLine("done");
        process.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.WaitForExit();
        """,
        """
        using var process = new System.Diagnostics.Process();
        process.StartInfo = new("tool") { RedirectStandardOutput = true };
        process.Exited += (_, _) => Console.WriteLine("done");
        process.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.WaitForExit();
        """,
        "public void M()");
}
