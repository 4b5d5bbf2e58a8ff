// a web handler that does not notice that its client has gone
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
        return;
    }

    public static async Task Stream(Microsoft.AspNetCore.Http.HttpContext context, System.Threading.Channels.ChannelReader<byte[]> log)
    {
        while (await log.WaitToReadAsync())   // here
        {
            await context.Response.Body.WriteAsync(await log.ReadAsync(context.RequestAborted), context.RequestAborted);
        }
    }
}
