using System;
using System.Collections.Generic;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Writes the release of a field into the disposal of its type, whatever shape that has.</summary>
internal sealed class DisposalEdit
{
    private readonly ReleasedField _field;
    private readonly FixSite _site;
    private readonly EditBuilder _edit;

    private DisposalEdit(ReleasedField field, FixSite site, EditBuilder edit)
    {
        _field = field;
        _site = site;
        _edit = edit;
    }

    /// <returns>What the fix is called; null where there is none.</returns>
    public static string? TryWrite(ReleasedField field, FixSite site, EditBuilder edit) => new DisposalEdit(field, site, edit).TryWrite();

    private string? TryWrite()
    {
        IMethodSymbol? dispose = null;
        IMethodSymbol? disposeBool = null;
        IMethodSymbol? disposeAsync = null;
        IMethodSymbol? disposeAsyncCore = null;
        foreach (var member in _field.Owner.GetMembers())
        {
            if (member is not IMethodSymbol { IsStatic: false, IsImplicitlyDeclared: false, TypeParameters.IsEmpty: true } method)
            {
                if (member.Name == "Dispose" && member is not IMethodSymbol)
                {
                    return null;
                }

                continue;
            }

            switch (method.Name.Substring(method.Name.LastIndexOf('.') + 1))
            {
                case "Dispose" when method.Parameters.IsEmpty:
                    dispose = method;
                    break;
                case "Dispose" when method.Parameters.Length == 1 && method.Parameters[0].Type.SpecialType == SpecialType.System_Boolean:
                    disposeBool = method;
                    break;
                case "DisposeAsync" when method.Parameters.IsEmpty:
                    disposeAsync = method;
                    break;
                case "DisposeAsyncCore" when method.Parameters.IsEmpty:
                    disposeAsyncCore = method;
                    break;
            }
        }

        var sync = disposeBool ?? dispose;
        var async = disposeAsyncCore ?? disposeAsync;
        if (sync is null && async is null)
        {
            return TryAddMember();
        }

        if (sync is not null && !(disposeBool is not null ? TryWriteIntoDisposeBool(disposeBool) : TryWriteIntoDispose(dispose!)))
        {
            // Only what has no synchronous release may leave the synchronous disposal as it is.
            if (async is null || IsDisposable(_field.Type))
            {
                return null;
            }

            sync = null;
        }

        if (async is not null && !(sync is not null && Reaches(async, sync)) && !TryWriteIntoDisposeAsync(async))
        {
            return null;
        }

        return "Dispose '" + _field.Symbol.Name + "' in '" + (sync is not null ? "Dispose" : "DisposeAsync") + "'";
    }

    /// <summary>Whether the asynchronous disposal ends in the synchronous one, which has the release already.</summary>
    private bool Reaches(IMethodSymbol async, IMethodSymbol sync)
    {
        if (DeclarationOf(async) is not { } declaration)
        {
            return true;
        }

        foreach (var node in declaration.DescendantNodes())
        {
            if (node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Dispose" } or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: "Dispose" } } call
                && (call.ArgumentList.Arguments.Count == 0 || call.ArgumentList.Arguments[0].Expression.IsKind(SyntaxKind.TrueLiteralExpression)))
            {
                return true;
            }
        }

        return false;
    }

    private MethodDeclarationSyntax? DeclarationOf(IMethodSymbol method)
    {
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == _site.Root.SyntaxTree && reference.GetSyntax(_site.CancellationToken) is MethodDeclarationSyntax declaration
                && (declaration.Body is not null || declaration.ExpressionBody is not null))
            {
                return declaration;
            }
        }

        return null;
    }

    // A release of several lines (a null test before C# 6) is not written into what is there.
    private string? ReleaseAt(SyntaxNode at) =>
        ReleaseCall.For(_field.Name, _field.Type, _field.MayBeNull, at, _site.Model, Layout.Of(_site.Text, at)) is { Length: 1 } lines ? lines[0] : null;

    private bool TryWriteIntoDispose(IMethodSymbol method)
    {
        if (DeclarationOf(method) is not { } declaration || ReleaseAt(declaration) is not { } release || release.StartsWith("await ", StringComparison.Ordinal))
        {
            return false;
        }

        if (declaration.ExpressionBody is { } arrow)
        {
            WriteBesideExpression(arrow.Expression, release, ComesBehind(arrow.Expression));
            return true;
        }

        return TryAppend(declaration.Body!, release);
    }

    private bool TryWriteIntoDisposeBool(IMethodSymbol method)
    {
        if (DeclarationOf(method) is not { } declaration || ReleaseAt(declaration) is not { } release || release.StartsWith("await ", StringComparison.Ordinal))
        {
            return false;
        }

        var flag = declaration.ParameterList.Parameters[0].Identifier;
        if (declaration.ExpressionBody is { } arrow)
        {
            WriteBesideExpression(arrow.Expression, "if (" + flag.Text + ") { " + release + " }", ComesBehind(arrow.Expression));
            return true;
        }

        foreach (var node in declaration.Body!.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            if (node is IfStatementSyntax { Condition: IdentifierNameSyntax condition } check && condition.Identifier.ValueText == flag.ValueText)
            {
                return check.Statement is BlockSyntax block
                    ? TryAppend(block, release)
                    : BlockWriter.TryWrapEmbedded(check.Statement, new[] { release }, _site.Text, Layout.Of(_site.Text, check.Statement), _edit);
            }
        }

        if (LeavesUnless(declaration.Body, flag.ValueText))
        {
            return TryAppend(declaration.Body, release);
        }

        return TryAppend(declaration.Body, release, "if (" + flag.Text + ")");
    }

    /// <summary><c>if (!disposing) return;</c> stands first: what follows is the disposal.</summary>
    private static bool LeavesUnless(BlockSyntax body, string flag)
    {
        foreach (var statement in body.Statements)
        {
            if (statement is IfStatementSyntax { Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: IdentifierNameSyntax name } } check
                && name.Identifier.ValueText == flag
                && (check.Statement is ReturnStatementSyntax || check.Statement is BlockSyntax { Statements: { Count: > 0 } inner } && inner[inner.Count - 1] is ReturnStatementSyntax))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryWriteIntoDisposeAsync(IMethodSymbol method)
    {
        if (DeclarationOf(method) is not { } declaration)
        {
            return false;
        }

        var isAsync = declaration.Modifiers.Any(SyntaxKind.AsyncKeyword);
        if (!IsDisposable(_field.Type))
        {
            return isAsync && AsyncRelease(declaration) is { } asyncRelease && WriteIntoAsync(declaration, asyncRelease, isAsync);
        }

        return ReleaseAt(declaration) is { } release && WriteIntoAsync(declaration, release, isAsync);
    }

    private bool WriteIntoAsync(MethodDeclarationSyntax declaration, string release, bool isAsync)
    {
        if (declaration.ExpressionBody is not { } arrow)
        {
            return TryAppend(declaration.Body!, release);
        }

        // A task that is given back may still use the field while it runs, unless it is done already.
        if (!isAsync && !IsCompleted(arrow.Expression))
        {
            return false;
        }

        WriteBesideExpression(arrow.Expression, release, releaseFirst: !isAsync || ComesBehind(arrow.Expression));
        return true;
    }

    private static bool IsCompleted(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax or DefaultExpressionSyntax => true,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" } => true,
        BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 } => true,
        _ => false,
    };

    private string? AsyncRelease(SyntaxNode method)
    {
        if (!Converts(_field.Type, "System.IAsyncDisposable"))
        {
            return null;
        }

        var call = "await " + _field.Name + ".DisposeAsync()" + (method.ToString().Contains("ConfigureAwait(false)") ? ".ConfigureAwait(false);" : ";");
        return _field.MayBeNull ? "if (" + _field.Name + " != null) { " + call + " }" : call;
    }

    private bool IsDisposable(ITypeSymbol type) => Converts(type, "System.IDisposable");

    private bool Converts(ITypeSymbol type, string name)
    {
        if (_site.Model.Compilation.GetTypeByMetadataName(name) is not { } target)
        {
            return false;
        }

        if (SymbolEqualityComparer.Default.Equals(type, target))
        {
            return true;
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (SymbolEqualityComparer.Default.Equals(implemented, target))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether what is there has to come behind the release: it ends the method, or leaves nothing in the field to release.</summary>
    private bool ComesBehind(ExpressionSyntax expression) => IsLast(expression) || ReleasedField.IsEmptiedIn(expression, _field.Symbol.Name);

    /// <summary>The call that has to come last: of the base class, or the word to the garbage collector.</summary>
    private static bool IsLast(ExpressionSyntax expression)
    {
        while (expression is AwaitExpressionSyntax wait)
        {
            expression = wait.Expression;
        }

        return expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            && (access.Expression is BaseExpressionSyntax
                || access.Name.Identifier.ValueText == "SuppressFinalize"
                || (access.Name.Identifier.ValueText == "ConfigureAwait" && IsLast(access.Expression)));
    }

    private void WriteBesideExpression(ExpressionSyntax expression, string release, bool releaseFirst)
    {
        if (releaseFirst)
        {
            var layout = Layout.Of(_site.Text, expression.Parent!.Parent!);
            ExpressionBody.Write(expression, new[] { release }, nested: false, keepsExpression: true, _site.Text, _site.Model, _edit, _site.CancellationToken);
            return;
        }

        var owner = expression.Parent!.Parent!;
        var outer = Layout.Of(_site.Text, owner);
        var inner = outer.Indent + outer.Unit;
        var arrow = (ArrowExpressionClauseSyntax)expression.Parent!;
        var start = arrow.ArrowToken.GetPreviousToken().Span.End;
        _edit.Replace(TextSpan.FromBounds(start, expression.SpanStart), outer.OpenBrace(outer.Indent) + outer.EndOfLine + inner);
        var semicolon = ((BaseMethodDeclarationSyntax)owner).SemicolonToken;
        _edit.Replace(
            TextSpan.FromBounds(expression.Span.End, semicolon.Span.End),
            ";" + outer.EndOfLine + inner + release + outer.EndOfLine + outer.Indent + "}");
    }

    /// <summary>Writes a statement at the end of a block, ahead of what has to come last; with a header of its own if there is one.</summary>
    private bool TryAppend(BlockSyntax block, string statement, string? header = null)
    {
        if (block.OpenBraceToken.IsMissing || block.CloseBraceToken.IsMissing)
        {
            return false;
        }

        var statements = block.Statements;
        var index = statements.Count;
        while (index > 0 && ComesLast(statements[index - 1]))
        {
            index--;
        }

        if (index > 0 && statements[index - 1] is ThrowStatementSyntax)
        {
            return false;
        }

        // `if (!_disposed) { … }` around everything: the release belongs into it.
        if (index == 1 && statements[0] is IfStatementSyntax { Else: null, Statement: BlockSyntax guarded, Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } })
        {
            return TryAppend(guarded, statement, header);
        }

        if (Layout.Of(_site.Text, block).HasConditionalDirective(block.Span))
        {
            return false;
        }

        // `_stream = null;` leaves nothing to release behind it.
        for (var i = 0; i < index; i++)
        {
            if (ReleasedField.IsEmptiedIn(statements[i], _field.Symbol.Name))
            {
                var ahead = Layout.Of(_site.Text, statements[i]);
                return BlockWriter.TryInsertBefore(statements[i], new[] { header is null ? statement : OnOneLine(statement, header) }, _site.Text, ahead, _edit);
            }
        }

        if (index > 0)
        {
            var previous = statements[index - 1];
            var layout = Layout.Of(_site.Text, previous);
            if (layout.IsFirstOnLine && !layout.IsOnSameLine(previous.Span.End, block.CloseBraceToken.SpanStart))
            {
                _edit.Insert(layout.EndWithComments(previous), layout.EndOfLine + layout.Indent + WithHeader(statement, header, layout, layout.Indent));
            }
            else
            {
                _edit.Insert(previous.Span.End, " " + OnOneLine(statement, header));
            }

            return true;
        }

        var outer = Layout.Of(_site.Text, block);
        if (outer.IsOnSameLine(block.OpenBraceToken.SpanStart, block.CloseBraceToken.SpanStart))
        {
            if (statements.Count > 0)
            {
                _edit.Insert(block.OpenBraceToken.Span.End, " " + OnOneLine(statement, header));
                return true;
            }

            var inside = TextSpan.FromBounds(block.OpenBraceToken.Span.End, block.CloseBraceToken.SpanStart);
            if (_site.Text.ToString(inside).Trim().Length > 0)
            {
                _edit.Insert(block.CloseBraceToken.SpanStart, OnOneLine(statement, header) + " ");
                return true;
            }

            _edit.Replace(inside, " " + OnOneLine(statement, header) + " ");
            return true;
        }

        var indent = statements.Count > 0 ? Layout.IndentAt(_site.Text, statements[0].SpanStart) : Layout.IndentAt(_site.Text, block.CloseBraceToken.SpanStart) + outer.Unit;
        var position = block.OpenBraceToken.Span.End;
        foreach (var trivia in block.OpenBraceToken.TrailingTrivia)
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            {
                position = trivia.Span.End;
            }
        }

        _edit.Insert(position, outer.EndOfLine + indent + WithHeader(statement, header, outer, indent));
        return true;
    }

    private static string WithHeader(string statement, string? header, Layout layout, string indent) => header is null
        ? statement
        : header + layout.OpenBrace(indent) + layout.EndOfLine + indent + layout.Unit + statement + layout.EndOfLine + indent + "}";

    private static string OnOneLine(string statement, string? header) => header is null ? statement : header + " { " + statement + " }";

    private static bool ComesLast(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: var expression } => IsLast(expression),
        ReturnStatementSyntax or LocalFunctionStatementSyntax => true,
        _ => false,
    };

    /// <summary>The type declares no disposal: it overrides the one of its base class, or gets one.</summary>
    private string? TryAddMember()
    {
        var owner = _field.Owner;
        var compilation = _site.Model.Compilation;
        for (var ancestor = owner.BaseType; ancestor is not null and not { SpecialType: SpecialType.System_Object }; ancestor = ancestor.BaseType)
        {
            foreach (var member in ancestor.GetMembers("Dispose"))
            {
                if (member is not IMethodSymbol { IsStatic: false } method
                    || !(method.Parameters.IsEmpty || (method.Parameters.Length == 1 && method.Parameters[0].Type.SpecialType == SpecialType.System_Boolean)))
                {
                    continue;
                }

                if (FindOverridable(owner) is not { } overridable)
                {
                    return null;
                }

                return TryOverride(overridable) ? "Dispose '" + _field.Symbol.Name + "' in an override of 'Dispose'" : null;
            }
        }

        if (Implements(owner))
        {
            // A base class hides its disposal, or has an asynchronous one only.
            return null;
        }

        return owner.TypeKind is TypeKind.Class or TypeKind.Struct && !owner.IsRefLikeType && !HasDerivedDisposal(owner, compilation) ? TryImplement() : null;
    }

    private bool Implements(ITypeSymbol type)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented is { Name: "IDisposable" or "IAsyncDisposable", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary><c>Dispose(bool)</c> before <c>Dispose()</c>: the nearest one that the type can override.</summary>
    private IMethodSymbol? FindOverridable(INamedTypeSymbol owner)
    {
        foreach (var withFlag in new[] { true, false })
        {
            for (var ancestor = owner.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            {
                IMethodSymbol? found = null;
                foreach (var member in ancestor.GetMembers("Dispose"))
                {
                    if (member is IMethodSymbol { IsStatic: false } method && method.Parameters.Length == (withFlag ? 1 : 0) && (!withFlag || method.Parameters[0].Type.SpecialType == SpecialType.System_Boolean))
                    {
                        found = method;
                    }
                }

                if (found is not null)
                {
                    if ((found.IsVirtual || found.IsOverride) && !found.IsSealed && found.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal)
                    {
                        return found;
                    }

                    break;
                }
            }
        }

        return null;
    }

    private bool TryOverride(IMethodSymbol overridden)
    {
        var declaration = _field.Declaration;
        if (ReleaseAt(declaration) is not { } release || release.StartsWith("await ", StringComparison.Ordinal))
        {
            return false;
        }

        var isForeign = !SymbolEqualityComparer.Default.Equals(overridden.ContainingAssembly, _site.Model.Compilation.Assembly);
        var accessibility = overridden.DeclaredAccessibility switch
        {
            Accessibility.Public => "public",
            Accessibility.ProtectedOrInternal when !isForeign => "protected internal",
            _ => "protected",
        };
        if (overridden.Parameters.IsEmpty)
        {
            AddMember(accessibility + " override void Dispose()", (release, null), ("base.Dispose();", null));
            return true;
        }

        var flag = overridden.Parameters[0].Name;
        AddMember(accessibility + " override void Dispose(bool " + flag + ")", (release, "if (" + flag + ")"), ("base.Dispose(" + flag + ");", null));
        return true;
    }

    /// <summary>A derived class has a <c>Dispose</c> of its own, which a new one in the base would be hidden by.</summary>
    private bool HasDerivedDisposal(INamedTypeSymbol owner, Compilation compilation)
    {
        foreach (var symbol in compilation.GetSymbolsWithName(static name => name is "Dispose" or "DisposeAsync", SymbolFilter.Member, _site.CancellationToken))
        {
            for (var ancestor = symbol.ContainingType?.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            {
                if (SymbolEqualityComparer.Default.Equals(ancestor.OriginalDefinition, owner.OriginalDefinition))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private string? TryImplement()
    {
        var declaration = _field.Declaration;
        if (!IsDisposable(_field.Type))
        {
            return TryImplementAsync();
        }

        if (ReleaseAt(declaration) is not { } release)
        {
            return null;
        }

        var statements = new List<(string, string?)> { (release, null) };

        // The clients of the type are due from now on.
        foreach (var symbol in SLA1005FieldNeverReleased.DueOnceDisposable(_field.Owner, _site.Model.Compilation, _site.CancellationToken))
        {
            if (!SymbolEqualityComparer.Default.Equals(symbol, _field.Symbol) && ReleasedField.Of(symbol, _site) is { } other
                && new DisposalEdit(other, _site, _edit).ReleaseAt(declaration) is { } otherRelease)
            {
                statements.Add((otherRelease, null));
            }
        }

        AddInterface("System.IDisposable");
        AddMember("public void Dispose()", statements.ToArray());
        return "Implement 'IDisposable' and dispose '" + _field.Symbol.Name + "'";
    }

    private string? TryImplementAsync()
    {
        if (!Converts(_field.Type, "System.IAsyncDisposable") || _site.Model.Compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask") is not { } valueTask)
        {
            return null;
        }

        var result = valueTask.ToMinimalDisplayString(_site.Model, _field.Declaration.OpenBraceToken.Span.End);
        AddInterface("System.IAsyncDisposable");
        if (_field.MayBeNull)
        {
            AddMember("public async " + result + " DisposeAsync()", ("await " + _field.Name + ".DisposeAsync().ConfigureAwait(false);", "if (" + _field.Name + " != null)"));
        }
        else
        {
            AddMember("public async " + result + " DisposeAsync()", ("await " + _field.Name + ".DisposeAsync().ConfigureAwait(false);", null));
        }

        return "Implement 'IAsyncDisposable' and dispose '" + _field.Symbol.Name + "'";
    }

    private void AddInterface(string name)
    {
        var declaration = _field.Declaration;
        var type = _site.Model.Compilation.GetTypeByMetadataName(name)!;
        var text = type.ToMinimalDisplayString(_site.Model, declaration.OpenBraceToken.Span.End);
        if (declaration.BaseList is { Types: { Count: > 0 } types })
        {
            _edit.Insert(types[types.Count - 1].Span.End, ", " + text);
            return;
        }

        var end = declaration.ParameterList?.Span.End ?? declaration.TypeParameterList?.Span.End ?? declaration.Identifier.Span.End;
        _edit.Insert(end, " : " + text);
    }

    private static bool HasDirective(SyntaxToken token)
    {
        foreach (var trivia in token.LeadingTrivia)
        {
            if (trivia.IsDirective)
            {
                return true;
            }
        }

        return false;
    }

    private void AddMember(string header, params (string Text, string? Header)[] statements)
    {
        var declaration = _field.Declaration;
        var last = declaration.Members[declaration.Members.Count - 1];
        var layout = Layout.Of(_site.Text, last);
        if (!layout.IsFirstOnLine)
        {
            var line = new StringBuilder(" " + header + " {");
            foreach (var (text, own) in statements)
            {
                line.Append(' ').Append(OnOneLine(text, own));
            }

            _edit.Insert(last.Span.End, line.Append(" }").ToString());
            return;
        }

        var eol = layout.EndOfLine;
        var inner = layout.Indent + layout.Unit;
        var member = new StringBuilder(layout.Indent + header + layout.OpenBrace(layout.Indent));
        foreach (var (text, own) in statements)
        {
            member.Append(eol).Append(inner).Append(WithHeader(text, own, layout, inner));
            if (own is not null && statements.Length > 1)
            {
                member.Append(eol);
            }
        }

        member.Append(eol).Append(layout.Indent).Append('}');
        if (HasDirective(declaration.CloseBraceToken))
        {
            var line = _site.Text.Lines.GetLineFromPosition(declaration.CloseBraceToken.SpanStart);
            _edit.Insert(line.Start, eol + member + eol);
            return;
        }

        _edit.Insert(layout.EndWithComments(last), eol + eol + member);
    }
}
