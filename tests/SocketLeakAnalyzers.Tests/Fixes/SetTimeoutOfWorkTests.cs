using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>The fix of SLA4001 and SLA4003: the work that nobody waits for is bounded by the timeouts of its socket.</summary>
public sealed class SetTimeoutOfWorkTests
{
    private static Task Fixes(string before, string after, string signature, string members = "", string? afterMembers = null) =>
        Verify<UseAnalyzer, SetTimeoutCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, afterMembers ?? members), editorconfig: "dotnet_diagnostic.SLA2005.severity = none");

    [Fact]
    public Task A_thread_that_is_left_at_its_deadline_ends_with_its_client() => Fixes(
        """
        var thread = new Thread(() =>
        {
            using var client = new TcpClient(host, 9000);
            client.GetStream().Read(new byte[9], 0, 9);
        });
        thread.Start();
        if (!{|SLA4001:thread.Join(1000)|})
            Console.WriteLine("late");
        """,
        """
        var thread = new Thread(() =>
        {
            using var client = new TcpClient(host, 9000) { ReceiveTimeout = 30000, SendTimeout = 30000 };
            client.GetStream().Read(new byte[9], 0, 9);
        });
        thread.Start();
        if (!thread.Join(1000))
            Console.WriteLine("late");
        """,
        "public void M(string host)");

    [Fact]
    public Task A_thread_that_nobody_stops_ends_with_its_client() => Fixes(
        """
        while (true)
        {
            var client = listener.AcceptTcpClient(); // the next
            {|SLA4001:new Thread(() => Handle(client)).Start()|};
        }
        """,
        """
        while (true)
        {
            var client = listener.AcceptTcpClient(); // the next
            client.ReceiveTimeout = 30000;
            client.SendTimeout = 30000;
            new Thread(() => Handle(client)).Start();
        }
        """,
        "public void M(TcpListener listener)",
        "private static void Handle(TcpClient client)\n{\n    using (client)\n    {\n        client.GetStream().Read(new byte[9], 0, 9);\n    }\n}");

    [Fact]
    public Task Work_that_is_forgotten_on_the_pool_ends_with_its_socket() => Fixes(
        "var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);\nsocket.Connect(host, 9000);\n_ = {|SLA4003:Task.Run(() => { using (socket) socket.Receive(new byte[9]); })|};",
        "var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30000, SendTimeout = 30000 };\nsocket.Connect(host, 9000);\n_ = Task.Run(() => { using (socket) socket.Receive(new byte[9]); });",
        "public void M(string host)");

    [Fact]
    public Task A_socket_that_is_given_is_bounded_ahead_of_its_first_use() => Fixes(
        """
        ArgumentNullException.ThrowIfNull(socket);
        if (buffer.Length == 0)
            return;
        // Reads it elsewhere.
        {|SLA4003:ThreadPool.QueueUserWorkItem(_ => socket.Receive(buffer))|};
        """,
        """
        ArgumentNullException.ThrowIfNull(socket);
        if (buffer.Length == 0)
            return;
        // Reads it elsewhere.
        socket.ReceiveTimeout = 30000;
        socket.SendTimeout = 30000;
        ThreadPool.QueueUserWorkItem(_ => socket.Receive(buffer));
        """,
        "public void M(Socket socket, byte[] buffer)");

    [Fact]
    public Task An_expression_body_becomes_a_block() => Fixes(
        "",
        "",
        "public void M()",
        "public void N(Socket socket, byte[] buffer) => {|SLA4003:ThreadPool.QueueUserWorkItem(_ => socket.Receive(buffer))|};",
        "public void N(Socket socket, byte[] buffer)\n{\n    socket.ReceiveTimeout = 30000;\n    socket.SendTimeout = 30000;\n    ThreadPool.QueueUserWorkItem(_ => socket.Receive(buffer));\n}");

    [Fact]
    public Task Both_sockets_of_the_work_are_bounded() => Fixes(
        """
        var thread = new Thread(() =>
        {
            using var left = new TcpClient(host, 1);
            using var right = listener.AcceptSocket();
            left.GetStream().ReadByte();
            right.Receive(new byte[9]);
        });
        thread.Start();
        {|SLA4001:thread.Join(100)|};
        """,
        """
        var thread = new Thread(() =>
        {
            using var left = new TcpClient(host, 1) { ReceiveTimeout = 30000, SendTimeout = 30000 };
            using var right = listener.AcceptSocket();
            right.ReceiveTimeout = 30000;
            right.SendTimeout = 30000;
            left.GetStream().ReadByte();
            right.Receive(new byte[9]);
        });
        thread.Start();
        thread.Join(100);
        """,
        "public void M(TcpListener listener, string host)");
}
