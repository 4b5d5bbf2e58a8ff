using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class DisposeBeforeLeavingTests
{
    private static Task Fixes(string before, string after, string signature, string members = "") =>
        Verify<ResourceAnalyzer, DisposeBeforeLeavingCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, members));

    private static Task Refuses(string body, string signature, string members = "") =>
        Verify<ResourceAnalyzer, DisposeBeforeLeavingCodeFixProvider>.NoFix(Verify.InMethod(body, signature, members));

    [Fact]
    public Task A_response_whose_stream_is_returned_unless_the_server_refused() => Fixes(
        """
        var response = await {|SLA1002:http.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, token)|};

        // Not there.
        if (!response.IsSuccessStatusCode)
        {
            return null; // nothing to read
        }

        return await response.Content.ReadAsStreamAsync(token);
        """,
        """
        var response = await http.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, token);

        try
        {
            // Not there.
            if (!response.IsSuccessStatusCode)
            {
                response.Dispose();
                return null; // nothing to read
            }

            return await response.Content.ReadAsStreamAsync(token);
        }
        catch
        {
            response.Dispose();
            throw;
        }
        """,
        "public async Task<Stream> M(HttpClient http, Uri page, CancellationToken token)");

    [Fact]
    public Task A_client_of_a_round_that_is_passed_over() => Fixes(
        """
        while (true)
        {
            var client = {|SLA1002:listener.AcceptTcpClient()|};
            if (clients.Count > 100) continue;
            clients.Add(client);
        }
        """,
        """
        while (true)
        {
            var client = listener.AcceptTcpClient();
            if (clients.Count > 100)
            {
                client.Dispose();
                continue;
            }
            clients.Add(client);
        }
        """,
        "public void M(TcpListener listener, List<TcpClient> clients)");

    [Fact]
    public Task Each_of_several_ways_out() => Fixes(
        """
        var file = {|SLA1002:File.OpenRead(path)|};
        if (file.Length == 0)
        {
            return (null, "empty");
        }
        else if (file.Length > limit)
            return (null, "too long");

        return (file, name);
        """,
        """
        var file = File.OpenRead(path);
        if (file.Length == 0)
        {
            file.Dispose();
            return (null, "empty");
        }
        else if (file.Length > limit)
        {
            file.Dispose();
            return (null, "too long");
        }

        return (file, name);
        """,
        "public (Stream, string) M(string path, long limit, string name)");

    [Fact]
    public Task A_section_of_a_switch_beside_those_that_hand_over() => Fixes(
        """
        var file = {|SLA1002:File.OpenRead(path)|};
        switch (kind)
        {
            case 1: return new BufferedStream(file);
            case 2: return file;
            default: return null;
        }
        """,
        """
        var file = File.OpenRead(path);
        switch (kind)
        {
            case 1: return new BufferedStream(file);
            case 2: return file;
            default: file.Dispose(); return null;
        }
        """,
        "public Stream M(string path, int kind)");

    [Fact]
    public Task What_is_returned_is_read_from_it() => Refuses(
        """
        var socket = {|SLA1002:listener.Accept()|};
        if (socket.Available < 4) return socket.Available;
        sockets.Add(socket);
        return 0;
        """,
        "public int M(Socket listener, List<Socket> sockets)");

    [Fact]
    public Task What_is_returned_rests_on_it() => Refuses(
        """
        var client = {|SLA1002:listener.AcceptTcpClient()|};
        var stream = client.GetStream();
        if (stream.CanWrite) return Next(stream);
        clients.Add(client);
        return 0;
        """,
        "public int M(TcpListener listener, List<TcpClient> clients)",
        "private static int Next(NetworkStream stream) => stream.CanRead ? 1 : 2;");

    [Fact]
    public Task It_may_have_been_handed_over_on_the_way() => Refuses(
        """
        var socket = {|SLA1002:listener.Accept()|};
        if (keep) sockets.Add(socket);
        return 0;
        """,
        "public int M(Socket listener, List<Socket> sockets, bool keep)");

    [Fact]
    public Task A_round_of_a_loop_may_have_handed_it_over_before() => Refuses(
        """
        var socket = {|SLA1002:listener.Accept()|};
        for (var i = 0; i < 3; i++)
        {
            if (i == limit) return i;
            if (i == 2) sockets.Add(socket);
        }

        return 0;
        """,
        "public int M(Socket listener, List<Socket> sockets, int limit)");

    [Fact]
    public Task A_stream_that_the_result_of_an_endpoint_takes_is_not_ended_by_a_scope() => Fixes(
        """
        var response = await {|SLA1002:http.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, token)|};
        if (!response.IsSuccessStatusCode)
            return Results.StatusCode(502);

        return Results.Stream(await response.Content.ReadAsStreamAsync(token), "application/json");
        """,
        """
        var response = await http.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, token);
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                response.Dispose();
                return Results.StatusCode(502);
            }

            return Results.Stream(await response.Content.ReadAsStreamAsync(token), "application/json");
        }
        catch
        {
            response.Dispose();
            throw;
        }
        """,
        "public async Task<IResult> M(HttpClient http, Uri page, CancellationToken token)");

    [Fact]
    public Task A_socket_that_a_full_queue_refuses() => Fixes(
        """
        while (true)
        {
            var socket = {|SLA1002:listener.Accept()|};
            if (!queue.TryWrite(socket))
            {
                Console.WriteLine("queue is full");
            }
        }
        """,
        """
        while (true)
        {
            var socket = listener.Accept();
            if (!queue.TryWrite(socket))
            {
                Console.WriteLine("queue is full");
                socket.Dispose();
            }
        }
        """,
        "public void M(Socket listener, ChannelWriter<Socket> queue)");

    [Fact]
    public Task A_socket_that_a_full_queue_refuses_in_one_statement() => Fixes(
        """
        var socket = {|SLA1002:listener.Accept()|};
        if (!queue.TryWrite(socket))
            Console.WriteLine("queue is full"); // drop it
        """,
        """
        var socket = listener.Accept();
        if (!queue.TryWrite(socket))
        {
            socket.Dispose();
            Console.WriteLine("queue is full"); // drop it
        }
        """,
        "public void M(Socket listener, ChannelWriter<Socket> queue)");

    [Fact]
    public Task One_that_another_thread_was_faster_to_add() => Fixes(
        """
        var made = {|SLA1002:new TcpClient(host, 80)|};
        if (clients.TryAdd(host, made))
        {
            return made;
        }

        return clients[host];
        """,
        """
        var made = new TcpClient(host, 80);
        if (clients.TryAdd(host, made))
        {
            return made;
        }

        made.Dispose();
        return clients[host];
        """,
        "public TcpClient M(string host)",
        "private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TcpClient> clients = new();");

    [Fact]
    public Task A_helper_of_the_type_keeps_it_on_one_branch() => Fixes(
        """
        while (true)
        {
            var client = {|SLA1002:listener.AcceptTcpClient()|};
            if (client.Available > 10)
                Keep(client); // it has said something
        }
        """,
        """
        while (true)
        {
            var client = listener.AcceptTcpClient();
            if (client.Available > 10)
                Keep(client); // it has said something
            else
                client.Dispose();
        }
        """,
        "public void M(TcpListener listener)",
        "private readonly List<TcpClient> kept = new(); private void Keep(TcpClient client) => kept.Add(client);");

    [Fact]
    public Task A_callback_is_given_it_on_one_branch() => Fixes(
        """
        var client = {|SLA1002:listener.Accept()|};
        if (isOpen)
        {
            ThreadPool.QueueUserWorkItem(Serve, client);
        }
        """,
        """
        var client = listener.Accept();
        if (isOpen)
        {
            ThreadPool.QueueUserWorkItem(Serve, client);
        }
        else
        {
            client.Dispose();
        }
        """,
        "public void M(Socket listener, bool isOpen)",
        "private static void Serve(object? state) { using var client = (Socket)state!; client.Blocking = false; }");

    [Fact]
    public Task What_keeps_it_on_one_branch_makes_something_that_may_throw() => Fixes(
        """
        var socket = {|SLA1002:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
        socket.Connect(end);
        if (keep) Interlocked.Exchange(ref current, socket)?.Dispose();
        """,
        """
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(end);
            if (keep) Interlocked.Exchange(ref current, socket)?.Dispose();
            else socket.Dispose();
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        """,
        "public void M(EndPoint end, bool keep)",
        "private Socket? current;");

    [Fact]
    public Task It_is_used_behind_the_branch_that_hands_it_over() => Refuses(
        """
        var client = {|SLA1002:listener.AcceptTcpClient()|};
        if (keep)
        {
            all.Add(client);
        }

        Console.WriteLine(client.Connected);
        """,
        "public void M(TcpListener listener, bool keep, List<TcpClient> all)");

    [Fact]
    public Task Two_branches_may_hand_it_over() => Refuses(
        """
        var client = {|SLA1002:listener.AcceptTcpClient()|};
        if (keep)
        {
            all.Add(client);
        }

        if (first)
        {
            others.Add(client);
        }
        """,
        "public void M(TcpListener listener, bool keep, bool first, List<TcpClient> all, List<TcpClient> others)");

    [Fact]
    public Task A_condition_asks_for_more_than_whether_it_was_taken() => Refuses(
        """
        var socket = {|SLA1002:listener.Accept()|};
        if (!queue.TryWrite(socket) || isLast)
        {
            Console.WriteLine("queue is full");
        }
        """,
        "public void M(Socket listener, ChannelWriter<Socket> queue, bool isLast)");

    [Fact]
    public Task A_started_listener_that_another_path_keeps_is_stopped_where_it_is_not() => Fixes(
        """
        var listener = new TcpListener(IPAddress.Loopback, 0);
        {|SLA5001:listener.Start()|};
        if (name.Length == 0)
            return;

        forwards.Add(name, listener);
        """,
        """
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        if (name.Length == 0)
        {
            listener.Dispose();
            return;
        }

        forwards.Add(name, listener);
        """,
        "public void M(Dictionary<string, TcpListener> forwards, string name)");

    [Fact]
    public Task A_started_listener_that_is_returned_is_stopped_where_it_is_not_and_on_failure() => Fixes(
        """
        var listener = new HttpListener();
        listener.Prefixes.Add(prefix);
        {|SLA5001:listener.Start()|};
        if (once)
        {
            listener.GetContext().Response.Close();
            return null;
        }

        return listener;
        """,
        """
        var listener = new HttpListener();
        try
        {
            listener.Prefixes.Add(prefix);
            listener.Start();
            if (once)
            {
                listener.GetContext().Response.Close();
                listener.Close();
                return null;
            }

            return listener;
        }
        catch
        {
            listener.Close();
            throw;
        }
        """,
        "public HttpListener? M(string prefix, bool once)");
}
