using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Gives the work the deadline of its wait: a cancellation source with the same time, declared ahead of the work, and its token passed to it. The wait
/// stays, so that what the method answers in time is what it answered before.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CancelAtDeadlineCodeFixProvider))]
[Shared]
public sealed class CancelAtDeadlineCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA4002");

    internal override FixPlan? Plan(FixSite site)
    {
        if (site.Expression is not InvocationExpressionSyntax wait
            || WorkOf(wait, site) is not { } started
            || (IsRun(started) ? CallInside(started) : started) is not { } work
            || TokenArgument.For(work, mayAwait: false, site) is not { } argument
            || work.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || Lifetime.FunctionOf(started) != Lifetime.FunctionOf(wait)
            || Disposability.LanguageOf(work) < LanguageVersion.CSharp8
            || StatementScope.Of(statement) is not { Statements: not null, IsSwitchSection: false }
            || !statement.Span.Contains(work.Span)
            || TimeOf(wait, site) is not { } time
            || !IsPlain(time.Delay)
            || IsInLoopOf(work, wait))
        {
            return null;
        }

        var edit = new EditBuilder();
        var hasCancelled = false;
        var name = LocalNames.Choose("deadline", site.Model, statement.SpanStart, LocalNames.MemberOf(statement), new List<string>());
        var source = TypeName(site, statement.SpanStart);
        var lines = new List<string>();
        if (time.Token is { } token)
        {
            // Disposed, as it would stay with the token for ever; so it has to be cancelled where the wait gives up, which can be a moment ahead of it.
            lines.Add("using var " + name + " = " + source + ".CreateLinkedTokenSource(" + token + ");");
            if (time.Delay is { } limit)
            {
                lines.Add(name + ".CancelAfter(" + limit + ");");
            }

            hasCancelled = TimedOutBranch(wait, started, site) is { } branch
                && BlockWriter.TryInsertInside(branch, new[] { name + ".Cancel();" }, site.Text, edit);
        }
        else
        {
            // Not disposed: the wait may give up a moment before the source does, and a source that is disposed cancels nothing any more. Its timer goes by itself.
            lines.Add("var " + name + " = new " + source + "(" + time.Delay + ");");
        }

        if (!(time.Token is null || hasCancelled
                ? BlockWriter.TryInsertBefore(statement, lines.ToArray(), site.Text, Layout.Of(site.Text, statement), edit)
                : TryCancelAtTheEnd(statement, lines.ToArray(), work, name, site, edit)))
        {
            return null;
        }

        argument.Write(name + ".Token", edit);
        return edit.ToChanges() is { } changes ? new FixPlan("Cancel the work at the deadline", changes) : null;
    }

    /// <summary>The branch of an <c>if</c> over the wait that is taken when the wait gave up; null where there is none.</summary>
    private static StatementSyntax? TimedOutBranch(InvocationExpressionSyntax wait, InvocationExpressionSyntax work, FixSite site)
    {
        ExpressionSyntax whole = wait;
        while (whole.Parent is ParenthesizedExpressionSyntax or AwaitExpressionSyntax
            || (whole.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax }))
        {
            whole = (ExpressionSyntax)(whole.Parent is MemberAccessExpressionSyntax ? whole.Parent.Parent! : whole.Parent);
        }

        bool isDone;
        switch (whole.Parent)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison:
                var other = comparison.Left == whole ? comparison.Right : comparison.Left;
                if (CallOf(other, site) is not { } compared)
                {
                    return null;
                }

                isDone = compared == work == comparison.IsKind(SyntaxKind.EqualsExpression);
                if (compared != work && !IsDelay(compared))
                {
                    return null;
                }

                whole = comparison;
                break;
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not when IsAnswer(wait):
                isDone = false;
                whole = not;
                break;
            default:
                isDone = true;
                if (!IsAnswer(wait))
                {
                    return null;
                }

                break;
        }

        return whole.Parent is IfStatementSyntax test && test.Condition == whole
            ? isDone ? test.Else?.Statement is IfStatementSyntax ? null : test.Else?.Statement : test.Statement
            : null;
    }

    /// <summary>Whether a wait answers with whether the work has ended.</summary>
    private static bool IsAnswer(InvocationExpressionSyntax wait) => wait.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait" };

    /// <summary>
    /// Declares the source, and cancels it in a <c>finally</c> around all that follows. What ended in time is not touched by that if the platform did it; of a method of the user's it
    /// is not known what keeps the token.
    /// </summary>
    private static bool TryCancelAtTheEnd(StatementSyntax statement, string[] lines, InvocationExpressionSyntax work, string name, FixSite site, EditBuilder edit)
    {
        var layout = Layout.Of(site.Text, statement);
        if (site.Model.GetSymbolInfo(work, site.CancellationToken).Symbol is not { DeclaringSyntaxReferences.IsEmpty: true }
            || StatementScope.Of(statement) is not { Statements: { } statements } scope
            || !TryWriter.CanWrap(scope, scope.Index, statements.Count - 1, withCatch: false, layout, site.Text, site.Model, site.CancellationToken, out var hoist))
        {
            return false;
        }

        var before = layout.IsFirstOnLine ? string.Join(layout.EndOfLine + layout.Indent, lines) : Layout.InOneLine(lines);
        TryWriter.Wrap(statement, statements[statements.Count - 1], "finally", new[] { name + ".Cancel();" }, before, hoist, site.Text, edit);
        return true;
    }

    /// <summary>The time after which a wait gives up, and the token by which it does.</summary>
    private readonly struct WaitTime
    {
        public WaitTime(ExpressionSyntax? delay, ExpressionSyntax? token)
        {
            Delay = delay;
            Token = token;
        }

        public ExpressionSyntax? Delay { get; }

        public ExpressionSyntax? Token { get; }
    }

    /// <summary>The call that starts the work: the receiver of the wait, an argument of it, or what the variable was given that stands there.</summary>
    private static InvocationExpressionSyntax? WorkOf(InvocationExpressionSyntax wait, FixSite site)
    {
        var candidates = new List<ExpressionSyntax>();
        if (wait.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitAsync" or "Wait", Expression: { } receiver })
        {
            candidates.Add(receiver);
        }
        else
        {
            foreach (var argument in wait.ArgumentList.Arguments)
            {
                candidates.AddRange(ElementsOf(argument.Expression));
            }
        }

        foreach (var candidate in candidates)
        {
            if (CallOf(candidate, site) is { } call && !IsDelay(call))
            {
                return call;
            }
        }

        return null;
    }

    private static IEnumerable<ExpressionSyntax> ElementsOf(ExpressionSyntax argument) => argument switch
    {
        ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
        ImplicitArrayCreationExpressionSyntax implicitly => implicitly.Initializer.Expressions,
        _ => new[] { argument },
    };

    private static InvocationExpressionSyntax? CallOf(ExpressionSyntax value, FixSite site)
    {
        while (true)
        {
            switch (value)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    value = parenthesized.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask" or "ConfigureAwait", Expression: { } inner } }:
                    value = inner;
                    break;
                case InvocationExpressionSyntax call:
                    return call;
                case IdentifierNameSyntax name when site.Model.GetSymbolInfo(name, site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
                    && references[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } initial }:
                    value = initial;
                    break;
                default:
                    return null;
            }
        }
    }

    /// <summary>Work on the pool: the token that is given there keeps it from starting, and ends none that has started.</summary>
    private static bool IsRun(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Run" or "StartNew" };

    /// <summary>The one call that a lambda on the pool makes; null where it does more.</summary>
    private static InvocationExpressionSyntax? CallInside(InvocationExpressionSyntax run)
    {
        if (run.ArgumentList.Arguments.Count == 0 || run.ArgumentList.Arguments[0].Expression is not LambdaExpressionSyntax { ExpressionBody: { } body })
        {
            return null;
        }

        while (true)
        {
            switch (body)
            {
                case AwaitExpressionSyntax awaited:
                    body = awaited.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: { } inner } }:
                    body = inner;
                    break;
                default:
                    return body as InvocationExpressionSyntax;
            }
        }
    }

    private static bool IsDelay(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Delay" };

    private static WaitTime? TimeOf(InvocationExpressionSyntax wait, FixSite site)
    {
        var name = (wait.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText;
        if (name == "WhenAny" || (name == "WaitAny" && wait.ArgumentList.Arguments.Count == 1))
        {
            foreach (var argument in wait.ArgumentList.Arguments)
            {
                foreach (var element in ElementsOf(argument.Expression))
                {
                    if (CallOf(element, site) is { } delay && IsDelay(delay))
                    {
                        return OfArguments(delay, site);
                    }
                }
            }

            return null;
        }

        return OfArguments(wait, site);
    }

    private static WaitTime? OfArguments(InvocationExpressionSyntax call, FixSite site)
    {
        ExpressionSyntax? delay = null;
        ExpressionSyntax? token = null;
        foreach (var argument in call.ArgumentList.Arguments)
        {
            switch (site.Model.GetTypeInfo(argument.Expression, site.CancellationToken).ConvertedType)
            {
                case { Name: "CancellationToken" } when !TokensInScope.IsNone(argument.Expression):
                    token = argument.Expression;
                    break;
                case { Name: "TimeSpan" } or { SpecialType: SpecialType.System_Int32 }:
                    delay = argument.Expression;
                    break;
            }
        }

        // For ever is no time: then the token is the deadline.
        if (delay is not null && IsEndless(delay, site))
        {
            delay = null;
        }

        return delay is null && token is null ? null : new WaitTime(delay, token);
    }

    private static bool IsEndless(ExpressionSyntax delay, FixSite site) =>
        site.Model.GetConstantValue(delay, site.CancellationToken) is { HasValue: true, Value: -1 }
        || delay is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "InfiniteTimeSpan" };

    /// <summary>Whether the time can be written twice: nothing happens when it is read again.</summary>
    private static bool IsPlain(ExpressionSyntax? time)
    {
        if (time is null)
        {
            return true;
        }

        foreach (var node in time.DescendantNodesAndSelf())
        {
            if (node is AssignmentExpressionSyntax or AwaitExpressionSyntax or PostfixUnaryExpressionSyntax
                || (node is InvocationExpressionSyntax { Expression: var called } && !(called is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "TimeSpan" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TimeSpan" } })))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the wait stands in a loop that the work does not: the work would be cancelled in its first round.</summary>
    private static bool IsInLoopOf(SyntaxNode work, SyntaxNode wait)
    {
        for (var node = wait.Parent; node is not null and not MemberDeclarationSyntax; node = node.Parent)
        {
            if (Awaits.IsLoop(node) && !node.Span.Contains(work.Span))
            {
                return true;
            }
        }

        return false;
    }

    private static string TypeName(FixSite site, int position) =>
        (site.Model.LookupNamespacesAndTypes(position, name: "CancellationTokenSource").IsEmpty ? "System.Threading." : string.Empty) + "CancellationTokenSource";
}
