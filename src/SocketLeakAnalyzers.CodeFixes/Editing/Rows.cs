using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>What the embedded ownership rows say, for a fix. The rows of the user are the analyzer's to read.</summary>
internal static class Rows
{
    private static readonly ConditionalWeakTable<Compilation, OwnershipModel> s_models = new();

    public static MemberFacts Of(ISymbol? member, Compilation compilation) =>
        s_models.GetValue(compilation, static key => OwnershipModel.Create(key, ImmutableArray<OwnershipRow>.Empty)).GetMemberFacts(member);
}
