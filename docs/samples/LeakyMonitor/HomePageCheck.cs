using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace LeakyMonitor;

/// <summary>Reads the status of a site's home page. The body is never read, so every check keeps its connection.</summary>
internal static class HomePageCheck
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(15) };

    public static async Task<HttpStatusCode> ReadStatus(string host, CancellationToken deadline)
    {
        var response = await Http.GetAsync(new Uri($"https://{host}/"), HttpCompletionOption.ResponseHeadersRead, deadline); // SLA1001: never disposed
        return response.StatusCode;
    }
}
