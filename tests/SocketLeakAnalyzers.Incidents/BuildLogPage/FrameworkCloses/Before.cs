using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

/// <summary>The same page where the framework owns the response: the error branches close nothing here either, and the framework does it for them.</summary>
public static class BuildLogEndpoint
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public static void MapBuildLog(this IEndpointRouteBuilder app, Uri engine)
    {
        app.MapGet("/builds/{build}", (HttpContext context) => WriteToPipeAsync(context, engine));
        app.MapGet("/builds/{build}/raw", (HttpContext context) => WriteToStreamAsync(context, engine));
    }

    private static async Task WriteToPipeAsync(HttpContext context, Uri engine)
    {
        var page = context.Response.BodyWriter;
        try
        {
            for (long start = 0; ;)
            {
                var chunk = await Http.GetByteArrayAsync(new Uri(engine, $"{context.Request.Path}?start={start}"), context.RequestAborted);
                if (chunk.Length == 0)
                {
                    break;
                }

                await page.WriteAsync(chunk, context.RequestAborted);
                start += chunk.Length;
            }

            await page.CompleteAsync();
        }
        catch (HttpRequestException failure)
        {
            Console.WriteLine($"log of {context.Request.Path}: {failure.StatusCode}");
        }
    }

    private static async Task WriteToStreamAsync(HttpContext context, Uri engine)
    {
        var page = context.Response.Body;
        try
        {
            for (long start = 0; ;)
            {
                var chunk = await Http.GetByteArrayAsync(new Uri(engine, $"{context.Request.Path}?start={start}"), context.RequestAborted);
                if (chunk.Length == 0)
                {
                    break;
                }

                await page.WriteAsync(chunk, context.RequestAborted);
                start += chunk.Length;
            }

            page.Close();
        }
        catch (HttpRequestException failure)
        {
            Console.WriteLine($"log of {context.Request.Path}: {failure.StatusCode}");
        }
    }
}
