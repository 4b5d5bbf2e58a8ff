using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>How often a place in the code runs.</summary>
internal enum Recurrence
{
    /// <summary>Once in the life of the process, as far as the code tells.</summary>
    Once,

    /// <summary>Once for each round of a loop in code that itself runs once.</summary>
    EveryRound,

    /// <summary>At every call of the method, lambda or local function that it stands in.</summary>
    EveryCall,
}

/// <summary>
/// Tells how often a place runs: once for the entry point, initialisers, registrations and the private methods that only these call; at every
/// call for everything else. It looks at names and at the callers within one type, not at the whole program: a public method that is
/// called once runs at every call. A lambda in code that runs once counts as running once too, unless it is given to something that
/// is known to call it again and again.
/// </summary>
internal sealed class RecurrenceFinder
{
    private const int MaxDepth = 8;
    private const int MaxCallers = 64;

    private readonly System.Func<SyntaxTree, SemanticModel> _models;
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);
    private readonly CancellationToken _cancellationToken;

    /// <param name="models">Gives the model of a tree of the compilation.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public RecurrenceFinder(System.Func<SyntaxTree, SemanticModel> models, CancellationToken cancellationToken)
    {
        _models = models;
        _cancellationToken = cancellationToken;
    }

    /// <summary>How often an operation (of the tree that the semantic model gives, not of a flow graph) runs.</summary>
    public Recurrence Of(IOperation operation)
    {
        var isInLoop = false;
        for (var child = operation; ; child = child.Parent!)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            switch (child)
            {
                case IFieldInitializerOperation or IPropertyInitializerOperation:
                    return Once(isInLoop);
                case IAnonymousFunctionOperation lambda:
                    if (UseOf(lambda, out var next) is { } use)
                    {
                        return use == Recurrence.Once ? Once(isInLoop) : use;
                    }

                    child = next;
                    break;
                case ILocalFunctionOperation function:
                    var outer = OfLocalFunction(function);
                    return outer == Recurrence.Once ? Once(isInLoop) : outer;
            }

            if (child.Parent is null)
            {
                var owner = OwnerOf(child, operation);
                var recurrence = owner is null ? Recurrence.EveryCall : OfMember(owner);
                return recurrence == Recurrence.Once ? Once(isInLoop) : recurrence;
            }

            isInLoop |= IsRepeatedPart(child, child.Parent);
        }
    }

    /// <summary>
    /// Whether the operation stands ahead of the loop of a long-running method, in that method: a loop that only its cancellation, a
    /// flag of the object or an exception ends.
    /// </summary>
    public static bool IsAheadOfEndlessLoop(IOperation operation)
    {
        var function = operation;
        while (function.Parent is { } parent && function is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            function = parent;
        }

        return ContainsEndlessLoop(function, operation);
    }

    private static bool ContainsEndlessLoop(IOperation within, IOperation operation)
    {
        foreach (var child in within.ChildOperations)
        {
            switch (child)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    continue;
                case ILoopOperation loop when loop.Syntax.SpanStart > operation.Syntax.SpanStart && IsEndless(loop):
                    return true;
            }

            if (ContainsEndlessLoop(child, operation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEndless(ILoopOperation loop)
    {
        var condition = loop switch
        {
            IWhileLoopOperation { ConditionIsUntil: false } @while => @while.Condition,
            IForLoopOperation @for => @for.Condition,
            _ => null,
        };
        if (loop is IForEachLoopOperation forEach)
        {
            return forEach.Collection.WithoutConversions() is IInvocationOperation { TargetMethod.Name: "ReadAllAsync" or "GetConsumingEnumerable" };
        }

        return loop is IWhileLoopOperation or IForLoopOperation
            && (condition is null || condition.ConstantValue is { HasValue: true, Value: true } || IsRunningTest(condition))
            && !HasOrdinaryExit(loop.Body, loop);
    }

    /// <summary>A condition that somebody else ends the loop by: a token, a flag of this object, a timer, a channel.</summary>
    private static bool IsRunningTest(IOperation condition)
    {
        condition = condition.WithoutConversions();
        return condition switch
        {
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => IsRunningTest(not.Operand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both => IsRunningTest(both.LeftOperand) || IsRunningTest(both.RightOperand),
            IAwaitOperation wait => IsRunningTest(wait.Operation),
            IInvocationOperation { TargetMethod.Name: "WaitForNextTickAsync" or "WaitToReadAsync" or "WaitOne" } => true,
            IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "Wait", Instance: { } task } => IsRunningTest(task),
            IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" } => true,
            IFieldReferenceOperation field => OperationWords.IsOfThisOrStatic(field.Instance),
            IPropertyReferenceOperation property => OperationWords.IsOfThisOrStatic(property.Instance),
            _ => false,
        };
    }

    /// <summary>Whether the loop is left on its own when its work is done: what a retry or a walk over pages does, and a service does not.</summary>
    private static bool HasOrdinaryExit(IOperation within, ILoopOperation loop)
    {
        foreach (var child in within.ChildOperations)
        {
            switch (child)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation or ICatchClauseOperation:
                    continue;
                case IConditionalOperation conditional when IsRunningTest(conditional.Condition):
                    if (conditional.WhenFalse is not null && HasOrdinaryExit(conditional.WhenFalse, loop))
                    {
                        return true;
                    }

                    continue;
                case IBranchOperation { BranchKind: BranchKind.Break } branch when branch.Target.Equals(loop.ExitLabel, SymbolEqualityComparer.Default):
                case IBranchOperation { BranchKind: BranchKind.GoTo }:
                case IReturnOperation { Kind: OperationKind.Return }:
                    return true;
            }

            if (HasOrdinaryExit(child, loop))
            {
                return true;
            }
        }

        return false;
    }

    private static Recurrence Once(bool isInLoop) => isInLoop ? Recurrence.EveryRound : Recurrence.Once;

    private static bool IsRepeatedPart(IOperation child, IOperation parent) => parent switch
    {
        IForEachLoopOperation forEach => child != forEach.Collection,
        IForLoopOperation @for => !@for.Before.Contains(child),
        ILoopOperation => true,
        _ => false,
    };

    private static ISymbol? OwnerOf(IOperation root, IOperation operation)
    {
        var symbol = root.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.LambdaMethod or MethodKind.LocalFunction })
        {
            symbol = symbol.ContainingSymbol;
        }

        return symbol;
    }

    private Recurrence OfMember(ISymbol member)
    {
        if (member is not IMethodSymbol method)
        {
            return Recurrence.Once;
        }

        if (method.MethodKind == MethodKind.StaticConstructor || IsEntryPoint(method) || IsStartUp(method))
        {
            return Recurrence.Once;
        }

        return method is { DeclaredAccessibility: Accessibility.Private, MethodKind: MethodKind.Ordinary } && _asked.Count < MaxDepth && _asked.Add(method.OriginalDefinition)
            ? OfCallers(method.OriginalDefinition)
            : Recurrence.EveryCall;
    }

    private static bool IsEntryPoint(IMethodSymbol method) =>
        method is { IsStatic: true, Name: WellKnownMemberNames.EntryPointMethodName, Parameters.Length: <= 1, TypeParameters.IsEmpty: true }
        || method.Name == WellKnownMemberNames.TopLevelStatementsEntryPointMethodName;

    /// <summary>What a host calls once when it starts or stops.</summary>
    private static bool IsStartUp(IMethodSymbol method)
    {
        foreach (var attribute in method.GetAttributes())
        {
            // Of the runtime, and of benchmarks.
            if (attribute.AttributeClass?.Name is "ModuleInitializerAttribute" or "GlobalSetupAttribute" or "GlobalSetup" or "GlobalCleanupAttribute" or "GlobalCleanup")
            {
                return true;
            }
        }

        foreach (var parameter in method.Parameters)
        {
            if (IsRegistry(parameter.Type) || IsPipeline(parameter.Type))
            {
                return true;
            }
        }

        switch (method.Name)
        {
            case "Initialize" or "InitializeAsync":
                return true;
            case "ExecuteAsync":
                for (var type = method.ContainingType?.BaseType; type is not null; type = type.BaseType)
                {
                    if (type.Name == "BackgroundService")
                    {
                        return method.IsOverride;
                    }
                }

                return false;
            case "StartAsync" or "StopAsync":
                foreach (var implemented in method.ContainingType.AllInterfaces)
                {
                    if (implemented.Name == "IHostedService")
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>Once when every caller within the type runs once and calls it once; a method that nothing calls is called from elsewhere.</summary>
    private Recurrence OfCallers(IMethodSymbol method)
    {
        var type = SymbolWords.OutermostOf(method.ContainingType);
        var callers = 0;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            SemanticModel? model = null;
            foreach (var node in reference.GetSyntax(_cancellationToken).DescendantNodes())
            {
                if (node is not SimpleNameSyntax name || name.Identifier.ValueText != method.Name || IsInNameOf(name))
                {
                    continue;
                }

                model ??= _models(node.SyntaxTree);
                if (!SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, _cancellationToken).Symbol?.OriginalDefinition, method))
                {
                    continue;
                }

                if (++callers > MaxCallers || OperationOf(name, model) is not { } use || OfUse(use) is var recurrence and not Recurrence.Once)
                {
                    return Recurrence.EveryCall;
                }
            }
        }

        return callers == 0 ? Recurrence.EveryCall : Recurrence.Once;
    }

    private static bool IsInNameOf(SimpleNameSyntax name) =>
        name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } };

    /// <summary>The call of the method, or the reference that makes a delegate of it.</summary>
    private IOperation? OperationOf(SimpleNameSyntax name, SemanticModel model)
    {
        ExpressionSyntax expression = name;
        if (expression.Parent is MemberAccessExpressionSyntax member && member.Name == name)
        {
            expression = member;
        }

        return expression.Parent is InvocationExpressionSyntax invocation && invocation.Expression == expression
            ? model.GetOperation(invocation, _cancellationToken)
            : model.GetOperation(expression, _cancellationToken);
    }

    private Recurrence OfUse(IOperation use) =>
        use is IMethodReferenceOperation reference && UseOf(reference, out _) is { } known ? known : Of(use);

    private Recurrence OfLocalFunction(ILocalFunctionOperation function)
    {
        if (_asked.Count >= MaxDepth || !_asked.Add(function.Symbol))
        {
            return Recurrence.EveryCall;
        }

        IOperation root = function;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        var result = Recurrence.Once;
        foreach (var operation in root.Descendants())
        {
            var isUse = operation switch
            {
                IInvocationOperation invocation => SymbolEqualityComparer.Default.Equals(invocation.TargetMethod.OriginalDefinition, function.Symbol.OriginalDefinition),
                IMethodReferenceOperation reference => SymbolEqualityComparer.Default.Equals(reference.Method.OriginalDefinition, function.Symbol.OriginalDefinition),
                _ => false,
            };
            if (isUse && OfUse(operation) is var recurrence and not Recurrence.Once)
            {
                result = recurrence;
            }
        }

        return result == Recurrence.Once ? Of(function.Parent!) : Recurrence.EveryCall;
    }

    /// <summary>How often a delegate is called, by what it is given to; null when nothing is known of that, and the code around it decides.</summary>
    private static Recurrence? UseOf(IOperation function, out IOperation outermost)
    {
        outermost = function;
        while (outermost.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            outermost = outermost.Parent;
        }

        switch (outermost.Parent)
        {
            case IArgumentOperation { Parent: IInvocationOperation invocation }:
                return OfCallback(invocation);
            case IArgumentOperation { Parent: IObjectCreationOperation { Type: { } type } }:
                return type.Name.Contains("Lazy") ? Recurrence.Once
                    : type.Name.EndsWith("Timer", System.StringComparison.Ordinal) ? Recurrence.EveryCall
                    : null;
            case IEventAssignmentOperation or IFieldInitializerOperation or IPropertyInitializerOperation:
                return Recurrence.EveryCall;
            default:
                return null;
        }
    }

    private static Recurrence? OfCallback(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        var receiver = invocation.Instance?.Type
            ?? (method.IsExtensionMethod && invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value.WithoutConversions().Type : null);
        if (IsPipeline(receiver) || IsPipeline(method.Parameters.Length > 0 && method.IsExtensionMethod ? method.Parameters[0].Type : null))
        {
            return Recurrence.EveryCall;
        }

        if (IsRegistry(receiver))
        {
            return Recurrence.Once;
        }

        return method.ContainingType?.Name switch
        {
            "LazyInitializer" => Recurrence.Once,
            "Parallel" or "Enumerable" or "Queryable" or "ParallelEnumerable" or "AsyncEnumerable" => Recurrence.EveryCall,
            "List" or "Array" when method.Name == "ForEach" => Recurrence.EveryCall,
            _ => null,
        };
    }

    /// <summary>What services, hosts and clients are registered with when the program starts.</summary>
    private static bool IsRegistry(ITypeSymbol? type) => type?.Name is
        "IServiceCollection" or "ServiceCollection" or "IHttpClientBuilder" or "IHostBuilder" or "IWebHostBuilder" or "IHostApplicationBuilder"
        or "HostApplicationBuilder" or "WebApplicationBuilder" or "IConfigurationBuilder" or "ConfigurationManager" or "ILoggingBuilder"
        or "AuthenticationBuilder" or "OptionsBuilder" or "IMvcBuilder" or "IMvcCoreBuilder" or "ContainerBuilder" or "HttpMessageHandlerBuilder";

    /// <summary>What is given the code that runs at every request.</summary>
    private static bool IsPipeline(ITypeSymbol? type) => type?.Name is
        "IApplicationBuilder" or "ApplicationBuilder" or "IEndpointRouteBuilder" or "RouteGroupBuilder" or "RouteHandlerBuilder"
        or "IEndpointConventionBuilder" or "WebApplication" or "IHealthChecksBuilder" or "IAppBuilder";
}
