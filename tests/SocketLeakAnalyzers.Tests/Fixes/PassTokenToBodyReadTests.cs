using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>The fix of SLA2003: on the rule itself.</summary>
public sealed class PassTokenToBodyReadTests
{
    private const string Open = "using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);\n";
    private const string Reader = Open + "using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(token));\n";
    private const string WithToken = "public static async Task<string> M(HttpClient http, string url, CancellationToken token)";
    private const string Source = "using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n";

    private static Task Fixes(string before, string after, string signature = WithToken, LanguageVersion languageVersion = LanguageVersion.Default) =>
        Verify<UseAnalyzer, PassTokenCodeFixProvider>.Fixes(Verify.InMethod(before, signature), Verify.InMethod(after, signature), languageVersion: languageVersion);

    private static Task NoFix(string code, string signature = WithToken) => Verify<UseAnalyzer, PassTokenCodeFixProvider>.NoFix(Verify.InMethod(code, signature));

    [Theory]
    [InlineData("return await {|SLA2003:response.Content.ReadAsStringAsync()|};", "return await response.Content.ReadAsStringAsync(token);")]
    [InlineData("var bytes = await {|SLA2003:response.Content.ReadAsByteArrayAsync()|};\nreturn bytes.ToString();", "var bytes = await response.Content.ReadAsByteArrayAsync(token);\nreturn bytes.ToString();")]
    [InlineData("await {|SLA2003:response.Content.CopyToAsync(Stream.Null)|};\nreturn url;", "await response.Content.CopyToAsync(Stream.Null, token);\nreturn url;")]
    public Task A_body_is_read_with_the_token_that_the_request_had(string before, string after) => Fixes(Open + before, Open + after);

    [Theory]
    [InlineData("return {|SLA2003:reader.ReadToEnd()|};", "return await reader.ReadToEndAsync(token);")]
    [InlineData("return {|SLA2003:reader.ReadLine()|}.Trim();", "return (await reader.ReadLineAsync(token)).Trim();")]
    [InlineData("return {|SLA2003:reader.ReadToEnd()|} + url;", "return await reader.ReadToEndAsync(token) + url;")]
    public Task A_blocking_read_of_an_async_method_is_awaited(string before, string after) => Fixes(Reader + before, Reader + after);

    [Fact]
    public Task Json_that_is_read_blocking_is_awaited() => Fixes(
        Open + "var stream = response.Content.ReadAsStream();\nreturn {|SLA2003:System.Text.Json.JsonSerializer.Deserialize<string>(stream)|};",
        Open + "var stream = response.Content.ReadAsStream();\nreturn await System.Text.Json.JsonSerializer.DeserializeAsync<string>(stream, cancellationToken: token);");

    [Fact]
    public Task A_stream_is_copied_with_a_deadline_where_there_is_no_token() => Fixes(
        "await using var body = await http.GetStreamAsync(url);\nawait {|SLA2003:body.CopyToAsync(to)|};",
        "await using var body = await http.GetStreamAsync(url);\n" + Source + "await body.CopyToAsync(to, cts.Token);",
        "public static async Task M(HttpClient http, string url, Stream to)");

    [Fact]
    public Task All_reads_of_a_body_are_given_the_token() => Fixes(
        Reader + """
        var head = await {|SLA2003:reader.ReadLineAsync()|};
        // The rest.
        while (await reader.ReadLineAsync() is { } line)
        {
            head += line;
        }

        return head;
        """,
        Reader + """
        var head = await reader.ReadLineAsync(token);
        // The rest.
        while (await reader.ReadLineAsync(token) is { } line)
        {
            head += line;
        }

        return head;
        """);

    [Fact]
    public Task The_end_of_a_stream_is_told_by_the_line() => Fixes(
        Reader + """
        while (!reader.EndOfStream)
        {
            var line = await {|SLA2003:reader.ReadLineAsync()|}; // one
            Console.WriteLine(line);
        }

        return url;
        """,
        Reader + """
        while (true)
        {
            var line = await reader.ReadLineAsync(token); // one
            if (line is null)
            {
                break;
            }
            Console.WriteLine(line);
        }

        return url;
        """);

    [Fact]
    public Task The_rest_of_a_condition_stays() => Fixes(
        Reader + """
        string line;
        while (!token.IsCancellationRequested && !reader.EndOfStream) {
            token.ThrowIfCancellationRequested();
            line = await {|SLA2003:reader.ReadLineAsync()|}.ConfigureAwait(false);
            Console.WriteLine(line);
        }

        return url;
        """,
        Reader + """
        string line;
        while (!token.IsCancellationRequested) {
            token.ThrowIfCancellationRequested();
            line = await reader.ReadLineAsync(token).ConfigureAwait(false);
            if (line is null) {
                break;
            }
            Console.WriteLine(line);
        }

        return url;
        """);

    [Fact]
    public Task A_test_for_the_end_ahead_of_something_else_is_left() => NoFix(
        Reader + """
        while (!reader.EndOfStream)
        {
            Console.WriteLine(await {|SLA2003:reader.ReadLineAsync()|});
        }

        return url;
        """);

    [Fact]
    public Task Items_that_come_as_a_stream_are_given_the_token() => Fixes(
        "await foreach (var item in {|SLA2003:System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsAsyncEnumerable<int>(http, url)|})\n{\n    Console.WriteLine(item);\n}\n\nreturn url;",
        "await foreach (var item in System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsAsyncEnumerable<int>(http, url, token))\n{\n    Console.WriteLine(item);\n}\n\nreturn url;");

    [Fact]
    public Task A_blocking_read_of_a_method_that_is_not_async_is_left() => NoFix(
        "using var response = http.Send(new HttpRequestMessage(HttpMethod.Get, url), HttpCompletionOption.ResponseHeadersRead);\nusing var reader = new StreamReader(response.Content.ReadAsStream());\nreturn {|SLA2003:reader.ReadToEnd()|};",
        "public static string M(HttpClient http, string url)");

    [Fact]
    public Task What_has_no_asynchronous_twin_is_left() => NoFix(Open + "using var reader = new BinaryReader(response.Content.ReadAsStream());\nreturn {|SLA2003:reader.ReadString()|};");

    [Theory]
    [InlineData("idle.Token", "")]
    [InlineData("token", "var token = idle.Token;\n")]
    public Task The_token_of_a_source_that_nothing_cancels_is_not_passed(string token, string declaration)
    {
        var open = "using var idle = new CancellationTokenSource();\n" + declaration + "using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, " + token + ");\n";
        return Fixes(
            open + "return await {|SLA2003:response.Content.ReadAsStringAsync()|};",
            open + Source + "return await response.Content.ReadAsStringAsync(cts.Token);",
            "public static async Task<string> M(HttpClient http, string url)");
    }
}
