using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Where a statement stands: in a list of statements (a block, a switch section, a program), or alone under an <c>if</c> or a loop.</summary>
internal sealed class StatementScope
{
    private StatementScope(StatementSyntax statement, SyntaxNode container, IReadOnlyList<StatementSyntax>? statements, int index)
    {
        Statement = statement;
        Container = container;
        Statements = statements;
        Index = index;
    }

    public StatementSyntax Statement { get; }

    /// <summary>What the statement's variables live in.</summary>
    public SyntaxNode Container { get; }

    /// <summary>The list that the statement is in; null where it stands alone.</summary>
    public IReadOnlyList<StatementSyntax>? Statements { get; }

    public int Index { get; }

    public bool IsSwitchSection => Container is SwitchSectionSyntax;

    /// <summary>Where a statement stands; null behind a label.</summary>
    public static StatementScope? Of(StatementSyntax statement)
    {
        switch (statement.Parent)
        {
            case BlockSyntax block:
                return new StatementScope(statement, block, block.Statements, block.Statements.IndexOf(statement));
            case SwitchSectionSyntax section:
                return new StatementScope(statement, section, section.Statements, section.Statements.IndexOf(statement));
            case GlobalStatementSyntax { Parent: CompilationUnitSyntax unit }:
                var statements = new List<StatementSyntax>();
                var index = -1;
                foreach (var member in unit.Members)
                {
                    if (member is GlobalStatementSyntax global)
                    {
                        index = global.Statement == statement ? statements.Count : index;
                        statements.Add(global.Statement);
                    }
                }

                return new StatementScope(statement, unit, statements, index);
            case IfStatementSyntax or ElseClauseSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
                or UsingStatementSyntax or LockStatementSyntax or FixedStatementSyntax:
                return new StatementScope(statement, statement, null, 0);
            default:
                return null;
        }
    }

    /// <summary>Whether a label stands in the list: a <c>goto</c> must not jump over a <c>using</c> declaration or into a block.</summary>
    public bool HasLabel
    {
        get
        {
            if (Statements is not null)
            {
                foreach (var statement in Statements)
                {
                    if (statement is LabeledStatementSyntax)
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>Whether something that is declared in the statements from <paramref name="first"/> to <paramref name="last"/> is used outside of them.</summary>
    public bool IsDeclaredAndUsedOutside(int first, int last, SemanticModel model, CancellationToken cancellationToken) =>
        DeclaredAndUsedOutside(first, last, model, cancellationToken).Count > 0;

    /// <summary>What is declared in the statements from <paramref name="first"/> to <paramref name="last"/> and used outside of them, in the order in which it is declared.</summary>
    public IReadOnlyList<ISymbol> DeclaredAndUsedOutside(int first, int last, SemanticModel model, CancellationToken cancellationToken)
    {
        var found = new List<ISymbol>();
        if (first > last || Statements is null)
        {
            return found;
        }

        var span = TextSpan.FromBounds(Statements[first].SpanStart, Statements[last].Span.End);
        var declared = new Dictionary<string, List<ISymbol>>();
        for (var i = first; i <= last; i++)
        {
            foreach (var node in Statements[i].DescendantNodesAndSelf(static node => node is not AnonymousFunctionExpressionSyntax))
            {
                if (node is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or LocalFunctionStatementSyntax
                    && model.GetDeclaredSymbol(node, cancellationToken) is { } symbol)
                {
                    if (!declared.TryGetValue(symbol.Name, out var list))
                    {
                        declared.Add(symbol.Name, list = new List<ISymbol>());
                    }

                    list.Add(symbol);
                }
            }
        }

        if (declared.Count == 0)
        {
            return found;
        }

        foreach (var node in LocalNames.MemberOf(Statement).DescendantNodes())
        {
            if (node is IdentifierNameSyntax identifier
                && !span.Contains(identifier.Span)
                && declared.TryGetValue(identifier.Identifier.ValueText, out var symbols)
                && model.GetSymbolInfo(identifier, cancellationToken).Symbol is { } used
                && symbols.Exists(symbol => SymbolEqualityComparer.Default.Equals(symbol, used))
                && !found.Exists(symbol => SymbolEqualityComparer.Default.Equals(symbol, used)))
            {
                found.Add(used);
            }
        }

        found.Sort(static (left, right) => left.Locations[0].SourceSpan.Start.CompareTo(right.Locations[0].SourceSpan.Start));
        return found;
    }
}
