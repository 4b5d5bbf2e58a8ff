// a connection from `Accept`, `AcceptTcpClient`, an open call
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
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 1000 };
        var peer = listener.Accept();   // here
        peer.NoDelay = true;
    }
}
