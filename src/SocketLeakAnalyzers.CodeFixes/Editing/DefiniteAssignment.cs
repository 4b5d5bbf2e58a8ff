using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Lets a variable be read where the compiler would say that it has no value yet.</summary>
internal static class DefiniteAssignment
{
    /// <summary>Sees to it that the variable has a value when it is read: a local that is declared without one gets <c>null</c>.</summary>
    public static bool TryEnsure(ISymbol variable, SyntaxNode place, FixSite site, EditBuilder edit, out bool isInitialized)
    {
        isInitialized = true;
        if (variable is not (ILocalSymbol or IParameterSymbol { RefKind: RefKind.Out }))
        {
            return true;
        }

        var declaration = variable.DeclaringSyntaxReferences.IsEmpty ? null : variable.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken);
        var declarator = declaration as VariableDeclaratorSyntax;
        if (declarator is { Initializer: not null })
        {
            return true;
        }

        if (declaration is not null && Lifetime.FunctionOf(declaration) == Lifetime.FunctionOf(place))
        {
            var flow = place is ExpressionSyntax expression ? site.Model.AnalyzeDataFlow(expression) : site.Model.AnalyzeDataFlow((StatementSyntax)place);
            if (flow is { Succeeded: true } && flow.DefinitelyAssignedOnEntry.Contains(variable))
            {
                return true;
            }
        }

        isInitialized = false;
        if (declarator?.Parent is not VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } } declared
            || variable is not ILocalSymbol { Type: { IsReferenceType: true } type } local)
        {
            return false;
        }

        var isAnnotated = declared.Type is NullableTypeSyntax;
        if (!isAnnotated && site.Model.GetNullableContext(declared.SpanStart).AnnotationsEnabled())
        {
            if (declared.Variables.Count > 1 || IsPassedByReference(local, site))
            {
                return false;
            }

            edit.Insert(declared.Type.Span.End, "?");
        }

        edit.Insert(declarator.Identifier.Span.End, " = null");
        return true;
    }

    private static bool IsPassedByReference(ILocalSymbol local, FixSite site)
    {
        foreach (var write in Provenance.WritesOf(local, LocalNames.MemberOf(local.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken)), site.Model, site.CancellationToken))
        {
            if (write.Parent is not AssignmentExpressionSyntax and not ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword })
            {
                return true;
            }
        }

        return false;
    }
}
