using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// A cancellation source with a time-out, declared for the calls that it bounds. It stands ahead of the statement of the first of
/// them, inside the loop that the call is in, so that each round has the whole time; where the call is the condition of the loop, the
/// condition moves into the loop.
/// </summary>
internal sealed class TimedSource
{
    private enum Shape
    {
        /// <summary>A <c>using</c> declaration ahead of the statement.</summary>
        Declared,

        /// <summary>A <c>using</c> statement around it.</summary>
        Around,

        /// <summary>The expression body becomes a block.</summary>
        Body,

        /// <summary>The condition becomes an <c>if</c> with a <c>break</c>.</summary>
        Condition,
    }

    private readonly Shape _shape;
    private readonly SyntaxNode _anchor;
    private readonly string? _linkedTo;
    private readonly FixSite _site;
    private readonly List<TokenArgument> _calls = new();
    private readonly string _sourceType;
    private readonly string _delay;
    private int _last;

    private TimedSource(Shape shape, SyntaxNode anchor, string? linkedTo, string sourceType, string delay, FixSite site)
    {
        _shape = shape;
        _anchor = anchor;
        _linkedTo = linkedTo;
        _sourceType = sourceType;
        _delay = delay;
        _site = site;
        _last = anchor is StatementSyntax statement && StatementScope.Of(statement) is { } scope ? scope.Index : 0;
    }

    public string Name { get; private set; } = string.Empty;

    /// <summary>The part of the code that the name is in scope in.</summary>
    public SyntaxNode Scope => _shape == Shape.Declared && _anchor is StatementSyntax statement && StatementScope.Of(statement) is { Statements: not null } scope ? scope.Container : _anchor;

    /// <summary>A source for this call; null where none can be declared for it alone. With <paramref name="linkedTo"/> that token cancels it too.</summary>
    public static TimedSource? For(ExpressionSyntax call, string? linkedTo, IReadOnlyList<TimedSource> others, FixSite site)
    {
        var compilation = site.Model.Compilation;
        var deadline = Deadline.For(site);
        if (AnchorOf(call, site) is not var (shape, anchor)
            || compilation.GetTypeByMetadataName("System.Threading.CancellationTokenSource") is not { } type
            || !TakesTimeSpan(type, linkedTo is null ? WellKnownMemberNames.InstanceConstructorName : "CancelAfter")
            || deadline.TimeSpan(site, call.SpanStart) is not { } delay)
        {
            return null;
        }

        var source = new TimedSource(shape, anchor, linkedTo, type.ToMinimalDisplayString(site.Model, call.SpanStart), delay, site);
        var taken = new HashSet<string>();
        foreach (var other in others)
        {
            if (other.Scope.Span.IntersectsWith(source.Scope.Span))
            {
                taken.Add(other.Name);
            }
        }

        source.Name = LocalNames.Choose("cts", site.Model, anchor.SpanStart, source.Scope, taken);
        return source;
    }

    /// <summary>Whether it can be written as statements ahead of the call's own.</summary>
    public bool IsDeclared => _shape == Shape.Declared;

    /// <summary>The statements that declare it.</summary>
    public string[] Lines => _linkedTo is null ? new[] { "using " + Declaration + ";" } : new[] { "using " + Declaration + ";", Rearm! };

    private string Declaration => "var " + Name + " = "
        + (_linkedTo is null ? "new " + _sourceType + "(" + _delay + ")" : _sourceType + ".CreateLinkedTokenSource(" + _linkedTo + ")");

    private string? Rearm => _linkedTo is null ? null : Name + ".CancelAfter(" + _delay + ");";

    public void Add(TokenArgument call) => _calls.Add(call);

    /// <summary>Whether the source can bound this call too: it comes behind the others, and nothing that takes time stands between.</summary>
    public bool TryJoin(TokenArgument call, string? linkedTo)
    {
        if (_linkedTo == linkedTo && _shape == Shape.Condition)
        {
            return TryJoinRound(call);
        }

        if (_linkedTo != linkedTo || _shape is not (Shape.Declared or Shape.Around) || StatementScope.Of((StatementSyntax)_anchor) is not { Statements: { } list } scope)
        {
            return false;
        }

        SyntaxNode node = call.Call;
        while (node.Parent is { } parent && parent != _anchor.Parent && !(parent is GlobalStatementSyntax && scope.Container is CompilationUnitSyntax))
        {
            if (parent is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax || Awaits.IsLoop(parent))
            {
                return false;
            }

            node = parent;
        }

        var index = -1;
        for (var i = 0; i < list.Count; i++)
        {
            index = list[i] == node ? i : index;
        }

        var start = _calls[_calls.Count - 1].Call.Span.End;
        if (index < _last
            || Awaits.IsLoop(node)
            || !Awaits.NothingElseBetween(start, call.Call.SpanStart, LocalNames.MemberOf(call.Call), awaited => _calls.Exists(own => awaited.Span.Contains(own.Call.Span))))
        {
            return false;
        }

        _last = index;
        _calls.Add(call);
        return true;
    }

    /// <summary>Whether the source of a loop's condition can bound this call of the same round too, where the loop has one statement and no block.</summary>
    private bool TryJoinRound(TokenArgument call)
    {
        var loop = (WhileStatementSyntax)_anchor;
        if (loop.Statement is BlockSyntax || !loop.Statement.Span.Contains(call.Call.Span))
        {
            return false;
        }

        for (SyntaxNode? node = call.Call; node != loop && node is not null; node = node.Parent)
        {
            if (node is AnonymousFunctionExpressionSyntax or BlockSyntax || Awaits.IsLoop(node))
            {
                return false;
            }
        }

        if (!Awaits.NothingElseBetween(_calls[_calls.Count - 1].Call.Span.End, call.Call.SpanStart, LocalNames.MemberOf(call.Call), awaited => _calls.Exists(own => awaited.Span.Contains(own.Call.Span))))
        {
            return false;
        }

        _calls.Add(call);
        return true;
    }

    /// <summary>Writes the source and gives its token to the calls.</summary>
    public bool TryWrite(EditBuilder edit)
    {
        var header = "using (" + Declaration + ")";
        switch (_shape)
        {
            case Shape.Declared:
                var statement = (StatementSyntax)_anchor;
                if (!BlockWriter.TryInsertBefore(statement, Lines, _site.Text, Layout.Of(_site.Text, statement), edit))
                {
                    return false;
                }

                break;
            case Shape.Around:
                if (!TryWrap(header, Rearm, edit))
                {
                    return false;
                }

                break;
            case Shape.Body:
                var nested = Disposability.LanguageOf(_anchor) < LanguageVersion.CSharp8;
                var before = !nested ? Lines : Rearm is null ? new[] { header } : new[] { header, Rearm };
                ExpressionBody.Write((ExpressionSyntax)_anchor, before, nested, keepsExpression: true, _site.Text, _site.Model, edit, _site.CancellationToken);
                break;
            case Shape.Condition:
                return TryMoveCondition(Lines, edit);
        }

        WriteCalls(_calls, edit);
        return true;
    }

    private void WriteCalls(IEnumerable<TokenArgument> calls, EditBuilder edit)
    {
        foreach (var call in calls)
        {
            call.Write(Name + ".Token", edit);
        }
    }

    private static (Shape Shape, SyntaxNode Anchor)? AnchorOf(ExpressionSyntax call, FixSite site)
    {
        var hasDeclarations = Disposability.LanguageOf(call) >= LanguageVersion.CSharp8;
        for (SyntaxNode node = call; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case CatchFilterClauseSyntax or QueryClauseSyntax or SelectOrGroupClauseSyntax or ConstructorInitializerSyntax or ArgumentSyntax { Parent.Parent: PrimaryConstructorBaseTypeSyntax }:
                case MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return null;
                case WhileStatementSyntax loop when loop.Condition == node:
                    return hasDeclarations && loop.Statement is not EmptyStatementSyntax && CanRepeat(loop.Condition) ? (Shape.Condition, loop) : null;
                case DoStatementSyntax:
                case ForStatementSyntax @for when @for.Condition == node || @for.Incrementors.Contains((node as ExpressionSyntax)!):
                    return null;
                case AnonymousFunctionExpressionSyntax or ArrowExpressionClauseSyntax:
                    return ExpressionBody.CanBecomeBlock((ExpressionSyntax)node, site.Model, site.CancellationToken) ? (Shape.Body, node) : null;
                case StatementSyntax statement:
                    // A switch section takes no using declaration.
                    return hasDeclarations && StatementScope.Of(statement) is not { IsSwitchSection: true } ? (Shape.Declared, statement) : (Shape.Around, statement);
            }
        }

        return null;
    }

    private static bool TakesTimeSpan(INamedTypeSymbol type, string name)
    {
        foreach (var member in type.GetMembers(name))
        {
            if (member is IMethodSymbol { Parameters.Length: 1 } method && method.Parameters[0].Type.Name == "TimeSpan")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A <c>using</c> statement around the statements of the calls; around all that follow where what they declare cannot be declared ahead of it.</summary>
    private bool TryWrap(string header, string? rearm, EditBuilder edit)
    {
        var first = (StatementSyntax)_anchor;
        if (StatementScope.Of(first) is not { HasLabel: false } scope)
        {
            return false;
        }

        var layout = Layout.Of(_site.Text, first);
        var last = first;
        if (scope.Statements is { } list)
        {
            var lastIndex = _last;
            for (var i = scope.Index; i <= _last; i++)
            {
                // What a using declaration releases is released at the end of the list.
                lastIndex = list[i] is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } ? list.Count - 1 : lastIndex;
            }

            var hoist = Hoist.Of(scope, scope.Index, lastIndex, _site.Text, _site.Model, _site.CancellationToken);
            if (hoist is null)
            {
                lastIndex = list.Count - 1;
            }

            last = list[lastIndex];
            foreach (var line in hoist?.Write(edit) ?? System.Array.Empty<string>())
            {
                edit.Insert(first.SpanStart, line + (layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent : " "));
            }
        }

        if (layout.HasConditionalDirective(TextSpan.FromBounds(first.FullSpan.Start, last.Span.End)))
        {
            return false;
        }

        BlockWriter.WrapWithHeader(header, first, last, layout, edit);
        if (rearm is not null)
        {
            edit.Insert(first.SpanStart, rearm + (layout.IsFirstOnLine ? layout.EndOfLine + layout.Indent + layout.Unit : " "));
        }

        return true;
    }

    /// <summary>Whether a condition may be evaluated in the loop's block: what it declares must not be captured once for all rounds.</summary>
    private static bool CanRepeat(ExpressionSyntax condition)
    {
        foreach (var node in condition.DescendantNodes())
        {
            if (node is AnonymousFunctionExpressionSyntax)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>while (await x) { … }</c> becomes <c>while (true) { using var cts = …; if (!await x) { break; } … }</c>.</summary>
    private bool TryMoveCondition(string[] lines, EditBuilder edit)
    {
        var loop = (WhileStatementSyntax)_anchor;
        var condition = loop.Condition;
        var inner = new EditBuilder();
        WriteCalls(_calls.FindAll(call => condition.Span.Contains(call.Call.Span)), inner);
        WriteCalls(_calls.FindAll(call => !condition.Span.Contains(call.Call.Span)), edit);
        var test = Negation.Of(condition, _site, inner, out var span);
        if (test is null || inner.ToChanges() is not { } changes)
        {
            return false;
        }

        var text = test.Value.Before + Applied(span, changes) + test.Value.After;
        var header = "if (" + text + ")";
        var layout = Layout.Of(_site.Text, loop);
        var unit = layout.Unit;
        var all = new List<string>(lines);
        if (layout.BracesOnOwnLine)
        {
            all.Add(header);
            all.Add("{");
        }
        else
        {
            all.Add(header + " {");
        }

        all.Add(unit + "break;");
        all.Add("}");
        edit.Replace(condition.Span, "true");
        switch (loop.Statement)
        {
            case BlockSyntax { Statements.Count: 0 }:
                return false;
            case BlockSyntax block:
                var first = block.Statements[0];
                var firstLayout = Layout.Of(_site.Text, first);
                if (firstLayout.IsFirstOnLine)
                {
                    // Ahead of the comments of the first statement, with a line between.
                    var end = firstLayout.Indent;
                    var position = _site.Text.Lines.GetLineFromPosition(block.OpenBraceToken.Span.End).EndIncludingLineBreak;
                    edit.Insert(position, end + string.Join(layout.EndOfLine + end, all) + layout.EndOfLine + layout.EndOfLine);
                    return true;
                }

                edit.Insert(first.SpanStart, Layout.InOneLine(all.ToArray()) + " ");
                return true;
            default:
                return BlockWriter.TryWrapEmbedded(loop.Statement, all.ToArray(), _site.Text, Layout.Of(_site.Text, loop.Statement), edit);
        }
    }

    private string Applied(TextSpan span, IEnumerable<TextChange> changes)
    {
        var part = _site.Text.ToString(span);
        var shift = 0;
        foreach (var change in changes)
        {
            part = part.Substring(0, change.Span.Start - span.Start + shift) + change.NewText + part.Substring(change.Span.End - span.Start + shift);
            shift += (change.NewText?.Length ?? 0) - change.Span.Length;
        }

        return part;
    }
}
