using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public sealed class SetTimeoutTests
{
    private const string Sync = "public void M(byte[] buffer)";

    private static Task Client(string before, string after, string? editorconfig = null, ReferenceAssemblies? references = null, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<PlainSLA2001, SetTimeoutCodeFixProvider>.Fixes(before, after, editorconfig: editorconfig, references: references, languageVersion: languageVersion);

    private static Task ClientIn(string before, string after) => Client(Verify.InMethod(before), Verify.InMethod(after));

    private static Task Infinite(string before, string after, string signature = "public async Task M(TcpClient tcp, HttpClient http, int? limit)", ReferenceAssemblies? references = null) =>
        Verify<PlainSLA2002, SetTimeoutCodeFixProvider>.Fixes(Verify.InMethod(before, signature), Verify.InMethod(after, signature), references: references);

    private static Task Socket(string before, string after, string signature = Sync, string members = "", string? afterMembers = null, ReferenceAssemblies? references = null, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<PlainSLA2004, SetTimeoutCodeFixProvider>.Fixes(
            Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, afterMembers ?? members), references: references, languageVersion: languageVersion);

    private static Task NoSocketFix(string code, string signature = Sync, string members = "") =>
        Verify<PlainSLA2004, SetTimeoutCodeFixProvider>.NoFix(Verify.InMethod(code, signature, members));

    [Theory]
    [InlineData("[|new HttpClient()|]", "new HttpClient { Timeout = TimeSpan.FromSeconds(100) }")]
    [InlineData("[|new HttpClient() { }|]", "new HttpClient() { Timeout = TimeSpan.FromSeconds(100) }")]
    [InlineData("[|new HttpClient {}|]", "new HttpClient { Timeout = TimeSpan.FromSeconds(100) }")]
    [InlineData("[|new HttpClient(new SocketsHttpHandler())|]", "new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(100) }")]
    [InlineData("[|new HttpClient(/* as it comes */)|]", "new HttpClient(/* as it comes */) { Timeout = TimeSpan.FromSeconds(100) }")]
    [InlineData("[|new HttpClient { MaxResponseContentBufferSize = 9 }|]", "new HttpClient { MaxResponseContentBufferSize = 9, Timeout = TimeSpan.FromSeconds(100) }")]
    [InlineData("[|new HttpClient { MaxResponseContentBufferSize = 9, }|]", "new HttpClient { MaxResponseContentBufferSize = 9, Timeout = TimeSpan.FromSeconds(100), }")]
    [InlineData("[|new HttpClient { DefaultRequestHeaders = { { \"a\", \"b\" } } }|]", "new HttpClient { DefaultRequestHeaders = { { \"a\", \"b\" } }, Timeout = TimeSpan.FromSeconds(100) }")]
    public Task Timeout_of_a_client_goes_into_its_initializer(string before, string after) =>
        ClientIn($"var client = {before};", $"var client = {after};");

    [Fact]
    public Task A_target_typed_new_keeps_its_parentheses() => ClientIn(
        "HttpClient client = [|new()|];",
        "HttpClient client = new() { Timeout = TimeSpan.FromSeconds(100) };");

    [Fact]
    public Task A_client_without_a_name_gets_its_timeout_where_it_is_made() => ClientIn(
        "var text = await [|new HttpClient()|].GetStringAsync(\"http://localhost\");",
        "var text = await new HttpClient { Timeout = TimeSpan.FromSeconds(100) }.GetStringAsync(\"http://localhost\");");

    [Fact]
    public Task Members_on_lines_of_their_own_are_continued_so() => ClientIn(
        """
        // Talks to the shop.
        using var client = [|new HttpClient
        {
            BaseAddress = new Uri("http://localhost"), // the shop
            MaxResponseContentBufferSize = 9 // no more
        }|]; // done
        """,
        """
        // Talks to the shop.
        using var client = new HttpClient
        {
            BaseAddress = new Uri("http://localhost"), // the shop
            MaxResponseContentBufferSize = 9, // no more
            Timeout = TimeSpan.FromSeconds(100)
        }; // done
        """);

    [Fact]
    public Task A_comma_behind_the_last_member_stays_the_habit() => ClientIn(
        """
        using var client = [|new HttpClient
        {
            BaseAddress = new Uri("http://localhost"), // the shop
        }|];
        """,
        """
        using var client = new HttpClient
        {
            BaseAddress = new Uri("http://localhost"), // the shop
            Timeout = TimeSpan.FromSeconds(100),
        };
        """);

    [Fact]
    public Task Timeout_of_a_client_in_fields_and_properties_is_set_in_one_pass() => Client(
        """
        public class Api
        {
            private static readonly HttpClient Shared = [|new HttpClient()|];
            private readonly HttpClient _own = [|new()|];
            public HttpClient Other { get; } = [|new HttpClient(new HttpClientHandler(), disposeHandler: true)|];
            public Api() { _own = [|new HttpClient()|]; }
        }
        """,
        """
        public class Api
        {
            private static readonly HttpClient Shared = new HttpClient { Timeout = TimeSpan.FromSeconds(100) };
            private readonly HttpClient _own = new() { Timeout = TimeSpan.FromSeconds(100) };
            public HttpClient Other { get; } = new HttpClient(new HttpClientHandler(), disposeHandler: true) { Timeout = TimeSpan.FromSeconds(100) };
            public Api() { _own = new HttpClient { Timeout = TimeSpan.FromSeconds(100) }; }
        }
        """);

    [Fact]
    public Task A_client_of_a_derived_type_has_the_timeout_of_its_base() => Client(
        """
        public class ShopClient : HttpClient { public string Shop { get; set; } = ""; }
        public class C { public object M() => [|new ShopClient { Shop = "a" }|]; }
        """,
        """
        public class ShopClient : HttpClient { public string Shop { get; set; } = ""; }
        public class C { public object M() => new ShopClient { Shop = "a", Timeout = TimeSpan.FromSeconds(100) }; }
        """);

    [Fact]
    public Task A_derived_type_whose_timeout_means_something_else_is_left() => Verify<PlainSLA2001, SetTimeoutCodeFixProvider>.NoFix(
        """
        public class ShopClient : HttpClient { public new int Timeout { get; set; } }
        public class C { public object M() => [|new ShopClient()|]; }
        """);

    [Theory]
    [InlineData("20", "20")]
    [InlineData("0.5", "0.5")]
    [InlineData("soon", "100")]
    [InlineData("unset", "100")]
    public Task The_option_says_how_many_seconds(string value, string seconds) => Client(
        "public class C { public object M() => [|new HttpClient()|]; }",
        $"public class C {{ public object M() => new HttpClient {{ Timeout = TimeSpan.FromSeconds({seconds}) }}; }}",
        editorconfig: "socket_leak.default_timeout_seconds = " + value);

    [Fact]
    public Task A_type_that_is_not_imported_is_named_in_full() => Client(
        """
        namespace Shop
        {
            class TimeSpan { }
            public class C { public object M() => [|new HttpClient()|]; }
        }
        """,
        """
        namespace Shop
        {
            class TimeSpan { }
            public class C { public object M() => new HttpClient { Timeout = System.TimeSpan.FromSeconds(100) }; }
        }
        """);

    [Fact]
    public async Task A_client_has_a_timeout_on_every_framework()
    {
        foreach (var references in new[] { TargetFrameworks.NetStandard20, TargetFrameworks.Net472, TargetFrameworks.Net80 })
        {
            await Verify<PlainSLA2001, SetTimeoutCodeFixProvider>.Fixes(
                "class Api { HttpClient client = [|new HttpClient()|]; }",
                "class Api { HttpClient client = new HttpClient { Timeout = TimeSpan.FromSeconds(100) }; }",
                references: references);
        }
    }

    [Fact]
    public Task Line_ends_of_the_file_are_kept() => Client(
        "class Api\r\n{\r\n    HttpClient client = [|new HttpClient\r\n    {\r\n        BaseAddress = null\r\n    }|];\r\n}\r\n",
        "class Api\r\n{\r\n    HttpClient client = new HttpClient\r\n    {\r\n        BaseAddress = null,\r\n        Timeout = TimeSpan.FromSeconds(100)\r\n    };\r\n}\r\n");

    [Theory]
    [InlineData("[|http.Timeout = Timeout.InfiniteTimeSpan|];", "http.Timeout = TimeSpan.FromSeconds(30);")]
    [InlineData("[|http.Timeout = TimeSpan.FromMilliseconds(-1)|];", "http.Timeout = TimeSpan.FromSeconds(30);")]
    [InlineData("[|http.Timeout = TimeSpan.FromMilliseconds(Timeout.Infinite)|];", "http.Timeout = TimeSpan.FromSeconds(30);")]
    [InlineData("[|http.Timeout = new TimeSpan(0, 0, 0, 0, -1)|];", "http.Timeout = TimeSpan.FromSeconds(30);")]
    [InlineData("[|tcp.ReceiveTimeout = 0|]; // for ever", "tcp.ReceiveTimeout = 30000; // for ever")]
    [InlineData("[|tcp.Client.SendTimeout = -1|];", "tcp.Client.SendTimeout = 30000;")]
    [InlineData("tcp.SendTimeout = [|tcp.ReceiveTimeout = Timeout.Infinite|];", "tcp.SendTimeout = tcp.ReceiveTimeout = 30000;")]
    [InlineData("[|tcp.GetStream().ReadTimeout = Timeout.Infinite|];", "tcp.GetStream().ReadTimeout = 30000;")]
    [InlineData("var client = new HttpClient { [|Timeout = Timeout.InfiniteTimeSpan|] };", "var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };")]
    [InlineData("[|tcp.ReceiveTimeout = limit ?? 0|];", "tcp.ReceiveTimeout = limit ?? 30000;")]
    [InlineData("[|tcp.ReceiveTimeout = limit is { } some ? some : (Timeout.Infinite)|];", "tcp.ReceiveTimeout = limit is { } some ? some : (30000);")]
    [InlineData("[|tcp.ReceiveTimeout = limit switch { { } some => some, _ => -1 }|];", "tcp.ReceiveTimeout = limit switch { { } some => some, _ => 30000 };")]
    [InlineData("const int infinite = 0; [|tcp.ReceiveTimeout = infinite|];", "const int infinite = 0; tcp.ReceiveTimeout = 30000;")]
    [InlineData("[|tcp.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 0)|];", "tcp.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 30000);")]
    public Task What_is_infinite_becomes_finite_in_its_unit(string before, string after) => Infinite(before, after);

    [Fact]
    public Task A_legacy_request_counts_milliseconds() => Infinite(
        "[|request.Timeout = System.Threading.Timeout.Infinite|];\n[|request.ReadWriteTimeout = -1|];",
        "request.Timeout = 30000;\nrequest.ReadWriteTimeout = 30000;",
        "public void M(HttpWebRequest request)",
        TargetFrameworks.Net472);

    [Fact]
    public Task A_call_with_an_effect_is_not_thrown_away() => Verify<PlainSLA2002, SetTimeoutCodeFixProvider>.NoFix(
        Verify.InMethod("[|tcp.ReceiveTimeout = Next(-1)|];", "public void M(TcpClient tcp)", "static int Next(int last) { Console.WriteLine(last); return last; }"));

    [Theory]
    [InlineData("new TcpClient(\"localhost\", 80)", "new TcpClient(\"localhost\", 80) { ReceiveTimeout = 30000, SendTimeout = 30000 }")]
    [InlineData("new TcpClient { NoDelay = true }", "new TcpClient { NoDelay = true, ReceiveTimeout = 30000, SendTimeout = 30000 }")]
    [InlineData("new TcpClient { SendTimeout = 5 }", "new TcpClient { SendTimeout = 5, ReceiveTimeout = 30000 }")]
    public Task Timeouts_of_a_client_go_into_its_initializer(string before, string after) => Socket(
        $"using var client = {before};\n[|client.GetStream().Read(buffer, 0, 9)|];",
        $"using var client = {after};\nclient.GetStream().Read(buffer, 0, 9);");

    [Fact]
    public Task Timeouts_of_a_socket_go_into_its_initializer() => Socket(
        "using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))\n{\n    [|socket.Receive(buffer)|];\n}",
        "using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30000, SendTimeout = 30000 })\n{\n    socket.Receive(buffer);\n}");

    [Fact]
    public Task Timeouts_of_a_datagram_client_are_those_of_its_socket() => Socket(
        "using var udp = new UdpClient(80);\nIPEndPoint from = null;\nbuffer = [|udp.Receive(ref from)|];",
        "using var udp = new UdpClient(80) { Client = { ReceiveTimeout = 30000, SendTimeout = 30000 } };\nIPEndPoint from = null;\nbuffer = udp.Receive(ref from);");

    [Fact]
    public Task A_send_timeout_that_is_set_later_stays() => Socket(
        "using var client = new TcpClient(\"localhost\", 80);\nclient.SendTimeout = 5;\n[|client.GetStream().Read(buffer, 0, 9)|];",
        "using var client = new TcpClient(\"localhost\", 80) { ReceiveTimeout = 30000 };\nclient.SendTimeout = 5;\nclient.GetStream().Read(buffer, 0, 9);");

    [Fact]
    public Task A_reader_over_the_stream_is_bounded_by_the_client() => Socket(
        "using var client = new TcpClient(\"localhost\", 80);\nusing var reader = new StreamReader(client.GetStream());\nConsole.WriteLine([|reader.ReadLine()|]);",
        "using var client = new TcpClient(\"localhost\", 80) { ReceiveTimeout = 30000, SendTimeout = 30000 };\nusing var reader = new StreamReader(client.GetStream());\nConsole.WriteLine(reader.ReadLine());");

    [Fact]
    public Task What_is_accepted_gets_its_timeouts_in_the_next_statements() => Socket(
        """
        while (true)
        {
            // Waits for somebody.
            using var client = listener.AcceptTcpClient(); // for ever

            [|client.GetStream().Read(buffer, 0, 9)|];
        }
        """,
        """
        while (true)
        {
            // Waits for somebody.
            using var client = listener.AcceptTcpClient(); // for ever
            client.ReceiveTimeout = 30000;
            client.SendTimeout = 30000;

            client.GetStream().Read(buffer, 0, 9);
        }
        """,
        "public void M(TcpListener listener, byte[] buffer)");

    [Fact]
    public Task What_is_accepted_asynchronously_gets_its_timeouts_too() => Socket(
        "using var socket = await listener.AcceptSocketAsync(token).ConfigureAwait(false);\n[|socket.Receive(buffer)|];",
        "using var socket = await listener.AcceptSocketAsync(token).ConfigureAwait(false);\nsocket.ReceiveTimeout = 30000;\nsocket.SendTimeout = 30000;\nsocket.Receive(buffer);",
        "public async Task M(TcpListener listener, byte[] buffer, CancellationToken token)");

    [Fact]
    public Task In_a_using_statement_the_timeouts_are_set_first_thing_inside() => Socket(
        """
        using (var client = listener.AcceptTcpClient())
        using (var stream = client.GetStream())
        {
            [|stream.Read(buffer, 0, 9)|];
        }
        """,
        """
        using (var client = listener.AcceptTcpClient())
        using (var stream = client.GetStream())
        {
            client.ReceiveTimeout = 30000;
            client.SendTimeout = 30000;
            stream.Read(buffer, 0, 9);
        }
        """,
        "public void M(TcpListener listener, byte[] buffer)");

    [Fact]
    public Task A_using_statement_without_a_block_gets_one() => Socket(
        """
        using (var socket = listener.AcceptSocket())
            [|socket.Receive(buffer)|];
        """,
        """
        using (var socket = listener.AcceptSocket())
        {
            socket.ReceiveTimeout = 30000;
            socket.SendTimeout = 30000;
            socket.Receive(buffer);
        }
        """,
        "public void M(TcpListener listener, byte[] buffer)");

    [Fact]
    public Task Where_only_a_stream_is_at_hand_the_stream_is_bounded() => Socket(
        "var stream = client.GetStream();\n[|stream.Read(buffer, 0, 9)|];",
        "var stream = client.GetStream();\nstream.ReadTimeout = 30000;\nstream.WriteTimeout = 30000;\nstream.Read(buffer, 0, 9);",
        "public void M(TcpClient client, byte[] buffer)");

    [Fact]
    public Task The_stream_of_a_client_without_a_name_is_bounded() => Socket(
        "using var stream = listener.AcceptTcpClient().GetStream();\n[|stream.Read(buffer, 0, 9)|];",
        "using var stream = listener.AcceptTcpClient().GetStream();\nstream.ReadTimeout = 30000;\nstream.WriteTimeout = 30000;\nstream.Read(buffer, 0, 9);",
        "public void M(TcpListener listener, byte[] buffer)");

    [Fact]
    public Task A_stream_without_a_name_gets_one() => Socket(
        "using var reader = new StreamReader(client.GetStream());\nConsole.WriteLine([|reader.ReadLine()|]);",
        "var stream = client.GetStream();\nstream.ReadTimeout = 30000;\nstream.WriteTimeout = 30000;\nusing var reader = new StreamReader(stream);\nConsole.WriteLine(reader.ReadLine());",
        "public void M(TcpClient client)");

    [Fact]
    public Task A_new_stream_over_a_socket_is_bounded_in_its_initializer() => Socket(
        "using var stream = new NetworkStream(socket, ownsSocket: true);\n[|stream.Read(buffer, 0, 9)|];",
        "using var stream = new NetworkStream(socket, ownsSocket: true) { ReadTimeout = 30000, WriteTimeout = 30000 };\nstream.Read(buffer, 0, 9);",
        "public void M(Socket socket, byte[] buffer)");

    [Fact]
    public Task A_socket_that_is_made_in_a_field_is_bounded_there_once_for_all_its_users() => Socket(
        "[|_client.GetStream().Read(buffer, 0, 9)|];",
        "_client.GetStream().Read(buffer, 0, 9);",
        members: "private readonly TcpClient _client = new();\npublic void N() => [|_client.GetStream().ReadByte()|];",
        afterMembers: "private readonly TcpClient _client = new() { ReceiveTimeout = 30000, SendTimeout = 30000 };\npublic void N() => _client.GetStream().ReadByte();");

    [Fact]
    public Task A_socket_that_is_accepted_into_a_field_is_bounded_there() => Socket(
        "_socket = listener.AcceptSocket();\n[|_socket.Receive(buffer)|];",
        "_socket = listener.AcceptSocket();\n_socket.ReceiveTimeout = 30000;\n_socket.SendTimeout = 30000;\n_socket.Receive(buffer);",
        "public void M(TcpListener listener, byte[] buffer)",
        members: "private Socket _socket;");

    [Fact]
    public Task Statements_on_one_line_stay_on_it() => Socket(
        "{ var socket = listener.AcceptSocket(); [|socket.Receive(buffer)|]; }",
        "{ var socket = listener.AcceptSocket(); socket.ReceiveTimeout = 30000; socket.SendTimeout = 30000; socket.Receive(buffer); }",
        "public void M(TcpListener listener, byte[] buffer)");

    [Fact]
    public Task Tabs_and_old_languages_are_served() => Verify<PlainSLA2004, SetTimeoutCodeFixProvider>.Fixes(
        "class C\n{\n\tint M(TcpListener listener)\n\t{\n\t\tusing (TcpClient client = listener.AcceptTcpClient()) {\n\t\t\treturn [|client.GetStream().ReadByte()|];\n\t\t}\n\t}\n}\n",
        "class C\n{\n\tint M(TcpListener listener)\n\t{\n\t\tusing (TcpClient client = listener.AcceptTcpClient()) {\n\t\t\tclient.ReceiveTimeout = 30000;\n\t\t\tclient.SendTimeout = 30000;\n\t\t\treturn client.GetStream().ReadByte();\n\t\t}\n\t}\n}\n",
        references: TargetFrameworks.Net472,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task A_stream_that_may_have_no_timeouts_is_left() => NoSocketFix(
        "using var stream = Open();\n[|stream.Read(buffer, 0, 9)|];",
        members: "private static Stream Open() => new NetworkStream(new Socket(SocketType.Stream, ProtocolType.Tcp), true);");

    [Fact]
    public Task What_is_accepted_in_a_condition_is_left() => NoSocketFix(
        "Socket socket;\nwhile ((socket = listener.AcceptSocket()) != null)\n    [|socket.Receive(buffer)|];",
        "public void M(TcpListener listener, byte[] buffer)");

    [Fact]
    public Task Timeouts_of_two_sockets_of_one_method_are_set_in_one_pass() => Socket(
        """
        using var left = new TcpClient("localhost", 80);
        using var right = listener.AcceptTcpClient();
        [|left.GetStream().Read(buffer, 0, 9)|];
        [|right.GetStream().Write(buffer, 0, 9)|];
        """,
        """
        using var left = new TcpClient("localhost", 80) { ReceiveTimeout = 30000, SendTimeout = 30000 };
        using var right = listener.AcceptTcpClient();
        right.ReceiveTimeout = 30000;
        right.SendTimeout = 30000;
        left.GetStream().Read(buffer, 0, 9);
        right.GetStream().Write(buffer, 0, 9);
        """,
        "public void M(TcpListener listener, byte[] buffer)");
}
