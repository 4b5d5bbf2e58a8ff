using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Benchmarks.HotParts;

/// <summary>A small program as somebody writes it, bound, and what the engine needs to look at parts of it.</summary>
internal sealed class Specimen
{
    private const string Code = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Net.Http;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Mail
        {
            public sealed class Relay : IDisposable
            {
                private readonly HttpClient _web = new() { Timeout = TimeSpan.FromSeconds(20) };
                private readonly object _gate = new();
                private TcpClient _client;
                private Stream _log;

                public Relay(string path) => _log = File.OpenWrite(path);

                public async Task<int> DeliverAsync(IReadOnlyList<string> hosts, byte[] message, int attempts, CancellationToken cancellation)
                {
                    var sent = 0;
                    foreach (var host in hosts)
                    {
                        for (var attempt = 0; attempt < attempts; attempt++)
                        {
                            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                            var isDone = false;
                            try
                            {
                                await socket.ConnectAsync(host, 25, cancellation);
                                if (attempt > 2 && message.Length > 1_000)
                                {
                                    continue;
                                }

                                using var stream = new NetworkStream(socket, ownsSocket: false);
                                await stream.WriteAsync(message, cancellation);
                                var answer = new byte[512];
                                var count = await stream.ReadAsync(answer, cancellation);
                                if (count == 0)
                                {
                                    throw new IOException("closed");
                                }

                                switch (answer[0])
                                {
                                    case (byte)'2':
                                        sent++;
                                        isDone = true;
                                        break;
                                    case (byte)'4':
                                        await Task.Delay(1_000 * attempt, cancellation);
                                        break;
                                    default:
                                        return sent;
                                }
                            }
                            catch (SocketException) when (attempt + 1 < attempts)
                            {
                                Note(host);
                            }
                            finally
                            {
                                socket.Dispose();
                            }

                            if (isDone)
                            {
                                break;
                            }
                        }
                    }

                    return sent;
                }

                public Stream Open(string host, int depth) => depth > 3 ? Dial(host) : Retry(host, depth + 1);

                private Stream Retry(string host, int depth)
                {
                    try
                    {
                        return Open(host, depth);
                    }
                    catch (SocketException)
                    {
                        return Fallback(host, depth);
                    }
                }

                private Stream Fallback(string host, int depth) => depth > 8 ? null : Open("backup." + host, depth + 1);

                private Stream Dial(string host)
                {
                    lock (_gate)
                    {
                        _client?.Dispose();
                        _client = new TcpClient();
                        _client.Connect(host, 25);
                        return _client.GetStream();
                    }
                }

                public async Task<string> StatusAsync(string url)
                {
                    using var response = await _web.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
                    return await response.Content.ReadAsStringAsync();
                }

                public long Sum(IReadOnlyList<long> sizes, Func<long, bool> counts)
                {
                    var sum = 0L;
                    var largest = new List<long>();
                    foreach (var size in sizes)
                    {
                        if (counts(size))
                        {
                            sum += Math.Abs(size);
                            largest.Add(size);
                        }
                    }

                    largest.Sort();
                    Console.WriteLine(string.Join(", ", largest));
                    return sum;
                }

                private void Note(string host)
                {
                    var line = System.Text.Encoding.UTF8.GetBytes(host + Environment.NewLine);
                    _log.Write(line, 0, line.Length);
                }

                public void Dispose()
                {
                    _client?.Dispose();
                    _log.Dispose();
                    _web.Dispose();
                }
            }
        }
        """;

    public Specimen()
    {
        var line = new CommandLine([]);
        Analysis = Analysis.FromCommandLine(line).With(AnalyzerSet.Ours);
        Compilation = Analysis.Compile("Mail", Analysis.Parse([new SourceFile("Relay.cs", SourceText.From(Code))], [], []));
        Model = OwnershipModel.Create(Compilation, ImmutableArray<OwnershipRow>.Empty);
        Known = new KnownTypes(Compilation);
        Type = Compilation.GetTypeByMetadataName("Mail.Relay")!;
        Context = NewContext();
    }

    public Analysis Analysis { get; }

    public CSharpCompilation Compilation { get; }

    public OwnershipModel Model { get; }

    public KnownTypes Known { get; }

    public INamedTypeSymbol Type { get; }

    /// <summary>One whose answers are kept from measurement to measurement.</summary>
    public ObligationContext Context { get; }

    /// <summary>One that has no summary yet.</summary>
    public ObligationContext NewContext() => new(Compilation, Model, Known, isFiltered: true);

    public IMethodSymbol Method(string name) => (IMethodSymbol)Type.GetMembers(name).Single();

    public Body BodyOf(string name) => Context.Summaries.BodyOf(Method(name), Compilation, default)!;

    public BodySyntax SyntaxOf(string name) => BodySyntax.Of(Compilation.SyntaxTrees[0].GetCompilationUnitRoot())
        .Single(body => body.Code is Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax method && method.Identifier.ValueText == name);
}
