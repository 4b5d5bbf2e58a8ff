using System;
using System.Collections.Immutable;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Flow;
using SocketLeakAnalyzers.Obligations;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>The solver ends, and its answer does not depend on the order of its steps, because the join of states is a least upper bound.</summary>
public sealed class LatticeLawTests
{
    private static readonly object[] s_origins = [new(), new()];
    private static readonly IOperation[] s_throwers = Throwers();

    private static readonly Gen<AbstractValue> s_plain = Gen.Elements(
        AbstractValue.Unknown, AbstractValue.Null, AbstractValue.NotNull, AbstractValue.True, AbstractValue.False, AbstractValue.Site, AbstractValue.OtherFresh,
        AbstractValue.Memory, AbstractValue.Verdict, AbstractValue.OfConstant(3), AbstractValue.OfConstant("a"), AbstractValue.OtherFreshFrom(s_origins[0]),
        AbstractValue.OtherFreshFrom(s_origins[1]), AbstractValue.OfTest(0, true), AbstractValue.OfTest(1, false), AbstractValue.OfTest(0, true).Decided(true));

    private static readonly Gen<AbstractValue> s_values = Gen.Frequency(
        (6, s_plain),
        (2, from value in s_plain from alias in Gen.Elements(Alias.No, Alias.Maybe, Alias.Must, Alias.Earlier) select value.With(alias)),
        (1, from value in s_plain from nullness in Gen.Elements(Nullness.Unknown, Nullness.Null, Nullness.NotNull) select value.With(nullness)),
        (1, from parts in s_plain.ArrayOf(2) select AbstractValue.OfParts([.. parts])));

    private static readonly Gen<PathState> s_paths =
        from status in Gen.Elements(ObligationStatus.Owed, ObligationStatus.Released)
        from count in Gen.Choose(0, 4)
        from values in s_values.ArrayOf(count)
        from thrower in Gen.Choose(-1, s_throwers.Length - 1)
        select new PathState(status, [.. values], thrower < 0 ? null : new PathCause(s_throwers[thrower]));

    private static readonly Gen<PathStates> s_states = from paths in s_paths.NonEmptyListOf() select paths.Select(PathStates.Of).Aggregate(PathStates.Join);

    [Fact]
    public void Join_of_values_is_idempotent() => For(s_values, value => ReferenceEquals(AbstractValue.Join(value, value), value));

    [Fact]
    public void Join_of_values_is_commutative() => For(s_values, s_values, (left, right) => AbstractValue.Join(left, right).Equals(AbstractValue.Join(right, left)));

    [Fact]
    public void Join_of_values_is_associative() =>
        For(s_values, s_values, s_values, (a, b, c) => Same(AbstractValue.Join(AbstractValue.Join(a, b), c), AbstractValue.Join(a, AbstractValue.Join(b, c))));

    [Fact]
    public void Join_of_values_is_an_upper_bound() =>
        For(s_values, s_values, (left, right) =>
        {
            var joined = AbstractValue.Join(left, right);
            return ReferenceEquals(AbstractValue.Join(joined, left), joined) && ReferenceEquals(AbstractValue.Join(joined, right), joined);
        });

    [Fact]
    public void Join_of_states_is_idempotent() => For(s_states, state => ReferenceEquals(PathStates.Join(state, state), state));

    [Fact]
    public void Join_of_states_is_commutative() => For(s_states, s_states, (left, right) => Same(PathStates.Join(left, right), PathStates.Join(right, left)));

    [Fact]
    public void Join_of_states_is_associative() =>
        For(s_states, s_states, s_states, (a, b, c) => Same(PathStates.Join(PathStates.Join(a, b), c), PathStates.Join(a, PathStates.Join(b, c))));

    [Fact]
    public void Join_of_states_is_an_upper_bound_so_that_the_solver_sees_that_nothing_is_new() =>
        For(s_states, s_states, (left, right) =>
        {
            var joined = PathStates.Join(left, right);
            return ReferenceEquals(PathStates.Join(joined, left), joined) && ReferenceEquals(PathStates.Join(joined, right), joined);
        });

    [Fact]
    public void Join_of_states_is_monotone() =>
        For(s_states, s_states, s_states, (smaller, more, other) =>
        {
            var larger = PathStates.Join(smaller, more);
            return IsWithin(PathStates.Join(smaller, other), PathStates.Join(larger, other));
        });

    [Fact]
    public void State_rises_a_bounded_number_of_times_whatever_is_joined_to_it() =>
        For(s_states.ListOf(60), states =>
        {
            var (current, rises) = (states[0], 0);
            foreach (var state in states)
            {
                var joined = PathStates.Join(current, state);
                rises += ReferenceEquals(joined, current) ? 0 : 1;
                current = joined;
            }

            // Two statuses; for each, four places that rise by a handful of facts, and the cause by the number of throwers.
            return rises <= 2 * ((4 * 8) + s_throwers.Length + 2);
        });

    [Fact]
    public void What_can_be_thrown_is_a_set() =>
        For(Gen.Choose(0, 1 << 11).ArrayOf(), kinds =>
        {
            var forward = kinds.Aggregate(ThrownSet.Nothing, (set, kind) => set.With((ThrownKinds)kind));
            var backward = kinds.Reverse().Aggregate(ThrownSet.Nothing, (set, kind) => set.With((ThrownSet)(ThrownKinds)kind));
            return forward.Kinds == backward.Kinds && forward.With(backward).Kinds == forward.Kinds;
        });

    private static bool IsWithin(PathStates smaller, PathStates larger) => Same(PathStates.Join(larger, smaller), larger);

    private static bool Same(PathStates left, PathStates right) =>
        Enum.GetValues<ObligationStatus>().All(status => (left[status], right[status]) switch
        {
            (null, null) => true,
            ({ } a, { } b) => Same(a, b),
            _ => false,
        });

    private static bool Same(PathState left, PathState right) =>
        left.Cause?.Operation == right.Cause?.Operation
        && Enumerable.Range(0, Math.Max(left.Values.Length, right.Values.Length)).All(place => Same(left.ValueAt(place), right.ValueAt(place)));

    /// <summary>Of a null, what else it would be were it none says nothing.</summary>
    private static bool Same(AbstractValue left, AbstractValue right) => left.Equals(right) || (left.Nullness == Nullness.Null && right.Nullness == Nullness.Null && left.Alias == right.Alias);

    private static void For<T>(Gen<T> gen, Func<T, bool> law) => Prop.ForAll(gen.ToArbitrary(), law).Check(s_config);

    private static void For<T1, T2>(Gen<T1> first, Gen<T2> second, Func<T1, T2, bool> law) => Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), law).Check(s_config);

    private static void For<T1, T2, T3>(Gen<T1> first, Gen<T2> second, Gen<T3> third, Func<T1, T2, T3, bool> law) =>
        Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), third.ToArbitrary(), law).Check(s_config);

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(20_261_122UL, 7UL);

    /// <summary>Calls of one method body; two of them begin at the same place.</summary>
    private static IOperation[] Throwers()
    {
        var compilation = Subject.Compile("class C { C A() => this; C B() => this; void M(C c) { c.A().B(); c.A(); c.B(); } }");
        var tree = compilation.SyntaxTrees[1];
        var model = compilation.GetSemanticModel(tree);
        return [.. tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Select(call => model.GetOperation(call)).OfType<IInvocationOperation>()];
    }
}
