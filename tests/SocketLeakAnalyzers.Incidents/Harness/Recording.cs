using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>What was seen of one program: a sample after each round, and what its clients saw in the end.</summary>
internal sealed class Recording
{
    /// <summary>The samples, round by round.</summary>
    public List<Sample> Samples { get; } = [];

    /// <summary>What the clients saw, and how often.</summary>
    public SortedDictionary<string, int> Saw { get; } = new(StringComparer.Ordinal);

    /// <summary>The sample before the first round.</summary>
    public Sample First => Samples[0];

    /// <summary>The sample when everything had come to its end.</summary>
    public Sample Last => Samples[^1];

    /// <summary>By how much the measured number had grown in the end.</summary>
    public int Growth => Last.Value - First.Value;

    /// <summary>By how much it had grown at most.</summary>
    public int Peak => Samples.Max(sample => sample.Value) - First.Value;

    /// <summary>Notes what a client saw.</summary>
    public void Note(string what)
    {
        lock (Saw)
        {
            Saw[what] = Saw.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>How many clients saw this.</summary>
    public int CountOf(string what)
    {
        lock (Saw)
        {
            return Saw.GetValueOrDefault(what);
        }
    }

    /// <summary>Writes what was seen of both programs.</summary>
    public static void Write(string path, string unit, Recording before, Recording after)
    {
        var rows = new List<string> { $"run,round,{unit},threads" };
        foreach (var (run, recording) in ((string, Recording)[])[("before", before), ("after", after)])
        {
            rows.AddRange(recording.Samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{run},{sample.Round},{sample.Value},{sample.Threads}")));
        }

        foreach (var (run, recording) in ((string, Recording)[])[("before", before), ("after", after)])
        {
            rows.AddRange(recording.Saw.Select(seen => string.Create(CultureInfo.InvariantCulture, $"{run},saw,{seen.Value},{seen.Key}")));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Join('\n', rows) + "\n");
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static (Recording Before, Recording After) Read(string text)
    {
        var (before, after) = (new Recording(), new Recording());
        foreach (var row in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var cells = row.Split(',', 4);
            var recording = cells[0] == "before" ? before : after;
            var value = int.Parse(cells[2], CultureInfo.InvariantCulture);
            if (cells[1] == "saw")
            {
                recording.Saw[cells[3]] = value;
            }
            else
            {
                recording.Samples.Add(new Sample(int.Parse(cells[1], CultureInfo.InvariantCulture), value, int.Parse(cells[3], CultureInfo.InvariantCulture)));
            }
        }

        return (before, after);
    }
}

/// <summary>What was counted after a round.</summary>
/// <param name="Round">The number of the round; 0 is ahead of the first.</param>
/// <param name="Value">The open sockets of the process, or the requests that it has lost.</param>
/// <param name="Threads">The threads of the process.</param>
internal sealed record Sample(int Round, int Value, int Threads);
