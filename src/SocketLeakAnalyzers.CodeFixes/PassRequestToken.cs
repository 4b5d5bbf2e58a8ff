using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Passes the token that ends with the request: <c>RequestAborted</c>, or the token of the handler. Where the framework binds one for the asking (the
/// lambda of an endpoint, an action, a hub method, a mapped iterator), the parameter is added.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PassRequestTokenCodeFixProvider))]
[Shared]
public sealed class PassRequestTokenCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA3002");

    internal override FixPlan? Plan(FixSite site) => PlanFor(site) is { } plan ? Unmasked.ByCancellation(plan, site) : null;

    private static FixPlan? PlanFor(FixSite site)
    {
        if (CallAt(site.Expression) is not { } call)
        {
            return CompletionAt(site.Expression) is { } completion ? WaitWithToken(completion, site) : null;
        }

        if (TokenArgument.For(call, mayAwait: false, site) is not { } argument)
        {
            return TokenArgument.GivenIn(call, site) is { Expression: var given } ? Link(call, given, site) : null;
        }

        var edit = new EditBuilder();
        var token = OfRequest(call, site);
        if (token is null)
        {
            if (BindingParameterList(call, site) is not { } binding)
            {
                return null;
            }

            token = LocalNames.Choose("cancellationToken", site.Model, call.SpanStart, binding.Function, new List<string>());
            edit.Insert(
                binding.Parameters.CloseParenToken.SpanStart,
                (binding.Parameters.Parameters.Count > 0 ? ", " : string.Empty) + binding.Attribute + TypeName(site, call.SpanStart) + " " + token + (binding.Attribute.Length > 0 ? " = default" : string.Empty));
        }

        argument.Write(token, edit);
        return edit.ToChanges() is { } changes ? new FixPlan("Pass '" + token + "'", changes) : null;
    }

    /// <summary>The task of a completion source: it is waited for with the token.</summary>
    private static FixPlan? WaitWithToken(ExpressionSyntax task, FixSite site)
    {
        if (OfRequest(task, site) is not { } token
            || site.Model.GetTypeInfo(task, site.CancellationToken).Type is not { } type
            || site.Model.LookupSymbols(task.SpanStart, type, "WaitAsync").IsEmpty)
        {
            return null;
        }

        var edit = new EditBuilder();
        edit.Insert(task.Span.End, ".WaitAsync(" + token + ")");
        return edit.ToChanges() is { } changes ? new FixPlan("Pass '" + token + "'", changes) : null;
    }

    private static ExpressionSyntax? CompletionAt(ExpressionSyntax? expression) =>
        Awaited(expression) is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Task" } completion ? completion : null;

    /// <summary>Another token, such as that of the application's own stop, goes on to count beside the request's.</summary>
    private static FixPlan? Link(InvocationExpressionSyntax call, ExpressionSyntax given, FixSite site)
    {
        if (OfRequest(call, site) is not { } token
            || token == given.ToString()
            || given is not (IdentifierNameSyntax or MemberAccessExpressionSyntax)
            || call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || Lifetime.FunctionOf(statement) != Lifetime.FunctionOf(call)
            || Disposability.LanguageOf(call) < LanguageVersion.CSharp8
            || StatementScope.Of(statement) is not { Statements: not null, IsSwitchSection: false, HasLabel: false })
        {
            return null;
        }

        var edit = new EditBuilder();
        var name = LocalNames.Choose("linked", site.Model, statement.SpanStart, LocalNames.MemberOf(statement), new List<string>());
        var source = (IsImported(site, call.SpanStart, "CancellationTokenSource") ? string.Empty : "System.Threading.") + "CancellationTokenSource";
        var line = "using var " + name + " = " + source + ".CreateLinkedTokenSource(" + token + ", " + given + ");";
        if (!BlockWriter.TryInsertBefore(statement, new[] { line }, site.Text, Layout.Of(site.Text, statement), edit))
        {
            return null;
        }

        edit.Replace(given.Span, name + ".Token");
        return edit.ToChanges() is { } changes ? new FixPlan("Pass '" + token + "' as well", changes) : null;
    }

    private static InvocationExpressionSyntax? CallAt(ExpressionSyntax? expression) => Awaited(expression) as InvocationExpressionSyntax;

    /// <summary>What stands in an <c>await</c>, a <c>ConfigureAwait</c> or <c>AsTask</c>, or by itself.</summary>
    private static ExpressionSyntax? Awaited(ExpressionSyntax? expression)
    {
        while (true)
        {
            switch (expression)
            {
                case AwaitExpressionSyntax awaited:
                    expression = awaited.Expression;
                    break;
                case ParenthesizedExpressionSyntax parenthesized:
                    expression = parenthesized.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask", Expression: { } inner } }:
                    expression = inner;
                    break;
                default:
                    return expression;
            }
        }
    }

    /// <summary>The token that ends with the request, as the code at the call can name it.</summary>
    private static string? OfRequest(SyntaxNode at, FixSite site)
    {
        var isInnermost = true;
        for (var node = at; node is not null; node = node.Parent)
        {
            if (FunctionAt(node, site) is { } function)
            {
                foreach (var parameter in function.Parameters)
                {
                    if (IsToken(parameter.Type) && CanBeNamed(parameter, at, site))
                    {
                        return parameter.Name;
                    }
                }

                if (isInnermost && OfLocals(at, holdsToken: true, site) is { } kept)
                {
                    return kept;
                }

                isInnermost = false;

                foreach (var parameter in function.Parameters)
                {
                    if (CanBeNamed(parameter, at, site) && AbortOf(parameter.Type, parameter.Name) is { } abort)
                    {
                        return abort;
                    }
                }
            }
        }

        if (OfLocals(at, holdsToken: false, site) is { } local)
        {
            return local;
        }

        // A controller's or a hub's own request.
        var type = site.Model.GetEnclosingSymbol(at.SpanStart, site.CancellationToken)?.ContainingType;
        for (; type is not null; type = type.BaseType)
        {
            switch (type)
            {
                case { Name: "ControllerBase" or "PageModel", ContainingNamespace: { } space } when space.ToDisplayString().StartsWith("Microsoft.AspNetCore.Mvc", System.StringComparison.Ordinal):
                    return IsStatic(at, site) ? null : "HttpContext.RequestAborted";
                case { Name: "Hub", ContainingNamespace: { Name: "SignalR", ContainingNamespace.Name: "AspNetCore" } }:
                    return IsCallOfHub(at, site) ? "Context.ConnectionAborted" : null;
            }
        }

        return OfObject(at, site);
    }

    /// <summary>The request that the object itself is made for, by the field, property or parameter that keeps it.</summary>
    private static string? OfObject(SyntaxNode at, FixSite site)
    {
        if (IsStatic(at, site))
        {
            return null;
        }

        foreach (var symbol in site.Model.LookupSymbols(at.SpanStart))
        {
            var type = symbol switch
            {
                IFieldSymbol { IsStatic: false } field => field.Type,
                IPropertySymbol { IsStatic: false, GetMethod: not null } property => property.Type,
                IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor }, RefKind: RefKind.None } parameter => parameter.Type,
                _ => null,
            };
            if (type is not null && AbortOf(type, symbol.Name) is { } token)
            {
                return token;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether it stands in a public method of a hub itself that is not one that streams: there is no token to be had as a parameter, and the hub's context is there until it ends.
    /// </summary>
    private static bool IsCallOfHub(SyntaxNode at, FixSite site) =>
        site.Model.GetEnclosingSymbol(at.SpanStart, site.CancellationToken) is IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false, DeclaredAccessibility: Accessibility.Public } method
        && Streamed(method.ReturnType) is not ("IAsyncEnumerable" or "ChannelReader");

    private static string Streamed(ITypeSymbol returned) =>
        returned is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: { Length: 1 } inner } ? inner[0].Name : returned.Name;

    /// <summary>The token of the request that a local of the same function holds, or the request that one does.</summary>
    private static string? OfLocals(SyntaxNode at, bool holdsToken, FixSite site)
    {
        var owner = site.Model.GetEnclosingSymbol(at.SpanStart, site.CancellationToken);
        foreach (var symbol in site.Model.LookupSymbols(at.SpanStart))
        {
            if (symbol is ILocalSymbol { RefKind: RefKind.None } local
                && SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, owner)
                && local.DeclaringSyntaxReferences.Length == 1
                && local.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
                && declarator.Span.End <= at.SpanStart
                && (!holdsToken ? AbortOf(local.Type, local.Name)
                    : IsToken(local.Type) && value is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "RequestAborted" } ? local.Name : null) is { } token)
            {
                return token;
            }
        }

        return null;
    }

    private static bool IsStatic(SyntaxNode at, FixSite site)
    {
        var symbol = site.Model.GetEnclosingSymbol(at.SpanStart, site.CancellationToken);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.LambdaMethod or MethodKind.LocalFunction } function)
        {
            if (function.IsStatic)
            {
                return true;
            }

            symbol = function.ContainingSymbol;
        }

        return symbol?.IsStatic != false;
    }

    private static string? AbortOf(ITypeSymbol type, string name)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            switch (current.Name)
            {
                case "HttpContext" when IsAspNet(current):
                    return name + ".RequestAborted";
                case "HttpResponse" or "HttpRequest" when IsAspNet(current):
                    return name + ".HttpContext.RequestAborted";
            }

            foreach (var member in current.GetMembers("HttpContext"))
            {
                if (member is IPropertySymbol { IsStatic: false, DeclaredAccessibility: Accessibility.Public, Type: { Name: "HttpContext" } context } && IsAspNet(context))
                {
                    return name + ".HttpContext.RequestAborted";
                }
            }
        }

        return null;
    }

    private static bool IsAspNet(ITypeSymbol type) => type.ContainingNamespace is { Name: "Http", ContainingNamespace: { Name: "AspNetCore", ContainingNamespace.Name: "Microsoft" } };

    private static bool IsToken(ITypeSymbol type) => type is { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } };

    private static IMethodSymbol? FunctionAt(SyntaxNode node, FixSite site) => node switch
    {
        AnonymousFunctionExpressionSyntax => site.Model.GetSymbolInfo(node, site.CancellationToken).Symbol as IMethodSymbol,
        BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax => site.Model.GetDeclaredSymbol(node, site.CancellationToken) as IMethodSymbol,
        _ => null,
    };

    /// <summary>Whether the name means the parameter at the call: nothing hides it, and no static function stands between.</summary>
    private static bool CanBeNamed(IParameterSymbol parameter, SyntaxNode at, FixSite site)
    {
        foreach (var symbol in site.Model.LookupSymbols(at.SpanStart, name: parameter.Name))
        {
            if (SymbolEqualityComparer.Default.Equals(symbol, parameter))
            {
                return !parameter.IsDiscard;
            }
        }

        return false;
    }

    private readonly struct Binding
    {
        public Binding(SyntaxNode function, ParameterListSyntax parameters, string attribute)
        {
            Function = function;
            Parameters = parameters;
            Attribute = attribute;
        }

        public SyntaxNode Function { get; }

        public ParameterListSyntax Parameters { get; }

        /// <summary>What an iterator's token needs to be the one of who enumerates it.</summary>
        public string Attribute { get; }
    }

    /// <summary>The parameters of the function around the call, where the framework gives a token to who declares one.</summary>
    private static Binding? BindingParameterList(SyntaxNode at, FixSite site)
    {
        for (var node = at; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case ParenthesizedLambdaExpressionSyntax { ParameterList: { } list } lambda:
                    if (IsStreamCallback(lambda))
                    {
                        break;
                    }

                    return IsMapped(lambda) && TakesOneMore(list) ? new Binding(lambda, list, string.Empty) : null;
                case AnonymousFunctionExpressionSyntax function when !IsStreamCallback(function):
                    return null;
                case LocalFunctionStatementSyntax { ParameterList: { } list } function:
                    return site.Model.GetDeclaredSymbol(function, site.CancellationToken) is IMethodSymbol { ReturnType.Name: "IAsyncEnumerable" } && TakesOneMore(list)
                        ? new Binding(function, list, Attribute(site, at.SpanStart))
                        : null;
                case MethodDeclarationSyntax { ParameterList: { } list } method:
                    return site.Model.GetDeclaredSymbol(method, site.CancellationToken) is IMethodSymbol { DeclaredAccessibility: Accessibility.Public, IsOverride: false } symbol
                        && symbol.ExplicitInterfaceImplementations.IsEmpty
                        && IsServing(symbol.ContainingType)
                        && TakesOneMore(list)
                        ? new Binding(method, list, symbol.ReturnType.Name == "IAsyncEnumerable" ? Attribute(site, at.SpanStart) : string.Empty)
                        : null;
                case MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Every parameter has its type, and none takes all the rest.</summary>
    private static bool TakesOneMore(ParameterListSyntax list)
    {
        foreach (var parameter in list.Parameters)
        {
            if (parameter.Type is null || parameter.Default is not null || parameter.Modifiers.Any(SyntaxKind.ParamsKeyword))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>Results.Stream(async body => …)</c>: what the endpoint is given is at hand in it.</summary>
    private static bool IsStreamCallback(AnonymousFunctionExpressionSyntax function) =>
        !function.Modifiers.Any(SyntaxKind.StaticKeyword)
        && function.Parent is ArgumentSyntax
        {
            Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Stream", Expression: IdentifierNameSyntax { Identifier.ValueText: "Results" or "TypedResults" } } },
        };

    private static bool IsMapped(SyntaxNode lambda) =>
        lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } } }
        && name.StartsWith("Map", System.StringComparison.Ordinal);

    private static bool IsServing(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type is { Name: "ControllerBase" or "Hub", ContainingNamespace: { } space } && space.ToDisplayString() is "Microsoft.AspNetCore.Mvc" or "Microsoft.AspNetCore.SignalR")
            {
                return true;
            }
        }

        return false;
    }

    private static string Attribute(FixSite site, int position) =>
        "[" + (IsImported(site, position, "EnumeratorCancellationAttribute") ? string.Empty : "System.Runtime.CompilerServices.") + "EnumeratorCancellation] ";

    private static string TypeName(FixSite site, int position) =>
        (IsImported(site, position, "CancellationToken") ? string.Empty : "System.Threading.") + "CancellationToken";

    private static bool IsImported(FixSite site, int position, string name) =>
        !site.Model.LookupNamespacesAndTypes(position, name: name).IsEmpty;
}
