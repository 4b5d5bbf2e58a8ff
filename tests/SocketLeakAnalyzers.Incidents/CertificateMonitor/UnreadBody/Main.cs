public static class Program
{
    public static async Task Main(string[] site)
    {
        var address = new Uri(site[0]);
        Stage.Say("ready");
        while (await Stage.NextAsync() is { } round)
        {
            var (status, expiry) = await CertificateMonitor.CheckAsync(address);
            Stage.Say($"saw {(int)status}, certificate until {expiry:yyyy}");
            Stage.Say("done " + round);
        }
    }
}
