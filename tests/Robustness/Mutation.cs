using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>Makes code of valid code that somebody could be typing, or that nobody would write: nodes and tokens are deleted, repeated, swapped, replaced.</summary>
internal static class Mutation
{
    private static readonly string[] s_words =
    [
        "await", "using", "using var", "throw", "return", "yield return", "ref", "out", "in", "static", "async", "new", "null", "default", "this", "base", "is", "as", "!", "?", "?.", "??", "=>", "=",
        "{", "}", "(", ")", ";", ",", "<", ">", "[", "]", "try {", "} finally {", "} catch {", "catch (Exception) when (true) {", "while (true) {", "foreach (var x in", "lock (", "unsafe {", "goto L;", "L:",
        "partial", "abstract", "override", "virtual", "dynamic", "var", "int", "where T : class", "switch {", "_ =>", "nameof(", "typeof(", "stackalloc", "checked(", "\"", "/*", "#if X", "#endif", "$\"{", "@",
        "public void Dispose()", "record", "struct", "interface", "delegate", "event", "operator", "implicit", "extern", "const", "file", "required", "init", "params", "scoped", "with { }", "..", "^1", "1", "-1",
    ];

    /// <summary>The code after one to four changes that the generator draws.</summary>
    /// <param name="code">The valid code.</param>
    /// <param name="other">Other code that parts may be taken of.</param>
    /// <param name="random">The generator.</param>
    public static string Of(string code, string other, SplitMix64 random)
    {
        for (var changes = 1 + random.Below(4); changes > 0; changes--)
        {
            code = Once(code, other, random);
        }

        return code;
    }

    private static string Once(string code, string other, SplitMix64 random)
    {
        var root = CSharpSyntaxTree.ParseText(code).GetRoot();
        var tokens = root.DescendantTokens().Where(token => token.Span.Length > 0).ToList();
        var nodes = root.DescendantNodes().Where(node => node.Span.Length > 0).ToList();
        if (tokens.Count < 3 || nodes.Count < 3)
        {
            return other;
        }

        switch (random.Below(16))
        {
            case 0:
                return Replace(code, Any(nodes, random).Span, "");
            case 1:
                return Replace(code, Any(tokens, random).Span, "");
            case 2:
                var repeated = Any(nodes, random);
                return Replace(code, new TextSpan(repeated.Span.End, 0), " " + repeated);
            case 3:
                var token = Any(tokens, random);
                return Replace(code, new TextSpan(token.Span.End, 0), " " + token.Text);
            case 4:
                return Swap(code, Any(nodes, random).Span, Any(nodes, random).Span);
            case 5:
                return Swap(code, Any(tokens, random).Span, Any(tokens, random).Span);
            case 6:
                // Of one kind: what comes out often still parses.
                var statements = nodes.OfType<StatementSyntax>().ToList();
                return statements.Count < 2 ? code : Swap(code, Any(statements, random).Span, Any(statements, random).Span);
            case 7:
                var expressions = nodes.OfType<ExpressionSyntax>().ToList();
                return expressions.Count < 2 ? code : Swap(code, Any(expressions, random).Span, Any(expressions, random).Span);
            case 8:
                var values = nodes.OfType<ExpressionSyntax>().ToList();
                return values.Count < 2 ? code : Replace(code, Any(values, random).Span, Any(values, random).ToString());
            case 9:
                var names = tokens.Where(name => name.IsKind(SyntaxKind.IdentifierToken)).ToList();
                return names.Count < 2 ? code : Replace(code, Any(names, random).Span, Any(names, random).Text);
            case 10:
                return Replace(code, new TextSpan(Any(tokens, random).Span.Start, 0), s_words[random.Below(s_words.Length)] + " ");
            case 11:
                return Replace(code, Any(tokens, random).Span, s_words[random.Below(s_words.Length)]);
            case 12:
                var wrapped = nodes.OfType<ExpressionSyntax>().ToList();
                if (wrapped.Count == 0)
                {
                    return code;
                }

                var inner = Any(wrapped, random);
                return Replace(code, inner.Span, random.Below(8) switch
                {
                    0 => $"(await {inner})",
                    1 => $"({inner} ?? throw null)",
                    2 => $"(object)({inner})",
                    3 => $"({inner}, 1)",
                    4 => $"(count ? {inner} : default)",
                    5 => $"(() => {inner})",
                    6 => $"new[] {{ {inner} }}",
                    _ => $"({inner} switch {{ null => default, _ => {inner} }})",
                });
            case 13:
                var wraps = nodes.OfType<StatementSyntax>().ToList();
                if (wraps.Count == 0)
                {
                    return code;
                }

                var statement = Any(wraps, random);
                return Replace(code, statement.Span, random.Below(8) switch
                {
                    0 => $"try {{ {statement} }} finally {{ {statement} }}",
                    1 => $"try {{ {statement} }} catch (Exception e) when (e is null) {{ throw; }}",
                    2 => $"while (true) {{ {statement} break; }}",
                    3 => $"void Local() {{ {statement} }} Local();",
                    4 => $"Action a = () => {{ {statement} }};",
                    5 => $"using ({statement.ToString().TrimEnd(';')}) {{ }}",
                    6 => $"lock (this) {{ {statement} }} goto L; L: {statement}",
                    _ => $"foreach (var x in new object[0]) {{ {statement} continue; }}",
                });
            case 14:
                // A part of other code: a member in a statement's place, a statement in a member's.
                var parts = CSharpSyntaxTree.ParseText(other).GetRoot().DescendantNodes().Where(node => node is StatementSyntax or MemberDeclarationSyntax or ExpressionSyntax).ToList();
                return parts.Count == 0 ? code : Replace(code, new TextSpan(Any(nodes, random).Span.Start, 0), Any(parts, random) + " ");
            default:
                // Somebody is still typing.
                return code[..Any(tokens, random).Span.End];
        }
    }

    private static T Any<T>(List<T> items, SplitMix64 random) => items[random.Below(items.Count)];

    private static string Replace(string code, TextSpan span, string text) => string.Concat(code.AsSpan(0, span.Start), text, code.AsSpan(span.End));

    private static string Swap(string code, TextSpan a, TextSpan b)
    {
        if (a.Start > b.Start)
        {
            (a, b) = (b, a);
        }

        return a.OverlapsWith(b) || a.End > b.Start
            ? code
            : string.Concat(code.AsSpan(0, a.Start), code.AsSpan(b.Start, b.Length), code.AsSpan(a.End, b.Start - a.End)) + string.Concat(code.AsSpan(a.Start, a.Length), code.AsSpan(b.End));
    }
}
