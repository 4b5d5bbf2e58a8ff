using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Writes the statement that releases something.</summary>
internal static class ReleaseCall
{
    /// <summary>
    /// The lines of the statement, chosen by the members that the type has at this place and by what the language allows; null where
    /// nothing can be called here.
    /// </summary>
    public static string[]? For(string name, ITypeSymbol type, bool mayBeNull, SyntaxNode at, SemanticModel model, Layout layout)
    {
        mayBeNull &= !type.IsValueType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        switch (Disposability.KindOf(type, at, model))
        {
            case UsingKind.Using:
                if (HasMethod("Dispose"))
                {
                    return Call("Dispose");
                }

                if (HasMethod("Close"))
                {
                    return Call("Close");
                }

                return mayBeNull && HasNullConditional()
                    ? new[] { "(" + name + " as System.IDisposable)?.Dispose();" }
                    : Guarded("((System.IDisposable)" + name + ").Dispose();");
            case UsingKind.AwaitUsing:
                return HasMethod("DisposeAsync") ? Guarded("await " + name + ".DisposeAsync()" + Awaits.Configuration(at) + ";") : null;
            default:
                return type is not (null or IErrorTypeSymbol) && IsListener(type) && HasMethod("Stop") ? Call("Stop") : null;
        }

        string[] Call(string method) => mayBeNull && HasNullConditional()
            ? new[] { name + "?." + method + "();" }
            : Guarded(name + "." + method + "();");

        string[] Guarded(string statement)
        {
            if (!mayBeNull)
            {
                return new[] { statement };
            }

            var header = "if (" + name + " != null)";
            return layout.BracesOnOwnLine
                ? new[] { header, "{", layout.Unit + statement, "}" }
                : new[] { header + " {", layout.Unit + statement, "}" };
        }

        bool HasNullConditional() => Disposability.LanguageOf(at) >= LanguageVersion.CSharp6;

        bool HasMethod(string method)
        {
            foreach (var symbol in model.LookupSymbols(at.SpanStart, type as INamespaceOrTypeSymbol, method))
            {
                if (symbol is IMethodSymbol { IsStatic: false, Parameters.IsEmpty: true })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The lines with one behind them.</summary>
    public static string[] Then(string[] lines, string line)
    {
        var all = new string[lines.Length + 1];
        lines.CopyTo(all, 0);
        all[lines.Length] = line;
        return all;
    }

    /// <summary>Before .NET 8 a <c>TcpListener</c> is stopped, not disposed.</summary>
    private static bool IsListener(ITypeSymbol type) => type is { Name: "TcpListener", ContainingNamespace: { Name: "Sockets" } };
}
