using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Tells whether a resource, or something that rests on it (a stream of its content, a reader, an unfinished task), may be used after a
/// scope has ended: then that scope must not dispose it. It follows the value through the syntax, a local at a time; what it does not
/// know counts as a use that outlives the scope.
/// </summary>
internal sealed class Lifetime
{
    private const int MaxAliases = 32;

    private readonly SemanticModel _model;
    private readonly SyntaxNode _scope;
    private readonly CancellationToken _cancellationToken;
    private readonly List<SyntaxNode>? _escapes;
    private readonly HashSet<ISymbol> _followed = new(SymbolEqualityComparer.Default);

    /// <summary>What a listener accepts does not rest on it.</summary>
    private bool _ofListener;
    private string? _otherEnd;

    private Lifetime(SemanticModel model, SyntaxNode scope, CancellationToken cancellationToken, List<SyntaxNode>? escapes = null)
    {
        _escapes = escapes;
        _model = model;
        _scope = scope;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether the value of an expression, or what is made of it, may be used after the scope has ended.</summary>
    public static bool ValueOutlives(ExpressionSyntax value, SyntaxNode scope, SemanticModel model, CancellationToken cancellationToken) =>
        new Lifetime(model, scope, cancellationToken).Outlives(value);

    /// <summary>Whether the value of a local may be used after the scope has ended.</summary>
    public static bool LocalOutlives(ILocalSymbol local, SyntaxNode scope, SemanticModel model, CancellationToken cancellationToken) =>
        new Lifetime(model, scope, cancellationToken).AnyUseOutlives(local);

    /// <summary>
    /// The places where the value of a local, or what is made of it, gets to where it outlives the scope; what is got from it by the member
    /// <paramref name="otherEnd"/> (the reader of a pipe) is not looked at.
    /// </summary>
    public static List<SyntaxNode> EscapesOf(ISymbol local, SyntaxNode scope, SemanticModel model, CancellationToken cancellationToken, string? otherEnd = null)
    {
        var escapes = new List<SyntaxNode>();
        new Lifetime(model, scope, cancellationToken, escapes) { _otherEnd = otherEnd }.AnyUseOutlives(local);
        return escapes;
    }

    /// <summary>The same for a value that has no name yet.</summary>
    public static List<SyntaxNode> EscapesOf(ExpressionSyntax value, SyntaxNode scope, SemanticModel model, CancellationToken cancellationToken)
    {
        var escapes = new List<SyntaxNode>();
        if (new Lifetime(model, scope, cancellationToken, escapes).Outlives(value))
        {
            escapes.Add(value);
        }

        return escapes;
    }

    /// <summary>The uses of a local, in the order of the text.</summary>
    public static IEnumerable<IdentifierNameSyntax> UsesOf(ISymbol local, SyntaxNode within, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var node in within.DescendantNodes())
        {
            if (node is IdentifierNameSyntax identifier
                && identifier.Identifier.ValueText == local.Name
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(identifier, cancellationToken).Symbol, local))
            {
                yield return identifier;
            }
        }
    }

    /// <summary>The function, or the top-level program, that a node runs in.</summary>
    public static SyntaxNode FunctionOf(SyntaxNode node)
    {
        for (var current = node; ; current = current.Parent)
        {
            if (current is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
                or MemberDeclarationSyntax and not GlobalStatementSyntax
                || current.Parent is null)
            {
                return current;
            }
        }
    }

    private bool AnyUseOutlives(ISymbol local)
    {
        if (!_followed.Add(local))
        {
            return false;
        }

        _ofListener |= local is ILocalSymbol { Type.Name: "TcpListener" or "HttpListener" or "QuicListener" } && _followed.Count == 1;
        if (_followed.Count > MaxAliases || !IsDeclaredInScope(local))
        {
            return true;
        }

        var declaration = local.DeclaringSyntaxReferences[0].GetSyntax(_cancellationToken);
        var function = FunctionOf(declaration);
        foreach (var use in UsesOf(local, LocalNames.MemberOf(declaration), _model, _cancellationToken))
        {
            if (_otherEnd is not null && use.Parent is MemberAccessExpressionSyntax member && member.Name.Identifier.ValueText == _otherEnd)
            {
                continue;
            }

            if (!IsRunNow(use, function) || Outlives(use))
            {
                if (_escapes is null)
                {
                    return true;
                }

                _escapes.Add(use);
            }
        }

        return false;
    }

    private bool IsDeclaredInScope(ISymbol local) =>
        local.DeclaringSyntaxReferences.Length == 1 && _scope.FullSpan.Contains(local.DeclaringSyntaxReferences[0].Span);

    /// <summary>Whether the functions between the use and the declaration are only called while the scope runs.</summary>
    private bool IsRunNow(SyntaxNode use, SyntaxNode function)
    {
        for (var inner = FunctionOf(use); inner != function; inner = FunctionOf(inner.Parent!))
        {
            switch (inner)
            {
                case AnonymousFunctionExpressionSyntax lambda when IsRunByCallee(lambda):
                    break;
                case LocalFunctionStatementSyntax local when IsOnlyCalled(local):
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private bool IsRunByCallee(AnonymousFunctionExpressionSyntax lambda)
    {
        if (lambda.Parent is not ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax invocation } }
            || _model.GetSymbolInfo(invocation, _cancellationToken).Symbol is not IMethodSymbol method)
        {
            return false;
        }

        var isKnown = method.ContainingType.Name switch
        {
            "Task" => method.Name == "Run",
            "TaskFactory" => method.Name == "StartNew",
            "Parallel" => true,
            "Array" or "List" => method.Name is "ForEach" or "Find" or "FindIndex" or "Exists" or "TrueForAll" or "ConvertAll",
            _ => false,
        };
        return isKnown && method.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal) && !ResultOutlives(invocation);
    }

    private bool IsOnlyCalled(LocalFunctionStatementSyntax function)
    {
        if (_model.GetDeclaredSymbol(function, _cancellationToken) is not { } symbol)
        {
            return false;
        }

        if (!_followed.Add(symbol))
        {
            return true;
        }

        foreach (var use in UsesOf(symbol, LocalNames.MemberOf(function), _model, _cancellationToken))
        {
            if (use.Parent is not InvocationExpressionSyntax invocation || invocation.Expression != use || FunctionOf(use) is not { } caller)
            {
                return false;
            }

            if (caller != FunctionOf(function.Parent!) && !function.Span.Contains(use.Span))
            {
                return false;
            }

            if (ResultOutlives(invocation))
            {
                return false;
            }
        }

        return true;
    }

    private bool MayBeView(ITypeSymbol? type) =>
        TypeWords.MayBeView(type, _model.Compilation) && !(_ofListener && type is { Name: "TcpClient" or "Socket" or "HttpListenerContext" or "QuicConnection" });

    /// <summary>For a call that works with the resource: whether what it gives back is used later.</summary>
    private bool ResultOutlives(ExpressionSyntax result)
    {
        var type = _model.GetTypeInfo(result, _cancellationToken).Type;
        return (TypeWords.IsUnfinished(type) || MayBeView(type)) && Outlives(result);
    }

    private bool Outlives(ExpressionSyntax value)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        switch (value.Parent)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return Outlives(parenthesized);
            case CastExpressionSyntax cast:
                return ResultOutlives(cast);
            case AwaitExpressionSyntax awaited:
                return ResultOutlives(awaited);
            case PostfixUnaryExpressionSyntax suppression when suppression.IsKind(SyntaxKind.SuppressNullableWarningExpression):
                return Outlives(suppression);
            case MemberAccessExpressionSyntax member when member.Expression == value:
                return MemberOutlives(member, member);
            case ConditionalAccessExpressionSyntax access when access.Expression == value:
                return ResultOutlives(access);
            case ConditionalAccessExpressionSyntax access:
                return ResultOutlives(access);
            case ElementAccessExpressionSyntax element when element.Expression == value:
                return ResultOutlives(element);
            case ArgumentSyntax argument:
                return ArgumentOutlives(argument);
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }:
                return _model.GetDeclaredSymbol(declarator, _cancellationToken) is not ILocalSymbol alias || AnyUseOutlives(alias) || IsForgotten(value, alias);
            case AssignmentExpressionSyntax assignment when assignment.Right == value:
                return assignment.Parent is not ExpressionStatementSyntax || AssignmentOutlives(assignment);
            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } assignment when assignment.Left == value:
                // A member that is set, or an event that is subscribed to: the end of a process is told as long as somebody keeps it.
                return assignment.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Exited" } exited && !IsWaitedFor(exited);
            case ExpressionStatementSyntax:
            case ArrowExpressionClauseSyntax arrow when IsVoid(arrow):
                return TypeWords.IsUnfinished(_model.GetTypeInfo(value, _cancellationToken).Type);
            case AnonymousFunctionExpressionSyntax lambda when lambda.Body == value && !IsInsideScope(lambda) && ExpressionBody.ReturnsNothing(lambda, _model, _cancellationToken):
                return TypeWords.IsUnfinished(_model.GetTypeInfo(value, _cancellationToken).Type);
            case AnonymousFunctionExpressionSyntax lambda when lambda.Body == value:
                return LambdaResultOutlives(lambda, value);
            case ReturnStatementSyntax when FunctionOf(value) is AnonymousFunctionExpressionSyntax lambda && IsInsideScope(lambda):
                return LambdaResultOutlives(lambda, value);
            case BinaryExpressionSyntax binary:
                switch (binary.Kind())
                {
                    case SyntaxKind.AsExpression:
                        return ResultOutlives(binary);
                    case SyntaxKind.CoalesceExpression:
                        return ResultOutlives(binary);
                    default:
                        return false;
                }

            case ConditionalExpressionSyntax conditional:
                return conditional.Condition != value && ResultOutlives(conditional);
            case SwitchExpressionSyntax:
            case PrefixUnaryExpressionSyntax:
            case InterpolationSyntax:
                return false;
            case IsPatternExpressionSyntax isPattern:
                foreach (var node in isPattern.Pattern.DescendantNodesAndSelf())
                {
                    if (node is SingleVariableDesignationSyntax designation
                        && (_model.GetDeclaredSymbol(designation, _cancellationToken) is not { } named || AnyUseOutlives(named)))
                    {
                        return true;
                    }
                }

                return false;
            case UsingStatementSyntax or ForEachStatementSyntax or LockStatementSyntax or IfStatementSyntax or WhileStatementSyntax or DoStatementSyntax or SwitchStatementSyntax:
                return false;
            default:
                return true;
        }
    }

    private bool IsInsideScope(SyntaxNode function) => function != _scope && _scope.FullSpan.Contains(function.Span);

    private bool IsVoid(ArrowExpressionClauseSyntax arrow) =>
        arrow.Parent is { } owner && ExpressionBody.ReturnsNothing(owner, _model, _cancellationToken);

    /// <summary>What a lambda gives back to the callee that runs it: a finished value or a task that the callee waits for, but no view.</summary>
    private bool LambdaResultOutlives(AnonymousFunctionExpressionSyntax lambda, ExpressionSyntax value)
    {
        var type = _model.GetTypeInfo(value, _cancellationToken).Type;
        if (TypeWords.IsTaskLike(type))
        {
            return !(IsInsideScope(lambda) && IsRunByCallee(lambda));
        }

        return MayBeView(type);
    }

    private bool MemberOutlives(MemberAccessExpressionSyntax member, ExpressionSyntax whole)
    {
        if (member.Parent is InvocationExpressionSyntax invocation && invocation.Expression == member)
        {
            return StoresItsReceiver(invocation) || StartsWork(invocation, member) || ResultOutlives(invocation);
        }

        return _model.GetSymbolInfo(member, _cancellationToken).Symbol is IMethodSymbol || ResultOutlives(whole);
    }

    /// <summary>Whether a call starts work that tells of its end by an event, not by what it gives back.</summary>
    private bool StartsWork(InvocationExpressionSyntax invocation, MemberAccessExpressionSyntax member)
    {
        var name = member.Name.Identifier.ValueText;
        if (name is "BeginOutputReadLine" or "BeginErrorReadLine")
        {
            return !IsWaitedFor(member);
        }

        if (!name.EndsWith("Async", StringComparison.Ordinal) || _model.GetSymbolInfo(invocation, _cancellationToken).Symbol is not IMethodSymbol method)
        {
            return false;
        }

        return method.ReturnsVoid || (method.Parameters.Length > 0 && method.Parameters[0].Type.Name == "SocketAsyncEventArgs");
    }

    /// <summary>Whether the function waits for the end of the process that a member belongs to.</summary>
    private bool IsWaitedFor(MemberAccessExpressionSyntax member)
    {
        if (_model.GetSymbolInfo(member.Expression, _cancellationToken).Symbol is not { } process)
        {
            return false;
        }

        foreach (var use in UsesOf(process, FunctionOf(member), _model, _cancellationToken))
        {
            if (use.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitForExit" or "WaitForExitAsync" or "HasExited" })
            {
                return true;
            }
        }

        return false;
    }

    private bool StoresItsReceiver(InvocationExpressionSyntax invocation) =>
        _model.GetSymbolInfo(invocation, _cancellationToken).Symbol is IMethodSymbol { MethodKind: MethodKind.ReducedExtension } method && Stores(method);

    private bool ArgumentOutlives(ArgumentSyntax argument)
    {
        if (!argument.RefKindKeyword.IsKind(SyntaxKind.None) && !argument.RefKindKeyword.IsKind(SyntaxKind.InKeyword))
        {
            return true;
        }

        switch (argument.Parent?.Parent)
        {
            case InvocationExpressionSyntax invocation:
                if (invocation.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" })
                {
                    return false;
                }

                return _model.GetSymbolInfo(invocation, _cancellationToken).Symbol is not IMethodSymbol method
                    || method.MethodKind == MethodKind.DelegateInvoke
                    || Stores(method)
                    || Takes(invocation, argument)
                    || ResultOutlives(invocation);
            case BaseObjectCreationExpressionSyntax creation:
                // Whatever its type, the new object can hold on to the argument.
                return Outlives(creation);
            case ElementAccessExpressionSyntax element:
                return ResultOutlives(element);
            default:
                return true;
        }
    }

    private bool AssignmentOutlives(AssignmentExpressionSyntax assignment)
    {
        if (assignment.Left is IdentifierNameSyntax name)
        {
            switch (_model.GetSymbolInfo(name, _cancellationToken).Symbol)
            {
                case IDiscardSymbol:
                    return TypeWords.IsUnfinished(_model.GetTypeInfo(assignment.Right, _cancellationToken).Type);
                case ILocalSymbol alias:
                    return AnyUseOutlives(alias) || IsForgotten(assignment.Right, alias);
            }
        }

        return true;
    }

    /// <summary>Whether a task is put into a local that nobody looks at: its work goes on like that of a task without a name.</summary>
    private bool IsForgotten(ExpressionSyntax task, ILocalSymbol local)
    {
        if (!TypeWords.IsUnfinished(_model.GetTypeInfo(task, _cancellationToken).Type))
        {
            return false;
        }

        foreach (var use in UsesOf(local, LocalNames.MemberOf(task), _model, _cancellationToken))
        {
            if (use.Parent is not AssignmentExpressionSyntax assignment || assignment.Left != use)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a method becomes the owner of its argument, by the ownership rows, and is not just what carries it on.</summary>
    private bool Takes(InvocationExpressionSyntax invocation, ArgumentSyntax argument) =>
        Ownership.EffectOn(argument, invocation, _model, _cancellationToken) is ParameterEffect.Takes or ParameterEffect.TakesOnTrue;

    /// <summary>Whether a method keeps what it is given, by its name; the body of a method of this code is the analyzer's to judge.</summary>
    private static bool Stores(IMethodSymbol method)
    {
        if (!method.DeclaringSyntaxReferences.IsEmpty && !method.IsAbstract)
        {
            return false;
        }

        // What is posted in a request is read and left to the caller.
        if (method.ContainingType is { Name: "HttpClient", ContainingNamespace: { Name: "Http", ContainingNamespace.Name: "Net" } })
        {
            return false;
        }

        var name = method.Name;
        foreach (var prefix in StoringPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || char.IsUpper(name[prefix.Length])))
            {
                return true;
            }
        }

        return false;
    }

    private static readonly string[] StoringPrefixes =
    {
        "Add", "TryAdd", "Set", "TrySet", "Register", "Attach", "Use", "With", "Push", "Enqueue", "Insert", "Append", "Prepend", "Track", "Store", "Post",
    };
}
