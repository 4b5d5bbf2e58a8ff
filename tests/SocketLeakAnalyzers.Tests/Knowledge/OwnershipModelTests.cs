using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Knowledge;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Knowledge;

public class OwnershipModelTests
{
    [Theory]
    [InlineData("System.Net.Sockets.Socket", "Socket", "Net100")]
    [InlineData("System.IO.FileStream", "Stream", "Net100")]
    [InlineData("System.Net.Http.HttpResponseMessage", "Response", "Net80")]
    [InlineData("System.Net.HttpWebResponse", "Response", "Net472")]
    [InlineData("System.Net.Sockets.TcpListener", "Listener", "NetStandard20")]
    [InlineData("System.IO.MemoryStream", "None", "NetStandard20")]
    [InlineData("System.String", "None", "Net472")]
    public async Task A_type_is_known_on_every_framework(string type, string kind, string framework)
    {
        var code = await Code.On(framework, $"class C {{ {type} F; }}");

        Assert.Equal(kind, code.Model.GetTypeFacts(code.Field("F").Type).Kind.ToString());
    }

    [Fact]
    public async Task A_derived_type_is_what_its_base_is()
    {
        var code = await Code.Of("""
            class MySocket : System.Net.Sockets.TcpClient { }
            class Deeper : MySocket { }
            class MyConnection { }
            abstract class Db : System.Data.Common.DbConnection { }
            class Buffer : System.IO.MemoryStream { }
            class Custom : System.IO.Stream { }
            """);

        Assert.Equal(ResourceKind.Socket, code.Facts("Deeper").Kind);
        Assert.Equal(ResourceKind.None, code.Facts("MyConnection").Kind);
        Assert.True(code.Facts("Db") is { Kind: ResourceKind.Database, IsDormantWhenMade: true });
        Assert.True(code.Facts("Buffer") is { IsMemoryOnly: true, IsResource: false });
        Assert.True(code.Facts("Custom") is { Kind: ResourceKind.Stream, IsAbstraction: true });
    }

    [Fact]
    public async Task A_type_that_implements_a_tracked_interface_is_what_that_is()
    {
        var code = await Code.Of("abstract class C : System.Data.IDbConnection { }");

        Assert.Equal(ResourceKind.Database, code.Facts("C").Kind);
    }

    [Fact]
    public async Task A_type_parameter_is_what_it_is_constrained_to()
    {
        var code = await Code.Of("""
            class C<T, U, V, W, X> where T : System.Net.Sockets.Socket where U : T where V : class where W : X where X : W
            {
                T A; U B; V D; W E;
            }
            """);

        Assert.Equal(ResourceKind.Socket, code.Model.GetTypeFacts(code.Field("A").Type).Kind);
        Assert.Equal(ResourceKind.Socket, code.Model.GetTypeFacts(code.Field("B").Type).Kind);
        Assert.Same(TypeFacts.None, code.Model.GetTypeFacts(code.Field("D").Type));
        Assert.Same(TypeFacts.None, code.Model.GetTypeFacts(code.Field("E").Type));
    }

    [Fact]
    public async Task What_is_no_named_type_is_no_resource()
    {
        var code = await Code.Of("unsafe class C { System.Net.Sockets.Socket[] A; dynamic B; int* D; NoSuch E; System.Action F; (System.IO.Stream, int) G; object H; }");

        foreach (var name in "ABDEFGH")
        {
            Assert.Same(TypeFacts.None, code.Model.GetTypeFacts(code.Field(name.ToString()).Type));
        }

        Assert.Same(TypeFacts.None, code.Model.GetTypeFacts(null));
        Assert.Same(MemberFacts.None, code.Model.GetMemberFacts(null));
        Assert.False(code.Model.ThrowsCredibly(null));
        Assert.False(code.Model.IsPlatformMember(null));
    }

    [Fact]
    public async Task A_constructed_type_follows_its_definition()
    {
        var code = await Code.Of("class C { System.Threading.Channels.ChannelWriter<string> F; void M() { F.TryComplete(); F.TryWrite(\"\"); } }");

        Assert.Equal(ResourceKind.Writer, code.Model.GetTypeFacts(code.Field("F").Type).Kind);
        Assert.True(code.Member("TryComplete").Releases);
        Assert.Equal(ParameterEffect.TakesOnTrue, code.Member("TryWrite").Parameter(0).Effect);
    }

    [Fact]
    public async Task A_nested_type_is_found_by_its_documentation_id()
    {
        var code = await Code.Of("namespace N { class A { public class B<T> { public class D { } } public class E { } } } class E { }", "T:N.A.B`1.D: resource socket\nT:N.A.E: resource http");

        Assert.Equal(ResourceKind.Socket, code.Facts("N.A+B`1+D").Kind);
        Assert.Equal(ResourceKind.Http, code.Facts("N.A+E").Kind);
        Assert.Same(TypeFacts.None, code.Facts("N.A"));
        Assert.Same(TypeFacts.None, code.Facts("E"));
    }

    [Fact]
    public async Task An_override_follows_the_row_of_what_it_overrides()
    {
        var code = await Code.Of("""
            class Custom : System.IO.Stream
            {
                public override void Close() { }
                protected override void Dispose(bool disposing) { }
                void M(System.IO.FileStream f, Custom c, System.Net.HttpWebRequest r)
                {
                    c.Close();
                    f.CopyToAsync(c, 1, default);
                    r.GetResponse();
                }
            }
            """);

        Assert.True(code.Member("Close").Releases);
        Assert.True(code.Member("CopyToAsync").Drains);
        Assert.Equal(ReturnEffect.Owned, code.Member("GetResponse").Returns);
    }

    [Fact]
    public async Task An_implementation_follows_the_row_of_the_interface()
    {
        var code = await Code.Of("""
            class Implicit : System.IDisposable { public void Dispose() { } public void Dispose(int n) { } }
            class Explicit : System.IDisposable { void System.IDisposable.Dispose() { } }
            class Bag : System.Collections.ObjectModel.Collection<System.Net.Sockets.Socket> { void M(System.Net.Sockets.Socket s) { Add(s); Insert(0, s); } }
            """);

        Assert.True(code.Method("Implicit", 0).Releases);
        Assert.False(code.Method("Implicit", 1).Releases);
        Assert.True(code.Method("Explicit", 0).Releases);
        Assert.Equal(ParameterEffect.Takes, code.Member("Add").Parameter(0).Effect);
        Assert.Equal(ParameterEffect.Takes, code.Member("Insert").Parameter(1).Effect);
    }

    [Theory]
    [InlineData("System.Net.Sockets.TcpClient", "Dispose")]
    [InlineData("System.Net.Sockets.TcpListener", "Dispose")]
    [InlineData("System.Data.Common.DbConnection", "Dispose")]
    [InlineData("System.Data.Common.DbConnection", "DisposeAsync")]
    [InlineData("System.Net.Http.HttpResponseMessage", "Dispose")]
    [InlineData("System.Net.Http.HttpContent", "Dispose")]
    [InlineData("System.Diagnostics.Process", "Dispose")]
    [InlineData("System.Diagnostics.Process", "Close")]
    [InlineData("System.Net.Sockets.NetworkStream", "Close")]
    [InlineData("System.IO.StreamReader", "Close")]
    [InlineData("System.Net.HttpWebResponse", "Close")]
    [InlineData("System.Net.WebSockets.ClientWebSocket", "Abort")]
    [InlineData("System.Net.Quic.QuicConnection", "DisposeAsync")]
    [InlineData("System.Net.HttpListener", "Stop")]
    [InlineData("System.IO.Pipelines.PipeWriter", "Complete")]
    public async Task Every_way_to_release_is_known(string type, string member)
    {
        var code = await Code.Of($"class C {{ void M({type} x) {{ x.{member}(); }} }}");

        Assert.True(code.Member(member).Releases);
        Assert.False(code.Model.ThrowsCredibly((IMethodSymbol)code.Symbol(member)));
    }

    [Theory]
    [InlineData("System.Net.Sockets.Socket", "Shutdown(default)")]
    [InlineData("System.Net.Sockets.Socket", "Disconnect(true)")]
    [InlineData("System.Net.WebSockets.WebSocket", "CloseOutputAsync(default, null, default)")]
    [InlineData("System.Net.Quic.QuicConnection", "CloseAsync(0)")]
    [InlineData("System.IO.Pipes.NamedPipeServerStream", "Disconnect()")]
    public async Task What_ends_a_conversation_and_keeps_the_descriptor_is_no_release(string type, string call)
    {
        var code = await Code.Of($"class C {{ void M({type} x) {{ x.{call}; }} }}");

        Assert.False(code.Member(call.Substring(0, call.IndexOf('('))).Releases);
    }

    [Fact]
    public async Task ConfigureAwait_of_a_disposable_carries_it_to_its_release()
    {
        var code = await Code.Of("using System.Threading.Tasks; class C { async Task M(System.IO.Stream s) { var d = s.ConfigureAwait(false); await d.DisposeAsync(); } }");

        Assert.True(code.Member("ConfigureAwait") is { Returns: ReturnEffect.Argument, ReturnsArgument: 0 });
        Assert.True(code.Member("DisposeAsync").Releases);
    }

    [Fact]
    public async Task A_member_that_hides_follows_the_row_of_what_it_hides()
    {
        var code = await Code.Of("""
            abstract class MyCommand : System.Data.Common.DbCommand
            {
                public new MyConnection Connection { get; set; }
                public new MyReader ExecuteReader(System.Data.CommandBehavior behavior) => null;
                public MyReader ExecuteReader(int other) => null;
            }
            abstract class MyConnection : System.Data.Common.DbConnection { }
            abstract class MyReader : System.Data.Common.DbDataReader { }
            """);

        Assert.Equal(ParameterEffect.Borrows, code.Facts("MyCommand", "Connection").Parameter(0).Effect);
        Assert.True(code.Facts("MyCommand", "ExecuteReader").TakesReceiver);
        Assert.False(code.Facts("MyCommand", "ExecuteReader", 1).TakesReceiver);
    }

    [Fact]
    public async Task A_reduced_extension_method_counts_its_this_parameter()
    {
        var code = await Code.Of("""
            using System.Net.Http;
            using System.Net.Http.Json;
            class C { void M(HttpResponseMessage r) { r.Content.ReadFromJsonAsync<string>(); } }
            """);

        Assert.Equal(ParameterEffect.Drains, code.Member("ReadFromJsonAsync").Parameter(0).Effect);
    }

    [Fact]
    public async Task A_user_row_names_the_this_parameter_of_an_extension_method()
    {
        var code = await Code.Of(
            """
            static class E { public static T DisposeWith<T>(this T item, System.Collections.Generic.List<T> list) => item; }
            class C { void M(System.IO.Stream s) { s.DisposeWith(null); } }
            """,
            "M:E.DisposeWith(*): returns argument item");

        var facts = code.Member("DisposeWith");
        Assert.Equal(ReturnEffect.Argument, facts.Returns);
        Assert.Equal(0, facts.ReturnsArgument);
        Assert.Equal(ParameterEffect.Takes, facts.Parameter(0).Effect);
    }

    [Fact]
    public async Task An_own_overload_wins_over_a_star_and_named_parameters_over_a_plain_star()
    {
        var code = await Code.Of("class C { public void M() { } public void M(int a) { } public void M(string b) { } public void M(string b, int a) { } public void M(long d) { } }", """
            M:C.M(*): throws
            M:C.M(*b): quiet
            M:C.M(System.String,System.Int32): begins
            M:C.M: releases
            """);

        Assert.True(code.Facts("C", "M", 0).Releases);
        Assert.True(code.Facts("C", "M", 1).Throws);
        Assert.False(code.Facts("C", "M", 2).Throws);
        Assert.True(code.Facts("C", "M", 3) is { Begins: true, Throws: null });
        Assert.True(code.Facts("C", "M", 4).Throws);
    }

    [Fact]
    public async Task A_star_holds_for_the_overloads_that_have_the_parameters_of_its_clauses()
    {
        var code = await Code.Of("class C { void M(System.IO.Stream s) { new System.IO.StreamReader(s); new System.IO.StreamReader(\"p\"); new System.IO.StreamReader(s, leaveOpen: true); } }");

        var overStream = code.Created(0);
        Assert.Equal(ParameterEffect.Takes, overStream.Parameter(0).Effect);
        Assert.Equal((-1, true), (overStream.Parameter(0).Condition!.Ordinal, overStream.Parameter(0).Condition!.Negated));
        Assert.Null(overStream.Throws);
        Assert.True(code.Created(1).Throws);
        Assert.True(code.Created(2).Parameter(0).Condition is { Ordinal: 4, Value: true, Negated: true });
    }

    [Fact]
    public async Task An_enumeration_member_is_its_value()
    {
        var code = await Code.Of("""
            using System.Net.Http;
            class C { void M(HttpClient c) { c.GetAsync("", HttpCompletionOption.ResponseHeadersRead); c.GetAsync(""); c.GetStreamAsync(""); c.PostAsync("", null); } }
            """);

        Assert.True(code.Member("GetAsync") is { Returns: ReturnEffect.Owned, ReturnsCondition: { Ordinal: 1, Value: 1, Negated: false } });
        Assert.True(code.Member("GetAsync", 1) is { Returns: ReturnEffect.Owned, ReturnsCondition: { Ordinal: -1, Value: false, Negated: false } });
        Assert.True(code.Member("GetStreamAsync") is { Returns: ReturnEffect.Owned, ReturnsBody: true, ReturnsCondition: null });
        Assert.Equal(ReturnEffect.Unstated, code.Member("PostAsync").Returns);
    }

    [Fact]
    public async Task Null_can_be_the_value_of_a_condition()
    {
        var code = await Code.Of("class C { void M(System.IO.Stream s, System.Xml.XmlReaderSettings x) { System.Xml.XmlReader.Create(s); System.Xml.XmlReader.Create(s, x); } }");

        Assert.Equal(ParameterEffect.Borrows, code.Member("Create").Parameter(0).Effect);
        var withSettings = code.Member("Create", 1).Parameter(0);
        Assert.Equal(ParameterEffect.Takes, withSettings.Effect);
        Assert.True(withSettings.Condition is { Ordinal: 1, Value: null, Negated: true });
    }

    [Fact]
    public async Task A_condition_that_cannot_be_read_is_on_the_silent_side()
    {
        var code = await Code.Of("class C { public System.IO.Stream M(System.IO.Stream s, int n) => s; }", "M:C.M(*): returns owned if n=Many; takes s if n=Many");

        Assert.Equal(ReturnEffect.Unstated, code.Facts("C", "M").Returns);
        Assert.True(code.Facts("C", "M").Parameter(0) is { Effect: ParameterEffect.Takes, Condition: null });
    }

    [Fact]
    public async Task An_accessor_stands_for_its_property_whose_value_comes_last()
    {
        var code = await Code.Of("class C { public System.IO.Stream this[int n] { get => null; set { } } void M(System.Net.Sockets.TcpClient c) { } }", "P:C.Item(System.Int32): takes value");
        var client = code.Compilation.GetTypeByMetadataName("System.Net.Sockets.TcpClient")!.GetMembers("Client").OfType<IPropertySymbol>().Single();
        var indexer = code.Type("C").GetMembers().OfType<IPropertySymbol>().Single();

        Assert.Equal(ReturnEffect.View, code.Model.GetMemberFacts(client.GetMethod).Returns);
        Assert.Equal(ParameterEffect.Takes, code.Model.GetMemberFacts(client.SetMethod).Parameter(0).Effect);
        Assert.Equal(ParameterEffect.Takes, code.Model.GetMemberFacts(indexer.SetMethod).Parameter(1).Effect);
        Assert.Same(code.Model.GetMemberFacts(indexer), code.Model.GetMemberFacts(indexer.GetMethod));
    }

    [Fact]
    public async Task A_row_of_the_user_wins_over_an_embedded_one()
    {
        var code = await Code.Of("class C { void M(System.Net.Sockets.TcpListener l) { l.AcceptSocket(); l.Stop(); } }", """
            T:System.Net.Sockets.Socket: memory
            M:System.Net.Sockets.TcpListener.AcceptSocket(*): returns borrowed
            """);

        Assert.True(code.Model.GetTypeFacts(code.Compilation.GetTypeByMetadataName("System.Net.Sockets.Socket")).IsMemoryOnly);
        Assert.Equal(ReturnEffect.Borrowed, code.Member("AcceptSocket").Returns);
        Assert.True(code.Member("Stop").Releases);
    }

    [Fact]
    public async Task Attributes_say_who_owns()
    {
        var code = await Code.Of("""
            class MustDisposeResourceAttribute : System.Attribute { public MustDisposeResourceAttribute(bool value = true) { } }
            class HandlesResourceDisposalAttribute : System.Attribute { }
            [MustDisposeResource] class Lease { }
            class DerivedLease : Lease { }
            [MustDisposeResource(false)] class Shared : System.Net.Sockets.TcpClient { }
            class C
            {
                [MustDisposeResource] public C() { }
                [MustDisposeResource] public object Make() => null;
                [MustDisposeResource(false)] public object Find() => null;
                public void Keep([HandlesResourceDisposal] object a, object b) { }
                [HandlesResourceDisposal] public void End() { }
                [HandlesResourceDisposal] public object Held { get; set; }
                public object Plain(object a) => a;
            }
            """);

        Assert.True(code.Facts("Lease") is { IsResource: true, IsAbstraction: false, Kind: ResourceKind.Other });
        Assert.True(code.Facts("DerivedLease").IsResource);
        Assert.False(code.Facts("Shared").IsResource);
        Assert.Equal(ReturnEffect.Owned, code.Facts("C", ".ctor").Returns);
        Assert.Equal(ReturnEffect.Owned, code.Facts("C", "Make").Returns);
        Assert.Equal(ReturnEffect.Borrowed, code.Facts("C", "Find").Returns);
        Assert.Equal(ParameterEffect.Takes, code.Facts("C", "Keep").Parameter(0).Effect);
        Assert.Equal(ParameterEffect.Unstated, code.Facts("C", "Keep").Parameter(1).Effect);
        Assert.True(code.Facts("C", "End").Releases);
        Assert.Equal(ParameterEffect.Takes, code.Facts("C", "Held").Parameter(0).Effect);
        Assert.Same(MemberFacts.None, code.Facts("C", "Plain"));
    }

    [Fact]
    public async Task An_attribute_that_is_not_bound_is_known_by_its_name()
    {
        var code = await Code.Of("using JetBrains.Annotations; class C { [MustDisposeResource] object M() => null; [NotThat] object N() => null; }");

        Assert.Equal(ReturnEffect.Owned, code.Facts("C", "M").Returns);
        Assert.Same(MemberFacts.None, code.Facts("C", "N"));
    }

    [Fact]
    public async Task The_platform_is_known_by_its_namespaces_and_its_keys()
    {
        var code = await Code.Of("""
            namespace System.Net { class Mine { void M() { } } }
            class C { void M(System.Collections.Generic.List<int> l, Microsoft.AspNetCore.Http.HttpContext h, Microsoft.Extensions.Logging.ILogger g, Mystery m) { l.Add(1); h.Abort(); g.IsEnabled(default); m.Run(); M(null, null, null, null); } }
            """);

        Assert.True(code.Model.IsPlatformMember(code.Symbol("Add")));
        Assert.True(code.Model.IsPlatformMember(code.Symbol("Abort")));
        Assert.True(code.Model.IsPlatformMember(code.Symbol("IsEnabled")));
        Assert.False(code.Model.IsPlatformMember(code.Symbol("M")));
        Assert.False(code.Model.IsPlatformMember(code.Type("System.Net.Mine").GetMembers("M").Single()));
    }

    [Fact]
    public async Task A_package_that_writes_into_a_namespace_of_the_platform_is_none_of_it()
    {
        var package = (await Frameworks.Net100("namespace System.Net.Sockets { public class Extra { public static void Use(Socket s) { } } }")).WithAssemblyName("System.Net.Extra");
        var code = await Frameworks.Net100("class C { }");
        var compilation = code.AddReferences(package.EmitToImageReference());
        var model = OwnershipModel.Create(compilation, []);

        Assert.False(model.IsPlatformMember(compilation.GetTypeByMetadataName("System.Net.Sockets.Extra")!.GetMembers("Use").Single()));
    }

    [Theory]
    [InlineData("new System.Net.Sockets.Socket(default, default, default)", false)]
    [InlineData("new System.Net.Sockets.TcpClient()", false)]
    [InlineData("new System.Net.Sockets.TcpClient(\"h\", 1)", true)]
    [InlineData("new System.Net.Sockets.UdpClient(System.Net.Sockets.AddressFamily.InterNetwork)", false)]
    [InlineData("new System.Net.Sockets.UdpClient(1)", true)]
    [InlineData("new System.Net.Sockets.UdpClient().Connect(\"h\", 1)", false)]
    [InlineData("new System.Net.Sockets.TcpClient().Connect(\"h\", 1)", true)]
    [InlineData("new System.Net.Sockets.TcpClient().Close()", false)]
    [InlineData("new System.Net.Sockets.TcpClient().ToString()", false)]
    [InlineData("default(System.Net.Sockets.Socket).SetSocketOption(default, default, 1)", false)]
    [InlineData("default(System.Net.Sockets.Socket).Shutdown(default)", true)]
    [InlineData("default(System.Net.Sockets.Socket).Bind(null)", true)]
    [InlineData("default(System.Net.Sockets.TcpListener).Start()", true)]
    [InlineData("new System.IO.FileStream(\"\", System.IO.FileMode.Open)", true)]
    [InlineData("new System.IO.StreamWriter(\"\")", true)]
    [InlineData("new System.IO.StreamWriter(System.IO.Stream.Null)", false)]
    [InlineData("System.IO.File.OpenRead(\"\")", true)]
    [InlineData("System.IO.File.Exists(\"\")", false)]
    [InlineData("new System.IO.MemoryStream().WriteByte(1)", false)]
    [InlineData("new System.IO.MemoryStream().ReadAtLeast(null, 1)", false)]
    [InlineData("default(System.IO.FileStream).Flush()", true)]
    [InlineData("default(System.IO.FileStream).Dispose()", false)]
    [InlineData("default(System.Net.Http.HttpResponseMessage).EnsureSuccessStatusCode()", true)]
    [InlineData("default(System.Threading.CancellationToken).ThrowIfCancellationRequested()", true)]
    [InlineData("int.Parse(\"1\")", true)]
    [InlineData("1.ToString()", false)]
    [InlineData("System.Text.Json.JsonSerializer.Deserialize<int>(\"1\")", true)]
    [InlineData("System.Console.WriteLine()", false)]
    [InlineData("default(System.Net.WebSockets.WebSocket).CloseAsync(default, null, default)", true)]
    public async Task Credible_throwers_are_network_and_file_io_and_the_parsing_of_data(string expression, bool throws)
    {
        var code = await Code.Of($"using System; using System.IO; class C {{ void M() {{ _ = (Func<object>)(() => {{ {expression}; return null; }}); }} }}");
        var (symbol, receiver) = code.OutermostCall();

        Assert.Equal(throws, code.Model.ThrowsCredibly(symbol, receiver));
    }

    [Fact]
    public async Task EnsureSuccessStatusCode_releases_when_it_throws_on_dotnet_framework_alone()
    {
        const string Source = "class C { void M(System.Net.Http.HttpResponseMessage r) { r.EnsureSuccessStatusCode(); } }";

        Assert.True((await Code.On("Net472", Source)).Member("EnsureSuccessStatusCode") is { ReleasesOnThrow: true, Returns: ReturnEffect.Self });
        Assert.False((await Code.On("Net100", Source)).Member("EnsureSuccessStatusCode").ReleasesOnThrow);
        Assert.False((await Code.On("NetStandard20", Source)).Member("EnsureSuccessStatusCode").ReleasesOnThrow);
    }

    [Fact]
    public async Task Rows_of_the_user_that_name_nothing_are_found()
    {
        var code = await Code.Of("namespace N { class A { public A(int n) { } public void M(int n) { } public void M<T>(T t) { } public int P { get; set; } public int this[int n] => n; } }", """
            T:N.A: resource socket
            T:N.B: resource socket
            M:N.A.#ctor(System.Int32): throws
            M:N.A.#ctor: throws
            M:N.A.M(*): throws
            M:N.A.M(*n): throws
            M:N.A.M(*x): throws
            M:N.A.M(System.Int32): takes n
            M:N.A.M``1(``0): takes t
            M:N.A.M``1(*): throws
            M:N.A.M``2(*): throws
            M:N.A.M(System.String): throws
            M:N.A.Q(*): throws
            P:N.A.P: returns view
            P:N.A.Item(System.Int32): returns view
            M:N.A.P: returns view
            P:N.A.M(*): returns view
            M:System.Net.Sockets.Socket.Close(*): releases
            M:System.Net.Sockets.Socket.Close(System.Int32): takes time
            M:System.Net.Sockets.Socket.Close(A{A{A{A{): throws
            """);

        Assert.Equal(
            [
                "T:N.B", "M:N.A.#ctor", "M:N.A.M(*x)", "M:N.A.M``2(*)", "M:N.A.M(System.String)", "M:N.A.Q(*)", "M:N.A.P", "P:N.A.M(*)",
                "M:System.Net.Sockets.Socket.Close(System.Int32)",
            ],
            code.Model.UnmatchedRows(code.Compilation).Select(row => row.Id));
    }

    [Fact]
    public async Task The_same_answer_whoever_asks_first()
    {
        var code = await Code.Of("class Custom : System.IO.Stream { public override void Close() { } void M(Custom c, System.IO.FileStream f) { c.Close(); f.Close(); f.Dispose(); } }");
        var symbols = new[] { code.Symbol("Close"), code.Symbol("Close", 1), code.Symbol("Dispose") };

        Parallel.For(0, 64, n =>
        {
            var model = OwnershipModel.Create(code.Compilation, []);
            Parallel.For(0, symbols.Length * 4, i => Assert.True(model.GetMemberFacts(symbols[(i + n) % symbols.Length]).Releases));
        });
    }

    private sealed class Code
    {
        private readonly SyntaxNode _root;
        private readonly SemanticModel _semantics;

        private Code(CSharpCompilation compilation, string rows)
        {
            Compilation = compilation;
            var read = OwnershipRowParser.Parse(SourceText.From(rows));
            Model = OwnershipModel.Create(compilation, read.Rows);
            var tree = compilation.SyntaxTrees.Single();
            _root = tree.GetRoot();
            _semantics = compilation.GetSemanticModel(tree);
        }

        public CSharpCompilation Compilation { get; }

        public OwnershipModel Model { get; }

        public static Task<Code> Of(string source, string rows = "") => On("Net100", source, rows);

        public static async Task<Code> On(string framework, string source, string rows = "") => new(
            framework switch
            {
                "Net472" => await Frameworks.Net472(source),
                "Net80" => await Frameworks.Net80(source),
                "NetStandard20" => await Frameworks.NetStandard20(source),
                _ => await Frameworks.Net100(source),
            },
            rows);

        public INamedTypeSymbol Type(string name) => Compilation.Assembly.GetTypeByMetadataName(name)!;

        public TypeFacts Facts(string type) => Model.GetTypeFacts(Type(type));

        public MemberFacts Facts(string type, string member, int index = 0) => Model.GetMemberFacts(Type(type).GetMembers(member)[index]);

        public MemberFacts Method(string type, int index) => Model.GetMemberFacts(Type(type).GetMembers().OfType<IMethodSymbol>().Where(method => method.MethodKind != MethodKind.Constructor).ElementAt(index));

        public IFieldSymbol Field(string name) => Compilation.GlobalNamespace.GetTypeMembers("C").Single().GetMembers(name).OfType<IFieldSymbol>().Single();

        /// <summary>What a call of this name is bound to.</summary>
        public ISymbol Symbol(string name, int index = 0) => _semantics.GetSymbolInfo(
            _root.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: var text } ? text == name : call.Expression is IdentifierNameSyntax { Identifier.Text: var simple } && simple == name).ElementAt(index)).Symbol!;

        public MemberFacts Member(string name, int index = 0) => Model.GetMemberFacts(Symbol(name, index));

        public MemberFacts Created(int index) => Model.GetMemberFacts(_semantics.GetSymbolInfo(_root.DescendantNodes().OfType<ObjectCreationExpressionSyntax>().ElementAt(index)).Symbol);

        public (IMethodSymbol Method, ITypeSymbol? Receiver) OutermostCall()
        {
            var call = _root.DescendantNodes().First(node => node is ObjectCreationExpressionSyntax || node is InvocationExpressionSyntax);
            var receiver = call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } ? _semantics.GetTypeInfo(access.Expression).Type : null;
            return (Assert.IsAssignableFrom<IMethodSymbol>(_semantics.GetSymbolInfo(call).Symbol), receiver);
        }
    }
}
