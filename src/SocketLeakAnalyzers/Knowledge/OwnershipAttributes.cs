using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Knowledge;

/// <summary>
/// The attributes by which code says who owns: <c>[MustDisposeResource]</c> on a type, constructor or method and
/// <c>[HandlesResourceDisposal]</c> on a parameter, method or property. They are known by name, wherever they are declared.
/// </summary>
internal static class OwnershipAttributes
{
    private const string MustDisposeName = "MustDisposeResource";
    private const string HandlesDisposalName = "HandlesResourceDisposal";

    /// <summary>True: marked; false: marked with <c>(false)</c>; null: not marked.</summary>
    public static bool? MustDispose(ISymbol symbol)
        => Find(symbol, MustDisposeName) is { } attribute
            ? !(attribute.ConstructorArguments.Length > 0 && attribute.ConstructorArguments[0].Value is false)
            : null;

    /// <summary>What the attributes of a member and of its parameters say; null: nothing.</summary>
    public static MemberFacts? Read(ISymbol member)
    {
        var mustDispose = MustDispose(member);
        var handlesDisposal = Find(member, HandlesDisposalName) is not null;
        var parameters = OwnershipModel.Parameters(member);
        ParameterFact[]? parameterFacts = null;
        foreach (var parameter in parameters)
        {
            if (parameter.RefKind != RefKind.Out && Find(parameter, HandlesDisposalName) is not null)
            {
                SetTaken(parameter.Ordinal);
            }
        }

        if (handlesDisposal && member is IPropertySymbol)
        {
            SetTaken(parameters.Length);
        }
        else if (handlesDisposal && member is IMethodSymbol { IsExtensionMethod: true })
        {
            SetTaken(0);
        }

        var releases = handlesDisposal && member is IMethodSymbol { IsStatic: false, MethodKind: not MethodKind.Constructor };
        if (mustDispose is null && !releases && parameterFacts is null)
        {
            return null;
        }

        return new MemberFacts
        {
            Returns = mustDispose switch { true => ReturnEffect.Owned, false => ReturnEffect.Borrowed, null => ReturnEffect.Unstated },
            Releases = releases,
            Parameters = parameterFacts is null ? ImmutableArray<ParameterFact>.Empty : parameterFacts.ToImmutableArray(),
        };

        void SetTaken(int ordinal)
        {
            parameterFacts ??= new ParameterFact[parameters.Length + 1];
            parameterFacts[ordinal] = new ParameterFact(ParameterEffect.Takes, condition: null);
        }
    }

    private static AttributeData? Find(ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass?.Name is { } className
                && (className.Length == name.Length ? className == name : className.Length == name.Length + "Attribute".Length && className.StartsWith(name, System.StringComparison.Ordinal) && className.EndsWith("Attribute", System.StringComparison.Ordinal)))
            {
                return attribute;
            }
        }

        return null;
    }
}
