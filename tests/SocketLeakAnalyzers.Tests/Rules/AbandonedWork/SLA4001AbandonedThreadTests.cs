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
}
