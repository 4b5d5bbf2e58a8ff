using System.Collections.Generic;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Obligations;
using SocketLeakAnalyzers.Rules;
using SocketLeakAnalyzers.Rules.Lifetime;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>Asks the engine what becomes of the resource of a finding, in the code as it is now.</summary>
internal static class Paths
{
    /// <summary>Whether some path gives the resource to another owner: no scope may end its life then, as that owner would be left with a released one.</summary>
    public static bool SomeHandsOver(FixSite site)
    {
        foreach (var result in ResultsOf(site))
        {
            if (result.Outcome.IsTransferred || result.Listening is { IsTransferred: true })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the resource is lost; null where that is not known.</summary>
    public static List<(Leak Leak, TextSpan Place)>? LeaksOf(FixSite site)
    {
        foreach (var result in ResultsOf(site))
        {
            var leaks = new List<(Leak, TextSpan)>();

            // A listener is lost from its start on; that it is lost ahead of it as well is another rule's.
            var outcome = site.DiagnosticId == "SLA5001" ? result.Listening ?? result.Outcome : result.Outcome;
            if ((site.DiagnosticId is "SLA5001" or "SLA3001" ? LifetimeFinding.Of(outcome) : LifetimeFinding.Of(result)).Case != LifetimeCase.None)
            {
                foreach (var leak in outcome.Leaks)
                {
                    leaks.Add((leak, LeakWords.Place(leak, result.Body).SourceSpan));
                }
            }

            return leaks;
        }

        return null;
    }

    private static IEnumerable<SiteResult> ResultsOf(FixSite site)
    {
        if (site.Root is not CompilationUnitSyntax file)
        {
            yield break;
        }

        var analysis = AnalysisByOptions.Of(site.Model.Compilation, site.AnalyzerOptions, site.CancellationToken).For(file.SyntaxTree, site.AnalyzerOptions);
        foreach (var syntax in BodySyntax.Of(file))
        {
            if (!syntax.Code.Span.Contains(site.Span) || analysis.Find(syntax, site.Model, site.CancellationToken) is not { } body)
            {
                continue;
            }

            foreach (var result in analysis.Analyze(body, out _, out _, site.CancellationToken))
            {
                if (result.Site.Syntax.Span == site.Span)
                {
                    yield return result;
                }
            }
        }
    }
}
