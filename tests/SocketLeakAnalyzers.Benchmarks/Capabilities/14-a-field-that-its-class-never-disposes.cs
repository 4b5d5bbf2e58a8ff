// a field that its class never disposes
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
        new Holder().Use();
    }

    private sealed class Holder : IDisposable
    {
        private readonly UdpClient _client = new UdpClient();   // here

        public void Use() => _client.EnableBroadcast = true;

        public void Dispose() => GC.SuppressFinalize(this);
    }

    private static void Nothing()
    {
    }
}
