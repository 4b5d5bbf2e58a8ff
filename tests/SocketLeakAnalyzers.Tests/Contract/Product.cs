using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Hosting;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>What the product says of itself, in its assembly and in its repository.</summary>
internal static class Product
{
    private static readonly Lock s_gate = new();

    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Every rule of every analyzer of the assembly, in the order of their ids.</summary>
    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } = typeof(ResourceAnalyzer).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type))
        .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics)
        .DistinctBy(rule => rule.Id)
        .OrderBy(rule => rule.Id, StringComparer.Ordinal)
        .ToImmutableArray();

    private static bool IsUpdated => Environment.GetEnvironmentVariable("UPDATE_GENERATED_FILES") == "1";

    public static string RepositoryUrl { get; } = XDocument.Parse(Read("Directory.Build.props")).Descendants("RepositoryUrl").Single().Value;

    public static string Read(string path)
    {
        lock (s_gate)
        {
            return File.ReadAllText(Path.Combine(RepositoryRoot, path)).ReplaceLineEndings("\n");
        }
    }

    /// <summary>
    /// A file of the repository is what it is made from; with the environment variable <c>UPDATE_GENERATED_FILES</c> set to 1 it is written instead.
    /// </summary>
    public static void Agrees(string path, string made)
    {
        Assert.True(IsUpdated || File.Exists(Path.Combine(RepositoryRoot, path)), path + " is missing");
        Agrees(path, _ => made);
    }

    /// <summary>The same for a file that is made in part: from what it says otherwise.</summary>
    public static void Agrees(string path, Func<string, string> make)
    {
        // Several tests may write their parts of one file.
        lock (s_gate)
        {
            var file = Path.Combine(RepositoryRoot, path);
            var there = File.Exists(file) ? Read(path) : "";
            var made = make(there);
            if (!IsUpdated)
            {
                Assert.Equal(made, there);
            }
            else if (made != there)
            {
                File.WriteAllText(file, made);
            }
        }
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SocketLeakAnalyzers.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("SocketLeakAnalyzers.sln is in no folder above " + AppContext.BaseDirectory);
    }
}
