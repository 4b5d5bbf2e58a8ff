using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Puts a client that is made at every call into a static field of the type, over a handler that gives up its connections in time to see
/// a change of address. Refuses where anything is set on the client or its handler, as every call would then share it, and where
/// the client goes to code that may set something or dispose it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ShareHttpClientCodeFixProvider))]
[Shared]
public sealed class ShareHttpClientCodeFixProvider : EditCodeFixProvider
{
    private const double DefaultTimeout = 100;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1006");

    // Findings of one type share a field: the second finds the one that the first has made.
    internal override SyntaxNode EditedPart(SyntaxNode node) => SharedField.TypeAround(node) ?? base.EditedPart(node);

    internal override FixPlan? Plan(FixSite site)
    {
        if (site.Expression is not BaseObjectCreationExpressionSyntax creation
            || SharedField.TypeAround(creation) is not { } type
            || site.Model.Compilation.GetTypeByMetadataName("System.Net.Http.HttpClient") is not { } clientType
            || !SymbolEqualityComparer.Default.Equals(site.Model.GetTypeInfo(creation, site.CancellationToken).Type, clientType)
            || site.Model.Compilation.GetTypeByMetadataName("System.Net.Http.SocketsHttpHandler") is not { } handlerType
            || site.Model.Compilation.GetTypeByMetadataName("System.TimeSpan") is not { } timeSpanType
            || handlerType.GetMembers("PooledConnectionLifetime").IsEmpty
            || !IsPlain(creation, handlerType, site))
        {
            return null;
        }

        var seconds = site.Options.DefaultTimeoutSeconds ?? DefaultTimeout;
        var field = SharedField.Of(type, clientType, handlerType, timeSpanType, seconds, site);
        var edit = new EditBuilder();
        return field is not null && new ClientUses(site, clientType).TryReplace(creation, field.Name, edit) && field.TryDeclare(edit) && edit.ToChanges() is { } changes
            ? new FixPlan("Share a static HttpClient with a timeout of " + seconds.ToString(CultureInfo.InvariantCulture) + " s", changes)
            : null;
    }

    /// <summary>Nothing is set on the client, and its handler, if one is given, is one as the client would have made itself.</summary>
    private static bool IsPlain(BaseObjectCreationExpressionSyntax creation, INamedTypeSymbol handlerType, FixSite site)
    {
        if (creation.Initializer is { Expressions.Count: > 0 })
        {
            return false;
        }

        if (creation.ArgumentList is not { Arguments: { Count: > 0 } arguments })
        {
            return true;
        }

        return arguments[0].Expression is BaseObjectCreationExpressionSyntax { Initializer: null or { Expressions.Count: 0 }, ArgumentList: null or { Arguments.Count: 0 } } handler
            && site.Model.GetTypeInfo(handler, site.CancellationToken).Type is { } type
            && (SymbolEqualityComparer.Default.Equals(type, handlerType)
                || SymbolEqualityComparer.Default.Equals(type, site.Model.Compilation.GetTypeByMetadataName("System.Net.Http.HttpClientHandler")))
            && (arguments.Count == 1 || arguments[1].Expression.IsKind(SyntaxKind.TrueLiteralExpression) || arguments[1].Expression.IsKind(SyntaxKind.FalseLiteralExpression));
    }
}
