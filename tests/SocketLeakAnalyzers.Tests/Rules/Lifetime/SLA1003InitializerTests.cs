using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>Resources that the initializer of a field acquires, and that nobody gets when the construction throws.</summary>
public class SLA1003InitializerTests
{
    private const string Opening = """
        public class Opening
        {
            private readonly byte _first;
            public Opening(string path) { using (var file = File.OpenRead(path)) { _first = (byte)file.ReadByte(); } }
            public Opening() : this("settings") { }
        }
        public class Quiet
        {
            private readonly string _name;
            public Quiet(string name) { _name = name ?? throw new ArgumentNullException(nameof(name)); }
            public Quiet() : this("x") { }
        }

        """;

    private static Task Reports(string code) => Verify<ResourceAnalyzer>.Reports(Opening + code);

    private static Task Silent(string code) => Verify<ResourceAnalyzer>.Silent(Opening + code);

    [Fact]
    public Task A_base_constructor_that_opens_a_file() => Reports(
        """
        public sealed class C : Opening, IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            public C(string path) : base(path) { }
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task A_base_constructor_that_only_guards() => Silent(
        """
        public sealed class C : Quiet, IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public C(string path) : base(path) { }
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task A_base_constructor_that_is_called_without_a_word() => Reports(
        """
        public sealed class C : Opening, IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            public void Dispose() => _socket.Dispose();
        }
        public sealed class D : Opening, IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            private readonly string _name;
            public D(string name) { _name = name; }
            public void Dispose() => _socket.Dispose();
        }
        public sealed class E : Quiet, IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task A_base_constructor_of_the_framework() => Reports(
        """
        public sealed class Log : FileStream
        {
            private readonly UdpClient _mirror = {|SLA1003:new UdpClient(AddressFamily.InterNetwork)|};
            public Log(string path) : base(path, FileMode.Append) { }
            protected override void Dispose(bool disposing) { _mirror.Dispose(); base.Dispose(disposing); }
        }
        """);

    [Fact]
    public Task A_primary_constructor_with_a_base_that_opens() => Reports(
        """
        public sealed class C(string path) : Opening(path), IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task The_constructor_itself_connects() => Reports(
        """
        public sealed class C : IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            public C(EndPoint end) { _socket.Connect(end); }
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task The_constructor_cleans_up_when_it_fails() => Silent(
        """
        public sealed class C : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public C(EndPoint end)
            {
                try
                {
                    _socket.Connect(end);
                }
                catch
                {
                    _socket.Dispose();
                    throw;
                }
            }
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task The_constructor_disposes_the_object_when_it_fails() => Silent(
        """
        public sealed class C : IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public C(EndPoint end)
            {
                try
                {
                    _socket.Connect(end);
                }
                catch
                {
                    Dispose();
                    throw;
                }
            }
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task A_later_initializer_that_opens_a_file() => Reports(
        """
        public sealed class C : IDisposable
        {
            private readonly Socket _socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            private readonly FileStream _log = new FileStream("log", FileMode.Append);
            public void Dispose() { _socket.Dispose(); _log.Dispose(); }
        }
        """);

    [Fact]
    public Task An_earlier_initializer_that_opens_a_file() => Silent(
        """
        public sealed class C : IDisposable
        {
            private static readonly Stream s_all = File.OpenRead("all");
            private readonly FileStream _log = new FileStream("log", FileMode.Append);
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            private readonly List<string> _names = new() { "a" };
            public void Dispose() { _socket.Dispose(); _log.Dispose(); }
        }
        """);

    [Fact]
    public Task A_field_that_is_never_released_is_another_rule() => Silent(
        """
        public sealed class C : Opening
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public C(string path) : base(path) { }
            public int Available => _socket.Available;
        }
        """);

    [Fact]
    public Task A_constructor_that_calls_another_one() => Silent(
        """
        public sealed class C : Quiet, IDisposable
        {
            private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public C(string path) : base(path) { }
            public C() : this("x") { }
            public void Dispose() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task What_is_not_connected_yet_holds_nothing() => Silent(
        """
        public sealed class C : Opening, IDisposable
        {
            private readonly ClientWebSocket _socket = new ClientWebSocket();
            private readonly NamedPipeClientStream _pipe = new NamedPipeClientStream("p");
            private readonly HttpClient _client = new HttpClient();
            public C(string path) : base(path) { }
            public void Dispose() { _socket.Dispose(); _client.Dispose(); _pipe.Dispose(); }
        }
        """);

    [Fact]
    public Task A_field_of_the_base_class_is_not_the_derived_constructors() => Silent(
        """
        public abstract class Base : IDisposable
        {
            protected readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            public void Dispose() => _socket.Dispose();
        }
        public sealed class C : Base
        {
            public C(EndPoint end) { _socket.Connect(end); }
        }
        """);

    [Fact]
    public Task A_property_with_an_initializer() => Reports(
        """
        public sealed class C : IDisposable
        {
            public Socket Socket { get; } = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
            public C(EndPoint end) { Socket.Bind(end); Socket.Listen(1); }
            public void Dispose() => Socket.Dispose();
        }
        """);

    [Fact]
    public Task A_constructor_that_guards_its_arguments() => Silent(
        """
        public sealed class C : IDisposable
        {
            private readonly TcpClient _client = new TcpClient();
            private readonly string _host;
            public C(string host, int port)
            {
                _host = host ?? throw new ArgumentNullException(nameof(host));
                if (port < 0)
                {
                    throw new ArgumentOutOfRangeException(nameof(port));
                }
            }
            public void Dispose() => _client.Dispose();
        }
        """);

    [Fact]
    public Task A_constructor_that_throws_on_purpose() => Reports(
        """
        public sealed class C : IDisposable
        {
            private readonly TcpClient _client = {|SLA1003:new TcpClient()|};
            public C(string host)
            {
                if (host.Length > 255)
                {
                    throw new FormatException(host);
                }
            }
            public void Dispose() => _client.Dispose();
        }
        """);
}
