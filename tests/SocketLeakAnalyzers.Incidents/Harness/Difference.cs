using System;
using System.Collections.Generic;
using System.Linq;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>The lines that differ between two texts, with a few lines around them.</summary>
internal static class Difference
{
    private const int Context = 3;

    /// <summary>The changes as the lines of a unified diff, without its headers.</summary>
    public static string Of(string before, string after)
    {
        var (old, now) = (before.TrimEnd('\n').Split('\n'), after.TrimEnd('\n').Split('\n'));

        // common[i, j]: how many lines the rests from i and from j have in common.
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                lines.Add(" " + old[i++]);
                j++;
            }
            else if (j == now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add("-" + old[i++]);
            }
            else
            {
                lines.Add("+" + now[j++]);
            }
        }

        var shown = Enumerable.Range(0, lines.Count)
            .Where(at => lines.Skip(Math.Max(0, at - Context)).Take(Math.Min(at, Context) + 1 + Context).Any(line => line[0] != ' '))
            .ToList();
        while (shown.Count > 0 && lines[shown[0]].Trim().Length == 0)
        {
            shown.RemoveAt(0);
        }

        return string.Concat(shown.Select((at, index) => (index > 0 && shown[index - 1] != at - 1 ? "@@\n" : "") + lines[at].TrimEnd() + "\n"));
    }
}
