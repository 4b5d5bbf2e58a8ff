using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>A folder of C# that stands for itself: its projects refer to no other folder's.</summary>
/// <param name="Name">What its paths begin with in the output; empty where it is the only one.</param>
/// <param name="Folder">Its full path.</param>
internal sealed record Repository(string Name, string Folder)
{
    public string Path(string pathInside) => Name.Length == 0 ? pathInside : $"{Name}/{pathInside}";

    /// <summary>The folder of the command line; with <c>--each</c>, every folder below each of those of the command line, by name.</summary>
    public static Repositories FromCommandLine(CommandLine line)
    {
        if (!line.Flag("--each"))
        {
            return new([new("", System.IO.Path.GetFullPath(line.Positional(0, "folder")))], 1, Each: false);
        }

        var parents = line.Positionals("folder");
        return new(
            [.. parents.Select(System.IO.Path.GetFullPath)
                .SelectMany(parent => Directory.Exists(parent) ? Directory.GetDirectories(parent) : throw new CommandLineException("no such folder: " + parent))
                .Select(folder => new Repository(System.IO.Path.GetFileName(folder), folder)).OrderBy(repository => repository.Name, StringComparer.Ordinal)],
            parents.Count,
            Each: true);
    }
}

/// <param name="All">What the command is to look at.</param>
/// <param name="Arguments">How many positional arguments named them.</param>
/// <param name="Each">They are the folders below those that the command line names.</param>
internal sealed record Repositories(IReadOnlyList<Repository> All, int Arguments, bool Each);
