// not a response that was buffered, and holds nothing
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

    public static async Task<int> Run(string host, CancellationToken token)
    {
        var response = await Http.GetAsync(host, token);   // silent
        return (int)response.StatusCode;
    }
}
