using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;
using Values = SocketLeakAnalyzers.Semantics.ValueSet;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Reads the code of one type and tells which of its fields acquire, release and give away resources. The order of statements is
/// not looked at: which values a variable can ever hold, and whether any of them is ever released, is enough for "never released".
/// Every approximation errs on the side of "released" and "given away", so it costs findings and never makes a false one.
/// </summary>
internal sealed partial class TypeOwnershipReader
{
    private const int MaxBodies = 500;
    private const int MaxSteps = 400_000;
    private const int MaxRounds = 20;
    private const int MaxDepth = 200;

    /// <summary>Stands for the object whose code this is.</summary>
    private static readonly object This = new();

    private readonly INamedTypeSymbol _type;
    private readonly ObligationContext _context;
    private readonly SummarySession _session;
    private readonly CallModel _calls;
    private readonly Acquisitions _acquisitions;
    private readonly CancellationToken _cancellationToken;

    private readonly List<Part> _parts = new();
    private readonly List<ISymbol> _holders = new();
    private readonly HashSet<ISymbol> _isHolder = new(SymbolEqualityComparer.Default);

    // What each variable, field, and result of a method or property can ever be: acquisitions, the initial values of fields and
    // parameters (the symbols stand for them), or the object itself.
    private readonly Dictionary<ISymbol, FlowVariable> _variables = new(SymbolEqualityComparer.Default);
    private readonly HashSet<object> _released = new();
    private readonly HashSet<object> _escaped = new();
    private readonly HashSet<ISymbol> _lenders = new(SymbolEqualityComparer.Default);
    private readonly HashSet<object> _begun = new();
    private readonly HashSet<object> _listening = new();
    private readonly HashSet<object> _held = new();
    private readonly HashSet<object> _givenToBase = new();
    private readonly Dictionary<object, BaseWrap> _wrappedByBase = new();
    private readonly Dictionary<IOperation, Part> _sites = new();

    // By index of the parts: to be read again; and whether it has asked what the fields hold.
    private bool[] _isStale = Array.Empty<bool>();
    private bool[] _asksForHeld = Array.Empty<bool>();
    private int _current = -1;
    private bool _isTooLarge;
    private int _steps;

    private TypeOwnershipReader(INamedTypeSymbol type, ObligationContext context, SummarySession session, CancellationToken cancellationToken)
    {
        _type = type;
        _context = context;
        _session = session;
        _calls = new CallModel(context, session);
        _acquisitions = new Acquisitions(context, _calls);
        _cancellationToken = cancellationToken;
    }

    /// <summary>One body of the type, and what it does besides moving values.</summary>
    private sealed class Part
    {
        public Part(ISymbol owner, IOperation root)
        {
            Owner = owner;
            Root = root;
        }

        public ISymbol Owner { get; }

        public IOperation Root { get; }

        /// <summary>The methods of the type that it calls or makes delegates of.</summary>
        public HashSet<ISymbol> Calls { get; } = new(SymbolEqualityComparer.Default);

        /// <summary>The same in a <c>catch</c> that throws on.</summary>
        public HashSet<ISymbol> CallsOnFailure { get; } = new(SymbolEqualityComparer.Default);

        /// <summary>The methods of base classes that it calls on the object.</summary>
        public HashSet<IMethodSymbol> BaseCalls { get; } = new(SymbolEqualityComparer.Default);

        public HashSet<object> Released { get; } = new();

        /// <summary>Released in a <c>catch</c> that throws on: nothing that is done on success.</summary>
        public HashSet<object> ReleasedOnFailure { get; } = new();

        /// <summary>Connected, opened or started.</summary>
        public HashSet<object> Begun { get; } = new();

        /// <summary>It redirects a standard stream of some process.</summary>
        public bool RedirectsProcess { get; set; }

        public bool LetsThisEscape { get; set; }

        public bool CallsAbstract { get; set; }

        /// <summary>For a constructor: the one that it chains to.</summary>
        public IMethodSymbol? ChainsTo { get; set; }
    }

    public static TypeOwnership Read(INamedTypeSymbol type, ObligationContext context, SummarySession session, CancellationToken cancellationToken)
    {
        var reader = new TypeOwnershipReader(type, context, session, cancellationToken);
        reader.FindHolders();
        if (reader._holders.Count == 0 && !context.OwningTypes.MayOwn(type) && !context.OwningTypes.MayWrap(type))
        {
            return TypeOwnership.Unknown;
        }

        reader.FindParts();
        return !reader._isTooLarge && reader.Solve() ? reader.Conclude() : TypeOwnership.Unknown;
    }

    private void FindHolders()
    {
        foreach (var member in _type.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: false, IsConst: false } field && OwningTypes.CanHold(field.Type))
            {
                AddHolder(HolderOf(field));
            }
        }

        foreach (var constructor in _type.InstanceConstructors)
        {
            foreach (var parameter in constructor.Parameters)
            {
                if (!OwningTypes.CanHold(parameter.Type) || !OwningTypes.IsCapturedParameter(parameter))
                {
                    continue;
                }

                AddHolder(parameter);
                if (SymbolWords.PositionalProperty(parameter) is { } property && _isHolder.Contains(property))
                {
                    AddValues(property, ValuesOf(parameter));
                }
            }
        }
    }

    private void AddHolder(ISymbol symbol)
    {
        _holders.Add(symbol);
        _isHolder.Add(symbol);
        VariableOf(symbol).Add(Values.Empty.Add(symbol), _isStale);
        _held.Add(symbol);
    }

    private void FindParts()
    {
        if (TypeBodies.Read(_type, _context, MaxBodies, _cancellationToken) is not { } bodies)
        {
            _isTooLarge = true;
            return;
        }

        foreach (var body in bodies)
        {
            _parts.Add(new Part(Definition(body.Owner), body.Root));
        }
    }

    /// <summary>Reads every body, and again where what it has looked at has come to be more.</summary>
    private bool Solve()
    {
        _isStale = new bool[_parts.Count];
        _asksForHeld = new bool[_parts.Count];
        for (var i = 0; i < _isStale.Length; i++)
        {
            _isStale[i] = true;
        }

        for (var round = 0; round < MaxRounds; round++)
        {
            for (var i = 0; i < _parts.Count; i++)
            {
                _cancellationToken.ThrowIfCancellationRequested();
                if (_isStale[i])
                {
                    _isStale[i] = false;
                    _current = i;
                    Read(_parts[i]);
                    if (_isTooLarge)
                    {
                        return false;
                    }
                }
            }

            if (Array.IndexOf(_isStale, true) < 0)
            {
                _current = -1;
                return true;
            }
        }

        return false;
    }

    private Values ValuesOf(ISymbol symbol) => VariableOf(symbol).ReadBy(_current);

    private FlowVariable VariableOf(ISymbol symbol)
    {
        if (!_variables.TryGetValue(symbol, out var variable))
        {
            variable = new FlowVariable(symbol is IParameterSymbol ? Values.Empty.Add(symbol) : Values.Empty);
            _variables.Add(symbol, variable);
        }

        return variable;
    }

    private void AddValues(ISymbol symbol, Values values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        VariableOf(symbol).Add(values, _isStale);
        if (!_isHolder.Contains(symbol))
        {
            return;
        }

        var isMore = false;
        foreach (var value in values)
        {
            isMore |= value != This && _held.Add(value);
        }

        for (var i = 0; isMore && i < _asksForHeld.Length; i++)
        {
            _isStale[i] |= _asksForHeld[i];
        }
    }

    /// <summary>Whether what becomes of the value matters: a field of the type holds it at some time.</summary>
    private bool Matters(Values values)
    {
        foreach (var value in values)
        {
            if (IsHeld(value))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsHeld(object value)
    {
        _asksForHeld[_current] = true;
        return _held.Contains(value);
    }

    private bool Overlaps(HashSet<object> set, ISymbol holder)
    {
        foreach (var value in ValuesOf(holder))
        {
            if (set.Contains(value))
            {
                return true;
            }
        }

        return false;
    }

    private TypeOwnership Conclude()
    {
        var acquisitions = FindAcquisitions();
        var partsOf = new Dictionary<ISymbol, List<Part>>(SymbolEqualityComparer.Default);
        foreach (var part in _parts)
        {
            if (!partsOf.TryGetValue(part.Owner, out var list))
            {
                partsOf.Add(part.Owner, list = new List<Part>());
            }

            list.Add(part);
        }

        var held = ImmutableArray.CreateBuilder<HeldResource>();
        foreach (var holder in _holders)
        {
            held.Add(new HeldResource(
                holder,
                acquisitions.TryGetValue(holder, out var own) ? own.ToImmutableArray() : ImmutableArray<HeldAcquisition>.Empty,
                IsReleased(holder),
                Overlaps(_escaped, holder),
                Overlaps(_begun, holder),
                Overlaps(_listening, holder),
                HoldsParameter(holder),
                ExposersOf(holder),
                LendersOf(holder)));
        }

        var reached = new Dictionary<ISymbol, HashSet<Part>>(SymbolEqualityComparer.Default);
        var effects = new Dictionary<ISymbol, OwnerEffect>(SymbolEqualityComparer.Default);
        var releasedBy = new Dictionary<ISymbol, ISymbol[]>(SymbolEqualityComparer.Default);
        var releasesOnThrow = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var owner in partsOf.Keys)
        {
            if (owner is not IMethodSymbol method || !IsOwn(method))
            {
                continue;
            }

            var parts = Reach(method, partsOf);
            reached.Add(method, parts);
            var released = ReleasedIn(parts);
            if (!released.IsEmpty)
            {
                releasedBy.Add(method, released.ToArray());
            }

            effects.Add(method, EffectOf(parts, !released.IsEmpty));
            if (ReleasesOnFailure(parts, partsOf))
            {
                releasesOnThrow.Add(method);
            }
        }

        var owned = OwnedHolders(held, reached);
        var owning = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var taken = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var kept = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var wrapped = new Dictionary<ISymbol, BaseWrap>(SymbolEqualityComparer.Default);
        foreach (var constructor in _type.InstanceConstructors)
        {
            foreach (var parameter in constructor.Parameters)
            {
                if (_wrappedByBase.TryGetValue(parameter, out var wrap))
                {
                    wrapped.Add(parameter, wrap);
                }
            }

            if (effects.TryGetValue(constructor, out var effect) && effect != OwnerEffect.None)
            {
                continue;
            }

            if (OwnsFromConstruction(constructor, owned, partsOf))
            {
                owning.Add(constructor);
            }

            foreach (var parameter in constructor.Parameters)
            {
                if (IsIn(owned, parameter))
                {
                    taken.Add(parameter);
                }
                else if (IsKept(held, parameter))
                {
                    kept.Add(parameter);
                }
            }
        }

        return new TypeOwnership(isKnown: true, held.ToImmutable(), owning, taken, kept, wrapped, effects, releasesOnThrow, releasedBy);
    }

    /// <summary>The acquisitions, each at the field that holds it itself rather than a view of it or a wrapper over it.</summary>
    private Dictionary<ISymbol, List<HeldAcquisition>> FindAcquisitions()
    {
        var found = new Dictionary<ISymbol, List<HeldAcquisition>>(SymbolEqualityComparer.Default);
        foreach (var entry in Ordered(_sites))
        {
            if (!_held.Contains(entry.Key)
                || SymbolEqualityComparer.Default.Equals(SymbolWords.WithoutTask(entry.Key.Type)?.OriginalDefinition, _type)
                || !_acquisitions.IsAcquisition(entry.Key, out var kind)
                || (kind == ResourceKind.Process && !IsRedirected(entry.Key, entry.Value)))
            {
                continue;
            }

            ISymbol? primary = null;
            foreach (var holder in _holders)
            {
                if (ValuesOf(holder).Contains(entry.Key) && (primary is null || (!HoldsItself(primary, entry.Key) && HoldsItself(holder, entry.Key))))
                {
                    primary = holder;
                }
            }

            if (primary is null)
            {
                continue;
            }

            if (!found.TryGetValue(primary, out var list))
            {
                found.Add(primary, list = new List<HeldAcquisition>());
            }

            list.Add(new HeldAcquisition(entry.Key.Syntax, entry.Value.Owner, kind, _acquisitions.IsDormantWhenMade(entry.Key)));
        }

        return found;
    }

    /// <summary>Whether the body that makes the process, or one that starts it, redirects standard streams.</summary>
    private bool IsRedirected(IOperation site, Part where)
    {
        foreach (var part in _parts)
        {
            if (part.RedirectsProcess && (part == where || part.Begun.Contains(site)))
            {
                return true;
            }
        }

        return false;
    }

    private static List<KeyValuePair<IOperation, Part>> Ordered(Dictionary<IOperation, Part> sites)
    {
        var list = new List<KeyValuePair<IOperation, Part>>(sites);
        list.Sort((left, right) =>
        {
            var byFile = string.CompareOrdinal(left.Key.Syntax.SyntaxTree.FilePath, right.Key.Syntax.SyntaxTree.FilePath);
            return byFile != 0 ? byFile : left.Key.Syntax.SpanStart.CompareTo(right.Key.Syntax.SpanStart);
        });
        return list;
    }

    private static bool HoldsItself(ISymbol holder, IOperation site) => SymbolEqualityComparer.Default.Equals(TypeOf(holder), SymbolWords.WithoutTask(site.Type));

    private static ITypeSymbol? TypeOf(ISymbol holder) => holder switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };

    /// <summary>Released anywhere, but for a body that fills the field and gives it back only when it fails.</summary>
    private bool IsReleased(ISymbol holder)
    {
        if (Overlaps(_released, holder))
        {
            return true;
        }

        foreach (var part in _parts)
        {
            if (Overlaps(part.ReleasedOnFailure, holder) && !Fills(part, holder))
            {
                return true;
            }
        }

        return false;
    }

    private bool Fills(Part part, ISymbol holder)
    {
        foreach (var value in ValuesOf(holder))
        {
            if (value is IOperation site && _sites.TryGetValue(site, out var where) && where == part)
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsParameter(ISymbol holder)
    {
        foreach (var value in ValuesOf(holder))
        {
            if (value is IParameterSymbol && !ReferenceEquals(value, holder))
            {
                return true;
            }
        }

        return holder is IParameterSymbol;
    }

    private ImmutableArray<ISymbol> ExposersOf(ISymbol holder)
    {
        var exposers = ImmutableArray.CreateBuilder<ISymbol>();
        foreach (var member in _type.GetMembers())
        {
            if (member is IPropertySymbol { GetMethod: { } getter, DeclaredAccessibility: not Accessibility.Private } && !_isHolder.Contains(member) && ValuesOf(getter).Contains(holder))
            {
                exposers.Add(member);
            }
        }

        return exposers.ToImmutable();
    }

    private ImmutableArray<ISymbol> LendersOf(ISymbol holder)
    {
        var lenders = ImmutableArray<ISymbol>.Empty;
        foreach (var lender in _lenders)
        {
            if (ValuesOf(lender).Contains(holder))
            {
                lenders = lenders.Add(lender);
            }
        }

        return lenders;
    }

    /// <summary>The bodies that a call of the method can run or set going, within the type.</summary>
    private HashSet<Part> Reach(ISymbol method, Dictionary<ISymbol, List<Part>> partsOf)
    {
        var reached = new HashSet<Part>();
        var queue = new Queue<ISymbol>();
        queue.Enqueue(method);
        while (queue.Count > 0)
        {
            if (!partsOf.TryGetValue(queue.Dequeue(), out var parts))
            {
                continue;
            }

            foreach (var part in parts)
            {
                if (!reached.Add(part))
                {
                    continue;
                }

                foreach (var called in part.Calls)
                {
                    queue.Enqueue(called);
                }
            }
        }

        return reached;
    }

    private ImmutableArray<ISymbol> ReleasedIn(HashSet<Part> parts)
    {
        ImmutableArray<ISymbol>.Builder? released = null;
        foreach (var holder in _holders)
        {
            foreach (var part in parts)
            {
                if (Overlaps(part.Released, holder))
                {
                    (released ??= ImmutableArray.CreateBuilder<ISymbol>()).Add(holder);
                    break;
                }
            }
        }

        return released?.ToImmutable() ?? ImmutableArray<ISymbol>.Empty;
    }

    /// <summary>Whether one of the bodies releases something before it lets an exception go on.</summary>
    private bool ReleasesOnFailure(HashSet<Part> parts, Dictionary<ISymbol, List<Part>> partsOf)
    {
        foreach (var part in parts)
        {
            foreach (var holder in _holders)
            {
                if (Overlaps(part.ReleasedOnFailure, holder))
                {
                    return true;
                }
            }

            foreach (var called in part.CallsOnFailure)
            {
                if (!ReleasedIn(Reach(called, partsOf)).IsEmpty)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private OwnerEffect EffectOf(HashSet<Part> parts, bool releases)
    {
        if (releases)
        {
            return OwnerEffect.Releases;
        }

        var effect = OwnerEffect.None;
        foreach (var part in parts)
        {
            if (part.LetsThisEscape || part.CallsAbstract)
            {
                effect = OwnerEffect.Escapes;
            }

            foreach (var called in part.BaseCalls)
            {
                switch (_session.OwnershipOf(called.ContainingType).EffectOf(called))
                {
                    case OwnerEffect.Releases:
                        return OwnerEffect.Releases;
                    case OwnerEffect.Escapes:
                        effect = OwnerEffect.Escapes;
                        break;
                }
            }
        }

        return effect;
    }

    /// <summary>The fields whose resources an object of the type frees when it is released itself.</summary>
    private List<HeldResource> OwnedHolders(ImmutableArray<HeldResource>.Builder held, Dictionary<ISymbol, HashSet<Part>> reached)
    {
        var owned = new List<HeldResource>();
        foreach (var resource in held)
        {
            // Who is lent it has a way to it, as through a property: it is the object's all the same.
            if ((resource.Escapes && !resource.IsOnlyLent) || !resource.IsReleased)
            {
                continue;
            }

            foreach (var entry in reached)
            {
                if (!IsReleaseMember(entry.Key))
                {
                    continue;
                }

                var isReleased = false;
                foreach (var part in entry.Value)
                {
                    isReleased |= Overlaps(part.Released, resource.Symbol);
                }

                if (isReleased)
                {
                    owned.Add(resource);
                    break;
                }
            }
        }

        return owned;
    }

    private static bool IsReleaseMember(ISymbol method)
    {
        var name = method.Name;
        var start = name.LastIndexOf('.') + 1;
        return !method.IsStatic
            && (string.CompareOrdinal(name, start, "Dispose", 0, 7) == 0 || string.CompareOrdinal(name, start, "Close", 0, 5) == 0);
    }

    private bool IsIn(List<HeldResource> owned, IParameterSymbol parameter)
    {
        if (_givenToBase.Contains(parameter))
        {
            return true;
        }

        foreach (var resource in owned)
        {
            if (ValuesOf(resource.Symbol).Contains(parameter))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsKept(ImmutableArray<HeldResource>.Builder held, IParameterSymbol parameter)
    {
        var isKept = false;
        foreach (var resource in held)
        {
            if (ValuesOf(resource.Symbol).Contains(parameter))
            {
                if (resource.IsReleased || resource.Escapes)
                {
                    return false;
                }

                isKept = true;
            }
        }

        return isKept;
    }

    private bool OwnsFromConstruction(IMethodSymbol constructor, List<HeldResource> owned, Dictionary<ISymbol, List<Part>> partsOf, int depth = 0)
    {
        // `: this(…)` runs the initializers there.
        var chainsTo = partsOf.TryGetValue(constructor, out var parts) ? parts[0].ChainsTo : null;
        var isOwnChain = chainsTo is not null && IsOwn(chainsTo);
        return HasAcquisition(owned, constructor, withInitializers: !isOwnChain)
            || GivesToBase(constructor)
            || (isOwnChain ? depth < 8 && OwnsFromConstruction(chainsTo!.OriginalDefinition, owned, partsOf, depth + 1) : BaseOwns(chainsTo));
    }

    /// <summary>Whether the constructor gives its base class, which releases it, a resource that it makes for that: <c>: base(File.Create(path))</c>.</summary>
    private bool GivesToBase(IMethodSymbol constructor)
    {
        foreach (var entry in _sites)
        {
            if (_givenToBase.Contains(entry.Key)
                && SymbolEqualityComparer.Default.Equals(entry.Value.Owner, constructor)
                && IsUnconditional(entry.Key.Syntax)
                && _acquisitions.IsAcquisition(entry.Key, out var kind)
                && IsOwnersBusiness(kind)
                && !_acquisitions.IsDormantWhenMade(entry.Key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Clients are made to be kept; listeners, writers and processes are the business of other rules.</summary>
    private static bool IsOwnersBusiness(ResourceKind kind) => kind is not (ResourceKind.Http or ResourceKind.Listener or ResourceKind.Writer or ResourceKind.Process);

    private bool BaseOwns(IMethodSymbol? chainsTo)
    {
        if (chainsTo is null)
        {
            if (_type.BaseType is not { } baseType || !_context.HasCode(baseType))
            {
                return false;
            }

            foreach (var constructor in baseType.InstanceConstructors)
            {
                if (constructor.Parameters.IsEmpty)
                {
                    chainsTo = constructor;
                }
            }
        }

        return chainsTo is not null
            && _context.OwningTypes.MayOwn(chainsTo.ContainingType)
            && _session.OwnershipOf(chainsTo.ContainingType).OwnsFromConstruction(chainsTo);
    }

    private static bool HasAcquisition(List<HeldResource> owned, IMethodSymbol constructor, bool withInitializers)
    {
        foreach (var resource in owned)
        {
            foreach (var acquisition in resource.Acquisitions)
            {
                if (acquisition.IsDormant || !IsOwnersBusiness(acquisition.Kind))
                {
                    continue;
                }

                if (acquisition.Owner is IFieldSymbol or IPropertySymbol ? withInitializers
                    : SymbolEqualityComparer.Default.Equals(acquisition.Owner, constructor) && IsUnconditional(acquisition.Syntax))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether the expression is evaluated whenever its constructor runs to its end.</summary>
    private static bool IsUnconditional(SyntaxNode node)
    {
        for (var current = node; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case ConstructorDeclarationSyntax or TypeDeclarationSyntax:
                    return true;
                case IfStatementSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax
                    or CatchClauseSyntax or ConditionalExpressionSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or ConditionalAccessExpressionSyntax:
                case BinaryExpressionSyntax { RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.CoalesceExpression }:
                case AssignmentExpressionSyntax { RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.CoalesceAssignmentExpression }:
                    return false;
            }
        }

        return false;
    }
}
