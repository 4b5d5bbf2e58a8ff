using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>Shapes of real code on which a rule once cried wolf, each with its true sibling.</summary>
public class RealCodeTests
{
    [Fact]
    public async Task A_type_switch_whose_arm_for_streams_disposes_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Source
            {
                public static void Send(string? path, byte[] bytes)
                {
                    object data = path is null ? bytes : new FileStream(path, FileMode.Open);
                    switch (data)
                    {
                        case string text: Console.WriteLine(text); break;
                        case byte[] array: Console.WriteLine(array.Length); break;
                        case Stream stream:
                            try { stream.ReadByte(); }
                            finally { stream.Dispose(); }
                            break;
                        default: throw new InvalidOperationException();
                    }
                }
            }
            """);

    [Fact]
    public async Task Parsing_a_constant_or_a_parameter_does_not_throw() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Factory
            {
                public static Socket Make(Uri uri)
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    socket.SendBufferSize = int.Parse("8192");
                    socket.Ttl = short.Parse(uri.Query);
                    return socket;
                }
            }
            """);

    [Fact]
    public async Task Parsing_what_was_read_throws() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Factory
            {
                public static Socket Make(TextReader settings)
                {
                    var line = settings.ReadLine();
                    var socket = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};
                    socket.SendBufferSize = int.Parse(line!);
                    return socket;
                }
            }
            """);

    [Fact]
    public async Task A_loader_that_hands_out_what_it_made_of_the_stream_may_keep_it() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public interface IPackage : IDisposable { }
            public interface ILoader { bool TryLoad(Stream stream, string name, out IPackage? package); }

            public static class Packages
            {
                public static IPackage? Open(ILoader loader, string path)
                {
                    var stream = File.OpenRead(path);
                    if (loader.TryLoad(stream, path, out var package))
                        return package;
                    stream.Dispose();
                    return null;
                }
            }
            """);

    [Fact]
    public async Task A_stream_given_to_work_that_nobody_awaits_lives_on_with_it() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public interface ILog { Task Copy(Stream target); }

            public static class Job
            {
                public static void Start(ILog log, string path)
                {
                    var target = new FileStream(path, FileMode.Create);
                    _ = log.Copy(target);
                }
            }
            """);

    [Fact]
    public async Task A_stream_given_to_work_that_is_awaited_is_still_owed() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public interface ILog { Task Copy(Stream target); }

            public static class Job
            {
                public static async Task Start(ILog log, string path)
                {
                    var target = {|SLA1001:new FileStream(path, FileMode.Create)|};
                    await log.Copy(target);
                }
            }
            """);

    [Fact]
    public async Task A_false_that_stands_there_for_the_callback_behind_it_states_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Tls
            {
                public static Stream Upgrade(Stream stream, string host)
                {
                    var tls = new SslStream(stream, false, (_, _, _, _) => true);
                    tls.AuthenticateAsClient(host);
                    return tls;
                }
            }
            """);

    [Fact]
    public async Task A_named_false_states_the_take_over_wherever_it_stands() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Tls
            {
                public static Stream Upgrade(Stream stream, string host)
                {
                    var tls = {|SLA1003:new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true)|};
                    tls.AuthenticateAsClient(host);
                    return tls;
                }
            }
            """);

    [Fact]
    public async Task Two_private_steps_of_one_connect_fill_the_field_once() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Session : IDisposable
            {
                private Socket? _socket;

                public void Connect(string? path)
                {
                    if (path is null) OpenTcp(); else OpenUnix();
                }

                private void OpenTcp() { _socket = new Socket(SocketType.Stream, ProtocolType.Tcp); }

                private void OpenUnix() { _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified); }

                public void Dispose() => _socket?.Dispose();
            }
            """);

    [Fact]
    public async Task Two_private_fillers_with_a_factory_each_never_meet() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Channel : IDisposable
            {
                private SslStream? _tls;

                private Channel() { }

                public static Channel ForServer(Socket socket) { var made = new Channel(); made.FillServer(socket); return made; }

                public static Channel ForClient(Socket socket) { var made = new Channel(); made.FillClient(socket); return made; }

                private void FillServer(Socket socket) => _tls = new SslStream(new NetworkStream(socket, true), false);

                private void FillClient(Socket socket) => _tls = new SslStream(new NetworkStream(socket, true), false);

                public void Dispose() => _tls?.Dispose();
            }
            """);

    [Fact]
    public async Task Two_public_fillers_may_meet() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class Log : IDisposable
            {
                private Stream? _file;

                public void OpenFirst(string path) => {|SLA1004:_file = File.OpenRead(path)|};

                public void OpenSecond(string path) => {|SLA1004:_file = File.OpenRead(path)|};

                public void Dispose() => _file?.Dispose();
            }
            """);

    [Fact]
    public async Task A_field_that_its_filler_also_gives_to_the_caller_is_shared_with_it() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Storage : IDisposable
            {
                private Stream? _temporary;

                public Stream OpenEmpty(string path)
                {
                    _temporary = File.Open(path, FileMode.OpenOrCreate);
                    return _temporary;
                }

                public Stream OpenCopy(string path)
                {
                    _temporary = new FileStream(path, FileMode.Open);
                    return _temporary;
                }

                public void Dispose() => _temporary?.Dispose();
            }
            """);

    [Theory]
    [InlineData("bool leaveOpen = false")]
    [InlineData("bool closeStream = true")]
    [InlineData("bool disposeStream = true")]
    [InlineData("bool ownsStream = true")]
    public async Task A_store_that_asks_who_releases_may_release(string flag) =>
        await Verify<ResourceAnalyzer>.Silent(
            $$"""
            public interface IStore { Task PutAsync(string key, Stream stream, {{flag}}); }

            public static class Upload
            {
                public static async Task Run(IStore store, string path) => await store.PutAsync(path, File.OpenRead(path));
            }
            """);

    [Fact]
    public async Task A_store_whose_flag_is_about_something_else_only_reads() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public interface IStore { Task PutAsync(string key, Stream stream, bool overwrite = false); }

            public static class Upload
            {
                public static async Task Run(IStore store, string path) => await store.PutAsync(path, {|SLA1001:File.OpenRead(path)|});
            }
            """);
}
