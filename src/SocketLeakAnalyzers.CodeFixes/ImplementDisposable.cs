using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Releases a field in the <c>Dispose</c>, <c>Dispose(bool)</c> or <c>DisposeAsync</c> of its type. Where the type has none it overrides the
/// one of its base class, or implements <c>IDisposable</c>. It refuses where the base class cannot be overridden, where the code to change
/// stands in another file, and where the field may hold what somebody else has given.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ImplementDisposableCodeFixProvider))]
[Shared]
public sealed class ImplementDisposableCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1005");

    /// <summary>Several fields of one type are released in one method: they are fixed one after the other.</summary>
    internal override SyntaxNode EditedPart(SyntaxNode node)
    {
        SyntaxNode? part = null;
        for (var current = node; current is not null; current = current.Parent)
        {
            if (current is TypeDeclarationSyntax type)
            {
                part = type.Modifiers.Any(SyntaxKind.PartialKeyword) ? type.SyntaxTree.GetRoot() : type;
            }
        }

        return part ?? LocalNames.MemberOf(node);
    }

    internal override FixPlan? Plan(FixSite site)
    {
        if (!site.Root.FullSpan.Contains(site.Span)
            || ReleasedField.At(site, site.Span) is not { } field
            || Provenance.MayBeForeign(field.Symbol, site.OtherExpression, passedOver: null, site.Model.Compilation, site.CancellationToken))
        {
            return null;
        }

        var edit = new EditBuilder();
        var title = DisposalEdit.TryWrite(field, site, edit);
        return title is not null && edit.ToChanges() is { } changes ? Unmasked.ByRelease(new FixPlan(title, changes), field.Owner.Name, site) : null;
    }
}

/// <summary>The field or auto-property that is to be released, and its type.</summary>
internal sealed class ReleasedField
{
    private ReleasedField(ISymbol symbol, ITypeSymbol type, string name, TypeDeclarationSyntax declaration, bool mayBeNull)
    {
        Symbol = symbol;
        Type = type;
        Name = name;
        Declaration = declaration;
        MayBeNull = mayBeNull;
    }

    public ISymbol Symbol { get; }

    public ITypeSymbol Type { get; }

    /// <summary>As it is written in code, with its <c>@</c>.</summary>
    public string Name { get; }

    /// <summary>The part of the type that declares it.</summary>
    public TypeDeclarationSyntax Declaration { get; }

    public bool MayBeNull { get; }

    public INamedTypeSymbol Owner => Symbol.ContainingType;

    public static ReleasedField? At(FixSite site, TextSpan span)
    {
        for (var node = site.Root.FindNode(span); node is not null; node = node.Parent)
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } declarator
                    when site.Model.GetDeclaredSymbol(declarator, site.CancellationToken) is IFieldSymbol { IsStatic: false } field:
                    return Of(field, field.Type, declarator.Identifier.Text, declarator.Initializer?.Value, declarator, site);
                case PropertyDeclarationSyntax property
                    when site.Model.GetDeclaredSymbol(property, site.CancellationToken) is { IsStatic: false } symbol:
                    return Of(symbol, symbol.Type, property.Identifier.Text, property.Initializer?.Value, property, site);
                case MemberDeclarationSyntax and not FieldDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The same for another field of the type, if it is declared in this document.</summary>
    public static ReleasedField? Of(ISymbol symbol, FixSite site)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == site.Root.SyntaxTree)
            {
                return At(site, symbol.Locations[0].SourceSpan);
            }
        }

        return null;
    }

    private static ReleasedField? Of(ISymbol symbol, ITypeSymbol type, string name, ExpressionSyntax? initializer, SyntaxNode node, FixSite site) =>
        node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { OpenBraceToken.IsMissing: false, CloseBraceToken.IsMissing: false } declaration and not InterfaceDeclarationSyntax
            && !declaration.OpenBraceToken.IsKind(SyntaxKind.None)
            ? new ReleasedField(symbol, type, name, declaration, CanBeNull(symbol, initializer, site))
            : null;

    /// <summary>The same for a field or auto-property of which only the symbol is known.</summary>
    public static bool CanBeNull(ISymbol symbol, FixSite site) =>
        symbol.DeclaringSyntaxReferences.Length != 1
        || CanBeNull(
            symbol,
            symbol.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) switch
            {
                VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value,
                _ => null,
            },
            site);

    /// <summary>Whether the field can be null when it is released: not filled by every constructor, or emptied somewhere.</summary>
    private static bool CanBeNull(ISymbol symbol, ExpressionSyntax? initializer, FixSite site)
    {
        var owner = symbol.ContainingType;
        if (owner.TypeKind == TypeKind.Struct)
        {
            return true;
        }

        var isReadOnly = symbol is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null };
        var isFilled = initializer is not null;
        if (initializer is not null && IsEmpty(initializer))
        {
            return true;
        }

        foreach (var reference in owner.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(site.CancellationToken).DescendantNodes())
            {
                switch (node)
                {
                    case AssignmentExpressionSyntax assignment when Names(assignment.Left, symbol.Name) && IsEmpty(assignment.Right):
                    case ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None } argument when !isReadOnly && Names(argument.Expression, symbol.Name):
                        return true;
                }
            }
        }

        return !isFilled && !IsFilledByEveryConstructor(symbol, site);
    }

    /// <summary>Whether code lets go of what the field holds: <c>_stream = null;</c>.</summary>
    public static bool IsEmptiedIn(SyntaxNode code, string name)
    {
        foreach (var node in code.DescendantNodesAndSelf(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            if (node is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && Names(assignment.Left, name) && IsEmptied(assignment.Right))
            {
                return true;
            }
        }

        return false;

        // `_first = _second = null`
        static bool IsEmptied(ExpressionSyntax value) => value is AssignmentExpressionSyntax next ? IsEmptied(next.Right) : IsEmpty(value);
    }

    private static bool IsFilledByEveryConstructor(ISymbol symbol, FixSite site)
    {
        var isFilled = false;
        foreach (var constructor in symbol.ContainingType.InstanceConstructors)
        {
            if (constructor.IsImplicitlyDeclared && symbol.ContainingType.IsRecord && constructor.Parameters.Length == 1)
            {
                // The copy of a record copies the field.
                continue;
            }

            if (constructor.DeclaringSyntaxReferences.Length != 1
                || constructor.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is not ConstructorDeclarationSyntax declaration)
            {
                return false;
            }

            if (declaration.Initializer is { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword })
            {
                continue;
            }

            if (!Fills(declaration, symbol.Name))
            {
                return false;
            }

            isFilled = true;
        }

        return isFilled;
    }

    private static bool Fills(ConstructorDeclarationSyntax constructor, string name)
    {
        if (constructor.ExpressionBody?.Expression is { } expression)
        {
            return IsFilling(expression, name);
        }

        foreach (var statement in constructor.Body?.Statements ?? default)
        {
            if (statement is ExpressionStatementSyntax { Expression: var top } && IsFilling(top, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFilling(ExpressionSyntax expression, string name) =>
        expression is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && Names(assignment.Left, name) && !IsEmpty(assignment.Right);

    private static bool Names(ExpressionSyntax target, string name) => target switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } member => member.Name.Identifier.ValueText == name,
        TupleExpressionSyntax => false,
        _ => false,
    };

    private static bool IsEmpty(ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax literal => literal.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression,
        DefaultExpressionSyntax => true,
        PostfixUnaryExpressionSyntax suppressed => IsEmpty(suppressed.Operand),
        ParenthesizedExpressionSyntax parenthesized => IsEmpty(parenthesized.Expression),
        ConditionalExpressionSyntax conditional => IsEmpty(conditional.WhenTrue) || IsEmpty(conditional.WhenFalse),
        _ => false,
    };
}
