using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Puts a shared client in the place of one that is made, used and disposed here. Every use has to be a request, or set what is the same at every call: what
/// sets anything else on the client, or hands it to code that might, cannot be shared.
/// </summary>
internal sealed class ClientUses
{
    private const int MaxDepth = 3;

    private readonly FixSite _site;
    private readonly INamedTypeSymbol _client;
    private readonly ClientSettings _settings;

    public ClientUses(FixSite site, INamedTypeSymbol client, ClientSettings settings)
    {
        _site = site;
        _client = client;
        _settings = settings;
    }

    /// <summary>Has the settings take the statements that set something on the client ahead of its first request, each time that it is made.</summary>
    public void FindSettings(BaseObjectCreationExpressionSyntax creation)
    {
        if (creation.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: StatementSyntax declaration } } declarator }
            || _site.Model.GetDeclaredSymbol(declarator, _site.CancellationToken) is not ILocalSymbol local)
        {
            return;
        }

        var (list, within) = declaration is UsingStatementSyntax @using ? (@using.Statement, (SyntaxNode)@using) : (declaration.Parent, LocalNames.MemberOf(declaration));
        foreach (var use in Lifetime.UsesOf(local, within, _site.Model, _site.CancellationToken))
        {
            if (use.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax statement || statement.Parent != list || !_settings.TryTake(statement, use))
            {
                return;
            }
        }
    }

    /// <summary>Replaces the creation, or the local that it is kept in, by the name of a field. False where that would be wrong.</summary>
    public bool TryReplace(BaseObjectCreationExpressionSyntax creation, string name, EditBuilder edit)
    {
        ExpressionSyntax value = creation;
        while (value.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            value = parenthesized;
        }

        if (value.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } declarator })
        {
            if (!IsRequest(value, _site.Model, 0) || HasComment(value.Span))
            {
                return false;
            }

            edit.Replace(value.Span, name);
            return true;
        }

        if (_site.Model.GetDeclaredSymbol(declarator, _site.CancellationToken) is not ILocalSymbol local || !SymbolEqualityComparer.Default.Equals(local.Type, _client))
        {
            return false;
        }

        return declaration.Parent switch
        {
            LocalDeclarationStatementSyntax statement => TryReplaceUses(local, LocalNames.MemberOf(statement), name, edit) && TryRemove(statement, edit),
            UsingStatementSyntax statement => TryReplaceUses(local, statement, name, edit) && TryUnwrap(statement, edit),
            _ => false,
        };
    }

    private bool TryReplaceUses(ILocalSymbol local, SyntaxNode within, string name, EditBuilder edit)
    {
        if (IsNamedInOtherBuilds(local.Name, within))
        {
            return false;
        }

        foreach (var use in Lifetime.UsesOf(local, within, _site.Model, _site.CancellationToken))
        {
            if (IsRequest(use, _site.Model, 0))
            {
                edit.Replace(use.Span, name);
            }
            else if (use.FirstAncestorOrSelf<StatementSyntax>() is { } setting && _settings.Covers(setting))
            {
                if (!TryRemove(setting, edit))
                {
                    return false;
                }
            }
            else if (use.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { } statement
                || !Releases.IsReleaseOf(local, statement, anyClose: false, _site.Model, _site.CancellationToken)
                || !TryRemoveRelease(statement, edit))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether code that another build compiles (<c>#else</c>) uses the local: it would be left without it.</summary>
    private static bool IsNamedInOtherBuilds(string name, SyntaxNode within)
    {
        foreach (var trivia in within.DescendantTrivia())
        {
            if (trivia.IsKind(SyntaxKind.DisabledTextTrivia))
            {
                foreach (var token in SyntaxFactory.ParseTokens(trivia.ToString()))
                {
                    if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>
    /// A call of a method of the client that sends, or of an extension of the platform; or an argument to a method of the project that does no more
    /// with it.
    /// </summary>
    private bool IsRequest(ExpressionSyntax client, SemanticModel model, int depth)
    {
        while (client.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            client = parenthesized;
        }

        switch (client.Parent)
        {
            case MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression, Parent: InvocationExpressionSyntax invocation } member when member.Expression == client:
                return model.GetSymbolInfo(invocation, _site.CancellationToken).Symbol is IMethodSymbol method
                    && (method.ReducedFrom is { } extension ? IsOfPlatform(extension) || LeavesAsItIs(extension, 0, depth) : Sends(method));
            case ArgumentSyntax { RefKindKeyword.RawKind: 0, Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax invocation } list } argument:
                return model.GetSymbolInfo(invocation, _site.CancellationToken).Symbol is IMethodSymbol called
                    && argument.NameColon is null
                    && list.Arguments.IndexOf(argument) is var index
                    && index < called.Parameters.Length
                    && !called.Parameters[index].IsParams
                    && LeavesAsItIs(called.ReducedFrom ?? called, called.ReducedFrom is null ? index : index + 1, depth);
            default:
                return false;
        }
    }

    private bool Sends(IMethodSymbol method) =>
        method.Name is not ("Dispose" or "CancelPendingRequests" or "Equals" or "ReferenceEquals")
        && (SymbolEqualityComparer.Default.Equals(method.ContainingType, _client) || method.ContainingType.Name == "HttpMessageInvoker");

    private static bool IsOfPlatform(IMethodSymbol extension) =>
        extension.DeclaringSyntaxReferences.IsEmpty
        && extension.ContainingNamespace.ToDisplayString() is "System.Net.Http" or "System.Net.Http.Json";

    /// <summary>Whether a method of the project does nothing with its parameter but send.</summary>
    private bool LeavesAsItIs(IMethodSymbol method, int ordinal, int depth)
    {
        method = method.OriginalDefinition;
        if (depth >= MaxDepth
            || method.IsAbstract || method.IsVirtual || method.IsOverride
            || method.DeclaringSyntaxReferences.Length != 1
            || !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _site.Model.Compilation.Assembly)
            || !SymbolEqualityComparer.Default.Equals(method.Parameters[ordinal].Type, _client))
        {
            return false;
        }

        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax(_site.CancellationToken);
        var model = syntax.SyntaxTree == _site.Root.SyntaxTree ? _site.Model : _site.Model.Compilation.GetSemanticModel(syntax.SyntaxTree);
        foreach (var use in Lifetime.UsesOf(method.Parameters[ordinal], syntax, model, _site.CancellationToken))
        {
            if (!IsRequest(use, model, depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryRemove(StatementSyntax statement, EditBuilder edit)
    {
        if (StatementScope.Of(statement) is not { Statements: { } list } scope || HasComment(statement.Span))
        {
            return false;
        }

        edit.Delete(Layout.Of(_site.Text, statement).WithLineAndGap(statement, isFirst: _settings.Covers(statement) && IsGoneUpTo(list, scope.Index)));
        return true;
    }

    private bool IsGoneUpTo(IReadOnlyList<StatementSyntax> list, int end)
    {
        for (var i = 0; i < end; i++)
        {
            if (!_settings.Covers(list[i]) && !list[i].Span.Contains(_site.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes a <c>Dispose</c> away; a <c>finally</c> that did nothing else goes too.</summary>
    private bool TryRemoveRelease(ExpressionStatementSyntax statement, EditBuilder edit)
    {
        if (statement.Parent is BlockSyntax { Statements.Count: 1, Parent: FinallyClauseSyntax { Parent: TryStatementSyntax @try } clause })
        {
            return !HasComment(TextSpan.FromBounds(@try.Span.Start, @try.Block.SpanStart))
                && !HasComment(clause.Span)
                && TryRemoveFinally(@try, clause, edit);
        }

        return TryRemove(statement, edit);
    }

    private bool TryRemoveFinally(TryStatementSyntax @try, FinallyClauseSyntax clause, EditBuilder edit)
    {
        var before = @try.Catches.Count > 0 ? @try.Catches[@try.Catches.Count - 1].Span.End : @try.Block.Span.End;
        if (HasComment(TextSpan.FromBounds(before, clause.SpanStart)))
        {
            return false;
        }

        edit.Delete(TextSpan.FromBounds(before, clause.Span.End));
        if (@try.Catches.Count == 0)
        {
            // The statements of a try alone: a block is left where its variables would be in the way of others.
            return TryUnwrapBlock(@try, @try.Block, TextSpan.FromBounds(@try.SpanStart, @try.Block.SpanStart), edit);
        }

        return true;
    }

    private bool TryUnwrap(UsingStatementSyntax statement, EditBuilder edit)
    {
        var header = TextSpan.FromBounds(statement.SpanStart, statement.Statement.SpanStart);
        if (HasComment(header))
        {
            return false;
        }

        if (statement.Statement is BlockSyntax block)
        {
            return TryUnwrapBlock(statement, block, header, edit);
        }

        edit.Delete(header);
        if (Layout.IndentAt(_site.Text, statement.Statement.SpanStart).Length > Layout.IndentAt(_site.Text, statement.SpanStart).Length)
        {
            DedentLines(statement, TextSpan.FromBounds(statement.Statement.SpanStart, statement.Statement.Span.End), edit);
        }

        return true;
    }

    /// <summary>Takes the header in front of a block away, and the braces too where the block's variables meet no others.</summary>
    private bool TryUnwrapBlock(StatementSyntax statement, BlockSyntax block, TextSpan header, EditBuilder edit)
    {
        if (StatementScope.Of(statement) is not { Statements: { } list } scope || block.Statements.Count == 0 || !CanSpill(statement, block, isLast: scope.Index == list.Count - 1))
        {
            edit.Delete(header);
            return true;
        }

        var layout = Layout.Of(_site.Text, statement);
        var text = _site.Text;
        var open = text.Lines.GetLineFromPosition(block.OpenBraceToken.SpanStart);
        var close = text.Lines.GetLineFromPosition(block.CloseBraceToken.SpanStart);
        var first = text.Lines.GetLineFromPosition(block.Statements[0].SpanStart);
        var isOnOwnLines = layout.IsFirstOnLine
            && first.LineNumber > open.LineNumber
            && IsWhite(TextSpan.FromBounds(block.OpenBraceToken.Span.End, open.End))
            && IsWhite(TextSpan.FromBounds(close.Start, block.CloseBraceToken.SpanStart))
            && close.LineNumber > open.LineNumber;
        if (!isOnOwnLines || !IsWhite(TextSpan.FromBounds(block.CloseBraceToken.Span.End, close.End)) && statement is UsingStatementSyntax)
        {
            edit.Delete(header);
            return true;
        }

        edit.Delete(TextSpan.FromBounds(text.Lines.GetLineFromPosition(header.Start).Start, open.EndIncludingLineBreak));
        DedentLines(statement, TextSpan.FromBounds(open.EndIncludingLineBreak, close.Start), edit);
        edit.Delete(statement is UsingStatementSyntax
            ? TextSpan.FromBounds(close.Start, close.EndIncludingLineBreak)
            : TextSpan.FromBounds(close.Start, block.CloseBraceToken.Span.End));
        if (statement is TryStatementSyntax)
        {
            var end = text.Lines.GetLineFromPosition(statement.Span.End);
            if (!IsWhite(TextSpan.FromBounds(statement.Span.End, end.End)))
            {
                return false;
            }

            edit.Delete(TextSpan.FromBounds(statement.Span.End, end.EndIncludingLineBreak));
        }

        return true;
    }

    /// <summary>Whether what the block declares can live in the block around it: no name is in use there, and nothing would be disposed later.</summary>
    private static bool CanSpill(StatementSyntax statement, BlockSyntax block, bool isLast)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var inner in block.Statements)
        {
            if (inner is LabeledStatementSyntax || (!isLast && inner is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }))
            {
                return false;
            }

            foreach (var node in inner.DescendantNodesAndSelf())
            {
                switch (node)
                {
                    case VariableDeclaratorSyntax variable:
                        names.Add(variable.Identifier.ValueText);
                        break;
                    case SingleVariableDesignationSyntax designation:
                        names.Add(designation.Identifier.ValueText);
                        break;
                    case LocalFunctionStatementSyntax function:
                        names.Add(function.Identifier.ValueText);
                        break;
                    case ForEachStatementSyntax forEach:
                        names.Add(forEach.Identifier.ValueText);
                        break;
                }
            }
        }

        if (names.Count == 0)
        {
            return true;
        }

        foreach (var token in LocalNames.MemberOf(statement).DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && !block.Span.Contains(token.Span) && names.Contains(token.ValueText))
            {
                return false;
            }
        }

        return true;
    }

    private void DedentLines(SyntaxNode statement, TextSpan span, EditBuilder edit)
    {
        var text = _site.Text;
        var unit = Layout.Of(text, statement).Unit;
        foreach (var line in text.Lines)
        {
            if (line.Start < span.Start || line.Start >= span.End || line.End - line.Start < unit.Length)
            {
                continue;
            }

            // Not the inside of a literal, of which white space is a part, nor what is taken away with its line.
            var token = _site.Root.FindToken(line.Start);
            if ((token.SpanStart < line.Start && line.Start < token.Span.End) || _settings.Covers(token.Parent?.FirstAncestorOrSelf<StatementSyntax>()))
            {
                continue;
            }

            if (text.ToString(new TextSpan(line.Start, unit.Length)) == unit && !IsInInterpolatedString(token, line.Start))
            {
                edit.Delete(new TextSpan(line.Start, unit.Length));
            }
        }
    }

    private static bool IsInInterpolatedString(SyntaxToken token, int position)
    {
        for (var node = token.Parent; node is not null and not StatementSyntax; node = node.Parent)
        {
            if (node is InterpolatedStringExpressionSyntax && node.SpanStart < position && position < node.Span.End)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasComment(TextSpan span)
    {
        foreach (var trivia in _site.Root.DescendantTrivia(span))
        {
            if (span.Contains(trivia.Span) && trivia.Span.Length > 0 && !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsWhite(TextSpan span) => string.IsNullOrWhiteSpace(_site.Text.ToString(span));
}
