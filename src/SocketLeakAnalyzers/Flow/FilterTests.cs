using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Flow;

/// <summary>
/// What a filter's test of the exception's type (<c>when (e is IOException or SocketException)</c>) tells of the exception that it sees.
/// Only a test of the variable that the handler itself declares counts; any other condition tells nothing, so both of its outcomes stay possible.
/// </summary>
internal static class FilterTests
{
    /// <summary>What is left of an exception where a branch of a filter is taken; nothing, where it cannot be taken.</summary>
    /// <returns>Null where the branch tells nothing.</returns>
    public static Thrown? Learned(ControlFlowBranch branch, Thrown thrown, KnownTypes known)
    {
        var block = branch.Source;
        if (block.ConditionKind == ControlFlowConditionKind.None || block.BranchValue is not { } condition || FilterAround(block.EnclosingRegion) is not { } filter)
        {
            return null;
        }

        var outcome = branch.IsConditionalSuccessor == (block.ConditionKind == ControlFlowConditionKind.WhenTrue);
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } negation)
        {
            condition = negation.Operand;
            outcome = !outcome;
        }

        return condition switch
        {
            IIsTypeOperation test when IsCaught(test.ValueOperand, filter) => thrown.Where(test.TypeOperand, outcome, known),
            IIsPatternOperation test when IsCaught(test.Value, filter) => Matched(test.Pattern, thrown, outcome, known),
            _ => null,
        };
    }

    private static ControlFlowRegion? FilterAround(ControlFlowRegion? region)
    {
        while (region is not null && region.Kind is not (ControlFlowRegionKind.Filter or ControlFlowRegionKind.Finally or ControlFlowRegionKind.Catch))
        {
            region = region.EnclosingRegion;
        }

        return region?.Kind == ControlFlowRegionKind.Filter ? region : null;
    }

    private static bool IsCaught(IOperation value, ControlFlowRegion filter) =>
        value.WithoutConversions() is ILocalReferenceOperation { Local: { } local } && filter.EnclosingRegion is { } handler && handler.Locals.Contains(local);

    private static Thrown Matched(IPatternOperation pattern, Thrown thrown, bool outcome, KnownTypes known)
    {
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                return Matched(negated.Pattern, thrown, !outcome, known);
            case ITypePatternOperation type:
                return thrown.Where(type.MatchedType, outcome, known);
            case IDeclarationPatternOperation { MatchedType: { } declared }:
                return thrown.Where(declared, outcome, known);
            case IRecursivePatternOperation recursive:
                return outcome || (recursive.PropertySubpatterns.IsEmpty && recursive.DeconstructionSubpatterns.IsEmpty)
                    ? thrown.Where(recursive.MatchedType, outcome, known)
                    : thrown;
            case IBinaryPatternOperation binary:
                // Both sides hold where an "and" matches and where an "or" does not; otherwise either of them may be the one that decides.
                return outcome == (binary.OperatorKind == BinaryOperatorKind.And)
                    ? Matched(binary.RightPattern, Matched(binary.LeftPattern, thrown, outcome, known), outcome, known)
                    : Thrown.Either(Matched(binary.LeftPattern, thrown, outcome, known), Matched(binary.RightPattern, thrown, outcome, known)) ?? thrown;
            default:
                return thrown;
        }
    }
}
