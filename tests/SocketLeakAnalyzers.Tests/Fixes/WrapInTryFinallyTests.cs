using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

public class WrapInTryFinallyTests
{
    private const string Sync = "public void M(string host, bool a)";

    private static Task Fixes(string before, string after, string signature = Sync, string members = "") =>
        Verify<ResourceAnalyzer, WrapInTryFinallyCodeFixProvider>.Fixes(Verify.InMethod(before, signature, members), Verify.InMethod(after, signature, members));

    [Fact]
    public Task A_variable_that_is_set_before_and_assigned_again() => Fixes(
        """
        TcpClient? client = null;
        Console.WriteLine(client);
        client = {|SLA1002:new TcpClient(host, 13)|};
        // Writes.
        client.GetStream().WriteByte(1);
        client.Close(); // done
        """,
        """
        TcpClient? client = null;
        Console.WriteLine(client);
        client = new TcpClient(host, 13);
        try
        {
            // Writes.
            client.GetStream().WriteByte(1);
        }
        finally
        {
            client.Close();
        }
        // done
        """);

    [Fact]
    public Task What_is_needed_behind_the_release_is_declared_ahead() => Fixes(
        """
        TcpClient? client = null;
        Console.WriteLine(client);
        client = {|SLA1002:new TcpClient(host, 13)|};
        var first = client.GetStream().ReadByte();
        client.Close();
        File.Delete(host + first);
        """,
        """
        TcpClient? client = null;
        Console.WriteLine(client);
        client = new TcpClient(host, 13);
        int first;
        try
        {
            first = client.GetStream().ReadByte();
        }
        finally
        {
            client.Close();
        }
        File.Delete(host + first);
        """);

    [Fact]
    public Task What_is_declared_ahead_keeps_its_order() => Fixes(
        """
        TcpClient? client = null;
        Console.WriteLine(client);
        client = {|SLA1002:new TcpClient(host, 13)|};
        var kind = client.GetStream().ReadByte();
        long length = client.GetStream().ReadByte();
        client.Close();
        Console.WriteLine(length - kind);
        """,
        """
        TcpClient? client = null;
        Console.WriteLine(client);
        client = new TcpClient(host, 13);
        int kind;
        long length;
        try
        {
            kind = client.GetStream().ReadByte();
            length = client.GetStream().ReadByte();
        }
        finally
        {
            client.Close();
        }
        Console.WriteLine(length - kind);
        """);

    [Fact]
    public Task A_finally_that_is_there_gets_the_release() => Fixes(
        """
        FileStream? stream = null;
        TcpClient? client = null;
        try
        {
            Console.WriteLine(stream);
            stream = {|SLA1001:File.OpenRead(host)|};
            client = new TcpClient(host, 13);
            stream.CopyTo(client.GetStream());
        }
        finally
        {
            client?.Dispose(); // last
        }
        """,
        """
        FileStream? stream = null;
        TcpClient? client = null;
        try
        {
            Console.WriteLine(stream);
            stream = File.OpenRead(host);
            client = new TcpClient(host, 13);
            stream.CopyTo(client.GetStream());
        }
        finally
        {
            client?.Dispose(); // last
            stream?.Dispose();
        }
        """);

    [Fact]
    public Task Where_a_using_can_be_it_is_left_to_that() => Verify<ResourceAnalyzer, WrapInTryFinallyCodeFixProvider>.NoFix(
        Verify.InMethod("var client = {|SLA1002:new TcpClient(host, 13)|};\nclient.GetStream().WriteByte(1);\nclient.Close();", Sync));
}
