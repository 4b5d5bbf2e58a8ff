// a response that the error branch does not close
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
    public static void Run(HttpListener listener, string host)
    {
        var context = listener.GetContext();   // here
        var response = context.Response;
        var page = File.ReadAllBytes(host);
        response.OutputStream.Write(page);
        response.Close();
    }
}
