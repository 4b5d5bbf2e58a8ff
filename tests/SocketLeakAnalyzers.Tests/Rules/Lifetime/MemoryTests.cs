using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Lifetime;

/// <summary>What is read from memory or written to it does not fail; what is written from it to a file does.</summary>
public sealed class MemoryTests
{
    private static string Around(string made, string done, string mark) => "using System.IO.Compression;\nusing System.Text;\n" + Verify.InMethod(
        $$"""
        {{made}}
        var file = {{mark.Replace("@", "File.OpenRead(path)")}};
        {{done}}
        var length = file.Length;
        file.Dispose();
        return length;
        """,
        "public async Task<long> Measure(string path, byte[] data, bool flag, Stream output)");

    [Theory]
    [InlineData("var memory = new MemoryStream();", "memory.WriteByte(1);")]
    [InlineData("Stream memory = new MemoryStream();", "memory.WriteByte(1);")]
    [InlineData("Stream memory = new MemoryStream(data);", "await memory.ReadAsync(new byte[2], 0, 2);")]
    [InlineData("TextWriter memory = new StringWriter();", "memory.Write('x');")]
    [InlineData("TextReader memory = new StringReader(path);", "memory.ReadLine();")]
    [InlineData("var reader = new StreamReader(new MemoryStream(data));", "reader.ReadToEnd();")]
    [InlineData("using var reader = new StreamReader(new MemoryStream(data));", "await reader.ReadLineAsync();")]
    [InlineData("var memory = new MemoryStream(); using var writer = new StreamWriter(memory);", "writer.Write('x'); writer.Flush();")]
    [InlineData("var memory = new MemoryStream(); using var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true);", "writer.Write(1);")]
    [InlineData("using var writer = new BinaryWriter(new BufferedStream(new MemoryStream()));", "writer.Write(1);")]
    [InlineData("using var memory = new MemoryStream(); using var zip = new GZipStream(memory, CompressionMode.Compress);", "zip.WriteByte(1); zip.Flush();")]
    [InlineData("Stream memory; if (flag) memory = new MemoryStream(data); else memory = new MemoryStream();", "memory.WriteByte(1);")]
    [InlineData("Stream memory = null; if (flag) memory = new MemoryStream(data);", "memory?.WriteByte(1);")]
    [InlineData("var memory = new MemoryStream(); Stream other = new MemoryStream();", "memory.CopyTo(other); memory.WriteTo(other);")]
    public Task Memory_does_not_fail(string made, string done) => Verify<ResourceAnalyzer>.Silent(Around(made, done, "@"));

    [Theory]
    [InlineData("var memory = new MemoryStream(data);", "memory.WriteTo(output);")]
    [InlineData("var memory = new MemoryStream(data);", "memory.CopyTo(output);")]
    [InlineData("Stream memory = new MemoryStream(data);", "await memory.CopyToAsync(output);")]
    [InlineData("Stream memory = new MemoryStream(data); if (flag) memory = output;", "memory.WriteByte(1);")]
    [InlineData("using var writer = new StreamWriter(output, leaveOpen: true);", "writer.Write('x');")]
    [InlineData("using var zip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);", "zip.ReadByte();")]
    public Task What_can_lead_elsewhere_fails(string made, string done) => Verify<ResourceAnalyzer>.Reports(Around(made, done, "{|SLA1002:@|}"));

    [Theory]
    [InlineData("memory.WriteTo(file);")]
    [InlineData("memory.CopyTo(file);")]
    [InlineData("await memory.CopyToAsync(file);")]
    public Task A_file_that_is_written_from_memory_is_lost_when_that_fails(string write) => Verify<ResourceAnalyzer>.Reports(Verify.InMethod(
        $$"""
        var memory = new MemoryStream(data);
        var file = {|SLA1002:File.Create(path)|};
        {{write}}
        file.Close();
        """,
        "public async Task Save(string path, byte[] data)"));
}
