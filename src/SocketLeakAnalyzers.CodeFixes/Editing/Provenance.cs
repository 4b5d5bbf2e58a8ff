using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Tells whether a variable may at times hold something that belongs to somebody else: then nothing may be disposed through it without
/// a look at the path. It asks for all values that are ever put there, in whatever order; what it does not know is foreign.
/// </summary>
internal sealed class Provenance
{
    private const int MaxDepth = 4;

    private readonly Compilation _compilation;
    private readonly SyntaxNode? _acquisition;
    private readonly ExpressionSyntax? _passedOver;
    private readonly CancellationToken _cancellationToken;
    private readonly HashSet<ISymbol> _visited = new(SymbolEqualityComparer.Default);

    private Provenance(Compilation compilation, SyntaxNode? acquisition, ExpressionSyntax? passedOver, CancellationToken cancellationToken)
    {
        _compilation = compilation;
        _acquisition = acquisition;
        _passedOver = passedOver;
        _cancellationToken = cancellationToken;
    }

    /// <param name="variable">A local, field or auto-property.</param>
    /// <param name="acquisition">What the analyzer says is owned.</param>
    /// <param name="passedOver">A value that is put there too late to matter.</param>
    /// <param name="compilation">The compilation.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static bool MayBeForeign(ISymbol variable, SyntaxNode? acquisition, ExpressionSyntax? passedOver, Compilation compilation, CancellationToken cancellationToken) =>
        new Provenance(compilation, acquisition, passedOver, cancellationToken).Holds(variable, 0);

    /// <summary>The places in the code that give a variable another value, or could.</summary>
    public static IEnumerable<ExpressionSyntax> WritesOf(ISymbol variable, SyntaxNode within, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var use in Lifetime.UsesOf(variable, within, model, cancellationToken))
        {
            var target = TargetOf(use);
            switch (target.Parent)
            {
                case AssignmentExpressionSyntax assignment when assignment.Left == target:
                case ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword }:
                case ArgumentSyntax { Parent: TupleExpressionSyntax tuple } when IsAssignedTo(tuple):
                case RefExpressionSyntax:
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression }:
                    yield return target;
                    break;
            }
        }
    }

    private static bool IsAssignedTo(TupleExpressionSyntax tuple)
    {
        ExpressionSyntax whole = tuple;
        while (whole.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax outer })
        {
            whole = outer;
        }

        return whole.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == whole,
            ForEachVariableStatementSyntax loop => loop.Variable == whole,
            _ => false,
        };
    }

    /// <summary>The whole of <c>this.x</c>, <c>(x)</c>, <c>x!</c>.</summary>
    private static ExpressionSyntax TargetOf(IdentifierNameSyntax use)
    {
        ExpressionSyntax target = use;
        while (true)
        {
            switch (target.Parent)
            {
                case MemberAccessExpressionSyntax member when member.Name == target:
                    target = member;
                    continue;
                case ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }:
                    target = (ExpressionSyntax)target.Parent;
                    continue;
                default:
                    return target;
            }
        }
    }

    private bool Holds(ISymbol variable, int depth)
    {
        if (!_visited.Add(variable))
        {
            return false;
        }

        if (variable is IParameterSymbol { IsImplicitlyDeclared: true, ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.PropertySet, DeclaredAccessibility: Accessibility.Private, AssociatedSymbol: { } property } })
        {
            // The value of a setter that only the type itself calls.
            return IsGivenForeignInType(property, depth);
        }

        if (depth > MaxDepth || variable.DeclaringSyntaxReferences.IsEmpty)
        {
            return true;
        }

        var declaration = variable.DeclaringSyntaxReferences[0].GetSyntax(_cancellationToken);
        switch (variable)
        {
            case ILocalSymbol { RefKind: RefKind.None } when declaration is VariableDeclaratorSyntax declarator:
                return IsForeign(declarator.Initializer?.Value, depth) || IsGivenForeign(variable, LocalNames.MemberOf(declaration), depth);
            case IParameterSymbol { RefKind: RefKind.Out or RefKind.Ref }:
                return IsGivenForeign(variable, LocalNames.MemberOf(declaration), depth);
            case IFieldSymbol when declaration is VariableDeclaratorSyntax declarator:
                return IsForeign(declarator.Initializer?.Value, depth) || IsGivenForeignInType(variable, depth);
            case IPropertySymbol when declaration is PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors } auto:
                foreach (var accessor in accessors.Accessors)
                {
                    if (accessor.Body is not null || accessor.ExpressionBody is not null)
                    {
                        return true;
                    }
                }

                return IsForeign(auto.Initializer?.Value, depth) || IsGivenForeignInType(variable, depth);
            default:
                return true;
        }
    }

    private bool IsGivenForeignInType(ISymbol variable, int depth)
    {
        foreach (var reference in variable.ContainingType.DeclaringSyntaxReferences)
        {
            if (IsGivenForeign(variable, reference.GetSyntax(_cancellationToken), depth))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsGivenForeign(ISymbol variable, SyntaxNode within, int depth)
    {
        foreach (var target in WritesOf(variable, within, ModelOf(within), _cancellationToken))
        {
            var isForeign = target.Parent switch
            {
                AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression } assignment => IsForeign(assignment.Right, depth),
                ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax invocation } } argument => GivesForeign(invocation, argument, depth),
                _ => true,
            };
            if (isForeign)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a call writes through a <c>ref</c> or <c>out</c> argument.</summary>
    private bool GivesForeign(InvocationExpressionSyntax invocation, ArgumentSyntax argument, int depth)
    {
        if (ModelOf(invocation).GetSymbolInfo(invocation, _cancellationToken).Symbol is not IMethodSymbol method)
        {
            return true;
        }

        var arguments = invocation.ArgumentList.Arguments;
        if (method.ContainingType.Name == "Interlocked")
        {
            return arguments.Count < 2 || IsForeign(arguments[1].Expression, depth);
        }

        var index = arguments.IndexOf(argument);
        foreach (var parameter in method.Parameters)
        {
            if (argument.NameColon is { } name ? parameter.Name == name.Name.Identifier.ValueText : parameter.Ordinal == index)
            {
                return method.IsVirtual || method.IsAbstract || method.IsOverride || method.MethodKind == MethodKind.DelegateInvoke || Holds(parameter.OriginalDefinition, depth + 1);
            }
        }

        return true;
    }

    private bool IsForeign(ExpressionSyntax? value, int depth)
    {
        if (value is null || value == _passedOver || (_acquisition is not null && value == _acquisition))
        {
            return false;
        }

        switch (value)
        {
            case LiteralExpressionSyntax or DefaultExpressionSyntax or ThrowExpressionSyntax or BaseObjectCreationExpressionSyntax:
                return false;
            case ParenthesizedExpressionSyntax parenthesized:
                return IsForeign(parenthesized.Expression, depth);
            case CastExpressionSyntax cast:
                return IsForeign(cast.Expression, depth);
            case AwaitExpressionSyntax awaited:
                return IsForeign(awaited.Expression, depth);
            case PostfixUnaryExpressionSyntax suppression:
                return IsForeign(suppression.Operand, depth);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression } conversion:
                return IsForeign(conversion.Left, depth);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce:
                return IsForeign(coalesce.Left, depth) || IsForeign(coalesce.Right, depth);
            case ConditionalExpressionSyntax conditional:
                return IsForeign(conditional.WhenTrue, depth) || IsForeign(conditional.WhenFalse, depth);
            case SwitchExpressionSyntax @switch:
                foreach (var arm in @switch.Arms)
                {
                    if (IsForeign(arm.Expression, depth))
                    {
                        return true;
                    }
                }

                return false;
            case IdentifierNameSyntax name:
                return ModelOf(name).GetSymbolInfo(name, _cancellationToken).Symbol is not { } symbol
                    || !(symbol is ILocalSymbol || symbol.IsImplicitlyDeclared)
                    || Holds(symbol, depth + 1);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result" } member when IsTask(member.Expression):
                return IsForeign(member.Expression, depth);
            case MemberAccessExpressionSyntax member:
                return Rows.Of(ModelOf(member).GetSymbolInfo(member, _cancellationToken).Symbol, _compilation).Returns != ReturnEffect.Owned;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "GetAwaiter" or "GetResult" or "WaitAsync" } member } when IsTask(member.Expression):
                return IsForeign(member.Expression, depth);
            case InvocationExpressionSyntax invocation:
                return IsForeign(invocation, depth);
            default:
                return true;
        }
    }

    private bool IsForeign(InvocationExpressionSyntax invocation, int depth)
    {
        if (ModelOf(invocation).GetSymbolInfo(invocation, _cancellationToken).Symbol is not IMethodSymbol method)
        {
            return true;
        }

        switch (Rows.Of(method, _compilation).Returns)
        {
            case ReturnEffect.Owned or ReturnEffect.Wrapper:
                return false;
            case ReturnEffect.Self when invocation.Expression is MemberAccessExpressionSyntax member:
                return IsForeign(member.Expression, depth);
            case ReturnEffect.Unstated:
                return method.IsAbstract || method.IsVirtual || method.IsOverride || !_visited.Add(method.OriginalDefinition) || ReturnsForeign(method, depth + 1);
            default:
                return true;
        }
    }

    private bool ReturnsForeign(IMethodSymbol method, int depth)
    {
        if (depth > MaxDepth || method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction) || method.DeclaringSyntaxReferences.Length != 1)
        {
            return true;
        }

        switch (method.DeclaringSyntaxReferences[0].GetSyntax(_cancellationToken))
        {
            case MethodDeclarationSyntax { ExpressionBody: { } arrow }:
                return IsForeign(arrow.Expression, depth);
            case LocalFunctionStatementSyntax { ExpressionBody: { } arrow }:
                return IsForeign(arrow.Expression, depth);
            case MethodDeclarationSyntax { Body: { } body }:
                return ReturnsForeign(body, depth);
            case LocalFunctionStatementSyntax { Body: { } body }:
                return ReturnsForeign(body, depth);
            default:
                return true;
        }
    }

    private bool ReturnsForeign(BlockSyntax body, int depth)
    {
        var any = false;
        foreach (var node in body.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case YieldStatementSyntax:
                    return true;
                case ReturnStatementSyntax { Expression: { } returned }:
                    any = true;
                    if (IsForeign(returned, depth))
                    {
                        return true;
                    }

                    break;
            }
        }

        return !any;
    }

    private bool IsTask(ExpressionSyntax expression) => TypeWords.IsTaskLike(ModelOf(expression).GetTypeInfo(expression, _cancellationToken).Type);

    private SemanticModel ModelOf(SyntaxNode node) => _compilation.GetSemanticModel(node.SyntaxTree);
}
