using System.IO.Pipelines;

/// <summary>A relay for the logs of builds. One side fills a pipe with what the engine that runs the build has logged, the other empties it to the page.</summary>
public sealed class BuildLogRelay(TcpListener listener, Uri engine)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var visitor = await listener.AcceptTcpClientAsync(stop);
            _ = ShowLogAsync(visitor, stop);
        }
    }

    private async Task ShowLogAsync(TcpClient visitor, CancellationToken stop)
    {
        using (visitor)
        {
            var page = visitor.GetStream();
            using var reader = new StreamReader(page);
            if (await reader.ReadLineAsync(stop) is not { } build)
            {
                return;
            }

            var pipe = new Pipe();
            await Task.WhenAll(FillAsync(build, pipe.Writer), EmptyAsync(pipe.Reader, page, stop));
        }
    }

    private async Task FillAsync(string build, PipeWriter {|SLA3001:log|})
    {
        try
        {
            for (long start = 0; ;)
            {
                var chunk = await Http.GetByteArrayAsync(new Uri(engine, $"{build}?start={start}"));
                if (chunk.Length == 0)
                {
                    break;
                }

                await log.WriteAsync(chunk);
                start += chunk.Length;
            }

            await log.CompleteAsync();
        }
        catch (HttpRequestException failure)
        {
            Console.WriteLine($"log of {build}: {failure.StatusCode}");
        }
    }

    private static async Task EmptyAsync(PipeReader log, Stream page, CancellationToken stop)
    {
        try
        {
            await log.CopyToAsync(page, stop);
        }
        finally
        {
            await log.CompleteAsync();
        }
    }
}
