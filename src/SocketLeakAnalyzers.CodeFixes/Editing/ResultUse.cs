using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>What becomes of the task that a call gives.</summary>
internal enum ResultUse
{
    /// <summary>Awaited where it is, by <c>await call</c> or <c>await call.ConfigureAwait(…)</c>: whatever awaitable it is.</summary>
    Awaited,

    /// <summary>Finished within its statement: awaited with others, or waited for.</summary>
    Finished,

    /// <summary>An <c>await foreach</c> runs over it.</summary>
    Iterated,

    /// <summary>Given back by a function that is not async.</summary>
    Returned,

    /// <summary>Kept, handed on or dropped.</summary>
    Kept,
}

/// <summary>Tells what becomes of the task that a call gives.</summary>
internal static class ResultUses
{
    public static ResultUse Of(ExpressionSyntax call)
    {
        var isAlone = true;
        var node = call;
        while (true)
        {
            switch (node.Parent)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    node = parenthesized;
                    continue;
                case AwaitExpressionSyntax:
                    return isAlone ? ResultUse.Awaited : ResultUse.Finished;
                case CommonForEachStatementSyntax forEach when forEach.Expression == node && forEach.AwaitKeyword.IsKind(SyntaxKind.AwaitKeyword):
                    return ResultUse.Iterated;
                case MemberAccessExpressionSyntax member when member.Expression == node:
                    if (member.Name.Identifier.ValueText == "Result" && member.Parent is not InvocationExpressionSyntax)
                    {
                        return ResultUse.Finished;
                    }

                    if (member.Parent is not InvocationExpressionSyntax invocation)
                    {
                        return ResultUse.Kept;
                    }

                    switch (member.Name.Identifier.ValueText)
                    {
                        case "ConfigureAwait" or "WithCancellation":
                            node = invocation;
                            continue;
                        case "AsTask" or "WaitAsync":
                            isAlone = false;
                            node = invocation;
                            continue;
                        case "Wait" or "GetResult":
                            return ResultUse.Finished;
                        case "GetAwaiter":
                            isAlone = false;
                            node = invocation;
                            continue;
                        default:
                            return ResultUse.Kept;
                    }

                case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Task" }, Name.Identifier.ValueText: "WhenAll" or "WaitAll" } } all } }:
                    if (all.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitAll" })
                    {
                        return ResultUse.Finished;
                    }

                    isAlone = false;
                    node = all;
                    continue;
                case ConditionalExpressionSyntax conditional when conditional.Condition != node:
                    isAlone = false;
                    node = conditional;
                    continue;
                case SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax @switch }:
                    isAlone = false;
                    node = @switch;
                    continue;
                case ReturnStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax:
                    return IsAsync(Lifetime.FunctionOf(node)) ? ResultUse.Kept : ResultUse.Returned;
                default:
                    return ResultUse.Kept;
            }
        }
    }

    /// <summary>Whether what the call needs may go when its statement, or the loop over it, has ended.</summary>
    public static bool EndsHere(this ResultUse use) => use is ResultUse.Awaited or ResultUse.Finished or ResultUse.Iterated;

    private static bool IsAsync(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        _ => false,
    };
}
