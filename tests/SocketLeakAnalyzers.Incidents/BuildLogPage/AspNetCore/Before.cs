using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

/// <summary>The page that follows the log of a build: what the engine has logged goes on to the page, line by line, for as long as the build runs.</summary>
public static class BuildLogEndpoint
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public static void MapBuildLog(this IEndpointRouteBuilder app, Uri engine) =>
        app.MapGet("/builds/{build}", (HttpContext context) => ShowLogAsync(context, new Uri(engine, context.Request.Path)));

    private static async Task ShowLogAsync(HttpContext context, Uri build)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await using var log = await Http.GetStreamAsync(build, context.RequestAborted);
        using var reader = new StreamReader(log);
        while ({|SLA3002:await reader.ReadLineAsync()|} is { } line)
        {
            await context.Response.WriteAsync(line + "\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
