using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>What the embedded ownership rows say, for a fix. The rows of the user are the analyzer's to read.</summary>
internal static class Rows
{
    private static readonly ConditionalWeakTable<Compilation, OwnershipModel> s_models = new();

    public static MemberFacts Of(ISymbol? member, Compilation compilation) => ModelOf(compilation).GetMemberFacts(member);

    /// <summary>Whether a statement has a call that throws credibly, or an <c>await</c>; a method of the compilation may do anything.</summary>
    public static bool MayThrow(StatementSyntax statement, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var node in statement.DescendantNodesAndSelf(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case AwaitExpressionSyntax or ThrowStatementSyntax or ThrowExpressionSyntax:
                case InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                    when model.GetSymbolInfo(node, cancellationToken).Symbol is IMethodSymbol method
                        && (method.DeclaringSyntaxReferences.Length > 0 || ModelOf(model.Compilation).ThrowsCredibly(method)):
                    return true;
            }
        }

        return false;
    }

    private static OwnershipModel ModelOf(Compilation compilation) =>
        s_models.GetValue(compilation, static key => OwnershipModel.Create(key, ImmutableArray<OwnershipRow>.Empty));
}
