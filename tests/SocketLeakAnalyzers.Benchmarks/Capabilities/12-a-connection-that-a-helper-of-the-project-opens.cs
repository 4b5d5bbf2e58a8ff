// a connection that a helper of the project opens
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
        var client = Open();   // here
        client.NoDelay = true;
    }

    private static TcpClient Open()
    {
        return new TcpClient();
    }
}
