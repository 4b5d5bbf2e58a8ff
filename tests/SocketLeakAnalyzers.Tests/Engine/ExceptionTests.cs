using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Paths by exceptions: catch, filter, finally, nested and rethrown.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public async Task What_is_thrown_again_is_what_was_caught() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = File.OpenRead("a");
            try
            {
                try
                {
                    file.ReadByte();
                }
                catch (IOException)
                {
                    Console.WriteLine("again");
                    throw;
                }

                file.Dispose();
            }
            catch (System.Security.Authentication.AuthenticationException)
            {
                Console.WriteLine("who are you");
            }
            catch (Exception)
            {
                file.Dispose();
                throw;
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Release_in_an_outer_finally_covers_an_inner_try() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                try
                {
                    client.Connect("h", 1);
                }
                catch (SocketException)
                {
                    Console.WriteLine("down");
                }
                finally
                {
                    Console.WriteLine("tried");
                }
            }
            finally
            {
                client.Dispose();
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Return_inside_a_try_runs_the_finally() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                if (port == 0)
                    return 0;
                client.Connect("h", port);
                return client.Available;
            }
            finally
            {
                client.Close();
            }
            """,
            "public int M(int port)"));

    [Fact]
    public async Task Break_and_continue_inside_a_try_run_the_finally() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            foreach (var host in hosts)
            {
                var client = new TcpClient();
                try
                {
                    if (host.Length == 0)
                        continue;
                    client.Connect(host, 1);
                    if (client.Available > 0)
                        break;
                }
                finally
                {
                    client.Dispose();
                }
            }
            """,
            "public void M(string[] hosts)"));

    [Fact]
    public async Task Catch_of_a_base_exception_catches_the_derived() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                client.Dispose();
                return null;
            }

            return client;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Catch_of_the_thrown_type_catches_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = File.OpenRead("a");
            try
            {
                if (file.Length == 0)
                    throw new InvalidDataException();
            }
            catch (InvalidDataException)
            {
                file.Dispose();
                throw;
            }

            return file;
            """,
            "public Stream M()"));

    [Theory]
    [InlineData("int.Parse({0})")]
    [InlineData("Convert.ToInt32({0})")]
    [InlineData("Convert.FromBase64String({0})")]
    [InlineData("Convert.FromHexString({0})")]
    [InlineData("DateTime.ParseExact({0}, \"O\", null)")]
    [InlineData("System.Text.Json.JsonSerializer.Deserialize<int[]>({0})")]
    public async Task Text_that_was_read_may_be_anything_and_an_argument_is_what_the_caller_says(string parse)
    {
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var client = new TcpClient(\"h\", 1); _ = " + parse.Replace("{0}", "text") + "; _ = " + parse.Replace("{0}", "_settings[\"key\"]") + "; return client;",
            "public TcpClient M(string text)",
            "private readonly Dictionary<string, string> _settings = new();"));
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            "var client = {|SLA1003:new TcpClient(\"h\", 1)|}; var line = Line(client); _ = " + parse.Replace("{0}", "line") + "; return client;",
            "public TcpClient M()",
            "private static string Line(TcpClient client) => client.ToString()!;"));
    }

    [Theory]
    [InlineData("Console.Error.WriteLine(\"connecting to {0}\", server);")]
    [InlineData("Console.Out.Write('.'); Console.Out.Flush();")]
    [InlineData("await Console.Error.WriteLineAsync(\"connecting\");")]
    [InlineData("await Console.Out.WriteAsync(\".\").ConfigureAwait(false);")]
    [InlineData("var answer = Console.In.ReadLine();")]
    [InlineData("Console.WriteLine(\"connecting\"); if (Console.ReadLine() == \"q\") { socket.Dispose(); return null; }")]
    public async Task Words_to_the_console_lose_nothing(string words) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            "var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); await Task.Yield(); " + words + " return socket;",
            "public async Task<Socket?> M(string server)"));

    [Fact]
    public async Task Words_to_a_writer_from_outside_lose_nothing_and_to_one_over_the_connection_do()
    {
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Command(TextWriter output)
            {
                private readonly TextWriter _errors = Console.Error;

                public TcpClient Connect(string host, TextWriter log)
                {
                    var client = new TcpClient(host, 1);
                    log.WriteLine("connected to {0}", host);
                    output.Write('.');
                    _errors.Flush();
                    return client;
                }
            }
            """);
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Command
            {
                public TcpClient Connect(string host)
                {
                    var client = {|SLA1003:new TcpClient(host, 1)|};
                    TextWriter writer = new StreamWriter(client.GetStream(), leaveOpen: true);
                    writer.WriteLine("hello");
                    return client;
                }
            }
            """);
    }

    [Fact]
    public async Task A_process_whose_pipe_is_written_to_can_throw() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            worker.StandardInput.WriteLine("go");
            return socket;
            """,
            "public Socket M(System.Diagnostics.Process worker)"));

    [Fact]
    public async Task Filter_that_only_looks_and_a_finally_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                Console.WriteLine("refused");
            }
            finally
            {
                client.Dispose();
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Filtered_and_unfiltered_catch_together_release() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync("h", 1, token);
                return client;
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                client.Dispose();
                throw;
            }
            catch (Exception e)
            {
                client.Dispose();
                throw new IOException("h", e);
            }
            """,
            "public async Task<TcpClient> M(CancellationToken token)"));

    [Fact]
    public async Task Failure_after_the_release_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            client.Dispose();
            await Task.Delay(1, token);
            throw new IOException();
            """));

    [Fact]
    public async Task Failure_before_the_acquisition_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            await Task.Delay(1, token);
            File.WriteAllText("a", "b");
            var client = new TcpClient();
            client.Dispose();
            """));

    [Fact]
    public async Task Acquisition_that_itself_throws_loses_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient("h", 1);
            client.Close();
            """,
            "public void M()"));

    [Fact]
    public async Task Release_that_may_throw_is_a_release() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var writer = new StreamWriter("a");
            try
            {
                writer.Write("x");
            }
            finally
            {
                writer.Close();
                Console.WriteLine("closed");
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Dispose_in_a_catch_of_its_own_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(server);
            }
            finally
            {
                try
                {
                    socket.Shutdown(SocketShutdown.Both);
                }
                catch
                {
                }

                socket.Close();
            }
            """,
            "public void M(EndPoint server)"));

    [Fact]
    public async Task Shutdown_that_throws_before_the_close_in_a_finally_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1002:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            try
            {
                socket.Connect(server);
            }
            finally
            {
                socket.Shutdown(SocketShutdown.Both);
                socket.Close();
            }
            """,
            "public void M(EndPoint server)"));

    [Fact]
    public async Task Shutdown_and_close_in_nested_finally_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(server);
            }
            finally
            {
                try
                {
                    socket.Shutdown(SocketShutdown.Both);
                }
                finally
                {
                    socket.Close();
                }
            }
            """,
            "public void M(EndPoint server)"));

    [Fact]
    public async Task Two_nested_resources_with_a_finally_each_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var from = File.OpenRead("a");
            try
            {
                var to = File.Create("b");
                try
                {
                    from.CopyTo(to);
                }
                finally
                {
                    to.Dispose();
                }
            }
            finally
            {
                from.Dispose();
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Lock_around_everything_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            lock (this)
            {
                using var client = new TcpClient();
                client.Connect("h", 1);
            }

            lock (this)
            {
                var other = new TcpClient();
                try
                {
                    other.Connect("h", checked(1 + 1));
                }
                finally
                {
                    other.Dispose();
                }
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Exception_kept_and_thrown_by_dispatch_info_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo failure = null;
            try
            {
                client.Connect("h", 1);
            }
            catch (Exception e)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
            }

            if (failure != null)
            {
                client.Dispose();
                failure.Throw();
            }

            return client;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Throw_helper_that_never_returns_is_no_way_out() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            catch (SocketException)
            {
                client.Dispose();
                Fail();
            }

            return client;
            """,
            "public TcpClient M()",
            """
            [System.Diagnostics.CodeAnalysis.DoesNotReturn]
            private static void Fail() => throw new IOException();
            """));
}
