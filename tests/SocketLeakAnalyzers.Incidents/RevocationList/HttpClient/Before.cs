/// <summary>The page about a certificate. It says whether the certificate has been revoked, and so fetches the list that the certificate names.</summary>
public sealed class CertificatePage
{
    private const int LargestList = 32 * 1024 * 1024;

    private static readonly HttpClient Http = {|SLA2001:new()|};

    public async Task<string> RenderAsync(string serial, Uri distributionPoint)
    {
        try
        {
            var list = await DownloadAsync(distributionPoint);
            return $"{serial}: {(Encoding.ASCII.GetString(list).Contains(serial, StringComparison.Ordinal) ? "revoked" : "valid")}";
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return $"{serial}: the revocation list cannot be had";
        }
    }

    private static async Task<byte[]> DownloadAsync(Uri distributionPoint)
    {
        using var response = await Http.GetAsync(distributionPoint, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentLength > LargestList)
        {
            throw new HttpRequestException("The list is too large.");
        }

        return await {|SLA2003:response.Content.ReadAsByteArrayAsync()|};
    }
}
