using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Knowledge;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Knowledge;

public class OwnershipRowParserTests
{
    [Fact]
    public void Comments_and_blank_lines_are_no_rows()
    {
        var read = Parse("""
            # a comment

               # another
            T:A.B: resource socket # and one behind a row
            M:A.B.#ctor: throws
            """);

        Assert.Empty(read.Errors);
        Assert.Equal(["T:A.B", "M:A.B.#ctor"], read.Rows.Select(row => row.Id));
    }

    [Fact]
    public void A_row_of_a_type_says_what_the_type_holds()
    {
        var facts = Row("T:A.B: resource websocket; dormant; members throw; since net8.0").TypeFacts;

        Assert.Equal(ResourceKind.WebSocket, facts.Kind);
        Assert.True(facts.IsResource);
        Assert.True(facts.IsDormantWhenMade);
        Assert.True(facts.MembersThrow);
        Assert.False(facts.IsAbstraction);
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("listener")]
    [InlineData("http")]
    [InlineData("response")]
    [InlineData("stream")]
    [InlineData("reader")]
    [InlineData("websocket")]
    [InlineData("process")]
    [InlineData("database")]
    [InlineData("writer")]
    [InlineData("other")]
    public void Every_kind_has_a_word(string word)
        => Assert.Equal(word, Row($"T:A.B: resource {word}").TypeFacts.Kind.ToString().ToLowerInvariant());

    [Fact]
    public void The_colon_in_an_array_does_not_end_the_identifier()
    {
        var row = Row("M:A.B.M(System.Int32[0:,0:],System.String): throws");

        Assert.Equal("M:A.B.M(System.Int32[0:,0:],System.String)", row.Id);
        Assert.Equal("A.B", row.TypeName);
        Assert.Equal("M", row.MemberName);
    }

    [Fact]
    public void The_number_of_type_parameters_is_no_part_of_the_name()
    {
        var row = Row("M:A.B`1.M``2(`0,``1): throws");

        Assert.Equal("A.B`1", row.TypeName);
        Assert.Equal("M", row.MemberName);
        Assert.Equal(2, row.Arity);
    }

    [Fact]
    public void A_star_may_name_the_parameters_that_select_an_overload()
    {
        var row = Row("M:A.B.M(*path,mode): throws");

        Assert.Equal(OverloadSelection.WithParameters, row.Overloads);
        Assert.Equal(["path", "mode"], row.OverloadParameters);
    }

    [Fact]
    public void Conditions_are_read()
    {
        var row = Row("M:A.B.M(*): returns owned if option=Head; takes a unless keep; takes b on true; takes c if n = -1; takes receiver unless flags=null");

        Assert.Equal(("option", "Head", false), (row.ReturnsCondition!.Parameter, row.ReturnsCondition.Value, row.ReturnsCondition.Negated));
        Assert.Equal(("keep", "true", true), (row.Parameters[0].Condition!.Parameter, row.Parameters[0].Condition!.Value, row.Parameters[0].Condition!.Negated));
        Assert.Equal(ParameterEffect.TakesOnTrue, row.Parameters[1].Effect);
        Assert.Equal(("n", "-1"), (row.Parameters[2].Condition!.Parameter, row.Parameters[2].Condition!.Value));
        Assert.True(row.TakesReceiver);
        Assert.Equal("null", row.TakesReceiverCondition!.Value);
    }

    [Fact]
    public void Clauses_of_members_are_read()
    {
        var row = Row("M:A.B.M(*): returns owned body; borrows a; releases b; drains c; releases; drains; begins; quiet; releases on throw in netframework");

        Assert.True(row.ReturnsBody && row.Releases && row.Drains && row.Begins && row.ReleasesOnThrow && row.ReleasesOnThrowIsForNetFramework);
        Assert.False(row.Throws);
        Assert.Equal([ParameterEffect.Borrows, ParameterEffect.Releases, ParameterEffect.Drains], row.Parameters.Select(clause => clause.Effect));
    }

    [Theory]
    [InlineData("connects", UseVerb.Connects)]
    [InlineData("reads", UseVerb.Reads)]
    [InlineData("writes", UseVerb.Writes)]
    [InlineData("handshakes", UseVerb.Handshakes)]
    [InlineData("accepts", UseVerb.Accepts)]
    [InlineData("requests", UseVerb.Requests)]
    internal void Every_use_of_the_network_has_a_word(string word, UseVerb verb)
    {
        var plain = Assert.Single(Row($"M:A.B.M(*): {word}").Uses);
        Assert.Equal((RowUseKind.Use, verb, null, null), (plain.Kind, plain.Verb, plain.Parameter, plain.Limit));

        var full = Assert.Single(Row($"M:A.B.M(*): {word} socket within limit if how=Slow").Uses);
        Assert.Equal((verb, "socket", "limit", "how"), (full.Verb, full.Parameter, full.Limit, full.Condition!.Parameter));
    }

    [Theory]
    [InlineData("bounds connects", BoundVerb.Connects)]
    [InlineData("bounds reads", BoundVerb.Reads)]
    [InlineData("bounds writes", BoundVerb.Writes)]
    [InlineData("bounds requests", BoundVerb.Requests)]
    [InlineData("keeps alive", BoundVerb.Alive)]
    [InlineData("sets blocking", BoundVerb.Blocking)]
    internal void Every_bound_has_a_word(string words, BoundVerb verb)
    {
        var plain = Assert.Single(Row($"P:A.B.P: {words}").Uses);
        Assert.Equal((RowUseKind.Bound, verb, null, false, true), (plain.Kind, plain.Bound, plain.Limit, plain.IsZeroInfinite, plain.Condition is null));

        var full = Assert.Single(Row($"M:A.B.M(*): {words} by value unless 0 if name=Timeout").Uses);
        Assert.Equal((verb, "value", true, "name", "Timeout"), (full.Bound, full.Limit, full.IsZeroInfinite, full.Condition!.Parameter, full.Condition.Value));
    }

    [Fact]
    public void Waits_and_callbacks_are_read()
    {
        Assert.Equal((RowUseKind.Wait, null, "timeout"), Assert.Single(Row("M:A.B.M(*timeout): waits within timeout").Uses) is var own ? (own.Kind, own.Parameter, own.Limit) : default);
        Assert.Equal((RowUseKind.Wait, "tasks", null), Assert.Single(Row("M:A.B.M(*): waits tasks").Uses) is var other ? (other.Kind, other.Parameter, other.Limit) : default);
        Assert.Equal(RowUseKind.Peek, Assert.Single(Row("P:A.B.P: peeks").Uses).Kind);
        Assert.Equal(RowUseKind.Race, Assert.Single(Row("M:A.B.M(*): races").Uses).Kind);
        foreach (var (word, place) in new[] { ("thread", RunPlace.Thread), ("pool", RunPlace.Pool), ("timer", RunPlace.Timer), ("cancellation", RunPlace.Cancellation) })
        {
            var run = Assert.Single(Row($"M:A.B.M(*): runs work on {word}").Uses);
            Assert.Equal((RowUseKind.Run, "work", place), (run.Kind, run.Parameter, run.Place));
        }
    }

    [Theory]
    [InlineData("network", NetworkSort.Connection)]
    [InlineData("network datagrams", NetworkSort.Datagrams)]
    [InlineData("network pipe", NetworkSort.Pipe)]
    [InlineData("network local", NetworkSort.Local)]
    internal void A_type_may_speak_over_a_network(string words, NetworkSort sort)
        => Assert.Equal(sort, Row($"T:A.B: {words}").TypeFacts.Network);

    [Theory]
    [InlineData("datagrams", NetworkSort.Datagrams)]
    [InlineData("pipe", NetworkSort.Pipe)]
    [InlineData("local", NetworkSort.Local)]
    internal void A_constructor_may_say_over_what_its_object_speaks(string word, NetworkSort sort)
    {
        var clause = Assert.Single(Row($"M:A.B.#ctor(*): speaks {word} if family=Unix").Uses);
        Assert.Equal((RowUseKind.Speak, sort, "Unix"), (clause.Kind, clause.Sort, clause.Condition!.Value));
    }

    [Fact]
    public void A_row_about_the_network_alone_says_nothing_of_ownership()
    {
        Assert.False(Row("M:A.B.M(*): reads; bounds writes by x; waits; runs f on pool").SpeaksOfOwnership);
        Assert.True(Row("M:A.B.M(*): reads; quiet").SpeaksOfOwnership);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("T:")]
    [InlineData("F:A.B.C: throws")]
    [InlineData("T:A.B")]
    [InlineData("T:A.B:")]
    [InlineData("T:A.B: ;;")]
    [InlineData("T:A..B: memory")]
    [InlineData("T:A.B(*): memory")]
    [InlineData("T:A.B C: memory")]
    [InlineData("T:A.B: resource")]
    [InlineData("T:A.B: resource gold")]
    [InlineData("T:A.B: resource socket; resource socket")]
    [InlineData("T:A.B: resource socket; memory")]
    [InlineData("T:A.B: dormant")]
    [InlineData("T:A.B: abstraction")]
    [InlineData("T:A.B: members")]
    [InlineData("T:A.B: throws")]
    [InlineData("M:A: throws")]
    [InlineData("M:A.B.M(: throws")]
    [InlineData("M:A.B.M``(*): throws")]
    [InlineData("M:A.B.M`1(*): throws")]
    [InlineData("M:A.B.M(*1): throws")]
    [InlineData("M:A.B.M(*a b): throws")]
    [InlineData("M:A.B.M(System.Int32, System.Int32): throws")]
    [InlineData("M:A.B.M: resource socket")]
    [InlineData("M:A.B.M: throws twice")]
    [InlineData("M:A.B.M: throws; quiet")]
    [InlineData("M:A.B.M: returns")]
    [InlineData("M:A.B.M: returns nothing")]
    [InlineData("M:A.B.M: returns owned; returns view")]
    [InlineData("M:A.B.M: returns wrapper")]
    [InlineData("M:A.B.M: returns argument")]
    [InlineData("M:A.B.#ctor: returns view")]
    [InlineData("M:A.B.M: takes")]
    [InlineData("M:A.B.M: takes 1")]
    [InlineData("M:A.B.M: takes a on false")]
    [InlineData("M:A.B.M: takes a if")]
    [InlineData("M:A.B.M: takes a if b=")]
    [InlineData("M:A.B.M: takes a if b=;")]
    [InlineData("M:A.B.M: takes a if b='x'")]
    [InlineData("M:A.B.M: takes a; borrows a")]
    [InlineData("M:A.B.M: borrows a if b")]
    [InlineData("M:A.B.M: since")]
    [InlineData("M:A.B.M: since yesterday")]
    [InlineData("M:A.B.M: since net8.0; since net9.0")]
    [InlineData("M:A.B.M: steals a")]
    [InlineData("T:A.B: reads")]
    [InlineData("T:A.B: network; network")]
    [InlineData("T:A.B: network satellite")]
    [InlineData("M:A.B.M: network")]
    [InlineData("M:A.B.M: reads 1")]
    [InlineData("M:A.B.M: reads within")]
    [InlineData("M:A.B.M: bounds")]
    [InlineData("M:A.B.M: bounds alive")]
    [InlineData("M:A.B.M: bounds reads by")]
    [InlineData("M:A.B.M: bounds reads unless 1")]
    [InlineData("M:A.B.M: keeps")]
    [InlineData("M:A.B.M: keeps reads")]
    [InlineData("M:A.B.M: sets alive")]
    [InlineData("M:A.B.M: bounds blocking")]
    [InlineData("M:A.B.#ctor(*): speaks")]
    [InlineData("M:A.B.#ctor(*): speaks klingon")]
    [InlineData("M:A.B.M: waits; races")]
    [InlineData("M:A.B.M: races tasks")]
    [InlineData("M:A.B.M: peeks at")]
    [InlineData("M:A.B.M: runs")]
    [InlineData("M:A.B.M: runs f")]
    [InlineData("M:A.B.M: runs f on fire")]
    [InlineData("M:A.B.M: runs f on pool; runs g on pool")]
    public void What_cannot_be_read_is_an_error_and_costs_its_own_row_alone(string line)
    {
        var read = Parse($"T:First: memory\n  {line}\nT:Last: memory");

        var error = Assert.Single(read.Errors);
        Assert.Equal(1, error.Lines.Start.Line);
        Assert.Equal(2, error.Lines.Start.Character);
        Assert.Equal(line, error.Span.Length == 0 ? "" : $"T:First: memory\n  {line}\nT:Last: memory".Substring(error.Span.Start, error.Span.Length));
        Assert.True(char.IsLower(error.Message[0]) || error.Message[0] == '\'', error.Message);
        Assert.False(error.Message.EndsWith('.'), error.Message);
        Assert.Equal(["T:First", "T:Last"], read.Rows.Select(row => row.Id));
    }

    [Fact]
    public void The_second_row_for_an_id_is_an_error()
    {
        var read = Parse("T:A: memory\nT:A: resource socket");

        Assert.True(Assert.Single(read.Rows).TypeFacts.IsMemoryOnly);
        Assert.Equal("a second row for 'T:A'; the first one holds", Assert.Single(read.Errors).Message);
    }

    [Fact]
    public void An_error_has_the_place_of_its_row()
    {
        var error = Assert.Single(OwnershipRowParser.Parse(SourceText.From("\n\nT:A: silver"), "SocketLeak.Rows.txt", TestContext.Current.CancellationToken).Errors);

        var place = error.ToLocation().GetLineSpan();
        Assert.Equal("SocketLeak.Rows.txt", place.Path);
        Assert.Equal(new LinePosition(2, 0), place.StartLinePosition);
        Assert.Equal(new LinePosition(2, 11), place.EndLinePosition);
    }

    [Fact]
    public void A_line_that_is_too_long_is_refused_unread()
    {
        var read = Parse("M:A.B.M(*): " + new string('(', 1_000_000) + "\nT:A: memory");

        Assert.StartsWith("the row is longer than", Assert.Single(read.Errors).Message, StringComparison.Ordinal);
        Assert.Single(read.Rows);
    }

    [Fact]
    public void Errors_of_one_text_are_cut_off()
    {
        var read = Parse(string.Concat(Enumerable.Repeat("x\n", 100_000)) + "T:A: memory");

        Assert.Equal(OwnershipRowParser.MaxErrors + 1, read.Errors.Length);
        Assert.Single(read.Rows);
    }

    [Fact]
    public void No_text_throws()
    {
        var fragments = Gen.Elements(
            "T:", "M:", "P:", "A", ".", "..", "#ctor", "``1", "`", "(", ")", "(*", "*", "[0:,0:]", "{", "}", ":", ": ", ";", " ", "\t", "\n", "\r", "#", "=", ",", "~", "\u2028", "\ud800",
            "resource", "socket", "takes", "returns", "owned", "wrapper", "argument", "if", "unless", "on", "true", "null", "receiver", "releases", "throw", "in", "since", "net8.0", "members", "99999999999999999999", "network", "reads", "within", "bounds", "by", "keeps", "alive", "unless", "0", "waits", "races", "runs", "thread");
        var text = Gen.OneOf(fragments.ArrayOf().Select(string.Concat), ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""), ArbMap.Default.GeneratorFor<string>().Select(text => "M:A.B.M(*): " + text));

        Prop.ForAll(text.ToArbitrary(), candidate =>
        {
            var source = SourceText.From(candidate);
            var read = OwnershipRowParser.Parse(source, "rows.txt");
            return read.Rows.Length + read.Errors.Length <= source.Lines.Count
                && read.Errors.All(error => error.Span.End <= source.Length && error.ToLocation().Kind == LocationKind.ExternalFile)
                && read.Rows.All(row => row.TypeName.Length > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static OwnershipRows Parse(string text) => OwnershipRowParser.Parse(SourceText.From(text), cancellationToken: TestContext.Current.CancellationToken);

    private static OwnershipRow Row(string text)
    {
        var read = Parse(text);
        Assert.Equal([], read.Errors.Select(error => error.Message));
        return Assert.Single(read.Rows);
    }
}
