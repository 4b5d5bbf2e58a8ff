using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// What is known of one object beyond its type: followed to the methods of other types of the compilation that it is given to, to the callers that give
/// it, and through the members by which code outside reaches it.
/// </summary>
internal sealed class ObjectFacts
{
    private readonly List<BoundSetting> _settings = new();
    private readonly List<NetworkCall> _calls = new();
    private readonly List<(Closing Closing, TypeUses Uses)> _closings = new();
    private readonly List<(Closing Closing, TypeUses Uses, NetworkObject? Closed)> _endings = new();
    private readonly List<NetworkObject> _sources = new();
    private readonly Walk _walk;
    private bool _mayBeSetElsewhere;
    private bool _mayBeMadeElsewhere;
    private List<(Closing Closing, TypeUses Uses)>? _countingEndings;

    private ObjectFacts(NetworkObject networkObject, INamedTypeSymbol type, UseStore store, CancellationToken cancellationToken)
    {
        _walk = new Walk(networkObject, this, store, cancellationToken);
        _walk.Add(networkObject, type);
    }

    /// <summary>The calls that are done with it, in other types too; those of its own type first.</summary>
    public IReadOnlyList<NetworkCall> Calls => Whole()._calls;

    /// <summary>Where it is closed, with the uses of the type that does so.</summary>
    public IReadOnlyList<(Closing Closing, TypeUses Uses)> Closings => Whole()._closings;

    /// <summary>What ends a call that waits with it: the closings, but for those of what nobody has been given yet, and the shutdowns of its receiving side.</summary>
    public IReadOnlyList<(Closing Closing, TypeUses Uses)> Endings => _countingEndings ??= Whole().CountingEndings();

    /// <summary>
    /// The objects of other types that it is: what callers give for a parameter, what a method of another type returns, followed to where they come
    /// from.
    /// </summary>
    public IReadOnlyList<NetworkObject> Sources => Whole()._sources;

    /// <summary>It also goes where it cannot be followed, and bounds may be set there: nothing can be said to be "never set".</summary>
    public bool MayBeSetElsewhere
    {
        get
        {
            while (!_mayBeSetElsewhere && _walk.Step())
            {
            }

            return _mayBeSetElsewhere;
        }
    }

    /// <summary>A call gives it that can run code which cannot be read: what it is beyond its type is not known.</summary>
    public bool MayBeMadeElsewhere => Whole()._mayBeMadeElsewhere;

    /// <summary>Whether its calls may return at once instead of waiting.</summary>
    public bool MayBeNonBlocking => FirstSetting(static setting => setting is { Verb: BoundVerb.Blocking, Value: not BoundValue.Finite }) is not null;

    /// <summary>Follows an object of a type: no further than it takes to answer what is asked.</summary>
    public static ObjectFacts Of(NetworkObject networkObject, INamedTypeSymbol type, UseStore store, CancellationToken cancellationToken) =>
        new(networkObject, type, store, cancellationToken);

    /// <summary>Whether such a bound is set at all, be it infinite, or may be where the object cannot be followed.</summary>
    public bool MayBeSet(BoundVerb verb) => TryFind(setting => setting.Verb == verb, orElsewhere: true, out _);

    /// <summary>Whether such a bound is set, and not only to "for ever" or "off".</summary>
    public bool Bounds(BoundVerb verb) => FirstSetting(setting => setting.Verb == verb && setting.Value != BoundValue.Infinite) is not null;

    /// <summary>The first such bound that is set on it anywhere in the compilation, as far as it can be followed.</summary>
    public BoundSetting? FirstSetting(Func<BoundSetting, bool> test) => TryFind(test, orElsewhere: false, out var found) ? found : null;

    private bool TryFind(Func<BoundSetting, bool> test, bool orElsewhere, out BoundSetting? found)
    {
        found = null;
        for (var next = 0; ; next++)
        {
            while (next == _settings.Count)
            {
                if (orElsewhere && _mayBeSetElsewhere)
                {
                    return true;
                }

                if (!_walk.Step())
                {
                    return false;
                }
            }

            if (test(_settings[next]))
            {
                found = _settings[next];
                return true;
            }
        }
    }

    private ObjectFacts Whole()
    {
        while (_walk.Step())
        {
        }

        return this;
    }

    // Which closings count is looked up in their methods, which is not done for who does not ask.
    private List<(Closing Closing, TypeUses Uses)> CountingEndings()
    {
        var counting = new List<(Closing Closing, TypeUses Uses)>();
        foreach (var (closing, uses, closed) in _endings)
        {
            if (closed is null || !TurnedAway.Is(closing, closed, _walk.Model))
            {
                counting.Add((closing, uses));
            }
        }

        return counting;
    }

    private sealed class Walk
    {
        private readonly ObjectFacts _facts;
        private readonly UseStore _store;
        private readonly CancellationToken _cancellationToken;
        private readonly HashSet<NetworkObject> _seen = new();
        private readonly HashSet<NetworkObject> _sources = new();
        private readonly HashSet<NetworkObject> _reached = new();
        private readonly HashSet<NetworkObject> _fresh = new();
        private readonly NetworkObject _start;
        private readonly Queue<(NetworkObject Object, INamedTypeSymbol Type)> _queue = new();
        private readonly List<(NetworkObject, INamedTypeSymbol)> _outside = new();

        public Walk(NetworkObject start, ObjectFacts facts, UseStore store, CancellationToken cancellationToken)
        {
            _start = start;
            _facts = facts;
            _store = store;
            _cancellationToken = cancellationToken;
        }

        public OwnershipModel Model => _store.Context.Model;

        public void Add(NetworkObject networkObject, INamedTypeSymbol type)
        {
            if (_seen.Add(networkObject))
            {
                _queue.Enqueue((networkObject, type));
                _facts._settings.AddRange(networkObject.Settings);
                _facts._calls.AddRange(networkObject.Calls);
                _facts._mayBeSetElsewhere |= networkObject.IsGivenToUnknown;
            }
        }

        /// <summary>Looks at one more object.</summary>
        /// <returns>False: there was none.</returns>
        public bool Step()
        {
            if (_queue.Count == 0)
            {
                return false;
            }

            _cancellationToken.ThrowIfCancellationRequested();
            var (current, type) = _queue.Dequeue();
            var uses = UsesOf(type);
            foreach (var closing in current.Closings)
            {
                _facts._closings.Add((closing, uses));
                _facts._endings.Add((closing, uses, current));
            }

            foreach (var shutdown in current.Shutdowns)
            {
                _facts._endings.Add((shutdown, uses, null));
            }

            foreach (var inner in current.Wraps)
            {
                Add(inner, type);
            }

            _facts._mayBeSetElsewhere |= !(_fresh.Contains(current) || OutsideReach.TryFind(current, type, _store, _outside, _cancellationToken));
            foreach (var (reached, other) in _outside)
            {
                // What another type puts into a member comes from where that type has it.
                if (IsFollowed(current))
                {
                    _reached.Add(reached);
                }

                Add(reached, other);
            }

            _outside.Clear();
            AddOwnCode(current);
            foreach (var parameter in current.GivenTo)
            {
                Follow(parameter);
            }

            if (IsFollowed(current))
            {
                AddSources(current, type);
            }

            return true;
        }

        /// <summary>
        /// Whether it is what a method makes for each of its calls, in its own code, and gives to nobody but its caller: what other callers do with theirs is
        /// nothing to it.
        /// </summary>
        private bool IsMadeFor(NetworkObject made, IMethodSymbol method)
        {
            if (!IsFresh(made) || made is not { IsGivenToUnknown: false, GivenTo.Count: 0, Function: { } maker } || !SymbolEqualityComparer.Default.Equals(maker.Symbol, method))
            {
                return false;
            }

            foreach (var place in made.Places)
            {
                if (place is not ILocalSymbol && !SymbolEqualityComparer.Default.Equals(place, method))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>A factory of the platform gives another client at every call.</summary>
        private bool IsFresh(NetworkObject made) =>
            made.Origin is ObjectOrigin.Made or ObjectOrigin.Accepted or ObjectOrigin.Opened
            || (made is { Origin: ObjectOrigin.Returned, Facts.Kind: ResourceKind.Http, Site: IInvocationOperation { TargetMethod: var factory } } && _store.Context.Model.IsPlatformMember(factory));

        private bool IsFollowed(NetworkObject current) => ReferenceEquals(current, _start) || _sources.Contains(current) || _reached.Contains(current);

        private void AddSources(NetworkObject current, INamedTypeSymbol type)
        {
            if (current is { Origin: ObjectOrigin.Parameter, Symbol: IParameterSymbol given })
            {
                AddGiven(given, type);
            }
            else if (current.Origin == ObjectOrigin.Returned)
            {
                _facts._mayBeMadeElsewhere |= !TryAddReturned(CalledAt(current.Site), type);
            }

            // A TLS stream over a stream that was given is given with it; over what a method makes for one caller, that one gives.
            foreach (var inner in current.Wraps)
            {
                if (inner.Origin != ObjectOrigin.Parameter || !_fresh.Contains(current))
                {
                    _sources.Add(inner);
                }
            }
        }

        private static IMethodSymbol? CalledAt(IOperation? site) => site switch
        {
            IInvocationOperation { TargetMethod: { MethodKind: not MethodKind.DelegateInvoke } method } => (method.ReducedFrom ?? method).OriginalDefinition,
            IPropertyReferenceOperation { Property.OriginalDefinition.GetMethod: { } getter } => getter,
            _ => null,
        };

        /// <summary>To the objects that a method of another type returns, or each that overrides or implements it.</summary>
        /// <returns>False: the call may run what cannot be read.</returns>
        private bool TryAddReturned(IMethodSymbol? method, INamedTypeSymbol type)
        {
            if (method is null || !_store.Context.HasCode(method))
            {
                return method is not null && _store.Context.Model.IsPlatformMember(method);
            }

            if (!Implementations.MayBeReplaced(method))
            {
                AddReturnedBy(method, type);
                return true;
            }

            var implementations = _store.Context.Implementations.Of(method, _cancellationToken);
            foreach (var implementation in implementations)
            {
                AddReturnedBy(implementation, type);
            }

            return !implementations.IsEmpty;
        }

        private void AddReturnedBy(IMethodSymbol method, INamedTypeSymbol type)
        {
            var others = UsesOf(method.ContainingType);
            if (others == UsesOf(type))
            {
                return;
            }

            foreach (var other in others.Objects)
            {
                if (other.Places.Contains(method))
                {
                    if (IsMadeFor(other, method))
                    {
                        _fresh.Add(other);
                        foreach (var inner in other.Wraps)
                        {
                            if (inner is { Origin: ObjectOrigin.Parameter, Symbol: IParameterSymbol parameter })
                            {
                                AddGivenBy(type, parameter);
                            }
                        }
                    }

                    AddSource(other, method.ContainingType);
                }
            }
        }

        private void AddSource(NetworkObject source, INamedTypeSymbol type)
        {
            if (_sources.Add(source))
            {
                _facts._sources.Add(source);
            }

            Add(source, type);
        }

        /// <summary>What a class of the compilation that is a client or socket itself does with itself.</summary>
        private void AddOwnCode(NetworkObject current)
        {
            for (var type = current.Type as INamedTypeSymbol; type is not null && _store.Context.HasCode(type); type = type.BaseType)
            {
                if (UsesOf(type).ObjectOf(type.OriginalDefinition) is { } self)
                {
                    Add(self, type);
                }
            }
        }

        /// <summary>Into the method that it is given to.</summary>
        private void Follow(IParameterSymbol parameter)
        {
            var facts = _store.Context.Model.GetTypeFacts(parameter.Type);
            var uses = UsesOf(parameter.ContainingType);
            if (!uses.IsKnown || !(facts.IsNetwork || facts.IsResource))
            {
                _facts._mayBeSetElsewhere = true;
            }
            else if (uses.ObjectOf(parameter) is { } given)
            {
                Add(given, parameter.ContainingType);
            }
        }

        /// <summary>To the objects that callers give for a parameter.</summary>
        private void AddGiven(IParameterSymbol parameter, INamedTypeSymbol type)
        {
            // What is private is called in its own type alone.
            if (parameter.ContainingSymbol is not IMethodSymbol { DeclaredAccessibility: not (Accessibility.Private or Accessibility.NotApplicable) } method)
            {
                return;
            }

            foreach (var giver in _store.TypesUsing(method, _cancellationToken))
            {
                if (UsesOf(giver) != UsesOf(type))
                {
                    AddGivenBy(giver, parameter);
                }
            }
        }

        private void AddGivenBy(INamedTypeSymbol giver, IParameterSymbol parameter)
        {
            foreach (var other in UsesOf(giver).Objects)
            {
                if (other.GivenTo.Contains(parameter))
                {
                    AddSource(other, giver);
                }
            }
        }

        private TypeUses UsesOf(INamedTypeSymbol type) => _store.Get(type, _cancellationToken);
    }
}
