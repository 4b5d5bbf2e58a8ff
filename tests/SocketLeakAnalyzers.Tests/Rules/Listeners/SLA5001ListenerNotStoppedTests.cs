using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Listeners;

/// <summary>SLA5001 for listeners that a method starts itself.</summary>
public sealed class SLA5001ListenerNotStoppedTests
{
    private static Task Silent(string body, string members = "") =>
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, members: members));

    private static Task Reports(string body, string members = "") =>
        Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, members: members));

    [Fact]
    public Task Accept_loop_that_ends_without_a_stop_is_reported() => Reports("""
        var listener = new TcpListener(IPAddress.Loopback, 8080);
        {|SLA5001:listener.Start()|};
        while (!token.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }
        """);

    [Fact]
    public Task Stop_after_the_loop_is_skipped_by_the_accept_that_throws() => Reports("""
        var listener = new TcpListener(IPAddress.Loopback, 8080);
        {|SLA5001:listener.Start()|};
        while (!token.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }

        listener.Stop();
        """);

    [Fact]
    public Task Stop_on_cancellation_alone_leaves_the_other_exceptions() => Reports("""
        var listener = new TcpListener(IPAddress.Any, 9000);
        {|SLA5001:listener.Start(128)|};
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(token);
                _ = Task.Run(() => Serve(client));
            }
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
        }
        """, "private static void Serve(TcpClient client) { using (client) client.GetStream().WriteByte(1); }");

    [Fact]
    public Task Early_return_without_a_stop_is_reported() => Reports("""
        var listener = new TcpListener(IPAddress.Loopback, 0);
        {|SLA5001:listener.Start()|};
        if (((IPEndPoint)listener.LocalEndpoint).Port < 1024)
            return;
        listener.Stop();
        """);

    [Fact]
    public Task Http_listener_that_answers_once_and_is_never_closed_is_reported() => Reports("""
        var listener = new HttpListener();
        listener.Prefixes.Add("http://localhost:8080/");
        {|SLA5001:listener.Start()|};
        var context = await listener.GetContextAsync();
        context.Response.Close();
        """);

    [Fact]
    public Task Http_listener_closed_after_the_loop_only_is_reported() => Reports("""
        var listener = new HttpListener { Prefixes = { "http://localhost:8080/" } };
        {|SLA5001:listener.Start()|};
        while (!token.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync();
            context.Response.Abort();
        }

        listener.Close();
        """);

    [Fact]
    public Task Listening_socket_is_a_listener() => Reports("""
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        {|SLA5001:socket.Listen(16)|};
        while (true)
        {
            using var peer = await socket.AcceptAsync(token);
            if (peer.Available > 0)
                break;
        }
        """);

    [Fact]
    public Task Bind_that_loses_the_socket_ahead_of_the_listening_is_not_of_this_rule() => Reports("""
        var socket = {|SLA1002:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        try
        {
            socket.Listen();
            using var peer = await socket.AcceptAsync(token);
        }
        finally
        {
            socket.Dispose();
        }
        """);

    [Fact]
    public Task Top_level_console_server_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        var listener = new TcpListener(IPAddress.Any, 7);
        {|SLA5001:listener.Start()|};
        Console.WriteLine("listening");
        while (true)
        {
            using var client = listener.AcceptTcpClient();
            client.GetStream().WriteByte(42);
        }
        """);

    [Fact]
    public Task Background_service_without_a_stop_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class EchoServer : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var listener = new TcpListener(IPAddress.Loopback, 5000);
                {|SLA5001:listener.Start()|};
                while (!stoppingToken.IsCancellationRequested)
                {
                    var client = await listener.AcceptTcpClientAsync(stoppingToken);
                    _ = HandleAsync(client, stoppingToken);
                }

                listener.Stop();
            }

            private static async Task HandleAsync(TcpClient client, CancellationToken token)
            {
                using (client)
                    await client.GetStream().WriteAsync(new byte[1], token);
            }
        }
        """);

    [Fact]
    public Task Catch_that_logs_and_leaves_the_listener_open_is_reported() => Reports("""
        var listener = TcpListener.Create(443);
        {|SLA5001:listener.Start()|};
        try
        {
            using var client = await listener.AcceptTcpClientAsync(token);
            listener.Stop();
        }
        catch (SocketException error)
        {
            Console.WriteLine(error.Message);
        }
        """);

    [Fact]
    public Task Listener_in_a_lambda_is_reported() => Reports("""
        await Task.Run(async () =>
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            {|SLA5001:listener.Start()|};
            using var client = await listener.AcceptTcpClientAsync(token);
        });
        """);

    [Fact]
    public Task Quic_listener_starts_where_it_is_made() => Reports("""
        var listener = await {|SLA5001:System.Net.Quic.QuicListener.ListenAsync(null!, token)|};
        await using var connection = await listener.AcceptConnectionAsync(token);
        await listener.DisposeAsync();
        """);

    [Fact]
    public Task Stop_in_a_finally_is_enough() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 8080);
        listener.Start();
        try
        {
            while (!token.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(token);
            }
        }
        finally
        {
            listener.Stop();
        }
        """);

    [Fact]
    public Task Start_inside_the_try_is_enough_too() => Silent("""
        var listener = new HttpListener();
        try
        {
            listener.Start();
            var context = await listener.GetContextAsync();
            context.Response.Close();
        }
        finally
        {
            listener.Close();
        }
        """);

    [Fact]
    public Task Using_counts_as_the_finally() => Silent("""
        using var listener = new TcpListener(IPAddress.Loopback, 8080);
        listener.Start();
        using var client = await listener.AcceptTcpClientAsync(token);
        """);

    [Fact]
    public Task Socket_in_a_using_block_is_silent() => Silent("""
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            using var peer = await socket.AcceptAsync(token);
        }
        """);

    [Fact]
    public Task Registration_that_stops_it_is_a_release() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 8080);
        listener.Start();
        using var registration = token.Register(() => listener.Stop());
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync();
        }
        """);

    [Fact]
    public Task Registration_of_the_method_itself_is_a_release() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 8080);
        listener.Start();
        using var registration = token.Register(listener.Stop);
        using var client = await listener.AcceptTcpClientAsync();
        """);

    [Fact]
    public Task Catch_all_and_fall_through_to_the_stop_is_silent() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 8080);
        listener.Start();
        try
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }
        catch (Exception error)
        {
            Console.WriteLine(error.Message);
        }

        listener.Stop();
        """);

    [Fact]
    public Task Started_and_stopped_at_once_to_find_a_free_port_is_silent() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Console.WriteLine(port);
        """);

    [Fact]
    public Task Listener_that_is_returned_is_the_callers() => Verify<ResourceAnalyzer>.Reports("""
        public static class Listeners
        {
            public static TcpListener Open(int port)
            {
                // Start on a busy port throws and keeps its socket.
                var listener = {|SLA1003:new TcpListener(IPAddress.Loopback, port)|};
                listener.Start();
                return listener;
            }
        }
        """);

    [Fact]
    public Task Listener_handed_over_and_lost_by_an_exception_before_is_SLA1003() => Verify<ResourceAnalyzer>.Reports("""
        public static class Listeners
        {
            public static async Task<TcpListener> OpenAsync(int port)
            {
                var listener = {|SLA1003:new TcpListener(IPAddress.Loopback, port)|};
                listener.Start();
                await File.WriteAllTextAsync("port", port.ToString());
                return listener;
            }
        }
        """);

    [Fact]
    public Task Listener_that_never_starts_is_SLA1001() => Reports("""
        var listener = {|SLA1001:new TcpListener(IPAddress.Loopback, 0)|};
        Console.WriteLine(listener.LocalEndpoint);
        await Task.Delay(1, token);
        """);

    [Fact]
    public Task Borrowed_listener_is_the_business_of_its_owner() => Verify<ResourceAnalyzer>.Silent("""
        public static class Server
        {
            public static async Task RunAsync(TcpListener listener, CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    using var client = await listener.AcceptTcpClientAsync(token);
                }
            }
        }
        """);

    [Fact]
    public Task Helper_that_stops_it_on_every_path_is_silent() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        try
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }
        finally
        {
            Shut(listener);
        }
        """, "private static void Shut(TcpListener listener) { try { listener.Stop(); } catch (SocketException) { } }");

    [Fact]
    public Task Retry_with_a_new_listener_after_a_failed_start_is_judged_by_the_one_that_runs() => Silent("""
        TcpListener? listener = null;
        try
        {
            listener = new TcpListener(IPAddress.Loopback, 80);
            listener.Start();
            using var client = await listener.AcceptTcpClientAsync(token);
        }
        finally
        {
            listener?.Stop();
        }
        """);

    [Fact]
    public Task Message_names_the_listener_and_the_place() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("""
            var listener = new TcpListener(IPAddress.Loopback, 8080);
            {|#0:listener.Start()|};
            using var client = await {|#1:listener.AcceptTcpClientAsync(token)|};
            listener.Stop();
            """),
        [Verify<ResourceAnalyzer>.Diagnostic("SLA5001").WithLocation(0).WithLocation(1)
            .WithMessage("'listener' (TcpListener) is not stopped if 'AcceptTcpClientAsync' on line {#1} throws")]);

    // Real-service shapes.
    [Fact]
    public Task Console_web_server_that_is_never_closed_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        var listener = new HttpListener { Prefixes = { "http://+:8080/" } };
        {|SLA5001:listener.Start()|};
        Console.CancelKeyPress += (_, pressed) => Console.WriteLine("bye");
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            using var response = context.Response;
            response.StatusCode = 204;
        }
        """);

    [Fact]
    public Task Accept_loop_of_a_thread_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class Policy
        {
            public void Begin()
            {
                var thread = new Thread(() =>
                {
                    var listener = new TcpListener(IPAddress.Any, 843);
                    {|SLA5001:listener.Start()|};
                    while (true)
                    {
                        using var client = listener.AcceptTcpClient();
                        client.GetStream().Write("<policy/>"u8);
                    }
                });
                thread.IsBackground = true;
                thread.Start();
            }
        }
        """);

    [Fact]
    public Task One_time_callback_listener_that_an_early_return_leaves_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        public static class SignIn
        {
            public static async Task<string?> CodeAsync(string redirect, CancellationToken token)
            {
                var listener = new HttpListener();
                listener.Prefixes.Add(redirect);
                {|SLA5001:listener.Start()|};
                var waiting = listener.GetContextAsync();
                var first = await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMinutes(2), token));
                if (first != waiting)
                    return null;
                var context = await waiting;
                using (context.Response)
                    context.Response.StatusCode = 200;
                listener.Close();
                return context.Request.QueryString["code"];
            }
        }
        """);

    [Fact]
    public Task Listening_socket_of_a_static_local_function_is_reported() => Verify<ResourceAnalyzer>.Reports("""
        await ServeAsync(new IPEndPoint(IPAddress.IPv6Any, 7000));

        static async Task ServeAsync(EndPoint where)
        {
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            server.Bind(where);
            {|SLA5001:server.Listen()|};
            for (var served = 0; served < 100; served++)
            {
                using var socket = await server.AcceptAsync();
                await socket.SendAsync("hello"u8.ToArray());
            }

            server.Dispose();
        }
        """);

    [Fact]
    public Task Key_press_that_stops_the_listener_is_silent() => Verify<ResourceAnalyzer>.Silent("""
        var listener = new TcpListener(IPAddress.Any, 7000);
        listener.Start();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            listener.Stop();
        };
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync();
        }
        """);

    [Fact]
    public Task Lifetime_of_the_application_that_stops_it_is_silent() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Server(IHostApplicationLifetime lifetime) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                var listener = new TcpListener(IPAddress.Any, 7000);
                lifetime.ApplicationStopping.Register(listener.Stop);
                listener.Start();
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(stoppingToken);
                }
            }
        }
        """);

    [Fact]
    public Task First_free_port_of_a_range_is_the_callers() => Verify<ResourceAnalyzer>.Silent("""
        public static class Ports
        {
            public static TcpListener Open(int first, int last)
            {
                for (var port = first; port <= last; port++)
                {
                    var listener = new TcpListener(IPAddress.Loopback, port);
                    try
                    {
                        listener.Start();
                        return listener;
                    }
                    catch (SocketException)
                    {
                        listener.Stop();
                    }
                }

                throw new IOException("no free port");
            }
        }
        """);

    [Fact]
    public Task Listeners_of_a_list_are_stopped_with_it() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Dual : IDisposable
        {
            private readonly List<TcpListener> _listeners = [];

            public void Start(int port)
            {
                foreach (var address in new[] { IPAddress.Any, IPAddress.IPv6Any })
                {
                    var listener = new TcpListener(address, port);
                    _listeners.Add(listener);
                    listener.Start();
                }
            }

            public void Dispose()
            {
                foreach (var listener in _listeners)
                    listener.Stop();
            }
        }
        """);

    [Fact]
    public Task Catch_that_stops_and_the_plain_end_that_stops_is_silent() => Verify<ResourceAnalyzer>.Silent("""
        public static class Once
        {
            public static string Receive(int port)
            {
                var listener = new TcpListener(IPAddress.Loopback, port);
                try
                {
                    listener.Start(backlog: 1);
                    using var client = listener.AcceptTcpClient();
                    using var reader = new StreamReader(client.GetStream());
                    var line = reader.ReadLine() ?? "";
                    listener.Stop();
                    return line;
                }
                catch
                {
                    listener.Stop();
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task Switch_expression_before_the_stop_is_silent() => Silent("""
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = listener.LocalEndpoint switch { IPEndPoint end => end.Port, _ => 0 };
        listener.Stop();
        """);
}
