using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.AbandonedWork;

/// <summary>SLA4001: threads that block on the network, and that nothing waits for or can stop.</summary>
public sealed class SLA4001AbandonedThreadTests
{
    private static Task Silent(string members) => Verify<UseAnalyzer>.Silent(InType(members));

    private static Task Reports(string members) => Verify<UseAnalyzer>.Reports(InType(members));

    private static string InType(string members) => "#pragma warning disable SLA2005, SLA2006, SLA2007\npublic sealed class Poller\n{\n" + members + "\n}\n";

    [Theory]
    [InlineData("public", false)]
    [InlineData("private", true)]
    public async Task Thread_that_closes_by_what_others_may_call_is_ended_by_them(string access, bool isReported)
    {
        var start = isReported ? "{|SLA4001:new Thread(Handle).Start()|}" : "new Thread(Handle).Start()";
        var code = InType($$"""
            private TcpClient _lobby;

            public void SetUp(string host)
            {
                _lobby = new TcpClient(host, 7000);
                {{start}};
            }

            private void Handle()
            {
                var buffer = new byte[16];
                var stream = _lobby.GetStream();
                while (true)
                {
                    if (stream.Read(buffer, 0, buffer.Length) == 0)
                    {
                        Leave();
                        break;
                    }
                }
            }

            private void Leave() => Clear();

            {{access}} void Clear()
            {
                if (_lobby.Connected)
                    _lobby.Close();
            }
            """);
        await (isReported ? Verify<UseAnalyzer>.Reports(code) : Verify<UseAnalyzer>.Silent(code));
    }

    [Fact]
    public Task Join_that_gives_up_and_goes_on_is_reported_at_the_join() => Reports("""
        public void Poll(string host)
        {
            var client = new TcpClient(host, 7000);
            var thread = new Thread(() => client.GetStream().ReadByte());
            thread.Start();
            {|SLA4001:thread.Join(1000)|};
        }
        """);

    /// <summary>On the way from the thread to the connection stands a class that names nothing of the network.</summary>
    [Theory]
    [InlineData("public void Run(Line line) => line.Wait();", "new Jobs().Run(new Line())")]
    [InlineData("public void Run(Line line) => Next(line); private static void Next(Line line) { if (line is not null) line.Wait(); }", "new Jobs().Run(new Line())")]
    [InlineData("public void Run(Line line) => new Step(line); private sealed class Step { public Step(Line line) => line.Wait(); }", "new Jobs().Run(new Line())")]
    public Task Join_that_gives_up_on_work_behind_a_class_in_between_is_reported(string between, string work) => Verify<UseAnalyzer>.Reports($$"""
        #pragma warning disable SLA2004, SLA2005, SLA2006, SLA2007
        public sealed class Poller
        {
            public void Poll()
            {
                var thread = new Thread(() => {{work}});
                thread.Start();
                {|SLA4001:thread.Join(1000)|};
            }
        }

        public sealed class Jobs { {{between}} }

        public sealed class Line
        {
            public void Wait()
            {
                using var client = new TcpClient("host", 7000);
                client.GetStream().ReadByte();
            }
        }
        """);

    [Fact]
    public Task Join_that_gives_up_on_work_that_only_makes_what_others_would_do_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005, SLA2006, SLA2007
        public sealed class Poller
        {
            public void Poll()
            {
                var thread = new Thread(() => new Jobs().Add(new Line()));
                thread.Start();
                thread.Join(1000);
            }
        }

        public sealed class Jobs
        {
            private readonly List<Action> _later = new();
            public void Add(Line line) => _later.Add(() => line.Wait());
        }

        public sealed class Line
        {
            public void Wait()
            {
                using var client = new TcpClient("host", 7000);
                client.GetStream().ReadByte();
            }
        }
        """);

    [Fact]
    public Task Join_whose_false_result_only_logs_is_reported() => Reports("""
        public void Poll(string host)
        {
            var client = new TcpClient(host, 7000);
            var thread = new Thread(() => Ask(client)) { IsBackground = true };
            thread.Start();
            if (!{|SLA4001:thread.Join(TimeSpan.FromSeconds(30))|})
                Console.WriteLine("gave up on " + host);
        }

        private static void Ask(TcpClient client)
        {
            var reader = new StreamReader(client.GetStream());
            Console.WriteLine(reader.ReadLine());
        }
        """);

    [Fact]
    public Task Socket_of_the_caller_is_blocked_on_all_the_same() => Reports("""
        public static void Poll(Socket socket, byte[] buffer)
        {
            var thread = new Thread(() => socket.Receive(buffer));
            thread.Start();
            {|SLA4001:thread.Join(1000)|};
        }
        """);

    [Fact]
    public Task Thread_that_nobody_joins_is_reported_at_its_start() => Reports("""
        public void Watch(string host)
        {
            var client = new TcpClient(host, 7000);
            {|SLA4001:new Thread(() => Read(client)).Start()|};
        }

        private static void Read(TcpClient client)
        {
            var buffer = new byte[512];
            while (client.GetStream().Read(buffer, 0, buffer.Length) > 0)
                Console.WriteLine(buffer.Length);
        }
        """);

    [Fact]
    public Task Thread_per_client_is_reported_at_the_start() => Reports("""
        public void Serve(TcpListener listener)
        {
            while (true)
            {
                var client = listener.AcceptTcpClient();
                var thread = new Thread(Handle);
                {|SLA4001:thread.Start(client)|};
            }
        }

        private static void Handle(object? state)
        {
            using var client = (TcpClient)state!;
            client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Parameterized_start_over_a_socket_is_followed() => Reports("""
        public void Watch(EndPoint peer)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(peer);
            var thread = new Thread(new ParameterizedThreadStart(state => ((Socket)state!).Receive(new byte[16])));
            {|SLA4001:thread.Start(socket)|};
        }
        """);

    [Fact]
    public Task Thread_that_makes_its_own_socket_is_reported() => Reports("""
        public void Poll(string host)
        {
            var thread = new Thread(() =>
            {
                using var client = new TcpClient(host, 7000);
                using var reader = new StreamReader(client.GetStream());
                Console.WriteLine(reader.ReadToEnd());
            });
            thread.Start();
            {|SLA4001:thread.Join(5000)|};
        }
        """);

    [Fact]
    public Task Threads_of_a_list_joined_in_a_loop_are_followed() => Reports("""
        public void PollAll(string[] hosts)
        {
            var threads = new List<Thread>();
            foreach (var host in hosts)
            {
                var thread = new Thread(() => Poll(host));
                threads.Add(thread);
                thread.Start();
            }

            foreach (var thread in threads)
                {|SLA4001:thread.Join(10_000)|};
        }

        private static void Poll(string host)
        {
            using var client = new TcpClient(host, 7000);
            client.GetStream().ReadByte();
        }
        """);

    [Fact]
    public Task Thread_of_a_field_that_stop_joins_with_a_limit_is_reported() => Reports("""
        private Thread? _reader;

        public void Start(string host)
        {
            _reader = new Thread(() => Run(host));
            _reader.Start();
        }

        public void Stop()
        {
            {|SLA4001:_reader!.Join(2000)|};
            _reader = null;
        }

        private static void Run(string host)
        {
            using var client = new TcpClient(host, 7000);
            while (client.GetStream().ReadByte() >= 0)
            {
            }
        }
        """);

    [Fact]
    public Task Blocking_handshake_counts() => Reports("""
        public void Check(string host)
        {
            var client = new TcpClient(host, 443);
            var thread = new Thread(() =>
            {
                var tls = new SslStream(client.GetStream());
                tls.AuthenticateAsClient(host);
            });
            thread.Start();
            {|SLA4001:thread.Join(3000)|};
        }
        """);

    [Fact]
    public Task Helper_of_another_type_that_reads_is_followed() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        internal static class Protocol
        {
            public static byte ReadFrame(NetworkStream stream) => (byte)stream.ReadByte();
        }

        public sealed class Poller
        {
            public void Poll(string host)
            {
                var client = new TcpClient(host, 7000);
                var thread = new Thread(() => Protocol.ReadFrame(client.GetStream()));
                thread.Start();
                {|SLA4001:thread.Join(1000)|};
            }
        }
        """);

    [Fact]
    public Task Helper_of_another_type_that_does_the_whole_poll_is_followed() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2004, SLA2005
        internal static class Upstream
        {
            public static string Ask(string host)
            {
                using var client = new TcpClient(host, 7000);
                using var reader = new StreamReader(client.GetStream());
                return reader.ReadToEnd();
            }
        }

        public sealed class Poller
        {
            public void Poll(string host)
            {
                string? answer = null;
                var thread = new Thread(() => answer = Upstream.Ask(host));
                thread.Start();
                {|SLA4001:thread.Join(1000)|};
                Console.WriteLine(answer);
            }
        }
        """);

    [Fact]
    public Task Connection_that_others_give_to_the_same_helper_is_not_what_this_thread_reads() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Server
        {
            public void Open(Channel<byte> pipe) => new Thread(state => Answer(pipe)).Start();

            public void Accept(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    var thread = new Thread(() => Read(client.GetStream(), null));
                    {|SLA4001:thread.Start()|};
                }
            }

            private static void Answer(Channel<byte> pipe) => Console.WriteLine(Read(null, pipe));

            private static int Read(NetworkStream? stream, Channel<byte>? pipe) => pipe is null ? stream!.ReadByte() : pipe.Reader.TryRead(out var read) ? read : -1;
        }
        """);

    [Theory]
    [InlineData("Answer(Open(host))")]
    [InlineData("Twice(() => Answer(Open(host)))")]
    [InlineData("Twice(Local); string Local() => Answer(Open(host))")]
    [InlineData("Hand(host)")]
    public Task Helper_that_itself_names_nothing_of_the_network_is_followed(string ask) => Verify<UseAnalyzer>.Reports($$"""
        #pragma warning disable SLA2004, SLA2005
        internal static class Upstream
        {
            public static string Ask(string host) { return {{ask}}; }

            private static string Hand(string host) => Answer(Open(host));

            private static string Twice(Func<string> ask) => ask() + ask();

            private static TcpClient Open(string host) => new TcpClient(host, 7000);

            private static string Answer(TcpClient client)
            {
                using (client)
                {
                    using var reader = new StreamReader(client.GetStream());
                    return reader.ReadToEnd();
                }
            }
        }

        public sealed class Poller
        {
            public void Poll(string host)
            {
                string? answer = null;
                var thread = new Thread(() => answer = Upstream.Ask(host));
                thread.Start();
                {|SLA4001:thread.Join(1000)|};
                Console.WriteLine(answer);
            }
        }
        """);

    [Fact]
    public Task Helper_that_only_waits_beside_others_that_read_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        internal static class Upstream
        {
            public static int Waited(Task<int> task) => task.GetAwaiter().GetResult() + Next();

            private static int Next() => 1;

            public static int Read(TcpClient client) => client.GetStream().ReadByte();
        }

        public sealed class Poller
        {
            public void Poll(Task<int> task)
            {
                var thread = new Thread(() => Upstream.Waited(task));
                thread.Start();
                thread.Join(1000);
            }
        }
        """);

    [Fact]
    public Task Interrupt_does_not_end_a_read() => Reports("""
        public void Poll(string host)
        {
            var client = new TcpClient(host, 7000);
            var thread = new Thread(() => client.GetStream().ReadByte());
            thread.Start();
            if (!{|SLA4001:thread.Join(1000)|})
                thread.Interrupt();
        }
        """);

    [Fact]
    public Task Close_on_the_success_path_alone_does_not_end_it() => Reports("""
        public void Poll(string host)
        {
            var client = new TcpClient(host, 7000);
            var thread = new Thread(() => client.GetStream().ReadByte());
            thread.Start();
            if ({|SLA4001:thread.Join(1000)|})
                client.Close();
        }
        """);

    // Clean.
    [Fact]
    public Task Receive_timeout_is_enough() => Silent("""
        public void Poll(string host)
        {
            var client = new TcpClient(host, 7000) { ReceiveTimeout = 5000 };
            var thread = new Thread(() => client.GetStream().ReadByte());
            thread.Start();
            thread.Join(1000);
        }
        """);

    [Fact]
    public Task Join_to_the_end_is_no_abandonment() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void Poll(string host)
            {
                var client = new TcpClient(host, 7000);
                var thread = new Thread(() => client.GetStream().ReadByte());
                thread.Start();
                thread.Join();
            }
        }
        """);

    [Fact]
    public Task Close_when_the_join_gives_up_ends_the_read() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void Poll(string host)
            {
                var client = new TcpClient(host, 7000);
                var thread = new Thread(() => client.GetStream().ReadByte());
                thread.Start();
                if (!thread.Join(1000))
                    client.Close();
            }
        }
        """);

    [Fact]
    public Task Using_around_the_join_ends_the_read() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void Poll(string host)
            {
                using var client = new TcpClient(host, 7000);
                var thread = new Thread(() => client.GetStream().ReadByte());
                thread.Start();
                thread.Join(1000);
            }
        }
        """);

    [Fact]
    public Task Stop_that_closes_the_socket_ends_the_thread() => Silent("""
        private readonly TcpClient _client = new();
        private Thread? _reader;

        public void Start(string host)
        {
            _client.Connect(host, 7000);
            _reader = new Thread(Run);
            _reader.Start();
        }

        public void Stop()
        {
            _client.Close();
            _reader?.Join(1000);
        }

        private void Run()
        {
            while (_client.GetStream().ReadByte() >= 0)
            {
            }
        }
        """);

    [Fact]
    public Task Token_registration_that_closes_the_socket_ends_the_thread() => Silent("""
        public void Watch(string host, CancellationToken token)
        {
            var client = new TcpClient(host, 7000);
            token.Register(() => client.Dispose());
            new Thread(() => client.GetStream().ReadByte()).Start();
        }
        """);

    [Fact]
    public Task Accept_loop_is_ended_by_its_listener() => Silent("""
        public static void Run(TcpListener listener)
        {
            new Thread(() =>
            {
                while (true)
                {
                    using var client = listener.AcceptTcpClient();
                }
            }).Start();
        }
        """);

    [Fact]
    public Task Thread_that_computes_is_silent() => Silent("""
        public void Run()
        {
            var thread = new Thread(() => Console.WriteLine(Math.Sqrt(2)));
            thread.Start();
            thread.Join(10);
        }
        """);

    [Fact]
    public Task Thread_over_a_stream_of_unknown_origin_is_silent() => Silent("""
        public void Run(Stream stream)
        {
            var thread = new Thread(() => stream.ReadByte());
            thread.Start();
            thread.Join(10);
        }
        """);

    [Fact]
    public Task Option_set_through_the_socket_counts() => Silent("""
        public void Poll(string host)
        {
            var client = new TcpClient(host, 7000);
            client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout, 5000);
            var thread = new Thread(() => client.GetStream().ReadByte());
            thread.Start();
            thread.Join(1000);
        }
        """);

    [Fact]
    public Task Thread_that_is_made_and_never_started_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public Thread Prepare(string host) => new Thread(() =>
            {
                using var client = new TcpClient(host, 7000);
                client.GetStream().ReadByte();
            });
        }
        """);

    // Real-service shapes.
    [Fact]
    public Task Array_of_threads_joined_with_a_limit_is_reported_at_the_join() => Reports("""
        public void PollAll(string[] hosts)
        {
            var threads = new Thread[hosts.Length];
            for (var i = 0; i < hosts.Length; i++)
            {
                var host = hosts[i];
                threads[i] = new Thread(() => Ask(host)) { IsBackground = true };
                threads[i].Start();
            }

            foreach (var thread in threads)
                {|SLA4001:thread.Join(TimeSpan.FromSeconds(5))|};
        }

        private static void Ask(string host)
        {
            using var client = new TcpClient(host, 7000);
            using var reader = new BinaryReader(client.GetStream());
            Console.WriteLine(reader.ReadInt32());
        }
        """);

    [Fact]
    public Task Delegate_that_is_spelt_out_is_followed() => Reports("""
        public void Serve(Socket listener)
        {
            for (;;)
            {
                var socket = listener.Accept();
                {|SLA4001:new Thread(new ParameterizedThreadStart(Handle)).Start(socket)|};
            }
        }

        private void Handle(object? state)
        {
            using var socket = (Socket)state!;
            var buffer = new byte[256];
            while (socket.Receive(buffer) > 0)
                socket.Send(buffer);
        }
        """);

    [Fact]
    public Task Console_server_with_a_thread_per_client_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA5001
        var listener = new TcpListener(IPAddress.Any, 7);
        listener.Start();
        while (true)
        {
            var client = listener.AcceptTcpClient();
            var worker = new Thread(() => Echo(client)) { IsBackground = true };
            {|SLA4001:worker.Start()|};
        }

        static void Echo(TcpClient client)
        {
            using (client)
            using (var reader = new StreamReader(client.GetStream()))
            using (var writer = new StreamWriter(client.GetStream()) { AutoFlush = true })
            {
                while (reader.ReadLine() is { } line)
                    writer.WriteLine(line);
            }
        }
        """);

    [Fact]
    public Task Hosted_service_whose_token_does_not_reach_the_read_is_reported_at_the_start() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed class Telemetry(string host) : IHostedService, IDisposable
        {
            private readonly CancellationTokenSource _stopping = new();
            private Thread? _reader;

            public Task StartAsync(CancellationToken cancellationToken)
            {
                _reader = new Thread(ReadLoop) { IsBackground = true, Name = "telemetry" };
                {|SLA4001:_reader.Start()|};
                return Task.CompletedTask;
            }

            private void ReadLoop()
            {
                using var client = new TcpClient(host, 7000);
                var stream = client.GetStream();
                var buffer = new byte[1024];
                while (!_stopping.IsCancellationRequested && stream.Read(buffer, 0, buffer.Length) > 0)
                    Console.WriteLine(buffer[0]);
            }

            public Task StopAsync(CancellationToken cancellationToken)
            {
                _stopping.Cancel();
                return Task.CompletedTask;
            }

            public void Dispose() => _stopping.Dispose();
        }
        """);

    [Fact]
    public Task Record_that_runs_its_own_method_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2005
        public sealed record Probe(string Host, int Port)
        {
            public void Begin()
            {
                var thread = new Thread(Run);
                thread.IsBackground = true;
                {|SLA4001:thread.Start()|};
            }

            private void Run()
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(Host, Port);
                Console.WriteLine(socket.Receive(new byte[1]));
                socket.Dispose();
            }
        }
        """);

    [Fact]
    public Task Local_function_as_the_body_is_followed() => Reports("""
        public bool TryPing(string host)
        {
            var alive = false;
            var thread = new Thread(Ping);
            thread.Start();
            if (!{|SLA4001:thread.Join(millisecondsTimeout: 2000)|})
                return false;
            return alive;

            void Ping()
            {
                using var client = new TcpClient();
                client.Connect(host, 7);
                client.GetStream().WriteByte(1);
                alive = client.GetStream().ReadByte() == 1;
            }
        }
        """);

    [Fact]
    public Task Threads_joined_by_a_method_of_the_list_are_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void PollAll(IEnumerable<string> hosts)
            {
                var threads = hosts.Select(host => new Thread(() => Ask(host))).ToList();
                threads.ForEach(thread => thread.Start());
                threads.ForEach(thread => thread.Join());
            }

            public void PollPair(string left, string right)
            {
                Thread[] threads = { new Thread(() => Ask(left)), new Thread(() => Ask(right)) };
                Array.ForEach(threads, static thread => thread.Start());
                Array.ForEach(threads, static thread => thread.Join());
            }

            private static void Ask(string host)
            {
                using var client = new TcpClient(host, 7000);
                Console.WriteLine(client.GetStream().ReadByte());
            }
        }
        """);

    [Fact]
    public Task Shutdown_when_the_join_gives_up_ends_the_read() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void Poll(string host)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(host, 7000);
                var thread = new Thread(() => socket.Receive(new byte[64]));
                thread.Start();
                if (!thread.Join(1000))
                {
                    socket.Shutdown(SocketShutdown.Both);
                    thread.Join();
                }
            }
        }
        """);

    [Fact]
    public Task Shutdown_alone_when_the_join_gives_up_ends_the_read() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void Poll(Socket socket)
            {
                var thread = new Thread(() => socket.Receive(new byte[64]));
                thread.Start();
                if (!thread.Join(1000))
                    socket.Shutdown(SocketShutdown.Both);
            }
        }
        """);

    [Fact]
    public Task Read_of_what_has_arrived_does_not_block() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Reader(CancellationToken token)
        {
            public void Begin(TcpClient client, Socket socket)
            {
                new Thread(() => ReadStream(client)).Start();
                new Thread(() => ReadSocket(socket)).Start();
            }

            private void ReadStream(TcpClient client)
            {
                var stream = client.GetStream();
                var buffer = new byte[512];
                while (!token.IsCancellationRequested)
                {
                    if (!stream.DataAvailable)
                    {
                        Thread.Sleep(10);
                        continue;
                    }

                    Console.WriteLine(stream.Read(buffer, 0, buffer.Length));
                }
            }

            private void ReadSocket(Socket socket)
            {
                var buffer = new byte[512];
                while (!token.IsCancellationRequested)
                {
                    if (socket.Poll(100_000, SelectMode.SelectRead))
                        Console.WriteLine(socket.Receive(buffer));
                }
            }
        }
        """);

    [Fact]
    public Task Clients_of_a_dictionary_that_stop_closes_are_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);
            private readonly System.Collections.Concurrent.ConcurrentDictionary<int, TcpClient> _clients = new();
            private int _last;

            public void Run()
            {
                _listener.Start();
                while (true)
                {
                    var client = _listener.AcceptTcpClient();
                    _clients.TryAdd(Interlocked.Increment(ref _last), client);
                    new Thread(() => Serve(client)).Start();
                }
            }

            public void Stop()
            {
                _listener.Stop();
                foreach (var client in _clients.Values)
                    client.Close();
            }

            private static void Serve(TcpClient client)
            {
                var reader = new StreamReader(client.GetStream());
                while (reader.ReadLine() is { } line)
                    Console.WriteLine(line);
            }
        }
        """);

    [Fact]
    public Task Registration_with_a_state_that_closes_the_socket_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Feed
        {
            public void Begin(string host, CancellationToken token)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(host, 7000);
                token.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
                var thread = new Thread(() => socket.Receive(new byte[64])) { IsBackground = true };
                thread.Start();
            }
        }
        """);

    [Fact]
    public Task Timeout_in_the_initializer_of_the_client_is_enough() => Silent("""
        public void Begin(string host)
        {
            var client = new TcpClient { ReceiveTimeout = 5000, SendTimeout = 5000, NoDelay = true };
            client.Connect(host, 7000);
            new Thread(static state => Console.WriteLine(((TcpClient)state!).GetStream().ReadByte())).Start(client);
        }
        """);

    [Fact]
    public Task Helper_of_another_type_over_a_client_whose_timeouts_its_caller_set_is_silent() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004
        internal static class Loops
        {
            public static void Receive(int id, TcpClient client, Action<byte> received)
            {
                var stream = client.GetStream();
                while (Frames.TryRead(stream, out var value))
                    received(value);
            }
        }

        internal static class Frames
        {
            public static bool TryRead(NetworkStream stream, out byte value)
            {
                var read = stream.ReadByte();
                value = (byte)read;
                return read >= 0;
            }
        }

        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);

            public void Run(Action<byte> received)
            {
                _listener.Start();
                while (true)
                {
                    var client = _listener.AcceptTcpClient();
                    client.ReceiveTimeout = 5000;
                    client.SendTimeout = 5000;
                    new Thread(() => Loops.Receive(0, client, received)).Start();
                }
            }

            public void Stop() => _listener.Stop();
        }
        """);

    [Fact]
    public Task Helpers_of_other_types_over_a_client_without_a_timeout_are_followed() => Verify<UseAnalyzer>.Reports("""
        internal static class Loops
        {
            public static void Receive(TcpClient client)
            {
                while (Frames.TryRead(client, out var value))
                    Console.WriteLine(value);
            }
        }

        internal static class Frames
        {
            public static bool TryRead(TcpClient source, out byte value)
            {
                var read = source.GetStream().ReadByte();
                value = (byte)read;
                return read >= 0;
            }
        }

        public sealed class Server
        {
            public void Run(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    {|SLA4001:new Thread(() => Loops.Receive(client)).Start()|};
                }
            }
        }
        """);

    [Fact]
    public Task Method_of_another_object_as_the_body_is_followed() => Verify<UseAnalyzer>.Reports("""
        public sealed class Probe(string host)
        {
            #pragma warning disable SLA2005
            public int First { get; private set; }

            public void Run()
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(host, 7000);
                var one = new byte[1];
                socket.Receive(one);
                First = one[0];
            }
        }

        public sealed class Prober
        {
            public int? Check(string host)
            {
                var probe = new Probe(host);
                var thread = new Thread(probe.Run) { IsBackground = true };
                thread.Start();
                return {|SLA4001:thread.Join(500)|} ? probe.First : null;
            }
        }
        """);

    [Fact]
    public Task Session_that_was_given_its_client_and_runs_on_a_thread_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Session(TcpClient client)
        {
            public void Run()
            {
                using (client)
                using (var reader = new StreamReader(client.GetStream()))
                {
                    while (reader.ReadLine() is { } line)
                        Console.WriteLine(line);
                }
            }
        }

        public sealed class Server
        {
            public void Serve(TcpListener listener)
            {
                while (true)
                {
                    var session = new Session(listener.AcceptTcpClient());
                    var thread = new Thread(session.Run) { IsBackground = true };
                    {|SLA4001:thread.Start()|};
                }
            }

            public void ServeOne(TcpListener listener)
            {
                var session = new Session(listener.AcceptTcpClient());
                {|SLA4001:new Thread(() => session.Run()).Start()|};
            }
        }
        """);

    [Fact]
    public Task Session_that_others_can_close_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Session(TcpClient client)
        {
            public void Run()
            {
                using var reader = new StreamReader(client.GetStream());
                try
                {
                    while (reader.ReadLine() is { } line)
                        Console.WriteLine(line);
                }
                catch (IOException)
                {
                }
            }

            public void Kick() => client.Close();
        }

        public sealed class Server
        {
            private readonly List<Session> _sessions = new();

            public void Serve(TcpListener listener)
            {
                while (true)
                {
                    var session = new Session(listener.AcceptTcpClient());
                    _sessions.Add(session);
                    new Thread(session.Run).Start();
                }
            }

            public void Stop() => _sessions.ForEach(session => session.Kick());
        }
        """);

    [Fact]
    public Task Session_whose_client_has_its_timeouts_from_the_acceptor_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Session
        {
            private readonly TcpClient _client;

            public Session(TcpClient client) => _client = client;

            public void Run()
            {
                using (_client)
                    Console.WriteLine(_client.GetStream().ReadByte());
            }
        }

        public sealed class Server
        {
            public void Serve(TcpListener listener)
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    client.ReceiveTimeout = 30_000;
                    client.SendTimeout = 30_000;
                    new Thread(new Session(client).Run).Start();
                    new Thread(new Inner(client).Run).Start();
                }
            }

            private sealed class Inner(TcpClient client)
            {
                public void Run() => Console.WriteLine(client.GetStream().ReadByte());
            }
        }
        """);

    [Fact]
    public Task Registration_of_a_method_of_another_object_may_close_the_socket() => Verify<UseAnalyzer>.Silent("""
        public sealed class Link(TcpClient client)
        {
            public void Drop() => client.Close();
        }

        public sealed class Watcher
        {
            public void Watch(TcpClient client, CancellationToken token)
            {
                var link = new Link(client);
                token.Register(link.Drop);
                new Thread(() =>
                {
                    try
                    {
                        client.GetStream().ReadByte();
                    }
                    catch (IOException)
                    {
                    }
                }).Start();
            }
        }
        """);

    [Fact]
    public Task Delegate_of_a_method_that_sets_the_timeouts_is_enough() => Verify<UseAnalyzer>.Silent("""
        public static class Tuning
        {
            public static void Apply(TcpClient client) => client.ReceiveTimeout = 5000;
        }

        public sealed class Watcher
        {
            public void Watch(string host)
            {
                #pragma warning disable SLA2005
                Action<TcpClient> tune = Tuning.Apply;
                var client = new TcpClient(host, 7000);
                tune(client);
                new Thread(() => client.GetStream().ReadByte()).Start();
            }
        }
        """);

    [Fact]
    public Task Datagrams_are_sent_without_waiting_for_a_peer() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004
        public sealed class Connection
        {
            private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            private volatile bool _isClosed;

            public void Connect(IPEndPoint peer)
            {
                var thread = new Thread(() => Run(peer));
                thread.Start();
            }

            private void Run(EndPoint peer)
            {
                var buffer = new byte[2048];
                while (!_isClosed)
                {
                    if (_socket.Poll(150_000, SelectMode.SelectRead))
                        _socket.ReceiveFrom(buffer, ref peer);
                    _socket.SendTo(buffer, peer);
                }

                _socket.Dispose();
            }

            public void Dispose() => _isClosed = true;
        }
        """);

    [Fact]
    public Task Join_that_a_loop_repeats_until_the_thread_has_ended_is_no_abandonment() => Verify<UseAnalyzer>.Silent("""
        #pragma warning disable SLA2004, SLA2005
        public sealed class Poller
        {
            public void Ask(Socket socket)
            {
                var thread = new Thread(() => socket.Receive(new byte[1]));
                thread.Start();
                while (!thread.Join(1000))
                    Console.WriteLine("no answer yet");
            }

            public void Watch(Socket socket)
            {
                var thread = new Thread(() => socket.Receive(new byte[1])) { IsBackground = true };
                thread.Start();
                while (thread.IsAlive)
                    Thread.Sleep(100);
            }
        }
        """);

    [Fact]
    public Task Join_that_a_loop_repeats_for_some_rounds_gives_up() => Reports("""
        public void Ask(Socket socket)
        {
            var rounds = 0;
            var thread = new Thread(() => socket.Receive(new byte[1]));
            thread.Start();
            while (!{|SLA4001:thread.Join(1000)|})
            {
                if (++rounds == 5)
                    break;
            }
        }
        """);

    [Fact]
    public Task Answer_to_a_datagram_that_a_thread_waits_for_is_reported() => Reports("""
        public int Answering(IReadOnlyList<IPEndPoint> machines)
        {
            var up = 0;
            var threads = new Thread[machines.Count];
            for (var i = 0; i < threads.Length; i++)
            {
                var machine = machines[i];
                threads[i] = new Thread(() =>
                {
                    using var client = new UdpClient(machine.AddressFamily);
                    client.Send(new byte[1], 1, machine);
                    IPEndPoint? from = null;
                    client.Receive(ref from);
                    Interlocked.Increment(ref up);
                });
                threads[i].Start();
            }

            foreach (var thread in threads)
                {|SLA4001:thread.Join(2000)|};
            return up;
        }
        """);

    [Fact]
    public Task Datagrams_that_a_thread_waits_for_by_design_are_silent() => Silent("""
        public void Discover(int port) => new Thread(() =>
        {
            using var client = new UdpClient(port);
            while (true)
            {
                IPEndPoint? from = null;
                client.Receive(ref from);
            }
        }).Start();
        """);

    [Fact]
    public Task One_join_of_several_threads_is_one_finding() => Reports("""
        public void Read(Socket first, Socket second)
        {
            var threads = new[] { new Thread(() => first.Receive(new byte[1])), new Thread(() => second.Receive(new byte[1])) };
            foreach (var thread in threads)
                thread.Start();
            for (var i = 0; i < threads.Length; i++)
                {|SLA4001:threads[i].Join(50)|};
        }
        """);
}
