// a temporary: the stream of a client that has no name
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
        var stream = new TcpClient(host, 7000).GetStream();   // here
        stream.WriteTimeout = 1000;
        stream.WriteByte(1);
    }
}
