using System.Collections.Generic;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>What a variable, field, or result of a function can ever be, with the bodies that have looked: only they are read again when it comes to be more.</summary>
internal sealed class FlowVariable
{
    private readonly List<int> _readers = new();

    public FlowVariable(ValueSet values) => Values = values;

    public ValueSet Values { get; private set; }

    /// <summary>The values, for a body that is noted as one that has looked.</summary>
    /// <param name="body">Its index; negative: nobody is noted.</param>
    public ValueSet ReadBy(int body)
    {
        if (body >= 0 && !_readers.Contains(body))
        {
            _readers.Add(body);
        }

        return Values;
    }

    /// <summary>Adds values, and marks the bodies that have looked if any is new.</summary>
    public void Add(ValueSet values, bool[] isStale)
    {
        var after = Values.Union(values);
        if (after.Count == Values.Count)
        {
            return;
        }

        Values = after;
        foreach (var reader in _readers)
        {
            isStale[reader] = true;
        }
    }
}
