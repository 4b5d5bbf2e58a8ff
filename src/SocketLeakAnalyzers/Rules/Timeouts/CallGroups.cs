using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>Calls by the method that they stand in: a rule reports once per resource and method, at the first.</summary>
internal sealed class CallGroups
{
    private readonly List<List<NetworkCall>> _groups = new();

    /// <summary>The groups, in the order of their first calls; in each the calls in source order.</summary>
    public IReadOnlyList<IReadOnlyList<NetworkCall>> All => _groups;

    public void Add(NetworkCall call)
    {
        foreach (var group in _groups)
        {
            if (SymbolEqualityComparer.Default.Equals(group[0].Function.Root.Symbol, call.Function.Root.Symbol))
            {
                group.Add(call);
                return;
            }
        }

        _groups.Add(new List<NetworkCall> { call });
    }

    /// <summary>The places of the calls behind the first.</summary>
    public static void AddOthers(IReadOnlyList<NetworkCall> group, List<Location> places)
    {
        for (var i = 1; i < group.Count; i++)
        {
            if (group[i].Operation != group[0].Operation)
            {
                places.Add(UseWords.Place(group[i]));
            }
        }
    }
}
