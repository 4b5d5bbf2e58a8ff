using BenchmarkDotNet.Attributes;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Benchmarks.HotParts;

/// <summary>What is asked about bodies, methods and types; what the compiler binds for it is bound already.</summary>
public class CodeBenchmarks
{
    private readonly Specimen _specimen = new();
    private BodyFilter _filter = null!;
    private BodySyntax _plain = null!;
    private BodySyntax _tracked = null!;

    [GlobalSetup]
    public void Setup()
    {
        _filter = _specimen.NewContext().Filter!;
        _plain = _specimen.SyntaxOf("Sum");
        _tracked = _specimen.SyntaxOf("DeliverAsync");
        SummaryOfARecursiveGroup();
        UsesOfAType();
        OwnershipOfAType();
    }

    /// <summary>A body that has to do with no resource: what nearly all bodies cost.</summary>
    [Benchmark]
    public bool FilterThatPassesOverABody() => _filter.MayAcquire(_plain, _specimen.Context.Summaries.ModelOf(_specimen.Compilation.SyntaxTrees[0], _specimen.Compilation), default);

    [Benchmark]
    public bool FilterThatLetsABodyThrough() => _filter.MayAcquire(_tracked, _specimen.Context.Summaries.ModelOf(_specimen.Compilation.SyntaxTrees[0], _specimen.Compilation), default);

    /// <summary>Three methods that call each other in a circle, and one that they call, with their graphs.</summary>
    [Benchmark]
    public object SummaryOfARecursiveGroup()
    {
        var context = _specimen.NewContext();
        context.Summaries.Compute(new SummaryKey(_specimen.Method("Open"), SummaryAspect.Result), context, default);
        return context;
    }

    [Benchmark]
    public object UsesOfAType() => UseReader.Read(_specimen.Type, _specimen.Context, default);

    [Benchmark]
    public object OwnershipOfAType() => TypeOwnershipReader.Read(_specimen.Type, _specimen.Context, new SummarySession(_specimen.Context.Summaries, _specimen.Context), default);
}
