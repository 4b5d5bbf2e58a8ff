using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>One executable body (a method, accessor, initialiser, lambda or local function) with its graph and its nested functions.</summary>
internal sealed class Body
{
    private readonly Dictionary<CaptureId, IOperation> _captured = new();
    private readonly HashSet<ISymbol> _sharedWithNested = new(SymbolEqualityComparer.Default);

    private Body(ISymbol owner, ControlFlowGraph graph)
    {
        Owner = owner;
        Graph = graph;
    }

    /// <summary>The method, lambda, local function, field or property whose code this is.</summary>
    public ISymbol Owner { get; }

    public ControlFlowGraph Graph { get; }

    public ImmutableArray<Body> Nested { get; private set; }

    /// <summary>Builds the body and, from the inside, the functions within it.</summary>
    public static Body Create(ISymbol owner, ControlFlowGraph graph, CancellationToken cancellationToken)
    {
        var body = new Body(owner, graph);
        var nested = ImmutableArray.CreateBuilder<Body>();
        foreach (var function in graph.LocalFunctions)
        {
            nested.Add(Create(function, graph.GetLocalFunctionControlFlowGraph(function, cancellationToken), cancellationToken));
        }

        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IFlowAnonymousFunctionOperation lambda:
                    nested.Add(Create(lambda.Symbol, graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellationToken), cancellationToken));
                    break;
                case IFlowCaptureOperation capture when !body._captured.ContainsKey(capture.Id):
                    body._captured.Add(capture.Id, capture.Value);
                    break;
            }
        }

        body.Nested = nested.ToImmutable();
        foreach (var function in body.Nested)
        {
            function.AddOuterVariables(body._sharedWithNested);
        }

        return body;
    }

    /// <summary>Whether the variable was declared here, rather than in a body around this one.</summary>
    public bool Declares(ISymbol variable) => SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, Owner);

    /// <summary>Whether a lambda or local function within this body reads or writes the variable too.</summary>
    public bool IsSharedWithNested(ISymbol variable) => _sharedWithNested.Contains(variable);

    /// <summary>What a capture of the graph stands for, where it stands for a place that is assigned through it (<c>x ??= y</c>).</summary>
    public IOperation? CapturedBy(CaptureId id) => _captured.TryGetValue(id, out var operation) ? operation : null;

    /// <summary>Every operation of the graph, outermost first; not those of nested functions.</summary>
    public IEnumerable<IOperation> AllOperations()
    {
        foreach (var block in Graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                foreach (var descendant in operation.DescendantsAndSelf())
                {
                    yield return descendant;
                }
            }

            if (block.BranchValue is not null)
            {
                foreach (var descendant in block.BranchValue.DescendantsAndSelf())
                {
                    yield return descendant;
                }
            }
        }
    }

    private void AddOuterVariables(HashSet<ISymbol> outer)
    {
        foreach (var operation in AllOperations())
        {
            ISymbol? variable = operation switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                _ => null,
            };
            if (variable is not null && !Declares(variable))
            {
                outer.Add(variable);
            }
        }

        foreach (var function in Nested)
        {
            function.AddOuterVariables(outer);
        }
    }
}
