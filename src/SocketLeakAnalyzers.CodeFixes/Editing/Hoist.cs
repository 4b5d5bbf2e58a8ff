using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Declares locals ahead of a new block that are declared in it and used behind it: <c>var n = Read();</c> becomes <c>int n;</c> ahead
/// of the block and <c>n = Read();</c> in it.
/// </summary>
internal sealed class Hoist
{
    private readonly List<(string Declaration, TextSpan Replaced, string By)> _locals = new();

    /// <summary>What has to be declared ahead of a block around these statements; null where that cannot be written.</summary>
    public static Hoist? Of(StatementScope scope, int first, int last, SourceText text, SemanticModel model, CancellationToken cancellationToken)
    {
        var hoist = new Hoist();
        foreach (var symbol in scope.DeclaredAndUsedOutside(first, last, model, cancellationToken))
        {
            if (symbol is not ILocalSymbol { RefKind: RefKind.None, IsConst: false } local
                || !IsNameable(local.Type)
                || local.DeclaringSyntaxReferences.Length != 1
                || !hoist.TryAdd(local, local.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken), scope, text, model, cancellationToken))
            {
                return null;
            }
        }

        return hoist;
    }

    /// <summary>Takes the declarations out of the block, and returns them as lines to be written ahead of it.</summary>
    public IEnumerable<string> Write(EditBuilder edit)
    {
        foreach (var (declaration, replaced, by) in _locals)
        {
            edit.Replace(replaced, by);
            yield return declaration;
        }
    }

    private bool TryAdd(ILocalSymbol local, SyntaxNode declaration, StatementScope scope, SourceText text, SemanticModel model, CancellationToken cancellationToken)
    {
        TypeSyntax type;
        TextSpan replaced;
        string by;
        bool isNeverNull;
        switch (declaration)
        {
            case VariableDeclaratorSyntax
            {
                Initializer: { Value: not (InitializerExpressionSyntax or StackAllocArrayCreationExpressionSyntax or RefExpressionSyntax) } initializer,
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } statement } variables,
            } declarator when statement.Parent == scope.Statement.Parent || scope.Container is CompilationUnitSyntax:
                type = variables.Type;
                replaced = TextSpan.FromBounds(statement.SpanStart, declarator.Identifier.SpanStart);
                by = string.Empty;
                isNeverNull = model.GetTypeInfo(initializer.Value, cancellationToken).Nullability.FlowState == NullableFlowState.NotNull;
                break;
            case SingleVariableDesignationSyntax { Parent: DeclarationExpressionSyntax { Parent: ArgumentSyntax } expression } designation:
                type = expression.Type;
                replaced = expression.Span;
                by = designation.Identifier.Text;
                isNeverNull = false;
                break;
            default:
                return false;
        }

        foreach (var _ in Provenance.WritesOf(local, LocalNames.MemberOf(declaration), model, cancellationToken))
        {
            isNeverNull = false;
        }

        var written = text.ToString(replaced);
        if (written.Contains("//") || written.Contains("/*") || written.Contains("#"))
        {
            return false;
        }

        var named = isNeverNull ? local.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : local.Type;
        var typeText = type.IsVar
            ? named.ToMinimalDisplayString(model, declaration.SpanStart, SymbolDisplayFormat.MinimallyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier))
            : type.ToString();
        _locals.Add((typeText + " " + (declaration is VariableDeclaratorSyntax variable ? variable.Identifier.Text : by) + ";", replaced, by));
        return true;
    }

    private static bool IsNameable(ITypeSymbol type)
    {
        switch (type)
        {
            case IErrorTypeSymbol or IFunctionPointerTypeSymbol or IPointerTypeSymbol or { IsAnonymousType: true } or { IsRefLikeType: true }:
                return false;
            case IArrayTypeSymbol array:
                return IsNameable(array.ElementType);
            case INamedTypeSymbol named:
                foreach (var argument in named.TypeArguments)
                {
                    if (!IsNameable(argument))
                    {
                        return false;
                    }
                }

                return named.ContainingType is null || IsNameable(named.ContainingType);
            default:
                return true;
        }
    }
}
