using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Testing;

public class AnalyzerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DiagnosticResult Bad => new(BadNameAnalyzer.Descriptor);

    public static TheoryData<string> ReferenceSets => ["net10.0", "net8.0", "netstandard2.0", "net472"];

    internal static ReferenceAssemblies Set(string name) => name switch
    {
        "net10.0" => ReferenceAssemblies.Net.Net100,
        "net8.0" => ReferenceAssemblies.Net.Net80,
        "netstandard2.0" => ReferenceAssemblies.NetStandard.NetStandard20,
        _ => ReferenceAssemblies.NetFramework.Net472.Default,
    };

    [Fact]
    public Task A_marked_span_passes() => Verify<BadNameAnalyzer>.Reports("class C { void M() { int [|bad|] = 0, good = 0; } }");

    [Fact]
    public Task A_span_marked_with_its_id_passes() => Verify<BadNameAnalyzer>.Reports("class C { void M() { int {|BAD1:bad|} = 0; } }");

    [Fact]
    public Task Silent_code_passes() => Verify<BadNameAnalyzer>.Silent("class C { void M() { int good = 0; } }");

    [Fact]
    public Task A_wrong_span_fails() => Fails("differs in: the place /0/Test0.cs(1,26)-(1,29)", Run<BadNameAnalyzer>("class C { void M() { int [|bad = 0|]; } }"));

    [Fact]
    public Task A_missing_diagnostic_fails() => Fails("Expected but not reported", Run<BadNameAnalyzer>("class C { void M() { int [|good|] = 0; } }"));

    [Fact]
    public Task A_diagnostic_too_many_fails() => Fails("Reported but not expected", Run<BadNameAnalyzer>("class C { void M() { int [|bad|] = 0, badToo = 0; } }"));

    [Fact]
    public Task Two_diagnostics_at_a_span_that_is_marked_once_fail() =>
        Fails("expected 1, reported 2", Run<TwiceAnalyzer>("class C { void M() { int [|bad|] = 0; } }"));

    [Fact]
    public Task Two_diagnostics_at_a_span_that_is_marked_twice_pass() => Run<TwiceAnalyzer>("class C { void M() { int [|[|bad|]|] = 0; } }");

    [Fact]
    public async Task A_failure_shows_the_line_and_the_markup_that_would_pass()
    {
        var failure = await Failure(Run<BadNameAnalyzer>("class C\n{\n    void M() { int bad = 0; }\n}\n"));
        Assert.Contains("/0/Test0.cs(3,20)-(3,23): warning BAD1: 'bad' in 'M' is bad [also at /0/Test0.cs(3,10)-(3,11)]", failure);
        Assert.Contains("      |     void M() { int bad = 0; }" + Environment.NewLine + "      |                    ^^^" + Environment.NewLine, failure);
        Assert.Contains("    void M() { int {|BAD1:bad|} = 0; }", failure);
    }

    [Fact]
    public Task Arguments_and_additional_location_pass() =>
        Run<BadNameAnalyzer>("class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "M"));

    [Fact]
    public Task A_message_passes() =>
        Run<BadNameAnalyzer>("class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithLocation(1).WithMessage("'bad' in 'M' is bad"));

    [Fact]
    public Task A_wrong_argument_fails() => Fails(
        "the message ''bad' in 'M' is bad' (expected ''bad' in 'N' is bad')",
        Run<BadNameAnalyzer>("class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "N")));

    [Fact]
    public Task Arguments_left_out_fail() =>
        Fails("the message", Run<BadNameAnalyzer>("class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithLocation(1)));

    [Fact]
    public Task A_wrong_argument_fails_without_a_descriptor() => Fails(
        "the message",
        Run<BadNameAnalyzer>(
            "class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }",
            new DiagnosticResult("BAD1", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("bad", "N")));

    [Fact]
    public Task A_missing_additional_location_fails() => Fails(
        "the additional locations, which are /0/Test0.cs(1,16)-(1,17)",
        Run<BadNameAnalyzer>("class C { void M() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithArguments("bad", "M")));

    [Fact]
    public Task An_additional_location_elsewhere_fails() => Fails(
        "the additional locations",
        Run<BadNameAnalyzer>("class {|#1:C|} { void M() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "M")));

    [Fact]
    public Task An_additional_location_too_many_fails() => Fails(
        "the additional locations",
        Run<BadNameAnalyzer>(
            "class {|#2:C|} { void {|#1:M|}() { int {|#0:bad|} = 0; } }", Bad.WithLocation(0).WithLocation(1).WithLocation(2).WithArguments("bad", "M")));

    [Fact]
    public Task A_wrong_severity_fails() => Fails(
        "the severity Warning",
        Run<BadNameAnalyzer>(
            "class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }",
            Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "M").WithSeverity(DiagnosticSeverity.Error)));

    [Fact]
    public Task Lines_and_columns_pass() => Run<BadNameAnalyzer>(
        "class C { void M() { int bad = 0; } }",
        Bad.WithSpan(1, 26, 1, 29).WithArguments("bad", "M").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));

    [Fact]
    public Task A_start_without_an_end_passes() => Run<BadNameAnalyzer>(
        "class C { void M() { int bad = 0; } }",
        Bad.WithLocation(1, 26).WithArguments("bad", "M").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));

    [Fact]
    public Task A_position_marks_a_start() => Run<BadNameAnalyzer>("class C { void M() { int $$bad = 0; } }");

    [Fact]
    public Task A_position_elsewhere_fails() => Fails("Expected but not reported", Run<BadNameAnalyzer>("class C { void M() { int b$$ad = 0; } }"));

    [Fact]
    public async Task A_number_that_is_not_in_the_code_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Run<BadNameAnalyzer>("class C { }", Bad.WithLocation(7)));

    [Fact]
    public async Task An_id_that_the_analyzer_does_not_have_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Run<BadNameAnalyzer>("class {|BAD2:C|} { }"));

    [Fact]
    public async Task Brackets_without_an_id_are_refused_where_the_analyzer_has_two() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Run<TwoIdsAnalyzer>("class [|C|] { }"));

    [Fact]
    public Task Brackets_without_an_id_mean_the_first_where_the_test_says_so() => new CSharpAnalyzerTest<TwoIdsAnalyzer, DefaultVerifier>
    {
        TestCode = "class [|C|] { }",
        MarkupOptions = MarkupOptions.UseFirstDescriptor,
    }.RunAsync(Token);

    [Fact]
    public Task A_rule_that_is_off_by_default_is_tested() => Verify<TwoIdsAnalyzer>.Reports("class {|TWO1:C|} { void {|TWO2:M|}() { } }");

    [Fact]
    public Task A_disabled_diagnostic_is_not_reported() => new CSharpAnalyzerTest<TwoIdsAnalyzer, DefaultVerifier>
    {
        TestCode = "class {|TWO1:C|} { void M() { } }",
        DisabledDiagnostics = { "TWO2" },
    }.RunAsync(Token);

    [Fact]
    public Task A_pragma_silences_a_diagnostic() => Verify<BadNameAnalyzer>.Silent("#pragma warning disable BAD1\nclass C { void M() { int bad = 0; } }");

    [Fact]
    public Task Test_code_that_does_not_compile_fails() => Fails("CS0103", Run<BadNameAnalyzer>("class C { int M() => x; }"));

    [Fact]
    public Task Test_code_that_does_not_compile_passes_where_the_error_is_marked() => Run<BadNameAnalyzer>("class C { int M() => {|CS0103:x|}; }");

    [Fact]
    public Task Test_code_that_does_not_compile_passes_where_the_error_is_expected() => Run<BadNameAnalyzer>(
        "class C { int M() => {|#0:x|}; }", DiagnosticResult.CompilerError("CS0103").WithLocation(0).WithArguments("x"));

    [Fact]
    public Task An_expected_error_with_another_argument_fails() => Fails(
        "the message",
        Run<BadNameAnalyzer>("class C { int M() => {|#0:x|}; }", DiagnosticResult.CompilerError("CS0103").WithLocation(0).WithArguments("y")));

    [Fact]
    public Task An_error_that_is_expected_and_does_not_come_fails() => Fails("CS0103", Run<BadNameAnalyzer>("class C { int M() => {|CS0103:0|}; }"));

    [Fact]
    public Task Errors_pass_where_the_compiler_is_not_asked() => Verify<BadNameAnalyzer>.Silent("class C { int M() => x; }", allowErrors: true);

    [Fact]
    public Task A_compiler_warning_is_ignored() => Run<BadNameAnalyzer>("class C { void M() { int unused; } }");

    [Fact]
    public Task A_compiler_warning_is_compared_where_the_test_says_so() => Fails("CS0168", new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestCode = "class C { void M() { int unused; } }",
        CompilerDiagnostics = CompilerDiagnostics.Warnings,
    }.RunAsync(Token));

    [Fact]
    public Task An_analyzer_that_throws_fails() => Fails("the analyzer is broken", Run<ThrowingAnalyzer>("class C { }"));

    [Fact]
    public Task An_analyzer_that_throws_fails_where_errors_are_allowed() =>
        Fails("AD0001", Verify<ThrowingAnalyzer>.Silent("class C { }", allowErrors: true));

    [Fact]
    public Task An_analyzer_whose_two_runs_disagree_fails() => Fails("Two runs", Run<UnstableAnalyzer>("class [|C|] { }"));

    [Fact]
    public Task An_option_of_the_editorconfig_reaches_the_analyzer() =>
        Verify<OptionAnalyzer>.Reports("class {|#0:C|} { }", [Verify<OptionAnalyzer>.Diagnostic().WithLocation(0).WithArguments("yes")], editorconfig: "bad_names = yes");

    [Fact]
    public Task An_option_of_another_section_does_not_reach_the_analyzer() =>
        Verify<OptionAnalyzer>.Silent("class C { }", editorconfig: "[Other.cs]\nbad_names = yes");

    [Fact]
    public Task An_option_of_the_globalconfig_reaches_the_analyzer() =>
        Verify<OptionAnalyzer>.Reports("class {|#0:C|} { }", [Verify<OptionAnalyzer>.Diagnostic().WithLocation(0).WithArguments("all")], globalconfig: "bad_names_everywhere = all");

    [Fact]
    public Task A_severity_of_the_editorconfig_holds() =>
        Verify<BadNameAnalyzer>.Silent("class C { void M() { int bad = 0; } }", editorconfig: "dotnet_diagnostic.BAD1.severity = none");

    [Fact]
    public Task A_severity_of_the_globalconfig_holds() => Verify<BadNameAnalyzer>.Reports(
        "class C { void {|#1:M|}() { int {|#0:bad|} = 0; } }",
        [Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "M").WithSeverity(DiagnosticSeverity.Error)],
        globalconfig: "dotnet_diagnostic.BAD1.severity = error");

    [Fact]
    public Task A_severity_turns_a_rule_off_that_is_off_by_default() =>
        Verify<TwoIdsAnalyzer>.Reports("class {|TWO1:C|} { void M() { } }", editorconfig: "dotnet_diagnostic.TWO2.severity = none");

    [Fact]
    public Task Code_that_the_editorconfig_calls_generated_is_not_analyzed() =>
        Verify<BadNameAnalyzer>.Silent("class C { void M() { int bad = 0; } }", editorconfig: "generated_code = true");

    [Fact]
    public Task A_diagnostic_in_an_additional_file_passes() =>
        Verify<AdditionalFileAnalyzer>.Reports("class C { }", additionalFiles: [("List.txt", "fine\n[|bad|]\nfine\n")]);

    [Fact]
    public Task A_diagnostic_in_an_additional_file_passes_with_its_arguments() => Verify<AdditionalFileAnalyzer>.Reports(
        "class C { }",
        [Verify<AdditionalFileAnalyzer>.Diagnostic().WithLocation(0).WithArguments(2)],
        additionalFiles: [("List.txt", "fine\n{|#0:bad|}\nfine\n")]);

    [Fact]
    public Task A_diagnostic_in_an_additional_file_that_nobody_expects_fails() =>
        Fails("List.txt(1,1)-(1,4)", Verify<AdditionalFileAnalyzer>.Silent("class C { }", additionalFiles: [("List.txt", "bad\n")]));

    [Theory]
    [MemberData(nameof(ReferenceSets))]
    public Task Sockets_compile_on_every_reference_set(string set) => Verify<BadNameAnalyzer>.Reports(
        Verify.InMethod(
            """
            using var client = new TcpClient();
            await client.ConnectAsync("host", 80);
            using (var http = new HttpClient())
            using (var pipe = new NamedPipeClientStream("p"))
            using (var secure = new SslStream(client.GetStream(), false))
            using (var packed = new GZipStream(secure, CompressionMode.Compress))
            using (var web = new ClientWebSocket())
                token.ThrowIfCancellationRequested();
            int [|bad|] = new List<int>().Count(n => n > 0);
            """),
        references: Set(set));

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0")]
    public Task Pages_compile_with_AspNetCore(string set) => Verify<BadNameAnalyzer>.Reports(
        """
        var app = WebApplication.CreateBuilder(args).Build();
        app.MapGet("/", async (HttpContext context) => await context.Response.BodyWriter.WriteAsync(new byte[1], context.RequestAborted));
        app.Run();

        class C
        {
            Channel<int> channel = Channel.CreateUnbounded<int>();
            void M(PipeWriter writer) { int [|bad|] = 0; }
        }
        """,
        references: Set(set));

    [Fact]
    public Task An_api_that_the_reference_set_lacks_does_not_compile() =>
        Fails("CS0246", Verify<BadNameAnalyzer>.Silent("class C { PipeWriter writer; }", references: ReferenceAssemblies.NetStandard.NetStandard20));

    [Fact]
    public Task An_old_language_version_imports_the_namespaces_too() => Verify<BadNameAnalyzer>.Reports(
        "class C { void M() { Socket [|bad|] = null; } }",
        references: ReferenceAssemblies.NetFramework.Net472.Default,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task An_old_language_version_refuses_new_syntax() =>
        Fails("CS8370", Verify<BadNameAnalyzer>.Silent("class C { void M() { using var s = new MemoryStream(); } }", languageVersion: LanguageVersion.CSharp7_3));

    [Fact]
    public Task A_transform_changes_the_solution() => new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestCode = "class C { void M() { int [|bad|] = 0; {|CS8370:using|} var s = new System.IO.MemoryStream(); } }",
        SolutionTransforms = { (solution, id) => solution.WithProjectParseOptions(id, new CSharpParseOptions(LanguageVersion.CSharp7_3)) },
    }.RunAsync(Token);

    [Fact]
    public async Task Options_and_additional_files_survive_a_transform()
    {
        var test = new CSharpAnalyzerTest<OptionAnalyzer, DefaultVerifier>
        {
            TestState =
            {
                Sources = { "class {|#0:C|} { }" },
                AnalyzerConfigFiles = { ("/.editorconfig", "[*.cs]\nbad_names = yes\n") },
                ExpectedDiagnostics = { new DiagnosticResult(OptionAnalyzer.Descriptor).WithLocation(0).WithArguments("yes") },
            },
            SolutionTransforms = { (solution, id) => solution },
        };
        await test.RunAsync(Token);
    }

    [Fact]
    public Task Several_sources_are_one_program() => new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestState =
        {
            Sources = { "class C : Base { void M() { int [|bad|] = 0; } }", ("Other.cs", "class Base { void M() { int [|bad|] = 0; } }") },
        },
    }.RunAsync(Token);

    [Fact]
    public Task Every_project_is_analyzed() => new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestState =
        {
            Sources = { "class C : Library { void M() { int [|bad|] = 0; } }" },
            AdditionalProjects = { ["Library"] = { Sources = { "public class Library { void {|#1:M|}() { int {|#0:bad|} = 0; } }" } } },
            AdditionalProjectReferences = { "Library" },
            ExpectedDiagnostics = { Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "M") },
        },
    }.RunAsync(Token);

    [Fact]
    public Task A_diagnostic_of_another_project_that_nobody_expects_fails() => Fails("/Library/Test0.cs(1,39)", new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestState =
        {
            Sources = { "class C : Library { }" },
            AdditionalProjects = { ["Library"] = { Sources = { "public class Library { void M() { int bad = 0; } }" } } },
            AdditionalProjectReferences = { "Library" },
        },
    }.RunAsync(Token));

    [Fact]
    public Task An_assembly_is_referenced() => new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestCode = "class C : Xunit.FactAttribute { void M() { int [|bad|] = 0; } }",
        TestState = { AdditionalReferences = { typeof(FactAttribute).Assembly } },
    }.RunAsync(Token);

    [Fact]
    public Task A_diagnostic_without_a_place_passes() =>
        Run<NowhereAnalyzer>("class C { }", new DiagnosticResult(NowhereAnalyzer.Descriptor).WithNoLocation());

    [Fact]
    public Task A_diagnostic_without_a_place_that_nobody_expects_fails() => Fails("(no location): warning NOW1", Run<NowhereAnalyzer>("class C { }"));

    [Fact]
    public Task Markup_of_a_state_may_be_ignored() => new CSharpAnalyzerTest<BadNameAnalyzer, DefaultVerifier>
    {
        TestState = { Sources = { "class C { void M() { int [|good|] = 0; } }" }, MarkupHandling = MarkupMode.Ignore },
    }.RunAsync(Token);

    [Fact]
    public async Task Silent_refuses_a_mark_and_Reports_a_lack_of_marks()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Verify<BadNameAnalyzer>.Silent("class C { void M() { int [|bad|] = 0; } }"));
        await Assert.ThrowsAsync<ArgumentException>(() => Verify<BadNameAnalyzer>.Reports("class C { void M() { int bad = 0; } }"));
    }

    [Fact]
    public Task Raw_strings_are_code_for_the_short_helpers() => Verify<BadNameAnalyzer>.Reports(
        """"
        class C { void M() { string [|bad|] = $$"""{{1}}"""; } }
        """");

    internal static async Task<string> Failure(Task test) => (await Assert.ThrowsAsync<InvalidOperationException>(() => test)).Message;

    internal static async Task Fails(string message, Task test) => Assert.Contains(message, await Failure(test));

    private static Task Run<TAnalyzer>(string code, params DiagnosticResult[] expected)
        where TAnalyzer : Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> { TestCode = code };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync(Token);
    }
}
