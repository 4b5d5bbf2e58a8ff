using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Tests.Contract;

namespace SocketLeakAnalyzers.Incidents.Harness;

/// <summary>The pages and pictures of docs/incidents: made of the stories, the programs, what the rules and fixes say of them, and the samples that are kept.</summary>
internal static class Pages
{
    private const string Folder = "docs/incidents/";

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["BuildLogPage"] = "build-log-page",
        ["CertificateMonitor"] = "certificate-monitor",
        ["RevocationList"] = "revocation-list",
        ["UpstreamPoller"] = "upstream-poller",
        ["ServerShutdown"] = "server-shutdown",
    };

    /// <summary>What the page of an incident is called.</summary>
    public static string NameOf(string incident) => Names[incident];

    /// <summary>Where the samples of a form are kept.</summary>
    public static string SamplesOf(Scenario scenario) => $"{Folder}samples/{Names[scenario.Incident]}.{scenario.Name}.csv";

    /// <summary>What the pages and pictures have to be, by their paths.</summary>
    public static async Task<SortedDictionary<string, string>> ComposeAsync()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var incident in Scenarios.ByIncident)
        {
            var story = Product.Read($"tests/SocketLeakAnalyzers.Incidents/{incident.Key}/Story.md");
            var title = story.Split('\n')[0].TrimStart('#', ' ');
            var forms = new List<(Scenario Scenario, Form Form, Recording Before, Recording After)>();
            foreach (var scenario in incident)
            {
                var (before, after) = Recording.Read(Product.Read(SamplesOf(scenario)));
                forms.Add((scenario, await Form.OfAsync(scenario.Incident, scenario.Name), before, after));
            }

            var unit = forms[0].Scenario.Unit == "lost" ? "Requests that were accepted and lost" : "Open sockets of the process";
            var name = Names[incident.Key];
            var drawn = forms.Where(form => !form.Scenario.IsSilent).Select(form => (form.Scenario.Title, form.Before, form.After)).ToList();
            files[Folder + name + ".svg"] = Picture.Draw(title, unit, drawn);
            files[Folder + name + ".md"] = Page(story, name, unit, forms);
        }

        return files;
    }

    /// <summary>Runs all programs, keeps what was seen, and writes the pages and pictures; or writes them from what is kept.</summary>
    public static async Task RedrawAsync(bool measures)
    {
        foreach (var scenario in Scenarios.All.Where(_ => measures))
        {
            Console.WriteLine(scenario);
            var (before, after) = await scenario.RunAsync(default);
            scenario.Judge(before, after);
            Recording.Write(Path.Combine(Product.RepositoryRoot, SamplesOf(scenario)), scenario.Unit, before, after);
        }

        foreach (var (path, text) in await ComposeAsync())
        {
            Console.WriteLine(path);
            await File.WriteAllTextAsync(Path.Combine(Product.RepositoryRoot, path), text);
        }
    }

    private static string Page(string story, string name, string unit, List<(Scenario Scenario, Form Form, Recording Before, Recording After)> forms)
    {
        var page = new StringBuilder("<!-- Written by `dotnet run --project tests/SocketLeakAnalyzers.Incidents -- redraw`. -->\n");
        page.Append(story.Replace("{{graph}}", $"![{unit}, before and after the fixes]({name}.svg)", StringComparison.Ordinal).TrimEnd('\n')).Append("\n\n## Measured\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Each program ran in a process of its own against a peer on 127.0.0.1 that misbehaves as in the story. A round: {RoundsOf(forms)}.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"| {unit} | before | after the fixes |\n| --- | --- | --- |\n");
        foreach (var (scenario, _, before, after) in forms)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {scenario.Title} | {(scenario.IsSilent ? "" : Figures(before))} | {Figures(after)} |\n");
        }

        foreach (var (scenario, form, _, _) in forms)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {scenario.Title}\n\n[`{form.Name}/Before.cs`](../../{Form.SourceOf(form.Incident, form.Name)}): ");
            if (scenario.IsSilent)
            {
                page.Append("nothing is reported here, and nothing is lost.\n");
                continue;
            }

            page.Append("what is reported\n\n");
            var lines = form.Before.Split('\n');
            foreach (var mark in form.Marks)
            {
                page.Append(CultureInfo.InvariantCulture, $"- line {mark.Line}, `{lines[mark.Line - 1].Trim()}`: [{mark.Id}](../rules/{mark.Id}.md), {mark.Message}\n");
            }

            page.Append("\nand what the fixes make of it, each the first that the editor offers\n\n");
            foreach (var (index, step) in form.Steps.Index())
            {
                page.Append(CultureInfo.InvariantCulture, $"{index + 1}. {step[..7]}: *{step[8..]}*\n");
            }

            page.Append("\n```diff\n").Append(Difference.Of(form.Before, form.After)).Append("```\n");
            if (scenario.Remark is { } remark)
            {
                page.Append('\n').Append(remark).Append('\n');
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"\n## Run it\n\n`dotnet test tests/SocketLeakAnalyzers.Incidents --filter \"FullyQualifiedName~{forms[0].Scenario.Incident}\"` finds, repairs and runs all of this again.");
        page.Append(CultureInfo.InvariantCulture, $" Where a fix sets a time-out, `socket_leak.default_timeout_seconds` is {Form.TimeoutSeconds} there, so that nobody has to wait for the default.\n");
        return page.ToString();
    }

    private static string RoundsOf(IEnumerable<(Scenario Scenario, Form Form, Recording Before, Recording After)> forms) =>
        string.Join("; or ", forms.Select(form => form.Scenario.Round).Distinct());

    private static string Figures(Recording recording)
    {
        var figures = string.Create(CultureInfo.InvariantCulture, $"{recording.First.Value} → {recording.Last.Value} in {recording.Last.Round} rounds");
        if (recording.Last.Threads > 0)
        {
            figures += string.Create(CultureInfo.InvariantCulture, $"<br>{recording.First.Threads} → {recording.Last.Threads} threads");
        }

        return figures + string.Concat(recording.Saw.Select(seen => string.Create(CultureInfo.InvariantCulture, $"<br>{seen.Value} × {seen.Key}")));
    }
}
