using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Flow;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>Follows subjects over bodies with what one analysis knows: the rows, and the summaries as its session sees them.</summary>
internal sealed class ObligationEngine
{
    /// <summary>Plain block visits for one run: far more than a body of some thousand lines needs.</summary>
    private const int BudgetOfRun = 20_000;

    /// <summary>Plain block visits for all runs of one analysis.</summary>
    private const int BudgetInAll = 200_000;

    private readonly Dictionary<(Body Function, ISymbol Variable), CallFate> _captured = new();
    private readonly Dictionary<Body, ThrownSet> _thrown = new();
    private readonly Dictionary<ISymbol, Body> _functions = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<Body, AbstractValue> _results = new();
    private readonly Dictionary<Body, ImmutableArray<OutputFate>> _outputs = new();
    private readonly HashSet<Body> _registered = new();
    private readonly SummarySession _session;
    private CancellationToken _cancellationToken;
    private int _budget = BudgetInAll;

    /// <param name="context">What the compilation is analysed with.</param>
    /// <param name="session">The summaries as this analysis sees them.</param>
    /// <param name="throwLevel">How many calls down what they throw is looked for; 0: calls of the compilation are taken not to throw.</param>
    /// <param name="constants">The flags that the method is given whose body is followed.</param>
    public ObligationEngine(ObligationContext context, SummarySession session, int throwLevel, ConstantArguments constants = default)
    {
        _session = session;
        ThrowLevel = throwLevel;
        Context = context;
        Calls = new CallModel(context, session, constants) { Functions = this };
        Acquisitions = new Acquisitions(context, Calls);
    }

    public ObligationContext Context { get; }

    /// <summary>Of the analysis that is under way.</summary>
    public CancellationToken CancellationToken => _cancellationToken;

    public int ThrowLevel { get; }

    public CallModel Calls { get; }

    public Acquisitions Acquisitions { get; }

    /// <summary>Follows one subject.</summary>
    /// <returns>Null when the budget was used up, or the body is too deeply nested to walk.</returns>
    public SiteOutcome? Follow(Body body, Subject subject, CancellationToken cancellationToken)
    {
        if (_budget <= 0)
        {
            return null;
        }

        Prepare(body, cancellationToken);
        var budget = System.Math.Min(BudgetOfRun, _budget);
        var before = budget;
        var problem = new ObligationProblem(this, body, subject, cancellationToken);
        var isSolved = ForwardSolver<PathStates>.TrySolve(body.Graph, problem, Context.Known, ref budget, cancellationToken);
        _budget -= before - budget;
        _session.Work += before - budget;
        return isSolved && !problem.IsTooDeep ? problem.Outcome : null;
    }

    /// <summary>What a call of a local function gives back; unknown where the function stands in no body that is followed here.</summary>
    public AbstractValue ResultOfFunction(IMethodSymbol function)
    {
        if (!_functions.TryGetValue(function.OriginalDefinition, out var body))
        {
            return AbstractValue.Unknown;
        }

        if (_results.TryGetValue(body, out var result))
        {
            return result;
        }

        // A local function that calls itself is not followed.
        _results[body] = AbstractValue.Unknown;
        return _results[body] = MethodSummarizer.ResultOf(this, body, _cancellationToken);
    }

    /// <summary>What a call of a local function leaves in its <c>out</c> parameters.</summary>
    public OutputFate OutputOfFunction(IMethodSymbol function, int ordinal)
    {
        if (!_functions.TryGetValue(function.OriginalDefinition, out var body))
        {
            return OutputFate.Unknown;
        }

        if (!_outputs.TryGetValue(body, out var outputs))
        {
            _outputs[body] = ImmutableArray<OutputFate>.Empty;
            _outputs[body] = outputs = MethodSummarizer.OutputsOf(this, body, function.OriginalDefinition, _cancellationToken);
        }

        return ordinal < outputs.Length ? outputs[ordinal] : OutputFate.Unknown;
    }

    /// <summary>The local functions of a body are known from here on.</summary>
    public void Prepare(Body body, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        var outermost = body;
        while (outermost.Outer is { } outer)
        {
            outermost = outer;
        }

        if (_registered.Add(outermost))
        {
            Register(outermost);
        }
    }

    private void Register(Body body)
    {
        foreach (var function in body.Nested)
        {
            if (function.IsLocalFunction && !_functions.ContainsKey(function.Owner.OriginalDefinition))
            {
                _functions.Add(function.Owner.OriginalDefinition, function);
            }

            Register(function);
        }
    }

    /// <summary>What a call of a local function can credibly throw.</summary>
    public ThrownSet ThrownByFunction(Body function, CancellationToken cancellationToken) =>
        function.IsIterator ? ThrownSet.Nothing : ThrownWithinFunction(function, cancellationToken);

    /// <summary>What going over the result of a local function can credibly throw.</summary>
    public ThrownSet ThrownByNext(Body function, CancellationToken cancellationToken) =>
        function.IsIterator ? ThrownWithinFunction(function, cancellationToken) : ThrownSet.Nothing;

    private ThrownSet ThrownWithinFunction(Body function, CancellationToken cancellationToken)
    {
        if (_thrown.TryGetValue(function, out var thrown))
        {
            return thrown;
        }

        _thrown[function] = ThrownSet.Nothing;
        return _thrown[function] = ThrownWithin(function, cancellationToken);
    }

    /// <summary>What can credibly leave a body as an exception while it runs: at its call, or while its caller goes over what an iterator yields.</summary>
    public ThrownSet ThrownWithin(Body body, CancellationToken cancellationToken) =>
        Follow(body, Subject.Exceptions, cancellationToken)?.Thrown ?? ThrownSet.Nothing;

    /// <summary>What a lambda or local function does with a variable of the body around it that holds an owed resource when it runs.</summary>
    public CallFate FateOfCaptured(Body function, ISymbol variable, CancellationToken cancellationToken)
    {
        var key = (function, variable);
        if (_captured.TryGetValue(key, out var fate))
        {
            return fate;
        }

        // A local function that calls itself is not followed.
        _captured[key] = CallFate.Unknown;
        return _captured[key] = MethodSummarizer.FateOf(this, function, variable, cancellationToken);
    }
}
