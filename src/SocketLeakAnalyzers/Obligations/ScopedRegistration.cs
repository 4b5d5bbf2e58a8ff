using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// <c>using (token.Register(() => socket.Dispose()))</c>: the callback runs only if the token is cancelled before the scope ends, so it
/// is no owner of what it disposes.
/// </summary>
internal static class ScopedRegistration
{
    /// <summary>
    /// Whether the call registers a callback with a token, and a <c>using</c> takes the registration back. Not around a loop: what runs until it is
    /// cancelled ends with the callback.
    /// </summary>
    public static bool Is(IInvocationOperation call, KnownTypes known) =>
        call.TargetMethod.Name is "Register" or "UnsafeRegister"
        && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, known.CancellationToken)
        && ScopeOf(call.Syntax) is { } scope
        && !HasLoop(scope);

    private static SyntaxNode? ScopeOf(SyntaxNode registration) => registration.Parent switch
    {
        UsingStatementSyntax statement => statement.Statement,
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration } } => declaration.Parent switch
        {
            UsingStatementSyntax statement => statement.Statement,
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: (int)SyntaxKind.UsingKeyword } local => local.Parent,
            _ => null,
        },
        _ => null,
    };

    private static bool HasLoop(SyntaxNode scope)
    {
        foreach (var node in scope.DescendantNodes())
        {
            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the operation, a function or a method as a value, is the callback of such a call.</summary>
    public static bool IsCallback(IOperation operation, KnownTypes known)
    {
        var parent = operation.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent is IArgumentOperation { Parent: IInvocationOperation call } && Is(call, known);
    }

    /// <summary>
    /// Whether the code asks if the token was cancelled, or catches what follows from that: there the callback has released it, on a path that is
    /// not told apart from the others.
    /// </summary>
    public static bool IsAskedFor(SyntaxNode code)
    {
        foreach (var token in code.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken)
                && token.ValueText is "IsCancellationRequested" or "ThrowIfCancellationRequested" or "ObjectDisposedException" or "OperationCanceledException" or "TaskCanceledException")
            {
                return true;
            }
        }

        return false;
    }
}
