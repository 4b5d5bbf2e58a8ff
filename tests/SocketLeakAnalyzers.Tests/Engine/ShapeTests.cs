using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Engine;

/// <summary>The plain shapes of leaks, and of code that looks like them and leaks nothing, side by side in one file each.</summary>
public sealed class ShapeTests
{
    [Fact]
    public async Task Plain_shapes_of_leaks_are_reported() =>
        await Verify<ResourceAnalyzer>.Reports(
            """
            public static class Leaks
            {
                private static readonly HttpClient Web = new();

                public static void NeverDisposed(EndPoint server) { var s = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(server); }
                public static void DisposedWhenAllIsWell(EndPoint server) { var s = {|SLA1002:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(server); s.Dispose(); }
                public static void ClientNeverClosed() { var c = {|SLA1001:new TcpClient()|}; c.Connect("a", 7); }
                public static void ClientClosedWhenAllIsWell() { var c = {|SLA1002:new TcpClient()|}; c.Connect("a", 7); c.Close(); }
                public static void Accepted(TcpListener l) { var c = {|SLA1001:l.AcceptTcpClient()|}; c.LingerState = null; }
                public static async Task AcceptedLater(TcpListener l) { var c = await {|SLA1001:l.AcceptTcpClientAsync()|}; c.LingerState = null; }
                public static void AcceptedSocket(Socket l) { var s = {|SLA1001:l.Accept()|}; s.Send(new byte[3]); }
                public static async Task<long?> HeadersOnly(HttpRequestMessage q) { var r = await {|SLA1001:Web.SendAsync(q, HttpCompletionOption.ResponseHeadersRead)|}; return r.Content.Headers.ContentLength; }
                public static async Task<byte[]> CheckedBeforeTheUsing(HttpRequestMessage q) { var r = await {|SLA1002:Web.SendAsync(q, HttpCompletionOption.ResponseHeadersRead)|}; r.EnsureSuccessStatusCode(); using (r) return await r.Content.ReadAsByteArrayAsync(); }
                public static async Task<int> BodyReadInPart() { var s = await {|SLA1001:Web.GetStreamAsync("u")|}; return s.ReadByte(); }
                public static bool OldResponse(WebRequest q) { var r = {|SLA1001:q.GetResponse()|}; return r.IsFromCache; }
                public static int EarlyReturn(bool isDone) { var c = {|SLA1002:new TcpClient()|}; if (isDone) return 0; c.Connect("a", 7); c.Dispose(); return 1; }
                public static Socket SwallowedAndNull(EndPoint server) { var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; try { s.Connect(server); return s; } catch (SocketException) { return null; } }
                public static Socket Factory(EndPoint server) { var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(server); return s; }
                public static async Task<Socket> AsyncFactory(EndPoint server) { var s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; await s.ConnectAsync(server); return s; }
                public static SslStream Handshake(TcpClient c) { var tls = {|SLA1003:new SslStream(c.GetStream(), false)|}; tls.AuthenticateAsClient("a"); return tls; }
                public static int NotTheOwner(EndPoint server) { var s = {|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(server); using var n = new NetworkStream(s); return n.ReadByte(); }
                public static string LeftOpen(Socket s) { var n = {|SLA1001:new NetworkStream(s, true)|}; using var r = new StreamReader(n, Encoding.ASCII, leaveOpen: true); return r.ReadLine(); }
                public static Socket Retry(EndPoint server) { Socket s = null; for (var i = 0; i < 9; i++) { {|SLA1004:s = new Socket(SocketType.Stream, ProtocolType.Tcp)|}; try { s.Connect(server); break; } catch (SocketException) { } } return s; }
                public static async Task WebSocket(CancellationToken t) { var w = {|SLA1001:new ClientWebSocket()|}; await w.ConnectAsync(new Uri("ws://a"), t); }
                public static void Lent() { Send({|SLA1001:new Socket(SocketType.Stream, ProtocolType.Tcp)|}); }
                private static void Send(Socket s) => s.Send(new byte[3]);
                public static void FromATuple() { var (c, n) = {|SLA1001:Pair()|}; c.SendTimeout = n; }
                private static (TcpClient, int) Pair() => (new TcpClient(), 2);
                public static void UnderACondition(bool b) { var c = {|SLA1002:new TcpClient()|}; if (b) c.Dispose(); }
                public static Task InALambda() => Task.Run(() => { var c = {|SLA1001:new TcpClient()|}; c.Connect("a", 7); });
                public static void Datagrams() { var u = {|SLA1001:new UdpClient()|}; u.Send(new byte[3], 3); }
            }

            public sealed class ConstructorThatThrows : IDisposable
            {
                private readonly Socket _s;
                public ConstructorThatThrows(EndPoint server) { _s = {|SLA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; _s.Connect(server); }
                public void Dispose() => _s.Dispose();
            }
            """);

    [Fact]
    public async Task Plain_shapes_that_leak_nothing_are_silent() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Careful
            {
                private static readonly HttpClient Web = new();

                public static void Using(EndPoint server) { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(server); }
                public static void Finally(EndPoint server) { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect(server); } finally { s.Dispose(); } }
                public static TcpClient Factory() => new();
                public static Task<HttpResponseMessage> Made() { var r = new HttpResponseMessage(HttpStatusCode.Accepted); return Task.FromResult(r); }
                public static async Task Request() { using var q = new HttpRequestMessage(HttpMethod.Put, "u") { Content = new StringContent("a") }; using var r = await Web.SendAsync(q); }
                public static async Task Form(Stream f) { using var m = new MultipartFormDataContent(); m.Add(new StreamContent(f), "a"); m.Add(new StringContent("b"), "c"); using var r = await Web.PostAsync("u", m); }
                public static int View() { using var c = new TcpClient("a", 7); var s = c.GetStream(); return s.ReadByte(); }
                public static Stream Owning(Socket l) { var s = l.Accept(); return new NetworkStream(s, true); }
                public static Stream Wrapped(TcpClient c) => new SslStream(c.GetStream(), false);
                public static async Task<string> Reader() { using var r = await Web.GetAsync("u", HttpCompletionOption.ResponseHeadersRead); using var t = new StreamReader(await r.Content.ReadAsStreamAsync()); return await t.ReadLineAsync(); }
                public static async Task<string> FromAFactory(IHttpClientFactory f) { var c = f.CreateClient(); return await c.GetStringAsync("u"); }
                public static Socket Rethrown(EndPoint server) { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect(server); } catch { s.Dispose(); throw; } return s; }
                public static Socket Flag(EndPoint server) { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); var done = false; try { s.Connect(server); done = true; return s; } finally { if (!done) s.Close(); } }
                public static Owner Owned(TcpListener l) => new(l.AcceptTcpClient());
                public static async Task Handed(TcpListener l) { var c = await l.AcceptTcpClientAsync(); _ = Task.Run(() => Serve(c)); }
                public static async Task Forgotten(TcpListener l) { for (;;) { var c = await l.AcceptTcpClientAsync(); _ = Serve(c); } }
                private static async Task Serve(TcpClient c) { using (c) await Task.Delay(1); }
                public static async Task<HttpResponseMessage> Returned() { var r = await Web.GetAsync("u", HttpCompletionOption.ResponseHeadersRead); return r; }
                public static void Registered(HttpContext h) { var c = new TcpClient(); h.Response.RegisterForDispose(c); c.Connect("a", 7); }
                public static IEnumerable<byte> Iterator() { using var f = File.OpenRead("a"); for (int b; (b = f.ReadByte()) >= 0;) yield return (byte)b; }
                public static async Task Later(Socket s) { await using var n = new NetworkStream(s, true); await n.FlushAsync(); }
                public static void CloseIfMade(EndPoint server) { Socket s = null; try { s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(server); } finally { s?.Close(5); } }
                public static void Source(TaskCompletionSource<TcpClient> t) { var c = new TcpClient(); t.TrySetResult(c); }
                public static async Task Queue(Channel<TcpClient> q, TcpListener l) { var c = await l.AcceptTcpClientAsync(); await q.Writer.WriteAsync(c); }
                public static void Out(out TcpClient c) { c = new TcpClient(); }
                public static bool Try(TcpListener l, out TcpClient c) { if (!l.Pending()) { c = null; return false; } c = l.AcceptTcpClient(); return true; }
                public static void Services(IServiceCollection s) { s.AddSingleton(_ => new TcpClient()); }
                public static async Task<string> Configured() { using var r = await Web.GetAsync("u", HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false); return await r.Content.ReadAsStringAsync().ConfigureAwait(false); }
                public static async Task<string> Fluent() { using var r = (await Web.GetAsync("u")).EnsureSuccessStatusCode(); return await r.Content.ReadAsStringAsync(); }
                public static void Stack(Stack<IDisposable> s) { var c = new TcpClient(); s.Push(c); }
            }

            public sealed class Owner(TcpClient c) : IDisposable { public void Dispose() => c.Dispose(); }
            public sealed class Swap : IDisposable { private TcpClient _c; public void Next() => Interlocked.Exchange(ref _c, new TcpClient())?.Dispose(); public void Dispose() => Interlocked.Exchange(ref _c, null)?.Dispose(); }
            public sealed class Replaced : IDisposable { private TcpClient _c = new(); public void Next() { var old = _c; _c = new TcpClient(); old.Dispose(); } public void Dispose() => _c.Dispose(); }
            public sealed class Again : DelegatingHandler { protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage q, CancellationToken t) { var r = await base.SendAsync(q, t); if ((int)r.StatusCode == 429) { r.Dispose(); r = await base.SendAsync(q, t); } return r; } }
            """);
}
