using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Knowledge;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Obligations;

/// <summary>An assignment in one method that loses what a field or auto-property has held since another call.</summary>
internal sealed class MemberOverwrite
{
    public MemberOverwrite(Leak leak, SyntaxNode acquisition, ITypeSymbol type)
    {
        Leak = leak;
        Acquisition = acquisition;
        Type = type;
    }

    public Leak Leak { get; }

    /// <summary>Where what is lost was acquired.</summary>
    public SyntaxNode Acquisition { get; }

    /// <summary>The type of the field or property.</summary>
    public ITypeSymbol Type { get; }
}

/// <summary>
/// Finds the methods that fill a field again while it may still hold what was put there before: a reconnect. The method is followed with the
/// field owed at its entry. Whether it can be is told by the rest of the type: a second place that fills the field, a call in a loop or a
/// handler, or a test of its health before it is filled; a method that is the only one to fill it is taken to run once.
/// </summary>
internal static class MemberOverwrites
{
    private const int MaxDepth = 8;

    public static void Find(Body body, ObligationEngine engine, IReadOnlyCollection<ISymbol> stored, List<MemberOverwrite> found, CancellationToken cancellationToken)
    {
        // The type is read only where the method puts something into a field of it.
        if (stored.Count == 0
            || body.Owner is not IMethodSymbol { IsStatic: false, MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation or MethodKind.PropertyGet } method)
        {
            return;
        }

        var ownership = engine.Calls.OwnershipOf(method.ContainingType);
        foreach (var member in stored)
        {
            if (member.IsStatic
                || ownership.Find(member) is not { IsReleased: true } held
                || (held.Escapes && !held.IsOnlyLent)
                || body.ReleasesAnotherMember(member)
                || EarlierFiller(held, ownership, body, engine, method, cancellationToken) is not { } acquisition
                || engine.Follow(body, Subject.Of(held.Symbol), cancellationToken) is not { } outcome)
            {
                continue;
            }

            foreach (var leak in outcome.Leaks)
            {
                if (leak.Kind == LeakKind.Overwritten && leak.Operation is { } assignment && !IsGuarded(assignment.Syntax, held.Symbol.Name, method, cancellationToken))
                {
                    if (OutsideUses.MayReleaseLent(method.ContainingType, held, engine.Context, cancellationToken) || IsReleasedByCallers(held, ownership, method, cancellationToken))
                    {
                        break;
                    }

                    found.Add(new MemberOverwrite(leak, acquisition, (held.Symbol as IFieldSymbol)?.Type ?? ((IPropertySymbol)held.Symbol).Type));
                    break;
                }
            }
        }
    }

    /// <summary>What may have filled the member before this method runs; null where nothing shows that anything has.</summary>
    private static SyntaxNode? EarlierFiller(HeldResource held, TypeOwnership ownership, Body body, ObligationEngine engine, IMethodSymbol method, CancellationToken cancellationToken)
    {
        SyntaxNode? own = null;

        // A filler that always gives its caller what it fills in shares it with the caller; one that first tests what is there keeps a connection.
        var mayBeCallers = held.IsOnlyLent;
        foreach (var acquisition in held.Acquisitions)
        {
            // A channel or pipe that nobody has is collected; who waits at its other end is SLA3001's.
            if (acquisition.Kind == ResourceKind.Writer)
            {
                continue;
            }

            if (IsPartOf(acquisition.Owner, method, cancellationToken))
            {
                own ??= acquisition.Syntax;
            }
            else if (!mayBeCallers && !IsTwin(acquisition.Owner.Name, method.Name) && !(RunsOnce(method, cancellationToken) && acquisition.Owner is IMethodSymbol other && RunsOnce(other, cancellationToken))
                && !(Conventions.HasOpeningName(method.Name) && IsReleasedAhead(acquisition.Syntax, held, ownership, method.ContainingType)))
            {
                return acquisition.Syntax;
            }
        }

        if (own is null)
        {
            return null;
        }

        if (!mayBeCallers && (IsFilledAgain(own, held, ownership, body, engine, method, cancellationToken) || (!IsChosen(own) && IsCalledTwice(held, ownership, method, cancellationToken))))
        {
            return own;
        }

        var isFoundDead = HealthTest.Guards(own, held.Symbol.Name, method.ContainingType, cancellationToken) || IsCalledWhereDead(held, ownership, method, 0, cancellationToken);
        return isFoundDead && !IsReleasedInPassing(held, ownership, method) ? own : null;
    }

    /// <summary>Whether an assignment stands under a condition, so that another call may fill another member.</summary>
    private static bool IsChosen(SyntaxNode acquisition) =>
        acquisition.FirstAncestorOrSelf<SyntaxNode>(static node => node is IfStatementSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or ConditionalExpressionSyntax or MemberDeclarationSyntax) is not MemberDeclarationSyntax;

    /// <summary>Whether some member calls the method where what the field holds is found dead, and does not release it first.</summary>
    private static bool IsCalledWhereDead(HeldResource held, TypeOwnership ownership, IMethodSymbol method, int depth, CancellationToken cancellationToken)
    {
        var type = method.ContainingType;
        foreach (var call in OwnCallsOf(method, cancellationToken))
        {
            if (IsReleasedAhead(call, held, ownership, type))
            {
                continue;
            }

            if (HealthTest.Guards(call, held.Symbol.Name, type, cancellationToken))
            {
                return true;
            }

            if (depth < MaxDepth
                && call.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
                && MethodOf(member, type) is { MethodKind: MethodKind.Ordinary } caller
                && !SymbolEqualityComparer.Default.Equals(caller, method)
                && IsCalledWhereDead(held, ownership, caller, depth + 1, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some member calls the method, and then again with nothing released in between: <c>Open(first); … Open(second);</c>.</summary>
    private static bool IsCalledTwice(HeldResource held, TypeOwnership ownership, IMethodSymbol method, CancellationToken cancellationToken)
    {
        foreach (var call in OwnCallsOf(method, cancellationToken))
        {
            var whole = call.Parent is AwaitExpressionSyntax awaited ? awaited.Parent : call.Parent;
            if (whole is not ExpressionStatementSyntax { Parent: BlockSyntax { Statements: var statements } } first)
            {
                continue;
            }

            for (var i = statements.IndexOf(first) + 1; i < statements.Count && !HealthTest.Leaves(statements[i]); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (MayRelease(statements[i], held, ownership, method.ContainingType))
                {
                    break;
                }

                foreach (var node in statements[i].DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
                {
                    if (node is InvocationExpressionSyntax again && IsOwnCall(again, method))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Whether anything in a statement may release the member, or take it elsewhere, as far as the text tells.</summary>
    private static bool MayRelease(StatementSyntax statement, HeldResource held, TypeOwnership ownership, INamedTypeSymbol type)
    {
        foreach (var node in statement.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case UsingStatementSyntax:
                case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not (int)SyntaxKind.None }:
                case SimpleNameSyntax name when Conventions.HasReleasingName(name.Identifier.ValueText):
                case IdentifierNameSyntax used when used.Identifier.ValueText == held.Symbol.Name && used.Parent is not (MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax or PostfixUnaryExpressionSyntax):
                case ExpressionSyntax expression when Releases(expression, held, ownership, type):
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether another method releases the member where it goes wrong or is done with it, and not only at the end of the object's life: what the test
    /// finds dead may have been released there.
    /// </summary>
    private static bool IsReleasedInPassing(HeldResource held, TypeOwnership ownership, IMethodSymbol method)
    {
        if (Releases(method, held, ownership))
        {
            return false;
        }

        foreach (var member in method.ContainingType.GetMembers())
        {
            if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.PropertyGet } other
                && !Conventions.HasReleasingName(other.Name)
                && (Releases(other, held, ownership) || ownership.ReleasesOnThrow(other))
                && !SymbolEqualityComparer.Default.Equals(other, method))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Releases(IMethodSymbol method, HeldResource held, TypeOwnership ownership)
    {
        foreach (var released in ownership.ReleasedBy(method))
        {
            if (SymbolEqualityComparer.Default.Equals(released, held.Symbol))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The synchronous and the asynchronous form of one method are one filler.</summary>
    private static bool IsTwin(string name, string other) =>
        string.Equals(WithoutAsync(name), WithoutAsync(other), StringComparison.Ordinal);

    /// <summary>
    /// A private method that one member calls, in no loop or handler: two of them that fill one field are branches of one filling (a method for each
    /// kind of address), or each belongs to a factory of its own.
    /// </summary>
    private static bool RunsOnce(IMethodSymbol method, CancellationToken cancellationToken) =>
        method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private }
        && OnlyCallerOf(method, cancellationToken) is not null
        && !IsCalledAgain(method, cancellationToken);

    /// <summary>Whether what an owner makes is made for the method alone: it is the method, or only called by it, at some removes.</summary>
    private static bool IsPartOf(ISymbol owner, IMethodSymbol method, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth < MaxDepth && owner is IMethodSymbol helper; depth++)
        {
            if (SymbolEqualityComparer.Default.Equals(helper, method.OriginalDefinition))
            {
                return true;
            }

            if (helper is not { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private }
                || OnlyCallerOf(helper, cancellationToken) is not { } caller
                || MethodOf(caller, method.ContainingType) is not { } calling)
            {
                return false;
            }

            owner = calling;
        }

        return false;
    }

    /// <summary>The one member that calls a method of its type, as far as names tell; null: none, or several.</summary>
    private static MemberDeclarationSyntax? OnlyCallerOf(IMethodSymbol method, CancellationToken cancellationToken)
    {
        MemberDeclarationSyntax? caller = null;
        foreach (var call in CallsOf(method, cancellationToken))
        {
            var member = call.FirstAncestorOrSelf<MemberDeclarationSyntax>();
            if (caller is not null && caller != member)
            {
                return null;
            }

            caller = member;
        }

        return caller;
    }

    /// <summary>The method that a declaration in the type is of; of a property one of its accessors.</summary>
    private static IMethodSymbol? MethodOf(MemberDeclarationSyntax declaration, INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers())
        {
            foreach (var reference in member.DeclaringSyntaxReferences)
            {
                if (member is IMethodSymbol method && reference.SyntaxTree == declaration.SyntaxTree && declaration.Span.Contains(reference.Span))
                {
                    return method;
                }
            }
        }

        return null;
    }

    private static IEnumerable<InvocationExpressionSyntax> CallsOf(IMethodSymbol method, CancellationToken cancellationToken)
    {
        foreach (var reference in method.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(cancellationToken).DescendantNodes())
            {
                if (node is InvocationExpressionSyntax call && CalledName(call) == method.Name && !IsOnOtherType(call, method.ContainingType))
                {
                    yield return call;
                }
            }
        }
    }

    /// <summary>Whether only members of the type call the method, and each of them releases what the member holds ahead of that.</summary>
    private static bool IsReleasedByCallers(HeldResource held, TypeOwnership ownership, IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (method is not { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private })
        {
            return false;
        }

        var isCalled = false;
        foreach (var call in CallsOf(method, cancellationToken))
        {
            isCalled = true;
            if (!IsReleasedAhead(call, held, ownership, method.ContainingType))
            {
                return false;
            }
        }

        return isCalled;
    }

    private static bool IsReleasedAhead(SyntaxNode call, HeldResource held, TypeOwnership ownership, INamedTypeSymbol type)
    {
        for (SyntaxNode node = call; node.Parent is { } parent && node is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = parent)
        {
            if (parent is not BlockSyntax block)
            {
                continue;
            }

            foreach (var statement in block.Statements)
            {
                if (statement == node)
                {
                    break;
                }

                if (Releases(statement, held, ownership, type))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a statement releases the member in any case, or where a test of the member itself says that there is one.</summary>
    private static bool Releases(StatementSyntax? statement, HeldResource held, TypeOwnership ownership, INamedTypeSymbol type)
    {
        switch (statement)
        {
            case ExpressionStatementSyntax { Expression: var expression }:
                return Releases(expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression, held, ownership, type);
            case BlockSyntax block:
                foreach (var inner in block.Statements)
                {
                    if (Releases(inner, held, ownership, type))
                    {
                        return true;
                    }
                }

                return false;
            case TryStatementSyntax attempt:
                return Releases(attempt.Block, held, ownership, type);
            case LockStatementSyntax locked:
                return Releases(locked.Statement, held, ownership, type);
            case IfStatementSyntax test when UsedNames.IsUsedIn(test.Condition, held.Symbol.Name):
                return Releases(test.Statement, held, ownership, type);
            default:
                return false;
        }
    }

    private static bool Releases(ExpressionSyntax expression, HeldResource held, TypeOwnership ownership, INamedTypeSymbol type)
    {
        while (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: var configured } })
        {
            expression = configured;
        }

        if (FieldTexts.ReleasedBy(expression) is { } released && FieldTexts.OwnName(released) == held.Symbol.Name)
        {
            return true;
        }

        if (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Abort" or "Stop" or "CloseAsync", Expression: var ended } } && FieldTexts.OwnName(ended) == held.Symbol.Name)
        {
            return true;
        }

        if (expression is InvocationExpressionSyntax { Expression: var called } && FieldTexts.OwnName(called) is { } name)
        {
            foreach (var member in type.GetMembers(name))
            {
                if (member is IMethodSymbol other && Releases(other, held, ownership))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string WithoutAsync(string name) =>
        name.EndsWith("Async", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Async".Length) : name;

    /// <summary>A loop or a handler of the type calls the method.</summary>
    private static bool IsCalledAgain(IMethodSymbol method, CancellationToken cancellationToken)
    {
        foreach (var call in OwnCallsOf(method, cancellationToken))
        {
            if (StandsInLoopOrHandler(call))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A loop, a handler or a timer of the type calls the method again while the member still holds what the call before has put there: nothing may release that
    /// on the way round, and no test finds the member empty. Where the loop is left as soon as the method returns, the method must be able to fail with the member filled.
    /// </summary>
    private static bool IsFilledAgain(SyntaxNode own, HeldResource held, TypeOwnership ownership, Body body, ObligationEngine engine, IMethodSymbol method, CancellationToken cancellationToken)
    {
        // One that answers whether it has succeeded, and releases where it has not, leaves nothing for the next round.
        var clearsUp = SymbolWords.WithoutTask(method.ReturnType)?.SpecialType == SpecialType.System_Boolean && Releases(method, held, ownership);
        foreach (var call in clearsUp ? Array.Empty<InvocationExpressionSyntax>() : OwnCallsOf(method, cancellationToken))
        {
            if (ComesRound(call, held, ownership, method.ContainingType, out var isLeft) && !(isLeft && !MayFailFilled(own, body, engine, cancellationToken)))
            {
                return true;
            }
        }

        foreach (var reference in method.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(cancellationToken).DescendantNodes())
            {
                if (node is IdentifierNameSyntax { Parent: ArgumentSyntax or AssignmentExpressionSyntax } name && name.Identifier.ValueText == method.Name && IsCalledByTimer(name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool ComesRound(InvocationExpressionSyntax call, HeldResource held, TypeOwnership ownership, INamedTypeSymbol type, out bool isLeft)
    {
        isLeft = false;
        SyntaxNode node = call;
        for (; node.Parent is { } parent && node is not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax); node = parent)
        {
            isLeft |= node is ReturnStatementSyntax;
            switch (parent)
            {
                case CatchClauseSyntax:
                    isLeft = false;
                    return true;
                case WhileStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or DoStatementSyntax:
                    return true;
                case IfStatementSyntax test when test.Statement == node && SaysNull(test.Condition, held.Symbol.Name, isNull: true):
                case TryStatementSyntax attempt when attempt.Block == node && MayReleaseBehind(attempt, held, ownership, type):
                    return false;
                case BlockSyntax block:
                    foreach (var statement in block.Statements)
                    {
                        if (statement.SpanStart < node.SpanStart
                            ? Releases(statement, held, ownership, type) || (statement is IfStatementSyntax guard && HealthTest.Leaves(guard.Statement) && SaysNull(guard.Condition, held.Symbol.Name, isNull: false))
                            : statement != node && MayRelease(statement, held, ownership, type))
                        {
                            return false;
                        }

                        if (statement.SpanStart > node.SpanStart && HealthTest.Leaves(statement))
                        {
                            isLeft |= statement is ReturnStatementSyntax or BreakStatementSyntax;
                            break;
                        }
                    }

                    break;
            }
        }

        isLeft = false;
        return node is AnonymousFunctionExpressionSyntax callback && IsCalledByTimer(callback);
    }

    /// <summary>Whether a function is what a timer calls every so often.</summary>
    private static bool IsCalledByTimer(ExpressionSyntax function) => function.Parent switch
    {
        ArgumentSyntax { Parent: ArgumentListSyntax { Arguments: { Count: 4 } arguments, Parent: ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.ValueText: "Timer" } or QualifiedNameSyntax { Right.Identifier.ValueText: "Timer" } } } } =>
            arguments[3].Expression is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NumericLiteralExpression, Token.Value: not 0 }
                or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "TimeSpan" } } },
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression, Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Elapsed" } } => !UsedNames.IsUsedIn(function.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? (SyntaxNode)function, "AutoReset"),
        _ => false,
    };

    /// <summary>Whether a handler or the <c>finally</c> may release what the call in the <c>try</c> has put there.</summary>
    private static bool MayReleaseBehind(TryStatementSyntax attempt, HeldResource held, TypeOwnership ownership, INamedTypeSymbol type)
    {
        foreach (var clause in attempt.Catches)
        {
            if (MayRelease(clause.Block, held, ownership, type))
            {
                return true;
            }
        }

        return attempt.Finally is { Block: var last } && MayRelease(last, held, ownership, type);
    }

    /// <summary>Whether a condition holds only where the member is null, or is not: <c>_client == null</c>, <c>_client is not null</c>.</summary>
    private static bool SaysNull(ExpressionSyntax condition, string member, bool isNull) => condition switch
    {
        ParenthesizedExpressionSyntax parenthesized => SaysNull(parenthesized.Expression, member, isNull),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => SaysNull(both.Left, member, isNull) || SaysNull(both.Right, member, isNull),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison =>
            comparison.Right.IsKind(SyntaxKind.NullLiteralExpression) && FieldTexts.OwnName(comparison.Left) == member && comparison.IsKind(SyntaxKind.EqualsExpression) == isNull,
        IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax { Expression.RawKind: (int)SyntaxKind.NullLiteralExpression } } test => isNull && FieldTexts.OwnName(test.Expression) == member,
        IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression.RawKind: (int)SyntaxKind.NullLiteralExpression } } } test => !isNull && FieldTexts.OwnName(test.Expression) == member,
        _ => false,
    };

    /// <summary>Whether the method may throw when it has filled the member: a connect that is refused.</summary>
    private static bool MayFailFilled(SyntaxNode own, Body body, ObligationEngine engine, CancellationToken cancellationToken)
    {
        foreach (var operation in body.AllOperations())
        {
            if (operation.Syntax == own && engine.Acquisitions.IsAcquisition(operation, out _))
            {
                return engine.Follow(body, Subject.Of(operation), cancellationToken) is not { } outcome
                    || outcome.StatusesOnThrow.Contains(ObligationStatus.Owed)
                    || outcome.StatusesOnThrow.Contains(ObligationStatus.Transferred)
                    || outcome.StatusesOnThrow.Contains(ObligationStatus.Unknown);
            }
        }

        return true;
    }

    /// <summary>The calls of the method on the object itself.</summary>
    private static IEnumerable<InvocationExpressionSyntax> OwnCallsOf(IMethodSymbol method, CancellationToken cancellationToken)
    {
        foreach (var call in CallsOf(method, cancellationToken))
        {
            if (IsOwnCall(call, method))
            {
                yield return call;
            }
        }
    }

    /// <summary><c>File.OpenRead(path)</c> is no call of a method of the same name, as far as the text tells.</summary>
    private static bool IsOnOtherType(InvocationExpressionSyntax call, INamedTypeSymbol type) =>
        call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: { Length: > 0 } name } }
        && char.IsUpper(name[0])
        && name != type.Name
        && type.GetMembers(name).IsEmpty;

    private static bool IsOwnCall(InvocationExpressionSyntax call, IMethodSymbol method) => FieldTexts.OwnName(call.Expression) == method.Name;

    private static string CalledName(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        _ => string.Empty,
    };

    private static bool StandsInLoopOrHandler(SyntaxNode call)
    {
        for (var node = call.Parent; node is not null and not MemberDeclarationSyntax and not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax; node = node.Parent)
        {
            if (node is WhileStatementSyntax or ForStatementSyntax or ForEachStatementSyntax or DoStatementSyntax or CatchClauseSyntax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A test of the object's own state that leaves before the assignment (<c>if (_isOpen) return;</c>) is taken to say that the member is
    /// empty behind it; a test for disposal is not.
    /// </summary>
    private static bool IsGuarded(SyntaxNode assignment, string member, IMethodSymbol method, CancellationToken cancellationToken)
    {
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(cancellationToken).DescendantNodes())
            {
                if (node is IfStatementSyntax guard
                    && guard.SpanStart < assignment.SpanStart
                    && (guard.Span.Contains(assignment.Span) || HealthTest.Leaves(guard.Statement))
                    && AsksOwnState(guard.Condition, member, method.ContainingType, cancellationToken))
                {
                    return true;
                }

                if (node is InvocationExpressionSyntax call
                    && call.SpanStart < assignment.SpanStart
                    && FieldTexts.OwnName(call.Expression) is { } name
                    && ThrowsUnlessNull(name, member, method.ContainingType, cancellationToken))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A helper that refuses to go on while the member holds something.</summary>
    private static bool ThrowsUnlessNull(string helper, string member, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var candidate in type.GetMembers(helper))
        {
            foreach (var reference in candidate.DeclaringSyntaxReferences)
            {
                foreach (var node in reference.GetSyntax(cancellationToken).DescendantNodes())
                {
                    if (node is IfStatementSyntax guard
                        && SaysNull(guard.Condition, member, isNull: false)
                        && (guard.Statement is ThrowStatementSyntax || (guard.Statement is BlockSyntax { Statements: { Count: > 0 } statements } && statements[statements.Count - 1] is ThrowStatementSyntax)))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool AsksOwnState(ExpressionSyntax condition, string held, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var node in condition.DescendantNodesAndSelf())
        {
            if (node is IdentifierNameSyntax { Identifier.ValueText: { } name, Parent: not MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } }
                && name.IndexOf("dispos", StringComparison.OrdinalIgnoreCase) < 0)
            {
                foreach (var member in type.GetMembers(name))
                {
                    if (member is IFieldSymbol { Type.SpecialType: SpecialType.System_Boolean } or IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean }
                        && !HealthTest.IsAskedBy(member, held, type, cancellationToken))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
