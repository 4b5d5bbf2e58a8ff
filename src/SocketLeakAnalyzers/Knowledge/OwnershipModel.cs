using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>
/// What the ownership rows, and the attributes <c>[MustDisposeResource]</c> and <c>[HandlesResourceDisposal]</c>, say of the
/// symbols of one compilation. A member without a row follows what it overrides, implements or hides, so the rows of a base
/// class hold for classes that nobody has listed. Every answer depends on the symbol alone and is kept, so the order in which
/// threads ask changes nothing; a symbol that the rows do not know costs one look-up in a dictionary from the second time on.
/// </summary>
internal sealed class OwnershipModel
{
    private const string ConstructorName = "#ctor";

    private readonly OwnershipRowIndex _userIndex;
    private readonly OwnershipRowIndex _embeddedIndex;
    private readonly OwnershipRowIndex? _additionalTypes;
    private readonly OwnershipRowIndex? _excludedTypes;
    private readonly ConcurrentDictionary<ITypeSymbol, TypeFacts> _types = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, MemberFacts> _members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, UseFacts> _uses = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, bool> _throws = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IAssemblySymbol, bool> _platformAssemblies = new(SymbolEqualityComparer.Default);

    private OwnershipModel(Compilation compilation, ImmutableArray<OwnershipRow> userRows, ImmutableArray<string> additionalTypes, ImmutableArray<string> excludedTypes)
    {
        _additionalTypes = IndexOf(additionalTypes);
        _excludedTypes = IndexOf(excludedTypes);
        UserRows = userRows.IsDefault ? ImmutableArray<OwnershipRow>.Empty : userRows;
        _userIndex = UserRows.IsEmpty ? OwnershipRowIndex.Empty : new OwnershipRowIndex(UserRows);
        _embeddedIndex = OwnershipRowIndex.Embedded;
        IsNetFramework = compilation.GetSpecialType(SpecialType.System_Object).ContainingAssembly?.Name == "mscorlib";
    }

    /// <summary>The code is compiled for .NET Framework, whose library differs in some places.</summary>
    public bool IsNetFramework { get; }

    /// <summary>The rows of the user, which win over the embedded ones.</summary>
    public ImmutableArray<OwnershipRow> UserRows { get; }

    /// <summary>The simple names of the types that rows and options make resources.</summary>
    public IEnumerable<string> ResourceTypeNames => Names(static index => index.ResourceTypeNames);

    /// <summary>The simple names of the types that are HTTP clients or their handlers by a row.</summary>
    public IEnumerable<string> ClientTypeNames => Names(static index => index.ClientTypeNames);

    /// <summary>The names of the members that give a resource by a row.</summary>
    public IEnumerable<string> AcquiringMemberNames => Names(static index => index.AcquiringMemberNames);

    private IEnumerable<string> Names(Func<OwnershipRowIndex, ImmutableArray<string>> of)
    {
        foreach (var index in Indexes())
        {
            foreach (var name in of(index))
            {
                yield return name;
            }
        }
    }

    private IEnumerable<OwnershipRowIndex> Indexes()
    {
        yield return _embeddedIndex;
        yield return _userIndex;
        if (_additionalTypes is not null)
        {
            yield return _additionalTypes;
        }
    }

    /// <summary>The model for one compilation.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="userRows">Rows that win over the embedded ones.</param>
    /// <param name="additionalTypes">Types that are resources besides, as rows name them.</param>
    /// <param name="excludedTypes">Types that are none, nor is what derives from them; they win over everything else.</param>
    public static OwnershipModel Create(
        Compilation compilation,
        ImmutableArray<OwnershipRow> userRows,
        ImmutableArray<string> additionalTypes = default,
        ImmutableArray<string> excludedTypes = default) => new(compilation, userRows, additionalTypes, excludedTypes);

    /// <summary>
    /// What the rows say of a type. A constructed type follows its definition, a derived type its bases and then its
    /// interfaces, a type parameter its constraints; anything else (arrays, pointers, <c>dynamic</c>, error types) is no resource.
    /// </summary>
    public TypeFacts GetTypeFacts(ITypeSymbol? type) => type switch
    {
        INamedTypeSymbol named => GetDefinitionFacts(named.OriginalDefinition),
        ITypeParameterSymbol parameter => GetConstraintFacts(parameter, depth: 0),
        _ => TypeFacts.None,
    };

    /// <summary>
    /// What the rows say of a method, constructor or property. An accessor stands for its property. A reduced extension
    /// method stands for its definition: ordinals count the <c>this</c> parameter. A constructed method follows its definition.
    /// </summary>
    public MemberFacts GetMemberFacts(ISymbol? member)
    {
        if (Definition(member) is not { } definition)
        {
            return MemberFacts.None;
        }

        return _members.TryGetValue(definition, out var facts) ? facts : _members.GetOrAdd(definition, FindMemberFacts(definition));
    }

    /// <summary>
    /// What the rows say of how a method, constructor or property uses the network, waits, or sets a bound; with the same words on accessors,
    /// extension methods and inheritance as <see cref="GetMemberFacts"/>.
    /// </summary>
    public UseFacts GetUseFacts(ISymbol? member)
    {
        if (Definition(member) is not { } definition)
        {
            return UseFacts.None;
        }

        return _uses.TryGetValue(definition, out var facts) ? facts : _uses.GetOrAdd(definition, FindUseFacts(definition));
    }

    /// <summary>
    /// The names that code about the network bears: the types that speak over one, and the members that use one and are no members of a general
    /// stream, reader or writer.
    /// </summary>
    public IEnumerable<string> NetworkNames => Names(static index => index.NetworkNames);

    /// <summary>The simple names of the types that a response is seen through: responses, their contents, streams and readers.</summary>
    public IEnumerable<string> BodyTypeNames => Names(static index => index.BodyTypeNames);

    /// <summary>The names of the members that read from a peer, or from a stream that may lead to one.</summary>
    public IEnumerable<string> ReadingMemberNames => Names(static index => index.ReadingMemberNames);

    /// <summary>
    /// Whether a call of a method throws credibly as far as the rows know: its own row (or one it inherits), else the
    /// <c>members throw</c> of its type, which speaks of ordinary methods that do not release. A method with a body in the
    /// compilation is better asked for its summary. A receiver that is memory only, where its type is known, never throws.
    /// </summary>
    public bool ThrowsCredibly(IMethodSymbol? method, ITypeSymbol? receiverType = null)
    {
        if (Definition(method) is not { } definition || (receiverType is not null && GetTypeFacts(receiverType).IsMemoryOnly))
        {
            return false;
        }

        return _throws.TryGetValue(definition, out var throws) ? throws : _throws.GetOrAdd(definition, FindThrows(definition));
    }

    /// <summary>
    /// Whether a member belongs to the base class library or ASP.NET Core, where an argument without a row is borrowed: its
    /// namespace says so, and its assembly is signed with one of their keys (anybody can write <c>namespace System</c>).
    /// </summary>
    public bool IsPlatformMember(ISymbol? member)
    {
        if (member?.ContainingAssembly is not { } assembly)
        {
            return false;
        }

        if (!_platformAssemblies.TryGetValue(assembly, out var isPlatform))
        {
            isPlatform = _platformAssemblies.GetOrAdd(assembly, HasPlatformKey(assembly));
        }

        return isPlatform && IsPlatformNamespace(member.ContainingNamespace);
    }

    /// <summary>The rows of the user that name no symbol of the compilation, or a parameter that no overload has.</summary>
    public ImmutableArray<OwnershipRow> UnmatchedRows(Compilation compilation)
    {
        var unmatched = ImmutableArray.CreateBuilder<OwnershipRow>();
        foreach (var row in UserRows)
        {
            if (OwnershipRowResolver.Resolve(row, compilation).IsEmpty)
            {
                unmatched.Add(row);
            }
        }

        return unmatched.ToImmutable();
    }

    /// <summary>The symbol that facts are kept for; null for what rows cannot name (operators of lambdas, local functions, delegates' calls…).</summary>
    private static ISymbol? Definition(ISymbol? member)
    {
        switch (member)
        {
            case IMethodSymbol method:
                switch (method.MethodKind)
                {
                    case MethodKind.PropertyGet or MethodKind.PropertySet:
                        return method.AssociatedSymbol?.OriginalDefinition;
                    case MethodKind.ReducedExtension:
                        return method.ReducedFrom?.OriginalDefinition;
                    case MethodKind.Ordinary or MethodKind.Constructor or MethodKind.ExplicitInterfaceImplementation
                        or MethodKind.UserDefinedOperator or MethodKind.Conversion:
                        return method.ContainingType is null ? null : method.OriginalDefinition;
                    default:
                        return null;
                }

            case IPropertySymbol property:
                return property.ContainingType is null ? null : property.OriginalDefinition;
            default:
                return null;
        }
    }

    private TypeFacts GetDefinitionFacts(INamedTypeSymbol definition)
        => _types.TryGetValue(definition, out var facts) ? facts : _types.GetOrAdd(definition, FindTypeFacts(definition));

    private TypeFacts GetConstraintFacts(ITypeParameterSymbol parameter, int depth)
    {
        // Constraints of half-written code can go in circles.
        if (depth > 8)
        {
            return TypeFacts.None;
        }

        foreach (var constraint in parameter.ConstraintTypes)
        {
            var facts = constraint is ITypeParameterSymbol other ? GetConstraintFacts(other, depth + 1) : GetTypeFacts(constraint);
            if (facts != TypeFacts.None)
            {
                return facts;
            }
        }

        return TypeFacts.None;
    }

    private static OwnershipRowIndex? IndexOf(ImmutableArray<string> typeNames) => typeNames.IsDefaultOrEmpty
        ? null
        : new OwnershipRowIndex(ImmutableArray.CreateRange(
            typeNames,
            static name => new OwnershipRow("T:" + name, name, string.Empty, arity: -1, OverloadSelection.Exact, ImmutableArray<string>.Empty)));

    private TypeFacts FindTypeFacts(INamedTypeSymbol definition)
    {
        var facts = FindRowFacts(definition);
        if (_additionalTypes is null && _excludedTypes is null)
        {
            return facts;
        }

        for (var type = definition; type is not null; type = type.BaseType?.OriginalDefinition)
        {
            if (_excludedTypes?.Find(type) is not null)
            {
                return facts.Kind == ResourceKind.None
                    ? facts
                    : new TypeFacts(ResourceKind.None, isMemoryOnly: false, isDormantWhenMade: false, isAbstraction: false, facts.MembersThrow, facts.Network);
            }

            if (_additionalTypes?.Find(type) is not null)
            {
                return ReferenceEquals(type, definition) ? AsResource(facts) : facts;
            }
        }

        return facts;
    }

    /// <summary>A resource from its construction on, of the kind that it was before, if any.</summary>
    private static TypeFacts AsResource(TypeFacts facts) => facts.IsResource && !facts.IsAbstraction && !facts.IsDormantWhenMade
        ? facts
        : new TypeFacts(facts.IsResource ? facts.Kind : ResourceKind.Other, isMemoryOnly: false, isDormantWhenMade: false, isAbstraction: false, facts.MembersThrow, facts.Network);

    private TypeFacts FindRowFacts(INamedTypeSymbol definition)
    {
        if (definition.TypeKind == TypeKind.Error)
        {
            return TypeFacts.None;
        }

        if (_userIndex.Find(definition)?.Type is { } userRow)
        {
            return userRow.TypeFacts;
        }

        if (_embeddedIndex.Find(definition)?.Type is { } row)
        {
            return row.TypeFacts;
        }

        var inherited = FindInheritedFacts(definition);
        if (!IsPlatformMember(definition) && OwnershipAttributes.MustDispose(definition) is { } mustDispose)
        {
            if (!mustDispose)
            {
                return TypeFacts.None;
            }

            return AsResource(inherited);
        }

        return inherited;
    }

    private TypeFacts FindInheritedFacts(INamedTypeSymbol definition)
    {
        var facts = definition.BaseType is { } baseType ? GetDefinitionFacts(baseType.OriginalDefinition) : TypeFacts.None;
        if (facts != TypeFacts.None)
        {
            return facts;
        }

        foreach (var implemented in definition.Interfaces)
        {
            facts = GetDefinitionFacts(implemented.OriginalDefinition);
            if (facts != TypeFacts.None)
            {
                return facts;
            }
        }

        return TypeFacts.None;
    }

    private bool FindThrows(ISymbol definition)
    {
        var facts = GetMemberFacts(definition);
        if (facts.Throws is { } stated)
        {
            return stated;
        }

        return definition is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } method
            && !facts.Releases
            && GetDefinitionFacts(method.ContainingType.OriginalDefinition).MembersThrow
            && !OverridesObject(method);
    }

    private static bool OverridesObject(IMethodSymbol method)
    {
        var overridden = method;
        while (overridden.OverriddenMethod is { } next)
        {
            overridden = next;
        }

        return overridden.ContainingType.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType;
    }

    private MemberFacts FindMemberFacts(ISymbol definition)
    {
        if (FindRow(_userIndex, definition, ofUses: false) is { } userRow)
        {
            return Bind(userRow, definition);
        }

        var isPlatform = IsPlatformMember(definition);
        if (!isPlatform && OwnershipAttributes.Read(definition) is { } attributed)
        {
            return attributed;
        }

        if (FindRow(_embeddedIndex, definition, ofUses: false) is { } row)
        {
            return Bind(row, definition);
        }

        return FindInheritedMember(definition, ofUses: false) is { } inherited ? GetMemberFacts(inherited) : MemberFacts.None;
    }

    private UseFacts FindUseFacts(ISymbol definition)
    {
        if ((FindRow(_userIndex, definition, ofUses: true) ?? FindRow(_embeddedIndex, definition, ofUses: true)) is { } row)
        {
            return UseRowBinder.Bind(row, definition);
        }

        return FindInheritedMember(definition, ofUses: true) is { } inherited ? GetUseFacts(inherited) : UseFacts.None;
    }

    private bool HasFacts(ISymbol member, bool ofUses) => ofUses ? GetUseFacts(member) != UseFacts.None : GetMemberFacts(member) != MemberFacts.None;

    /// <summary>The member whose row a member without one follows: what it overrides, implements or hides.</summary>
    private ISymbol? FindInheritedMember(ISymbol definition, bool ofUses)
    {
        if (definition.IsStatic || definition is IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            return null;
        }

        var overridden = definition switch
        {
            IMethodSymbol method => (ISymbol?)method.OverriddenMethod,
            IPropertySymbol property => property.OverriddenProperty,
            _ => null,
        };
        if (overridden is not null && HasFacts(overridden, ofUses))
        {
            return overridden;
        }

        var explicitly = definition switch
        {
            IMethodSymbol method => ImmutableArray<ISymbol>.CastUp(method.ExplicitInterfaceImplementations),
            IPropertySymbol property => ImmutableArray<ISymbol>.CastUp(property.ExplicitInterfaceImplementations),
            _ => ImmutableArray<ISymbol>.Empty,
        };
        foreach (var implemented in explicitly)
        {
            if (HasFacts(implemented, ofUses))
            {
                return implemented;
            }
        }

        var type = definition.ContainingType;
        if (type.TypeKind != TypeKind.Interface)
        {
            foreach (var implemented in type.AllInterfaces)
            {
                if (!HasRowsFor(implemented.OriginalDefinition, definition))
                {
                    continue;
                }

                foreach (var member in implemented.GetMembers(definition.Name))
                {
                    if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), definition) && HasFacts(member, ofUses))
                    {
                        return member;
                    }
                }
            }
        }

        return overridden is null ? FindHiddenMember(definition, ofUses) : null;
    }

    /// <summary><c>new SqlDataReader ExecuteReader()</c>: in a base type, a member of the same name and parameters that has a row.</summary>
    private ISymbol? FindHiddenMember(ISymbol definition, bool ofUses)
    {
        for (var type = definition.ContainingType.BaseType; type is not null; type = type.BaseType)
        {
            if (!HasRowsFor(type.OriginalDefinition, definition))
            {
                continue;
            }

            foreach (var member in type.GetMembers(definition.Name))
            {
                if (member.Kind == definition.Kind && !member.IsStatic && HaveSameParameters(member, definition) && HasFacts(member, ofUses))
                {
                    return member;
                }
            }
        }

        return null;
    }

    private bool HasRowsFor(INamedTypeSymbol type, ISymbol member)
    {
        var name = RowName(member);
        return (_embeddedIndex.Find(type) is { } rows && !rows.Members(name).IsEmpty)
            || (_userIndex.Find(type) is { } userRows && !userRows.Members(name).IsEmpty);
    }

    private static bool HaveSameParameters(ISymbol left, ISymbol right)
    {
        var leftParameters = Parameters(left);
        var rightParameters = Parameters(right);
        if (leftParameters.Length != rightParameters.Length)
        {
            return false;
        }

        for (var i = 0; i < leftParameters.Length; i++)
        {
            if (!SymbolEqualityComparer.Default.Equals(leftParameters[i].Type, rightParameters[i].Type))
            {
                return false;
            }
        }

        return true;
    }

    internal static ImmutableArray<IParameterSymbol> Parameters(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => ImmutableArray<IParameterSymbol>.Empty,
    };

    internal static string RowName(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => ConstructorName,
        IPropertySymbol { IsIndexer: true } => member.MetadataName,
        _ => member.Name,
    };

    /// <summary>The row of the member itself: its own overload before <c>(*name)</c>, more names before fewer, before <c>(*)</c>.</summary>
    private static OwnershipRow? FindRow(OwnershipRowIndex index, ISymbol definition, bool ofUses)
    {
        if (index.Find(definition.ContainingType.OriginalDefinition) is not { } typeRows)
        {
            return null;
        }

        var rows = typeRows.Members(RowName(definition));
        if (rows.IsEmpty)
        {
            return null;
        }

        OwnershipRow? best = null;
        string? id = null;
        foreach (var row in rows)
        {
            if ((ofUses ? !row.Uses.IsEmpty : row.SpeaksOfOwnership) && (best is null || Rank(row) > Rank(best)) && OwnershipRowResolver.IsRowOf(row, definition, ref id))
            {
                best = row;
            }
        }

        return best;
    }

    private static int Rank(OwnershipRow row) => row.Overloads switch
    {
        OverloadSelection.Exact => int.MaxValue,
        OverloadSelection.WithParameters => row.OverloadParameters.Length,
        _ => 0,
    };

    private MemberFacts Bind(OwnershipRow row, ISymbol definition)
    {
        var parameters = Parameters(definition);
        var facts = new MemberFacts
        {
            Returns = row.Returns,
            ReturnsBody = row.ReturnsBody,
            ReturnsDormant = row.ReturnsDormant,
            Releases = row.Releases,
            ReleasesOnThrow = row.ReleasesOnThrow && (IsNetFramework || !row.ReleasesOnThrowIsForNetFramework),
            TakesReceiver = row.TakesReceiver,
            Drains = row.Drains,
            Begins = row.Begins,
            Throws = row.Throws,
        };
        if (row.ReturnsCondition is { } returnsCondition)
        {
            facts.ReturnsCondition = Bind(returnsCondition, parameters, out var isReadable);
            if (!isReadable)
            {
                facts.Returns = ReturnEffect.Unstated;
            }
        }

        if (row.TakesReceiverCondition is { } takesReceiverCondition)
        {
            facts.TakesReceiverCondition = Bind(takesReceiverCondition, parameters, out _);
        }

        if (row.ThrowsCondition is { } throwsCondition)
        {
            facts.ThrowsCondition = Bind(throwsCondition, parameters, out _);
        }

        if (!row.Parameters.IsEmpty)
        {
            // The assigned value of a property comes last.
            var parameterFacts = new ParameterFact[parameters.Length + (definition is IPropertySymbol ? 1 : 0)];
            foreach (var clause in row.Parameters)
            {
                if (clause.IsEvery)
                {
                    continue;
                }

                var ordinal = OwnershipRowResolver.OrdinalOf(definition, parameters, clause.Parameter);
                if (ordinal >= 0)
                {
                    // A condition that cannot be read leaves the effect: taken without a condition is the silent side.
                    var condition = clause.Condition is { } written ? Bind(written, parameters, out _) : null;
                    parameterFacts[ordinal] = new ParameterFact(clause.Effect, condition);
                }
            }

            foreach (var clause in row.Parameters)
            {
                for (var ordinal = 0; clause.IsEvery && ordinal < parameterFacts.Length; ordinal++)
                {
                    if (parameterFacts[ordinal].Effect == ParameterEffect.Unstated)
                    {
                        parameterFacts[ordinal] = new ParameterFact(clause.Effect, clause.Condition is { } written ? Bind(written, parameters, out _) : null);
                    }
                }
            }

            facts.Parameters = parameterFacts.ToImmutableArray();
            facts.ReturnsArgument = row.ReturnsArgument is { } argument ? OwnershipRowResolver.OrdinalOf(definition, parameters, argument) : 0;
        }

        return facts;
    }

    internal static ArgumentCondition? Bind(RowCondition condition, ImmutableArray<IParameterSymbol> parameters, out bool isReadable)
    {
        isReadable = true;
        foreach (var parameter in parameters)
        {
            if (parameter.Name == condition.Parameter)
            {
                isReadable = OwnershipRowResolver.TryReadValue(condition.Value, parameter.Type, out var value);
                return isReadable ? new ArgumentCondition(parameter.Ordinal, value, condition.Negated) : null;
            }
        }

        return new ArgumentCondition(-1, condition.Value == "true", condition.Negated);
    }

    private static bool IsPlatformNamespace(INamespaceSymbol? @namespace)
    {
        INamespaceSymbol? second = null;
        for (var current = @namespace; current is { IsGlobalNamespace: false }; current = current.ContainingNamespace)
        {
            if (current.ContainingNamespace is { IsGlobalNamespace: true })
            {
                return current.Name == "System" || (current.Name == "Microsoft" && second?.Name is "AspNetCore" or "Extensions" or "Win32");
            }

            second = current;
        }

        return false;
    }

    /// <summary>The keys of .NET Framework, .NET, .NET Standard, ASP.NET Core and Microsoft's own additions to them.</summary>
    private static bool HasPlatformKey(IAssemblySymbol assembly)
    {
        // The platform compiled from source, or a project that plays it, is no reference with a key.
        var token = assembly.Identity.PublicKeyToken;
        if (token.IsDefaultOrEmpty || token.Length != 8)
        {
            return false;
        }

        ulong key = 0;
        foreach (var b in token)
        {
            key = (key << 8) | b;
        }

        return key is 0xb77a5c561934e089 or 0xb03f5f7f11d50a3a or 0xcc7b13ffcd2ddd51 or 0x7cec85d7bea7798e or 0xadb9793829ddae60 or 0x31bf3856ad364e35;
    }
}
