using System;
using System.Collections.Immutable;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>
/// What a variable can ever be: an immutable set. Nearly all hold a handful of values and are asked for all of them over and over, which an array answers
/// several times faster than a tree; one that grows beyond that is a tree.
/// </summary>
internal sealed class ValueSet
{
    public static readonly ValueSet Empty = new(Array.Empty<object>());

    private const int MaxFew = 16;

    private readonly object[]? _few;
    private readonly ImmutableHashSet<object>? _many;

    private ValueSet(object[] few) => _few = few;

    private ValueSet(ImmutableHashSet<object> many) => _many = many;

    public int Count => _few?.Length ?? _many!.Count;

    public bool IsEmpty => Count == 0;

    public bool Contains(object value)
    {
        if (_few is null)
        {
            return _many!.Contains(value);
        }

        foreach (var present in _few)
        {
            if (present.Equals(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same set when the value is in it.</summary>
    public ValueSet Add(object value)
    {
        if (Contains(value))
        {
            return this;
        }

        if (_few is null)
        {
            return new ValueSet(_many!.Add(value));
        }

        if (_few.Length == MaxFew)
        {
            return new ValueSet(ImmutableHashSet.Create(_few).Add(value));
        }

        var more = new object[_few.Length + 1];
        Array.Copy(_few, more, _few.Length);
        more[_few.Length] = value;
        return new ValueSet(more);
    }

    /// <summary>The same set when the other adds nothing.</summary>
    public ValueSet Union(ValueSet other)
    {
        if (IsEmpty || ReferenceEquals(this, other))
        {
            return other;
        }

        if (_many is not null)
        {
            var many = other._few is null ? _many.Union(other._many!) : _many.Union(other._few);
            return ReferenceEquals(many, _many) ? this : new ValueSet(many);
        }

        if (other._few is null)
        {
            var all = other._many!.Union(_few!);
            return all.Count == Count ? this : new ValueSet(all);
        }

        var added = 0;
        foreach (var value in other._few)
        {
            added += Contains(value) ? 0 : 1;
        }

        if (added == 0)
        {
            return this;
        }

        if (_few!.Length + added > MaxFew)
        {
            return new ValueSet(ImmutableHashSet.Create(_few).Union(other._few));
        }

        var union = new object[_few.Length + added];
        _few.CopyTo(union, 0);
        var next = _few.Length;
        foreach (var value in other._few)
        {
            if (!Contains(value))
            {
                union[next++] = value;
            }
        }

        return new ValueSet(union);
    }

    /// <summary>The same set when the value is not in it.</summary>
    public ValueSet Remove(object value)
    {
        if (!Contains(value))
        {
            return this;
        }

        return _few is null ? new ValueSet(_many!.Remove(value)) : new ValueSet(Array.FindAll(_few, present => !present.Equals(value)));
    }

    public Enumerator GetEnumerator() => new(this);

    /// <summary>Gives the values of a set, in an order that means nothing.</summary>
    public struct Enumerator
    {
        private readonly object[]? _few;
        private ImmutableHashSet<object>.Enumerator _many;
        private int _next;

        public Enumerator(ValueSet set)
        {
            _few = set._few;
            _many = set._many is null ? default : set._many.GetEnumerator();
            _next = -1;
        }

        public object Current => _few is null ? _many.Current : _few[_next];

        public bool MoveNext() => _few is null ? _many.MoveNext() : ++_next < _few.Length;
    }
}
