using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>
/// The code of the rule pages and of the tests of rules, engine and fixes, without its markup: a code base in which every rule fires, that grows with the tests.
/// </summary>
internal static partial class Snippets
{
    /// <summary>The usual namespaces, as the snippets expect them.</summary>
    public const string GlobalUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.IO.Compression; global using System.IO.Pipes;
        global using System.Linq; global using System.Net; global using System.Net.Http; global using System.Net.Security; global using System.Net.Sockets;
        global using System.Net.WebSockets; global using System.Text; global using System.Threading; global using System.Threading.Tasks; global using System.IO.Pipelines;
        global using System.Threading.Channels; global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Http; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Logging;
        """;

    /// <summary>Each a file of C#, in the order of the files that they stand in.</summary>
    /// <param name="repository">The root of the repository.</param>
    public static List<string> Read(string repository)
    {
        var found = new List<string>();
        foreach (var page in Files(Path.Combine(repository, "docs", "rules"), "*.md"))
        {
            found.AddRange(Fence().Matches(File.ReadAllText(page).ReplaceLineEndings("\n")).Select(match => match.Groups[1].Value));
        }

        var tests = Path.Combine(repository, "tests", "SocketLeakAnalyzers.Tests");
        foreach (var file in new[] { "Rules", "Engine", "Fixes" }.SelectMany(folder => Files(Path.Combine(tests, folder), "*.cs")))
        {
            foreach (var token in CSharpSyntaxTree.ParseText(File.ReadAllText(file).ReplaceLineEndings("\n")).GetRoot().DescendantTokens())
            {
                if (token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken))
                {
                    found.Add(token.ValueText);
                }
            }
        }

        return [.. found.Select(WithoutMarkup).Select(AsFile).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The snippets that can stand side by side, each in a namespace of its own.</summary>
    public static List<string> AsOneCodeBase(IEnumerable<string> snippets)
    {
        var files = new List<string>();
        foreach (var snippet in snippets)
        {
            var root = CSharpSyntaxTree.ParseText(snippet).GetCompilationUnitRoot();
            if (root.AttributeLists.Count == 0 && root.Externs.Count == 0 && !root.Members.Any(member => member is GlobalStatementSyntax or FileScopedNamespaceDeclarationSyntax)
                && !root.Usings.Any(directive => directive.GlobalKeyword != default))
            {
                files.Add($"namespace Snippet{files.Count}\n{{\n{snippet}\n}}\n");
            }
        }

        return files;
    }

    /// <summary>Takes <c>{|SLA1001:…|}</c> and <c>[|…|]</c> off.</summary>
    private static string WithoutMarkup(string code) => Mark().Replace(code, "");

    /// <summary>Statements and members become a file; what is no C# is left out.</summary>
    private static string? AsFile(string code)
    {
        if (Parses(code) && !Root(code).Members.Any(member => member is GlobalStatementSyntax or IncompleteMemberSyntax))
        {
            return Root(code).Members.Count == 0 ? null : code;
        }

        var members = $"public partial class C\n{{\n{code}\n}}\n";
        if (Parses(members))
        {
            return members;
        }

        var statements = $"public class C\n{{\n    public async Task M(CancellationToken token)\n    {{\n{code}\n    }}\n}}\n";
        return Parses(statements) ? statements : null;
    }

    private static bool Parses(string code) => !CSharpSyntaxTree.ParseText(code).GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    private static CompilationUnitSyntax Root(string code) => CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot();

    private static IEnumerable<string> Files(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\{\|[#A-Za-z0-9]+:|\|\}|\[\||\|\]")]
    private static partial Regex Mark();
}
