using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// <c>while (!reader.EndOfStream)</c> reads ahead, blocking, and takes no token: where the loop then reads a line, the line says the same by
/// being null.
/// </summary>
internal static class EndOfStreamLoop
{
    /// <summary>Takes the test out of the loop's condition, and leaves the loop behind the read of a line. False where the loop is another.</summary>
    public static bool TryReplace(MemberAccessExpressionSyntax endOfStream, FixSite site, EditBuilder edit)
    {
        if (endOfStream is not { Name.Identifier.ValueText: "EndOfStream", Parent: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } test }
            || TryTakeOut(test, edit) is not { Statement: BlockSyntax body }
            || FirstRead(body, endOfStream.Expression.ToString()) is not var (read, line))
        {
            return false;
        }

        var layout = Layout.Of(site.Text, read);
        var header = "if (" + line + (Disposability.LanguageOf(read) >= LanguageVersion.CSharp7 ? " is null)" : " == null)");
        var lines = layout.BracesOnOwnLine
            ? new[] { header, "{", layout.Unit + "break;", "}" }
            : new[] { header + " {", layout.Unit + "break;", "}" };
        return BlockWriter.TryInsertAfter(read, lines, site.Text, edit);
    }

    /// <summary>The loop whose condition the test was, or was a part of.</summary>
    private static WhileStatementSyntax? TryTakeOut(ExpressionSyntax test, EditBuilder edit)
    {
        switch (test.Parent)
        {
            case WhileStatementSyntax loop:
                edit.Replace(test.Span, "true");
                return loop;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression, Parent: WhileStatementSyntax loop } and:
                edit.Delete(and.Left == test ? TextSpan.FromBounds(test.SpanStart, and.Right.SpanStart) : TextSpan.FromBounds(and.Left.Span.End, test.Span.End));
                return loop;
            default:
                return null;
        }
    }

    /// <summary>The statement at the loop's start that reads a line into a variable, and the variable.</summary>
    private static (StatementSyntax Read, string Line)? FirstRead(BlockSyntax body, string reader)
    {
        foreach (var statement in body.Statements)
        {
            switch (statement)
            {
                case LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } when variables[0].Initializer is { } initializer && ReadsLine(initializer.Value, reader):
                    return (statement, variables[0].Identifier.Text);
                case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax line } assignment } when ReadsLine(assignment.Right, reader):
                    return (statement, line.Identifier.Text);
                case ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ThrowIfCancellationRequested" } } }:
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }

    private static bool ReadsLine(ExpressionSyntax value, string reader)
    {
        if (value is AwaitExpressionSyntax awaited)
        {
            value = awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } configured } ? configured.Expression : awaited.Expression;
        }

        return value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ReadLine" or "ReadLineAsync" } read } && read.Expression.ToString() == reader;
    }
}
