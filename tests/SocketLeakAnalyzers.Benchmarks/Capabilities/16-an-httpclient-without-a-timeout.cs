// an `HttpClient` without a timeout
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
    public static async Task<string> Run(string host, CancellationToken token)
    {
        return await s_http.GetStringAsync(host);
    }

    private static readonly HttpClient s_http = new HttpClient();   // here

    private static void Nothing()
    {
    }
}
