using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;
using SocketLeakAnalyzers.Rules.Timeouts;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Sets a time-out: of an <c>HttpClient</c> where it is made (after the first request it throws), in place of an infinite one, and of a
/// socket whose blocking calls have none, where the socket is made.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SetTimeoutCodeFixProvider))]
[Shared]
public sealed class SetTimeoutCodeFixProvider : EditCodeFixProvider
{
    /// <summary>What <c>HttpClient.Timeout</c> is where nothing sets it.</summary>
    private const double HttpClientDefault = 100;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA2001", "SLA2002", "SLA2004", "SLA4001", "SLA4003");

    internal override FixPlan? Plan(FixSite site) => site.Properties.TryGetValue(AsyncBounds.SettableTimeouts, out var settable) && settable == AsyncBounds.OfNothing ? null : site.DiagnosticId switch
    {
        "SLA2001" => OnClient(site),
        "SLA2002" => InPlaceOfInfinite(site),
        "SLA2004" => OnSockets(site.OtherPlaces.Length > 0 ? site.OtherPlaces.RemoveRange(1, site.OtherPlaces.Length - 1) : site.OtherPlaces, site),

        // The first of their places is the call that blocks.
        _ => OnSockets(site.OtherPlaces.Length > 0 ? site.OtherPlaces.RemoveAt(0) : site.OtherPlaces, site),
    };

    private static FixPlan? OnClient(FixSite site)
    {
        var deadline = Deadline.For(site, HttpClientDefault);
        var edit = new EditBuilder();
        return site.Expression is BaseObjectCreationExpressionSyntax creation
            && site.Model.GetTypeInfo(creation, site.CancellationToken).Type is { } type
            && SettableProperty(type, "Timeout", creation.SpanStart, site)?.Type is { Name: "TimeSpan" }
            && !InitializerMembers.Has(creation, "Timeout")
            && deadline.TimeSpan(site, creation.SpanStart) is { } value
            && InitializerMembers.TryAdd(creation, new[] { "Timeout = " + value }, site.Text, edit)
            && edit.ToChanges() is { } changes
            ? new FixPlan(
                site.Options.DefaultTimeoutSeconds is null ? "Set Timeout to " + deadline.InWords + ", which is the default, in sight" : Title("Timeout", deadline),
                changes)
            : null;
    }

    private static FixPlan? InPlaceOfInfinite(FixSite site)
    {
        var deadline = Deadline.For(site);
        var edit = new EditBuilder();
        switch (AssignmentOrCallAt(site))
        {
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment
                when TextFor(site.Model.GetTypeInfo(assignment.Left, site.CancellationToken).Type, deadline, assignment.SpanStart, site) is { } value
                    && TryReplaceInfinite(assignment.Right, value, site, edit)
                    && edit.ToChanges() is { } changes:
                return new FixPlan(Title(NameOf(assignment.Left), deadline), changes);
            case InvocationExpressionSyntax call:
                foreach (var argument in call.ArgumentList.Arguments)
                {
                    if (IsInfinite(argument.Expression, site)
                        && TextFor(site.Model.GetTypeInfo(argument.Expression, site.CancellationToken).ConvertedType, deadline, argument.SpanStart, site) is { } text)
                    {
                        edit.Replace(argument.Expression.Span, text);
                        return new FixPlan(Title("the timeout", deadline), edit.ToChanges()!.Value);
                    }
                }

                return null;
            default:
                return null;
        }
    }

    /// <summary>A finding may stand on the whole assignment, on one side of it, on its statement, or on a call that sets the value.</summary>
    private static SyntaxNode? AssignmentOrCallAt(FixSite site)
    {
        var node = site.Expression ?? ((site.Root.FullSpan.Contains(site.Span) ? site.Root.FindNode(site.Span) : null) as ExpressionStatementSyntax)?.Expression;
        return node is not (null or AssignmentExpressionSyntax or InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 }) || node?.Parent is AssignmentExpressionSyntax
            ? node.Parent as AssignmentExpressionSyntax
            : node;
    }

    /// <summary>Replaces what is infinite: the value, or the branches of a choice that are.</summary>
    private static bool TryReplaceInfinite(ExpressionSyntax value, string text, FixSite site, EditBuilder edit)
    {
        switch (value)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return TryReplaceInfinite(parenthesized.Expression, text, site, edit);
            case AssignmentExpressionSyntax assignment:
                return TryReplaceInfinite(assignment.Right, text, site, edit);
            case ConditionalExpressionSyntax conditional:
                return TryReplaceBranch(conditional.WhenTrue) | TryReplaceBranch(conditional.WhenFalse);
            case BinaryExpressionSyntax coalesce when coalesce.IsKind(SyntaxKind.CoalesceExpression):
                return TryReplaceBranch(coalesce.Right);
            case SwitchExpressionSyntax @switch:
                var any = false;
                foreach (var arm in @switch.Arms)
                {
                    any |= TryReplaceBranch(arm.Expression);
                }

                return any;
            default:
                // That it is infinite is the finding. What has an effect stays.
                if (!IsInfinite(value, site) && !EvaluationOrder.IsHarmless(value))
                {
                    return false;
                }

                edit.Replace(value.Span, text);
                return true;
        }

        bool TryReplaceBranch(ExpressionSyntax branch) =>
            (branch is ParenthesizedExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax || branch.IsKind(SyntaxKind.CoalesceExpression) || IsInfinite(branch, site))
            && TryReplaceInfinite(branch, text, site, edit);
    }

    private static bool IsInfinite(ExpressionSyntax value, FixSite site)
    {
        switch (value)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return IsInfinite(parenthesized.Expression, site);
            case CastExpressionSyntax cast:
                return IsInfinite(cast.Expression, site);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "InfiniteTimeSpan" or "Zero" }:
            case IdentifierNameSyntax { Identifier.ValueText: "InfiniteTimeSpan" }:
                return true;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax from } call when from.Name.Identifier.ValueText.StartsWith("From", System.StringComparison.Ordinal):
                return call.ArgumentList.Arguments.Count > 0 && IsInfinite(call.ArgumentList.Arguments[0].Expression, site);
            case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } creation
                when site.Model.GetTypeInfo(creation, site.CancellationToken).Type is { Name: "TimeSpan" }:
                foreach (var argument in arguments)
                {
                    if (!IsInfinite(argument.Expression, site))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return site.Model.GetConstantValue(value, site.CancellationToken) is { HasValue: true, Value: -1 or 0 or -1L or 0L or -1d or 0d };
        }
    }

    /// <summary>The bound in the unit of what it is assigned to; null where the type tells no unit.</summary>
    private static string? TextFor(ITypeSymbol? type, Deadline deadline, int position, FixSite site)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        return type switch
        {
            { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } => deadline.Milliseconds,
            { Name: "TimeSpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => deadline.TimeSpan(site, position),
            _ => null,
        };
    }

    private static string NameOf(ExpressionSyntax target) => target switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax member => member.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => "the time-out",
    };

    private static FixPlan? OnSockets(ImmutableArray<TextSpan> places, FixSite site)
    {
        var edit = new EditBuilder();
        foreach (var place in places)
        {
            var isBounded = site.ExpressionAt(place) switch
            {
                BaseObjectCreationExpressionSyntax creation => TryInitialize(creation, site, edit),
                { } call => SocketTimeouts.TryWriteBehind(call, site, edit),
                null => site.Root.FindNode(place) is ParameterSyntax parameter && SocketTimeouts.TryWriteAheadOfUse(parameter, site, edit),
            };
            if (!isBounded)
            {
                return null;
            }

            if (site.ExpressionAt(place) is { } made)
            {
                BoundOthersOf(made, places, site, edit);
            }
        }

        return edit.ToChanges() is { IsEmpty: false } changes ? new FixPlan(Title("the socket's timeouts", Deadline.For(site)), changes) : null;
    }

    /// <summary>The variable that takes the socket may hold one that is made elsewhere, which the same calls wait for.</summary>
    private static void BoundOthersOf(ExpressionSyntax made, ImmutableArray<TextSpan> places, FixSite site, EditBuilder edit)
    {
        if (VariableOf(made, site) is not { } variable
            || (variable is ILocalSymbol ? LocalNames.MemberOf(made) : made.FirstAncestorOrSelf<TypeDeclarationSyntax>()) is not { } scope)
        {
            return;
        }

        foreach (var node in scope.DescendantNodes())
        {
            if (node is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment
                || NameOf(assignment.Left) != variable.Name
                || assignment.Right.Span.IntersectsWith(made.Span)
                || places.Contains(assignment.Right.Span)
                || !SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(assignment.Left, site.CancellationToken).Symbol, variable))
            {
                continue;
            }

            if (assignment.Right is BaseObjectCreationExpressionSyntax creation)
            {
                TryInitialize(creation, site, edit);
            }
            else if (assignment.Right is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AcceptSocket" or "AcceptTcpClient" or "Accept" } } accept)
            {
                SocketTimeouts.TryWriteBehind(accept, site, edit);
            }
        }
    }

    private static ISymbol? VariableOf(ExpressionSyntax made, FixSite site) => made.Parent switch
    {
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment when assignment.Right == made => site.Model.GetSymbolInfo(assignment.Left, site.CancellationToken).Symbol,
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => site.Model.GetDeclaredSymbol(declarator, site.CancellationToken),
        _ => null,
    };

    private static bool TryInitialize(BaseObjectCreationExpressionSyntax creation, FixSite site, EditBuilder edit)
    {
        if (site.Model.GetTypeInfo(creation, site.CancellationToken).Type is not { } type)
        {
            return false;
        }

        var members = new List<string>();
        foreach (var (name, value) in SocketTimeouts.MembersFor(type, creation.SpanStart, site))
        {
            if (!InitializerMembers.Has(creation, name) && !SocketTimeouts.IsSetLater(creation, name, site))
            {
                members.Add(name + " = " + value);
            }
        }

        if (members.Count > 0)
        {
            return InitializerMembers.TryAdd(creation, members, site.Text, edit);
        }

        // A UdpClient has them on its socket.
        return !InitializerMembers.Has(creation, "Client")
            && SettableProperty(type, "Client", creation.SpanStart, site) is { ContainingType.Name: "UdpClient" } socket
            && SocketTimeouts.MembersFor(socket.Type, creation.SpanStart, site) is { Count: > 0 } nested
            && InitializerMembers.TryAdd(creation, new[] { "Client = { " + string.Join(", ", nested.ConvertAll(static member => member.Name + " = " + member.Value)) + " }" }, site.Text, edit);
    }

    private static IPropertySymbol? SettableProperty(ITypeSymbol type, string name, int position, FixSite site) => SocketTimeouts.SettableProperty(type, name, position, site);

    private static string Title(string what, Deadline deadline) => "Set " + what + " to " + deadline.InWords + " (a slower success will fail)";
}
