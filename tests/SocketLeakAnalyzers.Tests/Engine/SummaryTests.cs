using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>What the methods of the compilation do with what they are given.</summary>
public sealed class SummaryTests
{
    [Fact]
    public async Task Helper_that_releases_is_a_release() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            finally
            {
                Close(client);
            }
            """,
            "public void M()",
            """
            private static void Close(TcpClient client)
            {
                try
                {
                    client?.Client?.Shutdown(SocketShutdown.Both);
                }
                catch (SocketException)
                {
                }

                client?.Close();
            }
            """));

    [Fact]
    public async Task Extension_that_releases_quietly_is_a_release() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            finally
            {
                client.SafeDispose();
            }
            """,
            "public void M()") + Extensions);

    [Fact]
    public async Task Generic_helper_that_releases_and_nulls_is_a_release() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            finally
            {
                Release(ref client);
            }
            """,
            "public void M()",
            """
            private static void Release<T>(ref T one)
                where T : class, IDisposable
            {
                one?.Dispose();
                one = null;
            }
            """));

    [Fact]
    public async Task Helper_that_releases_many_is_a_release() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var from = new TcpClient();
            var to = new TcpClient();
            CloseAll(from, to);
            """,
            "public void M()",
            """
            private static void CloseAll(params IDisposable[] all)
            {
                foreach (var one in all)
                    one?.Dispose();
            }
            """));

    [Fact]
    public async Task Helper_that_keeps_is_the_owner() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Keep(client);
            client.Connect("h", 1);
            """,
            "public void M()",
            """
            private readonly List<TcpClient> _clients = new();
            private void Keep(TcpClient client) => _clients.Add(client);
            """));

    [Fact]
    public async Task Helper_that_releases_on_some_paths_is_unknown() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Perhaps(client, 1);
            client.Connect("h", 1);
            """,
            "public void M()",
            """
            private static void Perhaps(TcpClient client, int port)
            {
                if (port == 0)
                    client.Close();
            }
            """));

    [Fact]
    public async Task Helper_that_returns_its_argument_is_the_same_client() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var client = Tuned(new TcpClient());
            client.Connect("h", 1);
            """,
            "public void M()",
            """
            private static TcpClient Tuned(TcpClient client)
            {
                client.NoDelay = true;
                return client;
            }
            """));

    [Fact]
    public async Task Fluent_extension_that_returns_this_is_the_same_client() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1001:new TcpClient()|}.Tuned().Tuned();
            client.Connect("h", 1);
            """,
            "public void M()") + Extensions);

    [Fact]
    public async Task Helper_that_wraps_its_argument_carries_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var reader = Read(File.OpenRead("a"));
            return reader.ReadLine();
            """,
            "public string M()",
            """
            private static StreamReader Read(Stream stream) => new(new GZipStream(stream, CompressionMode.Decompress));
            """));

    [Fact]
    public async Task Async_helper_whose_task_is_discarded_and_that_disposes_is_the_owner() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = listener.AcceptTcpClient();
            _ = ServeAsync(client);
            var other = listener.AcceptTcpClient();
            ServeAsync(other).ContinueWith(t => Console.WriteLine(t.Exception));
            var third = listener.AcceptTcpClient();
            FireAndForget(third);
            """,
            "public void M(TcpListener listener)",
            """
            private static async Task ServeAsync(TcpClient client)
            {
                using (client)
                {
                    var stream = client.GetStream();
                    await stream.WriteAsync(new byte[1]);
                }
            }

            private static async void FireAndForget(TcpClient client)
            {
                try
                {
                    await client.GetStream().WriteAsync(new byte[1]);
                }
                catch (IOException)
                {
                }
                finally
                {
                    client.Dispose();
                }
            }
            """));

    [Fact]
    public async Task Virtual_helper_takes_it_where_it_cannot_be_followed() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Serve(client);
            client.Connect("h", 1);
            """,
            "public void M()",
            """
            protected virtual void Serve(TcpClient client) => client.NoDelay = true;
            """));

    [Fact]
    public async Task Recursive_helper_is_unknown() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Walk(client, 3);
            """,
            "public void M()",
            """
            private static void Walk(TcpClient client, int depth)
            {
                if (depth == 0)
                    client.Close();
                else
                    Walk(client, depth - 1);
            }
            """));

    [Fact]
    public async Task Factory_that_keeps_what_it_returns_gives_nothing_fresh() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = Rent();
            client.NoDelay = true;
            """,
            "public void M()",
            """
            private readonly List<TcpClient> _all = new();

            private TcpClient Rent()
            {
                var client = new TcpClient();
                _all.Add(client);
                return client;
            }
            """));

    [Fact]
    public async Task Lazy_property_gives_nothing_fresh() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Client.NoDelay = true;
            var client = Client;
            client.Connect("h", 1);
            """,
            "public void M()",
            """
            private TcpClient _client;
            private TcpClient Client => _client ??= new TcpClient();
            public void Dispose() => _client?.Dispose();
            """));

    [Fact]
    public async Task Cached_factory_gives_nothing_fresh() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = Get("h");
            client.NoDelay = true;
            """,
            "public void M()",
            """
            private readonly Dictionary<string, TcpClient> _byHost = new();

            private TcpClient Get(string host)
            {
                if (!_byHost.TryGetValue(host, out var client))
                {
                    client = new TcpClient(host, 1);
                    _byHost[host] = client;
                }

                return client;
            }
            """));

    [Fact]
    public async Task Factory_that_may_return_a_shared_one_gives_nothing_fresh() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = Get(true);
            client.NoDelay = true;
            """,
            "public void M()",
            """
            private static readonly TcpClient Shared = new();
            private static TcpClient Get(bool shared) => shared ? Shared : new TcpClient();
            """));

    [Fact]
    public async Task Interlocked_exchange_that_disposes_the_old_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Interlocked.Exchange(ref _client, new TcpClient())?.Dispose();
            var old = Interlocked.Exchange(ref _client, null);
            old?.Dispose();
            """,
            "public void M()",
            """
            private TcpClient _client;
            """));

    [Fact]
    public async Task Compare_exchange_that_disposes_the_loser_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            if (Interlocked.CompareExchange(ref _client, client, null) != null)
                client.Dispose();
            return _client;
            """,
            "public TcpClient M()",
            """
            private TcpClient _client;
            """));

    [Fact]
    public async Task Builder_that_takes_a_stream_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            return new Builder().WithInput(File.OpenRead("a")).WithOutput(File.Create("b")).Build();
            """,
            "public Job M()",
            """
            public sealed class Builder
            {
                private Stream _input;
                private Stream _output;

                public Builder WithInput(Stream stream)
                {
                    _input = stream;
                    return this;
                }

                public Builder WithOutput(Stream stream)
                {
                    _output = stream;
                    return this;
                }

                public Job Build() => new(_input, _output);
            }

            public sealed record Job(Stream Input, Stream Output);
            """));

    [Fact]
    public async Task Overwritten_default_argument_is_understood() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = Open();
            file.Dispose();
            using var other = Open("b");
            """,
            "public void M()",
            """
            private static FileStream Open(string path = "a") => File.OpenRead(path);
            """));

    [Fact]
    public async Task Local_of_a_generic_method_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Use(new TcpClient("h", 1), client => client.NoDelay = true);
            """,
            "public void M()",
            """
            private static void Use<T>(T one, Action<T> action)
                where T : IDisposable
            {
                using (one)
                    action(one);
            }
            """));

    private const string Extensions =
        """
        public static class Extensions
        {
            public static T AddTo<T>(this T one, ICollection<IDisposable> all)
                where T : IDisposable
            {
                all.Add(one);
                return one;
            }

            public static void SafeDispose(this IDisposable one)
            {
                try
                {
                    one?.Dispose();
                }
                catch (Exception)
                {
                }
            }

            public static TcpClient Tuned(this TcpClient client)
            {
                client.NoDelay = true;
                return client;
            }
        }
        """;
}
