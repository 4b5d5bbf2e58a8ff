// a listener that an exception leaves open
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
    public static async Task Run(string host, CancellationToken token)
    {
        var listener = new TcpListener(IPAddress.Loopback, 7000);
        listener.Start();   // here
        while (!token.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(token);
        }

        listener.Stop();
    }
}
