using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;

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

    /// <summary>The last release of the local in the list; null where there is none. With <paramref name="anyClose"/> also a <c>Close</c> that may do more than <c>Dispose</c>.</summary>
    public static Releases? FindEndOfScope(ILocalSymbol local, StatementScope scope, bool anyClose, SemanticModel model, CancellationToken cancellationToken)
    {
        var statements = scope.Statements!;
        for (var i = statements.Count - 1; i > scope.Index; i--)
        {
            if (!IsReleaseOf(local, statements[i], anyClose, model, cancellationToken))
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

                mustStay |= !IsIndifferent(statements[j], model, cancellationToken);
            }

            return new Releases(statements[i], i, isMovable, mustStay);
        }

        return null;
    }

    /// <summary><c>x.Dispose();</c>, <c>x?.Close();</c>, <c>await x.DisposeAsync();</c></summary>
    public static bool IsReleaseOf(ISymbol variable, StatementSyntax statement, bool anyClose, SemanticModel model, CancellationToken cancellationToken)
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

        if (anyClose && expression is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } helper)
        {
            return ReleasesArgument(helper, variable, model, cancellationToken);
        }

        ExpressionSyntax? receiver = null;
        InvocationExpressionSyntax? call = null;
        string? name = null;
        switch (expression)
        {
            case InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax member } invocation:
                call = invocation;
                receiver = member.Expression;
                name = member.Name.Identifier.ValueText;
                break;
            case ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberBindingExpressionSyntax binding } invocation } access:
                call = invocation;
                receiver = access.Expression;
                name = binding.Name.Identifier.ValueText;
                break;
        }

        // By its name, or by a row of the user for any other name.
        return receiver is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
            && (isAwaited ? name is "DisposeAsync" || (anyClose && IsDisposing(call!))
                : name is "Dispose" || (name is "Close" ? anyClose || IsDisposing(call!) : anyClose && IsDisposing(call!)))
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(receiver, cancellationToken).Symbol, variable);

        bool IsDisposing(InvocationExpressionSyntax close) =>
            model.GetSymbolInfo(close, cancellationToken).Symbol is IMethodSymbol method && (method.Name != "Close" || method.DeclaringSyntaxReferences.IsEmpty) && Rows.Of(method, model.Compilation).Releases;
    }

    /// <summary><c>pool.Return(x);</c>, where a row says that it releases its argument.</summary>
    private static bool ReleasesArgument(InvocationExpressionSyntax call, ISymbol variable, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method)
        {
            return false;
        }

        var arguments = call.ArgumentList.Arguments;
        for (var i = 0; i < arguments.Count && i < method.Parameters.Length; i++)
        {
            if (arguments[i].NameColon is null
                && Rows.Of(method, model.Compilation).Parameter(i) is { Effect: ParameterEffect.Releases, Condition: null }
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(arguments[i].Expression, cancellationToken).Symbol, variable))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A statement that cannot tell whether a resource is released before or after it.</summary>
    private static bool IsIndifferent(StatementSyntax statement, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (statement)
        {
            case ReturnStatementSyntax @return:
                return @return.Expression is null || IsPureData(@return.Expression, model, cancellationToken);
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration:
                foreach (var variable in declaration.Declaration.Variables)
                {
                    if (variable.Initializer is { } initializer && !IsPureData(initializer.Value, model, cancellationToken))
                    {
                        return false;
                    }
                }

                return true;
            case BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax or LocalFunctionStatementSyntax or EmptyStatementSyntax:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Computes with data in memory only: texts, numbers, collections.</summary>
    private static bool IsPureData(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken)
    {
        if (EvaluationOrder.IsHarmless(expression))
        {
            return true;
        }

        switch (expression)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return IsPureData(parenthesized.Expression, model, cancellationToken);
            case CastExpressionSyntax cast:
                return IsPureData(cast.Expression, model, cancellationToken);
            case BinaryExpressionSyntax binary:
                return IsPureData(binary.Left, model, cancellationToken) && IsPureData(binary.Right, model, cancellationToken);
            case MemberAccessExpressionSyntax member:
                return IsPureData(member.Expression, model, cancellationToken);
            case InterpolatedStringExpressionSyntax interpolated:
                foreach (var content in interpolated.Contents)
                {
                    if (content is InterpolationSyntax hole && !IsPureData(hole.Expression, model, cancellationToken))
                    {
                        return false;
                    }
                }

                return true;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } invocation
                when model.GetSymbolInfo(invocation, cancellationToken).Symbol is IMethodSymbol method && IsOfData(method.ContainingType):
                return IsPureData(member.Expression, model, cancellationToken) && ArePureData(invocation.ArgumentList, model, cancellationToken);
            case BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList: { } arguments } creation
                when model.GetTypeInfo(creation, cancellationToken).Type is { } type && !Disposability.IsDisposable(type, model.Compilation):
                return ArePureData(arguments, model, cancellationToken);
            default:
                return false;
        }
    }

    private static bool ArePureData(ArgumentListSyntax arguments, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var argument in arguments.Arguments)
        {
            if (!IsPureData(argument.Expression, model, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOfData(INamedTypeSymbol type) =>
        type.SpecialType is not SpecialType.None
        || type.TypeKind == TypeKind.Enum
        || type.ContainingNamespace.ToDisplayString() switch
        {
            "System" => type.Name is "Convert" or "BitConverter" or "Math" or "Guid" or "TimeSpan" or "Version" or "Uri",
            "System.Text" or "System.Collections.Generic" or "System.Collections.Immutable" or "System.Linq" => true,
            _ => false,
        };
}
