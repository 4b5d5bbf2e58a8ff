using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Resources that a method of the compilation hands out through an <c>out</c> or <c>ref</c> parameter: the caller owns them.</summary>
public class OutParameterTests
{
    private const string TryConnect = """

        private static bool TryConnect(string host, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TcpClient? client)
        {
            var candidate = new TcpClient();
            try
            {
                candidate.Connect(host, 443);
                client = candidate;
                return true;
            }
            catch (SocketException)
            {
                candidate.Dispose();
                client = null;
                return false;
            }
            catch
            {
                candidate.Dispose();
                throw;
            }
        }
        """;

    private static Task Reports(string body, string members, string signature = "public async Task<int> M(string host, byte[] data, CancellationToken token)") =>
        Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, signature, members));

    private static Task Silent(string body, string members, string signature = "public async Task<int> M(string host, byte[] data, CancellationToken token)") =>
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, signature, members));

    [Fact]
    public Task What_a_Try_method_gives_on_true_is_owed() => Reports(
        """
        if (!TryConnect(host, {|SLA1001:out var client|}))
        {
            return 0;
        }

        return await client.GetStream().ReadAsync(data, token);
        """,
        TryConnect);

    [Fact]
    public Task It_is_released_by_a_using() => Silent(
        """
        if (!TryConnect(host, out var client))
        {
            return 0;
        }

        using (client)
        {
            return await client.GetStream().ReadAsync(data, token);
        }
        """,
        TryConnect);

    [Fact]
    public Task A_positive_test_with_the_work_inside() => Reports(
        """
        if (TryConnect(host, {|SLA1002:out TcpClient? client|}))
        {
            var n = await client.GetStream().ReadAsync(data, token);
            client.Close();
            return n;
        }

        return -1;
        """,
        TryConnect);

    [Fact]
    public Task A_positive_test_with_a_finally() => Silent(
        """
        if (TryConnect(host, out TcpClient? client))
        {
            try
            {
                return await client.GetStream().ReadAsync(data, token);
            }
            finally
            {
                client.Close();
            }
        }

        return -1;
        """,
        TryConnect);

    [Fact]
    public Task The_answer_is_kept_in_a_flag() => Reports(
        """
        TcpClient? client;
        var connected = TryConnect(host, {|SLA1001:out client|});
        Console.WriteLine(connected);
        if (connected)
        {
            return await client!.GetStream().ReadAsync(data, token);
        }

        return -1;
        """,
        TryConnect);

    [Fact]
    public Task The_value_is_asked_for_null_instead() => Silent(
        """
        TryConnect(host, out var client);
        if (client == null)
        {
            return 0;
        }

        try
        {
            return await client.GetStream().ReadAsync(data, token);
        }
        finally
        {
            client.Dispose();
        }
        """,
        TryConnect);

    [Fact]
    public Task Nothing_is_owed_where_it_failed() => Silent(
        """
        if (!TryConnect(host, out var client))
        {
            await Task.Delay(10, token);
            throw new TimeoutException();
        }

        client.Dispose();
        return 1;
        """,
        TryConnect);

    [Fact]
    public Task It_is_handed_on_to_the_caller() => Silent(
        """
        return TryConnect(host, out var client) ? client : null;
        """,
        TryConnect,
        "public TcpClient? M(string host)");

    [Fact]
    public Task A_method_that_forwards_its_out_parameter_gives_it_too() => Reports(
        """
        if (!TryAny(host, {|SLA1001:out var client|}))
        {
            return 0;
        }

        return await client!.GetStream().ReadAsync(data, token);
        """,
        TryConnect + "\nprivate static bool TryAny(string host, out TcpClient? client) => TryConnect(host + \".local\", out client);");

    [Fact]
    public Task A_method_that_stores_what_it_gets_in_a_field() => Silent(
        """
        if (_client == null && !TryConnect(host, out _client))
        {
            return 0;
        }

        return await _client.GetStream().ReadAsync(data, token);
        """,
        TryConnect + "\nprivate TcpClient? _client;\npublic void Dispose() => _client?.Dispose();");

    [Fact]
    public Task A_method_that_keeps_it_gives_nothing() => Silent(
        """
        if (!TryGet(host, out var client))
        {
            return 0;
        }

        return await client!.GetStream().ReadAsync(data, token);
        """,
        """
        private readonly Dictionary<string, TcpClient> _clients = new();

        private bool TryGet(string host, out TcpClient? client)
        {
            client = new TcpClient(host, 443);
            _clients[host] = client;
            return true;
        }
        """);

    [Fact]
    public Task A_method_that_takes_it_from_a_cache_on_some_path_gives_nothing() => Silent(
        """
        if (!TryGet(host, out var client))
        {
            return 0;
        }

        return await client!.GetStream().ReadAsync(data, token);
        """,
        """
        private readonly Dictionary<string, TcpClient> _clients = new();

        private bool TryGet(string host, out TcpClient? client)
        {
            if (_clients.TryGetValue(host, out client))
            {
                return true;
            }

            client = new TcpClient(host, 443);
            return true;
        }
        """);

    [Fact]
    public Task A_method_without_an_answer_always_gives_it() => Reports(
        """
        Open(host, {|SLA1001:out var log|}, out var size);
        await log.WriteAsync(data, token);
        return (int)size;
        """,
        """
        private static void Open(string path, out FileStream log, out long size)
        {
            log = File.OpenWrite(path);
            size = 12;
        }
        """);

    [Fact]
    public Task Two_streams_of_which_one_is_forgotten() => Reports(
        """
        Open(host, out var input, {|SLA1001:out var output|});
        using (input)
        {
            await input.CopyToAsync(output, token);
        }

        return 1;
        """,
        """
        private static void Open(string path, out Stream input, out Stream output)
        {
            input = File.OpenRead(path);
            try
            {
                output = File.Create(path + ".out");
            }
            catch
            {
                input.Dispose();
                throw;
            }
        }
        """);

    [Fact]
    public Task A_status_code_says_whether_there_is_one() => Silent(
        """
        var status = Open(host, out var stream);
        if (status != 0)
        {
            return status;
        }

        using (stream)
        {
            return await stream!.ReadAsync(data, token);
        }
        """,
        """
        private static int Open(string path, out FileStream? stream)
        {
            stream = null;
            if (!File.Exists(path))
            {
                return 2;
            }

            stream = File.OpenRead(path);
            return 0;
        }
        """);

    [Fact]
    public Task A_status_code_where_the_stream_was_disposed_before() => Silent(
        """
        if (Open(host, out var stream) != 0)
        {
            return 1;
        }

        using (stream)
        {
            return await stream.ReadAsync(data, token);
        }
        """,
        """
        private static int Open(string path, out FileStream stream)
        {
            stream = File.OpenRead(path);
            if (stream.Length == 0)
            {
                stream.Dispose();
                return 2;
            }

            return 0;
        }
        """);

    [Fact]
    public Task A_loop_that_takes_one_after_the_other() => Reports(
        """
        var total = 0;
        while (TryConnect(host, {|SLA1002:out var client|}))
        {
            total += await client.GetStream().ReadAsync(data, token);
            client.Dispose();
        }

        return total;
        """,
        TryConnect);

    [Fact]
    public Task A_loop_that_disposes_each() => Silent(
        """
        var total = 0;
        while (TryConnect(host, out var client))
        {
            using var connection = client;
            total += await connection.GetStream().ReadAsync(data, token);
        }

        return total;
        """,
        TryConnect);

    [Fact]
    public Task A_loop_of_hosts_until_one_answers() => Silent(
        """
        foreach (var name in host.Split(','))
        {
            if (TryConnect(name, out var client))
            {
                return client;
            }
        }

        throw new TimeoutException();
        """,
        TryConnect,
        "public TcpClient M(string host)");

    [Fact]
    public Task A_second_one_over_the_first() => Reports(
        """
        TcpClient? client;
        if (!TryConnect(host, out client))
        {
            return 0;
        }

        if (client.Available == 0 && !TryConnect(host, {|SLA1004:out client|}))
        {
            return 0;
        }

        client.Dispose();
        return 1;
        """,
        TryConnect);

    [Fact]
    public Task A_ref_parameter_that_is_always_given_a_fresh_one() => Reports(
        """
        Stream? stream = null;
        Open(host, {|SLA1001:ref stream|});
        return await stream.ReadAsync(data, token);
        """,
        "private static void Open(string path, ref Stream? stream) => stream = File.OpenRead(path);");

    [Fact]
    public Task A_ref_parameter_that_is_wrapped_is_not_followed() => Silent(
        """
        Stream stream = File.OpenRead(host);
        Wrap(ref stream);
        return await stream.ReadAsync(data, token);
        """,
        "private static void Wrap(ref Stream stream) => stream = new BufferedStream(stream);");

    [Fact]
    public Task The_answer_says_whether_it_is_null() => Reports(
        """
        if (!TryOpen(host, {|SLA1001:out var stream|}))
        {
            return 0;
        }

        return await stream!.ReadAsync(data, token);
        """,
        """
        private static bool TryOpen(string path, out FileStream? stream)
        {
            stream = File.Exists(path) ? File.OpenRead(path) : null;
            return stream != null;
        }
        """);

    [Fact]
    public Task An_interface_member_is_not_looked_into() => Verify<ResourceAnalyzer>.Silent(
        """
        public interface IDialer { bool TryDial(string host, out TcpClient? client); }
        public class C
        {
            public int M(IDialer dialer) => dialer.TryDial("h", out var client) ? client!.GetStream().ReadByte() : 0;
        }
        """);

    [Fact]
    public Task What_is_lost_inside_of_the_method_is_its_own() => Silent(
        """
        if (TryConnect(host, out var client)) { client!.Dispose(); }
        return 1;
        """,
        """
        private static bool TryConnect(string host, out TcpClient? client)
        {
            client = new TcpClient();
            client.Connect(host, 1);
            return true;
        }
        """);
}
