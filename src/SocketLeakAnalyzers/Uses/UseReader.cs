using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;
using Values = SocketLeakAnalyzers.Semantics.ValueSet;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// Reads the code of one type, of the types nested in it and of its bases in the compilation, and tells for each network object what is done with
/// it: which bounds are set, which calls use the network, where it is closed, where it goes. The order of statements is not looked at: a variable is
/// everything that it is ever given. Rules that say "never" are safe with that, as a setting anywhere counts; what is not understood is given to
/// unknown code, which those rules pass over.
/// </summary>
internal sealed partial class UseReader
{
    private const int MaxBodies = 500;
    private const int MaxSteps = 600_000;
    private const int MaxRounds = 30;
    private const int MaxDepth = 200;
    private const int MaxBases = 8;

    /// <summary>Stands for a delegate of which nothing is known.</summary>
    private static readonly object UnknownFunction = new();

    private readonly INamedTypeSymbol _type;
    private readonly ObligationContext _context;
    private readonly OwnershipModel _model;
    private readonly CancellationToken _cancellationToken;

    private readonly HashSet<ISymbol> _ownTypes = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> _bases = new();
    private readonly List<TypeBody> _bodies = new();
    private int _ownBodies;

    // What each variable, field, and result of a function can ever be: objects, calls that are under way, functions.
    private readonly Dictionary<ISymbol, FlowVariable> _variables = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, CodeFunction> _functions = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IOperation, NetworkObject> _sites = new();
    private readonly Dictionary<ISymbol, NetworkObject> _given = new(SymbolEqualityComparer.Default);
    private readonly OperationTable<NetworkCall> _calls = new();
    private readonly OperationTable<BoundSetting> _settings = new();
    private readonly Dictionary<IOperation, Closing> _closings = new();
    private readonly Dictionary<CodeFunction, Dictionary<IOperation, CallSite>> _callSites = new();
    private readonly List<NetworkObject> _objects = new();
    private readonly Dictionary<ISymbol, List<CallSite>> _outsideCalls = new(SymbolEqualityComparer.Default);

    // The methods of which delegates are made: others may call them.
    private readonly HashSet<CodeFunction> _delegates = new();

    // Places of a network type that nothing had filled when they were read.
    private readonly List<ISymbol> _empty = new();
    private readonly HashSet<ISymbol> _noted = new(SymbolEqualityComparer.Default);

    // A body is read again only where a variable that it reads has changed since: what it says depends on nothing else.
    private bool[] _isStale = Array.Empty<bool>();
    private bool[] _awaitsSettling = Array.Empty<bool>();
    private int _current = -1;

    // All that flows has flown: what is still empty is somebody else's.
    private bool _isSettled;
    private bool _isTooLarge;
    private int _steps;

    private UseReader(INamedTypeSymbol type, ObligationContext context, CancellationToken cancellationToken)
    {
        _type = type;
        _context = context;
        _model = context.Model;
        _cancellationToken = cancellationToken;
    }

    public static TypeUses Read(INamedTypeSymbol type, ObligationContext context, CancellationToken cancellationToken)
    {
        context.FilterFor(cancellationToken);
        var reader = new UseReader(type, context, cancellationToken);
        return reader.FindBodies() && reader.Solve() ? reader.Conclude() : TypeUses.Unknown;
    }

    private bool FindBodies()
    {
        AddOwnType(_type);
        if (!ReadBodies(_type))
        {
            return false;
        }

        _ownBodies = _bodies.Count;
        for (var i = 0; i < _bases.Count && i < MaxBases; i++)
        {
            AddOwnType(_bases[i]);
            if (!ReadBodies(_bases[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadBodies(INamedTypeSymbol type)
    {
        if (TypeBodies.Read(type, _context, MaxBodies, _cancellationToken) is not { } bodies)
        {
            return false;
        }

        _bodies.AddRange(bodies);
        return _bodies.Count <= MaxBodies;
    }

    private void AddOwnType(INamedTypeSymbol type)
    {
        _ownTypes.Add(type);
        if (type.BaseType?.OriginalDefinition is { } baseType && _context.HasCode(baseType) && !_ownTypes.Contains(baseType) && !_bases.Contains(baseType))
        {
            _bases.Add(baseType);
        }

        foreach (var nested in type.GetTypeMembers())
        {
            AddOwnType(nested);
        }
    }

    private bool Solve()
    {
        _isStale = new bool[_bodies.Count];
        _awaitsSettling = new bool[_bodies.Count];
        for (var i = 0; i < _isStale.Length; i++)
        {
            _isStale[i] = true;
        }

        for (var round = 0; round < MaxRounds; round++)
        {
            if (!ReadStale())
            {
                return false;
            }

            // Only what is still empty when all has flown is somebody else's.
            if (IsAnyStale() || FillEmpty())
            {
                continue;
            }

            if (_isSettled)
            {
                return true;
            }

            _isSettled = true;
            for (var i = 0; i < _isStale.Length; i++)
            {
                _isStale[i] = _awaitsSettling[i];
            }
        }

        return false;
    }

    /// <returns>False: there is too much of it.</returns>
    private bool ReadStale()
    {
        for (var i = 0; i < _bodies.Count; i++)
        {
            if (_isStale[i])
            {
                _cancellationToken.ThrowIfCancellationRequested();
                _isStale[i] = false;
                _current = i;
                Read(_bodies[i], isInherited: i >= _ownBodies);
                if (_isTooLarge)
                {
                    return false;
                }
            }
        }

        _current = -1;
        return true;
    }

    private bool IsAnyStale() => Array.IndexOf(_isStale, true) >= 0;

    /// <summary>Whether all that flows has flown. Who asks before that is asked again then.</summary>
    private bool IsSettled()
    {
        if (!_isSettled)
        {
            _awaitsSettling[_current] = true;
        }

        return _isSettled;
    }

    /// <summary>
    /// What nothing here fills is filled by others: first what callers give, as that may flow into the fields, then the fields, then the rest.
    /// </summary>
    private bool FillEmpty() =>
        FillEmpty(IsFilledOutside) || FillEmpty(static place => place is not IParameterSymbol) || FillEmpty(static _ => true);

    private bool FillEmpty(Predicate<ISymbol> isFilled)
    {
        var hasFilled = false;
        foreach (var place in _empty)
        {
            if (isFilled(place) && (!HasObject(ValuesOf(place)) || IsFilledOutside(place)) && !_given.ContainsKey(place) && TypeOf(place) is { } type)
            {
                var networkObject = Make(place is IParameterSymbol ? ObjectOrigin.Parameter : ObjectOrigin.Member, type, place, null, FunctionOfParameter(place));
                _given.Add(place, networkObject);
                AddValues(place, Values.Empty.Add(networkObject));
                hasFilled = true;
            }
        }

        return hasFilled;
    }

    private CodeFunction? FunctionOfParameter(ISymbol place) =>
        place is IParameterSymbol { ContainingSymbol: { } method } && _functions.TryGetValue(method, out var function) ? function : null;

    private NetworkObject Make(ObjectOrigin origin, ITypeSymbol type, ISymbol? symbol, IOperation? site, CodeFunction? function)
    {
        var networkObject = new NetworkObject(origin, type, symbol, site, function, _model.GetTypeFacts(type));
        _objects.Add(networkObject);
        return networkObject;
    }

    private TypeUses Conclude()
    {
        foreach (var entry in _variables)
        {
            foreach (var value in entry.Value.Values)
            {
                if (value is NetworkObject networkObject)
                {
                    networkObject.Places.Add(entry.Key);
                }
            }
        }

        var order = new SourceOrder(_type);
        _objects.Sort((left, right) => order.Compare(left.Site, right.Site) is var bySite && bySite != 0 ? bySite : order.Compare(left.Symbol, right.Symbol));
        var calls = new List<NetworkCall>(_calls.All);
        calls.Sort((left, right) => order.Compare(left.Operation, right.Operation));
        foreach (var networkObject in _objects)
        {
            networkObject.Settings.Sort((left, right) => order.Compare(left.Operation, right.Operation));
            networkObject.Closings.Sort((left, right) => order.Compare(left.Operation, right.Operation));
            networkObject.Starts.Sort((left, right) => order.Compare(left.Operation, right.Operation));
            networkObject.Calls.Clear();
        }

        ConcludeEvents();
        foreach (var call in calls)
        {
            if (call.TokenValue is IParameterReferenceOperation { Parameter: var token } && IsNeverGiven(token, depth: 0))
            {
                call.Token = TokenUse.None;
            }

            call.Objects.Sort((left, right) => _objects.IndexOf(left).CompareTo(_objects.IndexOf(right)));
            foreach (var networkObject in call.Objects)
            {
                networkObject.Calls.Add(call);
            }
        }

        return new TypeUses(_objects.ToImmutableArray(), calls.ToImmutableArray(), _functions, _outsideCalls, isKnown: true);
    }

    /// <summary>Whether every call of a function that only the type can call leaves this token out, or gives one that can never be cancelled.</summary>
    private bool IsNeverGiven(IParameterSymbol token, int depth)
    {
        if (depth > 8
            || token.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method
            || !_functions.TryGetValue(Definition(method), out var function)
            || function is { IsVisibleOutside: true } or { IsGivenToUnknown: true } or { RunsOn.Count: > 0 } or { CallSites.Count: 0 }
            || _delegates.Contains(function))
        {
            return false;
        }

        foreach (var site in function.CallSites)
        {
            if (site.Operation is not IInvocationOperation call || site.BoundedWaits.Count > 0 || OperationWords.ArgumentAt(call.Arguments, token.Ordinal) is not { } argument)
            {
                return false;
            }

            var value = argument.Value.WithoutConversions();
            if (argument.ArgumentKind != ArgumentKind.DefaultValue
                && !Tokens.IsNone(value)
                && !(value is IParameterReferenceOperation { Parameter: var outer } && IsNeverGiven(outer, depth + 1)))
            {
                return false;
            }
        }

        return true;
    }

    private Values ValuesOf(ISymbol symbol) => VariableOf(symbol).ReadBy(_current);

    private FlowVariable VariableOf(ISymbol symbol)
    {
        if (!_variables.TryGetValue(symbol, out var variable))
        {
            variable = new FlowVariable(Values.Empty);
            _variables.Add(symbol, variable);
        }

        return variable;
    }

    private void AddValues(ISymbol symbol, Values values)
    {
        if (!values.IsEmpty)
        {
            VariableOf(symbol).Add(values, _isStale);
        }
    }

    /// <summary>What a place holds; one of a network type that holds nothing is noted, for others to have filled it.</summary>
    private Values ReadPlace(ISymbol place)
    {
        var values = ValuesOf(place);
        if ((!HasObject(values) || (IsFilledOutside(place) && !_given.ContainsKey(place))) && TypeOf(place) is { } type && (IsNetwork(type) || _model.GetTypeFacts(type).IsResource))
        {
            if (_noted.Add(place))
            {
                _empty.Add(place);
            }
        }

        // A delegate that code outside can give may be any.
        return TypeOf(place) is { TypeKind: TypeKind.Delegate } && (IsFilledOutside(place) || place is IFieldSymbol or IPropertySymbol && place.DeclaredAccessibility != Accessibility.Private)
            ? values.Add(UnknownFunction)
            : values;
    }

    /// <summary>A parameter of a method that code outside the type can call.</summary>
    private static bool IsFilledOutside(ISymbol place) =>
        place is IParameterSymbol { ContainingSymbol: IMethodSymbol { DeclaredAccessibility: not (Accessibility.Private or Accessibility.NotApplicable) } method } && !IsOfPrivateType(method);

    /// <summary>Whether it is a member of a private nested type that only the type around it can call: nothing that it overrides or implements leads to it.</summary>
    private static bool IsOfPrivateType(IMethodSymbol method) =>
        method.ContainingType is { DeclaredAccessibility: Accessibility.Private, ContainingType: not null } nested
        && (method.MethodKind == MethodKind.Constructor || (nested.AllInterfaces.IsEmpty && method is { IsOverride: false, IsVirtual: false, IsAbstract: false }));

    /// <summary>Whether it stands for a method of another type: what that does is read there.</summary>
    private static bool IsForeign(CodeFunction function) => function.Symbol is IMethodSymbol method && function.OtherCalls.Contains(method);

    private static bool HasObject(Values values)
    {
        foreach (var value in values)
        {
            if (value is NetworkObject)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasNetworkObject(Values values)
    {
        foreach (var value in values)
        {
            if (value is NetworkObject { IsNetwork: true })
            {
                return true;
            }
        }

        return false;
    }

    private bool IsNetwork(ITypeSymbol? type) => type is not null && _model.GetTypeFacts(type).IsNetwork;

    private static ITypeSymbol? TypeOf(ISymbol place) => place switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IParameterSymbol parameter => parameter.Type,
        ILocalSymbol local => local.Type,
        _ => null,
    };

    /// <summary>The type of what a call gives: inside a task, and of the first network object in a tuple.</summary>
    private ITypeSymbol? NetworkTypeIn(ITypeSymbol? type)
    {
        type = SymbolWords.WithoutTask(type);
        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            foreach (var element in tuple.TupleElements)
            {
                if (IsNetwork(element.Type))
                {
                    return element.Type;
                }
            }

            return null;
        }

        return IsNetwork(type) ? type : null;
    }

    /// <summary>Whether a value of the type can be, or carry on, what the analysis follows: no number, no text.</summary>
    private static bool CanCarry(ITypeSymbol? type) => type switch
    {
        null => false,
        { SpecialType: SpecialType.System_Object } => true,
        { SpecialType: not SpecialType.None } => false,
        { TypeKind: TypeKind.Enum or TypeKind.Pointer } => false,
        IArrayTypeSymbol array => CanCarry(array.ElementType),
        _ => true,
    };

    private bool IsOwn(ISymbol member) => member.ContainingType is { } type && _ownTypes.Contains(type.OriginalDefinition);

    /// <summary>The symbol under which a member is known: unconstructed, not reduced, the part of a partial method that declares it.</summary>
    public static ISymbol Definition(ISymbol symbol)
    {
        if (symbol is IMethodSymbol method)
        {
            method = (method.ReducedFrom ?? method).OriginalDefinition;
            return method.PartialDefinitionPart ?? method;
        }

        return symbol.OriginalDefinition;
    }

    private CodeFunction FunctionOf(ISymbol symbol)
    {
        if (!_functions.TryGetValue(symbol, out var function))
        {
            function = new CodeFunction(symbol);
            _functions.Add(symbol, function);
        }

        return function;
    }

    /// <summary>Orders by file and position, the type's own declarations first.</summary>
    private sealed class SourceOrder
    {
        private readonly HashSet<SyntaxTree> _own = new();

        public SourceOrder(INamedTypeSymbol type)
        {
            foreach (var reference in type.DeclaringSyntaxReferences)
            {
                _own.Add(reference.SyntaxTree);
            }
        }

        public int Compare(IOperation? left, IOperation? right) => left is null || right is null
            ? (left is null ? 1 : 0) - (right is null ? 1 : 0)
            : Compare(left.Syntax.SyntaxTree, left.Syntax.Span.End, left.Syntax.SpanStart, right.Syntax.SyntaxTree, right.Syntax.Span.End, right.Syntax.SpanStart);

        public int Compare(ISymbol? left, ISymbol? right)
        {
            var first = left?.DeclaringSyntaxReferences;
            var second = right?.DeclaringSyntaxReferences;
            if (first is not { IsEmpty: false } one || second is not { IsEmpty: false } other)
            {
                return (first is not { IsEmpty: false } ? 1 : 0) - (second is not { IsEmpty: false } ? 1 : 0);
            }

            return Compare(one[0].SyntaxTree, one[0].Span.End, one[0].Span.Start, other[0].SyntaxTree, other[0].Span.End, other[0].Span.Start);
        }

        // By where it ends: of nested calls the inner one runs first.
        private int Compare(SyntaxTree leftTree, int leftEnd, int leftStart, SyntaxTree rightTree, int rightEnd, int rightStart)
        {
            if (leftTree != rightTree)
            {
                var byOwn = (_own.Contains(leftTree) ? 0 : 1) - (_own.Contains(rightTree) ? 0 : 1);
                return byOwn != 0 ? byOwn : string.CompareOrdinal(leftTree.FilePath, rightTree.FilePath);
            }

            return leftEnd != rightEnd ? leftEnd.CompareTo(rightEnd) : rightStart.CompareTo(leftStart);
        }
    }
}
