using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>One C# file: the path that is printed, and its text.</summary>
internal sealed record SourceFile(string Path, SourceText Text);

/// <summary>Reads C# from a folder as it lies on disk.</summary>
internal static partial class SourceFolder
{
    private static readonly HashSet<string> s_notSource = new(StringComparer.OrdinalIgnoreCase) { "bin", "obj", ".git", ".vs", "node_modules" };

    /// <summary>All files of an extension below a folder, by full path, in ordinal order; build output and links are passed over.</summary>
    public static List<string> Find(string folder, string extension) => Find(folder, extension, s_notSource.Contains);

    /// <summary>All files of an extension below a folder that holds nothing but sources.</summary>
    public static List<string> FindAll(string folder, string extension) => Find(folder, extension, _ => false);

    private static List<string> Find(string folder, string extension, Predicate<string> isSkipped)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandLineException("no such folder: " + folder);
        }

        var found = new List<string>();
        var pending = new Stack<string>([Path.GetFullPath(folder)]);
        while (pending.TryPop(out var current))
        {
            found.AddRange(Directory.GetFiles(current, "*" + extension).Where(file => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && !IsLink(file)));
            foreach (var child in Directory.GetDirectories(current))
            {
                if (!isSkipped(Path.GetFileName(child)) && !IsLink(child))
                {
                    pending.Push(child);
                }
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    public static SourceFile Read(string root, string path)
    {
        using var stream = File.OpenRead(path);
        return new(Display(root, path), Decode(stream));
    }

    public static SourceText Decode(Stream stream)
    {
        try
        {
            return SourceText.From(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), canBeEmbedded: false);
        }
        catch (DecoderFallbackException)
        {
            stream.Position = 0;
            return SourceText.From(stream, Encoding.Latin1);
        }
    }

    public static string Display(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    /// <summary>A path with a word "test", "tests", "testing" or "specs" among its folders, or at an end of its file's name.</summary>
    public static bool IsTest(string path)
    {
        var segments = path.Split('/');
        return segments[..^1].Any(folder => Words(folder).Any(IsTestWord))
            || Words(Path.GetFileNameWithoutExtension(segments[^1])).LastOrDefault() is { } last && IsTestWord(last);
    }

    private static IEnumerable<string> Words(string name) => Word().Matches(name).Select(match => match.Value);

    private static bool IsTestWord(string word) => word.ToUpperInvariant() is "TEST" or "TESTS" or "TESTING" or "UNITTEST" or "UNITTESTS" or "SPECS" or "TESTCASES" or "XUNIT" or "NUNIT";

    private static bool IsLink(string path) => (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Word();
}
