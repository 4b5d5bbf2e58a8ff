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
}
