using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>What code does by a name that may have to do with a resource.</summary>
internal enum ActKind
{
    /// <summary>Creates an object of the type named.</summary>
    Creation,

    /// <summary>Creates one of a type that is not named: <c>new(…)</c>.</summary>
    UnnamedCreation,

    /// <summary>Calls the method named.</summary>
    Call,

    /// <summary>Catches or tests for the exception named.</summary>
    Catch,

    /// <summary>Casts to the type named.</summary>
    Cast,
}

/// <summary>One creation, call, handler or cast of a file, as its text tells it.</summary>
internal readonly struct NamedAct
{
    private NamedAct(ActKind kind, string name, SyntaxNode node, int count = 0)
    {
        Kind = kind;
        Name = name;
        Span = node.Span;
        Count = count;
    }

    public ActKind Kind { get; }

    /// <summary>The simple name; empty where there is none.</summary>
    public string Name { get; }

    /// <summary>For a call: the number of arguments, as <see cref="UsedNames.CountOf"/> tells it.</summary>
    public int Count { get; }

    /// <summary>Where it stands. No syntax node is kept: there are many acts, and few are looked at.</summary>
    public TextSpan Span { get; }

    /// <summary>Reads the act that a node is, if it is one.</summary>
    public static bool TryRead(SyntaxNode node, out NamedAct act)
    {
        act = node switch
        {
            ObjectCreationExpressionSyntax { Type: not PredefinedTypeSyntax } creation => new NamedAct(ActKind.Creation, SimpleName(creation.Type), creation),
            ImplicitObjectCreationExpressionSyntax => new NamedAct(ActKind.UnnamedCreation, string.Empty, node),
            InvocationExpressionSyntax call when SimpleName(call.Expression) is { Length: > 0 } name => new NamedAct(ActKind.Call, name, call, UsedNames.CountOf(call.ArgumentList)),
            CatchDeclarationSyntax caught => new NamedAct(ActKind.Catch, SimpleName(caught.Type), caught),
            DeclarationPatternSyntax pattern => new NamedAct(ActKind.Catch, SimpleName(pattern.Type), pattern),
            CastExpressionSyntax cast => new NamedAct(ActKind.Cast, SimpleName(cast.Type), cast),
            BinaryExpressionSyntax { RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.AsExpression, Right: TypeSyntax type } => new NamedAct(ActKind.Cast, SimpleName(type), node),
            _ => default,
        };
        return act.Name is not null;
    }

    /// <summary>The last name of a name or member access, without its type arguments; empty where it is none.</summary>
    public static string SimpleName(SyntaxNode expression) => expression switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        NullableTypeSyntax nullable => SimpleName(nullable.ElementType),
        _ => string.Empty,
    };
}
