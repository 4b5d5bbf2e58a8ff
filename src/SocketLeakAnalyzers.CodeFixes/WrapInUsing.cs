using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.CodeFixes.Editing;

namespace SocketLeakAnalyzers.CodeFixes;

/// <summary>
/// Releases a resource at the end of its scope: a local becomes a <c>using</c> declaration, or a <c>using</c> block where the language
/// has no declaration; a temporary gets a name first. Refuses where the resource, or something that rests on it, may be used after
/// its scope, and where the order of evaluation would change.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WrapInUsingCodeFixProvider))]
[Shared]
public sealed class WrapInUsingCodeFixProvider : EditCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("SLA1001", "SLA1002");

    internal override FixPlan? Plan(FixSite site)
    {
        if (site.Expression is not { } acquisition)
        {
            return site.DiagnosticId == "SLA1001" ? OutVariableUsing.Plan(site) : null;
        }

        var value = ResourceValue.Of(acquisition, site);
        if (value is not null && TypeWords.IsTaskLike(value.Type))
        {
            value = AwaitedLater(value, site);
        }

        if (value is null)
        {
            return null;
        }

        if (site.DiagnosticId == "SLA1002" && Paths.SomeHandsOver(site))
        {
            return null;
        }

        if (WrapperThatThrows(acquisition, value, site) is { } inner)
        {
            return InAndOut(inner, value, site);
        }

        switch (value.Outer.Parent)
        {
            case AssignmentExpressionSyntax { Left: DeclarationExpressionSyntax }:
                return site.DiagnosticId == "SLA1001" ? OutVariableUsing.PlanOfPart(value, site) : null;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax statement } } declarator }:
                return new UsingDeclarationPlan(site, statement, declarator).Make();
            case EqualsValueClauseSyntax:
                // The header of a for, a using statement, a field.
                return null;
            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax statement } assignment
                when assignment.Right == value.Outer
                && site.Model.GetSymbolInfo(assignment.Left, site.CancellationToken).Symbol is not IDiscardSymbol:
                return assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && site.Model.GetSymbolInfo(assignment.Left, site.CancellationToken).Symbol is ILocalSymbol local
                    ? new MergedDeclarationPlan(site, statement, assignment, local).Make()
                    : null;
        }

        return CheckedDeclaration(value, site) ?? new TemporaryPlan(site, value).Make();
    }

    /// <summary>What is inside a wrapper whose own constructor may throw (it reads an archive's directory): the wrapper alone would not release it then.</summary>
    private static ResourceValue? WrapperThatThrows(ExpressionSyntax acquisition, ResourceValue value, FixSite site) =>
        value.Expression is BaseObjectCreationExpressionSyntax creation
        && creation != acquisition
        && Rows.ThrowsCredibly(creation, site.Model, site.CancellationToken)
            ? ResourceValue.Of(acquisition, intoWrappers: false, site)
            : null;

    /// <summary>Both get a <c>using</c> of their own.</summary>
    private FixPlan? InAndOut(ResourceValue inner, ResourceValue wrapper, FixSite site)
    {
        if (new TemporaryPlan(site, inner).Make() is not { } first || EditBuilder.Track(wrapper.Expression.Span, first.Changes) is not { } span)
        {
            return null;
        }

        var after = site.After(first.Changes, span, ImmutableArray<TextSpan>.Empty);
        return Plan(after) is { } second ? new FixPlan(first.Title, after.Text.WithChanges(second.Changes).GetTextChanges(site.Text).ToImmutableArray()) : first;
    }

    /// <summary><c>var task = http.GetAsync(…); … var response = await task;</c>: the value that the one use of the task gives.</summary>
    private static ResourceValue? AwaitedLater(ResourceValue task, FixSite site)
    {
        if (task.Outer.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } statement } declarator }
            || site.Model.GetDeclaredSymbol(declarator, site.CancellationToken) is not ILocalSymbol local)
        {
            return null;
        }

        IdentifierNameSyntax? only = null;
        foreach (var use in Lifetime.UsesOf(local, LocalNames.MemberOf(statement), site.Model, site.CancellationToken))
        {
            if (only is not null)
            {
                return null;
            }

            only = use;
        }

        return only is not null
            && only.FirstAncestorOrSelf<StatementSyntax>()?.Parent == statement.Parent
            && ResourceValue.Of(only, site) is { } value
            && !TypeWords.IsTaskLike(value.Type)
            && value.Outer != only
            ? value
            : null;
    }

    /// <summary>
    /// <c>var response = (await …).EnsureSuccessStatusCode();</c>: the check moves behind the declaration, since what throws ahead of
    /// the assignment leaves nothing to dispose.
    /// </summary>
    private static FixPlan? CheckedDeclaration(ResourceValue value, FixSite site)
    {
        if (value.Outer.Parent is MemberAccessExpressionSyntax
            {
                Name.Identifier.ValueText: "EnsureSuccessStatusCode",
                Parent: InvocationExpressionSyntax
                {
                    ArgumentList.Arguments.Count: 0,
                    Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax statement } } declarator },
                } call,
            } member
            && SymbolEqualityComparer.Default.Equals(site.Model.GetTypeInfo(call, site.CancellationToken).Type, value.Type))
        {
            return new UsingDeclarationPlan(site, statement, declarator) { CheckedCall = call, CheckedMember = member, CheckedValue = value.Expression }.Make();
        }

        return null;
    }

    private static string TitleFor(string name, UsingKind kind, bool isBlock) =>
        "Dispose '" + name + "' with " + (kind == UsingKind.AwaitUsing ? "an await using " : "a using ") + (isBlock ? "block" : "declaration");

    /// <summary>
    /// What the code disposes asynchronously stays so. False where the <c>await</c> is configured: a <c>using</c> has no place for that, a <c>finally</c> has.
    /// </summary>
    private static bool TryAwaitAs(Releases? release, ITypeSymbol type, SyntaxNode at, SemanticModel model, ref UsingKind kind)
    {
        if (release?.Statement is not ExpressionStatementSyntax { Expression: AwaitExpressionSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } } })
        {
            return true;
        }

        if (called.Name.Identifier.ValueText != "DisposeAsync" || !Disposability.CanAwaitUsing(type, at, model))
        {
            return called.Name.Identifier.ValueText != "ConfigureAwait";
        }

        kind = UsingKind.AwaitUsing;
        return true;
    }

    private static string Keyword(UsingKind kind) => kind == UsingKind.AwaitUsing ? "await using " : "using ";

    private static FixPlan? Finish(string title, EditBuilder edit) =>
        edit.ToChanges() is { IsEmpty: false } changes ? new FixPlan(title, changes) : null;

    private static bool NeedsBlock(StatementScope scope) => scope.IsSwitchSection || Disposability.LanguageOf(scope.Statement) < LanguageVersion.CSharp8;

    /// <summary>Whether something else than its declaration or <paramref name="allowed"/> writes the local, or could.</summary>
    private static bool IsWritten(ILocalSymbol local, SyntaxNode? allowed, FixSite site, SyntaxNode member)
    {
        foreach (var use in Lifetime.UsesOf(local, member, site.Model, site.CancellationToken))
        {
            ExpressionSyntax target = use;
            while (target.Parent is ParenthesizedExpressionSyntax parenthesized)
            {
                target = parenthesized;
            }

            switch (target.Parent)
            {
                case AssignmentExpressionSyntax assignment when assignment.Left == target && assignment != allowed:
                case ArgumentSyntax argument when argument.RefKindKeyword.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword:
                case ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } } }:
                case RefExpressionSyntax:
                case PrefixUnaryExpressionSyntax prefix when prefix.IsKind(SyntaxKind.AddressOfExpression):
                    return true;
            }
        }

        return false;
    }

    /// <summary><c>var x = …;</c></summary>
    private sealed class UsingDeclarationPlan
    {
        private readonly FixSite _site;
        private readonly LocalDeclarationStatementSyntax _statement;
        private readonly VariableDeclaratorSyntax _declarator;

        public UsingDeclarationPlan(FixSite site, LocalDeclarationStatementSyntax statement, VariableDeclaratorSyntax declarator)
        {
            _site = site;
            _statement = statement;
            _declarator = declarator;
        }

        public InvocationExpressionSyntax? CheckedCall { get; set; }

        public MemberAccessExpressionSyntax? CheckedMember { get; set; }

        public ExpressionSyntax? CheckedValue { get; set; }

        public FixPlan? Make()
        {
            var model = _site.Model;
            var cancellationToken = _site.CancellationToken;
            if (!_statement.UsingKeyword.IsKind(SyntaxKind.None)
                || _statement.Declaration.Type is RefTypeSyntax
                || model.GetDeclaredSymbol(_declarator, cancellationToken) is not ILocalSymbol local
                || StatementScope.Of(_statement) is not { Statements: { } statements } scope
                || scope.HasLabel
                || IsWritten(local, null, _site, LocalNames.MemberOf(_statement)))
            {
                return null;
            }

            var kind = Disposability.KindOf(local.Type, _statement, model);
            if (kind == UsingKind.None || Lifetime.LocalOutlives(local, scope.Container, model, cancellationToken))
            {
                return null;
            }

            var release = Releases.FindEndOfScope(local, scope, anyClose: false, model, cancellationToken);
            if (release is { IsMovable: false } || !TryAwaitAs(release, local.Type, _statement, model, ref kind))
            {
                return null;
            }

            var needsBlock = NeedsBlock(scope) || release is { MustStayInPlace: true };
            if (needsBlock && CheckedCall is not null)
            {
                return null;
            }

            var edit = new EditBuilder();
            var layout = Layout.Of(_site.Text, _statement);
            var lastInBlock = release is { MustStayInPlace: true } ? release.Index : statements.Count - 1;
            if (needsBlock && !CanWrap(scope, layout, lastInBlock))
            {
                return null;
            }

            var variables = _statement.Declaration.Variables;
            var index = variables.IndexOf(_declarator);
            var type = _statement.Declaration.Type.ToString();
            var separator = layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent : " ";
            var keyword = Keyword(kind) + (needsBlock ? "(" : string.Empty);
            if (index == 0)
            {
                edit.Insert(_statement.SpanStart, keyword);
            }
            else
            {
                var gap = TextSpan.FromBounds(variables[index - 1].Span.End, _declarator.SpanStart);
                if (!IsPlainSeparator(gap))
                {
                    return null;
                }

                edit.Replace(gap, ";" + separator + keyword + type + " ");
            }

            var hasMore = index < variables.Count - 1;
            if (hasMore)
            {
                var gap = TextSpan.FromBounds(_declarator.Span.End, variables[index + 1].SpanStart);
                if (!IsPlainSeparator(gap))
                {
                    return null;
                }

                if (needsBlock)
                {
                    edit.Replace(gap, ")" + (layout.IsFirstOnLine ? layout.OpenBrace(layout.Indent) + separator + layout.Unit : " { ") + type + " ");
                }
                else
                {
                    edit.Replace(gap, ";" + separator + type + " ");
                }
            }

            if (CheckedCall is { } call)
            {
                edit.Replace(call.Span, CheckedValue!.ToString());
                edit.Insert(_statement.Span.End, separator + local.Name + _site.Text.ToString(TextSpan.FromBounds(CheckedMember!.OperatorToken.SpanStart, call.Span.End)) + ";");
            }

            if (release is not null)
            {
                edit.Delete(layout.WithLine(release.Statement));
                if (needsBlock && lastInBlock == release.Index)
                {
                    lastInBlock--;
                }
            }

            if (needsBlock)
            {
                var last = lastInBlock > scope.Index ? statements[lastInBlock] : null;
                if (hasMore)
                {
                    // The other variables are declared in the block.
                    layout.IndentLines(TextSpan.FromBounds(_declarator.Span.End, (last ?? _statement).Span.End), edit);
                    edit.Insert(layout.IsFirstOnLine ? layout.EndWithComments(last ?? _statement) : (last ?? _statement).Span.End, layout.IsFirstOnLine ? separator + "}" : " }");
                }
                else
                {
                    edit.Replace(_statement.SemicolonToken.Span, ")");
                    BlockWriter.WrapFollowing(_statement, _statement.Span.End, last is null ? null : statements[scope.Index + 1], last, layout, edit);
                }
            }

            return Finish(TitleFor(local.Name, kind, needsBlock), edit);
        }

        private bool CanWrap(StatementScope scope, Layout layout, int last)
        {
            var span = TextSpan.FromBounds(_statement.SpanStart, scope.Statements![last].Span.End);
            return !layout.HasConditionalDirective(span)
                && !scope.IsDeclaredAndUsedOutside(scope.Index, last, _site.Model, _site.CancellationToken);
        }

        private bool IsPlainSeparator(TextSpan gap) => _site.Text.ToString(gap).Trim() == ",";
    }

    /// <summary><c>T x; … x = …;</c></summary>
    private sealed class MergedDeclarationPlan
    {
        private readonly FixSite _site;
        private readonly ExpressionStatementSyntax _statement;
        private readonly AssignmentExpressionSyntax _assignment;
        private readonly ILocalSymbol _local;

        public MergedDeclarationPlan(FixSite site, ExpressionStatementSyntax statement, AssignmentExpressionSyntax assignment, ILocalSymbol local)
        {
            _site = site;
            _statement = statement;
            _assignment = assignment;
            _local = local;
        }

        public FixPlan? Make()
        {
            var model = _site.Model;
            var cancellationToken = _site.CancellationToken;
            if (_local.DeclaringSyntaxReferences.Length != 1
                || _local.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken)
                    is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration } } declarator
                || declaration.Declaration.Type is RefTypeSyntax
                || !IsEmpty(declarator.Initializer?.Value)
                || StatementScope.Of(_statement) is not { Statements: { } statements } scope
                || StatementScope.Of(declaration) is not { Statements: not null } outer
                || scope.HasLabel
                || Lifetime.FunctionOf(declaration) != Lifetime.FunctionOf(_statement))
            {
                return null;
            }

            var member = LocalNames.MemberOf(_statement);
            foreach (var use in Lifetime.UsesOf(_local, member, model, cancellationToken))
            {
                var isHere = use.SpanStart >= _statement.SpanStart && scope.Container.Span.Contains(use.Span);
                if (!isHere || (outer.Container != scope.Container && Lifetime.FunctionOf(use) != Lifetime.FunctionOf(_statement)))
                {
                    return null;
                }
            }

            var kind = Disposability.KindOf(_local.Type, _statement, model);
            if (kind == UsingKind.None
                || IsWritten(_local, _assignment, _site, member)
                || Lifetime.LocalOutlives(_local, outer.Container, model, cancellationToken)
                || (outer.Container != scope.Container && AliasLeaves(scope)))
            {
                return null;
            }

            var release = Releases.FindEndOfScope(_local, scope, anyClose: false, model, cancellationToken);
            if (release is { IsMovable: false } or { MustStayInPlace: true } || !TryAwaitAs(release, _local.Type, _statement, model, ref kind))
            {
                return null;
            }

            var needsBlock = NeedsBlock(scope);
            var layout = Layout.Of(_site.Text, _statement);
            if (needsBlock
                && (layout.HasConditionalDirective(TextSpan.FromBounds(_statement.SpanStart, statements[statements.Count - 1].Span.End))
                    || scope.IsDeclaredAndUsedOutside(scope.Index, statements.Count - 1, model, cancellationToken)))
            {
                return null;
            }

            var edit = new EditBuilder();
            edit.Delete(layout.WithLine(declaration));
            var written = declaration.Declaration.Type is NullableTypeSyntax { ElementType: var element }
                && _local.Type.IsReferenceType
                && model.GetTypeInfo(_assignment.Right, cancellationToken).Nullability.FlowState == NullableFlowState.NotNull
                ? element
                : declaration.Declaration.Type;
            var type = declaration.Declaration.Type.IsVar
                ? _local.Type.WithNullableAnnotation(NullableAnnotation.None).ToMinimalDisplayString(model, _statement.SpanStart)
                : written.ToString();
            edit.Insert(_statement.SpanStart, Keyword(kind) + (needsBlock ? "(" : string.Empty) + type + " ");
            var last = statements.Count - 1;
            if (release is not null)
            {
                edit.Delete(layout.WithLine(release.Statement));
                last = last == release.Index ? last - 1 : last;
            }

            if (needsBlock)
            {
                edit.Replace(_statement.SemicolonToken.Span, ")");
                var hasRest = last > scope.Index;
                BlockWriter.WrapFollowing(_statement, _statement.Span.End, hasRest ? statements[scope.Index + 1] : null, hasRest ? statements[last] : null, layout, edit);
            }

            return Finish(TitleFor(_local.Name, kind, needsBlock), edit);
        }

        /// <summary>What is made of the resource in the inner block must end there too.</summary>
        private bool AliasLeaves(StatementScope scope)
        {
            foreach (var use in Lifetime.UsesOf(_local, scope.Container, _site.Model, _site.CancellationToken))
            {
                if (use.Parent != _assignment && Lifetime.ValueOutlives(use, scope.Container, _site.Model, _site.CancellationToken))
                {
                    return true;
                }
            }

            return false;
        }

        private static bool IsEmpty(ExpressionSyntax? initializer) => initializer switch
        {
            null or DefaultExpressionSyntax => true,
            LiteralExpressionSyntax literal => literal.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression,
            PostfixUnaryExpressionSyntax suppression => IsEmpty(suppression.Operand),
            CastExpressionSyntax cast => IsEmpty(cast.Expression),
            _ => false,
        };
    }

    /// <summary><c>Use(new X())</c>, <c>new X().Use()</c>, <c>_ = new X()</c></summary>
    private sealed class TemporaryPlan
    {
        private readonly FixSite _site;
        private readonly ResourceValue _value;

        public TemporaryPlan(FixSite site, ResourceValue value)
        {
            _site = site;
            _value = value;
        }

        public FixPlan? Make()
        {
            var model = _site.Model;
            var cancellationToken = _site.CancellationToken;
            var kind = Disposability.KindOf(_value.Type, _value.Outer, model);
            if (kind == UsingKind.None || EvaluationOrder.FindPlaceAhead(_value.Outer, model, cancellationToken) is not { } place)
            {
                return null;
            }

            return place switch
            {
                ExpressionSyntax body => InExpressionBody(body, kind),
                StatementSyntax statement => InStatement(statement, kind),
                _ => null,
            };
        }

        private FixPlan? InExpressionBody(ExpressionSyntax body, UsingKind kind)
        {
            var model = _site.Model;
            var cancellationToken = _site.CancellationToken;
            if (!ExpressionBody.CanBecomeBlock(body, model, cancellationToken)
                || Lifetime.ValueOutlives(_value.Outer, body, model, cancellationToken))
            {
                return null;
            }

            var name = LocalNames.Choose(_value.Type!, model, body.SpanStart, body);
            var nested = Disposability.LanguageOf(body) < LanguageVersion.CSharp8;
            var declaration = Declaration(name);
            var edit = new EditBuilder();
            var keeps = _value.Outer != body && !IsDiscard(body);
            if (keeps)
            {
                edit.Replace(_value.Outer.Span, name);
            }

            ExpressionBody.Write(body, new[] { Keyword(kind) + (nested ? "(" + declaration + ")" : declaration + ";") }, nested, keeps, _site.Text, model, edit, cancellationToken);
            return Finish(TitleFor(name, kind, nested), edit);
        }

        private FixPlan? InStatement(StatementSyntax statement, UsingKind kind)
        {
            var model = _site.Model;
            var cancellationToken = _site.CancellationToken;
            if (StatementScope.Of(statement) is not { } scope || scope.HasLabel)
            {
                return null;
            }

            var needsBlock = NeedsBlock(scope);
            var isWhole = statement is ExpressionStatementSyntax expression && (expression.Expression == _value.Outer || IsDiscard(expression.Expression));
            var declaresNames = DeclaresNames(_value.Expression);
            if (declaresNames && (needsBlock || scope.Statements is null || statement is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax)))
            {
                return null;
            }

            var layout = Layout.Of(_site.Text, statement);
            var last = scope.Index;
            if (needsBlock && scope.Statements is { } list && scope.IsDeclaredAndUsedOutside(scope.Index, scope.Index, model, cancellationToken))
            {
                last = list.Count - 1;
                if (scope.IsDeclaredAndUsedOutside(scope.Index, last, model, cancellationToken))
                {
                    return null;
                }
            }

            var lastStatement = scope.Statements is null ? statement : scope.Statements[last];
            if (needsBlock && layout.HasConditionalDirective(TextSpan.FromBounds(statement.SpanStart, lastStatement.Span.End)))
            {
                return null;
            }

            var isRest = last != scope.Index || (!needsBlock && scope.Statements is not null) || statement is LocalDeclarationStatementSyntax;
            if (!isWhole && Lifetime.ValueOutlives(_value.Outer, isRest ? scope.Container : statement, model, cancellationToken))
            {
                return null;
            }

            var edit = new EditBuilder();
            if (isWhole && needsBlock)
            {
                edit.Replace(TextSpan.FromBounds(statement.SpanStart, _value.Outer.SpanStart), Keyword(kind) + "(");
                Unwrap(edit);
                edit.Replace(TextSpan.FromBounds(_value.Outer.Span.End, statement.Span.End), ")");
                BlockWriter.WrapFollowing(statement, statement.Span.End, null, null, layout, edit);
                return Finish("Dispose the result with a using block", edit);
            }

            var name = LocalNames.Choose(_value.Type!, model, statement.SpanStart, scope.Container);
            if (isWhole && scope.Statements is not null)
            {
                edit.Replace(TextSpan.FromBounds(statement.SpanStart, _value.Outer.Span.End), Keyword(kind) + Declaration(name));
                return Finish(TitleFor(name, kind, isBlock: false), edit);
            }

            if (isWhole)
            {
                // Alone under an if: the statement becomes the declaration, in a block.
                var isWrapped = BlockWriter.TryWrapEmbedded(statement, null, _site.Text, layout, edit);
                edit.Replace(TextSpan.FromBounds(statement.SpanStart, _value.Outer.Span.End), Keyword(kind) + Declaration(name));
                return isWrapped ? Finish(TitleFor(name, kind, isBlock: false), edit) : null;
            }

            edit.Replace(_value.Outer.Span, name);
            var declaration = Keyword(kind) + (needsBlock ? "(" + Declaration(name) + ")" : Declaration(name) + ";");
            if (needsBlock)
            {
                BlockWriter.WrapWithHeader(declaration, statement, lastStatement, layout, edit);
            }
            else if (scope.Statements is null)
            {
                if (!BlockWriter.TryWrapEmbedded(statement, new[] { declaration }, _site.Text, layout, edit))
                {
                    return null;
                }
            }
            else
            {
                BlockWriter.InsertBefore(statement, declaration, layout, edit);
            }

            return Finish(TitleFor(name, kind, needsBlock), edit);
        }

        private void Unwrap(EditBuilder edit)
        {
            edit.Delete(TextSpan.FromBounds(_value.Outer.SpanStart, _value.Expression.SpanStart));
            edit.Delete(TextSpan.FromBounds(_value.Expression.Span.End, _value.Outer.Span.End));
        }

        private bool IsDiscard(ExpressionSyntax expression) =>
            expression is AssignmentExpressionSyntax assignment
            && assignment.Right == _value.Outer
            && _site.Model.GetSymbolInfo(assignment.Left, _site.CancellationToken).Symbol is IDiscardSymbol;

        private string Declaration(string name)
        {
            var expression = _value.Expression;
            var needsType = expression is ImplicitObjectCreationExpressionSyntax || _site.Model.GetTypeInfo(expression, _site.CancellationToken).Type is null;
            var type = needsType
                ? _value.Type!.WithNullableAnnotation(NullableAnnotation.None).ToMinimalDisplayString(_site.Model, expression.SpanStart)
                : "var";
            return type + " " + name + " = " + expression;
        }

        private static bool DeclaresNames(ExpressionSyntax expression)
        {
            foreach (var node in expression.DescendantNodes(static node => node is not AnonymousFunctionExpressionSyntax))
            {
                if (node is SingleVariableDesignationSyntax)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
