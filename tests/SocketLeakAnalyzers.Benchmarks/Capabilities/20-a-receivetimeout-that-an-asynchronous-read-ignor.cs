// a `ReceiveTimeout` that an asynchronous read ignores
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
    public static async Task<int> Run(string host, CancellationToken token)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 1000 };
        return await socket.ReceiveAsync(new byte[16]);   // here
    }
}
