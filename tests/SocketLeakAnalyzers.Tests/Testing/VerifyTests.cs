using System;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Testing;

/// <summary>What the helpers of these tests add to the package that does the work.</summary>
public class VerifyTests
{
    private const string Before = "class C\n{\n    void M()\n    {\n        int [|bad|] = 0; // why\n    }\n}\n";
    private const string After = "class C\n{\n    void M()\n    {\n        int good = 0; // why\n    }\n}\n";

    private static DiagnosticResult Bad => new(BadNameAnalyzer.Descriptor);

    public static TheoryData<string> ReferenceSets => ["net10.0", "net8.0", "netstandard2.0", "net472"];

    private static ReferenceAssemblies Set(string name) => name switch
    {
        "net10.0" => TargetFrameworks.Net100,
        "net8.0" => TargetFrameworks.Net80,
        "netstandard2.0" => TargetFrameworks.NetStandard20,
        _ => TargetFrameworks.Net472,
    };

    [Fact]
    public Task The_line_of_a_place_stands_in_a_message() => Verify<BadNameAnalyzer>.Reports(
        "class C\n{\n    void {|#1:badM|}()\n    {\n        int {|#0:bad|} = 0;\n    }\n}\n",
        [Bad.WithLocation(0).WithLocation(1).WithMessage("'bad' in 'badM' is bad since line {#1}")]);

    [Fact]
    public Task The_line_of_a_place_stands_in_the_arguments() => Verify<BadNameAnalyzer>.Reports(
        "class C\n{\n    void {|#1:badM|}()\n    {\n        int {|#0:bad|} = 0;\n    }\n}\n",
        [Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "badM", "{#1}")]);

    [Fact]
    public Task Another_line_fails() => Fails("since line 3", Verify<BadNameAnalyzer>.Reports(
        "class C\n{\n    void {|#1:badM|}()\n    {\n        int {|#0:bad|} = 0;\n    }\n}\n",
        [Bad.WithLocation(0).WithLocation(1).WithMessage("'bad' in 'badM' is bad since line {#0}")]));

    [Fact]
    public Task An_option_of_the_editorconfig_reaches_the_analyzer() =>
        Verify<OptionAnalyzer>.Reports("class {|#0:C|} { }", [Verify<OptionAnalyzer>.Diagnostic().WithLocation(0).WithArguments("yes")], editorconfig: "bad_names = yes");

    [Fact]
    public Task An_option_of_another_section_does_not_reach_the_analyzer() =>
        Verify<OptionAnalyzer>.Silent("class C { }", editorconfig: "[Other.cs]\nbad_names = yes");

    [Fact]
    public Task An_option_of_the_globalconfig_reaches_the_analyzer() =>
        Verify<OptionAnalyzer>.Reports("class {|#0:C|} { }", [Verify<OptionAnalyzer>.Diagnostic().WithLocation(0).WithArguments("all")], globalconfig: "bad_names_everywhere = all");

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
        Fails("CS0246", Verify<BadNameAnalyzer>.Silent("class C { PipeWriter writer; }", references: TargetFrameworks.NetStandard20));

    [Fact]
    public Task An_old_language_version_imports_the_namespaces_too() => Verify<BadNameAnalyzer>.Reports(
        "class C { void M() { Socket [|bad|] = null; } }",
        references: TargetFrameworks.Net472,
        languageVersion: LanguageVersion.CSharp7_3);

    [Fact]
    public Task An_old_language_version_refuses_new_syntax() =>
        Fails("CS8370", Verify<BadNameAnalyzer>.Silent("class C { void M() { using var s = new MemoryStream(); } }", languageVersion: LanguageVersion.CSharp7_3));

    [Fact]
    public Task An_analyzer_that_throws_fails_where_errors_are_allowed() =>
        Fails("AD0001", Verify<ThrowingAnalyzer>.Silent("class C { }", allowErrors: true));

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

    [Fact]
    public Task Every_project_is_analyzed() => new RuleTest<BadNameAnalyzer>
    {
        TestState =
        {
            Sources = { "class C : Library { void M() { int [|bad|] = 0; } }" },
            AdditionalProjects = { ["Library"] = { Sources = { "public class Library { void {|#1:M|}() { int {|#0:bad|} = 0; } }" } } },
            AdditionalProjectReferences = { "Library" },
            ExpectedDiagnostics = { Bad.WithLocation(0).WithLocation(1).WithArguments("bad", "M", 1) },
        },
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task A_fix_passes() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, After);

    [Theory]
    [MemberData(nameof(ReferenceSets))]
    public Task A_fix_passes_on_every_reference_set(string set) => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, After, references: Set(set));

    [Fact]
    public Task No_fix_passes() => Verify<BadNameAnalyzer, GoodNameFix>.NoFix("class C { void M() { int [|badForever|] = 0; } }");

    [Fact]
    public Task A_fix_where_none_is_expected_fails() => Fails("content of '/0/Test0.cs' did not match", Verify<BadNameAnalyzer, GoodNameFix>.NoFix(Before));

    [Fact]
    public Task A_diagnostic_without_a_fix_stays_marked() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(
        "class C { void M() { int [|badForever|] = 0, [|bad|] = 0; } }",
        "class C { void M() { int [|badForever|] = 0, good = 0; } }");

    [Fact]
    public Task A_diagnostic_in_the_fixed_code_that_is_not_marked_fails() => Fails(
        "Diagnostics of fixed state",
        Verify<BadNameAnalyzer, GoodNameFix>.Fixes(
            "class C { void M() { int [|badForever|] = 0, [|bad|] = 0; } }",
            "class C { void M() { int badForever = 0, good = 0; } }"));

    [Fact]
    public async Task Fixes_refuses_code_that_does_not_change() => await Assert.ThrowsAsync<ArgumentException>(() => Verify<BadNameAnalyzer, GoodNameFix>.Fixes(Before, Before));

    [Fact]
    public Task An_action_is_chosen_by_its_index() => Verify<BadNameAnalyzer, TwoActionsFix>.Fixes(Before, After.Replace("good", "better"), index: 1);

    [Fact]
    public Task An_action_is_chosen_by_its_key() => Verify<BadNameAnalyzer, TwoActionsFix>.Fixes(Before, After.Replace("good", "better"), equivalenceKey: "to-better");

    private static async Task Fails(string message, Task test) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<InvalidOperationException>(() => test)).Message, StringComparison.Ordinal);
}
