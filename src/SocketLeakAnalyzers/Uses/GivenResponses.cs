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
/// back from the type that is given one, over those that call it: after an edit, most types of the compilation are not read.
/// </summary>
internal sealed class GivenResponses
{
    private static readonly string[] s_opening = { "ResponseHeadersRead", "GetStreamAsync", "HttpMessageInvoker", "DelegatingHandler" };

    private readonly UseStore _store;
    private readonly Lazy<string[]> _reading;
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<INamedTypeSymbol>> _givers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, HashSet<IParameterSymbol>> _given = new(SymbolEqualityComparer.Default);
    private HashSet<SyntaxTree>? _reached;

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
        if (!Names(type, _reading.Value))
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

    /// <summary>The types that open such a response and call a method of the type with a resource, or of one in between that hands it on.</summary>
    private ImmutableArray<INamedTypeSymbol> GiversFor(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        type = SymbolWords.OutermostOf(type);
        return _givers.TryGetValue(type, out var givers) ? givers : _givers.GetOrAdd(type, FindGiversFor(type, cancellationToken));
    }

    private ImmutableArray<INamedTypeSymbol> FindGiversFor(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (!MayBeReached(type, cancellationToken))
        {
            return ImmutableArray<INamedTypeSymbol>.Empty;
        }

        var givers = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default) { type };
        var open = new Queue<INamedTypeSymbol>(seen);
        while (open.Count > 0)
        {
            var current = open.Dequeue();
            if (Names(current, s_opening))
            {
                givers.Add(current);
            }

            var takers = new List<ISymbol>();
            AddTakers(current, takers);
            if (takers.Count == 0)
            {
                continue;
            }

            foreach (var caller in MemberUsers.Find(takers, _store, int.MaxValue, cancellationToken))
            {
                if (seen.Add(caller))
                {
                    open.Enqueue(caller);
                }
            }
        }

        return givers.ToImmutable();
    }

    /// <summary>Whether the text leads from a file that opens such a response to one of the type's: the names of most types lead nowhere.</summary>
    private bool MayBeReached(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var reached = _reached ??= FindReached(cancellationToken);
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reached.Contains(reference.SyntaxTree))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The files that open such responses, those that declare a method that takes a resource and that these name, those that are named there, and so on.</summary>
    private HashSet<SyntaxTree> FindReached(CancellationToken cancellationToken)
    {
        var reached = new HashSet<SyntaxTree>();
        foreach (var file in _store.Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_store.IsNamedIn(file, s_opening))
            {
                reached.Add(file);
            }
        }

        var pending = new Queue<SyntaxTree>(reached);
        var takers = pending.Count > 0 ? FilesByTaker(cancellationToken) : new Dictionary<string, List<SyntaxTree>>();
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var name in UsedNames.Of(pending.Dequeue()))
            {
                if (takers.TryGetValue(name, out var files))
                {
                    takers.Remove(name);
                    foreach (var file in files)
                    {
                        if (reached.Add(file))
                        {
                            pending.Enqueue(file);
                        }
                    }
                }
            }
        }

        return reached;
    }

    private Dictionary<string, List<SyntaxTree>> FilesByTaker(CancellationToken cancellationToken)
    {
        Func<string, bool> isResource = _store.Context.FilterFor(cancellationToken) is { } filter ? filter.IsNamedAsResource : static _ => true;
        var files = new Dictionary<string, List<SyntaxTree>>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in _store.Context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            names.Clear();
            DeclaredNames.Of(file).AddTakers(isResource, names);
            foreach (var name in names)
            {
                if (!files.TryGetValue(name, out var declaring))
                {
                    files.Add(name, declaring = new List<SyntaxTree>());
                }

                declaring.Add(file);
            }
        }

        return files;
    }

    /// <summary>The methods and constructors that can be given a response, or a stream, by their own name.</summary>
    private void AddTakers(INamedTypeSymbol type, List<ISymbol> takers)
    {
        foreach (var member in type.GetMembers())
        {
            switch (member)
            {
                case INamedTypeSymbol nested:
                    AddTakers(nested, takers);
                    break;
                case IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.Constructor, IsOverride: false, IsImplicitlyDeclared: false } method when _store.TakesResource(method):
                    takers.Add(method);
                    break;
            }
        }
    }

    private bool Names(INamedTypeSymbol type, string[] names)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (_store.IsNamedIn(reference.SyntaxTree, names))
            {
                return true;
            }
        }

        return false;
    }

    private HashSet<IParameterSymbol> GivenBy(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        _given.TryGetValue(type, out var given) ? given : _given.GetOrAdd(type, FindGivenBy(type, cancellationToken));

    /// <summary>The parameters of methods that the type gives such responses to, or their streams, and those that they are handed on to.</summary>
    private HashSet<IParameterSymbol> FindGivenBy(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var given = new HashSet<IParameterSymbol>(SymbolEqualityComparer.Default);
        var uses = _store.Get(type, cancellationToken);
        foreach (var response in uses.Objects)
        {
            if (response.GivenTo.Count > 0 && HttpResponses.IsUnbuffered(response, _store, cancellationToken) && !IsClosedBySignal(response, uses))
            {
                Add(response, given, cancellationToken);
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
