// a task that is left behind at its deadline
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
    public static async Task<int> Run(Socket socket)
    {
        var work = socket.ReceiveAsync(new byte[16]);
        if (await Task.WhenAny(work, Task.Delay(1000)) != work)   // here
        {
            return 0;
        }

        return await work;
    }
}
