using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.CSharp14;

/// <summary>A property whose accessors call its storage <c>field</c>, and assignments that nothing receives where the object is null.</summary>
public sealed class FieldKeywordTests
{
    [Fact]
    public Task A_property_that_makes_what_it_never_releases_is_reported() => Verify<TypeAnalyzer>.Reports("""
        public sealed class C
        {
            public TcpClient {|SLA1005:Client|} => field ??= new TcpClient("host", 13);
        }
        """);

    [Theory]
    [InlineData("public TcpClient Client => field ??= new TcpClient(\"host\", 13);", "Client.Dispose();")]
    [InlineData("public TcpClient? Client { get => field ??= new TcpClient(\"host\", 13); private set => field = value; }", "Client?.Close(); Client = null;")]
    [InlineData("public TcpClient? Client { get => field ??= new TcpClient(\"host\", 13); private set { field?.Dispose(); field = value; } }", "Client = null;")]
    public Task A_property_that_is_released_is_not_reported(string property, string release) =>
        Verify<TypeAnalyzer>.Silent("public sealed class C : IDisposable\n{\n    " + property + "\n    public void Dispose() { " + release + " }\n}\n");

    [Fact]
    public Task A_setter_that_releases_what_was_there_overwrites_nothing() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class C : IDisposable
        {
            public Stream? Log { get; private set { field?.Dispose(); field = value; } }

            public void Turn(string path)
            {
                Log = File.OpenRead(path + ".1");
                Log.ReadByte();
                Log = File.OpenRead(path + ".2");
            }

            public void Dispose() => Log = null;
        }
        """);

    [Fact]
    public Task What_a_setter_releases_is_not_reported_over_files_of_a_partial_class() => Verify<ResourceAnalyzer>.Silent("""
        public sealed partial class C
        {
            public partial Stream? Log { get; set; }

            public void Turn(string path)
            {
                Log = File.OpenRead(path + ".1");
                Log = File.OpenRead(path + ".2");
            }
        }

        public sealed partial class C : IDisposable
        {
            public partial Stream? Log { get => field; set { field?.Dispose(); field = value; } }

            public void Dispose() => Log = null;
        }
        """);

    [Fact]
    public Task An_overwritten_field_of_an_accessor_is_called_by_its_property() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class C : IDisposable
        {
            public Stream? Log
            {
                get;
                set
                {
                    field = {|#1:File.OpenRead("a")|};
                    field.ReadByte();
                    {|#0:field = File.OpenRead("b")|};
                }
            }

            public void Dispose() => Log?.Dispose();
        }
        """, [Verify<ResourceAnalyzer>.Diagnostic("SLA1004").WithLocation(0).WithLocation(1).WithArguments("'field'", "FileStream", "disposed")]);

    [Fact]
    public Task A_conditional_assignment_hands_over() =>
        Verify<ResourceAnalyzer>.Silent("public sealed class C\n{\n    public Stream? Log;\n    public static void M(C? c) { c?.Log = File.OpenRead(\"a\"); }\n}\n");

    [Fact]
    public Task A_timeout_of_a_conditional_assignment_counts() => Verify<UseAnalyzer>.Silent(
        Verify.InMethod("using var client = new TcpClient();\nclient?.ReceiveTimeout = 1000;\nclient?.SendTimeout = 1000;\nreturn client!.GetStream().ReadByte();", "public int M()"));

    [Fact]
    public Task A_timeout_of_a_client_set_by_a_conditional_assignment_counts() => Verify<UseAnalyzer>.Silent("""
        public sealed class C
        {
            private readonly HttpClient? _http = new();
            public C() { _http?.Timeout = TimeSpan.FromSeconds(3); }
            public Task<string> M() => _http!.GetStringAsync("http://host");
        }
        """);
}
