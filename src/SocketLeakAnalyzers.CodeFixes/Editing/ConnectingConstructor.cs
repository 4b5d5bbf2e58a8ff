using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// Turns <c>new TcpClient(host, port)</c>, which connects and cannot be bounded, into <c>new TcpClient()</c> and a connect with a token. The
/// constructor cleans up after itself when it fails; what is made here is disposed when the connect fails.
/// </summary>
internal sealed class ConnectingConstructor
{
    private readonly BaseObjectCreationExpressionSyntax _creation;
    private readonly INamedTypeSymbol _type;
    private readonly string _arguments;
    private readonly FixSite _site;
    private readonly List<string> _source = new();
    private string _token = string.Empty;

    private ConnectingConstructor(BaseObjectCreationExpressionSyntax creation, INamedTypeSymbol type, string arguments, FixSite site)
    {
        _creation = creation;
        _type = type;
        _arguments = arguments;
        _site = site;
    }

    public static FixPlan? Plan(BaseObjectCreationExpressionSyntax creation, string title, FixSite site)
    {
        if (site.Model.Compilation.GetTypeByMetadataName("System.Net.Sockets.TcpClient") is not { } type
            || !SymbolEqualityComparer.Default.Equals(site.Model.GetTypeInfo(creation, site.CancellationToken).Type, type)
            || creation.ArgumentList is not { Arguments.Count: 2 } list
            || ArgumentsOf(list) is not { } arguments
            || !HasConnect(type, arguments, creation, site)
            || !Awaits.CanBeAdded(creation, site))
        {
            return null;
        }

        var connect = new ConnectingConstructor(creation, type, arguments, site);
        var edit = new EditBuilder();
        return connect.TryFindToken()
            && connect.TryWrite(edit)
            && edit.ToChanges() is { } changes
            && CompilerCheck.AddsNoError(changes, LocalNames.MemberOf(creation), site)
            ? new FixPlan(title + " " + Deadline.For(site).InWords + " (a slower success will fail)", changes)
            : null;
    }

    private static string? ArgumentsOf(ArgumentListSyntax list)
    {
        foreach (var trivia in list.DescendantTrivia())
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia || trivia.IsDirective)
            {
                return null;
            }
        }

        // The parameters of both are in the same order, but do not have the same names.
        if (list.Arguments[0].NameColon is null && list.Arguments[1].NameColon is null or { Name.Identifier.ValueText: "port" })
        {
            return list.Arguments[0].Expression + ", " + list.Arguments[1].Expression;
        }

        return list.Arguments[0].NameColon is { Name.Identifier.ValueText: "hostname" } && list.Arguments[1].NameColon is { Name.Identifier.ValueText: "port" }
            ? list.Arguments[0].Expression + ", " + list.Arguments[1].Expression
            : null;
    }

    private static bool HasConnect(INamedTypeSymbol type, string arguments, BaseObjectCreationExpressionSyntax creation, FixSite site)
    {
        var call = "new " + type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "().ConnectAsync(" + arguments + ", default(global::System.Threading.CancellationToken))";
        return site.Model.GetSpeculativeSymbolInfo(creation.SpanStart, SyntaxFactory.ParseExpression(call, 0, creation.SyntaxTree.Options), SpeculativeBindingOption.BindAsExpression).Symbol
            is IMethodSymbol { Parameters.Length: 3 } method
            && method.Parameters[2].Type.Name == "CancellationToken";
    }

    private bool TryFindToken()
    {
        var inScope = TokensInScope.Find(_creation, _site);
        if (inScope is { IsDeadline: true })
        {
            _token = inScope.Text;
            return true;
        }

        if (TimedSource.For(_creation, inScope?.Text, Array.Empty<TimedSource>(), _site) is not { IsDeclared: true } source)
        {
            return false;
        }

        _source.AddRange(source.Lines);
        _token = source.Name + ".Token";
        return true;
    }

    private bool TryWrite(EditBuilder edit)
    {
        if (_creation.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } variable }
            && _site.Model.GetDeclaredSymbol(variable, _site.CancellationToken) is ILocalSymbol { Type: var type }
            && SymbolEqualityComparer.Default.Equals(type, _type))
        {
            var name = variable.Identifier.Text;
            switch (declaration.Parent)
            {
                case LocalDeclarationStatementSyntax statement:
                    edit.Replace(_creation.ArgumentList!.Span, "()");
                    return (_source.Count == 0 || BlockWriter.TryInsertBefore(statement, _source.ToArray(), _site.Text, Layout.Of(_site.Text, statement), edit))
                        && BlockWriter.TryInsertAfter(statement, Connect(name, isCovered: statement.UsingKeyword.IsKind(SyntaxKind.UsingKeyword), statement), _site.Text, edit);
                case UsingStatementSyntax @using:
                    edit.Replace(_creation.ArgumentList!.Span, "()");
                    _source.AddRange(Connect(name, isCovered: true, @using));
                    return BlockWriter.TryInsertInside(@using.Statement, _source.ToArray(), _site.Text, edit);
            }
        }

        return TryName(edit);
    }

    /// <summary>What is not simply declared is connected under a name of its own first: nobody gets it before.</summary>
    private bool TryName(EditBuilder edit)
    {
        if (EvaluationOrder.FindPlaceAhead(_creation, _site.Model, _site.CancellationToken) is not StatementSyntax statement)
        {
            return false;
        }

        var name = LocalNames.Choose(_type, _site.Model, statement.SpanStart, LocalNames.MemberOf(statement));
        var initializer = _creation.Initializer is { } members ? " " + members : string.Empty;
        _source.Add("var " + name + " = new " + _type.ToMinimalDisplayString(_site.Model, statement.SpanStart) + "()" + initializer + ";");
        _source.AddRange(Connect(name, isCovered: false, statement));
        edit.Replace(_creation.Span, name);
        return BlockWriter.TryInsertBefore(statement, _source.ToArray(), _site.Text, Layout.Of(_site.Text, statement), edit);
    }

    private string[] Connect(string name, bool isCovered, StatementSyntax at)
    {
        var connect = "await " + name + ".ConnectAsync(" + _arguments + ", " + _token + ")" + (Awaits.AreConfigured(_creation) ? ".ConfigureAwait(false)" : string.Empty) + ";";
        if (isCovered)
        {
            return new[] { connect };
        }

        var layout = Layout.Of(_site.Text, at);
        var unit = layout.Unit;
        return layout.BracesOnOwnLine
            ? new[] { "try", "{", unit + connect, "}", "catch", "{", unit + name + ".Dispose();", unit + "throw;", "}" }
            : new[] { "try {", unit + connect, "} catch {", unit + name + ".Dispose();", unit + "throw;", "}" };
    }
}
