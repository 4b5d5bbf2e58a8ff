using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Loops: each round is its own resource.</summary>
public sealed class LoopTests
{
    [Fact]
    public async Task Accept_loop_that_hands_each_client_on_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            while (!token.IsCancellationRequested)
            {
                var client = await listener.AcceptTcpClientAsync(token);
                _ = Task.Run(() => Handle(client), token);
            }
            """,
            "public async Task M(TcpListener listener, CancellationToken token)",
            """
            private static void Handle(TcpClient client)
            {
                using (client)
                    client.GetStream().WriteByte(1);
            }
            """));

    [Fact]
    public async Task Accept_loop_with_a_thread_a_client_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            for (;;)
            {
                var client = listener.AcceptTcpClient();
                new Thread(() => Handle(client)) { IsBackground = true }.Start();
                var other = listener.AcceptTcpClient();
                new Thread(Serve).Start(other);
                var third = listener.AcceptTcpClient();
                ThreadPool.QueueUserWorkItem(state => Handle((TcpClient)state), third);
                var fourth = listener.AcceptTcpClient();
                ThreadPool.QueueUserWorkItem(static client => client.Dispose(), fourth, preferLocal: false);
            }
            """,
            "public void M(TcpListener listener)",
            """
            private static void Handle(TcpClient client)
            {
                using (client)
                    client.GetStream().WriteByte(1);
            }

            private static void Serve(object client) => Handle((TcpClient)client);
            """));

    [Fact]
    public async Task Accept_loop_that_swallows_errors_after_the_hand_over_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            while (true)
            {
                TcpClient client = null;
                try
                {
                    client = listener.AcceptTcpClient();
                    client.NoDelay = true;
                    client.GetStream().WriteByte(1);
                }
                catch (IOException)
                {
                    client?.Close();
                    continue;
                }
                catch (SocketException)
                {
                    client?.Close();
                    break;
                }

                client.Close();
            }
            """,
            "public void M(TcpListener listener)"));

    [Fact]
    public async Task Accept_loop_that_swallows_errors_before_the_hand_over_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            while (true)
            {
                try
                {
                    var client = {|SLA1002:listener.AcceptTcpClient()|};
                    client.GetStream().WriteByte(1);
                    client.Close();
                }
                catch (IOException)
                {
                    Console.WriteLine("gone");
                }
            }
            """,
            "public void M(TcpListener listener)"));

    [Fact]
    public async Task Resource_opened_before_and_closed_after_a_loop_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var reader = File.OpenText("a");
            using var writer = File.CreateText("b");
            string line;
            while ((line = reader.ReadLine()) != null)
                writer.WriteLine(line);
            """,
            "public void M()"));

    [Fact]
    public async Task Array_of_clients_disposed_in_a_loop_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var clients = new TcpClient[4];
            try
            {
                for (var i = 0; i < clients.Length; i++)
                    clients[i] = new TcpClient("h", 1);
            }
            finally
            {
                foreach (var client in clients)
                    client?.Dispose();
            }
            """,
            "public void M()"));

    [Fact]
    public async Task List_of_streams_disposed_in_a_loop_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var streams = new List<Stream>();
            try
            {
                foreach (var path in paths)
                    streams.Add(File.OpenRead(path));
                streams.AddRange(paths.Select(File.OpenRead));
            }
            finally
            {
                streams.ForEach(stream => stream.Dispose());
            }
            """,
            "public void M(string[] paths)"));

    [Fact]
    public async Task Retry_loop_that_closes_what_failed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            for (var attempt = 0; ; attempt++)
            {
                var client = new TcpClient();
                try
                {
                    await client.ConnectAsync("h", 1, token);
                    return client;
                }
                catch (SocketException) when (attempt < 3)
                {
                    client.Dispose();
                    await Task.Delay(100, token);
                }
                catch
                {
                    client.Dispose();
                    throw;
                }
            }
            """,
            "public async Task<TcpClient> M(CancellationToken token)"));

    [Fact]
    public async Task Retry_loop_that_forgets_what_failed_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            for (var attempt = 0; ; attempt++)
            {
                var client = {|SLA1003:new TcpClient()|};
                try
                {
                    await client.ConnectAsync("h", 1, token);
                    return client;
                }
                catch (SocketException) when (attempt < 3)
                {
                    await Task.Delay(100, token);
                }
            }
            """,
            "public async Task<TcpClient> M(CancellationToken token)"));

    [Fact]
    public async Task Goto_that_retries_after_a_release_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            again:
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            catch (SocketException)
            {
                client.Dispose();
                goto again;
            }

            return client;
            """,
            "public TcpClient M()"));

    [Fact]
    public async Task Do_while_that_releases_each_round_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var status = 0;
            do
            {
                using var response = await http.GetAsync("u", HttpCompletionOption.ResponseHeadersRead, token);
                status = (int)response.StatusCode;
                await Task.Delay(100, token);
            }
            while (status == 503);
            """,
            "public async Task M(HttpClient http, CancellationToken token)"));

    [Fact]
    public async Task Loop_over_an_async_stream_of_clients_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            await foreach (var client in channel.Reader.ReadAllAsync(token))
                using (client)
                    client.GetStream().WriteByte(1);
            """,
            "public async Task M(Channel<TcpClient> channel, CancellationToken token)"));
}
