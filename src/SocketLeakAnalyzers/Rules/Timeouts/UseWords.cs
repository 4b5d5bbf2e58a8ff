using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SocketLeakAnalyzers.Uses;

namespace SocketLeakAnalyzers.Rules.Timeouts;

/// <summary>Says a use of the network in the reader's words.</summary>
internal static class UseWords
{
    /// <summary>"'client' (TcpClient)", or "the TcpClient" where it has no name.</summary>
    public static string Subject(NetworkObject networkObject) =>
        networkObject.Site is { } site ? LeakWords.Subject(site)
        : networkObject.Symbol is { } symbol ? "'" + symbol.Name + "' (" + networkObject.Type.Name + ")"
        : "the " + networkObject.Type.Name;

    /// <summary>"'Read'", "'new TcpClient'".</summary>
    public static string Call(NetworkCall call) =>
        "'" + (call.Member is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { } type } ? "new " + type.Name : call.Member.Name) + "'";

    /// <summary>"'Read' on line 14", for a finding that stands elsewhere.</summary>
    public static string CallOnLine(NetworkCall call, Location finding) => Call(call) + LeakWords.On(call.Operation.Syntax, finding);

    /// <summary>The place of a call: the whole expression.</summary>
    public static Location Place(NetworkCall call) => call.Operation.Syntax.GetLocation();
}
