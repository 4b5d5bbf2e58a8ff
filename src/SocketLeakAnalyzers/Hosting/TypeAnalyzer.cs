using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.Hosting;

/// <summary>Looks at each type as a whole: what it acquires into its fields, and whether any of its code lets that go.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TypeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(SLA1005FieldNeverReleased.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var analyses = new AnalysisByOptions(start.Compilation, start.Options, static tree => DeclaredNames.Read(tree, CancellationToken.None), start.CancellationToken);
            start.RegisterSymbolAction(symbol => Analyze(symbol, analyses), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, AnalysisByOptions analyses)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.DeclaringSyntaxReferences.IsEmpty)
        {
            return;
        }

        var obligations = analyses.For(type.DeclaringSyntaxReferences[0].SyntaxTree, context.Options).Context;
        if (!MayAcquire(type, obligations, context))
        {
            return;
        }

        foreach (var held in obligations.OwningTypes.Get(type, context.CancellationToken).Held)
        {
            if (SLA1005FieldNeverReleased.Check(type, held, obligations, context.CancellationToken) is { } diagnostic)
            {
                context.ReportDiagnostic(diagnostic);
            }
        }
    }

    /// <summary>Whether a field of the type can hold a resource and is given more than a parameter, as far as symbols and text tell.</summary>
    private static bool MayAcquire(INamedTypeSymbol type, ObligationContext obligations, SymbolAnalysisContext context)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: false, IsConst: false } field && obligations.OwningTypes.CanHoldResource(field.Type))
            {
                var name = (field.AssociatedSymbol ?? field).Name;
                var isFilled = false;
                var isReleased = false;
                foreach (var reference in type.DeclaringSyntaxReferences)
                {
                    var declaration = reference.GetSyntax(context.CancellationToken);
                    isFilled |= IsFilled(declaration, name, obligations.Filter);
                    isReleased |= IsReleased(declaration, name);
                }

                if (isFilled && !isReleased)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the text releases the field outside of a handler: then nothing is due, and the type need not be read. (A release in a handler may be
    /// that of a failed start alone, which says nothing of the end.)
    /// </summary>
    private static bool IsReleased(SyntaxNode declaration, string name)
    {
        foreach (var node in declaration.DescendantNodes())
        {
            var receiver = node switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } access } => access.Expression,
                ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } } } conditional => conditional.Expression,
                _ => null,
            };
            if (receiver is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
                && Names(receiver, name)
                && node.FirstAncestorOrSelf<CatchClauseSyntax>() is null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFilled(SyntaxNode declaration, string name, BodyFilter? filter)
    {
        foreach (var node in declaration.DescendantNodes())
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Initializer.Value: { } value } declarator when declarator.Identifier.ValueText == name && IsMade(value, filter):
                case PropertyDeclarationSyntax { Initializer.Value: { } initial } property when property.Identifier.ValueText == name && IsMade(initial, filter):
                case AssignmentExpressionSyntax assignment when Names(assignment.Left, name) && IsMade(assignment.Right, filter):
                case ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None } argument when Names(argument.Expression, name):
                    return true;
            }
        }

        return false;
    }

    private static bool Names(ExpressionSyntax target, string name) => target switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText == name,
        TupleExpressionSyntax tuple => ContainsName(tuple, name),
        _ => false,
    };

    private static bool ContainsName(TupleExpressionSyntax tuple, string name)
    {
        foreach (var argument in tuple.Arguments)
        {
            if (Names(argument.Expression, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMade(ExpressionSyntax value, BodyFilter? filter) => value switch
    {
        LiteralExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax => false,
        PostfixUnaryExpressionSyntax suppressed => IsMade(suppressed.Operand, filter),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Right: ThrowExpressionSyntax, Left: var left } => IsMade(left, filter),
        IdentifierNameSyntax name => !IsParameterOfConstructor(name),
        _ => filter?.MentionsAcquisition(value) != false || MentionsLocal(value),
    };

    /// <summary>A choice between variables (<c>a ?? b</c>, <c>c ? a : b</c>) may choose one that was made before.</summary>
    private static bool MentionsLocal(ExpressionSyntax value) =>
        value is BinaryExpressionSyntax or ConditionalExpressionSyntax or CastExpressionSyntax or ParenthesizedExpressionSyntax or SwitchExpressionSyntax or AwaitExpressionSyntax or TupleExpressionSyntax;

    /// <summary>What a constructor is given is the business of who gives it.</summary>
    private static bool IsParameterOfConstructor(IdentifierNameSyntax name)
    {
        if (name.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not ConstructorDeclarationSyntax constructor)
        {
            return false;
        }

        foreach (var parameter in constructor.ParameterList.Parameters)
        {
            if (parameter.Identifier.ValueText == name.Identifier.ValueText)
            {
                // Unless a constructor chains to it with something it made.
                return !IsChainedTo(constructor);
            }
        }

        return false;
    }

    private static bool IsChainedTo(ConstructorDeclarationSyntax constructor)
    {
        foreach (var member in (constructor.Parent as TypeDeclarationSyntax)?.Members ?? default)
        {
            if (member is ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword })
            {
                return true;
            }
        }

        return false;
    }
}
