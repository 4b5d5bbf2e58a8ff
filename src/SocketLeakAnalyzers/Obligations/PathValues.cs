using System;
using System.Collections.Immutable;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// What the places of a body hold on the path that is walked, by place number. It shares the values of the state that it was loaded from until one of
/// them changes: most operations change none, and a state is kept at every branch and wherever something can throw.
/// </summary>
internal sealed class PathValues
{
    private ImmutableArray<AbstractValue> _shared = ImmutableArray<AbstractValue>.Empty;
    private AbstractValue[] _own = Array.Empty<AbstractValue>();
    private bool _isShared = true;

    /// <summary>How many places have a value; those beyond are unknown.</summary>
    public int Count { get; private set; }

    public AbstractValue this[int place]
    {
        get => _isShared ? _shared[place] : _own[place];
        set
        {
            if (!ReferenceEquals(this[place], value))
            {
                Own(Count);
                _own[place] = value;
            }
        }
    }

    /// <summary>Starts again from kept values.</summary>
    public void Load(ImmutableArray<AbstractValue> values)
    {
        _shared = values;
        _isShared = true;
        Count = values.Length;
    }

    /// <summary>Gives places up to a number a value: that they are unknown.</summary>
    public void Grow(int count)
    {
        if (count > Count)
        {
            Own(count);
            for (var i = Count; i < count; i++)
            {
                _own[i] = AbstractValue.Unknown;
            }

            Count = count;
        }
    }

    /// <summary>The values as they are now; the same ones as long as none changes.</summary>
    public ImmutableArray<AbstractValue> Keep()
    {
        if (!_isShared)
        {
            _shared = ImmutableArray.Create(_own, 0, Count);
            _isShared = true;
        }

        return _shared;
    }

    private void Own(int count)
    {
        if (_own.Length < count)
        {
            var larger = new AbstractValue[Math.Max(count, _own.Length * 2)];
            if (!_isShared)
            {
                Array.Copy(_own, larger, Count);
            }

            _own = larger;
        }

        if (_isShared)
        {
            _shared.CopyTo(0, _own, 0, Count);
            _isShared = false;
        }
    }
}
