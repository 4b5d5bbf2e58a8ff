/// <summary>The web front of a build service. The log of a build comes in chunks from the engine that runs the build, and goes to the page as it comes.</summary>
public sealed class BuildLogPages(HttpListener listener, Uri engine)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public async Task RunAsync()
    {
        while (true)
        {
            var context = await listener.GetContextAsync();
            _ = ShowLogAsync(context);
        }
    }

    private async Task ShowLogAsync(HttpListenerContext context)
    {
        var build = context.Request.Url!.AbsolutePath;
        var response = {|SLA3001:context.Response|};
        response.ContentType = "text/plain; charset=utf-8";
        try
        {
            for (long start = 0; ;)
            {
                var chunk = await Http.GetByteArrayAsync(new Uri(engine, $"{build}?start={start}"));
                if (chunk.Length == 0)
                {
                    break;
                }

                await response.OutputStream.WriteAsync(chunk);
                start += chunk.Length;
            }

            response.Close();
        }
        catch (HttpRequestException failure)
        {
            Console.WriteLine($"log of {build}: {failure.StatusCode}");
        }
    }
}
