using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>SLA1004 for fields and properties that a method fills again.</summary>
public class SLA1004FieldTests
{
    private static string Link(string members) =>
        $$"""
        public sealed class Link : IDisposable
        {
            private TcpClient _client;
            private NetworkStream _stream;
            private bool _isOpen;
            private bool _isDisposed;

            {{members}}

            public void Dispose()
            {
                _stream?.Dispose();
                _client?.Dispose();
            }
        }
        """;

    [Fact]
    public async Task The_only_method_that_fills_the_field_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link("public void Open() { _client = new TcpClient(); }"));

    [Fact]
    public async Task KnownGap_A_static_field_that_a_loop_fills_again_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(
            """
            public static class Link
            {
                private static TcpClient _client;

                public static void Open()
                {
                    for (var i = 0; i < 3; i++)
                    {
                        _client = new TcpClient();
                        if (_client.Connected)
                        {
                            return;
                        }
                    }
                }
            }
            """);

    [Fact]
    public async Task The_asynchronous_twin_of_the_filler_is_no_second_filler() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public void Open() { _client = new TcpClient(); }
            public async Task OpenAsync() { _client = new TcpClient(); await Task.Yield(); }
            """));

    [Fact]
    public async Task A_second_method_that_fills_the_field_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { {|SLA1004:_client = new TcpClient()|}; }
            """));

    [Fact]
    public async Task The_message_names_the_field_and_the_earlier_acquisition() =>
        await Verify<ResourceAnalyzer>.Reports(
            Link(
                """
                public Link() { _client = {|#1:new TcpClient()|}; }
                public void Reset() { {|#0:_client = new TcpClient()|}; }
                """),
            [Verify<ResourceAnalyzer>.Diagnostic("SLA1004").WithLocation(0).WithLocation(1).WithArguments("'_client'", "TcpClient", "disposed")]);

    [Fact]
    public async Task A_method_that_a_retry_loop_calls_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            private void Open() { {|SLA1004:_client = new TcpClient()|}; }
            public void Run() { while (!_isOpen) Open(); }
            """));

    [Fact]
    public async Task A_method_that_a_handler_calls_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            private void Open() { {|SLA1004:_client = new TcpClient()|}; }
            public int Read()
            {
                try { return _client.GetStream().ReadByte(); }
                catch (System.IO.IOException) { Open(); return -1; }
            }
            """));

    [Fact]
    public async Task A_field_that_is_disposed_first_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { _client?.Dispose(); _client = new TcpClient(); }
            """));

    [Fact]
    public async Task A_field_that_a_method_of_the_type_disposes_first_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { Close(); _client = new TcpClient(); }
            private void Close() { _client?.Close(); _client = null; }
            """));

    [Fact]
    public async Task A_field_whose_old_value_is_disposed_afterwards_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { var old = _client; _client = new TcpClient(); old.Dispose(); }
            """));

    [Fact]
    public async Task A_field_that_is_filled_only_when_null_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Ensure() { if (_client == null) { _client = new TcpClient(); } }
            public TcpClient Client => _client ??= new TcpClient();
            """));

    [Fact]
    public async Task A_field_that_is_filled_behind_a_null_guard_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Ensure() { if (_client is not null) return; _client = new TcpClient(); }
            """));

    [Fact]
    public async Task A_field_behind_a_guard_on_the_state_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); _isOpen = true; }
            public void Open() { if (_isOpen) return; _client = new TcpClient(); _isOpen = true; }
            """));

    [Fact]
    public async Task A_guard_against_use_after_disposal_says_nothing_of_the_field() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset()
            {
                if (_isDisposed) throw new ObjectDisposedException(nameof(Link));
                {|SLA1004:_client = new TcpClient()|};
            }
            """));

    [Fact]
    public async Task A_field_whose_view_in_another_field_is_disposed_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link(string host) { _client = new TcpClient(); }
            public void Reset()
            {
                _stream?.Dispose();
                _client = new TcpClient();
            }
            """));

    [Fact]
    public async Task An_exchange_of_the_field_is_not_reported() =>
        await Verify<ResourceAnalyzer>.Silent(Link(
            """
            public Link() { _client = new TcpClient(); }
            public void Reset() { Interlocked.Exchange(ref _client, new TcpClient())?.Dispose(); }
            """));

    [Fact]
    public async Task A_retry_loop_that_fills_the_field_is_reported() =>
        await Verify<ResourceAnalyzer>.Reports(Link(
            """
            public void Open(EndPoint end)
            {
                for (var i = 0; i < 3; i++)
                {
                    {|SLA1004:_client = new TcpClient()|};
                    try { _client.Client.Connect(end); return; }
                    catch (SocketException) { }
                }
            }
            """));
}
