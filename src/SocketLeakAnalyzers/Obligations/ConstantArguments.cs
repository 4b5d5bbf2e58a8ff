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
    public static readonly ConstantArguments None = new(ImmutableArray<ConstantArgument>.Empty);

    private readonly ImmutableArray<ConstantArgument> _values;

    public ConstantArguments(ImmutableArray<ConstantArgument> values) => _values = values;

    public bool IsEmpty => _values.IsDefaultOrEmpty;

    /// <summary>The constant for a parameter; null where it is not known.</summary>
    public object? this[int ordinal]
    {
        get
        {
            if (!IsEmpty)
            {
                foreach (var argument in _values)
                {
                    if (argument.Ordinal == ordinal)
                    {
                        return argument.Value;
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
        var rest = ImmutableArray.CreateBuilder<ConstantArgument>();
        if (!IsEmpty)
        {
            foreach (var argument in _values)
            {
                if (argument.Ordinal != ordinal)
                {
                    rest.Add(argument);
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
            foreach (var argument in _values)
            {
                hash = (((hash * 31) + argument.Ordinal) * 31) + argument.Value.GetHashCode();
            }
        }

        return hash;
    }
}

/// <summary>One of <see cref="ConstantArguments"/>.</summary>
internal sealed class ConstantArgument
{
    public ConstantArgument(int ordinal, object value)
    {
        Ordinal = ordinal;
        Value = value;
    }

    public int Ordinal { get; }

    public object Value { get; }
}
