using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.CSharp13;

/// <summary>Collection expressions, and <c>params</c> of a collection that is no array, which the compiler of the floor does not tell of.</summary>
public sealed class CollectionTests
{
    private static string InMethod(string body) => Verify.InMethod(
        body,
        "public object M(string a, string b)",
        """
        private static void Close(params ReadOnlySpan<Stream> all)
        {
            foreach (var each in all)
            {
                each?.Dispose();
            }
        }
        """);

    private static Task Reports(string body) => Verify<ResourceAnalyzer>.Reports(InMethod(body), references: TargetFrameworks.Net100);

    private static Task Silent(string body) => Verify<ResourceAnalyzer>.Silent(InMethod(body), references: TargetFrameworks.Net100);

    [Theory]
    [InlineData("Stream[] both = [{|SLA1003:File.OpenRead(a)|}, File.OpenRead(b)]; return both;")]
    [InlineData("List<Stream> both = [{|SLA1003:File.OpenRead(a)|}, new BufferedStream(File.OpenRead(b))]; return both;")]
    public Task An_element_is_lost_when_a_later_one_throws(string body) => Reports(body);

    [Theory]
    [InlineData("var file = {|SLA1002:File.OpenRead(a)|}; if (file.Length == 0) return null; Close(file, null); return a;")]
    [InlineData("var file = {|SLA1002:File.OpenRead(a)|}; if (file.Length == 0) return null; Close(file); return a;")]
    [InlineData("var file = {|SLA1001:File.OpenRead(a)|}; return string.Format(\"{0} {1} {2} {3}\", file, 1, 2, 3);")]
    [InlineData("var file = {|SLA1001:File.OpenRead(a)|}; return string.Concat(\"1\", \"2\", \"3\", \"4\", file.Name);")]
    public Task What_is_given_one_by_one_is_followed(string body) => Reports(body);

    [Theory]
    [InlineData("var file = File.OpenRead(a); try { return file.ReadByte(); } finally { Close(file); }")]
    [InlineData("var file = File.OpenRead(a); return System.Collections.Immutable.ImmutableArray.Create<Stream>(file, null, null, null, null);")]
    [InlineData("var file = File.OpenRead(a); Stream[] all = [file, Stream.Null]; return all;")]
    [InlineData("var file = File.OpenRead(a); List<Stream> some = [file]; List<Stream> all = [.. some, null]; return all;")]
    public Task What_is_released_or_kept_is_not_reported(string body) => Silent(body);
}
