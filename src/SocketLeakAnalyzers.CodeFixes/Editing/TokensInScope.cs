using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>A token that the code at a place can name.</summary>
internal sealed class TokenInScope
{
    public TokenInScope(string text, bool isDeadline)
    {
        Text = text;
        IsDeadline = isDeadline;
    }

    public string Text { get; }

    /// <summary>Whether it is one of a source with a time-out, which bounds the call by itself.</summary>
    public bool IsDeadline { get; }
}

/// <summary>
/// Finds the token that a call can be given: the nearest local or parameter, the abort token of a request that a parameter stands for, the
/// one token of the object. What runs after a cancellation (a <c>finally</c>, a farewell) is given none of them: it would not run.
/// </summary>
internal sealed class TokensInScope
{
    private static readonly string[] AbortNames = { "RequestAborted", "ConnectionAborted", "CancellationToken" };

    private static readonly string[] EndingNames = { "Dispose", "Close", "Stop", "Disconnect", "Shutdown", "ShutDown", "End", "Quit", "Logout", "Bye" };

    private readonly SyntaxNode _at;
    private readonly FixSite _site;
    private readonly INamedTypeSymbol? _token;
    private readonly INamedTypeSymbol? _source;

    private TokensInScope(SyntaxNode at, FixSite site)
    {
        _at = at;
        _site = site;
        _token = site.Model.Compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        _source = site.Model.Compilation.GetTypeByMetadataName("System.Threading.CancellationTokenSource");
    }

    public static TokenInScope? Find(SyntaxNode at, FixSite site)
    {
        var search = new TokensInScope(at, site);
        return search._token is null ? null : search.Find();
    }

    /// <summary>Whether the text of an expression is that of a token that can never be cancelled.</summary>
    public static bool IsNone(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => IsNone(parenthesized.Expression),
        DefaultExpressionSyntax => true,
        LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.DefaultLiteralExpression),
        BaseObjectCreationExpressionSyntax => true,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "None" } => true,
        _ => false,
    };

    private TokenInScope? Find()
    {
        var isOwnFunction = true;
        var crossedLoop = false;
        var outerLocals = true;
        for (var node = _at; node is not null; node = node.Parent)
        {
            if (RunsAfterCancellation(node))
            {
                return null;
            }

            crossedLoop |= Awaits.IsLoop(node);
            if (outerLocals && node is StatementSyntax statement && LocalBefore(statement, isOwnFunction, crossedLoop) is { } local)
            {
                return local;
            }

            if (ParametersOf(node) is { } parameters)
            {
                if (outerLocals && OfParameters(parameters) is { } parameter)
                {
                    return parameter;
                }

                isOwnFunction = false;
                outerLocals &= !IsStaticFunction(node);
            }

            if (node is MemberDeclarationSyntax and not GlobalStatementSyntax)
            {
                return node is BaseTypeDeclarationSyntax ? null : OfObject(node);
            }
        }

        return null;
    }

    private static IMethodSymbol? Function(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) => node switch
    {
        AnonymousFunctionExpressionSyntax => model.GetSymbolInfo(node, cancellationToken).Symbol as IMethodSymbol,
        BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax => model.GetDeclaredSymbol(node, cancellationToken) as IMethodSymbol,
        _ => null,
    };

    private ImmutableArray<IParameterSymbol>? ParametersOf(SyntaxNode node) => Function(node, _site.Model, _site.CancellationToken)?.Parameters;

    private static bool IsStaticFunction(SyntaxNode node) => node switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Modifiers.Any(SyntaxKind.StaticKeyword),
        LocalFunctionStatementSyntax function => function.Modifiers.Any(SyntaxKind.StaticKeyword),
        _ => false,
    };

    /// <summary>Whether what stands in the node is reached when something was cancelled: what it does, such as saying good-bye, would be cancelled at once.</summary>
    private bool RunsAfterCancellation(SyntaxNode node)
    {
        switch (node)
        {
            case FinallyClauseSyntax:
            case CatchClauseSyntax { Declaration: null }:
            case CatchClauseSyntax { Declaration.Type: IdentifierNameSyntax { Identifier.ValueText: "Exception" or "OperationCanceledException" or "TaskCanceledException" } }:
                return true;
            case IfStatementSyntax @if:
                return @if.Condition is MemberAccessExpressionSyntax && AsksForCancellation(@if.Condition) && @if.Statement.Span.Contains(_at.Span);
            case StatementSyntax statement when StatementScope.Of(statement) is { Statements: { } list } scope:
                for (var i = 0; i < scope.Index; i++)
                {
                    if (list[i] is WhileStatementSyntax loop && AsksForCancellation(loop.Condition))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    private static bool AsksForCancellation(ExpressionSyntax condition) => condition.ToString().Contains("IsCancellationRequested");

    /// <summary>A token, or the token of a source, that is declared ahead of a statement in its list, or by a <c>using</c> around it.</summary>
    private TokenInScope? LocalBefore(StatementSyntax statement, bool isOwnFunction, bool crossedLoop)
    {
        if (StatementScope.Of(statement) is { Statements: { } list } scope)
        {
            for (var i = scope.Index - 1; i >= 0; i--)
            {
                if (list[i] is LocalDeclarationStatementSyntax declaration && OfVariables(declaration.Declaration, isOwnFunction, crossedLoop) is { } local)
                {
                    return local;
                }
            }
        }

        return statement is UsingStatementSyntax { Declaration: { } resource } @using && @using.Statement.Span.Contains(_at.Span)
            ? OfVariables(resource, isOwnFunction, crossedLoop)
            : null;
    }

    private TokenInScope? OfVariables(VariableDeclarationSyntax declaration, bool isOwnFunction, bool crossedLoop)
    {
        for (var i = declaration.Variables.Count - 1; i >= 0; i--)
        {
            var variable = declaration.Variables[i];
            if (variable.Initializer is not { Value: { } value }
                || _site.Model.GetDeclaredSymbol(variable, _site.CancellationToken) is not ILocalSymbol local
                || !IsNamedHere(local))
            {
                continue;
            }

            var name = variable.Identifier.Text;
            if (Is(local.Type, _source))
            {
                if (IsIdle(local, variable))
                {
                    continue;
                }

                var isDeadline = IsDeadline(variable);
                if (!WasEnded(name, variable) && (!isDeadline || IsRunningFor(variable, isOwnFunction, crossedLoop, name, name)))
                {
                    return new TokenInScope(name + ".Token", isDeadline);
                }
            }
            else if (Is(local.Type, _token) && !IsNone(value) && !IsNeverCancelled(value))
            {
                // The token of a local source is what that source is.
                var source = SourceOf(value);
                if (source is null)
                {
                    return new TokenInScope(name, false);
                }

                var isDeadline = IsDeadline(source);
                var sourceName = source.Identifier.Text;
                if (!WasEnded(sourceName, source) && (!isDeadline || IsRunningFor(source, isOwnFunction, crossedLoop, name, sourceName)))
                {
                    return new TokenInScope(name, isDeadline);
                }
            }
        }

        return null;
    }

    private VariableDeclaratorSyntax? SourceOf(ExpressionSyntax value) =>
        value is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Token", Expression: IdentifierNameSyntax name }
        && _site.Model.GetSymbolInfo(name, _site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local
            ? local.DeclaringSyntaxReferences[0].GetSyntax(_site.CancellationToken) as VariableDeclaratorSyntax
            : null;

    /// <summary>Whether the source that is declared here cancels by itself after some time.</summary>
    /// <summary>Whether nothing ever cancels a source whose token is in use: it bounds nothing, and the call would be reported as before.</summary>
    private bool IsIdle(ILocalSymbol local, VariableDeclaratorSyntax variable)
    {
        if (variable.Initializer?.Value is not BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 }, Initializer: null })
        {
            return false;
        }

        foreach (var use in Lifetime.UsesOf(local, LocalNames.MemberOf(variable), _site.Model, _site.CancellationToken))
        {
            if (use.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Token" } token && token.Expression == use)
            {
                return IsNeverCancelled(token);
            }
        }

        return false;
    }

    private bool IsNeverCancelled(ExpressionSyntax token) => _site.Model.GetOperation(token, _site.CancellationToken) is { } value && Tokens.IsNone(value);

    private static bool IsDeadline(VariableDeclaratorSyntax variable)
    {
        if (variable.Initializer?.Value is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0 })
        {
            return true;
        }

        foreach (var call in CallsOn(variable.Identifier.ValueText, LocalNames.MemberOf(variable)))
        {
            if (call.Name.Identifier.ValueText == "CancelAfter")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the source is cancelled or disposed ahead of the place.</summary>
    private bool WasEnded(string name, VariableDeclaratorSyntax variable)
    {
        foreach (var call in CallsOn(name, LocalNames.MemberOf(variable)))
        {
            if (call.Name.Identifier.ValueText is "Cancel" or "CancelAsync" or "Dispose" && call.SpanStart < _at.SpanStart && call.SpanStart > variable.SpanStart
                && Lifetime.FunctionOf(call) == Lifetime.FunctionOf(_at))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<MemberAccessExpressionSyntax> CallsOn(string name, SyntaxNode within)
    {
        foreach (var node in within.DescendantNodes())
        {
            if (node is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver, Parent: InvocationExpressionSyntax } call && receiver.Identifier.ValueText == name)
            {
                yield return call;
            }
        }
    }

    /// <summary>A deadline is one for this call where it has started for it, or for calls that it bounds too: not for the rounds of a loop, not for what runs later.</summary>
    private bool IsRunningFor(VariableDeclaratorSyntax source, bool isOwnFunction, bool crossedLoop, string name, string sourceName) =>
        isOwnFunction
        && !crossedLoop
        && Awaits.NothingElseBetween(source.Span.End, _at.SpanStart, LocalNames.MemberOf(_at), awaited => Mentions(awaited, name) || Mentions(awaited, sourceName));

    private static bool Mentions(SyntaxNode node, string name)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name)
            {
                return true;
            }
        }

        return false;
    }

    private TokenInScope? OfParameters(ImmutableArray<IParameterSymbol> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (Is(parameter.Type, _token) && CanBeNamed(parameter))
            {
                return new TokenInScope(TextOf(parameter), false);
            }
        }

        foreach (var parameter in parameters)
        {
            if (CanBeNamed(parameter) && AbortOf(parameter.Type, TextOf(parameter)) is { } abort)
            {
                return abort;
            }
        }

        return null;
    }

    private bool CanBeNamed(IParameterSymbol parameter) =>
        parameter is { IsDiscard: false, Name.Length: > 0, RefKind: RefKind.None } && IsNamedHere(parameter);

    private TokenInScope? AbortOf(ITypeSymbol type, string text)
    {
        foreach (var name in AbortNames)
        {
            if (PropertyOf(type, name) is { } property && Is(property.Type, _token))
            {
                return new TokenInScope(text + "." + name, false);
            }
        }

        return PropertyOf(type, "HttpContext") is { } context && PropertyOf(context.Type, "RequestAborted") is { } aborted && Is(aborted.Type, _token)
            ? new TokenInScope(text + ".HttpContext.RequestAborted", false)
            : null;
    }

    private static IPropertySymbol? PropertyOf(ITypeSymbol type, string name)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var member in current.GetMembers(name))
            {
                if (member is IPropertySymbol { IsStatic: false, IsIndexer: false, GetMethod.DeclaredAccessibility: Accessibility.Public } property)
                {
                    return property;
                }
            }
        }

        return null;
    }

    /// <summary>The one token that the object has, the abort token of its request, or that of its one source.</summary>
    private TokenInScope? OfObject(SyntaxNode member)
    {
        var enclosing = _site.Model.GetEnclosingSymbol(_at.SpanStart, _site.CancellationToken);
        while (enclosing is IMethodSymbol { MethodKind: MethodKind.LambdaMethod or MethodKind.LocalFunction })
        {
            if (enclosing.IsStatic)
            {
                return null;
            }

            enclosing = enclosing.ContainingSymbol;
        }

        if (enclosing is not IMethodSymbol method || method.ContainingType is not { } type || IsEnding(method.Name))
        {
            return null;
        }

        var tokens = new List<string>();
        var sources = new List<string>();
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var candidate in current.GetMembers())
            {
                if ((candidate.IsStatic || !method.IsStatic) && candidate.CanBeReferencedByName && IsNamedHere(candidate))
                {
                    switch (candidate)
                    {
                        case IFieldSymbol field when Is(field.Type, _token):
                        case IPropertySymbol { IsIndexer: false, GetMethod: not null } property when Is(property.Type, _token) && property.Name != "None":
                            tokens.Add(candidate.Name);
                            break;
                        case IFieldSymbol { IsReadOnly: true, NullableAnnotation: not NullableAnnotation.Annotated } field when Is(field.Type, _source):
                            sources.Add(candidate.Name);
                            break;
                    }
                }
            }
        }

        tokens.AddRange(PrimaryParametersOf(member));
        if (tokens.Count == 1)
        {
            return new TokenInScope(tokens[0], false);
        }

        if (tokens.Count > 1)
        {
            return null;
        }

        foreach (var name in new[] { "HttpContext", "Context" })
        {
            if (!method.IsStatic && PropertyInScope(name) is { } context && AbortOf(context.Type, name) is { } abort)
            {
                return abort;
            }
        }

        return sources.Count == 1 && !IsEndedHere(sources[0], member) ? new TokenInScope(sources[0] + ".Token", false) : null;
    }

    private IPropertySymbol? PropertyInScope(string name)
    {
        foreach (var symbol in _site.Model.LookupSymbols(_at.SpanStart, name: name))
        {
            if (symbol is IPropertySymbol property)
            {
                return property;
            }
        }

        return null;
    }

    private IEnumerable<string> PrimaryParametersOf(SyntaxNode member)
    {
        if (member.Parent is TypeDeclarationSyntax { ParameterList: { } list } and not RecordDeclarationSyntax)
        {
            foreach (var parameter in list.Parameters)
            {
                if (_site.Model.GetDeclaredSymbol(parameter, _site.CancellationToken) is IParameterSymbol symbol && Is(symbol.Type, _token) && IsNamedHere(symbol))
                {
                    yield return parameter.Identifier.Text;
                }
            }
        }
    }

    private bool IsEndedHere(string source, SyntaxNode member)
    {
        foreach (var call in CallsOn(source, member))
        {
            if (call.Name.Identifier.ValueText is "Cancel" or "CancelAsync" or "Dispose")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a method is by its name one that the object's token is cancelled before.</summary>
    private static bool IsEnding(string method)
    {
        foreach (var name in EndingNames)
        {
            if (method.StartsWith(name, StringComparison.Ordinal) && (method.Length == name.Length || char.IsUpper(method[name.Length])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the symbol's name means it at the place.</summary>
    private bool IsNamedHere(ISymbol symbol)
    {
        foreach (var found in _site.Model.LookupSymbols(_at.SpanStart, name: symbol.Name))
        {
            if (SymbolEqualityComparer.Default.Equals(found, symbol))
            {
                return true;
            }
        }

        return false;
    }

    private static string TextOf(IParameterSymbol parameter) =>
        SyntaxFacts.GetKeywordKind(parameter.Name) == SyntaxKind.None ? parameter.Name : "@" + parameter.Name;

    private static bool Is(ITypeSymbol type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
