using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>How a form of an incident is played: the peers that misbehave as in the story, the rounds, and what has to come of them.</summary>
internal abstract class Scenario(string incident, string name)
{
    /// <summary>The folder of the incident.</summary>
    public string Incident => incident;

    /// <summary>The folder of the form.</summary>
    public string Name => name;

    /// <summary>What the form is called in a picture.</summary>
    public abstract string Title { get; }

    /// <summary>What is counted.</summary>
    public virtual string Unit => "sockets";

    /// <summary>What a round is.</summary>
    public abstract string Round { get; }

    /// <summary>What else has to be known of the rounds, for the page.</summary>
    public virtual string? Remark => null;

    /// <summary>The fixes that are expected, in their order.</summary>
    public abstract string[] Steps { get; }

    /// <summary>Whether there is nothing to repair.</summary>
    public bool IsSilent => Steps.Length == 0;

    /// <summary>Runs both programs, and fails unless they do what the story says.</summary>
    public async Task<(Recording Before, Recording After)> RunAsync(CancellationToken cancellationToken)
    {
        var form = await Form.OfAsync(Incident, Name);
        var before = PerformAsync(form.BeforePath, isRepaired: IsSilent, cancellationToken);
        var after = IsSilent ? before : PerformAsync(form.AfterPath, isRepaired: true, cancellationToken);
        await Task.WhenAll(before, after);
        return (await before, await after);
    }

    /// <summary>Fails unless the program that leaks does, and the repaired one does not.</summary>
    public abstract void Judge(Recording before, Recording after);

    /// <summary>Runs one program.</summary>
    protected abstract Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => Incident + "/" + Name;
}

/// <summary>A scenario in which the sockets of the process are counted.</summary>
internal abstract class SocketScenario(string incident, string name) : Scenario(incident, name)
{
    /// <summary>How many rounds are played at most.</summary>
    protected virtual int Rounds => 16;

    /// <summary>How many sockets a round loses, at the least.</summary>
    protected virtual int LostPerRound => 1;

    /// <summary>How many sockets the repaired program may have more in the end than in the beginning: connections that are kept for the next request.</summary>
    protected virtual int Kept => 0;

    /// <summary>The time from one round to the next, as the programs of the stories have it.</summary>
    protected virtual TimeSpan Interval => TimeSpan.Zero;

    /// <summary>After how many rounds the descriptors of the process are limited to these that it has and a few more; none for no limit.</summary>
    protected virtual (int AfterRound, int More)? Limit => null;

    /// <inheritdoc/>
    public override string? Remark =>
        Limit is { } limit ? $"After round {limit.AfterRound} the system lets the process open {limit.More} more descriptors at a time; before the fixes the rounds end where these are used up." : null;

    /// <inheritdoc/>
    public override void Judge(Recording before, Recording after)
    {
        if (IsSilent)
        {
            Assert.True(after.Growth <= Kept, $"{this}: {Figures(after)}");
            return;
        }

        var rounds = before.Last.Round - before.First.Round;
        Assert.True(before.Growth >= rounds * LostPerRound || Limit is not null, $"{this} does not leak: {Figures(before)}");
        Assert.True(after.Growth <= Kept, $"{this} leaks after the fix: {Figures(after)}");
        Assert.True(after.Peak <= before.Peak * 2 / 3, $"{this} is not flat after the fix: {Figures(after)}; before it: {Figures(before)}");
    }

    protected static string Figures(Recording recording) =>
        string.Join(' ', recording.Samples.Select(sample => sample.Value)) + "; " + string.Join(", ", recording.Saw.Select(seen => seen.Value + " × " + seen.Key));

    /// <summary>Plays the rounds, and counts after each.</summary>
    protected async Task<Recording> PlayAsync(Child child, bool isRepaired, Func<Recording, int, Task<bool>> play, CancellationToken cancellationToken)
    {
        var recording = new Recording();
        recording.Samples.Add(new Sample(0, await child.SocketsAtRestAsync(cancellationToken), child.Threads));
        using var clock = Interval > TimeSpan.Zero ? new PeriodicTimer(Interval) : null;
        var goesOn = true;
        var round = 0;
        while (goesOn && round < Rounds)
        {
            if (Limit is { } limit && round == limit.AfterRound)
            {
                child.LimitDescriptors(limit.More);
            }

            goesOn = await play(recording, ++round);
            if (await SampleAsync(child, round, cancellationToken) is { } sample)
            {
                recording.Samples.Add(sample);
            }

            if (clock is not null)
            {
                await clock.WaitForNextTickAsync(cancellationToken);
            }
        }

        if (child.HasEnded)
        {
            return recording;
        }

        // What ends by itself has time to do so, and what does not shows that it does not.
        var first = recording.First.Value;
        if (isRepaired)
        {
            await child.UntilSocketsAsync(sockets => sockets <= first + Kept, cancellationToken);
        }
        else
        {
            await child.UntilSocketsAsync(sockets => !goesOn || sockets >= first + (round * LostPerRound), cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(Form.TimeoutSeconds * 3), cancellationToken);
        }

        recording.Samples[^1] = await SampleAsync(child, round, cancellationToken) ?? recording.Last;
        return recording;
    }

    /// <summary>A program that has no descriptors left may not only refuse to work but end, and then there is nothing to count.</summary>
    private static async Task<Sample?> SampleAsync(Child child, int round, CancellationToken cancellationToken)
    {
        try
        {
            var sample = new Sample(round, await child.SocketsAtRestAsync(cancellationToken), child.Threads);
            return child.HasEnded ? null : sample;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or InvalidOperationException && child.HasEnded)
        {
            return null;
        }
    }
}
