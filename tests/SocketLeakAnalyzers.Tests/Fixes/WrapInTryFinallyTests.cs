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
    public Task Where_a_using_can_be_it_is_left_to_that() => Verify<ResourceAnalyzer, WrapInTryFinallyCodeFixProvider>.NoFix(
        Verify.InMethod("var client = {|SLA1002:new TcpClient(host, 13)|};\nclient.GetStream().WriteByte(1);\nclient.Close();", Sync));
}
