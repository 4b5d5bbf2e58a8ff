using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

/// <summary>Once a minute, asks for the home page of every site to see its certificate and its status. What the page says does not matter.</summary>
public static class CertificateMonitor
{
    private static readonly ConcurrentDictionary<string, DateTime> Expiries = new();

    private static readonly HttpClient Http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = Note } })
    {
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static async Task<(HttpStatusCode Status, DateTime Expiry)> CheckAsync(Uri site)
    {
        // A connection of its own for every check: a certificate is shown when a connection begins.
        using var request = new HttpRequestMessage(HttpMethod.Get, site) { Headers = { ConnectionClose = true } };
        var response = await {|SLA1001:Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)|};
        return (response.StatusCode, Expiries[site.Host]);
    }

    private static bool Note(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Expiries[((SslStream)sender).TargetHostName] = ((X509Certificate2)certificate!).NotAfter;
        return true;
    }
}
