using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>The handle of a file goes where the file goes: whoever closes it closes the file.</summary>
public sealed class HandleTests
{
    [Fact]
    public Task A_file_whose_handle_is_returned_is_its_callers() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Passing
        {
            public Task<Microsoft.Win32.SafeHandles.SafeFileHandle> PassAsync(string path)
            {
                var file = File.OpenRead(path);
                var handle = file.SafeFileHandle;
                return Task.FromResult(handle);
            }
        }
        """);

    [Fact]
    public Task A_file_whose_handle_is_closed_is_closed() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Closing
        {
            public long Measure(string path)
            {
                var file = File.OpenRead(path);
                var handle = file.SafeFileHandle;
                try { return RandomAccess.GetLength(handle); } finally { handle.Dispose(); }
            }
        }
        """);

    [Fact]
    public Task A_socket_whose_handle_a_type_keeps_is_that_types() => Verify<ResourceAnalyzer>.Silent("""
        public sealed class Registered
        {
            private readonly SafeSocketHandle _handle;

            public Registered(EndPoint peer)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                _handle = socket.SafeHandle;
            }

            public void Close() => _handle.Dispose();
        }
        """);

    [Fact]
    public Task A_file_whose_handle_is_only_looked_at_is_still_owed() => Verify<ResourceAnalyzer>.Reports("""
        public sealed class Looking
        {
            public bool IsOpen(string path)
            {
                var file = {|SLA1001:File.OpenRead(path)|};
                return !file.SafeFileHandle.IsInvalid;
            }
        }
        """);
}
