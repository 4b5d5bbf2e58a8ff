using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>The statement that puts a fresh resource into a local or a field, and how the code names it from there on.</summary>
internal sealed class Holder
{
    private Holder(StatementSyntax statement, StatementScope scope, ISymbol symbol, ITypeSymbol type, string name, bool mayBeNull)
    {
        Statement = statement;
        Scope = scope;
        Symbol = symbol;
        Type = type;
        Name = name;
        MayBeNull = mayBeNull;
    }

    public StatementSyntax Statement { get; }

    public StatementScope Scope { get; }

    /// <summary>A local, or a field or property of the object.</summary>
    public ISymbol Symbol { get; }

    public ITypeSymbol Type { get; }

    /// <summary>The text that names it.</summary>
    public string Name { get; }

    /// <summary>Whether the value can be null as far as the compiler knows.</summary>
    public bool MayBeNull { get; }

    /// <summary>Whether the value can be null as far as the compiler knows, or as one of these statements of its scope asks.</summary>
    public bool MayBeNullIn(int first, int last)
    {
        if (MayBeNull)
        {
            return true;
        }

        for (var i = first; i <= last && Scope.Statements is { } statements && i < statements.Count; i++)
        {
            // A handler that tests it guards its own release.
            foreach (var node in statements[i].DescendantNodes(static node => node is not (CatchClauseSyntax or FinallyClauseSyntax)))
            {
                if (node switch
                    {
                        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } test =>
                            (test.Right.IsKind(SyntaxKind.NullLiteralExpression) && IsName(test.Left)) || (test.Left.IsKind(SyntaxKind.NullLiteralExpression) && IsName(test.Right)),
                        IsPatternExpressionSyntax test => IsName(test.Expression) && IsNull(test.Pattern),

                        // (Many write `x?.Dispose()` whatever x is; our own fixes do.)
                        ConditionalAccessExpressionSyntax access => IsName(access.Expression) && FieldTexts.ReleasedBy(access) is null,
                        _ => false,
                    })
                {
                    return true;
                }
            }
        }

        return false;

        bool IsName(ExpressionSyntax expression) => expression is IdentifierNameSyntax name && name.Identifier.ValueText == Symbol.Name;

        static bool IsNull(PatternSyntax pattern) => pattern switch
        {
            UnaryPatternSyntax not => IsNull(not.Pattern),
            ConstantPatternSyntax constant => constant.Expression.IsKind(SyntaxKind.NullLiteralExpression),
            _ => false,
        };
    }

    public static Holder? Of(ResourceValue value, FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        var mayBeNull = value.Expression is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression }
            || model.GetTypeInfo(value.Expression, cancellationToken).Nullability.FlowState == NullableFlowState.MaybeNull;
        switch (value.Outer.Parent)
        {
            case EqualsValueClauseSyntax
            {
                Parent: VariableDeclaratorSyntax
                {
                    Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } statement },
                } declarator,
            }
                when model.GetDeclaredSymbol(declarator, cancellationToken) is ILocalSymbol local && StatementScope.Of(statement) is { Statements: not null } scope:
                return new Holder(statement, scope, local, local.Type, declarator.Identifier.Text, mayBeNull);
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax statement } assignment
                when StatementScope.Of(statement) is { Statements: not null } scope:
                var symbol = model.GetSymbolInfo(assignment.Left, cancellationToken).Symbol;
                var type = symbol switch
                {
                    ILocalSymbol { RefKind: RefKind.None } local => local.Type,
                    IFieldSymbol field when IsOwn(assignment.Left) => field.Type,
                    IPropertySymbol { IsIndexer: false } property when IsOwn(assignment.Left) => property.Type,
                    _ => null,
                };
                return type is null ? null : new Holder(statement, scope, symbol!, type, assignment.Left.ToString(), mayBeNull);
            default:
                return null;
        }
    }

    private static bool IsOwn(ExpressionSyntax left) =>
        left is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax };
}
