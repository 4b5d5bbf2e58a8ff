// not a stream that a helper of the project closes
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
        var stream = File.OpenRead(host);   // silent
        Finish(stream);
    }

    private static void Finish(Stream stream)
    {
        stream.Dispose();
    }
}
