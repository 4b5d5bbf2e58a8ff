using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Closes a response, pipe, channel or listener on every way out: a <c>finally</c> around what comes between, or, where the other end should
/// learn what went wrong, a <c>catch</c> that completes with the exception. A listener's start goes into the <c>try</c> as well, as one on a
/// busy port throws and keeps its socket.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CloseInFinallyCodeFixProvider))]
[Shared]
public sealed class CloseInFinallyCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1001", "SLA3001", "SLA5001");

    internal override FixPlan? Plan(FixSite site)
    {
        if ((site.DiagnosticId switch { "SLA5001" => OfListener(site), "SLA1001" => OfExchange(site), _ => OfHandedOut(site) }) is not { Scope.Statements: { } statements } found
            || IsHandedOver(found, site)
            || BehindNullGuards(found, statements, site) is not { } target
            || target.First >= statements.Count
            || IsReassigned(target, site))
        {
            return null;
        }

        target = BehindConstants(target, statements);
        var goesOn = GoesOn(target, site);
        if (goesOn.Count > 0)
        {
            return OnFailure(target, statements, goesOn, site);
        }

        var release = FindRelease(target, statements, site);
        var last = release is null ? statements.Count - 1 : release.Value.Index - 1;
        var layout = Layout.Of(site.Text, statements[target.First < statements.Count ? target.First : statements.Count - 1]);
        if (target.First > last)
        {
            return null;
        }

        var edit = new EditBuilder();
        if (target.CompletesWith is { } completion && release is not null && IsPlainThrow(target, statements, last, site))
        {
            if (!TryWriter.CanWrap(target.Scope, target.First, last, withCatch: true, layout, site.Text, site.Model, site.CancellationToken, out var ahead))
            {
                return null;
            }

            var name = LocalNames.Choose("exception", site.Model, statements[target.First].SpanStart, target.Scope.Container, new List<string>());
            TryWriter.Wrap(
                statements[target.First],
                statements[last],
                "catch (" + ExceptionType(site, statements[target.First].SpanStart) + " " + name + ")",
                new[] { completion.Replace("{0}", name), "throw;" },
                null,
                ahead,
                site.Text,
                edit);
            return edit.ToChanges() is { } caught ? new FixPlan("Complete '" + target.Name + "' with the exception", caught) : null;
        }

        if (!TryWriter.CanWrap(target.Scope, target.First, last, withCatch: false, layout, site.Text, site.Model, site.CancellationToken, out var hoist))
        {
            return null;
        }

        var text = target.Close;
        if (release is { IsPlain: true } plain)
        {
            text = target.Close.StartsWith(target.Name + "?.", StringComparison.Ordinal) ? OrNull(statements[plain.Index].ToString(), target.Name) : statements[plain.Index].ToString();
            if (StopsForGood(target, statements, plain.Index, site))
            {
                text = target.Close;
            }

            edit.Delete(layout.WithLineAndGap(statements[plain.Index]));
        }

        if (target.First == last && statements[last] is TryStatementSyntax { Finally: null } guarded)
        {
            // What has handlers already gets a finally beside them.
            TryWriter.AddFinally(guarded, text, layout, edit);
        }
        else
        {
            TryWriter.Wrap(statements[target.First], statements[last], "finally", new[] { text }, null, hoist, site.Text, edit);
        }

        return edit.ToChanges() is { } changes ? new FixPlan((site.DiagnosticId == "SLA5001" ? "Stop '" : "Close '") + target.Name + "' in a finally", changes) : null;
    }

    /// <summary>Whether some path gives a listener to another owner, who would be left with a stopped one.</summary>
    private static bool IsHandedOver(Target target, FixSite site) =>
        site.DiagnosticId == "SLA5001" && target.Symbol is ILocalSymbol && Paths.SomeHandsOver(site.From(MakingOf(site)?.Span ?? site.Span));

    /// <summary>
    /// Where what is closed goes on when the statements have run: another function has it, a task that nobody waits for works on it, or the answer is sent
    /// while it closes. A <c>finally</c> would cut it off.
    /// </summary>
    private static List<SyntaxNode> GoesOn(Target target, FixSite site)
    {
        var places = new List<SyntaxNode>();
        if (target.Symbol is not (ILocalSymbol or IParameterSymbol) || FunctionOf(target.Scope.Statement) is not { } function)
        {
            return places;
        }

        places.AddRange(Lifetime.EscapesOf(target.Symbol, function, site.Model, site.CancellationToken, target.End == "Reader" ? "Writer" : "Reader"));
        foreach (var node in function.DescendantNodes())
        {
            if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Close" } member, ArgumentList.Arguments: { Count: 2 } arguments } close
                && !arguments[1].Expression.IsKind(SyntaxKind.TrueLiteralExpression)
                && SymbolEqualityComparer.Default.Equals(RootOf(member.Expression, site), target.Symbol))
            {
                places.Add(close);
            }
        }

        places.Sort(static (left, right) => left.SpanStart.CompareTo(right.SpanStart));
        return places;
    }

    /// <summary>What goes on elsewhere on success is closed here where an exception comes before.</summary>
    private static FixPlan? OnFailure(Target target, IReadOnlyList<StatementSyntax> statements, List<SyntaxNode> goesOn, FixSite site)
    {
        var last = target.First;
        while (last < statements.Count && !statements[last].Span.Contains(goesOn[0].Span))
        {
            last++;
        }

        if (last == statements.Count || Paths.LeaksOf(site) is not { Count: > 0 } leaks)
        {
            return null;
        }

        var covered = TextSpan.FromBounds(statements[target.First].SpanStart, statements[last].Span.End);
        var before = statements[last] is ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax ? covered.End : goesOn[0].SpanStart;
        foreach (var (leak, place) in leaks)
        {
            if (leak.Kind != LeakKind.Exception || !covered.Contains(place) || place.Start >= before)
            {
                return null;
            }

            for (var node = site.Root.FindNode(place); node is not null && covered.Contains(node.Span); node = node.Parent)
            {
                if (node is TryStatementSyntax { Catches.Count: > 0 } or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
                {
                    // A handler may go on with it; a round that failed may come behind one that has handed it on.
                    return null;
                }
            }
        }

        var layout = Layout.Of(site.Text, statements[target.First]);
        if (!TryWriter.CanWrap(target.Scope, target.First, last, withCatch: true, layout, site.Text, site.Model, site.CancellationToken, out var hoist))
        {
            return null;
        }

        var edit = new EditBuilder();
        var name = LocalNames.Choose("exception", site.Model, statements[target.First].SpanStart, target.Scope.Container, new List<string>());
        TryWriter.Wrap(
            statements[target.First],
            statements[last],
            target.CompletesWith is null ? "catch" : "catch (" + ExceptionType(site, statements[target.First].SpanStart) + " " + name + ")",
            new[] { target.CompletesWith?.Replace("{0}", name) ?? target.Close, "throw;" },
            null,
            hoist,
            site.Text,
            edit);
        return edit.ToChanges() is { } changes ? new FixPlan("Close '" + target.Name + "' if an exception is thrown before it is handed over", changes) : null;
    }

    /// <summary>What makes the listener that a finding sees started: <c>new</c> in the declaration of its local; null where that is not so.</summary>
    internal static ExpressionSyntax? MakingOf(FixSite site) =>
        site.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver } }
        && site.Model.GetSymbolInfo(receiver, site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
        && references[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax making }
            ? making
            : null;

    /// <summary>
    /// Whether an <c>HttpListener</c> is stopped to be of no use any more: its <c>Close</c> says so, and does not throw where its start has failed.
    /// </summary>
    private static bool StopsForGood(Target target, IReadOnlyList<StatementSyntax> statements, int index, FixSite site)
    {
        if (target.Symbol is not ILocalSymbol { Type.Name: "HttpListener" } listener
            || statements[index] is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Stop" } } })
        {
            return false;
        }

        for (var i = index + 1; i < statements.Count; i++)
        {
            foreach (var node in statements[i].DescendantNodes())
            {
                if (node is IdentifierNameSyntax name && name.Identifier.ValueText == listener.Name)
                {
                    return false;
                }
            }
        }

        // Declared further out, it may be started again.
        for (var i = 0; i < index; i++)
        {
            if (statements[i] is LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables }
                && SymbolEqualityComparer.Default.Equals(site.Model.GetDeclaredSymbol(variables[0], site.CancellationToken), listener))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is closed, and the statements that the <c>try</c> goes around.</summary>
    private sealed class Target
    {
        public Target(ISymbol symbol, string name, string close, string? completesWith, StatementScope scope, int first, string? end = null)
        {
            End = end;
            Symbol = symbol;
            Name = name;
            Close = close;
            CompletesWith = completesWith;
            Scope = scope;
            First = first;
        }

        public ISymbol Symbol { get; }

        /// <summary>Which end of a pipe it is; null where it is all that the symbol holds.</summary>
        public string? End { get; }

        public string Name { get; }

        /// <summary>The statement that closes it.</summary>
        public string Close { get; }

        /// <summary>The statement that completes it with the exception <c>{0}</c>; null where it takes none.</summary>
        public string? CompletesWith { get; }

        public StatementScope Scope { get; }

        public int First { get; }
    }

    /// <summary>Locals that begin with a constant stay ahead of the <c>try</c>, as they do where it is written by hand.</summary>
    private static Target BehindConstants(Target target, IReadOnlyList<StatementSyntax> statements)
    {
        var first = target.First;
        while (first < statements.Count - 1
            && statements[first] is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, AwaitKeyword.RawKind: 0 } declaration
            && AreConstants(declaration.Declaration))
        {
            first++;
        }

        return first == target.First ? target : new Target(target.Symbol, target.Name, target.Close, target.CompletesWith, target.Scope, first, target.End);
    }

    private static bool AreConstants(VariableDeclarationSyntax declaration)
    {
        foreach (var variable in declaration.Variables)
        {
            if (variable.Initializer is { Value: not (LiteralExpressionSyntax or DefaultExpressionSyntax) })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The <c>try</c> begins behind a test that leaves where there is nothing to close; where nothing may be told otherwise, the close asks. Null where it cannot.
    /// </summary>
    private static Target? BehindNullGuards(Target target, IReadOnlyList<StatementSyntax> statements, FixSite site)
    {
        var first = target.First;
        while (first < statements.Count
            && statements[first] is IfStatementSyntax { Else: null } guard
            && guard.Condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } or IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax }
            && IsNullTest(guard.Condition, target.Symbol, site)
            && Leaves(guard.Statement))
        {
            first++;
        }

        if (first > target.First)
        {
            return new Target(target.Symbol, target.Name, target.Close, target.CompletesWith, target.Scope, first, target.End);
        }

        for (var i = first; i < statements.Count; i++)
        {
            foreach (var node in statements[i].DescendantNodes())
            {
                if ((node is ExpressionSyntax condition && IsNullTest(condition, target.Symbol, site))
                    || (node is ConditionalAccessExpressionSyntax { Expression: IdentifierNameSyntax asked } && IsOf(asked, target.Symbol, site)))
                {
                    return target.Close.StartsWith("await ", StringComparison.Ordinal)
                        ? null
                        : new Target(target.Symbol, target.Name, OrNull(target.Close, target.Name), null, target.Scope, target.First, target.End);
                }
            }
        }

        return target;
    }

    private static string OrNull(string close, string name) =>
        close.StartsWith(name + ".", StringComparison.Ordinal) ? name + "?" + close.Substring(name.Length) : close;

    /// <summary><c>x == null</c>, <c>x != null</c>, <c>x is null</c>, <c>x is not null</c>.</summary>
    private static bool IsNullTest(ExpressionSyntax condition, ISymbol symbol, FixSite site) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison =>
            (comparison.Right.IsKind(SyntaxKind.NullLiteralExpression) && IsOf(comparison.Left, symbol, site)) || (comparison.Left.IsKind(SyntaxKind.NullLiteralExpression) && IsOf(comparison.Right, symbol, site)),
        IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax { Pattern: ConstantPatternSyntax } or RecursivePatternSyntax } test => IsOf(test.Expression, symbol, site),
        _ => false,
    };

    private static bool IsOf(ExpressionSyntax expression, ISymbol symbol, FixSite site) =>
        expression is IdentifierNameSyntax && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(expression, site.CancellationToken).Symbol, symbol);

    private static bool Leaves(StatementSyntax statement)
    {
        while (statement is BlockSyntax { Statements: { Count: > 0 } statements })
        {
            statement = statements[statements.Count - 1];
        }

        return statement is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax;
    }

    private static Target? OfListener(FixSite site)
    {
        if (site.Expression is not InvocationExpressionSyntax invocation)
        {
            return null;
        }

        if (invocation is { Expression: MemberAccessExpressionSyntax { Expression: { } receiver }, Parent: ExpressionStatementSyntax statement }
            && site.Model.GetSymbolInfo(receiver, site.CancellationToken).Symbol is { } listener
            && StatementScope.Of(statement) is { Statements: { } statements } scope
            && site.Model.GetTypeInfo(receiver, site.CancellationToken).Type is { } type)
        {
            // A listener that lives on in a field is stopped where it is run, not where it is opened.
            var (around, first) = (scope, scope.Index);
            switch (listener)
            {
                case ILocalSymbol variable when type.Name != "HttpListener" && MadeEarlier(variable, statement, site) is { } made:
                    (around, first) = (made, made.Index + 1);
                    break;
                case ILocalSymbol variable:
                    if (AroundUses(variable, scope, site) is not { } whole)
                    {
                        return null;
                    }

                    (around, first) = (whole, whole.Index);
                    break;
                case IFieldSymbol or IPropertySymbol when Runs(statements, scope.Index, listener, site):
                    break;
                default:
                    return null;
            }

            return new Target(listener, receiver.ToString(), receiver + (type.Name == "TcpListener" ? ".Stop();" : ".Close();"), null, around, first);
        }

        // `var listener = await QuicListener.ListenAsync(…);`
        return DeclarationOf(invocation) is { } declarator
            && site.Model.GetDeclaredSymbol(declarator, site.CancellationToken) is ILocalSymbol local
            && declarator.FirstAncestorOrSelf<StatementSyntax>() is LocalDeclarationStatementSyntax declaration
            && StatementScope.Of(declaration) is { Statements: not null } opened
            ? new Target(local, local.Name, "await " + local.Name + ".DisposeAsync()" + Awaits.Configuration(invocation) + ";", null, opened, opened.Index + 1)
            : null;
    }

    /// <summary>The list that a start and all that is done with the listener behind it are in: a start may have a <c>try</c> or a branch to itself. Null where there is none.</summary>
    private static StatementScope? AroundUses(ILocalSymbol listener, StatementScope start, FixSite site)
    {
        if (FunctionOf(start.Statement) is not { } function)
        {
            return null;
        }

        var uses = start.Statement.Span;
        var stops = new List<int>();
        foreach (var node in function.DescendantNodes())
        {
            if (node is not IdentifierNameSyntax name || name.Identifier.ValueText != listener.Name || !IsOf(name, listener, site))
            {
                continue;
            }

            if (IsStop(name))
            {
                stops.Add(name.SpanStart);
            }
            else if (name.SpanStart > uses.End)
            {
                uses = TextSpan.FromBounds(uses.Start, name.Span.End);
            }
        }

        // A loop that comes round with the listener still open goes in as a whole.
        foreach (var loop in start.Statement.Ancestors())
        {
            if (loop is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
                && function.Span.Contains(loop.Span)
                && !listener.DeclaringSyntaxReferences.Any(reference => loop.Span.Contains(reference.Span))
                && !stops.Exists(stop => loop.Span.Contains(stop)))
            {
                uses = TextSpan.FromBounds(loop.SpanStart, Math.Max(uses.End, loop.Span.End));
            }
        }

        var scope = start;
        for (SyntaxNode? node = start.Container; !scope.Container.Span.Contains(uses) && node is not null && FunctionOf(node) == function; node = node.Parent)
        {
            if (node is StatementSyntax statement && StatementScope.Of(statement) is { Statements: not null } outer)
            {
                scope = outer;
            }
        }

        return scope.Container.Span.Contains(uses) ? scope : null;
    }

    private static bool IsStop(IdentifierNameSyntax listener) => listener.Parent switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Stop" or "Close" or "Dispose" or "Abort" } member => member.Expression == listener,
        ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Stop" or "Close" or "Dispose" or "Abort" } } } => true,
        _ => false,
    };

    /// <summary>
    /// Where the listener is made, when something between that and its start may throw: its socket is open from then on, so the <c>try</c>
    /// begins there. Null where it can begin with the start.
    /// </summary>
    private static StatementScope? MadeEarlier(ILocalSymbol listener, StatementSyntax start, FixSite site)
    {
        if (listener.DeclaringSyntaxReferences.Length != 1
            || listener.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is not VariableDeclaratorSyntax { Initializer: not null, Parent: VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax declaration } }
            || FunctionOf(declaration) != FunctionOf(start)
            || StatementScope.Of(declaration) is not { Statements: not null } scope)
        {
            return null;
        }

        // What runs ahead of the start: in its own list, and in those around it up to that of the making.
        for (StatementSyntax? at = start; at is not null; at = at.Parent?.FirstAncestorOrSelf<StatementSyntax>())
        {
            if (StatementScope.Of(at) is not { Statements: { } ahead } level)
            {
                continue;
            }

            var from = level.Container == scope.Container ? scope.Index + 1 : 0;
            for (var i = from; i < level.Index; i++)
            {
                if (Rows.MayThrow(ahead[i], site.Model, site.CancellationToken))
                {
                    return scope;
                }
            }

            if (level.Container == scope.Container)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Whether a statement behind the start accepts: the method runs the listener, and does not only open it.</summary>
    private static bool Runs(IReadOnlyList<StatementSyntax> statements, int start, ISymbol listener, FixSite site)
    {
        for (var i = start + 1; i < statements.Count; i++)
        {
            foreach (var node in statements[i].DescendantNodes(static node => node is not AnonymousFunctionExpressionSyntax))
            {
                if (node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AcceptTcpClient" or "AcceptTcpClientAsync" or "AcceptSocket" or "AcceptSocketAsync" or "Accept" or "AcceptAsync" or "GetContext" or "GetContextAsync" } accept
                    && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(accept.Expression, site.CancellationToken).Symbol, listener))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A request whose response nothing closes: the context is no disposable, so no <c>using</c> can.</summary>
    private static Target? OfExchange(FixSite site) =>
        site.Expression is { } accepted
        && DeclarationOf(accepted) is { } declarator
        && site.Model.GetDeclaredSymbol(declarator, site.CancellationToken) is ILocalSymbol { Type: var type }
        && KindOf(type) == "HttpListenerContext"
            ? OfHandedOut(site)
            : null;

    private static Target? OfHandedOut(FixSite site)
    {
        if (site.OtherPlaces.IsEmpty || !site.Root.FullSpan.Contains(site.OtherPlaces[0]))
        {
            return null;
        }

        var leaving = site.Root.FindNode(site.OtherPlaces[0], getInnermostNodeForTie: true);
        var expression = site.Expression;
        if (expression is not null && DeclarationOf(expression) is null && HolderOf(expression, site) is { } holder)
        {
            return OfHeld(expression, holder, leaving, site);
        }

        ISymbol? symbol;
        StatementSyntax? declaration = null;
        if (expression is null)
        {
            symbol = site.Root.FindNode(site.Span).FirstAncestorOrSelf<ParameterSyntax>() is { } parameter ? site.Model.GetDeclaredSymbol(parameter, site.CancellationToken) : null;
        }
        else
        {
            var declarator = DeclarationOf(expression);
            symbol = declarator is null ? null : site.Model.GetDeclaredSymbol(declarator, site.CancellationToken);
            declaration = declarator?.FirstAncestorOrSelf<StatementSyntax>();
            if (declarator is null && AssignmentOf(expression) is { Left: var variable } assignment && site.Model.GetSymbolInfo(variable, site.CancellationToken).Symbol is ILocalSymbol assigned)
            {
                symbol = assigned;
                declaration = BehindTry(assignment.FirstAncestorOrSelf<StatementSyntax>());
            }

            if (expression is MemberAccessExpressionSyntax { Expression: { } owner } && (symbol is null || (declaration is not null && leaving.SpanStart < declaration.SpanStart)))
            {
                // The response of a request is lost ahead of its first use: it is closed through the request.
                symbol = site.Model.GetSymbolInfo(owner, site.CancellationToken).Symbol;
                declaration = symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references } ? references[0].GetSyntax(site.CancellationToken).FirstAncestorOrSelf<StatementSyntax>() : null;
            }
        }

        if (symbol is not (ILocalSymbol or IParameterSymbol) || FunctionOf(leaving) is not { } function)
        {
            return null;
        }

        var type = symbol is ILocalSymbol local ? local.Type : ((IParameterSymbol)symbol).Type;
        var awaited = Awaited(function);
        if (CloseOf(symbol.Name, type, awaited) is not { } close)
        {
            return null;
        }

        var completion = CompletionOf(symbol.Name, type, awaited);
        if (declaration is not null && (function is CompilationUnitSyntax || BodyOf(function)?.Span.Contains(declaration.Span) == true) && FunctionOf(declaration) == function)
        {
            return StatementScope.Of(declaration) is { Statements: not null } scope ? new Target(symbol, symbol.Name, close, completion, scope, scope.Index + 1) : null;
        }

        return BodyOf(function) is { Statements: { Count: > 0 } statements } && StatementScope.Of(statements[0]) is { Statements: not null } whole
            ? new Target(symbol, symbol.Name, close, completion, whole, 0)
            : null;
    }

    /// <summary>The local or field behind an end that has no variable of its own: <c>pipe.Writer</c>, <c>_lines.Writer</c>, <c>_writer</c>.</summary>
    private static ISymbol? HolderOf(ExpressionSyntax expression, FixSite site)
    {
        if (site.Model.GetTypeInfo(expression, site.CancellationToken).Type is not { } type || KindOf(type) is not ("PipeWriter" or "PipeReader" or "ChannelWriter"))
        {
            return null;
        }

        var symbol = RootOf(expression, site);
        return symbol is IFieldSymbol || (symbol is ILocalSymbol { Type.Name: "Pipe" }) ? symbol : null;
    }

    private static Target? OfHeld(ExpressionSyntax expression, ISymbol holder, SyntaxNode leaving, FixSite site)
    {
        if (FunctionOf(leaving) is not { } function
            || site.Model.GetTypeInfo(expression, site.CancellationToken).Type is not { } type
            || CloseOf(expression.ToString(), type, Awaited(function)) is not { } close)
        {
            return null;
        }

        var completion = CompletionOf(expression.ToString(), type, Awaited(function));
        var end = expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Writer" or "Reader" } member ? member.Name.Identifier.ValueText : null;
        var declaration = holder is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references } ? references[0].GetSyntax(site.CancellationToken).FirstAncestorOrSelf<StatementSyntax>() : null;
        if (declaration is LocalDeclarationStatementSyntax && FunctionOf(declaration) == function)
        {
            return StatementScope.Of(declaration) is { Statements: not null } scope ? new Target(holder, expression.ToString(), close, completion, scope, scope.Index + 1, end) : null;
        }

        return BodyOf(function) is { Statements: { Count: > 0 } statements } && StatementScope.Of(statements[0]) is { Statements: not null } whole
            ? new Target(holder, expression.ToString(), close, completion, whole, 0, end)
            : null;
    }

    /// <summary>The expression with the <c>await</c>, <c>ConfigureAwait</c>, casts and parentheses around it.</summary>
    private static SyntaxNode WithAwait(ExpressionSyntax expression)
    {
        SyntaxNode node = expression;
        while (node.Parent is AwaitExpressionSyntax or ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax
            or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression }
            or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" }
            or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } })
        {
            node = node.Parent;
        }

        return node;
    }

    private static VariableDeclaratorSyntax? DeclarationOf(ExpressionSyntax expression)
    {
        var node = WithAwait(expression);
        return node.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } } } declarator }
            ? declarator
            : null;
    }

    /// <summary><c>context = await listener.GetContextAsync();</c></summary>
    private static AssignmentExpressionSyntax? AssignmentOf(ExpressionSyntax expression)
    {
        var node = WithAwait(expression);
        return node.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax } assignment && assignment.Right == node ? assignment : null;
    }

    /// <summary>The statement behind which the value is there: a <c>try</c> whose last statement assigns it and whose handlers all leave.</summary>
    private static StatementSyntax? BehindTry(StatementSyntax? statement)
    {
        while (statement is { Parent: BlockSyntax { Parent: TryStatementSyntax { Finally: null } guarded } block }
            && guarded.Block == block
            && block.Statements[block.Statements.Count - 1] == statement
            && guarded.Catches.All(static handler => Leaves(handler.Block)))
        {
            statement = guarded;
        }

        return statement;
    }

    /// <summary>The lambda, local function or member that a node stands in; the file of top-level statements.</summary>
    private static SyntaxNode? FunctionOf(SyntaxNode node) => node.FirstAncestorOrSelf<SyntaxNode>(static ancestor =>
        ancestor is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or GlobalStatementSyntax) is { } function
            ? function is GlobalStatementSyntax ? function.Parent : function
            : null;

    private static BlockSyntax? BodyOf(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Block,
        LocalFunctionStatementSyntax local => local.Body,
        BaseMethodDeclarationSyntax method => method.Body,
        AccessorDeclarationSyntax accessor => accessor.Body,
        _ => null,
    };

    /// <summary>What stands behind a call that is awaited in the function; null where nothing can be awaited.</summary>
    private static string? Awaited(SyntaxNode function) => IsAsync(function) ? Awaits.Configuration(function) : null;

    private static bool IsAsync(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        BaseMethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        CompilationUnitSyntax => true,
        _ => false,
    };

    /// <param name="name">What is closed.</param>
    /// <param name="type">Its type.</param>
    /// <param name="awaited">What stands behind an awaited call; null where nothing can be awaited.</param>
    private static string? CloseOf(string name, ITypeSymbol type, string? awaited) => KindOf(type) switch
    {
        "HttpListenerContext" => name + ".Response.Close();",
        "HttpListenerResponse" or "WebResponse" => name + ".Close();",
        "PipeWriter" or "PipeReader" => awaited is not null ? "await " + name + ".CompleteAsync()" + awaited + ";" : name + ".Complete();",
        "ChannelWriter" => name + ".TryComplete();",
        "Channel" => name + ".Writer.TryComplete();",
        "WebSocket" => name + ".Dispose();",
        _ => null,
    };

    private static string? CompletionOf(string name, ITypeSymbol type, string? awaited) => KindOf(type) switch
    {
        "PipeWriter" or "PipeReader" => awaited is not null ? "await " + name + ".CompleteAsync({0})" + awaited + ";" : name + ".Complete({0});",
        "ChannelWriter" => name + ".TryComplete({0});",
        "Channel" => name + ".Writer.TryComplete({0});",
        _ => null,
    };

    private static string? KindOf(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name is "HttpListenerContext" or "HttpListenerResponse" or "WebResponse" or "PipeWriter" or "PipeReader" or "ChannelWriter" or "Channel" or "WebSocket")
            {
                return current.Name;
            }
        }

        return null;
    }

    private readonly struct Release
    {
        public Release(int index, bool isPlain)
        {
            Index = index;
            IsPlain = isPlain;
        }

        public int Index { get; }

        /// <summary>It closes and does nothing else: it can move into the <c>finally</c>.</summary>
        public bool IsPlain { get; }
    }

    /// <summary>The last statement of the list that closes the target.</summary>
    private static Release? FindRelease(Target target, IReadOnlyList<StatementSyntax> statements, FixSite site)
    {
        for (var i = statements.Count - 1; i >= target.First; i--)
        {
            if (statements[i] is not ExpressionStatementSyntax { Expression: var expression })
            {
                continue;
            }

            if (expression is AwaitExpressionSyntax wait)
            {
                expression = wait.Expression;
            }

            if (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: InvocationExpressionSyntax inner } })
            {
                expression = inner;
            }

            if (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Close" or "Stop" or "Dispose" or "DisposeAsync" or "Abort" or "Complete" or "CompleteAsync" or "TryComplete" } member } close
                && RootOf(member.Expression, site) is { } root
                && SymbolEqualityComparer.Default.Equals(root, target.Symbol)
                && (target.End is null || member.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var end } && end == target.End))
            {
                return close.ArgumentList.Arguments.Count == 0 ? new Release(i, isPlain: true) : i == statements.Count - 1 ? null : (Release?)null;
            }
        }

        return null;
    }

    /// <summary>The variable that a chain of members starts from.</summary>
    private static ISymbol? RootOf(ExpressionSyntax expression, FixSite site)
    {
        while (expression is MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) } member
            && site.Model.GetSymbolInfo(member, site.CancellationToken).Symbol is IPropertySymbol)
        {
            expression = member.Expression;
        }

        return site.Model.GetSymbolInfo(expression, site.CancellationToken).Symbol;
    }

    /// <summary>An exception leaves the statements straight: no return among them, and no handler of theirs catches it.</summary>
    private static bool IsPlainThrow(Target target, IReadOnlyList<StatementSyntax> statements, int last, FixSite site)
    {
        for (var i = target.First; i <= last; i++)
        {
            foreach (var node in statements[i].DescendantNodesAndSelf(static node => node is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax))
            {
                switch (node)
                {
                    case ReturnStatementSyntax or YieldStatementSyntax or GotoStatementSyntax:
                    case TryStatementSyntax { Catches.Count: > 0 } guarded when guarded.Block.Span.Contains(site.OtherPlaces[0]):
                        return false;
                }
            }
        }

        return true;
    }

    private static bool IsReassigned(Target target, FixSite site)
    {
        foreach (var write in Provenance.WritesOf(target.Symbol, LocalNames.MemberOf(target.Scope.Statement), site.Model, site.CancellationToken))
        {
            if (write.FirstAncestorOrSelf<StatementSyntax>() is { } statement && statement.SpanStart >= target.Scope.Statements![target.First].SpanStart && statement is not LocalDeclarationStatementSyntax && target.Symbol is ILocalSymbol or IParameterSymbol)
            {
                return true;
            }
        }

        return false;
    }

    private static string ExceptionType(FixSite site, int position)
    {
        foreach (var symbol in site.Model.LookupNamespacesAndTypes(position, name: "Exception"))
        {
            if (symbol is INamedTypeSymbol { ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return "Exception";
            }
        }

        return "System.Exception";
    }
}
