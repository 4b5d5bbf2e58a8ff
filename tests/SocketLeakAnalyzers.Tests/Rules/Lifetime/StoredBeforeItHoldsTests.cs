using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>What a constructor keeps in a field before it holds anything: nothing is lost until it does.</summary>
public sealed class StoredBeforeItHoldsTests
{
    [Fact]
    public Task Listening_socket_that_a_constructor_loses_while_it_binds_is_a_lost_socket() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class Tunnel : IDisposable
        {
            private readonly Socket _listener;
            private readonly Socket _remote;
            private readonly EndPoint _at;
            private Socket? _socket;

            public Tunnel(Socket remote, IPEndPoint at)
            {
                _remote = remote;
                _listener = {|SLA1003:new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp)|};
                _listener.Bind(at);
                _listener.Listen(1);
                _at = _listener.LocalEndPoint!;
                _ = AcceptAsync();
            }

            public void Dispose()
            {
                _listener.Dispose();
                _socket?.Dispose();
                _remote.Dispose();
            }

            private async Task AcceptAsync()
            {
                try
                {
                    _socket = await _listener.AcceptAsync();
                    _listener.Dispose();
                    await Task.Delay(10);
                }
                catch
                {
                    Dispose();
                }
            }
        }
        """);

    [Fact]
    public Task Pipe_that_a_constructor_has_not_connected_yet_holds_nothing() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Session : IDisposable
        {
            private readonly NamedPipeClientStream _pipe;

            public Session(string name)
            {
                _pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut);
                File.WriteAllText("/tmp/pipe", name);
                _pipe.Connect(100);
            }

            public void Dispose() => _pipe.Dispose();
        }
        """);

    [Fact]
    public Task Pipe_that_a_constructor_has_connected_is_lost_when_it_throws() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class Session : IDisposable
        {
            private readonly NamedPipeClientStream _pipe;

            public Session(string name)
            {
                _pipe = {|SLA1003:new NamedPipeClientStream(".", name, PipeDirection.InOut)|};
                _pipe.Connect(100);
                _pipe.WriteByte(1);
            }

            public void Dispose() => _pipe.Dispose();
        }
        """);
}
