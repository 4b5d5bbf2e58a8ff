using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Benchmarks.HotParts;

/// <summary>What is made once for a process, once for a compilation, and all that one edit of one file makes again.</summary>
public class CompilationBenchmarks
{
    private readonly Specimen _specimen = new();
    private readonly List<SourceText> _texts = [];
    private readonly List<INamedTypeSymbol> _types = [];
    private ImmutableArray<OwnershipRow> _rows;

    [GlobalSetup]
    public void Setup()
    {
        foreach (var name in EmbeddedModels.FileNames)
        {
            using var stream = typeof(EmbeddedModels).Assembly.GetManifestResourceStream(name)!;
            using var reader = new StreamReader(stream);
            _texts.Add(SourceText.From(reader.ReadToEnd()));
        }

        _rows = EmbeddedModels.Rows;
        _types.AddRange(_rows.Select(row => row.TypeName).Distinct(StringComparer.Ordinal).Select(_specimen.Compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>());
    }

    /// <summary>All embedded rows, once for a process.</summary>
    [Benchmark]
    public int ParseTheRows() => _texts.Sum(text => OwnershipRowParser.Parse(text).Rows.Length);

    [Benchmark]
    public object IndexTheRows() => new OwnershipRowIndex(_rows);

    /// <summary>Every type that a row names, with its members, asked for the first time in a compilation.</summary>
    [Benchmark]
    public int ResolveTheRows()
    {
        var model = OwnershipModel.Create(_specimen.Compilation, ImmutableArray<OwnershipRow>.Empty);
        var resources = 0;
        foreach (var type in _types)
        {
            resources += model.GetTypeFacts(type).IsResource ? 1 : 0;
            foreach (var member in type.GetMembers())
            {
                resources += model.GetMemberFacts(member).Returns == ReturnEffect.Owned ? 1 : 0;
            }
        }

        return resources;
    }

    /// <summary>The run of an analyzer that does nothing, to set off against the next.</summary>
    [Benchmark(Baseline = true)]
    public Task<object> SessionThatDoesNothing() => RunAsync(AnalyzerSet.Floor);

    /// <summary>All analyzers over a compilation of one file, in which nothing is bound.</summary>
    [Benchmark]
    public Task<object> WholeSession() => RunAsync(AnalyzerSet.Ours);

    private async Task<object> RunAsync(object set) => await _specimen.Analysis.RunAsync(_specimen.Compilation.Clone(), (AnalyzerSet)set).ConfigureAwait(false);
}
