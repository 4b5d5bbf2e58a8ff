using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>Wrappers, views and who owns what they rest on.</summary>
public sealed class WrapperTests
{
    [Fact]
    public async Task Disposing_the_outermost_of_a_chain_releases_it() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = File.OpenRead("a");
            var zip = new GZipStream(file, CompressionMode.Decompress);
            var reader = new StreamReader(zip);
            try
            {
                return reader.ReadToEnd();
            }
            finally
            {
                reader.Dispose();
            }
            """,
            "public string M()"));

    [Fact]
    public async Task Disposing_the_innermost_of_a_chain_leaves_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var file = File.OpenRead("a");
            var zip = new GZipStream(file, CompressionMode.Decompress);
            var reader = new StreamReader(zip);
            return reader.ReadToEnd();
            """,
            "public string M()"));

    [Fact]
    public async Task Leave_open_with_the_inner_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var file = File.Create("a");
            using (var writer = new StreamWriter(file, Encoding.UTF8, 1024, leaveOpen: true))
                writer.Write("x");
            var zip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
            zip.WriteByte(1);
            file.Flush();
            """,
            "public void M()"));

    [Fact]
    public async Task Disposing_the_stream_of_a_client_releases_the_client() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient("h", 1);
            using var stream = client.GetStream();
            stream.WriteByte(1);
            """,
            "public void M()"));

    [Fact]
    public async Task Disposing_the_socket_of_a_client_releases_the_client() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient("h", 1);
            client.Client.Dispose();
            """,
            "public void M()"));

    [Fact]
    public async Task Disposing_the_reader_over_a_client_releases_the_client() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var client = new TcpClient("h", 1);
            using var reader = new StreamReader(client.GetStream());
            return reader.ReadLine();
            """,
            "public string M()"));

    [Fact]
    public async Task Tls_stream_that_leaves_the_inner_open_does_not_release_it() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var client = {|SLA1001:new TcpClient("h", 1)|};
            using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true);
            tls.AuthenticateAsClient("h");
            """,
            "public void M()"));

    [Fact]
    public async Task Leave_open_that_is_not_constant_is_silent() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var file = File.OpenRead("a");
            using var reader = new StreamReader(file, Encoding.UTF8, true, 1024, leaveOpen);
            return reader.ReadLine();
            """,
            "public string M(bool leaveOpen)"));

    [Fact]
    public async Task Network_stream_without_ownership_is_no_owner() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var socket = {|SLA1001:listener.Accept()|};
            using var stream = new NetworkStream(socket);
            stream.WriteByte(1);
            """,
            "public void M(Socket listener)"));

    [Fact]
    public async Task Network_stream_with_ownership_is_the_owner() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var socket = listener.Accept();
            using var stream = new NetworkStream(socket, ownsSocket: true);
            stream.WriteByte(1);
            """,
            "public void M(Socket listener)"));

    [Fact]
    public async Task Wrapper_over_something_borrowed_holds_nothing() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var reader = new StreamReader(stream);
            var zip = new GZipStream(stream, CompressionMode.Decompress);
            var buffered = new BufferedStream(zip);
            var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync("h");
            return await reader.ReadToEndAsync(token);
            """,
            "public async Task<string> M(Stream stream, CancellationToken token)"));

    [Fact]
    public async Task Wrapper_that_states_a_take_over_is_released_with_the_inner() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            try
            {
                var tls = new SslStream(stream, false);
                tls.AuthenticateAsServer(certificate);
                tls.WriteByte(1);
            }
            finally
            {
                stream.Dispose();
            }
            """,
            "public void M(Stream stream, System.Security.Cryptography.X509Certificates.X509Certificate certificate)"));

    [Fact]
    public async Task Wrapper_that_states_a_take_over_is_released_with_the_owner_of_the_view() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using (client)
            {
                var tls = new SslStream(client.GetStream(), false);
                tls.AuthenticateAsServer(certificate);
                tls.WriteByte(1);
            }
            """,
            "public void M(TcpClient client, System.Security.Cryptography.X509Certificates.X509Certificate certificate)"));

    [Fact]
    public async Task Wrapper_over_a_field_belongs_to_the_owner_of_the_field() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            var tls = new SslStream(_client.GetStream(), false);
            tls.AuthenticateAsClient("h");
            return new StreamReader(new NetworkStream(_client.Client, ownsSocket: true)).ReadLine();
            """,
            "public string M()",
            """
            private readonly TcpClient _client = new();
            public void Dispose() => _client.Dispose();
            """));

    [Fact]
    public async Task Copy_into_a_zip_entry_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var zip = ZipFile.Open("a.zip", ZipArchiveMode.Create);
            var entry = zip.CreateEntry("a");
            using (var target = entry.Open())
            using (var source = File.OpenRead("a"))
                source.CopyTo(target);
            """,
            "public void M()"));

    [Fact]
    public async Task Zip_archive_that_is_none_loses_its_stream() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            using var zip = new ZipArchive({|SLA1002:File.OpenRead("a")|}, ZipArchiveMode.Read);
            return zip.Entries.Count;
            """,
            "public int M()"));

    [Fact]
    public async Task Zip_archive_over_a_stream_that_is_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var file = File.OpenRead("a");
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open());
                Console.WriteLine(reader.ReadLine());
            }
            """,
            "public void M()"));

    [Fact]
    public async Task Xml_reader_leaves_its_stream_open() =>
        await Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
            """
            var file = {|SLA1001:File.OpenRead("a")|};
            using var reader = System.Xml.XmlReader.Create(file);
            return reader.Read();
            """,
            "public bool M()"));

    [Fact]
    public async Task Crypto_stream_takes_its_stream() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var file = new System.Security.Cryptography.CryptoStream(File.Create("a"), aes.CreateEncryptor(), System.Security.Cryptography.CryptoStreamMode.Write);
            file.WriteByte(1);
            """,
            "public void M(System.Security.Cryptography.Aes aes)"));

    [Fact]
    public async Task Derived_class_of_this_compilation_over_a_stream_is_released() =>
        await Verify<ResourceAnalyzer>.Silent(Verify.InMethod(
            """
            using var counting = new Counting(File.OpenRead("a"));
            return counting.ReadByte();
            """,
            "public int M()",
            """
            private sealed class Counting(Stream inner) : Stream
            {
                public override bool CanRead => true;
                public override bool CanSeek => false;
                public override bool CanWrite => false;
                public override long Length => 0;
                public override long Position { get; set; }
                public override void Flush() { }
                public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
                public override long Seek(long offset, SeekOrigin origin) => 0;
                public override void SetLength(long value) { }
                public override void Write(byte[] buffer, int offset, int count) { }

                protected override void Dispose(bool disposing)
                {
                    if (disposing)
                        inner.Dispose();
                    base.Dispose(disposing);
                }
            }
            """));
}
