using System;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Testing;

public class CodeFixTests
{
    private const string Before = "class C\n{\n    void M()\n    {\n        int [|bad|] = 0; // why\n    }\n}\n";
    private const string After = "class C\n{\n    void M()\n    {\n        int good = 0; // why\n    }\n}\n";
    private const string TwoBefore = "class C { void M() { int [|badOne|] = 0; } void N() { int [|badTwo|] = 0; } }";
    private const string TwoAfter = "class C { void M() { int goodOne = 0; } void N() { int goodTwo = 0; } }";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_fix_passes() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, After);

    [Fact]
    public Task Two_diagnostics_are_fixed_one_by_one_and_at_once() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(TwoBefore, TwoAfter, iterations: 2, fixAllIterations: 1);

    [Theory]
    [MemberData(nameof(AnalyzerTests.ReferenceSets), MemberType = typeof(AnalyzerTests))]
    public Task A_fix_passes_on_every_reference_set(string set) => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, After, references: AnalyzerTests.Set(set));

    [Fact]
    public Task A_fix_passes_with_what_is_expected_spelt_out() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(
        "class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }",
        "class C { void M() { int good = 0; } }",
        expected: [Verify<BadNameAnalyzer, GoodNameFix>.Diagnostic().WithLocation(0).WithLocation(1).WithArguments("bad", "M")]);

    [Fact]
    public Task A_fix_with_another_text_fails() => Fails("-         int fine = 0;", Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, After.Replace("good", "fine")));

    [Fact]
    public Task A_fix_that_breaks_compilation_fails() => Fails(
        "CS0246", Verify<BadNameAnalyzer, BreakingFix>.Fixes(Before, After.Replace("int", "Missing")));

    [Fact]
    public Task A_fix_that_leaves_the_diagnostic_fails() => Fails(
        "the fixed code: expected 0, reported 1", Verify<BadNameAnalyzer, LeavingFix>.Fixes(Before, After.Replace("good", "badStill")));

    [Fact]
    public Task A_fix_that_is_offered_again_and_again_fails() => Fails(
        "is still offered", Verify<BadNameAnalyzer, LeavingFix>.Fixes(Before, After.Replace("good", "[|badStill|]")));

    [Fact]
    public Task A_fix_that_drops_a_comment_fails() => Fails("+         int good = 0; ", Verify<BadNameAnalyzer, CommentDroppingFix>.Fixes(Before, After));

    [Fact]
    public Task A_fix_that_changes_line_ends_fails() => Fails(
        "class C<CR><LF>", Verify<BadNameAnalyzer, LineEndChangingFix>.Fixes(Crlf(Before), Crlf(After)));

    [Fact]
    public Task A_fix_that_keeps_line_ends_passes() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Crlf(Before), Crlf(After));

    [Fact]
    public Task A_fix_that_mixes_line_ends_fails() => Fails(
        "<LF>",
        Verify<BadNameAnalyzer, StatementAddingFix>.Fixes(Crlf(Before), Crlf(After.Replace("// why\n", "// why\n        if (true) { }\n"))));

    [Fact]
    public Task A_statement_left_to_the_formatter_is_formatted() => Verify<BadNameAnalyzer, StatementAddingFix>.Fixes(
        Before, After.Replace("// why\n", "// why\n        if (true) { }\n"));

    [Fact]
    public Task A_fix_that_changes_nothing_fails() => Fails("changes nothing", Verify<BadNameAnalyzer, IdleFix>.Fixes(Before, After));

    [Fact]
    public Task A_fix_that_is_not_offered_fails() => Fails("no fix was offered", Verify<BadNameAnalyzer, EmptyCodeFixProvider>.Fixes(Before, After));

    [Fact]
    public Task No_fix_passes() => Verify<BadNameAnalyzer, GoodNameFix>.NoFix("class C { void M() { int [|badForever|] = 0; } }");

    [Fact]
    public Task A_fix_where_none_is_expected_fails() => Fails("No fix is expected, but 'Rename' for /0/Test0.cs(5,13)-(5,16): warning BAD1", Verify<BadNameAnalyzer, GoodNameFix>.NoFix(Before));

    [Fact]
    public Task The_same_fixed_code_says_that_there_is_no_fix() => new CSharpCodeFixTest<BadNameAnalyzer, GoodNameFix, DefaultVerifier>
    {
        TestCode = "class C { void M() { int [|badForever|] = 0; } }",
        FixedCode = "class C { void M() { int [|badForever|] = 0; } }",
    }.RunAsync(Token);

    [Fact]
    public Task The_same_fixed_code_fails_where_there_is_a_fix() => Fails("No fix is expected", new CSharpCodeFixTest<BadNameAnalyzer, GoodNameFix, DefaultVerifier>
    {
        TestCode = Before,
        FixedCode = Before,
    }.RunAsync(Token));

    [Fact]
    public Task A_diagnostic_without_a_fix_stays_marked() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(
        "class C { void M() { int [|badForever|] = 0, [|bad|] = 0; } }",
        "class C { void M() { int [|badForever|] = 0, good = 0; } }");

    [Fact]
    public Task A_diagnostic_in_the_fixed_code_that_is_not_marked_fails() => Fails(
        "the fixed code",
        Verify<BadNameAnalyzer, GoodNameFix>.Fixes(
            "class C { void M() { int [|badForever|] = 0, [|bad|] = 0; } }",
            "class C { void M() { int badForever = 0, good = 0; } }"));

    [Fact]
    public Task Fix_All_that_differs_fails() => Fails("Fix All in document", Verify<BadNameAnalyzer, ForgetfulFixAllFix>.Fixes(TwoBefore, TwoAfter));

    [Fact]
    public Task Fix_All_that_takes_two_turns_passes_where_the_test_says_so() => Verify<BadNameAnalyzer, ForgetfulFixAllFix>.Fixes(TwoBefore, TwoAfter, fixAllIterations: 2);

    [Fact]
    public Task Fix_All_that_takes_fewer_turns_fails() => Fails("Expected 2 times of Fix All", Verify<BadNameAnalyzer, GoodNameFix>.Fixes(TwoBefore, TwoAfter, fixAllIterations: 2));

    [Fact]
    public Task Fix_All_has_its_own_text_where_the_test_says_so() => new CSharpCodeFixTest<BadNameAnalyzer, ForgetfulFixAllFix, DefaultVerifier>
    {
        TestCode = TwoBefore,
        FixedCode = TwoAfter,
        BatchFixedCode = "class C { void M() { int goodOne = 0; } void N() { int [|badTwo|] = 0; } }",
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
    }.RunAsync(Token);

    [Fact]
    public Task Fix_All_that_is_not_supported_fails() => Fails("does not support Fix All in document", Verify<BadNameAnalyzer, FixWithoutFixAll>.Fixes(Before, After));

    [Fact]
    public Task Fix_All_that_is_not_supported_passes_where_it_is_skipped() =>
        Verify<BadNameAnalyzer, FixWithoutFixAll>.Fixes(Before, After, behaviors: CodeFixTestBehaviors.SkipFixAllCheck);

    [Fact]
    public Task Fix_All_covers_every_document() => new CSharpCodeFixTest<BadNameAnalyzer, GoodNameFix, DefaultVerifier>
    {
        TestState = { Sources = { TwoBefore, "class D { void M() { int [|bad|] = 0; } }" } },
        FixedState = { Sources = { TwoAfter, "class D { void M() { int good = 0; } }" } },
    }.RunAsync(Token);

    [Fact]
    public Task A_wrong_number_of_turns_fails() => Fails(
        "Expected 3 times of the code fix, applied one by one, but it took 2 times", Verify<BadNameAnalyzer, GoodNameFix>.Fixes(TwoBefore, TwoAfter, iterations: 3));

    [Fact]
    public Task A_turn_too_many_fails() => Fails("is still offered", Verify<BadNameAnalyzer, GoodNameFix>.Fixes(TwoBefore, TwoAfter, iterations: 1));

    [Fact]
    public Task Only_one_is_fixed_where_the_test_says_so() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(
        TwoBefore,
        "class C { void M() { int goodOne = 0; } void N() { int [|badTwo|] = 0; } }",
        batchAfter: TwoAfter,
        behaviors: CodeFixTestBehaviors.FixOne);

    [Fact]
    public Task An_action_is_chosen_by_its_index() => Verify<BadNameAnalyzer, TwoActionsFix>.Fixes(Before, After.Replace("good", "better"), index: 1);

    [Fact]
    public Task An_action_is_chosen_by_its_key() => Verify<BadNameAnalyzer, TwoActionsFix>.Fixes(Before, After.Replace("good", "better"), equivalenceKey: "to-better");

    [Fact]
    public Task An_action_that_is_not_there_fails() => Fails("no fix was offered", Verify<BadNameAnalyzer, TwoActionsFix>.Fixes(Before, After, index: 2));

    [Fact]
    public Task A_document_that_a_fix_adds_is_compared() => new CSharpCodeFixTest<BadNameAnalyzer, DocumentAddingFix, DefaultVerifier>
    {
        TestCode = Before,
        FixedState = { Sources = { After, ("/0/Added.cs", "class Added { }\n") } },
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
    }.RunAsync(Token);

    [Fact]
    public Task A_document_that_a_fix_adds_and_nobody_expects_fails() => Fails("/0/Added.cs is not expected", new CSharpCodeFixTest<BadNameAnalyzer, DocumentAddingFix, DefaultVerifier>
    {
        TestCode = Before,
        FixedCode = After,
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
    }.RunAsync(Token));

    [Fact]
    public Task A_fix_that_changes_the_encoding_fails() => Fails("changes the encoding", Verify<BadNameAnalyzer, EncodingChangingFix>.Fixes(Before, After));

    [Fact]
    public Task A_fix_that_breaks_compilation_on_the_way_fails() => Fails(
        "After 'Rename' for /0/Test0.cs(1,26)-(1,32): warning BAD1", Verify<BadNameAnalyzer, BreakingFix>.Fixes(TwoBefore, TwoAfter));

    [Fact]
    public Task A_fix_goes_through_every_project() => new CSharpCodeFixTest<BadNameAnalyzer, GoodNameFix, DefaultVerifier>
    {
        TestState =
        {
            Sources = { "class C : Library { void M() { int [|bad|] = 0; } }" },
            AdditionalProjects = { ["Library"] = { Sources = { "public class Library { void M() { int [|bad|] = 0; } }" } } },
            AdditionalProjectReferences = { "Library" },
        },
        FixedState =
        {
            Sources = { "class C : Library { void M() { int good = 0; } }" },
            AdditionalProjects = { ["Library"] = { Sources = { "public class Library { void M() { int good = 0; } }" } } },
        },
    }.RunAsync(Token);

    [Fact]
    public Task A_project_that_a_fix_does_not_reach_stays_marked() => new CSharpCodeFixTest<BadNameAnalyzer, GoodNameFix, DefaultVerifier>
    {
        TestState =
        {
            Sources = { "class C : Library { void M() { int [|bad|] = 0; } }" },
            AdditionalProjects = { ["Library"] = { Sources = { "public class Library { void M() { int [|badForever|] = 0; } }" } } },
            AdditionalProjectReferences = { "Library" },
        },
        FixedCode = "class C : Library { void M() { int good = 0; } }",
    }.RunAsync(Token);

    [Fact]
    public Task A_wrong_span_before_the_fix_fails() => Fails("Expected but not reported", Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before.Replace("[|bad|] = 0", "[|bad = 0|]"), After));

    [Fact]
    public Task An_editorconfig_reaches_the_formatter_of_a_fix() => Verify<BadNameAnalyzer, StatementAddingFix>.Fixes(
        "class C\n{\n\tvoid M()\n\t{\n\t\tint [|bad|] = 0;\n\t}\n}\n",
        "class C\n{\n\tvoid M()\n\t{\n\t\tint good = 0;\n\t\tif (true) { }\n\t}\n}\n",
        editorconfig: "indent_style = tab\ntab_width = 4\nindent_size = 4");

    [Fact]
    public async Task Fixes_refuses_code_that_does_not_change() => await Assert.ThrowsAsync<ArgumentException>(() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, Before));

    private static string Crlf(string text) => text.Replace("\n", "\r\n");

    private static Task Fails(string message, Task test) => AnalyzerTests.Fails(message, test);
}
