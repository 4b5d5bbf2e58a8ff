using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Hosting;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>What the product says of itself, in its assembly and in its repository.</summary>
internal static class Product
{
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Every rule of every analyzer of the assembly, in the order of their ids.</summary>
    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } = typeof(ResourceAnalyzer).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type))
        .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics)
        .DistinctBy(rule => rule.Id)
        .OrderBy(rule => rule.Id, StringComparer.Ordinal)
        .ToImmutableArray();

    public static string RepositoryUrl { get; } = XDocument.Parse(Read("Directory.Build.props")).Descendants("RepositoryUrl").Single().Value;

    public static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryRoot, path)).ReplaceLineEndings("\n");

    /// <summary>
    /// A file of the repository is what it is made from; with the environment variable <c>UPDATE_GENERATED_FILES</c> set to 1 it is written instead.
    /// </summary>
    public static void Agrees(string path, string made)
    {
        var file = Path.Combine(RepositoryRoot, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED_FILES") == "1")
        {
            File.WriteAllText(file, made);
            return;
        }

        Assert.True(File.Exists(file), path + " is missing");
        Assert.Equal(made, Read(path));
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
