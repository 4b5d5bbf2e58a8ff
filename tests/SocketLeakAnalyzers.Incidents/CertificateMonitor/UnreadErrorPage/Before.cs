using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

/// <summary>Once a minute, asks for the home page of every site to see its certificate and how long the page is. A page that is not there has no length.</summary>
public static class CertificateMonitor
{
    private static readonly ConcurrentDictionary<string, DateTime> Expiries = new();

    private static readonly HttpClient Http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = Note } })
    {
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static async Task<(long? Length, DateTime Expiry)> CheckAsync(Uri site)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, site) { Headers = { ConnectionClose = true } };
        var response = await {|SLA1002:Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)|};
        if (!response.IsSuccessStatusCode)
        {
            return (null, Expiries[site.Host]);
        }

        var length = response.Content.Headers.ContentLength;
        response.Dispose();
        return (length, Expiries[site.Host]);
    }

    private static bool Note(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Expiries[((SslStream)sender).TargetHostName] = ((X509Certificate2)certificate!).NotAfter;
        return true;
    }
}
