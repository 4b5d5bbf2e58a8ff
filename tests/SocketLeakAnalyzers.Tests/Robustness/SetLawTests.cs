using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>The engine's own collections do what the plain ones do, small and large.</summary>
public sealed class SetLawTests
{
    private static readonly Gen<int[]> s_numbers = from count in Gen.Choose(0, 30) from numbers in Gen.Choose(0, 40).ArrayOf(count) select numbers;

    [Fact]
    public void A_set_of_values_has_what_was_added() => For(s_numbers, numbers => Holds(Set(numbers), numbers.ToHashSet()));

    [Fact]
    public void A_union_has_what_either_has() =>
        For(s_numbers, s_numbers, (left, right) => Holds(Set(left).Union(Set(right)), left.Concat(right).ToHashSet()));

    [Fact]
    public void A_union_that_adds_nothing_is_the_same_set() => For(s_numbers, s_numbers, (left, right) =>
    {
        var all = Set(left).Union(Set(right));
        return ReferenceEquals(all.Union(Set(right)), all) && ReferenceEquals(all.Union(all), all);
    });

    [Fact]
    public void What_is_removed_is_gone_and_nothing_else() => For(s_numbers, s_numbers, (numbers, gone) =>
    {
        var set = gone.Aggregate(Set(numbers), static (set, number) => set.Remove(number));
        return Holds(set, numbers.Except(gone).ToHashSet()) && Holds(set.Union(Set(gone)), numbers.Concat(gone).ToHashSet());
    });

    [Fact]
    public void A_set_is_not_changed_by_what_is_made_from_it() => For(s_numbers, s_numbers, (left, right) =>
    {
        var set = Set(left);
        set.Union(Set(right));
        set.Add(1000);
        set.Remove(left.FirstOrDefault());
        return Holds(set, left.ToHashSet());
    });

    /// <summary>A write is a place and which of two values it gets; -1 keeps the state, -2 goes back to the first one that was kept.</summary>
    [Fact]
    public void Values_of_a_path_are_those_written_last_and_kept_states_stay_as_they_were() => For(Gen.Choose(-2, 24).ListOf(), writes =>
    {
        var values = new PathValues();
        var expected = new List<AbstractValue>();
        var kept = new List<(ImmutableArray<AbstractValue> Values, AbstractValue[] Expected)>();
        foreach (var (place, value) in writes.Select(static (place, i) => (place, i % 3 == 0 ? AbstractValue.Null : AbstractValue.NotNull)))
        {
            if (place == -1)
            {
                kept.Add((values.Keep(), [.. expected]));
            }
            else if (place == -2 && kept.Count > 0)
            {
                values.Load(kept[0].Values);
                expected = [.. kept[0].Expected];
            }
            else if (place >= 0)
            {
                values.Grow(place + 1);
                values[place] = value;
                while (expected.Count <= place)
                {
                    expected.Add(AbstractValue.Unknown);
                }

                expected[place] = value;
            }
        }

        return values.Count == expected.Count
            && Enumerable.Range(0, values.Count).All(i => ReferenceEquals(values[i], expected[i]))
            && kept.All(static state => state.Values.SequenceEqual(state.Expected));
    });

    private static ValueSet Set(IEnumerable<int> numbers) => numbers.Aggregate(ValueSet.Empty, static (set, number) => set.Add(number));

    private static bool Holds(ValueSet set, HashSet<int> expected)
    {
        var found = new List<int>();
        foreach (var value in set)
        {
            found.Add((int)value);
        }

        return found.Count == set.Count
            && found.Count == expected.Count
            && set.IsEmpty == (expected.Count == 0)
            && found.All(expected.Contains)
            && expected.All(number => set.Contains(number))
            && !set.Contains(2000);
    }

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1_000).WithReplay(20_261_122UL, 11UL);

    private static void For<T>(Gen<T> values, Func<T, bool> law) => Prop.ForAll(values.ToArbitrary(), law).Check(s_config);

    private static void For<T, TOther>(Gen<T> values, Gen<TOther> others, Func<T, TOther, bool> law) => Prop.ForAll(values.ToArbitrary(), others.ToArbitrary(), law).Check(s_config);
}
