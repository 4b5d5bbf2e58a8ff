/// <summary>Takes jobs by HTTP and does them in the background. When it is told to stop, it takes no more and finishes those that it has taken.</summary>
public sealed class JobServer(string address, Func<string, Task> work)
{
    private readonly List<Task> _jobs = new();

    /// <summary>Takes jobs until it is told to stop.</summary>
    public async Task RunAsync(Task stop, Action listening)
    {
        var listener = new HttpListener { Prefixes = { address } };
        {|SLA5001:listener.Start()|};
        listening();
        while (true)
        {
            var next = listener.GetContextAsync();
            if (await Task.WhenAny(next, stop) != next)
            {
                break;
            }

            var context = await next;
            _jobs.Add(work(context.Request.Url!.AbsolutePath));
            context.Response.StatusCode = (int)HttpStatusCode.Accepted;
            context.Response.Close();
        }
    }

    /// <summary>Ends when all jobs have been done.</summary>
    public Task DrainAsync() => Task.WhenAll(_jobs);
}
