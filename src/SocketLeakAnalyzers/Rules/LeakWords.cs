using System;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Semantics;

namespace SocketLeakAnalyzers.Rules;

/// <summary>Says a finding in the reader's words: what is lost, and at which place of the code.</summary>
internal static class LeakWords
{
    /// <summary>"'client' (TcpClient)", or "the TcpClient" where it has no name.</summary>
    public static string Subject(IOperation site) => Subject(site.Syntax, Acquisitions.TypeOf(site));

    /// <summary>The same of a value that the syntax gives.</summary>
    public static string Subject(SyntaxNode site, ITypeSymbol? typeOfSite)
    {
        var type = TypeName(typeOfSite);
        return NameOf(site) is { } name ? "'" + name + "' (" + type + ")" : "the " + type;
    }

    /// <summary>The same, where the response is what has to be closed: "the response of 'context' (HttpListenerContext)".</summary>
    public static string Owed(IOperation site) => IsExchange(site.Type) ? "the response of " + Subject(site) : Subject(site);

    /// <summary>What its owner is expected to do to it: "disposed", or "stopped" where there is nothing to dispose.</summary>
    public static string ReleasedWord(ITypeSymbol? type)
    {
        type = Carried(type);
        if (IsExchange(type))
        {
            return "closed";
        }

        foreach (var implemented in type?.AllInterfaces ?? ImmutableArray<INamedTypeSymbol>.Empty)
        {
            if (implemented.Name is "IDisposable" or "IAsyncDisposable")
            {
                return "disposed";
            }
        }

        return type switch
        {
            { Name: "IDisposable" or "IAsyncDisposable", ContainingNamespace.Name: "System" } => "disposed",
            { Name: "TcpListener" } => "stopped",
            _ => "released",
        };
    }

    /// <summary>How and where it is lost: "if 'ConnectAsync' on line 14 throws", "when 'Check' ends". The line of the finding itself is not told.</summary>
    public static string Path(Leak leak, Body body, Location finding)
    {
        switch (leak.Kind)
        {
            case LeakKind.Exception when leak.Operation is { } operation && IsThrown(operation.Syntax):
                return "when '" + TypeName(operation.WithoutConversions().Type) + "' is thrown" + On(operation.Syntax, finding);
            case LeakKind.Exception:
                return "if " + Thrower(leak.Operation) + On(leak.Operation?.Syntax ?? BodySyntax(body), finding) + " throws";
            case LeakKind.NextRound:
                return "when the loop comes round again";
            case LeakKind.Overwritten:
                return "when it is overwritten" + On(Place(leak, body), finding);
            default:
                var way = On(Place(leak, body), finding);
                return "when " + OwnerName(body.Owner) + (IsEnd(leak, body) ? " ends" : " returns" + (way.Length == 0 ? " here" : way));
        }
    }

    /// <summary>The line of the name that is called: a chain of calls can begin some lines above.</summary>
    public static string On(SyntaxNode node, Location finding)
    {
        while (true)
        {
            switch (node)
            {
                case AwaitExpressionSyntax { Expression: var awaited }:
                    node = awaited;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax inner, Name.Identifier.ValueText: "ConfigureAwait" } }:
                    node = inner;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } }:
                    return On(name.GetLocation(), finding);
                default:
                    return On(node.GetLocation(), finding);
            }
        }
    }

    /// <summary>" on line 14", with " of Client.cs" where that is another file; empty for the line of the finding itself, which the reader has in front of him.</summary>
    public static string On(Location place, Location finding)
    {
        var there = place.GetMappedLineSpan();
        var here = finding.GetMappedLineSpan();
        var isSameFile = string.Equals(there.Path, here.Path, StringComparison.Ordinal);
        if (isSameFile && there.StartLinePosition.Line == here.StartLinePosition.Line)
        {
            return "";
        }

        return " on line " + (there.StartLinePosition.Line + 1).ToString(CultureInfo.InvariantCulture) + (isSameFile ? "" : " of " + FileName(there.Path));
    }

    /// <summary>Whether the body is left at its end, by no <c>return</c>.</summary>
    public static bool IsEnd(Leak leak, Body body) => leak.Kind == LeakKind.Return && ReturnStatement(leak, body) is null;

    /// <summary>"'socket'": the place that is overwritten.</summary>
    public static string OverwrittenPlace(Leak leak)
    {
        var target = leak.Operation switch
        {
            IAssignmentOperation assignment => assignment.Target.Syntax,
            IArgumentOperation argument => argument.Value.Syntax,
            // `Interlocked.Exchange(ref _client, next)`
            IInvocationOperation exchange => OperationWords.ArgumentAt(exchange.Arguments, 0)?.Value.Syntax,
            { } operation => operation.Syntax,
            null => null,
        };
        return target switch
        {
            null => "the variable",
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } member => "'" + member.Name + "'",
            _ => "'" + Text(target) + "'",
        };
    }

    /// <summary>The place where it is lost, for the diagnostic's additional location.</summary>
    public static Location Place(Leak leak, Body body)
    {
        if (leak.Kind != LeakKind.Return)
        {
            return (leak.Operation?.Syntax ?? BodySyntax(body)).GetLocation();
        }

        return ReturnStatement(leak, body) is { } statement
            ? statement.GetLocation()
            : EndOf(BodySyntax(body));
    }

    /// <summary>What leaves the body: the operation whose exception does, else the statement, also where a handler has swallowed an exception before.</summary>
    public static Location WayOut(Leak leak, Body body)
    {
        if (leak.Source is not null)
        {
            return (ReturnStatement(leak, body)?.GetLocation()) ?? EndOf(BodySyntax(body));
        }

        return leak is { Kind: LeakKind.Exception, Operation: { } operation }
            ? operation.Syntax.GetLocation()
            : (leak.Operation?.Syntax.FirstAncestorOrSelf<StatementSyntax>() ?? BodySyntax(body)).GetLocation();
    }

    private static bool IsThrown(SyntaxNode syntax)
    {
        while (syntax.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            syntax = parenthesized;
        }

        return syntax.Parent is ThrowStatementSyntax or ThrowExpressionSyntax;
    }

    private static string Thrower(IOperation? operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor, ContainingType: { } type } } => ConstructorOf(type),
        IInvocationOperation invocation => "'" + invocation.TargetMethod.Name + "'",
        IObjectCreationOperation creation => "'new " + TypeName(creation.Type) + "'",
        IAwaitOperation { Operation.Syntax: IdentifierNameSyntax task } => "the await of '" + task.Identifier.ValueText + "'",
        IAwaitOperation => "the await",
        { Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } } => "'" + member.Name.Identifier.ValueText + "'",
        IPropertyReferenceOperation { Property: { IsIndexer: false, Name: var property } } => "'" + property + "'",
        { Syntax: IdentifierNameSyntax sequence } => "'" + sequence.Identifier.ValueText + "'",
        _ => "the code",
    };

    /// <summary>What throws while an object is constructed: "if the constructor of 'Connection' on line 9 throws".</summary>
    public static string Path(ConstructionLoss loss, Location finding) =>
        "if " + (loss.Constructor is { } constructor ? ConstructorOf(constructor.ContainingType) : Thrower(loss.Operation)) + On(loss.Place, finding) + " throws";

    /// <summary>Code as a message can quote it: in one line.</summary>
    public static string Text(SyntaxNode node)
    {
        var text = node.ToString();
        return text.IndexOf('\n') < 0 ? text : node is MemberAccessExpressionSyntax member ? member.Name.ToString() : node.NormalizeWhitespace(indentation: "", eol: " ").ToString();
    }

    private static bool IsExchange(ITypeSymbol? type) => TypeName(type) == "HttpListenerContext";

    private static string FileName(string path) => path.Substring(path.LastIndexOfAny(new[] { '/', '\\' }) + 1);

    private static string ConstructorOf(ITypeSymbol type) => "the constructor of '" + type.Name + "'";

    public static string TypeName(ITypeSymbol? type) => Carried(type)?.Name ?? "resource";

    /// <summary>What a task or a tuple carries.</summary>
    private static ITypeSymbol? Carried(ITypeSymbol? type)
    {
        type = SymbolWords.WithoutTask(type);
        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            foreach (var element in tuple.TupleElements)
            {
                if (element.Type.IsReferenceType && element.Type.SpecialType == SpecialType.None)
                {
                    return element.Type;
                }
            }
        }

        return type;
    }

    /// <summary>"'Fetch'", "the lambda", "the constructor", "the initializer of '_size'".</summary>
    public static string OwnerName(ISymbol owner) => owner switch
    {
        IMethodSymbol { MethodKind: MethodKind.LambdaMethod } => "the lambda",
        IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } => "the constructor",
        IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator } => "the operator",
        IMethodSymbol { MethodKind: MethodKind.Conversion } => "the conversion",
        IMethodSymbol { MethodKind: MethodKind.Destructor } => "the finalizer",
        IFieldSymbol or IPropertySymbol => "the initializer of '" + owner.Name + "'",
        IMethodSymbol { AssociatedSymbol: { } property } => "'" + property.Name + "'",
        IMethodSymbol { Name: "<Main>$" } => "the program",
        _ => "'" + owner.Name + "'",
    };

    /// <summary>The variable, field or property that the value is stored in at once.</summary>
    private static string? NameOf(SyntaxNode acquisition)
    {
        if (acquisition is ArgumentSyntax { Expression: { } filled })
        {
            return filled switch
            {
                DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax variable } => variable.Identifier.ValueText,
                IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
                MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
                _ => null,
            };
        }

        for (var node = acquisition; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case AwaitExpressionSyntax or ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax:
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "EnsureSuccessStatusCode" or "GetAwaiter" or "GetResult" or "Result" or "WaitAsync" }:
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "EnsureSuccessStatusCode" or "GetAwaiter" or "GetResult" or "WaitAsync" } called } when called == node:
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression or (int)SyntaxKind.AsExpression }:
                case ConditionalExpressionSyntax choice when choice.Condition != node:
                case SwitchExpressionArmSyntax arm when arm.Expression == node:
                case SwitchExpressionSyntax chosen when chosen.GoverningExpression != node:
                    continue;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }:
                    return declarator.Identifier.ValueText;
                case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax property }:
                    return property.Identifier.ValueText;
                case AssignmentExpressionSyntax assignment when assignment.Right == node:
                    return assignment.Left switch
                    {
                        IdentifierNameSyntax { Identifier.ValueText: "_" } => null,
                        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
                        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
                        _ => null,
                    };
                default:
                    return null;
            }
        }

        return null;
    }

    private static SyntaxNode BodySyntax(Body body) => body.Graph.OriginalOperation.Syntax;

    private static Location EndOf(SyntaxNode body)
    {
        var last = body.GetLastToken();
        return last.IsKind(SyntaxKind.None) ? body.GetLocation() : last.GetLocation();
    }

    // Roslyn's graph keeps no operation for a return without a value: it is found beside what runs last before it.
    public static ReturnStatementSyntax? ReturnStatement(Leak leak, Body body)
    {
        var source = leak.Source;
        if (source?.BranchValue is { } value && source.ConditionalSuccessor is null)
        {
            return value.Syntax.FirstAncestorOrSelf<StatementSyntax>() as ReturnStatementSyntax;
        }

        var last = source?.BranchValue ?? (source is { Operations.IsEmpty: false } ? source.Operations[source.Operations.Length - 1] : null);
        if (last?.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { } statement)
        {
            return null;
        }

        if (statement is IfStatementSyntax conditional && conditional.Condition.Span.Contains(last.Syntax.Span))
        {
            return LastReturn(conditional.Statement) ?? LastReturn(conditional.Else?.Statement);
        }

        if (statement.Parent is BlockSyntax block)
        {
            var next = block.Statements.IndexOf(statement) + 1;
            return next < block.Statements.Count ? block.Statements[next] as ReturnStatementSyntax : null;
        }

        return null;
    }

    private static ReturnStatementSyntax? LastReturn(StatementSyntax? statement) => statement switch
    {
        ReturnStatementSyntax { Expression: null } found => found,
        BlockSyntax { Statements: { Count: > 0 } statements } => LastReturn(statements[statements.Count - 1]),
        _ => null,
    };
}
