// a blocking read without a timeout
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
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = listener.AcceptTcpClient();
        Console.WriteLine(client.GetStream().ReadByte());   // here
    }
}
