using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Configuration;

public sealed class ResourceTypeOptionTests
{
    private const string Lease = """

        namespace Ours.Net
        {
            public class Lease : IDisposable
            {
                public void Use() { }
                public void Dispose() { }
                public sealed class Inner : IDisposable { public void Dispose() { } }
            }

            public class DerivedLease : Lease { }

            public class Box<T> : IDisposable { public void Dispose() { } }
        }
        """;

    [Theory]
    [InlineData("Ours.Net.Lease", "Ours.Net.Lease")]
    [InlineData("T:Ours.Net.Lease", "Ours.Net.Lease")]
    [InlineData("System.Timers.Timer, Ours.Net.Lease", "Ours.Net.Lease")]
    [InlineData("System.Timers.Timer|Ours.Net.Lease|", "Ours.Net.Lease")]
    [InlineData(" Ours.Net.Lease ,, ", "Ours.Net.Lease")]
    [InlineData("Ours.Net.Lease", "Ours.Net.DerivedLease")]
    [InlineData("Ours.Net.Lease+Inner", "Ours.Net.Lease.Inner")]
    [InlineData("Ours.Net.Lease.Inner", "Ours.Net.Lease.Inner")]
    [InlineData("Ours.Net.Box`1", "Ours.Net.Box<int>")]
    [InlineData("T:Ours.Net.Box`1", "Ours.Net.Box<string>")]
    [InlineData("System.Timers.Timer", "System.Timers.Timer")]
    public Task An_additional_type_is_a_resource_from_its_construction(string option, string type) => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod($"var value = {{|SLA1001:new {type}()|}};") + Lease,
        editorconfig: "socket_leak.additional_resource_types = " + option);

    [Theory]
    [InlineData("Ours.Net.Other")]
    [InlineData("Lease")]
    [InlineData("Net.Lease")]
    [InlineData("Ours.Net.Lease`1")]
    [InlineData("ours.net.lease")]
    [InlineData("unset")]
    public Task Another_type_is_not(string option) => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("var value = new Ours.Net.Lease();") + Lease,
        editorconfig: "socket_leak.additional_resource_types = " + option);

    [Fact]
    public Task An_additional_type_that_is_disposed_is_not_reported() => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("using var value = new Ours.Net.Lease();") + Lease,
        editorconfig: "socket_leak.additional_resource_types = Ours.Net.Lease");

    [Fact]
    public Task An_additional_type_from_a_method_of_the_project_is_a_resource() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("{|SLA1001:Make()|}.Use();", members: "private static Ours.Net.Lease Make() => new Ours.Net.Lease();") + Lease,
        editorconfig: "socket_leak.additional_resource_types = Ours.Net.Lease");

    [Fact]
    public Task An_additional_type_from_a_call_with_a_row_is_a_resource() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("{|SLA1001:pool.Rent()|}.Use();", "public void M(IPool pool)", "public interface IPool { Ours.Net.Lease Rent(); }") + Lease,
        editorconfig: "socket_leak.additional_resource_types = Ours.Net.Lease",
        additionalFiles: [("SocketLeak.Ours.txt", "M:C.IPool.Rent: returns owned")]);

    [Theory]
    [InlineData("System.Net.Sockets.TcpClient")]
    [InlineData("T:System.Net.Sockets.TcpClient")]
    [InlineData("System.Net.Sockets.Socket, System.Net.Sockets.TcpClient")]
    public Task An_excluded_type_is_never_tracked(string option) => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("var value = new TcpClient();"),
        editorconfig: "socket_leak.excluded_resource_types = " + option);

    [Fact]
    public Task What_derives_from_an_excluded_type_is_not_tracked() => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("var value = new FileStream(\"a\", FileMode.Open);"),
        editorconfig: "socket_leak.excluded_resource_types = System.IO.Stream");

    [Fact]
    public Task Other_types_are_tracked_beside_an_excluded_one() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("var value = {|SLA1001:new UdpClient()|};"),
        editorconfig: "socket_leak.excluded_resource_types = System.Net.Sockets.TcpClient");

    [Fact]
    public Task Members_of_an_excluded_type_still_throw() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod(
            """
            var value = {|SLA1001:new UdpClient()|};
            client.Connect("localhost", 80);
            while (true)
            {
            }
            """,
            "public void M(TcpClient client)"),
        editorconfig: "socket_leak.excluded_resource_types = System.Net.Sockets.TcpClient");

    [Fact]
    public Task Excluded_wins_over_additional() => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("var value = new Ours.Net.Lease();") + Lease,
        editorconfig: "socket_leak.excluded_resource_types = Ours.Net.Lease\nsocket_leak.additional_resource_types = Ours.Net.Lease");

    [Fact]
    public Task Excluded_wins_over_a_row() => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("var value = new Ours.Net.Lease();") + Lease,
        editorconfig: "socket_leak.excluded_resource_types = Ours.Net.Lease",
        additionalFiles: [("SocketLeak.Ours.txt", "T:Ours.Net.Lease: resource socket")]);

    [Fact]
    public Task One_bad_name_leaves_the_default_in_force() => Verify<ResourceAnalyzer>.Silent(
        Verify.InMethod("var value = new Ours.Net.Lease();") + Lease,
        editorconfig: "socket_leak.additional_resource_types = Ours.Net.Lease, Ours.Net.Box<int>");

    [Fact]
    public Task Only_the_folder_of_the_option_has_it() => new RuleTest<ResourceAnalyzer>
    {
        TestState =
        {
            Sources =
            {
                ("/0/tools/A.cs", "class A { void M() { new System.Net.Sockets.TcpClient(); } }"),
                ("/0/B.cs", "class B { void M() { {|SLA1001:new System.Net.Sockets.TcpClient()|}; } }"),
            },
            AnalyzerConfigFiles = { ("/0/tools/.editorconfig", "[*.cs]\nsocket_leak.excluded_resource_types = System.Net.Sockets.TcpClient\n") },
        },
    }.RunAsync(TestContext.Current.CancellationToken);

    // The compiler takes what follows the semicolon for a comment.
    [Fact]
    public Task KnownGap_A_semicolon_ends_the_line() => Verify<ResourceAnalyzer>.Reports(
        Verify.InMethod("var a = {|SLA1001:new Ours.Net.Lease()|}; var b = new Ours.Net.Box<int>();") + Lease,
        editorconfig: "socket_leak.additional_resource_types = Ours.Net.Lease; Ours.Net.Box`1");
}
