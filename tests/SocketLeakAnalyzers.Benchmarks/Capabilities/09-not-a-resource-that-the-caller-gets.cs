// not a resource that the caller gets
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
    public static Socket Run(string host, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);   // silent
        return socket;
    }
}
