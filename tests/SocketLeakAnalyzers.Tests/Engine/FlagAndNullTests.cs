using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Flags and nulls that say who owns.</summary>
public sealed class FlagAndNullTests
{
    [Fact]
    public async Task Ownership_flag_of_a_parameter_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            if (stream == null)
            {
                stream = File.OpenRead(path);
                ownsStream = true;
            }

            try
            {
                return stream.ReadByte();
            }
            finally
            {
                if (ownsStream)
                    stream.Dispose();
            }
            """,
            "public int M(Stream stream, string path, bool ownsStream)"));

    [Fact]
    public async Task Local_nulled_when_ownership_moves_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Stream stream = null;
            try
            {
                stream = File.OpenRead(path);
                var reader = new StreamReader(stream);
                stream = null;
                using (reader)
                    return reader.ReadToEnd();
            }
            finally
            {
                stream?.Dispose();
            }
            """,
            "public string M(string path)"));

    [Fact]
    public async Task Result_local_filled_on_success_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            TcpClient result = null;
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
                result = client;
            }
            finally
            {
                if (result == null)
                    client.Dispose();
            }

            return result;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Enumeration_that_says_who_owns_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            var state = 0;
            try
            {
                client.Connect("h", 1);
                queue.Enqueue(client);
                state = 1;
            }
            finally
            {
                if (state != 1)
                    client.Dispose();
            }
            """,
            "public void M(Queue<TcpClient> queue)"));

    [Fact]
    public async Task Negated_flag_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            var dispose = true;
            try
            {
                client.Connect("h", 1);
                dispose = false;
                return client;
            }
            finally
            {
                if (dispose)
                    client.Dispose();
            }
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Same_parameter_tested_twice_is_one_decision() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            TcpClient client = null;
            if (remote)
                client = new TcpClient("h", 1);
            Console.WriteLine("ready");
            if (remote)
                client.Dispose();
            """,
            "public void M(bool remote)"));

    [Fact]
    public async Task Same_option_tested_twice_is_one_decision() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Stream stream = null;
            if (options.Remote)
                stream = File.OpenRead("a");
            Console.WriteLine("ready");
            if (options.Remote)
                stream.Dispose();
            """,
            "public void M(Options options)",
            """
            public sealed class Options { public bool Remote { get; set; } }
            """));

    [Fact]
    public async Task Option_of_a_field_tested_twice_is_one_decision() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Stream stream = null;
            if (_options.Remote)
                stream = File.OpenRead("a");
            Console.WriteLine("ready");
            if (_options.Remote)
                stream.Dispose();
            """,
            "public void M()",
            """
            private readonly Options _options = new();
            public sealed class Options { public bool Remote { get; init; } }
            """));

    [Fact]
    public async Task Token_that_can_be_cancelled_is_one_decision() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (token.CanBeCanceled)
                    queue.Enqueue(socket);
                else
                    socket.Connect(server);
                return true;
            }
            catch (SocketException)
            {
                if (!token.CanBeCanceled)
                    socket.Dispose();
                return false;
            }
            finally
            {
                if (!token.CanBeCanceled)
                    socket.Dispose();
            }
            """,
            "public bool M(EndPoint server, Queue<Socket> queue, CancellationToken token)"));

    [Fact]
    public async Task Value_known_to_be_null_owes_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("a") { RedirectStandardOutput = true });
            if (process is null)
                return null;
            using (process)
                return process.StandardOutput.ReadToEnd();
            """,
            "public string M()"));

    [Fact]
    public async Task Null_conditional_use_and_release_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            TcpClient client = open ? new TcpClient() : null;
            try
            {
                client?.Client?.Send(new byte[1], SocketFlags.None, out _);
            }
            finally
            {
                client?.Dispose();
            }
            """,
            "public void M(bool open)"));

    [Fact]
    public async Task Coalesced_acquisition_is_released() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var owned = stream == null;
            var input = stream ?? File.OpenRead("a");
            try
            {
                return input.ReadByte();
            }
            finally
            {
                if (owned)
                    input.Dispose();
            }
            """,
            "public int M(Stream stream)"));

    [Fact]
    public async Task Pattern_variable_of_a_disposable_is_released() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            object value = new TcpClient();
            if (value is IDisposable disposable)
                disposable.Dispose();
            """,
            "public void M()"));

    [Fact]
    public async Task Pattern_variable_of_a_derived_type_is_released() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var response = request.GetResponse();
            if (response is HttpWebResponse http)
                Console.WriteLine(http.StatusCode);
            response.Dispose();
            """,
            "public void M(WebRequest request)"));

    [Fact]
    public async Task Switch_over_the_type_releases() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Stream stream = compressed ? new GZipStream(File.OpenRead("a"), CompressionMode.Decompress) : File.OpenRead("a");
            switch (stream)
            {
                case GZipStream zip:
                    zip.Dispose();
                    break;
                default:
                    stream.Dispose();
                    break;
            }
            """,
            "public void M(bool compressed)"));

    [Fact]
    public async Task Throw_expression_for_a_null_result_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("a") { RedirectStandardOutput = true }) ?? throw new IOException("no process");
            return process.StandardOutput.ReadToEnd();
            """,
            "public string M()"));

    [Fact]
    public async Task Try_pattern_that_failed_owes_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            if (!TryOpen(path, out var stream))
                return -1;
            using (stream)
                return stream.ReadByte();
            """,
            "public int M(string path)",
            """
            private static bool TryOpen(string path, out Stream stream)
            {
                stream = null;
                if (!File.Exists(path))
                    return false;
                stream = File.OpenRead(path);
                return true;
            }
            """));

    [Fact]
    public async Task Open_that_falls_back_is_released_either_way() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Stream stream;
            try
            {
                stream = File.OpenRead("a");
            }
            catch (FileNotFoundException)
            {
                stream = File.OpenRead("b");
            }

            using (stream)
                return stream.ReadByte();
            """,
            "public int M()"));

    [Fact]
    public async Task Flag_of_the_wrong_sense_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1003:new TcpClient()|};
            var ok = false;
            try
            {
                client.Connect("h", 1);
                ok = true;
                return client;
            }
            finally
            {
                if (ok)
                    Console.WriteLine("connected");
            }
            """,
            "public TcpClient M()"));
}
