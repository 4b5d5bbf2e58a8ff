// not a release under a flag that says who owns it
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
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);   // silent
        var isDone = false;
        try
        {
            await socket.ConnectAsync(host, 7000, token);
            isDone = true;
            return socket;
        }
        finally
        {
            if (!isDone)
            {
                socket.Dispose();
            }
        }
    }
}
