using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SocketLeakAnalyzers.Testing;

/// <summary>Files by name.</summary>
public class SourceFileCollection : List<(string filename, SourceText content)>
{
    /// <summary>Adds a file.</summary>
    public void Add((string filename, string content) file) => Add((file.filename, SourceText.From(file.content, Encoding.UTF8)));
}

/// <summary>Source files; one without a name is called <c>/0/Test0.cs</c>, <c>/0/Test1.cs</c> and so on, after its place in the list.</summary>
public class SourceFileList : SourceFileCollection
{
    private readonly string prefix;
    private readonly string extension;

    /// <summary>Makes an empty list.</summary>
    public SourceFileList(string defaultPrefix, string defaultExtension)
    {
        prefix = defaultPrefix;
        extension = defaultExtension;
    }

    /// <summary>Adds a file.</summary>
    public void Add(string content) => Add(($"{prefix}{Count}.{extension}", content));

    /// <summary>Adds a file.</summary>
    public void Add(SourceText content) => Add(($"{prefix}{Count}.{extension}", content));
}

/// <summary>References beyond the set of reference assemblies.</summary>
public class MetadataReferenceCollection : List<MetadataReference>
{
    /// <summary>Adds an assembly that is loaded here.</summary>
    public void Add(Assembly assembly) => Add(assembly.Location);

    /// <summary>Adds an assembly by its file.</summary>
    public void Add(string path) => Add(MetadataReference.CreateFromFile(path));
}

/// <summary>A project before or after a code fix, and the diagnostics that are expected in it.</summary>
public class SolutionState
{
    /// <summary>Makes an empty state.</summary>
    public SolutionState(string defaultPrefix, string defaultExtension)
    {
        Sources = new SourceFileList(defaultPrefix, defaultExtension);
    }

    /// <summary>The source files.</summary>
    public SourceFileList Sources { get; }

    /// <summary>The additional files; they may carry markup as the sources do.</summary>
    public SourceFileCollection AdditionalFiles { get; } = new();

    /// <summary>The <c>.editorconfig</c> and <c>.globalconfig</c> files. Name them <c>/.editorconfig</c>: they apply below their folder.</summary>
    public SourceFileCollection AnalyzerConfigFiles { get; } = new();

    /// <summary>The references beyond <see cref="ReferenceAssemblies"/>.</summary>
    public MetadataReferenceCollection AdditionalReferences { get; } = new();

    /// <summary>The reference assemblies, or null for the test's.</summary>
    public ReferenceAssemblies? ReferenceAssemblies { get; set; }

    /// <summary>The kind of assembly, or null for the one of the test's compilation options.</summary>
    public OutputKind? OutputKind { get; set; }

    /// <summary>The diagnostics expected beyond those that markup states.</summary>
    public List<DiagnosticResult> ExpectedDiagnostics { get; } = new();

    /// <summary>What markup means in this state, or null for <see cref="MarkupMode.Allow"/>.</summary>
    public MarkupMode? MarkupHandling { get; set; }

    internal bool StatesContent =>
        Sources.Count > 0 || AdditionalFiles.Count > 0 || AnalyzerConfigFiles.Count > 0 || ExpectedDiagnostics.Count > 0 || MarkupHandling is not null;
}
