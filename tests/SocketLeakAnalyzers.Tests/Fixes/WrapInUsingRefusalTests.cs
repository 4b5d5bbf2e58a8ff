using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.CodeFixes;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>What must not be offered, even where the engine would not report it.</summary>
public class WrapInUsingRefusalTests
{
    private static Task Refuses(string body, string signature = "public void M(string host, bool a)", string members = "", LanguageVersion version = LanguageVersion.Default, ReferenceAssemblies? references = null) =>
        Verify<MarkedAcquisitions, WrapInUsingCodeFixProvider>.NoFix(Verify.InMethod(body, signature, members), languageVersion: version, references: references);

    [Theory]
    [InlineData("if (!TryDial(host, {|SLA1001:out var s|}) && !TryDial(\"b\", {|SLA1001:out s|})) return; s!.Send(new byte[1]);")]
    [InlineData("if (TryDial(host, {|SLA1001:out var s|})) { s!.NoDelay = true; } s?.Send(new byte[1]);")]
    [InlineData("NetworkStream? n = null; if (TryDial(host, {|SLA1001:out var s|})) { n = new NetworkStream(s!); } n?.ReadByte();")]
    public async Task An_out_variable_that_is_used_further_on_is_left_alone(string body) =>
        await Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.NoFix(Verify.InMethod(
            body,
            "public void M(string host)",
            "private static bool TryDial(string host, out Socket? socket) { var c = new Socket(SocketType.Stream, ProtocolType.Tcp); try { c.Connect(host, 1); socket = c; return true; } catch { c.Dispose(); socket = null; return false; } }"));

    [Theory]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nreturn c;", "public TcpClient M(string host)")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nreturn c.GetStream();", "public Stream M(string host)")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nvar s = c.GetStream();\nvar r = new StreamReader(s);\nreturn r;", "public StreamReader M(string host)")]
    [InlineData("return /*leak*/[|new TcpClient(host, 1)|].GetStream();", "public Stream M(string host)")]
    [InlineData("return new StreamReader(/*leak*/[|new TcpClient(host, 1)|].GetStream());", "public StreamReader M(string host)")]
    [InlineData("return /*leak*/[|new StreamReader(host)|].ReadToEndAsync();", "public Task<string> M(string host)")]
    [InlineData("var r = /*leak*/[|new StreamReader(host)|];\nreturn r.ReadToEndAsync();", "public Task<string> M(string host)")]
    [InlineData("var r = /*leak*/[|new StreamReader(host)|];\nvar t = r.ReadToEndAsync();\nreturn t;", "public Task<string> M(string host)")]
    [InlineData("var r = await /*leak*/[|http.GetAsync(host, HttpCompletionOption.ResponseHeadersRead)|];\nreturn await r.Content.ReadAsStreamAsync();", "public async Task<Stream> M(HttpClient http, string host)")]
    [InlineData("var r = await /*leak*/[|http.GetAsync(host, HttpCompletionOption.ResponseHeadersRead)|];\nvar s = await r.Content.ReadAsStreamAsync();\nreturn (s, 1);", "public async Task<(Stream, int)> M(HttpClient http, string host)")]
    [InlineData("var r = /*leak*/[|new StreamReader(host)|];\nreturn r.ReadToEnd().Length > 0 ? r : null;", "public StreamReader? M(string host)")]
    [InlineData("yield return /*leak*/[|new StreamReader(host)|];", "public IEnumerable<StreamReader> M(string host)")]
    [InlineData("c = /*leak*/[|new TcpClient(host, 1)|];", "public void M(string host, out TcpClient c)")]
    public Task What_is_given_to_the_caller(string body, string signature) => Refuses(body, signature);

    [Theory]
    [InlineData("field = /*leak*/[|new TcpClient(host, 1)|];")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nfield = c;")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nlist.Add(c);")]
    [InlineData("list.Add(/*leak*/[|new TcpClient(host, 1)|]);")]
    [InlineData("var all = new[] { /*leak*/[|new TcpClient(host, 1)|] };")]
    [InlineData("var pair = (/*leak*/[|new TcpClient(host, 1)|], 1);")]
    [InlineData("var h = new Holder { Client = /*leak*/[|new TcpClient(host, 1)|] };")]
    [InlineData("var h = new Holder();\nh.Client = /*leak*/[|new TcpClient(host, 1)|];")]
    [InlineData("Action act;\nvar c = /*leak*/[|new TcpClient(host, 1)|];\nthis.later = () => c.NoDelay = a;")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nlater = c.Close;")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nTask.Run(() => c.NoDelay = a);")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nc.ConnectAsync(host, 1);")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\n_ = c.ConnectAsync(host, 1);")]
    [InlineData("var r = /*leak*/[|new StreamReader(host)|];\nlater2 = Enumerable.Range(0, 3).Select(i => r.ReadLine());")]
    [InlineData("Stream s;\nif (a)\n{\n    var c = /*leak*/[|new TcpClient(host, 1)|];\n    s = c.GetStream();\n}\nelse\n{\n    s = Stream.Null;\n}\n\ns.ReadByte();")]
    public Task What_outlives_the_scope(string body) => Refuses(
        body,
        members: "private TcpClient? field;\nprivate Action? later;\nprivate IEnumerable<string?>? later2;\nprivate readonly List<TcpClient> list = new();\nprivate sealed class Holder { public TcpClient? Client; }");

    [Theory]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nc = new TcpClient();")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nFill(ref c);")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\n(c, _) = (new TcpClient(), 1);")]
    [InlineData("TcpClient c = new TcpClient();\nc = /*leak*/[|new TcpClient(host, 1)|];")]
    [InlineData("TcpClient? c = null;\nif (a)\n{\n    c = /*leak*/[|new TcpClient(host, 1)|];\n}\n\nConsole.WriteLine(c);")]
    [InlineData("TcpClient? c = null;\nConsole.WriteLine(c);\nc = /*leak*/[|new TcpClient(host, 1)|];")]
    [InlineData("TcpClient? c = null, d = null;\nc = /*leak*/[|new TcpClient(host, 1)|];")]
    public Task What_is_assigned_again(string body) => Refuses(body, members: "private static void Fill(ref TcpClient c) { }");

    [Theory]
    [InlineData("Use(Next(), /*leak*/[|new TcpClient(host, 1)|]);")]
    [InlineData("if (a && Test(/*leak*/[|new TcpClient(host, 1)|])) Console.WriteLine();")]
    [InlineData("var x = a ? Test(/*leak*/[|new TcpClient(host, 1)|]) : a;")]
    [InlineData("while (Test(/*leak*/[|new TcpClient(host, 1)|])) { }")]
    [InlineData("do { } while (Test(/*leak*/[|new TcpClient(host, 1)|]));")]
    [InlineData("for (var i = 0; Test(/*leak*/[|new TcpClient(host, i)|]); i++) { }")]
    [InlineData("for (var c = /*leak*/[|new TcpClient(host, 1)|]; ; ) { c.NoDelay = a; }")]
    [InlineData("holder?.Test(/*leak*/[|new TcpClient(host, 1)|]);")]
    [InlineData("var x = from n in host where Test(/*leak*/[|new TcpClient(host, n)|]) select n;")]
    [InlineData("var i = 1;\nUse(i, /*leak*/[|new TcpClient(host, i++)|]);")]
    [InlineData("var x = host switch { \"a\" => Test(/*leak*/[|new TcpClient(host, 1)|]), _ => a };")]
    [InlineData("try { } catch (Exception) when (Test(/*leak*/[|new TcpClient(host, 1)|])) { }")]
    [InlineData("System.Linq.Expressions.Expression<Func<bool>> e = () => Test(/*leak*/[|new TcpClient(host, 1)|]);")]
    public Task What_cannot_be_evaluated_ahead(string body) => Refuses(
        body,
        members: "private static int Next() => 1;\nprivate static void Use(int n, TcpClient c) { }\nprivate static bool Test(TcpClient c) => false;\nprivate sealed class Holder { public bool Test(TcpClient c) => false; }\nprivate Holder? holder;");

    [Theory]
    [InlineData("again:\nvar c = /*leak*/[|new TcpClient(host, 1)|];\nif (a)\n    goto again;")]
    [InlineData("if (a)\n    goto end;\nvar c = /*leak*/[|new TcpClient(host, 1)|];\nc.NoDelay = a;\nend:\nConsole.WriteLine();")]
    public Task A_jump_past_the_declaration(string body) => Refuses(body);

    [Fact]
    public Task A_value_that_may_belong_to_somebody_else() => Refuses(
        "var c = shared ?? /*leak*/[|new TcpClient(host, 1)|];\nvar d = a ? shared! : /*leak*/[|new TcpClient(host, 1)|];", members: "private TcpClient? shared;");

    [Fact]
    public Task A_task_is_not_disposed_for_its_result() => Refuses(
        "var t = /*leak*/[|http.GetAsync(host)|];\nawait Task.Delay(1);\n_ = /*leak*/[|http.GetAsync(host)|];", "public async Task M(HttpClient http, string host)");

    [Fact]
    public Task A_type_that_is_not_disposable_yet() => Refuses(
        "var l = /*leak*/[|new TcpListener(IPAddress.Any, 1)|];\nl.Start();", references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task Await_using_outside_an_async_method() => Refuses(
        "var l = /*leak*/[|Open()|];\nConsole.WriteLine(l);\nlock (this) { }", members: "private static System.Net.Quic.QuicListener Open() => null!;");

    [Fact]
    public Task A_field() => Verify<MarkedAcquisitions, WrapInUsingCodeFixProvider>.NoFix(
        "class C\n{\n    private readonly TcpClient c = /*leak*/[|new TcpClient()|];\n    private static readonly bool B = Test(/*leak*/[|new TcpClient()|]);\n    static bool Test(TcpClient c) => false;\n    C(bool b) { }\n    C() : this(Test(/*leak*/[|new TcpClient()|])) { }\n}\n");

    [Fact]
    public Task Before_CSharp_8_a_local_function_that_is_called_from_above() => Refuses(
        "Local();\nvar c = /*leak*/[|new TcpClient(host, 1)|];\nc.NoDelay = a;\nvoid Local() { }", version: LanguageVersion.CSharp7_3, references: TargetFrameworks.NetStandard20);

    [Fact]
    public Task In_a_switch_section_a_local_that_another_section_uses() => Refuses(
        "switch (host)\n{\n    case \"a\":\n        var c = /*leak*/[|new TcpClient(host, 1)|];\n        int n = c.Available;\n        break;\n    default:\n        n = 1;\n        Console.WriteLine(n);\n        break;\n}");

    [Fact]
    public Task A_block_across_a_conditional_directive() => Refuses(
        "var c = /*leak*/[|new TcpClient(host, 1)|];\n#if DEBUG\nc.NoDelay = a;\n#endif\nc.NoDelay = false;", version: LanguageVersion.CSharp7_3, references: TargetFrameworks.NetStandard20);

    [Theory]
    [InlineData("var c = {|SLA1002:l.AcceptTcpClient()|}; if (a) return; Keep(c);")]
    [InlineData("while (true) { var c = {|SLA1002:l.AcceptTcpClient()|}; if (a) ThreadPool.QueueUserWorkItem(Serve, c); }")]
    [InlineData("var c = {|SLA1002:l.AcceptTcpClient()|}; if (a) Interlocked.Exchange(ref kept, c)?.Dispose();")]
    [InlineData("while (true) { var c = {|SLA1002:l.AcceptTcpClient()|}; if (!queue.TryWrite(c)) Console.WriteLine(\"full\"); }")]
    [InlineData("var c = {|SLA1002:l.AcceptTcpClient()|}; if (a) pipe = PipeReader.Create(c.GetStream());")]
    [InlineData("var c = {|SLA1002:l.AcceptTcpClient()|}; if (a) new Link(c).Start();")]
    public Task What_some_path_hands_over(string body) =>
        Verify<ResourceAnalyzer, WrapInUsingCodeFixProvider>.NoFix(Verify.InMethod(
            body,
            "public void M(TcpListener l, bool a, ChannelWriter<TcpClient> queue)",
            """
            private TcpClient? kept;
            private PipeReader? pipe;
            private readonly List<TcpClient> all = new();
            private void Keep(TcpClient c) => all.Add(c);
            private static void Serve(object? state) { using var c = (TcpClient)state!; c.NoDelay = true; }
            private sealed class Link { private static readonly List<Link> s_all = new(); private readonly TcpClient c; public Link(TcpClient c) { this.c = c; s_all.Add(this); } public void Start() { } public void Stop() => c.Dispose(); }
            """));

    [Theory]
    [InlineData("var s = /*leak*/[|new Socket(SocketType.Stream, ProtocolType.Tcp)|];\ns.ConnectAsync(new SocketAsyncEventArgs());")]
    [InlineData("var s = /*leak*/[|new Socket(SocketType.Stream, ProtocolType.Tcp)|];\ns.BeginConnect(host, 1, _ => { }, null);")]
    [InlineData("var w = /*leak*/[|new WebClient()|];\nw.DownloadFileCompleted += (_, _) => Console.WriteLine();\nw.DownloadFileAsync(new Uri(host), host);")]
    [InlineData("var p = /*leak*/[|System.Diagnostics.Process.Start(host)|];\np.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);\np.BeginOutputReadLine();")]
    [InlineData("var p = /*leak*/[|System.Diagnostics.Process.Start(host)|];\np.EnableRaisingEvents = true;\np.Exited += (_, _) => Console.WriteLine();")]
    [InlineData("var c = /*leak*/[|new TcpClient(host, 1)|];\nc.GetStream().BeginWrite(new byte[1], 0, 1, null, null);")]
    public Task Work_that_goes_on_and_tells_of_its_end_by_an_event(string body) => Refuses(body);
}
