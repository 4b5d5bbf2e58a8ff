public static class Program
{
    public static async Task Main(string[] site)
    {
        var address = new Uri(site[0]);
        Stage.Say("ready");
        while (await Stage.NextAsync() is { } round)
        {
            var (length, expiry) = await CertificateMonitor.CheckAsync(address);
            Stage.Say($"saw {(length is null ? "no page" : "a page")}, certificate until {expiry:yyyy}");
            Stage.Say("done " + round);
        }
    }
}
