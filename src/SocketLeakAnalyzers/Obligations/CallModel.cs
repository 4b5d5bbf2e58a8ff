using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What happens to a resource that is given to a call.</summary>
internal enum ArgumentFate
{
    Borrowed,
    Released,
    Taken,
    TakenOnTrue,
    Unknown,
}

/// <summary>
/// What a call does with the resources given to it, what it gives back, and whether it can credibly throw: from the ownership
/// rows, from the origin of the member where no row speaks.
/// </summary>
internal sealed class CallModel
{
    private readonly ObligationContext _context;

    public CallModel(ObligationContext context) => _context = context;

    /// <summary>What happens to the argument for <paramref name="parameter"/>.</summary>
    public ArgumentFate FateOf(IMethodSymbol method, IParameterSymbol parameter, ImmutableArray<IArgumentOperation> arguments)
    {
        var fact = _context.Model.GetMemberFacts(method).Parameter(parameter.Ordinal);
        if (fact.Effect != ParameterEffect.Unstated)
        {
            return Holds(fact.Condition, arguments) switch
            {
                true => fact.Effect switch
                {
                    ParameterEffect.Takes => ArgumentFate.Taken,
                    ParameterEffect.TakesOnTrue => ArgumentFate.TakenOnTrue,
                    ParameterEffect.Releases => ArgumentFate.Released,
                    _ => ArgumentFate.Borrowed,
                },
                false => ArgumentFate.Borrowed,
                null => ArgumentFate.Unknown,
            };
        }

        if (parameter.RefKind is RefKind.Ref or RefKind.Out)
        {
            return ArgumentFate.Unknown;
        }

        return _context.Model.IsPlatformMember(method) ? ArgumentFate.Borrowed : ArgumentFate.Unknown;
    }

    /// <summary>Whether the constructor, or the method that makes a wrapper, can take over one of its arguments, whatever this call says.</summary>
    public bool IsWrapper(IMethodSymbol method)
    {
        foreach (var fact in _context.Model.GetMemberFacts(method).Parameters)
        {
            if (fact.Effect is ParameterEffect.Takes or ParameterEffect.TakesOnTrue)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether this call states in so many words that the new object owns an argument: <c>leaveOpen: false</c>, <c>ownsSocket: true</c>.</summary>
    public bool StatesTakeOver(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var fact in _context.Model.GetMemberFacts(method).Parameters)
        {
            if (fact.Effect == ParameterEffect.Takes
                && fact.Condition is { } condition
                && OperationWords.ArgumentAt(arguments, condition.Ordinal) is { ArgumentKind: ArgumentKind.Explicit }
                && Holds(condition, arguments) == true)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the call gives back by its row; <see cref="ReturnEffect.Unstated"/> where the row's condition is not known to hold.</summary>
    public ReturnEffect ResultOf(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        var facts = _context.Model.GetMemberFacts(method);
        return facts.Returns != ReturnEffect.Unstated && Holds(facts.ReturnsCondition, arguments) == true
            ? facts.Returns
            : ReturnEffect.Unstated;
    }

    /// <summary>What the call can credibly throw.</summary>
    public ThrownKinds ThrownBy(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        var facts = _context.Model.GetMemberFacts(method);
        var throws = facts.Throws
            ?? (method.MethodKind == MethodKind.Ordinary
                && !IsRelease(method)
                && _context.Model.GetTypeFacts(method.ContainingType).MembersThrow);
        if (!throws)
        {
            return ThrownKinds.None;
        }

        var kinds = FamilyOf(method);
        foreach (var argument in arguments)
        {
            if (OperationWords.IsLiveToken(argument.Value, _context.Known.CancellationToken))
            {
                return kinds | ThrownKinds.Canceled;
            }
        }

        return kinds;
    }

    /// <summary>A method that releases its receiver by name: whoever declares it, nobody gives these names to anything else.</summary>
    public static bool IsRelease(IMethodSymbol method) => method.Name switch
    {
        "Dispose" or "System.IDisposable.Dispose" or "DisposeAsync" or "Abort" => method.Parameters.IsEmpty,
        "Close" => true,
        _ => false,
    };

    /// <summary>Whether a condition on a constant argument holds; null when the argument is not a constant.</summary>
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

        var constant = argument.Value.ConstantValue;
        return constant.HasValue ? Equals(constant.Value, condition.Value) != condition.Negated : null;
    }

    private static ThrownKinds FamilyOf(IMethodSymbol method)
    {
        if (method.Name.StartsWith("AuthenticateAs", System.StringComparison.Ordinal))
        {
            return ThrownKinds.IO | ThrownKinds.Authentication;
        }

        var space = method.ContainingNamespace;
        return space switch
        {
            { Name: "IO", ContainingNamespace.Name: "System" } => ThrownKinds.IO,
            { Name: "Compression" or "Pipes", ContainingNamespace.Name: "IO" } => ThrownKinds.Any,
            { Name: "Sockets", ContainingNamespace.Name: "Net" } => method.ContainingType.Name == "NetworkStream" ? ThrownKinds.IO : ThrownKinds.Socket,
            { Name: "Security", ContainingNamespace.Name: "Net" } => ThrownKinds.IO,
            { Name: "Http", ContainingNamespace.Name: "Net" } => ThrownKinds.Http | ThrownKinds.Canceled,
            { Name: "WebSockets", ContainingNamespace.Name: "Net" } => ThrownKinds.WebSocket,
            { Name: "Net", ContainingNamespace.Name: "System" } => ThrownKinds.Web,
            { Name: "Threading", ContainingNamespace.Name: "System" } when method.Name == "ThrowIfCancellationRequested" => ThrownKinds.Canceled,
            _ when method.Name == "Parse" => ThrownKinds.Format,
            _ => ThrownKinds.Any,
        };
    }
}
