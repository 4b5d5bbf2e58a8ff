using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>Reads constants where a timeout is given.</summary>
internal static class BoundValues
{
    /// <summary>What a timeout's value is: -1 means for ever everywhere, 0 where the row says so.</summary>
    public static BoundValue Of(IOperation? value, bool isZeroInfinite, ObligationContext context, CancellationToken cancellationToken)
    {
        return value is null || Milliseconds(value, depth: 0, context, cancellationToken) is not { } milliseconds ? BoundValue.Unknown
            : milliseconds < 0 || (milliseconds == 0 && isZeroInfinite) ? BoundValue.Infinite
            : BoundValue.Finite;
    }

    /// <summary>Whether a condition of a row holds for these arguments; null when the argument is no constant.</summary>
    public static bool? Holds(ArgumentCondition? condition, ImmutableArray<IArgumentOperation> arguments)
    {
        if (condition is null)
        {
            return true;
        }

        if (OperationWords.ArgumentAt(arguments, condition.Ordinal) is not { } argument)
        {
            return condition.Negated;
        }

        var constant = argument.Value.WithoutConversions().ConstantValue;
        return constant.HasValue ? IsSame(constant.Value, condition.Value) != condition.Negated : null;
    }

    private static bool IsSame(object? value, object? expected) =>
        Equals(value, expected)
        || (expected is int number && value is IConvertible and not (bool or string) && unchecked((int)Convert.ToInt64(value, CultureInfo.InvariantCulture)) == number);

    private static double? Milliseconds(IOperation value, int depth, ObligationContext context, CancellationToken cancellationToken)
    {
        value = value.WithoutConversions();
        if (value.ConstantValue is { HasValue: true, Value: { } constant })
        {
            return constant switch
            {
                bool flag => flag ? 1 : 0,
                string => null,
                IConvertible number => Convert.ToDouble(number, CultureInfo.InvariantCulture),
                _ => null,
            };
        }

        switch (value)
        {
            case IFieldReferenceOperation { Field: { IsStatic: true, ContainingType.Name: "TimeSpan" or "Timeout" } field }:
                return field.Name switch { "Zero" => 0, "InfiniteTimeSpan" => -1, "MaxValue" => double.MaxValue, "MinValue" => double.MinValue, _ => null };
            case IDefaultValueOperation { Type.Name: "TimeSpan" }:
                return 0;
            case IObjectCreationOperation { Type.Name: "TimeSpan", Arguments: var arguments }:
                return SpanOf(arguments, depth, context, cancellationToken);
            case IInvocationOperation { TargetMethod: { ContainingType.Name: "TimeSpan", IsStatic: true } method, Arguments: { Length: > 0 } arguments } when depth < 4:
                return Milliseconds(arguments[0].Value, depth + 1, context, cancellationToken) is { } number
                    ? method.Name switch
                    {
                        "FromTicks" => number / 10_000,
                        "FromMicroseconds" => number / 1_000,
                        "FromMilliseconds" => number,
                        "FromSeconds" => number * 1_000,
                        "FromMinutes" => number * 60_000,
                        "FromHours" => number * 3_600_000,
                        "FromDays" => number * 86_400_000,
                        _ => null,
                    }
                    : null;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus, OperatorMethod: not null } minus when depth < 4:
                return -Milliseconds(minus.Operand, depth + 1, context, cancellationToken);
            case IPropertyReferenceOperation { Property: { ContainingType.Name: "TimeSpan", Name: "TotalMilliseconds" }, Instance: { } span } when depth < 4:
                return Milliseconds(span, depth + 1, context, cancellationToken);
            case IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } when depth < 4:
                return InitialValue(field, context, cancellationToken) is { } initial ? Milliseconds(initial, depth + 1, context, cancellationToken) : null;
            case ILocalReferenceOperation local when depth < 4:
                return OnlyValue(local) is { } only ? Milliseconds(only, depth + 1, context, cancellationToken) : null;
            default:
                return null;
        }
    }

    /// <summary>What a static field of the compilation is initialized with where it is declared.</summary>
    private static IOperation? InitialValue(IFieldSymbol field, ObligationContext context, CancellationToken cancellationToken)
    {
        if (!context.HasCode(field))
        {
            return null;
        }

        foreach (var reference in field.OriginalDefinition.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value })
            {
                return context.Summaries.ModelOf(value.SyntaxTree, context.Compilation).GetOperation(value, cancellationToken);
            }
        }

        return null;
    }

    /// <summary>What a local is declared with, where nothing else is ever assigned to it.</summary>
    private static IOperation? OnlyValue(ILocalReferenceOperation reference)
    {
        IOperation root = reference;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        IOperation? value = null;
        foreach (var operation in root.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local):
                    value = declarator.Initializer?.Value;
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation target } when SymbolEqualityComparer.Default.Equals(target.Local, reference.Local):
                case IIncrementOrDecrementOperation { Target: ILocalReferenceOperation changed } when SymbolEqualityComparer.Default.Equals(changed.Local, reference.Local):
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Value: ILocalReferenceOperation passed } when SymbolEqualityComparer.Default.Equals(passed.Local, reference.Local):
                    return null;
            }
        }

        return value;
    }

    private static readonly double[] s_units = { 86_400_000, 3_600_000, 60_000, 1_000, 1, 0.001 };

    private static double? SpanOf(ImmutableArray<IArgumentOperation> arguments, int depth, ObligationContext context, CancellationToken cancellationToken)
    {
        // Ticks; hours, minutes, seconds; days and all that.
        var first = arguments.Length == 3 ? 1 : 0;
        double total = 0;
        foreach (var argument in arguments)
        {
            if (depth >= 4 || argument.Parameter is not { } parameter || Milliseconds(argument.Value, depth + 1, context, cancellationToken) is not { } number)
            {
                return null;
            }

            total += arguments.Length == 1 ? number / 10_000 : number * s_units[Math.Min(first + parameter.Ordinal, s_units.Length - 1)];
        }

        return total;
    }
}
