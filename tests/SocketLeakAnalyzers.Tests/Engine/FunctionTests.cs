using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Lambdas, local functions and delegates.</summary>
public sealed class FunctionTests
{
    [Fact]
    public async Task Lambda_that_closes_a_captured_client_is_its_owner() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            timer.Elapsed += (_, _) => client.Dispose();
            client.NoDelay = true;
            """,
            "public void M(System.Timers.Timer timer)"));

    [Fact]
    public async Task Close_registered_with_a_token_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            using (token.Register(client.Close))
            using (client)
                client.Connect("h", 1);
            """,
            "public void M(CancellationToken token)"));

    [Fact]
    public async Task Close_registered_with_a_token_and_a_finally_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            using var registration = token.Register(() => client.Close());
            try
            {
                client.Connect("h", 1);
            }
            finally
            {
                client.Close();
            }
            """,
            "public void M(CancellationToken token)"));

    [Theory]
    [InlineData("using (token.Register(() => client.Dispose())) { await client.ConnectAsync(\"h\", 1); }")]
    [InlineData("using (token.Register(client.Close)) { await client.ConnectAsync(\"h\", 1); }")]
    [InlineData("using var registration = token.Register(() => client.Dispose()); await client.ConnectAsync(\"h\", 1);")]
    [InlineData("using (var registration = token.Register(Close)) { await client.ConnectAsync(\"h\", 1); } void Close() => client.Close();")]
    public async Task Callback_that_a_using_takes_back_owns_nothing(string connect)
    {
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod("var client = {|SLA1003:new TcpClient()|}; " + connect + " return client;", "public async Task<TcpClient> M(CancellationToken token)"));
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod("var client = {|SLA1001:new TcpClient()|}; " + connect + " return client.Available;", "public async Task<int> M(CancellationToken token)"));
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod("using var client = new TcpClient(); " + connect + " return client.Available;", "public async Task<int> M(CancellationToken token)"));
    }

    [Theory]
    [InlineData("token.Register(() => client.Dispose()); await client.ConnectAsync(\"h\", 1);")]
    [InlineData("using (token.Register(() => client.Dispose())) { if (token.IsCancellationRequested) { return null; } client.NoDelay = true; }")]
    [InlineData("using (token.Register(() => client.Dispose())) { try { await client.ConnectAsync(\"h\", 1); } catch (ObjectDisposedException) { return null; } }")]
    [InlineData("using (token.Register(() => client.Dispose())) { token.ThrowIfCancellationRequested(); client.NoDelay = true; }")]
    [InlineData("using (token.Register(() => client.Dispose())) { while (true) { await client.GetStream().ReadAsync(new byte[1]); } }")]
    public async Task Callback_that_may_have_run_is_an_owner(string connect) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod("var client = new TcpClient(); " + connect + " return client;", "public async Task<TcpClient> M(CancellationToken token)"));

    [Fact]
    public async Task Continuation_that_disposes_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = await listener.AcceptTcpClientAsync(token);
            _ = Serve(client).ContinueWith(_ => client.Dispose(), TaskScheduler.Default);
            """,
            "public async Task M(TcpListener listener, CancellationToken token)",
            """
            private static Task Serve(TcpClient client) => client.GetStream().WriteAsync(new byte[1]).AsTask();
            """));

    [Fact]
    public async Task Task_run_with_an_async_lambda_that_disposes_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = await listener.AcceptTcpClientAsync(token);
            _ = Task.Run(async () =>
            {
                using (client)
                    await client.GetStream().WriteAsync(new byte[1], token);
            }, token);
            """,
            "public async Task M(TcpListener listener, CancellationToken token)"));

    [Fact]
    public async Task Task_run_with_a_try_finally_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = await listener.AcceptTcpClientAsync(token);
            _ = Task.Run(async () =>
            {
                try
                {
                    await client.GetStream().WriteAsync(new byte[1], token);
                }
                finally
                {
                    client.Close();
                }
            });
            """,
            "public async Task M(TcpListener listener, CancellationToken token)"));

    [Fact]
    public async Task Task_run_that_only_uses_the_client_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1001:listener.AcceptTcpClient()|};
            Task.Run(() => client.GetStream().WriteByte(1));
            """,
            "public void M(TcpListener listener)"));

    [Fact]
    public async Task Local_function_that_closes_a_captured_variable_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            try
            {
                client.Connect("h", 1);
            }
            finally
            {
                Close();
            }

            void Close()
            {
                client.Close();
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Local_function_that_fills_a_captured_variable_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            TcpClient client = null;
            try
            {
                Open();
                client.GetStream().WriteByte(1);
            }
            finally
            {
                client?.Dispose();
            }

            void Open()
            {
                client = new TcpClient();
                client.Connect("h", 1);
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Lambda_that_fills_a_captured_variable_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            TcpClient client = null;
            try
            {
                await Task.Run(() => { client = new TcpClient("h", 1); });
            }
            finally
            {
                client?.Dispose();
            }
            """));

    [Fact]
    public async Task Static_local_function_that_takes_the_client_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = listener.AcceptTcpClient();
            _ = Handle(client);

            static async Task Handle(TcpClient client)
            {
                using (client)
                    await client.GetStream().WriteAsync(new byte[1]);
            }
            """,
            "public void M(TcpListener listener)"));

    [Fact]
    public async Task Factory_lambda_that_returns_what_it_makes_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            Func<TcpClient> dial = () => new TcpClient("h", 1);
            var lazy = new Lazy<TcpClient>(() => new TcpClient("h", 1));
            return () => File.OpenRead("a");
            """,
            "public Func<Stream> M()"));

    [Fact]
    public async Task Result_of_a_delegate_is_not_a_fresh_resource() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = dial();
            client.NoDelay = true;
            """,
            "public void M(Func<TcpClient> dial)"));

    [Fact]
    public async Task Argument_of_a_delegate_goes_where_it_cannot_be_followed() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            handler(client);
            client.Connect("h", 1);
            """,
            "public void M(Action<TcpClient> handler)"));

    [Fact]
    public async Task Delegate_that_captures_the_client_and_is_returned_owns_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var reader = File.OpenText("a");
            return () => reader.ReadLine();
            """,
            "public Func<string> M()"));

    private const string Started = "new System.Diagnostics.Process { StartInfo = new System.Diagnostics.ProcessStartInfo(\"a\") { RedirectStandardOutput = true }, EnableRaisingEvents = true }";

    [Theory]
    [InlineData("(sender, _) => ((System.Diagnostics.Process)sender).Dispose()")]
    [InlineData("(sender, _) => (sender as System.Diagnostics.Process)?.Dispose()")]
    [InlineData("(sender, _) => { var p = (System.Diagnostics.Process)sender; Console.WriteLine(p.ExitCode); p.Close(); }")]
    [InlineData("delegate(object sender, EventArgs e) { using ((System.Diagnostics.Process)sender) { } }")]
    [InlineData("(sender, _) => { if (sender is System.Diagnostics.Process p) p.Dispose(); }")]
    [InlineData("(sender, _) => Gone((System.Diagnostics.Process)sender)")]
    [InlineData("OnExited")]
    [InlineData("new EventHandler(OnExited)")]
    [InlineData("Local")]
    public async Task Event_handler_that_disposes_its_sender_is_not_reported(string handler) =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            $$"""
            var process = {{Started}};
            process.Exited += {{handler}};
            process.Start();
            void Local(object sender, EventArgs e) => ((System.Diagnostics.Process)sender).Dispose();
            """,
            "public void M()",
            """
            private static void Gone(System.Diagnostics.Process p) => p.Dispose();
            private static void OnExited(object sender, EventArgs e) => ((System.Diagnostics.Process)sender).Dispose();
            """));

    [Theory]
    [InlineData("(sender, _) => Console.WriteLine(((System.Diagnostics.Process)sender).ExitCode)")]
    [InlineData("(_, _) => Console.WriteLine()")]
    [InlineData("OnExited")]
    [InlineData("(_, e) => (e as IDisposable)?.Dispose()")]
    public async Task Event_handler_that_only_looks_at_its_sender_is_reported(string handler) =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            $$"""
            var process = {|SLA1001:{{Started}}|};
            process.Exited += {{handler}};
            process.Start();
            """,
            "public void M()",
            "private static void OnExited(object sender, EventArgs e) => Console.WriteLine(((System.Diagnostics.Process)sender).Id);"));

    [Fact]
    public async Task Event_handler_that_disposes_the_captured_process_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var process = new System.Diagnostics.Process { StartInfo = new System.Diagnostics.ProcessStartInfo("a") { RedirectStandardOutput = true }, EnableRaisingEvents = true };
            process.Exited += (_, _) => process.Dispose();
            process.Start();
            process.BeginOutputReadLine();
            """,
            "public void M()"));

    [Fact]
    public async Task Recursive_local_function_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Walk(3);
            client.Dispose();

            void Walk(int depth)
            {
                if (depth > 0)
                    Walk(depth - 1);
                client.NoDelay = true;
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Async_lambda_that_forgets_is_reported_in_the_lambda() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            handlers.Add(async token =>
            {
                var client = {|SLA1001:new TcpClient()|};
                await client.ConnectAsync("h", 1, token);
            });
            """,
            "public void M(List<Func<CancellationToken, Task>> handlers)"));

    [Fact]
    public async Task Disposing_helper_delegate_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient();
            Action close = client.Dispose;
            try
            {
                client.Connect("h", 1);
            }
            finally
            {
                close();
            }
            """,
            "public void M()"));
}
