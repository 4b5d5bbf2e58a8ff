using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Calls whose answer says who owns.</summary>
public sealed class ConditionalTransferTests
{
    [Fact]
    public async Task Added_or_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            if (!clients.TryAdd("h", client))
                client.Dispose();
            """,
            "public void M(System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> clients)"));

    [Fact]
    public async Task Answer_kept_in_a_local_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            var added = false;
            try
            {
                client.Connect("h", 1);
                added = clients.TryAdd("h", client);
            }
            finally
            {
                if (!added)
                    client.Dispose();
            }
            """,
            "public void M(System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> clients)"));

    [Fact]
    public async Task Answer_tested_with_a_conjunction_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            if (open && queue.TryAdd(client))
                return true;
            client.Dispose();
            return false;
            """,
            "public bool M(System.Collections.Concurrent.BlockingCollection<TcpClient> queue, bool open)"));

    [Fact]
    public async Task Answer_that_is_returned_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            return queue.TryAdd(client);
            """,
            "public bool M(System.Collections.Concurrent.BlockingCollection<TcpClient> queue)"));

    [Fact]
    public async Task Discarded_answer_counts_as_moved() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            source.TrySetResult(new TcpClient());
            var client = new TcpClient();
            channel.Writer.TryWrite(client);
            _ = clients.TryAdd("h", new TcpClient());
            """,
            "public void M(TaskCompletionSource<TcpClient> source, Channel<TcpClient> channel, System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> clients)"));

    [Fact]
    public async Task Write_that_waits_for_room_and_a_catch_are_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = await listener.AcceptTcpClientAsync(token);
            try
            {
                await channel.Writer.WriteAsync(client, token);
            }
            catch
            {
                client.Dispose();
                throw;
            }
            """,
            "public async Task M(TcpListener listener, Channel<TcpClient> channel, CancellationToken token)"));

    [Fact]
    public async Task Loop_until_there_is_room_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = await listener.AcceptTcpClientAsync(token);
            while (!channel.Writer.TryWrite(client))
            {
                if (channel.Reader.Count > 100)
                {
                    client.Dispose();
                    break;
                }
            }
            """,
            "public async Task M(TcpListener listener, Channel<TcpClient> channel, CancellationToken token)"));

    [Fact]
    public async Task Get_or_add_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = clients.GetOrAdd("h", _ => new TcpClient());
            var other = clients.GetOrAdd("i", new TcpClient());
            client.NoDelay = other.NoDelay;
            """,
            "public void M(System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> clients)"));
}
