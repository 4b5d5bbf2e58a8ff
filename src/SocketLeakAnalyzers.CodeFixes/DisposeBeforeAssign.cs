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

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Releases what a variable, field or property still holds before it is given another value. Refuses where the new value is made of
/// the old one, and where the variable may hold something that belongs to somebody else.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeBeforeAssignCodeFixProvider))]
[Shared]
public sealed class DisposeBeforeAssignCodeFixProvider : EditCodeFixProvider
{
    private const int MaxDepth = 4;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1004");

    internal override FixPlan? Plan(FixSite site) => PlanAlone(site) is { } plan ? Unmasked.ByReleaseAhead(plan, site) : null;

    /// <summary>The release alone, whatever it brings to light.</summary>
    internal static FixPlan? PlanAlone(FixSite site)
    {
        var model = site.Model;
        var cancellationToken = site.CancellationToken;
        if (site.Expression is InvocationExpressionSyntax exchange)
        {
            return OnExchange(exchange, site);
        }

        if (site.Expression is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment
            || !EvaluationOrder.IsHarmless(assignment.Left)
            || model.GetSymbolInfo(assignment.Left, cancellationToken).Symbol is not { } variable
            || TypeOf(variable) is not { } type
            || PlaceOf(assignment) is not { } place
            || IsReleasedAhead(variable, place, site)
            || NeedsOldValue(assignment.Right, variable, site))
        {
            return null;
        }

        var acquisition = site.OtherExpression;
        var isFromThere = acquisition is not null && IsWhatItHolds(acquisition, variable, place, site);
        var isTooLate = variable is ILocalSymbol && !IsRepeated(assignment);
        if (!isFromThere && Provenance.MayBeForeign(variable, acquisition, isTooLate ? assignment.Right : null, model.Compilation, cancellationToken))
        {
            return null;
        }

        var edit = new EditBuilder();
        if (!DefiniteAssignment.TryEnsure(variable, place, site, edit, out var isInitialized))
        {
            return null;
        }

        var layout = Layout.Of(site.Text, place);
        var name = assignment.Left.ToString();
        var mayBeNull = !isInitialized || !((isFromThere && variable is ILocalSymbol && acquisition is BaseObjectCreationExpressionSyntax) || IsNeverNull(variable, place, site));
        if (ReleaseCall.For(name, type, mayBeNull, place, model, layout) is not { } release)
        {
            return null;
        }

        if (isFromThere && variable is ILocalSymbol && place is ExpressionStatementSyntax next && TryInFinally(acquisition!, next, release, site) is { } safe)
        {
            return site.OtherPlaces.Length <= 1 || CoversTheRest(acquisition!, next, site) ? new FixPlan(TitleFor(name), safe) : null;
        }

        if (variable is ILocalSymbol held && place is StatementSyntax && IsReadWhereNoneCouldBeMade(held, assignment, site))
        {
            release = ReleaseCall.Then(release, name + " = null;");
        }

        if (place is ExpressionSyntax body)
        {
            if (release.Length > 1 || !ExpressionBody.CanBecomeBlock(body, model, cancellationToken))
            {
                return null;
            }

            ExpressionBody.Write(body, new[] { release[0] }, nested: false, keepsExpression: true, site.Text, model, edit, cancellationToken);
        }
        else if (!BlockWriter.TryInsertBefore((StatementSyntax)place, release, site.Text, layout, edit))
        {
            return null;
        }

        return edit.ToChanges() is not { } changes ? null
            : site.OtherPlaces.Length <= 1 ? new FixPlan(TitleFor(name), changes)
            : acquisition is not null && WithTheRest(acquisition, changes, site) is { } all ? new FixPlan(TitleFor(name), all)
            : null;
    }

    /// <summary><c>Interlocked.Exchange(ref _client, next);</c> gives back what it takes out.</summary>
    private static FixPlan? OnExchange(InvocationExpressionSyntax exchange, FixSite site)
    {
        if (exchange is not { Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax, ArgumentList.Arguments: { Count: 2 } arguments }
            || site.OtherPlaces.Length > 1
            || site.Model.GetSymbolInfo(arguments[0].Expression, site.CancellationToken).Symbol is not { } variable
            || TypeOf(variable) is not { } type
            || Provenance.MayBeForeign(variable, site.OtherExpression, null, site.Model.Compilation, site.CancellationToken)
            || ReleaseCall.For(exchange.ToString(), type, mayBeNull: true, exchange, site.Model, Layout.Of(site.Text, exchange)) is not { Length: 1 } release
            || !release[0].StartsWith(exchange + "?.", StringComparison.Ordinal))
        {
            return null;
        }

        var edit = new EditBuilder();
        edit.Insert(exchange.Span.End, release[0].Substring(exchange.Span.Length).TrimEnd(';'));
        return edit.ToChanges() is { } changes ? new FixPlan(TitleFor(arguments[0].Expression.ToString()), changes) : null;
    }

    /// <summary>Whether the compiler knows that the variable is not null: all that is ever put into it is not, and it is filled from the start.</summary>
    private static bool IsNeverNull(ISymbol variable, SyntaxNode place, FixSite site)
    {
        if (!site.Model.GetNullableContext(place.SpanStart).AnnotationsEnabled())
        {
            return false;
        }

        if (variable is not ILocalSymbol)
        {
            return variable is IFieldSymbol { NullableAnnotation: NullableAnnotation.NotAnnotated } or IPropertySymbol { NullableAnnotation: NullableAnnotation.NotAnnotated }
                && !ReleasedField.CanBeNull(variable, site);
        }

        if (variable.DeclaringSyntaxReferences.Length != 1
            || variable.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is not VariableDeclaratorSyntax { Initializer.Value: { } initial } declarator
            || !IsNotNull(initial))
        {
            return false;
        }

        foreach (var write in Provenance.WritesOf(variable, LocalNames.MemberOf(declarator), site.Model, site.CancellationToken))
        {
            if (write.Parent is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment || !IsNotNull(assignment.Right))
            {
                return false;
            }
        }

        return true;

        bool IsNotNull(ExpressionSyntax value) =>
            value is not PostfixUnaryExpressionSyntax && site.Model.GetTypeInfo(value, site.CancellationToken).Nullability.FlowState == NullableFlowState.NotNull;
    }

    /// <summary>
    /// Whether the local is read behind a <c>catch</c> that takes the failure to make the new one: what it finds there must not be one that is disposed,
    /// which a null test takes for a good one.
    /// </summary>
    private static bool IsReadWhereNoneCouldBeMade(ILocalSymbol local, AssignmentExpressionSyntax assignment, FixSite site)
    {
        if (!local.Type.IsReferenceType
            || local.NullableAnnotation == NullableAnnotation.NotAnnotated
            || assignment.Parent is not StatementSyntax statement
            || !Rows.MayThrow(statement, site.Model, site.CancellationToken))
        {
            return false;
        }

        var function = Lifetime.FunctionOf(assignment);
        for (SyntaxNode? node = assignment; node is not null && node != function; node = node.Parent)
        {
            if (node.Parent is TryStatementSyntax @try && @try.Block == node && Swallows(@try))
            {
                foreach (var use in Lifetime.UsesOf(local, function, site.Model, site.CancellationToken))
                {
                    if (use.SpanStart > @try.Block.Span.End && use.Parent is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression })
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool Swallows(TryStatementSyntax @try)
    {
        foreach (var clause in @try.Catches)
        {
            if (clause.Block.Statements.LastOrDefault() is not (ThrowStatementSyntax or ReturnStatementSyntax))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all other places where it is lost stand between the acquisition and the assignment, and so in the <c>try</c>.</summary>
    private static bool CoversTheRest(ExpressionSyntax acquisition, StatementSyntax next, FixSite site)
    {
        for (var i = 1; i < site.OtherPlaces.Length; i++)
        {
            if (site.OtherPlaces[i].Start < acquisition.FirstAncestorOrSelf<StatementSyntax>()!.Span.End || site.OtherPlaces[i].End > next.SpanStart)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What is lost by an exception as well would be a finding of its own once the assignment does not lose it any more: it is repaired in the
    /// code that the release has been put into. Null where it cannot be: half a repair is none.
    /// </summary>
    private static ImmutableArray<TextChange>? WithTheRest(ExpressionSyntax acquisition, ImmutableArray<TextChange> changes, FixSite site)
    {
        var places = ImmutableArray.CreateBuilder<TextSpan>(site.OtherPlaces.Length - 1);
        for (var i = 1; i < site.OtherPlaces.Length; i++)
        {
            if (EditBuilder.Track(site.OtherPlaces[i], changes) is not { } place)
            {
                return null;
            }

            places.Add(place);
        }

        return EditBuilder.Track(acquisition.Span, changes) is { } span
            && site.After(changes, span, places.MoveToImmutable()) is var released
            && DisposeOnFailureCodeFixProvider.PlanAround(released) is { } cover
            ? released.Text.WithChanges(cover.Changes).GetTextChanges(site.Text).ToImmutableArray()
            : null;
    }

    private static string TitleFor(string name) => "Release what '" + name + "' holds before it is overwritten";

    /// <summary>Where what comes between the acquisition and the assignment may throw, the release stands in a <c>finally</c> around it.</summary>
    private static ImmutableArray<TextChange>? TryInFinally(ExpressionSyntax acquisition, StatementSyntax next, string[] release, FixSite site)
    {
        if (acquisition.FirstAncestorOrSelf<StatementSyntax>() is not { } first
            || first.Parent != next.Parent
            || StatementScope.Of(first) is not { Statements: { } statements } scope
            || StatementScope.Of(next) is not { } nextScope)
        {
            return null;
        }

        var mayThrow = false;
        for (var i = scope.Index + 1; i < nextScope.Index; i++)
        {
            mayThrow |= Rows.MayThrow(statements[i], site.Model, site.CancellationToken);
        }

        var layout = Layout.Of(site.Text, next);
        if (!mayThrow || !TryWriter.CanWrap(scope, scope.Index + 1, nextScope.Index - 1, withCatch: false, layout, site.Text, site.Model, site.CancellationToken, out var hoist))
        {
            return null;
        }

        var edit = new EditBuilder();
        TryWriter.Wrap(statements[scope.Index + 1], statements[nextScope.Index - 1], "finally", release, null, hoist, site.Text, edit);
        return edit.ToChanges();
    }

    private static ITypeSymbol? TypeOf(ISymbol variable) => variable switch
    {
        ILocalSymbol { RefKind: RefKind.None } local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol { IsIndexer: false, GetMethod: not null } property when IsAuto(property) => property.Type,
        _ => null,
    };

    /// <summary>A property with a body may make a new one when it is asked.</summary>
    private static bool IsAuto(IPropertySymbol property)
    {
        if (property.IsAbstract || property.IsVirtual || property.IsOverride)
        {
            return false;
        }

        foreach (var member in property.ContainingType.GetMembers())
        {
            if (member is IFieldSymbol field && SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The statement ahead of which it is released, or the expression body that becomes a block; null inside a larger expression.</summary>
    private static SyntaxNode? PlaceOf(AssignmentExpressionSyntax assignment) => assignment.Parent switch
    {
        ExpressionStatementSyntax statement => statement,
        ReturnStatementSyntax statement => statement,
        ArrowExpressionClauseSyntax => assignment,
        AnonymousFunctionExpressionSyntax => assignment,
        _ => null,
    };

    /// <summary>Two resources that one assignment loses are two findings, and one release.</summary>
    private static bool IsReleasedAhead(ISymbol variable, SyntaxNode place, FixSite site)
    {
        if (place is not StatementSyntax statement || StatementScope.Of(statement) is not { Statements: { } statements, Index: > 0 } scope)
        {
            return false;
        }

        var previous = statements[scope.Index - 1];
        if (scope.Index > 1
            && previous is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Right.RawKind: (int)SyntaxKind.NullLiteralExpression } })
        {
            previous = statements[scope.Index - 2];
        }

        if (previous is TryStatementSyntax { Finally.Block.Statements: { Count: > 0 } cleanup })
        {
            previous = cleanup[cleanup.Count - 1];
        }

        if (previous is IfStatementSyntax { Else: null, Condition: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } } guarded)
        {
            previous = guarded.Statement is BlockSyntax { Statements: { Count: 1 } inner } ? inner[0] : guarded.Statement;
        }

        return Releases.IsReleaseOf(variable, previous, anyClose: true, site.Model, site.CancellationToken);
    }

    private static bool IsRepeated(SyntaxNode node)
    {
        var function = Lifetime.FunctionOf(node);
        for (var current = node; current is not null && current != function; current = current.Parent)
        {
            if (current is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                return true;
            }
        }

        foreach (var inner in function.DescendantNodes())
        {
            if (inner is LabeledStatementSyntax)
            {
                return true;
            }
        }

        return function is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax;
    }

    /// <summary>Whether the variable certainly holds what the acquisition gave: every way from there to here is straight, and nothing on it writes the variable.</summary>
    private static bool IsWhatItHolds(ExpressionSyntax acquisition, ISymbol variable, SyntaxNode place, FixSite site)
    {
        if (ResourceValue.Of(acquisition, site)?.Outer.Parent is not { } parent
            || parent.FirstAncestorOrSelf<StatementSyntax>() is not { } first
            || StatementScope.Of(first) is not { Statements: { } statements } scope
            || scope.HasLabel
            || Lifetime.FunctionOf(first) != Lifetime.FunctionOf(place))
        {
            return false;
        }

        var target = parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => site.Model.GetDeclaredSymbol(declarator, site.CancellationToken),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax } assignment => site.Model.GetSymbolInfo(assignment.Left, site.CancellationToken).Symbol,
            _ => null,
        };
        if (!SymbolEqualityComparer.Default.Equals(target, variable) || !scope.Container.Span.Contains(place.Span) || place.SpanStart < first.Span.End)
        {
            return false;
        }

        for (var node = place; node != scope.Container; node = node.Parent!)
        {
            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
            {
                return false;
            }
        }

        var between = TextSpan.FromBounds(first.Span.End, place.SpanStart);
        foreach (var write in Provenance.WritesOf(variable, scope.Container, site.Model, site.CancellationToken))
        {
            if (between.Contains(write.Span) || Lifetime.FunctionOf(write) != Lifetime.FunctionOf(place))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the new value is made with the help of the old one, here or in a method that the right side calls.</summary>
    private static bool NeedsOldValue(ExpressionSyntax right, ISymbol variable, FixSite site)
    {
        var visited = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        return Mentions(right, 0);

        bool Mentions(SyntaxNode code, int depth)
        {
            var model = code.SyntaxTree == site.Model.SyntaxTree ? site.Model : site.Model.Compilation.GetSemanticModel(code.SyntaxTree);
            foreach (var node in code.DescendantNodesAndSelf())
            {
                if (node is not SimpleNameSyntax name || name.Parent is NameColonSyntax)
                {
                    continue;
                }

                var symbol = model.GetSymbolInfo(name, site.CancellationToken).Symbol;
                if (name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(symbol, variable))
                {
                    return true;
                }

                var isOfTheSame = symbol is IMethodSymbol { MethodKind: MethodKind.LocalFunction }
                    || (symbol is IMethodSymbol or IPropertySymbol && variable.ContainingType is { } type && SymbolEqualityComparer.Default.Equals(symbol.ContainingType, type) && variable is IFieldSymbol or IPropertySymbol);
                if (!isOfTheSame || !visited.Add(symbol!))
                {
                    continue;
                }

                if (depth == MaxDepth)
                {
                    return true;
                }

                foreach (var reference in symbol!.DeclaringSyntaxReferences)
                {
                    if (Mentions(reference.GetSyntax(site.CancellationToken), depth + 1))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }
}
