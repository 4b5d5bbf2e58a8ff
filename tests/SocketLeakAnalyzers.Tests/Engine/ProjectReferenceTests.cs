using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>A project that references another one, as an IDE has it: the other's methods have source.</summary>
public sealed class ProjectReferenceTests
{
    private const string Library = """
        using System.Net.Http;
        using System.Net.Sockets;
        public static class Library
        {
            public static TcpClient Make() => new TcpClient();
            public static void Use(TcpClient client) { }
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

    private static Task Run(string code) => new CSharpAnalyzerTest<ResourceAnalyzer, DefaultVerifier>
    {
        TestState =
        {
            Sources = { code },
            AdditionalProjects = { ["Library"] = { Sources = { Library } } },
            AdditionalProjectReferences = { "Library" },
        },
    }.RunAsync(TestContext.Current.CancellationToken);
}
