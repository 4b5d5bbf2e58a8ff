using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>One acquisition site and what became of its resource.</summary>
internal sealed class SiteResult
{
    public SiteResult(Body body, IOperation site, ResourceKind kind, SiteOutcome outcome)
    {
        Body = body;
        Site = site;
        Kind = kind;
        Outcome = outcome;
    }

    public Body Body { get; }

    public IOperation Site { get; }

    public ResourceKind Kind { get; }

    public SiteOutcome Outcome { get; }

    /// <summary>For what can listen: the outcome of the listening alone, from its start.</summary>
    public SiteOutcome? Listening { get; set; }

    /// <summary>For the initializer of a field: what loses it while the object is constructed.</summary>
    public ConstructionLoss? Loss { get; set; }
}

/// <summary>Finds the acquisition sites of a body and of the functions within it, and follows each.</summary>
internal sealed class BodyAnalysis
{
    /// <summary>A call counts as throwing when it, what it calls, or what that calls, does network or file I/O or throws.</summary>
    private const int ThrowLevel = 2;

    private readonly ObligationContext _context;
    private readonly Acquisitions _acquisitions;

    /// <param name="context">What the compilation is analysed with.</param>
    public BodyAnalysis(ObligationContext context)
    {
        _context = context;
        _acquisitions = new ObligationEngine(_context, new SummarySession(_context.Summaries, _context), ThrowLevel).Acquisitions;
    }

    /// <summary>What the bodies are analysed with.</summary>
    public ObligationContext Context => _context;

    /// <summary>The body with its graph, where it acquires a resource, or is given one that it may have to close; null where it has to do with none.</summary>
    public Body? Find(BodySyntax body, SemanticModel semanticModel, CancellationToken cancellationToken)
    {
        var isGiven = body.MayBeGiven && HandedOut.HasParameter(body.Owner(semanticModel, cancellationToken), _context.Model);
        if (!isGiven && _context.FilterFor(cancellationToken)?.MayAcquire(body, semanticModel, cancellationToken) == false)
        {
            return null;
        }

        return body.Root(semanticModel, cancellationToken) is { } root
            && (isGiven || HasAcquisitions(root, cancellationToken))
            && body.Owner(semanticModel, cancellationToken) is { } owner
            ? owner is IMethodSymbol method && body.IsOfMember ? _context.Summaries.BodyOf(method, _context.Compilation, cancellationToken) : Body.Create(owner, root, cancellationToken)
            : null;
    }

    /// <summary>Whether any operation under <paramref name="root"/> may give a fresh resource: only then is its graph worth building.</summary>
    private bool HasAcquisitions(IOperation root, CancellationToken cancellationToken)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((_acquisitions.MayBeAcquisition(operation) && !_acquisitions.IsHeldByUsing(operation)) || HandedOut.IsHint(operation, _context.Model))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The outcomes of the sites, in the order of the source; a site over budget is left out.</summary>
    /// <param name="body">The body.</param>
    /// <param name="overwrites">The assignments that lose what a field has held since an earlier call.</param>
    /// <param name="handedOut">What the body is given, closes on one path and leaves open on another.</param>
    /// <param name="cancellationToken">Looked at for each operation.</param>
    public IReadOnlyList<SiteResult> Analyze(Body body, out IReadOnlyList<MemberOverwrite> overwrites, out IReadOnlyList<HandedOutResult> handedOut, CancellationToken cancellationToken)
    {
        var session = new SummarySession(_context.Summaries, _context);
        var results = new List<SiteResult>();
        var found = new List<MemberOverwrite>();
        var given = new List<HandedOutResult>();
        overwrites = found;
        handedOut = given;
        for (var attempt = 0; attempt < SummarySession.MaxAttempts && session.Work <= SummarySession.MaxWork; attempt++)
        {
            results.Clear();
            found.Clear();
            given.Clear();
            var engine = new ObligationEngine(_context, session, ThrowLevel);
            Analyze(body, engine, results, cancellationToken);
            HandedOut.Find(body, engine, given, cancellationToken);
            MemberOverwrites.Find(body, engine, StoredIn(results), found, cancellationToken);
            if (!session.Fill(cancellationToken))
            {
                return results;
            }
        }

        overwrites = Array.Empty<MemberOverwrite>();
        handedOut = Array.Empty<HandedOutResult>();
        return Array.Empty<SiteResult>();
    }

    private static HashSet<ISymbol> StoredIn(List<SiteResult> results)
    {
        var stored = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var result in results)
        {
            stored.UnionWith(result.Outcome.StoredIn);
        }

        return stored;
    }

    /// <summary>What goes into a field that its type never releases is that field's finding, not one of the constructor's.</summary>
    private static bool IsLeftToTheField(Body body, SiteOutcome outcome, ObligationEngine engine)
    {
        if (!body.IsConstructor || outcome.StoredIn.Count == 0)
        {
            return false;
        }

        var ownership = engine.Calls.OwnershipOf(body.Owner.ContainingType);
        foreach (var member in outcome.StoredIn)
        {
            if (ownership.Find(member) is { IsReleased: false })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a listener that has to be started, or a socket that is told to listen; the body is looked through once for what is.</summary>
    private static bool Listens(Body body, IOperation site, ResourceKind kind, ref HashSet<INamedTypeSymbol>? started)
    {
        if (kind is not (ResourceKind.Listener or ResourceKind.Socket) || site.Type is not { } made)
        {
            return false;
        }

        foreach (var type in started ??= TypesStartedIn(body))
        {
            if (SymbolWords.DerivesFrom(made, type))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<INamedTypeSymbol> TypesStartedIn(Body body)
    {
        var types = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var operation in body.AllOperations())
        {
            if (operation is IInvocationOperation { TargetMethod: { Name: "Start" or "Listen", ContainingType: { } type } })
            {
                types.Add(type);
            }
        }

        return types;
    }

    /// <summary>A process holds pipes only where its standard streams are redirected.</summary>
    private static bool RedirectsStreams(Body body)
    {
        foreach (var operation in body.AllOperations())
        {
            if (operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "RedirectStandardInput" or "RedirectStandardOutput" or "RedirectStandardError" }, Value.ConstantValue: { HasValue: true, Value: true } })
            {
                return true;
            }
        }

        return false;
    }

    private static void Analyze(Body body, ObligationEngine engine, List<SiteResult> results, CancellationToken cancellationToken)
    {
        engine.Prepare(body, cancellationToken);
        HashSet<INamedTypeSymbol>? started = null;
        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!engine.Acquisitions.IsHeldByUsing(operation)
                && (engine.Acquisitions.IsAcquisition(operation, out var kind) || engine.Acquisitions.IsHttpClient(operation))
                && (kind != ResourceKind.Process || RedirectsStreams(body))
                && engine.Follow(body, Subject.Of(operation), cancellationToken) is { } outcome
                && !IsLeftToTheField(body, outcome, engine))
            {
                results.Add(new SiteResult(body, operation, kind, outcome)
                {
                    Listening = Listens(body, operation, kind, ref started) ? engine.Follow(body, Subject.OfListening(operation), cancellationToken) : null,
                    Loss = outcome.StoredIn.Count == 1 && !engine.Acquisitions.IsDormant(operation) ? ConstructionLosses.Find(body, engine, cancellationToken) : null,
                });
            }
        }

        foreach (var nested in body.Nested)
        {
            Analyze(nested, engine, results, cancellationToken);
        }
    }
}
