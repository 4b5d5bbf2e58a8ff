public static class Program
{
    public static async Task Main(string[] site)
    {
        var address = new Uri(site[0]);
        Stage.Say("ready");
        while (await Stage.NextAsync() is { } round)
        {
            var expiry = await CertificateMonitor.ReadExpiryAsync(address.Host, address.Port);
            Stage.Say($"saw certificate until {expiry:yyyy}");
            Stage.Say("done " + round);
        }
    }
}
