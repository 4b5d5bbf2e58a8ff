using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1003: a resource that is handed over on success, and lost when a credible exception comes before the hand-over.
/// <para>
/// A refused connect loses a descriptor each time it is tried: the retry loop that waits for a peer to come back runs the process out of them.
/// </para>
/// <example><c>var socket = new Socket(…); socket.Connect(end); return socket;</c></example>
/// <para>
/// Known gaps: what the constructor of a derived class does to the fields of its base when it throws is not looked at.
/// </para>
/// </summary>
internal static class SLA1003LostBeforeHandOver
{
    public const string Id = "SLA1003";

    private const string LostObject = ": nobody gets an object whose constructor throws";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Lost when an exception comes before the hand-over",
        messageFormat: "{0} is not {3} {1}{2}",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The resource is returned, stored or wrapped on success; when an exception comes between its acquisition and that hand-over, nobody has it.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic for a site whose finding falls under this rule.</summary>
    public static Diagnostic Report(SiteResult result, Leak leak) => Diagnostic.Create(
        Descriptor,
        result.Site.Syntax.GetLocation(),
        new[] { LeakWords.Place(leak, result.Body) },
        LeakWords.Owed(result.Site),
        LeakWords.Path(leak, result.Body, result.Site.Syntax.GetLocation()),
        result.Body.Owner is IMethodSymbol { MethodKind: MethodKind.Constructor } ? LostObject : " before it is returned, stored or passed on",
        LeakWords.ReleasedWord(Acquisitions.TypeOf(result.Site)));

    /// <summary>The diagnostic for a field's initializer whose resource is lost while the object is constructed.</summary>
    public static Diagnostic Report(SiteResult result, ConstructionLoss loss) => Diagnostic.Create(
        Descriptor,
        result.Site.Syntax.GetLocation(),
        new[] { loss.Place.GetLocation() },
        LeakWords.Owed(result.Site),
        LeakWords.Path(loss, result.Site.Syntax.GetLocation()),
        LostObject,
        LeakWords.ReleasedWord(Acquisitions.TypeOf(result.Site)));
}
