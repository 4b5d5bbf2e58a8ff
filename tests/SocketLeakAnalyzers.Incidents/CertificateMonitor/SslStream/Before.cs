using System.Security.Cryptography.X509Certificates;

/// <summary>Once a minute, asks every site for its certificate, and when that expires. A certificate that has expired is to be seen too, so any is accepted.</summary>
public static class CertificateMonitor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<DateTime> ReadExpiryAsync(string host, int port)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var client = {|SLA1001:new TcpClient()|};
        await client.ConnectAsync(host, port, deadline.Token);

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = (_, _, _, _) => true },
            deadline.Token);

        return ((X509Certificate2)tls.RemoteCertificate!).NotAfter;
    }
}
