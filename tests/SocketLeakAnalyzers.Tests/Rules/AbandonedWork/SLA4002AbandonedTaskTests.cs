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
}
