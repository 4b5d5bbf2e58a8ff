using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// What is set on a client, and on the handler that it is made with, where it is the same at every call: a shared client is made with it. Values are constants, and
/// what the framework makes of them; a static field of the type itself would have no value yet when the shared client is made.
/// </summary>
internal sealed class ClientSettings
{
    private const string Lifetime = "PooledConnectionLifetime";

    private readonly FixSite _site;
    private readonly INamedTypeSymbol _client;
    private readonly List<(string Name, string Value)> _ofHandler = new();
    private readonly List<(string Name, string Value)> _ofClient = new();
    private readonly List<(string Name, string Value)> _headers = new();
    private readonly HashSet<StatementSyntax> _statements = new();

    private ClientSettings(FixSite site, INamedTypeSymbol client)
    {
        _site = site;
        _client = client;
    }

    /// <summary>What the creation sets; null where some of it differs from call to call, or cannot be set on a <c>SocketsHttpHandler</c>.</summary>
    public static ClientSettings? Of(BaseObjectCreationExpressionSyntax creation, INamedTypeSymbol client, INamedTypeSymbol handler, FixSite site)
    {
        var settings = new ClientSettings(site, client);
        return settings.TryAddAll(creation.Initializer) && settings.TryAddHandler(creation.ArgumentList, handler) ? settings : null;
    }

    /// <summary>Takes a statement that sets something on a client that is kept in a local, where that is the same at every call. In the order of the text.</summary>
    public bool TryTake(ExpressionStatementSyntax statement, ExpressionSyntax client)
    {
        if (client.Parent is not MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression } member || !TryAdd(statement.Expression, member))
        {
            return false;
        }

        _statements.Add(statement);
        return true;
    }

    /// <summary>Whether the statement sets something that the shared client is made with.</summary>
    public bool Covers(StatementSyntax? statement) => statement is not null && _statements.Contains(statement);

    /// <summary>Whether nothing is set at all.</summary>
    public bool IsEmpty => _ofHandler.Count + _ofClient.Count + _headers.Count + _statements.Count == 0;

    public bool HasTimeout => Has(_ofClient, "Timeout");

    /// <summary>The arguments and the initializer of the shared client; durations are what the type of <c>TimeSpan</c> is called here.</summary>
    public string Write(string handler, string timeSpan, string seconds)
    {
        var ofHandler = new List<string>();
        if (!Has(_ofHandler, Lifetime))
        {
            ofHandler.Add(Lifetime + " = " + timeSpan + ".FromMinutes(15)");
        }

        var ofClient = new List<string>();
        if (!HasTimeout)
        {
            ofClient.Add("Timeout = " + timeSpan + ".FromSeconds(" + seconds + ")");
        }

        ofHandler.AddRange(_ofHandler.ConvertAll(static setting => setting.Name + " = " + setting.Value));
        ofClient.AddRange(_ofClient.ConvertAll(static setting => setting.Name + " = " + setting.Value));
        if (_headers.Count > 0)
        {
            ofClient.Add("DefaultRequestHeaders = { " + string.Join(", ", _headers.ConvertAll(static header => "{ " + header.Name + ", " + header.Value + " }")) + " }");
        }

        return "(new " + handler + " { " + string.Join(", ", ofHandler) + " }) { " + string.Join(", ", ofClient) + " }";
    }

    private static bool Has(List<(string Name, string Value)> settings, string name) => settings.Exists(setting => setting.Name == name);

    private bool TryAddHandler(ArgumentListSyntax? list, INamedTypeSymbol handlerType)
    {
        if (list is not { Arguments: { Count: > 0 } arguments })
        {
            return true;
        }

        if (arguments[0].Expression is not BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } handler
            || _site.Model.GetTypeInfo(handler, _site.CancellationToken).Type is not { } type
            || (!SymbolEqualityComparer.Default.Equals(type, handlerType)
                && !SymbolEqualityComparer.Default.Equals(type, _site.Model.Compilation.GetTypeByMetadataName("System.Net.Http.HttpClientHandler")))
            || (arguments.Count > 1 && !arguments[1].Expression.IsKind(SyntaxKind.TrueLiteralExpression) && !arguments[1].Expression.IsKind(SyntaxKind.FalseLiteralExpression)))
        {
            return false;
        }

        foreach (var setting in Settings(handler.Initializer))
        {
            if (setting is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax name } assignment
                || _site.Model.GetSymbolInfo(name, _site.CancellationToken).Symbol is not IPropertySymbol property
                || !IsSettable(handlerType, property)
                || !IsTheSame(assignment.Right))
            {
                return false;
            }

            _ofHandler.Add((property.Name, assignment.Right.ToString()));
        }

        return true;
    }

    /// <summary>The handlers name most of their properties alike; some of one are not there on the other.</summary>
    private static bool IsSettable(INamedTypeSymbol handler, IPropertySymbol property)
    {
        foreach (var member in handler.GetMembers(property.Name))
        {
            if (member is IPropertySymbol { SetMethod.DeclaredAccessibility: Accessibility.Public } same && SymbolEqualityComparer.Default.Equals(same.Type, property.Type))
            {
                return true;
            }
        }

        return false;
    }

    private static SeparatedSyntaxList<ExpressionSyntax> Settings(InitializerExpressionSyntax? initializer) => initializer?.Expressions ?? default;

    private bool TryAddAll(InitializerExpressionSyntax? initializer)
    {
        foreach (var setting in Settings(initializer))
        {
            if (setting is not AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } assignment
                || !(assignment.Right is InitializerExpressionSyntax { RawKind: (int)SyntaxKind.CollectionInitializerExpression } headers ? TryAddHeaders(name, headers) : TryAdd(assignment, name)))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAddHeaders(IdentifierNameSyntax name, InitializerExpressionSyntax headers)
    {
        foreach (var header in headers.Expressions)
        {
            if (header is not InitializerExpressionSyntax { Expressions: { Count: 2 } pair } || !TryAddHeader(pair[0].ToString(), pair[0], pair[1]))
            {
                return false;
            }
        }

        return name.Identifier.ValueText == "DefaultRequestHeaders";
    }

    private bool TryAdd(ExpressionSyntax expression, MemberAccessExpressionSyntax member) => expression switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == member && TryAdd(assignment, member.Name),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } invocation when member.Name.Identifier.ValueText == "DefaultRequestHeaders" => TryAddHeader(invocation, call, member),
        _ => false,
    };

    private bool TryAdd(AssignmentExpressionSyntax assignment, SimpleNameSyntax name)
    {
        if (!assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
            || _site.Model.GetSymbolInfo(name, _site.CancellationToken).Symbol is not IPropertySymbol { SetMethod: not null } property
            || !SymbolEqualityComparer.Default.Equals(property.ContainingType, _client)
            || Has(_ofClient, property.Name)
            || !IsTheSame(assignment.Right)
            || (property.Name == "Timeout" && MayBeInfinite(assignment.Right)))
        {
            return false;
        }

        _ofClient.Add((property.Name, assignment.Right.ToString()));
        return true;
    }

    /// <summary>No limit for all that share it: where one call passes a token, the next may not.</summary>
    private static bool MayBeInfinite(ExpressionSyntax value)
    {
        foreach (var token in value.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.MinusToken) || token.ValueText is "InfiniteTimeSpan" or "Infinite")
            {
                return true;
            }
        }

        return false;
    }

    private bool TryAddHeader(InvocationExpressionSyntax invocation, MemberAccessExpressionSyntax call, MemberAccessExpressionSyntax headers)
    {
        var arguments = invocation.ArgumentList.Arguments;
        if (call.Expression == headers)
        {
            return call.Name.Identifier.ValueText switch
            {
                "Clear" => _headers.Count == 0,
                "Add" => arguments.Count == 2 && TryAddHeader(arguments[0].Expression.ToString(), arguments[0].Expression, arguments[1].Expression),
                _ => false,
            };
        }

        if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } list || list.Expression != headers || NameOf(name) is not { } header)
        {
            return false;
        }

        return call.Name.Identifier.ValueText switch
        {
            "Clear" => _headers.Count == 0,
            "ParseAdd" => arguments.Count == 1 && TryAddHeader(header, null, arguments[0].Expression),
            "Add" => arguments.Count == 1
                && arguments[0].Expression is BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList.Arguments: { Count: 1 } value }
                && name == "Accept"
                && TryAddHeader(header, null, value[0].Expression),
            _ => false,
        };
    }

    private bool TryAddHeader(string text, ExpressionSyntax? name, ExpressionSyntax value)
    {
        if ((name is not null && !IsConstantText(name)) || !IsConstantText(value))
        {
            return false;
        }

        _headers.Add((text, value.ToString()));
        return true;
    }

    private static string? NameOf(string property) => property switch
    {
        "Accept" => "\"Accept\"",
        "AcceptEncoding" => "\"Accept-Encoding\"",
        "AcceptLanguage" => "\"Accept-Language\"",
        "UserAgent" => "\"User-Agent\"",
        _ => null,
    };

    private bool IsConstantText(ExpressionSyntax value) => _site.Model.GetTypeInfo(value, _site.CancellationToken).Type is { SpecialType: SpecialType.System_String } && IsConstant(value);

    /// <summary>Whether the value is the same at every call, and can be written in the type.</summary>
    private bool IsTheSame(ExpressionSyntax value) => value switch
    {
        _ when IsConstant(value) => true,
        ParenthesizedExpressionSyntax parenthesized => IsTheSame(parenthesized.Expression),
        BaseObjectCreationExpressionSyntax { Initializer: null } creation => creation.ArgumentList is { } list
            && _site.Model.GetTypeInfo(creation, _site.CancellationToken).Type is { Name: "TimeSpan" or "Uri" or "Version", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
            && AreConstant(list),
        InvocationExpressionSyntax { ArgumentList: var list } invocation =>
            _site.Model.GetSymbolInfo(invocation, _site.CancellationToken).Symbol is IMethodSymbol { IsStatic: true, ContainingType: { Name: "TimeSpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } }
            && AreConstant(list),
        MemberAccessExpressionSyntax or IdentifierNameSyntax =>
            _site.Model.GetSymbolInfo(value, _site.CancellationToken).Symbol is IFieldSymbol { IsStatic: true, IsReadOnly: true, DeclaringSyntaxReferences.IsEmpty: true },
        _ => false,
    };

    private bool AreConstant(ArgumentListSyntax list)
    {
        foreach (var argument in list.Arguments)
        {
            if (!IsConstant(argument.Expression))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsConstant(ExpressionSyntax value)
    {
        if (!_site.Model.GetConstantValue(value, _site.CancellationToken).HasValue)
        {
            return false;
        }

        foreach (var node in value.DescendantNodesAndSelf())
        {
            if (node is IdentifierNameSyntax && _site.Model.GetSymbolInfo(node, _site.CancellationToken).Symbol is ILocalSymbol)
            {
                return false;
            }
        }

        return true;
    }
}
