using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Knowledge;

/// <summary>What the embedded rows say of the use of the network, over real reference assemblies.</summary>
public sealed class NetworkUseRowTests
{
    [Theory]
    [InlineData("System.Net.Sockets.Socket", "Connect", UseVerb.Connects, UseStyle.Blocking)]
    [InlineData("System.Net.Sockets.Socket", "BeginConnect", UseVerb.Connects, UseStyle.Begun)]
    [InlineData("System.Net.Sockets.Socket", "Receive", UseVerb.Reads, UseStyle.Blocking)]
    [InlineData("System.Net.Sockets.Socket", "SendTo", UseVerb.Writes, UseStyle.Blocking)]
    [InlineData("System.Net.Sockets.TcpClient", "ConnectAsync", UseVerb.Connects, UseStyle.Awaitable)]
    [InlineData("System.Net.Sockets.TcpListener", "AcceptTcpClientAsync", UseVerb.Accepts, UseStyle.Awaitable)]
    [InlineData("System.Net.Sockets.NetworkStream", "ReadAsync", UseVerb.Reads, UseStyle.Awaitable)]
    [InlineData("System.Net.Sockets.NetworkStream", "Write", UseVerb.Writes, UseStyle.Blocking)]
    [InlineData("System.Net.Security.SslStream", "AuthenticateAsClient", UseVerb.Handshakes, UseStyle.Blocking)]
    [InlineData("System.Net.Security.SslStream", "AuthenticateAsServerAsync", UseVerb.Handshakes, UseStyle.Awaitable)]
    [InlineData("System.IO.StreamReader", "ReadLineAsync", UseVerb.Reads, UseStyle.Awaitable)]
    [InlineData("System.IO.BinaryReader", "ReadInt32", UseVerb.Reads, UseStyle.Blocking)]
    [InlineData("System.IO.StreamWriter", "WriteLine", UseVerb.Writes, UseStyle.Blocking)]
    [InlineData("System.Net.WebSockets.ClientWebSocket", "ConnectAsync", UseVerb.Connects, UseStyle.Awaitable)]
    [InlineData("System.Net.WebSockets.WebSocket", "ReceiveAsync", UseVerb.Reads, UseStyle.Awaitable)]
    [InlineData("System.IO.Pipes.NamedPipeClientStream", "Connect", UseVerb.Connects, UseStyle.Blocking)]
    [InlineData("System.Net.Http.HttpClient", "GetAsync", UseVerb.Requests, UseStyle.Awaitable)]
    internal async Task A_member_and_its_overrides_use_the_network(string type, string member, UseVerb verb, UseStyle style)
    {
        foreach (var compilation in new[] { await Frameworks.Net100(), await Frameworks.Net80(), await Frameworks.NetStandard20() })
        {
            var model = OwnershipModel.Create(compilation, []);
            var methods = Members(compilation, type, member).OfType<IMethodSymbol>().Where(method => !method.Parameters.Any(parameter => parameter.Type.Name == "SocketAsyncEventArgs")).ToList();

            Assert.NotEmpty(methods);
            Assert.All(methods, method =>
            {
                var facts = model.GetUseFacts(method);
                Assert.Equal(verb, facts.Uses[0].Verb);
                Assert.Equal(style, facts.Style);
                Assert.Equal(method.Parameters.FirstOrDefault(parameter => parameter.Type.Name == "CancellationToken")?.Ordinal ?? -1, facts.Token);
            });
        }
    }

    [Theory]
    [InlineData("System.Net.Sockets.Socket", "ReceiveTimeout", BoundVerb.Reads, true)]
    [InlineData("System.Net.Sockets.TcpClient", "SendTimeout", BoundVerb.Writes, true)]
    [InlineData("System.Net.Sockets.NetworkStream", "ReadTimeout", BoundVerb.Reads, false)]
    [InlineData("System.Net.Security.SslStream", "WriteTimeout", BoundVerb.Writes, false)]
    [InlineData("System.Net.Http.HttpClient", "Timeout", BoundVerb.Requests, false)]
    [InlineData("System.Net.WebSockets.ClientWebSocketOptions", "KeepAliveInterval", BoundVerb.Alive, true)]
    internal async Task A_property_sets_a_bound(string type, string member, BoundVerb verb, bool isZeroInfinite)
    {
        foreach (var compilation in new[] { await Frameworks.Net100(), await Frameworks.NetStandard20() })
        {
            var bound = Assert.Single(OwnershipModel.Create(compilation, []).GetUseFacts(Members(compilation, type, member).Single()).Bounds);

            Assert.Equal((verb, isZeroInfinite, 0), (bound.Verb, bound.IsZeroInfinite, bound.By));
        }
    }

    [Fact]
    public async Task A_socket_option_bounds_what_its_name_says()
    {
        var compilation = await Frameworks.Net100();
        foreach (var method in Members(compilation, "System.Net.Sockets.Socket", "SetSocketOption"))
        {
            var facts = OwnershipModel.Create(compilation, []).GetUseFacts(method);

            Assert.Equal([BoundVerb.Reads, BoundVerb.Writes, BoundVerb.Alive], facts.Bounds.Select(bound => bound.Verb));
            Assert.All(facts.Bounds, bound => Assert.Equal(1, bound.Condition!.Ordinal));
        }
    }

    [Fact]
    public async Task An_argument_bounds_the_connect_of_a_pipe()
    {
        var compilation = await Frameworks.Net100();
        var model = OwnershipModel.Create(compilation, []);
        foreach (var method in Members(compilation, "System.IO.Pipes.NamedPipeClientStream", "Connect").Concat(Members(compilation, "System.IO.Pipes.NamedPipeClientStream", "ConnectAsync")).Cast<IMethodSymbol>())
        {
            Assert.Equal(method.Parameters.FirstOrDefault(parameter => parameter.Name == "timeout")?.Ordinal ?? -1, Assert.Single(model.GetUseFacts(method).Uses).Within);
        }
    }

    [Fact]
    public async Task A_row_about_the_network_leaves_ownership_to_the_other_rows()
    {
        var compilation = await Frameworks.Net100("class S : System.IO.MemoryStream { public override int Read(byte[] b, int o, int c) => 0; }");
        var model = OwnershipModel.Create(compilation, []);
        var read = Members(compilation, "S", "Read").Single();

        Assert.Same(MemberFacts.None, model.GetMemberFacts(read));
        Assert.Equal(UseVerb.Reads, model.GetUseFacts(read).Uses[0].Verb);
    }

    [Fact]
    public async Task A_row_of_the_user_tells_of_a_package()
    {
        var compilation = await Frameworks.Net100("public class Bus { public void Pull(Bus other, int ms) { } }");
        var rows = OwnershipRowParser.Parse(Microsoft.CodeAnalysis.Text.SourceText.From("T:Bus: resource socket; network\nM:Bus.Pull(*): reads other within ms"), cancellationToken: TestContext.Current.CancellationToken).Rows;
        var facts = OwnershipModel.Create(compilation, rows).GetUseFacts(Members(compilation, "Bus", "Pull").Single());

        var use = Assert.Single(facts.Uses);
        Assert.Equal((UseVerb.Reads, 0, 1), (use.Verb, use.Target, use.Within));
    }

    [Fact]
    public async Task Names_of_the_network_do_not_include_those_of_every_stream()
    {
        var names = OwnershipModel.Create(await Frameworks.Net100(), []).NetworkNames.ToHashSet();

        Assert.Superset(new HashSet<string> { "TcpClient", "AcceptTcpClient", "GetStream", "ReceiveAsync", "HttpClient", "ClientWebSocket", "NamedPipeClientStream" }, names);
        Assert.DoesNotContain("Read", names);
        Assert.DoesNotContain("Write", names);
        Assert.DoesNotContain("Dispose", names);
    }

    private static IEnumerable<ISymbol> Members(Compilation compilation, string type, string member)
    {
        var found = compilation.GetTypeByMetadataName(type)!;
        while (true)
        {
            var members = found.GetMembers(member);
            if (!members.IsEmpty)
            {
                return members.Where(symbol => symbol.DeclaredAccessibility == Accessibility.Public);
            }

            found = found.BaseType!;
        }
    }
}
