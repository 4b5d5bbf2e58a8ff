using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Looks through the rest of the compilation for code that may release a field which is not private, or that a property gives out: a
/// derived class, a friend. It is asked last, for what would be reported otherwise; the names that a file uses are kept with its tree.
/// </summary>
internal static class OutsideUses
{
    private const int MaxCopies = 3;

    /// <summary>Whether code outside of the type may release what the field or property holds, or hand it on.</summary>
    public static bool MayRelease(INamedTypeSymbol type, HeldResource held, ObligationContext context, CancellationToken cancellationToken)
    {
        var members = ImmutableArray.CreateBuilder<ISymbol>();
        if (held.Symbol.DeclaredAccessibility != Accessibility.Private)
        {
            members.Add(held.Symbol);
        }

        members.AddRange(held.ExposedBy);
        return MayRelease(type, members.ToImmutable(), context, cancellationToken);
    }

    /// <summary>Whether a caller of a method that returns what the field holds may release it.</summary>
    public static bool MayReleaseLent(INamedTypeSymbol type, HeldResource held, ObligationContext context, CancellationToken cancellationToken) =>
        MayRelease(type, held.LentBy, context, cancellationToken);

    /// <summary>Whether code names one of the members, or what it implements, and may release what it gets there.</summary>
    private static bool MayRelease(INamedTypeSymbol type, ImmutableArray<ISymbol> given, ObligationContext context, CancellationToken cancellationToken)
    {
        if (given.IsEmpty)
        {
            return false;
        }

        var members = given.ToBuilder();
        foreach (var member in given)
        {
            AddImplemented(type, member, members);
        }

        foreach (var tree in context.Compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var names = UsedNames.Of(tree);
            foreach (var member in members)
            {
                if (names.Contains(SimpleName(member)) && MayRelease(type, member, tree, context, cancellationToken))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void AddImplemented(INamedTypeSymbol type, ISymbol member, ImmutableArray<ISymbol>.Builder members)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            foreach (var candidate in implemented.GetMembers(SimpleName(member)))
            {
                if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(candidate), member))
                {
                    members.Add(candidate.OriginalDefinition);
                }
            }
        }
    }

    private static string SimpleName(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);

    private static bool MayRelease(INamedTypeSymbol type, ISymbol member, SyntaxTree tree, ObligationContext context, CancellationToken cancellationToken)
    {
        SemanticModel? model = null;
        var name = SimpleName(member);
        foreach (var node in tree.GetRoot(cancellationToken).DescendantNodes())
        {
            if (node is not IdentifierNameSyntax identifier
                || identifier.Identifier.ValueText != name
                || IsHarmless(identifier)
                || IsInside(type, node))
            {
                continue;
            }

            model ??= context.Summaries.ModelOf(tree, context.Compilation);
            var info = model.GetSymbolInfo(identifier, cancellationToken);
            foreach (var symbol in info.Symbol is { } found ? ImmutableArray.Create(found) : info.CandidateSymbols)
            {
                if (SymbolEqualityComparer.Default.Equals(symbol.OriginalDefinition, member.OriginalDefinition))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsInside(INamedTypeSymbol type, SyntaxNode node)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == node.SyntaxTree && reference.Span.Contains(node.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the value is only looked at, called on or replaced here, told by the text alone.</summary>
    private static bool IsHarmless(IdentifierNameSyntax identifier, int depth = 0)
    {
        ExpressionSyntax value = identifier;
        while (true)
        {
            switch (value.Parent)
            {
                case MemberAccessExpressionSyntax access when access.Name == value:
                    value = access;
                    continue;
                case MemberBindingExpressionSyntax binding when binding.Name == value:
                    value = binding;
                    continue;
                case ConditionalAccessExpressionSyntax conditional when conditional.WhenNotNull == value:
                    value = conditional;
                    continue;
                case ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }:
                    value = (ExpressionSyntax)value.Parent;
                    continue;
                case InvocationExpressionSyntax call when call.Expression == value:
                    value = call;
                    continue;
                case AwaitExpressionSyntax wait:
                    value = wait;
                    continue;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" or "Result" or "GetAwaiter" or "GetResult" } task when task.Expression == value:
                    value = task;
                    continue;
                case MemberAccessExpressionSyntax access when access.Expression == value:
                    return !MentionsRelease(access);
                case ConditionalAccessExpressionSyntax conditional:
                    return !MentionsRelease(conditional.WhenNotNull);
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }:
                    return depth < MaxCopies && IsHarmless(variable, depth + 1);
                case ExpressionStatementSyntax:
                    return true;
                case AssignmentExpressionSyntax assignment when assignment.Left == value:
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression }:
                case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }:
                case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax { Pattern: ConstantPatternSyntax } }:
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>Whether a local variable is only called on.</summary>
    private static bool IsHarmless(VariableDeclaratorSyntax variable, int depth)
    {
        if (variable.Parent?.Parent is not LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Parent: { } scope })
        {
            return false;
        }

        foreach (var node in scope.DescendantNodes())
        {
            if (node is IdentifierNameSyntax use && use.Identifier.ValueText == variable.Identifier.ValueText && !IsHarmless(use, depth))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MentionsRelease(SyntaxNode chain)
    {
        var outermost = chain;
        while (outermost.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax or ConditionalAccessExpressionSyntax or MemberBindingExpressionSyntax or AwaitExpressionSyntax)
        {
            outermost = outermost.Parent;
        }

        // A view of it that is disposed of takes it along.
        if (outermost.Parent is UsingStatementSyntax or EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } } } })
        {
            return true;
        }

        foreach (var token in outermost.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && Conventions.HasReleasingName(token.ValueText))
            {
                return true;
            }
        }

        return false;
    }
}
