using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

/// <summary>When a blocking call on a socket is unbounded: each name says the outcome.</summary>
public sealed class SLA2004Tests
{
    private static Task Due(string code) => Verify<UseAnalyzer>.Reports(Marked(code));

    private static Task Clean(string code) => Verify<UseAnalyzer>.Silent(code);

    private static string Marked(string code) => code.Replace("[|", "{|SLA2004:").Replace("|]", "|}");

    [Fact]
    public Task A_read_of_a_client_without_timeouts_is_reported_with_where_it_is_made() => Verify<UseAnalyzer>.Reports(
        """
        class Probe
        {
            public string Banner(IPEndPoint smtp)
            {
                using var client = {|#1:new TcpClient()|};
                var stream = client.GetStream();
                var buffer = new byte[512];
                var read = {|#0:stream.Read(buffer, 0, buffer.Length)|};
                {|#2:stream.Write(buffer, 0, read)|};
                return Encoding.ASCII.GetString(buffer, 0, read);
            }
        }
        """,
        [
            Verify<UseAnalyzer>.Diagnostic("SLA2004").WithLocation(0).WithLocation(1).WithLocation(2)
                .WithMessage("'Read' waits for ever when the peer goes silent: 'client' (TcpClient) has no receive timeout"),
        ]);

    [Fact]
    public Task A_socket_that_receives_is_reported() => Due(
        """
        class C { public int M(byte[] b, EndPoint e) { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); return [|s.Receive(b)|]; } }
        """);

    [Fact]
    public Task A_reader_over_the_stream_of_an_accepted_client_is_reported() => Due(
        """
        class Server
        {
            private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);

            public string Next()
            {
                using var client = _listener.AcceptTcpClient();
                using var reader = new StreamReader(client.GetStream());
                return [|reader.ReadLine()|] ?? "";
            }
        }
        """);

    [Fact]
    public Task A_blocking_handshake_is_a_read() => Due(
        """
        class C
        {
            public void M(IPEndPoint to)
            {
                using var client = new TcpClient();
                using var tls = new SslStream(client.GetStream());
                [|tls.AuthenticateAsClient("h")|];
            }
        }
        """);

    [Theory]
    [InlineData("_client.ReceiveTimeout = 5000;")]
    [InlineData("_client.Client.ReceiveTimeout = 5000;")]
    [InlineData("_client.GetStream().ReadTimeout = _timeout;")]
    [InlineData("_client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 5000);")]
    [InlineData("Configure(_client);")]
    [InlineData("var stream = _client.GetStream(); if (stream.CanTimeout) stream.ReadTimeout = 1;")]
    [InlineData("Helper.Set(_client);")]
    [InlineData("new Holder(_client);")]
    [InlineData("_configure(_client);")]
    public Task A_timeout_that_is_set_in_another_method_counts(string setting) => Clean(
        $$"""
        class Session : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();
            private readonly int _timeout = 3;
            private readonly Action<TcpClient> _configure = c => { };

            public Session(Action<TcpClient> configure) { _configure = configure; }

            public void Start() { {{setting}} }

            public int Read(byte[] b) => _client.GetStream().Read(b, 0, b.Length);

            static void Configure(TcpClient c) => c.ReceiveTimeout = 5;

            public void Dispose() => _client.Dispose();
        }

        static class Helper { public static void Set(TcpClient c) { var s = c.GetStream(); Deeper(s); } static void Deeper(Stream s) { s.ReadTimeout = 100; } }
        class Holder { public Holder(TcpClient c) { _c = c; _c.ReceiveTimeout = 9; } readonly TcpClient _c; }
        """);

    [Fact]
    public Task An_initializer_that_sets_the_timeout_counts() => Clean(
        """class C { public int M() { using var c = new TcpClient { ReceiveTimeout = 5000, SendTimeout = 5000 }; return c.GetStream().ReadByte(); } }""");

    [Fact]
    public Task A_socket_that_was_given_is_not_reported() => Clean("class C { public int M(Socket s, byte[] b) => s.Receive(b); }");
}
