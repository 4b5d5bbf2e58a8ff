using System;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Knowledge;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>A file of ownership rows is text that anybody may have written.</summary>
public sealed class HostileRowTests
{
    [Fact]
    public void Line_of_ten_megabytes_is_refused_without_being_read()
    {
        var read = Parse("M:A.B.M(" + new string('x', 10_000_000) + "): throws\nT:A.B: resource socket");

        Assert.Equal("T:A.B", Assert.Single(read.Rows).Id);
        Assert.Contains("longer than", Assert.Single(read.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Million_rows_are_cut_off()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 1_000_000; i++)
        {
            text.Append("T:A").Append(i).Append(":throws\n");
        }

        var read = Parse(text.ToString());

        Assert.True(read.Rows.Length <= OwnershipRowParser.MaxRows);
        Assert.True(read.Errors.Length <= OwnershipRowParser.MaxErrors + 1);
        Assert.NotEmpty(read.Errors);
    }

    [Fact]
    public void Million_lines_of_nonsense_give_few_errors()
    {
        var read = Parse(string.Concat(Enumerable.Repeat("!\n", 1_000_000)));

        Assert.Empty(read.Rows);
        Assert.Equal(OwnershipRowParser.MaxErrors + 1, read.Errors.Length);
    }

    [Theory]
    [InlineData("T:", "A<", "", 600)]
    [InlineData("T:A", "{B", "}", 600)]
    [InlineData("M:A.B.M(", "A{", "", 600)]
    [InlineData("M:A.B.M(", "(", ")", 900)]
    [InlineData("M:A.B.M(*", ",a", "", 900)]
    [InlineData("M:A.B.M(System.Int32", "[]", "", 900)]
    [InlineData("M:A.B.M``", "9", "", 1_900)]
    [InlineData("T:A.B: resource socket", ";", "", 1_900)]
    [InlineData("T:A.B: resource socket", "; dormant", "", 200)]
    [InlineData("M:A.B.M(*): takes a unless b", " = 9", "", 400)]
    [InlineData("T:", "A.", "", 900)]
    [InlineData("T:A`", "1`", "", 900)]
    public void Row_that_is_nested_or_repeated_deeply_is_read_or_refused(string start, string open, string close, int times)
    {
        var id = start + string.Concat(Enumerable.Repeat(open, times)) + string.Concat(Enumerable.Repeat(close, times));
        var compilation = Subject.Compile("namespace A { class B { void M() { } } }");
        foreach (var text in new[] { id, id + ": resource socket", id + "): throws", id + " : " + id })
        {
            foreach (var row in Parse(text).Rows)
            {
                OwnershipRowResolver.Resolve(row, compilation);
                OwnershipModel.Create(compilation, [row], [], []);
            }
        }
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("T:A\0B: resource socket")]
    [InlineData("T:A.B\u2028: resource socket")]
    [InlineData("\uFEFFT:A.B: resource socket")]
    [InlineData("T:\uD800: resource socket")]
    [InlineData("T:A.B: resource \uDC00")]
    [InlineData("M:A.B.M(*): takes \u202Ea")]
    public void Characters_that_no_name_has_are_read_or_refused(string text)
    {
        var compilation = Subject.Compile("namespace A { class B { void M() { } } }");
        foreach (var row in Parse(text).Rows)
        {
            OwnershipRowResolver.Resolve(row, compilation);
        }
    }

    [Fact]
    public void Reading_ends_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => OwnershipRowParser.Parse(SourceText.From("T:A.B: throws"), "SocketLeak.x.txt", cancellation.Token));
    }

    private static OwnershipRows Parse(string text) => OwnershipRowParser.Parse(SourceText.From(text), cancellationToken: TestContext.Current.CancellationToken);
}
