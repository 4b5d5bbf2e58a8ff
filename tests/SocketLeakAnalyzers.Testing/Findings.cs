using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SocketLeakAnalyzers.Testing;

/// <summary>What compiler and analyzers report in each project of a solution.</summary>
internal sealed class Findings
{
    private readonly Dictionary<ProjectId, ImmutableArray<Diagnostic>> byProject;

    private Findings(Solution solution, Dictionary<ProjectId, ImmutableArray<Diagnostic>> byProject)
    {
        Solution = solution;
        this.byProject = byProject;
    }

    public Solution Solution { get; }

    /// <summary>Project by project, then in the order of files and places.</summary>
    public IEnumerable<Diagnostic> All => Solution.ProjectIds.SelectMany(id => byProject[id]);

    public ImmutableArray<Diagnostic> In(Project project) => byProject[project.Id];

    public static async Task<Findings> OfAsync(
        Solution solution, ImmutableArray<DiagnosticAnalyzer> analyzers, IVerifier verifier, bool twice, CancellationToken cancellationToken)
    {
        var byProject = new Dictionary<ProjectId, ImmutableArray<Diagnostic>>();
        foreach (var project in solution.Projects)
        {
            var analysis = await Analysis.OfAsync(project, analyzers, verifier, cancellationToken).ConfigureAwait(false);
            byProject[project.Id] = twice
                ? await analysis.RunTwiceAsync(cancellationToken).ConfigureAwait(false)
                : await analysis.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return new Findings(solution, byProject);
    }
}
