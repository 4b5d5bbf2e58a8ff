namespace SocketLeakAnalyzers.Robustness;

/// <summary>A generator whose numbers are the same on every platform and version.</summary>
internal sealed class SplitMix64(ulong state)
{
    private ulong _state = state;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 up to, but not, the limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Puts the items into an order drawn by the generator.</summary>
    public T[] Shuffled<T>(System.Collections.Generic.IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }

        return shuffled;
    }
}
