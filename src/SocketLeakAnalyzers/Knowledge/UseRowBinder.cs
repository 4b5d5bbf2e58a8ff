using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>Looks up what a row's clauses on the use of the network say of one overload.</summary>
internal static class UseRowBinder
{
    public static UseFacts Bind(OwnershipRow row, ISymbol definition)
    {
        var parameters = OwnershipModel.Parameters(definition);
        var uses = ImmutableArray.CreateBuilder<UseFact>();
        var bounds = ImmutableArray.CreateBuilder<BoundFact>();
        var facts = new UseFacts { Style = StyleOf(definition), Token = TokenOf(parameters) };
        foreach (var clause in row.Uses)
        {
            var target = Ordinal(clause.Parameter);
            var limit = Ordinal(clause.Limit);
            ArgumentCondition? condition = null;
            if (clause.Condition is { } written)
            {
                condition = OwnershipModel.Bind(written, parameters, out var isReadable);
                if (!isReadable)
                {
                    continue;
                }
            }

            switch (clause.Kind)
            {
                case RowUseKind.Use:
                    uses.Add(new UseFact(clause.Verb, target, limit, condition));
                    break;
                case RowUseKind.Bound:
                    bounds.Add(new BoundFact(clause.Bound, clause.Limit is null && definition is IPropertySymbol ? parameters.Length : limit, clause.IsZeroInfinite, condition));
                    break;
                case RowUseKind.Speak:
                    facts.Speaks = facts.Speaks.Add((clause.Sort, condition));
                    break;
                case RowUseKind.Peek:
                    facts.Peeks = true;
                    break;
                case RowUseKind.Run:
                    facts.Run = new RunFact(target, clause.Place);
                    break;
                default:
                    facts.Wait = new WaitFact(target, limit, clause.Kind == RowUseKind.Race);
                    break;
            }
        }

        facts.Uses = uses.ToImmutable();
        facts.Bounds = bounds.ToImmutable();
        return facts;

        int Ordinal(string? name) => name is null ? -1 : OwnershipRowResolver.OrdinalOf(definition, parameters, name);
    }

    private static int TokenOf(ImmutableArray<IParameterSymbol> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Type is INamedTypeSymbol { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } })
            {
                return parameter.Ordinal;
            }
        }

        return -1;
    }

    private static UseStyle StyleOf(ISymbol definition)
    {
        if (definition is not IMethodSymbol method)
        {
            return UseStyle.Blocking;
        }

        if (SymbolWords.IsTaskLike(method.ReturnType) || method.ReturnType.Name == "IAsyncEnumerable")
        {
            return UseStyle.Awaitable;
        }

        if (method.ReturnType.Name == "IAsyncResult")
        {
            return UseStyle.Begun;
        }

        foreach (var parameter in method.Parameters)
        {
            if (parameter.Type.Name == "SocketAsyncEventArgs")
            {
                return UseStyle.Event;
            }
        }

        return UseStyle.Blocking;
    }
}
