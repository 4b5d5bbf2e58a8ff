using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Flow;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>The types that the analysis asks for by name, looked up once per compilation; null where a reference is missing.</summary>
internal sealed class KnownTypes
{
    private static readonly string[] ExceptionNames =
    {
        "System.Net.Sockets.SocketException",
        "System.IO.IOException",
        "System.Net.Http.HttpRequestException",
        "System.OperationCanceledException",
        "System.Net.WebSockets.WebSocketException",
        "System.Net.WebException",
        "System.FormatException",
        "System.Text.Json.JsonException",
        "System.Xml.XmlException",
        "System.Security.Authentication.AuthenticationException",
    };

    private readonly INamedTypeSymbol?[] _exceptions;
    private readonly INamedTypeSymbol? _exception;

    public KnownTypes(Compilation compilation)
    {
        _exception = compilation.GetTypeByMetadataName("System.Exception");
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        HttpClient = compilation.GetTypeByMetadataName("System.Net.Http.HttpClient");
        HttpMessageInvoker = compilation.GetTypeByMetadataName("System.Net.Http.HttpMessageInvoker");
        HttpMessageHandler = compilation.GetTypeByMetadataName("System.Net.Http.HttpMessageHandler");
        DelegatingHandler = compilation.GetTypeByMetadataName("System.Net.Http.DelegatingHandler");
        _exceptions = new INamedTypeSymbol?[ExceptionNames.Length];
        for (var i = 0; i < ExceptionNames.Length; i++)
        {
            _exceptions[i] = compilation.GetTypeByMetadataName(ExceptionNames[i]);
        }
    }

    public INamedTypeSymbol? CancellationToken { get; }

    public INamedTypeSymbol? HttpClient { get; }

    public INamedTypeSymbol? HttpMessageInvoker { get; }

    public INamedTypeSymbol? HttpMessageHandler { get; }

    public INamedTypeSymbol? DelegatingHandler { get; }

    public bool IsHttpClient(ITypeSymbol? type) => Is(type, HttpClient);

    public bool IsHttpHandler(ITypeSymbol? type) => Is(type, HttpMessageHandler);

    /// <summary>Whether the type is <c>System.Exception</c> or derives from it.</summary>
    public bool IsException(ITypeSymbol? type) => Is(type, _exception);

    public bool IsSystemException(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type, _exception);

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? ancestor) => type is not null && ancestor is not null && SymbolWords.DerivesFrom(type, ancestor);

    /// <summary>The root type of one family of exceptions.</summary>
    public INamedTypeSymbol? ExceptionOf(ThrownKinds kind)
    {
        for (var i = 0; i < _exceptions.Length; i++)
        {
            if ((int)kind == 1 << i)
            {
                return _exceptions[i];
            }
        }

        return null;
    }
}
