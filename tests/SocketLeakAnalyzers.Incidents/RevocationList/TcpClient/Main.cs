public static class Program
{
    private static readonly CertificatePage Page = new();

    public static async Task Main(string[] lists)
    {
        Stage.Say("ready");
        while (await Stage.NextAsync() is { } round)
        {
            // A visitor comes, and the next one does not wait for the page of the one before.
            _ = VisitAsync("serial " + round, new Uri(lists[int.Parse(round) % lists.Length]));
            Stage.Say("done " + round);
        }
    }

    private static async Task VisitAsync(string serial, Uri list)
    {
        await Task.Yield();
        Stage.Say("saw " + await Page.RenderAsync(serial, list));
    }
}
