using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
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
    private Dictionary<SyntaxTree, List<SyntaxTree>>? _callers;

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
        if (!NamesReading(type))
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
            if (_store.IsNamedIn(reference.SyntaxTree, _reading.Value))
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
        var callers = _callers ??= FindCallers(cancellationToken);
        var givers = ImmutableArray.CreateBuilder<SyntaxTree>();
        var seen = new HashSet<SyntaxTree>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            seen.Add(reference.SyntaxTree);
        }

        var pending = new Queue<SyntaxTree>(seen);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = pending.Dequeue();
            if (!callers.TryGetValue(current, out var files))
            {
                continue;
            }

            if (_store.IsNamedIn(current, s_opening))
            {
                givers.Add(current);
            }

            foreach (var file in files)
            {
                if (seen.Add(file))
                {
                    pending.Enqueue(file);
                }
            }
        }

        return givers.ToImmutable();
    }

    /// <summary>
    /// The files that open such responses, those that declare what takes a resource and may be called there, and so on; each with the files of these that
    /// may call it. The text of most files leads nowhere.
    /// </summary>
    private Dictionary<SyntaxTree, List<SyntaxTree>> FindCallers(CancellationToken cancellationToken)
    {
        var callers = new Dictionary<SyntaxTree, List<SyntaxTree>>();
        foreach (var file in _store.Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_store.IsNamedIn(file, s_opening))
            {
                callers.Add(file, new List<SyntaxTree>());
            }
        }

        var pending = new Queue<SyntaxTree>(callers.Keys);
        var takers = pending.Count > 0 ? FindTakers(cancellationToken) : null;
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var caller = pending.Dequeue();
            var names = UsedNames.Of(caller);
            foreach (var name in names.All)
            {
                if (!takers!.TryGetValue(name, out var same))
                {
                    continue;
                }

                foreach (var (taker, file) in same)
                {
                    if (!taker.MayBeCalledIn(names))
                    {
                        continue;
                    }

                    if (!callers.TryGetValue(file, out var known))
                    {
                        callers.Add(file, known = new List<SyntaxTree>());
                        pending.Enqueue(file);
                    }

                    // All calls of one file come one after the other.
                    if (known.Count == 0 || known[known.Count - 1] != caller)
                    {
                        known.Add(caller);
                    }
                }
            }
        }

        return callers;
    }

    /// <summary>The methods and constructors that can be given a response, or a stream, by the name that they are called by, with their files.</summary>
    private Dictionary<string, List<(DeclaredNames.Taker Taker, SyntaxTree File)>> FindTakers(CancellationToken cancellationToken)
    {
        Func<string, bool> isResource = _store.Context.FilterFor(cancellationToken) is { } filter ? filter.IsNamedAsResource : static _ => true;
        var takers = new Dictionary<string, List<(DeclaredNames.Taker, SyntaxTree)>>(StringComparer.Ordinal);
        foreach (var file in _store.Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var taker in DeclaredNames.Of(file).Takers(isResource))
            {
                if (!takers.TryGetValue(taker.Name, out var same))
                {
                    takers.Add(taker.Name, same = new List<(DeclaredNames.Taker, SyntaxTree)>());
                }

                same.Add((taker, file));
            }
        }

        return takers;
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
