using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SocketLeakAnalyzers.Tests.Fixes;

/// <summary>
/// The timeout rules without their care: by names, one method at a time. A fix is tested with them where the rule itself would be silent, so that it is seen to
/// refuse, or to repair, by itself.
/// </summary>
#pragma warning disable RS1001, RS1017, RS2008 // Only tests use them.
internal abstract class PlainTimeoutRule(string id) : DiagnosticAnalyzer
{
    private readonly DiagnosticDescriptor descriptor = new(id, id, "no bound", "Timeouts", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSemanticModelAction(model =>
        {
            var root = model.SemanticModel.SyntaxTree.GetRoot(model.CancellationToken);
            var members = root.DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax)
                .Concat(root is CompilationUnitSyntax unit && unit.Members.Any(member => member is GlobalStatementSyntax) ? [root] : []);
            foreach (var member in members)
            {
                foreach (var (place, others) in Findings(member, model.SemanticModel))
                {
                    model.ReportDiagnostic(Diagnostic.Create(descriptor, place.GetLocation(), others.Select(other => other.GetLocation())));
                }
            }
        });
    }

    protected abstract IEnumerable<(SyntaxNode Place, SyntaxNode[] Others)> Findings(SyntaxNode member, SemanticModel model);

    protected static bool HasToken(InvocationExpressionSyntax call, SemanticModel model) => call.ArgumentList.Arguments.Any(argument =>
        model.GetTypeInfo(argument.Expression).ConvertedType?.Name == "CancellationToken" && !argument.ToString().EndsWith("None", StringComparison.Ordinal) && !argument.ToString().Contains("default", StringComparison.Ordinal));

    protected static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax member => member.Name.Identifier.ValueText,
        var other => other.ToString(),
    };

    protected static string ReceiverOf(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax member ? member.Expression.ToString() : string.Empty;
}

internal sealed class PlainSLA2001() : PlainTimeoutRule("SLA2001")
{
    protected override IEnumerable<(SyntaxNode, SyntaxNode[])> Findings(SyntaxNode member, SemanticModel model) =>
        from creation in member.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>()
        where IsHttpClient(model.GetTypeInfo(creation).Type) && creation.Initializer?.ToString().Contains("Timeout =", StringComparison.Ordinal) != true
        select ((SyntaxNode)creation, Array.Empty<SyntaxNode>());

    private static bool IsHttpClient(ITypeSymbol? type) => type is not null && (type.Name == "HttpClient" || IsHttpClient(type.BaseType));
}

/// <summary>Any value of a time-out, or of an option of this name, that is infinite somewhere.</summary>
internal sealed class PlainSLA2002() : PlainTimeoutRule("SLA2002")
{
    protected override IEnumerable<(SyntaxNode, SyntaxNode[])> Findings(SyntaxNode member, SemanticModel model) => member.DescendantNodes()
        .Where(node => node switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left.ToString().EndsWith("Timeout", StringComparison.Ordinal) && assignment.Right is not AssignmentExpressionSyntax && IsInfinite(assignment.Right, model),
            InvocationExpressionSyntax call => NameOf(call) == "SetSocketOption" && IsInfinite(call.ArgumentList.Arguments[2].Expression, model),
            _ => false,
        })
        .Select(node => (node, Array.Empty<SyntaxNode>()));

    private static bool IsInfinite(ExpressionSyntax value, SemanticModel model) => value.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(part =>
        part.ToString() is "Infinite" or "InfiniteTimeSpan" or "infinite" || model.GetConstantValue(part) is { HasValue: true, Value: -1 or 0 });
}

/// <summary>The first blocking call on a local, with the place that gave it its value.</summary>
internal sealed class PlainSLA2004() : PlainTimeoutRule("SLA2004")
{
    private static readonly string[] Calls = ["Receive", "Send", "Read", "ReadByte", "Write", "ReadLine", "AuthenticateAsClient"];

    protected override IEnumerable<(SyntaxNode, SyntaxNode[])> Findings(SyntaxNode member, SemanticModel model)
    {
        foreach (var calls in member.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => Calls.Contains(NameOf(call))).GroupBy(ReceiverOf))
        {
            var made = MadeBy(((MemberAccessExpressionSyntax)calls.First().Expression).Expression, member);
            if (made is not null && !IsBounded(made, member))
            {
                yield return (calls.First(), [made]);
            }
        }
    }

    /// <summary>Through views, and up to what is no view; what a parameter gives is not made here.</summary>
    private static ExpressionSyntax? MadeBy(ExpressionSyntax value, SyntaxNode member)
    {
        switch (value)
        {
            case InvocationExpressionSyntax view when NameOf(view) == "GetStream":
                return MadeBy(((MemberAccessExpressionSyntax)view.Expression).Expression, member) ?? view;
            case AwaitExpressionSyntax awaited:
                return MadeBy(awaited.Expression, member);
            case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var first, ..] } creation when creation.ToString().Contains("Reader(", StringComparison.Ordinal) || creation.ToString().Contains("SslStream(", StringComparison.Ordinal):
                return MadeBy(first.Expression, member);
            case BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax:
                return value;
            case IdentifierNameSyntax name:
                var root = member.SyntaxTree.GetRoot();
                return root.DescendantNodes().OfType<VariableDeclaratorSyntax>().Where(variable => variable.Identifier.ValueText == name.ToString() && variable.Initializer is not null)
                    .Select(variable => MadeBy(variable.Initializer!.Value, member)).FirstOrDefault(made => made is not null)
                    ?? root.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(assignment => assignment.Left.ToString() == name.ToString())
                        .Select(assignment => MadeBy(assignment.Right, member)).FirstOrDefault(made => made is not null);
            default:
                return null;
        }
    }

    private static bool IsBounded(ExpressionSyntax made, SyntaxNode member)
    {
        if (made is BaseObjectCreationExpressionSyntax { Initializer: { } initializer } && IsSet(initializer, string.Empty))
        {
            return true;
        }

        var variable = made.FirstAncestorOrSelf<VariableDeclaratorSyntax>()?.Identifier.ValueText ?? made.FirstAncestorOrSelf<AssignmentExpressionSyntax>()?.Left.ToString();
        return variable is not null && IsSet(member, variable + ".");
    }

    private static bool IsSet(SyntaxNode node, string variable) => node.ToString() is var text
        && (text.Contains(variable + "ReceiveTimeout =", StringComparison.Ordinal) || text.Contains(variable + "ReadTimeout =", StringComparison.Ordinal));
}

internal sealed class PlainSLA2005() : PlainTimeoutRule("SLA2005")
{
    protected override IEnumerable<(SyntaxNode, SyntaxNode[])> Findings(SyntaxNode member, SemanticModel model) => member.DescendantNodes()
        .Where(node => node switch
        {
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList?.Arguments.Count == 2 && model.GetTypeInfo(creation).Type?.Name == "TcpClient",
            InvocationExpressionSyntax call => NameOf(call) is "Connect" or "ConnectAsync" or "ConnectToHostAsync" && !HasToken(call, model) && !HasTimeout(call, model),
            _ => false,
        })
        .Select(node => (node, Array.Empty<SyntaxNode>()));

    private static bool HasTimeout(InvocationExpressionSyntax call, SemanticModel model) =>
        call.ArgumentList.Arguments is [{ Expression: var only, NameColon: null }, ..] && model.GetTypeInfo(only).ConvertedType?.SpecialType == SpecialType.System_Int32 && model.GetConstantValue(only) is not { Value: -1 };
}

/// <summary>The first call on a receiver that is given no token; the others on it are the additional locations.</summary>
internal sealed class PlainSLA2007() : PlainTimeoutRule("SLA2007")
{
    private static readonly string[] Calls =
    [
        "ReadAsync", "WriteAsync", "WriteLineAsync", "FlushAsync", "ReceiveAsync", "SendAsync", "ReadLineAsync", "ReadToEndAsync", "ReadExactlyAsync", "CopyToAsync", "AuthenticateAsClientAsync", "AuthenticateAsServerAsync",
        "ReadAsStringAsync", "ReadFromJsonAsync", "GetFromJsonAsAsyncEnumerable", "DeserializeAsync", "LoadAsync", "ReadLine", "CopyTo",
    ];

    protected override IEnumerable<(SyntaxNode, SyntaxNode[])> Findings(SyntaxNode member, SemanticModel model) =>
        from call in member.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where Calls.Contains(NameOf(call)) && !HasToken(call, model)
        group (SyntaxNode)call by ReceiverOf(call) into calls
        select (calls.First(), calls.Skip(1).ToArray());
}
