using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Robustness;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>What is kept while somebody types is kept for the compilation and the files that are there, and goes with them.</summary>
[Collection(nameof(Alone))]
public sealed class EditingSessionTests
{
    private const string Code = """
        class Probe : IDisposable
        {
            private readonly Socket _kept = new Socket(SocketType.Stream, ProtocolType.Tcp);
            private readonly HttpClient _web = new();

            public Stream Open(string host)
            { 
                var client = new TcpClient();
                client.Connect(host, 443);
                return Wrap(client.GetStream());
            }

            private static Stream Wrap(Stream inner) => new BufferedStream(inner);

            public Task<string> Read() => _web.GetStringAsync("u");

            public void Dispose() { }
        }
        """;

    [Fact]
    public async Task Compilation_that_was_analysed_is_not_kept_alive()
    {
        var compilations = new List<WeakReference>();
        var current = Subject.Compile(CodeThatCalls.Write(new SplitMix64(3), files: 4, methods: 4));
        for (var i = 0; i < 10; i++)
        {
            current = await AnalyseAndEditAsync(current, i, compilations);
        }

        for (var i = 0; i < 10 && compilations.Exists(compilation => compilation.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        // The last one may still be in some frame.
        Assert.True(compilations.FindAll(compilation => compilation.IsAlive).Count <= 1);
        GC.KeepAlive(current);
    }

    [Fact]
    public async Task Memory_stays_flat_over_a_long_session()
    {
        var current = Subject.Compile([Code, .. CodeThatCalls.Write(new SplitMix64(3), files: 4, methods: 4)]);
        var sizes = new List<long>();
        for (var i = 1; i <= 300; i++)
        {
            current = await AnalyseAndEditAsync(current, i, []);
            if (i % 100 == 0)
            {
                sizes.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        Assert.True(sizes[^1] - sizes[0] < 3_000_000, string.Join(' ', sizes));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<CSharpCompilation> AnalyseAndEditAsync(CSharpCompilation compilation, int number, List<WeakReference> compilations)
    {
        var tree = compilation.SyntaxTrees[1 + (number % (compilation.SyntaxTrees.Length - 1))];
        var run = Subject.Run(compilation, new());
        await run.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), filterSpan: null, TestContext.Current.CancellationToken);
        compilations.Add(new WeakReference(compilation));

        // In the text itself, so that the tree, too, is a new one; always as long.
        var text = tree.GetText();
        var comment = text.ToString().IndexOf("/*", StringComparison.Ordinal);
        var change = new TextChange(comment < 0 ? new TextSpan(0, 0) : new TextSpan(comment, 10), $"/* {number:0000} */");
        return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(text.WithChanges(change)));
    }
}
