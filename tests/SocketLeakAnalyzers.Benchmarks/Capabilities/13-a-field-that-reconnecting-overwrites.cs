// a field that reconnecting overwrites
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
        new Connection().Start();
    }

    private sealed class Connection : IDisposable
    {
        private TcpClient? _client;

        public void Start()
        {
            for (var i = 0; i < 3; i++)
            {
                _client = new TcpClient();   // here
                if (_client.Connected)
                {
                    return;
                }
            }
        }

        public void Dispose() => _client?.Dispose();
    }

    private static void Nothing()
    {
    }
}
