using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>Reads one commit of a local clone (with or without a work tree) through <c>git</c>; nothing is written.</summary>
internal sealed class GitClone
{
    private readonly string _directory;

    private GitClone(string directory) => _directory = directory;

    /// <summary>The clone of <c>owner/name</c> among a folder's, wherever it keeps its git directory.</summary>
    public static GitClone? Find(string clones, string repository)
    {
        var flat = repository.Replace('/', '+');
        string[] places = [$"{repository}/.git", repository, repository + ".git", $"{flat}/.git", $"{flat}/repo/.git", $"{flat}/repo", $"{flat}.git", flat];
        return places.Select(place => Path.Combine(clones, place)).FirstOrDefault(place => File.Exists(Path.Combine(place, "HEAD"))) is { } found ? new(found) : null;
    }

    /// <summary>The C# of the nearest folder with a project file at or above a file, with paths as the repository has them.</summary>
    public List<SourceFile> NearestProject(string commit, string path)
    {
        var folder = Parent(path);
        while (folder.Length > 0 && !Names(commit, folder).Any(name => name.EndsWith(".csproj", StringComparison.Ordinal) || name.EndsWith("project.json", StringComparison.Ordinal) || name.EndsWith(".xproj", StringComparison.Ordinal)))
        {
            folder = Parent(folder);
        }

        string[] list = ["ls-tree", "-r", "-z", commit, .. folder.Length > 0 ? [folder + "/"] : Array.Empty<string>()];
        var blobs = Text(list).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => row.Split('\t', 2))
            .Where(row => row[1].EndsWith(".cs", StringComparison.Ordinal))
            .Select(row => (Meta: row[0].Split(' '), Path: row[1]))
            .Where(row => row.Meta[0] != "120000")
            .Select(row => (Blob: row.Meta[2], row.Path))
            .OrderBy(row => row.Path, StringComparer.Ordinal)
            .ToList();
        return Read(blobs);
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private string[] Names(string commit, string folder) => Text("ls-tree", "--name-only", "-z", commit, folder + "/").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private string Text(params string[] arguments)
    {
        using var git = Start(arguments);
        git.StandardInput.Close();
        var text = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return text;
    }

    private List<SourceFile> Read(List<(string Blob, string Path)> blobs)
    {
        using var git = Start("cat-file", "--batch");
        var asking = Task.Run(() =>
        {
            foreach (var (blob, _) in blobs)
            {
                git.StandardInput.Write(blob + "\n");
            }

            git.StandardInput.Close();
        });

        var files = new List<SourceFile>();
        var stream = git.StandardOutput.BaseStream;
        foreach (var (_, path) in blobs)
        {
            var head = Line(stream).Split(' ');
            if (head.Length != 3)
            {
                continue; // A partial clone has no such blob.
            }

            var content = new byte[int.Parse(head[2], System.Globalization.CultureInfo.InvariantCulture)];
            stream.ReadExactly(content);
            stream.ReadByte();
            files.Add(new(path, SourceFolder.Decode(new MemoryStream(content))));
        }

        asking.GetAwaiter().GetResult();
        git.WaitForExit();
        return files;
    }

    private static string Line(Stream stream)
    {
        var line = new StringBuilder();
        for (var b = stream.ReadByte(); b != '\n'; b = stream.ReadByte())
        {
            line.Append(b >= 0 ? (char)b : throw new EndOfStreamException());
        }

        return line.ToString();
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("git", ["--git-dir=" + _directory, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = false,
        StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        UseShellExecute = false,
    }) ?? throw new InvalidOperationException("git did not start");
}
