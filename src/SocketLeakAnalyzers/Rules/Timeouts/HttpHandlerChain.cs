using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>
/// Looks through the handlers that a client is made with for one that bounds its requests, answers them itself, or cannot be read. Only what
/// is written out is followed: constructions, variables, fields and what methods of the compilation return; a handler that a parameter gives is
/// taken for one that passes requests on as they are, which is what most do.
/// </summary>
internal sealed class HttpHandlerChain
{
    private const int MaxDepth = 10;

    private readonly ObligationContext _context;
    private readonly CancellationToken _cancellationToken;
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);
    private int _depth;

    private HttpHandlerChain(ObligationContext context, CancellationToken cancellationToken)
    {
        _context = context;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether a request of the client may end by its handlers: one has a deadline, one sends nothing, or one is of another package.</summary>
    public static bool MayEndRequests(IOperation client, ObligationContext context, CancellationToken cancellationToken)
    {
        if (client is not IObjectCreationOperation creation)
        {
            return false;
        }

        var chain = new HttpHandlerChain(context, cancellationToken);
        foreach (var argument in creation.Arguments)
        {
            if (context.Known.IsHttpHandler(argument.Parameter?.Type) && chain.MayEnd(argument.Value))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayEnd(IOperation value)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_depth >= MaxDepth)
        {
            return true;
        }

        _depth++;
        var result = MayEndCore(value.WithoutConversions());
        _depth--;
        return result;
    }

    private bool MayEndCore(IOperation value)
    {
        switch (value)
        {
            case IObjectCreationOperation creation:
                return MayEndByCreation(creation);
            case ILocalReferenceOperation { Local: var local }:
                return _asked.Add(local) && MayEndByVariable(local, OperationWords.RootOf(value));
            case IFieldReferenceOperation { Field: var field }:
                return _asked.Add(field.OriginalDefinition) && MayEndByMember(field.OriginalDefinition);
            case IPropertyReferenceOperation { Property: var property }:
                return _asked.Add(property.OriginalDefinition) && MayEndByMember(property.OriginalDefinition);
            case IInvocationOperation { TargetMethod: var method }:
                return MayEndByResult(method);
            case IConditionalOperation { WhenFalse: { } whenFalse } choice:
                return MayEnd(choice.WhenTrue) || MayEnd(whenFalse);
            case ICoalesceOperation choice:
                return MayEnd(choice.Value) || MayEnd(choice.WhenNull);
            case ISwitchExpressionOperation choice:
                foreach (var arm in choice.Arms)
                {
                    if (MayEnd(arm.Value))
                    {
                        return true;
                    }
                }

                return false;
            case ISimpleAssignmentOperation assignment:
                return MayEnd(assignment.Value);
            default:
                return false;
        }
    }

    private bool MayEndByCreation(IObjectCreationOperation creation)
    {
        if (creation.Type is not INamedTypeSymbol type || EndsRequests(type))
        {
            return true;
        }

        foreach (var argument in creation.Arguments)
        {
            if (_context.Known.IsHttpHandler(argument.Value.WithoutConversions().Type) && MayEnd(argument.Value))
            {
                return true;
            }
        }

        foreach (var member in creation.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty)
        {
            if (member is ISimpleAssignmentOperation assignment && IsInnerHandler(assignment.Target) && MayEnd(assignment.Value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A class that answers requests itself, bounds them, or cannot be read.</summary>
    private bool EndsRequests(INamedTypeSymbol type)
    {
        if (!_context.HasCode(type))
        {
            return type.TypeKind != TypeKind.Error && !IsOfPlatform(type);
        }

        if (!_asked.Add(type.OriginalDefinition))
        {
            return false;
        }

        var isOverridden = false;
        var sends = false;
        for (var current = type; current is not null && _context.HasCode(current); current = current.BaseType)
        {
            foreach (var reference in current.DeclaringSyntaxReferences)
            {
                foreach (var node in reference.GetSyntax(_cancellationToken).DescendantNodes())
                {
                    switch (node)
                    {
                        case MethodDeclarationSyntax { Identifier.ValueText: "SendAsync" or "Send" }:
                            isOverridden = true;
                            break;
                        case MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax, Name.Identifier.ValueText: "SendAsync" or "Send" }:
                        case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: not (BaseExpressionSyntax or ThisExpressionSyntax), Name.Identifier.ValueText: "SendAsync" or "Send" } }:
                            sends = true;
                            break;
                    }

                    if (IsDeadline(node))
                    {
                        return true;
                    }
                }
            }

            if (current.BaseType is { } baseType && !_context.HasCode(baseType) && !IsOfPlatform(baseType))
            {
                return true;
            }
        }

        return isOverridden && !sends;
    }

    /// <summary>Something in a handler that gives a request a limit of time, or sets the token aside for one that has.</summary>
    private static bool IsDeadline(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CancelAfter" or "WaitAsync" or "WhenAny" or "TimeoutAfter" or "WithTimeout" } } => true,
        ObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0, Type: { } type } => type is IdentifierNameSyntax { Identifier.ValueText: "CancellationTokenSource" } or QualifiedNameSyntax { Right.Identifier.ValueText: "CancellationTokenSource" },
        ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0, Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type: IdentifierNameSyntax { Identifier.ValueText: "CancellationTokenSource" } } } } } => true,
        _ => false,
    };

    private static bool IsOfPlatform(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "Http", ContainingNamespace: { Name: "Net", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } }
        || type.SpecialType == SpecialType.System_Object;

    private bool MayEndByVariable(ISymbol variable, IOperation root)
    {
        foreach (var operation in root.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Initializer.Value: { } value } declarator when Is(declarator.Symbol, variable):
                    if (MayEnd(value))
                    {
                        return true;
                    }

                    break;
                case ISimpleAssignmentOperation assignment when IsOf(assignment.Target, variable) || (IsInnerHandler(assignment.Target) && IsOf(((IPropertyReferenceOperation)assignment.Target).Instance, variable)):
                    if (MayEnd(assignment.Value))
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }

    private bool MayEndByMember(ISymbol member)
    {
        if (!_context.HasCode(member))
        {
            // Of another package: a client may be built over anything there, a test double too. One that is named as a handler of the platform sends.
            var memberType = (member as IPropertySymbol)?.Type ?? (member as IFieldSymbol)?.Type;
            return memberType is not INamedTypeSymbol { Name: "HttpClientHandler" or "SocketsHttpHandler" };
        }

        if (member.ContainingType is not { } type || TypeBodies.Read(type, _context, 400, _cancellationToken) is not { } bodies)
        {
            return false;
        }

        foreach (var body in bodies)
        {
            if (Is(body.Owner, member) && ValueOf(body.Root) is { } initial && MayEnd(initial))
            {
                return true;
            }

            if (MayEndByVariable(member, body.Root))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A method of the compilation gives what it returns; of any other the handler cannot be read.</summary>
    private bool MayEndByResult(IMethodSymbol method)
    {
        if (!_context.HasCode(method) || method.IsAbstract || method.IsVirtual || method.IsOverride)
        {
            return true;
        }

        if (!_asked.Add(method.OriginalDefinition))
        {
            return false;
        }

        foreach (var reference in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(_cancellationToken);
            if (_context.Summaries.ModelOf(syntax.SyntaxTree, _context.Compilation).GetOperation(syntax, _cancellationToken) is not { } body)
            {
                continue;
            }

            foreach (var operation in body.Descendants())
            {
                if (operation is IReturnOperation { ReturnedValue: { } value } && MayEnd(value))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IOperation? ValueOf(IOperation initializer) => initializer switch
    {
        ISymbolInitializerOperation symbol => symbol.Value,
        _ => null,
    };

    private static bool IsInnerHandler(IOperation target) => target is IPropertyReferenceOperation { Property.Name: "InnerHandler" };

    private static bool IsOf(IOperation? operation, ISymbol variable) => operation?.WithoutConversions() switch
    {
        ILocalReferenceOperation local => Is(local.Local, variable),
        IFieldReferenceOperation field => Is(field.Field.OriginalDefinition, variable),
        IPropertyReferenceOperation property => Is(property.Property.OriginalDefinition, variable),
        _ => false,
    };

    private static bool Is(ISymbol symbol, ISymbol other) => SymbolEqualityComparer.Default.Equals(symbol, other);
}
