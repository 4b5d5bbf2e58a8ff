using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The flags that a call gives a method as constants, by the ordinal of the parameter: <c>leaveOpen: true</c>, <c>ResponseHeadersRead</c>. What a method
/// does may depend on them, so it can have a summary for them.
/// </summary>
internal readonly struct ConstantArguments : IEquatable<ConstantArguments>
{
    public static readonly ConstantArguments None = new(ImmutableArray<(int, object)>.Empty);

    private readonly ImmutableArray<(int Ordinal, object Value)> _values;

    public ConstantArguments(ImmutableArray<(int Ordinal, object Value)> values) => _values = values;

    public bool IsEmpty => _values.IsDefaultOrEmpty;

    /// <summary>The constant for a parameter; null where it is not known.</summary>
    public object? this[int ordinal]
    {
        get
        {
            if (!IsEmpty)
            {
                foreach (var (at, value) in _values)
                {
                    if (at == ordinal)
                    {
                        return value;
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Whether a parameter is a flag that decides what the method does with others.</summary>
    public static bool IsFlag(IParameterSymbol parameter) =>
        parameter.RefKind == RefKind.None && parameter.Type is { SpecialType: SpecialType.System_Boolean } or { TypeKind: TypeKind.Enum };

    public ConstantArguments Without(int ordinal)
    {
        var rest = ImmutableArray.CreateBuilder<(int, object)>();
        if (!IsEmpty)
        {
            foreach (var value in _values)
            {
                if (value.Ordinal != ordinal)
                {
                    rest.Add(value);
                }
            }
        }

        return new ConstantArguments(rest.ToImmutable());
    }

    public bool Equals(ConstantArguments other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return IsEmpty == other.IsEmpty;
        }

        if (_values.Length != other._values.Length)
        {
            return false;
        }

        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i].Ordinal != other._values[i].Ordinal || !_values[i].Value.Equals(other._values[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is ConstantArguments other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 0;
        if (!IsEmpty)
        {
            foreach (var (ordinal, value) in _values)
            {
                hash = (((hash * 31) + ordinal) * 31) + value.GetHashCode();
            }
        }

        return hash;
    }
}
