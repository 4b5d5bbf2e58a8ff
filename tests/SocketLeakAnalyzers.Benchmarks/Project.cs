using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>
/// Code that is bound together. A project file is read as text, not evaluated: its folder's files, linked files, constants, usings and
/// references to other projects are taken; conditions, imports and packages are not.
/// </summary>
internal sealed class Project
{
    private static readonly string[] s_sdkUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] s_webUsings =
    [
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    /// <summary>The folder below the root, or "." for the root itself.</summary>
    public required string Name { get; init; }

    /// <summary>Full paths, in ordinal order.</summary>
    public required List<string> Files { get; init; }

    /// <summary>Preprocessor symbols that the project file defines whatever its conditions.</summary>
    public HashSet<string> Symbols { get; } = new(StringComparer.Ordinal);

    /// <summary>The text of global usings that the build would generate.</summary>
    public SortedSet<string> GlobalUsings { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the projects it refers to.</summary>
    public SortedSet<string> References { get; } = new(StringComparer.Ordinal);

    /// <summary>One project with every file of the folder, and the global usings of all its project files.</summary>
    public static Project Whole(string root)
    {
        var whole = new Project { Name = ".", Files = SourceFolder.Find(root, ".cs") };
        whole.GlobalUsings.UnionWith(Discover(root).SelectMany(project => project.GlobalUsings).Where(name => !name.Contains('=')));
        return whole;
    }

    /// <summary>One project for each folder with a project file; a file belongs to the nearest one above it, files below none are one more.</summary>
    public static List<Project> Discover(string root)
    {
        root = Path.GetFullPath(root);
        var projectFiles = SourceFolder.Find(root, ".csproj").GroupBy(file => Path.GetDirectoryName(file)!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var byFolder = new SortedDictionary<string, Project>(StringComparer.Ordinal);
        foreach (var file in SourceFolder.Find(root, ".cs"))
        {
            var folder = Path.GetDirectoryName(file)!;
            while (!projectFiles.ContainsKey(folder) && folder.Length > root.Length)
            {
                folder = Path.GetDirectoryName(folder)!;
            }

            In(folder).Files.Add(file);
        }

        foreach (var (folder, files) in projectFiles)
        {
            foreach (var file in files)
            {
                In(folder).ReadProjectFile(root, file);
            }
        }

        foreach (var project in byFolder.Values)
        {
            project.Files.Sort(StringComparer.Ordinal);
        }

        return [.. byFolder.Values.Where(project => project.Files.Count > 0)];

        Project In(string folder) => byFolder.TryGetValue(folder, out var project) ? project : byFolder[folder] = new Project { Name = SourceFolder.Display(root, folder), Files = [] };
    }

    private void ReadProjectFile(string root, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Load(path) is not { } xml)
        {
            return;
        }

        var implicitUsings = false;
        foreach (var document in Directories(root, folder).Reverse().Select(f => Load(Path.Combine(f, "Directory.Build.props"))).OfType<XDocument>().Append(xml))
        {
            foreach (var element in document.Descendants())
            {
                switch (element.Name.LocalName)
                {
                    case "ImplicitUsings":
                        implicitUsings = element.Value.Trim().ToUpperInvariant() is "ENABLE" or "TRUE";
                        break;
                    case "DefineConstants" when Unconditional(element):
                        Symbols.UnionWith(element.Value.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(SyntaxSymbol));
                        break;
                    case "Using" when element.Attribute("Include")?.Value is { } name && Unconditional(element) && !name.Contains('$'):
                        GlobalUsings.Add(element.Attribute("Alias")?.Value is { } alias ? $"{alias} = {name}"
                            : string.Equals(element.Attribute("Static")?.Value, "true", StringComparison.OrdinalIgnoreCase) ? "static " + name : name);
                        break;
                }
            }
        }

        if (implicitUsings)
        {
            GlobalUsings.UnionWith(s_sdkUsings);
            if (xml.Root?.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk.Web")
            {
                GlobalUsings.UnionWith(s_webUsings);
            }
        }

        foreach (var element in xml.Descendants())
        {
            if (element.Name.LocalName == "ProjectReference" && Include(element) is { } project)
            {
                var target = Path.GetFullPath(Path.Combine(folder, project));
                References.Add(SourceFolder.Display(root, Path.GetDirectoryName(target)!));
            }
            else if (element.Name.LocalName == "Compile" && Include(element) is { } linked && linked.StartsWith("..", StringComparison.Ordinal))
            {
                Files.AddRange(Matching(folder, linked).Except(Files, StringComparer.Ordinal));
            }
            else if (element.Name.LocalName == "Compile" && element.Attribute("Remove")?.Value is { } removed && Unconditional(element) && !removed.Contains('$') && !removed.StartsWith("..", StringComparison.Ordinal))
            {
                var gone = removed.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(pattern => Glob(Path.GetFullPath(Path.Combine(folder, pattern.Replace('\\', '/'))))).ToList();
                Files.RemoveAll(file => gone.Exists(pattern => pattern.IsMatch(file)));
            }
        }
    }

    private static string? Include(XElement element) =>
        element.Attribute("Include")?.Value is { } value && !value.Contains('$') && !value.Contains('@') && !value.Contains(';') ? value.Replace('\\', '/') : null;

    private static bool Unconditional(XElement element) => element.AncestorsAndSelf().All(e => e.Attribute("Condition") is null);

    private static bool SyntaxSymbol(string text) => text.All(c => char.IsLetterOrDigit(c) || c == '_');

    private static IEnumerable<string> Matching(string folder, string pattern)
    {
        var full = Path.GetFullPath(Path.Combine(folder, pattern));
        if (!full.Contains('*'))
        {
            return File.Exists(full) ? [full] : [];
        }

        var start = Path.GetDirectoryName(full[..(full.IndexOf('*') + 1)])!;
        var matches = Glob(full);
        return Directory.Exists(start) ? SourceFolder.Find(start, ".cs").Where(file => matches.IsMatch(file)) : [];
    }

    private static Regex Glob(string fullPattern) => new(
        "^" + Regex.Escape(fullPattern).Replace(@"\*\*/", "(.*/)?").Replace(@"\*\*", ".*").Replace(@"\*", "[^/]*") + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static IEnumerable<string> Directories(string root, string folder)
    {
        for (var current = folder; current is not null && current.Length >= root.Length; current = Path.GetDirectoryName(current))
        {
            yield return current;
        }
    }

    private static XDocument? Load(string path)
    {
        try
        {
            return File.Exists(path) ? XDocument.Load(path) : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
