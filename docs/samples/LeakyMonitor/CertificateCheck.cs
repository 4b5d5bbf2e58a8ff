using System;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace LeakyMonitor;

/// <summary>Reads when a server's certificate expires. Every check leaves a connected socket behind.</summary>
internal static class CertificateCheck
{
    public static async Task<DateTime> ReadExpiry(string host, CancellationToken deadline)
    {
        var client = new TcpClient(); // SLA1001: never disposed
        await client.ConnectAsync(host, 443, deadline);

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, deadline);

        return DateTime.Parse(tls.RemoteCertificate!.GetExpirationDateString(), CultureInfo.CurrentCulture);
    }
}
