using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Listeners;

/// <summary>SLA5002: shutdowns that wait for the work in flight with the listener still open.</summary>
public sealed class SLA5002StoppedAfterDrainTests
{
    private const string Head = """
        #pragma warning disable SLA2007
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _handlers = new();
            private readonly CancellationTokenSource _stopping = new();
            private Task _loop = Task.CompletedTask;
            private int _active;

            public void Start()
            {
                _listener.Start();
                _loop = AcceptAsync();
            }

            private async Task AcceptAsync()
            {
                while (!_stopping.IsCancellationRequested)
                {
                    var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                    _handlers.Add(HandleAsync(client));
                }
            }

            private async Task HandleAsync(TcpClient client)
            {
                Interlocked.Increment(ref _active);
                using (client)
                    await Task.Delay(10);
                Interlocked.Decrement(ref _active);
            }


        """;

    private static Task Silent(string members) => Verify<UseAnalyzer>.Silent(Head + members + "\n}\n");

    private static Task Reports(string members) => Verify<UseAnalyzer>.Reports(Head + members + "\n}\n");

    [Fact]
    public Task When_all_of_the_handlers_ahead_of_the_stop_is_reported() => Reports("""
        public async Task StopAsync()
        {
            await {|SLA5002:Task.WhenAll(_handlers)|};
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Cancelled_accept_loop_leaves_the_listener_open_all_the_same() => Reports("""
        public async Task StopAsync()
        {
            _stopping.Cancel();
            await _loop;
            await {|SLA5002:Task.WhenAll(_handlers.ToArray())|};
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Blocking_wait_for_all_is_reported() => Reports("""
        public void Stop()
        {
            {|SLA5002:Task.WaitAll(_handlers.ToArray())|};
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Bounded_drain_is_a_drain() => Reports("""
        public async Task StopAsync()
        {
            await Task.WhenAny({|SLA5002:Task.WhenAll(_handlers)|}, Task.Delay(TimeSpan.FromSeconds(30)));
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Polling_until_nobody_is_left_is_a_drain() => Reports("""
        public async Task StopAsync()
        {
            while (_active > 0)
                await {|SLA5002:Task.Delay(100)|};
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Polling_by_sleep_is_a_drain() => Reports("""
        public void Stop()
        {
            while (Volatile.Read(ref _active) != 0)
            {
                {|SLA5002:Thread.Sleep(50)|};
            }

            _listener.Stop();
        }
        """);

    [Fact]
    public Task Countdown_is_a_drain() => Reports("""
        private readonly CountdownEvent _open = new(1);

        public void Stop()
        {
            _open.Signal();
            {|SLA5002:_open.Wait()|};
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Handlers_awaited_one_by_one_are_a_drain() => Reports("""
        public async Task StopAsync()
        {
            foreach (var handler in _handlers)
                {|SLA5002:await handler|};
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Drain_in_a_helper_of_the_type_is_reported_at_its_call() => Reports("""
        public async Task StopAsync()
        {
            await {|SLA5002:DrainAsync()|};
            _listener.Stop();
        }

        private async Task DrainAsync() => await Task.WhenAll(_handlers);
        """);

    [Fact]
    public Task Stop_in_the_finally_of_the_drain_is_still_behind_it() => Reports("""
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
        """);

    [Fact]
    public Task Stop_by_dispose_is_behind_it_too() => Reports("""
        public async ValueTask DisposeAsync()
        {
            await {|SLA5002:Task.WhenAll(_handlers)|};
            _listener.Dispose();
        }
        """);

    [Fact]
    public Task Stop_by_a_method_of_the_type_is_behind_it_too() => Reports("""
        public async Task StopAsync()
        {
            await {|SLA5002:Task.WhenAll(_handlers)|};
            Close();
        }

        private void Close() => _listener.Stop();
        """);

    [Fact]
    public Task Local_listener_of_a_background_service_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Worker : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var listener = new TcpListener(IPAddress.Any, 7000);
                var handlers = new List<Task>();
                listener.Start();
                try
                {
                    while (!stoppingToken.IsCancellationRequested)
                        handlers.Add(HandleAsync(await listener.AcceptTcpClientAsync(stoppingToken)));
                }
                finally
                {
                    await {|SLA5002:Task.WhenAll(handlers)|};
                    listener.Stop();
                }
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task Listening_socket_is_a_listener() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Server
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly List<Task> _handlers = new();

            public void Start(EndPoint local)
            {
                _socket.Bind(local);
                _socket.Listen();
            }

            public async Task StopAsync()
            {
                await {|SLA5002:Task.WhenAll(_handlers)|};
                _socket.Close();
            }
        }
        """);

    // Clean.
    [Fact]
    public Task Stop_first_is_silent() => Silent("""
        public async Task StopAsync()
        {
            _listener.Stop();
            await Task.WhenAll(_handlers);
        }
        """);

    [Fact]
    public Task Stop_first_by_a_method_of_the_type_is_silent() => Silent("""
        public async Task StopAsync()
        {
            Close();
            await Task.WhenAll(_handlers);
            _listener.Dispose();
        }

        private void Close() => _listener.Stop();
        """);

    [Fact]
    public Task Waiting_for_the_accept_loop_alone_is_silent() => Silent("""
        public async Task StopAsync()
        {
            _stopping.Cancel();
            await _loop;
            _listener.Stop();
        }
        """);

    [Fact]
    public Task Deliberate_delay_for_the_load_balancer_is_silent() => Silent("""
        public async Task StopAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(5));
            _listener.Stop();
            await Task.WhenAll(_handlers);
        }
        """);

    [Fact]
    public Task Dispose_again_after_the_stop_is_silent() => Silent("""
        public async Task StopAsync()
        {
            _stopping.Cancel();
            _listener.Stop();
            await Task.WhenAll(_handlers);
            _listener.Dispose();
        }
        """);

    [Fact]
    public Task Http_listener_breaks_its_requests_when_it_stops() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server
        {
            private readonly HttpListener _listener = new();
            private readonly List<Task> _handlers = new();

            public void Start() => _listener.Start();

            public async Task StopAsync()
            {
                await Task.WhenAll(_handlers);
                _listener.Close();
            }
        }
        """);

    [Fact]
    public Task Borrowed_listener_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public static class Shutdown
        {
            public static async Task RunAsync(TcpListener listener, List<Task> handlers)
            {
                await Task.WhenAll(handlers);
                listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Accept_loop_that_stops_its_listener_itself_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _handlers = new();
            private readonly CancellationTokenSource _stopping = new();

            public async Task RunAsync()
            {
                _listener.Start();
                try
                {
                    while (true)
                        _handlers.Add(HandleAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
                }
                finally
                {
                    _listener.Stop();
                }
            }

            public async Task StopAsync()
            {
                _stopping.Cancel();
                await Task.WhenAll(_handlers);
                _listener.Dispose();
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task Batch_within_the_accept_loop_is_no_shutdown() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Server
        {
            public async Task RunAsync(CancellationToken token)
            {
                var listener = new TcpListener(IPAddress.Any, 7000);
                try
                {
                    listener.Start();
                    var batch = new List<Task>();
                    while (!token.IsCancellationRequested)
                    {
                        batch.Add(HandleAsync(await listener.AcceptTcpClientAsync(token)));
                        if (batch.Count == 16)
                        {
                            await Task.WhenAll(batch);
                            batch.Clear();
                        }
                    }
                }
                finally
                {
                    listener.Stop();
                }
            }

            private static async Task HandleAsync(TcpClient client)
            {
                using (client)
                    await Task.Yield();
            }
        }
        """);

    [Fact]
    public Task Wait_in_another_branch_is_silent() => Silent("""
        public async Task StopAsync(bool drain)
        {
            if (drain)
            {
                _listener.Stop();
                await Task.WhenAll(_handlers);
            }
            else
            {
                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Wait_for_clients_of_our_own_is_no_drain() => Silent("""
        public async Task StopAsync()
        {
            await Task.WhenAll(_loop, Task.Delay(1));
            _listener.Stop();
        }
        """);

    // Real-service shapes.
    private static string Hosted(string stop, string members = "") => """
        #pragma warning disable SLA2007
        public sealed class Server : IHostedService
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly System.Collections.Concurrent.ConcurrentDictionary<int, Task> _sessions = new();
            private readonly CancellationTokenSource _stopping = new();
            private int _active;

            public Task StartAsync(CancellationToken cancellationToken)
            {
                _listener.Start();
                _ = AcceptAsync();
                return Task.CompletedTask;
            }

            private async Task AcceptAsync()
            {
                for (var id = 0; ; id++)
                    _sessions[id] = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }

            private async Task ServeAsync(TcpClient client)
            {
                Interlocked.Increment(ref _active);
                using (client)
                    await client.GetStream().WriteAsync(new byte[1], _stopping.Token);
                Interlocked.Decrement(ref _active);
            }

            public async Task StopAsync(CancellationToken cancellationToken)
            {
                _stopping.Cancel();

        """ + stop + "\n    }\n" + members + "\n}\n";

    [Fact]
    public Task Sessions_of_a_dictionary_awaited_ahead_of_the_stop_are_reported() => Verify<UseAnalyzer>.Reports(Hosted("""
                await {|SLA5002:Task.WhenAll(_sessions.Values)|}.ConfigureAwait(false);
                _listener.Stop();
        """));

    [Fact]
    public Task Drain_with_a_limit_ahead_of_a_stop_in_the_finally_is_reported() => Verify<UseAnalyzer>.Reports(Hosted("""
                try
                {
                    await {|SLA5002:Task.WhenAll(_sessions.Values.ToArray())|}.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
                }
                finally
                {
                    _listener.Stop();
                }
        """));

    [Fact]
    public Task Drain_raced_with_the_patience_of_the_host_is_reported() => Verify<UseAnalyzer>.Reports(Hosted("""
                await Task.WhenAny({|SLA5002:Task.WhenAll(_sessions.Values)|}, Task.Delay(Timeout.Infinite, cancellationToken));
                _listener.Dispose();
        """));

    [Fact]
    public Task Polling_for_an_empty_table_is_reported() => Verify<UseAnalyzer>.Reports(Hosted("""
                while (!_sessions.IsEmpty)
                    await {|SLA5002:Task.Delay(100, cancellationToken)|};
                _listener.Stop();
        """));

    [Fact]
    public Task Spinning_until_none_is_active_is_reported() => Verify<UseAnalyzer>.Reports(Hosted("""
                await Task.Yield();
                {|SLA5002:SpinWait.SpinUntil(() => Volatile.Read(ref _active) == 0, TimeSpan.FromSeconds(10))|};
                _listener.Stop();
        """));

    [Fact]
    public Task Each_session_awaited_by_its_index_is_reported() => Verify<UseAnalyzer>.Reports(Hosted("""
                var running = _sessions.Values.ToList();
                for (var i = 0; i < running.Count; i++)
                    {|SLA5002:await running[i]|};
                _listener.Stop();
        """));

    [Fact]
    public Task Workers_joined_ahead_of_the_close_of_the_socket_are_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2004, SLA4001
        public sealed class Server
        {
            private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly List<Thread> _workers = new();
            private volatile bool _stopped;

            public void Run(int port)
            {
                _server.Bind(new IPEndPoint(IPAddress.Any, port));
                _server.Listen(64);
                while (!_stopped)
                {
                    var socket = _server.Accept();
                    var worker = new Thread(() => Serve(socket));
                    _workers.Add(worker);
                    worker.Start();
                }
            }

            public void Stop()
            {
                _stopped = true;
                foreach (var worker in _workers)
                    {|SLA5002:worker.Join()|};
                _server.Close();
            }

            private static void Serve(Socket socket)
            {
                using (socket)
                    socket.Send(new byte[1]);
            }
        }
        """);

    [Fact]
    public Task Stop_first_and_dispose_after_the_drain_is_silent() => Verify<UseAnalyzer>.Silent(Hosted("""
                _listener.Stop();
                await Task.WhenAll(_sessions.Values);
                _listener.Dispose();
        """));

    [Fact]
    public Task Helper_that_stops_first_is_silent() => Verify<UseAnalyzer>.Silent(Hosted("""
                CloseDoor();
                await Task.WhenAll(_sessions.Values);
                _listener.Dispose();
        """, "    private void CloseDoor() => _listener.Stop();"));

    [Fact]
    public Task Registration_that_stops_on_the_cancel_ahead_of_the_drain_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Server : IAsyncDisposable
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _sessions = new();
            private readonly CancellationTokenSource _stopping = new();

            public async Task RunAsync()
            {
                _listener.Start();
                using var registration = _stopping.Token.Register(() => _listener.Stop());
                while (true)
                    _sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
            }

            public async ValueTask DisposeAsync()
            {
                await _stopping.CancelAsync();
                await Task.WhenAll(_sessions);
                _listener.Dispose();
                _stopping.Dispose();
            }

            private static async Task ServeAsync(TcpClient client)
            {
                using (client)
                    await client.GetStream().WriteAsync(new byte[1]);
            }
        }
        """);

    [Fact]
    public Task Several_accept_loops_awaited_ahead_of_the_stop_are_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly CancellationTokenSource _stopping = new();
            private Task[] _acceptors = [];

            public void Start()
            {
                _listener.Start();
                _acceptors = Enumerable.Range(0, 4).Select(_ => AcceptAsync()).ToArray();
            }

            private async Task AcceptAsync()
            {
                try
                {
                    while (true)
                    {
                        using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                        await client.GetStream().WriteAsync(new byte[1]);
                    }
                }
                catch (OperationCanceledException)
                {
                }
            }

            public async Task StopAsync()
            {
                _stopping.Cancel();
                await Task.WhenAll(_acceptors);
                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Stop_in_the_handler_of_the_cancellation_ahead_of_the_drain_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        public sealed class Server : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using var listener = new TcpListener(IPAddress.Any, 7000);
                listener.Start();
                var sessions = new List<Task>();
                try
                {
                    while (true)
                        sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stoppingToken)));
                }
                catch (OperationCanceledException)
                {
                    listener.Stop();
                }

                await Task.WhenAll(sessions);
            }

            private static async Task ServeAsync(TcpClient client)
            {
                using (client)
                    await client.GetStream().WriteAsync(new byte[1]);
            }
        }
        """);

    [Fact]
    public Task Using_whose_scope_ends_ahead_of_the_drain_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2007
        var stopping = new CancellationTokenSource();
        var sessions = new List<Task>();
        Console.CancelKeyPress += (_, _) => stopping.Cancel();
        using (var listener = new TcpListener(IPAddress.Any, 7000))
        {
            listener.Start();
            try
            {
                while (true)
                    sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
            catch (OperationCanceledException)
            {
            }
        }

        await Task.WhenAll(sessions);

        static async Task ServeAsync(TcpClient client)
        {
            using (client)
                await client.GetStream().WriteAsync(new byte[1]);
        }
        """);

    [Fact]
    public Task Sessions_asked_for_their_end_through_a_query_are_a_drain() => Verify<UseAnalyzer>.Reports("""
        public sealed class Hub
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly Dictionary<Guid, Session> _sessions = new();

            public void Start() => _listener.Start();

            public async Task StopAsync()
            {
                await {|SLA5002:Task.WhenAll(_sessions.Values.Select(session => session.DoneAsync()))|};
                _listener.Stop();
            }

            private sealed class Session
            {
                public Task DoneAsync() => Task.CompletedTask;
            }
        }
        """);

    [Fact]
    public Task Drain_in_the_finally_of_the_accept_loop_ahead_of_the_stop_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA5001
        public sealed class Gate : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var listener = new TcpListener(IPAddress.Any, 7000);
                var sessions = new List<Task>();
                listener.Start();
                try
                {
                    while (!stoppingToken.IsCancellationRequested)
                        sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stoppingToken)));
                }
                catch (OperationCanceledException)
                {
                }
                finally
                {
                    await {|SLA5002:Task.WhenAll(sessions)|};
                    listener.Stop();
                }
            }

            private static async Task ServeAsync(TcpClient client)
            {
                using (client)
                    await Task.Delay(1);
            }
        }
        """);

    [Fact]
    public Task Socket_of_the_listener_closed_ahead_of_the_drain_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Gate
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _sessions = new();

            public void Start() => _listener.Start();

            public async Task StopAsync()
            {
                _listener.Server.Close();
                await Task.WhenAll(_sessions);
                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Wait_of_another_method_is_no_drain_of_the_stop() => Verify<UseAnalyzer>.Silent("""
        public sealed class Gate
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _caches = new();

            public async Task WarmAsync()
            {
                await Task.WhenAll(_caches);
                _listener.Start();
            }

            public void Stop() => _listener.Stop();
        }
        """);

    [Fact]
    public Task Patience_that_is_raced_with_the_drain_is_still_a_drain() => Verify<UseAnalyzer>.Reports("""
        public sealed class Gate
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _sessions = new();

            public void Start() => _listener.Start();

            public async Task StopAsync()
            {
                var all = {|SLA5002:Task.WhenAll(_sessions)|};
                if (await Task.WhenAny(all, Task.Delay(5000)) != all)
                    Console.WriteLine("some are still there");
                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task All_slots_of_a_semaphore_taken_are_a_drain() => Verify<UseAnalyzer>.Reports("""
        public sealed class Gate
        {
            private const int Most = 64;
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly SemaphoreSlim _slots = new(Most, Most);

            public void Start() => _listener.Start();

            public async Task RunAsync(CancellationToken token)
            {
                while (true)
                {
                    await _slots.WaitAsync(token);
                    var client = await _listener.AcceptTcpClientAsync(token);
                    _ = Task.Run(async () =>
                    {
                        try
                        {
                            using (client)
                                await client.GetStream().ReadAsync(new byte[16], token);
                        }
                        finally
                        {
                            _slots.Release();
                        }
                    });
                }
            }

            public async Task StopAsync()
            {
                for (var i = 0; i < Most; i++)
                    await {|SLA5002:_slots.WaitAsync()|};
                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Signal_of_the_last_handler_is_a_drain() => Verify<UseAnalyzer>.Reports("""
        public sealed class Counted
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly TaskCompletionSource _drained = new();
            private readonly ManualResetEventSlim _idle = new(true);
            private int _active;

            public void Start() => _listener.Start();

            private void Begin()
            {
                if (Interlocked.Increment(ref _active) == 1)
                    _idle.Reset();
            }

            private void End()
            {
                if (Interlocked.Decrement(ref _active) == 0)
                {
                    _idle.Set();
                    _drained.TrySetResult();
                }
            }

            public async Task StopAsync(TimeSpan patience)
            {
                if (Volatile.Read(ref _active) > 0)
                    await {|SLA5002:_drained.Task|}.WaitAsync(patience);
                _listener.Stop();
            }

            public void Stop()
            {
                {|SLA5002:_idle.Wait(TimeSpan.FromSeconds(30))|};
                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Other_signals_and_semaphores_ahead_of_the_stop_are_no_drain() => Verify<UseAnalyzer>.Silent("""
        public sealed class Counted
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly TaskCompletionSource _started = new();
            private readonly TaskCompletionSource _shutdown = new();
            private readonly ManualResetEventSlim _ready = new();
            private readonly SemaphoreSlim _gate = new(1, 1);

            public void Start()
            {
                _listener.Start();
                _started.TrySetResult();
                _ready.Set();
            }

            public void Shutdown() => _shutdown.TrySetResult();

            public async Task StopAsync()
            {
                await _started.Task;
                await _shutdown.Task;
                _ready.Wait();
                await _gate.WaitAsync();
                try
                {
                    _listener.Stop();
                }
                finally
                {
                    _gate.Release();
                }
            }

            public async Task TellAsync(Socket[] clients)
            {
                for (var i = 0; i < clients.Length; i++)
                {
                    await _gate.WaitAsync();
                    clients[i].Close();
                    _gate.Release();
                }

                _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Loop_that_awaits_the_task_of_each_entry_is_a_drain() => Verify<UseAnalyzer>.Reports("""
        public sealed class Chat
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 6667);
            private readonly List<Session> _sessions = new();
            private readonly Dictionary<string, Task> _uploads = new();
            private readonly List<Worker> _workers = new();

            public void Start() => _listener.Start();

            public async Task StopAsync()
            {
                foreach (var session in _sessions)
                    {|SLA5002:await session.Completion.ConfigureAwait(false)|};
                _listener.Stop();
            }

            public async Task FinishAsync()
            {
                foreach (var upload in _uploads)
                {
                    {|SLA5002:await upload.Value|};
                }

                _listener.Stop();
            }

            public void Close()
            {
                foreach (var worker in _workers)
                    {|SLA5002:worker.Thread.Join()|};
                _listener.Stop();
            }

            private sealed class Session
            {
                private readonly TaskCompletionSource _done = new();

                public Task Completion => _done.Task;
            }

            private sealed record Worker(Thread Thread);
        }
        """);

    [Fact]
    public Task Loop_that_ends_each_entry_is_no_drain() => Verify<UseAnalyzer>.Silent("""
        public sealed class Chat
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 6667);
            private readonly List<Session> _sessions = new();

            public void Start() => _listener.Start();

            public async Task StopAsync()
            {
                foreach (var session in _sessions)
                    await session.EndAsync();
                foreach (var session in _sessions)
                    Console.WriteLine(session.Completion.IsCompleted);
                _listener.Stop();
            }

            private sealed class Session
            {
                private readonly TaskCompletionSource _done = new();

                public Task Completion => _done.Task;

                public Task EndAsync() => Task.CompletedTask;
            }
        }
        """);

    [Fact]
    public Task Values_of_a_dictionary_are_a_collection_and_tasks_one_by_one_are_none() => Verify<UseAnalyzer>.Reports("""
        public abstract class Server<TSession>
            where TSession : class
        {
            private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
            protected readonly Dictionary<TSession, Task> Sessions = new();
            private Task _first = Task.CompletedTask;
            private Task _second = Task.CompletedTask;

            public void Start(EndPoint local)
            {
                _listener.Bind(local);
                _listener.Listen();
                _first = AcceptAsync();
                _second = AcceptAsync();
            }

            public virtual async Task StopAsync(CancellationToken token)
            {
                await {|SLA5002:Task.WhenAll(Sessions.Values)|}.WaitAsync(token);
                _listener.Dispose();
            }

            public async Task EndAsync()
            {
                await Task.WhenAll([_first, _second]);
                _listener.Dispose();
            }

            private async Task AcceptAsync()
            {
                while (true)
                    using (await _listener.AcceptAsync())
                    {
                    }
            }
        }
        """);

    [Theory]
    [InlineData("await _stopping.CancelAsync();")]
    [InlineData("_stopping.Cancel();")]
    public Task Registration_of_the_start_that_stops_on_the_cancel_ahead_of_the_drain_is_silent(string cancel) => Verify<UseAnalyzer>.Silent(Registering("_listener.Stop", cancel + " await Task.WhenAll(_sessions);"));

    [Fact]
    public Task Registration_that_leaves_the_listener_alone_is_reported() =>
        Verify<UseAnalyzer>.Reports(Registering("() => Console.WriteLine()", "_stopping.Cancel(); await {|SLA5002:Task.WhenAll(_sessions)|};"));

    [Fact]
    public Task Cancel_behind_the_drain_is_too_late() =>
        Verify<UseAnalyzer>.Reports(Registering("_listener.Stop", "await {|SLA5002:Task.WhenAll(_sessions)|}; _stopping.Cancel();"));

    private static string Registering(string callback, string shutdown) => $$"""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly List<Task> _sessions = new();
            private readonly CancellationTokenSource _stopping = new();

            public void Start()
            {
                _stopping.Token.Register({{callback}});
                _listener.Start();
            }

            public void Add(Task session) => _sessions.Add(session);

            public async Task StopAsync()
            {
                {{shutdown}}
                _listener.Stop();
            }
        }
        """;
}
