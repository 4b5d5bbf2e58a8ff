using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Rules.Timeouts;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Sets the time-outs of a socket that a call has given (an accept, a view of a socket): in statements behind the one that takes it.</summary>
internal static class SocketTimeouts
{
    private static readonly string[][] Pairs =
    {
        new[] { "ReceiveTimeout", "SendTimeout" },
        new[] { "ReadTimeout", "WriteTimeout" },
    };

    /// <summary>The properties of a socket, a client or a stream that bound its blocking calls, and the value for them.</summary>
    public static List<(string Name, string Value)> MembersFor(ITypeSymbol type, int position, FixSite site)
    {
        var members = new List<(string Name, string Value)>();
        var value = Deadline.For(site).Milliseconds;
        site.Properties.TryGetValue(AsyncBounds.SettableTimeouts, out var settable);
        foreach (var pair in Pairs)
        {
            foreach (var name in pair)
            {
                if (settable is not null && settable != (name == pair[0] ? AsyncBounds.OfReads : AsyncBounds.OfWrites))
                {
                    continue;
                }

                if (SettableProperty(type, name, position, site) is { Type.SpecialType: SpecialType.System_Int32 })
                {
                    members.Add((name, value));
                }
            }

            if (members.Count > 0)
            {
                break;
            }
        }

        return members;
    }

    public static IPropertySymbol? SettableProperty(ITypeSymbol type, string name, int position, FixSite site)
    {
        foreach (var symbol in site.Model.LookupSymbols(position, type, name))
        {
            if (symbol is IPropertySymbol { IsStatic: false } property
                && (property.SetMethod is { IsInitOnly: false } set ? site.Model.IsAccessible(position, set) : name == "Client"))
            {
                return property;
            }
        }

        return null;
    }

    /// <summary>Whether the variable that takes the value has the member set somewhere in the code around.</summary>
    public static bool IsSetLater(ExpressionSyntax made, string member, FixSite site) =>
        Taking(made) is { Name: { } name } && IsSet(name, member, LocalNames.MemberOf(made));

    public static bool TryWriteBehind(ExpressionSyntax made, FixSite site, EditBuilder edit)
    {
        if (ResourceValue.Of(made, intoWrappers: false, site) is not { Type: { } type } resource)
        {
            return false;
        }

        // Of what nothing but a view has a name, the view bounds the calls.
        var value = resource.Outer;
        while (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetStream", Parent: InvocationExpressionSyntax view } member && member.Expression == value)
        {
            value = view;
            type = site.Model.GetTypeInfo(view, site.CancellationToken).Type;
            if (type is null)
            {
                return false;
            }
        }

        if (!IsSocketOrItsStream(type, site) || site.Model.GetTypeInfo(value, site.CancellationToken).Nullability.FlowState == NullableFlowState.MaybeNull)
        {
            return false;
        }

        var members = MembersFor(type, value.SpanStart, site);
        if (Taking(value) is not { } taker)
        {
            return members.Count > 0 && TryName(value, type, members, site, edit);
        }

        members.RemoveAll(member => IsSet(taker.Name, member.Name, LocalNames.MemberOf(value)));
        if (members.Count == 0)
        {
            return false;
        }

        var lines = members.ConvertAll(member => taker.Name + "." + member.Name + " = " + member.Value + ";").ToArray();
        if (taker.Statement is not UsingStatementSyntax @using)
        {
            return BlockWriter.TryInsertAfter(taker.Statement, lines, site.Text, edit);
        }

        // Of several, in the block of the last.
        var body = @using.Statement;
        while (body is UsingStatementSyntax inner)
        {
            body = inner.Statement;
        }

        return BlockWriter.TryInsertInside(body, lines, site.Text, edit);
    }

    /// <summary>For a socket that a parameter gives: ahead of the first statement that uses it for more than to check it.</summary>
    public static bool TryWriteAheadOfUse(ParameterSyntax parameter, FixSite site, EditBuilder edit)
    {
        if (site.Model.GetDeclaredSymbol(parameter, site.CancellationToken) is not IParameterSymbol { Type: var type, NullableAnnotation: not NullableAnnotation.Annotated, RefKind: RefKind.None } symbol
            || !IsSocketOrItsStream(type, site)
            || parameter.Parent?.Parent is not (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax))
        {
            return false;
        }

        var name = parameter.Identifier.Text;
        var members = MembersFor(type, parameter.SpanStart, site);
        members.RemoveAll(member => IsSet(name, member.Name, LocalNames.MemberOf(parameter)));
        var lines = members.ConvertAll(member => name + "." + member.Name + " = " + member.Value + ";").ToArray();
        var (body, expression) = parameter.Parent.Parent switch
        {
            BaseMethodDeclarationSyntax method => (method.Body, method.ExpressionBody?.Expression),
            LocalFunctionStatementSyntax function => (function.Body, function.ExpressionBody?.Expression),
            _ => (null, null),
        };
        if (lines.Length == 0)
        {
            return false;
        }

        if (expression is not null)
        {
            ExpressionBody.Write(expression, lines, nested: false, keepsExpression: true, site.Text, site.Model, edit, site.CancellationToken);
            return true;
        }

        foreach (var statement in body?.Statements ?? default)
        {
            if (Mentions(statement, symbol, site) && !IsCheck(statement))
            {
                return BlockWriter.TryInsertBefore(statement, lines, site.Text, Layout.Of(site.Text, statement), edit);
            }
        }

        return false;
    }

    private static bool Mentions(StatementSyntax statement, ISymbol symbol, FixSite site)
    {
        foreach (var _ in Lifetime.UsesOf(symbol, statement, site.Model, site.CancellationToken))
        {
            return true;
        }

        return false;
    }

    /// <summary><c>if (x == null) throw …</c>, <c>ArgumentNullException.ThrowIfNull(x)</c>, and an early return.</summary>
    private static bool IsCheck(StatementSyntax statement) => statement switch
    {
        IfStatementSyntax { Else: null } @if => (@if.Statement is BlockSyntax { Statements: { Count: 1 } only } ? only[0] : @if.Statement) is ThrowStatementSyntax or ReturnStatementSyntax,
        ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } } =>
            call.Name.Identifier.ValueText.StartsWith("ThrowIf", System.StringComparison.Ordinal) || call.Expression.ToString() is "Debug" or "Guard" or "Requires",
        _ => false,
    };

    private static bool IsSocketOrItsStream(ITypeSymbol type, FixSite site)
    {
        foreach (var name in new[] { "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.NetworkStream" })
        {
            if (site.Model.Compilation.GetTypeByMetadataName(name) is { } known && site.Model.Compilation.ClassifyConversion(type, known) is { IsImplicit: true, IsUserDefined: false })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The statement that gives the value a name, and the name; null where it has none.</summary>
    private static (StatementSyntax Statement, string Name)? Taking(ExpressionSyntax value)
    {
        while (value.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            value = parenthesized;
        }

        switch (value.Parent)
        {
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax or UsingStatementSyntax } declaration } declarator }:
                return ((StatementSyntax)declaration.Parent!, declarator.Identifier.Text);
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax statement } assignment
                when assignment.Right == value && assignment.Left is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }:
                return (statement, assignment.Left.ToString());
            default:
                return null;
        }
    }

    private static bool IsSet(string variable, string member, SyntaxNode within)
    {
        foreach (var node in within.DescendantNodes())
        {
            if (node is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax set } && set.Name.Identifier.ValueText == member && set.Expression.ToString() == variable)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A value that is used where it is made gets a name first.</summary>
    private static bool TryName(ExpressionSyntax value, ITypeSymbol type, List<(string Name, string Value)> members, FixSite site, EditBuilder edit)
    {
        if (EvaluationOrder.FindPlaceAhead(value, site.Model, site.CancellationToken) is not StatementSyntax statement)
        {
            return false;
        }

        var name = LocalNames.Choose(type, site.Model, statement.SpanStart, LocalNames.MemberOf(statement));
        var lines = new List<string> { "var " + name + " = " + value + ";" };
        lines.AddRange(members.ConvertAll(member => name + "." + member.Name + " = " + member.Value + ";"));
        edit.Replace(value.Span, name);
        return BlockWriter.TryInsertBefore(statement, lines.ToArray(), site.Text, Layout.Of(site.Text, statement), edit);
    }
}
