using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.Lifetime;

/// <summary>
/// SLA1005: a field or auto-property whose resource the type itself acquires and never releases.
/// <para>
/// Whoever drops the object cannot close the connection in it: each object that is made and forgotten leaves a descriptor behind, and a
/// <c>Dispose</c> that forgets one field looks right from outside.
/// </para>
/// <example><c>class Monitor : IDisposable { readonly TcpClient _client = new(); public void Dispose() { } }</c></example>
/// <para>
/// Known gaps: collections of resources are not looked into; a field that goes to something unknown, or that a method returns, is not reported.
/// </para>
/// </summary>
internal static class SLA1005FieldNeverReleased
{
    public const string Id = "SLA1005";

    public static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        title: "Field whose resource is never disposed",
        messageFormat: "{0} is never disposed: '{1}' acquires it {2}{3}",
        RuleCategory.Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The type acquires the resource in the field or property itself, and none of its methods releases it: nobody else can.",
        helpLinkUri: RuleHelp.LinkTo(Id));

    /// <summary>The diagnostic that is due for a field or auto-property; null when none is.</summary>
    public static Diagnostic? Check(INamedTypeSymbol type, HeldResource held, ObligationContext context, CancellationToken cancellationToken)
    {
        if (held.IsReleased
            || held.Escapes
            || held.Symbol is IParameterSymbol
            || held.Symbol.Locations.IsEmpty
            || FirstDue(type, held) is not { } acquisition
            || OutsideUses.MayRelease(type, held, context, cancellationToken))
        {
            return null;
        }

        return Diagnostic.Create(
            Descriptor,
            held.Symbol.Locations[0],
            new[] { acquisition.Syntax.GetLocation() },
            "'" + held.Symbol.Name + "' (" + LeakWords.TypeName(held.Symbol is IFieldSymbol field ? field.Type : ((IPropertySymbol)held.Symbol).Type) + ")",
            type.Name,
            Place(acquisition.Owner),
            ReleaseMember(type) is { } member ? ", and '" + member + "' does not release it" : " and releases it nowhere");
    }

    /// <summary>The clients that the type makes and keeps, which are due as soon as it implements <c>IDisposable</c>: a fix that makes it do so releases them as well.</summary>
    public static ImmutableArray<ISymbol> DueOnceDisposable(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        var context = new ObligationContext(compilation, OwnershipModel.Create(compilation, ImmutableArray<OwnershipRow>.Empty), new KnownTypes(compilation));
        var due = ImmutableArray.CreateBuilder<ISymbol>();
        foreach (var held in context.OwningTypes.Get(type, cancellationToken).Held)
        {
            if (held is { IsReleased: false, Escapes: false, Acquisitions: { Length: > 0 } acquisitions, Symbol: not IParameterSymbol } && acquisitions[0].Kind == ResourceKind.Http)
            {
                due.Add(held.Symbol);
            }
        }

        return due.ToImmutable();
    }

    /// <summary>The first acquisition that obliges the type.</summary>
    private static HeldAcquisition? FirstDue(INamedTypeSymbol type, HeldResource held)
    {
        foreach (var acquisition in held.Acquisitions)
        {
            var isDue = acquisition.Kind switch
            {
                // Listeners and writers have rules of their own.
                ResourceKind.Listener or ResourceKind.Writer or ResourceKind.Exchange => false,
                ResourceKind.Socket when held.IsListening => false,

                // A client is made to be kept: only a type that is disposed of is expected to let it go.
                ResourceKind.Http => OwningTypes.IsDisposable(type),
                _ => !acquisition.IsDormant || held.IsBegun,
            };
            if (isDue)
            {
                return acquisition;
            }
        }

        return null;
    }

    private static string Place(ISymbol owner) => owner switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "in its constructor",
        IMethodSymbol { AssociatedSymbol: { } property } => "in '" + property.Name + "'",
        IMethodSymbol method => "in '" + method.Name + "'",
        _ => "where it is declared",
    };

    private static string? ReleaseMember(INamedTypeSymbol type)
    {
        string? found = null;
        foreach (var member in type.GetMembers())
        {
            if (member is IMethodSymbol { IsStatic: false, DeclaringSyntaxReferences.IsEmpty: false } method)
            {
                switch (method.Name)
                {
                    case "Dispose" or "System.IDisposable.Dispose":
                        return "Dispose";
                    case "DisposeAsync" or "DisposeAsyncCore" or "System.IAsyncDisposable.DisposeAsync":
                        found = "DisposeAsync";
                        break;
                }
            }
        }

        return found;
    }
}
