using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
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
    /// <summary>Block visits for one body, all its sites together: far more than a body of some thousand lines needs.</summary>
    private const int Budget = 100_000;

    private readonly ObligationContext _context;
    private readonly CallModel _calls;
    private readonly Acquisitions _acquisitions;

    public BodyAnalysis(ObligationContext context)
    {
        _context = context;
        _calls = new CallModel(context);
        _acquisitions = new Acquisitions(context, _calls);
    }

    /// <summary>Whether any operation under <paramref name="root"/> gives a fresh resource: only then is its graph worth building.</summary>
    public bool HasAcquisitions(IOperation root)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            if (_acquisitions.IsAcquisition(operation, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The outcomes of the sites, in the order of the source; a site over budget is left out.</summary>
    public IReadOnlyList<SiteResult> Analyze(Body body, CancellationToken cancellationToken)
    {
        var results = new List<SiteResult>();
        var budget = Budget;
        Analyze(body, results, ref budget, cancellationToken);
        return results;
    }

    private void Analyze(Body body, List<SiteResult> results, ref int budget, CancellationToken cancellationToken)
    {
        var places = new PlaceTable();
        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_acquisitions.IsAcquisition(operation, out var kind)
                && ObligationProblem.Follow(_context, _calls, _acquisitions, body, places, operation, ref budget, cancellationToken) is { } outcome)
            {
                results.Add(new SiteResult(body, operation, kind, outcome));
            }
        }

        foreach (var nested in body.Nested)
        {
            Analyze(nested, results, ref budget, cancellationToken);
        }
    }
}
