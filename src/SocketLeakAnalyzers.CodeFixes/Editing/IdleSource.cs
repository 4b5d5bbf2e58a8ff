using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// A local source whose token a call is given, and that nothing cancels: it gets the time-out itself, where it is made. In a loop that it is not
/// made in, it is set anew for each round.
/// </summary>
internal sealed class IdleSource
{
    private readonly List<StatementSyntax> _rounds = new();
    private readonly HashSet<BaseObjectCreationExpressionSyntax> _made = new();
    private readonly Dictionary<StatementSyntax, string> _names = new();
    private readonly FixSite _site;

    private IdleSource(FixSite site) => _site = site;

    /// <summary>Takes the calls that are given such a token out of a list; null where one of them cannot be bounded so.</summary>
    public static IdleSource? TakeFrom(List<InvocationExpressionSyntax> calls, FixSite site)
    {
        var sources = new IdleSource(site);
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            if (NameIn(calls[i], site) is not { } name)
            {
                continue;
            }

            if (!sources.TryAdd(name, calls[i]))
            {
                return null;
            }

            calls.RemoveAt(i);
        }

        return sources;
    }

    /// <summary>Whether the call is given the token of such a source.</summary>
    public static bool IsGivenTo(InvocationExpressionSyntax call, FixSite site) => NameIn(call, site) is not null;

    public bool TryWrite(EditBuilder edit)
    {
        foreach (var creation in _made)
        {
            if (Deadline.For(_site).TimeSpan(_site, creation.SpanStart) is not { } delay)
            {
                return false;
            }

            if (creation.ArgumentList is { } list)
            {
                edit.Replace(list.Span, "(" + delay + ")");
            }
            else
            {
                edit.Insert(creation.Span.End, "(" + delay + ")");
            }
        }

        foreach (var statement in _rounds)
        {
            if (Deadline.For(_site).TimeSpan(_site, statement.SpanStart) is not { } delay
                || !BlockWriter.TryInsertBefore(statement, new[] { _names[statement] + ".CancelAfter(" + delay + ");" }, _site.Text, Layout.Of(_site.Text, statement), edit))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The source of the token that the call is given, where nothing cancels it.</summary>
    private static IdentifierNameSyntax? NameIn(InvocationExpressionSyntax call, FixSite site)
    {
        foreach (var argument in call.ArgumentList.Arguments)
        {
            if (SourceOf(argument.Expression, site) is { } source
                && site.Model.GetOperation(argument.Expression, site.CancellationToken) is { } value
                && Tokens.IsNone(value))
            {
                return source;
            }
        }

        return null;
    }

    /// <summary><c>source.Token</c>, or a local that is a name for it.</summary>
    private static IdentifierNameSyntax? SourceOf(ExpressionSyntax token, FixSite site) => token switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Token", Expression: IdentifierNameSyntax source } => source,
        IdentifierNameSyntax
            when site.Model.GetSymbolInfo(token, site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local
                && local.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: MemberAccessExpressionSyntax value } => SourceOf(value, site),
        _ => null,
    };

    private bool TryAdd(IdentifierNameSyntax source, InvocationExpressionSyntax call)
    {
        if (_site.Model.GetSymbolInfo(source, _site.CancellationToken).Symbol is not ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local
            || local.DeclaringSyntaxReferences[0].GetSyntax(_site.CancellationToken) is not VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax { Initializer: null } creation })
        {
            return false;
        }

        StatementSyntax? round = null;
        var isHandled = false;
        for (SyntaxNode node = call; !node.Span.Contains(creation.Span); node = node.Parent!)
        {
            if (node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
            {
                return false;
            }

            isHandled |= node is TryStatementSyntax { Catches.Count: > 0 };
            if (!Awaits.IsLoop(node))
            {
                continue;
            }

            if (isHandled)
            {
                // Once it is cancelled it stays so: the rounds behind a failed one would fail at once.
                return false;
            }

            round ??= call.FirstAncestorOrSelf<StatementSyntax>();
            if (round == node)
            {
                // The condition of a loop.
                return false;
            }
        }

        if (round is null)
        {
            _made.Add(creation);
        }
        else if (!_rounds.Contains(round))
        {
            _rounds.Add(round);
            _names.Add(round, source.Identifier.Text);
        }

        return true;
    }
}
