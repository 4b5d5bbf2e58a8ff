using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// How a call is given a token: in place of one that is never cancelled, as one argument more, or by the overload that does the same with a
/// token. Overloads are asked of the compiler, so that each framework gets what it has.
/// </summary>
internal sealed class TokenArgument
{
    private const string Placeholder = "default(global::System.Threading.CancellationToken)";

    private readonly TextSpan _replaced;
    private readonly string _prefix;
    private readonly string _suffix;
    private readonly string? _asyncName;
    private readonly bool _needsTask;

    private TokenArgument(InvocationExpressionSyntax call, TextSpan replaced, string prefix, string suffix, string? asyncName, bool needsTask, ResultUse use)
    {
        Call = call;
        _replaced = replaced;
        _prefix = prefix;
        _suffix = suffix;
        _asyncName = asyncName;
        _needsTask = needsTask;
        Use = use;
    }

    public InvocationExpressionSyntax Call { get; }

    /// <summary>What becomes of the task of the call when it is given the token.</summary>
    public ResultUse Use { get; }

    /// <summary>Whether one of the arguments is a token, and not one that is never cancelled.</summary>
    public static bool HasToken(InvocationExpressionSyntax call, FixSite site) =>
        TokenOf(call, site) is { } token && !TokensInScope.IsNone(token.Expression) && !IsNoneLocal(token.Expression, site);

    /// <summary>The argument that is a token, and not one that is never cancelled.</summary>
    public static ArgumentSyntax? GivenIn(InvocationExpressionSyntax call, FixSite site) => HasToken(call, site) ? TokenOf(call, site) : null;

    /// <summary>Null where no overload takes a token. With <paramref name="mayAwait"/> a blocking call may become one that is awaited.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayAwait">Whether it may become a call that is awaited.</param>
    /// <param name="site">The finding.</param>
    /// <param name="result">What becomes of its task in the code that the fix writes; null: what becomes of it now.</param>
    public static TokenArgument? For(InvocationExpressionSyntax call, bool mayAwait, FixSite site, ResultUse? result = null)
    {
        if (site.Model.GetSymbolInfo(call, site.CancellationToken).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var use = result ?? ResultUses.Of(call);
        if (TokenOf(call, site) is { } none)
        {
            return HasToken(call, site) ? null : new TokenArgument(call, none.Expression.Span, string.Empty, string.Empty, null, false, use);
        }

        if (IsAwaitable(method.ReturnType) || IsSequence(method.ReturnType))
        {
            return Find(call, method, null, use, site);
        }

        return mayAwait && Awaits.CanBeAdded(call, site) ? Find(call, method, method.Name + "Async", ResultUse.Awaited, site) : null;
    }

    /// <summary>Writes the token's text into the call, and what the other overload needs.</summary>
    public void Write(string token, EditBuilder edit)
    {
        var suffix = _needsTask ? ".AsTask()" : string.Empty;
        if (_asyncName is not null)
        {
            // What is done to the result is done to what was awaited.
            var isPart = Call.Parent is MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax or ElementAccessExpressionSyntax
                || Call.Parent is PostfixUnaryExpressionSyntax;
            edit.Insert(Call.SpanStart, isPart ? "(await " : "await ");
            edit.Replace(NameOf(Call)!.Identifier.Span, _asyncName);
            suffix += (Awaits.AreConfigured(Call) ? ".ConfigureAwait(false)" : string.Empty) + (isPart ? ")" : string.Empty);
        }

        edit.Replace(_replaced, _prefix + token + _suffix);
        edit.Insert(Call.Span.End, suffix);
    }

    private static ArgumentSyntax? TokenOf(InvocationExpressionSyntax call, FixSite site)
    {
        foreach (var argument in call.ArgumentList.Arguments)
        {
            if (IsToken(site.Model.GetTypeInfo(argument.Expression, site.CancellationToken).ConvertedType))
            {
                return argument;
            }
        }

        return null;
    }

    /// <summary>A local that is a name for the token that is never cancelled.</summary>
    private static bool IsNoneLocal(ExpressionSyntax token, FixSite site) =>
        token is IdentifierNameSyntax
        && site.Model.GetSymbolInfo(token, site.CancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local
        && local.DeclaringSyntaxReferences[0].GetSyntax(site.CancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value }
        && TokensInScope.IsNone(value);

    private static TokenArgument? Find(InvocationExpressionSyntax call, IMethodSymbol method, string? asyncName, ResultUse use, FixSite site)
    {
        if (asyncName is not null && NameOf(call) is null)
        {
            return null;
        }

        foreach (var (replaced, prefix, suffix) in Arguments(call, method, asyncName ?? method.Name, site))
        {
            if (BindsTo(call, replaced, prefix + Placeholder + suffix, asyncName, site) is { } overload
                && Fits(method.ReturnType, overload.ReturnType, use, out var needsTask))
            {
                return new TokenArgument(call, replaced, prefix, suffix, asyncName, needsTask, use);
            }
        }

        return null;
    }

    /// <summary>The ways to write the arguments with a token, the plainest first.</summary>
    private static IEnumerable<(TextSpan Replaced, string Prefix, string Suffix)> Arguments(InvocationExpressionSyntax call, IMethodSymbol method, string name, FixSite site)
    {
        var arguments = call.ArgumentList.Arguments;
        var end = arguments.Count > 0 ? EndWithComments(arguments[arguments.Count - 1]) : call.ArgumentList.OpenParenToken.Span.End;
        var comma = arguments.Count > 0 ? "," + SpaceAhead(arguments[arguments.Count - 1], site) : string.Empty;
        var at = new TextSpan(end, 0);
        if (!arguments.Any(static argument => argument.NameColon is not null))
        {
            yield return (at, comma, string.Empty);
        }

        foreach (var parameter in TokenParameters(call, method, name, site))
        {
            yield return (at, comma + parameter + ": ", string.Empty);
        }

        if (AsMemory(call, method) is { } memory)
        {
            yield return (TextSpan.FromBounds(arguments[0].SpanStart, arguments[arguments.Count - 1].Span.End), memory + ", ", string.Empty);
        }

        if (arguments.Count == 1 && method is { Name: "CopyToAsync" or "CopyTo", ContainingType: { Name: "Stream", ContainingNamespace.Name: "IO" } })
        {
            // The number is what Stream uses itself.
            yield return (at, ", 81920, ", string.Empty);
        }

        if (HandshakeOptions.For(call, method, site) is { } options)
        {
            yield return (TextSpan.FromBounds(arguments[0].SpanStart, arguments[arguments.Count - 1].Span.End), options + ", ", string.Empty);
        }
    }

    /// <summary>Text that is written, or a part of an array, as memory: readers and writers take a token with nothing else.</summary>
    private static string? AsMemory(InvocationExpressionSyntax call, IMethodSymbol method)
    {
        var arguments = call.ArgumentList.Arguments;
        if (arguments.Count == 0 || arguments.Count != method.Parameters.Length || arguments.Any(static argument => argument.NameColon is not null || argument.RefKindKeyword.RawKind != 0))
        {
            return null;
        }

        var value = arguments[0].Expression;
        var text = value is IdentifierNameSyntax or LiteralExpressionSyntax or InterpolatedStringExpressionSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax
            or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or ThisExpressionSyntax
            ? value.ToString()
            : "(" + value + ")";
        return method.Parameters.Length switch
        {
            1 when method.Name is "WriteAsync" or "WriteLineAsync" && method.Parameters[0].Type.SpecialType == SpecialType.System_String => text + ".AsMemory()",
            3 when method.Parameters[0].Type is IArrayTypeSymbol
                && method.Parameters[1].Type.SpecialType == SpecialType.System_Int32
                && method.Parameters[2].Type.SpecialType == SpecialType.System_Int32
                => text + ".AsMemory(" + arguments[1] + ", " + arguments[2] + ")",
            _ => null,
        };
    }

    private static int EndWithComments(ArgumentSyntax argument)
    {
        var end = argument.Span.End;
        foreach (var trivia in argument.GetTrailingTrivia())
        {
            end = trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) ? trivia.Span.End : end;
        }

        return end;
    }

    /// <summary>An argument that has a line of its own is followed by one on the next.</summary>
    private static string SpaceAhead(ArgumentSyntax last, FixSite site)
    {
        var layout = Layout.Of(site.Text, last);
        return layout.IsFirstOnLine && ((ArgumentListSyntax)last.Parent!).Arguments.Count > 1 ? layout.EndOfLine + layout.Indent : " ";
    }

    private static IEnumerable<string> TokenParameters(InvocationExpressionSyntax call, IMethodSymbol method, string name, FixSite site)
    {
        var container = method.IsStatic || call.Expression is not MemberAccessExpressionSyntax { Expression: var receiver }
            ? method.ContainingType
            : site.Model.GetTypeInfo(receiver, site.CancellationToken).Type ?? method.ContainingType;
        return site.Model.LookupSymbols(call.SpanStart, container, name, includeReducedExtensionMethods: true)
            .OfType<IMethodSymbol>()
            .SelectMany(static overload => overload.Parameters)
            .Where(static parameter => IsToken(parameter.Type))
            .Select(static parameter => parameter.Name)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(static parameter => parameter, StringComparer.Ordinal);
    }

    /// <summary>The method that the call would mean with these arguments; null unless it takes the token as one.</summary>
    private static IMethodSymbol? BindsTo(InvocationExpressionSyntax call, TextSpan replaced, string arguments, string? asyncName, FixSite site)
    {
        var start = call.SpanStart;
        var text = call.ToString();
        text = text.Substring(0, replaced.Start - start) + arguments + text.Substring(replaced.End - start);
        if (asyncName is not null)
        {
            var name = NameOf(call)!.Identifier.Span;
            text = text.Substring(0, name.Start - start) + asyncName + text.Substring(name.End - start);
        }

        if (call.Expression is MemberBindingExpressionSyntax)
        {
            // What stands behind x?. means what it would mean behind x.
            if (call.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is not { Expression: var receiver } access || access.WhenNotNull != call)
            {
                return null;
            }

            text = receiver + text;
            start = access.SpanStart;
        }

        if (SyntaxFactory.ParseExpression(text, 0, call.SyntaxTree.Options) is not InvocationExpressionSyntax changed
            || site.Model.GetSpeculativeSymbolInfo(start, changed, SpeculativeBindingOption.BindAsExpression).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var list = changed.ArgumentList.Arguments;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Expression.ToString() == Placeholder)
            {
                foreach (var parameter in method.Parameters)
                {
                    if (IsToken(parameter.Type) && (list[i].NameColon is { } named ? named.Name.Identifier.ValueText == parameter.Name : parameter.Ordinal == i))
                    {
                        return method;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Whether what the other overload gives can be used as the first one's result.</summary>
    private static bool Fits(ITypeSymbol old, ITypeSymbol @new, ResultUse use, out bool needsTask)
    {
        needsTask = false;
        if (!IsAwaitable(old))
        {
            return SymbolEqualityComparer.Default.Equals(old, @new)
                || (IsAwaitable(@new) && SymbolEqualityComparer.Default.Equals(ResultOf(@new), old.SpecialType == SpecialType.System_Void ? null : old));
        }

        if (!IsAwaitable(@new) || !SymbolEqualityComparer.Default.Equals(ResultOf(old), ResultOf(@new)))
        {
            return false;
        }

        needsTask = use != ResultUse.Awaited && old.Name == "Task" && @new.Name == "ValueTask";
        return use == ResultUse.Awaited || old.Name == @new.Name || needsTask;
    }

    private static ITypeSymbol? ResultOf(ITypeSymbol awaitable) => awaitable is INamedTypeSymbol { TypeArguments.Length: 1 } generic ? generic.TypeArguments[0] : null;

    private static bool IsAwaitable(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask", ContainingNamespace: { Name: "Tasks", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } } };

    private static bool IsSequence(ITypeSymbol type) => type is INamedTypeSymbol { Name: "IAsyncEnumerable" };

    private static bool IsToken(ITypeSymbol? type) => type is INamedTypeSymbol { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } };

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
