using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>The types of the exceptions that a method of the compilation throws decide which handlers of its callers run.</summary>
public class ThrownTypeTests
{
    private const string Handshake = """
        private sealed class ProtocolException : Exception { public ProtocolException(string text) : base(text) { } }

        private static void Handshake(TcpClient client)
        {
            if (!client.Connected)
            {
                throw new ProtocolException("not connected");
            }
        }
        """;

    private static Task Reports(string body, string members = Handshake, string signature = "public TcpClient? M(string host, CancellationToken token)") =>
        Verify<ResourceAnalyzer>.Reports(Verify.InMethod(body, signature, members));

    private static Task Silent(string body, string members = Handshake, string signature = "public TcpClient? M(string host, CancellationToken token)") =>
        Verify<ResourceAnalyzer>.Silent(Verify.InMethod(body, signature, members));

    [Fact]
    public Task The_handler_of_just_this_type_releases() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Handshake(client);
            return client;
        }
        catch (ProtocolException)
        {
            client.Dispose();
            return null;
        }
        """);

    [Fact]
    public Task The_handler_of_a_base_type_releases() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Read(client);
            return client;
        }
        catch (IOException)
        {
            client.Dispose();
            throw;
        }
        """,
        """
        private static void Read(TcpClient client)
        {
            if (client.Available == 0)
            {
                throw new EndOfStreamException();
            }
        }
        """);

    [Fact]
    public Task A_handler_of_another_type_does_not_run() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Handshake(client);
        }
        catch (IOException)
        {
            return null;
        }
        catch (ProtocolException)
        {
            client.Dispose();
            return null;
        }

        return client;
        """);

    [Fact]
    public Task It_passes_a_handler_of_another_type() => Reports(
        """
        var client = {|SLA1003:new TcpClient(host, 1)|};
        try
        {
            Handshake(client);
            return client;
        }
        catch (IOException)
        {
            client.Dispose();
            throw;
        }
        """);

    [Fact]
    public Task It_passes_a_handler_of_a_derived_type_as_it_is_new() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Check(client);
            return client;
        }
        catch (SocketException)
        {
            return null;
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }
        """,
        """
        private static void Check(TcpClient client)
        {
            if (client.Available == 0)
            {
                throw new Exception("nothing there");
            }
        }
        """);

    [Fact]
    public Task A_handler_that_swallows_it_and_leaves() => Reports(
        """
        var client = {|SLA1003:new TcpClient(host, 1)|};
        try
        {
            Handshake(client);
        }
        catch (ProtocolException)
        {
            return null;
        }

        return client;
        """);

    [Fact]
    public Task Through_two_methods() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Greet(client);
            return client;
        }
        catch (ProtocolException)
        {
            client.Dispose();
            return null;
        }
        """,
        Handshake + "\nprivate static void Greet(TcpClient client) => Handshake(client);");

    [Fact]
    public Task Two_types_of_which_one_is_caught() => Reports(
        """
        var client = {|SLA1003:new TcpClient(host, 1)|};
        try
        {
            Greet(client);
            return client;
        }
        catch (ProtocolException)
        {
            client.Dispose();
            return null;
        }
        """,
        Handshake + "\nprivate static void Greet(TcpClient client) { Handshake(client); if (client.Available == 0) throw new TimeoutException(); }");

    [Fact]
    public Task What_a_callee_catches_itself_does_not_reach_the_caller() => Silent(
        """
        var client = new TcpClient(host, 1);
        Greet(client);
        return client;
        """,
        Handshake + "\nprivate static bool Greet(TcpClient client) { try { Handshake(client); return true; } catch (ProtocolException) { return false; } }");

    [Fact]
    public Task What_a_callee_wraps_is_of_the_type_of_the_wrapper() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Greet(client);
            return client;
        }
        catch (TimeoutException)
        {
            client.Dispose();
            return null;
        }
        """,
        Handshake + "\nprivate static void Greet(TcpClient client) { try { Handshake(client); } catch (ProtocolException e) { throw new TimeoutException(\"late\", e); } }");

    [Fact]
    public Task An_exception_that_a_factory_makes_is_of_its_type_or_a_derived_one() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Greet(client);
            return client;
        }
        catch (SocketException)
        {
            client.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            client.Dispose();
            return null;
        }
        """,
        "private static Exception Make() => new SocketException();\nprivate static void Greet(TcpClient client) { if (client.Available == 0) throw (System.ComponentModel.Win32Exception)Make(); }");

    [Fact]
    public Task A_local_function_throws_what_it_says() => Silent(
        """
        var client = new TcpClient(host, 1);
        try
        {
            Check();
            return client;
        }
        catch (TimeoutException)
        {
            client.Dispose();
            return null;
        }

        void Check()
        {
            if (client.Available == 0) throw new TimeoutException();
        }
        """);

    [Fact]
    public Task Guards_of_a_callee_still_do_not_count() => Silent(
        "var client = new TcpClient(host, 1);\nCheck(client);\nreturn client;",
        "private static void Check(TcpClient client) { if (client.Available < 0) throw new InvalidOperationException(); }");
}
