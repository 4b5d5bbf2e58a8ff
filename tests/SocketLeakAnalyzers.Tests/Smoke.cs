using System.Threading.Tasks;
namespace SocketLeakAnalyzers.Tests;
public class Smoke
{
    [Xunit.Fact]
    public async Task Roslyn_runs()
    {
        var ws = new Microsoft.CodeAnalysis.AdhocWorkspace();
        var p = ws.AddProject("p", Microsoft.CodeAnalysis.LanguageNames.CSharp).AddDocument("a.cs", "class C { void M() { } }");
        Xunit.Assert.NotNull(await Microsoft.CodeAnalysis.Formatting.Formatter.FormatAsync(p, cancellationToken: Xunit.TestContext.Current.CancellationToken));
        Xunit.TestContext.Current.TestOutputHelper!.WriteLine(typeof(Microsoft.CodeAnalysis.Compilation).Assembly.GetName().Version + " " + typeof(Microsoft.CodeAnalysis.Workspace).Assembly.GetName().Version);
    }
}
