// a connect without a limit
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
        using var client = new TcpClient();
        client.Connect(host, 7000);   // here
    }
}
