using System;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

/// <summary>
/// An object that comes from a member which others may override: theirs may have its timeouts, or set those of the base's. What only the project can override is known.
/// </summary>
public sealed class OverridableFactoryTests
{
    private static Task Due(string code) => Verify<UseAnalyzer>.Reports(code);

    private static Task DueWhereMarked(string code) => code.Contains("{|", StringComparison.Ordinal) ? Due(code) : Clean(code);

    private static Task Clean(string code) => Verify<UseAnalyzer>.Silent(code);

    [Theory]
    [InlineData("public class Dialer", "protected virtual Socket CreateSocket()")]
    [InlineData("public class Dialer", "public virtual Socket CreateSocket()")]
    [InlineData("public class Dialer", "protected internal virtual Socket CreateSocket()")]
    [InlineData("public abstract class Dialer", "protected virtual Socket CreateSocket()")]
    public Task A_socket_of_a_factory_that_another_assembly_may_override_is_not_reported(string type, string factory) => Clean(
        $$"""
        {{type}}
        {
            private Socket _socket = null!;

            {{factory}} => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(IPEndPoint at, byte[] answer)
            {
                _socket = CreateSocket();
                _socket.Connect(at);
                return _socket.Receive(answer);
            }

            public void Close() => _socket.Dispose();
        }
        """);

    [Theory]
    [InlineData("public class Dialer", "private Socket CreateSocket()")]
    [InlineData("public class Dialer", "protected Socket CreateSocket()")]
    [InlineData("public class Dialer", "private protected virtual Socket CreateSocket()")]
    [InlineData("public class Dialer", "internal virtual Socket CreateSocket()")]
    [InlineData("internal class Dialer", "protected virtual Socket CreateSocket()")]
    [InlineData("public sealed class Dialer : Maker", "protected override Socket CreateSocket()")]
    [InlineData("public class Dialer : Maker", "protected sealed override Socket CreateSocket()")]
    [InlineData("internal class Dialer : Maker", "protected override Socket CreateSocket()")]
    public Task A_socket_of_a_factory_that_only_the_project_can_override_is(string type, string factory) => Due(
        $$"""
        public abstract class Maker { protected abstract Socket CreateSocket(); }

        {{type}}
        {
            private Socket _socket = null!;

            {{factory}} => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(IPEndPoint at, byte[] answer)
            {
                _socket = CreateSocket();
                {|SLA2005:_socket.Connect(at)|};
                return {|SLA2004:_socket.Receive(answer)|};
            }

            public void Close() => _socket.Dispose();
        }
        """);

    [Fact]
    public Task An_override_that_others_may_override_again_is_not_known() => Clean(
        """
        public abstract class Maker { protected abstract Socket CreateSocket(); }

        public class Dialer : Maker
        {
            protected override Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(IPEndPoint at, byte[] answer)
            {
                using var socket = CreateSocket();
                socket.Connect(at);
                return socket.Receive(answer);
            }
        }
        """);

    [Fact]
    public Task A_call_on_base_runs_what_stands_there() => Due(
        """
        public class Maker
        {
            protected virtual Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);
        }

        public class Dialer : Maker
        {
            public int Ask(IPEndPoint at, byte[] answer)
            {
                using var socket = base.CreateSocket();
                {|SLA2005:socket.Connect(at)|};
                return {|SLA2004:socket.Receive(answer)|};
            }
        }
        """);

    [Fact]
    public Task What_the_factory_itself_does_with_its_socket_is_known() => Due(
        """
        public class Dialer
        {
            protected virtual Socket Open(IPEndPoint at)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                {|SLA2005:socket.Connect(at)|};
                return socket;
            }

            public Socket Dial(IPEndPoint at) => Open(at);
        }
        """);

    [Fact]
    public Task An_override_in_the_project_that_bounds_leaves_the_base_as_it_is() => Due(
        """
        internal class Dialer
        {
            protected virtual Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(byte[] answer)
            {
                using var socket = CreateSocket();
                return {|SLA2004:socket.Receive(answer)|};
            }
        }

        internal sealed class PatientDialer : Dialer
        {
            protected override Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000, SendTimeout = 5000 };
        }
        """);

    [Fact]
    public Task A_default_that_every_class_of_the_project_replaces_with_a_bounded_one_does_not_run() => Clean(
        """
        internal abstract class Dialer
        {
            protected virtual Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(byte[] answer)
            {
                using var socket = CreateSocket();
                return socket.Receive(answer);
            }
        }

        internal sealed class PatientDialer : Dialer
        {
            protected override Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000, SendTimeout = 5000 };
        }
        """);

    [Fact]
    public Task An_override_in_the_project_that_does_not_bound_is_due_where_the_base_reads() => Due(
        """
        internal abstract class Dialer
        {
            protected abstract Socket CreateSocket();

            public int Ask(byte[] answer)
            {
                using var socket = CreateSocket();
                return {|SLA2004:socket.Receive(answer)|};
            }
        }

        internal sealed class TunnelDialer : Dialer
        {
            protected override Socket CreateSocket() => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        }
        """);

    [Fact]
    public Task What_another_type_gets_from_a_factory_that_others_may_override_is_not_known() => Clean(
        """
        public class Maker
        {
            public virtual Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);
        }

        public class Dialer
        {
            public int Ask(Maker maker, byte[] answer)
            {
                using var socket = maker.CreateSocket();
                return socket.Receive(answer);
            }
        }
        """);

    [Fact]
    public Task What_another_type_gets_from_a_factory_of_the_project_alone_is() => Due(
        """
        internal class Maker
        {
            public virtual Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);
        }

        public class Dialer
        {
            internal int Ask(Maker maker, byte[] answer)
            {
                using var socket = maker.CreateSocket();
                return {|SLA2004:socket.Receive(answer)|};
            }
        }
        """);

    [Fact]
    public Task A_socket_by_way_of_a_delegate_of_the_factory_is_not_known() => Clean(
        """
        public class Dialer
        {
            protected virtual Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(byte[] answer)
            {
                Func<Socket> make = CreateSocket;
                using var socket = make();
                return socket.Receive(answer);
            }
        }
        """);

    [Fact]
    public Task A_socket_of_a_property_that_others_may_override_is_not_known() => Clean(
        """
        public class Dialer
        {
            protected virtual Socket Line => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(byte[] answer)
            {
                using var socket = Line;
                return socket.Receive(answer);
            }
        }
        """);

    [Fact]
    public Task A_socket_of_a_property_that_nobody_can_override_is() => Due(
        """
        public sealed class Dialer
        {
            private Socket Line => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ask(byte[] answer)
            {
                using var socket = Line;
                return {|SLA2004:socket.Receive(answer)|};
            }
        }
        """);

    [Fact]
    public Task A_client_of_any_factory_speaks_TCP_and_is_connected_without_a_limit() => Due(
        """
        public class Dialer
        {
            protected virtual TcpClient CreateClient() => new TcpClient { NoDelay = true };

            public TcpClient Dial(string host)
            {
                var client = CreateClient();
                {|SLA2005:client.Connect(host, 25)|};
                return client;
            }
        }
        """);

    [Fact]
    public Task A_socket_of_an_interface_that_others_may_implement_is_not_known() => Clean(
        """
        public interface ISockets { Socket Create(); }

        public class Dialer
        {
            public Socket Dial(ISockets sockets, EndPoint at)
            {
                var socket = sockets.Create();
                socket.Connect(at);
                return socket;
            }
        }
        """);

    [Fact]
    public Task A_socket_of_an_interface_of_the_project_is() => Due(
        """
        internal interface ISockets { Socket Create(AddressFamily family); }

        internal sealed class TcpSockets : ISockets
        {
            public Socket Create(AddressFamily family) => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        }

        public class Dialer
        {
            internal int Ask(ISockets sockets, IPEndPoint at, byte[] answer)
            {
                using var socket = sockets.Create(at.AddressFamily);
                {|SLA2005:socket.Connect(at)|};
                return {|SLA2004:socket.Receive(answer)|};
            }
        }
        """);

    [Theory]
    [InlineData("protected virtual", "", "")]
    [InlineData("private", "{|SLA2004:", "|}")]
    public Task TLS_over_the_stream_of_a_method(string modifiers, string open, string close) => DueWhereMarked(
        $$"""
        public class Line
        {
            private readonly TcpClient _client = new TcpClient();

            {{modifiers}} NetworkStream OpenStream() => _client.GetStream();

            public int Ask(byte[] answer)
            {
                using var tls = new SslStream(OpenStream());
                return {{open}}tls.Read(answer, 0, answer.Length){{close}};
            }

            public void Close() => _client.Dispose();
        }
        """);

    // SLA2001: whoever overrides it sets the timeout of what the base makes.
    [Theory]
    [InlineData("public class Feed", "protected virtual HttpClient CreateClient() => new HttpClient();")]
    [InlineData("public class Feed", "protected virtual HttpClient CreateClient() { var client = new HttpClient(); client.DefaultRequestHeaders.Add(\"a\", \"b\"); return client; }")]
    public Task A_client_of_a_factory_that_others_may_override_is_not_reported(string type, string factory) => Clean(
        $$"""
        {{type}}
        {
            private readonly HttpClient _client;

            public Feed() => _client = CreateClient();

            {{factory}}

            public Task<string> Read(Uri at) => _client.GetStringAsync(at);
        }
        """);

    [Theory]
    [InlineData("public class Feed", "private HttpClient CreateClient()")]
    [InlineData("internal class Feed", "protected virtual HttpClient CreateClient()")]
    [InlineData("public sealed class Feed", "private static HttpClient CreateClient()")]
    public Task A_client_of_a_factory_of_the_project_alone_is_reported(string type, string factory) => Due(
        $$"""
        {{type}}
        {
            private readonly HttpClient _client;

            public Feed() => _client = CreateClient();

            {{factory}} => {|SLA2001:new HttpClient()|};

            public Task<string> Read(Uri at) => _client.GetStringAsync(at);
        }
        """);

    // SLA2003: what an override gives may be buffered.
    [Theory]
    [InlineData("public class Feed", "protected virtual", "", "")]
    [InlineData("internal class Feed", "protected virtual", "{|SLA2003:", "|}")]
    [InlineData("public class Feed", "private", "{|SLA2003:", "|}")]
    public Task A_streamed_response_of_a_method(string type, string modifiers, string open, string close) => DueWhereMarked(
        $$"""
        {{type}}
        {
            private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(20) };

            {{modifiers}} Task<HttpResponseMessage> SendAsync(Uri at) => s_client.GetAsync(at, HttpCompletionOption.ResponseHeadersRead);

            public async Task<string> Read(Uri at)
            {
                using var response = await SendAsync(at);
                return await {{open}}response.Content.ReadAsStringAsync(){{close}};
            }
        }
        """);

    // SLA2006 and SLA2007: an override may give a socket without the timeout that does nothing, or with keep-alive.
    [Theory]
    [InlineData("public class Line", "protected virtual", "{ ReceiveTimeout = 5000 }", "", "")]
    [InlineData("internal class Line", "protected virtual", "{ ReceiveTimeout = 5000 }", "{|SLA2006:", "|}")]
    [InlineData("public class Line", "private", "{ ReceiveTimeout = 5000 }", "{|SLA2006:", "|}")]
    [InlineData("public class Line", "protected virtual", "", "", "")]
    [InlineData("internal class Line", "protected virtual", "", "{|SLA2007:", "|}")]
    [InlineData("public class Line", "private", "", "{|SLA2007:", "|}")]
    public Task An_asynchronous_read_of_the_socket_of_a_method(string type, string modifiers, string settings, string open, string close) => DueWhereMarked(
        $$"""
        {{type}}
        {
            {{modifiers}} Socket CreateSocket() => new Socket(SocketType.Stream, ProtocolType.Tcp) {{settings}};

            public async Task<int> Read(Memory<byte> buffer)
            {
                using var socket = CreateSocket();
                return await {{open}}socket.ReceiveAsync(buffer){{close}};
            }
        }
        """);

    // SLA2002 stands on the assignment, and is true of the object that it is done to.
    [Fact]
    public Task An_infinite_timeout_in_a_factory_with_its_own_request_is_due() => Due(
        """
        public class Feed
        {
            protected virtual async Task<string> Read(Uri at)
            {
                using var client = new HttpClient { {|SLA2002:Timeout = Timeout.InfiniteTimeSpan|} };
                return await client.GetStringAsync(at);
            }
        }
        """);

    [Theory]
    [InlineData("protected virtual", "", "")]
    [InlineData("private", "{|SLA2002:", "|}")]
    public Task An_infinite_timeout_of_a_client_that_a_method_gives(string modifiers, string open, string close) => DueWhereMarked(
        $$"""
        public class Feed
        {
            {{modifiers}} HttpClient CreateClient() => new HttpClient { {{open}}Timeout = Timeout.InfiniteTimeSpan{{close}} };

            public Task<string> Read(Uri at) => CreateClient().GetStringAsync(at);
        }
        """);
}
