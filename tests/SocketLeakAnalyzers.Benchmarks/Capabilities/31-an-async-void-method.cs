// an `async void` method
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
    public static void Run(string host, CancellationToken token)
    {
        Fire(host);
    }

    private static async void Fire(string host)   // here
    {
        await Task.Delay(host.Length);
    }
}
