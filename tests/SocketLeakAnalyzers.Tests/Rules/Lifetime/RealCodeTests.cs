using System;
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
                    var end = new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port);
                    Console.WriteLine(end);
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

    [Fact]
    public async Task A_helper_that_catches_everything_does_not_throw_for_its_token() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Dialer
            {
                public static async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken token)
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    if (await TryConnectAsync(socket, endPoint, token).ConfigureAwait(false))
                        return socket;
                    throw new IOException();
                }

                private static async Task<bool> TryConnectAsync(Socket socket, EndPoint endPoint, CancellationToken token)
                {
                    try
                    {
                        await socket.ConnectAsync(endPoint, token).ConfigureAwait(false);
                        return socket.Connected;
                    }
                    catch
                    {
                        socket.Dispose();
                        return false;
                    }
                }
            }
            """);

    [Theory]
    [InlineData("await WaitAsync(token)", "private static async Task WaitAsync(CancellationToken token) => await PauseAsync(token);")]
    [InlineData("await WaitAsync(token)", "private static Task WaitAsync(CancellationToken token) => PauseAsync(token);")]
    public async Task A_helper_that_passes_its_token_on_may_be_cancelled(string wait, string helper) =>
        await Verify<ResourceAnalyzer>.Reports(
            $$"""
            public static class Opener
            {
                public static async Task<Stream> OpenAsync(string path, CancellationToken token)
                {
                    var file = {|SLA1003:File.OpenRead(path)|};
                    {{wait}};
                    return file;
                }

                {{helper}}

                private static async Task PauseAsync(CancellationToken token) => await StepAsync(token);

                private static async Task StepAsync(CancellationToken token) => await Task.Delay(10, token);
            }
            """);

    [Theory]
    [InlineData("return new FileStream(handle, FileAccess.Read).AsInput();")]
    [InlineData("return Task.FromResult(new FileStream(handle, FileAccess.Read).AsInput());")]
    [InlineData("var file = new FileStream(handle, FileAccess.Read); return new Archive(file.AsInput());")]
    public async Task An_extension_that_does_not_bind_may_keep_what_it_is_called_on(string body) =>
        await Verify<ResourceAnalyzer>.Silent(
            $$"""
            public static class Inputs
            {
                public static object Open(Microsoft.Win32.SafeHandles.SafeFileHandle handle) { {{body}} }
            }
            """,
            allowErrors: true);

    [Fact]
    public async Task A_member_whose_arguments_do_not_bind_keeps_nothing() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Header
            {
                public static void Read(string path)
                {
                    var file = {|SLA1001:new FileStream(path, FileMode.Open)|};
                    file.Read(Missing.Buffer);
                }
            }
            """,
            allowErrors: true);

    [Theory]
    [InlineData(": BinaryReader(stream)")]
    [InlineData(": BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true)")]
    [InlineData(": BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: false)")]
    public async Task A_class_derived_from_a_reader_over_a_borrowed_stream_is_a_wrapper(string baseClass) =>
        await Verify<ResourceAnalyzer>.Silent(
            $$"""
            public class RecordReader(Stream stream) {{baseClass}}
            {
                public byte[] ReadRecord() => ReadBytes(ReadInt32());
            }

            public sealed class SaltedReader : RecordReader
            {
                private byte[] _salt = [];

                private SaltedReader(Stream stream) : base(stream) { }

                public static SaltedReader Create(Stream stream)
                {
                    var reader = new SaltedReader(stream);
                    reader._salt = reader.ReadBytes(8);
                    return reader;
                }
            }

            public static class Records
            {
                public static byte[]? Read(Stream stream, bool salted)
                {
                    RecordReader reader = salted ? SaltedReader.Create(stream) : new RecordReader(stream);
                    var record = reader.ReadRecord();
                    return record.Length == 0 ? null : record;
                }
            }
            """);

    [Fact]
    public async Task A_class_derived_from_a_reader_over_a_file_owns_the_file() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public sealed class LineReader : StreamReader
            {
                public LineReader(Stream stream) : base(stream) { }

                public LineReader(string path) : base(path) { }
            }

            public static class Lines
            {
                public static string? First(string path)
                {
                    var reader = new LineReader({|SLA1001:File.OpenRead(path)|});
                    return reader.ReadLine();
                }

                public static string? Second(string path)
                {
                    var reader = {|SLA1001:new LineReader(path)|};
                    reader.ReadLine();
                    return reader.ReadLine();
                }

                public static string? Third(string path)
                {
                    using var reader = new LineReader(File.OpenRead(path));
                    return reader.ReadLine();
                }
            }
            """);

    [Fact]
    public async Task A_field_with_a_derived_reader_over_the_console_holds_nothing() =>
        await Verify<TypeAnalyzer>.Silent(
            """
            public sealed class ConsoleReader : StreamReader
            {
                public ConsoleReader(Stream stream, System.Text.Encoding encoding) : base(stream, encoding) { }
            }

            public sealed class Terminal
            {
                private TextReader? _input;

                public TextReader Input => _input ??= new ConsoleReader(Console.OpenStandardInput(), System.Text.Encoding.UTF8);
            }
            """);

    [Fact]
    public async Task A_zip_that_is_created_reads_nothing_when_it_is_made() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class Report : IDisposable
            {
                private FileStream? _file;
                private System.IO.Compression.ZipArchive? _archive;

                public Report(string path)
                {
                    try
                    {
                        _file = new FileStream(path, FileMode.Create);
                        _archive = new System.IO.Compression.ZipArchive(_file, System.IO.Compression.ZipArchiveMode.Create);
                    }
                    catch
                    {
                        _file = null;
                        _archive = null;
                    }
                }

                public static void Pack(string path, string source)
                {
                    using var archive = new System.IO.Compression.ZipArchive(File.Create(path), System.IO.Compression.ZipArchiveMode.Create);
                    archive.CreateEntry(source);
                }

                public void Dispose()
                {
                    _archive?.Dispose();
                    _file?.Dispose();
                }
            }
            """);

    [Theory]
    [InlineData("")]
    [InlineData(", System.IO.Compression.ZipArchiveMode.Update")]
    public async Task A_zip_that_is_read_reads_when_it_is_made(string mode) =>
        await Verify<ResourceAnalyzer>.Reports(
            $$"""
            public static class Unpack
            {
                public static int Count(string path)
                {
                    using var archive = new System.IO.Compression.ZipArchive({|SLA1002:new FileStream(path, FileMode.Open)|}{{mode}});
                    return archive.Entries.Count;
                }
            }
            """);

    [Fact]
    public async Task A_method_that_wraps_its_argument_is_released_with_the_argument() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public interface ITransport { Stream Open(EndPoint endPoint); }

            public sealed class TlsTransport
            {
                private readonly ITransport _inner;

                public TlsTransport(ITransport inner) => _inner = inner;

                public Stream Open(EndPoint endPoint, string host)
                {
                    var stream = _inner.Open(endPoint);
                    try
                    {
                        var tls = Wrap(stream);
                        tls.AuthenticateAsClient(host);
                        return tls;
                    }
                    catch
                    {
                        CloseQuietly(stream);
                        throw;
                    }
                }

                private static SslStream Wrap(Stream stream) => new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);

                private static void CloseQuietly(Stream stream)
                {
                    try { stream.Dispose(); } catch { }
                }
            }
            """);

    [Fact]
    public async Task A_method_that_wraps_its_argument_is_lost_where_nobody_releases_the_argument() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Tls
            {
                public static Stream Open(Stream stream, string host)
                {
                    var tls = {|SLA1003:Wrap(stream)|};
                    tls.AuthenticateAsClient(host);
                    return tls;
                }

                private static SslStream Wrap(Stream stream) => new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
            }
            """);

    [Fact]
    public async Task What_is_released_after_it_was_lent_to_a_holder_is_not_handed_over() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public struct Packer
            {
                private Stream _target;

                public Packer(Stream target) => _target = target;

                public void Begin() => _target = new System.IO.Compression.DeflateStream(_target, System.IO.Compression.CompressionLevel.Fastest, true);

                public void Write(byte[] data) => _target.Write(data, 0, data.Length);

                public void End() => _target.Dispose();
            }

            public static class Cache
            {
                public static void Save(string index, string data, byte[] bytes)
                {
                    var indexFile = {|SLA1002:File.OpenWrite(index)|};
                    var dataFile = File.OpenWrite(data);
                    var packer = new Packer(indexFile);
                    packer.Begin();
                    packer.End();
                    indexFile.Dispose();
                    dataFile.Dispose();
                }
            }
            """);

    [Fact]
    public async Task A_connect_that_nobody_awaits_may_not_have_connected() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Pipe
            {
                public static System.IO.Pipes.NamedPipeClientStream Open(string name, int attempts)
                {
                    var pipe = new System.IO.Pipes.NamedPipeClientStream(name);
                    pipe.ConnectAsync(5000);
                    while (attempts-- > 0)
                    {
                        if (pipe.IsConnected) return pipe;
                        Thread.Sleep(100);
                    }

                    throw new TimeoutException();
                }
            }
            """);

    [Fact]
    public async Task What_a_callee_throws_for_one_class_of_stream_it_does_not_throw_for_a_file() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public sealed class ReplayStream : MemoryStream
            {
                public void Replay() { if (Length == 0) throw new IOException(); }
            }

            public abstract class Volume : IDisposable
            {
                private readonly Stream _stream;

                protected Volume(Stream stream)
                {
                    if (stream is ReplayStream replay && replay.CanSeek)
                        replay.Replay();
                    _stream = stream;
                }

                public void Dispose() => _stream.Dispose();
            }

            public sealed class FileVolume : Volume
            {
                public FileVolume(FileInfo file) : base(file.OpenRead()) { }
            }
            """);

    [Theory]
    [InlineData("stream.Position += 512;")]
    [InlineData("yield return new BufferedStream(stream).ReadByte();")]
    [InlineData("")]
    public async Task A_take_over_of_a_stream_that_the_method_goes_on_to_use_is_not_believed(string use) =>
        await Verify<ResourceAnalyzer>.Silent(
            $$"""
            public static class Headers
            {
                public static IEnumerable<int> ReadAll(Stream stream)
                {
                    while (true)
                    {
                        var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: false);
                        var length = reader.ReadInt32();
                        if (length == 0) yield break;
                        yield return length;
                        {{use}}
                    }
                }

                public static int ReadOne(Stream stream)
                {
                    var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: false);
                    var length = reader.ReadInt32();
                    stream.Seek(length, SeekOrigin.Current);
                    return length;
                }
            }
            """);

    [Fact]
    public async Task A_take_over_whose_stream_is_only_closed_afterwards_is_believed() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Handshake
            {
                public static async Task<Stream?> UpgradeAsync(Stream stream, string host, bool strict)
                {
                    var tls = {|SLA1003:new SslStream(stream, leaveInnerStreamOpen: false)|};
                    await tls.AuthenticateAsClientAsync(host);
                    if (strict && !tls.IsMutuallyAuthenticated)
                    {
                        stream.Dispose();
                        return null;
                    }

                    return tls;
                }
            }
            """);

    private const string Holder =
        """

        public sealed class Header
        {
            private readonly Stream _stream;

            public Header(Stream stream) => _stream = stream;

            public Stream Stream => _stream;

            public int ReadLength() => _stream.ReadByte();
        }

        public interface IQueue { void Send(Header header); }
        """;

    [Theory]
    [InlineData("return new Header({|SLA1001:File.OpenRead(path)|}).ReadLength();")]
    [InlineData("var header = new Header({|SLA1001:File.OpenRead(path)|}); return header.ReadLength() + Twice(header);")]
    [InlineData("var file = {|SLA1002:File.OpenRead(path)|}; var header = new Header(file); if (header.ReadLength() == 0) return 0; file.Dispose(); return 1;")]
    [InlineData("var header = new Header({|SLA1002:File.OpenRead(path)|}); if (header.ReadLength() == 0) return 0; header.Stream.Dispose(); return 1;")]
    public async Task An_object_that_only_holds_a_file_does_not_own_it(string body) =>
        await Verify<ResourceAnalyzer>.Reports(
            $$"""
            public static class Headers
            {
                public static int Read(string path) { {{body}} }

                private static int Twice(Header header) => header.ReadLength() * 2;
            }
            """ + Holder);

    [Theory]
    [InlineData("using var file = File.OpenRead(path); return new Header(file).ReadLength();")]
    [InlineData("var header = new Header(File.OpenRead(path)); try { return header.ReadLength(); } finally { header.Stream.Dispose(); }")]
    [InlineData("var header = new Header(File.OpenRead(path)); try { return header.ReadLength(); } finally { Close(header); }")]
    [InlineData("using (var stream = new Header(File.OpenRead(path)).Stream) return 1;")]
    [InlineData("_last = new Header(File.OpenRead(path)); return 1;")]
    [InlineData("queue.Send(new Header(File.OpenRead(path))); return 1;")]
    [InlineData("_all.Add(new Header(File.OpenRead(path))); return 1;")]
    [InlineData("var header = new Header(File.OpenRead(path)); _close = () => header.Stream.Dispose(); return 1;")]
    public async Task An_object_that_holds_a_file_hands_it_on_or_gives_it_back(string body) =>
        await Verify<ResourceAnalyzer>.Silent(
            $$"""
            public static class Headers
            {
                private static Header? _last;
                private static Action? _close;
                private static readonly List<Header> _all = [];

                public static int Read(string path, IQueue queue) { {{body}} }

                private static void Close(Header header) => header.Stream.Dispose();
            }
            """ + Holder);

    [Fact]
    public async Task An_object_that_holds_a_file_and_is_returned_takes_it_along() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Headers
            {
                public static Header Open(string path) => new Header(File.OpenRead(path));

                public static (Header, int) OpenWith(string path)
                {
                    var header = new Header(File.OpenRead(path));
                    return (header, 1);
                }
            }
            """ + Holder);

    [Fact]
    public async Task What_a_method_gives_before_it_is_connected_is_owed_from_the_connect_on() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class SingleInstance
            {
                private static (System.IO.Pipes.NamedPipeClientStream Pipe, bool IsThere) TryConnect()
                {
                    var pipe = new System.IO.Pipes.NamedPipeClientStream(".", "first");
                    bool isThere;
                    try
                    {
                        pipe.Connect(10);
                        isThere = true;
                    }
                    catch (TimeoutException)
                    {
                        isThere = false;
                    }

                    return (pipe, isThere);
                }

                public static void Show(string url)
                {
                    (System.IO.Pipes.NamedPipeClientStream pipe, bool isThere) = TryConnect();
                    if (!isThere)
                    {
                        return;
                    }

                    pipe.Dispose();
                }

                private static ClientWebSocket Make(string protocol)
                {
                    var socket = new ClientWebSocket();
                    socket.Options.AddSubProtocol(protocol);
                    return socket;
                }

                public static string? Proxy() => Make("chat").Options.Proxy?.ToString();
            }
            """);

    [Fact]
    public async Task What_a_method_gives_unconnected_is_reported_once_it_is_connected() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Chat
            {
                private static ClientWebSocket Make(string protocol)
                {
                    var socket = new ClientWebSocket();
                    socket.Options.AddSubProtocol(protocol);
                    return socket;
                }

                private static async Task<ClientWebSocket> OpenAsync(Uri uri, CancellationToken token)
                {
                    var socket = Make("open");
                    try
                    {
                        await socket.ConnectAsync(uri, token);
                        return socket;
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                }

                public static async Task<string?> NameAsync(Uri uri, CancellationToken token)
                {
                    var socket = {|SLA1001:Make("chat")|};
                    await socket.ConnectAsync(uri, token);
                    return socket.SubProtocol;
                }

                public static async Task<string?> NameOfOpenAsync(Uri uri, CancellationToken token)
                {
                    var socket = await {|SLA1001:OpenAsync(uri, token)|};
                    return socket.SubProtocol;
                }

                private static ClientWebSocket MakeFor(string user) => Make(user);

                public static async Task<string?> NameOfAsync(string user, Uri uri, CancellationToken token)
                {
                    var socket = {|SLA1001:MakeFor(user)|};
                    await socket.ConnectAsync(uri, token);
                    return socket.SubProtocol;
                }
            }
            """);

    [Fact]
    public async Task The_response_to_a_request_for_headers_alone_holds_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Probe
            {
                private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

                public static async Task<bool> TakesRangesAsync(string url)
                {
                    var request = new HttpRequestMessage(HttpMethod.Head, url);
                    var response = (await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
                    return response.Headers.Contains("Accept-Ranges");
                }

                public static async Task<long> LengthAsync(Uri uri)
                {
                    using var request = new HttpRequestMessage();
                    request.Method = HttpMethod.Head;
                    request.RequestUri = uri;
                    var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    return response.Content.Headers.ContentLength ?? 0;
                }

                public static async Task<HttpStatusCode> StatusAsync(Uri uri)
                {
                    var response = await Http.SendAsync(new HttpRequestMessage { Method = HttpMethod.Head, RequestUri = uri }, HttpCompletionOption.ResponseHeadersRead);
                    return response.StatusCode;
                }
            }
            """);

    private const string Store = """
        public class Store
        {
            private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

            private static HttpRequestMessage Request(HttpMethod method, string key) => new(method, "http://store/" + key);

            private static Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

            private static async Task<HttpResponseMessage> SendAsync(HttpMethod method, string key)
            {
                using var request = new HttpRequestMessage(method, key);
                return await SendAsync(request);
            }

            public async Task<HttpStatusCode> StatusAsync(string key)
            {
                {0}
                return response.StatusCode;
            }
        }
        """;

    /// <summary>A helper that is told the method, or given the request.</summary>
    [Theory]
    [InlineData("var response = await SendAsync(HttpMethod.Head, key);")]
    [InlineData("using var request = Request(HttpMethod.Head, key); var response = await SendAsync(request);")]
    [InlineData("using var request = new HttpRequestMessage(HttpMethod.Head, key); var response = await SendAsync(request);")]
    public async Task The_response_to_a_request_for_headers_alone_that_a_helper_sends_holds_nothing(string sending) =>
        await Verify<ResourceAnalyzer>.Silent(Store.Replace("{0}", sending, StringComparison.Ordinal));

    [Theory]
    [InlineData("var response = await {|SLA1001:SendAsync(HttpMethod.Get, key)|};")]
    [InlineData("using var request = Request(HttpMethod.Get, key); var response = await {|SLA1001:SendAsync(request)|};")]
    [InlineData("using var request = Request(HttpMethod.Head, key); request.Method = HttpMethod.Get; var response = await {|SLA1001:SendAsync(request)|};")]
    public async Task The_response_to_another_request_that_a_helper_sends_is_reported(string sending) =>
        await Verify<ResourceAnalyzer>.Reports(Store.Replace("{0}", sending, StringComparison.Ordinal));

    [Fact]
    public async Task The_response_to_a_request_that_may_ask_for_a_body_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Probe
            {
                private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

                public static async Task<HttpStatusCode> StatusAsync(Uri uri, bool isShort)
                {
                    var request = new HttpRequestMessage(HttpMethod.Head, uri);
                    if (!isShort)
                    {
                        request.Method = HttpMethod.Get;
                    }

                    var response = await {|SLA1001:Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)|};
                    return response.StatusCode;
                }

                public static async Task<HttpStatusCode> StatusAsync(HttpRequestMessage request)
                {
                    var response = await {|SLA1001:Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)|};
                    return response.StatusCode;
                }
            }
            """);
}
