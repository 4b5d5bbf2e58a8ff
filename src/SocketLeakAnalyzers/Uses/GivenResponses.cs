using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Tells which parameters are given a response whose body is still on the wire, or the stream of one, by whatever type of the compilation. The way goes
/// back by the text, from the file that is given one over those that call it, to those that open one: after an edit, few types have to be read.
/// </summary>
internal sealed class GivenResponses
{
    private static readonly string[] s_opening = { "ResponseHeadersRead", "GetStreamAsync", "HttpMessageInvoker", "DelegatingHandler" };

    private readonly UseStore _store;
    private readonly Lazy<string[]> _reading;
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<SyntaxTree>> _givers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, HashSet<IParameterSymbol>> _given = new();
    private readonly ConcurrentDictionary<(SyntaxNode Code, string Call), ImmutableArray<ISymbol>> _meant = new();
    private CallsByText? _calls;

    public GivenResponses(UseStore store)
    {
        _store = store;
        _reading = new Lazy<string[]>(() => new HashSet<string>(store.Context.Model.ReadingMemberNames, StringComparer.Ordinal).ToArray());
    }

    /// <summary>Whether a parameter is given one.</summary>
    public bool Contains(IParameterSymbol parameter, CancellationToken cancellationToken)
    {
        foreach (var giver in GiversFor(parameter.ContainingType, cancellationToken))
        {
            if (GivenBy(giver, cancellationToken).Contains(parameter))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a method of the type, or of one nested in it, reads what it may be given, and is given one: the type need name nothing of the network.</summary>
    public bool AnyOf(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (!NamesReading(type) || !TakesResource(type) || !MayBeReached(type, cancellationToken))
        {
            return false;
        }

        foreach (var giver in GiversFor(type, cancellationToken))
        {
            foreach (var parameter in GivenBy(giver, cancellationToken))
            {
                if (SymbolEqualityComparer.Default.Equals(SymbolWords.OutermostOf(parameter.ContainingType), type))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool NamesReading(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (UsedNames.Of(reference.SyntaxTree).ContainsAny(_reading.Value))
            {
                return true;
            }
        }

        return false;
    }

    private CallsByText CallsFor(CancellationToken cancellationToken) => _calls ??= CallsByText.Find(_store.Context, s_opening, cancellationToken);

    private bool MayBeReached(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var calls = CallsFor(cancellationToken);
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (calls.Reaches(reference.SyntaxTree))
            {
                return true;
            }
        }

        return false;
    }

    private bool TakesResource(INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is INamedTypeSymbol nested ? TakesResource(nested) : member is IMethodSymbol method && _store.TakesResource(method))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The files that open such a response and call what a file of the type declares with a resource, or what hands it on in between.</summary>
    private ImmutableArray<SyntaxTree> GiversFor(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        type = SymbolWords.OutermostOf(type);
        return _givers.TryGetValue(type, out var givers) ? givers : _givers.GetOrAdd(type, FindGiversFor(type, cancellationToken));
    }

    private ImmutableArray<SyntaxTree> FindGiversFor(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var calls = CallsFor(cancellationToken);
        var givers = ImmutableArray.CreateBuilder<SyntaxTree>();
        var pending = new Queue<UsedNames>();
        var seen = new HashSet<UsedNames>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var (caller, called) in calls.Of(reference.SyntaxTree))
            {
                // What only hands it on is no reader; who reads it then is called by that.
                if (called is null || called.NamesBehind.ContainsAny(_reading.Value))
                {
                    Add(caller, called);
                }
            }
        }

        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = pending.Dequeue();
            if (calls.OpeningFile(current) is { } file)
            {
                givers.Add(file);
            }

            foreach (var (caller, called) in calls.Of(current))
            {
                Add(caller, called);
            }
        }

        return givers.ToImmutable();

        void Add(UsedNames caller, Taker? called)
        {
            if (!seen.Contains(caller) && (called is null || MayMean(calls.CodeOf(caller), called, cancellationToken)))
            {
                seen.Add(caller);
                pending.Enqueue(caller);
            }
        }
    }

    /// <summary>Whether code means this one by the name that it calls, or something that another may stand for: what opens a response calls <c>PutAsync</c> of the client.</summary>
    private bool MayMean(SyntaxNode code, Taker called, CancellationToken cancellationToken)
    {
        var call = (code, called.Call);
        if (!_meant.TryGetValue(call, out var meant))
        {
            meant = _meant.GetOrAdd(call, FindMeant(code, called, cancellationToken));
        }

        foreach (var symbol in meant)
        {
            if (symbol.IsAbstract || symbol.IsVirtual || symbol.IsOverride)
            {
                return true;
            }

            foreach (var reference in symbol.DeclaringSyntaxReferences)
            {
                if (called.IsDeclaredBy(reference))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>What of the compilation some code means where it calls something by the name and with a number of arguments that is taken.</summary>
    private ImmutableArray<ISymbol> FindMeant(SyntaxNode code, Taker called, CancellationToken cancellationToken)
    {
        var meant = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var model = _store.Context.Summaries.ModelOf(code.SyntaxTree, _store.Context.Compilation);
        foreach (var token in UsedNames.Tokens(code))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = (SimpleNameSyntax)token.Parent!;
            if (token.ValueText == called.Name && UsedNames.MayBeCall(name, called.Counts) && model.GetSymbolInfo(name, cancellationToken).Symbol is { DeclaringSyntaxReferences.IsEmpty: false } symbol)
            {
                meant.Add(UseReader.Definition(symbol));
            }
        }

        return meant.ToImmutableArray();
    }

    private HashSet<IParameterSymbol> GivenBy(SyntaxTree file, CancellationToken cancellationToken) =>
        _given.TryGetValue(file, out var given) ? given : _given.GetOrAdd(file, FindGivenBy(file, cancellationToken));

    /// <summary>The parameters of methods that the types of a file give such responses to, or their streams, and those that they are handed on to.</summary>
    private HashSet<IParameterSymbol> FindGivenBy(SyntaxTree file, CancellationToken cancellationToken)
    {
        var given = new HashSet<IParameterSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in FileTypes.Of(_store.Context.Summaries.ModelOf(file, _store.Context.Compilation), null, cancellationToken))
        {
            if (type.ContainingType is not null)
            {
                continue;
            }

            var uses = _store.Get(type, cancellationToken);
            foreach (var response in uses.Objects)
            {
                if (response.GivenTo.Count > 0 && HttpResponses.IsUnbuffered(response, _store, cancellationToken) && !IsClosedBySignal(response, uses))
                {
                    Add(response, given, cancellationToken);
                }
            }
        }

        return given;
    }

    private void Add(NetworkObject response, HashSet<IParameterSymbol> given, CancellationToken cancellationToken)
    {
        foreach (var parameter in response.GivenTo)
        {
            if (given.Add(parameter) && _store.Get(parameter.ContainingType, cancellationToken).ObjectOf(parameter) is { } passed)
            {
                Add(passed, given, cancellationToken);
            }
        }
    }

    private static bool IsClosedBySignal(NetworkObject response, TypeUses uses)
    {
        foreach (var closing in response.Closings)
        {
            if (uses.MayRunOn(closing.Function, RunPlace.Cancellation, RunPlace.Timer))
            {
                return true;
            }
        }

        return false;
    }
}
