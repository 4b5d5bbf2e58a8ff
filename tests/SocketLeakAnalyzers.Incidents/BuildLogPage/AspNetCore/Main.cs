using System.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

public static class Program
{
    public static async Task Main(string[] engine)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapBuildLog(new Uri(engine[0]));
        await app.StartAsync();
        Stage.Say("ready " + app.Urls.First());
        while (await Stage.NextAsync() is not null)
        {
        }

        // Not stopped in good order: that would wait for the visitors that are the matter here.
    }
}
