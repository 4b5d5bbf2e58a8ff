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

/// <summary>The files and references of one project.</summary>
public class ProjectState
{
    /// <summary>Makes a project without files.</summary>
    public ProjectState(string name, string language, string defaultPrefix, string defaultExtension)
    {
        Name = name;
        Language = language;
        Sources = new SourceFileList(defaultPrefix, defaultExtension);
    }

    /// <summary>The name of the project and of its assembly.</summary>
    public string Name { get; }

    /// <summary>The language of the sources.</summary>
    public string Language { get; }

    /// <summary>The source files.</summary>
    public SourceFileList Sources { get; }

    /// <summary>The additional files; they may carry markup as the sources do.</summary>
    public SourceFileCollection AdditionalFiles { get; } = new();

    /// <summary>The <c>.editorconfig</c> and <c>.globalconfig</c> files. Name them <c>/.editorconfig</c>: they apply below their folder.</summary>
    public SourceFileCollection AnalyzerConfigFiles { get; } = new();

    /// <summary>The references beyond <see cref="ReferenceAssemblies"/>.</summary>
    public MetadataReferenceCollection AdditionalReferences { get; } = new();

    /// <summary>The names of the projects that this one references.</summary>
    public List<string> AdditionalProjectReferences { get; } = new();

    /// <summary>The reference assemblies, or null for the test's.</summary>
    public ReferenceAssemblies? ReferenceAssemblies { get; set; }

    /// <summary>The kind of assembly, or null for the one of the test's compilation options.</summary>
    public OutputKind? OutputKind { get; set; }

    internal bool StatesFiles => Sources.Count > 0 || AdditionalFiles.Count > 0 || AnalyzerConfigFiles.Count > 0;
}

/// <summary>Projects by name; asking for one makes it.</summary>
public class ProjectCollection : Dictionary<string, ProjectState>
{
    private readonly string language;
    private readonly string extension;

    /// <summary>Makes an empty collection.</summary>
    public ProjectCollection(string defaultLanguage, string defaultExtension)
    {
        language = defaultLanguage;
        extension = defaultExtension;
    }

    /// <summary>The project with this name; its sources are called <c>/name/Test0.cs</c> and so on.</summary>
    public new ProjectState this[string projectName]
    {
        get
        {
            if (!TryGetValue(projectName, out var project))
                base[projectName] = project = new ProjectState(projectName, language, $"/{projectName}/Test", extension);
            return project;
        }
        set => base[projectName] = value;
    }
}

/// <summary>The code before or after a code fix, and the diagnostics that are expected in it.</summary>
public class SolutionState : ProjectState
{
    /// <summary>Makes an empty state.</summary>
    public SolutionState(string name, string language, string defaultPrefix, string defaultExtension)
        : base(name, language, defaultPrefix, defaultExtension)
    {
        AdditionalProjects = new ProjectCollection(language, defaultExtension);
    }

    /// <summary>The projects next to this one; they are analyzed and fixed as it is.</summary>
    public ProjectCollection AdditionalProjects { get; }

    /// <summary>The diagnostics expected beyond those that markup states.</summary>
    public List<DiagnosticResult> ExpectedDiagnostics { get; } = new();

    /// <summary>What markup means in this state, or null for <see cref="MarkupMode.Allow"/>.</summary>
    public MarkupMode? MarkupHandling { get; set; }

    internal bool StatesContent =>
        StatesFiles || ExpectedDiagnostics.Count > 0 || MarkupHandling is not null || AdditionalProjects.Count > 0;
}
