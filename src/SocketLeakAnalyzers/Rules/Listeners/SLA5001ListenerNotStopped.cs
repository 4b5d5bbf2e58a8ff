using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;
using SocketLeakAnalyzers.Rules.Timeouts;
using SocketLeakAnalyzers.Semantics;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Listeners;

/// <summary>
/// SLA5001: a listener that is started and not stopped on every way out of the method that runs it.
/// <para>
/// The port stays bound: the kernel goes on completing handshakes for clients that nobody will ever serve, and the next start fails with
/// "address already in use".
/// </para>
/// <example><c>listener.Start(); while (!token.IsCancellationRequested) { using var client = await listener.AcceptTcpClientAsync(token); … } listener.Stop();</c></example>
/// <para>
/// Known gaps: a listener that a helper starts; one that is restarted after it was stopped.
/// </para>
/// </summary>
internal static class SLA5001ListenerNotStopped
{
    public const string Id = "SLA5001";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Listener not stopped on every way out",
        messageFormat: "{0} is not {2} {1}",
        RuleCategory.Listeners,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The code starts to listen, and leaves by a return, a branch or an exception with the port still bound.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic for a listener that its own method starts; null when none is due, or when the success path hands it over (SLA1003).</summary>
    public static Diagnostic? Check(SiteResult result)
    {
        var listening = result.Listening;
        var start = listening?.StartedAt;
        if (start is null && result is { Kind: ResourceKind.Listener, Site.Type: { } type } && !HasToBeStarted(type))
        {
            listening = result.Outcome;
            start = result.Site;
        }

        if (listening is null || start is null)
        {
            return null;
        }

        var finding = LifetimeFinding.Of(listening);
        return finding.Case is LifetimeCase.NeverReleased || (finding.Case == LifetimeCase.SomePath && !IsLostByDrainAlone(listening, result.Site.Type))
            ? Diagnostic.Create(
                Descriptor,
                start.Syntax.GetLocation(),
                new[] { LeakWords.Place(finding.Leak, result.Body) },
                LeakWords.Subject(result.Site),
                LeakWords.Path(finding.Leak, result.Body, start.Syntax.GetLocation()),
                Stopped(result.Site.Type))
            : null;
    }

    /// <summary>Whether only an exception in the work that is waited for ahead of the stop skips it: SLA5002 moves the stop ahead of that.</summary>
    private static bool IsLostByDrainAlone(SiteOutcome listening, ITypeSymbol? type)
    {
        if (LeakWords.TypeName(type) == "HttpListener")
        {
            return false;
        }

        foreach (var leak in listening.Leaks)
        {
            if (leak is not { Kind: LeakKind.Exception, Operation: { } operation } || !SLA5002StoppedAfterDrain.IsDrain(operation))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports the listeners that a type keeps in a field, starts, and stops nowhere.</summary>
    public static void Check(TimeoutContext context, Action<Diagnostic> report)
    {
        foreach (var listener in context.Uses.Objects)
        {
            if (listener is { Origin: ObjectOrigin.Made or ObjectOrigin.Opened, IsGivenToUnknown: false, Starts.Count: > 0 }
                && listener.Facts.Kind is ResourceKind.Listener or ResourceKind.Socket
                && !listener.Starts[0].Function.Root.IsInherited
                && MemberOf(listener, context) is { } member
                && context.FactsOf(listener) is { Closings.Count: 0, MayBeSetElsewhere: false })
            {
                report(Diagnostic.Create(
                    Descriptor,
                    listener.Starts[0].Operation.Syntax.GetLocation(),
                    new[] { listener.Site!.Syntax.GetLocation() },
                    "'" + member.Name + "' (" + listener.Type.Name + ")",
                    "anywhere in '" + context.Type.Name + "'",
                    Stopped(listener.Type)));
            }
        }
    }

    /// <summary>What ends the listening of such a listener.</summary>
    private static string Stopped(ITypeSymbol? type) => LeakWords.TypeName(type) switch
    {
        "Socket" => "closed",
        "QuicListener" => "disposed",
        _ => "stopped",
    };

    /// <summary>The field or property that holds it; null where none does, or where others can reach it and may stop it.</summary>
    private static ISymbol? MemberOf(NetworkObject listener, TimeoutContext context)
    {
        ISymbol? member = null;
        foreach (var place in listener.Places)
        {
            if (place is not (IFieldSymbol or IPropertySymbol or IMethodSymbol))
            {
                continue;
            }

            if (MayBeStoppedBy(place, context))
            {
                return null;
            }

            if (place is IFieldSymbol or IPropertySymbol && (member is null || string.CompareOrdinal(place.Name, member.Name) < 0))
            {
                member = place;
            }
        }

        return member;
    }

    /// <summary>Whether code outside of the type can reach the listener by a member of it, and does more than read what it says of itself.</summary>
    private static bool MayBeStoppedBy(ISymbol member, TimeoutContext context)
    {
        switch (member.DeclaredAccessibility)
        {
            case Accessibility.Private or Accessibility.NotApplicable:
                return false;
            case not (Accessibility.Internal or Accessibility.ProtectedAndInternal):
                return true;
        }

        var name = member is IMethodSymbol { AssociatedSymbol: { } property } ? property.Name : member.Name;
        foreach (var tree in context.Store.Context.Compilation.SyntaxTrees)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            foreach (var node in tree.GetRoot(context.CancellationToken).DescendantNodes())
            {
                if (node is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name && !IsWithin(node, context.Type) && !IsLookedAt(identifier))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsLookedAt(IdentifierNameSyntax name)
    {
        var whole = name.Parent is MemberAccessExpressionSyntax qualified && qualified.Name == name ? (ExpressionSyntax)qualified : name;
        return whole.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "LocalEndpoint" or "LocalEndPoint" or "IsListening" or "Prefixes" or "Pending" };
    }

    private static bool IsWithin(SyntaxNode node, INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == node.SyntaxTree && reference.Span.Contains(node.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether making one is not yet listening; what a factory gives (<c>QuicListener.ListenAsync</c>) listens at once.</summary>
    private static bool HasToBeStarted(ITypeSymbol type)
    {
        for (var current = SymbolWords.WithoutTask(type); current is not null; current = current.BaseType)
        {
            if (!current.GetMembers("Start").IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
