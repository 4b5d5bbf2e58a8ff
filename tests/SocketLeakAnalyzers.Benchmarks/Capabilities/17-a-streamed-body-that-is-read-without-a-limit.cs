// a streamed body that is read without a limit
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

public static class Capability
{
    private static readonly HttpClient Http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

    public static async Task<string> Run(string host, CancellationToken token)
    {
        using var response = await Http.GetAsync(host, HttpCompletionOption.ResponseHeadersRead, token);
        return await response.Content.ReadAsStringAsync();   // here
    }
}
