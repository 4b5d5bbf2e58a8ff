using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Tells by the text whether a member is filled because what it holds is no longer well: <c>if (client is null || !client.Connected)</c>, or behind
/// <c>if (client is { Connected: true }) return;</c>. Such a test is no test of ownership: what it finds dead still holds its descriptor. Whether it was
/// disposed or closed on this side is another question, and not a test of health.
/// </summary>
internal static class HealthTest
{
    private const int MaxDepth = 3;

    /// <summary>Whether the node runs under such a test of the member, or behind one that leaves where the member is well.</summary>
    public static bool Guards(SyntaxNode node, string member, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        for (var current = node; current.Parent is { } parent and not (TypeDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); current = parent)
        {
            if (parent is IfStatementSyntax test && current != test.Condition && Asks(test.Condition, member, type, 0, cancellationToken))
            {
                return true;
            }

            if (parent is not BlockSyntax block)
            {
                continue;
            }

            foreach (var statement in block.Statements)
            {
                if (statement == current)
                {
                    break;
                }

                if (statement is IfStatementSyntax guard && Leaves(guard.Statement) && Asks(guard.Condition, member, type, 0, cancellationToken))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a property or method of the type answers with the health of what the member holds.</summary>
    public static bool IsAskedBy(ISymbol asked, string member, INamedTypeSymbol type, CancellationToken cancellationToken) => IsAskedBy(asked, member, type, 0, cancellationToken);

    /// <summary>Whether the statement ends in leaving.</summary>
    public static bool Leaves(StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax => true,
        BlockSyntax { Statements: { Count: > 0 } statements } => Leaves(statements[statements.Count - 1]),
        _ => false,
    };

    private static bool IsAskedBy(ISymbol asked, string member, INamedTypeSymbol type, int depth, CancellationToken cancellationToken)
    {
        if (depth >= MaxDepth || asked is not (IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean } or IMethodSymbol { ReturnType.SpecialType: SpecialType.System_Boolean }))
        {
            return false;
        }

        foreach (var reference in asked.DeclaringSyntaxReferences)
        {
            if (Asks(reference.GetSyntax(cancellationToken), member, type, depth + 1, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Asks(SyntaxNode condition, string member, INamedTypeSymbol type, int depth, CancellationToken cancellationToken)
    {
        foreach (var node in condition.DescendantNodesAndSelf())
        {
            if (node is not IdentifierNameSyntax name)
            {
                continue;
            }

            if (name.Identifier.ValueText == member)
            {
                if (AsksState(name, condition))
                {
                    return true;
                }
            }
            else if (name.Parent is not MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } and not NameColonSyntax)
            {
                foreach (var own in type.GetMembers(name.Identifier.ValueText))
                {
                    if (IsAskedBy(own, member, type, depth, cancellationToken))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Whether something is asked of what the name holds.</summary>
    private static bool AsksState(IdentifierNameSyntax name, SyntaxNode condition)
    {
        ExpressionSyntax value = name;
        while (value.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }
            || (value.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own && own.Name == value))
        {
            value = (ExpressionSyntax)value.Parent;
        }

        return value.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Expression == value => IsState(access.Name),
            ConditionalAccessExpressionSyntax access when access.Expression == value => AsksState(access.WhenNotNull),
            IsPatternExpressionSyntax test when test.Expression == value => AsksState(test.Pattern, condition),
            _ => false,
        };
    }

    private static bool AsksState(ExpressionSyntax whenNotNull)
    {
        foreach (var node in whenNotNull.DescendantNodesAndSelf())
        {
            if (node is MemberBindingExpressionSyntax binding)
            {
                return IsState(binding.Name);
            }
        }

        return false;
    }

    private static bool AsksState(PatternSyntax pattern, SyntaxNode condition)
    {
        foreach (var node in pattern.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case SubpatternSyntax { NameColon.Name: { } property } when IsState(property):
                case SubpatternSyntax { ExpressionColon: { } path } when IsState(path.Expression):
                case SingleVariableDesignationSyntax variable when IsAsked(variable.Identifier.ValueText, condition):
                    return true;
            }
        }

        return false;
    }

    private static bool IsAsked(string variable, SyntaxNode condition)
    {
        foreach (var node in condition.DescendantNodes())
        {
            if (node is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax name } access && name.Identifier.ValueText == variable && IsState(access.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsState(SyntaxNode asked)
    {
        var text = asked.ToString();
        return text.IndexOf("dispos", StringComparison.OrdinalIgnoreCase) < 0 && text.IndexOf("closed", StringComparison.OrdinalIgnoreCase) < 0 && !(text == "State" && IsOfDatabase(asked));
    }

    /// <summary>A database connection that is not open holds nothing: <c>connection.State != ConnectionState.Open</c>.</summary>
    private static bool IsOfDatabase(SyntaxNode asked) =>
        asked.FirstAncestorOrSelf<ExpressionSyntax>(static node => node is BinaryExpressionSyntax or IsPatternExpressionSyntax)?.ToString().Contains("ConnectionState") == true;
}
