using System;
using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using SocketLeakAnalyzers.Flow;

namespace SocketLeakAnalyzers.Semantics;

/// <summary>
/// The types that the analysis asks for by name, each looked up when it is first asked for: most edits of a file need none of them. Null where a reference is missing.
/// </summary>
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
        "System.TimeoutException",
    };

    private readonly Compilation _compilation;
    private readonly ConcurrentDictionary<string, INamedTypeSymbol?> _types = new(StringComparer.Ordinal);

    public KnownTypes(Compilation compilation) => _compilation = compilation;

    public INamedTypeSymbol? CancellationToken => Get("System.Threading.CancellationToken");

    public INamedTypeSymbol? HttpClient => Get("System.Net.Http.HttpClient");

    public INamedTypeSymbol? HttpMessageInvoker => Get("System.Net.Http.HttpMessageInvoker");

    public INamedTypeSymbol? HttpMessageHandler => Get("System.Net.Http.HttpMessageHandler");

    public INamedTypeSymbol? DelegatingHandler => Get("System.Net.Http.DelegatingHandler");

    private INamedTypeSymbol? Exception => Get("System.Exception");

    public bool IsHttpClient(ITypeSymbol? type) => Is(type, HttpClient);

    public bool IsHttpHandler(ITypeSymbol? type) => Is(type, HttpMessageHandler);

    /// <summary>Whether the type is that of a response or of the body of a message, which can be in memory or on the wire.</summary>
    public bool IsHttpBody(ITypeSymbol? type) => Is(type, Get("System.Net.Http.HttpResponseMessage")) || Is(type, Get("System.Net.Http.HttpContent"));

    /// <summary>Whether the type is <c>System.Exception</c> or derives from it.</summary>
    public bool IsException(ITypeSymbol? type) => Is(type, Exception);

    public bool IsSystemException(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type, Exception);

    /// <summary>An exception of the runtime itself, as filters let it pass (<c>when (e is not OutOfMemoryException)</c>): no operation credibly throws one.</summary>
    public static bool IsRuntimeFailure(ITypeSymbol type)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            if (at is
                {
                    Name: "OutOfMemoryException" or "StackOverflowException" or "AccessViolationException" or "InvalidProgramException" or "BadImageFormatException"
                        or "ExecutionEngineException" or "AppDomainUnloadedException" or "CannotUnloadAppDomainException",
                    ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true },
                }
                or { Name: "ThreadAbortException", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } }
                or { Name: "SEHException", ContainingNamespace: { Name: "InteropServices", ContainingNamespace.Name: "Runtime" } })
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? ancestor) => type is not null && ancestor is not null && SymbolWords.DerivesFrom(type, ancestor);

    private INamedTypeSymbol? Get(string name) => _types.TryGetValue(name, out var type) ? type : _types.GetOrAdd(name, _compilation.GetTypeByMetadataName(name));

    /// <summary>The root type of one family of exceptions.</summary>
    public INamedTypeSymbol? ExceptionOf(ThrownKinds kind)
    {
        for (var i = 0; i < ExceptionNames.Length; i++)
        {
            if ((int)kind == 1 << i)
            {
                return Get(ExceptionNames[i]);
            }
        }

        return null;
    }
}
