using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Tells by the text alone whether a type may fill one of its fields with a resource of its own making that nothing of it releases. Most types do not, and
/// need not be read. The declarations are walked once, for all fields.
/// </summary>
internal sealed class FieldTexts
{
    private const int MaxDepth = 20;

    /// <summary><c>SyntaxKind.FieldExpression</c>, since Roslyn 4.12: <c>field</c> in an accessor.</summary>
    private const int FieldExpression = 8757;

    private readonly BodyFilter? _filter;
    private readonly List<(string Target, ExpressionSyntax? Value)> _fills = new();
    private readonly HashSet<string> _released = new(StringComparer.Ordinal);
    private readonly HashSet<string> _called = new(StringComparer.Ordinal);

    /// <param name="filter">Knows the names of what gives a resource; null: anything may.</param>
    public FieldTexts(BodyFilter? filter) => _filter = filter;

    /// <summary>Reads one declaration of the type.</summary>
    public void Read(SyntaxNode declaration, CancellationToken cancellationToken)
    {
        foreach (var node in declaration.DescendantNodes())
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Initializer.Value: { } value } declarator:
                    _fills.Add((declarator.Identifier.ValueText, value));
                    break;
                case PropertyDeclarationSyntax { Initializer.Value: { } initial } property:
                    _fills.Add((property.Identifier.ValueText, initial));
                    break;
                case AssignmentExpressionSyntax assignment:
                    AddFill(assignment.Left, assignment.Right);
                    break;
                case ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None } argument:
                    AddFill(argument.Expression, null);
                    break;
                case InvocationExpressionSyntax invocation:
                    AddCall(invocation);
                    break;
                case ConditionalAccessExpressionSyntax conditional when ReleasedBy(conditional) is { } released:
                    AddRelease(released);
                    break;
                case ConstructorInitializerSyntax { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword }:
                    _called.Add(".ctor");
                    break;
                case MemberDeclarationSyntax:
                    cancellationToken.ThrowIfCancellationRequested();
                    break;
            }
        }
    }

    /// <summary>Whether the field is given something that the type may have made, and is not released outside of a handler.</summary>
    public bool IsForgotten(string field) => !_released.Contains(field) && IsFilled(field, 0);

    private bool IsFilled(string name, int depth)
    {
        foreach (var (target, value) in _fills)
        {
            if (target == name && (value is null || IsMade(value, depth)))
            {
                return true;
            }
        }

        return false;
    }

    private void AddFill(ExpressionSyntax target, ExpressionSyntax? value)
    {
        switch (target)
        {
            case IdentifierNameSyntax identifier:
                _fills.Add((identifier.Identifier.ValueText, value));
                break;
            case MemberAccessExpressionSyntax member:
                _fills.Add((member.Name.Identifier.ValueText, value));
                break;
            case TupleExpressionSyntax tuple:
                foreach (var element in tuple.Arguments)
                {
                    AddFill(element.Expression, value);
                }

                break;
            case { RawKind: FieldExpression } when OwnName(target) is { } property:
                _fills.Add((property, value));
                break;
        }
    }

    /// <summary>What an expression releases by the text: <c>x</c> in <c>x.Dispose()</c> and <c>x?.Close()</c>.</summary>
    public static ExpressionSyntax? ReleasedBy(ExpressionSyntax expression) => expression switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } release } => release.Expression,
        ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } } } conditional => conditional.Expression,
        _ => null,
    };

    /// <summary>The name of a member of the object itself: <c>x</c> or <c>this.x</c>, or of the property whose accessor says <c>field</c>.</summary>
    public static string? OwnName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } member => member.Name.Identifier.ValueText,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed => OwnName(suppressed.Operand),
        { RawKind: FieldExpression } => expression.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Identifier.ValueText,
        _ => null,
    };

    private void AddCall(InvocationExpressionSyntax invocation)
    {
        if (ReleasedBy(invocation) is { } released)
        {
            AddRelease(released);
            return;
        }

        switch (invocation.Expression)
        {
            case MemberAccessExpressionSyntax member:
                _called.Add(member.Name.Identifier.ValueText);
                break;
            case SimpleNameSyntax name:
                _called.Add(name.Identifier.ValueText);
                break;
            case MemberBindingExpressionSyntax binding:
                _called.Add(binding.Name.Identifier.ValueText);
                break;
        }
    }

    /// <summary>(A release in a handler may be that of a failed start alone, which says nothing of the end.)</summary>
    private void AddRelease(ExpressionSyntax receiver)
    {
        if (OwnName(receiver) is { } name && receiver.FirstAncestorOrSelf<CatchClauseSyntax>() is null)
        {
            _released.Add(name);
        }
    }

    private bool IsMade(ExpressionSyntax value, int depth) => value switch
    {
        LiteralExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax => false,
        PostfixUnaryExpressionSyntax suppressed => IsMade(suppressed.Operand, depth),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Right: ThrowExpressionSyntax, Left: var left } => IsMade(left, depth),
        IdentifierNameSyntax name => !IsGiven(name, depth),
        _ => _filter?.MentionsAcquisition(value) != false || MentionsLocal(value),
    };

    /// <summary>A choice between variables (<c>a ?? b</c>, <c>c ? a : b</c>) may choose one that was made before.</summary>
    private static bool MentionsLocal(ExpressionSyntax value) =>
        value is BinaryExpressionSyntax or ConditionalExpressionSyntax or CastExpressionSyntax or ParenthesizedExpressionSyntax or SwitchExpressionSyntax or AwaitExpressionSyntax or TupleExpressionSyntax;

    /// <summary>
    /// Whether the name is that of a parameter, or of the value of a property: what code outside gives is the business of who gives it. Unless the
    /// type itself gives it there.
    /// </summary>
    private bool IsGiven(IdentifierNameSyntax name, int depth)
    {
        var text = name.Identifier.ValueText;
        switch (name.FirstAncestorOrSelf<SyntaxNode>(static node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BaseFieldDeclarationSyntax))
        {
            case ConstructorDeclarationSyntax constructor when Declares(constructor.ParameterList, text):
                return !_called.Contains(".ctor");
            case MethodDeclarationSyntax method when Declares(method.ParameterList, text):
                return !_called.Contains(method.Identifier.ValueText);
            case AccessorDeclarationSyntax { RawKind: not (int)SyntaxKind.GetAccessorDeclaration, Parent.Parent: PropertyDeclarationSyntax property } when text == "value":
                return depth < MaxDepth && !IsFilled(property.Identifier.ValueText, depth + 1);
            default:
                return false;
        }
    }

    private static bool Declares(ParameterListSyntax parameters, string name)
    {
        foreach (var parameter in parameters.Parameters)
        {
            if (parameter.Identifier.ValueText == name)
            {
                return true;
            }
        }

        return false;
    }
}
