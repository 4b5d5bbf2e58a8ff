using System.Collections.Immutable;
using System.Linq;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Benchmarks.HotParts;

/// <summary>One resource followed over a body, and what is done at each of its steps.</summary>
public class FlowBenchmarks
{
    private readonly Specimen _specimen = new();
    private readonly PathValues _values = new();
    private Body _body = null!;
    private IOperation _site = null!;
    private PathStates _left = null!;
    private PathStates _right = null!;
    private PathStates _same = null!;
    private ImmutableArray<AbstractValue> _kept;

    [GlobalSetup]
    public void Setup()
    {
        _body = _specimen.BodyOf("DeliverAsync");
        _site = _body.AllOperations().First(operation => operation is IObjectCreationOperation { Type.Name: "Socket" });
        FollowOneSocket();

        // Thirty places, of which two differ.
        _kept = [.. Enumerable.Range(0, 30).Select(i => i % 7 == 0 ? AbstractValue.OfConstant(i) : i == 3 ? AbstractValue.Site : AbstractValue.NotNull)];
        var other = _kept.SetItem(4, AbstractValue.Null).SetItem(20, AbstractValue.Site);
        _left = PathStates.Join(States(ObligationStatus.Owed, _kept), States(ObligationStatus.Released, _kept));
        _right = PathStates.Join(States(ObligationStatus.Owed, other), States(ObligationStatus.Released, other));
        _same = PathStates.Join(States(ObligationStatus.Owed, [.. _kept]), States(ObligationStatus.Released, [.. _kept]));
    }

    /// <summary>The solver over two loops, a try with a filter and a finally, a switch and awaits; the summaries that it asks for are there.</summary>
    [Benchmark]
    public object? FollowOneSocket() =>
        new ObligationEngine(_specimen.Context, new SummarySession(_specimen.Context.Summaries, _specimen.Context), throwLevel: 2).Follow(_body, Subject.Of(_site), default);

    [Benchmark]
    public object JoinOfStatesThatDiffer() => PathStates.Join(_left, _right);

    [Benchmark]
    public object JoinThatBringsNothingNew() => PathStates.Join(_left, _same);

    /// <summary>An operation that changes one of thirty places, with the states before and after it.</summary>
    [Benchmark]
    public int TransferOfOneAssignment()
    {
        _values.Load(_kept);
        var before = _values.Keep();
        _values[5] = AbstractValue.Null;
        return before.Length + _values.Keep().Length;
    }

    private static PathStates States(ObligationStatus status, ImmutableArray<AbstractValue> values) => PathStates.Of(new PathState(status, values, cause: null));
}
