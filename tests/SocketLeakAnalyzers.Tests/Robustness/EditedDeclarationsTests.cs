using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SocketLeakAnalyzers.Obligations;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Robustness;

/// <summary>What all files declare is kept over edits that declare nothing else: what is found after an edit is what is found in the same text without it.</summary>
public sealed class EditedDeclarationsTests
{
    private const string Library = """
        abstract class Middle : Ground { }
        class Ground { }
        sealed class Wire : Middle { }
        static class Wires
        {
            public static Wire Make(int number) => new Wire();
            public static object Plain(int number) => new Wire();
        }
        """;

    private const string User = """
        class User
        {
            public int Use()
            {
                var wire = Wires.Make(1);
                var other = new Wire();
                var plain = Wires.Plain(1);
                return wire.GetHashCode() + other.GetHashCode() + plain.GetHashCode();
            }

            public async Task<int> Read(HttpClient client)
            {
                client.Timeout = TimeSpan.FromSeconds(5);
                using var response = await client.GetAsync("u", HttpCompletionOption.ResponseHeadersRead);
                using var body = await response.Content.ReadAsStreamAsync();
                return await Reader.Take(body);
            }
        }
        """;

    private const string Reader = """
        static class Reader
        {
            public static async Task<int> Take(Stream body)
            {
                var buffer = new byte[100];
                return await body.ReadAsync(buffer);
            }
        }
        """;

    /// <summary>What is written in the place of what, one edit after the other.</summary>
    public static IEnumerable<TheoryDataRow<string[]>> Edits =>
    [
        // A class comes to be a resource, by a base of its base, and is none again.
        new(["class Ground { }", "class Ground : FileStream { public Ground() : base(\"p\", FileMode.Open) { } }", "class Ground { }"]),
        new(["class Ground { }", "class Ground : IDisposable { private readonly Socket _s = new(SocketType.Stream, ProtocolType.Tcp); public void Dispose() => _s.Dispose(); }", "class Ground { }"]),

        // What a method gives comes to be one, under its type or a new name for it.
        new(["public static object Plain", "public static Wire Plain", "public static FileStream Plain", "public static object Plain"]),
        new(["public static object Plain(int number) => new Wire();", "public static FileStream Plain(int number) => File.OpenRead(\"p\");", "public static object Plain(int number) => new Wire();"]),

        // A method comes to take a stream, or another number of arguments.
        new(["Take(Stream body)", "Take(object body)", "Take(Stream body, int more = 0)", "Take(Stream body)"]),
        new(["static class Reader", "static class Other", "static class Reader"]),

        // Nothing is declared by these.
        new(["new byte[100]", "new byte[200]", "new byte[300]"]),
        new(["return wire.GetHashCode()", "wire.ToString(); return wire.GetHashCode()"]),
        new(["var other = new Wire();", "var other = new Ground();", "using var other = File.OpenRead(\"p\");", "var other = File.OpenRead(\"p\");"]),
    ];

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Finds_the_same_as_without_what_was_kept(string[] edits)
    {
        // Each of the files is the first one, which has the names, and the last one.
        string[] files = [Library, User, Reader];
        for (var first = 0; first < files.Length; first++)
        {
            var current = Compile([.. files[first..], .. files[..first]]);
            await Subject.FindAsync(current, cancellation: TestContext.Current.CancellationToken);
            for (var i = 1; i < edits.Length; i++)
            {
                var edited = current.SyntaxTrees.Single(tree => TextOf(tree).Contains(edits[i - 1], StringComparison.Ordinal));
                current = current.ReplaceSyntaxTree(edited, Subject.Tree(edited.FilePath, TextOf(edited).Replace(edits[i - 1], edits[i], StringComparison.Ordinal)));
                var found = await Subject.FindAsync(current, cancellation: TestContext.Current.CancellationToken);
                var anew = await Subject.FindAsync(Compile(current.SyntaxTrees.Select(TextOf)), cancellation: TestContext.Current.CancellationToken);
                Assert.Equal(anew, found);
            }
        }
    }

    [Fact]
    public async Task Edit_of_a_declaration_changes_what_is_found()
    {
        // Else the test above could not fail.
        const string Ground = "class Ground { }";
        var resource = Library.Replace(Ground, "class Ground : FileStream { public Ground() : base(\"p\", FileMode.Open) { } }", StringComparison.Ordinal);
        var before = await Subject.FindAsync(Compile([Library, User, Reader]), cancellation: TestContext.Current.CancellationToken);
        var after = await Subject.FindAsync(Compile([resource, User, Reader]), cancellation: TestContext.Current.CancellationToken);
        Assert.NotEmpty(before);
        Assert.True(after.Count > before.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Names_are_joined_once_for_the_same_declarations(int edited)
    {
        var compilation = Compile([Library, User, Reader]);
        var names = Names(compilation);
        var inBody = Edit(compilation, edited, text => text + "\n// said\n");
        Assert.Same(names, Names(inBody));
        Assert.Same(names, Names(Edit(inBody, (edited + 1) % 3, text => text.Replace("return ", "return 1 + ", StringComparison.Ordinal))));
        Assert.NotSame(names, Names(Edit(inBody, edited, text => text + "\nclass More { }\n")));
    }

    [Fact]
    public void Names_are_of_the_files_that_are_there()
    {
        var compilation = Compile([Library, User, Reader]);
        Assert.True(Names(compilation).IsNamedAsBase("Ground"));
        Assert.True(Names(compilation).HasType("Reader"));

        var without = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees[2]);
        Assert.False(Names(without).HasType("Reader"));
        Assert.Equal([0], Names(compilation).FilesWithTaker("Make"));
        var turned = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees[0]).AddSyntaxTrees(compilation.SyntaxTrees[0]);
        Assert.Equal([2], Names(compilation).FilesWithTaker("Take"));
        Assert.Equal([1], Names(turned).FilesWithTaker("Take"));
        Assert.Empty(Names(compilation.RemoveAllSyntaxTrees()).FilesWithTaker("Make"));
    }

    private static string TextOf(SyntaxTree tree) => tree.GetText(TestContext.Current.CancellationToken).ToString();

    private static JoinedNames Names(Compilation compilation) => JoinedNames.Of(compilation, TestContext.Current.CancellationToken);

    private static CSharpCompilation Edit(CSharpCompilation compilation, int file, Func<string, string> change)
    {
        var tree = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(tree, Subject.Tree(tree.FilePath, change(TextOf(tree))));
    }

    /// <summary>The files with nothing ahead of the first, in which the usual usings go.</summary>
    private static CSharpCompilation Compile(IEnumerable<string> files)
    {
        var trees = files.Select((code, i) => Subject.Tree($"File{i:0000}.cs", code.StartsWith("global using", StringComparison.Ordinal) || i > 0 ? code : SocketLeakAnalyzers.Robustness.Snippets.GlobalUsings + code));
        return Subject.Compile().RemoveAllSyntaxTrees().AddSyntaxTrees(trees);
    }
}
