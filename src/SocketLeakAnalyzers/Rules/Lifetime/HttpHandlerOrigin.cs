using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// Tells where the handler of an <c>HttpClient</c> comes from. The connections are the handler's: a client over a handler that is kept elsewhere has
/// none of its own, and one over a test double sends nothing. Only a handler that is certainly made here counts as made here.
/// </summary>
internal sealed class HttpHandlerOrigin
{
    private const int MaxDepth = 8;

    private readonly KnownTypes _known;
    private readonly Func<SyntaxTree, SemanticModel> _models;
    private readonly IAssemblySymbol _assembly;
    private readonly CancellationToken _cancellationToken;
    private int _depth;

    public HttpHandlerOrigin(KnownTypes known, IAssemblySymbol assembly, Func<SyntaxTree, SemanticModel> models, CancellationToken cancellationToken)
    {
        _assembly = assembly;
        _known = known;
        _models = models;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether the client that is made has connections of its own: no handler is given to it, or one that is made for it.</summary>
    public bool IsOwn(IObjectCreationOperation client)
    {
        foreach (var argument in client.Arguments)
        {
            if (_known.IsHttpHandler(argument.Parameter?.Type) && !IsMadeHere(argument.Value))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsMadeHere(IOperation value)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_depth >= MaxDepth)
        {
            return false;
        }

        _depth++;
        var result = IsMadeHereCore(value.WithoutConversions());
        _depth--;
        return result;
    }

    private bool IsMadeHereCore(IOperation value) => value switch
    {
        IObjectCreationOperation creation => Sends(creation),
        ILocalReferenceOperation local => IsLocalMadeHere(local),
        IConditionalOperation { WhenFalse: { } whenFalse } choice => IsMadeHere(choice.WhenTrue) && IsMadeHere(whenFalse),
        ISwitchExpressionOperation choice => AreArmsMadeHere(choice),
        ISimpleAssignmentOperation assignment => IsMadeHere(assignment.Value),
        IThrowOperation => true,
        IInvocationOperation invocation => IsMadeBy(invocation.TargetMethod),
        _ => false,
    };

    private bool AreArmsMadeHere(ISwitchExpressionOperation choice)
    {
        foreach (var arm in choice.Arms)
        {
            if (!IsMadeHere(arm.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A handler that opens connections: of the platform, or a class of the compilation that derives from one and passes on to it.</summary>
    private bool Sends(IObjectCreationOperation creation)
    {
        if (creation.Type is not INamedTypeSymbol type || ReplacesSending(type))
        {
            return false;
        }

        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current is { Name: "HttpClientHandler" or "SocketsHttpHandler" or "WinHttpHandler", ContainingNamespace: { Name: "Http", ContainingNamespace.Name: "Net" } })
            {
                return true;
            }
        }

        return _known.DelegatingHandler is { } delegating && SymbolWords.DerivesFrom(type, delegating) && IsInnerMadeHere(creation, type);
    }

    /// <summary>A delegating handler sends by the handler inside: an argument, or what <c>InnerHandler</c> is set to.</summary>
    private bool IsInnerMadeHere(IObjectCreationOperation creation, INamedTypeSymbol type)
    {
        var isStated = false;
        foreach (var argument in creation.Arguments)
        {
            if (_known.IsHttpHandler(argument.Parameter?.Type))
            {
                isStated = true;
                if (!IsMadeHere(argument.Value))
                {
                    return false;
                }
            }
        }

        if (creation.Initializer is { } initializer)
        {
            foreach (var member in initializer.Initializers)
            {
                if (member is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "InnerHandler" } } assignment)
                {
                    return IsMadeHere(assignment.Value);
                }
            }
        }

        if (LocalOf(creation) is { } local)
        {
            foreach (var operation in OperationWords.RootOf(creation).Descendants())
            {
                if (operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "InnerHandler", Instance: ILocalReferenceOperation target } } assignment
                    && SymbolEqualityComparer.Default.Equals(target.Local, local))
                {
                    return IsMadeHere(assignment.Value);
                }
            }
        }

        // The class gives itself one in its constructor.
        return isStated || !type.DeclaringSyntaxReferences.IsEmpty;
    }

    private static ILocalSymbol? LocalOf(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
            _ => null,
        };
    }

    /// <summary>Everything that the local is given in this member is made here.</summary>
    private bool IsLocalMadeHere(ILocalReferenceOperation reference)
    {
        var isGiven = false;
        foreach (var operation in OperationWords.RootOf(reference).Descendants())
        {
            IOperation? value;
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local):
                    value = declarator.Initializer?.Value ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer?.Value;
                    break;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when SymbolEqualityComparer.Default.Equals(target.Local, reference.Local):
                    value = assignment.Value;
                    break;
                default:
                    continue;
            }

            if (value is null || value.ConstantValue is { HasValue: true, Value: null })
            {
                continue;
            }

            if (!IsMadeHere(value))
            {
                return false;
            }

            isGiven = true;
        }

        return isGiven;
    }

    /// <summary>A method of the compilation whose every return gives a handler that it has made.</summary>
    private bool IsMadeBy(IMethodSymbol method)
    {
        // In an IDE a method of another project has source too; the build does not see it.
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _assembly) || method.IsAbstract || method.IsVirtual || method.IsOverride)
        {
            return false;
        }

        foreach (var reference in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(_cancellationToken);
            if (_models(syntax.SyntaxTree).GetOperation(syntax, _cancellationToken) is not { } body)
            {
                continue;
            }

            var returns = false;
            foreach (var operation in body.Descendants())
            {
                if (operation is IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value } && IsOwnReturn(operation, body))
                {
                    returns = true;
                    if (!IsMadeHere(value))
                    {
                        return false;
                    }
                }
            }

            return returns;
        }

        return false;
    }

    private static bool IsOwnReturn(IOperation @return, IOperation body)
    {
        for (var operation = @return.Parent; operation is not null && operation != body; operation = operation.Parent)
        {
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a class of the compilation answers requests itself: it overrides <c>SendAsync</c> and never calls the base.</summary>
    private bool ReplacesSending(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                if (member is not IMethodSymbol { Name: "SendAsync" or "Send", IsOverride: true } || member.DeclaringSyntaxReferences.IsEmpty)
                {
                    continue;
                }

                foreach (var reference in current.DeclaringSyntaxReferences)
                {
                    foreach (var node in reference.GetSyntax(_cancellationToken).DescendantNodes())
                    {
                        if (node is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax, Name.Identifier.ValueText: "SendAsync" or "Send" })
                        {
                            return false;
                        }
                    }
                }

                return true;
            }
        }

        return false;
    }
}
