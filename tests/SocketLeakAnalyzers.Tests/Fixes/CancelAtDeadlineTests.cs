using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class CancelAtDeadlineTests
{
    private const string Quiet = "dotnet_diagnostic.SLA2001.severity = none\ndotnet_diagnostic.SLA2005.severity = none\ndotnet_diagnostic.SLA2007.severity = none";

    private static Task Fixes(string before, string after, string signature, string members = "") =>
        Verify<UseAnalyzer, CancelAtDeadlineCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, members), editorconfig: Quiet);

    private static Task NoFix(string code, string signature, string members = "") =>
        Verify<UseAnalyzer, CancelAtDeadlineCodeFixProvider>.NoFix(Verify.InMethod(code, signature, members), editorconfig: Quiet);

    [Fact]
    public Task Work_that_is_raced_with_a_delay_gets_its_time() => Fixes(
        """
        var read = stream.ReadAsync(buffer, 0, 16);
        return await {|SLA4002:Task.WhenAny(read, Task.Delay(1000))|} == read;
        """,
        """
        var deadline = new CancellationTokenSource(1000);
        var read = stream.ReadAsync(buffer, 0, 16, deadline.Token);
        return await Task.WhenAny(read, Task.Delay(1000)) == read;
        """,
        "public async Task<bool> M(NetworkStream stream, byte[] buffer)");

    [Fact]
    public Task Wait_async_gives_its_time_to_the_work() => Fixes(
        """
        var client = new TcpClient();
        // Bounded.
        await {|SLA4002:client.ConnectAsync(host, 7000).WaitAsync(TimeSpan.FromSeconds(5))|};
        return client;
        """,
        """
        var client = new TcpClient();
        // Bounded.
        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await client.ConnectAsync(host, 7000, deadline.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        return client;
        """,
        "public async Task<TcpClient> M(string host)");

    [Fact]
    public Task Token_that_the_wait_gives_up_by_is_linked() => Fixes(
        """
        var read = stream.ReadAsync(buffer, 0, 16);
        if (await {|SLA4002:Task.WhenAny(read, Task.Delay(limit, token))|} != read)
            return 0;
        return await read;
        """,
        """
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(limit);
        var read = stream.ReadAsync(buffer, 0, 16, deadline.Token);
        if (await Task.WhenAny(read, Task.Delay(limit, token)) != read)
        {
            deadline.Cancel();
            return 0;
        }
        return await read;
        """,
        "public async Task<int> M(NetworkStream stream, byte[] buffer, TimeSpan limit, CancellationToken token)");

    [Fact]
    public Task Blocking_wait_gives_its_time_to_the_work() => Fixes(
        """
        return {|SLA4002:client.ConnectAsync(host, 7000).Wait(3000)|};
        """,
        """
        var deadline = new CancellationTokenSource(3000);
        return client.ConnectAsync(host, 7000, deadline.Token).AsTask().Wait(3000);
        """,
        "public bool M(TcpClient client, string host)");

    [Fact]
    public Task Delay_in_a_variable_is_its_time() => Fixes(
        """
        var read = socket.ReceiveAsync(buffer, SocketFlags.None);
        var timeout = Task.Delay(TimeSpan.FromSeconds(10));
        if (await {|SLA4002:Task.WhenAny(read, timeout)|} == timeout)
            return -1;
        return await read;
        """,
        """
        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var read = socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token).AsTask();
        var timeout = Task.Delay(TimeSpan.FromSeconds(10));
        if (await Task.WhenAny(read, timeout) == timeout)
            return -1;
        return await read;
        """,
        "public async Task<int> M(Socket socket, byte[] buffer)");

    [Fact]
    public Task Request_gets_its_time() => Fixes(
        """
        var request = http.GetStringAsync(url);
        if (await {|SLA4002:Task.WhenAny(request, Task.Delay(1000))|} != request)
            return null;
        return await request;
        """,
        """
        var deadline = new CancellationTokenSource(1000);
        var request = http.GetStringAsync(url, deadline.Token);
        if (await Task.WhenAny(request, Task.Delay(1000)) != request)
            return null;
        return await request;
        """,
        "public async Task<string?> M(HttpClient http, string url)");

    [Fact]
    public Task Method_that_takes_a_token_is_given_it() => Fixes(
        """
        var work = FetchAsync(host);
        if (await {|SLA4002:Task.WhenAny(work, Task.Delay(2000))|} == work)
            return await work;
        return 0;
        """,
        """
        var deadline = new CancellationTokenSource(2000);
        var work = FetchAsync(host, deadline.Token);
        if (await Task.WhenAny(work, Task.Delay(2000)) == work)
            return await work;
        return 0;
        """,
        "public async Task<int> M(string host)",
        """
        private static async Task<int> FetchAsync(string host, CancellationToken token = default)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000, token);
            return await client.GetStream().ReadAsync(new byte[16], token);
        }
        """);

    [Fact]
    public Task Method_without_a_token_has_no_fix() => NoFix(
        """
        var work = FetchAsync(host);
        if (await {|SLA4002:Task.WhenAny(work, Task.Delay(2000))|} == work)
            return await work;
        return 0;
        """,
        "public async Task<int> M(string host)",
        """
        private static async Task<int> FetchAsync(string host)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000);
            return await client.GetStream().ReadAsync(new byte[16]);
        }
        """);

    [Fact]
    public Task Time_that_does_something_when_it_is_read_has_no_fix() => NoFix(
        """
        var read = stream.ReadAsync(buffer, 0, 16);
        return await {|SLA4002:Task.WhenAny(read, Task.Delay(Next()))|} == read;
        """,
        "public async Task<bool> M(NetworkStream stream, byte[] buffer)",
        "private int _next; private int Next() => ++_next * 100;");

    [Fact]
    public Task Linked_source_is_cancelled_in_the_branch_that_gave_up() => Fixes(
        """
        var connect = socket.ConnectAsync(gate);
        if (await {|SLA4002:Task.WhenAny(connect, Task.Delay(TimeSpan.FromSeconds(3), token))|} == connect)
        {
            await connect;
            return true;
        }
        else
        {
            Console.WriteLine("late");
            return false;
        }
        """,
        """
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(TimeSpan.FromSeconds(3));
        var connect = socket.ConnectAsync(gate, deadline.Token).AsTask();
        if (await Task.WhenAny(connect, Task.Delay(TimeSpan.FromSeconds(3), token)) == connect)
        {
            await connect;
            return true;
        }
        else
        {
            deadline.Cancel();
            Console.WriteLine("late");
            return false;
        }
        """,
        "public async Task<bool> M(Socket socket, EndPoint gate, CancellationToken token)");

    [Fact]
    public Task Linked_source_is_cancelled_where_the_delay_has_won() => Fixes(
        """
        var read = socket.ReceiveAsync(buffer, SocketFlags.None);
        var timeout = Task.Delay(limit, token);
        if (await {|SLA4002:Task.WhenAny(read, timeout)|} == timeout)
            throw new TimeoutException();
        return await read;
        """,
        """
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(limit);
        var read = socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token).AsTask();
        var timeout = Task.Delay(limit, token);
        if (await Task.WhenAny(read, timeout) == timeout)
        {
            deadline.Cancel();
            throw new TimeoutException();
        }
        return await read;
        """,
        "public async Task<int> M(Socket socket, byte[] buffer, int limit, CancellationToken token)");

    [Fact]
    public Task Linked_source_of_a_wait_that_throws_is_cancelled_at_the_end() => Fixes(
        """
        Console.WriteLine("asking");
        // Bounded.
        var count = await {|SLA4002:stream.ReadAsync(buffer, 0, 16).WaitAsync(limit, token)|};
        Console.WriteLine(count);
        return count;
        """,
        """
        Console.WriteLine("asking");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(limit);
        try
        {
            // Bounded.
            var count = await stream.ReadAsync(buffer, 0, 16, deadline.Token).WaitAsync(limit, token);
            Console.WriteLine(count);
            return count;
        }
        finally
        {
            deadline.Cancel();
        }
        """,
        "public async Task<int> M(NetworkStream stream, byte[] buffer, TimeSpan limit, CancellationToken token)");

    [Fact]
    public Task Token_alone_as_the_deadline_is_linked_and_cancelled() => Fixes(
        """
        return await {|SLA4002:listener.AcceptTcpClientAsync().WaitAsync(token)|};
        """,
        """
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        try
        {
            return await listener.AcceptTcpClientAsync(deadline.Token).AsTask().WaitAsync(token);
        }
        finally
        {
            deadline.Cancel();
        }
        """,
        "public async Task<TcpClient> M(TcpListener listener, CancellationToken token)");

    [Fact]
    public Task Blocking_wait_with_a_token_cancels_in_its_branch() => Fixes(
        """
        var connect = client.ConnectAsync(host, 7000);
        if (!{|SLA4002:connect.Wait(3000, token)|})
        {
            return false;
        }

        return client.Connected;
        """,
        """
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(3000);
        var connect = client.ConnectAsync(host, 7000, deadline.Token).AsTask();
        if (!connect.Wait(3000, token))
        {
            deadline.Cancel();
            return false;
        }

        return client.Connected;
        """,
        "public bool M(TcpClient client, string host, CancellationToken token)");

    [Fact]
    public Task Method_of_the_users_that_may_keep_the_token_has_no_finally() => NoFix(
        """
        return await {|SLA4002:FetchAsync(host).WaitAsync(limit, token)|};
        """,
        "public async Task<int> M(string host, TimeSpan limit, CancellationToken token)",
        """
        private static async Task<int> FetchAsync(string host, CancellationToken token = default)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000, token);
            return await client.GetStream().ReadAsync(new byte[16], token);
        }
        """);

    [Fact]
    public Task Call_on_the_pool_is_given_the_token_itself() => Fixes(
        """
        return {|SLA4002:Task.Run(async () => await client.ConnectAsync(host, 7000).ConfigureAwait(false)).Wait(3000)|};
        """,
        """
        var deadline = new CancellationTokenSource(3000);
        return Task.Run(async () => await client.ConnectAsync(host, 7000, deadline.Token).ConfigureAwait(false)).Wait(3000);
        """,
        "public bool M(TcpClient client, string host)");

    [Fact]
    public Task Blocking_read_on_the_pool_has_no_fix_by_a_token() => NoFix(
        """
        return {|SLA4002:Task.Run(() => socket.Receive(buffer)).Wait(3000)|};
        """,
        "public bool M(Socket socket, byte[] buffer)");

    [Fact]
    public Task Handshake_whose_overload_takes_no_token_has_no_fix_by_the_token_of_the_pool() => NoFix(
        """
        return {|SLA4002:Task.Run(() => { Console.WriteLine(host); return ssl.AuthenticateAsClientAsync(host); }).Wait(3000)|};
        """,
        "public bool M(SslStream ssl, string host)");
}
