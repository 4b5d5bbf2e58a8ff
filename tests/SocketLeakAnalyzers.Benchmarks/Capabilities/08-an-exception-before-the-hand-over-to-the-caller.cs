// an exception before the hand-over to the caller
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
    public static async Task<Socket> Run(string host, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);   // here
        await socket.ConnectAsync(host, 7000, token);
        return socket;
    }
}
