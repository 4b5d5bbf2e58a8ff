using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Numbers the places of one body that can hold a value: locals, parameters, fields and auto-properties of <c>this</c>, captures of
/// the graph, and the flags of what such a place holds (<c>options.LeaveOpen</c>).
/// </summary>
internal sealed class PlaceTable
{
    private readonly Dictionary<ISymbol, int> _symbols = new(SymbolEqualityComparer.Default);

    // By boxed ids: a dictionary of such values is a type of its own, which the runtime compiles in every build.
    private readonly Dictionary<object, int> _captures = new();
    private readonly List<(ISymbol Symbol, int Place)> _variables = new();
    private readonly Dictionary<ISymbol, List<(ISymbol Flag, int Place)>> _flags = new(SymbolEqualityComparer.Default);
    private int _count;

    /// <summary>The symbols, in the order in which they were met.</summary>
    public IReadOnlyList<(ISymbol Symbol, int Place)> Variables => _variables;

    /// <summary>The captures of the graph that were met.</summary>
    public IEnumerable<(CaptureId Capture, int Place)> Captures
    {
        get
        {
            foreach (var entry in _captures)
            {
                yield return ((CaptureId)entry.Key, entry.Value);
            }
        }
    }

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

    /// <summary>The place of a flag of what <paramref name="owner"/> holds.</summary>
    public int Of(ISymbol owner, ISymbol flag)
    {
        if (!_flags.TryGetValue(owner, out var flags))
        {
            flags = new List<(ISymbol, int)>();
            _flags.Add(owner, flags);
        }

        foreach (var (known, place) in flags)
        {
            if (SymbolEqualityComparer.Default.Equals(known, flag))
            {
                return place;
            }
        }

        flags.Add((flag, _count));
        return _count++;
    }

    /// <summary>The flags that were met of what <paramref name="owner"/> holds.</summary>
    public IReadOnlyList<(ISymbol Flag, int Place)> FlagsOf(ISymbol owner) =>
        _flags.TryGetValue(owner, out var flags) ? flags : System.Array.Empty<(ISymbol, int)>();

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
