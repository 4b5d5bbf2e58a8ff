using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Timeouts;

public sealed class SLA2003UnboundedBodyReadTests
{
    private const string Signature = "public async Task<object> Fetch(string url, Stream target, CancellationToken token)";

    private const string Client = """
        private readonly HttpClient _client;
        public C(HttpClient client) => _client = client;
        public record Item(int Id);
        """;

    private static string Method(string body) => "using System.Net.Http.Json;\nusing System.Text.Json;\nusing System.Xml;\nusing System.Xml.Linq;\n" + Verify.InMethod(body, Signature, Client);

    [Theory]
    [InlineData("return await {|SLA2003:response.Content.ReadAsStringAsync()|};")]
    [InlineData("return await {|SLA2003:response.Content.ReadAsStringAsync()|}.ConfigureAwait(false);")]
    [InlineData("return {|SLA2003:response.Content.ReadAsStringAsync()|}.Result;")]
    [InlineData("return {|SLA2003:response.Content.ReadAsStringAsync()|}.GetAwaiter().GetResult();")]
    [InlineData("return await {|SLA2003:response.Content.ReadAsStringAsync(CancellationToken.None)|};")]
    [InlineData("return await {|SLA2003:response.Content.ReadAsStringAsync(default)|};")]
    [InlineData("return await {|SLA2003:response.Content.ReadAsByteArrayAsync()|};")]
    [InlineData("return await {|SLA2003:response.Content.ReadFromJsonAsync<Item>()|};")]
    [InlineData("return await {|SLA2003:response.Content.ReadFromJsonAsync(typeof(Item))|};")]
    [InlineData("await {|SLA2003:response.Content.CopyToAsync(target)|}; return null;")]
    [InlineData("{|SLA2003:response.Content.CopyTo(target, null, CancellationToken.None)|}; return null;")]
    [InlineData("await {|SLA2003:response.Content.LoadIntoBufferAsync()|}; return null;")]
    [InlineData("var content = response.Content; return await {|SLA2003:content.ReadAsStringAsync()|};")]
    [InlineData("var text = await {|SLA2003:response.Content.ReadAsStringAsync()|}; return text.Length == 0 ? throw new InvalidDataException() : text;")]
    [InlineData("response.EnsureSuccessStatusCode(); return await {|SLA2003:response.Content.ReadAsStringAsync()|};")]
    [InlineData("return await {|SLA2003:response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()|};")]
    [InlineData("if (!response.IsSuccessStatusCode) { throw new IOException(await {|SLA2003:response.Content.ReadAsStringAsync()|}); } return null;")]
    [InlineData("await foreach (var item in {|SLA2003:response.Content.ReadFromJsonAsAsyncEnumerable<Item>()|}) { Console.WriteLine(item); } return null;")]
    public Task A_body_read_without_a_token_is_reported(string read) => Verify<UseAnalyzer>.Reports(Method(
        "using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);\n" + read));

    [Theory]
    [InlineData("return {|SLA2003:stream.ReadByte()|};")]
    [InlineData("return {|SLA2003:stream.Read(new byte[10], 0, 10)|};")]
    [InlineData("return {|SLA2003:stream.Read(stackalloc byte[10])|};")]
    [InlineData("return await {|SLA2003:stream.ReadAsync(new byte[10], 0, 10)|};")]
    [InlineData("return await {|SLA2003:stream.ReadAsync(new Memory<byte>(new byte[10]))|};")]
    [InlineData("return await {|SLA2003:stream.ReadAsync(new byte[10], CancellationToken.None)|};")]
    [InlineData("await {|SLA2003:stream.ReadExactlyAsync(new byte[10])|}; return null;")]
    [InlineData("{|SLA2003:stream.ReadExactly(new byte[10])|}; return null;")]
    [InlineData("return await {|SLA2003:stream.ReadAtLeastAsync(new byte[10], 4)|};")]
    [InlineData("await {|SLA2003:stream.CopyToAsync(target)|}; return null;")]
    [InlineData("await {|SLA2003:stream.CopyToAsync(target, 81920)|}; return null;")]
    [InlineData("{|SLA2003:stream.CopyTo(target)|}; return null;")]
    [InlineData("using var reader = new StreamReader(stream); return {|SLA2003:reader.ReadToEnd()|};")]
    [InlineData("using var reader = new StreamReader(stream); return await {|SLA2003:reader.ReadToEndAsync()|};")]
    [InlineData("using var reader = new StreamReader(stream, Encoding.UTF8); while (await {|SLA2003:reader.ReadLineAsync()|} is { } line) { Console.WriteLine(line); } return null;")]
    [InlineData("using var reader = new StreamReader(stream); while (!reader.EndOfStream) { Console.WriteLine({|SLA2003:reader.ReadLine()|}); } return null;")]
    [InlineData("using var zip = new GZipStream(stream, CompressionMode.Decompress); return {|SLA2003:zip.ReadByte()|};")]
    [InlineData("using var zip = new GZipStream(stream, CompressionMode.Decompress); using var reader = new StreamReader(zip); return await {|SLA2003:reader.ReadToEndAsync()|};")]
    [InlineData("using var reader = new BinaryReader(stream); return {|SLA2003:reader.ReadInt32()|};")]
    [InlineData("return await {|SLA2003:JsonSerializer.DeserializeAsync<Item>(stream)|};")]
    [InlineData("return {|SLA2003:JsonSerializer.Deserialize<Item>(stream)|};")]
    [InlineData("return await {|SLA2003:JsonDocument.ParseAsync(stream)|};")]
    [InlineData("return {|SLA2003:JsonDocument.Parse(stream)|};")]
    [InlineData("return await {|SLA2003:XDocument.LoadAsync(stream, LoadOptions.None, CancellationToken.None)|};")]
    [InlineData("return {|SLA2003:XDocument.Load(stream)|};")]
    [InlineData("await foreach (var item in {|SLA2003:JsonSerializer.DeserializeAsyncEnumerable<Item>(stream)|}) { Console.WriteLine(item); } return null;")]
    public Task A_body_stream_read_without_a_token_is_reported(string read) => Task.WhenAll(
        Verify<UseAnalyzer>.Reports(Method("using var stream = await _client.GetStreamAsync(url, token);\n" + read)),
        Verify<UseAnalyzer>.Reports(Method("using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);\nusing var stream = await response.Content.ReadAsStreamAsync(token);\n" + read)),
        Verify<UseAnalyzer>.Reports(Method("using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), HttpCompletionOption.ResponseHeadersRead);\nusing var stream = response.Content.ReadAsStream();\n" + read)));

    [Theory]
    [InlineData("return await response.Content.ReadAsStringAsync(token);")]
    [InlineData("return await response.Content.ReadAsByteArrayAsync(token);")]
    [InlineData("return await response.Content.ReadFromJsonAsync<Item>(token);")]
    [InlineData("return await response.Content.ReadFromJsonAsync<Item>(cancellationToken: token);")]
    [InlineData("await response.Content.CopyToAsync(target, token); return null;")]
    [InlineData("await response.Content.LoadIntoBufferAsync(token); return await response.Content.ReadAsStringAsync();")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(); return await stream.ReadAsync(new byte[10], token);")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(); await stream.CopyToAsync(target, token); return null;")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); using var reader = new StreamReader(stream); while (await reader.ReadLineAsync(token) is { } line) { Console.WriteLine(line); } return null;")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); return await JsonSerializer.DeserializeAsync<Item>(stream, cancellationToken: token);")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); return await JsonDocument.ParseAsync(stream, default, token);")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); return await XDocument.LoadAsync(stream, LoadOptions.None, token);")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); await foreach (var item in JsonSerializer.DeserializeAsyncEnumerable<Item>(stream, cancellationToken: token)) { Console.WriteLine(item); } return null;")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); await foreach (var item in JsonSerializer.DeserializeAsyncEnumerable<Item>(stream).WithCancellation(token)) { Console.WriteLine(item); } return null;")]
    [InlineData("using var stream = await response.Content.ReadAsStreamAsync(token); await foreach (var item in JsonSerializer.DeserializeAsyncEnumerable<Item>(stream).WithCancellation(token).ConfigureAwait(false)) { Console.WriteLine(item); } return null;")]
    [InlineData("using var source = CancellationTokenSource.CreateLinkedTokenSource(token); source.CancelAfter(TimeSpan.FromSeconds(9)); return await response.Content.ReadAsStringAsync(source.Token);")]
    [InlineData("using var source = new CancellationTokenSource(TimeSpan.FromSeconds(9)); return await response.Content.ReadAsStringAsync(source.Token);")]
    [InlineData("return response.StatusCode;")]
    [InlineData("return response.Content.Headers.ContentLength;")]
    [InlineData("return await response.Content.ReadAsStreamAsync();")]
    [InlineData("return response;")]
    public Task A_body_read_with_a_token_is_not_reported(string read) => Verify<UseAnalyzer>.Silent(Method(
        "var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);\n" + read));

    [Theory]
    [InlineData("using var response = await _client.GetAsync(url);")]
    [InlineData("using var response = await _client.GetAsync(url, token);")]
    [InlineData("using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseContentRead);")]
    [InlineData("using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), token);")]
    [InlineData("using var response = _client.Send(new HttpRequestMessage(HttpMethod.Get, url));")]
    [InlineData("using var response = await _client.PostAsync(url, null);")]
    [InlineData("using var response = await _client.PostAsJsonAsync(url, 1);")]
    [InlineData("var option = url.Length > 9 ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead; using var response = await _client.GetAsync(url, option);")]
    [InlineData("using var response = new HttpResponseMessage { Content = new StringContent(url) };")]
    public Task A_buffered_body_is_not_reported(string acquisition) => Verify<UseAnalyzer>.Silent(Method(
        acquisition + "\nusing var stream = await response.Content.ReadAsStreamAsync();\nstream.ReadByte();\nreturn await response.Content.ReadAsStringAsync();"));

    [Theory]
    [InlineData("await foreach (var item in {|SLA2003:_client.GetFromJsonAsAsyncEnumerable<Item>(url)|}) { Console.WriteLine(item); } return null;")]
    [InlineData("await foreach (var item in {|SLA2003:_client.GetFromJsonAsAsyncEnumerable<Item>(url)|}.ConfigureAwait(false)) { Console.WriteLine(item); } return null;")]
    [InlineData("var items = {|SLA2003:_client.GetFromJsonAsAsyncEnumerable<Item>(url)|}; await foreach (var item in items) { Console.WriteLine(item); } return null;")]
    [InlineData("await foreach (var item in {|SLA2003:_client.GetFromJsonAsAsyncEnumerable<Item>(url)|}.WithCancellation(CancellationToken.None)) { Console.WriteLine(item); } return null;")]
    public Task A_streamed_list_without_a_token_is_reported(string code) => Verify<UseAnalyzer>.Reports(Method(code));

    [Theory]
    [InlineData("await foreach (var item in _client.GetFromJsonAsAsyncEnumerable<Item>(url, token)) { Console.WriteLine(item); } return null;")]
    [InlineData("await foreach (var item in _client.GetFromJsonAsAsyncEnumerable<Item>(url).WithCancellation(token)) { Console.WriteLine(item); } return null;")]
    [InlineData("await foreach (var item in _client.GetFromJsonAsAsyncEnumerable<Item>(url).WithCancellation(token).ConfigureAwait(false)) { Console.WriteLine(item); } return null;")]
    [InlineData("var items = _client.GetFromJsonAsAsyncEnumerable<Item>(url); await foreach (var item in items.WithCancellation(token)) { Console.WriteLine(item); } return null;")]
    [InlineData("return _client.GetFromJsonAsAsyncEnumerable<Item>(url);")]
    public Task A_streamed_list_with_a_token_is_not_reported(string code) => Verify<UseAnalyzer>.Silent(Method(code));

    [Fact]
    public Task Several_reads_of_one_body_are_one_finding() => Verify<UseAnalyzer>.Reports(Method("""
        using var stream = await _client.GetStreamAsync(url);
        var header = new byte[8];
        await {|#0:stream.ReadExactlyAsync(header)|};
        var length = {|#1:stream.ReadByte()|};
        await {|#2:stream.CopyToAsync(target)|};
        return length;
        """),
        [Verify<UseAnalyzer>.Diagnostic("SLA2003").WithLocation(0).WithLocation(1).WithLocation(2).WithArguments("'ReadExactlyAsync'", "the response body 'stream' (Stream)")]);

    [Fact]
    public Task The_first_read_without_a_token_is_the_place() => Verify<UseAnalyzer>.Reports(Method("""
        using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(await response.Content.ReadAsStringAsync(token));
        }

        return await {|SLA2003:response.Content.ReadAsByteArrayAsync()|};
        """));

    [Fact]
    public Task Two_responses_are_two_findings() => Verify<UseAnalyzer>.Reports(Method("""
        using var first = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
        using var second = await _client.GetAsync(url + "/2", HttpCompletionOption.ResponseHeadersRead, token);
        return await {|SLA2003:first.Content.ReadAsStringAsync()|} + await {|SLA2003:second.Content.ReadAsStringAsync()|};
        """));

    [Theory]
    [InlineData("using var registration = token.Register(() => response.Dispose());")]
    [InlineData("using var registration = token.Register(response.Dispose);")]
    [InlineData("using var registration = token.Register(state => ((HttpResponseMessage)state).Dispose(), response);")]
    [InlineData("using var registration = token.UnsafeRegister(static state => ((IDisposable)state).Dispose(), response);")]
    [InlineData("using var timer = new Timer(_ => response.Dispose(), null, 5000, Timeout.Infinite);")]
    [InlineData("using var timer = new Timer(state => ((HttpResponseMessage)state).Dispose(), response, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);")]
    public Task Whatever_disposes_the_response_in_time_bounds_the_read(string bound) => Verify<UseAnalyzer>.Silent(Method(
        "using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);\n" + bound + "\nreturn await response.Content.ReadAsStringAsync();"));

    [Fact]
    public Task A_registration_that_disposes_the_stream_bounds_the_read() => Verify<UseAnalyzer>.Silent(Method("""
        using var stream = await _client.GetStreamAsync(url, token);
        using var registration = token.Register(() => stream.Dispose());
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
        """));

    [Theory]
    [InlineData("return await response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(5));")]
    [InlineData("return await response.Content.ReadAsStringAsync().WaitAsync(token);")]
    [InlineData("var read = response.Content.ReadAsStringAsync(); return await Task.WhenAny(read, Task.Delay(5000)) == read ? await read : null;")]
    public Task A_wait_with_a_deadline_is_left_to_SLA4002(string read) => Verify<UseAnalyzer>.Silent(Method(
        "using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);\n" + read));

    [Fact]
    public Task A_logging_handler_that_reads_the_body_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class BodyLoggingHandler : DelegatingHandler
        {
            private readonly ILogger _logger;
            public BodyLoggingHandler(ILogger logger) => _logger = logger;

            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    var body = await {|SLA2003:response.Content.ReadAsStringAsync()|};
                    _logger.LogWarning("{Body}", body);
                }

                return response;
            }
        }
        """);

    [Fact]
    public Task A_logging_handler_that_passes_its_token_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class BodyLoggingHandler : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
                Console.WriteLine(await response.Content.ReadAsStringAsync());
                return response;
            }
        }
        """);

    [Fact]
    public Task The_response_of_an_invoker_is_never_buffered() => Verify<UseAnalyzer>.Reports("""
        public sealed class Proxy
        {
            private readonly HttpMessageInvoker _invoker;
            public Proxy(HttpMessageInvoker invoker) => _invoker = invoker;

            public async Task Forward(HttpRequestMessage request, Stream target, CancellationToken token)
            {
                using var response = await _invoker.SendAsync(request, token);
                await {|SLA2003:response.Content.CopyToAsync(target)|};
            }
        }
        """);

    [Fact]
    public Task The_response_of_a_client_that_is_declared_as_an_invoker_is_not_known_to_be_buffered() => Verify<UseAnalyzer>.Silent("""
        public sealed class Proxy
        {
            private readonly HttpMessageInvoker _invoker = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };

            public async Task Forward(HttpRequestMessage request, Stream target, CancellationToken token)
            {
                using var response = await _invoker.SendAsync(request, token);
                await response.Content.CopyToAsync(target);
            }
        }
        """);

    [Fact]
    public Task A_response_from_a_helper_of_the_type_is_followed() => Verify<UseAnalyzer>.Reports("""
        public sealed class Feed
        {
            private readonly HttpClient _client;
            public Feed(HttpClient client) => _client = client;

            private async Task<HttpResponseMessage> OpenAsync(string url, CancellationToken token)
            {
                var request = new HttpRequestMessage(HttpMethod.Get, url);
                var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
                response.EnsureSuccessStatusCode();
                return response;
            }

            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await OpenAsync(url, token);
                return await {|SLA2003:response.Content.ReadAsStringAsync()|};
            }
        }
        """);

    [Fact]
    public Task A_response_from_a_helper_of_another_type_is_followed() => Verify<UseAnalyzer>.Reports("""
        internal static class Opening
        {
            public static Task<HttpResponseMessage> OpenAsync(this HttpClient client, string url, CancellationToken token) =>
                client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
        }

        public sealed class Feed(HttpClient client)
        {
            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await client.OpenAsync(url, token);
                return await {|SLA2003:response.Content.ReadAsStringAsync()|};
            }
        }
        """);

    [Fact]
    public Task A_helper_that_reads_what_it_is_given_is_the_place() => Verify<UseAnalyzer>.Reports("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                return await TextOf(response);
            }

            private static async Task<string> TextOf(HttpResponseMessage response)
            {
                using var stream = await response.Content.ReadAsStreamAsync();
                using var reader = new StreamReader(stream);
                return await {|SLA2003:reader.ReadToEndAsync()|};
            }
        }
        """);

    [Fact]
    public Task A_helper_whose_response_is_buffered_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await client.GetAsync(url, token);
                return await TextOf(response);
            }

            private static async Task<string> TextOf(HttpResponseMessage response) => await response.Content.ReadAsStringAsync();
        }
        """);

    [Theory]
    [InlineData("public Task<string> TextOf(HttpResponseMessage response) => response.Content.ReadAsStringAsync();")]
    [InlineData("public async Task<string> TextOf(HttpContent content) => await content.ReadAsStringAsync();")]
    [InlineData("public int First(Stream stream) => stream.ReadByte();")]
    [InlineData("public async Task<string> Echo(HttpRequest request) { using var reader = new StreamReader(request.Body); return await reader.ReadToEndAsync(); }")]
    [InlineData("public string Text(string path) { using var stream = File.OpenRead(path); using var reader = new StreamReader(stream); return reader.ReadToEnd(); }")]
    [InlineData("public async Task<string> Text() { using var content = new StringContent(\"a\"); return await content.ReadAsStringAsync(); }")]
    public Task A_body_of_unknown_or_other_origin_is_not_reported(string member) => Verify<UseAnalyzer>.Silent("public class C { " + member + " }");

    [Fact]
    public Task A_stream_that_forwards_its_reads_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class ResponseStream : Stream
        {
            private readonly HttpResponseMessage _response;
            private readonly Stream _inner;

            private ResponseStream(HttpResponseMessage response, Stream inner) { _response = response; _inner = inner; }

            public static async Task<Stream> OpenAsync(HttpClient client, string url, CancellationToken token)
            {
                var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                return new ResponseStream(response, await response.Content.ReadAsStreamAsync(token));
            }

            public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);
            public override int ReadByte() => _inner.ReadByte();
            public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken token) => _inner.ReadAsync(buffer, offset, count, token);
            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => false;
            public override long Length => throw new NotSupportedException();
            public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
            public override void Flush() { }
            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
            public override void SetLength(long value) => throw new NotSupportedException();
            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
            protected override void Dispose(bool disposing) { if (disposing) { _inner.Dispose(); _response.Dispose(); } base.Dispose(disposing); }
        }
        """);

    [Fact]
    public Task A_response_kept_in_a_field_is_followed() => Verify<UseAnalyzer>.Reports("""
        public sealed class EventSource : IDisposable
        {
            private readonly HttpClient _client;
            private HttpResponseMessage _response;
            private StreamReader _reader;

            public EventSource(HttpClient client) => _client = client;

            public async Task OpenAsync(string url, CancellationToken token)
            {
                _response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                _reader = new StreamReader(await _response.Content.ReadAsStreamAsync(token));
            }

            public Task<string> NextAsync() => {|SLA2003:_reader.ReadLineAsync()|};

            public void Dispose() { _reader?.Dispose(); _response?.Dispose(); }
        }
        """);

    [Fact]
    public Task A_download_with_progress_is_reported_at_its_first_read() => Verify<UseAnalyzer>.Reports("""
        public static class Downloader
        {
            private static readonly HttpClient Client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

            public static async Task DownloadAsync(string url, string path, IProgress<long> progress)
            {
                using var response = await Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
                response.EnsureSuccessStatusCode();
                await using var source = await response.Content.ReadAsStreamAsync();
                await using var target = File.Create(path);
                var buffer = new byte[81920];
                long total = 0;
                int count;
                while ((count = await {|SLA2003:source.ReadAsync(buffer)|}) > 0)
                {
                    await target.WriteAsync(buffer.AsMemory(0, count));
                    progress.Report(total += count);
                }
            }
        }
        """);

    [Fact]
    public Task An_iterator_over_lines_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Tail(HttpClient client)
        {
            public async IAsyncEnumerable<string> Lines(string url)
            {
                using var stream = await client.GetStreamAsync(url);
                using var reader = new StreamReader(stream);
                while (true)
                {
                    var line = await {|SLA2003:reader.ReadLineAsync()|};
                    if (line is null) yield break;
                    yield return line;
                }
            }
        }
        """);

    [Fact]
    public Task An_iterator_with_the_token_of_its_consumer_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        using System.Runtime.CompilerServices;
        public sealed class Tail(HttpClient client)
        {
            public async IAsyncEnumerable<string> Lines(string url, [EnumeratorCancellation] CancellationToken token = default)
            {
                using var stream = await client.GetStreamAsync(url, token);
                using var reader = new StreamReader(stream);
                while (await reader.ReadLineAsync(token) is { } line)
                {
                    yield return line;
                }
            }
        }
        """);

    [Fact]
    public Task A_read_in_a_lambda_is_reported() => Verify<UseAnalyzer>.Reports("""
        public sealed class Copier(HttpClient client)
        {
            public async Task CopyAsync(string url, Func<Stream, Task> write, CancellationToken token)
            {
                using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                Func<Task<string>> text = () => {|SLA2003:response.Content.ReadAsStringAsync()|};
                Console.WriteLine(await text());
            }
        }
        """);

    [Fact]
    public Task A_stream_given_to_something_unknown_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public interface IParser { Task<int> ParseAsync(Stream stream); }
        public sealed class Feed(HttpClient client, IParser parser)
        {
            public async Task<int> ReadAsync(string url, CancellationToken token)
            {
                using var stream = await client.GetStreamAsync(url, token);
                return await parser.ParseAsync(stream);
            }
        }
        """);

    [Fact]
    public Task It_is_reported_where_the_read_takes_no_token() => Verify<UseAnalyzer>.Reports("""
        public class C
        {
            private readonly HttpClient _client;
            public C(HttpClient client) { _client = client; }
            public async Task<string> Get(string url, CancellationToken token)
            {
                using (var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token))
                {
                    return await {|SLA2003:response.Content.ReadAsStringAsync()|};
                }
            }
        }
        """,
        references: TargetFrameworks.NetStandard20,
        languageVersion: Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp7_3);

    [Fact]
    public Task A_minimal_endpoint_is_reported() => Verify<UseAnalyzer>.Reports("""
        var app = WebApplication.Create(args);
        app.MapGet("/report", async (IHttpClientFactory factory, CancellationToken token) =>
        {
            var client = factory.CreateClient("reports");
            using var response = await client.GetAsync("daily", HttpCompletionOption.ResponseHeadersRead, token);
            return await {|SLA2003:response.Content.ReadAsStringAsync()|};
        });
        app.Run();
        """);

    [Fact]
    public Task Probes_T02_and_T03_are_reported() => Verify<UseAnalyzer>.Reports("""
        public class Samples
        {
            static readonly HttpClient C = {|SLA2001:new HttpClient()|};
            public static async Task<string> T02() { using var r = await C.GetAsync("http://x/", HttpCompletionOption.ResponseHeadersRead); return await {|SLA2003:r.Content.ReadAsStringAsync()|}; }
            public static async Task T03(Stream d) { using var s = await C.GetStreamAsync("http://x/"); await {|SLA2003:s.CopyToAsync(d)|}; }
        }
        """);

    [Fact]
    public Task A_helper_of_another_type_that_reads_what_it_is_given_is_the_place() => Verify<UseAnalyzer>.Reports("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                using var stream = await response.Content.ReadAsStreamAsync(token);
                return await Text.OfAsync(stream);
            }
        }

        internal static class Text
        {
            public static async Task<string> OfAsync(Stream stream)
            {
                using var reader = new StreamReader(stream);
                return await {|SLA2003:reader.ReadToEndAsync()|};
            }
        }
        """);

    [Fact]
    public Task A_class_that_owns_the_response_and_reads_it_is_the_place() => Verify<UseAnalyzer>.Reports("""
        public sealed class Download : IDisposable
        {
            private readonly HttpResponseMessage _response;
            internal Download(HttpResponseMessage response) => _response = response;
            public async Task SaveAsync(string path)
            {
                using var file = File.Create(path);
                await {|SLA2003:_response.Content.CopyToAsync(file)|};
            }

            public void Dispose() => _response.Dispose();
        }

        public sealed class Downloads(HttpClient client)
        {
            public async Task<Download> OpenAsync(string url, CancellationToken token) =>
                new Download(await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token));
        }
        """);

    /// <summary>The class that reads names nothing of the network: that it is given a response is found from the other end.</summary>
    [Theory]
    [InlineData("return await new Table(stream).CountAsync();")]
    [InlineData("var table = new Table(stream); return await table.CountAsync();")]
    [InlineData("Table table = new(stream); return await table.CountAsync();")]
    [InlineData("return await Tables.Over(stream).CountAsync();")]
    [InlineData("return await stream.AsTable().CountAsync();")]
    public Task A_class_that_names_nothing_of_the_network_and_is_given_a_body_is_the_place(string use) => Verify<UseAnalyzer>.Reports($$"""
        public sealed class Feed(HttpClient client)
        {
            public async Task<int> RowsAsync(string url, CancellationToken token)
            {
                using var stream = await client.GetStreamAsync(url, token);
                {{use}}
            }
        }

        public static class Tables
        {
            public static Table Over(Stream body) => new Table(body);
            public static Table AsTable(this Stream body) => Over(body);
        }

        public sealed class Table
        {
            private readonly StreamReader _rows;
            public Table(Stream body) : this(new StreamReader(body), ',') { }
            private Table(StreamReader rows, char separator) => _rows = rows;
            public async Task<int> CountAsync()
            {
                var count = 0;
                while (await {|SLA2003:_rows.ReadLineAsync()|} is not null) count++;
                return count;
            }
        }
        """);

    [Fact]
    public Task A_body_that_goes_over_helpers_of_several_classes_is_followed() => Verify<UseAnalyzer>.Reports("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> AllAsync(string url, CancellationToken token)
            {
                using var stream = await client.GetStreamAsync(url, token);
                return await stream.AllTextAsync();
            }
        }

        public static class Streams
        {
            public static async Task<string> AllTextAsync(this Stream body) => await Texts.OfAsync(body, Encoding.UTF8);
        }

        public static class Texts
        {
            public static async Task<string> OfAsync(Stream body, Encoding encoding)
            {
                string text;
                var reader = new StreamReader(body, encoding);
                text = await {|SLA2003:reader.ReadToEndAsync()|};
                return text;
            }
        }
        """);

    [Fact]
    public Task KnownGap_A_body_that_a_constructor_hands_to_its_base_class_is_not_followed_into_it() => Verify<UseAnalyzer>.Silent("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> FirstAsync(string url, CancellationToken token)
            {
                using var stream = await client.GetStreamAsync(url, token);
                var table = new Table(stream, 1);
                return await table.NextAsync();
            }
        }

        public abstract class Rows
        {
            private readonly StreamReader _reader;
            protected Rows(Stream body) => _reader = new StreamReader(body);
            public async Task<string> NextAsync() => await _reader.ReadLineAsync();
        }

        public sealed class Table : Rows
        {
            public Table(Stream body, int skip) : base(body) { }
        }
        """);

    [Fact]
    public Task A_class_that_is_given_files_alone_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<int> RowsAsync(string url, CancellationToken token)
            {
                using var stream = await client.GetStreamAsync(url, token);
                await using var file = File.Create("rows");
                await stream.CopyToAsync(file, token);
                file.Position = 0;
                return await new Table(file).CountAsync();
            }
        }

        public sealed class Table(Stream body)
        {
            private readonly StreamReader _rows = new(body);
            public async Task<int> CountAsync()
            {
                var count = 0;
                while (await _rows.ReadLineAsync() is not null) count++;
                return count;
            }
        }
        """);

    [Fact]
    public Task A_helper_of_another_type_that_is_given_buffered_bodies_is_not_reported() => Verify<UseAnalyzer>.Silent("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await client.GetAsync(url, token);
                return await Text.OfAsync(response);
            }
        }

        internal static class Text
        {
            public static async Task<string> OfAsync(HttpResponseMessage response) => await response.Content.ReadAsStringAsync();
        }
        """);

    [Fact]
    public Task A_copy_into_the_response_of_a_handler_is_left_to_SLA3002() => Verify<UseAnalyzer>.Silent("""
        public static class Proxy
        {
            public static async Task Handle(HttpContext context, HttpClient client)
            {
                using var upstream = await client.GetAsync("http://origin/log", HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                await upstream.Content.CopyToAsync(context.Response.Body);
            }

            public static async Task Stream(HttpContext context, HttpClient client)
            {
                using var source = await client.GetStreamAsync("http://origin/log", context.RequestAborted);
                await source.CopyToAsync(context.Response.Body);
            }
        }
        """);

    [Fact]
    public Task A_token_parameter_that_no_caller_gives_is_none() => Verify<UseAnalyzer>.Reports("""
        using System.Runtime.CompilerServices;
        public sealed class Tail(HttpClient client)
        {
            public async Task PrintAsync(string url)
            {
                await foreach (var line in Lines(url))
                {
                    Console.WriteLine(line);
                }
            }

            private async IAsyncEnumerable<string> Lines(string url, [EnumeratorCancellation] CancellationToken token = default)
            {
                using var stream = await client.GetStreamAsync(url, token);
                using var reader = new StreamReader(stream);
                while (await {|SLA2003:reader.ReadLineAsync(token)|} is { } line)
                {
                    yield return line;
                }
            }
        }
        """);

    [Fact]
    public Task A_token_that_the_consumer_of_an_iterator_gives_bounds_the_read() => Verify<UseAnalyzer>.Silent("""
        using System.Runtime.CompilerServices;
        public sealed class Tail(HttpClient client)
        {
            public async Task PrintAsync(string url, CancellationToken stop)
            {
                await foreach (var line in Lines(url).WithCancellation(stop))
                {
                    Console.WriteLine(line);
                }
            }

            private async IAsyncEnumerable<string> Lines(string url, [EnumeratorCancellation] CancellationToken token = default)
            {
                using var stream = await client.GetStreamAsync(url, token);
                using var reader = new StreamReader(stream);
                while (await reader.ReadLineAsync(token) is { } line)
                {
                    yield return line;
                }
            }
        }
        """);

    [Fact]
    public Task A_helper_whose_every_caller_waits_with_a_deadline_is_left_to_SLA4002() => Verify<UseAnalyzer>.Silent("""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> ReadAsync(string url, CancellationToken token)
            {
                using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
                return await TextOf(response).WaitAsync(TimeSpan.FromSeconds(5), token);
            }

            private static async Task<string> TextOf(HttpResponseMessage response) => await response.Content.ReadAsStringAsync();
        }
        """);

    [Theory]
    [InlineData("using var zip = {|SLA2003:new ZipArchive(stream)|}; return zip.Entries.Count;")]
    [InlineData("using var sha = System.Security.Cryptography.SHA256.Create(); return {|SLA2003:sha.ComputeHash(stream)|};")]
    [InlineData("return await {|SLA2003:System.Security.Cryptography.SHA256.HashDataAsync(stream)|};")]
    [InlineData("var pipe = PipeReader.Create(stream); var result = await {|SLA2003:pipe.ReadAsync()|}; await pipe.CompleteAsync(); return result.IsCompleted;")]
    [InlineData("using var reader = {|SLA2003:XmlReader.Create(stream)|}; return reader.Name;")]
    [InlineData("{|SLA2003:ZipFile.ExtractToDirectory(stream, url)|}; return null;")]
    [InlineData("using var tar = new System.Formats.Tar.TarReader(stream); return await {|SLA2003:tar.GetNextEntryAsync()|};")]
    public Task Whatever_reads_the_stream_is_a_read(string read) => Verify<UseAnalyzer>.Reports(Method("using var stream = await _client.GetStreamAsync(url, token);\n" + read));

    [Fact]
    public Task A_body_that_a_stream_of_the_project_counts_is_still_the_body() => Verify<UseAnalyzer>.Silent(Method("""
        using var stream = await _client.GetStreamAsync(url, token);
        using var counting = new BufferedStream(stream);
        return await counting.ReadAsync(new byte[1], token);
        """));

    [Theory]
    [InlineData("private Task<HttpResponseMessage> Send(string url, HttpCompletionOption option = HttpCompletionOption.ResponseHeadersRead) => client.GetAsync(url, option); public async Task<string> Get(string url) { using var response = await Send(url); return await {|SLA2003:response.Content.ReadAsStringAsync()|}; }")]
    [InlineData("private Task<HttpResponseMessage> Send(string url, HttpCompletionOption option) => client.GetAsync(url, option); public async Task<string> Get(string url) { using var response = await Send(url, HttpCompletionOption.ResponseHeadersRead); return await {|SLA2003:response.Content.ReadAsStringAsync()|}; }")]
    [InlineData("public async Task<string> Get(string url) { using var response = await client.OpenAsync(url, HttpCompletionOption.ResponseHeadersRead); return await {|SLA2003:response.Content.ReadAsStringAsync()|}; }")]
    public Task A_helper_that_is_told_not_to_buffer_does_not(string members) => Verify<UseAnalyzer>.Reports(WithOpening(members));

    [Theory]
    [InlineData("private Task<HttpResponseMessage> Send(string url, HttpCompletionOption option = HttpCompletionOption.ResponseContentRead) => client.GetAsync(url, option); public async Task<string> Get(string url) { using var response = await Send(url); return await response.Content.ReadAsStringAsync(); }")]
    [InlineData("private Task<HttpResponseMessage> Send(string url, HttpCompletionOption option) => client.GetAsync(url, option); public async Task<string> Get(string url, HttpCompletionOption option) { using var response = await Send(url, option); return await response.Content.ReadAsStringAsync(); }")]
    [InlineData("private Task<HttpResponseMessage> Send(string url, HttpCompletionOption option) => client.GetAsync(url, option); public async Task<string> Get(string url) { using var first = await Send(url, HttpCompletionOption.ResponseHeadersRead); using var second = await Send(url, HttpCompletionOption.ResponseContentRead); return await second.Content.ReadAsStringAsync(); }")]
    [InlineData("public async Task<string> Get(string url) { using var response = await client.OpenAsync(url); return await response.Content.ReadAsStringAsync(); }")]
    public Task A_helper_that_may_buffer_is_taken_to(string members) => Verify<UseAnalyzer>.Silent(WithOpening(members));

    private static string WithOpening(string members) => $$"""
        internal static class Opening
        {
            public static async Task<HttpResponseMessage> OpenAsync(this HttpClient client, string url, HttpCompletionOption option = HttpCompletionOption.ResponseContentRead)
            {
                var response = await client.GetAsync(url, option);
                response.EnsureSuccessStatusCode();
                return response;
            }
        }

        public sealed class Feed(HttpClient client)
        {
            {{members}}
        }
        """;

    [Theory]
    [InlineData("if (text) return await response.Content.ReadAsStringAsync(token); return Convert.ToBase64String(await {|SLA2003:response.Content.ReadAsByteArrayAsync()|});")]
    [InlineData("if (!text) await response.Content.LoadIntoBufferAsync(token); return await {|SLA2003:response.Content.ReadAsStringAsync()|};")]
    [InlineData("return text ? await response.Content.ReadAsStringAsync(token) : Convert.ToBase64String(await {|SLA2003:response.Content.ReadAsByteArrayAsync()|});")]
    public Task A_read_with_a_token_in_another_branch_has_not_read_the_body(string code) => Verify<UseAnalyzer>.Reports(Either(code));

    [Theory]
    [InlineData("if (text) { await response.Content.LoadIntoBufferAsync(token); return await response.Content.ReadAsStringAsync(); } return string.Empty;")]
    [InlineData("await response.Content.LoadIntoBufferAsync(token); return text ? await response.Content.ReadAsStringAsync() : string.Empty;")]
    public Task A_read_with_a_token_ahead_of_a_branch_has(string code) => Verify<UseAnalyzer>.Silent(Either(code));

    private static string Either(string code) => $$"""
        public sealed class Feed(HttpClient client)
        {
            public async Task<string> GetAsync(Uri address, bool text, CancellationToken token)
            {
                using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, token);
                {{code}}
            }
        }
        """;

    [Fact]
    public Task A_body_without_a_name_is_named_as_the_response_body() => Verify<UseAnalyzer>.Reports(
        """
        public sealed class Lists(HttpClient client)
        {
            public async Task<int> FirstAsync(Uri address, CancellationToken token)
            {
                using var reader = new BinaryReader(await client.GetStreamAsync(address, token));
                return {|#0:reader.ReadByte()|};
            }
        }
        """,
        [Verify<UseAnalyzer>.Diagnostic("SLA2003").WithLocation(0).WithArguments("'ReadByte'", "the response body")]);
}
