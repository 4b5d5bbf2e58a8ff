using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using SocketLeakAnalyzers.Tests.Contract;
using Xunit;

namespace SocketLeakAnalyzers.Incidents;

public sealed class PagesTests
{
    // Only the measured figures may change from run to run, and they are kept in files.
    [Fact]
    public async Task Pages_and_pictures_are_those_that_are_drawn_from_the_programs_and_the_samples()
    {
        foreach (var (path, text) in await Pages.ComposeAsync())
        {
            Assert.True(text == Product.Read(path), $"{path} is not up to date; 'dotnet run --project tests/SocketLeakAnalyzers.Incidents -- redraw' writes it. It should be:\n{text}");
        }
    }

    [Fact]
    public async Task No_page_or_picture_is_left_over()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Product.RepositoryRoot, "docs/incidents"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Product.RepositoryRoot, path).Replace('\\', '/'))
            .Order();
        Assert.Equal((await Pages.ComposeAsync()).Keys.Concat(Scenarios.All.Select(Pages.SamplesOf)).Order(), files);
    }

    [Fact]
    public async Task Every_picture_is_in_the_README_and_every_rule_links_to_its_incidents()
    {
        var readme = Product.Read("README.md");
        foreach (var incident in Scenarios.ByIncident)
        {
            foreach (var scenario in incident)
            {
                foreach (var mark in (await Form.OfAsync(scenario.Incident, scenario.Name)).Marks)
                {
                    Assert.Contains($"(../incidents/{Pages.NameOf(incident.Key)}.md)", Product.Read($"docs/rules/{mark.Id}.md"));
                }
            }

            Assert.Contains($"docs/incidents/{Pages.NameOf(incident.Key)}.svg", readme);
            Assert.Contains($"docs/incidents/{Pages.NameOf(incident.Key)}.md", readme);
        }
    }

    [Fact]
    public void What_was_kept_says_what_the_tests_say()
    {
        foreach (var scenario in Scenarios.All)
        {
            var (before, after) = Recording.Read(Product.Read(Pages.SamplesOf(scenario)));
            scenario.Judge(before, after);
        }
    }
}
