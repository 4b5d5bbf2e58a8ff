using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>Tuples of which one element tells whether there is a resource in another.</summary>
public sealed class TupleAnswerTests
{
    private static string Caller(string body) => Verify.InMethod(
        body,
        "public async Task<object> M(string host, CancellationToken token)",
        """
        private static async Task<(bool IsOpen, TcpClient Client)> TryAsync(string host, CancellationToken token)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 7000, token);
                return (true, client);
            }
            catch (SocketException)
            {
                client.Dispose();
                return (false, null);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }

        private static (bool HasFailed, Socket Socket) Try(EndPoint end)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(end);
            }
            catch (SocketException)
            {
                socket.Dispose();
                return (true, null);
            }

            return (false, socket);
        }

        private static (Stream Body, string Error) Open(string path) => File.Exists(path) ? (File.OpenRead(path), null) : (null, "no file");
        """);

    [Theory]
    [InlineData("var (isOpen, client) = await TryAsync(host, token); if (!isOpen) return null; using (client) return client.Available;")]
    [InlineData("var result = await TryAsync(host, token); if (!result.IsOpen) return null; using var client = result.Client; return client.Available;")]
    [InlineData("var (isOpen, client) = await TryAsync(host, token); if (isOpen) { client.Dispose(); } return null;")]
    [InlineData("var (_, client) = await TryAsync(host, token); if (client is null) return null; using (client) return client.Available;")]
    [InlineData("var (isOpen, client) = await TryAsync(host, token); return isOpen ? client : null;")]
    [InlineData("if (await TryAsync(host, token) is (true, { } client)) client.Dispose(); return null;")]
    [InlineData("switch (await TryAsync(host, token)) { case (true, var client): client.Dispose(); break; } return null;")]
    [InlineData("var (hasFailed, socket) = Try(new IPEndPoint(IPAddress.Any, 0)); if (hasFailed) return null; using (socket) return socket.Available;")]
    [InlineData("var (body, error) = Open(host); if (error != null) return error; using (body) return body.ReadByte();")]
    public async Task What_is_released_where_there_is_one_is_not_reported(string body) => await Verify<ResourceAnalyzer>.Silent(Caller(body));

    [Theory]
    [InlineData("var (isOpen, client) = await {|SLA1001:TryAsync(host, token)|}; if (!isOpen) return null; return client.Available;")]
    [InlineData("var result = await {|SLA1001:TryAsync(host, token)|}; return result.IsOpen ? result.Client.Available : 0;")]
    [InlineData("var (isOpen, client) = await {|SLA1002:TryAsync(host, token)|}; if (isOpen) { if (host == \"\") return null; client.Dispose(); } return null;")]
    [InlineData("var (hasFailed, socket) = {|SLA1001:Try(new IPEndPoint(IPAddress.Any, 0))|}; if (hasFailed) return null; return socket.Available;")]
    [InlineData("var (body, error) = {|SLA1001:Open(host)|}; if (error != null) return error; return body.ReadByte();")]
    public async Task What_is_dropped_where_there_is_one_is_reported(string body) => await Verify<ResourceAnalyzer>.Reports(Caller(body));
}
