/// <summary>The page about a certificate. It says whether the certificate has been revoked, and so fetches the list that the certificate names.</summary>
public sealed class CertificatePage
{
    public async Task<string> RenderAsync(string serial, Uri distributionPoint)
    {
        try
        {
            var list = await DownloadAsync(distributionPoint);
            return $"{serial}: {(list.Contains(serial, StringComparison.Ordinal) ? "revoked" : "valid")}";
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            return $"{serial}: the revocation list cannot be had";
        }
    }

    private static async Task<string> DownloadAsync(Uri distributionPoint)
    {
        using var client = new TcpClient();
        await {|SLA2005:client.ConnectAsync(distributionPoint.Host, distributionPoint.Port)|};

        var request = $"GET {distributionPoint.PathAndQuery} HTTP/1.0\r\nHost: {distributionPoint.Host}\r\n\r\n";
        using var stream = client.GetStream();
        await {|SLA2007:stream.WriteAsync(Encoding.ASCII.GetBytes(request))|};
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }
}
