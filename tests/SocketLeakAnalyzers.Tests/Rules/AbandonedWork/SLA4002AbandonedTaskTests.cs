using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.AbandonedWork;

/// <summary>SLA4002: network I/O that is left behind when a deadline passes.</summary>
public sealed class SLA4002AbandonedTaskTests
{
    private static Task Silent(string members) => Verify<UseAnalyzer>.Silent(InType(members));

    private static Task Reports(string members) => Verify<UseAnalyzer>.Reports(InType(members));

    private static string InType(string members) => "#pragma warning disable SLA2001, SLA2005, SLA2006, SLA2007\npublic sealed class Client\n{\n" + members + "\n}\n";

    [Fact]
    public Task Race_with_a_delay_is_reported_at_the_race() => Reports("""
        public static async Task<bool> ReadAsync(NetworkStream stream, byte[] buffer)
        {
            var read = stream.ReadAsync(buffer).AsTask();
            return await {|SLA4002:Task.WhenAny(read, Task.Delay(100))|} == read;
        }
        """);

    [Fact]
    public Task Race_whose_loser_throws_a_timeout_is_reported() => Reports("""
        public async Task<TcpClient> ConnectAsync(string host)
        {
            var client = new TcpClient();
            var connect = client.ConnectAsync(host, 7000);
            if (await {|SLA4002:Task.WhenAny(connect, Task.Delay(5000))|} != connect)
                throw new TimeoutException();
            return client;
        }
        """);

    [Fact]
    public Task Delay_in_a_variable_is_a_delay() => Reports("""
        public async Task<int> ReadAsync(Socket socket, byte[] buffer)
        {
            var read = socket.ReceiveAsync(buffer, SocketFlags.None);
            var timeout = Task.Delay(TimeSpan.FromSeconds(10));
            var first = await {|SLA4002:Task.WhenAny(read, timeout)|};
            if (first == timeout)
                return -1;
            return await read;
        }
        """);

    [Fact]
    public Task Wait_async_on_a_connect_is_reported() => Reports("""
        public static async Task<TcpClient> OpenAsync()
        {
            var client = new TcpClient();
            await {|SLA4002:client.ConnectAsync("h", 1).WaitAsync(TimeSpan.FromSeconds(1))|};
            return client;
        }
        """);

    [Fact]
    public Task Wait_async_with_a_token_is_a_deadline_too() => Reports("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken token) =>
            await {|SLA4002:stream.ReadAsync(buffer, 0, buffer.Length).WaitAsync(token)|};
        """);

    [Fact]
    public Task Accept_that_is_abandoned_swallows_the_next_client() => Reports("""
        public async Task<TcpClient?> NextAsync(TcpListener listener, CancellationToken token)
        {
            var accept = listener.AcceptTcpClientAsync();
            if (await {|SLA4002:Task.WhenAny(accept, Task.Delay(Timeout.Infinite, token))|} != accept)
                return null;
            return await accept;
        }
        """);

    [Fact]
    public Task Blocking_wait_with_a_limit_is_reported() => Reports("""
        public bool TryConnect(string host)
        {
            var client = new TcpClient();
            return {|SLA4002:client.ConnectAsync(host, 7000).Wait(3000)|};
        }
        """);

    [Fact]
    public Task Wait_any_with_a_limit_is_reported() => Reports("""
        public byte[]? Read(NetworkStream stream)
        {
            var buffer = new byte[512];
            var read = stream.ReadAsync(buffer, 0, 512);
            if ({|SLA4002:Task.WaitAny(new Task[] { read }, 1000)|} == -1)
                return null;
            return buffer;
        }
        """);

    [Fact]
    public Task Own_method_raced_with_a_delay_is_reported() => Reports("""
        public async Task<string?> AskAsync(string host)
        {
            var work = FetchAsync(host);
            if (await {|SLA4002:Task.WhenAny(work, Task.Delay(2000))|} == work)
                return await work;
            return null;
        }

        private static async Task<string> FetchAsync(string host)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync();
        }
        """);

    [Fact]
    public Task Blocking_read_on_the_pool_with_a_limit_is_reported() => Reports("""
        public int Read(Socket socket, byte[] buffer)
        {
            var work = Task.Run(() => socket.Receive(buffer));
            if (!{|SLA4002:work.Wait(TimeSpan.FromSeconds(5))|})
                throw new TimeoutException();
            return work.Result;
        }
        """);

    [Fact]
    public Task Request_of_a_client_without_a_timeout_of_its_own_is_reported() => Reports("""
        private readonly HttpClient _http = new();

        public async Task<string?> GetAsync(string url)
        {
            var request = _http.GetStringAsync(url);
            if (await {|SLA4002:Task.WhenAny(request, Task.Delay(1000))|} != request)
                return null;
            return await request;
        }
        """);

    [Fact]
    public Task Source_that_is_disposed_and_not_cancelled_has_not_stopped_the_work() => Reports("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
        {
            using var source = new CancellationTokenSource();
            var read = stream.ReadAsync(buffer, 0, buffer.Length, source.Token);
            if (await {|SLA4002:Task.WhenAny(read, Task.Delay(1000))|} != read)
                return 0;
            source.Cancel();
            return await read;
        }
        """);

    [Fact]
    public Task Close_on_the_success_path_alone_is_not_enough() => Reports("""
        public async Task PingAsync(string host)
        {
            var client = new TcpClient();
            var connect = client.ConnectAsync(host, 7000);
            if (await {|SLA4002:Task.WhenAny(connect, Task.Delay(500))|} == connect)
            {
                client.Close();
            }
            else
            {
                Console.WriteLine("timed out");
            }
        }
        """);

    [Fact]
    public Task Web_socket_read_is_reported() => Reports("""
        public async Task<bool> ReadAsync(ClientWebSocket socket, byte[] buffer)
        {
            var read = socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
            return await {|SLA4002:Task.WhenAny(read, Task.Delay(100))|} == read;
        }
        """);

    [Fact]
    public Task Own_method_that_would_take_a_token_and_gets_none_is_reported() => Reports("""
        public async Task<int> AskAsync(string host)
        {
            var work = FetchAsync(host);
            return await {|SLA4002:Task.WhenAny(work, Task.Delay(2000))|} == work ? work.Result : -1;
        }

        private static async Task<int> FetchAsync(string host, CancellationToken token = default)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000, token);
            return await client.GetStream().ReadAsync(new byte[16], token);
        }
        """);

    [Fact]
    public Task Own_method_with_a_source_of_its_own_is_silent() => Silent("""
        public async Task<int> AskAsync(string host)
        {
            var work = FetchAsync(host);
            return await Task.WhenAny(work, Task.Delay(2000)) == work ? work.Result : -1;
        }

        private static async Task<int> FetchAsync(string host)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000, source.Token);
            return await client.GetStream().ReadAsync(new byte[16], source.Token);
        }
        """);

    [Fact]
    public Task Call_that_goes_on_behind_its_wait_is_one_finding() => Verify<UseAnalyzer>.Reports("""
        public static class Client
        {
            public static async Task<bool> ReadAsync(NetworkStream stream, byte[] buffer)
            {
                stream.ReadTimeout = 500;
                var read = stream.ReadAsync(buffer, 0, 16);
                return await {|SLA4002:Task.WhenAny(read, Task.Delay(100))|} == read;
            }
        }
        """);

    // Clean.
    [Fact]
    public Task Using_closes_the_socket_when_the_wait_gives_up() => Silent("""
        public async Task<bool> PingAsync(string host)
        {
            using var client = new TcpClient();
            var connect = client.ConnectAsync(host, 7000);
            return await Task.WhenAny(connect, Task.Delay(500)) == connect;
        }
        """);

    [Fact]
    public Task Dispose_in_the_timed_out_branch_ends_the_work() => Silent("""
        public async Task<TcpClient> ConnectAsync(string host)
        {
            var client = new TcpClient();
            var connect = client.ConnectAsync(host, 7000);
            if (await Task.WhenAny(connect, Task.Delay(5000)) != connect)
            {
                client.Dispose();
                throw new TimeoutException();
            }

            await connect;
            return client;
        }
        """);

    [Fact]
    public Task Dispose_in_the_catch_of_wait_async_ends_the_work() => Silent("""
        public async Task<TcpClient> ConnectAsync(string host)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 7000).WaitAsync(TimeSpan.FromSeconds(5));
                return client;
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
        """);

    [Fact]
    public Task Cancel_on_the_timed_out_path_ends_the_work() => Silent("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
        {
            using var source = new CancellationTokenSource();
            var read = stream.ReadAsync(buffer, 0, buffer.Length, source.Token);
            if (await Task.WhenAny(read, Task.Delay(1000)) != read)
            {
                source.Cancel();
                return 0;
            }

            return await read;
        }
        """);

    [Fact]
    public Task Work_with_a_deadline_of_its_own_is_silent() => Silent("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            return await stream.ReadAsync(buffer, 0, buffer.Length, source.Token).WaitAsync(TimeSpan.FromSeconds(6));
        }
        """);

    [Fact]
    public Task Same_token_in_work_and_wait_is_silent() => Silent("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken token) =>
            await stream.ReadAsync(buffer, 0, buffer.Length, token).WaitAsync(token);
        """);

    [Fact]
    public Task Jump_back_to_the_race_comes_back_to_the_read() => Silent("""
        public static async Task<WebSocketReceiveResult> ReceiveAsync(WebSocket socket, ArraySegment<byte> buffer, CancellationToken token)
        {
            var waiting = Task.Delay(30_000, token);
            var receiving = socket.ReceiveAsync(buffer, token);
        wait:
            var first = await Task.WhenAny(waiting, receiving);
            if (first == waiting)
            {
                await socket.SendAsync(new byte[1], WebSocketMessageType.Text, true, token);
                waiting = Task.Delay(25_000, token);
                goto wait;
            }

            return await receiving;
        }
        """);

    [Fact]
    public Task Jump_back_to_ahead_of_the_read_leaves_it_behind() => Reports("""
        public static async Task<WebSocketReceiveResult> ReceiveAsync(WebSocket socket, ArraySegment<byte> buffer)
        {
        again:
            var receiving = socket.ReceiveAsync(buffer, CancellationToken.None);
            var waiting = Task.Delay(30_000);
            var first = await {|SLA4002:Task.WhenAny(waiting, receiving)|};
            if (first == waiting)
            {
                goto again;
            }

            return await receiving;
        }
        """);

    [Fact]
    public Task Heartbeat_loop_that_comes_back_to_the_read_is_silent() => Silent("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken token)
        {
            var read = stream.ReadAsync(buffer, 0, buffer.Length);
            while (await Task.WhenAny(read, Task.Delay(15_000, token)) != read)
                await stream.WriteAsync(new byte[1], 0, 1, token);
            return await read;
        }
        """);

    [Fact]
    public Task Work_that_is_awaited_after_all_is_silent() => Silent("""
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
        {
            var read = stream.ReadAsync(buffer, 0, buffer.Length);
            if (await Task.WhenAny(read, Task.Delay(1000)) != read)
                Console.WriteLine("slow peer");
            return await read;
        }
        """);

    [Fact]
    public Task Race_between_two_directions_of_a_relay_is_no_deadline() => Silent("""
        public async Task RelayAsync(NetworkStream left, NetworkStream right, CancellationToken token)
        {
            var up = left.CopyToAsync(right, token);
            var down = right.CopyToAsync(left, token);
            await Task.WhenAny(up, down);
        }
        """);

    [Fact]
    public Task Client_with_a_timeout_of_its_own_ends_by_itself() => Silent("""
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

        public async Task<string?> GetAsync(string url)
        {
            var request = _http.GetStringAsync(url);
            if (await Task.WhenAny(request, Task.Delay(1000)) != request)
                return null;
            return await request;
        }
        """);

    [Fact]
    public Task Completion_source_is_no_network() => Silent("""
        public async Task<bool> WaitAsync(TaskCompletionSource<int> answer) =>
            await Task.WhenAny(answer.Task, Task.Delay(1000)) == answer.Task;
        """);

    [Fact]
    public Task Work_of_the_caller_is_silent() => Silent("""
        public static async Task<T> TimeoutAfter<T>(Task<T> task, TimeSpan limit)
        {
            if (await Task.WhenAny(task, Task.Delay(limit)) != task)
                throw new TimeoutException();
            return await task;
        }
        """);

    [Theory]
    [InlineData("using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, _abort.Token);", "linked.Token", false)]
    [InlineData("await Task.Yield();", "token", true)]
    public async Task Work_whose_token_is_linked_to_another_may_end_by_that(string source, string token, bool isReported)
    {
        var wait = isReported ? "{|SLA4002:_run.WaitAsync(TimeSpan.FromSeconds(30))|}" : "_run.WaitAsync(TimeSpan.FromSeconds(30))";
        var code = InType($$"""
            private readonly CancellationTokenSource _abort = new();
            private Task _run = Task.CompletedTask;

            public void Start(TcpClient client, CancellationToken token) => _run = RunAsync(client, token);

            private async Task RunAsync(TcpClient client, CancellationToken token)
            {
                {{source}}
                await client.ConnectAsync("h", 1, {{token}});
            }

            private void Abort() => _abort.Cancel();

            public void Close()
            {
                Abort();
                {{wait}}.GetAwaiter().GetResult();
            }
            """);
        await (isReported ? Verify<UseAnalyzer>.Reports(code) : Verify<UseAnalyzer>.Silent(code));
    }

    private const string Race = "if (await Task.WhenAny(task, Task.Delay(limit)) == task) { return await task; } throw new TimeoutException();";

    private static string WithHelper(string members, string helper = Race, string parameters = "TimeSpan limit", string type = "Task<T>") =>
        InType(members) + "public static class Limits { public static async " + type + " Within<T>(this Task<T> task, " + parameters + ") { " + helper + " } }";

    [Theory]
    [InlineData(Race)]
    [InlineData("if (await Task.WhenAny(task, Task.Delay(limit)).ConfigureAwait(false) != task) throw new TimeoutException(); return await task.ConfigureAwait(false);")]
    [InlineData("var delay = Task.Delay(limit); var first = await Task.WhenAny(delay, task); if (first == delay) throw new OperationCanceledException(); return task.Result;")]
    [InlineData("using var timer = new CancellationTokenSource(); var first = await Task.WhenAny(task, Task.Delay(limit, timer.Token)); if (first != task) { throw new System.TimeoutException(); } timer.Cancel(); return await task;")]
    [InlineData("return await task.WaitAsync(limit);")]
    public Task Helper_that_limits_any_task_leaves_the_work_of_its_caller_behind(string helper) => Verify<UseAnalyzer>.Reports(WithHelper(
        """
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer) =>
            await {|SLA4002:stream.ReadAsync(buffer, 0, buffer.Length).Within(TimeSpan.FromSeconds(5))|};

        public async Task<int> SaveAsync(NetworkStream stream, byte[] buffer)
        {
            try
            {
                return await stream.ReadAsync(buffer, 0, buffer.Length).Within(TimeSpan.FromSeconds(5));
            }
            catch (TimeoutException)
            {
                stream.Close();
                throw;
            }
        }
        """,
        helper));

    [Fact]
    public Task Helper_that_gives_up_by_a_token_leaves_the_work_behind() => Verify<UseAnalyzer>.Reports(WithHelper(
        """
        public async Task<TcpClient> ConnectAsync(string host, CancellationToken token)
        {
            var client = new TcpClient();
            await {|SLA4002:Limits.Within(ConnectCoreAsync(client, host), token)|};
            return client;
        }

        private static async Task<int> ConnectCoreAsync(TcpClient client, string host)
        {
            await client.ConnectAsync(host, 7000);
            return 1;
        }
        """,
        "var gone = new TaskCompletionSource<bool>(); using (token.Register(() => gone.TrySetResult(true))) { if (task != await Task.WhenAny(task, gone.Task)) throw new OperationCanceledException(token); } return await task;",
        "CancellationToken token"));

    [Fact]
    public Task Helper_that_answers_whether_it_was_in_time_is_a_wait() => Verify<UseAnalyzer>.Reports(WithHelper(
        """
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
        {
            var read = stream.ReadAsync(buffer, 0, buffer.Length);
            var isInTime = await {|SLA4002:read.Within(5000)|};
            if (!isInTime)
                return -1;
            return await read;
        }

        public async Task<int> CloseAsync(NetworkStream stream, byte[] buffer)
        {
            var read = stream.ReadAsync(buffer, 0, buffer.Length);
            if (!await read.Within(5000))
                stream.Close();
            return await read;
        }
        """,
        "return await Task.WhenAny(task, Task.Delay(limit)) == task;",
        "int limit",
        "Task<bool>"));

    [Theory]
    [InlineData("if (await Task.WhenAny(task, Task.Delay(limit)) != task) { Console.WriteLine(\"slow\"); } return await task;", "TimeSpan limit")]
    [InlineData("try { return await task.WaitAsync(limit); } catch (TimeoutException) { Console.WriteLine(\"slow\"); return await task; }", "TimeSpan limit")]
    [InlineData("if (await Task.WhenAny(task, Task.Delay(limit)) == task) { return await task; } late?.Invoke(); throw new TimeoutException();", "TimeSpan limit, Action late = null")]
    [InlineData("if (await Task.WhenAny(task, Task.Delay(limit)) == task) { return await task; } source?.Cancel(); throw new TimeoutException();", "TimeSpan limit, CancellationTokenSource source = null")]
    public Task Helper_that_waits_on_or_may_end_the_work_is_silent(string helper, string parameters) => Verify<UseAnalyzer>.Silent(WithHelper(
        """
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer) =>
            await stream.ReadAsync(buffer, 0, buffer.Length).Within(TimeSpan.FromSeconds(5));
        """,
        helper,
        parameters));

    [Theory]
    [InlineData("using var client = new TcpClient(); await client.ConnectAsync(\"h\", 1).AsInt().Within(limit);")]
    [InlineData("var client = new TcpClient(); try { await client.ConnectAsync(\"h\", 1).AsInt().Within(limit); } catch { client.Dispose(); throw; }")]
    [InlineData("await File.ReadAllTextAsync(\"p\").Within(limit);")]
    [InlineData("var client = new TcpClient(); await client.ConnectAsync(\"h\", 1).AsInt().Within(Timeout.InfiniteTimeSpan);")]
    public Task Helper_whose_caller_closes_or_sets_no_limit_is_silent(string body) => Verify<UseAnalyzer>.Silent(
        WithHelper("public async Task RunAsync(TimeSpan limit) { " + body + " }") + " public static class Tasks { public static Task<int> AsInt(this Task task) => task.ContinueWith(_ => 1); }");

    [Fact]
    public Task Helper_whose_task_ends_with_its_token_is_silent() => Verify<UseAnalyzer>.Silent(WithHelper(
        """
        public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken token) =>
            await stream.ReadAsync(buffer, 0, buffer.Length, token).Within(token);
        """,
        "return await task.WaitAsync(token);",
        "CancellationToken token"));

    [Fact]
    public Task Finally_that_closes_ends_the_work() => Silent("""
        public async Task<bool> PingAsync(string host)
        {
            var client = new TcpClient();
            try
            {
                var connect = client.ConnectAsync(host, 7000);
                if (await Task.WhenAny(connect, Task.Delay(500)) != connect)
                    return false;
                await connect;
                return true;
            }
            finally
            {
                client.Close();
            }
        }
        """);

    [Fact]
    public Task Read_of_a_file_is_no_network() => Silent("""
        public async Task<bool> ReadAsync(string path)
        {
            var read = File.ReadAllTextAsync(path);
            return await Task.WhenAny(read, Task.Delay(100)) == read;
        }
        """);

    [Fact]
    public Task Wait_without_a_limit_is_silent() => Silent("""
        public void Connect(TcpClient client, string host) => client.ConnectAsync(host, 7000).Wait();
        """);

    // Real-service shapes.
    [Fact]
    public Task Connect_that_a_catch_of_the_timeout_forgets_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005, SLA2007
        public static class Dialer
        {
            public static async Task<TcpClient?> TryDialAsync(string host, int port)
            {
                var client = new TcpClient { NoDelay = true };
                try
                {
                    await {|SLA4002:client.ConnectAsync(host, port).WaitAsync(TimeSpan.FromSeconds(2))|}.ConfigureAwait(false);
                    return client;
                }
                catch (TimeoutException)
                {
                    return null;
                }
            }
        }
        """);

    [Fact]
    public Task Local_function_raced_in_a_conditional_expression_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005, SLA2007
        public sealed class Whois(string server)
        {
            public async Task<string?> AskAsync(string domain)
            {
                var ask = Query();
                var first = await {|SLA4002:Task.WhenAny(ask, Task.Delay(TimeSpan.FromSeconds(5)))|};
                return first == ask ? await ask : null;

                async Task<string> Query()
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(server, 43);
                    var stream = client.GetStream();
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(domain + "\r\n"));
                    using var reader = new StreamReader(stream);
                    return await reader.ReadToEndAsync();
                }
            }
        }
        """);

    [Fact]
    public Task Helper_of_another_class_run_on_the_pool_with_a_limit_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Monitor
        {
            public bool IsUp(string host)
            {
                var check = Task.Run(() => Banner.Read(host));
                if (!{|SLA4002:check.Wait(3000)|})
                    return false;
                return check.Result.Length > 0;
            }
        }

        internal static class Banner
        {
            public static string Read(string host)
            {
                using var client = new TcpClient(host, 25);
                using var reader = new StreamReader(client.GetStream());
                return reader.ReadLine() ?? "";
            }
        }
        """);

    [Fact]
    public Task Datagram_that_is_given_up_swallows_the_next_one() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Discovery : IDisposable
        {
            private readonly UdpClient _udp = new(5353);

            public async Task<byte[]?> ReplyAsync()
            {
                var receive = _udp.ReceiveAsync();
                if (await {|SLA4002:Task.WhenAny(receive, Task.Delay(1000))|} != receive)
                    return null;
                return (await receive).Buffer;
            }

            public void Dispose() => _udp.Dispose();
        }
        """);

    [Fact]
    public Task Read_of_a_field_stream_with_wait_async_in_a_background_service_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005, SLA2007
        public sealed class Device(string host, ILogger<Device> logger) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var client = new TcpClient();
                await client.ConnectAsync(host, 502, stoppingToken);
                var stream = client.GetStream();
                var buffer = new byte[256];
                while (!stoppingToken.IsCancellationRequested)
                {
                    try
                    {
                        var read = await {|SLA4002:stream.ReadAsync(buffer, 0, buffer.Length).WaitAsync(TimeSpan.FromSeconds(1), stoppingToken)|};
                        logger.LogInformation("{Count} bytes", read);
                    }
                    catch (TimeoutException)
                    {
                        logger.LogWarning("nothing yet");
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Winner_compared_with_the_delay_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2004, SLA2005, SLA2007
        public sealed class Gate
        {
            public async Task OpenAsync(EndPoint gate)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                var connecting = socket.ConnectAsync(gate);
                var limit = Task.Delay(TimeSpan.FromSeconds(3));
                var winner = await {|SLA4002:Task.WhenAny(connecting, limit)|};
                if (ReferenceEquals(winner, limit))
                    throw new TimeoutException("gate");
                await connecting;
                socket.Send(new byte[] { 1 });
                socket.Close();
            }
        }
        """);

    [Fact]
    public Task Pending_read_that_a_field_keeps_for_the_next_round_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Peer(TcpClient client)
        {
            private readonly byte[] _buffer = new byte[512];
            private Task<int>? _pending;

            public async Task<int?> TryReadAsync(TimeSpan limit)
            {
                _pending ??= client.GetStream().ReadAsync(_buffer, 0, _buffer.Length);
                if (await Task.WhenAny(_pending, Task.Delay(limit)) != _pending)
                    return null;
                var read = await _pending;
                _pending = null;
                return read;
            }
        }
        """);

    [Fact]
    public Task Helper_that_throws_to_a_caller_who_disposes_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2005, SLA2007
        public sealed class Checker
        {
            public async Task<bool> IsOpenAsync(string host, int port)
            {
                using var client = new TcpClient();
                try
                {
                    await ConnectAsync(client, host, port, TimeSpan.FromSeconds(2));
                    return true;
                }
                catch (TimeoutException)
                {
                    return false;
                }
            }

            private static async Task ConnectAsync(TcpClient client, string host, int port, TimeSpan limit)
            {
                var connect = client.ConnectAsync(host, port);
                if (await Task.WhenAny(connect, Task.Delay(limit)) != connect)
                    throw new TimeoutException();
                await connect;
            }
        }
        """);

    [Fact]
    public Task Cancel_in_a_finally_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Reader(TcpClient client)
        {
            public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken token)
            {
                using var source = CancellationTokenSource.CreateLinkedTokenSource(token);
                try
                {
                    var read = client.GetStream().ReadAsync(buffer, source.Token).AsTask();
                    var winner = await Task.WhenAny(read, Task.Delay(5000, source.Token));
                    return winner == read ? await read : -1;
                }
                finally
                {
                    source.Cancel();
                }
            }
        }
        """);

    [Fact]
    public Task Close_in_a_catch_of_the_timeout_that_rethrows_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2005, SLA2007
        public sealed class Dialer
        {
            public async ValueTask<Socket> DialAsync(EndPoint target)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(target).WaitAsync(TimeSpan.FromSeconds(3));
                }
                catch (Exception e) when (e is TimeoutException or SocketException)
                {
                    socket.Close();
                    throw;
                }

                return socket;
            }
        }
        """);

    [Fact]
    public Task Timeout_as_an_early_close_of_the_connection_by_a_method_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2005, SLA2007
        public sealed class Link : IAsyncDisposable
        {
            private readonly ClientWebSocket _socket = new();

            public async Task<bool> HelloAsync(byte[] buffer)
            {
                var hello = _socket.ReceiveAsync(buffer, CancellationToken.None);
                var winner = await Task.WhenAny(hello, Task.Delay(2000));
                if (winner != hello)
                {
                    await DisposeAsync();
                    return false;
                }

                return (await hello).Count > 0;
            }

            public ValueTask DisposeAsync()
            {
                _socket.Abort();
                _socket.Dispose();
                return default;
            }
        }
        """);

    [Fact]
    public Task Bounded_wait_for_a_shutdown_that_goes_before_it_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Session
        {
            private readonly TcpClient _client = new();
            private Task _reading = Task.CompletedTask;

            public async Task BeginAsync(EndPoint peer, CancellationToken token)
            {
                await _client.Client.ConnectAsync(peer, token);
                _reading = ReadAsync();
            }

            public async Task StopAsync()
            {
                _client.Close();
                await _reading.WaitAsync(TimeSpan.FromSeconds(5));
            }

            private async Task ReadAsync()
            {
                var buffer = new byte[256];
                while (await _client.GetStream().ReadAsync(buffer) > 0)
                    Console.WriteLine(buffer[0]);
            }
        }
        """);

    [Fact]
    public Task Task_that_a_cache_keeps_for_the_next_caller_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2003, SLA2007
        public sealed class CachingHandler : DelegatingHandler
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<byte[]>> _cache = new();

            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var url = request.RequestUri!.ToString();
                if (!_cache.TryGetValue(url, out var task))
                {
                    task = FetchAsync(request);
                    _cache.TryAdd(url, task);
                }

                return new HttpResponseMessage { Content = new ByteArrayContent(await task.WaitAsync(cancellationToken)) };
            }

            private async Task<byte[]> FetchAsync(HttpRequestMessage request)
            {
                using var response = await base.SendAsync(request, CancellationToken.None);
                return await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
            }
        }
        """);

    [Fact]
    public Task Work_in_another_class_is_one_finding() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Monitor
        {
            public bool IsUp(string host) => {|SLA4002:Task.Run(() => Banner.Read(host)).Wait(3000)|};
        }

        internal static class Banner
        {
            public static string Read(string host)
            {
                using var client = new TcpClient(host, 25);
                using var reader = new StreamReader(client.GetStream());
                return reader.ReadLine() ?? "";
            }
        }
        """);

    [Fact]
    public Task Work_in_another_class_that_somebody_waits_for_keeps_its_own_finding() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Monitor
        {
            public Task<string> BannerAsync(string host) => Task.Run(() => Banner.Read(host));
        }

        internal static class Banner
        {
            public static string Read(string host)
            {
                using var client = new TcpClient(host, 25);
                using var reader = new StreamReader(client.GetStream());
                return {|SLA2004:reader.ReadLine()|} ?? "";
            }
        }
        """);

    [Fact]
    public Task Stream_in_a_field_of_a_client_that_is_closed_ahead_of_the_wait_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Feed(TcpClient client) : IAsyncDisposable
        {
            private readonly NetworkStream _stream = client.GetStream();
            private Task? _pump;

            public void Start() => _pump = PumpAsync();

            public async ValueTask DisposeAsync()
            {
                client.Close();
                if (_pump is not null)
                    await Task.WhenAny(_pump, Task.Delay(1000));
            }

            private async Task PumpAsync()
            {
                var buffer = new byte[16];
                while (await _stream.ReadAsync(buffer) > 0)
                    Console.WriteLine(buffer[0]);
            }
        }
        """);

    [Fact]
    public Task Reader_in_a_field_whose_client_stays_open_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Feed : IAsyncDisposable
        {
            private readonly TcpClient _client;
            private readonly StreamReader _reader;
            private Task? _pump;

            public Feed(TcpClient client)
            {
                _client = client;
                _reader = new StreamReader(client.GetStream());
            }

            public int Waiting => _client.Available;

            public void Start() => _pump = PumpAsync();

            public async ValueTask DisposeAsync()
            {
                if (_pump is not null)
                    await {|SLA4002:Task.WhenAny(_pump, Task.Delay(1000))|};
            }

            private async Task PumpAsync()
            {
                while (await _reader.ReadLineAsync() is { } line)
                    Console.WriteLine(line);
            }
        }
        """);

    [Fact]
    public Task Accept_that_is_kept_over_the_rounds_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Gate
        {
            public async Task RunAsync(TcpListener listener, CancellationToken token)
            {
                Task<TcpClient>? accept = null;
                while (!token.IsCancellationRequested)
                {
                    accept ??= listener.AcceptTcpClientAsync();
                    if (await Task.WhenAny(accept, Task.Delay(1000)) != accept)
                        continue;
                    using var client = await accept;
                    accept = null;
                }
            }
        }
        """);

    [Fact]
    public Task Accept_of_each_round_that_is_left_for_the_next_one_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Gate : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var listener = new TcpListener(IPAddress.Any, 7000);
                listener.Start();
                try
                {
                    while (!stoppingToken.IsCancellationRequested)
                    {
                        var accept = listener.AcceptTcpClientAsync();
                        if (await {|SLA4002:Task.WhenAny(accept, Task.Delay(1000, stoppingToken))|} != accept)
                            continue;
                        using var client = await accept;
                    }
                }
                finally
                {
                    listener.Stop();
                }
            }
        }
        """);

    [Fact]
    public Task Wait_async_that_a_loop_tries_again_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Quotes
        {
            public async Task RunAsync(Uri feed, CancellationToken token)
            {
                using var socket = new ClientWebSocket();
                await socket.ConnectAsync(feed, token);
                var buffer = new byte[256];
                while (true)
                {
                    try
                    {
                        await {|SLA4002:socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5))|};
                    }
                    catch (TimeoutException)
                    {
                        continue;
                    }

                    Console.WriteLine(buffer[0]);
                }
            }
        }
        """);

    [Fact]
    public Task Client_of_each_round_that_is_closed_with_the_round_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Dialer
        {
            public async Task<bool> DialAsync(string host, CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    using var client = new TcpClient();
                    var connect = client.ConnectAsync(host, 7000);
                    if (await Task.WhenAny(connect, Task.Delay(100)) != connect)
                        continue;
                    await connect;
                    return true;
                }

                return false;
            }
        }
        """);

    [Fact]
    public Task Tasks_of_an_array_with_a_delay_are_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Pair
        {
            public int First(NetworkStream left, NetworkStream right, byte[] buffer)
            {
                var tasks = new Task[] { left.ReadAsync(buffer, 0, 1), right.ReadAsync(buffer, 1, 1), Task.Delay(50) };
                return {|SLA4002:Task.WaitAny(tasks)|};
            }

            public async Task FirstAsync(NetworkStream left, byte[] buffer)
            {
                var tasks = new List<Task> { left.ReadAsync(buffer, 0, 1) };
                tasks.Add(Task.Delay(50));
                await {|SLA4002:Task.WhenAny(tasks)|};
            }
        }
        """);

    [Fact]
    public Task Wait_for_all_with_a_limit_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Sweep
        {
            public void Run(string[] hosts)
            {
                var probes = hosts.Select(host => Task.Run(() =>
                {
                    using var client = new TcpClient(host, 7000);
                    client.GetStream().ReadByte();
                })).ToArray();
                {|SLA4002:Task.WaitAll(probes, 1000)|};
            }
        }
        """);

    [Fact]
    public Task Clients_that_are_keys_and_closed_after_the_drain_are_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Hub
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<TcpClient, Task> _sessions = new();

            public void Add(TcpClient client) => _sessions[client] = ServeAsync(client);

            public async Task StopAsync()
            {
                await Task.WhenAny(Task.WhenAll(_sessions.Values), Task.Delay(1000));
                foreach (var client in _sessions.Keys)
                    client.Dispose();
            }

            private static async Task ServeAsync(TcpClient client)
            {
                var buffer = new byte[1];
                while (await client.GetStream().ReadAsync(buffer) > 0)
                    Console.WriteLine(buffer[0]);
            }
        }
        """);

    [Fact]
    public Task Receive_loop_whose_stop_waits_for_it_and_then_closes_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Voice : IDisposable
        {
            private readonly CancellationTokenSource _stopping = new();
            private UdpClient? _udp;
            private Task? _loop;

            public void Start()
            {
                _udp = new UdpClient(0);
                _loop = RunAsync(_stopping.Token);
            }

            public async Task StopAsync()
            {
                _stopping.Cancel();
                await (_loop ?? Task.CompletedTask);
                _udp?.Dispose();
                _udp = null;
            }

            public void Dispose() => _stopping.Dispose();

            private async Task RunAsync(CancellationToken token)
            {
                var closed = Task.Delay(-1, token);
                while (!token.IsCancellationRequested)
                {
                    var receive = _udp!.ReceiveAsync();
                    if (await Task.WhenAny(closed, receive) == closed)
                        break;
                    Console.WriteLine(receive.Result.Buffer.Length);
                }
            }
        }
        """);

    [Fact]
    public Task Receive_loop_whose_stop_only_waits_for_it_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007, SLA1005
        public sealed class Voice
        {
            private readonly CancellationTokenSource _stopping = new();
            private readonly UdpClient _udp = new(0);
            private Task? _loop;

            public void Start() => _loop = Task.Run(() => RunAsync(_stopping.Token));

            public async Task StopAsync()
            {
                _stopping.Cancel();
                await (_loop ?? Task.CompletedTask);
            }

            private async Task RunAsync(CancellationToken token)
            {
                var closed = Task.Delay(-1, token);
                while (!token.IsCancellationRequested)
                {
                    var receive = _udp.ReceiveAsync();
                    if (await {|SLA4002:Task.WhenAny(closed, receive)|} == closed)
                        break;
                    Console.WriteLine(receive.Result.Buffer.Length);
                }
            }
        }
        """);

    [Fact]
    public Task Tasks_of_a_list_that_are_awaited_after_all_are_silent() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Sweep
        {
            public async Task RunAsync(string[] hosts)
            {
                var probes = new List<Task>();
                foreach (var host in hosts)
                {
                    var probe = ProbeAsync(host);
                    probes.Add(probe);
                }

                if (await Task.WhenAny(Task.WhenAll(probes), Task.Delay(1000)) is Task<bool>)
                    Console.WriteLine("slow");
                await Task.WhenAll(probes);
            }

            public async Task LeaveAsync(string[] hosts)
            {
                var probes = new List<Task>();
                foreach (var host in hosts)
                    probes.Add(ProbeAsync(host));
                await {|SLA4002:Task.WhenAny(Task.WhenAll(probes), Task.Delay(1000))|};
            }

            public async Task OneByOneAsync(string[] hosts)
            {
                var pending = new List<Task>();
                foreach (var host in hosts)
                    pending.Add(ProbeAsync(host));
                while (pending.Count > 0)
                {
                    if (!pending.Remove(await Task.WhenAny(pending.Append(Task.Delay(1000)))))
                        Console.WriteLine("slow");
                }
            }

            private static async Task<bool> ProbeAsync(string host)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(host, 7000);
                return client.Connected;
            }
        }
        """);

    [Fact]
    public Task Handlers_told_by_the_token_of_their_loop_are_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Gate : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var sessions = new List<Task>();
                using var listener = new TcpListener(IPAddress.Any, 7000);
                listener.Start();
                try
                {
                    while (!stoppingToken.IsCancellationRequested)
                    {
                        var client = await listener.AcceptTcpClientAsync(stoppingToken);
                        sessions.Add(ServeAsync(client, stoppingToken));
                    }
                }
                catch (OperationCanceledException)
                {
                }

                listener.Stop();
                await Task.WhenAny(Task.WhenAll(sessions), Task.Delay(5000));
            }

            private static async Task ServeAsync(TcpClient client, CancellationToken token)
            {
                using (client)
                {
                    var buffer = new byte[16];
                    while (await client.GetStream().ReadAsync(buffer, token) > 0)
                        Console.WriteLine(buffer[0]);
                }
            }
        }
        """);

    [Fact]
    public Task Clients_of_a_bag_closed_ahead_of_the_drain_are_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Hub
        {
            private readonly System.Collections.Concurrent.ConcurrentBag<TcpClient> _clients = new();
            private readonly List<TcpClient> _guests = new();
            private readonly List<Task> _sessions = new();

            public void Add(TcpClient client)
            {
                _clients.Add(client);
                _sessions.Add(ServeAsync(client));
            }

            public void AddGuest(TcpClient client)
            {
                _guests.Add(client);
                _sessions.Add(ServeAsync(client));
            }

            public void Stop()
            {
                while (_clients.TryTake(out var client))
                    client.Close();
                foreach (var guest in _guests)
                    guest.Close();
                Task.WaitAll(_sessions.ToArray(), 5000);
            }

            private static async Task ServeAsync(TcpClient client)
            {
                var buffer = new byte[1];
                while (await client.GetStream().ReadAsync(buffer) > 0)
                    Console.WriteLine(buffer[0]);
            }
        }
        """);

    [Fact]
    public Task Request_that_a_cache_is_given_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2001
        public sealed class Pages
        {
            private readonly Dictionary<string, Task<string>> _pages = new();
            private static readonly HttpClient Http = new();

            public async Task<string> GetAsync(string url, CancellationToken token)
            {
                Task<string>? page;
                lock (_pages)
                {
                    if (!_pages.TryGetValue(url, out page))
                        _pages.Add(url, page = Http.GetStringAsync(url));
                }

                return await page.WaitAsync(token);
            }
        }
        """);

    [Fact]
    public Task Token_of_the_run_ends_no_work_that_has_begun() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2004, SLA2006, SLA2007
        public sealed class Check
        {
            public bool Read(Socket socket, byte[] buffer)
            {
                using var source = new CancellationTokenSource(1000);
                var read = Task.Run(() => socket.Receive(buffer), source.Token);
                if ({|SLA4002:read.Wait(1000)|})
                    return true;
                source.Cancel();
                return false;
            }

            public bool Shake(SslStream ssl, string host)
            {
                using var source = new CancellationTokenSource(1000);
                return {|SLA4002:Task.Run(() => ssl.AuthenticateAsClientAsync(host), source.Token).Wait(1000)|};
            }

            public bool ReadByToken(NetworkStream stream, byte[] buffer)
            {
                using var source = new CancellationTokenSource(1000);
                return Task.Run(() => stream.ReadAsync(buffer, 0, 1, source.Token), source.Token).Wait(1000);
            }
        }
        """);

    [Theory]
    [InlineData("request.Content!.CopyToAsync(target)")]
    [InlineData("request.Content!.ReadAsStringAsync()")]
    [InlineData("content.ReadAsByteArrayAsync()")]
    [InlineData("response.Content.ReadAsStringAsync()")]
    [InlineData("Buffered(response)")]
    public Task Body_that_is_not_known_to_be_on_the_wire_is_not_left_behind(string read) => Silent($$"""
        public static async Task Read(HttpRequestMessage request, HttpContent content, HttpResponseMessage response, Stream target)
        {
            var work = {{read}};
            if (await Task.WhenAny(work, Task.Delay(1000)) != work)
                throw new TimeoutException();
        }

        private static async Task<string> Buffered(HttpResponseMessage response)
        {
            await response.Content.LoadIntoBufferAsync();
            return await response.Content.ReadAsStringAsync();
        }
        """);

    [Theory]
    [InlineData("GetAsync(\"u\", HttpCompletionOption.ResponseHeadersRead)", "response.Content.ReadAsStringAsync()")]
    [InlineData("GetAsync(\"u\", HttpCompletionOption.ResponseHeadersRead)", "response.Content.CopyToAsync(Stream.Null)")]
    [InlineData("SendAsync(new HttpRequestMessage(), HttpCompletionOption.ResponseHeadersRead)", "Read(response)")]
    public Task Body_on_the_wire_that_is_still_read_is_left_behind(string open, string read) => Reports($$"""
        public static async Task Read(HttpClient client)
        {
            client.Timeout = TimeSpan.FromSeconds(1);
            var response = await client.{{open}};
            Task work = {{read}};
            if (await {|SLA4002:Task.WhenAny(work, Task.Delay(1000))|} != work)
                throw new TimeoutException();
            response.Dispose();
        }

        private static async Task<string> Read(HttpResponseMessage response) => await response.Content.ReadAsStringAsync();
        """);

    [Theory]
    [InlineData("HttpClient client", "await client.GetStreamAsync(\"u\")")]
    [InlineData("HttpWebRequest request", "(await request.GetResponseAsync()).GetResponseStream()")]
    public Task Stream_of_a_response_that_is_still_read_is_left_behind(string given, string body) => Reports($$"""
        #pragma warning disable SYSLIB0014
        public static async Task<int> Read({{given}}, byte[] buffer)
        {
            var body = {{body}};
            var work = body.ReadAsync(buffer, 0, 1);
            if (await {|SLA4002:Task.WhenAny(work, Task.Delay(1000))|} != work)
                Console.WriteLine("late");
            return buffer[0];
        }
        """);

    [Fact]
    public Task Connection_that_others_give_to_the_same_helper_is_not_the_work_that_is_left() => Silent("""
        private readonly CancellationTokenSource _stopping = new();
        private NamedPipeServerStream _pipe;
        private Task _listening;

        public void Bind(string name)
        {
            _pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1);
            _listening = ListenAsync(_pipe);
        }

        private async Task ListenAsync(NamedPipeServerStream pipe)
        {
            while (!_stopping.IsCancellationRequested)
            {
                await pipe.WaitForConnectionAsync(_stopping.Token);
                await SendAsync(pipe, new byte[] { 1 });
                pipe.Disconnect();
            }
        }

        public async Task TellAsync(string name, byte[] message)
        {
            using (var client = new NamedPipeClientStream(name))
            {
                await client.ConnectAsync();
                await SendAsync(client, message);
            }
        }

        private static async Task SendAsync(Stream stream, byte[] message)
        {
            await stream.WriteAsync(message);
            await stream.FlushAsync();
        }

        public void Dispose()
        {
            _stopping.Cancel();
            _listening.Wait(2000);
            _pipe.Dispose();
        }
        """);

    [Fact]
    public Task Helper_that_is_waited_for_in_a_using_leaves_no_connection_of_others() => Silent("""
        public void Serve(TcpListener listener, CancellationToken token)
        {
            while (!token.IsCancellationRequested)
            {
                using (var peer = listener.AcceptTcpClient())
                {
                    AnswerAsync(peer.GetStream(), new byte[] { 1 }).Wait(token);
                }
            }
        }

        public async Task TellAsync(byte[] message, CancellationToken token)
        {
            using (var client = new TcpClient())
            {
                await client.ConnectAsync(IPAddress.Loopback, 7000, token);
                await AnswerAsync(client.GetStream(), message);
            }
        }

        private async Task AnswerAsync(Stream stream, byte[] message)
        {
            await stream.WriteAsync(message);
        }
        """);

    [Fact]
    public Task Connection_of_the_caller_of_the_one_that_waits_is_left_behind() => Reports("""
        private TcpClient _kept;

        public async Task AskAsync(byte[] message, CancellationToken token)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, 7000, token);
            Hurry(client.GetStream(), message);
            _kept = client;
        }

        private void Hurry(NetworkStream stream, byte[] message)
        {
            {|SLA4002:AnswerAsync(stream, message).Wait(1000)|};
        }

        private async Task AnswerAsync(Stream stream, byte[] message)
        {
            await stream.WriteAsync(message);
        }
        """);

    [Fact]
    public Task Connection_that_a_method_of_the_type_makes_is_left_behind() => Reports("""
        public async Task AskAsync(byte[] message, CancellationToken token)
        {
            var client = await OpenAsync(token);
            var work = AnswerAsync(client.GetStream(), message);
            if (await {|SLA4002:Task.WhenAny(work, Task.Delay(1000))|} != work)
            {
                Console.WriteLine("late");
            }
        }

        private static async Task<TcpClient> OpenAsync(CancellationToken token)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, 7000, token);
            return client;
        }

        private async Task AnswerAsync(Stream stream, byte[] message)
        {
            await stream.WriteAsync(message);
        }
        """);

    [Fact]
    public Task Wait_before_a_loop_that_waits_for_the_end_leaves_nothing_behind() => Silent("""
        public void Copy(Socket socket, byte[] buffer)
        {
            var copy = socket.ReceiveAsync(buffer, SocketFlags.None);
            if (!copy.Wait(100))
            {
                Console.WriteLine("in progress, waiting for completion");
            }

            while (!copy.Wait(100))
            {
                Thread.Sleep(0);
            }
        }

        public void Watch(Socket socket, byte[] buffer)
        {
            var copy = socket.ReceiveAsync(buffer, SocketFlags.None);
            if (!copy.Wait(100))
            {
                Console.WriteLine("in progress, waiting for completion");
            }

            while (!copy.IsCompleted)
            {
                Thread.Sleep(10);
            }
        }
        """);

    [Fact]
    public Task Loop_for_the_end_on_another_path_leaves_the_work_behind() => Reports("""
        public void Copy(Socket socket, byte[] buffer)
        {
            var copy = socket.ReceiveAsync(buffer, SocketFlags.None);
            if (!{|SLA4002:copy.Wait(100)|})
            {
                return;
            }

            while (!copy.IsCompleted)
            {
                Thread.Sleep(10);
            }
        }
        """);

    [Fact]
    public Task Cancel_between_the_wait_and_the_test_of_its_answer_ends_the_work() => Silent("""
        public async Task<string?> GetAsync(HttpClient http, string url)
        {
            using var source = new CancellationTokenSource();
            var work = http.GetStringAsync(url, source.Token);
            var first = await Task.WhenAny(work, Task.Delay(1000));
            source.Cancel();
            return first == work ? await work : null;
        }

        public async Task<TcpClient?> DialAsync(string host)
        {
            var client = new TcpClient();
            var connect = client.ConnectAsync(host, 7000);
            var inTime = await Task.WhenAny(connect, Task.Delay(1000)) == connect;
            if (!inTime || !client.Connected)
                client.Dispose();
            if (!inTime)
                return null;
            return client;
        }
        """);

    [Fact]
    public Task Result_behind_an_and_is_asked_for_on_the_success_alone() => Reports("""
        public bool Ping(string host)
        {
            var work = Task.Run(() =>
            {
                using var client = new TcpClient();
                client.Connect(host, 22);
                return client.GetStream().ReadByte() >= 0;
            });
            return {|SLA4002:work.Wait(2000)|} && work.Result;
        }

        public async Task<bool> PingAsync(string host)
        {
            var work = AskAsync(host);
            return await {|SLA4002:Task.WhenAny(work, Task.Delay(2000))|} == work && await work;
        }

        public async Task<bool> FailsAsync(string host)
        {
            var work = AskAsync(host);
            return await {|SLA4002:Task.WhenAny(work, Task.Delay(2000))|} != work || !await work;
        }

        public void Log(string host, HttpClient http)
        {
            var work = http.GetStringAsync(host);
            if ({|SLA4002:work.Wait(500)|} && work.Result.Length > 0)
                Console.WriteLine(work.Result);
            else
                Console.WriteLine("nothing");
        }

        private static async Task<bool> AskAsync(string host)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 22);
            return await client.GetStream().ReadAsync(new byte[1]) > 0;
        }
        """);

    [Fact]
    public Task Work_that_is_ended_behind_an_or_is_silent() => Silent("""
        public bool Ping(TcpClient client, string host)
        {
            var work = client.ConnectAsync(host, 22);
            return work.Wait(2000) || Close(client);
        }

        public async Task<int> AskAsync(NetworkStream stream, byte[] buffer)
        {
            var read = stream.ReadAsync(buffer, 0, 16);
            if (await Task.WhenAny(read, Task.Delay(100)) != read && await read == 0)
                return -1;
            return 1;
        }

        private static bool Close(TcpClient client)
        {
            client.Close();
            return false;
        }
        """);

    [Fact]
    public Task Helper_that_gives_the_task_of_its_call_back_has_the_token_of_its_caller() => Reports("""
        private readonly HttpClient _http;

        public Client(HttpClient http) => _http = http;

        public async Task<string> GetAsync(string url)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            return await FetchAsync(url, source.Token).WaitAsync(TimeSpan.FromSeconds(6));
        }

        public async Task<string> TryAsync(string url)
        {
            using var source = new CancellationTokenSource();
            try
            {
                return await FetchAsync(url, source.Token).WaitAsync(TimeSpan.FromSeconds(6));
            }
            catch (TimeoutException)
            {
                source.Cancel();
                return "";
            }
        }

        public async Task<string> LeaveAsync(string url) => await {|SLA4002:FetchAsync(url).WaitAsync(TimeSpan.FromSeconds(6))|};

        public async Task<string> LeaveAsync(string url, CancellationToken token) => await {|SLA4002:FetchAsync(url, token).WaitAsync(TimeSpan.FromSeconds(6))|};

        private Task<string> FetchAsync(string url, CancellationToken token = default) => _http.GetStringAsync(url, token);
        """);

    [Fact]
    public Task Helper_whose_caller_in_another_class_closes_the_socket_when_it_gives_up_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2005
        internal static class SocketExtensions
        {
            public static async Task ConnectWithinAsync(this Socket socket, IPAddress address, int port, CancellationToken token)
            {
                var connect = socket.ConnectAsync(address, port);
                var delay = Task.Delay(Timeout.Infinite, token);
                await await Task.WhenAny(connect, delay);
            }
        }

        public static class Dialer
        {
            public static async Task<Socket> DialAsync(IPAddress[] addresses, int port, CancellationToken token)
            {
                Exception? last = null;
                foreach (var address in addresses)
                {
                    var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    try
                    {
                        await socket.ConnectWithinAsync(address, port, token).ConfigureAwait(false);
                        return socket;
                    }
                    catch (Exception exception)
                    {
                        socket.Dispose();
                        last = exception;
                    }
                }

                throw last ?? new InvalidOperationException();
            }
        }
        """);

    [Fact]
    public Task Helper_whose_caller_in_another_class_closes_the_socket_only_after_success_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        internal static class SocketExtensions
        {
            public static async Task ConnectWithinAsync(this Socket socket, IPAddress address, int port)
            {
                var connect = socket.ConnectAsync(address, port);
                if (await {|SLA4002:Task.WhenAny(connect, Task.Delay(5000))|} != connect)
                {
                    throw new TimeoutException();
                }

                await connect;
            }
        }

        public static class Probe
        {
            public static async Task<bool> IsOpenAsync(IPAddress address, int port)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectWithinAsync(address, port);
                    socket.Close();
                    return true;
                }
                catch (TimeoutException)
                {
                    return false;
                }
            }
        }
        """);

    private static string Server(string stop, string wait, string mark) => $$"""
        #pragma warning disable SLA5001, SLA2007
        public sealed class Server
        {
            private readonly CancellationTokenSource _source = new();
            private TcpListener? _listener;
            private Task? _loop;
            private bool _isListening;

            public void Start()
            {
                _listener = new TcpListener(IPAddress.Any, 7000);
                _listener.Start();
                _isListening = true;
                _loop = Task.Run(AcceptAsync);
            }

            public void Stop(bool flag)
            {
                {{stop}}
                {{wait.Replace("@", mark)}}
            }

            private void WaitFor(Task? task, int milliseconds)
            {
                if (task == null)
                {
                    return;
                }

                try
                {
                    {{(wait.Contains('@', System.StringComparison.Ordinal) ? "task.Wait();" : mark.Replace("loop", "task", System.StringComparison.Ordinal).Replace("_task", "task", System.StringComparison.Ordinal))}};
                }
                catch (AggregateException)
                {
                }
            }

            private async Task AcceptAsync()
            {
                while (_isListening)
                {
                    using var client = await _listener!.AcceptTcpClientAsync();
                }
            }
        }
        """;

    /// <summary>The wait is for what is left of work that has been ended.</summary>
    [Theory]
    [InlineData("_listener!.Stop();", "WaitFor(_loop, 2000);")]
    [InlineData("if (_listener != null) { _listener.Stop(); }", "WaitFor(_loop, 2000);")]
    [InlineData("if (_isListening && _listener is not null) _listener.Stop();", "WaitFor(_loop, 2000);")]
    [InlineData("_listener?.Stop();", "WaitFor(_loop, 2000);")]
    [InlineData("if (_listener != null) { _listener.Stop(); }", "@;")]
    [InlineData("_listener!.Stop();", "@;")]
    public Task Work_that_is_ended_ahead_of_the_wait_is_not_reported(string stop, string wait) => Verify<UseAnalyzer>.Silent(Server(stop, wait, "_loop!.Wait(2000)"));

    [Theory]
    [InlineData("_isListening = false;", "WaitFor(_loop, 2000);")]
    [InlineData("if (flag) { _listener!.Stop(); }", "WaitFor(_loop, 2000);")]
    [InlineData("_source.Cancel();", "WaitFor(_loop, 2000);")]
    [InlineData("if (flag) { _listener!.Stop(); }", "@;")]
    [InlineData("if (_listener == null) { } else if (flag) { _listener.Stop(); }", "@;")]
    public Task Work_that_is_not_ended_on_every_way_to_the_wait_is_reported(string stop, string wait) => Verify<UseAnalyzer>.Reports(Server(stop, wait, "{|SLA4002:_loop!.Wait(2000)|}"));

    [Fact]
    public Task Close_by_a_local_function_that_the_timed_out_way_calls_ends_the_work() => Silent("""
        public async Task<int> ReadAsync(Socket socket, byte[] buffer)
        {
            var read = socket.ReceiveAsync(buffer);
            if (await Task.WhenAny(read, Task.Delay(100)) != read)
                return GiveUp();
            return await read;

            int GiveUp()
            {
                socket.Dispose();
                return -1;
            }
        }
        """);

    [Fact]
    public Task Close_by_a_local_function_that_only_success_calls_is_not_enough() => Reports("""
        public async Task<int> ReadAsync(Socket socket, byte[] buffer)
        {
            var read = socket.ReceiveAsync(buffer);
            if (await {|SLA4002:Task.WhenAny(read, Task.Delay(100))|} != read)
                return -1;
            return Done(await read);

            int Done(int count)
            {
                socket.Dispose();
                return count;
            }
        }
        """);

    [Theory]
    [InlineData("SocketException")]
    [InlineData("System.IO.IOException")]
    public Task Close_in_a_handler_for_what_the_network_throws_is_not_enough(string failure) => Reports($$"""
        public async Task<bool> IsUpAsync(TcpClient client, string host)
        {
            try
            {
                await {|SLA4002:client.ConnectAsync(host, 80).WaitAsync(TimeSpan.FromSeconds(2))|};
                return true;
            }
            catch ({{failure}})
            {
                client.Close();
                return false;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
        """);

    [Theory]
    [InlineData("catch (TimeoutException)")]
    [InlineData("catch (Exception)")]
    [InlineData("catch (Exception e) when (e is TimeoutException or SocketException)")]
    [InlineData("catch")]
    public Task Close_in_a_handler_that_may_take_the_timeout_ends_the_work(string handler) => Silent($$"""
        public async Task<bool> IsUpAsync(TcpClient client, string host)
        {
            try
            {
                await client.ConnectAsync(host, 80).WaitAsync(TimeSpan.FromSeconds(2));
                return true;
            }
            {{handler}}
            {
                client.Close();
                return false;
            }
        }
        """);

    [Theory]
    [InlineData("Task.Delay(Timeout.Infinite, token)")]
    [InlineData("Task.Delay(-1, token)")]
    [InlineData("Task.Delay(Timeout.InfiniteTimeSpan, token)")]
    [InlineData("never")]
    [InlineData("Task.Delay(Timeout.Infinite)")]
    public Task Race_with_the_token_that_ends_the_work_too_is_silent(string delay) => Silent(RaceOf("Task.WhenAny(read, " + delay + ")"));

    [Theory]
    [InlineData("Task.Delay(Timeout.Infinite, other)")]
    [InlineData("Task.Delay(1000, token)")]
    public Task Race_with_a_time_or_another_token_is_reported(string delay) => Reports(RaceOf("{|SLA4002:Task.WhenAny(read, " + delay + ")|}"));

    private static string RaceOf(string race) => $$"""
        public static async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken token, CancellationToken other)
        {
            var never = Task.Delay(Timeout.Infinite, token);
            var read = stream.ReadAsync(buffer, token).AsTask();
            await {{race}};
            return 0;
        }
        """;
}
