using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>One executable body (a method, accessor, initialiser, lambda or local function) with its graph and its nested functions.</summary>
internal sealed class Body
{
    private readonly Dictionary<object, IOperation> _captured = new();
    private readonly HashSet<ISymbol> _sharedWithNested = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _outerVariables = new(SymbolEqualityComparer.Default);
    private Dictionary<ISymbol, List<IOperation>>? _values;

    private Body(ISymbol owner, ControlFlowGraph graph, Body? outer)
    {
        Owner = owner;
        Graph = graph;
        Outer = outer;
    }

    /// <summary>The body that this lambda or local function stands in; null for a method's.</summary>
    public Body? Outer { get; }

    /// <summary>The method, lambda, local function, field or property whose code this is.</summary>
    public ISymbol Owner { get; }

    public ControlFlowGraph Graph { get; }

    public ImmutableArray<Body> Nested { get; private set; }

    /// <summary>Whether the body yields: a call of it runs nothing yet.</summary>
    public bool IsIterator { get; private set; }

    public bool IsConstructor => Owner is IMethodSymbol { MethodKind: MethodKind.Constructor };

    public bool IsLocalFunction => Owner is IMethodSymbol { MethodKind: MethodKind.LocalFunction };

    /// <summary>Builds the body and, from the inside, the functions within it.</summary>
    public static Body Create(ISymbol owner, ControlFlowGraph graph, CancellationToken cancellationToken) =>
        Create(owner, graph, null, cancellationToken);

    /// <summary>The same, with the graph made of the operation that all of the body is in; null where that is no body.</summary>
    public static Body? Create(ISymbol owner, IOperation root, CancellationToken cancellationToken)
    {
        var graph = GraphOf(root, cancellationToken);
        return graph is null ? null : Create(owner, graph, cancellationToken);
    }

    /// <summary>The graph of the operation that all of a body is in; null where that is no body.</summary>
    public static ControlFlowGraph? GraphOf(IOperation root, CancellationToken cancellationToken) =>
        root switch
        {
            IMethodBodyOperation { BlockBody: null, ExpressionBody: null } => null,
            IMethodBodyOperation method => ControlFlowGraph.Create(method, cancellationToken),
            IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor, cancellationToken),
            IFieldInitializerOperation field => ControlFlowGraph.Create(field, cancellationToken),
            IPropertyInitializerOperation property => ControlFlowGraph.Create(property, cancellationToken),
            IBlockOperation { Parent: null } block => ControlFlowGraph.Create(block, cancellationToken),
            _ => null,
        };

    private static Body Create(ISymbol owner, ControlFlowGraph graph, Body? outer, CancellationToken cancellationToken)
    {
        var body = new Body(owner, graph, outer);
        var nested = ImmutableArray.CreateBuilder<Body>();
        foreach (var function in graph.LocalFunctions)
        {
            nested.Add(Create(function, graph.GetLocalFunctionControlFlowGraph(function, cancellationToken), body, cancellationToken));
        }

        foreach (var operation in body.AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IFlowAnonymousFunctionOperation lambda:
                    nested.Add(Create(lambda.Symbol, graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellationToken), body, cancellationToken));
                    break;
                case IReturnOperation { Kind: OperationKind.YieldReturn }:
                    body.IsIterator = true;
                    break;
                case IFlowCaptureOperation capture when !body._captured.ContainsKey(capture.Id):
                    body._captured.Add(capture.Id, capture.Value);
                    break;
            }
        }

        body.Nested = nested.ToImmutable();
        foreach (var function in body.Nested)
        {
            body._sharedWithNested.UnionWith(function._outerVariables);
            foreach (var variable in function._outerVariables)
            {
                if (!body.Declares(variable))
                {
                    body._outerVariables.Add(variable);
                }
            }
        }

        body.AddOwnOuterVariables(cancellationToken);

        return body;
    }

    /// <summary>Whether the variable was declared here, rather than in a body around this one.</summary>
    public bool Declares(ISymbol variable) => SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, Owner);

    /// <summary>Whether a lambda or local function within this body reads or writes the variable too.</summary>
    public bool IsSharedWithNested(ISymbol variable) => _sharedWithNested.Contains(variable);

    /// <summary>The parameter of this function with this ordinal.</summary>
    public IParameterSymbol? ParameterAt(int ordinal) =>
        Owner is IMethodSymbol { Parameters: { } parameters } && ordinal < parameters.Length ? parameters[ordinal] : null;

    /// <summary>The variables of bodies around this one that it reads or writes, in the order of their declarations.</summary>
    public ImmutableArray<ISymbol> OuterVariables
    {
        get
        {
            var variables = new List<ISymbol>(_outerVariables);
            variables.Sort(static (left, right) => Start(left).CompareTo(Start(right)));
            return variables.ToImmutableArray();

            static int Start(ISymbol variable) => variable.Locations.IsEmpty ? -1 : variable.Locations[0].SourceSpan.Start;
        }
    }

    /// <summary>Whether this function reads or writes the variable of a body around it, itself or in a function within it.</summary>
    public bool Uses(ISymbol outerVariable) => _outerVariables.Contains(outerVariable);

    /// <summary>The body of a lambda or local function that stands in this body or in one around it; null for any other method.</summary>
    public Body? FindFunction(ISymbol function)
    {
        for (var body = this; body is not null; body = body.Outer)
        {
            foreach (var nested in body.Nested)
            {
                if (SymbolEqualityComparer.Default.Equals(nested.Owner, function))
                {
                    return nested;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the body releases what another field or property of its object holds: that may be a view of what <paramref name="member"/>
    /// holds, or a wrapper that owns it.
    /// </summary>
    public bool ReleasesAnotherMember(ISymbol member)
    {
        foreach (var operation in AllOperations())
        {
            if (operation is IInvocationOperation { Instance: { } receiver } invocation && CallModel.IsRelease(invocation.TargetMethod))
            {
                receiver = receiver.WithoutConversions();
                if (receiver is IFlowCaptureReferenceOperation capture)
                {
                    receiver = CapturedBy(capture.Id)?.WithoutConversions() ?? receiver;
                }

                if (receiver is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference
                    && OperationWords.IsOfThisOrStatic(reference.Instance)
                    && !SymbolEqualityComparer.Default.Equals(reference.Member.OriginalDefinition, member))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether the body itself, or a function within it, refers to the parameter.</summary>
    public bool Mentions(IParameterSymbol parameter)
    {
        foreach (var operation in AllOperations())
        {
            if (operation is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, parameter))
            {
                return true;
            }
        }

        return IsSharedWithNested(parameter);
    }

    /// <summary>Whether the variable is given a value, here or in a function within.</summary>
    public bool Writes(ISymbol variable)
    {
        foreach (var operation in AllOperations())
        {
            var target = operation switch
            {
                IAssignmentOperation assignment => assignment.Target,
                IIncrementOrDecrementOperation increment => increment.Target,
                IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
                _ => null,
            };
            if (target?.WithoutConversions() is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, variable))
            {
                return true;
            }
        }

        foreach (var function in Nested)
        {
            if (function.Writes(variable))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a variable is given here: assigned, or, where it is a list of tasks, added to the list.</summary>
    public IReadOnlyList<IOperation> ValuesOf(ILocalSymbol variable)
    {
        if (_values is null)
        {
            var found = new Dictionary<ISymbol, List<IOperation>>(SymbolEqualityComparer.Default);
            foreach (var operation in AllOperations())
            {
                switch (operation)
                {
                    case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Type: { SpecialType: SpecialType.None } } target } assignment:
                        Add(target.Local, assignment.Value);
                        break;
                    case IInvocationOperation { TargetMethod.Name: "Add", Instance: ILocalReferenceOperation list, Arguments: { Length: 1 } added } when SymbolWords.IsTaskLike(added[0].Value.Type):
                        Add(list.Local, added[0].Value);
                        break;
                }
            }

            _values = found;

            void Add(ISymbol local, IOperation value)
            {
                if (!found.TryGetValue(local, out var values))
                {
                    found.Add(local, values = new List<IOperation>());
                }

                values.Add(value);
            }
        }

        return _values.TryGetValue(variable, out var given) ? given : System.Array.Empty<IOperation>();
    }

    /// <summary>What a capture of the graph stands for, where it stands for a place that is assigned through it (<c>x ??= y</c>).</summary>
    public IOperation? CapturedBy(CaptureId id) => _captured.TryGetValue(id, out var operation) ? operation : null;

    /// <summary>
    /// Whether the capture is what a <c>return</c> gives back, as in <c>return ok ? stream : null;</c>: who is put into it is handed over there, and who is not
    /// stays behind.
    /// </summary>
    public bool IsReturned(CaptureId id)
    {
        foreach (var block in Graph.Blocks)
        {
            if (block is { FallThroughSuccessor.Semantics: ControlFlowBranchSemantics.Return, BranchValue: { } value }
                && value.WithoutConversions() is IFlowCaptureReferenceOperation returned
                && returned.Id.Equals(id))
            {
                return true;
            }
        }

        return false;
    }

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

    private void AddOwnOuterVariables(CancellationToken cancellationToken)
    {
        foreach (var operation in AllOperations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ISymbol? variable = operation switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                _ => null,
            };
            if (variable is not null && !Declares(variable))
            {
                _outerVariables.Add(variable);
            }
        }
    }
}
