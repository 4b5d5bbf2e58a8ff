using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.AbandonedWork;

/// <summary>SLA4003: blocking network I/O on the pool that nobody waits for.</summary>
public sealed class SLA4003ForgottenPoolWorkTests
{
    private static Task Silent(string members) => Verify<UseAnalyzer>.Silent(InType(members));

    private static Task Reports(string members) => Verify<UseAnalyzer>.Reports(InType(members));

    private static string InType(string members) => "#pragma warning disable SLA2005, SLA2006, SLA2007\npublic sealed class Server\n{\n" + members + "\n}\n";

    [Fact]
    public Task Discarded_run_is_reported() => Reports("""
        public static void Watch(Socket socket, byte[] buffer)
        {
            {|SLA4003:Task.Run(() => socket.Receive(buffer))|};
        }
        """);

    [Fact]
    public Task Run_into_a_discard_is_reported() => Reports("""
        public void Accept(TcpListener listener)
        {
            var client = listener.AcceptTcpClient();
            _ = {|SLA4003:Task.Run(() => Handle(client))|};
        }

        private static void Handle(TcpClient client)
        {
            using (client)
            using (var reader = new StreamReader(client.GetStream()))
                Console.WriteLine(reader.ReadLine());
        }
        """);

    [Fact]
    public Task Work_item_with_a_state_is_reported() => Reports("""
        public void Run(TcpListener listener)
        {
            while (true)
                {|SLA4003:ThreadPool.QueueUserWorkItem(Handle, listener.AcceptTcpClient())|};
        }

        private static void Handle(object? state)
        {
            using var client = (TcpClient)state!;
            client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Work_item_with_a_lambda_is_reported() => Reports("""
        public void Probe(string host)
        {
            {|SLA4003:ThreadPool.QueueUserWorkItem(_ =>
            {
                using var client = new TcpClient(host, 7000);
                client.GetStream().ReadByte();
            })|};
        }
        """);

    [Fact]
    public Task Long_running_task_is_reported() => Reports("""
        public void Start(string host)
        {
            var client = new TcpClient(host, 7000);
            {|SLA4003:Task.Factory.StartNew(() => ReadLoop(client), TaskCreationOptions.LongRunning)|};
        }

        private void ReadLoop(TcpClient client)
        {
            var buffer = new byte[1024];
            while (client.GetStream().Read(buffer, 0, buffer.Length) > 0)
                Console.WriteLine("data");
        }
        """);

    [Fact]
    public Task Async_lambda_that_blocks_is_reported() => Reports("""
        public void Start(string host)
        {
            _ = {|SLA4003:Task.Run(async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(host, 7000);
                using var reader = new BinaryReader(client.GetStream());
                Console.WriteLine(reader.ReadInt32());
            })|};
        }
        """);

    [Fact]
    public Task Run_inside_a_timer_callback_is_in() => Reports("""
        private Timer? _timer;

        public void Start(string host) => _timer = new Timer(_ =>
        {
            {|SLA4003:Task.Run(() => Poll(host))|};
        }, null, 0, 1000);

        private static void Poll(string host)
        {
            using var client = new TcpClient(host, 7000);
            client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Two_forgotten_works_are_two_findings() => Reports("""
        public void Relay(TcpClient left, TcpClient right)
        {
            {|SLA4003:Task.Run(() => Copy(left, right))|};
            {|SLA4003:Task.Run(() => Copy(right, left))|};
        }

        private static void Copy(TcpClient from, TcpClient to)
        {
            int value;
            while ((value = from.GetStream().ReadByte()) >= 0)
                to.GetStream().WriteByte((byte)value);
        }
        """);

    [Fact]
    public Task Discarded_run_over_tls_is_reported() => Reports("""
        public void Check(string host)
        {
            var client = new TcpClient(host, 443);
            var tls = new SslStream(client.GetStream());
            _ = {|SLA4003:Task.Run(() => tls.AuthenticateAsClient(host))|};
        }
        """);

    // Clean.
    [Fact]
    public Task Awaited_run_is_silent() => Verify<UseAnalyzer>.Silent("""
        public static class C
        {
            public static async Task M(Socket s, byte[] b, CancellationToken token) => await Task.Run(() => s.Receive(b), token);
        }
        """);

    [Fact]
    public Task Kept_task_is_silent() => Silent("""
        private Task? _work;

        public void Start(Socket socket) => _work = Task.Run(() => socket.Receive(new byte[1]));
        """);

    [Fact]
    public Task Returned_task_is_silent() => Silent("""
        public Task<int> Read(Socket socket) => Task.Run(() => socket.Receive(new byte[1]));
        """);

    [Fact]
    public Task Timeout_is_enough() => Silent("""
        public void Accept(TcpListener listener)
        {
            var client = listener.AcceptTcpClient();
            client.ReceiveTimeout = 30_000;
            _ = Task.Run(() => client.GetStream().ReadByte());
        }
        """);

    [Fact]
    public Task Timeout_set_in_the_work_is_enough() => Silent("""
        public void Accept(TcpListener listener)
        {
            var client = listener.AcceptTcpClient();
            Task.Run(() => Handle(client));
        }

        private static void Handle(TcpClient client)
        {
            var stream = client.GetStream();
            stream.ReadTimeout = 10_000;
            stream.ReadByte();
        }
        """);

    [Fact]
    public Task Blocking_accept_is_ended_by_the_listener() => Silent("""
        public void Run(TcpListener listener)
        {
            Task.Run(() =>
            {
                while (true)
                {
                    using var client = listener.AcceptTcpClient();
                }
            });
        }
        """);

    [Fact]
    public Task Timer_callback_itself_is_out() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Server
        {
            private Timer? _timer;

            public void Start(string host) => _timer = new Timer(_ =>
            {
                using var client = new TcpClient(host, 7000);
                client.GetStream().ReadByte();
            }, null, 0, 1000);
        }
        """);

    [Fact]
    public Task Stop_that_closes_the_socket_ends_the_work() => Silent("""
        private readonly TcpClient _client = new();

        public void Start(string host)
        {
            _client.Connect(host, 7000);
            Task.Run(ReadLoop);
        }

        public void Stop() => _client.Close();

        private void ReadLoop()
        {
            while (_client.GetStream().ReadByte() >= 0)
            {
            }
        }
        """);

    [Fact]
    public Task Forgotten_computation_is_silent() => Silent("""
        public void Warm() => Task.Run(() => Console.WriteLine(Environment.ProcessorCount));
        """);

    [Fact]
    public Task Forgotten_file_read_is_silent() => Silent("""
        public void Warm(string path)
        {
            Task.Run(() =>
            {
                using var file = File.OpenRead(path);
                file.ReadByte();
            });
        }
        """);

    [Fact]
    public Task Forgotten_async_read_is_not_blocking() => Silent("""
        public void Warm(NetworkStream stream, byte[] buffer, CancellationToken token) => _ = Task.Run(() => stream.ReadAsync(buffer, token));
        """);

    [Fact]
    public Task Datagrams_are_waited_for_by_design() => Silent("""
        public void Listen(UdpClient client)
        {
            Task.Run(() =>
            {
                IPEndPoint? from = null;
                while (true)
                    client.Receive(ref from);
            });
        }
        """);

    // Real-service shapes.
    [Fact]
    public Task Typed_work_item_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA5001
        public sealed class Server
        {
            public void Run(TcpListener listener)
            {
                while (true)
                    {|SLA4003:ThreadPool.QueueUserWorkItem<TcpClient>(Serve, listener.AcceptTcpClient(), preferLocal: false)|};
            }

            private static void Serve(TcpClient client)
            {
                using (client)
                    Console.WriteLine(client.GetStream().ReadByte());
            }
        }
        """);

    [Fact]
    public Task Unsafe_work_item_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Server
        {
            public void Handle(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                {|SLA4003:ThreadPool.UnsafeQueueUserWorkItem(_ => Serve(client), null)|};
            }

            private void Serve(TcpClient client)
            {
                using var reader = new StreamReader(client.GetStream());
                Console.WriteLine(reader.ReadToEnd());
            }
        }
        """);

    [Fact]
    public Task Method_group_in_an_expression_body_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Feed(string host)
        {
            public void Begin() => {|SLA4003:Task.Run(Pump)|};

            private void Pump()
            {
                using var client = new TcpClient(host, 7000);
                using var reader = new StreamReader(client.GetStream());
                while (reader.ReadLine() is { } line)
                    Console.WriteLine(line);
            }
        }
        """);

    [Fact]
    public Task Continuation_that_only_logs_does_not_wait() => Verify<UseAnalyzer>.Reports("""
        public sealed class Server(ILogger<Server> logger)
        {
            public void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    _ = {|SLA4003:Task.Run(() => Serve(client))|}.ContinueWith(done => logger.LogError(done.Exception, "lost"), TaskContinuationOptions.OnlyOnFaulted);
                }
            }

            private static void Serve(TcpClient client)
            {
                using (client)
                    client.GetStream().ReadExactly(new byte[16]);
            }
        }
        """);

    [Fact]
    public Task Console_server_on_the_pool_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA5001
        using var listener = new TcpListener(IPAddress.Loopback, 7000);
        listener.Start();
        while (true)
        {
            var socket = listener.AcceptSocket();
            {|SLA4003:Task.Factory.StartNew(() => Echo(socket), TaskCreationOptions.LongRunning)|};
        }

        static void Echo(Socket socket)
        {
            var buffer = new byte[1024];
            int count;
            while ((count = socket.Receive(buffer)) > 0)
                socket.Send(buffer, count, SocketFlags.None);
            socket.Close();
        }
        """);

    [Fact]
    public Task Registration_of_the_close_within_the_work_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004
        public sealed class Server
        {
            public void Run(TcpListener listener, CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    var client = listener.AcceptTcpClient();
                    Task.Run(() =>
                    {
                        using var registration = token.Register(client.Close);
                        using var reader = new StreamReader(client.GetStream());
                        return reader.ReadToEnd().Length;
                    });
                }
            }
        }
        """);

    [Fact]
    public Task Work_that_is_waited_for_in_place_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public static class Program
        {
            public static void Main(string[] args)
            {
                Task.Run(() => Ask(args[0])).Wait();
                var second = Task.Run(() => Ask(args[1])).GetAwaiter().GetResult();
                Console.WriteLine(second);
                Task.WaitAll(Task.Run(() => Ask(args[2])), Task.Run(() => Ask(args[3])));
            }

            private static int Ask(string host)
            {
                using var client = new TcpClient(host, 7000);
                return client.GetStream().ReadByte();
            }
        }
        """);

    [Fact]
    public Task Helper_that_sets_the_timeouts_is_enough() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server
        {
            public void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    Tuning.Apply(client);
                    ThreadPool.QueueUserWorkItem(_ => client.GetStream().ReadByte());
                }
            }
        }

        internal static class Tuning
        {
            public static void Apply(TcpClient client)
            {
                client.NoDelay = true;
                client.ReceiveTimeout = 10_000;
                client.SendTimeout = 10_000;
            }
        }
        """);

    [Fact]
    public Task Pipe_that_blocks_has_no_timeout_to_set() => Verify<UseAnalyzer>.Silent("""
        public sealed class SingleInstance
        {
            public void Listen()
            {
                Task.Run(() =>
                {
                    using var pipe = new NamedPipeServerStream("single-instance", PipeDirection.In);
                    pipe.WaitForConnection();
                    using var reader = new StreamReader(pipe);
                    Console.WriteLine(reader.ReadLine());
                });
            }
        }
        """);

    [Fact]
    public Task Sessions_of_a_bag_that_dispose_closes_are_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004
        public sealed class Server : IDisposable
        {
            private readonly List<Socket> _open = new();
            private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);

            public void Run()
            {
                _listener.Bind(new IPEndPoint(IPAddress.Any, 7000));
                _listener.Listen(16);
                while (true)
                {
                    var socket = _listener.Accept();
                    lock (_open)
                        _open.Add(socket);
                    Task.Run(() => socket.Receive(new byte[64]));
                }
            }

            public void Dispose()
            {
                _listener.Dispose();
                lock (_open)
                    _open.ForEach(socket => socket.Dispose());
            }
        }
        """);

    [Fact]
    public Task Work_bounded_by_a_poll_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004
        public sealed class Server
        {
            public void Handle(Socket socket) => Task.Run(() =>
            {
                var buffer = new byte[128];
                if (!socket.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead))
                {
                    socket.Dispose();
                    return;
                }

                Console.WriteLine(socket.Receive(buffer));
            });
        }
        """);

    [Fact]
    public Task Drain_behind_a_question_that_comes_too_late_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Server
        {
            public void Handle(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                var stream = client.GetStream();
                {|SLA4003:Task.Run(() =>
                {
                    var buffer = new byte[64];
                    do
                        Console.WriteLine(stream.Read(buffer, 0, buffer.Length));
                    while (stream.DataAvailable);
                })|};
            }
        }
        """);

    [Fact]
    public Task Reply_of_a_message_that_the_work_only_makes_is_not_its_own() => Verify<UseAnalyzer>.Silent("""
        public sealed class Message(TcpClient client)
        {
            #pragma warning disable SLA2004
            public void Reply(byte[] data) => client.GetStream().Write(data, 0, data.Length);
        }

        public sealed class Listener(Action<Message> received)
        {
            public void Handle(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                ThreadPool.QueueUserWorkItem(_ => received(new Message(client)));
            }
        }
        """);

    [Fact]
    public Task Task_that_is_made_and_started_at_once_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Server
        {
            public void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    {|SLA4003:new Task(() => Serve(client)).Start()|};
                }
            }

            public void RunWithState(TcpListener listener) => {|SLA4003:new Task(ServeState, listener.AcceptTcpClient(), TaskCreationOptions.LongRunning).Start()|};

            private static void ServeState(object? state) => Serve((TcpClient)state!);

            private static void Serve(TcpClient client)
            {
                using (client)
                    client.GetStream().ReadByte();
            }
        }
        """);

    [Fact]
    public Task Variable_that_is_only_started_is_forgotten() => Verify<UseAnalyzer>.Reports("""
        public sealed class Relay
        {
            public void Open(TcpClient client)
            {
                var pump = new Task(() => client.GetStream().ReadByte());
                {|SLA4003:pump.Start(TaskScheduler.Default)|};
            }
        }
        """);

    [Fact]
    public Task Started_task_that_is_waited_for_or_kept_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Relay
        {
            #pragma warning disable SLA2004
            private Task? _pump;

            public void Open(TcpClient client)
            {
                var pump = new Task(() => client.GetStream().ReadByte());
                pump.Start();
                pump.Wait();
            }

            public void Keep(TcpClient client)
            {
                _pump = new Task(() => client.GetStream().ReadByte());
                _pump.Start();
            }

            public Task Give(TcpClient client)
            {
                var pump = new Task(() => client.GetStream().ReadByte());
                pump.Start();
                return pump;
            }
        }
        """);

    [Fact]
    public Task Send_of_no_bytes_asks_whether_the_connection_stands() => Verify<UseAnalyzer>.Reports("""
        public sealed class Pool
        {
            public void Sweep(Socket socket, Socket other)
            {
                Task.Run(() => Console.WriteLine(IsAlive(socket)));
                {|SLA4003:Task.Run(() => other.Send(new byte[1], 1, SocketFlags.None))|};
            }

            private static bool IsAlive(Socket socket)
            {
                try
                {
                    socket.Send(new byte[1], 0, SocketFlags.None);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            }
        }
        """);

    [Fact]
    public Task Socket_that_does_not_block_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Pool
        {
            public void Peek(Socket socket)
            {
                socket.Blocking = false;
                _ = Task.Run(() =>
                {
                    try
                    {
                        socket.Receive(new byte[1]);
                    }
                    catch (SocketException)
                    {
                    }
                });
            }
        }
        """);

    [Fact]
    public Task Handler_of_another_class_is_followed() => Verify<UseAnalyzer>.Reports("""
        public sealed class Handler
        {
            private readonly Socket _socket;

            public Handler(Socket socket) => _socket = socket;

            public void Run()
            {
                using (_socket)
                {
                    var buffer = new byte[512];
                    int count;
                    while ((count = _socket.Receive(buffer)) > 0)
                        _socket.Send(buffer, count, SocketFlags.None);
                }
            }
        }

        public sealed class Echo : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using var listener = new TcpListener(IPAddress.Any, 7000);
                listener.Start();
                while (!stoppingToken.IsCancellationRequested)
                {
                    var handler = new Handler(await listener.AcceptSocketAsync(stoppingToken));
                    _ = {|SLA4003:Task.Run(handler.Run, stoppingToken)|};
                }
            }
        }
        """);

    [Fact]
    public Task Nested_handler_whose_client_has_timeouts_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server
        {
            public void Run(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                client.ReceiveTimeout = 1000;
                _ = Task.Run(() => new Handler(client).Run());
            }

            private sealed class Handler(TcpClient client)
            {
                public void Run()
                {
                    using (client)
                        client.GetStream().ReadByte();
                }
            }
        }
        """);

    [Fact]
    public Task Work_item_with_an_execute_of_its_own_is_followed() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Session(TcpClient client) : IThreadPoolWorkItem
        {
            public void Execute()
            {
                using (client)
                using (var reader = new StreamReader(client.GetStream()))
                    Console.WriteLine(reader.ReadLine());
            }
        }

        public sealed class Dialog : IThreadPoolWorkItem
        {
            private readonly Socket _peer;

            public Dialog(Socket listening) => _peer = listening.Accept();

            public static void Serve(Socket listening) => {|SLA4003:ThreadPool.UnsafeQueueUserWorkItem(new Dialog(listening), preferLocal: true)|};

            void IThreadPoolWorkItem.Execute()
            {
                _peer.Receive(new byte[16]);
                _peer.Dispose();
            }
        }

        public static class Server
        {
            public static void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    {|SLA4003:ThreadPool.UnsafeQueueUserWorkItem(new Session(client), preferLocal: false)|};
                }
            }
        }
        """);

    [Fact]
    public Task Work_item_whose_socket_has_timeouts_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Session(TcpClient client) : IThreadPoolWorkItem
        {
            public void Execute()
            {
                using (client)
                    client.GetStream().ReadByte();
            }
        }

        public static class Server
        {
            public static void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    client.ReceiveTimeout = 30_000;
                    client.SendTimeout = 30_000;
                    ThreadPool.UnsafeQueueUserWorkItem(new Session(client), preferLocal: false);
                }
            }
        }
        """);

    [Fact]
    public Task Client_that_is_closed_on_the_branch_that_starts_nothing_is_reported() => Reports("""
        public void Run(TcpListener listener, CancellationToken token)
        {
            while (!token.IsCancellationRequested)
            {
                var client = listener.AcceptTcpClient();
                if (!token.IsCancellationRequested)
                {
                    {|SLA4003:ThreadPool.QueueUserWorkItem(_ => Serve(client))|};
                }
                else
                {
                    client.Dispose();
                }
            }
        }

        private static void Serve(TcpClient client)
        {
            using (client)
                client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Client_that_is_turned_away_ahead_of_the_start_is_reported() => Reports("""
        private int _count;

        public void Run(TcpListener listener)
        {
            while (true)
            {
                var client = listener.AcceptTcpClient();
                if (_count >= 100)
                {
                    client.Close();
                    continue;
                }

                _count++;
                {|SLA4003:Task.Run(() => Serve(client))|};
            }
        }

        private static void Serve(TcpClient client)
        {
            using (client)
                client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Client_that_one_arm_of_a_switch_closes_and_another_serves_is_reported() => Reports("""
        public void Run(TcpListener listener, int mode)
        {
            for (; ; )
            {
                var client = listener.AcceptTcpClient();
                switch (mode)
                {
                    case 0:
                        client.Close();
                        break;
                    default:
                        {|SLA4003:ThreadPool.QueueUserWorkItem(_ => Serve(client))|};
                        break;
                }
            }
        }

        private static void Serve(TcpClient client)
        {
            using (client)
                client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Client_of_an_earlier_round_that_the_other_branch_closes_is_silent() => Silent("""
        public void Run(TcpClient given, Func<bool> isTime)
        {
            var client = new TcpClient("collector.example", 5000);
            var isStarted = false;
            while (true)
            {
                if (!isStarted)
                {
                    isStarted = true;
                    ThreadPool.QueueUserWorkItem(_ => Serve(client));
                }
                else if (isTime())
                {
                    client.Close();
                    return;
                }
            }
        }

        private static void Serve(TcpClient client) => client.GetStream().ReadByte();
        """);

    [Fact]
    public Task Client_that_is_closed_behind_the_branches_is_silent() => Silent("""
        public void Run(TcpListener listener, bool isPooled, WaitHandle done)
        {
            while (true)
            {
                var client = listener.AcceptTcpClient();
                if (isPooled)
                {
                    ThreadPool.QueueUserWorkItem(_ => Serve(client));
                }
                else
                {
                    client.Close();
                }

                done.WaitOne(1000);
                client.Dispose();
            }
        }

        private static void Serve(TcpClient client) => client.GetStream().ReadByte();
        """);

    [Theory]
    [InlineData("public sealed record Session(TcpClient Client, DateTime Since);", "foreach (var session in _sessions) session.Client.Close();")]
    [InlineData("public readonly record struct Session(TcpClient Client, DateTime Since);", "foreach (var session in _sessions) session.Client.Dispose();")]
    [InlineData("public sealed record Session(TcpClient Client, DateTime Since) { public void End() => Client.Close(); }", "foreach (var session in _sessions) session.End();")]
    [InlineData("public sealed record Session(TcpClient Client, DateTime Since);", "foreach (var session in _sessions) session.Client.ReceiveTimeout = 1000;")]
    public async Task Client_that_a_record_keeps_is_closed_or_bounded_by_way_of_it(string record, string stop)
    {
        var members = """
            private readonly List<Session> _sessions = new();

            public void Accept(TcpListener listener)
            {
                var client = listener.AcceptTcpClient();
                _sessions.Add(new Session(client, DateTime.UtcNow));
                Task.Run(() => Serve(client));
            }

            private static void Serve(TcpClient client)
            {
                while (client.GetStream().ReadByte() >= 0)
                {
                }
            }

            public void Stop()
            {
                STOP
            }

            """.Replace("STOP", stop);
        await Verify<UseAnalyzer>.Silent("public sealed class Server { " + members + " } " + record);
        await Verify<UseAnalyzer>.Silent("public sealed class Server { " + members + record + " }");
    }

    [Fact]
    public Task Socket_that_a_record_carries_to_the_pool_is_followed() => Verify<UseAnalyzer>.Reports("""
        public sealed record Peer(Socket Socket, string Name);

        public sealed class Hub
        {
            public void Add(Socket accepted, string name)
            {
                {|SLA4003:ThreadPool.QueueUserWorkItem(static peer => Read(peer), new Peer(accepted, name), preferLocal: false)|};
            }

            private static void Read(Peer peer)
            {
                var buffer = new byte[512];
                while (peer.Socket.Receive(buffer) > 0)
                    Console.WriteLine(peer.Name);
                peer.Socket.Dispose();
            }
        }
        """);

    [Theory]
    [InlineData("QueueUserWorkItem(state => Run(token))", "QueueUserWorkItem(state => Answer(pipe))", "private")]
    [InlineData("QueueUserWorkItem(_ => Run(token))", "QueueUserWorkItem(_ => Answer(pipe))", "private")]
    [InlineData("QueueUserWorkItem(delegate { Run(token); })", "QueueUserWorkItem(delegate { Answer(pipe); })", "private")]
    [InlineData("QueueUserWorkItem(_ => Run(token))", "QueueUserWorkItem(_ => Answer(pipe))", "public")]
    public Task Connection_that_others_give_to_the_same_helper_is_not_what_this_work_reads(string run, string answer, string access) => Verify<UseAnalyzer>.Reports($$"""
        #pragma warning disable SLA2004, SLA2005, SLA2006, SLA2007
        public sealed class Server
        {
            public void Open(CancellationToken token, TcpListener listener)
            {
                ThreadPool.{{run}};
                Accept(listener);
            }

            private void Run(CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    var pipe = Channel.CreateBounded<byte>(1);
                    ThreadPool.{{answer}};
                }
            }

            private static void Accept(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    {|SLA4003:ThreadPool.QueueUserWorkItem(_ => Read(client.GetStream(), null))|};
                }
            }

            private static void Answer(Channel<byte> pipe) => Console.WriteLine(Read(null, pipe));

            {{access}} static int Read(NetworkStream? stream, Channel<byte>? pipe) => pipe is null ? stream!.ReadByte() : pipe.Reader.TryRead(out var read) ? read : -1;
        }
        """);

    [Theory]
    [InlineData("Task.Run(() => Read(stream))")]
    [InlineData("Task.Run(() => Through(stream))")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => Read(stream))")]
    public Task Connection_that_a_public_helper_is_given_by_this_work_is_what_it_reads(string start) => Verify<UseAnalyzer>.Reports($$"""
        #pragma warning disable SLA2004, SLA2005, SLA2006, SLA2007
        public static class Server
        {
            public static void Answer(NetworkStream stream)
            {
                {|SLA4003:{{start}}|};
            }

            public static int Through(NetworkStream stream) => Read(stream);

            public static int Read(NetworkStream stream) => stream.ReadByte();
        }
        """);

    [Theory]
    [InlineData("state => Answer(state)")]
    [InlineData("Answer")]
    public Task Connection_that_may_be_the_state_of_the_work_is_what_it_reads(string answer) => Verify<UseAnalyzer>.Reports($$"""
        #pragma warning disable SLA2004, SLA2005, SLA2006, SLA2007
        public sealed class Server
        {
            public void Accept(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    {|SLA4003:ThreadPool.QueueUserWorkItem({{answer}}, client)|};
                }
            }

            private static void Answer(object? state)
            {
                using var client = (TcpClient)state!;
                Console.WriteLine(Read(client.GetStream()));
            }

            private static int Read(NetworkStream stream) => stream.ReadByte();
        }
        """);

    [Fact]
    public Task Answer_to_a_datagram_that_work_on_the_pool_waits_for_is_reported() => Reports("""
        public void Ask(IPEndPoint machine) => {|SLA4003:ThreadPool.QueueUserWorkItem(_ =>
        {
            using var client = new UdpClient(machine.AddressFamily);
            client.Send(new byte[1], 1, machine);
            IPEndPoint? from = null;
            client.Receive(ref from);
        })|};
        """);
}
