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
/// a change of address. What is set on the client and its handler goes with it where it is the same at every call. Refuses where anything else is set, as every
/// call would then share it, and where the client goes to code that may set something or dispose it.
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
            || ClientSettings.Of(creation, clientType, handlerType, site) is not { } settings)
        {
            return null;
        }

        var uses = new ClientUses(site, clientType, settings);
        uses.FindSettings(creation);

        var seconds = site.Options.DefaultTimeoutSeconds ?? DefaultTimeout;
        var field = SharedField.Of(type, clientType, handlerType, timeSpanType, settings, seconds, site);
        var edit = new EditBuilder();
        return field is not null && uses.TryReplace(creation, field.Name, edit) && field.TryDeclare(edit) && edit.ToChanges() is { } changes
            && (settings.IsEmpty || CompilerCheck.AddsNoError(changes, type, site))
            ? new FixPlan("Share a static HttpClient" + (settings.HasTimeout ? string.Empty : " with a timeout of " + seconds.ToString(CultureInfo.InvariantCulture) + " s"), changes)
            : null;
    }
}
