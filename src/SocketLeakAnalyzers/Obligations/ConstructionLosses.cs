using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What throws while an object is constructed, after an initializer has filled one of its fields.</summary>
internal sealed class ConstructionLoss
{
    public ConstructionLoss(SyntaxNode place, IOperation? operation, IMethodSymbol? constructor)
    {
        Place = place;
        Operation = operation;
        Constructor = constructor;
    }

    public SyntaxNode Place { get; }

    /// <summary>The operation that throws; null where a base constructor is called without a word in the code.</summary>
    public IOperation? Operation { get; }

    /// <summary>The base constructor that throws, where it is one.</summary>
    public IMethodSymbol? Constructor { get; }
}

/// <summary>
/// Finds what loses the resource of a field's initializer before anybody has the object: a later initializer, a base constructor, the constructor itself.
/// The constructors are followed with the field owed at their entry. A field that its type never releases is left to SLA1005.
/// </summary>
internal static class ConstructionLosses
{
    public static ConstructionLoss? Find(Body initializer, ObligationEngine engine, CancellationToken cancellationToken)
    {
        if (initializer.Owner is not (IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false })
            || initializer.Outer is not null
            || initializer.Owner.ContainingType is not { TypeKind: TypeKind.Class } type
            || engine.Calls.OwnershipOf(type).Find(initializer.Owner) is not { IsReleased: true })
        {
            return null;
        }

        if (InLaterInitializer(initializer, type, engine, cancellationToken) is { } later)
        {
            return later;
        }

        foreach (var constructor in type.InstanceConstructors)
        {
            if (InConstructor(constructor, initializer, type, engine, cancellationToken) is { } loss)
            {
                return loss;
            }
        }

        return null;
    }

    private static ConstructionLoss? InConstructor(IMethodSymbol constructor, Body initializer, INamedTypeSymbol type, ObligationEngine engine, CancellationToken cancellationToken)
    {
        var syntax = constructor.DeclaringSyntaxReferences.IsEmpty ? null : constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken);
        if (syntax is ConstructorDeclarationSyntax declaration)
        {
            // `: this(…)`: the initializers run in the other constructor.
            if (declaration.Initializer is { ThisOrBaseKeyword.ValueText: "this" })
            {
                return null;
            }

            if (declaration.Initializer is null && OfImplicitBase(type, declaration.Identifier.Parent!, engine) is { } ahead)
            {
                return ahead;
            }

            return engine.Context.Summaries.BodyOf(constructor, engine.Context.Compilation, cancellationToken) is { } body
                && engine.Follow(body, Subject.Of(initializer.Owner), cancellationToken) is { } outcome
                ? First(outcome)
                : null;
        }

        var bases = BaseCallOf(type, cancellationToken);
        if (bases is null)
        {
            return constructor.IsImplicitlyDeclared || syntax is TypeDeclarationSyntax ? OfImplicitBase(type, initializer.Graph.OriginalOperation.Syntax, engine) : null;
        }

        // A primary constructor that calls its base.
        var model = engine.Context.Summaries.ModelOf(bases.SyntaxTree, engine.Context.Compilation);
        foreach (var operation in model.GetOperation(bases, cancellationToken)?.DescendantsAndSelf() ?? System.Array.Empty<IOperation>())
        {
            if (operation is IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } called } invocation
                && !engine.Calls.ThrownBy(called, null, invocation.Arguments, engine.ThrowLevel).IsEmpty)
            {
                return new ConstructionLoss(bases, null, called);
            }
        }

        return null;
    }

    private static ConstructionLoss? First(SiteOutcome outcome)
    {
        Leak? first = null;
        foreach (var leak in outcome.Leaks)
        {
            // The guards of a constructor come after the initializers whoever writes it: they are not held against it.
            if (leak is { Kind: LeakKind.Exception, Source: null, Operation: { } operation }
                && !(operation is IObjectCreationOperation && CallModel.CredibleToCallers(Thrown.OfType(operation.Type)).IsEmpty)
                && (first is null || operation.Syntax.SpanStart < first.Operation!.Syntax.SpanStart))
            {
                first = leak;
            }
        }

        return first?.Operation is { } thrower
            ? new ConstructionLoss(thrower.Syntax, thrower, thrower is IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } called } ? called : null)
            : null;
    }

    private static ConstructionLoss? OfImplicitBase(INamedTypeSymbol type, SyntaxNode place, ObligationEngine engine)
    {
        if (type.BaseType is not { SpecialType: not SpecialType.System_Object } ancestor)
        {
            return null;
        }

        foreach (var constructor in ancestor.InstanceConstructors)
        {
            if (constructor.Parameters.IsEmpty)
            {
                return engine.Calls.ThrownBy(constructor, null, ImmutableArray<IArgumentOperation>.Empty, engine.ThrowLevel).IsEmpty
                    ? null
                    : new ConstructionLoss(place, null, constructor);
            }
        }

        return null;
    }

    private static PrimaryConstructorBaseTypeSyntax? BaseCallOf(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax { BaseList: { } bases })
            {
                foreach (var listed in bases.Types)
                {
                    if (listed is PrimaryConstructorBaseTypeSyntax primary)
                    {
                        return primary;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Initializers run in the order of the text, before the base constructor.</summary>
    private static ConstructionLoss? InLaterInitializer(Body initializer, INamedTypeSymbol type, ObligationEngine engine, CancellationToken cancellationToken)
    {
        var own = initializer.Graph.OriginalOperation.Syntax;
        if (own.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration)
        {
            return null;
        }

        var model = engine.Context.Summaries.ModelOf(own.SyntaxTree, engine.Context.Compilation);
        foreach (var value in InitializersOf(declaration))
        {
            if (value.SpanStart > own.Span.End
                && model.GetOperation(value, cancellationToken) is { Parent: null } operation
                && GraphOf(operation, cancellationToken) is { } graph
                && !engine.ThrownWithin(Body.Create(type, graph, cancellationToken), cancellationToken).IsEmpty)
            {
                return new ConstructionLoss(value.Value, FirstCall(operation, engine), null);
            }
        }

        return null;
    }

    private static IEnumerable<EqualsValueClauseSyntax> InitializersOf(TypeDeclarationSyntax declaration)
    {
        foreach (var member in declaration.Members)
        {
            switch (member)
            {
                case FieldDeclarationSyntax field when !field.Modifiers.Any(SyntaxKind.StaticKeyword) && !field.Modifiers.Any(SyntaxKind.ConstKeyword):
                    foreach (var variable in field.Declaration.Variables)
                    {
                        if (variable.Initializer is { } initializer)
                        {
                            yield return initializer;
                        }
                    }

                    break;
                case PropertyDeclarationSyntax { Initializer: { } initializer } property when !property.Modifiers.Any(SyntaxKind.StaticKeyword):
                    yield return initializer;
                    break;
            }
        }
    }

    private static ControlFlowGraph? GraphOf(IOperation initializer, CancellationToken cancellationToken) => initializer switch
    {
        IFieldInitializerOperation field => ControlFlowGraph.Create(field, cancellationToken),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property, cancellationToken),
        _ => null,
    };

    /// <summary>The call or construction in an initializer that throws.</summary>
    private static IOperation? FirstCall(IOperation initializer, ObligationEngine engine)
    {
        foreach (var operation in initializer.DescendantsAndSelf())
        {
            var thrown = operation switch
            {
                IObjectCreationOperation { Constructor: { } constructor } creation => engine.Calls.ThrownBy(constructor, creation.Type, creation.Arguments, engine.ThrowLevel),
                IInvocationOperation invocation => engine.Calls.ThrownBy(invocation, engine.ThrowLevel),
                _ => default,
            };
            if (!thrown.IsEmpty)
            {
                return operation;
            }
        }

        return null;
    }
}
