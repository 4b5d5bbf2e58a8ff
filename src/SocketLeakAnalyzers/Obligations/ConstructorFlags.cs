using System.Collections.Concurrent;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Finds the flag by which a constructor of the compilation is told whether its object owns what it is given (<c>leaveOpen</c>): every
/// release of the field stands under a test of a field that the flag is stored in. Where some release is not, or stands under another test, there
/// is none, and the object owns what its type releases.
/// </summary>
internal sealed class ConstructorFlags
{
    private const int MaxBodies = 200;
    private const int MaxChain = 4;

    private readonly ObligationContext _context;
    private readonly ConcurrentDictionary<IParameterSymbol, ArgumentCondition?> _known = new(SymbolEqualityComparer.Default);

    public ConstructorFlags(ObligationContext context) => _context = context;

    /// <summary>The condition under which the object owns the argument for the parameter; null: always.</summary>
    public ArgumentCondition? ConditionOf(IParameterSymbol parameter, CancellationToken cancellationToken)
    {
        var definition = parameter.OriginalDefinition;
        return _known.TryGetValue(definition, out var known) ? known : _known.GetOrAdd(definition, Find(definition, 0, cancellationToken));
    }

    private ArgumentCondition? Find(IParameterSymbol parameter, int depth, CancellationToken cancellationToken)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { ContainingType: { } type } constructor
            || TypeBodies.Read(type.OriginalDefinition, _context, MaxBodies, cancellationToken) is not { } bodies)
        {
            return null;
        }

        foreach (var body in bodies)
        {
            if (SymbolEqualityComparer.Default.Equals(body.Owner, constructor))
            {
                return FindChained(parameter, body.Root, depth, out var isChained, cancellationToken) is { } chained ? chained
                    : isChained ? null
                    : FindStored(parameter, body.Root, bodies, cancellationToken);
            }
        }

        return OwningTypes.IsCapturedParameter(parameter) ? FindStored(parameter, null, bodies, cancellationToken) : null;
    }

    /// <summary><c>: this(stream, leaveOpen: false)</c>: the flag is that of the other constructor, or fixed.</summary>
    private ArgumentCondition? FindChained(IParameterSymbol parameter, IOperation constructor, int depth, out bool isChained, CancellationToken cancellationToken)
    {
        isChained = false;
        if (constructor is not IConstructorBodyOperation { Initializer: { } initializer })
        {
            return null;
        }

        foreach (var operation in initializer.DescendantsAndSelf())
        {
            if (operation is not IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } called } invocation
                || !SymbolEqualityComparer.Default.Equals(called.ContainingType.OriginalDefinition, parameter.ContainingType.OriginalDefinition))
            {
                continue;
            }

            isChained = true;
            foreach (var argument in invocation.Arguments)
            {
                if (depth < MaxChain && argument.Parameter is { } given && Refers(argument.Value, parameter) && Find(given.OriginalDefinition, depth + 1, cancellationToken) is { } condition)
                {
                    return Passed(condition, invocation);
                }
            }
        }

        return null;
    }

    /// <summary>A condition on an argument of the inner call, as one on an argument of the outer one.</summary>
    private static ArgumentCondition? Passed(ArgumentCondition condition, IInvocationOperation call)
    {
        if (CallModel.Holds(condition, call.Arguments) is { } known)
        {
            return new ArgumentCondition(-1, true, negated: known);
        }

        return OperationWords.ArgumentAt(call.Arguments, condition.Ordinal)?.Value.WithoutConversions() is IParameterReferenceOperation { Parameter: { } flag }
            ? new ArgumentCondition(flag.Ordinal, condition.Value, condition.Negated)
            : null;
    }

    private static ArgumentCondition? FindStored(IParameterSymbol parameter, IOperation? constructor, System.Collections.Generic.IReadOnlyList<TypeBody> bodies, CancellationToken cancellationToken)
    {
        ISymbol holder = parameter;
        if (constructor is not null)
        {
            if (StoredIn(parameter, constructor) is not { } field)
            {
                return null;
            }

            holder = field;
        }

        ISymbol? flag = null;
        var isSet = false;
        foreach (var body in bodies)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var operation in body.Root.DescendantsAndSelf())
            {
                if (operation is not IInvocationOperation { Instance: { } receiver } release || !CallModel.IsRelease(release.TargetMethod) || !IsHolder(receiver, holder))
                {
                    continue;
                }

                if (GuardOf(release) is not { } guard || (flag is not null && (!SymbolEqualityComparer.Default.Equals(flag, guard.Flag) || isSet != guard.IsSet)))
                {
                    return null;
                }

                flag = guard.Flag;
                isSet = guard.IsSet;
            }
        }

        if (flag is null)
        {
            return null;
        }

        if (flag is IParameterSymbol captured)
        {
            return new ArgumentCondition(captured.Ordinal, true, negated: !isSet);
        }

        return constructor is not null && FlagOf(flag, constructor, out var isInverted) is { } stored
            ? new ArgumentCondition(stored.Ordinal, true, negated: isSet == isInverted)
            : null;
    }

    /// <summary>The one field or property that the constructor puts the argument into.</summary>
    private static ISymbol? StoredIn(IParameterSymbol parameter, IOperation constructor)
    {
        ISymbol? found = null;
        foreach (var operation in constructor.DescendantsAndSelf())
        {
            if (operation is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } target } assignment
                && OperationWords.IsOfThisOrStatic(target.Instance)
                && Refers(assignment.Value is ICoalesceOperation coalesce ? coalesce.Value : assignment.Value, parameter))
            {
                if (found is not null)
                {
                    return null;
                }

                found = target.Member;
            }
        }

        return found;
    }

    /// <summary>The parameter that the constructor puts into the flag's field.</summary>
    private static IParameterSymbol? FlagOf(ISymbol field, IOperation constructor, out bool isInverted)
    {
        isInverted = false;
        IParameterSymbol? found = null;
        foreach (var operation in constructor.DescendantsAndSelf())
        {
            if (operation is ISimpleAssignmentOperation { Target: IMemberReferenceOperation target } assignment && SymbolEqualityComparer.Default.Equals(target.Member, field))
            {
                var value = assignment.Value.WithoutConversions();
                isInverted = value is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not };
                value = value is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not ? not.Operand.WithoutConversions() : value;
                if (found is not null || value is not IParameterReferenceOperation { Parameter: { } flag })
                {
                    return null;
                }

                found = flag;
            }
        }

        return found;
    }

    private static bool Refers(IOperation value, IParameterSymbol parameter) =>
        value.WithoutConversions() is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter.OriginalDefinition, parameter.OriginalDefinition);

    private static bool IsHolder(IOperation receiver, ISymbol holder)
    {
        receiver = receiver.WithoutConversions();
        if (receiver is IConditionalAccessInstanceOperation)
        {
            for (var parent = receiver.Parent; parent is not null; parent = parent.Parent)
            {
                if (parent is IConditionalAccessOperation access)
                {
                    receiver = access.Operation.WithoutConversions();
                    break;
                }
            }
        }

        return receiver switch
        {
            IMemberReferenceOperation member => SymbolEqualityComparer.Default.Equals(member.Member, holder),
            IParameterReferenceOperation parameter => SymbolEqualityComparer.Default.Equals(parameter.Parameter, holder),
            _ => false,
        };
    }

    /// <summary>The flag of the object under which an operation stands: <c>if (!_leaveOpen) …</c>, or behind <c>if (_leaveOpen) return;</c>.</summary>
    private static (ISymbol Flag, bool IsSet)? GuardOf(IOperation operation)
    {
        for (var node = operation; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case IConditionalOperation conditional when node != conditional.Condition && FlagIn(conditional.Condition, node == conditional.WhenTrue) is { } guard:
                    return guard;
                case IBlockOperation block:
                    foreach (var statement in block.Operations)
                    {
                        if (statement == node)
                        {
                            break;
                        }

                        if (statement is IConditionalOperation { WhenFalse: null } earlier && Returns(earlier.WhenTrue) && FlagIn(earlier.Condition, outcome: false) is { } left)
                        {
                            return left;
                        }
                    }

                    break;
            }
        }

        return null;
    }

    private static bool Returns(IOperation operation) =>
        operation is IReturnOperation || (operation is IBlockOperation { Operations: { Length: 1 } only } && only[0].Kind == OperationKind.Return);

    /// <summary>The flag that a condition that went this way says something of; not <c>disposing</c>, which is no member.</summary>
    private static (ISymbol Flag, bool IsSet)? FlagIn(IOperation condition, bool outcome)
    {
        condition = condition.WithoutConversions();
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return FlagIn(not.Operand, !outcome);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both when outcome:
                return FlagIn(both.LeftOperand, true) ?? FlagIn(both.RightOperand, true);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either when !outcome:
                return FlagIn(either.LeftOperand, false) ?? FlagIn(either.RightOperand, false);
            case IMemberReferenceOperation { Type.SpecialType: SpecialType.System_Boolean } member when OperationWords.IsOfThisOrStatic(member.Instance) && IsSetOnce(member.Member):
                return (member.Member, outcome);
            case IParameterReferenceOperation { Parameter: { Type.SpecialType: SpecialType.System_Boolean } parameter } when OwningTypes.IsCapturedParameter(parameter):
                return (parameter, outcome);
            default:
                return null;
        }
    }

    private static bool IsSetOnce(ISymbol member) => member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null };
}
