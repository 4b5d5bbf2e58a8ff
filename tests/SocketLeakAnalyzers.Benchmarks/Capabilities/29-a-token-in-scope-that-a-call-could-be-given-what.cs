// a token in scope that a call could be given, whatever it calls
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
    public static async Task Run(string host, CancellationToken token)
    {
        await Task.Delay(10);   // here
        Console.WriteLine(host + token);
    }
}
