using System;
using System.Threading;
using System.Threading.Tasks;

namespace LeakyMonitor;

/// <summary>Once per interval, asks every site for its certificate and for its home page.</summary>
internal static class Program
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static async Task Main(string[] hosts)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };

        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                foreach (var host in hosts)
                {
                    await Report(host, stop.Token);
                }
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private static async Task Report(string host, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            var expiry = await CertificateCheck.ReadExpiry(host, deadline.Token);
            var status = await HomePageCheck.ReadStatus(host, deadline.Token);
            Console.WriteLine($"{host}: {status}, certificate until {expiry:yyyy-MM-dd}");
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Console.WriteLine($"{host}: {failure.Message}");
        }
    }
}
