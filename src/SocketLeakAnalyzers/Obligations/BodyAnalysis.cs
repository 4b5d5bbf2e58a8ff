using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;

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
}

/// <summary>Finds the acquisition sites of a body and of the functions within it, and follows each.</summary>
internal sealed class BodyAnalysis
{
    /// <summary>A call counts as throwing when it, what it calls, or what that calls, does network or file I/O or throws.</summary>
    private const int ThrowLevel = 2;

    private readonly ObligationContext _context;
    private readonly Lazy<BodyFilter> _filter;
    private readonly Acquisitions _acquisitions;

    /// <param name="context">What the compilation is analysed with.</param>
    /// <param name="filter">Makes the filter by names, when the first body is looked at.</param>
    public BodyAnalysis(ObligationContext context, Func<BodyFilter> filter)
    {
        _context = context;
        _filter = new Lazy<BodyFilter>(filter);
        _acquisitions = new ObligationEngine(_context, new SummarySession(_context.Summaries, _context), ThrowLevel).Acquisitions;
    }

    /// <summary>What the bodies are analysed with.</summary>
    public ObligationContext Context => _context;

    /// <summary>Whether any operation under <paramref name="root"/> may give a fresh resource: only then is its graph worth building.</summary>
    public bool HasAcquisitions(IOperation root, CancellationToken cancellationToken)
    {
        if (root.SemanticModel is { } semanticModel && !_filter.Value.MayAcquire(root.Syntax, semanticModel, cancellationToken))
        {
            return false;
        }

        foreach (var operation in root.DescendantsAndSelf())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_acquisitions.MayBeAcquisition(operation))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The outcomes of the sites, in the order of the source; a site over budget is left out.</summary>
    public IReadOnlyList<SiteResult> Analyze(Body body, CancellationToken cancellationToken)
    {
        var session = new SummarySession(_context.Summaries, _context);
        var results = new List<SiteResult>();
        for (var attempt = 0; attempt < SummarySession.MaxAttempts; attempt++)
        {
            results.Clear();
            Analyze(body, new ObligationEngine(_context, session, ThrowLevel), results, cancellationToken);
            if (!session.Fill(cancellationToken))
            {
                return results;
            }
        }

        return Array.Empty<SiteResult>();
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
        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (engine.Acquisitions.IsAcquisition(operation, out var kind)
                && (kind != ResourceKind.Process || RedirectsStreams(body))
                && engine.Follow(body, Subject.Of(operation), cancellationToken) is { } outcome)
            {
                results.Add(new SiteResult(body, operation, kind, outcome));
            }
        }

        foreach (var nested in body.Nested)
        {
            Analyze(nested, engine, results, cancellationToken);
        }
    }
}
