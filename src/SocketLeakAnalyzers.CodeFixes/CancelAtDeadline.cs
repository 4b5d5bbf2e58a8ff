using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;
using SocketLeakAnalyzers.Rules.AbandonedWork;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Ends the work when its wait gives up: a cancellation source is declared ahead of the work, its token passed to it, and it is cancelled on the way that
/// is taken then: in the branch of the test, in the handler of what the wait throws, else in a <c>finally</c>. The wait stays, and answers as it did: a
/// source with a time of its own would cancel the work a moment ahead of it, and the method would throw where it answered.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CancelAtDeadlineCodeFixProvider))]
[Shared]
public sealed class CancelAtDeadlineCodeFixProvider : EditCodeFixProvider
{
    private const string Title = "Cancel the work at the deadline";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA4002");

    internal override FixPlan? Plan(FixSite site)
    {
        if (site.Expression is not InvocationExpressionSyntax wait || site.Properties.ContainsKey(SLA4002AbandonedTask.Deaf))
        {
            return null;
        }

        return PassItsToken(wait, site) ?? (BodyAround(wait) is { } body ? CancelInBlock(body, wait, site) : Cancel(wait, site));
    }

    /// <summary>A wait that gives up by a token alone: the work is given that token, and needs no wait of its own then.</summary>
    private static FixPlan? PassItsToken(InvocationExpressionSyntax wait, FixSite site)
    {
        if (wait is not { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitAsync", Expression: var receiver }, ArgumentList.Arguments: { Count: 1 } arguments }
            || TimeOf(wait, site) is not { Delay: null, Token: { } token }
            || !IsPlain(token)
            || arguments[0].Expression != token)
        {
            return null;
        }

        while (receiver is ParenthesizedExpressionSyntax { Expression: var inner })
        {
            receiver = inner;
        }

        var work = receiver as InvocationExpressionSyntax;
        if (work is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Expression: InvocationExpressionSyntax task } })
        {
            work = task;
        }

        if (work is null || IsRun(work))
        {
            return null;
        }

        var edit = new EditBuilder();
        var rest = TextSpan.FromBounds(work.Span.End, wait.Span.End);
        var isPlatform = IsPlatform(work, site) && wait.SpanStart == work.SpanStart && !HasComment(wait, rest);
        if (TokenArgument.For(work, mayAwait: false, site, isPlatform ? ResultUses.Of(wait) : null) is not { } argument)
        {
            return null;
        }

        argument.Write(token.ToString(), edit);
        if (isPlatform)
        {
            edit.Delete(rest);
        }

        return edit.ToChanges() is { } changes ? new FixPlan("Pass '" + token + "' to the work", changes) : null;
    }

    private static bool HasComment(SyntaxNode node, TextSpan span)
    {
        foreach (var trivia in node.DescendantTrivia(span))
        {
            if (span.Contains(trivia.Span) && trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The expression that is the body of the function that waits; null where it has a block.</summary>
    private static ExpressionSyntax? BodyAround(SyntaxNode wait)
    {
        for (var node = wait; node is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax; node = node.Parent)
        {
            if (node is ExpressionSyntax body && node.Parent is ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax)
            {
                return body;
            }
        }

        return null;
    }

    private static FixPlan? CancelInBlock(ExpressionSyntax body, InvocationExpressionSyntax wait, FixSite site)
    {
        if (!ExpressionBody.CanBecomeBlock(body, site.Model, site.CancellationToken))
        {
            return null;
        }

        var edit = new EditBuilder();
        ExpressionBody.Write(body, Array.Empty<string>(), nested: false, keepsExpression: true, site.Text, site.Model, edit, site.CancellationToken);
        return edit.ToChanges() is { } changes
            && EditBuilder.Track(wait.Span, changes) is { } span
            && site.After(changes, span, ImmutableArray<TextSpan>.Empty) is var inBlock
            && inBlock.Expression is InvocationExpressionSyntax there
            && Cancel(there, inBlock) is { } plan
            ? new FixPlan(plan.Title, inBlock.Text.WithChanges(plan.Changes).GetTextChanges(site.Text).ToImmutableArray())
            : null;
    }

    private static FixPlan? Cancel(InvocationExpressionSyntax wait, FixSite site)
    {
        var works = WorksOf(wait, site);
        if (works.Count == 0
            || works[0].Started.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || Disposability.LanguageOf(wait) < LanguageVersion.CSharp8
            || StatementScope.Of(statement) is not { Statements: not null, IsSwitchSection: false, HasLabel: false } scope
            || !scope.Container.Span.Contains(wait.Span)
            || works.Exists(work => IsInLoopOf(work.Started, wait) || !scope.Container.Span.Contains(work.Started.Span))
            || SourceFor(works, statement, site) is not { } source)
        {
            return null;
        }

        var edit = new EditBuilder();
        if (TryInsertCancel(wait, works, source, site, edit))
        {
            if (source.Declaration is not null && !BlockWriter.TryInsertBefore(statement, new[] { source.Declaration }, site.Text, Layout.Of(site.Text, statement), edit))
            {
                return null;
            }
        }
        else if (!TryWrap(statement, scope, wait, works, source, site, edit)
            && (!source.IsAlone || !TryGiveTime(statement, wait, source.Name, site, edit)))
        {
            return null;
        }

        foreach (var work in works)
        {
            work.Write(source.Name + ".Token", edit);
        }

        return edit.ToChanges() is { } changes ? new FixPlan(Title, changes) : null;
    }

    /// <summary>The source that ends the work.</summary>
    private readonly struct Source
    {
        public Source(string name, string? declaration, bool isAlone)
        {
            Name = name;
            Declaration = declaration;
            IsAlone = isAlone;
        }

        public string Name { get; }

        /// <summary>The statement that declares it; null where the work has the token of one already.</summary>
        public string? Declaration { get; }

        /// <summary>It is linked to nothing.</summary>
        public bool IsAlone { get; }
    }

    /// <summary>The source whose token the work has; else a new one, linked to the token that the work has.</summary>
    private static Source? SourceFor(List<Work> works, StatementSyntax statement, FixSite site)
    {
        var tokens = new List<string>();
        ISymbol? source = null;
        foreach (var work in works)
        {
            if (work.Given is { Expression: var given })
            {
                var own = SourceOf(given, site);
                if (!IsPlain(given) || (works.Count > 1 && own is not null))
                {
                    return null;
                }

                source = own;
                if (!tokens.Contains(given.ToString()))
                {
                    tokens.Add(given.ToString());
                }
            }
        }

        if (source is not null)
        {
            return new Source(source.Name, null, isAlone: false);
        }

        var name = LocalNames.Choose("deadline", site.Model, statement.SpanStart, LocalNames.MemberOf(statement), new List<string>());
        var type = TypeName(site, statement.SpanStart);
        var value = tokens.Count == 0 ? "new " + type + "()" : type + ".CreateLinkedTokenSource(" + string.Join(", ", tokens) + ")";
        return new Source(name, "using var " + name + " = " + value + ";", tokens.Count == 0);
    }

    /// <summary>The local source that a token is of.</summary>
    private static ILocalSymbol? SourceOf(ExpressionSyntax token, FixSite site) =>
        token is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Token", Expression: var source }
        && site.Model.GetSymbolInfo(source, site.CancellationToken).Symbol is ILocalSymbol { Type.Name: "CancellationTokenSource" } local
            ? local
            : null;

    /// <summary>Cancels at the start of the branch that is taken when the wait gave up. False where there is none.</summary>
    private static bool TryInsertCancel(InvocationExpressionSyntax wait, List<Work> works, Source source, FixSite site, EditBuilder edit)
    {
        // A blocking wait that gives up by a token as well throws then, and takes no branch.
        if (NameOf(wait) == "WaitAsync" || (NameOf(wait) is "Wait" or "WaitAny" or "WaitAll" && TimeOf(wait, site) is { Token: not null } && wait.ArgumentList.Arguments.Count > 1)
            || TestOf(wait) is not { } test
            || MeaningOf(test.Condition, wait, works, site) is not { } isDone)
        {
            return false;
        }

        var lines = new[] { source.Name + ".Cancel();" };
        if (!isDone)
        {
            return BlockWriter.TryInsertInside(test.Statement, lines, site.Text, edit);
        }

        if (test.Else is { } other)
        {
            return other.Statement is not IfStatementSyntax && BlockWriter.TryInsertInside(other.Statement, lines, site.Text, edit);
        }

        return Leaves(test.Statement)
            && StatementScope.Of(test) is { Statements: { } statements } scope
            && scope.Index + 1 < statements.Count
            && BlockWriter.TryInsertBefore(statements[scope.Index + 1], lines, site.Text, Layout.Of(site.Text, statements[scope.Index + 1]), edit);
    }

    /// <summary>The <c>if</c> over the wait, or over the variable that it is the value of in the statement ahead.</summary>
    private static IfStatementSyntax? TestOf(InvocationExpressionSyntax wait) => wait.FirstAncestorOrSelf<StatementSyntax>() switch
    {
        IfStatementSyntax test when test.Condition.Span.Contains(wait.Span) => test,
        LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration when StatementScope.Of(declaration) is { Statements: { } statements } scope && scope.Index + 1 < statements.Count =>
            statements[scope.Index + 1] as IfStatementSyntax,
        _ => null,
    };

    /// <summary>Whether a condition is true when the work has ended (true) or when the wait has given up (false); null: neither.</summary>
    private static bool? MeaningOf(ExpressionSyntax condition, InvocationExpressionSyntax wait, List<Work> works, FixSite site)
    {
        while (condition is ParenthesizedExpressionSyntax { Expression: var inner })
        {
            condition = inner;
        }

        switch (condition)
        {
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand }:
                return !MeaningOf(operand, wait, works, site);
            case InvocationExpressionSyntax when condition == wait:
                return NameOf(wait) is "Wait" or "WaitAll" ? true : null;
            case IdentifierNameSyntax name when InitialOf(name, site) is { } initial && initial.Span.Contains(wait.Span):
                return MeaningOf(initial, wait, works, site);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression or (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.GreaterThanOrEqualExpression } comparison:
                var other = IsAnswer(comparison.Left, wait, site) ? comparison.Right : IsAnswer(comparison.Right, wait, site) ? comparison.Left : null;
                if (other is null)
                {
                    return null;
                }

                var index = site.Model.GetConstantValue(other, site.CancellationToken);
                switch ((SyntaxKind)comparison.RawKind)
                {
                    case SyntaxKind.LessThanExpression:
                        return other == comparison.Right && index is { HasValue: true, Value: 0 } ? false : null;
                    case SyntaxKind.GreaterThanOrEqualExpression:
                        return other == comparison.Right && index is { HasValue: true, Value: 0 } ? true : null;
                }

                var isOther = index is { HasValue: true, Value: -1 } || (CallOf(other, site) is { } raced && IsDelay(raced)) ? false
                    : CallOf(other, site) is { } compared && (NameOf(compared) == "WhenAll" || works.Exists(work => work.Started == compared)) ? true
                    : (bool?)null;
                return comparison.IsKind(SyntaxKind.EqualsExpression) ? isOther : !isOther;
            default:
                return null;
        }
    }

    /// <summary>Whether an expression is what the wait gives, in place or by way of its variable.</summary>
    private static bool IsAnswer(ExpressionSyntax expression, InvocationExpressionSyntax wait, FixSite site)
    {
        if (expression is IdentifierNameSyntax name && InitialOf(name, site) is { } initial)
        {
            expression = initial;
        }

        while (expression != wait)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    expression = parenthesized.Expression;
                    break;
                case AwaitExpressionSyntax awaited:
                    expression = awaited.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: { } inner } }:
                    expression = inner;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static ExpressionSyntax? InitialOf(IdentifierNameSyntax name, FixSite site) =>
        site.Model.GetSymbolInfo(name, site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
        && references[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } initial }
            ? initial
            : null;

    private static bool Leaves(StatementSyntax statement)
    {
        while (statement is BlockSyntax { Statements: { Count: > 0 } statements })
        {
            statement = statements[statements.Count - 1];
        }

        return statement is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax;
    }

    /// <summary>
    /// Cancels in a <c>catch</c> or <c>finally</c> around the work, the wait and all that follows. A wait that throws when it gives up needs no more than the
    /// handler. What ended in time is not touched by a cancel behind it if the platform did it; of a method of the user's it is not known what keeps the token.
    /// </summary>
    private static bool TryWrap(StatementSyntax statement, StatementScope scope, InvocationExpressionSyntax wait, List<Work> works, Source source, FixSite site, EditBuilder edit)
    {
        var throws = NameOf(wait) == "WaitAsync";
        var layout = Layout.Of(site.Text, statement);
        if (!(NameOf(wait) is "Wait" or "WaitAny" or "WaitAll" || IsAwaited(wait))
            || !(throws || works.TrueForAll(work => IsPlatform(work.Call, site)))
            || !TryWriter.CanWrap(scope, scope.Index, scope.Statements!.Count - 1, withCatch: throws, layout, site.Text, site.Model, site.CancellationToken, out var hoist))
        {
            return false;
        }

        var cancel = source.Name + ".Cancel();";
        TryWriter.Wrap(
            statement, scope.Statements[scope.Statements.Count - 1], throws ? "catch" : "finally", throws ? new[] { cancel, "throw;" } : new[] { cancel }, source.Declaration, hoist, site.Text, edit);
        return true;
    }

    /// <summary>Whether the wait is awaited within its own function: what stands around it sees how it ends.</summary>
    private static bool IsAwaited(SyntaxNode wait)
    {
        for (var node = wait.Parent; node is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax or EqualsValueClauseSyntax; node = node.Parent)
        {
            switch (node)
            {
                case AwaitExpressionSyntax:
                    return true;
                case AnonymousFunctionExpressionSyntax or ArgumentSyntax:
                    return false;
            }
        }

        return false;
    }

    /// <summary>
    /// A source with the time of the wait, for a wait that nothing can be written around. It is not disposed: the wait may give up a moment before the source
    /// does, and a source that is disposed cancels nothing any more. Its timer goes by itself.
    /// </summary>
    private static bool TryGiveTime(StatementSyntax statement, InvocationExpressionSyntax wait, string name, FixSite site, EditBuilder edit) =>
        TimeOf(wait, site) is { Delay: { } delay, Token: null }
        && IsPlain(delay)
        && BlockWriter.TryInsertBefore(
            statement, new[] { "var " + name + " = new " + TypeName(site, statement.SpanStart) + "(" + delay + ");" }, site.Text, Layout.Of(site.Text, statement), edit);

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

    /// <summary>A piece of work that the wait is for.</summary>
    private readonly struct Work
    {
        public Work(InvocationExpressionSyntax started, InvocationExpressionSyntax call, ArgumentSyntax? given, TokenArgument? argument)
        {
            Started = started;
            Call = call;
            Given = given;
            Argument = argument;
        }

        /// <summary>What gives its task.</summary>
        public InvocationExpressionSyntax Started { get; }

        /// <summary>What is given the token: the same, or the call that a lambda makes.</summary>
        public InvocationExpressionSyntax Call { get; }

        /// <summary>The token that it has.</summary>
        public ArgumentSyntax? Given { get; }

        private TokenArgument? Argument { get; }

        public void Write(string token, EditBuilder edit)
        {
            if (Given is null)
            {
                Argument!.Write(token, edit);
            }
            else if (Given.Expression.ToString() != token)
            {
                edit.Replace(Given.Expression.Span, token);
            }
        }
    }

    /// <summary>The works of a wait that can be given a token, in the order of the source; none where the one that is reported cannot.</summary>
    private static List<Work> WorksOf(InvocationExpressionSyntax wait, FixSite site)
    {
        var works = new List<Work>();
        var candidates = new List<ExpressionSyntax>();
        if (wait.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitAsync" or "Wait", Expression: { } receiver })
        {
            candidates.Add(receiver);
        }
        else
        {
            // `read.TimeoutAfter(limit)`
            if (wait.Expression is MemberAccessExpressionSyntax { Expression: var extended } && site.Model.GetSymbolInfo(wait, site.CancellationToken).Symbol is IMethodSymbol { ReducedFrom: not null })
            {
                candidates.Add(extended);
            }

            AddArguments(wait, candidates);
        }

        for (var i = 0; i < candidates.Count; i++)
        {
            if (CallOf(candidates[i], site) is not { } started || IsDelay(started) || works.Exists(work => work.Started == started))
            {
                continue;
            }

            if (NameOf(started) is "WhenAll" or "WhenAny")
            {
                AddArguments(started, candidates);
                continue;
            }

            if ((IsRun(started) || NameOf(started) == "Select" ? CallInside(started) : started) is { } call
                && Lifetime.FunctionOf(started) == Lifetime.FunctionOf(wait)
                && (TokenArgument.GivenIn(call, site) is var given)
                && (given is not null || TokenArgument.For(call, mayAwait: false, site) is not null))
            {
                works.Add(new Work(started, call, given, given is null ? TokenArgument.For(call, mayAwait: false, site) : null));
            }
            else if (!site.OtherPlaces.IsEmpty && started.Span.Contains(site.OtherPlaces[0]))
            {
                return new List<Work>();
            }
        }

        works.Sort(static (left, right) => left.Started.SpanStart.CompareTo(right.Started.SpanStart));
        return works;
    }

    private static void AddArguments(InvocationExpressionSyntax call, List<ExpressionSyntax> candidates)
    {
        foreach (var argument in call.ArgumentList.Arguments)
        {
            candidates.AddRange(ElementsOf(argument.Expression));
        }
    }

    private static string? NameOf(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText;

    private static bool IsPlatform(InvocationExpressionSyntax call, FixSite site) =>
        site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol is { DeclaringSyntaxReferences.IsEmpty: true };

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
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask" or "ConfigureAwait" or "ToArray" or "ToList", Expression: { } inner } }:
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
                case InvocationExpressionSyntax onPool when IsRun(onPool):
                    return CallInside(onPool);
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
