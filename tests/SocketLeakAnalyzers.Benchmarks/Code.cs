using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SocketLeakAnalyzers.Benchmarks;

/// <summary>The compilations of a folder: by project where there are project files, each bound against the projects it refers to.</summary>
internal static class Code
{
    /// <param name="root">The folder.</param>
    /// <param name="analysis">How to parse and bind.</param>
    /// <param name="asOne">All of the folder is one compilation, whatever project files there are.</param>
    /// <param name="skip">Projects, by a path in their folder, that are only bound if another one refers to them; of a whole folder, files.</param>
    /// <param name="log">Where progress goes.</param>
    public static async IAsyncEnumerable<(Project Project, CSharpCompilation Compilation)> CompilationsAsync(string root, Analysis analysis, bool asOne, Predicate<string> skip, TextWriter log)
    {
        root = Path.GetFullPath(root);
        var projects = asOne ? [Project.Whole(root)] : Project.Discover(root);
        if (asOne)
        {
            projects[0].Files.RemoveAll(file => skip(SourceFolder.Display(root, file)));
        }

        // Projects that have nothing to do with each other are not held in memory together.
        foreach (var group in Related(projects))
        {
            var byName = group.ToDictionary(project => project.Name, StringComparer.Ordinal);
            var compiled = new Dictionary<string, CSharpCompilation?>(StringComparer.Ordinal);
            foreach (var project in group)
            {
                if (!asOne && skip(project.Name + "/_"))
                {
                    continue;
                }

                var compilation = Compile(project.Name)!;
                await log.WriteLineAsync($"{project.Name}: {project.Files.Count} files").ConfigureAwait(false);
                yield return (project, compilation);
            }

            CSharpCompilation? Compile(string name)
            {
                if (compiled.TryGetValue(name, out var done) || !byName.TryGetValue(name, out var project))
                {
                    return done;
                }

                compiled[name] = null; // A cycle ends here.
                var trees = analysis.Parse(project.Files.Select(file => SourceFolder.Read(root, file)), project.Symbols, project.GlobalUsings);
                var references = Closure(project).Select(Compile).OfType<CSharpCompilation>().Select(reference => reference.ToMetadataReference());
                return compiled[name] = analysis.Compile(project.Name.Replace('/', '.'), trees, references);
            }

            IEnumerable<string> Closure(Project project)
            {
                var seen = new SortedSet<string>(StringComparer.Ordinal);
                var pending = new Stack<string>(project.References);
                while (pending.TryPop(out var name))
                {
                    if (name != project.Name && seen.Add(name) && byName.TryGetValue(name, out var reference))
                    {
                        foreach (var next in reference.References)
                        {
                            pending.Push(next);
                        }
                    }
                }

                return seen;
            }
        }
    }

    /// <summary>Projects that refer to each other, directly or not, in the order of the first of them.</summary>
    private static IEnumerable<List<Project>> Related(List<Project> projects)
    {
        var indexes = projects.Select((project, index) => (project.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        var leaders = Enumerable.Range(0, projects.Count).ToArray();
        for (var i = 0; i < projects.Count; i++)
        {
            foreach (var reference in projects[i].References)
            {
                if (indexes.TryGetValue(reference, out var other))
                {
                    var (a, b) = (Leader(i), Leader(other));
                    leaders[Math.Max(a, b)] = Math.Min(a, b);
                }
            }
        }

        return projects.Select((project, index) => (project, Leader: Leader(index))).GroupBy(pair => pair.Leader).Select(group => group.Select(pair => pair.project).ToList());

        int Leader(int i) => leaders[i] == i ? i : leaders[i] = Leader(leaders[i]);
    }

    /// <summary>
    /// The same compilation as a compiler starts with it: nothing is bound, and its trees are new ones, so that what analyzers keep with a tree is paid for by
    /// each run.
    /// </summary>
    public static CSharpCompilation Fresh(CSharpCompilation compilation) => compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(
        compilation.SyntaxTrees.Select(tree => CSharpSyntaxTree.ParseText(tree.GetText(), (CSharpParseOptions)tree.Options, tree.FilePath)));
}
