using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Numbers the places of one body that can hold a value: locals, parameters, fields and auto-properties of <c>this</c>, captures of the graph.</summary>
internal sealed class PlaceTable
{
    private readonly Dictionary<ISymbol, int> _symbols = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<CaptureId, int> _captures = new();
    private readonly List<(ISymbol Symbol, int Place)> _variables = new();
    private int _count;

    /// <summary>The symbols, in the order in which they were met.</summary>
    public IReadOnlyList<(ISymbol Symbol, int Place)> Variables => _variables;

    public int Of(ISymbol symbol)
    {
        if (!_symbols.TryGetValue(symbol, out var place))
        {
            place = _count++;
            _symbols.Add(symbol, place);
            _variables.Add((symbol, place));
        }

        return place;
    }

    public int Of(CaptureId capture)
    {
        if (!_captures.TryGetValue(capture, out var place))
        {
            place = _count++;
            _captures.Add(capture, place);
        }

        return place;
    }

    public bool TryFind(ISymbol symbol, out int place) => _symbols.TryGetValue(symbol, out place);

    public bool TryFind(CaptureId capture, out int place) => _captures.TryGetValue(capture, out place);
}
