using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Loops that swallow an exception and go on: what is lost in one round is lost to that exception, not to the next round.</summary>
public class LoopExceptionTests
{
    [Fact]
    public async Task What_a_handshake_loses_in_an_accept_loop_is_lost_to_the_handshake() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Listener(Socket socket, Action<object>? accepted)
            {
                private readonly Action<object>? _accepted = accepted;

                public async Task Run(CancellationToken token)
                {
                    while (!token.IsCancellationRequested)
                    {
                        try
                        {
                            var client = await {|#0:socket.AcceptAsync(token)|};
                            client.NoDelay = true;
                            {|#1:await Task.Delay(1, token)|};
                            _accepted?.Invoke(client);
                        }
                        catch (Exception e)
                        {
                            Console.WriteLine(e);
                        }
                    }
                }
            }
            """.Replace("{|#1:await Task.Delay(1, token)|}", "await {|#1:Task.Delay(1, token)|}"),
            [Verify<ResourceAnalyzer>.Diagnostic("SLA1003").WithLocation(0).WithLocation(1).WithArguments("'client' (Socket)", "if 'Delay' on line {#1} throws", " before it is returned, stored or passed on", "disposed")]);

    [Fact]
    public async Task Handler_called_when_somebody_subscribed_takes_the_client() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Listener
            {
                public event Action<TcpClient>? Accepted;

                public void Run(TcpListener listener)
                {
                    while (true)
                    {
                        var client = listener.AcceptTcpClient();
                        Accepted?.Invoke(client);
                    }
                }
            }
            """);

    [Fact]
    public async Task Helper_that_releases_when_it_returns_has_released() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Closer
            {
                public static void M(EndPoint end)
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    try { socket.Connect(end); }
                    finally { Shut(socket); }
                }

                private static void Shut(Socket socket)
                {
                    socket.Shutdown(SocketShutdown.Both);
                    socket.Close();
                }
            }
            """);
}
