using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SocketLeakAnalyzers.Hosting;

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
