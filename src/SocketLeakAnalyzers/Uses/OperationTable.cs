using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Uses;

/// <summary>What is kept for operations, where one operation can have several of it, each under an index.</summary>
/// <typeparam name="T">What is kept.</typeparam>
internal sealed class OperationTable<T>
    where T : class
{
    private readonly Dictionary<IOperation, T?[]> _byOperation = new();

    /// <summary>All of it, in the order in which it was added.</summary>
    public List<T> All { get; } = new();

    public T? Find(IOperation operation, int index) => _byOperation.TryGetValue(operation, out var kept) && index < kept.Length ? kept[index] : null;

    public void Add(IOperation operation, int index, T value)
    {
        if (!_byOperation.TryGetValue(operation, out var kept) || index >= kept.Length)
        {
            var more = new T?[index + 1];
            kept?.CopyTo(more, 0);
            _byOperation[operation] = kept = more;
        }

        kept[index] = value;
        All.Add(value);
    }
}
