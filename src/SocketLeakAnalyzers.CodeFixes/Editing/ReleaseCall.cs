using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Writes the statement that releases something.</summary>
internal static class ReleaseCall
{
    /// <summary>The statement, chosen by the members that the type has at this place; null where it has none that can be called here.</summary>
    public static string? For(string name, ITypeSymbol type, bool mayBeNull, SyntaxNode at, SemanticModel model)
    {
        var dot = mayBeNull ? "?." : ".";
        switch (Disposability.KindOf(type, at, model))
        {
            case UsingKind.Using:
                if (HasMethod("Dispose"))
                {
                    return name + dot + "Dispose();";
                }

                return HasMethod("Close") ? name + dot + "Close();" : "((System.IDisposable)" + name + ").Dispose();";
            case UsingKind.AwaitUsing:
                return mayBeNull || !HasMethod("DisposeAsync") ? null : "await " + name + ".DisposeAsync();";
            default:
                if (type is null or IErrorTypeSymbol)
                {
                    return null;
                }

                return IsListener(type) && HasMethod("Stop") ? name + dot + "Stop();" : null;
        }

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

    /// <summary>Before .NET 8 a <c>TcpListener</c> is stopped, not disposed.</summary>
    private static bool IsListener(ITypeSymbol type) => type is { Name: "TcpListener", ContainingNamespace: { Name: "Sockets" } };
}
