using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Knowledge;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// What is known of one object beyond its type: followed through the methods of other types of the compilation that it is given to, and through the
/// members by which code outside can reach it.
/// </summary>
internal sealed class ObjectFacts
{
    private ObjectFacts()
    {
    }

    /// <summary>The bounds that are set on it anywhere in the compilation, as far as it can be followed.</summary>
    public List<BoundSetting> Settings { get; } = new();

    /// <summary>The calls that are done with it, in other types too; those of its own type first.</summary>
    public List<NetworkCall> Calls { get; } = new();

    /// <summary>The closings of it, in other types too.</summary>
    public List<Closing> Closings { get; } = new();

    /// <summary>It also goes where it cannot be followed, and bounds may be set there: nothing can be said to be "never set".</summary>
    public bool MayBeSetElsewhere { get; private set; }

    public bool Sets(BoundVerb verb)
    {
        foreach (var setting in Settings)
        {
            if (setting.Verb == verb)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Follows an object of a type.</summary>
    public static ObjectFacts Of(NetworkObject networkObject, INamedTypeSymbol type, UseStore store, CancellationToken cancellationToken)
    {
        var facts = new ObjectFacts();
        var seen = new HashSet<NetworkObject>();
        var outside = new List<(NetworkObject, INamedTypeSymbol)>();
        var queue = new Queue<(NetworkObject Object, INamedTypeSymbol Type)>();
        queue.Enqueue((networkObject, type));
        while (queue.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (current, owner) = queue.Dequeue();
            if (!seen.Add(current))
            {
                continue;
            }

            facts.Settings.AddRange(current.Settings);
            facts.Calls.AddRange(current.Calls);
            facts.Closings.AddRange(current.Closings);
            facts.MayBeSetElsewhere |= current.IsGivenToUnknown || !OutsideReach.TryFind(current, owner, store, outside, cancellationToken);
            foreach (var reached in outside)
            {
                queue.Enqueue(reached);
            }

            outside.Clear();
            AddOwnCode(current, store, queue, cancellationToken);
            foreach (var parameter in current.GivenTo)
            {
                var uses = store.Get(parameter.ContainingType, cancellationToken);
                var type2 = store.Context.Model.GetTypeFacts(parameter.Type);
                if (!uses.IsKnown || !(type2.IsNetwork || type2.IsResource))
                {
                    facts.MayBeSetElsewhere = true;
                }
                else if (uses.ObjectOf(parameter) is { } given)
                {
                    queue.Enqueue((given, parameter.ContainingType));
                }
            }
        }

        return facts;
    }

    /// <summary>What a class of the compilation that is a client or socket itself does with itself.</summary>
    private static void AddOwnCode(NetworkObject current, UseStore store, Queue<(NetworkObject Object, INamedTypeSymbol Type)> queue, CancellationToken cancellationToken)
    {
        for (var type = current.Type as INamedTypeSymbol; type is not null && store.Context.HasCode(type); type = type.BaseType)
        {
            if (store.Get(type, cancellationToken).ObjectOf(type.OriginalDefinition) is { } self)
            {
                queue.Enqueue((self, type));
            }
        }
    }
}
