using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules.AbandonedWork;

/// <summary>
/// The way that a method takes when a bounded wait has given up: the branch of the test of its answer, the handler of its exception, what follows where
/// the answer is not looked at. A test that is not understood is taken to lead everywhere, so what cannot be told apart is no finding.
/// </summary>
internal sealed class TimedOutPath
{
    private readonly IOperation _wait;
    private readonly ISymbol? _work;
    private readonly HashSet<ISymbol> _delays = new(SymbolEqualityComparer.Default);
    private readonly SyntaxNode? _test;
    private readonly SyntaxNode? _timedOut;
    private readonly SyntaxNode? _success;

    // What `&&` and `||` run on the success alone: `work.Wait(1000) && work.Result`.
    private readonly List<SyntaxNode> _onSuccess = new();
    private readonly bool _throws;
    private readonly bool _isUnclear;
    private readonly SyntaxNode? _nextRound;

    /// <param name="wait">The wait, or the start of what nobody waits for.</param>
    /// <param name="work">The variable that holds the work; null where it has none.</param>
    /// <param name="throws">The wait stands in a method that is called here, and is left by an exception when it has given up.</param>
    public TimedOutPath(IOperation wait, ISymbol? work = null, bool throws = false)
    {
        _wait = wait;
        _work = work;
        _throws = throws || wait is IInvocationOperation { TargetMethod.Name: "WaitAsync" };
        FindDelays();
        if (_throws)
        {
            _nextRound = LoopOf(SwallowingCatch());
            return;
        }

        FindShortCircuits();
        if (FindTest() is not { } test)
        {
            return;
        }

        var meaning = MeaningOf(test.Condition, depth: 0);
        if (meaning is null)
        {
            _isUnclear = true;
            return;
        }

        _test = test.Statement;
        _timedOut = meaning == true ? test.WhenFalse : test.WhenTrue;
        _success = meaning == true ? test.WhenTrue : test.WhenFalse;
        _nextRound = LoopOf(_timedOut);
    }

    /// <summary>Whether the wait is one of a loop that comes back to the same work when the wait gave up.</summary>
    public bool ComesBack
    {
        get
        {
            if (_work is not { DeclaringSyntaxReferences: { Length: 1 } references })
            {
                return false;
            }

            var declaration = references[0].GetSyntax();
            if (_timedOut is not null && Last(_timedOut) is GotoStatementSyntax back && JumpsBack(back, declaration))
            {
                return true;
            }

            for (var current = _wait.Syntax.Parent; current is not null and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); current = current.Parent)
            {
                if (current is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax && !current.Span.Contains(declaration.Span))
                {
                    return !(_timedOut is not null && LeavesLoop(_timedOut));
                }
            }

            return false;
        }
    }

    /// <summary>Whether a <c>goto</c> leads to a label between the start of the work and the wait: a loop in other words.</summary>
    private bool JumpsBack(GotoStatementSyntax jump, SyntaxNode declaration)
    {
        if (jump is not { Expression: IdentifierNameSyntax { Identifier.ValueText: var label }, CaseOrDefaultKeyword.RawKind: 0 }
            || jump.FirstAncestorOrSelf<SyntaxNode>(static node => node is MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) is not { } member)
        {
            return false;
        }

        foreach (var node in member.DescendantNodes())
        {
            if (node is LabeledStatementSyntax target && target.Identifier.ValueText == label)
            {
                return target.SpanStart > declaration.SpanStart && target.SpanStart <= _wait.Syntax.SpanStart;
            }
        }

        return false;
    }

    /// <summary>Whether the method is left by an exception when the wait has given up, and by nothing else.</summary>
    public bool LeavesByException => (_throws || (_timedOut is not null && Last(_timedOut) is ThrowStatementSyntax)) && !IsCaught();

    /// <summary>Whether an operation of the same member runs when the wait has given up.</summary>
    public bool Reaches(IOperation operation)
    {
        var syntax = operation.Syntax;
        if (operation is IUsingOperation)
        {
            return syntax.Span.Contains(_wait.Syntax.Span) && !IsAroundNextRound(syntax);
        }

        if (operation is IUsingDeclarationOperation)
        {
            return (syntax.Parent is { } scope && scope.Span.Contains(_wait.Syntax.Span) && syntax.SpanStart <= _wait.Syntax.SpanStart && !IsAroundNextRound(scope))
                || (syntax.Parent is GlobalStatementSyntax && _nextRound is null);
        }

        for (var current = syntax.Parent; current is not null and not MemberDeclarationSyntax; current = current.Parent)
        {
            switch (current)
            {
                case FinallyClauseSyntax { Parent: TryStatementSyntax guarded } when guarded.Block.Span.Contains(_wait.Syntax.Span):
                    return !IsAroundNextRound(guarded);
                case CatchClauseSyntax { Parent: TryStatementSyntax caught } handler when caught.Block.Span.Contains(_wait.Syntax.Span):
                    return !IsAroundNextRound(caught) && !(_throws && IsForFailureOfWork(handler));
            }
        }

        if (syntax.SpanStart < _wait.Syntax.Span.End)
        {
            return false;
        }

        foreach (var success in _onSuccess)
        {
            if (success.Span.Contains(syntax.Span))
            {
                return false;
            }
        }

        if (_throws)
        {
            return IsAfterSwallowingCatch(syntax);
        }

        if (_isUnclear || _test is null)
        {
            return true;
        }

        // What stands between the wait and the test of its answer runs either way.
        if (_timedOut?.Span.Contains(syntax.Span) == true || syntax.Span.End <= _test.SpanStart)
        {
            return true;
        }

        return _success?.Span.Contains(syntax.Span) != true
            && syntax.SpanStart >= _test.Span.End
            && !(_timedOut is not null && Leaves(_timedOut));
    }

    /// <summary>
    /// Whether what releases at its end stands around the loop in which the method goes on: the work of this round is left behind when the next one
    /// begins, and ends with the loop at the earliest.
    /// </summary>
    private bool IsAroundNextRound(SyntaxNode scope) => _nextRound is { } loop && scope.Span.Contains(loop.Span);

    /// <summary>The loop without an end of its own that a statement goes on in by its <c>continue</c>, where the work began in it.</summary>
    private SyntaxNode? LoopOf(SyntaxNode? statement)
    {
        if (statement is null || Last(statement) is not ContinueStatementSyntax)
        {
            return null;
        }

        for (var current = statement.Parent; current is not null and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); current = current.Parent)
        {
            switch (current)
            {
                case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax { Condition: null }:
                    return _work is not { DeclaringSyntaxReferences: { Length: 1 } references } || current.Span.Contains(references[0].Span) ? current : null;
                case ForStatementSyntax or CommonForEachStatementSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Whether a handler takes what the network throws, which is not what the wait throws when it gives up.</summary>
    private static bool IsForFailureOfWork(CatchClauseSyntax handler) =>
        handler.Declaration?.Type is { } type
        && NamedAct.SimpleName(type) is "SocketException" or "IOException" or "WebSocketException" or "HttpRequestException" or "AuthenticationException" or "QuicException";

    /// <summary>Whether handlers stand around the wait, whatever they take.</summary>
    private bool IsCaught()
    {
        for (var current = _wait.Syntax.Parent; current is not null and not MemberDeclarationSyntax; current = current.Parent)
        {
            if (current is TryStatementSyntax guarded && guarded.Block.Span.Contains(_wait.Syntax.Span) && guarded.Catches.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The handler next to the wait, which takes its exception.</summary>
    private SyntaxNode? SwallowingCatch()
    {
        for (var current = _wait.Syntax.Parent; current is not null and not MemberDeclarationSyntax; current = current.Parent)
        {
            if (current is TryStatementSyntax guarded && guarded.Block.Span.Contains(_wait.Syntax.Span) && guarded.Catches.Count > 0)
            {
                return guarded.Catches[0].Declaration?.Type.ToString() is "TimeoutException" or "OperationCanceledException" ? guarded.Catches[0].Block : null;
            }
        }

        return null;
    }

    /// <summary>The wait throws, a handler around it goes on, and the operation stands behind that.</summary>
    private bool IsAfterSwallowingCatch(SyntaxNode syntax)
    {
        for (var current = _wait.Syntax.Parent; current is not null and not MemberDeclarationSyntax; current = current.Parent)
        {
            if (current is TryStatementSyntax guarded && guarded.Block.Span.Contains(_wait.Syntax.Span) && syntax.SpanStart >= guarded.Span.End)
            {
                foreach (var handler in guarded.Catches)
                {
                    if (!Leaves(handler.Block))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private readonly struct Test
    {
        public Test(IOperation condition, SyntaxNode statement, SyntaxNode? whenTrue, SyntaxNode? whenFalse)
        {
            Condition = condition;
            Statement = statement;
            WhenTrue = whenTrue;
            WhenFalse = whenFalse;
        }

        public IOperation Condition { get; }

        public SyntaxNode Statement { get; }

        public SyntaxNode? WhenTrue { get; }

        public SyntaxNode? WhenFalse { get; }
    }

    /// <summary>The operands behind the wait that run when the work has ended in time, and only then.</summary>
    private void FindShortCircuits()
    {
        for (var current = _wait.Parent; current is not null and not (IBlockOperation or IAnonymousFunctionOperation); current = current.Parent)
        {
            if (current is IBinaryOperation { OperatorKind: var kind, LeftOperand: var first, RightOperand: var second }
                && kind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr
                && first.Syntax.Span.Contains(_wait.Syntax.Span)
                && MeaningOf(first, depth: 0) == (kind == BinaryOperatorKind.ConditionalAnd))
            {
                _onSuccess.Add(second.Syntax);
            }
        }
    }

    /// <summary>The test that the answer of the wait decides, in place or by way of a variable; else one of whether the work has ended.</summary>
    private Test? FindTest()
    {
        for (var current = _wait.Parent; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case IConditionalOperation conditional when conditional.Condition.Syntax.Span.Contains(_wait.Syntax.Span):
                    return Of(conditional);
                case IWhileLoopOperation { Condition: { } condition } loop when condition.Syntax.Span.Contains(_wait.Syntax.Span):
                    return new Test(condition, loop.Syntax, loop.Body.Syntax, null);
                case IVariableDeclaratorOperation declarator:
                    return TestOf(declarator.Symbol);
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation local }:
                    return TestOf(local.Local);
                case IReturnOperation or IAnonymousFunctionOperation or IBlockOperation:
                    return _work is null ? null : TestOf(_work);
            }
        }

        return null;
    }

    private Test? TestOf(ISymbol variable)
    {
        var root = OperationWords.RootOf(_wait);

        foreach (var operation in root.DescendantsAndSelf())
        {
            if (operation is IConditionalOperation conditional
                && conditional.Syntax.SpanStart > _wait.Syntax.Span.End
                && Mentions(conditional.Condition, variable))
            {
                return Of(conditional);
            }
        }

        return null;
    }

    private static bool Mentions(IOperation operation, ISymbol variable)
    {
        foreach (var descendant in operation.DescendantsAndSelf())
        {
            if (descendant is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, variable))
            {
                return true;
            }
        }

        return false;
    }

    private static Test Of(IConditionalOperation conditional) =>
        new(conditional.Condition, conditional.Syntax, conditional.WhenTrue.Syntax, conditional.WhenFalse?.Syntax);

    /// <summary>Whether the condition is true when the work has ended in time (true) or when the wait has given up (false); null: neither.</summary>
    private bool? MeaningOf(IOperation condition, int depth)
    {
        condition = condition.WithoutConversions();
        if (depth > 8)
        {
            return null;
        }

        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return !MeaningOf(not.Operand, depth + 1);
            case IAwaitOperation wait:
                return MeaningOf(wait.Operation, depth + 1);
            case IInvocationOperation { TargetMethod.Name: "Wait" or "Join" or "WaitOne" or "WaitAll" } invocation when ReferenceEquals(invocation, _wait):
                return true;
            case ILocalReferenceOperation local when local.Type?.SpecialType == SpecialType.System_Boolean:
                return true;
            case IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully", Instance: ILocalReferenceOperation work } when IsWork(work):
                return true;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } equality:
                var meaning = MeaningOfEquality(equality);
                return equality.OperatorKind == BinaryOperatorKind.Equals ? meaning : !meaning;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan, RightOperand.ConstantValue: { HasValue: true, Value: 0 } }:
                return false;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThanOrEqual, RightOperand.ConstantValue: { HasValue: true, Value: 0 } }:
                return true;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both:
                return MeaningOfPart(both, depth) is true ? true : null;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either:
                return MeaningOfPart(either, depth) is false ? false : null;
            case IInvocationOperation { TargetMethod.Name: "ReferenceEquals" or "Equals", Arguments: { Length: > 0 } arguments }:
                return MeaningOfOperand(arguments[arguments.Length - 1].Value) ?? MeaningOfOperand(arguments[0].Value);
            default:
                return null;
        }
    }

    /// <summary>The meaning of the operand that holds the wait: of <c>work.Wait(t) &amp;&amp; other</c> the whole is true only when the work has ended.</summary>
    private bool? MeaningOfPart(IBinaryOperation both, int depth) =>
        both.LeftOperand.Syntax.Span.Contains(_wait.Syntax.Span) ? MeaningOf(both.LeftOperand, depth + 1)
        : both.RightOperand.Syntax.Span.Contains(_wait.Syntax.Span) ? MeaningOf(both.RightOperand, depth + 1)
        : null;

    private bool? MeaningOfEquality(IBinaryOperation equality) =>
        MeaningOfOperand(equality.RightOperand) ?? MeaningOfOperand(equality.LeftOperand);

    /// <summary>What it means that the answer is this: the work itself, the delay, an index.</summary>
    private bool? MeaningOfOperand(IOperation operand)
    {
        operand = operand.WithoutConversions();
        if (operand.ConstantValue is { HasValue: true, Value: { } constant })
        {
            return constant switch
            {
                -1 => false,
                0 => true,
                bool answer => answer,
                _ => null,
            };
        }

        return operand is ILocalReferenceOperation local
            ? IsWork(local) ? true : _delays.Contains(local.Local) ? false : null
            : operand is IParameterReferenceOperation parameter && SymbolEqualityComparer.Default.Equals(parameter.Parameter, _work) ? true : null;
    }

    private bool IsWork(ILocalReferenceOperation local) => SymbolEqualityComparer.Default.Equals(local.Local, _work);

    private void FindDelays()
    {
        var root = OperationWords.RootOf(_wait);

        foreach (var operation in root.DescendantsAndSelf())
        {
            if (operation is IVariableDeclaratorOperation declarator && declarator.GetVariableInitializer()?.Value.WithoutConversions() is IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType.Name: "Task" } })
            {
                _delays.Add(declarator.Symbol);
            }
        }
    }

    /// <summary>Whether a statement ends by leaving what follows it out.</summary>
    private static bool Leaves(SyntaxNode statement) => Last(statement) is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax or YieldStatementSyntax { Expression: null };

    private static bool LeavesLoop(SyntaxNode statement) => Last(statement) is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax;

    private static SyntaxNode? Last(SyntaxNode statement)
    {
        while (statement is BlockSyntax block)
        {
            if (block.Statements.Count == 0)
            {
                return null;
            }

            statement = block.Statements[block.Statements.Count - 1];
        }

        return statement;
    }
}
