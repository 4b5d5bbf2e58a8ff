using System;
using System.Threading.Tasks;

/// <summary>
/// Where a program of an incident plays: what would come from a clock or an operator comes line by line from standard input, and what happened goes to
/// standard output. The program ends when there are no more lines, also when nobody told it to.
/// </summary>
internal static class Stage
{
    /// <summary>The next round, or null when there are no more.</summary>
    public static async Task<string?> NextAsync() => await Console.In.ReadLineAsync();

    /// <summary>Tells the audience something.</summary>
    public static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
