// an exception that skips the release
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
        var file = File.OpenRead(host);   // here
        var first = file.ReadByte();
        file.Dispose();
        Console.WriteLine(first);
    }
}
