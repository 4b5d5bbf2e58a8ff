using System.Threading.Tasks;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>The response of a <c>WebException</c> is owed by the handler that looks at it.</summary>
public class WebExceptionTests
{
    private static string Catching(string handler, string filter = "", string type = "WebException e") => Verify.InMethod(
        $$"""
        try
        {
            using (var response = request.GetResponse())
            {
                return response.ContentType;
            }
        }
        catch ({{type}}){{filter}}
        {
            {{handler}}
        }
        """,
        "public string? M(HttpWebRequest request, Action<Exception> report, List<Exception> all)",
        """
        private static void Log(string text, Exception e) => Console.WriteLine(text + e.Message);
        private static string Describe(WebException e) { using (var r = e.Response) { return r?.ContentType ?? e.Message; } }
        private sealed class FetchException : Exception { public FetchException(string m, Exception e) : base(m, e) { } }
        """);

    [Theory]
    [InlineData("var r = (HttpWebResponse){|SLA1001:e.Response|}!; return r.StatusDescription;")]
    [InlineData("return ((HttpWebResponse){|SLA1001:e.Response|}!).StatusDescription;")]
    [InlineData("if ({|SLA1001:e.Response|} is HttpWebResponse { StatusCode: HttpStatusCode.NotFound }) { return null; } return e.Message;")]
    [InlineData("if ({|SLA1001:e.Response|} is HttpWebResponse r && r.StatusCode == HttpStatusCode.NotFound) { return null; } return e.Message;")]
    [InlineData("if ({|SLA1001:e.Response|} != null) { return ((HttpWebResponse)e.Response).Server; } return e.Message;")]
    [InlineData("return ({|SLA1001:e.Response|} as HttpWebResponse)?.StatusDescription;")]
    [InlineData("Console.WriteLine(e); Log(\"failed\", e); return {|SLA1001:e.Response|}?.ContentType;")]
    [InlineData("var r = {|SLA1002:e.Response|} as HttpWebResponse; if (r?.StatusCode == HttpStatusCode.NotFound) { return null; } throw;")]
    [InlineData("var reader = new StreamReader({|SLA1001:e.Response|}!.GetResponseStream()); return reader.ReadLine();")]
    [InlineData("if ({|SLA1002:e.Response|} == null) return null; return new StreamReader(e.Response.GetResponseStream()).ReadToEnd();")]
    public Task A_response_that_is_looked_at_and_left_is_reported(string handler) => Verify<ResourceAnalyzer>.Reports(Catching(handler));

    [Theory]
    [InlineData("return e.Message;")]
    [InlineData("if (e.Status == WebExceptionStatus.Timeout) { return null; } throw;")]
    [InlineData("using (var r = e.Response) { return r?.ContentType; }")]
    [InlineData("using var r = (HttpWebResponse?)e.Response; return r?.StatusDescription;")]
    [InlineData("var r = e.Response; if (r == null) { throw; } var text = r.ContentType; r.Close(); return text;")]
    [InlineData("var text = ((HttpWebResponse)e.Response!).StatusDescription; e.Response.Dispose(); return text;")]
    [InlineData("var text = e.Response?.ContentType; e.Response?.Dispose(); return text;")]
    [InlineData("if (e.Response == null) { return null; } using (var reader = new StreamReader(e.Response.GetResponseStream())) { return reader.ReadLine(); }")]
    [InlineData("using (var s = e.Response?.GetResponseStream()) { return s?.ReadByte().ToString(); }")]
    [InlineData("if (((HttpWebResponse)e.Response!).StatusCode == HttpStatusCode.NotFound) { Console.WriteLine(1); } throw;")]
    [InlineData("throw new FetchException(((HttpWebResponse)e.Response!).StatusDescription, e);")]
    [InlineData("var status = ((HttpWebResponse)e.Response!).StatusCode; throw new IOException(status.ToString(), e);")]
    [InlineData("Console.WriteLine(e.Response?.ContentType); throw e;")]
    [InlineData("var wrapped = new InvalidOperationException(e.Response?.ContentType, e); throw wrapped;")]
    [InlineData("Console.WriteLine(e.Response?.ContentType); all.Add(e); return null;")]
    [InlineData("Console.WriteLine(e.Response?.ContentType); report(e); return null;")]
    [InlineData("var text = e.Response?.ContentType; return text + Describe(e);")]
    [InlineData("return Describe(e);")]
    public Task A_response_that_is_closed_read_or_goes_on_with_its_exception_is_not_reported(string handler) => Verify<ResourceAnalyzer>.Silent(Catching(handler));

    [Theory]
    [InlineData(" when (e.Response is HttpWebResponse { StatusCode: HttpStatusCode.NotFound })", "e.Response!.Dispose(); return null;")]
    [InlineData(" when (((HttpWebResponse)e.Response!).StatusCode == HttpStatusCode.NotFound)", "using (e.Response) { return null; }")]
    [InlineData(" when (e.Status == WebExceptionStatus.Timeout)", "return null;")]
    public Task A_filter_that_lets_it_pass_gives_the_response_on(string filter, string handler) => Verify<ResourceAnalyzer>.Silent(Catching(handler, filter));

    [Theory]
    [InlineData(" when ({|SLA1002:e.Response|} is HttpWebResponse { StatusCode: HttpStatusCode.NotFound })")]
    [InlineData(" when (({|SLA1002:e.Response|} as HttpWebResponse)?.StatusCode == HttpStatusCode.NotFound)")]
    public Task A_filter_that_looks_at_it_leaves_it_to_its_handler(string filter) => Verify<ResourceAnalyzer>.Reports(Catching("return null;", filter));

    [Fact]
    public Task A_variable_of_a_pattern_in_the_handler() => Verify<ResourceAnalyzer>.Reports(Catching(
        "if (e is WebException web) { return {|SLA1001:web.Response|}?.ContentType; } return null;", type: "Exception e"));

    [Fact]
    public Task Some_paths_close_what_a_variable_holds() => Verify<ResourceAnalyzer>.Reports(Catching(
        "var r = {|SLA3001:e.Response|}; if (r == null) { return null; } if (r.ContentLength > 5) { return \"long\"; } r.Close(); return null;"));

    [Fact]
    public Task An_exception_that_is_not_caught_here_is_not_looked_into() => Verify<ResourceAnalyzer>.Silent(
        "public class C { public static string? M(WebException e) => e.Response?.ContentType; }");

    [Fact]
    public Task The_fix_disposes_it_at_the_end_of_the_handler() => Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.Fixes(
        Catching("var r = (HttpWebResponse?){|SLA1001:e.Response|}; return r?.StatusDescription;"),
        Catching("using var r = (HttpWebResponse?)e.Response; return r?.StatusDescription;"));
}
