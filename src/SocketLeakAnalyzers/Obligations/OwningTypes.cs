using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// The types of the compilation that own resources in their fields. <see cref="MayOwn"/> looks at symbols only and is cheap;
/// <see cref="Get"/> reads the type's code, once per compilation, through the store of summaries, which knows circles.
/// </summary>
internal sealed class OwningTypes
{
    private readonly ObligationContext _context;
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _mayOwn = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _mayAcquire = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _mayForget = new(SymbolEqualityComparer.Default);

    public OwningTypes(ObligationContext context) => _context = context;

    /// <summary>What the type does with the resources in its fields.</summary>
    public TypeOwnership Get(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (!HasCode(type))
        {
            return TypeOwnership.Unknown;
        }

        var key = new SummaryKey(type);
        if (!_context.Summaries.TryGet(key, out var summary))
        {
            _context.Summaries.Compute(key, _context, cancellationToken);
            if (!_context.Summaries.TryGet(key, out summary))
            {
                return TypeOwnership.Unknown;
            }
        }

        return summary.Ownership;
    }

    /// <summary>Whether the type's code stands in this compilation.</summary>
    public bool HasCode(INamedTypeSymbol type) =>
        type.TypeKind is TypeKind.Class or TypeKind.Struct && _context.HasCode(type);

    /// <summary>
    /// Whether objects of the type may own a resource that their release frees, as far as symbols tell: a class of this compilation
    /// that is disposable and has, itself or in a base class of this compilation, a field that can hold one.
    /// </summary>
    public bool MayOwn(ITypeSymbol? type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } named || !_context.HasCode(named))
        {
            return false;
        }

        var definition = named.OriginalDefinition;
        return _mayOwn.TryGetValue(definition, out var mayOwn) ? mayOwn : _mayOwn.GetOrAdd(definition, FindMayOwn(definition));
    }

    /// <summary>Whether the type is a class of this compilation that derives from a wrapper: its constructor may give an argument to that.</summary>
    public bool MayWrap(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class, BaseType: { } baseType } named
        && _context.HasCode(named)
        && _context.Model.GetTypeFacts(baseType) is { IsResource: true, IsAbstraction: false };

    /// <summary>Whether <see cref="MayOwn"/>, and the text of a construction bears the name of something that gives a resource.</summary>
    public bool MayAcquire(ITypeSymbol? type)
    {
        if (!MayOwn(type))
        {
            return false;
        }

        var definition = (INamedTypeSymbol)type!.OriginalDefinition;
        return _mayAcquire.TryGetValue(definition, out var mayAcquire) ? mayAcquire : _mayAcquire.GetOrAdd(definition, FindMayAcquire(definition));
    }

    /// <summary>
    /// Whether a field of the type can hold a resource, is given more than a parameter, and is not released, as far as symbols and text tell: only then
    /// need its code be read to find what it never releases.
    /// </summary>
    public bool MayForget(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        _mayForget.TryGetValue(type, out var mayForget) ? mayForget : _mayForget.GetOrAdd(type, FindMayForget(type, cancellationToken));

    private bool FindMayForget(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        FieldTexts? texts = null;
        _context.FilterFor(cancellationToken);
        foreach (var member in type.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false, IsConst: false } field || !CanHoldResource(field.Type))
            {
                continue;
            }

            if (texts is null)
            {
                texts = new FieldTexts(_context.FilterFor(cancellationToken));
                foreach (var reference in type.DeclaringSyntaxReferences)
                {
                    texts.Read(reference.GetSyntax(cancellationToken), cancellationToken);
                }
            }

            if (texts.IsForgotten((field.AssociatedSymbol ?? field).Name))
            {
                return true;
            }
        }

        return false;
    }

    private bool FindMayAcquire(INamedTypeSymbol type)
    {
        for (var current = type; current is not null && _context.HasCode(current); current = current.BaseType?.OriginalDefinition)
        {
            foreach (var reference in current.DeclaringSyntaxReferences)
            {
                if (_context.Filter is not { } filter || MentionsAcquisition(reference.GetSyntax(), filter))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a constructor or an initializer of the declaration bears such a name; what other members acquire, no construction does.</summary>
    private static bool MentionsAcquisition(SyntaxNode declaration, BodyFilter filter)
    {
        foreach (var member in declaration.ChildNodes())
        {
            var isRunByConstruction = member is ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax { Initializer: not null } or BaseListSyntax;
            if (isRunByConstruction && filter.MentionsAcquisition(member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a field or property of the type can hold a resource that its owner has to release.</summary>
    public bool CanHoldResource(ITypeSymbol type)
    {
        if (!CanHold(type))
        {
            return false;
        }

        var facts = _context.Model.GetTypeFacts(type);
        if (facts.IsMemoryOnly)
        {
            return false;
        }

        return facts.IsResource || IsAbstractDisposable(type) || (IsDisposableOfCompilation(type) && (MayBeDerivedFrom(type) || MayOwn(type)));
    }

    /// <summary>Whether a variable of the type can refer to an object at all, one that is no string, array, delegate or task.</summary>
    public static bool CanHold(ITypeSymbol type) =>
        type is { IsReferenceType: true, SpecialType: not SpecialType.System_String, TypeKind: TypeKind.Class or TypeKind.Interface or TypeKind.TypeParameter }
        && !SymbolWords.IsTaskLike(type);

    /// <summary>
    /// Whether from the fields of the type, and from those of the types of the compilation that they hold, one comes to a field that can hold a
    /// resource. The types that are looked at on the way are answered for as well where there is none.
    /// </summary>
    private bool FindMayOwn(INamedTypeSymbol type)
    {
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default) { type };
        var pending = new Stack<INamedTypeSymbol>();
        pending.Push(type);
        while (pending.Count > 0)
        {
            var owner = pending.Pop();
            if (!IsDisposable(owner) || _context.Model.GetTypeFacts(owner).IsMemoryOnly)
            {
                continue;
            }

            for (var current = owner; current is not null && _context.HasCode(current); current = current.BaseType?.OriginalDefinition)
            {
                if (HoldsResource(current, seen, pending))
                {
                    return true;
                }
            }
        }

        foreach (var other in seen)
        {
            _mayOwn.TryAdd(other, false);
        }

        return false;
    }

    private bool HoldsResource(INamedTypeSymbol type, HashSet<INamedTypeSymbol> seen, Stack<INamedTypeSymbol> pending)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: false } field && HoldsResource(field.Type, seen, pending))
            {
                return true;
            }
        }

        foreach (var constructor in type.InstanceConstructors)
        {
            foreach (var parameter in constructor.Parameters)
            {
                if (IsCapturedParameter(parameter) && HoldsResource(parameter.Type, seen, pending))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool HoldsResource(ITypeSymbol type, HashSet<INamedTypeSymbol> seen, Stack<INamedTypeSymbol> pending)
    {
        if (!CanHold(type) || _context.Model.GetTypeFacts(type) is { IsMemoryOnly: true })
        {
            return false;
        }

        if (_context.Model.GetTypeFacts(type).IsResource || IsAbstractDisposable(type))
        {
            return true;
        }

        if (IsDisposableOfCompilation(type))
        {
            if (MayBeDerivedFrom(type))
            {
                return true;
            }

            if (seen.Add((INamedTypeSymbol)type.OriginalDefinition))
            {
                pending.Push((INamedTypeSymbol)type.OriginalDefinition);
            }
        }

        return false;
    }

    /// <summary>Whether another class of the compilation may derive from the type, as far as names tell: it may own what this one does not.</summary>
    private bool MayBeDerivedFrom(ITypeSymbol type) => !type.IsSealed && _context.NamesFor(CancellationToken.None).IsNamedAsBase(type.Name);

    /// <summary>Whether the parameter is one of a primary constructor, which every member can use.</summary>
    public static bool IsCapturedParameter(IParameterSymbol parameter) =>
        parameter is { RefKind: RefKind.None, ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor, DeclaringSyntaxReferences: { Length: 1 } references } }
        && references[0].GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax;

    /// <summary>Whether the type implements <c>IDisposable</c> or <c>IAsyncDisposable</c>.</summary>
    public static bool IsDisposable(ITypeSymbol type)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            if (IsDisposalInterface(implemented))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDisposalInterface(ITypeSymbol type) =>
        type is { Name: "IDisposable" or "IAsyncDisposable", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private bool IsDisposableOfCompilation(ITypeSymbol type) =>
        type is INamedTypeSymbol && _context.HasCode(type) && IsDisposable(type);

    private static bool IsAbstractDisposable(ITypeSymbol type) =>
        (type.TypeKind is TypeKind.Interface or TypeKind.TypeParameter || type.IsAbstract) && (IsDisposalInterface(type) || IsDisposable(type));
}
