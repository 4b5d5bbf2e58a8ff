using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Uses;

/// <summary>
/// A static method of the compilation that waits for whatever task it is given, though not for ever: <c>read.TimeoutAfter(limit)</c>,
/// <c>read.WithCancellation(token)</c>. To its caller it is what <c>WaitAsync</c> of the platform is: the work behind the task goes on when the time is over, as the
/// method knows of nothing that it could cancel or close. It is told by its text, and by what it takes: a task and plain values.
/// </summary>
internal sealed class DeadlineHelper
{
    private DeadlineHelper(int task, bool throws)
    {
        Task = task;
        Throws = throws;
    }

    /// <summary>The ordinal of the parameter that is waited for.</summary>
    public int Task { get; }

    /// <summary>Whether an exception tells that the time is over; else a boolean does.</summary>
    public bool Throws { get; }

    /// <summary>Null where the method is none, or where what it does at the end of the time is not known.</summary>
    public static DeadlineHelper? Of(IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (method is not { IsStatic: true, MethodKind: MethodKind.Ordinary, DeclaringSyntaxReferences.Length: 1 } || WaitedBy(method) is not { } task)
        {
            return null;
        }

        if (method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken) is not MethodDeclarationSyntax declaration || (SyntaxNode?)declaration.Body is null && declaration.ExpressionBody is null)
        {
            return null;
        }

        var text = new Text(declaration, task.Name);
        return text switch
        {
            { IsRaced: true, ThrowsAtEnd: true } => new DeadlineHelper(task.Ordinal, throws: true),
            { IsWaitedFor: true, Catches: false } => new DeadlineHelper(task.Ordinal, throws: true),
            { IsRaced: true, IsAwaited: false } when SymbolWords.WithoutTask(method.ReturnType) is { SpecialType: SpecialType.System_Boolean } => new DeadlineHelper(task.Ordinal, throws: false),
            _ => null,
        };
    }

    /// <summary>The one task that it takes; null where something else that it takes could end the work, or be told.</summary>
    private static IParameterSymbol? WaitedBy(IMethodSymbol method)
    {
        IParameterSymbol? task = null;
        foreach (var parameter in method.Parameters)
        {
            if (SymbolWords.IsTaskLike(parameter.Type))
            {
                if (task is not null)
                {
                    return null;
                }

                task = parameter;
            }
            else if (parameter.RefKind != RefKind.None
                || !(parameter.Type is { SpecialType: not (SpecialType.None or SpecialType.System_Object) } or { TypeKind: TypeKind.Enum } or { Name: "TimeSpan" or "CancellationToken", ContainingNamespace.Name: "System" or "Threading" }
                    or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }))
            {
                return null;
            }
        }

        return task;
    }

    /// <summary>What the text of the method does with the task.</summary>
    private sealed class Text
    {
        private readonly Dictionary<string, ExpressionSyntax> _initial = new();
        private readonly string _task;

        public Text(MethodDeclarationSyntax declaration, string task)
        {
            _task = task;
            var nodes = new List<SyntaxNode>(declaration.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)));
            foreach (var node in nodes)
            {
                if (node is VariableDeclaratorSyntax { Initializer.Value: { } initial } declarator)
                {
                    _initial[declarator.Identifier.ValueText] = initial;
                }
            }

            foreach (var node in nodes)
            {
                switch (node)
                {
                    case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAny" } } race:
                        IsRaced |= Races(race);
                        break;
                    case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WaitAsync", Expression: var waited }, ArgumentList.Arguments.Count: > 0 } when IsTask(waited):
                        IsWaitedFor = true;
                        break;
                    case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ThrowIfCancellationRequested" } }:
                    case ObjectCreationExpressionSyntax { Type: var thrown, Parent: ThrowStatementSyntax or ThrowExpressionSyntax } when NamedAct.SimpleName(thrown) is "TimeoutException" or "OperationCanceledException" or "TaskCanceledException":
                        ThrowsAtEnd = true;
                        break;
                    case AwaitExpressionSyntax { Expression: var awaited } when IsTask(Unconfigured(awaited)):
                        IsAwaited = true;
                        break;
                    case CatchClauseSyntax:
                        Catches = true;
                        break;
                }
            }
        }

        /// <summary>It races the task with a delay, or with what a token or timer completes.</summary>
        public bool IsRaced { get; private set; }

        /// <summary>It waits for the task with a limit of the platform.</summary>
        public bool IsWaitedFor { get; private set; }

        /// <summary>It throws what tells that a time is over.</summary>
        public bool ThrowsAtEnd { get; private set; }

        /// <summary>It waits for the task to its end, be it only where that has come.</summary>
        public bool IsAwaited { get; private set; }

        public bool Catches { get; private set; }

        private bool Races(InvocationExpressionSyntax race)
        {
            var hasTask = false;
            var hasLimit = false;
            foreach (var argument in race.ArgumentList.Arguments)
            {
                hasTask |= IsTask(argument.Expression);
                hasLimit |= IsLimit(argument.Expression);
            }

            return hasTask && hasLimit;
        }

        private bool IsTask(ExpressionSyntax expression) => expression switch
        {
            IdentifierNameSyntax name => name.Identifier.ValueText == _task || (_initial.TryGetValue(name.Identifier.ValueText, out var initial) && initial is InvocationExpressionSyntax && IsTask(initial)),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Expression: var given } } => IsTask(given),
            _ => false,
        };

        private bool IsLimit(ExpressionSyntax expression) => expression switch
        {
            IdentifierNameSyntax name => _initial.TryGetValue(name.Identifier.ValueText, out var initial) && initial is not IdentifierNameSyntax && IsLimit(initial),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Delay", Expression: IdentifierNameSyntax { Identifier.ValueText: "Task" } } } => true,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Task", Expression: IdentifierNameSyntax source } =>
                _initial.TryGetValue(source.Identifier.ValueText, out var made) && (made is ImplicitObjectCreationExpressionSyntax || (made is ObjectCreationExpressionSyntax { Type: var type } && NamedAct.SimpleName(type) == "TaskCompletionSource")),
            _ => false,
        };

        private static ExpressionSyntax Unconfigured(ExpressionSyntax awaited) =>
            awaited is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: var inner } } ? inner : awaited;
    }
}
