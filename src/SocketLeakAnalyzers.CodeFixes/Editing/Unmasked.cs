using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Obligations;

namespace SocketLeakAnalyzers.CodeFixes.Editing;

/// <summary>
/// What a repair brings to light. While nothing releases a field, that is all that is said of it; once something does, a constructor that throws
/// when it has filled the field (SLA1003) and an assignment that overwrites it (SLA1004) are findings of their own. And a call that is given a token ends with an
/// exception that the handlers around it may not be for: what they release is lost then. And what an assignment overwrites may be lost by an exception too. All of
/// that is repaired along with it.
/// </summary>
internal static class Unmasked
{
    private const int MaxRepairs = 8;

    private static readonly DisposeOnFailureCodeFixProvider s_onFailure = new();

    /// <summary>The plan that releases a field, with the repair of what that brings to light in the bodies of the type that this document has.</summary>
    public static FixPlan ByRelease(FixPlan plan, string type, FixSite site) => Repair(plan, type, site, out _);

    /// <summary>The plan that gives a call a token, with the release of what would be lost when it is cancelled; null where that cannot be written.</summary>
    public static FixPlan? ByCancellation(FixPlan plan, FixSite site)
    {
        if (site.Expression is not { } call || !IsHandled(call))
        {
            return plan;
        }

        var repaired = Repair(plan, call.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText, site, out var isWhole);
        return isWhole ? repaired : null;
    }

    /// <summary>
    /// The plan that releases what is overwritten, with the repair of the exceptions that lose it as well: as long as it is overwritten, that stands for them. Null
    /// where that cannot be written.
    /// </summary>
    public static FixPlan? ByReleaseAhead(FixPlan plan, FixSite site)
    {
        var repaired = Repair(plan, site.Expression?.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText, site, out var isWhole);
        return isWhole ? repaired : null;
    }

    /// <summary>Whether handlers for exceptions of some type stand around the call.</summary>
    private static bool IsHandled(SyntaxNode call)
    {
        for (var node = call; node is not (null or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            if (node.Parent is TryStatementSyntax { Catches.Count: > 0 } @try && @try.Block == node)
            {
                return true;
            }
        }

        return false;
    }

    private static FixPlan Repair(FixPlan plan, string? type, FixSite site, out bool isWhole)
    {
        isWhole = true;
        var known = new HashSet<string>();
        foreach (var finding in FindingsIn(type, site))
        {
            known.Add(KeyOf(finding));
        }

        var after = site.After(plan.Changes, default, ImmutableArray<TextSpan>.Empty);
        var isChanged = false;
        for (var i = 0; i < MaxRepairs && FirstNew(type, after, known) is { } finding; i++)
        {
            var there = after.For(finding);
            var release = finding.Id switch
            {
                "SLA1002" or "SLA1003" => s_onFailure.Plan(there),
                "SLA1004" => DisposeBeforeAssignCodeFixProvider.PlanAlone(there),
                _ => null,
            };
            if (release is not null)
            {
                after = after.After(release.Changes, default, ImmutableArray<TextSpan>.Empty);
                isChanged = true;
            }
            else
            {
                isWhole = false;
                known.Add(KeyOf(finding));
            }
        }

        return isChanged ? new FixPlan(plan.Title, after.Text.GetTextChanges(site.Text).ToImmutableArray()) : plan;
    }

    private static Diagnostic? FirstNew(string? type, FixSite site, HashSet<string> known)
    {
        foreach (var finding in FindingsIn(type, site))
        {
            if (!known.Contains(KeyOf(finding)))
            {
                return finding;
            }
        }

        return null;
    }

    private static List<Diagnostic> FindingsIn(string? type, FixSite site)
    {
        var findings = new List<Diagnostic>();
        if (site.Root is not CompilationUnitSyntax file)
        {
            return findings;
        }

        var analysis = AnalysisByOptions.Of(site.Model.Compilation, site.AnalyzerOptions, site.CancellationToken).For(file.SyntaxTree, site.AnalyzerOptions);
        foreach (var body in BodySyntax.Of(file))
        {
            if (IsOf(type, body.Code) && analysis.Find(body, site.Model, site.CancellationToken) is { } found)
            {
                ResourceAnalyzer.Analyze(
                    found,
                    analysis,
                    finding =>
                    {
                        if (finding.Id is "SLA1001" or "SLA1002" or "SLA1003" or "SLA1004")
                        {
                            findings.Add(finding);
                        }
                    },
                    site.CancellationToken);
            }
        }

        return findings;
    }

    private static bool IsOf(string? type, SyntaxNode code)
    {
        for (var node = code; node is not null; node = node.Parent)
        {
            if (node is TypeDeclarationSyntax declaration && (type is null || declaration.Identifier.ValueText == type))
            {
                return type is not null;
            }
        }

        return type is null;
    }

    /// <summary>The finding, wherever its lines have gone.</summary>
    private static string KeyOf(Diagnostic finding)
    {
        var key = new StringBuilder(finding.Id).Append(' ');
        foreach (var character in finding.GetMessage(CultureInfo.InvariantCulture))
        {
            if (character is < '0' or > '9')
            {
                key.Append(character);
            }
        }

        return key.ToString();
    }
}
