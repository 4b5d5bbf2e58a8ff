using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>A project that references another one, as an IDE has it: the other's methods have source.</summary>
public sealed class ProjectReferenceTests
{
    private const string Library = """
        using System.IO;
        using System.Net.Http;
        using System.Net.Sockets;
        public static class Library
        {
            public static TcpClient Make() => new TcpClient();
            public static void Use(TcpClient client) { }
            public static bool IsEqualTo(this byte[] expected, Stream actual) { using (actual) { return actual.Length == expected.Length; } }
            public static HttpMessageHandler MakeHandler() => new HttpClientHandler();
        }
        """;

    [Fact]
    public Task Methods_of_another_project_are_unknown_as_in_a_build() => Run("""
        using System.Net.Http;
        using System.Net.Sockets;
        class C
        {
            void M1() { var client = Library.Make(); }
            void M2() { var client = new TcpClient(); Library.Use(client); }
            void M3() { var client = new HttpClient(Library.MakeHandler()); }
            void M4() { var client = {|SLA1001:new TcpClient()|}; }
        }
        """);

    [Fact]
    public Task A_helper_of_another_project_may_release_what_is_made_for_it() => Run("""
        using System.IO;
        using System.Threading.Tasks;
        class C
        {
            bool Extension(byte[] expected, string path) => expected.IsEqualTo(File.OpenRead(path));
            bool Called(byte[] expected, string path) => Library.IsEqualTo(expected, new FileStream(path, FileMode.Open));
            bool Kept(byte[] expected, string path)
            {
                var actual = {|SLA1001:File.OpenRead(path)|};
                return expected.IsEqualTo(actual) && actual.Length > 0;
            }
        }
        """);

    private static Task Run(string code) => new RuleTest<ResourceAnalyzer>
    {
        TestState =
        {
            Sources = { code },
            AdditionalProjects = { ["Library"] = { Sources = { Library } } },
            AdditionalProjectReferences = { "Library" },
        },
    }.RunAsync(TestContext.Current.CancellationToken);
}
