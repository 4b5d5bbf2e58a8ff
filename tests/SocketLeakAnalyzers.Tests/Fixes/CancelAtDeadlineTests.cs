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
    public Task Work_that_is_raced_with_a_delay_is_cancelled_when_that_has_won() => Fixes(
        """
        var read = stream.ReadAsync(buffer, 0, 16);
        return await {|SLA4002:Task.WhenAny(read, Task.Delay(1000))|} == read;
        """,
        """
        using var deadline = new CancellationTokenSource();
        try
        {
            var read = stream.ReadAsync(buffer, 0, 16, deadline.Token);
            return await Task.WhenAny(read, Task.Delay(1000)) == read;
        }
        finally
        {
            deadline.Cancel();
        }
        """,
        "public async Task<bool> M(NetworkStream stream, byte[] buffer)");

    [Fact]
    public Task Wait_async_cancels_the_work_when_it_throws() => Fixes(
        """
        var client = new TcpClient();
        // Bounded.
        await {|SLA4002:client.ConnectAsync(host, 7000).WaitAsync(TimeSpan.FromSeconds(5))|};
        return client;
        """,
        """
        var client = new TcpClient();
        using var deadline = new CancellationTokenSource();
        try
        {
            // Bounded.
            await client.ConnectAsync(host, 7000, deadline.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
            return client;
        }
        catch
        {
            deadline.Cancel();
            throw;
        }
        """,
        "public async Task<TcpClient> M(string host)");

    [Theory]
    [InlineData("{|SLA4002:stream.ReadAsync(buffer, 0, 16).Within(1000)|}", "stream.ReadAsync(buffer, 0, 16, deadline.Token).Within(1000)")]
    [InlineData("{|SLA4002:Limits.Within(stream.ReadAsync(buffer, 0, 16), 1000)|}", "Limits.Within(stream.ReadAsync(buffer, 0, 16, deadline.Token), 1000)")]
    public Task Work_that_a_helper_of_the_project_waits_for_is_cancelled_behind_it(string before, string after)
    {
        const string Helper =
            """

            public static class Limits
            {
                public static async Task<T> Within<T>(this Task<T> task, int limit) => await Task.WhenAny(task, Task.Delay(limit)) == task ? await task : throw new TimeoutException();
            }
            """;
        return Verify<UseAnalyzer, CancelAtDeadlineCodeFixProvider>.Fixes(
            Verify.InMethod("return await " + before + ";", "public async Task<int> M(NetworkStream stream, byte[] buffer)") + Helper,
            Verify.InMethod(
                "using var deadline = new CancellationTokenSource();\ntry\n{\n    return await " + after + ";\n}\nfinally\n{\n    deadline.Cancel();\n}",
                "public async Task<int> M(NetworkStream stream, byte[] buffer)") + Helper,
            editorconfig: Quiet);
    }

    [Fact]
    public Task Token_that_the_delay_gives_up_by_leads_to_the_same_branch() => Fixes(
        """
        var read = stream.ReadAsync(buffer, 0, 16);
        if (await {|SLA4002:Task.WhenAny(read, Task.Delay(limit, token))|} != read)
            return 0;
        return await read;
        """,
        """
        using var deadline = new CancellationTokenSource();
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
    public Task Blocking_wait_cancels_the_work_behind_it() => Fixes(
        """
        return {|SLA4002:client.ConnectAsync(host, 7000).Wait(3000)|};
        """,
        """
        using var deadline = new CancellationTokenSource();
        try
        {
            return client.ConnectAsync(host, 7000, deadline.Token).AsTask().Wait(3000);
        }
        finally
        {
            deadline.Cancel();
        }
        """,
        "public bool M(TcpClient client, string host)");

    [Fact]
    public Task Delay_in_a_variable_that_has_won_cancels_the_work() => Fixes(
        """
        var read = socket.ReceiveAsync(buffer, SocketFlags.None);
        var timeout = Task.Delay(TimeSpan.FromSeconds(10));
        if (await {|SLA4002:Task.WhenAny(read, timeout)|} == timeout)
            return -1;
        return await read;
        """,
        """
        using var deadline = new CancellationTokenSource();
        var read = socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token).AsTask();
        var timeout = Task.Delay(TimeSpan.FromSeconds(10));
        if (await Task.WhenAny(read, timeout) == timeout)
        {
            deadline.Cancel();
            return -1;
        }
        return await read;
        """,
        "public async Task<int> M(Socket socket, byte[] buffer)");

    [Fact]
    public Task Request_is_cancelled_in_the_branch_that_gave_up() => Fixes(
        """
        var request = http.GetStringAsync(url);
        if (await {|SLA4002:Task.WhenAny(request, Task.Delay(1000))|} != request)
            return null;
        return await request;
        """,
        """
        using var deadline = new CancellationTokenSource();
        var request = http.GetStringAsync(url, deadline.Token);
        if (await Task.WhenAny(request, Task.Delay(1000)) != request)
        {
            deadline.Cancel();
            return null;
        }
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
        using var deadline = new CancellationTokenSource();
        var work = FetchAsync(host, deadline.Token);
        if (await Task.WhenAny(work, Task.Delay(2000)) == work)
            return await work;
        deadline.Cancel();
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
    public Task Time_that_does_something_when_it_is_read_has_no_fix_where_it_would_be_read_twice() => NoFix(
        """
        return {|SLA4002:stream.ReadAsync(buffer, 0, 16).WaitAsync(TimeSpan.FromMilliseconds(Next()))|};
        """,
        "public Task<int> M(NetworkStream stream, byte[] buffer)",
        "private int _next; private int Next() => ++_next * 100;");

    [Fact]
    public Task Else_of_the_success_cancels_the_work() => Fixes(
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
        using var deadline = new CancellationTokenSource();
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
    public Task Delay_with_a_token_that_has_won_cancels_the_work() => Fixes(
        """
        var read = socket.ReceiveAsync(buffer, SocketFlags.None);
        var timeout = Task.Delay(limit, token);
        if (await {|SLA4002:Task.WhenAny(read, timeout)|} == timeout)
            throw new TimeoutException();
        return await read;
        """,
        """
        using var deadline = new CancellationTokenSource();
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
    public Task Wait_with_a_time_and_a_token_cancels_the_work_when_it_throws() => Fixes(
        """
        Console.WriteLine("asking");
        // Bounded.
        var count = await {|SLA4002:stream.ReadAsync(buffer, 0, 16).WaitAsync(limit, token)|};
        Console.WriteLine(count);
        return count;
        """,
        """
        Console.WriteLine("asking");
        using var deadline = new CancellationTokenSource();
        try
        {
            // Bounded.
            var count = await stream.ReadAsync(buffer, 0, 16, deadline.Token).WaitAsync(limit, token);
            Console.WriteLine(count);
            return count;
        }
        catch
        {
            deadline.Cancel();
            throw;
        }
        """,
        "public async Task<int> M(NetworkStream stream, byte[] buffer, TimeSpan limit, CancellationToken token)");

    [Fact]
    public Task Token_alone_as_the_deadline_is_given_to_the_work() => Fixes(
        """
        return await {|SLA4002:listener.AcceptTcpClientAsync().WaitAsync(token)|};
        """,
        """
        return await listener.AcceptTcpClientAsync(token);
        """,
        "public async Task<TcpClient> M(TcpListener listener, CancellationToken token)");

    [Fact]
    public Task Blocking_wait_that_a_token_ends_by_an_exception_cancels_the_work_behind_it() => Fixes(
        """
        var connect = client.ConnectAsync(host, 7000);
        if (!{|SLA4002:connect.Wait(3000, token)|})
        {
            return false;
        }

        return client.Connected;
        """,
        """
        using var deadline = new CancellationTokenSource();
        try
        {
            var connect = client.ConnectAsync(host, 7000, deadline.Token).AsTask();
            if (!connect.Wait(3000, token))
            {
                return false;
            }

            return client.Connected;
        }
        finally
        {
            deadline.Cancel();
        }
        """,
        "public bool M(TcpClient client, string host, CancellationToken token)");

    [Fact]
    public Task Method_of_the_users_that_may_keep_the_token_has_no_finally() => NoFix(
        """
        return {|SLA4002:FetchAsync(host).Wait(3000, token)|};
        """,
        "public bool M(string host, CancellationToken token)",
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
        using var deadline = new CancellationTokenSource();
        try
        {
            return Task.Run(async () => await client.ConnectAsync(host, 7000, deadline.Token).ConfigureAwait(false)).Wait(3000);
        }
        finally
        {
            deadline.Cancel();
        }
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

    [Fact]
    public Task Source_that_the_work_has_is_cancelled_where_nobody_did() => Fixes(
        """
        using var source = new CancellationTokenSource();
        var request = http.GetStringAsync(url, source.Token);
        if (await {|SLA4002:Task.WhenAny(request, Task.Delay(1000))|} != request)
            return null;
        return await request;
        """,
        """
        using var source = new CancellationTokenSource();
        var request = http.GetStringAsync(url, source.Token);
        if (await Task.WhenAny(request, Task.Delay(1000)) != request)
        {
            source.Cancel();
            return null;
        }
        return await request;
        """,
        "public async Task<string?> M(HttpClient http, string url)");

    [Fact]
    public Task Token_that_the_work_has_is_linked() => Fixes(
        """
        var request = http.GetStringAsync(url, token);
        var first = await {|SLA4002:Task.WhenAny(request, Task.Delay(1000, token))|};
        if (first == request)
        {
            return await request;
        }

        throw new TimeoutException();
        """,
        """
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        var request = http.GetStringAsync(url, deadline.Token);
        var first = await Task.WhenAny(request, Task.Delay(1000, token));
        if (first == request)
        {
            return await request;
        }

        deadline.Cancel();
        throw new TimeoutException();
        """,
        "public async Task<string?> M(HttpClient http, string url, CancellationToken token)");

    [Fact]
    public Task Answer_in_a_variable_leads_to_the_branch() => Fixes(
        """
        var connect = client.ConnectAsync(host, 7000);
        var inTime = await {|SLA4002:Task.WhenAny(connect, Task.Delay(1000))|} == connect;
        if (!inTime) throw new TimeoutException();
        await connect;
        """,
        """
        using var deadline = new CancellationTokenSource();
        var connect = client.ConnectAsync(host, 7000, deadline.Token).AsTask();
        var inTime = await Task.WhenAny(connect, Task.Delay(1000)) == connect;
        if (!inTime)
        {
            deadline.Cancel();
            throw new TimeoutException();
        }
        await connect;
        """,
        "public async Task M(TcpClient client, string host)");

    [Fact]
    public Task Index_of_none_leads_to_the_branch() => Fixes(
        """
        var connect = client.ConnectAsync(host, 7000);
        if ({|SLA4002:Task.WaitAny(new Task[] { connect }, 1000)|} < 0)
        {
            return false;
        }

        return true;
        """,
        """
        using var deadline = new CancellationTokenSource();
        var connect = client.ConnectAsync(host, 7000, deadline.Token).AsTask();
        if (Task.WaitAny(new Task[] { connect }, 1000) < 0)
        {
            deadline.Cancel();
            return false;
        }

        return true;
        """,
        "public bool M(TcpClient client, string host)");

    [Fact]
    public Task All_the_works_of_a_race_get_the_token() => Fixes(
        """
        var all = Task.WhenAll(urls.Select(url => http.GetStringAsync(url)));
        if (await {|SLA4002:Task.WhenAny(all, Task.Delay(1000))|} != all)
            throw new TimeoutException();
        """,
        """
        using var deadline = new CancellationTokenSource();
        var all = Task.WhenAll(urls.Select(url => http.GetStringAsync(url, deadline.Token)));
        if (await Task.WhenAny(all, Task.Delay(1000)) != all)
        {
            deadline.Cancel();
            throw new TimeoutException();
        }
        """,
        "public async Task M(HttpClient http, string[] urls)");

    [Fact]
    public Task Two_works_of_one_wait_get_one_source() => Fixes(
        """
        var up = left.ReadAsync(buffer, 0, 8);
        var down = right.ReadAsync(buffer, 8, 8);
        await {|SLA4002:Task.WhenAny(up, down, Task.Delay(1000))|};
        """,
        """
        using var deadline = new CancellationTokenSource();
        try
        {
            var up = left.ReadAsync(buffer, 0, 8, deadline.Token);
            var down = right.ReadAsync(buffer, 8, 8, deadline.Token);
            await Task.WhenAny(up, down, Task.Delay(1000));
        }
        finally
        {
            deadline.Cancel();
        }
        """,
        "public async Task M(NetworkStream left, NetworkStream right, byte[] buffer)");

    [Fact]
    public Task Expression_body_becomes_a_block() => Verify<UseAnalyzer, CancelAtDeadlineCodeFixProvider>.Fixes(
        """
        public sealed class Pages(HttpClient http)
        {
            public async Task<string> GetAsync(string url) =>
                await {|SLA4002:http.GetStringAsync(url).WaitAsync(TimeSpan.FromSeconds(3))|};

            public async Task<string> AskAsync(string url) => await {|SLA4002:FetchAsync(url).WaitAsync(TimeSpan.FromSeconds(3), CancellationToken.None)|};

            private Task<string> FetchAsync(string url, CancellationToken token = default) => http.GetStringAsync(url, token);
        }
        """,
        """
        public sealed class Pages(HttpClient http)
        {
            public async Task<string> GetAsync(string url)
            {
                using var deadline = new CancellationTokenSource();
                try
                {
                    return await http.GetStringAsync(url, deadline.Token).WaitAsync(TimeSpan.FromSeconds(3));
                }
                catch
                {
                    deadline.Cancel();
                    throw;
                }
            }

            public async Task<string> AskAsync(string url)
            {
                using var deadline = new CancellationTokenSource();
                try
                {
                    return await FetchAsync(url, deadline.Token).WaitAsync(TimeSpan.FromSeconds(3), CancellationToken.None);
                }
                catch
                {
                    deadline.Cancel();
                    throw;
                }
            }

            private Task<string> FetchAsync(string url, CancellationToken token = default) => http.GetStringAsync(url, token);
        }
        """,
        editorconfig: Quiet);

    [Fact]
    public Task Wait_that_is_not_awaited_here_has_nothing_written_around_it() => Fixes(
        """
        return {|SLA4002:stream.ReadAsync(buffer, 0, 16).WaitAsync(limit)|};
        """,
        """
        var deadline = new CancellationTokenSource(limit);
        return stream.ReadAsync(buffer, 0, 16, deadline.Token).WaitAsync(limit);
        """,
        "public Task<int> M(NetworkStream stream, byte[] buffer, TimeSpan limit)");

    [Fact]
    public Task Task_that_is_given_back_with_a_token_takes_it() => Fixes(
        """
        return {|SLA4002:stream.ReadAsync(buffer, 0, 16).WaitAsync(token)|};
        """,
        """
        return stream.ReadAsync(buffer, 0, 16, token);
        """,
        "public Task<int> M(NetworkStream stream, byte[] buffer, CancellationToken token)");

    [Fact]
    public Task Method_of_the_users_is_given_the_token_and_keeps_its_wait() => Fixes(
        """
        return await {|SLA4002:FetchAsync(host).WaitAsync(token)|};
        """,
        """
        return await FetchAsync(host, token).WaitAsync(token);
        """,
        "public async Task<int> M(string host, CancellationToken token)",
        """
        private static async Task<int> FetchAsync(string host, CancellationToken token = default)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, 7000, token);
            return await client.GetStream().ReadAsync(new byte[16], token);
        }
        """);

    [Fact]
    public Task Loop_on_the_pool_that_each_element_starts_is_not_ended_by_the_token_of_the_pool() => NoFix(
        """
        var clients = ports.Select(port => new UdpClient(port)).ToArray();
        var reads = clients.Select(udp => Task.Run(async () =>
        {
            while (true)
            {
                Console.WriteLine((await udp.ReceiveAsync()).RemoteEndPoint);
            }
        })).ToArray();
        await {|SLA4002:Task.WhenAll(reads).WaitAsync(TimeSpan.FromSeconds(2))|};
        foreach (var udp in clients) udp.Dispose();
        """,
        "public async Task M(int[] ports)");

    [Fact]
    public Task Call_on_the_pool_that_each_element_starts_is_given_the_token() => Fixes(
        """
        var pages = urls.Select(url => Task.Run(() => http.GetStringAsync(url)));
        await {|SLA4002:Task.WhenAll(pages).WaitAsync(TimeSpan.FromSeconds(2))|};
        """,
        """
        using var deadline = new CancellationTokenSource();
        try
        {
            var pages = urls.Select(url => Task.Run(() => http.GetStringAsync(url, deadline.Token)));
            await Task.WhenAll(pages).WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch
        {
            deadline.Cancel();
            throw;
        }
        """,
        "public async Task M(HttpClient http, string[] urls)");

    [Theory]
    [InlineData("return await stream.ReadAsync(new byte[16], 0, 16);")]
    [InlineData("stop.ThrowIfCancellationRequested(); return await stream.ReadAsync(new byte[16], 0, 16, CancellationToken.None);")]
    public Task Method_that_takes_a_token_and_does_not_pass_it_to_its_call_has_no_fix(string body) => NoFix(
        """
        var read = ReadHeader(stream);
        return await {|SLA4002:Task.WhenAny(read, Task.Delay(1000))|} == read;
        """,
        "public async Task<bool> M(NetworkStream stream)",
        "private static async Task<int> ReadHeader(NetworkStream stream, CancellationToken stop = default) { " + body + " }");

    [Fact]
    public Task Task_that_goes_elsewhere_before_it_is_awaited_is_not_cancelled_at_once() => NoFix(
        """
        return {|SLA4002:stream.ReadAsync(buffer, 0, 16).WaitAsync(limit, token)|};
        """,
        "public Task<int> M(NetworkStream stream, byte[] buffer, TimeSpan limit, CancellationToken token)");
}
