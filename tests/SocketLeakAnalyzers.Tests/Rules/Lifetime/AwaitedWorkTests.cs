using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>What an await throws that waits for work that was started earlier, or for several pieces of it.</summary>
public sealed class AwaitedWorkTests
{
    private static Task Silent(string members) => Verify<ResourceAnalyzer>.Silent(InType(members));

    private static Task Reports(string members) => Verify<ResourceAnalyzer>.Reports(InType(members));

    private static string InType(string members) => $$"""
        public sealed class Service(HttpClient http)
        {
        {{members}}

            private async Task HelloAsync(string host) => Console.WriteLine(await http.GetStringAsync(host));

            private async Task TryHelloAsync(string host)
            {
                try
                {
                    Console.WriteLine(await http.GetStringAsync(host));
                }
                catch (Exception e)
                {
                    Console.WriteLine(e);
                }
            }
        }
        """;

    [Fact]
    public Task Await_of_a_task_in_a_variable_throws_what_the_method_throws() => Reports("""
        public async Task<TcpClient> DialAsync(string host)
        {
            var client = {|SLA1003:new TcpClient()|};
            var hello = HelloAsync(host);
            client.NoDelay = true;
            await hello;
            return client;
        }

        public async Task<TcpClient> DialLateAsync(string host)
        {
            var hello = http.GetStringAsync(host);
            var client = {|SLA1003:new TcpClient()|};
            await hello.ConfigureAwait(false);
            return client;
        }
        """);

    [Fact]
    public Task Await_of_several_tasks_throws_what_one_of_them_throws() => Reports("""
        public async Task<TcpClient> BothAsync(string host)
        {
            var client = {|SLA1003:new TcpClient()|};
            await Task.WhenAll(HelloAsync(host), HelloAsync("gate"));
            return client;
        }

        public async Task<TcpClient> EachAsync(string[] hosts)
        {
            var client = {|SLA1003:new TcpClient()|};
            await Task.WhenAll(hosts.Select(host => http.GetStringAsync(host)));
            return client;
        }

        public async Task<TcpClient> ListAsync(string[] hosts)
        {
            var client = {|SLA1003:new TcpClient()|};
            var tasks = new List<Task>();
            foreach (var host in hosts)
                tasks.Add(HelloAsync(host));
            await Task.WhenAll(tasks);
            return client;
        }

        public async Task<TcpClient> ArrayAsync(string host)
        {
            var client = {|SLA1003:new TcpClient()|};
            var tasks = new Task[] { TryHelloAsync(host), HelloAsync(host) };
            await Task.WhenAll(tasks);
            return client;
        }
        """);

    [Fact]
    public Task Await_of_work_on_the_pool_throws_what_the_work_throws() => Reports("""
        public async Task<TcpClient> RunAsync(string host)
        {
            var client = {|SLA1003:new TcpClient()|};
            await Task.Run(() => HelloAsync(host));
            return client;
        }

        public async Task<TcpClient> EachAsync(string[] hosts)
        {
            var client = {|SLA1003:new TcpClient()|};
            await Parallel.ForEachAsync(hosts, async (host, stop) => Console.WriteLine(await http.GetStringAsync(host, stop)));
            return client;
        }
        """);

    [Fact]
    public Task Blocking_wait_for_a_method_throws_what_it_throws() => Reports("""
        public TcpClient Dial(string host)
        {
            var client = {|SLA1003:new TcpClient()|};
            HelloAsync(host).Wait();
            return client;
        }

        public TcpClient DialLate(string host)
        {
            var client = {|SLA1003:new TcpClient()|};
            HelloAsync(host).GetAwaiter().GetResult();
            return client;
        }
        """);

    [Fact]
    public Task Round_of_a_foreach_throws_what_its_sequence_does() => Reports("""
        public async Task<TcpClient> CancelledAsync(System.Threading.Channels.ChannelReader<string> lines, CancellationToken token)
        {
            var client = {|SLA1003:new TcpClient()|};
            await foreach (var line in lines.ReadAllAsync(token))
                client.NoDelay = line.Length > 0;
            return client;
        }

        public async Task<TcpClient> CancelledFromOutsideAsync(IAsyncEnumerable<string> lines, CancellationToken token)
        {
            var client = {|SLA1003:new TcpClient()|};
            await foreach (var line in lines.WithCancellation(token).ConfigureAwait(false))
                client.NoDelay = line.Length > 0;
            return client;
        }

        public async Task<TcpClient> OwnAsync(string[] hosts)
        {
            var client = {|SLA1003:new TcpClient()|};
            await foreach (var page in PagesAsync(hosts))
                client.NoDelay = page.Length > 0;
            return client;
        }

        public async Task<TcpClient> LocalAsync(string[] hosts)
        {
            var client = {|SLA1003:new TcpClient()|};
            await foreach (var page in Pages())
                client.NoDelay = page.Length > 0;
            return client;

            async IAsyncEnumerable<string> Pages()
            {
                foreach (var host in hosts)
                    yield return await http.GetStringAsync(host);
            }
        }

        public TcpClient Blocking(string path)
        {
            var client = {|SLA1003:new TcpClient()|};
            foreach (var size in Sizes(path))
                client.ReceiveBufferSize = size;
            return client;
        }

        private async IAsyncEnumerable<string> PagesAsync(string[] hosts)
        {
            foreach (var host in hosts)
                yield return await http.GetStringAsync(host);
        }

        private static IEnumerable<int> Sizes(string path)
        {
            using var reader = new StreamReader(path);
            while (reader.ReadLine() is { } line)
                yield return line.Length;
        }
        """);

    [Fact]
    public Task Round_of_a_foreach_over_what_does_not_fail_throws_nothing() => Silent("""
        public async Task<TcpClient> UnknownAsync(IAsyncEnumerable<string> lines)
        {
            var client = new TcpClient();
            await foreach (var line in lines)
                client.NoDelay = line.Length > 0;
            await foreach (var line in lines.WithCancellation(CancellationToken.None))
                client.NoDelay = line.Length > 0;
            return client;
        }

        public async Task<TcpClient> KeptAsync(string[] hosts, CancellationToken token)
        {
            var client = new TcpClient();
            await foreach (var page in NamesAsync(hosts, token))
                client.NoDelay = page.Length > 0;
            foreach (var size in Sizes(hosts))
                client.ReceiveBufferSize = size;
            return client;
        }

        public TcpClient NotGoneOver(string path)
        {
            var client = new TcpClient();
            var sizes = Lines(path);
            Console.WriteLine(sizes);
            return client;
        }

        private async IAsyncEnumerable<string> NamesAsync(string[] hosts, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            foreach (var host in hosts)
            {
                if (token.IsCancellationRequested)
                    yield break;
                await Task.Yield();
                yield return host;
            }
        }

        private static IEnumerable<int> Sizes(string[] hosts)
        {
            foreach (var host in hosts)
                yield return host.Length;
        }

        private static IEnumerable<int> Lines(string path)
        {
            using var reader = new StreamReader(path);
            while (reader.ReadLine() is { } line)
                yield return line.Length;
        }
        """);

    [Fact]
    public Task Channel_that_is_fed_from_a_sequence_is_left_open_when_that_is_cancelled() => Verify<ResourceAnalyzer>.Reports("""
        public static class Feed
        {
            public static async Task CopyAsync(System.Threading.Channels.ChannelReader<int> source, System.Threading.Channels.ChannelWriter<int> {|SLA3001:target|}, CancellationToken token)
            {
                await foreach (var item in source.ReadAllAsync(token))
                    target.TryWrite(item);
                target.Complete();
            }

            public static async Task CopyAllAsync(System.Threading.Channels.ChannelReader<int> source, System.Threading.Channels.ChannelWriter<int> target, CancellationToken token)
            {
                try
                {
                    await foreach (var item in source.ReadAllAsync(token))
                        target.TryWrite(item);
                }
                finally
                {
                    target.Complete();
                }
            }
        }
        """);

    [Fact]
    public Task Work_that_keeps_its_exceptions_throws_none() => Silent("""
        public async Task<TcpClient> DialAsync(string[] hosts)
        {
            var client = new TcpClient();
            var first = TryHelloAsync("gate");
            await first;
            await Task.WhenAll(hosts.Select(TryHelloAsync));
            await Task.WhenAll(TryHelloAsync("a"), Task.Delay(100), Task.CompletedTask);
            await Task.Run(() => Console.WriteLine("computed"));
            return client;
        }

        public async Task<TcpClient> RaceAsync(string host)
        {
            var client = new TcpClient();
            var hello = HelloAsync(host);
            await Task.WhenAny(hello, Task.Delay(100));
            return client;
        }

        public async Task<TcpClient> OtherAsync(Task[] given)
        {
            var client = new TcpClient();
            await Task.WhenAll(given);
            return client;
        }
        """);

    [Fact]
    public Task Channel_whose_producers_fail_is_left_open() => Reports("""
        public async Task PumpAsync(string[] hosts, CancellationToken token)
        {
            var channel = {|SLA3001:Channel.CreateUnbounded<string>()|};
            var reading = ReadAsync(channel.Reader);
            await Task.WhenAll(hosts.Select(async host => await channel.Writer.WriteAsync(await http.GetStringAsync(host, token), token)));
            channel.Writer.Complete();
            await reading;
        }

        public async Task PumpBesideAsync(string host, CancellationToken token)
        {
            var channel = {|SLA3001:Channel.CreateBounded<string>(16)|};
            var producer = Task.Run(async () =>
            {
                await channel.Writer.WriteAsync(await http.GetStringAsync(host, token), token);
                channel.Writer.Complete();
            });
            await foreach (var line in channel.Reader.ReadAllAsync(token))
                Console.WriteLine(line);
            await producer;
        }

        public async Task PumpLocallyAsync(string host, CancellationToken token)
        {
            var channel = {|SLA3001:Channel.CreateBounded<string>(16)|};
            var producing = ProduceAsync();
            await foreach (var line in channel.Reader.ReadAllAsync(token))
                Console.WriteLine(line);
            await producing;

            async Task ProduceAsync()
            {
                await channel.Writer.WriteAsync(await http.GetStringAsync(host, token), token);
                channel.Writer.Complete();
            }
        }

        private static async Task ReadAsync(ChannelReader<string> lines)
        {
            await foreach (var line in lines.ReadAllAsync())
                Console.WriteLine(line);
        }
        """);

    [Fact]
    public Task Channel_that_is_completed_behind_the_failure_of_its_producers_is_silent() => Silent("""
        public async Task PumpAsync(string[] hosts, CancellationToken token)
        {
            var channel = Channel.CreateUnbounded<string>();
            var reading = ReadAsync(channel.Reader);
            try
            {
                await Task.WhenAll(hosts.Select(async host => await channel.Writer.WriteAsync(await http.GetStringAsync(host, token), token)));
            }
            finally
            {
                channel.Writer.Complete();
            }

            await reading;
        }

        private static async Task ReadAsync(ChannelReader<string> lines)
        {
            await foreach (var line in lines.ReadAllAsync())
                Console.WriteLine(line);
        }
        """);

    [Fact]
    public Task Drain_whose_failure_alone_skips_the_stop_is_the_order_of_the_shutdown() => Verify<ResourceAnalyzer>.Silent("""
        public static class Server
        {
            public static async Task RunAsync(CancellationToken token)
            {
                var listener = new TcpListener(IPAddress.Any, 7000);
                listener.Start();
                var handlers = new List<Task>();
                try
                {
                    while (!token.IsCancellationRequested)
                        handlers.Add(ServeAsync(await listener.AcceptTcpClientAsync(token), token));
                }
                catch (OperationCanceledException)
                {
                }
                finally
                {
                    await Task.WhenAll(handlers);
                    listener.Stop();
                }
            }

            private static async Task ServeAsync(TcpClient client, CancellationToken token)
            {
                using (client)
                    await client.GetStream().ReadAsync(new byte[16], token);
            }
        }
        """);

    [Fact]
    public Task Limit_of_a_wait_that_gives_up_is_a_way_out() => Reports("""
        public static async Task<bool> IsUpAsync(string host)
        {
            var client = {|SLA1002:new TcpClient()|};
            try
            {
                await client.ConnectAsync(host, 80).WaitAsync(TimeSpan.FromSeconds(2));
                client.Dispose();
                return true;
            }
            catch (SocketException)
            {
                client.Dispose();
                return false;
            }
        }
        """);

    [Theory]
    [InlineData("catch (Exception e) when (e is SocketException or TimeoutException)")]
    [InlineData("catch (TimeoutException) { client.Dispose(); return false; } catch (SocketException)")]
    public Task Limit_of_a_wait_that_a_handler_takes_is_none(string handler) => Silent($$"""
        public static async Task<bool> IsUpAsync(string host)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 80).WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
                client.Dispose();
                return true;
            }
            {{handler}}
            {
                client.Dispose();
                return false;
            }
        }
        """);

    [Fact]
    public Task Wait_for_a_token_alone_has_no_limit_to_throw() => Silent("""
        public static async Task<bool> IsUpAsync(string host, CancellationToken token)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 80).WaitAsync(token);
                client.Dispose();
                return true;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                client.Dispose();
                return false;
            }
        }
        """);
}
