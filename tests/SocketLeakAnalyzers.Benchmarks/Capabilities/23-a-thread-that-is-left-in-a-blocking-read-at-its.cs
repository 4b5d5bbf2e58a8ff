// a thread that is left in a blocking read at its deadline
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
    public static void Run(Socket socket)
    {
        var thread = new Thread(() => socket.Receive(new byte[16]));
        thread.Start();
        if (!thread.Join(1000))   // here
        {
            Console.WriteLine("gave up");
        }
    }
}
