using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// What the callers of a method or local function do with what they give it, and their callers in turn. A release anywhere in a caller counts,
/// as its own paths are followed where it stands; so what is not understood costs findings and makes none. It is asked last, for what would be
/// reported otherwise, and files are chosen by the names in them.
/// </summary>
internal sealed class Callers
{
    private const int MaxBodies = 500;
    private const int MaxDepth = 6;
    private const int MaxHelpers = 3;

    private readonly ObligationContext _context;
    private readonly CancellationToken _cancellationToken;
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);

    private readonly string _type;

    private Callers(ITypeSymbol type, ObligationContext context, CancellationToken cancellationToken)
    {
        _type = type.Name;
        _context = context;
        _cancellationToken = cancellationToken;
    }

    /// <summary>
    /// Whether every caller closes what it gives for the parameter, or was itself given it by callers that do. Only a method that nobody outside of
    /// the compilation can call has callers that are all known; one that is also made a delegate of has others.
    /// </summary>
    public static bool Release(IParameterSymbol parameter, ObligationContext context, CancellationToken cancellationToken) =>
        new Callers(parameter.Type, context, cancellationToken).Release(parameter, depth: 0);

    private bool Release(IParameterSymbol parameter, int depth)
    {
        if (depth >= MaxDepth
            || parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, ContainingType: { } type } method
            || !_asked.Add(parameter.OriginalDefinition)
            || BodiesThatMayCall(method, type) is not { } bodies)
        {
            return false;
        }

        var callers = 0;
        foreach (var body in bodies)
        {
            foreach (var operation in body.Root.DescendantsAndSelf())
            {
                _cancellationToken.ThrowIfCancellationRequested();
                switch (operation)
                {
                    // A method that calls itself gives what it was given.
                    case IInvocationOperation invocation when IsCallOf(invocation, method) && !SymbolEqualityComparer.Default.Equals(body.Owner, method.OriginalDefinition):
                        callers++;
                        if (ArgumentFor(invocation, parameter) is not { } argument || !IsReleased(argument, body, bodies, depth))
                        {
                            return false;
                        }

                        break;
                    case IMethodReferenceOperation reference when SymbolEqualityComparer.Default.Equals(Definition(reference.Method), method.OriginalDefinition):
                        return false;
                }
            }
        }

        return callers > 0;
    }

    private static bool IsCallOf(IInvocationOperation invocation, IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals(Definition(invocation.TargetMethod), method.OriginalDefinition);

    private static ISymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    private static IOperation? ArgumentFor(IInvocationOperation invocation, IParameterSymbol parameter) =>
        OperationWords.ArgumentAt(invocation.Arguments, parameter.Ordinal)?.Value;

    /// <summary>Whether the code around the call closes what it gives, or its callers do.</summary>
    private bool IsReleased(IOperation argument, TypeBody body, IReadOnlyList<TypeBody> bodies, int depth)
    {
        if (HandedOut.RootOf(null, argument) is not { } root)
        {
            return false;
        }

        var names = NamesOf(root, body.Root);
        return Releases(body.Root, names, bodies, helpers: 0) || IsReleasedByCallers(names, depth);
    }

    private bool IsReleasedByCallers(List<ISymbol> names, int depth)
    {
        foreach (var name in names)
        {
            if (name is IParameterSymbol given && Release(given, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The variable, and those that its value was taken from: the request of a response.</summary>
    private static List<ISymbol> NamesOf(ISymbol variable, IOperation root)
    {
        var names = new List<ISymbol> { variable };
        for (var i = 0; i < names.Count && i < 4; i++)
        {
            foreach (var operation in root.DescendantsAndSelf())
            {
                if (operation is IVariableDeclaratorOperation declarator
                    && SymbolEqualityComparer.Default.Equals(declarator.Symbol, names[i])
                    && declarator.GetVariableInitializer() is { } initializer
                    && OwnerOf(initializer.Value) is { } owner
                    && !Contains(names, owner))
                {
                    names.Add(owner);
                }
            }
        }

        return names;
    }

    /// <summary>The variable whose members a value consists of; what a call gives is another thing.</summary>
    private static ISymbol? OwnerOf(IOperation value)
    {
        value = value.WithoutConversions();
        while (value is IPropertyReferenceOperation { Instance: { } instance })
        {
            value = instance.WithoutConversions();
        }

        return value switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => null,
        };
    }

    private static bool Contains(List<ISymbol> names, ISymbol? symbol)
    {
        foreach (var name in names)
        {
            if (SymbolEqualityComparer.Default.Equals(name, symbol))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The bodies from which the method can be called; null where code outside of the compilation can call it, or where there are too many.</summary>
    private IReadOnlyList<TypeBody>? BodiesThatMayCall(IMethodSymbol method, INamedTypeSymbol type)
    {
        if (method.MethodKind == MethodKind.LocalFunction || method.DeclaredAccessibility == Accessibility.Private || type.DeclaredAccessibility == Accessibility.Private)
        {
            return TypeBodies.Read(OutermostFor(method, type), _context, MaxBodies, _cancellationToken);
        }

        return IsVisibleOutside(method) || method.IsVirtual || method.IsOverride || method.IsAbstract || ImplementsInterface(method, type) ? null : BodiesOfFilesNaming(method.Name);
    }

    private static bool IsVisibleOutside(IMethodSymbol method)
    {
        for (ISymbol symbol = method; symbol is not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal)
            {
                return false;
            }
        }

        return true;
    }

    private static bool ImplementsInterface(IMethodSymbol method, INamedTypeSymbol type)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            foreach (var member in implemented.GetMembers(method.Name))
            {
                if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private IReadOnlyList<TypeBody>? BodiesOfFilesNaming(string name)
    {
        var found = new List<BodySyntax>();
        foreach (var tree in _context.Compilation.SyntaxTrees)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (UsedNames.Of(tree).Contains(name) && tree.GetRoot(_cancellationToken) is CompilationUnitSyntax file)
            {
                found.AddRange(BodySyntax.Of(file));
                if (found.Count > MaxBodies)
                {
                    return null;
                }
            }
        }

        return TypeBodies.Bind(found, _context, _cancellationToken);
    }

    /// <summary>Whether a method that is called in a <c>finally</c> or a handler closes what it is given.</summary>
    private bool ReleasesIn(IInvocationOperation helper, List<ISymbol> names, IReadOnlyList<TypeBody> bodies, int helpers)
    {
        if (!IsInCleanup(helper))
        {
            return false;
        }

        foreach (var argument in helper.Arguments)
        {
            if (argument.Parameter is not { } given || !Contains(names, HandedOut.RootOf(null, argument.Value)))
            {
                continue;
            }

            foreach (var body in bodies)
            {
                if (SymbolEqualityComparer.Default.Equals(body.Owner, Definition(helper.TargetMethod)))
                {
                    return Releases(body.Root, new List<ISymbol> { given.OriginalDefinition }, bodies, helpers + 1);
                }
            }
        }

        return false;
    }

    private static bool IsInCleanup(IOperation operation)
    {
        for (var current = operation; current.Parent is { } parent; current = parent)
        {
            if (parent is ICatchClauseOperation || (parent is ITryOperation guarded && ReferenceEquals(guarded.Finally, current)))
            {
                return true;
            }
        }

        return false;
    }

    private static INamedTypeSymbol OutermostFor(IMethodSymbol method, INamedTypeSymbol type)
    {
        // A private nested type's methods can be called from the types around it.
        while (method.DeclaredAccessibility != Accessibility.Private && type.DeclaredAccessibility == Accessibility.Private && type.ContainingType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private bool Releases(IOperation body, List<ISymbol> names, IReadOnlyList<TypeBody> bodies, int helpers)
    {
        foreach (var operation in body.DescendantsAndSelf())
        {
            _cancellationToken.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IInvocationOperation helper when helpers < MaxHelpers && ReleasesIn(helper, names, bodies, helpers):
                    return true;
                case IInvocationOperation { Instance: { } receiver } invocation when HandedOut.IsClosing(invocation.TargetMethod, _context.Model):
                    receiver = receiver is IConditionalAccessInstanceOperation && operation.Parent is IConditionalAccessOperation access ? access.Operation : receiver;
                    if (!IsOtherEnd(receiver.Type) && Contains(names, HandedOut.RootOf(null, receiver)))
                    {
                        return true;
                    }

                    break;
                case IUsingOperation { Resources: { } resources } and not { Resources: IVariableDeclarationGroupOperation }:
                    if (Contains(names, HandedOut.RootOf(null, resources)))
                    {
                        return true;
                    }

                    break;
                case IVariableDeclaratorOperation { Parent: IVariableDeclarationOperation { Parent: IVariableDeclarationGroupOperation { Parent: IUsingOperation or IUsingDeclarationOperation } } } declarator:
                    if (Contains(names, declarator.Symbol) || (declarator.GetVariableInitializer() is { } initializer && Wraps(initializer.Value, names)))
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>A pipe has two ends, and each is completed for itself.</summary>
    private bool IsOtherEnd(ITypeSymbol? receiver) => (receiver?.Name, _type) is ("PipeReader", "PipeWriter") or ("PipeWriter", "PipeReader");

    /// <summary>Whether what a <c>using</c> closes is a member of one of the variables, or is made over one.</summary>
    private static bool Wraps(IOperation value, List<ISymbol> names)
    {
        value = value.WithoutConversions();
        return Contains(names, HandedOut.RootOf(null, value))
            || (value is IObjectCreationOperation { Arguments: { Length: > 0 } arguments } && Contains(names, HandedOut.RootOf(null, arguments[0].Value)));
    }
}
