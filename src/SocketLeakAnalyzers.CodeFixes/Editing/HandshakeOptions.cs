using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// The options that say the same as the arguments of <c>SslStream.AuthenticateAsClientAsync(host, …)</c> and its server side: only the
/// overloads with options take a token. What is not said keeps its default, which is that of the other overloads.
/// </summary>
internal static class HandshakeOptions
{
    public static string? For(InvocationExpressionSyntax call, IMethodSymbol method, FixSite site)
    {
        if (method.ContainingType is not { Name: "SslStream", ContainingNamespace.Name: "Security" } || method.Parameters.Length != call.ArgumentList.Arguments.Count || method.Parameters.IsEmpty)
        {
            return null;
        }

        var isClient = method.Name.StartsWith("AuthenticateAsClient", System.StringComparison.Ordinal);
        if (site.Model.Compilation.GetTypeByMetadataName("System.Net.Security." + (isClient ? "SslClientAuthenticationOptions" : "SslServerAuthenticationOptions")) is not { } type)
        {
            return null;
        }

        var members = new List<string>();
        for (var i = 0; i < method.Parameters.Length; i++)
        {
            var argument = call.ArgumentList.Arguments[i];
            if (Member(argument.NameColon?.Name.Identifier.ValueText ?? method.Parameters[i].Name, argument.Expression, site) is not { } member)
            {
                return null;
            }

            if (member.Length > 0)
            {
                members.Add(member);
            }
        }

        return "new " + type.ToMinimalDisplayString(site.Model, call.SpanStart) + " { " + string.Join(", ", members) + " }";
    }

    /// <summary>The member for a parameter, empty where it would say the default; null for one that is not known.</summary>
    private static string? Member(string parameter, ExpressionSyntax value, FixSite site)
    {
        switch (parameter)
        {
            case "targetHost":
                return "TargetHost = " + value;
            case "serverCertificate":
                return "ServerCertificate = " + value;
            case "clientCertificates":
                return value.IsKind(SyntaxKind.NullLiteralExpression) ? string.Empty : "ClientCertificates = " + value;
            case "clientCertificateRequired":
                return value.IsKind(SyntaxKind.FalseLiteralExpression) ? string.Empty : "ClientCertificateRequired = " + value;
            case "enabledSslProtocols":
                return "EnabledSslProtocols = " + value;
            case "checkCertificateRevocation":
                if (value.IsKind(SyntaxKind.FalseLiteralExpression))
                {
                    return string.Empty;
                }

                if (site.Model.Compilation.GetTypeByMetadataName("System.Security.Cryptography.X509Certificates.X509RevocationMode") is not { } mode)
                {
                    return null;
                }

                var name = mode.ToMinimalDisplayString(site.Model, value.SpanStart);
                return "CertificateRevocationCheckMode = " + (value.IsKind(SyntaxKind.TrueLiteralExpression) ? name + ".Online" : InParentheses(value) + " ? " + name + ".Online : " + name + ".NoCheck");
            default:
                return null;
        }
    }

    private static string InParentheses(ExpressionSyntax value) =>
        value is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax ? value.ToString() : "(" + value + ")";
}
