using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Methods of the compilation whose effect depends on a flag that the caller gives as a constant.</summary>
public class ConstantArgumentTests
{
    private const string Send = """
        private readonly HttpClient _client = new();
        private Task<HttpResponseMessage> Send(HttpRequestMessage m, HttpCompletionOption o) => _client.SendAsync(m, o);
        """;

    private static Task Reports(string body, string members, string signature = "public async Task<int> M(HttpRequestMessage m, string path, byte[] data, CancellationToken token)") =>
        Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, signature, members));

    private static Task Silent(string body, string members, string signature = "public async Task<int> M(HttpRequestMessage m, string path, byte[] data, CancellationToken token)") =>
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, signature, members));

    [Fact]
    public Task A_forwarded_option_that_keeps_the_connection() => Reports(
        "var response = await {|SLA1001:Send(m, HttpCompletionOption.ResponseHeadersRead)|};\nreturn (int)response.StatusCode;", Send);

    [Fact]
    public Task A_forwarded_option_that_buffers() => Silent(
        "var response = await Send(m, HttpCompletionOption.ResponseContentRead);\nreturn (int)response.StatusCode;", Send);

    [Fact]
    public Task A_forwarded_option_that_is_not_known() => Silent(
        "var response = await Send(m, data.Length > 0 ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);\nreturn (int)response.StatusCode;", Send);

    [Fact]
    public Task An_optional_parameter_that_is_left_out_buffers() => Silent(
        "var response = await Send(m);\nreturn (int)response.StatusCode;",
        Send.Replace("HttpCompletionOption o)", "HttpCompletionOption o = HttpCompletionOption.ResponseContentRead)"));

    [Fact]
    public Task An_optional_parameter_that_is_left_out_streams() => Reports(
        "var response = await {|SLA1001:Send(m)|};\nreturn (int)response.StatusCode;",
        Send.Replace("HttpCompletionOption o)", "HttpCompletionOption o = HttpCompletionOption.ResponseHeadersRead)"));

    [Fact]
    public Task The_option_goes_through_two_methods_and_a_retry() => Reports(
        "var response = await {|SLA1001:SendTwice(m, HttpCompletionOption.ResponseHeadersRead)|};\nreturn (int)response.StatusCode;",
        Send + """

        private async Task<HttpResponseMessage> SendTwice(HttpRequestMessage m, HttpCompletionOption o)
        {
            try
            {
                return await Send(m, o).ConfigureAwait(false);
            }
            catch (HttpRequestException)
            {
                return await Send(m, o).ConfigureAwait(false);
            }
        }
        """);

    [Fact]
    public Task A_flag_that_chooses_the_option() => Reports(
        """
        var page = await Get(path, false);
        var feed = await {|SLA1001:Get(path, stream: true)|};
        return (int)page.StatusCode + (int)feed.StatusCode;
        """,
        Send + """

        private async Task<HttpResponseMessage> Get(string path, bool stream)
        {
            if (stream)
            {
                return await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            }

            return await _client.GetAsync(path);
        }
        """);

    [Fact]
    public Task A_flag_that_says_to_leave_the_stream_open() => Reports(
        """
        var stream = {|SLA1001:File.OpenRead(path)|};
        await Copy(stream, data, leaveOpen: true);
        return data.Length;
        """,
        Copy);

    [Fact]
    public Task A_flag_that_says_to_close_the_stream() => Silent(
        """
        var stream = File.OpenRead(path);
        await Copy(stream, data, leaveOpen: false);
        return data.Length;
        """,
        Copy);

    [Fact]
    public Task A_flag_that_is_not_known_says_nothing() => Silent(
        """
        var stream = File.OpenRead(path);
        await Copy(stream, data, path.Length > 3);
        return data.Length;
        """,
        Copy);

    private const string Copy = """
        private static async Task Copy(Stream source, byte[] data, bool leaveOpen)
        {
            try
            {
                await source.ReadExactlyAsync(data);
            }
            finally
            {
                if (!leaveOpen)
                {
                    source.Dispose();
                }
            }
        }
        """;

    [Fact]
    public Task A_flag_that_the_wrapper_gets() => Reports(
        """
        var socket = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        var stream = Wrap(socket, false);
        await using (stream)
        {
            return await stream.ReadAsync(data, token);
        }
        """,
        "private static NetworkStream Wrap(Socket socket, bool owns) => new NetworkStream(socket, FileAccess.Read, owns);");

    [Fact]
    public Task A_flag_that_the_wrapper_gets_says_that_it_owns() => Silent(
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var stream = Wrap(socket, true);
        await using (stream)
        {
            return await stream.ReadAsync(data, token);
        }
        """,
        "private static NetworkStream Wrap(Socket socket, bool owns) => new NetworkStream(socket, FileAccess.Read, owns);");

    [Fact]
    public Task An_enumeration_that_tells_what_to_do_at_the_end() => Silent(
        """
        var client = new TcpClient(path, 1);
        Finish(client, End.Close);
        return 1;
        """,
        Finish);

    [Fact]
    public Task An_enumeration_that_tells_to_keep_it_open() => Reports(
        """
        var client = {|SLA1001:new TcpClient(path, 1)|};
        Finish(client, End.Keep);
        return 1;
        """,
        Finish);

    private const string Finish = """
        private enum End { Keep, Close }

        private static void Finish(TcpClient client, End end)
        {
            client.GetStream().Flush();
            switch (end)
            {
                case End.Close:
                    client.Close();
                    break;
            }
        }
        """;

    [Fact]
    public Task A_flag_that_the_method_changes_is_not_taken_for_what_was_given() => Silent(
        """
        var stream = File.OpenRead(path);
        Use(stream, false);
        return 1;
        """,
        """
        private static void Use(Stream stream, bool close)
        {
            close |= stream.Length == 0;
            if (close)
            {
                stream.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_cache_that_a_flag_passes_by() => Reports(
        """
        var shared = Open(path, true);
        var own = {|SLA1001:Open(path, shared: false)|};
        return await shared.ReadAsync(data, token) + await own.ReadAsync(data, token);
        """,
        """
        private static readonly Dictionary<string, FileStream> s_open = new();

        private static FileStream Open(string path, bool shared)
        {
            if (!shared)
            {
                return File.OpenRead(path);
            }

            return s_open[path];
        }
        """);

    [Fact]
    public Task A_flag_that_a_lambda_in_the_method_reads() => Silent(
        """
        var stream = File.OpenRead(path);
        Run(stream, close: true);
        return 1;
        """,
        """
        private static void Run(Stream stream, bool close)
        {
            void End()
            {
                if (close)
                {
                    stream.Dispose();
                }
            }

            try
            {
                stream.ReadByte();
            }
            finally
            {
                End();
            }
        }
        """);

    [Fact]
    public Task Two_methods_that_call_each_other_with_flags_are_unknown() => Silent(
        """
        var stream = File.OpenRead(path);
        Ping(stream, true);
        return 1;
        """,
        """
        private static void Ping(Stream stream, bool close) => Pong(stream, !close);
        private static void Pong(Stream stream, bool close) { if (close) stream.Dispose(); else Ping(stream, false); }
        """);

    private const string LineReader = """
        private sealed class LineReader : IDisposable
        {
            private readonly Stream _stream;
            private readonly bool _leaveOpen;

            public LineReader(Stream stream, bool leaveOpen)
            {
                _stream = stream ?? throw new ArgumentNullException(nameof(stream));
                _leaveOpen = leaveOpen;
            }

            public LineReader(Stream stream) : this(stream, leaveOpen: true) { }

            public int Next() => _stream.ReadByte();

            public void Dispose()
            {
                if (!_leaveOpen)
                {
                    _stream.Dispose();
                }
            }
        }
        """;

    [Fact]
    public Task A_reader_of_our_own_that_leaves_the_stream_open() => Reports(
        """
        var stream = {|SLA1001:File.OpenRead(path)|};
        using (var reader = new LineReader(stream, leaveOpen: true))
        {
            return reader.Next();
        }
        """,
        LineReader);

    [Fact]
    public Task A_reader_of_our_own_that_closes_the_stream() => Silent(
        """
        var stream = File.OpenRead(path);
        using (var reader = new LineReader(stream, leaveOpen: false))
        {
            return reader.Next();
        }
        """,
        LineReader);

    [Fact]
    public Task A_reader_of_our_own_with_a_flag_that_is_not_known() => Silent(
        """
        var stream = File.OpenRead(path);
        using (var reader = new LineReader(stream, path.Length > 3))
        {
            return reader.Next();
        }
        """,
        LineReader);

    [Fact]
    public Task A_reader_of_our_own_that_leaves_it_open_unless_told_otherwise() => Reports(
        """
        var stream = {|SLA1001:File.OpenRead(path)|};
        using (var reader = new LineReader(stream))
        {
            return reader.Next();
        }
        """,
        LineReader);

    [Fact]
    public Task A_reader_of_our_own_that_leaves_open_what_is_closed_here() => Silent(
        """
        using var stream = File.OpenRead(path);
        using var reader = new LineReader(stream, true);
        return reader.Next();
        """,
        LineReader);

    [Fact]
    public Task A_primary_constructor_with_a_flag() => Reports(
        """
        var client = {|SLA1001:new TcpClient(path, 1)|};
        using (var session = new Session(client, false))
        {
            return session.Read();
        }
        """,
        """
        private sealed class Session(TcpClient client, bool ownsClient) : IDisposable
        {
            public int Read() => client.GetStream().ReadByte();

            public void Dispose()
            {
                if (!ownsClient) return;
                client.Dispose();
            }
        }
        """);

    [Fact]
    public Task A_release_under_a_test_of_something_else_is_no_flag() => Silent(
        """
        var client = new TcpClient(path, 1);
        using (var session = new Session(client, false))
        {
            return session.Read();
        }
        """,
        """
        private sealed class Session : IDisposable
        {
            private readonly TcpClient _client;
            private readonly bool _fast;
            private bool _disposed;

            public Session(TcpClient client, bool fast)
            {
                _client = client;
                _fast = fast;
            }

            public int Read() => _fast ? 1 : _client.GetStream().ReadByte();

            public void Dispose()
            {
                if (!_disposed)
                {
                    _disposed = true;
                    _client.Dispose();
                }
            }
        }
        """);
}
