using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>
/// Tells by the text alone whether a type may fill one of its fields with what nothing of it releases. Most types do not, and need not be read;
/// all fields are looked for in one walk.
/// </summary>
internal sealed class FieldTexts
{
    private readonly BodyFilter? _filter;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _filled = new();
    private readonly HashSet<string> _released = new();

    /// <param name="names">The names of the fields and auto-properties.</param>
    /// <param name="filter">Knows the names of what gives a resource; null: anything may.</param>
    public FieldTexts(HashSet<string> names, BodyFilter? filter)
    {
        _names = names;
        _filter = filter;
    }

    /// <summary>Whether one of the fields is given more than a parameter, and not released outside of a handler, in the declarations read so far.</summary>
    public bool IsAnyForgotten
    {
        get
        {
            foreach (var name in _filled)
            {
                if (!_released.Contains(name))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Reads one declaration of the type.</summary>
    public void Read(SyntaxNode declaration, CancellationToken cancellationToken)
    {
        foreach (var node in declaration.DescendantNodes())
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Initializer.Value: { } value } declarator:
                    Fill(declarator.Identifier.ValueText, value);
                    break;
                case PropertyDeclarationSyntax { Initializer.Value: { } initial } property:
                    Fill(property.Identifier.ValueText, initial);
                    break;
                case AssignmentExpressionSyntax assignment:
                    Fill(assignment.Left, assignment.Right);
                    break;
                case ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None } argument:
                    Fill(argument.Expression, null);
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } access }:
                    Release(access.Expression);
                    break;
                case ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } } } conditional:
                    Release(conditional.Expression);
                    break;
                case MemberDeclarationSyntax:
                    cancellationToken.ThrowIfCancellationRequested();
                    break;
            }
        }
    }

    private void Fill(ExpressionSyntax target, ExpressionSyntax? value)
    {
        switch (target)
        {
            case IdentifierNameSyntax identifier:
                Fill(identifier.Identifier.ValueText, value);
                break;
            case MemberAccessExpressionSyntax member:
                Fill(member.Name.Identifier.ValueText, value);
                break;
            case TupleExpressionSyntax tuple:
                foreach (var element in tuple.Arguments)
                {
                    Fill(element.Expression, value);
                }

                break;
        }
    }

    /// <param name="name">What is filled.</param>
    /// <param name="value">With what; null: a call fills it (<c>out</c>, <c>ref</c>).</param>
    private void Fill(string name, ExpressionSyntax? value)
    {
        if (_names.Contains(name) && !_filled.Contains(name) && (value is null || IsMade(value)))
        {
            _filled.Add(name);
        }
    }

    /// <summary>(A release in a handler may be that of a failed start alone, which says nothing of the end.)</summary>
    private void Release(ExpressionSyntax receiver)
    {
        var name = receiver switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } member => member.Name.Identifier.ValueText,
            _ => null,
        };
        if (name is not null && _names.Contains(name) && receiver.FirstAncestorOrSelf<CatchClauseSyntax>() is null)
        {
            _released.Add(name);
        }
    }

    private bool IsMade(ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax => false,
        PostfixUnaryExpressionSyntax suppressed => IsMade(suppressed.Operand),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Right: ThrowExpressionSyntax, Left: var left } => IsMade(left),
        IdentifierNameSyntax name => !IsParameterOfConstructor(name),
        _ => _filter?.MentionsAcquisition(value) != false || MentionsLocal(value),
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
