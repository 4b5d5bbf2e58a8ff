using System;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Configuration;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>What the ownership rows say, the embedded ones and those of the user, for a fix.</summary>
internal static class Rows
{
    private static readonly ConditionalWeakTable<Compilation, Lazy<OwnershipModel>> s_models = new();

    /// <summary>Sees to it that the rows and options of the user hold for a compilation; asked first, for every finding.</summary>
    public static void Prepare(Compilation compilation, AnalyzerOptions options, SyntaxTree tree) =>
        s_models.GetValue(compilation, key => new Lazy<OwnershipModel>(() =>
        {
            var meaning = OptionReader.Read(OptionTexts.Of(options.AnalyzerConfigOptionsProvider.GetOptions(tree)));
            return OwnershipModel.Create(key, UserRows.Read(options, CancellationToken.None), meaning.AdditionalTypes, meaning.ExcludedTypes);
        }));

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

    /// <summary>Whether the constructor that is called throws credibly.</summary>
    public static bool ThrowsCredibly(BaseObjectCreationExpressionSyntax creation, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(creation, cancellationToken).Symbol is IMethodSymbol constructor && ModelOf(model.Compilation).ThrowsCredibly(constructor);

    private static OwnershipModel ModelOf(Compilation compilation) =>
        s_models.GetValue(compilation, static key => new Lazy<OwnershipModel>(() => OwnershipModel.Create(key, ImmutableArray<OwnershipRow>.Empty))).Value;
}
