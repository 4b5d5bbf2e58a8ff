using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Listeners;

/// <summary>SLA5001 for listeners that a type keeps.</summary>
public sealed class SLA5001FieldTests
{
    private static Task Silent(string code) => Verify<UseAnalyzer>.Silent(code);

    private static Task Reports(string code) => Verify<UseAnalyzer>.Reports(code);

    [Fact]
    public Task Listener_field_that_nothing_stops_is_reported_at_its_start() => Reports("""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 7000);

            public void Start()
            {
                {|SLA5001:_listener.Start()|};
            }
        }
        """);

    [Fact]
    public Task Flag_that_ends_the_accept_loop_stops_no_listener() => Reports("""
        public sealed class Server
        {
            private TcpListener? _listener;
            private volatile bool _isStopping;

            public async Task RunAsync(int port)
            {
                _listener = new TcpListener(IPAddress.Any, port);
                {|SLA5001:_listener.Start()|};
                while (!_isStopping)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                }
            }

            public void Stop() => _isStopping = true;
        }
        """);

    [Fact]
    public Task Static_listener_that_no_code_stops_is_reported() => Reports("""
        public static class Host
        {
            private static readonly TcpListener Listener = new(IPAddress.Any, 1234);

            public static void Open() => {|SLA5001:Listener.Start()|};
        }
        """);

    [Fact]
    public Task Http_listener_of_a_hosted_service_is_reported() => Reports("""
        public sealed class Metrics : IHostedService
        {
            private readonly HttpListener _listener = new();

            public Task StartAsync(CancellationToken token)
            {
                _listener.Prefixes.Add("http://localhost:9090/");
                {|SLA5001:_listener.Start()|};
                _ = ServeAsync();
                return Task.CompletedTask;
            }

            public Task StopAsync(CancellationToken token) => Task.CompletedTask;

            private async Task ServeAsync()
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    context.Response.Close();
                }
            }
        }
        """);

    [Fact]
    public Task Listening_socket_field_is_reported() => Reports("""
        public sealed class Server
        {
            private Socket? _socket;

            public void Open(EndPoint local)
            {
                _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                _socket.Bind(local);
                {|SLA5001:_socket.Listen(10)|};
            }
        }
        """);

    [Fact]
    public Task Property_of_the_type_is_a_field_too() => Reports("""
        public sealed class Server
        {
            private TcpListener Listener { get; } = new(IPAddress.Loopback, 0);

            public void Start() => {|SLA5001:Listener.Start()|};
        }
        """);

    [Fact]
    public Task Stop_anywhere_in_the_type_is_enough() => Silent("""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 7000);

            public void Start() => _listener.Start();

            public void Shutdown() => _listener.Stop();
        }
        """);

    [Fact]
    public Task Dispose_of_the_type_is_enough() => Silent("""
        public sealed class Server : IAsyncDisposable
        {
            private readonly HttpListener _listener = new();

            public void Start() => _listener.Start();

            public ValueTask DisposeAsync()
            {
                _listener.Close();
                return default;
            }
        }
        """);

    [Fact]
    public Task Listener_that_others_can_reach_is_theirs_to_stop() => Silent("""
        public sealed class Server
        {
            public TcpListener Listener { get; } = new(IPAddress.Loopback, 0);

            public void Start() => Listener.Start();
        }
        """);

    [Fact]
    public Task Listener_given_by_a_property_getter_is_reachable() => Silent("""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

            public TcpListener Inner => _listener;

            public void Start() => _listener.Start();
        }
        """);

    [Fact]
    public Task Internal_property_that_others_only_read_is_no_way_to_stop_it() => Reports("""
        internal sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

            internal TcpListener Listener => _listener;

            public void Start() => {|SLA5001:_listener.Start()|};
        }

        internal static class Program
        {
            public static EndPoint Where(Server server) => server.Listener.LocalEndpoint;
        }
        """);

    [Fact]
    public Task Internal_property_that_others_stop_it_by_is_silent() => Silent("""
        internal sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

            internal TcpListener Listener => _listener;

            public void Start() => _listener.Start();
        }

        internal static class Program
        {
            public static void End(Server server) => server.Listener.Stop();
        }
        """);

    [Fact]
    public Task Injected_listener_is_its_owners() => Silent("""
        public sealed class Server(TcpListener listener)
        {
            public void Start() => listener.Start();
        }
        """);

    [Fact]
    public Task Stop_through_a_helper_of_another_type_is_enough() => Silent("""
        internal static class Quiet
        {
            public static void Stop(TcpListener listener)
            {
                try { listener.Stop(); } catch (SocketException) { }
            }
        }

        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

            public void Start() => _listener.Start();

            public void Close() => Quiet.Stop(_listener);
        }
        """);

    [Fact]
    public Task Stop_by_a_local_copy_is_enough() => Silent("""
        public sealed class Server
        {
            private TcpListener? _listener;

            public void Start()
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                _listener = listener;
            }

            public void Stop()
            {
                var listener = Interlocked.Exchange(ref _listener, null);
                listener?.Stop();
            }
        }
        """);

    [Fact]
    public Task Registration_of_the_stop_is_enough() => Silent("""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

            public void Start(CancellationToken token)
            {
                _listener.Start();
                token.Register(_listener.Stop);
            }
        }
        """);

    // Real-service shapes.
    [Fact]
    public Task Server_with_a_primary_constructor_whose_dispose_only_cancels_is_reported() => Verify<UseAnalyzer>.Reports("""
        #pragma warning disable SLA2007
        public sealed class Server(int port) : IAsyncDisposable
        {
            private readonly TcpListener _listener = new(IPAddress.Any, port);
            private readonly CancellationTokenSource _stopping = new();

            public async Task RunAsync()
            {
                {|SLA5001:_listener.Start()|};
                while (!_stopping.IsCancellationRequested)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                }
            }

            public async ValueTask DisposeAsync()
            {
                await _stopping.CancelAsync();
                _stopping.Dispose();
            }
        }
        """);

    [Fact]
    public Task Http_listener_of_a_program_is_reported() => Verify<UseAnalyzer>.Reports("""
        internal static class Program
        {
            private static readonly HttpListener Listener = new();
            private static bool s_running = true;

            private static void Main(string[] args)
            {
                Listener.Prefixes.Add(args[0]);
                {|SLA5001:Listener.Start()|};
                Console.CancelKeyPress += (_, _) => s_running = false;
                while (s_running)
                {
                    using var response = Listener.GetContext().Response;
                }
            }
        }
        """);

    [Fact]
    public Task Exchanged_field_is_stopped() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server
        {
            private TcpListener? _listener;

            public void Start(int port)
            {
                _listener = TcpListener.Create(port);
                _listener.Start();
            }

            public void Stop() => Interlocked.Exchange(ref _listener, null)?.Stop();
        }
        """);

    [Fact]
    public Task Pattern_that_names_the_field_is_stopped() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server
        {
            private HttpListener? _listener;

            public void Start()
            {
                _listener = new HttpListener();
                _listener.Prefixes.Add("http://localhost:9000/");
                _listener.Start();
            }

            public void Stop()
            {
                if (_listener is { IsListening: true } running)
                    running.Close();
            }
        }
        """);

    [Fact]
    public Task Socket_of_the_listener_that_is_closed_is_enough() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);

            public void Start() => _listener.Start();

            public void Stop() => _listener.Server.Close();
        }
        """);

    [Fact]
    public Task Delegate_of_the_stop_is_enough() => Verify<UseAnalyzer>.Silent("""
        public sealed class Server(IHostApplicationLifetime lifetime) : IHostedService
        {
            private readonly TcpListener _listener = new(IPAddress.Any, 7000);

            public Task StartAsync(CancellationToken cancellationToken)
            {
                _listener.Start();
                Action stop = _listener.Stop;
                lifetime.ApplicationStopping.Register(stop);
                return Task.CompletedTask;
            }

            public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task Using_over_the_field_is_enough() => Verify<UseAnalyzer>.Silent("""
        public sealed class Worker : BackgroundService
        {
            private readonly HttpListener _listener = new();

            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using (_listener)
                {
                    _listener.Prefixes.Add("http://localhost:9000/");
                    _listener.Start();
                    while (!stoppingToken.IsCancellationRequested)
                        (await _listener.GetContextAsync()).Response.Close();
                }
            }
        }
        """);

    [Fact]
    public Task Loop_over_the_fields_stops_them() => Verify<UseAnalyzer>.Silent("""
        public sealed class Dual : IDisposable
        {
            private readonly TcpListener _four = new(IPAddress.Any, 7000);
            private readonly TcpListener _six = new(IPAddress.IPv6Any, 7000);

            public void Start()
            {
                _four.Start();
                _six.Start();
            }

            public void Dispose()
            {
                foreach (var listener in new[] { _four, _six })
                    listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Listeners_of_a_list_that_nothing_stops_are_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Gates
        {
            private readonly List<TcpListener> _listeners = new();

            public int Count => _listeners.Count;

            public void Open(int[] ports)
            {
                foreach (var port in ports)
                {
                    var listener = new TcpListener(IPAddress.Any, port);
                    {|SLA5001:listener.Start()|};
                    _listeners.Add(listener);
                }
            }
        }
        """);

    [Fact]
    public Task Listener_of_a_nested_server_that_the_type_around_stops_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Host
        {
            private readonly Inner _inner = new();

            public void Open() => _inner.Start();

            public void Close() => _inner.Listener.Stop();

            private sealed class Inner
            {
                public TcpListener Listener = new(IPAddress.Any, 7000);

                public void Start() => Listener.Start();
            }
        }
        """);

    [Fact]
    public Task End_of_the_process_that_stops_it_is_silent() => Verify<UseAnalyzer>.Silent("""
        public static class Gate
        {
            private static TcpListener? _listener;

            public static void Open()
            {
                _listener = new TcpListener(IPAddress.Any, 7000);
                _listener.Start();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => _listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Restart_that_stops_first_is_silent() => Verify<UseAnalyzer>.Silent("""
        public sealed class Gate
        {
            private TcpListener? _listener;

            public void Open()
            {
                _listener = TcpListener.Create(7000);
                _listener.Start();
            }

            public void Restart()
            {
                _listener?.Stop();
                Open();
            }
        }
        """);

    [Fact]
    public Task Web_listener_in_a_property_that_its_loop_only_asks_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Pages
        {
            private HttpListener Listener { get; } = new();

            public void Open()
            {
                Listener.Prefixes.Add("http://*:8080/");
                {|SLA5001:Listener.Start()|};
                _ = Task.Run(() =>
                {
                    while (Listener.IsListening)
                        Listener.GetContext().Response.Close();
                });
            }
        }
        """);

    [Fact]
    public Task Abort_of_a_web_listener_and_its_dispose_by_the_interface_are_enough() => Verify<UseAnalyzer>.Silent("""
        public sealed class Pages
        {
            private readonly HttpListener _first = new();
            private readonly HttpListener _second = new();

            public void Open()
            {
                _first.Start();
                _second.Start();
            }

            public void Close()
            {
                _first.Abort();
                ((IDisposable)_second).Dispose();
            }
        }
        """);

    [Fact]
    public Task Listening_socket_that_a_dispose_forgets_is_reported_once() => Verify<Fixes.AllAnalyzers>.Reports("""
        public sealed class Tracker : IDisposable
        {
            private readonly Socket _listener;
            private readonly Socket {|SLA1005:_control|} = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly CancellationTokenSource _stopping = new();

            public Tracker(int port)
            {
                _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                {|SLA5001:_listener.Listen(5)|};
            }

            public async Task RunAsync(EndPoint peer)
            {
                await _control.ConnectAsync(peer, _stopping.Token);
                using var client = await _listener.AcceptAsync(_stopping.Token);
            }

            public void Dispose() => _stopping.Cancel();
        }
        """);
}
