// a listener that is stopped only after the work in flight
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
        listener.Start();
        var work = new List<Task>();
        try
        {
            while (!token.IsCancellationRequested)
            {
                work.Add(Handle(await listener.AcceptTcpClientAsync()));
            }

            await Task.WhenAll(work);   // here
        }
        finally
        {
            listener.Stop();
        }
    }

    private static async Task Handle(TcpClient client)
    {
        using (client)
        {
            await Task.Yield();
        }
    }
}
