using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>Which rule a lost resource falls under; the rules SLA1001 to SLA1004 share the cases out, so that one mistake gives one diagnostic.</summary>
internal enum LifetimeCase
{
    /// <summary>Nothing is lost.</summary>
    None,

    /// <summary>No path releases or hands over.</summary>
    NeverReleased,

    /// <summary>Some path releases or hands over, and another leaves.</summary>
    SomePath,

    /// <summary>The success path hands over, and only exceptions lose it.</summary>
    HandOver,

    /// <summary>The last place that held it is overwritten.</summary>
    Overwritten,
}

/// <summary>The case of one site, and the leak that is shown for it.</summary>
internal readonly struct LifetimeFinding
{
    private LifetimeFinding(LifetimeCase found, Leak leak)
    {
        Case = found;
        Leak = leak;
    }

    public LifetimeCase Case { get; }

    /// <summary>The leak that says most; only where <see cref="Case"/> is not <see cref="LifetimeCase.None"/>.</summary>
    public Leak Leak { get; }

    public static LifetimeFinding Of(SiteResult result)
    {
        var finding = Of(result.Outcome);
        return IsLeftToOthers(result.Kind, finding, result.Outcome) || IsHandedOut(result) ? default : finding;
    }

    /// <summary>The case by the paths alone, whatever rule it is of.</summary>
    public static LifetimeFinding Of(SiteOutcome outcome)
    {
        Leak? shown = null;
        var onlyExceptions = true;
        foreach (var leak in outcome.Leaks)
        {
            onlyExceptions &= leak.Kind == LeakKind.Exception;
            if (shown is null || Rank(leak) < Rank(shown) || (Rank(leak) == Rank(shown) && Position(leak) < Position(shown)))
            {
                shown = leak;
            }
        }

        if (shown is null)
        {
            return default;
        }

        var found = shown.Kind == LeakKind.Overwritten ? LifetimeCase.Overwritten
            : !outcome.IsReleased && !outcome.IsTransferred && !outcome.IsUnknown ? LifetimeCase.NeverReleased
            : onlyExceptions && HandsOver(outcome) ? LifetimeCase.HandOver
            : LifetimeCase.SomePath;
        return new LifetimeFinding(found, shown);
    }

    /// <summary>The response of an exception that a variable holds and some path closes is SLA3001's.</summary>
    private static bool IsHandedOut(SiteResult result) => result.Site is IPropertyReferenceOperation property && result.Outcome.IsReleased && HandedOut.IsStored(property);

    /// <summary>The success path gives it to another owner; where it is not known to whom, it does so only if no success path releases.</summary>
    private static bool HandsOver(SiteOutcome outcome)
    {
        var statuses = outcome.StatusesOnReturn;
        return statuses.Contains(ObligationStatus.Transferred)
            || statuses.Contains(ObligationStatus.Returned)
            || (!statuses.Contains(ObligationStatus.Released) && (outcome.IsTransferred || outcome.IsUnknown));
    }

    /// <summary>Clients, writers and what is exchanged with a framework have rules of their own, whatever becomes of them.</summary>
    public static bool IsLeftToOthers(ResourceKind kind) => kind is ResourceKind.Http or ResourceKind.Writer or ResourceKind.Exchange;

    /// <summary>Clients, started listeners and writers have rules of their own; what a listener is handed over to is not one of them.</summary>
    private static bool IsLeftToOthers(ResourceKind kind, LifetimeFinding finding, SiteOutcome outcome) => kind switch
    {
        ResourceKind.Http or ResourceKind.Writer => true,
        ResourceKind.Exchange => finding.Case != LifetimeCase.NeverReleased,
        ResourceKind.Listener => finding.Case switch
        {
            LifetimeCase.NeverReleased => outcome.IsStarted,
            LifetimeCase.SomePath => true,

            // A start ahead of what will stop it (a registration) is no finding by itself.
            LifetimeCase.HandOver => finding.Leak.Operation is IInvocationOperation { TargetMethod.Name: "Start" } start
                && outcome.StoredIn.Count == 0
                && !outcome.StatusesOnReturn.Contains(ObligationStatus.Returned)
                && !IsPutIntoCollection(start),
            _ => false,
        },
        _ => false,
    };

    /// <summary>Whether what is started is put into a collection behind that, for a stop of them all that does not find this one.</summary>
    private static bool IsPutIntoCollection(IInvocationOperation start)
    {
        if (start.Instance?.WithoutConversions() is not ILocalReferenceOperation { Local.Name: var name }
            || start.Syntax.FirstAncestorOrSelf<BlockSyntax>() is not { } block)
        {
            return false;
        }

        foreach (var node in block.DescendantNodes())
        {
            if (node is InvocationExpressionSyntax
                {
                    Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "Enqueue" or "Push" or "AddLast" },
                    ArgumentList.Arguments: { Count: 1 } arguments,
                } add
                && add.SpanStart > start.Syntax.SpanStart
                && arguments[0].Expression is IdentifierNameSyntax given
                && given.Identifier.ValueText == name)
            {
                return true;
            }
        }

        return false;
    }

    // An overwritten place has its own rule; then a plain way out says more than an exception.
    private static int Rank(Leak leak) => leak.Kind switch
    {
        LeakKind.Overwritten => 0,
        LeakKind.Return => 1,
        LeakKind.NextRound => 2,
        _ => 3,
    };

    private static int Position(Leak leak) => leak.Operation?.Syntax.SpanStart ?? int.MaxValue;
}
