using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Tells which constructors take over the resource that they are given.</summary>
internal static class Wrappers
{
    /// <summary>Whether disposing the new object certainly disposes this argument.</summary>
    public static bool Owns(BaseObjectCreationExpressionSyntax creation, ArgumentSyntax argument, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetOperation(creation, cancellationToken) is not IObjectCreationOperation { Constructor: { } constructor } operation
            || !IsOwningWrapper(constructor.ContainingType))
        {
            return false;
        }

        var owns = constructor.ContainingType.Name != "NetworkStream";
        var isFirst = false;
        foreach (var given in operation.Arguments)
        {
            if (given.Syntax == argument)
            {
                isFirst = given.Parameter?.Ordinal == 0;
            }

            switch (given.Parameter?.Name)
            {
                case "leaveOpen" or "leaveInnerStreamOpen" when given.ArgumentKind == ArgumentKind.Explicit:
                    owns = given.Value.ConstantValue is { HasValue: true, Value: false };
                    break;
                case "ownsSocket" or "disposeHandler":
                    owns = given.Value.ConstantValue is { HasValue: true, Value: true };
                    break;
            }
        }

        return owns && isFirst;
    }

    private static bool IsOwningWrapper(INamedTypeSymbol type) => type.ContainingNamespace.ToDisplayString() switch
    {
        "System.IO" => type.Name is "StreamReader" or "StreamWriter" or "BinaryReader" or "BinaryWriter" or "BufferedStream",
        "System.IO.Compression" => type.Name is "GZipStream" or "DeflateStream" or "BrotliStream" or "ZLibStream" or "ZipArchive",
        "System.Security.Cryptography" => type.Name is "CryptoStream",
        "System.Net.Security" => type.Name is "SslStream" or "NegotiateStream",
        "System.Net.Sockets" => type.Name is "NetworkStream",
        "System.Net.Http" => type.Name is "HttpClient" or "HttpMessageInvoker",
        _ => false,
    };
}
