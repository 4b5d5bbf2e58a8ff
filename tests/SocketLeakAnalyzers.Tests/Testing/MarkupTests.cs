using System;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Testing;

public class MarkupTests
{
    [Fact]
    public Task Spans_may_be_nested_and_numbered() => Verify<TwoIdsAnalyzer>.Reports(
        "class {|TWO1:{|#0:C|}|} { void {|TWO2:M|}() { int[] a = { 1 }; var b = a[a[0]]; } }");

    [Theory]
    [InlineData("class [|C { }", "is never closed")]
    [InlineData("class C|] { }", "closes nothing")]
    [InlineData("class {|BAD1:C|] { }", "is closed by '|]'")]
    [InlineData("\nclass C { } {|BAD1:", "on line 2 is never closed")]
    public async Task Broken_markup_is_refused(string code, string message)
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => Verify<BadNameAnalyzer>.Silent(code));
        Assert.Contains(message, failure.Message);
    }

    [Fact]
    public Task A_method_wrapper_keeps_the_spans() => Verify<BadNameAnalyzer>.Reports(
        Verify.InMethod("int {|#0:bad|} = 0;\r\nawait Task.Yield();", signature: "async Task {|#1:Run|}()", members: "int field;"),
        [Verify<BadNameAnalyzer>.Diagnostic().WithLocation(0).WithLocation(1).WithArguments("bad", "Run")]);
}
