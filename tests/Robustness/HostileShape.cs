using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>Code whose shape is hard on an analyzer. All of it touches tracked resources, so that no look at the text passes it over.</summary>
/// <param name="Name">What is large about it.</param>
/// <param name="Size">How large it is when the benchmark runs it.</param>
/// <param name="Short">How large it is in the tests of every build.</param>
/// <param name="Write">The files of a size.</param>
internal sealed record HostileShape(string Name, int Size, int Short, Func<int, IReadOnlyList<string>> Write)
{
    private const string Usings = """
        using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Net; using System.Net.Http; using System.Net.Sockets;
        using System.Text; using System.Threading; using System.Threading.Channels; using System.Threading.Tasks;

        """;

    public static IReadOnlyList<HostileShape> All { get; } =
    [
        InMethod("lines in one method", 20_000, 400, LongMethod),
        InMethod("lines in one method, no branch", 20_000, 400, n => "var c = new TcpClient(); c.Connect(host, 1); var s = c.GetStream();\n" + Lines(n, i => $"s.WriteByte({i % 256});") + "c.Dispose();"),
        InMethod("nested try/finally", 200, 30, n => Nested(n, i => $"var c{i} = new TcpClient(); try {{ c{i}.Connect(host, {i});", "Use(host);", i => $"}} finally {{ c{i}.Dispose(); }}")),
        InMethod("nested try/catch/rethrow", 200, 30, n => Nested(n, i => $"var c{i} = new TcpClient(); try {{ c{i}.Connect(host, {i}); Kept.Add(c{i});", "Use(host);", i => $"}} catch (Exception) {{ c{i}.Dispose(); throw; }}")),
        InMethod("nested try in finally", 60, 10, n => "var c = new TcpClient();\n" + Nested(n, i => $"try {{ c.Connect(host, {i}); }} finally {{", "c.Dispose();", _ => "}")),
        InMethod("catch clauses with filters", 500, 60, n => "var c = new TcpClient(); try { c.Connect(host, 1); c.GetStream().ReadByte(); c.Dispose(); }\n" + Lines(n, i => $"catch (SocketException e) when (e.ErrorCode == {i}) {{ Use(host); }}")),
        InMethod("arms of a switch", 10_000, 300, n => "var c = new TcpClient(); switch (count) {\n" + Lines(n, i => $"case {i}: c.Connect(host, {i}); break;") + "default: c.Dispose(); break; }"),
        InMethod("arms of a switch, each with a resource", 2_000, 60, n => "switch (count) {\n" + Lines(n, i => $"case {i}: {{ var c = new TcpClient(); c.Connect(host, {i}); if (flag) return; c.Dispose(); break; }}") + "}"),
        InMethod("arms of a switch expression", 5_000, 100, n => "var c = new TcpClient(); var port = count switch {\n" + Lines(n, i => $"{i} => c.Available + {i},") + "_ => 0 }; c.Connect(host, port); c.Dispose();"),
        InMethod("arms of a string switch", 5_000, 100, n => "var c = new TcpClient(); switch (host) {\n" + Lines(n, i => $"case \"host{i}\": c.Connect(host, {i}); goto default;") + "default: c.Dispose(); break; }"),
        InMethod("operators in one expression", 5_000, 300, n => "var c = new TcpClient(); var x = c.Available" + Repeat(n, i => $" + c.Available") + "; c.Connect(host, x); c.Dispose();"),
        InMethod("conditions joined by &&", 2_000, 200, n => "var c = new TcpClient(); if (c.Connected" + Repeat(n, i => $" && c.Available > {i}") + ") { c.Connect(host, 1); } else { c.Dispose(); }"),
        InMethod("conditional operators in one expression", 500, 60, n => "var c = " + Repeat(n, i => $"count == {i} ? new TcpClient(host, {i}) : ") + "null; c?.Dispose();"),
        InMethod("null-coalescing operators in one expression", 500, 60, n => "TcpClient a = null; var c = " + Repeat(n, i => "a ?? ") + "new TcpClient(host, 1); Use(host); c.Dispose();"),
        InMethod("parentheses in one expression", 5_000, 100, n => "var c = new TcpClient(host, " + new string('(', n) + "count" + new string(')', n) + "); Use(host);"),
        InMethod("prefix operators in one expression", 5_000, 100, n => "var c = new TcpClient(); if (" + Repeat(n, _ => "!") + "flag) c.Dispose();"),
        InMethod("calls in one chain", 5_000, 100, n => "var c = new TcpClient(host, 1); var t = new StringBuilder()" + Repeat(n, i => ".Append(c.Available)") + "; Use(t.ToString());"),
        InMethod("calls in each other's arguments", 5_000, 60, n => "var c = new TcpClient(host, " + Repeat(n, _ => "Math.Abs(") + "count" + new string(')', n) + "); Use(host);"),
        InMethod("wrappers around each other", 1_500, 40, n => "var s = " + Repeat(n, _ => "new BufferedStream(") + "new NetworkStream(new Socket(SocketType.Stream, ProtocolType.Tcp), true)" + new string(')', n) + "; s.WriteByte(1);"),
        InMethod("nested blocks", 1_000, 60, n => "var c = new TcpClient();\n" + Nested(n, i => $"if (c.Available > {i}) {{", "c.Connect(host, 1); c.Dispose();", _ => "}")),
        InMethod("nested usings", 400, 40, n => Nested(n, i => $"using (var c{i} = new TcpClient()) {{ c{i}.Connect(host, {i});", "Use(host);", _ => "}")),
        InMethod("nested loops", 100, 20, n => "Socket s = null;\n" + Nested(n, i => $"for (var i{i} = 0; i{i} < count; i{i}++) {{ s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(host, i{i});", "if (flag) return;", _ => "if (flag) break; s.Dispose(); }")),
        InMethod("nested lambdas", 200, 20, n => "var c = new TcpClient();\n" + Nested(n, i => $"Action a{i} = () => {{ var d{i} = new TcpClient(); d{i}.Connect(host, {i});", "c.Connect(host, 1); c.Dispose();", i => $"}}; a{i}();")),
        InMethod("nested local functions", 200, 20, n => "var c = new TcpClient();\n" + Nested(n, i => $"void F{i}() {{ var d{i} = new TcpClient(); d{i}.Connect(host, {i});", "c.Connect(host, 1); c.Dispose();", i => $"}} F{i}();")),
        InMethod("resources in one method", 2_000, 100, n => Lines(n, i => $"var c{i} = new TcpClient(); c{i}.Connect(host, {i});") + Lines(n / 2, i => $"c{i}.Dispose();")),
        InMethod("using declarations in one method", 1_000, 60, n => Lines(n, i => $"using var c{i} = new TcpClient(); c{i}.Connect(host, {i});")),
        InMethod("else-ifs", 5_000, 100, n => "var c = new TcpClient();\n" + Lines(n, i => $"{(i == 0 ? "" : "else ")}if (count == {i}) {{ c.Connect(host, {i}); }}") + "else { c.Dispose(); }"),
        InMethod("early returns", 3_000, 60, n => "var c = new TcpClient();\n" + Lines(n, i => $"if (count == {i}) {{ c.Connect(host, {i}); return; }}") + "c.Dispose();"),
        InMethod("labels and gotos", 1_000, 40, n => "var c = new TcpClient();\n" + Lines(n, i => $"L{i}: c.Connect(host, {i}); if (count == {i}) goto L{i * 7919 % n}; if (flag) goto L{i * 104729 % n};") + "c.Dispose();"),
        InMethod("aliases of one resource in a loop", 1_000, 60, n => "var a0 = new TcpClient();\n" + Lines(n, i => $"TcpClient a{i + 1} = null;") + "while (flag) {\n" + Lines(n, i => $"a{i + 1} = a{i}; a{i + 1}.Connect(host, {i});") + $"if (count > 1) a0 = a{n}; }} a{n}.Dispose();"),
        InMethod("flags about one resource", 300, 40, n => "var c = new TcpClient();\n" + Lines(n, i => $"var f{i} = false; if (c.Available > {i}) f{i} = true;") + "c.Connect(host, 1);\n" + Lines(n, i => $"if (!f{i}) c.Dispose();")),
        InMethod("lambdas that share one resource", 1_000, 40, n => "var c = new TcpClient(); var all = new List<Action>();\n" + Lines(n, i => $"all.Add(() => c.Connect(host, {i}));") + "foreach (var a in all) a();"),
        InMethod("elements of an array", 50_000, 1_000, n => "var c = new TcpClient(); var ports = new[] {" + Repeat(n, i => $"{i},") + "}; c.Connect(host, ports[0]);"),
        InMethod("resources in an array", 3_000, 100, n => "var all = new TcpClient[] {" + Repeat(n, i => $"new TcpClient(host, {i}),") + "}; all[0].Dispose();"),
        InMethod("parts of an interpolated string", 3_000, 200, n => "var c = new TcpClient(); c.Connect($\"" + Repeat(n, i => $"{{c.Available}}.") + "\", 1);"),
        InAsyncMethod("awaits in nested loops", 300, 40, n => "var c = new TcpClient();\n" + Nested(n / 10, i => $"for (var i{i} = 0; i{i} < count; i{i}++) {{\n" + Lines(10, j => $"await c.ConnectAsync(host, {j}); await c.GetStream().ReadAsync(new byte[{j + 1}]);"), "await c.GetStream().FlushAsync();", _ => "}") + "c.Dispose();"),
        InAsyncMethod("waits with a deadline", 300, 25, n => Lines(n, i => $"var t{i} = Web.GetStreamAsync(host); if (await Task.WhenAny(t{i}, Task.Delay({i})) == t{i}) {{ Use(host); }} else {{ count++; }}")),
        InAsyncMethod("responses read", 1_000, 60, n => Lines(n, i => $"var r{i} = await Web.GetAsync(host, HttpCompletionOption.ResponseHeadersRead); r{i}.EnsureSuccessStatusCode(); Use(await r{i}.Content.ReadAsStringAsync()); if (flag) r{i}.Dispose();")),
        InType("iterators that yield", 2_000, 100, n => "IEnumerable<int> Each(string host) { var c = new TcpClient();\n" + Lines(n, i => $"yield return c.Available; c.Connect(host, {i});") + "c.Dispose(); }"),
        InType("mutually recursive methods", 300, 40, n => Lines(n, i => $"static void M{i}(TcpClient c, int d) {{ if (d == {i}) M{(i + 1) % n}(c, d - 1); else if (d > {i}) M{i * 7 % n}(c, d); else {{ c.Connect(\"h\", d); M{i * 31 % n}(c, d); }} }}") + "static void Start() { var c = new TcpClient(); M0(c, 1); }"),
        InType("mutually recursive factories", 300, 40, n => Lines(n, i => $"static TcpClient M{i}(int d) => d == {i} ? new TcpClient() : d < {i} ? M{(i + 1) % n}(d) : M{i * 7 % n}(d);") + Lines(n, i => $"static void U{i}() {{ var c = M{i}(1); c.Connect(\"h\", {i}); }}")),
        InType("mutually recursive local functions", 200, 30, n => "static void Start(string host) { var c = new TcpClient(); F0(1); c.Dispose();\n" + Lines(n, i => $"void F{i}(int d) {{ c.Connect(host, d); if (d > {i}) F{(i + 1) % n}(d); else F{i * 7 % n}(d); }}") + "}"),
        InType("calls of one helper", 3_000, 60, n => "static void Talk(TcpClient c) { c.Connect(\"h\", 1); }\n" + Lines(n, i => $"static void M{i}() {{ var c = new TcpClient(); Talk(c); if (c.Connected) return; c.Dispose(); }}")),
        InType("methods on one socket field", 3_000, 60, n => "readonly Socket _s = new Socket(SocketType.Stream, ProtocolType.Tcp);\n" + Lines(n, i => $"int M{i}(byte[] b) {{ _s.Send(b); return _s.Receive(b); }}")),
        InType("methods that overwrite one field", 1_500, 100, n => "TcpClient _c;\n" + Lines(n, i => $"void M{i}() {{ _c = new TcpClient(); _c.Connect(\"h\", {i}); }}")),
        InType("requests of one client", 3_000, 60, n => "readonly HttpClient _web = new HttpClient();\n" + Lines(n, i => $"Task<string> M{i}() => _web.GetStringAsync(\"u{i}\");")),
        InType("threads", 500, 40, n => Lines(n, i => $"void M{i}() {{ var t = new Thread(R{i}); t.Start(); t.Join({i}); }} void R{i}() {{ var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(\"h\", {i}); s.Receive(new byte[1]); }}")),
        InType("listeners", 1_000, 60, n => Lines(n, i => $"void M{i}() {{ var l = new TcpListener(IPAddress.Any, {i}); l.Start(); while (true) {{ var c = l.AcceptTcpClient(); c.Close(); }} }}")),
        InType("fields that are released", 1_000, 40, n => Lines(n, i => $"readonly TcpClient _c{i} = new TcpClient(\"h\", {i});") + "public void Dispose() {\n" + Lines(n, i => $"_c{i}.Dispose();") + "}", "IDisposable"),
        InType("fields that are not released", 1_000, 40, n => Lines(n, i => $"readonly TcpClient _c{i} = new TcpClient(\"h\", {i});") + "public void Dispose() { }", "IDisposable"),
        InType("fields of a constructor that throws", 500, 40, n => Lines(n, i => $"readonly TcpClient _c{i};") + "Big() {\n" + Lines(n, i => $"_c{i} = new TcpClient(\"h\", {i});") + "} public void Dispose() {\n" + Lines(n, i => $"_c{i}.Dispose();") + "}", "IDisposable"),
        InType("constructors that chain with a flag", 300, 40, n => "readonly Stream _s; readonly bool _leave; Big(Stream s, bool leave) { _s = s; _leave = leave; }\n" + Lines(n, i => $"Big(Stream s, C{i} x) : this({(i + 1 < n ? $"s, default(C{i + 1})" : "s, true")}) {{ }} public struct C{i} {{ }}") + "public void Dispose() { if (!_leave) _s.Dispose(); }\n" + Lines(n, i => $"static void M{i}() {{ var b = new Big(File.OpenRead(\"f\"), default(C{i})); b.ToString(); }}"), "IDisposable"),
        new("classes that own each other", 1_000, 40, n => [Usings + Lines(n, i => $"class C{i} : IDisposable {{ readonly {(i + 1 < n ? $"C{i + 1}" : "TcpClient")} _c = new(); public void Dispose() => _c.Dispose(); void M() {{ var c = new C{i * 7 % n}(); }} }}")]),
        new("classes that own each other in a circle", 300, 40, n => [Usings + Lines(n, i => $"class C{i} : IDisposable {{ C{(i + 1) % n} _c = new(); C{i * 7 % n} _d; Socket _s; public void Dispose() {{ _c?.Dispose(); _d?.Dispose(); }} void M() {{ _d = new(); var c = new C{i}(); }} }}")]),
        new("classes that derive from each other", 300, 40, n => [Usings + "class C0 : Stream { public override bool CanRead => true; public override bool CanSeek => true; public override bool CanWrite => true; public override long Length => 0; public override long Position { get; set; } public override void Flush() { } public override int Read(byte[] b, int o, int c) => 0; public override long Seek(long o, SeekOrigin s) => 0; public override void SetLength(long v) { } public override void Write(byte[] b, int o, int c) { } }\n" + Lines(n, i => $"class C{i + 1} : C{i} {{ readonly TcpClient _c{i} = new(); protected override void Dispose(bool disposing) {{ base.Dispose(disposing); }} static void M() {{ var c = new C{i + 1}(); c.ReadByte(); }} }}")]),
        new("nested classes", 150, 20, n => [Usings + Nested(n, i => $"class C{i} {{ TcpClient _c{i} = new(); void M() {{ var c = new TcpClient(); c.Connect(\"h\", {i}); _c{i}.GetStream().ReadByte(); }}", "", _ => "}")]),
        new("files of one partial class", 500, 40, n => [.. Enumerable.Range(0, n).Select(i => Usings + $"partial class Big {{ TcpClient _c{i} = new(); readonly HttpClient _w{i} = new(); void M{i}() {{ _c{i}.Connect(\"h\", {i}); _c{(i + 1) % n}.GetStream().ReadByte(); var c = Make{(i + 1) % n}(); c.Connect(\"h\", 1); }} static TcpClient Make{i}() => new(); Task<string> G{i}() => _w{i * 7 % n}.GetStringAsync(\"u\"); }}")]),
        new("methods of a chain over files", 2_000, 100, n => [.. Enumerable.Range(0, n).Chunk(10).Select((chunk, file) => Usings + $"static class F{file} {{\n" + string.Concat(chunk.Select(i => $"public static Stream M{i}(string host) {{ {(i + 1 < n ? $"return F{(i + 1) / 10}.M{i + 1}(host);" : "return new NetworkStream(new Socket(SocketType.Stream, ProtocolType.Tcp), true);")} }} static void U{i}() {{ var s = M{i}(\"h\"); s.ReadByte(); }}\n")) + "}")]),
        new("methods of a chain of takers over files", 2_000, 100, n => [.. Enumerable.Range(0, n).Chunk(10).Select((chunk, file) => Usings + $"static class F{file} {{\n" + string.Concat(chunk.Select(i => $"public static void M{i}(Stream s) {{ s.ReadByte(); {(i + 1 < n ? $"F{(i + 1) / 10}.M{i + 1}(s);" : "s.Dispose();")} }} static void U{i}() {{ M{i}(File.OpenRead(\"f\")); }}\n")) + "}")]),
        new("members and implementations of an interface", 300, 30, n => [Usings + "interface IBig {\n" + Lines(n, i => $"TcpClient M{i}(Stream s);") + "}\n" + Lines(20, c => $"class C{c} : IBig {{\n" + Lines(n, i => $"public TcpClient M{i}(Stream s) {{ s.Dispose(); return new TcpClient(); }}") + "}") + "class User { static void Use(IBig big) {\n" + Lines(n, i => $"var c{i} = big.M{i}(File.OpenRead(\"f\")); c{i}.Connect(\"h\", {i});") + "} }"]),
        new("implementations of an interface", 300, 30, n => [Usings + "interface IDial { TcpClient Dial(string h); }\n" + Lines(n, i => $"class C{i} : IDial {{ public TcpClient Dial(string h) => new TcpClient(h, {i}); static void M(IDial d) {{ var c = d.Dial(\"h\"); c.Connect(\"h\", {i}); }} }}")]),
        new("overloads of a method", 1_000, 40, n => [Usings + Lines(n, i => $"struct P{i} {{ }}") + "class Big {\n" + Lines(n, i => $"static TcpClient Make(P{i} p) => new TcpClient(); static void U{i}() {{ var c = Make(default(P{i})); c.Connect(\"h\", {i}); }}") + "}"]),
        new("generic nesting", 40, 10, n => [Usings + "class Box<T> : IDisposable { public T Value = default!; TcpClient _c = new(); public void Dispose() => _c.Dispose(); static void M() { var b = new " + Repeat(n, _ => "Box<") + "int" + new string('>', n) + "(); var c = b" + Repeat(n - 1, _ => ".Value") + "; var d = new Box<Box<T>>(); } }"]),
        new("generated code", 3_000, 60, n => ["// <auto-generated/>\n" + Usings + "class Generated {\n" + Lines(n, i => $"public static TcpClient M{i}(int d) {{ var c = new TcpClient(); c.Connect(\"h\", d); return d == {i} ? c : M{(i + 1) % n}(d); }}") + "}", Usings + "class User { static void Use() { var c = Generated.M0(1); c.Connect(\"h\", 1); } }"]),
        new("top-level statements", 2_000, 100, n => [Usings + Lines(n, i => $"var c{i} = new TcpClient(); c{i}.Connect(\"h\", {i}); if (args.Length == {i}) return; c{i}.Dispose();")]),
        new("streaming handlers", 1_000, 60, n => [Usings + "class Handlers {\n" + Lines(n, i => $"async Task M{i}(HttpListenerContext x, CancellationToken t) {{ while (true) {{ await x.Response.OutputStream.WriteAsync(new byte[1]); await Task.Delay({i}); if (x.Request.HasEntityBody) return; }} x.Response.Close(); }}") + "}"]),
        new("loops that stream in one method", 500, 40, n => [Usings + "class Handlers { async Task M(HttpListenerContext x, PipeLike p, Channel<byte[]> from) {\n" + Lines(n, i => $"while (await from.Reader.WaitToReadAsync()) {{ await x.Response.OutputStream.WriteAsync(await from.Reader.ReadAsync()); from.Writer.TryWrite(new byte[{i + 1}]); }}") + "x.Response.Close(); } public class PipeLike { } }"]),
        new("text without sense", 3_000, 100, n => [Usings + "class Big { void M(string host) { var c = new TcpClient();\n" + Lines(n, i => (i % 7) switch { 0 => "c.Connect(host,;", 1 => "try { c.", 2 => "if (c is { } ) => using var", 3 => "await foreach (var x in c) }", 4 => "c.Dispose()", 5 => "catch { throw c", _ => "new Socket(" })]),
    ];

    private static HostileShape InMethod(string name, int size, int small, Func<int, string> body) =>
        new(name, size, small, n => [Usings + "class Big { static readonly List<TcpClient> Kept = new(); static void Use(string host) { if (host == \"\") throw new IOException(); } static void M(string host, int count, bool flag) {\n" + body(n) + "\n} }"]);

    private static HostileShape InAsyncMethod(string name, int size, int small, Func<int, string> body) =>
        new(name, size, small, n => [Usings + "class Big { static readonly HttpClient Web = new(); static void Use(string host) { } static async Task M(string host, int count, bool flag) {\n" + body(n) + "\n} }"]);

    private static HostileShape InType(string name, int size, int small, Func<int, string> members, string? bases = null) =>
        new(name, size, small, n => [Usings + "class Big" + (bases is null ? "" : " : " + bases) + " {\n" + members(n) + "\n}"]);

    private static string LongMethod(int n)
    {
        var text = new StringBuilder("var c = new TcpClient(); var s = new Socket(SocketType.Stream, ProtocolType.Tcp);\n");
        for (var i = 0; i < n; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i % 10) switch
            {
                0 => $"if (count == {i}) {{ c.Connect(host, {i}); }}",
                1 => $"s.Send(new byte[{i}]);",
                2 => $"count += c.Available * {i};",
                3 => $"for (var i{i} = 0; i{i} < count; i{i}++) {{ s.Receive(new byte[{i}]); }}",
                4 => $"Use(host + {i});",
                5 => $"var d{i} = c; d{i}.SendTimeout = {i};",
                6 => $"try {{ s.Connect(host, {i}); }} catch (SocketException) {{ count++; }}",
                7 => $"flag = !flag || count > {i};",
                8 => $"if (flag) {{ host = \"h{i}\"; }} else {{ Use(host); }}",
                _ => $"Console.WriteLine(host, {i});",
            }}\n");
        }

        return text + "s.Dispose(); c.Dispose();";
    }

    private static string Lines(int n, Func<int, string> line) => Repeat(n, i => line(i) + "\n");

    private static string Repeat(int n, Func<int, string> part)
    {
        var text = new StringBuilder();
        for (var i = 0; i < n; i++)
        {
            text.Append(part(i));
        }

        return text.ToString();
    }

    private static string Nested(int n, Func<int, string> open, string inside, Func<int, string> close) =>
        Lines(n, open) + inside + "\n" + Lines(n, i => close(n - 1 - i));

    public override string ToString() => Name;
}
