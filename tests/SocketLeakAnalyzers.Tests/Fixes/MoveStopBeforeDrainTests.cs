using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class MoveStopBeforeDrainTests
{
    private static string InServer(string members) => """
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _handlers = new();
            private int _active;

            public void Start() => _listener.Start();

        """ + members + "\n}\n";

    private static Task Fixes(string before, string after) =>
        Verify<UseAnalyzer, MoveStopBeforeDrainCodeFixProvider>.Fixes(InServer(before), InServer(after));

    [Fact]
    public Task Stop_moves_ahead_of_the_wait() => Fixes(
        """
            public async Task StopAsync()
            {
                // All of them.
                await {|SLA5002:Task.WhenAll(_handlers)|};
                _listener.Stop();
                Console.WriteLine(_active);
            }
        """,
        """
            public async Task StopAsync()
            {
                // All of them.
                _listener.Stop();
                await Task.WhenAll(_handlers);
                Console.WriteLine(_active);
            }
        """);

    [Fact]
    public Task Stop_moves_ahead_of_a_polling_loop() => Fixes(
        """
            public async Task StopAsync()
            {
                while (_active > 0)
                    await {|SLA5002:Task.Delay(100)|};
                _listener.Stop();
            }
        """,
        """
            public async Task StopAsync()
            {
                _listener.Stop();
                while (_active > 0)
                    await Task.Delay(100);
            }
        """);

    [Fact]
    public Task Stop_moves_ahead_of_a_loop_over_the_handlers() => Fixes(
        """
            public async Task StopAsync()
            {
                foreach (var handler in _handlers)
                {
                    {|SLA5002:await handler|};
                }

                _listener.Stop();
            }
        """,
        """
            public async Task StopAsync()
            {
                _listener.Stop();
                foreach (var handler in _handlers)
                {
                    await handler;
                }
            }
        """);

    [Fact]
    public Task Stop_in_the_finally_stays_for_the_other_ways_out() => Fixes(
        """
            public async Task StopAsync()
            {
                try
                {
                    await {|SLA5002:Task.WhenAll(_handlers)|};
                }
                finally
                {
                    _listener.Stop();
                }
            }
        """,
        """
            public async Task StopAsync()
            {
                try
                {
                    _listener.Stop();
                    await Task.WhenAll(_handlers);
                }
                finally
                {
                    _listener.Stop();
                }
            }
        """);

    [Fact]
    public Task Method_of_the_type_that_stops_moves() => Fixes(
        """
            public async Task StopAsync()
            {
                await {|SLA5002:Task.WhenAll(_handlers)|};
                Close();
            }

            private void Close() => _listener.Stop();
        """,
        """
            public async Task StopAsync()
            {
                Close();
                await Task.WhenAll(_handlers);
            }

            private void Close() => _listener.Stop();
        """);

    [Fact]
    public Task Listener_of_a_using_gets_a_stop_of_its_own() => Verify<UseAnalyzer, MoveStopBeforeDrainCodeFixProvider>.Fixes(
        """
        public static class Server
        {
            public static async Task RunAsync(CancellationToken token)
            {
                using var listener = new TcpListener(IPAddress.Any, 7000);
                var handlers = new List<Task>();
                listener.Start();
                while (!token.IsCancellationRequested)
                    handlers.Add(HandleAsync(await listener.AcceptTcpClientAsync(token)));
                await {|SLA5002:Task.WhenAll(handlers)|};
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """,
        """
        public static class Server
        {
            public static async Task RunAsync(CancellationToken token)
            {
                using var listener = new TcpListener(IPAddress.Any, 7000);
                var handlers = new List<Task>();
                listener.Start();
                while (!token.IsCancellationRequested)
                    handlers.Add(HandleAsync(await listener.AcceptTcpClientAsync(token)));
                listener.Stop();
                await Task.WhenAll(handlers);
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task Stop_behind_a_try_that_begins_with_the_wait_moves_ahead_of_the_try() => Fixes(
        """
            public async Task StopAsync()
            {
                try
                {
                    await {|SLA5002:Task.WhenAll(_handlers)|};
                }
                catch (OperationCanceledException)
                {
                    Console.WriteLine(_active);
                }

                _listener.Stop();
            }
        """,
        """
            public async Task StopAsync()
            {
                _listener.Stop();
                try
                {
                    await Task.WhenAll(_handlers);
                }
                catch (OperationCanceledException)
                {
                    Console.WriteLine(_active);
                }
            }
        """);

    [Fact]
    public Task Stop_behind_the_wait_goes_where_the_listener_has_a_using_too() => Verify<UseAnalyzer, MoveStopBeforeDrainCodeFixProvider>.Fixes(
        """
        public static class Server
        {
            public static async Task RunAsync(CancellationToken token)
            {
                using var listener = new TcpListener(IPAddress.Any, 7000);
                var handlers = new List<Task>();
                listener.Start();
                while (!token.IsCancellationRequested)
                    handlers.Add(HandleAsync(await listener.AcceptTcpClientAsync(token)));
                await {|SLA5002:Task.WhenAll(handlers)|};
                listener.Stop();
                Console.WriteLine("stopped");
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """,
        """
        public static class Server
        {
            public static async Task RunAsync(CancellationToken token)
            {
                using var listener = new TcpListener(IPAddress.Any, 7000);
                var handlers = new List<Task>();
                listener.Start();
                while (!token.IsCancellationRequested)
                    handlers.Add(HandleAsync(await listener.AcceptTcpClientAsync(token)));
                listener.Stop();
                await Task.WhenAll(handlers);
                Console.WriteLine("stopped");
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task Two_shutdowns_of_one_type_are_fixed_at_once() => Fixes(
        """
            public async Task StopAsync()
            {
                await {|SLA5002:Task.WhenAll(_handlers)|};
                _listener.Stop();
            }

            public void Stop()
            {
                {|SLA5002:Task.WaitAll(_handlers.ToArray())|};
                _listener.Stop();
            }
        """,
        """
            public async Task StopAsync()
            {
                _listener.Stop();
                await Task.WhenAll(_handlers);
            }

            public void Stop()
            {
                _listener.Stop();
                Task.WaitAll(_handlers.ToArray());
            }
        """);

    [Fact]
    public Task Stop_moves_ahead_of_the_test_that_the_wait_stands_under() => Fixes(
        """
            public async Task StopAsync()
            {
                // Those that are left.
                if (_active > 0)
                {
                    await {|SLA5002:Task.WhenAll(_handlers)|};
                }

                _listener.Stop();
            }
        """,
        """
            public async Task StopAsync()
            {
                // Those that are left.
                _listener.Stop();
                if (_active > 0)
                {
                    await Task.WhenAll(_handlers);
                }
            }
        """);

    [Fact]
    public Task Stop_moves_ahead_of_the_loop_that_guards_each_wait() => Fixes(
        """
            public async Task StopAsync()
            {
                for (var i = 0; i < _handlers.Count; i++)
                {
                    try
                    {
                        {|SLA5002:await _handlers[i]|};
                    }
                    catch (IOException)
                    {
                    }
                }

                _listener.Stop();
            }
        """,
        """
            public async Task StopAsync()
            {
                _listener.Stop();
                for (var i = 0; i < _handlers.Count; i++)
                {
                    try
                    {
                        await _handlers[i];
                    }
                    catch (IOException)
                    {
                    }
                }
            }
        """);
}
