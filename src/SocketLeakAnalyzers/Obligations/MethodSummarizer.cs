using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Makes the summary of one method from runs over its body, or that of a type from its code.</summary>
internal static class MethodSummarizer
{
    public static MethodSummary Summarize(SummaryKey key, ObligationContext context, SummarySession session, CancellationToken cancellationToken)
    {
        if (key.Aspect == SummaryAspect.Ownership)
        {
            return MethodSummary.OfType(TypeOwnershipReader.Read((INamedTypeSymbol)key.Symbol, context, session, cancellationToken));
        }

        if (context.Summaries.BodyOf(key.Method, context.Compilation, cancellationToken) is not { } body)
        {
            return MethodSummary.Unknown;
        }

        var engine = new ObligationEngine(context, session, throwLevel: key.Aspect == SummaryAspect.ThrownDirectly ? 0 : 1, ConstantsOf(key, body));
        switch (key.Aspect)
        {
            case SummaryAspect.Result:
                return MethodSummary.OfResult(ResultOf(engine, body, cancellationToken));
            case SummaryAspect.Outputs:
                return MethodSummary.OfOutputs(OutputsOf(engine, body, key.Method, cancellationToken));
            case SummaryAspect.Member when key.Member is { } member:
                var fate = FateOf(engine, body, member, cancellationToken);
                return MethodSummary.OfArguments(ImmutableArray.Create(fate.OnReturn == ArgumentFate.Borrowed && body.ReleasesAnotherMember(member) ? CallFate.Unknown : fate));
            case SummaryAspect.ThrownDirectly or SummaryAspect.ThrownByCallees:
                return MethodSummary.OfThrown(engine.ThrownWithin(body, cancellationToken), body.IsIterator);
        }

        var fates = ImmutableArray.CreateBuilder<CallFate>(key.Method.Parameters.Length);
        foreach (var parameter in key.Method.Parameters)
        {
            fates.Add(CanHold(parameter) ? FateOf(engine, body, parameter, cancellationToken)
                : ReleasedElements.Of(body.Graph.OriginalOperation.Syntax, parameter) ? new CallFate(ArgumentFate.Released, ArgumentFate.Unknown)
                : CallFate.Unknown);
        }

        return MethodSummary.OfArguments(fates.MoveToImmutable());
    }

    /// <summary>The flags that the method is given and leaves as they are.</summary>
    private static ConstantArguments ConstantsOf(SummaryKey key, Body body)
    {
        var constants = key.Constants;
        if (!constants.IsEmpty)
        {
            foreach (var parameter in key.Method.Parameters)
            {
                if (constants[parameter.Ordinal] is not null && body.Writes(parameter))
                {
                    constants = constants.Without(parameter.Ordinal);
                }
            }
        }

        return constants;
    }

    /// <summary>What the body does with the resource that a variable holds when it is entered.</summary>
    public static CallFate FateOf(ObligationEngine engine, Body body, ISymbol variable, CancellationToken cancellationToken)
    {
        if (engine.Follow(body, Subject.Of(variable), cancellationToken) is not { } outcome)
        {
            return CallFate.Unknown;
        }

        var onReturn = FateOf(outcome.StatusesOnReturn);
        var onThrow = FateOf(outcome.StatusesOnThrow);
        if (outcome.IsDrained && onReturn == ArgumentFate.Borrowed && IsReleasedAsBody(engine, body, variable, cancellationToken))
        {
            return new CallFate(ArgumentFate.Drained, ArgumentFate.Borrowed);
        }

        if (outcome.StatusesOnReturn.IsEmpty)
        {
            // It never returns: an accept loop that ends by an exception, or not at all.
            return outcome.StatusesOnThrow.IsEmpty ? CallFate.Unknown : new CallFate(onThrow, onThrow);
        }

        if (onReturn is ArgumentFate.Released or ArgumentFate.Taken && onThrow == ArgumentFate.Borrowed && !outcome.StatusesOnThrow.IsEmpty)
        {
            if (body.IsConstructor)
            {
                // Nobody gets the object: the caller has lost what it gave.
                return new CallFate(onReturn, ArgumentFate.Borrowed);
            }

            // Gone when it returns; what throws inside before that may or may not have let it go.
            return new CallFate(onReturn, ArgumentFate.Unknown);
        }

        return new CallFate(onReturn, outcome.StatusesOnThrow.IsEmpty ? ArgumentFate.Borrowed : onThrow);
    }

    /// <summary>Whether the body of a response would be read to its end: on some paths is enough, as for what releases on some paths.</summary>
    private static bool IsReleasedAsBody(ObligationEngine engine, Body body, ISymbol variable, CancellationToken cancellationToken) =>
        engine.Follow(body, Subject.OfBody(variable), cancellationToken) is not { } outcome || FateOf(outcome.StatusesOnReturn) != ArgumentFate.Borrowed;

    private static ArgumentFate FateOf(StatusSet statuses)
    {
        if (statuses.IsWithin(ObligationStatus.Owed))
        {
            return ArgumentFate.Borrowed;
        }

        if (statuses.IsWithin(ObligationStatus.Released))
        {
            return ArgumentFate.Released;
        }

        if (statuses.IsWithin(ObligationStatus.Released, ObligationStatus.Transferred))
        {
            return ArgumentFate.Taken;
        }

        return statuses.Contains(ObligationStatus.Returned)
            && statuses.IsWithin(ObligationStatus.Returned, ObligationStatus.Released, ObligationStatus.Transferred)
            ? ArgumentFate.Flows
            : ArgumentFate.Unknown;
    }

    public static AbstractValue ResultOf(ObligationEngine engine, Body body, CancellationToken cancellationToken)
    {
        var outcome = engine.Follow(body, Subject.None, cancellationToken);
        if (outcome is not { FreshIsKept: false, Returned: { } returned })
        {
            return AbstractValue.Unknown;
        }

        returned = WithAnswer(returned, outcome.ReturnedTuples);
        return returned.AnyFresh(static _ => true) && MayReturnDormant(engine, body, cancellationToken) ? returned.AsDormant() : returned;
    }

    /// <summary><c>return (true, client); … return (false, null);</c>: the boolean tells whether there is a resource.</summary>
    private static AbstractValue WithAnswer(AbstractValue returned, IReadOnlyList<AbstractValue> ways)
    {
        if (returned.Parts.IsDefault)
        {
            return returned;
        }

        var parts = returned.Parts;
        for (var resource = 0; resource < parts.Length; resource++)
        {
            for (var answer = 0; answer < parts.Length && parts[resource] is { IsOtherFresh: true, Nullness: Nullness.Unknown }; answer++)
            {
                if (answer != resource && Answers(ways, answer, resource))
                {
                    parts = parts.SetItem(answer, AbstractValue.Verdict);
                }
            }
        }

        return AbstractValue.OfParts(parts);
    }

    private static bool Answers(IReadOnlyList<AbstractValue> ways, int answer, int resource)
    {
        foreach (var way in ways)
        {
            if (way.Parts[answer].Constant is not bool isGiven || way.Parts[resource].Nullness != (isGiven ? Nullness.NotNull : Nullness.Null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether some path returns a resource that it has made and not connected or opened: its obligation begins with the caller's call that does.</summary>
    private static bool MayReturnDormant(ObligationEngine engine, Body body, CancellationToken cancellationToken)
    {
        foreach (var operation in body.AllOperations())
        {
            if (engine.Acquisitions.IsDormantWhenMade(operation)
                && engine.Acquisitions.IsAcquisition(operation, out _)
                && engine.Follow(body, Subject.Of(operation), cancellationToken) is not { IsReturnedDormant: false })
            {
                return true;
            }
        }

        return false;
    }

    public static ImmutableArray<OutputFate> OutputsOf(ObligationEngine engine, Body body, IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (body.IsIterator || engine.Follow(body, Subject.None, cancellationToken) is not { FreshIsKept: false, Outputs: { Count: > 0 } ways } outcome)
        {
            return ImmutableArray<OutputFate>.Empty;
        }

        var fates = ImmutableArray.CreateBuilder<OutputFate>(method.Parameters.Length);
        foreach (var parameter in method.Parameters)
        {
            fates.Add(parameter.RefKind is not (RefKind.Out or RefKind.Ref) ? OutputFate.Unknown
                : method.ReturnType.SpecialType == SpecialType.System_Boolean ? OutputOnTrue(ways, parameter.Ordinal)
                : Output(ways, parameter.Ordinal));
        }

        return AreTheSame(ways, fates, outcome.Returned) ? ImmutableArray<OutputFate>.Empty : fates.MoveToImmutable();
    }

    /// <summary>Whether two of what the method gives may be one resource: a client and its stream. Which of them the caller disposes is not followed.</summary>
    private static bool AreTheSame(List<ReturnedOutputs> ways, ImmutableArray<OutputFate>.Builder fates, AbstractValue? returned)
    {
        foreach (var way in ways)
        {
            var seen = new HashSet<object?>();
            if (returned is { IsOtherFresh: true })
            {
                seen.Add(returned.Origin);
            }

            for (var i = 0; i < fates.Count; i++)
            {
                if (fates[i] != OutputFate.Unknown && way.Values[i].IsOtherFresh && (!seen.Add(way.Values[i].Origin) || (seen.Count > 1 && seen.Contains(null))))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static OutputFate Output(List<ReturnedOutputs> ways, int ordinal)
    {
        var isSome = false;
        var isAlways = true;
        foreach (var way in ways)
        {
            var value = way.Values[ordinal];
            if (value.Nullness != Nullness.Null && (!value.IsOtherFresh || way.FreshIsReleased))
            {
                return OutputFate.Unknown;
            }

            isSome |= value.IsOtherFresh;
            isAlways &= value is { IsOtherFresh: true, Nullness: Nullness.NotNull };
        }

        return !isSome ? OutputFate.Unknown : isAlways ? OutputFate.Fresh : OutputFate.FreshOrNull;
    }

    /// <summary>What a method that answers true or false gives out on true; on false nothing is claimed.</summary>
    private static OutputFate OutputOnTrue(List<ReturnedOutputs> ways, int ordinal)
    {
        var isSome = false;
        var isAnswered = true;
        foreach (var way in ways)
        {
            if (way.Result.Constant is false)
            {
                continue;
            }

            var value = way.Values[ordinal];
            if (!value.IsOtherFresh)
            {
                return OutputFate.Unknown;
            }

            isSome = true;
            var isNullTest = way.Result is { TestedPlace: >= 0, IsTrueForNull: false } && way.Result.TestedPlace == way.Places[ordinal];
            isAnswered &= value.Nullness == Nullness.NotNull || isNullTest || way.Result.IsVerdict;
        }

        return !isSome ? OutputFate.Unknown : isAnswered ? OutputFate.FreshOnTrue : OutputFate.FreshOrNull;
    }

    /// <summary>Whether a parameter can be given a resource that is followed; what a method does with the elements of a collection is not.</summary>
    private static bool CanHold(IParameterSymbol parameter) =>
        parameter.RefKind == RefKind.None
        && parameter.Type is not (IArrayTypeSymbol or INamedTypeSymbol { ContainingNamespace: { Name: "Collections", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } or { Name: "Generic" or "Immutable" or "Concurrent" or "ObjectModel", ContainingNamespace: { Name: "Collections", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } })
        && parameter.Type is { IsReferenceType: true, SpecialType: not SpecialType.System_String, TypeKind: not TypeKind.Delegate } or ITypeParameterSymbol { IsValueType: false };
}
