using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>The statement of a list that releases a local on the way through, and what that means for a scope that ends there.</summary>
internal sealed class Releases
{
    private Releases(StatementSyntax statement, int index, bool isMovable, bool mustStayInPlace)
    {
        Statement = statement;
        Index = index;
        IsMovable = isMovable;
        MustStayInPlace = mustStayInPlace;
    }

    public StatementSyntax Statement { get; }

    public int Index { get; }

    /// <summary>False where the local is still mentioned behind the release.</summary>
    public bool IsMovable { get; }

    /// <summary>Whether something follows that may need the resource to be released, such as deleting the file: the scope has to end here.</summary>
    public bool MustStayInPlace { get; }

    /// <summary>The last release of the local in the list; null where there is none.</summary>
    public static Releases? FindEndOfScope(ILocalSymbol local, StatementScope scope, SemanticModel model, CancellationToken cancellationToken)
    {
        var statements = scope.Statements!;
        for (var i = statements.Count - 1; i > scope.Index; i--)
        {
            if (!IsReleaseOf(local, statements[i], model, cancellationToken))
            {
                continue;
            }

            var isMovable = true;
            var mustStay = false;
            for (var j = i + 1; j < statements.Count; j++)
            {
                foreach (var _ in Lifetime.UsesOf(local, statements[j], model, cancellationToken))
                {
                    isMovable = false;
                }

                mustStay |= !IsIndifferent(statements[j]);
            }

            return new Releases(statements[i], i, isMovable, mustStay);
        }

        return null;
    }

    /// <summary><c>x.Dispose();</c>, <c>x?.Close();</c>, <c>await x.DisposeAsync();</c></summary>
    public static bool IsReleaseOf(ILocalSymbol local, StatementSyntax statement, SemanticModel model, CancellationToken cancellationToken)
    {
        if (statement is not ExpressionStatementSyntax { Expression: var expression })
        {
            return false;
        }

        var isAwaited = false;
        if (expression is AwaitExpressionSyntax awaited)
        {
            isAwaited = true;
            expression = awaited.Expression;
            if (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } configured })
            {
                expression = configured.Expression;
            }
        }

        ExpressionSyntax? receiver = null;
        string? name = null;
        switch (expression)
        {
            case InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax member }:
                receiver = member.Expression;
                name = member.Name.Identifier.ValueText;
                break;
            case ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberBindingExpressionSyntax binding } } access:
                receiver = access.Expression;
                name = binding.Name.Identifier.ValueText;
                break;
        }

        return receiver is IdentifierNameSyntax identifier
            && (isAwaited ? name is "DisposeAsync" : name is "Dispose" or "Close")
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(identifier, cancellationToken).Symbol, local);
    }

    /// <summary>A statement that cannot tell whether a resource is released before or after it.</summary>
    private static bool IsIndifferent(StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax @return => @return.Expression is null || EvaluationOrder.IsHarmless(@return.Expression),
        BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax or LocalFunctionStatementSyntax or EmptyStatementSyntax => true,
        _ => false,
    };
}
