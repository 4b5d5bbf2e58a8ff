using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Calls of interface and virtual members of which every implementation is in the compilation.</summary>
public class ImplementationTests
{
    private static Task Reports(string code) => Verify<ResourceAnalyzer>.Reports(code);

    private static Task Silent(string code) => Verify<ResourceAnalyzer>.Silent(code);

    private const string Dialers = """
        internal sealed class PlainDialer : IDialer
        {
            public TcpClient Dial(string host) => new TcpClient(host, 80);
        }

        internal sealed class QuietDialer : IDialer
        {
            public TcpClient Dial(string host)
            {
                var client = new TcpClient(host, 8080);
                client.NoDelay = true;
                return client;
            }
        }
        """;

    private const string Caller = """

        public class Health
        {
            private readonly object _dialer = new();
            public bool IsUp(string host)
            {
                var client = {|SLA1001:((IDialer)_dialer).Dial(host)|};
                return client.Connected;
            }
        }
        """;

    [Fact]
    public Task All_implementations_of_an_internal_interface_give_a_fresh_client() =>
        Reports("internal interface IDialer { TcpClient Dial(string host); }\n" + Dialers + Caller);

    [Fact]
    public Task A_public_interface_can_be_implemented_elsewhere() =>
        Silent(("public interface IDialer { TcpClient Dial(string host); }\n" + Dialers + Caller).Replace("{|SLA1001:", string.Empty).Replace("|};", ";"));

    [Fact]
    public Task An_internal_interface_that_a_friend_can_see_can_be_implemented_there() =>
        Silent(("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Tests\")]\ninternal interface IDialer { TcpClient Dial(string host); }\n" + Dialers + Caller).Replace("{|SLA1001:", string.Empty).Replace("|};", ";"));

    private const string Recorders = """
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Tests")]
        internal abstract class Recorder
        {
            public async Task StartAsync(string name)
            {
                var stream = {|SLA1001:File.OpenRead(name)|};
                Copy(stream);
                await Task.Yield();
            }

            protected abstract void Copy(Stream stream);
        }

        """;

    [Fact]
    public Task An_implementation_in_sight_that_keeps_the_stream_says_more_than_the_convention() =>
        Silent(Recorders.Replace("{|SLA1001:", string.Empty).Replace("|};", ";") + """
            internal sealed class Raw : Recorder
            {
                protected override void Copy(Stream stream) => _ = Task.Run(async () => await WriteAsync(stream));

                private static async Task WriteAsync(Stream stream)
                {
                    try { await stream.CopyToAsync(Stream.Null); }
                    finally { await stream.DisposeAsync(); }
                }
            }
            """);

    [Fact]
    public Task Implementations_in_sight_that_only_read_the_stream_bear_the_convention_out() =>
        Reports(Recorders + """
            internal sealed class Raw : Recorder
            {
                protected override void Copy(Stream stream) => stream.CopyTo(Stream.Null);
            }
            """);

    [Fact]
    public Task One_implementation_that_keeps_its_client_makes_it_unknown() => Silent(
        ("internal interface IDialer { TcpClient Dial(string host); }\n" + Dialers + """

        internal sealed class SharingDialer : IDialer, IDisposable
        {
            private readonly TcpClient _shared = new TcpClient("h", 1);
            public TcpClient Dial(string host) => _shared;
            public void Dispose() => _shared.Dispose();
        }
        """ + Caller).Replace("{|SLA1001:", string.Empty).Replace("|};", ";"));

    /// <summary>An implementation is one under whatever name its base list gives the interface.</summary>
    [Theory]
    [InlineData("using IOpens = IDialer;", "internal sealed class SharingDialer : IOpens")]
    [InlineData("", "internal sealed class SharingDialer : global::IDialer")]
    [InlineData("", "internal interface IFastDialer : IDialer { } internal sealed class SharingDialer : IFastDialer")]
    [InlineData("", "internal sealed partial class SharingDialer : IDialer { } internal sealed partial class SharingDialer")]
    [InlineData("", "internal sealed record SharingDialer : IDialer")]
    public Task One_implementation_under_another_name_makes_it_unknown_too(string header, string declaration) => Silent(
        (header + "\ninternal interface IDialer { TcpClient Dial(string host); }\n" + Dialers + declaration + """

        {
            private static readonly TcpClient s_shared = new TcpClient("h", 1);
            public TcpClient Dial(string host) => s_shared;
        }
        """ + Caller).Replace("{|SLA1001:", string.Empty).Replace("|};", ";"));

    [Fact]
    public Task A_class_that_only_bears_the_name_of_an_implementation_is_none() => Reports(
        "internal interface IDialer { TcpClient Dial(string host); }\n" + Dialers + """

        namespace Other
        {
            internal interface IDialer { }
            internal sealed class SharingDialer : IDialer
            {
                private static readonly TcpClient s_shared = new TcpClient("h", 1);
                public TcpClient Dial(string host) => s_shared;
            }
        }
        """ + Caller);

    [Fact]
    public Task A_private_nested_interface_is_closed_even_to_friends() => Reports(
        """
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Tests")]
        public class Fetcher
        {
            private interface ISource { Task<Stream> OpenAsync(string name, CancellationToken token); }

            private sealed class Disk : ISource
            {
                public Task<Stream> OpenAsync(string name, CancellationToken token) => Task.FromResult<Stream>(File.OpenRead(name));
            }

            private sealed class Web(HttpClient client) : ISource
            {
                public Task<Stream> OpenAsync(string name, CancellationToken token) => client.GetStreamAsync(name, token);
            }

            private readonly List<ISource> _sources = new();

            public async Task<int> FirstByteAsync(string name, CancellationToken token)
            {
                foreach (var source in _sources)
                {
                    var stream = await {|SLA1001:source.OpenAsync(name, token)|};
                    return stream.ReadByte();
                }

                return -1;
            }
        }
        """);

    [Fact]
    public Task An_abstract_method_of_an_internal_class_runs_its_overrides() => Reports(
        """
        internal abstract class Transport
        {
            protected abstract Socket Open(EndPoint end);

            public int Ping(EndPoint end)
            {
                var socket = {|SLA1001:Open(end)|};
                return socket.Available;
            }
        }

        internal sealed class Tcp : Transport
        {
            protected override Socket Open(EndPoint end)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { socket.Connect(end); } catch { socket.Dispose(); throw; }
                return socket;
            }
        }

        internal sealed class Udp : Transport
        {
            protected override Socket Open(EndPoint end) => new Socket(SocketType.Dgram, ProtocolType.Udp);
        }
        """);

    [Fact]
    public Task A_virtual_method_of_a_public_class_can_be_overridden_elsewhere() => Silent(
        """
        public class Transport
        {
            protected virtual Socket Open(EndPoint end) => new Socket(SocketType.Stream, ProtocolType.Tcp);

            public int Ping(EndPoint end)
            {
                var socket = Open(end);
                return socket.Available;
            }
        }
        """);

    [Fact]
    public Task A_public_class_that_implements_it_can_be_derived_from_elsewhere() => Silent(
        """
        internal interface IDialer { TcpClient Dial(string host); }
        public class Dialer : IDialer
        {
            public virtual TcpClient Dial(string host) => new TcpClient(host, 1);
            internal static int Use(IDialer dialer) => dialer.Dial("h").Available;
        }
        """);

    [Fact]
    public Task A_helper_behind_an_interface_releases_its_argument() => Silent(
        """
        internal interface ICloser { void Close(TcpClient client, string reason); }
        internal sealed class Logged : ICloser
        {
            public void Close(TcpClient client, string reason) { Console.WriteLine(reason); client.Dispose(); }
        }
        internal sealed class Silently : ICloser
        {
            public void Close(TcpClient client, string reason) => client.Close();
        }
        public class C
        {
            internal void M(ICloser closer)
            {
                var client = new TcpClient("h", 1);
                closer.Close(client, "done");
            }
        }
        """);

    [Fact]
    public Task A_helper_behind_an_interface_only_uses_its_argument() => Reports(
        """
        internal interface ISender { void Send(TcpClient client, byte[] data); }
        internal sealed class Plain : ISender
        {
            public void Send(TcpClient client, byte[] data) => client.GetStream().Write(data, 0, data.Length);
        }
        internal sealed class Twice : ISender
        {
            public void Send(TcpClient client, byte[] data)
            {
                client.GetStream().Write(data, 0, data.Length);
                client.GetStream().Write(data, 0, data.Length);
            }
        }
        public class C
        {
            internal void M(ISender sender, byte[] data)
            {
                var client = {|SLA1001:new TcpClient("h", 1)|};
                sender.Send(client, data);
            }
        }
        """);

    [Fact]
    public Task An_interface_that_somebody_implements_by_keeping_the_argument_is_unknown() => Silent(
        """
        internal interface ISender { void Send(TcpClient client, byte[] data); }
        internal sealed class Plain : ISender
        {
            public void Send(TcpClient client, byte[] data) => client.GetStream().Write(data, 0, data.Length);
        }
        internal sealed class Queued : ISender
        {
            private readonly Queue<TcpClient> _clients = new();
            public void Send(TcpClient client, byte[] data) => _clients.Enqueue(client);
        }
        public class C
        {
            internal void M(ISender sender, byte[] data)
            {
                var client = new TcpClient("h", 1);
                sender.Send(client, data);
            }
        }
        """);

    [Fact]
    public Task What_every_implementation_can_throw_counts() => Reports(
        """
        internal interface IHandshake { void Run(TcpClient client); }
        internal sealed class A : IHandshake { public void Run(TcpClient client) { if (client.GetStream().ReadByte() != 1) throw new IOException(); } }
        internal sealed class B : IHandshake { public void Run(TcpClient client) => client.GetStream().WriteByte(1); }
        public class C
        {
            internal TcpClient M(IHandshake handshake)
            {
                var client = {|SLA1003:new TcpClient("h", 1)|};
                handshake.Run(client);
                return client;
            }
        }
        """);

    [Fact]
    public Task What_only_one_of_them_can_throw_does_not() => Silent(
        """
        internal interface IHandshake { void Run(TcpClient client); }
        internal sealed class A : IHandshake { public void Run(TcpClient client) { if (client.GetStream().ReadByte() != 1) throw new IOException(); } }
        internal sealed class B : IHandshake { public void Run(TcpClient client) { client.NoDelay = true; } }
        public class C
        {
            internal TcpClient M(IHandshake handshake)
            {
                var client = new TcpClient("h", 1);
                handshake.Run(client);
                return client;
            }
        }
        """);

    [Fact]
    public Task Nobody_implements_it() => Silent(
        """
        internal interface IDialer { TcpClient Dial(string host); }
        public class C { internal bool M(IDialer dialer) => dialer.Dial("h").Connected; }
        """);

    [Fact]
    public Task A_class_that_inherits_its_implementation_from_a_package_is_unknown() => Silent(
        """
        internal interface IOpen { Stream OpenText(string path); }
        internal interface IRead { Task<int> ReadAsync(byte[] data, int at, int count, CancellationToken token); }
        internal sealed class Reader : FileStream, IRead { public Reader() : base("a", FileMode.Open) { } }
        public class C { internal Task<int> M(IRead read, byte[] data) => read.ReadAsync(data, 0, 1, default); }
        """);

    [Fact]
    public Task A_generic_interface_is_followed_by_its_definition() => Reports(
        """
        internal interface IFactory<T> { T Create(string name); }
        internal sealed class Files : IFactory<FileStream> { public FileStream Create(string name) => File.Create(name); }
        public class C
        {
            internal void M(IFactory<FileStream> files, byte[] data)
            {
                var file = {|SLA1001:files.Create("a")|};
                file.Write(data, 0, 1);
            }
        }
        """);

    [Fact]
    public Task An_explicit_implementation_and_an_override_of_a_base_class() => Reports(
        """
        internal interface IDialer { TcpClient Dial(string host); }
        internal abstract class Base : IDialer
        {
            TcpClient IDialer.Dial(string host) => Make(host);
            protected abstract TcpClient Make(string host);
        }
        internal sealed class Derived : Base { protected override TcpClient Make(string host) => new TcpClient(host, 1); }
        public class C
        {
            internal bool M(IDialer dialer)
            {
                var client = {|SLA1001:dialer.Dial("h")|};
                return client.Connected;
            }
        }
        """);

    [Fact]
    public Task A_virtual_call_that_gives_through_an_out_parameter() => Reports(
        """
        internal interface IDialer { bool TryDial(string host, out TcpClient client); }
        internal sealed class Dialer : IDialer
        {
            public bool TryDial(string host, out TcpClient client)
            {
                client = null!;
                if (host.Length == 0) return false;
                client = new TcpClient(host, 1);
                return true;
            }
        }
        public class C
        {
            internal int M(IDialer dialer)
            {
                if (!dialer.TryDial("h", {|SLA1001:out var client|})) return 0;
                return client.Available;
            }
        }
        """);

    [Fact]
    public Task A_base_call_runs_the_base() => Silent(
        """
        internal class Base
        {
            private readonly List<Socket> _all = new();
            protected virtual Socket Open() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); _all.Add(s); return s; }
        }
        internal class Derived : Base
        {
            protected override Socket Open() => new Socket(SocketType.Stream, ProtocolType.Tcp);
            public int M() => base.Open().Available;
        }
        """);

    private static string Opener(string sink, string call, string opened = "File.OpenRead(path)") => $$"""
        {{sink}}
        public class Opener(Sink sink)
        {
            public void Open(string path)
            {
                var stream = {{opened}};
                {{call}}
            }
        }
        """;

    [Theory]
    [InlineData("public class Sink { public virtual void Drain(Stream s) { using (s) { s.ReadByte(); } } }")]
    [InlineData("public abstract class Sink { public abstract void Drain(Stream s); } public class FileSink : Sink { public override void Drain(Stream s) { s.Dispose(); } }")]
    [InlineData("public interface Sink { void Drain(Stream s) { s.Dispose(); } }")]
    [InlineData("public interface Sink { void Drain(Stream s); } public class FileSink : Sink { public void Drain(Stream s) => s.Close(); }")]
    [InlineData("public interface Sink { void Drain(Stream s); } public class FileSink : Sink { private Stream _s; public void Drain(Stream s) { _s = s; } public void Close() => _s.Close(); }")]
    [InlineData("public interface Sink { void Drain(Stream s); } public class Idle : Sink { public void Drain(Stream s) { } } public class FileSink : Sink { public void Drain(Stream s) => s.Close(); }")]
    [InlineData("public class Sink { public virtual void Drain(Stream s) { if (s.Length == 0) { s.Dispose(); } } }")]
    public Task A_stream_is_not_borrowed_by_convention_where_a_body_here_releases_or_keeps_it(string sink) => Silent(Opener(sink, "sink.Drain(stream);"));

    [Theory]
    [InlineData("public class Sink { public virtual void Drain(Stream s) { s.ReadByte(); } }")]
    [InlineData("public abstract class Sink { public abstract void Drain(Stream s); } public class FileSink : Sink { public override void Drain(Stream s) { s.Flush(); } }")]
    [InlineData("public interface Sink { void Drain(Stream s); }")]
    [InlineData("public interface Sink { void Drain(Stream s); } public class Logged(Sink inner) : Sink { public void Drain(Stream s) => inner.Drain(s); }")]
    [InlineData("public interface Sink { void Drain(Stream s); } public class Other { public void Drain(Stream s) => s.Dispose(); }")]
    public Task A_stream_is_borrowed_by_convention_where_the_bodies_here_only_use_it(string sink) =>
        Reports(Opener(sink, "sink.Drain(stream);", "{|SLA1001:File.OpenRead(path)|}"));
}
